//! The user's end of a console, which outlives its sessions: standard input, and the terminal if it is one.

use std::io;
use std::os::fd::AsFd;

use super::bell::Ringer;
use super::input::Input;
use super::terminal::Terminal;

/// Standard input.
#[derive(Debug)]
pub struct Keyboard {
    /// What is typed.
    pub input: Input,
    /// The terminal on standard input; `None` for pipes and files.
    pub terminal: Option<Terminal>,
}

impl Keyboard {
    /// Standard input, which rings when something was typed; where it is not to be read, one on which nothing is ever typed.
    ///
    /// # Errors
    ///
    /// When the system has no thread or file descriptor left.
    pub fn open(read_input: bool, ringer: Ringer) -> io::Result<Self> {
        if !read_input {
            return Ok(Self {
                input: Input::none(),
                terminal: None,
            });
        }
        let terminal = Terminal::on_stdin();
        if let Some(terminal) = &terminal {
            terminal.restore_on_panic();
        }
        Ok(Self {
            input: Input::start(io::stdin().as_fd().try_clone_to_owned()?, ringer)?,
            terminal,
        })
    }

    /// Whether the terminal is raw: a new line then needs its CR.
    pub fn is_raw(&self) -> bool {
        self.terminal.as_ref().is_some_and(Terminal::is_raw)
    }
}
