//! The parts that the console's loop joins, each replaceable in tests.

use crossbeam_channel::Receiver;

use super::bell::Bell;
use super::input::Input;
use super::network::Network;
use super::screen::Screen;
use super::sinks::Sinks;
use super::terminal::Terminal;

/// The parts that the loop joins, beside the core.
pub struct Edge<'a> {
    /// The BMC's ports.
    pub network: Network,
    /// Wakes the loop for what the others below put into their channels.
    pub bell: &'a Bell,
    /// What is typed.
    pub input: &'a mut Input,
    /// What the user sees.
    pub screen: Screen,
    /// Where output and events go besides.
    pub sinks: &'a mut Sinks,
    /// Whether SIGHUP opens the log anew instead of ending the console.
    pub hup_reopens: bool,
    /// Numbers of received signals.
    pub signals: Receiver<i32>,
    /// The terminal on standard input, if it is one.
    pub terminal: Option<&'a Terminal>,
    /// Whether the output is shown on a terminal, which in raw mode adds no CR to an LF.
    pub on_terminal: bool,
    /// Whether there was a session before, so that nothing typed until the console is open is meant for the host.
    pub again: bool,
    /// The escape character.
    pub escape: u8,
    /// Bytes of output that may wait for a slow reader before the BMC is held back.
    pub output_limit: usize,
}
