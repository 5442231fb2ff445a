//! The program `bmcsim`: sockets, serial ports, files and clocks around [`crate::bmc`].
//!
//! One thread owns the BMC. Every socket, serial port and control connection has threads of its own that hand what
//! they read to it through one channel; each datagram is stamped as it leaves its socket.

mod control;
mod log_file;
pub mod options;
mod serial;
mod vm;

use std::io::Write as _;
use std::net::{SocketAddr, UdpSocket};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::bmc::command::Privilege;
use crate::bmc::endpoint::{Bmc, Config, Event, LAN_CHANNEL};
use crate::bmc::fault::Simulator;
use crate::bmc::inventory::Inventory;
use crate::bmc::machine::Machine;
use crate::bmc::moment::Peer;
use control::Control;
pub use control::obey;
use log_file::LogFile;
use options::Options;
use vm::Vm;

/// Runs until a signal ends it; returns that signal.
///
/// # Errors
/// One line that says what is not to be had: a port in use, a bad file.
pub fn run(options: Options) -> Result<i32, String> {
    let mut program = Program::start(options)?;
    program.announce()?;
    Ok(program.serve())
}

/// Says on standard error what happens: warnings, with 1 also sessions and power, with 2 everything.
pub fn start_logging(verbose: u8) {
    let level = match verbose {
        0 => log::LevelFilter::Warn,
        1 => log::LevelFilter::Info,
        _ => log::LevelFilter::Trace,
    };
    let _ = env_logger::Builder::new()
        .filter_level(level)
        .format_target(false)
        .try_init();
}

/// What the threads hand to the one that owns the BMC.
enum Input {
    Datagram {
        socket: usize,
        from: SocketAddr,
        at: Stamp,
        bytes: Vec<u8>,
    },
    Serial {
        port: usize,
        at: Stamp,
        bytes: Vec<u8>,
    },
    Written {
        port: usize,
    },
    Control {
        line: String,
        reply: Sender<String>,
    },
    Signal(i32),
}

/// Both clocks at the moment something was read.
#[derive(Debug, Clone, Copy)]
struct Stamp {
    now: Instant,
    wall_ms: u64,
}

impl Stamp {
    fn now() -> Self {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Self {
            now: Instant::now(),
            wall_ms: u64::try_from(since.as_millis()).unwrap_or(u64::MAX),
        }
    }
}

struct Program {
    bmc: Simulator,
    sockets: Vec<UdpSocket>,
    ports: Vec<Port>,
    log_files: Vec<LogFile>,
    vm: Option<Vm>,
    /// Held for its end: it removes the socket.
    _control: Option<Control>,
    inputs: Receiver<Input>,
}

/// A serial port and how far its two threads are.
struct Port {
    threads: serial::Port,
    /// The writer has taken nothing yet, or has said that it is done.
    idle: bool,
    /// The reader has delivered and waits for leave to go on.
    waits: bool,
}

impl Program {
    fn start(options: Options) -> Result<Self, String> {
        let (sender, inputs) = bounded(INPUTS);
        let mut bmc = assemble(&options)?;
        let log_files = log_files(&options, &mut bmc)?;
        let mut sockets = Vec::new();
        for (index, address) in options.listen.iter().enumerate() {
            sockets.push(listen(index, *address, &sender)?);
        }
        let control = options
            .control
            .as_deref()
            .map(|path| Control::open(path, &sender))
            .transpose()?;
        let bmc = Simulator::new(bmc, options.seed);
        let vm = options.vm.clone().map(Vm::new);
        let mut program = Self {
            bmc,
            sockets,
            ports: Vec::new(),
            log_files,
            vm,
            _control: control,
            inputs,
        };
        program.tell_addresses();
        // Before anything is started: what is caught here is deadly in the processes behind the serial ports and in
        // the machine's, also where a script has put this program in the background, with SIGINT and SIGQUIT ignored.
        catch_signals(&sender)?;
        for (index, kind) in options.serial.iter().enumerate() {
            let threads = serial::open(index, kind, &sender)?;
            program.ports.push(Port {
                threads,
                idle: true,
                waits: false,
            });
        }
        if let Some(vm) = &mut program.vm {
            // It shuts down when it is done, not after some seconds.
            program
                .bmc
                .bmc_mut()
                .machine_mut()
                .set_soft_shutdown_delay(None);
            vm.start();
        }
        let at = Stamp::now();
        for fault in options.faults {
            program.bmc.inject(at.now, at.wall_ms, fault);
        }
        Ok(program)
    }

    /// Says in one line where it listens, and which terminals it has.
    fn announce(&self) -> Result<(), String> {
        let addresses = self
            .sockets
            .iter()
            .filter_map(|s| s.local_addr().ok())
            .map(|a| a.to_string());
        let terminals = self.ports.iter().enumerate().filter_map(|(n, port)| {
            port.threads
                .name
                .as_ref()
                .map(|name| format!("; serial port {} is {name}", n + 1))
        });
        let line = format!(
            "bmcsim listens on {}{}",
            addresses.collect::<Vec<_>>().join(" "),
            terminals.collect::<String>()
        );
        let mut out = std::io::stdout().lock();
        // A reader that went away is no reason not to serve.
        let _ = writeln!(out, "{line}").and_then(|()| out.flush());
        Ok(())
    }

    fn serve(&mut self) -> i32 {
        loop {
            let wait = self.bmc.poll_timeout().map_or(LONGEST_WAIT, |at| {
                at.saturating_duration_since(Instant::now())
                    .min(LONGEST_WAIT)
            });
            match self.inputs.recv_timeout(wait) {
                Ok(Input::Signal(signal)) => return signal,
                Ok(input) => self.take(input),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
            }
            // What else has come is taken too, so that timers are not looked at between any two packets; but a flood
            // must not keep them from running.
            for _ in 0..BATCH {
                match self.inputs.try_recv() {
                    Ok(Input::Signal(signal)) => return signal,
                    Ok(input) => self.take(input),
                    Err(_) => break,
                }
            }
            let at = Stamp::now();
            self.bmc.handle_timeout(at.now, at.wall_ms);
            self.watch_vm(at);
            self.settle();
        }
    }

    fn take(&mut self, input: Input) {
        match input {
            Input::Datagram {
                socket,
                from,
                at,
                bytes,
            } => {
                self.bmc.handle_datagram(
                    at.now,
                    at.wall_ms,
                    Peer {
                        socket,
                        address: from,
                    },
                    &bytes,
                );
            }
            Input::Serial { port, at, bytes } => {
                self.bmc.serial_input(at.now, at.wall_ms, port, &bytes);
                if let Some(port) = self.ports.get_mut(port) {
                    port.waits = true;
                }
            }
            Input::Written { port } => {
                if let Some(port) = self.ports.get_mut(port) {
                    port.idle = true;
                }
            }
            Input::Control { line, reply } => {
                let _ = reply.send(obey(&mut self.bmc, &line));
            }
            Input::Signal(_) => {}
        }
        self.settle();
    }

    /// Carries out what the BMC wants.
    fn settle(&mut self) {
        for (index, port) in self.ports.iter_mut().enumerate() {
            if port.idle {
                let bytes = self.bmc.take_serial(Instant::now(), index, TO_HOST);
                port.idle = bytes.is_empty() || port.threads.to_host.try_send(bytes).is_err();
            }
            if port.waits && self.bmc.serial_room(index) >= ROOM {
                port.waits = port.threads.credit.try_send(()).is_err();
            }
        }
        for (index, file) in self.log_files.iter_mut().enumerate() {
            if let Some(log) = self.bmc.bmc().console_log(index) {
                file.follow(log);
            }
        }
        while let Some(event) = self.bmc.poll_event() {
            self.happened(&event);
        }
        while let Some(datagram) = self.bmc.poll_transmit() {
            if let Some(socket) = self.sockets.get(datagram.to.socket) {
                // UDP promises nothing; a peer that cannot be reached says nothing either.
                let _ = socket.send_to(&datagram.bytes, datagram.to.address);
            }
        }
    }

    fn happened(&mut self, event: &Event) {
        log::info!("{event:?}");
        if let (Event::Machine(event), Some(vm)) = (event, &mut self.vm) {
            vm.follow(event);
        }
    }

    /// Tells the BMC when the machine's process went off by itself.
    fn watch_vm(&mut self, at: Stamp) {
        if self.vm.as_mut().is_some_and(Vm::has_ended) {
            self.bmc.bmc_mut().machine_mut().set_power(false, at.now);
        }
    }

    /// Lets LAN and SOL configuration parameters name the first socket's true address.
    fn tell_addresses(&mut self) {
        let Some(address) = self.sockets.first().and_then(|s| s.local_addr().ok()) else {
            return;
        };
        let ports = self.sockets.iter();
        let ports = ports.map(|s| s.local_addr().map_or(0, |a| a.port()));
        self.bmc.bmc_mut().set_socket_ports(ports.collect());
        let machine = self.bmc.bmc_mut().machine_mut();
        if let Some(lan) = machine.lan_mut(LAN_CHANNEL) {
            lan.set_port(address.port());
        }
        if let Some(sol) = machine.sol_mut(LAN_CHANNEL) {
            sol.set_port(address.port());
        }
    }
}

/// A BMC as the options describe it.
fn assemble(options: &Options) -> Result<Bmc, String> {
    let at = Stamp::now();
    let inventory = match &options.inventory {
        None => Inventory::builtin(),
        Some(path) => {
            let failed =
                |error: &dyn std::fmt::Display| format!("--inventory {}: {error}", path.display());
            let text = std::fs::read_to_string(path).map_err(|error| failed(&error))?;
            Inventory::parse(&text).map_err(|error| failed(&error))?
        }
    };
    let mut machine = Machine::new(inventory, options.seed, at.now, at.wall_ms);
    for user in &options.users {
        machine
            .users_mut()
            .add(&user.name, &user.password, user.level)?;
    }
    if let Some(channel) = machine.channels_mut().get_mut(LAN_CHANNEL) {
        for (to, from) in channel.kg.iter_mut().zip(&options.kg) {
            *to = *from;
        }
        channel.present.limit = Privilege::Administrator;
    }
    let config = Config {
        session_limit: options.sessions,
        suite_zero: options.suite_zero,
        extension: options.extension,
        log_size: options.log_size,
        ports: options.serial.len(),
        personality: options.personality.clone(),
        ..Config::default()
    };
    Ok(Bmc::new(machine, config, Box::new(random_bytes)))
}

/// Opens the files of the console logs, and gives the BMC what they hold.
fn log_files(options: &Options, bmc: &mut Bmc) -> Result<Vec<LogFile>, String> {
    let Some(path) = &options.log_file else {
        return Ok(Vec::new());
    };
    let mut files = Vec::new();
    for port in 0..options.serial.len() {
        // The first port's file is the one that was named; the others' have their number behind it.
        let mut path = path.clone().into_os_string();
        if port > 0 {
            path.push(format!(".{}", port + 1));
        }
        let Some(fresh) = bmc.console_log(port).cloned() else {
            continue;
        };
        let (file, log) = LogFile::open(path.as_ref(), &fresh)?;
        bmc.restore_console_log(port, log);
        files.push(file);
    }
    Ok(files)
}

/// Random bytes of the kernel. It has them always once it has had them; a short wait covers the rest.
fn random_bytes(bytes: &mut [u8]) {
    while getrandom::fill(bytes).is_err() {
        thread::sleep(Duration::from_millis(10));
    }
}

fn listen(index: usize, address: SocketAddr, inputs: &Sender<Input>) -> Result<UdpSocket, String> {
    let failed = |error: std::io::Error| format!("cannot listen on {address}: {error}");
    let socket = UdpSocket::bind(address).map_err(failed)?;
    let reader = socket.try_clone().map_err(failed)?;
    let inputs = inputs.clone();
    thread::spawn(move || {
        let mut buffer = [0; LARGEST_DATAGRAM];
        loop {
            // Errors here are those of earlier sends (a closed port), reported late: the socket itself lives on.
            let Ok((n, from)) = reader.recv_from(&mut buffer) else {
                continue;
            };
            let input = Input::Datagram {
                socket: index,
                from,
                at: Stamp::now(),
                bytes: buffer[..n].to_vec(),
            };
            if inputs.send(input).is_err() {
                return;
            }
        }
    });
    Ok(socket)
}

fn catch_signals(inputs: &Sender<Input>) -> Result<(), String> {
    let mut signals = Signals::new([SIGINT, SIGQUIT, SIGTERM, SIGHUP])
        .map_err(|error| format!("cannot catch signals: {error}"))?;
    let inputs = inputs.clone();
    thread::spawn(move || {
        for signal in signals.forever() {
            if inputs.send(Input::Signal(signal)).is_err() {
                return;
            }
        }
    });
    Ok(())
}

/// Inputs that wait at most; then the threads do, and after them the kernel's buffers.
const INPUTS: usize = 1024;
/// Inputs taken between two looks at the timers.
const BATCH: usize = 64;
/// The longest sleep.
const LONGEST_WAIT: Duration = Duration::from_secs(1);
/// No datagram of IPMI is longer.
const LARGEST_DATAGRAM: usize = 4096;
/// Characters handed to a serial port at once.
const TO_HOST: usize = 256;
/// A port is read when its console has room for so many characters.
const ROOM: usize = 4096;
