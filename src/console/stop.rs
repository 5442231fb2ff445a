//! How the console's threads are told to end while they wait for a file descriptor.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::thread;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// Ends the thread that waits on the [`Listener`] when dropped.
#[derive(Debug)]
pub struct Stop(#[expect(dead_code, reason = "its end is the message")] UnixStream);

/// The thread's side of a [`Stop`].
#[derive(Debug)]
pub struct Listener(UnixStream);

/// A [`Stop`] and its [`Listener`].
///
/// # Errors
///
/// When the system has no file descriptor left.
pub fn pair() -> io::Result<(Stop, Listener)> {
    let (stop, listener) = UnixStream::pair()?;
    Ok((Stop(stop), Listener(listener)))
}

impl Listener {
    /// Waits, without a time limit, until `fd` is readable (or at its end, or broken). False: the thread is to end.
    pub fn readable(&self, fd: BorrowedFd<'_>) -> bool {
        self.ready(fd, PollFlags::POLLIN)
    }

    /// Waits, without a time limit, until `fd` takes bytes (or is broken). False: the thread is to end.
    pub fn writable(&self, fd: BorrowedFd<'_>) -> bool {
        self.ready(fd, PollFlags::POLLOUT)
    }

    fn ready(&self, fd: BorrowedFd<'_>, wanted: PollFlags) -> bool {
        let stop = PollFd::new(self.0.as_fd(), PollFlags::POLLIN);
        let mut fds = [stop, PollFd::new(fd, wanted)];
        loop {
            match poll(&mut fds, PollTimeout::NONE) {
                Err(Errno::EINTR) | Ok(0) => {}
                Err(error) => {
                    log::debug!("poll: {error}");
                    return false;
                }
                Ok(_) => return fds[0].revents().is_none_or(|events| events.is_empty()),
            }
        }
    }
}

/// Starts a thread with a small stack: the console's threads only carry bytes.
///
/// # Errors
///
/// When the system refuses another thread.
pub fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> io::Result<()> {
    spawn_with_stack(name, STACK, body)
}

/// The same, with so many bytes of stack: for a thread that does more than carry bytes.
///
/// # Errors
///
/// When the system refuses another thread.
pub fn spawn_with_stack(
    name: &str,
    stack: usize,
    body: impl FnOnce() + Send + 'static,
) -> io::Result<()> {
    thread::Builder::new()
        .name(name.to_owned())
        .stack_size(stack)
        .spawn(body)
        .map(drop)
}

/// Bytes of stack for each of the console's threads: they hold a buffer of at most 4 KiB.
const STACK: usize = 128 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dropping_the_stop_ends_a_wait() {
        let (stop, listener) = pair().unwrap();
        let (quiet, _other) = UnixStream::pair().unwrap();
        let waiter = thread::spawn(move || listener.readable(quiet.as_fd()));
        drop(stop);
        assert!(!waiter.join().unwrap());
    }

    #[test]
    fn a_closed_peer_counts_as_readable_so_that_the_end_is_seen() {
        let (_stop, listener) = pair().unwrap();
        let (end, other) = UnixStream::pair().unwrap();
        drop(other);
        assert!(listener.readable(end.as_fd()));
    }
}
