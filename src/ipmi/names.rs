//! Names of values, in stock ipmitool's words.

use std::borrow::Cow;

/// Values and their names.
pub type Table = &'static [(u8, &'static str)];

/// The name of `value`, or stock's `Unknown (0xNN)`.
pub fn name(value: u8, table: Table) -> Cow<'static, str> {
    match find(value, table) {
        Some(name) => Cow::Borrowed(name),
        None => Cow::Owned(format!("Unknown (0x{value:02X})")),
    }
}

/// The name of `value`, if it has one.
pub fn find(value: u8, table: Table) -> Option<&'static str> {
    table
        .iter()
        .find(|(each, _)| *each == value)
        .map(|(_, name)| *name)
}

/// The value of exactly this `name`.
pub fn value_exactly(name: &str, table: Table) -> Option<u8> {
    table
        .iter()
        .find(|(_, each)| *each == name)
        .map(|(value, _)| *value)
}

/// The value of `name`, in any case, as stock's `str2val` finds it.
pub fn value(name: &str, table: Table) -> Option<u8> {
    table
        .iter()
        .find(|(_, each)| each.eq_ignore_ascii_case(name))
        .map(|(value, _)| *value)
}

/// A table in two columns under its title, with a blank line before, between and after, as stock's
/// `print_valstr_2col` prints it.
pub fn two_columns(title: &str, table: Table) -> String {
    let mut text = format!("\n{title}:\n\n");
    for row in table.chunks(2) {
        let cells: Vec<String> = row
            .iter()
            .map(|(value, name)| format!("  {value:4}  {name:<32}"))
            .collect();
        text.push_str(&cells.join("  "));
        text.push('\n');
    }
    text.push('\n');
    text
}

/// Privilege levels, IPMI v2.0 table 6-7.
pub const PRIVILEGE_LEVELS: Table = &[
    (1, "CALLBACK"),
    (2, "USER"),
    (3, "OPERATOR"),
    (4, "ADMINISTRATOR"),
    (5, "OEM"),
    (0xf, "NO ACCESS"),
];

/// The netfns that have names in stock's `raw`.
pub const NETFNS: Table = &[
    (0x00, "Chassis"),
    (0x02, "Bridge"),
    (0x04, "SensorEvent"),
    (0x06, "Application"),
    (0x08, "Firmware"),
    (0x0a, "Storage"),
    (0x0c, "Transport"),
];

/// Why a system restarted, IPMI v2.0 table 28-11.
pub const RESTART_CAUSES: Table = &[
    (0x0, "unknown"),
    (0x1, "chassis power control command"),
    (0x2, "reset via pushbutton"),
    (0x3, "power-up via pushbutton"),
    (0x4, "watchdog expired"),
    (0x5, "OEM"),
    (0x6, "power-up due to always-restore power policy"),
    (0x7, "power-up due to restore-previous power policy"),
    (0x8, "reset via PEF"),
    (0x9, "power-cycle via PEF"),
    (0xa, "soft reset"),
    (0xb, "power-up via RTC wakeup"),
];

/// SOL bit rates, IPMI v2.0 table 26-5, parameters 5 and 6.
pub const BIT_RATES: Table = &[
    (0x00, "IPMI-Over-Serial-Setting"),
    (0x06, "9.6"),
    (0x07, "19.2"),
    (0x08, "38.4"),
    (0x09, "57.6"),
    (0x0a, "115.2"),
];

/// SOL set-in-progress states, IPMI v2.0 table 26-5, parameter 0.
pub const SET_IN_PROGRESS: Table = &[
    (0, "set-complete"),
    (1, "set-in-progress"),
    (2, "commit-write"),
];

/// What a serial session does, IPMI v2.0 table 22-25.
pub const CHANNEL_ACTIVITIES: Table = &[
    (0, "IPMI Messaging session active"),
    (1, "Callback Messaging session active"),
    (2, "Dial-out Alert active"),
    (3, "TAP Page Active"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_case_and_whole() {
        assert_eq!(value("aPPlication", NETFNS), Some(6));
        assert_eq!(value("app", NETFNS), None);
        assert_eq!(name(0x0b, BIT_RATES), "Unknown (0x0B)");
    }
}
