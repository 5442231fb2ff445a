//! `chassis bootdev <device> [options]`, and setting boot options, which `bootparam set` and `bootmbox set` do too.

use crate::commands::{Desk, Job, Refusal};
use crate::ipmi::boot::{Progress, SET_REFUSALS, SetBootOption, parameter};
use crate::ipmi::{Failure, completion, exchange, names};
use crate::wire::text::hex;

/// What the host is to boot from, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BootDevice {
    /// As typed: the answer repeats it.
    pub name: String,
    /// Boot option 5.
    pub flags: [u8; 5],
}

/// Parses what follows `bootdev`.
///
/// # Errors
///
/// Help, an unknown device or option.
pub fn parse(words: &[&str]) -> Result<BootDevice, Refusal> {
    let (device, options) = match words {
        [] | ["help", ..] => return Err(Refusal::error(USAGE)),
        [device, "clear-cmos=yes", ..] => (device, "clear-cmos"),
        [device, word, ..] => (device, word.strip_prefix("options=").unwrap_or_default()),
        [device] => (device, ""),
    };
    let flags = parse_options(options)?;
    BootDevice::new(device, flags)
}

impl BootDevice {
    /// The device of this name, with option flags.
    ///
    /// # Errors
    ///
    /// An unknown name.
    pub fn new(name: &str, mut flags: [u8; 5]) -> Result<Self, Refusal> {
        let plain = name.strip_prefix("force_").filter(|word| *word != "none");
        let selector = names::value_exactly(plain.unwrap_or(name), DEVICES)
            .ok_or_else(|| Refusal::error(format!("Invalid argument: {name}")))?;
        flags[0] |= VALID;
        flags[1] |= selector;
        Ok(Self {
            name: name.to_owned(),
            flags,
        })
    }

    /// Sets it, under the guard of set-in-progress, having taken back that the BIOS acknowledged what was there.
    pub fn set(&self, settings: &mut Settings, desk: &mut Desk<'_>) -> bool {
        settings.begin(desk);
        // Some BMCs do not know the acknowledgement: only silence ends it here, as in stock.
        let done = settings.clear_acknowledgement(BIOS_POST, desk) != Set::Unanswered
            && settings.set(parameter::BOOT_FLAGS, &self.flags, desk) == Set::Done;
        if done {
            settings.commit(desk);
            desk.output
                .line(format_args!("Set Boot Device to {}", self.name));
        }
        settings.complete(desk);
        done
    }
}

impl Job for BootDevice {
    fn run(&self, desk: &mut Desk<'_>) -> bool {
        self.set(&mut Settings::default(), desk)
    }
}

/// Sets boot options one after the other.
#[derive(Debug, Default)]
pub struct Settings {
    /// The BMC does not know set-in-progress: it is not tried again.
    unguarded: bool,
}

/// What became of setting an option. A failure was reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Set {
    /// The BMC has it.
    Done,
    /// The BMC refused, with this completion code.
    Refused(u8),
    /// The BMC did not answer.
    Unanswered,
}

impl Settings {
    /// Says that changes follow.
    pub fn begin(&mut self, desk: &mut Desk<'_>) {
        if !self.unguarded {
            self.unguarded = self.progress(Progress::InProgress, desk) != Set::Done;
        }
    }

    /// Says that what was written is to be kept. Whether the BMC knows that does not matter.
    pub fn commit(&self, desk: &mut Desk<'_>) {
        if !self.unguarded {
            self.progress(Progress::CommitWrite, desk);
        }
    }

    /// Says that no changes follow.
    pub fn complete(&self, desk: &mut Desk<'_>) {
        if !self.unguarded {
            self.progress(Progress::Complete, desk);
        }
    }

    /// Takes back that these parties have seen the boot information.
    pub fn clear_acknowledgement(&self, parties: u8, desk: &mut Desk<'_>) -> Set {
        self.set(parameter::INFO_ACKNOWLEDGE, &[parties, parties], desk)
    }

    fn progress(&self, progress: Progress, desk: &mut Desk<'_>) -> Set {
        let value = match progress {
            Progress::Complete => 0,
            Progress::InProgress => 1,
            Progress::CommitWrite => 2,
        };
        self.set(parameter::SET_IN_PROGRESS, &[value], desk)
    }

    /// Sets an option, and says what went wrong, unless set-in-progress was refused.
    pub fn set(&self, parameter: u8, value: &[u8], desk: &mut Desk<'_>) -> Set {
        let command = SetBootOption {
            parameter,
            value: value.to_vec(),
        };
        match exchange(desk.bmc, command) {
            Ok(()) => {
                log::debug!("Chassis Set Boot Parameter {parameter} to {}", hex(value));
                Set::Done
            }
            Err(Failure::Completion(code)) => {
                if parameter != parameter::SET_IN_PROGRESS {
                    let text = refusal(code, SET_REFUSALS);
                    desk.output.complain(format_args!(
                        "Set Chassis Boot Parameter {parameter} failed: {text}"
                    ));
                }
                Set::Refused(code)
            }
            Err(failure) => {
                desk.output.fail(
                    format_args!("Error setting Chassis Boot Parameter {parameter}"),
                    &failure,
                );
                Set::Unanswered
            }
        }
    }
}

/// What a completion code means: the command's own meaning first.
pub fn refusal(code: u8, own: names::Table) -> String {
    match names::find(code, own) {
        Some(text) => text.to_owned(),
        None => completion::text(code).into_owned(),
    }
}

/// The flags of a list of options; later ones replace earlier ones of the same kind.
fn parse_options(list: &str) -> Result<[u8; 5], Refusal> {
    let mut flags = [0; 5];
    let mut complaints = String::new();
    let mut help = false;
    for word in list.split(',').filter(|word| !word.is_empty()) {
        if word == "help" {
            help = true;
            break;
        }
        match OPTIONS.iter().find(|option| option.name == word) {
            Some(option) => {
                flags[option.byte] = (flags[option.byte] & !option.mask) | option.value;
            }
            None => complaints += &format!("Invalid option: {word}\n"),
        }
    }
    if help || !complaints.is_empty() {
        return Err(Refusal::error(complaints + &options_usage()));
    }
    Ok(flags)
}

fn options_usage() -> String {
    let mut text = String::from("Legal options settings are:");
    let help = [("help", "print this message")];
    let options = OPTIONS
        .iter()
        .map(|option| (option.name, option.description));
    for (name, description) in help.into_iter().chain(options) {
        text += &format!("\n  {name:<22}: {description}");
    }
    text
}

/// An option: bits of one of the five bytes.
struct BootdevOption {
    name: &'static str,
    byte: usize,
    mask: u8,
    value: u8,
    description: &'static str,
}

const fn option(
    name: &'static str,
    byte: usize,
    mask: u8,
    value: u8,
    description: &'static str,
) -> BootdevOption {
    BootdevOption {
        name,
        byte,
        mask,
        value,
        description,
    }
}

/// Everything by its name, in stock's order and words.
const OPTIONS: &[BootdevOption] = &[
    option("valid", 0, 0x80, 0x80, "Boot flags valid"),
    option(
        "persistent",
        0,
        0x40,
        0x40,
        "Changes are persistent for all future boots",
    ),
    option(
        "efiboot",
        0,
        0x20,
        0x20,
        "Extensible Firmware Interface Boot (EFI)",
    ),
    option("clear-cmos", 1, 0x80, 0x80, "CMOS clear"),
    option("lockkbd", 1, 0x40, 0x40, "Lock Keyboard"),
    option("screenblank", 1, 0x02, 0x02, "Screen Blank"),
    option("lockoutreset", 1, 0x01, 0x01, "Lock out Reset buttons"),
    option(
        "lockout_power",
        2,
        0x80,
        0x80,
        "Lock out (power off/sleep request) via Power Button",
    ),
    option(
        "verbose=default",
        2,
        0x60,
        0x00,
        "Request quiet BIOS display",
    ),
    option("verbose=no", 2, 0x60, 0x20, "Request quiet BIOS display"),
    option("verbose=yes", 2, 0x60, 0x40, "Request verbose BIOS display"),
    option("force_pet", 2, 0x10, 0x10, "Force progress event traps"),
    option("upw_bypass", 2, 0x08, 0x08, "User password bypass"),
    option("lockout_sleep", 2, 0x04, 0x04, "Lock out the Sleep button"),
    option(
        "cons_redirect=default",
        2,
        0x03,
        0x00,
        "Console redirection occurs per BIOS configuration setting",
    ),
    option(
        "cons_redirect=skip",
        2,
        0x03,
        0x01,
        "Suppress (skip) console redirection if enabled",
    ),
    option(
        "cons_redirect=enable",
        2,
        0x03,
        0x02,
        "Request console redirection be enabled",
    ),
];

/// Devices, as bits 5:2 of the second byte.
const DEVICES: names::Table = &[
    (0x00, "none"),
    (0x04, "pxe"),
    (0x08, "disk"),
    (0x0c, "safe"),
    (0x10, "diag"),
    (0x14, "cdrom"),
    (0x18, "bios"),
    (0x3c, "floppy"),
];

/// The first byte's bit that makes the flags count.
const VALID: u8 = 0x80;

/// The BIOS' acknowledgement in boot option 4.
pub const BIOS_POST: u8 = 0x01;

/// The operating system loader's acknowledgement in boot option 4.
pub const OS_LOADER: u8 = 0x02;

const USAGE: &str = "bootdev <device> [clear-cmos=yes|no]
bootdev <device> [options=help,...]
  none  : Do not change boot device order
  pxe   : Force PXE boot
  disk  : Force boot from default Hard-drive
  safe  : Force boot from default Hard-drive, request Safe Mode
  diag  : Force boot from Diagnostic Partition
  cdrom : Force boot from CD/DVD
  bios  : Force boot into BIOS Setup
  floppy: Force boot from Floppy/primary removable media";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_options_that_exclude_each_other_counts() {
        let flags = parse_options("verbose=yes,verbose=no,,persistent").unwrap();
        assert_eq!(flags, [0x40, 0, 0x20, 0, 0]);
    }

    #[test]
    fn every_wrong_option_is_named_before_the_right_ones() {
        let text = parse_options("bogus,valid,wrong").unwrap_err().text;
        assert!(text.starts_with("Invalid option: bogus\nInvalid option: wrong\nLegal options"));
        assert_eq!(text.lines().count(), 4 + OPTIONS.len());
    }

    #[test]
    fn force_none_is_no_device() {
        assert!(BootDevice::new("force_none", [0; 5]).is_err());
        assert_eq!(
            BootDevice::new("force_bios", [0; 5]).unwrap().flags,
            [0x80, 0x18, 0, 0, 0]
        );
    }
}
