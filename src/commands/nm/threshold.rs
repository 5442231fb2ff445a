//! `nm threshold`: at which readings of a policy alerts are sent.

use super::arguments::Scope;
use super::{NM, Show, domain_name, read, write};
use crate::cli::number;
use crate::commands::dcmi::group::Answer;
use crate::commands::dcmi::words::{Words, first, menu};
use crate::commands::{Desk, Parsed, Refusal};

/// The thresholds of a policy.
#[derive(Debug)]
struct Thresholds {
    domain: u8,
    policy: u8,
}

/// Parses what follows `nm threshold`.
///
/// # Errors
///
/// A mistake.
pub(super) fn parse(words: &[&str]) -> Result<Parsed, Refusal> {
    let usage = || Refusal::error(menu("Threshold commands", COMMANDS));
    let (command, rest) = first(words, COMMANDS)
        .filter(|(_, rest)| rest.len() >= 2)
        .ok_or_else(usage)?;
    let mut scope = Scope::default();
    let mut thresholds: Vec<u16> = Vec::new();
    let mut rest = rest.iter().copied();
    while let Some(word) = rest.next() {
        if scope.take(word, &mut rest)? {
            continue;
        }
        if thresholds.len() == MOST {
            return Err(Refusal::error(
                "Set Threshold requires 1, 2, or 3 threshold integer values.\n",
            ));
        }
        let count = thresholds.len() + 1;
        thresholds.push(number::ushort(word.as_bytes()).map_err(|_| {
            Refusal::error(format!(
                "threshold value {count} count must be a positive integer.\n"
            ))
        })?);
    }
    let policy = scope.policy()?;
    let domain = scope.domain;
    if command == GET {
        let what = Thresholds { domain, policy };
        return Ok(read(GET_THRESHOLDS, &[domain, policy], what));
    }
    // At most three.
    let count = thresholds.len().to_le_bytes()[0];
    let mut data = vec![domain, policy, count];
    data.extend(thresholds.into_iter().flat_map(u16::to_le_bytes));
    Ok(write(SET_THRESHOLDS, &data))
}

impl Show for Thresholds {
    const LEAST: usize = 4;

    fn show(&self, desk: &mut Desk<'_>, answer: &Answer) -> bool {
        let count = usize::from(answer.byte(3)).min(MOST);
        if !NM.reaches(desk, answer, Self::LEAST + 2 * count) {
            return false;
        }
        let domain = domain_name(self.domain);
        let policy = self.policy;
        desk.output.print(format_args!(
            "    Alert Threshold domain:                   {domain}\n    \
             Alert Threshold Policy ID:                {policy}\n"
        ));
        for index in 0..MOST {
            let value = if index < count {
                answer.short(Self::LEAST + 2 * index)
            } else {
                0
            };
            let number = index + 1;
            desk.output.line(format_args!(
                "    Alert Threshold {number}:                        {value}"
            ));
        }
        true
    }
}

const SET_THRESHOLDS: u8 = 0xc3;
const GET_THRESHOLDS: u8 = 0xc4;

/// Thresholds of a policy.
const MOST: usize = 3;

const GET: u8 = 2;

const COMMANDS: Words = &[
    (
        1,
        "set",
        "nm thresh set [domain <platform|CPU|Memory>] policy_id <policy> thresh_array",
    ),
    (
        GET,
        "get",
        "nm thresh get [domain <platform|CPU|Memory>] policy_id <policy>",
    ),
];
