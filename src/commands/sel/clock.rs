//! `sel time get`, `sel time set`.

use std::time::{SystemTime, UNIX_EPOCH};

use super::{GET_TIME, SET_TIME, STORAGE};
use crate::cli::dates::Dates;
use crate::commands::Desk;
use crate::ipmi::Failure;

/// Reads or sets the log's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clock {
    /// Prints it.
    Get,
    /// Sets it to this machine's.
    SetNow,
    /// Sets it to this many seconds since 1970.
    Set(u32),
}

impl Clock {
    pub(super) fn run(self, desk: &mut Desk<'_>) -> bool {
        match self {
            Self::Get => get(desk),
            Self::SetNow => match now() {
                Some(now) => set(desk, now),
                None => {
                    desk.output
                        .complain(format_args!("Specified time could not be parsed"));
                    false
                }
            },
            Self::Set(stamp) => set(desk, stamp),
        }
    }
}

/// This machine's clock; none where a BMC's cannot say the same.
fn now() -> Option<u32> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    u32::try_from(since.as_secs()).ok()
}

fn get(desk: &mut Desk<'_>) -> bool {
    let what = "Get SEL Time command failed";
    let data = match desk.ask(STORAGE, GET_TIME, &[]) {
        Ok(data) => data,
        Err(failure) => return fail(desk, what, &failure),
    };
    let Ok(stamp) = <[u8; 4]>::try_from(&data[..]) else {
        let length = data.len();
        desk.output
            .complain(format_args!("{what}: Invalid data length {length}"));
        return false;
    };
    let dates = Dates::from_environment(desk.context.utc);
    let mut line = dates.numeric(u32::from_le_bytes(stamp));
    line.push(b'\n');
    desk.output.bytes(&line);
    true
}

/// Sets the clock and prints what it shows then; a clock that cannot be read is set nonetheless.
fn set(desk: &mut Desk<'_>, stamp: u32) -> bool {
    match desk.ask(STORAGE, SET_TIME, &stamp.to_le_bytes()) {
        Ok(_) => {
            get(desk);
            true
        }
        Err(failure) => fail(desk, "Set SEL Time command failed", &failure),
    }
}

/// Stock's words here where no answer came.
fn fail(desk: &mut Desk<'_>, what: &str, failure: &Failure) -> bool {
    if let Failure::Transport(error) = failure {
        desk.output.explain(error);
        desk.output.complain(format_args!("{what}: Unknown"));
        return false;
    }
    desk.output.fail(format_args!("{what}"), failure)
}
