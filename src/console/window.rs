//! `since` and `until`: which output counts.
//!
//! At first the window's times are by our clock. Once a BMC with a console log has told where they lie in it
//! ([`Window::enter`]), output that has a place there is cut at those places, to the byte; other output by the BMC's
//! clock, as far as that is known from ours.

use std::time::{Duration, Instant};

use super::clock;
use super::log::{Chunk, Position};

/// Which output counts.
#[derive(Clone, Copy, Debug, Default)]
pub struct Window {
    since: Option<u64>,
    until: Option<u64>,
    /// What the BMC's clock shows more than ours, in milliseconds.
    ahead: i64,
    from: Option<Position>,
    to: Option<Position>,
    /// Its end had passed when all began: what is stored is wanted, however long that takes.
    past: bool,
    /// All of it has come.
    complete: bool,
}

/// Where a window lies in a BMC's console log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    /// Its beginning by the BMC's clock, in milliseconds since 1970.
    pub since: Option<u64>,
    /// Its end.
    pub until: Option<u64>,
    /// What the BMC's clock shows more than ours, in milliseconds.
    pub ahead: i64,
    /// Where its first byte stands, if it has begun.
    pub from: Option<Position>,
    /// Where the first byte after it stands, if it has ended.
    pub to: Option<Position>,
}

impl Window {
    /// A window between two times by our clock, which says `now`; all in milliseconds since 1970.
    pub fn new(since: Option<u64>, until: Option<u64>, now: u64) -> Self {
        Self {
            since,
            until,
            past: until.is_some_and(|until| until <= now),
            ..Self::default()
        }
    }

    // getters

    /// Whether all of it has come. `caught_up`: whatever was stored when its end had come has been read.
    pub fn is_over(&self, caught_up: bool) -> bool {
        self.complete || caught_up && self.has_passed(clock::wall_clock())
    }

    /// Whether its end has come, which was still to come when all began: without a session nothing more can.
    pub fn is_over_without_session(&self) -> bool {
        self.complete || !self.past && self.has_passed(clock::wall_clock())
    }

    /// When its end comes; nothing where it has.
    pub fn ends(&self, now: Instant) -> Option<Instant> {
        let left = self
            .until?
            .checked_sub(self.theirs(clock::wall_clock()))
            .filter(|left| *left > 0)?;
        now.checked_add(Duration::from_millis(left))
    }

    /// Where it begins in the BMC's log, if it does there.
    pub fn from(&self) -> Option<Position> {
        self.from
    }

    // mutators

    /// Learns where it lies in the BMC's log.
    pub fn enter(&mut self, bounds: Bounds) {
        (self.since, self.until) = (bounds.since, bounds.until);
        (self.ahead, self.from, self.to) = (bounds.ahead, bounds.from, bounds.to);
        if let (Some(from), Some(to)) = (self.from, self.to) {
            self.reach(from, to);
        }
    }

    /// What of a chunk counts; `dated`: its time is the BMC's.
    pub fn trim(&mut self, mut chunk: Chunk, dated: bool) -> Option<Chunk> {
        if let (Some(at), Some(to)) = (chunk.position, self.to)
            && at.epoch == to.epoch
        {
            let room = to.offset.saturating_sub(at.offset);
            chunk
                .bytes
                .truncate(usize::try_from(room).unwrap_or(usize::MAX));
            self.reach(at.plus(chunk.bytes.len()), to);
            return (!chunk.bytes.is_empty()).then_some(chunk);
        }
        let at = if dated {
            chunk.at
        } else {
            self.theirs(chunk.at)
        };
        // Once it has begun, a clock that is set back does not end it.
        let begun = self.from.is_some() || self.since.is_none_or(|since| at >= since);
        (begun && self.until.is_none_or(|until| at < until)).then_some(chunk)
    }

    fn reach(&mut self, reached: Position, to: Position) {
        self.complete |= reached.epoch == to.epoch && reached.offset >= to.offset;
    }

    fn has_passed(&self, now: u64) -> bool {
        self.until.is_some_and(|until| until <= self.theirs(now))
    }

    /// The BMC's clock when ours shows `ours`.
    fn theirs(&self, ours: u64) -> u64 {
        ours.saturating_add_signed(self.ahead)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(text: &str, at: u64, offset: Option<u64>) -> Chunk {
        Chunk {
            bytes: text.as_bytes().to_vec(),
            at,
            position: offset.map(|offset| Position { epoch: 7, offset }),
        }
    }

    fn kept(window: &mut Window, chunk: Chunk, dated: bool) -> String {
        window
            .trim(chunk, dated)
            .map_or_else(String::new, |chunk| String::from_utf8(chunk.bytes).unwrap())
    }

    #[test]
    fn output_without_a_place_is_cut_by_its_time() {
        let mut window = Window::new(Some(100), Some(200), 50);
        assert_eq!(kept(&mut window, chunk("a", 99, None), false), "");
        assert_eq!(kept(&mut window, chunk("b", 100, None), false), "b");
        assert_eq!(kept(&mut window, chunk("c", 200, Some(5)), false), "");
    }

    #[test]
    fn our_times_are_compared_by_the_bmcs_clock() {
        let mut window = Window::new(Some(100), None, 50);
        window.enter(Bounds {
            since: Some(1100),
            ahead: 1000,
            ..Bounds::default()
        });
        assert_eq!(kept(&mut window, chunk("a", 99, None), false), "");
        assert_eq!(kept(&mut window, chunk("b", 100, None), false), "b");
        assert_eq!(kept(&mut window, chunk("c", 1099, None), true), "");
        assert_eq!(kept(&mut window, chunk("d", 1100, None), true), "d");
    }

    #[test]
    fn output_with_a_place_is_cut_to_the_byte_and_ends_the_window() {
        let now = clock::wall_clock();
        let mut window = Window::new(Some(1), Some(2), now);
        assert!(!window.is_over(false) && !window.is_over_without_session());
        let place = |offset| Some(Position { epoch: 7, offset });
        window.enter(Bounds {
            since: Some(1),
            until: Some(2),
            ahead: 0,
            from: place(10),
            to: place(14),
        });
        assert!(!window.is_over(false) && window.ends(Instant::now()).is_none());
        assert_eq!(kept(&mut window, chunk("abc", 9, Some(10)), true), "abc");
        assert!(!window.is_over(false) && !window.is_over_without_session());
        assert_eq!(kept(&mut window, chunk("def", 9, Some(13)), true), "d");
        assert!(window.is_over(false) && window.is_over_without_session());
        assert_eq!(kept(&mut window, chunk("ghi", 9, Some(16)), true), "");
    }

    #[test]
    fn a_window_without_output_is_over_at_once() {
        let mut window = Window::new(Some(1), Some(2), 5);
        let place = Some(Position {
            epoch: 7,
            offset: 3,
        });
        window.enter(Bounds {
            from: place,
            to: place,
            ..Bounds::default()
        });
        assert!(window.is_over(false));
    }

    #[test]
    fn an_end_to_come_ends_it_with_or_without_a_session() {
        let now = clock::wall_clock();
        let window = Window::new(None, Some(now + 3_600_000), now);
        assert!(window.ends(Instant::now()).is_some());
        assert!(!window.is_over(true) && !window.is_over_without_session());
        let window = Window::new(None, Some(now), now - 1);
        assert!(window.is_over(true) && window.is_over_without_session() && !window.is_over(false));
    }
}
