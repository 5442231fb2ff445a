//! A BMC, a clock and a client.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::super::{Bmc, Config, Event};
use crate::bmc::command::Privilege;
use crate::bmc::inventory::Inventory;
use crate::bmc::machine::Machine;
use crate::bmc::moment::Seeded;
use crate::crypto::Key20;
use crate::crypto::rakp::{Exchange, Quirk};
use crate::crypto::seal::SessionKeys;
use crate::crypto::suite::Suite;
use crate::wire::lan::Message;
use crate::wire::session::{Packet, PayloadType, V15, V20};
use crate::wire::setup::{OpenRequest, OpenResponse, Rakp1, Rakp2, Rakp3, Rakp4, Status};
use crate::wire::sol::{FromBmc, ToBmc};

pub(crate) struct World {
    pub bmc: Bmc,
    pub now: Instant,
    pub wall_ms: u64,
}

/// An RMCP+ client with an open session.
pub(crate) struct Client {
    pub address: SocketAddr,
    pub keys: SessionKeys,
    pub console_session: u32,
    pub bmc_session: u32,
    pub sequence: u32,
    pub rq_seq: u8,
}

pub(crate) const START_MS: u64 = 1_700_000_000_000;

impl World {
    pub fn new() -> Self {
        Self::with(Config::default())
    }

    pub fn with(config: Config) -> Self {
        let now = Instant::now();
        let mut machine = Machine::new(Inventory::empty(), 1, now, START_MS);
        machine
            .users_mut()
            .add("admin", b"secret", Privilege::Administrator)
            .unwrap();
        machine
            .users_mut()
            .add("guest", b"guest", Privilege::User)
            .unwrap();
        let bmc = Bmc::new(machine, config, Box::new(Seeded(7)));
        Self {
            bmc,
            now,
            wall_ms: START_MS,
        }
    }

    /// Lets time pass, waking the BMC whenever it wants to be.
    pub fn wait(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(at) = self.bmc.poll_timeout().filter(|at| *at <= end) {
            let at = at.max(self.now);
            self.tick(at);
        }
        self.tick(end);
    }

    fn tick(&mut self, at: Instant) {
        // Whatever is due is due at once: a BMC that wants the same moment again and again would hang here.
        self.wall_ms += at.duration_since(self.now).as_millis() as u64;
        self.now = at;
        self.bmc.handle_timeout(self.now, self.wall_ms);
    }

    pub fn send(&mut self, from: SocketAddr, bytes: &[u8]) {
        self.bmc
            .handle_datagram(self.now, self.wall_ms, from, bytes);
    }

    pub fn received(&mut self) -> Vec<Vec<u8>> {
        std::iter::from_fn(|| self.bmc.poll_transmit())
            .map(|t| t.bytes)
            .collect()
    }

    pub fn events(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.bmc.poll_event()).collect()
    }

    pub fn ask(&mut self, from: SocketAddr, bytes: &[u8]) -> Option<Vec<u8>> {
        self.send(from, bytes);
        self.received().pop()
    }

    fn setup(&mut self, from: SocketAddr, kind: PayloadType, payload: &[u8]) -> Option<Vec<u8>> {
        let answer = self.ask(from, &V20::sessionless(kind, payload))?;
        match Packet::parse(&answer) {
            Ok(Packet::V20(packet)) => Some(packet.payload.to_vec()),
            _ => None,
        }
    }

    pub fn open_request(
        &mut self,
        from: SocketAddr,
        suite: u8,
        console_session: u32,
    ) -> OpenResponse {
        let algorithms = Suite::by_id(suite).unwrap().numbers();
        let request = OpenRequest {
            tag: 1,
            privilege: 0,
            console_session,
            algorithms,
        };
        OpenResponse::parse(
            &self
                .setup(from, PayloadType::OpenRequest, &request.to_bytes())
                .unwrap(),
        )
        .unwrap()
    }

    pub fn rakp1(&mut self, from: SocketAddr, request: Rakp1<'_>) -> Rakp2 {
        Rakp2::parse(
            &self
                .setup(from, PayloadType::Rakp1, &request.to_bytes())
                .unwrap(),
        )
        .unwrap()
    }

    pub fn rakp3(&mut self, from: SocketAddr, request: Rakp3) -> Option<Rakp4> {
        self.setup(from, PayloadType::Rakp3, &request.to_bytes())
            .map(|bytes| Rakp4::parse(&bytes).unwrap())
    }

    /// A session, or the status that refused it.
    pub fn try_log_in(&mut self, login: &Login) -> Result<Client, Status> {
        let from = address(login.port);
        let console_session = u32::from(login.port) << 8 | 0xa5;
        let opened = self.open_request(from, login.suite, console_session);
        let bmc_session = opened.accepted.ok_or(opened.status)?.bmc_session;
        let console_random = [login.port as u8; 16];
        let request = Rakp1 {
            tag: 2,
            bmc_session,
            console_random,
            role: login.role,
            username: login.name.as_bytes(),
        };
        let answer = self.rakp1(from, request);
        let body = answer.body.ok_or(answer.status)?;
        let exchange = Exchange {
            suite: Suite::by_id(login.suite).unwrap(),
            password: Key20::new(login.password.as_bytes()).unwrap(),
            kg: Key20::new(login.kg.as_bytes()),
            console_session,
            bmc_session,
            console_random,
            bmc_random: body.bmc_random,
            guid: body.guid,
            role: login.role,
            username: login.name.as_bytes().to_vec(),
            quirk: login.quirk,
        };
        let auth_code = exchange.rakp3_code();
        let answer = self
            .rakp3(
                from,
                Rakp3 {
                    tag: 3,
                    status: Status::NoErrors,
                    bmc_session,
                    auth_code,
                },
            )
            .unwrap();
        if answer.status != Status::NoErrors {
            return Err(answer.status);
        }
        assert!(exchange.rakp2_matches(&body.auth_code) && exchange.rakp4_matches(&answer.check));
        self.events();
        Ok(Client {
            address: from,
            keys: exchange.session_keys(),
            console_session,
            bmc_session,
            sequence: 0,
            rq_seq: 0,
        })
    }

    /// An administrator's session at level administrator, from a port of its own.
    pub fn admin(&mut self, port: u16) -> Client {
        let mut client = self
            .try_log_in(&Login {
                port,
                ..Login::default()
            })
            .unwrap();
        assert_eq!(client.command(self, 6, 0x3b, &[4]), [0, 4]);
        client
    }
}

pub(crate) struct Login {
    pub port: u16,
    pub suite: u8,
    pub name: &'static str,
    pub password: &'static str,
    pub kg: &'static str,
    pub role: u8,
    pub quirk: Quirk,
}

impl Default for Login {
    fn default() -> Self {
        Self {
            port: 1000,
            suite: 17,
            name: "admin",
            password: "secret",
            kg: "",
            role: 0x14,
            quirk: Quirk::Standard,
        }
    }
}

impl Client {
    pub fn seal(&mut self, kind: PayloadType, payload: &[u8]) -> Vec<u8> {
        self.sequence += 1;
        self.keys
            .seal(kind, self.bmc_session, self.sequence, payload, [9; 16])
    }

    pub fn request(&mut self, netfn: u8, cmd: u8, data: &[u8]) -> Vec<u8> {
        self.rq_seq = (self.rq_seq + 1) & 0x3f;
        let message = Message::request(netfn, 0, self.rq_seq, cmd, data).to_bytes();
        self.seal(PayloadType::Ipmi, &message)
    }

    /// The data of the answer, completion code first; empty if there is none.
    pub fn command(&mut self, world: &mut World, netfn: u8, cmd: u8, data: &[u8]) -> Vec<u8> {
        let request = self.request(netfn, cmd, data);
        world.send(self.address, &request);
        self.answers(world)
            .pop()
            .map(|(_, data)| data)
            .unwrap_or_default()
    }

    /// Answers to commands, each with its number.
    pub fn answers(&self, world: &mut World) -> Vec<(u8, Vec<u8>)> {
        let packets = world.received();
        packets
            .iter()
            .filter_map(|bytes| self.opened(bytes))
            .filter_map(|(kind, payload)| {
                let message = Message::parse(&payload)
                    .ok()
                    .filter(|_| kind == PayloadType::Ipmi)?;
                message
                    .is_response()
                    .then(|| (message.seq, message.data.to_vec()))
            })
            .collect()
    }

    pub fn opened(&self, bytes: &[u8]) -> Option<(PayloadType, Vec<u8>)> {
        match Packet::parse(bytes) {
            Ok(Packet::V20(packet)) if packet.session == self.console_session => {
                Some((packet.payload_type, self.keys.open(&packet).ok()?))
            }
            _ => None,
        }
    }

    pub fn activate(&mut self, world: &mut World) -> Vec<u8> {
        let aux = if self.keys.suite().id % 3 == 2 || [3, 12].contains(&self.keys.suite().id) {
            0xc0
        } else {
            0x40
        };
        self.command(world, 6, 0x48, &[1, 1, aux, 0, 0, 0])
    }

    pub fn sol(&mut self, world: &mut World, packet: &ToBmc) {
        let bytes = self.seal(PayloadType::Sol, &packet.to_bytes());
        world.send(self.address, &bytes);
    }

    pub fn sol_packets(&self, world: &mut World) -> Vec<FromBmc> {
        let packets = world.received();
        packets
            .iter()
            .filter_map(|bytes| self.opened(bytes))
            .filter_map(|(kind, payload)| {
                (kind == PayloadType::Sol).then(|| FromBmc::parse(&payload).ok())?
            })
            .collect()
    }
}

pub(crate) fn address(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

/// An IPMI 1.5 datagram outside sessions.
pub(crate) fn outside(netfn: u8, cmd: u8, data: &[u8]) -> Vec<u8> {
    let payload = Message::request(netfn, 0, 1, cmd, data).to_bytes();
    V15 {
        auth_type: 0,
        sequence: 0,
        session: 0,
        auth_code: None,
        payload: &payload,
    }
    .to_datagram()
}
