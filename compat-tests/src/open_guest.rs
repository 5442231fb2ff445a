//! A real Linux under QEMU with an IPMI device, in which one program runs a list of command lines.
//!
//! QEMU's `ipmi-bmc-sim` stands behind a KCS port, the kernel's own driver before it. The program, with the libraries it
//! wants and the list, goes into the guest as a second archive behind its initramfs; what came of each line comes back
//! through the second serial port.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::binaries;

/// What came of a command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Came {
    /// The exit status.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// Runs `program` with each of `cases`, quoted for a shell and without the program's name, on a guest of its own.
///
/// # Panics
/// When the guest does not come up, or does not run all of them in time.
pub fn run(program: &Path, cases: &[&str]) -> Vec<Came> {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let initrd = initrd(directory.path(), program, cases);
    let report = directory.path().join("report");
    let (kernel, _) = binaries::open_guest();
    let console = directory.path().join("console");
    let mut machine = Command::new(binaries::qemu())
        .args([
            "-m",
            "512",
            "-cpu",
            "max",
            "-nodefaults",
            "-display",
            "none",
        ])
        .arg("-no-reboot")
        .args(["-device", "ipmi-bmc-sim,id=bmc"])
        .args(["-device", "isa-ipmi-kcs,bmc=bmc"])
        .args(["-append", "console=ttyS0 loglevel=4 panic=-1"])
        .arg("-serial")
        .arg(format!("file:{}", console.display()))
        .arg("-serial")
        .arg(format!("file:{}", report.display()))
        .arg("-kernel")
        .arg(kernel)
        .arg("-initrd")
        .arg(initrd)
        .stdin(Stdio::null())
        .spawn()
        .expect("QEMU runs");
    let deadline = Instant::now() + PATIENCE;
    let ended = loop {
        if let Ok(Some(_)) = machine.try_wait() {
            break true;
        }
        if Instant::now() > deadline {
            break false;
        }
        std::thread::sleep(Duration::from_millis(100));
    };
    let _ = machine.kill();
    let _ = machine.wait();
    let told = fs::read_to_string(&report).unwrap_or_default();
    let said = fs::read(&console).unwrap_or_default();
    let said = String::from_utf8_lossy(&said);
    assert!(ended, "the guest does not end\n{said}\n{told}");
    let came =
        parse(&told).unwrap_or_else(|| panic!("the guest's report breaks off\n{said}\n{told}"));
    assert_eq!(came.len(), cases.len(), "{said}\n{told}");
    came
}

/// The guest's initramfs, and behind it an archive with the program, its libraries and the list.
fn initrd(directory: &Path, program: &Path, cases: &[&str]) -> PathBuf {
    let root = directory.join("root");
    fs::create_dir(&root).expect("a new directory");
    fs::copy(program, root.join("program")).expect("the program can be read");
    fs::write(root.join("cases"), cases.join("\n") + "\n").expect("a new file");
    let place = |path: &Path| {
        let inside = root.join(path.strip_prefix("/").unwrap_or(path));
        fs::create_dir_all(inside.parent().unwrap_or(&root)).expect("a new directory");
        inside
    };
    for library in libraries(program) {
        fs::copy(&library, place(&library)).expect("a library can be read");
    }
    fs::write(place(Path::new(REGISTRY)), MANUFACTURERS).expect("a new file");
    let archive = Command::new("sh")
        .args(["-c", "find . | cpio --quiet -o -H newc -R 0:0"])
        .current_dir(&root)
        .output()
        .expect("cpio runs");
    assert!(archive.status.success(), "{archive:?}");
    let (_, base) = binaries::open_guest();
    let mut image = fs::read(base).expect("the guest's initramfs can be read");
    // The kernel looks for the next archive at a multiple of four.
    image.resize(image.len().next_multiple_of(4), 0);
    image.extend(archive.stdout);
    let path = directory.join("initrd");
    fs::write(&path, image).expect("a new file");
    path
}

/// What the dynamic linker loads for `program`, and the linker itself.
fn libraries(program: &Path) -> Vec<PathBuf> {
    let listed = Command::new("ldd").arg(program).output().expect("ldd runs");
    String::from_utf8_lossy(&listed.stdout)
        .split_whitespace()
        .filter(|word| word.starts_with('/'))
        .map(PathBuf::from)
        .collect()
}

/// The report of `compat-tests/peers/open-guest-init`; `None` where it breaks off.
fn parse(told: &str) -> Option<Vec<Came>> {
    let mut lines = told.lines().map(str::trim);
    let mut all = Vec::new();
    loop {
        let words: Vec<&str> = lines.next()?.split(' ').collect();
        match words[..] {
            ["case", number, code] if number.parse() == Ok(all.len()) => {
                let mut section = |end| {
                    let encoded: Vec<&str> =
                        lines.by_ref().take_while(|line| *line != end).collect();
                    decode(&encoded.concat())
                };
                all.push(Came {
                    code: code.parse().ok()?,
                    stdout: section("stderr")?,
                    stderr: section("end")?,
                });
            }
            ["done", number] if number.parse() == Ok(all.len()) => return Some(all),
            _ => return None,
        }
    }
}

/// Base64; what is not UTF-8 in it is replaced.
fn decode(encoded: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let (mut held, mut bits) = (0u32, 0);
    for letter in encoded.trim_end_matches('=').bytes() {
        let value = ALPHABET.iter().position(|known| *known == letter)?;
        held = held << 6 | u32::try_from(value).ok()?;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
        }
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Where stock looks for names of manufacturers; reading all of them takes it long on such a machine.
const REGISTRY: &str = "/usr/share/misc/enterprise-numbers.txt";
const MANUFACTURERS: &str = "\
PRIVATE ENTERPRISE NUMBERS\n\nDecimal\n| Organization\n| | Contact\n| | | Email\n| | | |\n\
7154\n  IPMI forum\n    Intel\n      nobody&example.org\nEnd of Document\n";

/// Every instruction of the guest in software, on a machine that has other things to do.
const PATIENCE: Duration = Duration::from_secs(400);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_understood_and_one_that_breaks_off_is_noticed() {
        let told = "case 0 1\r\naGFsbG8K\r\nstderr\r\nend\r\ncase 1 0\r\nstderr\r\nLg==\r\nend\r\ndone 2\r\n";
        let came = parse(told).unwrap();
        let first = Came {
            code: 1,
            stdout: "hallo\n".to_owned(),
            stderr: String::new(),
        };
        assert_eq!(
            (came.len(), &came[0], came[1].stderr.as_str()),
            (2, &first, ".")
        );
        assert_eq!(parse(&told[..told.len() - 10]), None);
        assert_eq!(parse("no device\n"), None);
    }
}
