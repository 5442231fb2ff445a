//! Everything besides the terminal that output and events go to. It outlives sessions.

use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, never};

use super::bell::Ringer;
use super::clock;
use super::core::{Data, Status};
use super::events::{Place, Report, Sink, Spell, Tally, Target};
use super::log::{self, Chunk, Format, Former, Lines, Log, News};
use super::notify::Notify;
use super::signals;
use super::window::{Bounds, Window};

/// What is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The BMC's name.
    pub host: String,
    /// The log, if there is to be one.
    pub log: Option<log::Settings>,
    /// How lines are dated on standard output, if they are.
    pub stamp_screen: Option<Format>,
    /// How lines are dated when `~t` switches that on.
    pub format: Option<Format>,
    /// Where events go.
    pub events: Option<Target>,
    /// What an alarm runs.
    pub on_alarm: Option<String>,
    /// Output from before this time is not shown, in milliseconds since 1970.
    pub since: Option<u64>,
    /// Nor is output from this time on, when the console ends.
    pub until: Option<u64>,
    /// When the console ends.
    pub ends: Option<Instant>,
    /// Whether systemd is told.
    pub notify: bool,
}

/// The log, the events, the dates, and what was counted.
#[derive(Debug)]
pub struct Sinks {
    settings: Settings,
    log: Option<Log>,
    news: Receiver<News>,
    events: Sink,
    screen: Lines,
    stamping: bool,
    tally: Tally,
    /// Gaps that the BMC tells of again and again.
    spell: Spell,
    notify: Notify,
    started: Instant,
    /// The wall clock when the last output came, or all began.
    last_output: u64,
    /// The date that output has in the log: the BMC's where it is known.
    last_date: u64,
    /// A gap's marker that waits for what follows the gap, and when it was told.
    gap: Option<(Report, u64)>,
    /// Up to where output has come, by the BMC's count.
    reached: Option<log::Position>,
    /// From when on output may have been missed.
    missed_since: Option<u64>,
    window: Window,
    /// The session of this run.
    session: Option<Former>,
}

/// What the console's loop is to do about the log's news.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Show one line.
    Notice(String),
    /// Show one line that must not go unseen.
    Warning(String),
    /// Have the BMC give this again.
    Refetch(log::Loss),
}

impl Sinks {
    /// Opens all of them. `now` begins the time that the console has been up; the log rings for its news.
    ///
    /// # Errors
    ///
    /// One line that says which one cannot be opened, and why.
    pub fn open(settings: Settings, now: Instant, ringer: Ringer) -> Result<Self, String> {
        signals::outlive_file_size_limit()
            .map_err(|error| format!("Error: cannot catch a signal: {error}"))?;
        let log = settings.log.as_ref();
        let log = log.map(|log| Log::open(log, ringer)).transpose()?;
        let news = log.as_ref().map_or_else(never, |log| log.news().clone());
        let events = Sink::open(
            &settings.host,
            settings.events.as_ref(),
            settings.on_alarm.as_deref(),
        )?;
        let notify = if settings.notify {
            Notify::from_environment()
        } else {
            Notify::default()
        };
        let window = Window::new(settings.since, settings.until, clock::wall_clock());
        let heard = log.as_ref().and_then(Log::heard);
        let last_output = heard.unwrap_or_else(clock::wall_clock);
        Ok(Self {
            window,
            session: None,
            news,
            events,
            screen: Lines::new(settings.stamp_screen, false),
            stamping: settings.stamp_screen.is_some(),
            tally: Tally::default(),
            spell: Spell::default(),
            notify,
            started: now,
            last_output,
            last_date: last_output,
            gap: None,
            reached: None,
            missed_since: heard,
            log,
            settings,
        })
    }

    // getters

    /// Where the log's news arrive.
    pub fn news(&self) -> &Receiver<News> {
        &self.news
    }

    /// Whether lines are dated at present, in the log or on the screen.
    pub fn is_dating(&self) -> bool {
        self.stamping || self.log.as_ref().is_some_and(|log| log.format().is_some())
    }

    /// Up to where output has come: in this run, else in the one that wrote the log before.
    pub fn resume_point(&self) -> Option<log::Position> {
        self.reached
            .or_else(|| self.log.as_ref().and_then(Log::resume_point))
    }

    /// What the BMC calls the session before: the last one of this run, else of the one that wrote the log before.
    pub fn former(&self) -> Option<Former> {
        self.session
            .or_else(|| self.log.as_ref().and_then(Log::former))
    }

    /// When [`tick`](Self::tick) wants to be called, or the console is to end.
    pub fn due(&self, now: Instant) -> Option<Instant> {
        let ends = self.settings.ends.into_iter().chain(self.window.ends(now));
        let events = self.spell.poll_timeout();
        ends.chain(self.notify.due()).chain(events).min()
    }

    /// When systemd's watchdog wants to be fed.
    pub fn watchdog_due(&self) -> Option<Instant> {
        self.notify.due()
    }

    /// Whether `for` ends the console.
    pub fn time_is_up(&self, now: Instant) -> bool {
        self.settings.ends.is_some_and(|end| end <= now)
    }

    /// Whether `until` ends the console; `caught_up`: what was stored has been read.
    pub fn window_is_over(&self, caught_up: bool) -> bool {
        self.window.is_over(caught_up)
    }

    /// Whether `for` or `until` end the waiting for a session.
    pub fn waits_in_vain(&self, now: Instant) -> bool {
        self.time_is_up(now) || self.window.is_over_without_session()
    }

    // handle

    /// The log's thread is no more.
    pub fn forget_news(&mut self) {
        self.news = never();
    }

    /// Takes output: what the screen is to show of it.
    pub fn output(&mut self, data: Data) -> Vec<u8> {
        let now = clock::wall_clock();
        self.last_output = now;
        let chunk = Chunk {
            bytes: data.bytes,
            at: data.at.unwrap_or(now),
            position: data.position,
        };
        if let Some(position) = chunk.position {
            self.reached = Some(position.plus(chunk.bytes.len()));
        }
        let Some(chunk) = self.window.trim(chunk, data.at.is_some()) else {
            return Vec::new();
        };
        self.mark_gap(data.at);
        self.last_date = chunk.at;
        // Even where none are dated it is followed where lines begin.
        let shown = self.screen.feed(&chunk.bytes, chunk.at);
        if let Some(log) = &mut self.log {
            log.write(chunk);
        }
        shown
    }

    /// Takes an event: lines for the user.
    pub fn report(&mut self, report: &Report) -> Vec<String> {
        let now = clock::wall_clock();
        let dated = match report {
            Report::Gap {
                bytes,
                from: 0,
                to,
                at,
            } => Some(Report::Gap {
                bytes: *bytes,
                from: self.last_date.min(*to),
                to: *to,
                at: *at,
            }),
            _ => None,
        };
        let report = dated.as_ref().unwrap_or(report);
        self.tally.count(report);
        self.mark(report, now);
        match report {
            Report::Connected { .. } => self.notify.status("connected"),
            Report::Reconnecting { why, .. } => self.notify.status(&format!("reconnecting: {why}")),
            _ => {}
        }
        if let (true, &Report::Gap { from, to, .. }) = (dated.is_some(), report)
            && !self.spell.admit(Instant::now(), from, to)
        {
            return Vec::new();
        }
        let before = match report {
            Report::Reconnecting { .. } | Report::Closed { .. } => self.spell.rest(),
            _ => None,
        };
        let told = before.iter().chain([report]);
        told.filter_map(|report| self.events.tell(report, now))
            .collect()
    }

    /// Writes what the log is to say about it. Where the BMC may still give what follows a gap, its date is waited for.
    fn mark(&mut self, report: &Report, now: u64) {
        let Some(text) = report.marker() else {
            return;
        };
        self.mark_gap(None);
        let open = matches!(report, Report::Gap { bytes: None, .. });
        if open && self.resume_point().is_some() {
            self.gap = Some((report.clone(), now));
        } else if let Some(log) = &mut self.log {
            match report {
                Report::Connected { .. } => log.note(text, now),
                _ => log.mark(text, now),
            }
        }
    }

    /// Writes the gap's marker that waits, if one does: the gap ends where what is dated `until` follows it.
    fn mark_gap(&mut self, until: Option<u64>) {
        let Some((mut gap, now)) = self.gap.take() else {
            return;
        };
        if let (Report::Gap { from, to, .. }, Some(until)) = (&mut gap, until) {
            *to = (*to).min(until.max(*from));
        }
        if let (Some(log), Some(text)) = (&mut self.log, gap.marker()) {
            log.mark(text, now);
        }
    }

    /// Takes the log's news.
    pub fn handle_news(&mut self, news: News) -> Vec<Ask> {
        match news {
            News::Notice(text) => vec![Ask::Notice(text)],
            News::Mended(text) => vec![Ask::Warning(text)],
            News::Trouble(text) => {
                let report = Report::LogTrouble { text: text.clone() };
                let told = self.report(&report).into_iter().map(Ask::Notice);
                told.chain([Ask::Warning(text)]).collect()
            }
            News::Missing(loss) => vec![Ask::Refetch(loss)],
            News::Gap(loss) => {
                let report = Report::Gap {
                    bytes: Some(loss.bytes),
                    from: loss.first,
                    to: loss.last,
                    at: Place::Log,
                };
                let text = format!("{} bytes are missing in the log", loss.bytes);
                let told = self.report(&report).into_iter().map(Ask::Notice);
                told.chain([Ask::Warning(text)]).collect()
            }
        }
    }

    /// The session is lost after so long a silence: what the host prints until the next one may be missed.
    pub fn session_lost(&mut self, silence: Duration) {
        let silence = u64::try_from(silence.as_millis()).unwrap_or(u64::MAX);
        let heard = clock::wall_clock().saturating_sub(silence.saturating_add(SLACK));
        let since = heard.max(self.last_output);
        self.missed_since.get_or_insert(since);
    }

    /// The console is open: the gap that ends now, if there is one.
    pub fn take_gap(&mut self) -> Option<Report> {
        let from = self.missed_since.take()?;
        Some(Report::Gap {
            bytes: None,
            from,
            to: clock::wall_clock().max(from),
            at: Place::Console,
        })
    }

    /// Learns where the window of `since` and `until` lies in the BMC's log. Up to where output has come then: what is
    /// stored behind that is wanted.
    pub fn enter(&mut self, bounds: Bounds) -> Option<log::Position> {
        self.window.enter(bounds);
        let logged = self.log.as_ref().and_then(Log::resume_point);
        let from = match (logged, bounds.from) {
            // What the file has already is not read again.
            (Some(logged), Some(from)) if logged.epoch == from.epoch => {
                Some(if logged.offset > from.offset {
                    logged
                } else {
                    from
                })
            }
            (logged, from) => from.or(logged),
        };
        self.reached = self.reached.or(from);
        self.reached
    }

    /// Output is missing from this time on, which nothing has stored.
    pub fn missed_since(&mut self, since: u64) {
        let before = self.missed_since.unwrap_or(since);
        self.missed_since = Some(before.max(since));
    }

    /// A session is open, and this is what the BMC tells of it.
    pub fn session_is(&mut self, session: Former) {
        if self.session != Some(session) {
            self.session = Some(session);
            if let Some(log) = &mut self.log {
                log.note_session(session);
            }
        }
    }

    /// The session has ended, and this is the place in the BMC's log up to which all has come: where no output has said
    /// so, since there was none, or since it came before its place was known.
    pub fn stopped_at(&mut self, place: log::Position) {
        if self.resume_point().is_none() {
            self.reached = Some(place);
        }
    }

    /// The session goes on under another id.
    pub fn session_renewed(&mut self, id: u32) {
        if let Some(session) = self.session.filter(|session| session.id != id) {
            self.session_is(Former { id, ..session });
        }
    }

    /// Feeds systemd's watchdog, and tells of the gaps of the last minute: lines for the user.
    pub fn tick(&mut self, now: Instant) -> Vec<String> {
        self.notify.feed(now);
        let gaps = self.spell.due(now);
        let told = gaps.and_then(|gaps| self.events.tell(&gaps, clock::wall_clock()));
        told.into_iter().collect()
    }

    // mutators

    /// Says to systemd that all is set up.
    pub fn ready(&mut self) {
        self.notify.ready();
        self.notify.feed(Instant::now());
    }

    /// SIGHUP: the log is opened anew, if it was moved away or its name has changed.
    pub fn reopen(&mut self) {
        if let Some(log) = &mut self.log {
            log.reopen();
        }
    }

    /// The output that [`Ask::Refetch`] asked for, in order.
    pub fn fill(&mut self, data: Data) {
        if let Some(log) = &mut self.log {
            log.fill(Chunk {
                bytes: data.bytes,
                at: data.at.unwrap_or_else(clock::wall_clock),
                position: data.position,
            });
        }
    }

    /// No more of it comes.
    pub fn filled(&mut self) {
        if let Some(log) = &mut self.log {
            log.filled();
        }
    }

    /// Whether [`Ask::Refetch`] can be obeyed.
    pub fn set_refetch(&mut self, can: bool) {
        if let Some(log) = &mut self.log {
            log.set_refetch(can);
        }
    }

    /// `~l`: the log on or off. A line for the user.
    pub fn toggle_log(&mut self) -> String {
        self.mark_gap(None);
        let Some(log) = &mut self.log else {
            return "there is no log: begin with log=FILE".to_owned();
        };
        log.switch(!log.is_on());
        if log.is_on() {
            "the log goes on"
        } else {
            "the log is switched off"
        }
        .to_owned()
    }

    /// `~t`: dates on or off; in the log where there is one, and on the screen where they were or else there is no
    /// log. A line for the user.
    pub fn toggle_timestamps(&mut self) -> String {
        let format = self.settings.format.unwrap_or(Format::Iso);
        let on_screen = self.settings.stamp_screen.is_some() || self.log.is_none();
        let on = match &self.log {
            Some(log) => log.format().is_none(),
            None => !self.stamping,
        };
        let format = on.then_some(format);
        if let Some(log) = &mut self.log {
            log.set_format(format);
        }
        if on_screen {
            self.screen.set_format(format);
            self.stamping = on;
        }
        if on {
            "lines are dated"
        } else {
            "lines are no longer dated"
        }
        .to_owned()
    }

    /// `~s`: how things stand, on one line.
    pub fn status(&self, now: Instant, core: &Status) -> String {
        let up = now.saturating_duration_since(self.started).as_secs();
        let (days, hours, minutes, seconds) = (up / 86_400, up / 3600 % 24, up / 60 % 60, up % 60);
        let mut parts = vec![match days {
            0 => format!("up {hours}:{minutes:02}:{seconds:02}"),
            _ => format!("up {days} d {hours}:{minutes:02}:{seconds:02}"),
        }];
        parts.push(core.round_trip.map_or_else(
            || "round trip unknown".to_owned(),
            |time| format!("round trip {:.1} ms", time.as_secs_f64() * 1000.0),
        ));
        parts.push(format!("{} late", core.late.max(self.tally.late)));
        parts.push(format!("{} lost", core.lost.max(self.tally.lost)));
        match self.tally.gaps {
            0 => {}
            1 => parts.push("1 gap".to_owned()),
            gaps => parts.push(format!("{gaps} gaps")),
        }
        if self.tally.sessions > 1 {
            parts.push(format!("session {}", self.tally.sessions));
        }
        parts.push(match (&self.log, &self.settings.log) {
            (Some(log), Some(settings)) => {
                let state = match (log.blocked(), log.is_on()) {
                    (0, true) => "",
                    (0, false) => " (off)",
                    (_, true) => " (it cannot be written at present)",
                    (_, false) => " (off, and it cannot be written at present)",
                };
                format!("log {} at {} bytes{state}", settings.file, log.length())
            }
            _ => "no log".to_owned(),
        });
        parts.join(", ")
    }

    /// The number that the next session of this run has.
    pub fn next_session(&self) -> u32 {
        self.tally.sessions.saturating_add(1)
    }

    /// The end: everything that waits is written, as far as that does not take for ever. What the log had to say
    /// about it, for standard error.
    pub fn close(mut self) -> Vec<String> {
        self.notify.stopping();
        let mut words = Vec::new();
        self.mark_gap(None);
        if let Some(log) = &mut self.log {
            log.close(CLOSE_PATIENCE);
        }
        while let Ok(news) = self.news.try_recv() {
            for ask in self.handle_news(news) {
                if let Ask::Notice(text) | Ask::Warning(text) = ask {
                    words.push(text);
                }
            }
        }
        self.events.drain(CLOSE_PATIENCE);
        words
    }
}

/// Milliseconds by which output may lag behind the last sign of life: what is lost is sent again for a while.
const SLACK: u64 = 10_000;

/// How long the end waits for a slow disk or reader.
const CLOSE_PATIENCE: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;

    fn data(text: &str, at: u64) -> Data {
        Data {
            at: Some(at),
            ..Data::from(text.as_bytes().to_vec())
        }
    }

    #[test]
    fn output_outside_of_the_window_is_not_shown() {
        let settings = Settings {
            since: Some(100),
            until: Some(200),
            ..Settings::default()
        };
        let mut sinks = Sinks::open(settings, Instant::now(), Ringer::default()).unwrap();
        assert_eq!(sinks.output(data("a", 99)), b"");
        assert_eq!(sinks.output(data("b", 100)), b"b");
        assert_eq!(sinks.output(data("c", 200)), b"");
    }

    #[test]
    fn the_console_wakes_at_the_earlier_of_for_and_until() {
        let now = Instant::now();
        let minute = now + Duration::from_secs(60);
        let settings = Settings {
            until: Some(clock::wall_clock() + 3_600_000),
            ends: Some(minute),
            ..Settings::default()
        };
        let sinks = Sinks::open(settings.clone(), now, Ringer::default()).unwrap();
        assert_eq!(sinks.due(now), Some(minute));
        assert!(!sinks.waits_in_vain(now) && sinks.waits_in_vain(minute));
        // An end that has passed is no time to wake at.
        let past = Settings {
            until: Some(1),
            ..settings
        };
        let sinks = Sinks::open(past, now, Ringer::default()).unwrap();
        assert_eq!(sinks.due(now), Some(minute));
        assert!(sinks.window_is_over(true) && !sinks.window_is_over(false));
    }

    #[test]
    fn reading_begins_with_the_window_and_goes_on_where_it_was() {
        let place = |offset| Some(log::Position { epoch: 1, offset });
        let bounds = |from| Bounds {
            from,
            ..Bounds::default()
        };
        let mut sinks =
            Sinks::open(Settings::default(), Instant::now(), Ringer::default()).unwrap();
        assert_eq!(sinks.enter(bounds(None)), None);
        assert_eq!(sinks.enter(bounds(place(10))), place(10));
        sinks.output(Data {
            position: place(10),
            ..data("abc", 5)
        });
        assert_eq!(sinks.enter(bounds(place(11))), place(13));
    }

    #[test]
    fn a_bmc_that_says_of_every_packet_that_it_dropped_output_fills_no_disk_with_events() {
        let template = std::env::temp_dir().join("steadysol-sinks-XXXXXX");
        let folder = nix::unistd::mkdtemp(&template).unwrap();
        let file = folder.join("events");
        let settings = Settings {
            events: Some(Target::File(file.clone())),
            ..Settings::default()
        };
        let now = Instant::now();
        let mut sinks = Sinks::open(settings, now, Ringer::default()).unwrap();
        let overrun = |at| Report::Gap {
            bytes: None,
            from: 0,
            to: clock::wall_clock(),
            at,
        };
        for _ in 0..1000 {
            sinks.report(&overrun(Place::Console));
        }
        assert!(sinks.due(now).is_some());
        sinks.tick(now + Duration::from_secs(61));
        sinks.report(&overrun(Place::Console));
        sinks.report(&Report::Closed {
            why: String::new(),
            failed: false,
        });
        assert_eq!(sinks.tally.gaps, 1001, "~s tells of all");
        sinks.close();
        let text = std::fs::read_to_string(file).unwrap();
        std::fs::remove_dir_all(folder).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 4, "{text}");
        assert!(lines[0].contains("\"gap\"") && !lines[0].contains("times"));
        assert!(lines[1].ends_with("\"times\":999}"), "{text}");
        assert!(lines[2].ends_with("\"times\":1}"), "{text}");
        assert!(lines[3].contains("\"closed\""), "{text}");
    }

    #[test]
    fn a_session_that_goes_on_under_another_id_is_known_by_that() {
        let mut sinks =
            Sinks::open(Settings::default(), Instant::now(), Ringer::default()).unwrap();
        sinks.session_renewed(9);
        assert_eq!(sinks.former(), None);
        let session = Former {
            id: 1,
            seen: Some([3; 14]),
        };
        sinks.session_is(session);
        sinks.session_renewed(2);
        assert_eq!(sinks.former(), Some(Former { id: 2, ..session }));
    }

    #[test]
    fn dates_come_and_go_on_the_screen_where_there_is_no_log() {
        let mut sinks = Sinks::open(
            Settings {
                format: Some(Format::Epoch),
                ..Settings::default()
            },
            Instant::now(),
            Ringer::default(),
        )
        .unwrap();
        assert_eq!(sinks.output(data("a\n", 1000)), b"a\n");
        assert!(sinks.toggle_timestamps().contains("are dated"));
        assert_eq!(sinks.output(data("a\n", 1000)), b"1.000 a\n");
        sinks.toggle_timestamps();
        assert_eq!(sinks.output(data("a\n", 1000)), b"a\n");
        assert!(sinks.toggle_log().contains("log=FILE"));
    }

    #[test]
    fn a_gap_begins_with_the_silence_and_not_before_the_last_output() {
        let mut sinks =
            Sinks::open(Settings::default(), Instant::now(), Ringer::default()).unwrap();
        assert_eq!(sinks.take_gap(), None);
        let begun = clock::wall_clock();
        sinks.session_lost(Duration::from_secs(90));
        sinks.session_lost(Duration::ZERO);
        let Some(Report::Gap { from, to, .. }) = sinks.take_gap() else {
            panic!("no gap");
        };
        assert!(from <= to && from.abs_diff(begun) < 5_000);
        assert_eq!(sinks.take_gap(), None);
    }

    #[test]
    fn a_gap_is_marked_between_the_dates_of_the_lines_that_stand_around_it() {
        let template = std::env::temp_dir().join("steadysol-sinks-XXXXXX");
        let folder = nix::unistd::mkdtemp(&template).unwrap();
        let file = folder.join("log");
        let settings = Settings {
            log: Some(log::Settings {
                file: file.to_str().unwrap().to_owned(),
                host: String::new(),
                timestamps: None,
                strip: false,
                rotate: None,
            }),
            ..Settings::default()
        };
        let mut sinks = Sinks::open(settings, Instant::now(), Ringer::default()).unwrap();
        let placed = |text: &str, at, epoch| Data {
            position: Some(log::Position { epoch, offset: 0 }),
            ..data(text, at)
        };
        let gap = |to| Report::Gap {
            bytes: None,
            from: 0,
            to,
            at: Place::Console,
        };
        sinks.output(placed("a\n", 20_000, 1));
        sinks.report(&gap(50_000));
        // Fetched, and older than the moment at which the gap was found.
        sinks.output(placed("b\n", 40_000, 2));
        sinks.report(&gap(60_000));
        // Another clock, or none.
        sinks.output(placed("c\n", 1_000, 3));
        sinks.report(&gap(70_000));
        sinks.close();
        let text = std::fs::read_to_string(file).unwrap();
        std::fs::remove_dir_all(folder).unwrap();
        let lines: Vec<&str> = text
            .lines()
            .map(|line| line.split_once("gap: ").map_or(line, |(_, gap)| gap))
            .collect();
        let gap = |from, to| {
            let (from, to) = (clock::iso(from), clock::iso(to));
            format!("output from {from} to {to} is missing, size unknown]")
        };
        assert_eq!(
            lines,
            [
                "a",
                &gap(20_000, 40_000),
                "b",
                &gap(40_000, 40_000),
                "c",
                &gap(1_000, 70_000)
            ]
        );
    }

    #[test]
    fn the_status_is_one_line_with_all_the_counts() {
        let now = Instant::now();
        let mut sinks = Sinks::open(Settings::default(), now, Ringer::default()).unwrap();
        sinks.report(&Report::Connected { session: 1 });
        sinks.report(&Report::Missed { sequence: 4 });
        let core = Status {
            round_trip: Some(Duration::from_micros(1500)),
            late: 3,
            lost: 0,
        };
        assert_eq!(
            sinks.status(now + Duration::from_secs(90_061), &core),
            "up 1 d 1:01:01, round trip 1.5 ms, 3 late, 1 lost, no log"
        );
        for told in ["1 lost, 1 gap, no log", "1 lost, 2 gaps, no log"] {
            sinks.report(&Report::Gap {
                bytes: None,
                from: 0,
                to: 1,
                at: Place::Console,
            });
            assert!(sinks.status(now, &core).ends_with(told));
        }
    }
}
