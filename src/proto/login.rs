//! What the two ways to a session have in common: RMCP+ ([`super::handshake`]) and IPMI 1.5 ([`super::v15`]).

use std::fmt;
use std::time::{Duration, Instant};

use super::Entropy;
use super::link::Patience;
use super::session::Session;

/// What is wanted of a session, and how long may be tried to get it.
pub trait Terms: Clone {
    /// The session in the making.
    type Login: Login<Failure = Self::Failure>;
    /// Why there is none.
    type Failure: Failure;

    /// How long the answers of the session are waited for, and how often each is asked for.
    fn patience(&self) -> Patience;

    /// The same terms, with every message sent `tries` times at most.
    fn with_tries(&self, tries: u32) -> Self;

    /// What goes out behind every datagram, where a board wants that.
    fn chaser(&self) -> Option<&'static [u8]> {
        None
    }

    /// Begins: the first message is ready to be sent.
    fn begin(self, now: Instant, entropy: Box<dyn Entropy>) -> Self::Login;
}

/// A session in the making. After each call drain [`Login::poll_transmit`], look at [`Login::poll_outcome`], and sleep
/// until [`Login::poll_timeout`] or the next datagram.
pub trait Login {
    /// Why there is no session.
    type Failure: Failure;

    /// The next datagram to send.
    fn poll_transmit(&mut self) -> Option<Vec<u8>>;

    /// What came of it, once.
    fn poll_outcome(&mut self) -> Option<Result<Session, Self::Failure>>;

    /// When [`Login::handle_timeout`] wants to be called, if nothing comes first.
    fn poll_timeout(&self) -> Option<Instant>;

    /// Takes in a datagram; what does not belong here is dropped.
    fn handle_datagram(&mut self, now: Instant, datagram: &[u8]);

    /// Repeats, moves on or gives up, if it is time to.
    fn handle_timeout(&mut self, now: Instant);
}

/// Why no session could be made, as far as another address of the same host may help.
pub trait Failure: fmt::Display + fmt::Debug {
    /// Where nothing at all was heard: that, and how often and how long was asked, without a guess why.
    fn dead(&self) -> Option<String>;

    /// The BMC answered before and then fell silent.
    fn is_silent(&self) -> bool;
}

/// What [`Failure::dead`] says; the guesses of either protocol follow it.
pub(super) fn nothing_heard(tries: u32, waited: Duration) -> String {
    let (times, seconds) = (times(tries), waited.as_secs_f32());
    format!("No answer from the BMC: {times} in {seconds:.1} s")
}

/// So many tries, in words.
pub(super) fn times(tries: u32) -> String {
    match tries {
        1 => "1 try".to_owned(),
        _ => format!("{tries} tries"),
    }
}
