//! A process that serves as the other side: ended by its process id, its words kept for the report of a failure.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A running peer and the directory it lives in.
#[derive(Debug)]
pub struct Peer {
    child: Child,
    directory: tempfile::TempDir,
}

impl Peer {
    /// Starts `command` in `directory`, its output going to the files `out` and `err` there.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn start(mut command: Command, directory: tempfile::TempDir) -> Peer {
        let file = |name: &str| {
            std::fs::File::create(directory.path().join(name)).expect("a temporary file")
        };
        command
            .current_dir(directory.path())
            .stdin(Stdio::null())
            .stdout(file("out"))
            .stderr(file("err"));
        let child = command
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        Peer { child, directory }
    }

    /// What it has said so far.
    pub fn words(&self) -> String {
        let read =
            |name| std::fs::read_to_string(self.directory.path().join(name)).unwrap_or_default();
        format!("{}{}", read("out"), read("err"))
    }

    /// A file in its directory.
    pub fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// True while it has not ended.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: nix::sys::signal::Signal) {
        let pid = nix::unistd::Pid::from_raw(self.child.id() as i32);
        let _ = nix::sys::signal::kill(pid, signal);
    }

    /// Waits until something answers Get Channel Authentication Capabilities at `address`. False: it ended, or did
    /// not answer within ten seconds.
    pub fn answers_at(&mut self, address: SocketAddr) -> bool {
        let Ok(socket) = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)) else {
            return false;
        };
        let _ = socket.set_read_timeout(Some(Duration::from_millis(100)));
        let _ = socket.connect(address);
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(10) && self.is_running() {
            let _ = socket.send(&AUTH_CAPABILITIES);
            if socket.recv(&mut [0; 512]).is_ok() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        false
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A UDP port on 127.0.0.1 that was free a moment ago. Whoever uses it must be ready for the port to be taken.
///
/// # Panics
/// When the kernel has none.
pub fn free_port() -> u16 {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free UDP port");
    socket
        .local_addr()
        .expect("a bound socket has an address")
        .port()
}

/// Get Channel Authentication Capabilities, IPMI 1.5 framing, channel Eh, administrator (IPMI 2.0, 22.13).
const AUTH_CAPABILITIES: [u8; 23] = [
    0x06, 0x00, 0xff, 0x07, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0x09, 0x20, 0x18, 0xc8, 0x81, 0x00, 0x38,
    0x8e, 0x04, 0xb5,
];
