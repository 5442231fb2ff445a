//! The README's picture: one real run of the stock `ipmitool` and ours under the same fault, drawn as an SVG.
//!
//! Each client has a terminal, an `ipmi_sim` and a relay of its own. The machine behind reports its progress; from the
//! first keepalive on the BMC's answers are held back for ten seconds, and then all come at once.

mod drawing;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::binaries::workspace;
use crate::relay::Direction::ToClient;
use crate::rig::{Rig, Who};

/// Where the picture is kept.
pub fn path() -> PathBuf {
    workspace().join("docs/survival.svg")
}

/// Runs both clients, which takes three quarters of a minute, and draws what their terminals showed.
///
/// # Errors
/// When the run does not show what the picture is for: stock dead with status 1, ours alive and nothing missing.
pub fn make() -> Result<String, String> {
    let (stock, ours) = std::thread::scope(|scope| {
        let stock = scope.spawn(|| run(Who::Stock));
        let ours = scope.spawn(|| run(Who::Ours));
        (stock.join(), ours.join())
    });
    let (stock, ours) = (stock.map_err(broken)?, ours.map_err(broken)?);
    if stock.status != Some(1) || ours.status != Some(0) {
        return Err(format!(
            "stock ended with {:?}, ours with {:?}",
            stock.status, ours.status
        ));
    }
    for (_, said) in SCRIPT {
        if ours.lines.iter().filter(|line| line.text == *said).count() != 1 {
            return Err(format!("ours did not show '{said}' once"));
        }
    }
    Ok(drawing::svg(&stock, &ours))
}

/// What a terminal showed.
struct Transcript {
    lines: Vec<Line>,
    /// When the fault began and ended.
    fault: (Duration, Duration),
    /// When the client ended, and how.
    ended: Duration,
    status: Option<i32>,
}

/// A line, and when it came, counted from the start.
struct Line {
    at: Duration,
    text: String,
}

fn run(who: Who) -> Transcript {
    let rig = Rig::start();
    let begun = Instant::now();
    let client = rig.terminal(who, &[]);
    let fault_at = Arc::new(Mutex::new(Duration::ZERO));
    let mut ended = None;
    for (at, said) in SCRIPT {
        while begun.elapsed() < *at {
            std::thread::sleep(TICK);
            if ended.is_none() && client.ended().is_some() {
                ended = Some(begun.elapsed());
            }
        }
        rig.bmc.serial().say(format!("{said}\r\n").as_bytes());
        if *said == LAST_BEFORE_FAULT {
            // not the acknowledgement of this line, but the next thing the BMC sends
            std::thread::sleep(Duration::from_secs(2));
            let seen = Arc::clone(&fault_at);
            rig.relay.on_next(ToClient, move |later| {
                *seen.lock().expect("nobody panics with it") = begun.elapsed();
                later.faults(ToClient).hold = true;
                later.after(FAULT, |later| later.faults(ToClient).hold = false);
            });
        }
    }
    if ended.is_none() {
        std::thread::sleep(Duration::from_secs(2));
        client.type_in(b"\r~.");
        client.wait(Duration::from_secs(10));
    }
    let fault = *fault_at.lock().expect("nobody panics with it");
    Transcript {
        lines: lines(&client.screen.pieces(), begun),
        fault: (fault, fault + FAULT),
        ended: ended.unwrap_or_else(|| begun.elapsed()),
        status: client.ended(),
    }
}

/// Lines with the time of their first byte; empty ones are left out.
fn lines(pieces: &[(Instant, Vec<u8>)], begun: Instant) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut line: Option<(Instant, Vec<u8>)> = None;
    for (at, piece) in pieces {
        for &byte in piece {
            if byte == b'\r' || byte == b'\n' {
                lines.extend(line.take());
            } else {
                line.get_or_insert_with(|| (*at, Vec::new())).1.push(byte);
            }
        }
    }
    lines.extend(line);
    let told = lines.into_iter().map(|(at, bytes)| Line {
        at: at.saturating_duration_since(begun),
        text: String::from_utf8_lossy(&bytes).into_owned(),
    });
    told.collect()
}

fn broken(panic: Box<dyn std::any::Any + Send>) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.unwrap_or_else(|| String::from("a run could not be set up"))
}

/// What the machine says, and when.
const SCRIPT: &[(Duration, &str)] = &[
    (Duration::from_secs(3), "backup: volume 1 of 4 done"),
    (Duration::from_secs(9), LAST_BEFORE_FAULT),
    (Duration::from_secs(31), "backup: volume 3 of 4 done"),
    (
        Duration::from_secs(37),
        "backup: volume 4 of 4 done, all is well",
    ),
];
const LAST_BEFORE_FAULT: &str = "backup: volume 2 of 4 done";
/// How long the BMC's answers are held back.
const FAULT: Duration = Duration::from_secs(10);
const TICK: Duration = Duration::from_millis(20);
