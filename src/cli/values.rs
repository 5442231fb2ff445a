//! Values of options that are more than a number: keys, levels, types.

use super::context::{AuthType, Privilege};
use super::secret::Secret;

/// Why a text is not a K_g in hexadecimal; stock's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Half a byte too many.
    #[error("Number of Kg key characters is not even")]
    Odd,
    /// Something else than digits and a to f.
    #[error("Kg key is not hexadecimal number")]
    NotHexadecimal,
    /// More than 20 bytes.
    #[error("Kg key is too long")]
    TooLong,
}

/// `-y`: a key in hexadecimal, without prefix.
///
/// # Errors
///
/// [`KeyError`].
pub fn hexadecimal_key(text: &[u8]) -> Result<Option<Secret>, KeyError> {
    if !text.len().is_multiple_of(2) {
        return Err(KeyError::Odd);
    }
    let key = text
        .chunks(2)
        .map(hexadecimal_byte)
        .collect::<Option<Vec<u8>>>()
        .ok_or(KeyError::NotHexadecimal)?;
    if key.len() > MAX_KEY {
        return Err(KeyError::TooLong);
    }
    Ok(usable_key(Secret::new(key)))
}

/// `-L` without its `+`, in either case.
pub fn privilege(text: &[u8]) -> Privilege {
    let known = PRIVILEGES
        .iter()
        .find(|(known, _)| known.as_bytes().eq_ignore_ascii_case(text));
    known.map_or(Privilege::Invalid, |(_, level)| *level)
}

/// A key given as text: cut at 20 bytes, as stock does.
pub fn text_key(key: Secret) -> Option<Secret> {
    let length = key.len().min(MAX_KEY);
    usable_key(Secret::new(key.bytes()[..length].to_vec()))
}

/// A key of zeros is no key.
fn usable_key(key: Secret) -> Option<Secret> {
    key.bytes().iter().any(|byte| *byte != 0).then_some(key)
}

fn hexadecimal_byte(pair: &[u8]) -> Option<u8> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let [high, low] = pair else { return None };
    u8::try_from(digit(high)? << 4 | digit(low)?).ok()
}

/// `-A`, in either case.
pub fn auth_type(text: &[u8]) -> AuthType {
    let known = AUTH_TYPES
        .iter()
        .find(|(known, _)| known.as_bytes().eq_ignore_ascii_case(text));
    known.map_or(AuthType::Invalid, |(_, kind)| *kind)
}

/// Zero means unset.
pub fn unless_zero<T: Default + PartialEq>(number: T) -> Option<T> {
    (number != T::default()).then_some(number)
}

/// C's `%#x`: zero has no prefix.
pub fn alternate_hexadecimal(number: u8) -> String {
    if number == 0 {
        String::from("0")
    } else {
        format!("{number:#x}")
    }
}

/// Bytes of K_g.
const MAX_KEY: usize = 20;

const PRIVILEGES: [(&str, Privilege); 6] = [
    ("CALLBACK", Privilege::Callback),
    ("USER", Privilege::User),
    ("OPERATOR", Privilege::Operator),
    ("ADMINISTRATOR", Privilege::Administrator),
    ("OEM", Privilege::Oem),
    ("NO ACCESS", Privilege::NoAccess),
];

const AUTH_TYPES: [(&str, AuthType); 5] = [
    ("NONE", AuthType::None),
    ("MD2", AuthType::Md2),
    ("MD5", AuthType::Md5),
    ("PASSWORD", AuthType::Password),
    ("OEM", AuthType::Oem),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hexadecimal_key_is_even_hexadecimal_and_at_most_20_bytes() {
        let key = |text: &str| {
            hexadecimal_key(text.as_bytes()).map(|key| key.map(|key| key.bytes().to_vec()))
        };
        assert_eq!(key("00fFa0"), Ok(Some(vec![0x00, 0xff, 0xa0])));
        assert_eq!(key("000"), Err(KeyError::Odd));
        assert_eq!(key("0x00"), Err(KeyError::NotHexadecimal));
        assert_eq!(key(&"11".repeat(20)), Ok(Some(vec![0x11; 20])));
        assert_eq!(key(&"11".repeat(21)), Err(KeyError::TooLong));
    }

    #[test]
    fn a_key_of_nothing_or_zeros_is_no_key() {
        assert_eq!(hexadecimal_key(b""), Ok(None));
        assert_eq!(hexadecimal_key(b"0000"), Ok(None));
        assert_eq!(text_key(Secret::new(Vec::new())), None);
    }

    #[test]
    fn a_key_given_as_text_is_cut_at_20_bytes() {
        let key = text_key(Secret::new(vec![b'k'; 30])).unwrap();
        assert_eq!(key.bytes(), [b'k'; 20]);
    }

    #[test]
    fn levels_and_types_are_whole_words_in_either_case() {
        assert_eq!(privilege(b"operator"), Privilege::Operator);
        assert_eq!(privilege(b"ADMIN"), Privilege::Invalid);
        assert_eq!(auth_type(b"none"), AuthType::None);
        assert_eq!(auth_type(b"MD"), AuthType::Invalid);
        assert_eq!((unless_zero(0u8), unless_zero(7u8)), (None, Some(7)));
    }
}
