//! FRU devices (specification chapter 34).

use std::collections::BTreeMap;

use crate::bmc::command::{Command, Outcome, cc};
use crate::bmc::machine::Machine;
use crate::bmc::table::{Entry, O, U};

/// This file's commands.
pub const TABLE: &[Entry] = &[
    Entry::new(0x0a, 0x10, U, 1, 1, info),
    Entry::new(0x0a, 0x11, U, 4, 4, read),
    Entry::new(0x0a, 0x12, O, 3, 255, write),
];

/// All FRU devices by ID.
#[derive(Debug, Clone, Default)]
pub struct Frus {
    devices: BTreeMap<u8, Device>,
}

#[derive(Debug, Clone)]
struct Device {
    bytes: Vec<u8>,
    read_only: bool,
}

impl Frus {
    /// Devices from an inventory: ID, bytes, whether they are read-only.
    pub fn new(list: Vec<(u8, Vec<u8>, bool)>) -> Self {
        let devices = list
            .into_iter()
            .map(|(id, bytes, read_only)| (id, Device { bytes, read_only }))
            .collect();
        Self { devices }
    }

    /// A device's bytes.
    pub fn bytes(&self, id: u8) -> Option<&[u8]> {
        self.devices.get(&id).map(|d| d.bytes.as_slice())
    }
}

fn info(m: &mut Machine, c: &Command) -> Outcome {
    let device = m.frus.devices.get(&c.data[0]).ok_or(cc::NOT_PRESENT)?;
    let [low, high] = u16::try_from(device.bytes.len())
        .unwrap_or(u16::MAX)
        .to_le_bytes();
    // Accessed by bytes.
    Ok(vec![low, high, 0])
}

fn read(m: &mut Machine, c: &Command) -> Outcome {
    let device = m.frus.devices.get(&c.data[0]).ok_or(cc::NOT_PRESENT)?;
    let offset = usize::from(u16::from_le_bytes([c.data[1], c.data[2]]));
    let rest = device
        .bytes
        .get(offset..)
        .filter(|r| !r.is_empty())
        .ok_or(cc::OUT_OF_RANGE)?;
    let chunk = &rest[..rest.len().min(usize::from(c.data[3])).min(READ_LIMIT)];
    let mut data = vec![(chunk.len() & 0xff) as u8];
    data.extend(chunk);
    Ok(data)
}

fn write(m: &mut Machine, c: &Command) -> Outcome {
    let device = m.frus.devices.get_mut(&c.data[0]).ok_or(cc::NOT_PRESENT)?;
    if device.read_only {
        return Err(WRITE_PROTECTED);
    }
    let offset = usize::from(u16::from_le_bytes([c.data[1], c.data[2]]));
    let data = &c.data[3..];
    let target = device
        .bytes
        .get_mut(offset..offset + data.len())
        .ok_or(cc::OUT_OF_RANGE)?;
    target.copy_from_slice(data);
    Ok(vec![(data.len() & 0xff) as u8])
}

/// Most bytes of one answer.
const READ_LIMIT: usize = 128;
/// Write FRU Data: write-protected offset (80h).
const WRITE_PROTECTED: u8 = 0x80;
