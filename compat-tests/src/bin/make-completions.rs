//! Writes the completions in `packaging/completions/`.

use std::{fs, io};

use compat_tests::completions;

fn main() -> io::Result<()> {
    for (path, text) in completions::all()? {
        fs::write(path, text)?;
    }
    Ok(())
}
