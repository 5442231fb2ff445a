//! Names of manufacturers and products.
//!
//! Manufacturers are IANA private enterprise numbers. Their names stand in a table that is built in (`make registry`
//! renews it); the system's registry is asked for those that it lacks. A registry of the user's own goes before both,
//! and is the only one then, as in stock.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;

/// The manufacturer's name, or stock's `Unknown (0xNN)`.
pub fn manufacturer(number: u32) -> Cow<'static, str> {
    if let Some(name) = find(number, FIRST) {
        return Cow::Borrowed(name);
    }
    let in_file = |file| name_in_registry(BufReader::new(file), number).map(Cow::Owned);
    let registered = match users_registry() {
        Some(own) => in_file(own),
        None => name_in_table(number, ENTERPRISES)
            .map(Cow::Borrowed)
            .or_else(|| in_file(File::open(REGISTRY).ok()?)),
    };
    registered
        .or_else(|| find(number, LAST).map(Cow::Borrowed))
        .unwrap_or_else(|| Cow::Owned(format!("Unknown (0x{number:02X})")))
}

/// The product's name, or stock's `Unknown (0xNN)`.
pub fn product(manufacturer: u32, product: u16) -> Cow<'static, str> {
    let wanted = |line: &'static str| {
        let mut fields = line.split('\t');
        let same = fields.next()?.parse() == Ok(manufacturer)
            && u16::from_str_radix(fields.next()?, 16) == Ok(product);
        if same { fields.next() } else { None }
    };
    match PRODUCTS.lines().find_map(wanted) {
        Some(name) => Cow::Borrowed(name),
        None => Cow::Owned(format!("Unknown (0x{product:02X})")),
    }
}

fn find(number: u32, table: &'static [(u32, &'static str)]) -> Option<&'static str> {
    table
        .iter()
        .find(|(each, _)| *each == number)
        .map(|(_, name)| *name)
}

fn users_registry() -> Option<File> {
    let mut path = std::env::var_os("HOME")?;
    path.push("/.local");
    path.push(REGISTRY);
    File::open(PathBuf::from(path)).ok()
}

/// Searches lines of a number, a tab and a name, in the order of the numbers, without looking at most of them.
fn name_in_table(number: u32, table: &'static str) -> Option<&'static str> {
    let mut rest = table;
    while !rest.is_empty() {
        // The line that the middle lies in. What is looked for is a single byte: the cuts are between characters.
        let bytes = rest.as_bytes();
        let (before, behind) = bytes.split_at(bytes.len() / 2);
        let start = before
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |end| end + 1);
        let end = behind
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(bytes.len(), |end| before.len() + end);
        let (each, name) = rest.get(start..end)?.split_once('\t')?;
        rest = match number.cmp(&each.parse().ok()?) {
            Ordering::Equal => return Some(name),
            Ordering::Less => rest.get(..start)?,
            Ordering::Greater => rest.get(end + 1..).unwrap_or_default(),
        };
    }
    None
}

/// Searches the registry.
fn name_in_registry(registry: impl BufRead, number: u32) -> Option<String> {
    entries(registry)
        .find(|(each, _)| *each == number)
        .map(|(_, name)| name)
}

/// A registry's entries in its order: a number at a line's start, and on the next line, indented by exactly two spaces,
/// the name.
pub fn entries(registry: impl BufRead) -> impl Iterator<Item = (u32, String)> {
    let mut lines = registry.split(b'\n').map_while(Result::ok);
    std::iter::from_fn(move || {
        loop {
            let line = lines.next()?;
            let digits: String = line
                .iter()
                .take_while(|byte| byte.is_ascii_digit())
                .map(|byte| char::from(*byte))
                .collect();
            if digits.is_empty() {
                continue;
            }
            let name = lines.next()?;
            let name = match name.strip_prefix(b"  ") {
                Some(name) if name.first() != Some(&b' ') => name,
                _ => continue,
            };
            if let Ok(number) = digits.parse() {
                return Some((number, String::from_utf8_lossy(name).into_owned()));
            }
        }
    })
}

const REGISTRY: &str = "/usr/share/misc/enterprise-numbers.txt";

/// Names that go before the registry's.
const FIRST: &[(u32, &str)] = &[(0, "Unknown"), (0x0f_ffff, "Unspecified")];

/// Names that go after the registry's.
const LAST: &[(u32, &str)] = &[(0xff_fffe, "A Debug Assisting Company, Ltd.")];

/// The products that stock 1.8.19 knows: manufacturer (decimal), product (hexadecimal), name.
const PRODUCTS: &str = include_str!("products.tsv");

/// IANA's registry of 2024-05-16: number (decimal), name, in the order of the numbers. Only the pages that a search
/// looks at are read from disk.
const ENTERPRISES: &str = include_str!("enterprises.tsv");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registry_entry_is_a_number_and_an_indented_name() {
        let registry =
            "Decimal\n| Organization\n12 x\n  Twelve\n    Someone\n13\n   too deep\n14\n  Fourteen";
        let name = |number| name_in_registry(registry.as_bytes(), number);
        assert_eq!(name(12).as_deref(), Some("Twelve"));
        assert_eq!(name(14).as_deref(), Some("Fourteen"));
        assert_eq!((name(13), name(99)), (None, None));
    }

    #[test]
    fn every_product_line_is_found() {
        for line in PRODUCTS.lines() {
            let fields: Vec<&str> = line.split('\t').collect();
            assert_eq!(fields.len(), 3, "{line}");
            let number = u16::from_str_radix(fields[1], 16).unwrap();
            assert_eq!(product(fields[0].parse().unwrap(), number), fields[2]);
        }
        assert_eq!(product(343, 0xabc), "Unknown (0xABC)");
    }

    #[test]
    fn numbers_with_a_meaning_in_ipmi_go_before_the_registry() {
        assert_eq!(manufacturer(0), "Unknown");
        assert_eq!(manufacturer(0xf_ffff), "Unspecified");
        assert_eq!(manufacturer(0xff_ffff), "Unknown (0xFFFFFF)");
    }
    #[test]
    fn every_name_of_the_built_in_table_is_found_in_it() {
        let mut last = None;
        for line in ENTERPRISES.lines() {
            let (number, name) = line.split_once('\t').unwrap();
            let number: u32 = number.parse().unwrap();
            assert!(last < Some(number), "{line}");
            last = Some(number);
            assert_eq!(name_in_table(number, ENTERPRISES), Some(name));
        }
        assert!(last > Some(60_000));
        for missing in [0xff_ffff, last.unwrap() + 1] {
            assert_eq!(name_in_table(missing, ENTERPRISES), None);
        }
    }

    #[test]
    fn a_table_of_any_shape_is_searched_to_its_end() {
        assert_eq!(name_in_table(1, ""), None);
        assert_eq!(name_in_table(1, "no table"), None);
        let table = "1\tone\n3\tthr\u{e9}e\n9\tnine";
        let found: Vec<_> = (0..11).filter_map(|n| name_in_table(n, table)).collect();
        assert_eq!(found, ["one", "thr\u{e9}e", "nine"]);
    }
}
