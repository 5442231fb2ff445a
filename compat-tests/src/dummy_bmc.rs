//! The simulator's commands behind `-I dummy`: no packets and no session, only what a BMC answers.
//!
//! A request is a header of 16 bytes (netfn, LUN, command, target command, data length as two bytes, a pointer that
//! means nothing here) and its data; an answer is a header of 24 bytes (netfn, command, sequence, LUN, completion
//! code, data length as four bytes at offset 8, a pointer) and its data. Netfn 3Fh, command FFh says goodbye.

use std::io::{self, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use steadysol::bmc::command::{self, Privilege, Reply};
use steadysol::bmc::inventory::Inventory;
use steadysol::bmc::machine::Machine;
use tempfile::TempDir;

/// A machine on a UNIX socket; it serves one client after the other, and ends when dropped.
#[derive(Debug)]
pub struct DummyBmc {
    directory: TempDir,
    ending: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl DummyBmc {
    /// Starts a machine with this inventory and the users `admin` (password `secret`) and `guest`. Clients come as an
    /// administrator over LAN channel 1.
    ///
    /// # Panics
    /// When there can be no socket.
    pub fn start(inventory: Inventory) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let listener = UnixListener::bind(directory.path().join(SOCKET)).expect("a UNIX socket");
        let ending = Arc::new(AtomicBool::new(false));
        let ended = Arc::clone(&ending);
        let mut machine = Machine::new(inventory, 1, Instant::now(), wall_ms());
        for (name, level) in [
            ("admin", Privilege::Administrator),
            ("guest", Privilege::User),
        ] {
            machine
                .users_mut()
                .add(name, b"secret", level)
                .expect("there is room");
        }
        let thread = thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                if ended.load(Ordering::SeqCst) {
                    return;
                }
                // A client that goes away in the middle is its own affair.
                let _ = serve(stream, &mut machine);
            }
        });
        Self {
            directory,
            ending,
            thread: Some(thread),
        }
    }

    /// What `IPMI_DUMMY_SOCK` must say.
    pub fn socket(&self) -> PathBuf {
        self.directory.path().join(SOCKET)
    }

    /// Runs `program -I dummy arguments…`.
    ///
    /// # Panics
    /// When the program cannot be run.
    pub fn run(&self, program: &Path, arguments: &str) -> Output {
        Command::new("timeout")
            .arg("60")
            .arg(program)
            .args(["-I", "dummy"])
            .args(arguments.split_whitespace())
            .env("IPMI_DUMMY_SOCK", self.socket())
            .env("HOME", self.directory.path())
            .env("TZ", "UTC")
            .stdin(Stdio::null())
            .output()
            .unwrap_or_else(|error| panic!("{}: {error}", program.display()))
    }
}

impl Drop for DummyBmc {
    fn drop(&mut self) {
        self.ending.store(true, Ordering::SeqCst);
        // Wakes the thread from its wait.
        let _ = UnixStream::connect(self.socket());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(mut stream: UnixStream, machine: &mut Machine) -> io::Result<()> {
    loop {
        let mut header = [0; 16];
        stream.read_exact(&mut header)?;
        let [netfn, lun, cmd, _, low, high, ..] = header;
        if (netfn, cmd) == GOODBYE {
            return Ok(());
        }
        let mut data = vec![0; usize::from(u16::from_le_bytes([low, high]))];
        stream.read_exact(&mut data)?;
        let request = command::Command {
            netfn,
            lun,
            cmd,
            data: &data,
            channel: 1,
            privilege: Privilege::Administrator,
            user: 2,
            now: Instant::now(),
            wall_ms: wall_ms(),
        };
        let reply = machine.handle(&request).unwrap_or(Reply {
            code: 0xc1,
            data: Vec::new(),
        });
        while machine.poll_event().is_some() {}
        let mut answer = vec![0; 24];
        answer[..5].copy_from_slice(&[netfn | 1, cmd, 0, lun, reply.code]);
        let length = i32::try_from(reply.data.len()).expect("answers are short");
        answer[8..12].copy_from_slice(&length.to_le_bytes());
        answer.extend(reply.data);
        stream.write_all(&answer)?;
    }
}

fn wall_ms() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(0)
}

const SOCKET: &str = "bmc";
const GOODBYE: (u8, u8) = (0x3f, 0xff);
