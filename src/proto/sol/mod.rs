//! Serial over LAN, both directions (IPMI 2.0 section 15): [`Outgoing`] carries what is typed, [`Incoming`] what the
//! serial port emits. Each direction has at most one packet in flight, numbered 1 to 15.

mod incoming;
mod outgoing;

pub use incoming::{Delivery, Incoming};
pub use outgoing::{Outgoing, QUEUE};
