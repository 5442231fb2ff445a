//! Fields of areas: a byte of type and length, and the text's bytes (section 13 of the storage definition).

use crate::sdr;
use crate::wire::text::{hex, up_to_nul};

/// The fields of an area, one after the other.
#[derive(Clone, Debug)]
pub struct Fields<'a> {
    area: &'a [u8],
    at: usize,
    wide: bool,
}

/// A field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field {
    /// Where its byte of type and length stands.
    pub at: usize,
    /// Where the next one begins.
    pub next: usize,
    /// The text, up to its first zero byte: nothing where there is none.
    pub text: Vec<u8>,
}

impl<'a> Fields<'a> {
    /// The fields of `area` from `at` on, in the language with this code.
    pub fn new(area: &'a [u8], at: usize, language: u8) -> Self {
        Self {
            area,
            at,
            wide: !ENGLISH.contains(&language),
        }
    }

    /// Whether there are no more: the area, or the list of fields, is at its end.
    pub fn at_end(&self) -> bool {
        matches!(self.area.get(self.at), None | Some(&END))
    }
}

/// The next field, [`Fields::at_end`] or not, while there is anything.
impl Iterator for Fields<'_> {
    type Item = Field;

    fn next(&mut self) -> Option<Field> {
        let at = self.at;
        let code = *self.area.get(at)?;
        let length = usize::from(code & LENGTH);
        let rest = self.area.get(at + 1..).unwrap_or(&[]);
        let bytes = rest.get(..length).unwrap_or(rest);
        self.at = at + 1 + length;
        Some(Field {
            at,
            next: self.at,
            text: decode(code >> 6, bytes, self.wide),
        })
    }
}

/// The text of bytes of a type.
fn decode(kind: u8, bytes: &[u8], wide: bool) -> Vec<u8> {
    match kind {
        BINARY => hex(bytes).into_bytes(),
        BCD_PLUS => bytes
            .iter()
            .flat_map(|byte| [byte >> 4, byte & 0x0f])
            .filter_map(|digit| BCD_PLUS_DIGITS.get(usize::from(digit)).copied())
            .collect(),
        SIX_BIT => bytes.chunks(3).flat_map(six_bit).collect(),
        _ => {
            let utf16 = if wide {
                sdr::text::decode(UTF_16, bytes)
            } else {
                None
            };
            utf16.unwrap_or_else(|| up_to_nul(bytes).to_vec())
        }
    }
}

/// Four characters of up to three bytes; bits that are not there are zero.
fn six_bit(group: &[u8]) -> [u8; 4] {
    let byte = |index: usize| u32::from(group.get(index).copied().unwrap_or(0));
    let bits = byte(0) | byte(1) << 8 | byte(2) << 16;
    [0, 6, 12, 18].map(|shift| 0x20 + ((bits >> shift) & 0x3f).to_le_bytes()[0])
}

/// Stands behind the last field.
pub const END: u8 = 0xc1;

/// The bits of a field's first byte that are its length.
const LENGTH: u8 = 0x3f;

/// Types of fields; 3 is text of eight bits, or of sixteen in other languages than English.
const BINARY: u8 = 0;
const BCD_PLUS: u8 = 1;
const SIX_BIT: u8 = 2;

/// As a name of a sensor has it.
const UTF_16: u8 = 0x00;

/// Language codes.
const ENGLISH: [u8; 2] = [0, 25];

const BCD_PLUS_DIGITS: &[u8; 16] = b"0123456789 -.:,_";

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(area: &[u8], language: u8) -> Vec<String> {
        Fields::new(area, 0, language)
            .map(|field| String::from_utf8_lossy(&field.text).into_owned())
            .collect()
    }

    #[test]
    fn each_type_is_unpacked() {
        assert_eq!(texts(&[0x02, 0xde, 0xad], 0), ["dead"]);
        assert_eq!(texts(&[0x42, 0x01, 0xbf], 0), ["01-_"]);
        // The storage definition's own example.
        assert_eq!(texts(&[0x83, 0x29, 0xdc, 0xa6], 0), ["IPMI"]);
        assert_eq!(texts(&[0xc4, b'a', b'b', 0, b'c'], 0), ["ab"]);
    }

    #[test]
    fn six_bit_text_is_filled_up_to_four_characters() {
        assert_eq!(texts(&[0x84, 0x29, 0xdc, 0xa6, 0x29], 0), ["IPMII   "]);
        assert_eq!(texts(&[0x81, 0x29, 0xc1, b'A'], 0), ["I   ", "A"]);
    }

    #[test]
    fn text_of_sixteen_bits_is_read_where_the_language_has_it() {
        let area = [0xc6, b'A', 0, 0xfc, 0, b'C', 0];
        assert_eq!(texts(&area, 5), ["AüC"]);
        assert_eq!(texts(&area, 25), ["A"]);
        assert_eq!(texts(b"\xc4abcd", 5), ["abcd"]);
        assert_eq!(
            texts(b"\xc3a\xe4d", 5),
            [String::from_utf8_lossy(b"a\xe4d")]
        );
    }

    #[test]
    fn a_field_that_is_longer_than_its_area_ends_there() {
        let mut fields = Fields::new(&[0xc9, b'A', b'B'], 0, 0);
        let field = fields.next().unwrap();
        assert_eq!((&field.text[..], field.next), (&b"AB"[..], 10));
        assert!(fields.at_end());
        assert_eq!(fields.next(), None);
    }

    #[test]
    fn any_bytes_are_fields_of_bounded_length() {
        for code in 0..=0xff {
            for language in [0, 1, 25] {
                for length in 0..70 {
                    for fill in [0, 0x7f, 0xd8, 0xff] {
                        let area = [&[code], &vec![fill; length][..]].concat();
                        for field in Fields::new(&area, 0, language) {
                            assert!(field.text.len() <= 3 * 63);
                        }
                    }
                }
            }
        }
    }
}
