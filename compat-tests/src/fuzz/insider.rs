//! A BMC that knows the password, or the user's own client gone bad: real packets, opened, changed, and sealed again.

use steadysol::bmc::endpoint::Bmc;
use steadysol::bmc::session::Security;
use steadysol::crypto::auth_code;
use steadysol::wire::lan::Message;
use steadysol::wire::session::{Packet, PayloadType, V15, V20};

use super::Bytes;

/// The datagram with other contents and the right codes, as `bytes` say; `None` where it cannot be opened.
pub fn changed(bmc: &Bmc, datagram: &[u8], bytes: &mut Bytes<'_>) -> Option<Vec<u8>> {
    match Packet::parse(datagram).ok()? {
        Packet::V20(packet) if packet.session == 0 => Some(V20::sessionless(
            packet.payload_type,
            &rewritten(packet.payload_type, packet.payload, bytes),
        )),
        Packet::V20(packet) => {
            let session = bmc.sessions().find_map(|session| match &session.security {
                Security::V20 {
                    console_session,
                    keys,
                    ..
                } => [session.id, *console_session]
                    .contains(&packet.session)
                    .then_some(keys),
                Security::V15 { .. } => None,
            });
            let payload = session?.open(&packet).ok()?;
            let payload = rewritten(packet.payload_type, &payload, bytes);
            let (to, number) = (packet.session, packet.sequence);
            Some(session?.seal(packet.payload_type, to, number, &payload, [9; 16]))
        }
        Packet::V15(packet) => {
            let payload = rewritten(PayloadType::Ipmi, packet.payload, bytes);
            let payload = payload.get(..payload.len().min(255)).unwrap_or_default();
            let password = bmc.sessions().find_map(|session| match &session.security {
                Security::V15 { password, .. } if session.id == packet.session => Some(password),
                _ => None,
            });
            let auth_code = match password {
                Some(password) => auth_code::code(
                    packet.auth_type,
                    password,
                    packet.session,
                    packet.sequence,
                    payload,
                ),
                None => packet.auth_code,
            };
            Some(
                V15 {
                    auth_code,
                    payload,
                    ..packet
                }
                .to_datagram(),
            )
        }
    }
}

/// Other contents: a message keeps its head and gets right checksums.
fn rewritten(kind: PayloadType, payload: &[u8], bytes: &mut Bytes<'_>) -> Vec<u8> {
    match Message::parse(payload)
        .ok()
        .filter(|_| kind == PayloadType::Ipmi)
    {
        Some(message) => Message {
            data: &other(message.data, bytes),
            ..message
        }
        .to_bytes(),
        None => other(payload, bytes),
    }
}

/// How: overwritten from somewhere on, replaced, cut, or repeated up to some 60 kB.
fn other(data: &[u8], bytes: &mut Bytes<'_>) -> Vec<u8> {
    let how = bytes.byte().unwrap_or(0);
    let at = usize::from(how >> 2).min(data.len());
    let length = bytes.byte().unwrap_or(0);
    let (kept, _) = data.split_at(at);
    match how & 3 {
        0 => {
            let new = bytes.take(length.into());
            let rest = data.get(at + new.len()..).unwrap_or_default();
            [kept, new, rest].concat()
        }
        1 => bytes.take(length.into()).to_vec(),
        2 => kept.to_vec(),
        _ => [kept, &vec![length; usize::from(length) * 235]].concat(),
    }
}
