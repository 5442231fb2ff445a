//! `sel get`.

use super::sensors::Sensors;
use super::show::Show;
use super::walk::{Entry, get, question};
use super::{GET_ENTRY, STORAGE};
use crate::cli::number;
use crate::commands::fru;
use crate::commands::sdr::books::Books;
use crate::commands::sensor::print;
use crate::sdr::record::{Entity, Record, kind};
use crate::sel::{self, Body};

/// Shows single entries, by the numbers in `words`, and their sensors.
pub(super) fn run(books: &mut Books<'_, '_>, show: &mut Show, words: &[String]) -> bool {
    let numbers = || words.iter().map(|word| number::ushort(word.as_bytes()));
    books.desk.hint(
        numbers()
            .flatten()
            .map(|id| (STORAGE, GET_ENTRY, question(id))),
    );
    let mut sensors = Sensors::default();
    let mut good = true;
    for (index, (word, id)) in words.iter().zip(numbers()).enumerate() {
        let Ok(id) = id else {
            books
                .desk
                .output
                .complain(format_args!("Given SEL ID '{word}' is invalid."));
            good = false;
            continue;
        };
        let Some(record) = find(books, id) else {
            good = false;
            continue;
        };
        let event = record.as_event();
        // A vendor's record has no sensor, though its bytes may look so.
        let is_event = matches!(record.body, Body::Event(_));
        match sensors.of(books, &event).filter(|_| is_event) {
            Some(sensor) => show.block_of_sensor(books.desk, &record, &sensor),
            None => show.block(books.desk, &record),
        }
        // Stock looks for it twice.
        let Some(sensor) = sensors.of(books, &event).filter(|_| is_event) else {
            continue;
        };
        describe(books, &sensor);
        let entity = sensor.entity();
        let belongs = |record: &Record| record.kind == kind::FRU_LOCATOR && is_of(record, entity);
        if let Some(shelf) = sensors.shelf(books) {
            let found = books.collect(shelf, belongs);
            fru::print_of(books, &found);
        }
        if index + 1 < words.len() {
            books.put(format_args!("----------------------\n\n"));
        }
    }
    good
}

/// An entry; what goes wrong is said.
fn find(books: &mut Books<'_, '_>, id: u16) -> Option<sel::Record> {
    log::debug!("Looking up SEL entry 0x{id:x}");
    match get(books.desk, id) {
        Ok(Entry { next, record }) if next != 0 => {
            let event = record.as_event();
            if (record.kind, event.sensor_type, event.sensor_number) == (0, 0, 0) {
                books
                    .desk
                    .output
                    .complain(format_args!("SEL Entry 0x{id:x} not found"));
                return None;
            }
            Some(record)
        }
        _ => {
            log::debug!("SEL Entry 0x{id:x} not found.");
            None
        }
    }
}

/// Whether a record is of an entity; the highest instance stands for all.
fn is_of(record: &Record, entity: Option<Entity>) -> bool {
    entity.zip(record.entity()).is_some_and(|(wanted, of)| {
        of.id == wanted.id && (wanted.instance == ALL || of.instance == wanted.instance)
    })
}

/// A sensor as with `-v`.
fn describe(books: &mut Books<'_, '_>, record: &Record) {
    let verbose = std::mem::replace(&mut books.verbose, true);
    match record.sensor() {
        Some(sensor) => {
            print::sensor(books, record, sensor);
        }
        None if record.kind == kind::EVENT_ONLY => books.put_record(record),
        None => {}
    }
    books.verbose = verbose;
}

/// An instance that stands for all of them.
const ALL: u8 = 0x7f;
