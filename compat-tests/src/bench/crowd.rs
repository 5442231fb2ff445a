//! Many idle consoles at once, each a process of its own on a BMC of its own.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::process::Used;
use super::stage::Stage;
use super::{Program, Scene, Value};
use crate::bmcsim::BmcSim;

pub(super) const SCENES: &[Scene] = &[
    Scene {
        name: "crowd-1",
        most_rounds: 2,
        run: |program| crowd(program, 1, "1 console"),
    },
    Scene {
        name: "crowd-10",
        most_rounds: 1,
        run: |program| crowd(program, 10, "10 consoles"),
    },
    Scene {
        name: "crowd-100",
        most_rounds: 1,
        run: |program| crowd(program, 100, "100 consoles"),
    },
    Scene {
        name: "crowd-1000",
        most_rounds: 1,
        run: |program| crowd(program, 1000, "1,000 consoles"),
    },
];

fn crowd(program: Program, count: usize, named: &str) -> Vec<Value> {
    if available() < count as f64 * ROOM {
        eprintln!("{named}: not enough memory here");
        return Vec::new();
    }
    let Some(stages) = gather(program, count) else {
        return Vec::new();
    };
    std::thread::sleep(Duration::from_secs(3));
    let pids: Vec<u32> = stages
        .iter()
        .map(|(stage, _)| stage.console.pid())
        .collect();
    let cpu = || pids.iter().map(|&pid| Used::by(pid).cpu).sum::<f64>();
    let (before, begun) = (cpu(), Instant::now());
    std::thread::sleep(WATCHED);
    let a_minute = (cpu() - before) / begun.elapsed().as_secs_f64() * 60.0;
    let memory: f64 = pids.iter().map(|&pid| super::process::share(pid)).sum();
    disperse(stages);
    vec![
        value(format!("{named}: memory"), "MiB", memory),
        value(
            format!("{named}: CPU time a minute"),
            "ms",
            a_minute * 1000.0,
        ),
    ]
}

/// So many consoles, started several at a time. Nothing where the program has none.
fn gather(program: Program, count: usize) -> Option<Vec<(Stage, BmcSim)>> {
    let begun = AtomicUsize::new(0);
    let some = || {
        let mut stages = Vec::new();
        while begun.fetch_add(1, Ordering::Relaxed) < count {
            let bmc = BmcSim::start_low(&["--serial", "pty"]);
            let folder = tempfile::tempdir().expect("a temporary directory");
            let Some(stage) = Stage::on(bmc.address(), program, true, folder) else {
                begun.store(count, Ordering::Relaxed);
                return None;
            };
            stages.push((stage, bmc));
        }
        Some(stages)
    };
    std::thread::scope(|scope| {
        let starters = [(); AT_ONCE].map(|()| scope.spawn(some));
        let parts = starters.map(|starter| starter.join().expect("consoles that start"));
        let parts: Option<Vec<_>> = parts.into_iter().collect();
        parts.map(|parts| parts.into_iter().flatten().collect())
    })
}

/// Ends them, several at a time.
fn disperse(stages: Vec<(Stage, BmcSim)>) {
    let stages = Mutex::new(stages);
    let next = || stages.lock().ok()?.pop();
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| std::iter::from_fn(next).for_each(drop));
        }
    });
}

fn value(what: String, unit: &'static str, value: f64) -> Value {
    Value {
        table: TABLE,
        what,
        unit,
        value,
    }
}

/// MiB that could be used.
fn available() -> f64 {
    super::process::field("/proc/meminfo", "MemAvailable:") / 1024.0
}

/// MiB for a console, its BMC, and who watches.
const ROOM: f64 = 18.0;

/// Consoles that are started, or ended, at the same time.
const AT_ONCE: usize = 8;

/// Two keepalives.
const WATCHED: Duration = Duration::from_secs(30);

/// The table's heading.
pub(super) const TABLE: &str = "Many idle consoles";
