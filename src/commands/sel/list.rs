//! `sel list`, `sel elist`, and what writes the same to a file.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use super::info::trace;
use super::maker::{APP, GET_DEVICE_ID};
use super::sensors::Sensors;
use super::show::Show;
use super::walk::{END, Walk, question};
use super::{GET_ENTRY, GET_INFO, STORAGE};
use crate::cli::files;
use crate::commands::Desk;
use crate::commands::sdr::books::Books;
use crate::sel::Record;

/// Which entries, and where to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct List {
    /// Above 0: so many of the oldest; below: of the newest; 0: all.
    pub(super) count: i32,
    /// With the names of sensors.
    pub(super) extended: bool,
    /// A file to write to as well.
    pub(super) save: Option<Save>,
}

/// A file to write entries to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Save {
    pub(super) path: PathBuf,
    /// Whether entries are written as they are, else as text.
    pub(super) raw: bool,
}

pub(super) fn run(books: &mut Books<'_, '_>, show: &mut Show, list: &List) -> bool {
    books.desk.hint([
        (STORAGE, GET_INFO, Vec::new()),
        (STORAGE, GET_ENTRY, question(0)),
        (APP, GET_DEVICE_ID, Vec::new()),
    ]);
    let Some(count) = entries(books.desk, true) else {
        return false;
    };
    if count == 0 {
        books
            .desk
            .output
            .complain(format_args!("SEL has no entries"));
        return true;
    }
    let mut sensors = (list.extended && !books.verbose).then(Sensors::default);
    if let Some(sensors) = &mut sensors {
        sensors.prepare(books);
    }
    let mut walk = Walk::new(books.desk, count);
    let Some(start) = start(books.desk, &mut walk, list.count) else {
        return false;
    };
    let mut good = true;
    let mut file = None;
    if let Some(save) = &list.save {
        match files::create(&save.path) {
            Ok(created) => file = Some((BufWriter::new(created), save)),
            Err(complaint) => {
                books.desk.output.complain(format_args!("{complaint}"));
                good = false;
            }
        }
    }
    let (mut id, mut before, mut shown) = (start, None, 0);
    while id != END {
        log::debug!("SEL Next ID: {id:04x}");
        let Some(entry) = walk.entry(books.desk, id, before) else {
            break;
        };
        show.record(books, &entry.record, sensors.as_mut());
        if let Some((out, save)) = &mut file
            && let Err(error) = write(books.desk, show, out, save, &entry.record)
        {
            complain_of(books.desk, save, &error);
            good = false;
            file = None;
        }
        shown += 1;
        // Some BMCs say 0 after the last entry.
        if shown == list.count || entry.next == 0 {
            break;
        }
        (before, id) = (Some(entry.record.id), entry.next);
    }
    if let Some((mut out, save)) = file
        && let Err(error) = out.flush()
    {
        complain_of(books.desk, save, &error);
        good = false;
    }
    good && walk.went_well()
}

/// How many entries there are. What goes wrong is said.
fn entries(desk: &mut Desk<'_>, traced: bool) -> Option<u16> {
    let what = format_args!("Get SEL Info command failed");
    match desk.ask(STORAGE, GET_INFO, &[]) {
        Ok(data) => {
            if traced {
                trace(desk, &data);
            }
            let Some(&[low, high]) = data.get(1..3) else {
                let length = data.len();
                desk.output
                    .complain(format_args!("{what}: Invalid data length {length}"));
                return None;
            };
            Some(u16::from_le_bytes([low, high]))
        }
        Err(failure) => {
            desk.output.fail(what, &failure);
            None
        }
    }
}

/// The number of the first entry to show: 0 is the oldest.
fn start(desk: &mut Desk<'_>, walk: &mut Walk, count: i32) -> Option<u16> {
    if count >= 0 {
        return Some(0);
    }
    let entries = entries(desk, false)?;
    let wanted = u16::try_from(count.unsigned_abs()).unwrap_or(u16::MAX);
    let wanted = wanted.min(entries);
    if let Some(id) = walk.leap(desk, entries, wanted) {
        return Some(id);
    }
    let mut id = 0;
    for _ in wanted..entries {
        if id == END {
            break;
        }
        id = walk.entry(desk, id, None)?.next;
    }
    Some(id)
}

fn write(
    desk: &mut Desk<'_>,
    show: &mut Show,
    out: &mut BufWriter<File>,
    save: &Save,
    record: &Record,
) -> std::io::Result<()> {
    if save.raw {
        out.write_all(&record.to_file())
    } else {
        out.write_all(&show.file_line(desk, record))
    }
}

fn complain_of(desk: &mut Desk<'_>, save: &Save, error: &std::io::Error) {
    desk.output.complain(format_args!(
        "Unable to write file {}: {}",
        save.path.display(),
        files::reason(error)
    ));
}
