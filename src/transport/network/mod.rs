//! `-I lanplus` and `-I lan`: RMCP+ and IPMI 1.5 over UDP, driven by a blocking loop around [`crate::proto`].

mod address;
pub mod commentary;
mod driver;
mod entropy;
mod open;
pub mod ping;

use std::net::UdpSocket;
use std::time::{Duration, Instant};

use ipmi_rs::connection::{IpmiConnection, Message, Request, Response};

use super::interrupt::Interrupt;
use super::{Addressing, BmcConnection, TransportError};
use crate::proto::ahead::{Ahead, Outcome, Wish};
use crate::proto::bridge::Route;
use crate::proto::inflight::{Kind, RequestId};
use crate::proto::link::{Answer, Ask, Done, Link, Patience};
use crate::proto::login::Terms;
use crate::proto::session::Session;
use crate::proto::{handshake, v15};
use crate::wire::lan;
pub use address::Family;
use driver::{Interrupted, Wire};
pub use entropy::System;
pub use open::{OpenError, Target};

/// An open RMCP+ session.
pub type Lanplus = Network<handshake::Config>;

/// An open session of IPMI 1.5.
pub type Lan = Network<v15::Config>;

/// An open session, made on the terms `T`.
#[derive(Debug)]
pub struct Network<T> {
    wire: Wire,
    link: Link,
    config: T,
    patience: Patience,
    addressing: Addressing,
    interrupt: Option<Interrupt>,
    ahead: Ahead,
    /// Netfn and command of the request that [`IpmiConnection::recv`] waits for.
    pending: Option<(u8, u8)>,
    unanswered: bool,
}

/// An open session taken apart, for the console to go on with.
#[derive(Debug)]
pub struct Parts<T> {
    /// Connected to the BMC.
    pub socket: UdpSocket,
    /// The session, with its ledger.
    pub link: Link,
    /// What it was made with, so that another can be made.
    pub config: T,
}

impl<T: Terms> Network<T> {
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

    /// What it was made with.
    pub fn terms(&self) -> &T {
        &self.config
    }

    /// The session.
    pub fn session(&self) -> &Session {
        self.link.session()
    }

    /// Takes the session apart, to go on with it where signals are minded otherwise.
    pub fn into_parts(mut self) -> Parts<T> {
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
            .min(self.config.patience().timeout);
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
            route: None,
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

    fn wish(&self, request: &Request) -> Result<Wish, TransportError> {
        let route = self.addressing.route(request.target());
        if request.data().len() > self.most_data(route.as_ref()) {
            return Err(TransportError::Unsendable(
                "more data than a packet of the session holds",
            ));
        }
        Ok(Wish {
            netfn: request.netfn_raw(),
            lun: request.target().lun().value(),
            cmd: request.cmd(),
            data: request.data().to_vec(),
            route,
        })
    }

    /// How many data bytes a request may have that goes this way.
    fn most_data(&self, route: Option<&Route>) -> usize {
        // Send Message adds a channel to the frame of a message.
        let levels = route.map_or(0, |route| usize::from(route.levels()));
        let frames = lan::Message::OVERHEAD + levels * (lan::Message::OVERHEAD + 1);
        match self.link.session().suite() {
            Some(_) => MAX_DATA,
            None => MAX_V15 - frames,
        }
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

impl<T: Terms> IpmiConnection for Network<T> {
    type SendError = TransportError;
    type RecvError = TransportError;
    type Error = TransportError;

    fn send(&mut self, request: &mut Request) -> Result<(), TransportError> {
        let wish = self.wish(request)?;
        self.pending = Some((wish.netfn, wish.cmd));
        self.want(wish);
        Ok(())
    }

    fn recv(&mut self) -> Result<Response, TransportError> {
        let (netfn, cmd) = self.pending.take().ok_or(TransportError::Closed)?;
        let refused = self.link.refused();
        let Some(answer) = self.await_answer() else {
            return Err(match self.link.refused() - refused {
                0 => TransportError::NoAnswer,
                packets => TransportError::Unauthentic { packets },
            });
        };
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

impl<T: Terms> BmcConnection for Network<T> {
    /// Controllers behind the BMC are asked one thing at a time.
    fn hint(&mut self, requests: Vec<Request>) {
        let wishes: Vec<Wish> = requests
            .iter()
            .map_while(|request| self.wish(request).ok())
            .filter(|wish| wish.route.is_none())
            .collect();
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
            tries: tries.max(1),
            ..self.config.patience()
        };
    }

    fn reset_patience(&mut self) {
        self.patience = self.config.patience();
    }

    fn set_addressing(&mut self, addressing: Addressing) {
        self.addressing = addressing;
    }
}

const NETFN_APP: u8 = 0x06;
const CLOSE_SESSION: u8 = 0x3c;

/// Close Session: a lost one leaves a slot of the BMC taken for a minute (ipmitool issue 213).
const CLOSE_TRIES: u32 = 3;
/// The same when a signal has ended the run: together at most a second.
const CLOSE_TRIES_INTERRUPTED: u32 = 2;
const CLOSE_TIMEOUT: Duration = Duration::from_millis(500);

/// Data bytes of a request over RMCP+; far above what any BMC takes, far below what a datagram holds.
const MAX_DATA: usize = 1024;
/// Bytes of an IPMI 1.5 packet's message: its length is one byte.
const MAX_V15: usize = 255;
