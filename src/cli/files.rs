//! Files that a command line names, opened with stock's care and complaints (its `ipmi_open_file`).

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use nix::errno::Errno;

use crate::trust;

/// Opens a file to read it.
///
/// # Errors
///
/// What stock prints.
pub fn open(path: &Path) -> Result<File, String> {
    let shown = path.display();
    if fs::symlink_metadata(path).is_err() {
        return Err(format!("File {shown} does not exist"));
    }
    if fs::metadata(path).is_ok_and(|metadata| !trust::is_stream_or_file(&metadata)) {
        return Err(format!("File {shown} is a device that never ends"));
    }
    File::open(path).map_err(|error| format!("Unable to open file {shown}: {}", reason(&error)))
}

/// Opens a file to write it anew. What is there must be a plain file with one name: no link, no device.
///
/// # Errors
///
/// What stock prints.
pub fn create(path: &Path) -> Result<File, String> {
    let shown = path.display();
    let Ok(before) = fs::symlink_metadata(path) else {
        return File::create(path)
            .map_err(|error| format!("Unable to open file {shown} for write: {}", reason(&error)));
    };
    if !before.is_file() {
        return Err(format!("File {shown} has invalid mode: {}", before.mode()));
    }
    check_links(path, before.nlink())?;
    let mut options = OpenOptions::new();
    let file = options
        .read(true)
        .write(true)
        .open(path)
        .map_err(|error| format!("Unable to open file {shown}: {}", reason(&error)))?;
    let after = file
        .metadata()
        .map_err(|error| format!("Unable to stat file {shown}: {}", reason(&error)))?;
    for (what, before, after) in [
        ("inode", before.ino(), after.ino()),
        ("user id", before.uid().into(), after.uid().into()),
    ] {
        if before != after {
            return Err(format!(
                "File {shown} has invalid {what}: {before} != {after}"
            ));
        }
    }
    check_links(path, after.nlink())?;
    // Only what was found to be the right file is emptied.
    file.set_len(0)
        .map_err(|error| format!("Unable to open file {shown}: {}", reason(&error)))?;
    Ok(file)
}

fn check_links(path: &Path, links: u64) -> Result<(), String> {
    if links == 1 {
        return Ok(());
    }
    Err(format!(
        "File {} has invalid link count: {links} != 1",
        path.display()
    ))
}

/// A system error in the C library's words.
pub fn reason(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(number) => Errno::from_raw(number).desc().to_owned(),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::os::unix::fs::symlink;

    #[test]
    fn only_a_plain_file_is_written_over() {
        let root = std::env::temp_dir().join(format!("files-{}", std::process::id()));
        fs::create_dir_all(&root).unwrap();
        let (plain, link) = (root.join("plain"), root.join("link"));
        let mut file = create(&plain).unwrap();
        file.write_all(b"before").unwrap();
        symlink(&plain, &link).unwrap();
        assert!(create(&link).unwrap_err().contains("invalid mode"));
        assert!(create(&root).unwrap_err().contains("invalid mode"));
        assert_eq!(fs::read(&plain).unwrap(), b"before");
        fs::hard_link(&plain, root.join("second")).unwrap();
        assert!(create(&plain).unwrap_err().ends_with("link count: 2 != 1"));
        fs::remove_file(root.join("second")).unwrap();
        create(&plain).unwrap();
        assert_eq!(fs::read(&plain).unwrap(), b"");
        let nowhere = root.join("none");
        assert_eq!(
            open(&nowhere).unwrap_err(),
            format!("File {} does not exist", nowhere.display())
        );
        assert!(
            create(&nowhere.join("x"))
                .unwrap_err()
                .ends_with("for write: No such file or directory")
        );
        let endless = open(Path::new("/dev/zero")).unwrap_err();
        assert_eq!(endless, "File /dev/zero is a device that never ends");
        assert!(open(Path::new("/dev/null")).is_ok());
        fs::remove_dir_all(root).unwrap();
    }
}
