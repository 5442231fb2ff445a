//! Writes `src/ipmi/enterprises.tsv` from IANA's registry of enterprise numbers, the file named by the one argument.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::Path;

use steadysol::ipmi::vendors;

fn main() -> io::Result<()> {
    let path = std::env::args_os()
        .nth(1)
        .ok_or_else(|| io::Error::other("usage: make-registry <enterprise-numbers.txt>"))?;
    let mut names = BTreeMap::new();
    for (number, name) in vendors::entries(BufReader::new(File::open(path)?)) {
        // A BMC tells 24 bits; of numbers that stand twice, the first counts, as in stock.
        if number < 1 << 24 {
            names.entry(number).or_insert(name);
        }
    }
    if names.len() < FEWEST {
        return Err(io::Error::other(format!(
            "{} names: this is not the registry",
            names.len()
        )));
    }
    let lines = names
        .iter()
        .map(|(number, name)| format!("{number}\t{name}\n"));
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src/ipmi/enterprises.tsv");
    fs::write(table, lines.collect::<String>())
}

/// The registry had as many in 2024, and only grows.
const FEWEST: usize = 60_000;
