//! `lan alert print|set …`: where PEF sends alerts to.

use std::ops::RangeInclusive;

use ipmi_rs::connection::Message;

use crate::cli::number;
use crate::commands::{Desk, Job, Parsed, Refusal, medium};
use crate::ipmi;
use crate::ipmi::channel::GetChannelInfo;
use crate::ipmi::lan::{GetLanParameter, Parameter};

use super::address::{ipv4, ipv4_text, mac, mac_text};
use super::{read, usage, write};

/// Parses what follows `lan alert`.
///
/// # Errors
///
/// Help, or a mistake.
pub fn parse(words: &[&str]) -> Result<Parsed, Refusal> {
    let is = |word: &&str, name: &str| word.eq_ignore_ascii_case(name);
    match words {
        [word, ..] if is(word, "help") => Err(Refusal::help(both_usages())),
        [word] if is(word, "print") => Ok(Parsed::job(Print {
            channel: None,
            destination: None,
        })),
        [word, channel, rest @ ..] if is(word, "print") => {
            if is(channel, "help") {
                return Err(Refusal::help(usage::ALERT_PRINT));
            }
            Ok(Parsed::job(Print {
                channel: Some(lan_channel(channel)?),
                destination: rest.first().map(|word| destination(word)).transpose()?,
            }))
        }
        [word, channel, rest @ ..] if is(word, "set") && rest.len() >= 3 => {
            if is(channel, "help") {
                return Err(Refusal::help(usage::ALERT_SET));
            }
            let channel = lan_channel(channel)?;
            let destination = destination(rest[0])?;
            if rest[1..3].contains(&"help") {
                return Err(Refusal::help(usage::ALERT_SET));
            }
            Ok(Parsed::job(Set {
                channel,
                destination,
                field: field(rest[1], rest[2])?,
            }))
        }
        [word, ..] if is(word, "set") => Err(Refusal::error(usage::ALERT_SET)),
        _ => Err(Refusal::error(both_usages())),
    }
}

fn both_usages() -> String {
    format!("{}\n{}", usage::ALERT_PRINT, usage::ALERT_SET)
}

fn lan_channel(word: &str) -> Result<u8, Refusal> {
    match number::uchar(word.as_bytes()) {
        Ok(channel) if medium::is_possible(channel) => Ok(channel),
        Ok(channel) => Err(Refusal::error(not_lan(channel))),
        Err(_) => Err(Refusal::error(format!("Invalid channel: {word}"))),
    }
}

fn not_lan(channel: u8) -> String {
    format!("Channel {channel} is not a LAN channel")
}

fn destination(word: &str) -> Result<u8, Refusal> {
    number::uchar(word.as_bytes()).map_err(|_| Refusal::error(format!("Invalid alert: {word}")))
}

/// One destination of a channel, or all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Print {
    /// The first LAN channel if none is named.
    channel: Option<u8>,
    destination: Option<u8>,
}

impl Job for Print {
    fn first(&self) -> Vec<Message> {
        let channel = self.channel.unwrap_or(1);
        vec![GetChannelInfo { channel }.into()]
    }

    fn run(&self, desk: &mut Desk<'_>) -> bool {
        let channel = self.channel.or_else(|| medium::find_lan(desk)).unwrap_or(0);
        hint_first(channel, self.destination.unwrap_or(0), desk);
        if !medium::is_lan(channel, desk) {
            desk.output.complain(format_args!("{}", not_lan(channel)));
            return false;
        }
        match self.destination {
            Some(destination) => {
                is_destination(channel, destination, desk) && print(channel, destination, desk)
            }
            None => {
                let Some(last) = last_destination(channel, desk) else {
                    return false;
                };
                hint(channel, 0..=last, desk);
                let mut complete = true;
                for destination in 0..=last {
                    complete &= print_if_there(channel, destination, desk);
                }
                complete
            }
        }
    }
}

/// The number of the last destination, 0 to 15: 0 is the volatile one.
fn last_destination(channel: u8, desk: &mut Desk<'_>) -> Option<u8> {
    let parameter = Parameter::DESTINATION_COUNT;
    let value = read::needed(GetLanParameter::of(channel, parameter), parameter, desk)?;
    value.first().map(|count| count & 0x0f)
}

fn is_destination(channel: u8, destination: u8, desk: &mut Desk<'_>) -> bool {
    let valid = last_destination(channel, desk).is_some_and(|last| destination <= last);
    if !valid {
        desk.output.complain(format_args!(
            "Alert {destination} is not a valid destination"
        ));
    }
    valid
}

/// Tells the connection what is going to be asked up to the first destination. What the channel is may be known.
fn hint_first(channel: u8, destination: u8, desk: &mut Desk<'_>) {
    let count = GetLanParameter::of(channel, Parameter::DESTINATION_COUNT);
    ipmi::hint(
        desk.bmc,
        [
            Message::from(GetChannelInfo { channel }),
            Message::from(count),
        ],
    );
    hint(channel, destination..=destination, desk);
}

/// Tells the connection what [`print`] is going to ask.
fn hint(channel: u8, destinations: RangeInclusive<u8>, desk: &mut Desk<'_>) {
    let parameters = [Parameter::DESTINATION_TYPE, Parameter::DESTINATION_ADDRESS];
    let commands = destinations.flat_map(|destination| {
        parameters.map(|parameter| GetLanParameter {
            set: destination,
            ..GetLanParameter::of(channel, parameter)
        })
    });
    ipmi::hint(desk.bmc, commands);
}

/// A parameter of a destination.
fn value(
    channel: u8,
    destination: u8,
    parameter: Parameter,
    desk: &mut Desk<'_>,
) -> Option<Vec<u8>> {
    let command = GetLanParameter {
        set: destination,
        ..GetLanParameter::of(channel, parameter)
    };
    read::needed(command, parameter, desk)
}

fn print(channel: u8, destination: u8, desk: &mut Desk<'_>) -> bool {
    let Some(kind) = value(channel, destination, Parameter::DESTINATION_TYPE, desk) else {
        return false;
    };
    let Some(address) = value(channel, destination, Parameter::DESTINATION_ADDRESS, desk) else {
        return false;
    };
    show(&kind, &address, desk);
    true
}

/// [`print`], but a destination that the BMC does not have after all is left out.
fn print_if_there(channel: u8, destination: u8, desk: &mut Desk<'_>) -> bool {
    let mut values = Vec::new();
    for parameter in [Parameter::DESTINATION_TYPE, Parameter::DESTINATION_ADDRESS] {
        let command = GetLanParameter {
            set: destination,
            ..GetLanParameter::of(channel, parameter)
        };
        let unread = match read::value(command, parameter, desk) {
            Ok(None) => return true,
            Ok(Some(value)) if value.len() >= parameter.length => {
                values.push(value);
                continue;
            }
            Ok(Some(value)) => read::too_short(parameter, &value, parameter.length),
            Err(unread) => unread,
        };
        unread.say(desk.output);
        return false;
    }
    if let [kind, address] = &values[..] {
        show(kind, address, desk);
    }
    true
}

/// Shows the values of both parameters, which have the parameters' lengths at least.
fn show(kind: &[u8], address: &[u8], desk: &mut Desk<'_>) {
    let acknowledged = kind[1] & 0x80 != 0;
    let (answer, time) = if acknowledged {
        ("Acknowledged", "Acknowledge Timeout")
    } else {
        ("Unacknowledged", "Retry Interval")
    };
    let mut lines = vec![
        ("Alert Destination", kind[0].to_string()),
        ("Alert Acknowledge", answer.to_owned()),
        ("Destination Type", destination_type(kind[1]).to_owned()),
        (time, kind[2].to_string()),
        ("Number of Retries", (kind[3] & 0x07).to_string()),
    ];
    // Another address format than IPv4 with MAC is not shown.
    if address[1] & 0xf0 == 0 {
        let gateway = if address[2] & 1 != 0 {
            "Backup"
        } else {
            "Default"
        };
        lines.extend([
            ("Alert Gateway", gateway.to_owned()),
            ("Alert IP Address", ipv4_text(&address[3..])),
            ("Alert MAC Address", mac_text(&address[7..])),
        ]);
    }
    for (label, text) in lines {
        desk.output.line(format_args!("{label:<24}: {text}"));
    }
    desk.output.line(format_args!(""));
}

fn destination_type(bits: u8) -> &'static str {
    match bits & 0x07 {
        0 => "PET Trap",
        6 => "OEM 1",
        7 => "OEM 2",
        _ => "Unknown",
    }
}

/// A change of a destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Set {
    channel: u8,
    destination: u8,
    field: Field,
}

/// The field that changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Address([u8; 4]),
    Mac([u8; 6]),
    Gateway { backup: bool },
    Acknowledge(bool),
    Type(u8),
    Time(u8),
    Retries(u8),
}

fn field(name: &str, word: &str) -> Result<Field, Refusal> {
    let usage = || Refusal::error(usage::ALERT_SET);
    let with_usage =
        |complaint: String| Refusal::error(format!("{complaint}\n{}", usage::ALERT_SET));
    let lower = word.to_ascii_lowercase();
    Ok(match name.to_ascii_lowercase().as_str() {
        "ipaddr" => Field::Address(ipv4(word).map_err(with_usage)?),
        "macaddr" => Field::Mac(mac(word).map_err(with_usage)?),
        "gateway" => match lower.as_str() {
            "def" | "default" => Field::Gateway { backup: false },
            "bak" | "backup" => Field::Gateway { backup: true },
            _ => return Err(usage()),
        },
        "ack" => match lower.as_str() {
            "on" | "yes" => Field::Acknowledge(true),
            "off" | "no" => Field::Acknowledge(false),
            _ => return Err(usage()),
        },
        "type" => match lower.as_str() {
            "pet" => Field::Type(0),
            "oem1" => Field::Type(6),
            "oem2" => Field::Type(7),
            _ => return Err(usage()),
        },
        "time" => Field::Time(
            number::uchar(word.as_bytes())
                .map_err(|_| Refusal::error(format!("Invalid time: {word}")))?,
        ),
        "retry" => match number::uchar(word.as_bytes()) {
            Ok(count @ 0..=7) => Field::Retries(count),
            _ => return Err(Refusal::error(format!("Invalid retry: {word}"))),
        },
        _ => return Err(usage()),
    })
}

impl Job for Set {
    fn run(&self, desk: &mut Desk<'_>) -> bool {
        let Self {
            channel,
            destination,
            field,
        } = *self;
        if !medium::is_lan(channel, desk) {
            desk.output.complain(format_args!("{}", not_lan(channel)));
            return false;
        }
        if !is_destination(channel, destination, desk) {
            return false;
        }
        let parameter = field.parameter();
        let Some(mut bytes) = value(channel, destination, parameter, desk) else {
            return false;
        };
        let done = field.apply(&mut bytes);
        desk.output
            .line(format_args!("Setting LAN Alert {destination} {done}"));
        write::unverified(channel, parameter, &bytes, desk)
    }
}

impl Field {
    fn parameter(self) -> Parameter {
        match self {
            Self::Address(_) | Self::Mac(_) | Self::Gateway { .. } => {
                Parameter::DESTINATION_ADDRESS
            }
            Self::Acknowledge(_) | Self::Type(_) | Self::Time(_) | Self::Retries(_) => {
                Parameter::DESTINATION_TYPE
            }
        }
    }

    /// Changes the field in its parameter's value, which has the parameter's length at least; says what was done.
    fn apply(self, value: &mut [u8]) -> String {
        match self {
            Self::Address(address) => {
                value[3..7].copy_from_slice(&address);
                format!("IP Address to {}", ipv4_text(&address))
            }
            Self::Mac(address) => {
                value[7..13].copy_from_slice(&address);
                format!("MAC Address to {}", mac_text(&address))
            }
            Self::Gateway { backup } => {
                value[2] = u8::from(backup);
                let which = if backup { "Backup" } else { "Default" };
                format!("to use {which} Gateway")
            }
            Self::Acknowledge(true) => {
                value[1] |= 0x80;
                "to Acknowledged".to_owned()
            }
            Self::Acknowledge(false) => {
                value[1] &= !0x80;
                "to Unacknowledged".to_owned()
            }
            Self::Type(bits) => {
                value[1] = value[1] & !0x07 | bits;
                format!("destination to {}", destination_type(bits))
            }
            Self::Time(seconds) => {
                value[2] = seconds;
                format!("timeout/retry to {seconds} seconds")
            }
            Self::Retries(count) => {
                value[3] = count;
                format!("number of retries to {count}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_changes_and_its_neighbours_stay() {
        let mut kind = [1, 0xff, 9, 9];
        Field::Type(6).apply(&mut kind);
        Field::Acknowledge(false).apply(&mut kind);
        Field::Retries(7).apply(&mut kind);
        assert_eq!(kind, [1, 0x7e, 9, 7]);
        let mut address = [0xff; 13];
        Field::Gateway { backup: true }.apply(&mut address);
        Field::Address([1, 2, 3, 4]).apply(&mut address);
        assert_eq!(address[..8], [0xff, 0xff, 1, 1, 2, 3, 4, 0xff]);
    }

    #[test]
    fn a_bad_value_is_refused_before_anything_is_asked() {
        for (name, word) in [
            ("ipaddr", "1.2.3"),
            ("macaddr", "x"),
            ("gateway", "defx"),
            ("ack", "maybe"),
            ("type", "oem3"),
            ("time", "256"),
            ("retry", "8"),
            ("bogus", "1"),
        ] {
            assert!(parse(&["set", "1", "1", name, word]).is_err(), "{name}");
        }
    }
}
