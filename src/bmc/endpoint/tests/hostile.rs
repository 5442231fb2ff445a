//! What strangers send: no panic, no change of state, no amplification.

use std::time::Duration;

use super::super::Statistics;
use super::world::*;
use crate::bmc::moment::Seeded;
use crate::wire::session::{PayloadType, V20};
use crate::wire::setup::{OpenRequest, Rakp1, Rakp3, Status};
use crate::wire::{asf, lan, session};

/// One good datagram of every kind that a stranger can send.
fn specimens(world: &mut World) -> Vec<Vec<u8>> {
    let algorithms = crate::crypto::suite::Suite::by_id(17).unwrap().numbers();
    let open = OpenRequest {
        tag: 1,
        privilege: 4,
        console_session: 9,
        algorithms,
    };
    let bmc_session = world
        .open_request(address(1), 3, 5)
        .accepted
        .unwrap()
        .bmc_session;
    let rakp1 = Rakp1 {
        tag: 1,
        bmc_session,
        console_random: [3; 16],
        role: 0x14,
        username: b"",
    };
    let rakp3 = Rakp3 {
        tag: 1,
        status: Status::NoErrors,
        bmc_session,
        auth_code: vec![1; 20],
    };
    let sessionless = lan::Message::request(6, 0, 1, 0x38, &[0x8e, 4]).to_bytes();
    vec![
        asf::datagram(1, asf::Message::Ping),
        outside(6, 0x38, &[0x8e, 4]),
        outside(6, 0x54, &[0x0e, 0, 0x80]),
        outside(6, 0x37, &[]),
        outside(6, 0x01, &[]),
        outside(
            6,
            0x39,
            &[&[2][..], b"admin\0\0\0\0\0\0\0\0\0\0\0"].concat(),
        ),
        V20::sessionless(PayloadType::OpenRequest, &open.to_bytes()),
        V20::sessionless(PayloadType::Rakp1, &rakp1.to_bytes()),
        V20::sessionless(PayloadType::Rakp3, &rakp3.to_bytes()),
        V20::sessionless(PayloadType::Ipmi, &sessionless),
        session::V15 {
            auth_type: 2,
            sequence: 0,
            session: 77,
            auth_code: Some([1; 16]),
            payload: &sessionless,
        }
        .to_datagram(),
    ]
}

#[test]
fn no_answer_to_a_stranger_is_more_than_three_times_the_question() {
    let mut world = World::new();
    for specimen in specimens(&mut world) {
        world.send(address(2), &specimen);
        let answers: usize = world.received().iter().map(Vec::len).sum();
        assert!(answers <= 3 * specimen.len(), "{specimen:x?}");
    }
}

#[test]
fn nothing_that_is_cut_altered_or_lengthened_does_anything_to_a_session() {
    let mut world = World::new();
    let mut client = world.admin(1);
    client.activate(&mut world);
    let mut bad = Vec::new();
    let mut good = specimens(&mut world);
    good.push(client.request(6, 0x3b, &[2]));
    let sol = crate::wire::sol::ToBmc {
        seq: 1,
        data: b"rm -rf /\r".to_vec(),
        ..Default::default()
    };
    good.push(client.seal(PayloadType::Sol, &sol.to_bytes()));
    for specimen in good {
        bad.extend((0..specimen.len()).map(|n| specimen[..n].to_vec()));
        for bit in 4 * 8..specimen.len() * 8 {
            let mut flipped = specimen.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            bad.push(flipped);
        }
        bad.push([&specimen[..], &[0; 3000]].concat());
    }
    for datagram in &bad {
        world.send(address(6), datagram);
    }
    // None of it was the client's: level, address, input and activity are as they were.
    let session = world
        .bmc
        .sessions()
        .find(|s| s.id == client.bmc_session)
        .unwrap();
    assert_eq!(
        (session.privilege.bits(), session.peer.address),
        (4, client.address)
    );
    assert_eq!(world.bmc.take_serial(world.now, 0, 99), b"");
    world.received();
    assert_eq!(client.command(&mut world, 6, 0x3b, &[0]), [0, 4]);
}

#[test]
fn noise_never_panics_nor_opens_anything_nor_piles_up() {
    let mut world = World::new();
    let mut chance = Seeded(3);
    for n in 0..20_000u64 {
        let length = (chance.number() % 80) as usize;
        let mut bytes = vec![0; length];
        crate::bmc::moment::Random::fill(&mut chance, &mut bytes);
        // Most noise gets past the first looks.
        for (to, from) in
            bytes
                .iter_mut()
                .zip([6, 0, 0xff, 7, 6, [0x10, 0x12, 0x14, 0][(n % 4) as usize]])
        {
            *to = from;
        }
        if n % 3 == 0 && bytes.len() > 5 {
            bytes[4] = 0;
        }
        world.send(address((n % 60_000) as u16), &bytes);
    }
    assert_eq!(world.bmc.sessions().count(), 0);
    assert!(world.received().len() <= 4096);
    assert_eq!(
        Statistics {
            datagrams_in: 20_000,
            ..Statistics::default()
        }
        .datagrams_in,
        world.bmc.statistics().datagrams_in
    );
}

#[test]
fn a_flood_of_beginnings_does_not_pile_up_and_does_not_lock_anybody_out() {
    let mut world = World::new();
    for n in 0..1000 {
        world.open_request(address(n), 17, n.into());
    }
    assert!(world.try_log_in(&Login::default()).is_ok());
    world.wait(Duration::from_secs(16));
    assert!(world.bmc.poll_timeout().is_some());
}

#[test]
fn while_the_bmc_is_busy_a_flood_of_strangers_cannot_push_a_session_out() {
    let mut world = World::new();
    let mut client = world.admin(1);
    world.bmc.set_busy(world.now + Duration::from_secs(5));
    for n in 0..5000 {
        world.send(address(n), &outside(6, 0x38, &[0x8e, 4]));
    }
    let request = client.request(6, 1, &[]);
    world.send(client.address, &request);
    world.wait(Duration::from_secs(5));
    assert_eq!(client.answers(&mut world).len(), 1);
}

#[test]
fn a_ping_is_answered_and_an_acknowledgement_is_not() {
    let mut world = World::new();
    let pong = world
        .ask(address(1), &asf::datagram(9, asf::Message::Ping))
        .unwrap();
    assert_eq!((pong[8], pong[9], pong[20]), (0x40, 9, 0x81));
    assert!(world.ask(address(1), &[6, 0, 3, 0x87]).is_none());
    assert!(
        world
            .ask(
                address(1),
                &asf::datagram(
                    9,
                    asf::Message::Pong {
                        entities: 1,
                        interactions: 0
                    }
                )
            )
            .is_none()
    );
}

#[test]
fn guessing_a_password_ends_the_session_in_the_making() {
    let mut world = World::new();
    let bmc_session = world
        .open_request(address(1), 3, 5)
        .accepted
        .unwrap()
        .bmc_session;
    world.rakp1(
        address(1),
        Rakp1 {
            tag: 1,
            bmc_session,
            console_random: [3; 16],
            role: 0x14,
            username: b"admin",
        },
    );
    let mut guess = |n: u8| {
        let auth_code = vec![n; 20];
        world
            .rakp3(
                address(1),
                Rakp3 {
                    tag: n,
                    status: Status::NoErrors,
                    bmc_session,
                    auth_code,
                },
            )
            .unwrap()
            .status
    };
    assert_eq!(
        [guess(1), guess(2), guess(3)],
        [Status::InvalidCheckValue; 3]
    );
    assert_eq!(guess(4), Status::InvalidSessionId);
}
