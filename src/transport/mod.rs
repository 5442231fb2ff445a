//! Sockets and blocking drivers: one [`Connection`] over every interface (`-I`) that is driven natively.
//!
//! A connection implements [`IpmiConnection`]: `ipmi_rs::Ipmi` and the typed commands of [`crate::ipmi`] work over it,
//! and so does a plain [`Request`]. Nothing in this module panics.

use std::io;
use std::time::Duration;

use ipmi_rs::connection::{IpmiConnection, Request, Response};
use nix::errno::Errno;

pub mod addressing;
pub mod dummy;
pub mod interrupt;
pub mod network;
pub mod open;

pub use addressing::Addressing;

/// An open connection to a BMC.
///
/// The [`Response`] it returns carries the *request's* netfn and command: each driver checks the real answer's as far
/// as its medium allows, and `ipmi_rs::Ipmi` would otherwise refuse every answer on a netfn above 0Dh.
#[derive(Debug)]
pub enum Connection {
    /// `-I dummy`: a UNIX socket that carries C structures, for tests.
    Dummy(dummy::Dummy),
    /// `-I lan`: IPMI 1.5 over UDP.
    Lan(Box<network::Lan>),
    /// `-I lanplus`: RMCP+ over UDP.
    Lanplus(Box<network::Lanplus>),
    /// `-I open`: the kernel's driver.
    Open(open::Device),
}

/// What every verb needs of a connection: an answer to each request, in turn; and what makes that quick or patient.
pub trait BmcConnection:
    IpmiConnection<SendError = TransportError, RecvError = TransportError, Error = TransportError>
{
    /// Names requests that may be asked for soon, in this order, and that change nothing on the BMC: an interface that
    /// can have several in flight asks them ahead, as far as the BMC keeps up. A later
    /// [`send_recv`](IpmiConnection::send_recv) of an equal request (target, netfn, command and data) returns what was
    /// fetched; each answer serves once. A hint that is wrong costs an exchange, never a wrong answer.
    ///
    /// Later hints go behind earlier ones; what does not fit in [`MOST_HINTS`] is dropped. A request that was not
    /// hinted drops every hint: whatever it does, no answer from before it is passed off as one from after it.
    ///
    /// An interface that carries one request at a time ignores all this: there the requests are those asked for.
    fn hint(&mut self, requests: Vec<Request>) {
        drop(requests);
    }

    /// Nothing that was hinted will be asked for any more.
    fn forget_hints(&mut self) {}

    /// Changes how long an answer is waited for, and how often a request is sent: for commands that take long. An
    /// interface that knows no time-outs ignores it.
    fn set_patience(&mut self, timeout: Duration, tries: u32) {
        let _ = (timeout, tries);
    }

    /// Back to the patience that the connection was opened with.
    fn reset_patience(&mut self) {}

    /// From here on requests go where this says. An interface that reaches the BMC only ignores it, as stock's does.
    fn set_addressing(&mut self, addressing: Addressing) {
        let _ = addressing;
    }
}

pub use crate::proto::ahead::MOST_HINTS;

impl Connection {
    /// Ends the session, if there is one, and closes the medium. Nothing is reported: there is nothing left to do.
    pub fn close(self) {
        match self {
            Self::Dummy(dummy) => dummy.close(),
            Self::Lan(lan) => lan.close(),
            Self::Lanplus(lanplus) => lanplus.close(),
            // Closing the file is all.
            Self::Open(device) => drop(device),
        }
    }

    fn medium(&mut self) -> &mut dyn BmcConnection {
        match self {
            Self::Dummy(dummy) => dummy,
            Self::Lan(lan) => lan.as_mut(),
            Self::Lanplus(lanplus) => lanplus.as_mut(),
            Self::Open(device) => device,
        }
    }
}

impl IpmiConnection for Connection {
    type SendError = TransportError;
    type RecvError = TransportError;
    type Error = TransportError;

    fn send(&mut self, request: &mut Request) -> Result<(), TransportError> {
        self.medium().send(request)
    }

    fn recv(&mut self) -> Result<Response, TransportError> {
        self.medium().recv()
    }

    fn send_recv(&mut self, request: &mut Request) -> Result<Response, TransportError> {
        self.medium().send_recv(request)
    }
}

impl BmcConnection for Connection {
    fn hint(&mut self, requests: Vec<Request>) {
        self.medium().hint(requests);
    }

    fn forget_hints(&mut self) {
        self.medium().forget_hints();
    }

    fn set_patience(&mut self, timeout: Duration, tries: u32) {
        self.medium().set_patience(timeout, tries);
    }

    fn reset_patience(&mut self) {
        self.medium().reset_patience();
    }

    fn set_addressing(&mut self, addressing: Addressing) {
        self.medium().set_addressing(addressing);
    }
}

/// Why a connection could not be opened, or why a request has no answer.
///
/// Whatever the reason, a command prints its own "no response" line, as stock does; the text here goes on the line
/// before it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The connection could not be opened. The text is complete, may have several lines, and is for stderr.
    #[error("{0}")]
    Open(String),
    /// The peer did not answer, in all the tries that were due.
    #[error("no answer from the BMC")]
    NoAnswer,
    /// What came in all the tries was not the BMC's, or came twice.
    #[error(
        "no answer from the BMC: {packets} packets were dropped, which were not authentic, or copies"
    )]
    Unauthentic {
        /// How many.
        packets: u64,
    },
    /// The peer closed the session or the medium, or it was never open.
    #[error("the connection is closed")]
    Closed,
    /// An answer that breaks the rules of its medium.
    #[error("bad answer: {0}")]
    Malformed(&'static str),
    /// A request that the medium cannot carry.
    #[error("cannot send this request: {0}")]
    Unsendable(&'static str),
    /// The medium failed; the text is the driver's.
    #[error("{0}")]
    Medium(String),
}

/// The operating system's text for `error`, as C's `strerror` has it: without Rust's " (os error N)".
fn system_text(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(number) => Errno::from_raw(number).desc().to_owned(),
        None => error.to_string(),
    }
}
