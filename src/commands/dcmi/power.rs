//! `dcmi power …`: readings and the limit (DCMI section 6.6).

use ipmi_rs::connection::Message;

use super::words::{self, Words, list, menu, value};
use super::{Closed, DCMI, limit, mistake};
use crate::cli::dates::Dates;
use crate::commands::{Desk, Job, Parsed, Refusal, Told};

/// What is to be done.
#[derive(Debug)]
enum Action {
    /// `reading`, of now or averaged over a period.
    Reading(Option<u8>),
    /// `get_limit`
    Limit,
    /// `activate` or `deactivate`
    Activate(bool),
}

/// Parses what follows `dcmi power`.
///
/// # Errors
///
/// A mistake.
pub fn parse(words: &[&str]) -> Result<Parsed, Refusal> {
    let Some((word, rest)) = words.split_first() else {
        return Err(Refusal::error(menu(TITLE, COMMANDS)));
    };
    let action = match value(word, COMMANDS) {
        Some(READING) => match rest.first() {
            None => Action::Reading(None),
            Some(period) => match value(period, PERIODS) {
                Some(period) => Action::Reading(Some(period)),
                None => return Ok(no_period()),
            },
        },
        Some(GET_LIMIT) => Action::Limit,
        Some(SET_LIMIT) => return Ok(limit::parse(rest)),
        Some(ACTIVATE) => Action::Activate(true),
        Some(DEACTIVATE) => Action::Activate(false),
        _ => return Ok(mistake(menu(TITLE, COMMANDS))),
    };
    Ok(Parsed::job(Closed(action)))
}

/// Stock puts what should part the periods on standard output.
fn no_period() -> Parsed {
    Parsed::errand(Told {
        stdout: format!("{}\n\n", vec![" | "; PERIODS.len() - 1].concat()),
        stderr: Some(list("Invalid sample time. Valid times are: ", PERIODS)),
    })
}

impl Job for Action {
    fn first(&self) -> Vec<Message> {
        let (cmd, data): (u8, &[u8]) = match self {
            Self::Reading(None) => (GET_READING, NOW),
            Self::Limit => limit::QUESTION,
            Self::Reading(Some(_)) | Self::Activate(_) => return Vec::new(),
        };
        vec![Message::new_raw(DCMI.netfn, cmd, DCMI.data(data))]
    }

    fn run(&self, desk: &mut Desk<'_>) -> bool {
        match self {
            Self::Reading(period) => reading(desk, *period),
            Self::Limit => limit::show(desk),
            Self::Activate(on) => activate(desk, *on),
        }
    }
}

fn reading(desk: &mut Desk<'_>, period: Option<u8>) -> bool {
    let averaged = period.map(|period| [ENHANCED, period, 0]);
    let data = averaged.as_ref().map_or(NOW, |data| data);
    let Some(answer) = DCMI.ask(desk, GET_READING, data, READING_LENGTH) else {
        return false;
    };
    let stamp = Dates::from_environment(desk.context.utc).numeric(answer.long(9));
    let output = &mut *desk.output;
    output.line(format_args!(""));
    let labels = [
        "Instantaneous power reading:",
        "Minimum during sampling period:",
        "Maximum during sampling period:",
        "Average power reading over sample period:",
    ];
    for (label, at) in labels.into_iter().zip([1, 3, 5, 7]) {
        let watts = answer.short(at);
        output.line(format_args!("    {label:<41} {watts:>8} Watts"));
    }
    // As in stock, no line ends behind the time.
    output.print(format_args!("    {:<41} ", "IPMI timestamp:"));
    output.bytes(&stamp);
    output.print(format_args!("    {:<41} ", "Sampling period:"));
    let sample = answer.long(13);
    match period {
        None => output.line(format_args!("{:08} Seconds.", sample / 1000)),
        Some(_) => {
            let [low, high, ..] = sample.to_le_bytes();
            let name = words::name(u16::from_le_bytes([low, high]), PERIODS);
            output.line(format_args!("{name} "));
        }
    }
    let state = if answer.byte(17) & MEASURING == 0 {
        "deactivated"
    } else {
        "activated"
    };
    output.line(format_args!(
        "    {:<41} {state}\n",
        "Power reading state is:"
    ));
    true
}

fn activate(desk: &mut Desk<'_>, on: bool) -> bool {
    let done = DCMI.ask(desk, ACTIVATE_LIMIT, &[u8::from(on), 0, 0], 1);
    if done.is_some() {
        let what = if on { "activated" } else { "deactivated" };
        desk.output
            .line(format_args!("\n    Power limit successfully {what}"));
    }
    done.is_some()
}

const TITLE: &str = "power <command>";

const READING: u8 = 0;
const GET_LIMIT: u8 = 1;
const SET_LIMIT: u8 = 2;
const ACTIVATE: u8 = 3;
const DEACTIVATE: u8 = 4;

const COMMANDS: Words = &[
    (
        READING,
        "reading",
        "Get power related readings from the system",
    ),
    (GET_LIMIT, "get_limit", "Get the configured power limits"),
    (SET_LIMIT, "set_limit", "Set a power limit option"),
    (ACTIVATE, "activate", "Activate the set power limit"),
    (DEACTIVATE, "deactivate", "Deactivate the set power limit"),
];

/// Averaging periods: the unit in the two highest bits, how many of them below.
const PERIODS: Words = &[
    (0x05, "5_sec", ""),
    (0x0f, "15_sec", ""),
    (0x1e, "30_sec", ""),
    (0x41, "1_min", ""),
    (0x43, "3_min", ""),
    (0x47, "7_min", ""),
    (0x4f, "15_min", ""),
    (0x5e, "30_min", ""),
    (0x81, "1_hour", ""),
];

/// Get Power Reading.
const GET_READING: u8 = 0x02;
/// Activate/Deactivate Power Limit.
const ACTIVATE_LIMIT: u8 = 0x05;
/// System power statistics.
const NOW: &[u8] = &[0x01, 0, 0];
/// Enhanced system power statistics.
const ENHANCED: u8 = 0x02;
const READING_LENGTH: usize = 18;
/// Power is being measured.
const MEASURING: u8 = 0x40;
