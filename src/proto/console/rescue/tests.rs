//! What another session comes to.

use super::*;
use crate::crypto::suite::Suite;
use crate::proto::console::tests::{config, settings};
use crate::proto::handshake::tests::Peer;
use crate::proto::link::tests::pair;
use crate::proto::session::Session;
use crate::proto::testing::Counter;
use crate::wire::session::PayloadType;

const S: Duration = Duration::from_secs(1);

/// An attempt whose second session has just been made, and the BMC's side of that session.
fn activating(now: Instant) -> (Rescue, Session) {
    let (mut link, session) = pair();
    let activation = Activation::start_again(now, &mut link, &settings(), vec![OURS]);
    let mut rescue = Rescue::new(now, || Box::new(Counter(7)));
    rescue.stage = Stage::Activate(Box::new((link, activation)));
    (rescue, session)
}

/// Answers each command as `answer` says, until the attempt is over or back where it began; tells which commands
/// there were.
fn run(
    rescue: &mut Rescue,
    bmc: &mut Session,
    now: Instant,
    answer: impl Fn(u8) -> Vec<u8>,
) -> (Option<Outcome>, Vec<u8>) {
    let mut commands = Vec::new();
    let mut outcome = None;
    for _ in 0..20 {
        outcome = outcome.or(rescue.advance(now, &config(), &settings(), &[OURS]));
        let Some(datagram) = rescue.poll_transmit() else {
            break;
        };
        let Ok(Packet::V20(packet)) = Packet::parse(&datagram) else {
            break;
        };
        let payload = bmc.open(&packet).unwrap();
        let request = lan::Message::parse(&payload).unwrap();
        commands.push(request.cmd);
        let answer = request.answer(&answer(request.cmd)).to_bytes();
        let datagram = bmc.seal(PayloadType::Ipmi, &answer, [1; 16]);
        rescue.handle_packet(now, &Packet::parse(&datagram).unwrap());
    }
    (outcome, commands)
}

#[test]
fn a_bmc_that_is_not_ready_yet_is_asked_again_later() {
    let now = Instant::now();
    for code in [
        0x82, 0xc0, 0xc1, 0xc3, 0xc4, 0xce, 0xd0, 0xd1, 0xd2, 0xd4, 0xd5, 0xff,
    ] {
        let (mut rescue, mut bmc) = activating(now);
        let (outcome, commands) = run(&mut rescue, &mut bmc, now, |cmd| {
            if cmd == 0x48 { vec![code] } else { vec![0, 4] }
        });
        assert!(outcome.is_none(), "{code:02x}");
        assert_eq!(commands, [0x3b, 0x48, 0x3c], "the session is closed");
        assert_eq!(rescue.poll_timeout(), Some(now + KNOCK_AGAIN));
    }
}

#[test]
fn a_refused_privilege_level_makes_no_refusal_of_the_payload_final() {
    let now = Instant::now();
    for code in [0x81, 0xd4] {
        let (mut rescue, mut bmc) = activating(now);
        let (outcome, _) = run(&mut rescue, &mut bmc, now, |cmd| match cmd {
            0x3b => vec![0xc0],
            0x48 => vec![code],
            _ => vec![0],
        });
        assert!(outcome.is_none(), "{code:02x}");
        assert!(rescue.poll_timeout().is_some());
    }
}

#[test]
fn a_payload_that_is_switched_off_or_another_user_s_is_given_up() {
    let now = Instant::now();
    let owned_by = |id: u32| [&[0][..], &id.to_le_bytes(), &[0; 8]].concat();
    for (code, owner, ends) in [
        (0x81, vec![0xc1], true),
        (0x80, owned_by(4711), true),
        // Whose it is, nobody knows: it may be our own, from before the restart.
        (0x80, vec![0xc1], false),
        (0x80, owned_by(0), false),
    ] {
        let (mut rescue, mut bmc) = activating(now);
        let (outcome, commands) = run(&mut rescue, &mut bmc, now, |cmd| match cmd {
            0x48 => vec![code],
            0x4b => owner.clone(),
            _ => vec![0, 4],
        });
        let refused = matches!(outcome, Some(Outcome::Refused(Refusal::Code(c))) if c == code);
        assert_eq!(refused, ends, "{code:02x} {owner:?}");
        assert_eq!(commands.last(), Some(&0x3c));
    }
}

#[test]
fn a_bmc_that_was_heard_over_a_session_that_came_to_nothing_is_not_dead() {
    let (now, limit) = (Instant::now(), 90 * S);
    assert!(!Rescue::new(now, || Box::new(Counter(7))).is_under_way(now, limit));
    let (mut rescue, mut bmc) = activating(now);
    let bytes = bmc.seal(PayloadType::Sol, &[0; 4], [1; 16]);
    rescue.handle_packet(now, &Packet::parse(&bytes).unwrap());
    rescue.close(now);
    assert!(rescue.is_under_way(now + limit - S, limit));
    assert!(!rescue.is_under_way(now + limit, limit));
}

#[test]
fn a_bmc_that_knows_the_password_is_not_dead_though_no_session_comes_of_it() {
    let (now, limit) = (Instant::now(), 90 * S);
    let mut peer = Peer::new(&[17]);
    let one = Config {
        suite: Suite::by_id(17),
        ..config()
    };
    let handshake = Handshake::new(now, one.clone(), Box::new(Counter(7)));
    let mut rescue = Rescue::new(now, || Box::new(Counter(7)));
    rescue.stage = Stage::Shake(Box::new(handshake));
    let mut last = Vec::new();
    for _ in 0..2 {
        rescue.advance(now, &one, &settings(), &[OURS]);
        assert_eq!(rescue.heard, None, "anybody may accept Open Session");
        last = peer.answer(&rescue.poll_transmit().unwrap()).unwrap();
        rescue.handle_packet(now, &Packet::parse(&last).unwrap());
    }
    assert_eq!(rescue.heard, Some(now));
    rescue.handle_packet(now + S, &Packet::parse(&last).unwrap());
    assert_eq!(rescue.heard, Some(now), "a copy proves nothing");
    rescue.close(now + S);
    assert!(rescue.is_under_way(now + limit - S, limit));
    assert!(!rescue.is_under_way(now + limit, limit));
}

#[test]
fn a_bmc_that_answers_after_the_next_question_is_waited_for_as_long() {
    let now = Instant::now();
    let mut rescue = Rescue::new(now, || Box::new(Counter(7)));
    let sent = |rescue: &mut Rescue| std::iter::from_fn(|| rescue.poll_transmit()).collect();
    let mut asked: Vec<Vec<u8>> = Vec::new();
    for n in 0..4 {
        assert!(
            rescue
                .advance(now + n * KNOCK_AGAIN, &config(), &settings(), &[OURS])
                .is_none()
        );
        asked.extend::<Vec<Vec<u8>>>(sent(&mut rescue));
    }
    assert_eq!(asked.len(), 4);
    let Ok(Packet::V15(question)) = Packet::parse(&asked[1]) else {
        panic!("outside a session is 1.5");
    };
    let answer = lan::Message::parse(question.payload)
        .unwrap()
        .answer(&[0; 9])
        .to_bytes();
    let datagram = V15 {
        payload: &answer,
        ..question
    }
    .to_datagram();
    let answered = now + 20 * S;
    rescue.handle_packet(answered, &Packet::parse(&datagram).unwrap());
    assert!(rescue.is_under_way(answered, S));
    assert!(rescue.takes_last_chance());
    assert!(!rescue.takes_last_chance(), "told once");
    let begun = answered + LAST_CHANCE;
    rescue.advance(begun, &config(), &settings(), &[OURS]);
    assert_eq!(sent(&mut rescue).len(), 1, "the handshake begins");
    while let Some(at) = rescue.poll_timeout().filter(|at| *at < begun + 25 * S) {
        rescue.advance(at, &config(), &settings(), &[OURS]);
    }
    let Stage::Shake(_) = rescue.stage else {
        panic!("{rescue:?}: the answer took 15 s, and may well take so long again");
    };
}

const OURS: u32 = 0x0102_0304;
