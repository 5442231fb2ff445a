//! The wall clock, and how times are written for people and programs.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Milliseconds since 1970-01-01 UTC; 0 where the clock stands before that.
pub fn wall_clock() -> u64 {
    u64::try_from(Timestamp::now().as_millisecond()).unwrap_or(0)
}

/// ISO 8601 in local time, with milliseconds and offset: `2026-05-01T12:00:00.123+02:00`.
pub fn iso(milliseconds: u64) -> String {
    instant(milliseconds)
        .to_zoned(zone())
        .strftime("%Y-%m-%dT%H:%M:%S%.3f%:z")
        .to_string()
}

/// The same in UTC: `2026-05-01T10:00:00.123Z`.
pub fn utc(milliseconds: u64) -> String {
    instant(milliseconds)
        .strftime("%Y-%m-%dT%H:%M:%S%.3fZ")
        .to_string()
}

/// One of `strftime`'s two-digit or four-digit fields, in local time.
pub fn field(milliseconds: u64, letter: char) -> String {
    instant(milliseconds)
        .to_zoned(zone())
        .strftime(&format!("%{letter}"))
        .to_string()
}

/// The machine's time zone, looked up once.
fn zone() -> TimeZone {
    static ZONE: std::sync::OnceLock<TimeZone> = std::sync::OnceLock::new();
    ZONE.get_or_init(TimeZone::system).clone()
}

/// A time that a hostile BMC may have made up: what no calendar holds is its end.
fn instant(milliseconds: u64) -> Timestamp {
    i64::try_from(milliseconds)
        .ok()
        .and_then(|milliseconds| Timestamp::from_millisecond(milliseconds).ok())
        .filter(|stamp| *stamp < LATEST)
        .unwrap_or(LATEST)
}

/// The year 9000: no time zone takes it over the calendar's end.
const LATEST: Timestamp = Timestamp::constant(221_845_392_000, 0);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_with_milliseconds() {
        assert_eq!(utc(86_400_123), "1970-01-02T00:00:00.123Z");
        assert!(iso(86_400_123).contains(".123"));
    }

    #[test]
    fn no_time_is_too_late_to_be_written() {
        for wild in [u64::MAX, i64::MAX as u64, 253_402_300_799_999] {
            assert!(utc(wild).ends_with('Z') && iso(wild).contains('T'));
        }
    }
}
