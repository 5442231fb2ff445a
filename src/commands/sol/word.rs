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

/// Sets the word of `table` that was typed.
///
/// # Errors
///
/// One line that names the bad word and the one that was meant, or all there are; or the word's own complaint of its
/// value.
pub fn apply<W>(table: &[Word<W>], words: &mut W, typed: &str) -> Result<(), Refusal> {
    let (name, value) = match typed.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (typed, None),
    };
    let word = table
        .iter()
        .find(|word| word.name == name && word.takes(value))
        .ok_or_else(|| {
            Refusal::error(format!(
                "Invalid word '{}': {}",
                plain(typed),
                right(table, name)
            ))
        })?;
    // `name=` is not the same as `name`.
    if word.optional && value == Some("") {
        return Err(invalid(name, "", &format!("use {}", word.shown())));
    }
    (word.set)(words, value.unwrap_or_default())
}

/// The word that was meant, where one is called almost or just so, else all.
fn right<W>(table: &[Word<W>], name: &str) -> String {
    let distance = |word: &Word<W>| strsim::damerau_levenshtein(word.name, name);
    match table.iter().min_by_key(|word| distance(word)) {
        Some(word) if distance(word) == 0 => format!("use {}", word.shown()),
        Some(word) if distance(word) <= TYPO && name.len() > SHORT => {
            format!("did you mean {}?", word.shown())
        }
        _ => {
            let all: Vec<String> = table.iter().map(Word::shown).collect();
            format!("use {}", all.join(", "))
        }
    }
}

/// So many letters may be wrong, left out, too many or exchanged.
const TYPO: usize = 2;

/// Words so short are near to too many others.
const SHORT: usize = 3;

/// That a word's value is wrong, and what would be right.
pub fn invalid(name: &str, value: &str, right: &str) -> Refusal {
    let value = plain(value);
    Refusal::error(format!("Invalid word '{name}={value}': {right}"))
}
