//! The management controller itself: identity, resets, self test, ACPI state, GUIDs (specification chapter 20).

use crate::bmc::command::{Command, MachineEvent, Outcome, cc};
use crate::bmc::machine::Machine;
use crate::bmc::table::{A, Entry, Level, S, U};

/// This file's commands.
pub const TABLE: &[Entry] = &[
    Entry::new(6, 0x01, U, 0, 0, device_id),
    Entry::new(6, 0x02, A, 0, 0, cold_reset),
    Entry::new(6, 0x03, A, 0, 0, warm_reset),
    Entry::new(6, 0x04, U, 0, 0, self_test),
    Entry::new(6, 0x06, A, 2, 2, set_acpi_state),
    Entry::new(6, 0x07, U, 0, 0, acpi_state),
    Entry::new(6, 0x08, U, 0, 0, device_guid),
    Entry::new(6, 0x2e, S, 1, 1, set_global_enables),
    Entry::new(6, 0x2f, U, 0, 0, global_enables),
    Entry::new(6, 0x37, Level::Anyone, 0, 0, system_guid),
];

/// What Get Device ID tells, and the GUIDs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceInfo {
    /// Device ID, chosen by the manufacturer.
    pub id: u8,
    /// Device revision, 0..=15.
    pub revision: u8,
    /// Whether it provides device SDRs.
    pub provides_sdrs: bool,
    /// Firmware major revision, 0..=127.
    pub firmware_major: u8,
    /// Firmware minor revision, two decimal digits, 0..=99.
    pub firmware_minor: u8,
    /// IPMI version, BCD with the digits swapped: 02h is 2.0.
    pub ipmi_version: u8,
    /// Additional device support: bits from 0 sensors, SDR repository, SEL, FRU, event receiver, event generator,
    /// bridge, chassis.
    pub support: u8,
    /// IANA enterprise number, 20 bits.
    pub manufacturer: u32,
    /// Product ID.
    pub product: u16,
    /// Auxiliary firmware revision.
    pub auxiliary: [u8; 4],
    /// Device GUID, as on the wire (least significant byte first).
    pub device_guid: [u8; 16],
    /// System GUID, as on the wire.
    pub system_guid: [u8; 16],
    /// Self test result: 55h 00h is "no error".
    pub self_test: [u8; 2],
}

/// What changes about the controller.
#[derive(Debug, Clone)]
pub struct DeviceState {
    /// System and device ACPI power state as last set or observed.
    pub acpi: [u8; 2],
    /// BMC global enables.
    pub enables: u8,
}

impl Default for DeviceState {
    /// Working (S0/G0, D0); event message buffer and system event logging on.
    fn default() -> Self {
        Self {
            acpi: [0, 0],
            enables: 0x08,
        }
    }
}

fn device_id(m: &mut Machine, _: &Command) -> Outcome {
    let d = &m.info;
    let [m0, m1, m2, _] = d.manufacturer.to_le_bytes();
    let [p0, p1] = d.product.to_le_bytes();
    let minor = ((d.firmware_minor / 10) << 4) | (d.firmware_minor % 10);
    let mut data = vec![
        d.id,
        u8::from(d.provides_sdrs) << 7 | d.revision & 0x0f,
        d.firmware_major & 0x7f,
        minor,
        d.ipmi_version,
        d.support,
        m0,
        m1,
        m2 & 0x0f,
        p0,
        p1,
    ];
    data.extend(d.auxiliary);
    Ok(data)
}

fn cold_reset(m: &mut Machine, _: &Command) -> Outcome {
    m.cold_reset();
    m.emit(MachineEvent::ColdReset);
    Ok(Vec::new())
}

fn warm_reset(m: &mut Machine, _: &Command) -> Outcome {
    m.emit(MachineEvent::WarmReset);
    Ok(Vec::new())
}

fn self_test(m: &mut Machine, _: &Command) -> Outcome {
    Ok(m.info.self_test.to_vec())
}

fn set_acpi_state(m: &mut Machine, c: &Command) -> Outcome {
    let (system, device) = (c.data[0], c.data[1]);
    let known = |state: u8, last: u8| matches!(state, 0x20 | 0x21 | 0x2a | 0x7f) || state <= last;
    if system & 0x80 != 0 && !known(system & 0x7f, 0x09)
        || device & 0x80 != 0 && !matches!(device & 0x7f, 0..=3 | 0x2a | 0x7f)
    {
        return Err(cc::INVALID_FIELD);
    }
    // 7Fh: no change. Without bit 7 the state is not set either.
    for (old, new) in m.device.acpi.iter_mut().zip([system, device]) {
        if new & 0x80 != 0 && new & 0x7f != 0x7f {
            *old = new & 0x7f;
        }
    }
    Ok(Vec::new())
}

fn acpi_state(m: &mut Machine, _: &Command) -> Outcome {
    Ok(m.device.acpi.to_vec())
}

fn device_guid(m: &mut Machine, _: &Command) -> Outcome {
    Ok(m.info.device_guid.to_vec())
}

fn system_guid(m: &mut Machine, _: &Command) -> Outcome {
    Ok(m.info.system_guid.to_vec())
}

fn set_global_enables(m: &mut Machine, c: &Command) -> Outcome {
    if c.data[0] & 0x10 != 0 {
        return Err(cc::INVALID_FIELD);
    }
    m.device.enables = c.data[0];
    Ok(Vec::new())
}

fn global_enables(m: &mut Machine, _: &Command) -> Outcome {
    Ok(vec![m.device.enables])
}
