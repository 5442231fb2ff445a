//! Inventories of field replaceable units: the Platform Management FRU Information Storage Definition, PICMG's records
//! in it, and reading and writing a device (IPMI v2.0 chapter 34).
//!
//! Decoders are total: what an area is too short for is not there, or zero.

pub mod area;
pub mod blocks;
pub mod device;
pub mod edit;
pub mod header;
pub mod kontron;
pub mod multi;
pub mod picmg;
pub mod text;

pub use device::Device;
pub use header::Header;
