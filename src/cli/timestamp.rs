//! IPMI's time stamps, seconds since 1970, written as stock 1.8.19 writes them.
//!
//! | stamp | shown |
//! | --- | --- |
//! | FFFFFFFFh | `Unspecified` |
//! | up to 20000000h | since the BMC started: `S+ ` and the time, from a day on a date as well |
//! | above | a date in local time (`TZ`), or in UTC with `-Z` |
//!
//! The dates have the forms of the locale `C`.

use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// What of a time stamp is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `11/14/19 02:27:54 UTC`
    Numeric,
    /// `Thu Nov 14 02:27:54 2019 UTC`
    Text,
    /// `11/14/19`
    Date,
    /// `02:27:54 UTC`
    Time,
}

/// The stamp's text.
pub fn text(stamp: u32, style: Style, utc: bool) -> String {
    if stamp == UNSPECIFIED {
        return "Unspecified".to_owned();
    }
    let format = match style {
        Style::Time => "%H:%M:%S %Z",
        Style::Date if stamp < SINCE_START => "S+ %y/%j",
        Style::Date => "%m/%d/%y",
        _ if stamp < A_DAY => "S+ %H:%M:%S",
        Style::Numeric if stamp < SINCE_START => "S+ %y/%j %H:%M:%S",
        Style::Text if stamp < SINCE_START => "S+ %y years %j days %H:%M:%S",
        Style::Numeric => "%m/%d/%y %H:%M:%S %Z",
        Style::Text => "%a %b %e %H:%M:%S %Y %Z",
    };
    let zoned = zoned(stamp, utc || stamp <= SINCE_START);
    strtime::format(format, &zoned).unwrap_or_else(|_| stamp.to_string())
}

/// C's gmtime calls its zone GMT.
fn zoned(stamp: u32, utc: bool) -> Zoned {
    let moment = Timestamp::from_second(stamp.into()).unwrap_or(Timestamp::UNIX_EPOCH);
    let zone = if utc {
        TimeZone::posix("GMT0").unwrap_or(TimeZone::UTC)
    } else {
        TimeZone::system()
    };
    moment.to_zoned(zone)
}

/// No time is known.
const UNSPECIFIED: u32 = 0xffff_ffff;

/// Up to here a stamp counts from the BMC's start (IPMI v2.0 section 37.1).
const SINCE_START: u32 = 0x2000_0000;

const A_DAY: u32 = 86_400;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_since_the_start_are_told_from_dates() {
        let all = |stamp| {
            [Style::Numeric, Style::Text, Style::Date, Style::Time]
                .map(|style| text(stamp, style, true))
        };
        assert_eq!(all(u32::MAX), ["Unspecified"; 4]);
        assert_eq!(
            all(3_661),
            ["S+ 01:01:01", "S+ 01:01:01", "S+ 70/001", "01:01:01 GMT"]
        );
        assert_eq!(
            all(90_000),
            [
                "S+ 70/002 01:00:00",
                "S+ 70 years 002 days 01:00:00",
                "S+ 70/002",
                "01:00:00 GMT"
            ]
        );
        assert_eq!(
            all(1_573_698_474),
            [
                "11/14/19 02:27:54 GMT",
                "Thu Nov 14 02:27:54 2019 GMT",
                "11/14/19",
                "02:27:54 GMT"
            ]
        );
    }
}
