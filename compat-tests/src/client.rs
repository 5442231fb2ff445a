//! An `ipmitool` at work: on a terminal, as under a shell with job control, or on pipes.

mod pipes;
mod terminal;

use std::io::{ErrorKind, Read};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

pub use pipes::{Input, Piped};
pub use terminal::{End, OnTerminal};

/// Output as it comes, each piece with its time.
#[derive(Debug, Clone, Default)]
pub struct Output(Arc<Mutex<Pieces>>, Arc<AtomicBool>);

type Pieces = Vec<(Instant, Vec<u8>)>;

impl Output {
    /// Everything so far.
    pub fn bytes(&self) -> Vec<u8> {
        self.0
            .lock()
            .unwrap()
            .iter()
            .flat_map(|(_, piece)| piece.clone())
            .collect()
    }

    /// How many bytes so far.
    pub fn count(&self) -> usize {
        self.0
            .lock()
            .unwrap()
            .iter()
            .map(|(_, piece)| piece.len())
            .sum()
    }

    /// Everything so far, as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes()).into_owned()
    }

    /// Everything so far, in the pieces it came in, each with its time.
    pub fn pieces(&self) -> Vec<(Instant, Vec<u8>)> {
        self.0.lock().unwrap().clone()
    }

    /// When the last piece came.
    pub fn last_at(&self) -> Option<Instant> {
        self.0.lock().unwrap().last().map(|(at, _)| *at)
    }

    /// Waits until the text holds `pattern`. False: it did not within `limit`.
    pub fn wait_for(&self, pattern: &str, limit: Duration) -> bool {
        wait_until(limit, || self.text().contains(pattern))
    }

    /// Waits until `enough` holds for everything so far. False: it did not within `limit`.
    pub fn wait_until(&self, limit: Duration, enough: impl Fn(&[u8]) -> bool) -> bool {
        wait_until(limit, || enough(&self.bytes()))
    }

    /// True when nothing more can come.
    pub fn is_complete(&self) -> bool {
        self.1.load(Ordering::SeqCst)
    }

    /// Takes in a stream to its end.
    fn read_from(&self, mut stream: impl Read) {
        let mut buffer = [0; 65536];
        loop {
            match stream.read(&mut buffer) {
                Ok(count @ 1..) => self.push(&buffer[..count]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // a terminal without its other end gives an error where a pipe ends
                Ok(0) | Err(_) => break,
            }
        }
        self.1.store(true, Ordering::SeqCst);
    }

    fn push(&self, piece: &[u8]) {
        self.0
            .lock()
            .unwrap()
            .push((Instant::now(), piece.to_vec()));
    }
}

/// Waits until something holds, looking 50 times a second. False: it did not within `limit`.
pub fn wait_until(limit: Duration, holds: impl Fn() -> bool) -> bool {
    let begun = Instant::now();
    loop {
        if holds() {
            return true;
        }
        if begun.elapsed() > limit {
            return false;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}
