//! `sensor thresh`.

use crate::commands::Refusal;
use crate::commands::sdr::books::{Books, GET_READING, GET_THRESHOLDS};
use crate::commands::sdr::usage;
use crate::ipmi::completion;
use crate::sdr::record::{Record, kind};
use crate::sdr::sensor::{Sensor, Threshold};

/// Thresholds to be set.
#[derive(Clone, Debug, PartialEq)]
pub struct Thresh {
    name: String,
    settings: Vec<(Threshold, f64)>,
}

/// Parses what follows `thresh`.
///
/// # Errors
///
/// Help, or stock's complaint.
pub fn parse(words: &[&str]) -> Result<Thresh, Refusal> {
    let [name, which, values @ ..] = words else {
        return Err(Refusal::help(usage::THRESH));
    };
    if values.is_empty() || *name == "help" {
        return Err(Refusal::help(usage::THRESH));
    }
    let settings = if *which == "upper" {
        group(
            "upper <unc> <ucr> <unr>",
            &UPPER,
            ["unc", "ucr", "unr"],
            values,
        )?
    } else if *which == "lower" {
        // Stock's complaints name the values in the other order than its usage does; its usage is right.
        group(
            "lower <lnr> <lcr> <lnc>",
            &LOWER,
            ["lnc", "lcr", "lnr"],
            values,
        )?
    } else {
        let threshold = Threshold::RISING
            .into_iter()
            .find(|threshold| *which == threshold.short())
            .ok_or_else(|| {
                Refusal::error(format!(
                    "Valid threshold '{which}' for sensor '{name}' not specified!"
                ))
            })?;
        let text = values.first().copied().unwrap_or_default();
        let value = number(text).ok_or_else(|| {
            Refusal::error(format!(
                "Given {which} threshold value '{text}' is invalid."
            ))
        })?;
        vec![(threshold, value)]
    };
    Ok(Thresh {
        name: (*name).to_owned(),
        settings,
    })
}

fn group(
    usage: &str,
    thresholds: &[Threshold; 3],
    names: [&str; 3],
    values: &[&str],
) -> Result<Vec<(Threshold, f64)>, Refusal> {
    let Some(values) = values.first_chunk::<3>() else {
        return Err(Refusal::error(format!("usage: sensor thresh <id> {usage}")));
    };
    let each = thresholds.iter().zip(names).zip(values);
    each.map(|((threshold, name), text)| {
        number(text)
            .map(|value| (*threshold, value))
            .ok_or_else(|| Refusal::error(format!("Given {name} '{text}' is invalid.")))
    })
    .collect()
}

/// A finite number.
fn number(text: &str) -> Option<f64> {
    let value = text.trim_start().parse::<f64>().ok()?;
    value.is_finite().then_some(value)
}

impl Thresh {
    /// Sets them.
    pub fn run(&self, books: &mut Books<'_, '_>) -> bool {
        books.put(format_args!("Locating sensor record '{}'...\n", self.name));
        let mut shelf = books.shelf();
        let found = shelf
            .as_mut()
            .and_then(|shelf| books.find(shelf, self.name.as_bytes()));
        let Some(record) = found else {
            return refuse(books, "Sensor data record not found!");
        };
        let Some(sensor) = record.sensor().filter(|_| record.kind == kind::FULL) else {
            let kind = record.kind;
            return refuse(books, &format!("Invalid sensor type {kind:02x}"));
        };
        if !sensor.is_threshold() {
            let kind = sensor.event_type();
            return refuse(books, &format!("Invalid sensor event type {kind:02x}"));
        }
        // All of them are looked at before any is set.
        let mut raws = Vec::with_capacity(self.settings.len());
        for (threshold, value) in &self.settings {
            match raw(sensor, *value) {
                Some(raw) => raws.push((*threshold, *value, raw)),
                None => {
                    let name = threshold.name();
                    return refuse(
                        books,
                        &format!("{name} threshold {value}: the sensor cannot have this value"),
                    );
                }
            }
        }
        if let [(threshold, value)] = self.settings[..]
            && let Err(why) = check(books, sensor, threshold, value)
        {
            return refuse(books, why);
        }
        let mut all = true;
        for (threshold, value, raw) in raws {
            all &= set(books, &record, sensor, threshold, value, raw);
        }
        all
    }
}

/// The raw value for a threshold; of a sensor without a formula the number itself, as far as it fits.
fn raw(sensor: Sensor<'_>, value: f64) -> Option<u8> {
    if sensor.is_discrete() {
        return Some(value.clamp(0.0, 255.0) as u8);
    }
    sensor.factors().raw(value)
}

/// Whether a threshold would keep its place among those that the sensor has.
fn check(
    books: &mut Books<'_, '_>,
    sensor: Sensor<'_>,
    threshold: Threshold,
    value: f64,
) -> Result<(), &'static str> {
    let number = sensor.number();
    // Stock asks for the reading too, and does not look at it.
    let _ = books.ask(sensor, GET_READING, &[number]);
    let response = books
        .ask(sensor, GET_THRESHOLDS, &[number])
        .ok()
        .filter(|response| response.cc() == 0)
        .ok_or("Sensor data record not found!")?;
    let data = response
        .data()
        .first_chunk::<7>()
        .ok_or("Sensor data record not found!")?;
    let factors = sensor.factors();
    let has = |threshold: Threshold| data[0] & threshold.mask() != 0;
    let current = |threshold: Threshold| factors.reading(data[threshold.index()]).max(0.0);
    let [below, above] = neighbours(threshold);
    let conflict = below
        .iter()
        .any(|other| has(*other) && value <= current(*other))
        || above
            .iter()
            .any(|other| has(*other) && value >= current(*other));
    if has(threshold) && conflict {
        return Err("Invalid Threshold data values. Cannot Set Threshold Data.");
    }
    Ok(())
}

/// The thresholds that stock compares one with: those that must be below, and above.
fn neighbours(threshold: Threshold) -> [&'static [Threshold]; 2] {
    use Threshold::{
        LowerCritical as Lcr, LowerNonCritical as Lnc, LowerNonRecoverable as Lnr,
        UpperCritical as Ucr, UpperNonCritical as Unc, UpperNonRecoverable as Unr,
    };
    match threshold {
        Unr => [&[Ucr, Unc], &[]],
        Ucr => [&[Unc], &[Unr]],
        Unc => [&[Lnc], &[Unr, Ucr]],
        Lnc => [&[Lcr, Lnr], &[Unc]],
        Lcr => [&[Lnr], &[Lnc]],
        Lnr => [&[], &[Lnc, Lcr]],
    }
}

fn set(
    books: &mut Books<'_, '_>,
    record: &Record,
    sensor: Sensor<'_>,
    threshold: Threshold,
    value: f64,
    raw: u8,
) -> bool {
    books.put(format_args!("Setting sensor \""));
    books.bytes(&record.long_name());
    books.put(format_args!("\" {} threshold to ", threshold.name()));
    let shown = books.number(value, 3);
    books.bytes(&shown);
    books.put(format_args!("\n"));
    let mut data = [0; 8];
    data[0] = sensor.number();
    data[1] = threshold.mask();
    data[threshold.index() + 1] = raw;
    match books.ask(sensor, SET_THRESHOLDS, &data) {
        Ok(response) if response.cc() == 0 => true,
        Ok(response) => {
            let why = completion::text(response.cc());
            refuse(books, &format!("Error setting threshold: {why}"))
        }
        Err(_) => refuse(books, "Error setting threshold"),
    }
}

fn refuse(books: &mut Books<'_, '_>, why: &str) -> bool {
    books.desk.output.complain(format_args!("{why}"));
    false
}

const UPPER: [Threshold; 3] = [
    Threshold::UpperNonCritical,
    Threshold::UpperCritical,
    Threshold::UpperNonRecoverable,
];

const LOWER: [Threshold; 3] = [
    Threshold::LowerNonRecoverable,
    Threshold::LowerCritical,
    Threshold::LowerNonCritical,
];

const SET_THRESHOLDS: u8 = 0x26;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_finite() {
        assert_eq!(number(" +1.5e1"), Some(15.0));
        for bad in ["", "x", "1x", "nan", "inf", "1e999", "1 "] {
            assert_eq!(number(bad), None, "{bad}");
        }
    }

    #[test]
    fn every_threshold_has_its_place_in_the_request() {
        for threshold in Threshold::RISING {
            assert!(threshold.index() + 1 < 8);
            let [below, above] = neighbours(threshold);
            assert!(!below.contains(&threshold) && !above.contains(&threshold));
        }
    }
}
