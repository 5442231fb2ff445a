//! Sessions: who gets in, what they may, when they end.

use std::time::Duration;

use super::super::Config;
use super::world::*;
use crate::bmc::command::Privilege;
use crate::crypto::suite::Suite;
use crate::wire::setup::{OpenRequest, Rakp1, Rakp3, Status};
use crate::wire::sol::ToBmc;

#[test]
fn every_suite_opens_a_session_and_suite_0_only_where_it_is_allowed() {
    let mut world = World::new();
    for suite in Suite::all().filter(|suite| suite.id != 0) {
        let mut client = world
            .try_log_in(&Login {
                suite: suite.id,
                port: 1,
                ..Login::default()
            })
            .unwrap();
        assert_eq!(
            client.command(&mut world, 6, 1, &[]).first(),
            Some(&0),
            "suite {}",
            suite.id
        );
        let id = client.bmc_session.to_le_bytes();
        assert_eq!(client.command(&mut world, 6, 0x3c, &id), [0]);
    }
    let zero = Login {
        suite: 0,
        ..Login::default()
    };
    assert_eq!(
        world.try_log_in(&zero).err(),
        Some(Status::NoMatchingCipherSuite)
    );
    let mut world = World::with(Config {
        suite_zero: true,
        ..Config::default()
    });
    assert!(world.try_log_in(&zero).is_ok());
}

#[test]
fn each_refusal_of_a_log_in_has_its_status() {
    let mut world = World::new();
    let mut status = |login: Login| world.try_log_in(&login).err();
    let base = Login::default;
    assert_eq!(
        status(Login {
            password: "wrong",
            ..base()
        }),
        Some(Status::InvalidCheckValue)
    );
    assert_eq!(
        status(Login {
            name: "nobody",
            ..base()
        }),
        Some(Status::UnauthorizedName)
    );
    assert_eq!(
        status(Login {
            role: 0x16,
            ..base()
        }),
        Some(Status::InvalidRole)
    );
}

#[test]
fn a_user_gets_no_more_than_the_user_s_level() {
    let mut world = World::new();
    let guest = |role| Login {
        name: "guest",
        password: "guest",
        role,
        ..Login::default()
    };
    assert_eq!(
        world.try_log_in(&guest(0x14)).err(),
        Some(Status::UnauthorizedRole)
    );
    assert_eq!(
        world.try_log_in(&guest(0x04)).err(),
        Some(Status::UnauthorizedName),
        "name and level find nobody"
    );
    let mut client = world.try_log_in(&guest(0x12)).unwrap();
    assert_eq!(client.command(&mut world, 6, 0x3b, &[4]), [0x81]);
    assert_eq!(
        client.command(&mut world, 6, 2, &[]),
        [0xd4],
        "a cold reset is for administrators"
    );
    assert_eq!(client.command(&mut world, 6, 0x3b, &[0]), [0, 2]);
}

#[test]
fn two_key_log_ins_need_k_g() {
    let mut world = World::new();
    world
        .bmc
        .machine_mut()
        .channels_mut()
        .get_mut(1)
        .unwrap()
        .kg[..3]
        .copy_from_slice(b"key");
    let mut client = world
        .try_log_in(&Login {
            kg: "key",
            ..Login::default()
        })
        .unwrap();
    assert_eq!(client.command(&mut world, 6, 1, &[]).first(), Some(&0));
}

#[test]
fn algorithms_that_do_not_exist_or_do_not_go_together_are_refused_by_name() {
    let mut world = World::new();
    let mut ask = |authentication, integrity, confidentiality, privilege| {
        let algorithms = crate::wire::setup::AlgorithmNumbers {
            authentication,
            integrity,
            confidentiality,
        };
        let payload = OpenRequest {
            tag: 1,
            privilege,
            console_session: 9,
            algorithms,
        }
        .to_bytes();
        let datagram = crate::wire::session::V20::sessionless(
            crate::wire::session::PayloadType::OpenRequest,
            &payload,
        );
        let answer = world.ask(address(1), &datagram).unwrap();
        Status::from(answer[17])
    };
    assert_eq!(ask(9, 1, 1, 4), Status::InvalidAuthentication);
    assert_eq!(ask(1, 9, 1, 4), Status::InvalidIntegrity);
    assert_eq!(ask(1, 1, 2, 4), Status::InvalidConfidentiality);
    assert_eq!(ask(1, 4, 1, 4), Status::NoMatchingCipherSuite);
    assert_eq!(ask(1, 1, 1, 9), Status::InvalidRole);
    assert_eq!(ask(1, 1, 1, 4), Status::NoErrors);
}

#[test]
fn messages_of_the_handshake_that_come_again_get_the_same_answer() {
    let mut world = World::new();
    let first = world.open_request(address(1), 17, 77);
    assert_eq!(world.open_request(address(1), 17, 77), first);
    let bmc_session = first.accepted.unwrap().bmc_session;
    let rakp1 = Rakp1 {
        tag: 2,
        bmc_session,
        console_random: [1; 16],
        role: 0x14,
        username: b"admin",
    };
    let second = world.rakp1(address(1), rakp1);
    assert_eq!(world.rakp1(address(1), rakp1), second);
    assert_eq!(world.bmc.sessions().count(), 0);

    let client = world.admin(2);
    assert_eq!(world.bmc.statistics().sessions_opened, 1);
    let stray = Rakp3 {
        tag: 3,
        status: Status::NoErrors,
        bmc_session: client.bmc_session,
        auth_code: vec![0; 32],
    };
    assert_eq!(
        world.rakp3(address(3), stray).unwrap().status,
        Status::InvalidSessionId
    );
    assert_eq!(world.bmc.statistics().sessions_opened, 1);
}

#[test]
fn a_packet_is_carried_out_once() {
    let mut world = World::new();
    let mut client = world.admin(1);
    let request = client.request(6, 1, &[]);
    world.send(client.address, &request);
    assert_eq!(client.answers(&mut world).len(), 1);
    world.send(client.address, &request);
    assert_eq!(client.answers(&mut world).len(), 0);
    assert_eq!(world.bmc.statistics().replayed, 1);
}

#[test]
fn a_session_without_commands_ends_after_a_minute_and_characters_do_not_count() {
    let mut world = World::new();
    let mut client = world.admin(1);
    client.activate(&mut world);
    for n in 1..=11u8 {
        world.wait(Duration::from_secs(5));
        client.sol(
            &mut world,
            &ToBmc {
                seq: n,
                data: vec![b'x'],
                ..ToBmc::default()
            },
        );
    }
    assert_eq!(world.bmc.sessions().count(), 1);
    world.received();
    world.wait(Duration::from_secs(5));
    assert_eq!(world.bmc.sessions().count(), 0);
    assert!(
        client
            .sol_packets(&mut world)
            .iter()
            .any(|packet| packet.status.deactivating)
    );
    assert_eq!(world.bmc.sol_session(0), None);
}

#[test]
fn there_are_no_more_sessions_than_allowed_and_a_closed_one_makes_room() {
    let mut world = World::with(Config {
        session_limit: 3,
        ..Config::default()
    });
    let mut clients: Vec<Client> = (1..=3).map(|port| world.admin(port)).collect();
    let fourth = Login {
        port: 4,
        ..Login::default()
    };
    assert_eq!(
        world.try_log_in(&fourth).err(),
        Some(Status::InsufficientResources)
    );
    let id = clients[0].bmc_session.to_le_bytes();
    assert_eq!(
        clients[1].command(&mut world, 6, 0x3c, &id),
        [0],
        "an administrator may close another's"
    );
    assert_eq!(clients[1].command(&mut world, 6, 0x3c, &id), [0x87]);
    assert!(world.try_log_in(&fourth).is_ok());
}

#[test]
fn a_session_is_closed_by_its_handle_too() {
    let mut world = World::new();
    let (mut one, _two) = (world.admin(1), world.admin(2));
    let info = one.command(&mut world, 6, 0x3d, &[2]);
    assert_eq!((info[0], info[2], info[3]), (0, 16, 2));
    assert_eq!(
        one.command(&mut world, 6, 0x3c, &[0, 0, 0, 0, info[1]]),
        [0]
    );
    assert_eq!(
        one.command(&mut world, 6, 0x3c, &[0, 0, 0, 0, info[1]]),
        [0x88]
    );
    let own = one.command(&mut world, 6, 0x3d, &[0]);
    assert_eq!(own[4..8], [2, 4, 0x11, 127]);
}

#[test]
fn a_user_who_is_disabled_is_logged_out() {
    let mut world = World::new();
    let mut client = world.admin(1);
    let _guest = world
        .try_log_in(&Login {
            name: "guest",
            password: "guest",
            role: 0x12,
            port: 2,
            ..Login::default()
        })
        .unwrap();
    assert_eq!(world.bmc.sessions().count(), 2);
    assert_eq!(client.command(&mut world, 6, 0x47, &[3, 0]), [0]);
    assert_eq!(world.bmc.sessions().count(), 1);
}

#[test]
fn a_reset_of_the_bmc_is_answered_and_takes_all_sessions_with_it() {
    let mut world = World::new();
    let (mut client, other) = (world.admin(1), world.admin(2));
    assert_eq!(client.command(&mut world, 6, 3, &[]), [0]);
    assert_eq!(world.bmc.sessions().count(), 0);
    assert!(
        world
            .ask(other.address, &outside(6, 0x38, &[0x8e, 4]))
            .is_none(),
        "it boots"
    );
    world.wait(Duration::from_secs(3));
    assert!(
        world
            .ask(other.address, &outside(6, 0x38, &[0x8e, 4]))
            .is_some()
    );
}

#[test]
fn authentication_capabilities_and_cipher_suites_are_told_to_anybody() {
    let mut world = World::new();
    let answer = world
        .ask(address(1), &outside(6, 0x38, &[0x8e, 4]))
        .unwrap();
    let data = &answer[20..answer.len() - 1];
    assert_eq!(data[..2], [0, 1]);
    assert_eq!((data[2] & 0x80, data[4]), (0x80, 3), "speaks 2.0");
    let old = world
        .ask(address(1), &outside(6, 0x38, &[0x0e, 4]))
        .unwrap();
    assert_eq!(
        (old[22] & 0x80, old[24]),
        (0, 0),
        "who does not know 2.0 is not told of it"
    );
    let mut records = Vec::new();
    for page in 0..64 {
        let answer = world
            .ask(address(1), &outside(6, 0x54, &[0x0e, 0, 0x80 | page]))
            .unwrap();
        let part = &answer[22..answer.len() - 1];
        records.extend_from_slice(part);
        if part.len() < 16 {
            break;
        }
    }
    let ids: Vec<u8> = records.chunks(5).map(|record| record[1]).collect();
    assert_eq!(ids, [1, 2, 3, 6, 7, 8, 11, 12, 15, 16, 17]);
    assert!(
        records
            .chunks(5)
            .all(|r| r[0] == 0xc0 && r[3] >> 6 == 1 && r[4] >> 6 == 2)
    );
}

#[test]
fn a_channel_that_is_disabled_opens_no_session() {
    let mut world = World::new();
    world
        .bmc
        .machine_mut()
        .channels_mut()
        .get_mut(1)
        .unwrap()
        .present
        .mode = crate::bmc::channel::AccessMode::Disabled;
    assert_eq!(
        world.try_log_in(&Login::default()).err(),
        Some(Status::InsufficientResources)
    );
}

#[test]
fn a_channel_s_limit_is_every_session_s() {
    let mut world = World::new();
    world
        .bmc
        .machine_mut()
        .channels_mut()
        .get_mut(1)
        .unwrap()
        .present
        .limit = Privilege::Operator;
    assert_eq!(
        world.try_log_in(&Login::default()).err(),
        Some(Status::UnauthorizedRole)
    );
    assert!(
        world
            .try_log_in(&Login {
                role: 0x13,
                ..Login::default()
            })
            .is_ok()
    );
}
