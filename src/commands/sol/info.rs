//! `sol info [channel]`.

use crate::cli::Context;
use crate::cli::context::Interface;
use crate::ipmi::sol::{GetSolParameter, Parameter, SolConfiguration};
use crate::ipmi::{Bmc, Failure, exchange, hint, names};

use crate::commands::output::Output;

/// Prints a channel's configuration. Whether it could be read.
pub fn run(channel: u8, context: &Context, bmc: &mut Bmc<'_>, output: &mut Output) -> bool {
    let Some(Reading { configuration, .. }) = read(channel, context, bmc, output) else {
        return false;
    };
    if context.csv {
        print_csv(&configuration, output);
    } else {
        print(&configuration, output);
    }
    true
}

/// What is asked for.
pub fn requests(channel: u8) -> [GetSolParameter; 9] {
    Parameter::ALL.map(|parameter| GetSolParameter { channel, parameter })
}

/// A channel's configuration, as far as the BMC told it.
pub struct Reading {
    /// What it told; the rest is at its default.
    pub configuration: SolConfiguration,
    /// What it did not tell.
    pub unknown: Vec<Parameter>,
}

/// Reads all parameters of a channel. What the BMC does not support, or answers at a wrong length, is said and left at
/// its default; any other failure is said and ends it.
pub fn read(
    channel: u8,
    context: &Context,
    bmc: &mut Bmc<'_>,
    output: &mut Output,
) -> Option<Reading> {
    let mut configuration = SolConfiguration::default();
    let mut unknown = Vec::new();
    hint(bmc, requests(channel));
    for parameter in Parameter::ALL {
        let name = parameter.name();
        match exchange(bmc, GetSolParameter { channel, parameter }) {
            Ok(answer) => {
                if !configuration.set(parameter, &answer) {
                    unknown.push(parameter);
                    let length = answer.len();
                    output.complain(format_args!(
                        "Error: Unexpected data length ({length}) received for SOL parameter '{name}'"
                    ));
                }
            }
            Err(Failure::Completion(0x80)) => {
                let (default, known) = default(parameter, channel, context, &mut configuration);
                output.complain(format_args!(
                    "Info: SOL parameter '{name}' not supported{default}"
                ));
                if !known {
                    return None;
                }
                unknown.push(parameter);
            }
            Err(Failure::Transport(error)) => {
                output.explain(&error);
                output.complain(format_args!(
                    "Error: No response requesting SOL parameter '{name}'"
                ));
                return None;
            }
            Err(failure) => {
                output.complain(format_args!(
                    "Error requesting SOL parameter '{name}': {failure}"
                ));
                return None;
            }
        }
    }
    Some(Reading {
        configuration,
        unknown,
    })
}

/// What stands in for a parameter that the BMC does not support: the text that says so, and whether there is something.
fn default(
    parameter: Parameter,
    channel: u8,
    context: &Context,
    configuration: &mut SolConfiguration,
) -> (String, bool) {
    match parameter {
        Parameter::PayloadChannel => {
            configuration.channel = channel;
            (format!(" - defaulting to 0x{channel:02x}"), true)
        }
        Parameter::PayloadPort
            if matches!(context.interface, Interface::Lan | Interface::Lanplus) =>
        {
            configuration.port = context.port;
            (format!(" - defaulting to {}", context.port), true)
        }
        Parameter::PayloadPort => (
            " - can't determine which payload port to use on NULL session".to_owned(),
            false,
        ),
        _ => (String::new(), true),
    }
}

fn print(configuration: &SolConfiguration, output: &mut Output) {
    let c = configuration;
    let progress = names::name(c.set_in_progress & 3, names::SET_IN_PROGRESS);
    let privilege = names::name(c.privilege, names::PRIVILEGE_LEVELS);
    let volatile = names::name(c.volatile_bit_rate, names::BIT_RATES);
    let nonvolatile = names::name(c.nonvolatile_bit_rate, names::BIT_RATES);
    output.line(format_args!("Set in progress                 : {progress}"));
    output.line(format_args!(
        "Enabled                         : {}",
        c.enabled
    ));
    output.line(format_args!(
        "Force Encryption                : {}",
        c.force_encryption
    ));
    output.line(format_args!(
        "Force Authentication            : {}",
        c.force_authentication
    ));
    output.line(format_args!(
        "Privilege Level                 : {privilege}"
    ));
    output.line(format_args!(
        "Character Accumulate Level (ms) : {}",
        u32::from(c.accumulate) * 5
    ));
    output.line(format_args!(
        "Character Send Threshold        : {}",
        c.threshold
    ));
    output.line(format_args!(
        "Retry Count                     : {}",
        c.retry_count
    ));
    output.line(format_args!(
        "Retry Interval (ms)             : {}",
        u32::from(c.retry_interval) * 10
    ));
    output.line(format_args!("Volatile Bit Rate (kbps)        : {volatile}"));
    output.line(format_args!(
        "Non-Volatile Bit Rate (kbps)    : {nonvolatile}"
    ));
    output.line(format_args!(
        "Payload Channel                 : {} (0x{:02x})",
        c.channel, c.channel
    ));
    output.line(format_args!("Payload Port                    : {}", c.port));
}

fn print_csv(configuration: &SolConfiguration, output: &mut Output) {
    let c = configuration;
    let fields = [
        names::name(c.set_in_progress & 3, names::SET_IN_PROGRESS).into_owned(),
        c.enabled.to_string(),
        c.force_encryption.to_string(),
        // Stock prints encryption twice, and authentication nowhere; what reads it (puppet-ipmi) expects that.
        c.force_encryption.to_string(),
        names::name(c.privilege, names::PRIVILEGE_LEVELS).into_owned(),
        (u32::from(c.accumulate) * 5).to_string(),
        c.threshold.to_string(),
        c.retry_count.to_string(),
        (u32::from(c.retry_interval) * 10).to_string(),
        names::name(c.volatile_bit_rate, names::BIT_RATES).into_owned(),
        names::name(c.nonvolatile_bit_rate, names::BIT_RATES).into_owned(),
        c.channel.to_string(),
        c.port.to_string(),
    ];
    output.line(format_args!("{}", fields.join(",")));
}
