//! `strptime`, as far as the formats of dates in glibc's locales go.

use jiff::Span;
use jiff::civil::{Date, DateTime, Time};

use super::era::Eras;
use super::format::{ABDAY, ABMON, ALT_DIGITS, AM, CONVERSIONS, DAY, MON, conversion, nested};
use crate::cli::locale::Locale;

/// Reads `text` in `format`, all of it.
pub(super) fn parse_whole(locale: &Locale, format: &[u8], text: &[u8]) -> Option<DateTime> {
    let (civil, rest) = parse(locale, format, text)?;
    rest.trim_ascii().is_empty().then_some(civil)
}

/// Reads `text` in `format`; also returns what follows, which the C library ignores. Days beyond the month's last are
/// days of the next.
pub(super) fn parse<'a>(
    locale: &Locale,
    format: &[u8],
    text: &'a [u8],
) -> Option<(DateTime, &'a [u8])> {
    let mut read = Read {
        locale,
        text,
        found: Found::default(),
        conversions: CONVERSIONS,
    };
    read.follow(format, DEPTH)?;
    Some((read.found.civil()?, read.text))
}

#[derive(Default)]
struct Found {
    /// Tens and units (`%y`) or all of it.
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    /// Whether the hour is one of twelve, and whether of the afternoon's.
    twelve: bool,
    afternoon: bool,
}

impl Found {
    fn civil(self) -> Option<DateTime> {
        let hour = if self.twelve {
            self.hour % 12 + if self.afternoon { 12 } else { 0 }
        } else {
            self.hour
        };
        let first = Date::new(
            i16::try_from(self.year).ok()?,
            i8::try_from(self.month).ok()?,
            1,
        )
        .ok()?;
        let seconds = (hour * 60 + self.minute) * 60 + self.second;
        let span = Span::new()
            .try_days(self.day - 1)
            .ok()?
            .try_seconds(seconds)
            .ok()?;
        first.to_datetime(Time::midnight()).checked_add(span).ok()
    }
}

struct Read<'l, 'a> {
    locale: &'l Locale,
    text: &'a [u8],
    found: Found,
    /// Those that are followed yet.
    conversions: u16,
}

impl Read<'_, '_> {
    fn follow(&mut self, mut format: &[u8], depth: u8) -> Option<()> {
        while let [sign, rest @ ..] = format {
            if sign.is_ascii_whitespace() {
                self.text = self.text.trim_ascii_start();
                format = rest;
            } else if *sign == b'%' {
                let (modifiers, letter, rest) = conversion(rest)?;
                self.conversions = self.conversions.checked_sub(1)?;
                self.convert(modifiers.alternative, letter, depth)?;
                format = rest;
            } else {
                self.text = self.text.strip_prefix(&[*sign])?;
                format = rest;
            }
        }
        Some(())
    }

    fn convert(&mut self, alternative: Option<u8>, letter: u8, depth: u8) -> Option<()> {
        let alt = alternative == Some(b'O');
        match letter {
            b'd' | b'e' => self.found.day = self.number(alt, 1, 31, 2)?,
            b'm' => self.found.month = self.number(alt, 1, 12, 2)?,
            b'H' | b'k' => {
                self.found.hour = self.number(alt, 0, 23, 2)?;
                self.found.twelve = false;
            }
            b'I' | b'l' => {
                self.found.hour = self.number(alt, 1, 12, 2)?;
                self.found.twelve = true;
            }
            b'M' => self.found.minute = self.number(alt, 0, 59, 2)?,
            b'S' => self.found.second = self.number(alt, 0, 61, 2)?,
            b'Y' => self.found.year = self.number(false, 0, 9999, 4)?,
            b'y' if alternative == Some(b'E') => {
                let year = self.number(false, 0, 9999, 4)?;
                self.found.year = Eras::of(self.locale).gregorian(year)?;
            }
            b'y' => {
                let year = self.number(alt, 0, 99, 2)?;
                self.found.year = year + if year >= 69 { 1900 } else { 2000 };
            }
            b'p' => self.found.afternoon = self.name(&[(AM, 2)])? == 1,
            b'a' | b'A' => {
                self.name(&[(DAY, 7), (ABDAY, 7)])?;
            }
            b'b' | b'B' | b'h' => {
                let month = self.name(&[(MON, 12), (ABMON, 12)])?;
                self.found.month = i64::try_from(month).ok()? + 1;
            }
            b'%' => self.text = self.text.strip_prefix(b"%")?,
            b'n' | b't' => self.text = self.text.trim_ascii_start(),
            _ => {
                let format = nested(self.locale, alternative, letter)?;
                self.follow(&format, depth.checked_sub(1)?)?;
            }
        }
        Some(())
    }

    /// As many digits as keep the number in range.
    fn number(&mut self, alternative: bool, least: i64, most: i64, digits: usize) -> Option<i64> {
        if alternative && let Some(value) = self.alternative_digits() {
            return (least..=most).contains(&value).then_some(value);
        }
        self.text = self.text.trim_ascii_start();
        let mut value = None;
        for _ in 0..digits {
            match (self.text, value) {
                ([digit @ b'0'..=b'9', rest @ ..], so_far)
                    if so_far.is_none_or(|so_far: i64| so_far * 10 <= most) =>
                {
                    value = Some(so_far.unwrap_or(0) * 10 + i64::from(digit - b'0'));
                    self.text = rest;
                }
                _ => break,
            }
        }
        value.filter(|value| (least..=most).contains(value))
    }

    /// The longest of the locale's own numerals that stands here.
    fn alternative_digits(&mut self) -> Option<i64> {
        let numerals = self.locale.time_list(ALT_DIGITS).enumerate().take(100);
        let (value, numeral) = numerals
            .filter(|(_, numeral)| !numeral.is_empty() && self.text.starts_with(numeral))
            .max_by_key(|(_, numeral)| numeral.len())?;
        self.text = &self.text[numeral.len()..];
        i64::try_from(value).ok()
    }

    /// Which of some names, in any case, stands here.
    fn name(&mut self, lists: &[(usize, usize)]) -> Option<usize> {
        for (start, count) in lists {
            for index in 0..*count {
                let name = self.locale.time(start + index);
                let here = self.text.get(..name.len());
                if !name.is_empty() && here.is_some_and(|here| here.eq_ignore_ascii_case(name)) {
                    self.text = &self.text[name.len()..];
                    return Some(index);
                }
            }
        }
        None
    }
}

const DEPTH: u8 = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_strptime_reads_them() {
        for (text, civil) in [
            ("11/14/23 22:13:20", Some("2023-11-14T22:13:20")),
            (" 1/ 2/ 24  3:4:5 and more", Some("2024-01-02T03:04:05")),
            ("2/30/24 00:00:00", Some("2024-03-01T00:00:00")),
            ("1/1/69 00:00:00", Some("1969-01-01T00:00:00")),
            ("12/31/68 23:59:60", Some("2069-01-01T00:00:00")),
            ("11/14/2023 22:13:20", None),
            ("13/1/24 00:00:00", None),
            ("11/14/23", None),
            ("", None),
        ] {
            assert_eq!(
                parse(&Locale::default(), b"%x %X", text.as_bytes()).map(|(civil, _)| civil),
                civil.map(|civil| civil.parse().unwrap()),
                "{text}"
            );
        }
        let twelve = |text: &[u8]| parse_whole(&Locale::default(), b"%B %d %Y, %r", text);
        assert_eq!(twelve(b"March 7 2024, 1:30:00 pm UTC"), None);
        assert_eq!(
            twelve(b"march 7 2024, 12:30:00 AM"),
            Some("2024-03-07T00:30:00".parse().unwrap())
        );
        assert_eq!(
            twelve(b"March 7 2024, 1:30:00 pm"),
            Some("2024-03-07T13:30:00".parse().unwrap())
        );
    }
}
