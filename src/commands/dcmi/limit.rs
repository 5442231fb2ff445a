//! `dcmi power get_limit` and `set_limit`: DCMI sections 6.6.2 and 6.6.3.

use super::group::Answer;
use super::words::{self, Words, menu, value};
use super::{Closed, DCMI, mistake};
use crate::cli::number;
use crate::commands::{Desk, Job, Parsed};

/// The limit, in the bytes of request and answer.
#[derive(Clone, Copy, Debug, Default)]
struct Limit {
    action: u8,
    watts: u16,
    /// Milliseconds.
    correction: u32,
    /// Seconds.
    sample: u16,
}

/// A field, and what it shall be.
#[derive(Clone, Debug)]
struct Change {
    /// As it was typed.
    word: String,
    field: u8,
    value: u32,
}

/// `set_limit`: fields that shall be otherwise; all four are written at once.
#[derive(Debug)]
struct Set(Vec<Change>);

/// Parses what follows `dcmi power set_limit`.
pub(super) fn parse(words: &[&str]) -> Parsed {
    let usage = || mistake(menu("set_limit <parameter> <value>", FIELDS));
    if words.len() < 2 || !words.len().is_multiple_of(2) {
        return usage();
    }
    let all = words.len() == 2 * FIELDS.len();
    let mut changes = Vec::new();
    for pair in words.chunks_exact(2) {
        let &[word, text] = pair else {
            return usage();
        };
        let Some(field) = value(word, FIELDS) else {
            return usage();
        };
        let Some(value) = field_value(field, text) else {
            // As in stock.
            let word = match field {
                ACTION if all => "Action",
                WATTS if all => "Limit",
                CORRECTION if all => "Correction",
                SAMPLE if all => "Sample",
                _ => word,
            };
            return mistake(format!("Given {word} '{text}' is invalid."));
        };
        changes.push(Change {
            word: word.to_owned(),
            field,
            value,
        });
    }
    Parsed::job(Closed(Set(changes)))
}

fn field_value(field: u8, text: &str) -> Option<u32> {
    match field {
        ACTION => value(text, ACTIONS).map(u32::from),
        CORRECTION => number::uint(text.as_bytes()).ok(),
        _ => number::ushort(text.as_bytes()).ok().map(u32::from),
    }
}

impl Job for Set {
    fn run(&self, desk: &mut Desk<'_>) -> bool {
        let changes = &self.0;
        let every = [ACTION, WATTS, CORRECTION, SAMPLE];
        let complete = changes.len() == every.len()
            && every
                .iter()
                .all(|field| changes.iter().any(|change| change.field == *field));
        let set = if complete {
            let mut limit = Limit::default();
            changes.iter().for_each(|change| limit.change(change));
            limit.write(desk)
        } else {
            one_by_one(desk, changes)
        };
        set && show(desk)
    }
}

fn one_by_one(desk: &mut Desk<'_>, changes: &[Change]) -> bool {
    for (done, change) in changes.iter().enumerate() {
        if !one(desk, change) {
            let words: Vec<&str> = changes
                .iter()
                .take(done)
                .map(|change| change.word.as_str())
                .collect();
            if !words.is_empty() {
                let (word, words) = (&change.word, words.join(", "));
                desk.output
                    .complain(format_args!("{word} was not set; set before it: {words}"));
            }
            return false;
        }
    }
    true
}

fn one(desk: &mut Desk<'_>, change: &Change) -> bool {
    let Some(answer) = read(desk) else {
        return false;
    };
    let mut limit = Limit::of(&answer);
    log::info!("DCMI IN  {}\n", limit.summary());
    limit.change(change);
    log::info!("DCMI OUT {}\n", limit.summary());
    limit.write(desk)
}

impl Limit {
    fn of(answer: &Answer) -> Self {
        Self {
            action: answer.byte(3),
            watts: answer.short(4),
            correction: answer.long(6),
            sample: answer.short(12),
        }
    }

    fn change(&mut self, change: &Change) {
        let [first, second, ..] = change.value.to_le_bytes();
        // Larger values were refused.
        let short = u16::from_le_bytes([first, second]);
        match change.field {
            ACTION => self.action = first,
            WATTS => self.watts = short,
            CORRECTION => self.correction = change.value,
            _ => self.sample = short,
        }
    }

    fn summary(&self) -> String {
        format!(
            "Limit={} Correction={} Action={} Sample={}",
            self.watts,
            self.correction.cast_signed(),
            self.action,
            self.sample
        )
    }

    fn write(&self, desk: &mut Desk<'_>) -> bool {
        let [w0, w1] = self.watts.to_le_bytes();
        let [c0, c1, c2, c3] = self.correction.to_le_bytes();
        let [s0, s1] = self.sample.to_le_bytes();
        let data = [0, 0, 0, self.action, w0, w1, c0, c1, c2, c3, 0, 0, s0, s1];
        DCMI.ask(desk, SET, &data, 1).is_some()
    }
}

fn read(desk: &mut Desk<'_>) -> Option<Answer> {
    let (cmd, data) = QUESTION;
    DCMI.ask_but(desk, cmd, data, LENGTH, &[NOT_ACTIVE])
}

/// `get_limit`.
pub(super) fn show(desk: &mut Desk<'_>) -> bool {
    let Some(answer) = read(desk) else {
        return false;
    };
    let limit = Limit::of(&answer);
    let state = match answer.code {
        0 => "Power Limit Active",
        _ => "No Active Power Limit",
    };
    let action = words::name(limit.action.into(), ACTION_NAMES);
    desk.output.print(format_args!(
        "\n    Current Limit State: {state}\n    Exception actions:   {action}\n    \
         Power Limit:         {} Watts\n    Correction time:     {} milliseconds\n    \
         Sampling period:     {} seconds\n\n",
        limit.watts,
        limit.correction.cast_signed(),
        limit.sample
    ));
    true
}

/// Get Power Limit.
pub(super) const QUESTION: (u8, &[u8]) = (0x03, &[0, 0]);

/// Set Power Limit.
const SET: u8 = 0x04;
const LENGTH: usize = 14;
/// There is a limit, and it is not active.
const NOT_ACTIVE: u8 = 0x80;

const ACTION: u8 = 0;
const WATTS: u8 = 1;
const CORRECTION: u8 = 2;
const SAMPLE: u8 = 3;

const FIELDS: Words = &[
    (ACTION, "action", "<no_action | sel_logging | power_off>"),
    (WATTS, "limit", "<number in Watts>"),
    (CORRECTION, "correction", "<number in milliseconds>"),
    (SAMPLE, "sample", "<number in seconds>"),
];

const ACTIONS: Words = &[
    (0x00, "no_action", ""),
    (0x01, "power_off", ""),
    (0x11, "sel_logging", ""),
    (0x02, "oem_02", ""),
    (0x03, "oem_03", ""),
    (0x04, "oem_04", ""),
    (0x05, "oem_05", ""),
    (0x06, "oem_06", ""),
    (0x07, "oem_07", ""),
    (0x08, "oem_08", ""),
    (0x09, "oem_09", ""),
    (0x0a, "oem_0a", ""),
    (0x0b, "oem_0b", ""),
    (0x0c, "oem_0c", ""),
    (0x0d, "oem_0d", ""),
    (0x0e, "oem_0e", ""),
    (0x0f, "oem_0f", ""),
    (0x10, "oem_10", ""),
];

const ACTION_NAMES: Words = &[
    (0x00, "No Action", ""),
    (0x01, "Hard Power Off & Log Event to SEL", ""),
    (0x02, "OEM reserved (02h)", ""),
    (0x03, "OEM reserved (03h)", ""),
    (0x04, "OEM reserved (04h)", ""),
    (0x05, "OEM reserved (05h)", ""),
    (0x06, "OEM reserved (06h)", ""),
    (0x07, "OEM reserved (07h)", ""),
    (0x08, "OEM reserved (08h)", ""),
    (0x09, "OEM reserved (09h)", ""),
    (0x0a, "OEM reserved (0ah)", ""),
    (0x0b, "OEM reserved (0bh)", ""),
    (0x0c, "OEM reserved (0ch)", ""),
    (0x0d, "OEM reserved (0dh)", ""),
    (0x0e, "OEM reserved (0eh)", ""),
    (0x0f, "OEM reserved (0fh)", ""),
    (0x10, "OEM reserved (10h)", ""),
    (0x11, "Log Event to SEL", ""),
];
