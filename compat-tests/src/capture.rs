//! `sol capture` at work on a file, a host that says numbered lines at known times, and what became of them in the log.

use std::io::{Read, Seek, SeekFrom};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use nix::sys::signal::Signal;

use crate::accounting;
use crate::client::{Input, Piped, wait_until};
use crate::rig::{ENVIRONMENT, Who, arguments};
use crate::serial::{Serial, Speaker};

/// A log file in the making.
#[derive(Debug, Clone)]
pub struct LogFile(PathBuf);

impl LogFile {
    /// One of this name.
    pub fn at(path: impl AsRef<Path>) -> Self {
        Self(path.as_ref().to_owned())
    }

    /// Its name.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The word that asks for it.
    pub fn word(&self) -> String {
        format!("log={}", self.0.display())
    }

    /// All of it; nothing while there is none.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.0).unwrap_or_default()).into_owned()
    }

    /// How many bytes it has.
    pub fn length(&self) -> u64 {
        std::fs::metadata(&self.0).map_or(0, |metadata| metadata.len())
    }

    /// The highest number among the last lines.
    pub fn last(&self) -> Option<usize> {
        let mut file = std::fs::File::open(&self.0).ok()?;
        let length = file.metadata().ok()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))
            .ok()?;
        let mut tail = Vec::new();
        file.read_to_end(&mut tail).ok()?;
        let tail = String::from_utf8_lossy(&tail).into_owned();
        tail.lines().filter_map(number).max()
    }

    /// Waits until line `n` stands in it, or a later one.
    pub fn reaches(&self, n: usize, limit: Duration) -> bool {
        wait_until(limit, || self.last().is_some_and(|last| last >= n))
    }
}

/// `sol capture` through `address`, with the log and further words.
pub fn capture(address: SocketAddr, log: &LogFile, words: &[&str]) -> Piped {
    let log = log.word();
    let words = [&["sol", "capture", &log], words].concat();
    Piped::start(
        &Who::Ours.program(),
        &arguments(address, &words),
        &ENVIRONMENT,
        Input::Null,
    )
}

/// The same, where no file may grow beyond so many bytes (a multiple of 512) until [`lift`] is called: what a full disk
/// is to a writer.
pub fn capture_on_full_disk(
    address: SocketAddr,
    log: &LogFile,
    words: &[&str],
    bytes: u64,
) -> Piped {
    let log = log.word();
    let words = [&["sol", "capture", &log], words].concat();
    let program = Who::Ours.program().display().to_string();
    let script = format!("ulimit -S -f {}; exec \"$0\" \"$@\"", bytes / 512);
    let head = ["-c".to_owned(), script, program];
    let all: Vec<String> = head.into_iter().chain(arguments(address, &words)).collect();
    Piped::start(Path::new("/bin/sh"), &all, &ENVIRONMENT, Input::Null)
}

/// Lets files grow as they like.
///
/// # Panics
/// When the system does not let us.
pub fn lift(process: &Piped) {
    let done = std::process::Command::new("prlimit")
        .args(["--pid", &process.pid().to_string(), "--fsize=unlimited:"])
        .status()
        .expect("prlimit, of util-linux");
    assert!(done.success());
}

/// Ends a client as a power cut does.
pub fn kill(mut process: Piped) {
    process.signal(Signal::SIGKILL);
    let _ = process.wait(Duration::from_secs(10));
}

/// A machine that says numbered lines on its serial port, and when it said them.
#[derive(Debug)]
pub struct Host {
    speaker: Speaker,
    times: Arc<Mutex<Vec<u64>>>,
    said: Arc<AtomicUsize>,
}

impl Host {
    /// One that is silent. `serial`: the port of its BMC.
    pub fn on(serial: &Serial) -> Self {
        Self {
            speaker: serial.speaker(),
            times: Arc::default(),
            said: Arc::default(),
        }
    }

    /// Says lines up to number `to` (exclusive), so many a second, from a thread of its own.
    pub fn start(&self, to: usize, a_second: usize) {
        let (speaker, times, said) = (
            self.speaker.clone(),
            Arc::clone(&self.times),
            Arc::clone(&self.said),
        );
        let batch = (a_second / BATCHES).max(1);
        std::thread::spawn(move || {
            while said.load(Ordering::SeqCst) < to {
                let from = said.load(Ordering::SeqCst);
                let text: String = (from..(from + batch).min(to)).map(short_line).collect();
                let now = wall_clock();
                times
                    .lock()
                    .unwrap()
                    .extend((from..(from + batch).min(to)).map(|_| now));
                speaker.say(text.as_bytes());
                said.store((from + batch).min(to), Ordering::SeqCst);
                std::thread::sleep(Duration::from_secs(1) / u32::try_from(BATCHES).unwrap_or(1));
            }
        });
    }

    /// How many lines it has said.
    pub fn said(&self) -> usize {
        self.said.load(Ordering::SeqCst)
    }

    /// Waits until it has said so many.
    pub fn has_said(&self, lines: usize, limit: Duration) -> bool {
        wait_until(limit, || self.said() >= lines)
    }

    /// When it said each, in milliseconds since 1970.
    pub fn times(&self) -> Vec<u64> {
        self.times.lock().unwrap().clone()
    }
}

/// Line number `n` with a checksum: shorter than [`accounting::line`], so that many are not much.
pub fn short_line(n: usize) -> String {
    let line = accounting::line(n);
    let (head, _) = line.split_at(HEAD);
    format!("{head}\r\n")
}

/// The number of a whole and unharmed [`short_line`].
fn number(line: &str) -> Option<usize> {
    let line = line.trim_end();
    let n = line.strip_prefix('#')?.get(..6)?.parse().ok()?;
    (short_line(n).trim_end() == line).then_some(n)
}

/// What a log says about itself and about the lines `0..said` of a host.
#[derive(Debug, Default)]
pub struct Account {
    /// Lines that stand in it, in its order.
    pub lines: Vec<usize>,
    /// Ranges of numbers that it lacks, with the markers that stand there.
    pub missing: Vec<(std::ops::Range<usize>, Vec<Marker>)>,
    /// Pieces of lines.
    pub pieces: Vec<Piece>,
    /// Every marker.
    pub markers: Vec<Marker>,
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// What there is of it.
    pub text: String,
    /// Whether a marker stands right before or behind it.
    pub at_gap: bool,
}

/// A marker of a gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker {
    /// As it stands there.
    pub text: String,
    /// From when to when output is missing, in milliseconds since 1970.
    pub span: Option<(u64, u64)>,
}

/// Accounts for lines `0..said` in a log.
pub fn account(text: &str, said: usize) -> Account {
    let mut account = Account::default();
    let mut next = 0;
    let mut here = Vec::new();
    let (mut after_marker, mut piece_was_last) = (false, false);
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        if line.starts_with("[steadysol ") {
            let marker = Marker {
                text: line.to_owned(),
                span: span(line),
            };
            account.markers.push(marker.clone());
            here.push(marker);
            if let Some(piece) = account.pieces.last_mut() {
                piece.at_gap |= piece_was_last;
            }
        } else if let Some(n) = number(line) {
            if n > next {
                account.missing.push((next..n, std::mem::take(&mut here)));
            }
            here.clear();
            next = n.max(next) + 1;
            account.lines.push(n);
        } else {
            account.pieces.push(Piece {
                text: line.to_owned(),
                at_gap: after_marker,
            });
        }
        after_marker = line.starts_with("[steadysol ");
        piece_was_last = !after_marker && number(line).is_none();
    }
    if next < said {
        account.missing.push((next..said, here));
    }
    account
}

impl Account {
    /// Whether every line stands in it once and in order, and nothing else but markers.
    pub fn is_complete(&self, said: usize) -> bool {
        self.missing.is_empty() && self.pieces.is_empty() && self.lines.len() == said
    }

    /// Numbers that stand behind the same or a higher one.
    pub fn repeated(&self) -> Vec<usize> {
        let pairs = self.lines.windows(2);
        pairs
            .filter(|pair| pair[1] <= pair[0])
            .map(|pair| pair[1])
            .collect()
    }

    /// Missing ranges that no marker stands for, whose span holds the times when their lines were said, give or take
    /// `slack` milliseconds.
    pub fn unmarked(
        &self,
        times: &[u64],
        slack: u64,
    ) -> Vec<&(std::ops::Range<usize>, Vec<Marker>)> {
        let covered = |range: &std::ops::Range<usize>, markers: &[Marker]| {
            let spans: Vec<(u64, u64)> = markers.iter().filter_map(|marker| marker.span).collect();
            let times = times.get(range.clone()).unwrap_or_default();
            times.iter().all(|time| {
                spans
                    .iter()
                    .any(|(from, to)| (from.saturating_sub(slack)..=to + slack).contains(time))
            })
        };
        self.missing
            .iter()
            .filter(|(range, markers)| !covered(range, markers))
            .collect()
    }

    /// A few words, however much there is.
    pub fn summary(&self) -> String {
        let missing: Vec<String> = self
            .missing
            .iter()
            .take(10)
            .map(|(range, markers)| format!("{range:?} {markers:?}"))
            .collect();
        let repeated = self.repeated();
        format!(
            "{} lines; {} ranges missing: {missing:#?}; {} repeated: {:?}; {} pieces: {:?}; markers: {:#?}",
            self.lines.len(),
            self.missing.len(),
            repeated.len(),
            &repeated[..repeated.len().min(10)],
            self.pieces.len(),
            &self.pieces[..self.pieces.len().min(10)],
            self.markers
                .iter()
                .map(|marker| &marker.text)
                .take(40)
                .collect::<Vec<_>>(),
        )
    }
}

/// The two times of a gap's marker: `gap: … from T to T …`.
fn span(marker: &str) -> Option<(u64, u64)> {
    let (_, rest) = marker.split_once(": gap: ")?;
    let (_, rest) = rest.split_once(" from ")?;
    let (from, rest) = rest.split_once(" to ")?;
    let to = rest.split_whitespace().next()?;
    let time = |text: &str| match steadysol::cli::time::Moment::parse(text) {
        Ok(steadysol::cli::time::Moment::At(time)) => Some(time),
        _ => None,
    };
    Some((time(from)?, time(to.trim_end_matches([',', ']']))?))
}

/// Milliseconds since 1970.
pub fn wall_clock() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis() as u64)
}

/// Bytes of a short line without its end.
const HEAD: usize = 12;

/// How often a second a host speaks.
const BATCHES: usize = 100;

/// Bytes at a log's end that are looked at for its last number.
const TAIL: u64 = 8192;
