//! A sensor as an inventory file describes it, and the sensor record made from it.

use serde::Deserialize;
use toml::Spanned;

use super::text::Encoding;
use super::value::{Entity, Linearisation, NON_LINEAR, Range, SensorType, States, Unit};
use crate::bmc::sensor::formula::{Factors, Format, nearest_raw};

/// `[[sensor]]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SensorDef {
    /// Sensor number, 1..=254, unique on its LUN.
    pub number: Spanned<u8>,
    /// Name, 1 to 16 bytes.
    pub name: Spanned<String>,
    /// How the name is written in the record.
    #[serde(default)]
    pub encoding: Encoding,
    /// Kind of record; `none`: the sensor answers, but has no record.
    #[serde(default)]
    pub record: RecordKind,
    /// LUN of the owner.
    #[serde(default)]
    pub lun: Range<0, 3>,
    /// What it monitors.
    pub entity: Entity,
    /// Sensor type.
    #[serde(rename = "type")]
    pub sensor_type: SensorType,
    /// Event/reading type code: 1 threshold, 2..=0Ch generic, 6Fh sensor-specific, 70h..=7Fh OEM.
    #[serde(default = "one")]
    pub reading: u8,
    /// Unit of the value.
    #[serde(default)]
    pub unit: Unit,
    /// Second unit.
    #[serde(default)]
    pub modifier: Unit,
    /// How the second unit joins the first.
    #[serde(default)]
    pub modifier_is: Join,
    /// Rate unit: 0 none, 1 per µs, 2 per ms, 3 per s, 4 per minute, 5 per hour, 6 per day.
    #[serde(default)]
    pub rate: Range<0, 7>,
    /// The value is a percentage.
    #[serde(default)]
    pub percentage: bool,
    /// Raw format.
    #[serde(default)]
    pub format: RawFormat,
    /// Linearisation.
    #[serde(default)]
    pub linear: Linearisation,
    /// M.
    #[serde(default = "one_m")]
    pub m: Range<-512, 511>,
    /// B.
    #[serde(default)]
    pub b: Range<-512, 511>,
    /// K1.
    #[serde(default)]
    pub b_exp: Range<-8, 7>,
    /// K2.
    #[serde(default)]
    pub r_exp: Range<-8, 7>,
    /// Tolerance.
    #[serde(default)]
    pub tolerance: Range<0, 63>,
    /// Accuracy.
    #[serde(default)]
    pub accuracy: Range<0, 1023>,
    /// Exponent of the accuracy.
    #[serde(default)]
    pub accuracy_exp: Range<0, 3>,
    /// 0 unspecified, 1 input, 2 output.
    #[serde(default)]
    pub direction: Range<0, 2>,
    /// For `linear = "nonlinear"`: factors from each raw value on.
    #[serde(default)]
    pub segments: Vec<Segment>,
    /// Nominal value.
    pub nominal: Option<f64>,
    /// Normal maximum.
    pub normal_max: Option<f64>,
    /// Normal minimum.
    pub normal_min: Option<f64>,
    /// Greatest value.
    pub max: Option<f64>,
    /// Least value.
    pub min: Option<f64>,
    /// Thresholds.
    #[serde(default)]
    pub thresholds: Thresholds,
    /// Whether the thresholds and the hysteresis can be set.
    #[serde(default = "yes")]
    pub settable: bool,
    /// Hysteresis in raw counts, positive- and negative-going.
    #[serde(default)]
    pub hysteresis: [u8; 2],
    /// Middle of the value over time.
    #[serde(default)]
    pub value: f64,
    /// How far the value swings from the middle.
    #[serde(default)]
    pub swing: f64,
    /// Seconds of one swing.
    #[serde(default = "minute")]
    pub period: u32,
    /// States of a discrete sensor at start.
    #[serde(default)]
    pub states: States,
    /// States a discrete sensor can have (the reading mask); default: those of `states` and `events`.
    #[serde(default)]
    pub possible: States,
    /// Events (state offsets) that are logged when asserted. Threshold sensors: default every threshold there is.
    pub events: Option<States>,
    /// Events that are logged when deasserted; default the same.
    pub deassert: Option<States>,
    /// Whether events are logged at start.
    #[serde(default = "yes")]
    pub log: bool,
    /// Whether it has no reading while the chassis is off.
    #[serde(default)]
    pub needs_power: bool,
    /// Compact and event-only records: number of sensors that share this record.
    #[serde(default = "one_share")]
    pub share: Range<1, 15>,
    /// First modifier of the shared names.
    #[serde(default)]
    pub share_offset: Range<0, 127>,
    /// Shared names end with letters instead of numbers.
    #[serde(default)]
    pub share_letters: bool,
    /// Shared sensors have entity instances that count up, too.
    #[serde(default)]
    pub share_instances: bool,
    /// OEM byte of the record.
    #[serde(default)]
    pub oem: u8,
}

/// `record`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecordKind {
    /// Type 01h.
    #[default]
    Full,
    /// Type 02h.
    Compact,
    /// Type 03h.
    EventOnly,
    /// No record.
    None,
}

/// `modifier-is`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Join {
    /// There is no second unit.
    #[default]
    None = 0,
    /// Unit / second unit.
    Divided = 1,
    /// Unit × second unit.
    Times = 2,
}

/// `format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RawFormat {
    /// 0..=255.
    #[default]
    Unsigned,
    /// One's complement.
    Ones,
    /// Two's complement.
    Twos,
}

/// Thresholds as values; a missing one does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// Lower non-critical.
    pub lnc: Option<f64>,
    /// Lower critical.
    pub lc: Option<f64>,
    /// Lower non-recoverable.
    pub lnr: Option<f64>,
    /// Upper non-critical.
    pub unc: Option<f64>,
    /// Upper critical.
    pub uc: Option<f64>,
    /// Upper non-recoverable.
    pub unr: Option<f64>,
}

/// Factors of a non-linear sensor from a raw value on.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Segment {
    /// First raw value.
    pub from: u8,
    /// M.
    pub m: Range<-512, 511>,
    /// B.
    pub b: Range<-512, 511>,
}

impl Thresholds {
    /// In the order of the bits that name them: LNC, LC, LNR, UNC, UC, UNR.
    pub fn in_order(&self) -> [Option<f64>; 6] {
        [self.lnc, self.lc, self.lnr, self.unc, self.uc, self.unr]
    }
}

impl SensorDef {
    /// Whether it has thresholds instead of states.
    pub fn is_threshold(&self) -> bool {
        self.reading == 1
    }

    /// Whether its reading is an analog value (full records of threshold sensors, and others with a unit).
    pub fn is_analog(&self) -> bool {
        self.record != RecordKind::EventOnly && (self.is_threshold() || self.unit.0 != 0)
    }

    /// The raw format.
    pub fn raw_format(&self) -> Format {
        match self.format {
            _ if !self.is_analog() => Format::NotAnalog,
            RawFormat::Unsigned => Format::Unsigned,
            RawFormat::Ones => Format::OnesComplement,
            RawFormat::Twos => Format::TwosComplement,
        }
    }

    /// The factors that hold for a raw reading.
    pub fn factors(&self, raw: u8) -> Factors {
        let segment = self.segments.iter().rev().find(|s| s.from <= raw);
        Factors {
            m: segment.map_or(self.m, |s| s.m).get(),
            b: segment.map_or(self.b, |s| s.b).get(),
            b_exp: self.b_exp.byte().cast_signed(),
            r_exp: self.r_exp.byte().cast_signed(),
            tolerance: self.tolerance.byte(),
            accuracy: self.accuracy.get().unsigned_abs(),
            accuracy_exp: self.accuracy_exp.byte(),
        }
    }

    /// First raw value of the next segment after `raw`, or `raw` itself when the factors stay the same.
    pub fn next_segment(&self, raw: u8) -> u8 {
        self.segments
            .iter()
            .map(|s| s.from)
            .find(|&from| from > raw)
            .unwrap_or(raw)
    }

    /// What a raw reading means.
    pub fn value_of(&self, raw: u8) -> f64 {
        self.factors(raw)
            .value(self.raw_format().number(raw), self.linear.0)
    }

    /// The raw reading nearest to a value.
    pub fn raw_of(&self, value: f64) -> u8 {
        nearest_raw(value, |raw| self.value_of(raw))
    }

    /// Which thresholds exist: bits 0..=5 LNC, LC, LNR, UNC, UC, UNR.
    pub fn threshold_mask(&self) -> u8 {
        (0..)
            .zip(self.thresholds.in_order())
            .filter(|(_, t)| t.is_some())
            .fold(0, |mask, (bit, _)| mask | 1 << bit)
    }

    /// Events that may be logged: assertion and deassertion masks as the record and Set Sensor Event Enable have them.
    pub fn event_masks(&self) -> [u16; 2] {
        let default = if self.is_threshold() {
            // Lower thresholds: going low (offsets 0, 2, 4); upper ones: going high (7, 9, 11).
            (0..6u16)
                .filter(|bit| self.threshold_mask() >> bit & 1 == 1)
                .fold(0, |mask, bit| {
                    let offset = 2 * bit + u16::from(bit >= 3);
                    mask | 1 << offset
                })
        } else {
            self.possible().0
        };
        let limit = if self.is_threshold() { 0x0fff } else { 0x7fff };
        let assert = self.events.map_or(default, |e| e.0) & limit;
        [assert, self.deassert.map_or(assert, |e| e.0) & limit]
    }

    /// States that a discrete sensor can have.
    pub fn possible(&self) -> States {
        if self.possible.0 != 0 {
            return self.possible;
        }
        States(self.states.0 | self.events.map_or(0, |e| e.0))
    }

    /// What is wrong beyond the single fields, and what would be right.
    ///
    /// # Errors
    /// A byte range in the file and a message.
    pub fn check(&self) -> Result<(), (std::ops::Range<usize>, String)> {
        let name = self.name.get_ref();
        let (_, id) = self
            .encoding
            .encode(name)
            .map_err(|e| (self.name.span(), e))?;
        if id.is_empty() || id.len() > 16 {
            let message = format!(
                "the name '{name}' makes {} bytes: 1 to 16 are right",
                id.len()
            );
            return Err((self.name.span(), message));
        }
        let number = *self.number.get_ref();
        if number == 0 || number == 0xff {
            return Err((
                self.number.span(),
                format!("sensor number {number} is reserved: 1 to 254 are right"),
            ));
        }
        if !matches!(self.reading, 1..=0x0c | 0x6f..=0x7f) {
            let message = format!(
                "reading type {} of '{name}' is reserved: 1 to 12 or 111 to 127 are right",
                self.reading
            );
            return Err((self.number.span(), message));
        }
        if self.linear.0 == NON_LINEAR && self.segments.is_empty() {
            let message = format!(
                "'{name}' is nonlinear: it needs segments = [{{ from = 0, m = 1, b = 0 }}, …]"
            );
            return Err((self.number.span(), message));
        }
        if u16::from(number) + u16::from(self.share.byte()) > 0xff {
            let message = format!(
                "'{name}' shares {} numbers from {number}: they must end at 254",
                self.share.get()
            );
            return Err((self.number.span(), message));
        }
        Ok(())
    }
}

/// The BMC's own slave address.
pub const BMC_ADDRESS: u8 = 0x20;

fn one() -> u8 {
    1
}

fn one_m() -> Range<-512, 511> {
    Range::try_from(1).unwrap_or_default()
}

fn one_share() -> Range<1, 15> {
    Range::try_from(1).unwrap_or_default()
}

fn yes() -> bool {
    true
}

fn minute() -> u32 {
    60
}
