//! The client as `sol activate` puts it together: handshake, privilege level, console.

use std::cell::Cell;
use std::time::{Duration, Instant};

use steadysol::bmc::endpoint::EXTENSION_IANA;
use steadysol::bmc::moment::{Random, Seeded};
use steadysol::crypto::Key20;
use steadysol::crypto::rakp::Quirk;
use steadysol::crypto::suite::Suite;
use steadysol::proto::Entropy;
use steadysol::proto::console::{Console, Settings};
use steadysol::proto::handshake::{Config, Handshake};
use steadysol::proto::inflight::{Kind, RequestId};
use steadysol::proto::keepalive::Policy;
use steadysol::proto::link::{Ask, Link, Patience};
use steadysol::wire::session::Packet;

use super::history::Setting;

/// A client, however far it has come.
#[derive(Debug)]
pub struct Client {
    stage: Stage,
    settings: Settings,
    config: Config,
}

#[derive(Debug)]
enum Stage {
    Shaking(Box<Handshake>),
    Raising(Box<Link>, RequestId),
    Open(Box<Console>),
    Failed(String),
}

impl Client {
    /// A client whose first packet is ready.
    pub fn new(now: Instant, setting: &Setting, policy: Policy, seed: u64) -> Self {
        SEED.set(seed);
        let intel = setting.board == "intelplus";
        let config = Config {
            username: USER.as_bytes().to_vec(),
            password: Key20::new(PASSWORD.as_bytes()).expect("short"),
            kg: None,
            suite: Suite::by_id(setting.suite),
            privilege: ADMINISTRATOR,
            name_only: true,
            quirk: if intel {
                Quirk::IntelPlus
            } else {
                Quirk::Standard
            },
            timeout: S,
            tries: 4,
        };
        let settings = Settings {
            instance: 1,
            auxiliary: if intel { 0xc4 } else { 0xc6 },
            force: false,
            privilege: ADMINISTRATOR,
            keepalive: policy,
            patience: PATIENCE,
            port: 623,
            wall: EPOCH_MS,
            extension: EXTENSION_IANA,
            cycle: 4,
            resume: None,
            former: None,
            make_entropy,
        };
        let handshake = Handshake::new(now, config.clone(), make_entropy());
        Self {
            stage: Stage::Shaking(Box::new(handshake)),
            settings,
            config,
        }
    }

    /// The console, once there is a session.
    pub fn console(&mut self) -> Option<&mut Console> {
        match &mut self.stage {
            Stage::Open(console) => Some(console),
            _ => None,
        }
    }

    /// Why there will be no console.
    pub fn failure(&self) -> Option<&str> {
        match &self.stage {
            Stage::Failed(reason) => Some(reason),
            _ => None,
        }
    }

    /// A datagram came.
    pub fn handle_datagram(&mut self, now: Instant, bytes: &[u8]) {
        match &mut self.stage {
            Stage::Shaking(handshake) => handshake.handle_datagram(now, bytes),
            Stage::Raising(link, _) => {
                if let Ok(Packet::V20(packet)) = Packet::parse(bytes) {
                    link.handle_packet(now, &packet);
                }
            }
            Stage::Open(console) => console.handle_datagram(now, &bytes.to_vec().into()),
            Stage::Failed(_) => {}
        }
        self.go_on(now);
    }

    /// Its time has come.
    pub fn handle_timeout(&mut self, now: Instant) {
        match &mut self.stage {
            Stage::Shaking(handshake) => handshake.handle_timeout(now),
            Stage::Raising(link, _) => link.handle_timeout(now),
            Stage::Open(console) => console.handle_timeout(now),
            Stage::Failed(_) => {}
        }
        self.go_on(now);
    }

    /// The next datagram to send.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        match &mut self.stage {
            Stage::Shaking(handshake) => handshake.poll_transmit(),
            Stage::Raising(link, _) => link.poll_transmit(),
            // The BMC listens on one port; what goes to another is lost.
            Stage::Open(console) => std::iter::from_fn(|| console.poll_transmit())
                .find(|datagram| datagram.port.is_none())
                .map(|datagram| datagram.bytes),
            Stage::Failed(_) => None,
        }
    }

    /// When [`Client::handle_timeout`] wants to be called.
    pub fn poll_timeout(&self) -> Option<Instant> {
        match &self.stage {
            Stage::Shaking(handshake) => handshake.poll_timeout(),
            Stage::Raising(link, _) => link.poll_timeout(),
            Stage::Open(console) => console.poll_timeout(),
            Stage::Failed(_) => None,
        }
    }

    fn go_on(&mut self, now: Instant) {
        let next = match &mut self.stage {
            Stage::Shaking(handshake) => match handshake.poll_outcome() {
                None => return,
                Some(Err(failure)) => Stage::Failed(failure.to_string()),
                Some(Ok(established)) => {
                    let mut link = Link::new(established.session, make_entropy());
                    let ask = Ask {
                        netfn: 6,
                        lun: 0,
                        cmd: SET_SESSION_PRIVILEGE,
                        data: &[ADMINISTRATOR],
                    };
                    let id = link.ask(now, Kind::Command, ask, PATIENCE);
                    Stage::Raising(Box::new(link), id)
                }
            },
            Stage::Raising(link, id) => {
                let Some(done) = std::iter::from_fn(|| link.poll_done()).find(|d| d.id == *id)
                else {
                    return;
                };
                match done.answer {
                    Some(answer) if answer.code == 0 => {
                        let Stage::Raising(link, _) =
                            std::mem::replace(&mut self.stage, Stage::Failed(String::new()))
                        else {
                            return;
                        };
                        Stage::Open(Box::new(Console::new(
                            now,
                            *link,
                            self.config.clone(),
                            self.settings,
                        )))
                    }
                    answer => Stage::Failed(format!("Set Session Privilege Level: {answer:?}")),
                }
            }
            Stage::Open(_) | Stage::Failed(_) => return,
        };
        self.stage = next;
    }
}

/// The user who may log in.
pub const USER: &str = "admin";

/// The user's password.
pub const PASSWORD: &str = "secret";

thread_local! {
    /// Where the client's random bytes come from: a console makes new sources by itself, and each must be another.
    static SEED: Cell<u64> = const { Cell::new(0) };
}

struct Repeatable(Seeded);

impl Entropy for Repeatable {
    fn fill(&mut self, out: &mut [u8]) {
        Random::fill(&mut self.0, out);
    }
}

fn make_entropy() -> Box<dyn Entropy> {
    let seed = SEED.get();
    SEED.set(seed.wrapping_add(0x5851_f42d_4c95_7f2d));
    Box::new(Repeatable(Seeded(seed)))
}

/// Wall clock at the first packet, milliseconds since 1970.
pub const EPOCH_MS: u64 = 1_700_000_000_000;

const S: Duration = Duration::from_secs(1);
const PATIENCE: Patience = Patience {
    timeout: S,
    step: S,
    tries: 4,
};
const ADMINISTRATOR: u8 = 4;
const SET_SESSION_PRIVILEGE: u8 = 0x3b;
