//! From what the command line means to an open connection.

use std::time::Duration;

use crate::cli::context::{Context, Interface, Oem, Privilege};
use crate::crypto::Key20;
use crate::crypto::rakp::Quirk;
use crate::crypto::suite::Suite;
use crate::ipmi::session::SetSessionPrivilege;
use crate::ipmi::{Failure, exchange, names};
use crate::proto::handshake::{Config, Failure as Failed};
use crate::transport::dummy::Dummy;
use crate::transport::interrupt::Interrupt;
use crate::transport::lanplus::{Lanplus, OpenError, Target};
use crate::transport::{Connection, TransportError};

/// Opens what `-I` names.
///
/// # Errors
///
/// [`TransportError::Open`] with the lines for stderr.
pub fn open(
    context: &Context,
    interrupt: Option<&Interrupt>,
) -> Result<Connection, TransportError> {
    match &context.interface {
        Interface::Dummy => Dummy::open(context.verbose).map(Connection::Dummy),
        Interface::Lanplus => {
            lanplus(context, interrupt).map(|session| Connection::Lanplus(Box::new(session)))
        }
        Interface::Lan => Err(not_driven("lan")),
        Interface::Open => Err(not_driven("open")),
        Interface::Other(name) => Err(not_driven(name)),
    }
}

/// Makes an RMCP+ session and raises it to the privilege level asked for.
///
/// # Errors
///
/// [`TransportError::Open`], or [`TransportError::Refused`] where another try would end the same: why, on one line,
/// and ipmitool's own line below it.
pub fn lanplus(
    context: &Context,
    interrupt: Option<&Interrupt>,
) -> Result<Lanplus, TransportError> {
    again(context, interrupt).map_err(|refused| TransportError::Open(refused.reason))
}

/// The same, telling whether another try is worth it: for a session in place of one that was lost.
///
/// # Errors
///
/// [`Refused`].
pub fn again(context: &Context, interrupt: Option<&Interrupt>) -> Result<Lanplus, Refused> {
    let Some(host) = context.host.as_ref().filter(|host| !host.is_empty()) else {
        // As in stock: the only reason that stands alone.
        return Err(Refused::from("No hostname specified!".to_owned()));
    };
    let target = Target {
        host: host.clone(),
        port: context.port,
        family: context.family,
    };
    config(context)
        .map_err(Refused::from)
        .and_then(|config| session(&target, config, context, interrupt))
        .map_err(|refused| Refused {
            reason: format!("{}\n{UNABLE}", refused.reason),
            ..refused
        })
}

/// Why there is no session.
#[derive(Debug)]
pub struct Refused {
    /// For standard error, in one line or more.
    pub reason: String,
    /// Whether another try would only repeat it: the BMC knows user, password or key otherwise.
    pub lasting: bool,
}

impl From<String> for Refused {
    fn from(reason: String) -> Self {
        Self {
            reason,
            lasting: true,
        }
    }
}

fn session(
    target: &Target,
    config: Config,
    context: &Context,
    interrupt: Option<&Interrupt>,
) -> Result<Lanplus, Refused> {
    let lanplus = Lanplus::open(target, config, interrupt.cloned()).map_err(|error| Refused {
        lasting: matches!(&error, OpenError::Refused(failure) if failure.is_lasting()),
        reason: match error {
            OpenError::Lookup { .. } => format!("{error}\nCould not open socket!"),
            OpenError::Refused(Failed::WrongPassword) if context.password.is_none() => {
                format!("{error} (none was given)")
            }
            OpenError::Unreachable(_) | OpenError::Refused(_) => error.to_string(),
        },
    })?;
    raise(lanplus, context.privilege)
}

/// Set Session Privilege Level, as ipmitool does unless User or less was asked for.
fn raise(mut lanplus: Lanplus, privilege: Privilege) -> Result<Lanplus, Refused> {
    let level = privilege.value();
    if level <= Privilege::User.value() {
        return Ok(lanplus);
    }
    let name = names::name(level, names::PRIVILEGE_LEVELS);
    match exchange(&mut lanplus, SetSessionPrivilege { level }) {
        Ok(()) => {
            log::debug!("Set Session Privilege Level to {name}\n");
            Ok(lanplus)
        }
        Err(failure) => {
            lanplus.close();
            let text = match failure {
                Failure::Transport(TransportError::NoAnswer) => "no answer".to_owned(),
                other => other.to_string(),
            };
            Err(Refused {
                reason: format!("Set Session Privilege Level to {name} failed: {text}"),
                lasting: false,
            })
        }
    }
}

fn config(context: &Context) -> Result<Config, String> {
    let key = |bytes: &[u8], what: &str| {
        Key20::new(bytes).ok_or_else(|| format!("lanplus: {what} is longer than 20 bytes."))
    };
    let suite = match context.cipher_suite {
        // As in stock: the number of no suite asks the BMC.
        None | Some(UNSET_SUITE) => None,
        Some(id) => Some(Suite::by_id(id).ok_or_else(|| unsupported(id))?),
    };
    Ok(Config {
        username: context.username.clone(),
        password: key(
            context.password.as_ref().map_or(&[], |p| p.bytes()),
            "password",
        )?,
        kg: context
            .kg
            .as_ref()
            .map(|kg| key(kg.bytes(), "K_g key"))
            .transpose()?,
        suite,
        privilege: context.privilege.value(),
        name_only: context.name_only,
        quirk: match context.oem {
            Some(Oem::IntelPlus) => Quirk::IntelPlus,
            Some(Oem::I82571Spt) => Quirk::I82571spt,
            _ => Quirk::Standard,
        },
        timeout: Duration::from_secs(context.timeout.unwrap_or(DEFAULT_TIMEOUT).into()),
        tries: context.retries.unwrap_or(DEFAULT_TRIES),
    })
}

/// Stock's words; why, where stock would have gone on.
fn unsupported(suite: u8) -> String {
    let why = match suite {
        4 | 5 | 9 | 10 | 13 | 14 => " (its xRC4 encryption is broken: use 3 or 17)",
        _ => "",
    };
    format!("Unsupported cipher suite ID : {suite}{why}")
}

fn not_driven(interface: &str) -> TransportError {
    TransportError::Open(format!("Error loading interface {interface}"))
}

/// ipmitool's last word, which scripts look for.
const UNABLE: &str = "Error: Unable to establish IPMI v2 / RMCP+ session";

/// Reserved (IPMI v2.0 table 22-20).
const UNSET_SUITE: u8 = 0xff;

/// ipmitool's `-N` and `-R` for lanplus, in seconds and tries.
const DEFAULT_TIMEOUT: u32 = 1;
const DEFAULT_TRIES: u32 = 4;
