//! Console output as it stands in the log: stripped, and with a date before each line, where that was asked for.

use super::strip::Strip;
use crate::console::clock;
use crate::proto::line_starts::LineStarts;

/// How lines are dated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// ISO 8601 in local time with offset.
    Iso,
    /// Seconds since 1970, with milliseconds.
    Epoch,
    /// Seconds since the first line.
    Relative,
    /// Seconds since the line before.
    Delta,
}

impl Format {
    /// The format of this name.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "iso" => Self::Iso,
            "epoch" => Self::Epoch,
            "relative" => Self::Relative,
            "delta" => Self::Delta,
            _ => return None,
        })
    }
}

/// Turns output into lines of a log; keeps its place between pieces.
///
/// A date stands before the first visible byte of a line. No byte is left out for it (but see [`Strip`]).
#[derive(Clone, Debug)]
pub struct Lines {
    format: Option<Format>,
    strip: Option<Strip>,
    starts: LineStarts,
    /// Anything stands on the line, visible or not.
    mid_line: bool,
    first: Option<u64>,
    previous: Option<u64>,
}

impl Lines {
    /// At the beginning of a line.
    pub fn new(format: Option<Format>, strip: bool) -> Self {
        Self {
            format,
            strip: strip.then(Strip::default),
            starts: LineStarts::default(),
            mid_line: false,
            first: None,
            previous: None,
        }
    }

    /// Dates lines in another way, or not at all, from the next one on.
    pub fn set_format(&mut self, format: Option<Format>) {
        self.format = format;
    }

    /// Says whether the next byte stands behind others on a line.
    pub fn set_mid_line(&mut self, mid_line: bool) {
        self.mid_line = mid_line;
        self.starts = if mid_line {
            LineStarts::mid_line()
        } else {
            LineStarts::default()
        };
    }

    /// Whether the next byte stands behind others on a line.
    pub fn mid_line(&self) -> bool {
        self.mid_line
    }

    /// What `bytes`, which came at `at` (milliseconds since 1970), become.
    pub fn feed(&mut self, bytes: &[u8], at: u64) -> Vec<u8> {
        let mut stripped = Vec::new();
        let mut rest = match &mut self.strip {
            Some(strip) => {
                strip.feed(bytes, &mut stripped);
                &stripped
            }
            None => bytes,
        };
        let format = self.format;
        let mut dated = Vec::with_capacity(rest.len() + format.map_or(0, |_| 32));
        loop {
            let (text, next) = rest.split_at(self.starts.passes(rest));
            dated.extend_from_slice(text);
            self.mid_line |= !text.is_empty();
            let Some((&byte, next)) = next.split_first() else {
                return dated;
            };
            rest = next;
            if self.starts.begins_with(byte)
                && let Some(format) = format
            {
                dated.extend_from_slice(self.stamp(format, at).as_bytes());
            }
            dated.push(byte);
            // The CR of LF CR belongs to the line before.
            self.mid_line = byte != b'\n' && (self.mid_line || byte != b'\r');
        }
    }

    fn stamp(&mut self, format: Format, at: u64) -> String {
        let first = *self.first.get_or_insert(at);
        let previous = self.previous.replace(at).unwrap_or(at);
        let seconds =
            |milliseconds: u64| format!("{}.{:03}", milliseconds / 1000, milliseconds % 1000);
        match format {
            Format::Iso => format!("{} ", clock::iso(at)),
            Format::Epoch => format!("{} ", seconds(at)),
            // Clocks are set back now and then; time is not.
            Format::Relative => format!("+{} ", seconds(at.saturating_sub(first))),
            Format::Delta => format!("+{} ", seconds(at.saturating_sub(previous))),
        }
    }
}

/// A line that the program adds to the log: what happened, and when.
pub fn marker(text: &str, at: u64) -> String {
    format!(
        "[steadysol {}: {}]\n",
        clock::iso(at),
        crate::console::notice::plain(text)
    )
}

/// Whether the line, with its end, is the marker of an attempt that came to nothing, or of a session's end.
pub fn tells_of_no_session(line: &[u8]) -> bool {
    let text = line
        .strip_prefix(b"[steadysol ")
        .and_then(|line| line.strip_suffix(b"]\n"));
    let text = text.and_then(|text| std::str::from_utf8(text).ok()?.split_once(": "));
    text.is_some_and(|(_, text)| NO_SESSION.iter().any(|begin| text.starts_with(begin)))
}

/// How [`Report::marker`](crate::console::events::Report::marker) begins for those.
const NO_SESSION: [&str; 2] = ["connection lost: ", "console closed: "];

#[cfg(test)]
mod tests {
    use super::*;

    fn text(lines: &mut Lines, bytes: &[u8], at: u64) -> String {
        String::from_utf8(lines.feed(bytes, at)).unwrap()
    }

    #[test]
    fn each_line_is_dated_once_however_it_arrives() {
        let mut lines = Lines::new(Some(Format::Epoch), false);
        assert_eq!(text(&mut lines, b"a", 1500), "1.500 a");
        assert_eq!(text(&mut lines, b"b\r\nc\n\r", 2000), "b\r\n2.000 c\n\r");
        assert_eq!(text(&mut lines, b"\n", 2001), "2.001 \n");
    }

    #[test]
    fn what_a_shell_sends_before_a_line_does_not_cover_its_date() {
        // GNU bash 5.2, TERM=linux, after "echo hello" was typed.
        let bash = b"\x1b[?2004h$ echo hello\r\n\x1b[?2004l\rhello\r\n\x1b[?2004h$ ";
        let mut lines = Lines::new(Some(Format::Epoch), false);
        let dated = text(&mut lines, bash, 1500);
        assert_eq!(
            dated,
            "\x1b[?2004h1.500 $ echo hello\r\n\x1b[?2004l\r1.500 hello\r\n\x1b[?2004h1.500 $ "
        );
        assert_eq!(
            dated.replace("1.500 ", "").as_bytes(),
            bash,
            "nothing is lost"
        );
    }

    #[test]
    fn a_line_of_escapes_only_is_a_line_for_a_marker_and_not_for_a_date() {
        let mut lines = Lines::new(Some(Format::Epoch), false);
        assert_eq!(text(&mut lines, b"\x1b[?2004h", 1500), "\x1b[?2004h");
        assert!(lines.mid_line());
        assert_eq!(text(&mut lines, b"\r\n", 1600), "\r1.600 \n");
        assert_eq!(text(&mut lines, b"\r", 1700), "\r");
        assert!(!lines.mid_line(), "LF CR ends one line");
    }

    #[test]
    fn dates_that_begin_or_end_within_a_line_count_from_the_next() {
        let mut lines = Lines::new(None, false);
        assert_eq!(text(&mut lines, b"a", 1000), "a");
        lines.set_format(Some(Format::Epoch));
        assert_eq!(text(&mut lines, b"b\nc", 2000), "b\n2.000 c");
        lines.set_mid_line(true);
        assert_eq!(text(&mut lines, b"d\n", 3000), "d\n");
    }

    #[test]
    fn relative_and_delta_count_from_the_first_and_the_previous_line() {
        let mut lines = Lines::new(Some(Format::Relative), false);
        assert_eq!(text(&mut lines, b"a\n", 10_000), "+0.000 a\n");
        assert_eq!(text(&mut lines, b"b\n", 12_345), "+2.345 b\n");
        lines.set_format(Some(Format::Delta));
        assert_eq!(text(&mut lines, b"c\n", 12_400), "+0.055 c\n");
        assert_eq!(
            text(&mut lines, b"d\n", 12_000),
            "+0.000 d\n",
            "a clock set back"
        );
        lines.set_format(None);
        assert_eq!(text(&mut lines, b"e\n", 13_000), "e\n");
    }

    #[test]
    fn stripped_lines_are_dated_at_their_first_character() {
        let mut lines = Lines::new(Some(Format::Iso), true);
        assert_eq!(text(&mut lines, b"\x1b[2J", 0), "");
        let line = text(&mut lines, b"x\r\n", 0);
        assert!(line.ends_with(" x\n") && line.starts_with("19"), "{line}");
    }

    #[test]
    fn a_marker_is_one_line_whatever_it_says() {
        let line = marker("a\nb\u{1b}[31m", 0);
        assert_eq!(line.lines().count(), 1);
        assert!(!line.contains('\u{1b}'));
    }
}
