//! `dcmi get_conf_param` and `set_conf_param`: DCMI section 6.1.2.

use ipmi_rs::connection::Message;

use super::words::{Words, menu, value};
use super::{Closed, DCMI};
use crate::cli::number;
use crate::commands::{Desk, Job, Parsed, Refusal};

/// `get_conf_param`: all that can be read.
#[derive(Debug)]
pub(super) struct Show;

/// `set_conf_param`: the parameter and its value's bytes.
#[derive(Debug)]
struct Set(u8, Vec<u8>);

/// Parses what follows `dcmi set_conf_param`.
///
/// # Errors
///
/// A mistake.
pub(super) fn parse(words: &[&str]) -> Result<Parsed, Refusal> {
    let usage = || Refusal::error(menu("DCMI Configuration Parameters", PARAMETERS));
    let set = match words {
        ["activate_dhcp"] | ["activate_dhcp", _] => Set(ACTIVATE, vec![1]),
        [word, text] => {
            let parameter = value(word, PARAMETERS).ok_or_else(usage)?;
            let bytes = if parameter > LAST_OF_ONE_BYTE {
                number::ushort(text.as_bytes()).map(|value| value.to_le_bytes().to_vec())
            } else {
                number::uchar(text.as_bytes()).map(|value| vec![value])
            };
            let invalid = |_| Refusal::error(format!("Given {word} '{text}' is invalid."));
            Set(parameter, bytes.map_err(invalid)?)
        }
        _ => return Err(usage()),
    };
    Ok(Parsed::job(Closed(set)))
}

impl Job for Set {
    fn run(&self, desk: &mut Desk<'_>) -> bool {
        let Self(parameter, bytes) = self;
        let data = [&[*parameter, 0][..], bytes].concat();
        let done = DCMI.ask(desk, SET, &data, 1);
        if done.is_none() {
            desk.output
                .complain(format_args!("Error Set DCMI Configuration Parameters!"));
        }
        done.is_some()
    }
}

impl Job for Show {
    fn first(&self) -> Vec<Message> {
        READABLE
            .iter()
            .map(|(parameter, _)| Message::new_raw(DCMI.netfn, GET, DCMI.data(&[*parameter, 0])))
            .collect()
    }

    fn run(&self, desk: &mut Desk<'_>) -> bool {
        for (parameter, label) in READABLE {
            let least = if *parameter > LAST_OF_ONE_BYTE { 6 } else { 5 };
            let Some(answer) = DCMI.ask(desk, GET, &[*parameter, 0], least) else {
                desk.output
                    .complain(format_args!("Error Get DCMI Configuration Parameters!"));
                return false;
            };
            let value = answer.byte(4);
            let state = |bit: u8| {
                if value & bit == 0 {
                    "disabled"
                } else {
                    "enabled"
                }
            };
            match *parameter {
                DHCP => desk.output.print(format_args!(
                    "\n\tDHCP Discovery method\t: \n\t\tManagement Controller ID String is {}\
                     \n\t\tVendor class identifier DCMI IANA and Vendor class-specific Informationa are {}",
                    state(1),
                    state(2)
                )),
                INITIAL => desk
                    .output
                    .print(format_args!("\n\t{label}\t: {value} seconds")),
                _ => desk
                    .output
                    .print(format_args!("\n\t{label}\t: {} seconds", answer.short(4))),
            }
        }
        desk.output.line(format_args!(""));
        true
    }
}

const ACTIVATE: u8 = 1;
const DHCP: u8 = 2;
const INITIAL: u8 = 3;
/// The parameters behind it have two bytes.
const LAST_OF_ONE_BYTE: u8 = INITIAL;

const PARAMETERS: Words = &[
    (ACTIVATE, "activate_dhcp", "\tActivate DHCP"),
    (DHCP, "dhcp_config", "\tDHCP Configuration"),
    (INITIAL, "init", "\t\tInitial timeout interval"),
    (4, "timeout", "\t\tServer contact timeout interval"),
    (5, "retry", "\t\tServer contact retry interval"),
];

/// Those that can be read, and stock's labels.
const READABLE: &[(u8, &str)] = &[
    (DHCP, ""),
    (INITIAL, "Initial timeout interval"),
    (4, "Server contact timeout interval"),
    (5, "Server contact retry interval"),
];

/// Set DCMI Configuration Parameters.
const SET: u8 = 0x12;
/// Get DCMI Configuration Parameters.
const GET: u8 = 0x13;
