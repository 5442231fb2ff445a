//! The same of those who define sensor types of their own.

use super::{Group, group, state};

/// By sensor type: ANSI/VITA 46.11.
pub(super) const VITA: &[Group] = &[
    group(
        0xf0,
        &[
            state(0x00, "Transition to M0"),
            state(0x01, "Transition to M1"),
            state(0x04, "Transition to M4"),
            state(0x05, "Transition to M5"),
            state(0x06, "Transition to M6"),
            state(0x07, "Transition to M7"),
        ],
    ),
    group(
        0xf1,
        &[
            state(0x00, "IPMB-A disabled, IPMB-B disabled"),
            state(0x01, "IPMB-A enabled, IPMB-B disabled"),
            state(0x02, "IPMB-A disabled, IPMB-B enabled"),
            state(0x03, "IPMB-A enabled, IPMB-B enabled"),
        ],
    ),
    group(
        0xf3,
        &[
            state(0x00, "At or below Lower Non-critical"),
            state(0x01, "At or below Lower Critical"),
            state(0x02, "At or below Lower Non-recoverable"),
            state(0x03, "At or above Upper Non-critical"),
            state(0x04, "At or above Upper Critical"),
            state(0x05, "At or above Upper Non-recoverable"),
        ],
    ),
];

/// By sensor type: Kontron's manuals.
pub(super) const KONTRON: &[Group] = &[
    group(
        0xc1,
        &[
            state(0x00, "Push Button"),
            state(0x01, "Bridge Reset"),
            state(0x02, "Backplane"),
            state(0x03, "Hotswap Fault"),
            state(0x04, "Hotswap Healty"),
            state(0x05, "Unknown"),
            state(0x06, "ITP"),
            state(0x07, "Hardware Watchdog"),
            state(0x08, "Software Reset"),
        ],
    ),
    group(
        0xc3,
        &[
            state(0x02, "IPMB L Disabled"),
            state(0x03, "IPMB L Enabled"),
        ],
    ),
    group(
        0xc4,
        &[
            state(0x00, "Push Button"),
            state(0x01, "Hardware Power Failure"),
            state(0x02, "Unknown"),
            state(0x03, "Hardware Watchdog"),
            state(0x04, "Soft Reset"),
            state(0x05, "Warm Reset"),
            state(0x06, "Cold Reset"),
            state(0x07, "IPMI Command"),
            state(0x08, "Setup Reset (Save CMOS)"),
            state(0x09, "Power Up Reset"),
        ],
    ),
    group(0xc6, &[state(0x0e, "Post Error (see data2)")]),
    group(
        0xc7,
        &[
            state(0x00, "First Boot After Upgrade"),
            state(0x01, "First Boot After Rollback(error)"),
            state(0x02, "First Boot After Errors (watchdog)"),
            state(0x03, "First Boot After Manual Rollback"),
            state(0x08, "Firmware Watchdog Bite, reset occurred"),
        ],
    ),
    group(
        0xc8,
        &[
            state(0x00, "Not Loaded"),
            state(0x01, "Initializing"),
            state(0x02, "Ready"),
            state(0x03, "Failure (see data2)"),
        ],
    ),
    group(
        0xc9,
        &[
            state(0x00, "Started"),
            state(0x01, "Pass"),
            state(0x02, "Fail"),
        ],
    ),
    group(
        0xca,
        &[
            state(0x00, "In progress"),
            state(0x01, "Success"),
            state(0x02, "Failure"),
        ],
    ),
    group(0xcb, &[state(0x00, "Asserted"), state(0x01, "Deasserted")]),
    group(0xcc, &[state(0x00, "Asserted"), state(0x01, "Deasserted")]),
    group(0xcd, &[state(0x00, "Asserted"), state(0x01, "Deasserted")]),
    group(0xcf, &[state(0x00, "Asserted"), state(0x01, "Deasserted")]),
];
