//! What a [`Bmc`](super::Bmc) is set up with, and what comes out of it.

use std::time::Duration;

use super::EXTENSION_IANA;
use crate::bmc::command::MachineEvent;
use crate::bmc::moment::Peer;
use crate::bmc::personality::Personality;
use crate::bmc::sol;

/// How a [`Bmc`](super::Bmc) is set up.
#[derive(Debug, Clone)]
pub struct Config {
    /// Most sessions at once, 1 to 63.
    pub session_limit: usize,
    /// Whether cipher suite 0, and over IPMI 1.5 authentication type 'none', may be used: whoever knows a user's name
    /// is let in.
    pub suite_zero: bool,
    /// The enterprise number under which the console-log extension is offered; `None`: not at all.
    pub extension: Option<u32>,
    /// Bytes that each console log keeps.
    pub log_size: usize,
    /// Number of serial ports, 1 to 15; port n is SOL instance n.
    pub ports: usize,
    /// A request that waited longer than this is overdue.
    pub overdue: Duration,
    /// The board's ways.
    pub personality: Personality,
}

impl Default for Config {
    /// 16 sessions, no suite 0, the extension under 32473, one port with a log of 1 MiB, overdue after 60 s.
    fn default() -> Self {
        Self {
            session_limit: 16,
            suite_zero: false,
            extension: Some(EXTENSION_IANA),
            log_size: 1 << 20,
            ports: 1,
            overdue: Duration::from_secs(60),
            personality: Personality::default(),
        }
    }
}

/// A datagram to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transmit {
    /// To whom, and on which socket.
    pub to: Peer,
    /// What.
    pub bytes: Vec<u8>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Something behind the commands: power, identify light, log entries.
    Machine(MachineEvent),
    /// The console wants a break, or the wake-up signal, on a port (counted from 0).
    Serial(usize, sol::Action),
    /// A session was activated; the user's ID and the BMC's id of the session.
    Opened {
        /// The user's ID.
        user: u8,
        /// The BMC's id of the session.
        session: u32,
    },
    /// A session ended.
    Closed {
        /// The BMC's id of the session.
        session: u32,
        /// Why, in words.
        why: &'static str,
    },
    /// The SOL payload of a port (counted from 0) was activated or deactivated.
    Sol {
        /// The port.
        port: usize,
        /// The session that has it now.
        session: Option<u32>,
    },
}

/// What happened so far, in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Statistics {
    /// Datagrams received.
    pub datagrams_in: u64,
    /// Datagrams sent.
    pub datagrams_out: u64,
    /// Datagrams that were no IPMI or ASF, were malformed, or named no session.
    pub strangers: u64,
    /// Packets of a session with a wrong integrity or authentication code.
    pub forged: u64,
    /// Packets of a session whose number was seen already or is out of the window.
    pub replayed: u64,
    /// Requests processed.
    pub requests: u64,
    /// Requests that had to wait.
    pub waited: u64,
    /// Requests that waited longer than the overdue limit.
    pub overdue: u64,
    /// Heartbeats of the console-log extension.
    pub heartbeats: u64,
    /// Sessions activated.
    pub sessions_opened: u64,
    /// Log-ins that failed: unknown user, wrong password, too high a level.
    pub logins_failed: u64,
}
