//! Completion codes in stock ipmitool's words.

use std::borrow::Cow;

use super::names;

/// What a completion code means; `Unknown (0xNN)` for those without a name.
pub fn text(code: u8) -> Cow<'static, str> {
    names::name(code, TEXTS)
}

/// IPMI v2.0 table 5-2, worded (and, in D1h, spelt) as stock 1.8.19 prints it.
const TEXTS: names::Table = &[
    (0x00, "Command completed normally"),
    (0xc0, "Node busy"),
    (0xc1, "Invalid command"),
    (0xc2, "Invalid command on LUN"),
    (0xc3, "Timeout"),
    (0xc4, "Out of space"),
    (0xc5, "Reservation cancelled or invalid"),
    (0xc6, "Request data truncated"),
    (0xc7, "Request data length invalid"),
    (0xc8, "Request data field length limit exceeded"),
    (0xc9, "Parameter out of range"),
    (0xca, "Cannot return number of requested data bytes"),
    (0xcb, "Requested sensor, data, or record not found"),
    (0xcc, "Invalid data field in request"),
    (0xcd, "Command illegal for specified sensor or record type"),
    (0xce, "Command response could not be provided"),
    (0xcf, "Cannot execute duplicated request"),
    (0xd0, "SDR Repository in update mode"),
    (0xd1, "Device firmeware in update mode"),
    (0xd2, "BMC initialization in progress"),
    (0xd3, "Destination unavailable"),
    (0xd4, "Insufficient privilege level"),
    (0xd5, "Command not supported in present state"),
    (0xd6, "Cannot execute command, command disabled"),
    (0xff, "Unspecified error"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_text() {
        assert_eq!(text(0xc1), "Invalid command");
        assert_eq!(text(0x80), "Unknown (0x80)");
        assert!((0..=0xff).all(|code| !text(code).is_empty()));
    }
}
