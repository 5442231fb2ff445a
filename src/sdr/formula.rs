//! From raw readings to numbers and back, IPMI v2.0 section 36.3: y = L((Mx + B * 10^K1) * 10^K2).
//!
//! The order of operations and the functions are stock's, for the same digits.

use std::hint::black_box;

/// The factors of a sensor's formula.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Factors {
    /// How a raw reading is a number: 0 unsigned, 1 ones' complement, 2 two's complement, 3 not at all.
    pub format: u8,
    /// The function at the end, 0 to 7Fh: 70h and above have other factors for each reading.
    pub linearization: u8,
    /// M, 10 bits, signed.
    pub m: i32,
    /// B, 10 bits, signed.
    pub b: i32,
    /// K1, 4 bits, signed.
    pub b_exponent: i32,
    /// K2, 4 bits, signed.
    pub result_exponent: i32,
    /// How far a reading may be off, in half raw counts, 6 bits.
    pub tolerance: u8,
}

impl Factors {
    /// From a record: format, linearization, and the six bytes from M to the exponents.
    pub fn new(format: u8, linearization: u8, bytes: [u8; 6]) -> Self {
        Self {
            format,
            linearization: linearization & 0x7f,
            ..Self::default()
        }
        .with(bytes)
    }

    /// The same with other factors: those of one reading of a nonlinear sensor (Get Sensor Reading Factors).
    pub fn with(self, bytes: [u8; 6]) -> Self {
        let [m, m_tolerance, b, b_accuracy, _, exponents] = bytes;
        Self {
            m: ten_bits(m, m_tolerance),
            tolerance: m_tolerance & 0x3f,
            b: ten_bits(b, b_accuracy),
            result_exponent: four_bits(exponents >> 4),
            b_exponent: four_bits(exponents & 0x0f),
            ..self
        }
    }

    /// Whether each reading has factors of its own, that the BMC is to be asked for.
    pub fn is_nonlinear(&self) -> bool {
        self.linearization >= NONLINEAR
    }

    /// A raw reading as a number; 0 for a sensor whose readings are none.
    pub fn reading(&self, raw: u8) -> f64 {
        self.number(raw).map_or(0.0, |x| {
            let mx = f64::from(self.m * x);
            self.linearize((mx + f64::from(self.b) * ten_to(self.b_exponent)) * self.scale())
        })
    }

    /// A raw hysteresis as a number: without B, which does not count in differences.
    pub fn hysteresis(&self, raw: u8) -> f64 {
        self.number(raw).map_or(0.0, |x| {
            self.linearize(f64::from(self.m * x) * self.scale())
        })
    }

    /// How far a reading may be off, as a number.
    pub fn tolerance(&self) -> f64 {
        self.number(self.tolerance).map_or(0.0, |x| {
            self.linearize(f64::from(self.m) * (f64::from(x) / 2.0) * self.scale())
        })
    }

    /// The raw reading that is nearest to a number; `None` where there is none.
    pub fn raw(&self, value: f64) -> Option<u8> {
        if self.m == 0 {
            return None;
        }
        let straight = self.straighten(value)?;
        let x = (straight / self.scale() - f64::from(self.b) * ten_to(self.b_exponent))
            / f64::from(self.m);
        let x = (x + 0.5).floor();
        let (low, high) = match self.format {
            0 => (0.0, 255.0),
            1 => (-127.0, 127.0),
            2 => (-128.0, 127.0),
            _ => return None,
        };
        if !(low..=high).contains(&x) {
            return None;
        }
        // In range, by the check above; the low byte is two's complement.
        let [low, ..] = (x as i32).to_le_bytes();
        Some(if self.format == 1 && x < 0.0 {
            low.wrapping_sub(1)
        } else {
            low
        })
    }

    fn number(&self, raw: u8) -> Option<i32> {
        match self.format {
            0 => Some(i32::from(raw)),
            // Ones' complement is one less than two's below zero.
            1 if raw & 0x80 != 0 => Some(i32::from(raw.wrapping_add(1).cast_signed())),
            1 | 2 => Some(i32::from(raw.cast_signed())),
            _ => None,
        }
    }

    fn scale(&self) -> f64 {
        ten_to(self.result_exponent)
    }

    fn linearize(&self, x: f64) -> f64 {
        match self.linearization {
            1 => x.ln(),
            2 => x.log10(),
            3 => x.ln() / black_box(2.0f64).ln(),
            4 => x.exp(),
            5 => ten().powf(x),
            6 => black_box(2.0f64).powf(x),
            7 => 1.0 / x,
            8 => x * x,
            9 => x.powf(black_box(3.0)),
            10 => x.sqrt(),
            11 => x.cbrt(),
            _ => x,
        }
    }

    /// The inverse of [`Factors::linearize`]; `None` where it has none.
    fn straighten(&self, y: f64) -> Option<f64> {
        let x = match self.linearization {
            1 => y.exp(),
            2 => ten().powf(y),
            3 => black_box(2.0f64).powf(y),
            4 => y.ln(),
            5 => y.log10(),
            6 => y.log2(),
            7 => 1.0 / y,
            8 => y.sqrt(),
            9 => y.cbrt(),
            10 if y < 0.0 => return None,
            10 => y * y,
            11 => y * y * y,
            _ => y,
        };
        x.is_finite().then_some(x)
    }
}

/// A factor of ten bits: the lower eight, and the two upper ones at the top of the next byte.
fn ten_bits(low: u8, high: u8) -> i32 {
    let value = i32::from(low) | i32::from(high & 0xc0) << 2;
    if value >= 0x200 { value - 0x400 } else { value }
}

fn four_bits(value: u8) -> i32 {
    let value = i32::from(value);
    if value >= 8 { value - 16 } else { value }
}

fn ten_to(exponent: i32) -> f64 {
    ten().powf(f64::from(exponent))
}

/// Ten, such that the compiler does not put another function in the place of C's `pow`, whose last digit differs.
fn ten() -> f64 {
    black_box(10.0)
}

/// From here on sensors are nonlinear.
const NONLINEAR: u8 = 0x70;

#[cfg(test)]
mod tests {
    use super::*;

    fn linear(format: u8, m: i32, b: i32, b_exponent: i32, result_exponent: i32) -> Factors {
        Factors {
            format,
            m,
            b,
            b_exponent,
            result_exponent,
            ..Factors::default()
        }
    }

    #[test]
    fn factors_are_signed_and_spread_over_bytes() {
        let factors = Factors::new(2, 0x81, [0xff, 0xc5, 0x01, 0x80, 0, 0xef]);
        assert_eq!((factors.m, factors.tolerance), (-1, 5));
        assert_eq!(factors.b, -511);
        assert_eq!((factors.result_exponent, factors.b_exponent), (-2, -1));
        assert_eq!(factors.linearization, 1);
    }

    #[test]
    fn signed_readings_are_signed() {
        assert_eq!(linear(0, 1, 0, 0, 0).reading(0xff), 255.0);
        assert_eq!(linear(1, 1, 0, 0, 0).reading(0xff), 0.0);
        assert_eq!(linear(1, 1, 0, 0, 0).reading(0xfe), -1.0);
        assert_eq!(linear(2, 1, 0, 0, 0).reading(0xff), -1.0);
        assert_eq!(linear(3, 1, 0, 0, 0).reading(0xff), 0.0);
    }

    #[test]
    fn every_reading_is_found_again() {
        for format in 0..3 {
            for linearization in 0..=12 {
                for raw in 1..=0x7f {
                    let factors = Factors {
                        linearization,
                        ..linear(format, 3, 5, 0, -2)
                    };
                    let value = factors.reading(raw);
                    if value.is_finite() {
                        assert_eq!(factors.raw(value), Some(raw), "{factors:?} {value}");
                    }
                }
            }
        }
        for raw in 0x81..=0xfe {
            for format in [1, 2] {
                let factors = linear(format, -7, 100, 1, -1);
                assert_eq!(factors.raw(factors.reading(raw)), Some(raw));
            }
        }
    }

    #[test]
    fn numbers_that_no_raw_reading_stands_for_have_none() {
        let factors = linear(0, 1, 0, 0, 0);
        assert_eq!(factors.raw(255.4), Some(255));
        assert_eq!(factors.raw(255.6), None);
        assert_eq!(factors.raw(-0.6), None);
        assert_eq!(factors.raw(f64::NAN), None);
        assert_eq!(factors.raw(f64::INFINITY), None);
        assert_eq!(linear(0, 0, 0, 0, 0).raw(1.0), None);
        assert_eq!(linear(3, 1, 0, 0, 0).raw(1.0), None);
    }
}
