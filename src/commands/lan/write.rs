//! Writing LAN configuration parameters: under the set-in-progress lock, and read back.

use std::thread;
use std::time::Duration;

use crate::commands::Desk;
use crate::ipmi::lan::{GetLanParameter, Parameter, SetLanParameter, set_text};
use crate::ipmi::{Failure, exchange};

use super::read;

/// Writes a parameter and reads it back until it has the new value: that can take a BMC long. Whether it has.
pub fn verified(channel: u8, parameter: Parameter, value: &[u8], desk: &mut Desk<'_>) -> bool {
    lock(channel, desk);
    let done = write_and_wait(channel, parameter, value, desk);
    unlock(channel, desk);
    done
}

/// Writes a parameter. Whether the BMC took it.
pub fn unverified(channel: u8, parameter: Parameter, value: &[u8], desk: &mut Desk<'_>) -> bool {
    lock(channel, desk);
    let done = set(channel, parameter, value, desk);
    unlock(channel, desk);
    match done {
        Ok(()) => true,
        Err(failure) => refused(parameter, &failure, desk),
    }
}

fn write_and_wait(channel: u8, parameter: Parameter, value: &[u8], desk: &mut Desk<'_>) -> bool {
    match set(channel, parameter, value, desk) {
        Ok(()) => {}
        Err(failure @ Failure::Completion(code)) => {
            log::debug!("Warning: Set LAN Parameter failed: {}", set_text(code));
            match code {
                // Some BMCs say so while they are busy.
                0xcc => {
                    log::debug!("Retrying...");
                    for _ in 0..RETRIES {
                        thread::sleep(PAUSE);
                        if set(channel, parameter, value, desk).is_ok() {
                            break;
                        }
                    }
                }
                // Some say so, and do it.
                0xff => {}
                _ => return refused(parameter, &failure, desk),
            }
        }
        Err(failure) => return refused(parameter, &failure, desk),
    }
    wait(channel, parameter, value, desk)
}

/// Waits until the parameter has this value.
fn wait(channel: u8, parameter: Parameter, value: &[u8], desk: &mut Desk<'_>) -> bool {
    log::debug!("Waiting for Set LAN Parameter to complete...");
    dump(value, "SET DATA");
    for retry in 0..=RETRIES {
        let read = read::value(GetLanParameter::of(channel, parameter), parameter, desk);
        let complaint = match read {
            Ok(present) => {
                let present = present.unwrap_or_default();
                dump(&present, "READ DATA");
                if present == value {
                    return true;
                }
                if present.len() == value.len() {
                    "LAN Parameter Data does not match!  Write may have failed.".to_owned()
                } else {
                    format!(
                        "Mismatched data lengths: {} != {}",
                        present.len(),
                        value.len()
                    )
                }
            }
            Err(unread) => {
                if retry == RETRIES {
                    unread.say(desk.output);
                } else {
                    log::info!("{unread}");
                }
                format!(
                    "LAN Parameter '{}' cannot be read back: it is not known whether it was written.",
                    parameter.name
                )
            }
        };
        thread::sleep(PAUSE);
        if retry == RETRIES {
            desk.output.complain(format_args!("{complaint}"));
        }
    }
    false
}

/// Stock shows bytes like this on standard error from `-vv` on.
pub fn dump(bytes: &[u8], what: &str) {
    if bytes.is_empty() || !log::log_enabled!(log::Level::Debug) {
        return;
    }
    let lines: Vec<String> = bytes
        .chunks(16)
        .map(|line| line.iter().map(|byte| format!(" {byte:02x}")).collect())
        .collect();
    log::debug!("{what} ({} bytes)\n{}", bytes.len(), lines.join("\n"));
}

/// Says that a parameter was not written; false.
fn refused(parameter: Parameter, failure: &Failure, desk: &mut Desk<'_>) -> bool {
    match failure {
        Failure::Completion(code) => desk.output.complain(format_args!(
            "Set LAN Parameter '{}' failed: {}: nothing was changed",
            parameter.name,
            set_text(*code)
        )),
        failure => {
            desk.output
                .fail(format_args!("Set LAN Parameter failed"), failure);
        }
    }
    false
}

/// Tells others that parameters are about to change. As in stock, a BMC that does not know how, and a lock that
/// another holds, are no obstacles: many BMCs have no lock that works.
fn lock(channel: u8, desk: &mut Desk<'_>) {
    for attempt in 0..=LOCK_RETRIES {
        let command = GetLanParameter::of(channel, Parameter::SET_IN_PROGRESS);
        let state = match read::value(command, Parameter::SET_IN_PROGRESS, desk) {
            Ok(state) => state.and_then(|value| value.first().map(|state| state & 3)),
            Err(unread) => {
                log::info!("{unread}");
                None
            }
        };
        match state {
            Some(state) if state != IN_PROGRESS && attempt < LOCK_RETRIES => {
                set_state(IN_PROGRESS, channel, desk);
            }
            _ => return,
        }
    }
}

fn unlock(channel: u8, desk: &mut Desk<'_>) {
    if !set_state(COMMIT, channel, desk) {
        log::debug!("LAN Parameter Commit not supported");
    }
    set_state(COMPLETE, channel, desk);
}

/// False where no answer came.
fn set_state(state: u8, channel: u8, desk: &mut Desk<'_>) -> bool {
    match set(channel, Parameter::SET_IN_PROGRESS, &[state], desk) {
        Ok(()) | Err(Failure::Completion(_) | Failure::Answer(_)) => true,
        Err(failure) => desk
            .output
            .fail(format_args!("Set LAN Parameter failed"), &failure),
    }
}

fn set(
    channel: u8,
    parameter: Parameter,
    value: &[u8],
    desk: &mut Desk<'_>,
) -> Result<(), Failure> {
    let command = SetLanParameter {
        channel,
        selector: parameter.selector,
        value: value.to_vec(),
    };
    exchange(desk.bmc, command)
}

/// States of the set-in-progress parameter.
const COMPLETE: u8 = 0;
const IN_PROGRESS: u8 = 1;
const COMMIT: u8 = 2;

/// How often a lock is tried for.
const LOCK_RETRIES: u32 = 3;

/// How often a value is read, or written, again.
const RETRIES: u32 = 10;

/// Between two tries.
const PAUSE: Duration = Duration::from_secs(3);
