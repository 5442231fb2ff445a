//! What a packet says, in a line, for a history that is looked at closely.

use steadysol::wire::lan::Message;
use steadysol::wire::session::{Packet, PayloadType, V20};
use steadysol::wire::sol::{FromBmc, ToBmc};

use super::history::Way;

/// How much is told while a history is played: `NETSIM_TRACE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd)]
pub enum Level {
    /// Nothing.
    Nothing,
    /// What happens.
    Events,
    /// And every packet, when it is sent and when it arrives (`NETSIM_TRACE=2`).
    Packets,
}

impl Level {
    /// As the environment says.
    pub fn wanted() -> Self {
        match std::env::var("NETSIM_TRACE").as_deref() {
            Err(_) => Self::Nothing,
            Ok("2") => Self::Packets,
            Ok(_) => Self::Events,
        }
    }
}

/// One datagram. What is encrypted is told by its length alone.
pub fn describe(way: Way, datagram: &[u8]) -> String {
    match Packet::parse(datagram) {
        Ok(Packet::V20(packet)) => {
            let inside = inside(way, &packet);
            format!("{:08x} #{} {inside}", packet.session, packet.sequence)
        }
        Ok(Packet::V15(packet)) => format!("1.5 {}", message(packet.payload)),
        Err(error) => format!("{} bytes: {error}", datagram.len()),
    }
}

fn inside(way: Way, packet: &V20<'_>) -> String {
    match packet.payload_type {
        kind if packet.encrypted => format!("{kind:?}, {} bytes encrypted", packet.payload.len()),
        PayloadType::Sol => match way {
            Way::Up => ToBmc::parse(packet.payload).map_or_else(
                |e| e.to_string(),
                |sol| {
                    let (length, text) = (sol.data.len(), text(&sol.data));
                    format!(
                        "SOL {} ack {}:{} {length} {text} {:?}",
                        sol.seq, sol.ack, sol.accepted, sol.operation
                    )
                },
            ),
            Way::Down => FromBmc::parse(packet.payload).map_or_else(
                |e| e.to_string(),
                |sol| {
                    let (length, text) = (sol.data.len(), text(&sol.data));
                    let overrun = if sol.status.transmit_overrun {
                        " overrun"
                    } else {
                        ""
                    };
                    format!(
                        "SOL {} ack {}:{} {length} {text}{overrun}",
                        sol.seq, sol.ack, sol.accepted
                    )
                },
            ),
        },
        PayloadType::Ipmi => message(packet.payload),
        kind => format!("{kind:?}"),
    }
}

fn message(bytes: &[u8]) -> String {
    Message::parse(bytes).map_or_else(
        |error| error.to_string(),
        |message| {
            let (netfn, cmd, seq) = (message.netfn, message.cmd, message.seq);
            format!(
                "{netfn:02x} {cmd:02x} seq {seq}, {} bytes",
                message.data.len()
            )
        },
    )
}

/// The beginning and the end of what a packet carries.
fn text(data: &[u8]) -> String {
    let plain = |part: &[u8]| String::from_utf8_lossy(part).escape_debug().to_string();
    match data.len() {
        0..=24 => plain(data),
        n => format!("{}…{}", plain(&data[..8]), plain(&data[n - 8..])),
    }
}
