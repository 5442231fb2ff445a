//! Many seeds, and what came of them on each board, as a table; and how fast a quiet console is played.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use steadysol::proto::console::CloseReason;

use super::history::History;
use super::shrink::{self, Tally};
use super::world::{Broken, Outcome, World};
use crate::cpu;

/// What came of the consoles on one board, or on all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Row {
    /// How many were played.
    pub runs: u64,
    /// How long they lasted, in virtual time.
    pub lasted: Duration,
    /// How many opened.
    pub opened: u64,
    /// How many lived until the user ended them.
    pub lived: u64,
    /// How many the BMC ended, or another console's user.
    pub taken: u64,
    /// How many were given up after the limit of silence.
    pub dead: u64,
    /// How often a lost session was replaced.
    pub renewals: u64,
    /// Bytes of output shown.
    pub shown: u64,
    /// Characters typed.
    pub typed: u64,
    /// Datagrams, both ways.
    pub datagrams: u64,
    /// How many broke a promise.
    pub broken: u64,
}

impl Row {
    /// Adds what came of one history.
    pub fn add(&mut self, played: &Result<Outcome, Broken>) {
        self.runs += 1;
        let Ok(outcome) = played else {
            self.broken += 1;
            return;
        };
        self.lasted += outcome.lasted;
        self.opened += u64::from(outcome.opened.is_some());
        if let Some((_, reason)) = outcome.closed.as_ref().filter(|_| outcome.opened.is_some()) {
            match reason {
                CloseReason::User => self.lived += 1,
                CloseReason::Dead => self.dead += 1,
                _ => self.taken += 1,
            }
        }
        self.renewals += u64::from(outcome.renewals);
        self.shown += outcome.output.1;
        self.typed += outcome.typed as u64;
        self.datagrams += outcome.datagrams.0 + outcome.datagrams.1;
    }

    fn cells(&self) -> String {
        let hours = self.lasted.as_secs() / 3600;
        format!(
            "{} | {hours} | {} | {} | {} | {} | {} | {} | {} | {} | {}",
            self.runs,
            self.opened,
            self.lived,
            self.taken,
            self.dead,
            self.renewals,
            self.shown,
            self.typed,
            self.datagrams,
            self.broken
        )
    }
}

/// What came of many seeds.
#[derive(Debug)]
pub struct Soak {
    from: u64,
    count: u64,
    /// What came of them.
    pub tally: Tally,
    cpu: Duration,
    quiet: f64,
}

impl Soak {
    /// Plays the seeds `from..from + count` on every processor there is, after a quiet month on one.
    pub fn run(from: u64, count: u64) -> Self {
        let quiet = quiet_hours_per_minute();
        let begun = cpu::used();
        let tally = shrink::play_seeds(from, count);
        Self {
            from,
            count,
            tally,
            cpu: cpu::used().saturating_sub(begun),
            quiet,
        }
    }
}

/// Simulated hours of a console on which nothing happens, for a minute of CPU time.
///
/// # Panics
/// When a quiet console breaks a promise.
pub fn quiet_hours_per_minute() -> f64 {
    let begun = cpu::used();
    for seed in 0..QUIET_DAYS {
        let played = World::play(&History::quiet(seed, DAY));
        assert!(played.is_ok(), "a quiet day: {played:?}");
    }
    let minutes = cpu::used().saturating_sub(begun).as_secs_f64() / 60.0;
    QUIET_DAYS as f64 * 24.0 / minutes.max(1e-9)
}

impl fmt::Display for Soak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: &BTreeMap<&str, Row> = &self.tally.boards;
        let (minutes, until) = (self.cpu.as_secs_f64() / 60.0, self.from + self.count - 1);
        writeln!(
            f,
            "Seeds {} to {until}, {minutes:.1} minutes of CPU time. A quiet console: {:.0} simulated hours for a minute of \
             CPU time.\n",
            self.from, self.quiet
        )?;
        writeln!(
            f,
            "| board | runs | simulated hours | opened | lived to the end | ended or taken by others | given up | sessions \
             renewed | bytes shown | characters typed | datagrams | promises broken |"
        )?;
        writeln!(f, "|{}", " --- |".repeat(12))?;
        for (board, row) in rows {
            writeln!(f, "| {board} | {} |", row.cells())?;
        }
        writeln!(f, "| **all** | {} |", self.tally.all.cells())?;
        for line in self.tally.lines.values() {
            write!(f, "\n- {line}")?;
        }
        writeln!(f)?;
        for found in &self.tally.found {
            write!(f, "\n```\n{found}\n```\n")?;
        }
        Ok(())
    }
}

const DAY: Duration = Duration::from_secs(86_400);
const QUIET_DAYS: u64 = 30;
