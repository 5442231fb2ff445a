//! `-I lanplus`: RMCP+ over UDP, driven by a blocking loop around [`crate::proto`].

mod address;
pub mod commentary;
mod driver;
mod entropy;

use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use ipmi_rs::connection::{IpmiConnection, Message, Request, Response};

use super::interrupt::Interrupt;
use super::{BmcConnection, TransportError};
use crate::proto::ahead::{Ahead, Outcome, Wish};
use crate::proto::handshake::{Config, Failure, Handshake};
use crate::proto::inflight::{Kind, RequestId};
use crate::proto::link::{Answer, Ask, Done, Link, Patience};
pub use address::Family;
use driver::{Interrupted, Wire};
pub use entropy::System;

/// An open RMCP+ session.
#[derive(Debug)]
pub struct Lanplus {
    wire: Wire,
    link: Link,
    config: Config,
    patience: Patience,
    interrupt: Option<Interrupt>,
    ahead: Ahead,
    /// Netfn and command of the request that [`IpmiConnection::recv`] waits for.
    pending: Option<(u8, u8)>,
    unanswered: bool,
}

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

/// An open session taken apart, for the console to go on with.
#[derive(Debug)]
pub struct Parts {
    /// Connected to the BMC.
    pub socket: UdpSocket,
    /// The session, with its ledger.
    pub link: Link,
    /// What it was made with, so that another can be made.
    pub config: Config,
}

/// Why there is no session.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
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
    Refused(Failure),
}

impl Lanplus {
    /// Makes a session with `target`, all of whose addresses are tried in turn. When `interrupt` is raised, here or
    /// later, the session is closed, and the calling thread waits for the end of the process.
    ///
    /// # Errors
    ///
    /// [`OpenError`], in one line.
    pub fn open(
        target: &Target,
        config: Config,
        interrupt: Option<Interrupt>,
    ) -> Result<Self, OpenError> {
        let addresses = address::resolve(&target.host, target.port, target.family);
        if addresses.is_empty() {
            return Err(OpenError::Lookup {
                host: target.host.clone(),
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
        config: Config,
        interrupt: Option<Interrupt>,
    ) -> Result<Self, OpenError> {
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
        config: &Config,
        interrupt: Option<&Interrupt>,
    ) -> Result<Self, OpenError> {
        let mut last = OpenError::Unreachable("no address to try".to_owned());
        let rounds: &[u32] = match addresses {
            [_] => &[config.tries],
            _ if config.tries > 1 => &[1, config.tries - 1],
            _ => &[1],
        };
        for tries in rounds {
            for (at, address) in addresses.iter().enumerate() {
                let another = at + 1 < addresses.len();
                match Self::handshake(*address, config, *tries, interrupt, another) {
                    Err(error @ OpenError::Unreachable(_)) => last = error,
                    // It is there, and packets were lost on the way.
                    Err(OpenError::Refused(Failure::Silent { .. })) if *tries < config.tries => {
                        return Self::handshake(*address, config, config.tries, interrupt, false);
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
        config: &Config,
        tries: u32,
        interrupt: Option<&Interrupt>,
        impatient: bool,
    ) -> Result<Self, OpenError> {
        let mut wire = Wire::connect(address, interrupt.cloned())
            .map_err(|error| OpenError::Unreachable(format!("{address}: {error}")))?;
        let terms = Config {
            tries,
            ..config.clone()
        };
        let mut handshake = Handshake::new(Instant::now(), terms, Box::new(System::default()));
        let outcome = match (
            driver::shake(&mut wire, &mut handshake, impatient),
            interrupt,
        ) {
            (Ok(outcome), _) => outcome,
            (Err(Interrupted), Some(interrupt)) => interrupt.settle(),
            // Nobody interrupts without an interrupt.
            (Err(Interrupted), None) => None,
        };
        let established = match outcome {
            Some(Ok(established)) => established,
            Some(Err(failure @ Failure::Dead { .. })) => {
                let refused = if wire.was_refused() {
                    " (port unreachable: nothing listens there)"
                } else {
                    ""
                };
                return Err(OpenError::Unreachable(format!("{failure}{refused}")));
            }
            Some(Err(failure)) => return Err(OpenError::Refused(failure)),
            None => {
                return Err(OpenError::Unreachable(format!(
                    "{address}: port unreachable: nothing listens there"
                )));
            }
        };
        let mut lanplus = Self {
            wire,
            config: config.clone(),
            patience: Patience {
                timeout: config.timeout,
                step: GROWTH,
                tries: config.tries,
            },
            interrupt: interrupt.cloned(),
            ahead: Ahead::default(),
            pending: None,
            unanswered: false,
            link: Link::new(established.session, Box::new(System::default())),
        };
        if lanplus.interrupt.as_ref().is_some_and(Interrupt::is_raised) {
            lanplus.stop();
        }
        if config.suite.is_none() {
            log::info!(
                "Using best available cipher suite {}\n",
                lanplus.link.session().suite().id
            );
        }
        log::debug!("IPMIv2 / RMCP+ SESSION OPENED SUCCESSFULLY\n");
        Ok(lanplus)
    }

    /// What the BMC calls the session.
    pub fn id(&self) -> u32 {
        self.link.session().bmc_id()
    }

    /// Sends a request to the BMC's LUN 0, with others perhaps in flight. What becomes of it, [`Lanplus::next_done`]
    /// tells under the same id.
    pub fn begin(&mut self, netfn: u8, cmd: u8, data: &[u8]) -> RequestId {
        self.ahead.abandon(&mut self.link);
        commentary::command(netfn, cmd, data);
        let ask = Ask {
            netfn,
            lun: 0,
            cmd,
            data,
        };
        let id = self
            .link
            .ask(Instant::now(), Kind::Command, ask, self.patience);
        driver::flush(&mut self.wire, &mut self.link);
        id
    }

    /// The next request of [`Lanplus::begin`] whose fate is known; `None`: none was by `until`. Late and duplicate
    /// answers are consumed.
    pub fn next_done(&mut self, until: Instant) -> Option<Done> {
        match driver::next_done(&mut self.wire, &mut self.link, until) {
            Ok(done) => {
                self.unanswered = done.as_ref().is_some_and(|done| done.answer.is_none());
                done
            }
            Err(Interrupted) => {
                self.stop();
                None
            }
        }
    }

    /// Closes the session, with a few tries and no more.
    pub fn close(mut self) {
        // A BMC that has just left a command unanswered is not waited for twice as long.
        let tries = if self.unanswered { 1 } else { CLOSE_TRIES };
        self.say_goodbye(tries);
        if let Some(interrupt) = &self.interrupt {
            interrupt.end();
        }
    }

    /// Takes the session apart, to go on with it where signals are minded otherwise.
    pub fn into_parts(mut self) -> Parts {
        self.ahead.abandon(&mut self.link);
        if self
            .interrupt
            .as_ref()
            .is_some_and(|interrupt| !interrupt.release())
        {
            self.stop();
        }
        Parts {
            socket: self.wire.into_socket(),
            link: self.link,
            config: self.config,
        }
    }

    /// Closes the session in little time, and waits for the end of the process.
    fn stop(&mut self) {
        self.ahead.abandon(&mut self.link);
        self.say_goodbye(CLOSE_TRIES_INTERRUPTED);
        if let Some(interrupt) = &self.interrupt {
            interrupt.settle();
        }
    }

    fn say_goodbye(&mut self, tries: u32) {
        self.wire.disregard_interrupts();
        let timeout = self
            .link
            .ledger()
            .round_trip()
            .timeout(CLOSE_TIMEOUT)
            .min(CLOSE_TIMEOUT)
            .min(self.config.timeout);
        self.patience = Patience {
            timeout,
            step: Duration::ZERO,
            tries,
        };
        let id = self.link.session().bmc_id();
        self.want(Wish {
            netfn: NETFN_APP,
            lun: 0,
            cmd: CLOSE_SESSION,
            data: id.to_le_bytes().to_vec(),
        });
        match driver::fulfil(&mut self.wire, &mut self.link, &mut self.ahead) {
            Ok(Outcome::Answered(Answer { code: 0, .. })) => {
                log::debug!("Closed Session {id:08x}\n");
            }
            Ok(Outcome::Answered(answer)) => {
                log::debug!("Close Session was refused: 0x{:02x}", answer.code);
            }
            Ok(Outcome::Silent) | Err(Interrupted) => {
                log::debug!("Close Session was not answered");
            }
        }
    }

    /// Asks for a request's answer, which may be there already.
    fn want(&mut self, wish: Wish) {
        commentary::command(wish.netfn, wish.cmd, &wish.data);
        self.ahead
            .want(Instant::now(), &mut self.link, wish, self.patience);
        driver::flush(&mut self.wire, &mut self.link);
    }

    fn await_answer(&mut self) -> Option<Answer> {
        let answer = match driver::fulfil(&mut self.wire, &mut self.link, &mut self.ahead) {
            Ok(Outcome::Answered(answer)) => Some(answer),
            Ok(Outcome::Silent) => None,
            Err(Interrupted) => {
                self.stop();
                None
            }
        };
        self.unanswered = answer.is_none();
        answer
    }
}

fn wish(request: &Request) -> Result<Wish, TransportError> {
    if request.data().len() > MAX_DATA {
        return Err(TransportError::Unsendable(
            "more data than an RMCP+ payload holds",
        ));
    }
    Ok(Wish {
        netfn: request.netfn_raw(),
        lun: request.target().lun().value(),
        cmd: request.cmd(),
        data: request.data().to_vec(),
    })
}

impl IpmiConnection for Lanplus {
    type SendError = TransportError;
    type RecvError = TransportError;
    type Error = TransportError;

    fn send(&mut self, request: &mut Request) -> Result<(), TransportError> {
        let wish = wish(request)?;
        self.pending = Some((wish.netfn, wish.cmd));
        self.want(wish);
        Ok(())
    }

    fn recv(&mut self) -> Result<Response, TransportError> {
        let (netfn, cmd) = self.pending.take().ok_or(TransportError::Closed)?;
        let answer = self.await_answer().ok_or(TransportError::NoAnswer)?;
        let mut data = vec![answer.code];
        data.extend(answer.data);
        // The ledger has checked the answer's own netfn and command.
        Response::new(Message::new_raw(netfn, cmd, data), 0)
            .ok_or(TransportError::Malformed("no completion code"))
    }

    fn send_recv(&mut self, request: &mut Request) -> Result<Response, TransportError> {
        self.send(request)?;
        self.recv()
    }
}

impl BmcConnection for Lanplus {
    fn hint(&mut self, requests: Vec<Request>) {
        let wishes = requests.iter().map_while(|request| wish(request).ok());
        self.ahead
            .hint(Instant::now(), &mut self.link, wishes, self.patience);
        driver::flush(&mut self.wire, &mut self.link);
    }

    fn forget_hints(&mut self) {
        self.ahead.forget();
    }

    fn set_patience(&mut self, timeout: Duration, tries: u32) {
        self.patience = Patience {
            timeout,
            step: GROWTH,
            tries: tries.max(1),
        };
    }
}

const NETFN_APP: u8 = 0x06;
const CLOSE_SESSION: u8 = 0x3c;

/// How much longer each further try waits, as in ipmitool.
const GROWTH: Duration = Duration::from_secs(1);

/// Close Session: a lost one leaves a slot of the BMC taken for a minute (ipmitool issue 213).
const CLOSE_TRIES: u32 = 3;
/// The same when a signal has ended the run: together at most a second.
const CLOSE_TRIES_INTERRUPTED: u32 = 2;
const CLOSE_TIMEOUT: Duration = Duration::from_millis(500);

/// Data bytes of a request; far above what any BMC takes, far below what a datagram holds.
const MAX_DATA: usize = 1024;
