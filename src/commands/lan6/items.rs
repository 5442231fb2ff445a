//! What `lan6` calls a parameter: an item, of one or several parameters of the LAN configuration.

use crate::ipmi::names::Table;

/// An item of the configuration.
#[derive(Debug, PartialEq, Eq)]
pub struct Item {
    /// As typed.
    pub name: &'static str,
    /// How its value is typed; `None`: it cannot be set.
    pub format: Option<&'static str>,
    /// What it is.
    pub kind: Kind,
    /// The number of the first of several sets; `None`: there is one.
    pub sets: Option<u8>,
    /// Whether its sets have several blocks.
    pub blocks: bool,
}

/// What an item is, which says how its value is typed and shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Support,
    Enables,
    FlowLabel,
    Status,
    StaticAddress,
    DynamicAddress,
    Duid,
    TimingSupport,
    Dhcp6Timing,
    RouterControl,
    StaticRouter,
    DynamicRouter,
    SlaacTiming,
    /// Any other byte.
    Byte,
}

/// One of an item's parameters in its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Which parameter.
    pub parameter: Parameter,
    /// Where it begins in the item's value.
    pub at: usize,
    /// The block it is asked for with, where that is not the item's own.
    pub block: Option<u8>,
}

impl Item {
    /// The item of a name, in any case.
    pub fn named(name: &str) -> Option<&'static Self> {
        ITEMS
            .iter()
            .find(|item| item.name.eq_ignore_ascii_case(name))
    }

    /// The line that tells how it is chosen and, with `write`, set; `None` where it cannot be.
    pub fn usage(&self, write: bool) -> Option<String> {
        let format = match (write, self.format) {
            (true, None) => return None,
            (true, Some(format)) => format,
            (false, _) => "",
        };
        let set = if self.sets.is_some() {
            " <set_sel>"
        } else {
            ""
        };
        let block = if self.blocks { " <block_sel>" } else { "" };
        Some(format!("    {}{set}{block} {format}", self.name))
    }

    /// The parameter that names it.
    pub fn parameter(&self, set: u8) -> Parameter {
        match (self.kind, set) {
            (Kind::StaticRouter, 2) => Parameter(69),
            _ => Parameter(self.selector()),
        }
    }

    fn selector(&self) -> u8 {
        match self.kind {
            Kind::Support => 50,
            Kind::Enables => 51,
            Kind::FlowLabel => 54,
            Kind::Status => 55,
            Kind::StaticAddress => 56,
            Kind::DynamicAddress => 59,
            Kind::Dhcp6Timing => 63,
            Kind::RouterControl => 64,
            Kind::StaticRouter => 65,
            Kind::DynamicRouter => 74,
            Kind::SlaacTiming => 80,
            Kind::Duid | Kind::TimingSupport | Kind::Byte => match self.name {
                "traffic_class" => 52,
                "static_hops" => 53,
                "static_duid_stg" => 57,
                "static_duid" => 58,
                "dynamic_duid_stg" => 60,
                "dynamic_duid" => 61,
                "dhcp6_cfg_sup" => 62,
                "num_dynamic_rtrs" => 73,
                "dynamic_hops" => 78,
                _ => 79,
            },
        }
    }

    /// Its parameters, in the order in which they are read and written. Bytes before a part are the set's number.
    pub fn parts(&self, set: u8) -> Vec<Part> {
        let Parameter(first) = self.parameter(set);
        let part = |parameter, at| Part {
            parameter: Parameter(parameter),
            at,
            block: None,
        };
        let router = |offset: usize| {
            [0usize, 17, 24, 26]
                .into_iter()
                .zip(first..)
                .map(|(at, parameter)| part(parameter, at + offset))
                .collect()
        };
        match self.kind {
            // Two blocks of one parameter.
            Kind::Dhcp6Timing => [0, 18]
                .into_iter()
                .zip(0..)
                .map(|(at, block)| Part {
                    block: Some(block),
                    ..part(first, at)
                })
                .collect(),
            Kind::StaticRouter => router(1),
            Kind::DynamicRouter => router(0),
            _ => vec![part(first, 0)],
        }
    }

    /// Bytes of its value.
    pub fn size(&self) -> usize {
        let parts = self.parts(1);
        parts
            .iter()
            .map(|part| part.at + part.parameter.length())
            .max()
            .unwrap_or(0)
    }
}

/// A parameter of the LAN configuration, by its selector: IPMI v2.0 errata 7, table 23-4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter(pub u8);

impl Parameter {
    /// The lock.
    pub const SET_IN_PROGRESS: Self = Self(0);

    /// Stock's name for it.
    pub fn name(self) -> &'static str {
        self.row().map_or("", |(_, name, _)| name)
    }

    /// Bytes of its value.
    pub fn length(self) -> usize {
        self.row().map_or(0, |(.., length)| *length)
    }

    fn row(self) -> Option<&'static (u8, &'static str, usize)> {
        PARAMETERS.iter().find(|(selector, ..)| *selector == self.0)
    }
}

const fn item(name: &'static str, format: Option<&'static str>, kind: Kind) -> Item {
    Item {
        name,
        format,
        kind,
        sets: None,
        blocks: false,
    }
}

/// An item that there is several times.
const fn of_sets(first: u8, item: Item) -> Item {
    Item {
        sets: Some(first),
        ..item
    }
}

const fn of_blocks(item: Item) -> Item {
    Item {
        blocks: true,
        ..item
    }
}

/// In stock's order.
pub const ITEMS: &[Item] = &[
    item("support", None, Kind::Support),
    item("enables", Some("{ipv4|ipv6|both}"), Kind::Enables),
    item("traffic_class", Some("<value>"), Kind::Byte),
    item("static_hops", Some("<value>"), Kind::Byte),
    item("flow_label", Some("<value>"), Kind::FlowLabel),
    item("status", None, Kind::Status),
    of_sets(
        0,
        item(
            "static_addr",
            Some("{enable|disable} <addr> <pfx_len>"),
            Kind::StaticAddress,
        ),
    ),
    item("static_duid_stg", None, Kind::Byte),
    of_blocks(of_sets(0, item("static_duid", Some("<data>"), Kind::Duid))),
    of_sets(0, item("dynamic_addr", None, Kind::DynamicAddress)),
    item("dynamic_duid_stg", None, Kind::Byte),
    of_blocks(of_sets(0, item("dynamic_duid", Some("<data>"), Kind::Duid))),
    item("dhcp6_cfg_sup", None, Kind::TimingSupport),
    of_sets(
        0,
        item("dhcp6_cfg", Some("<data> <data>"), Kind::Dhcp6Timing),
    ),
    item(
        "rtr_cfg",
        Some("{static|dynamic|both}"),
        Kind::RouterControl,
    ),
    of_sets(
        1,
        item(
            "static_rtr",
            Some("<addr> <macaddr> <prefix> <prefix_len>"),
            Kind::StaticRouter,
        ),
    ),
    item("num_dynamic_rtrs", None, Kind::Byte),
    of_sets(0, item("dynamic_rtr", None, Kind::DynamicRouter)),
    item("dynamic_hops", None, Kind::Byte),
    item("ndslaac_cfg_sup", None, Kind::TimingSupport),
    of_sets(0, item("ndslaac_cfg", Some("<data>"), Kind::SlaacTiming)),
];

/// Selector, stock's name, bytes.
const PARAMETERS: &[(u8, &str, usize)] = &[
    (0, "Set In Progress", 1),
    (50, "IPv6/IPv4 Support", 1),
    (51, "IPv6/IPv4 Addressing Enables", 1),
    (52, "IPv6 Header Traffic Class", 1),
    (53, "IPv6 Header Static Hop Limit", 1),
    (54, "IPv6 Header Flow Label", 3),
    (55, "IPv6 Status", 3),
    (56, "IPv6 Static Address", 20),
    (57, "IPv6 DHCPv6 Static DUID Storage Length", 1),
    (58, "IPv6 DHCPv6 Static DUID", 18),
    (59, "IPv6 Dynamic Address", 20),
    (60, "IPv6 DHCPv6 Dynamic DUID Storage Length", 1),
    (61, "IPv6 DHCPv6 Dynamic DUID", 18),
    (62, "IPv6 DHCPv6 Timing Configuration Support", 1),
    (63, "IPv6 DHCPv6 Timing Configuration", 18),
    (64, "IPv6 Router Address Configuration Control", 1),
    (65, "IPv6 Static Router 1 IP Address", 16),
    (66, "IPv6 Static Router 1 MAC Address", 6),
    (67, "IPv6 Static Router 1 Prefix Length", 1),
    (68, "IPv6 Static Router 1 Prefix Value", 16),
    (69, "IPv6 Static Router 2 IP Address", 16),
    (70, "IPv6 Static Router 2 MAC Address", 6),
    (71, "IPv6 Static Router 2 Prefix Length", 1),
    (72, "IPv6 Static Router 2 Prefix Value", 16),
    (73, "IPv6 Number of Dynamic Router Info Sets", 1),
    (74, "IPv6 Dynamic Router Info IP Address", 17),
    (75, "IPv6 Dynamic Router Info MAC Address", 7),
    (76, "IPv6 Dynamic Router Info Prefix Length", 2),
    (77, "IPv6 Dynamic Router Info Prefix Value", 17),
    (78, "IPv6 Dynamic Router Received Hop Limit", 1),
    (79, "IPv6 ND/SLAAC Timing Configuration Support", 1),
    (80, "IPv6 ND/SLAAC Timing Configuration", 18),
];

/// Which address families are in use.
pub const ENABLES: Table = &[(0, "ipv4"), (1, "ipv6"), (2, "both")];

/// Whether a static address is in use.
pub const STATIC_ENABLES: Table = &[(0x00, "disable"), (0x80, "enable")];

/// Where a dynamic address is from.
pub const SOURCES: Table = &[(0, "static"), (1, "SLAAC"), (2, "DHCPv6")];

/// An address's state.
pub const STATUSES: Table = &[
    (0, "active"),
    (1, "disabled"),
    (2, "pending"),
    (3, "failed"),
    (4, "deprecated"),
    (5, "invalid"),
];

/// Kinds of DHCPv6 unique identifiers.
pub const DUID_TYPES: Table = &[
    (0, "unknown"),
    (1, "DUID-LLT"),
    (2, "DUID-EN"),
    (3, "DUID-LL"),
];

/// Where timing can be configured.
pub const TIMING_SUPPORT: Table = &[(0, "not supported"), (1, "global"), (2, "per interface")];

/// Where routers' addresses are from.
pub const ROUTER_CONTROLS: Table = &[(1, "static"), (2, "dynamic"), (3, "both")];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_has_parameters_with_names_and_a_size() {
        for item in ITEMS {
            for part in item.parts(item.sets.unwrap_or(0)) {
                assert!(!part.parameter.name().is_empty(), "{}", item.name);
            }
            let size = item.size();
            let expected = match item.name {
                "dhcp6_cfg" => 36,
                "static_rtr" | "dynamic_rtr" => 43,
                _ => item.parameter(0).length(),
            };
            assert_eq!(size, expected, "{}", item.name);
        }
        let selectors: Vec<u8> = ITEMS.iter().map(|item| item.parameter(1).0).collect();
        assert!(selectors.is_sorted(), "{selectors:?}");
    }
}
