//! Chassis commands (specification chapter 28).

pub mod boot;
mod commands;
pub mod power;

use super::table::Entry;

/// This chapter's commands.
pub const TABLES: &[&[Entry]] = &[commands::TABLE, boot::TABLE];
