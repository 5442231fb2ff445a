//! The console-log extension, command by command, to the byte.

use std::time::Duration;

use super::super::Config;
use super::world::*;

const IANA: [u8; 3] = [0xd9, 0x7e, 0];

fn ask(client: &mut Client, world: &mut World, cmd: u8, rest: &[u8]) -> Vec<u8> {
    let answer = client.command(world, 0x2e, cmd, &[&IANA[..], rest].concat());
    assert_eq!(answer[1..4], IANA, "{answer:x?}");
    [&answer[..1], &answer[4..]].concat()
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap())
}

fn heartbeat(sequence: u32, have: u64, want: u16) -> Vec<u8> {
    let mut data = vec![1];
    data.extend(sequence.to_le_bytes());
    data.extend(123u64.to_le_bytes());
    data.extend(have.to_le_bytes());
    data.extend(want.to_le_bytes());
    data
}

fn with_log() -> (World, Client) {
    let mut world = World::with(Config {
        log_size: 1000,
        ..Config::default()
    });
    let client = world.admin(1);
    for n in 0..10u8 {
        world
            .bmc
            .serial_input(world.now, world.wall_ms, 0, &[b'0' + n; 10]);
        world.wait(Duration::from_millis(100));
    }
    (world, client)
}

#[test]
fn info_tells_epoch_extent_and_time() {
    let (mut world, mut client) = with_log();
    let answer = ask(&mut client, &mut world, 1, &[1]);
    assert_eq!(answer.len(), 1 + 1 + 1 + 3 * 8 + 4 + 8);
    assert_eq!(answer[..3], [0, 1, 1]);
    assert_eq!(
        u64_at(&answer, 3),
        world.bmc.console_log(0).unwrap().epoch()
    );
    assert_eq!((u64_at(&answer, 11), u64_at(&answer, 19)), (0, 100));
    assert_eq!(answer[27..31], 1000u32.to_le_bytes());
    assert_eq!(u64_at(&answer, 31), START_MS + 1000);
}

#[test]
fn a_heartbeat_comes_back_with_both_times_and_the_bytes_that_were_asked_for() {
    let (mut world, mut client) = with_log();
    let answer = ask(&mut client, &mut world, 2, &heartbeat(7, 95, 100));
    assert_eq!(
        (answer[0], &answer[1..5], answer[5]),
        (0, &7u32.to_le_bytes()[..], 0)
    );
    assert_eq!(
        (u64_at(&answer, 6), u64_at(&answer, 14)),
        (world.wall_ms, world.wall_ms)
    );
    assert_eq!((u64_at(&answer, 30), u64_at(&answer, 38)), (0, 100));
    assert_eq!(u64_at(&answer, 46), u64::MAX, "no SOL here");
    assert_eq!(answer[54..58], [0; 4]);
    assert_eq!(
        (
            u64_at(&answer, 58),
            u64_at(&answer, 66),
            u64_at(&answer, 74)
        ),
        (95, START_MS + 900, START_MS + 900)
    );
    assert_eq!(&answer[82..], b"99999");
    let none = ask(&mut client, &mut world, 2, &heartbeat(8, 95, 0));
    assert_eq!(
        (none.len(), u64_at(&none, 58), u64_at(&none, 66)),
        (82, 100, 0)
    );
}

#[test]
fn a_heartbeat_that_waited_says_so_and_is_answered_however_late() {
    let (mut world, mut client) = with_log();
    for (wait, status) in [(10, 1u8), (61, 2)] {
        world.bmc.set_busy(world.now + Duration::from_secs(wait));
        let received = world.wall_ms;
        let request = client.request(0x2e, 2, &[&IANA[..], &heartbeat(1, 0, 0)].concat());
        world.send(client.address, &request);
        // The session must not end meanwhile.
        for _ in 0..wait {
            world.wait(Duration::from_secs(1));
            if world.bmc.is_busy() {
                let other = client.request(6, 1, &[]);
                world.send(client.address, &other);
            }
        }
        let (_, answer) = client.answers(&mut world).remove(0);
        assert_eq!(answer[8], status);
        assert_eq!(
            (u64_at(&answer, 9), u64_at(&answer, 17)),
            (received, received + wait * 1000)
        );
    }
}

#[test]
fn the_stream_s_start_is_the_first_byte_it_delivers() {
    let (mut world, mut client) = with_log();
    client.activate(&mut world);
    let answer = ask(&mut client, &mut world, 2, &heartbeat(1, 0, 0));
    assert_eq!(u64_at(&answer, 46), 100);
    world
        .bmc
        .serial_input(world.now, world.wall_ms, 0, &[b'x'; 100]);
    world.wait(Duration::from_secs(5));
    let answer = ask(&mut client, &mut world, 2, &heartbeat(2, 0, 0));
    assert_eq!(
        answer[54..58],
        100u32.to_le_bytes(),
        "nobody acknowledged: 100 skipped"
    );
}

#[test]
fn reading_gives_what_is_there_and_admits_what_is_not() {
    let (mut world, mut client) = with_log();
    let epoch = world.bmc.console_log(0).unwrap().epoch();
    let read = |epoch: u64, offset: u64, want: u16| {
        [
            &[1][..],
            &epoch.to_le_bytes(),
            &offset.to_le_bytes(),
            &want.to_le_bytes(),
        ]
        .concat()
    };
    let answer = ask(&mut client, &mut world, 3, &read(epoch, 8, 4));
    assert_eq!(
        (
            u64_at(&answer, 25),
            u64_at(&answer, 33),
            u64_at(&answer, 41)
        ),
        (8, START_MS, START_MS + 100)
    );
    assert_eq!(&answer[49..], b"0011");
    world
        .bmc
        .serial_input(world.now, world.wall_ms, 0, &[b'n'; 950]);
    let answer = ask(&mut client, &mut world, 3, &read(epoch, 8, 4));
    assert_eq!(
        (u64_at(&answer, 9), u64_at(&answer, 25)),
        (50, 50),
        "what was overwritten is not invented"
    );
    let answer = ask(&mut client, &mut world, 3, &read(epoch ^ 1, 8, 4));
    assert_eq!(answer, [&[0x81][..], &epoch.to_le_bytes()].concat());
    let answer = ask(&mut client, &mut world, 3, &read(epoch, 0, u16::MAX));
    assert!(
        answer.len() > 900 && answer.len() <= 1024,
        "{}",
        answer.len()
    );
}

#[test]
fn a_time_window_gives_exactly_the_bytes_that_came_in_it() {
    let (mut world, mut client) = with_log();
    let epoch = world.bmc.console_log(0).unwrap().epoch();
    let mut find = |time: u64| {
        let answer = ask(
            &mut client,
            &mut world,
            4,
            &[&[1][..], &epoch.to_le_bytes(), &time.to_le_bytes()].concat(),
        );
        (u64_at(&answer, 1), u64_at(&answer, 9))
    };
    assert_eq!(find(START_MS + 250), (30, START_MS + 300));
    assert_eq!(find(START_MS + 600), (60, START_MS + 600));
    assert_eq!(find(0), (0, START_MS));
    assert_eq!(
        find(START_MS + 5000),
        (100, START_MS + 1000),
        "none: end and now"
    );
}

#[test]
fn each_refusal_has_its_code() {
    let (mut world, mut client) = with_log();
    assert_eq!(ask(&mut client, &mut world, 1, &[]), [0xc7]);
    assert_eq!(ask(&mut client, &mut world, 1, &[1, 2]), [0xc7]);
    assert_eq!(ask(&mut client, &mut world, 1, &[0]), [0xc9]);
    assert_eq!(ask(&mut client, &mut world, 1, &[16]), [0xc9]);
    assert_eq!(ask(&mut client, &mut world, 1, &[2]), [0x80]);
    assert_eq!(ask(&mut client, &mut world, 9, &[2]), [0xc1]);
    assert_eq!(
        client.command(&mut world, 0x2e, 1, &[1, 2, 3, 1]),
        [0xc1],
        "somebody else's number"
    );
    let answer = world
        .ask(address(9), &outside(0x2e, 1, &[0xd9, 0x7e, 0, 1]))
        .unwrap();
    assert_eq!(answer[20], 0xd4, "outside a session");
}

#[test]
fn without_the_extension_the_command_is_unknown() {
    let mut world = World::with(Config {
        extension: None,
        ..Config::default()
    });
    let mut client = world.admin(1);
    assert_eq!(
        client.command(&mut world, 0x2e, 1, &[0xd9, 0x7e, 0, 1]),
        [0xc1]
    );
    let mut world = World::with(Config {
        extension: Some(1),
        ..Config::default()
    });
    let mut client = world.admin(1);
    assert_eq!(
        client.command(&mut world, 0x2e, 1, &[1, 0, 0, 1])[..4],
        [0, 1, 0, 0]
    );
}
