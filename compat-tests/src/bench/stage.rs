//! A BMC, a machine that does as it is told, and a console on it. Stock's and FreeIPMI's are terminals whose screen is
//! recorded, as `script` does (into files or pipes of their own they write late or never); ours is a capture on a
//! terminal, with its log, or a console that is typed into.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::Program;
use super::command::Line;
use crate::bmcsim::BmcSim;
use crate::capture::LogFile;
use crate::client::OnTerminal;
use crate::rig::{BANNER, ENVIRONMENT};

/// A console on a BMC.
pub(super) struct Stage {
    pub(super) console: OnTerminal,
    pub(super) log: Option<LogFile>,
    folder: tempfile::TempDir,
    _bmc: Option<BmcSim>,
}

impl Stage {
    /// On a BMC of its own, whose machine is this shell command; it may use files of [`file`](Self::file)'s folder, which
    /// stands for `@`. Nothing where the program cannot do it.
    pub(super) fn with(program: Program, machine: &str, captures: bool) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let machine = machine.replace('@', &folder.path().display().to_string());
        let bmc = BmcSim::start_low(&["--serial", &format!("exec:{machine}")]);
        let mut stage = Self::on(bmc.address(), program, captures, folder)?;
        stage._bmc = Some(bmc);
        // What begins with a console is over then.
        std::thread::sleep(Duration::from_secs(2));
        Some(stage)
    }

    /// On a BMC that is there.
    pub(super) fn on(
        bmc: SocketAddr,
        program: Program,
        captures: bool,
        folder: tempfile::TempDir,
    ) -> Option<Self> {
        let captures = captures && program == Program::Ours;
        let log = captures.then(|| LogFile::at(folder.path().join("log")));
        let word = log.as_ref().map(LogFile::word);
        let words = match &word {
            None => vec!["sol", "activate"],
            Some(word) => vec!["sol", "capture", word],
        };
        let line = Line::to(bmc, program, &words, Some(&["ipmiconsole"]))?;
        let console = OnTerminal::start(&line.program, &line.arguments, &ENVIRONMENT);
        let banner = match program {
            Program::FreeIpmi => "[SOL established]",
            Program::Stock | Program::Ours => BANNER,
        };
        let screen = &console.screen;
        if !screen.wait_for(banner, LONG) {
            // The others do not always bear a busy machine.
            assert!(program != Program::Ours, "{}", screen.text());
            eprintln!("{program:?}: {}", screen.text());
            return None;
        }
        // bmcsim says nothing to stock before stock has said something; ours greets it.
        console.type_in(b"\r");
        Some(Self {
            console,
            log,
            folder,
            _bmc: None,
        })
    }

    /// A file that the machine may use.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Makes a file that the machine waits for.
    pub(super) fn go(&self) {
        std::fs::write(self.file(GO), "").expect("a temporary file");
    }

    /// How many bytes are kept.
    pub(super) fn kept(&self) -> u64 {
        match &self.log {
            Some(log) => log.length(),
            None => self.console.screen.count() as u64,
        }
    }
}

/// A machine waits for it with `while [ ! -e @/go ]; do sleep 0.1; done`.
pub(super) const GO: &str = "go";

/// Longer than anything takes.
pub(super) const LONG: Duration = Duration::from_secs(120);
