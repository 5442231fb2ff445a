//! The system event log.

use super::Reservation;
use crate::bmc::command::cc;

/// The log: entries of sixteen bytes, their record ID in the first two.
#[derive(Debug, Clone)]
pub struct Sel {
    entries: Vec<[u8; 16]>,
    pub(super) reservation: Reservation,
    next_id: u16,
    pub(super) added: u32,
    pub(super) erased: u32,
    pub(super) overflow: bool,
    pub(super) partial: Option<(u16, Vec<u8>)>,
    /// Auxiliary log status: for type 0 (MCA) and 1 (OEM 1), time and count as the host told.
    pub(super) auxiliary: [Vec<u8>; 2],
}

impl Sel {
    /// A log with these entries, which get record IDs from 1 on.
    pub fn new(entries: Vec<[u8; 16]>, time: u32) -> Self {
        let empty = || [0u8; 8].to_vec();
        let mut sel = Self {
            entries: Vec::new(),
            reservation: Reservation::default(),
            next_id: 1,
            added: 0,
            erased: 0,
            overflow: false,
            partial: None,
            auxiliary: [empty(), empty()],
        };
        for entry in entries.into_iter().take(CAPACITY) {
            let stamp = u32::from_le_bytes([entry[3], entry[4], entry[5], entry[6]]);
            // Cannot fail: at most CAPACITY entries.
            let _ = sel.push(
                entry,
                if entry[2] < FIRST_UNTIMED {
                    stamp
                } else {
                    time
                },
            );
        }
        sel
    }

    /// Entries, oldest first.
    pub fn entries(&self) -> &[[u8; 16]] {
        &self.entries
    }

    /// Adds an entry as it is, but for the record ID, which is returned. `now` is remembered as the time of the
    /// most recent addition.
    ///
    /// # Errors
    /// C4h: the log is full; that is remembered as an overflow.
    pub fn push(&mut self, mut entry: [u8; 16], now: u32) -> Result<u16, u8> {
        if self.entries.len() >= CAPACITY {
            self.overflow = true;
            return Err(cc::OUT_OF_SPACE);
        }
        let id = self.free_id();
        entry[..2].copy_from_slice(&id.to_le_bytes());
        self.entries.push(entry);
        self.next_id = if id >= 0xfffe { 1 } else { id + 1 };
        self.added = now;
        Ok(id)
    }

    /// Adds an entry and stamps it, if its type has a time.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub fn add(&mut self, mut entry: [u8; 16], now: u32) -> Result<u16, u8> {
        if entry[2] < FIRST_UNTIMED {
            entry[3..7].copy_from_slice(&now.to_le_bytes());
        }
        self.push(entry, now)
    }

    /// Number of entries that still fit.
    pub fn free(&self) -> usize {
        CAPACITY - self.entries.len().min(CAPACITY)
    }

    pub(super) fn id_for_partial(&self) -> u16 {
        self.free_id()
    }

    pub(super) fn position(&self, id: u16) -> Option<usize> {
        match id {
            0 if !self.entries.is_empty() => Some(0),
            0xffff => self.entries.len().checked_sub(1),
            _ => self
                .entries
                .iter()
                .position(|e| e.starts_with(&id.to_le_bytes())),
        }
    }

    pub(super) fn remove(&mut self, index: usize, now: u32) -> [u8; 2] {
        let entry = self.entries.remove(index);
        self.cancel_reservation();
        self.erased = now;
        [entry[0], entry[1]]
    }

    pub(super) fn clear(&mut self, now: u32) {
        self.entries.clear();
        self.overflow = false;
        self.next_id = 1;
        self.cancel_reservation();
        self.erased = now;
    }

    pub(in crate::bmc) fn cancel_reservation(&mut self) {
        self.reservation.cancel();
        self.partial = None;
    }

    fn free_id(&self) -> u16 {
        // There are fewer entries than IDs, so that one is free.
        (self.next_id..0xffff)
            .chain(1..self.next_id)
            .find(|id| self.position(*id).is_none())
            .unwrap_or(1)
    }
}

/// Record types from here on have no time.
pub const FIRST_UNTIMED: u8 = 0xe0;
/// Number of entries.
pub const CAPACITY: usize = 1024;
