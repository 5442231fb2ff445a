//! Writes `docs/survival.svg`.

use std::fs;
use std::process::ExitCode;

use compat_tests::picture;

fn main() -> ExitCode {
    let written = picture::make()
        .and_then(|svg| fs::write(picture::path(), svg).map_err(|error| error.to_string()));
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("make-picture: {why}");
            ExitCode::FAILURE
        }
    }
}
