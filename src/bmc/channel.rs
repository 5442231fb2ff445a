//! Channels: what they are made of, and who may use them (specification chapter 6).

use super::command::{Command, PRESENT_CHANNEL, Privilege, SYSTEM_INTERFACE};

/// When a channel may be used (specification table 6-4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessMode {
    /// Never.
    Disabled = 0,
    /// Only before the system boots.
    PreBootOnly = 1,
    /// Always.
    Always = 2,
    /// Shared with the host (serial channels).
    Shared = 3,
}

/// Access settings of a channel, as Set Channel Access holds them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChannelAccess {
    /// When it may be used.
    pub mode: AccessMode,
    /// No user-level authentication.
    pub user_level_auth_disabled: bool,
    /// Packets after the activation are not authenticated.
    pub per_message_auth_disabled: bool,
    /// No alerts over it.
    pub alerting_disabled: bool,
    /// Greatest level of any session.
    pub limit: Privilege,
}

/// One channel.
#[derive(Debug, Clone)]
pub struct Channel {
    /// Its number, 0..=15.
    pub number: u8,
    /// Medium type (table 6-3): 1 IPMB, 4 LAN, 0Ch system interface.
    pub medium: u8,
    /// Protocol type (table 6-2): 1 IPMB, 5 KCS.
    pub protocol: u8,
    /// The settings in force.
    pub present: ChannelAccess,
    /// The settings after the next cold reset.
    pub stored: ChannelAccess,
    /// K_G, all zero when unset: then passwords serve for both keys.
    pub kg: [u8; 20],
    /// K_G cannot be read or changed any more.
    pub kg_locked: bool,
    /// Number of sessions active now; kept by the session layer through
    /// [`Machine::set_session_count`](super::machine::Machine::set_session_count).
    pub sessions: u8,
}

/// All channels.
#[derive(Debug, Clone)]
pub struct Channels {
    list: Vec<Channel>,
}

impl Channel {
    /// Whether sessions exist on it: LAN and serial channels.
    pub fn has_sessions(&self) -> bool {
        matches!(self.medium, MEDIUM_LAN..=MEDIUM_OTHER_LAN)
    }

    /// Whether it is an Ethernet LAN.
    pub fn is_lan(&self) -> bool {
        self.medium == MEDIUM_LAN
    }
}

impl Channels {
    /// IPMB on 0, LANs on 1 and 2, the system interface on 15.
    pub fn new() -> Self {
        let channel = |number, medium, protocol, mode| {
            let access = ChannelAccess {
                mode,
                user_level_auth_disabled: false,
                per_message_auth_disabled: false,
                alerting_disabled: false,
                limit: Privilege::Administrator,
            };
            Channel {
                number,
                medium,
                protocol,
                present: access,
                stored: access,
                kg: [0; 20],
                kg_locked: false,
                sessions: 0,
            }
        };
        Self {
            list: vec![
                channel(0, MEDIUM_IPMB, PROTOCOL_IPMB, AccessMode::Always),
                channel(1, MEDIUM_LAN, PROTOCOL_IPMB, AccessMode::Always),
                channel(2, MEDIUM_LAN, PROTOCOL_IPMB, AccessMode::Always),
                channel(
                    SYSTEM_INTERFACE,
                    MEDIUM_SYSTEM,
                    PROTOCOL_KCS,
                    AccessMode::Always,
                ),
            ],
        }
    }

    /// A channel by number.
    pub fn get(&self, number: u8) -> Option<&Channel> {
        self.list.iter().find(|c| c.number == number)
    }

    /// A channel by number, to change it.
    pub fn get_mut(&mut self, number: u8) -> Option<&mut Channel> {
        self.list.iter_mut().find(|c| c.number == number)
    }

    /// Every channel.
    pub fn iter(&self) -> impl Iterator<Item = &Channel> {
        self.list.iter()
    }

    /// The channel that a request's four-bit field names; 0Eh is the one it came over.
    pub fn resolve(&self, c: &Command, field: u8) -> Option<&Channel> {
        self.get(if field == PRESENT_CHANNEL {
            c.channel
        } else {
            field
        })
    }

    pub(in crate::bmc) fn restore_stored(&mut self) {
        for channel in &mut self.list {
            channel.present = channel.stored;
        }
    }
}

impl Default for Channels {
    fn default() -> Self {
        Self::new()
    }
}

impl AccessMode {
    /// The mode for a three-bit value; `None` for reserved ones.
    pub const fn from_bits(bits: u8) -> Option<Self> {
        match bits {
            0 => Some(Self::Disabled),
            1 => Some(Self::PreBootOnly),
            2 => Some(Self::Always),
            3 => Some(Self::Shared),
            _ => None,
        }
    }
}

const MEDIUM_IPMB: u8 = 0x01;
const MEDIUM_LAN: u8 = 0x04;
const MEDIUM_OTHER_LAN: u8 = 0x06;
const MEDIUM_SYSTEM: u8 = 0x0c;
const PROTOCOL_IPMB: u8 = 0x01;
const PROTOCOL_KCS: u8 = 0x05;
