//! The table of LAN configuration parameters (specification table 23-4), IPv6 included.

use crate::bmc::params::{
    Access::{ReadOnly, ReadWrite},
    Spec, anything,
};

/// Every parameter but 0, which [`Params`](crate::bmc::params::Params) has itself.
pub const SPECS: &[Spec] = &[
    // Authentication type support and, for each level from Callback to OEM, what is enabled.
    Spec::plain(1, ReadOnly, 1, anything),
    Spec::plain(2, ReadWrite, 5, |v| {
        v.iter().all(|types| types & !0x37 == 0)
    }),
    // IPv4: address, source, MAC, mask, header (TTL, flags, precedence).
    Spec::plain(3, ReadWrite, 4, anything),
    Spec::plain(4, ReadWrite, 1, |v| matches!(v[0] & 0x0f, 1..=4)),
    Spec::plain(5, ReadWrite, 6, anything),
    Spec::plain(6, ReadWrite, 4, mask),
    Spec::plain(7, ReadWrite, 3, anything),
    // RMCP ports.
    Spec::plain(8, ReadOnly, 2, anything),
    Spec::plain(9, ReadOnly, 2, anything),
    // ARP: control, gratuitous interval (500 ms).
    Spec::plain(10, ReadWrite, 1, |v| v[0] & !0x03 == 0),
    Spec::plain(11, ReadWrite, 1, anything),
    // Gateways and their MACs.
    Spec::plain(12, ReadWrite, 4, anything),
    Spec::plain(13, ReadWrite, 6, anything),
    Spec::plain(14, ReadWrite, 4, anything),
    Spec::plain(15, ReadWrite, 6, anything),
    // Alerts: community, number of destinations, their types and addresses.
    Spec::plain(16, ReadWrite, 18, anything),
    Spec::plain(17, ReadOnly, 1, anything),
    Spec::table(18, ReadWrite, 4, DESTINATIONS + 1, |v| {
        matches!(v[1] & 0x07, 0 | 6 | 7)
    }),
    Spec::table(19, ReadWrite, 13, DESTINATIONS + 1, |v| v[1] >> 4 <= 1),
    // VLAN: ID with enable bit, priority.
    Spec::plain(20, ReadWrite, 2, |v| v[1] & 0x70 == 0),
    Spec::plain(21, ReadWrite, 1, |v| v[0] <= 7),
    // Cipher suites: count, IDs, greatest level for each.
    Spec::plain(22, ReadOnly, 1, anything),
    Spec {
        id: 23,
        access: ReadOnly,
        min: 1,
        max: 17,
        sets: 0,
        valid: anything,
    },
    Spec::plain(24, ReadWrite, 9, |v| {
        v[1..].iter().all(|b| b & 0x0f <= 5 && b >> 4 <= 5)
    }),
    Spec::table(25, ReadWrite, 4, DESTINATIONS + 1, |v| v[1] >> 4 <= 1),
    Spec::plain(26, ReadWrite, 6, anything),
    // IPv6: support, enables, static header values.
    Spec::plain(50, ReadOnly, 1, anything),
    Spec::plain(51, ReadWrite, 1, |v| v[0] <= 2),
    Spec::plain(52, ReadWrite, 1, anything),
    Spec::plain(53, ReadWrite, 1, anything),
    Spec::plain(54, ReadWrite, 3, anything),
    // Status: numbers of static and dynamic addresses, DHCPv6 and SLAAC support.
    Spec::plain(55, ReadOnly, 3, anything),
    Spec::table(56, ReadWrite, 20, STATIC_ADDRESSES, |v| v[18] <= 128),
    Spec::plain(57, ReadOnly, 1, anything),
    Spec::table(58, ReadOnly, 18, 1, anything),
    Spec::table(59, ReadOnly, 20, DYNAMIC_ADDRESSES, anything),
    Spec::plain(60, ReadOnly, 1, anything),
    Spec::table(61, ReadOnly, 18, 1, anything),
    Spec::plain(62, ReadOnly, 1, anything),
    Spec::table(63, ReadWrite, 18, 2, anything),
    // Routers: control, two static ones (address, MAC, prefix length, prefix), dynamic ones.
    Spec::plain(64, ReadWrite, 1, |v| v[0] <= 3),
    Spec::plain(65, ReadWrite, 16, anything),
    Spec::plain(66, ReadWrite, 6, anything),
    Spec::plain(67, ReadWrite, 1, |v| v[0] <= 128),
    Spec::plain(68, ReadWrite, 16, anything),
    Spec::plain(69, ReadWrite, 16, anything),
    Spec::plain(70, ReadWrite, 6, anything),
    Spec::plain(71, ReadWrite, 1, |v| v[0] <= 128),
    Spec::plain(72, ReadWrite, 16, anything),
    Spec::plain(73, ReadOnly, 1, anything),
    Spec::table(74, ReadOnly, 17, 1, anything),
    Spec::table(75, ReadOnly, 7, 1, anything),
    Spec::table(76, ReadOnly, 2, 1, anything),
    Spec::table(77, ReadOnly, 17, 1, anything),
    Spec::table(78, ReadOnly, 2, 1, anything),
    Spec::plain(79, ReadOnly, 1, anything),
    Spec::table(80, ReadWrite, 18, 1, anything),
];

/// A network mask is ones, then zeros.
fn mask(value: &[u8]) -> bool {
    value.try_into().is_ok_and(|bytes| {
        let bits = u32::from_be_bytes(bytes);
        bits.leading_ones() + bits.trailing_zeros() == 32 || bits == u32::MAX
    })
}

/// Non-volatile alert destinations; destination 0 is the volatile one besides.
pub const DESTINATIONS: u8 = 4;
/// Static IPv6 addresses.
pub const STATIC_ADDRESSES: u8 = 4;
/// Dynamic IPv6 addresses.
pub const DYNAMIC_ADDRESSES: u8 = 2;
