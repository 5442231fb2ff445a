//! What the BMC's answers say: whether it has the extension, where the stream stands in its log, and what the log holds.

use std::time::{Duration, Instant};

use super::beats::Sent;
use super::{Asked, LogSync, State, Waiting};
use crate::proto::console::catch_up::CatchUp;
use crate::proto::link::{Answer, Done, Link};
use crate::proto::log_reader::{Outcome, Ticket};
use crate::wire::console_log::{Beat, EPOCH_GONE, Info, Log, present_epoch};

impl LogSync {
    pub(super) fn handle_info(&mut self, now: Instant, link: &mut Link, done: &Done, asked: Asked) {
        if done.answer.is_none() {
            self.state = State::Unheard(asked.unanswered + 1);
            if self.known {
                // It has the extension, and only cannot be heard.
                self.ask_info(now, link, 0);
            } else if asked.unanswered + 1 >= MOST_ASKED {
                self.state = State::Absent;
                self.stop_waiting(now);
            }
            return;
        }
        self.asked = None;
        let info = done
            .answer
            .as_ref()
            .and_then(|answer| Info::parse(self.body(answer)?).ok());
        let Some(info) = info.filter(|info| info.version >= 1) else {
            self.state = State::Absent;
            self.known = false;
            return self.stop_waiting(now);
        };
        // The BMC stamped its time somewhere between asking and now.
        self.ahead =
            i128::from(info.now) - (i128::from(asked.wall) + i128::from(self.wall(now))) / 2;
        self.state = State::Present;
        self.known = true;
        self.beat(now, link, self.patience);
    }

    pub(super) fn handle_beat(
        &mut self,
        now: Instant,
        link: &mut Link,
        sent: Sent,
        answer: &Answer,
        late: bool,
    ) {
        let beat = self.body(answer).and_then(|body| Beat::parse(body).ok());
        let fits = |beat: &Beat| beat.sequence == sent.sequence && self.fits(beat, &sent);
        let Some(beat) = beat.filter(fits) else {
            // A clock may have been set meanwhile: compare them again.
            log::debug!("a heartbeat's answer does not fit");
            self.beats.misfitted(sent.id);
            self.misfits = self.misfits.saturating_add(1);
            if self.misfits <= MOST_MISFITS || now >= self.compared + COMPARE_AGAIN {
                self.ask_info(now, link, 0);
            }
            return;
        };
        self.misfits = 0;
        for report in self.beats.answered(now, sent, &beat, late) {
            self.report(report);
        }
        // Whoever answers what was asked before, and has not been heard since, may not be reached any more.
        if self.unread.is_some_and(|since| sent.at >= since)
            && let Some(catch_up) = &mut self.catch_up
        {
            catch_up.answers_other_things();
        }
        self.place(now, &beat, &sent);
        self.collect(now);
        self.end_cycle();
    }

    /// Whether the BMC's two times can be true: both clocks may be a little off, and only so much.
    fn fits(&self, beat: &Beat, sent: &Sent) -> bool {
        let received = i128::from(beat.received) - self.ahead;
        beat.received <= beat.processed && received + CLOCK_TOLERANCE >= i128::from(sent.wall)
    }

    /// Finds the stream's place in the log, or what the BMC has dropped since.
    fn place(&mut self, now: Instant, beat: &Beat, sent: &Sent) {
        let Some(sol_start) = beat.sol_start else {
            // The payload is another's by now; what it has brought to us stands in the log all the same.
            let same = |catch_up: &&mut CatchUp| catch_up.position().0 == beat.epoch;
            if let Some(catch_up) = self.catch_up.as_mut().filter(same) {
                catch_up.log_ends_at(beat.end, sent.mark);
            }
            return;
        };
        let dropped = u64::from(beat.skipped);
        let accounted = sol_start
            .saturating_add(self.streamed)
            .saturating_add(dropped)
            >= beat.end;
        let settled = self.quiet.is_settled(beat, sent.at, accounted)
            && !self.paused
            && self.waiting_bytes == 0;
        let elsewhere = |catch_up: &CatchUp| catch_up.position().0 != beat.epoch;
        if self.catch_up.as_ref().is_some_and(elsewhere) {
            // The log was cleared; what the stream goes on with stands somewhere in the new one.
            self.collect(now);
            if let Some(mut old) = self.catch_up.take() {
                old.give_up();
                while let Some(step) = old.poll_step() {
                    self.tell(now, step, None, old.position().0);
                }
            }
            self.adrift = true;
        }
        if self.catch_up.is_none() && self.adrift {
            if settled {
                self.adrift = false;
                self.skipped = dropped;
                self.catch_up = Some(CatchUp::in_step(self.instance, beat.epoch, beat.end));
            }
            return;
        }
        if self.catch_up.is_none() {
            self.recent = None;
            self.find_place(now, beat, sol_start);
        }
        let Some(catch_up) = &mut self.catch_up else {
            return;
        };
        if dropped > self.skipped {
            self.skipped = dropped;
            catch_up.something_was_dropped();
        }
        catch_up.log_ends_at(beat.end, sent.mark);
        if settled && catch_up.settle(beat.end) {
            self.settled = true;
        }
    }

    /// The first heartbeat of an activation says where its stream began.
    fn find_place(&mut self, now: Instant, beat: &Beat, sol_start: u64) {
        let waiting = self.waiting.take().map(|(_, waiting)| waiting);
        self.waiting_bytes = 0;
        let waiting = waiting.unwrap_or_default();
        let waits: u64 = waiting.iter().map(|(bytes, _)| bytes.len() as u64).sum();
        let (instance, epoch) = (self.instance, beat.epoch);
        let mut catch_up = match self.have.take() {
            // What was shown already follows from the start without a hole.
            None => {
                let shown = self.streamed.saturating_sub(waits);
                CatchUp::in_step(instance, epoch, sol_start.saturating_add(shown))
            }
            Some((same, have)) if same == epoch => {
                CatchUp::behind(instance, epoch, have, sol_start)
            }
            Some(_) => {
                // Another log: how much the old one had to come, nobody knows; the new one is read from its start.
                self.gap(now, None, None);
                CatchUp::behind(instance, epoch, beat.start.min(sol_start), sol_start)
            }
        };
        for (bytes, join) in waiting {
            catch_up.stream_brings(bytes, join);
        }
        self.catch_up = Some(catch_up);
    }

    pub(super) fn handle_read(&mut self, now: Instant, ticket: Ticket, done: &Done) {
        let (outcome, refused) = self.outcome(done);
        if outcome != Outcome::Lost {
            self.unread = None;
        }
        self.refused = match outcome {
            Outcome::Answer(_) => 0,
            _ => self.refused + u32::from(refused),
        };
        if let Some(catch_up) = &mut self.catch_up {
            catch_up.handle_answer(ticket, outcome);
            if self.refused >= MOST_REFUSED {
                self.refused = 0;
                catch_up.give_up();
            }
        }
        self.collect(now);
    }

    /// What an answer to Read Console Log says, and whether it is one that makes no sense.
    pub(super) fn outcome(&self, done: &Done) -> (Outcome, bool) {
        let Some(answer) = &done.answer else {
            return (Outcome::Lost, false);
        };
        let body = answer.data.strip_prefix(&self.iana);
        let outcome = match (answer.code, body) {
            (0, Some(body)) => Log::parse(body).ok().map(Outcome::Answer),
            (EPOCH_GONE, Some(body)) => present_epoch(body).ok().map(Outcome::EpochGone),
            _ => None,
        };
        let refused = outcome.is_none();
        (outcome.unwrap_or(Outcome::Lost), refused)
    }

    /// The stream goes on without its place in the log being known.
    pub(super) fn stop_waiting(&mut self, now: Instant) {
        let Some((_, waiting)) = self.waiting.take() else {
            return;
        };
        self.have = None;
        self.waiting_bytes = 0;
        self.adrift = true;
        self.let_go(now, waiting);
    }

    /// Shows what waits, but for its beginning if that was delivered in the session before: some boards begin with the end
    /// of what they have printed.
    pub(super) fn let_go(&mut self, now: Instant, waiting: Waiting) {
        self.gap(now, None, None);
        let mut bytes = Vec::with_capacity(waiting.iter().map(|(bytes, _)| bytes.len()).sum());
        waiting
            .into_iter()
            .for_each(|(piece, _)| bytes.extend(piece));
        let again = self
            .recent
            .take()
            .map_or(0, |recent| recent.overlap(&bytes));
        bytes.drain(..again);
        self.show(now, bytes, None);
    }

    /// How long the stream waits for its place in the log: longer if it is certain that it has one.
    pub(super) fn longest_wait(&self) -> Duration {
        if self.known { LONGEST_HOLD } else { FIRST_HOLD }
    }

    /// What follows the enterprise number in a good answer.
    fn body<'a>(&self, answer: &'a Answer) -> Option<&'a [u8]> {
        if answer.code == 0 {
            answer.data.strip_prefix(&self.iana)
        } else {
            None
        }
    }
}

/// How long the stream waits for its place in the log: while nobody knows whether there is one, and afterwards.
const FIRST_HOLD: Duration = Duration::from_secs(10);
const LONGEST_HOLD: Duration = Duration::from_secs(120);

/// How often a BMC is asked in vain whether it has the extension.
const MOST_ASKED: u32 = 4;

/// How many heartbeats' answers in a row that do not fit are a reason to compare the clocks at once; after that, how
/// long the last comparison must be ago. A BMC whose times never fit would be asked without a pause else.
const MOST_MISFITS: u32 = 2;
const COMPARE_AGAIN: Duration = Duration::from_secs(60);

/// How many times in a row the log may be answered for with something that is no answer.
const MOST_REFUSED: u32 = 8;

/// By how many milliseconds two clocks may differ, after they were compared: half a slow round trip, and drift.
const CLOCK_TOLERANCE: i128 = 5_000;
