//! The words that may follow `sol log`, in any order: one table for the parser, its complaints and the manual.

use crate::cli::time::Moment;
use crate::commands::Refusal;
use crate::commands::sol::words::timestamps;
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
        }
    }
}

/// One word.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// As typed, without the value.
    pub name: &'static str,
    /// What the value is called, for words of the form `name=value`.
    pub value: Option<&'static str>,
    /// Whether the word may stand without its value.
    pub optional: bool,
    /// What it does, for the manual.
    pub help: &'static str,
    set: fn(&mut LogWords, &str) -> Result<(), Refusal>,
}

impl Word {
    /// As the manual shows it.
    pub fn shown(&self) -> String {
        match self.value {
            None => self.name.to_owned(),
            Some(value) if self.optional => format!("{}[={value}]", self.name),
            Some(value) => format!("{}={value}", self.name),
        }
    }

    fn takes(&self, value: Option<&str>) -> bool {
        self.value.is_some() == value.is_some() || (self.optional && value.is_none())
    }
}

/// Every word, in the order of the manual.
pub const WORDS: &[Word] = &[
    Word {
        name: "instance",
        value: Some("N"),
        optional: false,
        help: "Which SOL instance, 1 to 15 (default 1).",
        set: |words, value| {
            words.instance = parse_instance(value)?;
            instance_in_range(words.instance)
        },
    },
    Word {
        name: "since",
        value: Some("TIME"),
        optional: false,
        help: "Only what the host printed at that time or later.",
        set: |words, value| {
            words.since = Some(Moment::parse(value).map_err(Refusal::error)?);
            Ok(())
        },
    },
    Word {
        name: "until",
        value: Some("TIME"),
        optional: false,
        help: "Only what the host printed before that time; with follow, the end.",
        set: |words, value| {
            words.until = Some(Moment::parse(value).map_err(Refusal::error)?);
            Ok(())
        },
    },
    Word {
        name: "follow",
        value: None,
        optional: false,
        help: "Go on with what the host prints from now on, until a signal or the time of until.",
        set: |words, _| {
            words.follow = true;
            Ok(())
        },
    },
    Word {
        name: "timestamps",
        value: Some("iso|epoch|relative|delta"),
        optional: true,
        help: "Begin each line with its date by the BMC's clock: as ISO 8601 (the default), in seconds since 1970, since \
               the first line, or since the line before.",
        set: |words, value| {
            words.timestamps = Some(timestamps(value)?);
            Ok(())
        },
    },
    Word {
        name: "strip",
        value: None,
        optional: false,
        help: "Leave out terminal escapes and control characters, tabs excepted.",
        set: |words, _| {
            words.strip = true;
            Ok(())
        },
    },
];

/// Parses what follows `log`. Where a word stands twice, the last one counts.
///
/// # Errors
///
/// One line that names the bad word and lists the good ones.
pub fn parse(typed: &[&str]) -> Result<LogWords, Refusal> {
    let mut words = LogWords::default();
    for each in typed {
        let (name, value) = match each.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (*each, None),
        };
        let word = WORDS
            .iter()
            .find(|word| word.name == name && word.takes(value))
            // `name=` is not the same as `name`.
            .filter(|word| !(word.optional && value == Some("")))
            .ok_or_else(|| {
                Refusal::error(format!("Invalid word '{each}' after log: use {}", list()))
            })?;
        (word.set)(&mut words, value.unwrap_or_default())?;
    }
    Ok(words)
}

fn list() -> String {
    let all: Vec<String> = WORDS.iter().map(Word::shown).collect();
    all.join(", ")
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
        ]);
        let right = LogWords {
            instance: 3,
            timestamps: Some(Format::Iso),
            strip: true,
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
            "",
        ] {
            let refusal = parse(&[bad]).unwrap_err();
            assert_eq!(refusal.text.lines().count(), 1, "{}", refusal.text);
        }
        let text = parse(&["foo"]).unwrap_err().text;
        assert!(WORDS.iter().all(|word| text.contains(&word.shown())));
    }
}
