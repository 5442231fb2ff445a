//! Sealing and opening RMCP+ session packets (IPMI 2.0 sections 13.28.4 and 13.29).

use aes::Aes128;
use cbc::cipher::{
    BlockDecryptMut as _, BlockEncryptMut as _, KeyIvInit as _, block_padding::NoPadding,
};
use hmac::digest::Digest;
use md5::Md5;
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::suite::{Confidentiality, Integrity, Suite};
use super::{Hash, Key20, tags_match};
use crate::wire::rmcp;
use crate::wire::session::{PayloadType, V20, v20_header};

/// Keys and algorithms of one session.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SessionKeys {
    #[zeroize(skip)]
    suite: Suite,
    k1: Vec<u8>,
    k2: [u8; 16],
    password: Key20,
}

/// Why a packet was not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Reject {
    /// The session's suite demands a tag and the packet has none.
    #[error("the packet is not authenticated, though the session is")]
    Unauthenticated,
    /// The tag is wrong, or the packet is too short to hold one.
    #[error("the packet's integrity code is wrong")]
    BadTag,
    /// The session's suite demands encryption and the payload is in the clear, or the other way round.
    #[error("the payload is encrypted, or not, against what was agreed")]
    Encryption,
    /// The payload's length or padding is wrong.
    #[error("the encrypted payload is malformed")]
    BadPayload,
}

impl SessionKeys {
    pub(super) fn new(suite: Suite, k1: Vec<u8>, k2_source: Vec<u8>, password: Key20) -> Self {
        let mut k2 = [0; 16];
        // All three hashes and the RAKP-none constant have at least 16 bytes.
        for (to, from) in k2.iter_mut().zip(&k2_source) {
            *to = *from;
        }
        Self {
            suite,
            k1,
            k2,
            password,
        }
    }

    /// The session's suite.
    pub fn suite(&self) -> Suite {
        self.suite
    }

    /// Whether packets carry an integrity code.
    pub fn authenticates(&self) -> bool {
        self.suite.integrity != Integrity::None
    }

    /// A whole datagram that carries `payload` to the side that calls the session `session`. `iv` must be fresh
    /// random bytes for every packet.
    pub fn seal(
        &self,
        payload_type: PayloadType,
        session: u32,
        sequence: u32,
        payload: &[u8],
        iv: [u8; 16],
    ) -> Vec<u8> {
        let encrypts = self.suite.confidentiality == Confidentiality::AesCbc128;
        let payload = if encrypts {
            self.encrypt(payload, iv)
        } else {
            payload.to_vec()
        };
        let mut out = Vec::with_capacity(payload.len() + MOST_AROUND);
        out.extend(rmcp::header(rmcp::Class::Ipmi, rmcp::NO_ACK));
        out.extend(v20_header(
            payload_type,
            encrypts,
            self.authenticates(),
            session,
            sequence,
            payload.len(),
        ));
        out.extend(payload);
        if self.authenticates() {
            let covered = out.len() - rmcp::HEADER_LEN;
            let pad = (covered + 2).next_multiple_of(4) - (covered + 2);
            out.extend(std::iter::repeat_n(0xff, pad));
            out.extend([pad as u8, NEXT_HEADER]);
            let tag = self.tag(&out[rmcp::HEADER_LEN..]);
            out.extend(tag);
        }
        out
    }

    /// The payload of a packet of this session, once its integrity is proven. Session id and sequence number are
    /// the caller's business, and so is replay.
    pub fn open(&self, packet: &V20<'_>) -> Result<Vec<u8>, Reject> {
        self.verify(packet)?;
        match (self.suite.confidentiality, packet.encrypted) {
            (Confidentiality::AesCbc128, true) => self.decrypt(packet.payload),
            (Confidentiality::None, false) => Ok(packet.payload.to_vec()),
            _ => Err(Reject::Encryption),
        }
    }

    fn verify(&self, packet: &V20<'_>) -> Result<(), Reject> {
        if !self.authenticates() {
            return Ok(());
        }
        if !packet.authenticated {
            return Err(Reject::Unauthenticated);
        }
        // The tag is the last thing in the datagram; at least pad length and next header stand before it.
        let tag_len = self.suite.integrity.tag_len();
        if packet.trailer.len() < tag_len + 2 {
            return Err(Reject::BadTag);
        }
        let (data, tag) = packet.covered.split_at(packet.covered.len() - tag_len);
        if tags_match(&self.tag(data), tag) {
            Ok(())
        } else {
            Err(Reject::BadTag)
        }
    }

    fn tag(&self, data: &[u8]) -> Vec<u8> {
        let mut tag = match self.suite.integrity {
            Integrity::None => Vec::new(),
            Integrity::HmacSha1 => Hash::Sha1.hmac(&self.k1, &[data]),
            Integrity::HmacMd5 => Hash::Md5.hmac(&self.k1, &[data]),
            Integrity::HmacSha256 => Hash::Sha256.hmac(&self.k1, &[data]),
            Integrity::Md5 => Md5::new()
                .chain_update(self.password.bytes())
                .chain_update(data)
                .chain_update(self.password.bytes())
                .finalize()
                .to_vec(),
        };
        tag.truncate(self.suite.integrity.tag_len());
        tag
    }

    /// IV, then payload, padding 1, 2, 3… and its length, encrypted.
    fn encrypt(&self, payload: &[u8], iv: [u8; 16]) -> Vec<u8> {
        let pad = (payload.len() + 1).next_multiple_of(BLOCK) - (payload.len() + 1);
        let mut out = Vec::with_capacity(BLOCK + payload.len() + pad + 1);
        out.extend(iv);
        out.extend_from_slice(payload);
        out.extend((1..=pad).map(|n| n as u8));
        out.push(pad as u8);
        let (_, blocks) = out.split_at_mut(BLOCK);
        let encrypted = cbc::Encryptor::<Aes128>::new(&self.k2.into(), &iv.into())
            .encrypt_padded_mut::<NoPadding>(blocks, payload.len() + pad + 1);
        if encrypted.is_err() {
            // Only an unpadded last block could do that: nothing leaves in the clear.
            out.zeroize();
        }
        out
    }

    fn decrypt(&self, payload: &[u8]) -> Result<Vec<u8>, Reject> {
        let Some((iv, body)) = payload.split_first_chunk::<BLOCK>() else {
            return Err(Reject::BadPayload);
        };
        let mut plain = cbc::Decryptor::<Aes128>::new(&self.k2.into(), iv.into())
            .decrypt_padded_vec_mut::<NoPadding>(body)
            .map_err(|_| Reject::BadPayload)?;
        let pad = usize::from(plain.pop().ok_or(Reject::BadPayload)?);
        // The value of the padding bytes is not checked: some BMCs leave other bytes there, and the tag has already
        // proven whose they are.
        let len = plain.len().checked_sub(pad).ok_or(Reject::BadPayload)?;
        if pad >= BLOCK {
            return Err(Reject::BadPayload);
        }
        plain.truncate(len);
        Ok(plain)
    }
}

impl std::fmt::Debug for SessionKeys {
    /// The suite, never the keys.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SessionKeys(suite {})", self.suite.id)
    }
}

const BLOCK: usize = 16;

/// Bytes around a payload at most: both headers, the pad with its length, the next header, the longest tag.
const MOST_AROUND: usize = rmcp::HEADER_LEN + 12 + 5 + 16;

const NEXT_HEADER: u8 = 0x07;

#[cfg(test)]
mod tests {
    use super::super::rakp::tests::exchange;
    use super::*;
    use crate::wire::session::Packet;

    fn open(keys: &SessionKeys, datagram: &[u8]) -> Option<Vec<u8>> {
        match Packet::parse(datagram) {
            Ok(Packet::V20(packet)) => keys.open(&packet).ok(),
            _ => None,
        }
    }

    #[test]
    fn every_suite_opens_what_it_sealed_at_every_length() {
        for suite in Suite::all() {
            let keys = exchange(suite.id).session_keys();
            for len in 0..70 {
                let payload: Vec<u8> = (0..len).collect();
                let datagram = keys.seal(PayloadType::Sol, 0x1234_5678, 9, &payload, [len; 16]);
                let Ok(Packet::V20(packet)) = Packet::parse(&datagram) else {
                    panic!()
                };
                assert_eq!((packet.session, packet.sequence), (0x1234_5678, 9));
                assert_eq!(keys.open(&packet), Ok(payload), "suite {}", suite.id);
            }
        }
    }

    #[test]
    fn no_flipped_bit_and_no_truncation_is_opened_under_a_suite_with_integrity() {
        for suite in Suite::all().filter(|suite| suite.integrity != Integrity::None) {
            let keys = exchange(suite.id).session_keys();
            let datagram = keys.seal(PayloadType::Ipmi, 1, 2, b"payload", [7; 16]);
            for bit in rmcp::HEADER_LEN * 8..datagram.len() * 8 {
                let mut bad = datagram.clone();
                bad[bit / 8] ^= 1 << (bit % 8);
                if bit / 8 == rmcp::HEADER_LEN && bad[bit / 8] & 0x0f == 6 {
                    continue; // the reserved upper half of the authentication type is covered, but try it below
                }
                assert_eq!(open(&keys, &bad), None, "suite {} bit {bit}", suite.id);
            }
            for len in 0..datagram.len() {
                assert_eq!(
                    open(&keys, &datagram[..len]),
                    None,
                    "suite {} length {len}",
                    suite.id
                );
            }
            let mut reserved = datagram.clone();
            reserved[rmcp::HEADER_LEN] |= 0xf0;
            assert_eq!(open(&keys, &reserved), None);
        }
    }

    #[test]
    fn another_session_s_key_opens_nothing() {
        let keys = exchange(17).session_keys();
        let other = super::super::rakp::Exchange {
            bmc_random: [9; 16],
            ..exchange(17)
        }
        .session_keys();
        assert_eq!(
            open(&other, &keys.seal(PayloadType::Ipmi, 1, 1, b"x", [0; 16])),
            None
        );
    }

    #[test]
    fn a_clear_packet_is_refused_where_encryption_was_agreed() {
        let keys = exchange(3).session_keys();
        let clear = V20::sessionless(PayloadType::Ipmi, b"payload");
        let Ok(Packet::V20(packet)) = Packet::parse(&clear) else {
            panic!()
        };
        assert_eq!(keys.open(&packet), Err(Reject::Unauthenticated));
    }

    #[test]
    fn keys_are_never_printed() {
        assert_eq!(
            format!("{:?}", exchange(17).session_keys()),
            "SessionKeys(suite 17)"
        );
    }
}
