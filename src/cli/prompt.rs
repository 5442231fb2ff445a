//! Asking for a secret as C's `getpass` does: on the terminal without echo, or, where there is no terminal, with the
//! question on standard error and the answer from standard input.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};

use nix::sys::signal::{Signal, raise};
use nix::sys::termios::{
    LocalFlags, SetArg, SpecialCharacterIndices, Termios, tcgetattr, tcsetattr,
};
use nix::unistd;

use super::secret::Secret;

/// Asks, and returns the answer without its line end. End of input is an empty answer. The terminal's interrupt
/// character raises SIGINT once the terminal is as it was.
///
/// # Errors
///
/// Where neither the terminal nor standard input can be read; [`io::ErrorKind::Interrupted`] where SIGINT did not
/// end the program.
pub fn ask(question: &str) -> io::Result<Secret> {
    match OpenOptions::new().read(true).write(true).open("/dev/tty") {
        Ok(terminal) => ask_on(&terminal, question),
        Err(_) => ask_without_terminal(question),
    }
}

/// The echo is off before the question can be seen: whoever answers at once, as scripts do, is not shown either.
fn ask_on(mut terminal: &File, question: &str) -> io::Result<Secret> {
    let hidden = Hidden::on(terminal)?;
    terminal.write_all(question.as_bytes())?;
    let ends = [Some(b'\n'), hidden.interrupt()];
    let (line, end) = read_line(&ends, |byte| terminal.read(byte))?;
    drop(hidden);
    if end.is_some() {
        terminal.write_all(b"\n")?;
    }
    if end.is_some_and(|end| end != b'\n') {
        raise(Signal::SIGINT)?;
        return Err(io::ErrorKind::Interrupted.into());
    }
    Ok(line)
}

/// A terminal that does not show what is typed, until this is dropped. Lines are still edited by the terminal itself,
/// and the interrupt character ends a line instead of the program, which would leave the echo off.
struct Hidden<'a> {
    terminal: &'a File,
    before: Termios,
}

impl<'a> Hidden<'a> {
    fn on(terminal: &'a File) -> io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let hidden = Self { terminal, before };
        let mut modes = hidden.before.clone();
        modes
            .local_flags
            .remove(LocalFlags::ECHO | LocalFlags::ISIG);
        if let Some(interrupt) = hidden.interrupt() {
            modes.control_chars[SpecialCharacterIndices::VEOL as usize] = interrupt;
        }
        tcsetattr(terminal, SetArg::TCSADRAIN, &modes)?;
        Ok(hidden)
    }

    /// The interrupt character, where there is one and it is heeded.
    fn interrupt(&self) -> Option<u8> {
        let index = SpecialCharacterIndices::VINTR as usize;
        let byte = self.before.control_chars.get(index).copied()?;
        let heeded = self.before.local_flags.contains(LocalFlags::ISIG);
        (heeded && byte != NO_CHARACTER).then_some(byte)
    }
}

impl Drop for Hidden<'_> {
    fn drop(&mut self) {
        // A terminal that is gone has nobody before it.
        let _ = tcsetattr(self.terminal, SetArg::TCSADRAIN, &self.before);
    }
}

fn ask_without_terminal(question: &str) -> io::Result<Secret> {
    io::stderr().write_all(question.as_bytes())?;
    let (line, _) = read_line(&[Some(b'\n')], |byte| Ok(unistd::read(io::stdin(), byte)?))?;
    Ok(line)
}

/// Reads byte by byte, so that what follows the line is left for whoever reads next. Beside the line, which of `ends`
/// ended it; none where the input did.
fn read_line(
    ends: &[Option<u8>],
    mut read: impl FnMut(&mut [u8]) -> io::Result<usize>,
) -> io::Result<(Secret, Option<u8>)> {
    let mut line = Vec::with_capacity(MAX_ANSWER);
    let mut byte = [0];
    let end = loop {
        match read(&mut byte) {
            Ok(0) => break None,
            Ok(_) if ends.contains(&Some(byte[0])) => break Some(byte[0]),
            // An answer that long is refused by its length later on: its tail need not be kept.
            Ok(_) if line.len() < MAX_ANSWER => line.push(byte[0]),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    };
    // C strings end at a NUL.
    if let Some(end) = line.iter().position(|byte| *byte == 0) {
        line.truncate(end);
    }
    Ok((Secret::new(line), end))
}

/// More bytes than any password or key has.
const MAX_ANSWER: usize = 1024;

/// Stands for "none" among a terminal's special characters (`_POSIX_VDISABLE`).
const NO_CHARACTER: u8 = 0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_ends_at_its_line_and_leaves_the_rest_unread() {
        let mut input = &b"secret\r\nnext"[..];
        let (answer, end) = read_line(&[Some(b'\n')], |byte| input.read(byte)).unwrap();
        assert_eq!(end, Some(b'\n'));
        assert_eq!(answer.bytes(), b"secret\r");
        assert_eq!(input, b"next");
    }

    #[test]
    fn an_answer_ends_at_a_nul_as_c_strings_do() {
        let mut input = &b"a\0b"[..];
        let (answer, end) = read_line(&[Some(b'\n')], |byte| input.read(byte)).unwrap();
        assert_eq!((answer.bytes(), end), (&b"a"[..], None));
    }
}
