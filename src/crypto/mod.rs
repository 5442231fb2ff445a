//! Cipher suites, keys, seal and open (IPMI 2.0 sections 13.28 to 13.33), and the authentication codes of IPMI 1.5, for
//! both sides of a session.
//!
//! Nothing here draws random numbers: initialization vectors are arguments. Tags are compared in constant time and
//! keys are wiped when dropped. Nothing panics on what a packet holds; [`open`](seal::SessionKeys::open) verifies
//! the integrity of a packet before it decrypts or believes any of it.

pub mod auth_code;
pub mod rakp;
pub mod seal;
pub mod suite;

use hmac::{Hmac, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A password or K_g: at most `N` bytes, zero-padded as IPMI keys are, wiped when dropped.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Key<const N: usize>([u8; N]);

/// A password or K_g of IPMI 2.0.
pub type Key20 = Key<20>;

/// A password of IPMI 1.5.
pub type Key16 = Key<16>;

impl<const N: usize> Key<N> {
    /// The key made of `bytes`; `None` if there are more than `N`.
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let mut key = [0; N];
        key.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(Self(key))
    }

    /// All zeros: what stands for no password.
    pub fn null() -> Self {
        Self([0; N])
    }

    /// The `N` bytes.
    pub fn bytes(&self) -> &[u8; N] {
        &self.0
    }

    /// Whether it is all zeros: an empty password, or 'no K_g'.
    pub fn is_null(&self) -> bool {
        self.0 == [0; N]
    }
}

impl<const N: usize> std::fmt::Debug for Key<N> {
    /// Never the key itself.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key{N}(..)")
    }
}

/// A keyed hash of the RAKP algorithms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hash {
    Md5,
    Sha1,
    Sha256,
}

impl Hash {
    /// HMAC over the concatenation of `parts`.
    pub(crate) fn hmac(self, key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
        match self {
            Self::Md5 => mac::<Hmac<Md5>>(key, parts),
            Self::Sha1 => mac::<Hmac<Sha1>>(key, parts),
            Self::Sha256 => mac::<Hmac<Sha256>>(key, parts),
        }
    }
}

fn mac<M: Mac + hmac::digest::KeyInit>(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    // An HMAC takes keys of every length, so that this branch is never taken; an empty tag matches nothing.
    let Ok(mut mac) = <M as Mac>::new_from_slice(key) else {
        return Vec::new();
    };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().to_vec()
}

/// Compares two tags in constant time; empty ones never match.
pub(crate) fn tags_match(a: &[u8], b: &[u8]) -> bool {
    !a.is_empty() && bool::from(a.ct_eq(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hmac_gives_the_values_of_rfc_2202_and_4231() {
        let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
        let data: &[u8] = b"what do ya want for nothing?";
        assert_eq!(
            hex(&Hash::Md5.hmac(b"Jefe", &[data])),
            "750c783e6ab0b503eaa86e310a5db738"
        );
        assert_eq!(
            hex(&Hash::Sha1.hmac(b"Jefe", &[data])),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"
        );
        assert_eq!(
            hex(&Hash::Sha256.hmac(b"Jefe", &[&data[..5], &data[5..]])),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn a_key_of_more_than_20_bytes_is_refused_and_none_is_ever_printed() {
        assert!(Key20::new(&[1; 21]).is_none());
        assert_eq!(format!("{:?}", Key20::new(b"secret").unwrap()), "Key20(..)");
        assert!(Key20::new(b"").unwrap().is_null());
    }

    #[test]
    fn an_empty_tag_matches_nothing() {
        assert!(!tags_match(&[], &[]));
        assert!(tags_match(&[1], &[1]));
        assert!(!tags_match(&[1], &[1, 2]));
    }
}
