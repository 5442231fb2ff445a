//! SEL commands (specification chapter 31).

use super::part;
use super::sel::{CAPACITY, Sel};
use crate::bmc::command::{Command, MachineEvent, Outcome, cc};
use crate::bmc::machine::Machine;
use crate::bmc::table::{A, Entry, O, U};

/// This file's commands.
pub const TABLE: &[Entry] = &[
    Entry::new(0x0a, 0x40, U, 0, 0, info),
    Entry::new(0x0a, 0x41, U, 0, 0, allocation),
    Entry::new(0x0a, 0x42, U, 0, 0, reserve),
    Entry::new(0x0a, 0x43, U, 6, 6, read),
    Entry::new(0x0a, 0x44, O, 16, 16, add),
    Entry::new(0x0a, 0x45, O, 6, 22, partial_add),
    Entry::new(0x0a, 0x46, O, 4, 4, delete),
    Entry::new(0x0a, 0x47, O, 6, 6, clear),
    Entry::new(0x0a, 0x5a, U, 1, 1, auxiliary),
    Entry::new(0x0a, 0x5b, A, 9, 9, set_auxiliary),
];

fn info(m: &mut Machine, _: &Command) -> Outcome {
    let s = &m.sel;
    let mut data = vec![VERSION];
    data.extend(
        u16::try_from(s.entries().len())
            .unwrap_or(u16::MAX)
            .to_le_bytes(),
    );
    data.extend(u16::try_from(s.free() * 16).unwrap_or(0xfffe).to_le_bytes());
    let never_if_empty = |time: u32| if time == 0 { u32::MAX } else { time };
    data.extend(never_if_empty(s.added).to_le_bytes());
    data.extend(never_if_empty(s.erased).to_le_bytes());
    data.push(u8::from(s.overflow) << 7 | OPERATIONS);
    Ok(data)
}

fn allocation(m: &mut Machine, _: &Command) -> Outcome {
    let free = u16::try_from(m.sel.free()).unwrap_or(u16::MAX);
    let total = u16::try_from(CAPACITY).unwrap_or(u16::MAX);
    let mut data: Vec<u8> = [total, 16, free, free]
        .iter()
        .flat_map(|n| n.to_le_bytes())
        .collect();
    data.push(1);
    Ok(data)
}

fn reserve(m: &mut Machine, _: &Command) -> Outcome {
    Ok(m.sel.reservation.renew().to_le_bytes().to_vec())
}

fn read(m: &mut Machine, c: &Command) -> Outcome {
    let s = &m.sel;
    let (offset, count) = (c.data[4], c.data[5]);
    if offset == 0 {
        s.reservation.check_unless_zero([c.data[0], c.data[1]])?;
    } else {
        s.reservation.check([c.data[0], c.data[1]])?;
    }
    let index = s
        .position(u16::from_le_bytes([c.data[2], c.data[3]]))
        .ok_or(cc::NOT_PRESENT)?;
    let next = s
        .entries()
        .get(index + 1)
        .map_or([0xff, 0xff], |n| [n[0], n[1]]);
    let chunk = part(&s.entries()[index], offset, count)?;
    Ok([&next[..], chunk].concat())
}

fn add(m: &mut Machine, c: &Command) -> Outcome {
    let entry = c.data.try_into().map_err(|_| cc::LENGTH)?;
    insert(m, entry, c.wall_ms)
}

fn partial_add(m: &mut Machine, c: &Command) -> Outcome {
    let s = &mut m.sel;
    s.reservation.check([c.data[0], c.data[1]])?;
    let id = u16::from_le_bytes([c.data[2], c.data[3]]);
    let (offset, progress, data) = (usize::from(c.data[4]), c.data[5], &c.data[6..]);
    let (id, mut entry) = match (id, s.partial.take()) {
        (0, _) if offset == 0 => (s.id_for_partial(), Vec::new()),
        (id, Some((pending, bytes))) if id == pending => (id, bytes),
        _ => return Err(cc::NOT_PRESENT),
    };
    if offset != entry.len() {
        return Err(cc::INVALID_FIELD);
    }
    entry.extend(data);
    if entry.len() > 16 {
        return Err(LENGTH_MISMATCH);
    }
    match progress & 0x0f {
        0 => {
            s.partial = Some((id, entry));
            Ok(id.to_le_bytes().to_vec())
        }
        1 => insert(m, entry.try_into().map_err(|_| LENGTH_MISMATCH)?, c.wall_ms),
        _ => Err(cc::INVALID_FIELD),
    }
}

fn insert(m: &mut Machine, entry: [u8; 16], wall_ms: u64) -> Outcome {
    if !matches!(entry[2], 0x02 | 0xc0..=0xff) {
        return Err(cc::INVALID_FIELD);
    }
    let id = m.sel.add(entry, m.clock.seconds(wall_ms))?;
    m.emit(MachineEvent::Logged(id));
    Ok(id.to_le_bytes().to_vec())
}

fn delete(m: &mut Machine, c: &Command) -> Outcome {
    let now = m.clock.seconds(c.wall_ms);
    m.sel.reservation.check([c.data[0], c.data[1]])?;
    let index = m
        .sel
        .position(u16::from_le_bytes([c.data[2], c.data[3]]))
        .ok_or(cc::NOT_PRESENT)?;
    Ok(m.sel.remove(index, now).to_vec())
}

fn clear(m: &mut Machine, c: &Command) -> Outcome {
    let now = m.clock.seconds(c.wall_ms);
    m.sel.reservation.check([c.data[0], c.data[1]])?;
    if &c.data[2..5] != b"CLR" {
        return Err(cc::INVALID_FIELD);
    }
    match c.data[5] {
        0xaa => clear_and_note(&mut m.sel, now),
        0x00 => {}
        _ => return Err(cc::INVALID_FIELD),
    }
    // Erasure completed.
    Ok(vec![0x01])
}

/// Erasing cancels reservations, but the one that asked still serves for asking how far the erasure is.
fn clear_and_note(sel: &mut Sel, now: u32) {
    let reservation = sel.reservation;
    sel.clear(now);
    sel.reservation = reservation;
}

fn auxiliary(m: &mut Machine, c: &Command) -> Outcome {
    m.sel
        .auxiliary
        .get(usize::from(c.data[0] & 0x0f))
        .cloned()
        .ok_or(cc::INVALID_FIELD)
}

fn set_auxiliary(m: &mut Machine, c: &Command) -> Outcome {
    let slot = m
        .sel
        .auxiliary
        .get_mut(usize::from(c.data[0] & 0x0f))
        .ok_or(cc::INVALID_FIELD)?;
    *slot = c.data[1..9].to_vec();
    Ok(Vec::new())
}

const VERSION: u8 = 0x51;
/// Delete, partial add, reserve, allocation information.
const OPERATIONS: u8 = 0x0f;
/// Partial Add SEL Entry: the length does not match (80h).
const LENGTH_MISMATCH: u8 = 0x80;
