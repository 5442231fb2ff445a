//! How many answers the BMC may have sent that have not come yet.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// What was sent that the BMC is to answer, oldest first.
#[derive(Debug, Default)]
pub(super) struct Owed {
    sent: VecDeque<Instant>,
    /// Sent since the clock was looked at last.
    fresh: usize,
}

impl Owed {
    /// So many packets have been sent that want an answer each.
    pub(super) fn ask(&mut self, packets: usize) {
        self.fresh = self.fresh.saturating_add(packets).min(MOST);
    }

    /// An answer has come.
    pub(super) fn answered(&mut self) {
        self.sent.pop_front();
    }

    /// It is `now`: how many answers may be on their way.
    pub(super) fn count(&mut self, now: Instant) -> u32 {
        let fresh = std::mem::take(&mut self.fresh);
        self.sent.extend(std::iter::repeat_n(now, fresh));
        let excess = self.sent.len().saturating_sub(MOST);
        self.sent.drain(..excess);
        while self.sent.front().is_some_and(|sent| now >= *sent + HELD_UP) {
            self.sent.pop_front();
        }
        u32::try_from(self.sent.len()).unwrap_or(u32::MAX)
    }
}

/// How long a question or its answer may be held up on its way.
const HELD_UP: Duration = Duration::from_secs(120);

/// Questions that are remembered.
const MOST: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_owed_for_each_question_until_it_comes_or_is_given_up() {
        let (mut owed, now) = (Owed::default(), Instant::now());
        owed.ask(3);
        assert_eq!(owed.count(now), 3);
        owed.answered();
        owed.ask(1);
        assert_eq!(owed.count(now + HELD_UP / 2), 3);
        assert_eq!(owed.count(now + HELD_UP), 1);
        owed.ask(10_000);
        assert_eq!(owed.count(now + HELD_UP), MOST as u32);
    }
}
