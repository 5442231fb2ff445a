//! `nm alert`: where alerts go.

use super::{Show, arguments, read, write};
use crate::commands::dcmi::group::Answer;
use crate::commands::dcmi::words::{Words, first, menu, value};
use crate::commands::{Desk, Parsed, Refusal};

/// Parses what follows `nm alert`.
///
/// # Errors
///
/// A mistake.
pub(super) fn parse(words: &[&str]) -> Result<Parsed, Refusal> {
    let (action, rest) =
        first(words, ACTIONS).ok_or_else(|| Refusal::error(menu("Alert commands", ACTIONS)))?;
    if action == GET {
        return Ok(read(GET_DESTINATION, &[], Destination));
    }
    let (mut channel, mut destination, mut string) = (None, None, 0);
    let mut rest = rest.iter().copied();
    while let Some(word) = rest.next() {
        match value(word, PARAMETERS) {
            Some(CHANNEL) => channel = Some(number(rest.next(), LAST_CHANNEL, NO_CHANNEL)?),
            Some(DESTINATION) => {
                destination = Some(number(rest.next(), LAST_DESTINATION, NO_DESTINATION)?);
            }
            Some(_) => string = number(rest.next(), LAST_STRING, NO_STRING)? | USE_STRING,
            None => return Err(Refusal::error(menu("Set alert Parameters:", PARAMETERS))),
        }
    }
    let (Some(channel), Some(destination)) = (channel, destination) else {
        return Err(Refusal::error(menu(
            "Must set alert chan and dest params.",
            PARAMETERS,
        )));
    };
    let off = if action == CLEAR { NOT_REGISTERED } else { 0 };
    let data = [channel | off, destination, string];
    Ok(write(SET_DESTINATION, &data))
}

fn number(word: Option<&str>, last: u8, complaint: &str) -> Result<u8, Refusal> {
    let number = arguments::byte(word, complaint)?;
    if number > last {
        return Err(Refusal::error(format!("{complaint}\n")));
    }
    Ok(number)
}

/// `get`
#[derive(Debug)]
struct Destination;

impl Show for Destination {
    const LEAST: usize = 6;

    fn show(&self, desk: &mut Desk<'_>, answer: &Answer) -> bool {
        let (channel, destination, string) = (answer.byte(3), answer.byte(4), answer.byte(5));
        let registered = if channel & NOT_REGISTERED == 0 {
            "registered"
        } else {
            "not registered"
        };
        let used = if string & USE_STRING == 0 {
            "no"
        } else {
            "yes"
        };
        let (channel, string) = (channel & LAST_CHANNEL, string & LAST_STRING);
        if desk.context.csv {
            desk.output.line(format_args!(
                "{channel},{registered},0x{destination:x},{used},0x{string:x}"
            ));
            return true;
        }
        desk.output.print(format_args!(
            "    Alert Chan:                                  {channel}\n    \
             Alert Receiver:                              {registered}\n    \
             Alert Lan Destination:                       0x{destination:x}\n    \
             Use Alert String:                            {used}\n    \
             Alert String Selector:                       0x{string:x}\n"
        ));
        true
    }
}

const SET_DESTINATION: u8 = 0xce;
const GET_DESTINATION: u8 = 0xcf;

/// Beside the channel: nobody receives alerts.
const NOT_REGISTERED: u8 = 0x80;
/// Beside the string's number.
const USE_STRING: u8 = 0x80;

const LAST_CHANNEL: u8 = 0x0f;
/// FFh is none.
const LAST_DESTINATION: u8 = 0xfe;
const LAST_STRING: u8 = 0x7f;

const NO_CHANNEL: &str = "Alert Lan chan must be a positive integer.";
const NO_DESTINATION: &str = "Alert Destination must be a positive integer.";
const NO_STRING: &str = "Alert String # must be a positive integer.";

const GET: u8 = 2;
const CLEAR: u8 = 3;

const ACTIONS: Words = &[
    (
        1,
        "set",
        "nm alert set chan <chan> dest <dest> string <string>",
    ),
    (GET, "get", "nm alert get"),
    (CLEAR, "clear", "nm alert clear dest <dest>"),
];

const CHANNEL: u8 = 1;
const DESTINATION: u8 = 2;

const PARAMETERS: Words = &[
    (CHANNEL, "chan", "chan <channel>"),
    (DESTINATION, "dest", "dest <destination>"),
    (3, "string", "string <string>"),
];
