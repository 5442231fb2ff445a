//! Why no session could be made, in words that a person understands and that scripts know from ipmitool.

use std::time::Duration;

use thiserror::Error;

use crate::crypto::suite::Suite;
use crate::proto::login::{nothing_heard, times};
use crate::wire::setup::Status;

/// Why no session could be made. The text goes on the line before ipmitool's own
/// `Error: Unable to establish IPMI v2 / RMCP+ session`; what scripts look for in it (xCAT's `bmcdiscover.pm`,
/// ironic's `ipmitool.py`) is spelled as in ipmitool.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Failure {
    /// Nothing at all was heard. A board of IPMI 1.5 drops what it does not know, and looks the same.
    #[error("{}; wrong address or port, the host is down, or it speaks IPMI 1.5 only (-I lan)", nothing_heard(*.tries, *.waited))]
    Dead {
        /// How often it was asked.
        tries: u32,
        /// For how long.
        waited: Duration,
    },
    /// The BMC answered before and then fell silent.
    #[error("The BMC stopped answering: no {awaited} after {} in {:.1} s{}", times(*.tries), .waited.as_secs_f32(), hint(.awaited))]
    Silent {
        /// What did not come.
        awaited: &'static str,
        /// How often it was asked.
        tries: u32,
        /// For how long all of it took.
        waited: Duration,
    },
    /// Open Session was refused.
    #[error("Error in open session response message : {status}")]
    Open {
        /// The BMC's reason.
        status: Status,
    },
    /// The BMC chose other algorithms than it was asked for.
    #[error("The BMC chose other algorithms than cipher suite {} asks for: refused, since that would be weaker than agreed", .asked.id)]
    OtherAlgorithms {
        /// What was asked for.
        asked: Suite,
    },
    /// RAKP Message 2 refuses.
    #[error("RAKP 2 message indicates an error : {status}")]
    Rakp2 {
        /// The BMC's reason.
        status: Status,
        /// The suite in use.
        suite: Suite,
    },
    /// RAKP Message 2 was made with another password.
    #[error("RAKP 2 HMAC is invalid: wrong password")]
    WrongPassword,
    /// RAKP Message 4 refuses.
    #[error("RAKP 4 message indicates an error : {status}")]
    Rakp4 {
        /// The BMC's reason.
        status: Status,
        /// The suite in use.
        suite: Suite,
    },
    /// RAKP Message 4 was made with another session integrity key.
    #[error("RAKP 4 message has invalid integrity check value: {}", if *.with_kg { "wrong K_g key, or the BMC has none" } else { "the BMC wants a K_g key (-k, -y)" })]
    WrongKg {
        /// Whether a K_g was given.
        with_kg: bool,
    },
}

/// pyghmi's BMC, for one, does not answer users that it does not know.
fn hint(awaited: &str) -> &'static str {
    match awaited {
        RAKP_2 => "; perhaps it does not know the user name",
        _ => "",
    }
}

/// What does not come where a BMC keeps silent about user names.
pub(super) const RAKP_2: &str = "RAKP 2 message";

impl Failure {
    /// Whether another try would only repeat it: user, password, key, privilege or algorithms are not what the BMC
    /// has. Some BMCs lock a user out who tries again and again.
    pub fn is_lasting(&self) -> bool {
        match self {
            Self::Dead { .. } | Self::Silent { .. } => false,
            Self::Open { status } | Self::Rakp2 { status, .. } | Self::Rakp4 { status, .. } => {
                !matches!(
                    status,
                    Status::InsufficientResources
                        | Status::InsufficientResourcesForRole
                        | Status::InvalidSessionId
                        | Status::InactiveSession
                )
            }
            Self::OtherAlgorithms { .. } | Self::WrongPassword | Self::WrongKg { .. } => true,
        }
    }

    /// Whether an answer that was damaged on its way looks like that. No BMC can count it as a refusal of its own.
    pub(super) fn may_come_of_damage(&self) -> bool {
        matches!(
            self,
            Self::OtherAlgorithms { .. } | Self::WrongPassword | Self::WrongKg { .. }
        )
    }

    /// The suite with which to begin anew where the BMC may have said so only because one of our messages reached it
    /// twice.
    pub(super) fn may_come_of_repetition(&self) -> Option<Suite> {
        match self {
            Self::Rakp2 {
                status: Status::InvalidSessionId | Status::InactiveSession,
                suite,
            }
            | Self::Rakp4 {
                status:
                    Status::InvalidSessionId | Status::InactiveSession | Status::InvalidCheckValue,
                suite,
            } => Some(*suite),
            _ => None,
        }
    }
}
