//! The small values of an inventory file: hexadecimal bytes, entities, units, sensor types; each says what is right.

use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};

use super::text;
use crate::wire::units;

/// Bytes, written as hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(try_from = "String")]
pub struct Hex(pub Vec<u8>);

/// An entity, written "ID.INSTANCE".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Entity {
    /// Entity ID (table 43-13).
    pub id: u8,
    /// Entity instance; bit 7 marks a logical container.
    pub instance: u8,
}

/// A base unit (table 43-15), written by name or number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Unit(pub u8);

/// A sensor type (table 42-3), written by name or number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SensorType(pub u8);

/// A linearisation (0..=0Bh by name, or "nonlinear", 70h).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Linearisation(pub u8);

/// Sixteen bytes of a GUID, written as 8-4-4-4-12 hexadecimal digits; kept as on the wire, last byte first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Guid(pub [u8; 16]);

/// State offsets 0..=14, as a bit mask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(try_from = "Vec<u8>")]
pub struct States(pub u16);

/// Integer from `LOW` to `HIGH`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(try_from = "i64")]
pub struct Range<const LOW: i16, const HIGH: i16>(i16);

impl<const LOW: i16, const HIGH: i16> Range<LOW, HIGH> {
    /// The number.
    pub fn get(self) -> i16 {
        self.0
    }

    /// The number as a byte, two's complement if negative.
    pub fn byte(self) -> u8 {
        self.0.to_le_bytes()[0]
    }
}

impl<const LOW: i16, const HIGH: i16> TryFrom<i64> for Range<LOW, HIGH> {
    type Error = String;

    fn try_from(n: i64) -> Result<Self, String> {
        i16::try_from(n)
            .ok()
            .filter(|n| (LOW..=HIGH).contains(n))
            .map(Self)
            .ok_or_else(|| format!("{n} is out of range: {LOW} to {HIGH} are right"))
    }
}

impl TryFrom<String> for Hex {
    type Error = String;

    fn try_from(s: String) -> Result<Self, String> {
        text::hex(&s).map(Self)
    }
}

impl TryFrom<String> for Entity {
    type Error = String;

    fn try_from(s: String) -> Result<Self, String> {
        s.split_once('.')
            .and_then(|(id, instance)| {
                Some(Self {
                    id: id.parse().ok()?,
                    instance: instance.parse().ok()?,
                })
            })
            .ok_or_else(|| {
                format!("'{s}' is no entity: an ID and an instance like \"3.1\" are right")
            })
    }
}

impl TryFrom<String> for Guid {
    type Error = String;

    fn try_from(s: String) -> Result<Self, String> {
        let wrong = || format!("'{s}' is no GUID: \"8-4-4-4-12\" hexadecimal digits are right");
        let mut bytes: [u8; 16] = text::hex(&s.replace('-', ""))
            .ok()
            .and_then(|b| b.try_into().ok())
            .ok_or_else(wrong)?;
        bytes.reverse();
        Ok(Self(bytes))
    }
}

impl TryFrom<Vec<u8>> for States {
    type Error = String;

    fn try_from(offsets: Vec<u8>) -> Result<Self, String> {
        offsets
            .into_iter()
            .try_fold(Self(0), |mask, offset| match offset {
                0..=14 => Ok(Self(mask.0 | 1 << offset)),
                _ => Err(format!("state {offset} does not exist: 0 to 14 are right")),
            })
    }
}

impl<'de> Deserialize<'de> for Unit {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_any(Named {
            what: "unit",
            names: units::NAMES,
        })
        .map(Self)
    }
}

impl<'de> Deserialize<'de> for SensorType {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_any(Named {
            what: "sensor type",
            names: SENSOR_TYPES,
        })
        .map(Self)
    }
}

impl<'de> Deserialize<'de> for Linearisation {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let name = String::deserialize(d)?;
        if name == "nonlinear" {
            return Ok(Self(NON_LINEAR));
        }
        let names = &crate::bmc::sensor::formula::LINEARISATIONS;
        (0..)
            .zip(names)
            .find(|(_, n)| **n == name)
            .map(|(i, _)| Self(i))
            .ok_or_else(|| {
                de::Error::custom(format!(
                    "'{name}' is no linearisation: right are {} and nonlinear",
                    names.join(", ")
                ))
            })
    }
}

/// A value that is written as a number or as one of these names (index = number; "" has no name).
struct Named {
    what: &'static str,
    names: &'static [&'static str],
}

impl Visitor<'_> for Named {
    type Value = u8;

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "a {} as a number from 0 to 255 or a name", self.what)
    }

    fn visit_i64<E: de::Error>(self, n: i64) -> Result<u8, E> {
        u8::try_from(n).map_err(|_| {
            E::custom(format!(
                "{} {n} does not exist: 0 to 255 are right",
                self.what
            ))
        })
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<u8, E> {
        let found = (0..)
            .zip(self.names)
            .find(|(_, n)| !n.is_empty() && n.eq_ignore_ascii_case(name));
        found.map(|(i, _)| i).ok_or_else(|| {
            let known: Vec<&str> = self
                .names
                .iter()
                .copied()
                .filter(|n| !n.is_empty())
                .collect();
            E::custom(format!(
                "'{name}' is no {}: right is a number, or one of {}",
                self.what,
                known.join(", ")
            ))
        })
    }
}

/// Linearisation value of a sensor whose factors differ from reading to reading.
pub const NON_LINEAR: u8 = 0x70;

/// Sensor types by number.
pub const SENSOR_TYPES: &[&str] = &[
    "",
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
    "Drive Slot",
    "Memory Resize",
    "System Firmware",
    "Event Logging",
    "Watchdog1",
    "System Event",
    "Critical Interrupt",
    "Button",
    "Board",
    "Microcontroller",
    "Add-in Card",
    "Chassis",
    "Chip Set",
    "Other FRU",
    "Cable",
    "Terminator",
    "System Boot",
    "Boot Error",
    "OS Boot",
    "OS Stop",
    "Slot",
    "ACPI Power State",
    "Watchdog2",
    "Platform Alert",
    "Entity Presence",
    "Monitor ASIC",
    "LAN",
    "Management Subsystem",
    "Battery",
    "Session Audit",
    "Version Change",
    "FRU State",
];
