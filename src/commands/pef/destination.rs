//! Where an alert goes to: over a LAN, a serial line, or as Dell has it.

use std::net::Ipv4Addr;

use ipmi_rs::connection::Message;

use crate::commands::sel::maker::Maker;
use crate::commands::{Desk, raw};
use crate::ipmi::lan::{GetLanParameter, Parameter};
use crate::ipmi::pef::Policy;
use crate::ipmi::serial::{GetSerialParameter, Selector};
use crate::ipmi::{self, Failure, ask};

use super::sheet::Sheet;
use super::words::{self, LAN_DESTINATIONS, SERIAL_DESTINATIONS, TAP_CONFIRMATIONS};
use crate::wire::text::up_to_nul;

/// Names what [`print_lan`] is going to ask.
pub(super) fn hint_lan(policy: &Policy, desk: &mut Desk<'_>) {
    let commands = LAN_PARAMETERS.map(|(parameter, by_set)| {
        let set = if by_set { policy.destination } else { 0 };
        lan(policy.channel, parameter, set)
    });
    ipmi::hint(desk.bmc, commands);
}

/// Prints a destination on a LAN. Whether it could be read.
pub(super) fn print_lan(
    channel: u8,
    destination: u8,
    sheet: &mut Sheet,
    desk: &mut Desk<'_>,
) -> bool {
    let name = "Alert destination count";
    let count = lan(channel, Parameter::DESTINATION_COUNT, 0);
    if fetch(desk, count, name, 0).is_none() {
        return retrieving(desk, name);
    }
    let name = "Alert destination type";
    let kind = lan(channel, Parameter::DESTINATION_TYPE, destination);
    let (kind, timeout, retries) = match fetch(desk, kind, name, 5).as_deref() {
        Some([_, number, kind, timeout, retries, ..]) if *number == destination => {
            (kind & 7, *timeout, retries & 7)
        }
        _ => return retrieving(desk, name),
    };
    sheet.field(name, words::name(kind, LAN_DESTINATIONS), desk);
    let mut complete = true;
    if kind == PET {
        let name = "PET community";
        let community = lan(channel, Parameter::COMMUNITY, 0);
        match fetch(desk, community, name, 1).as_deref() {
            Some([_, text @ ..]) => {
                let text = text.get(..18).unwrap_or(text);
                sheet.bytes("PET Community", up_to_nul(text), desk);
            }
            _ => complete = retrieving(desk, name),
        }
    }
    sheet.field("ACK timeout/retry (secs)", timeout, desk);
    sheet.field("Retries", retries, desk);
    let name = "Alert destination info";
    let address = lan(channel, Parameter::DESTINATION_ADDRESS, destination);
    match fetch(desk, address, name, 14).as_deref() {
        Some([_, number, _, _, a, b, c, d, mac @ ..]) if *number == destination => {
            sheet.field("IP address", Ipv4Addr::new(*a, *b, *c, *d), desk);
            let mac = mac.iter().take(6).map(|byte| format!("{byte:02x}"));
            let mac: Vec<String> = mac.collect();
            sheet.field("MAC address", mac.join(":"), desk);
            complete
        }
        _ => retrieving(desk, name),
    }
}

fn lan(channel: u8, parameter: Parameter, set: u8) -> Message {
    let selector = parameter.selector;
    GetLanParameter {
        channel,
        selector,
        set,
        block: 0,
    }
    .into()
}

/// Prints a destination on a serial line. Whether it could be read.
pub(super) fn print_serial(
    channel: u8,
    destination: u8,
    sheet: &mut Sheet,
    desk: &mut Desk<'_>,
) -> bool {
    let name = "Alert destination count";
    let count = serial(channel, Selector::DestinationCount, 0, 0);
    let count = match fetch(desk, count, name, 2).as_deref() {
        Some([_, count, ..]) => count & 0x0f,
        _ => return retrieving(desk, name),
    };
    if destination == 0 || count == 0 {
        return true;
    }
    if let Some(dell) = destination.checked_sub(count).filter(|number| *number > 0) {
        print_dell(dell, sheet, desk);
        return true;
    }
    let name = "Alert destination info";
    let info = serial(channel, Selector::Destination, destination, 0);
    let (kind, timeout, retries, detail) = match fetch(desk, info, name, 6).as_deref() {
        Some([_, number, kind, timeout, retries, detail, ..]) if *number == destination => {
            (kind & 0x0f, *timeout, retries & 0x77, *detail)
        }
        _ => return retrieving(desk, name),
    };
    let kind_name = words::name(kind, SERIAL_DESTINATIONS);
    sheet.field("Alert destination type", kind_name, desk);
    sheet.field("ACK timeout (secs)", timeout, desk);
    sheet.field("Retries", retries, desk);
    match kind {
        DIAL => print_dial_string(channel, detail >> 4, "Serial dial string", sheet, desk),
        TAP => print_tap(channel, detail & 0x0f, sheet, desk),
        _ => true,
    }
}

fn print_tap(channel: u8, account: u8, sheet: &mut Sheet, desk: &mut Desk<'_>) -> bool {
    let count = serial(channel, Selector::AccountCount, 0, 0);
    match fetch(desk, count, "Number of TAP accounts", 2).as_deref() {
        Some([_, count, ..]) if count & 0x0f != 0 => {}
        // Not supported.
        _ => return true,
    }
    let name = "TAP account info";
    let info = serial(channel, Selector::Account, account, 0);
    let (dial_string, service) = match fetch(desk, info, name, 3).as_deref() {
        Some([_, number, both, ..]) if *number == account => (both >> 4, both & 0x0f),
        _ => return retrieving(desk, name),
    };
    let complete = print_dial_string(channel, dial_string, "TAP Dial string", sheet, desk);
    let name = "TAP service settings";
    let settings = serial(channel, Selector::Service, service, 0);
    match fetch(desk, settings, name, 3).as_deref() {
        Some([_, number, confirmation, ..]) if *number == service => {
            let confirmation = words::name(*confirmation, TAP_CONFIRMATIONS);
            sheet.field("TAP confirmation", confirmation, desk);
            complete
        }
        _ => retrieving(desk, name),
    }
}

fn print_dial_string(
    channel: u8,
    number: u8,
    label: &str,
    sheet: &mut Sheet,
    desk: &mut Desk<'_>,
) -> bool {
    let count = serial(channel, Selector::DialStringCount, 0, 0);
    match fetch(desk, count, "Dial string count", 2).as_deref() {
        Some([_, count, ..]) if count & 0x0f != 0 => {}
        // Not supported.
        _ => return true,
    }
    let mut text = Vec::new();
    for block in 1..=DIAL_BLOCKS {
        let part = serial(channel, Selector::DialString, number, block);
        match fetch(desk, part, label, 4).as_deref() {
            Some([_, set, index, part @ ..]) if (*set, *index) == (number, block) => {
                text.extend_from_slice(part.get(..16).unwrap_or(part));
                if part.len() < 16 || part.contains(&0) {
                    break;
                }
            }
            _ => return retrieving(desk, label),
        }
    }
    sheet.bytes(label, up_to_nul(&text), desk);
    true
}

fn serial(channel: u8, selector: Selector, set: u8, block: u8) -> Message {
    GetSerialParameter {
        channel,
        selector,
        set,
        block,
    }
    .into()
}

/// Dell's BMCs have IPv6 destinations behind those of the serial line, as system information. Laid out as stock reads
/// it; others have nothing there.
fn print_dell(destination: u8, sheet: &mut Sheet, desk: &mut Desk<'_>) {
    if Maker::new(desk.context).manufacturer(desk) != DELL {
        return;
    }
    match system_info(desk, IPV6_COUNT, 0, 0).as_deref() {
        Some(data) if destination <= at(data, 0) => {}
        _ => return,
    }
    sheet.field("Alert destination type", "xxx", desk);
    sheet.field("PET Community", "xxx", desk);
    sheet.field("ACK timeout/retry (secs)", 0, desk);
    sheet.field("Retries", 0, desk);
    let Some(data) = system_info(desk, IPV6_ADDRESS, 0, destination) else {
        return;
    };
    let mut length = usize::from(at(&data, 4));
    // The first part has 11 bytes, the others 14, of which the next one covers the last 3.
    let mut address = vec![0; usize::from(u8::MAX) * 2];
    copy(&mut address, 0, &data, 8, length.min(11));
    let mut block: u8 = 1;
    while length > 11 {
        let data = system_info(desk, IPV6_ADDRESS, block, destination).unwrap_or_default();
        let part = (length - 11).min(14);
        copy(&mut address, usize::from(block) * 11, &data, 3, part);
        length = length.saturating_sub(part + 3);
        block = block.saturating_add(1);
    }
    sheet.bytes("IPv6 Address", up_to_nul(&address), desk);
}

/// Get System Info Parameters, as many bytes as stock keeps; what is missing is zero.
fn system_info(desk: &mut Desk<'_>, parameter: u8, block: u8, set: u8) -> Option<Vec<u8>> {
    if desk.context.verbose > 1 {
        desk.output.line(format_args!(
            "getsysinfo: {parameter:02x}/{block:02x}/{set:02x}"
        ));
    }
    desk.ask(0x06, 0x59, &[0, parameter, block, set]).ok()
}

fn at(data: &[u8], index: usize) -> u8 {
    data.get(index).copied().unwrap_or(0)
}

/// Copies bytes of an answer that is at most 19 bytes long.
fn copy(to: &mut [u8], begin: usize, data: &[u8], from: usize, count: usize) {
    for offset in 0..count {
        if let Some(byte) = to.get_mut(begin + offset) {
            *byte = match from + offset {
                index @ 0..19 => at(data, index),
                _ => 0,
            };
        }
    }
}

/// Asks, and says what is wrong with the answer, as stock does here: nothing of code 80h, which is "not supported".
pub(super) fn fetch(
    desk: &mut Desk<'_>,
    message: Message,
    name: &str,
    least: usize,
) -> Option<Vec<u8>> {
    match ask(desk.bmc, message.netfn_raw(), message.cmd(), message.data()) {
        Ok(data) => {
            if desk.context.verbose > 2 && !data.is_empty() {
                let (length, dump) = (data.len(), raw::dump(&data));
                desk.output
                    .complain(format_args!("{name} ({length} bytes)\n{dump}"));
            }
            if data.len() < least {
                let length = data.len();
                desk.output.complain(format_args!(
                    " **Error in '{name}' command: the answer has {length} bytes of data, expected at least {least}"
                ));
                return None;
            }
            Some(data)
        }
        Err(Failure::Completion(0x80) | Failure::Answer(_)) => None,
        Err(Failure::Completion(code)) => {
            desk.output
                .complain(format_args!(" **Error {code:x} in '{name}' command"));
            None
        }
        Err(Failure::Transport(error)) => {
            desk.output.explain(&error);
            None
        }
    }
}

/// Says what is not known. False, for a job to return.
pub(super) fn retrieving(desk: &mut Desk<'_>, name: &str) -> bool {
    desk.output
        .complain(format_args!(" **Error retrieving {name}"));
    false
}

/// Media, [`crate::ipmi::channel::MEDIA`].
pub(super) const LAN: u8 = 4;
pub(super) const SERIAL: u8 = 5;

/// What is asked of a destination on a LAN, in this order, and whether it is asked by its number.
const LAN_PARAMETERS: [(Parameter, bool); 4] = [
    (Parameter::DESTINATION_COUNT, false),
    (Parameter::DESTINATION_TYPE, true),
    (Parameter::COMMUNITY, false),
    (Parameter::DESTINATION_ADDRESS, true),
];

/// Kinds of destinations on a LAN and on a serial line.
const PET: u8 = 0;
const DIAL: u8 = 0;
const TAP: u8 = 1;

/// Parts of a dial string at most.
const DIAL_BLOCKS: u8 = 6;

const DELL: u32 = 674;

/// Dell's system information.
const IPV6_COUNT: u8 = 0xe6;
const IPV6_ADDRESS: u8 = 0xf0;
