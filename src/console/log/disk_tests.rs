//! The log file in temporary folders.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::time::Duration;

use super::*;
use crate::console::events::Report;
use crate::console::log::lines::marker;

/// A folder that ends with the value.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let base = std::env::temp_dir().join("steadysol-log-XXXXXX");
        Self(nix::unistd::mkdtemp(&base).unwrap())
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn open(&self, name: &str) -> Result<Disk, String> {
        Disk::open(self.file(name).to_str().unwrap(), "bmc", 0)
    }

    fn mode(&self, mode: u32) {
        fs::set_permissions(&self.0, fs::Permissions::from_mode(mode)).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_new_log_is_private_and_an_old_one_is_appended_to() {
    let folder = Folder::new();
    let mut disk = folder.open("x").unwrap();
    disk.append(b"one").unwrap();
    drop(disk);
    let mut disk = folder.open("x").unwrap();
    assert!(disk.ends_mid_line());
    disk.append(b" two\n").unwrap();
    assert!(!disk.ends_mid_line());
    let mode = fs::metadata(folder.file("x")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(fs::read(folder.file("x")).unwrap(), b"one two\n");
}

#[test]
fn a_second_writer_is_refused_by_name() {
    let folder = Folder::new();
    let _first = folder.open("x").unwrap();
    let error = folder.open("x").unwrap_err();
    assert!(
        error.contains("/x: another process is writing it"),
        "{error}"
    );
    assert_eq!(error.lines().count(), 1);
}

#[test]
fn links_are_followed_in_a_folder_of_ones_own_and_nowhere_else() {
    let folder = Folder::new();
    fs::create_dir(folder.file("real")).unwrap();
    fs::write(folder.file("real/target"), "").unwrap();
    symlink("real/target", folder.file("link")).unwrap();
    symlink("real", folder.file("dir")).unwrap();
    fs::hard_link(folder.file("real/target"), folder.file("hard")).unwrap();
    for name in ["link", "dir/other", "hard"] {
        drop(folder.open(name).unwrap());
    }
    for mode in [0o1777, 0o777, 0o770, 0o1770] {
        folder.mode(mode);
        for name in ["link", "dir/other", "hard"] {
            let error = folder.open(name).unwrap_err();
            assert!(error.contains("others may write to"), "{name}: {error}");
        }
    }
    symlink("nowhere", folder.file("dangling")).unwrap();
    assert!(folder.open("dangling").is_err());
    assert!(!folder.file("nowhere").exists());
    assert!(folder.open("new").is_ok());
}

/// Only root can try it.
#[test]
fn links_in_another_users_folder_are_not_followed_and_their_own_files_are_written_to() {
    if !nix::unistd::geteuid().is_root() {
        return;
    }
    let folder = Folder::new();
    let theirs = |name: &str| {
        std::os::unix::fs::lchown(folder.file(name), Some(65534), Some(65534)).unwrap();
    };
    fs::create_dir(folder.file("home")).unwrap();
    fs::write(folder.file("secret"), "").unwrap();
    fs::write(folder.file("home/own"), "").unwrap();
    symlink(folder.file("secret"), folder.file("home/link")).unwrap();
    symlink(&folder.0, folder.file("home/dir")).unwrap();
    fs::hard_link(folder.file("secret"), folder.file("home/hard")).unwrap();
    symlink(folder.file("secret"), folder.file("home/new.position")).unwrap();
    for name in [
        "home",
        "home/own",
        "home/link",
        "home/dir",
        "home/new.position",
    ] {
        theirs(name);
    }
    for name in ["home/link", "home/dir/secret", "home/hard"] {
        let error = folder.open(name).unwrap_err();
        assert!(error.contains("others may write to"), "{name}: {error}");
    }
    assert!(folder.open("home/own").is_ok());
    let mut disk = folder.open("home/new").unwrap();
    disk.append(b"x\n").unwrap();
    let position = Position {
        epoch: 1,
        offset: 2,
    };
    assert!(disk.commit(Some(position), 5).is_err());
    assert_eq!(fs::read(folder.file("secret")).unwrap(), b"");
}

#[test]
fn folders_and_pipes_are_no_logs_and_do_not_hang() {
    let folder = Folder::new();
    nix::unistd::mkfifo(&folder.file("pipe"), Mode::S_IRWXU).unwrap();
    for name in ["pipe", ".", "missing/x"] {
        let error = folder.open(name).unwrap_err();
        assert!(error.starts_with("Cannot log to "), "{error}");
    }
}

#[test]
fn a_log_that_was_moved_away_is_begun_anew_and_one_that_stayed_is_kept() {
    let folder = Folder::new();
    let mut disk = folder.open("x").unwrap();
    disk.append(b"one\n").unwrap();
    assert!(!disk.refresh(0).unwrap());
    fs::rename(folder.file("x"), folder.file("x.old")).unwrap();
    assert!(disk.refresh(0).unwrap());
    disk.append(b"two\n").unwrap();
    assert_eq!(fs::read(folder.file("x.old")).unwrap(), b"one\n");
    assert_eq!(fs::read(folder.file("x")).unwrap(), b"two\n");
    drop(
        fs::OpenOptions::new()
            .write(true)
            .truncate(true)
            .open(folder.file("x"))
            .unwrap(),
    );
    assert!(!disk.refresh(0).unwrap());
    assert_eq!(
        disk.length(),
        0,
        "copied and emptied, as logrotate's copytruncate does"
    );
}

#[test]
fn rotation_keeps_as_many_as_asked() {
    let folder = Folder::new();
    let mut disk = folder.open("x").unwrap();
    for round in 0..5u8 {
        disk.append(&[b'0' + round, b'\n']).unwrap();
        disk.rotate(3).unwrap();
    }
    let text = |name: &str| fs::read_to_string(folder.file(name)).unwrap_or_default();
    assert_eq!(
        [text("x"), text("x.1"), text("x.2"), text("x.3")],
        ["", "4\n", "3\n", "2\n"]
    );
    assert!(!folder.file("x.4").exists());
}

#[test]
fn a_log_that_tells_of_failed_attempts_alone_was_no_session() {
    let folder = Folder::new();
    let why = || "no answer: [x]".to_owned();
    let line = |report: Report| marker(&report.marker().unwrap(), 1_000);
    let failed = line(Report::Reconnecting {
        why: why(),
        attempt: 1,
        after: Duration::ZERO,
    }) + &line(Report::Closed {
        why: why(),
        failed: true,
    });
    let again = line(Report::Connected { session: 2 });
    for (text, heard) in [
        ("", false),
        (&failed[..], false),
        (&format!("{failed}login: "), true),
        (&format!("login: \n{failed}"), true),
        (&format!("{failed}{again}{failed}"), true),
        // The program was killed in the middle of one.
        (&failed[..failed.len() - 5], true),
    ] {
        fs::write(folder.file("x"), text).unwrap();
        let disk = folder.open("x").unwrap();
        assert_eq!(disk.heard().is_some(), heard, "{text}");
    }
    // Its side file knows of a session: nothing was printed in it.
    fs::write(folder.file("x"), &failed).unwrap();
    let seen = Some([1; 14]);
    let mut disk = folder.open("x").unwrap();
    disk.note_session(Former { id: 1, seen }).unwrap();
    drop(disk);
    assert!(folder.open("x").unwrap().heard().is_some());
}

#[test]
fn a_position_is_found_again_only_with_the_file_it_belongs_to() {
    let folder = Folder::new();
    let position = Position {
        epoch: 5,
        offset: 1000,
    };
    let mut disk = folder.open("x").unwrap();
    disk.append(b"abc\n").unwrap();
    disk.commit(Some(position), 5).unwrap();
    disk.append(b"half").unwrap();
    drop(disk);
    let mut disk = folder.open("x").unwrap();
    let committed = disk.committed().unwrap();
    assert_eq!((committed.position, committed.length), (position, 4));
    assert_eq!(disk.heard(), Some(5));
    disk.cut(4).unwrap();
    assert_eq!(fs::read(folder.file("x")).unwrap(), b"abc\n");
    drop(disk);
    fs::rename(folder.file("x"), folder.file("y")).unwrap();
    let fresh = folder.open("x").unwrap();
    assert!(fresh.committed().is_none() && fresh.heard().is_none());
    // Without a note it is when the file was written last.
    assert!(folder.open("y").unwrap().heard().is_some_and(|at| at > 5));
}
