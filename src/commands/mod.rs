//! One file per ipmitool verb: arguments, requests, text.
//!
//! Arguments are parsed to an action before a connection is opened: unlike stock, help and complaints need no BMC. The
//! texts, the requests and the exit statuses are stock's, as `compat-tests/tests/dummy_differential.rs` proves; where
//! they are not on purpose, `crate::cli`'s table of deviations says so.

use crate::cli::{Context, Exit, fallback, verbs};
use crate::ipmi::Bmc;
use crate::transport::interrupt::Interrupt;

pub mod connect;
pub mod mc;
pub mod output;
pub mod power;
pub mod raw;
pub mod session;
pub mod sol;

use output::Output;
use sol::activate::Run;
use sol::log::words::LogWords;

/// Runs the verb that `context.args` names; what is not built in is handed to another `ipmitool`. When `interrupt` is
/// raised, sessions are closed and the call does not return.
pub fn run(context: &Context, interrupt: Option<&Interrupt>) -> Exit {
    if !verbs::is_native(&context.args) {
        return fallback::hand_over(context);
    }
    let words: Vec<String> = context
        .args
        .iter()
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut output = Output::standard();
    let exit = match parse(context, &words) {
        Ok(Action::Console(run)) => return sol::activate::run(context, *run, interrupt),
        Ok(Action::Log(words)) => return sol::log::run(context, words, interrupt),
        Ok(action) => open_and_run(context, &action, interrupt, &mut output),
        Err(refusal) => {
            output.complain(format_args!("{}", refusal.text));
            refusal.exit
        }
    };
    match output.finish() {
        Ok(()) => exit,
        Err(error) => Exit::from_output_error(&error),
    }
}

/// What is to be done.
#[derive(Debug)]
enum Action {
    Info,
    Power(power::Action),
    Raw(raw::Raw),
    Session(session::Which),
    Sol(sol::Action),
    Console(Box<Run>),
    Log(LogWords),
}

fn parse(context: &Context, words: &[&str]) -> Result<Action, Refusal> {
    match words {
        ["mc" | "bmc", "info", ..] => Ok(Action::Info),
        ["chassis", "power", rest @ ..] | ["power", rest @ ..] => {
            power::parse(rest).map(Action::Power)
        }
        ["raw", rest @ ..] => raw::parse(rest, context).map(Action::Raw),
        ["session", rest @ ..] => session::parse(rest).map(Action::Session),
        ["sol", rest @ ..] => match sol::parse(rest, context)? {
            sol::Parsed::Action(action) => Ok(Action::Sol(action)),
            sol::Parsed::Console(run) => Ok(Action::Console(run)),
            sol::Parsed::Log(words) => Ok(Action::Log(words)),
        },
        [verb, ..] => Err(Refusal::error(format!("Invalid command: {verb}"))),
        [] => Err(Refusal::error("No command provided!")),
    }
}

fn open_and_run(
    context: &Context,
    action: &Action,
    interrupt: Option<&Interrupt>,
    output: &mut Output,
) -> Exit {
    let mut connection = match connect::open(context, interrupt) {
        Ok(connection) => connection,
        Err(error) => {
            output.complain(format_args!("{error}"));
            return Exit::Failure;
        }
    };
    if let Action::Raw(_) = action {
        connection.set_patience(raw::TIMEOUT, raw::TRIES);
    }
    let done = perform(context, action, &mut connection, output);
    connection.close();
    if done { Exit::Success } else { Exit::Failure }
}

/// Whether all went well; what did not was said.
fn perform(context: &Context, action: &Action, bmc: &mut Bmc<'_>, output: &mut Output) -> bool {
    match action {
        Action::Info => mc::info(bmc, output),
        Action::Power(action) => power::run(*action, bmc, output),
        Action::Raw(raw) => raw::run(raw, context.verbose, bmc, output),
        Action::Session(which) => session::run(*which, context, bmc, output),
        Action::Sol(action) => sol::run(action, context, bmc, output),
        Action::Console(_) | Action::Log(_) => false,
    }
}

/// Words that lead to no action: a text for standard error, and how the program ends.
#[derive(Debug)]
pub struct Refusal {
    /// One or more lines, without the last line's end.
    pub text: String,
    /// Success where help was asked for.
    pub exit: Exit,
}

impl Refusal {
    /// An error.
    pub fn error(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            exit: Exit::Failure,
        }
    }

    /// Help that was asked for.
    pub fn help(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            exit: Exit::Success,
        }
    }
}
