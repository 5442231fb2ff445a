//! Commands about sessions (IPMI 2.0 sections 22.13 to 22.20).

use std::net::IpAddr;

use super::receive::Request;
use super::{Bmc, LAN_CHANNEL};
use crate::bmc::command::{Outcome, PRESENT_CHANNEL, Privilege, cc};
use crate::bmc::session::Session;
use crate::crypto::suite::Suite;

impl Bmc {
    /// The outcome of a command about sessions; `None`: it is none.
    pub(super) fn session_command(&mut self, request: &Request<'_>) -> Option<Outcome> {
        if request.message.netfn != NETFN_APP {
            return None;
        }
        Some(match request.message.cmd {
            0x38 => self.auth_capabilities(request),
            0x39 => self.session_challenge(request),
            0x3a => Err(cc::STATE),
            0x3b => self.set_privilege(request),
            0x3c => self.close_session(request),
            0x3d => self.session_info(request),
            0x54 => self.cipher_suites(request),
            _ => return None,
        })
    }

    fn auth_capabilities(&mut self, request: &Request<'_>) -> Outcome {
        let &[channel, level] = request.message.data else {
            return Err(cc::LENGTH);
        };
        lan_channel(channel)?;
        let level = Privilege::from_bits(level).ok_or(cc::INVALID_FIELD)?;
        let access = self
            .machine
            .channels()
            .get(LAN_CHANNEL)
            .ok_or(cc::INVALID_FIELD)?
            .present;
        let speaks_v20 = !self.config.personality.v15_only;
        let extended = channel & 0x80 != 0 && speaks_v20;
        let users = self.machine.users();
        let may = |name: &dyn Fn(&[u8]) -> bool, empty: bool| {
            users.iter().any(|(_, user)| {
                user.limit(LAN_CHANNEL).is_some()
                    && name(user.name())
                    && (user.password() == &[0; 20]) == empty
            })
        };
        let named = |name: &[u8]| !name.is_empty();
        let null = |name: &[u8]| name.is_empty();
        let status = flag(self.kg_is_set(), 5)
            | flag(access.per_message_auth_disabled, 4)
            | flag(access.user_level_auth_disabled, 3)
            | flag(may(&named, false) || may(&named, true), 2)
            | flag(may(&null, false), 1)
            | flag(may(&null, true), 0);
        let mut data = vec![
            LAN_CHANNEL,
            self.authentication_types(level) | flag(extended, 7),
            status,
        ];
        data.push(if extended { BOTH_VERSIONS } else { 0 });
        data.extend([0, 0, 0, 0]); // no OEM authentication type
        Ok(data)
    }

    fn set_privilege(&mut self, request: &Request<'_>) -> Outcome {
        let &[level] = request.message.data else {
            return Err(cc::LENGTH);
        };
        let session = request
            .session
            .and_then(|id| self.sessions.get_mut(id))
            .ok_or(cc::PRIVILEGE)?;
        if level & 0x0f != 0 {
            let level = Privilege::from_bits(level).ok_or(cc::INVALID_FIELD)?;
            if level == Privilege::Callback {
                return Err(LEVEL_NOT_FOR_SESSION);
            }
            if level > session.limit {
                return Err(ABOVE_LIMIT);
            }
            session.privilege = level;
        }
        Ok(vec![session.privilege.bits()])
    }

    fn close_session(&mut self, request: &Request<'_>) -> Outcome {
        let own = request.session.ok_or(cc::PRIVILEGE)?;
        let (id, handle) = match *request.message.data {
            [a, b, c, d] => (u32::from_le_bytes([a, b, c, d]), None),
            [0, 0, 0, 0, handle] => (0, Some(handle)),
            _ => return Err(cc::LENGTH),
        };
        let target = match handle {
            Some(handle) => self.sessions.by_handle(handle).ok_or(INVALID_HANDLE)?.id,
            None => self.sessions.get(id).ok_or(INVALID_SESSION)?.id,
        };
        if target == own {
            // Answered first: the answer needs the session's keys.
            self.closing = Some(own);
        } else if self.privilege(request) >= Privilege::Administrator {
            self.end_session(target, "closed by another session");
        } else {
            return Err(cc::PRIVILEGE);
        }
        Ok(Vec::new())
    }

    fn session_info(&mut self, request: &Request<'_>) -> Outcome {
        if self.privilege(request) < Privilege::User {
            return Err(cc::PRIVILEGE);
        }
        let session = match *request.message.data {
            [0] => request.session.and_then(|id| self.sessions.get(id)),
            [0xfe, handle] => self.sessions.by_handle(handle),
            [0xff, a, b, c, d] => self.sessions.get(u32::from_le_bytes([a, b, c, d])),
            [index @ 1..=0xfd] => self.sessions.iter().nth(usize::from(index) - 1),
            _ => return Err(cc::LENGTH),
        };
        let by_name = matches!(request.message.data.first(), Some(0xfe | 0xff));
        if by_name && session.is_none() {
            return Err(cc::NOT_PRESENT);
        }
        let counts = [
            self.most_sessions().min(63) as u8,
            self.sessions.len().min(63) as u8,
        ];
        let Some(session) = session else {
            return Ok(vec![0, counts[0], counts[1]]);
        };
        let mut data = vec![session.handle, counts[0], counts[1]];
        data.extend(described(session));
        Ok(data)
    }

    fn cipher_suites(&mut self, request: &Request<'_>) -> Outcome {
        let &[channel, payload, list] = request.message.data else {
            return Err(cc::LENGTH);
        };
        lan_channel(channel)?;
        if !matches!(payload & 0x3f, 0 | 1) {
            return Err(cc::INVALID_FIELD);
        }
        if self.config.personality.v15_only {
            return Err(cc::INVALID_COMMAND);
        }
        let records: Vec<u8> = if list & BY_SUITE != 0 {
            self.suites().flat_map(|(suite, _)| record(suite)).collect()
        } else {
            let numbers = || self.suites().map(|(suite, _)| suite.numbers());
            let mut all: Vec<u8> = numbers().map(|n| n.authentication).collect();
            all.extend(numbers().map(|n| n.integrity | INTEGRITY));
            all.extend(numbers().map(|n| n.confidentiality | CONFIDENTIALITY));
            all.sort_unstable();
            all.dedup();
            all
        };
        let page = records
            .chunks(PAGE)
            .nth(usize::from(list & 0x3f))
            .unwrap_or(&[]);
        Ok([&[LAN_CHANNEL][..], page].concat())
    }

    fn kg_is_set(&self) -> bool {
        self.machine
            .channels()
            .get(LAN_CHANNEL)
            .is_some_and(|c| c.kg != [0; 20])
    }
}

fn record(suite: Suite) -> [u8; 5] {
    let n = suite.numbers();
    [
        STANDARD_RECORD,
        suite.id,
        n.authentication,
        n.integrity | INTEGRITY,
        n.confidentiality | CONFIDENTIALITY,
    ]
}

/// What Get Session Info tells of a LAN session.
fn described(session: &Session) -> Vec<u8> {
    let protocol = if session.is_v20() { 0x10 } else { 0x00 };
    let mut data = vec![
        session.user & 0x3f,
        session.privilege.bits(),
        protocol | session.channel,
    ];
    let ip = match session.peer.address.ip().to_canonical() {
        IpAddr::V4(ip) => ip.octets(),
        IpAddr::V6(_) => [0; 4],
    };
    data.extend(ip);
    data.extend([0; 6]); // the hardware address is not visible from above UDP
    data.extend(session.peer.address.port().to_le_bytes());
    data
}

fn lan_channel(field: u8) -> Result<(), u8> {
    if matches!(field & 0x0f, PRESENT_CHANNEL | LAN_CHANNEL) {
        Ok(())
    } else {
        Err(cc::INVALID_FIELD)
    }
}

fn flag(set: bool, bit: u8) -> u8 {
    u8::from(set) << bit
}

const NETFN_APP: u8 = 0x06;
/// Get Channel Authentication Capabilities: speaks IPMI 1.5 and 2.0.
const BOTH_VERSIONS: u8 = 0x03;
const LEVEL_NOT_FOR_SESSION: u8 = 0x80;
const ABOVE_LIMIT: u8 = 0x81;
const INVALID_SESSION: u8 = 0x87;
const INVALID_HANDLE: u8 = 0x88;
/// Get Channel Cipher Suites: suites, not single algorithms.
const BY_SUITE: u8 = 0x80;
const STANDARD_RECORD: u8 = 0xc0;
const INTEGRITY: u8 = 0x40;
const CONFIDENTIALITY: u8 = 0x80;
/// Bytes of the list in one answer.
const PAGE: usize = 16;
