//! The file of `exec`.

use std::fs::{self, File};
use std::io::{BufReader, ErrorKind};
use std::os::fd::AsFd;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::trust;

use super::lines;

/// The lines of a file or a pipe, each read when the one before it has been run, as in stock.
#[derive(Debug)]
pub struct Commands {
    path: String,
    file: BufReader<File>,
}

impl Commands {
    /// Opens the file. A pipe is waited for until somebody writes to it.
    ///
    /// # Errors
    ///
    /// Why it cannot be read, in stock's words where stock has some.
    pub fn open(path: &str) -> Result<Self, String> {
        match fs::metadata(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(format!("File {path} does not exist"));
            }
            Ok(metadata) if metadata.is_dir() => return Err(format!("File {path} is a directory")),
            Ok(metadata) if !trust::is_stream_or_file(&metadata) => {
                return Err(format!("File {path} is a device that never ends"));
            }
            _ => {}
        }
        let file = File::open(path).map_err(|error| unreadable(path, &error))?;
        Ok(Self {
            path: path.to_owned(),
            file: BufReader::new(file),
        })
    }

    /// Whether nothing of the next line is there yet.
    pub fn keeps_waiting(&self) -> bool {
        let mut watched = [PollFd::new(self.file.get_ref().as_fd(), PollFlags::POLLIN)];
        self.file.buffer().is_empty() && poll(&mut watched, PollTimeout::ZERO) == Ok(0)
    }

    /// The next line; bytes that are no UTF-8 are replaced. `None` where there are no more.
    ///
    /// # Errors
    ///
    /// As [`Commands::open`], and a line that is too long to be a command.
    pub fn next(&mut self) -> Result<Option<String>, String> {
        lines::next(&mut self.file, b"\n").map_err(|error| unreadable(&self.path, &error))
    }
}

fn unreadable(path: &str, error: &std::io::Error) -> String {
    format!("Unable to read file {path}: {error}")
}

pub const USAGE: &str = "Usage: exec <filename>";
