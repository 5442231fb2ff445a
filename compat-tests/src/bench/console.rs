//! One console that is kept: idle, and busy. Stock's is a terminal whose screen is recorded, as `script` does (into a
//! file or pipe of its own it writes late or never); ours is a capture on a terminal, with its log.

use std::time::{Duration, Instant};

use super::process::Used;
use super::{Scene, Value};
use crate::accounting;
use crate::bmcsim::BmcSim;
use crate::capture::LogFile;
use crate::client::{OnTerminal, wait_until};
use crate::rig::{BANNER, ENVIRONMENT, Who, arguments};

pub(super) const SCENES: &[Scene] = &[
    Scene {
        name: "idle",
        run: idle,
    },
    Scene {
        name: "busy",
        run: busy,
    },
];

/// A console on which nothing happens but what keeps it alive.
fn idle(who: Who) -> Vec<Value> {
    let stage = Stage::with(who);
    let (before, begun) = (Used::by(stage.console.pid()), Instant::now());
    std::thread::sleep(IDLE);
    let used = Used::by(stage.console.pid()).since(before);
    let minutes = begun.elapsed().as_secs_f64() / 60.0;
    vec![
        value(
            "idle console: CPU time a minute",
            "ms",
            used.cpu * 1000.0 / minutes,
        ),
        value("idle console: wake-ups a minute", "", used.wakes / minutes),
        value("idle console: memory", "MiB", used.memory),
    ]
}

/// A console with much output at once.
fn busy(who: Who) -> Vec<Value> {
    let stage = Stage::with(who);
    let (length, more) = (stage.kept(), stage.text_length);
    let (before, begun) = (Used::by(stage.console.pid()), Instant::now());
    std::fs::write(stage.folder.path().join(GO), "").expect("a temporary file");
    let all = wait_until(LONG, || stage.kept() >= length + more);
    let took = begun.elapsed().as_secs_f64();
    assert!(all, "{} of {more} bytes", stage.kept() - length);
    let used = Used::by(stage.console.pid()).since(before);
    let megabytes = more as f64 / 1e6;
    vec![
        value("busy console: time a megabyte", "s", took / megabytes),
        value(
            "busy console: CPU time a megabyte",
            "ms",
            used.cpu * 1000.0 / megabytes,
        ),
        value("busy console: memory", "MiB", used.memory),
    ]
}

fn value(what: &'static str, unit: &'static str, value: f64) -> Value {
    Value { what, unit, value }
}

/// A BMC and a console on it. Its machine says a long text once there is a certain file.
struct Stage {
    console: OnTerminal,
    log: Option<LogFile>,
    _bmc: BmcSim,
    folder: tempfile::TempDir,
    text_length: u64,
}

impl Stage {
    fn with(who: Who) -> Self {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let file = |name: &str| folder.path().join(name).display().to_string();
        let text: String = (0..LINES).map(accounting::line).collect();
        std::fs::write(file("text"), &text).expect("a temporary file");
        let machine = format!(
            "exec:stty raw -echo; while [ ! -e {} ]; do sleep 0.1; done; cat {}; sleep 1000",
            file(GO),
            file("text")
        );
        let bmc = BmcSim::start(&["--serial", &machine]);
        let log = (who == Who::Ours).then(|| LogFile::at(folder.path().join("log")));
        let words = match &log {
            None => vec!["sol".to_owned(), "activate".to_owned()],
            Some(log) => vec!["sol".to_owned(), "capture".to_owned(), log.word()],
        };
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let arguments = arguments(bmc.address(), &words);
        let stage = Self {
            console: OnTerminal::start(&who.program(), &arguments, &ENVIRONMENT),
            log,
            _bmc: bmc,
            folder,
            text_length: text.len() as u64,
        };
        let screen = &stage.console.screen;
        assert!(screen.wait_for(BANNER, LONG), "{}", screen.text());
        // bmcsim says nothing to stock before stock has said something; ours greets it.
        stage.console.type_in(b"\r");
        // What begins with a console is over.
        std::thread::sleep(Duration::from_secs(2));
        stage
    }

    /// How many bytes are kept.
    fn kept(&self) -> u64 {
        match &self.log {
            Some(log) => log.length(),
            None => self.console.screen.count() as u64,
        }
    }
}

/// The file that the machine waits for.
const GO: &str = "go";

/// How long an idle console is looked at: a keepalive and a little more.
const IDLE: Duration = Duration::from_secs(20);

/// What a busy console shows: five megabytes.
const LINES: usize = 66_000;

const LONG: Duration = Duration::from_secs(120);
