//! How IPMI 1.5 sessions come about: Get Session Challenge and Activate Session (IPMI 2.0 sections 22.16, 22.17).

use zeroize::Zeroizing;

use super::handshake::HALF_OPEN_LIMIT;
use super::receive::Request;
use super::{Bmc, LAN_CHANNEL};
use crate::bmc::command::{Outcome, Privilege, cc};
use crate::bmc::moment::{Moment, Peer};
use crate::bmc::session::{HalfOpen, Security, Session, Stage, Window};
use crate::crypto::auth_code;
use crate::wire::lan::Message;
use crate::wire::session::V15;

impl Bmc {
    pub(super) fn session_challenge(&mut self, request: &Request<'_>) -> Outcome {
        let Some((&auth_type, name)) = request.message.data.split_first() else {
            return Err(cc::LENGTH);
        };
        if name.len() != 16 {
            return Err(cc::LENGTH);
        }
        let end = name.iter().position(|&b| b == 0).unwrap_or(name.len());
        let name = &name[..end];
        let bit = 1u8.checked_shl((auth_type & 0x0f).into()).unwrap_or(0);
        if self.authentication_types(Privilege::Administrator) & bit == 0 {
            return Err(cc::INVALID_FIELD);
        }
        let user = match self.machine.users().find(LAN_CHANNEL, name, None) {
            Some(user) => user,
            None if name.is_empty() => return Err(NULL_NAME_NOT_ENABLED),
            None => {
                self.statistics.logins_failed += 1;
                return Err(INVALID_NAME);
            }
        };
        let id = self.fresh_session_id();
        let challenge = self.fresh();
        let stage = Stage::Challenged {
            user,
            challenge,
            auth_type: auth_type & 0x0f,
            activated: None,
        };
        let beginning = HalfOpen {
            id,
            peer: request.from,
            since: request.at.now,
            stage,
        };
        self.sessions.begin(beginning, HALF_OPEN_LIMIT);
        Ok([&id.to_le_bytes()[..], &challenge].concat())
    }

    /// An IPMI 1.5 packet under a session id that no active session has: it can only activate one.
    pub(super) fn activate_session(
        &mut self,
        at: Moment,
        from: Peer,
        packet: &V15<'_>,
        asked: usize,
    ) {
        let Some(HalfOpen {
            stage:
                Stage::Challenged {
                    user,
                    challenge,
                    auth_type,
                    activated,
                },
            ..
        }) = self.sessions.half_open(packet.session)
        else {
            self.statistics.strangers += 1;
            return;
        };
        if let Some((_, answer)) = activated
            .as_ref()
            .filter(|(request, _)| request == packet.payload)
        {
            let answer = answer.clone();
            self.send_to_stranger(from, answer, asked);
            return;
        }
        let (user, challenge, auth_type) = (*user, *challenge, *auth_type);
        let Ok(message) = Message::parse(packet.payload) else {
            return;
        };
        if (message.netfn, message.cmd) != (0x06, 0x3a) || activated.is_some() {
            return;
        }
        let Some(password) = self.password_of(user) else {
            return;
        };
        let want = auth_code::code(
            auth_type,
            &password,
            packet.session,
            packet.sequence,
            packet.payload,
        );
        if packet.auth_type != auth_type || !auth_code::matches(want, packet.auth_code) {
            self.statistics.logins_failed += 1;
            return;
        }
        let outcome = self.activated(
            at,
            from,
            user,
            auth_type,
            &challenge,
            password.clone(),
            message.data,
        );
        let (data, first) = match outcome {
            Ok((data, first)) => ([&[cc::OK][..], &data].concat(), first),
            Err(code) => (vec![code], 0),
        };
        let payload = message.answer(&data).to_bytes();
        // The answer still goes under the challenge's id, with the first number that the console asked for.
        let auth_code = auth_code::code(auth_type, &password, packet.session, first, &payload);
        let answer = V15 {
            auth_type,
            sequence: first,
            session: packet.session,
            auth_code,
            payload: &payload,
        }
        .to_datagram();
        if data.first() == Some(&cc::OK)
            && let Some(HalfOpen {
                stage: Stage::Challenged { activated, .. },
                ..
            }) = self.sessions.half_open(packet.session)
        {
            *activated = Some((packet.payload.to_vec(), answer.clone()));
        }
        self.send_to_stranger(from, answer, asked);
    }

    #[allow(clippy::too_many_arguments)] // one caller, and each is a thing of its own
    fn activated(
        &mut self,
        at: Moment,
        from: Peer,
        user: u8,
        auth_type: u8,
        challenge: &[u8; 16],
        password: Zeroizing<[u8; 16]>,
        data: &[u8],
    ) -> Result<(Vec<u8>, u32), u8> {
        let [asked_type, level, rest @ ..] = data else {
            return Err(cc::LENGTH);
        };
        let Some((echo, first)) = rest.split_first_chunk::<16>() else {
            return Err(cc::LENGTH);
        };
        let first = u32::from_le_bytes(first.try_into().map_err(|_| cc::LENGTH)?);
        if asked_type & 0x0f != auth_type {
            return Err(cc::INVALID_FIELD);
        }
        if echo != challenge {
            return Err(INVALID_SESSION);
        }
        if first == 0 {
            return Err(SEQUENCE_OUT_OF_RANGE);
        }
        if self.sessions.len() >= self.most_sessions() {
            return Err(NO_SLOT);
        }
        let level = Privilege::from_bits(*level).ok_or(cc::INVALID_FIELD)?;
        let limit = self
            .machine
            .users()
            .get(user)
            .and_then(|u| u.limit(LAN_CHANNEL))
            .ok_or(LEVEL_TOO_HIGH)?;
        let limit = limit.min(self.channel_limit().ok_or(NO_SLOT)?);
        let types = self.authentication_types(level);
        if level > limit || types & (1 << auth_type) == 0 {
            return Err(LEVEL_TOO_HIGH);
        }
        let id = self.fresh_session_id();
        let inbound = u32::from_le_bytes(self.fresh()).max(1);
        self.open(Session {
            id,
            handle: 0,
            peer: from,
            channel: LAN_CHANNEL,
            user,
            limit: level,
            privilege: level.min(Privilege::User),
            security: Security::V15 {
                auth_type,
                password,
            },
            inbound: Window::new(inbound, 8, 8, self.config.personality.replays_taken),
            outbound: first,
            last_command: at.now,
            last_request: None,
        });
        let kind = if self.per_message_authentication() {
            auth_type
        } else {
            auth_code::NONE
        };
        let mut answer = vec![kind];
        answer.extend(id.to_le_bytes());
        answer.extend(inbound.to_le_bytes());
        answer.push(level.bits());
        Ok((answer, first))
    }

    /// Which IPMI 1.5 authentication types a level may use, one bit each; OEM types are not spoken here. 'None' lets
    /// anybody in who knows a user's name: as with cipher suite 0, what the channel's parameters say is not enough.
    pub(super) fn authentication_types(&self, level: Privilege) -> u8 {
        let spoken = match self.config.suite_zero {
            true => SPOKEN,
            false => SPOKEN & !(1 << auth_code::NONE),
        };
        self.machine
            .lan(LAN_CHANNEL)
            .map_or(0, |lan| lan.authentication_types(level))
            & spoken
    }

    /// The key of a user's IPMI 1.5 codes; a password of 20 bytes has none.
    fn password_of(&self, user: u8) -> Option<Zeroizing<[u8; 16]>> {
        let user = self.machine.users().get(user)?;
        if user.has_long_password() {
            return None;
        }
        let mut key = Zeroizing::new([0; 16]);
        key.copy_from_slice(&user.password()[..16]);
        Some(key)
    }
}

/// None, MD2, MD5, password.
const SPOKEN: u8 = 0b1_0111;

const INVALID_NAME: u8 = 0x81;
const NULL_NAME_NOT_ENABLED: u8 = 0x82;
const NO_SLOT: u8 = 0x81;
const SEQUENCE_OUT_OF_RANGE: u8 = 0x84;
const INVALID_SESSION: u8 = 0x85;
const LEVEL_TOO_HIGH: u8 = 0x86;
