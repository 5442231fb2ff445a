//! The console log in a file. Every piece is written as soon as it is logged, so that a killed program loses nothing
//! that it had taken; what the machine itself loses when its power fails is recognised by its checksum and left out.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use nix::fcntl::{Flock, FlockArg};

use crate::bmc::console_log::{ConsoleLog, journal};

/// A log's file, open and locked.
pub struct LogFile {
    path: PathBuf,
    file: Flock<File>,
    size: u64,
    epoch: u64,
    end: u64,
    failed: bool,
}

impl LogFile {
    /// Opens or creates the file. What it holds comes back as a log of `capacity` bytes; an empty file begins with
    /// `fresh`.
    ///
    /// # Errors
    /// A line: it cannot be opened, another program has it, or it is something else.
    pub fn open(path: &Path, fresh: &ConsoleLog) -> Result<(Self, ConsoleLog), String> {
        let failed = |why: &dyn std::fmt::Display| format!("--log-file {}: {why}", path.display());
        let file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path);
        let mut file = lock(file.map_err(|error| failed(&error))?).map_err(|why| failed(&why))?;
        let mut content = Vec::new();
        file.read_to_end(&mut content)
            .map_err(|error| failed(&error))?;
        let (log, sound) = match journal::read(&content, fresh.capacity() as usize) {
            Some((log, sound)) => (log, sound as u64),
            // Killed while it was created: the few bytes are a beginning of a beginning.
            None if content.is_empty()
                || journal::whole(fresh).starts_with(&content[..content.len().min(4)])
                    && content.len() < SHORTEST =>
            {
                (fresh.clone(), 0)
            }
            None => return Err(failed(&"it is no console log of bmcsim")),
        };
        let (epoch, end) = (log.epoch(), log.end());
        let mut this = Self {
            path: path.into(),
            file,
            size: sound,
            epoch,
            end,
            failed: false,
        };
        this.file.set_len(sound).map_err(|error| failed(&error))?;
        this.file
            .seek(SeekFrom::Start(sound))
            .map_err(|error| failed(&error))?;
        if sound == 0 {
            this.write(&journal::whole(&log));
        }
        Ok((this, log))
    }

    /// Keeps what `log` has got since the last time.
    pub fn follow(&mut self, log: &ConsoleLog) {
        if self.failed {
            return;
        }
        let lost = log.start() > self.end;
        if log.epoch() != self.epoch || lost || self.size > most(log) {
            self.rewrite(log);
            return;
        }
        if log.end() == self.end {
            return;
        }
        let mut records = Vec::new();
        for (time, offset, bytes) in log.runs_from(self.end) {
            journal::append(&mut records, time, offset, &bytes);
        }
        self.end = log.end();
        self.write(&records);
    }

    /// Writes everything anew beside the old file and puts it in its place: at every moment there is a whole one.
    fn rewrite(&mut self, log: &ConsoleLog) {
        let mut beside = self.path.clone().into_os_string();
        beside.push(".new");
        let content = journal::whole(log);
        let written = File::create(&beside).and_then(|mut file| {
            file.write_all(&content)?;
            file.sync_data()?;
            Ok(file)
        });
        let done = written.and_then(|file| {
            let file = lock(file).map_err(std::io::Error::other)?;
            std::fs::rename(&beside, &self.path)?;
            Ok(file)
        });
        match done {
            Ok(file) => {
                self.file = file;
                (self.size, self.epoch, self.end) = (content.len() as u64, log.epoch(), log.end());
            }
            Err(error) => self.give_up(&error),
        }
    }

    fn write(&mut self, bytes: &[u8]) {
        match self.file.write_all(bytes) {
            Ok(()) => self.size += bytes.len() as u64,
            Err(error) => self.give_up(&error),
        }
    }

    /// A full disk must not stop the console; it is said once.
    fn give_up(&mut self, error: &std::io::Error) {
        log::error!(
            "--log-file {}: {error}; the log is kept in memory only from now on",
            self.path.display()
        );
        self.failed = true;
    }
}

fn lock(file: File) -> Result<Flock<File>, String> {
    Flock::lock(file, FlockArg::LockExclusiveNonblock).map_err(|(_, error)| match error {
        nix::Error::EWOULDBLOCK => "another program has it open".to_string(),
        other => other.to_string(),
    })
}

/// When a file is worth writing anew: a log of single characters has eight times as many bytes in its records.
fn most(log: &ConsoleLog) -> u64 {
    8 * u64::from(log.capacity()) + (64 << 10)
}

/// No journal is shorter.
const SHORTEST: usize = 29;

#[cfg(test)]
mod tests {
    use super::*;

    fn fresh() -> ConsoleLog {
        ConsoleLog::new(2000, 77)
    }

    fn path(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("bmcsim-log-{}-{name}", std::process::id()))
    }

    #[test]
    fn a_log_comes_back_after_a_restart_even_with_a_torn_end() {
        let path = path("restart");
        let (mut file, mut log) = LogFile::open(&path, &fresh()).unwrap();
        for n in 0..50u64 {
            log.append(n, format!("line {n}\n").as_bytes());
            file.follow(&log);
        }
        drop(file);
        let (file, back) = LogFile::open(&path, &ConsoleLog::new(2000, 1)).unwrap();
        assert_eq!(back, log);
        drop(file);
        let content = std::fs::read(&path).unwrap();
        std::fs::write(&path, [&content[..content.len() - 3], b"garbage"].concat()).unwrap();
        let (mut file, mut back) = LogFile::open(&path, &fresh()).unwrap();
        assert_eq!(back.end(), log.end() - "line 49\n".len() as u64);
        back.append(99, b"goes on");
        file.follow(&back);
        drop(file);
        assert_eq!(LogFile::open(&path, &fresh()).unwrap().1, back);
        std::fs::remove_file(&path).unwrap();
    }

    #[test]
    fn the_file_stays_small_and_whole_however_much_passes() {
        let path = path("small");
        let (mut file, mut log) = LogFile::open(&path, &fresh()).unwrap();
        for n in 0..20_000u64 {
            log.append(n, b"x");
            file.follow(&log);
        }
        assert!(std::fs::metadata(&path).unwrap().len() < 200_000);
        drop(file);
        assert_eq!(
            LogFile::open(&path, &fresh()).unwrap().1.read(19_000, 9),
            log.read(19_000, 9)
        );
        std::fs::remove_file(&path).unwrap();
    }

    #[test]
    fn two_programs_cannot_have_the_same_file_and_a_foreign_file_is_left_alone() {
        let path = path("lock");
        let held = LogFile::open(&path, &fresh()).unwrap();
        assert!(
            LogFile::open(&path, &fresh())
                .map(|_| ())
                .unwrap_err()
                .contains("another program")
        );
        drop(held);
        std::fs::write(
            &path,
            "a letter to a friend, of more than twenty-nine bytes",
        )
        .unwrap();
        assert!(LogFile::open(&path, &fresh()).is_err());
        assert!(
            std::fs::read_to_string(&path)
                .unwrap()
                .starts_with("a letter")
        );
        std::fs::remove_file(&path).unwrap();
    }
}
