//! `sensor …`.

use crate::cli::Context;
use crate::commands::sdr::books::{
    Books, GET_EVENT_ENABLE, GET_EVENT_STATUS, GET_READING, GET_THRESHOLDS,
};
use crate::commands::sdr::shelf::Shelf;
use crate::commands::sdr::usage;
use crate::commands::{Desk, Job, Parsed, Refusal};
use crate::sdr::{Record, Sensor};

pub(super) mod print;
mod thresh;

/// What is to be done.
#[derive(Debug)]
enum Action {
    /// `list`
    List,
    /// `get`
    Get(Vec<String>),
    /// `reading`
    Reading(Vec<String>),
    /// `thresh`
    Thresh(thresh::Thresh),
}

/// Parses what follows `sensor`.
///
/// # Errors
///
/// Help, or stock's complaint.
pub fn parse(words: &[&str], _: &Context) -> Result<Parsed, Refusal> {
    let Some((word, rest)) = words.split_first() else {
        return Ok(Parsed::job(Action::List));
    };
    let names = || rest.iter().map(|name| (*name).to_owned()).collect();
    let action = match *word {
        "help" => return Err(Refusal::help(usage::SENSOR)),
        "list" => Action::List,
        "thresh" => Action::Thresh(thresh::parse(rest)?),
        "get" => match rest {
            [] => {
                let usage = usage::GET;
                return Err(Refusal::error(format!(
                    "Not enough parameters given.\n{usage}"
                )));
            }
            ["help", ..] => return Err(Refusal::help(usage::GET)),
            _ => Action::Get(names()),
        },
        "reading" => match rest.first() {
            None => return Err(Refusal::error(usage::READING)),
            Some(&"help") => return Err(Refusal::error(usage::READING)),
            Some(_) => Action::Reading(names()),
        },
        word => return Err(Refusal::error(format!("Invalid sensor command: {word}"))),
    };
    Ok(Parsed::job(action))
}

impl Job for Action {
    fn run(&self, desk: &mut Desk<'_>) -> bool {
        let books = &mut Books::new(desk, false);
        match self {
            Self::List => list(books),
            Self::Get(names) => get(books, names),
            Self::Reading(names) => readings(books, names),
            Self::Thresh(thresh) => thresh.run(books),
        }
    }
}

fn list(books: &mut Books<'_, '_>) -> bool {
    log::debug!("Querying SDR for sensor list");
    let Some(mut shelf) = books.shelf() else {
        return false;
    };
    let block = books.verbose && !books.csv();
    books.each(
        &mut shelf,
        |record| record.sensor().is_some(),
        |sensor| questions(sensor, block),
        |books, record| {
            if let Some(sensor) = record.sensor() {
                print::sensor(books, record, sensor);
            }
        },
        |books, id| {
            log::debug!("rec == NULL");
            books
                .desk
                .output
                .complain(format_args!("ipmitool: cannot obtain SDR record {id:04x}"));
        },
    );
    !shelf.incomplete
}

/// What is asked about a sensor.
fn questions(sensor: Sensor<'_>, block: bool) -> Vec<u8> {
    match (sensor.is_threshold(), block) {
        (false, _) => vec![GET_READING],
        (true, false) => vec![GET_READING, GET_THRESHOLDS],
        (true, true) => vec![
            GET_READING,
            GET_THRESHOLDS,
            GET_EVENT_STATUS,
            GET_EVENT_ENABLE,
        ],
    }
}

fn get(books: &mut Books<'_, '_>, names: &[String]) -> bool {
    books.put(format_args!("Locating sensor record...\n"));
    let mut shelf = books.shelf();
    let mut all = true;
    for name in names {
        let Some(record) = find(books, shelf.as_mut(), name) else {
            books
                .desk
                .output
                .complain(format_args!("Sensor data record \"{name}\" not found!"));
            all = false;
            continue;
        };
        let verbose = std::mem::replace(&mut books.verbose, true);
        match record.sensor() {
            Some(sensor) => all &= print::sensor(books, &record, sensor),
            None => books.put_record(&record),
        }
        books.verbose = verbose;
    }
    all
}

fn readings(books: &mut Books<'_, '_>, names: &[String]) -> bool {
    let mut shelf = books.shelf();
    let mut all = true;
    for name in names {
        let Some(record) = find(books, shelf.as_mut(), name) else {
            books
                .desk
                .output
                .complain(format_args!("Sensor \"{name}\" not found!"));
            all = false;
            continue;
        };
        let Some(sensor) = record.sensor() else {
            continue;
        };
        let reading = books.read(&record, sensor, 3);
        if !sensor.is_full() || !reading.valid {
            continue;
        }
        if reading.value.is_none() {
            books
                .desk
                .output
                .complain(format_args!("Sensor \"{name}\" is a discrete sensor!"));
            continue;
        }
        if books.csv() {
            books.put(format_args!("{name},"));
        } else {
            books.padded(name.as_bytes(), 16);
            books.put(format_args!(" | "));
        }
        books.bytes(&reading.text);
        books.put(format_args!("\n"));
    }
    all
}

fn find(books: &mut Books<'_, '_>, shelf: Option<&mut Shelf>, name: &str) -> Option<Record> {
    books.find(shelf?, name.as_bytes())
}
