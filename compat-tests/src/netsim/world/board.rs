//! The BMC of a world.

use std::time::Instant;

use steadysol::bmc::endpoint::{self, Bmc, EXTENSION_IANA};
use steadysol::bmc::moment::Seeded;

use crate::netsim::client::{EPOCH_MS, PASSWORD, USER};
use crate::netsim::history::History;
use crate::netsim::machine::machine;
use crate::netsim::network::Packet;

/// A BMC, and what waits at its door.
pub(super) struct SimulatedBmc {
    pub(super) core: Bmc,
    /// How many freezes are in force.
    pub(super) frozen: u32,
    /// Packets that wait for a frozen BMC in its socket.
    pub(super) door: Vec<Packet>,
}

impl SimulatedBmc {
    /// The board of a history, with its user.
    pub(super) fn new(history: &History, now: Instant) -> Self {
        let machine = machine(USER, PASSWORD, history.seed, now, EPOCH_MS);
        let config = endpoint::Config {
            suite_zero: true,
            log_size: history.setting.log_size,
            extension: history.setting.logged.then_some(EXTENSION_IANA),
            personality: history.setting.personality(),
            ..endpoint::Config::default()
        };
        Self {
            core: Bmc::new(machine, config, Box::new(Seeded(history.seed ^ 0xb3c))),
            frozen: 0,
            door: Vec::new(),
        }
    }
}

impl std::fmt::Debug for SimulatedBmc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SimulatedBmc").finish_non_exhaustive()
    }
}
