//! The values of the words after `sol activate`: durations and sizes. Each complaint says what would be right.

use std::time::Duration;

use crate::cli::time;

/// A duration, as [`time::span`] reads it. Not zero, and at most ten years.
///
/// # Errors
///
/// What would be right.
pub fn duration(text: &str) -> Result<Duration, String> {
    time::span(text)
        .map(Duration::from_millis)
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
            "1.5.5h",
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
}
