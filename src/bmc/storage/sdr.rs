//! The SDR repository, also shown as device SDRs (specification chapter 33, sections 35.2 to 35.4).

use super::{Reservation, part};
use crate::bmc::command::{Command, Outcome, cc};
use crate::bmc::machine::Machine;
use crate::bmc::table::{Entry, O, U};

/// This file's commands.
pub const TABLE: &[Entry] = &[
    Entry::new(0x0a, 0x20, U, 0, 0, info),
    Entry::new(0x0a, 0x21, U, 0, 0, allocation),
    Entry::new(0x0a, 0x22, U, 0, 0, reserve),
    Entry::new(0x0a, 0x23, U, 6, 6, read),
    Entry::new(0x0a, 0x24, O, 5, 255, add),
    Entry::new(0x0a, 0x25, O, 6, 255, partial_add),
    Entry::new(0x0a, 0x26, O, 4, 4, delete),
    Entry::new(0x0a, 0x27, O, 6, 6, clear),
    Entry::new(0x0a, 0x2a, O, 0, 0, nothing),
    Entry::new(0x0a, 0x2b, O, 0, 0, nothing),
    Entry::new(0x0a, 0x2c, O, 1, 1, run_agent),
    Entry::new(0x04, 0x20, U, 0, 1, device_info),
    Entry::new(0x04, 0x21, U, 6, 6, read),
    Entry::new(0x04, 0x22, U, 0, 0, reserve),
];

/// The repository.
#[derive(Debug, Clone, Default)]
pub struct SdrRepository {
    records: Vec<Vec<u8>>,
    reservation: Reservation,
    next_id: u16,
    added: u32,
    erased: u32,
    overflow: bool,
    partial: Option<(u16, Vec<u8>)>,
    readable_sensors: usize,
}

impl SdrRepository {
    /// A repository with whole records, their IDs in their first two bytes.
    pub fn new(records: Vec<Vec<u8>>, readable_sensors: usize, time: u32) -> Self {
        let next_id = u16::try_from(records.len()).unwrap_or(u16::MAX - 1) + 1;
        Self {
            records,
            next_id,
            readable_sensors,
            added: time,
            ..Self::default()
        }
    }

    /// Whole records in their order.
    pub fn records(&self) -> &[Vec<u8>] {
        &self.records
    }

    /// Record ID, as on the wire, of the full or compact record of one of the BMC's own sensors.
    pub fn record_id_of(&self, lun: u8, number: u8) -> Option<[u8; 2]> {
        let is_it = |r: &&Vec<u8>| {
            matches!(r[3], 1 | 2) && r.get(6) == Some(&lun) && r.get(7) == Some(&number)
        };
        self.records.iter().find(is_it).map(|r| [r[0], r[1]])
    }

    pub(in crate::bmc) fn cancel_reservation(&mut self) {
        self.reservation.cancel();
        self.partial = None;
    }

    fn free(&self) -> usize {
        SPACE.saturating_sub(self.records.iter().map(Vec::len).sum())
    }

    fn position(&self, id: u16) -> Option<usize> {
        match id {
            0 if !self.records.is_empty() => Some(0),
            0xffff => self.records.len().checked_sub(1),
            _ => self
                .records
                .iter()
                .position(|r| r.starts_with(&id.to_le_bytes())),
        }
    }

    fn insert(&mut self, record: &[u8], now: u32) -> Result<u16, u8> {
        // Header, and the length it states.
        if record.len() < 5 || record.len() != 5 + usize::from(record[4]) {
            return Err(cc::LENGTH);
        }
        if self.free() < record.len() || self.next_id == 0xffff {
            self.overflow = true;
            return Err(cc::OUT_OF_SPACE);
        }
        let id = self.next_id;
        self.next_id += 1;
        let mut record = record.to_vec();
        record[..2].copy_from_slice(&id.to_le_bytes());
        self.records.push(record);
        self.reservation.cancel();
        self.added = now;
        Ok(id)
    }
}

fn info(m: &mut Machine, _: &Command) -> Outcome {
    let r = &m.sdr;
    let mut data = vec![VERSION];
    data.extend(
        u16::try_from(r.records.len())
            .unwrap_or(u16::MAX)
            .to_le_bytes(),
    );
    data.extend(u16::try_from(r.free()).unwrap_or(0xfffe).to_le_bytes());
    data.extend(r.added.to_le_bytes());
    data.extend(r.erased.to_le_bytes());
    data.push(u8::from(r.overflow) << 7 | OPERATIONS);
    Ok(data)
}

fn allocation(m: &mut Machine, _: &Command) -> Outcome {
    let free = u16::try_from(m.sdr.free() / UNIT).unwrap_or(u16::MAX);
    let total = u16::try_from(SPACE / UNIT).unwrap_or(u16::MAX);
    let unit = u16::try_from(UNIT).unwrap_or(0);
    let mut data: Vec<u8> = [total, unit, free, free]
        .iter()
        .flat_map(|n| n.to_le_bytes())
        .collect();
    // Greatest record, in units.
    data.push(16);
    Ok(data)
}

fn reserve(m: &mut Machine, _: &Command) -> Outcome {
    Ok(m.sdr.reservation.renew().to_le_bytes().to_vec())
}

fn read(m: &mut Machine, c: &Command) -> Outcome {
    let r = &m.sdr;
    let (reservation, offset, count) = ([c.data[0], c.data[1]], c.data[4], c.data[5]);
    if offset == 0 {
        r.reservation.check_unless_zero(reservation)?;
    } else {
        r.reservation.check(reservation)?;
    }
    let index = r
        .position(u16::from_le_bytes([c.data[2], c.data[3]]))
        .ok_or(cc::NOT_PRESENT)?;
    let next = r
        .records
        .get(index + 1)
        .map_or([0xff, 0xff], |n| [n[0], n[1]]);
    let chunk = part(&r.records[index], offset, count)?;
    Ok([&next[..], chunk].concat())
}

fn add(m: &mut Machine, c: &Command) -> Outcome {
    let now = m.clock.seconds(c.wall_ms);
    Ok(m.sdr.insert(c.data, now)?.to_le_bytes().to_vec())
}

fn partial_add(m: &mut Machine, c: &Command) -> Outcome {
    let now = m.clock.seconds(c.wall_ms);
    let r = &mut m.sdr;
    let id = u16::from_le_bytes([c.data[2], c.data[3]]);
    let (offset, progress, data) = (c.data[4], c.data[5], &c.data[6..]);
    if offset == 0 {
        r.reservation.check_unless_zero([c.data[0], c.data[1]])?;
    } else {
        r.reservation.check([c.data[0], c.data[1]])?;
    }
    let (id, mut record) = match (id, r.partial.take()) {
        (0, _) if offset == 0 => (r.next_id, Vec::new()),
        (id, Some((pending, bytes))) if id == pending => (id, bytes),
        _ => return Err(cc::NOT_PRESENT),
    };
    if usize::from(offset) != record.len() {
        return Err(cc::INVALID_FIELD);
    }
    record.extend(data);
    if record.len() > 5 + 255 {
        return Err(cc::FIELD_LENGTH);
    }
    match progress & 0x0f {
        0 => r.partial = Some((id, record)),
        // 80h: the record is rejected because its length does not fit its header.
        1 => {
            return Ok(r
                .insert(&record, now)
                .map_err(|e| if e == cc::LENGTH { 0x80 } else { e })?
                .to_le_bytes()
                .to_vec());
        }
        _ => return Err(cc::INVALID_FIELD),
    }
    Ok(id.to_le_bytes().to_vec())
}

fn delete(m: &mut Machine, c: &Command) -> Outcome {
    let now = m.clock.seconds(c.wall_ms);
    let r = &mut m.sdr;
    r.reservation.check([c.data[0], c.data[1]])?;
    let index = r
        .position(u16::from_le_bytes([c.data[2], c.data[3]]))
        .ok_or(cc::NOT_PRESENT)?;
    let record = r.records.remove(index);
    r.cancel_reservation();
    r.erased = now;
    Ok(record[..2].to_vec())
}

fn clear(m: &mut Machine, c: &Command) -> Outcome {
    let now = m.clock.seconds(c.wall_ms);
    let r = &mut m.sdr;
    r.reservation.check([c.data[0], c.data[1]])?;
    if &c.data[2..5] != b"CLR" {
        return Err(cc::INVALID_FIELD);
    }
    match c.data[5] {
        0xaa => {
            r.records.clear();
            r.overflow = false;
            r.cancel_reservation();
            r.erased = now;
        }
        0x00 => {}
        _ => return Err(cc::INVALID_FIELD),
    }
    // Erasure completed.
    Ok(vec![0x01])
}

fn run_agent(_: &mut Machine, c: &Command) -> Outcome {
    if c.data[0] & 0xfe != 0 {
        return Err(cc::INVALID_FIELD);
    }
    // Initialisation completed.
    Ok(vec![0x01])
}

fn device_info(m: &mut Machine, c: &Command) -> Outcome {
    let count = match c.data.first() {
        Some(1) => m.sdr.records.len(),
        Some(0) | None => m.sdr.readable_sensors,
        Some(_) => return Err(cc::INVALID_FIELD),
    };
    // Static population; sensors on LUN 0, and on others if some were described there.
    Ok(vec![
        u8::try_from(count).unwrap_or(u8::MAX),
        m.sensors.luns(),
    ])
}

fn nothing(_: &mut Machine, _: &Command) -> Outcome {
    Ok(Vec::new())
}

const VERSION: u8 = 0x51;
/// Modal and non-modal update, delete, partial add, reserve, allocation information.
const OPERATIONS: u8 = 0x6f;
/// Bytes of the repository.
const SPACE: usize = 32 * 1024;
/// Bytes of an allocation unit.
const UNIT: usize = 16;
