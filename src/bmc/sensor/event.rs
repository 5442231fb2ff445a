//! Events: from our sensors and from others, into the log (specification chapter 29).

use crate::bmc::command::{Command, MachineEvent, Outcome, SYSTEM_INTERFACE, cc};
use crate::bmc::inventory::log::EVENT_REVISION;
use crate::bmc::inventory::sensor::BMC_ADDRESS;
use crate::bmc::machine::Machine;
use crate::bmc::table::{A, Entry, O, U};

/// This file's commands.
pub const TABLE: &[Entry] = &[
    Entry::new(4, 0x00, A, 2, 2, set_receiver),
    Entry::new(4, 0x01, U, 0, 0, receiver),
    Entry::new(4, 0x02, O, 5, 8, platform_event),
];

/// Something that one of our sensors saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SensorEvent {
    /// LUN of the sensor.
    pub lun: u8,
    /// Sensor type.
    pub sensor_type: u8,
    /// Sensor number.
    pub number: u8,
    /// Event/reading type code.
    pub reading_type: u8,
    /// It began (true) or ended.
    pub asserted: bool,
    /// Event data 1 to 3.
    pub data: [u8; 3],
}

impl SensorEvent {
    fn entry(&self) -> [u8; 16] {
        let direction = u8::from(!self.asserted) << 7 | self.reading_type & 0x7f;
        let [d1, d2, d3] = self.data;
        [
            0,
            0,
            0x02,
            0,
            0,
            0,
            0,
            BMC_ADDRESS,
            self.lun & 0x03,
            EVENT_REVISION,
            self.sensor_type,
            self.number,
            direction,
            d1,
            d2,
            d3,
        ]
    }
}

impl Machine {
    /// Logs what sensors saw, if event logging is on, and lets the filters act.
    pub(in crate::bmc) fn log_sensor_events(&mut self, events: &[SensorEvent], wall_ms: u64) {
        for event in events {
            self.log_event(event.entry(), wall_ms);
        }
    }

    /// Logs an event entry, if event logging is on, and lets the filters act. A full log drops it: the overflow flag
    /// tells.
    pub(in crate::bmc) fn log_event(&mut self, entry: [u8; 16], wall_ms: u64) {
        if self.device.enables & LOGGING_ENABLED != 0
            && let Ok(id) = self.sel.add(entry, self.clock.seconds(wall_ms))
        {
            self.pef.processed(id);
            self.emit(MachineEvent::Logged(id));
        }
        self.filter(&entry);
    }
}

fn set_receiver(m: &mut Machine, c: &Command) -> Outcome {
    if c.data[0] & 1 == 1 || c.data[1] > 3 {
        return Err(cc::INVALID_FIELD);
    }
    m.event_receiver = [c.data[0], c.data[1]];
    Ok(Vec::new())
}

fn receiver(m: &mut Machine, _: &Command) -> Outcome {
    Ok(m.event_receiver.to_vec())
}

fn platform_event(m: &mut Machine, c: &Command) -> Outcome {
    // Over the system interface the generator's ID comes first; elsewhere the session's end is the generator.
    let local = c.channel == SYSTEM_INTERFACE && c.data.len() == 8;
    let (generator, event) = if local {
        (c.data[0], &c.data[1..])
    } else {
        (REMOTE_CONSOLE, c.data)
    };
    if event.len() > 7 || event.len() < 5 {
        return Err(cc::LENGTH);
    }
    if !matches!(event[0], 0x02..=EVENT_REVISION) {
        return Err(cc::INVALID_FIELD);
    }
    let mut entry = [0xff; 16];
    entry[..9].copy_from_slice(&[
        0,
        0,
        0x02,
        0,
        0,
        0,
        0,
        generator,
        if local { 0 } else { c.channel << 4 },
    ]);
    entry[9..9 + event.len()].copy_from_slice(event);
    m.log_event(entry, c.wall_ms);
    Ok(Vec::new())
}

/// Software ID of remote console software 1.
const REMOTE_CONSOLE: u8 = 0x81;
/// BMC global enables: system event logging.
const LOGGING_ENABLED: u8 = 0x08;
