//! Application commands (specification chapters 20 to 22, 24, 27).

mod channels;
pub mod messaging;
pub mod system_info;
pub mod watchdog;
pub mod device;
pub mod users;

use super::table::Entry;

/// This chapter's commands.
pub const TABLES: &[&[Entry]] = 
    &[device::TABLE, watchdog::TABLE, messaging::TABLE, system_info::TABLE, channels::TABLE, users::TABLE];
