//! The presence ping (IPMI v2.0 section 13.2.3): whether anything that speaks IPMI answers, without a session.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use super::address;
use super::open::Target;
use crate::wire::{asf, rmcp};

/// What a pong says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pong {
    /// Supported entities: bit 7 is IPMI, bits 3 to 0 the version of ASF.
    pub entities: u8,
    /// The RMCP sequence number it came with.
    pub sequence: u8,
}

/// Why there is no pong.
#[derive(Debug, thiserror::Error)]
pub enum PingError {
    /// The host has no address, or none of the kind that may be used.
    #[error("Address lookup for {0} failed")]
    Lookup(String),
    /// The last address could not be reached.
    #[error("{0}")]
    Unreachable(#[from] io::Error),
    /// Nobody answered.
    #[error("no answer to the presence ping")]
    NoAnswer,
}

/// Asks each address of `target` in turn, `tries` times, and waits for `timeout` each time.
///
/// # Errors
///
/// [`PingError`]: of the last address, where none answers.
pub fn ping(target: &Target, timeout: Duration, tries: u32) -> Result<Pong, PingError> {
    let addresses = address::resolve(&target.host, target.port, target.family);
    let mut last = PingError::Lookup(target.host.clone());
    for address in addresses {
        match ping_at(address, timeout, tries) {
            Ok(Some(pong)) => return Ok(pong),
            Ok(None) => last = PingError::NoAnswer,
            Err(error) => last = error.into(),
        }
    }
    Err(last)
}

fn ping_at(address: SocketAddr, timeout: Duration, tries: u32) -> io::Result<Option<Pong>> {
    let any = if address.is_ipv4() {
        "0.0.0.0:0"
    } else {
        "[::]:0"
    };
    let socket = UdpSocket::bind(any)?;
    socket.connect(address)?;
    let mut buffer = [0; LONGEST];
    for tag in (0..tries.max(1)).map(|number| number.to_le_bytes()[0]) {
        socket.send(&asf::datagram(tag, asf::Message::Ping))?;
        let deadline = Instant::now() + timeout;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            socket.set_read_timeout(Some(left))?;
            match socket.recv(&mut buffer) {
                Ok(length) => {
                    if let Some(pong) = buffer.get(..length).and_then(pong) {
                        return Ok(Some(pong));
                    }
                }
                Err(error) if is_passing(&error) => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(None)
}

/// What a datagram says, if it is a pong.
fn pong(datagram: &[u8]) -> Option<Pong> {
    let (rmcp::Class::Asf, sequence, body) = rmcp::parse(datagram).ok()? else {
        return None;
    };
    match asf::parse(body).ok()? {
        (_, asf::Message::Pong { entities, .. }) => Some(Pong { entities, sequence }),
        _ => None,
    }
}

fn is_passing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted
    )
}

/// More than a pong has.
const LONGEST: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::network::Family;

    const BRIEF: Duration = Duration::from_millis(200);

    fn target(peer: &UdpSocket) -> Target {
        Target {
            host: "127.0.0.1".to_owned(),
            port: peer.local_addr().unwrap().port(),
            family: Family::Any,
        }
    }

    #[test]
    fn a_pong_is_found_behind_what_is_none() {
        let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
        let to = target(&peer);
        let asked = std::thread::spawn(move || ping(&to, Duration::from_secs(5), 1));
        let mut buffer = [0; 64];
        let (length, from) = peer.recv_from(&mut buffer).unwrap();
        assert_eq!(buffer[..length], asf::datagram(0, asf::Message::Ping));
        peer.send_to(b"junk", from).unwrap();
        let answer = asf::Message::Pong {
            entities: 0x81,
            interactions: 0,
        };
        peer.send_to(&asf::datagram(0, answer), from).unwrap();
        assert_eq!(asked.join().unwrap().unwrap().entities, 0x81);
    }

    #[test]
    fn silence_and_a_host_without_an_address_are_told_apart() {
        let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
        assert!(matches!(
            ping(&target(&peer), BRIEF, 2),
            Err(PingError::NoAnswer)
        ));
        let nowhere = Target {
            host: "nosuchhost.invalid".to_owned(),
            ..target(&peer)
        };
        assert!(matches!(
            ping(&nowhere, BRIEF, 1),
            Err(PingError::Lookup(_))
        ));
    }
}
