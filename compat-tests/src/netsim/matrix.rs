//! Loss, latency and a busy BMC, against what a console is for: whether it survives, how soon a death is noticed, and
//! how fast output comes. In virtual time, so that the same program makes the same table on every machine.

use std::fmt::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use steadysol::proto::console::CloseReason;

use super::books::CELL;
use super::history::{Deed, History, Setting, What};
use super::world::{Broken, Outcome, World};

/// The table's name within the workspace.
pub const FILE: &str = "docs/MATRIX.md";

/// The table's file.
pub fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(FILE)
}

/// The whole page.
///
/// # Errors
///
/// A console that broke a promise, and where.
pub fn page() -> Result<String, String> {
    let mut page = String::from(HEAD);
    for busy in BUSY {
        let share = busy.1.as_secs();
        writeln!(page, "\n## {}\n", busy.0).map_err(wrong)?;
        if share > 0 {
            writeln!(page, "Busy for the first {share} s of every minute.\n").map_err(wrong)?;
        }
        writeln!(
            page,
            "| one way | packets lost | survived | sessions renewed | a death noticed after | output |"
        )
        .map_err(wrong)?;
        writeln!(page, "| --- | --- | --- | --- | --- | --- |").map_err(wrong)?;
        for latency in LATENCIES {
            for loss in LOSSES {
                let cell = Cell::play(latency, loss, busy.1)
                    .map_err(|broken| format!("{latency:?} {loss} {busy:?}: {broken:?}"))?;
                let (way, lost) = (latency.as_millis(), loss / 10);
                writeln!(page, "| {way} ms | {lost} % | {cell} |").map_err(wrong)?;
            }
        }
    }
    Ok(page)
}

/// One line of the table.
#[derive(Debug)]
struct Cell {
    survived: u32,
    renewals: u32,
    /// How long it took to notice that the BMC was gone, shortest first.
    noticed: Vec<Duration>,
    /// Bytes for a second, and bytes that did not come through.
    output: (u64, u64),
}

impl Cell {
    fn play(latency: Duration, loss: u32, busy: Duration) -> Result<Self, Broken> {
        let conditions = |seed, lasts| conditions(seed, latency, loss, busy, lasts);
        let (mut survived, mut renewals, mut noticed) = (0, 0, Vec::new());
        for seed in 0..CONSOLES {
            let mut hour = conditions(seed, HOUR);
            let some =
                (1..HOUR.as_secs() / 300).map(|n| once(n as u32 * 5 * MINUTE, What::Print(20)));
            hour.deeds.extend(some);
            let outcome = World::play(&hour)?;
            let user = matches!(outcome.closed, Some((_, CloseReason::User)));
            survived += u32::from(user);
            renewals += outcome.renewals;

            let mut death = conditions(seed, HOUR / 4);
            death.deeds.push(Deed {
                at: DEATH,
                lasts: HOUR,
                what: What::BlackOut(None),
            });
            if let Some((at, CloseReason::Dead)) = World::play(&death)?.closed {
                noticed.push(at.saturating_sub(DEATH));
            }
        }
        noticed.sort_unstable();
        let mut flood = conditions(0, HOUR / 4);
        flood.deeds.push(once(MINUTE, What::Print(FLOOD)));
        Ok(Self {
            survived,
            renewals,
            noticed,
            output: output(&World::play(&flood)?),
        })
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let noticed = match &self.noticed[..] {
            [] => "never".to_owned(),
            [first, .., last] if first.as_secs() != last.as_secs() => {
                format!("{} to {} s", first.as_secs(), last.as_secs())
            }
            [first, ..] => format!("{} s", first.as_secs()),
        };
        let missed = CONSOLES as usize - self.noticed.len();
        let but = match missed {
            0 => String::new(),
            n => format!(", by {n} not within 10 min"),
        };
        let (rate, dropped) = self.output;
        let dropped = match dropped {
            0 => String::new(),
            n => format!(", {n} bytes dropped and marked"),
        };
        write!(
            f,
            "{} of {CONSOLES} | {} | {noticed}{but} | {rate} B/s{dropped}",
            self.survived, self.renewals
        )
    }
}

/// Nothing but these conditions, from the first packet to long after the end.
fn conditions(seed: u64, latency: Duration, loss: u32, busy: Duration, lasts: Duration) -> History {
    let mut deeds = Vec::new();
    if loss > 0 {
        deeds.push(Deed {
            at: OPEN,
            lasts: 2 * lasts,
            what: What::Loss(None, loss),
        });
    }
    if !busy.is_zero() {
        deeds.extend((1..lasts.as_secs() / 60).map(|n| Deed {
            at: n as u32 * MINUTE,
            lasts: busy,
            what: What::Busy,
        }));
    }
    History {
        seed,
        setting: Setting {
            latency,
            ..Setting::plain()
        },
        deeds,
        lasts,
    }
}

fn once(at: Duration, what: What) -> Deed {
    Deed {
        at,
        lasts: Duration::ZERO,
        what,
    }
}

fn output(outcome: &Outcome) -> (u64, u64) {
    let (_, shown, _) = outcome.output;
    let took = outcome.shown_at.saturating_sub(MINUTE).as_millis().max(1);
    let rate = u128::from(shown) * 1000 / took;
    let printed = u64::from(FLOOD) * CELL as u64;
    (
        u64::try_from(rate).unwrap_or(u64::MAX),
        printed - shown.min(printed),
    )
}

fn wrong(error: fmt::Error) -> String {
    error.to_string()
}

/// When every console is open.
const OPEN: Duration = Duration::from_secs(30);

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

const LATENCIES: [Duration; 3] = [
    Duration::from_millis(1),
    Duration::from_millis(100),
    Duration::from_millis(1000),
];

/// Packets of a thousand.
const LOSSES: [u32; 4] = [0, 50, 200, 400];

const BUSY: [(&str, Duration); 3] = [
    ("A BMC that answers at once", Duration::ZERO),
    ("A BMC that is busy now and then", Duration::from_secs(10)),
    ("A BMC that is mostly busy", Duration::from_secs(45)),
];

/// Consoles of each kind.
const CONSOLES: u64 = 8;

/// When the BMC dies.
const DEATH: Duration = Duration::from_secs(290);

/// Cells that the host prints at once.
const FLOOD: u32 = 2000;

const HEAD: &str = "\
# Loss × latency × busy

Made by `make matrix` in virtual time, and compared by a test: the client core and the BMC core (`plain`, cipher suite 17,
no console log, default times) over a simulated network that loses packets both ways, each on its own.

- **survived**: of eight consoles on which the host prints now and then, how many live for an hour until the user ends
  them, and in how many cases a session that the BMC had forgotten was replaced meanwhile.
- **a death noticed after**: the BMC vanishes for good after 290 s; how long until the console says so and ends (its limit
  is 90 s of silence, counted from the last packet, at eight keepalives at least).
- **output**: 16,000 bytes printed at once on a port of 115,200 bit/s. SOL has one packet under way at a time, so that
  the round trip limits it; what the BMC gives up after eight sendings is dropped by it, and marked.
";
