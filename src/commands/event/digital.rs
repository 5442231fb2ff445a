//! Sensors with two states.

use super::sensor::{Found, LIST, UNSPECIFIED_DATA, list, named};
use crate::commands::sdr::books::Books;
use crate::sdr::Sensor;

/// The data of a state, or the list of those that there are.
pub(super) fn data(books: &mut Books<'_, '_>, sensor: Sensor<'_>, state: Option<&str>) -> Found {
    let Some(state) = state.filter(|state| !state.eq_ignore_ascii_case(LIST)) else {
        list(books, sensor);
        books.put(format_args!("Sensor State Shortcuts:\n"));
        for (on, off) in SHORTCUTS {
            books.put(format_args!("  {on:<9}  {off:<9}\n"));
        }
        return Found::Done(true);
    };
    let offset = SHORTCUTS.iter().find_map(|(on, off)| {
        let is = |word: &str| state.eq_ignore_ascii_case(word);
        is(on).then_some(1).or_else(|| is(off).then_some(0))
    });
    match offset {
        Some(offset) => Found::Data([offset, UNSPECIFIED_DATA, UNSPECIFIED_DATA]),
        None => named(books, sensor, state),
    }
}

/// Words for the state that is on, and for the one that is off.
const SHORTCUTS: &[(&str, &str)] = &[
    ("present", "absent"),
    ("assert", "deassert"),
    ("limit", "nolimit"),
    ("fail", "nofail"),
    ("yes", "no"),
    ("on", "off"),
    ("up", "down"),
];
