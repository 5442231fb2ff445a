//! When the lines of a piece came. The BMC tells that of the first and the last byte of what it is asked for; so where
//! these two times differ, each line's first visible byte is asked for alone, the middle ones first: lines between two
//! bytes of the same time need not be.

use super::Ticket;
use crate::proto::line_starts::LineStarts;
use crate::wire::console_log::Piece;

/// A piece, and its lines.
#[derive(Debug)]
pub(super) struct Dates {
    piece: Piece,
    /// Lines that begin behind the piece's first byte.
    marks: Vec<Mark>,
}

/// The first visible byte of a line.
#[derive(Debug)]
struct Mark {
    /// Where it stands behind the piece's first byte.
    at: usize,
    time: Time,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Time {
    Wanted,
    Asked(Ticket),
    Known(u64),
    /// The BMC does not tell, or contradicts itself.
    Untold,
}

impl Dates {
    /// Those of `piece`, which follows what `starts` has seen.
    pub(super) fn of(piece: Piece, starts: &mut LineStarts) -> Self {
        let last = piece.data.len().saturating_sub(1);
        let found = piece.data.iter().enumerate();
        let marks = found
            .filter(|(_, byte)| starts.begins_with(**byte))
            .filter(|(at, _)| *at > 0)
            .map(|(at, _)| Mark {
                at,
                time: if at == last {
                    Time::Known(piece.last)
                } else {
                    Time::Wanted
                },
            })
            .collect();
        let mut dates = Self { piece, marks };
        dates.settle();
        dates
    }

    /// Whether nothing is left to ask for.
    pub(super) fn is_done(&self) -> bool {
        let open = |mark: &Mark| matches!(mark.time, Time::Wanted | Time::Asked(_));
        !self.marks.iter().any(open)
    }

    pub(super) fn in_flight(&self) -> usize {
        let asked = |mark: &&Mark| matches!(mark.time, Time::Asked(_));
        self.marks.iter().filter(asked).count()
    }

    pub(super) fn has_asked(&self, ticket: Ticket) -> bool {
        let asked = |mark: &Mark| mark.time == Time::Asked(ticket);
        self.marks.iter().any(asked)
    }

    /// The offset of the byte to ask for next, by this ticket.
    pub(super) fn ask(&mut self, ticket: Ticket) -> Option<u64> {
        let same = |a: &Mark, b: &Mark| a.time == b.time;
        let mut runs: Vec<&mut [Mark]> = self.marks.chunk_by_mut(same).collect();
        let run = runs
            .iter_mut()
            .filter(|run| run.first().is_some_and(|mark| mark.time == Time::Wanted))
            .max_by_key(|run| run.len())?;
        let middle = run.len() / 2;
        let mark = run.get_mut(middle)?;
        mark.time = Time::Asked(ticket);
        Some(self.piece.offset.saturating_add(mark.at as u64))
    }

    /// Takes in what was answered: bytes from an offset on.
    pub(super) fn answer(&mut self, ticket: Ticket, told: &Piece) {
        let Some(index) = self
            .marks
            .iter()
            .position(|mark| mark.time == Time::Asked(ticket))
        else {
            return;
        };
        let (before, after) = self.bounds(index);
        let offset = self.piece.offset;
        if let Some(mark) = self.marks.get_mut(index) {
            let is_it = told.offset == offset.saturating_add(mark.at as u64)
                && !told.data.is_empty()
                && (before.1..=after.1).contains(&told.first);
            mark.time = if is_it {
                Time::Known(told.first)
            } else {
                Time::Untold
            };
        }
        self.settle();
    }

    /// This request, or all where none is named, has to be made again.
    pub(super) fn ask_again(&mut self, ticket: Option<Ticket>) {
        for mark in &mut self.marks {
            if let Time::Asked(asked) = mark.time
                && ticket.is_none_or(|ticket| ticket == asked)
            {
                mark.time = Time::Wanted;
            }
        }
    }

    /// The piece, divided so that each line begins in a piece with its own time. What the BMC has not told lies evenly
    /// between what it has.
    pub(super) fn into_pieces(self) -> Vec<Piece> {
        let mut begins = vec![(0, self.piece.first)];
        for (index, mark) in self.marks.iter().enumerate() {
            let time = match mark.time {
                Time::Known(time) => time,
                _ => {
                    let (before, after) = self.bounds(index);
                    between(before, after, mark.at)
                }
            };
            if begins.last().is_none_or(|(_, before)| *before != time) {
                begins.push((mark.at, time));
            }
        }
        let Piece {
            offset,
            last,
            mut data,
            ..
        } = self.piece;
        let mut pieces = Vec::with_capacity(begins.len());
        let mut until = last;
        while let Some((at, first)) = begins.pop() {
            pieces.push(Piece {
                offset: offset.saturating_add(at as u64),
                first,
                last: until,
                data: data.split_off(at.min(data.len())),
            });
            until = first;
        }
        pieces.reverse();
        pieces
    }

    /// Lines between two bytes of the same time came then, too.
    fn settle(&mut self) {
        let mut before = self.piece.first;
        let mut since = 0;
        for index in 0..=self.marks.len() {
            let time = match self.marks.get(index).map(|mark| mark.time) {
                Some(Time::Known(time)) => time,
                Some(_) => continue,
                None => self.piece.last,
            };
            if time == before {
                for mark in self.marks.iter_mut().take(index).skip(since) {
                    // An answer that is under way counts as a stray.
                    mark.time = Time::Known(time);
                }
            }
            (before, since) = (time, index);
        }
    }

    /// The nearest bytes whose times are known, before and behind a mark.
    fn bounds(&self, index: usize) -> ((usize, u64), (usize, u64)) {
        let known = |mark: &Mark| match mark.time {
            Time::Known(time) => Some((mark.at, time)),
            _ => None,
        };
        let last = self.piece.data.len().saturating_sub(1);
        (
            self.marks
                .iter()
                .take(index)
                .rev()
                .find_map(known)
                .unwrap_or((0, self.piece.first)),
            self.marks
                .iter()
                .skip(index + 1)
                .find_map(known)
                .unwrap_or((last, self.piece.last)),
        )
    }
}

/// When the byte at `at` came, if those between two known ones came evenly.
fn between(before: (usize, u64), after: (usize, u64), at: usize) -> u64 {
    let length = after.0.saturating_sub(before.0).max(1) as u128;
    let passed = at.saturating_sub(before.0) as u128;
    let time = u128::from(after.1.saturating_sub(before.1));
    let part = u64::try_from(time * passed / length).unwrap_or(u64::MAX);
    before.1.saturating_add(part).min(after.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(text: &str, first: u64, last: u64) -> Piece {
        Piece {
            offset: 100,
            first,
            last,
            data: text.as_bytes().to_vec(),
        }
    }

    fn of(text: &str, first: u64, last: u64) -> Dates {
        Dates::of(piece(text, first, last), &mut LineStarts::default())
    }

    /// Answers each question from the times of the bytes, and counts them.
    fn dated(text: &str, times: &[u64]) -> (Vec<(String, u64)>, usize) {
        let mut dates = of(text, times[0], times[times.len() - 1]);
        let mut asked = 0;
        while let Some(offset) = dates.ask(Ticket(asked)) {
            let time = times[offset as usize - 100];
            let told = Piece {
                offset,
                first: time,
                last: time,
                data: vec![b'x'],
            };
            dates.answer(Ticket(asked), &told);
            asked += 1;
        }
        assert!(dates.is_done());
        let pieces = dates.into_pieces();
        let text = |piece: &Piece| String::from_utf8(piece.data.clone()).unwrap();
        let dated = pieces.iter().map(|piece| (text(piece), piece.first));
        (dated.collect(), asked as usize)
    }

    #[test]
    fn each_line_gets_its_own_time_and_equal_ones_cost_nothing() {
        let (lines, asked) = dated("a\nb\nc\nd", &[5, 5, 6, 6, 7, 7, 9]);
        let right = [("a\n", 5), ("b\n", 6), ("c\n", 7), ("d", 9)];
        assert_eq!(lines, right.map(|(text, time)| (text.to_owned(), time)));
        assert_eq!(asked, 2);
        let many = "x\n".repeat(500);
        let (lines, asked) = dated(&many, &[7; 1000]);
        assert_eq!((lines.len(), asked), (1, 0));
        let times: Vec<u64> = (0..1000).map(|at| 7 + u64::from(at >= 700)).collect();
        let (lines, asked) = dated(&many, &times);
        assert_eq!(lines.len(), 2);
        assert_eq!((lines[1].0.len(), lines[1].1), (300, 8));
        assert!(asked <= 10, "{asked}");
    }

    #[test]
    fn what_the_bmc_does_not_tell_lies_between_what_it_does() {
        let mut dates = of("ab\ncd\nef\ngh\n", 1000, 2100);
        assert_eq!(dates.in_flight(), 0);
        let offset = dates.ask(Ticket(1)).unwrap();
        assert_eq!((offset, dates.in_flight()), (106, 1));
        assert!(dates.has_asked(Ticket(1)) && !dates.is_done());
        // Of another byte; out of bounds.
        dates.answer(Ticket(1), &piece("e", 1500, 1500));
        let offset = dates.ask(Ticket(2)).unwrap();
        let wild = Piece {
            offset,
            ..piece("x", 9000, 9000)
        };
        dates.answer(Ticket(2), &wild);
        dates.ask(Ticket(3)).unwrap();
        dates.ask_again(Some(Ticket(3)));
        assert_eq!(dates.in_flight(), 0);
        let times: Vec<u64> = dates.into_pieces().iter().map(|p| p.first).collect();
        assert_eq!(times, [1000, 1300, 1600, 1900]);
    }

    #[test]
    fn the_pieces_are_the_piece() {
        let whole = piece("\x1b[2J\rone\r\n\r\n\x1b[mtwo\n\rthree", 10, 90);
        let mut dates = Dates::of(whole.clone(), &mut LineStarts::mid_line());
        dates.ask_again(None);
        let pieces = dates.into_pieces();
        let all: Vec<u8> = pieces.iter().flat_map(|p| p.data.clone()).collect();
        assert_eq!(all, whole.data);
        let mut next = whole.offset;
        for (index, piece) in pieces.iter().enumerate() {
            assert!(piece.offset == next && piece.first <= piece.last);
            next += piece.data.len() as u64;
            assert!(pieces.get(index + 1).is_none_or(|p| p.first == piece.last));
        }
        assert_eq!((pieces[0].first, pieces[pieces.len() - 1].last), (10, 90));
    }
}
