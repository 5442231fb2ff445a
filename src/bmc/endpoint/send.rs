//! From answers to datagrams: sealed, numbered and put into line.

use super::{Bmc, MOST_WAITING, Transmit};
use crate::bmc::moment::Peer;
use crate::bmc::session::Security;
use crate::crypto::auth_code;
use crate::wire::lan::Message;
use crate::wire::session::{PayloadType, V15};
use crate::wire::sol::FromBmc;

impl Bmc {
    /// Sends a payload of a session; IPMI 1.5 sessions know IPMI messages only.
    pub(super) fn send_payload(&mut self, session: u32, kind: PayloadType, payload: &[u8]) {
        let iv = self.fresh();
        let Some(session) = self.sessions.get_mut(session) else {
            return;
        };
        let sequence = session.next_outbound();
        let to = session.peer;
        let bytes = match &session.security {
            Security::V20 {
                console_session,
                keys,
                ..
            } => keys.seal(kind, *console_session, sequence, payload, iv),
            Security::V15 {
                auth_type,
                password,
                ..
            } if kind == PayloadType::Ipmi => {
                let auth_code =
                    auth_code::code(*auth_type, password, session.id, sequence, payload);
                V15 {
                    auth_type: *auth_type,
                    sequence,
                    session: session.id,
                    auth_code,
                    payload,
                }
                .to_datagram()
            }
            Security::V15 { .. } => return,
        };
        self.send(to, bytes);
    }

    /// Answers an IPMI message of a session.
    pub(super) fn answer(&mut self, session: u32, request: &Message<'_>, data: &[u8]) {
        let bytes = request.answer(data).to_bytes();
        self.send_payload(session, PayloadType::Ipmi, &bytes);
    }

    /// Answers a stranger, unless the answer were more than three times as long as what was asked: nobody must be
    /// able to make this BMC flood somebody else.
    pub(super) fn send_to_stranger(&mut self, to: Peer, bytes: Vec<u8>, asked: usize) {
        if bytes.len() <= 3 * asked {
            self.send(to, bytes);
        }
    }

    /// Tells a console that its payload is gone, in the board's own way.
    pub(super) fn send_sol_end(&mut self, session: u32, packet: &FromBmc) {
        let p = &self.config.personality;
        let (request, short) = (p.deactivation_request, p.short_deactivation);
        let mut bytes = packet.to_bytes();
        if short {
            bytes.truncate(2);
        }
        self.send_payload(session, PayloadType::Sol, &bytes);
        if request {
            self.send_deactivation_request(session);
        }
    }

    /// Network function 0Ch, command 20h: SOL payload, state 'deactivated', instance 1.
    pub(super) fn send_deactivation_request(&mut self, session: u32) {
        use crate::wire::lan::{BMC_ADDRESS, CONSOLE_ADDRESS};
        let message = Message {
            to: CONSOLE_ADDRESS,
            netfn: 0x0c,
            to_lun: 0,
            from: BMC_ADDRESS,
            from_lun: 0,
            seq: 0,
            cmd: 0x20,
            data: &[0, 1, 0, 0, 0, 0],
        };
        self.send_payload(session, PayloadType::Ipmi, &message.to_bytes());
    }

    pub(super) fn send(&mut self, to: Peer, bytes: Vec<u8>) {
        // The program drains after every call; one that does not must not cost memory.
        if self.out.len() < MOST_WAITING {
            self.statistics.datagrams_out += 1;
            self.out.push_back(Transmit { to, bytes });
        }
    }
}
