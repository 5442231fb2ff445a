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
use crate::serial::Serial;

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
    let text: String = (0..LINES).map(accounting::line).collect();
    let length = stage.kept();
    let (before, begun) = (Used::by(stage.console.pid()), Instant::now());
    let (speaker, said) = (stage.serial.speaker(), text.clone());
    let host = std::thread::spawn(move || speaker.say(said.as_bytes()));
    let all = wait_until(LONG, || stage.kept() >= length + text.len() as u64);
    let took = begun.elapsed().as_secs_f64();
    assert!(all, "{} of {} bytes", stage.kept() - length, text.len());
    let used = Used::by(stage.console.pid()).since(before);
    let _ = host.join();
    let megabytes = text.len() as f64 / 1e6;
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

/// A BMC and a console on it.
struct Stage {
    serial: Serial,
    console: OnTerminal,
    log: Option<LogFile>,
    _bmc: BmcSim,
    _folder: tempfile::TempDir,
}

impl Stage {
    fn with(who: Who) -> Self {
        let serial = Serial::listen();
        let bmc = BmcSim::start(&["--serial", &format!("tcp:{}", serial.address())]);
        assert!(wait_until(LONG, || serial.is_connected()));
        let folder = tempfile::tempdir().expect("a temporary directory");
        let log = (who == Who::Ours).then(|| LogFile::at(folder.path().join("log")));
        let words = match &log {
            None => vec!["sol".to_owned(), "activate".to_owned()],
            Some(log) => vec!["sol".to_owned(), "capture".to_owned(), log.word()],
        };
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let arguments = arguments(bmc.address(), &words);
        let stage = Self {
            console: OnTerminal::start(&who.program(), &arguments, &ENVIRONMENT),
            serial,
            log,
            _bmc: bmc,
            _folder: folder,
        };
        let screen = &stage.console.screen;
        assert!(screen.wait_for(BANNER, LONG), "{}", screen.text());
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

/// How long an idle console is looked at: a keepalive and a little more.
const IDLE: Duration = Duration::from_secs(20);

/// What a busy console shows: five megabytes.
const LINES: usize = 66_000;

const LONG: Duration = Duration::from_secs(120);
