//! Units of sensor readings, in stock ipmitool's words.

use crate::wire::units::NAMES;

/// What a sensor record says of its unit, IPMI v2.0 table 43-1, bytes 21 to 23.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Units {
    /// Whether readings are percentages.
    pub percent: bool,
    /// How the modifier unit belongs to the base unit: 0 not at all, 1 base / modifier, 2 base * modifier, 3 reserved.
    pub relation: u8,
    /// The base unit's type code.
    pub base: u8,
    /// The modifier unit's type code.
    pub modifier: u8,
}

impl Units {
    /// As stock prints it. The rate (per second, ...) is not shown, as in stock.
    pub fn text(&self) -> String {
        let base = name(self.base);
        let percent = if self.percent { "% " } else { "" };
        let text = match self.relation {
            1 => format!("{percent}{base}/{}", name(self.modifier)),
            2 => format!("{percent}{base}*{}", name(self.modifier)),
            _ if self.percent && self.base == 0 => "percent".to_owned(),
            _ => format!("{percent}{base}"),
        };
        // Every unit's name is ASCII.
        text.chars().take(LONGEST).collect()
    }
}

fn name(code: u8) -> &'static str {
    NAMES.get(usize::from(code)).copied().unwrap_or("invalid")
}

/// Where stock cuts off.
const LONGEST: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_and_compound_units_are_spelt_as_stock_spells_them() {
        let units = |percent, relation, base, modifier| {
            Units {
                percent,
                relation,
                base,
                modifier,
            }
            .text()
        };
        assert_eq!(units(true, 0, 0, 0), "percent");
        assert_eq!(units(true, 0, 1, 0), "% degrees C");
        assert_eq!(units(false, 1, 18, 22), "RPM/second");
        assert_eq!(units(true, 2, 93, 92), "% invalid*grams");
        assert_eq!(units(false, 3, 6, 1), "Watts");
        assert_eq!(units(true, 2, 90, 90).len(), LONGEST);
    }
}
