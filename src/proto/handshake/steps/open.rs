//! Open Session (IPMI 2.0 section 13.17), for one cipher suite or for several in turn.

use super::await_rakp2::{AwaitRakp2, Offer};
use super::{ADMINISTRATOR, NO_TAG, Next, Step, Terms, Verdict, is_ours};
use crate::crypto::suite::Suite;
use crate::proto::handshake::{Failure, suites};
use crate::wire::session::PayloadType;
use crate::wire::setup::{OpenRequest, OpenResponse, Status};

/// Sent Open Session Request for the first of `suites`.
#[derive(Debug)]
pub(in crate::proto::handshake) struct Open {
    suites: Vec<Suite>,
    /// Suites that were asked for and refused, by whomever: an acceptance still counts.
    refused: Vec<Suite>,
    attempt: usize,
    /// Whether the question for the suites found no answer.
    unheard: bool,
}

impl Open {
    pub(super) fn new(suites: Vec<Suite>) -> Self {
        Self {
            suites,
            refused: Vec::new(),
            attempt: 0,
            unheard: false,
        }
    }

    /// After a question for the suites that found no answer.
    pub(super) fn unheard() -> Self {
        Self {
            unheard: true,
            ..Self::new(suites::unasked())
        }
    }

    pub(super) fn message(&self, terms: &Terms<'_>, tag: u8) -> Option<(PayloadType, Vec<u8>)> {
        self.suite().map(|suite| open_request(terms, tag, suite))
    }

    /// How many suites there are to ask for.
    pub(super) fn suites(&self) -> usize {
        self.suites.len()
    }

    /// Whether the question for the suites has been waited for in vain, and this is sent the first time.
    pub(super) fn follows_silence(&self, sends: u32) -> bool {
        self.unheard && sends == 0
    }

    /// With the next of its suites.
    pub(super) fn for_another_try(self) -> Self {
        Self {
            attempt: self.attempt + 1,
            ..self
        }
    }

    /// The suite of the present attempt.
    fn suite(&self) -> Option<Suite> {
        self.suites
            .get(self.attempt % self.suites.len().max(1))
            .copied()
    }

    pub(super) fn handle(self, terms: &mut Terms<'_>, payload: &[u8]) -> Next {
        let Ok(response) = OpenResponse::parse(payload) else {
            return Next::Stay(Step::Open(self));
        };
        let Some(accepted) = response.accepted else {
            let refused = self.asked_with(response.tag, terms.tag);
            // A refusal may lack the console's id; an acceptance must have it.
            return match self.without(refused, response.status) {
                _ if !is_ours(response.console_session, terms) => Next::Stay(Step::Open(self)),
                _ if refused.is_none() => Next::Stay(Step::Open(self)),
                Some(others) => Next::Go(Step::Open(others)),
                None => self.refuse(Failure::Open {
                    status: response.status,
                }),
            };
        };
        if response.console_session != terms.console_session {
            return Next::Stay(Step::Open(self));
        }
        // Several suites may have been asked for by now, and any of them may be answered, but none that was not.
        let asked = [&self.refused[..], &self.suites].concat();
        let offer = Offer::of(&accepted, &asked);
        match (offer, self.suite()) {
            (Some(offer), _) => {
                let random = terms.entropy.block();
                Next::Go(Step::Rakp1(AwaitRakp2::new(offer, random, asked)))
            }
            (None, Some(asked)) => self.refuse(Failure::OtherAlgorithms { asked }),
            (None, None) => Next::Stay(Step::Open(self)),
        }
    }

    fn refuse(self, failure: Failure) -> Next {
        Next::Refused(Step::Open(self), Verdict::Failed(failure))
    }

    /// The suite that a message with this tag asked for; the present one where the BMC does not repeat tags. `None` for
    /// one that asked for what has been refused, or for nothing.
    fn asked_with(&self, tag: u8, latest: u8) -> Option<Suite> {
        let before = usize::from(latest.wrapping_sub(tag));
        let attempt = match self.attempt.checked_sub(before) {
            Some(attempt) => attempt,
            None if tag == NO_TAG => self.attempt,
            None => return None,
        };
        self.suites.get(attempt % self.suites.len().max(1)).copied()
    }

    /// What is left to try after a refusal that concerns the suite.
    fn without(&self, refused: Option<Suite>, status: Status) -> Option<Self> {
        let of_the_suite = matches!(
            status,
            Status::InvalidAuthentication
                | Status::InvalidIntegrity
                | Status::NoMatchingAuthentication
                | Status::NoMatchingIntegrity
                | Status::InvalidConfidentiality
                | Status::NoMatchingCipherSuite
                | Status::IllegalParameter
                | Status::InvalidRole
                | Status::InsufficientResourcesForRole
        );
        let (gone, others): (Vec<Suite>, Vec<Suite>) = self
            .suites
            .iter()
            .partition(|suite| Some(**suite) == refused);
        (of_the_suite && !others.is_empty()).then(|| Self {
            suites: others,
            refused: [&self.refused[..], &gone].concat(),
            attempt: 0,
            unheard: false,
        })
    }
}

fn open_request(terms: &Terms<'_>, tag: u8, suite: Suite) -> (PayloadType, Vec<u8>) {
    let request = OpenRequest {
        tag,
        // 0 asks for the highest level the suite allows, as ipmitool does for an administrator.
        privilege: if terms.config.privilege == ADMINISTRATOR {
            0
        } else {
            terms.config.privilege & 0x0f
        },
        console_session: terms.console_session,
        algorithms: suite.numbers(),
    };
    (PayloadType::OpenRequest, request.to_bytes())
}
