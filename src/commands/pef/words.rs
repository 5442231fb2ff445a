//! Names of values, in stock's words.

use crate::ipmi::names::{self, Table};

/// What a bit says of what it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Supported,
    Active,
    Enabled,
}

impl Kind {
    pub(super) fn text(self, set: bool) -> &'static str {
        match (self, set) {
            (Self::Supported, true) => "supported",
            (Self::Supported, false) => "unsupported",
            (Self::Active, true) => "active",
            (Self::Active, false) => "inactive",
            (Self::Enabled, true) => "enabled",
            (Self::Enabled, false) => "disabled",
        }
    }
}

/// The name of a value; stock's word for none.
pub(super) fn name(value: u8, table: Table) -> &'static str {
    names::find(value, table).unwrap_or("None")
}

/// The name of the first bit of the table that is set.
pub(super) fn first(bits: u8, table: Table) -> &'static str {
    let found = table.iter().find(|(bit, _)| bits & bit != 0);
    found.map_or("None", |(_, name)| name)
}

/// The names of all bits that are set.
pub(super) fn all(bits: u8, table: Table) -> String {
    let set = table.iter().filter(|(bit, _)| bits & bit != 0);
    let names: Vec<&str> = set.map(|(_, name)| *name).collect();
    if names.is_empty() {
        "None".to_owned()
    } else {
        names.join(",")
    }
}

pub(super) const ACTIONS: Table = &[
    (0x01, "Alert"),
    (0x02, "Power-off"),
    (0x04, "Reset"),
    (0x08, "Power-cycle"),
    (0x10, "OEM-defined"),
    (0x20, "Diagnostic-interrupt"),
];

pub(super) const CONTROL: Table = &[
    (0x01, "PEF"),
    (0x02, "PEF event messages"),
    (0x04, "PEF startup delay"),
    (0x08, "Alert startup delay"),
];

pub(super) const SEVERITIES: Table = &[
    (0x20, "Non-recoverable"),
    (0x10, "Critical"),
    (0x08, "Warning"),
    (0x04, "OK"),
    (0x02, "Information"),
    (0x01, "Monitor"),
];

pub(super) const SENSOR_TYPES: Table = &[
    (255, "Any"),
    (1, "Temperature"),
    (2, "Voltage"),
    (3, "Current"),
    (4, "Fan"),
    (5, "Chassis Intrusion"),
    (6, "Platform security breach"),
    (7, "Processor"),
    (8, "Power supply"),
    (9, "Power Unit"),
    (10, "Cooling device"),
    (11, "Other (units-based)"),
    (12, "Memory"),
    (13, "Drive Slot"),
    (14, "POST memory resize"),
    (15, "POST error"),
    (16, "Logging disabled"),
    (17, "Watchdog 1"),
    (18, "System event"),
    (19, "Critical Interrupt"),
    (20, "Button"),
    (21, "Module/board"),
    (22, "uController/coprocessor"),
    (23, "Add-in card"),
    (24, "Chassis"),
    (25, "Chipset"),
    (26, "Other (FRU)"),
    (27, "Cable/interconnect"),
    (28, "Terminator"),
    (29, "System boot"),
    (30, "Boot error"),
    (31, "OS boot"),
    (32, "OS critical stop"),
    (33, "Slot/connector"),
    (34, "ACPI power state"),
    (35, "Watchdog 2"),
    (36, "Platform alert"),
    (37, "Entity presence"),
    (38, "Monitor ASIC/IC"),
    (39, "LAN"),
    (40, "Management subsystem health"),
    (41, "Battery"),
];

/// What the offsets of the generic event types mean, from type 1 and offset 0; `<` is getting worse, `>` better.
pub(super) const OFFSETS: [&[&str]; 12] = [
    &[
        "<LNC", ">LNC", "<LC", ">LC", "<LNR", ">LNR", ">UNC", "<UNC", ">UC", "<UC", ">UNR", "<UNR",
    ],
    &[
        "transition to idle",
        "transition to active",
        "transition to busy",
    ],
    &["state deasserted", "state asserted"],
    &[
        "predictive failure deasserted",
        "predictive failure asserted",
    ],
    &["limit not exceeded", "limit exceeded"],
    &["performance met", "performance lags"],
    &[
        "ok",
        "<warn",
        "<fail",
        "<dead",
        ">warn",
        ">fail",
        "dead",
        "monitor",
        "informational",
    ],
    &["device removed/absent", "device inserted/present"],
    &["device disabled", "device enabled"],
    &[
        "transition to running",
        "transition to in test",
        "transition to power off",
        "transition to online",
        "transition to offline",
        "transition to off duty",
        "transition to degraded",
        "transition to power save",
        "install error",
    ],
    &[
        "fully redundant",
        "redundancy lost",
        "redundancy degraded",
        "<non-redundant/sufficient",
        ">non-redundant/sufficient",
        "non-redundant/insufficient",
        "<redundancy degraded",
        ">redundancy degraded",
    ],
    &[
        "D0 power state",
        "D1 power state",
        "D2 power state",
        "D3 power state",
    ],
];

pub(super) const RULES: Table = &[
    (0, "Match-always"),
    (1, "Try-next-entry"),
    (2, "Try-next-set"),
    (3, "Try-next-channel"),
    (4, "Try-next-destination"),
];

pub(super) const MEDIA: Table = &[
    (1, "IPMB (I2C)"),
    (2, "ICMB v1.0"),
    (3, "ICMB v0.9"),
    (4, "802.3 LAN"),
    (5, "Serial/Modem (RS-232)"),
    (6, "Other LAN"),
    (7, "PCI SMBus"),
    (8, "SMBus v1.0/1.1"),
    (9, "SMBus v2.0"),
    (10, "USB 1.x"),
    (11, "USB 2.x"),
    (12, "System I/F (KCS,SMIC,BT)"),
];

pub(super) const LAN_DESTINATIONS: Table = &[(0, "PET"), (6, "OEM 1"), (7, "OEM 2")];

pub(super) const SERIAL_DESTINATIONS: Table = &[
    (1, "TAP page"),
    (2, "PPP PET"),
    (3, "Basic callback"),
    (4, "PPP callback"),
    (14, "OEM 1"),
    (15, "OEM 2"),
];

pub(super) const TAP_CONFIRMATIONS: Table = &[(0, "ACK"), (1, "211+ACK"), (2, "{211|213}+ACK")];
