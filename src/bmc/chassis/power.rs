//! Power: whether the chassis is on, why, and what is about to happen to it.

use std::time::{Duration, Instant};

use crate::bmc::command::MachineEvent;
use crate::bmc::machine::Machine;

/// The chassis.
#[derive(Debug, Clone)]
pub struct Chassis {
    /// Whether it has power.
    pub(super) on: bool,
    /// Why it went on or off last: bit 4 an IPMI command.
    pub(super) last_event: u8,
    /// Why the system restarted last.
    pub(super) restart_cause: RestartCause,
    /// Channel of the command that restarted it.
    pub(super) restart_channel: u8,
    /// What happens when power returns: 0 off, 1 as before, 2 on.
    pub(super) policy: u8,
    /// Seconds off in a power cycle.
    pub(super) cycle_seconds: u8,
    /// Front panel buttons disabled: bit 0 power, 1 reset, 2 diagnostic, 3 standby.
    pub(super) buttons_disabled: u8,
    /// Get Chassis Capabilities: flags and addresses.
    pub(super) capabilities: [u8; 6],
    /// Faults: bit 0 intrusion, 2 drive, 3 fan.
    pub(super) faults: u8,
    identify: Identify,
    on_since: Option<Instant>,
    counted: Duration,
    back_on_at: Option<Instant>,
    soft_off_at: Option<Instant>,
    soft_off_delay: Option<Duration>,
}

/// Cause of the last restart (table 28-11).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RestartCause {
    /// Unknown, or not since the BMC started.
    Unknown = 0,
    /// Chassis Control.
    Command = 1,
    /// Power button, or whoever plays it.
    PowerButton = 3,
    /// Watchdog.
    Watchdog = 4,
    /// Event filter: reset.
    FilterReset = 8,
    /// Event filter: power cycle.
    FilterCycle = 9,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Identify {
    Off,
    Until(Instant),
    On,
}

impl Chassis {
    /// On since `now`, restoring what was when power returns.
    pub fn new(now: Instant) -> Self {
        Self {
            on: true,
            last_event: 0,
            restart_cause: RestartCause::Unknown,
            restart_channel: 0,
            policy: 1,
            cycle_seconds: 1,
            buttons_disabled: 0,
            capabilities: [0x07, 0x20, 0x20, 0x20, 0x20, 0x20],
            faults: 0,
            identify: Identify::Off,
            on_since: Some(now),
            counted: INITIAL_HOURS,
            back_on_at: None,
            soft_off_at: None,
            soft_off_delay: Some(SOFT_OFF_DELAY),
        }
    }

    /// Whether the chassis has power.
    pub fn is_on(&self) -> bool {
        self.on
    }

    /// Identify state: 0 off, 1 for a while, 2 until told otherwise.
    pub(super) fn identify_state(&self) -> u8 {
        match self.identify {
            Identify::Off => 0,
            Identify::Until(_) => 1,
            Identify::On => 2,
        }
    }

    /// Time with power, so far.
    pub(super) fn hours_on(&self, now: Instant) -> Duration {
        self.counted
            + self
                .on_since
                .map_or(Duration::ZERO, |since| now.saturating_duration_since(since))
    }

    pub(in crate::bmc) fn due(&self) -> Option<Instant> {
        let identify = match self.identify {
            Identify::Until(at) => Some(at),
            _ => None,
        };
        [identify, self.back_on_at, self.soft_off_at]
            .into_iter()
            .flatten()
            .min()
    }

    fn switch(&mut self, on: bool, now: Instant) {
        if self.on != on {
            if on {
                self.on_since = Some(now);
            } else if let Some(since) = self.on_since.take() {
                self.counted += now.saturating_duration_since(since);
            }
        }
        self.on = on;
        self.back_on_at = None;
        self.soft_off_at = None;
    }
}

impl Machine {
    /// Whether the chassis has power.
    pub fn power_is_on(&self) -> bool {
        self.chassis.on
    }

    /// The program tells that the host really went on or off by itself (its process started or ended). No event
    /// comes of it.
    pub fn set_power(&mut self, on: bool, now: Instant) {
        if self.chassis.on != on {
            self.chassis.switch(on, now);
            self.chassis.last_event = 0;
            if on {
                self.chassis.restart_cause = RestartCause::PowerButton;
                self.boot.booted(true);
            }
        }
    }

    /// How long a host without an operating system takes to shut down softly; `None`: only
    /// [`set_power`](Self::set_power) tells when it is down. Default 3 s.
    pub fn set_soft_shutdown_delay(&mut self, delay: Option<Duration>) {
        self.chassis.soft_off_delay = delay;
    }

    /// Switches the power on.
    pub fn power_on(&mut self) {
        if !self.chassis.on {
            self.chassis.switch(true, self.now);
            self.boot.booted(false);
            self.emit(MachineEvent::PowerOn);
        }
    }

    /// Switches the power off at once.
    pub fn power_off(&mut self) {
        self.chassis.back_on_at = None;
        if self.chassis.on {
            self.chassis.switch(false, self.now);
            self.emit(MachineEvent::PowerOff);
        }
    }

    /// Switches off, and on again after the power cycle interval; the program does both upon the one event.
    pub fn power_cycle(&mut self) {
        self.chassis.switch(false, self.now);
        let off = Duration::from_secs(u64::from(self.chassis.cycle_seconds.max(1)));
        self.chassis.back_on_at = Some(self.now + off);
        self.boot.booted(false);
        self.emit(MachineEvent::PowerCycle);
    }

    /// Resets the host.
    pub fn hard_reset(&mut self) {
        self.chassis.soft_off_at = None;
        self.boot.booted(false);
        self.emit(MachineEvent::HardReset);
    }

    /// Pulses the diagnostic interrupt.
    pub fn diagnostic(&mut self) {
        self.emit(MachineEvent::Diagnostic);
    }

    /// Asks the host to shut down.
    pub fn soft_shutdown(&mut self) {
        self.chassis.soft_off_at = self.chassis.soft_off_delay.map(|delay| self.now + delay);
        self.emit(MachineEvent::SoftShutdown);
    }

    /// Lights the identify light: `None` until told otherwise, zero seconds: off.
    pub(super) fn identify(&mut self, seconds: Option<u8>) {
        self.chassis.identify = match seconds {
            None => Identify::On,
            Some(0) => Identify::Off,
            Some(n) => Identify::Until(self.now + Duration::from_secs(n.into())),
        };
        self.emit(MachineEvent::Identify(seconds));
    }

    /// Remembers why the host restarted, when no command did it.
    pub(in crate::bmc) fn note_restart(&mut self, cause: RestartCause) {
        self.chassis.restart_cause = cause;
        self.chassis.restart_channel = 0;
    }

    pub(in crate::bmc) fn chassis_timeout(&mut self) {
        let due = |at: Option<Instant>, now| at.is_some_and(|at| at <= now);
        if let Identify::Until(at) = self.chassis.identify
            && at <= self.now
        {
            self.identify(Some(0));
        }
        if due(self.chassis.back_on_at, self.now) {
            self.chassis.switch(true, self.now);
        }
        if due(self.chassis.soft_off_at, self.now) {
            self.power_off();
        }
    }
}

/// The chassis was in use before the simulation began: 1234 hours.
const INITIAL_HOURS: Duration = Duration::from_secs(1234 * 3600);
/// How long a host takes to shut down.
const SOFT_OFF_DELAY: Duration = Duration::from_secs(3);
