//! Session set-up payloads: RMCP+ Open Session and RAKP messages 1 to 4 (IPMI 2.0 sections 13.17 to 13.24).
//!
//! Each message that can say 'no' is parsed as far as its status byte goes; only with status 0 must the rest be there.

use super::{Error, Reader, Result};

/// RMCP+ Open Session Request (section 13.17).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenRequest {
    /// Message tag, repeated in the answer.
    pub tag: u8,
    /// Requested maximum privilege, 0 for 'the highest that matches the algorithms'.
    pub privilege: u8,
    /// The remote console's session id.
    pub console_session: u32,
    /// The algorithms asked for.
    pub algorithms: AlgorithmNumbers,
}

/// The numbers of the three algorithms as they stand in Open Session payloads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlgorithmNumbers {
    /// Authentication (table 13-17).
    pub authentication: u8,
    /// Integrity (table 13-18).
    pub integrity: u8,
    /// Confidentiality (table 13-19).
    pub confidentiality: u8,
}

impl OpenRequest {
    /// Parses the payload. An algorithm record of length 0 ('null') asks for the BMC's default and reads as `0xff`.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let mut r = Reader::new("Open Session Request", bytes);
        let tag = r.u8()?;
        let privilege = r.u8()?;
        r.u16()?;
        let console_session = r.u32()?;
        let algorithms = AlgorithmNumbers::parse(&mut r)?;
        Ok(Self {
            tag,
            privilege,
            console_session,
            algorithms,
        })
    }

    /// The payload as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = vec![self.tag, self.privilege, 0, 0];
        out.extend(self.console_session.to_le_bytes());
        self.algorithms.write(&mut out);
        out
    }
}

impl AlgorithmNumbers {
    fn parse(r: &mut Reader<'_>) -> Result<Self> {
        let mut numbers = [0; 3];
        for (kind, number) in numbers.iter_mut().enumerate() {
            let record: [u8; 8] = r.array()?;
            if usize::from(record[0]) != kind {
                return Err(Error::Mismatch {
                    what: "algorithm record type",
                    want: kind as u8,
                    got: record[0],
                });
            }
            *number = if record[3] == 0 {
                ANY
            } else {
                record[4] & 0x3f
            };
        }
        Ok(Self {
            authentication: numbers[0],
            integrity: numbers[1],
            confidentiality: numbers[2],
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        for (kind, number) in [self.authentication, self.integrity, self.confidentiality]
            .into_iter()
            .enumerate()
        {
            let (length, number) = if number == ANY { (0, 0) } else { (8, number) };
            out.extend([kind as u8, 0, 0, length, number, 0, 0, 0]);
        }
    }
}

/// An empty record: the BMC may choose.
const ANY: u8 = 0xff;

/// RMCP+ Open Session Response (section 13.18).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenResponse {
    /// The request's tag.
    pub tag: u8,
    /// What the BMC says.
    pub status: Status,
    /// The maximum privilege the BMC allows with these algorithms.
    pub privilege: u8,
    /// The remote console's session id, repeated.
    pub console_session: u32,
    /// What follows a status of 0.
    pub accepted: Option<OpenAccepted>,
}

/// The part of an Open Session Response that only a willing BMC sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenAccepted {
    /// The managed system's session id.
    pub bmc_session: u32,
    /// The algorithms the BMC has chosen.
    pub algorithms: AlgorithmNumbers,
}

impl OpenResponse {
    /// Parses the payload. A refusal may be as short as its status byte (some BMCs cut it there): missing fields
    /// read as 0.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let mut r = Reader::new("Open Session Response", bytes);
        let tag = r.u8()?;
        let status = Status::from(r.u8()?);
        if status != Status::NoErrors {
            let privilege = bytes.get(2).copied().unwrap_or(0);
            let console_session = bytes.get(4..8).map_or(0, le32);
            return Ok(Self {
                tag,
                status,
                privilege,
                console_session,
                accepted: None,
            });
        }
        let privilege = r.u8()?;
        r.u8()?;
        let console_session = r.u32()?;
        let bmc_session = r.u32()?;
        let algorithms = AlgorithmNumbers::parse(&mut r)?;
        Ok(Self {
            tag,
            status,
            privilege,
            console_session,
            accepted: Some(OpenAccepted {
                bmc_session,
                algorithms,
            }),
        })
    }

    /// The payload as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = vec![self.tag, self.status.into(), self.privilege, 0];
        out.extend(self.console_session.to_le_bytes());
        if let Some(accepted) = &self.accepted {
            out.extend(accepted.bmc_session.to_le_bytes());
            accepted.algorithms.write(&mut out);
        }
        out
    }
}

/// RAKP Message 1 (section 13.20).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rakp1<'a> {
    /// Message tag, repeated in the answer.
    pub tag: u8,
    /// The managed system's session id.
    pub bmc_session: u32,
    /// The remote console's random number.
    pub console_random: [u8; 16],
    /// Requested privilege with bit 4: name-only lookup.
    pub role: u8,
    /// User name, at most 16 bytes.
    pub username: &'a [u8],
}

impl<'a> Rakp1<'a> {
    /// Parses the payload.
    pub fn parse(bytes: &'a [u8]) -> Result<Self> {
        let mut r = Reader::new("RAKP message 1", bytes);
        let tag = r.u8()?;
        r.take(3)?;
        let bmc_session = r.u32()?;
        let console_random = r.array()?;
        let role = r.u8()?;
        r.u16()?;
        let length = r.u8()?;
        if usize::from(length) > MAX_USERNAME {
            return Err(Error::Invalid {
                what: "RAKP user name length",
                got: length.into(),
            });
        }
        Ok(Self {
            tag,
            bmc_session,
            console_random,
            role,
            username: r.take(length.into())?,
        })
    }

    /// The payload as bytes; a name beyond 16 bytes is cut.
    pub fn to_bytes(&self) -> Vec<u8> {
        let name = &self.username[..self.username.len().min(MAX_USERNAME)];
        let mut out = vec![self.tag, 0, 0, 0];
        out.extend(self.bmc_session.to_le_bytes());
        out.extend(self.console_random);
        out.extend([self.role, 0, 0, name.len() as u8]);
        out.extend_from_slice(name);
        out
    }
}

/// The longest user name of IPMI, bytes.
pub const MAX_USERNAME: usize = 16;

/// RAKP Message 2 (section 13.21).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rakp2 {
    /// The request's tag.
    pub tag: u8,
    /// What the BMC says.
    pub status: Status,
    /// The remote console's session id, repeated.
    pub console_session: u32,
    /// What follows a status of 0.
    pub body: Option<Rakp2Body>,
}

/// The part of RAKP Message 2 that only a willing BMC sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rakp2Body {
    /// The managed system's random number.
    pub bmc_random: [u8; 16],
    /// The managed system's GUID.
    pub guid: [u8; 16],
    /// Key exchange authentication code; empty with RAKP-none.
    pub auth_code: Vec<u8>,
}

impl Rakp2 {
    /// Parses the payload; a refusal may be short.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let mut r = Reader::new("RAKP message 2", bytes);
        let tag = r.u8()?;
        let status = Status::from(r.u8()?);
        if status != Status::NoErrors {
            return Ok(Self {
                tag,
                status,
                console_session: bytes.get(4..8).map_or(0, le32),
                body: None,
            });
        }
        r.u16()?;
        let console_session = r.u32()?;
        let bmc_random = r.array()?;
        let guid = r.array()?;
        let auth_code = r.rest().to_vec();
        Ok(Self {
            tag,
            status,
            console_session,
            body: Some(Rakp2Body {
                bmc_random,
                guid,
                auth_code,
            }),
        })
    }

    /// The payload as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = vec![self.tag, self.status.into(), 0, 0];
        out.extend(self.console_session.to_le_bytes());
        if let Some(body) = &self.body {
            out.extend(body.bmc_random);
            out.extend(body.guid);
            out.extend_from_slice(&body.auth_code);
        }
        out
    }
}

/// RAKP Message 3 (section 13.22).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rakp3 {
    /// Message tag, repeated in the answer.
    pub tag: u8,
    /// What the console says of RAKP Message 2.
    pub status: Status,
    /// The managed system's session id.
    pub bmc_session: u32,
    /// Key exchange authentication code; empty with RAKP-none or a bad status.
    pub auth_code: Vec<u8>,
}

impl Rakp3 {
    /// Parses the payload.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let mut r = Reader::new("RAKP message 3", bytes);
        let tag = r.u8()?;
        let status = Status::from(r.u8()?);
        r.u16()?;
        Ok(Self {
            tag,
            status,
            bmc_session: r.u32()?,
            auth_code: r.rest().to_vec(),
        })
    }

    /// The payload as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = vec![self.tag, self.status.into(), 0, 0];
        out.extend(self.bmc_session.to_le_bytes());
        out.extend_from_slice(&self.auth_code);
        out
    }
}

/// RAKP Message 4 (section 13.23).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rakp4 {
    /// The request's tag.
    pub tag: u8,
    /// What the BMC says.
    pub status: Status,
    /// The remote console's session id, repeated.
    pub console_session: u32,
    /// Integrity check value; empty with RAKP-none or a bad status.
    pub check: Vec<u8>,
}

impl Rakp4 {
    /// Parses the payload; a refusal may be short.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let mut r = Reader::new("RAKP message 4", bytes);
        let tag = r.u8()?;
        let status = Status::from(r.u8()?);
        if status != Status::NoErrors {
            return Ok(Self {
                tag,
                status,
                console_session: bytes.get(4..8).map_or(0, le32),
                check: Vec::new(),
            });
        }
        r.u16()?;
        Ok(Self {
            tag,
            status,
            console_session: r.u32()?,
            check: r.rest().to_vec(),
        })
    }

    /// The payload as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = vec![self.tag, self.status.into(), 0, 0];
        out.extend(self.console_session.to_le_bytes());
        out.extend_from_slice(&self.check);
        out
    }
}

fn le32(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |n, b| n << 8 | u32::from(*b))
}

macro_rules! statuses {
    ($($number:literal $name:ident $text:literal)*) => {
        /// RMCP+ and RAKP message status codes (IPMI 2.0 table 13-15).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Status {
            $(#[doc = $text] $name,)*
            /// A code the specification does not know.
            Unknown(u8),
        }

        impl From<u8> for Status {
            fn from(value: u8) -> Self {
                match value {
                    $($number => Self::$name,)*
                    other => Self::Unknown(other),
                }
            }
        }

        impl From<Status> for u8 {
            fn from(value: Status) -> Self {
                match value {
                    $(Status::$name => $number,)*
                    Status::Unknown(other) => other,
                }
            }
        }

        impl std::fmt::Display for Status {
            /// ipmitool's own words, which scripts look for.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    $(Self::$name => f.write_str($text),)*
                    Self::Unknown(other) => write!(f, "Unknown (0x{other:02x})"),
                }
            }
        }
    };
}

statuses! {
    0x00 NoErrors "no errors"
    0x01 InsufficientResources "insufficient resources for session"
    0x02 InvalidSessionId "invalid session ID"
    0x03 InvalidPayloadType "invalid payload type"
    0x04 InvalidAuthentication "invalid authentication algorithm"
    0x05 InvalidIntegrity "invalid integrity algorithm"
    0x06 NoMatchingAuthentication "no matching authentication algorithm"
    0x07 NoMatchingIntegrity "no matching integrity payload"
    0x08 InactiveSession "inactive session ID"
    0x09 InvalidRole "invalid role"
    0x0a UnauthorizedRole "unauthorized role requested"
    0x0b InsufficientResourcesForRole "insufficient resources for role"
    0x0c InvalidNameLength "invalid name length"
    0x0d UnauthorizedName "unauthorized name"
    0x0e UnauthorizedGuid "unauthorized GUID"
    0x0f InvalidCheckValue "invalid integrity check value"
    0x10 InvalidConfidentiality "invalid confidentiality algorithm"
    0x11 NoMatchingCipherSuite "no matching cipher suite"
    0x12 IllegalParameter "illegal parameter"
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALGORITHMS: AlgorithmNumbers = AlgorithmNumbers {
        authentication: 3,
        integrity: 4,
        confidentiality: 1,
    };

    #[test]
    fn open_session_messages_read_back_as_written() {
        let request = OpenRequest {
            tag: 7,
            privilege: 4,
            console_session: 0xdead_beef,
            algorithms: ALGORITHMS,
        };
        let bytes = request.to_bytes();
        assert_eq!(bytes.len(), 32);
        assert_eq!(OpenRequest::parse(&bytes), Ok(request));
        for len in 0..bytes.len() {
            assert!(OpenRequest::parse(&bytes[..len]).is_err());
        }

        let response = OpenResponse {
            tag: 7,
            status: Status::NoErrors,
            privilege: 4,
            console_session: 1,
            accepted: Some(OpenAccepted {
                bmc_session: 2,
                algorithms: ALGORITHMS,
            }),
        };
        let bytes = response.to_bytes();
        assert_eq!(bytes.len(), 36);
        assert_eq!(OpenResponse::parse(&bytes), Ok(response));
        for len in 0..bytes.len() {
            assert!(OpenResponse::parse(&bytes[..len]).is_err());
        }
    }

    #[test]
    fn a_refusal_is_understood_however_short() {
        for len in 2..8 {
            let bytes = [1, 0x11, 0, 0, 9, 0, 0, 0];
            let open = OpenResponse::parse(&bytes[..len]).unwrap();
            assert_eq!(
                (open.status, open.accepted),
                (Status::NoMatchingCipherSuite, None)
            );
            assert_eq!(
                Rakp2::parse(&bytes[..len]).unwrap().status,
                Status::NoMatchingCipherSuite
            );
            assert_eq!(
                Rakp4::parse(&bytes[..len]).unwrap().status,
                Status::NoMatchingCipherSuite
            );
        }
    }

    #[test]
    fn rakp_messages_read_back_as_written() {
        let rakp1 = Rakp1 {
            tag: 1,
            bmc_session: 2,
            console_random: [3; 16],
            role: 0x14,
            username: b"admin",
        };
        assert_eq!(Rakp1::parse(&rakp1.to_bytes()), Ok(rakp1));
        let body = Rakp2Body {
            bmc_random: [1; 16],
            guid: [2; 16],
            auth_code: vec![3; 20],
        };
        let rakp2 = Rakp2 {
            tag: 1,
            status: Status::NoErrors,
            console_session: 5,
            body: Some(body),
        };
        assert_eq!(Rakp2::parse(&rakp2.to_bytes()), Ok(rakp2));
        let rakp3 = Rakp3 {
            tag: 1,
            status: Status::NoErrors,
            bmc_session: 2,
            auth_code: vec![4; 20],
        };
        assert_eq!(Rakp3::parse(&rakp3.to_bytes()), Ok(rakp3));
        let rakp4 = Rakp4 {
            tag: 1,
            status: Status::NoErrors,
            console_session: 5,
            check: vec![5; 12],
        };
        assert_eq!(Rakp4::parse(&rakp4.to_bytes()), Ok(rakp4));
    }

    #[test]
    fn a_user_name_longer_than_the_packet_or_than_16_bytes_is_refused() {
        let mut bytes = Rakp1 {
            tag: 1,
            bmc_session: 2,
            console_random: [3; 16],
            role: 4,
            username: b"ab",
        }
        .to_bytes();
        bytes[27] = 3;
        assert!(Rakp1::parse(&bytes).is_err());
        bytes.extend([0; 40]);
        bytes[27] = 17;
        assert!(Rakp1::parse(&bytes).is_err());
    }
}
