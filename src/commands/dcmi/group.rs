//! Commands of a group or a maker: request and answer begin with bytes that identify it, and codes from 80h on mean
//! something of its own. `dcmi` and `nm` have them.

use std::ops::RangeInclusive;

use ipmi_rs::connection::{LogicalUnit, Message, Request, RequestTargetAddress};

use crate::commands::Desk;
use crate::ipmi::{AnswerError, Length, completion, names};

/// A group, and stock's words for what goes wrong with it.
#[derive(Debug)]
pub struct Group {
    /// Its network function.
    pub netfn: u8,
    /// What requests begin with; the first byte of an answer must be the same.
    pub identity: &'static [u8],
    /// No answer.
    pub unanswered: &'static str,
    /// What comes before the reason of a refusal.
    pub refused: &'static str,
    /// What comes before the first byte of an answer that is not the group's.
    pub foreign: &'static str,
    /// The completion codes that are its own.
    pub codes: RangeInclusive<u8>,
    /// What they mean.
    pub texts: names::Table,
}

/// An answer that has as many bytes as were wanted.
#[derive(Debug)]
pub struct Answer {
    /// 00h, or a code that was said to be good.
    pub code: u8,
    /// The data, identity and all.
    pub data: Vec<u8>,
}

impl Answer {
    /// A byte; 0 behind the end.
    pub fn byte(&self, at: usize) -> u8 {
        self.data.get(at).copied().unwrap_or(0)
    }

    /// Two bytes, the low one first.
    pub fn short(&self, at: usize) -> u16 {
        u16::from_le_bytes([self.byte(at), self.byte(at + 1)])
    }

    /// Four bytes, the lowest first.
    pub fn long(&self, at: usize) -> u32 {
        let bytes = [0, 1, 2, 3].map(|index| self.byte(at + index));
        u32::from_le_bytes(bytes)
    }
}

impl Group {
    /// The request's data.
    pub fn data(&self, rest: &[u8]) -> Vec<u8> {
        [self.identity, rest].concat()
    }

    /// Asks; the answer must have `least` bytes, identity and all. None after a complaint.
    pub fn ask(&self, desk: &mut Desk<'_>, cmd: u8, rest: &[u8], least: usize) -> Option<Answer> {
        self.ask_but(desk, cmd, rest, least, &[])
    }

    /// The same, where completion codes besides 00h are good.
    pub fn ask_but(
        &self,
        desk: &mut Desk<'_>,
        cmd: u8,
        rest: &[u8],
        least: usize,
        good: &[u8],
    ) -> Option<Answer> {
        let message = Message::new_raw(self.netfn, cmd, self.data(rest));
        let target = RequestTargetAddress::Bmc(LogicalUnit::Zero);
        let response = match desk.bmc.send_recv(&mut Request::new(message, target)) {
            Ok(response) => response,
            Err(error) => {
                desk.output.explain(&error);
                desk.output
                    .complain(format_args!("\n    {}", self.unanswered));
                return None;
            }
        };
        let code = response.cc();
        if code != 0 && !good.contains(&code) {
            self.refuse_code(desk, code);
            return None;
        }
        let data = response.data();
        if let Some(first) = data.first()
            && self.identity.first() != Some(first)
        {
            let foreign = self.foreign;
            desk.output
                .print(format_args!("\n    {foreign} ({first:x})"));
            return None;
        }
        let answer = Answer {
            code,
            data: data.to_vec(),
        };
        self.reaches(desk, &answer, least).then_some(answer)
    }

    /// Whether an answer has `least` bytes, identity and all; says so if it has not.
    pub fn reaches(&self, desk: &mut Desk<'_>, answer: &Answer, least: usize) -> bool {
        let got = answer.data.len();
        if got < least {
            let error = AnswerError {
                got,
                expected: Length::AtLeast(least),
            };
            self.refuse(desk, format_args!("{error}"));
        }
        got >= least
    }

    /// Says why a request has failed.
    pub fn refuse(&self, desk: &mut Desk<'_>, why: std::fmt::Arguments<'_>) {
        let refused = self.refused;
        desk.output
            .complain(format_args!("\n    {refused} failed because: {why}"));
    }

    /// Says that the BMC has refused.
    pub fn refuse_code(&self, desk: &mut Desk<'_>, code: u8) {
        let why = self.text(code);
        self.refuse(desk, format_args!("{why} ({code:x})"));
    }

    fn text(&self, code: u8) -> std::borrow::Cow<'static, str> {
        if self.codes.contains(&code) {
            names::name(code, self.texts)
        } else {
            completion::text(code)
        }
    }
}
