//! The log file on the disk: opened with care, locked, renamed, followed when it was moved away.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Component, Path, PathBuf};
use std::time::UNIX_EPOCH;

use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, AtFlags, Flock, FlockArg, OFlag, openat, renameat};
use nix::sys::stat::{FileStat, Mode, SFlag, fstat, fstatat};
use nix::unistd::{UnlinkatFlags, unlinkat};

use super::lines::tells_of_no_session;
use super::path;
use super::position::{
    Committed, Former, Position, heard_line, heard_of, no_position, session_line, session_of,
};
use super::writer::Medium;
use crate::trust;

/// A log file, open and locked.
#[derive(Debug)]
pub struct Disk {
    template: String,
    host: String,
    /// When the console was started, in milliseconds since 1970.
    started: u64,
    open: Open,
    committed: Option<Committed>,
    session: Option<Former>,
    /// When the last output in the file came.
    heard: Option<u64>,
    side: Option<File>,
}

#[derive(Debug)]
struct Open {
    path: PathBuf,
    folder: OwnedFd,
    name: OsString,
    file: Flock<File>,
    /// Neither locked nor renamed: a device.
    device: bool,
    inode: u64,
    length: u64,
}

impl Disk {
    /// Opens the file that the template names, creating it with mode 0600, and locks it.
    ///
    /// # Errors
    ///
    /// One line that names the file and says what is wrong.
    pub fn open(template: &str, host: &str, now: u64) -> Result<Self, String> {
        let path = path::expand(template, host, now, now);
        let open = Open::at(&path)
            .map_err(|error| format!("Cannot log to {}: {error}", path.display()))?;
        let mut disk = Self {
            template: template.to_owned(),
            host: host.to_owned(),
            started: now,
            open,
            committed: None,
            session: None,
            heard: None,
            side: None,
        };
        if let Some(text) = disk.read_side() {
            let inode = disk.open.inode;
            disk.committed = Committed::parse(&text).filter(|committed| {
                committed.inode == inode && committed.length <= disk.open.length
            });
            disk.session = session_of(&text, inode);
            disk.heard = heard_of(&text, inode);
        }
        // It may be a marker that was written last; but nothing tells better.
        disk.heard = disk.heard.or_else(|| disk.last_written());
        Ok(disk)
    }

    /// The file's present name.
    pub fn path(&self) -> &Path {
        &self.open.path
    }

    /// When the file was last written to, in milliseconds since 1970; nothing where no session was before.
    fn last_written(&self) -> Option<u64> {
        let metadata = self.open.file.metadata().ok()?;
        let since = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        self.had_session()
            .then(|| u64::try_from(since.as_millis()).ok())
            .flatten()
    }

    /// Whether anything in the file, or beside it, tells of a session. Where so many attempts failed that reading of them
    /// would take long, there will have been one.
    fn had_session(&self) -> bool {
        if self.session.is_some() || self.open.device || self.open.length > MOST_MARKERS {
            return self.open.length > 0;
        }
        let mut text = vec![0; usize::try_from(self.open.length).unwrap_or(0)];
        self.open.file.read_exact_at(&mut text, 0).is_err()
            || text
                .split_inclusive(|byte| *byte == b'\n')
                .any(|line| !tells_of_no_session(line))
    }

    fn side_name(&self) -> OsString {
        let mut name = self.open.name.clone();
        name.push(SIDE);
        name
    }

    fn read_side(&self) -> Option<String> {
        if self.open.device {
            return None;
        }
        let flags = OFlag::O_RDONLY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC | OFlag::O_NONBLOCK;
        let file = File::from(
            openat(
                &self.open.folder,
                self.side_name().as_os_str(),
                flags,
                Mode::empty(),
            )
            .ok()?,
        );
        check_file(&file, &Folder::of(&self.open.folder).ok()?).ok()?;
        let mut text = [0; 256];
        let read = file.read_at(&mut text, 0).ok()?;
        Some(std::str::from_utf8(text.get(..read)?).ok()?.to_owned())
    }

    /// Writes all there is to know beside the log, in one piece.
    fn write_side(&mut self) -> io::Result<()> {
        if self.side.is_none() {
            let flags = OFlag::O_WRONLY
                | OFlag::O_CREAT
                | OFlag::O_NOFOLLOW
                | OFlag::O_CLOEXEC
                | OFlag::O_NONBLOCK;
            let name = self.side_name();
            let file = File::from(openat(&self.open.folder, name.as_os_str(), flags, PRIVATE)?);
            check_file(&file, &Folder::of(&self.open.folder)?)?;
            self.side = Some(file);
        }
        let position = self
            .committed
            .map_or_else(no_position, |committed| committed.to_string());
        let inode = self.open.inode;
        let text = position + &session_line(self.session, inode) + &heard_line(self.heard, inode);
        match &self.side {
            Some(file) => file.write_all_at(text.as_bytes(), 0),
            None => Ok(()),
        }
    }

    fn take(&mut self, open: Open) {
        self.open = open;
        self.side = None;
        self.committed = None;
        if let Some(session) = self.session
            && let Err(error) = self.note_session(session)
        {
            log::info!("cannot note the session: {error}");
        }
    }
}

impl Medium for Disk {
    fn append(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = (&*self.open.file).write(bytes)?;
        self.open.length += written as u64;
        Ok(written)
    }

    fn length(&self) -> u64 {
        self.open.length
    }

    fn ends_mid_line(&self) -> bool {
        let mut last = [b'\n'];
        self.open.length > 0
            && !self.open.device
            && self
                .open
                .file
                .read_at(&mut last, self.open.length - 1)
                .is_ok()
            && last != [b'\n']
    }

    fn name(&self) -> String {
        self.open.path.display().to_string()
    }

    fn refresh(&mut self, now: u64) -> io::Result<bool> {
        let path = path::expand(&self.template, &self.host, now, self.started);
        if self.open.device && path == self.open.path {
            return Ok(false);
        }
        let here =
            std::fs::metadata(&path).is_ok_and(|there| self.open.is(there.dev(), there.ino()));
        if here {
            // Somebody may have emptied it.
            self.open.length = self.open.file.metadata()?.len();
            return Ok(false);
        }
        let open = Open::at(&path)
            .map_err(|error| io::Error::other(format!("{}: {error}", path.display())))?;
        self.take(open);
        Ok(true)
    }

    fn rotate(&mut self, keep: u32) -> io::Result<()> {
        if self.open.device {
            return Ok(());
        }
        let folder = &self.open.folder;
        let numbered = |number: u32| {
            let mut name = self.open.name.clone();
            name.push(format!(".{number}"));
            name
        };
        for number in (1..keep).rev() {
            match renameat(
                folder,
                numbered(number).as_os_str(),
                folder,
                numbered(number + 1).as_os_str(),
            ) {
                Ok(()) | Err(Errno::ENOENT) => {}
                Err(error) => return Err(error.into()),
            }
        }
        renameat(
            folder,
            self.open.name.as_os_str(),
            folder,
            numbered(1).as_os_str(),
        )?;
        // Its position belongs to the old file.
        let _ = unlinkat(
            folder,
            self.side_name().as_os_str(),
            UnlinkatFlags::NoRemoveDir,
        );
        let open = Open::at(&self.open.path)
            .map_err(|error| io::Error::other(format!("{}: {error}", self.open.path.display())))?;
        self.take(open);
        Ok(())
    }

    fn committed(&self) -> Option<Committed> {
        self.committed
    }

    fn heard(&self) -> Option<u64> {
        self.heard
    }

    fn commit(&mut self, position: Option<Position>, heard: u64) -> io::Result<()> {
        if self.open.device {
            return Ok(());
        }
        let before = (self.committed, self.heard);
        let committed = position.map(|position| Committed {
            position,
            length: self.open.length,
            inode: self.open.inode,
        });
        (self.committed, self.heard) = (committed.or(self.committed), Some(heard));
        self.write_side()
            .inspect_err(|_| (self.committed, self.heard) = before)
    }

    fn session(&self) -> Option<Former> {
        self.session
    }

    fn note_session(&mut self, session: Former) -> io::Result<()> {
        self.session = Some(session);
        if self.open.device {
            return Ok(());
        }
        self.write_side()
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.open.file.set_len(length)?;
        self.open.length = length;
        Ok(())
    }
}

/// Opens a file for appending, creating it with mode 0600, with the same care as a log. It is not locked.
///
/// # Errors
///
/// What is wrong.
pub fn open_with_care(path: &Path) -> io::Result<File> {
    let (folder, name) = walk(path)?;
    append_to(&folder, &name).map(|(file, _)| file)
}

/// The file, and whether it is a device.
fn append_to(folder: &OwnedFd, name: &OsStr) -> io::Result<(File, bool)> {
    let holder = Folder::of(folder)?;
    let mut flags = OFlag::O_RDWR
        | OFlag::O_APPEND
        | OFlag::O_CREAT
        | OFlag::O_CLOEXEC
        | OFlag::O_NOCTTY
        | OFlag::O_NONBLOCK;
    if !holder.trusted {
        flags |= OFlag::O_NOFOLLOW;
    }
    let file = match openat(folder, name, flags, PRIVATE) {
        Ok(fd) => File::from(fd),
        Err(Errno::ELOOP) if !holder.trusted => return Err(planted(name)),
        Err(Errno::ENXIO) => return Err(io::Error::other("it is no file")),
        Err(error) => return Err(error.into()),
    };
    let device = check_file(&file, &holder)?;
    Ok((file, device))
}

impl Open {
    fn at(path: &Path) -> io::Result<Self> {
        let (folder, name) = walk(path)?;
        let (file, device) = append_to(&folder, &name)?;
        let metadata = file.metadata()?;
        let (inode, length) = (metadata.ino(), if device { 0 } else { metadata.len() });
        let file = if device {
            // A device is nobody's own; its lock would be everybody's.
            Flock::lock(file, FlockArg::LockSharedNonblock).map_err(|(_, error)| error)?
        } else {
            Flock::lock(file, FlockArg::LockExclusiveNonblock).map_err(
                |(_, error)| match error {
                    Errno::EWOULDBLOCK => {
                        io::Error::other("another process is writing it (it is locked)")
                    }
                    other => other.into(),
                },
            )?
        };
        Ok(Self {
            path: path.to_owned(),
            folder,
            name,
            file,
            device,
            inode,
            length,
        })
    }

    fn is(&self, device: u64, inode: u64) -> bool {
        self.file
            .metadata()
            .is_ok_and(|own| (own.dev(), own.ino()) == (device, inode))
    }
}

/// The folder that holds the file, and the file's name in it. A link that stands in a folder which others may write to,
/// or which is another user's, is not followed: whoever put it there would choose what is written to.
fn walk(path: &Path) -> io::Result<(OwnedFd, OsString)> {
    let name = path
        .file_name()
        .ok_or_else(|| io::Error::other("it is no file's name"))?;
    let start = if path.is_absolute() { "/" } else { "." };
    let mut folder = openat(AT_FDCWD, start, FOLDER, Mode::empty())?;
    for component in path.parent().unwrap_or(Path::new("")).components() {
        let part = match component {
            Component::Normal(part) => part,
            Component::ParentDir => OsStr::new(".."),
            _ => continue,
        };
        folder = match openat(&folder, part, FOLDER | OFlag::O_NOFOLLOW, Mode::empty()) {
            Ok(next) => next,
            Err(Errno::ENOTDIR | Errno::ELOOP) if is_link(&folder, part) => {
                if !Folder::of(&folder)?.trusted {
                    return Err(planted(part));
                }
                openat(&folder, part, FOLDER, Mode::empty())?
            }
            Err(error) => return Err(error.into()),
        };
    }
    Ok((folder, name.to_owned()))
}

fn is_link(folder: impl AsFd, name: &OsStr) -> bool {
    fstatat(folder, name, AtFlags::AT_SYMLINK_NOFOLLOW)
        .is_ok_and(|stat| kind(&stat) == SFlag::S_IFLNK)
}

/// Who may put things into a folder.
struct Folder {
    /// Nobody but us and root.
    trusted: bool,
    /// The one other user who may, if there is one only.
    owner: Option<u32>,
}

impl Folder {
    fn of(folder: impl AsFd) -> io::Result<Self> {
        let stat = fstat(folder)?;
        let alone = trust::is_trusted(0, stat.st_mode);
        Ok(Self {
            trusted: trust::is_trusted(stat.st_uid, stat.st_mode),
            owner: alone.then_some(stat.st_uid),
        })
    }
}

/// Refuses what a log should not be written to. Whether it is a device.
fn check_file(file: &File, folder: &Folder) -> io::Result<bool> {
    let stat = fstat(file)?;
    match kind(&stat) {
        SFlag::S_IFREG => {}
        SFlag::S_IFCHR => return Ok(true),
        _ => return Err(io::Error::other("it is no file")),
    }
    // What another user keeps in a folder of their own is theirs to have written to.
    let known = trust::is_our(stat.st_uid) || folder.owner == Some(stat.st_uid);
    if !folder.trusted && (stat.st_nlink != 1 || !known) {
        return Err(io::Error::other(
            "it stands in a folder that others may write to, and somebody else has put it there",
        ));
    }
    Ok(false)
}

fn kind(stat: &FileStat) -> SFlag {
    SFlag::from_bits_truncate(stat.st_mode & SFlag::S_IFMT.bits())
}

fn planted(name: &OsStr) -> io::Error {
    let name = String::from_utf8_lossy(name.as_bytes()).into_owned();
    io::Error::other(format!(
        "{} is a link in a folder that others may write to; it is not followed",
        OsString::from_vec(name.into_bytes()).display()
    ))
}

const FOLDER: OFlag = OFlag::O_PATH
    .union(OFlag::O_DIRECTORY)
    .union(OFlag::O_CLOEXEC);

/// Mode of what is created.
const PRIVATE: Mode = Mode::S_IRUSR.union(Mode::S_IWUSR);

/// Bytes of a log that is looked through for anything but failed attempts.
const MOST_MARKERS: u64 = 1 << 20;

/// Ends the name of the file beside the log that says up to where the log is complete.
const SIDE: &str = ".position";

#[cfg(test)]
#[path = "disk_tests.rs"]
mod tests;
