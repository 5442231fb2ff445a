//! Where the shell's lines come from: a terminal with line editing and history, or any other standard input.

use std::io::{self, BufRead, IsTerminal};

use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::MemHistory;
use rustyline::validate::Validator;
use rustyline::{Editor, Helper};

use crate::cli::verbs::VERBS;
use crate::commands::output::Output;

/// A source of lines.
pub enum Lines {
    /// A terminal.
    Edited(Box<Editor<Verbs, MemHistory>>),
    /// Anything else: lines are shown as they are read, as in stock.
    Plain {
        /// Whether what is typed is seen anyhow.
        echoes: bool,
    },
}

/// What came of asking for a line.
pub enum Input {
    /// A line, without its end.
    Line(String),
    /// There are no more.
    End,
    /// ^C.
    Interrupted,
}

impl Lines {
    /// Standard input's.
    pub fn standard() -> Self {
        let is_terminal = io::stdin().is_terminal();
        let editor = (is_terminal && io::stdout().is_terminal())
            .then(|| Editor::with_history(rustyline::Config::default(), MemHistory::new()));
        match editor {
            Some(Ok(mut editor)) => {
                editor.set_helper(Some(Verbs));
                Self::Edited(Box::new(editor))
            }
            _ => Self::Plain {
                echoes: !is_terminal,
            },
        }
    }

    /// Asks for the next line.
    pub fn next(&mut self, output: &mut Output) -> Input {
        match self {
            Self::Edited(editor) => {
                output.flush();
                match editor.readline(PROMPT) {
                    Ok(line) => {
                        if !line.is_empty() {
                            // The only failure is that a history in memory does not want the line.
                            let _ = editor.add_history_entry(&line);
                        }
                        Input::Line(line)
                    }
                    Err(ReadlineError::Interrupted) => Input::Interrupted,
                    Err(_) => Input::End,
                }
            }
            Self::Plain { echoes } => {
                output.print(format_args!("{PROMPT}"));
                output.flush();
                match read_line(&mut io::stdin().lock()) {
                    Some(line) => {
                        if *echoes {
                            output.line(format_args!("{}", expanded(&line)));
                        }
                        Input::Line(line)
                    }
                    None => Input::End,
                }
            }
        }
    }
}

/// `None` at the end, and where the line is too long to be a command. As in stock, either of CR and LF ends a line.
fn read_line(stdin: &mut impl BufRead) -> Option<String> {
    let mut bytes = Vec::new();
    while bytes.len() < MOST {
        let read = match stdin.fill_buf() {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => return None,
        };
        if read.is_empty() {
            let text = (!bytes.is_empty()).then(|| String::from_utf8_lossy(&bytes).into_owned());
            return text;
        }
        let end = read.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
        let length = end.unwrap_or(read.len());
        bytes.extend(read.iter().take(length));
        stdin.consume(length + usize::from(end.is_some()));
        if end.is_some() {
            return Some(String::from_utf8_lossy(&bytes).into_owned());
        }
    }
    None
}

/// With tabs as wide as a terminal would show them behind the prompt.
fn expanded(line: &str) -> String {
    let mut text = String::new();
    let mut column = PROMPT.len();
    for c in line.chars() {
        if c == '\t' {
            let width = TAB - column % TAB;
            text.extend(std::iter::repeat_n(' ', width));
            column += width;
        } else {
            text.push(c);
            column += 1;
        }
    }
    text
}

/// Completes the first word to a verb.
pub struct Verbs;

impl Completer for Verbs {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _: &rustyline::Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        let begun = line.get(..position).unwrap_or_default();
        if begun.contains(' ') {
            return Ok((position, Vec::new()));
        }
        let verbs = VERBS.iter().map(|verb| verb.name);
        let own = ["exit", "help", "quit"];
        let found = verbs.chain(own).filter(|name| name.starts_with(begun));
        Ok((0, found.map(|name| format!("{name} ")).collect()))
    }
}

impl Hinter for Verbs {
    type Hint = String;
}

impl Highlighter for Verbs {}
impl Validator for Verbs {}
impl Helper for Verbs {}

const PROMPT: &str = "ipmitool> ";

/// Columns.
const TAB: usize = 8;

/// Bytes of a line.
const MOST: usize = 1 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_with_either_character() {
        let mut input = &b"one\r\ntwo\nthree"[..];
        let lines: Vec<_> = std::iter::from_fn(|| read_line(&mut input)).collect();
        assert_eq!(lines, ["one", "", "two", "three"]);
    }

    #[test]
    fn tabs_reach_to_the_next_column_of_eight() {
        assert_eq!(expanded("echo\tx"), "echo  x");
        assert_eq!(expanded("abcdef\t"), "abcdef        ");
    }
}
