//! The question for the BMC's cipher suites (IPMI 2.0 section 22.15), which belongs to no session.

use super::{Next, Step};
use crate::proto::handshake::suites;
use crate::wire::session::PayloadType;

/// Asked for the list of cipher suites.
#[derive(Debug, Default)]
pub(in crate::proto::handshake) struct AskSuites {
    list: Vec<u8>,
    page: u8,
}

impl AskSuites {
    pub(super) fn message(&self) -> (PayloadType, Vec<u8>) {
        (PayloadType::Ipmi, suites::request(self.page, self.page))
    }

    /// Whether it is the first of the questions.
    pub(super) fn is_first(&self) -> bool {
        self.page == 0
    }

    pub(super) fn handle(mut self, payload: &[u8]) -> Next {
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
