//! A BMC that is back but has forgotten the session, after a restart or a black-out longer than its own limit, is
//! silent within the session for ever, but answers outside it.
//!
//! So after a miss it is asked outside: Get Channel Authentication Capabilities, which needs no session. The answer
//! is not authenticated, and so is only a hint: it makes us try to open a second session beside the first, which a
//! forger cannot do for the BMC. Only when that session exists is the first one given up. Anything authentic on the
//! first session meanwhile ends the attempt: it was not forgotten, only late.

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::activation::{Activated, Activation, close_session};
use super::{Refusal, Settings};
use crate::proto::Entropy;
use crate::proto::handshake::{Config, Failure, Handshake};
use crate::proto::knock::{GET_CHANNEL_AUTHENTICATION, NETFN_APP, knock};
use crate::proto::link::{Link, Patience, Received};
use crate::wire::lan;
use crate::wire::session::{Packet, V15};

/// The attempt to make another session.
pub(super) struct Rescue {
    stage: Stage,
    /// What the BMC called the sessions that were made so far: one of them may have the payload.
    made: Vec<u32>,
    /// The first session is over for certain.
    lost: bool,
    /// When the BMC was heard last over another session, or proved in the making of one that it is the BMC.
    heard: Option<Instant>,
    /// The questions asked outside, newest last, and when.
    knocks: VecDeque<(u8, Instant)>,
    /// How long the last answer to one of them took.
    round_trip: Duration,
    outbox: VecDeque<Vec<u8>>,
    make_entropy: fn() -> Box<dyn Entropy>,
}

enum Stage {
    /// Asks outside the session, every so often.
    Knock {
        next: Instant,
    },
    /// The BMC answers outside; the session gets a last chance until then.
    Answered {
        until: Instant,
        /// Whether it has been asked.
        asked: bool,
    },
    Shake(Box<Handshake>),
    Activate(Box<(Link, Activation)>),
}

/// What the attempt has led to.
pub(super) enum Outcome {
    /// Another session, with the payload active.
    Renewed(Box<Link>, Activated),
    /// The BMC lives and refuses for good.
    Refused(Refusal),
}

impl Rescue {
    /// An attempt that asks outside the session from `first` on.
    pub(super) fn new(first: Instant, make_entropy: fn() -> Box<dyn Entropy>) -> Self {
        Self {
            stage: Stage::Knock { next: first },
            made: Vec::new(),
            lost: false,
            heard: None,
            knocks: VecDeque::new(),
            round_trip: Duration::ZERO,
            outbox: VecDeque::new(),
            make_entropy,
        }
    }

    /// There is no first session any more to go back to.
    pub(super) fn lose_first(&mut self) {
        self.lost = true;
    }

    /// What the BMC called the sessions that were made.
    pub(super) fn made(&self) -> &[u32] {
        &self.made
    }

    /// Whether another session exists or is being made, or one that came to nothing has shown within `limit` that the
    /// BMC lives: not to be cut short by the clock. A right RAKP Message 2 shows it, though the rest may come too late.
    pub(super) fn is_under_way(&self, now: Instant, limit: Duration) -> bool {
        let lives = self.heard.is_some_and(|heard| now < heard + limit);
        lives || !matches!(self.stage, Stage::Knock { .. })
    }

    /// Whether the first session has its last chance now, and is to be asked for the last time: the BMC can be heard, and
    /// one question that was lost on its way is no proof that it has forgotten the session. Told once.
    pub(super) fn takes_last_chance(&mut self) -> bool {
        match &mut self.stage {
            Stage::Answered { asked, .. } if !self.lost && self.made.is_empty() => {
                !std::mem::replace(asked, true)
            }
            _ => false,
        }
    }

    /// Whether another session has been made, and may have taken the payload.
    pub(super) fn is_committed(&self) -> bool {
        self.lost || !self.made.is_empty()
    }

    /// Takes in a packet that does not belong to the first session.
    pub(super) fn handle_packet(&mut self, now: Instant, packet: &Packet<'_>) {
        match (&mut self.stage, packet) {
            (Stage::Knock { .. }, Packet::V15(packet)) => {
                // The answer to an earlier question, too: some take longer than it takes until the next one is asked.
                let asked = self.knocks.iter().find(|(seq, _)| is_answer(packet, *seq));
                if let Some((_, asked)) = asked {
                    self.round_trip = now.saturating_duration_since(*asked);
                    self.stage = Stage::Answered {
                        until: now + LAST_CHANCE,
                        asked: false,
                    };
                }
            }
            (Stage::Shake(handshake), Packet::V20(packet)) => {
                let proven = handshake.is_proven();
                handshake.handle_packet(now, packet);
                if handshake.is_proven() && !proven {
                    self.heard = Some(now);
                }
            }
            (Stage::Activate(both), Packet::V20(packet)) => {
                let received = both.0.handle_packet(now, packet);
                let authentic = !matches!(received, Received::Refused(_));
                self.heard = if authentic { Some(now) } else { self.heard };
            }
            _ => {}
        }
    }

    /// Goes on where something has come or time has passed. `ours`: what the BMC called the sessions so far.
    pub(super) fn advance(
        &mut self,
        now: Instant,
        config: &Config,
        settings: &Settings,
        ours: &[u32],
    ) -> Option<Outcome> {
        let distance = self.round_trip.min(LONGEST_ROUND_TRIP);
        match &mut self.stage {
            Stage::Knock { next } => {
                if now >= *next {
                    *next = now + KNOCK_AGAIN;
                    self.knock(now);
                }
                None
            }
            Stage::Answered { until, .. } => {
                if now >= *until {
                    let patient = Config {
                        tries: config.tries.max(tries_over(distance, config.timeout)),
                        ..config.clone()
                    };
                    let handshake = Handshake::new(now, patient, (self.make_entropy)());
                    self.stage = Stage::Shake(Box::new(handshake));
                    return self.advance(now, config, settings, ours);
                }
                None
            }
            Stage::Shake(handshake) => {
                handshake.handle_timeout(now);
                self.outbox
                    .extend(std::iter::from_fn(|| handshake.poll_transmit()));
                match handshake.poll_outcome()? {
                    Ok(established) => {
                        let mut link = Link::new(established.session, (self.make_entropy)());
                        if self.made.len() >= MADE {
                            self.made.remove(0);
                        }
                        self.made.push(link.session().bmc_id());
                        let all = self.made.iter().chain(ours).copied().collect();
                        let patience = Patience {
                            tries: tries_over(distance, settings.patience.timeout)
                                .max(settings.patience.tries),
                            ..settings.patience
                        };
                        let settings = Settings {
                            patience,
                            ..*settings
                        };
                        let activation = Activation::start_again(now, &mut link, &settings, all);
                        self.stage = Stage::Activate(Box::new((link, activation)));
                        self.advance(now, config, &settings, ours)
                    }
                    Err(failure) => {
                        // No refusal outside a session is authenticated: it is not believed at once, nor for ever.
                        log::debug!("no other session yet: {failure}");
                        let again = if matches!(failure, Failure::Dead { .. }) {
                            KNOCK_AGAIN
                        } else {
                            REFUSED_AGAIN
                        };
                        self.stage = Stage::Knock { next: now + again };
                        None
                    }
                }
            }
            Stage::Activate(both) => {
                let (link, activation) = &mut **both;
                link.handle_timeout(now);
                let mut outcome = None;
                while let Some(done) = link.poll_done() {
                    outcome = outcome.or(activation.handle(now, link, &done));
                }
                self.outbox
                    .extend(std::iter::from_fn(|| link.poll_transmit()));
                let refusal = match outcome? {
                    Ok(activated) => {
                        let fresh = Self::new(now, self.make_entropy);
                        let Stage::Activate(both) = std::mem::replace(&mut self.stage, fresh.stage)
                        else {
                            return None;
                        };
                        return Some(Outcome::Renewed(Box::new(both.0), activated));
                    }
                    Err(refusal) => refusal,
                };
                let is_final = activation.is_final(refusal);
                self.close(now);
                if is_final {
                    return Some(Outcome::Refused(refusal));
                }
                log::debug!("no payload yet: {refusal:?}");
                None
            }
        }
    }

    /// Ends the attempt; a session that it has made already is closed, as far as one packet does.
    pub(super) fn close(&mut self, now: Instant) {
        if let Stage::Activate(both) = &mut self.stage {
            let link = &mut both.0;
            close_session(
                now,
                link,
                Patience {
                    timeout: Duration::ZERO,
                    step: Duration::ZERO,
                    tries: 1,
                },
            );
            self.outbox
                .extend(std::iter::from_fn(|| link.poll_transmit()));
        }
        self.stage = Stage::Knock {
            next: now + KNOCK_AGAIN,
        };
    }

    fn knock(&mut self, now: Instant) {
        let last = self.knocks.back().map_or(0, |(seq, _)| *seq);
        let seq = (last + 1) & 0x3f;
        if self.knocks.len() >= KNOCKS {
            self.knocks.pop_front();
        }
        self.knocks.push_back((seq, now));
        self.outbox.push_back(knock(seq));
    }

    pub(super) fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.outbox.pop_front()
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        match &self.stage {
            Stage::Knock { next, .. } => Some(*next),
            Stage::Answered { until, .. } => Some(*until),
            Stage::Shake(handshake) => handshake.poll_timeout(),
            Stage::Activate(both) => both.0.poll_timeout(),
        }
    }
}

impl std::fmt::Debug for Rescue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.stage {
            Stage::Knock { .. } => "Rescue(knock)",
            Stage::Answered { .. } => "Rescue(answered)",
            Stage::Shake(_) => "Rescue(shake)",
            Stage::Activate(_) => "Rescue(activate)",
        })
    }
}

/// How many tries, each a second more patient than the one before, last for two round trips: the answer to any of them
/// will do, and not all packets take as long.
fn tries_over(round_trip: Duration, timeout: Duration) -> u32 {
    let mut waited = Duration::ZERO;
    (1..MOST_TRIES)
        .find(|tries| {
            waited += timeout + Duration::from_secs(u64::from(tries - 1));
            waited >= 2 * round_trip
        })
        .unwrap_or(MOST_TRIES)
}

fn is_answer(packet: &V15<'_>, seq: u8) -> bool {
    lan::Message::parse(packet.payload).is_ok_and(|m| {
        m.netfn == NETFN_APP | 1 && m.cmd == GET_CHANNEL_AUTHENTICATION && m.seq == seq
    })
}

/// How long the first session may still prove that it was not forgotten.
pub(super) const LAST_CHANCE: Duration = Duration::from_secs(3);

/// How long after an unanswered attempt the next one follows.
const KNOCK_AGAIN: Duration = Duration::from_secs(5);

/// How many questions an answer may belong to.
const KNOCKS: usize = 16;

/// The longest round trip on which the steps towards another session wait.
const LONGEST_ROUND_TRIP: Duration = Duration::from_secs(30);

/// Most tries of one step.
const MOST_TRIES: u32 = 12;

/// How many sessions of our own are remembered.
const MADE: usize = 8;

/// How long after a refused attempt the next one follows: each may cost the BMC a session slot.
const REFUSED_AGAIN: Duration = Duration::from_secs(15);
