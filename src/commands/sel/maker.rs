//! Who made the BMC, which decides what some events mean.

use crate::cli::Context;
use crate::cli::context::Interface;
use crate::commands::Desk;
use crate::ipmi::events::Makers;
use crate::ipmi::ipmb::{self, Shelf};
use crate::ipmi::{Failure, sensor_types};
use crate::sel::vendor::Vendor;

/// The BMC's maker and the standards it follows, asked for when first needed.
#[derive(Debug)]
pub(in crate::commands) struct Maker {
    /// Over `dummy` stock asks each time anew.
    each_time: bool,
    manufacturer: Option<u32>,
    standards: Option<(bool, bool)>,
}

impl Maker {
    pub(in crate::commands) fn new(context: &Context) -> Self {
        Self {
            each_time: context.interface == Interface::Dummy,
            manufacturer: None,
            standards: None,
        }
    }

    /// The manufacturer's enterprise number; 0 where it is not known, which is said.
    pub(in crate::commands) fn manufacturer(&mut self, desk: &mut Desk<'_>) -> u32 {
        if let Some(known) = self.manufacturer.filter(|_| !self.each_time) {
            return known;
        }
        let number = match desk.ask(APP, GET_DEVICE_ID, &[]) {
            Ok(id) => match id.get(6..9) {
                Some(&[low, middle, high]) => {
                    let number = u32::from_le_bytes([low, middle, high, 0]);
                    log::debug!("Iana: {number}");
                    number
                }
                _ => {
                    let length = id.len();
                    desk.output.complain(format_args!(
                        "Get Device ID command failed: the answer has {length} bytes of data"
                    ));
                    0
                }
            },
            Err(failure) => {
                refused(desk, "Get Device ID command failed", &failure);
                0
            }
        };
        self.manufacturer = Some(number);
        number
    }

    pub(in crate::commands) fn vendor(&mut self, desk: &mut Desk<'_>) -> Option<Vendor> {
        Vendor::of(self.manufacturer(desk))
    }

    /// What a sensor of this type is called.
    pub(in crate::commands) fn sensor_type(
        &mut self,
        desk: &mut Desk<'_>,
        code: u8,
    ) -> &'static str {
        let mut makers = Makers::default();
        if sensor_types::is_oem(code) {
            makers.manufacturer = self.manufacturer(desk);
            (makers.picmg, makers.vita) = self.standards(desk, code);
        }
        crate::ipmi::events::sensor_type(makers, code)
    }

    /// Whose definitions hold for the events of a sensor.
    pub(super) fn makers(
        &mut self,
        desk: &mut Desk<'_>,
        sensor_type: u8,
        event_type: u8,
    ) -> Makers {
        let mut makers = Makers::default();
        if event_type == crate::ipmi::events::SENSOR_SPECIFIC {
            if (0xc0..FIRST_STANDARD).contains(&sensor_type) {
                makers.manufacturer = self.manufacturer(desk);
            }
            (makers.picmg, makers.vita) = self.standards(desk, sensor_type);
        }
        makers
    }

    /// Whether the BMC speaks PICMG, and whether VITA: asked only for sensor types that they define, once. Stock asks
    /// at every start.
    fn standards(&mut self, desk: &mut Desk<'_>, sensor_type: u8) -> (bool, bool) {
        if sensor_type < FIRST_STANDARD {
            return (false, false);
        }
        if let Some(known) = self.standards {
            return known;
        }
        let shelf = ipmb::shelf(desk.bmc);
        let standards = (shelf == Some(Shelf::Picmg), shelf == Some(Shelf::Vita));
        self.standards = Some(standards);
        standards
    }
}

/// Says why there is no answer, with the completion code's number, as stock does of questions about the maker.
pub(super) fn refused(desk: &mut Desk<'_>, what: &str, failure: &Failure) {
    match failure {
        Failure::Completion(code) => desk
            .output
            .complain(format_args!("{what}: {code:#x} {failure}")),
        failure => {
            desk.output.fail(format_args!("{what}"), failure);
        }
    }
}

pub(super) const APP: u8 = 0x06;
pub(super) const GET_DEVICE_ID: u8 = 0x01;
/// The sensor types from here on are PICMG's or VITA's.
const FIRST_STANDARD: u8 = 0xf0;
