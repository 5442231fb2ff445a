//! What is behind a serial port: a terminal, a command, a socket or a file. Two threads per port, one for each
//! direction; they end with the process.

use std::fs::File;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileTypeExt as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded};
use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::pty::{OpenptyResult, Winsize, openpty};
use nix::sys::termios::{SetArg, cfmakeraw, tcgetattr, tcsetattr};

use super::options::SerialKind;
use super::{Input, Stamp};

/// A port as the main loop sees it.
pub struct Port {
    /// Characters for the host; one piece at a time, [`Input::Written`] asks for the next.
    pub to_host: Sender<Vec<u8>>,
    /// One token lets the reader read once.
    pub credit: Sender<()>,
    /// Says which terminal it is, for `pty`.
    pub name: Option<String>,
}

/// Opens what is behind a port and starts its threads.
///
/// # Errors
/// A line that says what is not to be had. Sockets and commands are tried again for ever, so they never fail here.
pub fn open(index: usize, kind: &SerialKind, inputs: &Sender<Input>) -> Result<Port, String> {
    let (to_host, for_writer) = bounded(1);
    let (credit, credits) = bounded(1);
    let link = Link {
        index,
        inputs: inputs.clone(),
        credits,
        for_writer,
    };
    let mut name = None;
    match kind {
        SerialKind::Pty => {
            let (master, path, slave) = terminal()?;
            name = Some(path);
            link.start(move |link| {
                // As long as this end is open too, readers of the other may come and go.
                let _kept = slave;
                link.carry(&master);
            });
        }
        SerialKind::Exec(command) => {
            let command = command.clone();
            link.start(move |link| link.run_for_ever(command.as_deref()));
        }
        SerialKind::Tcp(place) => {
            let place = place.clone();
            link.start(move |link| {
                link.connect_for_ever(|| TcpStream::connect(&place).map(OwnedFd::from))
            });
        }
        SerialKind::Unix(path) => {
            let path = path.clone();
            link.start(move |link| {
                link.connect_for_ever(|| UnixStream::connect(&path).map(OwnedFd::from))
            });
        }
        SerialKind::File(path) => {
            let file = open_file(path)
                .map_err(|error| format!("--serial file:{}: {error}", path.display()))?;
            link.start(move |link| link.follow(&file));
        }
    }
    Ok(Port {
        to_host,
        credit,
        name,
    })
}

/// The thread side of a port.
struct Link {
    index: usize,
    inputs: Sender<Input>,
    credits: Receiver<()>,
    for_writer: Receiver<Vec<u8>>,
}

impl Link {
    fn start(self, work: impl FnOnce(Link) + Send + 'static) {
        thread::spawn(move || work(self));
    }

    /// Carries characters both ways until the other end is gone.
    fn carry(&self, file: &File) {
        thread::scope(|scope| {
            let (stop, stopped) = bounded::<()>(0);
            if let Ok(writer) = file.try_clone() {
                scope.spawn(move || self.write_all(writer, &stopped));
            }
            self.read_all(file);
            drop(stop);
        });
    }

    fn read_all(&self, mut file: &File) {
        let mut buffer = [0; CHUNK];
        loop {
            match file.read(&mut buffer) {
                Ok(0) => return,
                Ok(n) => {
                    if !self.deliver(&buffer[..n]) {
                        return;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return,
            }
        }
    }

    /// Hands characters over and waits until more are wanted. False: nobody wants any, ever.
    fn deliver(&self, bytes: &[u8]) -> bool {
        let input = Input::Serial {
            port: self.index,
            at: Stamp::now(),
            bytes: bytes.to_vec(),
        };
        self.inputs.send(input).is_ok() && self.credits.recv().is_ok()
    }

    fn write_all(&self, mut file: File, stopped: &Receiver<()>) {
        loop {
            crossbeam_channel::select! {
                recv(self.for_writer) -> bytes => {
                    let Ok(bytes) = bytes else { return };
                    let done = file.write_all(&bytes);
                    let _ = self.inputs.send(Input::Written { port: self.index });
                    if done.is_err() {
                        return;
                    }
                }
                recv(stopped) -> _ => return,
            }
        }
    }

    /// Throws away what is typed while nothing is there to read it.
    fn wait(&self, time: Duration) {
        let until = std::time::Instant::now() + time;
        while let Ok(_lost) = self.for_writer.recv_deadline(until) {
            let _ = self.inputs.send(Input::Written { port: self.index });
        }
    }

    fn run_for_ever(&self, command: Option<&str>) {
        loop {
            match spawn(command) {
                Ok((mut child, master)) => {
                    self.carry(&master);
                    let _ = child.kill();
                    let _ = child.wait();
                }
                Err(error) => log::error!("serial port {}: {error}", self.index + 1),
            }
            self.wait(RESTART);
        }
    }

    fn connect_for_ever(&self, connect: impl Fn() -> io::Result<OwnedFd>) {
        let mut told = false;
        loop {
            match connect() {
                Ok(stream) => {
                    log::info!("serial port {}: connected", self.index + 1);
                    told = false;
                    self.carry(&File::from(stream));
                    log::info!("serial port {}: the other end is gone", self.index + 1);
                }
                Err(error) => {
                    if !told {
                        log::warn!("serial port {}: {error}; trying again", self.index + 1);
                    }
                    told = true;
                }
            }
            self.wait(RECONNECT);
        }
    }

    /// Reads a file and waits at its end for more. FIFOs and devices are written to as well.
    fn follow(&self, file: &File) {
        let special = file.metadata().is_ok_and(|m| {
            let kind = m.file_type();
            kind.is_char_device() || kind.is_fifo()
        });
        loop {
            if special {
                self.carry(file);
            } else {
                self.read_all(file);
            }
            self.wait(RECONNECT);
        }
    }
}

fn open_file(path: &Path) -> io::Result<File> {
    let special = std::fs::metadata(path)
        .is_ok_and(|m| m.file_type().is_char_device() || m.file_type().is_fifo());
    File::options().read(true).write(special).open(path)
}

/// A pseudo-terminal: its master side, the slave's path, and the slave.
fn terminal() -> Result<(File, String, OwnedFd), String> {
    let size = Winsize {
        ws_row: 24,
        ws_col: 80,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    let failed = |error: nix::Error| format!("no pseudo-terminal: {error}");
    let pty = openpty(Some(&size), None).map_err(failed)?;
    keep_private(&pty).map_err(failed)?;
    let path = nix::unistd::ttyname(&pty.slave).map_err(failed)?;
    let mut modes = tcgetattr(&pty.slave).map_err(failed)?;
    // A serial line changes nothing; whoever opens it sets the modes it wants.
    cfmakeraw(&mut modes);
    tcsetattr(&pty.slave, SetArg::TCSANOW, &modes).map_err(failed)?;
    Ok((
        File::from(pty.master),
        path.display().to_string(),
        pty.slave,
    ))
}

/// Runs a command, a shell by default, on a pseudo-terminal that is its controlling one.
fn spawn(command: Option<&str>) -> Result<(Child, File), String> {
    let size = Winsize {
        ws_row: 24,
        ws_col: 80,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    let failed = |error: nix::Error| format!("no pseudo-terminal: {error}");
    let pty = openpty(Some(&size), None).map_err(failed)?;
    keep_private(&pty).map_err(failed)?;
    let copy = || {
        pty.slave
            .try_clone()
            .map(Stdio::from)
            .map_err(|error| error.to_string())
    };
    // setsid(1) makes the terminal the controlling one, which this program cannot do for a child without unsafe code.
    let mut setsid = Command::new("setsid");
    setsid.arg("--ctty");
    match command {
        Some(command) => setsid.args(["sh", "-c", command]),
        None => setsid.arg(std::env::var_os("SHELL").unwrap_or_else(|| "/bin/sh".into())),
    };
    setsid
        .env("TERM", "vt100")
        .stdin(copy()?)
        .stdout(copy()?)
        .stderr(copy()?);
    let child = setsid.spawn().map_err(|error| format!("setsid: {error}"))?;
    Ok((child, File::from(pty.master)))
}

/// Keeps both ends from commands that are started. One that held the master side would never be hung up on.
fn keep_private(pty: &OpenptyResult) -> nix::Result<()> {
    for end in [&pty.master, &pty.slave] {
        fcntl(end, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC))?;
    }
    Ok(())
}

/// Characters read at once.
const CHUNK: usize = 4096;
/// Pause before a command that ended is started again.
const RESTART: Duration = Duration::from_millis(500);
/// Pause before a connection is tried again.
const RECONNECT: Duration = Duration::from_millis(200);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_hung_up_on_when_its_serial_port_is_gone() {
        let begun = std::time::Instant::now();
        let (mut child, mut port) = spawn(Some("echo; sleep 60")).unwrap();
        port.read_exact(&mut [0]).unwrap();
        drop(port);
        assert!(!child.wait().unwrap().success());
        assert!(begun.elapsed() < Duration::from_secs(30));
    }
}
