//! `pef …`: which events make the BMC act, and whom it tells.

use ipmi_rs::connection::Message;

use crate::cli::{Context, number};
use crate::ipmi::pef::{GetLastProcessed, GetPefCapabilities, GetPefParameter, Selector};

use super::{Desk, Job, Parsed, Refusal};

mod destination;
mod enable;
mod filters;
mod info;
mod policies;
mod sheet;
mod status;
mod usage;
mod words;

/// Parses what follows `pef`.
///
/// # Errors
///
/// Help, a mistake, or what stock does not have either.
pub fn parse(words: &[&str], _: &Context) -> Result<Parsed, Refusal> {
    match words {
        [] => Err(too_few("parameters", usage::PEF)),
        ["help", ..] => Err(Refusal::help(usage::PEF)),
        ["info", ..] => Ok(Parsed::job(Action::Info)),
        ["status", ..] => Ok(Parsed::job(Action::Status)),
        ["filter", rest @ ..] => table(Table::Filters, rest),
        ["policy", rest @ ..] => table(Table::Policies, rest),
        ["capabilities" | "event" | "pet" | "timer", ..] => Err(missing()),
        [word, ..] => Err(Refusal::error(format!("Invalid PEF command: '{word}'\n"))),
    }
}

/// What follows `filter` or `policy`.
fn table(table: Table, words: &[&str]) -> Result<Parsed, Refusal> {
    let action = match words {
        [] => return Err(too_few("parameters", table.usage())),
        ["help", ..] => return Err(Refusal::help(table.usage())),
        ["list", ..] => Action::List(table),
        [verb @ ("enable" | "disable"), word] => Action::Enable {
            table,
            id: table.id(word)?,
            on: *verb == "enable",
        },
        ["enable" | "disable", ..] => return Err(too_few("arguments", table.usage())),
        ["create" | "delete", ..] => return Err(missing()),
        [word, ..] => {
            let (name, usage) = (table.name(), table.usage());
            let text = format!("Invalid PEF {name} command: {word}\n{usage}");
            return Err(Refusal::error(text));
        }
    };
    Ok(Parsed::job(action))
}

fn too_few(what: &str, usage: &str) -> Refusal {
    Refusal::error(format!("Not enough {what} given.\n{usage}"))
}

/// Stock's help names it, and that is all.
fn missing() -> Refusal {
    Refusal::error("Not implemented.")
}

/// A table in the BMC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Table {
    Filters,
    Policies,
}

impl Table {
    /// As stock's messages have it.
    fn name(self) -> &'static str {
        match self {
            Self::Filters => "Filter",
            Self::Policies => "Policy",
        }
    }

    fn usage(self) -> &'static str {
        match self {
            Self::Filters => usage::FILTER,
            Self::Policies => usage::POLICY,
        }
    }

    /// The number of one of its entries.
    fn id(self, word: &str) -> Result<u8, Refusal> {
        let (kind, most) = match self {
            Self::Filters => ("Event Filter", 255),
            Self::Policies => ("Policy", 127),
        };
        match number::uchar(word.as_bytes()) {
            Ok(id) if (1..=most).contains(&id) => Ok(id),
            Ok(_) => Err(Refusal::error(format!(
                "PEF {kind} ID out of range. Valid range is <1..{most}>."
            ))),
            Err(_) => Err(Refusal::error(format!(
                "Invalid PEF {kind} ID given: {word}"
            ))),
        }
    }
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Info,
    Status,
    List(Table),
    Enable { table: Table, id: u8, on: bool },
}

impl Job for Action {
    fn first(&self) -> Vec<Message> {
        let count = |selector| vec![GetPefParameter::<1> { selector, set: 0 }.into()];
        match self {
            Self::Info => count(Selector::PolicyCount),
            Self::Status => vec![GetLastProcessed.into()],
            Self::List(Table::Filters) => vec![GetPefCapabilities.into()],
            Self::List(Table::Policies) => count(Selector::PolicyCount),
            // What is written must follow what was read at that time.
            Self::Enable { .. } => Vec::new(),
        }
    }

    fn run(&self, desk: &mut Desk<'_>) -> bool {
        match *self {
            Self::Info => info::run(desk),
            Self::Status => status::run(desk),
            Self::List(Table::Filters) => filters::list(desk),
            Self::List(Table::Policies) => policies::list(desk),
            Self::Enable { table, id, on } => enable::run(table, id, on, desk),
        }
    }
}
