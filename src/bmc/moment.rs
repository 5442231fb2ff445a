//! What the core is given from outside: time, random bytes, and whom a packet comes from.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// A point in time on both clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Monotonic: for deadlines.
    pub now: Instant,
    /// Wall clock, milliseconds since 1970-01-01 UTC: for stamps.
    pub wall_ms: u64,
}

impl Moment {
    /// The moment `duration` later.
    pub fn after(self, duration: Duration) -> Self {
        let ms = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        Self {
            now: self.now + duration,
            wall_ms: self.wall_ms.saturating_add(ms),
        }
    }
}

/// The other end of a conversation: an address, and which of the BMC's sockets it was heard on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Peer {
    /// Index of the socket, in the order in which they were opened.
    pub socket: usize,
    /// Its address.
    pub address: SocketAddr,
}

impl From<SocketAddr> for Peer {
    fn from(address: SocketAddr) -> Self {
        Self { socket: 0, address }
    }
}

/// A source of random bytes. It must be a cryptographic one outside tests.
pub trait Random: Send {
    /// Fills `bytes`.
    fn fill(&mut self, bytes: &mut [u8]);
}

impl<F: FnMut(&mut [u8]) + Send> Random for F {
    fn fill(&mut self, bytes: &mut [u8]) {
        self(bytes);
    }
}

/// Numbers that look random and repeat from a seed (SplitMix64): for simulations and faults, never for keys.
#[derive(Debug, Clone)]
pub struct Seeded(pub u64);

impl Seeded {
    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

impl Random for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            for (to, from) in chunk.iter_mut().zip(self.number().to_le_bytes()) {
                *to = from;
            }
        }
    }
}
