//! The client's reader of a console log meets the BMC's log: what is read is what arrived, and nothing else.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use proptest::prelude::*;
use steadysol::bmc::console_log::ConsoleLog;
use steadysol::proto::log_reader::{
    Contradiction, Ending, Event, LogReader, Outcome, Range, Ticket,
};
use steadysol::wire::console_log::{Log, Piece, Read};

/// A BMC's log, and all that ever arrived.
struct Host {
    log: ConsoleLog,
    arrived: Vec<(u64, u8)>,
    now: u64,
}

impl Host {
    fn new(capacity: usize) -> Self {
        Self {
            log: ConsoleLog::new(capacity, EPOCH),
            arrived: Vec::new(),
            now: 1000,
        }
    }

    fn print(&mut self, count: usize, pause: u64) {
        let from = self.arrived.len();
        self.say(
            (from..from + count).map(|n| (n * 7 / 3) as u8).collect(),
            pause,
        );
    }

    fn say(&mut self, bytes: Vec<u8>, pause: u64) {
        self.now += pause;
        self.arrived
            .extend(bytes.iter().map(|byte| (self.now, *byte)));
        self.log.append(self.now, &bytes);
    }

    fn answer(&self, read: Read, fit: usize) -> Log {
        Log {
            epoch: self.log.epoch(),
            start: self.log.start(),
            end: self.log.end(),
            piece: self.log.read(read.offset, usize::from(read.want).min(fit)),
        }
    }

    /// As a viewer does: both ends of the window by Find Console Log Time.
    fn window(&self, since: u64, until: u64) -> Range {
        let at = |time| self.log.find(time).map_or(self.log.end(), |found| found.0);
        Range {
            instance: 1,
            epoch: EPOCH,
            from: at(since),
            to: at(until),
            window: (since, until),
        }
    }

    fn bytes(&self, from: u64, to: u64) -> Vec<u8> {
        self.arrived[from as usize..to as usize]
            .iter()
            .map(|(_, byte)| *byte)
            .collect()
    }
}

/// Drains what the reader tells.
fn told(reader: &mut LogReader, events: &mut Vec<Event>) {
    events.extend(std::iter::from_fn(|| reader.poll_event()));
}

/// Reads with a BMC that answers everything at once, in order.
fn read(host: &Host, range: Range, fit: usize) -> (Vec<Event>, usize) {
    read_with(LogReader::new(range), host, fit)
}

fn read_with(mut reader: LogReader, host: &Host, fit: usize) -> (Vec<Event>, usize) {
    let (mut events, mut flying, mut most) = (Vec::new(), Vec::new(), 0);
    loop {
        flying.extend(std::iter::from_fn(|| reader.poll_request()));
        told(&mut reader, &mut events);
        most = most.max(flying.len());
        if flying.is_empty() {
            assert!(reader.is_ended());
            return (events, most);
        }
        let (ticket, asked) = flying.remove(0);
        reader.handle_answer(ticket, Outcome::Answer(host.answer(asked, fit)));
    }
}

#[test]
fn one_request_is_in_flight_at_first_and_more_while_the_bmc_keeps_up() {
    let mut host = Host::new(100_000);
    host.print(60_000, 1);
    let range = host.window(0, u64::MAX);
    let mut reader = LogReader::new(range);
    let first = reader.poll_request().unwrap();
    assert_eq!(reader.poll_request(), None);
    reader.handle_answer(first.0, Outcome::Answer(host.answer(first.1, 965)));
    let second: Vec<_> = std::iter::from_fn(|| reader.poll_request()).collect();
    assert_eq!(second.len(), 2, "one more");
    assert!(second.iter().all(|(_, read)| read.want <= 4096));
    reader.handle_answer(second[0].0, Outcome::Lost);
    assert_eq!(reader.poll_request(), None, "one alone after a loss");
    reader.handle_answer(second[1].0, Outcome::Answer(host.answer(second[1].1, 965)));
    let third = reader.poll_request().unwrap();
    assert_eq!(third.1.offset, 965, "what was lost is asked for again");
    let (events, most) = read(&host, range, 965);
    assert_eq!(most, 8);
    assert_eq!(events.last(), Some(&Event::Ended(Ending::Complete)));
}

#[test]
fn an_empty_range_asks_nothing() {
    let host = Host::new(100);
    let mut reader = LogReader::new(host.window(0, u64::MAX));
    assert_eq!(reader.poll_request(), None);
    assert_eq!(reader.poll_event(), Some(Event::Ended(Ending::Complete)));
}

#[test]
fn what_was_overwritten_is_one_gap_of_the_right_size() {
    let mut host = Host::new(1000);
    host.print(1000, 5);
    let range = host.window(0, u64::MAX);
    host.print(300, 5);
    let (events, _) = read(&host, range, 100);
    assert_eq!(events[0], Event::Gap { from: 0, to: 300 });
    host.print(5000, 5);
    let (events, _) = read(&host, range, 100);
    assert_eq!(
        events,
        [
            Event::Gap { from: 0, to: 1000 },
            Event::Ended(Ending::Complete)
        ]
    );
}

#[test]
fn a_log_that_was_cleared_ends_the_reader_with_the_present_epoch() {
    let mut host = Host::new(1000);
    host.print(1000, 5);
    let mut reader = LogReader::new(host.window(0, u64::MAX));
    let (ticket, _) = reader.poll_request().unwrap();
    reader.handle_answer(ticket, Outcome::EpochGone(99));
    assert_eq!(
        reader.poll_event(),
        Some(Event::Ended(Ending::EpochGone(99)))
    );
    assert_eq!((reader.poll_request(), reader.position()), (None, 0));
}

#[test]
fn a_log_that_goes_on_while_it_is_read_tells_its_new_end_and_is_read_no_further() {
    let mut host = Host::new(1000);
    host.print(500, 5);
    let range = host.window(0, u64::MAX);
    host.print(200, 5);
    let mut reader = LogReader::new(range);
    let (ticket, asked) = reader.poll_request().unwrap();
    assert_eq!(asked.want, 500);
    reader.handle_answer(ticket, Outcome::Answer(host.answer(asked, 965)));
    assert_eq!((reader.end(), reader.position()), (700, 500));
    assert!(reader.is_ended());
}

#[test]
fn duplicates_and_answers_to_nothing_are_counted_and_change_nothing() {
    let mut host = Host::new(1000);
    host.print(900, 5);
    let mut reader = LogReader::new(host.window(0, u64::MAX));
    let (ticket, asked) = reader.poll_request().unwrap();
    let answer = Outcome::Answer(host.answer(asked, 100));
    reader.handle_answer(ticket, answer.clone());
    reader.handle_answer(ticket, answer.clone());
    reader.handle_answer(ticket, Outcome::Lost);
    assert_eq!((reader.strays(), reader.position()), (2, 100));
}

#[test]
fn each_contradiction_is_recognised_asked_about_again_and_ends_the_reader() {
    let mut host = Host::new(1000);
    host.print(900, 5);
    let lies: [(Lie, Contradiction); 9] = [
        (|log| log.epoch += 1, Contradiction::Epoch),
        (|log| log.end = 899, Contradiction::Extent),
        (|log| log.start = log.end + 1, Contradiction::Extent),
        (|log| log.piece.offset += 1, Contradiction::Offset),
        (|log| log.start = 1, Contradiction::Offset),
        (|log| log.piece.offset = u64::MAX, Contradiction::Offset),
        (|log| log.piece.data.resize(2000, 0), Contradiction::Offset),
        (|log| log.piece.first += 1, Contradiction::Times),
        (|log| log.piece.data.clear(), Contradiction::Empty),
    ];
    for (lie, contradiction) in lies {
        let mut reader = LogReader::new(host.window(0, u64::MAX));
        let mut asked = 0;
        while let Some((ticket, read)) = reader.poll_request() {
            let mut log = host.answer(read, 100);
            lie(&mut log);
            reader.handle_answer(ticket, Outcome::Answer(log));
            asked += 1;
        }
        let ended = Event::Ended(Ending::Contradiction(contradiction));
        assert_eq!(reader.poll_event(), Some(ended));
        assert_eq!(asked, 4);
    }
}

#[test]
fn a_log_that_is_cleared_while_dates_are_asked_for_loses_no_byte_that_was_read() {
    let mut host = Host::new(1000);
    for _ in 0..10 {
        host.say(b"line\n".to_vec(), 100);
    }
    for gone in [Outcome::EpochGone(8), Outcome::Lost] {
        let mut reader = LogReader::new(host.window(0, u64::MAX)).with_dates(true);
        let (ticket, asked) = reader.poll_request().unwrap();
        reader.handle_answer(ticket, Outcome::Answer(host.answer(asked, 965)));
        assert_eq!(reader.position(), 0, "not told yet");
        let mut events = Vec::new();
        while !reader.is_ended() {
            let (ticket, asked) = reader.poll_request().unwrap();
            assert_eq!(asked.want, 1);
            reader.handle_answer(ticket, gone.clone());
        }
        told(&mut reader, &mut events);
        assert_eq!((events.len(), reader.position()), (11, 50));
    }
}

#[test]
fn bytes_from_outside_the_window_are_left_out() {
    let mut host = Host::new(1000);
    host.print(100, 5);
    let range = Range {
        window: (0, 1005),
        ..host.window(0, u64::MAX)
    };
    let (events, _) = read(&host, range, 965);
    assert_eq!(
        events,
        [
            Event::Outside { bytes: 100 },
            Event::Ended(Ending::Complete)
        ]
    );
}

type Lie = fn(&mut Log);

/// What happens between two steps of the reader.
#[derive(Debug, Clone)]
enum Step {
    Print(usize, u64),
    /// The request in flight with this number, modulo how many there are, is answered.
    Answer(usize),
    Lose(usize),
    /// Answered twice.
    Double(usize),
    Forget,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        1 => (1usize..400, 0u64..50).prop_map(|(count, pause)| Step::Print(count, pause)),
        8 => (0usize..8).prop_map(Step::Answer),
        1 => (0usize..8).prop_map(Step::Lose),
        1 => (0usize..8).prop_map(Step::Double),
        1 => Just(Step::Forget),
    ]
}

proptest! {
    #[test]
    fn a_window_is_read_as_exactly_the_bytes_that_arrived_in_it(
        pieces in prop::collection::vec((1usize..300, 0u64..40), 0..60),
        window in (900u64..2500, 0u64..1500),
        fit in 1usize..1200,
    ) {
        let mut host = Host::new(100_000);
        pieces.iter().for_each(|(count, pause)| host.print(*count, *pause));
        let (since, until) = (window.0, window.0 + window.1);
        let (events, _) = read(&host, host.window(since, until), fit);
        let mut got = Vec::new();
        for event in &events {
            match event {
                Event::Data(piece) => got.extend_from_slice(&piece.data),
                Event::Ended(ending) => prop_assert_eq!(*ending, Ending::Complete),
                other => prop_assert!(false, "{:?}", other),
            }
        }
        let right: Vec<u8> = host.arrived.iter()
            .filter(|(time, _)| (since..until).contains(time))
            .map(|(_, byte)| *byte)
            .collect();
        prop_assert_eq!(got, right);
    }

    #[test]
    fn a_line_has_the_same_date_whichever_window_it_is_read_in_and_that_is_when_it_came(
        pieces in prop::collection::vec(("[a-c\n]{1,60}", 0u64..40), 1..60),
        window in (900u64..2500, 0u64..1500),
        fit in 1usize..1200,
    ) {
        let mut host = Host::new(100_000);
        pieces.iter().for_each(|(text, pause)| host.say(text.clone().into_bytes(), *pause));
        for range in [host.window(0, u64::MAX), host.window(window.0, window.0 + window.1)] {
            let (events, _) = read_with(LogReader::new(range).with_dates(true), &host, fit);
            let mut at = range.from;
            for event in &events {
                let Event::Data(piece) = event else { continue };
                prop_assert_eq!(piece.offset, at);
                for _ in &piece.data {
                    let begins = at == 0 || host.arrived[at as usize - 1].1 == b'\n';
                    prop_assert!(!begins || host.arrived[at as usize].0 == piece.first);
                    at += 1;
                }
            }
            prop_assert_eq!(at, range.to);
            prop_assert_eq!(events.last(), Some(&Event::Ended(Ending::Complete)));
        }
    }

    #[test]
    fn whatever_happens_every_byte_comes_once_in_order_or_lies_in_a_gap_that_was_overwritten(
        capacity in 200usize..5000,
        first in 1usize..6000,
        fit in 1usize..1200,
        steps in prop::collection::vec(step(), 0..200),
        dated in any::<bool>(),
    ) {
        let mut host = Host::new(capacity);
        host.print(first, 5);
        let range = host.window(0, u64::MAX);
        let mut reader = LogReader::new(range).with_dates(dated);
        let mut flying: Vec<(Ticket, Read)> = Vec::new();
        let mut events = Vec::new();
        let all = steps.into_iter().chain(std::iter::repeat_n(Step::Answer(0), 7000));
        for step in all {
            flying.extend(std::iter::from_fn(|| reader.poll_request()));
            told(&mut reader, &mut events);
            if reader.is_ended() {
                break;
            }
            let pick = |number: usize| number % flying.len().max(1);
            match step {
                Step::Print(count, pause) => host.print(count, pause),
                Step::Forget => { flying.clear(); reader.forget_requests(); }
                _ if flying.is_empty() => {}
                Step::Answer(number) => {
                    let (ticket, read) = flying.remove(pick(number));
                    reader.handle_answer(ticket, Outcome::Answer(host.answer(read, fit)));
                }
                Step::Double(number) => {
                    let (ticket, read) = flying.remove(pick(number));
                    let answer = Outcome::Answer(host.answer(read, fit));
                    reader.handle_answer(ticket, answer.clone());
                    reader.handle_answer(ticket, answer);
                }
                Step::Lose(number) => {
                    let (ticket, _) = flying.remove(pick(number));
                    reader.handle_answer(ticket, Outcome::Lost);
                }
            }
        }
        told(&mut reader, &mut events);
        let mut at = range.from;
        for event in &events {
            match event {
                Event::Data(Piece { offset, first, last, data }) => {
                    prop_assert_eq!(*offset, at);
                    at += data.len() as u64;
                    prop_assert_eq!(data, &host.bytes(*offset, at));
                    let (begin, end) = (host.arrived[*offset as usize].0, host.arrived[at as usize - 1].0);
                    prop_assert!(*first == begin && *last >= end);
                }
                Event::Gap { from, to } => {
                    prop_assert_eq!(*from, at);
                    prop_assert!(*to <= host.log.start(), "{} is kept", to);
                    at = *to;
                }
                Event::Outside { .. } => prop_assert!(false),
                Event::Ended(Ending::Complete) => prop_assert_eq!(at, range.to),
                Event::Ended(ending) => prop_assert_eq!(*ending, Ending::Silent),
            }
        }
        prop_assert!(matches!(events.last(), Some(Event::Ended(_))));
        prop_assert_eq!(at, reader.position());
    }

    #[test]
    fn a_bmc_that_says_anything_at_all_ends_the_reader_and_gets_nothing_in_from_elsewhere(
        answers in prop::collection::vec(
            (0u64..3, 0u64..500, 0u64..500, 0u64..500, 0u64..4, 0u64..4, 0usize..200, 0usize..8, any::<bool>()),
            1..300,
        ),
        dated in any::<bool>(),
    ) {
        let range = Range { instance: 1, epoch: 1, from: 50, to: 350, window: (0, u64::MAX) };
        let mut reader = LogReader::new(range).with_dates(dated);
        let (mut flying, mut events, mut asked) = (Vec::new(), Vec::new(), 0u64);
        for (epoch, start, end, offset, first, last, length, which, lost) in answers.into_iter().cycle() {
            flying.extend(std::iter::from_fn(|| reader.poll_request()));
            told(&mut reader, &mut events);
            if reader.is_ended() {
                break;
            }
            asked += 1;
            prop_assert!(asked <= 4 * 9 * 300, "it goes on for ever");
            let (ticket, _): (Ticket, Read) = flying.remove(which % flying.len());
            let piece = Piece { offset, first, last, data: vec![b'\n'; length] };
            let log = Log { epoch: epoch.min(1), start, end, piece };
            reader.handle_answer(ticket, if lost { Outcome::Lost } else { Outcome::Answer(log) });
        }
        let mut at = range.from;
        for event in &events {
            match event {
                Event::Data(piece) => {
                    prop_assert_eq!(piece.offset, at);
                    at += piece.data.len() as u64;
                }
                Event::Gap { from, to } => { prop_assert_eq!(*from, at); at = *to; }
                Event::Outside { bytes } => at += bytes,
                Event::Ended(_) => {}
            }
            prop_assert!(at <= range.to);
        }
    }
}

const EPOCH: u64 = 7;
