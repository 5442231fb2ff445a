//! `nm statistics` and `nm reset`.

use super::arguments::{self, NO_POLICY, Scope};
use super::{Show, domain_name, read, write};
use crate::cli::dates::Dates;
use crate::commands::dcmi::group::Answer;
use crate::commands::dcmi::words::{Words, first, menu};
use crate::commands::{Desk, Parsed, Refusal};

/// Statistics of a mode.
#[derive(Debug)]
struct Statistics {
    mode: u8,
}

/// Parses what follows `nm statistics`.
///
/// # Errors
///
/// A mistake.
pub(super) fn parse(words: &[&str]) -> Result<Parsed, Refusal> {
    let (mode, scope) = mode(words, "Statistics commands", MODES, "Control Scope options")?;
    let policy = if of_policy(mode) {
        scope.policy()?
    } else {
        scope.policy.unwrap_or(NO_POLICY)
    };
    let data = [mode, scope.domain, policy];
    Ok(read(GET_STATISTICS, &data, Statistics { mode }))
}

/// Parses what follows `nm reset`.
///
/// # Errors
///
/// A mistake.
pub(super) fn parse_reset(words: &[&str]) -> Result<Parsed, Refusal> {
    let title = "Reset Statistics Modes:";
    let (mode, scope) = mode(words, title, RESETS, "Reset Scope options")?;
    let policy = match (mode, scope.policy) {
        (_, Some(policy)) => policy,
        (0, None) => NO_POLICY,
        (_, None) => return Err(arguments::no_policy()),
    };
    Ok(write(RESET_STATISTICS, &[mode, scope.domain, policy]))
}

fn mode(words: &[&str], title: &str, modes: Words, options: &str) -> Result<(u8, Scope), Refusal> {
    let (mode, rest) = first(words, modes).ok_or_else(|| Refusal::error(menu(title, modes)))?;
    Ok((mode, Scope::parse(rest, options)?))
}

/// Whether a mode's statistics are those of one policy.
fn of_policy(mode: u8) -> bool {
    (0x11..=0x13).contains(&mode)
}

impl Show for Statistics {
    const LEAST: usize = 20;

    fn show(&self, desk: &mut Desk<'_>, answer: &Answer) -> bool {
        let [now, min, max, average] = [3, 5, 7, 9].map(|at| answer.short(at));
        let stamp = Dates::from_environment(desk.context.utc).numeric(answer.long(11));
        let period = answer.long(15).cast_signed();
        let state = answer.byte(19);
        let domain = domain_name(state);
        let either = |bit: u8, on, off| if state & bit == 0 { off } else { on };
        let enabled = if of_policy(self.mode) {
            "Policy Enabled"
        } else {
            "Globally Enabled"
        };
        let states = [
            either(0x10, enabled, "Disabled"),
            either(0x20, "active", "suspended"),
            either(0x40, "in progress", "suspended"),
            either(0x80, "triggered", "not triggered"),
        ];
        let output = &mut *desk.output;
        if desk.context.csv {
            let states = states.join(",");
            output.print(format_args!(
                "{domain},{states},{now},{min},{max},{average},"
            ));
            output.bytes(&stamp);
            output.line(format_args!(",{period}"));
            return true;
        }
        output.line(format_args!("    {:<41} {domain}", "Power domain:"));
        for (label, state) in STATES.iter().zip(states) {
            output.line(format_args!("    {label:<41} {state}"));
        }
        let unit = match self.mode {
            0x01 | 0x11 => "Watts",
            0x02 | 0x12 => "Celsius",
            0x13 => " %",
            _ => "",
        };
        for (label, value) in READINGS.iter().zip([now, min, max, average]) {
            output.line(format_args!("    {label:<41} {value:8} {unit}"));
        }
        output.print(format_args!("    {:<41} ", "IPMI timestamp:"));
        output.bytes(&stamp);
        output.line(format_args!(
            "\n    {:<41} {period:08} Seconds.\n",
            "Sampling period:"
        ));
        true
    }
}

const RESET_STATISTICS: u8 = 0xc7;
const GET_STATISTICS: u8 = 0xc8;

const STATES: [&str; 4] = [
    "Policy/Global Admin state",
    "Policy/Global Operational state",
    "Policy/Global Measurement state",
    "Policy Activation state",
];

const READINGS: [&str; 4] = [
    "Instantaneous reading:",
    "Minimum during sampling period:",
    "Maximum during sampling period:",
    "Average reading over sample period:",
];

const MODES: Words = &[
    (0x01, "power", "global power"),
    (0x02, "temps", "inlet temperature"),
    (0x11, "policy_power", "per policy power"),
    (0x12, "policy_temps", "per policy inlet temp"),
    (0x13, "policy_throt", "per policy throttling stats"),
    (0x1b, "requests", "unhandled requests"),
    (0x1c, "response", "response time"),
    (0x1d, "cpu_throttling", "CPU throttling"),
    (0x1e, "mem_throttling", "memory throttling"),
    (0x1f, "comm_fail", "host communication failures"),
];

const RESETS: Words = &[
    (0x00, "global", ""),
    (0x01, "per_policy", ""),
    (0x1b, "requests", ""),
    (0x1c, "response", ""),
    (0x1d, "throttling", ""),
    (0x1e, "memory", ""),
    (0x1f, "comm", ""),
];
