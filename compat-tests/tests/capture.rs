//! `sol capture`: whatever happens to the BMC, to the network, to the disk or to the program itself, a log holds every
//! line once and in order where the BMC keeps a log of its own; where it does not, what is missing lies in marked gaps.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::time::Duration;

use compat_tests::bmcsim::BmcSim;
use compat_tests::capture::{
    Account, Host, LogFile, account, capture, capture_on_full_disk, kill, lift,
};
use compat_tests::client::{Input, OnTerminal, Piped, wait_until};
use compat_tests::ipmi_sim::IpmiSim;
use compat_tests::relay::Relay;
use compat_tests::rig::{BANNER, ENVIRONMENT, Who, arguments, run};
use compat_tests::serial::Serial;
use nix::sys::signal::Signal;

#[test]
fn with_a_bmc_that_keeps_a_log_all_of_100_000_lines_are_there_once_and_in_order() {
    let (account, _) = through_everything(&["--log-size", "8M"]);
    assert!(account.is_complete(LINES), "{}", account.summary());
}

#[test]
fn with_any_other_bmc_what_is_missing_of_100_000_lines_lies_in_marked_gaps() {
    let (account, times) = through_everything(&["--no-extension"]);
    misses_in_marked_gaps_only(&account, &times);
    assert!(account.lines.len() > LINES / 4, "{}", account.summary());
}

/// Fewer lines, and slower: it lets no more through.
#[test]
fn with_ipmi_sim_what_is_missing_of_12_000_lines_lies_in_marked_gaps() {
    let lines = 12_000;
    let mut bmc = IpmiSim::start();
    let relay = Relay::to(bmc.address());
    let folder = tempfile::tempdir().unwrap();
    let log = LogFile::at(folder.path().join("console.log"));
    let words = ["keepalive=2", "dead-after=10"];
    let host = Host::on(bmc.serial());
    let first = capture(relay.address(), &log, &words);
    assert!(
        first.stdout.wait_for(BANNER, LONG),
        "{}",
        first.stderr.text()
    );
    let said = |lines: usize| assert!(host.has_said(lines, LONG), "{}", host.said());
    host.start(1000, 400);
    said(1000);
    // It sends a packet five times, a second apart, and drops it then with all that waits behind it. Where too much
    // waited it reads its serial port no more, for ever: the host says little for a while.
    assert!(log.reaches(999, LONG));
    relay.black_out_for(Duration::from_secs(8));
    host.start(1005, 400);
    said(1005);
    std::thread::sleep(Duration::from_secs(9));
    host.start(lines, 400);
    said(4000);
    bmc.restart("");
    let at = host.said();
    assert!(log.reaches(at + 1, LONG), "{}", first.stderr.text());
    said(7000);
    kill(first);
    // It tells nobody whose a session is, so that a successor would wait until it has let the dead one go.
    bmc.restart("");
    let mut second = capture(relay.address(), &log, &words);
    assert!(
        second.stdout.wait_for(BANNER, LONG),
        "{}",
        second.stderr.text()
    );
    said(lines);
    assert!(log.reaches(lines - 1, LONG), "{}", second.stderr.text());
    second.signal(Signal::SIGTERM);
    second.wait(LONG).expect("an end");
    let account = account(&log.text(), lines);
    misses_in_marked_gaps_only(&account, &host.times());
    assert!(account.lines.len() > lines / 4, "{}", account.summary());
}

fn misses_in_marked_gaps_only(account: &Account, times: &[u64]) {
    assert!(account.repeated().is_empty(), "{}", account.summary());
    let unmarked = account.unmarked(times, SLACK);
    assert!(unmarked.is_empty(), "{unmarked:?}: {}", account.summary());
    // Half lines stand at gaps only.
    let stray: Vec<_> = account
        .pieces
        .iter()
        .filter(|piece| !piece.at_gap)
        .collect();
    assert!(stray.is_empty(), "{stray:?}: {}", account.summary());
    assert!(!account.missing.is_empty(), "nothing has happened");
}

/// A stream of numbered lines while the network is black, the BMC busy and restarted, the program killed, and the disk
/// full. What the log holds of it in the end, and when each line was said.
fn through_everything(options: &[&str]) -> (Account, Vec<u64>) {
    let serial = Serial::listen();
    let port = format!("tcp:{}", serial.address());
    let bmc = BmcSim::start(&[&["--serial", &port], options].concat());
    assert!(wait_until(LONG, || serial.is_connected()));
    let relay = Relay::to(bmc.address());
    let folder = tempfile::tempdir().unwrap();
    let log = LogFile::at(folder.path().join("console.log"));
    let words = ["keepalive=2", "dead-after=10"];
    let host = Host::on(&serial);

    let first = capture(relay.address(), &log, &words);
    assert!(
        first.stdout.wait_for(BANNER, LONG),
        "{}",
        first.stderr.text()
    );
    host.start(LINES, A_SECOND);
    let said = |lines: usize| assert!(host.has_said(lines, LONG), "{}", host.said());
    said(LINES / 10);
    relay.black_out_for(Duration::from_secs(3));
    said(LINES / 10 * 2);
    bmc.tell("fault overrun");
    said(LINES / 10 * 3);
    bmc.tell("fault busy 3s");
    said(LINES / 10 * 4);
    bmc.tell("fault reboot 3s");
    let at = host.said();
    assert!(
        log.reaches(at + 1, LONG),
        "{at}: {}{}",
        first.stderr.text(),
        account(&log.text(), host.said()).summary()
    );
    said(LINES / 10 * 5);
    kill(first);
    let full = (log.length() / 512 + 32) * 512;
    let second = capture_on_full_disk(relay.address(), &log, &words, full);
    let told = "up to 4 MiB are kept";
    assert!(
        second.stderr.wait_for(told, LONG),
        "{}",
        second.stderr.text()
    );
    assert_eq!(log.length(), full, "the disk is full");
    let at = host.said();
    said((at + LINES / 20).min(LINES));
    lift(&second);
    assert!(log.reaches(at, LONG), "{}", second.stderr.text());
    // Killed once more, while all goes well.
    kill(second);
    let mut third = capture(relay.address(), &log, &words);
    said(LINES);
    assert!(log.reaches(LINES - 1, LONG), "{}", third.stderr.text());
    third.signal(Signal::SIGTERM);
    third.wait(LONG).expect("an end");
    (account(&log.text(), LINES), host.times())
}

#[test]
fn a_killed_captures_console_is_taken_back_at_once() {
    for options in [&[][..], &["--no-extension"]] {
        let bmc = BmcSim::start(&[&["--serial", COUNTING], options].concat());
        let folder = tempfile::tempdir().unwrap();
        let log = LogFile::at(folder.path().join("log"));
        let first = capture(bmc.address(), &log, &[]);
        let counts = || wait_until(LONG, || log.text().lines().count() > 50);
        assert!(first.stdout.wait_for(BANNER, LONG) && counts());
        let note = std::fs::read_to_string(folder.path().join("log.position")).unwrap();
        assert!(note.contains("\nsession "), "{note}");
        kill(first);
        let second = capture(bmc.address(), &log, &[]);
        assert!(
            second.stdout.wait_for(BANNER, LONG),
            "{}",
            second.stderr.text()
        );
        // Refused once, it would have said so, and tried again after a second at least.
        assert_eq!(second.stderr.text(), "", "{options:?}");
    }
}

/// No output that stands in the log is said to be missing.
#[test]
fn the_gap_of_a_killed_capture_begins_with_the_last_line_before_it() {
    let bmc = BmcSim::start(&["--serial", COUNTING, "--no-extension"]);
    let folder = tempfile::tempdir().unwrap();
    let log = LogFile::at(folder.path().join("log"));
    let words = ["timestamps=iso"];
    let first = capture(bmc.address(), &log, &words);
    let more = |lines: usize| wait_until(LONG, || log.text().lines().count() > lines);
    assert!(first.stdout.wait_for(BANNER, LONG) && more(50));
    kill(first);
    let before = log.text();
    let _second = capture(bmc.address(), &log, &words);
    assert!(more(before.lines().count() + 3));
    let text = log.text();
    let after = text.strip_prefix(&before).expect("it goes on");
    let marker = after
        .lines()
        .find(|line| line.contains("missing"))
        .expect(after);
    let from = marker
        .split("output from ")
        .nth(1)
        .and_then(|rest| rest.split(' ').next());
    let dated = |line: &&str| line.starts_with("20") && line.contains('T');
    let last = before
        .lines()
        .rfind(dated)
        .and_then(|line| line.split(' ').next());
    assert_eq!(from, last, "{marker}");
}

/// Nothing has said yet where in the BMC's log the console stands, but a heartbeat.
#[test]
fn what_is_said_after_the_loss_of_a_console_that_has_said_nothing_before_is_read_from_the_log() {
    let serial = Serial::listen();
    let bmc = BmcSim::start(&["--serial", &format!("tcp:{}", serial.address())]);
    assert!(wait_until(LONG, || serial.is_connected()));
    let folder = tempfile::tempdir().unwrap();
    let log = LogFile::at(folder.path().join("log"));
    let events = folder.path().join("events");
    let capture = capture(
        bmc.address(),
        &log,
        &[
            "keepalive=1",
            "cycle=1",
            &format!("events={}", events.display()),
        ],
    );
    let told = |event: &str| {
        let events = std::fs::read_to_string(&events).unwrap_or_default();
        events.contains(&format!("\"event\":\"{event}\""))
    };
    assert!(
        wait_until(LONG, || told("cycle")),
        "{}",
        capture.stderr.text()
    );
    bmc.tell("fault deactivate");
    assert!(capture.stderr.wait_for("trying again", LONG));
    serial.say(b"kernel panic\r\n");
    assert!(
        wait_until(LONG, || log.text().contains("kernel panic") || told("gap")),
        "{}",
        capture.stderr.text()
    );
    let text = log.text();
    assert_eq!(text.matches("kernel panic").count(), 1, "{text}");
    assert!(!text.contains("missing"), "{text}");
}

#[test]
fn another_users_console_is_not_taken_although_its_id_is_that_of_the_killed_capture() {
    let bmc = BmcSim::start(&["--serial", COUNTING]);
    let folder = tempfile::tempdir().unwrap();
    let log = LogFile::at(folder.path().join("log"));
    let first = capture(bmc.address(), &log, &[]);
    assert!(first.stdout.wait_for(BANNER, LONG));
    assert!(wait_until(LONG, || log.text().contains("line")));
    kill(first);
    // Somebody else has the console now, with a session that has got the dead one's id, as BMCs that count do.
    let ours = |words: &[&str]| arguments(bmc.address(), words);
    let mut other = Piped::start(
        &Who::Ours.program(),
        &ours(&["sol", "activate", "noinput", "force"]),
        &ENVIRONMENT,
        Input::Null,
    );
    assert!(other.stdout.wait_for(BANNER, LONG));
    let words = ours(&["raw", "0x06", "0x4b", "0x01", "0x01"]);
    let owner = run(&Who::Ours.program(), &words, &ENVIRONMENT, LONG).stdout;
    let id: String = owner
        .split_whitespace()
        .take(4)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    let position = folder.path().join("log.position");
    let note = std::fs::read_to_string(&position).unwrap();
    let (before, session) = note.split_once("session ").unwrap();
    let forged = format!("{before}session {id}{}", &session[8..]);
    assert_eq!(forged.len(), note.len());
    std::fs::write(&position, forged).unwrap();

    let second = capture(bmc.address(), &log, &[]);
    let refused = "already active on another session";
    assert!(
        second.stderr.wait_for(refused, LONG),
        "{}",
        second.stderr.text()
    );
    std::thread::sleep(Duration::from_secs(3));
    assert!(other.ended().is_none(), "{}", other.stderr.text());
    assert!(!second.stdout.text().contains(BANNER));
}

#[test]
fn escapes_switch_the_log_and_its_dates_and_show_how_things_stand() {
    let serial = Serial::listen();
    let bmc = BmcSim::start(&["--serial", &format!("tcp:{}", serial.address())]);
    assert!(wait_until(LONG, || serial.is_connected()));
    let folder = tempfile::tempdir().unwrap();
    let log = LogFile::at(folder.path().join("log"));
    let words = ["sol", "activate", &log.word()];
    let console = OnTerminal::start(
        &Who::Ours.program(),
        &arguments(bmc.address(), &words),
        &ENVIRONMENT,
    );
    let shows = |text: &str| {
        assert!(
            console.screen.wait_for(text, LONG),
            "{}",
            console.screen.text()
        )
    };
    let say = |text: &str| {
        serial.say(format!("{text}\r\n").as_bytes());
        shows(text);
    };
    shows(BANNER);
    assert!(wait_until(LONG, || console.is_raw()));
    say("one");
    console.type_in(b"\r~l");
    shows("[the log is switched off]");
    say("two");
    console.type_in(b"\r~l");
    shows("[the log goes on]");
    say("three");
    console.type_in(b"\r~t");
    shows("[lines are dated]");
    say("four");
    console.type_in(b"\r~s");
    shows("[up 0:0");
    shows(&format!("log {} at ", log.path().display()));
    assert!(wait_until(LONG, || log.text().contains("four")));
    let text = log.text();
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('[')).collect();
    assert_eq!(lines[..2], ["one", "three"], "{text}");
    assert!(
        lines[2].starts_with("20") && lines[2].ends_with(" four"),
        "{text}"
    );
    assert_eq!(
        text.matches(": the log is switched off]").count(),
        1,
        "{text}"
    );
}

/// How many lines a host says, and how many a second: half a minute's work for the BMC.
const LINES: usize = 100_000;
const A_SECOND: usize = 4000;

/// Milliseconds between a line's being said and its arrival at a busy test machine's BMC.
const SLACK: u64 = 30_000;

/// A hundred lines a second, numbered.
const COUNTING: &str = "exec:i=1000; while :; do i=$((i+1)); echo line $i; sleep 0.01; done";

/// Generous: the tests share two cores with everything else.
const LONG: Duration = Duration::from_secs(60);
