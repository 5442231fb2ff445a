//! Client core and BMC core, and between them somebody who delivers, drops, doubles, damages and forges packets; who
//! has, if the input says so, the session's keys; while time passes, people type, and the host prints.
//!
//! Whatever comes: no panic, no growth without bound, no deadline that stays in the past.

use std::time::{Duration, Instant};

use steadysol::bmc::endpoint::{self, Bmc};
use steadysol::bmc::moment::Seeded;
use steadysol::bmc::session::Security;
use steadysol::proto::inflight::CAPACITY;
use steadysol::proto::keepalive::Policy;
use steadysol::wire::session::PayloadType;

use super::Bytes;
use super::roads::{MOST_WAKES, Roads, client};
use crate::netsim::client::{Client, EPOCH_MS, PASSWORD, USER};
use crate::netsim::history::History;
use crate::netsim::machine::machine;

/// Plays what the input says.
pub fn run(input: &[u8]) {
    let mut stage = Stage::new();
    stage.open();
    let mut bytes = Bytes(input);
    while let Some(op) = bytes.byte() {
        stage.step(op, &mut bytes);
        stage.check();
    }
}

struct Stage {
    base: Instant,
    now: Instant,
    client: Client,
    bmc: Bmc,
    roads: Roads,
    forged: u32,
}

impl Stage {
    fn new() -> Self {
        let base = Instant::now();
        let mut setting = History::quiet(1, Duration::ZERO).setting;
        setting.logged = true;
        let machine = machine(USER, PASSWORD, 1, base, EPOCH_MS);
        let config = endpoint::Config {
            log_size: 1 << 12,
            ..endpoint::Config::default()
        };
        Self {
            base,
            now: base,
            client: Client::new(base, &setting, Policy::default(), 1),
            bmc: Bmc::new(machine, config, Box::new(Seeded(2))),
            roads: Roads::default(),
            forged: 0,
        }
    }

    /// A faultless beginning, up to an open console.
    fn open(&mut self) {
        for _ in 0..OPENING {
            self.collect();
            while let Some(packet) = self.roads.to_bmc.pop_front() {
                self.reach_bmc(&packet);
            }
            self.collect();
            while let Some(packet) = self.roads.to_client.pop_front() {
                self.client.handle_datagram(self.now, &packet);
            }
            self.pass(Duration::from_millis(10));
        }
        assert!(self.client.console().is_some(), "the console opens");
    }

    fn step(&mut self, op: u8, bytes: &mut Bytes<'_>) {
        match op % 16 {
            0 | 1 => {
                if let Some(packet) = self.roads.to_bmc.pop_front() {
                    self.reach_bmc(&packet);
                }
            }
            2 | 3 => {
                if let Some(packet) = self.roads.to_client.pop_front() {
                    self.client.handle_datagram(self.now, &packet);
                }
            }
            4 => self.roads.lose(op),
            5 => self.roads.double(op),
            6 => self.roads.damage(op, bytes),
            7 => self.roads.inject(op, bytes),
            8 => self.forge(op, bytes),
            9 => self.roads.rewrite(op, &self.bmc, bytes),
            10 => {
                let pause = u64::from(bytes.short());
                self.pass(Duration::from_millis(pause));
            }
            11 => {
                let length = bytes.byte().unwrap_or(0).into();
                let typed = bytes.take(length);
                if let Some(console) = self.client.console() {
                    console.type_bytes(self.now, typed);
                }
            }
            12 => {
                let length = usize::from(bytes.byte().unwrap_or(0)) * 8;
                let wall = self.wall();
                self.bmc
                    .serial_input(self.now, wall, 0, &vec![b'x'; length]);
            }
            13 => match op >> 4 {
                0..4 => self.bmc.set_busy(self.now + Duration::from_secs(7)),
                4..7 => self.bmc.deactivate_sol(self.now, 0),
                7..10 => self.bmc.overrun_sol(self.now, 0),
                10..13 => self.bmc.steal_sol(0, 0x5555),
                _ => self
                    .bmc
                    .reboot(self.now + Duration::from_secs(3), op & 0x10 == 0),
            },
            14 => {
                if let Some(console) = self.client.console() {
                    match op >> 4 {
                        0..6 => console.pause_output(self.now, true),
                        6..12 => console.pause_output(self.now, false),
                        12..15 => console.send_break(self.now),
                        _ => console.shut_down(self.now),
                    }
                }
            }
            _ => self.roads.delay(op),
        }
        self.collect();
    }

    /// A packet that is sealed with the session's keys, and may hold anything.
    fn forge(&mut self, op: u8, bytes: &mut Bytes<'_>) {
        let kind = match bytes.byte().unwrap_or(0) {
            0..128 => PayloadType::Sol,
            128..240 => PayloadType::Ipmi,
            _ => PayloadType::Oem,
        };
        let length = bytes.byte().unwrap_or(0).into();
        let payload = bytes.take(length);
        self.forged += 1;
        let Some(session) = self.bmc.sessions().next() else {
            return;
        };
        let Security::V20 {
            console_session,
            keys,
            ..
        } = &session.security
        else {
            return;
        };
        let (to, number) = if op & 0x10 == 0 {
            (*console_session, session.outbound + self.forged)
        } else {
            (session.id, session.inbound.highest() + 1)
        };
        let packet = keys.seal(kind, to, number, payload, [7; 16]);
        self.roads
            .of(if op & 0x10 == 0 { 0x10 } else { 0 })
            .push_front(packet);
    }

    fn reach_bmc(&mut self, packet: &[u8]) {
        let wall = self.wall();
        self.bmc.handle_datagram(self.now, wall, client(), packet);
    }

    /// Time passes, and whoever has something to do then does it.
    fn pass(&mut self, pause: Duration) {
        let until = self.now + pause;
        for _ in 0..MOST_WAKES {
            let next = [self.client.poll_timeout(), self.bmc.poll_timeout()]
                .into_iter()
                .flatten()
                .min();
            let Some(next) = next.filter(|next| *next <= until) else {
                self.now = until;
                return;
            };
            self.now = self.now.max(next);
            let wall = self.wall();
            self.client.handle_timeout(self.now);
            self.bmc.handle_timeout(self.now, wall);
            self.collect();
        }
        panic!("someone wakes up again and again");
    }

    fn collect(&mut self) {
        while let Some(packet) = self.client.poll_transmit() {
            self.roads.to_bmc.push_back(packet);
        }
        while let Some(packet) = self.bmc.poll_transmit() {
            self.roads.to_client.push_back(packet.bytes);
        }
        while self.bmc.poll_event().is_some() {}
        if let Some(console) = self.client.console() {
            while console.poll_event().is_some() {}
        }
        let now = self.now;
        while !self.bmc.take_serial(now, 0, 64).is_empty() {}
        self.roads.forget();
    }

    fn check(&mut self) {
        if let Some(console) = self.client.console() {
            assert!(console.link().ledger().entries().count() <= CAPACITY);
        }
    }

    fn wall(&self) -> u64 {
        EPOCH_MS + u64::try_from((self.now - self.base).as_millis()).unwrap_or(0)
    }
}

/// Turns until the console is open.
const OPENING: usize = 40;
