//! The user's terminal: raw while the console runs, as it was on every way out.
//!
//! Only modes that were read from the terminal are ever written back, and raw mode is made by `cfmakeraw`: no flag
//! constant of one machine is used on another. The screen behaves as under ipmitool 1.8.19, which switches output
//! processing off as well.

use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::panic;
use std::sync::{Arc, Mutex, PoisonError};

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, getpgrp, isatty, tcgetpgrp};
use termios::{TCSADRAIN, TCSANOW, Termios, cfmakeraw, tcsetattr};

/// The terminal on standard input. Dropping it restores its modes.
#[derive(Debug)]
pub struct Terminal {
    shared: Arc<Shared>,
}

impl Terminal {
    /// The terminal on standard input, or nothing if that is a pipe, a file or closed.
    pub fn on_stdin() -> Option<Self> {
        Self::on(io::stdin().as_fd().try_clone_to_owned().ok()?)
    }

    /// The terminal behind `fd`, or nothing if it is none.
    pub fn on(fd: OwnedFd) -> Option<Self> {
        if !isatty(&fd).unwrap_or(false) {
            return None;
        }
        let shared = Shared {
            fd,
            saved: Mutex::new(None),
        };
        Some(Self {
            shared: Arc::new(shared),
        })
    }

    /// Puts the terminal back in order before a panic's message is printed, whichever thread panics.
    pub fn restore_on_panic(&self) {
        let shared = Arc::downgrade(&self.shared);
        let next = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if let Some(shared) = shared.upgrade() {
                shared.leave(TCSANOW);
            }
            next(info);
        }));
    }

    /// Raw mode, from the modes that the terminal has now; nothing if it is raw already. Whether it is raw now.
    ///
    /// In a background job this stops the process until it is brought to the foreground, as in every terminal program.
    pub fn enter_raw(&self) -> bool {
        let fd = self.shared.fd.as_raw_fd();
        let mut saved = self.shared.lock();
        if saved.is_some() {
            return true;
        }
        match Termios::from_fd(fd).and_then(|modes| set(fd, TCSADRAIN, raw(modes)).map(|()| modes))
        {
            Ok(modes) => *saved = Some(modes),
            Err(error) => log::debug!("terminal: no raw mode: {error}"),
        }
        saved.is_some()
    }

    /// Whether it is raw now.
    pub fn is_raw(&self) -> bool {
        self.shared.lock().is_some()
    }

    /// The modes from before raw mode; nothing if it is not raw.
    pub fn leave_raw(&self) {
        self.shared.leave(TCSADRAIN);
    }

    /// The same without waiting for output, which on a stuck line might take for ever.
    pub fn restore(&self) {
        self.shared.leave(TCSANOW);
    }

    /// Raw mode again, if it was raw: for a process that somebody stopped from outside and has now continued.
    pub fn continued(&self) {
        let fd = self.shared.fd.as_raw_fd();
        let saved = *self.shared.lock();
        if let Some(modes) = saved
            && self.shared.is_ours()
            && let Err(error) = set(fd, TCSADRAIN, raw(modes))
        {
            log::debug!("terminal: no raw mode: {error}");
        }
    }
}

/// Leaves raw mode, stops the whole job as the terminal's own suspend key would, and, when continued, enters raw mode
/// again if `raw_again`. Flush the output first. Call it on the main thread, which the stop reaches first.
///
/// The stop goes to the process group, so that a pipeline stops as one. In an orphaned group, where nobody could
/// continue it, the kernel ignores it.
pub fn suspend(terminal: Option<&Terminal>, raw_again: bool) {
    terminal.inspect(|terminal| terminal.leave_raw());
    if let Err(error) = kill(Pid::from_raw(0), Signal::SIGTSTP) {
        log::debug!("terminal: cannot suspend: {error}");
    }
    if raw_again {
        terminal.map(Terminal::enter_raw);
    }
}

/// The text as a raw terminal needs it: there a line feed goes down, and nowhere else.
pub fn raw_lines(text: &[u8]) -> Vec<u8> {
    let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
    lines.join(&b"\r\n"[..])
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.restore();
    }
}

#[derive(Debug)]
struct Shared {
    fd: OwnedFd,
    /// The modes from before raw mode, while it is raw.
    saved: Mutex<Option<Termios>>,
}

impl Shared {
    fn leave(&self, when: i32) {
        let Some(modes) = self.lock().take() else {
            return;
        };
        if !self.is_ours() {
            return;
        }
        if let Err(error) = set(self.fd.as_raw_fd(), when, modes) {
            log::debug!("terminal: not restored: {error}");
        }
    }

    /// Whether the terminal is ours to change: in the background it belongs to the shell, and writing to it would
    /// stop us (SIGTTOU) on our way out. A terminal that does not control our session has no foreground job.
    fn is_ours(&self) -> bool {
        tcgetpgrp(&self.fd).map_or(true, |foreground| foreground == getpgrp())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Termios>> {
        self.saved.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn raw(mut modes: Termios) -> Termios {
    cfmakeraw(&mut modes);
    modes
}

fn set(fd: i32, when: i32, modes: Termios) -> io::Result<()> {
    loop {
        match tcsetattr(fd, when, &modes) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::pty::{OpenptyResult, openpty};
    use std::fs::File;

    fn pty() -> (OpenptyResult, OwnedFd) {
        let pty = openpty(None, None).unwrap();
        let slave = pty.slave.try_clone().unwrap();
        (pty, slave)
    }

    fn modes(fd: &OwnedFd) -> Termios {
        Termios::from_fd(fd.as_raw_fd()).unwrap()
    }

    #[test]
    fn raw_mode_ends_with_the_value() {
        let (pty, slave) = pty();
        let before = modes(&pty.slave);
        let terminal = Terminal::on(slave).unwrap();
        terminal.enter_raw();
        assert_ne!(modes(&pty.slave), before);
        assert_eq!(modes(&pty.slave), raw(before));
        drop(terminal);
        assert_eq!(modes(&pty.slave), before);
    }

    #[test]
    fn raw_mode_ends_in_a_panic_of_any_thread() {
        let (pty, slave) = pty();
        let before = modes(&pty.slave);
        let terminal = Terminal::on(slave).unwrap();
        terminal.restore_on_panic();
        terminal.enter_raw();
        assert!(
            std::thread::spawn(|| panic!("a panic on purpose"))
                .join()
                .is_err()
        );
        assert_eq!(modes(&pty.slave), before);
    }

    #[test]
    fn entering_and_leaving_twice_keeps_the_first_modes() {
        let (pty, slave) = pty();
        let before = modes(&pty.slave);
        let terminal = Terminal::on(slave).unwrap();
        terminal.enter_raw();
        terminal.enter_raw();
        terminal.leave_raw();
        terminal.leave_raw();
        assert_eq!(modes(&pty.slave), before);
        terminal.continued();
        assert_eq!(modes(&pty.slave), before, "not raw, so nothing to resume");
    }

    #[test]
    fn after_a_stop_from_outside_it_is_raw_again_and_still_restored() {
        let (pty, slave) = pty();
        let before = modes(&pty.slave);
        let terminal = Terminal::on(slave).unwrap();
        terminal.enter_raw();
        set(pty.slave.as_raw_fd(), TCSANOW, before).unwrap();
        terminal.continued();
        assert_eq!(modes(&pty.slave), raw(before));
        drop(terminal);
        assert_eq!(modes(&pty.slave), before);
    }

    #[test]
    fn a_file_is_no_terminal_and_makes_no_noise() {
        assert!(Terminal::on(File::open("/dev/null").unwrap().into()).is_none());
    }
}
