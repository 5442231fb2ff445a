//! `sol looptest [times [interval [instance]]]`: the console opened and closed, again and again.

use std::thread;
use std::time::Duration;

use crate::cli::Context;
use crate::cli::context::Oem;
use crate::cli::number;
use crate::commands::Refusal;
use crate::commands::output::Output;
use crate::ipmi::payload::{ActivateSol, DeactivateSol, refusal};
use crate::ipmi::{Bmc, Failure, exchange};

use super::{USAGE, deactivate, instance_in_range, needs_lanplus, parse_instance};

/// How often, how fast, and what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Looptest {
    /// At least 1.
    times: u32,
    interval: Duration,
    /// 0 to 255: the range is checked in the loop, as in stock.
    instance: u8,
}

/// Parses what follows `looptest`.
///
/// # Errors
///
/// Usage, or a number that is none.
pub fn parse(words: &[&str]) -> Result<Looptest, Refusal> {
    if words.len() > 3 {
        return Err(Refusal::error(USAGE));
    }
    let number = |index: usize, label: &str, default: i32| match words.get(index) {
        None => Ok(default),
        Some(word) => number::int(word.as_bytes())
            .map_err(|_| Refusal::error(format!("Given {label} '{word}' is invalid."))),
    };
    let times = number(0, "cnt", DEFAULT_TIMES)?;
    let interval = number(1, "interval", DEFAULT_INTERVAL)?;
    let instance = words.get(2).map_or(Ok(1), |word| parse_instance(word))?;
    Ok(Looptest {
        times: u32::try_from(if times > 0 { times } else { DEFAULT_TIMES }).unwrap_or(1),
        interval: Duration::from_millis(u64::try_from(interval).unwrap_or(0)),
        instance,
    })
}

/// Does it. Whether every turn went well.
pub fn run(looptest: Looptest, context: &Context, bmc: &mut Bmc<'_>, output: &mut Output) -> bool {
    for remaining in (1..=looptest.times).rev() {
        output.line(format_args!("remain loop test counter: {remaining}"));
        if !turn(looptest, context, bmc, output) {
            output.line(format_args!("SOL looptest failed: -1"));
            return false;
        }
    }
    true
}

fn turn(looptest: Looptest, context: &Context, bmc: &mut Bmc<'_>, output: &mut Output) -> bool {
    let Looptest {
        interval, instance, ..
    } = looptest;
    if let Err(refusal) = needs_lanplus(context).and_then(|()| instance_in_range(instance)) {
        output.complain(format_args!("{}", refusal.text));
        return false;
    }
    let auxiliary = match context.oem {
        Some(Oem::IntelPlus) => 0xc4,
        Some(Oem::I82571Spt) => 0x08,
        _ => ActivateSol::AUXILIARY,
    };
    let activated = match exchange(
        bmc,
        ActivateSol {
            instance,
            auxiliary,
        },
    ) {
        Ok(activated) => activated,
        Err(failure) => {
            if let Failure::Transport(error) = &failure {
                output.explain(error);
            }
            output.complain(format_args!("{}", refusal(&failure)));
            return false;
        }
    };
    if activated.port != context.port && activated.port.swap_bytes() != context.port {
        output.complain(format_args!(
            "Error: BMC requests SOL session on different port"
        ));
        // Stock leaves it active; that it is closed again costs nothing and is not reported.
        let _ = exchange(bmc, DeactivateSol { instance });
        return false;
    }
    let escape = char::from(context.escape);
    output.line(format_args!(
        "[SOL Session operational.  Use {escape}? for help]"
    ));
    // As in stock, a refused deactivation is said, and the test goes on.
    deactivate(instance, bmc, output);
    thread::sleep(interval);
    true
}

const DEFAULT_TIMES: i32 = 200;

/// Milliseconds.
const DEFAULT_INTERVAL: i32 = 100;
