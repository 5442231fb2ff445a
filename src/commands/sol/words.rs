//! The words that may follow `sol activate`, in any order: one table for the parser, its complaints and the manual.

use std::time::Duration;

use crate::cli::number;
use crate::commands::Refusal;

use super::parse_instance;

/// What was typed after `sol activate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// One word.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// As typed, without the value.
    pub name: &'static str,
    /// What the value is called, for words of the form `name=value`.
    pub value: Option<&'static str>,
    /// What it does, for the manual.
    pub help: &'static str,
    set: fn(&mut ActivateWords, &str) -> Result<(), Refusal>,
}

impl Word {
    /// As the manual shows it.
    pub fn shown(&self) -> String {
        match self.value {
            None => self.name.to_owned(),
            Some(value) => format!("{}={value}", self.name),
        }
    }
}

/// Every word, in the order of the manual.
pub const WORDS: &[Word] = &[
    Word {
        name: "usesolkeepalive",
        value: None,
        help: "Keep the session alive with empty SOL packets instead of Get Device ID.",
        set: |words, _| {
            // Stock's nokeepalive wins, whatever the order.
            if words.keepalive != Keepalive::Off {
                words.keepalive = Keepalive::SolPacket;
            }
            Ok(())
        },
    },
    Word {
        name: "nokeepalive",
        value: None,
        help: "Send nothing to keep the session alive.",
        set: |words, _| {
            words.keepalive = Keepalive::Off;
            Ok(())
        },
    },
    Word {
        name: "instance",
        value: Some("N"),
        help: "Which SOL instance, 1 to 15 (default 1).",
        set: |words, value| {
            words.instance = parse_instance(value)?;
            Ok(())
        },
    },
    Word {
        name: "force",
        value: None,
        help: "Take the console over from the session that holds it.",
        set: |words, _| {
            words.force = true;
            Ok(())
        },
    },
    Word {
        name: "noinput",
        value: None,
        help: "Leave standard input alone; its end does not end the console.",
        set: |words, _| {
            words.noinput = true;
            Ok(())
        },
    },
    Word {
        name: "keepalive",
        value: Some("SECONDS"),
        help: "Send a keepalive this long after the last answered command (default 15).",
        set: |words, value| {
            words.keepalive_after = Some(seconds("keepalive", value, MAX_KEEPALIVE)?);
            Ok(())
        },
    },
    Word {
        name: "dead-after",
        value: Some("SECONDS"),
        help: "Give the session up after this much silence (default 90 or more).",
        set: |words, value| {
            words.dead_after = Some(seconds("dead-after", value, MAX_DEAD_AFTER)?);
            Ok(())
        },
    },
];

/// Parses what follows `activate`. Where a word stands twice, the last one counts.
///
/// # Errors
///
/// One line that names the bad word and lists the good ones; stock's own complaint for stock's own words.
pub fn parse(typed: &[&str]) -> Result<ActivateWords, Refusal> {
    let mut words = ActivateWords::default();
    for each in typed {
        let (name, value) = match each.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (*each, None),
        };
        let word = WORDS
            .iter()
            .find(|word| word.name == name && word.value.is_some() == value.is_some())
            .ok_or_else(|| {
                Refusal::error(format!(
                    "Invalid word '{each}' after activate: use {}",
                    list()
                ))
            })?;
        (word.set)(&mut words, value.unwrap_or_default())?;
    }
    Ok(words)
}

fn list() -> String {
    let all: Vec<String> = WORDS.iter().map(Word::shown).collect();
    all.join(", ")
}

fn seconds(name: &str, value: &str, most: u32) -> Result<Duration, Refusal> {
    match number::uint(value.as_bytes()) {
        Ok(seconds @ 1..) if seconds <= most && !value.is_empty() => {
            Ok(Duration::from_secs(u64::from(seconds)))
        }
        _ => Err(Refusal::error(format!(
            "Invalid value '{value}' for {name}: use a whole number of seconds, 1 to {most}"
        ))),
    }
}

/// Seconds; BMCs close silent sessions after a minute or so, so an hour is more than anybody can use.
const MAX_KEEPALIVE: u32 = 3600;

/// Seconds; a day.
const MAX_DEAD_AFTER: u32 = 86400;

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
    fn stocks_own_words_have_stocks_own_complaints() {
        assert!(
            parse(&["instance=300"])
                .unwrap_err()
                .text
                .starts_with("Given instance '300' is invalid.\nSOL Commands")
        );
    }
}
