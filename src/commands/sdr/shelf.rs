//! All records of a run: of the file that `-S` names, or of the BMC; found by name or by what they say.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::books::Books;
use crate::commands::output::Output;
use crate::sdr::Sensor;
use crate::sdr::cache::undumped;
use crate::sdr::record::{Record, kind};
use crate::sdr::repository::{Repository, Step};

/// Records, and what went wrong with them.
#[derive(Debug)]
pub struct Shelf {
    repository: Repository,
    /// How many of the first records no request was needed for.
    from_file: usize,
    /// Whether records may be missing.
    pub incomplete: bool,
    /// Whether each record that is read is named to those who asked for very many messages.
    pub announce: bool,
}

impl Books<'_, '_> {
    /// The records of the file that `-S` names, or else the BMC's repository. `None` after a complaint.
    pub fn shelf(&mut self) -> Option<Shelf> {
        let repository = match self.from_file.take() {
            Some(records) => Repository::of(records),
            None => self.open()?,
        };
        Some(Shelf {
            from_file: repository.records().len(),
            repository,
            incomplete: false,
            announce: false,
        })
    }

    /// The first record with this name.
    pub fn find(&mut self, shelf: &mut Shelf, name: &[u8]) -> Option<Record> {
        self.first(shelf, |record| record.is_called(name))
    }

    /// The first record for which `wanted` is true; those behind it are not read.
    pub fn first(&mut self, shelf: &mut Shelf, wanted: impl Fn(&Record) -> bool) -> Option<Record> {
        let mut index = 0;
        loop {
            for record in shelf.repository.records().get(index..).unwrap_or(&[]) {
                if wanted(record) {
                    return Some(record.clone());
                }
                index += 1;
            }
            if !self.step(shelf) {
                return None;
            }
        }
    }

    /// All records for which `wanted` is true.
    pub fn collect(&mut self, shelf: &mut Shelf, wanted: impl Fn(&Record) -> bool) -> Vec<Record> {
        shelf.repository.want_all();
        while self.step(shelf) {}
        let records = shelf.repository.records().iter();
        records.filter(|record| wanted(record)).cloned().collect()
    }

    /// Reads one more record, or leaves out one that cannot be read; false at the end.
    fn step(&mut self, shelf: &mut Shelf) -> bool {
        match shelf.repository.step(self.desk.bmc) {
            Step::Record => true,
            Step::Unreadable(_) => {
                shelf.incomplete = true;
                true
            }
            Step::End { early } => {
                shelf.incomplete |= early;
                false
            }
        }
    }

    /// Hands every record over as soon as it is read; those of which `wanted` is true are asked `questions` ahead.
    /// Where one cannot be read, `unreadable` says so.
    pub fn each(
        &mut self,
        shelf: &mut Shelf,
        wanted: impl Fn(&Record) -> bool,
        questions: impl Fn(Sensor<'_>) -> Vec<u8>,
        mut visit: impl FnMut(&mut Self, &Record),
        unreadable: impl Fn(&mut Self, u16),
    ) {
        let repository = &mut shelf.repository;
        repository.want_all();
        let (mut index, mut hinted) = (0, 0);
        loop {
            while let Some(record) = repository.records().get(index).cloned() {
                if shelf.announce && index >= shelf.from_file && is_kept(&record) {
                    log::debug!("SDR record ID   : 0x{:04x}", record.id);
                }
                if index + LEAST_HINTED > hinted {
                    let known = repository.records().iter().chain(repository.upcoming());
                    let from = hinted.max(index);
                    let window = known.skip(from).take(index + MOST_HINTED - from);
                    self.hint(window.filter(|record| wanted(record)), &questions);
                    hinted = index + MOST_HINTED;
                    hinted = hinted.min(repository.records().len() + repository.at_hand());
                }
                index += 1;
                if wanted(&record) {
                    visit(self, &record);
                }
            }
            match repository.step(self.desk.bmc) {
                Step::Record => {}
                Step::Unreadable(header) => {
                    shelf.incomplete = true;
                    unreadable(self, header.id);
                }
                Step::End { early } => {
                    shelf.incomplete |= early;
                    return;
                }
            }
        }
    }
}

/// The records of a file that `sdr dump` wrote, up to the first one that is damaged; `None` where there is no such
/// file. Either way, what is wrong is said.
pub(super) fn file(path: &Path, output: &mut Output) -> Option<Vec<Record>> {
    let shown = path.display();
    let bytes = match read(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            let why = match error.kind() {
                io::ErrorKind::NotFound => format!("File {shown} does not exist"),
                _ => format!("Unable to open file {shown}: {}", plain(&error)),
            };
            output.complain(format_args!("{why}"));
            output.complain(format_args!("Unable to open SDR cache {shown} for reading"));
            return None;
        }
    };
    let mut records = Vec::new();
    let mut rest = &bytes[..];
    while !rest.is_empty() {
        match next(rest) {
            Ok((record, after)) => {
                rest = after;
                if is_kept(&record) && !record.body.is_empty() {
                    log::debug!("Read record {:04x} from file into cache", record.id);
                    records.push(record);
                }
            }
            Err(why) => {
                output.complain(format_args!("{why}"));
                break;
            }
        }
    }
    Some(records)
}

/// Whether stock remembers records of this type.
pub fn is_kept(record: &Record) -> bool {
    matches!(
        record.kind,
        kind::FULL
            | kind::COMPACT
            | kind::EVENT_ONLY
            | kind::ENTITY_ASSOCIATION
            | kind::GENERIC_LOCATOR
            | kind::FRU_LOCATOR
            | kind::MC_LOCATOR
    )
}

/// The next record of a file, or stock's complaint.
pub fn next(bytes: &[u8]) -> Result<(Record, &[u8]), String> {
    let Some(&[id, id_high, version, _, length]) = bytes.first_chunk::<5>() else {
        return Err(format!("header read {} bytes, expected 5", bytes.len()));
    };
    if length != 0 && !matches!(version, 0x51 | 0x01 | 0x02) {
        return Err(format!("invalid sdr header version {version:02x}"));
    }
    undumped(bytes).ok_or_else(|| {
        let id = u16::from_le_bytes([id, id_high]);
        let got = bytes.len() - 5;
        format!("record {id:04x} read {got} bytes, expected {length}")
    })
}

/// A file's content, if it is not larger than a repository can be.
///
/// # Errors
///
/// As the system gives it.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(LARGEST + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(io::Error::other("File too large"));
    }
    Ok(bytes)
}

/// As C's `strerror` has it.
pub fn plain(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(number) => nix::errno::Errno::from_raw(number).desc().to_owned(),
        None => error.to_string(),
    }
}

/// 65,536 records of 260 bytes.
const LARGEST: u64 = 65_536 * 260;

/// When fewer records than this are hinted, hints are given up to that many.
const LEAST_HINTED: usize = 24;
const MOST_HINTED: usize = 64;
