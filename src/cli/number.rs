//! Numbers as C's `strtol` and `strtoul` with base 0 read them, which is how stock reads every number on its
//! command line: leading white space, a sign, `0x` and `0` prefixes; an empty text is 0; a minus sign wraps.

/// Why a text is not a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Something else stands in it, or after it.
    #[error("not a number")]
    Malformed,
    /// It does not fit.
    #[error("out of range")]
    OutOfRange,
}

/// A signed number of at most 32 bits (stock's `str2int`).
pub fn int(text: &[u8]) -> Result<i32, NumberError> {
    let (negative, magnitude) = parse(text)?;
    let value = if negative {
        -i128::from(magnitude)
    } else {
        i128::from(magnitude)
    };
    i32::try_from(value).map_err(|_| NumberError::OutOfRange)
}

/// An unsigned number of at most 32 bits (stock's `str2uint`); `-1` wraps at 64 bits and is thus out of range.
pub fn uint(text: &[u8]) -> Result<u32, NumberError> {
    unsigned(text)
}

/// An unsigned number of at most 16 bits (stock's `str2ushort`).
pub fn ushort(text: &[u8]) -> Result<u16, NumberError> {
    unsigned(text)
}

/// An unsigned number of at most 8 bits (stock's `str2uchar`).
pub fn uchar(text: &[u8]) -> Result<u8, NumberError> {
    unsigned(text)
}

fn unsigned<T: TryFrom<u64>>(text: &[u8]) -> Result<T, NumberError> {
    let (negative, magnitude) = parse(text)?;
    let value = if negative {
        magnitude.wrapping_neg()
    } else {
        magnitude
    };
    T::try_from(value).map_err(|_| NumberError::OutOfRange)
}

/// Sign and magnitude.
fn parse(text: &[u8]) -> Result<(bool, u64), NumberError> {
    if text.is_empty() {
        return Ok((false, 0));
    }
    let start = text
        .iter()
        .position(|byte| !is_space(*byte))
        .unwrap_or(text.len());
    let (negative, unsigned) = match &text[start..] {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let (radix, digits) = match unsigned {
        [b'0', b'x' | b'X', rest @ ..] => (16, rest),
        [b'0', rest @ ..] if !rest.is_empty() => (8, rest),
        rest => (10, rest),
    };
    if digits.is_empty() {
        return Err(NumberError::Malformed);
    }
    let mut value = Some(0u64);
    for byte in digits {
        let digit = char::from(*byte)
            .to_digit(radix)
            .ok_or(NumberError::Malformed)?;
        value = value.and_then(|value| {
            value
                .checked_mul(u64::from(radix))?
                .checked_add(u64::from(digit))
        });
    }
    value
        .map(|value| (negative, value))
        .ok_or(NumberError::OutOfRange)
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_c_reads_them_with_base_0() {
        assert_eq!(int(b""), Ok(0));
        assert_eq!(int(b" \t+0x10"), Ok(16));
        assert_eq!(int(b"-010"), Ok(-8));
        assert_eq!(int(b"2147483648"), Err(NumberError::OutOfRange));
        for text in [
            &b" "[..],
            b"-",
            b"0x",
            b"08",
            b"1 ",
            b"12a",
            b"\xff",
            b"--1",
            b"0x-1",
        ] {
            assert_eq!(int(text), Err(NumberError::Malformed), "{text:?}");
        }
    }

    #[test]
    fn a_minus_sign_wraps_unsigned_numbers_at_64_bits() {
        assert_eq!(uchar(b"-0"), Ok(0));
        assert_eq!(uchar(b"-1"), Err(NumberError::OutOfRange));
        assert_eq!(uint(b"-18446744073709551615"), Ok(1));
        assert_eq!(uint(b"18446744073709551616"), Err(NumberError::OutOfRange));
        assert_eq!(uchar(b"256"), Err(NumberError::OutOfRange));
        assert_eq!(ushort(b"0xffff"), Ok(65535));
    }
}
