//! The steps of an IPMI 1.5 session set-up, each consumed by the answer it waits for.

use super::failure::{Asked, Failure};
use super::{Config, type_name};
use crate::crypto::{Key16, auth_code};
use crate::proto::Entropy;
use crate::proto::session::{Codes, Session};
use crate::wire::lan::Message;
use crate::wire::session::V15;

/// What every step may look at.
pub(super) struct Terms<'a> {
    pub(super) config: &'a Config,
    /// Of the latest message.
    pub(super) seq: u8,
    pub(super) entropy: &'a mut dyn Entropy,
}

/// Where the set-up stands.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Capabilities(AskCapabilities),
    Challenge(AskChallenge),
    Activate(Activate),
}

/// What an answer leads to.
pub(super) enum Next {
    /// Nothing has changed.
    Stay(Step),
    /// Nothing, but somebody has answered who does not know the password.
    Forged(Step),
    /// The next step.
    Go(Step),
    Done(Box<Session>),
    /// And where it failed.
    Failed(Failure, Step),
}

/// Sent Get Channel Authentication Capabilities.
#[derive(Debug, Clone)]
pub(super) struct AskCapabilities;

/// Sent Get Session Challenge.
#[derive(Debug, Clone)]
pub(super) struct AskChallenge {
    auth_type: u8,
    /// What the channel says; what goes for the session, its activation tells.
    per_message: bool,
}

/// Sent Activate Session.
#[derive(Debug, Clone)]
pub(super) struct Activate {
    before: AskChallenge,
    /// The challenge's session id.
    session: u32,
    challenge: [u8; 16],
    key: Key16,
    /// The number that the BMC's first packet is asked to have.
    first: u32,
}

impl Step {
    pub(super) fn ask_capabilities() -> Self {
        Self::Capabilities(AskCapabilities)
    }

    /// What is waited for.
    pub(super) fn asked(&self) -> Asked {
        match self {
            Self::Capabilities(_) => Asked::Capabilities,
            Self::Challenge(_) => Asked::Challenge,
            Self::Activate(_) => Asked::Activation,
        }
    }

    /// The step before an activation, to begin anew with.
    pub(super) fn challenge_again(&self) -> Option<Self> {
        match self {
            Self::Activate(step) => Some(Self::Challenge(step.before.clone())),
            _ => None,
        }
    }

    /// What to send on entering the step, and on each repetition.
    pub(super) fn datagram(&self, config: &Config, seq: u8) -> Vec<u8> {
        let request = |cmd, data: &[u8]| Message::request(NETFN_APP, 0, seq, cmd, data).to_bytes();
        match self {
            Self::Capabilities(_) => outside(&request(
                GET_CHANNEL_AUTHENTICATION_CAPABILITIES,
                &[CURRENT_CHANNEL, config.privilege],
            )),
            Self::Challenge(step) => {
                let mut data = [0; 17];
                data[0] = step.auth_type;
                for (to, from) in data[1..].iter_mut().zip(&config.username) {
                    *to = *from;
                }
                outside(&request(GET_SESSION_CHALLENGE, &data))
            }
            Self::Activate(step) => {
                let mut data = vec![step.before.auth_type, config.privilege];
                data.extend(match config.supermicro {
                    true => [0; 16],
                    false => step.challenge,
                });
                data.extend(step.first.to_le_bytes());
                let payload = request(ACTIVATE_SESSION, &data);
                step.codes(true).seal(step.session, 0, &payload)
            }
        }
    }

    /// What a packet leads to.
    pub(super) fn handle(self, terms: &mut Terms<'_>, packet: &V15<'_>) -> Next {
        let Ok(message) = Message::parse(packet.payload) else {
            return Next::Stay(self);
        };
        let asked = self.asked();
        if (message.netfn, message.cmd, message.seq) != (NETFN_APP | 1, command(asked), terms.seq) {
            return Next::Stay(self);
        }
        match message.data {
            // No answer without a completion code, and 'I am at it already' (section 5.2) is not the answer yet.
            [] | [DUPLICATE_REQUEST, ..] => Next::Stay(self),
            [0, data @ ..] => match self {
                Self::Capabilities(step) => step.handle(terms, data),
                Self::Challenge(step) => step.handle(terms, data),
                Self::Activate(step) => step.handle(packet, data),
            },
            // A refusal is not authenticated by anything; all it can do is to end an attempt that has not begun.
            [code, ..] => {
                let code = *code;
                Next::Failed(Failure::Refused { step: asked, code }, self)
            }
        }
    }
}

impl AskCapabilities {
    fn handle(self, terms: &mut Terms<'_>, data: &[u8]) -> Next {
        let [_channel, types, status, ..] = *data else {
            let step = Asked::Capabilities;
            return Next::Failed(Failure::Short { step }, Step::Capabilities(self));
        };
        match choose(types, terms.config) {
            Ok(auth_type) => {
                log::debug!("Proceeding with AuthType {}", type_name(auth_type));
                Next::Go(Step::Challenge(AskChallenge {
                    auth_type,
                    per_message: status & PER_MESSAGE_DISABLED == 0,
                }))
            }
            Err(failure) => Next::Failed(failure, Step::Capabilities(self)),
        }
    }
}

/// The type that was asked for, or the strongest that is offered. `types` has one bit for each.
fn choose(types: u8, config: &Config) -> Result<u8, Failure> {
    let offered = |auth_type: u8| types & 1u8.checked_shl(auth_type.into()).unwrap_or(0) != 0;
    let wanted = |auth_type: u8| config.auth_type.is_none_or(|wanted| wanted == auth_type);
    let with_password: &[u8] = match config.password {
        Some(_) => &[
            auth_code::MD5,
            auth_code::MD2,
            auth_code::PASSWORD,
            auth_code::OEM,
        ],
        None => &[],
    };
    let best = with_password
        .iter()
        .chain(&[auth_code::NONE])
        .find(|auth_type| wanted(**auth_type) && offered(**auth_type));
    let wanted = config.auth_type.unwrap_or(auth_code::NONE);
    match best {
        Some(auth_type) => Ok(*auth_type),
        None if offered(wanted) => Err(Failure::NoPassword),
        None => Err(Failure::NotOffered {
            wanted,
            offered: types,
        }),
    }
}

impl AskChallenge {
    fn handle(self, terms: &mut Terms<'_>, data: &[u8]) -> Next {
        let parts = data
            .split_first_chunk::<4>()
            .and_then(|(id, rest)| Some((id, rest.first_chunk::<16>()?)));
        let Some((id, challenge)) = parts else {
            let step = Asked::Challenge;
            return Next::Failed(Failure::Short { step }, Step::Challenge(self));
        };
        let password = terms.config.password.clone();
        // No password is one of zeros.
        let password = password.unwrap_or_else(Key16::null);
        let key = match terms.config.supermicro {
            true => auth_code::supermicro_key(&password, challenge),
            false => password,
        };
        let session = u32::from_le_bytes(*id);
        log::debug!("Opening Session\n  Session ID      : {session:08x}");
        Next::Go(Step::Activate(Activate {
            before: self,
            session,
            challenge: *challenge,
            key,
            // Far from where the numbers would wrap.
            first: (terms.entropy.nonzero() >> 1).max(1),
        }))
    }
}

impl Activate {
    fn codes(&self, per_message: bool) -> Codes {
        Codes {
            auth_type: self.before.auth_type,
            key: self.key.clone(),
            per_message,
        }
    }

    fn handle(self, packet: &V15<'_>, data: &[u8]) -> Next {
        // A session that anybody may have said to be made is none. The header may name the old session or the new one.
        if self.codes(self.before.per_message).verify(packet).is_err() {
            return Next::Forged(Step::Activate(self));
        }
        let [auth_type, i0, i1, i2, i3, s0, s1, s2, s3, ..] = *data else {
            let step = Asked::Activation;
            return Next::Failed(Failure::Short { step }, Step::Activate(self));
        };
        let auth_type = auth_type & 0x0f;
        let per_message = auth_type == self.before.auth_type;
        // 'None' from here on is only for channels that have announced it.
        if !per_message && (auth_type != auth_code::NONE || self.before.per_message) {
            return Next::Failed(Failure::OtherType { got: auth_type }, Step::Activate(self));
        }
        let id = u32::from_le_bytes([i0, i1, i2, i3]);
        let first = u32::from_le_bytes([s0, s1, s2, s3]).max(1);
        log::debug!(
            "\nSession Activated\n  Auth Type       : {}\n  Max Priv Level  : 0x{:02x}\n  Session ID      : {id:08x}\n  Inbound Seq     : {first:08x}\n",
            type_name(auth_type),
            data.get(9).copied().unwrap_or_default(),
        );
        let codes = Codes {
            per_message: self.before.per_message && per_message,
            ..self.codes(true)
        };
        Next::Done(Box::new(Session::v15(codes, id, first)))
    }
}

/// A packet outside sessions.
fn outside(payload: &[u8]) -> Vec<u8> {
    V15 {
        auth_type: auth_code::NONE,
        sequence: 0,
        session: 0,
        auth_code: None,
        payload,
    }
    .to_datagram()
}

fn command(asked: Asked) -> u8 {
    match asked {
        Asked::Capabilities => GET_CHANNEL_AUTHENTICATION_CAPABILITIES,
        Asked::Challenge => GET_SESSION_CHALLENGE,
        Asked::Activation => ACTIVATE_SESSION,
    }
}

const NETFN_APP: u8 = 0x06;
const GET_CHANNEL_AUTHENTICATION_CAPABILITIES: u8 = 0x38;
const GET_SESSION_CHALLENGE: u8 = 0x39;
const ACTIVATE_SESSION: u8 = 0x3a;

/// "The channel that this request comes through."
const CURRENT_CHANNEL: u8 = 0x0e;

/// Of the capabilities' third byte: packets may go without a code once the session is made.
const PER_MESSAGE_DISABLED: u8 = 0x10;

/// Completion code CFh: the BMC has seen this request before and is at it.
const DUPLICATE_REQUEST: u8 = 0xcf;
