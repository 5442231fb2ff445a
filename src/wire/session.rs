//! Session headers: IPMI 1.5 (IPMI 2.0 section 13.6, left column) and RMCP+ (right column).

use super::{Error, Reader, Result, rmcp};

/// What an IPMI datagram carries, as far as it can be told without keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packet<'a> {
    /// IPMI 1.5 framing.
    V15(V15<'a>),
    /// RMCP+ framing.
    V20(V20<'a>),
}

/// An IPMI 1.5 session packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct V15<'a> {
    /// 0 none, 1 MD2, 2 MD5, 4 password, 5 OEM.
    pub auth_type: u8,
    /// Session sequence number, 0 outside a session.
    pub sequence: u32,
    /// Session id, 0 outside a session.
    pub session: u32,
    /// The authentication code, where `auth_type` is not 0.
    pub auth_code: Option<[u8; 16]>,
    /// The IPMI message.
    pub payload: &'a [u8],
}

/// An RMCP+ session packet, still sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct V20<'a> {
    /// Whether the payload is encrypted.
    pub encrypted: bool,
    /// Whether an integrity trailer follows the payload.
    pub authenticated: bool,
    /// What the payload is.
    pub payload_type: PayloadType,
    /// OEM enterprise number and OEM payload id, with payload type 2.
    pub oem: Option<(u32, u16)>,
    /// The session id of the receiver, 0 outside a session.
    pub session: u32,
    /// Session sequence number, 0 outside a session.
    pub sequence: u32,
    /// The payload, as it stands in the packet.
    pub payload: &'a [u8],
    /// What follows the payload: integrity padding, its length, next header and authentication code.
    pub trailer: &'a [u8],
    /// All that the authentication code is computed over if the trailer's length is known: from the authentication
    /// type on. It includes the trailer.
    pub covered: &'a [u8],
}

/// Payload types (IPMI 2.0 table 13-16).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PayloadType {
    /// An IPMI message (0).
    Ipmi,
    /// Serial over LAN (1).
    Sol,
    /// Named by an OEM (2).
    Oem,
    /// RMCP+ Open Session Request (10h).
    OpenRequest,
    /// RMCP+ Open Session Response (11h).
    OpenResponse,
    /// RAKP Message 1 (12h).
    Rakp1,
    /// RAKP Message 2 (13h).
    Rakp2,
    /// RAKP Message 3 (14h).
    Rakp3,
    /// RAKP Message 4 (15h).
    Rakp4,
    /// Any other of the six-bit numbers.
    Unknown(u8),
}

impl From<u8> for PayloadType {
    fn from(value: u8) -> Self {
        match value & 0x3f {
            0x00 => Self::Ipmi,
            0x01 => Self::Sol,
            0x02 => Self::Oem,
            0x10 => Self::OpenRequest,
            0x11 => Self::OpenResponse,
            0x12 => Self::Rakp1,
            0x13 => Self::Rakp2,
            0x14 => Self::Rakp3,
            0x15 => Self::Rakp4,
            other => Self::Unknown(other),
        }
    }
}

impl From<PayloadType> for u8 {
    fn from(value: PayloadType) -> Self {
        match value {
            PayloadType::Ipmi => 0x00,
            PayloadType::Sol => 0x01,
            PayloadType::Oem => 0x02,
            PayloadType::OpenRequest => 0x10,
            PayloadType::OpenResponse => 0x11,
            PayloadType::Rakp1 => 0x12,
            PayloadType::Rakp2 => 0x13,
            PayloadType::Rakp3 => 0x14,
            PayloadType::Rakp4 => 0x15,
            PayloadType::Unknown(other) => other & 0x3f,
        }
    }
}

impl<'a> Packet<'a> {
    /// Parses a whole datagram whose RMCP class is IPMI.
    pub fn parse(datagram: &'a [u8]) -> Result<Self> {
        match rmcp::parse(datagram)? {
            (rmcp::Class::Ipmi, _, body) => Self::parse_body(body),
            (rmcp::Class::Asf, ..) => Err(Error::Invalid {
                what: "RMCP class",
                got: 6,
            }),
            (rmcp::Class::Unknown(class), ..) => Err(Error::Invalid {
                what: "RMCP class",
                got: class.into(),
            }),
        }
    }

    /// Parses what follows the RMCP header.
    pub fn parse_body(body: &'a [u8]) -> Result<Self> {
        let mut r = Reader::new("session header", body);
        match r.u8()? & 0x0f {
            AUTH_TYPE_RMCPP => V20::parse(body, r).map(Packet::V20),
            auth_type => V15::parse(auth_type, r).map(Packet::V15),
        }
    }
}

impl<'a> V15<'a> {
    fn parse(auth_type: u8, mut r: Reader<'a>) -> Result<Self> {
        let sequence = r.u32()?;
        let session = r.u32()?;
        let auth_code = if auth_type == 0 {
            None
        } else {
            Some(r.array()?)
        };
        let length = usize::from(r.u8()?);
        // Bytes after the payload are the legacy pad (section 13.6, note 1) or rubbish: neither is looked at.
        Ok(Self {
            auth_type,
            sequence,
            session,
            auth_code,
            payload: r.take(length)?,
        })
    }

    /// The whole datagram. `payload` must not be longer than 255 bytes: what is longer is cut.
    pub fn to_datagram(&self) -> Vec<u8> {
        let payload = &self.payload[..self.payload.len().min(255)];
        let mut out = rmcp::header(rmcp::Class::Ipmi, rmcp::NO_ACK).to_vec();
        out.push(self.auth_type);
        out.extend(self.sequence.to_le_bytes());
        out.extend(self.session.to_le_bytes());
        if self.auth_type != 0 {
            out.extend(self.auth_code.unwrap_or_default());
        }
        out.push(payload.len() as u8);
        out.extend_from_slice(payload);
        out
    }
}

impl<'a> V20<'a> {
    fn parse(covered: &'a [u8], mut r: Reader<'a>) -> Result<Self> {
        let kind = r.u8()?;
        let payload_type = PayloadType::from(kind);
        let oem = match payload_type {
            PayloadType::Oem => {
                let iana = r.u32()?;
                Some((iana & 0x00ff_ffff, r.u16()?))
            }
            _ => None,
        };
        let session = r.u32()?;
        let sequence = r.u32()?;
        let length = usize::from(r.u16()?);
        let payload = r.take(length)?;
        Ok(Self {
            encrypted: kind & ENCRYPTED != 0,
            authenticated: kind & AUTHENTICATED != 0,
            payload_type,
            oem,
            session,
            sequence,
            payload,
            trailer: r.rest(),
            covered,
        })
    }

    /// A whole datagram outside any session: neither encrypted nor authenticated, session and sequence 0.
    pub fn sessionless(payload_type: PayloadType, payload: &[u8]) -> Vec<u8> {
        let mut out = rmcp::header(rmcp::Class::Ipmi, rmcp::NO_ACK).to_vec();
        out.extend(v20_header(payload_type, false, false, 0, 0, payload.len()));
        out.extend_from_slice(payload);
        out
    }
}

/// The RMCP+ session header: what stands between the RMCP header and the payload. Lengths beyond 16 bits are cut;
/// no caller has such payloads.
pub fn v20_header(
    payload_type: PayloadType,
    encrypted: bool,
    authenticated: bool,
    session: u32,
    sequence: u32,
    length: usize,
) -> [u8; 12] {
    let kind = u8::from(payload_type)
        | if encrypted { ENCRYPTED } else { 0 }
        | if authenticated { AUTHENTICATED } else { 0 };
    let mut out = [0; 12];
    out[0] = AUTH_TYPE_RMCPP;
    out[1] = kind;
    out[2..6].copy_from_slice(&session.to_le_bytes());
    out[6..10].copy_from_slice(&sequence.to_le_bytes());
    out[10..12].copy_from_slice(&(length as u16).to_le_bytes());
    out
}

/// The authentication type that marks RMCP+ framing.
pub const AUTH_TYPE_RMCPP: u8 = 0x06;

const ENCRYPTED: u8 = 0x80;
const AUTHENTICATED: u8 = 0x40;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipmi_1_5_packet_reads_back_as_written() {
        for auth_code in [None, Some([7; 16])] {
            let packet = V15 {
                auth_type: if auth_code.is_some() { 2 } else { 0 },
                sequence: 5,
                session: 0x0102_0304,
                auth_code,
                payload: &[1, 2, 3],
            };
            let bytes = packet.to_datagram();
            assert_eq!(Packet::parse(&bytes), Ok(Packet::V15(packet)));
            for len in 0..bytes.len() {
                assert!(Packet::parse(&bytes[..len]).is_err(), "{len}");
            }
        }
    }

    #[test]
    fn a_sessionless_rmcpp_packet_reads_back_as_written() {
        for kind in 0..=0x3f {
            let payload_type = PayloadType::from(kind);
            assert_eq!(u8::from(payload_type), kind);
            if payload_type == PayloadType::Oem {
                continue;
            }
            let bytes = V20::sessionless(payload_type, &[9; 40]);
            let Ok(Packet::V20(packet)) = Packet::parse(&bytes) else {
                panic!("{kind}")
            };
            assert_eq!(
                (packet.payload_type, packet.session, packet.sequence),
                (payload_type, 0, 0)
            );
            assert_eq!((packet.payload, packet.trailer), (&[9; 40][..], &[][..]));
            assert!(!packet.encrypted && !packet.authenticated);
        }
    }

    #[test]
    fn an_oem_payload_names_its_owner() {
        let bytes = [
            6, 0, 0xff, 7, 6, 2, 0xd9, 0x7e, 0, 0, 5, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0xaa,
        ];
        let Ok(Packet::V20(packet)) = Packet::parse(&bytes) else {
            panic!()
        };
        assert_eq!(
            (packet.oem, packet.session, packet.payload),
            (Some((32473, 5)), 1, &[0xaa][..])
        );
    }
}
