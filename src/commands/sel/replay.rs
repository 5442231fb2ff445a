//! `sel readraw`, `sel ereadraw`, `sel interpret`: logs that were written to files.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::sensors::Sensors;
use super::show::Show;
use crate::cli::files;
use crate::commands::Desk;
use crate::commands::sdr::books::Books;
use crate::sel::{Body, Record, pps};

/// A file of records, as `sel writeraw` writes it.
pub(super) fn raw(
    books: &mut Books<'_, '_>,
    show: &mut Show,
    path: &Path,
    mut sensors: Option<Sensors>,
) -> bool {
    let mut file = match files::open(path) {
        Ok(file) => BufReader::new(file),
        Err(complaint) => {
            books.desk.output.complain(format_args!(
                "{complaint}\nipmitool: could not open input file."
            ));
            return false;
        }
    };
    loop {
        let mut bytes = Vec::with_capacity(RECORD);
        match file.by_ref().take(RECORD as u64).read_to_end(&mut bytes) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) => {
                complain_of(books.desk, path, &error);
                return false;
            }
        }
        match <[u8; RECORD]>::try_from(bytes) {
            Ok(bytes) => show.record(books, &Record::from_file(&bytes), sensors.as_mut()),
            Err(_) => {
                books
                    .desk
                    .output
                    .complain(format_args!("ipmitool: incomplete record found in file."));
                return false;
            }
        }
    }
}

/// A shelf manager's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Interpret {
    pub(super) path: PathBuf,
}

pub(super) fn interpret(books: &mut Books<'_, '_>, show: &mut Show, log: &Interpret) -> bool {
    let path = &log.path;
    let file = match files::open(path) {
        Ok(file) => file,
        Err(complaint) => {
            books.desk.output.complain(format_args!(
                "{complaint}\nFailed to open file '{}' for reading.",
                path.display()
            ));
            return false;
        }
    };
    lines(books, show, path, BufReader::new(file))
}

fn lines(
    books: &mut Books<'_, '_>,
    show: &mut Show,
    path: &Path,
    mut file: BufReader<File>,
) -> bool {
    loop {
        let mut line = Vec::new();
        match file.by_ref().take(LONGEST).read_until(b'\n', &mut line) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) => {
                complain_of(books.desk, path, &error);
                return false;
            }
        }
        let line = String::from_utf8_lossy(&line);
        match pps::parse(&line) {
            Ok(mut record) => {
                if let Body::Event(event) = &mut record.body {
                    event.timestamp = pps::time(&line)
                        .and_then(|time| show.dates.stamp_of_words(time))
                        .unwrap_or(0);
                }
                show.record(books, &record, None);
            }
            Err(complaint) => {
                books.desk.output.complain(format_args!("{complaint}"));
                return false;
            }
        }
    }
}

fn complain_of(desk: &mut Desk<'_>, path: &Path, error: &std::io::Error) {
    // A directory can be opened, but not read.
    let reason = match error.kind() {
        ErrorKind::IsADirectory => "Is a directory".to_owned(),
        _ => files::reason(error),
    };
    desk.output.complain(format_args!(
        "Unable to read file {}: {reason}",
        path.display()
    ));
}

/// Bytes of a record.
const RECORD: usize = 16;
/// Bytes of a line.
const LONGEST: u64 = 4096;
