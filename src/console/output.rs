//! The thread that writes the console's output, so that a reader that stalls does not stall the session.
//!
//! The buffer is bounded by its user: [`Output::pending`] says how much waits, and the driver tells the BMC to hold
//! the rest. Output that comes byte by byte is joined while it waits, so that it takes hardly more memory than that.

use std::collections::VecDeque;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use nix::errno::Errno;
use nix::unistd::write;

use super::bell::{Line, Ringer};
use super::stop::{self, Listener, Stop};

/// Two files that are written in one order: the output, and what is said beside it on the same screen.
#[derive(Debug)]
pub struct Output {
    /// Tells the thread that there are chunks.
    wake: Sender<()>,
    progress: Receiver<()>,
    shared: Arc<Shared>,
    _stop: Stop,
}

impl Output {
    /// Starts the thread that writes to `output`, and to `beside` what goes to [`write_beside`](Self::write_beside); it
    /// rings for its [`progress`](Self::progress).
    ///
    /// # Errors
    ///
    /// When the system has no thread or file descriptor left.
    pub fn start(output: OwnedFd, beside: OwnedFd, ringer: Ringer) -> io::Result<Self> {
        let (wake, woken) = bounded(1);
        let (tell, progress) = bounded(1);
        let tell = Line::new(tell, ringer);
        let (stop, listener) = stop::pair()?;
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        stop::spawn("output", move || {
            for () in woken {
                for chunk in theirs.chunks() {
                    let result = match &chunk {
                        // After a failure nothing more is written, only counted off.
                        Chunk::Output(_) if theirs.failed().is_some() => Ok(()),
                        Chunk::Output(bytes) => write_all(&output, bytes, &listener),
                        Chunk::Beside(bytes) => write_all(&beside, bytes, &listener).or(Ok(())),
                    };
                    if let Err(errno) = result {
                        theirs.errno.store(errno as i32, Ordering::SeqCst);
                    }
                    theirs.pending.fetch_sub(chunk.len(), Ordering::SeqCst);
                    if theirs.watched.load(Ordering::SeqCst) || theirs.failed().is_some() {
                        // Full means that the news is on its way already.
                        tell.try_send(());
                    }
                }
                // In a flood the next chunks are there after it, and nobody has to wake this thread.
                thread::sleep(APART);
            }
        })?;
        Ok(Self {
            wake,
            progress,
            shared,
            _stop: stop,
        })
    }

    /// Queues bytes for the output.
    pub fn write(&self, bytes: Vec<u8>) {
        self.queue(Chunk::Output(bytes));
    }

    /// Queues bytes for the file beside. That one's errors are nobody's concern.
    pub fn write_beside(&self, bytes: Vec<u8>) {
        self.queue(Chunk::Beside(bytes));
    }

    /// Bytes queued and not yet written.
    pub fn pending(&self) -> usize {
        self.shared.pending.load(Ordering::SeqCst)
    }

    /// Why the output takes no more, if so.
    pub fn failed(&self) -> Option<io::Error> {
        self.shared.failed().map(io::Error::from)
    }

    /// Tells that writing failed, and [while that is wanted](Self::watch) that bytes were written. Only one piece of news
    /// waits at a time.
    pub fn progress(&self) -> &Receiver<()> {
        &self.progress
    }

    /// Whether [`progress`](Self::progress) is to tell of bytes that were written from now on. Look at
    /// [`pending`](Self::pending) after this, not before.
    pub fn watch(&self, wanted: bool) {
        self.shared.watched.store(wanted, Ordering::SeqCst);
    }

    /// Waits until everything is written, writing failed, or nothing was written for `patience`.
    pub fn drain(&self, patience: Duration) {
        let before = self.shared.watched.swap(true, Ordering::SeqCst);
        let mut left = self.pending();
        let mut since = Instant::now();
        while left > 0 && since.elapsed() < patience {
            let _ = self
                .progress
                .recv_timeout(patience.saturating_sub(since.elapsed()));
            let now_left = self.pending();
            if now_left != left {
                left = now_left;
                since = Instant::now();
            }
        }
        self.watch(before);
    }

    fn queue(&self, chunk: Chunk) {
        let len = chunk.len();
        if len == 0 {
            return;
        }
        self.shared.pending.fetch_add(len, Ordering::SeqCst);
        self.shared.queue(chunk);
        // Full means that the thread is woken already.
        if let Err(TrySendError::Disconnected(())) = self.wake.try_send(()) {
            // The thread ended, which it does only when it panicked: nothing will ever be written.
            self.shared.waiting().clear();
            self.shared.pending.fetch_sub(len, Ordering::SeqCst);
            self.shared.errno.store(Errno::EIO as i32, Ordering::SeqCst);
        }
    }
}

#[derive(Debug)]
enum Chunk {
    Output(Vec<u8>),
    Beside(Vec<u8>),
}

impl Chunk {
    fn len(&self) -> usize {
        match self {
            Self::Output(bytes) | Self::Beside(bytes) => bytes.len(),
        }
    }

    /// Appends another chunk of the same file; gives it back where it is for the other, or too long.
    fn join(&mut self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Output(bytes), Self::Output(more))
            | (Self::Beside(bytes), Self::Beside(more))
                if bytes.len() + more.len() <= JOINED =>
            {
                bytes.extend_from_slice(&more);
                None
            }
            (_, other) => Some(other),
        }
    }
}

#[derive(Debug, Default)]
struct Shared {
    waiting: Mutex<VecDeque<Chunk>>,
    pending: AtomicUsize,
    watched: AtomicBool,
    /// The error that ended the output; 0 while there is none.
    errno: AtomicI32,
}

impl Shared {
    fn waiting(&self) -> MutexGuard<'_, VecDeque<Chunk>> {
        // No panic can leave a queue half changed.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn queue(&self, chunk: Chunk) {
        let mut waiting = self.waiting();
        let rest = match waiting.back_mut() {
            Some(last) => last.join(chunk),
            None => Some(chunk),
        };
        waiting.extend(rest);
    }

    /// The chunks that wait, one after the other, until there is none.
    fn chunks(&self) -> impl Iterator<Item = Chunk> {
        std::iter::from_fn(|| self.waiting().pop_front())
    }

    fn failed(&self) -> Option<Errno> {
        match self.errno.load(Ordering::SeqCst) {
            0 => None,
            errno => Some(Errno::from_raw(errno)),
        }
    }
}

fn write_all(fd: &OwnedFd, mut bytes: &[u8], stop: &Listener) -> Result<(), Errno> {
    while !bytes.is_empty() {
        if !stop.writable(fd.as_fd()) {
            return Err(Errno::ECANCELED);
        }
        match write(fd, &bytes[..bytes.len().min(MAX_WRITE)]) {
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(Errno::EINTR | Errno::EAGAIN) => {}
            Err(errno) => return Err(errno),
        }
    }
    Ok(())
}

/// Output that comes in pieces is written at most so often: less than anybody sees, more than twenty packets of a BMC that
/// sends them as fast as they are acknowledged.
const APART: Duration = Duration::from_micros(500);

/// The largest single write, in bytes: what a pipe that is ready for writing takes without blocking (`PIPE_BUF`).
const MAX_WRITE: usize = 4096;

/// Bytes that waiting chunks are joined up to.
const JOINED: usize = 16 * 1024;

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::io::Read;

    impl Chunk {
        fn capacity(&self) -> usize {
            match self {
                Self::Output(bytes) | Self::Beside(bytes) => bytes.capacity(),
            }
        }
    }

    fn output() -> (File, Output) {
        let (reader, writer) = nix::unistd::pipe().unwrap();
        let output = Output::start(writer.try_clone().unwrap(), writer, Ringer::default()).unwrap();
        (reader.into(), output)
    }

    #[test]
    fn both_files_are_written_in_the_order_of_the_calls() {
        let (mut reader, output) = output();
        output.write(b"one ".to_vec());
        output.write_beside(b"two ".to_vec());
        output.write(b"three".to_vec());
        output.drain(Duration::from_secs(5));
        drop(output);
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, "one two three");
    }

    #[test]
    fn a_stalled_reader_blocks_nobody_and_loses_nothing() {
        let (mut reader, output) = output();
        let text: Vec<u8> = (0..500_000u32).map(|at| at as u8).collect();
        text.chunks(1000)
            .for_each(|chunk| output.write(chunk.to_vec()));
        assert!(output.pending() > 300_000, "the pipe holds 64 KiB");
        let mut got = vec![0; text.len()];
        reader.read_exact(&mut got).unwrap();
        output.drain(Duration::from_secs(5));
        assert_eq!((output.pending(), got == text), (0, true));
    }

    #[test]
    fn single_bytes_that_wait_take_hardly_more_memory_than_themselves() {
        let (mut reader, output) = output();
        output.write(vec![b'x'; 100_000]);
        for n in 0..200_000u32 {
            output.write(vec![n as u8]);
        }
        output.write_beside(b"!".to_vec());
        output.write(b"end".to_vec());
        let memory: usize = output.shared.waiting().iter().map(Chunk::capacity).sum();
        assert!(memory < 2 * 200_000 + 2 * JOINED, "{memory}");
        let chunks = output.shared.waiting().len();
        assert!(chunks < 20, "{chunks}");
        let mut got = vec![0; 300_004];
        reader.read_exact(&mut got).unwrap();
        assert!((0..200_000u32).all(|n| got[100_000 + n as usize] == n as u8));
        assert_eq!(&got[300_000..], b"!end");
    }

    #[test]
    fn a_reader_that_went_away_is_told_and_nothing_piles_up() {
        let (reader, output) = output();
        drop(reader);
        output.write(b"x".to_vec());
        output.write(vec![0; 100_000]);
        output.drain(Duration::from_secs(5));
        assert_eq!(output.failed().unwrap().kind(), io::ErrorKind::BrokenPipe);
        assert_eq!(output.pending(), 0);
    }

    #[test]
    fn dropping_the_output_ends_its_thread_though_the_reader_stalls() {
        let (mut reader, output) = output();
        output.write(vec![b'x'; 200_000]);
        output.drain(Duration::from_millis(50));
        drop(output);
        // The thread's end closes the pipe: what it held is read, then the end comes.
        let mut got = Vec::new();
        reader.read_to_end(&mut got).unwrap();
        assert!(got.len() < 200_000);
    }
}
