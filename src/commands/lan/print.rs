//! `lan print [channel]`.

use std::iter;

use ipmi_rs::connection::Message;

use crate::commands::output::Output;
use crate::commands::{Desk, medium};
use crate::ipmi;
use crate::ipmi::channel::{AUTHENTICATION_TYPES, GetChannelInfo};
use crate::ipmi::lan::{GetLanParameter, Parameter};

use super::address::{ipv4_text, mac_text};
use super::read::{self, Unread};
use crate::wire::text::up_to_nul;

/// Prints a channel's configuration. Whether all of it could be had: a parameter that the BMC does not have is left out,
/// as is one whose value is too short; any other failure is the end.
pub fn run(channel: u8, desk: &mut Desk<'_>) -> bool {
    hint(channel, desk);
    if !medium::is_lan(channel, desk) {
        desk.output
            .complain(format_args!("Channel {channel} is not a LAN channel"));
        return false;
    }
    let mut complete = true;
    for line in LINES {
        match line.print(channel, desk) {
            Ok(whole) => complete &= whole,
            Err(unread) if line.required => {
                unread.say(desk.output);
                return false;
            }
            Err(unread) => log::info!("{unread}"),
        }
    }
    for print in [suites, privileges, bad_passwords] {
        match print(channel, desk) {
            Ok(whole) => complete &= whole,
            Err(unread) => {
                unread.say(desk.output);
                return false;
            }
        }
    }
    complete
}

/// Tells the connection what [`run`] is going to ask.
fn hint(channel: u8, desk: &mut Desk<'_>) {
    let lines = LINES.iter().map(|line| line.parameter);
    let parameters = lines.chain([
        Parameter::SUITE_COUNT,
        Parameter::SUITES,
        Parameter::SUITE_PRIVILEGES,
        Parameter::BAD_PASSWORDS,
    ]);
    let kind = iter::once(Message::from(GetChannelInfo { channel }));
    let parameters = parameters.map(|parameter| GetLanParameter::of(channel, parameter).into());
    ipmi::hint(desk.bmc, kind.chain(parameters));
}

/// A parameter and how it is shown.
struct Line {
    parameter: Parameter,
    /// Bytes that `show` needs.
    least: usize,
    /// Whether nothing more is shown when it cannot be read.
    required: bool,
    show: fn(&[u8], &mut Output),
}

impl Line {
    /// False where the answer is too short.
    fn print(&self, channel: u8, desk: &mut Desk<'_>) -> Result<bool, Unread> {
        let parameter = self.parameter;
        match read::value(GetLanParameter::of(channel, parameter), parameter, desk)? {
            None => Ok(true),
            Some(value) if value.len() < self.least => {
                read::too_short(parameter, &value, self.least).say(desk.output);
                Ok(false)
            }
            Some(value) => {
                desk.output.print(format_args!("{:<24}: ", parameter.name));
                (self.show)(&value, desk.output);
                Ok(true)
            }
        }
    }
}

const fn line(parameter: Parameter, show: fn(&[u8], &mut Output)) -> Line {
    Line {
        parameter,
        least: parameter.length,
        required: true,
        show,
    }
}

/// In stock's order.
const LINES: &[Line] = &[
    line(Parameter::SET_IN_PROGRESS, |value, output| {
        let state = [
            "Set Complete",
            "Set In Progress",
            "Commit Write",
            "Reserved",
        ];
        output.line(format_args!("{}", state[usize::from(value[0] & 3)]));
    }),
    line(Parameter::AUTHENTICATION_SUPPORT, |value, output| {
        output.line(format_args!("{}", authentication_types(value[0])));
    }),
    line(Parameter::AUTHENTICATION_ENABLES, |value, output| {
        let levels = ["Callback", "User", "Operator", "Admin", "OEM"];
        for (index, (level, types)) in levels.iter().zip(value).enumerate() {
            if index > 0 {
                output.print(format_args!("{:<24}: ", ""));
            }
            output.line(format_args!("{level:<9}: {}", authentication_types(*types)));
        }
    }),
    line(Parameter::ADDRESS_SOURCE, |value, output| {
        output.line(format_args!(
            "{}",
            match value[0] & 0x0f {
                0 => "Unspecified",
                1 => "Static Address",
                2 => "DHCP Address",
                3 => "BIOS Assigned Address",
                _ => "Other",
            }
        ));
    }),
    line(Parameter::ADDRESS, show_ipv4),
    line(Parameter::NETMASK, show_ipv4),
    line(Parameter::MAC, show_mac),
    Line {
        // Shorter ones than the specification's 18 bytes are usual.
        least: 0,
        ..line(Parameter::COMMUNITY, |value, output| {
            output.bytes(up_to_nul(value));
            output.line(format_args!(""));
        })
    },
    line(Parameter::IP_HEADER, |value, output| {
        output.line(format_args!(
            "TTL=0x{:02x} Flags=0x{:02x} Precedence=0x{:02x} TOS=0x{:02x}",
            value[0],
            value[1] & 0xe0,
            value[2] & 0xe0,
            value[2] & 0x1e
        ));
    }),
    line(Parameter::ARP_CONTROL, |value, output| {
        let able = |bit| if value[0] & bit != 0 { "En" } else { "Dis" };
        output.line(format_args!(
            "ARP Responses {}abled, Gratuitous ARP {}abled",
            able(2),
            able(1)
        ));
    }),
    line(Parameter::ARP_INTERVAL, |value, output| {
        output.line(format_args!("{}", arp_interval(value[0])));
    }),
    line(Parameter::GATEWAY, show_ipv4),
    line(Parameter::GATEWAY_MAC, show_mac),
    line(Parameter::BACKUP_GATEWAY, show_ipv4),
    line(Parameter::BACKUP_GATEWAY_MAC, show_mac),
    Line {
        required: false,
        ..line(Parameter::VLAN, |value, output| {
            if value[1] & 0x80 != 0 {
                output.line(format_args!("{}", vlan_id(value)));
            } else {
                output.line(format_args!("Disabled"));
            }
        })
    },
    Line {
        required: false,
        ..line(Parameter::VLAN_PRIORITY, |value, output| {
            output.line(format_args!("{}", value[0] & 0x07));
        })
    },
];

fn show_ipv4(value: &[u8], output: &mut Output) {
    output.line(format_args!("{}", ipv4_text(value)));
}

fn show_mac(value: &[u8], output: &mut Output) {
    output.line(format_args!("{}", mac_text(value)));
}

/// How often gratuitous ARPs are sent; as in stock, half seconds are cut off.
pub fn arp_interval(value: u8) -> String {
    format!("{}.0 seconds", u16::from(value).div_ceil(2))
}

/// Names, each with a blank after it, as in stock.
fn authentication_types(bits: u8) -> String {
    AUTHENTICATION_TYPES
        .iter()
        .filter(|(bit, _)| bits & bit != 0)
        .map(|(_, name)| format!("{name} "))
        .collect()
}

fn suites(channel: u8, desk: &mut Desk<'_>) -> Result<bool, Unread> {
    let mut read =
        |parameter| read::value(GetLanParameter::of(channel, parameter), parameter, desk);
    let Some(count) = read(Parameter::SUITE_COUNT)? else {
        return Ok(true);
    };
    let suites = read(Parameter::SUITES)?;
    let Some(count) = count.first() else {
        read::too_short(Parameter::SUITE_COUNT, &count, 1).say(desk.output);
        return Ok(false);
    };
    // One reserved byte before them.
    let shown = suites.filter(|suites| suites.len() <= 17).map_or_else(
        || "None".to_owned(),
        |suites| {
            let ids: Vec<String> = suites
                .iter()
                .skip(1)
                .take(usize::from(*count))
                .map(u8::to_string)
                .collect();
            ids.join(",")
        },
    );
    desk.output
        .line(format_args!("{:<24}: {shown}", Parameter::SUITES.name));
    Ok(true)
}

fn privileges(channel: u8, desk: &mut Desk<'_>) -> Result<bool, Unread> {
    let parameter = Parameter::SUITE_PRIVILEGES;
    let value = read::value(GetLanParameter::of(channel, parameter), parameter, desk)?;
    let Some([_, levels @ ..]) = value
        .as_deref()
        .filter(|value| value.len() == parameter.length)
    else {
        desk.output
            .line(format_args!("{:<24}: Not Available", parameter.name));
        return Ok(true);
    };
    let letters: String = levels
        .iter()
        .flat_map(|byte| [byte & 0x0f, byte >> 4])
        .take(15)
        .map(letter)
        .collect();
    desk.output
        .line(format_args!("{:<24}: {letters}", parameter.name));
    for line in LEGEND {
        desk.output.line(format_args!("{:<24}:     {line}", ""));
    }
    Ok(true)
}

/// The letter that stands for a privilege level.
fn letter(level: u8) -> char {
    match level {
        1 => 'c',
        2 => 'u',
        3 => 'o',
        4 => 'a',
        5 => 'O',
        _ => 'X',
    }
}

const LEGEND: [&str; 6] = [
    "X=Cipher Suite Unused",
    "c=CALLBACK",
    "u=USER",
    "o=OPERATOR",
    "a=ADMIN",
    "O=OEM",
];

fn bad_passwords(channel: u8, desk: &mut Desk<'_>) -> Result<bool, Unread> {
    let parameter = Parameter::BAD_PASSWORDS;
    let value = read::value(GetLanParameter::of(channel, parameter), parameter, desk)?;
    let name = parameter.name;
    match value.as_deref() {
        Some(&[flags, threshold, r0, r1, l0, l1]) => {
            let seconds = |bytes| u32::from(u16::from_le_bytes(bytes)) * 10;
            let disables = if flags & 1 != 0 { "yes" } else { "no" };
            desk.output.line(format_args!("{name:<24}: {threshold}"));
            desk.output.line(format_args!(
                "{:<24}: {disables}",
                "Invalid password disable"
            ));
            desk.output.line(format_args!(
                "{:<24}: {}",
                "Attempt Count Reset Int.",
                seconds([r0, r1])
            ));
            desk.output.line(format_args!(
                "{:<24}: {}",
                "User Lockout Interval",
                seconds([l0, l1])
            ));
        }
        _ => desk.output.line(format_args!("{name:<24}: Not Available")),
    }
    Ok(true)
}

/// The number in a value of [`Parameter::VLAN`], which has two bytes.
pub fn vlan_id(value: &[u8]) -> u16 {
    u16::from_le_bytes([value[0], value[1] & 0x0f])
}
