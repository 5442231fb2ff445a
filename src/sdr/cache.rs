//! Records kept in a file from one run to the next.
//!
//! The file is believed only where the BMC's device id, and its repository's version, record count, free space and
//! times of the last addition and deletion, are those that it had when the file was written; and where nobody but us and
//! root can have written it: no link is followed to it. It is written beside its place and moved there, readable for its
//! owner only. Whatever it contains, reading it is total and bounded; what it
//! does not explain, it does not have.
//!
//! Layout: a line that names it; device id and repository info, each after its length (one byte); the number of records
//! (two bytes, little endian); the records, header first.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, OFlag, openat, renameat};
use nix::sys::stat::{Mode, SFlag, fstat, mkdirat};
use nix::unistd::{UnlinkatFlags, mkdir, unlinkat};

use super::record::Record;
use crate::trust;

/// A place for one BMC's records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cache {
    path: PathBuf,
}

/// What must be as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    device: Vec<u8>,
    info: Vec<u8>,
}

impl Key {
    /// Of the answers of Get Device ID and Get SDR Repository Info.
    pub fn new(mut device: Vec<u8>, info: &[u8]) -> Self {
        device.truncate(usize::from(u8::MAX));
        Self {
            device,
            info: relevant(info).to_vec(),
        }
    }

    /// Whether an answer of Get SDR Repository Info says the same.
    pub fn has_info(&self, info: &[u8]) -> bool {
        self.info == relevant(info)
    }
}

impl Cache {
    /// The place for the BMC at `host` and `port` below `directory`; `None` for a host that is no file's name.
    pub fn new(directory: &Path, host: &str, port: u16) -> Option<Self> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '%');
        let host = host.to_ascii_lowercase();
        let usable = !host.is_empty() && host.len() < LONGEST_HOST && host.chars().all(plain);
        usable.then(|| Self {
            path: directory.join(format!("{host}_{port}.sdr")),
        })
    }

    /// The records, if they were written for this key.
    pub fn load(&self, key: &Key) -> Option<Vec<Record>> {
        let bytes = self
            .read()
            .inspect_err(|error| log::debug!("{}: {error}", self.path.display()))
            .ok()?;
        let records = parse(&bytes, key)?;
        log::debug!("SDR records from {}", self.path.display());
        Some(records)
    }

    fn read(&self) -> io::Result<Vec<u8>> {
        let (folder, name) = self.folder(false)?;
        let flags = OFlag::O_RDONLY | OFlag::O_NONBLOCK | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
        let file = File::from(openat(&folder, name, flags, Mode::empty())?);
        let stat = fstat(&file)?;
        let plain = SFlag::from_bits_truncate(stat.st_mode & SFlag::S_IFMT.bits());
        if plain != SFlag::S_IFREG || !trust::is_trusted(stat.st_uid, stat.st_mode) {
            return Err(io::Error::other("somebody else may have written it"));
        }
        trust::read_all(file, LARGEST)
    }

    /// The folder, and the file's name in it; made where there is none. It and the one around it, both our own, must be
    /// real ones to which nobody else can write; how one comes to the outer one is the user's choice. A home that does not
    /// exist is not made: users of daemons have none on purpose.
    fn folder(&self, make: bool) -> io::Result<(OwnedFd, &OsStr)> {
        let none = || io::Error::other("it is no file's name");
        let mut folders = self.path.ancestors().skip(1);
        let (inner, outer) = folders.next().zip(folders.next()).ok_or_else(none)?;
        let start = outer.parent().ok_or_else(none)?;
        if make {
            made(mkdir(start, Mode::S_IRWXU))?;
        }
        let mut folder = openat(AT_FDCWD, start, FOLDER, Mode::empty())?;
        for part in [outer, inner] {
            let name = part.file_name().ok_or_else(none)?;
            if make {
                made(mkdirat(&folder, name, Mode::S_IRWXU))?;
            }
            folder = openat(&folder, name, FOLDER | OFlag::O_NOFOLLOW, Mode::empty())?;
            let stat = fstat(&folder)?;
            if !trust::is_trusted(stat.st_uid, stat.st_mode) {
                let text = format!("others may write to {}", part.display());
                return Err(io::Error::other(text));
            }
        }
        Ok((folder, self.path.file_name().ok_or_else(none)?))
    }

    /// Writes the records; that it failed is only worth a message for those who look for one.
    pub fn store(&self, key: &Key, records: &[Record]) {
        if let Some(bytes) = serialize(key, records)
            && let Err(error) = self.write(&bytes)
        {
            log::debug!("{}: {error}", self.path.display());
        }
    }

    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let (folder, name) = self.folder(true)?;
        let mut aside = name.to_owned();
        aside.push(format!(".{}", std::process::id()));
        let aside = aside.as_os_str();
        let flags = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_CLOEXEC;
        let written = openat(&folder, aside, flags, Mode::S_IRUSR | Mode::S_IWUSR)
            .map_err(io::Error::from)
            .and_then(|file| File::from(file).write_all(bytes))
            .and_then(|()| Ok(renameat(&folder, aside, &folder, name)?));
        if written.is_err() {
            // It may never have been there.
            let _ = unlinkat(&folder, aside, UnlinkatFlags::NoRemoveDir);
        }
        written
    }
}

/// The file of these records; `None` where they are too many.
pub fn serialize(key: &Key, records: &[Record]) -> Option<Vec<u8>> {
    let mut bytes = MAGIC.to_vec();
    for part in [&key.device, &key.info] {
        bytes.push(u8::try_from(part.len()).ok()?);
        bytes.extend_from_slice(part);
    }
    let count = u16::try_from(records.len()).ok()?;
    bytes.extend_from_slice(&count.to_le_bytes());
    for record in records {
        bytes.extend(dumped(record)?);
    }
    Some(bytes)
}

/// The records of a file, if it is a sound one of this key.
pub fn parse(bytes: &[u8], key: &Key) -> Option<Vec<Record>> {
    let mut rest = bytes.strip_prefix(MAGIC)?;
    for part in [&key.device, &key.info] {
        let (length, after) = rest.split_first()?;
        let (found, after) = after.split_at_checked(usize::from(*length))?;
        if found != part {
            return None;
        }
        rest = after;
    }
    let (count, mut rest) = rest.split_first_chunk::<2>()?;
    let mut records = Vec::new();
    for _ in 0..u16::from_le_bytes(*count) {
        let (record, after) = undumped(rest)?;
        records.push(record);
        rest = after;
    }
    rest.is_empty().then_some(records)
}

/// A record as stock's `sdr dump` writes it; `None` for one that is longer than its length can say.
pub fn dumped(record: &Record) -> Option<Vec<u8>> {
    let length = u8::try_from(record.body.len()).ok()?;
    let mut bytes = record.id.to_le_bytes().to_vec();
    bytes.extend_from_slice(&[record.version, record.kind, length]);
    bytes.extend_from_slice(&record.body);
    Some(bytes)
}

/// The same backwards, and what comes after it.
pub fn undumped(bytes: &[u8]) -> Option<(Record, &[u8])> {
    let (&[id, id_high, version, kind, length], rest) = bytes.split_first_chunk::<5>()?;
    let (body, rest) = rest.split_at_checked(usize::from(length))?;
    let record = Record {
        id: u16::from_le_bytes([id, id_high]),
        version,
        kind,
        body: body.to_vec(),
    };
    Some((record, rest))
}

/// Version, count, free space and both times: the supported operations come after them.
fn relevant(info: &[u8]) -> &[u8] {
    info.get(..13).unwrap_or(info)
}

/// One that was there already is as good.
fn made(result: nix::Result<()>) -> nix::Result<()> {
    result.or_else(|error| match error {
        Errno::EEXIST => Ok(()),
        error => Err(error),
    })
}

const FOLDER: OFlag = OFlag::O_PATH
    .union(OFlag::O_DIRECTORY)
    .union(OFlag::O_CLOEXEC);

const MAGIC: &[u8] = b"steadysol SDR cache 1\n";
/// 65,535 records of 260 bytes, and what comes before them.
const LARGEST: u64 = 65_535 * 260 + 1024;
const LONGEST_HOST: usize = 200;

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn key(mark: u8) -> Key {
        Key::new(
            vec![0x20, 1, 2],
            &[0x51, 2, 0, mark, 0, 1, 1, 1, 1, 2, 2, 2, 2, 0x2f],
        )
    }

    fn records() -> Vec<Record> {
        let record = |id: u16, length: usize| Record {
            id,
            version: 0x51,
            kind: 1,
            body: vec![7; length],
        };
        vec![record(1, 48), record(0x1234, 255), record(3, 1)]
    }

    #[test]
    fn a_home_that_does_not_exist_is_not_made() {
        let home = std::env::temp_dir().join(format!("steadysol-no-home-{}", std::process::id()));
        let cache = Cache::new(&home.join(".cache/steadysol/sdr"), "bmc", 623).unwrap();
        cache.store(&key(1), &records());
        assert_eq!(cache.load(&key(1)), None);
        assert!(!home.exists());
    }

    #[test]
    fn what_was_stored_is_loaded_for_the_same_key_only() {
        let root = std::env::temp_dir().join(format!("steadysol-sdr-{}", std::process::id()));
        let directory = root.join("a/b");
        let cache = Cache::new(&directory, "BMC.example", 623).unwrap();
        assert_eq!(cache.load(&key(1)), None);
        cache.store(&key(1), &records());
        assert_eq!(cache.load(&key(1)), Some(records()));
        assert_eq!(cache.load(&key(2)), None);
        cache.store(&key(2), &records()[..1]);
        assert_eq!(cache.load(&key(2)).map(|records| records.len()), Some(1));
        let mode = std::os::unix::fs::PermissionsExt::mode(
            &fs::metadata(&cache.path).unwrap().permissions(),
        );
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 1);
        fs::remove_dir_all(&root).unwrap();
    }

    #[test]
    fn what_others_may_have_put_there_is_not_used() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let root = std::env::temp_dir().join(format!("steadysol-sdrs-{}", std::process::id()));
        let outer = root.join("outer");
        let directory = outer.join("cache");
        let cache = Cache::new(&directory, "bmc", 623).unwrap();
        let mode = |path: &Path, mode| {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        };
        cache.store(&key(1), &records());
        assert_eq!(cache.load(&key(1)), Some(records()));
        for folder in [&directory, &outer] {
            for open in [0o777, 0o1777, 0o770] {
                mode(folder, open);
                assert_eq!(cache.load(&key(1)), None);
                cache.store(&key(2), &records());
            }
            mode(folder, 0o700);
        }
        assert_eq!(cache.load(&key(2)), None, "nothing was stored there");
        mode(&cache.path, 0o666);
        assert_eq!(cache.load(&key(1)), None);
        mode(&cache.path, 0o600);
        let elsewhere = root.join("elsewhere");
        fs::rename(&cache.path, &elsewhere).unwrap();
        symlink(&elsewhere, &cache.path).unwrap();
        assert_eq!(cache.load(&key(1)), None);
        fs::remove_file(&cache.path).unwrap();
        nix::unistd::mkfifo(&cache.path, Mode::S_IRWXU).unwrap();
        assert_eq!(cache.load(&key(1)), None);
        cache.store(&key(1), &records());
        assert_eq!(cache.load(&key(1)), Some(records()));
        symlink(&directory, outer.join("link")).unwrap();
        symlink(&outer, root.join("link")).unwrap();
        for link in [outer.join("link"), root.join("link/cache")] {
            let through = Cache::new(&link, "bmc", 623).unwrap();
            through.store(&key(1), &records());
            assert_eq!(through.load(&key(1)), None);
        }
        fs::remove_dir_all(&root).unwrap();
    }

    #[test]
    fn the_operations_that_are_supported_do_not_matter() {
        assert!(key(1).has_info(&[0x51, 2, 0, 1, 0, 1, 1, 1, 1, 2, 2, 2, 2, 0xff]));
        assert!(!key(1).has_info(&[0x51, 2, 0, 1, 0, 1, 1, 1, 1, 2, 2, 2]));
    }

    #[test]
    fn a_damaged_file_is_none_or_other_records_and_never_a_panic() {
        let good = serialize(&key(1), &records()).unwrap();
        assert_eq!(parse(&good, &key(1)), Some(records()));
        for length in 0..good.len() {
            assert_eq!(parse(&good[..length], &key(1)), None);
        }
        for at in 0..good.len() {
            for bit in 0..8 {
                let mut bad = good.clone();
                bad[at] ^= 1 << bit;
                let _ = parse(&bad, &key(1));
            }
        }
        assert_eq!(parse(&[&good[..], &[0]].concat(), &key(1)), None);
    }

    #[test]
    fn a_host_that_is_no_files_name_has_no_cache() {
        let directory = Path::new("/x");
        for host in ["", "../etc", "a/b", "a b", "\u{e9}"] {
            assert_eq!(Cache::new(directory, host, 1), None);
        }
        assert!(Cache::new(directory, "fe80::1%eth0", 623).is_some());
        assert!(Cache::new(directory, &"a".repeat(300), 623).is_none());
    }
}
