//! A field of a chassis, board or product area with another text: the area, and all of the inventory where the area must
//! grow or shrink.

use super::area::first_field;
use super::header::{Area, Header, UNIT, sum};
use super::text::{END, Field, Fields};

/// A field that was found in an area.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The field; its places are offsets in the area.
    pub field: Field,
    /// Its byte of type and length.
    pub code: u8,
}

impl Found {
    /// The field with this index, from 0; `None` where the list ends before, or the field is empty, as in stock.
    pub fn of(area: Area, bytes: &[u8], index: usize) -> Option<Self> {
        let mut fields = Fields::new(bytes, first_field(area), 0);
        for _ in 0..index {
            if fields.at_end() {
                return None;
            }
            fields.next();
        }
        if fields.at_end() {
            return None;
        }
        let field = fields.next()?;
        let code = *bytes.get(field.at)?;
        (!field.text.is_empty() && field.next < bytes.len()).then_some(Self { field, code })
    }

    /// Whether the text is the field's bytes, and as long as `text`: nothing else changes.
    pub fn is_as_long_as(&self, text: &[u8]) -> bool {
        self.code >> 6 == TEXT && self.field.text.len() == text.len()
    }
}

/// The area with another text of the same length in a field, and a right checksum.
pub fn replaced(area: &[u8], found: &Found, text: &[u8]) -> Option<Vec<u8>> {
    let mut area = area.to_vec();
    let at = found.field.at + 1;
    area.get_mut(at..at + text.len())?.copy_from_slice(text);
    let (last, rest) = area.split_last_mut()?;
    *last = sum(rest).wrapping_neg();
    Some(area)
}

/// An inventory whose areas were moved to make room for a field, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rebuilt {
    /// All of it.
    pub image: Vec<u8>,
    /// The new header.
    pub header: Header,
    /// Zero bytes at the end of the area: before, after, and after the area got another length.
    pub padding: [i32; 3],
    /// How many units of eight bytes the area is longer.
    pub grown: i32,
    /// How long the area is now.
    pub length: usize,
}

/// Why an inventory cannot be rebuilt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoRoom {
    /// The area is damaged.
    #[error("the area is damaged")]
    Damaged,
    /// The area would become longer than an area can be.
    #[error("the area would become too long")]
    Area,
    /// What is at the end would be pushed out of the device.
    #[error("the device has no room for it")]
    Device,
}

/// Rebuilds an inventory with another text in a field of the area at `begin`, which is `length` bytes long.
///
/// # Errors
///
/// [`NoRoom`].
pub fn rebuilt(
    old: &[u8],
    header: &Header,
    (begin, length): (usize, usize),
    found: &Found,
    text: &[u8],
) -> Result<Rebuilt, NoRoom> {
    if begin < Header::LENGTH {
        return Err(NoRoom::Damaged);
    }
    let end = begin + length;
    let area = old.get(begin..end).ok_or(NoRoom::Damaged)?;
    let fields = area
        .get(..length.saturating_sub(1))
        .ok_or(NoRoom::Damaged)?;
    let padding = fields.iter().skip(1).rev().take_while(|byte| **byte == 0);
    let before = number(padding.count());
    let change = number(1 + text.len()) - number(found.field.next - found.field.at);
    let wanted = before - change;
    let grown = -wanted.div_euclid(number(UNIT));
    let after = wanted.rem_euclid(number(UNIT));
    let units = number(length / UNIT) + grown;
    let units = u8::try_from(units).map_err(|_| NoRoom::Area)?;
    let new_length = usize::from(units) * UNIT;
    // Everything behind the field, up to the padding.
    let kept = fields
        .len()
        .checked_sub(usize::try_from(before).unwrap_or(0))
        .and_then(|kept| area.get(found.field.next..kept))
        .ok_or(NoRoom::Damaged)?;
    let code = u8::try_from(text.len()).map_err(|_| NoRoom::Area)? | TEXT << 6;
    let start = area.get(..found.field.at).ok_or(NoRoom::Damaged)?;
    let mut area = [start, &[code], text, kept].concat();
    area.resize(new_length.saturating_sub(1), 0);
    *area.get_mut(1).ok_or(NoRoom::Damaged)? = units;
    area.push(sum(&area).wrapping_neg());
    let mut header = *header;
    for offset in &mut header.offsets {
        if usize::from(*offset) * UNIT >= end && grown != 0 {
            let moved = i32::from(*offset) + grown;
            *offset = u8::try_from(moved).map_err(|_| NoRoom::Device)?;
        }
    }
    let mut image = old.to_vec();
    let new_end = begin + new_length;
    let behind = old.get(end..).unwrap_or(&[]);
    let room = image.get_mut(new_end..).ok_or(NoRoom::Device)?;
    let fits = behind.len().min(room.len());
    if !is_blank(behind.get(fits..).unwrap_or(&[])) {
        return Err(NoRoom::Device);
    }
    let (room, rest) = room.split_at_mut(fits);
    room.copy_from_slice(behind.get(..fits).unwrap_or(&[]));
    rest.fill(0);
    image
        .get_mut(begin..new_end)
        .ok_or(NoRoom::Device)?
        .copy_from_slice(&area);
    if grown != 0 {
        let start = image.get_mut(..Header::LENGTH).ok_or(NoRoom::Damaged)?;
        start.copy_from_slice(&header.to_bytes());
    }
    Ok(Rebuilt {
        image,
        header,
        padding: [before, wanted, after],
        grown,
        length: new_length,
    })
}

/// Whether nothing is written there.
fn is_blank(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0) || bytes.iter().all(|byte| *byte == 0xff)
}

/// Lengths of areas and texts: far below the limit.
fn number(length: usize) -> i32 {
    i32::try_from(length).unwrap_or(i32::MAX)
}

/// The longest text of a field.
pub const LONGEST: usize = 63;

/// Whether a field can hold this text: one character looks like the end of the list.
pub fn is_storable(text: &[u8]) -> bool {
    text.len() <= LONGEST && u8::try_from(text.len()).is_ok_and(|length| length | TEXT << 6 != END)
}

/// The type of text of eight bits.
const TEXT: u8 = 3;

#[cfg(test)]
mod tests {
    use super::*;

    /// An inventory with a product area of 16 bytes at 8, and a record behind it.
    fn image() -> Vec<u8> {
        let mut image = vec![1, 0, 0, 0, 1, 3, 0, 0];
        let mut product = b"\x01\x02\x19\xc4name\xc2no\xc1\0\0\0".to_vec();
        product.push(sum(&product).wrapping_neg());
        image.extend(product);
        image.extend([0xc0, 0x80, 1, 0, 0, 7]);
        image.resize(48, 0);
        let header = Header::parse(image.first_chunk().unwrap());
        image[..8].copy_from_slice(&header.to_bytes());
        image
    }

    fn rebuild(image: &[u8], index: usize, text: &[u8]) -> Result<Rebuilt, NoRoom> {
        let header = Header::parse(image.first_chunk().unwrap());
        let found = Found::of(Area::Product, &image[8..24], index).unwrap();
        rebuilt(image, &header, (8, 16), &found, text)
    }

    #[test]
    fn a_text_of_any_length_is_found_again_and_the_rest_is_moved() {
        let image = image();
        for length in (0..LONGEST).filter(|length| *length != 1) {
            let text = vec![b'x'; length];
            let rebuilt = match rebuild(&image, 0, &text) {
                Ok(rebuilt) => rebuilt,
                Err(NoRoom::Device) => {
                    assert!(length > 20, "{length}");
                    continue;
                }
                Err(other) => panic!("{length}: {other}"),
            };
            let new = &rebuilt.image;
            assert_eq!(new.len(), image.len());
            assert_eq!(sum(&new[..8]), 0);
            let area = &new[8..8 + rebuilt.length];
            assert_eq!(sum(area), 0, "{length}");
            assert!((0..8).contains(&rebuilt.padding[2]));
            let texts: Vec<Vec<u8>> = Fields::new(area, 3, 0).map(|field| field.text).collect();
            assert_eq!(texts[..2], [text, b"no".to_vec()]);
            let multi = rebuilt.header.offset(Area::Multi);
            assert_eq!(new[multi..multi + 6], [0xc0, 0x80, 1, 0, 0, 7], "{length}");
        }
    }

    #[test]
    fn nothing_is_pushed_out_of_the_device_or_found_behind_the_end_of_the_list() {
        let mut image = image();
        image[47] = 1;
        assert_eq!(rebuild(&image, 0, b"longer name"), Err(NoRoom::Device));
        assert_eq!(Found::of(Area::Product, &image[8..24], 2), None);
        assert_eq!(Found::of(Area::Product, &image[8..24], 200), None);
        assert!(!is_storable(b"x") && is_storable(b"") && !is_storable(&[b'x'; 64]));
    }

    #[test]
    fn a_text_of_the_same_length_changes_nothing_but_the_checksum() {
        let image = image();
        let found = Found::of(Area::Product, &image[8..24], 1).unwrap();
        assert!(found.is_as_long_as(b"ok"));
        let area = replaced(&image[8..24], &found, b"ok").unwrap();
        assert_eq!((sum(&area), &area[9..11]), (0, &b"ok"[..]));
    }
}
