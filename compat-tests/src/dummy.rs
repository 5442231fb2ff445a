//! A scripted BMC behind `-I dummy`: what a program asks is recorded, what it is answered stands in a table.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Write};
use std::ops::Range;
use std::os::fd::AsRawFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use nix::sys::socket::{MsgFlags, recv};
use tempfile::TempDir;

/// What a BMC answers, the first rule that fits first; C1h (invalid command) where none does.
#[derive(Clone, Debug, Default)]
pub struct Script {
    rules: Vec<Rule>,
    /// By netfn, command and all of the data.
    exact: HashMap<(u8, u8, Vec<u8>), Reply>,
    /// By their numbers.
    inventories: HashMap<u8, Inventory>,
}

/// A FRU inventory device, which keeps what is written into it.
#[derive(Clone, Debug)]
pub struct Inventory {
    /// What is in it.
    pub bytes: Vec<u8>,
    /// How large it says to be.
    pub size: u16,
    /// Whether it is accessed by words.
    pub words: bool,
    /// How many bytes it gives or takes at once.
    pub most: usize,
    /// What it says to more.
    pub too_much: u8,
    /// How many it gives where it is asked for more than that.
    pub short: usize,
    /// Where it takes nothing.
    pub protected: Range<usize>,
}

impl Inventory {
    /// Of bytes, as many at once as one likes.
    pub fn new(bytes: &[u8]) -> Self {
        Self {
            size: u16::try_from(bytes.len()).expect("at most 64 KiB"),
            bytes: bytes.to_vec(),
            words: false,
            most: 255,
            too_much: 0xca,
            short: 255,
            protected: 0..0,
        }
    }

    fn reply(&mut self, cmd: u8, data: &[u8]) -> Option<(u8, Vec<u8>)> {
        let unit = 1 + usize::from(self.words);
        if cmd == 0x10 {
            let [low, high] = self.size.to_le_bytes();
            return Some((0, vec![low, high, u8::from(self.words)]));
        }
        let &[_, low, high, ref rest @ ..] = data else {
            return Some((0xc7, Vec::new()));
        };
        let at = usize::from(u16::from_le_bytes([low, high])) * unit;
        let count = match cmd {
            0x11 => usize::from(*rest.first()?),
            0x12 => rest.len(),
            _ => return None,
        };
        if count > self.most {
            return Some((self.too_much, Vec::new()));
        }
        let end = self.bytes.len().min(at + count.min(self.short));
        if at > end {
            return Some((0xc9, Vec::new()));
        }
        let given = u8::try_from((end - at) / unit).expect("a byte's worth");
        if cmd == 0x11 {
            return Some((0, [&[given], &self.bytes[at..end]].concat()));
        }
        if self.protected.contains(&at) {
            return Some((0x80, Vec::new()));
        }
        self.bytes[at..end].copy_from_slice(&rest[..end - at]);
        Some((0, vec![given]))
    }
}

#[derive(Clone, Debug)]
struct Rule {
    netfn: u8,
    cmd: u8,
    prefix: Vec<u8>,
    reply: Reply,
}

/// An answer.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Completion codes and data, one after the other; the last one for ever.
    InTurn(Vec<(u8, Vec<u8>)>),
    /// Completion code and data.
    Answer(u8, Vec<u8>),
    /// The connection is reset instead.
    Reset,
}

impl Script {
    /// No rules: every request is invalid.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a rule for requests whose data begins with `prefix`.
    pub fn on(mut self, netfn: u8, cmd: u8, prefix: &[u8], code: u8, data: &[u8]) -> Self {
        self.rules.push(Rule {
            netfn,
            cmd,
            prefix: prefix.to_vec(),
            reply: Reply::Answer(code, data.to_vec()),
        });
        self
    }

    /// Adds a rule whose answers come one after the other; the last one comes for ever.
    pub fn in_turn(mut self, netfn: u8, cmd: u8, prefix: &[u8], answers: &[(u8, &[u8])]) -> Self {
        let answers = answers.iter().map(|(code, data)| (*code, data.to_vec()));
        self.rules.push(Rule {
            netfn,
            cmd,
            prefix: prefix.to_vec(),
            reply: Reply::InTurn(answers.collect()),
        });
        self
    }

    /// Adds a rule for requests with just this data: found at once, however many there are, after the other
    /// rules.
    pub fn exactly(mut self, netfn: u8, cmd: u8, asked: &[u8], code: u8, data: &[u8]) -> Self {
        let reply = Reply::Answer(code, data.to_vec());
        self.exact.insert((netfn, cmd, asked.to_vec()), reply);
        self
    }

    /// Adds an inventory, which is asked after the other rules.
    pub fn inventory(mut self, id: u8, inventory: Inventory) -> Self {
        self.inventories.insert(id, inventory);
        self
    }

    /// Adds a rule that resets the connection.
    pub fn reset_on(mut self, netfn: u8, cmd: u8, prefix: &[u8]) -> Self {
        self.rules.push(Rule {
            netfn,
            cmd,
            prefix: prefix.to_vec(),
            reply: Reply::Reset,
        });
        self
    }

    /// The rules of `self` before those of `other`.
    pub fn or(mut self, other: &Self) -> Self {
        self.rules.extend(other.rules.iter().cloned());
        for (asked, reply) in &other.exact {
            let own = self.exact.entry(asked.clone());
            own.or_insert_with(|| reply.clone());
        }
        for (id, inventory) in &other.inventories {
            let own = self.inventories.entry(*id);
            own.or_insert_with(|| inventory.clone());
        }
        self
    }

    /// The answer, `None` for a reset. What was answered in turn is taken out.
    fn reply(&mut self, request: &Request) -> Option<(u8, Vec<u8>)> {
        let rule = self.rules.iter_mut().find(|rule| {
            (rule.netfn, rule.cmd) == (request.netfn, request.cmd)
                && request.data.starts_with(&rule.prefix)
        });
        let asked = (request.netfn, request.cmd, request.data.clone());
        let reply = rule
            .map(|rule| &mut rule.reply)
            .or_else(|| self.exact.get_mut(&asked));
        match reply {
            Some(Reply::Answer(code, data)) => Some((*code, data.clone())),
            Some(Reply::InTurn(answers)) if answers.len() > 1 => Some(answers.remove(0)),
            Some(Reply::InTurn(answers)) => answers.first().cloned(),
            Some(Reply::Reset) => None,
            None => {
                let id = request.data.first().copied().unwrap_or(0);
                let inventory = self.inventories.get_mut(&id);
                let inventory = inventory.filter(|_| request.netfn == 0x0a);
                let answer = inventory.and_then(|one| one.reply(request.cmd, &request.data));
                Some(answer.unwrap_or((0xc1, Vec::new())))
            }
        }
    }
}

/// A request as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Network function.
    pub netfn: u8,
    /// Logical unit.
    pub lun: u8,
    /// Command.
    pub cmd: u8,
    /// Everything after.
    pub data: Vec<u8>,
}

/// A scripted BMC; it serves one connection, and ends when dropped.
#[derive(Debug)]
pub struct Responder {
    directory: TempDir,
    requests: Arc<Mutex<Vec<Request>>>,
    thread: Option<JoinHandle<()>>,
}

impl Responder {
    /// Starts it on a socket of its own.
    ///
    /// # Panics
    /// When there can be no socket.
    pub fn start(script: Script) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let listener = UnixListener::bind(directory.path().join(SOCKET)).expect("a UNIX socket");
        let requests = Arc::new(Mutex::new(Vec::new()));
        let record = Arc::clone(&requests);
        let thread = thread::spawn(move || {
            if let Ok((stream, _)) = listener.accept() {
                // A client that goes away in the middle is its own affair.
                let _ = serve(stream, script, &record);
            }
        });
        Self {
            directory,
            requests,
            thread: Some(thread),
        }
    }

    /// What `IPMI_DUMMY_SOCK` must say.
    pub fn socket(&self) -> PathBuf {
        self.directory.path().join(SOCKET)
    }

    /// Waits for the client's goodbye, and returns what it asked.
    ///
    /// # Panics
    /// When the responder panicked.
    pub fn finish(mut self) -> Vec<Request> {
        self.stop();
        std::mem::take(
            &mut *self
                .requests
                .lock()
                .expect("the responder does not panic with the lock"),
        )
    }

    fn stop(&mut self) {
        if let Some(thread) = self.thread.take() {
            // Wakes it where no client ever came.
            let _ = UnixStream::connect(self.socket());
            let _ = thread.join();
        }
    }
}

impl Drop for Responder {
    fn drop(&mut self) {
        self.stop();
    }
}

/// How a program ended, and what it said and asked.
#[derive(Debug)]
pub struct Run {
    /// Exit status or signal.
    pub status: ExitStatus,
    /// All of standard output.
    pub stdout: Vec<u8>,
    /// All of standard error.
    pub stderr: Vec<u8>,
    /// Its requests, in order.
    pub requests: Vec<Request>,
}

/// Runs `program -I dummy arguments…` against `script`, with `home` as its home directory.
///
/// # Panics
/// When the program cannot be run, or does not end within ten seconds.
pub fn run(program: &Path, arguments: &[String], script: &Script, home: &Path) -> Run {
    run_typed(program, arguments, script, home, None, PATIENCE)
}

/// The same, with a file's contents as standard input, of a program that may take as long as `patience`.
///
/// # Panics
/// As [`run`], and when the file cannot be read.
pub fn run_typed(
    program: &Path,
    arguments: &[String],
    script: &Script,
    home: &Path,
    typed: Option<&Path>,
    patience: Duration,
) -> Run {
    let stdin = typed.map_or_else(Stdio::null, |path| {
        Stdio::from(File::open(path).expect("what is typed"))
    });
    let responder = Responder::start(script.clone());
    let mut child = Command::new(program)
        .args(["-I", "dummy"])
        .args(arguments)
        .env("IPMI_DUMMY_SOCK", responder.socket())
        .env("HOME", home)
        .stdin(stdin)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
    let mut stdout = child.stdout.take().expect("piped");
    let mut stderr = child.stderr.take().expect("piped");
    let reader = thread::spawn(move || {
        let mut text = Vec::new();
        let _ = stderr.read_to_end(&mut text);
        text
    });
    let watched = thread::spawn(move || {
        let mut text = Vec::new();
        let _ = stdout.read_to_end(&mut text);
        text
    });
    let deadline = Instant::now() + patience;
    let status = loop {
        match child.try_wait().expect("our own child") {
            Some(status) => break status,
            None if Instant::now() > deadline => {
                let _ = child.kill();
                let _ = child.wait();
                panic!("{} {arguments:?} does not end", program.display());
            }
            None => thread::sleep(Duration::from_millis(1)),
        }
    };
    Run {
        status,
        stdout: watched.join().expect("the reader does not panic"),
        stderr: reader.join().expect("the reader does not panic"),
        requests: responder.finish(),
    }
}

fn serve(
    mut stream: UnixStream,
    mut script: Script,
    record: &Mutex<Vec<Request>>,
) -> io::Result<()> {
    loop {
        // The last byte of a request is only peeked at first: a connection that is closed with a byte unread is reset, and by then
        // the client has written all of it.
        let mut header = [0; 16];
        stream.read_exact(&mut header[..15])?;
        let length = u16::from_le_bytes([header[4], header[5]]);
        let mut request = Request {
            netfn: header[0],
            lun: header[1],
            cmd: header[2],
            data: vec![0; usize::from(length)],
        };
        if (request.netfn, request.cmd) == GOODBYE {
            return Ok(());
        }
        if let Some(most) = request.data.len().checked_sub(1) {
            stream.read_exact(&mut header[15..])?;
            stream.read_exact(&mut request.data[..most])?;
        }
        let mut last = [0];
        recv(stream.as_raw_fd(), &mut last, MsgFlags::MSG_PEEK)?;
        if let Some(byte) = request.data.last_mut() {
            *byte = last[0];
        }
        let answer = match script.reply(&request) {
            Some((code, data)) => encode(&request, code, &data),
            None => {
                record.lock().expect("nobody panics with it").push(request);
                return Ok(());
            }
        };
        stream.read_exact(&mut last)?;
        record.lock().expect("nobody panics with it").push(request);
        stream.write_all(&answer)?;
    }
}

fn encode(request: &Request, code: u8, data: &[u8]) -> Vec<u8> {
    let mut bytes = vec![request.netfn | 1, request.cmd, 0, 0, code, 0, 0, 0];
    let length = i32::try_from(data.len()).expect("scripts are short");
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.resize(24, 0);
    bytes.extend_from_slice(data);
    bytes
}

const SOCKET: &str = "dummy";
const GOODBYE: (u8, u8) = (0x3f, 0xff);
const PATIENCE: Duration = Duration::from_secs(10);
