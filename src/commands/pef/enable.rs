//! `pef filter|policy enable|disable <id>`.

use crate::commands::Desk;
use crate::ipmi::pef::{
    ENABLED_FILTER, ENABLED_POLICY, GetPefParameter, Selector, SetPefParameter,
};
use crate::ipmi::{Failure, exchange};

use super::Table;

/// Reads an entry's state, and writes it with one bit changed.
pub(super) fn run(table: Table, id: u8, on: bool, desk: &mut Desk<'_>) -> bool {
    let name = table.name();
    let command = match prepare(table, id, on, desk) {
        Ok(Some(command)) => command,
        Ok(None) => return false,
        Err(failure) => {
            desk.output.evaluate(&failure);
            return false;
        }
    };
    if let Err(failure) = exchange(desk.bmc, command) {
        desk.output.evaluate(&failure);
        let verb = if on { "enable" } else { "disable" };
        desk.output
            .complain(format_args!("Failed to {verb} PEF {name} ID {id}."));
        return false;
    }
    let state = if on { "enabled" } else { "disabled" };
    desk.output
        .line(format_args!("PEF {name} ID {id} is {state} now."));
    true
}

/// What is to be written; nothing where there is no such entry, which is said.
fn prepare(
    table: Table,
    id: u8,
    on: bool,
    desk: &mut Desk<'_>,
) -> Result<Option<SetPefParameter>, Failure> {
    let name = table.name();
    let selector = match table {
        Table::Filters => Selector::FilterCount,
        Table::Policies => Selector::PolicyCount,
    };
    let [count] = exchange(desk.bmc, GetPefParameter { selector, set: 0 })?;
    let count = count & 0x7f;
    let wrong = if count == 0 {
        format!("PEF {name} isn't supported.")
    } else if id > count {
        format!("PEF {name} ID out of range. Valid range is (1..{count}).")
    } else {
        let (number, command) = match table {
            Table::Filters => filter(id, on, desk)?,
            Table::Policies => policy(id, on, desk)?,
        };
        if number & 0x7f == id {
            return Ok(Some(command));
        }
        // Another entry's state must not be written to this one.
        format!("PEF {name} ID {id} was asked for, but the answer is of {number}.")
    };
    desk.output.complain(format_args!("{wrong}"));
    Ok(None)
}

/// The number of the filter that was read, and what changes it: nothing but one bit of its first byte, which also tells
/// whether its maker made it.
fn filter(id: u8, on: bool, desk: &mut Desk<'_>) -> Result<(u8, SetPefParameter), Failure> {
    let selector = Selector::FilterState;
    let [number, state] = exchange(desk.bmc, GetPefParameter { selector, set: id })?;
    let value = vec![id, with(state, ENABLED_FILTER, on)];
    Ok((number, SetPefParameter { selector, value }))
}

/// The same of a policy.
fn policy(id: u8, on: bool, desk: &mut Desk<'_>) -> Result<(u8, SetPefParameter), Failure> {
    let selector = Selector::Policy;
    let [number, state, place, text] = exchange(desk.bmc, GetPefParameter { selector, set: id })?;
    let value = vec![id, with(state, ENABLED_POLICY, on), place, text];
    Ok((number, SetPefParameter { selector, value }))
}

/// The byte with these bits set, or not.
fn with(byte: u8, bits: u8, set: bool) -> u8 {
    if set { byte | bits } else { byte & !bits }
}
