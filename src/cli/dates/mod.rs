//! Dates as ipmitool prints and reads them: by the C library's rules for the locale and `TZ`.
//!
//! A BMC's timestamps are seconds since 1970. FFFFFFFFh is none; those up to 20000000h count from the BMC's own start
//! (IPMI v2.0 section 37.1). Texts are bytes: a locale's encoding need not be UTF-8.

mod era;
mod format;
mod parse;
mod zone;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::locale::Locale;
use zone::Zone;

/// Prints and reads dates.
#[derive(Clone, Debug)]
pub struct Dates {
    locale: Locale,
    zone: Zone,
    utc: bool,
}

impl Dates {
    /// By the environment's locale and time zone; in UTC (`-Z`) where `utc` says so.
    pub fn from_environment(utc: bool) -> Self {
        Self {
            locale: Locale::from_environment(),
            zone: Zone::from_environment(),
            utc,
        }
    }

    /// In this locale and UTC.
    pub fn in_locale(locale: Locale) -> Self {
        let zone = Zone::from_environment();
        Self {
            locale,
            zone,
            utc: true,
        }
    }

    /// The date alone: `11/14/23` in "C".
    pub fn date(&self, stamp: u32) -> Vec<u8> {
        self.unless_special(stamp, "%x", "S+ %y/%j", "S+ %y/%j")
    }

    /// The time alone: `22:13:20 UTC`.
    pub fn time(&self, stamp: u32) -> Vec<u8> {
        self.unless_special(stamp, "%X %Z", "%X %Z", "%X %Z")
    }

    /// Date and time in numbers: `11/14/23 22:13:20 UTC`.
    pub fn numeric(&self, stamp: u32) -> Vec<u8> {
        self.unless_special(stamp, "%x %X %Z", "S+ %H:%M:%S", "S+ %y/%j %H:%M:%S")
    }

    /// Date and time in words: `Tue Nov 14 22:13:20 2023 UTC`.
    pub fn words(&self, stamp: u32) -> Vec<u8> {
        self.unless_special(
            stamp,
            "%c %Z",
            "S+ %H:%M:%S",
            "S+ %y years %j days %H:%M:%S",
        )
    }

    /// Date and time in words, also those that count from the BMC's start.
    pub fn plain_words(&self, stamp: u32) -> Vec<u8> {
        if stamp == UNSPECIFIED {
            return b"Unknown".to_vec();
        }
        self.format(stamp, "%c %Z")
    }

    /// The stamp of a date and time as the locale writes them in numbers, or as `mm/dd/yyyy hh:mm:ss`. None where it is
    /// no time, or one that no stamp has.
    pub fn stamp(&self, text: &str) -> Option<u32> {
        let text = text.as_bytes();
        let civil = parse::parse(&self.locale, b"%x %X", text)
            .map(|(civil, _)| civil)
            .or_else(|| parse::parse_whole(&self.locale, b"%m/%d/%Y %H:%M:%S", text))?;
        self.seconds(civil)
    }

    /// The stamp of a date and time in English words, such as `Mar 27 06:41:10 2007`.
    pub fn stamp_of_words(&self, text: &str) -> Option<u32> {
        let format = b"%b %d %H:%M:%S %Y";
        self.seconds(parse::parse_whole(
            &Locale::default(),
            format,
            text.as_bytes(),
        )?)
    }

    /// A clock's time as a stamp.
    fn seconds(&self, civil: DateTime) -> Option<u32> {
        let seconds = if self.utc {
            civil.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second()
        } else {
            self.zone.instant(civil)?
        };
        u32::try_from(seconds).ok()
    }

    fn unless_special(&self, stamp: u32, usual: &str, today: &str, later: &str) -> Vec<u8> {
        let format = match stamp {
            UNSPECIFIED => return b"Unspecified".to_vec(),
            0..A_DAY => today,
            A_DAY..INITIALIZED => later,
            _ => usual,
        };
        self.format(stamp, format)
    }

    fn format(&self, stamp: u32, format: &str) -> Vec<u8> {
        let seconds = i64::from(stamp);
        let (offset, zone) = if self.utc || stamp <= INITIALIZED {
            (0, "GMT".to_owned())
        } else {
            self.zone.at(seconds)
        };
        Timestamp::from_second(seconds + i64::from(offset)).map_or_else(
            |_| Vec::new(),
            |shifted| {
                let civil = TimeZone::UTC.to_datetime(shifted);
                let moment = Moment {
                    civil,
                    offset,
                    zone,
                };
                format::format(&self.locale, format.as_bytes(), &moment)
            },
        )
    }
}

/// A point in time as a clock in some zone shows it.
struct Moment {
    civil: DateTime,
    /// Seconds east of UTC.
    offset: i32,
    /// The zone's short name.
    zone: String,
}

const UNSPECIFIED: u32 = 0xffff_ffff;
/// Stamps up to this one count from the BMC's start.
const INITIALIZED: u32 = 0x2000_0000;
const A_DAY: u32 = 24 * 60 * 60;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::locale::tests::category;

    #[test]
    fn a_locale_that_refers_to_itself_over_and_over_is_read_and_printed_at_once() {
        let again = b"%c%x%Ec ".repeat(2000);
        let mut items: Vec<&[u8]> = vec![b""; 50];
        for place in [40, 41, 46, 48] {
            items[place] = &again;
        }
        // An era whose number is as large as can be.
        items[44] = b"+:9223372036854775807:1900/01/01:+*:E:%EC %Ey";
        let dates = Dates::in_locale(Locale::of_contents(category(&items), Vec::new()));
        let begun = std::time::Instant::now();
        assert!(dates.words(1_700_000_000).len() < 1 << 16);
        let _ = dates.stamp("11/14/23 22:13:20");
        items[40] = b"%Ey %EY";
        items[41] = b"%Ey";
        let dates = Dates::in_locale(Locale::of_contents(category(&items), Vec::new()));
        let _ = (dates.words(1_700_000_000), dates.stamp("7 22:13:20"));
        assert!(begun.elapsed() < std::time::Duration::from_secs(2));
    }

    #[test]
    fn a_locales_name_of_a_day_may_be_long_but_not_without_end() {
        let day = vec![b'x'; 1 << 20];
        let mut items: Vec<&[u8]> = vec![&day; 50];
        let format = b"%A ".repeat(2000);
        items[40] = &format;
        let dates = Dates::in_locale(Locale::of_contents(category(&items), Vec::new()));
        assert!(dates.words(1_700_000_000).len() < 1 << 16);
    }

    fn dates(utc: bool) -> Dates {
        Dates {
            locale: Locale::default(),
            zone: Zone::Fixed {
                name: "XYZ".into(),
                offset: 3600,
            },
            utc,
        }
    }

    #[test]
    fn stamps_that_are_no_dates_are_shown_as_what_they_are() {
        let shown = |stamp| {
            let dates = dates(false);
            [
                dates.date(stamp),
                dates.time(stamp),
                dates.numeric(stamp),
                dates.words(stamp),
            ]
            .map(|text| String::from_utf8(text).unwrap())
            .join("|")
        };
        for (stamp, text) in [
            (u32::MAX, "Unspecified|Unspecified|Unspecified|Unspecified"),
            (86399, "S+ 70/001|23:59:59 GMT|S+ 23:59:59|S+ 23:59:59"),
            (
                86400,
                "S+ 70/002|00:00:00 GMT|S+ 70/002 00:00:00|S+ 70 years 002 days 00:00:00",
            ),
            (
                0x2000_0000,
                "01/05/87|18:48:32 GMT|01/05/87 18:48:32 GMT|Mon Jan  5 18:48:32 1987 GMT",
            ),
            (
                0x2000_0001,
                "01/05/87|19:48:33 XYZ|01/05/87 19:48:33 XYZ|Mon Jan  5 19:48:33 1987 XYZ",
            ),
        ] {
            assert_eq!(shown(stamp), text, "{stamp:#x}");
        }
        assert_eq!(dates(true).date(0xffff_fffe), b"02/07/06");
    }

    #[test]
    fn a_time_that_was_typed_is_local_unless_all_is_utc() {
        let text = "11/14/23 22:13:20";
        assert_eq!(dates(true).stamp(text), Some(1_700_000_000));
        assert_eq!(dates(false).stamp(text), Some(1_699_996_400));
        // The form that the help text names.
        assert_eq!(
            dates(true).stamp("11/14/2023 22:13:20"),
            Some(1_700_000_000)
        );
        assert_eq!(dates(true).stamp("01/01/70 00:00:00"), Some(0));
        assert_eq!(dates(false).stamp("01/01/70 00:00:00"), None);
        assert_eq!(dates(true).stamp("11/14/2200 00:00:00"), None);
    }
}
