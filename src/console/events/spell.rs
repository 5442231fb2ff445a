//! Gaps that come packet after packet, as from a BMC that says of each one that it has dropped output: the first is told,
//! and the others together, once a minute at most, so that no disk is filled with them.

use std::time::{Duration, Instant};

use super::{Place, Report};

/// Holds back the gaps after a first one.
#[derive(Debug, Default)]
pub struct Spell {
    /// Until when nothing is told.
    quiet_until: Option<Instant>,
    held: Option<Held>,
}

#[derive(Debug)]
struct Held {
    times: u64,
    from: u64,
    to: u64,
}

impl Spell {
    /// Whether a gap between these times (milliseconds since 1970) is to be told; otherwise it is counted.
    pub fn admit(&mut self, now: Instant, from: u64, to: u64) -> bool {
        if let Some(held) = &mut self.held {
            held.times = held.times.saturating_add(1);
            (held.from, held.to) = (held.from.min(from), held.to.max(to));
            return false;
        }
        if self.quiet_until.is_some_and(|until| now < until) {
            self.held = Some(Held { times: 1, from, to });
            return false;
        }
        self.quiet_until = Some(now + APART);
        true
    }

    /// Those that were held back, as one, once a minute is over.
    pub fn due(&mut self, now: Instant) -> Option<Report> {
        self.poll_timeout().filter(|due| *due <= now)?;
        self.quiet_until = Some(now + APART);
        self.rest()
    }

    /// Those that were held back, as one, before something else is told that follows them.
    pub fn rest(&mut self) -> Option<Report> {
        let Held { times, from, to } = self.held.take()?;
        Some(Report::Gaps {
            times,
            from,
            to,
            at: Place::Console,
        })
    }

    /// When [`due`](Self::due) has something next.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.quiet_until.filter(|_| self.held.is_some())
    }
}

/// The least time between two lines.
const APART: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_of_gaps_is_a_line_a_minute_and_none_is_uncounted() {
        let start = Instant::now();
        let mut spell = Spell::default();
        let (mut lines, mut counted) = (0u64, 0);
        for second in 0..3600 {
            let now = start + Duration::from_secs(second);
            for packet in 0..20 {
                let at = 1_000_000 + second * 1000 + packet;
                if spell.admit(now, at - 50, at) {
                    (lines, counted) = (lines + 1, counted + 1);
                }
            }
            if let Some(Report::Gaps {
                times, from, to, ..
            }) = spell.due(now)
            {
                assert!(from < to);
                (lines, counted) = (lines + 1, counted + times);
            }
        }
        if let Some(Report::Gaps { times, .. }) = spell.rest() {
            (lines, counted) = (lines + 1, counted + times);
        }
        assert_eq!(counted, 3600 * 20);
        assert!(lines <= 62, "{lines}");
    }

    #[test]
    fn a_gap_now_and_then_is_told_at_once_and_wakes_nobody() {
        let mut now = Instant::now();
        let mut spell = Spell::default();
        for _ in 0..3 {
            assert!(spell.admit(now, 1, 2));
            assert_eq!(spell.poll_timeout(), None);
            now += APART;
        }
        assert_eq!(spell.rest(), None);
    }
}
