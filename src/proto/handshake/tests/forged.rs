//! Somebody on the path who sees every packet and answers faster than the BMC, without knowing the password.

use super::*;

/// Datagrams that come before the BMC's own answer to a message of this kind, whose payload is given.
type Forger = fn(PayloadType, &[u8], u32) -> Vec<Vec<u8>>;

/// Runs to the outcome, every answer of the BMC's coming behind what `forger` makes of the question.
fn run_against(
    config: Config,
    peer: &mut Peer,
    forger: Forger,
) -> (Result<Established, Failure>, Duration) {
    let start = Instant::now();
    let mut now = start;
    let mut handshake = Handshake::new(now, config, Box::new(Counter(1)));
    loop {
        while let Some(datagram) = handshake.poll_transmit() {
            let Ok(Packet::V20(packet)) = Packet::parse(&datagram) else {
                continue; // a knock
            };
            let forged = forger(
                packet.payload_type,
                packet.payload,
                handshake.console_session(),
            );
            let known = match packet.payload_type {
                PayloadType::Rakp1 => Rakp1::parse(packet.payload).unwrap().bmc_session < 100,
                _ => true,
            };
            let answer = known.then(|| peer.answer(&datagram)).flatten();
            for each in forged.iter().chain(&answer) {
                handshake.handle_datagram(now, each);
            }
        }
        if let Some(outcome) = handshake.poll_outcome() {
            return (outcome, now - start);
        }
        now = handshake.poll_timeout().unwrap();
        handshake.handle_timeout(now);
    }
}

fn statuses() -> impl Iterator<Item = Status> {
    (1..=0x13).chain([0xff]).map(Status::from)
}

fn open_refusals(tag: u8, console_session: u32) -> Vec<Vec<u8>> {
    statuses()
        .map(|status| OpenResponse {
            tag,
            status,
            privilege: 0,
            console_session,
            accepted: None,
        })
        .map(|forged| V20::sessionless(PayloadType::OpenResponse, &forged.to_bytes()))
        .collect()
}

fn acceptance(tag: u8, console_session: u32, bmc_session: u32, suite: u8) -> Vec<u8> {
    let forged = OpenResponse {
        tag,
        status: Status::NoErrors,
        privilege: 1,
        console_session,
        accepted: Some(OpenAccepted {
            bmc_session,
            algorithms: Suite::by_id(suite).unwrap().numbers(),
        }),
    };
    V20::sessionless(PayloadType::OpenResponse, &forged.to_bytes())
}

fn rakp2s(tag: u8, console_session: u32) -> Vec<Vec<u8>> {
    let refusal = |status| Rakp2 {
        tag,
        status,
        console_session,
        body: None,
    };
    let wrong = Rakp2 {
        body: Some(Rakp2Body {
            bmc_random: [1; 16],
            guid: [2; 16],
            auth_code: vec![3; 32],
        }),
        ..refusal(Status::NoErrors)
    };
    let whole = wrong.to_bytes();
    let cut = (0..whole.len()).map(|len| whole[..len].to_vec());
    let forged = statuses().map(|status| refusal(status).to_bytes());
    let all = cut.chain(forged).chain([whole.clone()]);
    all.map(|payload| V20::sessionless(PayloadType::Rakp2, &payload))
        .collect()
}

fn rakp4s(tag: u8, console_session: u32) -> Vec<Vec<u8>> {
    let with = |status, check| {
        let forged = Rakp4 {
            tag,
            status,
            console_session,
            check,
        };
        V20::sessionless(PayloadType::Rakp4, &forged.to_bytes())
    };
    let mut all: Vec<_> = statuses().map(|status| with(status, Vec::new())).collect();
    all.extend((0..=16).map(|len| with(Status::NoErrors, vec![7; len])));
    all
}

/// Everything at once: refusals, wrong codes, other algorithms, other tags and ids, cut short.
fn everything(kind: PayloadType, asked: &[u8], us: u32) -> Vec<Vec<u8>> {
    let tag = asked[0];
    match kind {
        PayloadType::OpenRequest => {
            let mut all = open_refusals(tag, us);
            all.extend(open_refusals(tag, 0));
            all.extend([0, 1, 17, 3].map(|suite| acceptance(tag, us, 0x4141_4141, suite)));
            all.extend((0..=255).map(|tag| acceptance(tag, us, 0x4242_4242, 17)));
            all.push(acceptance(tag, us ^ 1, 77, 17));
            all
        }
        PayloadType::Rakp1 => [rakp2s(tag, us), rakp2s(tag ^ 9, us), rakp4s(tag, us)].concat(),
        PayloadType::Rakp3 => [rakp4s(tag, us), rakp4s(tag ^ 9, us), rakp2s(tag, us)].concat(),
        _ => Vec::new(),
    }
}

#[test]
fn no_forgery_before_the_true_answer_prevents_a_session_or_delays_it() {
    for suite in [Some(3), Some(17), Some(1)] {
        let mut peer = Peer::new(&[1, 3, 17]);
        let (outcome, waited) = run_against(config(suite), &mut peer, everything);
        let session = outcome.unwrap().session;
        assert_eq!(
            (session.bmc_id(), waited),
            (77, Duration::ZERO),
            "{suite:?}"
        );
        assert_eq!(session.suite().map(|suite| suite.id), suite);
    }
}

#[test]
fn a_forged_refusal_of_suite_17_does_not_lead_to_suite_3() {
    let mut peer = Peer {
        lists: true,
        ..Peer::new(&[17, 3])
    };
    let (outcome, waited) = run_against(config(None), &mut peer, |kind, asked, us| match kind {
        PayloadType::OpenRequest => open_refusals(asked[0], us),
        PayloadType::Rakp1 => rakp2s(asked[0], us),
        _ => Vec::new(),
    });
    let suite = outcome.unwrap().session.suite().map(|suite| suite.id);
    assert_eq!((suite, waited), (Some(17), Duration::ZERO));
}

#[test]
fn an_honest_refusal_is_told_after_a_short_grace_and_only_what_does_not_fit_is_asked_for_again() {
    let unwilling = [
        Peer {
            password: Key20::new(b"other").unwrap(),
            ..Peer::new(&[3])
        },
        Peer {
            kg: Key20::new(b"kg"),
            ..Peer::new(&[3])
        },
        Peer {
            rakp2_status: Status::UnauthorizedName,
            ..Peer::new(&[3])
        },
        Peer::new(&[17]),
        Peer {
            chooses: Some(0),
            ..Peer::new(&[])
        },
    ];
    for mut peer in unwilling {
        let (outcome, waited) = run(config(Some(3)), &mut peer, |_| false);
        let failure = outcome.unwrap_err();
        assert!(failure.is_lasting(), "{failure}");
        assert_eq!(waited, GRACE, "{failure}");
        for kind in &peer.heard {
            let times = peer.heard.iter().filter(|other| *other == kind).count();
            let last = peer.heard.last() == Some(kind);
            let most = 1 + usize::from(last && failure.may_come_of_damage());
            assert_eq!(times, most, "{failure}: {kind:?}");
        }
    }
}

#[test]
fn over_a_long_way_a_refusal_waits_for_the_time_of_another_round_trip() {
    let start = Instant::now();
    let mut peer = Peer::new(&[17]);
    let mut handshake = Handshake::new(start, config(Some(17)), Box::new(Counter(1)));
    let open = peer.answer(&handshake.poll_transmit().unwrap()).unwrap();
    let trip = 700 * S / 1000;
    handshake.handle_datagram(start + trip, &open);
    let rakp1 = handshake.poll_transmit().unwrap();
    let answer = peer.answer(&rakp1).unwrap();
    let us = handshake.console_session();
    for forged in rakp2s(0, us) {
        handshake.handle_datagram(start + trip, &forged);
    }
    let until = handshake.poll_timeout().unwrap();
    assert_eq!(until, start + 3 * trip);
    handshake.handle_timeout(start + 2 * trip);
    assert!(handshake.poll_outcome().is_none());
    handshake.handle_datagram(start + 2 * trip, &answer);
    let rakp3 = std::iter::from_fn(|| handshake.poll_transmit())
        .last()
        .unwrap();
    handshake.handle_datagram(start + 3 * trip, &peer.answer(&rakp3).unwrap());
    assert!(handshake.poll_outcome().unwrap().is_ok());
}

#[test]
fn the_first_refusal_is_the_one_that_is_told() {
    let mut peer = Peer {
        password: Key20::new(b"other").unwrap(),
        ..Peer::new(&[3])
    };
    let (outcome, _) = run_against(config(Some(3)), &mut peer, |kind, asked, us| match kind {
        PayloadType::Rakp1 => rakp2s(asked[0], us).into_iter().rev().take(1).collect(),
        _ => Vec::new(),
    });
    assert_eq!(outcome.unwrap_err(), Failure::WrongPassword);
}

#[test]
fn forged_acceptances_without_number_cost_bounded_many_messages() {
    let mut peer = Peer::new(&[17]);
    let flood: Forger = |kind, asked, us| match kind {
        PayloadType::OpenRequest => (1000..2000)
            .map(|id| acceptance(asked[0], us, id, 17))
            .collect(),
        _ => Vec::new(),
    };
    let (outcome, _) = run_against(config(Some(17)), &mut peer, flood);
    assert!(outcome.is_err(), "the BMC's own acceptance came too late");
    assert_eq!(peer.heard, [PayloadType::OpenRequest]);
}
