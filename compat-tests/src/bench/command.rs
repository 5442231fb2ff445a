//! The command lines of all programs, and a command run to its end with its time and CPU time.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{Usage, UsageWho, getrusage};

use super::Program;
use crate::ipmi_sim::{PASSWORD, USER};
use crate::rig::{ENVIRONMENT, Who, arguments};

/// A command line.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    pub(super) program: PathBuf,
    pub(super) arguments: Vec<String>,
}

/// What a command has taken, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Taken {
    pub(super) time: f64,
    pub(super) cpu: f64,
}

impl Line {
    /// ipmitool's words for the BMC at this address, or the FreeIPMI tool of this name with these words.
    pub(super) fn to(
        bmc: SocketAddr,
        program: Program,
        words: &[&str],
        freeipmi: Option<&[&str]>,
    ) -> Option<Self> {
        let ipmitool = |who: Who| Self {
            program: who.program(),
            arguments: arguments(bmc, words),
        };
        Some(match program {
            Program::Stock => ipmitool(Who::Stock),
            Program::Ours => ipmitool(Who::Ours),
            Program::FreeIpmi => {
                let (tool, words) = freeipmi?.split_first()?;
                let place = bmc.to_string();
                let login = ["-h", &place, "-u", USER, "-p", PASSWORD, "-I", "3"];
                // The console knows no other protocol.
                let protocol: &[&str] = match *tool {
                    "ipmiconsole" => &[],
                    _ => &["-D", "LAN_2_0"],
                };
                let all = [&login[..], protocol, words].concat();
                Self {
                    program: installed(tool)?,
                    arguments: all.into_iter().map(str::to_owned).collect(),
                }
            }
        })
    }

    /// Runs it, with what it keeps for a next time in `cache`. Nothing where it fails: then there is nothing to compare.
    pub(super) fn taken(&self, cache: &Path) -> Option<Taken> {
        self.bring_into_memory();
        let (before, begun) = (cpu(), Instant::now());
        let status = Command::new(&self.program)
            .args(&self.arguments)
            .envs(ENVIRONMENT)
            .env("XDG_CACHE_HOME", cache)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .expect("a program that can be started");
        let taken = Taken {
            time: begun.elapsed().as_secs_f64(),
            cpu: (cpu() - before).as_secs_f64(),
        };
        status.success().then_some(taken)
    }

    /// Nobody's first run after minutes pays for the disk: a system may have given the program's pages to others.
    fn bring_into_memory(&self) {
        // What it says and how it ends does not matter.
        let _ = Command::new(&self.program)
            .arg("-V")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
    }
}

/// Where a program is, if it is installed.
pub(super) fn installed(name: &str) -> Option<PathBuf> {
    ["/usr/sbin", "/usr/bin"]
        .iter()
        .map(|folder| Path::new(folder).join(name))
        .find(|path| path.exists())
}

/// What all children that have ended took.
fn cpu() -> Duration {
    let usage: Usage =
        getrusage(UsageWho::RUSAGE_CHILDREN).expect("a process has children's usage");
    [usage.user_time(), usage.system_time()]
        .iter()
        .map(|time| {
            Duration::new(time.tv_sec().unsigned_abs(), 0)
                + Duration::from_micros(time.tv_usec().unsigned_abs())
        })
        .sum()
}
