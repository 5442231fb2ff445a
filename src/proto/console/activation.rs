//! From a session to an active SOL payload: the privilege level, if it is still to be raised, and Activate Payload
//! (IPMI 2.0 section 24.1), with what stands in its way taken away where that is allowed.

use std::time::{Duration, Instant};

use super::{Refusal, Settings};
use crate::proto::inflight::{Kind, RequestId};
use crate::proto::link::{Answer, Ask, Done, Link, Patience};

/// An activation under way over a link.
#[derive(Debug)]
pub(super) struct Activation {
    stage: Stage,
    waits_for: RequestId,
    patience: Patience,
    /// What the BMC calls sessions of ours, whose payload may be taken back.
    ours: Vec<u32>,
    force: bool,
    instance: u8,
    auxiliary: u8,
    evictions: u32,
    /// The BMC has named another session as the payload's owner.
    anothers: bool,
    /// The privilege level was refused, so that the session may do less than the first one.
    unprivileged: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Raise,
    Activate,
    /// Whose payload is it that stands in the way?
    AskOwner,
    Evict,
}

/// What the BMC said when it activated the payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Activated {
    /// The largest payload to the BMC, SOL header included.
    pub(super) inbound: u16,
    /// The UDP port of the payload.
    pub(super) port: u16,
}

impl Activation {
    /// Activates over a session that has its privilege level.
    pub(super) fn start(now: Instant, link: &mut Link, settings: &Settings) -> Self {
        let ours = settings.former.into_iter().collect();
        Self::begin(now, link, settings, Stage::Activate, ours)
    }

    /// Activates over a session that has just been made to take the place of another, all of which the BMC
    /// calls `ours`.
    pub(super) fn start_again(
        now: Instant,
        link: &mut Link,
        settings: &Settings,
        ours: Vec<u32>,
    ) -> Self {
        let stage = if settings.privilege > USER {
            Stage::Raise
        } else {
            Stage::Activate
        };
        Self::begin(now, link, settings, stage, ours)
    }

    fn begin(
        now: Instant,
        link: &mut Link,
        settings: &Settings,
        stage: Stage,
        ours: Vec<u32>,
    ) -> Self {
        let suite = link.session().suite();
        // Encryption and authentication are asked for as the suite has them; a BMC refuses what it cannot do.
        let mut auxiliary = settings.auxiliary;
        if suite.is_none_or(|suite| suite.confidentiality as u8 == 0) {
            auxiliary &= !ENCRYPTED;
        }
        if suite.is_none_or(|suite| suite.integrity as u8 == 0) {
            auxiliary &= !AUTHENTICATED;
        }
        let patience = settings.patience;
        let (instance, force) = (settings.instance, settings.force);
        let waits_for = ask(
            now,
            link,
            stage,
            instance,
            auxiliary,
            settings.privilege,
            patience,
        );
        Self {
            stage,
            waits_for,
            patience,
            ours,
            force,
            instance,
            auxiliary,
            evictions: 0,
            anothers: false,
            unprivileged: false,
        }
    }

    /// Whether asking again later could not help: the payload is another user's, or switched off. Everything else a
    /// BMC that has just started may take back: it is busy, has no room yet, does not know its users yet.
    pub(super) fn is_final(&self, refusal: Refusal) -> bool {
        match refusal {
            Refusal::Code(ALREADY_ACTIVE) => self.anothers,
            Refusal::Code(DISABLED) => !self.unprivileged,
            Refusal::Code(_) | Refusal::NoAnswer | Refusal::ShortAnswer(_) => false,
        }
    }

    /// Takes in what became of a request; tells the end of the activation once it has one.
    pub(super) fn handle(
        &mut self,
        now: Instant,
        link: &mut Link,
        done: &Done,
    ) -> Option<Result<Activated, Refusal>> {
        if done.id != self.waits_for {
            return None;
        }
        let Some(answer) = &done.answer else {
            // What only clears the way may stay unanswered; the activation itself may not.
            return match self.stage {
                Stage::Activate => Some(Err(Refusal::NoAnswer)),
                // Whether it is ours is not known: that refuses nothing.
                Stage::AskOwner => Some(Err(Refusal::NoAnswer)),
                Stage::Raise | Stage::Evict => self.go(now, link, Stage::Activate),
            };
        };
        match self.stage {
            Stage::Raise => {
                // Some BMCs refuse, and are at that level already.
                self.unprivileged = answer.code != 0;
                self.go(now, link, Stage::Activate)
            }
            Stage::Evict => self.go(now, link, Stage::Activate),
            Stage::AskOwner if self.is_ours(answer) => self.evict(now, link),
            // Not to be told by this BMC: then sessions that are ours for certain are closed, which frees what they have.
            Stage::AskOwner if owner(answer).is_none() && self.has_others(link) => {
                self.evictions += 1;
                let own = link.session().bmc_id();
                for id in self.ours.iter().copied().filter(|id| *id != own) {
                    close_other_session(now, link, id, self.patience);
                }
                self.go(now, link, Stage::Activate)
            }
            Stage::AskOwner => {
                // 0 is nobody: it has been given up just now.
                self.anothers = owner(answer).is_some_and(|owner| owner != 0);
                Some(Err(Refusal::Code(ALREADY_ACTIVE)))
            }
            Stage::Activate => match answer.code {
                0 => Some(activated(&answer.data)),
                ALREADY_ACTIVE if self.evictions >= EVICTIONS => {
                    Some(Err(Refusal::Code(ALREADY_ACTIVE)))
                }
                ALREADY_ACTIVE if self.force => self.evict(now, link),
                ALREADY_ACTIVE if !self.ours.is_empty() => self.go(now, link, Stage::AskOwner),
                // The answer to the first sending may have been lost: then the payload is active for us.
                ALREADY_ACTIVE if done.sends > 1 => {
                    self.ours.push(link.session().bmc_id());
                    self.go(now, link, Stage::AskOwner)
                }
                code => Some(Err(Refusal::Code(code))),
            },
        }
    }

    fn evict(&mut self, now: Instant, link: &mut Link) -> Option<Result<Activated, Refusal>> {
        self.evictions += 1;
        self.go(now, link, Stage::Evict)
    }

    fn go(
        &mut self,
        now: Instant,
        link: &mut Link,
        stage: Stage,
    ) -> Option<Result<Activated, Refusal>> {
        self.stage = stage;
        self.waits_for = ask(
            now,
            link,
            stage,
            self.instance,
            self.auxiliary,
            0,
            self.patience,
        );
        None
    }

    /// Whether there were other sessions of ours.
    fn has_others(&self, link: &Link) -> bool {
        let own = link.session().bmc_id();
        self.evictions < EVICTIONS && self.ours.iter().any(|id| *id != own)
    }

    fn is_ours(&self, answer: &Answer) -> bool {
        owner(answer).is_some_and(|owner| self.ours.contains(&owner))
    }
}

/// The session that owns the payload instance, from the answer to Get Payload Instance Info (section 24.5); 0 where
/// it is not active. `None`: the BMC does not say.
pub(super) fn owner(answer: &Answer) -> Option<u32> {
    match answer.data.first_chunk::<4>() {
        Some(id) if answer.code == 0 => Some(u32::from_le_bytes(*id)),
        _ => None,
    }
}

/// Get Payload Instance Info for the SOL payload.
pub(super) fn owner_request(instance: &[u8; 2]) -> Ask<'_> {
    Ask {
        netfn: NETFN_APP,
        lun: 0,
        cmd: GET_PAYLOAD_INSTANCE_INFO,
        data: instance,
    }
}

/// Deactivate Payload for the SOL payload.
pub(super) fn deactivate(
    now: Instant,
    link: &mut Link,
    instance: u8,
    patience: Patience,
) -> RequestId {
    let data = [SOL, instance, 0, 0, 0, 0];
    link.ask(
        now,
        Kind::Command,
        Ask {
            netfn: NETFN_APP,
            lun: 0,
            cmd: DEACTIVATE_PAYLOAD,
            data: &data,
        },
        patience,
    )
}

/// Close Session for the session itself.
pub(super) fn close_session(now: Instant, link: &mut Link, patience: Patience) -> RequestId {
    let own = link.session().bmc_id();
    close_other_session(now, link, own, patience)
}

/// Close Session for any session of ours, by what the BMC calls it.
pub(super) fn close_other_session(
    now: Instant,
    link: &mut Link,
    session: u32,
    patience: Patience,
) -> RequestId {
    let data = session.to_le_bytes();
    link.ask(
        now,
        Kind::Command,
        Ask {
            netfn: NETFN_APP,
            lun: 0,
            cmd: CLOSE_SESSION,
            data: &data,
        },
        patience,
    )
}

fn ask(
    now: Instant,
    link: &mut Link,
    stage: Stage,
    instance: u8,
    auxiliary: u8,
    privilege: u8,
    patience: Patience,
) -> RequestId {
    let app = |cmd, data| Ask {
        netfn: NETFN_APP,
        lun: 0,
        cmd,
        data,
    };
    match stage {
        Stage::Raise => link.ask(
            now,
            Kind::Command,
            app(SET_SESSION_PRIVILEGE, &[privilege]),
            patience,
        ),
        Stage::Activate => {
            let data = [SOL, instance, auxiliary, 0, 0, 0];
            link.ask(now, Kind::Command, app(ACTIVATE_PAYLOAD, &data), patience)
        }
        Stage::AskOwner => link.ask(
            now,
            Kind::Command,
            owner_request(&[SOL, instance]),
            patience,
        ),
        Stage::Evict => deactivate(now, link, instance, patience),
    }
}

/// The answer's layout: 4 bytes of auxiliary data, two sizes, port, VLAN. Only the sizes must be there.
fn activated(data: &[u8]) -> Result<Activated, Refusal> {
    let word = |at: usize| {
        data.get(at..at + 2)
            .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
    };
    match (word(4), word(6)) {
        (Some(inbound), Some(_)) => Ok(Activated {
            inbound,
            port: word(8).unwrap_or(0),
        }),
        _ => Err(Refusal::ShortAnswer(data.len())),
    }
}

/// How long one try of a clean-up request waits on top of the round trip.
pub(super) const CLEAN_UP_TIMEOUT: Duration = Duration::from_secs(1);

/// The SOL payload type.
pub(super) const SOL: u8 = 1;

const USER: u8 = 2;
const ENCRYPTED: u8 = 0x80;
const AUTHENTICATED: u8 = 0x40;
const ALREADY_ACTIVE: u8 = 0x80;
const DISABLED: u8 = 0x81;
/// Some BMCs say that they have deactivated and have not: every loop is bounded.
const EVICTIONS: u32 = 3;

const NETFN_APP: u8 = 0x06;
const SET_SESSION_PRIVILEGE: u8 = 0x3b;
const CLOSE_SESSION: u8 = 0x3c;
const ACTIVATE_PAYLOAD: u8 = 0x48;
const DEACTIVATE_PAYLOAD: u8 = 0x49;
const GET_PAYLOAD_INSTANCE_INFO: u8 = 0x4b;
