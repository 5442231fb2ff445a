//! What stands behind a simulated BMC: a machine with one user.

use std::time::Instant;

use steadysol::bmc::command::Privilege;
use steadysol::bmc::endpoint::LAN_CHANNEL;
use steadysol::bmc::inventory::Inventory;
use steadysol::bmc::machine::Machine;

/// An empty machine whose LAN lets `user` in as an administrator; its clock shows `epoch_ms` at `now`.
pub fn machine(user: &str, password: &str, seed: u64, now: Instant, epoch_ms: u64) -> Machine {
    let mut machine = Machine::new(Inventory::empty(), seed, now, epoch_ms);
    machine
        .users_mut()
        .add(user, password.as_bytes(), Privilege::Administrator)
        .expect("the first user finds room");
    if let Some(channel) = machine.channels_mut().get_mut(LAN_CHANNEL) {
        channel.present.limit = Privilege::Administrator;
    }
    machine
}
