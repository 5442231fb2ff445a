//! `dcmi sensors` and `get_temp_reading`: DCMI sections 6.5.2 and 6.7.3.

use ipmi_rs::connection::Message;

use super::DCMI;
use crate::commands::sdr::books::Books;
use crate::commands::sdr::shelf::Shelf;
use crate::commands::{Desk, Job};
use crate::sdr::record::kind;

/// `sensors`: which records of the repository are DCMI's temperature sensors.
#[derive(Debug)]
pub(super) struct Sensors;

/// `get_temp_reading`
#[derive(Debug)]
pub(super) struct Temperatures;

impl Job for Sensors {
    fn first(&self) -> Vec<Message> {
        questions(GET_SENSORS)
    }

    fn run(&self, desk: &mut Desk<'_>) -> bool {
        let mut all = true;
        let mut ids = Vec::new();
        let mut library = Library::new(desk);
        for (entity, name, _) in ENTITIES {
            ids.clear();
            all &= list(&mut library, *entity, name, &mut ids);
        }
        library.books.put(format_args!("\n"));
        all
    }
}

/// The records, opened when the first one is looked for.
struct Library<'d, 'c> {
    books: Books<'d, 'c>,
    shelf: Option<Shelf>,
}

impl<'d, 'c> Library<'d, 'c> {
    fn new(desk: &'d mut Desk<'c>) -> Self {
        Self {
            books: Books::new(desk, false),
            shelf: None,
        }
    }

    /// Prints a record; false where there is no such sensor.
    fn print(&mut self, id: u16) -> bool {
        if self.shelf.is_none() {
            self.shelf = self.books.shelf();
        }
        let shelf = self.shelf.as_mut();
        let record = shelf.and_then(|shelf| self.books.first(shelf, |record| record.id == id));
        let sensor = record.filter(|record| matches!(record.kind, kind::FULL | kind::COMPACT));
        match &sensor {
            Some(record) => self.books.put_record(record),
            None => self.books.put(format_args!("not found\n")),
        }
        sensor.is_some()
    }
}

/// Lists the sensors of an entity as far as they are told.
fn list(library: &mut Library<'_, '_>, entity: u8, name: &str, ids: &mut Vec<u16>) -> bool {
    let desk = &mut *library.books.desk;
    let Some(first) = DCMI.ask(desk, GET_SENSORS, &question(entity, 0), 2) else {
        return false;
    };
    let total = first.byte(1);
    let plural = if total > 1 { "s" } else { "" };
    desk.output.line(format_args!(
        "\n{name}: {total} temperature sensor{plural} found:"
    ));
    let mut found = true;
    let mut offset = 0u8;
    while ids.len() < usize::from(total) {
        let desk = &mut *library.books.desk;
        let Some(answer) = DCMI.ask(desk, GET_SENSORS, &question(entity, offset), 3) else {
            return false;
        };
        let count = usize::from(answer.byte(2));
        let (got, least) = (answer.data.len(), 3 + 2 * count);
        if count == 0 || got < least {
            let told = ids.len();
            DCMI.refuse(
                desk,
                format_args!("only {told} of {total} sensors are told"),
            );
            return false;
        }
        for at in (3..least).step_by(2) {
            let id = answer.short(at);
            ids.push(id);
            library.books.put(format_args!("Record ID 0x{id:04x}: "));
            found &= library.print(id);
        }
        // At most 255 sensors, and at least one came.
        offset = offset.saturating_add(PER_ANSWER);
    }
    found
}

impl Job for Temperatures {
    fn first(&self) -> Vec<Message> {
        questions(GET_TEMPERATURES)
    }

    fn run(&self, desk: &mut Desk<'_>) -> bool {
        desk.output.print(format_args!(
            "\n\tEntity ID\t\t\tEntity Instance\t   Temp. Readings"
        ));
        let mut any = false;
        for (entity, _, name) in ENTITIES {
            any |= temperatures(desk, *entity, name);
        }
        desk.output.line(format_args!(""));
        any
    }
}

fn temperatures(desk: &mut Desk<'_>, entity: u8, name: &str) -> bool {
    let Some(first) = DCMI.ask(desk, GET_TEMPERATURES, &question(entity, 0), 2) else {
        return false;
    };
    let starts: Vec<u8> = (1..=first.byte(1)).step_by(PER_ANSWER.into()).collect();
    desk.hint(starts.iter().map(|start| {
        let data = DCMI.data(&question(entity, *start));
        (DCMI.netfn, GET_TEMPERATURES, data)
    }));
    for start in starts {
        let Some(answer) = DCMI.ask(desk, GET_TEMPERATURES, &question(entity, start), 3) else {
            return false;
        };
        let least = 3 + 2 * usize::from(answer.byte(2));
        if !DCMI.reaches(desk, &answer, least) {
            return false;
        }
        for at in (3..least).step_by(2) {
            let (reading, instance) = (answer.byte(at), answer.byte(at + 1));
            let sign = if reading & 0x80 == 0 { '+' } else { '-' };
            let degrees = reading & 0x7f;
            desk.output
                .print(format_args!("\n{name}\t\t{instance}\t\t{sign}{degrees} C"));
        }
    }
    true
}

/// The first question about each entity.
fn questions(cmd: u8) -> Vec<Message> {
    ENTITIES
        .iter()
        .map(|(entity, ..)| Message::new_raw(DCMI.netfn, cmd, DCMI.data(&question(*entity, 0))))
        .collect()
}

/// Temperature sensors of all instances of an entity, from one on.
fn question(entity: u8, start: u8) -> [u8; 4] {
    [TEMPERATURE, entity, 0, start]
}

/// Entity, its name in `sensors`, its name in `get_temp_reading`.
const ENTITIES: &[(u8, &str, &str)] = &[
    (0x40, "Inlet", "Inlet air temperature(40h)"),
    (0x41, "CPU", "CPU temperature sensors(41h)"),
    (0x42, "Baseboard", "Baseboard temperature sensors(42h)"),
];

const TEMPERATURE: u8 = 0x01;

/// Get DCMI Sensor Info.
const GET_SENSORS: u8 = 0x07;
/// Get Temperature Readings.
const GET_TEMPERATURES: u8 = 0x10;

/// Sensors, or readings, of an answer at most.
const PER_ANSWER: u8 = 8;
