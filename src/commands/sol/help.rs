//! `sol activate help` and `sol log help`: the words of the two tables, explained.

use super::log::words as log_words;
use super::words;

/// For `sol activate` and `sol capture`.
pub(super) fn console() -> String {
    let words = words::WORDS.iter().map(|word| (word.shown(), word.help));
    let head = "sol activate [word ...]      the console; ~? lists its escapes\n\
                sol capture [word ...]       the same, unattended: noinput reconnect are implied";
    text(head, words)
}

/// For `sol log`.
pub(super) fn log() -> String {
    let words = log_words::WORDS
        .iter()
        .map(|word| (word.shown(), word.help));
    let head = "sol log [word ...]           what the BMC has stored, without taking the console";
    text(head, words)
}

fn text(head: &str, words: impl Iterator<Item = (String, &'static str)>) -> String {
    let mut text = head.to_owned();
    for (shown, help) in words {
        text.push_str("\n\n  ");
        text.push_str(&shown);
        for line in wrapped(help) {
            text.push_str("\n        ");
            text.push_str(&line);
        }
    }
    text
}

/// In lines that fit beside the margin.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.len() + 1 + word.len() > WIDTH {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

/// Columns of an explanation.
const WIDTH: usize = 70;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_explained_on_lines_that_fit_a_terminal() {
        for text in [console(), log()] {
            assert!(text.lines().all(|line| line.len() <= 80), "{text}");
        }
        let names = |name: &str, text: &str| text.lines().any(|line| line.trim() == name);
        assert!(
            words::WORDS
                .iter()
                .all(|word| names(&word.shown(), &console()))
        );
        assert!(
            log_words::WORDS
                .iter()
                .all(|word| names(&word.shown(), &log()))
        );
    }
}
