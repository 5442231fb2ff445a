//! How whoever hears a signal ends a run in which a session may be open, without leaving the session to the BMC.
//!
//! Two parties share an [`Interrupt`]. The one that hears signals calls [`Interrupt::raise`] and waits, for a limited
//! time, until the session is closed; then it ends the process. The one that drives the session finds its waits cut
//! short ([`Interrupt::is_raised`], or the file descriptor becomes readable), closes the session, and then keeps quiet
//! in [`Interrupt::settle`]: nothing that comes of an interrupted command is worth a line.

use std::io;
use std::net::Shutdown;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// Shared by the one that hears signals and the one that drives a session; a clone is the same interrupt.
#[derive(Clone, Debug)]
pub struct Interrupt(Arc<Shared>);

/// What became of [`Interrupt::raise`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Raised {
    /// No session is open any more, or the time is over: the process may end.
    Settled,
    /// Somebody else minds the signals by now.
    Released,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    /// Readable once raised, for ever.
    waits: UnixStream,
    wakes: UnixStream,
}

#[derive(Debug, Default)]
struct State {
    raised: bool,
    busy: bool,
    released: bool,
    quiet: bool,
}

impl Interrupt {
    /// One that nobody has raised.
    ///
    /// # Errors
    ///
    /// When the system has no file descriptor left.
    pub fn new() -> io::Result<Self> {
        let (waits, wakes) = UnixStream::pair()?;
        Ok(Self(Arc::new(Shared {
            state: Mutex::default(),
            changed: Condvar::new(),
            waits,
            wakes,
        })))
    }

    /// Interrupts, and waits at most `limit` for the session to be closed.
    pub fn raise(&self, limit: Duration) -> Raised {
        let mut state = self.state();
        if !state.released {
            state.raised = true;
            // The end of the stream wakes whoever polls it; that cannot fail in a way that matters.
            let _ = self.0.wakes.shutdown(Shutdown::Both);
        }
        let waited = self
            .0
            .changed
            .wait_timeout_while(state, limit, |state| state.busy && !state.released);
        match waited.unwrap_or_else(PoisonError::into_inner).0.released {
            true => Raised::Released,
            false => Raised::Settled,
        }
    }

    /// From here on a session may be open, which [`Interrupt::raise`] waits for.
    pub fn begin(&self) {
        self.state().busy = true;
    }

    /// No session is open any more.
    pub fn end(&self) {
        self.state().busy = false;
        self.0.changed.notify_all();
    }

    /// Whether to stop.
    pub fn is_raised(&self) -> bool {
        self.state().raised
    }

    /// The session goes on under somebody who minds signals without this. False: too late, it was raised.
    pub fn release(&self) -> bool {
        let mut state = self.state();
        state.released |= !state.raised;
        self.0.changed.notify_all();
        state.released
    }

    /// From here on nothing but what was read belongs on standard output: the end is not announced there.
    pub fn keep_quiet(&self) {
        self.state().quiet = true;
    }

    /// Whether [`Interrupt::keep_quiet`] was called.
    pub fn is_quiet(&self) -> bool {
        self.state().quiet
    }

    /// No session is open any more, and the one that raised this ends the process: waits for that.
    pub fn settle(&self) -> ! {
        self.end();
        loop {
            thread::park();
        }
    }

    /// A poisoned lock guards flags, which are right at any time.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AsFd for Interrupt {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.waits.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn raising_wakes_at_once_and_waits_only_while_a_session_is_open() {
        let interrupt = Interrupt::new().unwrap();
        assert!(!interrupt.is_raised());
        assert_eq!(interrupt.raise(LONG), Raised::Settled);
        assert!(interrupt.is_raised());
        assert_eq!((&interrupt.0.waits).read(&mut [0]).unwrap(), 0);
    }

    #[test]
    fn raising_waits_for_the_session_to_end_but_not_for_ever() {
        let interrupt = Interrupt::new().unwrap();
        interrupt.begin();
        assert_eq!(interrupt.raise(Duration::from_millis(1)), Raised::Settled);
        let other = interrupt.clone();
        let raiser = thread::spawn(move || other.raise(LONG));
        interrupt.end();
        assert_eq!(raiser.join().unwrap(), Raised::Settled);
    }

    #[test]
    fn what_is_released_is_not_raised_any_more_and_the_other_way_round() {
        let interrupt = Interrupt::new().unwrap();
        interrupt.begin();
        assert!(interrupt.release());
        assert_eq!(interrupt.raise(LONG), Raised::Released);
        assert!(!interrupt.is_raised());

        let interrupt = Interrupt::new().unwrap();
        interrupt.raise(LONG);
        assert!(!interrupt.release());
    }

    const LONG: Duration = Duration::from_secs(60);
}
