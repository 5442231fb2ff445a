//! A disk that is full for longer than the program can keep what comes: what was dropped then is fetched again from a
//! BMC that keeps a log, and marked where there is none.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::time::Duration;

use compat_tests::bmcsim::BmcSim;
use compat_tests::capture::{
    Account, Host, LogFile, account, capture_on_full_disk, lift, short_line,
};
use compat_tests::client::wait_until;
use compat_tests::rig::BANNER;
use compat_tests::serial::Serial;
use nix::sys::signal::Signal;

#[test]
fn what_a_full_disk_could_not_take_is_fetched_again_from_the_bmc_s_log() {
    let account = over_a_full_disk(&["--log-size", "16M"]);
    assert!(account.is_complete(LINES), "{}", account.summary());
}

#[test]
fn without_a_log_what_a_full_disk_could_not_take_is_marked() {
    let account = over_a_full_disk(&["--no-extension"]);
    let [(range, markers)] = &account.missing[..] else {
        panic!("{}", account.summary());
    };
    assert!(range.len() > 10_000, "{}", account.summary());
    let marked = |text: &str| text.contains("could not be written");
    assert!(markers.iter().any(|marker| marked(&marker.text)));
    assert!(account.repeated().is_empty());
}

/// What the log holds of so many lines, of which most come while the disk is full.
fn over_a_full_disk(options: &[&str]) -> Account {
    let serial = Serial::listen();
    let port = format!("tcp:{}", serial.address());
    let bmc = BmcSim::start(&[&["--serial", &port], options].concat());
    assert!(wait_until(LONG, || serial.is_connected()));
    let folder = tempfile::tempdir().unwrap();
    let log = LogFile::at(folder.path().join("console.log"));
    let mut program = capture_on_full_disk(bmc.address(), &log, &[], FULL);
    let stderr = || program.stderr.text();
    assert!(program.stdout.wait_for(BANNER, LONG), "{}", stderr());
    let host = Host::on(&serial);
    // More than the 4 MiB that are kept, each line of 14 bytes.
    host.start(LINES - 1000, A_SECOND);
    assert!(host.has_said(LINES - 1000, LONG), "{}", host.said());
    // All of it has been said; now it must arrive, but for what the BMC dropped.
    let said: usize = (0..LINES - 1000).map(|n| short_line(n).len()).sum();
    let all_arrived = wait_until(LONG, || handed_out(&bmc) >= said);
    assert!(all_arrived, "{said}: {}", bmc.ask("stats"));
    assert_eq!(log.length(), FULL, "the disk is full");
    lift(&program);
    let kept = || log.length() >= FULL + KEPT;
    assert!(wait_until(LONG, kept), "{}", stderr());
    host.start(LINES, A_SECOND);
    assert!(log.reaches(LINES - 1, LONG), "{}", stderr());
    program.signal(Signal::SIGTERM);
    program.wait(LONG).expect("an end");
    account(&log.text(), LINES)
}

/// Characters of the host that the BMC has no more to send: acknowledged by the program, or dropped.
fn handed_out(bmc: &BmcSim) -> usize {
    let stats = bmc.ask("stats");
    let count = |name: &str| {
        let (_, rest) = stats.split_once(&format!("\"{name}\":")).unwrap();
        let digits = rest.split(|letter: char| !letter.is_ascii_digit()).next();
        digits.unwrap().parse::<usize>().unwrap()
    };
    count("characters_out") + count("dropped")
}

const LINES: usize = 400_000;
const A_SECOND: usize = 20_000;

/// Bytes after which the disk is full, and how many are kept at least until it is not any more.
const FULL: u64 = 64 * 1024;
const KEPT: u64 = 4_000_000;

const LONG: Duration = Duration::from_secs(300);
