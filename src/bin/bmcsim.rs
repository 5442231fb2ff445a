//! The BMC simulator.
fn main() {}
