//! The steps of a handshake, each consumed by the answer it waits for.

use std::time::Duration;

use super::failure::RAKP_2;
use super::suites;
use super::{Config, Established, Failure};
use crate::crypto::rakp::Exchange;
use crate::crypto::suite::Suite;
use crate::proto::Entropy;
use crate::proto::session::Session;
use crate::wire::session::{PayloadType, V20};
use crate::wire::setup::{
    OpenAccepted, OpenRequest, OpenResponse, Rakp1, Rakp2, Rakp3, Rakp4, Status,
};

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

/// Asked for the list of cipher suites.
#[derive(Debug)]
pub(super) struct AskSuites {
    list: Vec<u8>,
    page: u8,
}

/// Sent Open Session Request for the first of `suites`.
#[derive(Debug)]
pub(super) struct Open {
    suites: Vec<Suite>,
    /// Suites that were asked for and refused, by whomever: an acceptance still counts.
    refused: Vec<Suite>,
    attempt: usize,
    /// Whether the question for the suites found no answer.
    unheard: bool,
}

/// Sent RAKP Message 1.
#[derive(Debug)]
pub(super) struct AwaitRakp2 {
    /// What Open Session was accepted as. Anybody could have said so: of several, the one counts for which somebody
    /// knows the password.
    offers: Vec<Offer>,
    console_random: [u8; 16],
    /// What was asked for.
    asked: Vec<Suite>,
    /// What to try if the key exchange with this suite fails.
    others: Vec<Suite>,
}

/// An acceptance of Open Session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Offer {
    suite: Suite,
    bmc_session: u32,
}

/// Sent RAKP Message 3.
#[derive(Debug)]
pub(super) struct AwaitRakp4 {
    exchange: Exchange,
    /// Another RAKP Message 2 has replaced the first.
    superseded: bool,
}

impl Step {
    pub(super) fn ask_suites() -> Self {
        Self::AskSuites(AskSuites {
            list: Vec::new(),
            page: 0,
        })
    }

    pub(super) fn open(suites: Vec<Suite>) -> Self {
        Self::Open(Open {
            suites,
            refused: Vec::new(),
            attempt: 0,
            unheard: false,
        })
    }

    /// After a question for the suites that found no answer.
    fn open_unheard() -> Self {
        Self::Open(Open {
            suites: suites::unasked(),
            refused: Vec::new(),
            attempt: 0,
            unheard: true,
        })
    }

    /// What to send on entering the step, and on each repetition.
    pub(super) fn messages(&self, terms: &mut Terms<'_>, tag: u8) -> Vec<(PayloadType, Vec<u8>)> {
        match self {
            Self::AskSuites(step) => {
                vec![(PayloadType::Ipmi, suites::request(step.page, step.page))]
            }
            Self::Open(step) => step
                .suite()
                .map(|suite| open_request(terms, tag, suite))
                .into_iter()
                .collect(),
            Self::Rakp1(step) => step
                .offers
                .iter()
                .map(|offer| step.rakp1(terms, tag, *offer))
                .collect(),
            Self::Rakp3(step) => {
                let rakp3 = Rakp3 {
                    tag,
                    status: Status::NoErrors,
                    bmc_session: step.exchange.bmc_session,
                    auth_code: step.exchange.rakp3_code(),
                };
                vec![(PayloadType::Rakp3, rakp3.to_bytes())]
            }
        }
    }

    /// Whether the step's message is a first one, which more will follow: `again` if it is repeated.
    pub(super) fn is_first(&self, again: bool) -> bool {
        match self {
            Self::AskSuites(step) => step.page == 0,
            Self::Open(_) => again,
            Self::Rakp1(_) | Self::Rakp3(_) => false,
        }
    }

    /// How often the step's message is sent.
    pub(super) fn tries(&self, tries: u32) -> u32 {
        match self {
            Self::AskSuites(_) => 1,
            // Each of two suites deserves a try.
            Self::Open(step) => tries.max(step.suites.len() as u32),
            Self::Rakp1(_) | Self::Rakp3(_) => tries,
        }
    }

    /// How long to wait after the `sends`th repetition, of `tries` that were asked for.
    pub(super) fn patience(&self, timeout: Duration, sends: u32, tries: u32) -> Duration {
        match self {
            Self::AskSuites(_) => timeout.min(ASK_SUITES),
            // The question before has been waited for already.
            Self::Open(step) if step.unheard && sends == 0 => {
                timeout.saturating_sub(timeout.min(ASK_SUITES))
            }
            // A try that only the second suite is owed waits no longer than the one before.
            _ => timeout + Duration::from_secs(sends.min(tries.saturating_sub(1)).into()),
        }
    }

    /// Whether a repetition is another message: Open Session for the next of several suites.
    pub(super) fn varies(&self) -> bool {
        matches!(self, Self::Open(step) if step.suites.len() > 1)
    }

    /// The step as it is repeated: Open Session goes through its suites in turn, since a BMC may ignore one.
    pub(super) fn for_another_try(self) -> Self {
        match self {
            Self::Open(step) => Self::Open(Open {
                attempt: step.attempt + 1,
                ..step
            }),
            same => same,
        }
    }

    /// The suite of a session that the BMC may hold for made, although its last word has not come.
    pub(super) fn may_be_made(&self) -> Option<Suite> {
        match self {
            Self::Rakp3(step) => Some(step.exchange.suite),
            _ => None,
        }
    }

    /// What silence leads to, after the last try.
    pub(super) fn unanswered(self, tries: u32, waited: Duration) -> Next {
        let awaited = match self {
            Self::AskSuites(_) => return Next::Go(Self::open_unheard()),
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

impl AskSuites {
    fn handle(mut self, payload: &[u8]) -> Next {
        let Some(records) = suites::records(payload, self.page) else {
            // A refusal, or rubbish: the list is not to be had, which says nothing of the suites.
            return Next::Go(Step::open(suites::unasked()));
        };
        self.list.extend_from_slice(&records);
        if records.len() == suites::PAGE && self.page + 1 < suites::PAGES {
            self.page += 1;
            return Next::Go(Step::AskSuites(self));
        }
        Next::Go(Step::open(suites::preferred(&self.list)))
    }
}

impl Open {
    /// The suite of the present attempt.
    fn suite(&self) -> Option<Suite> {
        self.suites
            .get(self.attempt % self.suites.len().max(1))
            .copied()
    }

    fn handle(self, terms: &mut Terms<'_>, payload: &[u8]) -> Next {
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
            (Some(offer), _) => Next::Go(Step::Rakp1(AwaitRakp2 {
                offers: vec![offer],
                console_random: terms.entropy.block(),
                others: asked
                    .iter()
                    .copied()
                    .skip_while(|other| *other != offer.suite)
                    .skip(1)
                    .collect(),
                asked,
            })),
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

impl Offer {
    /// An acceptance of one of the suites that were asked for.
    fn of(accepted: &OpenAccepted, asked: &[Suite]) -> Option<Self> {
        let suite = Suite::by_algorithms(accepted.algorithms)?;
        asked.contains(&suite).then_some(Self {
            suite,
            bmc_session: accepted.bmc_session,
        })
    }
}

impl AwaitRakp2 {
    fn rakp1(&self, terms: &Terms<'_>, tag: u8, offer: Offer) -> (PayloadType, Vec<u8>) {
        let rakp1 = Rakp1 {
            tag,
            bmc_session: offer.bmc_session,
            console_random: self.console_random,
            role: role(terms.config),
            username: &terms.config.username,
        };
        (PayloadType::Rakp1, rakp1.to_bytes())
    }

    /// Open Session is accepted once more, as another session: because it was repeated, or because one of the two
    /// acceptances is forged. Both are gone on with.
    fn handle_another_open(mut self, terms: &mut Terms<'_>, payload: &[u8]) -> Next {
        let offer = OpenResponse::parse(payload)
            .ok()
            .filter(|response| response.console_session == terms.console_session)
            .and_then(|response| Offer::of(&response.accepted?, &self.asked))
            .filter(|offer| !self.offers.contains(offer) && self.offers.len() < OFFERS);
        let Some(offer) = offer else {
            return Next::Stay(Step::Rakp1(self));
        };
        self.offers.push(offer);
        let message = self.rakp1(terms, terms.tag, offer);
        Next::Say(Step::Rakp1(self), message)
    }

    fn handle(self, terms: &mut Terms<'_>, payload: &[u8]) -> Next {
        let Ok(rakp2) = Rakp2::parse(payload) else {
            return Next::Stay(Step::Rakp1(self));
        };
        let fits = tag_fits(rakp2.tag, terms);
        let Some(body) = rakp2.body else {
            return match rakp2.status {
                _ if !fits || !is_ours(rakp2.console_session, terms) => {
                    Next::Stay(Step::Rakp1(self))
                }
                Status::InvalidIntegrity
                | Status::InvalidCheckValue
                | Status::NoMatchingCipherSuite
                    if !self.others.is_empty() =>
                {
                    let others = Step::open(self.others.clone());
                    Next::Refused(Step::Rakp1(self), Verdict::Again(others))
                }
                status => match self.offers.first() {
                    Some(&Offer { suite, .. }) => self.refuse(Failure::Rakp2 { status, suite }),
                    None => Next::Stay(Step::Rakp1(self)),
                },
            };
        };
        if rakp2.console_session != terms.console_session {
            return Next::Stay(Step::Rakp1(self));
        }
        let exchanges = self.offers.iter().map(|offer| Exchange {
            suite: offer.suite,
            password: terms.config.password.clone(),
            kg: terms.config.kg.clone(),
            console_session: terms.console_session,
            bmc_session: offer.bmc_session,
            console_random: self.console_random,
            bmc_random: body.bmc_random,
            guid: body.guid,
            role: role(terms.config),
            username: terms.config.username.clone(),
            quirk: terms.config.quirk,
        });
        let authentic = exchanges
            .into_iter()
            .find(|exchange| exchange.rakp2_matches(&body.auth_code));
        match authentic {
            Some(exchange) => Next::Go(Step::Rakp3(AwaitRakp4 {
                exchange,
                superseded: false,
            })),
            None if fits => self.refuse(Failure::WrongPassword),
            None => Next::Stay(Step::Rakp1(self)),
        }
    }

    fn refuse(self, failure: Failure) -> Next {
        Next::Refused(Step::Rakp1(self), Verdict::Failed(failure))
    }
}

impl AwaitRakp4 {
    /// RAKP Message 1 was repeated and both were answered: the BMC holds the random number that it sent last.
    fn handle_another_rakp2(self, terms: &mut Terms<'_>, payload: &[u8]) -> Next {
        let Ok(Rakp2 {
            console_session,
            body: Some(body),
            ..
        }) = Rakp2::parse(payload)
        else {
            return Next::Stay(Step::Rakp3(self));
        };
        let exchange = Exchange {
            bmc_random: body.bmc_random,
            guid: body.guid,
            ..self.exchange.clone()
        };
        let changed = exchange.bmc_random != self.exchange.bmc_random;
        let authentic =
            console_session == terms.console_session && exchange.rakp2_matches(&body.auth_code);
        if changed && authentic {
            Next::Go(Step::Rakp3(Self {
                exchange,
                superseded: true,
            }))
        } else {
            Next::Stay(Step::Rakp3(self))
        }
    }

    fn handle(self, terms: &mut Terms<'_>, payload: &[u8]) -> Next {
        let Ok(rakp4) = Rakp4::parse(payload) else {
            return Next::Stay(Step::Rakp3(self));
        };
        if rakp4.status != Status::NoErrors {
            let suite = self.exchange.suite;
            let status = rakp4.status;
            // What was made with an earlier random number of the BMC's is refused while the later one is on its way.
            let of_the_earlier =
                status == Status::InvalidCheckValue && rakp4.tag != terms.tag && self.superseded;
            let fits = tag_fits(rakp4.tag, terms) && is_ours(rakp4.console_session, terms);
            return match fits && !of_the_earlier {
                true => self.refuse(Failure::Rakp4 { status, suite }),
                false => Next::Stay(Step::Rakp3(self)),
            };
        }
        if rakp4.console_session != terms.console_session {
            return Next::Stay(Step::Rakp3(self));
        }
        if !self.exchange.rakp4_matches(&rakp4.check) {
            let with_kg = self.exchange.kg.is_some();
            return match tag_fits(rakp4.tag, terms) {
                true => self.refuse(Failure::WrongKg { with_kg }),
                false => Next::Stay(Step::Rakp3(self)),
            };
        }
        let session = Session::new(
            self.exchange.session_keys(),
            self.exchange.console_session,
            self.exchange.bmc_session,
        );
        Next::Done(Established {
            session,
            guid: self.exchange.guid,
        })
    }

    fn refuse(self, failure: Failure) -> Next {
        Next::Refused(Step::Rakp3(self), Verdict::Failed(failure))
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

/// The role byte of RAKP Message 1 (table 13-11).
fn role(config: &Config) -> u8 {
    config.privilege & 0x0f | if config.name_only { NAME_ONLY } else { 0 }
}

/// OpenBMC's tag, whatever was sent.
const NO_TAG: u8 = 0;

/// How many acceptances of Open Session are gone on with.
const OFFERS: usize = 16;

const ADMINISTRATOR: u8 = 4;
const NAME_ONLY: u8 = 0x10;

/// How long a BMC has to tell its suites. Many never do (ipmi_sim; ipmitool issue 199), and the wait is in every
/// command's way.
const ASK_SUITES: Duration = Duration::from_millis(500);
