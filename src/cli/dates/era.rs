//! A locale's own eras, such as Japan's: IEEE Std 1003.1, section 7.3.5.2, keyword `era`.

use jiff::civil::Date;

use crate::cli::locale::Locale;

/// A locale's eras; few locales have any.
pub(super) struct Eras(Vec<Era>);

/// An era.
pub(super) struct Era {
    /// Whether years count up with time.
    forward: bool,
    /// The number of the first year.
    offset: i64,
    start: (i64, i64, i64),
    end: (i64, i64, i64),
    /// What `%EC` is.
    pub(super) name: Vec<u8>,
    /// What `%EY` is.
    pub(super) format: Vec<u8>,
}

impl Eras {
    pub(super) fn of(locale: &Locale) -> Self {
        Self(locale.time_list(ERA).filter_map(Era::parse).collect())
    }

    pub(super) fn at(self, date: Date) -> Option<Era> {
        let day = (
            i64::from(date.year()),
            i64::from(date.month()),
            i64::from(date.day()),
        );
        self.0
            .into_iter()
            .find(|era| era.start.min(era.end) <= day && day <= era.start.max(era.end))
    }

    /// The Gregorian year of a year of an era: that of the first era that has it.
    pub(super) fn gregorian(self, year: i64) -> Option<i64> {
        self.0.into_iter().find_map(|era| {
            let gregorian = era.start.0 + (year - era.offset) * era.direction();
            let (first, last) = (era.start.min(era.end).0, era.start.max(era.end).0);
            (first..=last).contains(&gregorian).then_some(gregorian)
        })
    }
}

impl Era {
    /// `direction:offset:start:end:name:format`.
    fn parse(text: &[u8]) -> Option<Self> {
        let mut fields = text.splitn(6, |byte| *byte == b':');
        let direction = fields.next()?;
        let offset: i64 = std::str::from_utf8(fields.next()?).ok()?.parse().ok()?;
        let start = day(fields.next()?)?;
        let end = day(fields.next()?)?;
        let is_year = (-FAR..=FAR).contains(&offset);
        is_year.then_some(())?;
        Some(Self {
            forward: direction == b"+",
            offset,
            start,
            end,
            name: fields.next()?.to_vec(),
            format: fields.next()?.to_vec(),
        })
    }

    /// The era's number of a Gregorian year.
    pub(super) fn year(&self, gregorian: i64) -> i64 {
        self.offset + (gregorian - self.start.0) * self.direction()
    }

    fn direction(&self) -> i64 {
        if (self.start <= self.end) == self.forward {
            1
        } else {
            -1
        }
    }
}

/// `year/month/day`, or `-*` and `+*`: as far back and ahead as there is time.
fn day(text: &[u8]) -> Option<(i64, i64, i64)> {
    match text {
        b"-*" => return Some((-FAR, 1, 1)),
        b"+*" => return Some((FAR, 12, 31)),
        _ => {}
    }
    let mut numbers = std::str::from_utf8(text)
        .ok()?
        .split('/')
        .map(|part| part.parse::<i64>().ok().filter(|year| year.abs() <= FAR));
    let year = numbers.next()??;
    // There is no year 0: -1 is the year before 1.
    let year = if year < 0 { year + 1 } else { year };
    Some((year, numbers.next()??, numbers.next()??))
}

/// The place of `ERA` in `LC_TIME`.
const ERA: usize = 44;
/// A year that is beyond all calendars.
const FAR: i64 = 1_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_are_counted_from_an_eras_first() {
        let eras = |list: &[&str]| {
            Eras(
                list.iter()
                    .filter_map(|era| Era::parse(era.as_bytes()))
                    .collect(),
            )
        };
        let japan = [
            "+:2:2020/01/01:+*:R:%EC%Ey",
            "+:1:2019/05/01:2019/12/31:R:%ECg",
            "+:2:1990/01/01:2019/04/30:H:%EC%Ey",
            "-:1:-1/12/31:-*:BC:%EC",
        ];
        for (date, name, number) in [
            ("2024-06-01", "R", 6),
            ("2019-05-01", "R", 1),
            ("2019-04-30", "H", 31),
        ] {
            let date: Date = date.parse().unwrap();
            let era = eras(&japan).at(date).unwrap();
            assert_eq!(era.name, name.as_bytes());
            assert_eq!(era.year(date.year().into()), number);
        }
        assert_eq!(eras(&japan).gregorian(6), Some(2024));
        assert_eq!(
            eras(&["+:1:-543/01/01:+*:B:%EC %Ey"]).gregorian(2566),
            Some(2023)
        );
        for damaged in [
            "",
            "+:x",
            "+:1:2/3:+*:a:b",
            "+:1:99999999/1/1:+*:a:b",
            "+:9223372036854775807:1/1/1:+*:a:b",
        ] {
            assert!(eras(&[damaged]).0.is_empty(), "{damaged}");
        }
    }
}
