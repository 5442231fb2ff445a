//! The client's side, sans-IO: handshake, session, in-flight ledger, SOL, keepalive.
//!
//! Nothing here knows a socket, a clock or a thread. `now` is an argument and never goes back; random bytes come
//! from an [`Entropy`] that the caller hands in; datagrams go in by `handle_datagram` and come out by
//! `poll_transmit`. The contract of every state machine here is the same: feed it once (`handle_*` or a mutator),
//! then drain `poll_transmit` and `poll_event`, then sleep until `poll_timeout` or the next datagram.
//!
//! From the bottom up: [`round_trip`], [`replay`] and [`inflight`] are plain book-keeping; [`session`] seals and
//! opens; [`handshake`] makes a session of RMCP+ and [`v15`] one of IPMI 1.5, which look the same from above ([`login`]);
//! [`link`] asks and is answered over one, [`bridge`] behind the BMC too; [`ahead`] asks what may be wanted soon; [`sol`]
//! moves characters; [`keepalive`] decides when to ask whether the BMC lives, and when it does not; [`console`] joins
//! them to the console that stays up.

pub mod ahead;
pub mod bridge;
pub mod console;
pub mod handshake;
pub mod inflight;
pub mod keepalive;
mod knock;
pub mod line_starts;
pub mod link;
pub mod log_reader;
pub mod login;
pub mod replay;
pub mod round_trip;
pub mod session;
pub mod sol;
pub mod v15;

/// Where random bytes come from. At the edge it is the operating system; in tests it is a counter.
pub trait Entropy: Send {
    /// Fills `out` with random bytes.
    fn fill(&mut self, out: &mut [u8]);

    /// 16 random bytes.
    fn block(&mut self) -> [u8; 16] {
        let mut out = [0; 16];
        self.fill(&mut out);
        out
    }

    /// A random number that is not 0, as session ids must be.
    fn nonzero(&mut self) -> u32 {
        let mut out = [0; 4];
        self.fill(&mut out);
        u32::from_le_bytes(out).max(1)
    }
}

/// How much longer each further try waits over RMCP+, as in ipmitool.
const GROWTH: std::time::Duration = std::time::Duration::from_secs(1);

#[cfg(test)]
pub(crate) mod testing {
    /// Entropy that counts: reproducible, and never the same block twice.
    pub(crate) struct Counter(pub(crate) u8);

    impl super::Entropy for Counter {
        fn fill(&mut self, out: &mut [u8]) {
            for byte in out {
                self.0 = self.0.wrapping_mul(5).wrapping_add(17);
                *byte = self.0;
            }
        }
    }
}
