//! `fru upgEkey`: a file's multi-records in place of an inventory's.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::commands::sdr::books::Books;
use crate::fru::Device;
use crate::fru::blocks::show;
use crate::fru::device::VERSION;
use crate::fru::header::{Area, Header};
use crate::fru::multi::Head;
use crate::ipmi::Failure;

use super::files::open;
use super::store::store;

/// Does it.
pub(super) fn run(books: &mut Books<'_, '_>, id: u8, path: &Path) -> bool {
    let Some((mut device, at)) = locate(books, id) else {
        return complain(
            books,
            format_args!("Failed to get multirec location from FRU."),
        );
    };
    log::debug!("FRU Size        : {}\n", device.size);
    log::debug!("Multi Rec offset: {at}\n");
    let shown = path.display();
    let Some((image, begin)) = file(books, path) else {
        return complain(
            books,
            format_args!("Failed to get multirec size from file '{shown}'."),
        );
    };
    let records = image.get(begin..).unwrap_or(&[]);
    if records.is_empty() {
        return complain(
            books,
            format_args!("Error in file '{shown}'.\nFailed to get multirec from file '{shown}'."),
        );
    }
    let Some(length) = length(books, records) else {
        return complain(books, format_args!("Failed to adjust size from buffer."));
    };
    if begin == 0 || at == 0 {
        return complain(
            books,
            format_args!("The FRU, or the file, has no multi-records: nothing was written"),
        );
    }
    let records = records.get(..length).unwrap_or(records);
    if !store(books, &mut device, at, records) {
        return complain(books, format_args!("Failed to write FRU area."));
    }
    log::info!("Done upgrading Ekey.");
    true
}

fn complain(books: &mut Books<'_, '_>, text: std::fmt::Arguments<'_>) -> bool {
    books.desk.output.complain(text);
    false
}

/// The inventory, and where its multi-records are.
fn locate(books: &mut Books<'_, '_>, id: u8) -> Option<(Device, usize)> {
    let talkative = books.desk.context.verbose > 1;
    let mut device = match open(books, id) {
        Ok(device) => device,
        Err(failure) => {
            match failure {
                Failure::Completion(TIMEOUT) => books.put(format_args!(
                    "  Timeout accessing FRU info. (Device not present?)\n"
                )),
                Failure::Completion(code) => {
                    books.put(format_args!("   CCODE = 0x{code:02x}\n"));
                }
                Failure::Transport(_) if talkative => books.put(format_args!("no response\n")),
                _ => {}
            }
            return None;
        }
    };
    if talkative {
        books.put(format_args!(
            "pFruInfo->size = {} bytes (accessed by {})\n",
            device.size,
            if device.words { "words" } else { "bytes" }
        ));
    }
    if device.size == 0 {
        return None;
    }
    let header = match device.header(books.desk.bmc) {
        Ok((header, answer)) => {
            show(&answer);
            header
        }
        Err(failure) => {
            if matches!(failure, Failure::Completion(TIMEOUT)) {
                books.put(format_args!(
                    "  Timeout while reading FRU data. (Device not present?)\n"
                ));
            }
            return None;
        }
    };
    has_version(books, &header, "  ").then(|| (device, header.offset(Area::Multi)))
}

fn has_version(books: &mut Books<'_, '_>, header: &Header, indent: &str) -> bool {
    if header.version != VERSION {
        let version = header.version;
        books.put(format_args!(
            "{indent}Unknown FRU header version {version:02x}.\n"
        ));
    }
    header.version == VERSION
}

/// A file's bytes, and where its multi-records are.
fn file(books: &mut Books<'_, '_>, path: &Path) -> Option<(Vec<u8>, usize)> {
    let mut image = Vec::new();
    // What cannot be read has no header.
    let _ = File::open(path).and_then(|file| file.take(MOST).read_to_end(&mut image));
    log::debug!("File Size = {}\n", image.len());
    log::debug!("Len = {}\n", image.len().min(Header::LENGTH));
    let Some(header) = image.first_chunk().map(Header::parse) else {
        let shown = path.display();
        books.put(format_args!("Error with file {shown} in getting size\n"));
        return None;
    };
    if !has_version(books, &header, "") {
        return None;
    }
    Some((image, header.offset(Area::Multi)))
}

/// How long the records are together; `None` where one is damaged. Told with `-v`, as in stock.
fn length(books: &mut Books<'_, '_>, records: &[u8]) -> Option<usize> {
    let verbose = books.desk.context.verbose;
    let mut at = 0;
    loop {
        let bytes: &[u8; Head::LENGTH] = match records.get(at..).and_then(<[u8]>::first_chunk) {
            Some(bytes) => bytes,
            None => {
                let output = &mut books.desk.output;
                output.complain(format_args!("The file ends before its last record"));
                return None;
            }
        };
        let head = Head::parse(bytes);
        let end = at + Head::LENGTH + usize::from(head.length);
        if verbose > 0 {
            let bytes: String = bytes.iter().map(|byte| format!(" {byte:02X}")).collect();
            books.put(format_args!("Adding ({bytes})"));
        }
        if !head.sound {
            let output = &mut books.desk.output;
            output.complain(format_args!("Bad checksum in Multi Records"));
        }
        if verbose > 0 {
            let word = if head.sound { "OK" } else { "FAIL" };
            books.put(format_args!("--> {word}"));
            if verbose > 1 && head.sound {
                for byte in records.get(at + Head::LENGTH..end).unwrap_or(&[]) {
                    books.put(format_args!(" {byte:02X}"));
                }
            }
            books.put(format_args!("\n"));
        }
        at = end;
        if head.last || !head.sound {
            log::debug!("Size of multirec: {at}\n");
            if at > records.len() {
                let output = &mut books.desk.output;
                output.complain(format_args!("The file ends before its last record"));
                return None;
            }
            return head.sound.then_some(at);
        }
    }
}

/// More than any inventory has.
const MOST: u64 = 1 << 17;

const TIMEOUT: u8 = 0xc3;
