//! The one connection of a shell: opened when it is needed, kept alive while nobody types, closed when a signal ends
//! the program.

use std::os::fd::{AsFd, BorrowedFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::termios::{SetArg, Termios, tcgetattr, tcsetattr};

use crate::cli::Context;
use crate::commands::connect;
use crate::ipmi::app::GetDeviceId;
use crate::ipmi::exchange;
use crate::transport::interrupt::Interrupt;
use crate::transport::{Connection, TransportError};

/// The connection, which a thread of its own keeps alive.
#[derive(Debug)]
pub struct Line {
    shared: Arc<Mutex<Shared>>,
    interrupt: Option<Interrupt>,
}

#[derive(Debug)]
struct Shared {
    connection: Option<Connection>,
    used: Instant,
}

impl Line {
    /// Opens it.
    ///
    /// # Errors
    ///
    /// As [`connect::open`].
    pub fn open(context: &Context, interrupt: Option<&Interrupt>) -> Result<Self, TransportError> {
        let shared = Arc::new(Mutex::new(Shared {
            connection: Some(connect::open(context, interrupt, Vec::new())?),
            used: Instant::now(),
        }));
        let keeper = Keeper {
            line: Arc::downgrade(&shared),
            interrupt: interrupt.cloned(),
            terminal: tcgetattr(std::io::stdin()).ok(),
        };
        let spawned = thread::Builder::new()
            .name("keepalive".into())
            .spawn(move || keeper.keep());
        if let Err(error) = spawned {
            log::info!("The session will not be kept alive: {error}");
        }
        Ok(Self {
            shared,
            interrupt: interrupt.cloned(),
        })
    }

    /// Does something over the connection, which is opened again where it was closed.
    ///
    /// # Errors
    ///
    /// As [`connect::open`].
    pub fn with<T>(
        &self,
        context: &Context,
        work: impl FnOnce(&mut Connection) -> T,
    ) -> Result<T, TransportError> {
        let mut shared = lock(&self.shared);
        let mut connection = match shared.connection.take() {
            Some(connection) => connection,
            None => connect::open(context, self.interrupt.as_ref(), Vec::new())?,
        };
        let result = work(&mut connection);
        shared.connection = Some(connection);
        shared.used = Instant::now();
        Ok(result)
    }

    /// Ends the session, if there is one.
    pub fn close(&self) {
        let connection = lock(&self.shared).connection.take();
        if let Some(connection) = connection {
            connection.close();
        }
    }
}

/// Keeps a session alive that nobody uses, until it is closed for good.
struct Keeper {
    line: Weak<Mutex<Shared>>,
    interrupt: Option<Interrupt>,
    /// As it was before a line editor changed it.
    terminal: Option<Termios>,
}

impl Keeper {
    fn keep(&self) {
        loop {
            let raised = wait(self.interrupt.as_ref().map(AsFd::as_fd));
            let Some(line) = self.line.upgrade() else {
                return;
            };
            if raised {
                return self.end(&line);
            }
            let mut shared = match line.try_lock() {
                Ok(shared) => shared,
                Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
                // Somebody is using it.
                Err(TryLockError::WouldBlock) => continue,
            };
            if shared.used.elapsed() >= KEEPALIVE {
                refresh(&mut shared);
            }
        }
    }

    /// A signal came. Whoever is using the connection heeds it; else it is closed here.
    fn end(&self, line: &Mutex<Shared>) {
        let Ok(mut shared) = line.try_lock() else {
            return;
        };
        if let Some(terminal) = &self.terminal {
            // The line editor has changed it, and does not come to change it back.
            let _ = tcsetattr(std::io::stdin(), SetArg::TCSANOW, terminal);
        }
        if let Some(connection) = shared.connection.take() {
            connection.close();
        }
        if let Some(interrupt) = &self.interrupt {
            interrupt.settle();
        }
    }
}

/// Asks something harmless; a session that is gone is closed, so that the next command opens another.
fn refresh(shared: &mut Shared) {
    shared.used = Instant::now();
    let Some(mut connection) = shared.connection.take() else {
        return;
    };
    let has_session = matches!(connection, Connection::Lan(_) | Connection::Lanplus(_));
    if has_session && exchange(&mut connection, GetDeviceId).is_err() {
        log::info!("The session was lost");
        connection.close();
        return;
    }
    shared.connection = Some(connection);
}

/// Waits a while, or until the interrupt is raised: true.
fn wait(interrupt: Option<BorrowedFd<'_>>) -> bool {
    let Some(interrupt) = interrupt else {
        thread::sleep(TICK);
        return false;
    };
    let mut watched = [PollFd::new(interrupt, PollFlags::POLLIN)];
    let timeout = PollTimeout::try_from(TICK).unwrap_or(PollTimeout::MAX);
    match poll(&mut watched, timeout) {
        Ok(count) => count > 0,
        Err(_) => {
            thread::sleep(TICK);
            false
        }
    }
}

/// A poisoned lock guards a connection that is there or not.
fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How long a session may be idle before it is used: half of a BMC's usual minute, as in stock.
const KEEPALIVE: Duration = Duration::from_secs(30);

/// How often that is looked at.
const TICK: Duration = Duration::from_secs(5);
