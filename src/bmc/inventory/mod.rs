//! What the simulated machine consists of: identity, sensors, data records, FRUs, log entries; read from TOML.
//!
//! ```
//! let text = r#"
//! [device]
//! id = 0x20
//! manufacturer = 7154
//!
//! [[sensor]]
//! number = 1
//! name = "Inlet Temp"
//! entity = "55.1"              # entity ID and instance
//! type = "Temperature"         # a name, or a number
//! unit = "degrees C"
//! format = "twos"              # of the raw byte; value = m x raw + b 10^b-exp, all times 10^r-exp
//! value = 23.0                 # the middle of
//! swing = 1.5                  # a slow swing
//! period = 300                 # of so many seconds
//! thresholds = { lc = 5.0, unc = 38.0, uc = 42.0 }
//! hysteresis = [2, 2]          # raw counts
//!
//! [[sensor]]
//! number = 2
//! name = "Intrusion"
//! record = "compact"
//! entity = "23.1"
//! type = "Physical Security"
//! reading = 0x6f               # event/reading type: sensor-specific states
//! events = [0, 4]              # states that are logged
//!
//! [[sdr]]
//! kind = "fru-locator"
//! name = "Mainboard"
//! fru = 0
//! entity = "7.1"
//!
//! [[fru]]
//! id = 0
//! board = { manufacturer = "ACME", product = "Board", serial = "1" }
//!
//! [[sel]]
//! time = 1717200000
//! type = "Temperature"
//! number = 1
//! data = "57 26 26"
//!
//! [[satellite]]                # a controller that is asked over the BMC
//! channel = 0
//! address = 0x82
//! id = 0x11
//!
//! [[satellite]]                # and one behind that
//! behind = 0x82
//! channel = 7
//! address = 0x72
//! id = 0x12
//! "#;
//! let inventory = steadysol::bmc::inventory::Inventory::parse(text)?;
//! assert_eq!((inventory.sensors.len(), inventory.records.len()), (2, 3));
//! # Ok::<(), steadysol::bmc::inventory::InventoryError>(())
//! ```

pub mod fru;
pub mod log;
pub mod multi;
pub mod record;
pub mod sensor;
mod sensor_record;
pub mod text;
pub mod value;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::Deserialize;
use toml::Spanned;

use self::fru::FruDef;
use self::log::SelDef;
use self::record::SdrDef;
use self::sensor::{RecordKind, SensorDef};
use self::value::{Guid, Hex, Range};
use super::app::device::DeviceInfo;
use super::app::satellite::Satellite;

/// A machine's parts.
#[derive(Debug, Clone, PartialEq)]
pub struct Inventory {
    /// The management controller.
    pub device: DeviceInfo,
    /// The sensors.
    pub sensors: Vec<SensorDef>,
    /// SDR repository: whole records, the sensors' first, then the others; record IDs from 1.
    pub records: Vec<Vec<u8>>,
    /// FRU devices: ID, bytes, read-only.
    pub frus: Vec<(u8, Vec<u8>, bool)>,
    /// Log entries, record IDs from 1.
    pub log: Vec<[u8; 16]>,
    /// Bytes of the EEPROM at slave address A0h (an SPD).
    pub spd: Vec<u8>,
    /// Controllers behind the BMC.
    pub satellites: Vec<Satellite>,
}

/// What is wrong with an inventory file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct InventoryError {
    /// Line of the file, from 1.
    pub line: usize,
    /// What is wrong there and what would be right, in one line.
    pub message: String,
}

impl Inventory {
    /// The machine that is built in.
    pub fn builtin() -> Self {
        // The tests parse the same text, so that it cannot fail in the field; an empty machine is no worse than none.
        static PARSED: LazyLock<Inventory> =
            LazyLock::new(|| Inventory::parse(BUILTIN).unwrap_or_else(|_| Inventory::empty()));
        PARSED.clone()
    }

    /// A machine without sensors, FRUs and log entries.
    pub fn empty() -> Self {
        let device = DeviceDef::default().into();
        Self {
            device,
            sensors: Vec::new(),
            records: Vec::new(),
            frus: Vec::new(),
            log: Vec::new(),
            spd: Vec::new(),
            satellites: Vec::new(),
        }
    }

    /// Reads an inventory file.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line.
    pub fn parse(text: &str) -> Result<Self, InventoryError> {
        let at = |span: std::ops::Range<usize>, message: String| InventoryError {
            line: 1 + text.as_bytes()[..span.start.min(text.len())]
                .iter()
                .filter(|&&b| b == b'\n')
                .count(),
            message: message.replace('\n', " "),
        };
        let file: File = toml::from_str(text)
            .map_err(|e| at(e.span().unwrap_or_default(), e.message().to_owned()))?;
        let mut numbers = BTreeSet::new();
        let mut records = Vec::new();
        for sensor in &file.sensor {
            sensor
                .check()
                .map_err(|(span, message)| at(span, message))?;
            let first = *sensor.number.get_ref();
            for number in first..first.saturating_add(sensor.share.byte()) {
                if !numbers.insert((sensor.lun.get(), number)) {
                    let message = format!(
                        "sensor number {number} is there already: each must be unique on its LUN"
                    );
                    return Err(at(sensor.number.span(), message));
                }
            }
            records.extend(sensor.record());
        }
        for sdr in &file.sdr {
            let (kind, body) = sdr.get_ref().record();
            if body.len() > MAX_RECORD {
                let message = format!(
                    "a data record of {} bytes: at most {MAX_RECORD} are right",
                    body.len()
                );
                return Err(at(sdr.span(), message));
            }
            records.push((kind, body));
        }
        let mut ids = BTreeSet::new();
        let mut frus = Vec::new();
        for fru in &file.fru {
            let (span, fru) = (fru.span(), fru.get_ref());
            if fru.id == 0xff || !ids.insert(fru.id) {
                return Err(at(
                    span,
                    format!(
                        "FRU {} is there already or reserved: each needs its own ID, 0 to 254",
                        fru.id
                    ),
                ));
            }
            frus.push((
                fru.id,
                fru.bytes().map_err(|message| at(span, message))?,
                fru.read_only,
            ));
        }
        let log = file.sel.iter().map(SelDef::entry).collect::<Result<_, _>>();
        Ok(Self {
            device: file.device.into(),
            sensors: file.sensor,
            records: (1..)
                .zip(records)
                .map(|(id, (kind, body))| framed(id, kind, &body))
                .collect(),
            frus,
            log: log.map_err(|(span, message)| at(span, message))?,
            spd: file.spd.0,
            satellites: file.satellite,
        })
    }

    /// Numbers of sensors without those that have only events: what Get Device SDR Info counts.
    pub fn readable_sensors(&self) -> usize {
        self.sensors
            .iter()
            .filter(|s| s.record != RecordKind::EventOnly)
            .count()
    }
}

fn framed(id: u16, kind: u8, body: &[u8]) -> Vec<u8> {
    let [low, high] = id.to_le_bytes();
    // `parse` has refused bodies that are longer than a byte can say.
    let length = (body.len() & 0xff) as u8;
    [&[low, high, SDR_VERSION, kind, length][..], body].concat()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    device: DeviceDef,
    #[serde(default)]
    sensor: Vec<SensorDef>,
    #[serde(default)]
    sdr: Vec<Spanned<SdrDef>>,
    #[serde(default)]
    fru: Vec<Spanned<FruDef>>,
    #[serde(default)]
    sel: Vec<SelDef>,
    #[serde(default)]
    spd: Hex,
    #[serde(default)]
    satellite: Vec<Satellite>,
}

/// `[device]`: what Get Device ID and the GUID commands tell.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct DeviceDef {
    id: u8,
    revision: Range<0, 15>,
    firmware_major: Range<0, 127>,
    firmware_minor: Range<0, 99>,
    ipmi_version: u8,
    support: u8,
    manufacturer: u32,
    product: u16,
    auxiliary: [u8; 4],
    device_guid: Guid,
    system_guid: Guid,
    self_test: [u8; 2],
}

impl Default for DeviceDef {
    fn default() -> Self {
        Self {
            id: 0x20,
            revision: Range::default(),
            firmware_major: Range::default(),
            firmware_minor: Range::default(),
            ipmi_version: 0x02,
            support: 0xbf,
            manufacturer: 7154,
            product: 0x5353,
            auxiliary: [0; 4],
            device_guid: Guid(*b"steadysol-bmcsim"),
            system_guid: Guid(*b"steadysol-system"),
            self_test: [0x55, 0x00],
        }
    }
}

impl From<DeviceDef> for DeviceInfo {
    fn from(d: DeviceDef) -> Self {
        Self {
            id: d.id,
            revision: d.revision.byte(),
            provides_sdrs: true,
            firmware_major: d.firmware_major.byte(),
            firmware_minor: d.firmware_minor.byte(),
            ipmi_version: d.ipmi_version,
            support: d.support,
            manufacturer: d.manufacturer,
            product: d.product,
            auxiliary: d.auxiliary,
            device_guid: d.device_guid.0,
            system_guid: d.system_guid.0,
            self_test: d.self_test,
        }
    }
}

/// The inventory that is built in.
pub const BUILTIN: &str = concat!(
    include_str!("builtin/device.toml"),
    include_str!("builtin/sensors.toml"),
    include_str!("builtin/records.toml"),
    include_str!("builtin/frus.toml"),
    include_str!("builtin/log.toml"),
);

/// SDR version of IPMI 1.5 and 2.0.
const SDR_VERSION: u8 = 0x51;
/// Greatest length of a record's body.
const MAX_RECORD: usize = 250;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::lan::checksum;

    #[test]
    fn the_builtin_inventory_is_rich() {
        let inventory = Inventory::parse(BUILTIN).expect("the built-in inventory is right");
        assert!(
            inventory.sensors.len() >= 40,
            "{} sensors",
            inventory.sensors.len()
        );
        assert!(inventory.frus.len() >= 4);
        assert!(
            inventory.log.len() >= 200,
            "{} log entries",
            inventory.log.len()
        );
        let kinds: BTreeSet<u8> = inventory.records.iter().map(|r| r[3]).collect();
        for kind in [
            0x01, 0x02, 0x03, 0x08, 0x09, 0x0a, 0x10, 0x11, 0x12, 0x13, 0x14, 0xc0,
        ] {
            assert!(kinds.contains(&kind), "no record of type {kind:02x}h");
        }
        let linear: BTreeSet<u8> = inventory.sensors.iter().map(|s| s.linear.0).collect();
        assert_eq!(linear, (0..12).collect());
        for (id, bytes, _) in &inventory.frus {
            assert_eq!(checksum(&bytes[..8]), 0, "FRU {id}'s header");
        }
    }

    #[test]
    fn an_error_names_its_line_and_what_would_be_right() {
        let wrong = |text: &str| Inventory::parse(text).unwrap_err().to_string();
        let sensor = "[[sensor]]\nnumber = 1\nname = \"A\"\nentity = \"3.1\"\n";
        let typo = wrong(&format!("{sensor}type = \"Temprature\"\n"));
        assert!(
            typo.starts_with(
                "line 5: 'Temprature' is no sensor type: right is a number, or one of Temp"
            ),
            "{typo}"
        );
        assert_eq!(
            wrong(&format!("{sensor}type = 1\nm = 600\n")),
            "line 6: 600 is out of range: -512 to 511 are right"
        );
        assert_eq!(
            wrong("[device]\n\nrevision = \"x\"\n").split(':').next(),
            Some("line 3")
        );
        let twice = format!("{sensor}type = 1\n{sensor}type = 1\n");
        assert_eq!(
            wrong(&twice),
            "line 7: sensor number 1 is there already: each must be unique on its LUN"
        );
        assert!(wrong("[[sel]]\ndata = \"00\"\n").starts_with("line 2: an event has 3 data bytes"));
        assert!(
            wrong("colour = 1\n").starts_with("line 1: unknown field `colour`, expected one of")
        );
        assert!(wrong("[[sdr]]\nkind = \"foo\"\n").contains("fru-locator"));
        assert!(wrong("[[fru]]\nid = 1\nsize = 4\n").starts_with("line 1: FRU 1 needs 8 bytes"));
    }
}
