//! `sel …`: the system event log.

use std::io::Read;
use std::path::{Path, PathBuf};

use ipmi_rs::connection::Message;

use crate::cli::{Context, files, number};
use crate::sel::event_file::{self, Line};
use crate::sel::oem_file::{self, Descriptions};

use super::sdr::books::Books;
use super::{Desk, Job, Parsed, Refusal};

mod change;
mod clock;
mod describe;
mod get;
mod info;
mod list;
pub(in crate::commands) mod maker;
mod replay;
pub(super) mod sensors;
pub(super) mod show;
mod walk;

use clock::Clock;
use list::{List, Save};
use replay::Interpret;
use sensors::Sensors;
use show::Show;

/// What is to be done with the log.
#[derive(Debug)]
enum Action {
    Info,
    List(List),
    Get(Vec<String>),
    Clear,
    Delete(Vec<u16>),
    Add(Vec<[u8; 7]>),
    Clock(Clock),
    ReadRaw { path: PathBuf, extended: bool },
    Interpret(Interpret),
}

/// Parses what follows `sel`. Words too many are ignored, as in stock.
///
/// # Errors
///
/// Help, an unknown word, a number that is none, or a file that holds something else than events.
pub fn parse(words: &[&str], context: &Context) -> Result<Parsed, Refusal> {
    let action = match words {
        [] | ["info", ..] => Action::Info,
        ["help", ..] => return Err(Refusal::help(USAGE)),
        ["list" | "elist", rest @ ..] => Action::List(List {
            count: count(rest)?,
            extended: words[0] == "elist",
            save: None,
        }),
        ["get"] => return Err(Refusal::help("usage: sel get <entry>")),
        ["get", "help", ..] => return Err(Refusal::error("usage: sel get <id>...<id>")),
        ["get", ids @ ..] => Action::Get(ids.iter().map(|id| (*id).to_owned()).collect()),
        ["clear", ..] => Action::Clear,
        ["delete"] => return Err(Refusal::help("usage: sel delete <id>...<id>")),
        ["delete", "help", ..] => return Err(Refusal::error("usage: delete <id>...<id>\n")),
        ["delete", ids @ ..] => Action::Delete(deleted(ids)?),
        ["time", "get", ..] => Action::Clock(Clock::Get),
        ["time", "set"] => {
            return Err(Refusal::help("usage: sel time set \"mm/dd/yyyy hh:mm:ss\""));
        }
        ["time", "set", time, ..] => Action::Clock(clock(time, context)?),
        ["time", ..] => return Err(Refusal::help("sel time commands: get set")),
        [word, rest @ ..] => match file_action(word, rest, context)? {
            Some(action) => action,
            None => return Err(Refusal::error(format!("Invalid SEL command: {word}"))),
        },
    };
    Ok(Parsed::job(action))
}

/// The subcommands that need a file.
fn file_action(word: &str, rest: &[&str], context: &Context) -> Result<Option<Action>, Refusal> {
    // The words may have lost bytes that are no UTF-8.
    let path = |index: usize| {
        let typed = context.args.get(index + 2).map(PathBuf::from);
        typed.unwrap_or_else(|| PathBuf::from(rest[index]))
    };
    let usage = match word {
        "interpret" if rest.len() < 3 => "interpret iana filename format(pps)",
        "save" if rest.is_empty() => "save <filename>",
        "add" if rest.is_empty() => "add <filename>",
        "writeraw" if rest.is_empty() => "writeraw <filename>",
        "readraw" if rest.is_empty() => "readraw <filename>",
        "ereadraw" if rest.is_empty() => "ereadraw <filename>",
        "save" | "writeraw" => {
            return Ok(Some(Action::List(List {
                save: Some(Save {
                    path: path(0),
                    raw: word == "writeraw",
                }),
                ..List::default()
            })));
        }
        "add" => return Ok(Some(Action::Add(events(&path(0))?))),
        "readraw" | "ereadraw" => {
            return Ok(Some(Action::ReadRaw {
                path: path(0),
                extended: word == "ereadraw",
            }));
        }
        "interpret" => {
            if number::uint(rest[0].as_bytes()).is_err() {
                let iana = rest[0];
                return Err(Refusal::error(format!("Given IANA '{iana}' is invalid.")));
            }
            if rest[2] != "pps" {
                let format = rest[2];
                return Err(Refusal::error(format!(
                    "Given format '{format}' is unknown."
                )));
            }
            return Ok(Some(Action::Interpret(Interpret { path: path(1) })));
        }
        _ => return Ok(None),
    };
    Err(Refusal::help(format!("usage: sel {usage}")))
}

/// `[first|last] N`; nothing, or more than that, is all.
fn count(words: &[&str]) -> Result<i32, Refusal> {
    let (word, newest) = match words {
        [count] => (count, false),
        ["first", count] => (count, false),
        ["last", count] => (count, true),
        [_, _] => return Err(Refusal::error("Unknown sel list option")),
        _ => return Ok(0),
    };
    let count = number::int(word.as_bytes())
        .map_err(|_| Refusal::error(format!("Numeric argument required; got '{word}'")))?;
    Ok(if newest { count.wrapping_neg() } else { count })
}

/// The numbers of entries to delete: all of them are good, or none is deleted.
fn deleted(words: &[&str]) -> Result<Vec<u16>, Refusal> {
    let mut complaints = Vec::new();
    let mut ids = Vec::new();
    for word in words {
        match number::ushort(word.as_bytes()) {
            Ok(id) => ids.push(id),
            Err(_) => complaints.push(format!("Given SEL ID '{word}' is invalid.")),
        }
    }
    if complaints.is_empty() {
        return Ok(ids);
    }
    Err(Refusal::error(complaints.join("\n")))
}

fn clock(time: &str, context: &Context) -> Result<Clock, Refusal> {
    if time.eq_ignore_ascii_case("now") {
        return Ok(Clock::SetNow);
    }
    crate::cli::dates::Dates::from_environment(context.utc)
        .stamp(time)
        .map(Clock::Set)
        .ok_or_else(|| Refusal::error("Specified time could not be parsed"))
}

/// The events of a file: all of its lines are good, or none is sent.
///
/// # Errors
///
/// Every line that is no event, or why the file cannot be read.
pub(super) fn events(path: &Path) -> Result<Vec<[u8; 7]>, Refusal> {
    let mut text = Vec::new();
    let file = files::open(path).map_err(Refusal::error)?;
    file.take(LARGEST).read_to_end(&mut text).map_err(|error| {
        let reason = files::reason(&error);
        Refusal::error(format!("Unable to read file {}: {reason}", path.display()))
    })?;
    let mut complaints = Vec::new();
    let mut events = Vec::new();
    for line in event_file::lines(&text, |word| number::uchar(word).ok()) {
        match line {
            Line::Event(event) => events.push(event),
            Line::Invalid(line) => complaints.push(format!("Invalid Event: {line}")),
        }
    }
    if complaints.is_empty() {
        return Ok(events);
    }
    Err(Refusal::error(complaints.join("\n")))
}

impl Job for Action {
    fn first(&self) -> Vec<Message> {
        let message = |cmd| Message::new_raw(STORAGE, cmd, Vec::new());
        match self {
            Self::Info | Self::List(_) => vec![message(GET_INFO)],
            Self::Clock(Clock::Get) => vec![message(GET_TIME)],
            _ => Vec::new(),
        }
    }

    fn run(&self, desk: &mut Desk<'_>) -> bool {
        let books = &mut Books::new(desk, false);
        let descriptions = descriptions(books.desk);
        let mut show = Show::new(books.desk, descriptions);
        match self {
            Self::Info => info::run(books.desk),
            Self::List(list) => list::run(books, &mut show, list),
            Self::Get(words) => get::run(books, &mut show, words),
            Self::Clear => change::clear(books.desk),
            Self::Delete(ids) => change::delete(books.desk, ids),
            Self::Add(events) => change::add(books, &mut show, events),
            Self::Clock(clock) => clock.run(books.desk),
            Self::ReadRaw { path, extended } => {
                let sensors = (*extended && !books.verbose).then(Sensors::default);
                replay::raw(books, &mut show, path, sensors)
            }
            Self::Interpret(log) => replay::interpret(books, &mut show, log),
        }
    }
}

/// The descriptions that `-O` names. What is wrong with the file is said, and it is not used.
pub(super) fn descriptions(desk: &mut Desk<'_>) -> Descriptions {
    let Some(path) = &desk.context.sel_oem else {
        return Descriptions::default();
    };
    let shown = path.display();
    let mut text = Vec::new();
    let read = files::open(path).and_then(|file| {
        let read = file.take(LARGEST).read_to_end(&mut text);
        read.map_err(|error| format!("Unable to read file {shown}: {}", files::reason(&error)))
    });
    if let Err(complaint) = read {
        desk.output
            .complain(format_args!("{complaint}\nCould not open {shown} file"));
        return Descriptions::default();
    }
    let parsed = oem_file::parse(&text);
    desk.output.line(format_args!("nrecs={}", parsed.lines));
    parsed.descriptions.unwrap_or_else(|line| {
        desk.output.complain(format_args!(
            "Encountered problems reading line {line} of {shown}"
        ));
        Descriptions::default()
    })
}

const USAGE: &str =
    "SEL Commands:  info clear delete list elist get add time save readraw writeraw interpret";

/// Bytes read of a file that was named.
const LARGEST: u64 = 16 << 20;

// Commands of IPMI v2.0 chapter 31.
const STORAGE: u8 = 0x0a;
const GET_INFO: u8 = 0x40;
const GET_ALLOCATION_INFO: u8 = 0x41;
const RESERVE: u8 = 0x42;
const GET_ENTRY: u8 = 0x43;
const ADD_ENTRY: u8 = 0x44;
const DELETE_ENTRY: u8 = 0x46;
const CLEAR: u8 = 0x47;
const GET_TIME: u8 = 0x48;
const SET_TIME: u8 = 0x49;
