//! Times as users write them: ISO 8601, seconds since 1970, or so long ago; and as they are shown to them.

use std::str::FromStr;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// A point in time, not yet told by whose clock where it is a relative one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Milliseconds since 1970-01-01 UTC.
    At(u64),
    /// So many milliseconds before now.
    Ago(u64),
}

impl Moment {
    /// Milliseconds since 1970 by the clock that says `now`; nothing is before 1970.
    pub fn by(self, now: u64) -> u64 {
        match self {
            Self::At(time) => time,
            Self::Ago(span) => now.saturating_sub(span),
        }
    }

    /// Understands a time: `2025-01-31`, `2025-01-31T12:30[:15[.5]]` (a blank may stand for the T) in local time, or in
    /// that of the zone that follows (`Z`, `+02:00`, `[Europe/Berlin]`); `@1735689600`, seconds since 1970, also with a
    /// fraction; `-10m`, so long ago, with a [`span`] behind the minus sign.
    ///
    /// # Errors
    ///
    /// One line that says what was wrong and what would be right.
    pub fn parse(text: &str) -> Result<Self, String> {
        Self::parse_in(text, TimeZone::system)
    }

    fn parse_in(text: &str, local: impl Fn() -> TimeZone) -> Result<Self, String> {
        let found = if let Some(span) = text.strip_prefix('-') {
            self::span(span).map(Self::Ago)
        } else if let Some(seconds) = text.strip_prefix('@') {
            decimal(seconds, 1000).map(Self::At)
        } else {
            iso(text, local).map(Self::At)
        };
        found.ok_or_else(|| {
            "use 2025-01-31T12:30:00 (local), 2025-01-31T12:30:00Z, -10m (ago; ms, s, m, h or d) or @1735689600 (seconds \
             since 1970)"
                .to_owned()
        })
    }
}

/// A span of time, in milliseconds: a number, also with a fraction, and a unit (`ms`, `s`, `m`, `h`, `d`; seconds
/// without one), repeated as in `1h30m`. Nothing where it is none, or longer than 2^64 ms.
pub fn span(text: &str) -> Option<u64> {
    let mut rest = text;
    let mut sum = 0u64;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.');
        let (number, behind) = rest.split_at(digits.unwrap_or(rest.len()));
        let letters = behind.find(|c: char| c.is_ascii_digit() || c == '.');
        let (unit, behind) = behind.split_at(letters.unwrap_or(behind.len()));
        let milliseconds = UNITS.iter().find(|(name, _)| *name == unit)?.1;
        sum = sum.checked_add(decimal(number, milliseconds)?)?;
        rest = behind;
    }
    (!text.is_empty()).then_some(sum)
}

/// A time in milliseconds since 1970, shown in local time with its distance from UTC.
pub fn shown(time: u64) -> String {
    shown_in(time, TimeZone::system())
}

fn shown_in(time: u64, zone: TimeZone) -> String {
    i64::try_from(time)
        .ok()
        .and_then(|time| Timestamp::from_millisecond(time).ok())
        .map_or_else(
            // A clock that is further off than a calendar goes is shown as it is.
            || format!("@{}.{:03}", time / 1000, time % 1000),
            |time| {
                time.to_zoned(zone)
                    .strftime("%Y-%m-%dT%H:%M:%S.%3f%:z")
                    .to_string()
            },
        )
}

/// A zone, where one is named, wins over the local one.
fn iso(text: &str, local: impl Fn() -> TimeZone) -> Option<u64> {
    let timestamp = Timestamp::from_str(text)
        .or_else(|_| Zoned::from_str(text).map(|zoned| zoned.timestamp()))
        .or_else(|_| {
            DateTime::from_str(text)
                .and_then(|civil| civil.to_zoned(local()))
                .map(|zoned| zoned.timestamp())
        })
        .ok()?;
    u64::try_from(timestamp.as_millisecond()).ok()
}

/// `12` or `12.5` of a unit, in milliseconds.
fn decimal(text: &str, unit: u64) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || fraction.len() > MOST_DECIMALS {
        return None;
    }
    let parts = 10u64.pow(u32::try_from(fraction.len()).ok()?);
    let fraction = fraction.parse::<u64>().ok()?.checked_mul(unit)? / parts;
    whole
        .parse::<u64>()
        .ok()?
        .checked_mul(unit)?
        .checked_add(fraction)
}

/// Units of a span, in milliseconds.
const UNITS: [(&str, u64); 6] = [
    ("", 1000),
    ("ms", 1),
    ("s", 1000),
    ("m", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
];

/// Digits after a decimal point.
const MOST_DECIMALS: usize = 9;

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Moment, String> {
        Moment::parse_in(text, || TimeZone::fixed(jiff::tz::offset(2)))
    }

    #[test]
    fn a_time_without_a_zone_is_local_and_one_with_a_zone_is_not() {
        for (text, seconds) in [
            ("2025-01-01T02:00:00", 1_735_689_600),
            ("2025-01-01 02:00", 1_735_689_600),
            ("2025-01-01", 1_735_682_400),
            ("2025-01-01T00:00:00Z", 1_735_689_600),
            ("2025-01-01T00:00Z", 1_735_689_600),
            ("2025-01-01T05:30:00+05:30", 1_735_689_600),
            ("2025-01-01T01:00[Europe/Berlin]", 1_735_689_600),
            ("@1735689600", 1_735_689_600),
        ] {
            assert_eq!(parse(text), Ok(Moment::At(seconds * 1000)), "{text}");
        }
        assert_eq!(
            parse("2025-01-01T02:00:00.25"),
            Ok(Moment::At(1_735_689_600_250))
        );
        assert_eq!(parse("@1.5"), Ok(Moment::At(1500)));
    }

    #[test]
    fn a_relative_time_counts_back_from_whoevers_clock_it_is() {
        for (text, ago) in [
            ("-30s", 30_000),
            ("-10m", 600_000),
            ("-2h", 7_200_000),
            ("-1.5d", 129_600_000),
            ("-0s", 0),
            ("-10", 10_000),
            ("-1h30m", 5_400_000),
            ("-1m0.5s", 60_500),
            ("-250ms", 250),
        ] {
            assert_eq!(parse(text), Ok(Moment::Ago(ago)), "{text}");
        }
        assert_eq!(Moment::Ago(10).by(100), 90);
        assert_eq!(Moment::Ago(1000).by(100), 0);
        assert_eq!(Moment::At(7).by(100), 7);
    }

    #[test]
    fn what_is_no_time_is_answered_with_one_line_that_says_what_is() {
        for text in [
            "",
            "-",
            "@",
            "-10x",
            "-1.s",
            "-m",
            "10m",
            "yesterday",
            "2025-13-01",
            "@-1",
            "-1.5.5s",
            "-.5s",
            "-99999999999999999999d",
            "-18446744073709551615d",
            "1960-01-01",
            "@1.0123456789",
            "-1ä",
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!(error.lines().count(), 1, "{text}: {error}");
        }
    }

    #[test]
    fn a_time_is_shown_so_that_it_can_be_typed_in_again() {
        let zone = TimeZone::fixed(jiff::tz::offset(-3));
        let shown = shown_in(1_735_689_600_250, zone.clone());
        assert_eq!(shown, "2024-12-31T21:00:00.250-03:00");
        assert_eq!(parse(&shown), Ok(Moment::At(1_735_689_600_250)));
        assert_eq!(shown_in(u64::MAX, zone), "@18446744073709551.615");
    }
}
