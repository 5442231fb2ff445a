//! One row for each command: who may run it (specification Appendix G), how long its data may be, what runs it.

use super::command::{Command, Outcome, Privilege, SYSTEM_INTERFACE, cc};
use super::machine::Machine;
use super::{app, chassis, dcmi, sensor, storage, transport};

/// Runs one command whose privilege and length have been checked against its [`Entry`].
pub type Handler = fn(&mut Machine, &Command) -> Outcome;

/// Who may run a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Anybody, even outside a session.
    Anyone,
    /// Sessions of at least this level.
    AtLeast(Privilege),
    /// Only the host itself, over the system interface ("S" in Appendix G).
    SystemInterface,
}

/// One command.
pub struct Entry {
    /// Request network function. For a group extension (2Ch) `group` says whose.
    pub netfn: u8,
    /// Command byte.
    pub cmd: u8,
    /// Appendix G.
    pub level: Level,
    /// Least number of data bytes (after the group byte).
    pub min: u8,
    /// Greatest number of data bytes.
    pub max: u8,
    /// The command's code.
    pub run: Handler,
}

impl Entry {
    /// A row; used by the chapters' tables.
    pub const fn new(netfn: u8, cmd: u8, level: Level, min: u8, max: u8, run: Handler) -> Self {
        Self {
            netfn,
            cmd,
            level,
            min,
            max,
            run,
        }
    }

    /// Whether a command of this row may be run as `c` asks.
    pub fn allows(&self, c: &Command) -> Result<(), u8> {
        let local = c.channel == SYSTEM_INTERFACE;
        let allowed = match self.level {
            Level::Anyone => true,
            Level::AtLeast(level) => local || c.privilege >= level,
            Level::SystemInterface => local,
        };
        if allowed { Ok(()) } else { Err(cc::PRIVILEGE) }
    }
}

/// Every row, chapter by chapter.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    let chapters = [
        app::TABLES,
        chassis::TABLES,
        sensor::TABLES,
        storage::TABLES,
        transport::TABLES,
        dcmi::TABLES,
    ];
    chapters.into_iter().flatten().copied().flatten()
}

/// The row for a command; `None`: no such command here.
pub fn find(netfn: u8, cmd: u8) -> Option<&'static Entry> {
    entries().find(|e| e.netfn == netfn && e.cmd == cmd)
}

/// Least level "User".
pub const U: Level = Level::AtLeast(Privilege::User);
/// Least level "Operator".
pub const O: Level = Level::AtLeast(Privilege::Operator);
/// Least level "Administrator".
pub const A: Level = Level::AtLeast(Privilege::Administrator);
/// System interface only.
pub const S: Level = Level::SystemInterface;
