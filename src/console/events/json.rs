//! Events as lines of JSON. Every line is ASCII: nothing that came from a BMC can steer a reader's terminal.

use std::fmt::Write;
use std::time::Duration;

use serde_json::Value;

use super::{Place, Report};
use crate::console::clock;

/// One line, with its end. `at` is in milliseconds since 1970.
pub fn line(report: &Report, host: &str, at: u64) -> String {
    let head = [
        ("event", report.name().into()),
        ("time", clock::utc(at).into()),
        ("host", host.into()),
    ];
    let pairs: Vec<String> = head
        .into_iter()
        .chain(fields(report))
        .map(|(name, value): (_, Value)| format!("\"{name}\":{value}"))
        .collect();
    ascii(&format!("{{{}}}\n", pairs.join(",")))
}

/// What an event says beside its name, its time and its host, in the order of the manual.
pub fn fields(report: &Report) -> Vec<(&'static str, Value)> {
    match report {
        Report::Connected { session } => vec![("session", (*session).into())],
        Report::Late { sequence, after } => {
            vec![("sequence", (*sequence).into()), ("after_ms", ms(*after))]
        }
        Report::Duplicate { sequence } => vec![("sequence", (*sequence).into())],
        Report::Overdue { sequence, waited } => {
            vec![("sequence", (*sequence).into()), ("waited_ms", ms(*waited))]
        }
        Report::Missed { sequence } => vec![("sequence", (*sequence).into())],
        Report::Alarm { missed, silent } => {
            vec![("missed", (*missed).into()), ("silent_ms", ms(*silent))]
        }
        Report::Back { silent } => vec![("silent_ms", ms(*silent))],
        Report::Gap {
            bytes,
            from,
            to,
            at,
        } => gap(*bytes, *from, *to, *at),
        Report::Gaps {
            times,
            from,
            to,
            at,
        } => {
            let mut fields = gap(None, *from, *to, *at);
            fields.push(("times", (*times).into()));
            fields
        }
        Report::Filled { bytes } => vec![("bytes", (*bytes).into())],
        Report::Reconnecting {
            why,
            attempt,
            after,
        } => vec![
            ("why", why.as_str().into()),
            ("attempt", (*attempt).into()),
            ("after_ms", ms(*after)),
        ],
        Report::LogTrouble { text } => vec![("text", text.as_str().into())],
        Report::Cycle {
            sent,
            answered,
            late,
            lost,
            mean,
            longest,
        } => vec![
            ("sent", (*sent).into()),
            ("answered", (*answered).into()),
            ("late", (*late).into()),
            ("lost", (*lost).into()),
            ("rtt_mean_ms", ms(*mean)),
            ("rtt_longest_ms", ms(*longest)),
        ],
        Report::Closed { why, failed } => {
            vec![("why", why.as_str().into()), ("failed", (*failed).into())]
        }
    }
}

fn gap(bytes: Option<u64>, from: u64, to: u64, at: Place) -> Vec<(&'static str, Value)> {
    let lost = match at {
        Place::Console => "console",
        Place::Log => "log",
    };
    vec![
        ("bytes", bytes.into()),
        ("from", clock::utc(from).into()),
        ("to", clock::utc(to).into()),
        ("lost", lost.into()),
    ]
}

/// Milliseconds with three places.
fn ms(duration: Duration) -> Value {
    let microseconds = (duration.as_secs_f64() * 1_000_000.0).round();
    (microseconds / 1000.0).into()
}

/// The same JSON in ASCII without DEL. Outside of strings JSON has no other characters, inside they may be escaped.
fn ascii(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for letter in json.chars() {
        if letter.is_ascii() && letter != '\u{7f}' {
            text.push(letter);
        } else {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                // Writing to a String cannot fail.
                let _ = write!(text, "\\u{unit:04x}");
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::events::samples;

    #[test]
    fn every_event_is_one_line_of_printable_ascii_that_reads_back() {
        for report in samples() {
            let line = line(&report, "b\u{1b}mc\u{e9}", 86_400_000);
            let text = line.strip_suffix('\n').unwrap();
            assert!(
                text.bytes().all(|byte| (0x20..0x7f).contains(&byte)),
                "{text}"
            );
            let back: Value = serde_json::from_str(text).unwrap();
            assert_eq!(back["event"], report.name());
            assert_eq!(back["time"], "1970-01-02T00:00:00.000Z");
            assert_eq!(back["host"], "b\u{1b}mc\u{e9}");
            for (name, value) in fields(&report) {
                assert_eq!(back[name], value, "{name}");
            }
        }
    }

    #[test]
    fn a_long_time_is_still_a_number() {
        assert_eq!(ms(Duration::from_micros(1500)), 1.5);
        assert!(ms(Duration::MAX).is_number());
    }
}
