//! `power …` and `chassis power …`.

use ipmi_rs::connection::Message;

use crate::cli::Context;
use crate::ipmi::chassis::{ChassisControl, GetChassisStatus};
use crate::ipmi::{Bmc, exchange};

use super::output::Output;
use super::{Desk, Job, Parsed, Refusal};

/// What is to be done with the system's power.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    /// Print whether it is on.
    Status,
    /// Change it.
    Control(ChassisControl),
}

/// Parses what follows `power`. Anything after the first word is ignored, as in stock.
///
/// # Errors
///
/// Help, or an unknown word.
pub fn parse(words: &[&str], _: &Context) -> Result<Parsed, Refusal> {
    let Some(word) = words.first() else {
        return Err(Refusal::help(USAGE));
    };
    Ok(Parsed::job(match *word {
        "help" => return Err(Refusal::help(USAGE)),
        "status" => Action::Status,
        "on" | "up" => Action::Control(ChassisControl::PowerUp),
        "off" | "down" => Action::Control(ChassisControl::PowerDown),
        "cycle" => Action::Control(ChassisControl::PowerCycle),
        "reset" => Action::Control(ChassisControl::HardReset),
        "diag" => Action::Control(ChassisControl::DiagnosticInterrupt),
        "soft" | "acpi" => Action::Control(ChassisControl::SoftShutdown),
        _ => {
            return Err(Refusal::error(format!(
                "Invalid chassis power command: {word}"
            )));
        }
    }))
}

impl Job for Action {
    fn first(&self) -> Vec<Message> {
        match self {
            Self::Status => vec![GetChassisStatus.into()],
            Self::Control(_) => Vec::new(),
        }
    }

    fn run(&self, desk: &mut Desk<'_>) -> bool {
        match *self {
            Self::Status => status(desk.bmc, desk.output),
            Self::Control(control) => change(control, desk.bmc, desk.output),
        }
    }
}

fn status(bmc: &mut Bmc<'_>, output: &mut Output) -> bool {
    match exchange(bmc, GetChassisStatus) {
        Ok(status) => {
            output.line(format_args!(
                "Chassis Power is {}",
                if status.is_on() { "on" } else { "off" }
            ));
            true
        }
        Err(failure) => output.fail_or_refuse(
            format_args!("Unable to get Chassis Power Status"),
            format_args!("Get Chassis Power Status failed"),
            &failure,
        ),
    }
}

fn change(control: ChassisControl, bmc: &mut Bmc<'_>, output: &mut Output) -> bool {
    let name = control.name();
    match exchange(bmc, control) {
        Ok(()) => {
            output.line(format_args!("Chassis Power Control: {name}"));
            true
        }
        Err(failure) => output.fail_or_refuse(
            format_args!("Unable to set Chassis Power Control to {name}"),
            format_args!("Set Chassis Power Control to {name} failed"),
            &failure,
        ),
    }
}

const USAGE: &str = "chassis power Commands: status, on, off, cycle, reset, diag, soft";
