//! Words with a value and an explanation, as `dcmi` and `nm` have them.

use std::borrow::Cow;

/// Value, word, explanation.
pub type Words = &'static [(u8, &'static str, &'static str)];

/// The value of a word, in any case.
pub fn value(word: &str, words: Words) -> Option<u8> {
    words
        .iter()
        .find(|(_, name, _)| name.eq_ignore_ascii_case(word))
        .map(|(value, ..)| *value)
}

/// The value of the first word, and the words behind it; nothing where there is no word, or none of these.
pub fn first<'w>(typed: &'w [&'w str], words: Words) -> Option<(u8, &'w [&'w str])> {
    let (word, rest) = typed.split_first()?;
    Some((value(word, words)?, rest))
}

/// The word of a value, or stock's `Unknown (0x1f)`.
pub fn name(value: u16, words: Words) -> Cow<'static, str> {
    match words.iter().find(|(each, ..)| u16::from(*each) == value) {
        Some((_, name, _)) => Cow::Borrowed(name),
        None => Cow::Owned(format!("Unknown (0x{value:x})")),
    }
}

/// The words under a title, between blank lines, as stock's `print_strs` prints them; without the last line's end.
pub fn menu(title: &str, words: Words) -> String {
    let mut text = list(title, words);
    text.push('\n');
    text
}

/// The same without the blank line below.
pub fn list(title: &str, words: Words) -> String {
    let lines = words
        .iter()
        .map(|(_, name, what)| format!("\n    {name}    {what}"));
    std::iter::once(format!("\n{title}")).chain(lines).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FEW: Words = &[(1, "one", "the first"), (2, "Two", "")];

    #[test]
    fn words_are_found_in_any_case_and_values_without_one_are_shown() {
        assert_eq!(value("ONE", FEW), Some(1));
        assert_eq!(value("three", FEW), None);
        assert_eq!(first(&["two", "x"], FEW), Some((2, &["x"][..])));
        assert_eq!((first(&["x", "two"], FEW), first(&[], FEW)), (None, None));
        assert_eq!(name(2, FEW), "Two");
        assert_eq!(name(0x1ab, FEW), "Unknown (0x1ab)");
    }

    #[test]
    fn a_menu_stands_between_blank_lines() {
        assert_eq!(
            menu("Few", FEW),
            "\nFew\n    one    the first\n    Two    \n"
        );
    }
}
