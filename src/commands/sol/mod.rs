//! `sol …`, except the running console.

use ipmi_rs::connection::Message;

use crate::cli::context::Interface;
use crate::cli::number;
use crate::cli::{Context, Exit};
use crate::ipmi::channel::CURRENT;
use crate::ipmi::payload::DeactivateSol;
use crate::ipmi::{Bmc, Failure, exchange};
use crate::transport::interrupt::Interrupt;

use super::arguments::channel;
use super::output::Output;
use super::{Desk, Errand, Job, Parsed, Refusal};

mod access;
pub mod activate;
mod attend;
pub mod config;
mod help;
mod info;
pub mod log;
mod looptest;
mod prelude;
mod set;
pub mod values;
pub mod word;
pub mod words;

use self::log::words::LogWords;
use activate::Run;

/// What is to be done.
#[derive(Debug)]
enum Action {
    /// `info [channel]`
    Info {
        /// Channel, 0 to 15.
        channel: u8,
    },
    /// `set <parameter> <value> [channel] [noguard]`
    Set(set::Set),
    /// `payload <enable|disable|status> [channel] [user]`
    Access(access::Access),
    /// `deactivate [instance=N]`
    Deactivate {
        /// Payload instance, 1 to 15.
        instance: u8,
    },
    /// `looptest [times [interval [instance]]]`
    Looptest(looptest::Looptest),
}

/// Parses what follows `sol`.
///
/// # Errors
///
/// Help, or stock's complaint.
pub fn parse(words: &[&str], context: &Context) -> Result<Parsed, Refusal> {
    match words {
        [] | ["help", ..] => Err(Refusal::help(USAGE)),
        ["info"] => Ok(Parsed::job(Action::Info { channel: CURRENT })),
        ["info", word] => Ok(Parsed::job(Action::Info {
            channel: channel(word)?,
        })),
        ["set", rest @ ..] => set::parse(rest).map(Action::Set).map(Parsed::job),
        ["payload", rest @ ..] => access::parse(rest).map(Action::Access).map(Parsed::job),
        ["activate" | "capture", "help"] => Err(Refusal::help(help::console())),
        ["log", "help"] => Err(Refusal::help(help::log())),
        ["activate", rest @ ..] => console(rest, false, context),
        ["capture", rest @ ..] => console(rest, true, context).map_err(|refusal| Refusal {
            exit: Exit::Lasting,
            ..refusal
        }),
        ["log", rest @ ..] => {
            let mut words = log::words::parse(rest)?;
            needs_lanplus(context)?;
            if words.extension.is_none() {
                let host = context.host.as_deref().unwrap_or_default();
                words.extension = config::extension(host)?;
            }
            Ok(Parsed::errand(words))
        }
        ["deactivate", rest @ ..] => {
            let mut instance = 1;
            for word in rest {
                let number = word
                    .strip_prefix("instance=")
                    .ok_or_else(|| Refusal::error(USAGE))?;
                instance = parse_instance(number)?;
            }
            instance_in_range(instance)?;
            Ok(Parsed::job(Action::Deactivate { instance }))
        }
        ["looptest", rest @ ..] => looptest::parse(rest).map(Action::Looptest).map(Parsed::job),
        _ => Err(Refusal::error(USAGE)),
    }
}

impl Job for Action {
    fn first(&self) -> Vec<Message> {
        match self {
            Self::Info { channel } => info::requests(*channel).map(Into::into).to_vec(),
            _ => Vec::new(),
        }
    }

    fn run(&self, desk: &mut Desk<'_>) -> bool {
        let (context, bmc, output) = (desk.context, &mut *desk.bmc, &mut *desk.output);
        match self {
            Self::Info { channel } => info::run(*channel, context, bmc, output),
            Self::Set(set) => set::run(set, context, bmc, output),
            Self::Access(access) => access::run(*access, bmc, output),
            Self::Deactivate { instance } => deactivate(*instance, bmc, output),
            Self::Looptest(looptest) => looptest::run(*looptest, context, bmc, output),
        }
    }
}

impl Errand for Run {
    fn run(
        self: Box<Self>,
        context: &Context,
        interrupt: Option<&Interrupt>,
        _: &mut Output,
    ) -> Exit {
        activate::run(context, *self, interrupt)
    }
}

impl Errand for LogWords {
    fn run(
        self: Box<Self>,
        context: &Context,
        interrupt: Option<&Interrupt>,
        _: &mut Output,
    ) -> Exit {
        log::run(context, *self, interrupt)
    }
}

fn console(typed: &[&str], capture: bool, context: &Context) -> Result<Parsed, Refusal> {
    let host = context.host.as_deref().unwrap_or_default();
    let words = config::gather(typed, host)?;
    needs_lanplus(context)?;
    instance_in_range(words.instance)?;
    Ok(Parsed::errand(Run { words, capture }))
}

fn deactivate(instance: u8, bmc: &mut Bmc<'_>, output: &mut Output) -> bool {
    match exchange(bmc, DeactivateSol { instance }) {
        Ok(()) => return true,
        Err(Failure::Completion(0x80)) => {
            output.complain(format_args!("Info: SOL payload already de-activated"));
        }
        Err(Failure::Completion(0x81)) => {
            output.complain(format_args!("Info: SOL payload type disabled"))
        }
        Err(Failure::Transport(error)) => {
            output.explain(&error);
            output.complain(format_args!("Error: No response de-activating SOL payload"));
        }
        Err(failure) => output.complain(format_args!("Error de-activating SOL payload: {failure}")),
    }
    false
}

/// SOL is activated only through RMCP+.
fn needs_lanplus(context: &Context) -> Result<(), Refusal> {
    match context.interface {
        Interface::Lanplus => Ok(()),
        _ => Err(Refusal::error(
            "Error: This command is only available over the lanplus interface",
        )),
    }
}

/// An instance as a number that fits a byte.
fn parse_instance(word: &str) -> Result<u8, Refusal> {
    number::uchar(word.as_bytes())
        .map_err(|_| Refusal::error(format!("Given instance '{word}' is invalid.\n{USAGE}")))
}

fn instance_in_range(instance: u8) -> Result<(), Refusal> {
    match instance {
        1..=15 => Ok(()),
        _ => Err(Refusal::error("Error: Instance must range from 1 to 15")),
    }
}

const USAGE: &str = "\
SOL Commands: info [<channel number>]
              set <parameter> <value> [channel]
              payload <enable|disable|status> [channel] [userid]
              activate [<usesolkeepalive|nokeepalive>] [instance=<number>]
              deactivate [instance=<number>]
              looptest [<loop times> [<loop interval(in ms)> [<instance>]]]";
