//! `nm …`: Intel's Node Manager, versions 1.0 to 3.0 (Node Manager 2.0 External Interface Specification).

use std::fmt;

use ipmi_rs::connection::Message;

use super::dcmi::group::{Answer, Group};
use super::dcmi::words::{self, Words, menu, value};
use super::{Desk, Job, Parsed, Refusal};
use crate::cli::Context;
use crate::ipmi::names;

mod alert;
mod arguments;
mod capability;
mod control;
mod policy;
mod statistics;
mod suspend;
mod threshold;

/// Parses what follows `nm`.
///
/// # Errors
///
/// Help, which ends with status 1 as stock's, or a mistake.
pub fn parse(words: &[&str], _: &Context) -> Result<Parsed, Refusal> {
    let usage = || Refusal::error(menu(TITLE, COMMANDS));
    let (word, rest) = words.split_first().ok_or_else(usage)?;
    match value(word, COMMANDS) {
        Some(DISCOVER) => Ok(read(GET_VERSION, &[], Discover)),
        Some(CAPABILITY) => capability::parse(rest),
        Some(CONTROL) => control::parse(rest),
        Some(POLICY) => policy::parse(rest),
        Some(STATISTICS) => statistics::parse(rest),
        Some(POWER) => control::parse_range(rest),
        Some(SUSPEND) => suspend::parse(rest),
        Some(RESET) => statistics::parse_reset(rest),
        Some(ALERT) => alert::parse(rest),
        Some(THRESHOLD) => threshold::parse(rest),
        _ => Err(usage()),
    }
}

/// A request that changes nothing, what it is about, and how its answer is shown.
fn read(cmd: u8, data: &[u8], what: impl Show + 'static) -> Parsed {
    let data = data.to_vec();
    Parsed::job(Read { cmd, data, what })
}

/// A request whose answer says nothing.
fn write(cmd: u8, data: &[u8]) -> Parsed {
    let data = data.to_vec();
    Parsed::job(Write { cmd, data })
}

/// How an answer is shown.
trait Show: fmt::Debug {
    /// Bytes that it must have, identity and all.
    const LEAST: usize;

    /// Completion codes besides 00h that are good.
    const GOOD: &'static [u8] = &[];

    /// Shows it; whether it can be.
    fn show(&self, desk: &mut Desk<'_>, answer: &Answer) -> bool;
}

#[derive(Debug)]
struct Read<T> {
    cmd: u8,
    data: Vec<u8>,
    what: T,
}

impl<T: Show> Job for Read<T> {
    fn first(&self) -> Vec<Message> {
        vec![Message::new_raw(NM.netfn, self.cmd, NM.data(&self.data))]
    }

    fn run(&self, desk: &mut Desk<'_>) -> bool {
        NM.ask_but(desk, self.cmd, &self.data, T::LEAST, T::GOOD)
            .is_some_and(|answer| self.what.show(desk, &answer))
    }
}

#[derive(Debug)]
struct Write {
    cmd: u8,
    data: Vec<u8>,
}

impl Job for Write {
    fn run(&self, desk: &mut Desk<'_>) -> bool {
        NM.ask(desk, self.cmd, &self.data, 1).is_some()
    }
}

/// `discover`
#[derive(Debug)]
struct Discover;

impl Show for Discover {
    const LEAST: usize = 8;

    fn show(&self, desk: &mut Desk<'_>, answer: &Answer) -> bool {
        let version = words::name(answer.byte(3).into(), VERSIONS);
        let (patch, major, minor) = (answer.byte(5), answer.byte(6), answer.byte(7));
        desk.output.print(format_args!(
            "    Node Manager Version {version}\n    revision {major}.{}{}  patch version {patch}\n",
            minor >> 4,
            minor & 0x0f
        ));
        true
    }
}

/// The name of a domain, which stands in the low four bits.
fn domain_name(value: u8) -> std::borrow::Cow<'static, str> {
    words::name((value & 0x0f).into(), DOMAINS)
}

/// Intel's commands: the maker's number, 343, stands in front.
static NM: Group = Group {
    netfn: 0x2e,
    identity: &[0x57, 0x01, 0x00],
    unanswered: "No response to NM request",
    refused: "NM request",
    foreign: "A valid NM command was not returned!",
    codes: 0x80..=0xd6,
    texts: CODES,
};

const CODES: names::Table = &[
    (0x80, "Policy ID Invalid"),
    (0x81, "Domain ID Invalid"),
    (0x82, "Unknown policy trigger type"),
    (0x84, "Power Limit out of range"),
    (0x85, "Correction Time out of range"),
    (0x86, "Policy Trigger value out of range"),
    (0x88, "Invalid Mode"),
    (0x89, "Statistics Reporting Period out of range"),
    (0x8b, "Invalid value for Aggressive CPU correction field"),
    (
        0xa1,
        "No policy is currently limiting for the specified domain ID",
    ),
    (0xc4, "No space available"),
    (0xd4, "Insufficient privilege level due wrong responder LUN"),
    (0xd5, "Policy exists and param unchangeable while enabled"),
    (0xd6, "Command subfunction disabled or unavailable"),
];

const DISCOVER: u8 = 0;
const CAPABILITY: u8 = 1;
const CONTROL: u8 = 2;
const POLICY: u8 = 3;
const STATISTICS: u8 = 4;
const POWER: u8 = 5;
const SUSPEND: u8 = 6;
const RESET: u8 = 7;
const ALERT: u8 = 8;
const THRESHOLD: u8 = 9;

const TITLE: &str = "Node Manager Interface commands";

const COMMANDS: Words = &[
    (DISCOVER, "discover", "Discover Node Manager"),
    (CAPABILITY, "capability", "Get Node Manager Capabilities"),
    (CONTROL, "control", "Enable/Disable Policy Control"),
    (POLICY, "policy", "Add/Remove Policies"),
    (STATISTICS, "statistics", "Get Statistics"),
    (POWER, "power", "Set Power Draw Range"),
    (SUSPEND, "suspend", "Set/Get Policy suspend periods"),
    (RESET, "reset", "Reset Statistics"),
    (ALERT, "alert", "Set/Get/Clear Alert destination"),
    (THRESHOLD, "threshold", "Set/Get Alert Thresholds"),
];

const DOMAINS: Words = &[
    (0x00, "platform", ""),
    (0x01, "CPU", ""),
    (0x02, "Memory", ""),
    (0x03, "protection", ""),
    (0x04, "I/O", ""),
];

const VERSIONS: Words = &[
    (0x01, "1.0", ""),
    (0x02, "1.5", ""),
    (0x03, "2.0", ""),
    (0x04, "2.5", ""),
    (0x05, "3.0", ""),
];

/// Get Node Manager Version.
const GET_VERSION: u8 = 0xca;
