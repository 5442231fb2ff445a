//! `sel get`.

use super::show::Show;
use super::walk::{Entry, get, question};
use super::{GET_ENTRY, STORAGE};
use crate::cli::number;
use crate::commands::Desk;

/// Shows single entries, by the numbers in `words`.
pub(super) fn run(desk: &mut Desk<'_>, show: &mut Show, words: &[String]) -> bool {
    let numbers = || words.iter().map(|word| number::ushort(word.as_bytes()));
    desk.hint(
        numbers()
            .flatten()
            .map(|id| (STORAGE, GET_ENTRY, question(id))),
    );
    let mut good = true;
    for (word, id) in words.iter().zip(numbers()) {
        let Ok(id) = id else {
            desk.output
                .complain(format_args!("Given SEL ID '{word}' is invalid."));
            good = false;
            continue;
        };
        log::debug!("Looking up SEL entry 0x{id:x}");
        match get(desk, id) {
            Ok(Entry { next, record }) if next != 0 => {
                let event = record.as_event();
                if (record.kind, event.sensor_type, event.sensor_number) == (0, 0, 0) {
                    desk.output
                        .complain(format_args!("SEL Entry 0x{id:x} not found"));
                    good = false;
                } else {
                    show.block(desk, &record);
                }
            }
            _ => {
                log::debug!("SEL Entry 0x{id:x} not found.");
                good = false;
            }
        }
    }
    good
}
