//! LAN configuration parameters of a channel, and its IP statistics.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::lan_specs::{DESTINATIONS, DYNAMIC_ADDRESSES, SPECS, STATIC_ADDRESSES};
use crate::bmc::command::{Privilege, cc};
use crate::bmc::params::Params;

/// Configuration of one LAN channel.
#[derive(Debug, Clone)]
pub struct LanConfig {
    params: Params,
    suites: Vec<u8>,
    arp_suspended: u8,
    /// IP packets received, with header errors, with address errors, fragmented; sent; UDP packets received; valid
    /// RMCP packets received; UDP proxy packets received, dropped. Counted by the session layer; they wrap.
    pub statistics: [u16; 9],
}

/// When wrong passwords lock a user out (parameter 26).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadPasswordPolicy {
    /// Log an event when it happens.
    pub log: bool,
    /// Number of wrong passwords in a row that disable the user; 0 = never.
    pub threshold: u8,
    /// Seconds after which the count starts anew; 0 = never by itself.
    pub reset_after: u32,
    /// Seconds of being locked out; 0 = until an administrator enables the user.
    pub locked_for: u32,
}

impl LanConfig {
    /// Channel 1 has 192.0.2.10/24 (the documentation network), channel n an address of its own; all cipher suites
    /// up to Administrator; all authentication types.
    pub fn new(channel: u8) -> Self {
        let mut p = Params::new(SPECS);
        let mac = [0x02, 0x00, 0x5e, 0x00, 0x53, channel];
        p.put(1, 0, &[AUTHENTICATION_TYPES]);
        p.put(2, 0, &[AUTHENTICATION_TYPES; 5]);
        p.put(3, 0, &[192, 0, 2, 9 + channel]);
        p.put(4, 0, &[1]);
        p.put(5, 0, &mac);
        p.put(6, 0, &[255, 255, 255, 0]);
        p.put(7, 0, &[0x40, 0x40, 0x10]);
        p.put(8, 0, &623u16.to_le_bytes());
        p.put(9, 0, &664u16.to_le_bytes());
        p.put(10, 0, &[0x02]);
        p.put(11, 0, &[3]);
        p.put(12, 0, &[192, 0, 2, 1]);
        p.put(13, 0, &[0x02, 0x00, 0x5e, 0x00, 0x53, 0xfe]);
        p.put(16, 0, b"public\0\0\0\0\0\0\0\0\0\0\0\0");
        p.put(17, 0, &[DESTINATIONS]);
        p.put(50, 0, &[0x06]);
        p.put(51, 0, &[2]);
        p.put(53, 0, &[64]);
        p.put(55, 0, &[STATIC_ADDRESSES, DYNAMIC_ADDRESSES, 0x03]);
        for set in 0..STATIC_ADDRESSES {
            // Status 1: disabled.
            p.put(56, set, &[&[set, 0][..], &[0; 16], &[64, 1]].concat());
        }
        p.put(57, 0, &[1]);
        p.put(60, 0, &[1]);
        let duid = [&[0, 10, 0, 3, 0, 1][..], &mac, &[0; 6]].concat();
        p.put(58, 0, &duid);
        p.put(61, 0, &duid);
        let link_local = Ipv6Addr::new(
            0xfe80,
            0,
            0,
            0,
            0,
            0x5eff,
            0xfe00,
            0x5300 | u16::from(channel),
        );
        p.put(
            59,
            0,
            &[&[0, 1][..], &link_local.octets(), &[64, 0]].concat(),
        );
        for set in 1..DYNAMIC_ADDRESSES {
            p.put(59, set, &[&[set, 0][..], &[0; 16], &[0, 1]].concat());
        }
        p.put(62, 0, &[0]);
        p.put(64, 0, &[0x02]);
        p.put(73, 0, &[1]);
        p.put(78, 0, &[0, 64]);
        p.put(79, 0, &[0]);
        let mut lan = Self {
            params: p,
            suites: Vec::new(),
            arp_suspended: 0,
            statistics: [0; 9],
        };
        lan.set_cipher_suites(DEFAULT_SUITES);
        lan
    }

    /// Which authentication types (bit 0 none, 1 MD2, 2 MD5, 4 password, 5 OEM) a level may use.
    pub fn authentication_types(&self, level: Privilege) -> u8 {
        match level.bits() {
            0 => 0,
            bits => self.params.byte(2, usize::from(bits - 1)) & self.params.byte(1, 0),
        }
    }

    /// IDs of the cipher suites, at most 16.
    pub fn cipher_suites(&self) -> &[u8] {
        &self.suites
    }

    /// Declares which cipher suites there are; only the first 16 count. Each may be used up to Administrator.
    pub fn set_cipher_suites(&mut self, ids: &[u8]) {
        self.suites = ids.iter().copied().take(16).collect();
        let count = u8::try_from(self.suites.len()).unwrap_or(16);
        self.params.put(22, 0, &[count]);
        self.params.put(23, 0, &[&[0][..], &self.suites].concat());
        let mut limits = [0; 9];
        for i in 0..self.suites.len() {
            limits[1 + i / 2] |= Privilege::Administrator.bits() << (4 * (i % 2));
        }
        self.params.put(24, 0, &limits);
    }

    /// Greatest level with a cipher suite; `None`: it does not exist, or may not be used.
    pub fn cipher_suite_limit(&self, id: u8) -> Option<Privilege> {
        let index = self.suites.iter().position(|&s| s == id)?;
        Privilege::from_bits(self.params.byte(24, 1 + index / 2) >> (4 * (index % 2)))
    }

    /// When wrong passwords lock a user out.
    pub fn bad_password_policy(&self) -> BadPasswordPolicy {
        let tens = |i| {
            10 * u32::from(u16::from_le_bytes([
                self.params.byte(26, i),
                self.params.byte(26, i + 1),
            ]))
        };
        BadPasswordPolicy {
            log: self.params.byte(26, 0) & 1 == 1,
            threshold: self.params.byte(26, 1),
            reset_after: tens(2),
            locked_for: tens(4),
        }
    }

    /// The primary RMCP port.
    pub fn port(&self) -> u16 {
        u16::from_le_bytes([self.params.byte(8, 0), self.params.byte(8, 1)])
    }

    /// Tells which UDP port the BMC really listens on.
    pub fn set_port(&mut self, port: u16) {
        self.params.put(8, 0, &port.to_le_bytes());
    }

    /// Tells which IPv4 address the BMC really has.
    pub fn set_ipv4(&mut self, address: Ipv4Addr, mask: Ipv4Addr) {
        self.params.put(3, 0, &address.octets());
        self.params.put(6, 0, &mask.octets());
    }

    /// Tells which IPv6 address the BMC really has; it becomes static address 0.
    pub fn set_ipv6(&mut self, address: Ipv6Addr, prefix: u8) {
        self.params.put(
            56,
            0,
            &[&[0, 0x80][..], &address.octets(), &[prefix.min(128), 0]].concat(),
        );
    }

    /// The parameters as the wire shows them.
    pub fn params(&self) -> &Params {
        &self.params
    }

    /// Executes Set LAN Configuration Parameters.
    ///
    /// # Errors
    /// The completion code to answer.
    pub fn write(&mut self, id: u8, data: &[u8]) -> Result<(), u8> {
        // An alert destination's number of retries and the like are free, but its selector must exist.
        if let (18 | 19 | 25, Some(&set)) = (id, data.first())
            && set > DESTINATIONS
        {
            return Err(cc::OUT_OF_RANGE);
        }
        // With an address from elsewhere (DHCP), the address itself is not the user's to set.
        if matches!(id, 3 | 6)
            && self.params.byte(4, 0) & 0x0f == SOURCE_DHCP
            && self.params.spec_len(id) == data.len()
        {
            return Err(cc::READ_ONLY);
        }
        self.params.write(id, data)?;
        if id == 56 {
            self.settle_static_ipv6(data);
        }
        Ok(())
    }

    /// Executes Suspend BMC ARPs: bit 0 gratuitous, bit 1 responses; returns the status now in force.
    pub fn suspend_arp(&mut self, flags: u8) -> u8 {
        self.arp_suspended = flags & 0x03;
        !self.arp_suspended & self.params.byte(10, 0) & 0x03
    }

    pub(in crate::bmc) fn release(&mut self) {
        self.params.release();
        self.arp_suspended = 0;
    }

    /// A static address's status is the BMC's to say: active (0) when enabled, else disabled (1).
    fn settle_static_ipv6(&mut self, data: &[u8]) {
        if let [set, source, .., status] = *data {
            let mut value = data.to_vec();
            if let Some(last) = value.last_mut() {
                *last = if source & 0x80 != 0 { 0 } else { status.max(1) };
            }
            self.params.put(56, set, &value);
        }
    }
}

/// None, MD2, MD5 and straight password.
const AUTHENTICATION_TYPES: u8 = 0x17;
/// IP address source: DHCP.
const SOURCE_DHCP: u8 = 2;
/// Every suite without xRC4.
const DEFAULT_SUITES: &[u8] = &[0, 1, 2, 3, 6, 7, 8, 11, 12, 15, 16, 17];
