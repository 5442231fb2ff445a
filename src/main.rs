//! A drop-in `ipmitool` whose serial console stays up.

use std::process::ExitCode;

use steadysol::cli::fallback;

fn main() -> ExitCode {
    let argv: Vec<_> = std::env::args_os().collect();
    let verb = argv.get(1).cloned();
    fallback::hand_over_argv(&argv, verb.as_deref()).finish()
}
