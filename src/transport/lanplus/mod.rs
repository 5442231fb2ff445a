//! `-I lanplus`: RMCP+ over UDP, driven by a blocking loop around [`crate::proto`].

mod address;
mod driver;
mod entropy;

use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use ipmi_rs::connection::{IpmiConnection, Message, Request, Response};

use super::TransportError;
use crate::cli::context::{Context, Oem, Privilege};
use crate::crypto::Key20;
use crate::crypto::rakp::Quirk;
use crate::crypto::suite::Suite;
use crate::proto::handshake::{Config, Failure, Handshake};
use crate::proto::inflight::{Kind, RequestId};
use crate::proto::link::{Answer, Ask, Link, Patience};
use driver::Wire;
pub use entropy::System;

/// An open RMCP+ session.
#[derive(Debug)]
pub struct Lanplus {
    wire: Wire,
    link: Link,
    config: Config,
    patience: Patience,
    /// Netfn, command and id of the request that [`IpmiConnection::recv`] waits for.
    pending: Option<(u8, u8, RequestId)>,
    unanswered: bool,
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

impl Lanplus {
    /// Makes a session with the host of `context` and raises it to the privilege level asked for. Every address of
    /// the host is tried in turn.
    ///
    /// # Errors
    ///
    /// [`TransportError::Open`]: why, on one line, and ipmitool's own line below it.
    pub fn open(context: &Context) -> Result<Self, TransportError> {
        Self::try_open(context)
            .map_err(|reason| TransportError::Open(format!("{reason}\n{UNABLE}")))
    }

    fn try_open(context: &Context) -> Result<Self, String> {
        let config = config(context)?;
        let host = context.host.as_deref().ok_or("No hostname specified!")?;
        let addresses = address::resolve(host, context.port, context.family)?;
        let mut last = String::from("Could not open socket!");
        for (at, address) in addresses.iter().enumerate() {
            let another = at + 1 < addresses.len();
            match Self::handshake(*address, &config, another) {
                Ok((wire, link)) => return Self::raise(wire, link, config, context),
                Err(Unmade::Unreachable(reason)) => last = reason,
                Err(Unmade::Refused(reason)) => return Err(reason),
            }
        }
        Err(last)
    }

    /// `another`: a further address waits, so that not all patience is spent on this one.
    fn handshake(
        address: SocketAddr,
        config: &Config,
        another: bool,
    ) -> Result<(Wire, Link), Unmade> {
        let mut wire = Wire::connect(address)
            .map_err(|error| Unmade::Unreachable(format!("{address}: {error}")))?;
        let tries = if another {
            config.tries.min(TRIES_BEFORE_ANOTHER)
        } else {
            config.tries
        };
        let config = Config {
            tries,
            ..config.clone()
        };
        let mut handshake = Handshake::new(Instant::now(), config, Box::new(System::default()));
        match driver::shake(&mut wire, &mut handshake, another) {
            Some(Ok(established)) => Ok((
                wire,
                Link::new(established.session, Box::new(System::default())),
            )),
            Some(Err(failure @ Failure::Dead { .. })) => {
                let refused = if wire.was_refused() {
                    " (port unreachable: nothing listens there)"
                } else {
                    ""
                };
                Err(Unmade::Unreachable(format!("{failure}{refused}")))
            }
            Some(Err(failure)) => Err(Unmade::Refused(failure.to_string())),
            None => Err(Unmade::Unreachable(format!(
                "{address}: port unreachable: nothing listens there"
            ))),
        }
    }

    /// Set Session Privilege Level, as ipmitool does unless User or less was asked for.
    fn raise(wire: Wire, link: Link, config: Config, context: &Context) -> Result<Self, String> {
        let patience = Patience {
            timeout: config.timeout,
            step: GROWTH,
            tries: config.tries,
        };
        let mut lanplus = Self {
            wire,
            link,
            config,
            patience,
            pending: None,
            unanswered: false,
        };
        if context.privilege.value() <= Privilege::User.value() {
            return Ok(lanplus);
        }
        let level = lanplus.config.privilege;
        let ask = Ask {
            netfn: NETFN_APP,
            lun: 0,
            cmd: SET_SESSION_PRIVILEGE,
            data: &[level],
        };
        let name = privilege_name(context.privilege);
        let refusal = match lanplus.exchange(ask) {
            Some(Answer { code: 0, .. }) => {
                log::debug!("Set Session Privilege Level to {name}");
                return Ok(lanplus);
            }
            Some(answer) => {
                let text = crate::ipmi::completion::text(answer.code);
                format!("Set Session Privilege Level to {name} failed: {text}")
            }
            None => format!("Set Session Privilege Level to {name} failed: no answer"),
        };
        lanplus.close();
        Err(refusal)
    }

    /// Changes how long an answer is waited for, and how often a request is sent.
    pub fn set_patience(&mut self, timeout: Duration, tries: u32) {
        self.patience = Patience {
            timeout,
            step: GROWTH,
            tries: tries.max(1),
        };
    }

    /// Closes the session, with a few tries and no more.
    pub fn close(mut self) {
        // A BMC that has just left a command unanswered is not waited for twice as long.
        let tries = if self.unanswered { 1 } else { CLOSE_TRIES };
        let timeout = self
            .link
            .ledger()
            .round_trip()
            .timeout(CLOSE_TIMEOUT)
            .min(self.config.timeout);
        self.patience = Patience {
            timeout,
            step: Duration::ZERO,
            tries,
        };
        let session = self.link.session().bmc_id().to_le_bytes();
        let closed = self.exchange(Ask {
            netfn: NETFN_APP,
            lun: 0,
            cmd: CLOSE_SESSION,
            data: &session,
        });
        if closed.is_none() {
            log::debug!("Close Session was not answered");
        }
    }

    /// Takes the session apart.
    pub fn into_parts(self) -> Parts {
        Parts {
            socket: self.wire.into_socket(),
            link: self.link,
            config: self.config,
        }
    }

    fn exchange(&mut self, ask: Ask<'_>) -> Option<Answer> {
        let id = self
            .link
            .ask(Instant::now(), Kind::Command, ask, self.patience);
        self.await_answer(id)
    }

    fn await_answer(&mut self, id: RequestId) -> Option<Answer> {
        let answer = driver::converse(&mut self.wire, &mut self.link, id);
        self.unanswered = answer.is_none();
        answer
    }
}

impl IpmiConnection for Lanplus {
    type SendError = TransportError;
    type RecvError = TransportError;
    type Error = TransportError;

    fn send(&mut self, request: &mut Request) -> Result<(), TransportError> {
        let (netfn, cmd) = (request.netfn_raw(), request.cmd());
        let ask = Ask {
            netfn,
            lun: request.target().lun().value(),
            cmd,
            data: request.data(),
        };
        if ask.data.len() > MAX_DATA {
            return Err(TransportError::Unsendable(
                "more data than an RMCP+ payload holds",
            ));
        }
        let id = self
            .link
            .ask(Instant::now(), Kind::Command, ask, self.patience);
        driver::flush(&mut self.wire, &mut self.link);
        self.pending = Some((netfn, cmd, id));
        Ok(())
    }

    fn recv(&mut self) -> Result<Response, TransportError> {
        let (netfn, cmd, id) = self.pending.take().ok_or(TransportError::Closed)?;
        let answer = self.await_answer(id).ok_or(TransportError::NoAnswer)?;
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

/// Why there is no session with one address.
enum Unmade {
    /// It did not answer; another address may.
    Unreachable(String),
    /// It refused.
    Refused(String),
}

fn config(context: &Context) -> Result<Config, String> {
    let key = |bytes: &[u8], what: &str| {
        Key20::new(bytes).ok_or_else(|| format!("lanplus: {what} is longer than 20 bytes."))
    };
    let suite = match context.cipher_suite {
        None => None,
        Some(id) => {
            Some(Suite::by_id(id).ok_or_else(|| format!("Unsupported cipher suite ID : {id}"))?)
        }
    };
    Ok(Config {
        username: context.username.clone(),
        password: key(
            context.password.as_ref().map_or(&[], |p| p.bytes()),
            "password",
        )?,
        kg: context
            .kg
            .as_ref()
            .map(|kg| key(kg.bytes(), "K_g key"))
            .transpose()?,
        suite,
        privilege: context.privilege.value(),
        name_only: context.name_only,
        quirk: match context.oem {
            Some(Oem::IntelPlus) => Quirk::IntelPlus,
            Some(Oem::I82571Spt) => Quirk::I82571spt,
            _ => Quirk::Standard,
        },
        timeout: Duration::from_secs(context.timeout.unwrap_or(DEFAULT_TIMEOUT).into()),
        tries: context.retries.unwrap_or(DEFAULT_TRIES),
    })
}

fn privilege_name(privilege: Privilege) -> &'static str {
    match privilege {
        Privilege::Callback => "CALLBACK",
        Privilege::User => "USER",
        Privilege::Operator => "OPERATOR",
        Privilege::Administrator => "ADMINISTRATOR",
        Privilege::Oem => "OEM",
        Privilege::NoAccess => "NO ACCESS",
        Privilege::Invalid => "Unknown (0xFF)",
    }
}

/// ipmitool's last word, which scripts look for.
const UNABLE: &str = "Error: Unable to establish IPMI v2 / RMCP+ session";

const NETFN_APP: u8 = 0x06;
const SET_SESSION_PRIVILEGE: u8 = 0x3b;
const CLOSE_SESSION: u8 = 0x3c;

/// ipmitool's `-N` and `-R` for lanplus, in seconds and tries.
const DEFAULT_TIMEOUT: u32 = 1;
const DEFAULT_TRIES: u32 = 4;

/// How much longer each further try waits, as in ipmitool.
const GROWTH: Duration = Duration::from_secs(1);

/// Close Session: a lost one leaves a slot of the BMC taken for a minute (ipmitool issue 213).
const CLOSE_TRIES: u32 = 3;
const CLOSE_TIMEOUT: Duration = Duration::from_millis(500);

/// With further addresses to try, how often one is asked.
const TRIES_BEFORE_ANOTHER: u32 = 2;

/// Data bytes of a request; far above what any BMC takes, far below what a datagram holds.
const MAX_DATA: usize = 1024;
