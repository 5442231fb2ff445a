//! One word after a `sol` verb, such as `noinput`, `log=FILE` or `reconnect[=N]`: what the parser, its complaints and
//! the manual know of it. `W` is what the words of one verb fill in.

use crate::commands::Refusal;
use crate::console::notice::plain;

/// One word.
#[derive(Clone, Copy, Debug)]
pub struct Word<W: 'static> {
    /// As typed, without the value.
    pub name: &'static str,
    /// What the value is called, for words of the form `name=value`.
    pub value: Option<&'static str>,
    /// Whether the word may stand without its value.
    pub optional: bool,
    /// What it does, for the manual.
    pub help: &'static str,
    set: Set<W>,
}

/// Takes the value (empty where the word stands alone) into what was typed.
pub type Set<W> = fn(&mut W, &str) -> Result<(), Refusal>;

impl<W> Word<W> {
    /// A word that stands alone.
    pub const fn alone(name: &'static str, help: &'static str, set: Set<W>) -> Self {
        Self {
            name,
            value: None,
            optional: false,
            help,
            set,
        }
    }

    /// A word of the form `name=value`.
    pub const fn valued(
        name: &'static str,
        value: &'static str,
        help: &'static str,
        set: Set<W>,
    ) -> Self {
        Self {
            value: Some(value),
            ..Self::alone(name, help, set)
        }
    }

    /// A word of the form `name[=value]`.
    pub const fn maybe(
        name: &'static str,
        value: &'static str,
        help: &'static str,
        set: Set<W>,
    ) -> Self {
        Self {
            optional: true,
            ..Self::valued(name, value, help, set)
        }
    }

    /// As complaints and the manual show it.
    pub fn shown(&self) -> String {
        match self.value {
            None => self.name.to_owned(),
            Some(value) if self.optional => format!("{}[={value}]", self.name),
            Some(value) => format!("{}={value}", self.name),
        }
    }

    fn takes(&self, value: Option<&str>) -> bool {
        self.value.is_some() == value.is_some() || (self.optional && value.is_none())
    }
}

/// Sets the word of `table` that was typed after `verb`.
///
/// # Errors
///
/// One line that names the bad word and lists the good ones, or the word's own complaint of its value.
pub fn apply<W>(table: &[Word<W>], verb: &str, words: &mut W, typed: &str) -> Result<(), Refusal> {
    let (name, value) = match typed.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (typed, None),
    };
    let word = table
        .iter()
        .find(|word| word.name == name && word.takes(value))
        .ok_or_else(|| {
            let all: Vec<String> = table.iter().map(Word::shown).collect();
            Refusal::error(format!(
                "Invalid word '{}' after {verb}: use {}",
                plain(typed),
                all.join(", ")
            ))
        })?;
    // `name=` is not the same as `name`.
    if word.optional && value == Some("") {
        return Err(invalid(name, "", &format!("use {}", word.shown())));
    }
    (word.set)(words, value.unwrap_or_default())
}

/// That a word's value is wrong, and what would be right.
pub fn invalid(name: &str, value: &str, right: &str) -> Refusal {
    let value = plain(value);
    Refusal::error(format!("Invalid word '{name}={value}': {right}"))
}
