//! Records of a system event log: IPMI v2.0 chapter 32, what vendors put into them, and the files that hold them.
//!
//! Every decoder is total: any bytes are a record, and what cannot be understood is shown as bytes or not at all.

pub mod event_file;
pub mod oem_file;
pub mod pps;
pub mod record;
pub mod vendor;

pub use record::{Body, Event, Record, Stamped};
