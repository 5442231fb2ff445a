//! The file of `exec`.

use std::fs::{self, File};
use std::io::ErrorKind;

use crate::trust;

/// The file's lines; bytes that are no UTF-8 are replaced. It may be a pipe.
///
/// # Errors
///
/// Why it cannot be read, in stock's words where stock has some.
pub fn lines(path: &str) -> Result<Vec<String>, String> {
    match fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(format!("File {path} does not exist"));
        }
        Ok(metadata) if !trust::is_stream_or_file(&metadata) => {
            return Err(format!("File {path} is a device that never ends"));
        }
        _ => {}
    }
    let bytes = File::open(path)
        .and_then(|file| trust::read_all(file, MOST))
        .map_err(|error| format!("Unable to read file {path}: {error}"))?;
    Ok(String::from_utf8_lossy(&bytes)
        .split('\n')
        .map(str::to_owned)
        .collect())
}

pub const USAGE: &str = "Usage: exec <filename>";

/// Bytes of a file: nobody has so many commands.
const MOST: u64 = 16 << 20;
