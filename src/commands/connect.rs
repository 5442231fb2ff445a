//! From what the command line means to an open connection.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use ipmi_rs::connection::Message;

use crate::cli::context::{Context, Interface, Oem, Privilege};
use crate::crypto::Key20;
use crate::crypto::rakp::Quirk;
use crate::crypto::suite::Suite;
use crate::ipmi::complaint::Complaint;
use crate::ipmi::session::SetSessionPrivilege;
use crate::ipmi::{Failure, exchange, hint, ipmb, names};
use crate::proto::bridge::Hop;
use crate::proto::handshake::{Config, Failure as Failed};
use crate::proto::login::Terms;
use crate::proto::session::Session;
use crate::transport::dummy::Dummy;
use crate::transport::interrupt::Interrupt;
use crate::transport::network::{Lanplus, Network, OpenError, Target};
use crate::transport::open::Device;
use crate::transport::{Addressing, BmcConnection, Connection, TransportError};

mod lan;

/// Opens what `-I` names. `first` is what will be asked for first, and changes nothing: over a network it is asked
/// together with the privilege level.
///
/// # Errors
///
/// [`TransportError::Open`] with the lines for stderr.
pub fn open(
    context: &Context,
    interrupt: Option<&Interrupt>,
    first: Vec<Message>,
) -> Result<Connection, TransportError> {
    // Where requests go when they are bridged is not known yet.
    let first = match context.bridging.target_address {
        0 => first,
        _ => Vec::new(),
    };
    let mut connection = match &context.interface {
        Interface::Dummy => Dummy::open().map(Connection::Dummy),
        Interface::Lan => {
            lan::open(context, interrupt, first).map(|session| Connection::Lan(Box::new(session)))
        }
        Interface::Lanplus => {
            let session = with_first(context, interrupt, first);
            session
                .map(|session| Connection::Lanplus(Box::new(session)))
                .map_err(|refused| TransportError::Open(refused.complaint.to_string()))
        }
        Interface::Open => Device::at(context.device).map(Connection::Open),
        Interface::Other(name) => Err(not_driven(name)),
    }?;
    let addressing = addressing(context, &mut connection);
    connection.set_addressing(addressing);
    Ok(connection)
}

/// What `-t -b -T -B -m` say. In a shelf the BMC knows best what it is called on the busses behind it; it is asked only
/// where that makes a difference.
pub fn addressing(context: &Context, connection: &mut Connection) -> Addressing {
    let bridging = &context.bridging;
    let hop = |address, channel| (address != 0).then_some(Hop { channel, address });
    let target = hop(bridging.target_address, bridging.target_channel);
    let told = || match context.oem {
        Some(Oem::I82571Spt) => None,
        _ => target.and_then(|_| ipmb::own_address(connection)),
    };
    let plain = Addressing::default();
    Addressing {
        own: bridging.my_address.or_else(told).unwrap_or(plain.own),
        target,
        transit: hop(bridging.transit_address, bridging.transit_channel),
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
    again(context, interrupt).map_err(|refused| TransportError::Open(refused.complaint.to_string()))
}

/// The same, telling whether another try is worth it: for a session in place of one that was lost.
///
/// # Errors
///
/// [`Refused`].
pub fn again(context: &Context, interrupt: Option<&Interrupt>) -> Result<Lanplus, Refused> {
    with_first(context, interrupt, Vec::new())
}

fn with_first(
    context: &Context,
    interrupt: Option<&Interrupt>,
    first: Vec<Message>,
) -> Result<Lanplus, Refused> {
    // As in stock: the only reason that stands alone.
    let target = target(context).map_err(Refused::from)?;
    config(context)
        .map_err(Refused::from)
        .and_then(|config| session(&target, config, context, interrupt, first))
        .map_err(|refused| Refused {
            complaint: refused.complaint.and(UNABLE),
            ..refused
        })
}

/// Where `-H`, `-p`, `-4` and `-6` say that the BMC is.
fn target(context: &Context) -> Result<Target, String> {
    let host = context.host.as_ref().filter(|host| !host.is_empty());
    Ok(Target {
        host: host.ok_or("No hostname specified!")?.clone(),
        port: context.port,
        family: context.family,
    })
}

/// Why there is no session.
#[derive(Debug)]
pub struct Refused {
    /// For standard error.
    pub complaint: Complaint,
    /// Whether another try would only repeat it: the BMC knows user, password or key otherwise.
    pub lasting: bool,
}

impl From<String> for Refused {
    fn from(why: String) -> Self {
        Self {
            complaint: Complaint::plain(why),
            lasting: true,
        }
    }
}

fn session(
    target: &Target,
    config: Config,
    context: &Context,
    interrupt: Option<&Interrupt>,
    first: Vec<Message>,
) -> Result<Lanplus, Refused> {
    let lanplus = Lanplus::open(target, config, interrupt.cloned()).map_err(|error| Refused {
        lasting: matches!(&error, OpenError::Refused(failure) if failure.is_lasting()),
        complaint: match error {
            OpenError::Lookup { .. } => Complaint::plain(error.to_string()).and(NO_SOCKET),
            OpenError::Refused(Failed::WrongPassword) if context.password.is_none() => {
                Complaint::plain(format!("{error} (none was given)"))
            }
            OpenError::Unreachable(_) | OpenError::Refused(_) => {
                Complaint::plain(error.to_string())
            }
        },
    })?;
    if let (None, Some(suite)) = (lanplus.terms().suite, lanplus.session().suite()) {
        log::info!("Using best available cipher suite {}\n", suite.id);
    }
    warn_of(lanplus.session());
    log::debug!("IPMIv2 / RMCP+ SESSION OPENED SUCCESSFULLY\n");
    raise(lanplus, context.privilege, first)
}

/// Tells a person, not a script, of a session that leaves something unprotected.
fn warn_of(session: &Session) {
    let mut stderr = io::stderr();
    if let (Some(weakness), true) = (session.weakness(), stderr.is_terminal()) {
        // Where standard error is gone nobody is left to warn.
        let _ = writeln!(stderr, "[{weakness}]");
    }
}

/// Set Session Privilege Level, as ipmitool does unless User or less was asked for. What comes first travels with it: a
/// BMC that takes them in another order refuses it, and is asked again.
fn raise<T: Terms>(
    mut session: Network<T>,
    privilege: Privilege,
    first: Vec<Message>,
) -> Result<Network<T>, Refused> {
    let level = privilege.value();
    if level <= Privilege::User.value() {
        return Ok(session);
    }
    let name = names::name(level, names::PRIVILEGE_LEVELS);
    hint(
        &mut session,
        std::iter::once(SetSessionPrivilege { level }.into()).chain(first),
    );
    match exchange(&mut session, SetSessionPrivilege { level }) {
        Ok(()) => {
            log::debug!("Set Session Privilege Level to {name}\n");
            Ok(session)
        }
        Err(failure) => {
            session.close();
            let text = match failure {
                Failure::Transport(TransportError::NoAnswer) => "no answer".to_owned(),
                other => other.to_string(),
            };
            Err(Refused {
                complaint: Complaint::plain(format!(
                    "Set Session Privilege Level to {name} failed: {text}"
                )),
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
const UNABLE: &str = "\nError: Unable to establish IPMI v2 / RMCP+ session";

/// Its words where the host's name is unknown.
const NO_SOCKET: &str = "\nCould not open socket!";

/// Reserved (IPMI v2.0 table 22-20).
const UNSET_SUITE: u8 = 0xff;

/// ipmitool's `-N` and `-R` for lanplus, in seconds and tries.
const DEFAULT_TIMEOUT: u32 = 1;
const DEFAULT_TRIES: u32 = 4;
