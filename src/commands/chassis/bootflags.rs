//! `chassis bootparam get …` and `chassis bootparam set bootflag …`.

use crate::cli::number;
use crate::commands::{Desk, Job, Parsed, Refusal};
use crate::ipmi::boot::{GET_REFUSALS, GetBootOption, parameter};
use crate::ipmi::{Failure, exchange};

use super::bootdev::{BIOS_POST, BootDevice, Set, Settings, refusal};
use super::option::Show;

/// Parses what follows `bootparam`.
///
/// # Errors
///
/// Help, an unknown word, or a bad value.
pub fn parse(words: &[&str]) -> Result<Parsed, Refusal> {
    match words {
        [] | [_] | ["help", ..] => Err(Refusal::error(format!(
            "bootparam get <param #>\n{}",
            set_usage()
        ))),
        ["get", rest @ ..] => get(rest).map(Parsed::job),
        ["set", "bootflag", device, rest @ ..] => {
            let clearing = match rest.first() {
                Some(word) => parse_options(word)?,
                None => Clearing::default(),
            };
            let device = BootDevice::new(device, [0; 5])?;
            Ok(Parsed::job(BootFlag { device, clearing }))
        }
        ["set", ..] => Err(Refusal::error(set_usage())),
        _ => Err(Refusal::error("bootparam get|set <option> [value ...]")),
    }
}

fn get(words: &[&str]) -> Result<Show, Refusal> {
    let [parameter, rest @ ..] = words else {
        return Err(Refusal::error(set_usage()));
    };
    let parameter = number::uchar(parameter.as_bytes()).map_err(|_| {
        Refusal::error(format!(
            "Invalid parameter '{parameter}' given instead of bootparam."
        ))
    })?;
    let set = match rest.first() {
        None => 0,
        // The number is stock's, whatever the parameter.
        Some(word) => number::uchar(word.as_bytes()).map_err(|_| {
            Refusal::error(format!("Invalid argument '{word}' given to bootparam 0"))
        })?,
    };
    Ok(Show::option(GetBootOption { parameter, set }))
}

/// A boot device, and what makes the BMC forget it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct BootFlag {
    device: BootDevice,
    clearing: Clearing,
}

/// Changes of boot option 3. A set bit there says that something does *not* clear the boot flags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Clearing {
    clears: u8,
    keeps: u8,
}

impl Job for BootFlag {
    fn run(&self, desk: &mut Desk<'_>) -> bool {
        let mut settings = Settings::default();
        let device_set = self.device.set(&mut settings, desk);
        if self.clearing == Clearing::default() {
            return device_set;
        }
        // Stock goes on, too, where the device was refused.
        let clearing_set = self.clearing.set(&mut settings, desk);
        if device_set && !clearing_set {
            desk.output.complain(format_args!(
                "The boot device is set, but what clears it is unchanged"
            ));
        }
        device_set && clearing_set
    }
}

impl Clearing {
    fn set(self, settings: &mut Settings, desk: &mut Desk<'_>) -> bool {
        settings.begin(desk);
        let done = self.change(settings, desk);
        settings.complete(desk);
        done
    }

    fn change(self, settings: &Settings, desk: &mut Desk<'_>) -> bool {
        if settings.clear_acknowledgement(BIOS_POST, desk) != Set::Done {
            return false;
        }
        let Some(now) = valid_clearing(desk) else {
            desk.output
                .complain(format_args!("Failed to read boot valid flag"));
            return false;
        };
        let value = (now & !self.clears) | self.keeps;
        let done = settings.set(parameter::VALID_CLEARING, &[value], desk) == Set::Done;
        if done {
            settings.commit(desk);
        }
        done
    }
}

/// Boot option 3 as it is; a failure is reported.
fn valid_clearing(desk: &mut Desk<'_>) -> Option<u8> {
    let command = GetBootOption {
        parameter: parameter::VALID_CLEARING,
        set: 0,
    };
    let number = command.parameter;
    let option = exchange(desk.bmc, command).and_then(|option| {
        super::option::dump(&option, desk);
        let [value] = option.at_least::<1>()?;
        Ok(value)
    });
    match option {
        Ok(value) => Some(value),
        Err(Failure::Completion(code)) => {
            let text = refusal(code, GET_REFUSALS);
            desk.output.complain(format_args!(
                "Get Chassis Boot Parameter {number} failed: {text}"
            ));
            None
        }
        Err(failure) => {
            desk.output.fail_or_refuse(
                format_args!("Error Getting Chassis Boot Parameter {number}"),
                format_args!("Get Chassis Boot Parameter {number} failed"),
                &failure,
            );
            None
        }
    }
}

/// Stock sets the device even where this is wrong; and its `no-` does not work.
fn parse_options(word: &str) -> Result<Clearing, Refusal> {
    let list = word
        .strip_prefix("options=")
        .ok_or_else(|| Refusal::error(format!("No options= keyword found \"{word}\"")))?;
    let mut clearing = Clearing::default();
    let mut complaints = String::new();
    let mut help = false;
    for word in list.split(',').filter(|word| !word.is_empty()) {
        if word == "help" {
            help = true;
            break;
        }
        let (name, field) = match word.strip_prefix("no-") {
            Some(name) => (name, &mut clearing.keeps),
            None => (word, &mut clearing.clears),
        };
        match OPTIONS.iter().find(|(_, each, _)| *each == name) {
            Some((bit, _, _)) => *field |= bit,
            None => complaints += &format!("Invalid option: {word}\n"),
        }
    }
    if help || !complaints.is_empty() {
        return Err(Refusal::error(complaints + &options_usage()));
    }
    Ok(clearing)
}

fn options_usage() -> String {
    let mut text = String::from(" Legal options are:\n  help    : print this message\n");
    for (_, name, description) in OPTIONS {
        text += &format!("  {name:<8}: {description}\n");
    }
    text + " Any Option may be prepended with no- to invert sense of operation\n"
}

fn set_usage() -> String {
    format!("{SET_USAGE}\n{}", options_usage())
}

/// What clears the boot flags: the bit that keeps it from that, its name, and stock's words.
const OPTIONS: &[(u8, &str, &str)] = &[
    (
        0x10,
        "PEF",
        "Clear valid bit on reset/power cycle cause by PEF",
    ),
    (
        0x08,
        "timeout",
        "Automatically clear boot flag valid bit on timeout",
    ),
    (
        0x04,
        "watchdog",
        "Clear valid bit on reset/power cycle cause by watchdog",
    ),
    (
        0x02,
        "reset",
        "Clear valid bit on push button reset/soft reset",
    ),
    (
        0x01,
        "power",
        "Clear valid bit on power up via power push button or wake event",
    ),
];

const SET_USAGE: &str = "bootparam set bootflag <device> [options=...]
 Legal devices are:
  none        : No override
  force_pxe   : Force PXE boot
  force_disk  : Force boot from default Hard-drive
  force_safe  : Force boot from default Hard-drive, request Safe Mode
  force_diag  : Force boot from Diagnostic Partition
  force_cdrom : Force boot from CD/DVD
  force_bios  : Force boot into BIOS Setup";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_clear_bits_and_set_them_with_no() {
        let clearing = parse_options("options=timeout,no-PEF,,no-power").unwrap();
        assert_eq!((clearing.clears, clearing.keeps), (0x08, 0x11));
        for bad in ["timeout", "options=bogus", "options=no-", "options=help"] {
            assert!(parse_options(bad).is_err(), "{bad}");
        }
    }
}
