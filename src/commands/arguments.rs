//! Arguments that several verbs take, with stock's complaints.

use crate::cli::number;
use crate::ipmi::channel::CURRENT;

use super::Refusal;

/// A channel number: 0 to 11, 14 (the one in use) or 15 (the system interface).
///
/// # Errors
///
/// Stock's two lines.
pub fn channel(word: &str) -> Result<u8, Refusal> {
    match number::uchar(word.as_bytes()) {
        Ok(channel @ (0x0..=0xb | CURRENT | 0xf)) => Ok(channel),
        _ => Err(Refusal::error(format!(
            "Given Channel number '{word}' is either invalid or out of range.\n\
             Channel number must be from ranges: <0x0..0xB>, <0xE..0xF>"
        ))),
    }
}

/// A user's number: 1 to 63.
///
/// # Errors
///
/// Stock's two lines.
pub fn user(word: &str) -> Result<u8, Refusal> {
    match number::uchar(word.as_bytes()) {
        Ok(user @ 1..=63) => Ok(user),
        _ => Err(Refusal::error(format!(
            "Given User ID '{word}' is either invalid or out of range.\nUser ID is limited to range <1..63>."
        ))),
    }
}

/// A privilege level: 1 to 5, or 15 for none.
///
/// # Errors
///
/// Stock's two lines.
pub fn privilege(word: &str) -> Result<u8, Refusal> {
    match number::uchar(word.as_bytes()) {
        Ok(level @ (1..=5 | 15)) => Ok(level),
        _ => Err(Refusal::error(format!(
            "Given Privilege Limit '{word}' is invalid.\nPrivilege Limit is limited to <0x1..0x5> and <0xF>."
        ))),
    }
}
