//! What a sensor reads.

use crate::commands::sdr::books::{Books, GET_READING};
use crate::ipmi::completion;
use crate::sdr::Record;
use crate::sdr::formula::Factors;
use crate::sdr::sensor::{Sensor, Threshold};

/// An answer of Get Sensor Reading, and what it means.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// Whether there is a reading.
    pub valid: bool,
    /// Whether the sensor is not being scanned.
    pub disabled: bool,
    /// Whether the sensor says that it has none at present.
    pub unavailable: bool,
    /// The reading itself.
    pub raw: u8,
    /// The states of a discrete sensor, or the thresholds that are crossed.
    pub states: [u8; 2],
    /// The reading as a number, where the sensor's readings are some; 0 where it is not valid.
    pub value: Option<f64>,
    /// The same as a text.
    pub text: Vec<u8>,
    /// The unit of such a sensor.
    pub units: String,
    /// The formula of a full record's sensor; of a nonlinear one for this reading.
    pub factors: Factors,
}

impl Books<'_, '_> {
    /// Reads a sensor; numbers that are no integers have so many decimal places in the text.
    pub fn read(&mut self, record: &Record, sensor: Sensor<'_>, places: usize) -> Reading {
        let mut reading = Reading {
            factors: sensor.factors(),
            ..Reading::default()
        };
        let name = String::from_utf8_lossy(&record.name()).into_owned();
        let number = sensor.number();
        let response = match self.ask(sensor, GET_READING, &[number]) {
            Ok(response) => response,
            Err(_) => {
                log::debug!("Error reading sensor {name} (#{number:02x})");
                return reading;
            }
        };
        let code = response.cc();
        if code != 0 {
            let expected = if sensor.is_full() { NOT_FOUND } else { ILLEGAL };
            if code != expected {
                let why = completion::text(code);
                log::debug!("Error reading sensor {name} (#{number:02x}): {why}");
            }
            return reading;
        }
        let data = response.data();
        let Some(&[raw, flags]) = data.first_chunk::<2>() else {
            log::debug!("Error reading sensor {name} invalid len {}", data.len());
            return reading;
        };
        reading.unavailable = flags & UNAVAILABLE != 0;
        if flags & SCANNING == 0 {
            reading.disabled = true;
            log::debug!("Sensor {name} (#{number:02x}) scanning disabled");
            return reading;
        }
        if !reading.unavailable {
            reading.valid = true;
            reading.raw = raw;
        }
        reading.states = [2, 3].map(|index| data.get(index).copied().unwrap_or(0));
        if self.has_number(&name, sensor, &mut reading) {
            let value = if reading.valid {
                reading.factors.reading(reading.raw)
            } else {
                0.0
            };
            reading.value = Some(value);
            reading.text = self.short_number(value, places);
            reading.text.truncate(LONGEST);
            reading.units = sensor.units().text();
        }
        reading
    }

    /// Whether the reading is a number. The factors of a nonlinear sensor are asked for.
    fn has_number(&mut self, name: &str, sensor: Sensor<'_>, reading: &mut Reading) -> bool {
        if !sensor.is_full() || sensor.is_discrete() {
            return false;
        }
        // Other sensors' readings are no numbers by the specification; but HP's are.
        if !sensor.is_threshold() {
            let units = sensor.units();
            let has_units =
                units.percent || units.relation != 0 || units.base != 0 || units.modifier != 0;
            if !has_units || self.known_maker() != HP {
                return false;
            }
        }
        if !reading.factors.is_nonlinear() {
            return true;
        }
        let number = sensor.number();
        match self.ask_factors(sensor, reading.raw) {
            Ok(Some(factors)) => {
                reading.factors = reading.factors.with(factors);
                true
            }
            Ok(None) => {
                reading.valid = false;
                false
            }
            Err(_) => {
                self.desk.output.complain(format_args!(
                    "Error updating reading factor for sensor {name} (#{number:02x})"
                ));
                reading.valid = false;
                false
            }
        }
    }

    /// Get Sensor Reading Factors.
    fn ask_factors(
        &mut self,
        sensor: Sensor<'_>,
        raw: u8,
    ) -> Result<Option<[u8; 6]>, crate::transport::TransportError> {
        let response = self.ask(sensor, GET_FACTORS, &[sensor.number(), raw])?;
        let factors = response.data().get(1..).and_then(<[u8]>::first_chunk::<6>);
        Ok(factors.filter(|_| response.cc() == 0).copied())
    }

    /// What a threshold sensor's reading says of its thresholds; `otherwise` where there is no reading.
    pub fn status(&self, reading: &Reading, otherwise: &'static str) -> &'static str {
        if !reading.valid {
            return otherwise;
        }
        let [crossed, _] = reading.states;
        let Some(threshold) = BY_WEIGHT
            .into_iter()
            .find(|threshold| crossed & threshold.mask() != 0)
        else {
            return "ok";
        };
        match (self.verbose, self.extended) {
            (true, _) => threshold.name(),
            (false, true) => threshold.short(),
            (false, false) => threshold.short().get(1..).unwrap_or_default(),
        }
    }
}

/// The worst first.
const BY_WEIGHT: [Threshold; 6] = [
    Threshold::LowerNonRecoverable,
    Threshold::UpperNonRecoverable,
    Threshold::LowerCritical,
    Threshold::UpperCritical,
    Threshold::LowerNonCritical,
    Threshold::UpperNonCritical,
];

/// The most that stock keeps of a number's text.
const LONGEST: usize = 15;

const GET_FACTORS: u8 = 0x23;
const UNAVAILABLE: u8 = 0x20;
const SCANNING: u8 = 0x40;
const NOT_FOUND: u8 = 0xcb;
const ILLEGAL: u8 = 0xcd;
/// HP's enterprise number.
const HP: u32 = 11;
