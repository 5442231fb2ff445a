//! Authentication codes of IPMI 1.5 (IPMI 2.0 section 22.17.1).

use md2::Md2;
use md5::{Digest as _, Md5};
use subtle::ConstantTimeEq as _;

/// Authentication type 'none'.
pub(super) const NONE: u8 = 0;
/// Authentication type MD2.
pub(super) const MD2: u8 = 1;
/// Authentication type MD5.
pub(super) const MD5: u8 = 2;
/// Authentication type 'straight password / key'.
pub(super) const PASSWORD: u8 = 4;

/// The code of a packet; `None` for types that have none.
pub(super) fn code(
    auth_type: u8,
    key: &[u8; 16],
    session: u32,
    sequence: u32,
    payload: &[u8],
) -> Option<[u8; 16]> {
    let (session, sequence) = (session.to_le_bytes(), sequence.to_le_bytes());
    let parts: [&[u8]; 5] = [key, &session, payload, &sequence, key];
    match auth_type {
        MD2 => Some(
            parts
                .iter()
                .fold(Md2::new(), |hash, part| hash.chain_update(part))
                .finalize()
                .into(),
        ),
        MD5 => Some(
            parts
                .iter()
                .fold(Md5::new(), |hash, part| hash.chain_update(part))
                .finalize()
                .into(),
        ),
        PASSWORD => Some(*key),
        _ => None,
    }
}

/// Whether a packet's code is right, compared in constant time.
pub(super) fn matches(want: Option<[u8; 16]>, got: Option<[u8; 16]>) -> bool {
    match (want, got) {
        (Some(want), Some(got)) => bool::from(want.ct_eq(&got)),
        (None, None) => true,
        _ => false,
    }
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
}
