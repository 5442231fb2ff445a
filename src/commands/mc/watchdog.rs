//! `mc watchdog get`, `reset`, `off` and `set <option> …`.

use ipmi_rs::connection::Message;

use crate::commands::{Desk, Job, Parsed, Refusal};
use crate::ipmi::watchdog::{
    ACTIONS, GetWatchdog, INTERRUPTS, ResetWatchdog, SetWatchdog, USES, Value, Watchdog,
};
use crate::ipmi::{Failure, exchange};

/// Parses what follows `watchdog`.
///
/// # Errors
///
/// Help, an unknown word, or a bad option.
pub fn parse(words: &[&str]) -> Result<Parsed, Refusal> {
    match words {
        [] | ["set"] => Err(Refusal::error(format!(
            "Not enough parameters given.\n{USAGE}"
        ))),
        // Stock sets the timer to nothing before it prints its help.
        ["help", ..] | ["set", "help", ..] => Err(Refusal::help(USAGE)),
        ["get", ..] => Ok(Parsed::job(Verb::Get)),
        ["reset", ..] => Ok(Parsed::job(Verb::Reset)),
        ["off", ..] => Ok(Parsed::job(Verb::Off)),
        ["set", options @ ..] => {
            let mut settings = SetWatchdog::default();
            for option in options {
                apply(option, &mut settings)
                    .map_err(|complaint| Refusal::error(format!("{complaint}\n{USAGE}")))?;
            }
            Ok(Parsed::job(Verb::Set(settings)))
        }
        [word, ..] => Err(Refusal::error(format!(
            "Invalid mc/bmc watchdog command: {word}\n{USAGE}"
        ))),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    Get,
    Reset,
    Off,
    Set(SetWatchdog),
}

/// Applies one option, whose name may be cut short anywhere; else what is wrong with it.
fn apply(option: &str, settings: &mut SetWatchdog) -> Result<(), String> {
    let (name, value) = match option.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (option, None),
    };
    let known = OPTIONS.iter().find(|each| each.starts_with(name));
    let Some(known) = known.filter(|_| !name.is_empty()) else {
        return Err(format!("Invalid option '{option}'"));
    };
    match (*known, value) {
        ("nolog", None) => settings.no_log = true,
        ("dontstop", None) => settings.dont_stop = true,
        ("nolog" | "dontstop", Some(_)) => {
            return Err(format!("Option '{known}' has no value\n"));
        }
        (_, None) => return Err(format!("Option '{known}' needs a value\n")),
        ("timeout", Some(value)) => {
            let seconds = seconds("Timeout", value, MAX_TIMEOUT)?;
            settings.countdown = seconds * UNITS_PER_SECOND;
        }
        ("pretimeout", Some(value)) => {
            let seconds = seconds("Pretimeout", value, MAX_PRETIMEOUT)?;
            settings.pretimeout = seconds.to_le_bytes()[0];
        }
        ("int", Some(value)) => {
            settings.interrupt = find(&INTERRUPTS, value)
                .ok_or_else(|| format!("Interrupt type '{value}' is not valid\n"))?;
        }
        ("action", Some(value)) => {
            settings.action =
                find(&ACTIONS, value).ok_or_else(|| format!("Action '{value}' is not valid\n"))?;
        }
        (name, Some(value)) => {
            let number =
                find(&USES, value).ok_or_else(|| format!("Use '{value}' is not valid\n"))?;
            match name {
                "clear" => settings.clear |= 1 << number,
                _ => settings.use_ = number,
            }
        }
    }
    Ok(())
}

/// Decimal, as in stock.
fn seconds(what: &str, value: &str, most: u16) -> Result<u16, String> {
    value
        .parse()
        .ok()
        .filter(|seconds| (1..=most).contains(seconds))
        .ok_or_else(|| format!("{what} value {value} is out of range (1-{most})\n"))
}

fn find(values: &[Value; 8], name: &str) -> Option<u8> {
    values
        .iter()
        .zip(0..)
        .find(|((_, each), _)| *each == Some(name))
        .map(|(_, number)| number)
}

impl Job for Verb {
    fn first(&self) -> Vec<Message> {
        match self {
            Self::Get => vec![GetWatchdog.into()],
            Self::Reset | Self::Off | Self::Set(_) => Vec::new(),
        }
    }

    fn run(&self, desk: &mut Desk<'_>) -> bool {
        match *self {
            Self::Get => get(desk),
            Self::Reset => reset(desk),
            Self::Off => off(desk),
            Self::Set(settings) => set(settings, desk),
        }
    }
}

fn get(desk: &mut Desk<'_>) -> bool {
    let timer = match exchange(desk.bmc, GetWatchdog) {
        Ok(timer) => timer,
        Err(failure) => {
            return desk
                .output
                .fail(format_args!("Get Watchdog Timer command failed"), &failure);
        }
    };
    let Watchdog {
        use_,
        actions,
        pretimeout,
        expired,
        initial,
        present,
    } = timer;
    let shown = |values: &[Value; 8], value: u8| values[usize::from(value & 7)].0;
    let output = &mut *desk.output;
    output.line(format_args!(
        "Watchdog Timer Use:     {} (0x{use_:02x})",
        shown(&USES, use_)
    ));
    output.line(format_args!(
        "Watchdog Timer Is:      {}",
        if use_ & 0x40 != 0 {
            "Started/Running"
        } else {
            "Stopped"
        }
    ));
    output.line(format_args!(
        "Watchdog Timer Logging: {}",
        if use_ & 0x80 != 0 { "Off" } else { "On" }
    ));
    output.line(format_args!(
        "Watchdog Timer Action:  {} (0x{actions:02x})",
        shown(&ACTIONS, actions)
    ));
    output.line(format_args!(
        "Pre-timeout interrupt:  {}",
        shown(&INTERRUPTS, actions >> 4)
    ));
    output.line(format_args!("Pre-timeout interval:   {pretimeout} seconds"));
    output.line(format_args!(
        "Timer Expiration Flags: {}(0x{expired:02x})",
        if expired == 0 { "None " } else { "" }
    ));
    for (bit, (name, _)) in USES.iter().enumerate() {
        if expired & (1 << bit) != 0 {
            output.line(format_args!("{:24}* {name}", ""));
        }
    }
    let tenths = |count: u16| format!("{}.{}", count / 10, count % 10);
    output.line(format_args!(
        "Initial Countdown:      {} sec",
        tenths(initial)
    ));
    output.line(format_args!(
        "Present Countdown:      {} sec",
        tenths(present)
    ));
    true
}

fn reset(desk: &mut Desk<'_>) -> bool {
    match exchange(desk.bmc, ResetWatchdog) {
        Ok(()) => {
            desk.output.line(format_args!(
                "IPMI Watchdog Timer Reset -  countdown restarted!"
            ));
            true
        }
        Err(Failure::Completion(UNINITIALIZED)) => {
            desk.output.complain(format_args!(
                "Reset Watchdog Timer command failed: Attempt to reset uninitialized watchdog"
            ));
            false
        }
        Err(failure) => desk.output.fail_or_refuse(
            format_args!("Reset Watchdog Timer command failed!"),
            format_args!("Reset Watchdog Timer command failed"),
            &failure,
        ),
    }
}

fn off(desk: &mut Desk<'_>) -> bool {
    match exchange(desk.bmc, OFF) {
        Ok(()) => {
            desk.output.line(format_args!(
                "Watchdog Timer Shutoff successful -- timer stopped"
            ));
            true
        }
        Err(Failure::Transport(error)) => {
            desk.output.explain(&error);
            desk.output
                .complain(format_args!("Watchdog Timer Shutoff command failed!"));
            false
        }
        Err(failure) => {
            desk.output.complain(format_args!(
                "Watchdog Timer Shutoff command failed! {failure}"
            ));
            false
        }
    }
}

fn set(settings: SetWatchdog, desk: &mut Desk<'_>) -> bool {
    let bytes = settings.bytes().map(|byte| format!("{byte:02X}")).join(" ");
    log::info!("Sending Set Watchdog command [{bytes}]:");
    log::info!("  - nolog      = {}", u8::from(settings.no_log));
    log::info!("  - dontstop   = {}", u8::from(settings.dont_stop));
    log::info!("  - use        = 0x{:02X}", settings.use_);
    log::info!("  - intr       = 0x{:02X}", settings.interrupt);
    log::info!("  - action     = 0x{:02X}", settings.action);
    log::info!("  - pretimeout = {}", settings.pretimeout);
    log::info!("  - clear      = 0x{:02X}", settings.clear);
    log::info!("  - timeout    = {}", settings.countdown);
    match exchange(desk.bmc, settings) {
        Ok(()) => {
            desk.output
                .complain(format_args!("Watchdog Timer was successfully configured"));
            true
        }
        Err(failure) => desk
            .output
            .fail(format_args!("Set Watchdog Timer command failed"), &failure),
    }
}

/// The options of `set`; of two with the same first letters, the first is meant.
const OPTIONS: [&str; 8] = [
    "timeout",
    "pretimeout",
    "int",
    "use",
    "action",
    "clear",
    "nolog",
    "dontstop",
];

/// Seconds: just below what 16 bits of 100 ms hold.
const MAX_TIMEOUT: u16 = 6553;

/// Seconds.
const MAX_PRETIMEOUT: u16 = 255;

const UNITS_PER_SECOND: u16 = 10;

/// The timer was never set.
const UNINITIALIZED: u8 = 0x80;

/// What stock sets to stop the timer: use and expiration flag of the operating system, five minutes, no action.
const OFF: SetWatchdog = SetWatchdog {
    use_: 4,
    no_log: false,
    dont_stop: false,
    action: 0,
    interrupt: 0,
    pretimeout: 0,
    clear: 0x10,
    countdown: 3000,
};

/// Stock breaks it off after 1024 bytes.
const USAGE: &str = "usage: watchdog <command>:

   set <option[=value]> [<option[=value]> ...]
     Set Watchdog settings
     Options: (* = mandatory)
       timeout=<1-6553>                    - [0] Initial countdown value, sec
       pretimeout=<1-255>                  - [0] Pre-timeout interval, sec
       int=<smi|nmi|msg>                   - [-] Pre-timeout interrupt type
       use=<frb2|post|osload|sms|oem>      - [-] Timer use
       clear=<frb2|post|osload|sms|oem>    - [-] Clear timer use expiration
                                                 flag, can be specified
                                                 multiple times
       action=<reset|poweroff|cycle|none>  - [none] Timer action
       nolog                               - [-] Don't log the timer use
       dontstop                            - [-] Don't stop the timer
                                                 while applying settings

   get
     Get Current settings

   reset
     Restart Watchdog timer based on the most recent settings

   off
     Shut off a running Watchdog timer";

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(options: &[&str]) -> Result<SetWatchdog, String> {
        let mut settings = SetWatchdog::default();
        for option in options {
            apply(option, &mut settings)?;
        }
        Ok(settings)
    }

    #[test]
    fn options_may_be_cut_short_but_not_wrong() {
        let set = settings(&["t=6553", "pre=255", "u=oem", "c=sms", "c=frb2", "n", "dont"]);
        assert_eq!(set.unwrap().bytes(), [0xc5, 0, 0xff, 0x12, 0xfa, 0xff]);
        for bad in [
            "",
            "=5",
            "nonsense",
            "timeouts=5",
            "t",
            "t=",
            "t=0",
            "t=6554",
            "t=5s",
            "t=0x5",
            "p=256",
            "use=",
            "use=nmi",
            "int=sms",
            "action=soft",
            "nolog=1",
            "x=1",
        ] {
            assert!(settings(&[bad]).is_err(), "{bad}");
        }
    }
}
