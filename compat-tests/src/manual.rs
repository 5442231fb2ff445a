//! The manual page `man/ipmitool.1`, made from the tables of the command line and the prose in `man/prose/`, and
//! `man/bmcsim.1` (see [`simulator`]).

pub mod simulator;

use std::fmt::Write;
use std::path::PathBuf;
use std::{fs, io};

use steadysol::cli::context::Interface;
use steadysol::cli::deviations::DEVIATIONS;
use steadysol::cli::options::OPTIONS;
use steadysol::cli::usage::{INTERFACES, OEM_TYPES, STOCK_VERSION};
use steadysol::cli::verbs::{Native, VERBS};
use steadysol::commands::sol::log::words::WORDS as LOG_WORDS;
use steadysol::commands::sol::words::WORDS;
use steadysol::console::escape::{ESCAPES, Key};

use crate::binaries::workspace;

/// Where the page is kept.
pub fn path() -> PathBuf {
    workspace().join("man/ipmitool.1")
}

/// The page as it should be.
///
/// # Errors
/// When a file of prose cannot be read.
pub fn page() -> io::Result<String> {
    let mut page = format!(
        ".\\\" Made by `cargo run -p compat-tests --bin make-man` from the program's tables and man/prose/.\n\
         .TH IPMITOOL 1 \"\" \"steadysol {}\" \"User Commands\"\n\
         .SH NAME\nipmitool \\- control servers with IPMI, with a serial console that stays up\n\
         .SH SYNOPSIS\n.B ipmitool\n[\\fIoption\\fR ...] \\fIcommand\\fR [\\fIargument\\fR ...]\n",
        env!("CARGO_PKG_VERSION")
    );
    section(&mut page, "DESCRIPTION", &prose("description")?);
    section(&mut page, "OPTIONS", &(prose("options")? + &options()));
    section(&mut page, "INTERFACES", &interfaces());
    section(&mut page, "COMMANDS", &commands());
    section(
        &mut page,
        "THE CONSOLE",
        &(prose("console")? + &words() + &prose("liveness")? + &escapes()),
    );
    section(&mut page, "THE STORED LOG", &(prose("log")? + &log_words()));
    let deviations = prose("deviations")? + &deviations() + ".PP\n" + &prose("protocol")?;
    section(
        &mut page,
        &format!("DIFFERENCES FROM IPMITOOL {STOCK_VERSION}"),
        &deviations,
    );
    section(&mut page, "EXIT STATUS", &prose("status")?);
    section(&mut page, "ENVIRONMENT", &prose("environment")?);
    section(&mut page, "FILES", &prose("files")?);
    section(&mut page, "EXAMPLES", &prose("examples")?);
    section(&mut page, "SEE ALSO", ".BR bmcsim (1)\n");
    Ok(page)
}

pub(crate) fn prose(name: &str) -> io::Result<String> {
    fs::read_to_string(workspace().join(format!("man/prose/{name}.roff")))
}

pub(crate) fn section(page: &mut String, title: &str, text: &str) {
    write(page, format_args!(".SH \"{title}\"\n{text}"));
}

fn options() -> String {
    let mut text = String::new();
    for option in OPTIONS {
        let letter = char::from(option.letter);
        let value = option
            .value
            .map(|value| format!(" \\fI{}\\fR", escaped(value)))
            .unwrap_or_default();
        // The table's prose holds font changes of its own.
        write(
            &mut text,
            format_args!(
                ".TP\n\\fB\\-{letter}\\fR{value}\n{}\n",
                option.manual.replace('-', "\\-")
            ),
        );
    }
    text.push_str(".PP\nThe OEM types are:\n");
    for (name, description, _) in OEM_TYPES {
        write(
            &mut text,
            format_args!(".TP\n.B {}\n{}\n", escaped(name), escaped(description)),
        );
    }
    text
}

fn interfaces() -> String {
    let mut text = String::new();
    for interface in INTERFACES {
        let place = match Interface::named(interface.name) {
            Interface::Other(_) => "Handed over.",
            _ => "Built in.",
        };
        let (name, description) = (escaped(interface.name), escaped(interface.description));
        write(
            &mut text,
            format_args!(".TP\n.B {name}\n{description}. {place}\n"),
        );
    }
    text
}

fn commands() -> String {
    let mut text = String::from(".TP\n.B help\nPrint the list of commands.\n");
    for verb in VERBS {
        let place = match verb.native {
            Native::All => String::from(" Built in."),
            Native::Only(subcommands) => {
                format!(" Built in: \\fB{}\\fR.", escaped(&subcommands.join(" ")))
            }
            Native::No => String::new(),
        };
        let help = verb
            .help
            .map_or_else(|| unlisted(verb.name), |help| format!("{}.", escaped(help)));
        write(
            &mut text,
            format_args!(".TP\n.B {}\n{help}{place}\n", escaped(verb.name)),
        );
    }
    text
}

/// Stock's own list leaves these out.
fn unlisted(name: &str) -> String {
    match name {
        "bmc" => String::from("The same as \\fBmc\\fR."),
        "echo" => String::from("Print its arguments, for shell and exec."),
        _ => String::from("Not in stock's list."),
    }
}

fn words() -> String {
    WORDS
        .iter()
        .map(|word| entry(word.name, word.value, word.optional, word.help))
        .collect()
}

fn log_words() -> String {
    LOG_WORDS
        .iter()
        .map(|word| entry(word.name, word.value, word.optional, word.help))
        .collect()
}

fn entry(name: &str, value: Option<&str>, optional: bool, help: &str) -> String {
    let value = value.map(|value| match optional {
        true => format!("[=\\fI{}\\fR]", escaped(value)),
        false => format!("=\\fI{}\\fR", escaped(value)),
    });
    format!(
        ".TP\n\\fB{}\\fR{}\n{}\n",
        escaped(name),
        value.unwrap_or_default(),
        escaped(help)
    )
}

fn escapes() -> String {
    let mut text = String::new();
    for escape in ESCAPES {
        let key = match escape.key {
            Key::Byte(_) => escaped(escape.name),
            Key::EscapeCharacter => escaped("~"),
        };
        write(
            &mut text,
            format_args!(
                ".TP\n.B {}{key}\n{}.\n",
                escaped("~"),
                escaped(&capitalised(escape.help))
            ),
        );
    }
    text
}

fn deviations() -> String {
    let mut text = String::new();
    for row in DEVIATIONS {
        let (when, stock, here) = (
            escaped(&begun(row.when)),
            escaped(row.stock),
            escaped(row.here),
        );
        write(
            &mut text,
            format_args!(".IP \\(bu 2\n{when}: stock {stock} Here: {here}\n"),
        );
    }
    text
}

/// The beginning of a sentence; verbs and interfaces stay as they are typed.
fn begun(text: &str) -> String {
    let first = text.split(|c: char| !c.is_ascii_alphanumeric()).next();
    let is_typed = |name: &str| first == Some(name);
    match VERBS.iter().any(|verb| is_typed(verb.name))
        || INTERFACES.iter().any(|row| is_typed(row.name))
    {
        true => text.to_owned(),
        false => capitalised(text),
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// Text without meaning to roff.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for (index, letter) in text.chars().enumerate() {
        match letter {
            '\\' => escaped.push_str("\\e"),
            '-' => escaped.push_str("\\-"),
            '~' => escaped.push_str("\\(ti"),
            '^' => escaped.push_str("\\(ha"),
            '.' | '\'' if index == 0 => {
                escaped.push_str("\\&");
                escaped.push(letter);
            }
            _ => escaped.push(letter),
        }
    }
    escaped
}

fn write(text: &mut String, what: std::fmt::Arguments<'_>) {
    text.write_fmt(what)
        .expect("writing to a String cannot fail");
}
