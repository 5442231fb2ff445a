//! Authentication codes of IPMI 1.5 (IPMI 2.0 section 22.17.1).

use md2::Md2;
use md5::{Digest, Md5};
use subtle::ConstantTimeEq as _;

use super::Key16;
use crate::wire::text::up_to_nul;

/// Authentication type 'none'.
pub const NONE: u8 = 0;
/// Authentication type MD2.
pub const MD2: u8 = 1;
/// Authentication type MD5.
pub const MD5: u8 = 2;
/// Authentication type 'straight password / key'.
pub const PASSWORD: u8 = 4;
/// Authentication type 'OEM': whatever a maker holds for it; the packets carry a key as it is.
pub const OEM: u8 = 5;

/// The code of a packet; `None` for types that have none.
pub fn code(
    auth_type: u8,
    key: &[u8; 16],
    session: u32,
    sequence: u32,
    payload: &[u8],
) -> Option<[u8; 16]> {
    let (session, sequence) = (session.to_le_bytes(), sequence.to_le_bytes());
    let parts: [&[u8]; 5] = [key, &session, payload, &sequence, key];
    match auth_type {
        MD2 => Some(digest::<Md2>(&parts)),
        MD5 => Some(digest::<Md5>(&parts)),
        PASSWORD | OEM => Some(*key),
        _ => None,
    }
}

/// Whether a packet's code is right, compared in constant time.
pub fn matches(want: Option<[u8; 16]>, got: Option<[u8; 16]>) -> bool {
    match (want, got) {
        (Some(want), Some(got)) => bool::from(want.ct_eq(&got)),
        (None, None) => true,
        _ => false,
    }
}

/// The key that old Supermicro boards want in every packet instead of the password, whatever the type: a hash of the
/// challenge under the password's hash (ipmitool's `-o supermicro`).
pub fn supermicro_key(password: &Key16, challenge: &[u8; 16]) -> Key16 {
    let mut mixed: [u8; 16] = digest::<Md5>(&[up_to_nul(&password.0)]);
    for (byte, random) in mixed.iter_mut().zip(challenge) {
        *byte ^= random;
    }
    super::Key(digest::<Md5>(&[&mixed]))
}

fn digest<D: Digest>(parts: &[&[u8]]) -> [u8; 16]
where
    md5::digest::Output<D>: Into<[u8; 16]>,
{
    parts
        .iter()
        .fold(D::new(), |hash, part| hash.chain_update(part))
        .finalize()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_depends_on_everything_that_goes_into_it() {
        for auth_type in [MD2, MD5] {
            let good = code(auth_type, &[1; 16], 2, 3, b"x");
            assert!(matches(good, code(auth_type, &[1; 16], 2, 3, b"x")));
            assert!(!matches(good, code(auth_type, &[2; 16], 2, 3, b"x")));
            assert!(!matches(good, code(auth_type, &[1; 16], 3, 3, b"x")));
            assert!(!matches(good, code(auth_type, &[1; 16], 2, 4, b"x")));
            assert!(!matches(good, code(auth_type, &[1; 16], 2, 3, b"y")));
            assert!(!matches(good, None));
        }
        assert!(matches(code(NONE, &[1; 16], 2, 3, b"x"), None));
        assert!(!matches(code(NONE, &[1; 16], 2, 3, b"x"), Some([0; 16])));
    }

    #[test]
    fn a_supermicro_key_is_the_hash_of_the_challenge_under_the_passwords_hash() {
        // MD5("") is d41d8cd98f00b204e9800998ecf8427e: with that as the challenge, sixteen zeros are hashed.
        let empty = Key16::new(b"").unwrap();
        let challenge = [
            0xd4, 0x1d, 0x8c, 0xd9, 0x8f, 0x00, 0xb2, 0x04, 0xe9, 0x80, 0x09, 0x98, 0xec, 0xf8,
            0x42, 0x7e,
        ];
        let zeros: [u8; 16] = Md5::digest([0; 16]).into();
        assert_eq!(supermicro_key(&empty, &challenge).bytes(), &zeros);
        let other = Key16::new(b"secret").unwrap();
        assert_ne!(supermicro_key(&other, &challenge).bytes(), &zeros);
    }
}
