//! Making an IPMI 1.5 session: Get Channel Authentication Capabilities, Get Session Challenge, Activate Session (IPMI
//! 2.0 sections 6.12 and 22.13 to 22.17).
//!
//! Each step is a struct in [`steps`] that is consumed by the answer it waits for, so that none can be skipped.
//! [`Handshake`] drives them: it numbers, repeats and gives up, and says at the end what came of it. It takes three
//! round trips: unlike ipmitool it does not ping first, since nothing depends on the answer.
//!
//! As over RMCP+, anybody could have sent a refusal: the first one is held for [`GRACE`], and told if nothing better
//! has come by then.

mod failure;
mod steps;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

pub use failure::{Asked, Failure, type_name};

use super::Entropy;
use super::handshake::GRACE;
use super::link::Patience;
use super::login::{Login, Terms};
use super::session::Session;
use crate::crypto::Key16;
use crate::wire::session::{Packet, V15};
use steps::{Next, Step};

/// What is wanted of the session.
#[derive(Debug, Clone)]
pub struct Config {
    /// User name, at most 16 bytes; empty for the null user.
    pub username: Vec<u8>,
    /// The password; without one only type 'none' can be used.
    pub password: Option<Key16>,
    /// The authentication type ([`crate::crypto::auth_code`]), or `None` for the best that the BMC has.
    pub auth_type: Option<u8>,
    /// Privilege level, 1 callback to 5 OEM.
    pub privilege: u8,
    /// Whether packets carry what old Supermicro boards want (ipmitool's `-o supermicro`).
    pub supermicro: bool,
    /// Whether extra datagrams go out that some Intel boards need to stay awake (ipmitool's `-o intelwv2`).
    pub intel: bool,
    /// How long each try of a message waits for its answer.
    pub timeout: Duration,
    /// How often a message is sent before the BMC counts as dead; at least 1.
    pub tries: u32,
}

/// A session in the making.
pub struct Handshake {
    config: Config,
    entropy: Box<dyn Entropy>,
    step: Option<Step>,
    /// Of the latest message: rqSeq.
    seq: u8,
    sends: u32,
    /// How often Activate Session was sent, whatever for.
    activations: u32,
    deadline: Option<Instant>,
    /// The first refusal of the step, while something better may come.
    held: Option<Failure>,
    started: Instant,
    restarts: u32,
    /// How many answers were not authentic.
    forged: u32,
    outbox: VecDeque<Vec<u8>>,
    outcome: Option<Result<Session, Failure>>,
}

impl Handshake {
    /// Begins: the first message is ready to be sent.
    pub fn new(now: Instant, config: Config, entropy: Box<dyn Entropy>) -> Self {
        let mut handshake = Self {
            config,
            entropy,
            step: None,
            seq: 0,
            sends: 0,
            activations: 0,
            deadline: None,
            held: None,
            started: now,
            restarts: 0,
            forged: 0,
            outbox: VecDeque::new(),
            outcome: None,
        };
        if handshake.config.intel {
            handshake.outbox.push_back(INTEL_FIRST.to_vec());
        }
        handshake.enter(now, Step::ask_capabilities());
        handshake
    }

    fn handle_packet(&mut self, now: Instant, packet: &V15<'_>) {
        let Some(step) = self.step.take() else { return };
        let mut terms = steps::Terms {
            config: &self.config,
            seq: self.seq,
            entropy: &mut *self.entropy,
        };
        match step.handle(&mut terms, packet) {
            Next::Stay(step) => self.step = Some(step),
            Next::Forged(step) => {
                self.forged = self.forged.saturating_add(1);
                self.step = Some(step);
            }
            Next::Go(step) => self.enter(now, step),
            Next::Done(session) => self.finish(Ok(*session)),
            Next::Failed(failure, step) => {
                // What was sent twice may have been refused the second time because of the first.
                let echo = failure == OF_REPETITION && self.sends > 1;
                match step
                    .challenge_again()
                    .filter(|_| echo && self.may_restart())
                {
                    Some(step) => self.restart(now, step),
                    None => self.hold(now, step, failure),
                }
            }
        }
    }

    /// Nothing is repeated meanwhile: some BMCs count refusals.
    fn hold(&mut self, now: Instant, step: Step, failure: Failure) {
        self.step = Some(step);
        if self.held.is_none() {
            self.held = Some(failure);
            self.deadline = Some(now + GRACE);
        }
    }

    fn may_restart(&self) -> bool {
        self.restarts < RESTARTS && self.activations < self.config.tries
    }

    fn restart(&mut self, now: Instant, step: Step) {
        self.restarts += 1;
        self.enter(now, step);
    }

    fn enter(&mut self, now: Instant, step: Step) {
        self.sends = 0;
        self.held = None;
        self.seq = self.seq.wrapping_add(1) % 64;
        self.transmit(now, step);
    }

    /// A repetition is the same byte for byte: a BMC that knows it again gives the same answer.
    fn transmit(&mut self, now: Instant, step: Step) {
        self.outbox.push_back(step.datagram(&self.config, self.seq));
        self.deadline = Some(now + self.config.timeout);
        self.sends += 1;
        self.activations += u32::from(step.asked() == Asked::Activation);
        self.step = Some(step);
    }

    fn finish(&mut self, outcome: Result<Session, Failure>) {
        self.step = None;
        self.held = None;
        self.deadline = None;
        self.outbox.clear();
        self.outcome = Some(outcome);
    }
}

impl Login for Handshake {
    type Failure = Failure;

    fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.outbox.pop_front()
    }

    fn poll_outcome(&mut self) -> Option<Result<Session, Failure>> {
        self.outcome.take()
    }

    fn poll_timeout(&self) -> Option<Instant> {
        self.deadline
    }

    fn handle_datagram(&mut self, now: Instant, datagram: &[u8]) {
        if let Ok(Packet::V15(packet)) = Packet::parse(datagram) {
            self.handle_packet(now, &packet);
        }
    }

    fn handle_timeout(&mut self, now: Instant) {
        if self.deadline.is_none_or(|deadline| now < deadline) {
            return;
        }
        if let Some(failure) = self.held.take() {
            return self.finish(Err(failure));
        }
        let Some(step) = self.step.take() else { return };
        let asked = step.asked();
        let sends = match asked {
            Asked::Activation => self.activations,
            _ => self.sends,
        };
        if sends >= self.config.tries.max(1) {
            let waited = now.saturating_duration_since(self.started);
            let tries = sends;
            return self.finish(Err(match asked {
                Asked::Capabilities => Failure::Dead { tries, waited },
                step => Failure::Silent {
                    step,
                    tries,
                    forged: self.forged,
                },
            }));
        }
        // A BMC whose answer to Activate Session was lost holds the session for made, and does not answer the same
        // once more: begin anew with another challenge.
        let anew = self.sends >= ACTIVATION_TRIES && self.may_restart();
        match step.challenge_again().filter(|_| anew) {
            Some(challenge) => self.restart(now, challenge),
            None => self.transmit(now, step),
        }
    }
}

impl Terms for Config {
    type Login = Handshake;
    type Failure = Failure;

    /// As in ipmitool, every try waits equally long.
    fn patience(&self) -> Patience {
        Patience {
            timeout: self.timeout,
            step: Duration::ZERO,
            tries: self.tries,
        }
    }

    fn with_tries(&self, tries: u32) -> Self {
        Self {
            tries,
            ..self.clone()
        }
    }

    fn chaser(&self) -> Option<&'static [u8]> {
        self.intel.then_some(INTEL_CHASER)
    }

    fn begin(self, now: Instant, entropy: Box<dyn Entropy>) -> Handshake {
        Handshake::new(now, self, entropy)
    }
}

impl std::fmt::Debug for Handshake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Handshake")
            .field("step", &self.step)
            .field("sends", &self.sends)
            .field("restarts", &self.restarts)
            .finish_non_exhaustive()
    }
}

/// How often a handshake may begin anew after an ambiguous refusal or silence.
const RESTARTS: u32 = 2;

/// How often Activate Session is sent before the handshake begins anew, if it still may.
const ACTIVATION_TRIES: u32 = 2;

/// What those Intel boards get first: rubbish, as ipmitool sends it.
const INTEL_FIRST: [u8; 16] = [
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x07, 0x20, 0x18, 0xc8, 0xc2, 0x01, 0x01, 0x3c,
];

/// And behind every packet.
const INTEL_CHASER: &[u8] = b"thump\0\0\0\0\0";

/// 'Invalid session id': what a BMC says that has activated the session already.
const OF_REPETITION: Failure = Failure::Refused {
    step: Asked::Activation,
    code: 0x85,
};

#[cfg(test)]
mod tests;
