//! What SIGINT, SIGTERM and SIGHUP do while a verb runs: the session is closed, then the process ends as stock does.

use std::io::{self, Write};
use std::process;
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use super::exit::INTERRUPTED;
use crate::console::signals::is_ignored;
use crate::transport::interrupt::{Interrupt, Raised};

/// From here on SIGINT ends the program as it ends stock once an interface is chosen, with a line on standard output
/// and status 255, and SIGTERM and SIGHUP kill, unless they were ignored from the start (as `nohup` does). Before
/// that, whoever drives a session is told by the [`Interrupt`], and has a second to close it.
///
/// # Errors
///
/// Where the handlers cannot be installed; signals then kill, and a session ends by the BMC's own timeout.
pub fn watch(interface: &str) -> io::Result<Interrupt> {
    let interrupt = Interrupt::new()?;
    let heeded = [SIGTERM, SIGHUP]
        .into_iter()
        .filter(|number| !is_ignored(*number));
    let mut signals = Signals::new(heeded.chain([SIGINT]))?;
    let farewell = format!("\nSIGN INT: Close Interface {interface}\n");
    let raised = interrupt.clone();
    thread::Builder::new()
        .name("interrupt".into())
        .stack_size(STACK)
        .spawn(move || {
            for number in signals.forever() {
                // A console that has taken over minds signals itself.
                if raised.raise(PATIENCE) == Raised::Settled {
                    let farewell = if raised.is_quiet() { "" } else { &farewell };
                    end(number, farewell);
                }
            }
        })?;
    Ok(interrupt)
}

fn end(number: i32, farewell: &str) {
    if number == SIGINT {
        // Interrupted or not, the reader may be gone.
        let _ = io::stdout().write_all(farewell.as_bytes());
        process::exit(INTERRUPTED.into());
    }
    // Restores the default disposition and raises: it does not come back.
    let _ = emulate_default_handler(number);
}

/// How long a session may take to be closed.
const PATIENCE: Duration = Duration::from_secs(1);

/// Bytes of stack for a thread that only waits.
const STACK: usize = 64 * 1024;
