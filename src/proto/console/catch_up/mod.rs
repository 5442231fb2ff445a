//! Where in the BMC's console log the SOL stream stands, and how what the stream has left out is fetched.
//!
//! Everything before `have` is delivered; `stream` is the place of the byte that SOL brings next. There are three
//! states:
//!
//! * **In step**: what the stream brings is delivered at once, but for what was delivered before (`stream` < `have`).
//! * **Behind**: the stream is further on, and how far is known (what was printed while there was no session). The log
//!   is read from `have` on while what the stream brings waits, in a bounded buffer of which the oldest part may fall
//!   out again, since the log has that too.
//! * **In doubt**: the stream's place is not known, because the BMC has dropped something, and counts as dropped also
//!   what arrived although its acknowledgement did not; or because it may have sent something again. Then only the log
//!   is delivered, in which every byte has its place, and the stream only tells that there is more. That is never
//!   wrong, and costs a round trip. It ends when the text that the stream brings is found in one place of the log, or
//!   when all is quiet, so that the stream stands at the log's end ([`CatchUp::settle`]).
//!
//! It needs no clock. Drain [`CatchUp::poll_request`] and [`CatchUp::poll_step`] after every call.

mod doubt;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use crate::proto::log_reader::{Ending, Event, LogReader, Outcome, Range, Ticket};
use crate::wire::console_log::{Piece, Read};
use doubt::Doubt;
pub(super) use doubt::Recent;

/// The two positions and what lies between them.
#[derive(Debug)]
pub(super) struct CatchUp {
    instance: u8,
    epoch: u64,
    have: u64,
    /// In doubt: where it was when that was known last.
    stream: u64,
    doubt: Option<Doubt>,
    /// Behind or in doubt.
    reading: bool,
    /// The newest bytes of the stream that wait, the last of them just before `stream`.
    held: VecDeque<u8>,
    /// Where in that something does not just follow: after how many bytes of the stream, and how many look like what came
    /// just before.
    breaks: VecDeque<(u64, usize)>,
    /// Bytes that the stream has brought.
    brought: u64,
    /// As they were when reading began.
    since: Since,
    round: Option<Round>,
    earlier: Option<LogReader>,
    /// A newer end of the log than the round's, and how much the stream had brought when it was asked for.
    told: Option<(u64, u64)>,
    /// How much the stream had brought when all of that was read, or is being.
    asked: u64,
    /// Rounds in a row to which nothing was answered, and other answers that came meanwhile.
    silences: u32,
    signs: u32,
    recent: Recent,
    /// Whether it matters when the lines of the log came.
    dated: bool,
    steps: VecDeque<Step>,
}

/// How what the stream brings joins what it brought before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Join {
    /// It follows.
    Follows,
    /// The BMC has dropped something in between.
    AfterDrop,
    /// Some of it may have come before, under another number.
    MaybeAgain,
}

/// What comes out, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// Bytes of the stream, and where the first stands, if that is known.
    Stream(Vec<u8>, Option<u64>),
    /// Bytes of the log.
    Log(Piece),
    /// So many bytes are missing for good; `None`: nobody knows how many.
    Lost(Option<u64>),
    /// So many bytes that the stream has left out were read.
    Filled(u64),
    /// The stream goes on, and its place in the log is not known any more.
    Adrift,
}

/// One reading of the log, up to what was its end.
#[derive(Debug)]
struct Round {
    reader: LogReader,
    to: u64,
    /// All that the stream had brought before this count stands before `to`.
    mark: u64,
}

#[derive(Debug, Clone, Copy)]
struct Since {
    have: u64,
    brought: u64,
    lost: u64,
}

/// Getters.
impl CatchUp {
    /// The epoch, and the offset up to which everything is delivered.
    pub(super) fn position(&self) -> (u64, u64) {
        (self.epoch, self.have)
    }

    /// Whether the stream's place is not known.
    pub(super) fn is_in_doubt(&self) -> bool {
        self.doubt.is_some()
    }

    /// Whether something of the log is still to be read before the stream goes on: not what is only looked for.
    pub(super) fn is_reading(&self) -> bool {
        self.reading && (self.doubt.is_none() || self.wants_end() || self.is_reading_round())
    }

    /// Whether anything of the stream waits.
    pub(super) fn is_holding(&self) -> bool {
        !self.held.is_empty()
    }

    /// Whether requests are in flight, or about to be.
    pub(super) fn is_reading_round(&self) -> bool {
        self.round.is_some() || self.told.is_some()
    }

    /// How many bytes the stream has brought.
    pub(super) fn brought(&self) -> u64 {
        self.brought
    }

    /// Whether the log may have grown further than is known: ask for its end.
    pub(super) fn wants_end(&self) -> bool {
        let idle = self.round.is_none() && self.told.is_none();
        self.is_in_doubt() && idle && self.brought > self.asked
    }

    /// Offset of the oldest byte that waits; the stream's position where none does.
    fn held_from(&self) -> u64 {
        self.stream.saturating_sub(self.held.len() as u64)
    }
}

/// Events.
impl CatchUp {
    /// The stream has brought `bytes`.
    pub(super) fn stream_brings(&mut self, bytes: Vec<u8>, join: Join) {
        if join != Join::Follows {
            self.fall_into_doubt(join, bytes.len());
            self.note_break(join, &bytes);
        }
        self.brought += bytes.len() as u64;
        if let Some(doubt) = &mut self.doubt {
            doubt.bring(&bytes);
            return self.hold(&bytes);
        }
        let from = self.stream;
        self.stream = from.saturating_add(bytes.len() as u64);
        if self.reading {
            return self.hold(&bytes);
        }
        let repeated = usize::try_from(self.have.saturating_sub(from)).unwrap_or(usize::MAX);
        let fresh = bytes.get(repeated..).unwrap_or_default().to_vec();
        self.deliver(fresh);
        self.have = self.have.max(self.stream);
    }

    /// The BMC has dropped something, nobody knows where.
    pub(super) fn something_was_dropped(&mut self) {
        if self.doubt.is_none() {
            self.fall_into_doubt(Join::AfterDrop, 0);
        }
    }

    /// The log ends at `end`, or later; when that was asked for the stream had brought `mark` bytes.
    pub(super) fn log_ends_at(&mut self, end: u64, mark: u64) {
        if self.is_in_doubt() {
            let end = self.told.map_or(end, |(told, _)| told.max(end));
            self.told = Some((end, mark.min(self.brought)));
            self.asked = self.asked.max(mark);
        }
    }

    /// The BMC has answered something that it was asked after it was first asked for its log in vain.
    pub(super) fn answers_other_things(&mut self) {
        self.signs += 1;
    }

    /// Nothing is on its way any more: the stream goes on where the log ends now, at `end`. Whether that tells
    /// something new.
    pub(super) fn settle(&mut self, end: u64) -> bool {
        let known = self.stream == end && self.doubt.is_none();
        if known || self.round.is_some() || self.reading && self.doubt.is_none() {
            return false;
        }
        self.begin_reading();
        self.doubt = None;
        self.told = None;
        self.held.clear();
        self.stream = end;
        // Something was shown twice: there is nothing behind the log's end.
        self.have = self.have.min(end);
        self.finish();
        true
    }

    /// The newest bytes that were delivered.
    pub(super) fn into_recent(self) -> Recent {
        self.recent
    }

    /// Takes in what became of a request.
    pub(super) fn handle_answer(&mut self, ticket: Ticket, outcome: Outcome) {
        if let Outcome::Answer(_) = outcome {
            (self.silences, self.signs) = (0, 0);
        }
        if let Some(round) = &mut self.round {
            round.reader.handle_answer(ticket, outcome);
        }
        self.drain();
    }

    /// The log cannot be read, or is no longer what it was: what is missing is lost.
    pub(super) fn give_up(&mut self) {
        let round = self.round.take().map_or(0, |round| round.to);
        let told = self.told.take().map_or(0, |(told, _)| told);
        self.give_up_before(round.max(told));
    }

    /// The same; the log was known to reach to `end`.
    fn give_up_before(&mut self, end: u64) {
        self.told = None;
        let unread = end > self.have;
        (self.silences, self.signs) = (0, 0);
        if let Some(mut doubt) = self.doubt.take() {
            self.reading = false;
            let pieces = self.held_once();
            // The end of it stands in the log before `have`, and so does all of it; unless the log goes on, and says the
            // same there.
            if unread || !doubt.is_delivered(&mut self.recent) {
                let mut held = self.undelivered(pieces);
                held.drain(..self.recent.overlap(&held));
                self.steps.push_back(Step::Lost(None));
                self.push_stream(held, None);
            }
            self.steps.push_back(Step::Adrift);
        } else if self.reading {
            let lost = self.held_from().saturating_sub(self.have);
            if lost > 0 {
                self.lose(lost);
            }
            self.have = self.have.max(self.held_from());
            self.finish();
        }
    }
}

/// Output.
impl CatchUp {
    /// The next request to send.
    pub(super) fn poll_request(&mut self) -> Option<(Ticket, Read)> {
        // A round that needs no request is over at once, and another one may follow.
        for _ in 0..ROUNDS {
            if self.round.is_none() {
                self.begin_round()?;
            }
            let request = self.round.as_mut().and_then(|r| r.reader.poll_request());
            if request.is_some() {
                return request;
            }
            let before = self.round.as_ref().map(|round| round.to);
            self.drain();
            if self.round.as_ref().map(|round| round.to) == before {
                return None;
            }
        }
        None
    }

    /// What came of it.
    pub(super) fn poll_step(&mut self) -> Option<Step> {
        self.steps.pop_front()
    }
}

/// Mutators.
impl CatchUp {
    /// A log of which everything up to the stream's position is delivered.
    pub(super) fn in_step(instance: u8, epoch: u64, stream: u64) -> Self {
        Self::behind(instance, epoch, stream, stream)
    }

    /// A log of which everything up to `have` is delivered, with the stream at `stream`.
    pub(super) fn behind(instance: u8, epoch: u64, have: u64, stream: u64) -> Self {
        Self {
            instance,
            epoch,
            have,
            stream,
            doubt: None,
            reading: have < stream,
            held: VecDeque::new(),
            breaks: VecDeque::new(),
            brought: 0,
            since: Since {
                have,
                brought: 0,
                lost: 0,
            },
            round: None,
            earlier: None,
            told: None,
            asked: 0,
            silences: 0,
            signs: 0,
            recent: Recent::new(have),
            dated: false,
            steps: VecDeque::new(),
        }
    }

    /// Whether it matters when the lines of the log came.
    pub(super) fn set_dated(&mut self, dated: bool) {
        self.dated = dated;
    }

    fn fall_into_doubt(&mut self, join: Join, length: usize) {
        if self.doubt.is_none() {
            self.begin_reading();
        }
        self.doubt
            .get_or_insert_with(|| Doubt::new(self.stream))
            .break_off(join, length);
    }

    fn begin_reading(&mut self) {
        if !self.reading {
            self.reading = true;
            self.since = Since {
                have: self.have,
                brought: self.brought,
                lost: 0,
            };
        }
    }

    fn begin_round(&mut self) -> Option<()> {
        let (to, mark) = match self.told.take() {
            Some((end, mark)) if self.is_in_doubt() => (end, mark),
            // Where it is known how far to read, nothing is looked for.
            _ if self.reading && !self.is_in_doubt() => (self.held_from(), 0),
            _ => return None,
        };
        let mut reader = LogReader::new(Range {
            instance: self.instance,
            epoch: self.epoch,
            from: self.have,
            to: to.max(self.have),
            window: (0, u64::MAX),
        })
        .with_dates(self.dated);
        if let Some(earlier) = &self.earlier {
            reader = reader.like(earlier);
        }
        self.round = Some(Round { reader, to, mark });
        Some(())
    }

    /// Takes what the reader tells.
    fn drain(&mut self) {
        while let Some(event) = self.round.as_mut().and_then(|r| r.reader.poll_event()) {
            match event {
                Event::Data(piece) => {
                    self.recent.append(self.have, &piece.data);
                    self.have = self.have.saturating_add(piece.data.len() as u64);
                    self.steps.push_back(Step::Log(piece));
                }
                Event::Gap { from, to } => {
                    self.lose(to.saturating_sub(from));
                    self.have = self.have.max(to);
                }
                // No byte is outside of all time.
                Event::Outside { bytes } => self.lose(bytes),
                Event::Ended(ending) => {
                    if let Some(round) = self.round.take() {
                        let Round { reader, to, mark } = round;
                        self.earlier = Some(reader);
                        self.end_round(ending, to, mark);
                    }
                }
            }
        }
    }

    fn end_round(&mut self, ending: Ending, to: u64, mark: u64) {
        match ending {
            Ending::Complete => self.complete_round(mark),
            // A BMC that is not heard is asked for ever, since nothing else comes through either; one that answers
            // other things, and this never, must not keep the stream from the user.
            Ending::Silent => {
                self.silences += 1;
                if self.silences >= MOST_SILENCES && self.signs >= ENOUGH_SIGNS {
                    self.give_up_before(to);
                } else if self.is_in_doubt() && self.told.is_none() {
                    self.told = Some((to, mark));
                }
            }
            Ending::EpochGone(_) | Ending::Contradiction(_) => self.give_up_before(to),
        }
    }

    fn complete_round(&mut self, mark: u64) {
        let Some(doubt) = &mut self.doubt else {
            if self.have >= self.held_from() {
                self.finish();
            }
            return;
        };
        // What the stream had brought by then is delivered now, out of the log.
        let fresh = self.brought.saturating_sub(mark);
        let keep = usize::try_from(fresh).unwrap_or(usize::MAX);
        self.held.drain(..self.held.len().saturating_sub(keep));
        if let Some(place) = doubt.settle(&mut self.recent, fresh) {
            self.doubt = None;
            self.told = None;
            self.stream = place.saturating_add(fresh);
            if self.have >= self.held_from() {
                self.finish();
            }
        }
    }

    /// The stream's place is known: if nothing is missing before what waits, that is delivered.
    fn finish(&mut self) {
        if self.have < self.held_from() {
            return;
        }
        let skip = usize::try_from(self.have - self.held_from()).unwrap_or(usize::MAX);
        let held: Vec<u8> = std::mem::take(&mut self.held).into();
        let filled = self
            .stream
            .saturating_sub(self.since.have)
            .saturating_sub(self.brought - self.since.brought)
            .saturating_sub(self.since.lost);
        if filled > 0 {
            self.steps.push_back(Step::Filled(filled));
        }
        self.deliver(held.get(skip..).unwrap_or_default().to_vec());
        self.have = self.have.max(self.stream);
        self.reading = false;
    }

    /// Delivers bytes of the stream that stand at `have`; that moves on elsewhere.
    fn deliver(&mut self, bytes: Vec<u8>) {
        self.recent.append(self.have, &bytes);
        let at = self.have;
        self.push_stream(bytes, Some(at));
    }

    fn push_stream(&mut self, bytes: Vec<u8>, at: Option<u64>) {
        if !bytes.is_empty() {
            self.steps.push_back(Step::Stream(bytes, at));
        }
    }

    fn lose(&mut self, bytes: u64) {
        self.since.lost = self.since.lost.saturating_add(bytes);
        self.steps.push_back(Step::Lost(Some(bytes)));
    }

    /// `bytes` come next, and do not just follow.
    fn note_break(&mut self, join: Join, bytes: &[u8]) {
        let first = self.brought.saturating_sub(self.held.len() as u64);
        while self.breaks.front().is_some_and(|(at, _)| *at < first) {
            self.breaks.pop_front();
        }
        if bytes.is_empty()
            && self
                .breaks
                .back()
                .is_some_and(|(at, _)| *at == self.brought)
        {
            return;
        }
        let mut newest = Recent::new(0);
        let skip = self.held.len().saturating_sub(bytes.len());
        newest.append(
            0,
            &self.held.iter().skip(skip).copied().collect::<Vec<u8>>(),
        );
        let again = join == Join::MaybeAgain;
        let length = if again { newest.overlap(bytes) } else { 0 };
        self.breaks.push_back((self.brought, length));
    }

    /// What waits, in pieces that follow without a hole each, and without what came again as far as can be told: where no log
    /// can tell any more, and it is said that something is missing, the same lines a dozen times help nobody.
    fn held_once(&mut self) -> Vec<Vec<u8>> {
        let mut held: Vec<u8> = std::mem::take(&mut self.held).into();
        let first = self.brought.saturating_sub(held.len() as u64);
        let mut pieces = Vec::new();
        while let Some((at, length)) = self.breaks.pop_back() {
            let from = at
                .checked_sub(first)
                .and_then(|from| usize::try_from(from).ok());
            if let Some(from) = from.filter(|from| from + length <= held.len()) {
                let mut piece = held.split_off(from);
                piece.drain(..length);
                pieces.push(piece);
            }
        }
        pieces.push(held);
        pieces.reverse();
        pieces
    }

    /// Those pieces without what was read already: the last of them that was, and all before it.
    fn undelivered(&mut self, mut pieces: Vec<Vec<u8>>) -> Vec<u8> {
        for at in (0..pieces.len()).rev() {
            let piece = pieces.get(at).map_or(&[][..], Vec::as_slice);
            let known = self.recent.delivered(piece);
            if known > 0 {
                pieces.drain(..at);
                let first = pieces.first_mut();
                first
                    .into_iter()
                    .for_each(|piece| drop(piece.drain(..known)));
                break;
            }
        }
        pieces.concat()
    }

    fn hold(&mut self, bytes: &[u8]) {
        self.held.extend(bytes);
        let excess = self.held.len().saturating_sub(HELD);
        self.held.drain(..excess);
    }
}

/// How many bytes of the stream wait at most; the log has them too.
const HELD: usize = 256 * 1024;

/// Rounds that may be over at once: one that has nothing to read, one that was told meanwhile, and those that follow.
const ROUNDS: u32 = 4;

/// After how many rounds without an answer, while how many other answers came, a log counts as unreadable.
const MOST_SILENCES: u32 = 3;
const ENOUGH_SIGNS: u32 = 2;
