//! Whose files and folders may be believed, and reading those that are small.
//!
//! A file that names a command to run, or a folder in which a name may be followed, must be ours or root's, and nobody
//! else may be able to write to it: not a group either, whoever is in it.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use nix::fcntl::OFlag;
use nix::unistd::geteuid;

/// Whether a file or folder of this owner and mode is ours or root's, and nobody else can write to it.
pub fn is_trusted(owner: u32, mode: u32) -> bool {
    is_our(owner) && mode & WRITABLE_BY_OTHERS == 0
}

/// Whether a file's owner is the effective user, or root.
pub fn is_our(owner: u32) -> bool {
    owner == 0 || owner == geteuid().as_raw()
}

/// Reads a file that steers this program.
///
/// # Errors
///
/// What the system says; or that it is not a plain file, belongs to somebody else, can be written to by others, or has
/// more than `largest` bytes, in words that follow its name.
pub fn read_own(path: &Path, largest: u64) -> io::Result<Vec<u8>> {
    let file = open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a plain file"));
    }
    if !is_our(metadata.uid()) {
        return Err(io::Error::other(
            "it belongs to another user (neither you nor root)",
        ));
    }
    if metadata.mode() & WRITABLE_BY_OTHERS != 0 {
        return Err(io::Error::other(
            "others than its owner may write to it (chmod go-w)",
        ));
    }
    read_all(file, largest)
}

/// Opens a file for reading without waiting, whatever it is: a pipe that nobody writes to would hang the program.
///
/// # Errors
///
/// The system's.
pub fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .custom_flags((OFlag::O_NONBLOCK | OFlag::O_NOCTTY).bits())
        .open(path)
}

/// All of a file.
///
/// # Errors
///
/// The system's, or that it has more than `largest` bytes.
pub fn read_all(file: impl Read, largest: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(largest.saturating_add(1))
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > largest {
        return Err(io::Error::other("it is too long"));
    }
    Ok(bytes)
}

/// Whether reading comes to an end, or waits for somebody who writes: not so with `/dev/zero` and disks.
pub fn is_stream_or_file(metadata: &Metadata) -> bool {
    let kind = metadata.file_type();
    match kind.is_char_device() {
        true => !ENDLESS.contains(&metadata.rdev()),
        false => !kind.is_block_device(),
    }
}

/// Group or others.
const WRITABLE_BY_OTHERS: u32 = 0o022;

/// Linux' numbers of `zero`, `full`, `random` and `urandom`.
const ENDLESS: [u64; 4] = [0x105, 0x107, 0x108, 0x109];

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn what_others_may_write_to_is_not_trusted() {
        let us = geteuid().as_raw();
        for (owner, mode, trusted) in [
            (us, 0o644, true),
            (0, 0o755, true),
            (us, 0o664, false),
            (us, 0o646, false),
            (us.wrapping_add(7), 0o600, false),
        ] {
            assert_eq!(is_trusted(owner, mode), trusted, "{owner} {mode:o}");
        }
    }

    #[test]
    fn only_a_plain_file_of_ours_that_is_small_is_read() {
        let root = std::env::temp_dir().join("steadysol-trust-XXXXXX");
        let root = nix::unistd::mkdtemp(&root).unwrap();
        let path = root.join("file");
        fs::write(&path, "12345").unwrap();
        let mode = |mode| fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let why = |path: &Path| read_own(path, 5).unwrap_err().to_string();
        mode(0o644);
        assert_eq!(read_own(&path, 5).unwrap(), b"12345");
        assert!(read_own(&path, 4).unwrap_err().to_string().contains("long"));
        for open in [0o664, 0o646] {
            mode(open);
            assert!(why(&path).contains("others than its owner"));
        }
        nix::unistd::mkfifo(&root.join("pipe"), nix::sys::stat::Mode::S_IRWXU).unwrap();
        for other in [&root.join("pipe"), &root, Path::new("/dev/zero")] {
            assert!(why(other).contains("not a plain file"), "{other:?}");
        }
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn endless_devices_are_known() {
        let fits = |path: &str| is_stream_or_file(&fs::metadata(path).unwrap());
        assert!(fits("/dev/null") && fits("/proc/self/exe"));
        assert!(!fits("/dev/zero") && !fits("/dev/urandom") && !fits("/dev/full"));
    }
}
