//! Commands about payloads (IPMI 2.0 sections 24.1 to 24.5).

use super::receive::Request;
use super::{Bmc, Event, LAN_CHANNEL, push_event};
use crate::bmc::command::{Outcome, Privilege, cc};
use crate::bmc::personality::{Deactivation, NamedPort};
use crate::bmc::session::Security;
use crate::crypto::suite::Confidentiality;
use crate::wire::sol::HEADER_LEN;

impl Bmc {
    /// The outcome of a command about payloads; `None`: it is none.
    pub(super) fn payload_command(&mut self, request: &Request<'_>) -> Option<Outcome> {
        if request.message.netfn != NETFN_APP {
            return None;
        }
        Some(match request.message.cmd {
            0x48 => self.activate_payload(request),
            0x49 => self.deactivate_payload(request),
            0x4a => self.activation_status(request),
            0x4b => self.instance_info(request),
            _ => return None,
        })
    }

    fn activate_payload(&mut self, request: &Request<'_>) -> Outcome {
        let &[kind, instance, aux, _, _, _] = request.message.data else {
            return Err(cc::LENGTH);
        };
        let id = request.session.ok_or(cc::PRIVILEGE)?;
        if kind & 0x3f != SOL {
            return Err(cc::INVALID_FIELD);
        }
        let port = self.port(instance)?;
        let (user, privilege, encrypts, authenticates) = {
            let session = self.sessions.get(id).ok_or(cc::PRIVILEGE)?;
            let Security::V20 { keys, .. } = &session.security else {
                return Err(PAYLOAD_DISABLED);
            };
            let encrypts = keys.suite().confidentiality != Confidentiality::None;
            (
                session.user,
                session.privilege,
                encrypts,
                keys.authenticates(),
            )
        };
        let config = self.machine.sol(LAN_CHANNEL).ok_or(PAYLOAD_DISABLED)?;
        if privilege < config.privilege() {
            return Err(cc::PRIVILEGE);
        }
        let may = self
            .machine
            .users()
            .get(user)
            .is_some_and(|u| u.may_use_payload(LAN_CHANNEL, SOL));
        if !config.enabled() || !may {
            return Err(PAYLOAD_DISABLED);
        }
        if aux & AUX_ENCRYPT != 0 && !encrypts {
            return Err(NO_ENCRYPTION_THERE);
        }
        // What the session encrypts it encrypts for every payload.
        if aux & AUX_ENCRYPT == 0 && (encrypts || config.force_encryption()) {
            return Err(ENCRYPTION_NEEDED);
        }
        if config.force_authentication() && !authenticates {
            return Err(ENCRYPTION_NEEDED);
        }
        if aux & self.config.personality.aux_bits != self.config.personality.aux_bits {
            return Err(cc::INVALID_FIELD);
        }
        match self.ports[port].sol.session() {
            // Asked again, because the answer got lost: nothing starts anew.
            Some(owner) if owner == id => {}
            Some(_) => return Err(PAYLOAD_ACTIVE),
            None => self.start_sol(request, port, id, aux & AUX_STAY_PAUSED != 0),
        }
        Ok(self.activation_answer(id))
    }

    fn start_sol(&mut self, request: &Request<'_>, port: usize, session: u32, paused: bool) {
        let settings = self.sol_settings(port);
        let early = self.config.personality.early_sol;
        let serial = &mut self.ports[port];
        serial.sol.activate(session, paused, &settings);
        serial.sol_start = Some(serial.log.end());
        serial.dead = false;
        push_event(
            &mut self.events,
            Event::Sol {
                port,
                session: Some(session),
            },
        );
        if early {
            let serial = &mut self.ports[port];
            let from = serial
                .log
                .end()
                .saturating_sub(EARLY_CHARACTERS)
                .max(serial.log.start());
            let tail = serial.log.read(from, EARLY_CHARACTERS as usize).data;
            serial.sol_start = Some(serial.log.end() - tail.len() as u64);
            serial.sol.host_output(
                request.at.now,
                &tail,
                &crate::bmc::sol::Settings {
                    threshold: 1,
                    ..settings
                },
            );
            self.pump_sol(request.at.now);
        }
    }

    fn activation_answer(&self, session: u32) -> Vec<u8> {
        let p = &self.config.personality;
        let size = p
            .payload_size
            .unwrap_or(u16::from(p.sol_characters) + HEADER_LEN as u16);
        let configured = self.machine.sol(LAN_CHANNEL).map_or(623, |c| c.port());
        let socket = self.sessions.get(session).map(|s| s.peer.socket);
        let own = socket.and_then(|socket| self.socket_ports.get(socket).copied());
        let port = match p.port {
            NamedPort::True => own.unwrap_or(configured),
            NamedPort::Swapped => own.unwrap_or(configured).swap_bytes(),
            NamedPort::Bogus(port) => port,
        };
        let mut data = vec![0; 4];
        data.extend(size.to_le_bytes());
        data.extend(size.to_le_bytes());
        data.extend(port.to_le_bytes());
        data.extend([0xff, 0xff]); // no VLAN
        data
    }

    fn deactivate_payload(&mut self, request: &Request<'_>) -> Outcome {
        let [kind, instance, ..] = *request.message.data else {
            return Err(cc::LENGTH);
        };
        if !matches!(request.message.data.len(), 2 | 6) {
            return Err(cc::LENGTH);
        }
        let id = request.session.ok_or(cc::PRIVILEGE)?;
        if kind & 0x3f != SOL {
            return Err(cc::INVALID_FIELD);
        }
        let port = self.port(instance)?;
        let needed = self
            .machine
            .sol(LAN_CHANNEL)
            .map_or(Privilege::Administrator, |c| c.privilege());
        if self.privilege(request) < needed {
            return Err(cc::PRIVILEGE);
        }
        let Some(owner) = self.ports[port].sol.session() else {
            return Err(PAYLOAD_INACTIVE);
        };
        // Whoever asks for it knows; anybody else is told.
        let notice = owner != id && !self.config.personality.silent_deactivation;
        match self.config.personality.deactivation {
            Deactivation::Idle => return Ok(Vec::new()),
            Deactivation::Honest => self.end_owned(port, owner, id, notice),
            Deactivation::Denies => {
                self.end_owned(port, owner, id, notice);
                return Err(PAYLOAD_INACTIVE);
            }
            Deactivation::Kills => {
                for port in 0..self.ports.len() {
                    self.end_owned(port, owner, id, notice);
                }
            }
        }
        Ok(Vec::new())
    }

    fn end_owned(&mut self, port: usize, owner: u32, asker: u32, notice: bool) {
        self.end_sol(port, notice);
        if !notice && owner != asker && self.config.personality.deactivation_request {
            self.send_deactivation_request(owner);
        }
    }

    fn activation_status(&mut self, request: &Request<'_>) -> Outcome {
        let &[kind] = request.message.data else {
            return Err(cc::LENGTH);
        };
        if self.privilege(request) < Privilege::User {
            return Err(cc::PRIVILEGE);
        }
        if kind & 0x3f != SOL {
            return Err(cc::INVALID_FIELD);
        }
        let active = self
            .ports
            .iter()
            .enumerate()
            .filter(|(_, p)| p.sol.session().is_some());
        let bits = active.fold(0u16, |bits, (port, _)| bits | 1 << port);
        let [low, high] = bits.to_le_bytes();
        Ok(vec![self.ports.len() as u8, low, high])
    }

    fn instance_info(&mut self, request: &Request<'_>) -> Outcome {
        let &[kind, instance] = request.message.data else {
            return Err(cc::LENGTH);
        };
        if self.privilege(request) < Privilege::User {
            return Err(cc::PRIVILEGE);
        }
        if kind & 0x3f != SOL {
            return Err(cc::INVALID_FIELD);
        }
        let port = self.port(instance)?;
        let owner = self.ports[port].sol.session().unwrap_or(0);
        let mut data = owner.to_le_bytes().to_vec();
        data.extend([port as u8 + 1, 0, 0, 0, 0, 0, 0, 0]);
        Ok(data)
    }

    /// The port of a payload instance.
    fn port(&self, instance: u8) -> Result<usize, u8> {
        let port = usize::from(instance & 0x0f)
            .checked_sub(1)
            .ok_or(cc::INVALID_FIELD)?;
        if port < self.ports.len() {
            Ok(port)
        } else {
            Err(INSTANCE_LIMIT)
        }
    }
}

const NETFN_APP: u8 = 0x06;
/// Payload type of serial over LAN.
const SOL: u8 = 1;
/// First auxiliary byte of Activate Payload: encrypt.
const AUX_ENCRYPT: u8 = 0x80;
/// First auxiliary byte of Activate Payload: CTS stays off until the console asserts it.
const AUX_STAY_PAUSED: u8 = 0x02;
/// Characters that boards with `early_sol` repeat from before the activation.
const EARLY_CHARACTERS: u64 = 32;

const PAYLOAD_ACTIVE: u8 = 0x80;
const PAYLOAD_INACTIVE: u8 = 0x80;
const PAYLOAD_DISABLED: u8 = 0x81;
const INSTANCE_LIMIT: u8 = 0x82;
const NO_ENCRYPTION_THERE: u8 = 0x83;
const ENCRYPTION_NEEDED: u8 = 0x84;
