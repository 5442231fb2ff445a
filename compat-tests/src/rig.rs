//! A client, a relay, a BMC and its serial port, put together.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::accounting;
use crate::binaries;
use crate::client::{Input, OnTerminal, Piped};
use crate::ipmi_sim::{IpmiSim, PASSWORD, USER};
use crate::relay::Relay;

/// Which `ipmitool` runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// The one that is built here.
    Ours,
    /// Debian's.
    Stock,
}

impl Who {
    /// The program.
    pub fn program(self) -> PathBuf {
        match self {
            Who::Ours => binaries::ours(),
            Who::Stock => binaries::stock(),
        }
    }
}

/// `-I lanplus -H … -p … -U … -C 3 -E`, then `words`. The password goes through the environment, see [`ENVIRONMENT`].
pub fn arguments(bmc: SocketAddr, words: &[&str]) -> Vec<String> {
    without_password(bmc, &[&["-E"], words].concat())
}

/// The same without a word of the password.
pub fn without_password(bmc: SocketAddr, words: &[&str]) -> Vec<String> {
    let (host, port) = (bmc.ip().to_string(), bmc.port().to_string());
    let options = [
        "-I", "lanplus", "-H", &host, "-p", &port, "-U", USER, "-C", "3",
    ];
    options
        .iter()
        .chain(words)
        .map(|&word| word.to_owned())
        .collect()
}

/// The password for `-E`; and nobody whom our `ipmitool` could hand its work to, so that what it does is its own.
pub const ENVIRONMENT: [(&str, &str); 2] = [
    ("IPMITOOL_PASSWORD", PASSWORD),
    ("IPMITOOL_FALLBACK", "/bin/false"),
];

/// The first line of every console.
pub const BANNER: &str = "[SOL Session operational.  Use ~? for help]";

/// The same, as far as it names no escape character.
const BANNER_BEGIN: &str = "[SOL Session operational.  Use ";

/// `ipmi_sim` behind a relay.
#[derive(Debug)]
pub struct Rig {
    /// Between client and BMC.
    pub relay: Relay,
    /// The BMC.
    pub bmc: IpmiSim,
    said: usize,
}

impl Rig {
    /// Starts BMC and relay.
    ///
    /// # Panics
    /// When they do not come up.
    pub fn start() -> Rig {
        let bmc = IpmiSim::start();
        Rig {
            relay: Relay::to(bmc.address()),
            bmc,
            said: 0,
        }
    }

    /// A console on pipes, through the relay; `words` follow `sol activate`.
    pub fn console(&self, who: Who, words: &[&str]) -> Piped {
        let words: Vec<&str> = ["sol", "activate"].iter().chain(words).copied().collect();
        Piped::start(
            &who.program(),
            &arguments(self.relay.address(), &words),
            &ENVIRONMENT,
            Input::Pipe,
        )
    }

    /// A console on a terminal, through the relay, with the banner on its screen; `words` follow `sol activate`.
    ///
    /// # Panics
    /// When the console does not come up within 20 s.
    pub fn terminal(&self, who: Who, words: &[&str]) -> OnTerminal {
        let words: Vec<&str> = ["sol", "activate"].iter().chain(words).copied().collect();
        let client = OnTerminal::start(
            &who.program(),
            &arguments(self.relay.address(), &words),
            &ENVIRONMENT,
        );
        let up = client
            .screen
            .wait_for(BANNER_BEGIN, Duration::from_secs(20));
        assert!(up, "{who:?} has no console: {}", client.screen.text());
        client
    }

    /// Any other command, straight to the BMC, past the relay.
    pub fn run(&self, who: Who, words: &[&str]) -> Finished {
        run(
            &who.program(),
            &arguments(self.bmc.address(), words),
            &ENVIRONMENT,
            Duration::from_secs(30),
        )
    }

    /// Says the next `count` numbered lines on the console, `apart` from one another.
    pub fn say_lines(&mut self, count: usize, apart: Duration) {
        for _ in 0..count {
            self.bmc
                .serial()
                .say(accounting::line(self.said).as_bytes());
            self.said += 1;
            std::thread::sleep(apart);
        }
    }

    /// How many numbered lines have been said.
    pub fn said(&self) -> usize {
        self.said
    }
}

/// A command that has run to its end.
#[derive(Debug)]
pub struct Finished {
    /// Exit status; None when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// How long it took.
    pub took: Duration,
}

/// Runs a command with `/dev/null` for input.
///
/// # Panics
/// When it takes longer than `limit`.
pub fn run(
    program: &Path,
    arguments: &[String],
    environment: &[(&str, &str)],
    limit: Duration,
) -> Finished {
    let begun = Instant::now();
    let mut child = Piped::start(program, arguments, environment, Input::Null);
    let Some(status) = child.wait(limit) else {
        panic!(
            "{arguments:?} still runs after {limit:?}: {}{}",
            child.stdout.text(),
            child.stderr.text()
        );
    };
    Finished {
        code: status.code(),
        stdout: child.stdout.text(),
        stderr: child.stderr.text(),
        took: begun.elapsed(),
    }
}
