//! Names of manufacturers and products.
//!
//! Manufacturers are IANA private enterprise numbers. Like stock, the names come from the registry's file, the user's
//! own before the system's; where there is none, a short table of those that make BMCs stands in (stock fails).

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;

/// The manufacturer's name, or stock's `Unknown (0xNN)`.
pub fn manufacturer(number: u32) -> Cow<'static, str> {
    if let Some(name) = find(number, FIRST) {
        return Cow::Borrowed(name);
    }
    let registered = match open_registry() {
        Some(registry) => name_in_registry(BufReader::new(registry), number).map(Cow::Owned),
        None => find(number, SHORT).map(Cow::Borrowed),
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

fn open_registry() -> Option<File> {
    let of_user = std::env::var_os("HOME").map(|home| {
        let mut path = home;
        path.push("/.local");
        path.push(REGISTRY);
        PathBuf::from(path)
    });
    of_user
        .and_then(|path| File::open(path).ok())
        .or_else(|| File::open(REGISTRY).ok())
}

/// Searches the registry: a number at a line's start, and on the next line, indented by exactly two spaces, the name.
fn name_in_registry(registry: impl BufRead, number: u32) -> Option<String> {
    let mut lines = registry.split(b'\n').map_while(Result::ok);
    while let Some(line) = lines.next() {
        if !line.first().is_some_and(u8::is_ascii_digit) {
            continue;
        }
        let digits: String = line
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .map(|byte| char::from(*byte))
            .collect();
        let name = lines.next()?;
        let name = match name.strip_prefix(b"  ") {
            Some(name) if name.first() != Some(&b' ') => name,
            _ => continue,
        };
        if digits.parse() == Ok(number) {
            return Some(String::from_utf8_lossy(name).into_owned());
        }
    }
    None
}

const REGISTRY: &str = "/usr/share/misc/enterprise-numbers.txt";

/// Names that go before the registry's.
const FIRST: &[(u32, &str)] = &[(0, "Unknown"), (0x0f_ffff, "Unspecified")];

/// Names that go after the registry's.
const LAST: &[(u32, &str)] = &[(0xff_fffe, "A Debug Assisting Company, Ltd.")];

/// The products that stock 1.8.19 knows: manufacturer (decimal), product (hexadecimal), name.
const PRODUCTS: &str = include_str!("products.tsv");

/// Makers of BMCs and of computers with them, named as in IANA's registry of 2024-05-16.
const SHORT: &[(u32, &str)] = &[
    (2, "IBM (https://w3.ibm.com/standards )"),
    (9, "ciscoSystems"),
    (11, "Hewlett-Packard"),
    (42, "Sun Microsystems"),
    (47, "Prime Computer"),
    (116, "Hitachi, Ltd."),
    (119, "NEC Corporation"),
    (161, "Motorola"),
    (186, "Toshiba Corporation"),
    (193, "Ericsson AB"),
    (232, "Compaq"),
    (311, "Microsoft"),
    (343, "Intel Corporation"),
    (373, "Tatung Co., Ltd."),
    (399, "Hitachi Computer Products (America), Inc."),
    (674, "Dell Inc."),
    (2011, "HUAWEI Technology Co.,Ltd"),
    (2623, "ASUSTek Computer Inc."),
    (4128, "ARM Ltd."),
    (4337, "RadiSys Corp."),
    (4413, "Broadcom Limited"),
    (5593, "Magnum Technologies Inc."),
    (5703, "NVIDIA Corporation"),
    (5771, "Cisco Systems, Inc."),
    (6653, "Tyan Computer Corporation"),
    (7154, "Intelligent Platform Management Interface forum"),
    (7244, "Quanta Computer Inc."),
    (10297, "Advantech Co., Ltd."),
    (
        10368,
        "Fujitsu Technology Solutions GmbH (formerly 'Fujitsu Siemens Computers')",
    ),
    (10418, "Avocent Corporation"),
    (10437, "Peppercon AG"),
    (10876, "Super Micro Computer Inc."),
    (11102, "OSA Technologies Inc."),
    (11129, "Google, Inc."),
    (11183, "Mitac International Corp."),
    (12634, "PICMG"),
    (13742, "Raritan Computer, Inc."),
    (15000, "Kontron Canada Inc"),
    (15370, "GIGA-BYTE TECHNOLOGY CO., LTD"),
    (
        16394,
        "nVent, Schroff GmbH (formerly 'Pentair Technical Products,' formerly 'Pigeon Point Systems')",
    ),
    (19046, "Lenovo Enterprise Business Group"),
    (20569, "Inventec Enterprise System Corp."),
    (20974, "American Megatrends, Inc"),
    (21317, "ATEN INTERNATIONAL CO., LTD."),
    (22238, "FOXCONN Technology Group"),
    (24339, "ADLINK TECHNOLOGY INC."),
    (24673, "ServerEngines LLC"),
    (25506, "H3C"),
    (33049, "Mellanox Technologies LTD"),
    (34774, "Huawei Symantec Technologies Co.,Ltd"),
    (
        37945,
        "Inspur(BeiJing) Electronic Information Industry Co.,Ltd",
    ),
    (40092, "Wiwynn Corporation"),
    (42623, "Open Compute Project"),
    (42817, "IBM Platform Firmware Division"),
    (45065, "Insyde"),
    (47196, "Hewlett Packard Enterprise"),
    (48512, "Inspur Group Co.,Ltd."),
    (49769, "YADRO"),
    (51974, "Raptor Computing Systems, LLC"),
    (52538, "Ampere Computing"),
];

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
}
