//! How many requests may be in flight at once: as many as the BMC keeps up with.
//!
//! The measure is the round trip of a request that had the BMC for itself. While answers to requests behind others take
//! hardly longer, the window opens by one with each of them, so that it nearly doubles with every round trip. Where they
//! take twice as long, the BMC serves one after the other, and more in flight would only wait there. The first sign of a
//! BMC that cannot bear company closes the window for good: see [`super::Ahead`] for what those are.

use std::time::Duration;

/// The window of one session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    size: usize,
    most: usize,
    closed: bool,
    /// The latest round trip of a request without company.
    lone: Option<Duration>,
}

impl Default for Window {
    fn default() -> Self {
        Self {
            size: 1,
            most: MOST,
            closed: false,
            lone: None,
        }
    }
}

impl Window {
    /// It opens no further than to `most`.
    pub fn limit(&mut self, most: usize) {
        self.most = most;
    }

    /// Whether one more may be sent while `flying` are in flight.
    pub fn has_room(&self, flying: usize) -> bool {
        !self.closed && flying < self.size
    }

    /// Whether it is closed: to one, for the rest of the session.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// How long an answer may keep one waiting after another was answered, before it counts as lost: a BMC that serves
    /// one request at a time needs about one round trip for the next.
    pub fn grace(&self) -> Duration {
        self.lone
            .map_or(LONGEST_GRACE, |lone| (lone * 2).max(LEAST_GRACE))
    }

    /// How long a request that nobody waits for may be silent; `longest` where no round trip is known.
    pub fn silence(&self, longest: Duration) -> Duration {
        self.lone
            .map_or(longest, |lone| (lone * 4).max(LEAST_SILENCE).min(longest))
    }

    /// How much longer an answer may take behind so many others, where the BMC serves one after the other.
    pub fn queue(&self, others: usize) -> Duration {
        let others = u32::try_from(others).unwrap_or(u32::MAX);
        self.lone.unwrap_or_default().saturating_mul(others)
    }

    /// Takes a round trip from before, if none is known yet.
    pub fn seed(&mut self, round_trip: Option<Duration>) {
        if self.lone.is_none() && round_trip.is_some() {
            self.lone = round_trip;
            self.size = START;
        }
    }

    /// Takes in how long an answer took, and whether its request was sent behind others in flight. Only that tells how
    /// the BMC bears company; a request with nothing before it is the measure.
    pub fn answered(&mut self, took: Duration, behind: bool) {
        let Some(lone) = self.lone.filter(|_| behind) else {
            self.lone = Some(took);
            self.size = self.size.max(START);
            return;
        };
        if took <= lone + lone / 2 + JITTER {
            self.size = (self.size + 1).min(self.most);
        } else if took > lone * 2 + JITTER * 2 {
            self.size = (self.size - 1).max(1);
        }
    }

    /// One at a time, from here on.
    pub fn close(&mut self) {
        self.closed = true;
    }
}

/// How many at first, once a round trip is known.
const START: usize = 2;

/// How many at most: with those given up it must fit into the ledger, and no BMC gains by more.
const MOST: usize = 16;

/// Differences of this size say nothing about the BMC.
const JITTER: Duration = Duration::from_millis(5);

/// Below this, a busy machine here would pass for a loss there.
const LEAST_GRACE: Duration = Duration::from_millis(30);
const LONGEST_GRACE: Duration = Duration::from_secs(1);
const LEAST_SILENCE: Duration = Duration::from_millis(100);

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn size(window: &Window) -> usize {
        (0..100).take_while(|n| window.has_room(*n)).count()
    }

    #[test]
    fn it_opens_no_further_than_it_may() {
        let mut window = Window::default();
        window.limit(4);
        window.seed(Some(100 * MS));
        for _ in 0..50 {
            window.answered(100 * MS, true);
        }
        assert_eq!(size(&window), 4);
    }

    #[test]
    fn it_nearly_doubles_with_every_round_trip_while_the_bmc_keeps_up_but_not_for_ever() {
        let mut window = Window::default();
        assert_eq!(size(&window), 1, "nothing is known yet");
        window.seed(Some(100 * MS));
        assert_eq!(size(&window), 2);
        for wanted in [3, 5, 9, 16, 16] {
            (0..size(&window)).for_each(|n| window.answered((100 + n as u32) * MS, n > 0));
            assert_eq!(size(&window), wanted);
        }
    }

    #[test]
    fn it_stays_small_where_every_request_waits_for_the_ones_before() {
        let mut window = Window::default();
        window.answered(50 * MS, false);
        for _ in 0..100 {
            let flying = size(&window) as u32;
            (1..=flying).for_each(|n| window.answered(50 * n * MS, n > 1));
            assert!(size(&window) <= 3, "{window:?}");
        }
    }

    #[test]
    fn closed_it_stays_closed() {
        let mut window = Window::default();
        window.seed(Some(MS));
        window.close();
        window.answered(MS, false);
        assert_eq!(size(&window), 0);
    }

    #[test]
    fn the_grace_stands_above_the_service_of_one_request() {
        let mut window = Window::default();
        assert_eq!(window.grace(), LONGEST_GRACE);
        window.answered(400 * MS, false);
        assert_eq!(
            (window.grace(), window.silence(1000 * MS)),
            (800 * MS, 1000 * MS)
        );
        window.answered(MS, false);
        assert_eq!(
            (window.grace(), window.silence(1000 * MS)),
            (30 * MS, 100 * MS)
        );
    }
}
