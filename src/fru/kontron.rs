//! Kontron's information record: names of components, their versions, dates and checksums.

use super::multi::Oem;

/// A component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Component<'a> {
    /// Its name.
    pub name: &'a [u8],
    /// Where its version, build date, update date and checksum stand in the record's data, and how long they are.
    pub fields: [(usize, usize); 4],
}

impl<'a> Component<'a> {
    /// A field's bytes; fewer where the record ends before.
    pub fn field(&self, data: &'a [u8], index: usize) -> &'a [u8] {
        let (at, length) = self.fields.get(index).copied().unwrap_or_default();
        let rest = data.get(at..).unwrap_or(&[]);
        rest.get(..length).unwrap_or(rest)
    }
}

/// How many components a record says to have.
pub fn count(data: &[u8]) -> u8 {
    data.get(Oem::LENGTH).copied().unwrap_or(0)
}

/// The components of a record's data of version 0 or 1, as far as the data reaches; none of another version.
pub fn components(data: &[u8]) -> Vec<Component<'_>> {
    let lengths = match Oem::parse(data).version {
        0 => [8, 8, 8, 8],
        1 => [10, 8, 8, 8],
        _ => return Vec::new(),
    };
    let mut components = Vec::new();
    let mut at = Oem::LENGTH + 1;
    for _ in 0..count(data) {
        let Some(code) = data.get(at) else {
            break;
        };
        let begin = at + 1;
        let end = begin + usize::from(code & NAME_LENGTH);
        let Some(name) = data.get(begin..end) else {
            break;
        };
        at = end;
        let fields = lengths.map(|length| {
            let begin = at + 1;
            at = begin + length;
            (begin, length)
        });
        if at > data.len() {
            break;
        }
        components.push(Component { name, fields });
        // The end of the list of fields.
        at += 1;
    }
    components
}

/// Kontron's enterprise number.
pub const MAKER: u32 = 15000;

/// The information record's number.
pub const INFORMATION: u8 = 3;

/// What the fields are called.
pub const LABELS: [&str; 4] = ["Version", "Build Date", "Update Date", "Checksum"];

const NAME_LENGTH: u8 = 0x3f;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_are_found_one_behind_the_other() {
        let one = b"\xc3abc\xc8version1\xc8build-01\xc8update-1\xc8crc32---\xc1";
        let data = [&[0x98, 0x3a, 0, 3, 0, 2][..], one, one].concat();
        let found = components(&data);
        assert_eq!(found.len(), 2);
        assert_eq!(found[1].name, b"abc");
        assert_eq!(found[1].field(&data, 2), b"update-1");
        assert_eq!(components(&data[..data.len() - 3]).len(), 1);
    }

    #[test]
    fn any_bytes_are_a_record() {
        for fill in [0, 1, 0x3f, 0xff] {
            for length in 0..=255 {
                let data = vec![fill; length];
                for component in components(&data) {
                    assert!((0..4).all(|index| component.field(&data, index).len() <= 10));
                }
            }
        }
    }
}
