//! What a console tells.

use std::fmt;
use std::time::Duration;

/// The next thing to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The payload is active, for the first time.
    Opened,
    /// Console output, in order, whose place in the BMC's log is not known.
    Data(Vec<u8>),
    /// Console output, in order, and where its first byte stands in the BMC's log.
    Placed(Vec<u8>, Place),
    /// Console output that the stream had left out, from the BMC's log, with the BMC's times (milliseconds since
    /// 1970) of its first and last byte, and where the first stands in that log. It comes where it belongs.
    Recovered(Vec<u8>, u64, u64, Place),
    /// A piece of what [`Console::refetch`](super::Console::refetch) asked for, the BMC's time of its first byte in
    /// milliseconds since 1970, and its place in the log.
    Refetched(Vec<u8>, u64, Place),
    /// No more of that comes.
    RefetchEnded,
    /// One line for the user.
    Notice(Notice),
    /// For who keeps an account.
    Report(Report),
    /// The console is over; nothing follows.
    Closed(CloseReason),
}

/// A place in the BMC's console log: the log's epoch, and the offset. Places of two epochs are never compared.
pub type Place = (u64, u64);

/// Something the user should know, and need not act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// Nothing has been heard of the BMC for so long, although it was asked.
    Silent(Duration),
    /// It is heard again, after so long a silence that was told of.
    Back(Duration),
    /// The BMC had forgotten the session; another one goes on.
    Renewed {
        /// After so long a silence.
        silence: Duration,
        /// Whether the BMC keeps a log of what was printed meanwhile.
        logged: bool,
    },
    /// The BMC has dropped characters of the serial port.
    Overrun,
    /// So many characters are missing here for good; `None`: nobody knows how many.
    Gap(Option<u64>),
    /// So many missing characters were fetched from the BMC's log.
    Filled(u64),
}

/// Something that happened to heartbeats or to the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Report {
    /// The payload is active; whether the BMC has the console-log extension.
    Connected {
        /// Whether it has.
        extension: bool,
    },
    /// A heartbeat was answered after it had counted as missed.
    Late {
        /// Its number.
        sequence: u32,
        /// How long the answer took.
        round_trip: Duration,
        /// How long of that it waited in the BMC's queue.
        waited: Duration,
    },
    /// A heartbeat waited in the BMC's queue for longer than the BMC's limit.
    Overdue {
        /// Its number.
        sequence: u32,
        /// How long it waited there.
        waited: Duration,
    },
    /// A heartbeat was not answered in time.
    Missed {
        /// Its number.
        sequence: u32,
    },
    /// An answer came once more.
    Duplicate {
        /// The heartbeat's number, if it was one's.
        sequence: Option<u32>,
    },
    /// Characters are missing from the log for good.
    Gap {
        /// How many; `None`: nobody knows.
        bytes: Option<u64>,
        /// When what was delivered last before it came, in milliseconds since 1970: by the BMC's clock where that is
        /// known, else by ours; `None`: nothing was delivered by this console.
        from: Option<u64>,
        /// When what follows came, in the same way.
        to: u64,
    },
    /// Missing characters were fetched.
    Filled {
        /// How many.
        bytes: u64,
    },
    /// A cycle of heartbeats is over.
    Cycle {
        /// Heartbeats sent.
        sent: u32,
        /// Of these, answered.
        answered: u32,
        /// Of these, late.
        late: u32,
        /// Never answered.
        lost: u32,
        /// Mean round trip of the answered ones.
        mean: Duration,
        /// The longest of them.
        longest: Duration,
    },
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silent(silence) => {
                write!(
                    f,
                    "nothing heard from the BMC for {:.1} s; still trying, what you type waits",
                    silence.as_secs_f32()
                )
            }
            Self::Back(silence) => write!(
                f,
                "the BMC answers again, after a silence of {:.1} s",
                silence.as_secs_f32()
            ),
            Self::Renewed { silence, logged } => {
                // Just heard over the first session: that was late, and not forgotten.
                if *silence < HEARD_JUST_NOW {
                    f.write_str("a new session goes on in the place of the late one")?;
                } else {
                    let silence = silence.as_secs_f32();
                    write!(
                        f,
                        "the BMC had forgotten the session; a new one goes on after {silence:.1} s"
                    )?;
                }
                f.write_str(if *logged {
                    ""
                } else {
                    ", output in between may be missing"
                })
            }
            Self::Gap(Some(bytes)) => write!(f, "{bytes} bytes of console output are lost here"),
            Self::Gap(None) => f.write_str("console output may be missing here"),
            Self::Filled(bytes) => write!(
                f,
                "{bytes} bytes of console output were fetched from the BMC's log"
            ),
            Self::Overrun => f.write_str("the BMC has dropped console output (transmit overrun)"),
        }
    }
}

/// Why a console is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CloseReason {
    /// The user, or a signal, ended it.
    User,
    /// Nothing was heard for longer than the limit.
    Dead,
    /// The BMC deactivated the payload.
    Deactivated,
    /// Another session owns the payload now.
    Taken,
    /// The payload could not be activated.
    Refused(Refusal),
}

/// Why the payload could not be activated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Activate Payload's completion code.
    Code(u8),
    /// No answer.
    NoAnswer,
    /// An answer of this many data bytes, which are too few.
    ShortAnswer(usize),
}

/// A shorter silence than any in which another session is begun.
const HEARD_JUST_NOW: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_that_was_heard_just_now_is_not_called_forgotten() {
        let told = |seconds, logged| {
            let silence = Duration::from_secs(seconds);
            Notice::Renewed { silence, logged }.to_string()
        };
        assert_eq!(
            told(0, false),
            "a new session goes on in the place of the late one, output in between may be missing"
        );
        assert_eq!(
            told(30, true),
            "the BMC had forgotten the session; a new one goes on after 30.0 s"
        );
    }
}
