//! `-f`: the password file, read as stock reads it (`fgets` into 21 bytes), quirks included.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use nix::errno::Errno;

use super::secret::Secret;

/// Reads the password.
///
/// # Errors
///
/// The lines that stock prints on standard error; it goes on without a password then.
pub fn read(path: &Path) -> Result<Secret, String> {
    let shown = path.display();
    let unopened = |reason: String| {
        format!(
            "{reason}\nUnable to open password file {shown}\n{}",
            unread(path)
        )
    };
    if fs::symlink_metadata(path).is_err() {
        return Err(unopened(format!("File {shown} does not exist")));
    }
    let mut file = File::open(path).map_err(|error| {
        let reason = Errno::from_raw(error.raw_os_error().unwrap_or_default()).desc();
        unopened(format!("Unable to open file {shown}: {reason}"))
    })?;
    password(&mut file).ok_or_else(|| unread(path).repeat(2))
}

/// The password in a file; `None` where there is nothing in it or reading fails.
pub fn password(file: &mut impl Read) -> Option<Secret> {
    first_line(file).map(password_in).map(Secret::new)
}

fn unread(path: &Path) -> String {
    format!("Unable to read password from file {}\n", path.display())
}

/// At most 20 bytes, up to and with the first line feed; `None` where there is nothing or reading fails.
fn first_line(file: &mut impl Read) -> Option<Vec<u8>> {
    let mut line = Vec::with_capacity(MAX_LINE);
    while line.len() < MAX_LINE && line.last() != Some(&b'\n') {
        let mut byte = [0];
        match file.read(&mut byte) {
            Ok(0) => break,
            Ok(_) => line.push(byte[0]),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
    (!line.is_empty()).then_some(line)
}

/// What a C program finds in the line: it ends at a NUL, and at a line end, unless the line begins with one.
fn password_in(mut line: Vec<u8>) -> Vec<u8> {
    if let Some(end) = line.iter().position(|byte| *byte == 0) {
        line.truncate(end);
    }
    if let Some(end) = line
        .iter()
        .position(|byte| matches!(byte, b'\r' | b'\n' | b'\t'))
        .filter(|end| *end > 0)
    {
        line.truncate(end);
    }
    line
}

/// Stock's buffer of 21 bytes, less the NUL.
const MAX_LINE: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn password(mut content: &[u8]) -> Option<Vec<u8>> {
        super::password(&mut content).map(|secret| secret.bytes().to_vec())
    }

    #[test]
    fn a_password_file_is_read_with_the_quirks_of_fgets() {
        assert_eq!(password(b"secret\nmore\n").as_deref(), Some(&b"secret"[..]));
        assert_eq!(password(b"secret\r\n").as_deref(), Some(&b"secret"[..]));
        assert_eq!(password(b"a\tb").as_deref(), Some(&b"a"[..]));
        assert_eq!(password(b"\nnext").as_deref(), Some(&b"\n"[..]));
        assert_eq!(password(b"\0").as_deref(), Some(&b""[..]));
        assert_eq!(
            password(b"1234567890123456789012").as_deref(),
            Some(&b"12345678901234567890"[..])
        );
        assert_eq!(password(b""), None);
    }

    #[test]
    fn a_file_that_is_not_there_is_explained_in_stocks_three_lines() {
        let message = read(Path::new("/nonexistent/password")).unwrap_err();
        assert_eq!(
            message,
            "File /nonexistent/password does not exist\nUnable to open password file /nonexistent/password\n\
             Unable to read password from file /nonexistent/password\n"
        );
    }
}
