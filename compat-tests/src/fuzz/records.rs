//! Sensor data records, as a BMC, a file or a cache has them: whatever they say, they have names, fields and numbers.

use steadysol::sdr::cache::{Cache, Key, dumped, undumped};
use steadysol::sdr::record::{Controller, Device, Record};
use steadysol::sdr::sensor::Threshold;

/// One record after the other, header first, as in a dump.
pub fn run(input: &[u8]) {
    let mut rest = input;
    while let Some((record, after)) = undumped(rest) {
        let again = dumped(&record).expect("as long as its length says");
        assert_eq!(again, rest[..rest.len() - after.len()]);
        look_at(&record);
        rest = after;
    }
    let _ = Key::new(input.to_vec(), input).has_info(input);
    let host = String::from_utf8_lossy(input);
    if Cache::new("/x".as_ref(), &host, 623).is_some() {
        assert!(!host.contains('/'), "a host that leads elsewhere");
    }
}

fn look_at(record: &Record) {
    assert!(record.name().len() <= 3 * 31);
    let name = record.long_name();
    if !name.is_empty() {
        assert!(!name.contains(&0) || name.len() <= 3 * 31);
    }
    let _ = (record.entity(), record.event_source());
    let _ = (Device::of(record), Controller::of(record));
    let Some(sensor) = record.sensor() else {
        return;
    };
    assert!(sensor.units().text().len() <= 40);
    let _ = sensor.target(0x20, 0);
    let factors = sensor.factors();
    let _ = factors.tolerance();
    for raw in 0..=u8::MAX {
        let value = factors.reading(raw);
        let _ = factors.hysteresis(raw);
        // A straight line without overlaps leads back.
        if factors.linearization == 0 && factors.m != 0 && factors.format == 0 {
            assert_eq!(factors.raw(value), Some(raw), "{factors:?}");
        }
    }
    for threshold in Threshold::RISING {
        let _ = sensor.threshold(threshold);
    }
}
