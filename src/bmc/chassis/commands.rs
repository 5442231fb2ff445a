//! Status, control, identify and the counters.

use super::power::RestartCause;
use crate::bmc::command::{Command, Outcome, cc};
use crate::bmc::machine::Machine;
use crate::bmc::table::{A, Entry, O, U};

/// This file's commands.
pub const TABLE: &[Entry] = &[
    Entry::new(0, 0x00, U, 0, 0, capabilities),
    Entry::new(0, 0x01, U, 0, 0, status),
    Entry::new(0, 0x02, O, 1, 1, control),
    Entry::new(0, 0x03, O, 0, 0, reset),
    Entry::new(0, 0x04, O, 0, 2, identify),
    Entry::new(0, 0x05, A, 5, 6, set_capabilities),
    Entry::new(0, 0x06, O, 1, 1, set_restore_policy),
    Entry::new(0, 0x07, U, 0, 0, restart_cause),
    Entry::new(0, 0x0a, A, 1, 1, set_buttons),
    Entry::new(0, 0x0b, A, 1, 1, set_cycle_interval),
    Entry::new(0, 0x0f, U, 0, 0, hours),
];

fn capabilities(m: &mut Machine, _: &Command) -> Outcome {
    Ok(m.chassis.capabilities.to_vec())
}

fn set_capabilities(m: &mut Machine, c: &Command) -> Outcome {
    // Only the two lowest flags can be set: intrusion sensor, front panel lockout.
    m.chassis.capabilities[0] = m.chassis.capabilities[0] & !0x03 | c.data[0] & 0x03;
    for (address, &new) in m.chassis.capabilities[1..].iter_mut().zip(&c.data[1..]) {
        *address = new;
    }
    Ok(Vec::new())
}

fn status(m: &mut Machine, _: &Command) -> Outcome {
    let ch = &m.chassis;
    let power = u8::from(ch.is_on()) | ch.policy << 5;
    let lockout = u8::from(ch.buttons_disabled & 0x03 == 0x03) << 1;
    let misc = 0x40 | ch.identify_state() << 4 | ch.faults & 0x0d | lockout;
    // All four buttons can be disabled.
    Ok(vec![power, ch.last_event, misc, 0xf0 | ch.buttons_disabled])
}

fn control(m: &mut Machine, c: &Command) -> Outcome {
    let action = c.data[0] & 0x0f;
    // What needs a running host cannot be done without.
    if matches!(action, 2..=5) && !m.power_is_on() {
        return Err(cc::STATE);
    }
    match action {
        0 => m.power_off(),
        1 => m.power_on(),
        2 => m.power_cycle(),
        3 => m.hard_reset(),
        4 => m.diagnostic(),
        5 => m.soft_shutdown(),
        _ => return Err(cc::INVALID_FIELD),
    }
    if matches!(action, 1..=3) {
        m.chassis.last_event = 0x10;
        m.chassis.restart_cause = RestartCause::Command;
        m.chassis.restart_channel = c.channel;
    }
    Ok(Vec::new())
}

fn reset(m: &mut Machine, c: &Command) -> Outcome {
    control(m, &Command { data: &[3], ..*c })
}

fn identify(m: &mut Machine, c: &Command) -> Outcome {
    let forced = c.data.get(1).is_some_and(|b| b & 1 == 1);
    let seconds = c.data.first().copied().unwrap_or(DEFAULT_IDENTIFY);
    m.identify(if forced { None } else { Some(seconds) });
    Ok(Vec::new())
}

fn set_restore_policy(m: &mut Machine, c: &Command) -> Outcome {
    match c.data[0] & 0x07 {
        policy @ 0..=2 => m.chassis.policy = policy,
        // No change, just tell what is supported.
        3 => {}
        _ => return Err(cc::INVALID_FIELD),
    }
    // Off, as before, on: all are supported.
    Ok(vec![0x07])
}

fn restart_cause(m: &mut Machine, _: &Command) -> Outcome {
    Ok(vec![
        m.chassis.restart_cause as u8,
        m.chassis.restart_channel,
    ])
}

fn set_buttons(m: &mut Machine, c: &Command) -> Outcome {
    m.chassis.buttons_disabled = c.data[0] & 0x0f;
    Ok(Vec::new())
}

fn set_cycle_interval(m: &mut Machine, c: &Command) -> Outcome {
    m.chassis.cycle_seconds = c.data[0];
    Ok(Vec::new())
}

fn hours(m: &mut Machine, c: &Command) -> Outcome {
    let hours = m.chassis.hours_on(c.now).as_secs() / 3600;
    let mut data = vec![MINUTES_PER_COUNT];
    data.extend(u32::try_from(hours).unwrap_or(u32::MAX).to_le_bytes());
    Ok(data)
}

/// Seconds of Chassis Identify without an interval.
const DEFAULT_IDENTIFY: u8 = 15;
/// The power-on counter counts hours.
const MINUTES_PER_COUNT: u8 = 60;
