//! `log=FILE`: what the host printed, in a file. Only that, and marker lines in square brackets where output is
//! missing or the console was away.
//!
//! [`Log`] hands everything to a thread that writes, so that a slow or full disk never holds up the console.

use std::io;
use std::iter;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded, unbounded};

use super::bell::{Line, Ringer};
use super::clock;
use super::stop;

pub mod disk;
pub mod lines;
pub mod path;
pub mod position;
pub mod strip;
pub mod writer;

use disk::Disk;
pub use lines::{Format, Lines};
pub use position::{Former, Position};
use writer::{Medium, Writer};

/// What is wanted of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The file's name; see [`path`].
    pub file: String,
    /// The BMC's name, for `%h`.
    pub host: String,
    /// How lines are dated, if they are.
    pub timestamps: Option<Format>,
    /// Whether escapes and control characters are taken out.
    pub strip: bool,
    /// When the file is set aside.
    pub rotate: Option<Rotate>,
}

/// When a log is set aside and begun anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotate {
    /// Bytes.
    pub size: u64,
    /// How many old ones are kept, 1 to 999.
    pub keep: u32,
}

/// Output of the console, and when it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// As the host printed it.
    pub bytes: Vec<u8>,
    /// Milliseconds since 1970, by the BMC's clock where it tells, else by ours.
    pub at: u64,
    /// Where the first byte stands in the BMC's log, where it keeps one.
    pub position: Option<Position>,
}

/// Output that could not be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// How much.
    pub bytes: u64,
    /// When the first piece of it came, in milliseconds since 1970.
    pub first: u64,
    /// When the last piece came.
    pub last: u64,
    /// Where it begins in the BMC's log, where all of it lies in one stretch of that.
    pub from: Option<Position>,
    /// Where it ends there.
    pub to: Option<Position>,
}

impl Loss {
    fn of(chunk: &Chunk) -> Self {
        Self {
            bytes: chunk.bytes.len() as u64,
            first: chunk.at,
            last: chunk.at,
            from: chunk.position,
            to: chunk.position.map(|start| start.plus(chunk.bytes.len())),
        }
    }

    fn add(sum: &mut Option<Self>, next: Self) {
        match sum {
            None => *sum = Some(next),
            Some(sum) => {
                sum.bytes += next.bytes;
                sum.first = sum.first.min(next.first);
                sum.last = sum.last.max(next.last);
                if sum.to != next.from {
                    sum.from = None;
                }
                sum.to = next.to;
            }
        }
    }
}

/// What the writer is asked to do.
#[derive(Debug)]
pub enum Job {
    /// Write output.
    Output(Chunk),
    /// Write a marker line about something that happened at this time.
    Mark {
        /// What happened.
        text: String,
        /// Milliseconds since 1970.
        at: u64,
    },
    /// The same, where it is about nothing that is missing: a line of output that has begun is not torn for it.
    Note {
        /// What happened.
        text: String,
        /// Milliseconds since 1970.
        at: u64,
    },
    /// Output was lost on the way here.
    Lost(Loss),
    /// Open the file anew, if it was moved away or its name has changed.
    Reopen,
    /// Date lines in another way.
    Format(Option<Format>),
    /// Write on, or no more.
    On(bool),
    /// Whether the BMC can be asked again for what was lost.
    Refetch(bool),
    /// A piece of what was asked for by [`News::Missing`].
    Fill(Chunk),
    /// No further piece of it comes.
    Filled,
    /// Note what the BMC tells of the session.
    Session(Former),
    /// Say when all of this is done.
    Flush(Sender<()>),
}

/// What the writer tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// One line for the user.
    Notice(String),
    /// The same, about something that is wrong.
    Trouble(String),
    /// The same, about something that was wrong and is no longer.
    Mended(String),
    /// This is missing: answer with [`Log::fill`] and [`Log::filled`].
    Missing(Loss),
    /// This is missing for good, and was marked.
    Gap(Loss),
}

/// A log that is being written.
#[derive(Debug)]
pub struct Log {
    jobs: Option<Sender<Job>>,
    news: Receiver<News>,
    shared: Arc<Shared>,
    ended: Receiver<()>,
    resume: Option<Position>,
    former: Option<Former>,
    heard: Option<u64>,
    /// What came while too much waited.
    lost: Option<Loss>,
    on: bool,
    format: Option<Format>,
}

#[derive(Debug, Default)]
struct Shared {
    waiting: AtomicUsize,
    length: AtomicU64,
    /// Bytes that wait for a file which cannot be written.
    blocked: AtomicUsize,
}

impl Log {
    /// Opens the file and starts the thread, which rings for its news.
    ///
    /// # Errors
    ///
    /// One line that names the file and what is wrong with it.
    pub fn open(settings: &Settings, ringer: Ringer) -> Result<Self, String> {
        let disk = Disk::open(&settings.file, &settings.host, clock::wall_clock())?;
        Self::start(disk, settings, ringer)
            .map_err(|error| format!("Cannot start the log's thread: {error}"))
    }

    fn start(
        medium: impl Medium + Send + 'static,
        settings: &Settings,
        ringer: Ringer,
    ) -> io::Result<Self> {
        let resume = medium.committed().map(|committed| committed.position);
        let former = medium.session();
        let heard = medium.heard();
        let shared = Arc::new(Shared {
            length: AtomicU64::new(medium.length()),
            ..Shared::default()
        });
        let writer = Writer::new(medium, settings.timestamps, settings.strip, settings.rotate);
        let (jobs, queue) = unbounded();
        let (tell, news) = bounded(NEWS);
        let tell = Line::new(tell, ringer);
        let (end, ended) = bounded(0);
        let theirs = Arc::clone(&shared);
        stop::spawn_with_stack("log", STACK, move || {
            work(writer, &queue, &tell, &theirs);
            drop(end);
        })?;
        Ok(Self {
            jobs: Some(jobs),
            news,
            shared,
            ended,
            resume,
            former,
            heard,
            lost: None,
            on: true,
            format: settings.timestamps,
        })
    }

    // getters

    /// Where the file's text ends in the BMC's log, as an earlier run left it: from here on output is wanted again.
    pub fn resume_point(&self) -> Option<Position> {
        self.resume
    }

    /// The session of an earlier run that wrote to the file.
    pub fn former(&self) -> Option<Former> {
        self.former
    }

    /// When the last output came that an earlier run wrote to the file, in milliseconds since 1970; nothing where none
    /// did.
    pub fn heard(&self) -> Option<u64> {
        self.heard
    }

    /// Bytes of the file.
    pub fn length(&self) -> u64 {
        self.shared.length.load(Ordering::SeqCst)
    }

    /// Bytes that wait because the file cannot be written at present; 0 where it can.
    pub fn blocked(&self) -> usize {
        self.shared.blocked.load(Ordering::SeqCst)
    }

    /// Whether output is written at present.
    pub fn is_on(&self) -> bool {
        self.on
    }

    /// How lines are dated at present.
    pub fn format(&self) -> Option<Format> {
        self.format
    }

    /// Where the writer's news arrive.
    pub fn news(&self) -> &Receiver<News> {
        &self.news
    }

    // mutators

    /// Writes output.
    pub fn write(&mut self, chunk: Chunk) {
        if self.shared.waiting.load(Ordering::SeqCst) + chunk.bytes.len() > QUEUE_LIMIT {
            Loss::add(&mut self.lost, Loss::of(&chunk));
        } else {
            self.send(Job::Output(chunk));
        }
    }

    /// Writes a marker line about something that happened at `at`, in milliseconds since 1970.
    pub fn mark(&mut self, text: impl Into<String>, at: u64) {
        let text = text.into();
        if self.shared.waiting.load(Ordering::SeqCst) < 2 * QUEUE_LIMIT {
            self.send(Job::Mark { text, at });
        }
    }

    /// The same, about nothing that is missing: it waits a moment for the end of a line of output.
    pub fn note(&mut self, text: impl Into<String>, at: u64) {
        let text = text.into();
        if self.shared.waiting.load(Ordering::SeqCst) < 2 * QUEUE_LIMIT {
            self.send(Job::Note { text, at });
        }
    }

    /// Opens the file anew, if it was moved away or its name has changed.
    pub fn reopen(&mut self) {
        self.send(Job::Reopen);
    }

    /// Writes on, or no more.
    pub fn switch(&mut self, on: bool) {
        self.on = on;
        self.send(Job::On(on));
    }

    /// Dates lines in another way, or not at all.
    pub fn set_format(&mut self, format: Option<Format>) {
        self.format = format;
        self.send(Job::Format(format));
    }

    /// Says whether [`News::Missing`] can be answered.
    pub fn set_refetch(&mut self, can: bool) {
        self.send(Job::Refetch(can));
    }

    /// Notes, for a successor, what the BMC tells of the session.
    pub fn note_session(&mut self, session: Former) {
        self.send(Job::Session(session));
    }

    /// Answers [`News::Missing`] with a piece of what is missing, in order.
    pub fn fill(&mut self, chunk: Chunk) {
        self.send(Job::Fill(chunk));
    }

    /// Ends the answer to [`News::Missing`]; what did not come is marked.
    pub fn filled(&mut self) {
        self.send(Job::Filled);
    }

    /// Waits until all is written that can be, or `patience` is over. Whether it is.
    pub fn flush(&mut self, patience: Duration) -> bool {
        let (done, wait) = bounded(1);
        self.send(Job::Flush(done));
        wait.recv_timeout(patience).is_ok()
    }

    /// Writes what waits and ends the thread. What it had to say last is left in [`news`](Self::news).
    pub fn close(&mut self, patience: Duration) {
        if let Some(loss) = self.lost.take() {
            self.send(Job::Lost(loss));
        }
        self.jobs = None;
        // Never a message: it ends when the thread does.
        let _ = self.ended.recv_timeout(patience);
    }

    fn send(&mut self, job: Job) {
        let Some(jobs) = &self.jobs else {
            return;
        };
        let lost = self.lost.take().map(Job::Lost);
        for job in lost.into_iter().chain([job]) {
            self.shared
                .waiting
                .fetch_add(weight(&job), Ordering::SeqCst);
            // Without its thread nothing is written; that it panicked was said.
            let _ = jobs.send(job);
        }
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.close(CLOSE_PATIENCE);
    }
}

fn work(
    mut writer: Writer<impl Medium>,
    queue: &Receiver<Job>,
    tell: &Line<News>,
    shared: &Shared,
) {
    let mut looked = clock::wall_clock();
    loop {
        let now = clock::wall_clock();
        let due = writer.due().map(|due| due.saturating_sub(now));
        let next = match due {
            Some(due) => queue.recv_timeout(Duration::from_millis(due)),
            None => queue.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match next {
            Ok(job) => {
                let now = clock::wall_clock();
                // Only when there is something to write: a quiet console wakes nobody. The clock may be set back: then
                // it is time too.
                if now.abs_diff(looked) >= LOOK {
                    writer.refresh(now);
                    looked = now;
                }
                let jobs = iter::once(job).chain(queue.try_iter()).take(TOGETHER);
                let mut done = 0;
                writer.handle_all(jobs.inspect(|job| done += weight(job)), now);
                shared.waiting.fetch_sub(done, Ordering::SeqCst);
                // In a flood the next jobs are there after it, and nobody has to wake this thread.
                thread::sleep(APART);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        let now = clock::wall_clock();
        if writer.due().is_some_and(|due| due <= now) {
            writer.tick(now);
        }
        shared
            .length
            .store(writer.medium().length(), Ordering::SeqCst);
        shared.blocked.store(writer.blocked(), Ordering::SeqCst);
        report(&mut writer, tell);
    }
    writer.close(clock::wall_clock());
    shared
        .length
        .store(writer.medium().length(), Ordering::SeqCst);
    report(&mut writer, tell);
}

fn report(writer: &mut Writer<impl Medium>, tell: &Line<News>) {
    for news in writer.poll_news() {
        // Nobody listens: what is asked for cannot be answered, and the rest stands in the log.
        if !tell.try_send(news) {
            log::info!("log: more news than can be told");
        }
    }
}

fn weight(job: &Job) -> usize {
    match job {
        Job::Output(chunk) | Job::Fill(chunk) => chunk.bytes.len() + JOB,
        Job::Mark { text, .. } | Job::Note { text, .. } => text.len() + JOB,
        _ => JOB,
    }
}

/// Bytes of the thread's stack: finding and reading the time zone takes more than carrying bytes.
const STACK: usize = 1 << 20;

/// How often the file is looked for by its name, in milliseconds.
const LOOK: u64 = 5000;

/// Output that comes in pieces is written at most so often.
const APART: Duration = Duration::from_millis(10);

/// Jobs done before anybody is told how far the log is.
const TOGETHER: usize = 256;

/// Bytes that wait for the writer; what comes then is lost, and marked.
const QUEUE_LIMIT: usize = 8 << 20;

/// What a job weighs beside its bytes.
const JOB: usize = 64;

/// News that wait for the console's loop.
const NEWS: usize = 64;

/// How long the end waits for a slow disk.
const CLOSE_PATIENCE: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(file: &std::path::Path) -> Settings {
        Settings {
            file: file.display().to_string(),
            host: "bmc".to_owned(),
            timestamps: None,
            strip: false,
            rotate: None,
        }
    }

    fn chunk(text: &str) -> Chunk {
        Chunk {
            bytes: text.as_bytes().to_vec(),
            at: 0,
            position: None,
        }
    }

    #[test]
    fn what_is_written_stands_in_the_file_when_it_is_closed() {
        let folder =
            nix::unistd::mkdtemp(&std::env::temp_dir().join("steadysol-log-XXXXXX")).unwrap();
        let file = folder.join("x");
        let mut log = Log::open(&settings(&file), Ringer::default()).unwrap();
        for _ in 0..1000 {
            log.write(chunk("0123456789\n"));
        }
        assert!(log.flush(Duration::from_secs(10)));
        log.switch(false);
        log.write(chunk("not this\n"));
        log.switch(true);
        log.write(chunk("this\n"));
        log.close(Duration::from_secs(10));
        assert_eq!(log.length(), std::fs::metadata(&file).unwrap().len());
        let text = std::fs::read_to_string(&file).unwrap();
        assert_eq!(text.matches("0123456789\n").count(), 1000);
        assert!(
            text.ends_with("\nthis\n") && !text.contains("not this"),
            "{text}"
        );
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_full_disk_is_told_once_and_holds_up_nobody() {
        let mut log = Log::open(
            &settings(std::path::Path::new("/dev/full")),
            Ringer::default(),
        )
        .unwrap();
        for _ in 0..100 {
            log.write(chunk("x\n"));
        }
        let news = log.news().recv_timeout(Duration::from_secs(10)).unwrap();
        assert!(
            matches!(&news, News::Trouble(text) if text.contains("/dev/full")),
            "{news:?}"
        );
        assert!(log.flush(Duration::from_secs(10)));
        assert!(log.news().is_empty());
        assert_eq!(log.blocked(), 200);
    }
}
