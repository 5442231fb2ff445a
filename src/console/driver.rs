//! The console's main loop: one thread that waits for network, input, signals, output and the next deadline at once: on
//! the sockets themselves, and on the bell that the other threads ring.
//!
//! It wakes for nothing else. The core's deadlines are looked at after every wake-up, since busy input could starve
//! the timer; datagrams that wait already come first, so that a process that was suspended does not take its own
//! silence for the BMC's.

use std::io;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, never, select};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGPIPE};

use super::core::{Core, Event, Why};
use super::edge::Edge;
use super::escape::{Action, Step, announcement};
use super::events::Report;
use super::input::Typed;
use super::interlude::NOT_KEPT;
use super::log::News;
use super::network::Arrival;
use super::notice;
use super::repeats::Repeats;
use super::sinks::Ask;
use super::terminal::{self, Terminal};
use super::typing::Typing;
use super::{Ended, FLUSH_PATIENCE, Outcome};
use crate::ipmi::complaint::Complaint;
use crate::proto::console::Datagram;

/// The loop and its state.
pub struct Driver<'a, C> {
    core: C,
    edge: Edge<'a>,
    /// Tells of output written.
    progress: Receiver<()>,
    typing: Typing,
    /// Whether the user knows that no more typing can be kept.
    told_full: bool,
    /// The core's room for input when nothing is queued.
    full_room: usize,
    opened: bool,
    /// The session's id at the BMC; another one comes when the core renews the session by itself.
    id: Option<u32>,
    /// Whether the log was told that the BMC can be asked again for what could not be written.
    can_refetch: bool,
    paused: bool,
    /// The last notice that found the output paused.
    held_notice: Option<String>,
    repeats: Repeats,
    ending: Ending,
    /// What the run comes to, whatever the core says when it closes.
    verdict: Option<Outcome>,
    /// What to say about it.
    reason: Option<Complaint>,
    /// When the first ending signal came.
    first_signal: Option<Instant>,
    closed: Option<(Option<Complaint>, bool)>,
}

#[derive(Clone, Copy, Debug)]
enum Ending {
    /// The session goes on.
    No,
    /// What was typed is still on its way.
    Draining {
        why: Why,
        left: (usize, usize),
        since: Instant,
        patience: Duration,
    },
    /// The core is closing the session; it is given until this time.
    Closing { why: Why, until: Instant },
}

enum Wake {
    Datagram(Datagram),
    ThreadGone,
    Typed(Typed),
    Signal(i32),
    Written,
    News(News),
    LogGone,
    Deadline,
}

impl<'a, C: Core> Driver<'a, C> {
    /// A loop about to start.
    pub fn new(core: C, edge: Edge<'a>) -> Self {
        Self {
            typing: Typing::new(edge.escape),
            told_full: false,
            full_room: core.input_room(),
            core,
            progress: edge.screen.output.progress().clone(),
            edge,
            opened: false,
            id: None,
            can_refetch: false,
            paused: false,
            held_notice: None,
            repeats: Repeats::default(),
            ending: Ending::No,
            verdict: None,
            reason: None,
            first_signal: None,
            closed: None,
        }
    }

    /// Runs until the session is over: how it ended, and what is to be said about it on standard error. The terminal
    /// is as it was when this returns.
    pub fn run(self) -> Ended {
        let terminal = self.edge.terminal;
        if self.edge.again {
            terminal.map(Terminal::enter_raw);
        }
        let ended = self.run_raw();
        terminal.into_iter().for_each(Terminal::restore);
        ended
    }

    fn run_raw(mut self) -> Ended {
        loop {
            self.pump(Instant::now());
            if let Some((message, failed)) = self.closed.take() {
                return self.finish(message, failed);
            }
            if matches!(self.ending, Ending::Closing { until, .. } if until <= Instant::now()) {
                return self.finish(None, true);
            }
            match self.wait() {
                Wake::Datagram(datagram) => self.core.handle_datagram(Instant::now(), &datagram),
                Wake::Typed(typed) => self.typed(typed),
                Wake::Signal(SIGCONT) => {
                    self.edge.terminal.into_iter().for_each(Terminal::continued)
                }
                Wake::Signal(SIGHUP) if self.edge.hup_reopens => self.edge.sinks.reopen(),
                Wake::Signal(number) => {
                    if self.ends_at_once(number) {
                        return self.ended(Outcome::of_signal(number), None);
                    }
                    self.signalled(number);
                }
                Wake::ThreadGone => {
                    (self.edge.signals, self.progress) = (never(), never());
                    self.verdict = Some(Outcome::Failed);
                    self.reason = Some(Complaint::error("a thread of the console ended too early"));
                    self.shut_down(Why::Escape);
                }
                Wake::News(news) => self.heed(news),
                Wake::LogGone => {
                    self.edge.sinks.forget_news();
                    self.notice(Some(
                        "the log's thread ended: nothing is logged any more".to_owned(),
                    ));
                }
                Wake::Written | Wake::Deadline => {}
            }
        }
    }

    fn wait(&mut self) -> Wake {
        let deadline = self.deadline();
        loop {
            if let Some(wake) = self.told() {
                return wake;
            }
            match self.edge.network.wait(self.edge.bell, deadline) {
                Arrival::Datagram(datagram) => return Wake::Datagram(datagram),
                Arrival::Deadline => return Wake::Deadline,
                Arrival::Rung => {}
            }
        }
    }

    /// What another thread has put into its channel.
    fn told(&self) -> Option<Wake> {
        Some(select! {
            recv(self.edge.input.typed()) -> typed => Wake::Typed(typed.unwrap_or(Typed::End)),
            recv(self.edge.signals) -> number => number.map_or(Wake::ThreadGone, Wake::Signal),
            recv(self.progress) -> news => news.map_or(Wake::ThreadGone, |()| Wake::Written),
            recv(self.edge.sinks.news()) -> news => news.map_or(Wake::LogGone, Wake::News),
            default => return None,
        })
    }

    fn deadline(&self) -> Option<Instant> {
        let ours = match self.ending {
            Ending::No => None,
            Ending::Draining {
                since, patience, ..
            } => Some(since + patience),
            Ending::Closing { until, .. } => Some(until),
        };
        let sinks = match self.ending {
            Ending::No => self.edge.sinks.due(Instant::now()),
            _ => self.edge.sinks.watchdog_due(),
        };
        self.core
            .poll_timeout()
            .into_iter()
            .chain(ours)
            .chain(sinks)
            .chain(self.repeats.poll_timeout())
            .min()
    }

    /// Everything that can be done without waiting.
    fn pump(&mut self, now: Instant) {
        if self.is_due(now) {
            let waiting = std::iter::from_fn(|| self.edge.network.waiting());
            for datagram in waiting.take(BATCH) {
                self.core.handle_datagram(now, &datagram);
            }
        }
        if self.is_due(now) {
            self.core.handle_timeout(now);
        }
        for text in self.edge.sinks.tick(now) {
            self.show_notice(text);
        }
        if let Some(id) = self.core.session_id() {
            self.edge.sinks.session_renewed(id);
            let renewed = self.id.replace(id).is_some_and(|old| old != id);
            if renewed && self.opened {
                let session = self.edge.sinks.next_session();
                self.report(&Report::Connected { session });
            }
        }
        self.core.set_dated(self.edge.sinks.is_dating());
        let can_refetch = self.core.can_refetch();
        if can_refetch != std::mem::replace(&mut self.can_refetch, can_refetch) {
            self.edge.sinks.set_refetch(can_refetch);
        }
        for text in self.repeats.due(now) {
            self.show_notice(text);
        }
        self.end_in_time(now);
        self.typing.forward(&mut self.core, now);
        self.drain_input(now);
        self.tell();
        self.watch_output();
        self.tell();
        while let Some(datagram) = self.core.poll_transmit() {
            self.edge.network.send(&datagram);
        }
        self.ask_for_input();
    }

    fn is_due(&self, now: Instant) -> bool {
        self.core.poll_timeout().is_some_and(|due| due <= now)
    }

    /// Passes on what the core has to say.
    fn tell(&mut self) {
        while let Some(event) = self.core.poll_event() {
            match event {
                Event::Opened => self.open(),
                Event::Data(data) => {
                    let shown = self.edge.sinks.output(data);
                    self.edge.screen.show(shown);
                }
                Event::Fill(data) => self.edge.sinks.fill(data),
                Event::Filled => self.edge.sinks.filled(),
                Event::Report { report, notice } => {
                    self.notice(notice);
                    self.report(&report);
                }
                Event::Notice(text) => self.notice(Some(text)),
                Event::Closed { message, failed } => self.closed = Some((message, failed)),
            }
        }
    }

    /// Shows one line to the user.
    fn notice(&mut self, text: Option<String>) {
        match text {
            Some(text) if !self.repeats.admit(Instant::now(), &text) => {}
            Some(text) => self.show_notice(text),
            None => {}
        }
    }

    fn show_notice(&mut self, text: String) {
        if self.paused {
            // Behind a full buffer of output notices would pile up: the last one waits, such as the one that says
            // that the BMC has dropped what nobody read.
            log::info!("{}", notice::plain(&text));
            self.held_notice = Some(text);
        } else {
            self.edge.screen.notice(&text);
        }
    }

    /// Tells programs and the log.
    fn report(&mut self, report: &Report) {
        for text in self.edge.sinks.report(report) {
            self.notice(Some(text));
        }
    }

    /// The log's news.
    fn heed(&mut self, news: News) {
        for ask in self.edge.sinks.handle_news(news) {
            match ask {
                Ask::Notice(text) => self.notice(Some(text)),
                Ask::Warning(text) => self.edge.screen.warn(&text),
                Ask::Refetch(loss) => {
                    if !self.core.refetch(Instant::now(), &loss) {
                        self.edge.sinks.filled();
                    }
                }
            }
        }
    }

    /// `for` and `until`.
    fn end_in_time(&mut self, now: Instant) {
        let sinks = &self.edge.sinks;
        let over = || self.opened && sinks.window_is_over(self.core.is_caught_up());
        if matches!(self.ending, Ending::No) && (sinks.time_is_up(now) || over()) {
            self.verdict = Some(Outcome::Done);
            self.shut_down(Why::TimeUp);
        }
    }

    /// Raw mode, then the banner, then input: whoever waits for the banner to type (`expect` does) must not have his CR
    /// turned into LF by a terminal that is not raw yet.
    fn open(&mut self) {
        if std::mem::replace(&mut self.opened, true) {
            return;
        }
        let session = self.edge.sinks.next_session();
        self.report(&Report::Connected { session });
        let gap = self.edge.sinks.take_gap();
        let resumes = self.core.resumes();
        if let Some(gap) = gap.as_ref().filter(|_| !resumes) {
            self.report(gap);
        }
        let raw = self.edge.terminal.is_some_and(Terminal::enter_raw);
        self.say(banner(self.typing.escape()), raw);
        if let Some(Report::Gap { from, to, .. }) = gap {
            let seconds = to.saturating_sub(from) as f64 / 1000.0;
            let between = if resumes {
                "what was missed is read from the BMC's log"
            } else {
                "output in between may be missing"
            };
            self.show_notice(format!("a new session after {seconds:.0} s: {between}"));
        }
        self.edge.screen.output.drain(FLUSH_PATIENCE);
    }

    /// Holds the BMC back while too much output waits, and ends the session when nobody can read any more.
    fn watch_output(&mut self) {
        if let Some(error) = self.edge.screen.output.failed() {
            if !self.closing() {
                self.verdict = Some(Outcome::of_output_error(&error));
                if error.kind() != io::ErrorKind::BrokenPipe {
                    self.reason = Some(Complaint::error(format!(
                        "cannot write the console's output: {error}"
                    )));
                }
                self.shut_down(Why::Signal(SIGPIPE));
            }
            return;
        }
        let (pending, limit) = (self.edge.screen.output.pending(), self.edge.output_limit);
        let paused = if self.paused {
            pending > limit / 2
        } else {
            pending >= limit
        };
        if paused != self.paused {
            self.paused = paused;
            self.edge.screen.output.watch(paused);
            self.core.pause_output(Instant::now(), paused);
            if let Some(text) = self.held_notice.take().filter(|_| !paused) {
                self.edge.screen.notice(&text);
            }
        }
    }

    /// Reads on only as far as there is room; from a pipe, only while what it may lead to can be shown.
    fn ask_for_input(&mut self) {
        let on_terminal = self.edge.terminal.is_some();
        let opened = self.opened || self.edge.again && on_terminal;
        let readable = on_terminal || !self.paused;
        if !opened || !readable || !matches!(self.ending, Ending::No) {
            return;
        }
        let room = self.typing.room(&self.core, on_terminal);
        let full = on_terminal && room == 0;
        if full && !self.told_full {
            self.edge.screen.notice(INPUT_FULL);
        }
        self.told_full = full || self.told_full && self.typing.waiting() > 0;
        self.edge.input.ask(room);
    }

    fn typed(&mut self, typed: Typed) {
        self.edge.input.answered(typed != Typed::End);
        let bytes = match typed {
            Typed::Bytes(bytes) => bytes,
            Typed::End => return self.drain(Why::EndOfInput, INPUT_PATIENCE),
        };
        if !matches!(self.ending, Ending::No) {
            return;
        }
        for step in self.typing.read(&bytes) {
            match step {
                Step::Send(_) if !self.opened => self.notice(Some(NOT_KEPT.to_owned())),
                Step::Send(bytes) => {
                    self.typing.queue(&mut self.core, Instant::now(), bytes);
                }
                Step::Do(action) => self.act(action),
            }
        }
    }

    /// Shows a text of stock's; a raw terminal does not make a new line of an LF by itself.
    fn say(&mut self, text: Vec<u8>, raw: bool) {
        let text = if raw && self.edge.on_terminal {
            terminal::raw_lines(&text)
        } else {
            text
        };
        self.edge.screen.show(text);
    }

    fn act(&mut self, action: Action) {
        let raw = self.edge.terminal.is_some();
        self.say(announcement(self.typing.escape(), action), raw);
        match action {
            Action::Help => {}
            Action::Log => {
                let text = self.edge.sinks.toggle_log();
                self.notice(Some(text));
            }
            Action::Timestamps => {
                let text = self.edge.sinks.toggle_timestamps();
                self.notice(Some(text));
            }
            Action::Status => {
                let text = self.edge.sinks.status(Instant::now(), &self.core.status());
                self.notice(Some(text));
            }
            Action::Break => self.core.send_break(Instant::now()),
            Action::Suspend { raw_again } => {
                self.edge.screen.output.drain(FLUSH_PATIENCE);
                terminal::suspend(self.edge.terminal, raw_again);
            }
            Action::Terminate => {
                // A BMC that does not answer is told for seconds: ^C must end that, and what is typed is for the shell.
                self.edge.screen.output.drain(FLUSH_PATIENCE);
                self.edge.terminal.into_iter().for_each(Terminal::restore);
                self.drain(Why::Escape, ESCAPE_PATIENCE);
            }
        }
    }

    /// Ends the session once all that was typed has arrived, or nothing more has for `patience`.
    fn drain(&mut self, why: Why, patience: Duration) {
        if matches!(self.ending, Ending::No) {
            self.ending = Ending::Draining {
                why,
                left: self.unsent(),
                since: Instant::now(),
                patience,
            };
        }
    }

    fn drain_input(&mut self, now: Instant) {
        let unsent = self.unsent();
        if let Ending::Draining {
            why,
            left,
            since,
            patience,
        } = &mut self.ending
        {
            if unsent == (0, self.full_room)
                || (unsent == *left && now.duration_since(*since) >= *patience)
            {
                let why = *why;
                self.shut_down(why);
            } else if unsent != *left {
                (*left, *since) = (unsent, now);
            }
        }
    }

    /// Changes whenever the BMC takes something that was typed.
    fn unsent(&self) -> (usize, usize) {
        (self.typing.waiting(), self.core.input_room())
    }

    fn shut_down(&mut self, why: Why) {
        if !self.closing() {
            let now = Instant::now();
            self.ending = Ending::Closing {
                why,
                until: now + CLOSE_LIMIT,
            };
            self.core.shut_down(now, why);
        }
    }

    /// A signal that ends the session in good order.
    fn signalled(&mut self, number: i32) {
        self.first_signal.get_or_insert_with(Instant::now);
        if self.verdict.is_some() {
            return;
        }
        if number == SIGINT {
            self.edge.screen.show(SIGNAL_INT.to_vec());
        }
        self.verdict = Some(Outcome::of_signal(number));
        self.shut_down(Why::Signal(number));
    }

    /// Whether this signal is a second one, or ^C after `~.`, from somebody who will not wait. One wish often arrives
    /// twice: `timeout` signals the process and its group, a vanishing terminal sends SIGHUP from the kernel and from
    /// the shell.
    fn ends_at_once(&self, number: i32) -> bool {
        let again = self
            .first_signal
            .is_some_and(|first| first.elapsed() >= SAME_WISH);
        number != SIGHUP && again || number == SIGINT && self.left_by_escape()
    }

    fn closing(&self) -> bool {
        matches!(self.ending, Ending::Closing { .. })
    }

    /// Whether the user asked for the end and now waits for it.
    fn left_by_escape(&self) -> bool {
        match self.ending {
            Ending::No => false,
            Ending::Draining { why, .. } | Ending::Closing { why, .. } => why == Why::Escape,
        }
    }

    /// The last output, then the terminal as it was; a message follows, in stock's order.
    fn finish(mut self, message: Option<Complaint>, failed: bool) -> Ended {
        if let Some(place) = self.core.place() {
            self.edge.sinks.stopped_at(place);
        }
        if message.is_some() && self.edge.on_terminal && self.opened {
            self.edge.screen.end_line();
        }
        if self.verdict.is_none() && failed && !self.left_by_escape() {
            self.tell_dropped();
        }
        if self.verdict.is_some() || self.left_by_escape() {
            self.edge.screen.output.drain(ESCAPE_PATIENCE);
        } else if let Some(number) = self.drain_for_ever() {
            return self.ended(Outcome::of_signal(number), None);
        }
        self.edge.screen.drain_notices();
        if let Some(terminal) = self.edge.terminal {
            terminal.leave_raw();
        }
        let reason = self.reason.take();
        match (self.verdict, failed) {
            (Some(verdict), _) => self.ended(verdict, reason),
            (None, true) => Ended {
                by_bmc: !self.left_by_escape(),
                ..self.ended(Outcome::Failed, message)
            },
            (None, false) => self.ended(Outcome::Done, message),
        }
    }

    /// Another session would type into a host that may have been restarted: what the BMC has not acknowledged ends here.
    fn tell_dropped(&mut self) {
        let text = match self.unacknowledged() {
            0 => return,
            1 => "1 typed character was not acknowledged by the BMC and is dropped".to_owned(),
            count => {
                format!("{count} typed characters were not acknowledged by the BMC and are dropped")
            }
        };
        self.edge.screen.notice(&text);
    }

    /// Bytes that were typed for the host, and that the BMC has not acknowledged.
    fn unacknowledged(&self) -> usize {
        let queued = self.full_room.saturating_sub(self.core.input_room());
        self.typing.waiting().saturating_add(queued)
    }

    fn ended(&self, outcome: Outcome, message: Option<Complaint>) -> Ended {
        Ended {
            outcome,
            message,
            by_bmc: false,
            opened: self.opened,
        }
    }

    /// The BMC or the end of input ended the session: whoever reads slowly still gets all of the output. Only a signal ends the wait.
    fn drain_for_ever(&mut self) -> Option<i32> {
        self.edge.screen.output.watch(true);
        while self.edge.screen.output.pending() > 0 {
            select! {
                recv(self.progress) -> news => news.ok()?,
                recv(self.edge.signals) -> number => match number {
                    Ok(SIGCONT) => {}
                    Ok(number) => return Some(number),
                    Err(_) => self.edge.signals = never(),
                },
            }
        }
        None
    }
}

/// What stock prints when the console is open.
pub fn banner(escape: u8) -> Vec<u8> {
    [
        b"[SOL Session operational.  Use ".as_slice(),
        &[escape],
        b"? for help]\n",
    ]
    .concat()
}

/// What stock prints on SIGINT.
const SIGNAL_INT: &[u8] = b"\nSIGN INT: Close Interface IPMI v2.0 RMCP+ LAN Interface\n";

/// What is said when not even a terminal is read on.
const INPUT_FULL: &str =
    "no more of what you type can be kept, nor escapes be seen, until the BMC takes some of it";

/// Datagrams handled before what is due is done.
const BATCH: usize = 32;

/// How long the BMC may take nothing of what was typed before the end of input ends the session all the same.
const INPUT_PATIENCE: Duration = Duration::from_secs(30);

/// The same for an escape, whose author is waiting; also how long a stalled output delays an end that was asked for.
const ESCAPE_PATIENCE: Duration = Duration::from_secs(2);

/// Signals so close together are one.
const SAME_WISH: Duration = Duration::from_millis(500);

/// A last resort: the core bounds its farewell itself.
const CLOSE_LIMIT: Duration = Duration::from_secs(60);

#[cfg(test)]
#[path = "driver_tests.rs"]
mod tests;
