//! Every quirk does what its switch says, over whole packets. The SOL payload's own ways are tested beside it.

use std::time::Duration;

use super::super::Config;
use super::world::*;
use crate::bmc::personality::{Deactivation, NamedPort, Personality};
use crate::crypto::rakp::Quirk;
use crate::wire::lan::Message;
use crate::wire::session::PayloadType;
use crate::wire::setup::{Rakp1, Status};

fn world(personality: Personality) -> World {
    World::with(Config {
        personality,
        ..Config::default()
    })
}

fn plain() -> Personality {
    Personality::default()
}

#[test]
fn a_board_of_1_5_knows_nothing_of_2_0() {
    let mut world = world(Personality::named("old").unwrap());
    let answer = world
        .ask(address(1), &outside(6, 0x38, &[0x8e, 4]))
        .unwrap();
    assert_eq!(answer[22] & 0x80, 0);
    assert_eq!(
        world
            .ask(address(1), &outside(6, 0x54, &[0x0e, 0, 0x80]))
            .unwrap()[20],
        0xc1
    );
    let open = crate::wire::session::V20::sessionless(PayloadType::OpenRequest, &[0; 32]);
    assert!(world.ask(address(1), &open).is_none());
}

#[test]
fn wrong_ports_and_sizes_are_named() {
    for (port, bytes) in [
        (NamedPort::Swapped, [2, 0x6f]),
        (NamedPort::Bogus(9), [9, 0]),
    ] {
        let mut world = world(Personality {
            port,
            payload_size: Some(0),
            ..plain()
        });
        let answer = world.admin(1).activate(&mut world);
        assert_eq!((&answer[5..9], &answer[9..11]), (&[0; 4][..], &bytes[..]));
    }
}

#[test]
fn missing_commands_are_unknown_or_mute() {
    let mut world = world(Personality {
        unknown_commands: &[(6, 0x4a)],
        mute_commands: &[(6, 0x4b)],
        ..plain()
    });
    let mut client = world.admin(1);
    assert_eq!(client.command(&mut world, 6, 0x4a, &[1]), [0xc1]);
    assert_eq!(client.command(&mut world, 6, 0x4b, &[1, 1]), [0u8; 0]);
}

#[test]
fn deactivation_does_nothing_lies_or_kills() {
    for (deactivation, code, left) in [
        (Deactivation::Idle, 0, true),
        (Deactivation::Denies, 0x80, false),
        (Deactivation::Honest, 0, false),
    ] {
        let mut world = world(Personality {
            deactivation,
            ..plain()
        });
        let mut client = world.admin(1);
        client.activate(&mut world);
        assert_eq!(
            client.command(&mut world, 6, 0x49, &[1, 1, 0, 0, 0, 0]),
            [code]
        );
        assert_eq!(world.bmc.sol_session(0).is_some(), left);
    }
    let personality = Personality {
        deactivation: Deactivation::Kills,
        ..plain()
    };
    let mut world = World::with(Config {
        personality,
        ports: 2,
        ..Config::default()
    });
    let mut client = world.admin(1);
    for instance in [1, 2] {
        client.command(&mut world, 6, 0x48, &[1, instance, 0xc0, 0, 0, 0]);
    }
    client.command(&mut world, 6, 0x49, &[1, 1, 0, 0, 0, 0]);
    assert_eq!(
        (world.bmc.sol_session(0), world.bmc.sol_session(1)),
        (None, None)
    );
}

#[test]
fn a_console_that_loses_its_payload_is_told_in_the_board_s_own_way() {
    let lose = |personality| {
        let mut world = world(personality);
        let mut client = world.admin(1);
        client.activate(&mut world);
        world.bmc.deactivate_sol(world.now, 0);
        let packets = world.received();
        packets
            .iter()
            .filter_map(|bytes| client.opened(bytes))
            .collect::<Vec<_>>()
    };
    assert!(
        lose(Personality {
            silent_deactivation: true,
            ..plain()
        })
        .is_empty()
    );
    assert_eq!(
        lose(Personality {
            short_deactivation: true,
            ..plain()
        })[0]
            .1
            .len(),
        2
    );
    let told = lose(Personality {
        deactivation_request: true,
        ..plain()
    });
    let request = told
        .iter()
        .find(|(kind, _)| *kind == PayloadType::Ipmi)
        .unwrap();
    let message = Message::parse(&request.1).unwrap();
    assert_eq!((message.netfn, message.cmd, message.seq), (0x0c, 0x20, 0));
}

#[test]
fn a_reset_of_the_host_disturbs_sessions_of_some_boards() {
    let mut world = world(Personality {
        sequence_jump_at_reset: true,
        serial_dies_at_reset: true,
        ..plain()
    });
    let mut client = world.admin(1);
    client.activate(&mut world);
    let before = world.bmc.sessions().next().unwrap().outbound;
    assert_eq!(client.command(&mut world, 0, 2, &[3]), [0]);
    assert!(world.bmc.sessions().next().unwrap().outbound >= before + 1000);
    world
        .bmc
        .serial_input(world.now, world.wall_ms, 0, &[b'x'; 200]);
    assert!(client.sol_packets(&mut world).is_empty());
    assert_eq!(
        client.command(&mut world, 6, 1, &[])[0],
        0,
        "the session lives"
    );
}

#[test]
fn a_repeated_request_gets_cfh() {
    let mut world = world(Personality {
        duplicate_code: true,
        ..plain()
    });
    let mut client = world.admin(1);
    assert_eq!(client.command(&mut world, 6, 1, &[])[0], 0);
    client.rq_seq -= 1;
    assert_eq!(client.command(&mut world, 6, 1, &[]), [0xcf]);
    assert_eq!(client.command(&mut world, 6, 1, &[])[0], 0);
}

#[test]
fn rakp_2_may_lack_its_tag_and_users_may_be_looked_up_by_name_only() {
    let mut world = world(Personality {
        rakp2_tag_zero: true,
        name_only: true,
        ..plain()
    });
    let bmc_session = world
        .open_request(address(1), 17, 5)
        .accepted
        .unwrap()
        .bmc_session;
    let request = Rakp1 {
        tag: 9,
        bmc_session,
        console_random: [3; 16],
        role: 0x14,
        username: b"admin",
    };
    assert_eq!(world.rakp1(address(1), request).tag, 0);
    assert_eq!(
        world
            .try_log_in(&Login {
                role: 4,
                ..Login::default()
            })
            .err(),
        Some(Status::UnauthorizedName)
    );
    assert!(world.try_log_in(&Login::default()).is_ok());
}

#[test]
fn deviating_key_exchanges_suit_their_own_kind_only() {
    for quirk in [Quirk::IntelPlus, Quirk::I82571spt] {
        let mut world = world(Personality {
            rakp: quirk,
            ..plain()
        });
        assert!(
            world
                .try_log_in(&Login {
                    quirk,
                    suite: 3,
                    ..Login::default()
                })
                .is_ok()
        );
        assert!(
            world
                .try_log_in(&Login {
                    suite: 3,
                    ..Login::default()
                })
                .is_err()
        );
    }
}

#[test]
fn few_sessions_short_patience_and_narrow_windows() {
    let personality = Personality {
        session_limit: Some(2),
        idle: Duration::from_secs(30),
        comfortable_sessions: Some(1),
        window_ahead: 15,
        replays_taken: true,
        ..plain()
    };
    let mut world = world(personality);
    let mut one = world.admin(1);
    one.sequence += 16;
    let request = one.request(6, 1, &[]);
    world.send(one.address, &request);
    assert!(one.answers(&mut world).is_empty(), "too far ahead");
    one.sequence -= 17;
    let request = one.request(6, 1, &[]);
    world.send(one.address, &request);
    world.send(one.address, &request);
    assert_eq!(one.answers(&mut world).len(), 2, "taken twice");
    let _two = world.admin(2);
    assert_eq!(
        world
            .try_log_in(&Login {
                port: 3,
                ..Login::default()
            })
            .err(),
        Some(Status::InsufficientResources)
    );
    world.wait(Duration::from_millis(3750));
    assert_eq!(
        world.bmc.sessions().count(),
        0,
        "an eighth of 30 s with one too many"
    );
}

#[test]
fn some_boards_speak_before_they_answer_and_some_demand_bits() {
    let mut world = world(Personality {
        early_sol: true,
        ..plain()
    });
    let mut client = world.admin(1);
    world
        .bmc
        .serial_input(world.now, world.wall_ms, 0, b"said before");
    let request = client.request(6, 0x48, &[1, 1, 0xc0, 0, 0, 0]);
    world.send(client.address, &request);
    let packets = world.received();
    let kinds: Vec<_> = packets
        .iter()
        .filter_map(|bytes| client.opened(bytes))
        .map(|(kind, _)| kind)
        .collect();
    assert_eq!(kinds, [PayloadType::Sol, PayloadType::Ipmi]);

    let mut world = self::world(Personality {
        aux_bits: 0x04,
        ..plain()
    });
    let mut client = world.admin(1);
    assert_eq!(client.activate(&mut world), [0xcc]);
    assert_eq!(
        client.command(&mut world, 6, 0x48, &[1, 1, 0xc4, 0, 0, 0])[0],
        0
    );
}
