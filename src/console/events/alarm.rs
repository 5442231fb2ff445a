//! `on-alarm=COMMAND`: a command with the event in its environment.

use std::io::{self, IsTerminal};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use super::{Report, json};
use crate::console::notice;
use crate::console::{clock, stop};

/// Runs the command. Each run has a thread that waits for its end, so that nothing is held up and no zombie stays.
#[derive(Debug)]
pub struct Alarm {
    command: String,
    running: Arc<AtomicUsize>,
}

impl Alarm {
    /// For this command line of `sh`.
    pub fn new(command: String) -> Self {
        Self {
            command,
            running: Arc::default(),
        }
    }

    /// Runs the command. Where [`MOST`] of them run already, this one does not.
    ///
    /// # Errors
    ///
    /// One line for the user.
    pub fn ring(&self, report: &Report, host: &str, at: u64) -> Result<(), String> {
        if self.running.fetch_add(1, Ordering::SeqCst) >= MOST {
            self.running.fetch_sub(1, Ordering::SeqCst);
            return Err(format!(
                "on-alarm: {MOST} commands still run; none for '{}'",
                report.name()
            ));
        }
        self.start(report, host, at).map_err(|error| {
            self.running.fetch_sub(1, Ordering::SeqCst);
            format!("on-alarm: {error}")
        })
    }

    fn start(&self, report: &Report, host: &str, at: u64) -> io::Result<()> {
        // On a terminal in raw mode its words would only stand in the way.
        let words = || match io::stderr().is_terminal() {
            true => Stdio::null(),
            false => Stdio::inherit(),
        };
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", &self.command])
            .envs(environment(report, host, at))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(words())
            // A ^C for the console is none for it.
            .process_group(0);
        let mut child = command.spawn()?;
        let running = Arc::clone(&self.running);
        stop::spawn("alarm", move || {
            match child.wait() {
                Ok(status) if status.success() => {}
                Ok(status) => log::warn!("on-alarm: {status}"),
                Err(error) => log::warn!("on-alarm: {error}"),
            }
            running.fetch_sub(1, Ordering::SeqCst);
        })
    }
}

/// `STEADYSOL_EVENT`, `_TIME`, `_HOST`, and one variable for each of the event's fields.
fn environment(report: &Report, host: &str, at: u64) -> Vec<(String, String)> {
    let mut all = vec![
        ("STEADYSOL_EVENT".to_owned(), report.name().to_owned()),
        ("STEADYSOL_TIME".to_owned(), clock::utc(at)),
        ("STEADYSOL_HOST".to_owned(), notice::plain(host)),
    ];
    for (name, value) in json::fields(report) {
        let text = match value {
            Value::String(text) => notice::plain(&text),
            Value::Null => String::new(),
            other => other.to_string(),
        };
        all.push((format!("STEADYSOL_{}", name.to_uppercase()), text));
    }
    all
}

/// Commands that run at the same time.
const MOST: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::events::samples;
    use std::path::Path;
    use std::time::{Duration, Instant};

    fn wait_for(holds: impl Fn() -> bool) {
        let begun = Instant::now();
        while !holds() {
            assert!(
                begun.elapsed() < Duration::from_secs(20),
                "it does not come"
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn folder() -> std::path::PathBuf {
        nix::unistd::mkdtemp(&std::env::temp_dir().join("steadysol-alarm-XXXXXX")).unwrap()
    }

    #[test]
    fn the_event_is_in_the_commands_environment() {
        let folder = folder();
        let file = folder.join("x");
        let command = format!(
            "echo $STEADYSOL_EVENT $STEADYSOL_HOST $STEADYSOL_MISSED > {0}.new; mv {0}.new {0}",
            file.display()
        );
        let alarm = Alarm::new(command);
        let report = Report::Alarm {
            missed: 3,
            silent: Duration::ZERO,
        };
        alarm.ring(&report, "bmc", 0).unwrap();
        wait_for(|| Path::exists(&file));
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "alarm bmc 3\n");
        wait_for(|| alarm.running.load(Ordering::SeqCst) == 0);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn no_more_than_a_few_commands_run_at_once() {
        let folder = folder();
        let file = folder.join("go");
        let alarm = Alarm::new(format!(
            "while ! test -e {}; do sleep 0.05; done",
            file.display()
        ));
        let report = Report::Missed { sequence: 1 };
        for _ in 0..MOST {
            alarm.ring(&report, "bmc", 0).unwrap();
        }
        assert!(
            alarm
                .ring(&report, "bmc", 0)
                .unwrap_err()
                .contains("'missed'")
        );
        std::fs::write(&file, "").unwrap();
        wait_for(|| alarm.running.load(Ordering::SeqCst) == 0);
        alarm.ring(&report, "bmc", 0).unwrap();
        wait_for(|| alarm.running.load(Ordering::SeqCst) == 0);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn no_variable_holds_what_could_steer_a_terminal() {
        for report in samples() {
            for (name, value) in environment(&report, "b\u{1b}mc", 0) {
                assert!(!value.chars().any(char::is_control), "{name}");
            }
        }
    }
}
