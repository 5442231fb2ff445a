//! `lan6 …`: IPv6 configuration of LAN channels.

use std::fmt::Write;

use crate::cli::{Context, Exit, number};
use crate::transport::interrupt::Interrupt;

use super::output::Output;
use super::{Desk, Errand, Job, Parsed, Refusal, medium};

mod items;
mod show;
mod transfer;
mod values;

use items::{ITEMS, Item, Parameter};
use values::BadValue;

/// Parses what follows `lan6`.
///
/// # Errors
///
/// A bad channel. Everything else that is wrong is answered with usage on standard output: see [`Usage`].
pub fn parse(words: &[&str], _: &Context) -> Result<Parsed, Refusal> {
    let Some((word, rest)) = words.split_first() else {
        return Ok(Usage::help(None));
    };
    let Some(command) = Command::named(word) else {
        return Ok(Usage::mistake("", None));
    };
    let (channel, rest) = match (command, rest) {
        (Command::Help, _) => {
            return Ok(Usage::help(
                rest.first().and_then(|word| Command::named(word)),
            ));
        }
        (Command::Save | Command::Print, []) => (None, rest),
        (_, []) => return Ok(Usage::mistake("", Some(command))),
        (_, [word, rest @ ..]) => match number::int(word.as_bytes()).map(u8::try_from) {
            Ok(Ok(channel @ 0..=15)) => (Some(channel), rest),
            _ => return Err(Refusal::error(format!("Invalid channel: {word}"))),
        },
    };
    let lock = |state| {
        Ok(Parsed::job(Lock {
            channel: channel.unwrap_or(0),
            state,
        }))
    };
    match command {
        Command::Lock => lock(State::Lock),
        Command::Commit => lock(State::Commit),
        Command::Discard => lock(State::Discard),
        Command::Set => Ok(set(channel.unwrap_or(0), rest)),
        Command::Save | Command::Print | Command::Help => Ok(match Selection::parse(rest) {
            Ok((selection, _)) => Parsed::job(Show {
                channel,
                selection,
                save: command == Command::Save,
            }),
            Err(complaint) => Usage::mistake(complaint, Some(command)),
        }),
    }
}

/// The word after `lan6`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Command {
    Help,
    Save,
    Set,
    Print,
    Lock,
    Commit,
    Discard,
}

impl Command {
    fn named(word: &str) -> Option<Self> {
        COMMANDS
            .iter()
            .find(|(_, name, _)| name.eq_ignore_ascii_case(word))
            .map(|(command, ..)| *command)
    }
}

/// In the order of the usage text: name, and what follows it.
const COMMANDS: &[(Command, &str, &str)] = &[
    (Command::Help, "help", "[command]"),
    (
        Command::Save,
        "save",
        "<channel> [<parameter> [<set_sel> [<block_sel>]]]",
    ),
    (
        Command::Set,
        "set",
        "<channel> [nolock] <parameter> [<set_sel> [<block_sel>]] <values...>",
    ),
    (
        Command::Print,
        "print",
        "<channel> [<parameter> [<set_sel> [<block_sel>]]]",
    ),
    (Command::Lock, "lock", "<channel>"),
    (Command::Commit, "commit", "<channel>"),
    (Command::Discard, "discard", "<channel>"),
];

/// Which values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Selection {
    /// `None`: all.
    item: Option<&'static Item>,
    /// `None`: all.
    set: Option<u8>,
    /// `None`: all.
    block: Option<u8>,
}

impl Selection {
    /// Reads an item's name and the numbers of its set and block, as far as it has some; the rest of the words.
    fn parse<'a, 'b>(words: &'a [&'b str]) -> Result<(Self, &'a [&'b str]), &'static str> {
        let mut selection = Self {
            item: None,
            set: None,
            block: None,
        };
        let Some((name, rest)) = words.split_first() else {
            return Ok((selection, words));
        };
        let item = Item::named(name).ok_or("invalid parameter")?;
        selection.item = Some(item);
        selection.set = item.sets.is_none().then_some(0);
        selection.block = (!item.blocks).then_some(0);
        let (Some(first), Some((word, rest))) = (item.sets, rest.split_first()) else {
            return Ok((selection, rest));
        };
        let selector = |word: &str| match number::int(word.as_bytes()).map(u8::try_from) {
            Ok(Ok(number)) => Some(number),
            _ => None,
        };
        let set = selector(word).filter(|set| *set >= first);
        selection.set = Some(set.ok_or("invalid set selector")?);
        let (true, Some((word, rest))) = (item.blocks, rest.split_first()) else {
            return Ok((selection, rest));
        };
        selection.block = Some(selector(word).ok_or("invalid block selector")?);
        Ok((selection, rest))
    }
}

/// What follows `set` and a channel.
fn set(channel: u8, words: &[&str]) -> Parsed {
    let (lock, words) = match words {
        [word, rest @ ..] if word.eq_ignore_ascii_case("nolock") => (false, rest),
        _ => (true, words),
    };
    let (selection, words) = match Selection::parse(words) {
        Ok(parsed) => parsed,
        Err(complaint) => return Usage::mistake(complaint, Some(Command::Set)),
    };
    let Some(item) = selection.item else {
        return Usage::lines("invalid parameter, must be one of:", item_usages(true));
    };
    let Some(set) = selection.set else {
        return Usage::lines("set selector is not specified", String::new());
    };
    let Some(block) = selection.block else {
        return Usage::lines("block selector is not specified", String::new());
    };
    let Some(usage) = item.usage(true) else {
        return Usage::lines("the parameter is read-only", String::new());
    };
    match values::parse(item, set, block, words) {
        Ok(bytes) => Parsed::job(Set {
            channel,
            item,
            set,
            bytes,
            lock,
        }),
        Err(BadValue::Invalid) => Usage::lines("invalid value", format!("{usage}\n")),
        Err(BadValue::TooFew) => Usage::lines("", format!("{usage}\n")),
    }
}

/// Usage, which goes to standard output here, below a complaint on standard error.
#[derive(Debug)]
struct Usage {
    complaint: &'static str,
    text: String,
    exit: Exit,
}

impl Usage {
    /// Of a command, or of all.
    fn help(command: Option<Command>) -> Parsed {
        Parsed::errand(Self {
            complaint: "",
            text: usage(command),
            exit: Exit::Success,
        })
    }

    fn mistake(complaint: &'static str, command: Option<Command>) -> Parsed {
        Self::lines(complaint, usage(command))
    }

    fn lines(complaint: &'static str, text: String) -> Parsed {
        Parsed::errand(Self {
            complaint,
            text,
            exit: Exit::Failure,
        })
    }
}

impl Errand for Usage {
    fn run(self: Box<Self>, _: &Context, _: Option<&Interrupt>, output: &mut Output) -> Exit {
        if !self.complaint.is_empty() {
            output.complain(format_args!("{}", self.complaint));
        }
        output.print(format_args!("{}", self.text));
        self.exit
    }
}

fn usage(command: Option<Command>) -> String {
    let mut text = String::new();
    for (each, name, arguments) in COMMANDS {
        if command.is_none_or(|command| command == *each) {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "  {name} {arguments}");
        }
    }
    if let Some(command @ (Command::Save | Command::Print | Command::Set)) = command {
        text.push_str("\n   available parameters:\n");
        // What is saved is what can be set.
        text.push_str(&item_usages(command != Command::Print));
    }
    text
}

fn item_usages(write: bool) -> String {
    ITEMS
        .iter()
        .filter_map(|item| item.usage(write))
        .map(|line| format!("{line}\n"))
        .collect()
}

/// Values, for people or as commands that set them again.
#[derive(Debug)]
struct Show {
    /// The first LAN channel if none is named.
    channel: Option<u8>,
    selection: Selection,
    save: bool,
}

impl Job for Show {
    fn run(&self, desk: &mut Desk<'_>) -> bool {
        let Some(channel) = self.channel.or_else(|| medium::find_lan(desk)) else {
            desk.output.complain(format_args!("No LAN channel found"));
            return false;
        };
        desk.output
            .complain(format_args!("Getting parameter(s)..."));
        let Selection { item, set, block } = self.selection;
        let (values, complete) = transfer::read(channel, item, set, block, desk);
        if item.is_some() && values.is_empty() {
            return false;
        }
        if self.save {
            desk.output.line(format_args!("lan6 lock {channel}"));
        }
        for value in &values {
            let item = value.item;
            if !self.save {
                for line in show::describe(item, value.set, value.block, &value.bytes) {
                    desk.output.line(format_args!("{line}"));
                }
            } else if item.format.is_some() {
                let set = item
                    .sets
                    .map_or(String::new(), |_| format!("{} ", value.set));
                let block = if item.blocks {
                    format!("{} ", value.block)
                } else {
                    String::new()
                };
                desk.output.line(format_args!(
                    "lan6 set {channel} nolock {} {set}{block}{}",
                    item.name,
                    show::words(item, &value.bytes)
                ));
            }
        }
        if self.save {
            desk.output.line(format_args!(
                "lan6 commit {channel}\nlan6 discard {channel}\nexit"
            ));
        }
        complete
    }
}

/// A value that is written.
#[derive(Debug)]
struct Set {
    channel: u8,
    item: &'static Item,
    set: u8,
    bytes: Vec<u8>,
    /// Whether the set-in-progress lock is taken.
    lock: bool,
}

impl Job for Set {
    fn run(&self, desk: &mut Desk<'_>) -> bool {
        desk.output
            .complain(format_args!("Setting parameter(s)..."));
        let lock = |state| Lock {
            channel: self.channel,
            state,
        };
        if self.lock && !lock(State::Lock).apply(desk) {
            return false;
        }
        let done = transfer::write(self.channel, self.item, self.set, &self.bytes, desk);
        match (self.lock, done) {
            (false, _) => done,
            (true, true) => lock(State::Commit).apply(desk),
            (true, false) => {
                lock(State::Discard).apply(desk);
                false
            }
        }
    }
}

/// The set-in-progress lock of a channel by itself.
#[derive(Debug)]
struct Lock {
    channel: u8,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Discard,
    Lock,
    Commit,
}

impl Job for Lock {
    fn run(&self, desk: &mut Desk<'_>) -> bool {
        let doing = match self.state {
            State::Lock => "Lock",
            State::Commit => "Commit",
            State::Discard => "Discard",
        };
        desk.output
            .complain(format_args!("{doing} parameter(s)..."));
        self.apply(desk)
    }
}

impl Lock {
    fn apply(&self, desk: &mut Desk<'_>) -> bool {
        let mut write = |state| {
            let parameter = Parameter::SET_IN_PROGRESS;
            transfer::write_parameter(self.channel, parameter, &[state], desk)
        };
        let done = match self.state {
            State::Discard => write(0),
            State::Lock => write(1),
            State::Commit => write(2) && write(0),
        };
        if !done && self.state == State::Commit {
            desk.output.complain(format_args!(
                "The parameters may still be locked: lan6 discard {} unlocks them",
                self.channel
            ));
        }
        done
    }
}
