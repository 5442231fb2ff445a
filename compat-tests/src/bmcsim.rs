//! Our own BMC simulator as a peer, for what no independent one masters.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;

use crate::binaries;
use crate::ipmi_sim::{PASSWORD, USER};
use crate::peer::{Peer, free_port};

/// A running `bmcsim`.
#[derive(Debug)]
pub struct BmcSim {
    peer: Peer,
    address: SocketAddr,
}

impl BmcSim {
    /// Starts one on a free port of 127.0.0.1, with the usual administrator, and waits until it answers.
    ///
    /// # Panics
    /// When it does not come up.
    pub fn start(options: &[&str]) -> BmcSim {
        let mut report = String::new();
        for _ in 0..5 {
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
            let mut command = Command::new(binaries::bmcsim());
            command.args([
                "--listen",
                &address.to_string(),
                "--user",
                &format!("{USER}:{PASSWORD}:administrator"),
            ]);
            command.args(options);
            let mut peer =
                Peer::start(command, tempfile::tempdir().expect("a temporary directory"));
            if peer.answers_at(address) {
                return BmcSim { peer, address };
            }
            report = peer.words();
        }
        panic!("bmcsim does not come up: {report}");
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The process.
    pub fn peer(&self) -> &Peer {
        &self.peer
    }
}
