//! The thread that writes the console's output, so that a reader that stalls does not stall the session.
//!
//! The buffer is bounded by its user: [`Output::pending`] says how much waits, and the driver tells the BMC to hold
//! the rest.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
use nix::errno::Errno;
use nix::unistd::write;

use super::stop::{self, Listener, Stop};

/// Two files that are written in one order: the output, and what is said beside it on the same screen.
#[derive(Debug)]
pub struct Output {
    chunks: Sender<Chunk>,
    progress: Receiver<()>,
    shared: Arc<Shared>,
    _stop: Stop,
}

impl Output {
    /// Starts the thread that writes to `output`, and to `beside` what goes to [`write_beside`](Self::write_beside).
    ///
    /// # Errors
    ///
    /// When the system has no thread or file descriptor left.
    pub fn start(output: OwnedFd, beside: OwnedFd) -> io::Result<Self> {
        let (sender, chunks) = unbounded::<Chunk>();
        let (tell, progress) = bounded(1);
        let (stop, listener) = stop::pair()?;
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        stop::spawn("output", move || {
            for chunk in chunks {
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
                // Full means that the news is on its way already.
                let _ = tell.try_send(());
            }
        })?;
        Ok(Self {
            chunks: sender,
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

    /// Tells that bytes were written, or that writing failed. Only one piece of news waits at a time.
    pub fn progress(&self) -> &Receiver<()> {
        &self.progress
    }

    /// Waits until everything is written, writing failed, or nothing was written for `patience`.
    pub fn drain(&self, patience: Duration) {
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
    }

    fn queue(&self, chunk: Chunk) {
        let len = chunk.len();
        self.shared.pending.fetch_add(len, Ordering::SeqCst);
        if len > 0 && self.chunks.send(chunk).is_err() {
            // The thread ended, which it does only when it panicked: nothing will ever be written.
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
}

#[derive(Debug, Default)]
struct Shared {
    pending: AtomicUsize,
    /// The error that ended the output; 0 while there is none.
    errno: AtomicI32,
}

impl Shared {
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

/// The largest single write, in bytes: what a pipe that is ready for writing takes without blocking (`PIPE_BUF`).
const MAX_WRITE: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::io::Read;

    fn output() -> (File, Output) {
        let (reader, writer) = nix::unistd::pipe().unwrap();
        let output = Output::start(writer.try_clone().unwrap(), writer).unwrap();
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
