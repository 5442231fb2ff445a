//! Commands one after the other.

use crate::cli::{Context, Exit, verbs};
use crate::commands::output::Output;
use crate::commands::{Parsed, parse, run_job};
use crate::transport::interrupt::Interrupt;
use crate::transport::{BmcConnection, TransportError};

use super::editor::{Input, Lines};
use super::line::Line;
use super::{child, echoed, exec, exit, set, unknown, words};

/// A run of commands over one connection.
pub struct Run<'a> {
    context: Context,
    line: Line,
    output: &'a mut Output,
    /// How many shells and files run each other.
    depth: usize,
}

impl<'a> Run<'a> {
    /// Opens the connection; what stands in the way is said.
    pub fn open(
        context: &Context,
        interrupt: Option<&Interrupt>,
        output: &'a mut Output,
    ) -> Option<Self> {
        match Line::open(context, interrupt) {
            Ok(line) => Some(Self {
                context: context.clone(),
                line,
                output,
                depth: 0,
            }),
            Err(error) => {
                output.complain(format_args!("{error}"));
                None
            }
        }
    }

    /// Runs a file's lines, and closes the connection.
    pub fn commands(&mut self, commands: exec::Commands) -> Exit {
        let done = self.run_commands(commands);
        self.line.close();
        exit(done)
    }

    /// Runs what is typed, until there is no more or `exit`, and closes the connection.
    pub fn prompt(&mut self) -> Exit {
        let end = self.run_prompt();
        self.line.close();
        match end {
            Some(done) => exit(done),
            None => {
                let interface = self.context.interface.description();
                self.output
                    .print(format_args!("\nSIGN INT: Close Interface {interface}\n"));
                Exit::Interrupted
            }
        }
    }

    /// Every line; whether all went well.
    fn run_commands(&mut self, mut commands: exec::Commands) -> bool {
        let mut done = true;
        loop {
            if commands.keeps_waiting() {
                // Whoever writes the lines may want to see the answers, and ^C would lose them.
                self.output.flush();
            }
            let line = match commands.next() {
                Ok(Some(line)) => line,
                Ok(None) => return done,
                Err(complaint) => return self.refuse(&complaint),
            };
            let words = words::of_file(&line);
            if !words.is_empty() {
                done &= self.run(&words);
            }
        }
    }

    /// Whether the last command went well; `None` after ^C.
    fn run_prompt(&mut self) -> Option<bool> {
        let mut lines = Lines::standard();
        let mut done = true;
        loop {
            let line = match lines.next(self.output) {
                Input::Line(line) => line,
                Input::End => {
                    self.output.line(format_args!(""));
                    return Some(done);
                }
                Input::Interrupted => return None,
            };
            match line.as_str() {
                "" => {}
                "quit" | "exit" => return Some(true),
                "help" | "?" => {
                    let listing = verbs::listing();
                    let listing = listing.strip_suffix('\n').unwrap_or(&listing);
                    self.output.complain(format_args!("{listing}"));
                }
                line => {
                    let words = words::of_shell(line);
                    if !words.is_empty() {
                        done = self.run(&words);
                    }
                }
            }
        }
    }

    /// Runs one command; whether it went well.
    fn run(&mut self, words: &[String]) -> bool {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match &words[..] {
            ["set", rest @ ..] => self.set(rest),
            ["echo", rest @ ..] => {
                self.output.line(format_args!("{}", echoed(rest)));
                true
            }
            ["exec" | "shell", ..] if self.depth >= DEEPEST => {
                self.output
                    .complain(format_args!("Too many files and shells in each other"));
                false
            }
            ["exec"] => self.refuse(exec::USAGE),
            ["exec", file, ..] => match exec::Commands::open(file) {
                Ok(commands) => self.deeper(|run| run.run_commands(commands)),
                Err(complaint) => self.refuse(&complaint),
            },
            ["shell", ..] => self.deeper(|run| run.run_prompt().unwrap_or(false)),
            [verb, ..] if !verbs::is_known(verb.as_ref()) => self.refuse(&unknown(verb)),
            words => self.dispatch(words),
        }
    }

    fn dispatch(&mut self, words: &[&str]) -> bool {
        let args: Vec<_> = words.iter().map(Into::into).collect();
        if !verbs::is_native(&args) {
            return self.run_child(words);
        }
        self.context.args = args;
        match parse(words, &self.context) {
            Ok(Parsed::Errand(errand)) if errand.only_writes() => {
                errand.run(&self.context, None, self.output) == Exit::Success
            }
            Ok(Parsed::Errand(_)) => self.run_child(words),
            Ok(Parsed::Job(job)) => {
                let (context, output) = (&self.context, &mut *self.output);
                let result = self.line.with(context, |connection| {
                    let done = run_job(context, job.as_ref(), connection, output);
                    connection.forget_hints();
                    connection.reset_patience();
                    done
                });
                if job.ends_sessions() {
                    self.line.close();
                }
                self.settled(result)
            }
            Err(refusal) => {
                self.output.complain(format_args!("{}", refusal.text));
                refusal.exit == Exit::Success
            }
        }
    }

    /// A BMC has few sessions: ours is not held meanwhile.
    fn run_child(&mut self, words: &[&str]) -> bool {
        self.line.close();
        child::run(words, &self.context, self.output)
    }

    fn set(&mut self, words: &[&str]) -> bool {
        let change = match set::parse(words) {
            Ok(change) => change,
            Err(refusal) => return self.refuse(&refusal.text),
        };
        let moves = change.moves_requests();
        let done = change.apply(&mut self.context, self.output);
        if !moves {
            return done;
        }
        let context = &self.context;
        let result = self.line.with(context, |connection| {
            let addressing = crate::commands::connect::addressing(context, connection);
            connection.set_addressing(addressing);
            done
        });
        self.settled(result)
    }

    fn deeper(&mut self, work: impl FnOnce(&mut Self) -> bool) -> bool {
        self.depth += 1;
        let done = work(self);
        self.depth -= 1;
        done
    }

    fn settled(&mut self, result: Result<bool, TransportError>) -> bool {
        result.unwrap_or_else(|error| self.refuse(&error.to_string()))
    }

    fn refuse(&mut self, complaint: &str) -> bool {
        self.output.complain(format_args!("{complaint}"));
        false
    }
}

/// A file that runs itself kills stock.
const DEEPEST: usize = 16;
