//! This program among others: what `ps` sees of it, whom it hands command lines to, how it dies, how it asks.

// A test reports by panicking, its helpers too.
#![allow(clippy::expect_used, clippy::panic)]

use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use compat_tests::binaries::{ours, stock};
use nix::sys::signal::{self, Signal};
use nix::unistd::Pid;

#[test]
fn secrets_on_the_command_line_are_not_seen_by_ps() {
    let mut child = Command::new("setsid")
        .arg(ours())
        .args([
            "-I",
            "dummy",
            "-vPattached",
            "-P",
            "separate",
            "-k",
            "text key",
            "-y",
            "0badcafe",
            "-P=x",
        ])
        .args(["mc", "-kbehind", "info", "-a", "--", "-Pnot-a-secret"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("setsid is needed: apt install util-linux");
    // Once it asks, it has read its options and waits.
    let mut question = [0; 10];
    child
        .stderr
        .as_mut()
        .expect("was piped")
        .read_exact(&mut question)
        .expect("it asks");
    assert_eq!(&question, b"Password: ");

    let seen = fs::read(format!("/proc/{}/cmdline", child.id())).expect("it lives");
    let words: Vec<_> = seen
        .split(|byte| *byte == 0)
        .skip(1)
        .map(String::from_utf8_lossy)
        .collect();
    assert_eq!(
        words.join(" ").trim_end(),
        [
            "-I dummy -vPXXXXXXXX -P XXXXXXXX -k XXXXXXXX -y XXXXXXXX -PXX",
            "mc -kXXXXXX info -a -- -Pnot-a-secret",
        ]
        .join(" ")
    );
    drop(child.stdin.take());
    child.wait().expect("it ends");
}

#[test]
fn what_is_not_built_in_goes_to_the_next_ipmitool_word_for_word() {
    let stage = Stage::new();
    stage.link_ours("first");
    stage.recorder("second");
    let argv = [
        "-vvP", "se cret", "-I", "lanplus", "hpm", "-H", "", "list", "-k=", "--", "-x", "\u{e9}",
    ];
    let output = stage.run("first:second", &argv, &[]);
    assert_eq!(output.status.code(), Some(7), "the other's status is ours");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        [&["ipmitool"], &argv[..]].concat().join("\n") + "\n"
    );
    assert!(output.stderr.is_empty());
}

#[test]
fn the_fallback_variable_comes_before_the_path() {
    let stage = Stage::new();
    stage.link_ours("first");
    stage.stranger("second", "exit 3");
    let chosen = stage.recorder("elsewhere");
    let chosen = chosen.to_str().expect("UTF-8");
    let output = stage.run("first:second", &["picmg"], &[("IPMITOOL_FALLBACK", chosen)]);
    assert_eq!(output.status.code(), Some(7));
    let output = stage.run(
        "first:second",
        &["picmg"],
        &[("IPMITOOL_FALLBACK", "/nonexistent/ipmitool")],
    );
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&output.stderr)
            .contains("IPMITOOL_FALLBACK=/nonexistent/ipmitool is not an executable")
    );
}

#[test]
fn a_verb_that_is_built_in_goes_away_too_where_the_interface_is_not() {
    let stage = Stage::new();
    stage.link_ours("first");
    stage.recorder("second");
    for argv in [
        &["-I", "free", "mc", "info"][..],
        &["-I", "imb", "-t", "0x82", "raw", "6", "1"],
        &["-I", "usb", "chassis", "power", "status"],
        &["-H", "127.0.0.1", "-P", "x", "hpm", "check"],
        &["-I", "lanplus", "-H", "127.0.0.1", "hpm", "check"],
    ] {
        // No question is asked on the way: the other one will.
        let output = stage.run("first:second", argv, &[]);
        assert_eq!(output.status.code(), Some(7), "{argv:?}");
        assert!(output.stderr.is_empty(), "{argv:?}");
    }
}

#[test]
fn a_password_that_comes_through_a_pipe_is_left_for_the_program_that_needs_it() {
    let stage = Stage::new();
    stage.link_ours("first");
    stage.stranger("second", r#"read -r line < "$2"; echo "got $line""#);
    let mut child = Command::new(stage.place("first"))
        .args(["-f", "/dev/stdin", "hpm", "-H", "127.0.0.1"])
        .env("PATH", stage.place("second").parent().expect("a directory"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it runs");
    child
        .stdin
        .take()
        .expect("was piped")
        .write_all(b"secret\n")
        .expect("a pipe takes it");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "got secret\n");
}

#[test]
fn sigint_ends_a_verb_as_it_ends_stock() {
    for program in [stock(), ours()] {
        let directory = tempfile::tempdir().expect("a directory");
        let socket = directory.path().join("bmc");
        let bmc = UnixListener::bind(&socket).expect("a socket");
        let child = Command::new(&program)
            .args(["-I", "dummy", "mc", "info"])
            .env("IPMI_DUMMY_SOCK", &socket)
            .stdout(Stdio::piped())
            .spawn()
            .expect("it runs");
        // It has asked something, and waits for an answer that does not come.
        let (mut connection, _) = bmc.accept().expect("it connects");
        connection.read_exact(&mut [0; 16]).expect("it asks");
        let pid = Pid::from_raw(i32::try_from(child.id()).expect("a pid"));
        signal::kill(pid, Signal::SIGINT).expect("it lives");
        let output = child.wait_with_output().expect("it ends");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(
            text, "\nSIGN INT: Close Interface Linux DummyIPMI Interface\n",
            "{program:?}"
        );
        assert_eq!(output.status.code(), Some(255), "{program:?}");
    }
}

#[test]
fn mistakes_are_told_once_even_where_another_program_would_run_the_verb() {
    let stage = Stage::new();
    stage.link_ours("first");
    stage.recorder("second");
    let output = stage.run("first:second", &["-l", "300", "hpm"], &[]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        output.stderr,
        b"Invalid parameter given or out of range for '-l'.\n"
    );
    // A warning is left to the one that goes on.
    let output = stage.run("first:second", &["-L", "admin", "-E", "hpm"], &[]);
    assert!(output.stderr.is_empty());
    assert_eq!(output.status.code(), Some(7));
}

#[test]
fn without_another_ipmitool_the_user_learns_what_to_install() {
    let stage = Stage::new();
    stage.link_ours("first");
    let said = |argv: &[&str]| {
        let output = stage.run("first:second", argv, &[]);
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let missing = said(&["hpm", "list"]);
    assert!(
        missing.contains("apt install ipmitool") && missing.contains("IPMITOOL_FALLBACK"),
        "{missing}"
    );
    assert_eq!(missing.lines().count(), 1);
    assert!(said(&["nonsense"]).starts_with("Invalid command: nonsense\nCommands:\n\traw  "));
    assert!(said(&[]).starts_with("No command provided!\nCommands:\n"));
}

#[test]
fn neither_copies_nor_wrappers_call_each_other_for_ever() {
    let stage = Stage::new();
    stage.copy_ours("copy");
    stage.copy_ours("other-copy");
    stage.link_ours("link");
    stage.stranger("wrapper", r#"exec "$OURS" "$@""#);
    let ours = ours();
    let variables = [("OURS", ours.to_str().expect("UTF-8"))];
    let output = stage.run("wrapper:copy:link:other-copy", &["hpm"], &variables);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("apt install ipmitool"));
    // With a stock one at the end, it is found through all of them.
    stage.recorder("stock");
    let output = stage.run("wrapper:copy:link:other-copy:stock", &["hpm"], &variables);
    assert_eq!(output.status.code(), Some(7));
}

#[test]
fn a_reader_that_went_away_kills_by_sigpipe_as_in_stock() {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let status = Command::new(ours())
        .arg("-V")
        .stdout(writer)
        .status()
        .expect("it runs");
    assert_eq!(status.signal(), Some(Signal::SIGPIPE as i32));
}

#[test]
fn output_that_cannot_be_written_is_a_failure() {
    let full = File::options()
        .write(true)
        .open("/dev/full")
        .expect("/dev/full");
    let status = Command::new(ours())
        .arg("-V")
        .stdout(full)
        .status()
        .expect("it runs");
    assert_eq!(status.code(), Some(1));
}

#[test]
fn questions_on_a_terminal_look_as_in_stock_and_do_not_echo() {
    for argv in [
        "-a -I foo",
        "-a -Y -I foo",
        "-H host -I foo sdr",
        "-H host -I lanplus -o none mc info",
    ] {
        let answers = "secret\nkey\n";
        let (theirs, our) = (
            on_terminal(&stock(), argv, answers),
            on_terminal(&ours(), argv, answers),
        );
        assert_eq!(our, theirs, "{argv}");
        assert!(
            our.contains("Password: ") && !our.contains("secret"),
            "{our}"
        );
    }
}

#[test]
fn the_version_is_there_in_no_time() {
    let best = (0..20).map(|_| {
        let start = Instant::now();
        Command::new(ours())
            .arg("-V")
            .stdout(Stdio::null())
            .status()
            .expect("it runs");
        start.elapsed()
    });
    // The bound is 3 ms for a release build on an idle machine; tests run neither.
    assert!(best.min() < Some(Duration::from_millis(30)));
}

/// Runs with a pseudo terminal as controlling terminal; returns what stands on it.
fn on_terminal(program: &Path, argv: &str, answers: &str) -> String {
    let pair = nix::pty::openpty(None, None).expect("a pseudo terminal");
    let (mut master, slave) = (File::from(pair.master), File::from(pair.slave));
    let mut child = Command::new("setsid")
        .args(["-w", "-c"])
        .arg(program)
        .args(argv.split(' '))
        .stdin(slave.try_clone().expect("a descriptor"))
        .stdout(slave.try_clone().expect("a descriptor"))
        .stderr(slave)
        .spawn()
        .expect("setsid is needed: apt install util-linux");
    let mut shown = Vec::new();
    for answer in answers.split_inclusive('\n') {
        if !read_until(&mut master, &mut shown, b": ") {
            break;
        }
        master
            .write_all(answer.as_bytes())
            .expect("the terminal lives");
    }
    while read_until(&mut master, &mut shown, b": ") {}
    child.wait().expect("it ends");
    String::from_utf8_lossy(&shown).into_owned()
}

/// Reads on until the text appears anew; `false` where the terminal was closed before.
fn read_until(terminal: &mut File, shown: &mut Vec<u8>, text: &[u8]) -> bool {
    let before = shown.len();
    let mut bytes = [0; 256];
    loop {
        match terminal.read(&mut bytes) {
            Ok(0) | Err(_) => return false,
            Ok(length) => shown.extend_from_slice(&bytes[..length]),
        }
        if shown[before..]
            .windows(text.len())
            .any(|window| window == text)
        {
            return true;
        }
    }
}

/// By another process: a descriptor that is open for writing here could slip into a child that another thread just
/// started, and make the file too busy to be run.
fn copy(from: &Path, to: &Path) {
    let status = Command::new("cp").args([from, to]).status().expect("cp");
    assert!(status.success());
}

/// A directory with several others in it, each of which may hold an `ipmitool`.
struct Stage(tempfile::TempDir);

impl Stage {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a directory"))
    }

    fn place(&self, directory: &str) -> PathBuf {
        let path = self.0.path().join(directory);
        fs::create_dir_all(&path).expect("a directory");
        path.join("ipmitool")
    }

    fn link_ours(&self, directory: &str) {
        symlink(ours(), self.place(directory)).expect("a link");
    }

    fn copy_ours(&self, directory: &str) {
        copy(&ours(), &self.place(directory));
    }

    fn stranger(&self, directory: &str, script: &str) -> PathBuf {
        let path = self.place(directory);
        let text = self.0.path().join("script.txt");
        fs::write(&text, format!("#!/bin/bash\n{script}\n")).expect("a script");
        copy(&text, &path);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("permissions");
        path
    }

    /// An `ipmitool` that prints its words, a line each, and ends with 7. A script cannot see its own name: the
    /// interpreter replaced it.
    fn recorder(&self, directory: &str) -> PathBuf {
        self.stranger(directory, r#"printf '%s\n' ipmitool "$@"; exit 7"#)
    }

    /// Runs the first `ipmitool` on a PATH made of these directories and nothing else.
    fn run(&self, path: &str, argv: &[&str], variables: &[(&str, &str)]) -> Output {
        let directories: Vec<_> = path
            .split(':')
            .map(|name| self.0.path().join(name))
            .collect();
        let first = directories[0].join("ipmitool");
        assert!(!first.as_os_str().as_bytes().contains(&b':'));
        Command::new(first)
            .args(argv)
            .env_clear()
            .env("PATH", std::env::join_paths(directories).expect("a PATH"))
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .output()
            .expect("it runs")
    }
}
