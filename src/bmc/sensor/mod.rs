//! Sensors and events (specification chapters 29, 30, 35).

mod commands;
pub mod event;
pub mod formula;
pub mod pef;
pub mod state;

use super::table::Entry;

/// This chapter's commands.
pub const TABLES: &[&[Entry]] = &[commands::TABLE, event::TABLE, pef::TABLE];
