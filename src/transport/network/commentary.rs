//! What `-vv` and more say of a session: in ipmitool's words where scripts look for them (xCAT's `bmcdiscover.pm`).
//!
//! Left out, unlike in ipmitool, is everything from which a password could be had or guessed: keys, the codes of the
//! key exchange, and payloads that travel in the clear inside a session.

use std::fmt::Write;

use log::{Level, log_enabled};

use crate::wire::lan;
use crate::wire::session::{Packet, PayloadType, V20};
use crate::wire::setup::{OpenResponse, Rakp2, Rakp4};
use crate::wire::text::hex;

/// Where packets are dumped to: shown from `-vvvvv` on.
pub const PACKETS: &str = "steadysol::packets";

/// A datagram that goes out.
pub(super) fn sending(datagram: &[u8]) {
    if !log_enabled!(Level::Debug) {
        return;
    }
    match Packet::parse(datagram) {
        Ok(Packet::V20(packet)) => announce(&packet),
        Ok(Packet::V15(packet)) if packet.session == 0 => request(packet.payload),
        _ => {}
    }
    dump(">> sending", datagram);
}

fn announce(packet: &V20<'_>) {
    match packet.payload_type {
        PayloadType::OpenRequest => log::debug!(">> SENDING AN OPEN SESSION REQUEST\n"),
        PayloadType::Rakp1 => log::debug!(">> SENDING A RAKP 1 MESSAGE\n"),
        PayloadType::Rakp3 => log::debug!(">> SENDING A RAKP 3 MESSAGE\n"),
        PayloadType::Ipmi if packet.session == 0 => request(packet.payload),
        _ => {}
    }
}

fn request(payload: &[u8]) {
    if let Ok(message) = lan::Message::parse(payload) {
        command(message.netfn, message.cmd, message.data);
    }
}

/// A datagram that came in. It may be anybody's.
pub(super) fn received(datagram: &[u8]) {
    if !log_enabled!(Level::Debug) {
        return;
    }
    dump("<< received", datagram);
    let Ok(Packet::V20(packet)) = Packet::parse(datagram) else {
        return;
    };
    if packet.session != 0 {
        return;
    }
    match packet.payload_type {
        PayloadType::OpenResponse => open_response(packet.payload),
        PayloadType::Rakp2 => rakp_2(packet.payload),
        PayloadType::Rakp4 => rakp_4(packet.payload),
        _ => {}
    }
}

/// A command that goes out. The data of Set User Password is not shown.
pub(super) fn command(netfn: u8, cmd: u8, data: &[u8]) {
    if !log_enabled!(Level::Debug) {
        return;
    }
    let data = match (netfn, cmd) {
        SET_USER_PASSWORD => format!("({} bytes, not shown)", data.len()),
        _ => data
            .iter()
            .fold(String::new(), |text, byte| text + &format!("0x{byte:02x} ")),
    };
    log::debug!(
        "\n>> Sending IPMI command payload\n>>    netfn   : 0x{netfn:02x}\n>>    command : 0x{cmd:02x}\n>>    data    : {data}\n"
    );
}

fn open_response(payload: &[u8]) {
    let Ok(response) = OpenResponse::parse(payload) else {
        return;
    };
    let mut text = format!(
        "<<OPEN SESSION RESPONSE\n\
         <<  Message tag                        : 0x{:02x}\n\
         <<  RMCP+ status                       : {}\n\
         <<  Maximum privilege level            : 0x{:02x}\n\
         <<  Console Session ID                 : 0x{:08x}\n",
        response.tag, response.status, response.privilege, response.console_session,
    );
    if let Some(accepted) = response.accepted {
        let chosen = accepted.algorithms;
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "<<  BMC Session ID                     : 0x{:08x}\n\
             <<  Negotiated authenticatin algorithm : {}\n\
             <<  Negotiated integrity algorithm     : {}\n\
             <<  Negotiated encryption algorithm    : {}\n",
            accepted.bmc_session,
            named(AUTHENTICATIONS, chosen.authentication),
            named(INTEGRITIES, chosen.integrity),
            named(CONFIDENTIALITIES, chosen.confidentiality),
        );
    }
    log::debug!("{text}");
}

fn rakp_2(payload: &[u8]) {
    let Ok(rakp2) = Rakp2::parse(payload) else {
        return;
    };
    let mut text = format!(
        "<<RAKP 2 MESSAGE\n\
         <<  Message tag                   : 0x{:02x}\n\
         <<  RMCP+ status                  : {}\n\
         <<  Console Session ID            : 0x{:08x}\n",
        rakp2.tag, rakp2.status, rakp2.console_session,
    );
    if let Some(body) = rakp2.body {
        let _ = write!(
            text,
            "<<  BMC random number             : 0x{}\n<<  BMC GUID                      : 0x{}\n",
            hex(&body.bmc_random),
            hex(&body.guid),
        );
    }
    log::debug!("{text}");
}

fn rakp_4(payload: &[u8]) {
    let Ok(rakp4) = Rakp4::parse(payload) else {
        return;
    };
    log::debug!(
        "<<RAKP 4 MESSAGE\n\
         <<  Message tag                   : 0x{:02x}\n\
         <<  RMCP+ status                  : {}\n\
         <<  Console Session ID            : 0x{:08x}\n",
        rakp4.tag,
        rakp4.status,
        rakp4.console_session,
    );
}

/// The datagram in hexadecimal, as far as it may be shown.
fn dump(what: &str, datagram: &[u8]) {
    if !log_enabled!(target: PACKETS, Level::Trace) {
        return;
    }
    let shown = datagram.get(..showable(datagram)).unwrap_or(datagram);
    let mut text = format!("{what} packet ({} bytes)", datagram.len());
    for line in shown.chunks(16) {
        text.push('\n');
        for byte in line {
            let _ = write!(text, " {byte:02x}");
        }
    }
    if shown.len() < datagram.len() {
        let _ = write!(
            text,
            "\n ({} bytes not shown)",
            datagram.len() - shown.len()
        );
    }
    log::trace!(target: PACKETS, "{text}");
}

/// How many bytes of a datagram may be shown.
fn showable(datagram: &[u8]) -> usize {
    let all = datagram.len();
    let packet = match Packet::parse(datagram) {
        Ok(Packet::V20(packet)) => packet,
        // The code may be the password itself, and what follows it is in the clear.
        Ok(Packet::V15(packet)) if packet.session != 0 || packet.auth_code.is_some() => {
            return all.min(V15_HEADER);
        }
        _ => return all,
    };
    match packet {
        V20 {
            payload_type: PayloadType::Rakp2,
            ..
        } => all.min(SETUP_HEADER + RAKP_2_CODE),
        V20 {
            payload_type: PayloadType::Rakp3 | PayloadType::Rakp4,
            ..
        } => all.min(SETUP_HEADER + RAKP_3_CODE),
        V20 { session: 0, .. }
        | V20 {
            encrypted: true, ..
        } => all,
        _ => all.min(SETUP_HEADER),
    }
}

fn named(names: &[&'static str], number: u8) -> String {
    names.get(usize::from(number)).map_or_else(
        || format!("Unknown (0x{number:02x})"),
        |name| (*name).to_owned(),
    )
}

/// Netfn App, command 47h (IPMI v2.0 section 22.30).
const SET_USER_PASSWORD: (u8, u8) = (0x06, 0x47);

/// RMCP and session header of an IPMI 1.5 packet, as far as its code.
const V15_HEADER: usize = 13;
/// RMCP and session header of a packet without OEM payload type.
const SETUP_HEADER: usize = 16;
/// Where the key exchange authentication code begins in RAKP Message 2, and in 3 and 4.
const RAKP_2_CODE: usize = 40;
const RAKP_3_CODE: usize = 8;

/// ipmitool's names of the algorithms (IPMI v2.0 tables 13-17 to 13-19).
const AUTHENTICATIONS: &[&str] = &["none", "hmac_sha1", "hmac_md5", "hmac_sha256"];
const INTEGRITIES: &[&str] = &[
    "none",
    "hmac_sha1_96",
    "hmac_md5_128",
    "md5_128",
    "sha256_128",
];
const CONFIDENTIALITIES: &[&str] = &["none", "aes_cbc_128", "xrc4_128", "xrc4_40"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::session::V15;
    use crate::wire::setup::{Rakp2Body, Rakp3, Status};

    #[test]
    fn codes_of_the_key_exchange_are_not_shown() {
        let code = vec![0x5a; 20];
        let body = Rakp2Body {
            bmc_random: [1; 16],
            guid: [2; 16],
            auth_code: code.clone(),
        };
        let rakp2 = Rakp2 {
            tag: 1,
            status: Status::NoErrors,
            console_session: 3,
            body: Some(body),
        };
        let rakp3 = Rakp3 {
            tag: 1,
            status: Status::NoErrors,
            bmc_session: 4,
            auth_code: code,
        };
        for (kind, payload) in [
            (PayloadType::Rakp2, rakp2.to_bytes()),
            (PayloadType::Rakp3, rakp3.to_bytes()),
        ] {
            let datagram = V20::sessionless(kind, &payload);
            let shown = &datagram[..showable(&datagram)];
            assert!(
                !shown.contains(&0x5a) && shown.len() + 20 == datagram.len(),
                "{shown:x?}"
            );
        }
    }

    #[test]
    fn nothing_of_an_ipmi_1_5_session_is_shown_but_its_number() {
        let packet = |session, auth_code: Option<[u8; 16]>| {
            V15 {
                auth_type: auth_code.map_or(0, |_| 4),
                sequence: 1,
                session,
                auth_code,
                payload: &[0x5a; 9],
            }
            .to_datagram()
        };
        for (session, code) in [(7, None), (7, Some([0x5a; 16])), (0, Some([0x5a; 16]))] {
            let datagram = packet(session, code);
            assert!(!datagram[..showable(&datagram)].contains(&0x5a));
        }
        let outside = packet(0, None);
        assert_eq!(showable(&outside), outside.len());
    }

    #[test]
    fn nothing_that_comes_from_the_network_panics_when_it_is_shown() {
        let datagram = V20::sessionless(PayloadType::Rakp2, &[0; 60]);
        for end in 0..=datagram.len() {
            assert!(showable(&datagram[..end]) <= end);
            for payload in [&datagram[..end], &datagram[16..datagram.len().max(17)]] {
                open_response(payload);
                rakp_2(payload);
                rakp_4(payload);
            }
        }
        assert_eq!(named(AUTHENTICATIONS, 0x3f), "Unknown (0x3f)");
    }
}
