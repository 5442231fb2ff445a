//! What happens to a console beside its output: told as lines of JSON (`events=`), to a command (`on-alarm=`), as
//! markers in the log and as notices on the terminal.

use std::time::Duration;

use super::clock;

pub mod alarm;
pub mod json;
pub mod sink;
pub mod spell;

pub use sink::{Sink, Target};
pub use spell::Spell;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    /// The console is open; `session` counts from 1.
    Connected {
        /// Which session of this run it is.
        session: u32,
    },
    /// A keepalive's answer came after its time.
    Late {
        /// The keepalive's number.
        sequence: u32,
        /// How long it took.
        after: Duration,
    },
    /// An answer came again.
    Duplicate {
        /// The keepalive's number, where it is known.
        sequence: Option<u32>,
    },
    /// A heartbeat was processed by the BMC later than its limit.
    Overdue {
        /// The heartbeat's number.
        sequence: u32,
        /// How long it waited in the BMC's queue.
        waited: Duration,
    },
    /// A heartbeat has no answer in its time.
    Missed {
        /// The heartbeat's number.
        sequence: u32,
    },
    /// The BMC is silent.
    Alarm {
        /// Heartbeats missed in a row.
        missed: u32,
        /// Since its last sign of life.
        silent: Duration,
    },
    /// The BMC is heard again.
    Back {
        /// After so long a silence.
        silent: Duration,
    },
    /// Output is missing for good.
    Gap {
        /// How much, where it is known.
        bytes: Option<u64>,
        /// From when, in milliseconds since 1970; 0: from the last output on.
        from: u64,
        /// Until when.
        to: u64,
        /// Where it was lost.
        at: Place,
    },
    /// The same, so often more between these times: the sum of gaps that each were counted already.
    Gaps {
        /// How often.
        times: u64,
        /// From when, in milliseconds since 1970.
        from: u64,
        /// Until when.
        to: u64,
        /// Where it was lost.
        at: Place,
    },
    /// Output that had been missed was read back.
    Filled {
        /// How much.
        bytes: u64,
    },
    /// The session is lost, and another one will be made.
    Reconnecting {
        /// Why it is lost.
        why: String,
        /// Which try this is, from 1.
        attempt: u32,
        /// How long is waited before.
        after: Duration,
    },
    /// The log cannot be written, or not be begun anew.
    LogTrouble {
        /// What is wrong.
        text: String,
    },
    /// A cycle of heartbeats is over.
    Cycle {
        /// Heartbeats sent.
        sent: u32,
        /// Answered in time.
        answered: u32,
        /// Answered late.
        late: u32,
        /// Not answered.
        lost: u32,
        /// Mean round-trip time of the answered ones.
        mean: Duration,
        /// The longest of them.
        longest: Duration,
    },
    /// The console is over.
    Closed {
        /// Why.
        why: String,
        /// Whether that was no wish of the user's.
        failed: bool,
    },
}

/// Where output was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Between the host and this program.
    Console,
    /// Between this program and the log file.
    Log,
}

impl Report {
    /// The event's name, as JSON and commands know it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Connected { .. } => "connected",
            Self::Late { .. } => "late",
            Self::Duplicate { .. } => "duplicate",
            Self::Overdue { .. } => "overdue",
            Self::Missed { .. } => "missed",
            Self::Alarm { .. } => "alarm",
            Self::Back { .. } => "back",
            Self::Gap { .. } | Self::Gaps { .. } => "gap",
            Self::Filled { .. } => "filled",
            Self::Reconnecting { .. } => "reconnecting",
            Self::LogTrouble { .. } => "log-trouble",
            Self::Cycle { .. } => "cycle",
            Self::Closed { .. } => "closed",
        }
    }

    /// Whether somebody should look: `on-alarm` runs.
    pub fn is_alarm(&self) -> bool {
        match self {
            Self::Alarm { .. }
            | Self::Gap { .. }
            | Self::Reconnecting { .. }
            | Self::LogTrouble { .. } => true,
            Self::Closed { failed, .. } => *failed,
            _ => false,
        }
    }

    /// What the log is to say about it, if anything.
    pub fn marker(&self) -> Option<String> {
        Some(match self {
            Self::Connected { session: 1 } => return None,
            Self::Connected { session } => format!("connected again (session {session})"),
            // The log marks its own gaps, where they are.
            Self::Gap { at: Place::Log, .. } => return None,
            Self::Gap {
                bytes, from, to, ..
            } => {
                let bytes =
                    bytes.map_or_else(|| "unknown".to_owned(), |bytes| format!("{bytes} bytes"));
                format!(
                    "gap: output from {} to {} is missing, size {bytes}",
                    clock::iso(*from),
                    clock::iso(*to)
                )
            }
            Self::Reconnecting {
                why, attempt: 1, ..
            } => format!("connection lost: {why}"),
            Self::Closed { why, failed: true } => format!("console closed: {why}"),
            _ => return None,
        })
    }
}

/// What is known about the session, from the reports so far and from the core.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Sessions made.
    pub sessions: u32,
    /// Late answers.
    pub late: u64,
    /// Unanswered heartbeats.
    pub lost: u64,
    /// Gaps.
    pub gaps: u64,
}

impl Tally {
    /// Counts one more report.
    pub fn count(&mut self, report: &Report) {
        match report {
            Report::Connected { session } => self.sessions = *session,
            Report::Late { .. } => self.late += 1,
            Report::Missed { .. } => self.lost += 1,
            Report::Gap { .. } => self.gaps += 1,
            _ => {}
        }
    }
}

/// One of each, for tests that walk them all.
#[cfg(test)]
pub(super) fn samples() -> Vec<Report> {
    let second = Duration::from_secs(1);
    vec![
        Report::Connected { session: 2 },
        Report::Late {
            sequence: 1,
            after: second,
        },
        Report::Duplicate { sequence: None },
        Report::Overdue {
            sequence: 1,
            waited: second,
        },
        Report::Missed { sequence: 1 },
        Report::Alarm {
            missed: 2,
            silent: second,
        },
        Report::Back { silent: second },
        Report::Gap {
            bytes: None,
            from: 1,
            to: 2,
            at: Place::Console,
        },
        Report::Gap {
            bytes: Some(1),
            from: 1,
            to: 2,
            at: Place::Log,
        },
        Report::Gaps {
            times: 499,
            from: 1,
            to: 2,
            at: Place::Console,
        },
        Report::Filled { bytes: 3 },
        Report::Reconnecting {
            why: "\u{1b}[2J\u{9b}\"\n".to_owned(),
            attempt: 1,
            after: second,
        },
        Report::LogTrouble {
            text: "\u{7f}\u{202e}\u{1f600}".to_owned(),
        },
        Report::Cycle {
            sent: 4,
            answered: 3,
            late: 1,
            lost: 0,
            mean: second,
            longest: second,
        },
        Report::Closed {
            why: String::new(),
            failed: true,
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_tell_when_a_connection_was_lost_why_and_when_it_is_back() {
        let markers: Vec<String> = samples().iter().filter_map(Report::marker).collect();
        assert!(
            markers
                .iter()
                .any(|text| text.starts_with("connection lost: "))
        );
        assert!(
            markers
                .iter()
                .any(|text| text.starts_with("connected again"))
        );
        assert!(markers.iter().any(|text| text.contains("size unknown")));
        let second_try = Report::Reconnecting {
            why: String::new(),
            attempt: 2,
            after: Duration::ZERO,
        };
        assert_eq!(second_try.marker(), None, "one loss, one marker");
    }
}
