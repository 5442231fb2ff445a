//! System information parameters: names and versions that the host leaves with its BMC (specification section 22.14a).

use crate::bmc::command::{Command, Outcome};
use crate::bmc::machine::Machine;
use crate::bmc::params::{Access::ReadWrite, Params, Spec, anything};
use crate::bmc::table::{A, Entry, U};

/// This file's commands.
pub const TABLE: &[Entry] = &[
    Entry::new(6, 0x58, A, 2, 18, set),
    Entry::new(6, 0x59, U, 4, 4, read),
];

/// The parameters with what a fresh host has: firmware version, system name, operating system.
pub fn defaults() -> Params {
    let mut p = Params::new(SPECS);
    for (id, text) in [
        (1, "1.19"),
        (2, "bmcsim"),
        (3, "Linux"),
        (4, "Linux"),
        (5, "6.1"),
        (6, ""),
        (7, ""),
    ] {
        // Block 0: encoding (0 ASCII), length, the first 14 bytes.
        let mut block = vec![0, 0, (text.len() & 0xff) as u8];
        block.extend(text.bytes());
        block.resize(17, 0);
        p.put(id, 0, &block);
    }
    p
}

fn set(m: &mut Machine, c: &Command) -> Outcome {
    m.system_info.write(c.data[0], &c.data[1..])?;
    Ok(Vec::new())
}

fn read(m: &mut Machine, c: &Command) -> Outcome {
    if c.data[0] & 0x80 != 0 {
        return Ok(vec![REVISION]);
    }
    let value = m.system_info.read(c.data[1], c.data[2])?;
    Ok([&[REVISION][..], &value].concat())
}

const fn string(id: u8) -> Spec {
    Spec {
        id,
        access: ReadWrite,
        min: 2,
        max: 17,
        sets: BLOCKS,
        valid: anything,
    }
}

const SPECS: &[Spec] = &[
    string(1),
    string(2),
    string(3),
    string(4),
    string(5),
    string(6),
    string(7),
];
/// Blocks of 16 bytes: enough for 255 characters with the two bytes before them.
const BLOCKS: u8 = 17;
const REVISION: u8 = 0x11;
