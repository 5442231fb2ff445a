//! Sessions, one after the other where that is wanted: the first one fails or a later one is lost, and after a pause
//! there is another. Log, events and systemd see one run.

use std::io::{self, Write};
use std::net::UdpSocket;
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, at, bounded, never, select};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT};

use super::prelude::Answers;
use super::words::Reconnect;
use crate::cli::exit::Exit;
use crate::commands::connect::Refused;
use crate::console::bell::Bell;
use crate::console::events::{Place, Report};
use crate::console::input::Typed;
use crate::console::interlude::{Heeded, Interlude};
use crate::console::keyboard::Keyboard;
use crate::console::log::{Former, Position};
use crate::console::sinks::{self, Ask, Sinks};
use crate::console::terminal::Terminal;
use crate::console::{self, Core, Ended, Outcome, SignalQueue, notice};
use crate::ipmi::complaint::Complaint;
use crate::proto::Entropy;
use crate::transport::interrupt::Interrupt;
use crate::transport::network::System;

/// What is wanted of a run.
pub(super) struct Wanted {
    pub sinks: sinks::Settings,
    pub edge: console::Settings,
    pub reconnect: Option<Reconnect>,
    /// After how much silence a session counts as lost.
    pub dead_after: Duration,
    /// `sol capture`: errors that last have a status of their own, systemd is told.
    pub capture: bool,
}

/// A console that is about to be opened.
pub(super) struct Session<C> {
    pub core: C,
    pub socket: UdpSocket,
}

/// A session, and what was asked over it.
pub(super) struct Opening<S> {
    pub session: S,
    pub answers: Answers,
}

/// Runs until the end. `open` makes a session, in bounded time, knowing the one before; `begin` makes a console of it,
/// which goes on from where output has come before, and may take the payload back from that session.
pub(super) fn run<S: Send + 'static, C: Core>(
    wanted: Wanted,
    interrupt: Option<&Interrupt>,
    open: impl Fn(Option<Former>) -> Result<Opening<S>, Refused> + Clone + Send + 'static,
    begin: impl Fn(S, Option<Position>, Option<u32>) -> Session<C>,
) -> Exit {
    let lasting = if wanted.capture {
        Exit::Lasting
    } else {
        Exit::Failure
    };
    let bell = match Bell::new() {
        Ok(bell) => bell,
        Err(error) => {
            say(&cannot_start(&error));
            return Exit::Failure;
        }
    };
    let mut sinks = match Sinks::open(wanted.sinks, Instant::now(), bell.ringer()) {
        Ok(sinks) => sinks,
        Err(error) => {
            say(&error);
            return lasting;
        }
    };
    let keyboard = match Keyboard::open(wanted.edge.read_input, bell.ringer()) {
        Ok(keyboard) => keyboard,
        Err(error) => {
            say(&cannot_start(&error));
            return Exit::Failure;
        }
    };
    let mut run = Attended {
        bell,
        keyboard,
        interlude: None,
        opened: false,
        edge: wanted.edge,
        reconnect: wanted.reconnect,
        dead_after: wanted.dead_after,
        lasting,
        let_in: false,
        signals: None,
        noted: false,
        backoff: Backoff::default(),
        said: String::new(),
    };
    if run.reconnect.is_some() {
        // Waiting for a BMC is part of the work: signals and systemd are heeded from now on.
        match SignalQueue::start(run.edge.hup_reopens, run.bell.ringer()) {
            Ok(signals) => run.signals = Some(signals),
            Err(error) => {
                say(&cannot_start(&error));
                return Exit::Failure;
            }
        }
        if let Some(interrupt) = interrupt
            && !interrupt.release()
        {
            interrupt.settle();
        }
        sinks.ready();
    }
    let exit = run.sessions(&mut sinks, open, begin);
    drop(run);
    for text in sinks.close() {
        say(&notice::plain(&text));
    }
    exit
}

struct Attended {
    bell: Bell,
    keyboard: Keyboard,
    /// What is typed while there is no session, once there was one.
    interlude: Option<Interlude>,
    /// Whether a console has been open.
    opened: bool,
    edge: console::Settings,
    reconnect: Option<Reconnect>,
    dead_after: Duration,
    lasting: Exit,
    /// Whether a login of this run has succeeded.
    let_in: bool,
    signals: Option<SignalQueue>,
    /// Whether the user knows what is to be known of the BMC's log.
    noted: bool,
    backoff: Backoff,
    /// The last complaint: one that comes again and again is said once.
    said: String,
}

impl Attended {
    fn sessions<S: Send + 'static, C: Core>(
        &mut self,
        sinks: &mut Sinks,
        open: impl Fn(Option<Former>) -> Result<Opening<S>, Refused> + Clone + Send + 'static,
        begin: impl Fn(S, Option<Position>, Option<u32>) -> Session<C>,
    ) -> Exit {
        loop {
            let (open, former) = (open.clone(), sinks.former());
            let opened = self.open(sinks, move || open(former));
            let why = match opened {
                Opened::Session(Opening { session, answers }) => {
                    self.let_in = true;
                    let former = answers.former;
                    let resume = self.learn(sinks, answers);
                    let console = begin(session, resume, former);
                    self.interlude = None;
                    match self.session(sinks, console) {
                        Ok(why) => why,
                        Err(exit) => return exit,
                    }
                }
                // A refusal has no code: whoever was let in before need not believe it for good.
                Opened::Failed(Refused {
                    complaint,
                    lasting: true,
                }) if !self.let_in => {
                    self.say(&complaint.to_string());
                    self.closed(sinks, &complaint.why, true);
                    return self.lasting;
                }
                Opened::Failed(Refused { complaint, .. }) => {
                    if !self.may_try() {
                        self.say(&complaint.to_string());
                        self.closed(sinks, &complaint.why, true);
                        return Exit::Failure;
                    }
                    complaint.why
                }
                Opened::Ended(exit) => {
                    return self.ended_apart(sinks, exit);
                }
            };
            if let Some(exit) = self.pause(sinks, &why) {
                return self.ended_apart(sinks, exit);
            }
        }
    }

    /// The end came while there was no session.
    fn ended_apart(&self, sinks: &mut Sinks, exit: Exit) -> Exit {
        let failed = exit == Exit::Failure;
        if failed {
            let why = match self.said.as_str() {
                "" => "the BMC has not answered yet",
                said => said,
            };
            self.say(&format!("Error: the time is over without a session: {why}"));
        }
        self.closed(sinks, "ended while no session was open", failed);
        exit
    }

    /// Takes in what was asked over a new session. From where on output is wanted, where that is a place in the BMC's
    /// log.
    fn learn(&mut self, sinks: &mut Sinks, answers: Answers) -> Option<Position> {
        if let Some(session) = answers.session {
            sinks.session_is(session);
        }
        let resume = match answers.bounds {
            Some(bounds) => sinks.enter(bounds),
            None => sinks.resume_point(),
        };
        if !std::mem::replace(&mut self.noted, true) {
            if let Some(note) = answers.note {
                self.say(&format!("Note: {note}"));
            }
            if let Some(since) = answers.unstored {
                sinks.missed_since(since);
            }
            // What the file holds already reaches further back, or all that is kept is there now.
            if let Some((from, to)) = answers.gone
                && resume == answers.bounds.and_then(|bounds| bounds.from)
            {
                let gap = Report::Gap {
                    bytes: None,
                    from,
                    to,
                    at: Place::Console,
                };
                for text in sinks.report(&gap) {
                    self.say(&text);
                }
            }
        }
        resume
    }

    /// Runs one session. The reason for another one, or the end.
    fn session<C: Core>(&mut self, sinks: &mut Sinks, session: Session<C>) -> Result<String, Exit> {
        let begun = Instant::now();
        let kept;
        let signals = match &self.signals {
            Some(signals) => signals,
            None => match SignalQueue::start(self.edge.hup_reopens, self.bell.ringer()) {
                Ok(signals) => {
                    kept = signals;
                    &kept
                }
                Err(error) => {
                    self.say(&cannot_start(&error));
                    return Err(Exit::Failure);
                }
            },
        };
        let edge = console::Settings {
            again: self.opened,
            ..self.edge
        };
        let Ended {
            outcome,
            message,
            by_bmc,
            opened,
        } = console::run(
            session.core,
            session.socket,
            edge,
            &self.bell,
            signals,
            &mut self.keyboard,
            sinks,
        );
        self.opened |= opened;
        if opened && begun.elapsed() >= STEADY {
            self.backoff = Backoff::default();
        }
        if by_bmc && self.may_try() {
            if opened {
                sinks.session_lost(self.dead_after);
            }
            if self.opened && self.interlude.is_none() {
                let interlude = Interlude::begin(&self.keyboard, self.edge.escape, Instant::now());
                self.interlude = Some(interlude);
            }
            return Ok(message.map_or_else(String::new, |message| message.why));
        }
        if let Some(message) = &message {
            self.say(&message.to_string());
        }
        let why = message.map_or_else(|| ended_by(outcome).to_owned(), |message| message.why);
        self.closed(sinks, &why, outcome == Outcome::Failed);
        Err(outcome.into())
    }

    /// Makes a session in a thread of its own, so that signals and systemd's watchdog are heeded meanwhile.
    fn open<S: Send + 'static>(
        &mut self,
        sinks: &mut Sinks,
        open: impl Fn() -> Result<S, Refused> + Send + 'static,
    ) -> Opened<S> {
        if self.signals.is_none() {
            return open().map_or_else(Opened::Failed, Opened::Session);
        }
        let (done, opened) = bounded(1);
        let started = thread::Builder::new()
            .name("open".to_owned())
            .spawn(move || {
                // Nobody waits any more: the session's end is left to the BMC's own limit.
                let _ = done.send(open());
            });
        if let Err(error) = started {
            return Opened::Failed(passing(format!("no thread: {error}")));
        }
        match self.wait(sinks, &opened, None) {
            Waited::Got(Ok(session)) => Opened::Session(session),
            Waited::Got(Err(error)) => Opened::Failed(error),
            Waited::Gone | Waited::Over => {
                Opened::Failed(passing("the session's thread ended early".to_owned()))
            }
            Waited::Ended(exit) => Opened::Ended(exit),
        }
    }

    /// Waits before the next try. The way the program ends, if it does.
    fn pause(&mut self, sinks: &mut Sinks, why: &str) -> Option<Exit> {
        let after = self.backoff.next();
        let report = Report::Reconnecting {
            why: notice::plain(why),
            attempt: self.backoff.tries,
            after,
        };
        for text in sinks.report(&report) {
            self.say(&text);
        }
        if self.said != why {
            self.say(&format!("{}; trying again", notice::plain(why)));
            self.said = why.to_owned();
        }
        match self.wait(sinks, &never::<()>(), Some(Instant::now() + after)) {
            Waited::Ended(exit) => Some(exit),
            _ => None,
        }
    }

    fn wait<T>(
        &mut self,
        sinks: &mut Sinks,
        wanted: &Receiver<T>,
        until: Option<Instant>,
    ) -> Waited<T> {
        let signals = self
            .signals
            .as_ref()
            .map_or_else(never, |signals| signals.received().clone());
        loop {
            let now = Instant::now();
            for text in sinks.tick(now) {
                self.say(&text);
            }
            if until.is_some_and(|until| until <= now) {
                return Waited::Over;
            }
            if sinks.waits_in_vain(now) {
                return Waited::Ended(if self.opened {
                    Exit::Success
                } else {
                    Exit::Failure
                });
            }
            if let Some(interlude) = &self.interlude {
                interlude.ask(&mut self.keyboard);
            }
            let typed = self.keyboard.input.typed().clone();
            let timer = until
                .into_iter()
                .chain(sinks.due(now))
                .min()
                .map_or_else(never, at);
            let news = sinks.news().clone();
            select! {
                recv(wanted) -> got => return got.map_or(Waited::Gone, Waited::Got),
                recv(signals) -> number => match number {
                    Ok(SIGCONT) => {}
                    Ok(SIGHUP) if self.edge.hup_reopens => sinks.reopen(),
                    Ok(SIGINT) => return Waited::Ended(Exit::Interrupted),
                    Ok(number) => return Waited::Ended(Exit::Signal(number)),
                    Err(_) => return Waited::Ended(Exit::Failure),
                },
                recv(news) -> news => if let Ok(news) = news {
                    for ask in sinks.handle_news(news) {
                        match ask {
                            Ask::Notice(text) | Ask::Warning(text) => self.say(&notice::plain(&text)),
                            Ask::Refetch(_) => sinks.filled(),
                        }
                    }
                } else {
                    sinks.forget_news();
                },
                recv(typed) -> typed => {
                    if let Some(exit) = self.heed(sinks, typed.unwrap_or(Typed::End)) {
                        return Waited::Ended(exit);
                    }
                }
                recv(timer) -> _ => {}
            }
        }
    }

    /// What is typed while there is no session. The way the program ends, if it does.
    fn heed(&mut self, sinks: &mut Sinks, typed: Typed) -> Option<Exit> {
        let interlude = self.interlude.as_mut()?;
        match interlude.heed(typed, &mut self.keyboard, sinks, &self.said) {
            Heeded::Notice(notice) => {
                if let Some(text) = notice {
                    self.say(&format!("[{}]", notice::plain(&text)));
                }
                None
            }
            Heeded::End(outcome) => {
                self.keyboard.terminal.iter().for_each(Terminal::leave_raw);
                Some(outcome.into())
            }
        }
    }

    /// Whether another try is wanted.
    fn may_try(&self) -> bool {
        self.reconnect.is_some_and(|reconnect| {
            reconnect
                .tries
                .is_none_or(|tries| self.backoff.tries < tries)
        })
    }

    fn closed(&self, sinks: &mut Sinks, why: &str, failed: bool) {
        let report = Report::Closed {
            why: notice::plain(why),
            failed,
        };
        for text in sinks.report(&report) {
            self.say(&text);
        }
    }

    /// One or more lines for the user.
    fn say(&self, text: &str) {
        if self.keyboard.is_raw() {
            say(&(text.replace('\n', "\r\n") + "\r"));
        } else {
            say(text);
        }
    }
}

enum Opened<S> {
    Session(S),
    Failed(Refused),
    Ended(Exit),
}

enum Waited<T> {
    Got(T),
    /// Whoever would have sent it has gone.
    Gone,
    Over,
    Ended(Exit),
}

/// Pauses between tries: doubled up to a limit, and never quite the same, so that a thousand consoles do not all come
/// back at once.
#[derive(Debug, Default)]
struct Backoff {
    tries: u32,
}

impl Backoff {
    fn next(&mut self) -> Duration {
        let full = FIRST_PAUSE
            .saturating_mul(1 << self.tries.min(16))
            .min(LONGEST_PAUSE);
        self.tries = self.tries.saturating_add(1);
        let mut random = [0; 2];
        System::default().fill(&mut random);
        full / 2 + (full / 2).mul_f64(f64::from(u16::from_le_bytes(random)) / 65536.0)
    }
}

fn cannot_start(error: &io::Error) -> String {
    format!("Error: cannot start the console: {error}")
}

fn passing(why: String) -> Refused {
    Refused {
        complaint: Complaint::plain(why),
        lasting: false,
    }
}

fn ended_by(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "as wished",
        Outcome::Failed => "failed",
        Outcome::Interrupted | Outcome::Signal(_) => "by a signal",
    }
}

fn say(text: &str) {
    // Where standard error is gone nobody is left to tell.
    let _ = writeln!(io::stderr(), "{text}");
}

const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// A console that was up for so long is no failed try.
const STEADY: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_limit_and_vary() {
        let mut backoff = Backoff::default();
        let pauses: Vec<Duration> = (0..40).map(|_| backoff.next()).collect();
        assert!(pauses[0] >= FIRST_PAUSE / 2 && pauses[0] <= FIRST_PAUSE);
        assert!(pauses.iter().all(|pause| *pause <= LONGEST_PAUSE));
        let late = &pauses[10..];
        assert!(late.iter().all(|pause| *pause >= LONGEST_PAUSE / 2));
        assert!(late.iter().any(|pause| pause != &late[0]));
    }
}
