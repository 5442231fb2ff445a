//! IPMI 1.5 sessions.

use super::super::Config;
use super::world::*;
use crate::crypto::auth_code;
use crate::wire::lan::Message;
use crate::wire::session::{Packet, V15};

struct Old {
    auth_type: u8,
    session: u32,
    sequence: u32,
    key: [u8; 16],
}

impl Old {
    fn packet(&mut self, netfn: u8, cmd: u8, data: &[u8]) -> Vec<u8> {
        let payload = Message::request(netfn, 0, 5, cmd, data).to_bytes();
        let auth_code = auth_code::code(
            self.auth_type,
            &self.key,
            self.session,
            self.sequence,
            &payload,
        );
        let (auth_type, sequence, session) = (self.auth_type, self.sequence, self.session);
        let bytes = V15 {
            auth_type,
            sequence,
            session,
            auth_code,
            payload: &payload,
        }
        .to_datagram();
        if self.sequence != 0 {
            self.sequence += 1;
        }
        bytes
    }

    fn command(&mut self, world: &mut World, netfn: u8, cmd: u8, data: &[u8]) -> Vec<u8> {
        let packet = self.packet(netfn, cmd, data);
        world
            .ask(address(5), &packet)
            .map(|answer| self.data(&answer))
            .unwrap_or_default()
    }

    fn data(&self, answer: &[u8]) -> Vec<u8> {
        let Ok(Packet::V15(packet)) = Packet::parse(answer) else {
            panic!("{answer:x?}")
        };
        let want = auth_code::code(
            packet.auth_type,
            &self.key,
            packet.session,
            packet.sequence,
            packet.payload,
        );
        assert!(auth_code::matches(want, packet.auth_code));
        Message::parse(packet.payload).unwrap().data.to_vec()
    }
}

fn name(text: &str) -> [u8; 16] {
    let mut name = [0; 16];
    name[..text.len()].copy_from_slice(text.as_bytes());
    name
}

/// A challenged session and its activation.
fn challenged(world: &mut World, auth_type: u8, user: &str, password: &str) -> (Old, Vec<u8>) {
    let answer = world
        .ask(
            address(5),
            &outside(6, 0x39, &[&[auth_type][..], &name(user)].concat()),
        )
        .unwrap();
    let data = answer[20..answer.len() - 1].to_vec();
    assert_eq!(data[0], 0, "{data:x?}");
    let session = u32::from_le_bytes(data[1..5].try_into().unwrap());
    let activation = [&[auth_type, 4][..], &data[5..21], &77u32.to_le_bytes()].concat();
    (
        Old {
            auth_type,
            session,
            sequence: 0,
            key: name(password),
        },
        activation,
    )
}

fn log_in(world: &mut World, auth_type: u8) -> Old {
    let (mut old, activation) = challenged(world, auth_type, "admin", "secret");
    let answer = old.command(world, 6, 0x3a, &activation);
    assert_eq!(answer[..2], [0, auth_type]);
    old.session = u32::from_le_bytes(answer[2..6].try_into().unwrap());
    old.sequence = u32::from_le_bytes(answer[6..10].try_into().unwrap());
    old
}

#[test]
fn every_authentication_type_opens_a_session() {
    for auth_type in [0, 1, 2, 4] {
        let mut world = World::with(Config {
            suite_zero: auth_type == 0,
            ..Config::default()
        });
        let mut old = log_in(&mut world, auth_type);
        assert_eq!(old.command(&mut world, 6, 0x3b, &[4]), [0, 4]);
        assert_eq!(old.command(&mut world, 6, 1, &[])[0], 0);
        let id = old.session.to_le_bytes();
        assert_eq!(old.command(&mut world, 6, 0x3c, &id), [0]);
        assert_eq!(old.command(&mut world, 6, 1, &[]), [0u8; 0]);
    }
}

#[test]
fn nobody_gets_in_without_a_password_unless_that_was_switched_on() {
    let mut world = World::new();
    let mut ask = |cmd: u8, data: &[u8]| world.ask(address(5), &outside(6, cmd, data)).unwrap();
    let offered = ask(0x38, &[0x0e, 4])[22];
    assert_eq!(offered & 0x3f, 0b1_0110, "MD2, MD5, password");
    let refusal = ask(0x39, &[&[0][..], &name("admin")].concat())[20];
    assert_eq!(refusal, 0xcc);
    // Nor with the challenge of another type.
    let (mut old, mut activation) = challenged(&mut world, 2, "admin", "wrong");
    (old.auth_type, activation[0]) = (0, 0);
    old.command(&mut world, 6, 0x3a, &activation);
    assert_eq!(world.bmc.sessions().count(), 0);
}

#[test]
fn a_wrong_password_gets_no_answer_and_no_session() {
    let mut world = World::new();
    for auth_type in [1, 2, 4] {
        let (mut old, activation) = challenged(&mut world, auth_type, "admin", "wrong");
        assert_eq!(old.command(&mut world, 6, 0x3a, &activation), [0u8; 0]);
    }
    assert_eq!(
        (
            world.bmc.sessions().count(),
            world.bmc.statistics().logins_failed
        ),
        (0, 3)
    );
}

#[test]
fn an_activation_that_is_sent_again_gets_the_same_answer() {
    let mut world = World::new();
    let (mut old, activation) = challenged(&mut world, 2, "admin", "secret");
    let packet = old.packet(6, 0x3a, &activation);
    let first = world.ask(address(5), &packet).unwrap();
    assert_eq!(world.ask(address(5), &packet), Some(first));
    assert_eq!(world.bmc.sessions().count(), 1);
}

#[test]
fn replayed_and_altered_packets_are_dropped() {
    let mut world = World::new();
    let mut old = log_in(&mut world, 2);
    let packet = old.packet(6, 1, &[]);
    assert!(world.ask(address(5), &packet).is_some());
    assert!(world.ask(address(5), &packet).is_none());
    let fresh = old.packet(6, 1, &[]);
    // The upper half of the authentication type is reserved and not looked at.
    for bit in (4 * 8..fresh.len() * 8).filter(|bit| !(36..40).contains(bit)) {
        let mut bad = fresh.clone();
        bad[bit / 8] ^= 1 << (bit % 8);
        assert!(world.ask(address(5), &bad).is_none(), "bit {bit}");
    }
    assert!(world.ask(address(5), &fresh).is_some());
}

#[test]
fn unknown_users_and_types_are_refused_with_their_codes() {
    let mut world = World::new();
    let mut ask = |auth_type: u8, user: &str| {
        world
            .ask(
                address(5),
                &outside(6, 0x39, &[&[auth_type][..], &name(user)].concat()),
            )
            .unwrap()[20]
    };
    assert_eq!(
        (ask(2, "nobody"), ask(2, ""), ask(5, "admin")),
        (0x81, 0x82, 0xcc)
    );
}

#[test]
fn an_activation_with_another_challenge_or_too_high_a_level_is_refused() {
    let mut world = World::new();
    let (mut old, mut activation) = challenged(&mut world, 2, "admin", "secret");
    activation[5] ^= 1;
    assert_eq!(old.command(&mut world, 6, 0x3a, &activation), [0x85]);
    let (mut old, activation) = challenged(&mut world, 2, "guest", "guest");
    assert_eq!(old.command(&mut world, 6, 0x3a, &activation), [0x86]);
    let (mut old, mut activation) = challenged(&mut world, 2, "admin", "secret");
    activation[18..].fill(0);
    assert_eq!(old.command(&mut world, 6, 0x3a, &activation), [0x84]);
}
