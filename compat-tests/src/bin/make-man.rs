//! Writes `man/ipmitool.1` and `man/bmcsim.1`.

use std::{fs, io};

use compat_tests::manual::{self, simulator};

fn main() -> io::Result<()> {
    fs::write(manual::path(), manual::page()?)?;
    fs::write(simulator::path(), simulator::page()?)
}
