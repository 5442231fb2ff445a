//! `sol payload <enable|disable|status> [channel] [user]`: who may activate SOL.

use crate::commands::Refusal;
use crate::commands::arguments::{channel, user};
use crate::commands::output::Output;
use crate::ipmi::channel::CURRENT;
use crate::ipmi::payload::{GetUserPayloadAccess, SetSolUserAccess};
use crate::ipmi::{Bmc, Failure, exchange};

use super::USAGE;

/// What is to be done, and for whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    operation: Operation,
    channel: u8,
    user: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    Enable,
    Disable,
    Status,
}

/// Parses what follows `payload`. Channel and user are checked before the operation, as in stock.
///
/// # Errors
///
/// Usage, or a channel or user out of range.
pub fn parse(words: &[&str]) -> Result<Access, Refusal> {
    let (operation, rest) = match words {
        [operation, rest @ ..] if rest.len() <= 2 => (*operation, rest),
        _ => return Err(Refusal::error(USAGE)),
    };
    let channel = rest.first().map_or(Ok(CURRENT), |word| channel(word))?;
    let user = rest.get(1).map_or(Ok(1), |word| user(word))?;
    let operation = match operation {
        "enable" => Operation::Enable,
        "disable" => Operation::Disable,
        "status" => Operation::Status,
        _ => return Err(Refusal::error(USAGE)),
    };
    Ok(Access {
        operation,
        channel,
        user,
    })
}

/// Does it. Whether it went well.
pub fn run(access: Access, bmc: &mut Bmc<'_>, output: &mut Output) -> bool {
    let Access {
        operation,
        channel,
        user,
    } = access;
    match operation {
        Operation::Status => status(channel, user, bmc, output),
        Operation::Enable | Operation::Disable => {
            let enable = operation == Operation::Enable;
            change(
                SetSolUserAccess {
                    channel,
                    user,
                    enable,
                },
                bmc,
                output,
            )
        }
    }
}

fn change(command: SetSolUserAccess, bmc: &mut Bmc<'_>, output: &mut Output) -> bool {
    let SetSolUserAccess {
        channel,
        user,
        enable,
    } = command;
    let verb = if enable { "enabling" } else { "disabling" };
    match exchange(bmc, command) {
        Ok(()) => return true,
        Err(Failure::Transport(error)) => {
            output.explain(&error);
            output.complain(format_args!(
                "Error {verb} SOL payload for user {user} on channel {channel}"
            ));
        }
        Err(failure) => {
            output.complain(format_args!(
                "Error {verb} SOL payload for user {user} on channel {channel}: {failure}"
            ));
        }
    }
    false
}

fn status(channel: u8, user: u8, bmc: &mut Bmc<'_>, output: &mut Output) -> bool {
    match exchange(bmc, GetUserPayloadAccess { channel, user }) {
        Ok(enabled) => {
            let state = if enabled { "enabled" } else { "disabled" };
            output.line(format_args!("User {user} on channel {channel} is {state}"));
            return true;
        }
        Err(Failure::Transport(error)) => {
            output.explain(&error);
            output.complain(format_args!("Error. No valid response received."));
        }
        Err(Failure::Answer(_)) => {
            output.complain(format_args!(
                "Error parsing SOL payload status for user {user} on channel {channel}"
            ));
        }
        Err(failure) => {
            output.complain(format_args!(
                "Error getting SOL payload status for user {user} on channel {channel}: {failure}"
            ));
        }
    }
    false
}
