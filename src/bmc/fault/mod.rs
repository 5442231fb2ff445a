//! Faults: what goes wrong, when, and how often. One notation for the command line and the control socket.
//!
//! ```text
//! NAME ARGUMENTS [in|out] [xN] [for TIME] [every TIME] [@TIME]
//!
//! busy T              requests wait for T, then all are answered in order; SOL goes on
//! freeze T            nothing is heard or said for T; what came meanwhile is processed afterwards
//! drop P%             datagrams get lost
//! dup T [P%]          datagrams come a second time, T later
//! late T [P%]         datagrams come T later; answers only, unless `in` is said
//! reorder T           datagrams come up to T later and overtake each other
//! corrupt P%          a bit of a datagram is flipped
//! forge               every session's console gets packets with its ids and wrong codes
//! reboot T [new]      all sessions are gone without a word, and the BMC is away for T; new: a new log epoch
//! deactivate          the SOL payload is taken away, with notice
//! steal               the SOL payload is taken away without notice and belongs to somebody else
//! overrun             what waits for the console is lost
//! session-limit N     no more than N sessions at once
//! no-answer NF:CMD    a command, in hexadecimal, is carried out but not answered
//! completion NF:CMD CC  a command is not carried out but answered with this code
//! clear               all faults end
//! ```
//!
//! `xN` ends a fault after N datagrams or commands, or repeats an event N times with `every`; `for T` ends it after a
//! time; `@T` starts it that long after the start, or after the line on the control socket. Times are numbers with
//! `ms`, `s`, `m` or `h`.

mod link;
mod simulator;

pub use simulator::Simulator;

use std::str::FromStr;
use std::time::Duration;

/// A fault and its time table.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// What goes wrong.
    pub kind: Kind,
    /// How long after it was ordered it begins.
    pub at: Duration,
    /// How many datagrams, commands or times.
    pub times: Option<u32>,
    /// How long it lasts.
    pub lasting: Option<Duration>,
    /// How long after its beginning it begins again.
    pub every: Option<Duration>,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// Requests wait.
    Busy(Duration),
    /// Nothing is heard or said.
    Freeze(Duration),
    /// Something happens to datagrams.
    Link(Direction, LinkFault),
    /// Packets with wrong codes are sent to every session's console.
    Forge,
    /// Sessions are gone, and so is the BMC for a while.
    Reboot {
        /// For how long.
        down: Duration,
        /// Whether the console logs start anew.
        new_epoch: bool,
    },
    /// The SOL payload is taken away, with notice.
    Deactivate,
    /// The SOL payload is taken away without notice.
    Steal,
    /// What waits for the console is lost.
    Overrun,
    /// No more than so many sessions.
    SessionLimit(usize),
    /// A command, network function and number, is not answered.
    NoAnswer((u8, u8)),
    /// A command is answered with a completion code.
    Completion((u8, u8), u8),
    /// All faults end.
    Clear,
}

/// What happens to datagrams.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LinkFault {
    /// So many percent get lost.
    Drop(f64),
    /// So many percent come a second time, so much later.
    Dup(Duration, f64),
    /// So many percent come so much later.
    Late(Duration, f64),
    /// All come up to so much later.
    Reorder(Duration),
    /// A bit is flipped in so many percent.
    Corrupt(f64),
}

/// Which datagrams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Those that the BMC receives.
    In,
    /// Those that the BMC sends.
    Out,
    /// All.
    Both,
}

impl FromStr for Fault {
    type Err = String;

    /// Understands one fault, as the module's table shows.
    fn from_str(text: &str) -> Result<Self, String> {
        parse(text).map_err(|why| format!("fault '{text}': {why}"))
    }
}

fn parse(text: &str) -> Result<Fault, String> {
    let mut words = Vec::new();
    let (mut at, mut times, mut lasting, mut every, mut direction) =
        (Duration::ZERO, None, None, None, None);
    let mut rest = text.split_whitespace();
    while let Some(word) = rest.next() {
        let mut time_after = || {
            time(
                rest.next()
                    .ok_or(format!("'{word}' needs a time after it"))?,
            )
        };
        match word {
            "for" => lasting = Some(time_after()?),
            "every" => every = Some(time_after()?.max(LEAST_REPEAT)),
            "in" => direction = Some(Direction::In),
            "out" => direction = Some(Direction::Out),
            _ => match (
                word.strip_prefix('@'),
                word.strip_prefix('x').and_then(|n| n.parse().ok()),
            ) {
                (Some(when), _) => at = time(when)?,
                (_, Some(n)) => times = Some(n),
                _ => words.push(word),
            },
        }
    }
    let kind = kind(&words, direction)?;
    if direction.is_some() && !matches!(kind, Kind::Link(..)) {
        return Err("only faults of datagrams have a direction".into());
    }
    Ok(Fault {
        kind,
        at,
        times,
        lasting,
        every,
    })
}

fn kind(words: &[&str], direction: Option<Direction>) -> Result<Kind, String> {
    let link = |fault| {
        let usual = if matches!(fault, LinkFault::Late(..)) {
            Direction::Out
        } else {
            Direction::Both
        };
        Kind::Link(direction.unwrap_or(usual), fault)
    };
    Ok(match *words {
        ["busy", t] => Kind::Busy(time(t)?),
        ["freeze", t] => Kind::Freeze(time(t)?),
        ["drop", p] => link(LinkFault::Drop(percent(p)?)),
        ["dup", t] => link(LinkFault::Dup(time(t)?, 100.0)),
        ["dup", t, p] => link(LinkFault::Dup(time(t)?, percent(p)?)),
        ["late", t] => link(LinkFault::Late(time(t)?, 100.0)),
        ["late", t, p] => link(LinkFault::Late(time(t)?, percent(p)?)),
        ["reorder", t] => link(LinkFault::Reorder(time(t)?)),
        ["corrupt", p] => link(LinkFault::Corrupt(percent(p)?)),
        ["forge"] => Kind::Forge,
        ["reboot", t] => Kind::Reboot {
            down: time(t)?,
            new_epoch: false,
        },
        ["reboot", t, "new"] => Kind::Reboot {
            down: time(t)?,
            new_epoch: true,
        },
        ["deactivate"] => Kind::Deactivate,
        ["steal"] => Kind::Steal,
        ["overrun"] => Kind::Overrun,
        ["session-limit", n] => {
            let n = n.parse().ok().filter(|n| (1..=63).contains(n));
            Kind::SessionLimit(n.ok_or("a session limit is a number from 1 to 63")?)
        }
        ["no-answer", c] => Kind::NoAnswer(command(c)?),
        ["completion", c, code] => Kind::Completion(command(c)?, hex(code)?),
        ["clear"] => Kind::Clear,
        [name, ..] if NAMES.contains(&name) => return Err(format!("'{name}' has other arguments")),
        _ => return Err(format!("it must be one of {}", NAMES.join(", "))),
    })
}

/// A time: a number with a unit.
pub(super) fn time(text: &str) -> Result<Duration, String> {
    let digits = text
        .find(|c: char| c != '.' && !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let unit = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        _ => {
            return Err(format!(
                "'{text}' is no time: it must be a number with ms, s, m or h"
            ));
        }
    };
    let seconds = number
        .parse::<f64>()
        .ok()
        .map(|n| n * unit)
        .filter(|s| *s <= LONGEST);
    seconds
        .map(Duration::from_secs_f64)
        .ok_or(format!("'{text}' is no time from 0 to 24 hours"))
}

fn percent(text: &str) -> Result<f64, String> {
    let number = text.strip_suffix('%').and_then(|n| n.parse::<f64>().ok());
    number
        .filter(|n| (0.0..=100.0).contains(n))
        .ok_or(format!("'{text}' is no percentage from 0% to 100%"))
}

fn command(text: &str) -> Result<(u8, u8), String> {
    let parts = text
        .split_once(':')
        .and_then(|(netfn, cmd)| Some((hex(netfn).ok()?, hex(cmd).ok()?)));
    parts.filter(|(netfn, _)| *netfn < 0x40 && netfn & 1 == 0).ok_or(format!(
        "'{text}' is no command: it must be network function and number in hexadecimal, as in 06:01"
    ))
}

fn hex(text: &str) -> Result<u8, String> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    u8::from_str_radix(digits, 16).map_err(|_| format!("'{text}' is no hexadecimal byte"))
}

const NAMES: [&str; 16] = [
    "busy",
    "freeze",
    "drop",
    "dup",
    "late",
    "reorder",
    "corrupt",
    "forge",
    "reboot",
    "deactivate",
    "steal",
    "overrun",
    "session-limit",
    "no-answer",
    "completion",
    "clear",
];
/// Seconds of the longest time.
const LONGEST: f64 = 86_400.0;
/// A fault that repeats more often than this would leave room for nothing else.
const LEAST_REPEAT: Duration = Duration::from_millis(10);

#[cfg(test)]
mod tests;

#[cfg(test)]
mod notation_tests {
    use super::*;

    fn fault(kind: Kind) -> Fault {
        Fault {
            kind,
            at: Duration::ZERO,
            times: None,
            lasting: None,
            every: None,
        }
    }

    #[test]
    fn every_fault_of_the_table_is_understood() {
        let s = Duration::from_secs;
        for (text, wanted) in [
            ("busy 10s", fault(Kind::Busy(s(10)))),
            (
                "busy 10s @30s",
                Fault {
                    at: s(30),
                    ..fault(Kind::Busy(s(10)))
                },
            ),
            (
                "freeze 1.5s every 1m x3",
                Fault {
                    every: Some(s(60)),
                    times: Some(3),
                    ..fault(Kind::Freeze(Duration::from_millis(1500)))
                },
            ),
            (
                "drop 5%",
                fault(Kind::Link(Direction::Both, LinkFault::Drop(5.0))),
            ),
            (
                "drop 100% in for 10s",
                Fault {
                    lasting: Some(s(10)),
                    ..fault(Kind::Link(Direction::In, LinkFault::Drop(100.0)))
                },
            ),
            (
                "dup 200ms",
                fault(Kind::Link(
                    Direction::Both,
                    LinkFault::Dup(Duration::from_millis(200), 100.0),
                )),
            ),
            (
                "late 2s x1",
                Fault {
                    times: Some(1),
                    ..fault(Kind::Link(Direction::Out, LinkFault::Late(s(2), 100.0)))
                },
            ),
            (
                "reorder 300ms",
                fault(Kind::Link(
                    Direction::Both,
                    LinkFault::Reorder(Duration::from_millis(300)),
                )),
            ),
            (
                "corrupt 1% out",
                fault(Kind::Link(Direction::Out, LinkFault::Corrupt(1.0))),
            ),
            (
                "forge x10",
                Fault {
                    times: Some(10),
                    ..fault(Kind::Forge)
                },
            ),
            (
                "reboot 5s",
                fault(Kind::Reboot {
                    down: s(5),
                    new_epoch: false,
                }),
            ),
            (
                "reboot 5s new",
                fault(Kind::Reboot {
                    down: s(5),
                    new_epoch: true,
                }),
            ),
            ("deactivate", fault(Kind::Deactivate)),
            ("steal", fault(Kind::Steal)),
            ("overrun", fault(Kind::Overrun)),
            ("session-limit 2", fault(Kind::SessionLimit(2))),
            (
                "no-answer 06:01 x2",
                Fault {
                    times: Some(2),
                    ..fault(Kind::NoAnswer((6, 1)))
                },
            ),
            (
                "completion 0x06:0x4a c1",
                fault(Kind::Completion((6, 0x4a), 0xc1)),
            ),
            ("clear", fault(Kind::Clear)),
        ] {
            assert_eq!(text.parse(), Ok(wanted), "{text}");
        }
        assert!(NAMES.iter().all(|name| {
            !name
                .parse::<Fault>()
                .unwrap_err_or_ok()
                .contains("must be one of")
        }));
    }

    trait Said {
        fn unwrap_err_or_ok(self) -> String;
    }

    impl Said for Result<Fault, String> {
        fn unwrap_err_or_ok(self) -> String {
            self.err().unwrap_or_default()
        }
    }

    #[test]
    fn what_is_no_fault_is_refused_in_one_line_that_names_it() {
        for text in [
            "",
            "x",
            "busy",
            "busy 10",
            "busy soon",
            "busy 10s 5s",
            "drop 5",
            "drop 101%",
            "busy -1s",
            "busy 1e9s",
            "no-answer 6",
            "no-answer 07:01",
            "completion 06:01",
            "completion 06:01 1ff",
            "session-limit 0",
            "busy 1s for",
            "busy 1s in",
            "busy 1s @later",
            "drop NaN%",
            "busy .s",
            "reboot 5s old",
        ] {
            let error = text.parse::<Fault>().unwrap_err();
            assert!(
                error.contains(&format!("'{text}'")) && error.lines().count() == 1,
                "{text}: {error}"
            );
        }
    }
}
