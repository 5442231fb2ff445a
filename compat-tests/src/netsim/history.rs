//! What happens when: drawn from a seed, or written down by hand.

use std::fmt;
use std::time::Duration;

use steadysol::bmc::moment::Seeded;
use steadysol::bmc::personality::Personality;
use steadysol::proto::keepalive::Probe;

/// A whole run, before it happens.
#[derive(Debug, Clone)]
pub struct History {
    /// All that is left to chance during the run comes from it.
    pub seed: u64,
    /// What does not change during the run.
    pub setting: Setting,
    /// What happens, in no particular order.
    pub deeds: Vec<Deed>,
    /// When the user ends it, counted from the first packet.
    pub lasts: Duration,
}

/// What does not change during a run.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Cipher suite ID.
    pub suite: u8,
    /// The board's name, one of [`Personality::NAMES`] but 'old'.
    pub board: &'static str,
    /// How long a session lives at the BMC without a command; `None`: the board's own time.
    pub idle: Option<Duration>,
    /// What the client's keepalives are.
    pub probe: Probe,
    /// How long a packet takes one way.
    pub latency: Duration,
    /// Whether everything the host prints looks the same, so that only the amount tells of losses.
    pub monotonous: bool,
    /// Whether the BMC keeps a console log (the extension).
    pub logged: bool,
    /// How many bytes the log keeps.
    pub log_size: usize,
}

/// Something that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deed {
    /// When, counted from the first packet.
    pub at: Duration,
    /// For how long; zero for what happens at once.
    pub lasts: Duration,
    /// What.
    pub what: What,
}

/// Which way a packet goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// From client to BMC.
    Up,
    /// From BMC to client.
    Down,
}

/// What can happen. Rates are in packets of a thousand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// The host prints this many cells ([`super::books::CELL`] bytes each), as fast as the port takes them.
    Print(u32),
    /// The user types this many characters.
    Type(u32),
    /// The user sends a break.
    Break,
    /// The client's output is full.
    PauseOutput,
    /// The host does not read what was typed.
    HostStalls,
    /// Packets are lost.
    Loss(Option<Way>, u32),
    /// Packets take up to so much longer.
    Jitter(Duration),
    /// Packets come twice, the copy so much later.
    Double(u32, Duration),
    /// Packets come so much later than those sent after them.
    Reorder(u32, Duration),
    /// A bit of a packet changes.
    Corrupt(u32),
    /// Nothing passes.
    BlackOut(Option<Way>),
    /// Packets are held; when it is over, all of them come at once.
    Hold(Option<Way>),
    /// The last so many packets that passed come again.
    Replay(Way, u32),
    /// The client's address changes; what is under way to the old one is lost.
    Rebind,
    /// The BMC answers no request; they wait.
    Busy,
    /// The BMC does nothing at all; packets wait at its door.
    Freeze,
    /// The BMC restarts, which takes this deed's time; its sessions are gone.
    Reboot,
    /// The BMC carries out a command, network function 06h, and does not answer it, so many times.
    Mute(u8, u32),
    /// The host restarts (some boards misbehave then).
    HostReset,
    /// The BMC loses what waits for the console.
    Overrun,
    /// An operator at the BMC ends the console.
    Deactivate,
    /// Another console takes the port, and the BMC says nothing.
    Steal,
}

impl What {
    /// Whether it keeps packets or answers back for all of its time.
    pub fn cuts_off(self) -> bool {
        matches!(
            self,
            Self::BlackOut(_) | Self::Hold(_) | Self::Freeze | Self::Reboot | Self::Busy
        )
    }
}

impl Setting {
    /// A plain board on a quick network.
    pub fn plain() -> Self {
        Self {
            suite: 17,
            board: "plain",
            idle: None,
            probe: Probe::DeviceId,
            latency: MS,
            monotonous: false,
            logged: false,
            log_size: SMALL_LOG,
        }
    }

    /// The board.
    pub fn personality(&self) -> Personality {
        let board = Personality::named(self.board).unwrap_or_default();
        let idle = self.idle.unwrap_or(board.idle);
        Personality { idle, ..board }
    }

    /// Whether a packet of a session that was changed on its way is known by its integrity code.
    pub fn has_integrity(&self) -> bool {
        matches!(self.suite, 2 | 3 | 7 | 8 | 12 | 16 | 17)
    }
}

impl History {
    /// Nothing happens on a plain board.
    pub fn quiet(seed: u64, lasts: Duration) -> Self {
        Self {
            seed,
            setting: Setting::plain(),
            deeds: Vec::new(),
            lasts,
        }
    }

    /// The history of a seed.
    pub fn of_seed(seed: u64) -> Self {
        let mut dice = Dice(Seeded(seed.wrapping_mul(0x9e37_79b9).wrapping_add(1)));
        let mut setting = dice.setting();
        // From dice of its own: the days stay what they were.
        let mut log = Dice(Seeded(seed ^ 0x106));
        setting.logged = log.one_in(3);
        setting.log_size = log.pick(&[SMALL_LOG, LARGE_LOG, LARGE_LOG]);
        let mut deeds: Vec<Deed> = (0..dice.below(12)).map(|_| dice.work()).collect();
        // A run with little wrong finds what a run with much wrong hides.
        let wrong = match dice.below(4) {
            0 => dice.below(2),
            1 => dice.below(4),
            _ => dice.below(10),
        };
        deeds.extend((0..wrong).map(|_| dice.fault(&setting)));
        if dice.one_in(20) {
            deeds.push(dice.end());
        }
        deeds.sort_by_key(|deed| deed.at);
        Self {
            seed,
            setting,
            deeds,
            lasts: FAULTS_UNTIL + AFTERMATH,
        }
    }
}

/// Chance.
struct Dice(Seeded);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0.number() % n.max(1)
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }

    fn setting(&mut self) -> Setting {
        let board = self.pick(&[
            "plain",
            "plain",
            "openbmc",
            "supermicro",
            "idrac",
            "ilo",
            "ipmi_sim",
            "intelplus",
        ]);
        let probe = self.pick(&[
            Probe::DeviceId,
            Probe::DeviceId,
            Probe::DeviceId,
            Probe::DeviceId,
            Probe::Sol,
            Probe::None,
        ]);
        Setting {
            // Mostly what is quick to compute; the suites differ in nothing else that matters here.
            suite: self.pick(&[0, 2, 2, 2, 3, 17]),
            board,
            // Only commands keep a session alive.
            idle: (probe != Probe::DeviceId).then_some(Duration::from_secs(36_000)),
            probe,
            latency: self.pick(&[MS, 10 * MS, 50 * MS, 200 * MS, 700 * MS]),
            monotonous: self.one_in(5),
            logged: false,
            log_size: SMALL_LOG,
        }
    }

    fn at(&mut self) -> Duration {
        MS * self.below(FAULTS_UNTIL.as_millis() as u64) as u32
    }

    fn work(&mut self) -> Deed {
        let what = match self.below(10) {
            0..4 => What::Print(1 + self.below(40) as u32),
            4 => What::Print(1 + self.below(1200) as u32),
            5..8 => What::Type(1 + self.below(10) as u32),
            8 => What::Type(1 + self.below(900) as u32),
            _ => What::Break,
        };
        Deed {
            at: self.at().max(START),
            lasts: Duration::ZERO,
            what,
        }
    }

    fn fault(&mut self, setting: &Setting) -> Deed {
        let way = self.pick(&[None, Some(Way::Up), Some(Way::Down)]);
        let rate = self.pick(&[20, 100, 300, 500]);
        let late = MS * self.pick(&[5, 100, 700, 2500, 8000, 30_000]);
        let what = match self.below(18) {
            0 => What::Loss(way, rate),
            1 => What::Jitter(late),
            2 => What::Double(rate, late),
            3 => What::Reorder(rate, late),
            // Without an integrity code it is UDP's checksum that drops such a packet.
            4 if setting.has_integrity() => What::Corrupt(rate),
            4 => What::Loss(way, rate),
            5 => What::BlackOut(way),
            6 => What::Hold(way),
            7 => What::Replay(way.unwrap_or(Way::Up), 1 + self.below(30) as u32),
            // Without keepalives nothing tells the BMC where the client is now.
            8 if setting.probe != Probe::None => What::Rebind,
            8 => What::Jitter(late),
            9 => What::Busy,
            10 => What::Freeze,
            11 => What::Reboot,
            12 => What::Mute(
                self.pick(&[0x01, 0x4b, 0x48, 0x3b]),
                1 + self.below(3) as u32,
            ),
            // A board whose serial port dies with the host brings nothing through any more, to anybody.
            13 if !setting.personality().serial_dies_at_reset => What::HostReset,
            13 => What::Busy,
            14 => What::Overrun,
            15 => What::PauseOutput,
            16 => What::HostStalls,
            _ => What::BlackOut(None),
        };
        let at = self.at();
        let at = if matches!(what, What::Corrupt(_) | What::Reboot | What::Overrun) {
            at.max(START)
        } else {
            at
        };
        let lasts = MS * self.pick(&[1200, 4000, 10_000, 22_000, 45_000, 65_000, 100_000]);
        Deed { at, lasts, what }
    }

    fn end(&mut self) -> Deed {
        let what = self.pick(&[What::Deactivate, What::Steal]);
        Deed {
            at: self.at().max(START),
            lasts: Duration::ZERO,
            what,
        }
    }
}

impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seed {}: {:?}", self.seed, self.setting)?;
        for deed in &self.deeds {
            let (at, lasts) = (deed.at.as_secs_f64(), deed.lasts.as_secs_f64());
            writeln!(f, "  {at:8.3} s, for {lasts:6.1} s: {:?}", deed.what)?;
        }
        write!(f, "  {:8.3} s: the user ends it", self.lasts.as_secs_f64())
    }
}

const MS: Duration = Duration::from_millis(1);

/// A log that overwrites what the busier hosts print, and one that never does.
const SMALL_LOG: usize = 4096;
pub(super) const LARGE_LOG: usize = 1 << 20;

/// What needs a console that is open begins after this.
const START: Duration = Duration::from_secs(5);

/// Nothing new goes wrong after this.
const FAULTS_UNTIL: Duration = Duration::from_secs(200);

/// How long it runs on, so that everything can come to rest: the longest fault, and twice the limit of silence.
const AFTERMATH: Duration = Duration::from_secs(300);
