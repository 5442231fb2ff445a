//! One console that is written to a file: idle, and busy.

use std::fs::File;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::process::Used;
use super::{Scene, Value};
use crate::accounting;
use crate::bmcsim::BmcSim;
use crate::client::wait_until;
use crate::rig::{ENVIRONMENT, Who, arguments};
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
    let stage = Stage::new();
    let console = stage.console(who);
    stage.settle(&console);
    let (before, begun) = (Used::by(console.0.id()), Instant::now());
    std::thread::sleep(IDLE);
    let used = Used::by(console.0.id()).since(before);
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
    let stage = Stage::new();
    let console = stage.console(who);
    stage.settle(&console);
    let text: String = (0..LINES).map(accounting::line).collect();
    let length = stage.length();
    let (before, begun) = (Used::by(console.0.id()), Instant::now());
    let (speaker, said) = (stage.serial.speaker(), text.clone());
    let host = std::thread::spawn(move || speaker.say(said.as_bytes()));
    let all = wait_until(LONG, || stage.length() >= length + text.len() as u64);
    let took = begun.elapsed().as_secs_f64();
    assert!(all, "{} of {} bytes", stage.length() - length, text.len());
    let used = Used::by(console.0.id()).since(before);
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

/// A BMC, and the file that a console goes to.
struct Stage {
    serial: Serial,
    bmc: BmcSim,
    folder: tempfile::TempDir,
}

impl Stage {
    fn new() -> Self {
        let serial = Serial::listen();
        let bmc = BmcSim::start(&["--serial", &format!("tcp:{}", serial.address())]);
        assert!(wait_until(LONG, || serial.is_connected()));
        let folder = tempfile::tempdir().expect("a temporary directory");
        Self {
            serial,
            bmc,
            folder,
        }
    }

    /// Stock's way is to redirect its output, ours has a way of its own.
    fn console(&self, who: Who) -> Console {
        let file = self.folder.path().join("log");
        let log = format!("log={}", file.display());
        match who {
            Who::Stock => Console::start(who, self.bmc.address(), &["sol", "activate"], &file),
            Who::Ours => {
                let null = Path::new("/dev/null");
                Console::start(who, self.bmc.address(), &["sol", "capture", &log], null)
            }
        }
    }

    fn length(&self) -> u64 {
        std::fs::metadata(self.folder.path().join("log")).map_or(0, |file| file.len())
    }

    /// Waits until output comes through, and a little longer.
    fn settle(&self, console: &Console) {
        let before = self.length();
        let open = wait_until(LONG, || {
            self.serial.say(b".\r\n");
            std::thread::sleep(Duration::from_millis(100));
            self.length() > before.max(BANNER_LENGTH)
        });
        assert!(open, "no console: {:?}", console.0);
        std::thread::sleep(Duration::from_secs(1));
    }
}

/// A console process. Killed on drop.
struct Console(Child);

impl Console {
    fn start(who: Who, bmc: SocketAddr, words: &[&str], output: &Path) -> Self {
        let child = Command::new(who.program())
            .args(arguments(bmc, words))
            .envs(ENVIRONMENT)
            // Held open: its end would end the console.
            .stdin(Stdio::piped())
            .stdout(File::create(output).expect("a file"))
            .stderr(Stdio::null())
            .spawn()
            .expect("an ipmitool");
        Self(child)
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// How long an idle console is looked at: a keepalive and a little more.
const IDLE: Duration = Duration::from_secs(20);

/// What a busy console shows: five megabytes.
const LINES: usize = 66_000;

/// The banner that stock writes to its output is no console output.
const BANNER_LENGTH: u64 = 60;

const LONG: Duration = Duration::from_secs(120);
