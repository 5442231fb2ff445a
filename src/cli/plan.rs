//! Who runs a command line: this program, another `ipmitool`, or nobody.

use std::ffi::OsStr;

use super::context::Context;
use super::exit::Exit;
use super::interpret::interpret;
use super::typed::Options;
use super::verbs;
use super::world::{Rehearsal, Stop, World};

/// What is to be done with a command line.
#[derive(Debug)]
pub enum Plan {
    /// Run a built-in verb.
    Run(Box<Context>),
    /// Hand the words over, untouched, to another `ipmitool`.
    HandOver,
    /// Nothing more: everything was said.
    End(Exit),
}

/// Interprets a command line, and says what stock says about it.
///
/// A command line that goes to another `ipmitool` is only rehearsed: mistakes are reported here, but questions and
/// warnings are left to the one that runs it.
pub fn plan(options: &Options, world: &mut impl World) -> Plan {
    if is_for_us(options) {
        return match interpret(options, world) {
            Ok(context) => Plan::Run(Box::new(context)),
            Err(Stop::Exit(exit)) => Plan::End(exit),
            Err(Stop::Question) => Plan::End(Exit::Failure),
        };
    }
    let mut rehearsal = Rehearsal::default();
    match interpret(options, &mut rehearsal) {
        Err(Stop::Exit(exit)) => Plan::End(
            rehearsal
                .perform(world)
                .map_or_else(|error| Exit::from_output_error(&error), |()| exit),
        ),
        Ok(_) | Err(Stop::Question) => Plan::HandOver,
    }
}

/// Built in are some verbs over the interfaces that have a driver here, and `help`. Without an interface it is lan with
/// a host, open without one.
fn is_for_us(options: &Options) -> bool {
    let reachable = options.last(b'I').is_none_or(|interface| {
        matches!(
            interface.to_str(),
            Some("dummy" | "lan" | "lanplus" | "open")
        )
    });
    options.verb() == Some(OsStr::new("help")) || (reachable && verbs::is_native(&options.operands))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsString;

    fn for_us(line: &str) -> bool {
        let argv = std::iter::once("ipmitool")
            .chain(line.split(' '))
            .map(OsString::from)
            .collect();
        is_for_us(&Options::parse(argv, false).unwrap())
    }

    #[test]
    fn built_in_are_native_verbs_over_the_interfaces_with_a_driver_bridged_or_not() {
        for line in [
            "-I lanplus -H h sol activate",
            "raw 6 1 -I dummy",
            "help sdr",
            "-I lanplus -t 0x0 -T 0 mc info",
            "-I lanplus -t 0x82 -b 7 mc info",
            "-H h sol activate",
            "-I lan mc info",
            "-I lanplus -I lan mc info",
            "mc info",
            "-I open -t 0x24 mc info",
        ] {
            assert!(for_us(line), "{line}");
        }
        for line in [
            "-I imb mc info",
            "-I open hpm",
            "-I dummy hpm check",
            "-I dummy hpm",
            "-I dummy",
        ] {
            assert!(!for_us(line), "{line}");
        }
    }
}
