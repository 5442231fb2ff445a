//! Storage commands: SEL, SDR repository, FRU (specification chapters 31, 33, 34).

pub mod clock;
pub mod fru;
pub mod sdr;
pub mod sel;
mod sel_commands;

use super::command::cc;
use super::table::Entry;

/// This chapter's commands.
pub const TABLES: &[&[Entry]] = &[fru::TABLE, sdr::TABLE, sel_commands::TABLE, clock::TABLE];

/// A repository's reservation: at most one is valid.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reservation {
    id: u16,
    valid: bool,
}

impl Reservation {
    /// A new reservation; the one before is void. Never 0000h.
    pub fn renew(&mut self) -> u16 {
        self.id = self.id.checked_add(1).unwrap_or(1);
        self.valid = true;
        self.id
    }

    /// The contents changed: whoever had a reservation must ask again.
    pub fn cancel(&mut self) {
        self.valid = false;
    }

    /// Whether this ID (two bytes) is the valid one, else C5h.
    pub fn check(&self, bytes: [u8; 2]) -> Result<(), u8> {
        if self.valid && u16::from_le_bytes(bytes) == self.id {
            Ok(())
        } else {
            Err(cc::RESERVATION_CANCELLED)
        }
    }

    /// The same, except that 0000h is good where the command does not need a reservation.
    pub fn check_unless_zero(&self, bytes: [u8; 2]) -> Result<(), u8> {
        if bytes == [0, 0] {
            Ok(())
        } else {
            self.check(bytes)
        }
    }
}

/// Part of a record as Get SDR and Get SEL Entry give it: `count` FFh is the rest.
///
/// # Errors
/// C9h if `offset` lies beyond the record.
fn part(record: &[u8], offset: u8, count: u8) -> Result<&[u8], u8> {
    let rest = record
        .get(usize::from(offset)..)
        .filter(|r| !r.is_empty())
        .ok_or(cc::OUT_OF_RANGE)?;
    let count = if count == 0xff {
        rest.len()
    } else {
        usize::from(count).min(rest.len())
    };
    Ok(&rest[..count])
}
