//! `lan set <channel> <parameter> …`: how what was typed is carried out.

use crate::cli::secret::Secret;
use crate::commands::{Desk, Job, medium};
use crate::ipmi::channel::{ChannelAccess, GetChannelAccess, SetChannelAccess, Settings};
use crate::ipmi::exchange;
use crate::ipmi::lan::{GetLanParameter, Parameter};
use crate::ipmi::user::{PasswordOperation, PasswordSize, Rights, SetUserAccess, SetUserPassword};

use super::print::{arp_interval, vlan_id};
use super::set::{VLAN_MAX, not_lan};
use super::{read, write};

/// A change of a channel.
#[derive(Debug)]
pub struct Set {
    /// Its number, one that a LAN channel can have.
    pub channel: u8,
    /// What changes.
    pub change: Change,
}

/// What changes.
#[derive(Debug, PartialEq, Eq)]
pub enum Change {
    /// A parameter as a whole.
    Write {
        /// Which.
        parameter: Parameter,
        /// Its new value.
        value: Vec<u8>,
        /// The value as it is shown; stock is silent about some.
        shown: Option<String>,
    },
    /// How often gratuitous ARPs are sent, in seconds up to 127; 0 only shows it.
    ArpInterval(u8),
    /// Whether gratuitous ARPs are sent.
    ArpGenerate(bool),
    /// Whether ARP requests are answered.
    ArpRespond(bool),
    /// The authentication types of some levels.
    Authentication {
        /// 0 callback to 3 administrator.
        levels: Vec<usize>,
        /// A bit for each type.
        types: u8,
    },
    /// Without VLAN.
    VlanOff,
    /// User 1's password, at most 16 bytes; none clears it.
    Password(Option<Secret>),
    /// User 1 becomes an administrator.
    User,
    /// Whether the channel can be used.
    Access(bool),
    /// Whether PEF sends alerts through the channel.
    Alert(bool),
}

impl Change {
    /// A value that is not shown.
    pub fn silent(parameter: Parameter, value: Vec<u8>) -> Self {
        Self::Write {
            parameter,
            value,
            shown: None,
        }
    }

    /// A value that is shown.
    pub fn said(parameter: Parameter, value: Vec<u8>, shown: &str) -> Self {
        Self::Write {
            parameter,
            value,
            shown: Some(shown.to_owned()),
        }
    }
}

impl Job for Set {
    fn run(&self, desk: &mut Desk<'_>) -> bool {
        let channel = self.channel;
        if !medium::is_lan(channel, desk) {
            desk.output.complain(format_args!("{}", not_lan(channel)));
            return false;
        }
        match &self.change {
            Change::Write {
                parameter,
                value,
                shown,
            } => {
                if let Some(shown) = shown {
                    desk.output
                        .line(format_args!("Setting LAN {} to {shown}", parameter.name));
                }
                write::verified(channel, *parameter, value, desk)
            }
            Change::ArpInterval(seconds) => interval(channel, *seconds, desk),
            Change::ArpGenerate(on) => arp(channel, 0x01, *on, "Gratuitous ARPs", desk),
            Change::ArpRespond(on) => arp(channel, 0x02, *on, "ARP responses", desk),
            Change::Authentication { levels, types } => {
                authentication(channel, levels, *types, desk)
            }
            Change::VlanOff => vlan_off(channel, desk),
            Change::Password(password) => set_password(password.as_ref(), desk),
            Change::User => enable_user(channel, desk),
            Change::Access(on) => access(channel, *on, desk),
            Change::Alert(on) => alert(channel, *on, desk),
        }
    }
}

/// A parameter's value before it is changed in part.
fn present(channel: u8, parameter: Parameter, desk: &mut Desk<'_>) -> Option<Vec<u8>> {
    read::needed(GetLanParameter::of(channel, parameter), parameter, desk)
}

fn interval(channel: u8, seconds: u8, desk: &mut Desk<'_>) -> bool {
    let parameter = Parameter::ARP_INTERVAL;
    let Some(value) = present(channel, parameter, desk) else {
        return false;
    };
    // In half seconds, less one. At most 127 seconds: it cannot overflow.
    let new = match seconds {
        0 => None,
        seconds => Some(seconds * 2 - 1),
    };
    let done = new.is_none_or(|new| write::verified(channel, parameter, &[new], desk));
    desk.output.line(format_args!(
        "BMC-generated Gratuitous ARP interval:  {}",
        arp_interval(new.unwrap_or(value[0]))
    ));
    done
}

fn arp(channel: u8, bit: u8, on: bool, what: &str, desk: &mut Desk<'_>) -> bool {
    let parameter = Parameter::ARP_CONTROL;
    let Some(value) = present(channel, parameter, desk) else {
        return false;
    };
    let (verb, new) = if on {
        ("En", value[0] | bit)
    } else {
        ("Dis", value[0] & !bit)
    };
    desk.output
        .line(format_args!("{verb}abling BMC-generated {what}"));
    write::verified(channel, parameter, &[new], desk)
}

fn authentication(channel: u8, levels: &[usize], types: u8, desk: &mut Desk<'_>) -> bool {
    let parameter = Parameter::AUTHENTICATION_ENABLES;
    let Some(mut value) = present(channel, parameter, desk) else {
        return false;
    };
    value.truncate(parameter.length);
    log::debug!(
        "{:<24}: callback=0x{:02x} user=0x{:02x} operator=0x{:02x} admin=0x{:02x} oem=0x{:02x}",
        parameter.name,
        value[0],
        value[1],
        value[2],
        value[3],
        value[4]
    );
    for (level, byte) in value.iter_mut().enumerate() {
        if levels.contains(&level) {
            *byte = types;
        }
    }
    write::dump(&value, "authtype data");
    write::verified(channel, parameter, &value, desk)
}

fn vlan_off(channel: u8, desk: &mut Desk<'_>) -> bool {
    log::debug!("Get current VLAN ID from BMC.");
    let parameter = Parameter::VLAN;
    let value = match read::value(GetLanParameter::of(channel, parameter), parameter, desk) {
        Ok(value) => value,
        Err(unread) => {
            log::info!("{unread}");
            None
        }
    };
    // The number stays; one that cannot be read becomes 0.
    let kept = match value.as_deref() {
        Some(value @ [low, high, ..]) => match vlan_id(value) {
            0 => {
                desk.output.line(format_args!(
                    "VLAN is already disabled for channel {channel}"
                ));
                return true;
            }
            id if id > VLAN_MAX => {
                desk.output.complain(format_args!(
                    "Retrieved VLAN ID {id} is out of range <1..{VLAN_MAX}>."
                ));
                return false;
            }
            _ => [*low, high & 0x0f],
        },
        _ => [0, 0],
    };
    write::verified(channel, parameter, &kept, desk)
}

fn set_password(password: Option<&Secret>, desk: &mut Desk<'_>) -> bool {
    let command = SetUserPassword {
        user: 1,
        operation: PasswordOperation::Set,
        password: password.map(Secret::bytes).unwrap_or_default(),
        size: PasswordSize::Sixteen,
    };
    match exchange(desk.bmc, command) {
        Ok(()) => {
            let done = if password.is_some() { "set" } else { "cleared" };
            desk.output.line(format_args!("Password {done} for user 1"));
            true
        }
        Err(failure) => {
            desk.output.evaluate(&failure);
            desk.output
                .complain(format_args!("Unable to Set LAN Password for user 1"));
            false
        }
    }
}

fn enable_user(channel: u8, desk: &mut Desk<'_>) -> bool {
    let command = SetUserAccess {
        channel,
        user: 1,
        rights: Rights {
            privilege_limit: ADMINISTRATOR,
            ..Rights::default()
        },
        limit_only: true,
    };
    match exchange(desk.bmc, command) {
        Ok(()) => {
            // Without a line's end, as in stock.
            desk.output.print(format_args!(
                "Set User Access for channel {channel} was successful."
            ));
            true
        }
        Err(failure) => {
            desk.output.evaluate(&failure);
            desk.output
                .complain(format_args!("Set User Access for channel {channel} failed"));
            false
        }
    }
}

fn access(channel: u8, on: bool, desk: &mut Desk<'_>) -> bool {
    for settings in [Settings::NonVolatile, Settings::Volatile] {
        let changed = channel_access(channel, settings, desk).is_some_and(|mut access| {
            access.mode = if on { ALWAYS_AVAILABLE } else { DISABLED };
            access.privilege_limit = ADMINISTRATOR;
            set_channel_access(channel, settings, access, true, desk)
        });
        if !changed {
            half_done(settings, desk);
            return false;
        }
    }
    desk.output.line(format_args!(
        "Set Channel Access for channel {channel} was successful."
    ));
    true
}

fn alert(channel: u8, on: bool, desk: &mut Desk<'_>) -> bool {
    let (doing, done) = if on {
        ("Enabling", "enabled")
    } else {
        ("Disabling", "disabled")
    };
    desk.output
        .line(format_args!("{doing} PEF alerts for LAN channel {channel}"));
    let Some(mut access) = channel_access(channel, Settings::NonVolatile, desk) else {
        return false;
    };
    // The bit, set, disables alerts: stock has it the wrong way round.
    access.alerting = !on;
    // As in stock, which does not set the limit, but sends it.
    for settings in [Settings::NonVolatile, Settings::Volatile] {
        if !set_channel_access(channel, settings, access, false, desk) {
            half_done(settings, desk);
            return false;
        }
    }
    desk.output
        .line(format_args!("PEF alerts for channel {channel} {done}."));
    true
}

fn channel_access(channel: u8, settings: Settings, desk: &mut Desk<'_>) -> Option<ChannelAccess> {
    match exchange(desk.bmc, GetChannelAccess { channel, settings }) {
        Ok(access) => Some(access),
        Err(failure) => {
            desk.output.evaluate(&failure);
            desk.output.complain(format_args!(
                "Unable to Get Channel Access({}) for channel {channel}",
                name(settings)
            ));
            None
        }
    }
}

fn set_channel_access(
    channel: u8,
    settings: Settings,
    access: ChannelAccess,
    set_limit: bool,
    desk: &mut Desk<'_>,
) -> bool {
    let command = SetChannelAccess {
        channel,
        settings,
        access,
        set_limit,
    };
    match exchange(desk.bmc, command) {
        Ok(()) => true,
        Err(failure) => {
            desk.output.evaluate(&failure);
            desk.output.complain(format_args!(
                "Unable to Set Channel Access({}) for channel {channel}",
                name(settings)
            ));
            false
        }
    }
}

/// Says what was changed where the second of two steps failed.
fn half_done(failed: Settings, desk: &mut Desk<'_>) {
    if failed == Settings::Volatile {
        desk.output.complain(format_args!(
            "The non-volatile setting was changed, the volatile one was not."
        ));
    }
}

fn name(settings: Settings) -> &'static str {
    match settings {
        Settings::NonVolatile => "non-volatile",
        Settings::Volatile => "volatile",
    }
}

/// A privilege level.
const ADMINISTRATOR: u8 = 4;

/// Access modes.
const DISABLED: u8 = 0;
const ALWAYS_AVAILABLE: u8 = 2;
