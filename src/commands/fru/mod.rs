//! `fru …`: inventories of replaceable units.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use ipmi_rs::connection::Message;

use crate::cli::{Context, Exit, number};
use crate::commands::Errand;
use crate::commands::output::Output;
use crate::fru::edit::is_storable;
use crate::fru::header::Area;
use crate::fru::{kontron, picmg};
use crate::sdr::Record;
use crate::transport::interrupt::Interrupt;

use super::sdr::books::Books;
use super::{Desk, Job, Parsed, Refusal};

mod edit;
mod files;
mod locate;
mod module;
mod oem;
mod print;
mod store;
mod target;
mod upgrade;

use edit::Edit;
use files::Internal;
use oem::{Component, Task};

/// What is to be done.
#[derive(Debug)]
enum Action {
    /// All inventories that can be found.
    PrintAll,
    /// One of the BMC's own.
    Print(u8),
    /// Into a file.
    Read(u8, PathBuf),
    /// From a file.
    Write(u8, PathBuf),
    /// Multi-records from a file.
    Upgrade(u8, PathBuf),
    /// The internal use area.
    Internal(u8, Internal),
    /// A field.
    Edit(Edit),
    /// A maker's records, and stock's word for what cannot be done with them.
    Oem(u8, Task, &'static str),
}

/// Parses what follows `fru`. Words too many are ignored, as in stock.
///
/// # Errors
///
/// Help, or stock's complaint.
pub fn parse(words: &[&str], context: &Context) -> Result<Parsed, Refusal> {
    // The words may have lost bytes that are no UTF-8; in a shell they are not the command line's.
    let args = context.args.split_first();
    let args = args.filter(|(verb, rest)| *verb == "fru" && rest.len() == words.len());
    let word = |index: usize| match args.and_then(|(_, rest)| rest.get(index)) {
        Some(typed) => typed.clone(),
        None => words.get(index).map(OsString::from).unwrap_or_default(),
    };
    let action = match words {
        [] => Action::PrintAll,
        ["help", ..] => return Err(Refusal::help(USAGE)),
        ["print" | "list"] => Action::PrintAll,
        ["print" | "list", "help", ..] => return Err(Refusal::help(PRINT)),
        ["print" | "list", id, ..] => Action::Print(fru_id(id)?),
        ["read", rest @ ..] => {
            let id = file_words(rest, READ)?;
            Action::Read(id, file_name(word(2))?)
        }
        ["write", rest @ ..] => {
            let id = file_words(rest, WRITE)?;
            Action::Write(id, file_name(word(2))?)
        }
        ["upgEkey", rest @ ..] => {
            let id = file_words(rest, UPGRADE)?;
            Action::Upgrade(id, file_name(word(2))?)
        }
        ["internaluse", "help", ..] => return Err(Refusal::help(INTERNAL)),
        ["internaluse", id, "info", ..] => Action::Internal(fru_id(id)?, Internal::Info),
        ["internaluse", id, "print", ..] => Action::Internal(fru_id(id)?, Internal::Print),
        ["internaluse", id, "read", _, ..] => {
            let id = fru_id(id)?;
            Action::Internal(id, Internal::Read(file_name(word(3))?))
        }
        ["internaluse", id, "write", _, ..] => {
            let id = fru_id(id)?;
            Action::Internal(id, Internal::Write(file_name(word(3))?))
        }
        ["internaluse", ..] => {
            return Err(Refusal::error(format!(
                "Either unknown command or not enough parameters given.\n{INTERNAL}"
            )));
        }
        ["edit", "help", ..] => return Err(Refusal::help(EDIT)),
        ["get", "help", ..] => return Err(Refusal::help(GET)),
        ["edit"] => return Err(not_enough(EDIT)),
        ["get"] => return Err(not_enough(GET)),
        ["edit", id, rest @ ..] => {
            let id = fru_id(id)?;
            let text = || word(5).as_bytes().to_vec();
            match rest {
                [] => Action::Oem(id, Task::EditCurrents, NOT_EDITED),
                ["field", area, index, _] => {
                    return field(id, [area, index], text(), told_id(context, id));
                }
                ["field", ..] => return Ok(refused(context, id, not_enough(EDIT))),
                ["oem", rest @ ..] => match edited(rest) {
                    Ok(task) => Action::Oem(id, task, NOT_EDITED),
                    Err(refusal) => return Ok(refused(context, id, refusal)),
                },
                [word, ..] => return Ok(refused(context, id, invalid(word, EDIT))),
            }
        }
        ["get", id, rest @ ..] => {
            let id = fru_id(id)?;
            match rest {
                [] => return Ok(refused(context, id, not_enough(GET))),
                ["oem", rest @ ..] => match shown(rest) {
                    Ok(task) => Action::Oem(id, task, NOT_SHOWN),
                    Err(refusal) => return Ok(refused(context, id, refusal)),
                },
                [word, ..] => return Ok(refused(context, id, invalid(word, GET))),
            }
        }
        [word, ..] => {
            return Err(Refusal::error(format!(
                "Invalid FRU command: {word}\n{USAGE}"
            )));
        }
    };
    Ok(Parsed::job(action))
}

/// Prints the inventories that these locator records tell of.
pub(super) fn print_of(books: &mut Books<'_, '_>, records: &[Record]) {
    locate::print_of(books, records);
}

fn fru_id(word: &str) -> Result<u8, Refusal> {
    number::uchar(word.as_bytes()).map_err(|_| {
        Refusal::error(format!(
            "FRU ID '{word}' is either invalid or out of range."
        ))
    })
}

fn invalid(word: &str, usage: &str) -> Refusal {
    Refusal::error(format!("Invalid command: {word}\n{usage}"))
}

/// What stock says with `-v` before it looks at what follows the number.
fn told_id(context: &Context, id: u8) -> String {
    if context.verbose > 0 {
        format!("FRU ID           : {id}\n")
    } else {
        String::new()
    }
}

/// A refusal behind the inventory's number.
fn refused(context: &Context, id: u8, refusal: Refusal) -> Parsed {
    Parsed::errand(Told {
        stdout: told_id(context, id),
        stderr: Some(refusal.text),
    })
}

fn not_enough(usage: &str) -> Refusal {
    Refusal::error(format!("Not enough parameters given.\n{usage}"))
}

/// The number in front of a file's name.
fn file_words(words: &[&str], usage: &str) -> Result<u8, Refusal> {
    match words {
        ["help", ..] => Err(Refusal::help(usage)),
        [id, _, ..] => fru_id(id),
        _ => Err(not_enough(usage)),
    }
}

fn file_name(word: OsString) -> Result<PathBuf, Refusal> {
    match word.len() {
        0 => Err(Refusal::error("File/path is invalid.")),
        1..512 => Ok(PathBuf::from(word)),
        _ => Err(Refusal::error("File/path must be shorter than 512 bytes.")),
    }
}

/// `field <section> <index> <string>`: of section and index stock looks at the first byte only.
fn field(
    id: u8,
    [area, index]: [&str; 2],
    text: Vec<u8>,
    stdout: String,
) -> Result<Parsed, Refusal> {
    let area = match area.as_bytes().first() {
        Some(b'c') => Area::Chassis,
        Some(b'b') => Area::Board,
        Some(b'p') => Area::Product,
        _ => {
            let stdout = format!("{stdout}Wrong field type.");
            return Ok(Parsed::errand(Told {
                stdout,
                stderr: None,
            }));
        }
    };
    let index = index
        .as_bytes()
        .first()
        .map_or(0, |first| first.wrapping_sub(b'0'));
    if !is_storable(&text) {
        return Err(Refusal::error(
            "A field has no text, or 2 to 63 bytes of it: one byte would end the list of fields.",
        ));
    }
    Ok(Parsed::job(Action::Edit(Edit {
        id,
        area,
        index: index.into(),
        text,
    })))
}

/// `<iana> <record> <format> <name> <instance> <field> <field> <field> <crc32>`.
fn edited(words: &[&str]) -> Result<Task, Refusal> {
    let Some((iana, rest)) = words.split_first() else {
        return Err(Refusal::error("oem iana <record> <format> [<args>]"));
    };
    match maker(iana)? {
        picmg::MAKER => Ok(Task::EditCurrents),
        kontron::MAKER => component(rest).map(Task::EditComponent),
        maker => Ok(Task::Unknown(maker)),
    }
}

fn component(words: &[&str]) -> Result<Component, Refusal> {
    let [record, format, name, instance, fields @ ..] = words else {
        return Err(Refusal::error(EDIT_KONTRON));
    };
    let [version, built, updated, checksum, ..] = fields else {
        return Err(Refusal::error(EDIT_KONTRON));
    };
    let byte = |label: &str, word: &str| {
        number::uchar(word.as_bytes()).map_err(|_| {
            Refusal::error(format!(
                "{label} argument '{word}' is either invalid or out of range."
            ))
        })
    };
    if byte("Record ID", record)? != kontron::INFORMATION {
        return Err(Refusal::error(EDIT_KONTRON));
    }
    let fields = [version, built, updated, checksum];
    if fields.iter().any(|field| !matches!(field.len(), 8 | 10)) {
        return Err(Refusal::error(
            "error: version fields must have 8 characters",
        ));
    }
    Ok(Component {
        format: byte("Format", format)?,
        name: name.as_bytes().to_vec(),
        instance: byte("Instance", instance)?,
        fields: fields.map(|field| field.as_bytes().to_vec()),
    })
}

/// `<iana> <record>`.
fn shown(words: &[&str]) -> Result<Task, Refusal> {
    let Some((iana, rest)) = words.split_first() else {
        return Err(Refusal::error("oem iana <record> <format>"));
    };
    match maker(iana)? {
        kontron::MAKER if rest.is_empty() => Err(Refusal::error(GET_KONTRON)),
        kontron::MAKER => Ok(Task::Show),
        maker => Ok(Task::Unknown(maker)),
    }
}

fn maker(word: &str) -> Result<u32, Refusal> {
    number::uint(word.as_bytes())
        .map_err(|_| Refusal::error(format!("Given IANA '{word}' is invalid.")))
}

/// Texts for standard output and standard error, and a failure.
#[derive(Debug)]
struct Told {
    stdout: String,
    stderr: Option<String>,
}

impl Errand for Told {
    fn run(self: Box<Self>, _: &Context, _: Option<&Interrupt>, output: &mut Output) -> Exit {
        output.print(format_args!("{}", self.stdout));
        if let Some(stderr) = &self.stderr {
            output.complain(format_args!("{stderr}"));
        }
        Exit::Failure
    }
}

impl Job for Action {
    fn first(&self) -> Vec<Message> {
        let info = |id| Message::new_raw(STORAGE, GET_INFO, vec![id]);
        match self {
            Self::PrintAll => vec![Message::new_raw(APP, GET_DEVICE_ID, Vec::new()), info(0)],
            Self::Print(id)
            | Self::Read(id, _)
            | Self::Write(id, _)
            | Self::Upgrade(id, _)
            | Self::Internal(id, _)
            | Self::Edit(Edit { id, .. })
            | Self::Oem(id, ..) => vec![info(*id)],
        }
    }

    fn run(&self, desk: &mut Desk<'_>) -> bool {
        let books = &mut Books::new(desk, false);
        match self {
            Self::PrintAll => locate::print_all(books),
            Self::Print(id) => print::one(books, *id),
            Self::Read(id, path) => files::read(books, *id, path),
            Self::Write(id, path) => files::write(books, *id, path),
            Self::Upgrade(id, path) => upgrade::run(books, *id, path),
            Self::Internal(id, task) => task.run(books, *id),
            Self::Edit(edit) => edit.run(books),
            Self::Oem(id, task, not) => task.run(books, *id, not),
        }
    }
}

const USAGE: &str = "FRU Commands:  print read write upgEkey edit internaluse get";
const PRINT: &str = "fru print [fru id] - print information about FRU(s)";
const READ: &str = "fru read <fru id> <fru file>
Note: FRU ID and file(incl. full path) must be specified.
Example: ipmitool fru read 0 /root/fru.bin";
const WRITE: &str = "fru write <fru id> <fru file>
Note: FRU ID and file(incl. full path) must be specified.
Example: ipmitool fru write 0 /root/fru.bin";
const UPGRADE: &str = "fru upgEkey <fru id> <fru file>
Note: FRU ID and file(incl. full path) must be specified.
Example: ipmitool fru upgEkey 0 /root/fru.bin";
const INTERNAL: &str = "fru internaluse <fru id> info             - get internal use area size
fru internaluse <fru id> print            - print internal use area in hex
fru internaluse <fru id> read  <fru file> - read internal use area to file
fru internaluse <fru id> write <fru file> - write internal use area from file";
const EDIT: &str = "fru edit <fruid> field <section> <index> <string> - edit FRU string
fru edit <fruid> oem iana <record> <format> <args> - limited OEM support";
const GET: &str = "fru get <fruid> oem iana <record> <format> <args> - limited OEM support";
const EDIT_KONTRON: &str = "usage: oem <iana> <recordid> <format> <args...>
usage: oem 15000 3 0 <name> <instance> <field1> <field2> <field3> <crc32>";
const GET_KONTRON: &str = "usage: oem <iana> <recordid>
usage: oem 15000 3";
const NOT_EDITED: &str = "not support";
const NOT_SHOWN: &str = "not supported";

const APP: u8 = 0x06;
const GET_DEVICE_ID: u8 = 0x01;
const STORAGE: u8 = 0x0a;
const GET_INFO: u8 = 0x10;
