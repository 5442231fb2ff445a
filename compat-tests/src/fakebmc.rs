//! pyghmi's BMC as a peer: a second, independent BMC, in Python, which knows cipher suite 3 only.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;

use crate::binaries;
use crate::ipmi_sim::{PASSWORD, USER};
use crate::peer::{Peer, free_port};

/// A running pyghmi BMC whose console sends back what is typed.
#[derive(Debug)]
pub struct FakeBmc {
    peer: Peer,
    address: SocketAddr,
}

impl FakeBmc {
    /// Starts one on a free port of 127.0.0.1, with this K_g (none: the password serves), and waits until it answers.
    ///
    /// # Panics
    /// When it does not come up.
    pub fn start(kg: Option<&str>) -> FakeBmc {
        let mut report = String::new();
        for _ in 0..5 {
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
            let mut command = Command::new(binaries::pyghmi_python());
            command.arg(binaries::workspace().join("compat-tests/peers/fakebmc.py"));
            command
                .arg(address.ip().to_string())
                .arg(address.port().to_string())
                .args([USER, PASSWORD])
                .args(kg);
            let mut peer =
                Peer::start(command, tempfile::tempdir().expect("a temporary directory"));
            if peer.answers_at(address) {
                return FakeBmc { peer, address };
            }
            report = peer.words();
        }
        panic!("pyghmi's BMC does not come up: {report}");
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it has said: one line for each piece of typed input (`typed HEX`), power change or error.
    pub fn words(&self) -> String {
        self.peer.words()
    }

    /// Everything typed so far, as its console received it.
    pub fn typed(&self) -> Vec<u8> {
        let words = self.words();
        let pieces = words.lines().filter_map(|line| line.strip_prefix("typed "));
        pieces.flat_map(unhex).collect()
    }

    /// The process.
    pub fn peer(&self) -> &Peer {
        &self.peer
    }
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2)
        .filter_map(|n| u8::from_str_radix(text.get(2 * n..2 * n + 2)?, 16).ok())
        .collect()
}
