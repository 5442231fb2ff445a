//! `shell`, `exec <file>`, `set <option> <value>`, `echo <words>`: several commands over one connection.
//!
//! What is not built in, and what has a connection of its own (a console), runs as a child process; our session is
//! closed before, and opened again for the next command.

use crate::cli::{Context, Exit, verbs};
use crate::transport::interrupt::Interrupt;

use super::output::Output;
use super::{Errand, Parsed, Refusal};

mod child;
mod editor;
mod exec;
mod line;
pub mod lines;
mod run;
mod set;
pub mod words;

use run::Run;

/// Parses what follows `shell`: nothing that matters, as in stock.
///
/// # Errors
///
/// None.
pub fn parse_shell(_: &[&str], _: &Context) -> Result<Parsed, Refusal> {
    Ok(Parsed::errand(Shell))
}

/// Parses what follows `exec`.
///
/// # Errors
///
/// No file is named.
pub fn parse_exec(words: &[&str], _: &Context) -> Result<Parsed, Refusal> {
    let [file, ..] = words else {
        return Err(Refusal::error(exec::USAGE));
    };
    Ok(Parsed::errand(Exec((*file).to_owned())))
}

/// Parses what follows `set`: outside of a shell it is checked, and has no effect.
///
/// # Errors
///
/// Help, an unknown option or a bad value.
pub fn parse_set(words: &[&str], _: &Context) -> Result<Parsed, Refusal> {
    set::parse(words).map(Parsed::errand)
}

/// Parses what follows `echo`.
///
/// # Errors
///
/// None.
pub fn parse_echo(words: &[&str], _: &Context) -> Result<Parsed, Refusal> {
    Ok(Parsed::errand(Echo(echoed(words))))
}

#[derive(Debug)]
struct Shell;

impl Errand for Shell {
    fn run(
        self: Box<Self>,
        context: &Context,
        interrupt: Option<&Interrupt>,
        output: &mut Output,
    ) -> Exit {
        match Run::open(context, interrupt, output) {
            Some(mut run) => run.prompt(),
            None => Exit::Failure,
        }
    }
}

#[derive(Debug)]
struct Exec(String);

impl Errand for Exec {
    fn run(
        self: Box<Self>,
        context: &Context,
        interrupt: Option<&Interrupt>,
        output: &mut Output,
    ) -> Exit {
        let commands = match exec::Commands::open(&self.0) {
            Ok(commands) => commands,
            Err(complaint) => {
                output.complain(format_args!("{complaint}"));
                return Exit::Failure;
            }
        };
        match Run::open(context, interrupt, output) {
            Some(mut run) => run.commands(commands),
            None => Exit::Failure,
        }
    }
}

impl Errand for set::Change {
    fn run(self: Box<Self>, context: &Context, _: Option<&Interrupt>, output: &mut Output) -> Exit {
        exit(self.apply(&mut context.clone(), output))
    }
}

#[derive(Debug)]
struct Echo(String);

impl Errand for Echo {
    fn run(self: Box<Self>, _: &Context, _: Option<&Interrupt>, output: &mut Output) -> Exit {
        output.line(format_args!("{}", self.0));
        Exit::Success
    }
}

/// A blank behind each word, as in stock.
fn echoed(words: &[&str]) -> String {
    words.iter().map(|word| format!("{word} ")).collect()
}

fn exit(done: bool) -> Exit {
    if done { Exit::Success } else { Exit::Failure }
}

/// Stock's complaint, which lists all verbs.
fn unknown(verb: &str) -> String {
    let listing = verbs::listing();
    let listing = listing.strip_suffix('\n').unwrap_or(&listing);
    format!("Invalid command: {verb}\n{listing}")
}
