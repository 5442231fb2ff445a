//! Which UDP port SOL is spoken on.
//!
//! Activate Payload names one (IPMI 2.0 table 24-2), and what it names is often wrong: bogus, with its bytes swapped
//! (28418 for 623), or true only on the BMC's side of a NAT. So the session's own port is tried first, and the port
//! that was named, as it stands and swapped, when nothing is heard on that; the first that SOL is heard on is it.

/// A datagram, and the BMC's port at its other end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Datagram {
    /// The BMC's UDP port; `None` is the session's own.
    pub port: Option<u16>,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl From<Vec<u8>> for Datagram {
    /// A datagram of the session's own port.
    fn from(bytes: Vec<u8>) -> Self {
        Self { port: None, bytes }
    }
}

/// The port that SOL goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SolPort {
    candidates: Vec<Option<u16>>,
    at: usize,
    settled: bool,
}

impl Default for SolPort {
    fn default() -> Self {
        Self {
            candidates: vec![None],
            at: 0,
            settled: true,
        }
    }
}

impl SolPort {
    /// The choice there is when the BMC names `named` over a session on port `own`.
    pub(super) fn new(named: u16, own: u16) -> Self {
        let mut candidates = vec![None];
        // A port that is right when swapped is a BMC that swaps.
        if named != own && named.swap_bytes() != own {
            for port in [named, named.swap_bytes()] {
                if port != 0 && !candidates.contains(&Some(port)) {
                    candidates.push(Some(port));
                }
            }
        }
        Self {
            settled: candidates.len() == 1,
            candidates,
            at: 0,
        }
    }

    /// Where the next SOL packet goes.
    pub(super) fn current(&self) -> Option<u16> {
        self.candidates.get(self.at).copied().flatten()
    }

    /// A SOL packet was not acknowledged in time.
    pub(super) fn unanswered(&mut self) {
        if !self.settled {
            self.at = (self.at + 1) % self.candidates.len();
        }
    }

    /// An authentic SOL packet came from there.
    pub(super) fn heard_on(&mut self, port: Option<u16>) {
        if let Some(at) = self
            .candidates
            .iter()
            .position(|candidate| *candidate == port)
        {
            self.at = at;
            self.settled = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_session_s_own_port_is_kept_where_the_bmc_means_it() {
        for named in [623, 623u16.swap_bytes(), 0] {
            let mut port = SolPort::new(named, 623);
            port.unanswered();
            assert_eq!(port.current(), None, "{named}");
        }
    }

    #[test]
    fn another_port_is_tried_in_turn_until_sol_is_heard() {
        let mut port = SolPort::new(0x0102, 623);
        let mut tried = Vec::new();
        for _ in 0..4 {
            tried.push(port.current());
            port.unanswered();
        }
        assert_eq!(tried, [None, Some(0x0102), Some(0x0201), None]);
        port.heard_on(Some(0x0102));
        port.unanswered();
        assert_eq!(port.current(), Some(0x0102));
        port.heard_on(Some(99));
        assert_eq!(port.current(), Some(0x0102), "nobody asked for that one");
    }
}
