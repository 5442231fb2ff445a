//! `chassis …`.

use ipmi_rs::connection::Message;

use crate::cli::{Context, number};
use crate::ipmi::chassis::{
    ChassisIdentify, ChassisStatus, GetChassisStatus, GetPowerOnHours, GetRestartCause,
    PowerOnHours, PowerRestorePolicy, RESTORE_POLICIES,
};
use crate::ipmi::{AnswerError, Failure, Length, exchange, names};

use super::output::Output;
use super::{Desk, Job, Parsed, Refusal, power};

mod bootdev;
mod bootflags;
mod mailbox;
mod option;
mod selftest;

/// Parses what follows `chassis`. Words too many are ignored, as in stock.
///
/// # Errors
///
/// Help, an unknown word, or a bad value.
pub fn parse(words: &[&str], context: &Context) -> Result<Parsed, Refusal> {
    match words {
        // Stock exits 1 after all of this verb's help but that of power.
        [] | ["help", ..] => Err(Refusal::error(USAGE)),
        ["status", ..] => Ok(Parsed::job(Plain::Status)),
        ["selftest", ..] => Ok(Parsed::job(selftest::SelfTestJob)),
        ["power", rest @ ..] => power::parse(rest, context),
        ["identify", rest @ ..] => identify(rest).map(Parsed::job),
        ["poh", ..] => Ok(Parsed::job(Plain::PowerOnHours)),
        ["restart_cause", ..] => Ok(Parsed::job(Plain::RestartCause)),
        ["policy", rest @ ..] => policy(rest).map(Parsed::job),
        ["bootparam", rest @ ..] => bootflags::parse(rest),
        ["bootdev", rest @ ..] => bootdev::parse(rest).map(Parsed::job),
        ["bootmbox", rest @ ..] => mailbox::parse(rest),
        [word, ..] => Err(Refusal::error(format!("Invalid chassis command: {word}"))),
    }
}

/// One request, one answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plain {
    Status,
    PowerOnHours,
    RestartCause,
    Identify(ChassisIdentify),
    Policy(PowerRestorePolicy),
}

fn identify(words: &[&str]) -> Result<Plain, Refusal> {
    Ok(Plain::Identify(match words {
        [] => ChassisIdentify::Default,
        ["help", ..] => return Err(Refusal::error(IDENTIFY_USAGE)),
        ["force", ..] => ChassisIdentify::Indefinitely,
        [word, ..] => {
            ChassisIdentify::Seconds(number::uchar(word.as_bytes()).map_err(|error| {
                Refusal::error(match error {
                    number::NumberError::Malformed => "Invalid interval given.",
                    number::NumberError::OutOfRange => "Given interval is too big.",
                })
            })?)
        }
    }))
}

fn policy(words: &[&str]) -> Result<Plain, Refusal> {
    Ok(Plain::Policy(match words {
        [] | ["help", ..] => return Err(Refusal::error(POLICY_USAGE)),
        ["list", ..] => PowerRestorePolicy::NoChange,
        ["always-on", ..] => PowerRestorePolicy::AlwaysOn,
        ["previous", ..] => PowerRestorePolicy::Previous,
        ["always-off", ..] => PowerRestorePolicy::AlwaysOff,
        [word, ..] => return Err(Refusal::error(format!("Invalid chassis policy: {word}"))),
    }))
}

impl Job for Plain {
    fn first(&self) -> Vec<Message> {
        match self {
            Self::Status => vec![GetChassisStatus.into()],
            Self::PowerOnHours => vec![GetPowerOnHours.into()],
            Self::RestartCause => vec![GetRestartCause.into()],
            Self::Identify(_) | Self::Policy(_) => Vec::new(),
        }
    }

    fn run(&self, desk: &mut Desk<'_>) -> bool {
        match *self {
            Self::Status => status(desk),
            Self::PowerOnHours => power_on_hours(desk),
            Self::RestartCause => restart_cause(desk),
            Self::Identify(command) => run_identify(command, desk),
            Self::Policy(command) => run_policy(command, desk),
        }
    }
}

fn status(desk: &mut Desk<'_>) -> bool {
    let fetched = exchange(desk.bmc, GetChassisStatus);
    match fetched.and_then(|status| print_status(&status, desk.output).map_err(Failure::from)) {
        Ok(()) => true,
        Err(failure) => desk.output.fail(
            format_args!("Error sending Chassis Status command"),
            &failure,
        ),
    }
}

fn print_status(status: &ChassisStatus, output: &mut Output) -> Result<(), AnswerError> {
    let details = status.details?;
    let policy = RESTORE_POLICIES[usize::from(status.power >> 5 & 3)];
    print_bits(status.power, POWER_BITS, output);
    output.line(format_args!("Power Restore Policy : {policy}"));
    output.print(format_args!("Last Power Event     : "));
    for (bit, name) in LAST_EVENTS.iter().enumerate() {
        if details.last_event & (1 << bit) != 0 {
            output.print(format_args!("{name}"));
        }
    }
    output.line(format_args!(""));
    print_bits(details.state, STATE_BITS, output);
    match details.front_panel {
        None => {}
        Some(0) => output.line(format_args!("Front Panel Control  : none")),
        Some(buttons) => print_bits(buttons, BUTTON_BITS, output),
    }
    Ok(())
}

/// A mask, a label, what is said of a set bit and of a clear one.
type Bit = (u8, &'static str, &'static str, &'static str);

fn print_bits(value: u8, bits: &[Bit], output: &mut Output) {
    for (mask, label, set, clear) in bits {
        let text = if value & mask != 0 { set } else { clear };
        output.line(format_args!("{label:<21}: {text}"));
    }
}

fn power_on_hours(desk: &mut Desk<'_>) -> bool {
    match exchange(desk.bmc, GetPowerOnHours) {
        Ok(hours) => {
            desk.output
                .line(format_args!("POH Counter  : {}", duration(hours)));
            true
        }
        Err(failure) => desk.output.fail_or_refuse(
            format_args!("Unable to get Chassis Power-On-Hours"),
            format_args!("Get Chassis Power-On-Hours failed"),
            &failure,
        ),
    }
}

/// Minutes are not shown where a count is worth an hour. In single precision, as in stock, so that large counts are
/// rounded alike.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
#[allow(clippy::cast_sign_loss)]
fn duration(hours: PowerOnHours) -> String {
    let mut minutes = hours.count as f32 * f32::from(hours.minutes_per_count);
    let days = (minutes / 1440.0) as u32;
    minutes -= days as f32 * 1440.0;
    let hours_left = (minutes / 60.0) as u32;
    minutes -= hours_left.wrapping_mul(60) as f32;
    if hours.minutes_per_count < 60 {
        let minutes = minutes as i64;
        format!("{days} days, {hours_left} hours, {minutes} minutes")
    } else {
        format!("{days} days, {hours_left} hours")
    }
}

fn restart_cause(desk: &mut Desk<'_>) -> bool {
    match exchange(desk.bmc, GetRestartCause) {
        Ok(cause) => {
            let name = names::name(cause, names::RESTART_CAUSES);
            desk.output
                .line(format_args!("System restart cause: {name}"));
            true
        }
        Err(failure) => desk.output.fail_or_refuse(
            format_args!("Unable to get Chassis Restart Cause"),
            format_args!("Get Chassis Restart Cause failed"),
            &failure,
        ),
    }
}

fn run_identify(command: ChassisIdentify, desk: &mut Desk<'_>) -> bool {
    let interval = match command {
        ChassisIdentify::Default => "default (15 seconds)".to_owned(),
        ChassisIdentify::Seconds(0) => "off".to_owned(),
        ChassisIdentify::Seconds(seconds) => format!("{seconds} seconds"),
        ChassisIdentify::Indefinitely => "indefinite".to_owned(),
    };
    let Err(failure) = exchange(desk.bmc, command) else {
        desk.output
            .line(format_args!("Chassis identify interval: {interval}"));
        return true;
    };
    desk.output.fail_or_refuse(
        format_args!("Unable to set Chassis Identify"),
        format_args!("Set Chassis Identify failed"),
        &failure,
    );
    let refused = matches!(failure, Failure::Completion(_));
    if refused && command == ChassisIdentify::Indefinitely {
        desk.output
            .complain(format_args!("Chassis may not support Force Identify On\n"));
    }
    false
}

fn run_policy(command: PowerRestorePolicy, desk: &mut Desk<'_>) -> bool {
    let name = match command {
        PowerRestorePolicy::AlwaysOff => "always-off",
        PowerRestorePolicy::Previous => "previous",
        PowerRestorePolicy::AlwaysOn => "always-on",
        PowerRestorePolicy::NoChange => "",
    };
    let answer = exchange(desk.bmc, command).and_then(|supported| match (command, supported) {
        (PowerRestorePolicy::NoChange, None) => Err(Failure::Answer(AnswerError {
            got: 0,
            expected: Length::AtLeast(1),
        })),
        (_, supported) => Ok(supported.unwrap_or_default()),
    });
    match answer {
        Ok(supported) if command == PowerRestorePolicy::NoChange => {
            desk.output
                .print(format_args!("Supported chassis power policy:  "));
            for (bit, name) in [(0, "always-off "), (2, "always-on "), (1, "previous")] {
                if supported & (1 << bit) != 0 {
                    desk.output.print(format_args!("{name}"));
                }
            }
            desk.output.line(format_args!(""));
            true
        }
        Ok(_) => {
            desk.output
                .line(format_args!("Set chassis power restore policy to {name}"));
            true
        }
        Err(failure) => desk.output.fail_or_refuse(
            format_args!("Error in Power Restore Policy command"),
            format_args!("Power Restore Policy command failed"),
            &failure,
        ),
    }
}

const POWER_BITS: &[Bit] = &[
    (0x01, "System Power", "on", "off"),
    (0x02, "Power Overload", "true", "false"),
    (0x04, "Power Interlock", "active", "inactive"),
    (0x08, "Main Power Fault", "true", "false"),
    (0x10, "Power Control Fault", "true", "false"),
];

/// From bit 0.
const LAST_EVENTS: [&str; 5] = ["ac-failed ", "overload ", "interlock ", "fault ", "command"];

const STATE_BITS: &[Bit] = &[
    (0x01, "Chassis Intrusion", "active", "inactive"),
    (0x02, "Front-Panel Lockout", "active", "inactive"),
    (0x04, "Drive Fault", "true", "false"),
    (0x08, "Cooling/Fan Fault", "true", "false"),
];

const BUTTON_BITS: &[Bit] = &[
    (0x80, "Sleep Button Disable", "allowed", "not allowed"),
    (0x40, "Diag Button Disable", "allowed", "not allowed"),
    (0x20, "Reset Button Disable", "allowed", "not allowed"),
    (0x10, "Power Button Disable", "allowed", "not allowed"),
    (0x08, "Sleep Button Disabled", "true", "false"),
    (0x04, "Diag Button Disabled", "true", "false"),
    (0x02, "Reset Button Disabled", "true", "false"),
    (0x01, "Power Button Disabled", "true", "false"),
];

const USAGE: &str = "Chassis Commands:
  status, power, policy, restart_cause
  poh, identify, selftest,
  bootdev, bootparam, bootmbox";

const IDENTIFY_USAGE: &str = "chassis identify <interval>
                 default is 15 seconds
                 0 to turn off
                 force to turn on indefinitely";

const POLICY_USAGE: &str = "chassis policy <state>
   list        : return supported policies
   always-on   : turn on when power is restored
   previous    : return to previous state when power is restored
   always-off  : stay off after power is restored";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn power_on_hours_are_days_hours_and_minutes() {
        let text = |minutes_per_count, count| {
            duration(PowerOnHours {
                minutes_per_count,
                count,
            })
        };
        assert_eq!(text(1, 1501), "1 days, 1 hours, 1 minutes");
        assert_eq!(text(60, 25), "1 days, 1 hours");
        assert_eq!(text(255, u32::MAX), "760567104 days, 0 hours");
    }
}
