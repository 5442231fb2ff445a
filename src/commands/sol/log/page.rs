//! What a viewer of a log sees: the bytes, and where some are missing.

use std::io::{self, Write};

use crate::cli::time;
use crate::console::log::{Format, Lines};

/// Writes the log to standard output at once, piece by piece.
///
/// A place where bytes are missing is marked there, on a line of its own: `[... 120 bytes lost between T1 and T2]`,
/// with the arrival times of the bytes before and after it.
pub struct Page<W> {
    out: W,
    lines: Lines,
    /// When the last byte that was shown came, or the time from which on bytes are wanted.
    before: Option<u64>,
    /// Bytes missing here; `Unknown` once that of any part is.
    missing: Option<Missing>,
}

/// How many bytes are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// So many.
    Bytes(u64),
    /// Nobody knows how many, if any.
    Unknown,
}

impl<W: Write> Page<W> {
    /// An empty page that shows what came at `since` or later; `format`: how lines are dated; `strip`: without escapes
    /// and control characters.
    pub fn new(out: W, since: Option<u64>, format: Option<Format>, strip: bool) -> Self {
        Self {
            out,
            lines: Lines::new(format, strip),
            before: since,
            missing: None,
        }
    }

    /// Shows bytes, which came from `first` to `last`; lines that begin in them are dated `first`.
    ///
    /// # Errors
    ///
    /// As the write gave it.
    pub fn show(&mut self, bytes: &[u8], first: u64, last: u64) -> io::Result<()> {
        self.mark(Some(first))?;
        self.out.write_all(&self.lines.feed(bytes, first))?;
        self.before = Some(last);
        self.out.flush()
    }

    /// Bytes are missing here. They are marked before what comes next, whose time is the end of the gap.
    pub fn miss(&mut self, missing: Missing) {
        self.missing = Some(match (self.missing, missing) {
            (None, missing) => missing,
            (Some(Missing::Bytes(one)), Missing::Bytes(other)) => {
                Missing::Bytes(one.saturating_add(other))
            }
            (Some(_), _) => Missing::Unknown,
        });
    }

    /// Nothing comes any more; `now` is the end of a gap that nothing follows.
    ///
    /// # Errors
    ///
    /// As the write gave it.
    pub fn finish(mut self, now: Option<u64>) -> io::Result<()> {
        self.mark(now)?;
        self.out.flush()
    }

    fn mark(&mut self, after: Option<u64>) -> io::Result<()> {
        let Some(missing) = self.missing.take() else {
            return Ok(());
        };
        let line_end = if self.lines.mid_line() { "\n" } else { "" };
        let count = match missing {
            Missing::Bytes(1) => "1 byte".to_owned(),
            Missing::Bytes(count) => format!("{count} bytes"),
            Missing::Unknown => "an unknown number of bytes".to_owned(),
        };
        let span = match (self.before, after) {
            (Some(before), Some(after)) => {
                format!(
                    " between {} and {}",
                    time::shown(before),
                    time::shown(after)
                )
            }
            (Some(before), None) => format!(" after {}", time::shown(before)),
            (None, Some(after)) => format!(" before {}", time::shown(after)),
            (None, None) => String::new(),
        };
        self.lines.set_mid_line(false);
        writeln!(self.out, "{line_end}[... {count} lost{span}]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> (Page<Vec<u8>>, String, String) {
        (
            Page::new(Vec::new(), None, None, false),
            time::shown(1000),
            time::shown(5000),
        )
    }

    #[test]
    fn bytes_are_shown_as_they_are() {
        let (mut page, ..) = page();
        page.show(b"a\r\n\x1b[0m\0", 1, 2).unwrap();
        page.show(b"\xff", 3, 3).unwrap();
        assert_eq!(page.out, b"a\r\n\x1b[0m\0\xff");
    }

    #[test]
    fn lines_are_dated_and_stripped_as_in_a_log_file_and_a_gap_is_not() {
        let mut page = Page::new(Vec::new(), None, Some(Format::Epoch), true);
        page.show(b"\x1b[1ma\r\nb", 1500, 1600).unwrap();
        page.miss(Missing::Bytes(2));
        page.show(b"c\n", 2000, 2000).unwrap();
        let text = format!(
            "1.500 a\n1.500 b\n[... 2 bytes lost between {} and {}]\n2.000 c\n",
            time::shown(1600),
            time::shown(2000)
        );
        assert_eq!(String::from_utf8(page.out).unwrap(), text);
    }

    #[test]
    fn a_gap_stands_on_a_line_of_its_own_between_its_two_times() {
        let (mut page, t1, t2) = page();
        page.show(b"half", 900, 1000).unwrap();
        page.miss(Missing::Bytes(3));
        page.miss(Missing::Bytes(4));
        page.show(b"rest\n", 5000, 5000).unwrap();
        page.miss(Missing::Bytes(1));
        page.miss(Missing::Unknown);
        page.show(b"end\n", 5000, 5000).unwrap();
        let text = format!(
            "half\n[... 7 bytes lost between {t1} and {t2}]\nrest\n\
             [... an unknown number of bytes lost between {t2} and {t2}]\nend\n"
        );
        assert_eq!(String::from_utf8(page.out).unwrap(), text);
    }

    #[test]
    fn a_gap_at_either_end_has_the_time_that_is_known() {
        let (mut page, t1, t2) = page();
        page.miss(Missing::Unknown);
        page.show(b"x\n", 1000, 1000).unwrap();
        page.miss(Missing::Bytes(1));
        page.mark(Some(5000)).unwrap();
        let text = format!(
            "[... an unknown number of bytes lost before {t1}]\nx\n[... 1 byte lost between {t1} and {t2}]\n"
        );
        assert_eq!(String::from_utf8(page.out).unwrap(), text);
    }
}
