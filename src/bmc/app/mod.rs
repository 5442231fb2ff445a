//! Application commands (specification chapters 20 to 22, 24, 27).

mod channels;
pub mod device;
pub mod users;

use super::table::Entry;

/// This chapter's commands.
pub const TABLES: &[&[Entry]] = &[device::TABLE, channels::TABLE, users::TABLE];
