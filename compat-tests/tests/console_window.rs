//! `since` and `until` on a running console: the stored past first, then what comes, with nothing doubled or missing
//! where they meet.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use compat_tests::accounting;
use compat_tests::bmcsim::BmcSim;
use compat_tests::capture::{LogFile, capture};
use compat_tests::client::{Input, Piped, wait_until};
use compat_tests::rig::{BANNER, ENVIRONMENT, Finished, Who, arguments, run};
use compat_tests::serial::Serial;
use nix::sys::signal::Signal;

/// A BMC whose serial port the test speaks on.
struct Stage {
    serial: Serial,
    bmc: BmcSim,
    said: usize,
}

impl Stage {
    fn new(options: &[&str]) -> Self {
        let serial = Serial::listen();
        let port = format!("tcp:{}", serial.address());
        let bmc = BmcSim::start(&[&["--serial", &port], options].concat());
        assert!(wait_until(LONG, || serial.is_connected()));
        Self {
            serial,
            bmc,
            said: 0,
        }
    }

    fn say(&mut self, count: usize) {
        for _ in 0..count {
            self.serial.say(accounting::line(self.said).as_bytes());
            self.said += 1;
        }
    }

    /// Says lines and waits until the log holds them; then the time.
    fn settled(&mut self, count: usize) -> String {
        self.say(count);
        let all: usize = (0..self.said).map(|n| accounting::line(n).len()).sum();
        assert!(wait_until(LONG, || self.run(&["sol", "log"]).stdout.len() >= all));
        std::thread::sleep(Duration::from_millis(20));
        let now = now();
        std::thread::sleep(Duration::from_millis(20));
        now
    }

    fn run(&self, words: &[&str]) -> Finished {
        let arguments = arguments(self.bmc.address(), words);
        run(&Who::Ours.program(), &arguments, &ENVIRONMENT, LONG)
    }

    fn start(&self, words: &[&str]) -> Piped {
        let words = [&["sol", "activate", "noinput"], words].concat();
        let arguments = arguments(self.bmc.address(), &words);
        Piped::start(&Who::Ours.program(), &arguments, &ENVIRONMENT, Input::Null)
    }
}

fn now() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    format!("@{}.{:03}", since.as_secs(), since.subsec_millis())
}

fn lines(from: usize, to: usize) -> String {
    (from..to).map(accounting::line).collect()
}

/// What a console printed after its banner.
fn console_text(text: &str) -> String {
    let begin = format!("{BANNER}\n");
    text.split_once(&begin)
        .map_or_else(|| text.to_owned(), |(_, rest)| rest.to_owned())
}

#[test]
fn a_console_begins_with_the_stored_past_and_goes_on_live() {
    let mut stage = Stage::new(&[]);
    let one = stage.settled(400);
    stage.settled(400);
    let console = stage.start(&[&format!("since={one}")]);
    // Lines come all the time while the past is read.
    for _ in 0..100 {
        stage.say(10);
        std::thread::sleep(Duration::from_millis(3));
    }
    let last = accounting::line(stage.said - 1);
    assert!(console.stdout.wait_for(&last, LONG));
    let text = console_text(&console.stdout.text());
    assert!(text == lines(400, stage.said), "{text}");
}

#[test]
fn a_window_that_is_past_is_shown_to_the_byte_and_ends_the_console() {
    let mut stage = Stage::new(&[]);
    let one = stage.settled(50);
    let two = stage.settled(50);
    stage.settled(50);
    let (since, until) = (format!("since={one}"), format!("until={two}"));
    let seen = stage.run(&["sol", "activate", "noinput", &since, &until]);
    assert_eq!(
        (seen.code, console_text(&seen.stdout)),
        (Some(0), lines(50, 100)),
        "{}",
        seen.stderr
    );
    let empty = format!("until={one}");
    let seen = stage.run(&["sol", "activate", "noinput", "since=-1h", &empty]);
    assert_eq!(
        (seen.code, console_text(&seen.stdout)),
        (Some(0), lines(0, 50))
    );
    let nothing = stage.run(&["sol", "activate", "noinput", "since=-2h", "until=-1h"]);
    assert_eq!(
        (nothing.code, console_text(&nothing.stdout)),
        (Some(0), String::new())
    );
}

#[test]
fn until_ends_a_running_console() {
    let mut stage = Stage::new(&[]);
    stage.settled(30);
    let end = SystemTime::now() + Duration::from_secs(3);
    let end = end.duration_since(UNIX_EPOCH).unwrap().as_millis();
    let until = format!("until=@{}.{:03}", end / 1000, end % 1000);
    let mut console = stage.start(&["since=-1h", &until]);
    stage.say(30);
    let status = console.wait(LONG).expect("an end");
    assert_eq!(status.code(), Some(0), "{}", console.stderr.text());
    assert_eq!(console_text(&console.stdout.text()), lines(0, 60));
}

#[test]
fn a_log_begins_with_the_window_and_its_successor_reads_nothing_twice() {
    let mut stage = Stage::new(&[]);
    let one = stage.settled(40);
    stage.settled(40);
    let folder = tempfile::tempdir().unwrap();
    let log = LogFile::at(folder.path().join("log"));
    let since = format!("since={one}");
    let mut first = capture(stage.bmc.address(), &log, &[&since]);
    stage.say(40);
    let holds = |n: usize| wait_until(LONG, || log.text().contains(accounting::line(n).trim_end()));
    assert!(holds(119), "{}", log.text());
    first.signal(Signal::SIGTERM);
    first.wait(LONG).expect("an end");
    stage.say(40);
    // The same command line again: the file has a part of the window already.
    let _second = capture(stage.bmc.address(), &log, &[&since]);
    stage.say(40);
    assert!(holds(199), "{}", log.text());
    let report = accounting::lines(
        &[lines(0, 40).as_bytes(), log.text().as_bytes()].concat(),
        200,
    );
    assert!(report.is_perfect(), "{report}");
    assert!(!log.text().contains("gap"), "{}", log.text());
}

#[test]
fn lines_that_are_read_back_have_the_dates_at_which_they_came() {
    let mut stage = Stage::new(&[]);
    for _ in 0..30 {
        stage.say(1);
        std::thread::sleep(Duration::from_millis(50));
    }
    stage.settled(0);
    let dated = stage
        .run(&["sol", "log", "timestamps=epoch", "strip"])
        .stdout;
    assert_eq!(dated.lines().count(), 30, "{dated}");
    let folder = tempfile::tempdir().unwrap();
    let log = LogFile::at(folder.path().join("log"));
    let words = ["since=-1h", "timestamps=epoch", "strip", "rotate=1500,99"];
    let mut capture = capture(stage.bmc.address(), &log, &words);
    let all = || {
        let old =
            |number: usize| std::fs::read_to_string(format!("{}.{number}", log.path().display()));
        let old: Vec<String> = (1..99).map_while(|number| old(number).ok()).collect();
        (
            old.iter().rev().map(String::as_str).collect::<String>() + &log.text(),
            old,
        )
    };
    assert!(
        wait_until(LONG, || all().0.lines().count() == 30),
        "{}",
        all().0
    );
    capture.signal(Signal::SIGTERM);
    capture.wait(LONG).expect("an end");
    let (text, old) = all();
    assert_eq!(text, dated);
    let line = dated.lines().map(str::len).max().unwrap_or(0);
    assert!(!old.is_empty(), "set aside");
    for file in old {
        assert!((1500..=1500 + line).contains(&file.len()), "{}", file.len());
        assert!(file.ends_with('\n'));
    }
}

#[test]
fn without_a_stored_log_one_notice_says_that_the_past_is_lost() {
    let mut stage = Stage::new(&["--no-extension"]);
    stage.say(5);
    let folder = tempfile::tempdir().unwrap();
    let log = LogFile::at(folder.path().join("log"));
    let console = stage.start(&["since=-10m", &log.word()]);
    assert!(console.stdout.wait_for(BANNER, LONG));
    stage.say(5);
    assert!(console.stdout.wait_for(&accounting::line(9), LONG));
    let notices = console.stderr.text();
    assert_eq!(notices.lines().count(), 1, "{notices}");
    assert!(notices.contains("keeps no console log"), "{notices}");
    assert!(
        wait_until(LONG, || log.text().contains(": gap: ")),
        "{}",
        log.text()
    );
    assert_eq!(
        log.text().matches("[steadysol").count(),
        1,
        "{}",
        log.text()
    );
}

#[test]
fn what_was_overwritten_of_a_window_is_marked() {
    let mut stage = Stage::new(&["--log-size", "2K"]);
    stage.say(200);
    std::thread::sleep(Duration::from_millis(300));
    let folder = tempfile::tempdir().unwrap();
    let log = LogFile::at(folder.path().join("log"));
    let _capture = capture(stage.bmc.address(), &log, &["since=-10m"]);
    stage.say(1);
    let last = accounting::line(200);
    assert!(
        wait_until(LONG, || log.text().contains(last.trim_end())),
        "{}",
        log.text()
    );
    let text = log.text();
    assert_eq!(text.matches("[steadysol").count(), 1, "{text}");
    assert!(
        text.starts_with("[steadysol") && text.contains(": gap: "),
        "{text}"
    );
}

/// Generous: the tests share two cores with everything else.
const LONG: Duration = Duration::from_secs(60);
