//! What becomes of the output that is to stand in the log, whatever the disk does. No clock, no thread: times come in.

use std::collections::VecDeque;
use std::io;

use super::lines::{Format, Lines, marker};
use super::position::{Committed, Former, Position};
use super::{Chunk, Job, Loss, News, Rotate};
use crate::console::clock;

/// Where a log stands.
pub trait Medium {
    /// Writes some of the bytes at the end.
    ///
    /// # Errors
    ///
    /// As the system gave it; a full disk among others.
    fn append(&mut self, bytes: &[u8]) -> io::Result<usize>;
    /// Bytes of the file.
    fn length(&self) -> u64;
    /// Whether the file's last line has no end.
    fn ends_mid_line(&self) -> bool;
    /// The file's name, for notices.
    fn name(&self) -> String;
    /// Opens the file anew where it was moved away or has another name by now. Whether it did.
    ///
    /// # Errors
    ///
    /// Where that fails; the old file stays in use.
    fn refresh(&mut self, now: u64) -> io::Result<bool>;
    /// Sets the file aside and begins it anew.
    ///
    /// # Errors
    ///
    /// Where that fails; the old file stays in use.
    fn rotate(&mut self, keep: u32) -> io::Result<()>;
    /// Up to where the file is known to be complete.
    fn committed(&self) -> Option<Committed>;
    /// When the last output in the file came, in milliseconds since 1970 by our clock, where that is known.
    fn heard(&self) -> Option<u64> {
        None
    }
    /// Notes that all up to `position` is in the file, where that is known, and when the last of it came.
    ///
    /// # Errors
    ///
    /// As the system gave it.
    fn commit(&mut self, position: Option<Position>, heard: u64) -> io::Result<()>;
    /// The session of who wrote to the file last, where that is known.
    fn session(&self) -> Option<Former> {
        None
    }
    /// Notes the session of who writes.
    ///
    /// # Errors
    ///
    /// As the system gave it.
    fn note_session(&mut self, _session: Former) -> io::Result<()> {
        Ok(())
    }
    /// Takes away what stands behind so many bytes.
    ///
    /// # Errors
    ///
    /// As the system gave it.
    fn cut(&mut self, length: u64) -> io::Result<()>;
}

/// The log's state. Times are milliseconds since 1970.
#[derive(Debug)]
pub struct Writer<M> {
    medium: M,
    lines: Lines,
    rotate: Option<Rotate>,
    /// Whether the BMC can give again what was lost here.
    refetch: bool,
    on: bool,
    /// Formed, and not yet written.
    waiting: VecDeque<u8>,
    /// Whether more is on its way that can be written together with what waits.
    gathering: bool,
    /// Whether output has come that was not tried to be written yet.
    gathered: bool,
    /// Where the log will be complete when nothing waits any more.
    reached: Option<Position>,
    /// When the last output came that is written or waits, by our clock; and whether that is not noted yet.
    heard: Option<u64>,
    heard_more: bool,
    /// Markers from before it is known whether the file is to be cut.
    early: Option<Vec<String>>,
    /// Markers that wait for the end of the line, and until when.
    notes: Vec<String>,
    notes_until: u64,
    trouble: Option<Trouble>,
    lost: Option<Loss>,
    refill: Option<Refill>,
    /// Whether the user knows that the file cannot be opened anew.
    told_stuck: bool,
    told_position: bool,
    news: Vec<News>,
}

#[derive(Debug)]
struct Trouble {
    retry_at: u64,
}

/// Lost bytes that were asked for again.
#[derive(Debug)]
struct Refill {
    loss: Loss,
    came: u64,
    /// The disk was full once more: the rest of it is lost.
    broken: bool,
    until: u64,
    /// What came meanwhile.
    held: VecDeque<Chunk>,
    held_bytes: usize,
    lost: Option<Loss>,
}

impl<M: Medium> Writer<M> {
    /// A log that goes on where the file ends.
    pub fn new(medium: M, format: Option<Format>, strip: bool, rotate: Option<Rotate>) -> Self {
        let mut lines = Lines::new(format, strip);
        lines.set_mid_line(medium.ends_mid_line());
        let early = medium.committed().map(|_| Vec::new());
        Self {
            heard: medium.heard(),
            heard_more: false,
            medium,
            lines,
            rotate,
            refetch: false,
            on: true,
            waiting: VecDeque::new(),
            gathering: false,
            gathered: false,
            reached: None,
            early,
            notes: Vec::new(),
            notes_until: 0,
            trouble: None,
            lost: None,
            refill: None,
            told_stuck: false,
            told_position: false,
            news: Vec::new(),
        }
    }

    // getters

    /// When [`tick`](Self::tick) wants to be called; later does no harm.
    pub fn due(&self) -> Option<u64> {
        let retry = self.trouble.as_ref().map(|trouble| trouble.retry_at);
        let refill = self.refill.as_ref().map(|refill| refill.until);
        let notes = (!self.notes.is_empty()).then_some(self.notes_until);
        retry.into_iter().chain(refill).chain(notes).min()
    }

    /// The file.
    pub fn medium(&self) -> &M {
        &self.medium
    }

    /// Bytes that wait to be written.
    pub fn waiting(&self) -> usize {
        self.waiting.len() + self.refill.as_ref().map_or(0, |refill| refill.held_bytes)
    }

    /// The same while writing fails, else 0.
    pub fn blocked(&self) -> usize {
        self.trouble.as_ref().map_or(0, |_| self.waiting())
    }

    // handle

    /// Does one job.
    pub fn handle(&mut self, job: Job, now: u64) {
        match job {
            Job::Output(chunk) => self.output(chunk, now),
            Job::Mark { text, at } => self.mark(&text, at, now),
            Job::Note { text, at } => self.note(&text, at, now),
            Job::Lost(loss) => self.lose(loss, now),
            Job::Reopen => self.refresh(now),
            Job::Format(format) => self.lines.set_format(format),
            Job::On(on) => self.switch(on, now),
            Job::Refetch(can) => self.refetch = can,
            Job::Fill(chunk) => self.fill(chunk, now),
            Job::Filled => self.end_refill(now),
            Job::Session(session) => {
                if let Err(error) = self.medium.note_session(session) {
                    log::info!("cannot note the session: {error}");
                }
            }
            Job::Flush(done) => {
                self.flush(now);
                // Nobody may be waiting any more.
                let _ = done.send(());
            }
        }
    }

    /// Does several jobs, and writes their output together as far as that changes nothing in what is written.
    pub fn handle_all(&mut self, jobs: impl Iterator<Item = Job>, now: u64) {
        self.gathering = true;
        for job in jobs {
            self.handle(job, now);
        }
        self.gathering = false;
        if self.gathered {
            self.flush(now);
        }
    }

    /// Tries again what could not be done, once its time has come.
    pub fn tick(&mut self, now: u64) {
        if self
            .refill
            .as_ref()
            .is_some_and(|refill| refill.until <= now)
        {
            self.end_refill(now);
        }
        if self.notes_until <= now {
            self.put_notes();
        }
        self.flush(now);
    }

    /// Looks whether the file is where it was.
    pub fn refresh(&mut self, now: u64) {
        // A line that is being written is ended where it was begun.
        if self.trouble.is_some() || !self.waiting.is_empty() {
            return;
        }
        match self.medium.refresh(now) {
            Ok(false) => self.told_stuck = false,
            Ok(true) => {
                self.told_stuck = false;
                self.begun_anew();
                self.news.push(News::Notice(format!(
                    "the log goes on in {}",
                    self.medium.name()
                )));
            }
            Err(error) => self.stuck(&error),
        }
    }

    /// The end: what can be written is, and what cannot be is counted.
    pub fn close(&mut self, now: u64) {
        self.settle_early(false, now);
        self.end_refill(now);
        self.put_notes();
        if let Some(trouble) = &mut self.trouble {
            trouble.retry_at = now;
        }
        self.flush(now);
        if !self.waiting.is_empty() {
            let (bytes, name) = (self.waiting.len(), self.medium.name());
            self.news.push(News::Notice(format!(
                "{bytes} bytes could not be written to {name}"
            )));
        }
    }

    // poll

    /// What there is to tell.
    pub fn poll_news(&mut self) -> Vec<News> {
        std::mem::take(&mut self.news)
    }

    fn output(&mut self, chunk: Chunk, now: u64) {
        if !self.on {
            self.reached = None;
            return;
        }
        let resumes = self
            .medium
            .committed()
            .is_some_and(|committed| chunk.position == Some(committed.position));
        self.settle_early(resumes, now);
        self.admit(chunk, now);
    }

    /// Takes output that came while the log was on.
    fn admit(&mut self, chunk: Chunk, now: u64) {
        if let Some(refill) = &mut self.refill {
            refill.hold(chunk);
        } else if self.lost.is_some() || self.waiting.len() + chunk.bytes.len() > WAITING_LIMIT {
            Loss::add(&mut self.lost, Loss::of(&chunk));
            self.flush(now);
        } else {
            self.write(&chunk, now);
        }
    }

    fn write(&mut self, chunk: &Chunk, now: u64) {
        let passed = now.saturating_sub(chunk.at);
        // What was read back came long ago, or by another clock.
        let is_live = chunk.at <= now && passed < LONGEST_STALL;
        let mut place = chunk.position;
        for piece in self.pieces(&chunk.bytes) {
            let formed = self.lines.feed(piece, chunk.at);
            self.waiting.extend(formed);
            place = place.map(|place| place.plus(piece.len()));
            self.reached = place;
            self.heard = Some(if is_live { chunk.at } else { now });
            self.heard_more = true;
            if !self.lines.mid_line() {
                self.put_notes();
            }
            self.gathered = true;
            if !self.gathering || self.is_full() {
                self.flush(now);
            }
        }
    }

    /// Whether what waits is enough to be written, or to have the file set aside.
    fn is_full(&self) -> bool {
        let length = self.length();
        self.waiting.len() >= GATHERED || self.rotate.is_some_and(|rotate| length >= rotate.size)
    }

    /// Bytes that the file will have.
    fn length(&self) -> u64 {
        let waiting = self.waiting.len() as u64;
        self.medium.length().saturating_add(waiting)
    }

    /// The pieces in which output is written: lines, where something may come between them.
    fn pieces<'a>(&self, bytes: &'a [u8]) -> Vec<&'a [u8]> {
        let most = |rotate: &Rotate| {
            let formed = bytes.len().saturating_mul(MOST_DATED) as u64;
            self.length().saturating_add(formed) >= rotate.size
        };
        if !self.notes.is_empty() || self.rotate.as_ref().is_some_and(most) {
            bytes.split_inclusive(|byte| *byte == b'\n').collect()
        } else {
            vec![bytes]
        }
    }

    fn mark(&mut self, text: &str, at: u64, now: u64) {
        let line = marker(text, at);
        match &mut self.early {
            Some(early) if early.len() < EARLY_LIMIT => early.push(line),
            // A disk that is full for weeks gets no more.
            _ if self.waiting.len() > 2 * WAITING_LIMIT => {}
            _ => {
                self.put_line(&line);
                self.flush(now);
            }
        }
    }

    fn note(&mut self, text: &str, at: u64, now: u64) {
        let waits = self.early.is_none() && self.lines.mid_line();
        if !waits || self.notes.len() >= EARLY_LIMIT {
            return self.mark(text, at, now);
        }
        self.notes.push(marker(text, at));
        self.notes_until = now + NOTE_PATIENCE;
    }

    fn put_notes(&mut self) {
        for line in std::mem::take(&mut self.notes) {
            self.put_line(&line);
        }
    }

    fn put_line(&mut self, line: &str) {
        // What has waited comes before what has not.
        self.put_notes();
        if self.lines.mid_line() {
            self.waiting.push_back(b'\n');
            self.lines.set_mid_line(false);
        }
        self.waiting.extend(line.as_bytes());
    }

    /// It is known now whether the BMC goes on exactly where the file is known to be complete: then what stands
    /// behind that place was half written when the program was killed, and comes again.
    fn settle_early(&mut self, resumes: bool, now: u64) {
        let Some(early) = self.early.take() else {
            return;
        };
        if resumes
            && let Some(committed) = self.medium.committed()
            && committed.length < self.medium.length()
        {
            match self.medium.cut(committed.length) {
                Ok(()) => self.lines.set_mid_line(self.medium.ends_mid_line()),
                Err(error) => self.stuck(&error),
            }
        }
        for line in early {
            self.put_line(&line);
        }
        self.flush(now);
    }

    fn switch(&mut self, on: bool, now: u64) {
        if on != self.on {
            let text = if on {
                "the log goes on"
            } else {
                "the log is switched off"
            };
            self.on = true;
            self.mark(text, now, now);
            self.on = on;
        }
    }

    fn lose(&mut self, loss: Loss, now: u64) {
        match &mut self.refill {
            // It stands behind what came meanwhile.
            Some(refill) => Loss::add(&mut refill.lost, loss),
            None => Loss::add(&mut self.lost, loss),
        }
        self.flush(now);
    }

    fn fill(&mut self, chunk: Chunk, now: u64) {
        if let Some(refill) = &mut self.refill {
            refill.until = now + REFILL_PATIENCE;
            refill.broken |= self.waiting.len() + chunk.bytes.len() > WAITING_LIMIT;
            if !refill.broken {
                refill.came += chunk.bytes.len() as u64;
                self.write(&chunk, now);
            }
        }
    }

    fn end_refill(&mut self, now: u64) {
        let Some(refill) = self.refill.take() else {
            return;
        };
        let missing = refill.loss.bytes.saturating_sub(refill.came);
        if missing > 0 {
            self.mark_loss(
                &Loss {
                    bytes: missing,
                    ..refill.loss
                },
                now,
            );
        }
        for chunk in refill.held {
            self.admit(chunk, now);
        }
        if let Some(lost) = refill.lost {
            self.lose(lost, now);
        }
    }

    /// Writes what waits.
    fn flush(&mut self, now: u64) {
        self.gathered = false;
        if self
            .trouble
            .as_ref()
            .is_some_and(|trouble| now < trouble.retry_at)
        {
            return;
        }
        while !self.waiting.is_empty() {
            let (front, _) = self.waiting.as_slices();
            match self.medium.append(front) {
                Ok(0) => return self.fail(&io::ErrorKind::WriteZero.into(), now),
                Ok(written) => drop(self.waiting.drain(..written.min(self.waiting.len()))),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return self.fail(&error, now),
            }
        }
        if self.waiting.capacity() > KEPT_CAPACITY {
            self.waiting = VecDeque::new();
        }
        if self.trouble.take().is_some() {
            let name = self.medium.name();
            self.news
                .push(News::Mended(format!("{name} can be written again")));
        }
        let more = std::mem::take(&mut self.heard_more) || self.reached.is_some();
        if let Some(heard) = self.heard.filter(|_| more)
            && let Err(error) = self.medium.commit(self.reached, heard)
            && !std::mem::replace(&mut self.told_position, true)
        {
            let name = self.medium.name();
            self.news.push(News::Notice(format!(
                "cannot note how far {name} is complete: {error}"
            )));
        }
        if let Some(loss) = self.lost.take() {
            self.settle(loss, now);
        }
        self.rotate_if_due();
    }

    fn fail(&mut self, error: &io::Error, now: u64) {
        if self.trouble.is_none() {
            let name = self.medium.name();
            self.news.push(News::Trouble(format!(
                "cannot write {name}: {error}; up to {} MiB are kept until it can be, what is lost then will be marked",
                WAITING_LIMIT >> 20
            )));
        }
        self.trouble = Some(Trouble {
            retry_at: now + RETRY,
        });
    }

    /// The disk takes bytes again: what was lost meanwhile is asked for again, or marked.
    fn settle(&mut self, loss: Loss, now: u64) {
        if self.refetch && loss.from.is_some() {
            self.news.push(News::Missing(loss.clone()));
            self.refill = Some(Refill {
                loss,
                came: 0,
                broken: false,
                until: now + REFILL_PATIENCE,
                held: VecDeque::new(),
                held_bytes: 0,
                lost: None,
            });
        } else {
            self.mark_loss(&loss, now);
        }
    }

    fn mark_loss(&mut self, loss: &Loss, now: u64) {
        let text = format!(
            "gap: {} bytes of output from {} to {} could not be written",
            loss.bytes,
            clock::iso(loss.first),
            clock::iso(loss.last)
        );
        self.put_line(&marker(&text, now));
        self.news.push(News::Gap(loss.clone()));
        self.flush(now);
    }

    fn rotate_if_due(&mut self) {
        // Not while the end of the file may have to be taken away yet.
        let Some(Rotate { size, keep }) = self.rotate.filter(|_| self.early.is_none()) else {
            return;
        };
        let length = self.medium.length();
        let overdue = length >= size.saturating_add(LONGEST_LINE);
        if length < size || (self.lines.mid_line() && !overdue) {
            return;
        }
        match self.medium.rotate(keep) {
            Ok(()) => {
                self.told_stuck = false;
                self.begun_anew();
            }
            Err(error) => self.stuck(&error),
        }
    }

    fn begun_anew(&mut self) {
        self.lines.set_mid_line(self.medium.ends_mid_line());
        if let Some(heard) = self.heard {
            // Told when it first failed, if it does.
            let _ = self.medium.commit(self.reached, heard);
        }
    }

    fn stuck(&mut self, error: &io::Error) {
        if !std::mem::replace(&mut self.told_stuck, true) {
            let name = self.medium.name();
            self.news
                .push(News::Trouble(format!("cannot begin {name} anew: {error}")));
        }
    }
}

impl Refill {
    fn hold(&mut self, chunk: Chunk) {
        if self.lost.is_some() || self.held_bytes + chunk.bytes.len() > WAITING_LIMIT {
            Loss::add(&mut self.lost, Loss::of(&chunk));
        } else {
            self.held_bytes += chunk.bytes.len();
            self.held.push_back(chunk);
        }
    }
}

/// Bytes that wait for a disk that takes none.
const WAITING_LIMIT: usize = 4 << 20;

/// Bytes written at once, where so many come.
const GATHERED: usize = 32 * 1024;

/// An empty queue larger than this is given back.
const KEPT_CAPACITY: usize = 256 << 10;

/// Milliseconds between attempts to write to a disk that took none.
const RETRY: u64 = 1000;

/// Milliseconds that the BMC is given for the next piece of what was lost.
const REFILL_PATIENCE: u64 = 30_000;

/// A log is set aside at a line's end, unless no line ends within so many bytes.
const LONGEST_LINE: u64 = 64 << 10;

/// Milliseconds for which live output may wait for this thread.
const LONGEST_STALL: u64 = 60_000;

/// How many times longer dates make output at most: that of an empty line, and the LF.
const MOST_DATED: usize = 32;

/// Milliseconds for which a marker waits for the end of a line.
const NOTE_PATIENCE: u64 = 2000;

/// Markers that wait for the first output, or for the end of a line.
const EARLY_LIMIT: usize = 64;

#[cfg(test)]
#[path = "writer_tests.rs"]
mod tests;
