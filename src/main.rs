//! A drop-in `ipmitool`.
fn main() {}
