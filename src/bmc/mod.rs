//! The BMC, sans-IO: sessions, queue, SOL, console log, repositories, personality.

pub mod app;
pub mod channel;
pub mod chassis;
pub mod command;
pub mod dcmi;
pub mod inventory;
pub mod machine;
mod params;
pub mod sensor;
pub mod storage;
pub mod table;
pub mod transport;
