//! `dcmi thermalpolicy …`: DCMI section 6.7.

use super::words::{Words, menu, value};
use super::{Closed, DCMI, mistake};
use crate::cli::number;
use crate::commands::{Desk, Job, Parsed, Refusal};

/// Which limit: of an entity's instance.
#[derive(Clone, Copy, Debug)]
struct Place {
    entity: u8,
    instance: u8,
}

/// What is to be done.
#[derive(Debug)]
enum Action {
    /// `get`
    Show(Place),
    /// `set`: persistence and actions, the limit in degrees, seconds.
    Set(Place, u8, u8, u16),
}

/// Parses what follows `dcmi thermalpolicy`.
///
/// # Errors
///
/// None but those that [`mistake`] carries.
pub(super) fn parse(words: &[&str]) -> Result<Parsed, Refusal> {
    let (word, rest) = words.split_first().unwrap_or((&"get", &[]));
    let parsed = match value(word, COMMANDS) {
        Some(GET) => match rest {
            [] | [_] => Err("Get <entityID> <instanceID>".to_owned()),
            [entity, instance, ..] => place(entity, instance).map(Action::Show),
        },
        Some(_) => set(rest),
        None => Err(menu("thermalpolicy <command>", COMMANDS)),
    };
    Ok(match parsed {
        Ok(action) => Parsed::job(Closed(action)),
        Err(text) => mistake(text),
    })
}

fn set(words: &[&str]) -> Result<Action, String> {
    let [entity, instance, rest @ ..] = words else {
        return Err("Set <entityID> <instanceID>".to_owned());
    };
    let [persistence, power, log, limit, time, ..] = rest else {
        return Err(menu(SET_TITLE, FLAGS));
    };
    let place = place(entity, instance)?;
    let flags = [
        flag(
            "Persistence",
            persistence,
            0x80,
            ["nonvolatile", "volatile"],
        )?,
        flag("Power Action", power, 0x40, ["poweroff", "nopoweroff"])?,
        flag("Log Action", log, 0x20, ["sel", "nosel"])?,
    ];
    let limit = number::uchar(limit.as_bytes()).map_err(|_| invalid("Temp Limit", limit))?;
    let time = number::ushort(time.as_bytes()).map_err(|_| invalid("Sampling Time", time))?;
    let flags = flags.iter().fold(0, |all, flag| all | flag);
    Ok(Action::Set(place, flags, limit, time))
}

fn place(entity: &str, instance: &str) -> Result<Place, String> {
    let number = |what, word: &str| number::uchar(word.as_bytes()).map_err(|_| invalid(what, word));
    Ok(Place {
        entity: number("Entity ID", entity)?,
        instance: number("Instance ID", instance)?,
    })
}

/// The bit, where the word is the first of the two; nothing where it is the second, or `disabled`.
fn flag(what: &str, word: &str, bit: u8, [on, off]: [&str; 2]) -> Result<u8, String> {
    if word.eq_ignore_ascii_case(on) {
        Ok(bit)
    } else if word.eq_ignore_ascii_case(off) || word.eq_ignore_ascii_case("disabled") {
        Ok(0)
    } else {
        Err(invalid(what, word))
    }
}

fn invalid(what: &str, word: &str) -> String {
    format!("Given {what} '{word}' is invalid.")
}

impl Job for Action {
    fn run(&self, desk: &mut Desk<'_>) -> bool {
        match *self {
            Self::Show(place) => show(desk, place),
            Self::Set(Place { entity, instance }, flags, limit, time) => {
                let [low, high] = time.to_le_bytes();
                let data = [entity, instance, flags, limit, low, high];
                let done = DCMI.ask(desk, SET_LIMIT, &data, 1);
                if done.is_some() {
                    desk.output.line(format_args!(
                        "\nThermal policy {instance} for {entity:X}h entity successfully set.\n"
                    ));
                }
                done.is_some()
            }
        }
    }
}

fn show(desk: &mut Desk<'_>, Place { entity, instance }: Place) -> bool {
    let Some(answer) = DCMI.ask(desk, GET_LIMIT, &[entity, instance], LENGTH) else {
        return false;
    };
    let flags = answer.byte(1);
    let (persistence, power, log) = (
        if flags & 0x80 == 0 { "notset" } else { "set" },
        if flags & 0x40 == 0 {
            "inactive"
        } else {
            "active"
        },
        if flags & 0x20 == 0 {
            "inactive"
        } else {
            "active"
        },
    );
    let (limit, time) = (answer.byte(2), answer.short(3));
    desk.output.print(format_args!(
        "\n    Persistence flag is:                      {persistence}\n    \
         Exception Actions, taken if the Temperature Limit exceeded:\n        \
         Hard Power Off system and log event:  {power}\n        \
         Log event to SEL only:                {log}\n    \
         Temperature Limit                         {limit} degrees\n    \
         Exception Time                            {time} seconds\n\n\n"
    ));
    true
}

const GET: u8 = 0;

const COMMANDS: Words = &[
    (GET, "get", "Get thermal policy"),
    (1, "set", "Set thermal policy"),
];

const SET_TITLE: &str = "Set thermalpolicy instance parameters: <volatile/nonvolatile/disabled> \
                         <poweroff/nopoweroff/disabled> <sel/nosel/disabled> <templimitByte> <exceptionTime>";

const FLAGS: Words = &[
    (0, "volatile", "Current Power Cycle"),
    (1, "nonvolatile", "Set across power cycles"),
    (1, "poweroff", "Hard Power Off system"),
    (0, "nopoweroff", "No 'Hard Power Off' action"),
    (1, "sel", "Log event to SEL"),
    (0, "nosel", "No 'Log event to SEL' action"),
    (0, "disabled", "Disabled"),
];

/// Set Thermal Limit.
const SET_LIMIT: u8 = 0x0b;
/// Get Thermal Limit.
const GET_LIMIT: u8 = 0x0c;
const LENGTH: usize = 5;
