//! Log entries as an inventory file lists them.

use serde::Deserialize;
use toml::Spanned;

use super::sensor::BMC_ADDRESS;
use super::value::{Hex, SensorType};

/// `[[sel]]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SelDef {
    /// Record type: 2 (default) an event; C0h..=DFh OEM with, E0h..=FFh OEM without a time.
    #[serde(default = "system_event")]
    pub record: u8,
    /// Seconds since 1970; up to 20000000h, seconds since the controller started.
    #[serde(default)]
    pub time: u32,
    /// Slave address (even) or software ID (odd) of who reported.
    #[serde(default = "bmc")]
    pub generator: u8,
    /// Its channel and LUN byte.
    #[serde(default)]
    pub channel: u8,
    /// Sensor type.
    #[serde(rename = "type", default = "no_type")]
    pub sensor_type: SensorType,
    /// Sensor number.
    #[serde(default)]
    pub number: u8,
    /// Event/reading type code.
    #[serde(default = "threshold")]
    pub reading: u8,
    /// The event went away.
    #[serde(default)]
    pub deassert: bool,
    /// Event: three bytes. OEM with time: manufacturer and six more, nine. OEM without: thirteen.
    pub data: Spanned<Hex>,
}

impl SelDef {
    /// The sixteen bytes of the entry; the record ID is still zero.
    ///
    /// # Errors
    /// A byte range in the file and a message.
    pub fn entry(&self) -> Result<[u8; 16], (std::ops::Range<usize>, String)> {
        let data = &self.data.get_ref().0;
        let (what, right) = match self.record {
            0x02 => ("an event", 3),
            0xc0..=0xdf => ("an OEM entry with a time", 9),
            0xe0..=0xff => ("an OEM entry without a time", 13),
            other => {
                let message =
                    format!("record = {other} is no entry type: 2 or 192 to 255 are right");
                return Err((self.data.span(), message));
            }
        };
        if data.len() != right {
            let message = format!("{what} has {right} data bytes, here are {}", data.len());
            return Err((self.data.span(), message));
        }
        let mut entry = [0; 16];
        entry[2] = self.record;
        entry[3..7].copy_from_slice(&self.time.to_le_bytes());
        if self.record == 0x02 {
            let direction = u8::from(self.deassert) << 7 | self.reading & 0x7f;
            let head = [
                self.generator,
                self.channel,
                EVENT_REVISION,
                self.sensor_type.0,
                self.number,
                direction,
            ];
            entry[7..13].copy_from_slice(&head);
        }
        entry[16 - data.len()..].copy_from_slice(data);
        Ok(entry)
    }
}

fn system_event() -> u8 {
    0x02
}

fn bmc() -> u8 {
    BMC_ADDRESS
}

fn no_type() -> SensorType {
    SensorType(0)
}

fn threshold() -> u8 {
    1
}

/// Event message revision of IPMI 1.5 and 2.0.
pub const EVENT_REVISION: u8 = 0x04;
