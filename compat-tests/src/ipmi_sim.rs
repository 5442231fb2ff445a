//! OpenIPMI's `ipmi_sim` as a peer: an independent BMC with a serial port.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::binaries;
use crate::peer::{Peer, free_port};
use crate::serial::Serial;

/// The administrator's name in every simulated BMC.
pub const USER: &str = "admin";
/// The administrator's password in every simulated BMC.
pub const PASSWORD: &str = "secret-Pw7";

/// A running `ipmi_sim` with a serial console.
#[derive(Debug)]
pub struct IpmiSim {
    peer: Peer,
    address: SocketAddr,
    serial: Serial,
}

impl IpmiSim {
    /// Starts one on a free port of 127.0.0.1 and waits until it answers and its serial line is connected.
    ///
    /// # Panics
    /// When it does not come up.
    pub fn start() -> IpmiSim {
        IpmiSim::start_with("")
    }

    /// The same, with more lines in the LAN section of its configuration (see ipmi_lan(5)).
    ///
    /// # Panics
    /// When it does not come up.
    pub fn start_with(lan_lines: &str) -> IpmiSim {
        let mut report = String::new();
        // the port may be taken by another test between choosing and binding: choose again
        for _ in 0..5 {
            let serial = Serial::listen();
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
            let mut peer = launch(address, &serial, lan_lines);
            if peer.answers_at(address) && connected(&serial) {
                return IpmiSim {
                    peer,
                    address,
                    serial,
                };
            }
            report = peer.words();
        }
        panic!("ipmi_sim does not come up: {report}");
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its serial port.
    pub fn serial(&self) -> &Serial {
        &self.serial
    }

    /// The process.
    pub fn peer(&self) -> &Peer {
        &self.peer
    }

    /// Ends it as a power cut does, and starts a new one at the same address that knows no session.
    ///
    /// # Panics
    /// When the new one does not come up.
    pub fn restart(&mut self, lan_lines: &str) {
        self.peer.signal(nix::sys::signal::Signal::SIGKILL);
        let begun = Instant::now();
        while self.peer.is_running() && begun.elapsed() < Duration::from_secs(5) {
            std::thread::sleep(Duration::from_millis(10));
        }
        self.peer = launch(self.address, &self.serial, lan_lines);
        let up = self.peer.answers_at(self.address) && connected(&self.serial);
        assert!(up, "ipmi_sim does not come back: {}", self.peer.words());
    }
}

fn launch(address: SocketAddr, serial: &Serial, lan_lines: &str) -> Peer {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let configuration = format!(
        r#"name "compat"
set_working_mc 0x20
startlan 1
  addr {ip} {port}
  priv_limit admin
  allowed_auths_callback none md2 md5 straight
  allowed_auths_user none md2 md5 straight
  allowed_auths_operator none md2 md5 straight
  allowed_auths_admin none md2 md5 straight
  guid a123456789abcdefa123456789abcdef
  {lan_lines}
endlan
sol "tcp:{console}" 115200
user 1 true "" "" user 10 none md2 md5 straight
user 2 true "{USER}" "{PASSWORD}" admin 10 none md2 md5 straight
"#,
        ip = address.ip(),
        port = address.port(),
        console = serial.address(),
    );
    let path = |name: &str| directory.path().join(name);
    std::fs::create_dir(path("state")).expect("a state directory");
    std::fs::write(path("lan.conf"), configuration).expect("a configuration file");
    std::fs::write(path("commands"), COMMANDS).expect("a command file");
    let mut command = Command::new(binaries::ipmi_sim());
    command.args(["-n", "-c", "lan.conf", "-f", "commands", "-s", "state"]);
    Peer::start(command, directory)
}

fn connected(serial: &Serial) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(15) {
        if serial.is_connected() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    false
}

/// One management controller at the usual address, with an event log, and one behind it at 82h.
const COMMANDS: &str = "mc_setbmc 0x20
mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
sel_enable 0x20 1000 0x0a
mc_enable 0x20
mc_add 0x82 1 no-device-sdrs 0x23 3 4 0x9f 0x1234 0xabc persist_sdr
mc_enable 0x82
";
