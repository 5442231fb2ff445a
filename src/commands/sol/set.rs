//! `sol set <parameter> <value> [channel] [noguard]`.

use crate::cli::Context;
use crate::cli::number;
use crate::commands::Refusal;
use crate::commands::arguments::channel;
use crate::commands::output::Output;
use crate::ipmi::channel::CURRENT;
use crate::ipmi::sol::{Parameter, SetSolParameter, SolConfiguration};
use crate::ipmi::{Bmc, Failure, exchange};

use super::info;

/// A parameter, its value, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Set {
    channel: u8,
    /// As typed: messages repeat them.
    parameter: &'static str,
    value: String,
    change: Change,
    /// Whether the change is made under the set-in-progress lock.
    guarded: bool,
}

/// What changes. The parameters with several fields are read first, so that the others stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    SetInProgress(u8),
    Enable(bool),
    ForceEncryption(bool),
    ForceAuthentication(bool),
    Privilege(u8),
    Accumulate(u8),
    Threshold(u8),
    RetryCount(u8),
    RetryInterval(u8),
    NonvolatileBitRate(u8),
    VolatileBitRate(u8),
}

/// Parses what follows `set`.
///
/// # Errors
///
/// Usage, a bad channel, an unknown parameter, or a bad value with the good ones.
pub fn parse(words: &[&str]) -> Result<Set, Refusal> {
    let (parameter, value, channel, guarded) = match words {
        [parameter, value] | [parameter, value, "noguard"] => {
            (*parameter, *value, CURRENT, words.len() == 2)
        }
        [parameter, value, number] => (*parameter, *value, channel(number)?, true),
        [parameter, value, number, word] => {
            (*parameter, *value, channel(number)?, *word != "noguard")
        }
        _ => return Err(Refusal::error(USAGE)),
    };
    let (name, parse) = PARAMETERS
        .iter()
        .find(|(name, _)| *name == parameter)
        .ok_or_else(|| Refusal::error(format!("Error: invalid SOL parameter {parameter}")))?;
    let change = parse(value).map_err(|valid| {
        let complaint = match *name {
            "non-volatile-bit-rate" | "volatile-bit-rate" => {
                format!("Invalid value \"{value}\" for parameter \"{name}\"")
            }
            _ => format!("Invalid value {value} for parameter {name}"),
        };
        Refusal::error(format!("{complaint}\nValid values are {valid}"))
    })?;
    // The lock itself is not locked.
    let guarded = guarded && !matches!(change, Change::SetInProgress(_));
    Ok(Set {
        channel,
        parameter: name,
        value: value.to_owned(),
        change,
        guarded,
    })
}

/// Does it. Whether it went well.
pub fn run(set: &Set, context: &Context, bmc: &mut Bmc<'_>, output: &mut Output) -> bool {
    let Some(configuration) = others(set, context, bmc, output) else {
        output.complain(format_args!(
            "Error fetching SOL parameters for {} update",
            set.parameter
        ));
        return false;
    };
    let lock = Lock {
        channel: set.channel,
    };
    if set.guarded && !lock.set(State::SetInProgress, bmc, output) {
        output.complain(format_args!(
            "Error: set of parameter \"{}\" failed",
            set.parameter
        ));
        return false;
    }
    let (parameter, value) = set.change.on_the_wire(&configuration);
    let command = SetSolParameter {
        channel: set.channel,
        parameter,
        value,
    };
    match send(command, set.parameter, &set.value, bmc, output) {
        Sent::Done => {}
        Sent::NoResponse => return false,
        Sent::Refused => {
            if set.guarded && !lock.set(State::SetComplete, bmc, output) {
                output.complain(format_args!(
                    "Error could not set \"set-in-progress\" to \"set-complete\""
                ));
            }
            return false;
        }
    }
    if set.guarded {
        // Optional: a BMC may refuse it.
        lock.set(State::CommitWrite, bmc, output);
        if !lock.set(State::SetComplete, bmc, output) {
            output.complain(format_args!(
                "Error could not set \"set-in-progress\" to \"set-complete\""
            ));
            return false;
        }
    }
    true
}

/// The fields that are written along with the one that changes. `None` where the BMC does not tell them: stock then
/// writes whatever its memory holds.
fn others(
    set: &Set,
    context: &Context,
    bmc: &mut Bmc<'_>,
    output: &mut Output,
) -> Option<SolConfiguration> {
    let nothing = SolConfiguration::default();
    if !set.change.needs_others() {
        return Some(nothing);
    }
    let reading = info::read(set.channel, context, bmc, output)?;
    let (parameter, _) = set.change.on_the_wire(&nothing);
    (!reading.unknown.contains(&parameter)).then_some(reading.configuration)
}

/// The set-in-progress parameter of a channel.
struct Lock {
    channel: u8,
}

#[derive(Clone, Copy)]
enum State {
    SetComplete,
    SetInProgress,
    CommitWrite,
}

impl Lock {
    fn set(&self, state: State, bmc: &mut Bmc<'_>, output: &mut Output) -> bool {
        let (value, word) = match state {
            State::SetComplete => (0, "set-complete"),
            State::SetInProgress => (1, "set-in-progress"),
            State::CommitWrite => (2, "commit-write"),
        };
        let command = SetSolParameter {
            channel: self.channel,
            parameter: Parameter::SetInProgress,
            value: vec![value],
        };
        matches!(
            send(command, "set-in-progress", word, bmc, output),
            Sent::Done
        )
    }
}

enum Sent {
    Done,
    Refused,
    NoResponse,
}

/// Sends, and says what went wrong. A refused commit-write is as good as done.
fn send(
    command: SetSolParameter,
    parameter: &str,
    value: &str,
    bmc: &mut Bmc<'_>,
    output: &mut Output,
) -> Sent {
    let failure = match exchange(bmc, command) {
        Ok(()) => return Sent::Done,
        Err(Failure::Transport(error)) => {
            output.explain(&error);
            output.complain(format_args!("Error setting SOL parameter '{parameter}'"));
            return Sent::NoResponse;
        }
        Err(Failure::Completion(_))
            if (parameter, value) == ("set-in-progress", "commit-write") =>
        {
            return Sent::Done;
        }
        Err(failure) => failure,
    };
    let own = match failure {
        Failure::Completion(0x80) => Some("Parameter not supported"),
        Failure::Completion(0x81) => {
            Some("Attempt to set set-in-progress when not in set-complete state")
        }
        Failure::Completion(0x82) => Some("Attempt to write read-only parameter"),
        Failure::Completion(0x83) => Some("Attempt to read write-only parameter"),
        _ => None,
    };
    match own {
        Some(text) => output.complain(format_args!(
            "Error setting SOL parameter '{parameter}': {text}"
        )),
        None => output.complain(format_args!(
            "Error setting SOL parameter '{parameter}' to '{value}': {failure}"
        )),
    }
    Sent::Refused
}

impl Change {
    fn needs_others(self) -> bool {
        !matches!(
            self,
            Self::SetInProgress(_)
                | Self::Enable(_)
                | Self::NonvolatileBitRate(_)
                | Self::VolatileBitRate(_)
        )
    }

    /// The parameter and all of its bytes, those that do not change as `now` has them.
    fn on_the_wire(self, now: &SolConfiguration) -> (Parameter, Vec<u8>) {
        let authentication = |encryption: bool, authentication: bool, privilege: u8| {
            let value = (u8::from(encryption) << 7) | (u8::from(authentication) << 6) | privilege;
            (Parameter::Authentication, vec![value])
        };
        match self {
            Self::SetInProgress(value) => (Parameter::SetInProgress, vec![value]),
            Self::Enable(value) => (Parameter::Enable, vec![u8::from(value)]),
            Self::ForceEncryption(value) => {
                authentication(value, now.force_authentication, now.privilege)
            }
            Self::ForceAuthentication(value) => {
                authentication(now.force_encryption, value, now.privilege)
            }
            Self::Privilege(value) => {
                authentication(now.force_encryption, now.force_authentication, value)
            }
            Self::Accumulate(value) => (Parameter::CharacterInterval, vec![value, now.threshold]),
            Self::Threshold(value) => (Parameter::CharacterInterval, vec![now.accumulate, value]),
            Self::RetryCount(value) => (Parameter::Retry, vec![value, now.retry_interval]),
            Self::RetryInterval(value) => (Parameter::Retry, vec![now.retry_count, value]),
            Self::NonvolatileBitRate(value) => (Parameter::NonvolatileBitRate, vec![value]),
            Self::VolatileBitRate(value) => (Parameter::VolatileBitRate, vec![value]),
        }
    }
}

/// Reads a value; where it is bad, the good ones, as stock lists them.
type ParseValue = fn(&str) -> Result<Change, String>;

const PARAMETERS: &[(&str, ParseValue)] = &[
    ("set-in-progress", |word| {
        let states = &[
            ("set-complete", 0),
            ("set-in-progress", 1),
            ("commit-write", 2),
        ];
        one_of(
            word,
            states,
            "set-complete, set-in-progress and commit-write",
        )
        .map(Change::SetInProgress)
    }),
    ("enabled", |word| boolean(word).map(Change::Enable)),
    ("force-encryption", |word| {
        boolean(word).map(Change::ForceEncryption)
    }),
    ("force-authentication", |word| {
        boolean(word).map(Change::ForceAuthentication)
    }),
    ("privilege-level", |word| {
        let levels = &[("user", 2), ("operator", 3), ("admin", 4), ("oem", 5)];
        one_of(word, levels, "user, operator, admin, and oem").map(Change::Privilege)
    }),
    ("character-accumulate-level", |word| {
        byte(word, 1, 255).map(Change::Accumulate)
    }),
    ("character-send-threshold", |word| {
        byte(word, 0, 255).map(Change::Threshold)
    }),
    ("retry-count", |word| {
        byte(word, 0, 7).map(Change::RetryCount)
    }),
    ("retry-interval", |word| {
        byte(word, 0, 255).map(Change::RetryInterval)
    }),
    ("non-volatile-bit-rate", |word| {
        bit_rate(word).map(Change::NonvolatileBitRate)
    }),
    ("volatile-bit-rate", |word| {
        bit_rate(word).map(Change::VolatileBitRate)
    }),
];

fn one_of(word: &str, values: &[(&str, u8)], valid: &str) -> Result<u8, String> {
    values
        .iter()
        .find(|(name, _)| *name == word)
        .map(|(_, value)| *value)
        .ok_or_else(|| valid.to_owned())
}

fn boolean(word: &str) -> Result<bool, String> {
    one_of(word, &[("true", 1), ("false", 0)], "true and false").map(|value| value == 1)
}

fn bit_rate(word: &str) -> Result<u8, String> {
    let rates = &[
        ("serial", 0),
        ("9.6", 6),
        ("19.2", 7),
        ("38.4", 8),
        ("57.6", 9),
        ("115.2", 10),
    ];
    one_of(word, rates, "serial, 9.6 19.2, 38.4, 57.6 and 115.2")
}

fn byte(word: &str, lowest: u8, highest: u8) -> Result<u8, String> {
    match number::uchar(word.as_bytes()) {
        Ok(value) if (lowest..=highest).contains(&value) => Ok(value),
        _ => Err(format!("{lowest}-{highest}")),
    }
}

const USAGE: &str = "
SOL set parameters and values: 

  set-in-progress             set-complete | set-in-progress | commit-write
  enabled                     true | false
  force-encryption            true | false
  force-authentication        true | false
  privilege-level             user | operator | admin | oem
  character-accumulate-level  <in 5 ms increments>
  character-send-threshold    N
  retry-count                 N
  retry-interval              <in 10 ms increments>
  non-volatile-bit-rate       serial | 9.6 | 19.2 | 38.4 | 57.6 | 115.2
  volatile-bit-rate           serial | 9.6 | 19.2 | 38.4 | 57.6 | 115.2
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_that_are_not_set_keep_their_value() {
        let now = SolConfiguration {
            force_encryption: true,
            privilege: 3,
            retry_interval: 9,
            ..Default::default()
        };
        let wire = |words: &[&str]| parse(words).unwrap().change.on_the_wire(&now);
        assert_eq!(
            wire(&["force-authentication", "true"]),
            (Parameter::Authentication, vec![0xc3])
        );
        assert_eq!(
            wire(&["privilege-level", "admin"]),
            (Parameter::Authentication, vec![0x84])
        );
        assert_eq!(wire(&["retry-count", "7"]), (Parameter::Retry, vec![7, 9]));
    }
}
