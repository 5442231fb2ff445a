//! One file per ipmitool verb: arguments, requests, text.
//!
//! A verb's `parse` turns words into a [`job::Job`] before a connection is opened: unlike stock, help and complaints
//! need no BMC. The texts, the requests and the exit statuses are stock's, as
//! `compat-tests/tests/dummy_differential` proves; where they are not on purpose, `crate::cli`'s table of deviations
//! says so.
//!
//! A new verb: its file here, its line in [`PARSERS`], what is built in of it in [`verbs::VERBS`].

use crate::cli::{Context, Exit, fallback, verbs};
use crate::transport::interrupt::Interrupt;
use crate::transport::{BmcConnection, Connection};

pub mod arguments;
pub mod channel;
pub mod chassis;
pub mod connect;
pub mod dcmi;
pub mod event;
pub mod fru;
pub mod i2c;
pub mod job;
pub mod lan;
pub mod lan6;
pub mod mc;
mod medium;
pub mod nm;
pub mod output;
pub mod pef;
pub mod power;
pub mod raw;
pub mod sdr;
pub mod sel;
pub mod sensor;
pub mod session;
pub mod shell;
pub mod sol;
pub mod spd;
pub mod user;

pub use job::{Desk, Errand, Job, Parsed, Refusal, Told};
use output::Output;

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
    let exit = match parse(&words, context) {
        Ok(Parsed::Job(job)) => open_and_run(context, job.as_ref(), interrupt, &mut output),
        Ok(Parsed::Errand(errand)) => errand.run(context, interrupt, &mut output),
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

/// What the words mean, the verb first.
///
/// # Errors
///
/// Help that was asked for, a mistake, or a verb that is not built in.
pub fn parse(words: &[&str], context: &Context) -> Result<Parsed, Refusal> {
    let Some((verb, rest)) = words.split_first() else {
        return Err(Refusal::error("No command provided!"));
    };
    match PARSERS.iter().find(|(name, _)| name == verb) {
        Some((_, parse)) => parse(rest, context),
        None => Err(Refusal::error(format!("Invalid command: {verb}"))),
    }
}

fn open_and_run(
    context: &Context,
    job: &dyn Job,
    interrupt: Option<&Interrupt>,
    output: &mut Output,
) -> Exit {
    let mut connection = match connect::open(context, interrupt, job.first()) {
        Ok(connection) => connection,
        Err(error) => {
            output.complain(format_args!("{error}"));
            return Exit::Failure;
        }
    };
    let done = run_job(context, job, &mut connection, output);
    connection.close();
    if done { Exit::Success } else { Exit::Failure }
}

/// Does a job, whether it went well.
fn run_job(
    context: &Context,
    job: &dyn Job,
    connection: &mut Connection,
    output: &mut Output,
) -> bool {
    if let Some((timeout, tries)) = job.patience() {
        connection.set_patience(timeout, tries);
    }
    job.run(&mut Desk {
        context,
        bmc: connection,
        output,
    })
}

/// Turns the words after a verb into what is to be done.
pub type Parse = fn(&[&str], &Context) -> Result<Parsed, Refusal>;

/// Who understands which verb: every verb of [`verbs::VERBS`] of which anything is built in.
pub const PARSERS: &[(&str, Parse)] = &[
    ("raw", raw::parse),
    ("i2c", i2c::parse),
    ("spd", spd::parse),
    ("chassis", chassis::parse),
    ("lan", lan::parse),
    ("power", power::parse),
    ("pef", pef::parse),
    ("mc", mc::parse),
    ("bmc", mc::parse),
    ("sol", sol::parse),
    ("user", user::parse),
    ("channel", channel::parse),
    ("session", session::parse),
    ("shell", shell::parse_shell),
    ("exec", shell::parse_exec),
    ("set", shell::parse_set),
    ("echo", shell::parse_echo),
    ("sdr", sdr::parse),
    ("sensor", sensor::parse),
    ("sel", sel::parse),
    ("lan6", lan6::parse),
    ("dcmi", dcmi::parse),
    ("nm", nm::parse),
    ("event", event::parse),
    ("fru", fru::parse),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::context::Interface;
    use crate::cli::words::{FILE, FOLLOWS, Follow};
    use verbs::Native;

    #[test]
    fn the_parsers_tell_every_word_that_is_completed_from_nonsense() {
        let mut ignored = Vec::new();
        for follow in FOLLOWS {
            // Any word may be a number; of alternatives the first is tried.
            let path: Vec<&str> = follow
                .after
                .split(' ')
                .map(|word| {
                    if word == "*" {
                        "1"
                    } else {
                        word.split('|').next().unwrap()
                    }
                })
                .collect();
            if !matches!(native(path[0]), Native::All) {
                continue;
            }
            for word in follow.words.split(' ').filter(|word| *word != FILE) {
                if !is_heeded(follow, &path, word) {
                    ignored.push(format!("{path:?} {word}"));
                }
            }
        }
        assert!(ignored.is_empty(), "{}", ignored.join("\n"));
    }

    fn native(name: &str) -> Native {
        verbs::VERBS
            .iter()
            .find(|verb| verb.name == name)
            .unwrap()
            .native
    }

    /// Whether the word makes another difference than nonsense does, alone or with something behind it.
    fn is_heeded(follow: &Follow, path: &[&str], word: &str) -> bool {
        let said = |word: &str, value: &str, rest: &[&str]| {
            let with_value = if follow.words.contains('=') {
                format!("{word}{value}")
            } else {
                word.to_owned()
            };
            let words = [path, &[&with_value], rest].concat();
            let context = Context {
                interface: Interface::Lanplus,
                ..Context::default()
            };
            let (verb, rest) = words.split_first().unwrap();
            let (_, parse) = PARSERS.iter().find(|(name, _)| name == verb).unwrap();
            format!("{:?}", parse(rest, &context)).replace(word, "?")
        };
        let nonsense = if word.ends_with('=') {
            "nonsense="
        } else {
            "nonsense"
        };
        let rests: [&[&str]; 6] = [&[], &["1"], &["help"], &["1", "1"], &["on"], &["192.0.2.1"]];
        ["", "1", "on", "60", "yes", "none", "reset"]
            .iter()
            .any(|value| {
                rests
                    .iter()
                    .any(|rest| said(word, value, rest) != said(nonsense, value, rest))
            })
    }

    #[test]
    fn every_verb_that_is_built_in_is_understood_and_no_other() {
        for verb in verbs::VERBS {
            assert_eq!(
                verb.native != Native::No,
                PARSERS.iter().any(|(name, _)| *name == verb.name),
                "{}",
                verb.name
            );
        }
        for (name, _) in PARSERS {
            assert!(verbs::is_known(name.as_ref()), "{name}");
        }
    }
}
