//! Descriptions of vendors' records (`-O`): a file of lines of 15 quoted columns.
//!
//! Columns 1 to 14 stand for bytes 3 to 16 of a record, column 15 is the text. A column holds `0xNN`, a byte that must
//! be there; `XX`, any; `R`, reserved; or a name, under which the byte is shown. As in stock only bytes 3 to 7, 11 and
//! 12 are compared, and the record type must be a number.

use super::Record;

/// The descriptions of one file.
#[derive(Clone, Debug, Default)]
pub struct Descriptions(Vec<Row>);

#[derive(Clone, Debug)]
struct Row {
    columns: [Column; COLUMNS],
    text: Vec<u8>,
}

#[derive(Clone, Debug)]
enum Column {
    Any,
    Value(u32),
    Named(Vec<u8>),
}

/// What one line says of a record.
#[derive(Debug, PartialEq, Eq)]
pub struct Description<'a> {
    /// The last column.
    pub text: &'a [u8],
    /// The bytes that have names.
    pub named: Vec<(&'a [u8], u8)>,
}

/// What a file holds.
#[derive(Debug)]
pub struct Parsed {
    /// How many lines it has.
    pub lines: usize,
    /// The descriptions, or the number of the line, from 1, that is not understood.
    pub descriptions: Result<Descriptions, usize>,
}

/// Reads a file's contents.
pub fn parse(text: &[u8]) -> Parsed {
    let lines = text
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.trim_ascii().is_empty())
        .count();
    let mut rest = text.trim_ascii_start();
    let mut rows = Vec::new();
    for number in 1..=lines {
        let Some((row, after)) = row(rest) else {
            return Parsed {
                lines,
                descriptions: Err(number),
            };
        };
        rows.push(row);
        rest = after.trim_ascii_start();
    }
    Parsed {
        lines,
        descriptions: Ok(Descriptions(rows)),
    }
}

impl Descriptions {
    /// What the file says of a record: each fitting line's text, and the bytes it names.
    pub fn of(&self, record: &Record) -> Vec<Description<'_>> {
        let bytes = record.to_file();
        self.0
            .iter()
            .filter(|row| row.fits(&bytes))
            .map(|row| {
                let columns = row.columns.iter().zip(&bytes[2..]).skip(1);
                let named = columns.filter_map(|(column, byte)| match column {
                    Column::Named(name) => Some((&name[..], *byte)),
                    _ => None,
                });
                Description {
                    text: &row.text,
                    named: named.collect(),
                }
            })
            .collect()
    }
}

impl Row {
    fn fits(&self, bytes: &[u8; 16]) -> bool {
        matches!(self.columns[0], Column::Value(_))
            && COMPARED.iter().all(|column| match self.columns[*column] {
                Column::Value(value) => value == u32::from(bytes[column + 2]),
                _ => true,
            })
    }
}

/// One line's columns, and what follows it.
fn row(mut text: &[u8]) -> Option<(Row, &[u8])> {
    let mut columns = Vec::with_capacity(COLUMNS);
    for _ in 0..COLUMNS {
        let (content, rest) = quoted(text)?;
        columns.push(column(content));
        text = rest.strip_prefix(b"\",")?;
    }
    let (content, rest) = quoted(text)?;
    let row = Row {
        columns: columns.try_into().ok()?,
        text: content.to_vec(),
    };
    Some((row, rest.strip_prefix(b"\"").unwrap_or(rest)))
}

/// What stands after a quotation mark, at least a byte, and what follows from the next mark on.
fn quoted(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = text.strip_prefix(b"\"")?;
    let end = text.iter().position(|byte| *byte == b'"');
    let (content, rest) = text.split_at(end.unwrap_or(text.len()));
    (!content.is_empty()).then_some((content, rest))
}

fn column(content: &[u8]) -> Column {
    match content {
        b"XX" | b"R" => Column::Any,
        _ => match hexadecimal(content) {
            Some(value) => Column::Value(value),
            None => Column::Named(content.to_vec()),
        },
    }
}

/// `0x` and the digits that follow.
fn hexadecimal(content: &[u8]) -> Option<u32> {
    let digits = content.strip_prefix(b"0x")?;
    let end = digits.iter().position(|byte| !byte.is_ascii_hexdigit());
    let digits = std::str::from_utf8(&digits[..end.unwrap_or(digits.len())]).ok()?;
    u32::from_str_radix(digits, 16).ok()
}

/// Bytes 3 to 16.
const COLUMNS: usize = 14;
/// Bytes 3 to 7, 11 and 12.
const COMPARED: [usize; 7] = [0, 1, 2, 3, 4, 8, 9];

#[cfg(test)]
mod tests {
    use super::*;

    const ANY: &str = "\"XX\",\"XX\",\"XX\",\"XX\",\"R\",\"R\",\"R\",\"R\",\"R\"";

    #[test]
    fn a_record_is_described_by_every_line_that_fits() {
        let text = format!(
            "\"0xe5\",\"0x10\",\"Slot\",\"XX\",\"XX\",{ANY},\"First\"\n\n\
             \"0xe5\",\"0x11\",\"XX\",\"XX\",\"XX\",{ANY},\"Other\"\n\
             \"XX\",\"XX\",\"XX\",\"XX\",\"XX\",{ANY},\"Never\"\n"
        );
        let parsed = parse(text.as_bytes());
        assert_eq!(parsed.lines, 3);
        let descriptions = parsed.descriptions.unwrap();
        let mut bytes = [0; 16];
        bytes[2..6].copy_from_slice(&[0xe5, 0x10, 0x22, 0x33]);
        let found = descriptions.of(&Record::from_wire(&bytes));
        let slot = Description {
            text: b"First",
            named: vec![(b"Slot", 0x22)],
        };
        assert_eq!(found, [slot]);
    }

    #[test]
    fn a_line_that_is_not_understood_is_numbered() {
        let good = format!("\"0xe5\",\"XX\",\"XX\",\"XX\",\"XX\",{ANY},\"Text\"\n");
        for bad in ["\"0xe5\"", "plain", "\"\",\"\"", "\"a\"x"] {
            let text = format!("{good}{bad}\n");
            let parsed = parse(text.as_bytes());
            assert_eq!((parsed.lines, parsed.descriptions.err()), (2, Some(2)));
        }
        assert_eq!(parse(b"").lines, 0);
        for length in 0..good.len() {
            let _ = parse(&good.as_bytes()[..length]);
        }
    }
}
