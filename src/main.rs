//! A drop-in `ipmitool` whose serial console stays up.

use std::env;
use std::process::ExitCode;

use steadysol::cli::{Exit, Options, Plan, Process, fallback, logging, plan};
use steadysol::commands;

fn main() -> ExitCode {
    let options = match Options::parse(
        env::args_os().collect(),
        env::var_os("POSIXLY_CORRECT").is_some(),
    ) {
        Ok(options) => options,
        Err(error) => return Exit::from_parser(&error).finish(),
    };
    let concealed = options.conceal_secrets();
    let exit = match plan(&options, &mut Process) {
        Plan::End(exit) => exit,
        Plan::HandOver => fallback::hand_over_argv(
            &options.argv,
            options.operands.first().map(|verb| verb.as_os_str()),
        ),
        Plan::Run(context) => {
            logging::init(context.verbose);
            if let Err(error) = concealed {
                log::info!("Secrets on the command line stay visible: {error}");
            }
            commands::run(&context)
        }
    };
    exit.finish()
}
