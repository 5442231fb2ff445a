//! Users, IPMI v2.0 sections 22.26 to 22.30.

use ipmi_rs::connection::{IpmiCommand, Message, NetFn};

use super::{AnswerError, exactly};
use crate::ipmi::names::Table;
use crate::wire::text::up_to_nul;

/// Get User Access, section 22.27.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetUserAccess {
    /// Channel, 0 to 15.
    pub channel: u8,
    /// User, 1 to 63.
    pub user: u8,
}

impl From<GetUserAccess> for Message {
    fn from(command: GetUserAccess) -> Self {
        let data = vec![command.channel & 0x0f, command.user & 0x3f];
        Self::new_request(NetFn::App, 0x44, data)
    }
}

impl IpmiCommand for GetUserAccess {
    type Output = UserAccess;
    type Error = AnswerError;

    fn parse_success_response(data: &[u8]) -> Result<UserAccess, AnswerError> {
        let [users, enabled, fixed, rights] = exactly::<4>(data)?;
        Ok(UserAccess {
            max_users: users & 0x3f,
            enable_status: enabled & 0xc0,
            enabled_users: enabled & 0x3f,
            fixed_names: fixed & 0x3f,
            rights: Rights {
                callback_only: rights & 0x40 != 0,
                link_authentication: rights & 0x20 != 0,
                messaging: rights & 0x10 != 0,
                privilege_limit: rights & 0x0f,
            },
        })
    }
}

/// What a user may do on a channel, and how many users there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserAccess {
    /// How many users there can be, 0 to 63.
    pub max_users: u8,
    /// [`ENABLE_STATUS`].
    pub enable_status: u8,
    /// How many are enabled, 0 to 63.
    pub enabled_users: u8,
    /// How many have names that cannot be changed: the first ones, 0 to 63.
    pub fixed_names: u8,
    /// What this one may do.
    pub rights: Rights,
}

/// What a user may do on a channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    /// Only sessions that are called back.
    pub callback_only: bool,
    /// Whether the user's name and password count for link authentication (PPP CHAP).
    pub link_authentication: bool,
    /// Whether the user may send IPMI messages.
    pub messaging: bool,
    /// The greatest privilege level, [`super::names::PRIVILEGE_LEVELS`]; 15: none.
    pub privilege_limit: u8,
}

/// Set User Access, section 22.26. No session limit is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetUserAccess {
    /// Channel, 0 to 15.
    pub channel: u8,
    /// User, 1 to 63.
    pub user: u8,
    /// What the user may do.
    pub rights: Rights,
    /// Only the privilege limit changes.
    pub limit_only: bool,
}

impl From<SetUserAccess> for Message {
    fn from(command: SetUserAccess) -> Self {
        let rights = command.rights;
        let flags = u8::from(!command.limit_only) << 7
            | u8::from(rights.callback_only) << 6
            | u8::from(rights.link_authentication) << 5
            | u8::from(rights.messaging) << 4;
        let data = vec![
            flags | command.channel & 0x0f,
            command.user & 0x3f,
            rights.privilege_limit & 0x0f,
            0,
        ];
        Self::new_request(NetFn::App, 0x43, data)
    }
}

impl IpmiCommand for SetUserAccess {
    type Output = ();
    type Error = AnswerError;

    fn parse_success_response(_: &[u8]) -> Result<(), AnswerError> {
        Ok(())
    }
}

/// Get User Name, section 22.29.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetUserName {
    /// User, 1 to 63.
    pub user: u8,
}

impl From<GetUserName> for Message {
    fn from(command: GetUserName) -> Self {
        Self::new_request(NetFn::App, 0x46, vec![command.user & 0x3f])
    }
}

impl IpmiCommand for GetUserName {
    type Output = Vec<u8>;
    type Error = AnswerError;

    /// The name's bytes, up to the first zero.
    fn parse_success_response(data: &[u8]) -> Result<Vec<u8>, AnswerError> {
        let name = exactly::<NAME_LENGTH>(data)?;
        Ok(up_to_nul(&name).to_vec())
    }
}

/// Set User Name, section 22.28.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetUserName {
    /// User, 1 to 63.
    pub user: u8,
    /// The name, filled up with zeros.
    pub name: [u8; NAME_LENGTH],
}

impl From<SetUserName> for Message {
    fn from(command: SetUserName) -> Self {
        let data = [&[command.user & 0x3f], &command.name[..]].concat();
        Self::new_request(NetFn::App, 0x45, data)
    }
}

impl IpmiCommand for SetUserName {
    type Output = ();
    type Error = AnswerError;

    fn parse_success_response(_: &[u8]) -> Result<(), AnswerError> {
        Ok(())
    }
}

/// Bytes of a user's name.
pub const NAME_LENGTH: usize = 16;

/// Set User Password, section 22.30. Completion codes of its own, of a test: 80h wrong password, 81h wrong size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetUserPassword<'a> {
    /// User, 1 to 63.
    pub user: u8,
    /// What is done.
    pub operation: PasswordOperation,
    /// The password; what does not fit is cut off.
    pub password: &'a [u8],
    /// How it is stored.
    pub size: PasswordSize,
}

/// What Set User Password does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordOperation {
    /// Disables the user.
    Disable,
    /// Enables the user.
    Enable,
    /// Sets the password.
    Set,
    /// Compares the password.
    Test,
}

/// As how many bytes a password is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordSize {
    /// For IPMI v1.5 and v2.0.
    Sixteen,
    /// For IPMI v2.0 alone.
    Twenty,
}

impl PasswordSize {
    /// How many.
    pub fn bytes(self) -> usize {
        match self {
            Self::Sixteen => 16,
            Self::Twenty => 20,
        }
    }
}

impl From<SetUserPassword<'_>> for Message {
    fn from(command: SetUserPassword<'_>) -> Self {
        let size = command.size.bytes();
        let long = u8::from(command.size == PasswordSize::Twenty) << 7;
        let operation = match command.operation {
            PasswordOperation::Disable => 0,
            PasswordOperation::Enable => 1,
            PasswordOperation::Set => 2,
            PasswordOperation::Test => 3,
        };
        let mut data = vec![long | command.user & 0x3f, operation];
        data.extend(command.password.iter().take(size));
        data.resize(2 + size, 0);
        Self::new_request(NetFn::App, 0x47, data)
    }
}

impl IpmiCommand for SetUserPassword<'_> {
    type Output = ();
    type Error = AnswerError;

    fn parse_success_response(_: &[u8]) -> Result<(), AnswerError> {
        Ok(())
    }
}

/// Bits 7:6 of how many users are enabled, table 22-35.
pub const ENABLE_STATUS: Table = &[
    (0x00, "unknown"),
    (0x40, "enabled"),
    (0x80, "disabled"),
    (0xc0, "reserved"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fills_its_size_and_never_more() {
        for (size, header, length) in [
            (PasswordSize::Sixteen, 0x02, 18),
            (PasswordSize::Twenty, 0x82, 22),
        ] {
            for typed in 0..25 {
                let message = Message::from(SetUserPassword {
                    user: 2,
                    operation: PasswordOperation::Test,
                    password: &vec![b'x'; typed],
                    size,
                });
                assert_eq!(message.data().len(), length);
                assert_eq!(message.data()[..2], [header, 3]);
            }
        }
    }

    #[test]
    fn rights_are_laid_out_as_the_specification_says() {
        let rights = Rights {
            callback_only: true,
            link_authentication: false,
            messaging: true,
            privilege_limit: 4,
        };
        let command = SetUserAccess {
            channel: 1,
            user: 3,
            rights,
            limit_only: false,
        };
        assert_eq!(Message::from(command).data(), [0xd1, 3, 4, 0]);
        let access = GetUserAccess::parse_success_response(&[0x3f, 0x42, 1, 0x54]).unwrap();
        assert_eq!(access.rights, rights);
        assert_eq!((access.max_users, access.enabled_users), (63, 2));
    }

    #[test]
    fn a_name_ends_at_its_first_zero() {
        let mut name = [b'a'; 16];
        assert_eq!(
            GetUserName::parse_success_response(&name).unwrap().len(),
            16
        );
        name[4] = 0;
        assert_eq!(GetUserName::parse_success_response(&name).unwrap(), b"aaaa");
        assert!(GetUserName::parse_success_response(&name[..15]).is_err());
    }
}
