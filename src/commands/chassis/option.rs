//! Boot options in stock's words: `chassis bootparam get`, and for `chassis bootmbox get`.

use ipmi_rs::connection::Message;

use crate::cli::dates::Dates;
use crate::commands::output::Output;
use crate::commands::raw::dump as bytes;
use crate::commands::{Desk, Job};
use crate::ipmi::boot::{BootOption, GET_REFUSALS, GetBootOption};
use crate::ipmi::{AnswerError, Failure, exchange};

use super::bootdev::refusal;
use super::mailbox::{self, Shown};
use crate::wire::text::hex;

/// Reads a boot option and prints it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Show {
    command: GetBootOption,
    /// How a block of the mailbox is shown.
    pub mailbox: Shown,
    /// Whether version and state are printed before the value.
    pub header: bool,
    /// Whether it is said that the parameter, or its set, does not exist.
    pub range_matters: bool,
}

impl Show {
    /// All of it.
    pub fn option(command: GetBootOption) -> Self {
        Self {
            command,
            mailbox: Shown::default(),
            header: true,
            range_matters: true,
        }
    }

    /// Does it. Whether there was an answer, and it was good.
    pub fn show(&self, desk: &mut Desk<'_>) -> bool {
        let number = self.command.parameter & 0x7f;
        let option = match exchange(desk.bmc, self.command) {
            Ok(option) => option,
            Err(Failure::Completion(OUT_OF_RANGE)) if !self.range_matters => return false,
            Err(Failure::Completion(code)) => {
                let text = refusal(code, GET_REFUSALS);
                desk.output.complain(format_args!(
                    "Get Chassis Boot Parameter {number} failed: {text}"
                ));
                return false;
            }
            Err(failure) => return fail(number, &failure, desk.output),
        };
        dump(&option, desk);
        if self.header {
            print_header(&option, desk.output);
        }
        match self.print(&option, desk) {
            Ok(()) => true,
            Err(error) => fail(number, &error.into(), desk.output),
        }
    }

    fn print(&self, option: &BootOption, desk: &mut Desk<'_>) -> Result<(), AnswerError> {
        let output = &mut *desk.output;
        match option.parameter {
            0 => {
                let [value] = option.at_least::<1>()?;
                let state = ["set complete", "set in progress", "commit write"];
                let state = state
                    .get(usize::from(value & 3))
                    .unwrap_or(&"error, reserved bit");
                output.line(format_args!(" Set In Progress : {state}"));
            }
            1 => match option.at_least::<1>()? {
                [0] => output.line(format_args!(" Service Partition Selector : unspecified")),
                [value] => output.line(format_args!(" Service Partition Selector : {value}")),
            },
            2 => {
                let [value] = option.at_least::<1>()?;
                output.line(format_args!(" Service Partition Scan :"));
                list(value, SERVICE_SCAN, 5, output);
            }
            3 => {
                let [value] = option.at_least::<1>()?;
                output.line(format_args!(" BMC boot flag valid bit clearing :"));
                list(value, VALID_CLEARING, 5, output);
            }
            4 => {
                let [_, value] = option.at_least::<2>()?;
                output.line(format_args!(" Boot Info Acknowledge :"));
                list(value, ACKNOWLEDGE, 4, output);
            }
            5 => print_flags(option.at_least::<4>()?, output),
            6 => print_initiator(option.at_least::<9>()?, desk.context.utc, output),
            7 => mailbox::print(option, self.mailbox, output)?,
            number => output.line(format_args!(" Unsupported parameter {number}")),
        }
        Ok(())
    }
}

impl Job for Show {
    fn first(&self) -> Vec<Message> {
        vec![self.command.into()]
    }

    fn run(&self, desk: &mut Desk<'_>) -> bool {
        self.show(desk)
    }
}

/// Shows the answer's bytes, from `-vvv` on.
pub fn dump(option: &BootOption, desk: &mut Desk<'_>) {
    if desk.context.verbose > 2 {
        let answer = option.answer();
        let count = answer.len();
        desk.output.complain(format_args!(
            "Boot Option ({count} bytes)\n{}",
            bytes(answer)
        ));
    }
}

fn fail(number: u8, failure: &Failure, output: &mut Output) -> bool {
    output.fail_or_refuse(
        format_args!("Error Getting Chassis Boot Parameter {number}"),
        format_args!("Get Chassis Boot Parameter {number} failed"),
        failure,
    )
}

fn print_header(option: &BootOption, output: &mut Output) {
    let state = if option.locked {
        "invalid/locked"
    } else {
        "valid/unlocked"
    };
    output.line(format_args!("Boot parameter version: {}", option.version));
    output.line(format_args!(
        "Boot parameter {} is {state}",
        option.parameter
    ));
    output.line(format_args!("Boot parameter data: {}", hex(option.value())));
}

/// The bits that are set, or that none is.
fn list(value: u8, bits: &[(u8, &str)], indent: usize, output: &mut Output) {
    let mut any = false;
    for (bit, text) in bits {
        if value & bit != 0 {
            any = true;
            output.line(format_args!("{:indent$}- {text}", ""));
        }
    }
    if !any {
        output.line(format_args!("     No flag set"));
    }
}

fn print_flags([first, second, third, fourth]: [u8; 4], output: &mut Output) {
    let set = |output: &mut Output, value: u8, bits: &[(u8, &str)]| {
        for (bit, text) in bits {
            if value & bit != 0 {
                output.line(format_args!("   - {text}"));
            }
        }
    };
    let choice = |output: &mut Output, label: &str, value: u8, texts: &[&str]| {
        let text = texts.get(usize::from(value)).copied();
        let text = text.filter(|text| !text.is_empty()).unwrap_or("Flag error");
        output.line(format_args!("   - {label} : {text}"));
    };
    output.line(format_args!(" Boot Flags :"));
    for (bit, yes, no) in BOOT_TYPE {
        output.line(format_args!(
            "   - {}",
            if first & bit != 0 { yes } else { no }
        ));
    }
    set(
        output,
        second,
        &[(0x80, "CMOS Clear"), (0x40, "Lock Keyboard")],
    );
    choice(output, "Boot Device Selector", second >> 2 & 0xf, DEVICES);
    set(
        output,
        second,
        &[(0x02, "Screen blank"), (0x01, "Lock out Reset buttons")],
    );
    let power = "Lock out (power off/sleep request) via Power Button";
    set(output, third, &[(0x80, power)]);
    choice(output, "BIOS verbosity", third >> 5 & 3, VERBOSITY);
    set(
        output,
        third,
        &[
            (0x10, "Force progress event traps"),
            (0x08, "User password bypass"),
            (0x04, "Lock Out Sleep Button"),
        ],
    );
    choice(
        output,
        "Console Redirection control",
        third & 3,
        REDIRECTION,
    );
    set(output, fourth, &[(0x08, "BIOS Shared Mode Override")]);
    choice(output, "BIOS Mux Control Override", fourth & 7, MUX);
}

fn print_initiator(value: [u8; 9], utc: bool, output: &mut Output) {
    let [channel, s0, s1, s2, s3, t0, t1, t2, t3] = value;
    let session = u32::from_le_bytes([s0, s1, s2, s3]);
    let stamp = u32::from_le_bytes([t0, t1, t2, t3]);
    output.line(format_args!(" Boot Initiator Info :"));
    output.line(format_args!("    Channel Number : {}", channel & 0x0f));
    output.line(format_args!("    Session Id     : {session:08X}h"));
    output.print(format_args!("    Timestamp      : "));
    output.bytes(&Dates::from_environment(utc).numeric(stamp));
    output.print(format_args!("\n"));
}

/// The parameter, or its set, does not exist.
const OUT_OF_RANGE: u8 = 0xc9;

const SERVICE_SCAN: &[(u8, &str)] = &[
    (0x01, "Request BIOS to scan"),
    (0x02, "Service Partition Discovered"),
];

const VALID_CLEARING: &[(u8, &str)] = &[
    (
        0x10,
        "Don't clear valid bit on reset/power cycle cause by PEF",
    ),
    (
        0x08,
        "Don't automatically clear boot flag valid bit on timeout",
    ),
    (
        0x04,
        "Don't clear valid bit on reset/power cycle cause by watchdog",
    ),
    (
        0x02,
        "Don't clear valid bit on push button reset // soft reset",
    ),
    (
        0x01,
        "Don't clear valid bit on power up via power push button or wake event",
    ),
];

const ACKNOWLEDGE: &[(u8, &str)] = &[
    (0x10, "OEM has handled boot info"),
    (0x08, "SMS has handled boot info"),
    (0x04, "OS // service partition has handled boot info"),
    (0x02, "OS Loader has handled boot info"),
    (0x01, "BIOS/POST has handled boot info"),
];

/// The first byte's bits: what is said of a set one and of a clear one.
const BOOT_TYPE: [(u8, &str, &str); 3] = [
    (0x80, "Boot Flag Valid", "Boot Flag Invalid"),
    (
        0x40,
        "Options apply to all future boots",
        "Options apply to only next boot",
    ),
    (0x20, "BIOS EFI boot ", "BIOS PC Compatible (legacy) boot "),
];

/// By their number; reserved ones are empty.
const DEVICES: &[&str] = &[
    "No override",
    "Force PXE",
    "Force Boot from default Hard-Drive",
    "Force Boot from default Hard-Drive, request Safe-Mode",
    "Force Boot from Diagnostic Partition",
    "Force Boot from CD/DVD",
    "Force Boot into BIOS Setup",
    "Force Boot from remotely connected Floppy/primary removable media",
    "Force Boot from remotely connected CD/DVD",
    "Force Boot from primary remote media",
    "",
    "Force Boot from remotely connected Hard-Drive",
    "",
    "",
    "",
    "Force Boot from Floppy/primary removable media",
];

const VERBOSITY: &[&str] = &[
    "System Default",
    "Request Quiet Display",
    "Request Verbose Display",
];

const REDIRECTION: &[&str] = &[
    "Console redirection occurs per BIOS configuration setting (default)",
    "Suppress (skip) console redirection if enabled",
    "Request console redirection be enabled",
];

const MUX: &[&str] = &[
    "BIOS uses recommended setting of the mux at the end of POST",
    "Requests BIOS to force mux to BMC at conclusion of POST/start of OS boot",
    "Requests BIOS to force mux to system at conclusion of POST/start of OS boot",
];
