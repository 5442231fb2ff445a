//! Strings with a type/length byte, in sensor records and FRU areas (specification section 43.15).

use serde::Deserialize;

/// How a string is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// Eight bits for each character, ASCII and Latin-1.
    #[default]
    Latin1,
    /// Six-bit packed ASCII: space to underscore.
    #[serde(rename = "6bit")]
    SixBit,
    /// BCD plus: digits, space, dash and dot.
    Bcd,
    /// Bytes given in hexadecimal.
    Binary,
}

impl Encoding {
    /// The bytes of a text and their type code (0..=3, bits 7:6 of the type/length byte), for use in FRU areas.
    ///
    /// # Errors
    /// What the text must look like.
    pub fn encode(self, text: &str) -> Result<(u8, Vec<u8>), String> {
        match self {
            Self::Binary => hex(text).map(|bytes| (0, bytes)),
            Self::Bcd => bcd(text).map(|bytes| (1, bytes)),
            Self::SixBit => six_bit(text).map(|bytes| (2, bytes)),
            Self::Latin1 => latin1(text).map(|bytes| (3, bytes)),
        }
    }
}

/// The bytes that pairs of hexadecimal digits stand for; blanks between them are free.
///
/// # Errors
/// What would be right.
pub fn hex(text: &str) -> Result<Vec<u8>, String> {
    let wrong = || format!("'{text}' is not hexadecimal: pairs of digits like \"01 af\" are");
    let digits: Vec<u8> = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| {
            c.to_digit(16)
                .and_then(|d| u8::try_from(d).ok())
                .ok_or_else(wrong)
        })
        .collect::<Result<_, _>>()?;
    if digits.len() % 2 == 1 {
        return Err(wrong());
    }
    Ok(digits
        .chunks_exact(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect())
}

fn latin1(text: &str) -> Result<Vec<u8>, String> {
    text.chars()
        .map(|c| {
            u8::try_from(u32::from(c))
                .map_err(|_| format!("'{c}' in '{text}' is not a Latin-1 character"))
        })
        .collect()
}

fn six_bit(text: &str) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    let (mut bits, mut count) = (0u32, 0);
    for c in text.chars() {
        let code = u32::from(c).wrapping_sub(0x20);
        if code > 0x3f {
            return Err(format!(
                "'{c}' in '{text}' is not 6-bit ASCII: capital letters, digits and signs are"
            ));
        }
        bits |= code << count;
        count += 6;
        while count >= 8 {
            out.push((bits & 0xff) as u8);
            bits >>= 8;
            count -= 8;
        }
    }
    if count > 0 {
        out.push((bits & 0xff) as u8);
    }
    Ok(out)
}

fn bcd(text: &str) -> Result<Vec<u8>, String> {
    let nibble = |c| match c {
        '0'..='9' => Ok(c as u8 - b'0'),
        ' ' => Ok(0x0a),
        '-' => Ok(0x0b),
        '.' => Ok(0x0c),
        _ => Err(format!(
            "'{c}' in '{text}' is not BCD plus: digits, blank, '-' and '.' are"
        )),
    };
    let mut nibbles: Vec<u8> = text.chars().map(nibble).collect::<Result<_, _>>()?;
    if nibbles.len() % 2 == 1 {
        nibbles.push(0x0a);
    }
    // The first character stands in the high half.
    Ok(nibbles
        .chunks_exact(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_specifications_example_of_packed_ascii_comes_out() {
        // "IPMI" is 29 DC A6 (FRU specification, section 13).
        assert_eq!(
            Encoding::SixBit.encode("IPMI"),
            Ok((2, vec![0x29, 0xdc, 0xa6]))
        );
    }

    #[test]
    fn a_wrong_character_is_named() {
        assert!(Encoding::SixBit.encode("a").unwrap_err().contains("'a'"));
        assert!(Encoding::Bcd.encode("1x").unwrap_err().contains("'x'"));
        assert!(hex("0g").is_err() && hex("123").is_err());
        assert_eq!(hex("01 aF"), Ok(vec![1, 0xaf]));
        assert!(Encoding::Latin1.encode("€").is_err());
    }
}
