//! Reading a range of a BMC's console log: several requests in flight, what comes back checked, put in order, and
//! trimmed to what was wanted.
//!
//! Drain [`LogReader::poll_request`] and send what it gives; hand every answer, or that there was none, to
//! [`LogReader::handle_answer`]; drain [`LogReader::poll_event`]. It needs no clock: how long an answer is waited for,
//! and how often a request is repeated on the way, is its user's business.
//!
//! The first request asks for more than any packet holds; how much comes back tells how much later ones can ask for.
//! One request is in flight at first, one more after each that was answered in full and in time, and one alone again
//! after one was lost.
//!
//! Where lines are to be dated ([`LogReader::with_dates`]), [`dates`] asks when each of them began.
//!
//! Every byte of the range comes out once and in order, or lies in a reported gap: nothing is invented, and a BMC that
//! contradicts itself is asked again a few times and then given up. So every reader ends, after a number of answers
//! that is bounded by the length of its range.

mod dates;

use std::collections::VecDeque;

use super::line_starts::LineStarts;
use crate::wire::console_log::{Log, Piece, Read};
use dates::Dates;

/// What is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// SOL payload instance, 1 to 15.
    pub instance: u8,
    /// The epoch that the offsets belong to.
    pub epoch: u64,
    /// Offset of the first byte.
    pub from: u64,
    /// Offset after the last byte; not after the end of the log, as far as that is known.
    pub to: u64,
    /// When the bytes came, by the BMC's clock in milliseconds: not before the first, before the second.
    pub window: (u64, u64),
}

/// Names a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket(u64);

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// An answer with completion code 00h.
    Answer(Log),
    /// The asked epoch is gone; the present one.
    EpochGone(u64),
    /// No answer came, or one that cannot be understood.
    Lost,
}

/// What came of reading, in the order of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Bytes. Where lines are dated, each begins in a piece whose first byte came when it did.
    Data(Piece),
    /// Bytes that were overwritten before they could be read: offset of the first, and after the last.
    Gap {
        /// Offset of the first byte that is lost.
        from: u64,
        /// Offset after the last byte that is lost.
        to: u64,
    },
    /// Bytes that came outside the window, contrary to what the range promised. They are left out.
    Outside {
        /// How many.
        bytes: u64,
    },
    /// The reader has ended.
    Ended(Ending),
}

/// How a reader ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The whole range is told.
    Complete,
    /// The log was cleared, or lost: what is not told yet is gone. The present epoch.
    EpochGone(u64),
    /// Nothing was answered, several times in a row.
    Silent,
    /// The BMC contradicted itself several times in a row; the last contradiction.
    Contradiction(Contradiction),
}

/// What is wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Contradiction {
    /// Of another epoch than was asked, under completion code 00h.
    #[error("the answer is of another epoch")]
    Epoch,
    /// The log begins after its end, or reaches less far than it did.
    #[error("the log's start and end contradict each other or an earlier answer")]
    Extent,
    /// The bytes begin before the asked offset, or after it although those between are kept.
    #[error("the bytes are not those that were asked for")]
    Offset,
    /// The first byte came after the last.
    #[error("the times of the bytes go back")]
    Times,
    /// No bytes, although there are some.
    #[error("there are no bytes where the log has some")]
    Empty,
}

/// Reads one range.
#[derive(Debug)]
pub struct LogReader {
    range: Range,
    /// Offset of the first byte that is not told yet.
    next: u64,
    /// Pieces of the range from `next` on, in order and without holes, up to what has been asked for.
    parts: VecDeque<Part>,
    events: VecDeque<Event>,
    /// Bytes that one answer carries, once that is known.
    chunk: Option<u16>,
    window: usize,
    last_ticket: u64,
    /// Newest end of the log that was told.
    end: u64,
    /// Failures since the last good answer.
    failures: u32,
    /// The last ticket that was given out when one failed.
    failed_up_to: Ticket,
    strays: u64,
    ended: bool,
    /// Where lines begin in what is told, if they are to be dated.
    dated: Option<LineStarts>,
}

/// A part of the range.
#[derive(Debug)]
struct Part {
    from: u64,
    to: u64,
    state: State,
}

#[derive(Debug)]
enum State {
    /// To be asked for, again.
    Wanted,
    Asked(Ticket),
    Here(Event),
    /// Here, in the first part; when its lines came is asked for.
    Dating(Dates),
}

/// Getters.
impl LogReader {
    /// Offset of the first byte that is neither told nor reported as lost: all before it are.
    pub fn position(&self) -> u64 {
        self.next
    }

    /// The end of the log, as far as any answer told it. It may have moved beyond the range.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// Answers that belong to no request in flight: duplicates, and late ones of requests that counted as lost.
    pub fn strays(&self) -> u64 {
        self.strays
    }

    /// Whether all is over; events may still wait.
    pub fn is_ended(&self) -> bool {
        self.ended
    }

    fn in_flight(&self) -> usize {
        let of = |part: &Part| match &part.state {
            State::Asked(_) => 1,
            State::Dating(dates) => dates.in_flight(),
            _ => 0,
        };
        self.parts.iter().map(of).sum()
    }
}

/// Events.
impl LogReader {
    /// Takes in what became of a request.
    pub fn handle_answer(&mut self, ticket: Ticket, outcome: Outcome) {
        let asked = |part: &Part| match &part.state {
            State::Asked(asked) => *asked == ticket,
            State::Dating(dates) => dates.has_asked(ticket),
            _ => false,
        };
        let at = self.parts.iter().position(asked).filter(|_| !self.ended);
        let Some(at) = at else {
            self.strays += 1;
            return;
        };
        match outcome {
            Outcome::Answer(log) => match self.take_in(at, ticket, log) {
                Ok(()) => self.failures = 0,
                Err(why) => self.fail(ticket, Ending::Contradiction(why)),
            },
            Outcome::EpochGone(present) if present == self.range.epoch => {
                self.fail(ticket, Ending::Contradiction(Contradiction::Epoch));
            }
            Outcome::EpochGone(present) => self.finish(Ending::EpochGone(present)),
            Outcome::Lost => self.fail(ticket, Ending::Silent),
        }
        self.tell();
    }

    fn take_in(&mut self, at: usize, ticket: Ticket, log: Log) -> Result<(), Contradiction> {
        if log.epoch != self.range.epoch {
            return Err(Contradiction::Epoch);
        }
        match self.parts.get_mut(at).map(|part| &mut part.state) {
            Some(State::Dating(dates)) => {
                dates.answer(ticket, &log.piece);
                self.window = (self.window + 1).min(MOST_IN_FLIGHT);
                Ok(())
            }
            _ => self.judge(at, log),
        }
    }

    /// Puts what an answer says in the place of the part it was asked for.
    fn judge(&mut self, at: usize, log: Log) -> Result<(), Contradiction> {
        let Log {
            start,
            end,
            mut piece,
            ..
        } = log;
        let Some(&Part { from, to, .. }) = self.parts.get(at) else {
            return Ok(());
        };
        let length = u64::try_from(piece.data.len()).unwrap_or(u64::MAX);
        let stop = piece.offset.checked_add(length);
        // Answers may overtake each other, so that an older extent is none of these; the range's end is promised.
        if start > end || end < to {
            return Err(Contradiction::Extent);
        }
        let first_kept = from.max(start);
        if first_kept >= to {
            // All of it was overwritten, whatever comes in its place; and so was what is still to be asked for.
            self.end = self.end.max(end);
            self.fill(at, to, State::Here(Event::Gap { from, to }));
            self.skip_to(start);
            return Ok(());
        }
        if length == 0 {
            return Err(Contradiction::Empty);
        }
        if piece.offset != first_kept || stop.is_none_or(|stop| stop > end) {
            return Err(Contradiction::Offset);
        }
        if piece.first > piece.last {
            return Err(Contradiction::Times);
        }
        self.end = self.end.max(end);
        if first_kept > from {
            let gap = Event::Gap {
                from,
                to: first_kept,
            };
            self.fill(at, first_kept, State::Here(gap));
            return self.judge_rest(at + 1, piece);
        }
        let whole = length >= to - from;
        if !whole {
            // As much as fits, unless the log was only just reached: the later ones ask for no more.
            self.chunk = Some(u16::try_from(length).unwrap_or(u16::MAX));
        }
        piece
            .data
            .truncate(usize::try_from(to - from).unwrap_or(usize::MAX));
        self.window = (self.window + 1).min(MOST_IN_FLIGHT);
        let (since, until) = self.range.window;
        let stop = from + length.min(to - from);
        let here = if piece.last < since || piece.first >= until {
            Event::Outside { bytes: stop - from }
        } else {
            Event::Data(piece)
        };
        self.fill(at, stop, State::Here(here));
        Ok(())
    }

    /// The log begins at `start`: what lies before it need not be asked for.
    fn skip_to(&mut self, start: u64) {
        for part in &mut self.parts {
            let Part { from, to, .. } = *part;
            if matches!(part.state, State::Wanted) && to <= start {
                part.state = State::Here(Event::Gap { from, to });
            }
        }
        let from = self.parts.back().map_or(self.next, |part| part.to);
        let to = start.min(self.range.to);
        if from < to {
            let state = State::Here(Event::Gap { from, to });
            self.parts.push_back(Part { from, to, state });
        }
    }

    /// The bytes after a gap: those of an answer that is known to be sound.
    fn judge_rest(&mut self, at: usize, piece: Piece) -> Result<(), Contradiction> {
        let log = Log {
            epoch: self.range.epoch,
            start: piece.offset,
            end: self.end,
            piece,
        };
        self.judge(at, log)
    }

    /// The part at `at` up to `stop` is in this state; the rest of it, if there is one, is wanted.
    fn fill(&mut self, at: usize, stop: u64, state: State) {
        let Some(part) = self.parts.get_mut(at) else {
            return;
        };
        let to = part.to;
        (part.to, part.state) = (stop, state);
        if stop < to {
            let rest = Part {
                from: stop,
                to,
                state: State::Wanted,
            };
            self.parts.insert(at + 1, rest);
        }
    }

    fn fail(&mut self, ticket: Ticket, ending: Ending) {
        self.window = 1;
        // What was in flight together fails together: that is one failure.
        if ticket > self.failed_up_to {
            self.failed_up_to = Ticket(self.last_ticket);
            self.failures += 1;
        }
        if self.failures >= MOST_FAILURES {
            self.finish(ending);
        } else {
            self.ask_again(Some(ticket));
        }
    }

    /// This request, or all where none is named, has to be made again.
    fn ask_again(&mut self, ticket: Option<Ticket>) {
        for part in &mut self.parts {
            match &mut part.state {
                State::Asked(asked) if ticket.is_none_or(|ticket| ticket == *asked) => {
                    part.state = State::Wanted;
                }
                State::Dating(dates) => dates.ask_again(ticket),
                _ => {}
            }
        }
    }

    /// Tells what is known without a hole before it.
    fn tell(&mut self) {
        while let Some(Part { to, state, .. }) = self.parts.pop_front() {
            match self.date(state) {
                Ok(events) => {
                    self.next = to;
                    events.into_iter().for_each(|event| self.push(event));
                }
                Err(state) => {
                    let from = self.next;
                    self.parts.push_front(Part { from, to, state });
                    break;
                }
            }
        }
        if self.next >= self.range.to {
            self.finish(Ending::Complete);
        }
    }

    /// What the first part comes to, if that is known; else its state.
    fn date(&mut self, state: State) -> Result<Vec<Event>, State> {
        let dates = match (state, &mut self.dated) {
            (State::Here(Event::Data(piece)), Some(starts)) => Dates::of(piece, starts),
            (State::Dating(dates), _) => dates,
            (State::Here(event), _) => return Ok(vec![event]),
            (state, _) => return Err(state),
        };
        if self.ended || dates.is_done() {
            Ok(dates.into_pieces().into_iter().map(Event::Data).collect())
        } else {
            Err(State::Dating(dates))
        }
    }

    /// Neighbouring gaps are one.
    fn push(&mut self, event: Event) {
        match (self.events.back_mut(), event) {
            (Some(Event::Gap { to, .. }), Event::Gap { from, to: further }) if *to == from => {
                *to = further;
            }
            (_, event) => self.events.push_back(event),
        }
    }

    fn finish(&mut self, ending: Ending) {
        if !self.ended {
            self.ended = true;
            // What only its dates were asked for is told with those that are known.
            self.tell();
            // What came out of order is not told: whoever reads on begins at `position`.
            self.parts.clear();
            self.events.push_back(Event::Ended(ending));
        }
    }
}

/// Output.
impl LogReader {
    /// The next request to send.
    pub fn poll_request(&mut self) -> Option<(Ticket, Read)> {
        if self.ended || self.in_flight() >= self.window {
            return None;
        }
        if let Some(request) = self.ask_for_date() {
            return Some(request);
        }
        let want = self.chunk.unwrap_or(FIRST_WANT);
        let wanted = |part: &Part| matches!(part.state, State::Wanted);
        let at = match self.parts.iter().position(wanted) {
            Some(at) => at,
            None => {
                let from = self.parts.back().map_or(self.next, |part| part.to);
                // Until it is known how much an answer carries, nothing is asked for that stands behind one.
                let unknown = self.chunk.is_none() && !self.parts.is_empty();
                if from >= self.range.to || unknown || self.parts.len() >= MOST_AHEAD {
                    return None;
                }
                let to = from.saturating_add(want.into()).min(self.range.to);
                self.parts.push_back(Part {
                    from,
                    to,
                    state: State::Wanted,
                });
                self.parts.len() - 1
            }
        };
        self.last_ticket += 1;
        let ticket = Ticket(self.last_ticket);
        let part = self.parts.get_mut(at)?;
        part.state = State::Asked(ticket);
        let (offset, length) = (part.from, part.to - part.from);
        Some((ticket, self.request(offset, length)))
    }

    /// The first part's dates go before what comes behind it.
    fn ask_for_date(&mut self) -> Option<(Ticket, Read)> {
        let ticket = Ticket(self.last_ticket + 1);
        let State::Dating(dates) = &mut self.parts.front_mut()?.state else {
            return None;
        };
        let offset = dates.ask(ticket)?;
        self.last_ticket = ticket.0;
        Some((ticket, self.request(offset, 1)))
    }

    fn request(&self, offset: u64, length: u64) -> Read {
        Read {
            instance: self.range.instance,
            epoch: self.range.epoch,
            offset,
            want: u16::try_from(length).unwrap_or(u16::MAX),
        }
    }

    /// What came of it, in order.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }
}

/// Mutators.
impl LogReader {
    /// A reader of `range`.
    pub fn new(range: Range) -> Self {
        let mut reader = Self {
            range,
            next: range.from,
            parts: VecDeque::new(),
            events: VecDeque::new(),
            chunk: None,
            window: 1,
            last_ticket: 0,
            end: range.to,
            failures: 0,
            failed_up_to: Ticket(0),
            strays: 0,
            ended: false,
            dated: None,
        };
        reader.tell();
        reader
    }

    /// Begins with what an earlier reader learnt: how much one answer carries.
    pub fn like(mut self, earlier: &Self) -> Self {
        self.chunk = earlier.chunk;
        self
    }

    /// Finds out when each line came, if that is `wanted`: what is told is divided accordingly. A line begins with its
    /// first visible byte, and came when that did, to the millisecond; where the BMC does not tell that any more, evenly
    /// between what it told. It costs about one request for each line that came at a time of its own.
    pub fn with_dates(mut self, wanted: bool) -> Self {
        self.dated = wanted.then(LineStarts::default);
        self
    }

    /// Nothing that is in flight will be answered any more, as when the session was lost: it is asked for again. That
    /// counts as no failure.
    pub fn forget_requests(&mut self) {
        self.window = 1;
        self.ask_again(None);
    }
}

/// More than an RMCP+ packet that is sent in one piece holds: the BMC trims it to what fits.
const FIRST_WANT: u16 = 4096;

/// Most requests in flight. The ledger has room for other ones besides.
const MOST_IN_FLIGHT: usize = 8;

/// Parts that may wait for one before them.
const MOST_AHEAD: usize = 32;

/// Unanswered, or badly answered, requests in a row, after which reading ends.
const MOST_FAILURES: u32 = 4;
