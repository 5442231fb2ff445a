//! Our own BMC simulator as a peer, for what no independent one masters.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::os::unix::net::UnixStream;
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use nix::sys::signal::Signal;

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
        Self::start_on(free_port, options)
    }

    /// The same, on a port below 32768: FreeIPMI's ipmiconsole takes no other.
    ///
    /// # Panics
    /// When it does not come up.
    pub fn start_low(options: &[&str]) -> BmcSim {
        Self::start_on(low_port, options)
    }

    fn start_on(port: impl Fn() -> u16, options: &[&str]) -> BmcSim {
        let mut report = String::new();
        for _ in 0..5 {
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port()));
            match start(address, options) {
                Ok(peer) => return BmcSim { peer, address },
                Err(words) => report = words,
            }
        }
        panic!("bmcsim does not come up: {report}");
    }

    /// Kills it, and starts another at the same address after `pause`.
    ///
    /// # Panics
    /// When that does not come up.
    pub fn restart(&mut self, pause: Duration, options: &[&str]) {
        self.peer.signal(Signal::SIGKILL);
        std::thread::sleep(pause);
        match start(self.address, options) {
            Ok(peer) => self.peer = peer,
            Err(words) => panic!("bmcsim does not come up again: {words}"),
        }
    }

    /// Gives it an order, such as `fault busy 3s`, and waits until it is obeyed.
    ///
    /// # Panics
    /// When it does not understand.
    pub fn tell(&self, order: &str) {
        self.ask(order);
    }

    /// The same, and what it answers behind `ok`.
    ///
    /// # Panics
    /// When it does not understand.
    pub fn ask(&self, order: &str) -> String {
        let control = self.peer.file(CONTROL);
        let mut stream = UnixStream::connect(control).expect("a control socket");
        writeln!(stream, "{order}").expect("a listener");
        let mut answer = String::new();
        BufReader::new(stream)
            .read_line(&mut answer)
            .expect("an answer");
        assert!(answer.starts_with("ok"), "{order}: {answer}");
        answer.trim_start_matches("ok").trim().to_owned()
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

/// A free port from 16384 to 32767, another one every time: whoever was given one before may not have taken it yet.
fn low_port() -> u16 {
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    if given.len() >= MOST_GIVEN {
        given.clear();
    }
    std::iter::repeat_with(|| free_port() / 4 + 16384)
        .find(|port| UdpSocket::bind((Ipv4Addr::LOCALHOST, *port)).is_ok() && given.insert(*port))
        .unwrap_or_default()
}

/// One that answers, or its last words.
fn start(address: SocketAddr, options: &[&str]) -> Result<Peer, String> {
    let mut command = Command::new(binaries::bmcsim());
    command.args([
        "--listen",
        &address.to_string(),
        "--user",
        &format!("{USER}:{PASSWORD}:administrator"),
    ]);
    let directory = tempfile::tempdir().expect("a temporary directory");
    let control = format!("unix:{}", directory.path().join(CONTROL).display());
    if !options.contains(&"--control") {
        command.args(["--control", &control]);
    }
    command.args(options);
    let mut peer = Peer::start(command, directory);
    if peer.answers_at(address) {
        Ok(peer)
    } else {
        Err(peer.words())
    }
}

/// So many ports are not given twice: a quarter of those there are.
const MOST_GIVEN: usize = 4096;

/// The control socket's name.
const CONTROL: &str = "control";
