//! Why no IPMI 1.5 session could be made, in ipmitool's words where it has some.

use std::time::Duration;

use thiserror::Error;

use crate::crypto::auth_code;
use crate::proto::login::{self, nothing_heard, times};

/// Why no session could be made. The text goes on the line before ipmitool's own `Error: Unable to establish LAN
/// session`.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Failure {
    /// Nothing at all was heard.
    #[error("{}; wrong address or port, or the host is down", nothing_heard(*.tries, *.waited))]
    Dead {
        /// How often it was asked.
        tries: u32,
        /// For how long.
        waited: Duration,
    },
    /// The BMC answered before and then fell silent.
    #[error("{} command failed: no answer to {}{}", .step.name(), times(*.tries), .step.hint(*.forged))]
    Silent {
        /// What was not answered.
        step: Asked,
        /// How often it was asked.
        tries: u32,
        /// How many answers were not authentic.
        forged: u32,
    },
    /// The BMC refused.
    #[error("{}", worded(*.step, *.code, |code| format!("code 0x{code:02x}")))]
    Refused {
        /// What.
        step: Asked,
        /// Its completion code.
        code: u8,
    },
    /// An answer that is too short.
    #[error("{} command failed: the answer is too short", .step.name())]
    Short {
        /// To what.
        step: Asked,
    },
    /// The type that was asked for is not offered.
    #[error("Authentication type {} not supported{}", type_name(*.wanted), nothing_offered(*.offered))]
    NotOffered {
        /// What was asked for; 'none' where nothing was.
        wanted: u8,
        /// What the BMC offers, one bit for each type.
        offered: u8,
    },
    /// The type that was asked for needs a password, and there is none.
    #[error("No supported authtypes found")]
    NoPassword,
    /// The session that the BMC made has another type than was asked for.
    #[error("Invalid Session AuthType {} in response", type_name(*.got))]
    OtherType {
        /// The type.
        got: u8,
    },
}

/// A message of session set-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Get Channel Authentication Capabilities.
    Capabilities,
    /// Get Session Challenge.
    Challenge,
    /// Activate Session.
    Activation,
}

impl Asked {
    fn name(self) -> &'static str {
        match self {
            Self::Capabilities => "Get Auth Capabilities",
            Self::Challenge => "Get Session Challenge",
            Self::Activation => "Activate Session",
        }
    }

    /// A BMC does not answer what is not authentic; and some answer with codes that are wrong.
    fn hint(self, forged: u32) -> &'static str {
        match (self, forged) {
            (Self::Activation, 0) => "; wrong password?",
            (Self::Activation, _) => " that has the right authentication code (try another -A)",
            _ => "",
        }
    }
}

impl login::Failure for Failure {
    fn dead(&self) -> Option<String> {
        match self {
            Self::Dead { tries, waited } => Some(nothing_heard(*tries, *waited)),
            _ => None,
        }
    }

    fn is_silent(&self) -> bool {
        matches!(self, Self::Silent { .. })
    }
}

impl Failure {
    /// The text, with the names of the general completion codes, which are known further up.
    pub fn text(&self, general: impl Fn(u8) -> String) -> String {
        match self {
            Self::Refused { step, code } => worded(*step, *code, general),
            other => other.to_string(),
        }
    }
}

fn worded(step: Asked, code: u8, general: impl Fn(u8) -> String) -> String {
    match (step, special(step, code)) {
        (Asked::Activation, Some(text)) => format!("Activate Session error:\t{text}"),
        (Asked::Activation, None) => format!("Activate Session error:\t{}", general(code)),
        (_, Some(text)) => text.to_owned(),
        (_, None) => format!("{} command failed: {}", step.name(), general(code)),
    }
}

/// ipmitool's name of an authentication type.
pub fn type_name(auth_type: u8) -> String {
    match auth_type {
        auth_code::NONE => "NONE".to_owned(),
        auth_code::MD2 => "MD2".to_owned(),
        auth_code::MD5 => "MD5".to_owned(),
        auth_code::PASSWORD => "PASSWORD".to_owned(),
        auth_code::OEM => "OEM".to_owned(),
        other => format!("Unknown (0x{other:02X})"),
    }
}

fn nothing_offered(types: u8) -> &'static str {
    match types & 0x3f {
        0 => " (the BMC offers no IPMI 1.5 session: use -I lanplus)",
        _ => "",
    }
}

/// What the codes of IPMI 2.0 tables 22-20 and 22-21 mean.
fn special(step: Asked, code: u8) -> Option<&'static str> {
    Some(match (step, code) {
        (Asked::Challenge, 0x81) => "Invalid user name",
        (Asked::Challenge, 0x82) => "NULL user name not enabled",
        (Asked::Activation, 0x81) => "No session slot available",
        (Asked::Activation, 0x82) => "No slot available for given user - limit reached",
        (Asked::Activation, 0x83) => {
            "No slot available to support user due to maximum privilege capacity"
        }
        (Asked::Activation, 0x84) => "Session sequence out of range",
        (Asked::Activation, 0x85) => "Invalid session ID in request",
        (Asked::Activation, 0x86) => "Requested privilege level exceeds limit",
        (Asked::Activation, 0xd4) => "Insufficient privilege level",
        _ => return None,
    })
}
