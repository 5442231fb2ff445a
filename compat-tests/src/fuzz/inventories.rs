//! FRU inventories, whatever is in them: areas, fields, records and texts of bounded length, and changes that leave sound
//! areas behind.

use steadysol::fru::edit::{Found, is_storable, rebuilt, replaced};
use steadysol::fru::header::{Area, Header, sum};
use steadysol::fru::multi::{Oem, PowerSupply, Supply, records, seal};
use steadysol::fru::{area, kontron, picmg};

/// An inventory, and the text that is to be written into its fields: the last eight bytes.
pub fn run(input: &[u8]) {
    let (image, text) = input.split_at(input.len().saturating_sub(8));
    let Some(header) = image.first_chunk().map(Header::parse) else {
        return;
    };
    let (_, length) = header.internal(u16::try_from(image.len()).unwrap_or(u16::MAX));
    let _ = length;
    for which in [Area::Chassis, Area::Board, Area::Product] {
        let begin = header.offset(which);
        let start = image.get(begin..).unwrap_or(&[]);
        let length = area::length(start);
        let bytes = start.get(..length).unwrap_or(start);
        let info = area::parse(which, bytes);
        assert!(info.fields.len() <= bytes.len());
        for field in &info.fields {
            assert!(field.text.len() <= 3 * 63);
        }
        for index in 0..12 {
            let Some(found) = Found::of(which, bytes, index) else {
                continue;
            };
            let text = &text[..text.len().min(index + 2)];
            if !is_storable(text) || bytes.len() < length {
                continue;
            }
            if found.is_as_long_as(text) {
                let area = replaced(bytes, &found, text).expect("it has the field");
                assert_eq!((area.len(), sum(&area)), (bytes.len(), 0));
            } else if let Ok(new) = rebuilt(image, &header, (begin, length), &found, text) {
                assert_eq!(new.image.len(), image.len());
                let area = &new.image[begin..begin + new.length];
                assert_eq!(sum(area), 0);
            }
        }
    }
    let multi = image.get(header.offset(Area::Multi)..).unwrap_or(&[]);
    for (_, head, data) in records(multi) {
        assert!(data.len() <= usize::from(head.length));
        let _ = (
            PowerSupply::parse(data),
            Supply::parse(data),
            Oem::parse(data),
        );
        assert!(picmg::text(data, true, ".").len() < 60_000);
        assert!(kontron::components(data).len() <= data.len());
        let mut record = [&[0xc0, 2, head.length, 0, 0], data].concat();
        seal(&mut record);
        assert_eq!(sum(&record[..5]), 0);
    }
}
