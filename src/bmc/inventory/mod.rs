//! What the simulated machine consists of: identity, sensors, data records, FRUs, log entries; read from TOML.

use super::app::device::DeviceInfo;

/// A machine's parts.
#[derive(Debug, Clone, PartialEq)]
pub struct Inventory {
    /// The management controller.
    pub device: DeviceInfo,
}

impl Inventory {
    /// The machine that is built in.
    pub fn builtin() -> Self {
        Self {
            device: DeviceInfo {
                id: 0x20,
                revision: 1,
                provides_sdrs: true,
                firmware_major: 1,
                firmware_minor: 19,
                ipmi_version: 0x02,
                support: 0xbf,
                manufacturer: 7154,
                product: 0x5353,
                auxiliary: [0; 4],
                device_guid: *b"steadysol-bmcsim",
                system_guid: *b"steadysol-system",
                self_test: [0x55, 0x00],
            },
        }
    }
}
