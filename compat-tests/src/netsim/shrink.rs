//! Many seeds, and the smallest history that still fails.

use std::collections::BTreeMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::history::History;
use super::soak::Row;
use super::world::{Broken, Outcome, World};

/// A history that breaks what must hold.
#[derive(Debug, Clone)]
pub struct Found {
    /// The history, as small as it could be made.
    pub history: History,
    /// What does not hold in it.
    pub broken: Broken,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.history)?;
        write!(
            f,
            "  {:8.3} s: {}",
            self.broken.at.as_secs_f64(),
            self.broken.what
        )
    }
}

/// What came of many seeds.
#[derive(Debug, Default)]
pub struct Tally {
    /// On all boards.
    pub all: Row,
    /// On each.
    pub boards: BTreeMap<&'static str, Row>,
    /// A few of those that broke a promise, shrunk.
    pub found: Vec<Found>,
    /// Many of them, in a line each: two ranges can be compared.
    pub lines: BTreeMap<u64, String>,
}

/// Plays a history; a panic counts as broken.
///
/// # Errors
///
/// What did not hold, and when.
pub fn play(history: &History) -> Result<Outcome, Broken> {
    catch_unwind(AssertUnwindSafe(|| World::play(history))).unwrap_or_else(|panic| {
        let text = panic
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned()));
        Err(Broken {
            at: history.lasts,
            what: format!("panic: {}", text.unwrap_or_default()),
        })
    })
}

/// Leaves out whatever can be left out of a history that is broken.
pub fn shrink(mut history: History, mut broken: Broken) -> Found {
    loop {
        let smaller = (0..history.deeds.len()).find_map(|at| {
            let mut smaller = history.clone();
            smaller.deeds.remove(at);
            play(&smaller).err().map(|broken| (smaller, broken))
        });
        match smaller {
            Some(next) => (history, broken) = next,
            None => return Found { history, broken },
        }
    }
}

/// Plays the seeds `from..from + count` on every processor there is.
pub fn play_seeds(from: u64, count: u64) -> Tally {
    let next = AtomicU64::new(from);
    let tally = Mutex::new(Tally::default());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= from + count {
                        break;
                    }
                    let history = History::of_seed(seed);
                    let board = history.setting.board;
                    let played = play(&history);
                    let known = lock(&tally).found.len();
                    let found = match &played {
                        Err(broken) if known < MOST_FOUND => Some(shrink(history, broken.clone())),
                        _ => None,
                    };
                    lock(&tally).add(seed, board, &played, found);
                }
            });
        }
    });
    tally.into_inner().unwrap_or_else(PoisonError::into_inner)
}

impl Tally {
    fn add(
        &mut self,
        seed: u64,
        board: &'static str,
        played: &Result<Outcome, Broken>,
        found: Option<Found>,
    ) {
        if let Err(broken) = played
            && self.lines.len() < MOST_LINES
        {
            self.lines
                .insert(seed, format!("seed {seed} ({board}): {}", broken.what));
        }
        self.all.add(played);
        self.boards.entry(board).or_default().add(played);
        self.found.extend(found);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = &self.all;
        write!(
            f,
            "{} runs: {} opened, {} lived to the end, {} sessions renewed, {} bytes shown, {} typed, {} datagrams; {} broken",
            all.runs,
            all.opened,
            all.lived,
            all.renewals,
            all.shown,
            all.typed,
            all.datagrams,
            all.broken
        )?;
        for found in &self.found {
            write!(f, "\n\n{found}")?;
        }
        Ok(())
    }
}

fn lock(tally: &Mutex<Tally>) -> std::sync::MutexGuard<'_, Tally> {
    tally.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Histories that are shrunk and shown at most.
const MOST_FOUND: usize = 24;

/// Histories that are listed at most.
const MOST_LINES: usize = 1000;
