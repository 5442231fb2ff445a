//! Life: keepalives, and another session where the BMC has forgotten the first.

use std::time::{Duration, Instant};

use super::activation::close_other_session;
use super::rescue::{LAST_CHANCE, Outcome, Rescue};
use super::{CloseReason, Console, Datagram, Event, Notice, Stage};
use crate::proto::inflight::Kind;
use crate::proto::keepalive::{Probe, Verdict};
use crate::proto::link::{Ask, Patience};

impl Console {
    pub(super) fn check_health(&mut self, now: Instant) {
        match self.keepalive.verdict(now, self.unanswered_since()) {
            Verdict::Wait => {}
            Verdict::Send => self.send_keepalive(now),
            Verdict::Silent(silence) => {
                self.events
                    .push_back(Event::Notice(Notice::Silent(silence)));
                // Without keepalives there are no misses: what was typed or asked in vain has to do.
                if self.settings.keepalive.probe == Probe::None && self.rescue.is_none() {
                    self.rescue = Some(Rescue::new(now, self.settings.make_entropy));
                }
            }
            Verdict::Dead(_) => self.deactivate(now, CloseReason::Dead),
        }
    }

    /// Since when the BMC owes an answer to what was typed; without keepalives, also to questions about its log for which
    /// output waits: a BMC that has forgotten the session will never answer them.
    pub(super) fn unanswered_since(&self) -> Option<Instant> {
        let asked = match self.settings.keepalive.probe {
            Probe::None => self.log.unanswered_since(),
            Probe::DeviceId | Probe::Sol => None,
        };
        self.outgoing
            .unanswered_since()
            .into_iter()
            .chain(asked)
            .min()
    }

    pub(super) fn send_keepalive(&mut self, now: Instant) {
        let missed = self.keepalive.misses(now) > 0;
        self.keepalive.sent(now);
        // A BMC may be slow with commands and with nothing else: that session is not forgotten.
        let asks = missed && self.settings.keepalive.probe == Probe::DeviceId;
        if asks {
            self.outgoing.ask(now);
        }
        // A miss means nothing by itself, but asking outside the session costs nothing either, once it has had time to
        // acknowledge.
        if missed && self.rescue.is_none() {
            let first = if asks { now + ACKNOWLEDGED } else { now };
            self.rescue = Some(Rescue::new(first, self.settings.make_entropy));
        }
        if self.settings.keepalive.probe == Probe::Sol {
            self.outgoing.poke(now);
            // Some BMCs do not answer empty packets; a command tells them from dead ones.
            if !missed {
                return;
            }
        }
        let patience = Patience {
            timeout: self.settings.keepalive.retry(),
            step: Duration::ZERO,
            tries: 1,
        };
        if self.log.is_present() {
            self.log.beat(now, &mut self.link, patience);
            return self.tell();
        }
        self.link
            .ask(now, Kind::Keepalive, DEVICE_ID_QUESTION, patience);
    }

    pub(super) fn advance_rescue(&mut self, now: Instant) {
        let Some(rescue) = &mut self.rescue else {
            return;
        };
        let ours = self.link.session().bmc_id();
        let all: Vec<u32> = self.former.iter().copied().chain([ours]).collect();
        if rescue.takes_last_chance() {
            let patience = Patience {
                timeout: LAST_CHANCE / LAST_TRIES,
                step: Duration::ZERO,
                tries: LAST_TRIES,
            };
            self.link
                .ask(now, Kind::Command, DEVICE_ID_QUESTION, patience);
        }
        let outcome = rescue.advance(now, &self.config, &self.settings, &all);
        // Another session that is being made is proof enough that there is somebody; it ends by itself.
        let limit = self.settings.keepalive.dead_after;
        self.keepalive.spare(rescue.is_under_way(now, limit));
        self.outbox
            .extend(std::iter::from_fn(|| rescue.poll_transmit()).map(Datagram::from));
        match outcome {
            None => {}
            Some(Outcome::Renewed(link, activated)) => {
                let silence = now.saturating_duration_since(self.keepalive.heard_at());
                let logged = self.log.is_present() && self.log.delivered().is_some();
                let made = self
                    .rescue
                    .take()
                    .map_or_else(Vec::new, |r| r.made().to_vec());
                self.link = *link;
                self.renewed = Some(now);
                self.close_forgotten(now, ours, &made);
                self.incoming = std::mem::take(&mut self.incoming).renewed();
                self.last_acknowledgement = None;
                self.owed = super::owed::Owed::default();
                self.activated(now, activated);
                self.events
                    .push_back(Event::Notice(Notice::Renewed { silence, logged }));
            }
            Some(Outcome::Refused(refusal)) => {
                self.rescue = None;
                self.stage = Stage::Closed;
                self.events
                    .push_back(Event::Closed(CloseReason::Refused(refusal)));
            }
        }
    }

    /// Sessions that were given up may still take a slot each of the few that there are.
    pub(super) fn close_forgotten(&mut self, now: Instant, first: u32, made: &[u32]) {
        let present = self.link.session().bmc_id();
        let patience = self.clean_up_patience(&CloseReason::User);
        for &id in made.iter().chain([&first]).filter(|id| **id != present) {
            close_other_session(now, &mut self.link, id, patience);
            if self.former.len() >= FORMER {
                self.former.pop_front();
            }
            self.former.push_back(id);
        }
    }
}

/// Get Device ID, which every BMC answers.
const DEVICE_ID_QUESTION: Ask<'static> = Ask {
    netfn: 0x06,
    lun: 0,
    cmd: 0x01,
    data: &[],
};

/// How long a BMC that is slow with commands has to acknowledge a packet of the console.
const ACKNOWLEDGED: Duration = Duration::from_secs(1);

/// How often a session that may have been forgotten is asked in its last chance.
const LAST_TRIES: u32 = 5;

/// How many sessions of our own are remembered.
const FORMER: usize = 16;
