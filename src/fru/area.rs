//! Chassis, board and product areas.

use super::header::{Area, UNIT};
use super::text::{Field, Fields};

/// What a chassis, board or product area says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Info {
    /// The kind of chassis; of other areas 0.
    pub chassis: u8,
    /// When a board was made, in seconds since 1970; `None`: it does not say.
    pub made: Option<u32>,
    /// Its fields, in the order of [`names`], and then more.
    pub fields: Vec<Field>,
}

/// How long an area says to be: of its first two bytes.
pub fn length(start: &[u8]) -> usize {
    start.get(1).map_or(0, |units| usize::from(*units) * UNIT)
}

/// What the bytes of an area say.
pub fn parse(area: Area, bytes: &[u8]) -> Info {
    let byte = |index: usize| bytes.get(index).copied().unwrap_or(0);
    let mut info = Info::default();
    let language = match area {
        Area::Chassis => {
            info.chassis = byte(2);
            0
        }
        _ => byte(2),
    };
    if area == Area::Board {
        let minutes = u32::from_le_bytes([byte(3), byte(4), byte(5), 0]);
        info.made = (minutes != 0).then(|| BEGIN + minutes * 60);
    }
    let mut fields = Fields::new(bytes, first_field(area), language);
    info.fields.extend(fields.by_ref().take(names(area).len()));
    while !fields.at_end() {
        info.fields.extend(fields.next());
    }
    info
}

/// Where the first field stands.
pub fn first_field(area: Area) -> usize {
    if area == Area::Board { 6 } else { 3 }
}

/// The names of an area's first fields, in their order.
pub fn names(area: Area) -> &'static [&'static str] {
    match area {
        Area::Chassis => &["Part Number", "Serial"],
        Area::Board => &["Mfg", "Product", "Serial", "Part Number", FRU_ID],
        Area::Product => &[
            "Manufacturer",
            "Name",
            "Part Number",
            "Version",
            "Serial",
            "Asset Tag",
            FRU_ID,
        ],
        Area::Internal | Area::Multi => &[],
    }
}

/// What stock calls a kind of chassis.
pub fn chassis_type(code: u8) -> &'static str {
    let known = CHASSIS_TYPES.get(usize::from(code));
    known.copied().unwrap_or("Unknown")
}

/// The name of the field that stock shows only to those who want more.
pub const FRU_ID: &str = "FRU ID";

/// The beginning of 1996: boards' dates count minutes since then.
const BEGIN: u32 = 820_454_400;

/// SMBIOS's types of system enclosures.
const CHASSIS_TYPES: [&str; 30] = [
    "Unspecified",
    "Other",
    "Unknown",
    "Desktop",
    "Low Profile Desktop",
    "Pizza Box",
    "Mini Tower",
    "Tower",
    "Portable",
    "LapTop",
    "Notebook",
    "Hand Held",
    "Docking Station",
    "All in One",
    "Sub Notebook",
    "Space-saving",
    "Lunch Box",
    "Main Server Chassis",
    "Expansion Chassis",
    "SubChassis",
    "Bus Expansion Chassis",
    "Peripheral Chassis",
    "RAID Chassis",
    "Rack Mount Chassis",
    "Sealed-case PC",
    "Multi-system Chassis",
    "CompactPCI",
    "AdvancedTCA",
    "Blade",
    "Blade Enclosure",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boards_date_counts_minutes_since_1996() {
        let board = |minutes: [u8; 3]| {
            let [low, middle, high] = minutes;
            parse(Area::Board, &[1, 1, 25, low, middle, high]).made
        };
        assert_eq!(board([0, 0, 0]), None);
        assert_eq!(board([1, 0, 0]), Some(820_454_460));
        assert_eq!(board([0xff; 3]), Some(1_827_087_300));
    }

    #[test]
    fn the_end_of_fields_counts_behind_the_first_ones_only() {
        let product = [
            1, 3, 0, 0xc1, b'a', 0xc1, b'b', 0xc0, 0xc0, 0xc0, 0xc0, 0xc0, 0xc1, b'x',
        ];
        let info = parse(Area::Product, &product);
        let texts: Vec<&[u8]> = info.fields.iter().map(|field| &field.text[..]).collect();
        assert_eq!(texts, [&b"a"[..], b"b", b"", b"", b"", b"", b""]);
    }

    #[test]
    fn any_bytes_are_an_area() {
        for area in [Area::Chassis, Area::Board, Area::Product, Area::Multi] {
            for length in 0..40 {
                for fill in [0, 0x3f, 0x81, 0xc0, 0xc1, 0xff] {
                    assert!(parse(area, &vec![fill; length]).fields.len() <= length);
                }
            }
        }
        assert_eq!(chassis_type(23), "Rack Mount Chassis");
        assert_eq!(chassis_type(30), "Unknown");
    }
}
