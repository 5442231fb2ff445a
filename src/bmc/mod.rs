//! The BMC, sans-IO: sessions, queue, SOL, console log, repositories, personality.

pub mod app;
pub mod channel;
pub mod chassis;
pub mod command;
pub mod console_log;
pub mod dcmi;
pub mod endpoint;
pub mod fault;
pub mod inventory;
pub mod machine;
pub mod moment;
mod params;
pub mod personality;
pub mod queue;
pub mod sensor;
pub mod session;
pub mod sol;
pub mod storage;
pub mod table;
pub mod transport;
