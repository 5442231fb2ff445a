//! A drop-in `ipmitool` whose serial console stays up.

use std::env;
use std::process::ExitCode;

use steadysol::cli::{
    Context, Exit, Options, Plan, Process, fallback, interruption, logging, plan,
};
use steadysol::commands;

fn main() -> ExitCode {
    let posixly_correct = env::var_os("POSIXLY_CORRECT").is_some();
    let exit = match Options::parse(env::args_os().collect(), posixly_correct) {
        Ok(options) => carry_out(&options),
        Err(error) => Exit::from_parser(&error),
    };
    exit.finish()
}

fn carry_out(options: &Options) -> Exit {
    let concealed = options.conceal_secrets();
    match plan(options, &mut Process) {
        Plan::End(exit) => exit,
        Plan::HandOver => fallback::hand_over_argv(&options.argv, options.verb()),
        Plan::Run(context) => {
            logging::init(context.verbose);
            if let Err(error) = concealed {
                log::info!("Secrets on the command line stay visible: {error}");
            }
            run(&context)
        }
    }
}

fn run(context: &Context) -> Exit {
    let interrupt = interruption::watch(context.interface.description())
        .inspect_err(|error| log::info!("Signals will leave sessions open: {error}"));
    commands::run(context, interrupt.ok().as_ref())
}
