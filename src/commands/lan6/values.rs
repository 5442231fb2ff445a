//! An item's value, as it is typed.

use std::net::Ipv6Addr;

use crate::cli::number;
use crate::commands::lan::address;
use crate::ipmi::names::{Table, value};

use super::items::{ENABLES, Item, Kind, ROUTER_CONTROLS, STATIC_ENABLES, STATUSES};

/// Why words are no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadValue {
    /// There are too few.
    TooFew,
    /// One has no meaning, or is out of range.
    Invalid,
}

/// The bytes of an item's value.
///
/// # Errors
///
/// [`BadValue`].
pub fn parse(item: &Item, set: u8, block: u8, words: &[&str]) -> Result<Vec<u8>, BadValue> {
    let mut bytes = vec![0; item.size()];
    let [word, ..] = *words else {
        return Err(BadValue::TooFew);
    };
    match item.kind {
        Kind::Enables => bytes[0] = one_of(word, ENABLES)?,
        Kind::RouterControl => bytes[0] = one_of(word, ROUTER_CONTROLS)?,
        Kind::FlowLabel => {
            let label = number::uint(word.as_bytes()).map_err(|_| BadValue::Invalid)?;
            if label >= 1 << 20 {
                return Err(BadValue::Invalid);
            }
            bytes.copy_from_slice(&label.to_be_bytes()[1..]);
        }
        Kind::StaticAddress => {
            let [_, address, length, ref rest @ ..] = *words else {
                return Err(BadValue::TooFew);
            };
            bytes[0] = set;
            bytes[1] = one_of(word, STATIC_ENABLES)?;
            bytes[2..18].copy_from_slice(&ipv6(address)?);
            bytes[18] = prefix_length(length)?;
            if let Some(status) = rest.first() {
                bytes[19] = one_of(status, STATUSES)?;
            }
        }
        Kind::Duid | Kind::SlaacTiming => {
            (bytes[0], bytes[1]) = (set, block);
            hex(word, &mut bytes[2..18])?;
        }
        Kind::Dhcp6Timing => {
            (bytes[0], bytes[18]) = (set, set);
            bytes[19] = 1;
            hex(word, &mut bytes[2..18])?;
            if let Some(word) = words.get(1) {
                hex(word, &mut bytes[20..26])?;
            }
        }
        Kind::StaticRouter => {
            if set > 2 {
                return Err(BadValue::Invalid);
            }
            let [_, mac, prefix, length, ..] = *words else {
                return Err(BadValue::TooFew);
            };
            for at in [0, 17, 24, 26] {
                bytes[at] = set;
            }
            bytes[1..17].copy_from_slice(&ipv6(word)?);
            bytes[18..24].copy_from_slice(&address::mac(mac).map_err(|_| BadValue::Invalid)?);
            bytes[25] = prefix_length(length)?;
            bytes[27..43].copy_from_slice(&ipv6(prefix)?);
        }
        Kind::Byte => bytes[0] = byte(word)?,
        // They cannot be set.
        Kind::Support
        | Kind::Status
        | Kind::DynamicAddress
        | Kind::TimingSupport
        | Kind::DynamicRouter => return Err(BadValue::Invalid),
    }
    Ok(bytes)
}

fn one_of(word: &str, table: Table) -> Result<u8, BadValue> {
    value(word, table).ok_or(BadValue::Invalid)
}

fn byte(word: &str) -> Result<u8, BadValue> {
    number::uchar(word.as_bytes()).map_err(|_| BadValue::Invalid)
}

fn prefix_length(word: &str) -> Result<u8, BadValue> {
    byte(word).and_then(|length| match length {
        0..=128 => Ok(length),
        _ => Err(BadValue::Invalid),
    })
}

fn ipv6(word: &str) -> Result<[u8; 16], BadValue> {
    let address: Ipv6Addr = word.parse().map_err(|_| BadValue::Invalid)?;
    Ok(address.octets())
}

/// Pairs of hexadecimal digits, at most as many as fit; the rest stays 0.
fn hex(word: &str, bytes: &mut [u8]) -> Result<(), BadValue> {
    if !word.len().is_multiple_of(2) || word.len() > 2 * bytes.len() {
        return Err(BadValue::Invalid);
    }
    for (byte, pair) in bytes.iter_mut().zip(word.as_bytes().chunks(2)) {
        let pair = std::str::from_utf8(pair).map_err(|_| BadValue::Invalid)?;
        if !pair.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(BadValue::Invalid);
        }
        *byte = u8::from_str_radix(pair, 16).map_err(|_| BadValue::Invalid)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(name: &str, words: &[&str]) -> Result<Vec<u8>, BadValue> {
        parse(Item::named(name).unwrap(), 1, 2, words)
    }

    #[test]
    fn a_value_fills_its_bytes_or_is_refused() {
        assert_eq!(parsed("flow_label", &["0x12345"]), Ok(vec![1, 0x23, 0x45]));
        assert_eq!(parsed("flow_label", &["0x100000"]), Err(BadValue::Invalid));
        assert_eq!(
            parsed("static_duid", &["0aFF"]).unwrap()[..5],
            [1, 2, 0x0a, 0xff, 0]
        );
        for word in ["0", "0g", "+1", &"00".repeat(17)] {
            assert_eq!(
                parsed("static_duid", &[word]),
                Err(BadValue::Invalid),
                "{word}"
            );
        }
        let address = parsed("static_addr", &["enable", "fe80::1", "64"]).unwrap();
        assert_eq!(
            (address[1], address[2], address[17], address[18]),
            (0x80, 0xfe, 1, 64)
        );
        assert_eq!(
            parsed("static_addr", &["enable", "::", "129"]),
            Err(BadValue::Invalid)
        );
        assert_eq!(
            parsed("static_addr", &["enable", "::"]),
            Err(BadValue::TooFew)
        );
        let router = parsed("static_rtr", &["::1", "0:1:2:3:4:5", "fe80::", "64"]).unwrap();
        assert_eq!(
            (router[16], router[23], router[25], router[27]),
            (1, 5, 64, 0xfe)
        );
    }
}
