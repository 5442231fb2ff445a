//! Capabilities and configuration parameters (DCMI sections 6.1 and 6.1.2).

use super::NETFN;
use crate::bmc::command::{Command, Outcome, cc};
use crate::bmc::machine::Machine;
use crate::bmc::params::{
    Access::{ReadWrite, WriteOnly},
    Params, Spec, anything,
};
use crate::bmc::storage::sel::CAPACITY;
use crate::bmc::table::{A, Entry, Level, U};

/// This file's commands.
pub const TABLE: &[Entry] = &[
    Entry::new(NETFN, 0x01, Level::Anyone, 1, 1, capabilities),
    Entry::new(NETFN, 0x12, A, 3, 4, set_configuration),
    Entry::new(NETFN, 0x13, U, 2, 2, configuration_parameter),
];

/// DHCP with its default timing.
pub fn configuration() -> Params {
    let mut p = Params::new(SPECS);
    p.put(2, 0, &[0x01]);
    p.put(3, 0, &[4]);
    p.put(4, 0, &120u16.to_le_bytes());
    p.put(5, 0, &64u16.to_le_bytes());
    p
}

fn capabilities(_: &mut Machine, c: &Command) -> Outcome {
    let [entries_low, entries_high] = u16::try_from(CAPACITY).unwrap_or(0x0fff).to_le_bytes();
    let data: &[u8] = match c.data[0] {
        // Identification, SEL, chassis power, temperature monitoring; power management; KCS, primary and no secondary
        // LAN, no serial.
        1 => &[0x00, 0x01, 0x05],
        // SEL: number of entries, no rollover; asset tag, DHCP and GUID support; temperature sampling every second.
        2 => &[entries_low, entries_high & 0x0f, 0x07, 0x00, 0x01],
        // Power management by the BMC itself.
        3 => &[0x20, 0x00],
        // Primary LAN on channel 1, secondary on 2, no serial channel.
        4 => &[0x01, 0x02, 0xff],
        // Rolling averages over 30 seconds, 1 and 15 minutes, 1 hour.
        5 => &[0x04, 0x1e, 0x41, 0x4f, 0x81],
        _ => return Err(cc::OUT_OF_RANGE),
    };
    Ok([&VERSION[..], data].concat())
}

fn set_configuration(m: &mut Machine, c: &Command) -> Outcome {
    if c.data[1] != 0 {
        return Err(cc::INVALID_FIELD);
    }
    match c.data[0] {
        0 => Err(cc::PARAMETER_NOT_SUPPORTED),
        id => m
            .dcmi
            .configuration
            .write(id, &c.data[2..])
            .map(|()| Vec::new()),
    }
}

fn configuration_parameter(m: &mut Machine, c: &Command) -> Outcome {
    match c.data[0] {
        0 => Err(cc::PARAMETER_NOT_SUPPORTED),
        id => Ok([&VERSION[..], &m.dcmi.configuration.read(id, 0)?].concat()),
    }
}

const SPECS: &[Spec] = &[
    // Activate DHCP; discovery options; initial timeout, server contact timeout and retry interval in seconds.
    Spec::plain(1, WriteOnly, 1, |v| v[0] == 1),
    Spec::plain(2, ReadWrite, 1, |v| v[0] & !0x83 == 0),
    Spec::plain(3, ReadWrite, 1, anything),
    Spec::plain(4, ReadWrite, 2, anything),
    Spec::plain(5, ReadWrite, 2, anything),
];

/// Specification 1.5, parameter revision 2.
const VERSION: [u8; 3] = [1, 5, 2];
