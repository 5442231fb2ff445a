//! The console-log extension from the client's side: heartbeats in the place of keepalives, and the log from which
//! what the stream has left out is fetched.
//!
//! Heartbeats stand in a ledger of their own, first in, first out, beside the link's: an answer is accepted when it
//! matches an entry by the request's id and by the heartbeat's number, and when the BMC's two times fit (received not
//! before it was sent, nor after it was processed; the clocks are compared through the offset measured at the start).
//! What matches nothing is consumed, and ends nothing.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::catch_up::{CatchUp, Progress};
use super::event::{Place, Report};
use crate::proto::inflight::{Kind, RequestId};
use crate::proto::link::{Answer, Ask, Done, Link, Patience};
use crate::wire::console_log::{self, Beat, BeatStatus, Heartbeat, Info, Log, iana_bytes};

/// The client's side of the extension, for one console over all its sessions.
#[derive(Debug)]
pub(super) struct LogSync {
    iana: [u8; 3],
    instance: u8,
    patience: Patience,
    /// Our clock at a moment: milliseconds since 1970.
    clock: (Instant, u64),
    state: State,
    /// What the BMC's clock shows more than ours, in milliseconds.
    ahead: i128,
    beats: VecDeque<Sent>,
    sequence: u32,
    cycle: Cycle,
    /// Everything up to there was delivered, in the sessions before.
    have: Option<(u64, u64)>,
    /// Stream bytes of this activation, before its place in the log is known; they wait if an earlier session has
    /// left a place to go on from.
    streamed: u64,
    waiting: Option<(Instant, Vec<u8>)>,
    skipped: u64,
    catch_up: Option<CatchUp>,
    reading: Option<RequestId>,
    unread: u32,
    last_packet: usize,
    /// What the BMC counts as dropped, and the log's end, where nothing was seen of it in the stream; and the
    /// sending of the first heartbeat that said so.
    unplaced: Option<(u64, u64, Instant)>,
    held_since: Option<Instant>,
    /// The user's output is full: what waits for it is not part of the stream yet.
    paused: bool,
    /// The latest moment known.
    latest: Instant,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The BMC has no such extension.
    Absent,
    Asking(RequestId, u64),
    Present,
}

/// A heartbeat in flight.
#[derive(Debug)]
struct Sent {
    id: RequestId,
    sequence: u32,
    at: Instant,
    wall: u64,
}

/// What happened to the heartbeats of a cycle.
#[derive(Debug, Default)]
struct Cycle {
    length: u32,
    sent: u32,
    answered: u32,
    late: u32,
    lost: u32,
    total: Duration,
    longest: Duration,
}

/// What comes out.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Out {
    /// Console output of the stream.
    Data(Vec<u8>, Option<Place>),
    /// Console output from the log, with the BMC's times of its first and last byte.
    Recovered(Vec<u8>, u64, u64, Place),
    /// For who keeps an account.
    Report(Report),
}

impl LogSync {
    /// For a console that has no session yet. `wall`: our clock `now`, in milliseconds since 1970.
    pub(super) fn new(
        now: Instant,
        wall: u64,
        iana: u32,
        instance: u8,
        cycle: u32,
        patience: Patience,
        have: Option<Place>,
    ) -> Self {
        Self {
            iana: iana_bytes(iana),
            instance,
            patience,
            clock: (now, wall),
            state: State::Absent,
            ahead: 0,
            beats: VecDeque::new(),
            sequence: 0,
            cycle: Cycle {
                length: cycle.max(1),
                ..Cycle::default()
            },
            have,
            streamed: 0,
            waiting: None,
            skipped: 0,
            catch_up: None,
            reading: None,
            unread: 0,
            last_packet: 0,
            unplaced: None,
            held_since: None,
            paused: false,
            latest: now,
        }
    }

    /// Whether the BMC has the extension, so that heartbeats take the place of keepalives.
    pub(super) fn is_present(&self) -> bool {
        self.state == State::Present
    }

    /// Whether nothing is asked for, or waited for, of what was printed before.
    pub(super) fn is_settled(&self) -> bool {
        let reading = self.catch_up.as_ref().is_some_and(CatchUp::is_reading);
        !matches!(self.state, State::Asking(..)) && self.waiting.is_none() && !reading
    }

    /// When [`LogSync::advance`] wants to be called.
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        let held = self.held_since.map(|since| since + LONGEST_HOLD);
        [self.waiting.as_ref().map(|(until, _)| *until), held]
            .into_iter()
            .flatten()
            .min()
    }

    /// The payload has been activated over `link`: asks whether the BMC has the extension.
    pub(super) fn activated(&mut self, now: Instant, link: &mut Link) {
        if let Some(catch_up) = self.catch_up.take() {
            self.have = Some(catch_up.position());
        }
        self.beats.clear();
        (self.streamed, self.skipped, self.last_packet) = (0, 0, 0);
        (self.reading, self.held_since, self.unplaced) = (None, None, None);
        self.waiting = self.have.map(|_| (now + LONGEST_HOLD, Vec::new()));
        self.ask_info(now, link);
    }

    /// Sends a heartbeat.
    pub(super) fn beat(&mut self, now: Instant, link: &mut Link, patience: Patience) -> Vec<Out> {
        self.sequence = self.sequence.wrapping_add(1);
        let wall = self.wall(now);
        let have = self
            .catch_up
            .as_ref()
            .map_or(0, |catch_up| catch_up.position().1);
        let beat = Heartbeat {
            instance: self.instance,
            sequence: self.sequence,
            sent: wall,
            have,
            want: 0,
        };
        let data = [&self.iana[..], &beat.to_bytes()].concat();
        let id = self.ask(
            now,
            link,
            Kind::Keepalive,
            console_log::HEARTBEAT,
            &data,
            patience,
        );
        self.cycle.sent += 1;
        self.beats.push_back(Sent {
            id,
            sequence: self.sequence,
            at: now,
            wall,
        });
        if self.beats.len() > MOST_BEATS {
            self.beats.pop_front();
            self.cycle.lost += 1;
        }
        self.end_cycle()
    }

    /// The stream waits for the user's output, or goes on.
    pub(super) fn pause(&mut self, paused: bool) {
        self.paused = paused;
        self.unplaced = None;
    }

    /// The stream has brought `bytes`; `overrun`: the BMC has dropped some before them.
    pub(super) fn stream(&mut self, now: Instant, bytes: Vec<u8>, overrun: bool) -> Vec<Out> {
        let length = bytes.len();
        if let Some(catch_up) = &mut self.catch_up {
            if overrun {
                catch_up.hold(self.last_packet);
                self.held_since = Some(now.max(self.latest));
            }
            if length > 0 {
                self.last_packet = length;
            }
            return brought(catch_up, bytes);
        }
        match &mut self.waiting {
            Some((_, waiting)) if waiting.len() + length <= MOST_WAITING => {
                waiting.extend(bytes);
                Vec::new()
            }
            Some(_) => {
                let mut out = self.stop_waiting();
                self.streamed += length as u64;
                out.extend(data(bytes, None));
                out
            }
            None => {
                self.streamed += length as u64;
                self.last_packet = length;
                data(bytes, None)
            }
        }
    }

    /// Takes in what became of a request; `None` if it was not the extension's. A heartbeat's is both: it is a
    /// keepalive as well.
    pub(super) fn handle_done(
        &mut self,
        now: Instant,
        link: &mut Link,
        done: &Done,
    ) -> Option<Vec<Out>> {
        if let State::Asking(id, asked) = self.state
            && id == done.id
        {
            return Some(self.handle_info(now, link, done, asked));
        }
        if self.reading == Some(done.id) {
            self.reading = None;
            return Some(self.handle_read(done));
        }
        let at = self.beats.iter().position(|sent| sent.id == done.id)?;
        Some(match &done.answer {
            // It stays in the ledger: its answer may come yet.
            None => vec![Out::Report(Report::Missed {
                sequence: self.beats[at].sequence,
            })],
            Some(answer) => self.handle_beat(now, link, at, answer, done.late),
        })
    }

    /// Asks for what is to be read, and for the size of a gap.
    pub(super) fn advance(&mut self, now: Instant, link: &mut Link) -> Vec<Out> {
        let mut out = Vec::new();
        self.latest = self.latest.max(now);
        if self
            .waiting
            .as_ref()
            .is_some_and(|(until, _)| now >= *until)
        {
            out.extend(self.stop_waiting());
        }
        if self
            .held_since
            .is_some_and(|since| now >= since + LONGEST_HOLD)
        {
            self.held_since = None;
            let progress = self
                .catch_up
                .as_mut()
                .map(CatchUp::abandon)
                .unwrap_or_default();
            let epoch = self
                .catch_up
                .as_ref()
                .map_or(0, |catch_up| catch_up.position().0);
            out.extend(told(progress, epoch));
        }
        let held = self
            .held_since
            .filter(|_| self.catch_up.as_ref().is_some_and(CatchUp::is_held_back));
        if let Some(since) = held
            && !self.beats.iter().any(|sent| sent.at >= since)
        {
            out.extend(self.beat(now, link, self.patience));
        }
        if self.reading.is_none()
            && let Some(read) = self
                .catch_up
                .as_ref()
                .and_then(|catch_up| catch_up.request(self.instance))
        {
            let data = [&self.iana[..], &read.to_bytes()].concat();
            self.reading = Some(self.ask(
                now,
                link,
                Kind::Command,
                console_log::READ,
                &data,
                self.patience,
            ));
        }
        out
    }

    fn ask_info(&mut self, now: Instant, link: &mut Link) {
        let data = [&self.iana[..], &[self.instance]].concat();
        let id = self.ask(
            now,
            link,
            Kind::Command,
            console_log::INFO,
            &data,
            self.patience,
        );
        self.state = State::Asking(id, self.wall(now));
    }

    fn handle_info(&mut self, now: Instant, link: &mut Link, done: &Done, asked: u64) -> Vec<Out> {
        let info = done
            .answer
            .as_ref()
            .and_then(|answer| Info::parse(self.body(answer)?).ok());
        let Some(info) = info.filter(|info| info.version >= 1 && info.start <= info.end) else {
            self.state = State::Absent;
            return self.stop_waiting();
        };
        // The BMC stamped its time somewhere between asking and now.
        self.ahead = i128::from(info.now) - (i128::from(asked) + i128::from(self.wall(now))) / 2;
        self.state = State::Present;
        self.beat(now, link, self.patience)
    }

    fn handle_beat(
        &mut self,
        now: Instant,
        link: &mut Link,
        at: usize,
        answer: &Answer,
        late: bool,
    ) -> Vec<Out> {
        let beat = self.body(answer).and_then(|body| Beat::parse(body).ok());
        let sent = &self.beats[at];
        let Some(beat) =
            beat.filter(|beat| beat.sequence == sent.sequence && self.fits(beat, sent))
        else {
            // A clock may have been set meanwhile: compare them again.
            log::debug!("a heartbeat's answer does not fit");
            self.ask_info(now, link);
            return Vec::new();
        };
        let Some(sent) = self.beats.remove(at) else {
            return Vec::new();
        };
        let round_trip = now.saturating_duration_since(sent.at);
        let mut out = Vec::new();
        self.cycle.answered += 1;
        self.cycle.total += round_trip;
        self.cycle.longest = self.cycle.longest.max(round_trip);
        let waited = Duration::from_millis(beat.processed - beat.received);
        if late {
            self.cycle.late += 1;
            out.push(Out::Report(Report::Late {
                sequence: sent.sequence,
                round_trip,
                waited,
            }));
        }
        if beat.status == BeatStatus::Overdue {
            out.push(Out::Report(Report::Overdue {
                sequence: sent.sequence,
                waited,
            }));
        }
        out.extend(self.place(&beat, sent.at));
        out.extend(self.end_cycle());
        out
    }

    /// Whether the BMC's two times can be true: both clocks may be a little off, and only so much.
    fn fits(&self, beat: &Beat, sent: &Sent) -> bool {
        let received = i128::from(beat.received) - self.ahead;
        beat.received <= beat.processed && received + CLOCK_TOLERANCE >= i128::from(sent.wall)
    }

    /// Finds the stream's place in the log, or what the BMC has dropped since.
    fn place(&mut self, beat: &Beat, sent: Instant) -> Vec<Out> {
        let mut out = Vec::new();
        let Some(sol_start) = beat.sol_start else {
            return out;
        };
        let known = self.catch_up.is_some();
        if !known {
            let mut waiting = self
                .waiting
                .take()
                .map(|(_, waiting)| waiting)
                .unwrap_or_default();
            let catch_up = match self.have.take() {
                None => CatchUp::in_step(beat.epoch, sol_start.saturating_add(self.streamed)),
                Some((epoch, have)) if epoch == beat.epoch => {
                    CatchUp::behind(epoch, have, sol_start)
                }
                Some(_) => {
                    // Another log: how much the old one had to come, nobody knows; the new one is read from its start.
                    out.push(Out::Report(Report::Gap { bytes: None }));
                    CatchUp::behind(beat.epoch, beat.start.min(sol_start), sol_start)
                }
            };
            let catch_up = self.catch_up.insert(catch_up);
            out.extend(brought(catch_up, std::mem::take(&mut waiting)));
        }
        let Some(catch_up) = &mut self.catch_up else {
            return out;
        };
        let total = u64::from(beat.skipped);
        let more = total.saturating_sub(self.skipped);
        if more > 0 && !catch_up.is_held_back() {
            // Either the next packet tells where, or there is none because nothing was printed since.
            match self.unplaced {
                _ if self.paused || catch_up.is_reading() => {}
                Some((count, end, first)) if (count, end) == (total, beat.end) => {
                    if sent >= first + SETTLED && catch_up.dropped_last(more, self.last_packet, end)
                    {
                        self.skipped = total;
                        self.unplaced = None;
                    }
                }
                _ => self.unplaced = Some((total, beat.end, sent)),
            }
            return out;
        }
        self.skipped = self.skipped.max(total);
        // The count of a heartbeat that was sent before the gap was seen may be one without it.
        let counts = self.held_since.is_none_or(|since| sent >= since);
        if more > 0 || (counts && catch_up.is_held_back()) {
            self.held_since = None;
            let epoch = catch_up.position().0;
            out.extend(told(catch_up.skipped(more), epoch));
        }
        out
    }

    fn handle_read(&mut self, done: &Done) -> Vec<Out> {
        let log = done
            .answer
            .as_ref()
            .and_then(|answer| Log::parse(self.body(answer)?).ok());
        let Some(catch_up) = &mut self.catch_up else {
            return Vec::new();
        };
        let epoch = catch_up.position().0;
        // A BMC that is silent is asked again; but one that never answers this must not keep the stream waiting.
        self.unread = if done.answer.is_none() {
            self.unread + 1
        } else {
            0
        };
        match log {
            Some(log) => told(catch_up.handle(&log), epoch),
            None if done.answer.is_none() && self.unread < UNREAD => Vec::new(),
            None => told(catch_up.abandon(), epoch),
        }
    }

    /// The stream goes on without its place in the log being known.
    fn stop_waiting(&mut self) -> Vec<Out> {
        let Some((_, waiting)) = self.waiting.take() else {
            return Vec::new();
        };
        self.have = None;
        self.streamed += waiting.len() as u64;
        let mut out = vec![Out::Report(Report::Gap { bytes: None })];
        out.extend(data(waiting, None));
        out
    }

    fn end_cycle(&mut self) -> Vec<Out> {
        let cycle = &mut self.cycle;
        if cycle.sent < cycle.length || cycle.answered + cycle.lost < cycle.sent {
            return Vec::new();
        }
        let mean = cycle.total / cycle.answered.max(1);
        let report = Report::Cycle {
            sent: cycle.sent,
            answered: cycle.answered,
            late: cycle.late,
            lost: cycle.lost,
            mean,
            longest: cycle.longest,
        };
        *cycle = Cycle {
            length: cycle.length,
            ..Cycle::default()
        };
        vec![Out::Report(report)]
    }

    /// What follows the enterprise number in a good answer.
    fn body<'a>(&self, answer: &'a Answer) -> Option<&'a [u8]> {
        if answer.code == 0 {
            answer.data.strip_prefix(&self.iana)
        } else {
            None
        }
    }

    fn wall(&self, now: Instant) -> u64 {
        let passed = now.saturating_duration_since(self.clock.0).as_millis();
        self.clock
            .1
            .saturating_add(u64::try_from(passed).unwrap_or(u64::MAX))
    }

    fn ask(
        &self,
        now: Instant,
        link: &mut Link,
        kind: Kind,
        cmd: u8,
        data: &[u8],
        patience: Patience,
    ) -> RequestId {
        link.ask(
            now,
            kind,
            Ask {
                netfn: console_log::NETFN,
                lun: 0,
                cmd,
                data,
            },
            patience,
        )
    }
}

fn data(bytes: Vec<u8>, place: Option<Place>) -> Vec<Out> {
    if bytes.is_empty() {
        Vec::new()
    } else {
        vec![Out::Data(bytes, place)]
    }
}

/// The stream has brought `bytes`: what can be delivered of them at once.
fn brought(catch_up: &mut CatchUp, bytes: Vec<u8>) -> Vec<Out> {
    let fresh = catch_up.stream_brings(bytes);
    let (epoch, have) = catch_up.position();
    let place = (epoch, have.saturating_sub(fresh.len() as u64));
    data(fresh, Some(place))
}

fn told(progress: Progress, epoch: u64) -> Vec<Out> {
    let mut out = Vec::new();
    if progress.lost > 0 {
        out.push(Out::Report(Report::Gap {
            bytes: Some(progress.lost),
        }));
    }
    let at = progress.recovered_at;
    out.extend(
        progress
            .recovered
            .map(|(bytes, first, last)| Out::Recovered(bytes, first, last, (epoch, at))),
    );
    out.extend(
        progress
            .done
            .filter(|bytes| *bytes > 0)
            .map(|bytes| Out::Report(Report::Filled { bytes })),
    );
    out.extend(data(progress.released, Some((epoch, progress.released_at))));
    out
}

/// Two heartbeats so far apart that agree on what was dropped show that nothing of it is still on its way: longer than
/// a BMC repeats a packet.
const SETTLED: Duration = Duration::from_secs(10);

/// How long the stream waits for its place in the log, or for the size of a gap.
const LONGEST_HOLD: Duration = Duration::from_secs(10);

/// Bytes of the stream that wait for its place.
const MOST_WAITING: usize = 256 * 1024;

/// How many times in a row the log may not be answered for.
const UNREAD: u32 = 3;

/// Heartbeats in flight; the link's ledger holds no more.
const MOST_BEATS: usize = crate::proto::inflight::CAPACITY;

/// By how many milliseconds two clocks may differ, after they were compared: half a slow round trip, and drift.
const CLOCK_TOLERANCE: i128 = 5_000;
