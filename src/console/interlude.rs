//! Between two sessions: escapes work as they do in one, and what else is typed goes nowhere. Kept until there is a
//! session again, it would run blind on a host that has been restarted meanwhile.

use std::io::{self, Write};
use std::time::Instant;

use super::Outcome;
use super::escape::{Action, EscapeParser, Step, announcement};
use super::input::Typed;
use super::keyboard::Keyboard;
use super::sinks::Sinks;
use super::terminal::{self, Terminal};

/// A terminal without a session.
#[derive(Debug)]
pub struct Interlude {
    parser: EscapeParser,
    since: Instant,
    /// Whether the user knows that nothing typed is kept.
    told: bool,
}

/// What came of something typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heeded {
    /// This is to be shown, if anything.
    Notice(Option<String>),
    /// The run is to end so.
    End(Outcome),
}

impl Interlude {
    /// Begins when a session is lost; the terminal is raw from now on.
    pub fn begin(keyboard: &Keyboard, escape: u8, now: Instant) -> Self {
        keyboard.terminal.as_ref().map(Terminal::enter_raw);
        Self {
            parser: EscapeParser::new(escape),
            since: now,
            told: false,
        }
    }

    /// Asks for what is typed on a terminal. A pipe's bytes wait for the next session.
    pub fn ask(&self, keyboard: &mut Keyboard) {
        if keyboard.terminal.is_some() {
            keyboard.input.ask(AT_ONCE);
        }
    }

    /// Does what the escapes ask for. `why` is the reason why there is no session.
    pub fn heed(
        &mut self,
        typed: Typed,
        keyboard: &mut Keyboard,
        sinks: &mut Sinks,
        why: &str,
    ) -> Heeded {
        keyboard.input.answered(typed != Typed::End);
        let Typed::Bytes(bytes) = typed else {
            return Heeded::End(Outcome::Done);
        };
        let mut notice = None;
        for step in self.parser.feed(&bytes) {
            match step {
                // Raw mode makes a byte of what was a signal; there is no host to send it to.
                Step::Send(bytes) if bytes.contains(&INTERRUPT) => {
                    return Heeded::End(Outcome::Interrupted);
                }
                Step::Send(_) => {
                    if !std::mem::replace(&mut self.told, true) {
                        notice = Some(NOT_KEPT.to_owned());
                    }
                }
                Step::Do(action) => {
                    announce(self.parser.escape(), action);
                    match action {
                        Action::Terminate => return Heeded::End(Outcome::Done),
                        Action::Suspend { raw_again } => {
                            terminal::suspend(keyboard.terminal.as_ref(), raw_again);
                        }
                        Action::Log => notice = Some(sinks.toggle_log()),
                        Action::Timestamps => notice = Some(sinks.toggle_timestamps()),
                        Action::Status => notice = Some(self.status(why)),
                        Action::Break => notice = Some("no session: no break was sent".to_owned()),
                        Action::Help => {}
                    }
                }
            }
        }
        Heeded::Notice(notice)
    }

    fn status(&self, why: &str) -> String {
        let since = self.since.elapsed().as_secs();
        format!("no session for {since} s, trying again: {why}")
    }
}

/// Shows stock's text for an escape, on a raw terminal.
fn announce(escape: u8, action: Action) {
    let text = terminal::raw_lines(&announcement(escape, action));
    let mut stdout = io::stdout().lock();
    // Whoever types but does not see is told nothing.
    let _ = stdout.write_all(&text);
    let _ = stdout.flush();
}

/// What is said to who types without a session.
pub const NOT_KEPT: &str = "there is no session: what you type is not kept; escapes and ^C work";

/// Bytes read at once.
const AT_ONCE: usize = 1024;

/// What ^C is on a raw terminal.
const INTERRUPT: u8 = 3;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::bell::Ringer;
    use crate::console::input::Input;
    use crate::console::sinks;

    fn heed(typed: &[&[u8]]) -> Vec<Heeded> {
        let mut keyboard = Keyboard {
            input: Input::none(),
            terminal: None,
        };
        let now = Instant::now();
        let mut sinks = Sinks::open(sinks::Settings::default(), now, Ringer::default()).unwrap();
        let mut interlude = Interlude::begin(&keyboard, b'~', now);
        let mut heed = |bytes: &&[u8]| {
            let typed = Typed::Bytes(bytes.to_vec());
            interlude.heed(typed, &mut keyboard, &mut sinks, "BMC gone")
        };
        typed.iter().map(&mut heed).collect()
    }

    #[test]
    fn what_is_typed_without_a_session_is_dropped_and_that_is_said_once() {
        let told = Heeded::Notice(Some(NOT_KEPT.to_owned()));
        assert_eq!(heed(&[b"reboot\r", b"y\r"]), [told, Heeded::Notice(None)]);
    }

    #[test]
    fn escapes_and_interrupts_work_without_a_session() {
        let done = Heeded::End(Outcome::Done);
        assert_eq!(heed(&[b"x\r~."])[0], done);
        assert_eq!(heed(&[b"~", b"."])[1], done);
        assert_eq!(heed(&[b"x\x03"])[0], Heeded::End(Outcome::Interrupted));
        let Heeded::Notice(Some(status)) = &heed(&[b"~s"])[0] else {
            panic!("no status");
        };
        assert_eq!(status, "no session for 0 s, trying again: BMC gone");
    }
}
