//! Bytes as text.

/// Hexadecimal digits, two for each byte, without blanks.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes up to the first zero, which ends a string of C; all where there is none.
pub fn up_to_nul(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_without_blanks() {
        assert_eq!(hex(&[0, 0x0a, 0xff]), "000aff");
        assert_eq!(hex(&[]), "");
    }

    #[test]
    fn a_string_of_c_ends_at_its_first_zero_or_with_its_bytes() {
        assert_eq!(up_to_nul(b"ab\0c\0"), b"ab");
        assert_eq!(up_to_nul(b"\0ab"), b"");
        assert_eq!(up_to_nul(b"ab"), b"ab");
        assert_eq!(up_to_nul(b""), b"");
    }
}
