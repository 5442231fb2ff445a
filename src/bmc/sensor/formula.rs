//! How a raw reading becomes a value and back (specification section 36.3): `y = L[(M x + B 10^K1) 10^K2]`.

/// How the eight bits of a raw reading are to be understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// 0..=255.
    Unsigned = 0,
    /// One's complement, -127..=127.
    OnesComplement = 1,
    /// Two's complement, -128..=127.
    TwosComplement = 2,
    /// There is no analog reading.
    NotAnalog = 3,
}

/// The factors of one raw reading; linear sensors have the same for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Factors {
    /// Multiplier, -512..=511.
    pub m: i16,
    /// Offset, -512..=511.
    pub b: i16,
    /// Exponent of the offset, K1, -8..=7.
    pub b_exp: i8,
    /// Exponent of the result, K2, -8..=7.
    pub r_exp: i8,
    /// Tolerance in half raw counts, 0..=63.
    pub tolerance: u8,
    /// Accuracy in 1/100 %, times ten to `accuracy_exp`, 0..=1023.
    pub accuracy: u16,
    /// Exponent of the accuracy, 0..=3.
    pub accuracy_exp: u8,
}

impl Format {
    /// The number that a raw byte stands for.
    pub fn number(self, raw: u8) -> i16 {
        match self {
            Self::Unsigned | Self::NotAnalog => i16::from(raw),
            // FFh is "minus zero".
            Self::OnesComplement if raw >= 0x80 => -i16::from(!raw),
            Self::OnesComplement => i16::from(raw),
            Self::TwosComplement => i16::from(raw.cast_signed()),
        }
    }
}

impl Factors {
    /// The value of a number `x` with the linearisation `linear` (0..=0Bh; 70h and above count as linear).
    pub fn value(&self, x: i16, linear: u8) -> f64 {
        let straight = (f64::from(self.m) * f64::from(x)
            + f64::from(self.b) * 10f64.powi(self.b_exp.into()))
            * 10f64.powi(self.r_exp.into());
        linearised(straight, linear)
    }

    /// The six factor bytes of Get Sensor Reading Factors, which a full sensor record has too, without the direction:
    /// M, M and tolerance, B, B and accuracy, accuracy and its exponent, the exponents.
    pub fn bytes(&self) -> [u8; 6] {
        let [m_low, m_high] = self.m.to_le_bytes();
        let [b_low, b_high] = self.b.to_le_bytes();
        let [a_low, a_high] = self.accuracy.to_le_bytes();
        let accuracy_high = (a_high & 0x03) << 2 | a_low >> 6;
        [
            m_low,
            (m_high & 0x03) << 6 | self.tolerance & 0x3f,
            b_low,
            (b_high & 0x03) << 6 | a_low & 0x3f,
            accuracy_high << 4 | (self.accuracy_exp & 0x03) << 2,
            (self.r_exp.cast_unsigned() & 0x0f) << 4 | self.b_exp.cast_unsigned() & 0x0f,
        ]
    }
}

/// The raw byte whose value, as `value` tells, is nearest to `wanted`.
pub fn nearest_raw(wanted: f64, value: impl Fn(u8) -> f64) -> u8 {
    let distance = |raw: u8| {
        let d = (value(raw) - wanted).abs();
        if d.is_nan() { f64::INFINITY } else { d }
    };
    (0..=u8::MAX)
        .min_by(|&a, &b| distance(a).total_cmp(&distance(b)))
        .unwrap_or(0)
}

fn linearised(y: f64, linear: u8) -> f64 {
    match linear {
        1 => y.ln(),
        2 => y.log10(),
        3 => y.log2(),
        4 => y.exp(),
        5 => 10f64.powf(y),
        6 => y.exp2(),
        7 => y.recip(),
        8 => y * y,
        9 => y * y * y,
        10 => y.sqrt(),
        11 => y.cbrt(),
        _ => y,
    }
}

/// Names of the linearisations 0..=0Bh, as an inventory writes them; 70h is "nonlinear".
pub const LINEARISATIONS: [&str; 12] = [
    "linear", "ln", "log10", "log2", "e", "exp10", "exp2", "1/x", "sqr", "cube", "sqrt", "cbrt",
];

#[cfg(test)]
mod tests {
    use super::*;

    const F: Factors = Factors {
        m: -3,
        b: 5,
        b_exp: 1,
        r_exp: -1,
        tolerance: 1,
        accuracy: 0x155,
        accuracy_exp: 2,
    };

    #[test]
    fn a_negative_multiplier_and_exponents_are_honoured() {
        assert!((F.value(10, 0) - 2.0).abs() < 1e-9, "(-30 + 50) / 10");
        assert_eq!(F.bytes(), [0xfd, 0xc1, 5, 0x15, 0x58, 0xf1]);
    }

    #[test]
    fn each_format_reads_the_sign_its_own_way() {
        assert_eq!(Format::Unsigned.number(0xfe), 254);
        assert_eq!(Format::OnesComplement.number(0xfe), -1);
        assert_eq!(Format::TwosComplement.number(0xfe), -2);
    }

    #[test]
    fn the_nearest_raw_value_is_found_even_where_the_curve_is_undefined() {
        let log = |raw: u8| F.value(i16::from(raw), 1);
        let raw = nearest_raw(0.5, log);
        assert!((log(raw) - 0.5).abs() < 0.2);
    }
}
