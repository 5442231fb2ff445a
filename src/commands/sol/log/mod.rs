//! `sol log`: reads a BMC's stored console log, by time, without taking the console.
//!
//! Positions in the log are absolute: whatever happens to the session, reading goes on where it was, and nothing is
//! shown twice.

mod page;
pub(super) mod source;
pub mod words;

use std::io::{self, Stdout, Write};
use std::thread;
use std::time::Duration;

use crate::cli::{Context, Exit};
use crate::commands::connect;
use crate::proto::log_reader::{Ending, Event, LogReader, Outcome, Range};
use crate::transport::interrupt::Interrupt;
use crate::transport::network::Lanplus;
use crate::wire::console_log::{Beat, DEFAULT_IANA, Info, Log};

use page::{Missing, Page};
use source::{Source, Trouble};
use words::LogWords;

/// Shows the log until all is shown, or, following, until `interrupt` or the end of the window.
pub fn run(context: &Context, words: LogWords, interrupt: Option<&Interrupt>) -> Exit {
    if let Some(interrupt) = interrupt {
        interrupt.keep_quiet();
    }
    match connect::lanplus(context, interrupt) {
        Ok(session) => watch(context, words, interrupt, session),
        Err(error) => {
            say(&error.to_string());
            Exit::Failure
        }
    }
}

fn watch(
    context: &Context,
    words: LogWords,
    interrupt: Option<&Interrupt>,
    session: Lanplus,
) -> Exit {
    let extension = words.extension.unwrap_or(DEFAULT_IANA);
    let mut source = Source::new(session, words.instance, extension);
    let begun = source.info().map_err(Stop::Trouble);
    let begun = begun.and_then(|info| Viewer::begin(words, info, &mut source));
    let (mut viewer, newest) = match begun {
        Ok(begun) => begun,
        Err(stop) => return end(Some(source), stop),
    };
    if !words.follow {
        let shown = viewer.show(newest, None, &mut source);
        return match shown.and_then(|_| viewer.finish()) {
            Ok(()) => end(Some(source), Stop::Over),
            Err(stop) => end(Some(source), stop),
        };
    }
    loop {
        let stop = match viewer.follow(&mut source) {
            Ok(never) => match never {},
            Err(Stop::Trouble(Trouble::Silent(_))) => {
                source.close();
                let session = reopen(context, interrupt);
                source = Source::new(session, words.instance, extension);
                continue;
            }
            Err(stop) => stop,
        };
        let finished = match stop {
            Stop::Over => viewer.finish().err().unwrap_or(Stop::Over),
            other => other,
        };
        return end(Some(source), finished);
    }
}

/// Opens another session, for as long as it takes. The BMC has let us in before, and no refusal has a code that shows
/// whose it is: none is believed for good.
fn reopen(context: &Context, interrupt: Option<&Interrupt>) -> Lanplus {
    say("The BMC does not answer any more; opening another session");
    let mut pause = FIRST_PAUSE;
    let mut said = false;
    loop {
        match connect::again(context, interrupt) {
            Ok(session) => {
                say("Another session is open; the log goes on where it was");
                return session;
            }
            Err(refused) if refused.lasting && !std::mem::replace(&mut said, true) => {
                say(&format!("{}; trying again", refused.complaint.why));
            }
            Err(refused) => log::info!("{}", refused.complaint),
        }
        // A signal ends the process meanwhile: there is no session to be closed.
        thread::sleep(pause);
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

fn end(source: Option<Source>, stop: Stop) -> Exit {
    if let Some(source) = source {
        source.close();
    }
    match stop {
        Stop::Over => Exit::Success,
        Stop::Output(error) => Exit::from_output_error(&error),
        Stop::Trouble(trouble) => {
            say(&format!("Error: {trouble}"));
            Exit::Failure
        }
        Stop::Wrong(text) => {
            say(&text);
            Exit::Failure
        }
    }
}

/// Why showing stops.
#[derive(Debug)]
enum Stop {
    /// All is shown.
    Over,
    Trouble(Trouble),
    Output(io::Error),
    /// A line for the user.
    Wrong(String),
}

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// What never comes.
enum Never {}

/// Who looks at a log, and how far they have come.
struct Viewer {
    instance: u8,
    epoch: u64,
    /// Offset of the next byte to be shown.
    next: u64,
    /// The window, in milliseconds by the BMC's clock.
    since: u64,
    until: Option<u64>,
    /// The BMC's clock, when it last told it.
    now: u64,
    page: Page<Stdout>,
    /// Lines are dated.
    dated: bool,
    /// The window has not begun yet.
    early: bool,
    /// The last reader, for what it learnt.
    earlier: Option<LogReader>,
}

impl Viewer {
    /// Finds where the window begins. Also gives the present end of the log.
    fn begin(words: LogWords, info: Info, source: &mut Source) -> Result<(Self, u64), Stop> {
        let since = words.since.map(|moment| moment.by(info.now));
        let until = words.until.map(|moment| moment.by(info.now));
        if let (Some(since), Some(until)) = (since, until)
            && until <= since
        {
            return Err(Stop::Wrong(
                "Error: the time of until= must be after that of since=".to_owned(),
            ));
        }
        if !info.clock_is_set && (since.is_some() || until.is_some()) {
            say("Note: the BMC's clock is not set; all times are by it nevertheless");
        }
        let mut viewer = Self {
            instance: words.instance,
            epoch: info.epoch,
            next: info.start,
            since: since.unwrap_or(0),
            until,
            now: info.now,
            page: Page::new(io::stdout(), since, words.timestamps, words.strip),
            dated: words.timestamps.is_some(),
            earlier: None,
            early: since.is_some_and(|since| since > info.now),
        };
        if let Some(since) = since {
            let found = match source.find(viewer.epoch, since) {
                // Cleared in between: all that is there now came after.
                Err(Trouble::EpochGone(_)) => {
                    let info = source.info()?;
                    viewer.lose_epoch(info.epoch, info.start);
                    return Ok((viewer, info.end));
                }
                found => found?,
            };
            viewer.next = found.offset;
            if found.offset == info.start && info.start > 0 && info.end > info.start {
                // The oldest byte that is kept lies in the window: older ones may have, too.
                viewer.page.miss(Missing::Unknown);
            }
        }
        Ok((viewer, info.end))
    }

    /// Goes on with what comes, until something stops it.
    fn follow(&mut self, source: &mut Source) -> Result<Never, Stop> {
        let mut pause = LEAST_POLL;
        loop {
            let beat = source.beat(self.next)?;
            let before = self.next;
            let end = self.take_in(&beat);
            if self.early && self.now >= self.since {
                self.next = source.find(self.epoch, self.since)?.offset;
                self.early = false;
            }
            if !self.early && self.show(end, Some(beat), source)? {
                return Err(Stop::Over);
            }
            pause = if self.next == before {
                (pause * 2).min(MOST_POLL)
            } else {
                LEAST_POLL
            };
            let left = self.until.map_or(MOST_POLL, |until| {
                Duration::from_millis(until.saturating_sub(self.now))
            });
            source.pause(pause.min(left.max(LEAST_POLL)));
        }
    }

    /// What a heartbeat says of the log as a whole. Gives its end.
    fn take_in(&mut self, beat: &Beat) -> u64 {
        self.now = beat.processed;
        if beat.epoch != self.epoch {
            self.lose_epoch(beat.epoch, beat.start);
        } else if beat.end < self.next {
            // The BMC kept less than it had shown: what comes now has offsets that were used before.
            self.page.miss(Missing::Unknown);
            self.next = beat.end;
        }
        beat.end
    }

    /// Another log has begun.
    fn lose_epoch(&mut self, present: u64, start: u64) {
        self.page.miss(Missing::Unknown);
        self.epoch = present;
        self.next = start;
    }

    /// Shows what a log that ends at `end` has of the window; `beat` may hold the first piece already. Whether the
    /// window is over.
    fn show(&mut self, end: u64, beat: Option<Beat>, source: &mut Source) -> Result<bool, Stop> {
        let piece_is_late =
            |beat: &Beat, until| !beat.piece.data.is_empty() && beat.piece.last >= until;
        let (mut to, mut over) = (end, false);
        if let Some(until) = self.until
            && (self.now >= until || beat.as_ref().is_some_and(|beat| piece_is_late(beat, until)))
        {
            match source.find(self.epoch, until) {
                Ok(found) => (to, over) = (found.offset, true),
                // The next heartbeat tells.
                Err(Trouble::EpochGone(_)) => return Ok(false),
                Err(trouble) => return Err(trouble.into()),
            }
        }
        self.read(to, beat, source)?;
        Ok(over)
    }

    /// Shows everything up to `to`, or up to the end of the epoch.
    fn read(&mut self, to: u64, beat: Option<Beat>, source: &mut Source) -> Result<(), Stop> {
        let mut reader = LogReader::new(Range {
            instance: self.instance,
            epoch: self.epoch,
            from: self.next,
            to,
            window: (self.since, self.until.unwrap_or(u64::MAX)),
        })
        .with_dates(self.dated);
        if let Some(earlier) = &self.earlier {
            reader = reader.like(earlier);
        }
        // What the heartbeat brought is the answer to the first question, as far as it goes.
        if let Some(beat) = beat.filter(|beat| !beat.piece.data.is_empty() && beat.end >= to)
            && let Some((ticket, _)) = reader.poll_request()
        {
            let log = Log {
                epoch: beat.epoch,
                start: beat.start,
                end: beat.end,
                piece: beat.piece,
            };
            reader.handle_answer(ticket, Outcome::Answer(log));
        }
        source.forget();
        let mut flying = Vec::new();
        let ending = loop {
            match reader.poll_event() {
                Some(Event::Data(piece)) => self.page.show(&piece.data, piece.first, piece.last)?,
                Some(Event::Gap { from, to }) => self.page.miss(Missing::Bytes(to - from)),
                Some(Event::Outside { bytes }) => {
                    log::debug!("{bytes} bytes of the log came outside the window");
                }
                Some(Event::Ended(ending)) => break ending,
                None => source.drive(&mut reader, &mut flying),
            }
            self.next = reader.position();
        };
        self.next = self.next.max(reader.position());
        self.earlier = Some(reader);
        match ending {
            Ending::Complete => Ok(()),
            Ending::EpochGone(present) => {
                self.lose_epoch(present, 0);
                Ok(())
            }
            Ending::Silent => Err(Trouble::Silent("Read Console Log").into()),
            Ending::Contradiction(why) => Err(Stop::Wrong(format!(
                "Error: bad answers to Read Console Log: {why}"
            ))),
        }
    }

    fn finish(self) -> Result<(), Stop> {
        Ok(self.page.finish(Some(self.now))?)
    }
}

/// Where standard error is gone nobody is left to tell.
fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// How often a BMC is asked for more: soon after there was some, seldom when there is none.
const LEAST_POLL: Duration = Duration::from_millis(200);
const MOST_POLL: Duration = Duration::from_secs(1);

/// How long to wait between tries to open another session.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
