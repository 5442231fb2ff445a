//! Users: names, passwords, limits for each channel, payload rights (specification sections 22.26 to 22.31, 24.6, 24.7).

use crate::bmc::channel::Channels;
use crate::bmc::command::{Command, MachineEvent, Outcome, Privilege, cc};
use crate::bmc::machine::Machine;
use crate::bmc::table::{A, Entry, O};

/// This file's commands.
pub const TABLE: &[Entry] = &[
    Entry::new(6, 0x43, A, 3, 4, set_access),
    Entry::new(6, 0x44, O, 2, 2, access),
    Entry::new(6, 0x45, A, 17, 17, set_name),
    Entry::new(6, 0x46, O, 1, 1, name),
    Entry::new(6, 0x47, A, 2, 22, set_password),
    Entry::new(6, 0x4c, A, 6, 6, set_payload_access),
    Entry::new(6, 0x4d, O, 2, 2, payload_access),
];

/// A user's rights on one channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UserAccess {
    /// Greatest level a session may reach; `None`: no access at all.
    pub limit: Option<Privilege>,
    /// May log in only when called back.
    pub callback_only: bool,
    /// May be used for link authentication (PPP).
    pub link_authentication: bool,
    /// May be used for IPMI messaging at all.
    pub messaging: bool,
    /// Number of sessions at once, 0 = no limit but the channel's.
    pub sessions: u8,
    /// Standard payload types enabled, one bit each (bit 1 is SOL), types 0..=15.
    pub payloads: u16,
    /// OEM payload types enabled, bit 0 is type 20h.
    pub oem_payloads: u16,
}

/// One user.
#[derive(Debug, Clone)]
pub struct User {
    name: [u8; 16],
    password: [u8; 20],
    long_password: bool,
    enabled: bool,
    fixed_name: bool,
    access: [UserAccess; 16],
}

/// All users, IDs 1..=[`MAX_USERS`].
#[derive(Debug, Clone)]
pub struct Users {
    list: Vec<User>,
}

impl User {
    /// The name without its padding; empty for the null user.
    pub fn name(&self) -> &[u8] {
        let end = self
            .name
            .iter()
            .position(|&b| b == 0)
            .unwrap_or(self.name.len());
        &self.name[..end]
    }

    /// The password, padded with zero bytes to 20; IPMI 1.5 uses the first 16.
    pub fn password(&self) -> &[u8; 20] {
        &self.password
    }

    /// Whether the password was set as one of 20 bytes: then IPMI 1.5 sessions cannot use it.
    pub fn has_long_password(&self) -> bool {
        self.long_password
    }

    /// Whether the user may log in at all.
    pub fn is_enabled(&self) -> bool {
        self.enabled
    }

    /// Rights on a channel, 0..=15.
    pub fn access(&self, channel: u8) -> &UserAccess {
        &self.access[usize::from(channel & 0x0f)]
    }

    /// The greatest level on a channel; `None` if the user is disabled, has no messaging there, or no access.
    pub fn limit(&self, channel: u8) -> Option<Privilege> {
        let access = self.access(channel);
        (self.enabled && access.messaging)
            .then_some(access.limit)
            .flatten()
    }

    /// Whether the user may activate a payload type (0..=3Fh) on a channel.
    pub fn may_use_payload(&self, channel: u8, payload: u8) -> bool {
        let access = self.access(channel);
        match payload {
            0..=15 => access.payloads >> payload & 1 == 1,
            0x20..=0x2f => access.oem_payloads >> (payload - 0x20) & 1 == 1,
            _ => false,
        }
    }

    fn empty() -> Self {
        let none = UserAccess {
            limit: None,
            callback_only: false,
            link_authentication: false,
            messaging: false,
            sessions: 0,
            payloads: 1 << PAYLOAD_SOL,
            oem_payloads: 0x00ff,
        };
        Self {
            name: [0; 16],
            password: [0; 20],
            long_password: false,
            enabled: false,
            fixed_name: false,
            access: [none; 16],
        }
    }
}

impl Default for Users {
    /// User 1 with the null name, disabled; the others unused.
    fn default() -> Self {
        let mut list = vec![User::empty(); usize::from(MAX_USERS)];
        if let Some(first) = list.first_mut() {
            first.fixed_name = true;
        }
        Self { list }
    }
}

impl Users {
    /// A user by ID; `None` if the ID is 0 or beyond the last.
    pub fn get(&self, id: u8) -> Option<&User> {
        self.list.get(usize::from(id).checked_sub(1)?)
    }

    /// Finds the enabled user that a login on `channel` names: the lowest ID with that name that may use the channel,
    /// and whose limit is at least `level` if one is asked for (RAKP message 1 with name and privilege lookup).
    pub fn find(&self, channel: u8, name: &[u8], level: Option<Privilege>) -> Option<u8> {
        let fits = |u: &User| {
            u.name() == name
                && u.limit(channel)
                    .is_some_and(|limit| level.is_none_or(|wanted| limit >= wanted))
        };
        (1..)
            .zip(&self.list)
            .find(|(_, u)| fits(u))
            .map(|(id, _)| id)
    }

    /// Every user with its ID.
    pub fn iter(&self) -> impl Iterator<Item = (u8, &User)> {
        (1..).zip(&self.list)
    }

    /// Adds a user with access to every channel at this level; returns its ID, 2 for the first.
    ///
    /// # Errors
    /// A line for the user: the name is longer than 16 bytes, the password longer than 20, or no ID is free.
    pub fn add(&mut self, name: &str, password: &[u8], level: Privilege) -> Result<u8, String> {
        if name.len() > 16 {
            return Err(format!("user name '{name}' is longer than 16 bytes"));
        }
        if password.len() > 20 {
            return Err(format!(
                "the password of user '{name}' is longer than 20 bytes"
            ));
        }
        let free = self
            .list
            .iter()
            .skip(1)
            .position(|u| u.name().is_empty())
            .map(|i| i + 1);
        // The null name belongs to user 1.
        let index = if name.is_empty() { Some(0) } else { free };
        let Some(user) = index.and_then(|i| self.list.get_mut(i)) else {
            return Err(format!(
                "no room for user '{name}': at most {} can be had",
                MAX_USERS - 1
            ));
        };
        user.name[..name.len()].copy_from_slice(name.as_bytes());
        user.password[..password.len()].copy_from_slice(password);
        user.long_password = password.len() > 16;
        user.enabled = true;
        for access in &mut user.access {
            access.limit = Some(level);
            access.messaging = true;
            access.link_authentication = true;
        }
        Ok(index.map_or(0, |i| u8::try_from(i + 1).unwrap_or(0)))
    }

    fn get_mut(&mut self, id: u8) -> Result<&mut User, u8> {
        let index = usize::from(id & 0x3f)
            .checked_sub(1)
            .ok_or(cc::INVALID_FIELD)?;
        self.list.get_mut(index).ok_or(cc::OUT_OF_RANGE)
    }

    fn checked(&self, id: u8) -> Result<&User, u8> {
        match id & 0x3f {
            0 => Err(cc::INVALID_FIELD),
            id => self.get(id).ok_or(cc::OUT_OF_RANGE),
        }
    }
}

fn session_channel(channels: &Channels, c: &Command, byte: u8) -> Result<u8, u8> {
    let channel = channels.resolve(c, byte & 0x0f).ok_or(cc::INVALID_FIELD)?;
    if channel.has_sessions() {
        Ok(channel.number)
    } else {
        Err(cc::INVALID_FIELD)
    }
}

fn set_access(m: &mut Machine, c: &Command) -> Outcome {
    let (flags, id) = (c.data[0], c.data[1] & 0x3f);
    let channel = session_channel(&m.channels, c, flags)?;
    let limit = match c.data[2] & 0x0f {
        0x0f | 0 => None,
        bits => Some(Privilege::from_bits(bits).ok_or(cc::INVALID_FIELD)?),
    };
    let access = &mut m.users.get_mut(id)?.access[usize::from(channel)];
    if flags & 0x80 != 0 {
        access.callback_only = flags & 0x40 != 0;
        access.link_authentication = flags & 0x20 != 0;
        access.messaging = flags & 0x10 != 0;
    }
    access.limit = limit;
    if let Some(&sessions) = c.data.get(3) {
        access.sessions = sessions & 0x0f;
    }
    m.emit(MachineEvent::UserChanged(id));
    Ok(Vec::new())
}

fn access(m: &mut Machine, c: &Command) -> Outcome {
    let channel = session_channel(&m.channels, c, c.data[0])?;
    let user = m.users.checked(c.data[1])?;
    let access = user.access(channel);
    let count = |f: fn(&User) -> bool| {
        u8::try_from(m.users.list.iter().filter(|u| f(u)).count()).unwrap_or(0x3f)
    };
    let status = if user.enabled { 0x40 } else { 0x80 };
    let rights = u8::from(access.callback_only) << 6
        | u8::from(access.link_authentication) << 5
        | u8::from(access.messaging) << 4
        | access.limit.map_or(0x0f, Privilege::bits);
    Ok(vec![
        MAX_USERS,
        status | count(|u| u.enabled),
        count(|u| u.fixed_name),
        rights,
    ])
}

fn set_name(m: &mut Machine, c: &Command) -> Outcome {
    let id = c.data[0] & 0x3f;
    let user = m.users.get_mut(id)?;
    if user.fixed_name {
        return Err(cc::INVALID_FIELD);
    }
    user.name.copy_from_slice(&c.data[1..17]);
    m.emit(MachineEvent::UserChanged(id));
    Ok(Vec::new())
}

fn name(m: &mut Machine, c: &Command) -> Outcome {
    Ok(m.users.checked(c.data[0])?.name.to_vec())
}

fn set_password(m: &mut Machine, c: &Command) -> Outcome {
    let (id, long, password) = (c.data[0] & 0x3f, c.data[0] & 0x80 != 0, &c.data[2..]);
    let user = m.users.get_mut(id)?;
    match c.data[1] & 0x03 {
        0 => user.enabled = false,
        1 => user.enabled = true,
        2 => {
            let padded = padded_password(password, long)?;
            user.password = padded;
            user.long_password = long;
        }
        _ => {
            let padded = padded_password(password, long)?;
            if long != user.long_password {
                return Err(WRONG_PASSWORD_SIZE);
            }
            return if padded == user.password {
                Ok(Vec::new())
            } else {
                Err(WRONG_PASSWORD)
            };
        }
    }
    m.emit(MachineEvent::UserChanged(id));
    Ok(Vec::new())
}

fn padded_password(password: &[u8], long: bool) -> Result<[u8; 20], u8> {
    let expected = if long { 20 } else { 16 };
    if password.len() != expected {
        return Err(cc::LENGTH);
    }
    let mut padded = [0; 20];
    padded[..expected].copy_from_slice(password);
    Ok(padded)
}

fn set_payload_access(m: &mut Machine, c: &Command) -> Outcome {
    let channel = session_channel(&m.channels, c, c.data[0])?;
    let id = c.data[1] & 0x3f;
    let (standard, oem) = (
        u16::from_le_bytes([c.data[2], c.data[3]]),
        u16::from_le_bytes([c.data[4], c.data[5]]),
    );
    let access = &mut m.users.get_mut(id)?.access[usize::from(channel)];
    match c.data[1] >> 6 {
        0 => {
            access.payloads |= standard;
            access.oem_payloads |= oem;
        }
        1 => {
            access.payloads &= !standard;
            access.oem_payloads &= !oem;
        }
        _ => return Err(cc::INVALID_FIELD),
    }
    m.emit(MachineEvent::UserChanged(id));
    Ok(Vec::new())
}

fn payload_access(m: &mut Machine, c: &Command) -> Outcome {
    let channel = session_channel(&m.channels, c, c.data[0])?;
    let access = m.users.checked(c.data[1])?.access(channel);
    let [s0, s1] = access.payloads.to_le_bytes();
    let [o0, o1] = access.oem_payloads.to_le_bytes();
    Ok(vec![s0, s1, o0, o1])
}

/// Number of user IDs.
pub const MAX_USERS: u8 = 16;

/// Payload type of serial over LAN.
const PAYLOAD_SOL: u8 = 1;

/// Set User Password, test: not the password (80h).
const WRONG_PASSWORD: u8 = 0x80;
/// Set User Password, test: it is stored in the other size (81h).
const WRONG_PASSWORD_SIZE: u8 = 0x81;
