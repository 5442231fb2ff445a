//! Making a session, of RMCP+ and of IPMI 1.5, and asking over it: client core and BMC core, and between them somebody
//! who delivers, drops, doubles, damages, forges and rewrites packets, with the password or without.
//!
//! Whatever comes: no panic, no growth without bound, no deadline that stays in the past; and whoever does not know the
//! password never makes a session, on neither side.

use std::time::{Duration, Instant};

use steadysol::bmc::endpoint::{self, Bmc};
use steadysol::bmc::moment::Seeded;
use steadysol::crypto::rakp::Quirk;
use steadysol::crypto::suite::Suite;
use steadysol::crypto::{Key16, Key20};
use steadysol::proto::ahead::{Ahead, Wish};
use steadysol::proto::inflight::CAPACITY;
use steadysol::proto::link::Link;
use steadysol::proto::login::{Login, Terms};
use steadysol::proto::{Entropy, handshake, v15};
use steadysol::wire::lan::{BMC_ADDRESS, CONSOLE_ADDRESS, Message};
use steadysol::wire::session::{PayloadType, V15, V20};

use super::Bytes;
use super::roads::{MOST_WAKES, Roads, client};
use crate::netsim::client::{EPOCH_MS, PASSWORD, USER};
use crate::netsim::machine::machine;

/// The first byte says which protocol and suite or type; from 80h on the client's password is wrong.
pub fn run(input: &[u8]) {
    let mut bytes = Bytes(input);
    let how = bytes.byte().unwrap_or(0);
    let right = how < 0x80;
    let password = if right { PASSWORD } else { "wrong" };
    match how & 0x0f {
        suite @ 0..8 => {
            let id = [
                None,
                Some(17),
                Some(3),
                Some(8),
                Some(12),
                Some(1),
                Some(2),
                Some(15),
            ];
            let id = id.get(usize::from(suite)).copied().flatten();
            let terms = handshake::Config {
                username: USER.as_bytes().to_vec(),
                password: Key20::new(password.as_bytes()).expect("short"),
                kg: None,
                suite: id.and_then(Suite::by_id),
                privilege: 4,
                name_only: how & 0x10 == 0,
                quirk: Quirk::Standard,
                timeout: S,
                tries: 3,
            };
            Stage::new(terms, right, true).play(&mut bytes);
        }
        kind => {
            let types = [None, Some(0), Some(1), Some(2), Some(4), Some(5)];
            let auth_type = types.get(usize::from(kind - 8)).copied().flatten();
            let terms = v15::Config {
                username: USER.as_bytes().to_vec(),
                password: Key16::new(password.as_bytes()),
                auth_type,
                privilege: 4,
                supermicro: how & 0x10 != 0,
                intel: how & 0x20 != 0,
                timeout: S,
                tries: 3,
            };
            // Types 'none' and 'OEM' prove nothing to the client.
            let proves = matches!(auth_type, Some(1 | 2 | 4));
            Stage::new(terms, right, proves).play(&mut bytes);
        }
    }
}

struct Stage<T: Terms> {
    terms: T,
    /// Whether the client has the right password, and whether a session without it is a broken promise on its side.
    right: bool,
    proves: bool,
    base: Instant,
    now: Instant,
    login: T::Login,
    over: bool,
    link: Option<(Link, Ahead)>,
    bmc: Bmc,
    roads: Roads,
}

impl<T: Terms> Stage<T> {
    fn new(terms: T, right: bool, proves: bool) -> Self {
        let base = Instant::now();
        let machine = machine(USER, PASSWORD, 1, base, EPOCH_MS);
        let config = endpoint::Config {
            log_size: 1 << 12,
            // Or else nobody without the password may ever be let in.
            suite_zero: right,
            ..endpoint::Config::default()
        };
        Self {
            login: terms.clone().begin(base, Box::new(Chance(Seeded(3)))),
            terms,
            right,
            proves,
            base,
            now: base,
            over: false,
            link: None,
            bmc: Bmc::new(machine, config, Box::new(Seeded(2))),
            roads: Roads::default(),
        }
    }

    fn play(mut self, bytes: &mut Bytes<'_>) {
        self.collect();
        while let Some(op) = bytes.byte() {
            self.step(op, bytes);
            self.collect();
            self.check();
        }
    }

    fn step(&mut self, op: u8, bytes: &mut Bytes<'_>) {
        match op % 16 {
            0 | 1 => self.reach_bmc(),
            2 | 3 => self.reach_client(),
            4 => {
                // As the network should be, for a while.
                for _ in 0..=op >> 4 {
                    self.reach_bmc();
                    self.collect();
                    self.reach_client();
                    self.collect();
                }
            }
            5 => self.roads.lose(op),
            6 => self.roads.double(op),
            7 => self.roads.damage(op, bytes),
            8 => self.roads.inject(op, bytes),
            9 => self.forge(op, bytes),
            10 | 11 => self.roads.rewrite(op, &self.bmc, bytes),
            12 => {
                let pause = u64::from(bytes.short());
                self.pass(Duration::from_millis(pause));
            }
            13 => self.ask(op, bytes),
            14 => match op >> 4 {
                0..8 => self.bmc.set_busy(self.now + Duration::from_secs(3)),
                8..12 => self.bmc.reboot(self.now + S, true),
                _ => self.bmc.set_session_limit(1),
            },
            _ => self.roads.delay(op),
        }
    }

    /// A packet outside sessions, well made, of any type and content.
    fn forge(&mut self, op: u8, bytes: &mut Bytes<'_>) {
        let (kind, length) = (bytes.byte().unwrap_or(0), bytes.byte().unwrap_or(0));
        let payload = bytes.take(length.into());
        let (to, from) = if op & 0x10 == 0 {
            (BMC_ADDRESS, CONSOLE_ADDRESS)
        } else {
            (CONSOLE_ADDRESS, BMC_ADDRESS)
        };
        let message = match *payload {
            [netfn, cmd, seq, ref data @ ..] => Message {
                to,
                netfn: netfn & 0x3f,
                to_lun: 0,
                from,
                from_lun: 0,
                seq: seq & 0x3f,
                cmd,
                data,
            }
            .to_bytes(),
            _ => payload.to_vec(),
        };
        let packet = match kind >> 6 {
            0 => V20::sessionless(PayloadType::from(kind), payload),
            1 => V20::sessionless(PayloadType::Ipmi, &message),
            _ => V15 {
                auth_type: kind & 7,
                sequence: 0,
                session: 0,
                auth_code: (kind & 7 != 0).then_some([kind; 16]),
                payload: message.get(..message.len().min(255)).unwrap_or_default(),
            }
            .to_datagram(),
        };
        self.roads.of(op).push_front(packet);
    }

    fn ask(&mut self, op: u8, bytes: &mut Bytes<'_>) {
        let now = self.now;
        let patience = self.terms.patience();
        let Some((link, ahead)) = &mut self.link else {
            return;
        };
        let wishes = (0..=op >> 5).map(|_| Wish {
            netfn: 6,
            lun: 0,
            cmd: bytes.byte().unwrap_or(1),
            data: bytes.take(usize::from(op >> 4 & 1)).to_vec(),
            route: None,
        });
        let wishes: Vec<Wish> = wishes.collect();
        ahead.hint(now, link, wishes.clone(), patience);
        if let Some(first) = wishes.into_iter().next() {
            // As with a caller who did not wait for the one before.
            ahead.abandon(link);
            ahead.want(now, link, first, patience);
        }
    }

    fn reach_bmc(&mut self) {
        if let Some(packet) = self.roads.to_bmc.pop_front() {
            let wall = self.wall();
            self.bmc.handle_datagram(self.now, wall, client(), &packet);
        }
    }

    fn reach_client(&mut self) {
        let Some(packet) = self.roads.to_client.pop_front() else {
            return;
        };
        match &mut self.link {
            Some((link, _)) => {
                link.handle_datagram(self.now, &packet);
            }
            None => self.login.handle_datagram(self.now, &packet),
        }
    }

    /// Time passes, and whoever has something to do then does it.
    fn pass(&mut self, pause: Duration) {
        let until = self.now + pause;
        for _ in 0..MOST_WAKES {
            let own = match &self.link {
                Some((link, ahead)) => [link.poll_timeout(), ahead.poll_timeout()],
                None => [self.login.poll_timeout().filter(|_| !self.over), None],
            };
            let next = own.into_iter().chain([self.bmc.poll_timeout()]);
            let Some(next) = next.flatten().min().filter(|next| *next <= until) else {
                self.now = until;
                return;
            };
            self.now = self.now.max(next);
            let wall = self.wall();
            match &mut self.link {
                Some((link, ahead)) => {
                    link.handle_timeout(self.now);
                    ahead.handle_timeout(self.now, link);
                }
                None => self.login.handle_timeout(self.now),
            }
            self.bmc.handle_timeout(self.now, wall);
            self.collect();
        }
        panic!("someone wakes up again and again");
    }

    fn collect(&mut self) {
        while let Some(packet) = self.login.poll_transmit() {
            self.roads.to_bmc.push_back(packet);
        }
        if let Some(outcome) = self.login.poll_outcome() {
            self.over = true;
            if let Ok(session) = outcome {
                assert!(self.right || !self.proves, "a session without the password");
                let link = Link::new(session, Box::new(Chance(Seeded(4))));
                self.link = Some((link, Ahead::after(Some(Duration::from_millis(5)))));
            }
        }
        if let Some((link, ahead)) = &mut self.link {
            while let Some(done) = link.poll_done() {
                ahead.handle_done(self.now, link, done);
            }
            while let Some(packet) = link.poll_transmit() {
                self.roads.to_bmc.push_back(packet);
            }
            while link.poll_again().is_some() {}
            let _ = ahead.poll_outcome();
        }
        while let Some(packet) = self.bmc.poll_transmit() {
            self.roads.to_client.push_back(packet.bytes);
        }
        while self.bmc.poll_event().is_some() {}
        self.roads.forget();
    }

    fn check(&mut self) {
        if let Some((link, _)) = &self.link {
            assert!(link.ledger().entries().count() <= CAPACITY);
        }
        let sessions = self.bmc.sessions().count();
        assert!(
            self.right || sessions == 0,
            "a session without the password"
        );
        assert!(sessions <= endpoint::Config::default().session_limit);
    }

    fn wall(&self) -> u64 {
        EPOCH_MS + u64::try_from((self.now - self.base).as_millis()).unwrap_or(0)
    }
}

struct Chance(Seeded);

impl Entropy for Chance {
    fn fill(&mut self, out: &mut [u8]) {
        steadysol::bmc::moment::Random::fill(&mut self.0, out);
    }
}

const S: Duration = Duration::from_secs(1);
