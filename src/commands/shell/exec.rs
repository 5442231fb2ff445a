//! The file of `exec`.

use std::fs;
use std::io::ErrorKind;

/// The file's lines; bytes that are no UTF-8 are replaced.
///
/// # Errors
///
/// Why it cannot be read, in stock's words where stock has some.
pub fn lines(path: &str) -> Result<Vec<String>, String> {
    let too_long = || format!("File {path} is too long");
    match fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(format!("File {path} does not exist"));
        }
        Ok(metadata) if metadata.len() > MOST => return Err(too_long()),
        _ => {}
    }
    let bytes = fs::read(path).map_err(|error| format!("Unable to open file {path}: {error}"))?;
    Ok(String::from_utf8_lossy(&bytes)
        .split('\n')
        .map(str::to_owned)
        .collect())
}

pub const USAGE: &str = "Usage: exec <filename>";

/// Bytes of a file: nobody has so many commands.
const MOST: u64 = 64 << 20;
