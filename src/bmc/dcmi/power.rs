//! Power reading and limit (DCMI section 6.6).

use std::time::{Duration, Instant};

use super::NETFN;
use crate::bmc::command::{Command, Outcome, cc};
use crate::bmc::machine::Machine;
use crate::bmc::table::{Entry, O, U};

/// This file's commands.
pub const TABLE: &[Entry] = &[
    Entry::new(NETFN, 0x02, U, 3, 3, reading),
    Entry::new(NETFN, 0x03, U, 2, 2, limit),
    Entry::new(NETFN, 0x04, O, 14, 14, set_limit),
    Entry::new(NETFN, 0x05, O, 3, 3, activate_limit),
];

/// Statistics of the first sensor that measures watts.
#[derive(Debug, Clone, Default)]
pub struct PowerMeter {
    present: u16,
    least: Option<u16>,
    greatest: u16,
    sum: f64,
    samples: u32,
    since: Option<Instant>,
}

impl PowerMeter {
    /// One more sample, in watts.
    pub fn sample(&mut self, watts: f64, now: Instant) {
        // In range after the clamp.
        let watts = watts.round().clamp(0.0, f64::from(u16::MAX)) as u16;
        self.present = watts;
        self.least = Some(self.least.map_or(watts, |l| l.min(watts)));
        self.greatest = self.greatest.max(watts);
        self.sum += f64::from(watts);
        self.samples = self.samples.saturating_add(1);
        self.since.get_or_insert(now);
    }

    fn average(&self) -> u16 {
        // An average of 16-bit samples fits.
        (self.sum / f64::from(self.samples.max(1))).round() as u16
    }
}

/// The limit as set.
#[derive(Debug, Clone)]
pub struct PowerLimit {
    set: [u8; 14],
    active: bool,
}

impl Default for PowerLimit {
    /// Not active, but a limit that Set Power Limit would take: FreeIPMI reads it, changes one field, and writes it back.
    fn default() -> Self {
        Self {
            set: FIRST_LIMIT,
            active: false,
        }
    }
}

fn reading(m: &mut Machine, c: &Command) -> Outcome {
    let meter = &m.dcmi.meter;
    let frame = match (c.data[0], c.data[1]) {
        (1, _) => meter
            .since
            .map_or(Duration::ZERO, |s| c.now.saturating_duration_since(s)),
        (2, period) => rolling_period(period).ok_or(cc::INVALID_FIELD)?,
        _ => return Err(cc::INVALID_FIELD),
    };
    let mut data: Vec<u8> = [
        meter.present,
        meter.least.unwrap_or(0),
        meter.greatest,
        meter.average(),
    ]
    .iter()
    .flat_map(|n| n.to_le_bytes())
    .collect();
    data.extend(m.clock.seconds(c.wall_ms).to_le_bytes());
    data.extend(
        u32::try_from(frame.as_millis())
            .unwrap_or(u32::MAX)
            .to_le_bytes(),
    );
    // Measurement is active.
    data.push(if meter.samples > 0 { 0x40 } else { 0x00 });
    Ok(data)
}

/// One of the periods that the capabilities name.
fn rolling_period(byte: u8) -> Option<Duration> {
    let unit = [1, 60, 3600, 86400][usize::from(byte >> 6)];
    matches!(byte, 0x1e | 0x41 | 0x4f | 0x81)
        .then(|| Duration::from_secs(unit * u64::from(byte & 0x3f)))
}

/// Without an active limit the answer is 80h, and yet it has the limit's data: clients read both.
fn limit(m: &mut Machine, _: &Command) -> Outcome {
    let limit = &m.dcmi.limit;
    let [_, _, _, action, l0, l1, c0, c1, c2, c3, _, _, s0, s1] = limit.set;
    if !limit.active {
        m.complete_with(NO_LIMIT);
    }
    Ok(vec![0, 0, action, l0, l1, c0, c1, c2, c3, 0, 0, s0, s1])
}

fn set_limit(m: &mut Machine, c: &Command) -> Outcome {
    let set: [u8; 14] = c.data.try_into().map_err(|_| cc::LENGTH)?;
    let watts = u16::from_le_bytes([set[4], set[5]]);
    let correction = u32::from_le_bytes([set[6], set[7], set[8], set[9]]);
    let period = u16::from_le_bytes([set[12], set[13]]);
    if !(1..=4000).contains(&watts) {
        return Err(LIMIT_RANGE);
    }
    if !(1..=600_000).contains(&correction) {
        return Err(CORRECTION_RANGE);
    }
    if period == 0 {
        return Err(PERIOD_RANGE);
    }
    if !matches!(set[3], 0x00..=0x11) {
        return Err(cc::INVALID_FIELD);
    }
    m.dcmi.limit.set = set;
    Ok(Vec::new())
}

fn activate_limit(m: &mut Machine, c: &Command) -> Outcome {
    match c.data[0] {
        0 => m.dcmi.limit.active = false,
        1 => m.dcmi.limit.active = true,
        _ => return Err(cc::INVALID_FIELD),
    }
    Ok(Vec::new())
}

/// No action, 1600 W (what both power supplies give), a correction within 1 s, sampled each second.
const FIRST_LIMIT: [u8; 14] = [0, 0, 0, 0, 0x40, 0x06, 0xe8, 0x03, 0, 0, 0, 0, 1, 0];
/// Get Power Limit: none is active (80h).
const NO_LIMIT: u8 = 0x80;
/// Set Power Limit: limit, correction time, sampling period out of range.
const LIMIT_RANGE: u8 = 0x84;
const CORRECTION_RANGE: u8 = 0x85;
const PERIOD_RANGE: u8 = 0x89;
