//! A console log through its worst days: output in any pieces, dates, rotation, a full disk, a file moved away, kills in
//! the middle of a write. What the host printed stands in the files once, in order, but for what was told to be missing.

use steadysol::console::log::position::{Former, Position};
use steadysol::console::log::writer::{Medium, Writer};
use steadysol::console::log::{Chunk, Format, Job, Loss, News, Rotate};

use super::Bytes;
use super::platter::{Folder, Platter};

/// The first bytes say how the log is kept, the rest what happens to it.
pub fn run(input: &[u8]) {
    let mut bytes = Bytes(input);
    let how = bytes.byte().unwrap_or(0);
    let size = u64::from(bytes.byte().unwrap_or(0)) + 1;
    let mut day = Day::new(Kept {
        format: format(how),
        strip: how & 8 != 0,
        rotate: (how & 16 != 0).then_some(Rotate { size, keep: 2 }),
    });
    for _ in 0..MOST_STEPS {
        let (Some(step), Some(number)) = (bytes.byte(), bytes.byte()) else {
            break;
        };
        day.step(step, number);
    }
    day.end();
}

/// How a log is kept.
#[derive(Clone, Copy)]
struct Kept {
    format: Option<Format>,
    strip: bool,
    rotate: Option<Rotate>,
}

struct Day {
    folder: Folder,
    kept: Kept,
    /// Nothing between its death and its successor, who finds the file unlocked.
    alive: Option<Writer<Platter>>,
    now: u64,
    /// Where the host's next byte stands in the BMC's log, and how far that ever was.
    printed: usize,
    most: usize,
    /// What has to stand in the files, line ends aside.
    expected: Vec<u8>,
    /// Output was lost on its way: now only the order is known.
    lossy: bool,
    /// How much of `expected` comes before each byte of the BMC's log.
    places: Vec<usize>,
    /// Whether the next output goes on where the BMC's log is known to be in the file.
    resumes: bool,
    on: bool,
    missing: Option<Loss>,
    tally: Option<Tally>,
}

/// How much was handed to the writer, as long as it lives: in all, and line ends aside; and how much it told to be missing.
#[derive(Default)]
struct Tally {
    bytes: u64,
    marks: u64,
    told: u64,
}

impl Day {
    fn new(kept: Kept) -> Self {
        let folder = Folder::new();
        Self {
            alive: Some(kept.writer(&folder)),
            folder,
            kept,
            now: 1_700_000_000_000,
            printed: 0,
            most: 0,
            expected: Vec::new(),
            lossy: false,
            places: Vec::new(),
            resumes: false,
            on: true,
            missing: None,
            tally: Some(Tally::default()),
        }
    }

    fn step(&mut self, step: u8, number: u8) {
        let high = step & 0x80 != 0;
        let resumed = self.resumes;
        match step % 16 {
            // Who takes up where a dead one ended begins with output from there.
            8 | 10 | 11 if self.resumes => {}
            0..4 => {
                let chunk = self.print(usize::from(number % 64), !high);
                self.job(Job::Output(chunk));
            }
            4 => {
                let (text, at) = ("away".to_owned(), self.now);
                self.job(if high {
                    Job::Note { text, at }
                } else {
                    Job::Mark { text, at }
                });
            }
            5 => {
                self.now += u64::from(number) * 200;
                let now = self.now;
                self.writer().tick(now);
                self.hear();
            }
            6 => self.folder.faults().room = number.into(),
            7 => {
                self.folder.faults().room = usize::MAX;
                self.folder.faults().largest = usize::from(number).max(1);
            }
            8 => {
                self.folder.move_away();
                self.job(Job::Reopen);
            }
            9 => self.job(Job::Format(format(number))),
            10 => {
                self.on = high;
                self.job(Job::On(high));
            }
            11 => self.lose(usize::from(number)),
            12 => self.refill(number),
            13 => {
                let seen = Some([number; 14]);
                self.job(Job::Session(Former { id: 7, seen }));
                self.job(Job::Refetch(high));
            }
            14 => self.several(number),
            _ => self.folder.faults().kill_in(number % 8),
        }
        if self.folder.faults().dead {
            // It may have died before it took away what was half written.
            self.resumes = resumed;
            self.revive(high);
        }
    }

    /// Several jobs at once, as a busy console gives them.
    fn several(&mut self, number: u8) {
        let jobs: Vec<Job> = (0..number % 8)
            .map(|index| match index {
                3 => Job::Mark {
                    text: "away".to_owned(),
                    at: self.now,
                },
                _ => Job::Output(self.print(usize::from(number / 8), true)),
            })
            .collect();
        let now = self.now;
        self.writer().handle_all(jobs.into_iter(), now);
        self.hear();
    }

    /// The host prints so much.
    fn print(&mut self, length: usize, placed: bool) -> Chunk {
        let start = self.printed;
        let bytes: Vec<u8> = (start..start + length).map(symbol).collect();
        for byte in &bytes {
            self.places.push(self.expected.len());
            if self.on && is_mark(*byte) {
                self.expected.push(*byte);
            }
        }
        if let Some(tally) = self.tally.as_mut().filter(|_| self.on) {
            tally.bytes += bytes.len() as u64;
            tally.marks += bytes.iter().filter(|byte| is_mark(**byte)).count() as u64;
        }
        self.went_to(start + length);
        let placed = std::mem::take(&mut self.resumes) || placed;
        Chunk {
            bytes,
            at: self.now,
            position: placed.then(|| position(start)),
        }
    }

    fn writer(&mut self) -> &mut Writer<Platter> {
        self.alive.as_mut().expect("there is one between two steps")
    }

    fn went_to(&mut self, printed: usize) {
        self.printed = printed;
        self.most = self.most.max(printed);
    }

    fn job(&mut self, job: Job) {
        let now = self.now;
        self.writer().handle(job, now);
        self.hear();
    }

    fn hear(&mut self) {
        for news in self.writer().poll_news() {
            match news {
                News::Missing(loss) => self.missing = Some(loss),
                News::Gap(loss) => {
                    if let Some(tally) = &mut self.tally {
                        tally.told += loss.bytes;
                    }
                }
                News::Notice(text) | News::Trouble(text) | News::Mended(text) => {
                    assert_eq!(text.lines().count(), 1, "{text}");
                }
            }
        }
    }

    /// So much did not get as far as the writer.
    fn lose(&mut self, length: usize) {
        let was_on = std::mem::replace(&mut self.on, true);
        let chunk = self.print(length, true);
        (self.on, self.lossy) = (was_on, true);
        self.job(Job::Lost(Loss {
            bytes: chunk.bytes.len() as u64,
            first: self.now,
            last: self.now,
            from: chunk.position,
            to: Some(position(self.printed)),
        }));
    }

    /// The BMC gives again, in pieces, what is missing, or the first part of it.
    fn refill(&mut self, number: u8) {
        let Some(Loss {
            from: Some(from),
            bytes,
            ..
        }) = self.missing.take()
        else {
            return;
        };
        let start = from.offset as usize;
        let length = bytes as usize * usize::from(number % 5).min(4) / 4;
        let all: Vec<u8> = (start..start + length).map(symbol).collect();
        let mut from = start;
        for piece in all.chunks(usize::from(number / 5).max(1)) {
            let chunk = Chunk {
                bytes: piece.to_vec(),
                at: self.now,
                position: Some(position(from)),
            };
            from += piece.len();
            self.job(Job::Fill(chunk));
        }
        if number & 0x80 == 0 {
            self.job(Job::Filled);
        }
    }

    /// The program was killed; its successor goes on where the file is known to be complete, or with what comes.
    fn revive(&mut self, resumes: bool) {
        self.check();
        self.folder.faults().revive();
        self.alive = None;
        self.alive = Some(self.kept.writer(&self.folder));
        (self.on, self.missing, self.tally, self.resumes) = (true, None, None, false);
        let found = self.folder.text(is_mark);
        let committed = self.writer().medium().committed();
        if let Some(committed) = committed.filter(|_| resumes) {
            let offset = committed.position.offset as usize;
            assert!(offset <= self.most, "what was never printed is in the file");
            let place = self.places.get(offset).copied();
            let place = place.unwrap_or(self.expected.len());
            assert!(
                self.lossy || place <= found.len(),
                "not all that is known to be in the file"
            );
            self.expected.truncate(place);
            self.places.truncate(offset);
            (self.printed, self.resumes) = (offset, true);
        } else {
            // The host has not waited.
            self.places.resize(self.most, self.expected.len());
            for place in &mut self.places {
                *place = found.len().min(*place);
            }
            (self.expected, self.printed) = (found, self.most);
        }
    }

    /// What has been written is the beginning of what is to be.
    fn check(&self) {
        let found = self.folder.text(is_mark);
        if self.lossy {
            let mut printed = (0..self.most).map(symbol);
            let in_order = found.iter().all(|byte| printed.any(|next| next == *byte));
            assert!(in_order, "out of order");
        } else if !self.resumes {
            assert!(self.expected.starts_with(&found), "not what was printed");
        }
        for file in self.folder.files() {
            let marks = file.iter().enumerate().filter(|(_, byte)| **byte == b'[');
            for (at, _) in marks {
                let before = at.checked_sub(1).and_then(|before| file.get(before));
                assert!(
                    before.is_none_or(|byte| *byte == b'\n'),
                    "a marker in a line"
                );
            }
        }
    }

    /// The disk has room again, and whatever waits is written.
    fn end(mut self) {
        if self.folder.faults().dead {
            self.revive(false);
        }
        self.folder.faults().revive();
        self.folder.faults().room = usize::MAX;
        self.now += 60_000;
        let now = self.now;
        self.writer().tick(now);
        self.hear();
        let now = self.now;
        self.writer().close(now);
        self.hear();
        assert_eq!(self.writer().waiting(), 0);
        self.check();
        let found = self.folder.text(is_mark);
        if !self.lossy && !self.resumes {
            assert_eq!(found, self.expected, "not all that was printed");
        }
        if let Some(tally) = self.tally {
            let accounted = found.len() as u64 + tally.told;
            assert!(
                (tally.marks..=tally.bytes).contains(&accounted),
                "{accounted} of {} to {} bytes are accounted for",
                tally.marks,
                tally.bytes
            );
        }
    }
}

impl Kept {
    fn writer(self, folder: &Folder) -> Writer<Platter> {
        Writer::new(folder.open(), self.format, self.strip, self.rotate)
    }
}

fn format(how: u8) -> Option<Format> {
    match how % 8 {
        0 => Some(Format::Iso),
        1 => Some(Format::Epoch),
        2 => Some(Format::Relative),
        3 => Some(Format::Delta),
        _ => None,
    }
}

fn position(offset: usize) -> Position {
    Position {
        epoch: 5,
        offset: offset as u64,
    }
}

/// The host's output: lines of bytes that stand in no date and no marker, and that no filter takes out.
fn symbol(at: usize) -> u8 {
    match at % 11 {
        5 => b'\n',
        _ => FIRST_MARK + (at % 61) as u8,
    }
}

fn is_mark(byte: u8) -> bool {
    byte >= FIRST_MARK
}

const FIRST_MARK: u8 = 0xc3;
const MOST_STEPS: usize = 300;
