//! The states of event/reading types 01h to 0Ch, whatever the sensor, by offset: IPMI v2.0 table 42-2.

use super::{Group, group, state};

/// By event/reading type.
pub(super) const GENERIC: &[Group] = &[
    group(
        0x01,
        &[
            state(0x00, "Lower Non-critical going low "),
            state(0x01, "Lower Non-critical going high"),
            state(0x02, "Lower Critical going low "),
            state(0x03, "Lower Critical going high"),
            state(0x04, "Lower Non-recoverable going low "),
            state(0x05, "Lower Non-recoverable going high"),
            state(0x06, "Upper Non-critical going low "),
            state(0x07, "Upper Non-critical going high"),
            state(0x08, "Upper Critical going low "),
            state(0x09, "Upper Critical going high"),
            state(0x0a, "Upper Non-recoverable going low "),
            state(0x0b, "Upper Non-recoverable going high"),
        ],
    ),
    group(
        0x02,
        &[
            state(0x00, "Transition to Idle"),
            state(0x01, "Transition to Active"),
            state(0x02, "Transition to Busy"),
        ],
    ),
    group(
        0x03,
        &[
            state(0x00, "State Deasserted"),
            state(0x01, "State Asserted"),
        ],
    ),
    group(
        0x04,
        &[
            state(0x00, "Predictive Failure Deasserted"),
            state(0x01, "Predictive Failure Asserted"),
        ],
    ),
    group(
        0x05,
        &[
            state(0x00, "Limit Not Exceeded"),
            state(0x01, "Limit Exceeded"),
        ],
    ),
    group(
        0x06,
        &[
            state(0x00, "Performance Met"),
            state(0x01, "Performance Lags"),
        ],
    ),
    group(
        0x07,
        &[
            state(0x00, "Transition to OK"),
            state(0x01, "Transition to Non-critical from OK"),
            state(0x02, "Transition to Critical from less severe"),
            state(0x03, "Transition to Non-recoverable from less severe"),
            state(0x04, "Transition to Non-critical from more severe"),
            state(0x05, "Transition to Critical from Non-recoverable"),
            state(0x06, "Transition to Non-recoverable"),
            state(0x07, "Monitor"),
            state(0x08, "Informational"),
        ],
    ),
    group(
        0x08,
        &[state(0x00, "Device Absent"), state(0x01, "Device Present")],
    ),
    group(
        0x09,
        &[
            state(0x00, "Device Disabled"),
            state(0x01, "Device Enabled"),
        ],
    ),
    group(
        0x0a,
        &[
            state(0x00, "Transition to Running"),
            state(0x01, "Transition to In Test"),
            state(0x02, "Transition to Power Off"),
            state(0x03, "Transition to On Line"),
            state(0x04, "Transition to Off Line"),
            state(0x05, "Transition to Off Duty"),
            state(0x06, "Transition to Degraded"),
            state(0x07, "Transition to Power Save"),
            state(0x08, "Install Error"),
        ],
    ),
    group(
        0x0b,
        &[
            state(0x00, "Fully Redundant"),
            state(0x01, "Redundancy Lost"),
            state(0x02, "Redundancy Degraded"),
            state(0x03, "Non-Redundant: Sufficient from Redundant"),
            state(0x04, "Non-Redundant: Sufficient from Insufficient"),
            state(0x05, "Non-Redundant: Insufficient Resources"),
            state(0x06, "Redundancy Degraded from Fully Redundant"),
            state(0x07, "Redundancy Degraded from Non-Redundant"),
        ],
    ),
    group(
        0x0c,
        &[
            state(0x00, "D0 Power State"),
            state(0x01, "D1 Power State"),
            state(0x02, "D2 Power State"),
            state(0x03, "D3 Power State"),
        ],
    ),
];
