//! The machine behind the packets: every repository and setting, driven by commands and time.
//!
//! Feed it with [`Machine::handle`] and [`Machine::handle_timeout`]; afterwards drain [`Machine::poll_event`] until it
//! is empty, and sleep no longer than until [`Machine::poll_timeout`].

use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;

use super::app::device::{DeviceInfo, DeviceState};
use super::app::messaging::Eeprom;
use super::app::satellite::Satellite;
use super::app::system_info;
use super::app::users::Users;
use super::app::watchdog::Watchdog;
use super::channel::Channels;
use super::chassis::boot::BootOptions;
use super::chassis::power::Chassis;
use super::command::{Command, MachineEvent, Outcome, Reply, cc};
use super::dcmi::Dcmi;
use super::inventory::Inventory;
use super::inventory::log::EVENT_REVISION;
use super::inventory::sensor::BMC_ADDRESS;
use super::params::Params;
use super::sensor::event::SensorEvent;
use super::sensor::pef::Pef;
use super::sensor::state::Sensors;
use super::storage::clock::Clock;
use super::storage::fru::Frus;
use super::storage::sdr::SdrRepository;
use super::storage::sel::Sel;
use super::table;
use super::transport::lan::LanConfig;
use super::transport::sol::SolConfig;

/// A BMC without its packets.
pub struct Machine {
    pub(super) info: DeviceInfo,
    pub(super) device: DeviceState,
    pub(super) users: Users,
    pub(super) channels: Channels,
    pub(super) lan: BTreeMap<u8, LanConfig>,
    pub(super) sol: BTreeMap<u8, SolConfig>,
    pub(super) chassis: Chassis,
    pub(super) boot: BootOptions,
    pub(super) watchdog: Watchdog,
    pub(super) system_info: Params,
    pub(super) eeprom: Eeprom,
    pub(super) satellites: Vec<Satellite>,
    pub(super) receive_enabled: u16,
    pub(super) sensors: Sensors,
    pub(super) event_receiver: [u8; 2],
    pub(super) pef: Pef,
    pub(super) clock: Clock,
    pub(super) sel: Sel,
    pub(super) sdr: SdrRepository,
    pub(super) frus: Frus,
    pub(super) dcmi: Dcmi,
    /// When the present input came.
    pub(super) now: Instant,
    pub(super) wall_ms: u64,
    /// A completion code for an answer that has data all the same.
    completion: Option<u8>,
    events: VecDeque<MachineEvent>,
}

impl Machine {
    /// A machine that was just given power: `now` and `wall_ms` (since 1970) are when. `seed` varies the sensors.
    pub fn new(inventory: Inventory, seed: u64, now: Instant, wall_ms: u64) -> Self {
        let channels = Channels::new();
        let lans: Vec<u8> = channels
            .iter()
            .filter(|c| c.is_lan())
            .map(|c| c.number)
            .collect();
        let clock = Clock::default();
        let time = clock.seconds(wall_ms);
        let readable = inventory.readable_sensors();
        let mut machine = Self {
            chassis: Chassis::new(now),
            boot: BootOptions::new(),
            watchdog: Watchdog::default(),
            system_info: system_info::defaults(),
            eeprom: Eeprom::new(inventory.spd),
            satellites: inventory.satellites,
            receive_enabled: 0,
            sensors: Sensors::new(inventory.sensors, seed, now),
            event_receiver: [BMC_ADDRESS, 0],
            pef: Pef::new(&inventory.device.system_guid),
            clock,
            sel: Sel::new(inventory.log, time),
            sdr: SdrRepository::new(inventory.records, readable, time),
            frus: Frus::new(inventory.frus),
            dcmi: Dcmi::new(),
            now,
            wall_ms,
            info: inventory.device,
            device: DeviceState::default(),
            users: Users::default(),
            lan: lans.iter().map(|&n| (n, LanConfig::new(n))).collect(),
            sol: lans.iter().map(|&n| (n, SolConfig::new(n))).collect(),
            channels,
            completion: None,
            events: VecDeque::new(),
        };
        machine.scan_now(now, wall_ms);
        machine
    }

    // What the session layer and the program read.

    /// Get Device ID's facts and the GUIDs.
    pub fn info(&self) -> &DeviceInfo {
        &self.info
    }

    /// The users.
    pub fn users(&self) -> &Users {
        &self.users
    }

    /// The users, to add some.
    pub fn users_mut(&mut self) -> &mut Users {
        &mut self.users
    }

    /// The channels: access mode, limit, K_G.
    pub fn channels(&self) -> &Channels {
        &self.channels
    }

    /// The channels, to change them.
    pub fn channels_mut(&mut self) -> &mut Channels {
        &mut self.channels
    }

    /// LAN configuration of a channel; `None` if it is no LAN.
    pub fn lan(&self, channel: u8) -> Option<&LanConfig> {
        self.lan.get(&channel)
    }

    /// LAN configuration of a channel, to change it or to count packets.
    pub fn lan_mut(&mut self, channel: u8) -> Option<&mut LanConfig> {
        self.lan.get_mut(&channel)
    }

    /// SOL configuration of a channel; `None` if it is no LAN.
    pub fn sol(&self, channel: u8) -> Option<&SolConfig> {
        self.sol.get(&channel)
    }

    /// SOL configuration of a channel, to change it.
    pub fn sol_mut(&mut self, channel: u8) -> Option<&mut SolConfig> {
        self.sol.get_mut(&channel)
    }

    /// The sensors.
    pub fn sensors(&self) -> &Sensors {
        &self.sensors
    }

    /// The system event log.
    pub fn sel(&self) -> &Sel {
        &self.sel
    }

    /// The boot options.
    pub fn boot(&self) -> &BootOptions {
        &self.boot
    }

    // What comes in.

    /// Executes one command. `None`: it is no request (an odd network function), do not answer.
    pub fn handle(&mut self, c: &Command) -> Option<Reply> {
        if c.netfn & 1 == 1 || c.netfn > 0x3f {
            return None;
        }
        self.handle_timeout(c.now, c.wall_ms);
        Some(self.run(c))
    }

    /// Lets time pass: call at or after [`poll_timeout`](Self::poll_timeout).
    pub fn handle_timeout(&mut self, now: Instant, wall_ms: u64) {
        (self.now, self.wall_ms) = (now, wall_ms);
        self.watchdog_timeout();
        self.chassis_timeout();
        self.boot.expire(now);
        let events = self.sensors.scan(now, self.chassis.is_on());
        self.sensors_scanned(&events);
    }

    /// Looks at all sensors now instead of at the next second; for values that were just set.
    pub fn scan_now(&mut self, now: Instant, wall_ms: u64) {
        (self.now, self.wall_ms) = (now, wall_ms);
        let events = self.sensors.scan_now(now, self.chassis.is_on());
        self.sensors_scanned(&events);
    }

    /// Holds a sensor's value (`Some`), or lets it follow time again.
    ///
    /// # Errors
    /// A line for the user: there is no such sensor, or it has no value.
    pub fn force_sensor(&mut self, name: &str, value: Option<f64>) -> Result<(), String> {
        let sensor = self
            .sensors
            .named_mut(name)
            .ok_or_else(|| format!("there is no sensor '{name}'"))?;
        sensor.force(value)?;
        self.scan_now(self.now, self.wall_ms);
        Ok(())
    }

    /// Sets the states of a discrete sensor, bit n for state n; what changed is logged.
    ///
    /// # Errors
    /// A line for the user: there is no such sensor, or it has thresholds.
    pub fn set_sensor_states(&mut self, name: &str, states: u16) -> Result<(), String> {
        let sensor = self
            .sensors
            .named_mut(name)
            .ok_or_else(|| format!("there is no sensor '{name}'"))?;
        let events = sensor.set_states(states)?;
        self.log_sensor_events(&events, self.wall_ms);
        Ok(())
    }

    /// Adds an event to the log, as if the BMC had made it: sensor type, number, direction and type byte, data.
    pub fn log(&mut self, sensor_type: u8, number: u8, direction: u8, data: [u8; 3]) {
        let mut entry = [0; 16];
        entry[2] = 0x02;
        entry[7..13].copy_from_slice(&[
            BMC_ADDRESS,
            0,
            EVENT_REVISION,
            sensor_type,
            number,
            direction,
        ]);
        entry[13..].copy_from_slice(&data);
        self.log_event(entry, self.wall_ms);
    }

    /// Tells how many sessions are active on a channel, for Get Channel Info.
    pub fn set_session_count(&mut self, channel: u8, count: u8) {
        if let Some(channel) = self.channels.get_mut(channel) {
            channel.sessions = count;
        }
    }

    // What goes out.

    /// The next thing that happened.
    pub fn poll_event(&mut self) -> Option<MachineEvent> {
        self.events.pop_front()
    }

    /// When [`handle_timeout`](Self::handle_timeout) has something to do; `None`: nothing is due.
    pub fn poll_timeout(&self) -> Option<Instant> {
        [
            self.watchdog.due(),
            self.chassis.due(),
            self.boot.due(),
            self.sensors.due(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    // For the handlers.

    /// The command that is being executed succeeds with data, but with this completion code.
    pub(super) fn complete_with(&mut self, code: u8) {
        self.completion = Some(code);
    }

    pub(super) fn emit(&mut self, event: MachineEvent) {
        // The program drains after every command; a program that does not must not cost memory.
        if self.events.len() < EVENTS_KEPT {
            self.events.push_back(event);
        }
    }

    pub(super) fn cold_reset(&mut self) {
        self.device = DeviceState::default();
        self.watchdog = Watchdog::default();
        self.boot.release();
        self.pef.release();
        self.system_info.release();
        self.sel.cancel_reservation();
        self.sdr.cancel_reservation();
        self.channels.restore_stored();
        self.lan.values_mut().for_each(LanConfig::release);
        self.sol.values_mut().for_each(SolConfig::restore_stored);
    }

    fn sensors_scanned(&mut self, events: &[SensorEvent]) {
        let watts = self
            .sensors
            .iter()
            .find(|s| s.def().unit.0 == WATTS)
            .map(|s| s.value().unwrap_or(0.0));
        if let Some(watts) = watts {
            self.dcmi.meter.sample(watts, self.now);
        }
        self.log_sensor_events(events, self.wall_ms);
    }

    fn run(&mut self, c: &Command) -> Reply {
        let mut c = *c;
        let mut prefix = None;
        if c.netfn == GROUP_EXTENSION {
            match c.data.split_first() {
                Some((&group @ GROUP_DCMI, rest)) => (prefix, c.data) = (Some(group), rest),
                _ => return Err(cc::INVALID_COMMAND).into(),
            }
        }
        let mut reply: Reply = self.checked(&c).into();
        if let Some(code) = self.completion.take() {
            reply.code = code;
        }
        if let Some(group) = prefix {
            reply.data.insert(0, group);
        }
        reply
    }

    fn checked(&mut self, c: &Command) -> Outcome {
        let entry = table::find(c.netfn, c.cmd).ok_or(cc::INVALID_COMMAND)?;
        if c.lun != 0 && !(c.netfn == SENSOR_EVENT && c.cmd >= FIRST_SENSOR_COMMAND) {
            return Err(cc::INVALID_FOR_LUN);
        }
        entry.allows(c)?;
        if c.data.len() < usize::from(entry.min) || c.data.len() > usize::from(entry.max) {
            return Err(cc::LENGTH);
        }
        (entry.run)(self, c)
    }
}

/// Network function of group extensions.
const GROUP_EXTENSION: u8 = 0x2c;
/// DCMI's group.
const GROUP_DCMI: u8 = 0xdc;
/// Network function of sensor and event commands, where the LUN is part of a sensor's address.
const SENSOR_EVENT: u8 = 0x04;
/// The first command that names a sensor.
const FIRST_SENSOR_COMMAND: u8 = 0x20;
/// Base unit of power sensors.
const WATTS: u8 = 6;
/// Undrained events that are kept.
const EVENTS_KEPT: usize = 1024;

#[cfg(test)]
#[path = "machine_tests.rs"]
pub(super) mod tests;
