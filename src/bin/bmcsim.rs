//! The BMC simulator.

use std::process::ExitCode;

use steadysol::bmcsim;
use steadysol::bmcsim::options::{Options, Stop};
use steadysol::cli::exit::Exit;

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args_os()) {
        Ok(options) => options,
        Err(Stop::Said(text)) => {
            print!("{text}");
            return ExitCode::SUCCESS;
        }
        Err(Stop::Wrong(line)) => return failed(&line),
    };
    bmcsim::start_logging(options.verbose);
    match bmcsim::run(options) {
        Ok(signal) => Exit::Signal(signal).finish(),
        Err(line) => failed(&line),
    }
}

fn failed(line: &str) -> ExitCode {
    eprintln!("bmcsim: {line}");
    ExitCode::FAILURE
}
