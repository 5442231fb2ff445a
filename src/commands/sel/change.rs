//! `sel clear`, `sel delete`, `sel add`.

use super::show::Show;
use super::{ADD_ENTRY, CLEAR, DELETE_ENTRY, RESERVE, STORAGE};
use crate::commands::Desk;
use crate::commands::sdr::books::Books;
use crate::ipmi::Failure;
use crate::sel::record::SYSTEM_EVENT;
use crate::sel::{Body, Event, Record};

/// Erases the whole log.
pub(super) fn clear(desk: &mut Desk<'_>) -> bool {
    let Some(mut reservation) = reserve(desk) else {
        return false;
    };
    let erase = [b'C', b'L', b'R', START];
    match reserved(desk, &mut reservation, CLEAR, &erase) {
        Ok(()) => {
            desk.output.line(format_args!(
                "Clearing SEL.  Please allow a few seconds to erase."
            ));
            true
        }
        Err(failure) => desk
            .output
            .fail(format_args!("Unable to clear SEL"), &failure),
    }
}

/// Erases single entries, the last one named first.
pub(super) fn delete(desk: &mut Desk<'_>, ids: &[u16]) -> bool {
    let Some(mut reservation) = reserve(desk) else {
        return false;
    };
    let mut good = true;
    for id in ids.iter().rev() {
        match reserved(desk, &mut reservation, DELETE_ENTRY, &id.to_le_bytes()) {
            Ok(()) => desk.output.line(format_args!("Deleted entry {id}")),
            Err(failure) => {
                good = desk
                    .output
                    .fail(format_args!("Unable to delete entry {id}"), &failure);
            }
        }
    }
    good
}

/// Adds events that were read from a file.
pub(super) fn add(books: &mut Books<'_, '_>, show: &mut Show, events: &[[u8; 7]]) -> bool {
    for (done, message) in events.iter().enumerate() {
        let record = Record {
            id: 0,
            kind: SYSTEM_EVENT,
            body: Body::Event(Event::from_message(*message, SYSTEM_SOFTWARE)),
        };
        show.brief(books, &record, None);
        if let Err(failure) = books.desk.ask(STORAGE, ADD_ENTRY, &record.to_wire()) {
            books
                .desk
                .output
                .fail(format_args!("Add SEL Entry failed"), &failure);
            if done > 0 {
                books.desk.output.complain(format_args!(
                    "{done} of {} events were added before",
                    events.len()
                ));
            }
            return false;
        }
    }
    true
}

/// A reservation of the log; what goes wrong is said, by stock on standard output.
fn reserve(desk: &mut Desk<'_>) -> Option<u16> {
    match desk.ask(STORAGE, RESERVE, &[]) {
        Ok(answer) => {
            let reservation = answer.first_chunk().copied().map(u16::from_le_bytes);
            let reservation = reservation.filter(|reservation| *reservation != 0);
            if reservation.is_none() {
                desk.output
                    .complain(format_args!("Unable to reserve SEL: no reservation given"));
            }
            reservation
        }
        Err(failure @ Failure::Transport(_)) => {
            desk.output
                .fail(format_args!("Unable to reserve SEL"), &failure);
            None
        }
        Err(failure) => {
            desk.output
                .print(format_args!("Unable to reserve SEL: {failure}"));
            None
        }
    }
}

/// Sends a command that needs a reservation; with a new one where that was lost, which happens whenever an event is
/// logged meanwhile, and on many BMCs after each deletion.
fn reserved(
    desk: &mut Desk<'_>,
    reservation: &mut u16,
    cmd: u8,
    rest: &[u8],
) -> Result<(), Failure> {
    let mut tries = 1;
    loop {
        let data = [&reservation.to_le_bytes()[..], rest].concat();
        match desk.ask(STORAGE, cmd, &data) {
            Ok(_) => return Ok(()),
            Err(Failure::Completion(LOST)) if tries < TRIES => {
                tries += 1;
                let Ok(answer) = desk.ask(STORAGE, RESERVE, &[]) else {
                    return Err(Failure::Completion(LOST));
                };
                match answer.first_chunk().copied().map(u16::from_le_bytes) {
                    // The same one again is as good as none.
                    Some(new) if new != 0 && new != *reservation => *reservation = new,
                    _ => return Err(Failure::Completion(LOST)),
                }
            }
            Err(failure) => return Err(failure),
        }
    }
}

/// Reservation cancelled or invalid.
const LOST: u8 = 0xc5;
/// How often a reservation is had in all.
const TRIES: u32 = 3;
/// The byte that begins an erasure.
const START: u8 = 0xaa;
/// Who adds events: system management software, id 20h, as a generator.
const SYSTEM_SOFTWARE: u16 = 0x41;
