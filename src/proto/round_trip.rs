//! The round-trip estimate (RFC 6298): smoothed mean and deviation, from answers that can be told apart.

use std::time::Duration;

/// A running estimate; empty until the first sample.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RoundTrip {
    smoothed: Option<Duration>,
    deviation: Duration,
    last: Option<Duration>,
    longest: Duration,
}

impl RoundTrip {
    /// Takes in one measured round trip.
    pub fn sample(&mut self, sample: Duration) {
        self.last = Some(sample);
        self.longest = self.longest.max(sample);
        match self.smoothed {
            None => {
                self.smoothed = Some(sample);
                self.deviation = sample / 2;
            }
            Some(smoothed) => {
                self.deviation = (self.deviation * 3 + smoothed.abs_diff(sample)) / 4;
                self.smoothed = Some((smoothed * 7 + sample) / 8);
            }
        }
    }

    /// The smoothed round trip, if any was measured.
    pub fn smoothed(&self) -> Option<Duration> {
        self.smoothed
    }

    /// The round trip measured last.
    pub fn last(&self) -> Option<Duration> {
        self.last
    }

    /// The longest round trip ever measured, 0 if none was.
    pub fn longest(&self) -> Duration {
        self.longest
    }

    /// How long to wait for an answer before it is asked again: never less than `least`.
    pub fn timeout(&self, least: Duration) -> Duration {
        self.smoothed
            .map_or(least, |smoothed| least.max(smoothed + 4 * self.deviation))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn the_estimate_follows_the_samples_and_the_timeout_stands_above_them() {
        let mut estimate = RoundTrip::default();
        assert_eq!(estimate.timeout(500 * MS), 500 * MS);
        for _ in 0..100 {
            estimate.sample(800 * MS);
        }
        assert_eq!(estimate.smoothed(), Some(800 * MS));
        let timeout = estimate.timeout(500 * MS);
        assert!(timeout >= 800 * MS && timeout < 900 * MS, "{timeout:?}");
        estimate.sample(3000 * MS);
        assert!(estimate.timeout(500 * MS) > 2000 * MS);
        assert_eq!(
            (estimate.last(), estimate.longest()),
            (Some(3000 * MS), 3000 * MS)
        );
    }
}
