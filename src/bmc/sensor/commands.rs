//! Sensor device commands (specification chapter 35).

use super::state::Sensor;
use crate::bmc::command::{Command, Outcome, cc};
use crate::bmc::machine::Machine;
use crate::bmc::table::{Entry, O, U};

/// This file's commands.
pub const TABLE: &[Entry] = &[
    Entry::new(4, 0x23, U, 2, 2, factors),
    Entry::new(4, 0x24, O, 4, 4, set_hysteresis),
    Entry::new(4, 0x25, U, 2, 2, hysteresis),
    Entry::new(4, 0x26, O, 8, 8, set_thresholds),
    Entry::new(4, 0x27, U, 1, 1, thresholds),
    Entry::new(4, 0x28, O, 2, 6, set_event_enable),
    Entry::new(4, 0x29, U, 1, 1, event_enable),
    Entry::new(4, 0x2a, O, 2, 6, rearm),
    Entry::new(4, 0x2b, U, 1, 1, event_status),
    Entry::new(4, 0x2d, U, 1, 1, reading),
    Entry::new(4, 0x2e, O, 3, 3, set_kind),
    Entry::new(4, 0x2f, U, 1, 1, kind),
    Entry::new(4, 0x30, O, 3, 10, set_reading),
];

fn sensor<'m>(m: &'m mut Machine, c: &Command) -> Result<&'m mut Sensor, u8> {
    m.sensors.get_mut(c.lun, c.data[0]).ok_or(cc::NOT_PRESENT)
}

fn readable<'m>(m: &'m mut Machine, c: &Command) -> Result<&'m mut Sensor, u8> {
    sensor(m, c).and_then(|s| {
        if s.is_readable() {
            Ok(s)
        } else {
            Err(cc::ILLEGAL_FOR_TYPE)
        }
    })
}

fn with_thresholds<'m>(m: &'m mut Machine, c: &Command) -> Result<&'m mut Sensor, u8> {
    readable(m, c).and_then(|s| {
        if s.def().is_threshold() {
            Ok(s)
        } else {
            Err(cc::ILLEGAL_FOR_TYPE)
        }
    })
}

fn factors(m: &mut Machine, c: &Command) -> Outcome {
    let s = readable(m, c)?;
    if !s.def().is_analog() {
        return Err(cc::ILLEGAL_FOR_TYPE);
    }
    let mut data = vec![s.def().next_segment(c.data[1])];
    data.extend(s.def().factors(c.data[1]).bytes());
    Ok(data)
}

fn set_hysteresis(m: &mut Machine, c: &Command) -> Outcome {
    let s = with_thresholds(m, c)?;
    if s.def().hysteresis == [0, 0] || !s.def().settable {
        return Err(cc::ILLEGAL_FOR_TYPE);
    }
    s.hysteresis = [c.data[2], c.data[3]];
    Ok(Vec::new())
}

fn hysteresis(m: &mut Machine, c: &Command) -> Outcome {
    Ok(with_thresholds(m, c)?.hysteresis.to_vec())
}

fn set_thresholds(m: &mut Machine, c: &Command) -> Outcome {
    let s = with_thresholds(m, c)?;
    let mask = c.data[1];
    if !s.def().settable {
        return Err(cc::ILLEGAL_FOR_TYPE);
    }
    if mask & !s.def().threshold_mask() != 0 {
        return Err(cc::INVALID_FIELD);
    }
    for (i, (threshold, &new)) in s.thresholds.iter_mut().zip(&c.data[2..8]).enumerate() {
        if mask >> i & 1 == 1 {
            *threshold = new;
        }
    }
    Ok(Vec::new())
}

fn thresholds(m: &mut Machine, c: &Command) -> Outcome {
    let s = with_thresholds(m, c)?;
    Ok([&[s.def().threshold_mask()][..], &s.thresholds].concat())
}

fn set_event_enable(m: &mut Machine, c: &Command) -> Outcome {
    let s = sensor(m, c)?;
    let flags = c.data[1];
    let mask = |i: usize| {
        u16::from_le_bytes([
            *c.data.get(i).unwrap_or(&0),
            *c.data.get(i + 1).unwrap_or(&0),
        ])
    };
    let masks = [mask(2), mask(4)];
    let supported = s.def().event_masks();
    match flags >> 4 & 0x03 {
        0 => {}
        1 => (0..2).for_each(|i| s.enabled[i] |= masks[i] & supported[i]),
        2 => (0..2).for_each(|i| s.enabled[i] &= !masks[i]),
        _ => return Err(cc::INVALID_FIELD),
    }
    s.events = flags & 0x80 != 0;
    s.scanning = flags & 0x40 != 0;
    Ok(Vec::new())
}

fn event_enable(m: &mut Machine, c: &Command) -> Outcome {
    let s = sensor(m, c)?;
    let mut data = vec![u8::from(s.events) << 7 | u8::from(s.scanning) << 6];
    data.extend(s.enabled.iter().flat_map(|mask| mask.to_le_bytes()));
    Ok(data)
}

fn rearm(m: &mut Machine, c: &Command) -> Outcome {
    let s = sensor(m, c)?;
    let mask = match c.data {
        [_, all, ..] if all & 0x80 == 0 => 0x7fff,
        [_, _, low, high, ..] => u16::from_le_bytes([*low, *high]),
        [_, _, low] => u16::from(*low),
        _ => return Err(cc::LENGTH),
    };
    s.rearm(mask);
    Ok(Vec::new())
}

fn event_status(m: &mut Machine, c: &Command) -> Outcome {
    let s = sensor(m, c)?;
    let mut data = vec![flags(s)];
    data.extend(s.asserted.to_le_bytes());
    // Re-arming is automatic: what went away is not kept.
    data.extend([0, 0]);
    Ok(data)
}

fn reading(m: &mut Machine, c: &Command) -> Outcome {
    let s = readable(m, c)?;
    let [low, high] = s.states.to_le_bytes();
    let mut data = vec![s.raw, flags(s)];
    if s.def().is_threshold() {
        data.push(0xc0 | low);
    } else {
        data.extend([low, 0x80 | high]);
    }
    Ok(data)
}

fn set_kind(m: &mut Machine, c: &Command) -> Outcome {
    let s = sensor(m, c)?;
    // Whether it has thresholds is part of its record; that cannot change.
    if (c.data[2] & 0x7f == 1) != s.def().is_threshold() || c.data[1] == 0 {
        return Err(cc::INVALID_FIELD);
    }
    s.kind = [c.data[1], c.data[2] & 0x7f];
    Ok(Vec::new())
}

fn kind(m: &mut Machine, c: &Command) -> Outcome {
    Ok(sensor(m, c)?.kind.to_vec())
}

/// Set Sensor Reading And Event Status: writes the reading or the states as if the sensor had seen them.
fn set_reading(m: &mut Machine, c: &Command) -> Outcome {
    let (operation, raw) = (c.data[1], c.data[2]);
    let s = readable(m, c)?;
    if operation & 0x03 > 1 {
        return Err(cc::INVALID_FIELD);
    }
    if operation & 0x03 == 1 {
        if !s.def().is_analog() {
            return Err(cc::ILLEGAL_FOR_TYPE);
        }
        let value = s.def().value_of(raw);
        s.force(Some(value)).map_err(|_| cc::ILLEGAL_FOR_TYPE)?;
    }
    let assertion = c
        .data
        .get(3..5)
        .map(|b| u16::from_le_bytes([b[0], b[1]]))
        .unwrap_or(0);
    let states = match operation >> 4 & 0x03 {
        0 => None,
        1 => Some(assertion),
        2 => Some(s.states & assertion),
        _ => Some(s.states | assertion),
    };
    if let Some(states) = states.filter(|_| !s.def().is_threshold()) {
        let events = s.set_states(states).map_err(|_| cc::ILLEGAL_FOR_TYPE)?;
        m.log_sensor_events(&events, c.wall_ms);
    }
    m.scan_now(c.now, c.wall_ms);
    Ok(Vec::new())
}

fn flags(s: &Sensor) -> u8 {
    u8::from(s.events) << 7 | u8::from(s.scanning) << 6 | u8::from(!s.is_available()) << 5
}
