//! `session info …`.

use ipmi_rs::connection::{LogicalUnit, Message, Request, RequestTargetAddress};

use crate::cli::Context;
use crate::cli::context::Interface;
use crate::cli::number;
use crate::ipmi::session::{GetSessionInfo, SessionInfo};
use crate::ipmi::{Bmc, Failure, completion, exchange, hint, names};

use super::output::Output;
use super::{Desk, Job, Parsed, Refusal};

/// Which sessions are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    /// One.
    One(GetSessionInfo),
    /// Each, up to the number that the BMC can have.
    All,
}

/// Parses what follows `session`. Words too many are ignored, as in stock.
///
/// # Errors
///
/// Help, an unknown word, or a number that is none.
pub fn parse(words: &[&str], _: &Context) -> Result<Parsed, Refusal> {
    let number = |word: &str| {
        number::uint(word.as_bytes()).map_err(|_| {
            Refusal::error(format!("HEX number expected, but '{word}' given.\n{USAGE}"))
        })
    };
    match words {
        [] | ["help", ..] | ["info"] | ["info", "help", ..] => Err(Refusal::help(USAGE)),
        ["info", "active", ..] => Ok(Parsed::job(Which::One(GetSessionInfo::Current))),
        ["info", "all", ..] => Ok(Parsed::job(Which::All)),
        ["info", "id", word, ..] => {
            number(word).map(|id| Parsed::job(Which::One(GetSessionInfo::Id(id))))
        }
        // Only the low byte goes out, as in stock.
        ["info", "handle", word, ..] => number(word)
            .map(|handle| Parsed::job(Which::One(GetSessionInfo::Handle(handle.to_le_bytes()[0])))),
        ["info", word @ ("id" | "handle")] => {
            Err(Refusal::error(format!("Missing {word} argument\n{USAGE}")))
        }
        ["info", word, ..] => Err(Refusal::error(format!(
            "Invalid SESSION info parameter: {word}\n{USAGE}"
        ))),
        [word, ..] => Err(Refusal::error(format!(
            "Invalid SESSION command: {word}\n{USAGE}"
        ))),
    }
}

impl Job for Which {
    fn first(&self) -> Vec<Message> {
        vec![match *self {
            Self::One(command) => command.into(),
            Self::All => GetSessionInfo::Nth(1).into(),
        }]
    }

    fn run(&self, desk: &mut Desk<'_>) -> bool {
        match *self {
            Self::One(command) => one(command, desk.context, desk.bmc, desk.output),
            Self::All => all(desk.context, desk.bmc, desk.output),
        }
    }
}

fn one(command: GetSessionInfo, context: &Context, bmc: &mut Bmc<'_>, output: &mut Output) -> bool {
    match exchange(bmc, command) {
        Ok(data) => {
            let mut info = SessionInfo::default();
            info.update(&data);
            print(&info, data.len(), context.csv, output);
            return true;
        }
        Err(Failure::Transport(error)) => {
            output.explain(&error);
            output.complain(format_args!("Get Session Info command failed"));
        }
        Err(failure) => output.complain(format_args!("Get Session Info command failed: {failure}")),
    }
    // Stock says so on lanplus too, where it is hardly likely.
    if command == GetSessionInfo::Current && context.interface != Interface::Lan {
        output.complain(format_args!(
            "It is likely that the channel in use does not support sessions"
        ));
    }
    false
}

fn all(context: &Context, bmc: &mut Bmc<'_>, output: &mut Output) -> bool {
    // As in stock, what an answer lacks is what the last one said.
    let mut info = SessionInfo::default();
    let mut number = 0;
    loop {
        number += 1;
        let target = RequestTargetAddress::Bmc(LogicalUnit::Zero);
        let mut request = Request::new(GetSessionInfo::Nth(number).into(), target);
        let response = match bmc.send_recv(&mut request) {
            Ok(response) => response,
            Err(error) => {
                output.explain(&error);
                output.complain(format_args!("Get Session Info command failed"));
                return false;
            }
        };
        match response.cc() {
            // A session that is not there may still come with the counts.
            0x00 | 0xcb | 0xcc => {}
            code => {
                output.complain(format_args!(
                    "Get Session Info command failed: {}",
                    completion::text(code)
                ));
                return false;
            }
        }
        let data = response.data();
        if data.len() < 3 {
            return false;
        }
        info.update(data);
        print(&info, data.len(), context.csv, output);
        if number == 1 {
            hint(bmc, (2..=info.slots()).map(GetSessionInfo::Nth));
        }
        // At most 63: the number cannot overflow.
        if number >= info.slots() {
            return true;
        }
    }
}

fn print(info: &SessionInfo, length: usize, csv: bool, output: &mut Output) {
    let fields = fields(info, length);
    if csv {
        let values: Vec<&str> = fields.iter().map(|(_, value)| value.as_str()).collect();
        output.line(format_args!("{}", values.join(",")));
    } else {
        for (label, value) in &fields {
            output.line(format_args!("{label:<30}: {value}"));
        }
        output.line(format_args!(""));
    }
}

/// The fields that an answer of this many bytes has.
fn fields(info: &SessionInfo, length: usize) -> Vec<(&'static str, String)> {
    let mut fields = vec![
        ("session handle", info.handle().to_string()),
        ("slot count", info.slots().to_string()),
        ("active sessions", info.active().to_string()),
    ];
    if length == 3 {
        return fields;
    }
    let kind = if info.is_rmcp_plus() {
        "IPMIv2/RMCP+"
    } else {
        "IPMIv1.5"
    };
    fields.extend([
        ("user id", info.user().to_string()),
        (
            "privilege level",
            names::name(info.privilege(), names::PRIVILEGE_LEVELS).into_owned(),
        ),
        ("session type", kind.to_owned()),
        ("channel number", format!("0x{:02x}", info.channel())),
    ]);
    match length {
        18 => fields.extend([
            ("console ip", info.lan_address().to_string()),
            ("console mac", mac(info.lan_mac())),
            ("console port", info.lan_port().to_string()),
        ]),
        12 | 14 => {
            fields.extend([
                (
                    "Session/Channel Activity Type",
                    names::name(info.serial_activity(), names::CHANNEL_ACTIVITIES).into_owned(),
                ),
                (
                    "Destination selector",
                    info.serial_destination().to_string(),
                ),
                ("console ip", info.serial_address().to_string()),
            ]);
            if length == 14 {
                // Stock looks where the LAN's port would be.
                fields.push(("console port", info.lan_port().to_string()));
            }
        }
        _ => {}
    }
    fields
}

fn mac(address: [u8; 6]) -> String {
    address.map(|byte| format!("{byte:02x}")).join(":")
}

const USAGE: &str = "Session Commands: info <active | all | id 0xnnnnnnnn | handle 0xnn>";
