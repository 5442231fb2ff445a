//! What a console tells.

use std::fmt;
use std::time::Duration;

/// The next thing to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The payload is active, for the first time.
    Opened,
    /// Console output, in order.
    Data(Vec<u8>),
    /// One line for the user.
    Notice(Notice),
    /// The console is over; nothing follows.
    Closed(CloseReason),
}

/// Something the user should know, and need not act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// Nothing has been heard of the BMC for so long, although it was asked.
    Silent(Duration),
    /// It is heard again, after so long a silence that was told of.
    Back(Duration),
    /// The BMC had forgotten the session; another one goes on, after so long a silence.
    Renewed(Duration),
    /// The BMC has dropped characters of the serial port.
    Overrun,
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silent(silence) => {
                write!(
                    f,
                    "nothing heard from the BMC for {:.1} s; still trying, what you type is kept",
                    silence.as_secs_f32()
                )
            }
            Self::Back(silence) => write!(
                f,
                "the BMC answers again, after a silence of {:.1} s",
                silence.as_secs_f32()
            ),
            Self::Renewed(silence) => write!(
                f,
                "the BMC had forgotten the session; a new one goes on after {:.1} s, output in between may be missing",
                silence.as_secs_f32()
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
