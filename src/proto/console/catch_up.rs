//! Where in the BMC's console log the SOL stream stands, and how what the stream has left out is fetched.
//!
//! Two offsets say all: `have`, up to which everything has been delivered, and the stream's own position, the offset
//! of the byte that SOL brings next. While they are equal, what the stream brings is delivered. When the stream is
//! ahead (characters dropped in an overrun, or printed while there was no session), the log is read from `have` on,
//! and the stream waits, in a bounded buffer of which the oldest part may fall out again, since the log has that too.
//! When the stream is behind (the log was read further than the stream has come), what it repeats is dropped.

use std::collections::VecDeque;

use crate::wire::console_log::{Log, Read};

/// The two positions and what lies between them.
#[derive(Debug)]
pub(super) struct CatchUp {
    epoch: u64,
    have: u64,
    stream: u64,
    /// The newest bytes of the stream that wait, the last of them just before `stream`.
    held: VecDeque<u8>,
    reading: bool,
    /// The length of the packet before the gap, while the gap's size is not known.
    held_back: Option<u64>,
    recovered: u64,
    /// Where the stream's position is not sure: the first bytes after the doubt, and by how much it may be too far.
    doubt: Option<Doubt>,
}

/// A BMC counts a packet as dropped when it has not seen our acknowledgements, although we may have the packet: then
/// the stream stands by that packet's length less far than the count says. The log tells which.
#[derive(Debug)]
struct Doubt {
    sample: Vec<u8>,
    at: u64,
    less: u64,
    read: Vec<u8>,
    read_from: u64,
}

/// What came of a part of the log.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Progress {
    /// Bytes that the log had for us, and when the first and the last of them arrived at the BMC.
    pub(super) recovered: Option<(Vec<u8>, u64, u64)>,
    /// Bytes that the log has overwritten.
    pub(super) lost: u64,
    /// Where the first of these stands.
    pub(super) recovered_at: u64,
    /// Bytes of the stream that were waiting.
    pub(super) released: Vec<u8>,
    /// Where the first of these stands.
    pub(super) released_at: u64,
    /// All is fetched: so many bytes since the reading began.
    pub(super) done: Option<u64>,
}

impl CatchUp {
    /// A log of which everything up to the stream's position is delivered.
    pub(super) fn in_step(epoch: u64, stream: u64) -> Self {
        Self::behind(epoch, stream, stream)
    }

    /// A log of which everything up to `have` is delivered, with the stream at `stream`.
    pub(super) fn behind(epoch: u64, have: u64, stream: u64) -> Self {
        Self {
            epoch,
            have,
            stream,
            held: VecDeque::new(),
            reading: have < stream,
            held_back: None,
            recovered: 0,
            doubt: None,
        }
    }

    /// The epoch, and the offset up to which everything is delivered.
    pub(super) fn position(&self) -> (u64, u64) {
        (self.epoch, self.have)
    }

    /// Whether the log is being read.
    pub(super) fn is_reading(&self) -> bool {
        self.reading
    }

    /// The stream has brought `bytes`; returns what can be delivered at once.
    pub(super) fn stream_brings(&mut self, bytes: Vec<u8>) -> Vec<u8> {
        let from = self.stream;
        self.stream += bytes.len() as u64;
        if self.reading {
            self.held.extend(bytes);
            let excess = self.held.len().saturating_sub(HELD);
            self.held.drain(..excess);
            return Vec::new();
        }
        let repeated = usize::try_from(self.have.saturating_sub(from)).unwrap_or(usize::MAX);
        self.have = self.have.max(self.stream);
        bytes.get(repeated..).unwrap_or_default().to_vec()
    }

    /// The BMC has dropped bytes before what the stream brings next. The stream waits until
    /// [`CatchUp::skipped`] tells how many; the packet before had `last` bytes, and may be among those that the BMC
    /// counts.
    pub(super) fn hold(&mut self, last: usize) {
        // What waits already does not join what comes now; the log has it.
        self.held.clear();
        self.doubt = None;
        self.reading = true;
        self.held_back = Some(last as u64);
    }

    /// Whether the stream waits for [`CatchUp::skipped`].
    pub(super) fn is_held_back(&self) -> bool {
        self.held_back.is_some()
    }

    /// The BMC has dropped `count` bytes more than was known. Without [`CatchUp::hold`] before, nobody knows where
    /// they are missing: they are lost.
    pub(super) fn skipped(&mut self, count: u64) -> Progress {
        self.stream = self.stream.saturating_add(count);
        let Some(last) = self.held_back.take() else {
            if !self.reading {
                self.have = self.have.max(self.stream);
            }
            return Progress {
                lost: count,
                ..Progress::default()
            };
        };
        let at = self.held_from();
        let less = last.min(count);
        self.doubt = Some(Doubt {
            sample: self.held.iter().take(SAMPLE).copied().collect(),
            at,
            less,
            read: Vec::new(),
            read_from: at.saturating_sub(less),
        });
        if count == 0 && self.have >= at {
            self.finish(Progress::default())
        } else {
            Progress::default()
        }
    }

    /// The BMC has dropped `count` bytes after all that the stream brought, and nothing else waits there: the log ends
    /// at `end`. The last packet, of `last` bytes, may be among those. Returns whether the numbers agree; if so, what
    /// is missing is read.
    pub(super) fn dropped_last(&mut self, count: u64, last: usize, end: u64) -> bool {
        let all = self.stream.saturating_add(count);
        let less = count.min(last as u64);
        if end != all && end != all - less || end < self.have {
            return false;
        }
        self.stream = end;
        self.reading = self.have < end;
        true
    }

    /// What to ask for next; `None` while nothing is to be read.
    pub(super) fn request(&self, instance: u8) -> Option<Read> {
        (self.reading && self.held_back.is_none()).then_some(Read {
            instance,
            epoch: self.epoch,
            offset: self.have,
            want: WANT,
        })
    }

    /// Takes in an answer to [`CatchUp::request`]. One that leads nowhere (nothing there, an offset that goes back,
    /// another epoch) ends the reading: a BMC that lies must not keep the stream from the user.
    pub(super) fn handle(&mut self, log: &Log) -> Progress {
        let mut progress = Progress::default();
        let piece = &log.piece;
        if !self.reading || log.epoch != self.epoch || piece.offset < self.have {
            return self.give_up(progress);
        }
        if piece.offset > self.have {
            let from = piece.offset.min(self.held_from());
            progress.lost = from.saturating_sub(self.have);
            self.have = self.have.max(from);
        }
        self.settle_doubt(piece.offset, &piece.data);
        // What the log has beyond the stream will come by the stream: only the wanted part is taken.
        let room =
            usize::try_from(self.held_from().saturating_sub(self.have)).unwrap_or(usize::MAX);
        let there = if piece.offset == self.have {
            &*piece.data
        } else {
            &[]
        };
        let taken = &there[..there.len().min(room)];
        if !taken.is_empty() {
            progress.recovered_at = self.have;
            self.have += taken.len() as u64;
            self.recovered += taken.len() as u64;
            progress.recovered = Some((taken.to_vec(), piece.first, piece.last));
        }
        if self.have >= self.held_from() {
            return self.finish(progress);
        }
        if piece.data.is_empty() {
            self.give_up(progress)
        } else {
            progress
        }
    }

    /// The log cannot be read: what is between is lost.
    pub(super) fn abandon(&mut self) -> Progress {
        self.give_up(Progress::default())
    }

    /// Offset of the oldest byte that waits; the stream's position where none does.
    fn held_from(&self) -> u64 {
        self.stream - self.held.len() as u64
    }

    fn settle_doubt(&mut self, offset: u64, data: &[u8]) {
        let Some(doubt) = &mut self.doubt else { return };
        // Gather what the log has around the doubtful place.
        let next = doubt.read_from + doubt.read.len() as u64;
        if let Some(skip) = next
            .checked_sub(offset)
            .and_then(|skip| usize::try_from(skip).ok())
        {
            doubt
                .read
                .extend_from_slice(data.get(skip..).unwrap_or_default());
        }
        let shorter = doubt.read.starts_with(&doubt.sample);
        let as_counted = usize::try_from(doubt.at - doubt.read_from)
            .ok()
            .and_then(|skip| doubt.read.get(skip..))
            .is_some_and(|read| read.starts_with(&doubt.sample));
        let enough = doubt.read.len() >= doubt.sample.len();
        if enough && shorter && !as_counted && doubt.less > 0 {
            self.stream -= doubt.less;
            self.doubt = None;
        } else if as_counted || doubt.read.len() > SAMPLE + LONGEST {
            self.doubt = None;
        }
    }

    fn finish(&mut self, mut progress: Progress) -> Progress {
        let skip = usize::try_from(self.have - self.held_from()).unwrap_or(usize::MAX);
        let held: Vec<u8> = std::mem::take(&mut self.held).into();
        progress.released_at = self.have;
        progress.released = held.get(skip..).unwrap_or_default().to_vec();
        progress.done = Some(std::mem::take(&mut self.recovered));
        self.have = self.have.max(self.stream);
        self.reading = false;
        self.held_back = None;
        self.doubt = None;
        progress
    }

    fn give_up(&mut self, mut progress: Progress) -> Progress {
        if !self.reading {
            return progress;
        }
        progress.lost += self.held_from().saturating_sub(self.have);
        self.have = self.have.max(self.held_from());
        self.finish(progress)
    }
}

/// How many bytes of the stream wait at most; the log has them too.
const HELD: usize = 256 * 1024;

/// How many bytes one answer may carry: with all headers it fits any Ethernet.
const WANT: u16 = 900;

/// How many bytes tell one place of the log from another.
const SAMPLE: usize = 64;

/// The longest SOL packet.
const LONGEST: usize = 255;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::console_log::Piece;

    /// A log whose byte at offset n is a function of n.
    fn bytes(range: std::ops::Range<u64>) -> Vec<u8> {
        range.map(|n| (n % 251) as u8).collect()
    }

    fn answer(request: Read, start: u64, end: u64) -> Log {
        let from = request.offset.max(start).min(end);
        let to = end.min(from + u64::from(request.want));
        let piece = Piece {
            offset: from,
            first: 1,
            last: 2,
            data: bytes(from..to),
        };
        Log {
            epoch: 7,
            start,
            end,
            piece,
        }
    }

    /// Reads until nothing more is asked for; returns what was delivered and how much was lost.
    fn run(catch_up: &mut CatchUp, start: u64, end: u64) -> (Vec<u8>, u64) {
        let (mut out, mut lost) = (Vec::new(), 0);
        for _ in 0..1000 {
            let Some(request) = catch_up.request(1) else {
                return (out, lost);
            };
            let progress = catch_up.handle(&answer(request, start, end));
            out.extend(progress.recovered.into_iter().flat_map(|(data, ..)| data));
            out.extend(progress.released);
            lost += progress.lost;
        }
        panic!("never ends");
    }

    #[test]
    fn in_step_everything_is_delivered_as_it_comes() {
        let mut catch_up = CatchUp::in_step(7, 100);
        assert_eq!(catch_up.stream_brings(bytes(100..200)), bytes(100..200));
        assert_eq!((catch_up.request(1), catch_up.position()), (None, (7, 200)));
    }

    #[test]
    fn what_was_printed_without_a_session_is_read_before_the_stream_goes_on() {
        let mut catch_up = CatchUp::behind(7, 100, 5000);
        assert_eq!(catch_up.stream_brings(bytes(5000..5100)), b"");
        assert_eq!(run(&mut catch_up, 0, 5100), (bytes(100..5100), 0));
        assert_eq!(catch_up.stream_brings(bytes(5100..5200)), bytes(5100..5200));
    }

    #[test]
    fn what_the_stream_repeats_is_dropped() {
        let mut catch_up = CatchUp::behind(7, 300, 200);
        assert_eq!(catch_up.stream_brings(bytes(200..250)), b"");
        assert_eq!(catch_up.stream_brings(bytes(250..400)), bytes(300..400));
    }

    #[test]
    fn an_overwritten_range_is_counted_and_not_invented() {
        let mut catch_up = CatchUp::behind(7, 100, 5000);
        assert_eq!(run(&mut catch_up, 2000, 6000), (bytes(2000..5000), 1900));
        let mut catch_up = CatchUp::behind(7, 100, 5000);
        assert_eq!(run(&mut catch_up, 6000, 7000), (vec![], 4900));
        assert_eq!(catch_up.stream_brings(bytes(5000..5001)), bytes(5000..5001));
    }

    #[test]
    fn skipped_bytes_are_put_where_they_belong() {
        let mut catch_up = CatchUp::in_step(7, 0);
        assert_eq!(catch_up.stream_brings(bytes(0..500)), bytes(0..500));
        // 1000 bytes are dropped; the next packet says so.
        catch_up.hold(0);
        assert_eq!(catch_up.request(1), None, "how many, is not known yet");
        assert_eq!(catch_up.stream_brings(bytes(1500..1600)), b"");
        assert_eq!(catch_up.skipped(1000), Progress::default());
        assert_eq!(run(&mut catch_up, 0, 2000), (bytes(500..1600), 0));
        assert_eq!(catch_up.stream_brings(bytes(1600..1700)), bytes(1600..1700));
    }

    #[test]
    fn a_packet_that_came_although_the_bmc_counts_it_as_dropped_is_not_shown_twice() {
        for counted_though_received in [0, 100] {
            let mut catch_up = CatchUp::in_step(7, 0);
            catch_up.stream_brings(bytes(0..500));
            // The BMC counts what it dropped, and the last 100 bytes too, of which it saw no acknowledgement.
            catch_up.hold(100);
            catch_up.stream_brings(bytes(1500..1600));
            catch_up.skipped(1000 + counted_though_received);
            assert_eq!(
                run(&mut catch_up, 0, 2000),
                (bytes(500..1600), 0),
                "{counted_though_received}"
            );
            assert_eq!(catch_up.stream_brings(bytes(1600..1700)), bytes(1600..1700));
        }
    }

    #[test]
    fn a_second_gap_while_the_first_is_being_read_is_filled_too() {
        let mut catch_up = CatchUp::in_step(7, 0);
        catch_up.stream_brings(bytes(0..500));
        catch_up.hold(0);
        catch_up.stream_brings(bytes(5500..5600));
        catch_up.skipped(5000);
        let first = catch_up.handle(&answer(catch_up.request(1).unwrap(), 0, 9000));
        let mut out = first.recovered.unwrap().0;
        catch_up.hold(100);
        catch_up.stream_brings(bytes(7600..7700));
        assert_eq!(catch_up.request(1), None, "how many, is not known yet");
        assert_eq!(catch_up.skipped(2000), Progress::default());
        let (rest, lost) = run(&mut catch_up, 0, 9000);
        out.extend(rest);
        assert!(out == bytes(500..7700) && lost == 0);
        assert_eq!(catch_up.stream_brings(bytes(7700..7800)), bytes(7700..7800));
    }

    #[test]
    fn bytes_dropped_nobody_knows_where_are_counted_as_lost() {
        let mut catch_up = CatchUp::in_step(7, 0);
        catch_up.stream_brings(bytes(0..500));
        assert_eq!(
            catch_up.skipped(10),
            Progress {
                lost: 10,
                ..Progress::default()
            }
        );
        assert_eq!(catch_up.stream_brings(bytes(510..520)), bytes(510..520));
        catch_up.hold(0);
        catch_up.stream_brings(bytes(520..530));
        assert_eq!(
            catch_up.skipped(0).released,
            bytes(520..530),
            "nothing was dropped after all"
        );
    }

    #[test]
    fn what_was_dropped_last_is_read_although_no_packet_follows() {
        let mut catch_up = CatchUp::in_step(7, 0);
        catch_up.stream_brings(bytes(0..500));
        assert!(!catch_up.dropped_last(64, 8, 700), "more is on its way");
        assert!(catch_up.dropped_last(64, 8, 564));
        assert_eq!(run(&mut catch_up, 0, 564), (bytes(500..564), 0));
        // The last packet came, and only its acknowledgement was lost.
        catch_up.stream_brings(bytes(564..572));
        assert!(catch_up.dropped_last(8, 8, 572));
        assert_eq!(catch_up.request(1), None);
        assert_eq!(catch_up.stream_brings(bytes(572..580)), bytes(572..580));
    }

    #[test]
    fn more_than_may_wait_is_read_from_the_log_instead() {
        let mut catch_up = CatchUp::behind(7, 0, 1000);
        let flood = 1000 + 3 * HELD as u64;
        catch_up.stream_brings(bytes(1000..flood));
        assert_eq!(catch_up.held.len(), HELD);
        let (mut out, mut lost) = (Vec::new(), 0);
        while let Some(request) = catch_up.request(1) {
            let progress = catch_up.handle(&answer(request, 0, flood));
            out.extend(progress.recovered.into_iter().flat_map(|(data, ..)| data));
            out.extend(progress.released);
            lost += progress.lost;
        }
        assert_eq!((out == bytes(0..flood), lost), (true, 0));
    }

    #[test]
    fn a_bmc_that_lies_ends_the_reading_and_the_stream_goes_on() {
        let lies = [
            Log {
                epoch: 8,
                start: 0,
                end: 9,
                piece: Piece {
                    offset: 100,
                    data: vec![1],
                    ..Piece::default()
                },
            },
            Log {
                epoch: 7,
                start: 0,
                end: 9,
                piece: Piece {
                    offset: 50,
                    data: vec![1],
                    ..Piece::default()
                },
            },
            Log {
                epoch: 7,
                start: 0,
                end: 9,
                piece: Piece {
                    offset: 100,
                    ..Piece::default()
                },
            },
            Log {
                epoch: 7,
                start: 9,
                end: 0,
                piece: Piece {
                    offset: u64::MAX,
                    data: vec![1],
                    ..Piece::default()
                },
            },
        ];
        for lie in lies {
            let mut catch_up = CatchUp::behind(7, 100, 5000);
            catch_up.stream_brings(bytes(5000..5010));
            let progress = catch_up.handle(&lie);
            assert_eq!(
                (progress.lost, progress.released),
                (4900, bytes(5000..5010)),
                "{lie:?}"
            );
            assert!(!catch_up.is_reading());
        }
    }
}
