//! `mc getenables` and `mc setenables <option=on|off> …`.

use ipmi_rs::connection::Message;

use crate::commands::{Desk, Job, Refusal};
use crate::ipmi::app::{GLOBAL_ENABLES, GetGlobalEnables, SetGlobalEnables};
use crate::ipmi::exchange;

/// Prints what the BMC does on its own.
#[derive(Clone, Copy, Debug)]
pub struct Show;

impl Job for Show {
    fn first(&self) -> Vec<Message> {
        vec![GetGlobalEnables.into()]
    }

    fn run(&self, desk: &mut Desk<'_>) -> bool {
        let Some(enables) = ask(desk) else {
            return false;
        };
        for (bit, _, description) in GLOBAL_ENABLES {
            let state = if enables & bit != 0 { "en" } else { "dis" };
            desk.output
                .line(format_args!("{description:<40} : {state}abled"));
        }
        true
    }
}

/// Changes, in the order in which they were typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes(Vec<Change>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Change {
    bit: u8,
    description: &'static str,
    on: bool,
}

/// Parses what follows `setenables`: `name=on`, as the help says, or the two words `name on`, which are all that stock
/// 1.8.19 understands.
///
/// # Errors
///
/// Help, an unknown option or state.
pub fn parse(words: &[&str]) -> Result<Changes, Refusal> {
    match words.first() {
        None => return Err(Refusal::error(super::usage())),
        Some(&"help") => return Err(Refusal::help(super::usage())),
        Some(_) => {}
    }
    let mut changes = Vec::new();
    let mut words = words.iter().copied();
    while let Some(word) = words.next() {
        let (name, state) = match word.split_once('=') {
            Some((name, state)) => (name, Some(state)),
            None => (word, words.next()),
        };
        let option = GLOBAL_ENABLES
            .into_iter()
            .find(|(_, each, _)| *each == name);
        let (Some((bit, _, description)), Some(state @ ("on" | "off"))) = (option, state) else {
            return Err(Refusal::error(format!("Unrecognized option: {word}")));
        };
        changes.push(Change {
            bit,
            description,
            on: state == "on",
        });
    }
    Ok(Changes(changes))
}

impl Job for Changes {
    fn run(&self, desk: &mut Desk<'_>) -> bool {
        let Some(before) = ask(desk) else {
            return false;
        };
        let mut enables = before;
        for Change {
            bit,
            description,
            on,
        } in &self.0
        {
            let verb = if *on { "Enabling" } else { "Disabling" };
            desk.output.line(format_args!("{verb} {description}"));
            enables = if *on { enables | bit } else { enables & !bit };
        }
        if enables == before {
            desk.output.line(format_args!("\nNothing to change..."));
            return Show.run(desk);
        }
        if let Err(failure) = exchange(desk.bmc, SetGlobalEnables(enables)) {
            return desk
                .output
                .fail(format_args!("Set Global Enables command failed"), &failure);
        }
        desk.output.line(format_args!("\nVerifying..."));
        Show.run(desk)
    }
}

/// What is enabled; a failure is reported.
fn ask(desk: &mut Desk<'_>) -> Option<u8> {
    exchange(desk.bmc, GetGlobalEnables)
        .inspect_err(|failure| {
            desk.output
                .fail(format_args!("Get Global Enables command failed"), failure);
        })
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_stands_behind_an_equals_sign_or_in_a_word_of_its_own() {
        let changes = parse(&["event_msg=off", "oem2", "on"]).unwrap();
        let bits: Vec<_> = changes.0.iter().map(|each| (each.bit, each.on)).collect();
        assert_eq!(bits, [(0x04, false), (0x80, true)]);
        for bad in [
            &["event_msg"][..],
            &["event_msg=maybe"],
            &["oem3=on"],
            &["oem0=on", "off"],
        ] {
            assert!(parse(bad).is_err(), "{bad:?}");
        }
    }
}
