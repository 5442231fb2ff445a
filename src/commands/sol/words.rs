//! The words that may follow `sol activate`, in any order: one table for the parser, its complaints, the
//! configuration files and the manual.

use std::path::PathBuf;
use std::time::Duration;

use crate::cli::number;
use crate::cli::time::Moment;
use crate::commands::Refusal;
use crate::console::clock;
use crate::console::events::Target;
use crate::console::log::{Format, Rotate};
use crate::wire::console_log::DEFAULT_IANA;

use super::word::{self, Word, invalid};
use super::{parse_instance, values};

/// What was typed after `sol activate`, or stands for it elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivateWords {
    /// Payload instance, 1 to 15.
    pub instance: u8,
    /// How the session is kept alive.
    pub keepalive: Keepalive,
    /// Whether a console that another session holds is taken over.
    pub force: bool,
    /// Whether standard input is left alone, so that its end does not end the console.
    pub noinput: bool,
    /// How long after the last answer a keepalive is sent; `None` is the console's default.
    pub keepalive_after: Option<Duration>,
    /// After how much silence the session is given up; `None` is the console's default.
    pub dead_after: Option<Duration>,
    /// The log file, its `%` sequences not yet expanded.
    pub log: Option<String>,
    /// How lines are dated, if they are.
    pub timestamps: Option<Format>,
    /// Whether lines are dated on standard output too.
    pub timestamps_on_both: bool,
    /// Whether terminal escapes and control characters are kept out of the log.
    pub strip: bool,
    /// When the log is set aside and begun anew.
    pub rotate: Option<Rotate>,
    /// Whether another session is made when one is lost, and how often at most in a row.
    pub reconnect: Option<Reconnect>,
    /// Heartbeats of a cycle, 1 to 255.
    pub cycle: u8,
    /// The enterprise number under which the BMC has the console-log extension, below 2^24.
    pub extension: u32,
    /// How long the console is to run.
    pub run_for: Option<Duration>,
    /// From when on console output counts.
    pub since: Option<Moment>,
    /// Until when.
    pub until: Option<Moment>,
    /// Where events are told, one JSON line each.
    pub events: Option<Target>,
    /// The command that is run on an alarm.
    pub on_alarm: Option<String>,
}

impl Default for ActivateWords {
    fn default() -> Self {
        Self {
            instance: 1,
            keepalive: Keepalive::DeviceId,
            force: false,
            noinput: false,
            keepalive_after: None,
            dead_after: None,
            log: None,
            timestamps: None,
            timestamps_on_both: false,
            strip: false,
            rotate: None,
            reconnect: None,
            cycle: DEFAULT_CYCLE,
            extension: DEFAULT_IANA,
            run_for: None,
            since: None,
            until: None,
            events: None,
            on_alarm: None,
        }
    }
}

/// What keeps the session alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keepalive {
    /// Get Device ID.
    DeviceId,
    /// An empty SOL packet.
    SolPacket,
    /// Nothing.
    Off,
}

/// That another session is made when one is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reconnect {
    /// How many tries in a row may fail; `None`: any number.
    pub tries: Option<u32>,
}

/// Every word, in the order of the manual.
pub const WORDS: &[Word<ActivateWords>] = &[
    Word::alone(
        "usesolkeepalive",
        "Keep the session alive with empty SOL packets instead of Get Device ID.",
        |words, _| {
            // Stock's nokeepalive wins, whatever the order.
            if words.keepalive != Keepalive::Off {
                words.keepalive = Keepalive::SolPacket;
            }
            Ok(())
        },
    ),
    Word::alone(
        "nokeepalive",
        "Send nothing to keep the session alive.",
        |words, _| {
            words.keepalive = Keepalive::Off;
            Ok(())
        },
    ),
    Word::valued(
        "instance",
        "N",
        "Which SOL instance, 1 to 15 (default 1).",
        |words, value| {
            words.instance = parse_instance(value)?;
            Ok(())
        },
    ),
    Word::alone(
        "force",
        "Take the console over from the session that holds it.",
        |words, _| {
            words.force = true;
            Ok(())
        },
    ),
    Word::alone(
        "noinput",
        "Leave standard input alone; its end does not end the console.",
        |words, _| {
            words.noinput = true;
            Ok(())
        },
    ),
    Word::valued(
        "keepalive",
        "SECONDS",
        "Send a keepalive this long after the last answered command (default 15).",
        |words, value| {
            words.keepalive_after = Some(seconds("keepalive", value, MAX_KEEPALIVE)?);
            Ok(())
        },
    ),
    Word::valued(
        "dead-after",
        "SECONDS",
        "Give the session up after this much silence (default 90 or more); keepalives are then sent at least three times as \
         often.",
        |words, value| {
            words.dead_after = Some(seconds("dead-after", value, MAX_DEAD_AFTER)?);
            Ok(())
        },
    ),
    Word::valued(
        "log",
        "FILE",
        "Append what the host prints to FILE, in which %h is the BMC's name, %Y %m %d %H %M %S the date and time \
               when it is opened, and %% a percent sign.",
        |words, value| {
            crate::console::log::path::check(value)
                .map_err(|right| invalid("log", value, &right))?;
            words.log = Some(value.to_owned());
            Ok(())
        },
    ),
    Word::maybe(
        "timestamps",
        "iso|epoch|relative|delta",
        "Begin each line of the log with its date: as ISO 8601 (the default), in seconds since 1970, since the \
               first line of this run, or since the line before. The time is the BMC's where it tells it, else this \
               machine's. Best together with strip.",
        |words, value| {
            words.timestamps = Some(timestamps(value)?);
            Ok(())
        },
    ),
    Word::valued(
        "timestamps-on",
        "log|both",
        "Where lines are dated: in the log (the default), or on standard output too.",
        |words, value| {
            words.timestamps_on_both = match value {
                "log" => false,
                "both" => true,
                _ => return Err(invalid("timestamps-on", value, "use log or both")),
            };
            Ok(())
        },
    ),
    Word::alone(
        "strip",
        "Keep terminal escapes and control characters, tabs excepted, out of the log.",
        |words, _| {
            words.strip = true;
            Ok(())
        },
    ),
    Word::valued(
        "rotate",
        "SIZE[,KEEP]",
        "When the log has grown to SIZE (such as 10M), rename it to FILE.1, FILE.1 to FILE.2 and so on, and begin \
               it anew; KEEP old ones are kept (default 5).",
        |words, value| {
            words.rotate = Some(rotate(value)?);
            Ok(())
        },
    ),
    Word::maybe(
        "reconnect",
        "N",
        "When the session is lost, make another one, after at most N failures in a row (default: any number).",
        |words, value| {
            words.reconnect = Some(Reconnect {
                tries: match value {
                    "" => None,
                    _ => Some(whole("reconnect", value, 1, 1_000_000)?),
                },
            });
            Ok(())
        },
    ),
    Word::valued(
        "cycle",
        "N",
        "How many heartbeats make a cycle, 1 to 255 (default 4).",
        |words, value| {
            words.cycle = u8::try_from(whole("cycle", value, 1, 255)?).unwrap_or(u8::MAX);
            Ok(())
        },
    ),
    Word::valued(
        "extension",
        "N",
        "The IANA enterprise number under which the BMC has the console-log extension (default 32473).",
        |words, value| {
            words.extension = extension(value)?;
            Ok(())
        },
    ),
    Word::valued(
        "for",
        "DURATION",
        "End in good order after this long (such as 90, 15m or 7d).",
        |words, value| {
            words.run_for =
                Some(values::duration(value).map_err(|right| invalid("for", value, &right))?);
            Ok(())
        },
    ),
    Word::valued(
        "since",
        "TIME",
        "Only console output from this time on, by the BMC's clock where it keeps a console log: what it holds \
               from before now is read first, and the console goes on from there. Times are written as for sol log.",
        |words, value| {
            words.since = Some(moment("since", value)?);
            Ok(())
        },
    ),
    Word::valued(
        "until",
        "TIME",
        "Only console output before this time; when it has come, and what is stored up to it has been read, the \
               console ends.",
        |words, value| {
            words.until = Some(moment("until", value)?);
            Ok(())
        },
    ),
    Word::valued(
        "events",
        "FILE|fd:N",
        "Append one line of JSON for each event to FILE, or write it to file descriptor N.",
        |words, value| {
            words.events = Some(match value.strip_prefix("fd:") {
                Some(number) => {
                    Target::Fd(number.parse().ok().filter(|fd| *fd >= 0).ok_or_else(|| {
                        invalid("events", value, "use the number of an open file")
                    })?)
                }
                None if value.is_empty() => {
                    return Err(invalid("events", value, "use a file's name, or fd:N"));
                }
                None => Target::File(PathBuf::from(value)),
            });
            Ok(())
        },
    ),
    Word::valued(
        "on-alarm",
        "COMMAND",
        "Run COMMAND with sh when something is wrong, with the event in its environment.",
        |words, value| {
            if value.trim().is_empty() {
                return Err(invalid("on-alarm", value, "use a command for sh"));
            }
            words.on_alarm = Some(value.to_owned());
            Ok(())
        },
    ),
];

/// Parses what follows `activate`. Where a word stands twice, the last one counts.
///
/// # Errors
///
/// One line that names the bad word and lists the good ones; stock's own complaint for stock's own words.
pub fn parse(typed: &[&str]) -> Result<ActivateWords, Refusal> {
    let mut words = ActivateWords::default();
    for each in typed {
        apply(&mut words, each)?;
    }
    finish(words, typed)
}

/// Sets one word.
///
/// # Errors
///
/// As [`parse`].
pub fn apply(words: &mut ActivateWords, typed: &str) -> Result<(), Refusal> {
    word::apply(WORDS, words, typed)
}

/// What is wrong with words that are each good. `typed`: those on the command line; what a configuration says about a
/// log is meant for the hosts that have one.
///
/// # Errors
///
/// One line.
pub fn finish(words: ActivateWords, typed: &[&str]) -> Result<ActivateWords, Refusal> {
    if words.log.is_none() {
        let names = typed.iter().map(|word| word.split('=').next());
        for name in names.flatten() {
            match name {
                "rotate" | "strip" => {
                    return Err(Refusal::error(format!(
                        "{name} is of no use without log=FILE"
                    )));
                }
                "timestamps" if !words.timestamps_on_both => {
                    return Err(Refusal::error(
                        "timestamps are of no use without log=FILE or timestamps-on=both",
                    ));
                }
                _ => {}
            }
        }
    }
    if let (Some(keepalive), Some(dead)) = (words.keepalive_after, words.dead_after)
        && words.keepalive != Keepalive::Off
        && keepalive >= dead
    {
        return Err(Refusal::error(format!(
            "keepalive={} must be less than dead-after={}",
            keepalive.as_secs(),
            dead.as_secs()
        )));
    }
    let now = clock::wall_clock();
    if let (Some(since), Some(until)) = (words.since, words.until)
        && since.by(now) >= until.by(now)
    {
        return Err(Refusal::error("since must be before until"));
    }
    Ok(words)
}

/// How lines are dated: by a name, or as without one.
pub(super) fn timestamps(value: &str) -> Result<Format, Refusal> {
    if value.is_empty() {
        return Ok(Format::Iso);
    }
    Format::named(value)
        .ok_or_else(|| invalid("timestamps", value, "use iso, epoch, relative or delta"))
}

/// A time, complained of by its word's name.
pub(super) fn moment(name: &str, value: &str) -> Result<Moment, Refusal> {
    Moment::parse(value).map_err(|right| invalid(name, value, &right))
}

fn rotate(value: &str) -> Result<Rotate, Refusal> {
    let (size, keep) = match value.split_once(',') {
        Some((size, keep)) => {
            let kept = number::uint(keep.as_bytes()).unwrap_or_default();
            if keep.is_empty() || !(1..=MAX_KEEP).contains(&kept) {
                let right = format!("the number of old logs to keep is 1 to {MAX_KEEP}");
                return Err(invalid("rotate", value, &right));
            }
            (size, kept)
        }
        None => (value, DEFAULT_KEEP),
    };
    let size = values::size(size).map_err(|right| invalid("rotate", value, &right))?;
    Ok(Rotate { size, keep })
}

/// An enterprise number, which has three bytes in a request.
pub(super) fn extension(value: &str) -> Result<u32, Refusal> {
    whole("extension", value, 0, MAX_IANA)
}

fn whole(name: &str, value: &str, least: u32, most: u32) -> Result<u32, Refusal> {
    match number::uint(value.as_bytes()) {
        Ok(number) if (least..=most).contains(&number) && !value.is_empty() => Ok(number),
        _ => {
            let right = format!("use a whole number, {least} to {most}");
            Err(invalid(name, value, &right))
        }
    }
}

fn seconds(name: &str, value: &str, most: u32) -> Result<Duration, Refusal> {
    match number::uint(value.as_bytes()) {
        Ok(seconds @ 1..) if seconds <= most && !value.is_empty() => {
            Ok(Duration::from_secs(u64::from(seconds)))
        }
        _ => Err(Refusal::error(format!(
            "Invalid word '{name}={value}': use a whole number of seconds, 1 to {most}"
        ))),
    }
}

/// Seconds; BMCs close silent sessions after a minute or so, so an hour is more than anybody can use.
const MAX_KEEPALIVE: u32 = 3600;

/// Seconds; a day.
const MAX_DEAD_AFTER: u32 = 86400;

/// Heartbeats of a cycle.
const DEFAULT_CYCLE: u8 = 4;

/// The highest enterprise number.
const MAX_IANA: u32 = 0x00ff_ffff;

/// Old logs.
const DEFAULT_KEEP: u32 = 5;
const MAX_KEEP: u32 = 999;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_in_any_order_and_the_last_counts() {
        let words = parse(&[
            "noinput",
            "instance=2",
            "keepalive=0x5",
            "force",
            "instance=3",
            "dead-after=600",
        ])
        .unwrap();
        assert_eq!(
            (words.instance, words.force, words.noinput),
            (3, true, true)
        );
        assert_eq!(words.keepalive_after, Some(Duration::from_secs(5)));
        assert_eq!(words.dead_after, Some(Duration::from_secs(600)));
        for order in [
            ["nokeepalive", "usesolkeepalive"],
            ["usesolkeepalive", "nokeepalive"],
        ] {
            assert_eq!(parse(&order).unwrap().keepalive, Keepalive::Off);
        }
    }

    #[test]
    fn a_bad_word_is_answered_with_one_line_that_lists_the_good_ones() {
        for bad in [
            "foo",
            "force=1",
            "instance",
            "keepalive",
            "",
            "=",
            "keepalive=0",
            "dead-after=",
            "keepalive=9999",
            "log=",
            "log=x%q",
            "timestamps=",
            "timestamps=rfc",
            "timestamps-on=x",
            "strip=1",
            "rotate=0",
            "rotate=1M,0",
            "reconnect=0",
            "reconnect=",
            "cycle=0",
            "cycle=256",
            "extension=16777216",
            "extension=",
            "for=0",
            "since=noon",
            "until=",
            "events=",
            "events=fd:",
            "events=fd:x",
            "on-alarm= ",
            "\u{1b}[31m\nx",
        ] {
            let text = parse(&[bad]).unwrap_err().text;
            assert_eq!(text.lines().count(), 1, "{text}");
        }
        let text = parse(&["foo"]).unwrap_err().text;
        assert!(
            WORDS.iter().all(|word| text.contains(&word.shown())),
            "{text}"
        );
    }

    #[test]
    fn a_word_typed_almost_right_or_without_its_value_is_known_again() {
        for (bad, right) in [
            ("stripp", "did you mean strip?"),
            ("recnonect=3", "did you mean reconnect[=N]?"),
            ("log", "use log=FILE"),
            ("noinput=1", "use noinput"),
        ] {
            let text = parse(&[bad]).unwrap_err().text;
            assert_eq!(text, format!("Invalid word '{bad}': {right}"));
        }
    }

    #[test]
    fn keepalives_that_come_too_rarely_to_tell_a_silence_are_refused() {
        let text = parse(&["keepalive=15", "dead-after=6"]).unwrap_err().text;
        assert_eq!(text, "keepalive=15 must be less than dead-after=6");
        assert!(parse(&["keepalive=15", "dead-after=6", "nokeepalive"]).is_ok());
        assert!(parse(&["dead-after=6"]).is_ok());
    }

    #[test]
    fn words_of_the_log_are_understood() {
        let words = parse(&[
            "log=/var/log/%h.log",
            "timestamps",
            "timestamps-on=both",
            "strip",
            "rotate=10M,3",
            "reconnect",
            "cycle=7",
            "extension=0x2a2",
            "for=1h",
            "events=fd:3",
            "on-alarm=mail -s x root",
        ])
        .unwrap();
        assert_eq!(words.log.as_deref(), Some("/var/log/%h.log"));
        assert_eq!(words.timestamps, Some(Format::Iso));
        assert_eq!(
            words.rotate,
            Some(Rotate {
                size: 10 << 20,
                keep: 3
            })
        );
        assert_eq!(words.reconnect, Some(Reconnect { tries: None }));
        assert_eq!(
            (words.cycle, words.extension, words.run_for),
            (7, 0x2a2, Some(Duration::from_secs(3600)))
        );
        assert_eq!(words.events, Some(Target::Fd(3)));
        assert_eq!(words.on_alarm.as_deref(), Some("mail -s x root"));
        let words = parse(&["log=x", "timestamps=delta", "reconnect=9"]).unwrap();
        assert_eq!(words.timestamps, Some(Format::Delta));
        assert_eq!(words.reconnect, Some(Reconnect { tries: Some(9) }));
    }

    #[test]
    fn words_that_need_others_say_so() {
        for bad in [
            &["strip"][..],
            &["rotate=1M"],
            &["timestamps"],
            &["since=-1m", "until=-2m"],
        ] {
            let text = parse(bad).unwrap_err().text;
            assert_eq!(text.lines().count(), 1, "{text}");
        }
        assert!(parse(&["timestamps=iso", "timestamps-on=both"]).is_ok());
    }

    #[test]
    fn stocks_own_words_have_stocks_own_complaints() {
        assert!(
            parse(&["instance=300"])
                .unwrap_err()
                .text
                .starts_with("Given instance '300' is invalid.\nSOL Commands")
        );
    }
}
