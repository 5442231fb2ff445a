//! Application commands (specification chapters 20 to 22, 24, 27).

mod channels;
pub mod device;
pub mod messaging;
pub mod satellite;
pub mod system_info;
pub mod users;
pub mod watchdog;

use super::table::Entry;

/// This chapter's commands.
pub const TABLES: &[&[Entry]] = &[
    device::TABLE,
    watchdog::TABLE,
    messaging::TABLE,
    system_info::TABLE,
    channels::TABLE,
    users::TABLE,
];
