//! `lan stats get|clear [channel]`.

use crate::commands::{Desk, medium};
use crate::ipmi::lan::{GetLanStatistics, get_text};
use crate::ipmi::{AnswerError, Failure, Length, exchange};

/// Prints the counters. Whether they could be read.
pub fn get(channel: u8, desk: &mut Desk<'_>) -> bool {
    let Some(data) = ask(channel, false, desk) else {
        return false;
    };
    let Some(counters) = data.get(..2 * COUNTERS.len()) else {
        let error = AnswerError {
            got: data.len(),
            expected: Length::AtLeast(2 * COUNTERS.len()),
        };
        desk.output
            .complain(format_args!("Get LAN Stats command failed: {error}"));
        return false;
    };
    if desk.context.verbose > 1 {
        desk.output.line(format_args!("--- Rx Stats ---"));
        for pair in counters.chunks(2) {
            let [high, low] = [pair[0], pair[1]];
            desk.output.print(format_args!("{high:02X} {low:02X} - "));
        }
        desk.output.line(format_args!(""));
    }
    for (name, pair) in COUNTERS.iter().zip(counters.chunks(2)) {
        // The high byte first, as stock reads them.
        let count = u16::from_be_bytes([pair[0], pair[1]]);
        desk.output.line(format_args!("{name:<26}: {count}"));
    }
    true
}

/// Lets the counters begin anew. Whether that went well.
pub fn clear(channel: u8, desk: &mut Desk<'_>) -> bool {
    ask(channel, true, desk).is_some()
}

fn ask(channel: u8, clear: bool, desk: &mut Desk<'_>) -> Option<Vec<u8>> {
    if !medium::is_lan(channel, desk) {
        desk.output
            .complain(format_args!("Channel {channel} is not a LAN channel"));
        return None;
    }
    match exchange(desk.bmc, GetLanStatistics { channel, clear }) {
        Ok(data) => return Some(data),
        Err(Failure::Completion(code)) => desk.output.complain(format_args!(
            "Get LAN Stats command failed: {}",
            get_text(code)
        )),
        Err(failure) => {
            desk.output
                .fail(format_args!("Get LAN Stats command failed"), &failure);
        }
    }
    None
}

const COUNTERS: [&str; 9] = [
    "IP Rx Packet",
    "IP Rx Header Errors",
    "IP Rx Address Errors",
    "IP Rx Fragmented",
    "IP Tx Packet",
    "UDP Rx Packet",
    "RMCP Rx Valid",
    "UDP Proxy Packet Received",
    "UDP Proxy Packet Dropped",
];
