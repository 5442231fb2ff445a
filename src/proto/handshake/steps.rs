//! The steps of a handshake, each consumed by the answer it waits for.

mod ask_suites;
mod await_rakp2;
mod await_rakp4;
mod open;

use std::time::Duration;

use super::failure::RAKP_2;
use super::{Config, Established, Failure};
use crate::crypto::suite::Suite;
use crate::proto::Entropy;
use crate::wire::session::{PayloadType, V20};
use ask_suites::AskSuites;
use await_rakp2::AwaitRakp2;
use await_rakp4::AwaitRakp4;
use open::Open;

/// What every step may look at.
pub(super) struct Terms<'a> {
    pub(super) config: &'a Config,
    pub(super) console_session: u32,
    /// Of the latest message.
    pub(super) tag: u8,
    pub(super) entropy: &'a mut dyn Entropy,
}

/// Where the handshake stands.
#[derive(Debug)]
pub(super) enum Step {
    AskSuites(AskSuites),
    Open(Open),
    Rakp1(AwaitRakp2),
    Rakp3(AwaitRakp4),
}

/// What an answer, or silence, leads to.
pub(super) enum Next {
    /// Nothing has changed.
    Stay(Step),
    /// Nothing has changed, but there is something to send.
    Say(Step, (PayloadType, Vec<u8>)),
    /// The next step.
    Go(Step),
    Done(Established),
    /// Somebody refuses, or has made something of another password; the step waits for better.
    Refused(Step, Verdict),
}

/// What a refusal leads to, if nothing better comes.
#[derive(Debug)]
pub(super) enum Verdict {
    /// Once more from this step on, under a new session id.
    Again(Step),
    Failed(Failure),
}

impl Step {
    pub(super) fn ask_suites() -> Self {
        Self::AskSuites(AskSuites::default())
    }

    pub(super) fn open(suites: Vec<Suite>) -> Self {
        Self::Open(Open::new(suites))
    }

    /// What to send on entering the step, and on each repetition.
    pub(super) fn messages(&self, terms: &Terms<'_>, tag: u8) -> Vec<(PayloadType, Vec<u8>)> {
        match self {
            Self::AskSuites(step) => vec![step.message()],
            Self::Open(step) => step.message(terms, tag).into_iter().collect(),
            Self::Rakp1(step) => step.messages(terms, tag),
            Self::Rakp3(step) => vec![step.message(tag)],
        }
    }

    /// Whether the step's message is a first one, which more will follow: `again` if it is repeated.
    pub(super) fn is_first(&self, again: bool) -> bool {
        match self {
            Self::AskSuites(step) => step.is_first(),
            Self::Open(_) => again,
            Self::Rakp1(_) | Self::Rakp3(_) => false,
        }
    }

    /// How often the step's message is sent.
    pub(super) fn tries(&self, tries: u32) -> u32 {
        match self {
            Self::AskSuites(_) => 1,
            // Each of two suites deserves a try.
            Self::Open(step) => tries.max(step.suites() as u32),
            Self::Rakp1(_) | Self::Rakp3(_) => tries,
        }
    }

    /// How long to wait after the `sends`th repetition, of `tries` that were asked for.
    pub(super) fn patience(&self, timeout: Duration, sends: u32, tries: u32) -> Duration {
        match self {
            Self::AskSuites(_) => timeout.min(ASK_SUITES),
            // The question before has been waited for already.
            Self::Open(step) if step.follows_silence(sends) => {
                timeout.saturating_sub(timeout.min(ASK_SUITES))
            }
            // A try that only the second suite is owed waits no longer than the one before.
            _ => timeout + Duration::from_secs(sends.min(tries.saturating_sub(1)).into()),
        }
    }

    /// Whether a repetition is another message: Open Session for the next of several suites.
    pub(super) fn varies(&self) -> bool {
        matches!(self, Self::Open(step) if step.suites() > 1)
    }

    /// The step as it is repeated: Open Session goes through its suites in turn, since a BMC may ignore one.
    pub(super) fn for_another_try(self) -> Self {
        match self {
            Self::Open(step) => Self::Open(step.for_another_try()),
            same => same,
        }
    }

    /// The suite of a session that the BMC may hold for made, although its last word has not come.
    pub(super) fn may_be_made(&self) -> Option<Suite> {
        match self {
            Self::Rakp3(step) => Some(step.suite()),
            _ => None,
        }
    }

    /// What silence leads to, after the last try.
    pub(super) fn unanswered(self, tries: u32, waited: Duration) -> Next {
        let awaited = match self {
            Self::AskSuites(_) => return Next::Go(Self::Open(Open::unheard())),
            Self::Open(_) => {
                let dead = Failure::Dead { tries, waited };
                return Next::Refused(self, Verdict::Failed(dead));
            }
            Self::Rakp1(_) => RAKP_2,
            Self::Rakp3(_) => "RAKP 4 message",
        };
        let silent = Failure::Silent {
            awaited,
            tries,
            waited,
        };
        Next::Refused(self, Verdict::Failed(silent))
    }

    /// What a packet leads to.
    pub(super) fn handle(self, terms: &mut Terms<'_>, packet: &V20<'_>) -> Next {
        match (self, packet.payload_type) {
            (Self::AskSuites(step), PayloadType::Ipmi) => step.handle(packet.payload),
            (Self::Open(step), PayloadType::OpenResponse) => step.handle(terms, packet.payload),
            (Self::Rakp1(step), PayloadType::OpenResponse) => {
                step.handle_another_open(terms, packet.payload)
            }
            (Self::Rakp1(step), PayloadType::Rakp2) => step.handle(terms, packet.payload),
            (Self::Rakp3(step), PayloadType::Rakp2) => {
                step.handle_another_rakp2(terms, packet.payload)
            }
            (Self::Rakp3(step), PayloadType::Rakp4) => step.handle(terms, packet.payload),
            (same, _) => Next::Stay(same),
        }
    }
}

/// Whether a refusal is meant for this handshake: it may lack the console's id.
fn is_ours(console_session: u32, terms: &Terms<'_>) -> bool {
    console_session == terms.console_session || console_session == 0
}

/// Whether an answer that proves nothing may be one to the latest message.
fn tag_fits(tag: u8, terms: &Terms<'_>) -> bool {
    tag == terms.tag || tag == NO_TAG
}

/// The role byte of RAKP Message 1 (table 13-11).
fn role(config: &Config) -> u8 {
    config.privilege & 0x0f | if config.name_only { NAME_ONLY } else { 0 }
}

/// OpenBMC's tag, whatever was sent.
const NO_TAG: u8 = 0;

const ADMINISTRATOR: u8 = 4;
const NAME_ONLY: u8 = 0x10;

/// How long a BMC has to tell its suites. Many never do (ipmi_sim; ipmitool issue 199), and the wait is in every
/// command's way.
const ASK_SUITES: Duration = Duration::from_millis(500);
