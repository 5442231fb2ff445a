//! The interactive and the scripted console: terminal, threads, escapes, signals, output.
//!
//! [`run`] joins a [`Core`] (what the session wants) to this process (what the user wants). The caller's thread runs the
//! [`driver`] loop, which waits for the network and alone touches the core; threads carry the other bytes (input, output,
//! signals, log) in channels, and ring the [`bell`] for the loop.

use std::io::{self, IsTerminal, Write};
use std::net::UdpSocket;
use std::os::fd::AsFd;
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGPIPE};

use crate::ipmi::complaint::Complaint;

pub use self::core::Core;
use bell::{Bell, Ringer};
use driver::Driver;
use edge::Edge;
use keyboard::Keyboard;
use network::Network;
use output::Output;
use screen::{Notices, Screen};
pub use signals::SignalQueue;
pub use sinks::Sinks;

pub mod bell;
pub mod clock;
pub mod core;
pub mod driver;
pub mod edge;
pub mod escape;
pub mod events;
pub mod input;
pub mod interlude;
pub mod keyboard;
pub mod log;
pub mod network;
pub mod notice;
pub mod notify;
pub mod output;
pub mod repeats;
pub mod screen;
pub mod session;
pub mod signals;
pub mod sinks;
pub mod stop;
pub mod terminal;
pub mod typing;
pub mod window;

/// What can be chosen about a console's edge.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The escape character (`-e`), any byte.
    pub escape: u8,
    /// Whether standard input is read at all (`noinput` says no); unread, it cannot end the session.
    pub read_input: bool,
    /// Whether there was a session before this one: nothing typed until the console is open is meant for the host.
    pub again: bool,
    /// Whether SIGHUP opens the log anew instead of ending the console.
    pub hup_reopens: bool,
    /// Bytes of output that may wait for a slow reader before the BMC is told to hold the rest.
    pub output_limit: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            escape: b'~',
            read_input: true,
            again: false,
            hup_reopens: false,
            output_limit: 1 << 20,
        }
    }
}

/// How a console's run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// As the user wished: exit status 0.
    Done,
    /// Exit status 1; the reason was printed.
    Failed,
    /// By SIGINT: exit status 255, as in stock.
    Interrupted,
    /// By this signal: the process is to die by it.
    Signal(i32),
}

/// How one session's run ended, and what is to be said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// How.
    pub outcome: Outcome,
    /// For standard error.
    pub message: Option<Complaint>,
    /// Whether it was the BMC's doing: another session may do better.
    pub by_bmc: bool,
    /// Whether the console was open.
    pub opened: bool,
}

impl Outcome {
    fn of_signal(number: i32) -> Self {
        if number == SIGINT {
            Self::Interrupted
        } else {
            Self::Signal(number)
        }
    }

    fn of_output_error(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Signal(SIGPIPE),
            _ => Self::Failed,
        }
    }
}

/// Runs a console on `keyboard` and this process's standard output until it ends.
///
/// `socket` is connected to the BMC, `signals` are caught already and ring `bell`, as the log of `sinks` does. Call it on the main thread, with nothing left in [`io::stdout`]'s buffer that
/// matters: it is flushed here, and passed by from then on.
pub fn run(
    core: impl Core,
    socket: UdpSocket,
    settings: Settings,
    bell: &Bell,
    signals: &SignalQueue,
    keyboard: &mut Keyboard,
    sinks: &mut Sinks,
) -> Ended {
    open(core, socket, settings, bell, signals, keyboard, sinks).unwrap_or_else(|error| Ended {
        outcome: Outcome::Failed,
        message: Some(Complaint::error(format!(
            "cannot start the console: {error}"
        ))),
        by_bmc: false,
        opened: false,
    })
}

fn open(
    core: impl Core,
    socket: UdpSocket,
    settings: Settings,
    bell: &Bell,
    signals: &SignalQueue,
    keyboard: &mut Keyboard,
    sinks: &mut Sinks,
) -> io::Result<Ended> {
    // A reader that is gone already is found again by the banner.
    let _ = io::stdout().flush();
    let network = Network::new(socket)?;
    let (stdout, stderr) = (io::stdout(), io::stderr());
    let beside = || io::stderr().as_fd().try_clone_to_owned();
    let notices = match (stdout.is_terminal(), stderr.is_terminal()) {
        (_, false) => Notices::Log,
        (true, true) => Notices::BesideOutput,
        (false, true) => Notices::Apart(Output::start(beside()?, beside()?, Ringer::default())?),
    };
    let output = Output::start(
        stdout.as_fd().try_clone_to_owned()?,
        beside()?,
        bell.ringer(),
    )?;
    let edge = Edge {
        network,
        bell,
        input: &mut keyboard.input,
        screen: Screen::new(output, notices),
        signals: signals.received().clone(),
        sinks,
        hup_reopens: settings.hup_reopens,
        terminal: keyboard.terminal.as_ref(),
        again: settings.again,
        on_terminal: stdout.is_terminal(),
        escape: settings.escape,
        output_limit: settings.output_limit,
    };
    Ok(Driver::new(core, edge).run())
}

/// How long a stalled output delays the banner, a suspension, or the end.
const FLUSH_PATIENCE: Duration = Duration::from_secs(1);
