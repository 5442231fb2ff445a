//! `strftime`, as far as the formats of dates in glibc's locales go.

use super::Moment;
use super::era::Eras;
use crate::cli::locale::Locale;

/// `moment` in `format`; what is not understood is copied.
pub(super) fn format(locale: &Locale, format: &[u8], moment: &Moment) -> Vec<u8> {
    let mut out = Vec::new();
    let left = &mut Left {
        depth: DEPTH,
        conversions: CONVERSIONS,
    };
    expand(locale, format, moment, left, &mut out);
    out
}

/// What stands between `%` and the conversion's letter.
#[derive(Clone, Copy, Default)]
pub(super) struct Modifiers {
    /// `_` or `0` or `-`.
    padding: Option<u8>,
    upper: bool,
    width: usize,
    /// `E` or `O`.
    pub(super) alternative: Option<u8>,
}

/// Splits a conversion into its modifiers, its letter and what follows.
pub(super) fn conversion(mut text: &[u8]) -> Option<(Modifiers, u8, &[u8])> {
    let mut modifiers = Modifiers::default();
    while let [sign @ (b'_' | b'0' | b'-' | b'^' | b'#'), rest @ ..] = text {
        match sign {
            b'^' => modifiers.upper = true,
            b'#' => {}
            padding => modifiers.padding = Some(*padding),
        }
        text = rest;
    }
    while let [digit @ b'0'..=b'9', rest @ ..] = text {
        modifiers.width = (modifiers.width * 10 + usize::from(digit - b'0')).min(WIDEST);
        text = rest;
    }
    if let [sign @ (b'E' | b'O'), rest @ ..] = text {
        modifiers.alternative = Some(*sign);
        text = rest;
    }
    let (letter, rest) = text.split_first()?;
    Some((modifiers, *letter, rest))
}

/// How much further a format is followed: a locale's may refer to each other, or to themselves.
struct Left {
    depth: u8,
    conversions: u16,
}

fn expand(locale: &Locale, mut format: &[u8], moment: &Moment, left: &mut Left, out: &mut Vec<u8>) {
    while let Some(at) = format.iter().position(|byte| *byte == b'%') {
        let Some(fewer) = left.conversions.checked_sub(1) else {
            return;
        };
        left.conversions = fewer;
        out.extend_from_slice(&format[..at]);
        let Some((modifiers, letter, rest)) = conversion(&format[at + 1..]) else {
            out.extend_from_slice(&format[at..]);
            return;
        };
        if !convert(locale, modifiers, letter, moment, left, out) {
            let length = format.len() - at - rest.len();
            out.extend_from_slice(&format[at..at + length]);
        }
        format = rest;
    }
    out.extend_from_slice(format);
}

/// Appends one conversion; false where it is not known.
fn convert(
    locale: &Locale,
    modifiers: Modifiers,
    letter: u8,
    moment: &Moment,
    left: &mut Left,
    out: &mut Vec<u8>,
) -> bool {
    let civil = moment.civil;
    let (year, month, day) = (
        i64::from(civil.year()),
        usize::from(civil.month().unsigned_abs()),
        i64::from(civil.day()),
    );
    let hour = i64::from(civil.hour());
    let weekday = usize::from(
        civil
            .date()
            .weekday()
            .to_sunday_zero_offset()
            .unsigned_abs(),
    );
    let era = || Eras::of(locale).at(civil.date());
    let mut number = |value: i64, digits: usize, padding: u8| {
        pad_number(locale, modifiers, value, digits, padding, out);
    };
    let alternative = modifiers.alternative;
    match letter {
        b'd' => number(day, 2, b'0'),
        b'e' => number(day, 2, b'_'),
        b'm' => number(i64::try_from(month).unwrap_or(0), 2, b'0'),
        b'y' => match (alternative, era()) {
            (Some(b'E'), Some(era)) => number(era.year(year), 2, b'0'),
            _ => number(year.rem_euclid(100), 2, b'0'),
        },
        b'Y' => match (alternative, era()) {
            (Some(b'E'), Some(era)) => nest(locale, &era.format, moment, left, out),
            _ => number(year, 1, b'0'),
        },
        b'C' => match (alternative, era()) {
            (Some(b'E'), Some(era)) => put(modifiers, &era.name, out),
            _ => number(year.div_euclid(100), 2, b'0'),
        },
        b'H' => number(hour, 2, b'0'),
        b'k' => number(hour, 2, b'_'),
        b'I' => number((hour + 11) % 12 + 1, 2, b'0'),
        b'l' => number((hour + 11) % 12 + 1, 2, b'_'),
        b'M' => number(i64::from(civil.minute()), 2, b'0'),
        b'S' => number(i64::from(civil.second()), 2, b'0'),
        b'j' => number(i64::from(civil.day_of_year()), 3, b'0'),
        b'w' => number(i64::try_from(weekday).unwrap_or(0), 1, b'0'),
        b'u' => number(i64::try_from((weekday + 6) % 7 + 1).unwrap_or(0), 1, b'0'),
        b'a' => put(modifiers, locale.time(ABDAY + weekday), out),
        b'A' => put(modifiers, locale.time(DAY + weekday), out),
        b'b' | b'h' => put(modifiers, locale.time(ABMON + month - 1), out),
        b'B' => put(modifiers, locale.time(MON + month - 1), out),
        b'p' => put(modifiers, locale.time(AM + usize::from(hour >= 12)), out),
        b'P' => put(
            modifiers,
            &locale
                .time(AM + usize::from(hour >= 12))
                .to_ascii_lowercase(),
            out,
        ),
        b'Z' => put(modifiers, moment.zone.as_bytes(), out),
        b'z' => {
            let minutes = moment.offset / 60;
            let sign = if moment.offset < 0 { '-' } else { '+' };
            let text = format!("{sign}{:04}", minutes.abs() / 60 * 100 + minutes.abs() % 60);
            out.extend_from_slice(text.as_bytes());
        }
        b'n' => out.push(b'\n'),
        b't' => out.push(b'\t'),
        b'%' => out.push(b'%'),
        _ => match nested(locale, alternative, letter) {
            Some(format) => nest(locale, &format, moment, left, out),
            None => return false,
        },
    }
    true
}

/// The format that a conversion stands for.
pub(super) fn nested(locale: &Locale, alternative: Option<u8>, letter: u8) -> Option<Vec<u8>> {
    let (plain, with_era) = match letter {
        b'c' => (D_T_FMT, ERA_D_T_FMT),
        b'x' => (D_FMT, ERA_D_FMT),
        b'X' => (T_FMT, ERA_T_FMT),
        b'r' => (T_FMT_AMPM, T_FMT_AMPM),
        b'D' => return Some(b"%m/%d/%y".to_vec()),
        b'F' => return Some(b"%Y-%m-%d".to_vec()),
        b'R' => return Some(b"%H:%M".to_vec()),
        b'T' => return Some(b"%H:%M:%S".to_vec()),
        _ => return None,
    };
    let era = locale.time(with_era);
    Some(match (alternative, era, locale.time(plain)) {
        (Some(b'E'), era, _) if !era.is_empty() => era.to_vec(),
        (_, _, b"") if letter == b'r' => b"%I:%M:%S %p".to_vec(),
        (_, _, plain) => plain.to_vec(),
    })
}

fn nest(locale: &Locale, format: &[u8], moment: &Moment, left: &mut Left, out: &mut Vec<u8>) {
    if let Some(depth) = left.depth.checked_sub(1) {
        left.depth = depth;
        expand(locale, format, moment, left, out);
        left.depth += 1;
    }
}

fn put(modifiers: Modifiers, text: &[u8], out: &mut Vec<u8>) {
    out.resize(
        out.len() + modifiers.width.saturating_sub(text.len()),
        if modifiers.padding == Some(b'0') {
            b'0'
        } else {
            b' '
        },
    );
    if modifiers.upper {
        out.extend(text.to_ascii_uppercase());
    } else {
        out.extend_from_slice(text);
    }
}

fn pad_number(
    locale: &Locale,
    modifiers: Modifiers,
    value: i64,
    digits: usize,
    padding: u8,
    out: &mut Vec<u8>,
) {
    if modifiers.alternative == Some(b'O') {
        let text = usize::try_from(value)
            .ok()
            .and_then(|value| locale.time_list(ALT_DIGITS).nth(value));
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            out.extend_from_slice(text);
            return;
        }
    }
    let text = value.to_string();
    let width = digits.max(modifiers.width);
    let missing = width.saturating_sub(text.len());
    match modifiers.padding.unwrap_or(padding) {
        b'-' => {}
        b'_' => out.resize(out.len() + missing, b' '),
        _ => out.resize(out.len() + missing, b'0'),
    }
    out.extend_from_slice(text.as_bytes());
}

// Places in `LC_TIME`.
pub(super) const ABDAY: usize = 0;
pub(super) const DAY: usize = 7;
pub(super) const ABMON: usize = 14;
pub(super) const MON: usize = 26;
pub(super) const AM: usize = 38;
const D_T_FMT: usize = 40;
const D_FMT: usize = 41;
const T_FMT: usize = 42;
const T_FMT_AMPM: usize = 43;
const ERA_D_FMT: usize = 46;
pub(super) const ALT_DIGITS: usize = 47;
const ERA_D_T_FMT: usize = 48;
const ERA_T_FMT: usize = 49;

const DEPTH: u8 = 4;
/// Conversions of all formats of one date; a locale's date has some ten.
pub(super) const CONVERSIONS: u16 = 100;
const WIDEST: usize = 80;

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, civil: &str) -> String {
        let moment = Moment {
            civil: civil.parse().unwrap(),
            offset: -12600,
            zone: "XYZ".into(),
        };
        String::from_utf8(format(&Locale::default(), text.as_bytes(), &moment)).unwrap()
    }

    #[test]
    fn conversions_are_those_of_the_c_library() {
        for (format, text) in [
            (
                "%c|%x|%X|%r",
                "Fri Mar  1 00:05:09 2024|03/01/24|00:05:09|12:05:09 AM",
            ),
            ("%F %T %R %D", "2024-03-01 00:05:09 00:05 03/01/24"),
            (
                "%-d.%-m.%Y %_m %3d %^a %10B",
                "1.3.2024  3 001 FRI      March",
            ),
            ("%Ey %EY %EC %Od", "24 2024 20 01"),
            ("%j %u %w %C %k%l %p%P", "061 5 5 20  012 AMam"),
            ("%z %Z %% %Q %", "-0330 XYZ % %Q %"),
        ] {
            assert_eq!(shown(format, "2024-03-01T00:05:09"), text, "{format}");
        }
    }
}
