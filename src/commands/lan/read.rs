//! Reading LAN configuration parameters.

use std::fmt;

use crate::commands::Desk;
use crate::commands::output::Output;
use crate::ipmi::lan::{GetLanParameter, Parameter, get_text, is_absence};
use crate::ipmi::{AnswerError, Failure, Length, exchange};

/// A parameter's value, of any length; `None` where the BMC has no such parameter.
///
/// # Errors
///
/// Any other failure.
pub fn value(
    command: GetLanParameter,
    parameter: Parameter,
    desk: &mut Desk<'_>,
) -> Result<Option<Vec<u8>>, Unread> {
    match exchange(desk.bmc, command) {
        Ok(value) => Ok(Some(value)),
        Err(Failure::Completion(code)) if is_absence(code) => {
            log::info!("{}", Unread(parameter, Failure::Completion(code)));
            Ok(None)
        }
        Err(failure) => Err(Unread(parameter, failure)),
    }
}

/// A parameter's value, of the parameter's length at least. `None` where that cannot be had: it was said why.
pub fn needed(
    command: GetLanParameter,
    parameter: Parameter,
    desk: &mut Desk<'_>,
) -> Option<Vec<u8>> {
    let unread = match exchange(desk.bmc, command) {
        Ok(value) if value.len() >= parameter.length => return Some(value),
        Ok(value) => too_short(parameter, &value, parameter.length),
        Err(failure) => Unread(parameter, failure),
    };
    unread.say(desk.output);
    None
}

/// Why a value is of no use.
pub fn too_short(parameter: Parameter, value: &[u8], least: usize) -> Unread {
    let error = AnswerError {
        got: 1 + value.len(),
        expected: Length::AtLeast(1 + least),
    };
    Unread(parameter, Failure::Answer(error))
}

/// A parameter that could not be read, and why.
#[derive(Debug)]
pub struct Unread(Parameter, Failure);

impl Unread {
    /// Says so. Stock keeps it to itself without `-v`.
    pub fn say(&self, output: &mut Output) {
        if let Failure::Transport(error) = &self.1 {
            output.explain(error);
        }
        output.complain(format_args!("{self}"));
    }
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Get LAN Parameter '{}' command failed", self.0.name)?;
        match &self.1 {
            Failure::Transport(_) => Ok(()),
            Failure::Completion(code) => write!(f, ": {}", get_text(*code)),
            failure => write!(f, ": {failure}"),
        }
    }
}
