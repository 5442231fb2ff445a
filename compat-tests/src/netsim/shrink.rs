//! Many seeds, and the smallest history that still fails.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use steadysol::proto::console::CloseReason;

use super::history::History;
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
    /// How many ran.
    pub runs: u64,
    /// How many consoles opened.
    pub opened: u64,
    /// How many lived until the user ended them.
    pub lived: u64,
    /// How often a lost session was replaced.
    pub renewals: u64,
    /// Bytes of output shown.
    pub shown: u64,
    /// Characters typed.
    pub typed: u64,
    /// Datagrams, both ways.
    pub datagrams: u64,
    /// How many broke what must hold.
    pub broken: u64,
    /// A few of those, shrunk.
    pub found: Vec<Found>,
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
                    let played = play(&history);
                    let known = lock(&tally).found.len();
                    let found = match &played {
                        Err(broken) if known < MOST_FOUND => Some(shrink(history, broken.clone())),
                        _ => None,
                    };
                    lock(&tally).add(&played, found);
                }
            });
        }
    });
    tally.into_inner().unwrap_or_else(PoisonError::into_inner)
}

impl Tally {
    fn add(&mut self, played: &Result<Outcome, Broken>, found: Option<Found>) {
        self.runs += 1;
        self.found.extend(found);
        let Ok(outcome) = played else {
            self.broken += 1;
            return;
        };
        self.opened += u64::from(outcome.opened.is_some());
        let user = matches!(outcome.closed, Some((_, CloseReason::User)));
        self.lived += u64::from(user);
        self.renewals += u64::from(outcome.renewals);
        self.shown += outcome.output.1;
        self.typed += outcome.typed as u64;
        self.datagrams += outcome.datagrams.0 + outcome.datagrams.1;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} runs: {} opened, {} lived to the end, {} sessions renewed, {} bytes shown, {} typed, {} datagrams; {} broken",
            self.runs,
            self.opened,
            self.lived,
            self.renewals,
            self.shown,
            self.typed,
            self.datagrams,
            self.broken
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
