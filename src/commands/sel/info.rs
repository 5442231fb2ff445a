//! `sel info`.

use super::{GET_ALLOCATION_INFO, GET_INFO, STORAGE};
use crate::cli::dates::Dates;
use crate::commands::{Desk, raw};

/// Prints what the log is and can.
pub(super) fn run(desk: &mut Desk<'_>) -> bool {
    desk.hint([
        (STORAGE, GET_INFO, Vec::new()),
        (STORAGE, GET_ALLOCATION_INFO, Vec::new()),
    ]);
    let data = match desk.ask(STORAGE, GET_INFO, &[]) {
        Ok(data) => data,
        Err(failure) => {
            return desk
                .output
                .fail(format_args!("Get SEL Info command failed"), &failure);
        }
    };
    let Ok(info) = <[u8; 14]>::try_from(&data[..]) else {
        let length = data.len();
        desk.output.complain(format_args!(
            "Get SEL Info command failed: Invalid data length {length}"
        ));
        return false;
    };
    trace(desk, &data);
    print(&info, desk);
    info[13] & 1 == 0 || allocation(desk)
}

/// `-vvv` shows the answer's bytes.
pub(super) fn trace(desk: &mut Desk<'_>, data: &[u8]) {
    if desk.context.verbose > 2 && !data.is_empty() {
        desk.output.complain(format_args!(
            "sel_info ({} bytes)\n{}",
            data.len(),
            raw::dump(data)
        ));
    }
}

fn print(info: &[u8; 14], desk: &mut Desk<'_>) {
    let dates = Dates::from_environment(desk.context.utc);
    let output = &mut *desk.output;
    let [version, e0, e1, f0, f1, added @ .., _, _, _, _, flags] = *info;
    let deleted = [info[9], info[10], info[11], info[12]];
    let entries = u32::from(u16::from_le_bytes([e0, e1]));
    let free = u32::from(u16::from_le_bytes([f0, f1]));
    let known = if version == 0x51 || version == 0x02 {
        "v1.5, v2 compliant"
    } else {
        "Unknown"
    };
    let more = if free == 0xffff { "or more" } else { "" };
    output.line(format_args!("SEL Information"));
    output.line(format_args!(
        "Version          : {}.{} ({known})",
        version & 0x0f,
        version >> 4
    ));
    output.line(format_args!("Entries          : {entries}"));
    output.line(format_args!("Free Space       : {free} bytes {more}"));
    let used = entries * RECORD;
    match used + free {
        UNKNOWN_SIZE.. => output.line(format_args!("Percent Used     : unknown")),
        total => {
            // As stock reckons, roundings included.
            let percent = if used == 0 {
                0
            } else {
                (100.0 * (f64::from(used) / f64::from(total))) as u32
            };
            output.line(format_args!("Percent Used     : {percent}%"));
        }
    }
    for (what, stamp) in [("Add", added), ("Del", deleted)] {
        output.print(format_args!("Last {what} Time    : "));
        match u32::from_le_bytes(stamp) {
            0 | u32::MAX => output.print(format_args!("Not Available")),
            stamp => output.bytes(&dates.numeric(stamp)),
        }
        output.print(format_args!("\n"));
    }
    output.line(format_args!("Overflow         : {}", flags & 0x80 != 0));
    output.print(format_args!("Supported Cmds   : "));
    for (bit, name) in COMMANDS {
        if flags & bit != 0 {
            output.print(format_args!("'{name}' "));
        }
    }
    let none = if flags & 0x0f == 0 { "None" } else { "" };
    output.line(format_args!("{none}"));
}

/// How the log's space is divided.
fn allocation(desk: &mut Desk<'_>) -> bool {
    let what = format_args!("Get SEL Allocation Info command failed");
    let data = match desk.ask(STORAGE, GET_ALLOCATION_INFO, &[]) {
        Ok(data) => data,
        Err(failure) => return desk.output.fail(what, &failure),
    };
    let Some([u0, u1, s0, s1, f0, f1, l0, l1, most]) = data.first_chunk::<9>() else {
        let length = data.len();
        desk.output
            .complain(format_args!("{what}: Invalid data length {length}"));
        return false;
    };
    for (what, low, high) in [
        ("# of Alloc Units", u0, u1),
        ("Alloc Unit Size ", s0, s1),
        ("# Free Units    ", f0, f1),
        ("Largest Free Blk", l0, l1),
    ] {
        let value = u16::from_le_bytes([*low, *high]);
        desk.output.line(format_args!("{what} : {value}"));
    }
    desk.output.line(format_args!("Max Record Size  : {most}"));
    true
}

/// Bytes a record takes.
const RECORD: u32 = 16;
/// A size from which on stock does not say how full the log is: the BMC cannot tell more free space than this.
const UNKNOWN_SIZE: u32 = 0xffff;

const COMMANDS: [(u8, &str); 4] = [
    (0x08, "Delete"),
    (0x04, "Partial Add"),
    (0x02, "Reserve"),
    (0x01, "Get Alloc Info"),
];
