//! What full and compact sensor records say of a sensor, IPMI v2.0 tables 43-1 and 43-2.

use ipmi_rs::connection::{Address, Channel, LogicalUnit, RequestTargetAddress};

use super::formula::Factors;
use super::record::{Record, kind};
use crate::ipmi::units::Units;

/// The sensor of a full or compact record.
#[derive(Clone, Copy, Debug)]
pub struct Sensor<'a> {
    record: &'a Record,
}

/// Which of a sensor's thresholds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threshold {
    /// Lower non-critical.
    LowerNonCritical,
    /// Lower critical.
    LowerCritical,
    /// Lower non-recoverable.
    LowerNonRecoverable,
    /// Upper non-critical.
    UpperNonCritical,
    /// Upper critical.
    UpperCritical,
    /// Upper non-recoverable.
    UpperNonRecoverable,
}

impl Threshold {
    /// Its number in every mask of thresholds, and in the answer of Get Sensor Thresholds (after the mask).
    pub fn bit(self) -> u8 {
        match self {
            Self::LowerNonCritical => 0,
            Self::LowerCritical => 1,
            Self::LowerNonRecoverable => 2,
            Self::UpperNonCritical => 3,
            Self::UpperCritical => 4,
            Self::UpperNonRecoverable => 5,
        }
    }

    /// Its bit in a mask.
    pub fn mask(self) -> u8 {
        1 << self.bit()
    }

    /// Where it stands in Get and Set Sensor Thresholds, whose first byte is the mask.
    pub fn index(self) -> usize {
        usize::from(self.bit()) + 1
    }

    /// Stock's abbreviation.
    pub fn short(self) -> &'static str {
        match self {
            Self::LowerNonCritical => "lnc",
            Self::LowerCritical => "lcr",
            Self::LowerNonRecoverable => "lnr",
            Self::UpperNonCritical => "unc",
            Self::UpperCritical => "ucr",
            Self::UpperNonRecoverable => "unr",
        }
    }

    /// Stock's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::LowerNonCritical => "Lower Non-Critical",
            Self::LowerCritical => "Lower Critical",
            Self::LowerNonRecoverable => "Lower Non-Recoverable",
            Self::UpperNonCritical => "Upper Non-Critical",
            Self::UpperCritical => "Upper Critical",
            Self::UpperNonRecoverable => "Upper Non-Recoverable",
        }
    }

    /// From the lowest to the highest.
    pub const RISING: [Self; 6] = [
        Self::LowerNonRecoverable,
        Self::LowerCritical,
        Self::LowerNonCritical,
        Self::UpperNonCritical,
        Self::UpperCritical,
        Self::UpperNonRecoverable,
    ];
}

impl<'a> Sensor<'a> {
    pub(super) fn new(record: &'a Record) -> Self {
        Self { record }
    }

    /// Whether the record is a full one, with a formula.
    pub fn is_full(&self) -> bool {
        self.record.kind == kind::FULL
    }

    /// Whether it has thresholds: its event/reading type is 1.
    pub fn is_threshold(&self) -> bool {
        self.event_type() == 1
    }

    /// The address of the controller that has the sensor.
    pub fn owner(&self) -> u8 {
        self.byte(0)
    }

    /// The sensor's LUN there.
    pub fn lun(&self) -> u8 {
        self.byte(1) & 0x03
    }

    /// The channel to the controller.
    pub fn channel(&self) -> u8 {
        self.byte(1) >> 4
    }

    /// Where requests about it go, where requests without an address go to `address` on `channel`. `None` for a
    /// channel that does not exist.
    pub fn target(&self, address: u8, channel: u8) -> Option<RequestTargetAddress> {
        let lun = LogicalUnit::from_low_bits(self.lun());
        if (self.owner(), self.channel()) == (address, channel) {
            return Some(RequestTargetAddress::Bmc(lun));
        }
        let channel = Channel::new(self.channel())?;
        Some(RequestTargetAddress::BmcOrIpmb(
            Address(self.owner()),
            channel,
            lun,
        ))
    }

    /// Its number.
    pub fn number(&self) -> u8 {
        self.byte(2)
    }

    /// Whether its thresholds are set when it is initialized.
    pub fn initializes_thresholds(&self) -> bool {
        self.byte(5) & 0x10 != 0
    }

    /// How events can be switched off, 0 to 3.
    pub fn event_control(&self) -> u8 {
        self.byte(6) & 0x03
    }

    /// How thresholds can be reached, 0 to 3: not at all, read, read and set, fixed.
    pub fn threshold_access(&self) -> u8 {
        (self.byte(6) >> 2) & 0x03
    }

    /// Its type.
    pub fn kind(&self) -> u8 {
        self.byte(7)
    }

    /// Its event/reading type.
    pub fn event_type(&self) -> u8 {
        self.byte(8)
    }

    /// The thresholds that can be read, as a mask.
    pub fn readable(&self) -> u8 {
        self.byte(13)
    }

    /// The thresholds that can be set, as a mask.
    pub fn settable(&self) -> u8 {
        self.byte(14)
    }

    /// The thresholds whose crossing a reading tells, as a mask.
    pub fn reported(&self) -> u8 {
        (self.byte(10) >> 4) & 0x07 | (self.byte(12) >> 1) & 0x38
    }

    /// Bits 7 and 6 of the unit's flags: how a reading is a number. 0 unsigned, 1 ones' complement, 2 two's complement,
    /// 3 not at all.
    pub fn format(&self) -> u8 {
        self.byte(15) >> 6
    }

    /// Whether readings are no numbers.
    pub fn is_discrete(&self) -> bool {
        self.format() == NO_NUMBER
    }

    /// The unit of its readings.
    pub fn units(&self) -> Units {
        Units {
            percent: self.byte(15) & 0x01 != 0,
            relation: (self.byte(15) >> 1) & 0x03,
            base: self.byte(16),
            modifier: self.byte(17),
        }
    }

    /// How raw readings become numbers; of a full record.
    pub fn factors(&self) -> Factors {
        let factors = [19, 20, 21, 22, 23, 24].map(|index| self.byte(index));
        Factors::new(self.format(), self.byte(18), factors)
    }

    /// The nominal reading, raw, where the record tells it.
    pub fn nominal(&self) -> Option<u8> {
        (self.byte(25) & 0x01 != 0).then(|| self.byte(26))
    }

    /// The highest normal reading, likewise.
    pub fn normal_maximum(&self) -> Option<u8> {
        (self.byte(25) & 0x02 != 0).then(|| self.byte(27))
    }

    /// The lowest normal reading, likewise.
    pub fn normal_minimum(&self) -> Option<u8> {
        (self.byte(25) & 0x04 != 0).then(|| self.byte(28))
    }

    /// The highest possible reading, raw.
    pub fn maximum(&self) -> u8 {
        self.byte(29)
    }

    /// The lowest possible reading, raw.
    pub fn minimum(&self) -> u8 {
        self.byte(30)
    }

    /// A threshold's value as it is in the record, raw.
    pub fn threshold(&self, threshold: Threshold) -> u8 {
        self.byte(match threshold {
            Threshold::UpperNonRecoverable => 31,
            Threshold::UpperCritical => 32,
            Threshold::UpperNonCritical => 33,
            Threshold::LowerNonRecoverable => 34,
            Threshold::LowerCritical => 35,
            Threshold::LowerNonCritical => 36,
        })
    }

    /// Positive and negative hysteresis, raw.
    pub fn hysteresis(&self) -> [u8; 2] {
        if self.is_full() {
            [self.byte(37), self.byte(38)]
        } else {
            [self.byte(20), self.byte(21)]
        }
    }

    /// For OEM use.
    pub fn oem(&self) -> u8 {
        self.byte(if self.is_full() { 41 } else { 25 })
    }

    fn byte(&self, index: usize) -> u8 {
        self.record.byte(index)
    }
}

/// The format of readings that are no numbers.
const NO_NUMBER: u8 = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sensor_of_the_bmc_itself_is_asked_for_without_an_address() {
        let record = |owner, channel: u8| Record {
            id: 1,
            version: 0x51,
            kind: kind::COMPACT,
            body: vec![owner, channel << 4 | 2, 7],
        };
        let target = |owner, channel, address| {
            record(owner, channel)
                .sensor()
                .and_then(|sensor| sensor.target(address, 0))
        };
        let own = RequestTargetAddress::Bmc(LogicalUnit::Two);
        assert_eq!(target(0x20, 0, 0x20), Some(own));
        assert_eq!(target(0x82, 0, 0x82), Some(own));
        let other =
            RequestTargetAddress::BmcOrIpmb(Address(0x82), Channel::Primary, LogicalUnit::Two);
        assert_eq!(target(0x82, 0, 0x20), Some(other));
        assert_eq!(target(0x82, 0x0c, 0x20), None);
    }

    #[test]
    fn the_mask_of_reported_thresholds_is_joined_from_two_bytes() {
        let mut body = vec![0; 18];
        body[10] = 0x70;
        body[12] = 0x50;
        let record = Record {
            id: 1,
            version: 0x51,
            kind: kind::FULL,
            body,
        };
        assert_eq!(record.sensor().map(|sensor| sensor.reported()), Some(0x2f));
    }
}
