//! `fru read`, `fru write` and `fru internaluse`.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use crate::cli::files::reason;
use crate::commands::sdr::books::Books;
use crate::fru::Device;
use crate::fru::device::{Parts, Unread};
use crate::ipmi::Failure;

use super::print::{absent, garbled, header};
use super::store::store;
use super::target::{BMC_ITSELF, limits};

/// What is to be done with the internal use area.
#[derive(Debug)]
pub(super) enum Internal {
    Info,
    Print,
    Read(PathBuf),
    Write(PathBuf),
}

/// One of the BMC's own inventories.
pub(super) fn open(books: &mut Books<'_, '_>, id: u8) -> Result<Device, Failure> {
    let limits = limits(books.desk.context, BMC_ITSELF);
    Device::open(books.desk.bmc, id, BMC_ITSELF, limits)
}

/// Reads all of an inventory into a file.
pub(super) fn read(books: &mut Books<'_, '_>, id: u8, path: &Path) -> bool {
    let Some(mut device) = open_for_file(books, id, path) else {
        return false;
    };
    let size = usize::from(device.size);
    books.put(format_args!("Fru Size         : {size} bytes\n"));
    if books.asks_ahead() {
        device.prefetch_all(books.desk.bmc);
    }
    match device.read(books.desk.bmc, 0, size) {
        Ok(part) => {
            if part.given < size {
                books.desk.output.complain(format_args!(
                    "The FRU gives {} bytes only: the others are zero",
                    part.given
                ));
            }
            save(books, path, &part.bytes)
        }
        Err(why) => {
            garbled(books, why);
            not_written(books, path)
        }
    }
}

/// Writes a file into an inventory.
pub(super) fn write(books: &mut Books<'_, '_>, id: u8, path: &Path) -> bool {
    let Some(mut device) = open_for_file(books, id, path) else {
        return false;
    };
    let size = usize::from(device.size);
    let mut bytes = Vec::new();
    let opened = File::open(path);
    let read = opened.and_then(|file| file.take(MOST).read_to_end(&mut bytes));
    if let Err(error) = read {
        return cannot_open(books, path, &error);
    }
    let longer = bytes.len() > size;
    bytes.truncate(size);
    books.put(format_args!("Fru Size         : {size} bytes\n"));
    books.put(format_args!("Size to Write    : {} bytes\n", bytes.len()));
    if longer {
        books.desk.output.complain(format_args!(
            "The file is longer than the FRU: its end is not written"
        ));
    }
    if bytes.is_empty() {
        return true;
    }
    let good = store(books, &mut device, 0, &bytes);
    if good {
        log::info!("Done");
    }
    good && !longer
}

/// Opens an inventory; what goes wrong is said.
fn open_for_file(books: &mut Books<'_, '_>, id: u8, path: &Path) -> Option<Device> {
    if books.desk.context.verbose > 0 {
        books.put(format_args!("FRU ID           : {id}\n"));
        books.put(format_args!("FRU File         : {}\n", path.display()));
    }
    let device = match open(books, id) {
        Ok(device) => device,
        Err(failure) => {
            if matches!(failure, Failure::Completion(TIMEOUT)) {
                books.put(format_args!(
                    "  Timeout accessing FRU info. (Device not present?)\n"
                ));
            }
            let what = format_args!("Get FRU Inventory Area Info command failed");
            books.desk.output.fail(what, &failure);
            return None;
        }
    };
    if books.desk.context.verbose > 0 {
        books.put(format_args!("Fru Size   = {} bytes\n", device.size));
        let access = u8::from(device.words);
        books.put(format_args!("Fru Access = {access:x}h\n"));
    }
    Some(device)
}

fn save(books: &mut Books<'_, '_>, path: &Path, bytes: &[u8]) -> bool {
    let mut file = match File::create(path) {
        Ok(file) => file,
        Err(error) => return cannot_open(books, path, &error),
    };
    match file.write_all(bytes) {
        Ok(()) => {
            books.put(format_args!("Done\n"));
            true
        }
        Err(error) => {
            books.desk.output.complain(format_args!(
                "Error writing file {}: {}",
                path.display(),
                reason(&error)
            ));
            false
        }
    }
}

/// Stock's words, with the empty line behind them.
fn cannot_open(books: &mut Books<'_, '_>, path: &Path, error: &std::io::Error) -> bool {
    log::info!("{}", reason(error));
    books
        .desk
        .output
        .complain(format_args!("Error opening file {}\n", path.display()));
    false
}

fn not_written(books: &mut Books<'_, '_>, path: &Path) -> bool {
    books.desk.output.complain(format_args!(
        "The FRU cannot be read: file {} was not written",
        path.display()
    ));
    false
}

impl Internal {
    /// Does it.
    pub(super) fn run(&self, books: &mut Books<'_, '_>, id: u8) -> bool {
        if let Self::Read(path) | Self::Write(path) = self {
            log::debug!("FRU ID           : {id}");
            log::debug!("FRU File         : {}", path.display());
        }
        let Some((mut device, offset, size)) = locate(books, id) else {
            books
                .desk
                .output
                .complain(format_args!("Cannot access internal use area"));
            return false;
        };
        log::debug!("Internal Use Area Offset: {offset}");
        books.put(format_args!("Internal Use Area Size  : {size}\n"));
        match self {
            Self::Info => true,
            Self::Print => match contents(books, &mut device, offset, size) {
                Ok(bytes) => {
                    for (index, byte) in bytes.iter().enumerate() {
                        if index % 16 == 0 {
                            books.put(format_args!("\n{:02}- ", index / 16));
                        }
                        books.put(format_args!("{byte:02X} "));
                    }
                    books.put(format_args!("\n"));
                    true
                }
                Err(why) => {
                    garbled(books, why);
                    books.put(format_args!("\n"));
                    false
                }
            },
            Self::Read(path) => match contents(books, &mut device, offset, size) {
                Ok(bytes) => {
                    let good = save(books, path, &bytes);
                    if good {
                        books.put(format_args!("\n"));
                    }
                    good
                }
                Err(why) => {
                    garbled(books, why);
                    books.put(format_args!("\n"));
                    not_written(books, path)
                }
            },
            Self::Write(path) => write_internal(books, &mut device, (offset, size), path),
        }
    }
}

/// The device, and its internal use area's offset and length; why it cannot be had was said.
fn locate(books: &mut Books<'_, '_>, id: u8) -> Option<(Device, u16, u16)> {
    let mut device = match open(books, id) {
        Ok(device) => device,
        Err(failure) => {
            absent(books, &failure);
            return None;
        }
    };
    let header = header(books, &mut device)?;
    let (offset, size) = header.internal(device.size);
    Some((device, offset, size))
}

fn contents(
    books: &mut Books<'_, '_>,
    device: &mut Device,
    offset: u16,
    size: u16,
) -> Result<Vec<u8>, Unread> {
    let (offset, size) = (usize::from(offset), usize::from(size));
    let part = device.read_in(books.desk.bmc, offset, size, Parts::Small)?;
    Ok(part.bytes)
}

fn write_internal(
    books: &mut Books<'_, '_>,
    device: &mut Device,
    (offset, size): (u16, u16),
    path: &Path,
) -> bool {
    let mut bytes = Vec::new();
    let opened = File::open(path);
    let read = opened.and_then(|file| file.take(MOST).read_to_end(&mut bytes));
    let output = &mut books.desk.output;
    if let Err(error) = read {
        let reason = reason(&error);
        output.complain(format_args!(
            "Error opening file {}: {reason}",
            path.display()
        ));
        return false;
    }
    output.complain(format_args!("File Size: {}", bytes.len()));
    output.complain(format_args!("Area Size: {size}"));
    if bytes.len() != usize::from(size) {
        output.complain(format_args!("File size does not fit Eeprom Size"));
        return false;
    }
    bytes.is_empty() || store(books, device, offset.into(), &bytes)
}

/// More than any inventory has.
const MOST: u64 = 1 << 17;

/// Stock takes it for an empty slot.
const TIMEOUT: u8 = 0xc3;
