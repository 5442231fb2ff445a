//! `sdr …`, and what `sensor` shares with it.

use std::path::PathBuf;

use crate::cli::{Context, number};
use crate::commands::{Desk, Job, Parsed, Refusal, Told};
use crate::ipmi::entities::ENTITIES;
use crate::ipmi::{names, sensor_types};
use crate::sdr::record::{Record, kind};

pub mod books;
mod devices;
pub mod fill;
mod info;
pub mod reading;
mod sensor;
pub mod shelf;
pub mod states;
pub mod usage;

use books::Books;

/// What is to be done.
#[derive(Debug)]
enum Action {
    /// `list`, `elist`, or nothing.
    List {
        /// Whether it is `elist`.
        extended: bool,
        /// Types of records; none: all.
        kinds: &'static [u8],
    },
    /// `type`
    Type(u8),
    /// `entity`: id, and instance or [`ANY_INSTANCE`].
    Entity(u8, u8),
    /// `info`
    Info,
    /// `get`
    Get(Vec<String>),
    /// `dump`
    Dump(PathBuf),
    /// `fill`
    Fill(fill::Fill),
}

/// Parses what follows `sdr`.
///
/// # Errors
///
/// Help, or stock's complaint.
pub fn parse(words: &[&str], _: &Context) -> Result<Parsed, Refusal> {
    let action = match words {
        [] => Action::List {
            extended: false,
            kinds: SENSORS,
        },
        ["help", ..] => return Err(Refusal::help(usage::SDR)),
        [verb @ ("list" | "elist"), rest @ ..] => list(verb, rest)?,
        ["type", rest @ ..] => return kind_of_sensor(rest.first().copied()),
        ["entity", rest @ ..] => return entity(rest.first().copied()),
        ["info", ..] => Action::Info,
        ["get"] => return Err(Refusal::error("No Sensor ID supplied")),
        ["get", names @ ..] => Action::Get(names.iter().map(|name| (*name).to_owned()).collect()),
        ["dump"] => {
            return Err(Refusal::error(format!("{NOT_ENOUGH}\n{}", usage::DUMP)));
        }
        ["dump", file, ..] => Action::Dump(PathBuf::from(file)),
        ["fill", rest @ ..] => Action::Fill(fill::parse(rest)?),
        [word, ..] => return Err(Refusal::error(format!("Invalid SDR command: {word}"))),
    };
    Ok(Parsed::job(action))
}

fn list(verb: &str, words: &[&str]) -> Result<Action, Refusal> {
    let kinds: &[u8] = match words.first() {
        None => SENSORS,
        Some(&"all") => &[],
        Some(&"full") => &[kind::FULL],
        Some(&"compact") => &[kind::COMPACT],
        Some(&"event") => &[kind::EVENT_ONLY],
        Some(&"mcloc") => &[kind::MC_LOCATOR],
        Some(&"fru") => &[kind::FRU_LOCATOR],
        Some(&"generic") => &[kind::GENERIC_LOCATOR],
        Some(&"help") => return Err(Refusal::help(usage::list(verb))),
        Some(word) => {
            let usage = usage::list(verb);
            return Err(Refusal::error(format!(
                "Invalid SDR {verb} command: {word}\n{usage}"
            )));
        }
    };
    Ok(Action::List {
        extended: verb == "elist",
        kinds,
    })
}

fn kind_of_sensor(word: Option<&str>) -> Result<Parsed, Refusal> {
    let is_list = |word: &str| {
        ["help", "list"]
            .iter()
            .any(|each| word.eq_ignore_ascii_case(each))
    };
    let Some(word) = word.filter(|word| !is_list(word)) else {
        return Ok(Parsed::errand(Told {
            stdout: kinds_of_sensors(),
            stderr: None,
        }));
    };
    if word.starts_with("0x") {
        return match number::uchar(word.as_bytes()) {
            Ok(code) => Ok(Parsed::job(Action::Type(code))),
            Err(_) => Err(Refusal::error(format!(
                "Given type of sensor \"{word}\" is either invalid or out of range."
            ))),
        };
    }
    let mut named = (0u8..).zip(sensor_types::SENSOR_TYPES).skip(1);
    match named.find(|(_, name)| name.eq_ignore_ascii_case(word)) {
        Some((code, _)) => Ok(Parsed::job(Action::Type(code))),
        None => Ok(Parsed::errand(Told {
            stdout: kinds_of_sensors(),
            stderr: Some(format!("Sensor Type \"{word}\" not found.")),
        })),
    }
}

fn kinds_of_sensors() -> String {
    let named: Vec<_> = (0u8..).zip(sensor_types::SENSOR_TYPES).skip(1).collect();
    let mut text = String::from("Sensor Types:\n");
    for pair in named.chunks(2) {
        let cells: Vec<String> = pair
            .iter()
            .map(|(code, name)| format!("{name:<25} (0x{code:02x})"))
            .collect();
        text.push_str(&format!("\t{}\n", cells.join("   ")));
    }
    text
}

fn entity(word: Option<&str>) -> Result<Parsed, Refusal> {
    let is_list = |word: &str| {
        ["help", "list"]
            .iter()
            .any(|each| word.eq_ignore_ascii_case(each))
    };
    let Some(word) = word.filter(|word| !is_list(word)) else {
        return Ok(Parsed::errand(Told {
            stdout: names::two_columns("Entity IDs", ENTITIES),
            stderr: None,
        }));
    };
    let (id, instance) = match leading_number(word) {
        Some((id, rest)) => {
            let instance = rest.strip_prefix('.').and_then(leading_number);
            (
                id,
                instance.map_or(ANY_INSTANCE, |(instance, _)| instance & 0x7f),
            )
        }
        // As in stock the last one counts, of those with the same name.
        None => match ENTITIES
            .iter()
            .rev()
            .find(|(_, name)| name.eq_ignore_ascii_case(word))
        {
            Some((id, _)) => (*id, ANY_INSTANCE),
            None => return Err(Refusal::error(format!("Invalid entity: {word}"))),
        },
    };
    Ok(Parsed::job(Action::Entity(id, instance)))
}

/// The low byte of the number at a text's beginning, as C's `%u` reads it, and what comes after it.
fn leading_number(text: &str) -> Option<(u8, &str)> {
    let text = text.trim_start_matches(|c: char| matches!(c, ' ' | '\t'..='\r'));
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let end = digits
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(digits.len());
    let (digits, rest) = digits.split_at(end);
    if digits.is_empty() {
        return None;
    }
    let [value, ..] = digits.parse::<u64>().unwrap_or(u64::MAX).to_le_bytes();
    let value = if negative {
        value.wrapping_neg()
    } else {
        value
    };
    Some((value, rest))
}

impl Job for Action {
    fn run(&self, desk: &mut Desk<'_>) -> bool {
        match self {
            Self::List { extended, kinds } => {
                let wanted = |record: &Record| kinds.is_empty() || kinds.contains(&record.kind);
                print_list(&mut Books::new(desk, *extended), wanted)
            }
            Self::Type(code) => {
                let wanted = |record: &Record| {
                    record
                        .event_source()
                        .is_some_and(|(_, _, sensor_type)| sensor_type == *code)
                };
                print_chosen(&mut Books::new(desk, true), wanted)
            }
            Self::Entity(id, instance) => {
                let wanted = |record: &Record| {
                    record.entity().is_some_and(|entity| {
                        entity.id == *id
                            && (*instance == ANY_INSTANCE || entity.instance == *instance)
                    })
                };
                print_chosen(&mut Books::new(desk, true), wanted)
            }
            Self::Info => info::info(Books::new(desk, false).desk),
            Self::Get(names) => print_named(&mut Books::new(desk, false), names),
            Self::Dump(path) => info::dump(&mut Books::new(desk, false), path),
            Self::Fill(fill) => fill.run(&mut Books::new(desk, false)),
        }
    }
}

fn print_list(books: &mut Books<'_, '_>, wanted: impl Fn(&Record) -> bool) -> bool {
    log::debug!("Querying SDR for sensor list");
    let Some(mut shelf) = books.shelf() else {
        return false;
    };
    shelf.announce = true;
    let questions = books.sdr_questions();
    books.each(
        &mut shelf,
        wanted,
        |_| questions.clone(),
        Books::put_record,
        |books, _| {
            books
                .desk
                .output
                .complain(format_args!("ipmitool: ipmi_sdr_get_record() failed"));
        },
    );
    !shelf.incomplete
}

fn print_chosen(books: &mut Books<'_, '_>, wanted: impl Fn(&Record) -> bool) -> bool {
    let Some(mut shelf) = books.shelf() else {
        return false;
    };
    let chosen = books.collect(&mut shelf, wanted);
    let questions = books.sdr_questions();
    for (index, record) in chosen.iter().enumerate() {
        if index % HINTED == 0 {
            let window = chosen.iter().skip(index).take(HINTED);
            books.hint(window, |_| questions.clone());
        }
        books.put_record(record);
    }
    !shelf.incomplete
}

fn print_named(books: &mut Books<'_, '_>, names: &[String]) -> bool {
    let Some(mut shelf) = books.shelf() else {
        for name in names {
            not_found(books, name);
        }
        return false;
    };
    books.verbose = true;
    let mut all = true;
    for name in names {
        match books.find(&mut shelf, name.as_bytes()) {
            Some(record) => books.put_record(&record),
            None => {
                not_found(books, name);
                all = false;
            }
        }
    }
    all
}

fn not_found(books: &mut Books<'_, '_>, name: &str) {
    books
        .desk
        .output
        .complain(format_args!("Unable to find sensor id '{name}'"));
}

const NOT_ENOUGH: &str = "Not enough parameters given.";

/// Full and compact records.
const SENSORS: &[u8] = &[kind::FULL, kind::COMPACT];

/// Stands for every instance of an entity.
const ANY_INSTANCE: u8 = 0x7f;

/// How many sensors are asked for ahead at a time.
const HINTED: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_are_read_as_c_reads_them() {
        assert_eq!(leading_number("7.12"), Some((7, ".12")));
        assert_eq!(leading_number(" +300x"), Some((44, "x")));
        assert_eq!(leading_number("-1"), Some((255, "")));
        assert_eq!(leading_number("x"), None);
        assert_eq!(leading_number("."), None);
    }
}
