//! Repositories that lose reservations, give little, change while they are read, or lead nowhere.

use std::collections::VecDeque;

use ipmi_rs::connection::{
    IpmiConnection, LogicalUnit, Message, Request, RequestTargetAddress, Response,
};

use super::*;
use crate::transport::{BmcConnection, TransportError};

/// What a BMC answers: netfn, command and data of a request to completion code and data; `None`: nothing.
type Answers = dyn FnMut(u8, u8, &[u8]) -> Option<(u8, Vec<u8>)>;

struct Fake {
    answers: Box<Answers>,
    asked: Vec<(u8, u8, Vec<u8>)>,
    hinted: Vec<Vec<u8>>,
    waiting: VecDeque<Request>,
}

impl Fake {
    fn new(answers: impl FnMut(u8, u8, &[u8]) -> Option<(u8, Vec<u8>)> + 'static) -> Self {
        Self {
            answers: Box::new(answers),
            asked: Vec::new(),
            hinted: Vec::new(),
            waiting: VecDeque::new(),
        }
    }

    fn count(&self, cmd: u8) -> usize {
        self.asked
            .iter()
            .filter(|(_, each, _)| *each == cmd)
            .count()
    }
}

impl IpmiConnection for Fake {
    type SendError = TransportError;
    type RecvError = TransportError;
    type Error = TransportError;

    fn send(&mut self, request: &mut Request) -> Result<(), TransportError> {
        let message = Message::new_raw(request.netfn_raw(), request.cmd(), request.data().to_vec());
        self.waiting
            .push_back(Request::new(message, request.target()));
        Ok(())
    }

    fn recv(&mut self) -> Result<Response, TransportError> {
        let request = self.waiting.pop_front().ok_or(TransportError::Closed)?;
        let (netfn, cmd) = (request.netfn_raw(), request.cmd());
        self.asked.push((netfn, cmd, request.data().to_vec()));
        let (code, data) =
            (self.answers)(netfn, cmd, request.data()).ok_or(TransportError::NoAnswer)?;
        let data = [&[code], &data[..]].concat();
        Response::new(Message::new_raw(netfn, cmd, data), 0)
            .ok_or(TransportError::Malformed("no completion code"))
    }

    fn send_recv(&mut self, request: &mut Request) -> Result<Response, TransportError> {
        self.send(request)?;
        self.recv()
    }
}

impl BmcConnection for Fake {
    fn hint(&mut self, requests: Vec<Request>) {
        self.hinted
            .extend(requests.iter().map(|request| request.data().to_vec()));
    }
}

/// Numbers of records and their next ones.
const CHAIN: &[(u16, u16)] = &[(1, 2), (2, 5), (5, 6), (6, 0xffff)];

/// A good BMC with these records of 40 bytes.
fn good(chain: &'static [(u16, u16)]) -> impl FnMut(u8, u8, &[u8]) -> Option<(u8, Vec<u8>)> {
    move |netfn, cmd, data| {
        Some(match (netfn, cmd) {
            (NETFN_APP, GET_DEVICE_ID) => (0, vec![0x20, 0x81, 1, 0, 2, 0x8f, 0, 0, 0, 0, 0]),
            (_, GET_INFO) => {
                let mut info = vec![0x51, u8::try_from(chain.len()).unwrap(), 0];
                info.resize(14, 0);
                (0, info)
            }
            (_, RESERVE) => (0, vec![7, 0]),
            (_, GET_SDR) => {
                let id = u16::from_le_bytes([data[2], data[3]]);
                let found = chain.iter().find(|(each, _)| id == 0 || id == *each);
                let Some((id, next)) = found else {
                    return Some((0xcb, Vec::new()));
                };
                let mut record = next.to_le_bytes().to_vec();
                record.extend(id.to_le_bytes());
                record.extend([0x51, 1, 40]);
                record.extend(0..40);
                let from = usize::from(data[4]) + 2;
                let until = record.len().min(from + usize::from(data[5]));
                let part = record.get(from..until).unwrap_or(&[]).to_vec();
                (0, [&next.to_le_bytes(), &part[..]].concat())
            }
            _ => (0xc1, Vec::new()),
        })
    }
}

fn manner(ahead: bool) -> Manner {
    Manner {
        target: RequestTargetAddress::Bmc(LogicalUnit::Zero),
        own: false,
        ahead,
        chunk: 23,
        announce: false,
        cache: None,
        only: None,
    }
}

/// The records' numbers, how many could not be read, and whether the end came early.
fn read(bmc: &mut Fake, ahead: bool) -> (Vec<u16>, usize, bool) {
    let mut repository = Repository::open(bmc, manner(ahead)).unwrap();
    let mut unreadable = 0;
    let early = loop {
        match repository.step(bmc) {
            Step::Record => {}
            Step::Unreadable(_) => unreadable += 1,
            Step::End { early } => break early,
        }
    };
    for record in repository.records() {
        assert_eq!(record.body, (0..40).collect::<Vec<u8>>());
    }
    let ids = repository.records().iter().map(|record| record.id);
    (ids.collect(), unreadable, early)
}

#[test]
fn all_records_are_read_with_hints_and_without() {
    for ahead in [false, true] {
        let mut bmc = Fake::new(good(CHAIN));
        assert_eq!(read(&mut bmc, ahead), (vec![1, 2, 5, 6], 0, false));
        assert_eq!(bmc.hinted.is_empty(), !ahead);
        // Stock's: a header and two parts of each.
        assert_eq!(bmc.count(GET_SDR), 12);
    }
}

#[test]
fn what_is_hinted_is_asked_for_if_numbers_follow_each_other() {
    const STRAIGHT: &[(u16, u16)] = &[(1, 2), (2, 3), (3, 4), (4, 0xffff)];
    let mut bmc = Fake::new(good(STRAIGHT));
    read(&mut bmc, true);
    let wasted = bmc
        .hinted
        .iter()
        .filter(|data| !bmc.asked.iter().any(|(_, _, asked)| asked == *data));
    // Whether the first record is 0 or 1 is not known.
    assert!(wasted.count() <= 1);
}

#[test]
fn a_reservation_that_is_lost_is_renewed_and_the_record_goes_on_where_it_was() {
    for lost in 1..12 {
        let mut answers = good(CHAIN);
        let mut count = 0;
        let mut bmc = Fake::new(move |netfn, cmd, data| {
            count += usize::from(cmd == GET_SDR);
            if cmd == GET_SDR && count == lost {
                return Some((RESERVATION_LOST, Vec::new()));
            }
            answers(netfn, cmd, data)
        });
        assert_eq!(read(&mut bmc, lost % 2 == 0), (vec![1, 2, 5, 6], 0, false));
        assert_eq!((bmc.count(RESERVE), bmc.count(GET_SDR)), (2, 13));
    }
}

#[test]
fn smaller_parts_are_asked_for_whatever_the_bmc_calls_them() {
    for code in [TOO_MANY_BYTES, BAD_LENGTH, LENGTH_LIMIT, UNSPECIFIED] {
        for most in [5, 8, 16] {
            for ahead in [false, true] {
                let mut answers = good(CHAIN);
                let mut bmc = Fake::new(move |netfn, cmd, data| {
                    if cmd == GET_SDR && data[5] > most {
                        return Some((code, Vec::new()));
                    }
                    answers(netfn, cmd, data)
                });
                assert_eq!(read(&mut bmc, ahead), (vec![1, 2, 5, 6], 0, false));
            }
        }
    }
}

#[test]
fn a_long_part_without_an_answer_is_asked_for_in_smaller_ones() {
    let mut answers = good(CHAIN);
    let mut bmc = Fake::new(move |netfn, cmd, data| {
        if cmd == GET_SDR && data[5] > 12 {
            return None;
        }
        answers(netfn, cmd, data)
    });
    assert_eq!(read(&mut bmc, false), (vec![1, 2, 5, 6], 0, false));
}

#[test]
fn the_rest_of_a_short_answer_is_asked_for() {
    let mut answers = good(CHAIN);
    let mut bmc = Fake::new(move |netfn, cmd, data| {
        let (code, mut answer) = answers(netfn, cmd, data)?;
        if cmd == GET_SDR && data[4] > 0 {
            answer.truncate(2 + 9);
        }
        Some((code, answer))
    });
    assert_eq!(read(&mut bmc, false), (vec![1, 2, 5, 6], 0, false));
}

#[test]
fn an_answer_without_data_is_an_unreadable_record_and_an_empty_header_the_end() {
    for (offset, expected) in [(5, (vec![], 4, false)), (0, (vec![], 0, true))] {
        for length in 0..3 {
            let mut answers = good(CHAIN);
            let mut bmc = Fake::new(move |netfn, cmd, data| {
                let (code, mut answer) = answers(netfn, cmd, data)?;
                if cmd == GET_SDR && data[4] == offset {
                    answer.truncate(length);
                }
                Some((code, answer))
            });
            assert_eq!(read(&mut bmc, false), expected);
        }
    }
}

#[test]
fn records_in_a_ring_are_read_once() {
    for chain in [
        &[(1, 1)][..],
        &[(1, 2), (2, 1)],
        &[(1, 2), (2, 3), (3, 2)],
        &[(0, 0)],
        &[(3, 2), (2, 1), (1, 0)],
    ] {
        for ahead in [false, true] {
            let mut bmc = Fake::new(good(chain));
            let (ids, _, early) = read(&mut bmc, ahead);
            assert!(early || chain.len() == 3, "{chain:?}");
            assert!(ids.len() <= chain.len() + 1, "{chain:?} {ids:?}");
        }
    }
}

#[test]
fn records_that_vanish_end_the_walk_early() {
    const LOST: &[(u16, u16)] = &[(1, 2), (2, 9)];
    for ahead in [false, true] {
        let mut bmc = Fake::new(good(LOST));
        assert_eq!(read(&mut bmc, ahead), (vec![1, 2], 0, true));
    }
}

#[test]
fn an_empty_repository_is_empty_and_nothing_is_written_into_it() {
    for ahead in [false, true] {
        let mut bmc = Fake::new(good(&[]));
        assert_eq!(read(&mut bmc, ahead), (vec![], 0, false));
        let reading = [GET_DEVICE_ID, GET_INFO, RESERVE, GET_SDR];
        assert!(bmc.asked.iter().all(|(_, cmd, _)| reading.contains(cmd)));
    }
}

#[test]
fn a_bmc_that_renews_for_ever_is_given_up() {
    let mut answers = good(CHAIN);
    let mut bmc = Fake::new(move |netfn, cmd, data| {
        if cmd == GET_SDR {
            return Some((RESERVATION_LOST, Vec::new()));
        }
        answers(netfn, cmd, data)
    });
    assert_eq!(read(&mut bmc, false), (vec![], 0, true));
    assert_eq!(bmc.count(GET_SDR), 21);
}

#[test]
fn hostile_answers_end_in_bounded_time() {
    let mut state = 1u32;
    for round in 0..200u32 {
        let mut seed = round.wrapping_mul(0x9e37_79b9) | 1;
        let mut answers = good(CHAIN);
        let mut bmc = Fake::new(move |netfn, cmd, data| {
            let (code, mut answer) = answers(netfn, cmd, data)?;
            seed = seed.wrapping_mul(0x0019_660d).wrapping_add(0x3c6e_f35f);
            let [a, b, c, _] = seed.to_be_bytes();
            if cmd == GET_SDR && a < 96 {
                let at = usize::from(b) % answer.len().max(1);
                if let Some(byte) = answer.get_mut(at) {
                    *byte = c;
                }
                answer.truncate(usize::from(b));
            }
            Some((code, answer))
        });
        if let Ok(mut repository) = Repository::open(&mut bmc, manner(round % 2 == 0)) {
            while !matches!(repository.step(&mut bmc), Step::End { .. }) {}
        }
        state = state.wrapping_add(u32::try_from(bmc.asked.len()).unwrap());
        assert!(bmc.asked.len() < 10_000);
    }
    assert!(state > 200);
}
