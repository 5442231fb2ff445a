//! `event SENSOR …`: states of a sensor, as its record in the repository tells them.

use super::send::Sender;
use super::{REVISION, digital, threshold};
use crate::commands::Refusal;
use crate::commands::sdr::books::Books;
use crate::ipmi::events::SENSOR_SPECIFIC;
use crate::sdr::Sensor;

/// A sensor, and what is to be said of it.
#[derive(Debug)]
pub(super) struct Wanted {
    name: String,
    /// A state's name; none: those that there are.
    state: Option<String>,
    deasserted: bool,
}

/// Parses a sensor's name and what follows it.
///
/// # Errors
///
/// A direction that is none.
pub(super) fn parse(name: &str, rest: &[&str]) -> Result<Wanted, Refusal> {
    let deasserted = match rest.get(1) {
        None | Some(&"assert") => false,
        Some(&"deassert") => true,
        Some(word) => {
            return Err(Refusal::error(format!(
                "Invalid event direction {word}.  Must be 'assert' or 'deassert'"
            )));
        }
    };
    Ok(Wanted {
        name: name.to_owned(),
        state: rest.first().map(|word| (*word).to_owned()),
        deasserted,
    })
}

/// What comes of a sensor and a state.
pub(super) enum Found {
    /// The event's three bytes of data.
    Data([u8; 3]),
    /// Nothing to be sent; whether that is as it should be.
    Done(bool),
}

impl Wanted {
    /// Sends the state, or lists those that there are.
    pub(super) fn send(&self, books: &mut Books<'_, '_>, sender: &mut Sender) -> bool {
        let name = &self.name;
        books.put(format_args!("Finding sensor {name}... "));
        let record = match sender.sensors.shelf(books) {
            Some(shelf) => books.find(shelf, name.as_bytes()),
            None => None,
        };
        let Some(record) = record else {
            books.put(format_args!("not found!\n"));
            return false;
        };
        books.put(format_args!("ok\n"));
        let Some(sensor) = record.sensor() else {
            let output = &mut books.desk.output;
            output.complain(format_args!("Unknown sensor type for id '{name}'"));
            return false;
        };
        match self.data(books, sensor) {
            Found::Done(good) => good,
            Found::Data(data) => {
                let direction = if self.deasserted { DEASSERTED } else { 0 };
                let [first, second, third] = data;
                let message = [
                    REVISION,
                    sensor.kind(),
                    sensor.number(),
                    sensor.event_type() & !DEASSERTED | direction,
                    first,
                    second,
                    third,
                ];
                sender.send(books, message)
            }
        }
    }

    fn data(&self, books: &mut Books<'_, '_>, sensor: Sensor<'_>) -> Found {
        let state = self.state.as_deref();
        match sensor.event_type() & !DEASSERTED {
            1 => threshold::data(books, sensor, state, self.deasserted),
            3..=6 | 8 | 9 => digital::data(books, sensor, state),
            2 | 7 | 0x0a..=0x0c | SENSOR_SPECIFIC => discrete(books, sensor, state),
            other => {
                let name = &self.name;
                books.desk.output.complain(format_args!(
                    "Sensor '{name}' has events of type {other:02x}h, whose states are not known"
                ));
                Found::Done(false)
            }
        }
    }
}

/// A state of a sensor with several.
fn discrete(books: &mut Books<'_, '_>, sensor: Sensor<'_>, state: Option<&str>) -> Found {
    match state.filter(|state| !state.eq_ignore_ascii_case(LIST)) {
        Some(state) => named(books, sensor, state),
        None => {
            list(books, sensor);
            Found::Done(true)
        }
    }
}

/// The states of a sensor, one on each line.
pub(super) fn list(books: &mut Books<'_, '_>, sensor: Sensor<'_>) {
    let states: Vec<&str> = books
        .states(sensor.kind(), sensor.event_type())
        .filter(|state| state.offset < MOST_OFFSETS)
        .map(|state| state.text)
        .collect();
    books.put(format_args!("Sensor States: \n  {}\n", states.join("\n  ")));
}

/// The data of the state with this name, in any case.
pub(super) fn named(books: &mut Books<'_, '_>, sensor: Sensor<'_>, name: &str) -> Found {
    let offset = if sensor.kind() == UNSPECIFIED {
        Some(0)
    } else {
        let mut states = books.all_states(sensor.kind(), sensor.event_type()).iter();
        states
            .find(|state| state.text.eq_ignore_ascii_case(name))
            .map(|state| state.offset)
    };
    match offset {
        Some(offset) => Found::Data([offset, UNSPECIFIED_DATA, UNSPECIFIED_DATA]),
        None => {
            let output = &mut books.desk.output;
            output.complain(format_args!(
                "Unable to find matching event offset for '{name}'"
            ));
            Found::Done(false)
        }
    }
}

/// Asks for the states instead.
pub(super) const LIST: &str = "list";

/// Event data that says nothing.
pub(super) const UNSPECIFIED_DATA: u8 = 0xff;

/// Of sensors that have none.
const UNSPECIFIED: u8 = 0x00;

/// States of a sensor.
const MOST_OFFSETS: u8 = 15;

/// Beside the event type.
const DEASSERTED: u8 = 0x80;
