//! `set <option> <value>`.

use crate::cli::context::{AuthType, Context, Interface, Privilege};
use crate::cli::{Secret, logging, number};
use crate::commands::Refusal;
use crate::commands::output::Output;
use crate::ipmi::names;

/// A change of what the options said.
#[derive(Clone, Debug)]
pub enum Change {
    /// How many `-v`; `None`: one more.
    Verbose(Option<u8>),
    Csv(bool),
    Host(String),
    Username(String),
    Password(Secret),
    AuthType(u8),
    Privilege(u8),
    Port(u16),
    LocalAddress(u8),
    TargetAddress(u8),
}

/// Parses what follows `set`.
///
/// # Errors
///
/// Help, an unknown option, or a bad value.
pub fn parse(words: &[&str]) -> Result<Change, Refusal> {
    let byte = |word: &str| number::uchar(word.as_bytes()).map_err(|_| ());
    let bad = |complaint: String| Refusal::error(complaint);
    Ok(match words {
        ["verbose"] => Change::Verbose(None),
        ["verbose", word, ..] => {
            Change::Verbose(Some(count(word).ok_or_else(|| {
                bad(format!("Given verbose '{word}' argument is invalid."))
            })?))
        }
        ["csv"] => Change::Csv(true),
        ["csv", word, ..] => Change::Csv(
            count(word).ok_or_else(|| bad(format!("Given csv '{word}' argument is invalid.")))?
                != 0,
        ),
        ["host" | "hostname", host, ..] => Change::Host((*host).to_owned()),
        ["user" | "username", name, ..] => {
            if name.len() > MOST_NAME {
                return Err(bad("Username is too long (> 16 bytes)".to_owned()));
            }
            Change::Username((*name).to_owned())
        }
        ["pass" | "password", word, ..] => {
            if word.len() > MOST_PASSWORD {
                return Err(bad("Password is longer than 20 bytes.".to_owned()));
            }
            Change::Password(Secret::new(word.as_bytes().to_vec()))
        }
        ["authtype", name, ..] => Change::AuthType(
            names::value(name, AUTH_TYPES)
                .ok_or_else(|| bad(format!("Invalid authtype: {name}")))?,
        ),
        ["privlvl", name, ..] => Change::Privilege(
            names::value(name, names::PRIVILEGE_LEVELS)
                .ok_or_else(|| bad(format!("Invalid privilege level: {name}")))?,
        ),
        ["port", word, ..] => Change::Port(
            number::ushort(word.as_bytes())
                .map_err(|_| bad(format!("Given port '{word}' is invalid.")))?,
        ),
        ["localaddr", word, ..] => Change::LocalAddress(
            byte(word).map_err(|()| bad(format!("Given localaddr '{word}' is invalid.")))?,
        ),
        ["targetaddr", word, ..] => Change::TargetAddress(
            byte(word).map_err(|()| bad(format!("Given targetaddr '{word}' is invalid.")))?,
        ),
        _ => return Err(Refusal::error(USAGE)),
    })
}

/// Any number that stock takes; below zero is none, and more than 255 are as many as 255.
fn count(word: &str) -> Option<u8> {
    let number = number::int(word.as_bytes()).ok()?;
    Some(u8::try_from(number.max(0)).unwrap_or(u8::MAX))
}

impl Change {
    /// Whether it changes where requests go.
    pub fn moves_requests(&self) -> bool {
        matches!(self, Self::LocalAddress(_) | Self::TargetAddress(_))
    }

    /// Makes the change, and says so. An open session stays as it is: what belongs to it counts for the next one.
    pub fn apply(self, context: &mut Context, output: &mut Output) -> bool {
        let has_sessions = matches!(context.interface, Interface::Lan | Interface::Lanplus);
        let what = match &self {
            Self::Host(_) => "hostname",
            Self::Username(_) => "username",
            Self::Password(_) => "password",
            Self::AuthType(_) => "authtype",
            Self::Privilege(_) => "privilege level",
            Self::Port(_) => "port",
            _ => "",
        };
        if !what.is_empty() && !has_sessions {
            output.complain(format_args!("Failed to set session {what}."));
            return false;
        }
        match self {
            Self::Verbose(count) => {
                context.verbose = count.unwrap_or_else(|| context.verbose.saturating_add(1));
                logging::set_verbosity(context.verbose);
            }
            Self::Csv(csv) => context.csv = csv,
            Self::Host(host) => {
                output.line(format_args!("Set session hostname to {host}"));
                context.host = Some(host);
            }
            Self::Username(name) => {
                output.line(format_args!("Set session username to {name}"));
                context.username = name.into_bytes();
            }
            Self::Password(password) => {
                output.line(format_args!("Set session password"));
                context.password = Some(password);
            }
            Self::AuthType(value) => {
                let name = names::name(value, AUTH_TYPES);
                output.line(format_args!("Set session authtype to {name}"));
                set_auth_type(value, context);
            }
            Self::Privilege(value) => {
                let name = names::name(value, names::PRIVILEGE_LEVELS);
                output.line(format_args!("Set session privilege level to {name}"));
                context.privilege = privilege(value);
            }
            Self::Port(port) => {
                output.line(format_args!("Set session port to {port}"));
                // As with -p, 0 is the usual one.
                context.port = if port == 0 { RMCP } else { port };
            }
            Self::LocalAddress(address) => {
                output.line(format_args!("Set local IPMB address to 0x{address:02x}"));
                context.bridging.my_address = Some(address).filter(|address| *address != 0);
            }
            Self::TargetAddress(address) => {
                output.line(format_args!("Set remote IPMB address to 0x{address:02x}"));
                context.bridging.target_address = address;
            }
        }
        true
    }
}

fn set_auth_type(value: u8, context: &mut Context) {
    let kind = match value {
        0 => AuthType::None,
        1 => AuthType::Md2,
        2 => AuthType::Md5,
        4 => AuthType::Password,
        _ => AuthType::Oem,
    };
    if kind == AuthType::None {
        context.password = None;
    }
    context.auth_type = Some(kind);
}

fn privilege(value: u8) -> Privilege {
    match value {
        1 => Privilege::Callback,
        2 => Privilege::User,
        3 => Privilege::Operator,
        4 => Privilege::Administrator,
        5 => Privilege::Oem,
        _ => Privilege::NoAccess,
    }
}

/// IPMI v2.0 table 22-17, in stock's words.
const AUTH_TYPES: names::Table = &[
    (0, "NONE"),
    (1, "MD2"),
    (2, "MD5"),
    (4, "PASSWORD"),
    (5, "OEM"),
];

/// Bytes.
const MOST_NAME: usize = 16;
const MOST_PASSWORD: usize = 20;

/// The port of RMCP.
const RMCP: u16 = 623;

const USAGE: &str = "Usage: set <option> <value>

Options are:
    hostname <host>        Session hostname
    username <user>        Session username
    password <pass>        Session password
    privlvl <level>        Session privilege level force
    authtype <type>        Authentication type force
    localaddr <addr>       Local IPMB address
    targetaddr <addr>      Remote target IPMB address
    port <port>            Remote RMCP port
    csv [level]            enable output in comma separated format
    verbose [level]        Verbose level
";
