//! From a host's name to an open session.

use std::net::SocketAddr;
use std::time::Instant;

use super::address::{self, Family};
use super::driver::{self, Interrupted, Wire};
use super::{Network, System};
use crate::proto::ahead::Ahead;
use crate::proto::link::Link;
use crate::proto::login::{Failure, Terms};
use crate::transport::Addressing;
use crate::transport::interrupt::Interrupt;

/// Where a BMC is to be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its name or address; an IPv6 address may stand in brackets and name its scope.
    pub host: String,
    /// Its UDP port.
    pub port: u16,
    /// Which of its addresses may be used.
    pub family: Family,
}

/// Why there is no session.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError<F> {
    /// The host has no address, or none of the kind that may be used.
    #[error("Address lookup for {host} failed")]
    Lookup {
        /// As it was given.
        host: String,
    },
    /// No address answered; why the last one did not.
    #[error("{0}")]
    Unreachable(String),
    /// The BMC, or this side, refused.
    #[error(transparent)]
    Refused(F),
}

impl<T: Terms> Network<T> {
    /// Makes a session with `target`, all of whose addresses are tried in turn. When `interrupt` is raised, here or
    /// later, the session is closed, and the calling thread waits for the end of the process.
    ///
    /// # Errors
    ///
    /// [`OpenError`], in one line.
    pub fn open(
        target: &Target,
        config: T,
        interrupt: Option<Interrupt>,
    ) -> Result<Self, OpenError<T::Failure>> {
        let addresses = address::resolve(&target.host, target.port, target.family);
        if addresses.is_empty() {
            return Err(OpenError::Lookup {
                // What is printed steers no terminal.
                host: target.host.replace(|c: char| c.is_control(), "?"),
            });
        }
        Self::open_at(&addresses, config, interrupt)
    }

    /// The same, with addresses that have been looked up. Of several, each is tried once before any is tried as
    /// often as `config` says: a dead one costs a second, not all patience.
    ///
    /// # Errors
    ///
    /// [`OpenError`], in one line: of the last address, if none answered.
    pub fn open_at(
        addresses: &[SocketAddr],
        config: T,
        interrupt: Option<Interrupt>,
    ) -> Result<Self, OpenError<T::Failure>> {
        if let Some(interrupt) = &interrupt {
            interrupt.begin();
        }
        let outcome = Self::find(addresses, &config, interrupt.as_ref());
        if let (Err(_), Some(interrupt)) = (&outcome, &interrupt) {
            interrupt.end();
        }
        outcome
    }

    fn find(
        addresses: &[SocketAddr],
        config: &T,
        interrupt: Option<&Interrupt>,
    ) -> Result<Self, OpenError<T::Failure>> {
        let mut last = OpenError::Unreachable("no address to try".to_owned());
        let most = config.patience().tries;
        let rounds: &[u32] = match addresses {
            [_] => &[most],
            _ if most > 1 => &[1, most - 1],
            _ => &[1],
        };
        for tries in rounds {
            for (at, address) in addresses.iter().enumerate() {
                let another = at + 1 < addresses.len();
                match Self::handshake(*address, config, *tries, interrupt, another) {
                    Err(error @ OpenError::Unreachable(_)) => last = error,
                    // It is there, and packets were lost on the way.
                    Err(OpenError::Refused(failure)) if failure.is_silent() && *tries < most => {
                        return Self::handshake(*address, config, most, interrupt, false);
                    }
                    outcome => return outcome,
                }
            }
        }
        Err(last)
    }

    /// `impatient`: a further address waits, so that a port where nothing listens is not asked again.
    fn handshake(
        address: SocketAddr,
        config: &T,
        tries: u32,
        interrupt: Option<&Interrupt>,
        impatient: bool,
    ) -> Result<Self, OpenError<T::Failure>> {
        let mut wire = Wire::connect(address, interrupt.cloned())
            .map_err(|error| OpenError::Unreachable(format!("{address}: {error}")))?;
        wire.chase(config.chaser());
        let terms = config.with_tries(tries);
        let mut login = terms.begin(Instant::now(), Box::new(System::default()));
        let outcome = match (driver::shake(&mut wire, &mut login, impatient), interrupt) {
            (Ok(outcome), _) => outcome,
            (Err(Interrupted), Some(interrupt)) => interrupt.settle(),
            // Nobody interrupts without an interrupt.
            (Err(Interrupted), None) => None,
        };
        let session = match outcome {
            Some(Ok(session)) => session,
            Some(Err(failure)) => {
                return Err(match failure.dead() {
                    // The host is up and has said why: nothing is left to guess.
                    Some(dead) if wire.was_refused() => OpenError::Unreachable(format!(
                        "{dead}; port unreachable: nothing listens there"
                    )),
                    Some(_) => OpenError::Unreachable(failure.to_string()),
                    None => OpenError::Refused(failure),
                });
            }
            None => {
                return Err(OpenError::Unreachable(format!(
                    "{address}: port unreachable: nothing listens there"
                )));
            }
        };
        let ahead = Ahead::after(wire.round_trip());
        let mut network = Self {
            ahead: match session.suite() {
                Some(_) => ahead,
                None => ahead.for_v15(),
            },
            wire,
            config: config.clone(),
            patience: config.patience(),
            addressing: Addressing::default(),
            interrupt: interrupt.cloned(),
            pending: None,
            unanswered: false,
            link: Link::new(session, Box::new(System::default())),
        };
        if network.interrupt.as_ref().is_some_and(Interrupt::is_raised) {
            network.stop();
        }
        Ok(network)
    }
}
