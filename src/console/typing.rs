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
