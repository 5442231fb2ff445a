//! `channel …`: what channels are, and who may use them.

use ipmi_rs::connection::Message;

use crate::cli::{Context, number};
use crate::ipmi::channel::{
    ACCESS_MODES, AUTHENTICATION_ALGORITHMS, AUTHENTICATION_TYPES, AuthenticationCapabilities,
    CONFIDENTIALITY_ALGORITHMS, CURRENT, CipherSuite, GetAuthenticationCapabilities,
    GetChannelAccess, GetChannelInfo, GetCipherSuites, INTEGRITY_ALGORITHMS, MEDIA, PROTOCOLS,
    SESSION_SUPPORT, Settings,
};
use crate::ipmi::names::{self, PRIVILEGE_LEVELS};
use crate::ipmi::user::{
    ENABLE_STATUS, GetUserAccess, GetUserName, Rights, SetUserAccess, UserAccess,
};
use crate::ipmi::{self, Failure, exchange};

use super::arguments::{channel, privilege, user};
use super::user::{Unread, access_and_name, hint};
use super::{Desk, Job, Parsed, Refusal};

/// Parses what follows `channel`.
///
/// # Errors
///
/// Help, or a mistake.
pub fn parse(words: &[&str], _: &Context) -> Result<Parsed, Refusal> {
    let usage = || Refusal::error(USAGE);
    let too_few = || Refusal::error(format!("Not enough parameters given.\n{USAGE}"));
    Ok(Parsed::job(match words {
        [] => return Err(too_few()),
        ["help", ..] | ["setaccess", "help", ..] => return Err(Refusal::help(USAGE)),
        ["authcap", number, level] => Action::AuthenticationCapabilities {
            channel: channel(number)?,
            privilege: privilege(level)?,
        },
        ["authcap", ..] => return Err(usage()),
        ["getaccess", number] => Action::Access {
            channel: channel(number)?,
            user: None,
        },
        ["getaccess", number, id] => Action::Access {
            channel: channel(number)?,
            user: Some(user(id)?),
        },
        ["setaccess", number, id, options @ ..] if !options.is_empty() => Action::SetAccess {
            channel: channel(number)?,
            user: user(id)?,
            options: options
                .iter()
                .map(|word| option(word))
                .collect::<Result<_, _>>()?,
        },
        ["getaccess" | "setaccess", ..] => return Err(too_few()),
        ["info"] => Action::Info(CURRENT),
        ["info", number] => Action::Info(channel(number)?),
        ["info", ..] => return Err(usage()),
        ["getciphers", payload @ ("ipmi" | "sol"), rest @ ..] if rest.len() <= 1 => {
            Action::CipherSuites {
                payload: u8::from(*payload == "sol"),
                channel: rest.first().map_or(Ok(CURRENT), |word| channel(word))?,
            }
        }
        ["getciphers", ..] => return Err(usage()),
        [word, ..] => {
            let text = format!("Invalid CHANNEL command: {word}\n\n{USAGE}");
            return Err(Refusal::error(text));
        }
    }))
}

/// What is to be done.
#[derive(Debug)]
enum Action {
    AuthenticationCapabilities {
        channel: u8,
        privilege: u8,
    },
    /// A user's rights, or everyone's.
    Access {
        channel: u8,
        user: Option<u8>,
    },
    SetAccess {
        channel: u8,
        user: u8,
        options: Vec<Change>,
    },
    Info(u8),
    CipherSuites {
        payload: u8,
        channel: u8,
    },
}

/// A right that changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    CallIn(bool),
    Link(bool),
    Messaging(bool),
    Privilege(u8),
}

fn option(word: &str) -> Result<Change, Refusal> {
    let invalid = || Refusal::error(format!("Invalid option: {word}\n"));
    let (name, value) = word.split_once('=').ok_or_else(invalid)?;
    // Whatever else is said is on to stock, and to who calls it.
    let on = !matches!(value, "off" | "disable" | "no");
    match name {
        "callin" => Ok(Change::CallIn(on)),
        "link" => Ok(Change::Link(on)),
        "ipmi" => Ok(Change::Messaging(on)),
        "privilege" => names::value(value, PRIVILEGE_LEVELS)
            .or_else(|| match number::uchar(value.as_bytes()) {
                Ok(level @ 1..=15) => Some(level),
                _ => None,
            })
            .map(Change::Privilege)
            .ok_or_else(|| {
                Refusal::error(format!(
                    "Numeric [1-15] value expected, but '{value}' given."
                ))
            }),
        _ => Err(invalid()),
    }
}

impl Job for Action {
    fn first(&self) -> Vec<Message> {
        match *self {
            Self::Info(channel) => vec![GetChannelInfo { channel }.into()],
            Self::Access { channel, user } => {
                let user = user.unwrap_or(1);
                vec![GetUserAccess { channel, user }.into()]
            }
            _ => Vec::new(),
        }
    }

    fn run(&self, desk: &mut Desk<'_>) -> bool {
        match self {
            Self::AuthenticationCapabilities { channel, privilege } => {
                capabilities(*channel, *privilege, desk)
            }
            Self::Access { channel, user } => access(*channel, *user, desk),
            Self::SetAccess {
                channel,
                user,
                options,
            } => set_access(*channel, *user, options, desk),
            Self::Info(channel) => info(*channel, desk),
            Self::CipherSuites { payload, channel } => suites(*payload, *channel, desk),
        }
    }
}

fn capabilities(channel: u8, privilege: u8, desk: &mut Desk<'_>) -> bool {
    let mut ask = |extended| {
        let command = GetAuthenticationCapabilities {
            channel,
            privilege,
            extended,
        };
        exchange(desk.bmc, command)
    };
    // Some BMCs refuse to be asked for IPMI v2.0's fields.
    let answer = match ask(true) {
        Err(Failure::Completion(_) | Failure::Transport(_)) => ask(false),
        answer => answer,
    };
    match answer {
        Ok(capabilities) => {
            print_capabilities(&capabilities, desk);
            true
        }
        Err(Failure::Transport(error)) => {
            desk.output.explain(&error);
            desk.output.complain(format_args!(
                "Unable to Get Channel Authentication Capabilities"
            ));
            false
        }
        Err(failure) => {
            desk.output.complain(format_args!(
                "Get Channel Authentication Capabilities failed: {failure}"
            ));
            false
        }
    }
}

fn print_capabilities(found: &AuthenticationCapabilities, desk: &mut Desk<'_>) {
    let yes = |yes| if yes { "yes" } else { "no" }.to_owned();
    let disabled = |disabled| if disabled { "disabled" } else { "enabled" }.to_owned();
    let types: String = AUTHENTICATION_TYPES
        .iter()
        .filter(|(bit, _)| found.types() & bit != 0)
        .map(|(_, name)| format!("{name} "))
        .collect();
    let mut lines = vec![
        ("Channel number", found.channel().to_string()),
        ("IPMI v1.5  auth types", types),
    ];
    if found.is_extended() {
        let status = if found.has_kg() {
            "non-zero"
        } else {
            "default (all zeroes)"
        };
        lines.push(("KG status", status.to_owned()));
    }
    lines.extend([
        (
            "Per message authentication",
            disabled(found.per_message_disabled()),
        ),
        (
            "User level authentication",
            disabled(found.user_level_disabled()),
        ),
        ("Non-null user names exist", yes(found.named_users())),
        ("Null user names exist", yes(found.null_users())),
        ("Anonymous login enabled", yes(found.anonymous_login())),
    ]);
    if found.is_extended() {
        lines.push(("Channel supports IPMI v1.5", yes(found.v15())));
        lines.push(("Channel supports IPMI v2.0", yes(found.v20())));
    }
    if found.types() & 0x20 != 0 {
        lines.push(("IANA Number for OEM", found.oem().to_string()));
        lines.push((
            "OEM Auxiliary Data",
            format!("0x{:x}", found.oem_auxiliary()),
        ));
    }
    for (label, text) in lines {
        desk.output.line(format_args!("{label:<27}: {text}"));
    }
}

fn access(channel: u8, user: Option<u8>, desk: &mut Desk<'_>) -> bool {
    let first = user.unwrap_or(1);
    let mut current = first;
    let mut last = first;
    ipmi::hint(desk.bmc, [GetUserName { user: first }]);
    loop {
        let (found, name) = match access_and_name(channel, current, desk) {
            Ok(found) => found,
            Err((what, failure)) => {
                desk.output.evaluate(&failure);
                match what {
                    Unread::Access => complain("Get", channel, current, desk),
                    Unread::Name => desk
                        .output
                        .complain(format_args!("Unable to Get User Name (id {current})")),
                }
                return false;
            }
        };
        if current == first {
            desk.output
                .line(format_args!("Maximum User IDs     : {}", found.max_users));
            desk.output.line(format_args!(
                "Enabled User IDs     : {}",
                found.enabled_users
            ));
            last = user.unwrap_or(found.max_users);
            if user.is_none() {
                hint(channel, 2..=last, desk);
            }
        }
        print_access(current, &name, &found, desk);
        // At most 63: the number cannot overflow.
        current += 1;
        if current > last {
            return true;
        }
    }
}

fn print_access(user: u8, name: &[u8], found: &UserAccess, desk: &mut Desk<'_>) {
    let rights = found.rights;
    let able = |able| if able { "enabled" } else { "disabled" };
    let output = &mut *desk.output;
    output.line(format_args!("\nUser ID              : {user}"));
    output.print(format_args!("User Name            : "));
    output.bytes(name);
    output.line(format_args!(""));
    let fixed = if user <= found.fixed_names {
        "Yes"
    } else {
        "No"
    };
    output.line(format_args!("Fixed Name           : {fixed}"));
    let available = if rights.callback_only {
        "callback"
    } else {
        "call-in / callback"
    };
    output.line(format_args!("Access Available     : {available}"));
    let link = able(rights.link_authentication);
    output.line(format_args!("Link Authentication  : {link}"));
    let messaging = able(rights.messaging);
    output.line(format_args!("IPMI Messaging       : {messaging}"));
    let level = names::name(rights.privilege_limit, PRIVILEGE_LEVELS);
    output.line(format_args!("Privilege Level      : {level}"));
    let status = names::name(found.enable_status, ENABLE_STATUS);
    output.line(format_args!("Enable Status        : {status}"));
}

fn complain(verb: &str, channel: u8, user: u8, desk: &mut Desk<'_>) {
    desk.output.complain(format_args!(
        "Unable to {verb} User Access (channel {channel} id {user})"
    ));
}

fn set_access(channel: u8, user: u8, options: &[Change], desk: &mut Desk<'_>) -> bool {
    let mut rights = match exchange(desk.bmc, GetUserAccess { channel, user }) {
        Ok(found) => found.rights,
        Err(failure) => {
            desk.output.evaluate(&failure);
            complain("Get", channel, user, desk);
            return false;
        }
    };
    for option in options {
        option.apply(&mut rights);
    }
    let command = SetUserAccess {
        channel,
        user,
        rights,
        limit_only: false,
    };
    if let Err(failure) = exchange(desk.bmc, command) {
        desk.output.evaluate(&failure);
        complain("Set", channel, user, desk);
        return false;
    }
    desk.output.line(format_args!(
        "Set User Access (channel {channel} id {user}) successful."
    ));
    true
}

impl Change {
    fn apply(self, rights: &mut Rights) {
        let (name, value) = match self {
            Self::CallIn(on) => {
                rights.callback_only = !on;
                ("callin", u8::from(!on))
            }
            Self::Link(on) => {
                rights.link_authentication = on;
                ("link", u8::from(on))
            }
            Self::Messaging(on) => {
                rights.messaging = on;
                ("ipmi", u8::from(on))
            }
            Self::Privilege(level) => {
                rights.privilege_limit = level;
                ("privilege", level)
            }
        };
        // Two signs of equality, as in stock.
        log::debug!("Option {name}=={value}");
    }
}

fn info(channel: u8, desk: &mut Desk<'_>) -> bool {
    let found = match exchange(desk.bmc, GetChannelInfo { channel }) {
        Ok(found) => found,
        Err(failure) => {
            desk.output.evaluate(&failure);
            desk.output
                .complain(format_args!("Unable to Get Channel Info"));
            return false;
        }
    };
    let channel = found.channel;
    desk.output
        .line(format_args!("Channel 0x{channel:x} info:"));
    let lines = [
        ("Channel Medium Type", names::name(found.medium, MEDIA)),
        (
            "Channel Protocol Type",
            names::name(found.protocol, PROTOCOLS),
        ),
        (
            "Session Support",
            names::name(found.session_support, SESSION_SUPPORT),
        ),
        (
            "Active Session Count",
            found.active_sessions.to_string().into(),
        ),
        ("Protocol Vendor ID", found.vendor.to_string().into()),
    ];
    for (label, text) in lines {
        desk.output.line(format_args!("  {label:<22}: {text}"));
    }
    if !found.is_lan() {
        return true;
    }
    let both = [Settings::Volatile, Settings::NonVolatile];
    let commands = both.map(|settings| GetChannelAccess { channel, settings });
    ipmi::hint(desk.bmc, commands);
    both.into_iter()
        .all(|settings| print_settings(channel, settings, desk))
}

fn print_settings(channel: u8, settings: Settings, desk: &mut Desk<'_>) -> bool {
    let (name, title) = match settings {
        Settings::Volatile => ("volatile", "Volatile(active) Settings"),
        Settings::NonVolatile => ("non-volatile", "Non-Volatile Settings"),
    };
    let access = match exchange(desk.bmc, GetChannelAccess { channel, settings }) {
        Ok(access) => access,
        Err(failure) => {
            desk.output.evaluate(&failure);
            desk.output
                .complain(format_args!("Unable to Get Channel Access ({name})"));
            return false;
        }
    };
    let able = |disabled| if disabled { "disabled" } else { "enabled" };
    let mode = ACCESS_MODES
        .iter()
        .find(|(mode, _)| *mode == access.mode)
        .map_or("unknown", |(_, name)| name);
    desk.output.line(format_args!("  {title}"));
    for (label, text) in [
        ("Alerting", able(access.alerting)),
        ("Per-message Auth", able(access.per_message_authentication)),
        ("User Level Auth", able(access.user_level_authentication)),
        ("Access Mode", mode),
    ] {
        desk.output.line(format_args!("    {label:<20}: {text}"));
    }
    true
}

fn suites(payload: u8, channel: u8, desk: &mut Desk<'_>) -> bool {
    let part = |index| GetCipherSuites {
        channel,
        payload,
        index,
    };
    // The specification's suites are four parts at most.
    ipmi::hint(desk.bmc, (0..4).map(part));
    let mut records = Vec::new();
    for index in 0..LIST_PARTS {
        let part = match exchange(desk.bmc, part(index)) {
            Ok(part) if part.len() <= LIST_PART => part,
            Ok(part) => {
                desk.output.complain(format_args!(
                    "Get Channel Cipher Suites failed: the answer has {} bytes of data, expected at most {}",
                    part.len() + 1,
                    LIST_PART + 1
                ));
                return false;
            }
            Err(Failure::Transport(error)) => {
                desk.output.explain(&error);
                desk.output
                    .complain(format_args!("Unable to Get Channel Cipher Suites"));
                return false;
            }
            Err(failure) => {
                desk.output
                    .complain(format_args!("Get Channel Cipher Suites failed: {failure}"));
                return false;
            }
        };
        records.extend_from_slice(&part);
        if part.len() < LIST_PART {
            break;
        }
    }
    print_suites(&records, desk);
    true
}

fn print_suites(records: &[u8], desk: &mut Desk<'_>) {
    if !desk.context.csv {
        desk.output.line(format_args!(
            "ID   IANA    Auth Alg        Integrity Alg   Confidentiality Alg"
        ));
    }
    let mut rest = records;
    while !rest.is_empty() {
        let (suite, after) = match CipherSuite::read(rest) {
            Ok(read) => read,
            Err(error) => {
                log::info!("{error}");
                log::info!(
                    "Failed to parse cipher suite data at offset {}",
                    records.len() - rest.len()
                );
                return;
            }
        };
        rest = after;
        let id = suite.id;
        let oem = match suite.oem {
            0 => "N/A".to_owned(),
            oem => format!("{oem:06x}"),
        };
        let authentication = names::name(suite.authentication, AUTHENTICATION_ALGORITHMS);
        let integrity = names::name(suite.integrity, INTEGRITY_ALGORITHMS);
        let confidentiality = names::name(suite.confidentiality, CONFIDENTIALITY_ALGORITHMS);
        if desk.context.csv {
            desk.output.line(format_args!(
                "{id},{oem},{authentication},{integrity},{confidentiality}"
            ));
        } else {
            desk.output.line(format_args!(
                "{id:<4} {oem:<7} {authentication:<15} {integrity:<15} {confidentiality:<15}"
            ));
        }
    }
}

/// Parts of a list of cipher suites.
const LIST_PARTS: u8 = 0x40;

/// Bytes of such a part; the last has fewer.
const LIST_PART: usize = 16;

const USAGE: &str = "\
Channel Commands: authcap   <channel number> <max privilege>
                  getaccess <channel number> [user id]
                  setaccess <channel number> <user id> [callin=on|off] [ipmi=on|off] [link=on|off] [privilege=level]
                  info      [channel number]
                  getciphers <ipmi | sol> [channel]

Possible privilege levels are:
   1   Callback level
   2   User level
   3   Operator level
   4   Administrator level
   5   OEM Proprietary level
  15   No access";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_right_is_given_unless_it_is_said_to_be_off_and_a_level_is_one_that_there_is() {
        assert_eq!(option("callin=off").unwrap(), Change::CallIn(false));
        assert_eq!(option("link=zoinx").unwrap(), Change::Link(true));
        assert_eq!(option("ipmi=").unwrap(), Change::Messaging(true));
        assert_eq!(option("privilege=4").unwrap(), Change::Privilege(4));
        assert_eq!(option("privilege=operator").unwrap(), Change::Privilege(3));
        for word in ["link", "privilege=0", "privilege=16", "x=on"] {
            assert!(option(word).is_err(), "{word}");
        }
    }
}
