//! The BMC against clients made of `wire` and `crypto` alone, in virtual time.

mod console_log;
mod hostile;
mod payloads;
mod quirks;
mod sessions;
mod tasks;
mod v15;
pub(crate) mod world;
