//! The seam between the console's edge and the sans-IO core below it: what [`Driver`](super::driver::Driver) asks of
//! a console, so that it can be tried without a network.

use std::time::{Duration, Instant};

use super::events::Report;
use super::log::{Loss, Position};
use crate::ipmi::complaint::Complaint;
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
    fn pause_output(&mut self, now: Instant, paused: bool);

    /// Deactivates the payload and closes the session, in bounded time; [`Event::Closed`] follows.
    fn shut_down(&mut self, now: Instant, why: Why);

    /// How the session does.
    fn status(&self) -> Status {
        Status::default()
    }

    /// What the BMC calls the session, where there is a BMC.
    fn session_id(&self) -> Option<u32> {
        None
    }

    /// Whether past output that the window asks for has been read: before that the window's end ends nothing.
    fn is_caught_up(&self) -> bool {
        true
    }

    /// Whether missed output is read back from the BMC. Then the core itself tells what is missing for good.
    fn resumes(&self) -> bool {
        false
    }

    /// Up to where in the BMC's log everything was delivered, where it keeps one and that is known.
    fn place(&self) -> Option<Position> {
        None
    }

    /// Says whether lines are dated, so that it matters when those that are read back came.
    fn set_dated(&mut self, _dated: bool) {}

    /// Whether [`Core::refetch`] can be obeyed at present.
    fn can_refetch(&self) -> bool {
        false
    }

    /// Asks the BMC again for output that was lost on this side. It comes as [`Event::Fill`], and then
    /// [`Event::Filled`]. False: it cannot.
    fn refetch(&mut self, _now: Instant, _loss: &Loss) -> bool {
        false
    }
}

/// How a session does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// The smoothed round-trip time, once there is one.
    pub round_trip: Option<Duration>,
    /// Answers that came late.
    pub late: u64,
    /// Requests that nothing answered.
    pub lost: u64,
}

/// Console output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Data {
    /// As the host printed it.
    pub bytes: Vec<u8>,
    /// When, by the BMC's clock, in milliseconds since 1970; where it does not tell, now.
    pub at: Option<u64>,
    /// Where the first byte stands in the BMC's log, where it keeps one.
    pub position: Option<Position>,
}

impl From<Vec<u8>> for Data {
    fn from(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            at: None,
            position: None,
        }
    }
}

/// What a core tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The payload is active, for the first time.
    Opened,
    /// Console output, in order.
    Data(Data),
    /// A piece of what [`Core::refetch`] asked for, for the log alone.
    Fill(Data),
    /// No more of that comes.
    Filled,
    /// Something happened that programs are told too.
    Report {
        /// What.
        report: Report,
        /// What the user is told about it, if anything.
        notice: Option<String>,
    },
    /// One line for the user.
    Notice(String),
    /// The session is over; nothing follows.
    Closed {
        /// What to say about it on standard error.
        message: Option<Complaint>,
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
    /// The time that was set for it.
    TimeUp,
}
