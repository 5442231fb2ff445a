//! Small pieces of work, done together: the first at once, those that follow closely after a moment's rest.
//!
//! Waking a thread costs more than writing a few hundred bytes. At a serial port's pace every piece is still written as
//! it comes; only a flood is gathered.

use std::thread;
use std::time::{Duration, Instant};

/// A thread's pace.
#[derive(Debug)]
pub struct Pace {
    apart: Duration,
    last: Option<Instant>,
}

impl Pace {
    /// At most one piece of work in so much time.
    pub fn new(apart: Duration) -> Self {
        Self { apart, last: None }
    }

    /// Rests until the next piece may be done, which it notes as done now: not at all where the last is longer ago.
    pub fn rest(&mut self) {
        if let Some(rest) = self.left(Instant::now()) {
            thread::sleep(rest);
        }
        self.last = Some(Instant::now());
    }

    fn left(&self, now: Instant) -> Option<Duration> {
        let next = self.last? + self.apart;
        next.checked_duration_since(now)
            .filter(|rest| !rest.is_zero())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_several_is_done_at_once_and_the_next_in_time() {
        let ms = Duration::from_millis;
        let mut pace = Pace::new(ms(10));
        let start = Instant::now();
        assert_eq!(pace.left(start), None);
        pace.last = Some(start);
        assert_eq!(pace.left(start + ms(3)), Some(ms(7)));
        assert_eq!(pace.left(start + ms(10)), None);
        assert_eq!(pace.left(start + ms(1000)), None);
    }
}
