//! The interactive and the scripted console: terminal, threads, escapes, signals, output.
//!
//! [`run`] joins a [`Core`] (what the session wants) to this process (what the user wants). Four threads carry bytes
//! (network, input, output, signals); the caller's thread runs the [`driver`] loop and alone touches the core.

use std::io::{self, IsTerminal, Write};
use std::net::UdpSocket;
use std::os::fd::AsFd;
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGPIPE};

pub use self::core::Core;
use driver::Driver;
use edge::Edge;
use input::Input;
use network::Network;
use output::Output;
use screen::{Notices, Screen};
use signals::SignalQueue;
use terminal::Terminal;

pub mod core;
pub mod driver;
pub mod edge;
pub mod escape;
pub mod input;
pub mod network;
pub mod notice;
pub mod output;
pub mod screen;
pub mod session;
pub mod signals;
pub mod stop;
pub mod terminal;
pub mod typing;

/// What can be chosen about a console's edge.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The escape character (`-e`), any byte.
    pub escape: u8,
    /// Whether standard input is read at all (`noinput` says no); unread, it cannot end the session.
    pub read_input: bool,
    /// Bytes of output that may wait for a slow reader before the BMC is told to hold the rest.
    pub output_limit: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            escape: b'~',
            read_input: true,
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

/// Runs a console on this process's standard input and output until it ends.
///
/// `socket` is connected to the BMC, `signals` are caught already. Call it on the main thread, with nothing left in [`io::stdout`]'s buffer that
/// matters: it is flushed here, and passed by from then on.
pub fn run(core: impl Core, socket: UdpSocket, signals: SignalQueue, settings: Settings) -> Outcome {
    open(core, socket, &signals, settings).unwrap_or_else(|error| cannot_start(&error))
}

/// Says that the system lacks what a console needs.
pub fn cannot_start(error: &io::Error) -> Outcome {
    let _ = writeln!(io::stderr(), "Error: cannot start the console: {error}");
    Outcome::Failed
}

fn open(core: impl Core, socket: UdpSocket, signals: &SignalQueue, settings: Settings) -> io::Result<Outcome> {
    // A reader that is gone already is found again by the banner.
    let _ = io::stdout().flush();
    let network = Network::start(socket)?;
    let terminal = if settings.read_input {
        Terminal::on_stdin()
    } else {
        None
    };
    if let Some(terminal) = &terminal {
        terminal.restore_on_panic();
    }
    let input = if settings.read_input {
        Input::start(io::stdin().as_fd().try_clone_to_owned()?)?
    } else {
        Input::none()
    };
    let (stdout, mut stderr) = (io::stdout(), io::stderr());
    let beside = || io::stderr().as_fd().try_clone_to_owned();
    let notices = match (stdout.is_terminal(), stderr.is_terminal()) {
        (_, false) => Notices::Log,
        (true, true) => Notices::BesideOutput,
        (false, true) => Notices::Apart(Output::start(beside()?, beside()?)?),
    };
    let output = Output::start(stdout.as_fd().try_clone_to_owned()?, beside()?)?;
    let edge = Edge {
        send: Box::new(|datagram| network.send(datagram)),
        datagrams: network.datagrams().clone(),
        input,
        screen: Screen::new(output, notices),
        signals: signals.received().clone(),
        terminal,
        on_terminal: stdout.is_terminal(),
        escape: settings.escape,
        output_limit: settings.output_limit,
    };
    let (outcome, message) = Driver::new(core, edge).run();
    if let Some(message) = message {
        let _ = writeln!(stderr, "{message}");
    }
    Ok(outcome)
}

/// How long a stalled output delays the banner, a suspension, or the end.
const FLUSH_PATIENCE: Duration = Duration::from_secs(1);
