//! A sensor and its thresholds as `sensor list` and `sensor get` print them.

use crate::commands::sdr::books::{Books, GET_THRESHOLDS};
use crate::commands::sdr::reading::Reading;
use crate::commands::sdr::states::Events;
use crate::sdr::record::{Entity, Record};
use crate::sdr::sensor::{Sensor, Threshold};

/// Prints a sensor. Whether it has a reading.
pub fn sensor(books: &mut Books<'_, '_>, record: &Record, sensor: Sensor<'_>) -> bool {
    let reading = books.read(record, sensor, 3);
    if sensor.is_threshold() {
        let thresholds = thresholds(books, sensor);
        if books.csv() || !books.verbose {
            line(books, record, sensor, &reading, thresholds.as_deref());
        } else {
            block(books, record, sensor, &reading, thresholds.as_deref());
        }
    } else if books.csv() || !books.verbose {
        discrete_line(books, record, &reading);
    } else {
        discrete_block(books, record, sensor, &reading);
    }
    reading.valid
}

/// The answer of Get Sensor Thresholds, where there is one.
fn thresholds(books: &mut Books<'_, '_>, sensor: Sensor<'_>) -> Option<Vec<u8>> {
    let response = books.ask(sensor, GET_THRESHOLDS, &[sensor.number()]).ok()?;
    let data = response.data();
    (response.cc() == 0 && !data.is_empty()).then(|| data.to_vec())
}

fn line(
    books: &mut Books<'_, '_>,
    record: &Record,
    sensor: Sensor<'_>,
    reading: &Reading,
    thresholds: Option<&[u8]>,
) {
    let units = reading.units.as_bytes();
    let status = books.status(reading, "ns").as_bytes();
    let value = match reading.value {
        _ if !reading.valid => b"na".to_vec(),
        Some(value) => books.number(value, 3),
        None => format!("0x{:x}", reading.raw).into_bytes(),
    };
    let status = if reading.valid { status } else { b"na" };
    head(books, &record.name(), [&value, units, status]);
    let limits = Threshold::RISING.map(|threshold| {
        let data = thresholds.filter(|_| sensor.is_full());
        let raw = data.and_then(|data| value_of(data, threshold));
        match raw {
            None => b"na".to_vec(),
            Some(raw) if sensor.is_discrete() => format!("0x{raw:x}").into_bytes(),
            Some(raw) => books.number(reading.factors.reading(raw), 3),
        }
    });
    tail(books, &limits);
}

fn discrete_line(books: &mut Books<'_, '_>, record: &Record, reading: &Reading) {
    let [low, high] = reading.states;
    let states = format!("0x{low:02x}{high:02x}");
    let name = record.name();
    if !reading.valid {
        head(books, &name, [b"na", b"discrete", b"na"]);
    } else if reading.value.is_some() {
        head(
            books,
            &name,
            [&reading.text, reading.units.as_bytes(), b"ok"],
        );
    } else {
        // Stock's two ways of printing do not show the same byte.
        let shown = if books.csv() { reading.raw } else { low };
        let shown = format!("0x{shown:x}");
        head(
            books,
            &name,
            [shown.as_bytes(), b"discrete", states.as_bytes()],
        );
    }
    tail(
        books,
        &[const { Vec::new() }; 6].map(|_: Vec<u8>| b"na".to_vec()),
    );
}

/// The name, and value, unit and status.
fn head(books: &mut Books<'_, '_>, name: &[u8], [value, units, status]: [&[u8]; 3]) {
    if books.csv() {
        let line = [name, value, units, status].join(&b","[..]);
        books.bytes(&line);
        return;
    }
    books.padded(name, 16);
    books.put(format_args!(" | "));
    books.padded(value, 10);
    books.put(format_args!(" | "));
    books.padded(units, 10);
    books.put(format_args!(" | "));
    books.padded(status, 6);
}

fn tail(books: &mut Books<'_, '_>, limits: &[Vec<u8>; 6]) {
    for limit in limits {
        if books.csv() {
            books.put(format_args!(","));
            books.bytes(limit);
        } else {
            books.put(format_args!("| "));
            books.padded(limit, 10);
        }
    }
    books.put(format_args!("\n"));
}

/// A threshold's raw value, where the sensor has it.
fn value_of(data: &[u8], threshold: Threshold) -> Option<u8> {
    let readable = data.first()? & threshold.mask() != 0;
    data.get(threshold.index()).copied().filter(|_| readable)
}

fn block(
    books: &mut Books<'_, '_>,
    record: &Record,
    sensor: Sensor<'_>,
    reading: &Reading,
    thresholds: Option<&[u8]>,
) {
    block_head(books, record, sensor, "Sensor Type (Threshold)  ");
    books.put(format_args!(" Sensor Reading        : "));
    if reading.valid {
        let (raw, units) = (reading.raw, &reading.units);
        if !sensor.is_full() {
            books.put(format_args!("0x{raw:x} {units}\n"));
        } else if reading.value.is_some() {
            books.put_with_tolerance(reading);
        } else {
            let tolerance = reading.factors.tolerance;
            books.put(format_args!("0x{raw:x} (+/- 0x{tolerance:x}) {units}\n"));
        }
        let status = books.status(reading, "ns");
        books.put(format_args!(" Status                : {status}\n"));
        match thresholds {
            Some(data) => {
                if sensor.is_full() {
                    limits(books, sensor, reading, data);
                }
                books.put_hysteresis(sensor, reading);
            }
            None => books.put(format_args!(" Sensor Threshold Settings not available\n")),
        }
    } else {
        books.put(format_args!(
            " Unable to read sensor: Device Not Present\n\n"
        ));
    }
    books.put_events(Events::Status, sensor);
    books.put_events(Events::Enable, sensor);
    books.put(format_args!("\n"));
}

fn limits(books: &mut Books<'_, '_>, sensor: Sensor<'_>, reading: &Reading, data: &[u8]) {
    for threshold in Threshold::RISING {
        books.put(format_args!(" {:<21} : ", threshold.name()));
        match value_of(data, threshold) {
            None => books.put(format_args!("na\n")),
            Some(raw) if sensor.is_discrete() => books.put(format_args!("0x{raw:x}\n")),
            Some(raw) => {
                let value = books.number(reading.factors.reading(raw), 3);
                books.bytes(&value);
                books.put(format_args!("\n"));
            }
        }
    }
}

fn discrete_block(
    books: &mut Books<'_, '_>,
    record: &Record,
    sensor: Sensor<'_>,
    reading: &Reading,
) {
    block_head(books, record, sensor, "Sensor Type (Discrete)");
    if !reading.valid {
        books.put(format_args!(
            " Unable to read sensor: Device Not Present\n\n"
        ));
        return;
    }
    if reading.value.is_some() {
        books.put(format_args!(" Sensor Reading        : "));
        books.bytes(&reading.text);
        books.put(format_args!(" {}\n", reading.units));
    }
    books.put_state_lines("States Asserted", sensor, reading.states);
    books.put(format_args!("\n"));
}

fn block_head(books: &mut Books<'_, '_>, record: &Record, sensor: Sensor<'_>, label: &str) {
    books.put(format_args!("Sensor ID              : "));
    books.bytes(&record.name());
    books.put(format_args!(" (0x{:x})\n", sensor.number()));
    if let Some(Entity { id, instance }) = record.entity() {
        books.put(format_args!(" Entity ID             : {id}.{instance}\n"));
    }
    let kind = books.sensor_type(sensor.kind());
    books.put(format_args!(" {label}: {kind}\n"));
}
