//! What must hold: after every step, when the console ends, when all has come to rest, and when it is over.

use std::time::Duration;

use steadysol::proto::console::{CloseReason, Refusal};
use steadysol::proto::inflight::CAPACITY;
use steadysol::proto::keepalive::Probe;
use steadysol::proto::sol::QUEUE;

use super::World;

impl World {
    pub(super) fn check(&mut self) -> Result<(), String> {
        let counted = self.counted();
        if self.sent_in_step > MOST_IN_STEP {
            return Err(format!(
                "the client sends {} datagrams at once",
                self.sent_in_step
            ));
        }
        if self.network.len() > MOST_FLYING {
            return Err(format!("{} packets are under way", self.network.len()));
        }
        let (waiting, _) = self.bmc.core.queue_lengths();
        let sessions = self.bmc.core.sessions().count();
        if sessions > MOST_SESSIONS {
            return Err(format!("the BMC has {sessions} sessions of one client"));
        }
        if self.bmc.core.poll_timeout().is_none() && (sessions > 0 || waiting > 0) {
            return Err(format!(
                "the BMC has {sessions} sessions and {waiting} requests, and no deadline"
            ));
        }
        let deadline = self.client.poll_timeout();
        let asks = self.policy.probe != Probe::None;
        let open = self.outcome.opened.is_some();
        let closed = self.outcome.closed.is_some() || self.outcome.failed.is_some();
        let Some(console) = self.client.console() else {
            return match deadline {
                None if !closed => Err("no session is made, and there is no deadline".into()),
                _ => Ok(()),
            };
        };
        let room = console.input_room();
        if room > QUEUE {
            return Err(format!("there is room for {room} typed characters"));
        }
        if open {
            self.books.check_typed(QUEUE - room, counted)?;
        }
        let entries = console.link().ledger().entries().count();
        if entries > CAPACITY {
            return Err(format!("the ledger holds {entries} requests"));
        }
        let awaited = console.link().ledger().entries().any(|entry| entry.awaited);
        let outstanding = asks || awaited || room < QUEUE;
        if outstanding && deadline.is_none() && !closed {
            return Err("something is outstanding, and the client has no deadline".into());
        }
        if self.breaks_seen > self.breaks_sent + u64::from(self.outcome.renewals) {
            return Err(format!(
                "{} breaks were sent, and the BMC saw {}",
                self.breaks_sent, self.breaks_seen
            ));
        }
        Ok(())
    }

    /// Whether the client may count the BMC as dead now. What it hears later, while it says goodbye, changes nothing: a
    /// BMC that was busy carries out the farewell that it was sent.
    pub(super) fn check_death(&self) -> Result<(), String> {
        let limit = self.policy.dead_after;
        if self.now - self.heard < limit {
            return self.unexcused("given up", "the limit has not passed");
        }
        // Reachable again within the limit, with time left to be asked once more and to prove in the making of a session
        // that it is the BMC; while packets are late, so much longer for each question and its answer.
        let margin = MARGIN + 2 * EXCHANGES * self.slowest;
        let lossy = self.lossy > FEW_LOST || self.lossy_until > self.heard;
        let back = self.cut_off == 0 && self.reachable_since + margin < self.heard + limit;
        if back && !lossy && !self.ended {
            return self.unexcused("given up", "the BMC was reachable again within the limit");
        }
        Ok(())
    }

    /// Whether the console may be over, for this reason, now.
    pub(super) fn check_reason(&self, reason: &CloseReason) -> Result<(), String> {
        let limit = self.policy.dead_after;
        let fail = |why: &str| self.unexcused(&format!("closed: {reason:?}"), why);
        match reason {
            CloseReason::User if self.shutting_down => Ok(()),
            CloseReason::User => fail("the user wished no such thing"),
            CloseReason::Dead if self.given_up => Ok(()),
            CloseReason::Dead => fail("it was never given up"),
            _ if self.ended => Ok(()),
            CloseReason::Refused(Refusal::NoAnswer) if self.outcome.opened.is_none() => {
                if self.cut_off > 0 || self.now - self.reachable_since < limit || self.lossy > 0 {
                    Ok(())
                } else {
                    fail("nothing kept the BMC from answering")
                }
            }
            _ => fail("nobody has ended or taken it"),
        }
    }

    fn unexcused(&self, what: &str, why: &str) -> Result<(), String> {
        Err(format!(
            "{what} after {:?} of silence, reachable since {:?}: {why}",
            self.now - self.heard,
            self.reachable_since
        ))
    }

    /// All faults are over for long: everything must have come to rest.
    pub(super) fn check_rest(&mut self) -> Result<(), String> {
        if self.ended {
            return Ok(());
        }
        let counted = self.counted();
        let Some(console) = self.client.console() else {
            return Ok(());
        };
        let waiting = QUEUE - console.input_room();
        if self.to_print > 0 {
            return Err(format!(
                "the host still waits to print {} cells",
                self.to_print
            ));
        }
        // A board that takes only the next number, and answers no copy, may stay out of step after an answer was lost, as
        // long as the host has printed nothing by which the client could know what kind of board it is, or nothing is asked
        // whose answer shows that the board hears: a known limit.
        let unknowable = !self.printed_since || self.policy.probe == Probe::None;
        if self.strict && unknowable && (waiting > 0 || self.breaks_seen < self.breaks_sent) {
            return Ok(());
        }
        self.books.check_rest(waiting, counted)?;
        if self.breaks_seen < self.breaks_sent.min(1) {
            return Err("no break has come through".into());
        }
        Ok(())
    }

    pub(super) fn check_end(&mut self) -> Result<(), String> {
        if let Some(at) = self.client.poll_timeout() {
            return Err(format!(
                "it is over, and wants to be called at {:?}",
                at - self.base
            ));
        }
        let quiet = self.cut_off == 0 && self.lossy == 0;
        // A board that takes only numbers just ahead of the last hears nothing any more once so many packets were lost
        // in a row; without keepalives nobody notices, unless something is typed.
        let deaf = self.narrow && self.policy.probe != Probe::DeviceId;
        if self.shutting_down && quiet && !self.ended && !deaf {
            if self.bmc.core.sol_session(0).is_some() {
                return Err("the user has ended it, and the payload is still active".into());
            }
            let sessions = self.bmc.core.sessions().count();
            // Sessions whose making was never confirmed end by their own limit, which some settings put off.
            if sessions > 0 && self.outcome.renewals == 0 && self.policy.probe == Probe::DeviceId {
                return Err(format!(
                    "the user has ended it, and {sessions} sessions are open"
                ));
            }
        }
        Ok(())
    }
}

/// Datagrams that the client may send at one moment.
const MOST_IN_STEP: usize = 80;

/// Packets that may be under way: far more than both sides can want.
const MOST_FLYING: usize = 4000;

/// Sessions that one client may hold: its own, and attempts at another that were given up.
const MOST_SESSIONS: usize = 8;

/// How long before the limit a BMC must be reachable again for the console to live on: a keepalive's interval, the
/// last chance of the old session, and a handshake.
const MARGIN: Duration = Duration::from_secs(20);

/// Questions and answers until a BMC that has forgotten the session has proved that it lives: the one outside sessions,
/// Open Session, RAKP Messages 1 and 2.
const EXCHANGES: u32 = 3;

/// Packets of a thousand that may be lost without any excuse for it.
const FEW_LOST: u32 = 50;
