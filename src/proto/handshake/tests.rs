use super::*;
use crate::crypto::rakp::Exchange;
use crate::proto::testing::Counter;
use crate::wire::lan;
use crate::wire::setup::{
    OpenAccepted, OpenRequest, OpenResponse, Rakp1, Rakp2, Rakp2Body, Rakp3, Rakp4, Status,
};

mod forged;

const S: Duration = Duration::from_secs(1);

/// The other side, as far as these tests need it.
pub(in crate::proto) struct Peer {
    password: Key20,
    kg: Option<Key20>,
    /// Suites it accepts, and lists if `lists`.
    suites: Vec<u8>,
    lists: bool,
    /// What it says to a suite it does not accept; `None` is silence.
    refusal: Option<Status>,
    rakp2_status: Status,
    /// Answers this suite's algorithms whatever was asked.
    chooses: Option<u8>,
    /// Takes what comes for an old session's, until something comes that belongs to none.
    remembers_port: bool,
    /// A new random number for every RAKP Message 1.
    rakp1s: u8,
    /// Its sessions, the first of which is 77.
    asked: Vec<OpenRequest>,
    exchanges: Vec<Exchange>,
    heard: Vec<PayloadType>,
}

impl Peer {
    pub(in crate::proto) fn new(suites: &[u8]) -> Self {
        Self {
            password: Key20::new(b"secret").unwrap(),
            kg: None,
            suites: suites.to_vec(),
            lists: false,
            refusal: Some(Status::NoMatchingCipherSuite),
            rakp2_status: Status::NoErrors,
            chooses: None,
            remembers_port: false,
            rakp1s: 0,
            asked: Vec::new(),
            exchanges: Vec::new(),
            heard: Vec::new(),
        }
    }

    pub(in crate::proto) fn answer(&mut self, datagram: &[u8]) -> Option<Vec<u8>> {
        let packet = match Packet::parse(datagram) {
            Ok(Packet::V20(packet)) => packet,
            Ok(Packet::V15(knock)) => {
                assert_eq!((knock.session, knock.sequence), (0, 0));
                self.remembers_port = false;
                return None;
            }
            other => panic!("{other:?}"),
        };
        if self.remembers_port {
            return None;
        }
        self.heard.push(packet.payload_type);
        let (kind, payload) = match packet.payload_type {
            PayloadType::Ipmi => (PayloadType::Ipmi, self.list(packet.payload)?),
            PayloadType::OpenRequest => (PayloadType::OpenResponse, self.open(packet.payload)?),
            PayloadType::Rakp1 => (PayloadType::Rakp2, self.rakp1(packet.payload)),
            PayloadType::Rakp3 => (PayloadType::Rakp4, self.rakp3(packet.payload)),
            other => panic!("{other:?}"),
        };
        Some(V20::sessionless(kind, &payload))
    }

    fn list(&self, payload: &[u8]) -> Option<Vec<u8>> {
        let request = lan::Message::parse(payload).unwrap();
        let records: Vec<u8> = self
            .suites
            .iter()
            .flat_map(|id| [0xc0, *id, 1, 0x41, 0x81])
            .collect();
        let page = usize::from(request.data[2] & 0x3f);
        let mut data = vec![0, 1];
        data.extend(records.iter().skip(page * 16).take(16));
        self.lists.then(|| request.answer(&data).to_bytes())
    }

    fn open(&mut self, payload: &[u8]) -> Option<Vec<u8>> {
        let request = OpenRequest::parse(payload).unwrap();
        let chosen = self
            .chooses
            .and_then(Suite::by_id)
            .or(Suite::by_algorithms(request.algorithms))
            .unwrap();
        let willing = self.suites.contains(&chosen.id) || self.chooses.is_some();
        let status = if willing {
            Status::NoErrors
        } else {
            self.refusal?
        };
        let same = |asked: &OpenRequest| {
            let of = |r: &OpenRequest| (r.console_session, r.algorithms);
            of(asked) == of(&request)
        };
        let session = self.asked.iter().position(same).unwrap_or_else(|| {
            self.asked.push(request);
            self.asked.len() - 1
        });
        let response = OpenResponse {
            tag: request.tag,
            status,
            privilege: 4,
            console_session: request.console_session,
            accepted: willing.then_some(OpenAccepted {
                bmc_session: 77 + session as u32,
                algorithms: chosen.numbers(),
            }),
        };
        Some(response.to_bytes())
    }

    fn rakp1(&mut self, payload: &[u8]) -> Vec<u8> {
        let rakp1 = Rakp1::parse(payload).unwrap();
        self.rakp1s += 1;
        let asked = self.asked[rakp1.bmc_session as usize - 77];
        let exchange = Exchange {
            suite: Suite::by_algorithms(asked.algorithms).unwrap(),
            password: self.password.clone(),
            kg: self.kg.clone(),
            console_session: asked.console_session,
            bmc_session: rakp1.bmc_session,
            console_random: rakp1.console_random,
            bmc_random: [self.rakp1s; 16],
            guid: [9; 16],
            role: rakp1.role,
            username: rakp1.username.to_vec(),
            quirk: Quirk::Standard,
        };
        let body = Rakp2Body {
            bmc_random: exchange.bmc_random,
            guid: exchange.guid,
            auth_code: exchange.rakp2_code(),
        };
        self.exchanges.push(exchange);
        let willing = self.rakp2_status == Status::NoErrors;
        // Message tag 0 whatever was sent: OpenBMC's way.
        let body = willing.then_some(body);
        Rakp2 {
            tag: 0,
            status: self.rakp2_status,
            console_session: asked.console_session,
            body,
        }
        .to_bytes()
    }

    fn rakp3(&mut self, payload: &[u8]) -> Vec<u8> {
        let rakp3 = Rakp3::parse(payload).unwrap();
        let latest = |e: &&Exchange| e.bmc_session == rakp3.bmc_session;
        let exchange = self.exchanges.iter().rev().find(latest).unwrap();
        let good = exchange.rakp3_matches(&rakp3.auth_code);
        let status = if good {
            Status::NoErrors
        } else {
            Status::InvalidCheckValue
        };
        let check = if good {
            exchange.rakp4_check()
        } else {
            Vec::new()
        };
        Rakp4 {
            tag: rakp3.tag,
            status,
            console_session: exchange.console_session,
            check,
        }
        .to_bytes()
    }
}

fn config(suite: Option<u8>) -> Config {
    Config {
        username: b"admin".to_vec(),
        password: Key20::new(b"secret").unwrap(),
        kg: None,
        suite: suite.and_then(Suite::by_id),
        privilege: 4,
        name_only: true,
        quirk: Quirk::Standard,
        timeout: S,
        tries: 4,
    }
}

/// Runs to the outcome; `lose` says of each datagram, in either direction, whether it is lost.
fn run(
    config: Config,
    peer: &mut Peer,
    lose: impl FnMut(usize) -> bool,
) -> (Result<Established, Failure>, Duration) {
    run_damaged(config, peer, lose, |_, _| ())
}

/// The same, where `damage` changes answers.
fn run_damaged(
    config: Config,
    peer: &mut Peer,
    mut lose: impl FnMut(usize) -> bool,
    damage: impl Fn(usize, &mut Vec<u8>),
) -> (Result<Established, Failure>, Duration) {
    let start = Instant::now();
    let mut now = start;
    let mut handshake = Handshake::new(now, config, Box::new(Counter(1)));
    let mut n = 0;
    loop {
        while let Some(datagram) = handshake.poll_transmit() {
            n += 1;
            let answer = if lose(n) {
                None
            } else {
                peer.answer(&datagram)
            };
            n += 1;
            if let Some(mut answer) = answer.filter(|_| !lose(n)) {
                damage(n, &mut answer);
                handshake.handle_datagram(now, &answer);
            }
        }
        if let Some(outcome) = handshake.poll_outcome() {
            assert_eq!(handshake.poll_timeout(), None);
            return (outcome, now - start);
        }
        now = handshake
            .poll_timeout()
            .expect("neither a deadline nor an outcome");
        handshake.handle_timeout(now);
    }
}

#[test]
fn every_suite_makes_a_session_in_three_round_trips() {
    for suite in Suite::all() {
        let mut peer = Peer::new(&[suite.id]);
        let (outcome, waited) = run(config(Some(suite.id)), &mut peer, |_| false);
        let session = outcome.unwrap().session;
        assert_eq!(
            (session.suite().unwrap(), session.bmc_id(), waited),
            (suite, 77, Duration::ZERO)
        );
        assert_eq!(
            peer.heard,
            [
                PayloadType::OpenRequest,
                PayloadType::Rakp1,
                PayloadType::Rakp3
            ]
        );
        assert_ne!(session.console_id(), 0xa0a2_a3a4, "ipmitool's constant");
    }
}

#[test]
fn both_sides_get_the_same_keys_with_and_without_k_g() {
    for kg in [None, Key20::new(b"two keys")] {
        let mut peer = Peer {
            kg: kg.clone(),
            ..Peer::new(&[17])
        };
        let (outcome, _) = run(
            Config {
                kg,
                ..config(Some(17))
            },
            &mut peer,
            |_| false,
        );
        let mut session = outcome.unwrap().session;
        let sealed = session.seal(PayloadType::Ipmi, b"hello", [5; 16]);
        let Ok(Packet::V20(packet)) = Packet::parse(&sealed) else {
            panic!()
        };
        assert_eq!((packet.session, packet.sequence), (77, 1));
        assert_eq!(
            peer.exchanges[0].session_keys().open(&packet),
            Ok(b"hello".to_vec())
        );
    }
}

#[test]
fn a_failure_says_whose_fault_it_is() {
    let failure = |config, peer: &mut Peer| run(config, peer, |_| false).0.unwrap_err();

    let mut peer = Peer {
        password: Key20::new(b"other").unwrap(),
        ..Peer::new(&[3])
    };
    assert_eq!(failure(config(Some(3)), &mut peer), Failure::WrongPassword);

    let mut peer = Peer {
        kg: Key20::new(b"kg"),
        ..Peer::new(&[3])
    };
    assert_eq!(
        failure(config(Some(3)), &mut peer)
            .to_string()
            .split(':')
            .next(),
        Some("RAKP 4 message has invalid integrity check value")
    );

    let mut peer = Peer {
        rakp2_status: Status::UnauthorizedName,
        ..Peer::new(&[3])
    };
    let text = failure(config(Some(3)), &mut peer).to_string();
    assert_eq!(
        text,
        "RAKP 2 message indicates an error : unauthorized name"
    );

    let text = failure(config(Some(3)), &mut Peer::new(&[17])).to_string();
    assert_eq!(
        text,
        "Error in open session response message : no matching cipher suite"
    );

    let mut peer = Peer {
        refusal: Some(Status::InsufficientResources),
        ..Peer::new(&[])
    };
    let text = failure(config(Some(3)), &mut peer).to_string();
    assert_eq!(
        text,
        "Error in open session response message : insufficient resources for session"
    );
}

#[test]
fn other_algorithms_than_were_asked_for_are_refused() {
    let mut peer = Peer {
        chooses: Some(0),
        ..Peer::new(&[])
    };
    let (outcome, _) = run(config(Some(17)), &mut peer, |_| false);
    assert!(matches!(outcome, Err(Failure::OtherAlgorithms { asked }) if asked.id == 17));
}

#[test]
fn without_a_suite_the_listed_best_is_taken() {
    for (suites, best) in [(&[3, 17][..], 17), (&[1, 2, 3, 6, 7, 8], 3)] {
        let mut peer = Peer {
            lists: true,
            ..Peer::new(suites)
        };
        let (outcome, waited) = run(config(None), &mut peer, |_| false);
        assert_eq!(
            (outcome.unwrap().session.suite().unwrap().id, waited),
            (best, Duration::ZERO)
        );
    }
}

#[test]
fn a_bmc_that_does_not_tell_its_suites_costs_half_a_second_once() {
    let (outcome, waited) = run(config(None), &mut Peer::new(&[17, 3]), |_| false);
    assert_eq!(
        (outcome.unwrap().session.suite().unwrap().id, waited),
        (17, S / 2)
    );
    let (outcome, waited) = run(config(None), &mut Peer::new(&[3]), |_| false);
    assert_eq!(
        (outcome.unwrap().session.suite().unwrap().id, waited),
        (3, S / 2),
        "17 refused, 3 taken"
    );
}

#[test]
fn a_bmc_that_ignores_suite_17_is_asked_for_3() {
    let mut peer = Peer {
        refusal: None,
        ..Peer::new(&[3])
    };
    let (outcome, waited) = run(config(None), &mut peer, |_| false);
    assert_eq!(
        (outcome.unwrap().session.suite().unwrap().id, waited),
        (3, S)
    );
}

#[test]
fn a_bmc_that_takes_the_port_for_an_old_session_s_is_told_better() {
    for (suite, most) in [(Some(3), S), (None, S)] {
        let mut peer = Peer {
            remembers_port: true,
            ..Peer::new(&[3, 17])
        };
        let (outcome, waited) = run(config(suite), &mut peer, |_| false);
        assert!(outcome.is_ok() && waited <= most, "{suite:?} {waited:?}");
    }
}

#[test]
fn a_refusal_that_comes_late_concerns_the_suite_that_was_asked_for() {
    let mut now = Instant::now();
    let mut handshake = Handshake::new(now, config(None), Box::new(Counter(1)));
    // The list of suites, 17 and 3 have been asked for.
    for _ in 0..2 {
        now = handshake.poll_timeout().unwrap();
        handshake.handle_timeout(now);
    }
    while handshake.poll_transmit().is_some() {}
    let refusal = OpenResponse {
        tag: 2,
        status: Status::NoMatchingAuthentication,
        privilege: 0,
        console_session: handshake.console_session(),
        accepted: None,
    };
    let refusal = V20::sessionless(PayloadType::OpenResponse, &refusal.to_bytes());
    handshake.handle_datagram(now, &refusal);
    let next = handshake.poll_transmit().unwrap();
    let Ok(Packet::V20(next)) = Packet::parse(&next) else {
        panic!("{next:x?}")
    };
    let asked = OpenRequest::parse(next.payload).unwrap().algorithms;
    assert_eq!(Suite::by_algorithms(asked).map(|suite| suite.id), Some(3));
}

#[test]
fn any_single_lost_datagram_costs_one_repetition() {
    for lost in 1..=6 {
        let (outcome, waited) = run(config(Some(17)), &mut Peer::new(&[17]), |n| n == lost);
        assert!(outcome.is_ok(), "datagram {lost}: {outcome:?}");
        assert_eq!(waited, S, "datagram {lost}");
    }
}

#[test]
fn one_damaged_answer_of_the_key_exchange_is_not_taken_for_a_wrong_key() {
    let bytes_of_keys = |len: usize| (len - 12) * 8..len * 8;
    for (answer, len) in [(4, 16 + 40 + 32), (6, 16 + 8 + 16)] {
        for bit in bytes_of_keys(len) {
            let damage = |n: usize, answer_to: &mut Vec<u8>| {
                if n == answer {
                    answer_to[bit / 8] ^= 1 << (bit % 8);
                }
            };
            let mut peer = Peer::new(&[17]);
            let (outcome, waited) = run_damaged(config(Some(17)), &mut peer, |_| false, damage);
            assert!(outcome.is_ok(), "answer {answer}, bit {bit}: {outcome:?}");
            assert_eq!(waited, Duration::ZERO);
        }
    }
}

#[test]
fn damaged_algorithms_are_asked_for_once_more() {
    let mut peer = Peer::new(&[17]);
    // The number of the integrity algorithm.
    let damage = |n: usize, answer: &mut Vec<u8>| {
        if n == 2 {
            answer[16 + 12 + 8 + 4] ^= 1;
        }
    };
    let (outcome, waited) = run_damaged(config(Some(17)), &mut peer, |_| false, damage);
    assert!(outcome.is_ok(), "{outcome:?}");
    assert_eq!(waited, Duration::ZERO);
}

#[test]
fn a_dead_host_is_given_up_after_the_tries_asked_for() {
    let (outcome, waited) = run(config(Some(17)), &mut Peer::new(&[17]), |_| true);
    assert_eq!(waited, 10 * S);
    assert_eq!(
        outcome.unwrap_err(),
        Failure::Dead {
            tries: 4,
            waited: 10 * S
        }
    );
    let once = Config {
        tries: 1,
        ..config(Some(17))
    };
    assert_eq!(run(once, &mut Peer::new(&[17]), |_| true).1, S);
}

#[test]
fn asking_for_suites_makes_a_dead_host_no_slower() {
    let waited = |tries| {
        let terms = Config {
            tries,
            ..config(None)
        };
        run(terms, &mut Peer::new(&[17]), |_| true).1
    };
    assert_eq!(waited(4), 10 * S);
    // 17 and 3 are both owed a try.
    assert_eq!(waited(1), 2 * S);
}

#[test]
fn a_bmc_that_falls_silent_in_the_middle_is_not_taken_for_a_dead_host() {
    let (outcome, _) = run(config(Some(17)), &mut Peer::new(&[17]), |n| n > 2);
    assert!(
        outcome
            .unwrap_err()
            .to_string()
            .starts_with("The BMC stopped answering: no RAKP 2 message")
    );
}

#[test]
fn a_bmc_that_never_repeats_rakp_4_is_asked_for_a_new_session() {
    // The answers to the first four messages after RAKP Message 2 are lost, more than one step's tries; 11 is a knock.
    let mut peer = Peer::new(&[17]);
    let (outcome, waited) = run(config(Some(17)), &mut peer, |n| [6, 8, 10, 14].contains(&n));
    assert!(outcome.is_ok(), "{outcome:?}");
    assert_eq!(waited, 6 * S);
    assert_eq!(
        peer.heard
            .iter()
            .filter(|kind| **kind == PayloadType::OpenRequest)
            .count(),
        4
    );
}

#[test]
fn two_answers_to_a_repeated_rakp_1_end_in_a_session_with_the_newer() {
    let start = Instant::now();
    let mut peer = Peer::new(&[17]);
    let mut handshake = Handshake::new(start, config(Some(17)), Box::new(Counter(1)));
    let open = peer.answer(&handshake.poll_transmit().unwrap()).unwrap();
    handshake.handle_datagram(start, &open);
    let first = peer.answer(&handshake.poll_transmit().unwrap()).unwrap();
    handshake.handle_timeout(start + S);
    let second = peer.answer(&handshake.poll_transmit().unwrap()).unwrap();
    // Both were held up and come now; the code made with the first is refused, since the BMC holds the second.
    handshake.handle_datagram(start + S, &first);
    handshake.handle_datagram(start + S, &second);
    for _ in 0..10 {
        while let Some(datagram) = handshake.poll_transmit() {
            if let Some(answer) = peer.answer(&datagram) {
                handshake.handle_datagram(start + S, &answer);
            }
        }
    }
    assert!(handshake.poll_outcome().unwrap().is_ok());
}

#[test]
fn truncated_and_flipped_answers_are_survived() {
    let start = Instant::now();
    let mut peer = Peer::new(&[17]);
    let mut handshake = Handshake::new(start, config(Some(17)), Box::new(Counter(1)));
    let open = peer.answer(&handshake.poll_transmit().unwrap()).unwrap();
    for len in 0..open.len() {
        Handshake::new(start, config(Some(17)), Box::new(Counter(1)))
            .handle_datagram(start, &open[..len]);
    }
    for bit in 0..open.len() * 8 {
        let mut bad = open.clone();
        bad[bit / 8] ^= 1 << (bit % 8);
        let mut victim = Handshake::new(start, config(Some(17)), Box::new(Counter(1)));
        victim.handle_datagram(start, &bad);
        assert!(!matches!(victim.poll_outcome(), Some(Ok(_))));
    }
    handshake.handle_datagram(start, &open);
    let rakp2 = peer.answer(&handshake.poll_transmit().unwrap()).unwrap();
    for len in 0..rakp2.len() {
        handshake.handle_datagram(start, &rakp2[..len.min(40)]);
    }
    handshake.handle_datagram(start, &rakp2);
    let rakp4 = peer.answer(&handshake.poll_transmit().unwrap()).unwrap();
    handshake.handle_datagram(start, &rakp4);
    assert!(handshake.poll_outcome().unwrap().is_ok());
}
