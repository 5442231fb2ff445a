//! Names of sensors, IPMI v2.0 section 43.15.

/// The text of `bytes` of this type (the two upper bits of `code`), where it is not the bytes themselves.
///
/// Many records say a wrong type and hold plain ASCII: bytes that can be read as they are stay as they are.
pub fn decode(code: u8, bytes: &[u8]) -> Option<Vec<u8>> {
    if bytes.iter().all(|byte| matches!(byte, 0x20..=0x7e)) {
        return None;
    }
    match code >> 6 {
        UTF_16 => utf16(bytes),
        BCD_PLUS => Some(bcd_plus(bytes)),
        SIX_BIT => Some(six_bit(bytes)),
        _ => None,
    }
}

fn utf16(bytes: &[u8]) -> Option<Vec<u8>> {
    let (units, rest) = bytes.as_chunks::<2>();
    // A zero in the lower byte of each pair would be the other byte order; a text has neither.
    let plausible = rest.is_empty() && units.iter().any(|[_, high]| *high == 0);
    let units: Vec<u16> = units
        .iter()
        .map(|pair| u16::from_le_bytes(*pair))
        .take_while(|unit| *unit != 0)
        .collect();
    (plausible && !units.is_empty()).then(|| String::from_utf16_lossy(&units).into_bytes())
}

fn bcd_plus(bytes: &[u8]) -> Vec<u8> {
    let nibbles = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0x0f]);
    nibbles
        .filter_map(|nibble| BCD_PLUS_DIGITS.get(usize::from(nibble)).copied())
        .collect()
}

/// Four characters in three bytes, the first in the lowest bits.
fn six_bit(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len() * 4 / 3 + 1);
    let (mut bits, mut count) = (0u32, 0);
    for byte in bytes {
        bits |= u32::from(*byte) << count;
        count += 8;
        while count >= 6 {
            text.push(0x20 + (bits.to_le_bytes()[0] & 0x3f));
            bits >>= 6;
            count -= 6;
        }
    }
    text
}

const UTF_16: u8 = 0;
const BCD_PLUS: u8 = 1;
const SIX_BIT: u8 = 2;
const BCD_PLUS_DIGITS: &[u8; 16] = b"0123456789 -.:,_";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_is_unpacked() {
        // "IPMI" is the specification's own example of packed ASCII (FRU specification, section 13.3).
        assert_eq!(decode(0x83, &[0x29, 0xdc, 0xa6]).unwrap(), b"IPMI");
        assert_eq!(decode(0x42, &[0x01, 0xbf]).unwrap(), b"01-_");
        assert_eq!(decode(0x04, b"F\x001\x00").unwrap(), b"F1");
    }

    #[test]
    fn what_can_be_read_stays_as_it_is() {
        for code in [0x04, 0x44, 0x84, 0xc4] {
            assert_eq!(decode(code, b"Fan1"), None);
        }
        assert_eq!(decode(0xc2, &[0xb5, 0x20]), None);
        assert_eq!(decode(0x03, b"\x01\x02\x03"), None);
    }

    #[test]
    fn any_bytes_are_a_text_of_bounded_length() {
        for code in 0..=0xff {
            for length in 0..32 {
                for fill in [0, 0x7f, 0x80, 0xd8, 0xff] {
                    if let Some(text) = decode(code, &vec![fill; length]) {
                        assert!(text.len() <= 3 * length);
                    }
                }
            }
        }
    }
}
