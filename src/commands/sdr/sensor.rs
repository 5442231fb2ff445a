//! Sensors as `sdr` prints them.

use super::books::{Books, GET_EVENT_ENABLE, GET_EVENT_STATUS, GET_READING};
use super::reading::Reading;
use super::states::Events;
use crate::ipmi::entities;
use crate::sdr::record::{Entity, Record};
use crate::sdr::sensor::{Sensor, Threshold};

impl Books<'_, '_> {
    /// What `sdr` will ask about a sensor.
    pub fn sdr_questions(&self) -> Vec<u8> {
        if self.verbose && !self.csv() {
            vec![GET_READING, GET_EVENT_STATUS, GET_EVENT_ENABLE]
        } else {
            vec![GET_READING]
        }
    }

    /// A sensor of a full or compact record.
    pub fn put_sensor(&mut self, record: &Record, sensor: Sensor<'_>) {
        let reading = self.read(record, sensor, 2);
        let name = record.name();
        let entity = entity(record);
        if self.csv() {
            self.bytes(&name);
            self.put(format_args!(","));
            self.put_csv(sensor, entity, &reading);
            self.put(format_args!("\n"));
        } else if self.verbose {
            self.put_block(&name, sensor, entity, &reading);
        } else if self.extended {
            self.put_extended(&name, sensor, entity, &reading);
        } else {
            self.put_short(&name, sensor, &reading);
        }
    }

    fn put_csv(&mut self, sensor: Sensor<'_>, entity: Entity, reading: &Reading) {
        if !sensor.is_threshold() {
            self.put_csv_discrete(sensor, entity, reading);
            return;
        }
        match reading.value {
            _ if !reading.valid => self.put(format_args!(",,ns")),
            Some(value) => {
                let value = self.short_number(value, 3);
                self.bytes(&value);
                let status = self.status(reading, "ns");
                self.put(format_args!(",{},{status}", reading.units));
            }
            None => self.put_csv_discrete(sensor, entity, reading),
        }
        if self.verbose {
            let kind = self.sensor_type(sensor.kind());
            let Entity { id, instance } = entity;
            let name = entities::entity(id);
            self.put(format_args!(",{id}.{instance},{name},{kind},"));
            self.put_csv_limits(sensor, reading);
        }
    }

    fn put_csv_discrete(&mut self, sensor: Sensor<'_>, entity: Entity, reading: &Reading) {
        let number = sensor.number();
        let Entity { id, instance } = entity;
        if !reading.valid || reading.unavailable {
            self.put(format_args!("{number:02X}h,ns,{id}.{instance},No Reading"));
            return;
        }
        if reading.value.is_some() {
            self.bytes(&reading.text);
            self.put(format_args!(",{},", reading.units));
        } else {
            self.put(format_args!("{number:02X}h,"));
        }
        self.put(format_args!("ok,{id}.{instance},"));
        self.put_states("", sensor, reading.states);
    }

    fn put_csv_limits(&mut self, sensor: Sensor<'_>, reading: &Reading) {
        if !sensor.is_full() {
            self.put(format_args!(",,,,,,,,,,"));
            return;
        }
        let normal = [
            sensor.nominal(),
            sensor.normal_minimum(),
            sensor.normal_maximum(),
        ];
        let thresholds = DOWNWARDS.map(|threshold| {
            let readable = sensor.readable() & threshold.mask() != 0;
            readable.then(|| sensor.threshold(threshold))
        });
        for raw in normal.into_iter().chain(thresholds) {
            if let Some(raw) = raw {
                self.put_limit(sensor, reading, raw);
            }
            self.put(format_args!(","));
        }
        self.put_limit(sensor, reading, sensor.minimum());
        self.put(format_args!(","));
        self.put_limit(sensor, reading, sensor.maximum());
    }

    /// A raw value as a number, where the sensor has numbers.
    fn put_limit(&mut self, sensor: Sensor<'_>, reading: &Reading, raw: u8) {
        if sensor.is_discrete() {
            self.put(format_args!("0x{raw:02X}"));
        } else {
            let number = self.number(reading.factors.reading(raw), 3);
            self.bytes(&number);
        }
    }

    fn put_short(&mut self, name: &[u8], sensor: Sensor<'_>, reading: &Reading) {
        self.padded(name, 16);
        self.put(format_args!(" | "));
        let value = match reading {
            Reading {
                valid: true,
                value: Some(_),
                ..
            } => short_value(reading),
            Reading { valid: true, .. } => format!("0x{:02x}", reading.states[0]).into_bytes(),
            _ if !sensor.is_full() => b"Not Readable".to_vec(),
            Reading { disabled: true, .. } => b"disabled".to_vec(),
            _ => b"no reading".to_vec(),
        };
        self.padded(&value, 17);
        let status = self.plain_status(sensor, reading);
        self.put(format_args!(" | {status}\n"));
    }

    fn put_extended(&mut self, name: &[u8], sensor: Sensor<'_>, entity: Entity, reading: &Reading) {
        self.padded(name, 16);
        let status = self.plain_status(sensor, reading);
        self.put(format_args!(
            " | {:02X}h | {status:<3} | {:2}.{:1} | ",
            sensor.number(),
            entity.id,
            entity.instance
        ));
        if !reading.valid {
            let text = if reading.disabled {
                "Disabled"
            } else {
                "No Reading"
            };
            self.put(format_args!("{text}"));
        } else if sensor.is_threshold() && reading.value.is_some() {
            self.bytes(&short_value(reading));
        } else {
            let mut before = "";
            if reading.value.is_some() {
                self.bytes(&reading.text);
                self.put(format_args!(" {}", reading.units));
                before = ", ";
            }
            self.put_states(before, sensor, reading.states);
        }
        self.put(format_args!("\n"));
    }

    fn plain_status(&self, sensor: Sensor<'_>, reading: &Reading) -> &'static str {
        if sensor.is_threshold() {
            self.status(reading, "ns")
        } else if reading.valid {
            "ok"
        } else {
            "ns"
        }
    }

    fn put_block(&mut self, name: &[u8], sensor: Sensor<'_>, entity: Entity, reading: &Reading) {
        self.put(format_args!("Sensor ID              : "));
        self.bytes(name);
        self.put(format_args!(" (0x{:x})\n", sensor.number()));
        self.put(format_args!(
            " Entity ID             : {}.{} ({})\n",
            entity.id,
            entity.instance,
            entities::entity(entity.id)
        ));
        let kind = self.sensor_type(sensor.kind());
        let label = if sensor.is_threshold() {
            "Sensor Type (Threshold)  "
        } else {
            "Sensor Type (Discrete)"
        };
        self.put(format_args!(" {label}: {kind} (0x{:02x})\n", sensor.kind()));
        if sensor.is_threshold() {
            self.put_threshold_block(sensor, reading);
        } else {
            self.put_discrete_block(sensor, reading);
        }
        self.put(format_args!("\n"));
    }

    fn put_discrete_block(&mut self, sensor: Sensor<'_>, reading: &Reading) {
        log::debug!(" Event Type Code       : 0x{:02x}", sensor.event_type());
        self.put(format_args!(" Sensor Reading        : "));
        if !reading.valid {
            self.put_no_reading(reading);
        } else if reading.value.is_some() {
            self.bytes(&reading.text);
            self.put(format_args!(" {}\n", reading.units));
        } else {
            self.put(format_args!("{:x}h\n", reading.raw));
        }
        self.put_event_control(sensor);
        self.put_state_lines("States Asserted", sensor, reading.states);
        self.put_events(Events::Status, sensor);
        self.put_events(Events::Enable, sensor);
        self.put(format_args!(
            " OEM                   : {:X}\n",
            sensor.oem()
        ));
    }

    fn put_threshold_block(&mut self, sensor: Sensor<'_>, reading: &Reading) {
        self.put(format_args!(" Sensor Reading        : "));
        let raw = reading.raw;
        if !reading.valid {
            self.put_no_reading(reading);
        } else if !sensor.is_full() {
            self.put(format_args!("0x{raw:02X} {}\n", reading.units));
        } else if sensor.is_discrete() {
            let tolerance = reading.factors.tolerance;
            self.put(format_args!(
                "0x{raw:02X} (+/- 0x{tolerance:02X}) {}\n",
                reading.units
            ));
        } else {
            self.put_with_tolerance(reading);
        }
        let status = self.status(reading, "Not Available");
        self.put(format_args!(" Status                : {status}\n"));
        if sensor.is_full() {
            self.put_limits(sensor, reading);
        }
        self.put_hysteresis(sensor, reading);
        if sensor.is_full() {
            self.put_range(sensor, reading);
        }
        self.put_event_control(sensor);
        self.put_masks(sensor);
        self.put_events(Events::Status, sensor);
        self.put_events(Events::Enable, sensor);
    }

    /// A number, how far it may be off, and its unit.
    pub fn put_with_tolerance(&mut self, reading: &Reading) {
        let value = self.short_number(reading.value.unwrap_or(0.0), 3);
        let tolerance = self.short_number(reading.factors.tolerance(), 3);
        self.bytes(&value);
        self.put(format_args!(" (+/- "));
        self.bytes(&tolerance);
        self.put(format_args!(") {}\n", reading.units));
    }

    fn put_no_reading(&mut self, reading: &Reading) {
        let text = if reading.disabled {
            "Disabled"
        } else {
            "No Reading"
        };
        self.put(format_args!("{text}\n"));
    }

    fn put_limits(&mut self, sensor: Sensor<'_>, reading: &Reading) {
        let normal = [
            ("Nominal Reading", sensor.nominal()),
            ("Normal Minimum", sensor.normal_minimum()),
            ("Normal Maximum", sensor.normal_maximum()),
        ];
        let thresholds = DOWNWARDS
            .into_iter()
            .zip(THRESHOLD_LABELS)
            .map(|(threshold, label)| {
                let shown =
                    sensor.initializes_thresholds() && sensor.readable() & threshold.mask() != 0;
                (label, shown.then(|| sensor.threshold(threshold)))
            });
        for (label, raw) in normal.into_iter().chain(thresholds) {
            if let Some(raw) = raw {
                self.put(format_args!(" {label:<21} : "));
                self.put_limit(sensor, reading, raw);
                self.put(format_args!("\n"));
            }
        }
    }

    /// Both hystereses.
    pub fn put_hysteresis(&mut self, sensor: Sensor<'_>, reading: &Reading) {
        let labels = ["Positive Hysteresis", "Negative Hysteresis"];
        for (label, raw) in labels.into_iter().zip(sensor.hysteresis()) {
            let value = (sensor.is_full() && !sensor.is_discrete())
                .then(|| reading.factors.hysteresis(raw));
            self.put(format_args!(" {label}   : "));
            match value {
                _ if raw == 0x00 || raw == 0xff => self.put(format_args!("Unspecified\n")),
                Some(0.0) => self.put(format_args!("Unspecified\n")),
                None => self.put(format_args!("0x{raw:02X}\n")),
                Some(value) => {
                    let value = self.number(value, 3);
                    self.bytes(&value);
                    self.put(format_args!("\n"));
                }
            }
        }
    }

    fn put_range(&mut self, sensor: Sensor<'_>, reading: &Reading) {
        let ends = [
            ("Minimum", sensor.minimum(), [0x00, 0xff, 0x80]),
            ("Maximum", sensor.maximum(), [0xff, 0x00, 0x7f]),
        ];
        for (label, raw, outermost) in ends {
            self.put(format_args!(" {label} sensor range  : "));
            let format = usize::from(sensor.format());
            let is_outermost = outermost.get(format) == Some(&raw);
            let is_zero = !sensor.is_discrete() && reading.factors.reading(raw) == 0.0;
            if is_outermost || is_zero {
                self.put(format_args!("Unspecified\n"));
            } else {
                self.put_limit(sensor, reading, raw);
                self.put(format_args!("\n"));
            }
        }
    }

    fn put_event_control(&mut self, sensor: Sensor<'_>) {
        let text = match sensor.event_control() {
            0 => "Per-threshold",
            1 => "Entire Sensor Only",
            2 => "Global Disable Only",
            _ => "No Events From Sensor",
        };
        self.put(format_args!(" Event Message Control : {text}\n"));
    }

    fn put_masks(&mut self, sensor: Sensor<'_>) {
        let masks = [
            ("Readable Thresholds", sensor.readable()),
            ("Settable Thresholds", sensor.settable()),
        ];
        for (label, mask) in masks {
            let text = match sensor.threshold_access() {
                0 => "No Thresholds".to_owned(),
                3 => "Thresholds Fixed".to_owned(),
                _ => shorts(mask),
            };
            self.put(format_args!(" {label:<21} : {text}\n"));
        }
        if sensor.reported() != 0 {
            let text = shorts(sensor.reported());
            self.put(format_args!(" Threshold Read Mask   : {text}\n"));
        }
    }
}

/// The entity of a record that has one; sensors do.
pub fn entity(record: &Record) -> Entity {
    record.entity().unwrap_or(Entity { id: 0, instance: 0 })
}

/// Number and unit, as long as stock's field.
fn short_value(reading: &Reading) -> Vec<u8> {
    let mut text = reading.text.clone();
    text.push(b' ');
    text.extend_from_slice(reading.units.as_bytes());
    text.truncate(15);
    text
}

fn shorts(mask: u8) -> String {
    let set = Threshold::RISING
        .into_iter()
        .filter(|threshold| mask & threshold.mask() != 0);
    set.map(|threshold| format!("{} ", threshold.short()))
        .collect()
}

/// The order of thresholds in blocks and lines.
const DOWNWARDS: [Threshold; 6] = [
    Threshold::UpperNonRecoverable,
    Threshold::UpperCritical,
    Threshold::UpperNonCritical,
    Threshold::LowerNonRecoverable,
    Threshold::LowerCritical,
    Threshold::LowerNonCritical,
];

const THRESHOLD_LABELS: [&str; 6] = [
    "Upper non-recoverable",
    "Upper critical",
    "Upper non-critical",
    "Lower non-recoverable",
    "Lower critical",
    "Lower non-critical",
];
