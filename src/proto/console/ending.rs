//! The end: by the user's wish, by the BMC's, or because nobody answers any more.

use std::time::{Duration, Instant};

use super::activation::{CLEAN_UP_TIMEOUT, close_session, deactivate};
use super::rescue::Rescue;
use super::{CloseReason, Console, Stage};
use crate::proto::keepalive::Probe;
use crate::proto::link::Patience;

impl Console {
    /// Why it ends, from the moment this is decided: [`Event::Closed`](super::Event::Closed) follows when the BMC has
    /// been told, or has not answered in time. Nothing that comes meanwhile keeps the console.
    pub fn ending(&self) -> Option<&CloseReason> {
        match &self.stage {
            Stage::Deactivating(_, reason) | Stage::Closing(_, reason) => Some(reason),
            Stage::Activating(_) | Stage::Active | Stage::Closed => None,
        }
    }

    pub(super) fn deactivate(&mut self, now: Instant, reason: CloseReason) {
        let patience = self.clean_up_patience(&reason);
        let id = deactivate(now, &mut self.link, self.settings.instance, patience);
        self.stage = Stage::Deactivating(id, reason);
        self.collect();
    }

    /// The BMC says that the payload is gone.
    pub(super) fn closed_by_bmc(&mut self, now: Instant, reason: CloseReason) {
        self.lost_by(now, now, reason);
    }

    /// The payload is gone already, since `since` at the earliest: only the session is left to close.
    pub(super) fn lost_by(&mut self, now: Instant, since: Instant, reason: CloseReason) {
        // It may be our own other session that has taken it.
        let ours = self.rescue.as_ref().is_some_and(Rescue::is_committed);
        if !matches!(self.stage, Stage::Activating(_) | Stage::Active) || ours {
            return;
        }
        // A BMC that has heard no command for long ends the session by its own limit. That is a session forgotten, and
        // nobody's wish.
        let keepalive = self.settings.keepalive;
        let limit = keepalive.interval + 2 * keepalive.retry();
        let unheard = self.link.reached().is_some_and(|sent| now >= sent + limit);
        let asks = keepalive.probe == Probe::DeviceId;
        // Or it was a belated request of our own, which cleared the way for this session.
        let belated = self.renewed.is_some_and(|at| since < at + BELATED);
        if reason == CloseReason::Deactivated && (asks && unheard || belated) {
            let make_entropy = self.settings.make_entropy;
            self.rescue
                .get_or_insert_with(|| Rescue::new(now, make_entropy))
                .lose_first();
        } else {
            self.close(now, reason);
        }
    }

    pub(super) fn close(&mut self, now: Instant, reason: CloseReason) {
        self.log.end(now);
        self.tell();
        let patience = self.clean_up_patience(&reason);
        let id = close_session(now, &mut self.link, patience);
        self.stage = Stage::Closing(id, reason);
        self.collect();
    }

    /// A BMC that is believed dead is told once, in case it only cannot be heard.
    pub(super) fn clean_up_patience(&self, reason: &CloseReason) -> Patience {
        let tries = if *reason == CloseReason::Dead {
            1
        } else {
            CLEAN_UP_TRIES
        };
        let timeout = self
            .link
            .ledger()
            .round_trip()
            .timeout(CLEAN_UP_TIMEOUT)
            .min(CLEAN_UP_LONGEST);
        Patience {
            timeout,
            step: Duration::ZERO,
            tries,
        }
    }
}

/// How long after it was sent a request may still do something: as long as answers are late at most.
const BELATED: Duration = Duration::from_secs(60);

/// How often Deactivate Payload and Close Session are sent, and how long a slow BMC is waited for.
const CLEAN_UP_TRIES: u32 = 3;
const CLEAN_UP_LONGEST: Duration = Duration::from_secs(3);
