//! `nm suspend`: the times of the week at which a policy rests.

use super::arguments::Scope;
use super::{NM, Show, domain_name, read, write};
use crate::cli::number;
use crate::commands::dcmi::group::Answer;
use crate::commands::dcmi::words::{Words, first, menu};
use crate::commands::{Desk, Parsed, Refusal};

/// The periods of a policy.
#[derive(Debug)]
struct Periods {
    domain: u8,
    policy: u8,
}

/// Parses what follows `nm suspend`.
///
/// # Errors
///
/// A mistake.
pub(super) fn parse(words: &[&str]) -> Result<Parsed, Refusal> {
    let usage = || Refusal::error(menu("Suspend commands", COMMANDS));
    let (command, rest) = first(words, COMMANDS)
        .filter(|(_, rest)| rest.len() >= 2)
        .ok_or_else(usage)?;
    let mut scope = Scope::default();
    let mut bytes = Vec::new();
    let mut rest = rest.iter().copied();
    while let Some(word) = rest.next() {
        if !scope.take(word, &mut rest)? {
            // The first of the periods; nothing stands behind them.
            let words: Vec<&str> = std::iter::once(word).chain(rest.by_ref()).collect();
            bytes = periods(&words)?;
        }
    }
    let policy = scope.policy()?;
    let domain = scope.domain;
    if command == GET {
        let what = Periods { domain, policy };
        return Ok(read(GET_PERIODS, &[domain, policy], what));
    }
    // At most fifteen bytes.
    let count = (bytes.len() / PERIOD).to_le_bytes()[0];
    let data = [&[domain, policy, count][..], &bytes].concat();
    Ok(write(SET_PERIODS, &data))
}

/// Start, stop and days of each period.
fn periods(words: &[&str]) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    for (index, words) in words.chunks(PERIOD).enumerate() {
        let &[start, stop, days] = words else {
            return Err(Refusal::error(
                "Error: suspend period requires a start, stop, and repeat values.\n",
            ));
        };
        if index == MOST {
            return Err(Refusal::error(format!(
                "Error: there are at most {MOST} suspend periods.\n"
            )));
        }
        let number = |word: &str| number::uchar(word.as_bytes()).ok();
        let time = |word, complaint: String| {
            let time = number(word).filter(|time| *time <= LAST);
            time.ok_or_else(|| Refusal::error(complaint))
        };
        bytes.push(time(
            start,
            format!("suspend start value {index} must be 0-239.\n"),
        )?);
        bytes.push(time(
            stop,
            format!("suspend stop value {index}  must be 0-239.\n"),
        )?);
        bytes.push(number(days).ok_or_else(|| {
            Refusal::error(format!("suspend repeat value {index} unable to convert.\n"))
        })?);
    }
    Ok(bytes)
}

impl Show for Periods {
    const LEAST: usize = 4;

    fn show(&self, desk: &mut Desk<'_>, answer: &Answer) -> bool {
        let count = usize::from(answer.byte(3));
        if !NM.reaches(desk, answer, Self::LEAST + PERIOD * count) {
            return false;
        }
        let domain = domain_name(self.domain);
        let policy = self.policy;
        desk.output.print(format_args!(
            "    Suspend Policy domain:                    {domain}\n    \
             Suspend Policy Policy ID:                 {policy}\n"
        ));
        if count == 0 {
            desk.output.line(format_args!("    No suspend Periods."));
        }
        for index in 0..count {
            let at = Self::LEAST + PERIOD * index;
            let [start, stop] = [at, at + 1].map(|at| clock(answer.byte(at)));
            let repeat = answer.byte(at + 2);
            let comma = if repeat == 0 { "" } else { ", " };
            let days = DAYS.iter().enumerate();
            let days: String = days
                .filter(|(bit, _)| repeat >> bit & 1 != 0)
                .map(|(_, day)| *day)
                .collect();
            desk.output.line(format_args!(
                "    Suspend Period {index}:                         {start} to {stop}{comma}{days}"
            ));
        }
        true
    }
}

/// A time of the day, of which a unit is six minutes.
fn clock(units: u8) -> String {
    let minutes = u16::from(units) * 6;
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

const SET_PERIODS: u8 = 0xc5;
const GET_PERIODS: u8 = 0xc6;

const GET: u8 = 2;

const COMMANDS: Words = &[
    (
        1,
        "set",
        "nm suspend set [domain <platform|CPU|Memory]> policy_id <policy> <start> <stop> <pattern>",
    ),
    (
        GET,
        "get",
        "nm suspend get [domain <platform|CPU|Memory]> policy_id <policy>",
    ),
];

const DAYS: [&str; 7] = ["M", "Tu", "W", "Th", "F", "Sa", "Su"];

/// Bytes of a period.
const PERIOD: usize = 3;

/// Periods of a policy.
const MOST: usize = 5;

/// The last six minutes of a day.
const LAST: u8 = 239;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_of_the_clock_is_six_minutes() {
        assert_eq!(clock(0), "00:00");
        assert_eq!(clock(9), "00:54");
        assert_eq!(clock(LAST), "23:54");
    }
}
