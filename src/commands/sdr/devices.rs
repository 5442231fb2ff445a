//! Records that are no sensors with readings, as `sdr` prints them.

use super::books::Books;
use super::sensor::entity;
use crate::ipmi::entities;
use crate::sdr::record::{Controller, Device, Entity, Record, kind};

impl Books<'_, '_> {
    /// Whatever the record is; of types that stock prints nothing of, nothing.
    pub fn put_record(&mut self, record: &Record) {
        match record.kind {
            kind::FULL | kind::COMPACT => {
                if let Some(sensor) = record.sensor() {
                    self.put_sensor(record, sensor);
                }
            }
            kind::EVENT_ONLY => self.put_event_only(record),
            kind::GENERIC_LOCATOR => self.put_generic(record),
            kind::FRU_LOCATOR => self.put_fru(record),
            kind::MC_LOCATOR => self.put_controller(record),
            _ => {}
        }
    }

    fn put_event_only(&mut self, record: &Record) {
        let (_, number, sensor_type) = record.event_source().unwrap_or_default();
        let Entity { id, instance } = entity(record);
        if self.verbose {
            self.put(format_args!("Sensor ID              : "));
            self.bytes(&record.name());
            self.put(format_args!(" (0x{number:x})\n"));
            self.put_entity(record);
            let kind = self.sensor_type(sensor_type);
            self.put(format_args!(
                "Sensor Type            : {kind} (0x{sensor_type:02x})\n"
            ));
            log::debug!("Event Type Code        : 0x{:02x}", record.byte(6));
            self.put(format_args!("\n"));
        } else if self.csv() {
            self.bytes(&record.name());
            self.put(format_args!(
                ",{number:02X}h,ns,{id}.{instance},Event-Only\n"
            ));
        } else if self.extended {
            self.padded(&record.name(), 16);
            self.put(format_args!(
                " | {number:02X}h | ns  | {id:2}.{instance:1} | Event-Only\n"
            ));
        } else {
            self.padded(&record.name(), 16);
            self.put(format_args!(" | Event-Only        | ns\n"));
        }
    }

    fn put_controller(&mut self, record: &Record) {
        let mc = Controller::of(record);
        let presence = if mc.power & 1 != 0 {
            "Static"
        } else {
            "Dynamic"
        };
        let address = mc.address;
        if self.verbose {
            self.put_device_head(record);
            self.put_controller_block(&mc, presence);
        } else if self.csv() {
            self.put_csv_device(record, "ok");
        } else if self.extended {
            self.put_extended_device(record, "ok ");
            self.put(format_args!("{presence} MC @ {address:02X}h\n"));
        } else {
            self.padded(&record.name(), 16);
            let space = if mc.power & 1 != 0 { " " } else { "" };
            self.put(format_args!(
                " | {presence} MC @ {address:02X}h {space} | ok\n"
            ));
        }
    }

    fn put_controller_block(&mut self, mc: &Controller, presence: &str) {
        self.put(format_args!(
            "Device Slave Address   : {:02X}h\n",
            mc.address
        ));
        self.put(format_args!(
            "Channel Number         : {:01X}h\n",
            mc.channel
        ));
        let required = |bit: u8| if mc.power & bit != 0 { "" } else { "Not " };
        self.put(format_args!(
            "ACPI System P/S Notif  : {}Required\n",
            required(0x4)
        ));
        self.put(format_args!(
            "ACPI Device P/S Notif  : {}Required\n",
            required(0x2)
        ));
        self.put(format_args!("Controller Presence    : {presence}\n"));
        self.put(format_args!(
            "Logs Init Agent Errors : {}\n",
            yes(mc.initialization & 0x8 != 0)
        ));
        let events = match mc.initialization & 0x3 {
            0 => "Enable",
            1 => "Disable",
            2 => "Do Not Init Controller",
            _ => "Reserved",
        };
        self.put(format_args!("Event Message Gen      : {events}\n"));
        self.put(format_args!("Device Capabilities\n"));
        for (bit, name) in CAPABILITIES.iter().enumerate() {
            let has = mc.support & (0x80 >> bit) != 0;
            self.put(format_args!(" {name:<21} : {}\n", yes(has)));
        }
        self.put(format_args!("\n"));
    }

    fn put_generic(&mut self, record: &Record) {
        let device = Device::of(record);
        let (access, address, oem) = (device.access, device.address, device.oem);
        if self.verbose {
            self.put_device_head(record);
            self.put(format_args!("Device Access Address  : {access:02X}h\n"));
            self.put(format_args!("Device Slave Address   : {address:02X}h\n"));
            self.put(format_args!(
                "Address Span           : {:02X}h\n",
                device.span
            ));
            self.put_device_tail(&device);
        } else if self.csv() {
            self.put_csv_device(record, "ns");
        } else if self.extended {
            self.put_extended_device(record, "ns ");
            self.put(format_args!(
                "Generic Device @{access:02X}h:{address:02X}h.{oem:1}\n"
            ));
        } else {
            self.padded(&record.name(), 16);
            self.put(format_args!(
                " | Generic @{access:02X}:{address:02X}.{oem:<2} | ok\n"
            ));
        }
    }

    fn put_fru(&mut self, record: &Record) {
        let device = Device::of(record);
        let address = device.address;
        let pick = |logical, physical| if device.logical { logical } else { physical };
        if self.verbose {
            self.put_device_head(record);
            self.put(format_args!(
                "Device Access Address  : {:02X}h\n",
                device.access
            ));
            let label = pick("Logical FRU Device     ", "Slave Address          ");
            self.put(format_args!("{label}: {address:02X}h\n"));
            self.put_device_tail(&device);
        } else if self.csv() {
            self.put_csv_device(record, "ns");
        } else if self.extended {
            self.put_extended_device(record, "ns ");
            let kind = pick("Logical", "Physical");
            self.put(format_args!("{kind} FRU @{address:02X}h\n"));
        } else {
            let Entity { id, instance } = entity(record);
            self.padded(&record.name(), 16);
            let kind = pick("Log", "Phy");
            self.put(format_args!(
                " | {kind} FRU @{address:02X}h {id:02x}.{instance:x} | ok\n"
            ));
        }
    }

    fn put_csv_device(&mut self, record: &Record, status: &str) {
        let Entity { id, instance } = entity(record);
        self.bytes(&record.name());
        self.put(format_args!(",00h,{status},{id}.{instance}\n"));
    }

    fn put_extended_device(&mut self, record: &Record, status: &str) {
        let Entity { id, instance } = entity(record);
        self.padded(&record.name(), 16);
        self.put(format_args!(" | 00h | {status} | {id:2}.{instance:1} | "));
    }

    fn put_device_head(&mut self, record: &Record) {
        self.put(format_args!("Device ID              : "));
        self.bytes(&record.long_name());
        self.put(format_args!("\n"));
        self.put_entity(record);
    }

    fn put_entity(&mut self, record: &Record) {
        let Entity { id, instance } = entity(record);
        let name = entities::entity(id);
        self.put(format_args!(
            "Entity ID              : {id}.{instance} ({name})\n"
        ));
    }

    fn put_device_tail(&mut self, device: &Device) {
        let (kind, modifier) = (device.kind, device.modifier);
        self.put(format_args!(
            "Channel Number         : {:01X}h\n",
            device.channel
        ));
        self.put(format_args!(
            "LUN.Bus                : {:01X}h.{:01X}h\n",
            device.lun, device.bus
        ));
        self.put(format_args!(
            "Device Type.Modifier   : {kind:01X}h.{modifier:01X}h ({})\n",
            entities::device_type(kind, modifier)
        ));
        self.put(format_args!(
            "OEM                    : {:02X}h\n",
            device.oem
        ));
        self.put(format_args!("\n"));
    }
}

fn yes(is: bool) -> &'static str {
    if is { "Yes" } else { "No" }
}

/// From bit 7 down.
const CAPABILITIES: [&str; 8] = [
    "Chassis Device",
    "Bridge",
    "IPMB Event Generator",
    "IPMB Event Receiver",
    "FRU Inventory Device",
    "SEL Device",
    "SDR Repository",
    "Sensor Device",
];
