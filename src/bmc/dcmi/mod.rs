//! dcmi commands.

use super::table::Entry;

/// This chapter's commands.
pub const TABLES: &[&[Entry]] = &[];
