//! SOL payloads over whole packets.

use std::time::Duration;

use super::super::{Config, Event};
use super::world::*;
use crate::bmc::sol::Action;
use crate::wire::sol::{Operation, ToBmc};

#[test]
fn a_console_gets_what_the_host_emits_and_the_host_what_is_typed() {
    for suite in [1, 2, 3, 16, 17] {
        let mut world = World::new();
        let mut client = world
            .try_log_in(&Login {
                suite,
                ..Login::default()
            })
            .unwrap();
        let aux = if suite == 3 || suite == 17 { 0xc0 } else { 0 };
        let answer = client.command(&mut world, 6, 0x48, &[1, 1, aux, 0, 0, 0]);
        assert_eq!(
            answer,
            [0, 0, 0, 0, 0, 252, 0, 252, 0, 0x6f, 2, 0xff, 0xff],
            "suite {suite}"
        );
        world
            .bmc
            .serial_input(world.now, world.wall_ms, 0, b"login: ");
        world.wait(Duration::from_millis(60));
        let packets = client.sol_packets(&mut world);
        assert_eq!(packets[0].data, b"login: ");
        client.sol(
            &mut world,
            &ToBmc {
                seq: 1,
                ack: 1,
                accepted: 7,
                data: b"root\r".to_vec(),
                ..ToBmc::default()
            },
        );
        assert_eq!(world.bmc.take_serial(world.now, 0, 99), b"root\r");
        assert_eq!(client.sol_packets(&mut world)[0].ack, 1);
        world.wait(Duration::from_secs(20));
        assert!(
            client.sol_packets(&mut world).is_empty(),
            "acknowledged is acknowledged"
        );
    }
}

#[test]
fn activation_names_the_port_that_the_session_uses() {
    let mut world = World::new();
    world.bmc.set_socket_ports(vec![0x1234]);
    let mut client = world.admin(1);
    assert_eq!(client.activate(&mut world)[9..11], [0x34, 0x12]);
}

#[test]
fn a_payload_has_one_owner_who_is_told_when_it_is_taken_away() {
    let mut world = World::new();
    let (mut one, mut two) = (world.admin(1), world.admin(2));
    assert_eq!(one.activate(&mut world)[0], 0);
    assert_eq!(
        one.activate(&mut world)[0],
        0,
        "asked again, because the answer got lost"
    );
    assert_eq!(two.activate(&mut world), [0x80]);
    assert_eq!(two.command(&mut world, 6, 0x4a, &[1]), [0, 1, 1, 0]);
    let info = two.command(&mut world, 6, 0x4b, &[1, 1]);
    assert_eq!(info[1..5], one.bmc_session.to_le_bytes());
    let request = two.request(6, 0x49, &[1, 1, 0, 0, 0, 0]);
    world.send(two.address, &request);
    assert!(one.sol_packets(&mut world)[0].status.deactivating);
    assert_eq!(world.bmc.sol_session(0), None);
    assert_eq!(
        two.command(&mut world, 6, 0x49, &[1, 1, 0, 0, 0, 0]),
        [0x80]
    );
    assert_eq!(two.activate(&mut world)[0], 0);
}

#[test]
fn demands_of_the_sol_configuration_are_kept() {
    let mut world = World::new();
    let mut client = world.admin(1);
    let mut set = |world: &mut World, id: u8, value: &[u8]| {
        assert_eq!(
            client.command(world, 0x0c, 0x21, &[&[1, id][..], value].concat()),
            [0]
        );
    };
    set(&mut world, 1, &[0]);
    let mut other = world.admin(2);
    assert_eq!(other.activate(&mut world), [0x81], "SOL is disabled");
    set(&mut world, 1, &[1]);
    set(&mut world, 2, &[0x84]);
    let mut clear = world
        .try_log_in(&Login {
            port: 3,
            suite: 16,
            ..Login::default()
        })
        .unwrap();
    assert_eq!(
        clear.command(&mut world, 6, 0x48, &[1, 1, 0x40, 0, 0, 0]),
        [0xd4],
        "its level is user still"
    );
    clear.command(&mut world, 6, 0x3b, &[4]);
    assert_eq!(
        clear.command(&mut world, 6, 0x48, &[1, 1, 0x40, 0, 0, 0]),
        [0x84],
        "encryption is forced"
    );
    assert_eq!(
        clear.command(&mut world, 6, 0x48, &[1, 1, 0x80, 0, 0, 0]),
        [0x83],
        "but this suite has none"
    );
    assert_eq!(other.activate(&mut world)[0], 0);
}

#[test]
fn a_user_without_the_right_to_sol_is_refused() {
    let mut world = World::new();
    let mut admin = world.admin(1);
    assert_eq!(
        admin.command(&mut world, 6, 0x4c, &[1, 0x40 | 2, 2, 0, 0, 0]),
        [0]
    );
    assert_eq!(admin.activate(&mut world), [0x81]);
}

#[test]
fn each_port_is_an_instance_of_its_own() {
    let mut world = World::with(Config {
        ports: 2,
        ..Config::default()
    });
    let mut client = world.admin(1);
    assert_eq!(
        client.command(&mut world, 6, 0x48, &[1, 2, 0xc0, 0, 0, 0])[0],
        0
    );
    assert_eq!(client.command(&mut world, 6, 0x4a, &[1]), [0, 2, 2, 0]);
    assert_eq!(
        client.command(&mut world, 6, 0x48, &[1, 3, 0xc0, 0, 0, 0]),
        [0x82]
    );
    assert_eq!(
        client.command(&mut world, 6, 0x48, &[1, 0, 0xc0, 0, 0, 0]),
        [0xcc]
    );
    world
        .bmc
        .serial_input(world.now, world.wall_ms, 0, &[b'0'; 100]);
    assert!(client.sol_packets(&mut world).is_empty());
    world
        .bmc
        .serial_input(world.now, world.wall_ms, 1, &[b'1'; 100]);
    assert_eq!(client.sol_packets(&mut world)[0].data, [b'1'; 100]);
}

#[test]
fn a_break_reaches_the_port_as_an_event() {
    let mut world = World::new();
    let mut client = world.admin(1);
    client.activate(&mut world);
    let operation = Operation {
        generate_break: true,
        ..Operation::default()
    };
    client.sol(
        &mut world,
        &ToBmc {
            seq: 1,
            operation,
            ..ToBmc::default()
        },
    );
    assert!(world.events().contains(&Event::Serial(0, Action::Break)));
}

#[test]
fn a_stolen_payload_names_its_thief_and_says_nothing() {
    let mut world = World::new();
    let mut client = world.admin(1);
    client.activate(&mut world);
    world.bmc.steal_sol(0, 0xbad);
    assert!(client.sol_packets(&mut world).is_empty());
    assert_eq!(
        client.command(&mut world, 6, 0x4b, &[1, 1])[1..5],
        0xbadu32.to_le_bytes()
    );
    world
        .bmc
        .serial_input(world.now, world.wall_ms, 0, &[b'x'; 100]);
    assert!(client.sol_packets(&mut world).is_empty());
    assert_eq!(client.activate(&mut world), [0x80]);
}

#[test]
fn twenty_kilobytes_arrive_in_order_through_a_wire_that_loses_every_third_packet() {
    let mut world = World::new();
    let mut client = world.admin(1);
    client.activate(&mut world);
    let text: Vec<u8> = (0..20_000u32).map(|n| (n % 251) as u8).collect();
    let (mut fed, mut got, mut last, mut lose) = (0, Vec::new(), 0, 0u32);
    while got.len() < text.len() {
        let n = world.bmc.serial_room(0).min(text.len() - fed).min(1000);
        world
            .bmc
            .serial_input(world.now, world.wall_ms, 0, &text[fed..fed + n]);
        fed += n;
        for packet in client.sol_packets(&mut world) {
            lose += 1;
            if packet.seq == 0 || lose % 3 == 0 {
                continue;
            }
            if packet.seq != last {
                got.extend_from_slice(&packet.data);
                last = packet.seq;
            }
            if lose % 3 != 1 {
                let (ack, accepted) = (packet.seq, packet.data.len() as u8);
                client.sol(
                    &mut world,
                    &ToBmc {
                        ack,
                        accepted,
                        ..ToBmc::default()
                    },
                );
            }
        }
        world.wait(Duration::from_millis(100));
        let keepalive = client.request(6, 1, &[]);
        world.send(client.address, &keepalive);
    }
    assert_eq!(got, text);
    assert!(world.bmc.port_counts(0).retries > 10);
}
