//! IPv4 and MAC addresses: as arguments and as text.
//!
//! Stock reads them with `sscanf`, which takes signs, blanks, and anything after the last number; here that is refused,
//! for what is typed is written into the BMC.

/// An IPv4 address: four decimal numbers, leading zeros allowed.
///
/// # Errors
///
/// Stock's line.
pub fn ipv4(word: &str) -> Result<[u8; 4], String> {
    parts(word, '.', |part| {
        part.bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| part.parse().ok())?
    })
    .ok_or_else(|| format!("Invalid IP address: {word}"))
}

/// A MAC address: six hexadecimal numbers of one or two digits.
///
/// # Errors
///
/// Stock's line.
pub fn mac(word: &str) -> Result<[u8; 6], String> {
    parts(word, ':', |part| {
        let digits = part.bytes().all(|byte| byte.is_ascii_hexdigit());
        (part.len() <= 2 && digits).then(|| u8::from_str_radix(part, 16).ok())?
    })
    .ok_or_else(|| format!("Invalid MAC address: {word}"))
}

fn parts<const N: usize>(
    word: &str,
    separator: char,
    read: impl Fn(&str) -> Option<u8>,
) -> Option<[u8; N]> {
    let bytes: Option<Vec<u8>> = word.split(separator).map(read).collect();
    bytes?.try_into().ok()
}

/// `1.2.3.4`, of the first four bytes.
pub fn ipv4_text(bytes: &[u8]) -> String {
    text(bytes, 4, ".", |byte| byte.to_string())
}

/// `0a:0b:…`, of the first six bytes.
pub fn mac_text(bytes: &[u8]) -> String {
    text(bytes, 6, ":", |byte| format!("{byte:02x}"))
}

fn text(bytes: &[u8], count: usize, separator: &str, show: fn(&u8) -> String) -> String {
    let parts: Vec<String> = bytes.iter().take(count).map(show).collect();
    parts.join(separator)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_all_of_the_word_or_refused() {
        assert_eq!(ipv4("010.0.0.255"), Ok([10, 0, 0, 255]));
        for word in [
            "",
            "1.2.3",
            "1.2.3.256",
            "1.2.3.4x",
            "1.2.3.4.",
            "+1.2.3.4",
            " 1.2.3.4",
            "1..3.4",
        ] {
            assert_eq!(ipv4(word), Err(format!("Invalid IP address: {word}")));
        }
        assert_eq!(mac("0:1:aA:3:4:ff"), Ok([0, 1, 0xaa, 3, 4, 0xff]));
        for word in [
            "",
            "1:2:3:4:5",
            "1:2:3:4:5:6:7",
            "1:2:3:4:5:100",
            "0x1:2:3:4:5:6",
            "1:2:3:4:5:6 ",
        ] {
            assert_eq!(mac(word), Err(format!("Invalid MAC address: {word}")));
        }
    }
}
