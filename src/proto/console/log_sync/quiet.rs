//! Knowing that nothing of the stream is on its way any more: then it stands at the log's end, whatever was counted.

use std::time::Instant;

use crate::wire::console_log::Beat;

/// What two heartbeats so far apart must agree on, and the stream's last movement.
#[derive(Debug)]
pub(super) struct Quiet {
    moved: Instant,
    first: Option<Seen>,
}

#[derive(Debug, Clone, Copy)]
struct Seen {
    epoch: u64,
    end: u64,
    skipped: u32,
    processed: u64,
}

impl Quiet {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            moved: now,
            first: None,
        }
    }

    /// The stream has brought something, or begins anew, or waits for the user's output.
    pub(super) fn moved(&mut self, now: Instant) {
        self.moved = self.moved.max(now);
        self.first = None;
    }

    /// A heartbeat that was sent at `sent` has been answered; `accounted`: the log reaches no further than what the
    /// stream has brought and what was dropped of it. Whether nothing is on its way.
    pub(super) fn is_settled(&mut self, beat: &Beat, sent: Instant, accounted: bool) -> bool {
        if sent < self.moved {
            return false;
        }
        let now = Seen {
            epoch: beat.epoch,
            end: beat.end,
            skipped: beat.skipped,
            processed: beat.processed,
        };
        let same = |first: &Seen| {
            (first.epoch, first.end, first.skipped) == (now.epoch, now.end, now.skipped)
        };
        let first = *self.first.insert(self.first.filter(same).unwrap_or(now));
        let needed = if accounted { SETTLED } else { LONG_SETTLED };
        beat.processed.saturating_sub(first.processed) >= needed
    }
}

/// Milliseconds for which a BMC must have had nothing to say: longer than it repeats a packet.
const SETTLED: u64 = 10_000;

/// The same where its counts say that there is more to come: it does not count what it drops.
const LONG_SETTLED: u64 = 60_000;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::wire::console_log::{BeatStatus, Piece};

    const S: Duration = Duration::from_secs(1);

    fn beat(processed: u64, end: u64, skipped: u32) -> Beat {
        Beat {
            sequence: 1,
            status: BeatStatus::AtOnce,
            received: processed,
            processed,
            epoch: 7,
            start: 0,
            end,
            sol_start: Some(0),
            skipped,
            piece: Piece::default(),
        }
    }

    #[test]
    fn two_heartbeats_that_agree_settle_it_if_the_bmc_saw_them_far_enough_apart() {
        let now = Instant::now();
        let mut quiet = Quiet::new(now);
        assert!(!quiet.is_settled(&beat(1000, 50, 3), now + S, true));
        // Both waited in the BMC's queue: they tell of the same moment.
        assert!(!quiet.is_settled(&beat(1001, 50, 3), now + 15 * S, true));
        assert!(!quiet.is_settled(&beat(11_000, 50, 3), now + 15 * S, false));
        assert!(quiet.is_settled(&beat(11_000, 50, 3), now + 15 * S, true));
        assert!(quiet.is_settled(&beat(61_000, 50, 3), now + 65 * S, false));
    }

    #[test]
    fn whatever_moves_begins_the_wait_anew() {
        let now = Instant::now();
        for (end, skipped, moves) in [(51, 3, false), (50, 4, false), (50, 3, true)] {
            let mut quiet = Quiet::new(now);
            quiet.is_settled(&beat(1000, 50, 3), now + S, true);
            if moves {
                quiet.moved(now + 14 * S);
            }
            assert!(!quiet.is_settled(&beat(16_000, end, skipped), now + 15 * S, true));
            assert!(quiet.is_settled(&beat(31_000, end, skipped), now + 30 * S, true));
        }
        let mut quiet = Quiet::new(now);
        quiet.moved(now + 2 * S);
        assert!(
            !quiet.is_settled(&beat(0, 1, 0), now + S, true),
            "sent before"
        );
        assert!(!quiet.is_settled(&beat(20_000, 1, 0), now + 20 * S, true));
    }
}
