//! Channels, IPMI v2.0 sections 22.13, 22.15 and 22.22 to 22.24.

use ipmi_rs::connection::{IpmiCommand, Message, NetFn};

use super::names::Table;
use super::{AnswerError, at_least, exactly};

/// The channel that a command comes through.
pub const CURRENT: u8 = 0x0e;

/// Get Channel Info, section 22.24.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetChannelInfo {
    /// Channel, 0 to 15.
    pub channel: u8,
}

impl From<GetChannelInfo> for Message {
    fn from(command: GetChannelInfo) -> Self {
        Self::new_request(NetFn::App, 0x42, vec![command.channel & 0x0f])
    }
}

impl IpmiCommand for GetChannelInfo {
    type Output = ChannelInfo;
    type Error = AnswerError;

    fn parse_success_response(data: &[u8]) -> Result<ChannelInfo, AnswerError> {
        let bytes = exactly::<9>(data)?;
        Ok(ChannelInfo {
            channel: bytes[0] & 0x0f,
            medium: bytes[1] & 0x7f,
            protocol: bytes[2] & 0x1f,
            session_support: bytes[3] >> 6,
            active_sessions: bytes[3] & 0x3f,
            vendor: u32::from_le_bytes([bytes[4], bytes[5], bytes[6], 0]),
        })
    }
}

/// What a channel is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChannelInfo {
    /// Its number, 0 to 15: the true one where [`CURRENT`] was asked for.
    pub channel: u8,
    /// [`MEDIA`].
    pub medium: u8,
    /// [`PROTOCOLS`].
    pub protocol: u8,
    /// [`SESSION_SUPPORT`].
    pub session_support: u8,
    /// Sessions that are active on it, 0 to 63.
    pub active_sessions: u8,
    /// IANA number of who defined its protocol, 24 bits.
    pub vendor: u32,
}

impl ChannelInfo {
    /// Whether it is the system interface's, which hosts speak to their own BMC through.
    pub fn is_system(&self) -> bool {
        self.medium == 0x0c || self.channel == 0x0f
    }

    /// Whether it is a LAN's: Ethernet or another.
    pub fn is_lan(&self) -> bool {
        matches!(self.medium, 4 | 6)
    }
}

/// Which settings of a channel: those in force, or those that it starts with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settings {
    /// Kept over a restart.
    NonVolatile,
    /// In force now.
    Volatile,
}

impl Settings {
    /// The bits on the wire, which are bits 7:6 of several bytes.
    fn bits(self) -> u8 {
        match self {
            Self::NonVolatile => 0x40,
            Self::Volatile => 0x80,
        }
    }
}

/// Get Channel Access, section 22.23.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetChannelAccess {
    /// Channel, 0 to 15.
    pub channel: u8,
    /// Which settings.
    pub settings: Settings,
}

impl From<GetChannelAccess> for Message {
    fn from(command: GetChannelAccess) -> Self {
        let data = vec![command.channel & 0x0f, command.settings.bits()];
        Self::new_request(NetFn::App, 0x41, data)
    }
}

impl IpmiCommand for GetChannelAccess {
    type Output = ChannelAccess;
    type Error = AnswerError;

    fn parse_success_response(data: &[u8]) -> Result<ChannelAccess, AnswerError> {
        let [flags, limit] = exactly::<2>(data)?;
        Ok(ChannelAccess {
            alerting: flags & 0x20 != 0,
            per_message_authentication: flags & 0x10 != 0,
            user_level_authentication: flags & 0x08 != 0,
            mode: flags & 0x07,
            privilege_limit: limit & 0x0f,
        })
    }
}

/// Who may use a channel, and when. The names are the wire's, of bits that disable when they are set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChannelAccess {
    /// Bit 5, set: PEF alerting is disabled.
    pub alerting: bool,
    /// Bit 4, set: per-message authentication is disabled.
    pub per_message_authentication: bool,
    /// Bit 3, set: user level authentication is disabled.
    pub user_level_authentication: bool,
    /// [`ACCESS_MODES`].
    pub mode: u8,
    /// The greatest privilege level, 0 to 15.
    pub privilege_limit: u8,
}

impl ChannelAccess {
    fn flags(&self) -> u8 {
        u8::from(self.alerting) << 5
            | u8::from(self.per_message_authentication) << 4
            | u8::from(self.user_level_authentication) << 3
            | self.mode & 0x07
    }
}

/// Set Channel Access, section 22.22. Completion codes of its own: 82h not on a channel without sessions, 83h mode not
/// supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetChannelAccess {
    /// Channel, 0 to 15.
    pub channel: u8,
    /// Which settings.
    pub settings: Settings,
    /// What they become.
    pub access: ChannelAccess,
    /// Whether the privilege limit becomes that of `access`; else it stays.
    pub set_limit: bool,
}

impl From<SetChannelAccess> for Message {
    fn from(command: SetChannelAccess) -> Self {
        let SetChannelAccess {
            channel,
            settings,
            access,
            set_limit,
        } = command;
        let option = if set_limit { settings.bits() } else { 0 };
        let data = vec![
            channel & 0x0f,
            settings.bits() | access.flags(),
            option | access.privilege_limit & 0x0f,
        ];
        Self::new_request(NetFn::App, 0x40, data)
    }
}

impl IpmiCommand for SetChannelAccess {
    type Output = ();
    type Error = AnswerError;

    fn parse_success_response(_: &[u8]) -> Result<(), AnswerError> {
        Ok(())
    }
}

/// Get Channel Authentication Capabilities, section 22.13.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetAuthenticationCapabilities {
    /// Channel, 0 to 15.
    pub channel: u8,
    /// The privilege level that is asked for.
    pub privilege: u8,
    /// Whether IPMI v2.0's fields are asked for.
    pub extended: bool,
}

impl From<GetAuthenticationCapabilities> for Message {
    fn from(command: GetAuthenticationCapabilities) -> Self {
        let extended = u8::from(command.extended) << 7;
        let data = vec![command.channel | extended, command.privilege];
        Self::new_request(NetFn::App, 0x38, data)
    }
}

impl IpmiCommand for GetAuthenticationCapabilities {
    type Output = AuthenticationCapabilities;
    type Error = AnswerError;

    fn parse_success_response(data: &[u8]) -> Result<AuthenticationCapabilities, AnswerError> {
        at_least::<8>(data).map(AuthenticationCapabilities)
    }
}

/// How one may log in on a channel: table 22-15.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuthenticationCapabilities([u8; 8]);

impl AuthenticationCapabilities {
    /// The channel's number.
    pub fn channel(&self) -> u8 {
        self.0[0]
    }

    /// Whether IPMI v2.0's fields are valid.
    pub fn is_extended(&self) -> bool {
        self.0[1] & 0x80 != 0
    }

    /// A bit for each of [`AUTHENTICATION_TYPES`].
    pub fn types(&self) -> u8 {
        self.0[1] & 0x3f
    }

    /// Whether K_g is set: not all zeros.
    pub fn has_kg(&self) -> bool {
        self.0[2] & 0x20 != 0
    }

    /// Whether packets after the first need no authentication code.
    pub fn per_message_disabled(&self) -> bool {
        self.0[2] & 0x10 != 0
    }

    /// Whether commands of level User need no authentication code.
    pub fn user_level_disabled(&self) -> bool {
        self.0[2] & 0x08 != 0
    }

    /// Whether there are users with a name.
    pub fn named_users(&self) -> bool {
        self.0[2] & 0x04 != 0
    }

    /// Whether a user without a name has a password.
    pub fn null_users(&self) -> bool {
        self.0[2] & 0x02 != 0
    }

    /// Whether one may log in with neither.
    pub fn anonymous_login(&self) -> bool {
        self.0[2] & 0x01 != 0
    }

    /// Whether the channel speaks IPMI v1.5.
    pub fn v15(&self) -> bool {
        self.0[3] & 0x01 != 0
    }

    /// Whether the channel speaks IPMI v2.0.
    pub fn v20(&self) -> bool {
        self.0[3] & 0x02 != 0
    }

    /// IANA number of who defined the OEM authentication type, 24 bits.
    pub fn oem(&self) -> u32 {
        u32::from_le_bytes([self.0[4], self.0[5], self.0[6], 0])
    }

    /// What the OEM has to say besides.
    pub fn oem_auxiliary(&self) -> u8 {
        self.0[7]
    }
}

/// Get Channel Cipher Suites, section 22.15: algorithms by suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetCipherSuites {
    /// Channel, 0 to 15.
    pub channel: u8,
    /// 0: IPMI messages; 1: SOL.
    pub payload: u8,
    /// Which 16 bytes of the list, 0 to 63.
    pub index: u8,
}

impl From<GetCipherSuites> for Message {
    fn from(command: GetCipherSuites) -> Self {
        let data = vec![command.channel, command.payload, 0x80 | command.index];
        Self::new_request(NetFn::App, 0x54, data)
    }
}

impl IpmiCommand for GetCipherSuites {
    type Output = Vec<u8>;
    type Error = AnswerError;

    /// A part of the list, without the channel's number before it: 16 bytes where there may be more.
    fn parse_success_response(data: &[u8]) -> Result<Vec<u8>, AnswerError> {
        let [_] = at_least::<1>(data)?;
        Ok(data[1..].to_vec())
    }
}

/// A cipher suite record, table 22-18.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CipherSuite {
    /// Its number.
    pub id: u8,
    /// IANA number of who defined it; 0: the specification.
    pub oem: u32,
    /// [`AUTHENTICATION_ALGORITHMS`].
    pub authentication: u8,
    /// [`INTEGRITY_ALGORITHMS`].
    pub integrity: u8,
    /// [`CONFIDENTIALITY_ALGORITHMS`].
    pub confidentiality: u8,
}

impl CipherSuite {
    /// The record that `bytes` begin with, and what follows it. As stock reads it: one algorithm of each kind, in this
    /// order.
    ///
    /// # Errors
    ///
    /// Not a record, or not all of it.
    pub fn read(bytes: &[u8]) -> Result<(Self, &[u8]), BadRecord> {
        let (id, oem, algorithms, rest) = match *bytes {
            [0xc0, id, a, i, c, ref rest @ ..] => (id, 0, [a, i, c], rest),
            [0xc1, id, o0, o1, o2, a, i, c, ref rest @ ..] => {
                (id, u32::from_le_bytes([o0, o1, o2, 0]), [a, i, c], rest)
            }
            [] | [0xc0 | 0xc1, ..] => return Err(BadRecord::Incomplete),
            [start, ..] => return Err(BadRecord::Start(start)),
        };
        let [authentication, integrity, confidentiality] = algorithms.map(|byte| byte & 0x3f);
        let suite = Self {
            id,
            oem,
            authentication,
            integrity,
            confidentiality,
        };
        Ok((suite, rest))
    }
}

/// Why bytes are no cipher suite record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadRecord {
    /// It ends too early.
    #[error("Incomplete data record in cipher suite data")]
    Incomplete,
    /// No record begins with this.
    #[error("Bad start of record byte in cipher suite data (value {0:x})")]
    Start(u8),
}

/// Channel media, table 6-3.
pub const MEDIA: Table = &[
    (0x00, "reserved"),
    (0x01, "IPMB (I2C)"),
    (0x02, "ICMB v1.0"),
    (0x03, "ICMB v0.9"),
    (0x04, "802.3 LAN"),
    (0x05, "Serial/Modem"),
    (0x06, "Other LAN"),
    (0x07, "PCI SMBus"),
    (0x08, "SMBus v1.0/v1.1"),
    (0x09, "SMBus v2.0"),
    (0x0a, "USB 1.x"),
    (0x0b, "USB 2.x"),
    (0x0c, "System Interface"),
];

/// Channel protocols, table 6-2.
pub const PROTOCOLS: Table = &[
    (0x00, "reserved"),
    (0x01, "IPMB-1.0"),
    (0x02, "ICMB-1.0"),
    (0x03, "reserved"),
    (0x04, "IPMI-SMBus"),
    (0x05, "KCS"),
    (0x06, "SMIC"),
    (0x07, "BT-10"),
    (0x08, "BT-15"),
    (0x09, "TMode"),
    (0x1c, "OEM 1"),
    (0x1d, "OEM 2"),
    (0x1e, "OEM 3"),
    (0x1f, "OEM 4"),
];

/// What sessions a channel can have, table 22-32.
pub const SESSION_SUPPORT: Table = &[
    (0, "session-less"),
    (1, "single-session"),
    (2, "multi-session"),
    (3, "session-based"),
];

/// When a channel may be used, table 6-4.
pub const ACCESS_MODES: Table = &[
    (0, "disabled"),
    (1, "pre-boot only"),
    (2, "always available"),
    (3, "shared"),
];

/// IPMI v1.5 authentication types: a bit and its name, in stock's order.
pub const AUTHENTICATION_TYPES: Table = &[
    (0x01, "NONE"),
    (0x02, "MD2"),
    (0x04, "MD5"),
    (0x10, "PASSWORD"),
    (0x20, "OEM"),
];

/// RAKP authentication algorithms, table 13-17.
pub const AUTHENTICATION_ALGORITHMS: Table = &[
    (0, "none"),
    (1, "hmac_sha1"),
    (2, "hmac_md5"),
    (3, "hmac_sha256"),
];

/// Integrity algorithms, table 13-18.
pub const INTEGRITY_ALGORITHMS: Table = &[
    (0, "none"),
    (1, "hmac_sha1_96"),
    (2, "hmac_md5_128"),
    (3, "md5_128"),
    (4, "sha256_128"),
];

/// Confidentiality algorithms, table 13-19.
pub const CONFIDENTIALITY_ALGORITHMS: Table = &[
    (0, "none"),
    (1, "aes_cbc_128"),
    (2, "xrc4_128"),
    (3, "xrc4_40"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn access_that_was_read_is_written_back_bit_for_bit() {
        for flags in 0..=0x3f {
            let access = GetChannelAccess::parse_success_response(&[flags, 0xf3]).unwrap();
            let message = Message::from(SetChannelAccess {
                channel: 2,
                settings: Settings::Volatile,
                access,
                set_limit: false,
            });
            assert_eq!(message.data(), [2, 0x80 | flags, 3]);
        }
    }

    #[test]
    fn a_cipher_suite_record_is_read_whole_or_refused() {
        let bytes = [0xc1, 0x80, 0x01, 0x02, 0x00, 0x03, 0x44, 0x81, 0xc0];
        for length in 0..8 {
            assert_eq!(
                CipherSuite::read(&bytes[..length]),
                Err(BadRecord::Incomplete)
            );
        }
        let (suite, rest) = CipherSuite::read(&bytes).unwrap();
        assert_eq!((suite.id, suite.oem, rest), (0x80, 0x201, &[0xc0][..]));
        assert_eq!(
            (suite.authentication, suite.integrity, suite.confidentiality),
            (3, 4, 1)
        );
        assert_eq!(CipherSuite::read(&[1]), Err(BadRecord::Start(1)));
    }

    #[test]
    fn answers_of_any_length_are_parsed_or_refused() {
        for length in 0..20 {
            let data = vec![0xff; length];
            assert_eq!(
                GetChannelInfo::parse_success_response(&data).is_ok(),
                length == 9
            );
            assert_eq!(
                GetChannelAccess::parse_success_response(&data).is_ok(),
                length == 2
            );
            assert_eq!(
                GetCipherSuites::parse_success_response(&data).is_ok(),
                length > 0
            );
            let capabilities = GetAuthenticationCapabilities::parse_success_response(&data);
            assert_eq!(capabilities.is_ok(), length >= 8);
        }
    }
}
