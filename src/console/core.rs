//! The seam between the console's edge and the sans-IO core below it: what [`Driver`](super::driver::Driver) asks of
//! a console, so that it can be tried without a network.

use std::time::Instant;

use crate::proto::console::Datagram;

/// A console without sockets, clocks, threads and terminals. Feed it, then drain `poll_transmit` and `poll_event`
/// until both are empty, then wait until `poll_timeout` at most.
pub trait Core {
    /// A datagram came from the BMC.
    fn handle_datagram(&mut self, now: Instant, datagram: &Datagram);

    /// The time of `poll_timeout` has come.
    fn handle_timeout(&mut self, now: Instant);

    /// The next datagram to send.
    fn poll_transmit(&mut self) -> Option<Datagram>;

    /// The next thing to tell the user.
    fn poll_event(&mut self) -> Option<Event>;

    /// When `handle_timeout` wants to be called.
    fn poll_timeout(&self) -> Option<Instant>;

    /// Queues bytes that were typed, as many as there is room for, and says how many.
    fn type_bytes(&mut self, now: Instant, bytes: &[u8]) -> usize;

    /// How many bytes `type_bytes` would take. It is back at its first value when everything typed was acknowledged.
    fn input_room(&self) -> usize;

    /// Sends a serial break.
    fn send_break(&mut self, now: Instant);

    /// Whether the output is full: while it is, the core accepts no more than its own buffer holds.
    fn pause_output(&mut self, paused: bool);

    /// Deactivates the payload and closes the session, in bounded time; [`Event::Closed`] follows.
    fn shut_down(&mut self, now: Instant, why: Why);
}

/// What a core tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The payload is active, for the first time.
    Opened,
    /// Console output, in order.
    Data(Vec<u8>),
    /// One line for the user.
    Notice(String),
    /// The session is over; nothing follows.
    Closed {
        /// What to say about it on standard error.
        message: Option<String>,
        /// Whether that is a failure (exit status 1).
        failed: bool,
    },
}

/// Why the user's side ends the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// `~.`
    Escape,
    /// The end of standard input; all that was typed has been acknowledged, or waited for in vain.
    EndOfInput,
    /// This signal, or what amounts to it: SIGPIPE when the output's reader went away.
    Signal(i32),
}
