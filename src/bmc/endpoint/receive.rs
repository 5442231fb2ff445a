//! From datagrams to tasks, and from tasks to answers.

use super::hooks::Fate;
use super::{Bmc, LAN_CHANNEL};
use crate::bmc::command::{Command, Privilege, Reply, cc};
use crate::bmc::moment::{Moment, Peer};
use crate::bmc::queue::{Task, Waited, Work};
use crate::bmc::session::Security;
use crate::crypto::auth_code;
use crate::wire::lan::{BMC_ADDRESS, Message};
use crate::wire::session::{Packet, PayloadType, V15, V20};
use crate::wire::{asf, rmcp};

/// A request, as the handlers of session and payload commands see it.
pub(super) struct Request<'a> {
    /// Its session; `None`: outside of any.
    pub session: Option<u32>,
    /// Who asks.
    pub from: Peer,
    /// The message.
    pub message: Message<'a>,
    /// When it came.
    pub received: Moment,
    /// When it is processed.
    pub at: Moment,
    /// How it fared in the queue.
    pub waited: Waited,
}

impl Bmc {
    /// Looks at a datagram: what belongs to a session is verified at once, and a request of it waits for its turn;
    /// so does whatever opens a session.
    pub(super) fn receive(&mut self, at: Moment, from: Peer, bytes: &[u8]) {
        let Ok((class, _, body)) = rmcp::parse(bytes) else {
            self.statistics.strangers += 1;
            return;
        };
        match class {
            rmcp::Class::Asf => {
                if let Ok((tag, asf::Message::Ping)) = asf::parse(body) {
                    let pong = asf::datagram(
                        tag,
                        asf::Message::Pong {
                            entities: 0x81,
                            interactions: 0,
                        },
                    );
                    self.send_to_stranger(from, pong, bytes.len());
                }
            }
            rmcp::Class::Ipmi => match Packet::parse_body(body) {
                Ok(Packet::V20(packet)) if packet.session != 0 => {
                    self.receive_v20(at, from, &packet)
                }
                Ok(Packet::V15(packet)) if self.sessions.get(packet.session).is_some() => {
                    self.receive_v15(at, from, &packet);
                }
                Ok(_) => {
                    self.queue.push(Task {
                        from,
                        received: at,
                        work: Work::Datagram(bytes.to_vec()),
                    });
                }
                Err(_) => self.statistics.strangers += 1,
            },
            // RMCP acknowledgements among them.
            rmcp::Class::Unknown(_) => self.statistics.strangers += 1,
        }
    }

    fn receive_v20(&mut self, at: Moment, from: Peer, packet: &V20<'_>) {
        let Some(session) = self.sessions.get_mut(packet.session) else {
            self.statistics.strangers += 1;
            return;
        };
        let Security::V20 { keys, .. } = &session.security else {
            return;
        };
        let Ok(payload) = keys.open(packet) else {
            self.statistics.forged += 1;
            return;
        };
        // Without integrity the number proves nothing, and some clients leave it at 0.
        let unnumbered = packet.sequence == 0 && !keys.authenticates();
        if !unnumbered && !session.inbound.admit(packet.sequence) {
            self.statistics.replayed += 1;
            return;
        }
        // A console behind address translation, or one that came back after a change of address, keeps its session;
        // a packet that was overtaken on its way may still come from the old address.
        if unnumbered || packet.sequence == session.inbound.highest() {
            session.peer = from;
        }
        match packet.payload_type {
            PayloadType::Ipmi => self.receive_message(at, from, packet.session, payload),
            PayloadType::Sol => self.receive_sol(at, packet.session, packet.sequence, &payload),
            _ => {}
        }
    }

    fn receive_v15(&mut self, at: Moment, from: Peer, packet: &V15<'_>) {
        let per_message = self.per_message_authentication();
        let Some(session) = self.sessions.get_mut(packet.session) else {
            return;
        };
        let Security::V15 {
            auth_type,
            password,
            ..
        } = &session.security
        else {
            self.statistics.forged += 1;
            return;
        };
        let bare = packet.auth_type == auth_code::NONE && !per_message;
        let want = auth_code::code(
            *auth_type,
            password,
            packet.session,
            packet.sequence,
            packet.payload,
        );
        if !bare && (packet.auth_type != *auth_type || !auth_code::matches(want, packet.auth_code))
        {
            // An activation that is sent again still has the challenge's id and looks like this.
            self.statistics.forged += 1;
            return;
        }
        if !session.inbound.admit(packet.sequence) {
            self.statistics.replayed += 1;
            return;
        }
        session.peer = from;
        self.receive_message(at, from, packet.session, packet.payload.to_vec());
    }

    fn receive_message(&mut self, at: Moment, from: Peer, session: u32, message: Vec<u8>) {
        match Message::parse(&message) {
            Ok(parsed) if parsed.to == BMC_ADDRESS && !parsed.is_response() => {}
            _ => return,
        }
        if let Some(session) = self.sessions.get_mut(session) {
            session.last_command = at.now;
        }
        self.queue.push(Task {
            from,
            received: at,
            work: Work::Request { session, message },
        });
    }

    /// Processes a request of a session whose turn has come.
    pub(super) fn process_request(
        &mut self,
        at: Moment,
        task: &Task,
        session: u32,
        message: &[u8],
    ) {
        // The session may have ended while the request waited.
        if self.sessions.get(session).is_none() {
            return;
        }
        let Ok(message) = Message::parse(message) else {
            return;
        };
        let waited = Waited::between(task.received, at, self.config.overdue);
        let request = Request {
            session: Some(session),
            from: task.from,
            message,
            received: task.received,
            at,
            waited,
        };
        self.run(&request);
    }

    /// Processes a datagram from outside sessions whose turn has come.
    pub(super) fn process_datagram(&mut self, at: Moment, task: &Task, bytes: &[u8]) {
        let from = task.from;
        match Packet::parse(bytes) {
            Ok(Packet::V20(packet)) => {
                if self.config.personality.v15_only {
                    return;
                }
                match packet.payload_type {
                    PayloadType::OpenRequest => {
                        self.open_session(at, from, packet.payload, bytes.len())
                    }
                    PayloadType::Rakp1 => self.rakp1(at, from, packet.payload, bytes.len()),
                    PayloadType::Rakp3 => self.rakp3(at, from, packet.payload, bytes.len()),
                    PayloadType::Ipmi if !packet.encrypted => {
                        self.outside(at, task, packet.payload, bytes.len(), |answer| {
                            V20::sessionless(PayloadType::Ipmi, answer)
                        });
                    }
                    _ => self.statistics.strangers += 1,
                }
            }
            Ok(Packet::V15(packet))
                if packet.session == 0 && packet.auth_type == auth_code::NONE =>
            {
                self.outside(at, task, packet.payload, bytes.len(), |payload| {
                    V15 {
                        auth_type: 0,
                        sequence: 0,
                        session: 0,
                        auth_code: None,
                        payload,
                    }
                    .to_datagram()
                });
            }
            Ok(Packet::V15(packet)) => self.activate_session(at, from, &packet, bytes.len()),
            Err(_) => self.statistics.strangers += 1,
        }
    }

    /// A request outside sessions.
    fn outside(
        &mut self,
        at: Moment,
        task: &Task,
        payload: &[u8],
        asked: usize,
        frame: impl Fn(&[u8]) -> Vec<u8>,
    ) {
        let Ok(message) = Message::parse(payload) else {
            self.statistics.strangers += 1;
            return;
        };
        if message.to != BMC_ADDRESS || message.is_response() {
            return;
        }
        let waited = Waited::between(task.received, at, self.config.overdue);
        let request = Request {
            session: None,
            from: task.from,
            message,
            received: task.received,
            at,
            waited,
        };
        if let Some(reply) = self.reply(&request) {
            let bytes = frame(&message.answer(&with_code(&reply)).to_bytes());
            self.send_to_stranger(task.from, bytes, asked);
        }
    }

    fn run(&mut self, request: &Request<'_>) {
        let Some(session) = request.session else {
            return;
        };
        match request.waited {
            Waited::No => {}
            Waited::Yes => self.statistics.waited += 1,
            Waited::TooLong => {
                self.statistics.waited += 1;
                self.statistics.overdue += 1;
            }
        }
        let key = (
            request.message.netfn,
            request.message.cmd,
            request.message.seq,
        );
        let repeated = self
            .sessions
            .get_mut(session)
            .and_then(|s| s.last_request.replace(key))
            == Some(key);
        if repeated && self.config.personality.duplicate_code {
            self.answer(session, &request.message, &[DUPLICATE_REQUEST]);
            return;
        }
        let Some(reply) = self.reply(request) else {
            return;
        };
        self.answer(session, &request.message, &with_code(&reply));
        if let Some(id) = self.closing.take() {
            self.end_session(id, "closed");
        }
    }

    /// The answer to a request; `None`: none.
    fn reply(&mut self, request: &Request<'_>) -> Option<Reply> {
        let (netfn, cmd) = (request.message.netfn, request.message.cmd);
        self.statistics.requests += 1;
        let p = &self.config.personality;
        if p.unknown_commands.contains(&(netfn, cmd)) {
            return Some(Err(cc::INVALID_COMMAND).into());
        }
        if p.mute_commands.contains(&(netfn, cmd)) {
            return None;
        }
        match self.hooks.fate((netfn, cmd)) {
            Some(Fate::Completion(code)) => return Some(Err(code).into()),
            Some(Fate::NoAnswer) => {
                let _ = self.carry_out(request);
                return None;
            }
            None => {}
        }
        self.carry_out(request)
    }

    fn carry_out(&mut self, request: &Request<'_>) -> Option<Reply> {
        if let Some(reply) = self.extension_command(request) {
            return Some(reply);
        }
        if request.waited == Waited::TooLong {
            return Some(Err(TIMEOUT_IN_QUEUE).into());
        }
        let own = self
            .session_command(request)
            .or_else(|| self.payload_command(request));
        if let Some(outcome) = own {
            return Some(outcome.into());
        }
        let (privilege, user) = match request.session.and_then(|id| self.sessions.get(id)) {
            Some(session) => (session.privilege, session.user),
            None => (Privilege::None, 0),
        };
        let m = &request.message;
        self.machine.handle(&Command {
            netfn: m.netfn,
            lun: m.to_lun,
            cmd: m.cmd,
            data: m.data,
            channel: LAN_CHANNEL,
            privilege,
            user,
            now: request.at.now,
            wall_ms: request.at.wall_ms,
        })
    }

    /// The present privilege level of a request's session.
    pub(super) fn privilege(&self, request: &Request<'_>) -> Privilege {
        request
            .session
            .and_then(|id| self.sessions.get(id))
            .map_or(Privilege::None, |s| s.privilege)
    }

    /// Whether every packet of an IPMI 1.5 session must be authenticated.
    pub(super) fn per_message_authentication(&self) -> bool {
        self.machine
            .channels()
            .get(LAN_CHANNEL)
            .is_none_or(|c| !c.present.per_message_auth_disabled)
    }
}

fn with_code(reply: &Reply) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(1 + reply.data.len());
    bytes.push(reply.code);
    bytes.extend_from_slice(&reply.data);
    bytes
}

/// Completion code: this request was just answered.
const DUPLICATE_REQUEST: u8 = 0xcf;
/// Completion code: timeout while processing the command.
const TIMEOUT_IN_QUEUE: u8 = 0xc3;
