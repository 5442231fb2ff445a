//! What callers type, and how they read the answer, by what they are after.

pub mod configuration;
pub mod errors;
pub mod field;
pub mod inventory;
pub mod monitoring;
pub mod power;
pub mod scripts;
