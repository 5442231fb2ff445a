//! C `getopt`, as glibc does it for short options: clusters, attached and separate values, permutation (options are
//! found after operands too), `--`, `POSIXLY_CORRECT`.
//!
//! It exists because clap alone cannot permute as getopt does, and takes the `=` away from `-P=x`.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// What a scan of a command line found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scan {
    /// Options and mistakes in the order in which getopt meets them.
    pub steps: Vec<Step>,
    /// What is neither option nor value, in order.
    pub operands: Vec<OsString>,
}

/// One return of getopt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A known option.
    Option {
        /// Its letter.
        letter: u8,
        /// Its value, where it takes one.
        value: Option<Value>,
    },
    /// A letter that is no option.
    Unknown(u8),
    /// An option that takes a value, at the end of the command line.
    Missing(u8),
}

/// An option's value, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// The value.
    pub text: OsString,
    /// Which word of the command line holds it, counted from the program name.
    pub word: usize,
    /// At which byte of that word it begins: 2 or more where it is attached to its option.
    pub offset: usize,
}

/// Scans a command line, program name first.
///
/// `takes_value` says whether a letter is an option and takes a value; `posixly_correct` ends the options at the first
/// operand. The scan goes on after mistakes, as getopt does when called again.
pub fn scan(
    argv: &[OsString],
    takes_value: impl Fn(u8) -> Option<bool>,
    posixly_correct: bool,
) -> Scan {
    let mut scan = Scan::default();
    let mut index = 1;
    while let Some(word) = argv.get(index) {
        index += 1;
        match word.as_bytes() {
            b"--" => break,
            [b'-', _, ..] => index = scan.cluster(argv, index - 1, &takes_value),
            _ if posixly_correct => {
                index -= 1;
                break;
            }
            _ => scan.operands.push(word.clone()),
        }
    }
    scan.operands.extend(argv.iter().skip(index).cloned());
    scan
}

impl Scan {
    /// Takes `-abc` apart; returns the index of the next word to look at.
    fn cluster(
        &mut self,
        argv: &[OsString],
        word: usize,
        takes_value: &impl Fn(u8) -> Option<bool>,
    ) -> usize {
        let bytes = argv.get(word).map_or(&[][..], |word| word.as_bytes());
        for (offset, letter) in bytes.iter().copied().enumerate().skip(1) {
            match takes_value(letter) {
                None => self.steps.push(Step::Unknown(letter)),
                Some(false) => self.steps.push(Step::Option {
                    letter,
                    value: None,
                }),
                Some(true) => {
                    let attached = bytes.get(offset + 1..).filter(|rest| !rest.is_empty());
                    let (text, place, next) = match attached {
                        Some(rest) => (Some(OsStr::from_bytes(rest)), (word, offset + 1), word + 1),
                        None => (
                            argv.get(word + 1).map(OsString::as_os_str),
                            (word + 1, 0),
                            word + 2,
                        ),
                    };
                    self.steps.push(match text {
                        None => Step::Missing(letter),
                        Some(text) => {
                            let value = Value {
                                text: text.to_os_string(),
                                word: place.0,
                                offset: place.1,
                            };
                            Step::Option {
                                letter,
                                value: Some(value),
                            }
                        }
                    });
                    return next;
                }
            }
        }
        word + 1
    }

    /// The mistake or early end (`stops_at`) that comes first, and what came before it.
    pub fn until(&self, stops_at: &[u8]) -> (&[Step], Option<&Step>) {
        let stops = |step: &Step| match step {
            Step::Option { letter, .. } => stops_at.contains(letter),
            Step::Unknown(_) | Step::Missing(_) => true,
        };
        let end = self
            .steps
            .iter()
            .position(stops)
            .unwrap_or(self.steps.len());
        (&self.steps[..end], self.steps.get(end))
    }
}

/// Options in the one form that cannot be misread: `--X=value`, also for options without a value.
pub fn normalised(steps: &[Step]) -> Vec<OsString> {
    let options = steps.iter().filter_map(|step| match step {
        Step::Option { letter, value } => Some((letter, value)),
        Step::Unknown(_) | Step::Missing(_) => None,
    });
    let words = options.map(|(letter, value)| {
        let mut word = vec![b'-', b'-', *letter, b'='];
        word.extend_from_slice(
            value
                .as_ref()
                .map_or(&[][..], |value| value.text.as_bytes()),
        );
        OsString::from_vec(word)
    });
    words.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(words: &[&str], posixly_correct: bool) -> (String, Vec<String>) {
        let argv: Vec<_> = ["ipmitool"]
            .iter()
            .chain(words)
            .map(OsString::from)
            .collect();
        let takes_value = |letter| match letter {
            b'v' | b'c' => Some(false),
            b'P' | b'I' => Some(true),
            _ => None,
        };
        let scan = scan(&argv, takes_value, posixly_correct);
        let steps = scan.steps.iter().map(|step| match step {
            Step::Option {
                letter,
                value: None,
            } => format!("{}", char::from(*letter)),
            Step::Option {
                letter,
                value: Some(value),
            } => {
                format!(
                    "{}<{}>@{}.{}",
                    char::from(*letter),
                    value.text.to_string_lossy(),
                    value.word,
                    value.offset
                )
            }
            Step::Unknown(letter) => format!("?{}", char::from(*letter)),
            Step::Missing(letter) => format!("!{}", char::from(*letter)),
        });
        let operands = scan
            .operands
            .iter()
            .map(|word| word.to_string_lossy().into_owned())
            .collect();
        (steps.collect::<Vec<_>>().join(" "), operands)
    }

    #[test]
    fn options_are_found_after_operands_unless_posix_says_otherwise() {
        let words = ["sol", "-v", "activate", "-I", "lanplus", "-", "--", "-c"];
        assert_eq!(found(&words, false).0, "v I<lanplus>@5.0");
        assert_eq!(found(&words, false).1, ["sol", "activate", "-", "-c"]);
        assert_eq!(
            found(&words, true),
            (String::new(), words.map(String::from).to_vec())
        );
    }

    #[test]
    fn values_keep_every_byte_and_know_their_place() {
        assert_eq!(
            found(&["-vP=x", "-P", "--", "-P-"], false).0,
            "v P<=x>@1.3 P<-->@3.0 P<->@4.2"
        );
    }

    #[test]
    fn mistakes_are_reported_in_their_place() {
        assert_eq!(found(&["--v", "-x", "-vP"], false).0, "?- v ?x v !P");
    }

    #[test]
    fn the_normalised_form_keeps_an_equals_sign() {
        let value = |text: &str| {
            Some(Value {
                text: text.into(),
                word: 0,
                offset: 0,
            })
        };
        let steps = [
            Step::Option {
                letter: b'P',
                value: value("=x"),
            },
            Step::Option {
                letter: b'v',
                value: None,
            },
        ];
        assert_eq!(normalised(&steps), ["--P==x", "--v="]);
    }
}
