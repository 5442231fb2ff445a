//! The common header, and checksums.

/// Where the areas of an inventory begin. Offsets are in bytes; an area that is not there has 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// The format's version, all eight bits: 1.
    pub version: u8,
    /// Internal use, chassis, board, product and multi-records, in units of eight bytes.
    pub offsets: [u8; 5],
    /// Whether the checksum is right.
    pub sound: bool,
}

/// Which of [`Header::offsets`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// What is the maker's own affair.
    Internal,
    /// The chassis.
    Chassis,
    /// A board.
    Board,
    /// A product.
    Product,
    /// Multi-records.
    Multi,
}

impl Header {
    /// How many bytes it has.
    pub const LENGTH: usize = 8;

    /// Of the first eight bytes of an inventory.
    pub fn parse(bytes: &[u8; Self::LENGTH]) -> Self {
        let [version, internal, chassis, board, product, multi, _, _] = *bytes;
        Self {
            version,
            offsets: [internal, chassis, board, product, multi],
            sound: sum(bytes) == 0,
        }
    }

    /// Where an area begins, in bytes; 0 where there is none.
    pub fn offset(&self, area: Area) -> usize {
        let [internal, chassis, board, product, multi] = self.offsets;
        let units = match area {
            Area::Internal => internal,
            Area::Chassis => chassis,
            Area::Board => board,
            Area::Product => product,
            Area::Multi => multi,
        };
        usize::from(units) * UNIT
    }

    /// The internal use area's offset and length, which is said nowhere: it goes on to the first of the areas behind it
    /// in the header's order, or to the end. As in stock a length below zero wraps at 16 bits.
    pub fn internal(&self, size: u16) -> (u16, u16) {
        let [internal, others @ ..] = self.offsets.map(|units| u16::from(units) * 8);
        if internal == 0 {
            return (0, 0);
        }
        let end = others.into_iter().find(|offset| *offset != 0);
        (internal, end.unwrap_or(size).wrapping_sub(internal))
    }

    /// The header's bytes, with a right checksum.
    pub fn to_bytes(&self) -> [u8; Self::LENGTH] {
        let [internal, chassis, board, product, multi] = self.offsets;
        let mut bytes = [self.version, internal, chassis, board, product, multi, 0, 0];
        bytes[7] = sum(&bytes).wrapping_neg();
        bytes
    }
}

/// The sum of bytes: 0 over all of an area, a header or a record with its checksum.
pub fn sum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| sum.wrapping_add(*byte))
}

/// Lengths and offsets count these.
pub const UNIT: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_says_where_areas_are_and_is_written_as_it_was_read() {
        let bytes = [1, 1, 3, 8, 0x13, 0x1d, 0, 0xc3];
        let header = Header::parse(&bytes);
        assert!(header.sound);
        assert_eq!(header.offset(Area::Product), 0x98);
        assert_eq!(header.internal(1024), (8, 16));
        assert_eq!(header.to_bytes(), bytes);
        assert!(!Header::parse(&[2, 1, 3, 8, 0x13, 0x1d, 0, 0xc3]).sound);
    }

    #[test]
    fn an_internal_area_ends_where_the_next_of_the_headers_areas_begins_even_before_it() {
        let header = |offsets| Header {
            version: 1,
            offsets,
            sound: true,
        };
        assert_eq!(header([0, 1, 1, 1, 1]).internal(64), (0, 0));
        assert_eq!(header([2, 0, 0, 0, 0]).internal(64), (16, 48));
        assert_eq!(header([2, 0, 1, 0, 4]).internal(64), (16, 0xfff8));
    }
}
