//! The loop: plays a history from the first packet to the end, and checks after every step what must hold.

use std::time::{Duration, Instant};

use steadysol::bmc::command::Privilege;
use steadysol::bmc::endpoint::{self, Bmc, EXTENSION_IANA, Fate, LAN_CHANNEL};
use steadysol::bmc::inventory::Inventory;
use steadysol::bmc::machine::Machine;
use steadysol::bmc::moment::Seeded;
use steadysol::bmc::sol::Action;
use steadysol::proto::console::{CloseReason, Event, Notice, Refusal};
use steadysol::proto::inflight::CAPACITY;
use steadysol::proto::keepalive::{Policy, Probe};
use steadysol::proto::sol::QUEUE;

use super::books::{Books, CELL, Counted};
use super::client::{Client, EPOCH_MS, PASSWORD, USER};
use super::history::{Deed, History, Way, What};
use super::network::Network;

/// A client, a BMC, and the roads between them.
#[derive(Debug)]
pub struct World {
    base: Instant,
    now: Duration,
    client: Client,
    bmc: SimulatedBmc,
    network: Network,
    books: Books,
    policy: Policy,
    /// What is still to happen, the next last.
    script: Vec<(Duration, Turn)>,
    to_print: u64,
    /// When the host may print on.
    print_at: Option<Duration>,
    host_stalled: u32,
    paused: u32,
    shutting_down: bool,
    breaks_sent: u64,
    breaks_seen: u64,
    /// When the client last got something authentic.
    heard: Duration,
    /// How many deeds that cut the BMC off are in force, and when the last ended.
    cut_off: u32,
    reachable_since: Duration,
    /// How many packets of a thousand get lost just now, and when many last did.
    lossy: u32,
    lossy_until: Duration,
    /// Whether the board takes only the SOL number that it expects.
    strict: bool,
    /// Whether somebody has ended or taken the console.
    ended: bool,
    sent_in_step: usize,
    spins: u32,
    /// Whether events are printed as they happen.
    traces: bool,
    outcome: Outcome,
}

/// What came of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// When the console opened.
    pub opened: Option<Duration>,
    /// When and why it closed.
    pub closed: Option<(Duration, CloseReason)>,
    /// Why it did not open.
    pub failed: Option<String>,
    /// How often a new session took the place of one that was lost.
    pub renewals: u32,
    /// Bytes printed, shown, and not shown because the BMC dropped them or had no console for them.
    pub output: (u64, u64, u64),
    /// When output was shown last.
    pub shown_at: Duration,
    /// Characters typed.
    pub typed: usize,
    /// Datagrams: to the BMC, to the client.
    pub datagrams: (u64, u64),
    /// Wake-ups.
    pub steps: u64,
}

/// What must hold does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// When.
    pub at: Duration,
    /// What.
    pub what: String,
}

#[derive(Debug, Clone, Copy)]
enum Turn {
    Begin(Deed),
    End(Deed),
    Rest,
    ShutDown,
}

struct SimulatedBmc {
    core: Bmc,
    frozen: u32,
    door: Vec<super::network::Packet>,
}

impl std::fmt::Debug for SimulatedBmc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SimulatedBmc").finish_non_exhaustive()
    }
}

impl World {
    /// The world before the first packet.
    pub fn new(history: &History) -> Self {
        Self::with_policy(
            history,
            Policy {
                probe: history.setting.probe,
                ..Policy::default()
            },
        )
    }

    /// The same, with other times for the keepalive.
    pub fn with_policy(history: &History, policy: Policy) -> Self {
        let base = Instant::now();
        let setting = &history.setting;
        let mut script: Vec<(Duration, Turn)> = Vec::new();
        for deed in &history.deeds {
            script.push((deed.at, Turn::Begin(*deed)));
            if !deed.lasts.is_zero() {
                script.push((deed.at + deed.lasts, Turn::End(*deed)));
            }
        }
        script.push((history.lasts, Turn::Rest));
        script.push((history.lasts, Turn::ShutDown));
        script.sort_by_key(|(at, _)| *at);
        script.reverse();
        Self {
            base,
            now: Duration::ZERO,
            client: Client::new(base, setting, policy, history.seed),
            bmc: SimulatedBmc {
                core: bmc(history, base),
                frozen: 0,
                door: Vec::new(),
            },
            network: Network::new(setting.latency, history.seed ^ 0x5eed),
            books: Books::new(setting),
            policy,
            script,
            to_print: 0,
            print_at: None,
            host_stalled: 0,
            paused: 0,
            shutting_down: false,
            breaks_sent: 0,
            breaks_seen: 0,
            heard: Duration::ZERO,
            cut_off: 0,
            reachable_since: Duration::ZERO,
            lossy: 0,
            lossy_until: Duration::ZERO,
            strict: setting.personality().sol.strict_sequence,
            ended: false,
            sent_in_step: 0,
            spins: 0,
            traces: std::env::var_os("NETSIM_TRACE").is_some(),
            outcome: Outcome::default(),
        }
    }

    /// Plays a history to its end.
    ///
    /// # Errors
    ///
    /// What did not hold, and when.
    pub fn play(history: &History) -> Result<Outcome, Broken> {
        Self::new(history).run()
    }

    /// Runs to the end.
    ///
    /// # Errors
    ///
    /// What did not hold, and when.
    pub fn run(mut self) -> Result<Outcome, Broken> {
        match self.run_on() {
            Ok(()) => {
                self.outcome.output = self.books.output();
                self.outcome.typed = self.books.typed();
                Ok(self.outcome)
            }
            Err(what) => Err(Broken { at: self.now, what }),
        }
    }

    fn run_on(&mut self) -> Result<(), String> {
        loop {
            self.exchange()?;
            self.check()?;
            if self.outcome.failed.is_some() || self.outcome.closed.is_some() {
                return self.check_end();
            }
            let Some(next) = self.next_wake_up() else {
                return Err("nothing will ever happen again".into());
            };
            if next <= self.now {
                self.spins += 1;
                if self.spins > MOST_SPINS {
                    return Err(format!(
                        "it spins: client {:?}, BMC {:?}, network {:?}, host {:?}",
                        self.client.poll_timeout().map(|at| at - self.base),
                        self.bmc
                            .core
                            .poll_timeout()
                            .map(|at| at.saturating_duration_since(self.base)),
                        self.network.next_arrival(),
                        self.print_at
                    ));
                }
            } else {
                self.spins = 0;
            }
            self.now = self.now.max(next);
            self.outcome.steps += 1;
            self.step()?;
        }
    }

    fn next_wake_up(&self) -> Option<Duration> {
        let virtual_time = |at: Instant| at.saturating_duration_since(self.base);
        let bmc = if self.bmc.frozen > 0 {
            None
        } else {
            self.bmc.core.poll_timeout().map(virtual_time)
        };
        [
            self.client.poll_timeout().map(virtual_time),
            bmc,
            self.network.next_arrival(),
            self.print_at,
            self.script.last().map(|(at, _)| *at),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Everything that is due now.
    fn step(&mut self) -> Result<(), String> {
        while let Some((_, turn)) = self.script.pop_if(|(at, _)| *at <= self.now) {
            self.turn(turn)?;
            self.exchange()?;
        }
        while let Some(packet) = self.network.arrive(self.now) {
            match packet.way {
                Way::Up if self.bmc.frozen > 0 => {
                    if self.bmc.door.len() < DOOR {
                        self.bmc.door.push(packet);
                    }
                }
                Way::Up => self.carry_to_bmc(&packet),
                Way::Down => self.carry_to_client(&packet),
            }
            self.exchange()?;
        }
        let now = self.instant();
        if self.bmc.frozen == 0 && self.bmc.core.poll_timeout().is_some_and(|at| at <= now) {
            self.bmc.core.handle_timeout(now, self.wall());
            if let Some(at) = self.bmc.core.poll_timeout().filter(|at| *at <= now) {
                return Err(format!(
                    "the BMC's next deadline is {:?} in the past after it was handled",
                    now - at
                ));
            }
            self.exchange()?;
        }
        if self.client.poll_timeout().is_some_and(|at| at <= now) {
            self.client.handle_timeout(now);
            if let Some(at) = self.client.poll_timeout().filter(|at| *at <= now) {
                return Err(format!(
                    "the client's next deadline is {:?} in the past after it was handled",
                    now - at
                ));
            }
        }
        self.print_on();
        Ok(())
    }

    fn carry_to_bmc(&mut self, packet: &super::network::Packet) {
        let (now, wall) = (self.instant(), self.wall());
        self.bmc
            .core
            .handle_datagram(now, wall, packet.client, &packet.bytes);
    }

    fn carry_to_client(&mut self, packet: &super::network::Packet) {
        let now = self.instant();
        if packet.genuine
            && let Some(console) = self.client.console()
        {
            let ours = console.link().session().console_id().to_le_bytes();
            if packet.bytes.get(4) == Some(&RMCP_PLUS) && packet.bytes.get(6..10) == Some(&ours) {
                self.heard = self.now;
            }
        }
        self.client.handle_datagram(now, &packet.bytes);
    }

    /// Carries everything that either side has to say to the other side's road, and notes what happened.
    fn exchange(&mut self) -> Result<(), String> {
        self.sent_in_step = 0;
        while let Some(bytes) = self.client.poll_transmit() {
            self.sent_in_step += 1;
            self.outcome.datagrams.0 += 1;
            let client = self.network.client();
            self.network.send(self.now, Way::Up, client, bytes);
        }
        while let Some(transmit) = self.bmc.core.poll_transmit() {
            self.outcome.datagrams.1 += 1;
            self.network
                .send(self.now, Way::Down, transmit.to.address, transmit.bytes);
        }
        while let Some(event) = self.bmc.core.poll_event() {
            if self.traces {
                eprintln!("{:9.3} BMC {event:?}", self.now.as_secs_f64());
            }
            match event {
                endpoint::Event::Sol { session, .. } => {
                    self.books.sol(session.is_some(), self.counted());
                }
                endpoint::Event::Serial(_, Action::Break) => self.breaks_seen += 1,
                _ => {}
            }
        }
        if self.host_stalled == 0 {
            let now = self.instant();
            loop {
                let bytes = self.bmc.core.take_serial(now, 0, 256);
                if bytes.is_empty() {
                    break;
                }
                self.books.take(&bytes)?;
            }
            // Taking may have made the BMC say that there is room again.
            while let Some(transmit) = self.bmc.core.poll_transmit() {
                self.outcome.datagrams.1 += 1;
                self.network
                    .send(self.now, Way::Down, transmit.to.address, transmit.bytes);
            }
        }
        self.listen()
    }

    /// What the console tells.
    fn listen(&mut self) -> Result<(), String> {
        if let Some(reason) = self.client.failure() {
            self.outcome.failed = Some(reason.to_owned());
        }
        let counted = self.counted();
        while let Some(console) = self.client.console() {
            let Some(event) = console.poll_event() else {
                break;
            };
            let waiting = QUEUE - console.input_room();
            if self.traces {
                eprintln!("{:9.3} {event:?}", self.now.as_secs_f64());
            }
            match event {
                Event::Opened => {
                    self.outcome.opened = Some(self.now);
                    self.books.opened();
                    self.heard = self.now;
                }
                Event::Data(bytes) | Event::Placed(bytes, _) | Event::Recovered(bytes, ..) => {
                    self.outcome.shown_at = self.now;
                    self.books.show(&bytes, counted)?;
                }
                Event::Notice(Notice::Overrun) => self.books.overrun(),
                Event::Notice(Notice::Gap(bytes)) => self.books.gap(bytes),
                Event::Notice(Notice::Renewed { .. }) => {
                    self.outcome.renewals += 1;
                    self.heard = self.now;
                    self.books.renewed(waiting, counted)?;
                }
                Event::Notice(_)
                | Event::Report(_)
                | Event::Refetched(..)
                | Event::RefetchEnded => {}
                Event::Closed(reason) => {
                    self.check_reason(&reason)?;
                    self.outcome.closed = Some((self.now, reason));
                }
            }
        }
        Ok(())
    }

    fn turn(&mut self, turn: Turn) -> Result<(), String> {
        let now = self.instant();
        match turn {
            Turn::Begin(deed) => self.begin(deed),
            Turn::End(deed) => {
                self.end(deed);
                Ok(())
            }
            Turn::Rest => self.check_rest(),
            Turn::ShutDown => {
                self.shutting_down = true;
                match self.client.console() {
                    Some(console) => console.shut_down(now),
                    None => return Err("there is neither a console nor a reason why".into()),
                }
                Ok(())
            }
        }
    }

    fn begin(&mut self, deed: Deed) -> Result<(), String> {
        let now = self.instant();
        if deed.what.cuts_off() {
            self.cut_off += 1;
        }
        match deed.what {
            What::Print(cells) => self.to_print += u64::from(cells),
            What::Type(count) => {
                let keys = self.books.type_more(count as usize);
                let taken = self
                    .client
                    .console()
                    .map_or(0, |console| console.type_bytes(now, &keys));
                self.books.untype(keys.len() - taken);
            }
            What::Break => {
                if let Some(console) = self.client.console() {
                    console.send_break(now);
                    self.breaks_sent += 1;
                }
            }
            What::PauseOutput => {
                self.paused += 1;
                self.pause();
            }
            What::HostStalls => self.host_stalled += 1,
            What::Busy => self.bmc.core.set_busy(now + deed.lasts),
            What::Freeze => self.bmc.frozen += 1,
            What::Reboot => self.bmc.core.reboot(now + deed.lasts, false),
            What::Mute(cmd, times) => {
                let hooks = self.bmc.core.hooks_mut();
                hooks.set((6, cmd), Fate::NoAnswer, Some(times));
            }
            What::HostReset => {
                let command = steadysol::bmc::command::Command {
                    netfn: 0,
                    lun: 0,
                    cmd: 2,
                    data: &[3],
                    channel: LAN_CHANNEL,
                    privilege: Privilege::Administrator,
                    user: 2,
                    now,
                    wall_ms: self.wall(),
                };
                self.bmc.core.machine_mut().handle(&command);
            }
            What::Overrun => self.bmc.core.overrun_sol(now, 0),
            What::Deactivate => {
                self.ended = true;
                self.bmc.core.deactivate_sol(now, 0);
            }
            What::Steal => {
                self.ended = true;
                self.bmc.core.steal_sol(0, THIEF);
            }
            What::Loss(_, rate) | What::Corrupt(rate) => {
                self.lossy += rate;
                self.network.begin(self.now, deed.what);
            }
            what => self.network.begin(self.now, what),
        }
        Ok(())
    }

    fn end(&mut self, deed: Deed) {
        if deed.what.cuts_off() {
            self.cut_off -= 1;
            self.reachable_since = self.now;
        }
        match deed.what {
            What::PauseOutput => {
                self.paused -= 1;
                self.pause();
            }
            What::HostStalls => self.host_stalled -= 1,
            What::Freeze => {
                self.bmc.frozen -= 1;
                if self.bmc.frozen == 0 {
                    for packet in std::mem::take(&mut self.bmc.door) {
                        self.carry_to_bmc(&packet);
                    }
                }
            }
            What::Loss(_, rate) | What::Corrupt(rate) => {
                self.lossy -= rate;
                self.lossy_until = self.now;
                self.network.end(self.now, deed.what);
            }
            what => self.network.end(self.now, what),
        }
    }

    fn pause(&mut self) {
        let paused = self.paused > 0;
        if let Some(console) = self.client.console() {
            console.pause_output(paused);
        }
    }

    /// The host prints what the port takes, at the speed of its line.
    fn print_on(&mut self) {
        if self.print_at.is_some_and(|at| at > self.now) {
            return;
        }
        self.print_at = None;
        if self.to_print == 0 {
            return;
        }
        let room = (self.bmc.core.serial_room(0) / CELL) as u64;
        let cells = room.min(self.to_print).min(BURST);
        if cells > 0 && self.bmc.frozen == 0 {
            self.to_print -= cells;
            let bytes = self.books.print(cells);
            let (now, wall) = (self.instant(), self.wall());
            self.bmc.core.serial_input(now, wall, 0, &bytes);
        }
        if self.to_print > 0 {
            self.print_at = Some(self.now + BURST_TIME);
        }
    }

    fn counted(&self) -> Counted {
        let counts = self.bmc.core.port_counts(0);
        Counted {
            taken: counts.characters_in,
            acknowledged: counts.characters_out,
            dropped: counts.dropped,
        }
    }

    fn instant(&self) -> Instant {
        self.base + self.now
    }

    fn wall(&self) -> u64 {
        EPOCH_MS + u64::try_from(self.now.as_millis()).unwrap_or(u64::MAX)
    }
}

/// What must hold.
impl World {
    fn check(&mut self) -> Result<(), String> {
        let counted = self.counted();
        if self.sent_in_step > MOST_IN_STEP {
            return Err(format!(
                "the client sends {} datagrams at once",
                self.sent_in_step
            ));
        }
        if self.network.len() > MOST_FLYING {
            return Err(format!("{} packets are under way", self.network.len()));
        }
        let (waiting, _) = self.bmc.core.queue_lengths();
        let sessions = self.bmc.core.sessions().count();
        if sessions > MOST_SESSIONS {
            return Err(format!("the BMC has {sessions} sessions of one client"));
        }
        if self.bmc.core.poll_timeout().is_none() && (sessions > 0 || waiting > 0) {
            return Err(format!(
                "the BMC has {sessions} sessions and {waiting} requests, and no deadline"
            ));
        }
        let deadline = self.client.poll_timeout();
        let asks = self.policy.probe != Probe::None;
        let open = self.outcome.opened.is_some();
        let closed = self.outcome.closed.is_some() || self.outcome.failed.is_some();
        let Some(console) = self.client.console() else {
            return match deadline {
                None if !closed => Err("no session is made, and there is no deadline".into()),
                _ => Ok(()),
            };
        };
        let room = console.input_room();
        if room > QUEUE {
            return Err(format!("there is room for {room} typed characters"));
        }
        if open {
            self.books.check_typed(QUEUE - room, counted)?;
        }
        let entries = console.link().ledger().entries().count();
        if entries > CAPACITY {
            return Err(format!("the ledger holds {entries} requests"));
        }
        let awaited = console.link().ledger().entries().any(|entry| entry.awaited);
        let outstanding = asks || awaited || room < QUEUE;
        if outstanding && deadline.is_none() && !closed {
            return Err("something is outstanding, and the client has no deadline".into());
        }
        if self.breaks_seen > self.breaks_sent + u64::from(self.outcome.renewals) {
            return Err(format!(
                "{} breaks were sent, and the BMC saw {}",
                self.breaks_sent, self.breaks_seen
            ));
        }
        Ok(())
    }

    /// Whether the console may be over, for this reason, now.
    fn check_reason(&self, reason: &CloseReason) -> Result<(), String> {
        let silence = self.now - self.heard;
        let limit = self.policy.dead_after;
        let fail = |why: &str| {
            Err(format!(
                "closed: {reason:?} after {silence:?} of silence, reachable since {:?}: {why}",
                self.reachable_since
            ))
        };
        match reason {
            CloseReason::User if self.shutting_down => Ok(()),
            CloseReason::User => fail("the user wished no such thing"),
            _ if self.ended => Ok(()),
            CloseReason::Refused(Refusal::NoAnswer) if self.outcome.opened.is_none() => {
                if self.cut_off > 0 || self.now - self.reachable_since < limit || self.lossy > 0 {
                    Ok(())
                } else {
                    fail("nothing kept the BMC from answering")
                }
            }
            // It takes a moment to say goodbye, in which the BMC may be heard again.
            CloseReason::Dead
                if silence < limit
                    && self.now - self.reachable_since > GOODBYE
                    && self.lossy == 0 =>
            {
                fail("the limit has not passed")
            }
            CloseReason::Dead => {
                // Reachable again within the limit, with time left to be asked once more and to make a session.
                let lossy = self.lossy > FEW_LOST || self.lossy_until > self.heard;
                let back = self.cut_off == 0
                    && self.now - self.reachable_since > GOODBYE
                    && self.reachable_since + MARGIN < self.heard + limit;
                if back && !lossy {
                    fail("the BMC was reachable again within the limit")
                } else {
                    Ok(())
                }
            }
            _ => fail("nobody has ended or taken it"),
        }
    }

    /// All faults are over for long: everything must have come to rest.
    fn check_rest(&mut self) -> Result<(), String> {
        if self.ended {
            return Ok(());
        }
        let counted = self.counted();
        let Some(console) = self.client.console() else {
            return Ok(());
        };
        let waiting = QUEUE - console.input_room();
        if self.to_print > 0 {
            return Err(format!(
                "the host still waits to print {} cells",
                self.to_print
            ));
        }
        // A board that answers neither a copy of a packet nor anything but the next number may stay out of step after
        // its answer to a probe was lost as well: a known limit.
        if self.strict && waiting > 0 {
            return Ok(());
        }
        self.books.check_rest(waiting, counted)?;
        if self.breaks_seen < self.breaks_sent.min(1) {
            return Err("no break has come through".into());
        }
        Ok(())
    }

    fn check_end(&mut self) -> Result<(), String> {
        if let Some(at) = self.client.poll_timeout() {
            return Err(format!(
                "it is over, and wants to be called at {:?}",
                at - self.base
            ));
        }
        let quiet = self.cut_off == 0 && self.lossy == 0;
        if self.shutting_down && quiet && !self.ended {
            if self.bmc.core.sol_session(0).is_some() {
                return Err("the user has ended it, and the payload is still active".into());
            }
            let sessions = self.bmc.core.sessions().count();
            // Sessions whose making was never confirmed end by their own limit, which some settings put off.
            if sessions > 0 && self.outcome.renewals == 0 && self.policy.probe == Probe::DeviceId {
                return Err(format!(
                    "the user has ended it, and {sessions} sessions are open"
                ));
            }
        }
        Ok(())
    }
}

fn bmc(history: &History, now: Instant) -> Bmc {
    let mut machine = Machine::new(Inventory::empty(), history.seed, now, EPOCH_MS);
    machine
        .users_mut()
        .add(USER, PASSWORD.as_bytes(), Privilege::Administrator)
        .expect("the first user finds room");
    if let Some(channel) = machine.channels_mut().get_mut(LAN_CHANNEL) {
        channel.present.limit = Privilege::Administrator;
    }
    let config = endpoint::Config {
        suite_zero: true,
        log_size: history.setting.log_size,
        extension: history.setting.logged.then_some(EXTENSION_IANA),
        personality: history.setting.personality(),
        ..endpoint::Config::default()
    };
    Bmc::new(machine, config, Box::new(Seeded(history.seed ^ 0xb3c)))
}

/// How often in a row something may be due at the same moment.
const MOST_SPINS: u32 = 64;
/// Datagrams that the client may send at one moment.
const MOST_IN_STEP: usize = 80;
/// Packets that may be under way: far more than both sides can want.
const MOST_FLYING: usize = 4000;
/// Sessions that one client may hold: its own, and attempts at another that were given up.
const MOST_SESSIONS: usize = 8;
/// Packets that wait for a frozen BMC in its socket.
const DOOR: usize = 200;
/// How long before the limit a BMC must be reachable again for the console to live on: a keepalive's interval, the
/// last chance of the old session, and a handshake.
const MARGIN: Duration = Duration::from_secs(20);
/// Packets of a thousand that may be lost without any excuse for it.
const FEW_LOST: u32 = 50;

/// Cells printed at once, and how long a line of 115,200 bit/s takes for them.
const BURST: u64 = 32;
const BURST_TIME: Duration = Duration::from_millis(22);

/// How long a client that has given up takes to close.
const GOODBYE: Duration = Duration::from_secs(15);

const RMCP_PLUS: u8 = 6;
const THIEF: u32 = 0x7417_0f7e;
