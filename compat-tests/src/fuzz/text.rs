//! What people and files say: command lines, configuration, words, inventories, the journal and position of a log, a
//! console's bytes on their way to a log.

use steadysol::bmc::console_log::journal;
use steadysol::bmc::inventory::Inventory;
use steadysol::cli::Options;
use steadysol::cli::time::Moment;
use steadysol::commands::sol::{config, words};
use steadysol::console::escape::EscapeParser;
use steadysol::console::log::{Format, Lines, position::Committed};

use super::{Bytes, argv};

/// The first byte says what the rest is.
pub fn run(input: &[u8]) {
    let mut bytes = Bytes(input);
    let kind = bytes.byte().unwrap_or(0);
    let rest = bytes.0;
    let text = String::from_utf8_lossy(rest);
    match kind % 8 {
        0 => {
            let _ = Options::parse(argv(rest), kind & 0x80 != 0);
        }
        1 => {
            let _ = config::read(&text, "rack3-7");
        }
        2 => {
            let typed: Vec<&str> = text.split(' ').collect();
            let _ = words::parse(&typed);
        }
        3 => {
            let _ = Inventory::parse(&text);
        }
        4 => {
            if let Some((log, sound)) = journal::read(rest, 1 << 12) {
                assert!(sound <= rest.len());
                assert!(
                    log.end() - log.start() <= 1 << 12,
                    "no more than it may keep"
                );
            }
        }
        5 => {
            if let Some(read) = Committed::parse(&text) {
                assert_eq!(Committed::parse(&read.to_string()), Some(read));
            }
            let _ = Moment::parse(&text);
        }
        6 => {
            let steps = EscapeParser::new(b'~').feed(rest);
            assert!(steps.len() <= rest.len() * 2 + 2);
        }
        _ => {
            let mut lines = Lines::new(Some(Format::Iso), true);
            let mut out = Vec::new();
            for piece in rest.chunks(7) {
                out.extend(lines.feed(piece, 1_700_000_000_000));
            }
            // A date before each line at most, and no escape survives.
            assert!(out.len() <= rest.len() * 40);
            assert!(!out.contains(&0x1b), "an escape in the log");
        }
    }
}
