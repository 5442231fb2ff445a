//! Multi-records: power supplies, their outputs and loads, and what makers add (sections 16 to 19 of the storage
//! definition).

use super::header::sum;

/// A record's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The type: one of [`kind`], or another.
    pub kind: u8,
    /// Whether it is the last one.
    pub last: bool,
    /// How many bytes follow.
    pub length: u8,
    /// Whether the header's checksum is right.
    pub sound: bool,
}

/// Types of records that have a meaning here.
pub mod kind {
    /// A power supply.
    pub const POWER_SUPPLY: u8 = 0x00;
    /// An output of it.
    pub const DC_OUTPUT: u8 = 0x01;
    /// What takes power.
    pub const DC_LOAD: u8 = 0x02;
    /// Whatever a maker defines: three bytes of the maker's number first.
    pub const OEM: u8 = 0xc0;
}

impl Head {
    /// How many bytes it has.
    pub const LENGTH: usize = 5;

    /// Of a record's first five bytes.
    pub fn parse(bytes: &[u8; Self::LENGTH]) -> Self {
        let [kind, format, length, _, _] = *bytes;
        Self {
            kind,
            last: format & 0x80 != 0,
            length,
            sound: sum(bytes) == 0,
        }
    }
}

/// The records of an area, one after the other, as far as their headers reach: offset, header and data. Of the last one
/// the data may be shorter than its header says.
pub fn records(area: &[u8]) -> impl Iterator<Item = (usize, Head, &[u8])> {
    let mut next = Some(0);
    std::iter::from_fn(move || {
        let at = next?;
        let head = Head::parse(area.get(at..)?.first_chunk()?);
        let begin = at + Head::LENGTH;
        let end = begin + usize::from(head.length);
        next = (!head.last).then_some(end);
        let data = area.get(begin..end).or(area.get(begin..))?;
        Some((at, head, data))
    })
}

/// Makes both checksums of a whole record right.
pub fn seal(record: &mut [u8]) {
    let Some((head, data)) = record.split_first_chunk_mut::<{ Head::LENGTH }>() else {
        return;
    };
    head[3] = sum(data).wrapping_neg();
    head[4] = sum(&head[..4]).wrapping_neg();
}

/// A power supply. Bytes that are not there are zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PowerSupply {
    /// In watts, 12 bits.
    pub capacity: u16,
    /// In volt-amperes.
    pub peak_va: u16,
    /// In amperes.
    pub inrush: u8,
    /// In milliseconds.
    pub inrush_interval: u8,
    /// Two ranges of input, each from and to, in hundredths of a volt.
    pub input: [[u16; 2]; 2],
    /// From and to, in hertz.
    pub frequency: [u8; 2],
    /// In milliseconds.
    pub dropout: u8,
    /// Bit 0 predicts failures, 1 corrects the power factor, 2 switches voltages, 3 may be swapped, 4 tachometer.
    pub flags: u8,
    /// Watts in 12 bits, and for how many seconds in the upper 4.
    pub peak: u16,
    /// Two voltages, 4 bits each; the first one above.
    pub combined: u8,
    /// In watts; 0 where it is not said.
    pub combined_capacity: u16,
    /// In rotations per second.
    pub fan_threshold: u8,
}

impl PowerSupply {
    /// Of a record's data.
    pub fn parse(data: &[u8]) -> Self {
        let byte = |index: usize| data.get(index).copied().unwrap_or(0);
        let word = |index: usize| u16::from_le_bytes([byte(index), byte(index + 1)]);
        Self {
            capacity: word(0) & 0x0fff,
            peak_va: word(2),
            inrush: byte(4),
            inrush_interval: byte(5),
            input: [[word(6), word(8)], [word(10), word(12)]],
            frequency: [byte(14), byte(15)],
            dropout: byte(16),
            flags: byte(17),
            peak: word(18),
            combined: byte(20),
            combined_capacity: word(21),
            fan_threshold: byte(23),
        }
    }
}

/// An output or a load. Bytes that are not there are zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Supply {
    /// Which one, 4 bits.
    pub number: u8,
    /// Whether an output is there in standby.
    pub standby: bool,
    /// Nominal, and the range's or the deviation's lower and upper end, in hundredths of a volt.
    pub volts: [i16; 3],
    /// In millivolts.
    pub ripple: u16,
    /// Least and most, in milliamperes.
    pub current: [u16; 2],
}

impl Supply {
    /// Of a record's data.
    pub fn parse(data: &[u8]) -> Self {
        let byte = |index: usize| data.get(index).copied().unwrap_or(0);
        let word = |index: usize| u16::from_le_bytes([byte(index), byte(index + 1)]);
        Self {
            number: byte(0) & 0x0f,
            standby: byte(0) & 0x80 != 0,
            volts: [1, 3, 5].map(|at| word(at).cast_signed()),
            ripple: word(7),
            current: [word(9), word(11)],
        }
    }
}

/// A maker's record: its number, the record's, its version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Oem {
    /// The maker's enterprise number.
    pub maker: u32,
    /// Which of the maker's records.
    pub id: u8,
    /// Its version.
    pub version: u8,
}

impl Oem {
    /// How many bytes it has.
    pub const LENGTH: usize = 5;

    /// Of a record's data. Bytes that are not there are zero.
    pub fn parse(data: &[u8]) -> Self {
        let byte = |index: usize| data.get(index).copied().unwrap_or(0);
        Self {
            maker: u32::from_le_bytes([byte(0), byte(1), byte(2), 0]),
            id: byte(3),
            version: byte(4),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_follow_one_another_up_to_the_last_or_the_end() {
        let mut area = vec![0, 2, 2, 0, 0, 9, 9, 1, 0x82, 1, 0, 0, 7, 0xee];
        let list = |area: &[u8]| -> Vec<(usize, u8, usize)> {
            records(area)
                .map(|(at, head, data)| (at, head.kind, data.len()))
                .collect()
        };
        assert_eq!(list(&area), [(0, 0, 2), (7, 1, 1)]);
        area[8] = 0;
        area[13] = 0;
        assert_eq!(list(&area), [(0, 0, 2), (7, 1, 1)]);
        assert_eq!(list(&area[..6]), [(0, 0, 1)]);
        assert_eq!(list(&[]), []);
    }

    #[test]
    fn a_sealed_record_has_right_checksums() {
        let mut record = [0xc0, 0x82, 3, 1, 2, 0x5a, 0x31, 0];
        seal(&mut record);
        assert_eq!(sum(&record[..5]), 0);
        assert_eq!(sum(&record[5..]).wrapping_add(record[3]), 0);
        seal(&mut [1, 2]);
    }

    #[test]
    fn data_that_is_too_short_is_zero() {
        assert_eq!(PowerSupply::parse(&[]), PowerSupply::default());
        let short = Supply::parse(&[0x81, 0xb0]);
        assert_eq!(
            (short.number, short.standby, short.volts[0]),
            (1, true, 0xb0)
        );
        assert_eq!(Oem::parse(&[0x5a, 0x31]).maker, 12634);
    }
}
