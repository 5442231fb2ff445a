//! `nm capability`: what policies of a kind may ask for.

use super::{Show, arguments, domain_name, read};
use crate::commands::dcmi::group::Answer;
use crate::commands::dcmi::words::{Words, menu, value};
use crate::commands::{Desk, Parsed, Refusal};

/// Capabilities of policies with a trigger.
#[derive(Debug)]
struct Capability {
    trigger: u8,
}

/// Parses what follows `nm capability`.
///
/// # Errors
///
/// A mistake.
pub(super) fn parse(words: &[&str]) -> Result<Parsed, Refusal> {
    let (mut domain, mut trigger) = (0, 0);
    let mut words = words.iter().copied();
    while let Some(word) = words.next() {
        match value(word, OPTIONS) {
            Some(DOMAIN) => domain = arguments::domain(words.next())?,
            Some(option) => trigger = option - DOMAIN,
            None => return Err(Refusal::error(menu("Capability commands", OPTIONS))),
        }
    }
    let data = [domain, trigger | POWER_CONTROL];
    Ok(read(GET_CAPABILITIES, &data, Capability { trigger }))
}

impl Show for Capability {
    const LEAST: usize = 21;

    fn show(&self, desk: &mut Desk<'_>, answer: &Answer) -> bool {
        let policies = answer.byte(3);
        let [max, min] = [4, 6].map(|at| answer.short(at));
        let [min_correction, max_correction] = [8, 12].map(|at| answer.long(at) / 1000);
        let [min_period, max_period] = [16, 18].map(|at| answer.short(at));
        let scope = domain_name(answer.byte(20));
        if desk.context.csv {
            desk.output.line(format_args!(
                "{policies},{max},{min},{min_correction},{max_correction},{min_period},{max_period},{scope}"
            ));
            return true;
        }
        desk.output
            .line(format_args!("    power policies:\t\t{policies}"));
        let limits = match self.trigger {
            POWER => Some(("power", 1, "Watts")),
            INLET => Some(("temp", 1, "C")),
            MISSING | RESET => Some(("time", 10, "Secs")),
            _ => None,
        };
        if let Some((what, divisor, unit)) = limits {
            let (max, min) = (max / divisor, min / divisor);
            desk.output.print(format_args!(
                "    max_{what}\t\t{max:7} {unit}\n    min_{what}\t\t{min:7} {unit}\n"
            ));
        }
        desk.output.print(format_args!(
            "    min_corr\t\t{min_correction:7} secs\n    max_corr\t\t{max_correction:7} secs\n    \
             min_stats\t\t{min_period:7} secs\n    max_stats\t\t{max_period:7} secs\n    \
             domain scope:\t{scope}\n"
        ));
        true
    }
}

const GET_CAPABILITIES: u8 = 0xc9;

/// Policies that limit power, beside the trigger.
const POWER_CONTROL: u8 = 0x10;

const POWER: u8 = 0;
const INLET: u8 = 1;
const MISSING: u8 = 2;
const RESET: u8 = 3;

const DOMAIN: u8 = 1;

/// A trigger's number is one less.
const OPTIONS: Words = &[
    (
        DOMAIN,
        "domain",
        "<platform|CPU|Memory> (default is platform)",
    ),
    (2, "inlet", "Inlet temp trigger"),
    (3, "missing", "Missing Power reading trigger"),
    (4, "reset", "Time after Host reset trigger"),
    (5, "boot", "Boot time policy"),
];
