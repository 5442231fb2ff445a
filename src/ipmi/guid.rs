//! The system's GUID, IPMI v2.0 section 22.14, and the three orders in which BMCs send its bytes.

use ipmi_rs::connection::{IpmiCommand, Message, NetFn};

use super::{AnswerError, exactly};

/// Get System GUID.
#[derive(Clone, Copy, Debug)]
pub struct GetSystemGuid;

impl From<GetSystemGuid> for Message {
    fn from(_: GetSystemGuid) -> Self {
        Self::new_request(NetFn::App, 0x37, Vec::new())
    }
}

impl IpmiCommand for GetSystemGuid {
    /// The bytes as they came.
    type Output = [u8; 16];
    type Error = AnswerError;

    fn parse_success_response(data: &[u8]) -> Result<[u8; 16], AnswerError> {
        exactly::<16>(data)
    }
}

/// An order of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Every field most significant byte first, the time's low part first.
    Rfc4122,
    /// As section 20.8 wants it: least significant byte first, the node first.
    Ipmi,
    /// As RFC 4122, but the fields of the time least significant byte first.
    Smbios,
}

/// A GUID's fields, RFC 4122 section 4.1.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guid {
    /// Bits 31:0 of the time.
    pub time_low: u32,
    /// Bits 47:32 of the time.
    pub time_mid: u16,
    /// The version (bits 15:12), and bits 59:48 of the time.
    pub time_hi_and_version: u16,
    /// Clock sequence and variant.
    pub clock_seq: u16,
    /// The node, most significant byte first.
    pub node: [u8; 6],
}

impl Guid {
    /// The fields of bytes in this order.
    pub fn decode(bytes: [u8; 16], encoding: Encoding) -> Self {
        // In SMBIOS' order every field of IPMI's stands the other way round.
        let [
            mut l0,
            mut l1,
            mut l2,
            mut l3,
            mut m0,
            mut m1,
            mut h0,
            mut h1,
            c0,
            c1,
            node @ ..,
        ] = match encoding {
            Encoding::Rfc4122 | Encoding::Smbios => bytes,
            Encoding::Ipmi => {
                let mut reversed = bytes;
                reversed.reverse();
                reversed
            }
        };
        if encoding == Encoding::Smbios {
            [l0, l1, l2, l3] = [l3, l2, l1, l0];
            [m0, m1, h0, h1] = [m1, m0, h1, h0];
        }
        Self {
            time_low: u32::from_be_bytes([l0, l1, l2, l3]),
            time_mid: u16::from_be_bytes([m0, m1]),
            time_hi_and_version: u16::from_be_bytes([h0, h1]),
            clock_seq: u16::from_be_bytes([c0, c1]),
            node,
        }
    }

    /// How it was made, 0 to 15; 1 to 5 have a meaning.
    pub fn version(&self) -> u8 {
        self.time_hi_and_version.to_be_bytes()[0] >> 4
    }

    /// Its time in seconds since 1970, before that negative. It means something in version 1 only.
    pub fn seconds(&self) -> i64 {
        let intervals = i64::from(self.time_hi_and_version & 0x0fff) << 48
            | i64::from(self.time_mid) << 32
            | i64::from(self.time_low);
        intervals / INTERVALS_PER_SECOND - GREGORIAN_TO_UNIX
    }
}

/// The order of bytes that makes a GUID of them, as stock 1.8.19 guesses it: the last in which the version has a
/// meaning, but one in which it is a time that `is_past` agrees with ends the search.
pub fn detect(bytes: [u8; 16], is_past: impl Fn(i64) -> bool) -> Option<Encoding> {
    let mut found = None;
    for encoding in [Encoding::Rfc4122, Encoding::Ipmi, Encoding::Smbios] {
        let guid = Guid::decode(bytes, encoding);
        if (1..=5).contains(&guid.version()) {
            found = Some(encoding);
            if guid.version() == 1 && is_past(guid.seconds()) {
                break;
            }
        }
    }
    found
}

/// Of 100 ns.
const INTERVALS_PER_SECOND: i64 = 10_000_000;

/// Seconds from 15 October 1582, with which a GUID's time begins.
const GREGORIAN_TO_UNIX: i64 = 12_219_292_800;

#[cfg(test)]
mod tests {
    use super::*;

    const BYTES: [u8; 16] = [
        0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee,
        0xff,
    ];

    #[test]
    fn each_encoding_orders_the_bytes_in_its_own_way() {
        let text = |encoding| {
            let guid = Guid::decode(BYTES, encoding);
            format!(
                "{:08x}-{:04x}-{:04x}-{:04x}-{:02x}{:02x}",
                guid.time_low,
                guid.time_mid,
                guid.time_hi_and_version,
                guid.clock_seq,
                guid.node[0],
                guid.node[5]
            )
        };
        assert_eq!(text(Encoding::Rfc4122), "00112233-4455-6677-8899-aaff");
        assert_eq!(text(Encoding::Smbios), "33221100-5544-7766-8899-aaff");
        assert_eq!(text(Encoding::Ipmi), "ffeeddcc-bbaa-9988-7766-5500");
        assert_eq!(detect(BYTES, |_| true), None);
    }

    #[test]
    fn a_time_counts_from_1582() {
        let mut bytes = [0; 16];
        bytes[6] = 0x10;
        let guid = Guid::decode(bytes, Encoding::Rfc4122);
        assert_eq!((guid.version(), guid.seconds()), (1, -12_219_292_800));
        assert_eq!(
            detect(bytes, |seconds| seconds > 0),
            Some(Encoding::Rfc4122)
        );
    }
}
