//! The serial port of a simulated machine, on TCP, as `ipmi_sim`'s `tcp:` device wants it.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The machine's end of the serial line. Records every byte typed; says what the test tells it to.
#[derive(Debug)]
pub struct Serial {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    line: Mutex<Option<TcpStream>>,
    typed: Mutex<Vec<(Instant, Vec<u8>)>>,
    echo: AtomicBool,
    ended: AtomicBool,
}

impl Serial {
    /// Listens on a free loopback port.
    ///
    /// # Panics
    /// When no port can be had.
    pub fn listen() -> Serial {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free TCP port");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let shared = Arc::new(Shared::default());
        let server = Arc::clone(&shared);
        std::thread::spawn(move || serve(&listener, &server));
        Serial { address, shared }
    }

    /// Where a BMC connects to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether every byte typed is sent back.
    pub fn echo(&self, on: bool) {
        self.shared.echo.store(on, Ordering::SeqCst);
    }

    /// True once a BMC is connected.
    pub fn is_connected(&self) -> bool {
        self.shared.line.lock().unwrap().is_some()
    }

    /// Says something on the console. Lost when no BMC is connected, as on a real serial line.
    pub fn say(&self, bytes: &[u8]) {
        self.shared.say(bytes);
    }

    /// Somebody else who says things on the console.
    pub fn speaker(&self) -> Speaker {
        Speaker(Arc::clone(&self.shared))
    }

    /// Everything typed so far.
    pub fn typed(&self) -> Vec<u8> {
        self.shared
            .typed
            .lock()
            .unwrap()
            .iter()
            .flat_map(|(_, bytes)| bytes.clone())
            .collect()
    }

    /// Waits until `enough` holds for everything typed, at most `limit`; the last word is returned either way.
    pub fn wait_typed(&self, limit: Duration, enough: impl Fn(&[u8]) -> bool) -> Vec<u8> {
        let begun = Instant::now();
        loop {
            let typed = self.typed();
            if enough(&typed) || begun.elapsed() > limit {
                return typed;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Whoever says things on a [`Serial`], for as long as that is there.
#[derive(Debug, Clone)]
pub struct Speaker(Arc<Shared>);

impl Speaker {
    /// As [`Serial::say`].
    pub fn say(&self, bytes: &[u8]) {
        self.0.say(bytes);
    }
}

impl Shared {
    fn say(&self, bytes: &[u8]) {
        if let Some(line) = self.line.lock().unwrap().as_mut() {
            let _ = line.write_all(bytes);
        }
    }
}

impl Drop for Serial {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        // wakes the accepting thread
        let _ = TcpStream::connect(self.address);
    }
}

fn serve(listener: &TcpListener, shared: &Shared) {
    while let Ok((mut stream, _)) = listener.accept() {
        if shared.ended.load(Ordering::SeqCst) {
            return;
        }
        let _ = stream.set_nodelay(true);
        let _ = stream.set_read_timeout(Some(Duration::from_millis(200)));
        *shared.line.lock().unwrap() = stream.try_clone().ok();
        let mut buffer = [0; 4096];
        while !shared.ended.load(Ordering::SeqCst) {
            match stream.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => {
                    shared
                        .typed
                        .lock()
                        .unwrap()
                        .push((Instant::now(), buffer[..count].to_vec()));
                    if shared.echo.load(Ordering::SeqCst) {
                        let _ = stream.write_all(&buffer[..count]);
                    }
                }
                Err(error) if PASSING.contains(&error.kind()) => {}
                Err(_) => break,
            }
        }
        *shared.line.lock().unwrap() = None;
    }
}

/// Kinds of errors after which the line is still there.
const PASSING: [ErrorKind; 3] = [
    ErrorKind::WouldBlock,
    ErrorKind::TimedOut,
    ErrorKind::Interrupted,
];
