//! The task queue: busy spells, order, and what is said about waiting.

use std::time::Duration;

use super::super::hooks::Fate;
use super::world::*;
use crate::wire::sol::ToBmc;

#[test]
fn requests_of_a_busy_spell_are_all_answered_afterwards_in_order() {
    let mut world = World::new();
    let mut client = world.admin(1);
    world.bmc.set_busy(world.now + Duration::from_secs(10));
    let mut asked = Vec::new();
    for n in 0..20 {
        let request = client.request(6, if n % 2 == 0 { 1 } else { 0x37 }, &[]);
        asked.push(client.rq_seq);
        world.send(client.address, &request);
        world.wait(Duration::from_millis(400));
        assert_eq!(client.answers(&mut world).len(), 0);
    }
    world.wait(Duration::from_secs(2));
    let answered: Vec<u8> = client
        .answers(&mut world)
        .iter()
        .map(|(seq, _)| *seq)
        .collect();
    assert_eq!(answered, asked);
    assert_eq!(world.bmc.statistics().waited, 20);
}

#[test]
fn characters_flow_while_requests_wait() {
    let mut world = World::new();
    let mut client = world.admin(1);
    client.activate(&mut world);
    world.bmc.set_busy(world.now + Duration::from_secs(10));
    client.sol(
        &mut world,
        &ToBmc {
            seq: 1,
            data: b"ls\r".to_vec(),
            ..ToBmc::default()
        },
    );
    assert_eq!(client.sol_packets(&mut world)[0].ack, 1);
    assert_eq!(world.bmc.take_serial(world.now, 0, 99), b"ls\r");
}

#[test]
fn a_standard_request_that_waited_too_long_is_answered_as_such_and_not_carried_out() {
    let mut world = World::new();
    let mut client = world.admin(1);
    world.bmc.set_busy(world.now + Duration::from_secs(61));
    let request = client.request(6, 0x3b, &[2]);
    world.send(client.address, &request);
    world.wait(Duration::from_secs(30));
    let keepalive = client.request(6, 1, &[]);
    world.send(client.address, &keepalive);
    world.wait(Duration::from_secs(31));
    let answers: Vec<u8> = client
        .answers(&mut world)
        .iter()
        .map(|(_, data)| data[0])
        .collect();
    assert_eq!(answers, [0xc3, 0]);
    assert_eq!(world.bmc.statistics().overdue, 1);
    assert_eq!(client.command(&mut world, 6, 0x3b, &[0]), [0, 4]);
}

#[test]
fn single_commands_can_stay_unanswered_or_fail_by_order() {
    let mut world = World::new();
    let mut client = world.admin(1);
    world.bmc.hooks_mut().set((6, 1), Fate::NoAnswer, Some(1));
    assert_eq!(client.command(&mut world, 6, 1, &[]), [0u8; 0]);
    assert_eq!(client.command(&mut world, 6, 1, &[])[0], 0);
    world
        .bmc
        .hooks_mut()
        .set((6, 1), Fate::Completion(0xc0), None);
    assert_eq!(client.command(&mut world, 6, 1, &[]), [0xc0]);
}
