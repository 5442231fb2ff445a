//! What steers a terminal, taken out of what is written to one.
//!
//! Names, descriptions and strings come from the BMC, or from a file, and would be carried out by a terminal: they can
//! move the cursor, change colours and titles, and on some terminals type. Whoever reads from a pipe gets every byte.

use std::io::{self, Write};
use std::str;

/// A terminal, to which control characters go as `?`: all but line feed and tab. Characters may come in pieces; bytes
/// that are no UTF-8 go on, unless they are an 8-bit terminal's control characters.
pub struct Visible<W> {
    terminal: W,
    /// The beginning of a character.
    begun: Vec<u8>,
}

impl<W: Write> Visible<W> {
    /// Nothing written yet.
    pub fn on(terminal: W) -> Self {
        Self {
            terminal,
            begun: Vec::new(),
        }
    }

    fn pass(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut out = Vec::with_capacity(bytes.len());
        for chunk in bytes.utf8_chunks() {
            let mut room = [0; 4];
            for c in chunk.valid().chars() {
                match c {
                    '\n' | '\t' => out.push(c as u8),
                    c if c.is_control() => out.push(b'?'),
                    c => out.extend_from_slice(c.encode_utf8(&mut room).as_bytes()),
                }
            }
            out.extend(chunk.invalid().iter().map(|byte| match byte {
                0x80..=0x9f => b'?',
                byte => *byte,
            }));
        }
        self.terminal.write_all(&out)
    }
}

impl<W: Write> Write for Visible<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut all = std::mem::take(&mut self.begun);
        all.extend_from_slice(bytes);
        let whole = match str::from_utf8(&all) {
            Ok(_) => all.len(),
            Err(error) => unfinished(&all, &error),
        };
        self.begun = all.split_off(whole);
        self.pass(&all)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let rest = std::mem::take(&mut self.begun);
        self.pass(&rest)?;
        self.terminal.flush()
    }
}

/// Where a character begins that the next bytes may complete; the length where none does.
fn unfinished(bytes: &[u8], first: &str::Utf8Error) -> usize {
    let mut at = first.valid_up_to();
    let mut error = *first;
    loop {
        let Some(bad) = error.error_len() else {
            return at;
        };
        let rest = bytes.get(at + bad..).unwrap_or_default();
        at += bad;
        match str::from_utf8(rest) {
            Ok(_) => return bytes.len(),
            Err(next) => {
                at += next.valid_up_to();
                error = next;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(pieces: &[&[u8]]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut visible = Visible::on(&mut out);
        for piece in pieces {
            visible.write_all(piece).unwrap();
        }
        visible.flush().unwrap();
        drop(visible);
        out
    }

    #[test]
    fn nothing_that_steers_a_terminal_passes_and_all_else_does() {
        assert_eq!(
            shown(&[b"a\x1b[2J\x07\tb\r\n\x00\x7fc"]),
            b"a?[2J?\tb?\n??c"
        );
        assert_eq!(
            shown(&["\u{9b}31m \u{85}é€😀".as_bytes()]),
            "?31m ?é€😀".as_bytes()
        );
        assert_eq!(shown(&[b"caf\xe9 \x9b1m"]), b"caf\xe9 ?1m");
    }

    #[test]
    fn characters_may_come_in_pieces() {
        let text = "é€😀 \u{9b}x".as_bytes();
        let whole = shown(&[text]);
        for cut in 0..text.len() {
            assert_eq!(shown(&[&text[..cut], &text[cut..]]), whole, "{cut}");
        }
        let bytes: Vec<&[u8]> = text.chunks(1).collect();
        assert_eq!(shown(&bytes), whole);
        assert_eq!(shown(&[b"\xff\xe2\x82", b"\xac"]), b"\xff\xe2\x82\xac");
        assert_eq!(shown(&[b"x\xe2"]), b"x\xe2");
    }
}
