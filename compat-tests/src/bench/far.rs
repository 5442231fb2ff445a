//! Everyday commands on a BMC that is near, at some distance, and far away; and on one that serves one request at a
//! time and does not hear another meanwhile.

use std::fmt::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use super::command::Line;
use super::{Program, Scene, Value};
use crate::bmcsim::BmcSim;
use crate::relay::{Direction, Relay};

pub(super) const SCENES: &[Scene] = &[
    Scene {
        name: "near",
        most_rounds: usize::MAX,
        run: |program| at_distance(program, 0, false),
    },
    Scene {
        name: "at-20-ms",
        most_rounds: 3,
        run: |program| at_distance(program, 20, false),
    },
    Scene {
        name: "at-100-ms",
        most_rounds: 3,
        run: |program| at_distance(program, 100, false),
    },
    Scene {
        name: "deaf",
        most_rounds: 3,
        run: |program| at_distance(program, 20, true),
    },
];

/// An everyday command, and FreeIPMI's for the same purpose.
struct Everyday {
    words: &'static [&'static str],
    freeipmi: Option<&'static [&'static str]>,
    /// Whether what is read may be kept for the next time.
    keeps: bool,
}

impl Everyday {
    const fn new(
        words: &'static [&'static str],
        freeipmi: Option<&'static [&'static str]>,
    ) -> Self {
        Self {
            words,
            freeipmi,
            keeps: false,
        }
    }

    const fn that_keeps(self) -> Self {
        Self {
            keeps: true,
            ..self
        }
    }
}

const EVERYDAY: &[Everyday] = &[
    Everyday::new(
        &["chassis", "power", "status"],
        Some(&["ipmipower", "--stat"]),
    ),
    Everyday::new(&["chassis", "status"], None),
    Everyday::new(&["mc", "info"], Some(&["bmc-info"])),
    Everyday::new(&["lan", "print"], None),
    Everyday::new(&["user", "list", "1"], None),
    Everyday::new(&["sdr", "elist"], Some(&["ipmi-sensors", "-Q"])).that_keeps(),
    Everyday::new(&["sensor", "list"], None).that_keeps(),
    Everyday::new(&["sel", "elist"], Some(&["ipmi-sel", "-Q"])).that_keeps(),
    Everyday::new(&["fru", "print"], Some(&["ipmi-fru", "-Q"])),
];

fn at_distance(program: Program, milliseconds: u64, deaf: bool) -> Vec<Value> {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let inventory = folder.path().join("inventory.toml");
    std::fs::write(&inventory, machine()).expect("a temporary file");
    let bmc = BmcSim::start(&["--inventory", &inventory.display().to_string()]);
    let relay = Relay::to(bmc.address());
    let round_trip = Duration::from_millis(milliseconds);
    relay.set_both(|faults| faults.delay = round_trip / 2);
    relay.set(Direction::ToBmc, |faults| faults.one_at_a_time = deaf);
    let table = match (deaf, milliseconds) {
        (true, _) => DEAF,
        (false, 0) => NEAR,
        (false, 20) => AT_20,
        (false, _) => AT_100,
    };
    let mut values = Vec::new();
    for everyday in EVERYDAY {
        let cache = tempfile::tempdir().expect("a temporary directory");
        let again = if everyday.keeps {
            &["", AGAIN][..]
        } else {
            &[""]
        };
        let mut last = Vec::new();
        for which in again {
            let what = format!("{}{which}", everyday.words.join(" "));
            // Stock keeps nothing: its second time is as its first.
            if last.is_empty() || program != Program::Stock {
                last = measured(program, everyday, &relay, cache.path(), round_trip);
            }
            values.extend(last.iter().filter_map(|&(kind, unit, value)| {
                let table = match kind {
                    Kind::Time => Some(table),
                    Kind::RoundTrips => (table == AT_100).then_some(ROUND_TRIPS),
                    Kind::Cpu => (table == NEAR).then_some(CPU),
                };
                Some(Value {
                    table: table?,
                    what: what.clone(),
                    unit,
                    value,
                })
            }));
        }
    }
    values
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Time,
    RoundTrips,
    Cpu,
}

fn measured(
    program: Program,
    everyday: &Everyday,
    relay: &Relay,
    cache: &Path,
    round_trip: Duration,
) -> Vec<(Kind, &'static str, f64)> {
    let kept = format!("--sdr-cache-directory={}", cache.display());
    let freeipmi = everyday.freeipmi.map(|words| {
        // All but ipmipower and bmc-info read sensor data records.
        let keeps = words[0] != "ipmipower" && words[0] != "bmc-info";
        let kept = keeps.then_some(kept.as_str());
        words.iter().copied().chain(kept).collect::<Vec<_>>()
    });
    let line = Line::to(
        relay.address(),
        program,
        everyday.words,
        freeipmi.as_deref(),
    );
    let begun = Instant::now();
    let Some(taken) = line.and_then(|line| line.taken(cache)) else {
        return Vec::new();
    };
    let trips = relay.round_trips(begun, round_trip) as f64;
    vec![
        (Kind::Time, "ms", taken.time * 1000.0),
        (Kind::RoundTrips, "", trips),
        (Kind::Cpu, "ms", taken.cpu * 1000.0),
    ]
}

/// 50 sensors, 200 events, 4 FRUs.
fn machine() -> String {
    let mut text = String::from("[device]\nid = 0x20\nmanufacturer = 7154\n");
    let mut put = |args: std::fmt::Arguments<'_>| {
        let _ = text.write_fmt(args);
    };
    for number in 1..=SENSORS {
        put(format_args!(
            "\n[[sensor]]\nnumber = {number}\nname = \"Sensor {number}\"\nentity = \"7.1\"\n\
             type = \"Temperature\"\nunit = \"degrees C\"\nvalue = {number}.0\n\
             thresholds = {{ lc = 1.0, unc = 70.0, uc = 80.0 }}\n"
        ));
    }
    for event in 0..EVENTS {
        put(format_args!(
            "\n[[sel]]\ntime = {}\ntype = \"Temperature\"\nnumber = {}\nreading = 0x01\ndata = \"57 50 46\"\n",
            1_700_000_000 + event * 60,
            event % SENSORS + 1
        ));
    }
    for fru in 0..FRUS {
        put(format_args!(
            "\n[[fru]]\nid = {fru}\n\n[fru.board]\nminutes = 15000000\nmanufacturer = \"steadysol\"\n\
             product = \"Board {fru}\"\nserial = \"B000000{fru}\"\npart = \"MB-{fru}\"\n\n\
             [fru.product]\nmanufacturer = \"steadysol\"\nname = \"Part {fru} of a server\"\npart = \"SV-3000\"\n\
             version = \"A1\"\nserial = \"S000000{fru}\"\nasset-tag = \"asset {fru}\"\n"
        ));
        if fru > 0 {
            put(format_args!(
                "\n[[sdr]]\nkind = \"fru-locator\"\nname = \"Board {fru}\"\nfru = {fru}\nentity = \"7.{}\"\n",
                fru + 1
            ));
        }
    }
    text
}

const SENSORS: u32 = 50;
const EVENTS: u32 = 200;
const FRUS: u32 = 4;

/// Behind a command's words: run once more, when records may have been kept.
pub(super) const AGAIN: &str = ", again";

/// The tables' headings.
pub(super) const NEAR: &str = "Time of a command, BMC on the same machine";
pub(super) const AT_20: &str = "Time of a command, round trip 20 ms";
pub(super) const AT_100: &str = "Time of a command, round trip 100 ms";
pub(super) const DEAF: &str =
    "Time of a command, BMC that hears one request at a time, round trip 20 ms";
pub(super) const ROUND_TRIPS: &str = "Round trips of a command";
pub(super) const CPU: &str = "CPU time of a command";
