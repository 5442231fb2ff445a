//! Line commands on a Unix socket: one line asks, one line answers.
//!
//! ```text
//! fault SPEC                    as --fault
//! stats                         everything that was counted, as JSON
//! sessions                      who is logged in, as JSON
//! power on|off|cycle|reset|soft|diag|status
//! sensor NAME VALUE             hold a sensor's value; VALUE auto: let it follow time again
//! states NAME BITS              set a discrete sensor's states, a number (0x… for hexadecimal)
//! sel add TYPE NUMBER DIR D1 D2 D3   log an event: sensor type, number, direction and type byte, data, hexadecimal
//! say TEXT                      text and a line end come out of the first serial port
//! break                         the host holds its first serial line low
//! help                          this list
//! ```
//!
//! An answer is `ok`, `ok` and something, or `error:` and what is wrong.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::thread;

use crossbeam_channel::{Sender, bounded};
use serde_json::json;

use super::{Input, Stamp};
use crate::bmc::fault::{Fault, Simulator};
use crate::bmc::machine::Machine;

/// The socket; it is removed when this is dropped.
#[derive(Debug)]
pub struct Control {
    path: PathBuf,
}

impl Control {
    /// Opens the socket and serves it.
    ///
    /// # Errors
    /// A line: the path is taken, or cannot be used.
    pub fn open(path: &Path, inputs: &Sender<Input>) -> Result<Self, String> {
        let failed = |error: std::io::Error| format!("--control unix:{}: {error}", path.display());
        // A socket that nobody serves any more is left from a run that was killed.
        if std::fs::symlink_metadata(path).is_ok()
            && UnixStream::connect(path).is_err()
            && is_socket(path)
        {
            std::fs::remove_file(path).map_err(failed)?;
        }
        let listener = UnixListener::bind(path).map_err(failed)?;
        let inputs = inputs.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let inputs = inputs.clone();
                thread::spawn(move || converse(stream, &inputs));
            }
        });
        Ok(Self { path: path.into() })
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

fn is_socket(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    std::fs::symlink_metadata(path).is_ok_and(|m| m.file_type().is_socket())
}

fn converse(stream: UnixStream, inputs: &Sender<Input>) {
    let Ok(mut out) = stream.try_clone() else {
        return;
    };
    let mut lines = BufReader::new(stream);
    loop {
        let mut line = String::new();
        match lines.by_ref().take(LONGEST_LINE).read_line(&mut line) {
            Ok(n) if n > 0 && line.ends_with('\n') => {}
            _ => return,
        }
        let (reply, answer) = bounded(1);
        if inputs.send(Input::Control { line, reply }).is_err() {
            return;
        }
        let Ok(answer) = answer.recv() else { return };
        if out.write_all(format!("{answer}\n").as_bytes()).is_err() {
            return;
        }
    }
}

/// Carries out one line; the answer is one line, but for `help`.
pub fn obey(simulator: &mut Simulator, line: &str) -> String {
    match carry_out(simulator, line.trim()) {
        Ok(text) if text.is_empty() => "ok".into(),
        Ok(text) => format!("ok {text}"),
        Err(why) => format!("error: {why}"),
    }
}

fn carry_out(simulator: &mut Simulator, line: &str) -> Result<String, String> {
    let at = Stamp::now();
    let (verb, rest) = line
        .split_once(char::is_whitespace)
        .map_or((line, ""), |(verb, rest)| (verb, rest.trim()));
    let words: Vec<&str> = rest.split_whitespace().collect();
    match (verb, words.as_slice()) {
        ("fault", _) => {
            simulator.inject(at.now, at.wall_ms, rest.parse::<Fault>()?);
            Ok(String::new())
        }
        ("stats", []) => Ok(statistics(simulator).to_string()),
        ("sessions", []) => Ok(sessions(simulator).to_string()),
        ("power", [what]) => power(simulator.bmc_mut().machine_mut(), what),
        ("sensor", [.., value]) if words.len() > 1 => {
            let name = rest.strip_suffix(value).unwrap_or(rest).trim();
            let value = match *value {
                "auto" => None,
                number => Some(
                    number
                        .parse::<f64>()
                        .map_err(|_| format!("'{number}' is neither a number nor auto"))?,
                ),
            };
            simulator
                .bmc_mut()
                .machine_mut()
                .force_sensor(name, value)
                .map(|()| String::new())
        }
        ("states", [.., bits]) if words.len() > 1 => {
            let name = rest.strip_suffix(bits).unwrap_or(rest).trim();
            let states = number(bits).and_then(|n| u16::try_from(n).ok());
            let states = states.ok_or_else(|| format!("'{bits}' is no number from 0 to 0x7fff"))?;
            simulator
                .bmc_mut()
                .machine_mut()
                .set_sensor_states(name, states)
                .map(|()| String::new())
        }
        ("sel", ["add", bytes @ ..]) => {
            let hex = |text: &&str| u8::from_str_radix(text.trim_start_matches("0x"), 16).ok();
            let bytes = bytes.iter().map(hex).collect::<Option<Vec<u8>>>();
            let Some(&[kind, number, direction, a, b, c]) = bytes.as_deref() else {
                return Err(
                    "it must be: sel add TYPE NUMBER DIR D1 D2 D3, each a hexadecimal byte".into(),
                );
            };
            simulator
                .bmc_mut()
                .machine_mut()
                .log(kind, number, direction, [a, b, c]);
            Ok(String::new())
        }
        ("say", _) => {
            simulator.serial_input(at.now, at.wall_ms, 0, format!("{rest}\r\n").as_bytes());
            Ok(String::new())
        }
        ("break", []) => {
            simulator.bmc_mut().serial_break(at.now, 0);
            Ok(String::new())
        }
        ("help", _) => Ok(HELP.into()),
        _ => Err(format!("'{line}' is no command: {HELP}")),
    }
}

fn power(machine: &mut Machine, what: &str) -> Result<String, String> {
    match what {
        "on" => machine.power_on(),
        "off" => machine.power_off(),
        "cycle" => machine.power_cycle(),
        "reset" => machine.hard_reset(),
        "soft" => machine.soft_shutdown(),
        "diag" => machine.diagnostic(),
        "status" => return Ok(if machine.power_is_on() { "on" } else { "off" }.into()),
        other => {
            return Err(format!(
                "'power {other}': it must be on, off, cycle, reset, soft, diag or status"
            ));
        }
    }
    Ok(String::new())
}

fn statistics(simulator: &Simulator) -> serde_json::Value {
    let bmc = simulator.bmc();
    let ports: Vec<_> = (0..bmc.config().ports)
        .map(|port| {
            let log = bmc.console_log(port);
            json!({
                "sol": bmc.port_counts(port),
                "sol_session": bmc.sol_session(port),
                "log": log.map(|log| json!({
                    "epoch": log.epoch(), "start": log.start(), "end": log.end(), "capacity": log.capacity(),
                })),
            })
        })
        .collect();
    let (waiting, longest) = bmc.queue_lengths();
    json!({
        "bmc": bmc.statistics(),
        "sessions": bmc.sessions().count(),
        "queue": { "waiting": waiting, "longest": longest, "busy": bmc.is_busy() },
        "power": bmc.machine().power_is_on(),
        "ports": ports,
    })
}

fn sessions(simulator: &Simulator) -> serde_json::Value {
    let bmc = simulator.bmc();
    let list = bmc.sessions().map(|s| {
        let name = bmc
            .machine()
            .users()
            .get(s.user)
            .map(|u| String::from_utf8_lossy(u.name()).into_owned());
        json!({
            "id": s.id, "handle": s.handle, "user": name, "peer": s.peer.address.to_string(),
            "privilege": s.privilege.bits(), "rmcpp": s.is_v20(),
        })
    });
    list.collect()
}

fn number(text: &str) -> Option<u64> {
    match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

const HELP: &str = "fault SPEC; stats; sessions; power on|off|cycle|reset|soft|diag|status; sensor NAME VALUE|auto; \
    states NAME BITS; sel add TYPE NUMBER DIR D1 D2 D3; say TEXT; break; help";
/// Bytes of the longest line.
const LONGEST_LINE: u64 = 4096;
