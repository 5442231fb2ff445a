//! A line's words, as stock 1.8.19 splits it: at blanks that are not in quotes. A word that begins with a quote ends
//! with the next one; a quote elsewhere only holds blanks together, and stays.

/// Splits a line of the shell: at blanks and tabs.
pub fn of_shell(line: &str) -> Vec<String> {
    split(line, &[' ', '\t'])
}

/// Splits a line of a file: at blanks only; what follows a `#` is a comment, even in quotes.
pub fn of_file(line: &str) -> Vec<String> {
    // A line ends, for stock, at its first zero byte.
    let line = line.split(['#', '\0']).next().unwrap_or_default();
    split(line.trim_matches(is_space), &[' '])
}

fn split(line: &str, separators: &[char]) -> Vec<String> {
    held_together(line)
        .split(separators)
        .filter(|word| !word.is_empty())
        .map(unquoted)
        .collect()
}

/// The line with every blank in quotes replaced by [`HELD`].
fn held_together(line: &str) -> String {
    let mut open = None;
    line.chars()
        .map(|c| {
            match (open, c) {
                (Some(quote), c) if c == quote => open = None,
                (Some(_), c) if is_space(c) => return HELD,
                (None, '"' | '\'') => open = Some(c),
                _ => {}
            }
            c
        })
        .collect()
}

/// The word as it is meant: without the quotes around it and what follows them.
fn unquoted(word: &str) -> String {
    let inner = ['"', '\''].into_iter().find_map(|quote| {
        let inner = word.strip_prefix(quote)?;
        inner.split(quote).next()
    });
    inner.unwrap_or(word).replace(HELD, " ")
}

/// C's `isspace`.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t'..='\r')
}

/// Stands for a blank in quotes; stock's own is `~`, which then cannot be typed there.
const HELD: char = '\u{f8ff}';

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_quotes_hold_together() {
        assert_eq!(of_shell(" echo \t\"a  b\" 'c\td'"), ["echo", "a  b", "c d"]);
        assert_eq!(of_shell("'it\"s' \"o'k\""), ["it\"s", "o'k"]);
        assert_eq!(of_shell("\"open end"), ["open end"]);
        assert_eq!(
            of_shell("a\"b c\"d 'x'y \"~\" ''"),
            ["a\"b c\"d", "x", "~", ""]
        );
        assert!(of_shell(" \t ").is_empty());
    }

    #[test]
    fn lines_of_a_file_have_comments_and_keep_tabs() {
        assert_eq!(of_file("\t raw 6\t1 2 # three\r\n"), ["raw", "6\t1", "2"]);
        assert_eq!(of_file("echo '#'"), ["echo", ""]);
        assert!(of_file("# all of it").is_empty());
    }
}
