//! Entities and device types, in stock ipmitool's words.

use std::borrow::Cow;

use super::names::{self, Table};

/// The name of an entity id, or stock's `Unknown (0xNN)`.
pub fn entity(id: u8) -> Cow<'static, str> {
    names::name(id, ENTITIES)
}

/// The name of a device type and its modifier, or stock's `Unknown (0xNN)` with both as one number.
pub fn device_type(kind: u8, modifier: u8) -> Cow<'static, str> {
    let value = u16::from_be_bytes([kind, modifier]);
    match DEVICE_TYPES.iter().find(|(each, _)| *each == value) {
        Some((_, name)) => Cow::Borrowed(name),
        None => Cow::Owned(format!("Unknown (0x{value:02X})")),
    }
}

/// Entity ids, IPMI v2.0 table 43-13, worded and in the order of stock 1.8.19.
pub const ENTITIES: Table = &[
    (0x00, "Unspecified"),
    (0x01, "Other"),
    (0x02, "Unknown"),
    (0x03, "Processor"),
    (0x04, "Disk or Disk Bay"),
    (0x05, "Peripheral Bay"),
    (0x06, "System Management Module"),
    (0x07, "System Board"),
    (0x08, "Memory Module"),
    (0x09, "Processor Module"),
    (0x0a, "Power Supply"),
    (0x0b, "Add-in Card"),
    (0x0c, "Front Panel Board"),
    (0x0d, "Back Panel Board"),
    (0x0e, "Power System Board"),
    (0x0f, "Drive Backplane"),
    (0x10, "System Internal Expansion Board"),
    (0x11, "Other System Board"),
    (0x12, "Processor Board"),
    (0x13, "Power Unit"),
    (0x14, "Power Module"),
    (0x15, "Power Management"),
    (0x16, "Chassis Back Panel Board"),
    (0x17, "System Chassis"),
    (0x18, "Sub-Chassis"),
    (0x19, "Other Chassis Board"),
    (0x1a, "Disk Drive Bay"),
    (0x1b, "Peripheral Bay"),
    (0x1c, "Device Bay"),
    (0x1d, "Fan Device"),
    (0x1e, "Cooling Unit"),
    (0x1f, "Cable/Interconnect"),
    (0x20, "Memory Device"),
    (0x21, "System Management Software"),
    (0x22, "BIOS"),
    (0x23, "Operating System"),
    (0x24, "System Bus"),
    (0x25, "Group"),
    (0x26, "Remote Management Device"),
    (0x27, "External Environment"),
    (0x28, "Battery"),
    (0x29, "Processing Blade"),
    (0x2a, "Connectivity Switch"),
    (0x2b, "Processor/Memory Module"),
    (0x2c, "I/O Module"),
    (0x2d, "Processor/IO Module"),
    (0x2e, "Management Controller Firmware"),
    (0x2f, "IPMI Channel"),
    (0x30, "PCI Bus"),
    (0x31, "PCI Express Bus"),
    (0x32, "SCSI Bus (parallel)"),
    (0x33, "SATA/SAS Bus"),
    (0x34, "Processor/Front-Side Bus"),
    (0x35, "Real Time Clock(RTC)"),
    (0x36, "Reserved"),
    (0x37, "Air Inlet"),
    (0x38, "Reserved"),
    (0x39, "Reserved"),
    (0x3a, "Reserved"),
    (0x3b, "Reserved"),
    (0x3c, "Reserved"),
    (0x3d, "Reserved"),
    (0x3e, "Reserved"),
    (0x3f, "Reserved"),
    (0x40, "Air Inlet"),
    (0x41, "Processor"),
    (0x42, "Baseboard/Main System Board"),
    (0xa0, "PICMG Front Board"),
    (0xc0, "PICMG Rear Transition Module"),
    (0xc1, "PICMG AdvancedMC Module"),
    (0xf0, "PICMG Shelf Management Controller"),
    (0xf1, "PICMG Filtration Unit"),
    (0xf2, "PICMG Shelf FRU Information"),
    (0xf3, "PICMG Alarm Panel"),
];

/// Device types and modifiers, IPMI v2.0 table 43-12, worded (and spelt) as stock 1.8.19 prints them.
const DEVICE_TYPES: &[(u16, &str)] = &[
    (0x0000, "Reserved"),
    (0x0001, "Reserved"),
    (0x0002, "DS1624 temperature sensor"),
    (0x0003, "DS1621 temperature sensor"),
    (0x0004, "LM75 Temperature Sensor"),
    (0x0005, "Heceta ASIC"),
    (0x0006, "Reserved"),
    (0x0007, "Reserved"),
    (0x0008, "EEPROM, 24C01"),
    (0x0009, "EEPROM, 24C02"),
    (0x000a, "EEPROM, 24C04"),
    (0x000b, "EEPROM, 24C08"),
    (0x000c, "EEPROM, 24C16"),
    (0x000d, "EEPROM, 24C17"),
    (0x000e, "EEPROM, 24C32"),
    (0x000f, "EEPROM, 24C64"),
    (0x0011, "Reserved"),
    (0x0012, "Reserved"),
    (0x0013, "Reserved"),
    (0x0014, "PCF 8570 256 byte RAM"),
    (0x0015, "PCF 8573 clock/calendar"),
    (0x0016, "PCF 8574A I/O Port"),
    (0x0017, "PCF 8583 clock/calendar"),
    (0x0018, "PCF 8593 clock/calendar"),
    (0x0019, "Clock calendar"),
    (0x001a, "PCF 8591 A/D, D/A Converter"),
    (0x001b, "I/O Port"),
    (0x001c, "A/D Converter"),
    (0x001d, "D/A Converter"),
    (0x001e, "A/D, D/A Converter"),
    (0x001f, "LCD Controller/Driver"),
    (0x0020, "Core Logic (Chip set) Device"),
    (0x0021, "LMC6874 Intelligent Battery controller"),
    (0x0022, "Intelligent Batter controller"),
    (0x0023, "Combo Management ASIC"),
    (0x0024, "Maxim 1617 Temperature Sensor"),
    (0x00bf, "Other/Unspecified"),
    (0x1000, "IPMI FRU Inventory"),
    (0x1001, "DIMM Memory ID"),
    (0x1002, "IPMI FRU Inventory"),
    (0x1003, "System Processor Cartridge FRU"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_device_type_is_shown_with_its_modifier() {
        assert_eq!(device_type(0x10, 1), "DIMM Memory ID");
        assert_eq!(device_type(0x20, 1), "Unknown (0x2001)");
        assert_eq!(device_type(0, 0x10), "Unknown (0x10)");
        assert_eq!(entity(0xd0), "Unknown (0xD0)");
    }
}
