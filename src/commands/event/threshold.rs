//! Sensors with thresholds: a reading beyond one of them.

use super::sensor::{Found, LIST};
use crate::commands::sdr::books::{Books, GET_THRESHOLDS};
use crate::ipmi::completion;
use crate::sdr::Sensor;
use crate::sdr::sensor::Threshold;

/// The data of an event in which a threshold is crossed, or left again, or the list of thresholds.
pub(super) fn data(
    books: &mut Books<'_, '_>,
    sensor: Sensor<'_>,
    state: Option<&str>,
    deasserted: bool,
) -> Found {
    let Some(state) = state.filter(|state| *state != LIST) else {
        books.put(format_args!("{LISTED}"));
        return Found::Done(false);
    };
    let Some(threshold) = Threshold::RISING
        .into_iter()
        .find(|threshold| threshold.short() == state)
    else {
        let output = &mut books.desk.output;
        output.complain(format_args!("Invalid threshold identifier {state}"));
        return Found::Done(false);
    };
    let upper = threshold.bit() >= Threshold::UpperNonCritical.bit();
    let rising = upper != deasserted;
    let Some(value) = value(books, sensor, threshold) else {
        return Found::Done(false);
    };
    let distance = hysteresis(books, sensor, rising).max(1);
    let reading = if rising {
        value.saturating_add(distance)
    } else {
        value.saturating_sub(distance)
    };
    let offset = 2 * threshold.bit() + u8::from(rising);
    Found::Data([READING_AND_THRESHOLD | offset, reading, value])
}

/// The raw value of a threshold; what goes wrong is said.
fn value(books: &mut Books<'_, '_>, sensor: Sensor<'_>, threshold: Threshold) -> Option<u8> {
    let failed = "Command Get Sensor Thresholds failed";
    let response = match books.ask(sensor, GET_THRESHOLDS, &[sensor.number()]) {
        Ok(response) => response,
        Err(error) => {
            books.desk.output.explain(&error);
            books
                .desk
                .output
                .complain(format_args!("{failed}: invalid response."));
            return None;
        }
    };
    if response.cc() != 0 {
        let why = completion::text(response.cc());
        books.desk.output.complain(format_args!("{failed}: {why}"));
        return None;
    }
    let value = response.data().get(threshold.index()).copied();
    if value.is_none() {
        let (got, least) = (response.data().len(), threshold.index() + 1);
        books.desk.output.complain(format_args!(
            "{failed}: the answer has {got} bytes of data, expected at least {least}"
        ));
    }
    value
}

/// The sensor's hysteresis of rising or falling readings; 0 where it tells none.
fn hysteresis(books: &mut Books<'_, '_>, sensor: Sensor<'_>, rising: bool) -> u8 {
    let answer = books.ask(sensor, GET_HYSTERESIS, &[sensor.number(), RESERVED]);
    let value = match &answer {
        Ok(response) if response.cc() == 0 => response.data().get(usize::from(!rising)),
        _ => None,
    };
    value.copied().unwrap_or(0)
}

/// The second byte is the reading, the third one the threshold: table 29-6.
const READING_AND_THRESHOLD: u8 = 0x50;

const GET_HYSTERESIS: u8 = 0x25;
const RESERVED: u8 = 0xff;

/// One name has a blank behind it, as in stock.
const LISTED: &str = "Sensor States:
  lnr : Lower Non-Recoverable\u{20}
  lcr : Lower Critical
  lnc : Lower Non-Critical
  unc : Upper Non-Critical
  ucr : Upper Critical
  unr : Upper Non-Recoverable
";
