//! The watchdog timer (specification chapter 27).

use std::time::{Duration, Instant};

use crate::bmc::chassis::power::RestartCause;
use crate::bmc::command::{Command, Outcome, cc};
use crate::bmc::inventory::log::EVENT_REVISION;
use crate::bmc::inventory::sensor::BMC_ADDRESS;
use crate::bmc::machine::Machine;
use crate::bmc::table::{Entry, O, U};

/// This file's commands.
pub const TABLE: &[Entry] = &[
    Entry::new(6, 0x22, O, 0, 0, reset),
    Entry::new(6, 0x24, O, 6, 6, set),
    Entry::new(6, 0x25, U, 0, 0, read),
];

/// The timer.
#[derive(Debug, Clone, Default)]
pub struct Watchdog {
    timer_use: u8,
    actions: u8,
    pre_timeout: u8,
    expired: u8,
    initial: u16,
    set_once: bool,
    /// When it fires, while it runs.
    fires: Option<Instant>,
    warned: bool,
}

impl Watchdog {
    /// When something happens: the pre-timeout interrupt, or the timeout.
    pub(in crate::bmc) fn due(&self) -> Option<Instant> {
        self.warns_at().filter(|_| !self.warned).or(self.fires)
    }

    fn warns_at(&self) -> Option<Instant> {
        if self.actions & 0x70 == 0 {
            return None;
        }
        self.fires
            .and_then(|at| at.checked_sub(Duration::from_secs(self.pre_timeout.into())))
    }

    fn period(&self) -> Duration {
        Duration::from_millis(100 * u64::from(self.initial))
    }

    fn start(&mut self, now: Instant) {
        self.fires = Some(now + self.period());
        self.warned = false;
    }

    /// Tenths of a second that are left.
    fn left(&self, now: Instant) -> u16 {
        match self.fires {
            Some(at) => u16::try_from(at.saturating_duration_since(now).as_millis().div_ceil(100))
                .unwrap_or(u16::MAX),
            None => self.initial,
        }
    }
}

impl Machine {
    pub(in crate::bmc) fn watchdog_timeout(&mut self) {
        let now = self.now;
        if !self.watchdog.warned && self.watchdog.warns_at().is_some_and(|at| at <= now) {
            self.watchdog.warned = true;
            self.log_watchdog(TIMER_INTERRUPT);
        }
        if self.watchdog.fires.is_none_or(|at| at > now) {
            return;
        }
        let w = &mut self.watchdog;
        w.fires = None;
        w.expired |= 1 << (w.timer_use & 0x07);
        let action = w.actions & 0x07;
        self.log_watchdog(action);
        match action {
            1 => self.hard_reset(),
            2 => self.power_off(),
            3 => self.power_cycle(),
            _ => return,
        }
        self.note_restart(RestartCause::Watchdog);
    }

    /// Logs one event of sensor type Watchdog 2; `offset` is what happened.
    fn log_watchdog(&mut self, offset: u8) {
        let w = &self.watchdog;
        if w.timer_use & DO_NOT_LOG != 0 {
            return;
        }
        let number = self
            .sensors
            .iter()
            .find(|s| s.def().sensor_type.0 == WATCHDOG_2)
            .map_or(0, |s| s.number());
        let detail = (w.actions & 0x70) | w.timer_use & 0x07;
        let head = [BMC_ADDRESS, 0, EVENT_REVISION, WATCHDOG_2, number, 0x6f];
        let mut entry = [0; 16];
        entry[2] = 0x02;
        entry[7..13].copy_from_slice(&head);
        entry[13..].copy_from_slice(&[0xc0 | offset, detail, 0xff]);
        self.log_event(entry, self.wall_ms);
    }
}

fn set(m: &mut Machine, c: &Command) -> Outcome {
    let &[timer_use, actions, pre_timeout, clear, low, high] = c.data else {
        return Err(cc::LENGTH);
    };
    let initial = u16::from_le_bytes([low, high]);
    let interrupt = actions >> 4 & 0x07;
    if !matches!(timer_use & 0x07, 1..=5) || actions & 0x07 > 3 || interrupt > 3 {
        return Err(cc::INVALID_FIELD);
    }
    // The interrupt must come before the end.
    if interrupt != 0
        && Duration::from_secs(pre_timeout.into()) > Duration::from_millis(100 * u64::from(initial))
    {
        return Err(cc::INVALID_FIELD);
    }
    let w = &mut m.watchdog;
    let was_running = w.fires.is_some();
    w.timer_use = timer_use & (DO_NOT_LOG | 0x07);
    w.actions = actions;
    w.pre_timeout = pre_timeout;
    w.expired &= !clear;
    w.initial = initial;
    w.set_once = true;
    if was_running && timer_use & DO_NOT_STOP != 0 {
        w.start(c.now);
    } else {
        w.fires = None;
    }
    Ok(Vec::new())
}

fn reset(m: &mut Machine, c: &Command) -> Outcome {
    if !m.watchdog.set_once {
        return Err(NOT_INITIALISED);
    }
    m.watchdog.start(c.now);
    Ok(Vec::new())
}

fn read(m: &mut Machine, c: &Command) -> Outcome {
    let w = &m.watchdog;
    let running = u8::from(w.fires.is_some()) << 6;
    let mut data = vec![w.timer_use | running, w.actions, w.pre_timeout, w.expired];
    data.extend(w.initial.to_le_bytes());
    data.extend(w.left(c.now).to_le_bytes());
    Ok(data)
}

/// Timer use byte: do not log; do not stop the timer.
const DO_NOT_LOG: u8 = 0x80;
const DO_NOT_STOP: u8 = 0x40;
/// Event offset: pre-timeout interrupt.
const TIMER_INTERRUPT: u8 = 8;
/// Sensor type.
const WATCHDOG_2: u8 = 0x23;
/// Reset Watchdog Timer: it was never set (80h).
const NOT_INITIALISED: u8 = 0x80;
