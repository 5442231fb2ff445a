//! Set-ups in virtual time, against a small BMC.

use super::*;
use crate::crypto::auth_code;
use crate::proto::inflight::Kind;
use crate::proto::link::{Answer, Ask, Link, Received};
use crate::proto::login::Failure as _;
use crate::proto::testing::Counter;
use crate::wire::lan::Message;

const S: Duration = Duration::from_secs(1);
const CHALLENGE_ID: u32 = 0x1111_1111;
const SESSION_ID: u32 = 0x2222_2222;
const ALL_TYPES: u8 = 0b11_0111;

fn config(auth_type: Option<u8>, password: &[u8]) -> Config {
    Config {
        username: b"admin".to_vec(),
        password: Key16::new(password),
        auth_type,
        privilege: 4,
        supermicro: false,
        intel: false,
        timeout: 2 * S,
        tries: 4,
    }
}

/// What a BMC of IPMI 1.5 does, as far as the set-up sees it.
struct Bmc {
    types: u8,
    status: u8,
    /// Authentication type that it names for the session; the one asked for if unset.
    kind: Option<u8>,
    key: Key16,
    supermicro: bool,
    /// Completion codes by command.
    refuses: Option<(u8, u8)>,
    challenges: u32,
    activations: u32,
}

impl Bmc {
    fn new() -> Self {
        Self {
            types: ALL_TYPES,
            status: 0,
            kind: None,
            key: Key16::new(b"secret").unwrap(),
            supermicro: false,
            refuses: None,
            challenges: 0,
            activations: 0,
        }
    }

    fn answer(&mut self, datagram: &[u8]) -> Option<Vec<u8>> {
        let Ok(Packet::V15(packet)) = Packet::parse(datagram) else {
            return None;
        };
        let request = Message::parse(packet.payload).unwrap();
        assert_eq!((request.to, request.from, request.netfn), (0x20, 0x81, 6));
        if let Some((_, code)) = self.refuses.filter(|(cmd, _)| *cmd == request.cmd) {
            return Some(reply(&packet, None, &request, &[code]));
        }
        match request.cmd {
            0x38 => {
                assert_eq!(
                    (packet.auth_type, packet.session, packet.sequence),
                    (0, 0, 0)
                );
                assert_eq!(request.data, [0x0e, 4]);
                let data = [0, 1, self.types, self.status, 0, 0, 0, 0, 0];
                Some(reply(&packet, None, &request, &data))
            }
            0x39 => {
                self.challenges += 1;
                assert_eq!(&request.data[1..], b"admin\0\0\0\0\0\0\0\0\0\0\0");
                let data = [&[0][..], &CHALLENGE_ID.to_le_bytes(), &[0xc7; 16]].concat();
                Some(reply(&packet, None, &request, &data))
            }
            0x3a => self.activate(&packet, &request),
            other => panic!("command {other:02x}"),
        }
    }

    fn activate(&mut self, packet: &V15<'_>, request: &Message<'_>) -> Option<Vec<u8>> {
        self.activations += 1;
        let auth_type = request.data[0];
        let key = match self.supermicro {
            true => auth_code::supermicro_key(&self.key, &[0xc7; 16]),
            false => self.key.clone(),
        };
        let echo: [u8; 16] = request.data[2..18].try_into().unwrap();
        assert_eq!(echo, if self.supermicro { [0; 16] } else { [0xc7; 16] });
        assert_eq!((packet.session, packet.sequence), (CHALLENGE_ID, 0));
        let want = auth_code::code(auth_type, key.bytes(), CHALLENGE_ID, 0, packet.payload);
        if packet.auth_type != auth_type || want != packet.auth_code {
            return None;
        }
        let first = u32::from_le_bytes(request.data[18..22].try_into().unwrap());
        assert!(first != 0);
        let kind = self.kind.unwrap_or(auth_type);
        let data = [
            &[0, kind][..],
            &SESSION_ID.to_le_bytes(),
            &500u32.to_le_bytes(),
            &[4],
        ]
        .concat();
        Some(reply(packet, Some((&key, first)), request, &data))
    }
}

/// An answer under the request's session id, with a code of the request's type if there is a key.
fn reply(
    packet: &V15<'_>,
    key: Option<(&Key16, u32)>,
    request: &Message<'_>,
    data: &[u8],
) -> Vec<u8> {
    let payload = request.answer(data).to_bytes();
    let (auth_type, sequence) = key.map_or((0, 0), |(_, first)| (packet.auth_type, first));
    V15 {
        auth_type,
        sequence,
        session: packet.session,
        auth_code: key.and_then(|(key, first)| {
            auth_code::code(auth_type, key.bytes(), packet.session, first, &payload)
        }),
        payload: &payload,
    }
    .to_datagram()
}

/// Runs a set-up; `pass` may drop or change an answer, told by how many there have been. Returns how long it took.
fn run(
    config: Config,
    bmc: &mut Bmc,
    mut pass: impl FnMut(usize, Vec<u8>) -> Vec<Vec<u8>>,
) -> (Result<Session, Failure>, Duration) {
    let start = Instant::now();
    let mut now = start;
    let mut handshake = Handshake::new(now, config, Box::new(Counter(5)));
    let mut answers = 0;
    for _ in 0..100 {
        while let Some(datagram) = handshake.poll_transmit() {
            if let Some(answer) = bmc.answer(&datagram) {
                answers += 1;
                for each in pass(answers, answer) {
                    handshake.handle_datagram(now, &each);
                }
            }
        }
        if let Some(outcome) = handshake.poll_outcome() {
            return (outcome, now - start);
        }
        if let Some(deadline) = handshake.poll_timeout() {
            now = now.max(deadline);
            handshake.handle_timeout(now);
        }
    }
    panic!("no end: {handshake:?}")
}

fn straight(_: usize, answer: Vec<u8>) -> Vec<Vec<u8>> {
    vec![answer]
}

fn failure(config: Config, bmc: &mut Bmc) -> Failure {
    run(config, bmc, straight).0.unwrap_err()
}

#[test]
fn every_type_makes_a_session_in_three_round_trips() {
    for auth_type in [
        auth_code::NONE,
        auth_code::MD2,
        auth_code::MD5,
        auth_code::PASSWORD,
        auth_code::OEM,
    ] {
        let (session, took) = run(
            config(Some(auth_type), b"secret"),
            &mut Bmc::new(),
            straight,
        );
        let mut session = session.unwrap();
        assert_eq!((session.bmc_id(), took), (SESSION_ID, Duration::ZERO));
        let datagram = session.seal(crate::wire::session::PayloadType::Ipmi, b"x", [0; 16]);
        let Ok(Packet::V15(packet)) = Packet::parse(&datagram) else {
            panic!("not IPMI 1.5")
        };
        assert_eq!((packet.auth_type, packet.sequence), (auth_type, 500));
    }
}

#[test]
fn the_strongest_offered_type_is_taken_and_none_only_as_the_last() {
    let taken = |types: u8, password: &[u8]| {
        let mut bmc = Bmc {
            types,
            ..Bmc::new()
        };
        let session = run(config(None, password), &mut bmc, straight).0;
        session.map(|mut session| {
            let datagram = session.seal(crate::wire::session::PayloadType::Ipmi, b"x", [0; 16]);
            datagram[4]
        })
    };
    assert_eq!(taken(0b11_0111, b"secret"), Ok(auth_code::MD5));
    assert_eq!(taken(0b11_0011, b"secret"), Ok(auth_code::MD2));
    assert_eq!(taken(0b11_0001, b"secret"), Ok(auth_code::PASSWORD));
    assert_eq!(taken(0b10_0001, b"secret"), Ok(auth_code::OEM));
    assert_eq!(taken(0b00_0001, b"secret"), Ok(auth_code::NONE));
    let error = taken(0, b"secret").unwrap_err().to_string();
    assert!(
        error.starts_with("Authentication type NONE not supported"),
        "{error}"
    );
    assert!(error.contains("-I lanplus"), "{error}");
}

#[test]
fn a_type_that_is_not_offered_and_one_that_lacks_a_password_are_named() {
    let mut bmc = Bmc {
        types: 0b00_0101,
        ..Bmc::new()
    };
    let text = |auth_type, bmc: &mut Bmc| failure(config(Some(auth_type), b"x"), bmc).to_string();
    assert_eq!(text(1, &mut bmc), "Authentication type MD2 not supported");
    assert_eq!(
        text(0xff, &mut bmc),
        "Authentication type Unknown (0xFF) not supported"
    );
    let without = Config {
        password: None,
        ..config(Some(2), b"")
    };
    assert_eq!(failure(without, &mut bmc), Failure::NoPassword);
}

#[test]
fn refusals_are_told_in_ipmitools_words() {
    let text = |cmd, code| {
        let mut bmc = Bmc {
            refuses: Some((cmd, code)),
            ..Bmc::new()
        };
        failure(config(None, b"secret"), &mut bmc).text(|_| "general".to_owned())
    };
    assert_eq!(
        text(0x38, 0xcc),
        "Get Auth Capabilities command failed: general"
    );
    assert_eq!(text(0x39, 0x81), "Invalid user name");
    assert_eq!(text(0x39, 0x82), "NULL user name not enabled");
    assert_eq!(
        text(0x39, 0xc0),
        "Get Session Challenge command failed: general"
    );
    assert_eq!(
        text(0x3a, 0x81),
        "Activate Session error:\tNo session slot available"
    );
    assert_eq!(text(0x3a, 0xff), "Activate Session error:\tgeneral");
}

#[test]
fn a_wrong_password_takes_no_more_tries_than_were_asked_for() {
    let mut bmc = Bmc::new();
    let (outcome, took) = run(config(None, b"guess"), &mut bmc, straight);
    let failure = outcome.unwrap_err();
    assert_eq!((bmc.activations, took), (4, 8 * S));
    assert!(failure.is_silent());
    assert!(
        failure
            .to_string()
            .starts_with("Activate Session command failed"),
        "{failure}"
    );
}

#[test]
fn a_dead_host_is_given_up_after_all_tries() {
    let (outcome, took) = run(config(None, b"secret"), &mut Bmc::new(), |_, _| Vec::new());
    assert!(outcome.unwrap_err().dead().is_some());
    assert_eq!(took, 8 * S);
}

#[test]
fn any_one_answer_may_be_lost_and_any_may_come_twice() {
    for lost in 1..=3 {
        let mut bmc = Bmc::new();
        let pass = |count, answer| match count == lost {
            true => Vec::new(),
            false => vec![answer],
        };
        assert!(
            run(config(None, b"secret"), &mut bmc, pass).0.is_ok(),
            "{lost}"
        );
    }
    let twice = |_, answer: Vec<u8>| vec![answer.clone(), answer];
    assert!(
        run(config(None, b"secret"), &mut Bmc::new(), twice)
            .0
            .is_ok()
    );
}

/// The BMC holds the session for made and keeps silent, or says that it knows no such challenge any more.
#[test]
fn a_lost_activation_begins_anew_with_another_challenge() {
    for refuses in [false, true] {
        let mut bmc = Bmc::new();
        let mut lost = false;
        let config = config(None, b"secret");
        let (mut now, mut made) = (Instant::now(), None);
        let mut handshake = Handshake::new(now, config, Box::new(Counter(5)));
        for _ in 0..20 {
            while let Some(datagram) = handshake.poll_transmit() {
                let challenges = bmc.challenges;
                let Some(answer) = bmc.answer(&datagram) else {
                    continue;
                };
                let first_life = bmc.activations > 0 && challenges == 1 && bmc.challenges == 1;
                match (first_life, lost, refuses) {
                    (true, false, _) => lost = true,
                    (true, true, false) => {}
                    (true, true, true) => {
                        bmc.refuses = Some((0x3a, 0x85));
                        handshake.handle_datagram(now, &bmc.answer(&datagram).unwrap());
                        bmc.refuses = None;
                    }
                    _ => handshake.handle_datagram(now, &answer),
                }
            }
            if let Some(outcome) = handshake.poll_outcome() {
                made = Some(outcome);
                break;
            }
            now = handshake.poll_timeout().unwrap();
            handshake.handle_timeout(now);
        }
        assert!(matches!(made, Some(Ok(_))), "{made:?}");
        assert_eq!(bmc.challenges, 2);
    }
}

#[test]
fn packets_go_without_codes_where_the_channel_says_so() {
    let mut bmc = Bmc {
        status: 0x10,
        kind: Some(auth_code::NONE),
        ..Bmc::new()
    };
    let mut session = run(config(None, b"secret"), &mut bmc, straight).0.unwrap();
    let datagram = session.seal(crate::wire::session::PayloadType::Ipmi, b"x", [0; 16]);
    assert_eq!(datagram[4], auth_code::NONE);
    // Without having been announced, nobody can do away with the codes.
    let mut bmc = Bmc {
        kind: Some(auth_code::NONE),
        ..Bmc::new()
    };
    assert_eq!(
        failure(config(None, b"secret"), &mut bmc),
        Failure::OtherType { got: 0 }
    );
}

#[test]
fn an_old_supermicro_board_gets_its_own_key() {
    let supermicro = Config {
        supermicro: true,
        ..config(Some(auth_code::OEM), b"secret")
    };
    let mut bmc = Bmc {
        supermicro: true,
        ..Bmc::new()
    };
    assert!(run(supermicro, &mut bmc, straight).0.is_ok());
}

#[test]
fn an_intel_board_is_woken_first() {
    let intel = Config {
        intel: true,
        ..config(None, b"secret")
    };
    assert_eq!(intel.chaser(), Some(&b"thump\0\0\0\0\0"[..]));
    let mut handshake = Handshake::new(Instant::now(), intel, Box::new(Counter(5)));
    assert_eq!(handshake.poll_transmit(), Some(INTEL_FIRST.to_vec()));
    assert!(handshake.poll_transmit().is_some());
}

#[test]
fn a_session_that_a_stranger_says_to_be_made_is_none() {
    let forge = |_, answer: Vec<u8>| {
        let Ok(Packet::V15(packet)) = Packet::parse(&answer) else {
            panic!("not IPMI 1.5")
        };
        let forged = |auth_type, auth_code| {
            V15 {
                auth_type,
                auth_code,
                ..packet
            }
            .to_datagram()
        };
        match packet.auth_type {
            auth_code::NONE => vec![answer.clone()],
            _ => vec![
                forged(2, Some([7; 16])),
                forged(4, Some([0; 16])),
                forged(0, None),
            ],
        }
    };
    let (outcome, _) = run(
        config(Some(auth_code::MD5), b"secret"),
        &mut Bmc::new(),
        forge,
    );
    let failure = outcome.unwrap_err();
    assert!(failure.is_silent());
    let hint = "that has the right authentication code";
    assert!(failure.to_string().contains(hint), "{failure}");
}

#[test]
fn truncated_and_altered_answers_do_no_harm() {
    for nth in 1..=3 {
        let mut length = 0;
        loop {
            let mut longest = 0;
            let pass = |count, mut answer: Vec<u8>| {
                if count == nth {
                    longest = answer.len();
                    answer.truncate(length);
                }
                vec![answer]
            };
            assert!(
                run(config(None, b"secret"), &mut Bmc::new(), pass)
                    .0
                    .is_ok()
            );
            length += 1;
            if length >= longest {
                break;
            }
        }
        for bit in 0..60 * 8 {
            let flip = |count, mut answer: Vec<u8>| {
                if let Some(byte) = answer.get_mut(bit / 8).filter(|_| count == nth) {
                    *byte ^= 1 << (bit % 8);
                }
                vec![answer]
            };
            // A flipped bit that is not noticed is one of a header that nothing depends on.
            assert!(
                run(config(None, b"secret"), &mut Bmc::new(), flip)
                    .0
                    .is_ok(),
                "{bit}"
            );
        }
    }
}

#[test]
fn short_answers_are_named() {
    let cut = |cmd: u8| {
        let mut bmc = Bmc {
            refuses: Some((cmd, 0)),
            ..Bmc::new()
        };
        failure(config(Some(auth_code::NONE), b"secret"), &mut bmc)
    };
    for (cmd, step) in [
        (0x38, Asked::Capabilities),
        (0x39, Asked::Challenge),
        (0x3a, Asked::Activation),
    ] {
        assert_eq!(cut(cmd), Failure::Short { step });
    }
}

/// A link over a session of MD5 codes, and how the BMC seals.
fn linked() -> (Link, impl FnMut(&Message<'_>, u32) -> Vec<u8>) {
    let session = run(config(None, b"secret"), &mut Bmc::new(), straight)
        .0
        .unwrap();
    let seal = |message: &Message<'_>, sequence: u32| {
        let payload = message.to_bytes();
        let key = Key16::new(b"secret").unwrap();
        V15 {
            auth_type: auth_code::MD5,
            sequence,
            session: SESSION_ID,
            auth_code: auth_code::code(2, key.bytes(), SESSION_ID, sequence, &payload),
            payload: &payload,
        }
        .to_datagram()
    };
    (Link::new(session, Box::new(Counter(9))), seal)
}

#[test]
fn replayed_and_altered_answers_are_refused_and_the_right_one_is_taken() {
    let (mut link, mut seal) = linked();
    let now = Instant::now();
    let ask = Ask {
        netfn: 6,
        lun: 0,
        cmd: 1,
        data: &[],
    };
    let patience = config(None, b"").patience();
    let id = link.ask(now, Kind::Command, ask, patience);
    let datagram = link.poll_transmit().unwrap();
    let Ok(Packet::V15(packet)) = Packet::parse(&datagram) else {
        panic!("not IPMI 1.5")
    };
    let request = Message::parse(packet.payload).unwrap();
    let answer = seal(&request.answer(&[0, 0x20]), 90);
    for length in 0..answer.len() {
        link.handle_datagram(now, &answer[..length]);
    }
    for bit in (32..answer.len() * 8).filter(|bit| !(36..40).contains(bit)) {
        let mut bad = answer.clone();
        bad[bit / 8] ^= 1 << (bit % 8);
        link.handle_datagram(now, &bad);
    }
    assert_eq!(link.poll_done(), None);
    assert_eq!(link.handle_datagram(now, &answer), Some(Received::Consumed));
    let done = link.poll_done().unwrap();
    assert_eq!(done.id, id);
    assert_eq!(
        done.answer,
        Some(Answer {
            code: 0,
            data: vec![0x20]
        })
    );
    assert!(matches!(
        link.handle_datagram(now, &answer),
        Some(Received::Refused(_))
    ));
    // The same answer under a new number is a duplicate, and consumed.
    assert_eq!(
        link.handle_datagram(now, &seal(&request.answer(&[0, 0x20]), 91)),
        Some(Received::Consumed)
    );
    assert_eq!(
        (link.poll_done(), link.ledger().counts().duplicate),
        (None, 1)
    );
}

#[test]
fn every_try_of_a_command_waits_equally_long_and_a_late_answer_is_known() {
    let (mut link, mut seal) = linked();
    let start = Instant::now();
    let ask = Ask {
        netfn: 6,
        lun: 0,
        cmd: 1,
        data: &[],
    };
    link.ask(start, Kind::Command, ask, config(None, b"").patience());
    let (mut now, mut first) = (start, None);
    while let Some(deadline) = link.poll_timeout() {
        now = deadline;
        link.handle_timeout(now);
        first = first.or(link.poll_transmit());
    }
    assert_eq!(now - start, 8 * S);
    assert_eq!(link.poll_done().unwrap().answer, None);
    let Ok(Packet::V15(packet)) = Packet::parse(first.as_deref().unwrap()) else {
        panic!("not IPMI 1.5")
    };
    let request = Message::parse(packet.payload).unwrap();
    link.handle_datagram(now + 30 * S, &seal(&request.answer(&[0]), 90));
    assert!(link.poll_done().unwrap().late);
}

/// Whoever answers faster than the BMC, without the password.
#[test]
fn forged_refusals_and_short_answers_before_the_true_one_prevent_no_session() {
    let forge = |_, answer: Vec<u8>| {
        let Ok(Packet::V15(packet)) = Packet::parse(&answer) else {
            panic!("not IPMI 1.5")
        };
        let answered = Message::parse(packet.payload).unwrap();
        let forged = |data: &[u8]| {
            let payload = Message { data, ..answered }.to_bytes();
            V15 {
                auth_type: auth_code::NONE,
                sequence: 0,
                session: 0,
                auth_code: None,
                payload: &payload,
            }
            .to_datagram()
        };
        let short = (0..3).map(|len| forged(&[0, 1, 0][..len]));
        let codes = (1..=0xff).map(|code| forged(&[code]));
        let mut all: Vec<_> = codes.chain(short).collect();
        all.push(answer.clone());
        all
    };
    for auth_type in [auth_code::MD5, auth_code::MD2] {
        let (outcome, took) = run(config(Some(auth_type), b"secret"), &mut Bmc::new(), forge);
        assert!(outcome.is_ok(), "{outcome:?}");
        assert_eq!(took, Duration::ZERO);
    }
}

#[test]
fn an_honest_refusal_is_told_after_a_short_grace() {
    for cmd in [0x38, 0x39, 0x3a] {
        let mut bmc = Bmc {
            refuses: Some((cmd, 0xc1)),
            ..Bmc::new()
        };
        let (outcome, took) = run(config(None, b"secret"), &mut bmc, straight);
        assert!(matches!(outcome, Err(Failure::Refused { code: 0xc1, .. })));
        assert_eq!(took, GRACE);
    }
}
