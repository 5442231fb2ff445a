//! The BMC as the network and its serial ports see it: datagrams and characters in, datagrams and characters out.
//!
//! Sans-IO. After each `handle_*` or `serial_*` call drain [`Bmc::poll_transmit`] and [`Bmc::poll_event`], hand
//! [`Bmc::take_serial`] to the ports, and sleep no longer than until [`Bmc::poll_timeout`].

mod challenge;
mod extension;
mod handshake;
mod hooks;
mod payload_commands;
mod receive;
mod send;
mod session_commands;
mod types;
mod upkeep;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

pub use hooks::{Fate, Hooks};
pub use types::{Config, Event, Statistics, Transmit};

use super::command::Privilege;
use super::console_log::ConsoleLog;
use super::machine::Machine;
use super::moment::{Moment, Peer, Random};
use super::queue::{Queue, Task, Work};
use super::session::{Session, Sessions};
use super::sol::{self, Port};
use crate::wire::session::PayloadType;
use crate::wire::sol::ToBmc;

/// The BMC.
pub struct Bmc {
    machine: Machine,
    config: Config,
    random: Box<dyn Random>,
    sessions: Sessions,
    ports: Vec<Serial>,
    queue: Queue,
    hooks: Hooks,
    busy_until: Option<Instant>,
    deaf_until: Option<Instant>,
    /// A session to end once the present request is answered.
    closing: Option<u32>,
    /// The UDP port of each socket, where it is known.
    socket_ports: Vec<u16>,
    out: VecDeque<Transmit>,
    events: VecDeque<Event>,
    statistics: Statistics,
}

/// A serial port: what flows now, and what has flowed.
struct Serial {
    sol: Port,
    log: ConsoleLog,
    /// Log offset of the first character of the present activation.
    sol_start: Option<u64>,
    /// Nothing comes out any more, though the session lives (a quirk).
    dead: bool,
}

impl Bmc {
    /// A BMC that was just given power.
    pub fn new(machine: Machine, config: Config, mut random: Box<dyn Random>) -> Self {
        let ports = (0..config.ports.clamp(1, 15))
            .map(|_| Serial {
                sol: Port::default(),
                log: ConsoleLog::new(config.log_size, number(&mut *random)),
                sol_start: None,
                dead: false,
            })
            .collect();
        Self {
            machine,
            config,
            random,
            sessions: Sessions::default(),
            ports,
            queue: Queue::default(),
            hooks: Hooks::default(),
            busy_until: None,
            deaf_until: None,
            closing: None,
            socket_ports: Vec::new(),
            out: VecDeque::new(),
            events: VecDeque::new(),
            statistics: Statistics::default(),
        }
    }

    // What can be asked.

    /// The machine behind the commands.
    pub fn machine(&self) -> &Machine {
        &self.machine
    }

    /// The machine behind the commands, to change it.
    pub fn machine_mut(&mut self) -> &mut Machine {
        &mut self.machine
    }

    /// How it is set up.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// What happened so far.
    pub fn statistics(&self) -> &Statistics {
        &self.statistics
    }

    /// What happened on a port so far.
    pub fn port_counts(&self, port: usize) -> sol::Counts {
        self.ports
            .get(port)
            .map(|p| p.sol.counts)
            .unwrap_or_default()
    }

    /// The console log of a port.
    pub fn console_log(&self, port: usize) -> Option<&ConsoleLog> {
        self.ports.get(port).map(|p| &p.log)
    }

    /// Puts a log that was kept in the place of a port's own, before anything came.
    pub fn restore_console_log(&mut self, port: usize, log: ConsoleLog) {
        if let Some(port) = self.ports.get_mut(port) {
            port.log = log;
        }
    }

    /// The active sessions.
    pub fn sessions(&self) -> impl Iterator<Item = &Session> {
        self.sessions.iter()
    }

    /// The session that has the SOL payload of a port.
    pub fn sol_session(&self, port: usize) -> Option<u32> {
        self.ports.get(port).and_then(|p| p.sol.session())
    }

    /// When the SOL packet of a port that waits for its acknowledgement was sent first, and how many characters it holds.
    pub fn sol_under_way(&self, port: usize) -> Option<(Instant, usize)> {
        self.ports.get(port).and_then(|p| p.sol.under_way())
    }

    /// How many tasks wait now, and how many did at most.
    pub fn queue_lengths(&self) -> (usize, usize) {
        (self.queue.len(), self.queue.longest)
    }

    /// How many characters of the host a port takes now; 0: let the host wait.
    pub fn serial_room(&self, port: usize) -> usize {
        self.ports.get(port).map_or(0, |p| p.sol.room())
    }

    // What comes in.

    /// Takes a datagram.
    pub fn handle_datagram(
        &mut self,
        now: Instant,
        wall_ms: u64,
        from: impl Into<Peer>,
        bytes: &[u8],
    ) {
        let at = Moment { now, wall_ms };
        self.statistics.datagrams_in += 1;
        self.count_packet(LAN_CHANNEL);
        self.catch_up(at);
        if self.deaf_until.is_none() {
            self.receive(at, from.into(), bytes);
            self.work(at);
        }
        self.pump_sol(at.now);
    }

    /// Does what is due; call it at or after [`poll_timeout`](Self::poll_timeout).
    pub fn handle_timeout(&mut self, now: Instant, wall_ms: u64) {
        let at = Moment { now, wall_ms };
        self.catch_up(at);
        self.machine.handle_timeout(now, wall_ms);
        self.work(at);
        self.expire(at);
        for index in 0..self.ports.len() {
            let settings = self.sol_settings(index);
            self.ports[index].sol.handle_timeout(now, &settings);
        }
        self.pump_sol(now);
        self.collect_machine_events(at);
    }

    /// Takes characters that the host emitted on a port. All are logged; no more than
    /// [`serial_room`](Self::serial_room) reach a console that does not keep up.
    pub fn serial_input(&mut self, now: Instant, wall_ms: u64, port: usize, bytes: &[u8]) {
        let settings = self.sol_settings(port);
        let Some(serial) = self.ports.get_mut(port) else {
            return;
        };
        serial.log.append(wall_ms, bytes);
        if !serial.dead {
            serial.sol.host_output(now, bytes, &settings);
        }
        self.pump_sol(now);
    }

    /// The host held a port's line low.
    pub fn serial_break(&mut self, now: Instant, port: usize) {
        let settings = self.sol_settings(port);
        if let Some(serial) = self.ports.get_mut(port) {
            serial.sol.host_break(now, &settings);
        }
        self.pump_sol(now);
    }

    /// Characters for the host, at most `most`. Ask again when the port has taken them.
    pub fn take_serial(&mut self, now: Instant, port: usize, most: usize) -> Vec<u8> {
        let Some(serial) = self.ports.get_mut(port) else {
            return Vec::new();
        };
        let bytes = serial.sol.for_host(most);
        if !bytes.is_empty() {
            serial.sol.host_took();
            self.pump_sol(now);
        }
        if self.ports.get(port).is_some_and(|p| p.dead) {
            Vec::new()
        } else {
            bytes
        }
    }

    // What is done to it.

    /// Sets faults that live inside the BMC.
    pub fn hooks_mut(&mut self) -> &mut Hooks {
        &mut self.hooks
    }

    /// Processes no request until `until`; they wait.
    pub fn set_busy(&mut self, until: Instant) {
        self.busy_until = Some(self.busy_until.map_or(until, |old| old.max(until)));
    }

    /// Whether requests wait now.
    pub fn is_busy(&self) -> bool {
        self.busy_until.is_some()
    }

    /// Restarts: every session is gone without a word, and nothing is heard until `until`. `new_epoch`: the console
    /// logs start anew.
    pub fn reboot(&mut self, until: Instant, new_epoch: bool) {
        self.sessions.clear();
        self.queue.clear();
        self.busy_until = None;
        self.deaf_until = Some(until);
        for (index, serial) in self.ports.iter_mut().enumerate() {
            let _ = serial.sol.deactivate();
            serial.sol_start = None;
            serial.dead = false;
            if new_epoch {
                serial.log.clear(number(&mut *self.random));
            }
            push_event(
                &mut self.events,
                Event::Sol {
                    port: index,
                    session: None,
                },
            );
        }
        self.count_sessions();
    }

    /// Takes the SOL payload of a port away from its owner, telling it, as an operator at the BMC would.
    pub fn deactivate_sol(&mut self, now: Instant, port: usize) {
        self.end_sol(port, !self.config.personality.silent_deactivation);
        self.pump_sol(now);
    }

    /// Takes the SOL payload of a port away from its owner without a word, as if another console had stolen it.
    /// `thief` is the session id that *Get Payload Instance Info* names from then on.
    pub fn steal_sol(&mut self, port: usize, thief: u32) {
        self.end_sol(port, false);
        let settings = self.sol_settings(port);
        if let Some(serial) = self.ports.get_mut(port) {
            serial.sol.activate(thief, false, &settings);
        }
    }

    /// Loses what waits for the console of a port.
    pub fn overrun_sol(&mut self, now: Instant, port: usize) {
        let settings = self.sol_settings(port);
        if let Some(serial) = self.ports.get_mut(port) {
            serial.sol.overrun(now, &settings);
        }
        self.pump_sol(now);
    }

    /// Tells on which UDP ports the sockets listen, in their order: *Activate Payload* names the one that its session
    /// uses. Without it the SOL configuration's port is named.
    pub fn set_socket_ports(&mut self, ports: Vec<u16>) {
        self.socket_ports = ports;
    }

    /// Changes how many sessions there may be at once.
    pub fn set_session_limit(&mut self, limit: usize) {
        self.config.session_limit = limit.clamp(1, 63);
    }

    // What goes out.

    /// The next datagram to send.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.out.pop_front()
    }

    /// The next thing that happened.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// When [`handle_timeout`](Self::handle_timeout) has something to do.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let idle = self.idle_limit();
        let sessions = self.sessions.iter().map(|s| s.last_command + idle);
        let half_open = self
            .sessions
            .all_half_open()
            .map(|h| h.since + HALF_OPEN_LIFE);
        let ports = (0..self.ports.len())
            .filter_map(|i| self.ports[i].sol.poll_timeout(&self.sol_settings(i)));
        let others = [
            self.busy_until,
            self.deaf_until,
            self.machine.poll_timeout(),
        ];
        sessions
            .chain(half_open)
            .chain(ports)
            .chain(others.into_iter().flatten())
            .min()
    }

    // Inside.

    /// Ends spells that are over.
    fn catch_up(&mut self, at: Moment) {
        if self.busy_until.is_some_and(|until| until <= at.now) {
            self.busy_until = None;
        }
        if self.deaf_until.is_some_and(|until| until <= at.now) {
            self.deaf_until = None;
        }
        if self.busy_until.is_none() {
            self.work(at);
        }
    }

    /// Processes what waits, in order, as long as nothing keeps the BMC busy.
    fn work(&mut self, at: Moment) {
        while self.busy_until.is_none() {
            let Some(task) = self.queue.pop() else { break };
            self.process(at, task);
            self.collect_machine_events(at);
        }
    }

    fn process(&mut self, at: Moment, task: Task) {
        match task.work {
            Work::Request {
                session,
                ref message,
            } => self.process_request(at, &task, session, message),
            Work::Datagram(ref bytes) => self.process_datagram(at, &task, bytes),
        }
    }

    fn receive_sol(&mut self, at: Moment, session: u32, session_seq: u32, payload: &[u8]) {
        let Ok(packet) = ToBmc::parse(payload) else {
            self.statistics.strangers += 1;
            return;
        };
        let Some(port) = self
            .ports
            .iter()
            .position(|p| p.sol.session() == Some(session))
        else {
            return;
        };
        let settings = self.sol_settings(port);
        self.ports[port]
            .sol
            .receive(at.now, session_seq, &packet, &settings);
    }

    /// Sends what the SOL instances have to say.
    fn pump_sol(&mut self, _now: Instant) {
        for index in 0..self.ports.len() {
            let session = self.ports[index].sol.session();
            while let Some(payload) = self.ports[index].sol.poll_payload() {
                if let Some(session) = session {
                    self.send_payload(session, PayloadType::Sol, &payload);
                }
            }
            while let Some(action) = self.ports[index].sol.poll_action() {
                push_event(&mut self.events, Event::Serial(index, action));
            }
        }
    }

    fn sol_settings(&self, _port: usize) -> sol::Settings {
        let p = &self.config.personality;
        let (accumulate, threshold, retries, interval) = match self.machine.sol(LAN_CHANNEL) {
            Some(c) => (
                c.accumulate(),
                c.threshold().into(),
                c.retries().into(),
                c.retry_interval(),
            ),
            None => (Duration::from_millis(60), 96, 7, Duration::from_millis(500)),
        };
        sol::Settings {
            accumulate,
            threshold,
            retries: p.sol_retries.unwrap_or(retries),
            interval: p.sol_retry_interval.unwrap_or(interval),
            largest: usize::from(p.sol_characters),
            ways: p.sol,
        }
    }

    fn fresh<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes);
        bytes
    }

    fn fresh_session_id(&mut self) -> u32 {
        loop {
            let id = u32::from_le_bytes(self.fresh());
            // Among 2^32 ids fewer than a hundred are taken: this ends, unless the source repeats itself, and then
            // the id is counted on.
            for offset in 0..256 {
                let id = id.wrapping_add(offset);
                if self.sessions.is_free(id) {
                    return id;
                }
            }
        }
    }

    fn count_packet(&mut self, channel: u8) {
        if let Some(lan) = self.machine.lan_mut(channel) {
            for index in [0, 5] {
                lan.statistics[index] = lan.statistics[index].wrapping_add(1);
            }
        }
    }

    fn channel_limit(&self) -> Option<Privilege> {
        use super::channel::AccessMode;
        let access = self.machine.channels().get(LAN_CHANNEL)?.present;
        (access.mode == AccessMode::Always).then_some(access.limit)
    }
}

fn push_event(events: &mut VecDeque<Event>, event: Event) {
    // The program drains after every call; one that does not must not cost memory.
    if events.len() < MOST_WAITING {
        events.push_back(event);
    }
}

fn number(random: &mut dyn Random) -> u64 {
    let mut bytes = [0; 8];
    random.fill(&mut bytes);
    u64::from_le_bytes(bytes)
}

/// The enterprise number that RFC 5612 reserves for examples.
pub const EXTENSION_IANA: u32 = 32473;
/// The channel that the sockets belong to.
pub const LAN_CHANNEL: u8 = 1;

/// How long a session may be in the making.
const HALF_OPEN_LIFE: Duration = Duration::from_secs(15);
/// Datagrams and events that wait at most.
const MOST_WAITING: usize = 4096;
/// By how much sequence numbers jump on boards that do so.
const SEQUENCE_JUMP: u32 = 1000;

#[cfg(test)]
pub(crate) mod tests;
