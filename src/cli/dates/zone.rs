//! The time zone that `TZ` names, as glibc understands it.
//!
//! `TZ` is the path of a zone's file, below `/usr/share/zoneinfo` or `TZDIR`, with or without a colon before it; else a
//! POSIX rule such as `CET-1CEST,M3.5.0,M10.5.0/3`. Of anything else glibc takes the letters it begins with for the
//! name of a zone that is UTC: `TZ=Foo/Bar` gives `Foo`.

use std::env;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// A time zone.
#[derive(Clone, Debug)]
pub(super) enum Zone {
    /// One with rules.
    Ruled(TimeZone),
    /// One that is always the same.
    Fixed {
        /// May be empty.
        name: String,
        /// Seconds east of UTC.
        offset: i32,
    },
}

impl Zone {
    pub(super) fn from_environment() -> Self {
        let value = env::var_os("TZ").map(|value| value.to_string_lossy().into_owned());
        let root = env::var_os("TZDIR")
            .filter(|path| !path.is_empty())
            .map_or_else(|| PathBuf::from("/usr/share/zoneinfo"), PathBuf::from);
        Self::named(value.as_deref(), &root)
    }

    fn named(value: Option<&str>, root: &Path) -> Self {
        let Some(value) = value else {
            return from_file(Path::new("/etc/localtime")).unwrap_or_else(Self::utc);
        };
        let name = value.strip_prefix(':').unwrap_or(value);
        if name.is_empty() {
            return Self::utc();
        }
        // An absolute path replaces the root.
        from_file(&root.join(name)).unwrap_or_else(|| Self::ruled(name))
    }

    fn utc() -> Self {
        Self::Fixed {
            name: "UTC".into(),
            offset: 0,
        }
    }

    /// A POSIX rule, or as much of one as glibc finds in the text.
    fn ruled(text: &str) -> Self {
        let Some((name, rest)) = zone_name(text) else {
            return Self::Fixed {
                name: String::new(),
                offset: 0,
            };
        };
        let (offset, rest) = offset(rest).unwrap_or((0, ""));
        if let Some((_, summer)) = zone_name(rest) {
            let rule = if summer.contains(",M") || summer.contains(",J") {
                text.to_owned()
            } else {
                // glibc's default is the rule of the United States.
                format!("{},M3.2.0,M11.1.0", text.trim_end_matches(','))
            };
            if let Ok(zone) = TimeZone::posix(&rule) {
                return Self::Ruled(zone);
            }
        }
        Self::Fixed {
            name: name.to_owned(),
            offset,
        }
    }

    /// Seconds east of UTC, and the zone's short name, at a time in seconds since 1970.
    pub(super) fn at(&self, seconds: i64) -> (i32, String) {
        match self {
            Self::Fixed { name, offset } => (*offset, name.clone()),
            Self::Ruled(zone) => match Timestamp::from_second(seconds) {
                Ok(time) => {
                    let info = zone.to_offset_info(time);
                    (info.offset().seconds(), info.abbreviation().to_owned())
                }
                Err(_) => (0, String::new()),
            },
        }
    }

    /// The time, in seconds since 1970, at which clocks show `civil`; the first one where they do so twice.
    pub(super) fn instant(&self, civil: DateTime) -> Option<i64> {
        match self {
            Self::Fixed { offset, .. } => {
                let utc = civil.to_zoned(TimeZone::UTC).ok()?;
                Some(utc.timestamp().as_second() - i64::from(*offset))
            }
            Self::Ruled(zone) => {
                let zoned = civil.to_zoned(zone.clone()).ok()?;
                Some(zoned.timestamp().as_second())
            }
        }
    }
}

fn from_file(path: &Path) -> Option<Zone> {
    if !path.metadata().ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    let file = File::open(path).ok()?;
    file.take(LARGEST).read_to_end(&mut bytes).ok()?;
    TimeZone::tzif("local", &bytes).ok().map(Zone::Ruled)
}

/// Three letters or more, or `<...>`, and what follows.
fn zone_name(text: &str) -> Option<(&str, &str)> {
    let letters = text
        .find(|sign: char| !sign.is_ascii_alphabetic())
        .unwrap_or(text.len());
    if letters >= 3 {
        return Some(text.split_at(letters));
    }
    let (name, rest) = text.strip_prefix('<')?.split_once('>')?;
    let good = |sign: char| sign.is_ascii_alphanumeric() || sign == '+' || sign == '-';
    (name.len() >= 3 && name.chars().all(good)).then_some((name, rest))
}

/// `[+-]hh[:mm[:ss]]`, west being positive: seconds east, and what follows.
fn offset(text: &str) -> Option<(i32, &str)> {
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (1, rest),
        None => (-1, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut seconds = 0;
    for (index, (unit, most)) in [(3600, 24), (60, 59), (1, 59)].into_iter().enumerate() {
        let digits = match (index, rest.strip_prefix(':')) {
            (0, _) => rest,
            (_, Some(digits)) => digits,
            (_, None) => break,
        };
        let end = digits
            .find(|sign: char| !sign.is_ascii_digit())
            .unwrap_or(digits.len());
        let Ok(value) = digits[..end].parse::<i32>() else {
            if index == 0 {
                return None;
            }
            break;
        };
        seconds += value.min(most) * unit;
        rest = &digits[end..];
    }
    Some((sign * seconds, rest))
}

/// The largest zone has some kilobytes.
const LARGEST: u64 = 1 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn at(tz: &str, seconds: i64) -> (i32, String) {
        Zone::named(Some(tz), Path::new("/nonexistent")).at(seconds)
    }

    #[test]
    fn a_rule_without_a_file_is_read_as_glibc_reads_it() {
        let (winter, summer) = (1_700_000_000, 1_720_000_000);
        for (tz, cold, warm) in [
            ("", (0, "UTC"), (0, "UTC")),
            ("XYZ3:20:15", (-12015, "XYZ"), (-12015, "XYZ")),
            ("ABC25", (-86400, "ABC"), (-86400, "ABC")),
            ("<+0330>-3:30", (12600, "+0330"), (12600, "+0330")),
            (":GMT+3", (-10800, "GMT"), (-10800, "GMT")),
            ("CET-1CEST,M3.5.0,M10.5.0/3", (3600, "CET"), (7200, "CEST")),
            ("AAA5BBB", (-18000, "AAA"), (-14400, "BBB")),
            ("AAA5BBB,", (-18000, "AAA"), (-14400, "BBB")),
            ("Foo/Bar", (0, "Foo"), (0, "Foo")),
            ("A5", (0, ""), (0, "")),
            ("5", (0, ""), (0, "")),
            ("<ab>3", (0, ""), (0, "")),
        ] {
            assert_eq!(at(tz, winter), (cold.0, cold.1.into()), "{tz}");
            assert_eq!(at(tz, summer), (warm.0, warm.1.into()), "{tz}");
        }
    }

    #[test]
    fn local_time_becomes_an_instant_also_at_the_edges_of_summer() {
        let zone = Zone::ruled("CET-1CEST,M3.5.0,M10.5.0/3");
        let instant = |text: &str| zone.instant(text.parse().unwrap());
        assert_eq!(instant("2024-07-01T12:00:00"), Some(1_719_828_000));
        // Twice: the first time. Never: as if the clocks had not been put forward.
        assert_eq!(instant("2024-10-27T02:30:00"), Some(1_729_989_000));
        assert_eq!(instant("2024-03-31T02:30:00"), Some(1_711_848_600));
    }
}
