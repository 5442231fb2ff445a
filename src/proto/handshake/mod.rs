//! Making a session: cipher suites, Open Session, RAKP (IPMI 2.0 section 13.15).
//!
//! Each step is a struct in [`steps`] that is consumed by the answer it waits for, so that none can be skipped.
//! [`Handshake`] drives them: it numbers, repeats and gives up, and says at the end what came of it.
//!
//! With a given suite it takes three round trips, no more: nothing is asked whose answer changes nothing. Without
//! one, the BMC is asked for its suites in one short try; silence or nonsense means that 17 and 3 are tried in turn.
//!
//! A BMC may take a first message for one of an old session, which had the same address and port as this one: pyghmi's
//! does for ever, and drops it. So where nothing is heard of a first message, its repetition goes [`BEFORE`] after a
//! [`knock`], the question that ipmitool begins every session with, which belongs to none. Not sooner: pyghmi dies of
//! a knock and another message that it finds waiting together.
//!
//! Nothing but a right code proves anything here, and no refusal has one: whoever sees our packets can forge it, and be
//! faster than the BMC. So the first refusal that fits is held, and told only if nothing better has come within
//! [`GRACE`], or within a round trip more than an answer has taken so far: a wrong password is told about as quickly
//! as in ipmitool, and a forger has to keep the BMC's own answer from us. Where an answer is made of another key or
//! names other algorithms, a bit may have changed on its way or on the question's, and it is asked for once more.

mod failure;
mod steps;
mod suites;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

pub use failure::Failure;

use super::knock::knock;
use super::link::Patience;
use super::login::{self, Login, Terms};
use super::round_trip::RoundTrip;
use super::session::Session;
use super::{Entropy, GROWTH};
use crate::crypto::Key20;
use crate::crypto::rakp::Quirk;
use crate::crypto::suite::Suite;
use crate::wire::session::{Packet, PayloadType, V20};
use steps::{Next, Step, Verdict};

/// What is wanted of the session.
#[derive(Debug, Clone)]
pub struct Config {
    /// User name, at most 16 bytes; empty for the null user.
    pub username: Vec<u8>,
    /// K_[UID].
    pub password: Key20,
    /// K_g, with two-key login.
    pub kg: Option<Key20>,
    /// The cipher suite, or `None` for the best that the BMC has.
    pub suite: Option<Suite>,
    /// Privilege level, 1 callback to 5 OEM.
    pub privilege: u8,
    /// Whether the BMC looks the user up by name alone; otherwise by name and privilege.
    pub name_only: bool,
    /// Known deviations of the BMC.
    pub quirk: Quirk,
    /// How long the first try of a message waits for its answer; each further one waits a second more.
    pub timeout: Duration,
    /// How often a message is sent before the BMC counts as dead; at least 1.
    pub tries: u32,
}

/// What is known of a session that has just been made.
#[derive(Debug)]
pub struct Established {
    /// The session.
    pub session: Session,
    /// The managed system's GUID, as it took part in the key exchange.
    pub guid: [u8; 16],
}

/// A session in the making.
pub struct Handshake {
    config: Config,
    entropy: Box<dyn Entropy>,
    console_session: u32,
    step: Option<Step>,
    tag: u8,
    sends: u32,
    deadline: Option<Instant>,
    /// A knock goes out at the deadline, and the step's time is over then.
    knock_until: Option<Instant>,
    /// The first refusal of the step, while something better may come.
    held: Option<Verdict>,
    /// When the step's message went out first.
    entered: Instant,
    round_trip: RoundTrip,
    started: Instant,
    restarts: u32,
    /// Whether any message of this attempt went out twice, so that the BMC may have got it twice.
    repeated: bool,
    outbox: VecDeque<Vec<u8>>,
    outcome: Option<Result<Established, Failure>>,
}

/// Getters.
impl Handshake {
    /// The session id that this side has chosen; packets that name it belong here.
    pub fn console_session(&self) -> u32 {
        self.console_session
    }

    /// Whether the BMC has proved, with a right RAKP Message 2, that it knows the password and has got our random number.
    pub fn is_proven(&self) -> bool {
        self.step
            .as_ref()
            .is_some_and(|step| step.may_be_made().is_some())
    }

    /// When [`Handshake::handle_timeout`] wants to be called, if nothing comes first.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.deadline
    }
}

/// Events and mutators.
impl Handshake {
    /// Begins: the first message is ready to be sent.
    pub fn new(now: Instant, config: Config, mut entropy: Box<dyn Entropy>) -> Self {
        let console_session = entropy.nonzero();
        let step = match config.suite {
            Some(suite) => Step::open(vec![suite]),
            None => Step::ask_suites(),
        };
        let mut handshake = Self {
            config,
            entropy,
            console_session,
            step: None,
            tag: 0,
            sends: 0,
            deadline: None,
            knock_until: None,
            held: None,
            entered: now,
            round_trip: RoundTrip::default(),
            started: now,
            restarts: 0,
            repeated: false,
            outbox: VecDeque::new(),
            outcome: None,
        };
        handshake.enter(now, step);
        handshake
    }

    /// The next datagram to send.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.outbox.pop_front()
    }

    /// What came of it, once.
    pub fn poll_outcome(&mut self) -> Option<Result<Established, Failure>> {
        self.outcome.take()
    }

    /// Takes in a datagram; what does not belong here is dropped.
    pub fn handle_datagram(&mut self, now: Instant, datagram: &[u8]) {
        if let Ok(Packet::V20(packet)) = Packet::parse(datagram) {
            self.handle_packet(now, &packet);
        }
    }

    /// Takes in a packet; what does not belong here is dropped.
    pub fn handle_packet(&mut self, now: Instant, packet: &V20<'_>) {
        // Session set-up travels outside any session, in the clear (section 13.15).
        if packet.session != 0 || packet.encrypted || packet.authenticated {
            return;
        }
        let Some(step) = self.step.take() else { return };
        match step.handle(&mut self.terms(), packet) {
            Next::Stay(step) => self.step = Some(step),
            Next::Say(step, (payload_type, payload)) => {
                self.outbox
                    .push_back(V20::sessionless(payload_type, &payload));
                if self.held.is_some() {
                    // What was refused may have been the earlier one.
                    self.deadline = Some(now + GRACE);
                }
                self.step = Some(step);
            }
            Next::Go(step) => {
                if self.sends == 1 {
                    self.round_trip
                        .sample(now.saturating_duration_since(self.entered));
                }
                self.enter(now, step);
            }
            Next::Done(established) => self.finish(Ok(established)),
            Next::Refused(step, verdict) => self.refuse(now, step, verdict),
        }
    }

    /// Repeats, moves on or gives up, if it is time to.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.deadline.is_none_or(|deadline| now < deadline) {
            return;
        }
        match self.held.take() {
            Some(Verdict::Failed(failure)) => return self.finish(Err(failure)),
            Some(Verdict::Again(step)) => return self.restart(now, step),
            None => {}
        }
        if let Some(until) = self.knock_until.take() {
            self.outbox.push_back(knock(KNOCK_SEQ));
            self.deadline = Some(until);
            return;
        }
        let Some(step) = self.step.take() else { return };
        let tries = step.tries(self.config.tries.max(1));
        // A BMC whose RAKP Message 4 was lost holds the session for made, and answers no repetition of message 3
        // that could be read here (ipmi_sim answers inside the session): begin anew while there are tries left.
        let anew = self.sends >= RAKP_3_TRIES && self.restarts < RESTARTS;
        if let Some(suite) = step.may_be_made().filter(|_| anew && self.sends < tries) {
            self.restart(now, Step::open(vec![suite]));
            return;
        }
        if self.sends < tries {
            let step = step.for_another_try();
            if step.varies() {
                self.tag = self.tag.wrapping_add(1);
            }
            self.transmit(now, step);
            return;
        }
        match step.unanswered(self.sends, now.saturating_duration_since(self.started)) {
            Next::Go(step) => self.enter(now, step),
            Next::Refused(_, Verdict::Failed(failure)) => self.finish(Err(failure)),
            // The rest cannot come of silence.
            Next::Refused(_, Verdict::Again(step)) | Next::Stay(step) | Next::Say(step, _) => {
                self.enter(now, step);
            }
            Next::Done(established) => self.finish(Ok(established)),
        }
    }

    fn terms(&mut self) -> steps::Terms<'_> {
        steps::Terms {
            config: &self.config,
            console_session: self.console_session,
            tag: self.tag,
            entropy: &mut *self.entropy,
        }
    }

    fn enter(&mut self, now: Instant, step: Step) {
        self.sends = 0;
        self.held = None;
        self.entered = now;
        self.tag = self.tag.wrapping_add(1);
        self.transmit(now, step);
    }

    /// A repetition is the same byte for byte, tag included: a BMC that knows it again gives the same answer, where
    /// otherwise it would draw another random number and refuse what was made with the first.
    fn transmit(&mut self, now: Instant, step: Step) {
        self.say(&step);
        let patience = step.patience(self.config.timeout, self.sends, self.config.tries);
        self.repeated |= self.sends > 0;
        self.sends += 1;
        let knocks = step.is_first(self.sends < step.tries(self.config.tries.max(1)));
        let sooner = patience.checked_sub(BEFORE).filter(|_| knocks);
        self.deadline = Some(now + sooner.unwrap_or(patience));
        self.knock_until = sooner.map(|_| now + patience);
        self.step = Some(step);
    }

    fn say(&mut self, step: &Step) {
        let tag = self.tag;
        for (payload_type, payload) in step.messages(&self.terms(), tag) {
            self.outbox
                .push_back(V20::sessionless(payload_type, &payload));
        }
    }

    /// A refusal that may be the echo of our own repetition: begin anew, but not for ever. Any other is held for a
    /// while. A refusal is not asked for twice meanwhile, since some BMCs count them; what does not fit is, once.
    fn refuse(&mut self, now: Instant, step: Step, verdict: Verdict) {
        let echo = self.repeated && self.restarts < RESTARTS;
        if let Verdict::Failed(failure) = &verdict
            && let Some(suite) = failure.may_come_of_repetition().filter(|_| echo)
        {
            return self.restart(now, Step::open(vec![suite]));
        }
        if self.held.is_none() {
            let damaged =
                matches!(&verdict, Verdict::Failed(failure) if failure.may_come_of_damage());
            if damaged {
                self.say(&step);
            }
            let asked = if damaged { now } else { self.entered };
            let expected = asked + 2 * self.round_trip.longest();
            self.deadline = Some(expected.max(now + GRACE));
            self.held = Some(verdict);
            self.knock_until = None;
        }
        self.step = Some(step);
    }

    fn restart(&mut self, now: Instant, step: Step) {
        self.restarts += 1;
        // A new id, so that answers to the old attempt do not belong here any more.
        self.console_session = self.entropy.nonzero();
        self.enter(now, step);
    }

    fn finish(&mut self, outcome: Result<Established, Failure>) {
        self.step = None;
        self.held = None;
        self.deadline = None;
        self.outbox.clear();
        self.outcome = Some(outcome);
    }
}

impl Terms for Config {
    type Login = Handshake;
    type Failure = Failure;

    fn patience(&self) -> Patience {
        Patience {
            timeout: self.timeout,
            step: GROWTH,
            tries: self.tries,
        }
    }

    fn with_tries(&self, tries: u32) -> Self {
        Self {
            tries,
            ..self.clone()
        }
    }

    fn begin(self, now: Instant, entropy: Box<dyn Entropy>) -> Handshake {
        Handshake::new(now, self, entropy)
    }
}

impl Login for Handshake {
    type Failure = Failure;

    fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.poll_transmit()
    }

    fn poll_outcome(&mut self) -> Option<Result<Session, Failure>> {
        let outcome = self.poll_outcome()?;
        Some(outcome.map(|established| established.session))
    }

    fn poll_timeout(&self) -> Option<Instant> {
        self.poll_timeout()
    }

    fn handle_datagram(&mut self, now: Instant, datagram: &[u8]) {
        self.handle_datagram(now, datagram);
    }

    fn handle_timeout(&mut self, now: Instant) {
        self.handle_timeout(now);
    }
}

impl login::Failure for Failure {
    fn dead(&self) -> Option<String> {
        match self {
            Self::Dead { tries, waited } => Some(login::nothing_heard(*tries, *waited)),
            _ => None,
        }
    }

    fn is_silent(&self) -> bool {
        matches!(self, Self::Silent { .. })
    }
}

impl std::fmt::Debug for Handshake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Handshake")
            .field("sends", &self.sends)
            .field("restarts", &self.restarts)
            .finish()
    }
}

/// Payload types that belong to a handshake rather than to a session.
pub fn is_setup(payload_type: PayloadType) -> bool {
    matches!(
        payload_type,
        PayloadType::OpenResponse | PayloadType::Rakp2 | PayloadType::Rakp4
    )
}

/// How long a refusal waits for an answer that disproves it, at least.
pub(in crate::proto) const GRACE: Duration = Duration::from_millis(300);

/// How long before a repetition a knock goes out.
const BEFORE: Duration = Duration::from_millis(200);

/// Sequence number of a knock, whose answer is not waited for.
const KNOCK_SEQ: u8 = 0;

/// How often a handshake may begin anew after an ambiguous refusal or silence.
const RESTARTS: u32 = 2;

/// How often RAKP Message 3 is sent before the handshake begins anew, if it still may.
const RAKP_3_TRIES: u32 = 2;

#[cfg(test)]
pub(super) mod tests;
