//! Commands that run as a child process.

use std::env;
use std::io::Write;
use std::process::Command;

use crate::cli::{Context, fallback, respell, verbs};
use crate::commands::output::Output;

/// Runs words that are built in, but have a connection of their own, with this program; all others with the next
/// `ipmitool`. Whether it ended well.
pub fn run(words: &[&str], context: &Context, output: &mut Output) -> bool {
    let args: Vec<_> = words.iter().map(Into::into).collect();
    let command = if verbs::is_native(&args) {
        env::current_exe()
            .map(Command::new)
            .map_err(|error| error.to_string())
    } else {
        fallback::child()
    };
    let mut command = match command {
        Ok(command) => command,
        Err(missing) => {
            let verb = words.first().copied().unwrap_or_default();
            output.complain(format_args!(
                "ipmitool: {verb} is handed to the stock ipmitool, but {missing}"
            ));
            return false;
        }
    };
    respell::options(context, &mut command);
    output.flush();
    let _ = std::io::stdout().flush();
    // What follows are no options, whatever they begin with.
    match command.arg("--").args(words).status() {
        Ok(status) => status.success(),
        Err(error) => {
            let program = command.get_program().to_string_lossy();
            output.complain(format_args!(
                "ipmitool: {program} could not be run: {error}"
            ));
            false
        }
    }
}
