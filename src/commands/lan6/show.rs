//! An item's value as text: for people, and as the words that set it again.

use std::net::Ipv6Addr;

use crate::commands::lan::address::mac_text;
use crate::ipmi::names::{self, Table};

use super::items::{
    DUID_TYPES, ENABLES, Item, Kind, ROUTER_CONTROLS, SOURCES, STATIC_ENABLES, STATUSES,
    TIMING_SUPPORT,
};
use crate::wire::text::hex;

/// Lines for people. `bytes` are all of the item's.
pub fn describe(item: &Item, set: u8, block: u8, bytes: &[u8]) -> Vec<String> {
    // A static router has a title of its own, and else the first one's name.
    let name = item.parameter(1).name();
    let yes = |bit| if bytes[0] & bit != 0 { "yes" } else { "no" };
    let field = |label: &str, text: &str| format!("    {label}{text}");
    match item.kind {
        Kind::Support => vec![
            format!("{name}:"),
            field("IPv6 only: ", yes(1)),
            field("IPv4 and IPv6: ", yes(2)),
            field("IPv6 Destination Addresses for LAN alerting: ", yes(4)),
        ],
        Kind::Enables => vec![format!("{name}: {}", names::name(bytes[0], ENABLES))],
        Kind::FlowLabel => vec![format!("{name}: {}", flow_label(bytes))],
        Kind::Status => {
            let able = |bit| if bytes[2] & bit != 0 { "yes" } else { "no" };
            vec![
                format!("{name}:"),
                field("Static address max:  ", &bytes[0].to_string()),
                field("Dynamic address max: ", &bytes[1].to_string()),
                field("DHCPv6 support:      ", able(1)),
                field("SLAAC support:       ", able(2)),
            ]
        }
        Kind::StaticAddress | Kind::DynamicAddress => {
            let first = if item.kind == Kind::StaticAddress {
                let enabled = if bytes[1] & 0x80 != 0 { "yes" } else { "no" };
                field("Enabled:        ", enabled)
            } else {
                field("Source/Type:    ", &names::name(bytes[1] & 0x0f, SOURCES))
            };
            vec![
                format!("{name} {set}:"),
                first,
                format!("    Address:        {}/{}", ipv6(&bytes[2..]), bytes[18]),
                field("Status:         ", &names::name(bytes[19] & 0x0f, STATUSES)),
            ]
        }
        Kind::Duid => {
            let mut lines = Vec::new();
            if block == 0 {
                lines.extend([
                    format!("{name} {set}:"),
                    field("Length:   ", &bytes[2].to_string()),
                    field("Type:     ", &duid_type(bytes[3], bytes[4])),
                ]);
            }
            lines.push(field("", &hex(&bytes[2..18])));
            lines
        }
        Kind::TimingSupport => {
            vec![format!("{name}: {}", names::name(bytes[0], TIMING_SUPPORT))]
        }
        Kind::Dhcp6Timing => {
            let values = bytes[2..18].iter().chain(&bytes[20..26]);
            timing(format!("{name} {set}:"), 16, DHCP6_TIMINGS, values)
        }
        Kind::SlaacTiming => timing(
            format!("{name} {set}:"),
            27,
            SLAAC_TIMINGS,
            bytes[2..].iter(),
        ),
        Kind::RouterControl => vec![
            format!("{name}:"),
            field("Enable static router address:  ", yes(1)),
            field("Enable dynamic router address: ", yes(2)),
        ],
        Kind::StaticRouter | Kind::DynamicRouter => {
            let title = if item.kind == Kind::StaticRouter {
                "Static"
            } else {
                "Dynamic"
            };
            vec![
                format!("IPv6 {title} Router {set}:"),
                field("Address: ", &ipv6(&bytes[1..])),
                field("MAC:     ", &mac_text(&bytes[18..])),
                format!("    Prefix:  {}/{}", ipv6(&bytes[27..]), bytes[25]),
            ]
        }
        Kind::Byte => vec![format!("{name}: {}", bytes[0])],
    }
}

/// The words that set the value again.
pub fn words(item: &Item, bytes: &[u8]) -> String {
    let name = |value: u8, table: Table| names::name(value, table).into_owned();
    match item.kind {
        Kind::Enables => name(bytes[0], ENABLES),
        Kind::RouterControl => name(bytes[0], ROUTER_CONTROLS),
        Kind::FlowLabel => format!("0x{:x}", flow_label(bytes)),
        Kind::StaticAddress => format!(
            "{} {} {} {}",
            name(bytes[1], STATIC_ENABLES),
            ipv6(&bytes[2..]),
            bytes[18],
            name(bytes[19], STATUSES)
        ),
        Kind::Duid | Kind::SlaacTiming => hex(&bytes[2..18]),
        Kind::Dhcp6Timing => format!("{} {}", hex(&bytes[2..18]), hex(&bytes[20..26])),
        Kind::StaticRouter => format!(
            "{} {} {} {}",
            ipv6(&bytes[1..]),
            mac_text(&bytes[18..]),
            ipv6(&bytes[27..]),
            bytes[25]
        ),
        _ => bytes[0].to_string(),
    }
}

fn timing<'a>(
    title: String,
    width: usize,
    labels: &[&str],
    values: impl Iterator<Item = &'a u8>,
) -> Vec<String> {
    let lines = labels
        .iter()
        .zip(values)
        .map(|(label, value)| format!("    {:<width$} {value}", format!("{label}:")));
    [title].into_iter().chain(lines).collect()
}

fn flow_label(bytes: &[u8]) -> u32 {
    u32::from_be_bytes([0, bytes[0], bytes[1], bytes[2]])
}

fn duid_type(high: u8, low: u8) -> String {
    match high {
        0 => names::name(low, DUID_TYPES).into_owned(),
        _ => format!("Unknown (0x{:02X})", u16::from_be_bytes([high, low])),
    }
}

/// As C's `inet_ntop` writes it: the old notation of IPv4 addresses, too.
fn ipv6(bytes: &[u8]) -> String {
    let octets: [u8; 16] = bytes.first_chunk().copied().unwrap_or_default();
    let address = Ipv6Addr::from(octets);
    match address.segments() {
        [0, 0, 0, 0, 0, 0, high, _] if high != 0 => {
            let [.., a, b, c, d] = octets;
            format!("::{a}.{b}.{c}.{d}")
        }
        _ => address.to_string(),
    }
}

const DHCP6_TIMINGS: &[&str] = &[
    "SOL_MAX_DELAY",
    "SOL_TIMEOUT",
    "SOL_MAX_RT",
    "REQ_TIMEOUT",
    "REQ_MAX_RT",
    "REQ_MAX_RC",
    "CNF_MAX_DELAY",
    "CNF_TIMEOUT",
    "CNF_MAX_RT",
    "CNF_MAX_RD",
    "REN_TIMEOUT",
    "REN_MAX_RT",
    "REB_TIMEOUT",
    "REB_MAX_RT",
    "INF_MAX_DELAY",
    "INF_TIMEOUT",
    "INF_MAX_RT",
    "REL_TIMEOUT",
    "REL_MAX_RC",
    "DEC_TIMEOUT",
    "DEC_MAX_RC",
    "HOP_COUNT_LIMIT",
];

const SLAAC_TIMINGS: &[&str] = &[
    "MAX_RTR_SOLICITATION_DELAY",
    "RTR_SOLICITATION_INTERVAL",
    "MAX_RTR_SOLICITATIONS",
    "DupAddrDetectTransmits",
    "MAX_MULTICAST_SOLICIT",
    "MAX_UNICAST_SOLICIT",
    "MAX_ANYCAST_DELAY_TIME",
    "MAX_NEIGHBOR_ADVERTISEMENT",
    "REACHABLE_TIME",
    "RETRANS_TIMER",
    "DELAY_FIRST_PROBE_TIME",
    "MAX_RANDOM_FACTOR",
    "MIN_RANDOM_FACTOR",
];

#[cfg(test)]
mod tests {
    use super::super::items::ITEMS;
    use super::super::values;
    use super::*;

    #[test]
    fn what_is_saved_is_what_sets_the_value_again() {
        for item in ITEMS.iter().filter(|item| item.format.is_some()) {
            let mut bytes = vec![0; item.size()];
            // Values that every item can have.
            match item.kind {
                Kind::RouterControl | Kind::Enables | Kind::Byte => bytes[0] = 2,
                Kind::FlowLabel => bytes.copy_from_slice(&[1, 2, 3]),
                _ => bytes[2..].fill(0),
            }
            let words = words(item, &bytes);
            let words: Vec<&str> = words.split(' ').collect();
            let mut again = values::parse(item, 0, 0, &words).unwrap();
            if item.kind == Kind::Dhcp6Timing {
                // Its second part's block.
                again[19] = 0;
            }
            assert_eq!(again, bytes, "{}", item.name);
        }
    }

    #[test]
    fn addresses_are_written_as_c_writes_them() {
        let text = |address: &str| ipv6(&address.parse::<Ipv6Addr>().unwrap().octets());
        for (address, expected) in [
            ("::", "::"),
            ("::1", "::1"),
            ("::1.2.3.4", "::1.2.3.4"),
            ("::ffff:1.2.3.4", "::ffff:1.2.3.4"),
            ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
            ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"),
        ] {
            assert_eq!(text(address), expected);
        }
    }
}
