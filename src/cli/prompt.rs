//! Asking for a secret as C's `getpass` does: on the terminal without echo, or, where there is no terminal, with the
//! question on standard error and the answer from standard input.

use std::fs::OpenOptions;
use std::io::{self, Write};

use nix::unistd;

use super::secret::Secret;

/// Asks, and returns the answer without its line end. End of input is an empty answer.
///
/// # Errors
///
/// Where neither the terminal nor standard input can be read.
pub fn ask(question: &str) -> io::Result<Secret> {
    let terminal = OpenOptions::new().read(true).write(true).open("/dev/tty");
    if terminal.is_err() {
        return ask_without_terminal(question);
    }
    match rpassword::prompt_password(question) {
        Ok(answer) => Ok(Secret::new(answer.into_bytes())),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(Secret::new(Vec::new())),
        Err(error) => Err(error),
    }
}

fn ask_without_terminal(question: &str) -> io::Result<Secret> {
    io::stderr().write_all(question.as_bytes())?;
    read_line(|byte| Ok(unistd::read(io::stdin(), byte)?))
}

/// Reads byte by byte, so that what follows the line is left for whoever reads next.
fn read_line(mut read: impl FnMut(&mut [u8]) -> io::Result<usize>) -> io::Result<Secret> {
    let mut line = Vec::with_capacity(MAX_ANSWER);
    let mut byte = [0];
    loop {
        match read(&mut byte) {
            Ok(0) => break,
            Ok(_) if byte[0] == b'\n' => break,
            // An answer that long is refused by its length later on: its tail need not be kept.
            Ok(_) if line.len() < MAX_ANSWER => line.push(byte[0]),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    // C strings end at a NUL.
    if let Some(end) = line.iter().position(|byte| *byte == 0) {
        line.truncate(end);
    }
    Ok(Secret::new(line))
}

/// More bytes than any password or key has.
const MAX_ANSWER: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_ends_at_its_line_and_leaves_the_rest_unread() {
        let mut input = &b"secret\r\nnext"[..];
        let answer = read_line(|byte| io::Read::read(&mut input, byte)).unwrap();
        assert_eq!(answer.bytes(), b"secret\r");
        assert_eq!(input, b"next");
    }

    #[test]
    fn an_answer_ends_at_a_nul_as_c_strings_do() {
        let mut input = &b"a\0b"[..];
        assert_eq!(
            read_line(|byte| io::Read::read(&mut input, byte))
                .unwrap()
                .bytes(),
            b"a"
        );
    }
}
