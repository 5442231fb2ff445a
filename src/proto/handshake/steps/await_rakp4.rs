//! RAKP Messages 3 and 4 (IPMI 2.0 sections 13.22 and 13.23): both sides prove that they hold the same keys.

use super::{Next, Step, Terms, Verdict, is_ours, tag_fits};
use crate::crypto::rakp::Exchange;
use crate::crypto::suite::Suite;
use crate::proto::handshake::{Established, Failure};
use crate::proto::session::Session;
use crate::wire::session::PayloadType;
use crate::wire::setup::{Rakp2, Rakp3, Rakp4, Status};

/// Sent RAKP Message 3.
#[derive(Debug)]
pub(in crate::proto::handshake) struct AwaitRakp4 {
    exchange: Exchange,
    /// Another RAKP Message 2 has replaced the first.
    superseded: bool,
}

impl AwaitRakp4 {
    pub(super) fn new(exchange: Exchange) -> Self {
        Self {
            exchange,
            superseded: false,
        }
    }

    pub(super) fn message(&self, tag: u8) -> (PayloadType, Vec<u8>) {
        let rakp3 = Rakp3 {
            tag,
            status: Status::NoErrors,
            bmc_session: self.exchange.bmc_session,
            auth_code: self.exchange.rakp3_code(),
        };
        (PayloadType::Rakp3, rakp3.to_bytes())
    }

    pub(super) fn suite(&self) -> Suite {
        self.exchange.suite
    }

    /// RAKP Message 1 was repeated and both were answered: the BMC holds the random number that it sent last.
    pub(super) fn handle_another_rakp2(self, terms: &mut Terms<'_>, payload: &[u8]) -> Next {
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

    pub(super) fn handle(self, terms: &mut Terms<'_>, payload: &[u8]) -> Next {
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
