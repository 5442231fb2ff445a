//! The sensor data record of a described sensor: types 01h, 02h, 03h (specification sections 43.1 to 43.3).

use super::sensor::{BMC_ADDRESS, RecordKind, SensorDef};
use crate::bmc::sensor::formula::Format;

impl SensorDef {
    /// The sensor record without its record ID, version and length bytes: type and body; `None` if it has none.
    pub fn record(&self) -> Option<(u8, Vec<u8>)> {
        let mut body = vec![
            BMC_ADDRESS,
            self.lun.byte(),
            *self.number.get_ref(),
            self.entity.id,
            self.entity.instance,
        ];
        let kind = match self.record {
            RecordKind::Full => 0x01,
            RecordKind::Compact => 0x02,
            RecordKind::EventOnly => {
                body.extend([self.sensor_type.0, self.reading]);
                body.extend(self.sharing());
                body.extend([0, self.oem]);
                body.extend(self.id_string());
                return Some((0x03, body));
            }
            RecordKind::None => return None,
        };
        body.extend([
            self.initialisation(),
            self.capabilities(),
            self.sensor_type.0,
            self.reading,
        ]);
        for mask in self.masks() {
            body.extend(mask.to_le_bytes());
        }
        let analog = if self.is_analog() {
            self.raw_format() as u8
        } else {
            Format::NotAnalog as u8
        };
        body.extend([
            analog << 6
                | self.rate.byte() << 3
                | (self.modifier_is as u8) << 1
                | u8::from(self.percentage),
            self.unit.0,
            self.modifier.0,
        ]);
        if kind == 0x01 {
            self.full_part(&mut body)
        } else {
            self.compact_part(&mut body)
        }
        body.extend([0, 0].iter().take(if kind == 1 { 2 } else { 0 }));
        body.push(self.oem);
        body.extend(self.id_string());
        Some((kind, body))
    }

    fn full_part(&self, body: &mut Vec<u8>) {
        let factors = self.factors(0).bytes();
        body.push(self.linear.0);
        body.extend(&factors[..4]);
        body.extend([factors[4] | self.direction.byte(), factors[5]]);
        let flags = u8::from(self.nominal.is_some())
            | u8::from(self.normal_max.is_some()) << 1
            | u8::from(self.normal_min.is_some()) << 2;
        body.push(flags);
        let raw = |value: Option<f64>, default: u8| value.map_or(default, |v| self.raw_of(v));
        let (least, greatest) = self.raw_limits();
        body.extend([
            raw(self.nominal, 0),
            raw(self.normal_max, 0),
            raw(self.normal_min, 0),
            raw(self.max, greatest),
            raw(self.min, least),
        ]);
        let t = &self.thresholds;
        body.extend([t.unr, t.uc, t.unc, t.lnr, t.lc, t.lnc].map(|value| raw(value, 0)));
        body.extend(self.hysteresis);
    }

    fn compact_part(&self, body: &mut Vec<u8>) {
        body.extend(self.sharing());
        body.extend(self.hysteresis);
        body.extend([0, 0, 0]);
    }

    fn sharing(&self) -> [u8; 2] {
        [
            self.direction.byte() << 6 | u8::from(self.share_letters) << 4 | self.share.byte(),
            u8::from(self.share_instances) << 7 | self.share_offset.byte(),
        ]
    }

    fn raw_limits(&self) -> (u8, u8) {
        match self.raw_format() {
            Format::Unsigned | Format::NotAnalog => (0x00, 0xff),
            Format::OnesComplement => (0x80, 0x7f),
            Format::TwosComplement => (0x80, 0x7f),
        }
    }

    /// Settable init: scanning, events, thresholds, hysteresis, type; on at power-up: events, scanning.
    fn initialisation(&self) -> u8 {
        let thresholds = self.is_threshold() && self.threshold_mask() != 0;
        0x40 | 0x20
            | u8::from(thresholds) << 4
            | u8::from(thresholds) << 3
            | 0x04
            | u8::from(self.log) << 1
            | 0x01
    }

    /// Automatic re-arm; hysteresis and threshold support; event control for each event.
    fn capabilities(&self) -> u8 {
        let support = if self.settable { 2 } else { 1 };
        let thresholds = if self.threshold_mask() != 0 {
            support
        } else {
            0
        };
        let hysteresis = if self.hysteresis != [0, 0] {
            support
        } else {
            0
        };
        if self.is_threshold() {
            0x40 | hysteresis << 4 | thresholds << 2
        } else {
            0x40
        }
    }

    /// Assertion and lower threshold mask, deassertion and upper threshold mask, settable and readable thresholds or
    /// the mask of possible states.
    fn masks(&self) -> [u16; 3] {
        let [assert, deassert] = self.event_masks();
        if !self.is_threshold() {
            return [assert, deassert, self.possible().0];
        }
        let readable = u16::from(self.threshold_mask());
        let settable = if self.settable { readable } else { 0 };
        // The comparisons that Get Sensor Reading reports: lower ones in bits 14:12 of the first, upper of the second.
        [
            assert | (readable & 0x07) << 12,
            deassert | (readable >> 3 & 0x07) << 12,
            settable << 8 | readable,
        ]
    }

    fn id_string(&self) -> Vec<u8> {
        // `check` has made sure that the name can be written.
        let (code, bytes) = self
            .encoding
            .encode(self.name.get_ref())
            .unwrap_or((3, Vec::new()));
        let length = u8::try_from(bytes.len()).unwrap_or(0) & 0x1f;
        let mut out = vec![sdr_string_type(code) << 6 | length];
        out.extend(bytes);
        out
    }
}

/// In sensor records, type code 0 means Unicode and 1..=3 the same as in FRU areas.
fn sdr_string_type(code: u8) -> u8 {
    code & 0x03
}
