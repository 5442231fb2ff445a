//! The loop: plays a history from the first packet to the end, and checks after every step what must hold.

mod board;
mod deeds;
mod promises;

use std::time::{Duration, Instant};

use steadysol::bmc::endpoint;
use steadysol::bmc::sol::Action;
use steadysol::proto::console::{CloseReason, Event, Notice};
use steadysol::proto::keepalive::Policy;
use steadysol::proto::sol::QUEUE;

use super::books::{Books, Counted};
use super::client::{Client, EPOCH_MS};
use super::history::{Deed, History, Way};
use super::network::{Network, Packet};
use super::trace::{self, Level};
use board::SimulatedBmc;

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
    /// By how much packets may be late just now, for each deed in force; and the most since the client last got
    /// something.
    delays: Vec<Duration>,
    slowest: Duration,
    /// Whether the board takes only the SOL number that it expects.
    strict: bool,
    /// Whether anything has been shown since the payload was activated.
    printed_since: bool,
    /// Whether the board takes only session sequence numbers just ahead of the last.
    narrow: bool,
    /// Whether somebody has ended or taken the console.
    ended: bool,
    /// The client has given up: it counts the BMC as dead, and says goodbye.
    given_up: bool,
    sent_in_step: usize,
    spins: u32,
    /// What is printed as it happens.
    traces: Level,
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
    /// When it was over.
    pub lasted: Duration,
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
            bmc: SimulatedBmc::new(history, base),
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
            delays: Vec::new(),
            slowest: Duration::ZERO,
            strict: setting.personality().sol.strict_sequence,
            printed_since: false,
            narrow: setting.personality().window_ahead < NARROW,
            ended: false,
            given_up: false,
            sent_in_step: 0,
            spins: 0,
            traces: Level::Nothing,
            outcome: Outcome::default(),
        }
    }

    /// Tells what happens on standard error while it is played.
    pub fn traced(self, level: Level) -> Self {
        Self {
            traces: level,
            ..self
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
                self.outcome.lasted = self.now;
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
            self.trace_packet("arrived", packet.way, &packet.bytes);
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

    fn carry_to_bmc(&mut self, packet: &Packet) {
        let (now, wall) = (self.instant(), self.wall());
        let (before, under_way) = (self.counted(), self.bmc.core.sol_under_way(0));
        self.bmc
            .core
            .handle_datagram(now, wall, packet.client, &packet.bytes);
        let knows = self.base + packet.knows;
        let accepted = self.counted().acknowledged - before.acknowledged;
        let settled = accepted > 0 || self.bmc.core.sol_under_way(0) != under_way;
        if let Some((since, characters)) = under_way.filter(|_| settled)
            && knows < since
        {
            let rest = (characters as u64).saturating_sub(accepted);
            self.books.mistaken(accepted, rest);
        }
    }

    fn carry_to_client(&mut self, packet: &Packet) {
        let now = self.instant();
        if packet.genuine
            && let Some(console) = self.client.console()
        {
            let ours = console.link().session().console_id().to_le_bytes();
            if packet.bytes.get(4) == Some(&RMCP_PLUS) && packet.bytes.get(6..10) == Some(&ours) {
                self.heard = self.now;
                self.slowest = self.delays.iter().copied().max().unwrap_or_default();
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
            self.trace_packet("sent", Way::Up, &bytes);
            self.network.send(self.now, Way::Up, client, bytes);
        }
        while let Some(transmit) = self.bmc.core.poll_transmit() {
            self.outcome.datagrams.1 += 1;
            self.trace_packet("sent", Way::Down, &transmit.bytes);
            self.network
                .send(self.now, Way::Down, transmit.to.address, transmit.bytes);
        }
        while let Some(event) = self.bmc.core.poll_event() {
            self.trace(Level::Events, || format!("BMC {event:?}"));
            match event {
                endpoint::Event::Sol { session, .. } => {
                    self.printed_since &= session.is_none();
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
                self.trace_packet("sent", Way::Down, &transmit.bytes);
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
        self.books.watch(counted);
        while let Some(console) = self.client.console() {
            let Some(event) = console.poll_event() else {
                break;
            };
            let waiting = QUEUE - console.input_room();
            self.trace(Level::Events, || format!("{event:?}"));
            match event {
                Event::Opened => {
                    self.outcome.opened = Some(self.now);
                    self.books.opened();
                    self.heard = self.now;
                }
                Event::Data(bytes) | Event::Placed(bytes, _) | Event::Recovered(bytes, ..) => {
                    self.outcome.shown_at = self.now;
                    self.printed_since = true;
                    self.books.show(&bytes, counted)?;
                }
                Event::Notice(Notice::Overrun) => self.books.overrun(),
                Event::Notice(Notice::Gap(bytes)) => self.books.gap(bytes),
                Event::Notice(Notice::Renewed { logged, .. }) => {
                    self.outcome.renewals += 1;
                    self.heard = self.now;
                    self.books.renewed(waiting, logged, counted)?;
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
        let gives_up = self
            .client
            .console()
            .is_some_and(|console| console.ending() == Some(&CloseReason::Dead));
        if gives_up && !self.given_up {
            self.given_up = true;
            self.check_death()?;
        }
        Ok(())
    }

    fn counted(&self) -> Counted {
        let counts = self.bmc.core.port_counts(0);
        Counted {
            taken: counts.characters_in,
            acknowledged: counts.characters_out,
            dropped: counts.dropped,
            retries: counts.retries,
        }
    }

    fn trace(&self, level: Level, what: impl FnOnce() -> String) {
        if self.traces >= level {
            eprintln!("{:9.3} {}", self.now.as_secs_f64(), what());
        }
    }

    fn trace_packet(&self, what: &str, way: Way, bytes: &[u8]) {
        self.trace(Level::Packets, || {
            format!("{way:?} {what} {}", trace::describe(way, bytes))
        });
    }

    fn instant(&self) -> Instant {
        self.base + self.now
    }

    fn wall(&self) -> u64 {
        EPOCH_MS + u64::try_from(self.now.as_millis()).unwrap_or(u64::MAX)
    }
}

/// Fewer packets than get lost in a row in the longest black-out.
const NARROW: u32 = 1000;

/// How often in a row something may be due at the same moment.
const MOST_SPINS: u32 = 64;
/// Packets that wait for a frozen BMC in its socket.
const DOOR: usize = 200;
const RMCP_PLUS: u8 = 6;
