//! A sensor data record: its header, its name, the devices that locator records tell of.

use std::borrow::Cow;

use super::sensor::Sensor;
use super::text;
use crate::wire::text::up_to_nul;

/// A record as a repository holds it. Types without a decoder here (09h, 13h, 14h, C0h and unknown ones) are kept as
/// they are: stock prints nothing of them either.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The record's number in its repository.
    pub id: u16,
    /// 51h, or 01h of IPMI 1.0, or 02h.
    pub version: u8,
    /// The record's type: one of [`kind`], or another.
    pub kind: u8,
    /// What comes after the header's five bytes: 255 at most.
    pub body: Vec<u8>,
}

/// Types of records, IPMI v2.0 table 43-1 and following.
pub mod kind {
    /// A sensor with a formula and thresholds.
    pub const FULL: u8 = 0x01;
    /// A sensor, or several alike, without a formula.
    pub const COMPACT: u8 = 0x02;
    /// A sensor that only sends events.
    pub const EVENT_ONLY: u8 = 0x03;
    /// Entities in an entity.
    pub const ENTITY_ASSOCIATION: u8 = 0x08;
    /// A device that is no management controller.
    pub const GENERIC_LOCATOR: u8 = 0x10;
    /// An inventory.
    pub const FRU_LOCATOR: u8 = 0x11;
    /// A management controller.
    pub const MC_LOCATOR: u8 = 0x12;
}

/// An entity and which of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entity {
    /// What it is: [`crate::ipmi::entities::ENTITIES`].
    pub id: u8,
    /// Which one, 0 to 7Fh.
    pub instance: u8,
}

impl Record {
    /// A byte of the body; 0 behind its end.
    pub fn byte(&self, index: usize) -> u8 {
        self.body.get(index).copied().unwrap_or(0)
    }

    /// The sensor of a full or compact record.
    pub fn sensor(&self) -> Option<Sensor<'_>> {
        matches!(self.kind, kind::FULL | kind::COMPACT).then(|| Sensor::new(self))
    }

    /// The entity that the record belongs to; `None` for types that have none.
    pub fn entity(&self) -> Option<Entity> {
        let at = match self.kind {
            kind::FULL | kind::COMPACT | kind::EVENT_ONLY => 3,
            kind::GENERIC_LOCATOR | kind::FRU_LOCATOR | kind::MC_LOCATOR => 7,
            kind::ENTITY_ASSOCIATION => 0,
            _ => return None,
        };
        Some(Entity {
            id: self.byte(at),
            instance: self.byte(at + 1) & 0x7f,
        })
    }

    /// Owner's address, sensor number and sensor type, of the three types of records that have them.
    pub fn event_source(&self) -> Option<(u8, u8, u8)> {
        let at = match self.kind {
            kind::FULL | kind::COMPACT => 7,
            kind::EVENT_ONLY => 5,
            _ => return None,
        };
        Some((self.byte(0), self.byte(2), self.byte(at)))
    }

    /// The name as stock prints it in most places: of sensors as many bytes as the record says, at most 16; of other
    /// records one more, and nothing where it says none and has no type either.
    pub fn name(&self) -> Cow<'_, [u8]> {
        let code = self.id_code();
        let says = usize::from(code & LENGTH);
        let most = match self.kind {
            kind::FULL | kind::COMPACT => says,
            _ if code == 0 => 0,
            _ => says + 1,
        };
        match self.decoded_name() {
            Some(name) => Cow::Owned(name),
            None => Cow::Borrowed(up_to_nul(prefix(self.id_bytes(), most.min(LONGEST)))),
        }
    }

    /// The name as stock prints it where it prints the device that a locator names: as many bytes as the record says.
    pub fn full_name(&self) -> Cow<'_, [u8]> {
        let says = usize::from(self.id_code() & LENGTH);
        match self.decoded_name() {
            Some(name) => Cow::Owned(name),
            None => Cow::Borrowed(up_to_nul(prefix(self.id_bytes(), says))),
        }
    }

    /// Everything from the name's beginning to the record's end or a zero byte.
    pub fn long_name(&self) -> Cow<'_, [u8]> {
        match self.decoded_name() {
            Some(name) => Cow::Owned(name),
            None => Cow::Borrowed(up_to_nul(self.id_bytes())),
        }
    }

    /// Whether this is the record's name. As in stock, as many bytes are compared as the longer of the two is said to
    /// have.
    pub fn is_called(&self, wanted: &[u8]) -> bool {
        if self.id_at().is_none() {
            return false;
        }
        if self.decoded_name().is_some_and(|name| name == wanted) {
            return true;
        }
        let wanted = up_to_nul(wanted);
        let most = usize::from(self.id_code() & LENGTH).max(wanted.len());
        prefix(up_to_nul(self.id_bytes()), most) == prefix(wanted, most)
    }

    /// Where the name's type and length stand.
    fn id_at(&self) -> Option<usize> {
        match self.kind {
            kind::FULL => Some(42),
            kind::COMPACT => Some(26),
            kind::EVENT_ONLY => Some(11),
            kind::GENERIC_LOCATOR | kind::FRU_LOCATOR | kind::MC_LOCATOR => Some(10),
            _ => None,
        }
    }

    fn id_code(&self) -> u8 {
        self.id_at().map_or(0, |at| self.byte(at))
    }

    fn id_bytes(&self) -> &[u8] {
        self.id_at()
            .and_then(|at| self.body.get(at + 1..))
            .unwrap_or(&[])
    }

    /// The name, where it is packed in a way that makes no sense as it is.
    fn decoded_name(&self) -> Option<Vec<u8>> {
        let code = self.id_code();
        let bytes = prefix(self.id_bytes(), usize::from(code & LENGTH));
        text::decode(code, bytes)
    }
}

/// What a generic device locator says, IPMI v2.0 table 43-6.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Device {
    /// The access address: the controller that the device is behind.
    pub access: u8,
    /// The device's own slave address; of a FRU locator the inventory's number where it is logical.
    pub address: u8,
    /// The private bus.
    pub bus: u8,
    /// The controller's LUN.
    pub lun: u8,
    /// The channel to the controller.
    pub channel: u8,
    /// Addresses that the device takes, beyond the first.
    pub span: u8,
    /// Whether a FRU locator names a logical inventory.
    pub logical: bool,
    /// The device's type.
    pub kind: u8,
    /// What kind of that type.
    pub modifier: u8,
    /// For OEM use.
    pub oem: u8,
}

impl Device {
    /// Of a generic device or FRU locator.
    pub fn of(record: &Record) -> Self {
        let byte = |index| record.byte(index);
        let fru = record.kind == kind::FRU_LOCATOR;
        Self {
            access: byte(0),
            address: byte(1),
            bus: byte(2) & 0x07,
            lun: (byte(2) >> 3) & 0x03,
            channel: if fru { byte(3) >> 4 } else { byte(2) >> 5 },
            span: byte(3) >> 5,
            logical: byte(2) & 0x80 != 0,
            kind: byte(5),
            modifier: byte(6),
            oem: byte(9),
        }
    }
}

/// What a management controller locator says, IPMI v2.0 table 43-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Controller {
    /// Its slave address.
    pub address: u8,
    /// The channel to it.
    pub channel: u8,
    /// Global initialization, 4 bits.
    pub initialization: u8,
    /// Power state notification: bit 2 system, bit 1 device; bit 0 is set for a controller that is always there.
    pub power: u8,
    /// Device support, a bit for each kind of device.
    pub support: u8,
}

impl Controller {
    /// Of a management controller locator.
    pub fn of(record: &Record) -> Self {
        Self {
            address: record.byte(0),
            channel: record.byte(1) & 0x0f,
            initialization: record.byte(2) & 0x0f,
            power: record.byte(2) >> 5,
            support: record.byte(3),
        }
    }
}

fn prefix(bytes: &[u8], most: usize) -> &[u8] {
    bytes.get(..most).unwrap_or(bytes)
}

/// The bits of a name's type and length that are its length.
const LENGTH: u8 = 0x1f;
/// The most that stock prints of a name.
const LONGEST: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn locator(code: u8, name: &[u8]) -> Record {
        let mut body = vec![0; 10];
        body.push(code);
        body.extend_from_slice(name);
        Record {
            id: 1,
            version: 0x51,
            kind: kind::FRU_LOCATOR,
            body,
        }
    }

    #[test]
    fn a_record_of_any_type_and_length_has_a_name_and_fields() {
        for kind in 0..=0xff {
            for length in 0..80 {
                for fill in [0, 0x41, 0xff] {
                    let record = Record {
                        id: 0,
                        version: 0x51,
                        kind,
                        body: vec![fill; length],
                    };
                    let _ = (record.name(), record.long_name(), record.is_called(b"A"));
                    let _ = (record.entity(), record.event_source());
                    let _ = (Device::of(&record), Controller::of(&record));
                    if let Some(sensor) = record.sensor() {
                        let _ = (sensor.factors(), sensor.units(), sensor.number());
                    }
                }
            }
        }
    }

    #[test]
    fn a_name_is_found_by_the_longer_of_the_two_lengths() {
        let record = locator(0xc4, b"Fan 12");
        assert!(record.is_called(b"Fan 12"));
        assert!(!record.is_called(b"Fan 1234"));
        assert!(!record.is_called(b"Fan"));
        assert!(record.is_called(b"Fan 1"));
        assert_eq!(&record.name()[..], b"Fan 1");
        assert_eq!(&record.long_name()[..], b"Fan 12");
    }

    #[test]
    fn a_name_without_type_and_length_is_no_name() {
        assert_eq!(&locator(0, b"x").name()[..], b"");
        assert_eq!(&locator(0xc0, b"xy").name()[..], b"x");
        assert_eq!(&locator(0xc9, b"ab\0cd").name()[..], b"ab");
    }

    #[test]
    fn packed_names_are_unpacked_and_found() {
        let record = locator(0x42, &[0x12, 0xc3]);
        assert_eq!(&record.name()[..], b"12.3");
        assert!(record.is_called(b"12.3"));
    }
}
