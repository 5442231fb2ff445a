//! What a relay knows of RMCP+ packets, and what it notes about each.

use std::time::Instant;

use super::Direction;

/// One packet that came to the relay.
#[derive(Debug, Clone)]
pub struct Packet {
    /// When.
    pub at: Instant,
    /// Which way it went.
    pub direction: Direction,
    /// As it came.
    pub bytes: Vec<u8>,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Went on, perhaps late, perhaps twice.
    Passed,
    /// Went on with a wrong last byte.
    Corrupted,
    /// Lost.
    Dropped,
    /// Made by the relay itself: a replay or a forgery.
    Injected,
}

/// The payload type of an RMCP+ packet (IPMI 2.0, table 13-16): 0 IPMI message, 1 SOL, 10h and up session setup.
/// None for anything else.
pub fn payload_type(bytes: &[u8]) -> Option<u8> {
    let rmcp_plus =
        bytes.first() == Some(&0x06) && bytes.get(3) == Some(&0x07) && bytes.get(4) == Some(&0x06);
    bytes.get(5).filter(|_| rmcp_plus).map(|octet| octet & 0x3f)
}

/// The session id of an RMCP+ packet.
pub fn session_id(bytes: &[u8]) -> Option<u32> {
    payload_type(bytes)?;
    Some(u32::from_le_bytes(bytes.get(6..10)?.try_into().ok()?))
}

/// True for a packet of a session whose integrity is protected.
pub fn is_secured(bytes: &[u8]) -> bool {
    payload_type(bytes).is_some() && bytes.get(5).is_some_and(|octet| octet & 0x40 != 0)
}

/// True for an authenticated packet of an IPMI 1.5 session, or of its activation.
pub fn is_of_v15(bytes: &[u8]) -> bool {
    bytes.get(3) == Some(&0x07) && matches!(bytes.get(4), Some(1 | 2 | 4 | 5))
}

/// 'Unauthorized name' in place of an answer of session set-up (Open Session, RAKP Message 2 or 4).
pub fn refused(answer: &[u8]) -> Option<Vec<u8>> {
    let kind = payload_type(answer)?;
    let mut bytes = answer.get(..24)?.to_vec();
    bytes[14..16].copy_from_slice(&8_u16.to_le_bytes());
    bytes[17] = 0x0d;
    matches!(kind, 0x11 | 0x13 | 0x15).then_some(bytes)
}

/// A packet like `like`, `ahead` further on in the session's sequence, with noise where the payload and the
/// integrity code were.
pub fn forged(like: &[u8], ahead: u32) -> Vec<u8> {
    let mut bytes = like.to_vec();
    if let Some(Ok(sequence)) = bytes.get(10..14).map(<[u8; 4]>::try_from) {
        let next = u32::from_le_bytes(sequence).wrapping_add(ahead);
        bytes[10..14].copy_from_slice(&next.to_le_bytes());
    }
    // a stable noise, so that a failure can be repeated
    let mut noise = 0x9e37_79b9_u32 ^ ahead;
    bytes.iter_mut().skip(16).for_each(|octet| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *octet ^= (noise >> 24) as u8;
    });
    bytes
}
