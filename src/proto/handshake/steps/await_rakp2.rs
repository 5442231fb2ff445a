//! RAKP Messages 1 and 2 (IPMI 2.0 sections 13.20 and 13.21): the BMC proves that it knows the password.

use super::await_rakp4::AwaitRakp4;
use super::{Next, Step, Terms, Verdict, is_ours, role, tag_fits};
use crate::crypto::rakp::Exchange;
use crate::crypto::suite::Suite;
use crate::proto::handshake::Failure;
use crate::wire::session::PayloadType;
use crate::wire::setup::{OpenAccepted, OpenResponse, Rakp1, Rakp2, Status};

/// Sent RAKP Message 1.
#[derive(Debug)]
pub(in crate::proto::handshake) struct AwaitRakp2 {
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
pub(super) struct Offer {
    suite: Suite,
    bmc_session: u32,
}

impl Offer {
    /// An acceptance of one of the suites that were asked for.
    pub(super) fn of(accepted: &OpenAccepted, asked: &[Suite]) -> Option<Self> {
        let suite = Suite::by_algorithms(accepted.algorithms)?;
        asked.contains(&suite).then_some(Self {
            suite,
            bmc_session: accepted.bmc_session,
        })
    }
}

impl AwaitRakp2 {
    /// After the first acceptance, of one of the suites that were `asked` for.
    pub(super) fn new(offer: Offer, console_random: [u8; 16], asked: Vec<Suite>) -> Self {
        Self {
            offers: vec![offer],
            console_random,
            others: asked
                .iter()
                .copied()
                .skip_while(|other| *other != offer.suite)
                .skip(1)
                .collect(),
            asked,
        }
    }

    pub(super) fn messages(&self, terms: &Terms<'_>, tag: u8) -> Vec<(PayloadType, Vec<u8>)> {
        self.offers
            .iter()
            .map(|offer| self.rakp1(terms, tag, *offer))
            .collect()
    }

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
    pub(super) fn handle_another_open(mut self, terms: &mut Terms<'_>, payload: &[u8]) -> Next {
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

    pub(super) fn handle(self, terms: &mut Terms<'_>, payload: &[u8]) -> Next {
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
            Some(exchange) => Next::Go(Step::Rakp3(AwaitRakp4::new(exchange))),
            None if fits => self.refuse(Failure::WrongPassword),
            None => Next::Stay(Step::Rakp1(self)),
        }
    }

    fn refuse(self, failure: Failure) -> Next {
        Next::Refused(Step::Rakp1(self), Verdict::Failed(failure))
    }
}

/// How many acceptances of Open Session are gone on with.
const OFFERS: usize = 16;
