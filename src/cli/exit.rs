//! How the program ends: exit statuses, broken pipes, and death by the signal that asked for it.

use std::io;
use std::process::ExitCode;

use signal_hook::consts::SIGPIPE;

use crate::console::Outcome;

/// How a run ended. The program's only way to an exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Status 0.
    Success,
    /// Status 1: every error, as in stock.
    Failure,
    /// Status 78 (`EX_CONFIG` of sysexits.h): an error that another try would only repeat. Only for `sol capture`,
    /// whose supervisor is to tell it from one that passes.
    Lasting,
    /// Status 255: stock's answer to SIGINT.
    Interrupted,
    /// Die by this signal, so that the shell sees the true death (128 + number).
    Signal(i32),
}

impl Exit {
    /// What a failed write to standard output means: a reader that went away kills stock by SIGPIPE, any other
    /// failure is an error.
    pub fn from_output_error(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Signal(SIGPIPE),
            _ => Self::Failure,
        }
    }

    /// The argument parser refused words that getopt had put in order: a fault of the option table, told as it is.
    pub fn from_parser(error: &clap::Error) -> Self {
        // Where standard error is gone nobody is left to tell.
        let _ = error.print();
        Self::Failure
    }

    /// Ends in the stated way: dies by the signal where there is one, else returns the status for `main`.
    pub fn finish(self) -> ExitCode {
        match self {
            Self::Success => ExitCode::SUCCESS,
            Self::Failure => ExitCode::FAILURE,
            Self::Lasting => ExitCode::from(LASTING),
            Self::Interrupted => ExitCode::from(INTERRUPTED),
            Self::Signal(number) => {
                // Restores the default disposition and raises. It comes back only for signals that do not kill.
                let _ = signal_hook::low_level::emulate_default_handler(number);
                u8::try_from(number).map_or(ExitCode::FAILURE, |low| ExitCode::from(low | 0x80))
            }
        }
    }
}

impl From<io::Result<()>> for Exit {
    fn from(result: io::Result<()>) -> Self {
        match result {
            Ok(()) => Self::Success,
            Err(error) => Self::from_output_error(&error),
        }
    }
}

impl From<Outcome> for Exit {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done => Self::Success,
            Outcome::Failed => Self::Failure,
            Outcome::Interrupted => Self::Interrupted,
            Outcome::Signal(number) => Self::Signal(number),
        }
    }
}

/// `EX_CONFIG`.
const LASTING: u8 = 78;

/// Stock's `exit(-1)`.
pub const INTERRUPTED: u8 = 255;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_went_away_means_death_by_sigpipe() {
        let gone = io::Error::from(io::ErrorKind::BrokenPipe);
        assert_eq!(Exit::from_output_error(&gone), Exit::Signal(SIGPIPE));
        let full = io::Error::from(io::ErrorKind::StorageFull);
        assert_eq!(Exit::from_output_error(&full), Exit::Failure);
    }
}
