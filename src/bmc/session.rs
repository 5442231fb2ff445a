//! Sessions: who is logged in, under which keys, and which sequence numbers were seen (IPMI 2.0 chapter 6).

use std::time::Instant;

use zeroize::Zeroizing;

use super::command::Privilege;
use super::moment::Peer;
use crate::crypto::rakp::Exchange;
use crate::crypto::seal::SessionKeys;
use crate::crypto::suite::Suite;

/// An active session.
#[derive(Debug)]
pub struct Session {
    /// The BMC's id for it: what the remote console puts into its packets.
    pub id: u32,
    /// Session handle, 1 to 255.
    pub handle: u8,
    /// Where its packets come from, and its answers go.
    pub peer: Peer,
    /// The channel.
    pub channel: u8,
    /// The user's ID.
    pub user: u8,
    /// The greatest level it may ask for.
    pub limit: Privilege,
    /// Its present level.
    pub privilege: Privilege,
    /// How its packets are protected.
    pub security: Security,
    /// Sequence numbers seen.
    pub inbound: Window,
    /// The sequence number of the last packet sent.
    pub outbound: u32,
    /// When the last command came.
    pub last_command: Instant,
    /// `rqSeq` and command of the last request.
    pub last_request: Option<(u8, u8, u8)>,
}

/// How a session's packets are protected.
#[derive(Debug)]
pub enum Security {
    /// RMCP+.
    V20 {
        /// The remote console's id.
        console_session: u32,
        /// Keys and algorithms.
        keys: SessionKeys,
        /// RAKP message 3 and its answer, in case the answer got lost.
        last_rakp: (Vec<u8>, Vec<u8>),
    },
    /// IPMI 1.5.
    V15 {
        /// 0 none, 1 MD2, 2 MD5, 4 password.
        auth_type: u8,
        /// The key of its authentication codes.
        password: Zeroizing<[u8; 16]>,
    },
}

impl Session {
    /// The next sequence number to send: 0 is never used.
    pub fn next_outbound(&mut self) -> u32 {
        self.outbound = self.outbound.wrapping_add(1).max(1);
        self.outbound
    }

    /// Whether it is an RMCP+ session.
    pub fn is_v20(&self) -> bool {
        matches!(self.security, Security::V20 { .. })
    }
}

/// A sliding window over session sequence numbers (section 6.12.13).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    highest: u32,
    /// Bit n: `highest - n` was seen.
    seen: u32,
    behind: u32,
    ahead: u32,
    duplicates: bool,
}

impl Window {
    /// A window that expects `first` next, and takes numbers up to `ahead` beyond and `behind` (0 to 31) before the
    /// highest seen. `duplicates`: takes the same number twice, as some boards do.
    pub fn new(first: u32, behind: u32, ahead: u32, duplicates: bool) -> Self {
        Self {
            highest: first.wrapping_sub(1),
            seen: u32::MAX,
            behind: behind.min(31),
            ahead,
            duplicates,
        }
    }

    /// The highest number seen.
    pub fn highest(&self) -> u32 {
        self.highest
    }

    /// Whether a packet under `number` is to be taken; if so it counts as seen.
    pub fn admit(&mut self, number: u32) -> bool {
        if number == 0 {
            return false;
        }
        let distance = number.wrapping_sub(self.highest) as i32;
        if distance > 0 {
            let distance = distance as u32;
            if distance > self.ahead {
                return false;
            }
            self.seen = self.seen.checked_shl(distance).unwrap_or(0) | 1;
            self.highest = number;
            return true;
        }
        let back = distance.unsigned_abs();
        if back > self.behind {
            return false;
        }
        let bit = 1u32.checked_shl(back).unwrap_or(0);
        let fresh = self.seen & bit == 0;
        self.seen |= bit;
        fresh || self.duplicates
    }
}

/// A session in the making.
#[derive(Debug)]
pub struct HalfOpen {
    /// The BMC's id for it.
    pub id: u32,
    /// Who opens it.
    pub peer: Peer,
    /// When it began.
    pub since: Instant,
    /// How far it is.
    pub stage: Stage,
}

/// How far a session in the making is.
#[derive(Debug)]
pub enum Stage {
    /// RMCP+: Open Session was answered.
    Opened {
        /// The request, to know it again, and its answer.
        request: Vec<u8>,
        /// The answer.
        response: Vec<u8>,
        /// The agreed suite.
        suite: Suite,
        /// The greatest level of this suite and what was asked for.
        limit: Privilege,
        /// The remote console's id.
        console_session: u32,
        /// Set once RAKP message 1 was answered.
        rakp: Option<Box<Rakp>>,
    },
    /// IPMI 1.5: a challenge was handed out.
    Challenged {
        /// The user.
        user: u8,
        /// The challenge.
        challenge: [u8; 16],
        /// The authentication type asked for.
        auth_type: u8,
        /// The activation and its answer, in case the answer got lost.
        activated: Option<(Vec<u8>, Vec<u8>)>,
    },
}

/// What RAKP messages 1 and 2 settled.
#[derive(Debug)]
pub struct Rakp {
    /// Message 1, to know it again.
    pub request: Vec<u8>,
    /// Message 2.
    pub response: Vec<u8>,
    /// All that goes into keys and codes.
    pub exchange: Exchange,
    /// The user.
    pub user: u8,
    /// The level asked for.
    pub level: Privilege,
    /// Wrong messages 3 so far.
    pub failures: u8,
}

/// All sessions.
#[derive(Debug, Default)]
pub struct Sessions {
    active: Vec<Session>,
    half_open: Vec<HalfOpen>,
    last_handle: u8,
}

impl Sessions {
    /// The active ones, in the order of their activation.
    pub fn iter(&self) -> impl Iterator<Item = &Session> {
        self.active.iter()
    }

    /// How many are active.
    pub fn len(&self) -> usize {
        self.active.len()
    }

    /// Whether none is active.
    pub fn is_empty(&self) -> bool {
        self.active.is_empty()
    }

    /// How many are in the making.
    pub fn half_open_len(&self) -> usize {
        self.half_open.len()
    }

    /// An active session by the BMC's id.
    pub fn get(&self, id: u32) -> Option<&Session> {
        self.active.iter().find(|s| s.id == id)
    }

    /// An active session by the BMC's id, to change it.
    pub fn get_mut(&mut self, id: u32) -> Option<&mut Session> {
        self.active.iter_mut().find(|s| s.id == id)
    }

    /// An active session by its handle.
    pub fn by_handle(&self, handle: u8) -> Option<&Session> {
        self.active.iter().find(|s| s.handle == handle)
    }

    /// Adds an active session and gives it a handle.
    pub fn add(&mut self, mut session: Session) {
        // There are 255 handles and fewer sessions: the configuration sees to it.
        for _ in 0..=255 {
            self.last_handle = self.last_handle.wrapping_add(1).max(1);
            if self.by_handle(self.last_handle).is_none() {
                break;
            }
        }
        session.handle = self.last_handle;
        self.active.push(session);
    }

    /// Takes an active session away.
    pub fn remove(&mut self, id: u32) -> Option<Session> {
        let index = self.active.iter().position(|s| s.id == id)?;
        Some(self.active.remove(index))
    }

    /// A session in the making by the BMC's id.
    pub fn half_open(&mut self, id: u32) -> Option<&mut HalfOpen> {
        self.half_open.iter_mut().find(|h| h.id == id)
    }

    /// The sessions in the making.
    pub fn all_half_open(&self) -> impl Iterator<Item = &HalfOpen> {
        self.half_open.iter()
    }

    /// Adds a session in the making. Where there are `limit` already, the oldest gives way: a flood of beginnings
    /// must not keep those out who mean it.
    pub fn begin(&mut self, half_open: HalfOpen, limit: usize) {
        while !self.half_open.is_empty() && self.half_open.len() >= limit {
            self.half_open.remove(0);
        }
        self.half_open.push(half_open);
    }

    /// Takes a session in the making away.
    pub fn end_half_open(&mut self, id: u32) -> Option<HalfOpen> {
        let index = self.half_open.iter().position(|h| h.id == id)?;
        Some(self.half_open.remove(index))
    }

    /// Forgets the sessions in the making that began before `limit`.
    pub fn expire_half_open(&mut self, limit: Instant) {
        self.half_open.retain(|h| h.since > limit);
    }

    /// Whether no session, active or in the making, has this id; 0 is never free.
    pub fn is_free(&self, id: u32) -> bool {
        id != 0 && self.get(id).is_none() && self.half_open.iter().all(|h| h.id != id)
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.active.clear();
        self.half_open.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_taken_once_and_only_near_the_highest() {
        let mut window = Window::new(1, 16, 15, false);
        assert!(window.admit(1));
        assert!(!window.admit(1));
        assert!(window.admit(5));
        assert!(window.admit(3));
        assert!(!window.admit(3));
        assert!(!window.admit(21), "16 ahead");
        assert!(window.admit(20));
        assert!(!window.admit(2), "18 behind, though never seen");
        assert!(window.admit(4), "16 behind");
        assert!(!window.admit(0), "0 is outside any session");
    }

    #[test]
    fn numbers_wrap_and_a_jump_forgets_what_lies_behind() {
        let mut window = Window::new(u32::MAX, 16, u32::MAX, false);
        assert!(window.admit(u32::MAX));
        assert!(window.admit(1));
        assert!(!window.admit(u32::MAX));
        assert!(window.admit(1000));
        assert!(window.admit(999));
        assert!(!window.admit(900));
    }

    #[test]
    fn nothing_before_the_first_number_is_taken() {
        let mut window = Window::new(100, 16, 15, false);
        assert!(!window.admit(99));
        assert!(!window.admit(90));
        assert!(window.admit(100));
    }

    #[test]
    fn beginnings_never_outgrow_their_limit() {
        let now = Instant::now();
        let mut sessions = Sessions::default();
        for id in 1..100 {
            let peer = std::net::SocketAddr::from(([127, 0, 0, 1], 1)).into();
            let stage = Stage::Challenged {
                user: 1,
                challenge: [0; 16],
                auth_type: 0,
                activated: None,
            };
            sessions.begin(
                HalfOpen {
                    id,
                    peer,
                    since: now,
                    stage,
                },
                8,
            );
        }
        assert_eq!(sessions.half_open_len(), 8);
        assert!(sessions.half_open(99).is_some() && sessions.half_open(1).is_none());
    }
}
