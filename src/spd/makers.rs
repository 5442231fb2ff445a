//! Makers of memory, by JEDEC's codes (publication JEP106).

use crate::ipmi::names;

/// How many banks of codes are known.
pub const BANKS: usize = 9;

/// The maker with this code of a bank, which counts from 0; stock's `Unknown (0xNN)` where there is none. The code's
/// highest bit makes its parity odd.
pub fn name(bank: usize, code: u8) -> String {
    let found = (code.count_ones() % 2 == 1)
        .then(|| usize::from(code & 0x7f).checked_sub(1))
        .flatten()
        .and_then(|index| MAKERS.split("\n\n").nth(bank)?.lines().nth(index));
    match found {
        Some(name) => name.to_owned(),
        None => names::name(code, &[]).into_owned(),
    }
}

/// A line each, from code 1 on, and an empty line between the banks, as stock 1.8.19 has them.
const MAKERS: &str = include_str!("makers.txt");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_maker_is_found_by_bank_and_code_of_odd_parity() {
        assert_eq!(name(0, 0x01), "AMD");
        assert_eq!(name(0, 0xce), "Samsung");
        assert_eq!(name(1, 0x98), "Kingston");
        assert_eq!(name(8, 0x6d), "Guangzhou Si Nuo Electronic Technology.");
        for (bank, code) in [(0, 0x00), (0, 0x81), (0, 0x7f), (8, 0xef), (9, 0x01)] {
            assert_eq!(name(bank, code), format!("Unknown (0x{code:02X})"));
        }
    }

    #[test]
    fn there_are_as_many_banks_as_are_said() {
        let lengths: Vec<usize> = MAKERS
            .split("\n\n")
            .map(|bank| bank.lines().count())
            .collect();
        assert_eq!(lengths.len(), BANKS);
        assert!(lengths.iter().all(|length| *length <= 126), "{lengths:?}");
    }
}
