//! Where the shell's lines come from: a terminal with line editing and history, or any other standard input.

use std::env;
use std::io::{self, IsTerminal};

use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::MemHistory;
use rustyline::validate::Validator;
use rustyline::{Editor, Helper};

use crate::cli::verbs::VERBS;
use crate::commands::output::Output;

use super::lines;

/// A source of lines.
pub enum Lines {
    /// A terminal with a name.
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
        // Nobody knows what moves the cursor of a terminal without a name.
        let is_named = env::var_os("TERM").is_some_and(|name| !name.is_empty());
        let editor = (is_terminal && is_named && io::stdout().is_terminal())
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
                // As in stock, either of CR and LF ends a line.
                match lines::next(&mut io::stdin().lock(), b"\r\n") {
                    Ok(Some(line)) => {
                        if *echoes {
                            output.line(format_args!("{}", expanded(&line)));
                        }
                        Input::Line(line)
                    }
                    Ok(None) | Err(_) => Input::End,
                }
            }
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tabs_reach_to_the_next_column_of_eight() {
        assert_eq!(expanded("echo\tx"), "echo  x");
        assert_eq!(expanded("abcdef\t"), "abcdef        ");
    }
}
