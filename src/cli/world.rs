//! What interpreting a command line needs from outside: environment, questions, messages. Rehearsed for command lines
//! that another program will interpret again.

use std::ffi::OsString;
use std::io::{self, Write};
use std::os::unix::ffi::OsStringExt;
use std::path::Path;
use std::{env, fs};

use super::exit::Exit;
use super::password_file;
use super::prompt;
use super::secret::Secret;

/// The outside.
pub trait World {
    /// An environment variable.
    fn variable(&self, name: &str) -> Option<OsString>;
    /// Asks the user for a secret.
    ///
    /// # Errors
    ///
    /// [`Stop`] where no answer can be had.
    fn ask(&mut self, question: &str) -> Result<Secret, Stop>;
    /// Reads a password file; the inner error is what stock prints about it.
    ///
    /// # Errors
    ///
    /// [`Stop`] where the file is for another program to read.
    fn password_file(&mut self, path: &Path) -> Result<Result<Secret, String>, Stop> {
        Ok(password_file::read(path))
    }
    /// Prints bytes on standard error.
    fn error(&mut self, bytes: &[u8]);
    /// Prints bytes on standard output.
    ///
    /// # Errors
    ///
    /// As the write gave it.
    fn output(&mut self, bytes: &[u8]) -> io::Result<()>;
}

/// Why the interpretation of a command line ended early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The program ends here.
    Exit(Exit),
    /// A rehearsal came to a question, or to a file that is read only once.
    Question,
}

/// This process's environment, terminal and standard streams.
#[derive(Debug)]
pub struct Process;

impl World for Process {
    fn variable(&self, name: &str) -> Option<OsString> {
        env::var_os(name)
    }

    fn ask(&mut self, question: &str) -> Result<Secret, Stop> {
        prompt::ask(question).map_err(|error| match error.kind() {
            io::ErrorKind::Interrupted => Stop::Exit(Exit::Interrupted),
            _ => {
                self.error(format!("Unable to read an answer: {error}\n").as_bytes());
                Stop::Exit(Exit::Failure)
            }
        })
    }

    fn error(&mut self, bytes: &[u8]) {
        // Where standard error is gone nobody is left to tell.
        let _ = io::stderr().write_all(bytes);
    }

    fn output(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut out = io::stdout().lock();
        out.write_all(bytes)?;
        out.flush()
    }
}

/// The same, but asks nothing and keeps its output back until it is known who speaks.
#[derive(Debug, Default)]
pub struct Rehearsal {
    errors: Vec<u8>,
    output: Vec<u8>,
}

impl Rehearsal {
    /// Says what was kept back.
    ///
    /// # Errors
    ///
    /// As the write to standard output gave it.
    pub fn perform(self, world: &mut impl World) -> io::Result<()> {
        world.error(&self.errors);
        if self.output.is_empty() {
            Ok(())
        } else {
            world.output(&self.output)
        }
    }
}

impl World for Rehearsal {
    fn variable(&self, name: &str) -> Option<OsString> {
        env::var_os(name)
    }

    fn ask(&mut self, _question: &str) -> Result<Secret, Stop> {
        Err(Stop::Question)
    }

    /// A pipe can be read only once, and not by a rehearsal.
    fn password_file(&mut self, path: &Path) -> Result<Result<Secret, String>, Stop> {
        match fs::metadata(path) {
            Ok(metadata) if !metadata.is_file() => Err(Stop::Question),
            _ => Ok(password_file::read(path)),
        }
    }

    fn error(&mut self, bytes: &[u8]) {
        self.errors.extend_from_slice(bytes);
    }

    fn output(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.output.extend_from_slice(bytes);
        Ok(())
    }
}

/// The bytes of an environment variable, to be kept as a secret.
pub fn secret_variable(world: &impl World, name: &str) -> Option<Secret> {
    world
        .variable(name)
        .map(|value| Secret::new(value.into_vec()))
}
