//! `lan set <channel> <parameter> …`: what is typed. How it is written is [`apply`]'s.

use crate::cli::number;
use crate::cli::secret::Secret;
use crate::commands::{Parsed, Refusal, medium};
use crate::ipmi::lan::Parameter;

use super::address::{ipv4, ipv4_text, mac, mac_text};
use super::apply::{Change, Set};
use super::usage;

/// Parses what follows `lan set`.
///
/// # Errors
///
/// Help, or a mistake: nothing is asked or written then.
pub fn parse(words: &[&str]) -> Result<Parsed, Refusal> {
    let [channel, name, values @ ..] = words else {
        return Err(Refusal::error(usage::SET));
    };
    if [channel, name].contains(&&"help") {
        return Err(Refusal::help(usage::SET));
    }
    let number = number::uchar(channel.as_bytes())
        .map_err(|_| Refusal::error(format!("Invalid channel: {channel}")))?;
    if !medium::is_possible(number) {
        return Err(Refusal::error(not_lan(number)));
    }
    let change = match PARAMETERS.iter().find(|(each, ..)| each == name) {
        Some((_, parse)) => parse(values)?,
        None => return Err(Refusal::error(usage::SET)),
    };
    Ok(Parsed::job(Set {
        channel: number,
        change,
    }))
}

/// Stock's complaint about a channel, and its usage.
pub fn not_lan(channel: u8) -> String {
    format!("Channel {channel} is not a LAN channel!\n{}", usage::SET)
}

/// Reads the words after a parameter's name.
type Parse = fn(&[&str]) -> Result<Change, Refusal>;

const PARAMETERS: &[(&str, Parse)] = &[
    ("user", |_| Ok(Change::User)),
    ("access", |words| match words {
        ["on", ..] => Ok(Change::Access(true)),
        ["off", ..] => Ok(Change::Access(false)),
        _ => Err(misused(words, usage::ACCESS)),
    }),
    ("arp", arp),
    ("auth", auth),
    ("ipsrc", |words| {
        let source = match words {
            ["none", ..] => 0,
            ["static", ..] => 1,
            ["dhcp", ..] => 2,
            ["bios", ..] => 3,
            _ => return Err(misused(words, usage::SOURCE)),
        };
        Ok(Change::silent(Parameter::ADDRESS_SOURCE, vec![source]))
    }),
    ("password", |words| match words.first() {
        Some(word) if word.len() > 16 => Err(Refusal::error("Password is too long (> 16 bytes)")),
        word => Ok(Change::Password(
            word.map(|word| Secret::new(word.as_bytes().to_vec())),
        )),
    }),
    ("snmp", community),
    ("ipaddr", |words| match words {
        [word] => ipv4_change(Parameter::ADDRESS, word).map_err(Refusal::error),
        _ => Err(Refusal::error(usage::SET)),
    }),
    ("netmask", |words| match words {
        [word] => ipv4_change(Parameter::NETMASK, word).map_err(Refusal::error),
        _ => Err(Refusal::error(usage::SET)),
    }),
    ("macaddr", |words| match words {
        [word] => mac_change(Parameter::MAC, word).map_err(Refusal::error),
        _ => Err(Refusal::error(usage::SET)),
    }),
    ("defgw", |words| {
        let parameters = (Parameter::GATEWAY, Parameter::GATEWAY_MAC);
        gateway(words, parameters, usage::GATEWAY)
    }),
    ("bakgw", |words| {
        let parameters = (Parameter::BACKUP_GATEWAY, Parameter::BACKUP_GATEWAY_MAC);
        gateway(words, parameters, usage::BACKUP_GATEWAY)
    }),
    ("vlan", vlan),
    ("alert", |words| match words {
        ["on" | "enable", ..] => Ok(Change::Alert(true)),
        ["off" | "disable", ..] => Ok(Change::Alert(false)),
        _ => Err(Refusal::error("LAN set alert must be 'on' or 'off'")),
    }),
    ("cipher_privs", cipher_privileges),
    ("bad_pass_thresh", bad_passwords),
];

/// Help where `help` was typed, else a mistake.
fn misused(words: &[&str], usage: &str) -> Refusal {
    match words {
        ["help", ..] => Refusal::help(usage),
        _ => Refusal::error(usage),
    }
}

fn arp(words: &[&str]) -> Result<Change, Refusal> {
    match words {
        ["interval", word, ..] => {
            let seconds = number::uchar(word.as_bytes())
                .map_err(|_| Refusal::error(format!("Given ARP interval '{word}' is invalid.")))?;
            // In half seconds, less one, it must fit a byte.
            if seconds > 127 {
                return Err(Refusal::error(format!(
                    "Given ARP interval '{seconds}' is too big."
                )));
            }
            Ok(Change::ArpInterval(seconds))
        }
        ["generate", "on", ..] => Ok(Change::ArpGenerate(true)),
        ["generate", "off", ..] => Ok(Change::ArpGenerate(false)),
        ["respond", "on", ..] => Ok(Change::ArpRespond(true)),
        ["respond", "off", ..] => Ok(Change::ArpRespond(false)),
        _ => Err(misused(words, usage::ARP)),
    }
}

/// Levels and types are lists. Stock compares the list's whole rest with each name, and so heeds only its last word.
fn auth(words: &[&str]) -> Result<Change, Refusal> {
    let (levels, types) = match words {
        ["help", ..] => return Err(Refusal::help(usage::AUTH)),
        [levels, types, ..] => (levels, types),
        _ => return Err(Refusal::error(usage::AUTH)),
    };
    let mut bits = 0;
    // No word at all is a list too, with which scripts close a level.
    for word in types.split(',').filter(|_| !types.is_empty()) {
        bits |= match word.to_ascii_lowercase().as_str() {
            "none" => 0x01,
            "md2" => 0x02,
            "md5" => 0x04,
            "password" | "key" => 0x10,
            "oem" => 0x20,
            _ => {
                let text = format!("Invalid authentication type: {word}\n{}", usage::AUTH);
                return Err(Refusal::error(text));
            }
        };
    }
    let mut which = Vec::new();
    for word in levels.split(',') {
        which.push(match word.to_ascii_lowercase().as_str() {
            "callback" => 0,
            "user" => 1,
            "operator" => 2,
            "admin" => 3,
            _ => {
                let text = format!("Invalid authentication level: {word}\n{}", usage::AUTH);
                return Err(Refusal::error(text));
            }
        });
    }
    Ok(Change::Authentication {
        levels: which,
        types: bits,
    })
}

fn community(words: &[&str]) -> Result<Change, Refusal> {
    let parameter = Parameter::COMMUNITY;
    match words {
        [] => Err(Refusal::error(usage::COMMUNITY)),
        ["help", ..] => Err(Refusal::help(usage::COMMUNITY)),
        [word, ..] if word.len() > parameter.length => Err(Refusal::error(format!(
            "{} is too long (> {} bytes)",
            parameter.name, parameter.length
        ))),
        [word, ..] => {
            let mut value = word.as_bytes().to_vec();
            value.resize(parameter.length, 0);
            Ok(Change::said(parameter, value, word))
        }
    }
}

fn ipv4_change(parameter: Parameter, word: &str) -> Result<Change, String> {
    let address = ipv4(word)?;
    Ok(Change::said(
        parameter,
        address.to_vec(),
        &ipv4_text(&address),
    ))
}

fn mac_change(parameter: Parameter, word: &str) -> Result<Change, String> {
    let address = mac(word)?;
    Ok(Change::said(
        parameter,
        address.to_vec(),
        &mac_text(&address),
    ))
}

fn gateway(
    words: &[&str],
    (address, hardware): (Parameter, Parameter),
    usage: &str,
) -> Result<Change, Refusal> {
    let change = match words {
        [] | [_] => return Err(Refusal::error(usage)),
        ["help", ..] => return Err(Refusal::help(usage)),
        ["ipaddr", word, ..] => ipv4_change(address, word),
        ["macaddr", word, ..] => mac_change(hardware, word),
        _ => return Err(Refusal::error(usage::SET)),
    };
    change.map_err(|complaint| Refusal::error(format!("{complaint}\n{}", usage::SET)))
}

fn vlan(words: &[&str]) -> Result<Change, Refusal> {
    match words {
        [] | [_] => Err(Refusal::error(usage::VLAN)),
        ["help", ..] => Err(Refusal::help(usage::VLAN)),
        ["id", "off", ..] => Ok(Change::VlanOff),
        ["id", word, ..] => match number::int(word.as_bytes()) {
            Err(_) => Err(Refusal::error(format!(
                "Given VLAN ID '{word}' is invalid."
            ))),
            Ok(id) => match u16::try_from(id) {
                Ok(id @ 1..=VLAN_MAX) => {
                    let [low, high] = id.to_le_bytes();
                    Ok(Change::silent(Parameter::VLAN, vec![low, high | 0x80]))
                }
                _ => Err(Refusal::error(format!(
                    "VLAN ID must be between 1 and {VLAN_MAX}."
                ))),
            },
        },
        ["priority", word, ..] => match number::int(word.as_bytes()).map(u8::try_from) {
            Err(_) => Err(Refusal::error(format!(
                "Given VLAN priority '{word}' is invalid."
            ))),
            Ok(Ok(priority @ 0..=7)) => {
                Ok(Change::silent(Parameter::VLAN_PRIORITY, vec![priority]))
            }
            Ok(_) => Err(Refusal::error("VLAN priority must be between 0 and 7.")),
        },
        _ => Err(Refusal::error(usage::VLAN)),
    }
}

fn cipher_privileges(words: &[&str]) -> Result<Change, Refusal> {
    let word = match words {
        ["help"] => return Err(Refusal::help(usage::CIPHER_PRIVILEGES)),
        [word] => word,
        _ => return Err(Refusal::error(usage::CIPHER_PRIVILEGES)),
    };
    let bad = |what: &str, which: &dyn std::fmt::Display| {
        Refusal::error(format!(
            "Invalid privilege specification {what}: {which}\n{}",
            usage::CIPHER_PRIVILEGES
        ))
    };
    if word.len() != 15 {
        return Err(bad("length", &word.len()));
    }
    let mut levels = Vec::with_capacity(16);
    for letter in word.chars() {
        levels.push(match letter {
            'X' => 0,
            'c' => 1,
            'u' => 2,
            'o' => 3,
            'a' => 4,
            'O' => 5,
            _ => return Err(bad("char", &letter)),
        });
    }
    // Two levels a byte, the first in the low half, after a reserved byte.
    let bytes = levels.chunks(2).map(|pair| match pair {
        [low, high] => low | high << 4,
        rest => rest.iter().sum(),
    });
    let value = [0].into_iter().chain(bytes).collect();
    Ok(Change::silent(Parameter::SUITE_PRIVILEGES, value))
}

fn bad_passwords(words: &[&str]) -> Result<Change, Refusal> {
    let usage = || Refusal::error(usage::BAD_PASSWORDS);
    let (threshold, event, reset, lockout) = match words {
        ["help"] => return Err(Refusal::help(usage::BAD_PASSWORDS)),
        [threshold, event, reset, lockout, ..] => (threshold, event, reset, lockout),
        _ => return Err(usage()),
    };
    let threshold = number::uchar(threshold.as_bytes()).map_err(|_| usage())?;
    let event = match number::uchar(event.as_bytes()) {
        Ok(event @ 0..=1) => event,
        _ => return Err(usage()),
    };
    let tens = |word: &str| number::ushort(word.as_bytes()).map_err(|_| usage());
    let ([r0, r1], [l0, l1]) = (tens(reset)?.to_le_bytes(), tens(lockout)?.to_le_bytes());
    Ok(Change::silent(
        Parameter::BAD_PASSWORDS,
        vec![event, threshold, r0, r1, l0, l1],
    ))
}

/// The greatest VLAN number.
pub const VLAN_MAX: u16 = 4094;

#[cfg(test)]
mod tests {
    use super::*;

    fn value(words: &[&str]) -> Vec<u8> {
        let (_, parse) = PARAMETERS
            .iter()
            .find(|(name, _)| *name == words[0])
            .unwrap();
        match parse(&words[1..]).unwrap() {
            Change::Write { value, .. } => value,
            change => panic!("{change:?}"),
        }
    }

    #[test]
    fn values_are_laid_out_as_the_specification_says() {
        assert_eq!(value(&["vlan", "id", "4094"]), [0xfe, 0x8f]);
        assert_eq!(
            value(&["cipher_privs", "XcuoaOXXXXXXXXa"]),
            [0, 0x10, 0x32, 0x54, 0, 0, 0, 0, 4]
        );
        assert_eq!(
            value(&["bad_pass_thresh", "3", "1", "0x102", "5"]),
            [1, 3, 2, 1, 5, 0]
        );
        assert_eq!(value(&["snmp", "x"]).len(), 18);
    }

    #[test]
    fn a_list_of_authentication_types_counts_whole() {
        let change = auth(&["ADMIN,user", "MD5,password"]).unwrap();
        assert_eq!(
            change,
            Change::Authentication {
                levels: vec![3, 1],
                types: 0x14
            }
        );
        let closed = auth(&["callback", ""]).unwrap();
        assert_eq!(
            closed,
            Change::Authentication {
                levels: vec![0],
                types: 0
            }
        );
        assert!(auth(&["ADMIN", "MD5,bogus"]).is_err());
        assert!(auth(&["ADMIN", "MD5,"]).is_err());
        assert!(auth(&["ADMIN,", "MD5"]).is_err());
    }
}
