//! How the console's threads wake its loop, which waits for the network: a thread puts what it has to say into a channel
//! of its own, and rings.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crossbeam_channel::{SendError, Sender};

/// What the loop waits on, beside its sockets.
#[derive(Debug)]
pub struct Bell {
    hears: UnixStream,
    ringer: Ringer,
}

/// A thread's side of a [`Bell`]; the default rings none.
#[derive(Clone, Debug, Default)]
pub struct Ringer(Option<Arc<Wire>>);

#[derive(Debug)]
struct Wire {
    rung: AtomicBool,
    end: UnixStream,
}

/// A channel that rings whenever something is put in, and when its sender goes away.
#[derive(Debug)]
pub struct Line<T> {
    // Dropped in this order: whoever hears the last ring finds the channel's end.
    sender: Sender<T>,
    last: LastRing,
}

#[derive(Debug)]
struct LastRing(Ringer);

impl Bell {
    /// A bell that nobody has rung yet.
    ///
    /// # Errors
    ///
    /// When the system has no file descriptor left.
    pub fn new() -> io::Result<Self> {
        let (hears, end) = UnixStream::pair()?;
        hears.set_nonblocking(true)?;
        // One byte is on its way at most, which there is always room for.
        end.set_nonblocking(true)?;
        let wire = Wire {
            rung: AtomicBool::new(false),
            end,
        };
        Ok(Self {
            hears,
            ringer: Ringer(Some(Arc::new(wire))),
        })
    }

    /// For a thread.
    pub fn ringer(&self) -> Ringer {
        self.ringer.clone()
    }

    /// Readable when it was rung.
    pub fn hears(&self) -> BorrowedFd<'_> {
        self.hears.as_fd()
    }

    /// Notes that it was heard. Look into the channels after this, not before.
    pub fn heard(&self) {
        let mut byte = [0; 8];
        // Nothing to be read means that it was not rung.
        let _ = (&self.hears).read(&mut byte);
        if let Some(wire) = &self.ringer.0 {
            wire.rung.store(false, Ordering::SeqCst);
        }
    }
}

impl Ringer {
    /// Rings, if nobody has since it was last heard.
    pub fn ring(&self) {
        if let Some(wire) = &self.0
            && !wire.rung.swap(true, Ordering::SeqCst)
        {
            // Fails only where the bell is no more.
            let _ = (&wire.end).write(&[0]);
        }
    }
}

impl<T> Line<T> {
    /// A channel whose receiver is woken by the ringer's bell.
    pub fn new(sender: Sender<T>, ringer: Ringer) -> Self {
        Self {
            sender,
            last: LastRing(ringer),
        }
    }

    /// Puts something in, as soon as there is room.
    ///
    /// # Errors
    ///
    /// When the receiver is no more.
    pub fn send(&self, what: T) -> Result<(), SendError<T>> {
        let sent = self.sender.send(what);
        self.last.0.ring();
        sent
    }

    /// Puts something in if there is room. Whether there was.
    pub fn try_send(&self, what: T) -> bool {
        let sent = self.sender.try_send(what).is_ok();
        self.last.0.ring();
        sent
    }
}

impl Drop for LastRing {
    fn drop(&mut self) {
        self.0.ring();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossbeam_channel::{TryRecvError, bounded};
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

    fn rung(bell: &Bell) -> bool {
        let mut fds = [PollFd::new(bell.hears(), PollFlags::POLLIN)];
        poll(&mut fds, PollTimeout::ZERO) == Ok(1)
    }

    #[test]
    fn many_rings_are_heard_as_one_and_none_is_missed() {
        let bell = Bell::new().unwrap();
        let (sender, receiver) = bounded(100);
        let line = Line::new(sender, bell.ringer());
        assert!(!rung(&bell));
        (0..50).for_each(|n| line.send(n).unwrap());
        assert!(rung(&bell));
        bell.heard();
        assert!(!rung(&bell));
        assert_eq!(receiver.try_iter().count(), 50);
        line.send(1).unwrap();
        assert!(rung(&bell));
    }

    #[test]
    fn whoever_goes_away_rings_when_the_channels_end_can_be_seen() {
        let bell = Bell::new().unwrap();
        let (sender, receiver) = bounded::<()>(1);
        drop(Line::new(sender, bell.ringer()));
        assert!(rung(&bell));
        assert_eq!(receiver.try_recv(), Err(TryRecvError::Disconnected));
    }
}
