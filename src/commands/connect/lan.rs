//! `-I lan`: a session of IPMI 1.5.

use std::time::Duration;

use ipmi_rs::connection::Message;

use super::{NO_SOCKET, Refused, raise, target, warn_of};
use crate::cli::context::{AuthType, Context, Oem};
use crate::crypto::{Key16, auth_code};
use crate::ipmi::completion;
use crate::proto::v15::Config;
use crate::transport::TransportError;
use crate::transport::interrupt::Interrupt;
use crate::transport::network::{Lan, OpenError};

/// Makes a session and raises it to the privilege level asked for.
///
/// # Errors
///
/// [`TransportError::Open`]: why, on one line, and ipmitool's own lines below it.
pub(super) fn open(
    context: &Context,
    interrupt: Option<&Interrupt>,
    first: Vec<Message>,
) -> Result<Lan, TransportError> {
    // As in stock: what fails before the first packet stands alone.
    let target = target(context).map_err(TransportError::Open)?;
    let config = config(context).map_err(TransportError::Open)?;
    let session = match Lan::open(&target, config, interrupt.cloned()) {
        Ok(session) => {
            warn_of(session.session());
            raise(session, context.privilege, first)
                .map_err(|Refused { complaint, .. }| complaint.to_string())
        }
        Err(error @ OpenError::Lookup { .. }) => {
            let text = format!("{error}{NO_SOCKET}");
            return Err(TransportError::Open(text));
        }
        Err(OpenError::Unreachable(reason)) => Err(reason),
        Err(OpenError::Refused(failure)) => {
            Err(failure.text(|code| completion::text(code).into_owned()))
        }
    };
    session.map_err(|reason| TransportError::Open(format!("{reason}\n{UNABLE}")))
}

fn config(context: &Context) -> Result<Config, String> {
    let password = context.password.as_ref().map(|password| {
        Key16::new(password.bytes()).ok_or("lan: password is longer than 16 bytes.")
    });
    Ok(Config {
        username: context.username.clone(),
        password: password.transpose()?,
        auth_type: context.auth_type.map(number),
        privilege: context.privilege.value(),
        supermicro: context.oem == Some(Oem::Supermicro),
        intel: context.oem == Some(Oem::IntelWv2),
        timeout: Duration::from_secs(context.timeout.unwrap_or(DEFAULT_TIMEOUT).into()),
        tries: context.retries.unwrap_or(DEFAULT_TRIES),
    })
}

fn number(auth_type: AuthType) -> u8 {
    match auth_type {
        AuthType::None => auth_code::NONE,
        AuthType::Md2 => auth_code::MD2,
        AuthType::Md5 => auth_code::MD5,
        AuthType::Password => auth_code::PASSWORD,
        AuthType::Oem => auth_code::OEM,
        AuthType::Invalid => 0xff,
    }
}

/// ipmitool's last words, which scripts look for.
const UNABLE: &str = "Error: Unable to establish LAN session\n\
                      Error: Unable to establish IPMI v1.5 / RMCP session";

/// ipmitool's `-N` and `-R` for lan, in seconds and tries.
const DEFAULT_TIMEOUT: u32 = 2;
const DEFAULT_TRIES: u32 = 4;
