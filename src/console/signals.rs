//! The signals that a console heeds, as messages.

use std::fs;
use std::io;
use std::sync::Arc;

use crossbeam_channel::{Receiver, bounded};
use signal_hook::consts::{
    SIGALRM, SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGXFSZ,
};
use signal_hook::flag;
use signal_hook::iterator::{Handle, Signals};

use super::bell::{Line, Ringer};
use super::stop;

/// Signals, from the moment this exists until it is dropped. Afterwards they are ignored rather than deadly; a second
/// ending signal is answered by the driver.
#[derive(Debug)]
pub struct SignalQueue {
    received: Receiver<i32>,
    handle: Handle,
}

impl SignalQueue {
    /// Catches SIGINT, SIGCONT, and, unless this process was started with them ignored (as `nohup` does), whatever else
    /// would end it and leave the terminal raw ([`ENDING`]). SIGINT is caught in any case, as in stock; SIGHUP too where `hup_reopens`, since then it
    /// ends nothing. It rings for each.
    ///
    /// # Errors
    ///
    /// When the system has no thread or file descriptor left.
    pub fn start(hup_reopens: bool, ringer: Ringer) -> io::Result<Self> {
        let heeded = ENDING
            .into_iter()
            .filter(|number| !is_ignored(*number) || (hup_reopens && *number == SIGHUP));
        let mut signals = Signals::new(heeded.chain([SIGINT, SIGCONT]))?;
        let handle = signals.handle();
        let (sender, received) = bounded(QUEUE);
        let line = Line::new(sender, ringer);
        stop::spawn("signals", move || {
            for number in signals.forever() {
                if line.send(number).is_err() {
                    return;
                }
            }
        })?;
        Ok(Self { received, handle })
    }

    /// Where the numbers of received signals arrive.
    pub fn received(&self) -> &Receiver<i32> {
        &self.received
    }
}

impl Drop for SignalQueue {
    fn drop(&mut self) {
        self.handle.close();
    }
}

/// From now on a limit on the size of files (`ulimit -f`) is like a full disk: writing fails, and the process lives.
/// Programs that it starts die of the signal again, which is caught and not ignored.
///
/// # Errors
///
/// As the system gave it.
pub fn outlive_file_size_limit() -> io::Result<()> {
    flag::register(SIGXFSZ, Arc::default()).map(drop)
}

/// Whether this process ignores the signal, as one does that was started by `nohup`.
pub fn is_ignored(number: i32) -> bool {
    let status = fs::read_to_string("/proc/self/status");
    status.is_ok_and(|status| ignored_signals(&status) & bit(number) != 0)
}

/// The `SigIgn` mask of a `/proc/PID/status` text; 0 where there is none.
fn ignored_signals(status: &str) -> u64 {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or(0)
}

fn bit(number: i32) -> u64 {
    u32::try_from(number - 1)
        .ok()
        .and_then(|shift| 1u64.checked_shl(shift))
        .unwrap_or(0)
}

/// Signals that end a process which does not heed them, and that people send.
const ENDING: [i32; 6] = [SIGTERM, SIGHUP, SIGQUIT, SIGALRM, SIGUSR1, SIGUSR2];

/// Signals that wait for the main loop.
const QUEUE: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn an_ignored_signal_is_found_in_the_mask() {
        let status = "Name:\tx\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000001001\nSigCgt:\t0\n";
        assert_eq!(ignored_signals(status) & bit(SIGHUP), 1);
        assert_eq!(ignored_signals(status) & bit(SIGTERM), 0);
        assert_eq!(ignored_signals("nothing of the kind"), 0);
    }

    #[test]
    fn a_limit_on_the_size_of_files_is_not_deadly() {
        outlive_file_size_limit().unwrap();
        signal_hook::low_level::raise(SIGXFSZ).unwrap();
    }

    #[test]
    fn signals_become_messages_also_those_that_few_programs_heed() {
        let signals = SignalQueue::start(false, Ringer::default()).unwrap();
        for number in [SIGALRM, SIGUSR1, SIGUSR2, SIGCONT] {
            signal_hook::low_level::raise(number).unwrap();
            assert_eq!(
                signals.received().recv_timeout(Duration::from_secs(5)),
                Ok(number)
            );
        }
    }
}
