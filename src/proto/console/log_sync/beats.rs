//! The ledger of heartbeats, first in, first out, and what became of those of a cycle.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::proto::console::event::Report;
use crate::proto::inflight::RequestId;
use crate::wire::console_log::{Beat, BeatStatus};

/// The heartbeats in flight, and the present cycle's account.
#[derive(Debug)]
pub(super) struct Beats {
    sent: VecDeque<Sent>,
    sequence: u32,
    cycle: Cycle,
}

/// A heartbeat in flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sent {
    pub(super) id: RequestId,
    pub(super) sequence: u32,
    pub(super) at: Instant,
    /// Our clock then, in milliseconds since 1970.
    pub(super) wall: u64,
    /// How much the stream had brought then.
    pub(super) mark: u64,
    /// Sent as a keepalive, and so part of a cycle; others only ask how far the log reaches.
    pub(super) counts: bool,
    /// Whether its answer is not overdue yet.
    pub(super) awaited: bool,
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

impl Beats {
    pub(super) fn new(cycle: u32) -> Self {
        Self {
            sent: VecDeque::new(),
            sequence: 0,
            cycle: Cycle {
                length: cycle.max(1),
                ..Cycle::default()
            },
        }
    }

    /// The number of the next heartbeat.
    pub(super) fn next_sequence(&mut self) -> u32 {
        self.sequence = self.sequence.wrapping_add(1);
        self.sequence
    }

    /// Enters one that was sent; the oldest makes room.
    pub(super) fn admit(&mut self, sent: Sent) {
        self.cycle.sent += u32::from(sent.counts);
        self.sent.push_back(sent);
        if self.sent.len() > MOST_BEATS {
            let oldest = self.sent.pop_front();
            self.cycle.lost += u32::from(oldest.is_some_and(|sent| sent.counts));
        }
    }

    /// The one that was sent as this request.
    pub(super) fn find(&self, id: RequestId) -> Option<Sent> {
        self.sent.iter().find(|sent| sent.id == id).copied()
    }

    /// Whether the answer to one that was sent at `since` or later is awaited.
    pub(super) fn any_since(&self, since: Instant) -> bool {
        self.sent
            .iter()
            .any(|sent| sent.awaited && sent.at >= since)
    }

    /// It was not answered in time. It stays: its answer may come yet.
    pub(super) fn missed(&mut self, id: RequestId) {
        for sent in self.sent.iter_mut().filter(|sent| sent.id == id) {
            sent.awaited = false;
        }
    }

    /// It was answered, and its answer says nothing: no other will come.
    pub(super) fn misfitted(&mut self, id: RequestId) {
        if let Some(at) = self.sent.iter().position(|sent| sent.id == id) {
            let counts = self.sent.remove(at).is_some_and(|sent| sent.counts);
            self.cycle.lost += u32::from(counts);
        }
    }

    /// The session is another one: those in flight will not be answered.
    pub(super) fn clear(&mut self) {
        let lost = self.sent.drain(..).filter(|sent| sent.counts).count();
        self.cycle.lost += u32::try_from(lost).unwrap_or(u32::MAX);
    }

    /// `sent` was answered with `beat`, and leaves the ledger. What there is to say about it.
    pub(super) fn answered(
        &mut self,
        now: Instant,
        sent: Sent,
        beat: &Beat,
        late: bool,
    ) -> Vec<Report> {
        self.sent.retain(|other| other.id != sent.id);
        let round_trip = now.saturating_duration_since(sent.at);
        let waited = Duration::from_millis(beat.processed.saturating_sub(beat.received));
        let mut reports = Vec::new();
        if sent.counts {
            self.cycle.answered += 1;
            self.cycle.late += u32::from(late);
            self.cycle.total += round_trip;
            self.cycle.longest = self.cycle.longest.max(round_trip);
        }
        if late {
            reports.push(Report::Late {
                sequence: sent.sequence,
                round_trip,
                waited,
            });
        }
        if beat.status == BeatStatus::Overdue {
            reports.push(Report::Overdue {
                sequence: sent.sequence,
                waited,
            });
        }
        reports
    }

    /// The account of the cycle, if it is over; then the next one begins.
    pub(super) fn end_cycle(&mut self) -> Option<Report> {
        let cycle = &mut self.cycle;
        if cycle.sent < cycle.length || cycle.answered + cycle.lost < cycle.sent {
            return None;
        }
        let report = Report::Cycle {
            sent: cycle.sent,
            answered: cycle.answered,
            late: cycle.late,
            lost: cycle.lost,
            mean: cycle.total / cycle.answered.max(1),
            longest: cycle.longest,
        };
        *cycle = Cycle {
            length: cycle.length,
            ..Cycle::default()
        };
        Some(report)
    }
}

/// Heartbeats in flight; the link's ledger holds no more.
const MOST_BEATS: usize = crate::proto::inflight::CAPACITY;
