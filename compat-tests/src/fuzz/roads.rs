//! What lies between two cores: packets on their way, and somebody who loses, doubles, damages, rewrites and delays them.

use std::collections::VecDeque;
use std::net::SocketAddr;

use steadysol::bmc::endpoint::Bmc;

use super::{Bytes, insider};

/// The way to the BMC and the way to the client; of an operation's byte, bit 4 says which.
#[derive(Debug, Default)]
pub struct Roads {
    /// To the BMC.
    pub to_bmc: VecDeque<Vec<u8>>,
    /// To the client.
    pub to_client: VecDeque<Vec<u8>>,
}

impl Roads {
    /// One of both.
    pub fn of(&mut self, op: u8) -> &mut VecDeque<Vec<u8>> {
        if op & 0x10 == 0 {
            &mut self.to_bmc
        } else {
            &mut self.to_client
        }
    }

    /// The next packet is lost.
    pub fn lose(&mut self, op: u8) {
        let _ = self.of(op).pop_front();
    }

    /// It comes again later.
    pub fn double(&mut self, op: u8) {
        let road = self.of(op);
        if let Some(packet) = road.front().cloned() {
            road.push_back(packet);
        }
    }

    /// One of its bytes is changed.
    pub fn damage(&mut self, op: u8, bytes: &mut Bytes<'_>) {
        let (at, with) = (usize::from(bytes.short()), bytes.byte().unwrap_or(1));
        if let Some(packet) = self.of(op).front_mut() {
            let at = at % packet.len().max(1);
            if let Some(byte) = packet.get_mut(at) {
                *byte ^= with;
            }
        }
    }

    /// Any bytes come before it.
    pub fn inject(&mut self, op: u8, bytes: &mut Bytes<'_>) {
        let length = bytes.byte().unwrap_or(0).into();
        let packet = bytes.take(length).to_vec();
        self.of(op).push_front(packet);
    }

    /// It has other contents and is sealed again: its sender, who has the session's keys, has gone bad.
    pub fn rewrite(&mut self, op: u8, bmc: &Bmc, bytes: &mut Bytes<'_>) {
        if let Some(packet) = self.of(op).pop_front() {
            let changed = insider::changed(bmc, &packet, bytes);
            self.of(op).push_front(changed.unwrap_or(packet));
        }
    }

    /// It comes after all others.
    pub fn delay(&mut self, op: u8) {
        let road = self.of(op);
        if let Some(packet) = road.pop_front() {
            road.push_back(packet);
        }
    }

    /// What nobody delivers is lost some time.
    pub fn forget(&mut self) {
        for road in [&mut self.to_bmc, &mut self.to_client] {
            while road.len() > MOST_FLYING {
                road.pop_front();
            }
        }
    }
}

/// Where the client is.
pub fn client() -> SocketAddr {
    ([127, 0, 0, 1], 40_000).into()
}

/// Wake-ups within 65 seconds at most: both sides have timers of some ten milliseconds at the least.
pub const MOST_WAKES: usize = 20_000;

const MOST_FLYING: usize = 200;
