//! The words that may follow `sol log`, in any order: one table for the parser, its complaints and the manual.

use crate::cli::time::Moment;
use crate::commands::Refusal;
use crate::commands::sol::word::{self, Word};
use crate::commands::sol::words::{extension, moment, timestamps};
use crate::commands::sol::{instance_in_range, parse_instance};
use crate::console::log::Format;

/// What was typed after `sol log`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogWords {
    /// SOL payload instance, 1 to 15.
    pub instance: u8,
    /// The time from which on bytes are shown; `None`: from the oldest.
    pub since: Option<Moment>,
    /// The time from which on bytes are no longer shown; `None`: up to the newest.
    pub until: Option<Moment>,
    /// Whether to go on with what comes.
    pub follow: bool,
    /// How lines are dated, if they are.
    pub timestamps: Option<Format>,
    /// Whether terminal escapes and control characters are left out.
    pub strip: bool,
    /// The enterprise number under which the BMC has the console-log extension, if one was named.
    pub extension: Option<u32>,
}

impl Default for LogWords {
    fn default() -> Self {
        Self {
            instance: 1,
            since: None,
            until: None,
            follow: false,
            timestamps: None,
            strip: false,
            extension: None,
        }
    }
}

/// Every word, in the order of the manual.
pub const WORDS: &[Word<LogWords>] = &[
    Word::valued(
        "instance",
        "N",
        "Which SOL instance, 1 to 15 (default 1).",
        |words, value| {
            words.instance = parse_instance(value)?;
            instance_in_range(words.instance)
        },
    ),
    Word::valued(
        "since",
        "TIME",
        "Only what the host printed at that time or later.",
        |words, value| {
            words.since = Some(moment("since", value)?);
            Ok(())
        },
    ),
    Word::valued(
        "until",
        "TIME",
        "Only what the host printed before that time; with follow, the end.",
        |words, value| {
            words.until = Some(moment("until", value)?);
            Ok(())
        },
    ),
    Word::alone(
        "follow",
        "Go on with what the host prints from now on, until a signal or the time of until.",
        |words, _| {
            words.follow = true;
            Ok(())
        },
    ),
    Word::maybe(
        "timestamps",
        "iso|epoch|relative|delta",
        "Begin each line with its date by the BMC's clock: as ISO 8601 (the default), in seconds since 1970, since \
               the first line, or since the line before.",
        |words, value| {
            words.timestamps = Some(timestamps(value)?);
            Ok(())
        },
    ),
    Word::alone(
        "strip",
        "Leave out terminal escapes and control characters, tabs excepted.",
        |words, _| {
            words.strip = true;
            Ok(())
        },
    ),
    Word::valued(
        "extension",
        "N",
        "The IANA enterprise number under which the BMC has the console-log extension (default: as for sol activate, which \
         takes it from IPMITOOL_SOL or a configuration file).",
        |words, value| {
            words.extension = Some(extension(value)?);
            Ok(())
        },
    ),
];

/// Parses what follows `log`. Where a word stands twice, the last one counts.
///
/// # Errors
///
/// One line that names the bad word and lists the good ones.
pub fn parse(typed: &[&str]) -> Result<LogWords, Refusal> {
    let mut words = LogWords::default();
    for each in typed {
        word::apply(WORDS, &mut words, each)?;
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_in_any_order_and_the_last_counts() {
        let words = parse(&[
            "follow",
            "instance=2",
            "since=-10m",
            "until=@5",
            "instance=3",
            "timestamps",
            "strip",
            "extension=674",
        ]);
        let right = LogWords {
            instance: 3,
            timestamps: Some(Format::Iso),
            strip: true,
            extension: Some(674),
            since: Some(Moment::Ago(600_000)),
            until: Some(Moment::At(5000)),
            follow: true,
        };
        assert_eq!(words.unwrap(), right);
        assert_eq!(parse(&[]).unwrap(), LogWords::default());
    }

    #[test]
    fn a_bad_word_is_answered_with_what_is_right() {
        for bad in [
            "foo",
            "follow=1",
            "since",
            "since=",
            "until=soon",
            "instance=16",
            "timestamps=",
            "timestamps=rfc",
            "strip=1",
            "extension=16777216",
            "",
        ] {
            let refusal = parse(&[bad]).unwrap_err();
            assert_eq!(refusal.text.lines().count(), 1, "{}", refusal.text);
        }
        let text = parse(&["foo"]).unwrap_err().text;
        assert!(WORDS.iter().all(|word| text.contains(&word.shown())));
    }
}
