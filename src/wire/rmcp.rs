//! The RMCP header (DMTF ASF 2.0 section 3.2.2.2; IPMI 2.0 section 13.1.3).

use super::{Error, Reader, Result};

/// What follows the RMCP header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// ASF presence messages (class 6).
    Asf,
    /// IPMI, 1.5 and 2.0 (class 7).
    Ipmi,
    /// Anything else, an RMCP acknowledgement (bit 7) among it.
    Unknown(u8),
}

/// Bytes of an RMCP header.
pub const HEADER_LEN: usize = 4;

/// The sequence number that asks for no RMCP acknowledgement; IPMI always uses it.
pub const NO_ACK: u8 = 0xff;

/// Parses the header; returns the class, the RMCP sequence number and what follows.
pub fn parse(bytes: &[u8]) -> Result<(Class, u8, &[u8])> {
    let mut r = Reader::new("RMCP header", bytes);
    let version = r.u8()?;
    if version != VERSION {
        return Err(Error::Mismatch {
            what: "RMCP version",
            want: VERSION,
            got: version,
        });
    }
    r.u8()?; // reserved; some BMCs leave garbage here
    let sequence = r.u8()?;
    let class = match r.u8()? {
        6 => Class::Asf,
        7 => Class::Ipmi,
        other => Class::Unknown(other),
    };
    Ok((class, sequence, r.rest()))
}

/// The header for a message of `class`.
pub fn header(class: Class, sequence: u8) -> [u8; HEADER_LEN] {
    let class = match class {
        Class::Asf => 6,
        Class::Ipmi => 7,
        Class::Unknown(other) => other,
    };
    [VERSION, 0, sequence, class]
}

const VERSION: u8 = 6;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_reads_back_as_written() {
        for class in [Class::Asf, Class::Ipmi, Class::Unknown(0x87)] {
            let bytes = header(class, NO_ACK);
            assert_eq!(parse(&bytes), Ok((class, NO_ACK, &[][..])));
        }
    }

    #[test]
    fn short_and_foreign_headers_are_refused() {
        for len in 0..HEADER_LEN {
            assert!(parse(&header(Class::Ipmi, NO_ACK)[..len]).is_err());
        }
        assert!(parse(&[5, 0, 0xff, 7]).is_err());
    }
}
