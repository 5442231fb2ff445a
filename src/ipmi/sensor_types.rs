//! Sensor types, in stock ipmitool's words.

/// The name of a sensor type below C0h: one of [`SENSOR_TYPES`], or stock's `Unknown`.
pub fn standard(code: u8) -> &'static str {
    SENSOR_TYPES
        .get(usize::from(code))
        .copied()
        .unwrap_or(UNKNOWN)
}

/// The name that a maker has given to a sensor type from C0h on, or stock's `Unknown`.
pub fn oem(maker: u32, code: u8) -> &'static str {
    OEM_SENSOR_TYPES
        .iter()
        .find(|(each, value, _)| (*each, *value) == (maker, code))
        .map_or(UNKNOWN, |(_, _, name)| name)
}

/// Whether only the BMC's maker knows what a sensor type means.
pub fn is_oem(code: u8) -> bool {
    code >= FIRST_OEM
}

/// What stock calls a type that has no name.
pub const UNKNOWN: &str = "Unknown";
const FIRST_OEM: u8 = 0xc0;

/// Kontron, as an IANA enterprise number.
pub const KONTRON: u32 = 15000;
/// PICMG, whose types the managers of its chassis use whoever made them.
pub const PICMG: u32 = 12634;
/// VITA, likewise.
pub const VITA: u32 = 33196;

/// Sensor types 00h to 2Ch, IPMI v2.0 table 42-3, worded as stock 1.8.19 prints them.
pub const SENSOR_TYPES: &[&str] = &[
    "reserved",
    "Temperature",
    "Voltage",
    "Current",
    "Fan",
    "Physical Security",
    "Platform Security",
    "Processor",
    "Power Supply",
    "Power Unit",
    "Cooling Device",
    "Other",
    "Memory",
    "Drive Slot / Bay",
    "POST Memory Resize",
    "System Firmwares",
    "Event Logging Disabled",
    "Watchdog1",
    "System Event",
    "Critical Interrupt",
    "Button",
    "Module / Board",
    "Microcontroller",
    "Add-in Card",
    "Chassis",
    "Chip Set",
    "Other FRU",
    "Cable / Interconnect",
    "Terminator",
    "System Boot Initiated",
    "Boot Error",
    "OS Boot",
    "OS Critical Stop",
    "Slot / Connector",
    "System ACPI Power State",
    "Watchdog2",
    "Platform Alert",
    "Entity Presence",
    "Monitor ASIC",
    "LAN",
    "Management Subsys Health",
    "Battery",
    "Session Audit",
    "Version Change",
    "FRU State",
];

/// Maker, sensor type, name.
const OEM_SENSOR_TYPES: &[(u32, u8, &str)] = &[
    (KONTRON, 0xc0, "Firmware Info"),
    (KONTRON, 0xc2, "Init Agent"),
    (KONTRON, 0xc3, "IPMBL Link State"),
    (KONTRON, 0xc4, "Board Reset"),
    (KONTRON, 0xc5, "FRU Information Agent"),
    (KONTRON, 0xc6, "POST Value Sensor"),
    (KONTRON, 0xc7, "FWUM Status"),
    (KONTRON, 0xc8, "Switch Mngt Software Status"),
    (KONTRON, 0xc9, "OEM Diagnostic Status"),
    (KONTRON, 0xca, "Component Firmware Upgrade"),
    (KONTRON, 0xcb, "FRU Over Current"),
    (KONTRON, 0xcc, "FRU Sensor Error"),
    (KONTRON, 0xcd, "FRU Power Denied"),
    (KONTRON, 0xce, "Reserved"),
    (KONTRON, 0xcf, "Board Reset"),
    (KONTRON, 0xd0, "Clock Resource Control"),
    (KONTRON, 0xd1, "Power State"),
    (KONTRON, 0xd2, "FRU Mngt Power Failure"),
    (KONTRON, 0xd3, "Jumper Status"),
    (KONTRON, 0xf2, "RTM Module Hotswap"),
    (PICMG, 0xf0, "FRU Hot Swap"),
    (PICMG, 0xf1, "IPMB Physical Link"),
    (PICMG, 0xf2, "Module Hot Swap"),
    (PICMG, 0xf3, "Power Channel Notification"),
    (PICMG, 0xf4, "Telco Alarm Input"),
    (VITA, 0xf0, "FRU State"),
    (VITA, 0xf1, "System IPMB Link"),
    (VITA, 0xf2, "FRU Health"),
    (VITA, 0xf3, "FRU Temperature"),
    (VITA, 0xf4, "Payload Test Results"),
    (VITA, 0xf5, "Payload Test Status"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_have_the_names_of_their_maker() {
        assert_eq!(standard(0x2c), "FRU State");
        assert_eq!(standard(0x2d), "Unknown");
        assert_eq!(oem(KONTRON, 0xf2), "RTM Module Hotswap");
        assert_eq!(oem(PICMG, 0xf2), "Module Hot Swap");
        assert_eq!(oem(0, 0xf2), "Unknown");
        assert!(is_oem(0xc0) && !is_oem(0xbf));
    }
}
