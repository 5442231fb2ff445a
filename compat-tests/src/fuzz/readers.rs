//! Those who read a BMC's console log, and a BMC that tells anything: every reader ends, and tells each byte of its range
//! once and in order, as data or as a gap.

use std::collections::VecDeque;

use steadysol::proto::log_reader::{Ending, Event, LogReader, Outcome, Range, Ticket};
use steadysol::wire::console_log::{Log, Piece, Read};

use super::Bytes;

/// A range, whether lines are dated, and for every request how it is answered.
pub fn run(input: &[u8]) {
    let mut bytes = Bytes(input);
    let how = bytes.byte().unwrap_or(0);
    let from = u64::from(bytes.short());
    let base = if how & 2 == 0 { 0 } else { u64::MAX - 0x2_0000 };
    let range = Range {
        instance: 1,
        epoch: 7,
        from: base + from,
        to: base + from + u64::from(bytes.short()),
        window: (0, if how & 4 == 0 { u64::MAX } else { 1000 }),
    };
    let mut reader = LogReader::new(range).with_dates(how & 1 == 1);
    let mut flying: VecDeque<(Ticket, Read)> = VecDeque::new();
    let mut told = range.from;
    for _ in 0..MOST_ANSWERS {
        while let Some(request) = reader.poll_request() {
            assert!(request.1.offset >= range.from && request.1.offset < range.to);
            flying.push_back(request);
            assert!(flying.len() <= MOST_FLYING, "asks for ever more");
        }
        while let Some(event) = reader.poll_event() {
            match event {
                Event::Data(piece) => {
                    assert_eq!(piece.offset, told);
                    told += u64::try_from(piece.data.len()).expect("short");
                }
                Event::Gap { from, to } => {
                    assert!(from == told && to > from);
                    told = to;
                }
                Event::Outside { bytes } => told += bytes,
                Event::Ended(ending) => {
                    assert!(ending != Ending::Complete || told == range.to);
                    assert!(told <= range.to && reader.is_ended());
                    return;
                }
            }
            assert_eq!(told.max(range.from), told);
        }
        let how = bytes.byte();
        if how.is_some_and(|how| how & 8 != 0)
            && let Some(first) = flying.pop_front()
        {
            flying.push_back(first);
        }
        let Some((ticket, read)) = flying.pop_front() else {
            panic!("neither asks nor ends");
        };
        reader.handle_answer(ticket, answer(how, &read, &range, &mut bytes));
        if how.is_some_and(|how| how & 0x80 != 0) {
            // It comes a second time.
            reader.handle_answer(ticket, Outcome::Lost);
        }
    }
    panic!("a reader that never ends");
}

/// An honest one, or one that lies about this or that; at the input's end there are none.
fn answer(how: Option<u8>, read: &Read, range: &Range, bytes: &mut Bytes<'_>) -> Outcome {
    let Some(how) = how else {
        return Outcome::Lost;
    };
    let length = match how >> 4 & 3 {
        0 => u16::from(bytes.byte().unwrap_or(1)),
        1 => 1,
        2 => 1000,
        _ => u16::MAX,
    };
    let honest = Piece {
        offset: read.offset,
        first: 500,
        last: 1500,
        data: vec![if how & 0x40 == 0 { b'\n' } else { b'x' }; read.want.min(length).into()],
    };
    let mut log = Log {
        epoch: range.epoch,
        start: 0,
        end: range.to,
        piece: honest,
    };
    let lie = |bytes: &mut Bytes<'_>| match bytes.byte().unwrap_or(0) {
        byte @ 0..128 => read.offset.wrapping_add(byte.into()),
        byte @ 128..250 => read.offset.wrapping_sub(byte.into()),
        _ => u64::MAX,
    };
    match how & 7 {
        0..3 => {}
        3 => log.start = lie(bytes),
        4 => log.piece.offset = lie(bytes),
        5 => log.end = lie(bytes),
        6 => (log.piece.first, log.piece.last) = (lie(bytes), lie(bytes)),
        _ => match bytes.byte().unwrap_or(0) {
            0..60 => return Outcome::Lost,
            60..120 => return Outcome::EpochGone(range.epoch),
            120..180 => return Outcome::EpochGone(9),
            _ => log.epoch = 8,
        },
    }
    Outcome::Answer(log)
}

/// More than a range of 64 KiB needs, byte by byte, with a date for each and each failing three times.
const MOST_ANSWERS: usize = 1_000_000;
const MOST_FLYING: usize = 64;
