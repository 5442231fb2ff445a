//! A log file in a folder of its own, on a disk that fills up, and under a program that is killed at any moment.

use std::cell::{RefCell, RefMut};
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::rc::Rc;

use steadysol::console::log::disk::Disk;
use steadysol::console::log::position::{Committed, Former, Position};
use steadysol::console::log::writer::Medium;

/// The folder; it ends with the value.
pub struct Folder {
    path: PathBuf,
    faults: Rc<RefCell<Faults>>,
}

/// What is wrong with the disk, and with the program.
#[derive(Debug)]
pub struct Faults {
    /// Bytes that still fit.
    pub room: usize,
    /// Bytes taken at once.
    pub largest: usize,
    /// Nothing that the program does any more has an effect.
    pub dead: bool,
    /// Operations until then.
    left: Option<u8>,
    /// Files the log has stood in.
    files: u32,
}

impl Faults {
    /// Kills the program in its next operation, or the one after so many.
    pub fn kill_in(&mut self, operations: u8) {
        self.left = Some(operations);
        self.dead = operations == 0;
    }

    /// The program runs again.
    pub fn revive(&mut self) {
        (self.dead, self.left) = (false, None);
    }

    fn operation(&mut self) -> io::Result<()> {
        self.left = self.left.map(|left| left.saturating_sub(1));
        self.dead |= self.left == Some(0);
        if self.dead {
            return Err(io::ErrorKind::Other.into());
        }
        Ok(())
    }
}

impl Folder {
    /// An empty one.
    pub fn new() -> Self {
        let base = std::env::temp_dir().join("fuzz-log-XXXXXX");
        let path = nix::unistd::mkdtemp(&base).expect("a folder for temporary files");
        let faults = Faults {
            room: usize::MAX,
            largest: usize::MAX,
            dead: false,
            left: None,
            files: 0,
        };
        Self {
            path,
            faults: Rc::new(RefCell::new(faults)),
        }
    }

    /// The log, as the program opens it.
    pub fn open(&self) -> Platter {
        let log = self.path.join("log").display().to_string();
        let platter = Platter {
            disk: Disk::open(&log, "bmc", 0).expect("our own file"),
            folder: self.path.clone(),
            faults: Rc::clone(&self.faults),
        };
        platter.remember();
        platter
    }

    /// What is wrong.
    pub fn faults(&self) -> RefMut<'_, Faults> {
        self.faults.borrow_mut()
    }

    /// Somebody gives the log another name.
    pub fn move_away(&self) {
        // It may have been moved already.
        let _ = fs::rename(self.path.join("log"), self.path.join("away"));
    }

    /// All that was written, in order.
    pub fn files(&self) -> Vec<Vec<u8>> {
        (0..self.faults.borrow().files)
            .map(|number| fs::read(seen(&self.path, number)).expect("a second name of the file"))
            .collect()
    }

    /// The bytes of it that are wanted.
    pub fn text(&self, wanted: fn(u8) -> bool) -> Vec<u8> {
        let all = self.files().concat();
        all.into_iter().filter(|byte| wanted(*byte)).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// The log's file on that disk.
pub struct Platter {
    disk: Disk,
    folder: PathBuf,
    faults: Rc<RefCell<Faults>>,
}

impl Platter {
    /// Gives a file that is new a second name, under which it is found wherever it goes.
    fn remember(&self) {
        let mut faults = self.faults.borrow_mut();
        let inode = |path: PathBuf| fs::metadata(path).map(|metadata| metadata.ino()).ok();
        let last = faults.files.checked_sub(1);
        let last = last.and_then(|last| inode(seen(&self.folder, last)));
        if last != inode(self.disk.path().to_owned()) {
            let second = seen(&self.folder, faults.files);
            fs::hard_link(self.disk.path(), second).expect("room for a name");
            faults.files += 1;
        }
    }

    fn operation(&self) -> io::Result<()> {
        self.faults.borrow_mut().operation()
    }
}

impl Medium for Platter {
    fn append(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let was_dead = self.faults.borrow().dead;
        let alive = self.operation();
        let mut faults = self.faults.borrow_mut();
        let mut taken = bytes.len().min(faults.room).min(faults.largest);
        if alive.is_err() {
            // Killed in the middle of it.
            taken = if was_dead { 0 } else { taken / 2 };
        }
        faults.room -= taken;
        let bytes = bytes.get(..taken).unwrap_or_default();
        if !bytes.is_empty() {
            let written = self.disk.append(bytes)?;
            assert_eq!(written, taken, "a real disk is full");
        }
        alive?;
        match taken {
            0 => Err(io::ErrorKind::StorageFull.into()),
            taken => Ok(taken),
        }
    }

    fn length(&self) -> u64 {
        self.disk.length()
    }

    fn ends_mid_line(&self) -> bool {
        self.disk.ends_mid_line()
    }

    fn name(&self) -> String {
        self.disk.name()
    }

    fn refresh(&mut self, now: u64) -> io::Result<bool> {
        self.operation()?;
        let anew = self.disk.refresh(now)?;
        self.remember();
        Ok(anew)
    }

    fn rotate(&mut self, keep: u32) -> io::Result<()> {
        self.operation()?;
        self.disk.rotate(keep)?;
        self.remember();
        Ok(())
    }

    fn committed(&self) -> Option<Committed> {
        self.disk.committed()
    }

    fn heard(&self) -> Option<u64> {
        self.disk.heard()
    }

    fn commit(&mut self, position: Option<Position>, heard: u64) -> io::Result<()> {
        self.operation()?;
        if self.faults.borrow().room == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.disk.commit(position, heard)
    }

    fn session(&self) -> Option<Former> {
        self.disk.session()
    }

    fn note_session(&mut self, session: Former) -> io::Result<()> {
        self.operation()?;
        self.disk.note_session(session)
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.operation()?;
        self.disk.cut(length)
    }
}

fn seen(folder: &std::path::Path, number: u32) -> PathBuf {
    folder.join(format!("seen.{number}"))
}
