//! Where events go: a file or file descriptor, and a command.

use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::fcntl::OFlag;

use super::alarm::Alarm;
use super::{Report, json};
use crate::console::bell::Ringer;
use crate::console::log::disk::open_with_care;
use crate::console::output::Output;

/// Where lines of JSON are written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The end of this file.
    File(PathBuf),
    /// This file descriptor, which was open when the program was started.
    Fd(i32),
}

/// Writes events and rings alarms.
#[derive(Debug)]
pub struct Sink {
    host: String,
    lines: Option<Output>,
    alarm: Option<Alarm>,
    /// Events that a reader was too slow for.
    dropped: u64,
    told_failed: bool,
}

impl Sink {
    /// A sink that writes to `target` and runs `command`, each where there is one.
    ///
    /// # Errors
    ///
    /// One line that names the file and what is wrong with it.
    pub fn open(
        host: &str,
        target: Option<&Target>,
        command: Option<&str>,
    ) -> Result<Self, String> {
        let lines =
            match target {
                None => None,
                Some(target) => {
                    let opened = open(target)
                        .and_then(|file| Output::start(file.try_clone()?, file, Ringer::default()));
                    Some(opened.map_err(|error| {
                        format!("Cannot write events to {}: {error}", name(target))
                    })?)
                }
            };
        Ok(Self {
            host: host.to_owned(),
            lines,
            alarm: command.map(|command| Alarm::new(command.to_owned())),
            dropped: 0,
            told_failed: false,
        })
    }

    /// Tells an event that happened at `at`, in milliseconds since 1970. One line for the user where that fails.
    pub fn tell(&mut self, report: &Report, at: u64) -> Option<String> {
        let failed = self.write(report, at);
        let unrung = match &self.alarm {
            Some(alarm) if report.is_alarm() => alarm.ring(report, &self.host, at).err(),
            _ => None,
        };
        failed.or(unrung)
    }

    /// Waits until a slow reader has read, but not for ever.
    pub fn drain(&self, patience: Duration) {
        if let Some(lines) = &self.lines {
            lines.drain(patience);
        }
    }

    fn write(&mut self, report: &Report, at: u64) -> Option<String> {
        let lines = self.lines.as_ref()?;
        if let Some(error) = lines.failed() {
            return (!std::mem::replace(&mut self.told_failed, true))
                .then(|| format!("events are no longer written: {error}"));
        }
        if lines.pending() > LIMIT {
            self.dropped += 1;
            return (self.dropped == 1).then(|| "events are not read; some are dropped".to_owned());
        }
        self.dropped = 0;
        lines.write(json::line(report, &self.host, at).into_bytes());
        None
    }
}

fn name(target: &Target) -> String {
    match target {
        Target::File(path) => path.display().to_string(),
        Target::Fd(number) => format!("fd:{number}"),
    }
}

fn open(target: &Target) -> std::io::Result<OwnedFd> {
    let mut options = File::options();
    options
        .append(true)
        .custom_flags((OFlag::O_CLOEXEC | OFlag::O_NOCTTY).bits());
    let file = match target {
        Target::File(path) => open_with_care(path)?,
        // These two the program writes to as well: opened once more, a file would have two places to write at, and the
        // one would overwrite the other.
        Target::Fd(1) => return std::io::stdout().as_fd().try_clone_to_owned(),
        Target::Fd(2) => return std::io::stderr().as_fd().try_clone_to_owned(),
        // What any other stands for is opened once more: a number alone is nobody's to own.
        Target::Fd(number) => options.open(Path::new(FDS).join(number.to_string()))?,
    };
    Ok(file.into())
}

const FDS: &str = "/proc/self/fd";

/// Bytes that may wait for a slow reader.
const LIMIT: usize = 256 << 10;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::events::samples;
    use std::io::Read;
    use std::os::fd::AsRawFd;

    #[test]
    fn events_arrive_at_a_file_descriptor_as_lines() {
        let (reader, writer) = nix::unistd::pipe().unwrap();
        let target = Target::Fd(writer.as_raw_fd());
        let mut sink = Sink::open("bmc", Some(&target), None).unwrap();
        drop(writer);
        for report in samples() {
            assert_eq!(sink.tell(&report, 0), None);
        }
        sink.drain(Duration::from_secs(10));
        drop(sink);
        let mut text = String::new();
        File::from(reader).read_to_string(&mut text).unwrap();
        assert_eq!(text.lines().count(), samples().len());
    }

    #[test]
    fn a_reader_that_went_away_is_told_once_and_one_that_stalls_holds_up_nobody() {
        let (reader, writer) = nix::unistd::pipe().unwrap();
        let target = Target::Fd(writer.as_raw_fd());
        let mut sink = Sink::open("bmc", Some(&target), None).unwrap();
        let report = Report::LogTrouble {
            text: "x".repeat(10_000),
        };
        let told: Vec<String> = (0..100).filter_map(|_| sink.tell(&report, 0)).collect();
        assert_eq!(told.len(), 1, "{told:?}");
        drop((reader, writer));
        sink.drain(Duration::from_secs(10));
        let told: Vec<String> = (0..10).filter_map(|_| sink.tell(&report, 0)).collect();
        assert_eq!(told.len(), 1, "{told:?}");
    }

    #[test]
    fn a_target_that_cannot_be_opened_is_named() {
        for target in [Target::Fd(999_999), Target::File("/dev/null/x".into())] {
            let error = Sink::open("bmc", Some(&target), None).unwrap_err();
            assert!(error.starts_with("Cannot write events to ") && error.contains(&name(&target)));
        }
    }
}
