//! Writes `man/ipmitool.1`.

use std::{fs, io};

use compat_tests::manual;

fn main() -> io::Result<()> {
    fs::write(manual::path(), manual::page()?)
}
