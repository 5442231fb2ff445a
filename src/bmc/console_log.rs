//! The console log: the newest bytes a serial port emitted, with the arrival time of every run of them.
//!
//! Positions are absolute: the offset of a byte is how many the port emitted before it since the log's epoch.

pub mod journal;

use std::collections::VecDeque;

pub use crate::wire::console_log::Piece;

/// A ring of bytes that remembers when each came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleLog {
    epoch: u64,
    end: u64,
    capacity: usize,
    bytes: VecDeque<u8>,
    /// Where each run of bytes with the same arrival time begins, ascending in both.
    runs: VecDeque<Run>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    offset: u64,
    time: u64,
}

impl ConsoleLog {
    /// An empty log that keeps `capacity` bytes (at least 1).
    pub fn new(capacity: usize, epoch: u64) -> Self {
        Self::at(capacity, epoch, 0)
    }

    /// An empty log whose next byte has offset `end`.
    pub fn at(capacity: usize, epoch: u64, end: u64) -> Self {
        let capacity = capacity.clamp(1, u32::MAX as usize);
        Self {
            epoch,
            end,
            capacity,
            bytes: VecDeque::new(),
            runs: VecDeque::new(),
        }
    }

    /// The log's epoch: offsets of two epochs are never compared.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Offset of the oldest byte that is kept.
    pub fn start(&self) -> u64 {
        self.end - self.bytes.len() as u64
    }

    /// Offset of the next byte to come.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// How many bytes are kept at most.
    pub fn capacity(&self) -> u32 {
        self.capacity as u32 // at most u32::MAX: see `at`
    }

    /// Appends bytes that came at `time`, milliseconds since 1970. Times never go back: a clock that does is ignored
    /// until it has caught up.
    pub fn append(&mut self, time: u64, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let time = self.runs.back().map_or(time, |run| run.time.max(time));
        if self.runs.back().is_none_or(|run| run.time != time) {
            self.runs.push_back(Run {
                offset: self.end,
                time,
            });
        }
        self.end = self.end.saturating_add(bytes.len() as u64);
        self.bytes
            .extend(&bytes[bytes.len().saturating_sub(self.capacity)..]);
        let excess = self.bytes.len().saturating_sub(self.capacity);
        self.bytes.drain(..excess);
        // A port that emits single bytes would cost more for times than for bytes: then old bytes go first.
        while self.runs.len() > self.capacity / BYTES_PER_RUN + LEAST_RUNS {
            let Some(next) = self.runs.get(1).map(|run| run.offset) else {
                break;
            };
            let gone = next
                .saturating_sub(self.start())
                .min(self.bytes.len() as u64);
            self.bytes.drain(..gone as usize);
            self.runs.pop_front();
        }
        let start = self.start();
        while self.runs.get(1).is_some_and(|run| run.offset <= start) {
            self.runs.pop_front();
        }
        if let Some(first) = self.runs.front_mut() {
            first.offset = first.offset.max(start);
        }
    }

    /// Forgets everything and begins a new epoch.
    pub fn clear(&mut self, epoch: u64) {
        *self = Self::new(self.capacity, epoch);
    }

    /// At most `want` bytes from `offset` on. Where they were overwritten, the piece begins at the oldest byte kept.
    pub fn read(&self, offset: u64, want: usize) -> Piece {
        let from = offset.max(self.start());
        let n = self.end.saturating_sub(from).min(want as u64);
        if n == 0 {
            return Piece {
                offset: self.end,
                first: 0,
                last: 0,
                data: Vec::new(),
            };
        }
        let skip = (from - self.start()) as usize;
        let data = self
            .bytes
            .iter()
            .skip(skip)
            .take(n as usize)
            .copied()
            .collect();
        Piece {
            offset: from,
            first: self.time_of(from),
            last: self.time_of(from + n - 1),
            data,
        }
    }

    /// Offset and arrival time of the first byte kept that came at `time` or later.
    pub fn find(&self, time: u64) -> Option<(u64, u64)> {
        let index = self.runs.partition_point(|run| run.time < time);
        let run = self.runs.get(index)?;
        Some((run.offset.max(self.start()), run.time))
    }

    /// The runs that are kept, oldest first: arrival time and bytes.
    pub fn runs(&self) -> impl Iterator<Item = (u64, Vec<u8>)> {
        self.runs_from(0).map(|(time, _, bytes)| (time, bytes))
    }

    /// The runs from `offset` on, oldest first: arrival time, offset and bytes. The first may be the end of a run.
    pub fn runs_from(&self, offset: u64) -> impl Iterator<Item = (u64, u64, Vec<u8>)> {
        let first = self
            .runs
            .partition_point(|run| run.offset <= offset)
            .saturating_sub(1);
        let from = offset.max(self.start());
        (first..self.runs.len()).filter_map(move |i| {
            let run = self.runs.get(i)?;
            let from = run.offset.max(from);
            let to = self.runs.get(i + 1).map_or(self.end, |next| next.offset);
            (to > from).then(|| (run.time, from, self.read(from, (to - from) as usize).data))
        })
    }

    fn time_of(&self, offset: u64) -> u64 {
        let index = self.runs.partition_point(|run| run.offset <= offset);
        index
            .checked_sub(1)
            .and_then(|i| self.runs.get(i))
            .map_or(0, |run| run.time)
    }
}

/// One remembered time for so many bytes of capacity.
const BYTES_PER_RUN: usize = 8;
/// Times that are remembered however small the log is.
const LEAST_RUNS: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn log() -> ConsoleLog {
        let mut log = ConsoleLog::new(10, 7);
        log.append(100, b"abc");
        log.append(200, b"defg");
        log
    }

    #[test]
    fn bytes_come_back_with_the_times_they_came_at() {
        let log = log();
        assert_eq!((log.start(), log.end(), log.epoch()), (0, 7, 7));
        assert_eq!(
            log.read(1, 4),
            Piece {
                offset: 1,
                first: 100,
                last: 200,
                data: b"bcde".to_vec()
            }
        );
        assert_eq!(
            log.read(3, 99),
            Piece {
                offset: 3,
                first: 200,
                last: 200,
                data: b"defg".to_vec()
            }
        );
        let nothing = Piece {
            offset: 7,
            first: 0,
            last: 0,
            data: Vec::new(),
        };
        assert_eq!(
            (log.read(7, 5), log.read(u64::MAX, 5), log.read(0, 0)),
            (nothing.clone(), nothing.clone(), nothing)
        );
    }

    #[test]
    fn what_was_overwritten_is_reported_and_never_invented() {
        let mut log = log();
        log.append(300, b"hijklm");
        assert_eq!((log.start(), log.end()), (3, 13));
        assert_eq!(
            log.read(0, 3),
            Piece {
                offset: 3,
                first: 200,
                last: 200,
                data: b"def".to_vec()
            }
        );
        assert_eq!(log.find(0), Some((3, 200)));
        log.append(400, &[b'x'; 100]);
        assert_eq!(
            (log.start(), log.end(), log.read(0, 1).first),
            (103, 113, 400)
        );
    }

    #[test]
    fn a_time_finds_the_first_byte_at_or_after_it() {
        let log = log();
        for (time, found) in [
            (0, Some((0, 100))),
            (100, Some((0, 100))),
            (101, Some((3, 200))),
            (201, None),
        ] {
            assert_eq!(log.find(time), found);
        }
    }

    #[test]
    fn a_clock_that_goes_back_does_not_disorder_the_log() {
        let mut log = log();
        log.append(50, b"h");
        assert_eq!(log.read(7, 1).first, 200);
    }

    #[test]
    fn single_bytes_cost_no_more_memory_than_the_log_may_have() {
        let mut log = ConsoleLog::new(800, 1);
        for n in 0..5000u64 {
            log.append(n, &[n as u8]);
            assert_eq!(
                log.read(log.start(), 1).data.first().copied(),
                Some(log.start() as u8)
            );
            assert_eq!(log.read(log.start(), 1).first, log.start());
        }
        assert!(log.runs.len() <= 116 && log.bytes.len() <= 800);
        assert_eq!(
            log.read(4999, 1),
            Piece {
                offset: 4999,
                first: 4999,
                last: 4999,
                data: vec![(4999 % 256) as u8]
            }
        );
    }

    #[test]
    fn a_log_put_together_from_its_runs_is_the_same() {
        let log = log();
        let mut copy = ConsoleLog::at(10, 7, log.start());
        log.runs()
            .for_each(|(time, bytes)| copy.append(time, &bytes));
        assert_eq!(copy, log);
    }
}
