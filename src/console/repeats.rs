//! Notices that say the same again and again, such as a BMC's overruns while its host prints a lot: one is shown, and
//! how many more there were is said a few seconds later, so that the screen stays the console's.

use std::time::{Duration, Instant};

/// Holds notices back that were shown a moment ago.
#[derive(Debug, Default)]
pub struct Repeats(Vec<Recent>);

#[derive(Debug)]
struct Recent {
    text: String,
    shown: Instant,
    /// How many times it came since.
    more: u32,
}

impl Repeats {
    /// Whether a notice is to be shown now; otherwise it is counted.
    pub fn admit(&mut self, now: Instant, text: &str) -> bool {
        self.0
            .retain(|recent| recent.more > 0 || now < recent.shown + APART);
        if let Some(recent) = self.0.iter_mut().find(|recent| recent.text == text) {
            recent.more = recent.more.saturating_add(1);
            return false;
        }
        // Whoever says so many different things says nothing too often.
        if self.0.len() < RECENT {
            self.0.push(Recent {
                text: text.to_owned(),
                shown: now,
                more: 0,
            });
        }
        true
    }

    /// The lines that say how often what was held back has come, where it is time.
    pub fn due(&mut self, now: Instant) -> Vec<String> {
        let due = self
            .0
            .iter_mut()
            .filter(|recent| recent.more > 0 && now >= recent.shown + APART);
        due.map(|recent| {
            recent.shown = now;
            match std::mem::take(&mut recent.more) {
                1 => format!("once more: {}", recent.text),
                more => format!("{more} times more: {}", recent.text),
            }
        })
        .collect()
    }

    /// When [`due`](Self::due) has something next.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let waiting = self.0.iter().filter(|recent| recent.more > 0);
        waiting.map(|recent| recent.shown + APART).min()
    }
}

/// The least time between two equal notices.
const APART: Duration = Duration::from_secs(5);

/// How many different notices are remembered.
const RECENT: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_equal_notices_a_second_are_one_line_every_five_seconds_and_none_is_uncounted() {
        let start = Instant::now();
        let mut repeats = Repeats::default();
        let mut lines = Vec::new();
        for tick in 0..1000u32 {
            let now = start + tick * Duration::from_millis(10);
            lines.extend(repeats.due(now));
            if repeats.admit(now, "overrun") {
                lines.push("overrun".to_owned());
            }
        }
        let end = repeats.poll_timeout().unwrap();
        assert_eq!(end, start + 2 * APART);
        lines.extend(repeats.due(end));
        assert_eq!(
            lines,
            [
                "overrun",
                "499 times more: overrun",
                "500 times more: overrun"
            ]
        );
        assert_eq!(repeats.poll_timeout(), None);
    }

    #[test]
    fn other_notices_are_not_held_back_nor_the_same_one_later() {
        let start = Instant::now();
        let mut repeats = Repeats::default();
        assert!(repeats.admit(start, "a") && repeats.admit(start, "b"));
        assert!(repeats.admit(start + APART, "a"));
        for n in 0..100 {
            assert!(repeats.admit(start + APART, &n.to_string()));
        }
        assert!(repeats.0.len() <= RECENT);
    }
}
