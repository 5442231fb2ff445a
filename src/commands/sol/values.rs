//! The values of the words after `sol activate`: durations, sizes and times. Each complaint says what would be right.

use std::time::Duration;

use crate::cli::time::absolute;

/// A duration: digits and a unit (`ms`, `s`, `m`, `h`, `d`; seconds without one), repeated as in `1h30m`. Not zero,
/// and at most ten years.
///
/// # Errors
///
/// What would be right.
pub fn duration(text: &str) -> Result<Duration, String> {
    parse_duration(text)
        .filter(|duration| !duration.is_zero() && *duration <= LONGEST)
        .ok_or_else(|| "use a duration such as 90, 90s, 15m, 1h30m or 7d".to_owned())
}

/// A number of bytes: digits and a unit (`k`, `M`, `G`, powers of 1024; bytes without one). Not zero.
///
/// # Errors
///
/// What would be right.
pub fn size(text: &str) -> Result<u64, String> {
    let split = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, unit) = text.split_at(split);
    let shift = match unit {
        "" => Some(0),
        "k" | "K" => Some(10),
        "m" | "M" => Some(20),
        "g" | "G" => Some(30),
        _ => None,
    };
    let number = digits.parse::<u64>().ok();
    shift
        .and_then(|shift| number?.checked_mul(1 << shift))
        .filter(|size| *size > 0)
        .ok_or_else(|| "use a size such as 500000, 512k, 10M or 1G".to_owned())
}

/// A time: ISO 8601 (`2026-05-01T12:00:00Z`, with an offset, or without one in local time; a date alone is its first
/// moment), or a duration before `now` (`-10m`). The answer is in milliseconds since 1970, as `now` is.
///
/// # Errors
///
/// What would be right.
pub fn time(text: &str, now: u64) -> Result<u64, String> {
    let found = match text.strip_prefix('-') {
        Some(ago) => parse_duration(ago)
            .map(|ago| now.saturating_sub(u64::try_from(ago.as_millis()).unwrap_or(u64::MAX))),
        None => absolute(text),
    };
    found.ok_or_else(|| {
        "use ISO 8601 such as 2026-05-01T12:00:00Z or 2026-05-01T12:00, or a time ago such as -10m"
            .to_owned()
    })
}

fn parse_duration(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut sum = Duration::ZERO;
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        let (number, behind) = rest.split_at(digits);
        let letters = behind
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(behind.len());
        let (unit, behind) = behind.split_at(letters);
        let milliseconds = match unit {
            "ms" => 1,
            "s" | "" => 1000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return None,
        };
        let part = number.parse::<u64>().ok()?.checked_mul(milliseconds)?;
        sum = sum.checked_add(Duration::from_millis(part))?;
        rest = behind;
    }
    (!text.is_empty()).then_some(sum)
}

/// Ten years: what `Instant` can surely be moved by.
const LONGEST: Duration = Duration::from_secs(10 * 366 * 86_400);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units_and_seconds_are_the_default() {
        assert_eq!(duration("90"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("1h30m"), Ok(Duration::from_secs(5400)));
        assert_eq!(duration("7d"), Ok(Duration::from_secs(7 * 86_400)));
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        for bad in [
            "",
            "0",
            "x",
            "1x",
            "-5",
            "1.5h",
            "5 m",
            "99999999999999999999",
            "4000000d",
        ] {
            assert!(duration(bad).unwrap_err().contains("15m"), "{bad}");
        }
    }

    #[test]
    fn sizes_have_units_of_1024() {
        assert_eq!(size("512k"), Ok(512 << 10));
        assert_eq!(size("10M"), Ok(10 << 20));
        assert_eq!(size("1G"), Ok(1 << 30));
        assert_eq!(size("17"), Ok(17));
        for bad in ["", "0", "M", "1T", "-1", "99999999999G", "1MM"] {
            assert!(size(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn times_are_iso_8601_or_so_long_ago() {
        let now = 1_800_000_000_000;
        assert_eq!(time("-10m", now), Ok(now - 600_000));
        assert_eq!(time("1970-01-02T00:00:01Z", now), Ok(86_401_000));
        assert_eq!(time("1970-01-02T01:00:00+01:00", now), Ok(86_400_000));
        assert_eq!(
            time("1970-01-02T01:00[Etc/GMT-1]", now),
            Ok(86_400_000),
            "not local time"
        );
        assert!(time("2026-05-01T12:00", now).is_ok() && time("2026-05-01", now).is_ok());
        for bad in [
            "",
            "-",
            "noon",
            "-10x",
            "2026-13-01",
            "1960-01-01T00:00:00Z",
            "@1",
        ] {
            assert!(time(bad, now).unwrap_err().contains("ISO 8601"), "{bad}");
        }
    }
}
