//! `sol capture` on a BMC that keeps a console log: whatever happens to the BMC, to the network or to the program
//! itself, the log holds every line once, in order.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use compat_tests::binaries;
use compat_tests::bmcsim::BmcSim;
use compat_tests::client::wait_until;

#[test]
fn a_log_misses_nothing_over_freezes_restarts_overruns_and_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let (log, control) = (
        folder.path().join("console.log"),
        folder.path().join("control"),
    );
    let order = format!("unix:{}", control.display());
    let bmc = BmcSim::start(&["--serial", COUNTING, "--control", &order]);

    let mut capture = Capture::start(&bmc, &log);
    assert!(wait_until(LONG, || last(&log) > 100), "{}", text(&log));

    // Killed in the middle of a line: what it has not written is fetched by its successor, which has to wait until the
    // BMC has let the dead session's console go.
    capture.0.kill().unwrap();
    capture.0.wait().unwrap();
    tell(&control, "fault deactivate");
    let before = last(&log);
    std::thread::sleep(Duration::from_secs(2));
    let mut capture = Capture::start(&bmc, &log);
    assert!(
        wait_until(LONG, || last(&log) > before + 100),
        "{}",
        text(&log)
    );

    for fault in [
        "fault freeze 4s",
        "fault reboot 3s",
        "fault overrun",
        "fault busy 4s",
        "fault overrun",
    ] {
        tell(&control, fault);
        let seen = last(&log);
        std::thread::sleep(Duration::from_secs(4));
        assert!(
            wait_until(LONG, || last(&log) > seen + 300),
            "{fault}: {}",
            text(&log)
        );
    }

    nix::sys::signal::kill(
        nix::unistd::Pid::from_raw(i32::try_from(capture.0.id()).unwrap()),
        nix::sys::signal::Signal::SIGTERM,
    )
    .unwrap();
    capture.0.wait().unwrap();
    let numbers = numbers(&log);
    let (first, last) = (numbers[0], numbers[numbers.len() - 1]);
    let all: Vec<usize> = (first..=last).collect();
    assert!(numbers == all, "{}", text(&log));
}

/// A running `sol capture`.
struct Capture(Child);

impl Capture {
    fn start(bmc: &BmcSim, log: &Path) -> Self {
        let address = bmc.address();
        let words = [
            format!("log={}", log.display()),
            "keepalive=2".into(),
            "dead-after=20".into(),
        ];
        let child = Command::new(binaries::ours())
            .args([
                "-I",
                "lanplus",
                "-H",
                &address.ip().to_string(),
                "-p",
                &address.port().to_string(),
            ])
            .args([
                "-U",
                compat_tests::ipmi_sim::USER,
                "-P",
                compat_tests::ipmi_sim::PASSWORD,
            ])
            .args(["sol", "capture"])
            .args(words)
            .env("IPMITOOL_FALLBACK", "/bin/false")
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        Self(child)
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        // It has ended already unless the test has failed.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn tell(control: &Path, order: &str) {
    let mut stream = UnixStream::connect(control).unwrap();
    writeln!(stream, "{order}").unwrap();
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer).unwrap();
    assert!(answer.starts_with("ok"), "{order}: {answer}");
}

/// The numbers of the whole lines in the log.
fn numbers(log: &Path) -> Vec<usize> {
    let text = text(log);
    let lines = text
        .split_inclusive('\n')
        .filter(|line| line.ends_with('\n'));
    lines
        .filter_map(|line| line.trim_end().strip_prefix("line ")?.parse().ok())
        .collect()
}

fn last(log: &Path) -> usize {
    numbers(log).last().copied().unwrap_or(0)
}

fn text(log: &Path) -> String {
    let started = Instant::now();
    loop {
        match std::fs::read(log) {
            Ok(bytes) => return String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if started.elapsed() > LONG => panic!("{error}"),
            Err(_) => std::thread::sleep(Duration::from_millis(50)),
        }
    }
}

/// A hundred lines a second, numbered.
const COUNTING: &str = "exec:i=1000; while :; do i=$((i+1)); echo line $i; sleep 0.01; done";

/// Generous: the tests share two cores with everything else.
const LONG: Duration = Duration::from_secs(60);
