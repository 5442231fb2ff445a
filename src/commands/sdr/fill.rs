//! `sdr fill`: clears the repository and writes records into it.

use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use ipmi_rs::connection::{Address, Channel, LogicalUnit, RequestTargetAddress};

use super::books::Books;
use super::shelf::{next, plain, read};
use super::{NOT_ENOUGH, usage};
use crate::commands::Refusal;
use crate::ipmi::Failure;
use crate::sdr::record::{Record, kind};
use crate::sdr::repository::Step;

/// Where the records come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fill {
    /// The BMC's own sensors, and the repositories of the controllers in this many slots.
    Sensors {
        /// 0 or 21.
        slots: u8,
    },
    /// A file that `sdr dump` wrote.
    File(PathBuf),
    /// The BMC's own sensors, and the repositories of these controllers.
    Range(Vec<u8>),
}

/// Parses what follows `fill`.
///
/// # Errors
///
/// A mistake.
pub fn parse(words: &[&str]) -> Result<Fill, Refusal> {
    let missing = |usage: &str| Err(Refusal::error(format!("{NOT_ENOUGH}\n{usage}")));
    match words {
        [] => missing(usage::FILL),
        ["sensors", ..] => Ok(Fill::Sensors { slots: SLOTS }),
        ["nosat", ..] => Ok(Fill::Sensors { slots: 0 }),
        ["file"] => missing("usage: sdr fill file <file>"),
        ["file", path, ..] => Ok(Fill::File(PathBuf::from(path))),
        ["range"] => missing("usage: sdr fill range <range>"),
        ["range", list, ..] => range(list).map(Fill::Range).map_err(|why| {
            Refusal::error(format!("{why}\nRange - List invalid, cannot be parsed."))
        }),
        [word, ..] => Err(Refusal::error(format!(
            "Invalid SDR fill command: {word}\nusage: sdr fill <sensors|nosat|file|range> [options]"
        ))),
    }
}

/// Addresses such as `0x28,0x32,0x40-0x44`.
fn range(list: &str) -> Result<Vec<u8>, String> {
    let mut addresses = Vec::new();
    for part in list.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (address(first)?, address(last)?);
        if first > last {
            return Err(format!("{part} ends before it begins."));
        }
        addresses.extend((first..=last).step_by(2));
    }
    Ok(addresses)
}

fn address(text: &str) -> Result<u8, String> {
    let digits = text.strip_prefix("0x").filter(|digits| digits.len() == 2);
    let value = digits
        .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .and_then(|digits| u8::from_str_radix(digits, 16).ok())
        .ok_or("Must be Hex value of 4 characters (Ex.: 0x24)")?;
    if value & 1 != 0 {
        return Err("I2C address provided value must be even.".to_owned());
    }
    Ok(value)
}

impl Fill {
    /// Does it.
    pub fn run(&self, books: &mut Books<'_, '_>) -> bool {
        match self {
            Self::Sensors { slots } => {
                clear(books, "Give up.") && {
                    let own = copy(books, None);
                    addresses(*slots)
                        .into_iter()
                        .fold(own, |all, address| copy(books, Some(address)) && all)
                }
            }
            Self::Range(list) => {
                let shown: String = list
                    .iter()
                    .map(|address| format!("{address:02x} "))
                    .collect();
                books.put(format_args!("List to scan: (Built-in) {shown}\n"));
                books.put(format_args!("Clearing SDR Repository\n"));
                clear(books, "Give up.") && {
                    books.put(format_args!("Sanning built-in sensors..\n"));
                    copy(books, None)
                        && list.iter().all(|address| {
                            books.put(format_args!("Scanning {address:02X}h..\n"));
                            copy(books, Some(*address))
                        })
                }
            }
            Self::File(path) => {
                let records = match records(path) {
                    Ok(records) => records,
                    Err(why) => {
                        books.desk.output.complain(format_args!(
                            "{}: {why}; the repository was not touched",
                            path.display()
                        ));
                        return false;
                    }
                };
                clear(books, "Giving up.") && write_all(books, &records)
            }
        }
    }
}

/// The slots' controllers, PICMG 2.9.
fn addresses(slots: u8) -> Vec<u8> {
    let all = (FIRST_SLOT..=u8::MAX).step_by(2);
    all.filter(|address| *address != HOLE)
        .take(usize::from(slots))
        .collect()
}

/// All of a file: nothing is cleared for a file that is damaged.
fn records(path: &std::path::Path) -> Result<Vec<Record>, String> {
    let bytes = read(path).map_err(|error| plain(&error))?;
    let mut rest = &bytes[..];
    let mut records = Vec::new();
    while !rest.is_empty() {
        let (record, after) = next(rest)?;
        if record.body.is_empty() {
            return Err(format!("record {:04x} has no data", record.id));
        }
        records.push(record);
        rest = after;
    }
    if records.is_empty() {
        return Err("no records".to_owned());
    }
    Ok(records)
}

fn clear(books: &mut Books<'_, '_>, last_word: &str) -> bool {
    let cleared = try_clear(books);
    if !cleared {
        books
            .desk
            .output
            .complain(format_args!("Cannot erase SDRR. {last_word}"));
    }
    cleared
}

fn try_clear(books: &mut Books<'_, '_>) -> bool {
    let Some([low, high]) = reserve(books) else {
        return false;
    };
    let mut action = INITIATE;
    for _ in 0..CLEAR_TRIES {
        let data = [low, high, b'C', b'L', b'R', action];
        let answer = match books.desk.ask(NETFN_STORAGE, CLEAR, &data) {
            Ok(answer) => answer,
            Err(failure) => {
                return books
                    .desk
                    .output
                    .fail(format_args!("Unable to clear SDRR"), &failure);
            }
        };
        if answer.first().is_some_and(|progress| progress & 1 == 1) {
            books.put(format_args!("SDRR successfully erased\n"));
            return true;
        }
        books.put(format_args!("Wait for SDRR erasure completed...\n"));
        action = STATUS;
        thread::sleep(CLEAR_PAUSE);
    }
    false
}

fn reserve(books: &mut Books<'_, '_>) -> Option<[u8; 2]> {
    let answer = books.desk.ask(NETFN_STORAGE, RESERVE, &[]).ok()?;
    answer.first_chunk().copied()
}

/// Copies the BMC's own records, or those of the repository of another controller.
fn copy(books: &mut Books<'_, '_>, address: Option<u8>) -> bool {
    let target = match address {
        None => RequestTargetAddress::Bmc(LogicalUnit::Zero),
        Some(address) => {
            RequestTargetAddress::BmcOrIpmb(Address(address), Channel::Primary, LogicalUnit::Zero)
        }
    };
    let manner = books.manner(target, address.is_none());
    // Stock does not mind either: there may be nobody in a slot.
    let Some(mut repository) = books.open_as(manner) else {
        return true;
    };
    books.put(format_args!(
        "Load SDRs from 0x{:x}\n",
        address.unwrap_or(BMC)
    ));
    let complete = loop {
        match repository.step(books.desk.bmc) {
            Step::Record => {
                if let Some(record) = repository.records().last() {
                    announce(record);
                }
            }
            Step::Unreadable(header) => {
                books.desk.output.complain(format_args!(
                    "ipmitool: cannot obtain SDR record {:04x}",
                    header.id
                ));
            }
            Step::End { early } => break !early,
        }
    };
    let records = repository.records().to_vec();
    write_all(books, &records) && complete
}

/// Names a record to those who asked for more messages.
fn announce(record: &Record) {
    let has_name = matches!(
        record.kind,
        kind::FULL | kind::COMPACT | kind::EVENT_ONLY | kind::MC_LOCATOR
    );
    let name = record.long_name();
    let name = if has_name {
        &name[..name.len().min(16)]
    } else {
        &[]
    };
    let name = String::from_utf8_lossy(name);
    log::info!("ID: 0x{:04x} , NAME: {name:<16}", record.id);
}

fn write_all(books: &mut Books<'_, '_>, records: &[Record]) -> bool {
    let mut written = 0;
    for record in records {
        if write(books, record) {
            written += 1;
        } else {
            books.desk.output.complain(format_args!(
                "Cannot add SDR ID 0x{:04x} to repository...",
                record.id
            ));
        }
    }
    if written < records.len() {
        books.desk.output.complain(format_args!(
            "The repository was cleared, and has {written} of {} records",
            records.len()
        ));
    }
    written == records.len()
}

/// Writes one record in parts, the header first.
fn write(books: &mut Books<'_, '_>, record: &Record) -> bool {
    let Some([low, high]) = reserve(books) else {
        return complain(books, "ipmitool: reservation failed");
    };
    let Ok(length) = u8::try_from(record.body.len()) else {
        return complain(books, "ipmitool: bad record , skipped");
    };
    let [id, id_high] = record.id.to_le_bytes();
    let header = [id, id_high, record.version, record.kind, length];
    let mut request = vec![low, high, 0, 0, 0, PARTIAL];
    request.extend_from_slice(&header);
    let Ok(mut new) = send_part(books, &request) else {
        return complain(books, "ipmitool: partial send error");
    };
    let mut offset = header.len();
    let mut parts = record.body.chunks(PART).peekable();
    while let Some(part) = parts.next() {
        let progress = if parts.peek().is_none() {
            LAST
        } else {
            PARTIAL
        };
        // Bytes above 255 have no address.
        let Ok(at) = u8::try_from(offset) else {
            return complain(books, "ipmitool: partial add failed");
        };
        let mut request = vec![low, high, new[0], new[1], at, progress];
        request.extend_from_slice(part);
        match send_part(books, &request) {
            Ok(id) => new = id,
            Err(()) => return complain(books, "ipmitool: partial add failed"),
        }
        offset += part.len();
    }
    true
}

/// Partial Add SDR: the record's new number.
fn send_part(books: &mut Books<'_, '_>, request: &[u8]) -> Result<[u8; 2], ()> {
    let answer = books.desk.ask(NETFN_STORAGE, PARTIAL_ADD, request);
    let answer = answer.map_err(|_: Failure| ())?;
    answer.first_chunk().copied().ok_or(())
}

fn complain(books: &mut Books<'_, '_>, line: &str) -> bool {
    books.desk.output.complain(format_args!("{line}"));
    false
}

const NETFN_STORAGE: u8 = 0x0a;
const RESERVE: u8 = 0x22;
const PARTIAL_ADD: u8 = 0x25;
const CLEAR: u8 = 0x27;

const INITIATE: u8 = 0xaa;
const STATUS: u8 = 0;
const CLEAR_TRIES: u32 = 5;
const CLEAR_PAUSE: Duration = Duration::from_secs(1);

const PARTIAL: u8 = 0;
const LAST: u8 = 1;
/// A message of 32 bytes holds so many of a record.
const PART: usize = 19;

const BMC: u8 = 0x20;
const SLOTS: u8 = 21;
const FIRST_SLOT: u8 = 0xb0;
/// No slot has this address.
const HOLE: u8 = 0xc2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_ranges_are_even_addresses() {
        assert_eq!(
            range("0x28,0x32,0x40-0x44"),
            Ok(vec![0x28, 0x32, 0x40, 0x42, 0x44])
        );
        assert_eq!(range("0xfe-0xfe"), Ok(vec![0xfe]));
        for bad in [
            "",
            ",",
            "0x29",
            "0x2",
            "28",
            "0x+8",
            "0x30-0x20",
            "0x20-",
            "0x20,,0x22",
        ] {
            assert!(range(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_slots_leave_a_hole() {
        let all = addresses(SLOTS);
        assert_eq!((all.len(), all[0], all[20]), (21, 0xb0, 0xda));
        assert!(!all.contains(&HOLE));
    }
}
