//! What was typed: the command line taken apart, nothing interpreted yet.

use std::ffi::{OsStr, OsString};
use std::io;

use clap::{Arg, ArgAction, Command, value_parser};

use super::conceal;
use super::getopt::{self, Scan, Step};
use super::options::{OPTIONS, secret_letters, takes_value};

/// A command line, taken apart as getopt does it.
#[derive(Clone)]
pub struct Options {
    /// The words as typed, program name first.
    pub argv: Vec<OsString>,
    /// The options up to the first mistake, in order; the value is empty for options that take none.
    pub options: Vec<(u8, OsString)>,
    /// The first mistake: nothing after it counts.
    pub mistake: Option<Mistake>,
    /// The verb and its arguments.
    pub operands: Vec<OsString>,
    scan: Scan,
}

/// What getopt complains about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// A letter that is no option.
    Unknown(u8),
    /// No value where one is due.
    Missing(u8),
}

impl Options {
    /// Takes a command line apart, program name first. `posixly_correct`: options end at the first operand.
    ///
    /// # Errors
    ///
    /// Where the option table contradicts itself.
    pub fn parse(argv: Vec<OsString>, posixly_correct: bool) -> Result<Self, clap::Error> {
        let scan = getopt::scan(&argv, takes_value, posixly_correct);
        let (before, stop) = scan.until(&[]);
        let mistake = stop.and_then(|step| match step {
            Step::Unknown(letter) => Some(Mistake::Unknown(*letter)),
            Step::Missing(letter) => Some(Mistake::Missing(*letter)),
            Step::Option { .. } => None,
        });
        let options = occurrences(getopt::normalised(before))?;
        let operands = scan.operands.clone();
        Ok(Self {
            argv,
            options,
            mistake,
            operands,
            scan,
        })
    }

    /// Overwrites the secrets in this process's argument memory, so that `ps` does not show them.
    ///
    /// # Errors
    ///
    /// Where `/proc` cannot be used; they stay visible then.
    pub fn conceal_secrets(&self) -> io::Result<()> {
        conceal::secrets(&self.argv, &self.scan.steps, &secret_letters())
    }

    /// The last value given to an option that takes one.
    pub fn last(&self, letter: u8) -> Option<&OsStr> {
        self.options
            .iter()
            .rev()
            .find(|option| option.0 == letter)
            .map(|option| option.1.as_os_str())
    }

    /// The first operand.
    pub fn verb(&self) -> Option<&OsStr> {
        self.operands.first().map(OsString::as_os_str)
    }

    /// The program's name without its directory, for messages.
    pub fn program(&self) -> String {
        let typed = self.typed_program();
        typed.rsplit('/').next().unwrap_or_default().to_string()
    }

    /// The program's name as typed: what getopt puts before its complaints.
    pub fn typed_program(&self) -> String {
        self.argv.first().map_or_else(
            || String::from("ipmitool"),
            |name| name.to_string_lossy().into_owned(),
        )
    }
}

/// Letters and values of normalised words, in order.
fn occurrences(words: Vec<OsString>) -> Result<Vec<(u8, OsString)>, clap::Error> {
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let matches = command().try_get_matches_from(words)?;
    let mut found: Vec<(usize, u8, OsString)> = Vec::new();
    for option in OPTIONS {
        let id = name(option.letter);
        let (Some(indices), Some(values)) =
            (matches.indices_of(&id), matches.get_many::<OsString>(&id))
        else {
            continue;
        };
        found.extend(
            indices
                .zip(values)
                .map(|(index, value)| (index, option.letter, value.clone())),
        );
    }
    found.sort_by_key(|(index, ..)| *index);
    Ok(found
        .into_iter()
        .map(|(_, letter, value)| (letter, value))
        .collect())
}

/// The option table as clap knows it: every option in the form `--X=value`, any number of times.
fn command() -> Command {
    let options = OPTIONS.iter().map(|option| {
        let name = name(option.letter);
        Arg::new(name.clone())
            .long(name)
            .value_parser(value_parser!(OsString))
            .action(ArgAction::Append)
            .num_args(1)
            .require_equals(true)
    });
    Command::new("ipmitool")
        .no_binary_name(true)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .args(options)
}

fn name(letter: u8) -> String {
    char::from(letter).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::os::unix::ffi::OsStringExt;

    fn parse(words: &[&str]) -> Options {
        Options::parse(
            ["/usr/bin/ipmitool"]
                .iter()
                .chain(words)
                .map(OsString::from)
                .collect(),
            false,
        )
        .unwrap()
    }

    #[test]
    fn clap_knows_the_whole_table() {
        command().debug_assert();
    }

    #[test]
    fn options_come_out_in_the_order_in_which_they_were_typed() {
        let options = parse(&[
            "-P", "a", "sol", "-v", "-P=b", "-vf", "--", "activate", "-x", "-c",
        ]);
        let typed: Vec<_> = options
            .options
            .iter()
            .map(|(letter, value)| (*letter, value.to_str().unwrap()))
            .collect();
        assert_eq!(
            typed,
            [
                (b'P', "a"),
                (b'v', ""),
                (b'P', "=b"),
                (b'v', ""),
                (b'f', "--")
            ]
        );
        assert_eq!(options.mistake, Some(Mistake::Unknown(b'x')));
        assert_eq!(options.operands, ["sol", "activate"]);
        assert_eq!(options.last(b'P'), Some(OsStr::new("=b")));
        assert_eq!(options.program(), "ipmitool");
    }

    proptest! {
        #[test]
        fn clap_gives_back_exactly_what_getopt_found(words in proptest::collection::vec("[-=a-zA-Z46 é\u{0}-\u{7f}]{0,6}", 0..8)) {
            let argv: Vec<_> = std::iter::once("ipmitool".into())
                .chain(words.into_iter().map(|word| word.replace('\0', "").into()))
                .collect();
            let options = Options::parse(argv, false).unwrap();
            let (before, _) = options.scan.until(&[]);
            let found: Vec<_> = before.iter().filter_map(|step| match step {
                Step::Option { letter, value } => Some((*letter, value.as_ref().map_or_else(OsString::new, |value| value.text.clone()))),
                _ => None,
            }).collect();
            prop_assert_eq!(&options.options, &found);
        }
    }

    #[test]
    fn values_need_not_be_utf_8() {
        let argv = vec!["ipmitool".into(), OsString::from_vec(b"-P\xff=".to_vec())];
        let options = Options::parse(argv, false).unwrap();
        assert_eq!(
            options.last(b'P'),
            Some(OsString::from_vec(b"\xff=".to_vec()).as_os_str())
        );
    }
}
