//! Sensor data records, IPMI v2.0 chapters 33 (the repository) and 43 (the records): decoding, formulae, reading.
//!
//! Decoders are total: what a record is too short for is zero, an unknown type has no name.

pub mod cache;
pub mod formula;
pub mod record;
pub mod repository;
pub mod sensor;
pub mod text;

pub use record::Record;
pub use repository::Repository;
pub use sensor::Sensor;
