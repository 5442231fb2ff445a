//! Dell: OEM bytes of sensor-specific events.

use crate::sel::Event;

/// Whether the version of IPMI must be asked for to describe the event.
pub fn asks_version(event: &Event) -> bool {
    matches!(event.sensor_type, MEMORY | EVENT_LOG)
}

/// Whether the first byte says that a byte after it is Dell's.
pub fn has_oem_bytes(event: &Event) -> bool {
    event.data[0] & 0xc0 == SECOND || event.data[0] & 0x30 == THIRD
}

/// What the event's OEM bytes say; empty where that is nothing. `version` is the byte of Get Device ID, for events
/// that [`asks_version`].
pub fn description(event: &Event, version: u8) -> Vec<u8> {
    let [first, second, third] = event.data;
    let low = first & 0x0f;
    let (has_second, has_third) = (first & SECOND != 0, first & THIRD != 0);
    let both = has_second && has_third;
    match event.sensor_type {
        PROCESSOR if first & 0xc0 == SECOND => processor(event).into_bytes(),
        MEMORY if low == 0 && event.sensor_number == 0x1c && (has_second || has_third) => if both {
            crc_error(second, third)
        } else {
            String::new()
        }
        .into_bytes(),
        MEMORY | EVENT_LOG => memory(event, version),
        TXT if low == 0 && both => named(third, TXT_ERRORS).into(),
        WATCHDOG if first == 0xc1 && second == 4 => {
            b"Hard Reset|Interrupt type None,SMS/OS Timer used at expiration".to_vec()
        }
        VERSION_CHANGE if low == 2 && both && second == 2 => named(third, INCOMPATIBLE).into(),
        SECONDARY if event.sensor_number == 0x25 => {
            let mut text = named(low, MAC_ERRORS).to_owned();
            if low == 1 && both {
                text.push_str(" at bus:");
                text.push_str(&address(second, third));
            }
            text.into_bytes()
        }
        CRITICAL_INTERRUPT | NONFATAL | FATAL => bus(event).into_bytes(),
        FIRMWARE if low == 0x0f && has_second => named(second, POST_ERRORS).into(),
        _ => Vec::new(),
    }
}

fn processor(event: &Event) -> String {
    let [first, second, third] = event.data;
    let low = first & 0x0f;
    match (low, second) {
        (0, 0) => "CPU Internal Err | ".into(),
        (6, 0) => "CPU Protocol Err | ".into(),
        (_, 0) => String::new(),
        (6, _) if event.sensor_number == 0x0a => format!("FSB {} ", second.trailing_zeros() + 1),
        _ => format!("CPU {} | APIC ID {third} ", second.trailing_zeros() + 1),
    }
}

fn crc_error(second: u8, third: u8) -> String {
    let parts: Vec<&str> = CRC_PARTS
        .iter()
        .enumerate()
        .filter(|(bit, _)| second & (1 << bit) != 0)
        .map(|(_, part)| *part)
        .collect();
    let mut text = format!("CRC Error on:{}", parts.join(","));
    if third != 0xff {
        text.push_str(&format!("|Failing_Channel:{third}"));
    }
    text
}

fn memory(event: &Event, version: u8) -> Vec<u8> {
    let [first, second, third] = event.data;
    let (has_second, has_third) = (first & SECOND != 0, first & THIRD != 0);
    let what = match (event.sensor_type, first & 0x0f, has_second || has_third) {
        (MEMORY, 0, true) => "Correctable ECC | ",
        (MEMORY, 1, true) => "UnCorrectable ECC | ",
        (EVENT_LOG, 0, true) => "Corr Memory Log Disabled | ",
        (EVENT_LOG, 3, false) => "All Even Logging Disabled",
        _ => "",
    };
    let mut text = what.as_bytes().to_vec();
    let old = version == IPMI_1_5;
    let (card, bank) = (second >> 4, second & 0x0f);
    let mut before = 0;
    if has_second {
        if card < 8 {
            text.extend_from_slice(b"Card ");
            text.push(b'A' + card);
        }
        if bank != 0x0f {
            if old {
                text.extend_from_slice(format!("Bank {}", bank + 1).as_bytes());
            } else {
                before = u32::from(bank) * 8;
            }
        }
    }
    if has_third && old {
        text.extend_from_slice(b"DIMM ");
        text.push(b'A'.wrapping_add(third));
    } else if has_third {
        let numbers = (0..8).filter(|bit| third & (1 << bit) != 0);
        let dimms: Vec<String> = numbers
            .map(|bit| dimm(before + bit, dimms_per_node(card)))
            .collect();
        text.extend_from_slice(dimms.join(",").as_bytes());
    }
    text
}

fn dimm(number: u32, per_node: Option<u32>) -> String {
    match per_node {
        Some(per_node) => {
            let node = u8::try_from(number / per_node).unwrap_or_default();
            let node = char::from(b'A'.wrapping_add(node));
            format!(" DIMM{node}{}", number % per_node + 1)
        }
        None => format!(" DIMM{}", number + 1),
    }
}

/// How many DIMMs each node has, where the upper half of the second byte says so.
fn dimms_per_node(card: u8) -> Option<u32> {
    Some(match card {
        0x08 => 4,
        0x09 => 6,
        0x0a => 8,
        0x0b => 9,
        0x0c => 12,
        0x0d => 24,
        0x0e => 3,
        _ => return None,
    })
}

fn bus(event: &Event) -> String {
    let [first, second, third] = event.data;
    let low = first & 0x0f;
    if event.sensor_number == 0x29 {
        if low != 2 || first & SECOND == 0 || first & THIRD == 0 {
            return String::new();
        }
        return format!(
            "Partner-(LinkId:{},AgentId:{})|ReportingAgent(LinkId:{},AgentId:{})|{}{}|{}",
            second & 0xc0,
            second & 0x30,
            second & 0x0c,
            second & 0x03,
            if third & 0xfc == 0 {
                "LinkWidthDegraded|"
            } else {
                ""
            },
            if third & 2 != 0 {
                "PA_Type:IOH"
            } else {
                "PA-Type:CPU"
            },
            if third & 1 != 0 {
                "RA-Type:IOH"
            } else {
                "RA-Type:CPU"
            },
        );
    }
    let what = match low {
        0 => "PCIe Error |",
        1 => "I/O Error |",
        2 => return "IO channel Check NMI".into(),
        4 => "PCI PERR |",
        5 => "PCI SERR |",
        _ => " ",
    };
    if third & 0x80 != 0 {
        format!("{what}Slot {}", third & 0x7f)
    } else {
        format!("{what}PCI bus:{}", address(second, third))
    }
}

fn address(second: u8, third: u8) -> String {
    format!(
        "{:02x} device:{:02x} function:{:x}",
        third & 0x7f,
        second >> 3,
        second & 7
    )
}

fn named(value: u8, table: &[(u8, &'static str)]) -> &'static str {
    table
        .iter()
        .find(|(each, _)| *each == value)
        .map_or("", |(_, text)| text)
}

/// The second byte of the event data is Dell's.
const SECOND: u8 = 0x80;
/// The third byte of the event data is Dell's.
const THIRD: u8 = 0x20;
const IPMI_1_5: u8 = 0x51;

const PROCESSOR: u8 = 0x07;
const MEMORY: u8 = 0x0c;
const FIRMWARE: u8 = 0x0f;
const EVENT_LOG: u8 = 0x10;
const CRITICAL_INTERRUPT: u8 = 0x13;
const TXT: u8 = 0x20;
const WATCHDOG: u8 = 0x23;
const VERSION_CHANGE: u8 = 0x2b;
const SECONDARY: u8 = 0xc1;
const NONFATAL: u8 = 0xc2;
const FATAL: u8 = 0xc3;

const CRC_PARTS: [&str; 4] = [
    "South Bound Memory",
    "South Bound Config",
    "North Bound memory",
    "North Bound memory-corr",
];

const TXT_ERRORS: &[(u8, &str)] = &[
    (0x01, "BIOS TXT Error"),
    (0x02, "Processor/FIT TXT"),
    (0x03, "BIOS ACM TXT Error"),
    (0x04, "SINIT ACM TXT Error"),
    (0xff, "Unrecognized TT Error12"),
];

const INCOMPATIBLE: &[(u8, &str)] = &[
    (0, "between BMC/iDRAC Firmware and other hardware"),
    (1, "between BMC/iDRAC Firmware and CPU"),
];

const MAC_ERRORS: &[(u8, &str)] = &[
    (1, "Failed to program Virtual Mac Address"),
    (
        2,
        "Device option ROM failed to support link tuning or flex address",
    ),
    (
        3,
        "Failed to get link tuning or flex address data from BMC/iDRAC",
    ),
];

const POST_ERRORS: &[(u8, &str)] = &[
    (0x80, "No memory is detected."),
    (0x81, "Memory is detected but is not configurable."),
    (0x82, "Memory is configured but not usable."),
    (0x83, "System BIOS shadow failed."),
    (0x84, "CMOS failed."),
    (0x85, "DMA controller failed."),
    (0x86, "Interrupt controller failed."),
    (0x87, "Timer refresh failed."),
    (0x88, "Programmable interval timer error."),
    (0x89, "Parity error."),
    (0x8a, "SIO failed."),
    (0x8b, "Keyboard controller failed."),
    (0x8c, "System management interrupt initialization failed."),
    (0x8d, "TXT-SX Error."),
    (0xc0, "Shutdown test failed."),
    (0xc1, "BIOS POST memory test failed."),
    (0xc2, "RAC configuration failed."),
    (0xc3, "CPU configuration failed."),
    (0xc4, "Incorrect memory configuration."),
    (0xfe, "General failure after video."),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn says(sensor_type: u8, sensor_number: u8, data: [u8; 3], version: u8) -> String {
        let event = Event {
            sensor_type,
            sensor_number,
            data,
            ..Event::default()
        };
        String::from_utf8_lossy(&description(&event, version)).into_owned()
    }

    #[test]
    fn a_dimm_is_named_as_its_generation_counts() {
        let event = [0xa0, 0x1a, 0x12];
        assert_eq!(
            says(MEMORY, 1, event, 2),
            "Correctable ECC | Card B DIMM82, DIMM85"
        );
        assert_eq!(
            says(MEMORY, 1, event, 0x51),
            "Correctable ECC | Card BBank 11DIMM S"
        );
        assert_eq!(
            says(MEMORY, 1, [0xa1, 0x91, 0x81], 2),
            "UnCorrectable ECC |  DIMMB3, DIMMC4"
        );
        assert_eq!(
            says(MEMORY, 0x1c, [0xa0, 0x05, 0x02], 2),
            "CRC Error on:South Bound Memory,North Bound memory|Failing_Channel:2"
        );
    }

    #[test]
    fn a_device_on_a_bus_is_named_by_its_address_or_slot() {
        assert_eq!(
            says(CRITICAL_INTERRUPT, 1, [0xa4, 0x1a, 0x05], 2),
            "PCI PERR |PCI bus:05 device:03 function:2"
        );
        assert_eq!(says(FATAL, 1, [0xa1, 0, 0x83], 2), "I/O Error |Slot 3");
        assert_eq!(
            says(SECONDARY, 0x25, [0xa1, 0x1a, 0x05], 2),
            "Failed to program Virtual Mac Address at bus:05 device:03 function:2"
        );
    }

    #[test]
    fn no_event_is_too_strange() {
        for sensor_type in 0..=255 {
            for byte in 0..=255 {
                for number in [0, 0x0a, 0x1c, 0x25, 0x29] {
                    for version in [2, 0x51] {
                        let _ = says(sensor_type, number, [byte, !byte, byte ^ 0x5a], version);
                    }
                }
            }
        }
    }
}
