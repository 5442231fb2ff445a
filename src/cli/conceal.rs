//! Overwrites secrets in this process's own argument memory, so that `ps` shows X in their place.
//!
//! The memory is reached through `/proc/self/mem`, which needs no unsafe code. What was typed must have been copied
//! before.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileExt;

use super::getopt::Step;

/// Overwrites the values of the options in `secret_letters`. `argv` is the whole command line, program name first, as
/// the kernel was given it.
///
/// # Errors
///
/// Where `/proc` is not mounted or refuses; the values then stay visible.
pub fn secrets(argv: &[OsString], steps: &[Step], secret_letters: &[u8]) -> io::Result<()> {
    let mut memory = None;
    for step in steps {
        let Step::Option {
            letter,
            value: Some(value),
        } = step
        else {
            continue;
        };
        if !secret_letters.contains(letter) || value.text.is_empty() {
            continue;
        }
        let memory = match &mut memory {
            Some(memory) => memory,
            empty => empty.insert(Memory::open()?),
        };
        let before: u64 = argv
            .iter()
            .take(value.word)
            .map(|word| word.len() as u64 + 1)
            .sum();
        memory.blot_out(before + value.offset as u64, value.text.as_bytes())?;
    }
    Ok(())
}

/// This process's memory, and where in it the arguments begin.
struct Memory {
    file: File,
    arguments: u64,
}

impl Memory {
    fn open() -> io::Result<Self> {
        let unreadable = || {
            io::Error::new(
                io::ErrorKind::InvalidData,
                "/proc/self/stat has no arg_start",
            )
        };
        let stat = fs::read("/proc/self/stat")?;
        let arguments = argument_start(&stat).ok_or_else(unreadable)?;
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .open("/proc/self/mem")?;
        Ok(Self { file, arguments })
    }

    /// Writes only where the expected text stands: anything else means that the arguments were moved.
    fn blot_out(&mut self, offset: u64, expected: &[u8]) -> io::Result<()> {
        let address = self.arguments + offset;
        let mut present = vec![0; expected.len()];
        self.file.read_exact_at(&mut present, address)?;
        if present != expected {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the arguments are not where the kernel put them",
            ));
        }
        self.file.write_all_at(&vec![b'X'; expected.len()], address)
    }
}

/// Field 48 of `/proc/PID/stat`, proc(5). Field 2, the program's name, may hold spaces and parentheses.
fn argument_start(stat: &[u8]) -> Option<u64> {
    let after_name = stat.iter().rposition(|byte| *byte == b')')? + 1;
    let rest = std::str::from_utf8(stat.get(after_name..)?).ok()?;
    // The first word after the name is field 3.
    rest.split_ascii_whitespace()
        .nth(48 - 3)?
        .parse()
        .ok()
        .filter(|address| *address != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_found_behind_a_hostile_program_name() {
        let fields: Vec<String> = (3..=52).map(|field| field.to_string()).collect();
        let stat = format!("1 (a) b (c)) {}\n", fields.join(" "));
        assert_eq!(argument_start(stat.as_bytes()), Some(48));
        assert_eq!(argument_start(b"1 (x) S 2"), None);
        assert_eq!(argument_start(b""), None);
    }
}
