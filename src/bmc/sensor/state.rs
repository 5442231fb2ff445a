//! What the sensors read now, as a function of time, and the events that follow.

use std::f64::consts::TAU;
use std::time::{Duration, Instant};

use super::event::SensorEvent;
use crate::bmc::inventory::sensor::{RecordKind, SensorDef};

/// One sensor.
#[derive(Debug, Clone)]
pub struct Sensor {
    def: SensorDef,
    number: u8,
    name: String,
    /// Raw thresholds: LNC, LC, LNR, UNC, UC, UNR; those of `threshold_mask` exist.
    pub(super) thresholds: [u8; 6],
    /// Raw hysteresis, positive- and negative-going.
    pub(super) hysteresis: [u8; 2],
    /// Whether the sensor is scanned.
    pub(super) scanning: bool,
    /// Whether it makes events at all.
    pub(super) events: bool,
    /// Events that are logged: assertion, deassertion.
    pub(super) enabled: [u16; 2],
    /// Type and reading type; changeable by Set Sensor Type.
    pub(super) kind: [u8; 2],
    /// Raw reading.
    pub(super) raw: u8,
    /// Discrete states; for threshold sensors the comparison bits 0..=5.
    pub(super) states: u16,
    /// Assertion events that are outstanding.
    pub(super) asserted: u16,
    forced: Option<u8>,
    phase: f64,
    available: bool,
}

/// All sensors, and when they were last looked at.
#[derive(Debug, Clone)]
pub struct Sensors {
    list: Vec<Sensor>,
    start: Instant,
    scanned: Option<Instant>,
}

impl Sensors {
    /// Sensors from an inventory; `seed` shifts their swings.
    pub fn new(defs: Vec<SensorDef>, seed: u64, start: Instant) -> Self {
        let list = defs
            .into_iter()
            .flat_map(|def| expand(&def))
            .map(|(def, i)| Sensor::new(def, i, seed))
            .collect();
        Self {
            list,
            start,
            scanned: None,
        }
    }

    /// Every sensor.
    pub fn iter(&self) -> impl Iterator<Item = &Sensor> {
        self.list.iter()
    }

    /// A sensor by its address.
    pub fn get(&self, lun: u8, number: u8) -> Option<&Sensor> {
        self.list
            .iter()
            .find(|s| s.number == number && s.lun() == lun)
    }

    /// The same, to change it.
    pub fn get_mut(&mut self, lun: u8, number: u8) -> Option<&mut Sensor> {
        self.list
            .iter_mut()
            .find(|s| s.number == number && s.lun() == lun)
    }

    /// A sensor by name, ignoring case.
    pub fn named_mut(&mut self, name: &str) -> Option<&mut Sensor> {
        self.list
            .iter_mut()
            .find(|s| s.name.eq_ignore_ascii_case(name))
    }

    /// LUNs that have sensors, one bit each.
    pub fn luns(&self) -> u8 {
        self.list
            .iter()
            .fold(0, |mask, s| mask | 1 << (s.lun() & 3))
    }

    /// When the sensors are due to be looked at again.
    pub fn due(&self) -> Option<Instant> {
        if self.list.is_empty() {
            return None;
        }
        Some(self.scanned.map_or(self.start, |s| s + SCAN_INTERVAL))
    }

    /// Looks at all sensors if it is time; returns what happened.
    pub fn scan(&mut self, now: Instant, powered: bool) -> Vec<SensorEvent> {
        if self.due().is_none_or(|due| due > now) {
            return Vec::new();
        }
        self.scan_now(now, powered)
    }

    /// Looks at all sensors; returns what happened.
    pub fn scan_now(&mut self, now: Instant, powered: bool) -> Vec<SensorEvent> {
        // What is true at the first look was true before the machine was switched on: it is no event.
        let first = self.scanned.is_none();
        self.scanned = Some(now);
        let elapsed = now.saturating_duration_since(self.start).as_secs_f64();
        let mut events = Vec::new();
        for sensor in &mut self.list {
            let happened = sensor.scan(elapsed, powered);
            if !first {
                events.extend(happened);
            }
        }
        events
    }
}

impl Sensor {
    fn new(def: SensorDef, index: u8, seed: u64) -> Self {
        let number = def.number.get_ref().saturating_add(index);
        let thresholds = def
            .thresholds
            .in_order()
            .map(|t| t.map_or(0, |value| def.raw_of(value)));
        let mixed = (seed ^ u64::from(number)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
        Self {
            number,
            name: shared_name(&def, index),
            thresholds,
            hysteresis: def.hysteresis,
            scanning: true,
            events: def.log,
            enabled: def.event_masks(),
            kind: [def.sensor_type.0, def.reading],
            raw: if def.is_analog() {
                def.raw_of(def.value)
            } else {
                0
            },
            states: if def.is_threshold() { 0 } else { def.states.0 },
            asserted: if def.is_threshold() { 0 } else { def.states.0 },
            forced: None,
            // 24 bits: exact in a double.
            phase: mixed as f64 / f64::from(1 << 24),
            available: true,
            def,
        }
    }

    /// Its number.
    pub fn number(&self) -> u8 {
        self.number
    }

    /// Its name; of sensors that share a record, with their modifier.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// LUN of the owner.
    pub fn lun(&self) -> u8 {
        self.def.lun.byte()
    }

    /// Its description.
    pub fn def(&self) -> &SensorDef {
        &self.def
    }

    /// Its raw reading.
    pub fn raw(&self) -> u8 {
        self.raw
    }

    /// Discrete states (bit n is state n), or the comparison bits of a threshold sensor.
    pub fn states(&self) -> u16 {
        self.states
    }

    /// Its value, if it is analog and there is a reading now.
    pub fn value(&self) -> Option<f64> {
        (self.def.is_analog() && self.available).then(|| self.def.value_of(self.raw))
    }

    /// Whether there is a reading now: it is scanned, and the chassis has the power it needs.
    pub fn is_available(&self) -> bool {
        self.available && self.scanning
    }

    /// Whether it can be read at all: event-only ones cannot.
    pub fn is_readable(&self) -> bool {
        self.def.record != RecordKind::EventOnly
    }

    /// Holds the value at `value` from the next scan on; `None` lets it follow time again.
    ///
    /// # Errors
    /// A line for the user if the sensor has no analog value.
    pub fn force(&mut self, value: Option<f64>) -> Result<(), String> {
        if !self.def.is_analog() {
            return Err(format!("sensor '{}' has states, not a value", self.name));
        }
        self.forced = value.map(|v| self.def.raw_of(v));
        Ok(())
    }

    /// Sets the states of a discrete sensor; returns what happened.
    ///
    /// # Errors
    /// A line for the user if the sensor has thresholds.
    pub fn set_states(&mut self, states: u16) -> Result<Vec<SensorEvent>, String> {
        if self.def.is_threshold() {
            return Err(format!("sensor '{}' has a value, not states", self.name));
        }
        let states = states & 0x7fff;
        let data = |offset| [offset, 0xff, 0xff];
        let events = self.changes(self.asserted, states, data);
        self.states = states;
        self.asserted = states;
        Ok(events)
    }

    /// Forgets outstanding events, all or those of the masks: what still is so is an event again at the next scan.
    pub(super) fn rearm(&mut self, mask: u16) {
        self.asserted &= !mask;
    }

    fn scan(&mut self, elapsed: f64, powered: bool) -> Vec<SensorEvent> {
        self.available = powered || !self.def.needs_power;
        if !self.available || !self.scanning {
            return Vec::new();
        }
        if self.def.is_analog() {
            let turn = elapsed / f64::from(self.def.period.max(1)) + self.phase;
            let value = self.def.value + self.def.swing * (TAU * turn).sin();
            self.raw = self.forced.unwrap_or_else(|| self.def.raw_of(value));
        }
        if !self.def.is_threshold() {
            // States that were re-armed and still are so are events again.
            let events = self.changes(self.asserted, self.states, |offset| [offset, 0xff, 0xff]);
            self.asserted = self.states;
            return events;
        }
        self.states = self.comparisons();
        let now = (0..6)
            .filter(|i| self.states >> i & 1 == 1)
            .fold(0, |mask, i| mask | 1 << event_offset(i));
        let (raw, thresholds) = (self.raw, self.thresholds);
        let events = self.changes(self.asserted, now, |offset| {
            // Reading in byte 2, threshold in byte 3.
            [0x50 | offset, raw, thresholds[usize::from(offset / 2)]]
        });
        self.asserted = now;
        events
    }

    /// Comparison bits with hysteresis: a threshold once crossed counts until the value is well back.
    fn comparisons(&self) -> u16 {
        let value = self.def.value_of(self.raw);
        (0u8..6)
            .filter(|i| self.def.threshold_mask() >> i & 1 == 1)
            .fold(0, |mask, i| {
                let raw = self.thresholds[usize::from(i)];
                let limit = self.def.value_of(raw);
                let was = self.states >> i & 1 == 1;
                let back = if was {
                    self.hysteresis_around(raw, i)
                } else {
                    0.0
                };
                let beyond = if i < 3 {
                    value <= limit + back
                } else {
                    value >= limit - back
                };
                if beyond { mask | 1 << i } else { mask }
            })
    }

    fn hysteresis_around(&self, raw: u8, threshold: u8) -> f64 {
        let counts = self.hysteresis[usize::from(threshold >= 3)];
        let size = (self.def.value_of(raw) - self.def.value_of(raw.wrapping_add(counts))).abs();
        if size.is_finite() { size } else { 0.0 }
    }

    fn changes(&self, before: u16, after: u16, data: impl Fn(u8) -> [u8; 3]) -> Vec<SensorEvent> {
        if !self.events {
            return Vec::new();
        }
        let event = |offset: u8, asserted: bool| SensorEvent {
            lun: self.lun(),
            sensor_type: self.kind[0],
            number: self.number,
            reading_type: self.kind[1],
            asserted,
            data: data(offset),
        };
        (0u8..15)
            .filter(|offset| (before ^ after) >> offset & 1 == 1)
            .map(|offset| (offset, after >> offset & 1 == 1))
            .filter(|(offset, asserted)| self.enabled[usize::from(!asserted)] >> offset & 1 == 1)
            .map(|(offset, asserted)| event(offset, asserted))
            .collect()
    }
}

/// Event offset of a crossed threshold: lower ones "going low", upper ones "going high".
fn event_offset(threshold: u8) -> u8 {
    2 * threshold + u8::from(threshold >= 3)
}

/// One sensor for each that shares the record.
fn expand(def: &SensorDef) -> impl Iterator<Item = (SensorDef, u8)> + use<> {
    let count = if def.record == RecordKind::Full {
        1
    } else {
        def.share.byte()
    };
    let def = def.clone();
    (0..count).map(move |i| (def.clone(), i))
}

fn shared_name(def: &SensorDef, index: u8) -> String {
    let name = def.name.get_ref();
    if def.share.get() < 2 {
        return name.clone();
    }
    let modifier = def.share_offset.byte().saturating_add(index);
    if def.share_letters {
        format!("{name}{}", char::from(b'A' + modifier % 26))
    } else {
        format!("{name}{modifier}")
    }
}

/// How often the sensors are looked at.
const SCAN_INTERVAL: Duration = Duration::from_secs(1);
