//! A client on a terminal, run as a shell with job control runs it: `job-leader` leads the terminal's session and
//! stays, so that the terminal's modes can be looked at after the client's end, and so that stopping works.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::sys::signal::Signal;

use super::{Output, wait_until};
use crate::binaries;

/// How a client's run ended, in the shell's words: the exit status, or 128 and the number of the signal.
pub type End = i32;

/// A running client on a terminal of its own. Ended on drop, with the terminal's leader.
#[derive(Debug)]
pub struct OnTerminal {
    leader: Child,
    master: File,
    tty: PathBuf,
    notes: tempfile::TempDir,
    modes_before: String,
    /// What appeared on the terminal.
    pub screen: Output,
}

impl OnTerminal {
    /// Starts `program` with `arguments` and, beside the inherited environment, `environment`.
    ///
    /// # Panics
    /// When there is no terminal to be had, or `job-leader` cannot be started.
    pub fn start(program: &Path, arguments: &[String], environment: &[(&str, &str)]) -> OnTerminal {
        let pty = nix::pty::openpty(None, None).expect("a pseudo-terminal");
        // processes that other tests start meanwhile must not hold this terminal open
        for end in [&pty.master, &pty.slave] {
            fcntl(end, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC)).expect("flags of a pseudo-terminal");
        }
        let tty = nix::unistd::ttyname(&pty.slave).expect("a pseudo-terminal has a name");
        let modes_before = modes(&tty);
        let notes = tempfile::tempdir().expect("a temporary directory");
        let stream = || Stdio::from(pty.slave.try_clone().expect("a copy of the terminal"));
        let mut command = Command::new("setsid");
        command
            .arg("--ctty")
            .arg(binaries::job_leader())
            .arg(notes.path())
            .arg(program)
            .args(arguments);
        command.envs(environment.iter().copied());
        command.stdin(stream()).stdout(stream()).stderr(stream());
        let leader = command
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let screen = Output::default();
        let master = File::from(pty.master);
        let (watched, watcher) = (
            master.try_clone().expect("a copy of the terminal"),
            screen.clone(),
        );
        std::thread::spawn(move || watcher.read_from(watched));
        OnTerminal {
            leader,
            master,
            tty,
            notes,
            modes_before,
            screen,
        }
    }

    /// Types.
    ///
    /// # Panics
    /// When the terminal takes no more.
    pub fn type_in(&self, bytes: &[u8]) {
        (&self.master)
            .write_all(bytes)
            .expect("the terminal takes what is typed");
    }

    /// The client's process id.
    ///
    /// # Panics
    /// When it does not start within ten seconds.
    pub fn pid(&self) -> u32 {
        let started = wait_until(Duration::from_secs(10), || self.note("pid").is_some());
        assert!(
            started,
            "the client was not started: {}",
            self.screen.text()
        );
        self.note("pid")
            .and_then(|pid| pid.parse().ok())
            .expect("a process id")
    }

    /// Sends the client a signal.
    pub fn signal(&self, signal: Signal) {
        let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(self.pid() as i32), signal);
    }

    /// The terminal's modes as `stty -g` tells them from outside.
    pub fn modes(&self) -> String {
        modes(&self.tty)
    }

    /// The terminal's modes before the client was started.
    pub fn modes_before(&self) -> &str {
        &self.modes_before
    }

    /// True while the terminal is in raw mode: no line editing, no echo.
    pub fn is_raw(&self) -> bool {
        let all = stty(&self.tty, "-a");
        all.contains("-icanon") && all.contains("-echo ")
    }

    /// How it ended, if it has.
    pub fn ended(&self) -> Option<End> {
        self.note("end")?.parse().ok()
    }

    /// Waits for its end. None: it still runs after `limit`.
    pub fn wait(&self, limit: Duration) -> Option<End> {
        wait_until(limit, || self.ended().is_some());
        self.ended()
    }

    /// Waits until it is stopped for the `count`th time. False: it was not within `limit`.
    pub fn wait_stopped(&self, count: usize, limit: Duration) -> bool {
        wait_until(limit, || {
            self.note("stops")
                .is_some_and(|stops| stops.lines().count() >= count)
        })
    }

    /// Lets a stopped client go on, as the shell's `fg` does.
    pub fn resume(&self) {
        let _ = std::fs::write(self.notes.path().join("go"), "fg\n");
    }

    fn note(&self, name: &str) -> Option<String> {
        let text = std::fs::read_to_string(self.notes.path().join(name)).ok()?;
        // written in one go with its line end
        text.ends_with('\n').then(|| text.trim_end().to_owned())
    }
}

impl Drop for OnTerminal {
    fn drop(&mut self) {
        // the client is in a process group of its own: the leader's end alone would not reach it
        if self.ended().is_none() && self.note("pid").is_some() {
            self.signal(Signal::SIGKILL);
        }
        let _ = self.leader.kill();
        let _ = self.leader.wait();
    }
}

fn modes(tty: &Path) -> String {
    stty(tty, "-g")
}

fn stty(tty: &Path, what: &str) -> String {
    let output = Command::new("stty")
        .arg("-F")
        .arg(tty)
        .arg(what)
        .output()
        .expect("stty is there");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
