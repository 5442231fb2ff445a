//! How many requests may be in flight at once: as many as the BMC keeps up with.
//!
//! The measure is the round trip of a request that had the BMC for itself. While answers to requests behind others take
//! hardly longer, the window opens by one with each of them, so that it nearly doubles with every round trip. Where they
//! take twice as long, the BMC serves one after the other, and more in flight would only wait there.
//!
//! A request that was lost or came late is a setback. A BMC that has answered several behind others since the last one
//! is one that bears company: the network or this machine did it, and the window halves. Otherwise it closes to one, and
//! opens again after some requests that were answered alone, more with every time. Where all that is known is that a
//! request sent behind another was lost, the BMC may be deaf while it serves: then only the late answer to such a
//! request opens it again, which shows that the BMC had heard it. A BMC that says it is busy is believed for good.

use std::time::{Duration, Instant};

/// The window of one session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    size: usize,
    most: usize,
    state: State,
    /// The latest round trip of a request without company.
    lone: Option<Duration>,
    /// Whether the BMC is known to have heard a request while another was in flight.
    bears: bool,
    /// Answers to requests behind others since the last setback.
    borne: usize,
    /// Lone answers that the next closure is to last for.
    rest: usize,
    /// The last setback: what was sent before belongs to it.
    last_setback: Option<Instant>,
    /// Whether nothing has been answered since: then it may be a black-out.
    silent: bool,
}

/// Whether requests may be sent behind others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// Not before so many more have been answered alone.
    Resting(usize),
    /// Not unless the BMC turns out to have heard what seemed lost.
    Doubted,
    /// Never again.
    Refused,
}

impl Default for Window {
    fn default() -> Self {
        Self {
            size: 1,
            most: MOST,
            state: State::Open,
            lone: None,
            bears: false,
            borne: 0,
            rest: FIRST_REST,
            last_setback: None,
            silent: false,
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
        !self.is_closed() && !self.silent && flying < self.size
    }

    /// Whether it is closed to one, for now at least.
    pub fn is_closed(&self) -> bool {
        self.state != State::Open
    }

    /// Whether it is closed for the rest of the session.
    pub fn is_refused(&self) -> bool {
        self.state == State::Refused
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
        self.silent = false;
        let Some(lone) = self.lone.filter(|_| behind) else {
            self.lone = Some(took);
            self.size = self.size.max(START);
            self.rested();
            return;
        };
        if took <= lone + lone / 2 + JITTER {
            self.size = (self.size + 1).min(self.most);
        } else if took > lone * 2 + JITTER * 2 {
            self.size = (self.size - 1).max(1);
        }
    }

    /// A request behind others was answered, and they were too; even where it had counted as lost.
    pub fn bore_company(&mut self) {
        self.silent = false;
        self.bears = true;
        self.borne += 1;
        if self.state == State::Doubted {
            self.state = State::Resting(self.rest);
        }
    }

    /// A request that was sent at that time, perhaps behind others, is lost or late. Several of one time are one setback.
    pub fn set_back(&mut self, now: Instant, sent: Instant, behind: bool) {
        if let State::Resting(left) = &mut self.state {
            *left = (*left).max(FIRST_REST);
        }
        if self.is_closed() || self.last_setback.is_some_and(|last| sent <= last) {
            return;
        }
        self.last_setback = Some(now);
        self.silent = true;
        if self.borne >= ENOUGH {
            self.size = (self.size / 2).max(1);
            self.rest = FIRST_REST;
        } else {
            self.size = 1;
            if behind && !self.bears {
                self.state = State::Doubted;
            } else {
                self.state = State::Resting(self.rest);
                self.rest = self.rest.saturating_mul(LONGER_REST);
            }
        }
        self.borne = 0;
    }

    /// The BMC does not want company: one at a time, from here on.
    pub fn refuse(&mut self) {
        self.state = State::Refused;
    }

    fn rested(&mut self) {
        if let State::Resting(left) = &mut self.state {
            *left = left.saturating_sub(1);
            if *left == 0 {
                self.state = State::Open;
                self.size = START;
            }
        }
    }
}

/// How many at first, once a round trip is known.
const START: usize = 2;

/// How many at most: with those given up it must fit into the ledger, and no BMC gains by more.
const MOST: usize = 16;

/// So many answers behind others are no accident: a BMC that is deaf while it serves gives none.
const ENOUGH: usize = 8;

/// How many are answered alone after the first setback, and how many times as many after each further one.
const FIRST_REST: usize = 4;
const LONGER_REST: usize = 4;

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
    fn where_the_bmc_refuses_company_it_stays_closed() {
        let mut window = Window::default();
        window.seed(Some(MS));
        window.refuse();
        (0..10_000).for_each(|_| window.answered(MS, false));
        window.bore_company();
        assert_eq!(size(&window), 0);
    }

    #[test]
    fn where_a_bmc_may_be_deaf_it_stays_closed_until_that_turns_out_to_be_wrong() {
        let mut window = Window::default();
        let start = Instant::now();
        window.seed(Some(MS));
        window.set_back(start + MS, start, true);
        (0..10_000).for_each(|_| window.answered(MS, false));
        assert_eq!(size(&window), 0);
        window.bore_company();
        assert_eq!(size(&window), 0);
        (0..FIRST_REST).for_each(|_| window.answered(MS, false));
        assert_eq!(size(&window), START);
    }

    #[test]
    fn a_setback_halves_it_where_company_was_borne_and_all_of_one_time_are_one() {
        let mut window = Window::default();
        let start = Instant::now();
        window.seed(Some(100 * MS));
        (0..50).for_each(|_| {
            window.answered(100 * MS, true);
            window.bore_company();
        });
        window.set_back(start + MS, start, true);
        window.set_back(start + 2 * MS, start + MS, false);
        assert_eq!(size(&window), 0, "nothing before a sign of life");
        window.answered(180 * MS, true);
        assert_eq!(size(&window), 8);
        window.answered(100 * MS, true);
        assert_eq!(size(&window), 9);
    }

    #[test]
    fn it_rests_longer_after_every_setback_that_follows_soon_and_forgets_that_when_company_is_borne()
     {
        let mut window = Window::default();
        let mut now = Instant::now();
        window.seed(Some(MS));
        let mut set_back = |window: &mut Window| {
            now += MS;
            window.set_back(now + MS, now, false);
            now += MS;
            (0..)
                .take_while(|_| {
                    let closed = window.is_closed();
                    window.answered(MS, false);
                    closed
                })
                .count()
        };
        let rests = [0; 3].map(|_| set_back(&mut window));
        assert_eq!(rests, [4, 16, 64]);
        (0..ENOUGH).for_each(|_| window.bore_company());
        let rests = [0; 3].map(|_| set_back(&mut window));
        assert_eq!(rests, [0, 4, 16]);
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
