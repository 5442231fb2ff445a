//! Where commands write: standard output, buffered as C does it, and standard error, at once.

use std::fmt;
use std::io::{self, BufWriter, IsTerminal, Write};

use crate::cli::visible::Visible;
use crate::ipmi::Failure;
use crate::transport::TransportError;

/// Standard output and standard error.
///
/// As with C's stdio, standard output is kept back when it is not a terminal: readers who merge the two streams find
/// complaints before the output, as with stock.
pub struct Output {
    stdout: BufWriter<Box<dyn Write>>,
    stderr: Box<dyn Write>,
    line_by_line: bool,
    failed: Option<io::Error>,
}

impl Output {
    /// The process's own streams. Nothing that a BMC says steers a terminal.
    pub fn standard() -> Self {
        let (stdout, stderr) = (io::stdout(), io::stderr());
        let terminal = stdout.is_terminal();
        Self::new(
            match terminal {
                true => Box::new(Visible::on(stdout)),
                false => Box::new(stdout),
            },
            match stderr.is_terminal() {
                true => Box::new(Visible::on(stderr)),
                false => Box::new(stderr),
            },
            terminal,
        )
    }

    /// Other streams; `line_by_line`: standard output is written at once, as to a terminal.
    pub fn new(stdout: Box<dyn Write>, stderr: Box<dyn Write>, line_by_line: bool) -> Self {
        Self {
            stdout: BufWriter::with_capacity(BUFFER, stdout),
            stderr,
            line_by_line,
            failed: None,
        }
    }

    /// Writes to standard output. A failure is kept for [`Output::finish`].
    pub fn print(&mut self, text: fmt::Arguments<'_>) {
        if self.failed.is_some() {
            return;
        }
        let written = self.stdout.write_fmt(text);
        let written = if self.line_by_line {
            written.and_then(|()| self.stdout.flush())
        } else {
            written
        };
        self.failed = written.err();
    }

    /// Writes bytes to standard output that need not be UTF-8: names and dates, as a BMC or a locale has them.
    pub fn bytes(&mut self, bytes: &[u8]) {
        if self.failed.is_some() {
            return;
        }
        let written = self.stdout.write_all(bytes);
        let written = if self.line_by_line && bytes.contains(&b'\n') {
            written.and_then(|()| self.stdout.flush())
        } else {
            written
        };
        self.failed = written.err();
    }

    /// Writes to standard output, and a line's end.
    pub fn line(&mut self, text: fmt::Arguments<'_>) {
        self.print(format_args!("{text}\n"));
    }

    /// Writes a line to standard error. A failure is ignored: there is nobody left to tell.
    pub fn complain(&mut self, line: fmt::Arguments<'_>) {
        let _ = writeln!(self.stderr, "{line}");
    }

    /// Says why no answer came, where that is more than silence. The caller's own line comes after it.
    pub fn explain(&mut self, error: &TransportError) {
        if !matches!(error, TransportError::NoAnswer) {
            self.complain(format_args!("{error}"));
        }
    }

    /// Says that `what` failed, as most of stock's verbs do: `what` alone where no answer came, else `what: reason`.
    /// False, for a job to return.
    pub fn fail(&mut self, what: fmt::Arguments<'_>, failure: &Failure) -> bool {
        self.fail_or_refuse(what, what, failure)
    }

    /// [`Output::fail`] where stock has other words for a missing answer than for a refusal.
    pub fn fail_or_refuse(
        &mut self,
        unanswered: fmt::Arguments<'_>,
        refused: fmt::Arguments<'_>,
        failure: &Failure,
    ) -> bool {
        match failure {
            Failure::Transport(error) => {
                self.explain(error);
                self.complain(unanswered);
            }
            failure => self.complain(format_args!("{refused}: {failure}")),
        }
        false
    }

    /// Says what went wrong in the words that some of stock's verbs have for every command; the verb's own line comes
    /// after it.
    pub fn evaluate(&mut self, failure: &Failure) {
        match failure {
            Failure::Transport(error) => {
                self.explain(error);
                self.complain(format_args!("IPMI response is NULL."));
            }
            Failure::Answer(_) => self.complain(format_args!("Unexpected data length received.")),
            Failure::Completion(_) => {
                self.complain(format_args!("IPMI command failed: {failure}"));
            }
        }
    }

    /// Writes what was kept back so far: before something slow, or another program that writes.
    pub fn flush(&mut self) {
        if self.failed.is_none() {
            self.failed = self.stdout.flush().err();
        }
    }

    /// Writes what was kept back.
    ///
    /// # Errors
    ///
    /// The first failure to write to standard output.
    pub fn finish(mut self) -> io::Result<()> {
        match self.failed.take() {
            Some(error) => {
                // What is left cannot be written either; dropping the buffer would try again.
                let _ = self.stdout.into_parts();
                Err(error)
            }
            None => self.stdout.flush(),
        }
    }
}

/// What glibc keeps back on a pipe.
const BUFFER: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    struct Gone;

    impl Write for Gone {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_went_away_is_reported_at_the_end() {
        for line_by_line in [false, true] {
            let mut output = Output::new(Box::new(Gone), Box::new(Gone), line_by_line);
            output.line(format_args!("one"));
            output.complain(format_args!("two"));
            assert_eq!(
                output.finish().unwrap_err().kind(),
                io::ErrorKind::BrokenPipe
            );
        }
    }
}
