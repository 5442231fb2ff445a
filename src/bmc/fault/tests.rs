//! Whole faults against a client with a session, in virtual time.

use std::time::{Duration, Instant};

use super::{Fault, Simulator};
use crate::bmc::endpoint::tests::world::{Client, World, address, outside};
use crate::bmc::moment::Seeded;
use crate::wire::session::PayloadType;

/// A simulator, a clock, and a client with an administrator's session and the console.
struct Stage {
    simulator: Simulator,
    now: Instant,
    wall_ms: u64,
    client: Client,
}

impl Stage {
    fn new() -> Self {
        let mut world = World::new();
        let mut client = world.admin(1);
        assert_eq!(client.activate(&mut world)[0], 0);
        let World { bmc, now, wall_ms } = world;
        Self {
            simulator: Simulator::new(bmc, 1),
            now,
            wall_ms,
            client,
        }
    }

    fn order(&mut self, text: &str) {
        let fault = text.parse::<Fault>().unwrap();
        self.simulator.inject(self.now, self.wall_ms, fault);
    }

    fn send(&mut self, bytes: &[u8]) {
        let from = self.client.address;
        self.simulator
            .handle_datagram(self.now, self.wall_ms, from, bytes);
    }

    fn ask(&mut self) {
        let request = self.client.request(6, 1, &[]);
        self.send(&request);
    }

    fn wait(&mut self, ms: u64) {
        let end = self.now + Duration::from_millis(ms);
        while let Some(at) = self.simulator.poll_timeout().filter(|at| *at <= end) {
            self.tick(at.max(self.now));
        }
        self.tick(end);
    }

    fn tick(&mut self, at: Instant) {
        self.wall_ms += at.duration_since(self.now).as_millis() as u64;
        self.now = at;
        self.simulator.handle_timeout(self.now, self.wall_ms);
    }

    /// How many packets of each kind the client could open, and how many it could not.
    fn heard(&mut self) -> (usize, usize, usize) {
        let (mut ipmi, mut sol, mut foreign) = (0, 0, 0);
        while let Some(packet) = self.simulator.poll_transmit() {
            match self.client.opened(&packet.bytes) {
                Some((PayloadType::Ipmi, _)) => ipmi += 1,
                Some((PayloadType::Sol, _)) => sol += 1,
                _ => foreign += 1,
            }
        }
        (ipmi, sol, foreign)
    }
}

#[test]
fn without_faults_it_is_the_bmc_itself() {
    let mut stage = Stage::new();
    stage.ask();
    assert_eq!(stage.heard(), (1, 0, 0));
}

#[test]
fn a_busy_spell_begins_at_its_time_and_ends_by_itself() {
    let mut stage = Stage::new();
    stage.order("busy 10s @5s");
    stage.ask();
    assert_eq!(stage.heard().0, 1);
    stage.wait(6000);
    for _ in 0..3 {
        stage.ask();
        stage.wait(2000);
        assert_eq!(stage.heard().0, 0);
    }
    stage.wait(3000);
    assert_eq!(stage.heard().0, 3);
}

#[test]
fn a_frozen_bmc_is_silent_and_then_does_all_that_came() {
    let mut stage = Stage::new();
    stage.order("freeze 4s");
    stage.ask();
    let typed = crate::wire::sol::ToBmc {
        seq: 1,
        data: b"ls\r".to_vec(),
        ..Default::default()
    };
    let typed = stage.client.seal(PayloadType::Sol, &typed.to_bytes());
    stage.send(&typed);
    assert_eq!(stage.simulator.serial_room(0), 0);
    stage.wait(3900);
    assert_eq!(stage.heard(), (0, 0, 0));
    assert!(stage.simulator.take_serial(stage.now, 0, 9).is_empty());
    stage.wait(100);
    assert_eq!(stage.heard(), (1, 1, 0));
    assert_eq!(stage.simulator.take_serial(stage.now, 0, 9), b"ls\r");
}

#[test]
fn lost_late_and_doubled_answers_are_lost_late_and_doubled() {
    let mut stage = Stage::new();
    stage.order("drop 100% out x1");
    stage.ask();
    stage.ask();
    assert_eq!(stage.heard().0, 1);
    stage.order("late 1500ms x1");
    stage.ask();
    assert_eq!(stage.heard().0, 0);
    stage.wait(1500);
    assert_eq!(stage.heard().0, 1);
    stage.order("dup 200ms");
    stage.ask();
    assert_eq!(stage.heard().0, 1);
    stage.wait(300);
    assert_eq!(
        stage.heard().0,
        1,
        "the copy of the request is not answered, that of the answer comes"
    );
    assert_eq!(stage.simulator.bmc().statistics().replayed, 1);
    stage.order("clear");
    stage.ask();
    stage.wait(1000);
    assert_eq!(stage.heard().0, 1);
}

#[test]
fn corrupt_and_forged_packets_fool_nobody() {
    let mut stage = Stage::new();
    stage.order("corrupt 100%");
    for _ in 0..50 {
        stage.ask();
    }
    assert_eq!(stage.heard().0, 0);
    stage.order("clear");
    stage.order("forge x3");
    let (ipmi, sol, foreign) = stage.heard();
    assert_eq!((ipmi, sol), (0, 0));
    assert!(foreign >= 9);
    stage.ask();
    assert_eq!(stage.heard().0, 1);
}

#[test]
fn a_reboot_ends_sessions_without_a_word_and_may_begin_a_new_epoch() {
    for (order, same) in [("reboot 5s", true), ("reboot 5s new", false)] {
        let mut stage = Stage::new();
        let epoch = stage.simulator.bmc().console_log(0).unwrap().epoch();
        stage.order(order);
        let from = address(9);
        let ping = outside(6, 0x38, &[0x8e, 4]);
        stage
            .simulator
            .handle_datagram(stage.now, stage.wall_ms, from, &ping);
        assert_eq!(stage.heard(), (0, 0, 0));
        stage.wait(5000);
        stage
            .simulator
            .handle_datagram(stage.now, stage.wall_ms, from, &ping);
        stage.ask();
        assert_eq!(stage.heard(), (0, 0, 1));
        let now = stage.simulator.bmc().console_log(0).unwrap().epoch();
        assert_eq!(now == epoch, same);
    }
}

#[test]
fn the_payload_can_be_taken_with_and_without_notice_and_overrun() {
    let mut stage = Stage::new();
    stage.order("deactivate");
    assert_eq!(stage.heard().1, 1);
    let mut stage = Stage::new();
    stage.order("steal");
    assert_eq!(stage.heard(), (0, 0, 0));
    assert_ne!(
        stage.simulator.bmc().sol_session(0),
        Some(stage.client.bmc_session)
    );
    let mut stage = Stage::new();
    stage
        .simulator
        .serial_input(stage.now, stage.wall_ms, 0, &[b'x'; 1000]);
    stage.order("overrun");
    assert_eq!(stage.simulator.bmc().port_counts(0).dropped, 1000 - 248);
}

#[test]
fn limits_and_single_commands_end_after_their_time() {
    let mut stage = Stage::new();
    stage.order("session-limit 1 for 10s");
    stage.order("no-answer 06:01 for 10s");
    stage.ask();
    assert_eq!(stage.heard().0, 0);
    assert_eq!(stage.simulator.bmc().config().session_limit, 1);
    stage.wait(10_000);
    stage.ask();
    assert_eq!(stage.heard().0, 1);
    assert_eq!(stage.simulator.bmc().config().session_limit, 16);
}

#[test]
fn a_fault_repeats_as_often_as_it_was_told() {
    let mut stage = Stage::new();
    stage.order("busy 1s every 3s x2");
    let mut waited = Vec::new();
    for _ in 0..10 {
        stage.wait(1);
        stage.ask();
        waited.push(stage.heard().0 == 0);
        stage.wait(999);
        stage.heard();
    }
    assert_eq!(
        waited,
        [
            true, false, false, true, false, false, false, false, false, false
        ]
    );
}

#[test]
fn no_sequence_of_faults_and_packets_panics_or_piles_up() {
    let mut chance = Seeded(9);
    let orders = [
        "busy 1s",
        "freeze 500ms",
        "drop 30% for 1s",
        "dup 100ms 50% for 2s",
        "late 300ms 50% x5",
        "reorder 100ms for 1s",
        "corrupt 10% for 1s",
        "forge",
        "overrun",
        "deactivate",
        "steal",
        "session-limit 1 for 1s",
        "no-answer 06:01 x2",
        "completion 06:01 c0 x2",
        "clear",
        "busy 100ms every 300ms x5 @1s",
    ];
    let mut stage = Stage::new();
    for _ in 0..2000 {
        match chance.number() % 5 {
            0 => stage.order(orders[(chance.number() % orders.len() as u64) as usize]),
            1 => stage.ask(),
            2 => stage
                .simulator
                .serial_input(stage.now, stage.wall_ms, 0, &[b'x'; 300]),
            3 => {
                let n = (chance.number() % 80) as usize;
                let mut request = stage.client.request(6, 0x48, &[1, 1, 0xc0, 0, 0, 0]);
                request.truncate(n);
                stage.send(&request);
            }
            _ => stage.wait(chance.number() % 400),
        }
        stage.heard();
    }
    stage.order("clear");
    stage.wait(5000);
    stage.heard();
    stage.ask();
    let alive = stage.simulator.bmc().sessions().count();
    assert_eq!(stage.heard().0, alive);
}
