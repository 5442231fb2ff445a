//! Reading lines one by one.

use std::io::{BufRead, Error, ErrorKind, Result};

/// The next line, without its end, which is any byte of `ends`; bytes that are no UTF-8 are replaced. `None` where there
/// are no more.
///
/// # Errors
///
/// The system's, or that the line is longer than any command.
pub fn next(input: &mut impl BufRead, ends: &[u8]) -> Result<Option<String>> {
    let mut bytes = Vec::new();
    while bytes.len() < MOST {
        let read = match input.fill_buf() {
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if read.is_empty() {
            return Ok((!bytes.is_empty()).then(|| text(&bytes)));
        }
        let end = read.iter().position(|byte| ends.contains(byte));
        let length = end.unwrap_or(read.len());
        bytes.extend(read.iter().take(length));
        input.consume(length + usize::from(end.is_some()));
        if end.is_some() {
            return Ok(Some(text(&bytes)));
        }
    }
    Err(Error::other("a line is too long"))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Bytes of a line.
const MOST: usize = 1 << 20;

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{self, BufReader};

    #[test]
    fn lines_end_with_any_of_the_characters() {
        let all = |ends: &[u8]| {
            let mut input = &b"one\r\ntwo\nthree"[..];
            std::iter::from_fn(|| next(&mut input, ends).unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(all(b"\r\n"), ["one", "", "two", "three"]);
        assert_eq!(all(b"\n"), ["one\r", "two", "three"]);
    }

    #[test]
    fn a_line_without_end_is_refused_in_bounded_memory() {
        let mut endless = BufReader::new(io::repeat(b'x'));
        assert!(next(&mut endless, b"\n").is_err());
    }
}
