//! The thread that reads standard input, and only as much as there is room for: what it has not been asked to read
//! stays in the pipe or the terminal, for the console or for whoever reads next.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded, never};
use nix::errno::Errno;
use nix::unistd::read;

use super::bell::{Line, Ringer};
use super::stop::{self, Stop};

/// What came from standard input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// These bytes.
    Bytes(Vec<u8>),
    /// The end, or an error that means the same, such as a terminal that went away.
    End,
}

/// Standard input, read on demand.
#[derive(Debug)]
pub struct Input {
    demand: Option<Sender<usize>>,
    typed: Receiver<Typed>,
    asked: bool,
    _stop: Option<Stop>,
}

impl Input {
    /// Starts the thread that reads `fd`, and rings when it has. It reads nothing before it is asked to.
    ///
    /// # Errors
    ///
    /// When the system has no thread or file descriptor left.
    pub fn start(fd: OwnedFd, ringer: Ringer) -> io::Result<Self> {
        let (demand, demands) = bounded::<usize>(1);
        let (sender, typed) = bounded(1);
        let line = Line::new(sender, ringer);
        let (stop, listener) = stop::pair()?;
        stop::spawn("input", move || {
            for room in demands {
                let mut buffer = [0; MAX_READ];
                let limit = room.clamp(1, MAX_READ);
                let got = loop {
                    if !listener.readable(fd.as_fd()) {
                        return;
                    }
                    match read(&fd, &mut buffer[..limit]) {
                        Err(Errno::EINTR | Errno::EAGAIN) => {}
                        Err(error) => {
                            log::debug!("standard input: {error}");
                            break 0;
                        }
                        Ok(got) => break got.min(limit),
                    }
                };
                let typed = if got == 0 {
                    Typed::End
                } else {
                    Typed::Bytes(buffer[..got].to_vec())
                };
                if line.send(typed).is_err() || got == 0 {
                    return;
                }
                thread::sleep(APART);
            }
        })?;
        Ok(Self {
            demand: Some(demand),
            typed,
            asked: false,
            _stop: Some(stop),
        })
    }

    /// An input on which nothing is ever typed and which never ends.
    pub fn none() -> Self {
        Self {
            demand: None,
            typed: never(),
            asked: false,
            _stop: None,
        }
    }

    /// Asks for one read of at most `room` bytes, unless one is asked for already or there is no room.
    pub fn ask(&mut self, room: usize) {
        if !self.asked
            && room > 0
            && let Some(demand) = &self.demand
        {
            self.asked = demand.try_send(room).is_ok();
        }
    }

    /// Where the answer to [`ask`](Self::ask) arrives; tell it with [`answered`](Self::answered).
    pub fn typed(&self) -> &Receiver<Typed> {
        &self.typed
    }

    /// Notes that the answer was taken from [`typed`](Self::typed); `more` is false at the end of input.
    pub fn answered(&mut self, more: bool) {
        self.asked = false;
        if !more {
            *self = Self::none();
        }
    }
}

/// Reads are so far apart at least: nobody types two keys within that time, and what is pasted is gathered.
const APART: Duration = Duration::from_millis(2);

/// The largest single read, in bytes.
const MAX_READ: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::io::{Read, Write};
    use std::time::Duration;

    fn pipe() -> (OwnedFd, File) {
        let (reader, writer) = nix::unistd::pipe().unwrap();
        (reader, writer.into())
    }

    fn next(input: &mut Input) -> Typed {
        let typed = input.typed().recv_timeout(Duration::from_secs(5)).unwrap();
        input.answered(typed != Typed::End);
        typed
    }

    #[test]
    fn only_what_was_asked_for_is_read() {
        let (reader, mut writer) = pipe();
        let mut rest: File = reader.try_clone().unwrap().into();
        let mut input = Input::start(reader, Ringer::default()).unwrap();
        writer.write_all(b"abcdef").unwrap();
        input.ask(2);
        input.ask(2);
        assert_eq!(next(&mut input), Typed::Bytes(b"ab".to_vec()));
        drop(input);
        drop(writer);
        let mut left = String::new();
        rest.read_to_string(&mut left).unwrap();
        assert_eq!(left, "cdef");
    }

    #[test]
    fn a_flood_is_read_in_pieces_that_are_apart() {
        let (reader, mut writer) = pipe();
        let mut input = Input::start(reader, Ringer::default()).unwrap();
        let begun = std::time::Instant::now();
        let (mut reads, mut got) = (0, Vec::new());
        for n in 0..100 {
            writer.write_all(&[n]).unwrap();
            input.ask(MAX_READ);
            if let Ok(Typed::Bytes(bytes)) = input.typed().try_recv() {
                input.answered(true);
                got.extend(bytes);
                reads += 1;
            }
        }
        drop(writer);
        loop {
            input.ask(MAX_READ);
            let Typed::Bytes(bytes) = next(&mut input) else {
                break;
            };
            got.extend(bytes);
            reads += 1;
        }
        assert_eq!(got, (0..100).collect::<Vec<u8>>());
        assert!(begun.elapsed() >= APART * (reads - 1), "{reads}");
    }

    #[test]
    fn the_end_is_told_once() {
        let (reader, writer) = pipe();
        let mut input = Input::start(reader, Ringer::default()).unwrap();
        drop(writer);
        input.ask(10);
        assert_eq!(next(&mut input), Typed::End);
        input.ask(10);
        assert!(
            input
                .typed()
                .recv_timeout(Duration::from_millis(20))
                .is_err()
        );
    }

    #[test]
    fn an_unreadable_input_is_an_end() {
        let mut input = Input::start(File::open("/").unwrap().into(), Ringer::default()).unwrap();
        input.ask(10);
        assert_eq!(next(&mut input), Typed::End);
    }
}
