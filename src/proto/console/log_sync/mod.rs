//! The console-log extension from the client's side: heartbeats in the place of keepalives, and the log from which
//! what the stream has left out is fetched.
//!
//! Heartbeats stand in a ledger of their own ([`beats`]), first in, first out, beside the link's: an answer is accepted
//! when it matches an entry by the request's id and by the heartbeat's number, and when the BMC's two times fit
//! (received not before it was sent, nor after it was processed; the clocks are compared through the offset measured at
//! the start). What matches nothing is consumed, and ends nothing.

mod answers;
mod asking;
mod beats;
mod quiet;
mod refill;
mod telling;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::Settings;
use super::catch_up::{CatchUp, Join, Recent};
use super::event::{Place, Report};
use crate::proto::inflight::RequestId;
use crate::proto::link::{Done, Link, Patience};
use crate::proto::log_reader::Ticket;
use crate::wire::console_log::{self, Beat, iana_bytes};
use beats::Beats;
use quiet::Quiet;
use refill::Refill;

/// The client's side of the extension, for one console over all its sessions.
#[derive(Debug)]
pub(super) struct LogSync {
    iana: [u8; 3],
    instance: u8,
    patience: Patience,
    /// Our clock at a moment: milliseconds since 1970.
    clock: (Instant, u64),
    state: State,
    asked: Option<Asked>,
    /// Whether the BMC has, or had in a session before this one, the extension.
    known: bool,
    /// What the BMC's clock shows more than ours, in milliseconds.
    ahead: i128,
    /// When the clocks were compared last, and how many heartbeats' answers in a row have not fitted since.
    compared: Instant,
    misfits: u32,
    beats: Beats,
    /// Answers that came again since the last heartbeat.
    duplicates: u32,
    /// When the log's end may be asked for again.
    next_look: Instant,
    looked: Instant,
    /// Since when questions about the log have stayed unanswered.
    unanswered: Option<Instant>,
    /// Since when the log itself has been asked for in vain.
    unread: Option<Instant>,
    quiet: Quiet,
    /// Everything up to there was delivered, in the sessions before.
    have: Option<Place>,
    /// The end of that.
    recent: Option<Recent>,
    /// Stream bytes of this activation.
    streamed: u64,
    /// What the stream has brought and must not be shown before its place in the log is known, and until when it waits.
    waiting: Option<(Instant, Waiting)>,
    waiting_bytes: usize,
    /// What the BMC has counted as dropped.
    skipped: u64,
    catch_up: Option<CatchUp>,
    /// The stream's place in the log was lost; it is found again when all is quiet.
    adrift: bool,
    reading: Vec<(RequestId, Ticket)>,
    /// Answers to that in a row that made no sense.
    refused: u32,
    refill: Option<Refill>,
    refilling: Vec<(RequestId, Ticket)>,
    /// The user's output is full: what waits for it is not part of the stream yet.
    paused: bool,
    /// Lines are dated: it matters when those of the log came.
    dated: bool,
    /// When the last byte that was delivered came, in milliseconds since 1970.
    newest: Option<u64>,
    /// Nothing of the stream from before this answer's packet may count any more.
    settled: bool,
    out: VecDeque<Out>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The BMC has no such extension.
    Absent,
    /// So many questions whether it has were not answered.
    Unheard(u32),
    Asking,
    Present,
}

/// Pieces of the stream, and how each joins the one before.
type Waiting = Vec<(Vec<u8>, Join)>;

/// The last question whether the BMC has the extension.
#[derive(Debug, Clone, Copy)]
struct Asked {
    id: RequestId,
    /// Our clock then, in milliseconds since 1970.
    wall: u64,
    /// Questions in a row before it that were not answered.
    unanswered: u32,
}

/// What comes out.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Out {
    /// Console output of the stream.
    Data(Vec<u8>, Option<Place>),
    /// Console output from the log, with the BMC's times of its first and last byte.
    Recovered(Vec<u8>, u64, u64, Place),
    /// A piece of what [`LogSync::refetch`] asked for; `None`: no more of it comes.
    Refetched(Option<(Vec<u8>, u64, Place)>),
    /// For who keeps an account.
    Report(Report),
}

/// Getters.
impl LogSync {
    /// Whether the BMC has the extension, so that heartbeats take the place of keepalives.
    pub(super) fn is_present(&self) -> bool {
        self.state == State::Present
    }

    /// Up to where the log was delivered, if that is known, so that what is missed can be fetched.
    pub(super) fn delivered(&self) -> Option<Place> {
        self.catch_up
            .as_ref()
            .map_or(self.have, |log| Some(log.position()))
    }

    /// Whether nothing is asked for, or waited for, of what was printed before.
    pub(super) fn is_settled(&self) -> bool {
        let reading = self.catch_up.as_ref().is_some_and(CatchUp::is_reading);
        self.state != State::Asking && self.waiting.is_none() && !reading
    }

    /// Since when something that the stream has brought waits for an answer about the log.
    pub(super) fn unanswered_since(&self) -> Option<Instant> {
        let reads = self.catch_up.as_ref().is_some_and(CatchUp::is_holding);
        let holds = reads || self.waiting_bytes > 0;
        self.unanswered.filter(|_| holds && !self.paused)
    }

    /// When [`LogSync::advance`] wants to be called.
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        let waiting = self.waiting.as_ref().map(|(until, _)| *until);
        let look = self.look_due();
        waiting.into_iter().chain(look).min()
    }

    /// When the log's end is to be asked for, while that matters.
    fn look_due(&self) -> Option<Instant> {
        if !self.is_present() || self.paused {
            return None;
        }
        let due = match &self.catch_up {
            // Without keepalives no other heartbeat tells where the stream stands.
            None if self.waiting_bytes > 0 => self.next_look,
            Some(catch_up) if catch_up.wants_end() => self.next_look,
            Some(catch_up) if catch_up.is_in_doubt() && !catch_up.is_reading_round() => {
                (self.looked + LOOK_AGAIN).max(self.next_look)
            }
            _ => return None,
        };
        (!self.beats.any_since(self.looked)).then_some(due)
    }
}

/// Events.
impl LogSync {
    /// The payload has been activated over `link`: asks whether the BMC has the extension.
    pub(super) fn activated(&mut self, now: Instant, link: &mut Link) {
        if let Some(catch_up) = self.catch_up.take() {
            self.have = Some(catch_up.position());
            self.recent = Some(catch_up.into_recent());
        }
        self.beats.clear();
        (self.unanswered, self.unread) = (None, None);
        self.quiet.moved(now);
        (self.streamed, self.skipped, self.adrift) = (0, 0, false);
        self.reading.clear();
        self.refilling.clear();
        if let Some(refill) = &mut self.refill {
            refill.forget_requests();
        }
        let kept = self.waiting.take().map(|(_, kept)| kept);
        self.waiting_bytes = 0;
        if let Some(kept) = kept.filter(|_| self.have.is_none()) {
            self.let_go(now, kept);
        }
        self.waiting = self.have.map(|_| (now + self.longest_wait(), Vec::new()));
        self.ask_info(now, link, 0);
    }

    /// The stream waits for the user's output, or goes on.
    pub(super) fn pause(&mut self, now: Instant, paused: bool) {
        self.paused = paused;
        self.quiet.moved(now);
    }

    /// The stream has brought `bytes`.
    pub(super) fn stream(&mut self, now: Instant, bytes: Vec<u8>, join: Join) {
        if bytes.is_empty() && join == Join::Follows {
            return;
        }
        self.quiet.moved(now);
        let length = bytes.len();
        self.streamed = self.streamed.saturating_add(length as u64);
        if let Some(catch_up) = &mut self.catch_up {
            catch_up.stream_brings(bytes, join);
            return self.collect(now);
        }
        let asking = self.state != State::Absent;
        if self.waiting.is_none() && join != Join::Follows && asking && !self.adrift {
            // Something is missing before it, which may be in the log.
            self.waiting = Some((now + self.longest_wait(), Vec::new()));
        }
        match &mut self.waiting {
            Some((_, waiting)) => {
                waiting.push((bytes, join));
                self.waiting_bytes += length;
                if self.waiting_bytes > MOST_WAITING || waiting.len() > MOST_WAITING_PIECES {
                    self.stop_waiting(now);
                }
            }
            None => {
                // What is shown behind a hole stands nobody knows where.
                self.adrift |= join != Join::Follows;
                self.show(now, bytes, None);
            }
        }
    }

    /// The BMC has answered something else: it may answer now whether it has the extension.
    pub(super) fn hears(&mut self, now: Instant, link: &mut Link) {
        if let State::Unheard(asked) = self.state {
            self.ask_info(now, link, asked);
        }
    }

    /// Takes in what became of a request. Whether it was the extension's; a heartbeat is a keepalive as well.
    pub(super) fn handle_done(&mut self, now: Instant, link: &mut Link, done: &Done) -> bool {
        let ours =
            self.reading.iter().any(|(id, _)| *id == done.id) || self.beats.find(done.id).is_some();
        if ours && done.answer.is_some() {
            self.unanswered = None;
        }
        if let Some(asked) = self.asked.filter(|asked| asked.id == done.id) {
            self.handle_info(now, link, done, asked);
            return true;
        }
        if let Some(ticket) = take(&mut self.reading, done.id) {
            self.handle_read(now, ticket, done);
            return true;
        }
        if let Some(ticket) = take(&mut self.refilling, done.id) {
            let (outcome, _) = self.outcome(done);
            if let Some(refill) = &mut self.refill {
                refill.handle_answer(ticket, outcome);
            }
            self.collect_refill();
            return true;
        }
        let Some(sent) = self.beats.find(done.id) else {
            return false;
        };
        match &done.answer {
            None => {
                self.beats.missed(sent.id);
                let sequence = sent.sequence;
                self.report(Report::Missed { sequence });
            }
            Some(answer) => self.handle_beat(now, link, sent, answer, done.late),
        }
        true
    }

    /// An answer came again.
    pub(super) fn handle_duplicate(&mut self, netfn: u8, cmd: u8, code: u8, data: &[u8]) {
        self.duplicates = self.duplicates.saturating_add(1);
        if self.duplicates > MOST_DUPLICATES {
            return;
        }
        let is_beat = (netfn, cmd, code) == (console_log::NETFN, console_log::HEARTBEAT, 0);
        let sequence = data
            .strip_prefix(&self.iana)
            .filter(|_| is_beat)
            .and_then(|body| Beat::parse(body).ok())
            .map(|b| b.sequence);
        self.report(Report::Duplicate { sequence });
    }

    /// The session ends: what waits for its place will never have one.
    pub(super) fn end(&mut self, now: Instant) {
        self.stop_waiting(now);
        if let Some(catch_up) = &mut self.catch_up
            && catch_up.is_holding()
        {
            catch_up.give_up();
        }
        self.collect(now);
        if self.refill.take().is_some() {
            self.out.push_back(Out::Refetched(None));
        }
    }
}

/// Output.
impl LogSync {
    /// Asks for what is to be read.
    pub(super) fn advance(&mut self, now: Instant, link: &mut Link) {
        if self
            .waiting
            .as_ref()
            .is_some_and(|(until, _)| now >= *until)
        {
            self.stop_waiting(now);
        }
        if self.waiting.is_some() {
            self.hears(now, link);
        }
        self.ask_for_log(now, link);
        self.ask_for_refill(now, link);
        if self.look_due().is_some_and(|due| now >= due) {
            self.send_beat(now, link, self.patience, false);
        }
        self.collect(now);
    }

    /// The next thing that came of it.
    pub(super) fn poll_out(&mut self) -> Option<Out> {
        self.out.pop_front()
    }

    /// Whether nothing of the stream from before the last answer's packet may count any more, since it was read from
    /// the log; told once.
    pub(super) fn take_settled(&mut self) -> bool {
        std::mem::take(&mut self.settled)
    }
}

/// Mutators.
impl LogSync {
    /// For a console that has no session yet.
    pub(super) fn new(now: Instant, settings: &Settings) -> Self {
        Self {
            iana: iana_bytes(settings.extension),
            instance: settings.instance,
            patience: settings.patience,
            clock: (now, settings.wall),
            state: State::Absent,
            asked: None,
            known: settings.resume.is_some(),
            ahead: 0,
            compared: now,
            misfits: 0,
            beats: Beats::new(settings.cycle),
            duplicates: 0,
            next_look: now,
            looked: now,
            unanswered: None,
            unread: None,
            quiet: Quiet::new(now),
            have: settings.resume,
            recent: None,
            streamed: 0,
            waiting: None,
            waiting_bytes: 0,
            skipped: 0,
            catch_up: None,
            adrift: false,
            reading: Vec::new(),
            refused: 0,
            refill: None,
            refilling: Vec::new(),
            paused: false,
            dated: false,
            newest: None,
            settled: false,
            out: VecDeque::new(),
        }
    }

    /// Sends a heartbeat as a keepalive.
    pub(super) fn beat(&mut self, now: Instant, link: &mut Link, patience: Patience) {
        self.send_beat(now, link, patience, true);
        self.end_cycle();
    }

    /// Whether it matters when lines of the log came.
    pub(super) fn set_dated(&mut self, dated: bool) {
        self.dated = dated;
    }

    /// Reads `bytes` bytes from `from` on once more. False: that cannot be done now.
    pub(super) fn refetch(&mut self, from: Place, bytes: u64) -> bool {
        if !self.is_present() || self.refill.is_some() {
            return false;
        }
        self.refill = Some(Refill::new(self.instance, from, bytes, self.dated));
        true
    }

    fn wall(&self, now: Instant) -> u64 {
        let passed = now.saturating_duration_since(self.clock.0).as_millis();
        self.clock
            .1
            .saturating_add(u64::try_from(passed).unwrap_or(u64::MAX))
    }
}

fn take(flying: &mut Vec<(RequestId, Ticket)>, id: RequestId) -> Option<Ticket> {
    let at = flying.iter().position(|(flies, _)| *flies == id)?;
    Some(flying.swap_remove(at).1)
}

/// How many answers that came again are told of between two heartbeats: a network that doubles all of them is told of, and
/// one that does nothing else fills no disk.
const MOST_DUPLICATES: u32 = 16;

/// After how long the log's end is asked for although nothing is known to be new.
const LOOK_AGAIN: Duration = Duration::from_secs(10);

/// Bytes of the stream that wait for its place, and in how many pieces.
const MOST_WAITING: usize = 256 * 1024;
const MOST_WAITING_PIECES: usize = 4096;
