//! Channel commands that are not about sessions (specification sections 22.22 to 22.25, 24.8, 24.9, 22.31).

use crate::bmc::channel::{AccessMode, Channel, ChannelAccess};
use crate::bmc::command::{Command, MachineEvent, Outcome, Privilege, SYSTEM_INTERFACE, cc};
use crate::bmc::machine::Machine;
use crate::bmc::table::{A, Entry, U};

/// This file's commands.
pub const TABLE: &[Entry] = &[
    Entry::new(6, 0x40, A, 3, 3, set_access),
    Entry::new(6, 0x41, U, 2, 2, access),
    Entry::new(6, 0x42, U, 1, 1, info),
    Entry::new(6, 0x4e, U, 1, 1, payload_support),
    Entry::new(6, 0x4f, U, 2, 2, payload_version),
    Entry::new(6, 0x56, A, 3, 40, security_keys),
];

fn set_access(m: &mut Machine, c: &Command) -> Outcome {
    let number = with_sessions(m, c)?.number;
    let mode = AccessMode::from_bits(c.data[1] & 0x07).ok_or(cc::INVALID_FIELD)?;
    if c.data[1] >> 6 == 3 || c.data[2] >> 6 == 3 {
        return Err(cc::INVALID_FIELD);
    }
    if matches!(mode, AccessMode::PreBootOnly | AccessMode::Shared) {
        return Err(MODE_NOT_SUPPORTED);
    }
    let limit = Privilege::from_bits(c.data[2] & 0x0f);
    if c.data[2] >> 6 != 0 && limit.is_none() {
        return Err(cc::INVALID_FIELD);
    }
    let Some(channel) = m.channels.get_mut(number) else {
        return Err(cc::INVALID_FIELD);
    };
    let apply = |access: &mut ChannelAccess| {
        access.mode = mode;
        access.alerting_disabled = c.data[1] & 0x20 != 0;
        access.per_message_auth_disabled = c.data[1] & 0x10 != 0;
        access.user_level_auth_disabled = c.data[1] & 0x08 != 0;
    };
    match c.data[1] >> 6 {
        1 => apply(&mut channel.stored),
        2 => apply(&mut channel.present),
        _ => {}
    }
    match (c.data[2] >> 6, limit) {
        (1, Some(limit)) => channel.stored.limit = limit,
        (2, Some(limit)) => channel.present.limit = limit,
        _ => {}
    }
    m.emit(MachineEvent::ChannelChanged(number));
    Ok(Vec::new())
}

fn access(m: &mut Machine, c: &Command) -> Outcome {
    let channel = with_sessions(m, c)?;
    let access = match c.data[1] >> 6 {
        1 => &channel.stored,
        2 => &channel.present,
        _ => return Err(cc::INVALID_FIELD),
    };
    let flags = u8::from(access.alerting_disabled) << 5
        | u8::from(access.per_message_auth_disabled) << 4
        | u8::from(access.user_level_auth_disabled) << 3
        | access.mode as u8;
    Ok(vec![flags, access.limit.bits()])
}

fn info(m: &mut Machine, c: &Command) -> Outcome {
    let channel = m
        .channels
        .resolve(c, c.data[0] & 0x0f)
        .ok_or(cc::INVALID_FIELD)?;
    let sessions = if channel.has_sessions() {
        0x80 | channel.sessions.min(0x3f)
    } else {
        0
    };
    // A system interface says which interrupts it uses: none (FFh).
    let auxiliary = if channel.number == SYSTEM_INTERFACE {
        [0xff, 0xff]
    } else {
        [0, 0]
    };
    let [v0, v1, v2] = IPMI_ENTERPRISE;
    Ok(vec![
        channel.number,
        channel.medium,
        channel.protocol,
        sessions,
        v0,
        v1,
        v2,
        auxiliary[0],
        auxiliary[1],
    ])
}

fn payload_support(m: &mut Machine, c: &Command) -> Outcome {
    let channel = m
        .channels
        .resolve(c, c.data[0] & 0x0f)
        .ok_or(cc::INVALID_FIELD)?;
    if !channel.has_sessions() {
        return Err(cc::INVALID_FIELD);
    }
    // IPMI messages and SOL; Open Session and RAKP messages 1 to 4; no OEM payloads.
    Ok(vec![0x03, 0x00, 0x3f, 0x00, 0x00, 0x00, 0x00, 0x00])
}

fn payload_version(m: &mut Machine, c: &Command) -> Outcome {
    let channel = m
        .channels
        .resolve(c, c.data[0] & 0x0f)
        .ok_or(cc::INVALID_FIELD)?;
    match c.data[1] & 0x3f {
        _ if !channel.has_sessions() => Err(cc::INVALID_FIELD),
        0 | 1 | 0x10..=0x15 => Ok(vec![0x10]),
        _ => Err(cc::PARAMETER_NOT_SUPPORTED),
    }
}

fn security_keys(m: &mut Machine, c: &Command) -> Outcome {
    let number = with_sessions(m, c)?.number;
    let Some(channel) = m.channels.get_mut(number) else {
        return Err(cc::INVALID_FIELD);
    };
    match c.data[2] {
        // K_R: logins use the user's password.
        0 => return Err(KEY_NOT_USED),
        1 => {}
        _ => return Err(cc::INVALID_FIELD),
    }
    let lock_status = |channel: &Channel| if channel.kg_locked { 1 } else { 2 };
    match c.data[1] & 0x03 {
        0 if channel.kg_locked => Err(KEY_LOCKED),
        0 => Ok([&[lock_status(channel)][..], &channel.kg].concat()),
        1 if channel.kg_locked => Err(KEY_LOCKED),
        1 => {
            let key = &c.data[3..];
            channel.kg = key.try_into().map_err(|_| {
                if key.len() < 20 {
                    KEY_TOO_SHORT
                } else {
                    KEY_TOO_LONG
                }
            })?;
            let status = lock_status(channel);
            m.emit(MachineEvent::ChannelChanged(number));
            Ok(vec![status])
        }
        2 => {
            channel.kg_locked = true;
            Ok(vec![lock_status(channel)])
        }
        _ => Err(cc::INVALID_FIELD),
    }
}

fn with_sessions<'m>(m: &'m Machine, c: &Command) -> Result<&'m Channel, u8> {
    let channel = m
        .channels
        .resolve(c, c.data[0] & 0x0f)
        .ok_or(cc::INVALID_FIELD)?;
    if channel.has_sessions() {
        Ok(channel)
    } else {
        Err(NO_SESSIONS)
    }
}

/// IANA enterprise number of the IPMI forum, 7154, least significant byte first.
const IPMI_ENTERPRISE: [u8; 3] = [0xf2, 0x1b, 0x00];
/// Set or Get Channel Access: the channel has no sessions (82h).
const NO_SESSIONS: u8 = 0x82;
/// Set Channel Access: access mode not supported (83h).
const MODE_NOT_SUPPORTED: u8 = 0x83;
/// Set Channel Security Keys: the key is locked (80h).
const KEY_LOCKED: u8 = 0x80;
/// Set Channel Security Keys: too few key bytes (81h).
const KEY_TOO_SHORT: u8 = 0x81;
/// Set Channel Security Keys: too many key bytes (82h).
const KEY_TOO_LONG: u8 = 0x82;
/// Set Channel Security Keys: K_R is not used (84h).
const KEY_NOT_USED: u8 = 0x84;
