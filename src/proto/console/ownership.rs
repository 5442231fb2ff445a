//! Whether the payload is still ours: some BMCs let others take the console and say nothing (Dell R610).

use std::time::{Duration, Instant};

use super::activation::{SOL, owner, owner_request};
use super::{CloseReason, Console};
use crate::proto::inflight::{Kind, RequestId};
use crate::proto::link::{Done, Patience};

/// Whether the payload is still ours, as far as the BMC can tell.
#[derive(Debug, Default)]
pub(super) struct Ownership {
    /// The session id that the BMC names for us; `None` before the first answer.
    pub(super) ours: Option<u32>,
    /// The BMC does not say, or says what cannot be right.
    pub(super) mute: bool,
    pub(super) waits_for: Option<RequestId>,
    /// When the BMC was asked last, and asked last of those times when it named us.
    asked: Option<Instant>,
    confirmed: Option<Instant>,
    strangers: u32,
    /// It has told the truth in a session before this one.
    pub(super) honest: bool,
}

impl Ownership {
    /// That of the session after.
    pub(super) fn renewed(&self) -> Self {
        Self {
            honest: self.honest || self.ours.is_some(),
            ..Self::default()
        }
    }
}

impl Console {
    /// At the start, to learn how the BMC names us, and with every keepalive: some BMCs let others take the console
    /// and say nothing (Dell R610).
    pub(super) fn check_ownership(&mut self, now: Instant) {
        if self.ownership.mute || self.ownership.waits_for.is_some() {
            return;
        }
        self.ownership.asked = Some(now);
        let data = [SOL, self.settings.instance];
        let patience = Patience {
            timeout: self.settings.keepalive.retry(),
            step: Duration::ZERO,
            tries: 1,
        };
        self.ownership.waits_for =
            Some(
                self.link
                    .ask(now, Kind::Command, owner_request(&data), patience),
            );
    }

    pub(super) fn handle_owner(&mut self, now: Instant, done: &Done) {
        // Not to be told in time says nothing.
        let Some(answer) = &done.answer else { return };
        let session = self.link.session();
        let names = [session.bmc_id(), session.console_id()];
        match (owner(answer), self.ownership.ours) {
            // A BMC that does not name us now, when the payload is surely ours, is not to be believed later.
            (Some(id), None) if names.contains(&id) || names.contains(&id.swap_bytes()) => {
                self.ownership.ours = Some(id);
                self.ownership.confirmed = self.ownership.asked;
            }
            (Some(0), None) if self.ownership.honest => self.handle_stranger(now, 0),
            (_, None) => self.ownership.mute = true,
            (Some(id), Some(ours)) if id != ours => self.handle_stranger(now, id),
            _ => {
                self.ownership.strangers = 0;
                self.ownership.confirmed = self.ownership.asked;
            }
        }
    }

    /// The payload is another's, or nobody's.
    pub(super) fn handle_stranger(&mut self, now: Instant, id: u32) {
        self.ownership.strangers += 1;
        if self.ownership.strangers < STRANGERS {
            return self.check_ownership(now);
        }
        let reason = if id == 0 {
            CloseReason::Deactivated
        } else {
            CloseReason::Taken
        };
        // It may have been lost at any time since it was ours for certain.
        let since = self.ownership.confirmed.or(self.renewed).unwrap_or(now);
        self.lost_by(now, since, reason);
    }
}

/// How many answers in a row must name a stranger.
const STRANGERS: u32 = 2;
