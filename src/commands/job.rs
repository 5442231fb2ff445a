//! What a verb's words mean once they are understood, and what it is given to carry that out.

use std::fmt;
use std::time::Duration;

use ipmi_rs::connection::Message;

use crate::cli::{Context, Exit};
use crate::ipmi::{self, Bmc, Failure};
use crate::transport::interrupt::Interrupt;

use super::output::Output;

/// What a verb works with: the options, an open connection, the two output streams.
pub struct Desk<'a> {
    /// What the command line means.
    pub context: &'a Context,
    /// The BMC.
    pub bmc: &'a mut Bmc<'a>,
    /// Where text goes.
    pub output: &'a mut Output,
}

impl Desk<'_> {
    /// Sends a request to the BMC's LUN 0; the data of an answer with completion code 00h.
    ///
    /// # Errors
    ///
    /// [`Failure::Transport`] where no answer came, [`Failure::Completion`] where the BMC refused.
    pub fn ask(&mut self, netfn: u8, cmd: u8, data: &[u8]) -> Result<Vec<u8>, Failure> {
        ipmi::ask(self.bmc, netfn, cmd, data)
    }

    /// Names requests (netfn, command, data) that [`Desk::ask`] may be called for soon, in this order, and that change
    /// nothing on the BMC: over a network they are asked ahead ([`ipmi::hint`]).
    pub fn hint(&mut self, requests: impl IntoIterator<Item = (u8, u8, Vec<u8>)>) {
        let messages = requests
            .into_iter()
            .map(|(netfn, cmd, data)| Message::new_raw(netfn, cmd, data));
        ipmi::hint(self.bmc, messages);
    }
}

/// Words that were understood, to be carried out on an open connection.
pub trait Job: fmt::Debug {
    /// How long each answer is waited for and how often each request is sent, in place of what `-N` and `-R` say.
    fn patience(&self) -> Option<(Duration, u32)> {
        None
    }

    /// What it will ask the BMC's LUN 0 for first, in this order, as far as that is certain and changes nothing: over a
    /// network it travels together with the request for the privilege level, which saves a round trip.
    fn first(&self) -> Vec<Message> {
        Vec::new()
    }

    /// Whether the BMC forgets its sessions over it.
    fn ends_sessions(&self) -> bool {
        false
    }

    /// Does it. Whether all went well; what did not was said.
    fn run(&self, desk: &mut Desk<'_>) -> bool;
}

/// Words that were understood, and are carried out without a connection, or with one of their own.
pub trait Errand: fmt::Debug {
    /// Whether it does nothing but write: a shell keeps its connection meanwhile.
    fn only_writes(&self) -> bool {
        false
    }

    /// Does it. When `interrupt` is raised, sessions are closed and the call does not return.
    fn run(
        self: Box<Self>,
        context: &Context,
        interrupt: Option<&Interrupt>,
        output: &mut Output,
    ) -> Exit;
}

/// What words mean.
#[derive(Debug)]
pub enum Parsed {
    /// A connection is opened for it.
    Job(Box<dyn Job>),
    /// No connection is opened for it.
    Errand(Box<dyn Errand>),
}

impl Parsed {
    /// A job.
    pub fn job(job: impl Job + 'static) -> Self {
        Self::Job(Box::new(job))
    }

    /// An errand.
    pub fn errand(errand: impl Errand + 'static) -> Self {
        Self::Errand(Box::new(errand))
    }
}

/// Words that lead to no job: a text for standard error, and how the program ends.
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

/// Texts for both streams that no BMC is needed for.
#[derive(Debug)]
pub struct Told {
    /// For standard output, as it is.
    pub stdout: String,
    /// One or more lines for standard error, without the last line's end; the status is 1 then.
    pub stderr: Option<String>,
}

impl Errand for Told {
    fn only_writes(&self) -> bool {
        true
    }

    fn run(self: Box<Self>, _: &Context, _: Option<&Interrupt>, output: &mut Output) -> Exit {
        output.print(format_args!("{}", self.stdout));
        match &self.stderr {
            None => Exit::Success,
            Some(lines) => {
                output.complain(format_args!("{lines}"));
                Exit::Failure
            }
        }
    }
}
