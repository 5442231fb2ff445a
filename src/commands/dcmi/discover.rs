//! `dcmi discover`: DCMI section 6.1.1.

use ipmi_rs::connection::Message;

use super::DCMI;
use super::group::Answer;
use crate::commands::output::Output;
use crate::commands::{Desk, Job};

/// All capabilities, in stock's order.
#[derive(Debug)]
pub struct Discover;

impl Job for Discover {
    fn first(&self) -> Vec<Message> {
        (1u8..)
            .zip(KINDS)
            .map(|(selector, _)| Message::new_raw(DCMI.netfn, COMMAND, DCMI.data(&[selector])))
            .collect()
    }

    fn run(&self, desk: &mut Desk<'_>) -> bool {
        let all = (1u8..)
            .zip(KINDS)
            .all(|(selector, kind)| one(desk, selector, kind));
        if all {
            desk.output.line(format_args!(""));
        }
        all
    }
}

fn one(desk: &mut Desk<'_>, selector: u8, kind: &Kind) -> bool {
    let done = match DCMI.ask(desk, COMMAND, &[selector], HEADER) {
        Some(answer) => shown(desk, &answer, kind),
        None => false,
    };
    if !done {
        let name = kind.name;
        desk.output
            .complain(format_args!("Error discovering {name} capabilities!\n"));
    }
    done
}

fn shown(desk: &mut Desk<'_>, answer: &Answer, kind: &Kind) -> bool {
    if !SPECIFICATIONS.contains(&[answer.byte(1), answer.byte(2)]) {
        desk.output.complain(format_args!(
            "ERROR!  This command is not available on this platform"
        ));
        return false;
    }
    if !matches!(answer.byte(3), 1 | 2) {
        desk.output.complain(format_args!(
            "ERROR!  This command is not compatible with this version"
        ));
        return false;
    }
    if !DCMI.reaches(desk, answer, HEADER + kind.length) {
        return false;
    }
    (kind.print)(desk.output, answer);
    true
}

fn platform(output: &mut Output, answer: &Answer) {
    output.line(format_args!("    Supported DCMI capabilities:"));
    let parts: [(&str, &[&str]); 3] = [
        ("Mandatory platform", MANDATORY),
        ("Optional platform", OPTIONAL),
        ("Managebility access", ACCESS),
    ];
    for (at, (title, names)) in parts.into_iter().enumerate() {
        output.line(format_args!("\n         {title} capabilities"));
        bits(output, answer.byte(HEADER + at), names);
    }
}

fn attributes(output: &mut Output, answer: &Answer) {
    let log = answer.short(HEADER);
    let rollover = if log & 0x8000 == 0 {
        "not present"
    } else {
        "enabled"
    };
    let entries = log & 0x0fff;
    output.print(format_args!(
        "\n    Mandatory platform attributes:\n\n         SEL Attributes: \n               \
         SEL automatic rollover is {rollover}\n               {entries} SEL entries\n"
    ));
    output.line(format_args!("\n         Identification Attributes: "));
    bits(output, answer.byte(HEADER + 2), IDENTIFICATION);
    output.line(format_args!(
        "\n         Temperature Monitoring Attributes: "
    ));
    bits(output, answer.byte(HEADER + 3), TEMPERATURES);
}

fn power(output: &mut Output, answer: &Answer) {
    output.line(format_args!(
        "\n    Optional Platform Attributes: \n\n         Power Management:"
    ));
    match answer.byte(HEADER) {
        // Stock's: half the address that it should be.
        0x40 => output.line(format_args!(
            "                Slave address of device: 20h (BMC)"
        )),
        address => output.line(format_args!(
            "                Slave address of device: {address:x}h (8bits)(Satellite/External controller)"
        )),
    }
    let place = answer.byte(HEADER + 1);
    match place >> 4 {
        0 => output.line(format_args!(
            "                Channel number is 0h (Primary BMC)"
        )),
        channel => output.line(format_args!(
            "                Channel number is {channel:x}h "
        )),
    }
    output.line(format_args!(
        "                    Device revision is {} ",
        place & 0x0f
    ));
}

fn access(output: &mut Output, answer: &Answer) {
    output.line(format_args!("\n    Manageability Access Attributes: "));
    let channels = [
        (
            "Primary LAN channel",
            "Primary LAN channel is not available for OOB",
        ),
        (
            "Secondary LAN channel",
            "Secondary LAN channel is not available for OOB",
        ),
        ("Serial channel", "No serial channel is available"),
    ];
    for (at, (name, none)) in channels.into_iter().enumerate() {
        match answer.byte(HEADER + at) {
            0xff => output.line(format_args!("         {none}")),
            number => output.line(format_args!(
                "         {name} number: {number} is available"
            )),
        }
    }
}

/// The names of the bits that are set.
fn bits(output: &mut Output, value: u8, names: &[&str]) {
    for (bit, name) in names.iter().enumerate() {
        if value >> bit & 1 != 0 {
            output.line(format_args!("        {name}"));
        }
    }
}

/// One selector's capabilities.
struct Kind {
    name: &'static str,
    /// Bytes behind the header.
    length: usize,
    print: fn(&mut Output, &Answer),
}

const KINDS: &[Kind] = &[
    Kind {
        name: "platform",
        length: 3,
        print: platform,
    },
    Kind {
        name: "mandatory_attributes",
        length: 4,
        print: attributes,
    },
    Kind {
        name: "optional_attributes",
        length: 2,
        print: power,
    },
    Kind {
        name: "managebility access",
        length: 3,
        print: access,
    },
];

/// Get DCMI Capabilities Info.
const COMMAND: u8 = 0x01;

/// Group, specification (two bytes), revision.
const HEADER: usize = 4;

/// 1.0, 1.1, 1.5.
const SPECIFICATIONS: &[[u8; 2]] = &[[1, 0], [1, 1], [1, 5]];

const MANDATORY: &[&str] = &[
    "Identification support available",
    "SEL logging available",
    "Chassis power available",
    "Temperature monitor available",
];

const OPTIONAL: &[&str] = &["Power management available"];

const ACCESS: &[&str] = &[
    "In-band KCS channel available",
    "Out-of-band serial TMODE available",
    "Out-of-band secondary LAN channel available",
    "Out-of-band primary LAN channel available",
    "SOL enabled",
    "VLAN capable",
];

const IDENTIFICATION: &[&str] = &["GUID", "DHCP hostname", "Asset tag"];

const TEMPERATURES: &[&str] = &["inlet", "cpu", "baseboard"];
