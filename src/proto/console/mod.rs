//! The console that stays up: a link, SOL in both directions, the keepalive, and another session where the BMC has
//! forgotten the first.
//!
//! Feed it ([`Console::handle_datagram`], [`Console::handle_timeout`], [`Console::type_bytes`]…), then drain
//! [`Console::poll_transmit`] and [`Console::poll_event`], then sleep until [`Console::poll_timeout`].
//!
//! The one rule: only five things end a console. A silence longer than the limit ([`super::keepalive`]); a true close
//! from the BMC (the SOL 'deactivating' bit, a SOL Activating request that says 'inactive', a payload that others own
//! or nobody); a refusal to activate; the user's wish; a signal. No answer, however late, double or odd, does.

mod activation;
mod catch_up;
mod ending;
mod event;
mod health;
mod log_events;
mod log_sync;
mod owed;
mod ownership;
mod port;
mod rescue;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::time::Instant;

pub use event::{CloseReason, Event, Notice, Place, Refusal, Report};
pub use port::Datagram;

use super::Entropy;
use super::handshake::Config;
use super::inflight::{Kind, RequestId};
use super::keepalive::{Keepalive, Policy, Probe};
use super::link::{Answer, Done, Link, Patience, Received};
use super::sol::{Incoming, Outgoing};
use crate::wire::session::Packet;
use crate::wire::sol::FromBmc;
use activation::{Activated, Activation};
use catch_up::Join;
use log_sync::LogSync;
use owed::Owed;
use ownership::Ownership;
use port::SolPort;
use rescue::Rescue;

/// What is wanted of a console.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// SOL payload instance, 1 to 15.
    pub instance: u8,
    /// First byte of Activate Payload's auxiliary data (table 24-2), as for a suite that encrypts.
    pub auxiliary: u8,
    /// Whether another session's payload may be deactivated.
    pub force: bool,
    /// The session's privilege level, for another session.
    pub privilege: u8,
    /// When to ask whether the BMC lives, and when to believe that it does not.
    pub keepalive: Policy,
    /// How long requests wait for their answers.
    pub patience: Patience,
    /// The UDP port of the session.
    pub port: u16,
    /// Our clock at the start, in milliseconds since 1970.
    pub wall: u64,
    /// The enterprise number of the console-log extension.
    pub extension: u32,
    /// How many heartbeats make a cycle, of which an account is given.
    pub cycle: u32,
    /// Up to where the output has been delivered before, by an earlier console: what came since is fetched first.
    pub resume: Option<Place>,
    /// What the BMC called an earlier session of ours, whose payload may be taken back.
    pub former: Option<u32>,
    /// Makes random bytes for another session.
    pub make_entropy: fn() -> Box<dyn Entropy>,
}

/// A console over a session.
#[derive(Debug)]
pub struct Console {
    link: Link,
    config: Config,
    settings: Settings,
    stage: Stage,
    outgoing: Outgoing,
    incoming: Incoming,
    /// What came before the activation was confirmed; some BMCs begin at once. And whether some was dropped already.
    early: Vec<u8>,
    early_join: Join,
    /// The session sequence number of the packet that is being handled.
    sequence: u32,
    /// What acknowledged the last packet with characters that came over this session.
    last_acknowledgement: Option<Vec<u8>>,
    keepalive: Keepalive,
    owed: Owed,
    ownership: Ownership,
    rescue: Option<Rescue>,
    /// What the BMC called the sessions before this one: a belated request of theirs may still do something.
    former: VecDeque<u32>,
    /// When this session took the place of another.
    renewed: Option<Instant>,
    sol_port: SolPort,
    log: LogSync,
    outbox: VecDeque<Datagram>,
    events: VecDeque<Event>,
}

#[derive(Debug)]
enum Stage {
    Activating(Activation),
    Active,
    Deactivating(RequestId, CloseReason),
    Closing(RequestId, CloseReason),
    Closed,
}

/// Getters.
impl Console {
    /// How many more bytes may be typed.
    pub fn input_room(&self) -> usize {
        self.outgoing.room()
    }

    /// The link, with its ledger and round trips.
    pub fn link(&self) -> &Link {
        &self.link
    }

    /// Whether it goes on where an earlier console ended, and tells itself what is missing in between.
    pub fn goes_on(&self) -> bool {
        self.settings.resume.is_some()
    }

    /// Up to where in the BMC's log everything was delivered, where it keeps one and that is known.
    pub fn place(&self) -> Option<Place> {
        self.log.delivered()
    }

    /// Whether the payload is active, and what the BMC had stored for us when it became so has been read.
    pub fn is_caught_up(&self) -> bool {
        matches!(self.stage, Stage::Active) && self.log.is_settled()
    }

    /// How many packets were repeated: ours, the BMC's.
    pub fn repeated(&self) -> (u64, u64) {
        (self.outgoing.repeated(), self.incoming.repeated())
    }
}

/// The user's side.
impl Console {
    /// Begins to activate the payload over an established session, made with `config`.
    pub fn new(now: Instant, mut link: Link, config: Config, settings: Settings) -> Self {
        let activation = Activation::start(now, &mut link, &settings);
        let mut console = Self {
            link,
            config,
            settings,
            stage: Stage::Activating(activation),
            outgoing: Outgoing::new(0),
            incoming: Incoming::default(),
            early: Vec::new(),
            early_join: Join::Follows,
            sequence: 0,
            last_acknowledgement: None,
            keepalive: Keepalive::new(settings.keepalive, now),
            owed: Owed::default(),
            ownership: Ownership::default(),
            rescue: None,
            former: VecDeque::new(),
            renewed: None,
            sol_port: SolPort::default(),
            log: LogSync::new(now, &settings),
            outbox: VecDeque::new(),
            events: VecDeque::new(),
        };
        console.collect();
        console
    }

    /// Queues typed bytes, as many as there is room for, and says how many.
    pub fn type_bytes(&mut self, now: Instant, bytes: &[u8]) -> usize {
        let taken = self.outgoing.push(bytes);
        self.send_typed(now);
        taken
    }

    /// Sends a serial break, behind what is typed already.
    pub fn send_break(&mut self, now: Instant) {
        self.outgoing.push_break();
        self.send_typed(now);
    }

    /// While the output is paused, no new console data is acknowledged.
    pub fn pause_output(&mut self, now: Instant, paused: bool) {
        self.log.pause(now, paused);
        let delivery = self.incoming.pause(paused);
        self.deliver(now, delivery);
        // What is to be read from the log waited as well.
        self.advance(now);
    }

    /// Deactivates the payload and closes the session, in bounded time; [`Event::Closed`] follows.
    pub fn shut_down(&mut self, now: Instant) {
        match self.stage {
            Stage::Activating(_) | Stage::Active => self.deactivate(now, CloseReason::User),
            Stage::Deactivating(..) | Stage::Closing(..) | Stage::Closed => {}
        }
    }

    fn send_typed(&mut self, now: Instant) {
        if matches!(self.stage, Stage::Active) {
            self.outgoing.send_next(now);
            self.collect();
        }
    }
}

/// The network's side, and time.
impl Console {
    /// Takes in a datagram; what is not understood, or not authentic, is dropped.
    pub fn handle_datagram(&mut self, now: Instant, datagram: &Datagram) {
        let Ok(packet) = Packet::parse(&datagram.bytes) else {
            return;
        };
        match (&packet, &mut self.rescue) {
            (Packet::V20(v20), _) if v20.session == self.link.session().console_id() => {
                let received = self.link.handle_packet(now, v20);
                self.sequence = v20.sequence;
                if !matches!(received, Received::Refused(_) | Received::Sol { .. }) {
                    self.incoming.received(v20.sequence);
                }
                self.handle_received(now, received, datagram.port);
            }
            (_, Some(rescue)) => rescue.handle_packet(now, &packet),
            _ => {}
        }
        self.advance(now);
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Instant) {
        // What is done may make something else due at once.
        self.owed.count(now);
        for _ in 0..AT_ONCE {
            self.link.handle_timeout(now);
            self.advance(now);
            if self.poll_timeout().is_none_or(|at| at > now) {
                break;
            }
        }
    }

    /// The next datagram to send.
    pub fn poll_transmit(&mut self) -> Option<Datagram> {
        self.outbox.pop_front()
    }

    /// The next thing to tell.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// When [`Console::handle_timeout`] wants to be called; `None` once the console is closed, or if only a
    /// datagram or the user can bring anything.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let active = matches!(self.stage, Stage::Active);
        let when = |active: bool, at: Option<Instant>| at.filter(|_| active);
        let typed_since = self.unanswered_since();
        let at = [
            self.link.poll_timeout(),
            when(active, self.outgoing.poll_timeout()),
            when(active, self.log.poll_timeout()),
            when(active, self.keepalive.poll_timeout(typed_since)),
            when(active, self.rescue.as_ref().and_then(Rescue::poll_timeout)),
        ];
        at.into_iter()
            .flatten()
            .min()
            .filter(|_| !matches!(self.stage, Stage::Closed))
    }

    fn handle_received(&mut self, now: Instant, received: Received, port: Option<u16>) {
        if let Received::Refused(refused) = received {
            log::debug!("a packet was not let in: {refused}");
            return;
        }
        self.handle_life(now);
        self.incoming.expect_answers(self.owed.count(now));
        match received {
            Received::Sol { sequence, payload } => {
                self.sol_port.heard_on(port);
                self.handle_sol(now, sequence, &payload);
            }
            Received::Request {
                netfn: NETFN_TRANSPORT,
                cmd: SOL_ACTIVATING,
                data,
            } => {
                // Session state 'inactive' for our instance; what is too short to say so says nothing.
                let ours = matches!(data[..], [state, instance, ..]
                    if state & 0x0f == 0 && instance & 0x0f == self.settings.instance);
                if ours {
                    self.closed_by_bmc(now, CloseReason::Deactivated);
                }
            }
            Received::Consumed => self.owed.answered(),
            Received::Request { .. } | Received::Refused(_) => {}
        }
    }

    /// Something authentic came: the BMC lives, and has not forgotten the session.
    fn handle_life(&mut self, now: Instant) {
        if let Some(silence) = self.keepalive.heard(now) {
            self.events.push_back(Event::Notice(Notice::Back(silence)));
        }
        // Once another session is there the first may have lost the payload to it: there is no way back.
        if let Some(mut rescue) = self.rescue.take_if(|rescue| !rescue.is_committed()) {
            rescue.close(now);
            self.outbox
                .extend(std::iter::from_fn(|| rescue.poll_transmit()).map(Datagram::from));
        }
    }

    fn handle_sol(&mut self, now: Instant, sequence: u32, payload: &[u8]) {
        let Ok(packet) = FromBmc::parse(payload) else {
            if payload.is_empty() {
                self.outgoing.handle_nothing();
            }
            // It held no characters, and was not lost.
            return self.incoming.received(sequence);
        };
        if packet.ack != 0 {
            self.owed.answered();
        }
        let was_idle = self.outgoing.unanswered_since().is_none();
        if matches!(self.stage, Stage::Active) {
            self.outgoing.handle(now, sequence, &packet);
            if !was_idle && self.settings.keepalive.probe == Probe::Sol && self.outgoing.is_idle() {
                self.keepalive.answered(now);
            }
        }
        let deactivating = packet.status.deactivating;
        self.incoming
            .copies_are_answered(self.outgoing.answers_copies());
        let delivery = self.incoming.handle(sequence, packet);
        self.deliver(now, delivery);
        if deactivating {
            self.closed_by_bmc(now, CloseReason::Deactivated);
        }
    }

    fn deliver(&mut self, now: Instant, delivery: super::sol::Delivery) {
        if let Some(ack) = delivery.acknowledgement {
            self.send_sol(&ack);
            self.last_acknowledgement = Some(ack);
        }
        if delivery.overrun && !self.log.is_present() {
            self.events.push_back(Event::Notice(Notice::Overrun));
        }
        let join = match (delivery.overrun, delivery.maybe_again) {
            // It may stand before what was dropped, too.
            (_, true) => Join::MaybeAgain,
            (true, false) => Join::AfterDrop,
            (false, false) => Join::Follows,
        };
        match self.stage {
            Stage::Activating(_) => {
                self.early_join = if join == Join::Follows {
                    self.early_join
                } else {
                    join
                };
                let room = EARLY.saturating_sub(self.early.len());
                self.early.extend(delivery.data.into_iter().take(room));
            }
            Stage::Closed => {}
            _ => {
                self.log.stream(now, delivery.data, join);
                self.tell();
            }
        }
    }

    /// Goes on wherever something has come or time has passed.
    fn advance(&mut self, now: Instant) {
        while let Some(done) = self.link.poll_done() {
            self.handle_done(now, &done);
        }
        while let Some(again) = self.link.poll_again() {
            let Answer { code, data } = again.answer;
            self.log
                .handle_duplicate(again.netfn, again.cmd, code, &data);
        }
        if matches!(self.stage, Stage::Active) {
            let repeated = self.outgoing.repeated();
            let round_trip = self.link.ledger().round_trip().smoothed();
            self.outgoing.expect_round_trip(round_trip);
            self.outgoing.note_reached(self.link.reached());
            self.outgoing.handle_timeout(now, self.keepalive.heard_at());
            if self.outgoing.repeated() > repeated {
                self.sol_port.unanswered();
            }
            // While something is held the BMC's numbers may have come round to that of what was acknowledged last.
            if !self.incoming.holds()
                && self.outgoing.take_doubt()
                && let Some(ack) = self.last_acknowledgement.clone()
            {
                self.send_sol(&ack);
            }
            self.log.advance(now, &mut self.link);
            self.tell();
            self.collect();
            self.check_health(now);
        }
        if matches!(self.stage, Stage::Active) {
            self.advance_rescue(now);
        }
        self.collect();
    }

    fn handle_done(&mut self, now: Instant, done: &Done) {
        if self.log.handle_done(now, &mut self.link, done) {
            self.tell();
            if self.log.take_settled() {
                self.incoming.settle(self.sequence);
            }
            if done.kind == Kind::Command {
                return;
            }
        }
        if done.kind == Kind::Keepalive {
            if done.answer.is_some() {
                self.keepalive.answered(now);
                self.log.hears(now, &mut self.link);
                self.check_ownership(now);
            }
            return;
        }
        if self.ownership.waits_for == Some(done.id) {
            self.ownership.waits_for = None;
            return self.handle_owner(now, done);
        }
        match &mut self.stage {
            Stage::Activating(activation) => match activation.handle(now, &mut self.link, done) {
                None => {}
                Some(Ok(activated)) => {
                    self.activated(now, activated);
                    self.events.push_back(Event::Opened);
                    let early = std::mem::take(&mut self.early);
                    self.log.stream(now, early, self.early_join);
                    self.tell();
                }
                Some(Err(refusal)) => self.close(now, CloseReason::Refused(refusal)),
            },
            Stage::Deactivating(id, reason) if *id == done.id => {
                let reason = reason.clone();
                self.close(now, reason);
            }
            Stage::Closing(id, reason) if *id == done.id => {
                let reason = reason.clone();
                self.stage = Stage::Closed;
                self.events.push_back(Event::Closed(reason));
            }
            _ => {}
        }
    }

    fn activated(&mut self, now: Instant, activated: Activated) {
        self.sol_port = SolPort::new(activated.port, self.settings.port);
        let before = std::mem::replace(&mut self.outgoing, Outgoing::new(0));
        self.outgoing = before.renewed(activated.inbound);
        self.keepalive = Keepalive::new(self.settings.keepalive, now);
        self.ownership = self.ownership.renewed();
        self.stage = Stage::Active;
        self.log.activated(now, &mut self.link);
        self.check_ownership(now);
        let round_trip = self.link.ledger().round_trip().smoothed();
        self.outgoing.expect_round_trip(round_trip);
        self.outgoing.greet(now);
        self.outgoing.send_next(now);
    }

    fn collect(&mut self) {
        while let Some(payload) = self.outgoing.poll_transmit() {
            self.send_sol(&payload);
        }
        self.collect_commands();
    }

    fn collect_commands(&mut self) {
        let before = self.outbox.len();
        let commands = std::iter::from_fn(|| self.link.poll_transmit()).map(Datagram::from);
        self.outbox.extend(commands);
        self.owed.ask(self.outbox.len() - before);
    }

    fn send_sol(&mut self, payload: &[u8]) {
        self.collect_commands();
        let wants_answer = payload.first().is_some_and(|seq| seq & 0x0f != 0);
        self.owed.ask(usize::from(wants_answer));
        self.link.send_sol(payload);
        let port = self.sol_port.current();
        let packets = std::iter::from_fn(|| self.link.poll_transmit());
        self.outbox
            .extend(packets.map(|bytes| Datagram { port, bytes }));
    }
}

const NETFN_TRANSPORT: u8 = 0x0c;
const SOL_ACTIVATING: u8 = 0x20;

/// Most bytes kept from before the activation was confirmed.
const EARLY: usize = 64 * 1024;

/// How much can become due at the same moment: a keepalive, a notice, a knock, and what each of them leads to.
const AT_ONCE: u32 = 8;
