//! The machine behind the packets: every repository and setting, driven by commands and time.
//!
//! Feed it with [`Machine::handle`] and [`Machine::handle_timeout`]; afterwards drain [`Machine::poll_event`] until it
//! is empty, and sleep no longer than until [`Machine::poll_timeout`].

use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;

use super::app::device::{DeviceInfo, DeviceState};
use super::app::users::Users;
use super::channel::Channels;
use super::command::{Command, MachineEvent, Reply, cc};
use super::inventory::Inventory;
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
    events: VecDeque<MachineEvent>,
}

impl Machine {
    /// A machine that was just given power: `now` and `wall_ms` (since 1970) are when. `seed` varies the sensors.
    pub fn new(inventory: Inventory, seed: u64, now: Instant, wall_ms: u64) -> Self {
        let _ = (seed, now, wall_ms);
        let channels = Channels::new();
        let lans: Vec<u8> = channels
            .iter()
            .filter(|c| c.is_lan())
            .map(|c| c.number)
            .collect();
        Self {
            info: inventory.device,
            device: DeviceState::default(),
            users: Users::default(),
            lan: lans.iter().map(|&n| (n, LanConfig::new(n))).collect(),
            sol: lans.iter().map(|&n| (n, SolConfig::new(n))).collect(),
            channels,
            events: VecDeque::new(),
        }
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

    // What comes in.

    /// Executes one command. `None`: it is no request (an odd network function), do not answer.
    pub fn handle(&mut self, c: &Command) -> Option<Reply> {
        if c.netfn & 1 == 1 || c.netfn > 0x3f {
            return None;
        }
        Some(self.run(c))
    }

    /// Lets time pass: call at or after [`poll_timeout`](Self::poll_timeout).
    pub fn handle_timeout(&mut self, now: Instant, wall_ms: u64) {
        let _ = (now, wall_ms);
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
        None
    }

    // For the handlers.

    pub(super) fn emit(&mut self, event: MachineEvent) {
        // The program drains after every command; a program that does not must not cost memory.
        if self.events.len() < EVENTS_KEPT {
            self.events.push_back(event);
        }
    }

    pub(super) fn cold_reset(&mut self, _now: Instant) {
        self.device = DeviceState::default();
        self.channels.restore_stored();
        self.lan.values_mut().for_each(LanConfig::release);
        self.sol.values_mut().for_each(SolConfig::restore_stored);
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
        if let Some(group) = prefix {
            reply.data.insert(0, group);
        }
        reply
    }

    fn checked(&mut self, c: &Command) -> super::command::Outcome {
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
/// Undrained events that are kept.
const EVENTS_KEPT: usize = 1024;
