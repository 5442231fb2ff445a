//! Messages, buses and interfaces (specification sections 22.2 to 22.11): what a BMC without a host driver answers.

use super::satellite::{self, NAK_ON_WRITE};
use crate::bmc::command::{Command, Outcome, cc};
use crate::bmc::machine::Machine;
use crate::bmc::table::{Entry, O, S, U};

/// This file's commands.
pub const TABLE: &[Entry] = &[
    Entry::new(6, 0x30, S, 1, 1, clear_flags),
    Entry::new(6, 0x31, S, 0, 0, flags),
    Entry::new(6, 0x32, S, 2, 2, enable_receive),
    Entry::new(6, 0x33, S, 0, 0, no_message),
    Entry::new(6, 0x34, U, 1, 255, send),
    Entry::new(6, 0x35, S, 0, 0, no_message),
    Entry::new(6, 0x36, U, 0, 0, bt_capabilities),
    Entry::new(6, 0x52, O, 3, 255, write_read),
    Entry::new(6, 0x57, U, 1, 1, interface_capabilities),
];

/// An EEPROM at slave address A0h of bus 0: its bytes, and where the next read begins.
#[derive(Debug, Clone, Default)]
pub struct Eeprom {
    /// Its bytes.
    pub bytes: Vec<u8>,
    pointer: usize,
}

impl Eeprom {
    /// An EEPROM with these bytes.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, pointer: 0 }
    }
}

fn clear_flags(_: &mut Machine, _: &Command) -> Outcome {
    Ok(Vec::new())
}

fn flags(_: &mut Machine, _: &Command) -> Outcome {
    // Nothing in the receive queue, the event buffer, and no watchdog interrupt.
    Ok(vec![0x00])
}

fn enable_receive(m: &mut Machine, c: &Command) -> Outcome {
    let channel = m
        .channels
        .get(c.data[0] & 0x0f)
        .ok_or(cc::INVALID_FIELD)?
        .number;
    match c.data[1] & 0x03 {
        state @ 0..=1 => {
            let bit = 1 << channel;
            m.receive_enabled = m.receive_enabled & !bit | if state == 1 { bit } else { 0 };
        }
        2 => {}
        _ => return Err(cc::INVALID_FIELD),
    }
    Ok(vec![
        channel,
        u8::from(m.receive_enabled >> channel & 1 == 1),
    ])
}

fn no_message(_: &mut Machine, _: &Command) -> Outcome {
    Err(QUEUE_EMPTY)
}

fn send(m: &mut Machine, c: &Command) -> Outcome {
    match m.channels.get(c.data[0] & 0x0f) {
        None => Err(cc::INVALID_FIELD),
        Some(channel) => satellite::send(&m.satellites, None, channel.number, &c.data[1..]),
    }
}

fn bt_capabilities(_: &mut Machine, _: &Command) -> Outcome {
    // One request at a time, 64 bytes each way, 5 s, 3 retries.
    Ok(vec![1, 64, 64, 5, 3])
}

fn write_read(m: &mut Machine, c: &Command) -> Outcome {
    let (bus, address, count, write) = (
        c.data[0] >> 1 & 0x07,
        c.data[1] & 0xfe,
        usize::from(c.data[2]),
        &c.data[3..],
    );
    if bus != 0 || address != EEPROM_ADDRESS || m.eeprom.bytes.is_empty() {
        return Err(NAK_ON_WRITE);
    }
    let size = m.eeprom.bytes.len();
    if let Some((&offset, data)) = write.split_first() {
        m.eeprom.pointer = usize::from(offset) % size;
        for &byte in data {
            let at = m.eeprom.pointer;
            m.eeprom.bytes[at] = byte;
            m.eeprom.pointer = (at + 1) % size;
        }
    }
    let start = m.eeprom.pointer;
    m.eeprom.pointer = (start + count) % size;
    Ok((0..count)
        .map(|i| m.eeprom.bytes[(start + i) % size])
        .collect())
}

fn interface_capabilities(_: &mut Machine, c: &Command) -> Outcome {
    match c.data[0] & 0x0f {
        // KCS, version 1, 255 bytes of input.
        1 => Ok(vec![0x00, 0x00, 0xff]),
        _ => Err(cc::INVALID_FIELD),
    }
}

/// Get Message, Read Event Message Buffer: there is none (80h).
const QUEUE_EMPTY: u8 = 0x80;
/// The EEPROM's slave address.
const EEPROM_ADDRESS: u8 = 0xa0;
