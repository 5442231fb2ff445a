//! What comes out, in order: bytes with their places, gaps, and accounts.

use std::collections::VecDeque;
use std::time::Instant;

use super::refill::Refill;
use super::{LogSync, Out};
use crate::proto::console::catch_up::Step;
use crate::proto::console::event::{Place, Report};

impl LogSync {
    pub(super) fn end_cycle(&mut self) {
        if let Some(report) = self.beats.end_cycle() {
            self.report(report);
        }
    }

    pub(super) fn collect(&mut self, now: Instant) {
        let Some(catch_up) = &mut self.catch_up else {
            return;
        };
        let epoch = catch_up.position().0;
        let mut steps: VecDeque<Step> = std::iter::from_fn(|| catch_up.poll_step()).collect();
        while let Some(step) = steps.pop_front() {
            let next = match steps.front() {
                Some(Step::Log(piece)) => Some(piece.first),
                _ => None,
            };
            self.tell(now, step, next, epoch);
        }
    }

    /// `next`: when what comes next came.
    pub(super) fn tell(&mut self, now: Instant, step: Step, next: Option<u64>, epoch: u64) {
        match step {
            Step::Stream(bytes, at) => self.show(now, bytes, at.map(|at| (epoch, at))),
            Step::Log(piece) => {
                self.newest = Some(piece.last);
                let place = (epoch, piece.offset);
                self.out
                    .push_back(Out::Recovered(piece.data, piece.first, piece.last, place));
            }
            Step::Lost(bytes) => self.gap(now, bytes, next),
            Step::Filled(bytes) => self.report(Report::Filled { bytes }),
            Step::Adrift => {
                self.catch_up = None;
                (self.have, self.unread) = (None, None);
                self.adrift = true;
            }
        }
    }

    pub(super) fn collect_refill(&mut self) {
        while let Some(piece) = self.refill.as_mut().and_then(Refill::poll_piece) {
            let Some(piece) = piece else {
                self.refill = None;
                self.refilling.clear();
                self.out.push_back(Out::Refetched(None));
                return;
            };
            let epoch = self.refill.as_ref().map_or(0, Refill::epoch);
            let place = (epoch, piece.offset);
            let fetched = (piece.data, piece.first, place);
            self.out.push_back(Out::Refetched(Some(fetched)));
        }
    }

    pub(super) fn show(&mut self, now: Instant, bytes: Vec<u8>, place: Option<Place>) {
        if !bytes.is_empty() {
            self.newest = Some(self.wall(now));
            self.out.push_back(Out::Data(bytes, place));
        }
    }

    pub(super) fn gap(&mut self, now: Instant, bytes: Option<u64>, until: Option<u64>) {
        let to = until.unwrap_or_else(|| self.wall(now));
        let from = self.newest.map(|newest| newest.min(to));
        self.report(Report::Gap { bytes, from, to });
    }

    pub(super) fn report(&mut self, report: Report) {
        self.out.push_back(Out::Report(report));
    }
}
