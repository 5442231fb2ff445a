//! What was typed and is on its way to the core.

use std::collections::VecDeque;
use std::time::Instant;

use super::core::Core;
use super::escape::{EscapeParser, Step};

/// Typed bytes between standard input and the core: escapes are taken out, what the core has no room for waits.
#[derive(Debug)]
pub struct Typing {
    parser: EscapeParser,
    waiting: VecDeque<u8>,
    told_full: bool,
}

impl Typing {
    /// Nothing typed yet.
    pub fn new(escape: u8) -> Self {
        Self {
            parser: EscapeParser::new(escape),
            waiting: VecDeque::new(),
            told_full: false,
        }
    }

    /// The escape character in use.
    pub fn escape(&self) -> u8 {
        self.parser.escape()
    }

    /// Finds the escapes in what was read. What is to be sent comes back through [`queue`](Self::queue).
    pub fn read(&mut self, bytes: &[u8]) -> Vec<Step> {
        self.parser.feed(bytes)
    }

    /// Takes bytes for the core, and passes on as many as it has room for.
    pub fn queue(&mut self, core: &mut impl Core, now: Instant, bytes: Vec<u8>) {
        self.waiting.extend(bytes);
        self.forward(core, now);
    }

    /// Passes on what waits, as far as the core has room.
    pub fn forward(&mut self, core: &mut impl Core, now: Instant) {
        while !self.waiting.is_empty() {
            if self.told_full && core.input_room() == 0 {
                return;
            }
            // A core without room is asked once all the same, so that it can say so.
            let taken = core.type_bytes(now, self.waiting.make_contiguous());
            self.waiting.drain(..taken.min(self.waiting.len()));
            self.told_full = taken == 0;
            if taken == 0 {
                return;
            }
        }
        self.told_full = false;
    }

    /// Bytes that wait for room in the core.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// How many bytes may be read next. A terminal is read further ahead than a pipe, so that an escape is still seen
    /// while the BMC takes nothing.
    pub fn room(&self, core: &impl Core, on_terminal: bool) -> usize {
        let ahead = LOOK_AHEAD.saturating_sub(self.waiting.len());
        let room = match (on_terminal, self.waiting.is_empty()) {
            (true, _) => ahead,
            (false, true) => core.input_room().min(ahead),
            (false, false) => 0,
        };
        // One less: an escape character held back earlier may come out as well.
        room.saturating_sub(1)
    }
}

/// Bytes that are read from a terminal beyond what the core has room for.
const LOOK_AHEAD: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::core::{Event, Why};

    /// Takes as much as it has room for.
    struct Narrow(usize, Vec<u8>, usize);

    impl Core for Narrow {
        fn handle_datagram(&mut self, _: Instant, _: &crate::proto::console::Datagram) {}
        fn handle_timeout(&mut self, _: Instant) {}
        fn poll_transmit(&mut self) -> Option<crate::proto::console::Datagram> {
            None
        }
        fn poll_event(&mut self) -> Option<Event> {
            None
        }
        fn poll_timeout(&self) -> Option<Instant> {
            None
        }
        fn type_bytes(&mut self, _: Instant, bytes: &[u8]) -> usize {
            self.2 += 1;
            let taken = bytes.len().min(self.0);
            self.1.extend(&bytes[..taken]);
            self.0 -= taken;
            taken
        }
        fn input_room(&self) -> usize {
            self.0
        }
        fn send_break(&mut self, _: Instant) {}
        fn pause_output(&mut self, _: Instant, _: bool) {}
        fn shut_down(&mut self, _: Instant, _: Why) {}
    }

    #[test]
    fn what_the_core_has_no_room_for_waits_in_order_and_the_core_hears_of_it_once() {
        let now = Instant::now();
        let mut core = Narrow(3, Vec::new(), 0);
        let mut typing = Typing::new(b'~');
        typing.queue(&mut core, now, b"abcdef".to_vec());
        let asked = core.2;
        typing.forward(&mut core, now);
        typing.queue(&mut core, now, b"gh".to_vec());
        assert_eq!((core.2, typing.waiting()), (asked, 5));
        core.0 = 100;
        typing.forward(&mut core, now);
        assert_eq!(
            (core.1.as_slice(), typing.waiting()),
            (b"abcdefgh".as_slice(), 0)
        );
    }

    #[test]
    fn a_pipe_is_read_no_further_than_the_core_has_room_and_a_terminal_is_always_watched() {
        let now = Instant::now();
        let mut core = Narrow(10, Vec::new(), 0);
        let mut typing = Typing::new(b'~');
        assert_eq!(typing.room(&core, false), 9);
        assert!(typing.room(&core, true) > 1000);
        typing.queue(&mut core, now, vec![b'x'; 2000]);
        assert_eq!(typing.room(&core, false), 0);
        assert!(typing.room(&core, true) > 1000);
        typing.queue(&mut core, now, vec![b'x'; LOOK_AHEAD]);
        assert_eq!(typing.room(&core, true), 0, "bounded");
    }
}
