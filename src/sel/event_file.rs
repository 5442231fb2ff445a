//! Text files of events, one a line: seven numbers, and a comment after `#`. `sel save` writes them, `sel add` and
//! `event file` read them.

use crate::sel::Event;

/// One line of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// Seven bytes: an event message.
    Event([u8; 7]),
    /// Something else: the line without its comment.
    Invalid(String),
}

/// The lines of a file that are neither empty nor only comment. `byte` reads a number.
pub fn lines<'a>(
    text: &'a [u8],
    byte: impl Fn(&[u8]) -> Option<u8> + 'a,
) -> impl Iterator<Item = Line> + 'a {
    text.split(|sign| *sign == b'\n').filter_map(move |line| {
        let line = line.split(|sign| *sign == b'#').next()?.trim_ascii();
        if line.is_empty() {
            return None;
        }
        let words = line.split(|sign| *sign == b' ');
        let values: Option<Vec<u8>> = words
            .filter(|word| !word.is_empty())
            .take(MESSAGE)
            .map(&byte)
            .collect();
        let message = values.and_then(|values| <[u8; MESSAGE]>::try_from(values).ok());
        Some(message.map_or_else(
            || Line::Invalid(String::from_utf8_lossy(line).into_owned()),
            Line::Event,
        ))
    })
}

/// The line of an event, without its comment.
pub fn line(event: &Event) -> String {
    event
        .message()
        .map(|byte| format!("0x{byte:02x}"))
        .join(" ")
}

const MESSAGE: usize = 7;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_the_rest_is_told_apart() {
        let byte = |word: &[u8]| {
            let text = std::str::from_utf8(word).ok()?;
            u8::from_str_radix(text.strip_prefix("0x")?, 16).ok()
        };
        let event = Event::from_message([4, 1, 0x30, 0x81, 0x59, 2, 3], 0x41);
        let text = format!(
            " {} # upper\n\n# nothing\n0x01 0x02\n{} 0x08 and more\n0x1 x",
            line(&event),
            line(&event)
        );
        let found: Vec<_> = lines(text.as_bytes(), byte).collect();
        assert_eq!(
            found,
            [
                Line::Event(event.message()),
                Line::Invalid("0x01 0x02".into()),
                Line::Event(event.message()),
                Line::Invalid("0x1 x".into()),
            ]
        );
    }
}
