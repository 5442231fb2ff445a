//! Cipher suites and their algorithms (IPMI 2.0 section 13.28, table 22-20).

use super::Hash;
use crate::wire::setup::AlgorithmNumbers;

/// A cipher suite that both sides of this crate speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suite {
    /// Cipher suite id.
    pub id: u8,
    /// How the two sides prove themselves.
    pub authentication: Authentication,
    /// How packets are protected from change.
    pub integrity: Integrity,
    /// How payloads are kept secret.
    pub confidentiality: Confidentiality,
}

impl Suite {
    /// The suite with this id, if it is spoken here: 0 to 3, 6 to 8, 11, 12, 15 to 17. The others use xRC4, which
    /// RFC 7465 buried.
    pub fn by_id(id: u8) -> Option<Self> {
        SUITES.into_iter().find(|suite| suite.id == id)
    }

    /// The suite made of these algorithms.
    pub fn by_algorithms(numbers: AlgorithmNumbers) -> Option<Self> {
        SUITES.into_iter().find(|suite| suite.numbers() == numbers)
    }

    /// Every suite spoken here, in the order of their ids.
    pub fn all() -> impl Iterator<Item = Self> {
        SUITES.into_iter()
    }

    /// What this suite does not protect, in words; `None`: all that a suite can.
    pub fn weakness(&self) -> Option<&'static str> {
        match (self.authentication, self.integrity, self.confidentiality) {
            (Authentication::None, ..) => Some("nobody is authenticated and nothing is protected"),
            (_, Integrity::None, _) => Some("packets can be read and forged on the way"),
            (_, _, Confidentiality::None) => Some("packets can be read on the way"),
            _ => None,
        }
    }

    /// The algorithm numbers as they stand in Open Session payloads.
    pub fn numbers(&self) -> AlgorithmNumbers {
        AlgorithmNumbers {
            authentication: self.authentication as u8,
            integrity: self.integrity as u8,
            confidentiality: self.confidentiality as u8,
        }
    }
}

/// Authentication algorithms (table 13-17).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authentication {
    /// RAKP-none: nobody proves anything.
    None = 0,
    /// RAKP-HMAC-SHA1.
    HmacSha1 = 1,
    /// RAKP-HMAC-MD5.
    HmacMd5 = 2,
    /// RAKP-HMAC-SHA256.
    HmacSha256 = 3,
}

impl Authentication {
    pub(crate) fn hash(self) -> Option<Hash> {
        match self {
            Self::None => None,
            Self::HmacSha1 => Some(Hash::Sha1),
            Self::HmacMd5 => Some(Hash::Md5),
            Self::HmacSha256 => Some(Hash::Sha256),
        }
    }

    /// Bytes of the integrity check value in RAKP Message 4: SHA1-96, MD5-128, SHA256-128.
    pub(crate) fn check_len(self) -> usize {
        match self {
            Self::None => 0,
            Self::HmacSha1 => 12,
            Self::HmacMd5 | Self::HmacSha256 => 16,
        }
    }
}

/// Integrity algorithms (table 13-18).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Integrity {
    /// Packets carry no tag.
    None = 0,
    /// HMAC-SHA1-96.
    HmacSha1 = 1,
    /// HMAC-MD5-128.
    HmacMd5 = 2,
    /// MD5-128, keyed by the password at both ends of the data.
    Md5 = 3,
    /// HMAC-SHA256-128.
    HmacSha256 = 4,
}

impl Integrity {
    /// Bytes of the tag.
    pub fn tag_len(self) -> usize {
        match self {
            Self::None => 0,
            Self::HmacSha1 => 12,
            Self::HmacMd5 | Self::Md5 | Self::HmacSha256 => 16,
        }
    }
}

/// Confidentiality algorithms (table 13-19).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confidentiality {
    /// Payloads are sent in the clear.
    None = 0,
    /// AES-CBC-128.
    AesCbc128 = 1,
}

const fn suite(
    id: u8,
    authentication: Authentication,
    integrity: Integrity,
    confidentiality: Confidentiality,
) -> Suite {
    Suite {
        id,
        authentication,
        integrity,
        confidentiality,
    }
}

const SUITES: [Suite; 12] = [
    suite(
        0,
        Authentication::None,
        Integrity::None,
        Confidentiality::None,
    ),
    suite(
        1,
        Authentication::HmacSha1,
        Integrity::None,
        Confidentiality::None,
    ),
    suite(
        2,
        Authentication::HmacSha1,
        Integrity::HmacSha1,
        Confidentiality::None,
    ),
    suite(
        3,
        Authentication::HmacSha1,
        Integrity::HmacSha1,
        Confidentiality::AesCbc128,
    ),
    suite(
        6,
        Authentication::HmacMd5,
        Integrity::None,
        Confidentiality::None,
    ),
    suite(
        7,
        Authentication::HmacMd5,
        Integrity::HmacMd5,
        Confidentiality::None,
    ),
    suite(
        8,
        Authentication::HmacMd5,
        Integrity::HmacMd5,
        Confidentiality::AesCbc128,
    ),
    suite(
        11,
        Authentication::HmacMd5,
        Integrity::Md5,
        Confidentiality::None,
    ),
    suite(
        12,
        Authentication::HmacMd5,
        Integrity::Md5,
        Confidentiality::AesCbc128,
    ),
    suite(
        15,
        Authentication::HmacSha256,
        Integrity::None,
        Confidentiality::None,
    ),
    suite(
        16,
        Authentication::HmacSha256,
        Integrity::HmacSha256,
        Confidentiality::None,
    ),
    suite(
        17,
        Authentication::HmacSha256,
        Integrity::HmacSha256,
        Confidentiality::AesCbc128,
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_suites_with_integrity_and_secrecy_have_no_weakness() {
        let sound: Vec<u8> = Suite::all()
            .filter(|suite| suite.weakness().is_none())
            .map(|suite| suite.id)
            .collect();
        assert_eq!(sound, [3, 8, 12, 17]);
    }

    #[test]
    fn a_suite_is_found_by_its_id_and_by_its_algorithms_and_by_nothing_else() {
        for id in 0..=255 {
            match Suite::by_id(id) {
                Some(suite) => assert_eq!(Suite::by_algorithms(suite.numbers()), Some(suite)),
                None => assert!(![0, 1, 2, 3, 6, 7, 8, 11, 12, 15, 16, 17].contains(&id)),
            }
        }
        let odd = AlgorithmNumbers {
            authentication: 0,
            integrity: 4,
            confidentiality: 1,
        };
        assert_eq!(Suite::by_algorithms(odd), None);
    }
}
