//! IPMI 1.5 in virtual time: our client and our BMC over a network that loses, doubles, delays, damages and forges.
//!
//! Whatever the network does: an answer is the one to its request, sessions are made while the network lets anything
//! through, and nobody panics or grows.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use compat_tests::ipmi_sim::{PASSWORD, USER};
use compat_tests::netsim::machine::machine;
use steadysol::bmc::endpoint::{self, Bmc};
use steadysol::bmc::moment::{Peer, Seeded};
use steadysol::crypto::Key16;
use steadysol::proto::Entropy;
use steadysol::proto::inflight::{CAPACITY, Kind};
use steadysol::proto::link::{Ask, Link, Patience};
use steadysol::proto::login::{Login, Terms};
use steadysol::proto::v15::{Config, Failure};

#[test]
fn on_a_good_network_every_type_takes_no_time() {
    for auth_type in [None, Some(0), Some(1), Some(2), Some(4)] {
        let mut world = World::new(1, Weather::default());
        assert_eq!(world.session(auth_type, PASSWORD), Ok(()));
        for number in 0..70 {
            assert_eq!(world.echo(number), Some(number % TEXTS.len()));
        }
        assert!(
            world.now - world.start < 2 * S,
            "{:?}",
            world.now - world.start
        );
    }
}

#[test]
fn bad_weather_costs_time_and_nothing_else() {
    let (mut made, mut answered, mut asked) = (0, 0, 0);
    for seed in 0..SEEDS {
        let auth_type = [None, Some(1), Some(4), Some(0)][seed as usize % 4];
        let mut weather = Weather::bad(seed);
        if auth_type == Some(0) {
            // Without codes anybody who sees the numbers can use them up.
            weather.forged = 0;
        }
        let mut world = World::new(seed, weather);
        if world.session(auth_type, PASSWORD).is_err() {
            continue;
        }
        made += 1;
        for number in 0..20 {
            asked += 1;
            // Never the answer to another request.
            if let Some(which) = world.echo(number) {
                assert_eq!(which, number % TEXTS.len(), "seed {seed}");
                answered += 1;
            }
        }
        assert!(world.bmc.sessions().count() <= 3, "seed {seed}");
    }
    assert!(made * 100 >= SEEDS * 95, "{made} of {SEEDS} sessions");
    assert!(
        answered * 100 >= asked * 97,
        "{answered} of {asked} answers"
    );
}

#[test]
fn a_wrong_password_never_makes_a_session() {
    for seed in 0..100 {
        let mut world = World::new(seed, Weather::bad(seed));
        assert!(world.session(None, "guess").is_err(), "seed {seed}");
        assert_eq!(world.bmc.sessions().count(), 0, "seed {seed}");
        assert!(
            world.now - world.start <= 26 * S,
            "seed {seed}: {:?}",
            world.now - world.start
        );
    }
}

/// In per cent.
#[derive(Default, Clone, Copy)]
struct Weather {
    lost: u32,
    doubled: u32,
    damaged: u32,
    forged: u32,
    /// Milliseconds at most.
    late: u32,
}

impl Weather {
    fn bad(seed: u64) -> Self {
        let mut dice = Dice(seed ^ 0x5eed);
        Self {
            lost: dice.below(16),
            doubled: dice.below(40),
            damaged: dice.below(8),
            forged: dice.below(40),
            late: dice.below(1500),
        }
    }
}

struct World {
    start: Instant,
    now: Instant,
    bmc: Bmc,
    link: Option<Link>,
    weather: Weather,
    dice: Dice,
    /// What is under way: when it arrives, whether at the BMC, and what.
    roads: Vec<(Instant, bool, Vec<u8>)>,
    patience: Option<Patience>,
}

impl World {
    fn new(seed: u64, weather: Weather) -> Self {
        let start = Instant::now();
        let machine = machine(USER, PASSWORD, 1, start, 0);
        let config = endpoint::Config {
            suite_zero: true,
            ..endpoint::Config::default()
        };
        Self {
            start,
            now: start,
            bmc: Bmc::new(machine, config, Box::new(Seeded(seed))),
            link: None,
            weather,
            dice: Dice(seed.wrapping_add(1)),
            roads: Vec::new(),
            patience: None,
        }
    }

    fn session(&mut self, auth_type: Option<u8>, password: &str) -> Result<(), Failure> {
        let config = Config {
            username: USER.into(),
            password: Key16::new(password.as_bytes()),
            auth_type,
            privilege: 4,
            supermicro: false,
            intel: false,
            timeout: 2 * S,
            tries: 4,
        };
        self.patience = Some(config.patience());
        let mut login = config.begin(self.now, Box::new(self.dice.fork()));
        for _ in 0..MOST_STEPS {
            while let Some(datagram) = login.poll_transmit() {
                self.send(true, datagram);
            }
            if let Some(outcome) = login.poll_outcome() {
                let entropy = Box::new(self.dice.fork());
                self.link = Some(Link::new(outcome?, entropy));
                return Ok(());
            }
            match self.step(login.poll_timeout()) {
                Some(datagram) => login.handle_datagram(self.now, &datagram),
                None => login.handle_timeout(self.now),
            }
        }
        panic!("no end: {login:?}")
    }

    /// Asks for one of four texts that the BMC has, and tells which one came.
    fn echo(&mut self, number: usize) -> Option<usize> {
        let (id, _) = TEXTS[number % TEXTS.len()];
        let told = self.ask(0x59, &[0, id, 0, 0])?;
        let text = told.get(4..)?;
        let which = TEXTS.iter().position(|(_, known)| text.starts_with(known));
        Some(which.expect("a text that the BMC has"))
    }

    fn ask(&mut self, cmd: u8, data: &[u8]) -> Option<Vec<u8>> {
        let ask = Ask {
            netfn: 6,
            lun: 0,
            cmd,
            data,
        };
        let (now, patience) = (self.now, self.patience.unwrap());
        let id = self.link().ask(now, Kind::Command, ask, patience);
        for _ in 0..MOST_STEPS {
            while let Some(datagram) = self.link().poll_transmit() {
                self.send(true, datagram);
            }
            assert!(self.link().ledger().entries().count() <= CAPACITY);
            while let Some(done) = self.link().poll_done() {
                if done.id == id {
                    return done
                        .answer
                        .filter(|answer| answer.code == 0)
                        .map(|answer| answer.data);
                }
            }
            let timer = self.link().poll_timeout();
            let arrived = self.step(timer);
            let now = self.now;
            if let Some(datagram) = arrived {
                self.link().handle_datagram(now, &datagram);
            }
            self.link().handle_timeout(now);
        }
        panic!("no end")
    }

    fn link(&mut self) -> &mut Link {
        self.link.as_mut().expect("a session")
    }

    /// Time jumps to what comes next; what arrives at the client.
    fn step(&mut self, timer: Option<Instant>) -> Option<Vec<u8>> {
        while let Some(out) = self.bmc.poll_transmit() {
            self.send(false, out.bytes);
        }
        while self.bmc.poll_event().is_some() {}
        let arrival = self.roads.iter().map(|(at, ..)| *at).min();
        let next = [timer, arrival, self.bmc.poll_timeout()];
        self.now = next
            .into_iter()
            .flatten()
            .min()
            .expect("something comes")
            .max(self.now);
        let wall = (self.now - self.start).as_millis() as u64;
        self.bmc.handle_timeout(self.now, wall);
        let at = self.roads.iter().position(|(at, ..)| *at <= self.now)?;
        let (_, to_bmc, bytes) = self.roads.swap_remove(at);
        if !to_bmc {
            return Some(bytes);
        }
        let peer = Peer {
            socket: 0,
            address: SocketAddr::from(([127, 0, 0, 1], 9)),
        };
        self.bmc.handle_datagram(self.now, wall, peer, &bytes);
        // Nothing for the client: its timers are looked at all the same.
        self.step_after_bmc(timer)
    }

    /// The answer may be there at once.
    fn step_after_bmc(&mut self, timer: Option<Instant>) -> Option<Vec<u8>> {
        match timer.is_some_and(|timer| timer <= self.now) {
            true => None,
            false => self.step(timer),
        }
    }

    fn send(&mut self, to_bmc: bool, mut bytes: Vec<u8>) {
        let weather = self.weather;
        let late =
            |dice: &mut Dice| Duration::from_millis((5 + dice.below(weather.late + 1)).into());
        if self.dice.chance(weather.forged) {
            // Somebody who sees the packets and has no password.
            let mut forged = bytes.clone();
            let at = self.dice.below(forged.len() as u32) as usize;
            forged[at] ^= 1 + self.dice.below(255) as u8;
            let at = self.now + late(&mut self.dice);
            self.roads.push((at, to_bmc, forged));
        }
        if self.dice.chance(weather.lost) {
            return;
        }
        if self.dice.chance(weather.doubled) {
            let at = self.now + late(&mut self.dice);
            self.roads.push((at, to_bmc, bytes.clone()));
        }
        if self.dice.chance(weather.damaged) {
            let length = self.dice.below(bytes.len() as u32) as usize;
            bytes.truncate(length);
        }
        let at = self.now + late(&mut self.dice);
        self.roads.push((at, to_bmc, bytes));
    }
}

/// Reproducible chance.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as u32
    }

    fn below(&mut self, limit: u32) -> u32 {
        self.next() % limit.max(1)
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    fn fork(&mut self) -> Self {
        Self(self.next().into())
    }
}

impl Entropy for Dice {
    fn fill(&mut self, out: &mut [u8]) {
        out.fill_with(|| self.next() as u8);
    }
}

/// System info parameters of a fresh host.
const TEXTS: [(u8, &[u8]); 4] = [(1, b"1.19"), (2, b"bmcsim"), (3, b"Linux"), (5, b"6.1")];
const S: Duration = Duration::from_secs(1);
const SEEDS: u64 = 400;
const MOST_STEPS: usize = 10_000;
