//! Sensor types and what their events say, in stock's words: IPMI v2.0 tables 42-1 to 42-3, and what vendors add.

mod generic;
mod oem;
mod specific;

use super::sensor_types::{self, KONTRON, PICMG, VITA};

/// A state that a sensor may report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// Event offset, 0 to Fh; in a sensor's reading the number of the bit.
    pub offset: u8,
    /// The value that event data 2 must have for this text; None: any, or none.
    pub data: Option<u8>,
    /// What it is called.
    pub text: &'static str,
}

/// Whose definitions hold beside the specification's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Makers {
    /// The manufacturer's enterprise number, as Get Device ID tells it.
    pub manufacturer: u32,
    /// The BMC speaks PICMG (it answers Get PICMG Properties).
    pub picmg: bool,
    /// The BMC speaks VITA 46.11.
    pub vita: bool,
}

/// The states of a sensor of this type with this event/reading type (7 bits); none where they are not known.
///
/// Several may have the same offset: the first one that fits counts.
pub fn states(makers: Makers, sensor_type: u8, event_type: u8) -> &'static [State] {
    let specific = event_type == SENSOR_SPECIFIC;
    let kontron = makers.manufacturer == KONTRON && (0xc0..0xf0).contains(&sensor_type);
    let tables: &[&[Group]] = match specific {
        true if kontron => &[oem::KONTRON],
        true if makers.vita => &[oem::VITA, specific::SPECIFIC],
        true => &[specific::SPECIFIC],
        false => &[generic::GENERIC],
    };
    let code = if specific { sensor_type } else { event_type };
    let mut groups = tables.iter().copied().flatten();
    groups
        .find(|group| group.code == code)
        .map_or(&[], |group| group.states)
}

/// What an event says: the state of its first data byte's offset, where the second byte, if the first one says that it
/// means something, does not rule it out.
pub fn description(
    makers: Makers,
    sensor_type: u8,
    event_type: u8,
    data: [u8; 3],
) -> Option<&'static str> {
    states(makers, sensor_type, event_type)
        .iter()
        .find(|state| {
            let detailed = data[0] & 0xc0 != 0 && state.data == Some(data[1]);
            state.offset == data[0] & 0x0f && (state.data.is_none() || detailed)
        })
        .map(|state| state.text)
}

/// What a sensor of this type is called; `Unknown` where nobody says.
pub fn sensor_type(makers: Makers, code: u8) -> &'static str {
    if !sensor_types::is_oem(code) {
        return sensor_types::standard(code);
    }
    let applies = [
        (makers.manufacturer, true),
        (PICMG, makers.picmg),
        (VITA, makers.vita),
    ];
    let names = applies
        .iter()
        .filter(|(_, applies)| *applies)
        .map(|(maker, _)| sensor_types::oem(*maker, code));
    let mut known = names.filter(|name| *name != sensor_types::UNKNOWN);
    known.next().unwrap_or(sensor_types::UNKNOWN)
}

/// The states of one code.
struct Group {
    code: u8,
    states: &'static [State],
}

const fn group(code: u8, states: &'static [State]) -> Group {
    Group { code, states }
}

const fn state(offset: u8, text: &'static str) -> State {
    State {
        offset,
        data: None,
        text,
    }
}

const fn detail(offset: u8, data: u8, text: &'static str) -> State {
    State {
        offset,
        data: Some(data),
        text,
    }
}

/// The event/reading type of threshold events.
pub const THRESHOLD: u8 = 0x01;
/// The event/reading type whose states the sensor's type tells.
pub const SENSOR_SPECIFIC: u8 = 0x6f;
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_described_by_offset_and_where_needed_by_its_second_byte() {
        let says = |sensor, event, data| description(Makers::default(), sensor, event, data);
        assert_eq!(
            says(0x01, THRESHOLD, [0x59, 0, 0]),
            Some("Upper Critical going high")
        );
        assert_eq!(
            says(0x08, SENSOR_SPECIFIC, [0xc6, 1, 0]),
            Some("Config Error: Revision Mismatch")
        );
        assert_eq!(
            says(0x08, SENSOR_SPECIFIC, [0x06, 1, 0]),
            Some("Config Error")
        );
        assert_eq!(says(0x2b, SENSOR_SPECIFIC, [0x01, 1, 0]), None);
        assert_eq!(says(0xff, 0xff, [0xff; 3]), None);
    }

    #[test]
    fn what_a_vendor_defines_holds_for_its_machines_alone() {
        let kontron = Makers {
            manufacturer: KONTRON,
            ..Makers::default()
        };
        let vita = Makers {
            vita: true,
            ..Makers::default()
        };
        assert_eq!(sensor_type(kontron, 0xc2), "Init Agent");
        assert_eq!(sensor_type(Makers::default(), 0xc2), "Unknown");
        assert_eq!(sensor_type(vita, 0xf0), "FRU State");
        assert_eq!(sensor_type(kontron, 0x2c), "FRU State");
        assert_eq!(sensor_type(kontron, 0x2d), "Unknown");
        assert_eq!(states(kontron, 0xc8, SENSOR_SPECIFIC).len(), 4);
        assert_eq!(states(Makers::default(), 0xc8, SENSOR_SPECIFIC), &[]);
        assert_eq!(states(vita, 0xf0, SENSOR_SPECIFIC).len(), 6);
        assert_eq!(states(Makers::default(), 0xf0, SENSOR_SPECIFIC).len(), 8);
        assert_eq!(states(vita, 0x05, SENSOR_SPECIFIC).len(), 7);
    }

    #[test]
    fn every_code_stands_once_in_its_table() {
        for table in [
            generic::GENERIC,
            specific::SPECIFIC,
            oem::VITA,
            oem::KONTRON,
        ] {
            for (index, group) in table.iter().enumerate() {
                assert!(table[..index].iter().all(|other| other.code != group.code));
            }
        }
    }
}
