//! ASF presence ping and pong (IPMI 2.0 section 13.2.3 and 13.2.4).

use super::{Error, Reader, Result, rmcp};

/// A presence message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Message {
    /// 'Are you there?'
    Ping,
    /// 'I am', with what is spoken: bit 7 of `entities` is IPMI.
    Pong {
        /// Supported entities.
        entities: u8,
        /// Supported interactions.
        interactions: u8,
    },
    /// Another ASF message type.
    Unknown(u8),
}

/// Parses the body of an RMCP message of class ASF; returns the message tag and the message.
pub fn parse(body: &[u8]) -> Result<(u8, Message)> {
    let mut r = Reader::new("ASF message", body);
    let iana = u32::from_be_bytes(r.array()?);
    if iana != ASF_IANA {
        return Err(Error::Invalid {
            what: "ASF enterprise number",
            got: iana,
        });
    }
    let kind = r.u8()?;
    let tag = r.u8()?;
    r.u8()?;
    let length = usize::from(r.u8()?);
    let mut data = Reader::new("ASF data", r.take(length)?);
    Ok((
        tag,
        match kind {
            PING => Message::Ping,
            PONG => {
                data.take(8)?;
                Message::Pong {
                    entities: data.u8()?,
                    interactions: data.u8()?,
                }
            }
            other => Message::Unknown(other),
        },
    ))
}

/// A whole datagram that carries `message` under `tag`.
pub fn datagram(tag: u8, message: Message) -> Vec<u8> {
    let (kind, data) = match message {
        Message::Ping => (PING, Vec::new()),
        Message::Pong {
            entities,
            interactions,
        } => {
            let mut data = ASF_IANA.to_be_bytes().to_vec();
            data.extend([0, 0, 0, 0, entities, interactions, 0, 0, 0, 0, 0, 0]);
            (PONG, data)
        }
        Message::Unknown(kind) => (kind, Vec::new()),
    };
    let mut out = rmcp::header(rmcp::Class::Asf, rmcp::NO_ACK).to_vec();
    out.extend(ASF_IANA.to_be_bytes());
    out.extend([kind, tag, 0, data.len() as u8]);
    out.extend(data);
    out
}

const ASF_IANA: u32 = 4542;
const PING: u8 = 0x80;
const PONG: u8 = 0x40;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ping_and_pong_read_back_as_written() {
        for message in [
            Message::Ping,
            Message::Pong {
                entities: 0x81,
                interactions: 0,
            },
            Message::Unknown(0x43),
        ] {
            let bytes = datagram(9, message);
            let (class, _, body) = rmcp::parse(&bytes).unwrap();
            assert_eq!(class, rmcp::Class::Asf);
            assert_eq!(parse(body), Ok((9, message)));
            for len in 0..body.len() {
                assert!(parse(&body[..len]).is_err());
            }
        }
    }
}
