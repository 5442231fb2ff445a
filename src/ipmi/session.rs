//! Sessions, IPMI v2.0 sections 22.18 to 22.20.

use std::net::Ipv4Addr;

use ipmi_rs::connection::{IpmiCommand, Message, NetFn};

use super::AnswerError;

/// Set Session Privilege Level, section 22.18.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetSessionPrivilege {
    /// 2 user to 5 OEM.
    pub level: u8,
}

impl From<SetSessionPrivilege> for Message {
    fn from(command: SetSessionPrivilege) -> Self {
        Self::new_request(NetFn::App, 0x3b, vec![command.level])
    }
}

impl IpmiCommand for SetSessionPrivilege {
    type Output = ();
    type Error = AnswerError;

    /// The new level, which some BMCs leave out, is not looked at: the completion code has said it.
    fn parse_success_response(_: &[u8]) -> Result<(), AnswerError> {
        Ok(())
    }
}

/// Get Session Info, section 22.20.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GetSessionInfo {
    /// The session that this command comes through.
    Current,
    /// The Nth active session, from 1.
    Nth(u8),
    /// The session with this handle.
    Handle(u8),
    /// The session with this id.
    Id(u32),
}

impl From<GetSessionInfo> for Message {
    fn from(command: GetSessionInfo) -> Self {
        let data = match command {
            GetSessionInfo::Current => vec![0x00],
            GetSessionInfo::Nth(number) => vec![number],
            GetSessionInfo::Handle(handle) => vec![0xfe, handle],
            GetSessionInfo::Id(id) => [&[0xff], &id.to_le_bytes()[..]].concat(),
        };
        Self::new_request(NetFn::App, 0x3d, data)
    }
}

impl IpmiCommand for GetSessionInfo {
    type Output = Vec<u8>;
    type Error = AnswerError;

    /// The data as it came, of any length: see [`SessionInfo::update`].
    fn parse_success_response(data: &[u8]) -> Result<Vec<u8>, AnswerError> {
        Ok(data.to_vec())
    }
}

/// The answer to Get Session Info, table 22-25. Its length tells which fields are valid: 3 bytes where there is no
/// session, 6 for every session, 18 for one over LAN, 12 or 14 for a serial one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SessionInfo {
    bytes: [u8; 18],
}

impl SessionInfo {
    /// Lays `data` over what is known already, as stock does: bytes that an answer lacks keep their last value (0 at
    /// first). Bytes past the 18th are dropped.
    pub fn update(&mut self, data: &[u8]) {
        for (known, new) in self.bytes.iter_mut().zip(data) {
            *known = *new;
        }
    }

    /// The session's handle, 0 if there is none.
    pub fn handle(&self) -> u8 {
        self.bytes[0]
    }

    /// How many sessions the BMC can have, 0 to 63.
    pub fn slots(&self) -> u8 {
        self.bytes[1] & 0x3f
    }

    /// How many sessions are active, 0 to 63.
    pub fn active(&self) -> u8 {
        self.bytes[2] & 0x3f
    }

    /// The session's user, 0 to 63.
    pub fn user(&self) -> u8 {
        self.bytes[3] & 0x3f
    }

    /// The session's privilege level, [`super::names::PRIVILEGE_LEVELS`].
    pub fn privilege(&self) -> u8 {
        self.bytes[4] & 0x0f
    }

    /// Whether the session is an IPMI v2.0 one.
    pub fn is_rmcp_plus(&self) -> bool {
        self.bytes[5] >> 4 != 0
    }

    /// The session's channel, 0 to 15.
    pub fn channel(&self) -> u8 {
        self.bytes[5] & 0x0f
    }

    /// LAN: the remote console's address.
    pub fn lan_address(&self) -> Ipv4Addr {
        self.address(6)
    }

    /// LAN: the remote console's MAC address.
    pub fn lan_mac(&self) -> [u8; 6] {
        let b = &self.bytes;
        [b[10], b[11], b[12], b[13], b[14], b[15]]
    }

    /// LAN: the remote console's port.
    pub fn lan_port(&self) -> u16 {
        u16::from_le_bytes([self.bytes[16], self.bytes[17]])
    }

    /// Serial: what the session does, [`super::names::CHANNEL_ACTIVITIES`].
    pub fn serial_activity(&self) -> u8 {
        self.bytes[6]
    }

    /// Serial: the destination selector, 0 to 15.
    pub fn serial_destination(&self) -> u8 {
        self.bytes[7] & 0x0f
    }

    /// Serial: the remote console's address with PPP.
    pub fn serial_address(&self) -> Ipv4Addr {
        self.address(8)
    }

    fn address(&self, at: usize) -> Ipv4Addr {
        let b = &self.bytes;
        Ipv4Addr::new(b[at], b[at + 1], b[at + 2], b[at + 3])
    }
}

/// Close Session, section 22.19.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CloseSession {
    /// The managed system's id of the session; not 0.
    pub id: u32,
}

impl From<CloseSession> for Message {
    fn from(command: CloseSession) -> Self {
        Self::new_request(NetFn::App, 0x3c, command.id.to_le_bytes().to_vec())
    }
}

impl IpmiCommand for CloseSession {
    type Output = ();
    type Error = AnswerError;

    fn parse_success_response(_: &[u8]) -> Result<(), AnswerError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn session_info_of_any_length_is_laid_over_what_is_known() {
        let full: Vec<u8> = (1..=18).collect();
        for length in 0..40 {
            let mut info = SessionInfo::default();
            info.update(&full);
            info.update(&vec![0xff; length]);
            assert_eq!(info.handle(), if length > 0 { 0xff } else { 1 });
            assert_eq!(
                info.lan_port(),
                if length >= 18 {
                    0xffff
                } else if length == 17 {
                    0x12ff
                } else {
                    0x1211
                }
            );
        }
    }

    #[test]
    fn a_session_is_asked_for_by_id_and_handle() {
        assert_eq!(
            Message::from(GetSessionInfo::Id(0x0403_0201)).data(),
            [0xff, 1, 2, 3, 4]
        );
        assert_eq!(Message::from(GetSessionInfo::Handle(9)).data(), [0xfe, 9]);
    }
}
