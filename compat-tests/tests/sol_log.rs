//! `sol log` against `bmcsim`: windows of the stored log, viewers beside an owner, and what a viewer lives through.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use compat_tests::accounting;
use compat_tests::bmcsim::BmcSim;
use compat_tests::client::{Input, Piped, wait_until};
use compat_tests::relay::{Direction, Fate, Relay};
use compat_tests::rig::{BANNER, ENVIRONMENT, Finished, Who, arguments, run};
use compat_tests::serial::Serial;
use nix::sys::signal::Signal;

/// A BMC whose serial port the test speaks on.
struct Stage {
    serial: Serial,
    options: Vec<String>,
    bmc: BmcSim,
    said: usize,
}

impl Stage {
    fn new(options: &[&str]) -> Self {
        let serial = Serial::listen();
        let port = format!("tcp:{}", serial.address());
        let options: Vec<String> = ["--serial", &port]
            .iter()
            .chain(options)
            .map(|&option| option.to_owned())
            .collect();
        let stage = Self {
            bmc: BmcSim::start(&borrowed(&options)),
            serial,
            options,
            said: 0,
        };
        stage.connected();
        stage
    }

    fn connected(&self) {
        assert!(wait_until(LONG, || self.serial.is_connected()));
    }

    fn say_lines(&mut self, count: usize) {
        for _ in 0..count {
            self.serial.say(accounting::line(self.said).as_bytes());
            self.said += 1;
        }
    }

    fn log(&self, words: &[&str]) -> Finished {
        run(
            &Who::Ours.program(),
            &arguments(self.bmc.address(), &[&["sol", "log"], words].concat()),
            &ENVIRONMENT,
            LONG,
        )
    }

    fn start(&self, words: &[&str]) -> Piped {
        start(&arguments(self.bmc.address(), words))
    }

    /// Waits until the log holds all that was said.
    fn settle(&self) {
        let all: usize = (0..self.said).map(|n| accounting::line(n).len()).sum();
        assert!(wait_until(LONG, || self.log(&[]).stdout.len() >= all));
    }

    fn restart(&mut self, pause: Duration) {
        let options = self.options.clone();
        self.bmc.restart(pause, &borrowed(&options));
    }
}

fn borrowed(options: &[String]) -> Vec<&str> {
    options.iter().map(String::as_str).collect()
}

fn start(arguments: &[String]) -> Piped {
    Piped::start(&Who::Ours.program(), arguments, &ENVIRONMENT, Input::Null)
}

fn now() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    format!("@{}.{:03}", since.as_secs(), since.subsec_millis())
}

/// Waits until a viewer has shown `lines` lines.
fn shown(viewer: &Piped, lines: usize) -> bool {
    let last = accounting::line(lines - 1);
    viewer.stdout.wait_for(&last, LONG)
}

fn perfect(viewer: &Piped, lines: usize) {
    let report = accounting::lines(&viewer.stdout.bytes(), lines);
    assert!(report.is_perfect(), "{report}\n{}", viewer.stderr.text());
}

#[test]
fn a_window_holds_what_was_printed_in_it_and_nothing_else() {
    let mut stage = Stage::new(&[]);
    let mut times = Vec::new();
    for _ in 0..3 {
        stage.say_lines(40);
        stage.settle();
        std::thread::sleep(Duration::from_millis(20));
        times.push(now());
        std::thread::sleep(Duration::from_millis(20));
    }
    let lines = |from, to| (from..to).map(accounting::line).collect::<String>();
    let (since, until) = (format!("since={}", times[0]), format!("until={}", times[1]));
    assert_eq!(stage.log(&[]).stdout, lines(0, 120));
    assert_eq!(stage.log(&[&since]).stdout, lines(40, 120));
    assert_eq!(stage.log(&[&until]).stdout, lines(0, 80));
    let both = stage.log(&[&since, &until, "instance=1"]);
    assert_eq!(
        (both.code, both.stdout, both.stderr),
        (Some(0), lines(40, 80), String::new())
    );
    assert_eq!(stage.log(&["since=-1h", &until]).stdout, lines(0, 80));
    assert_eq!(stage.log(&["until=-1h"]).stdout, "");
    let followed = stage.log(&["follow", &since, "until=-0s"]);
    assert_eq!((followed.code, followed.stdout), (Some(0), lines(40, 120)));
}

#[test]
fn a_user_reads_the_log_without_a_console_and_without_more_privilege() {
    let mut stage = Stage::new(&["--user", "guest:look:user"]);
    stage.say_lines(5);
    stage.settle();
    let (host, port) = (
        stage.bmc.address().ip().to_string(),
        stage.bmc.address().port().to_string(),
    );
    let typed = [
        "-I", "lanplus", "-H", &host, "-p", &port, "-U", "guest", "-P", "look", "-L", "USER",
        "sol", "log",
    ];
    let typed = typed.map(str::to_owned);
    let seen = run(&Who::Ours.program(), &typed, &[], LONG);
    let all: String = (0..5).map(accounting::line).collect();
    assert_eq!((seen.code, seen.stdout), (Some(0), all));
}

#[test]
fn two_viewers_follow_beside_an_owner_and_all_see_everything() {
    let mut stage = Stage::new(&[]);
    stage.say_lines(10);
    let owner = stage.start(&["sol", "activate", "noinput"]);
    assert!(owner.stdout.wait_for(BANNER, LONG));
    let mut viewers = [
        stage.start(&["sol", "log", "follow"]),
        stage.start(&["sol", "log", "follow"]),
    ];
    for _ in 0..20 {
        stage.say_lines(10);
        std::thread::sleep(Duration::from_millis(20));
    }
    for viewer in &viewers {
        assert!(shown(viewer, 210), "{}", viewer.stderr.text());
        perfect(viewer, 210);
    }
    assert!(shown(&owner, 210), "the owner kept the console");
    viewers[0].signal(Signal::SIGINT);
    let ended = viewers[0].wait(LONG).unwrap();
    assert_eq!(ended.code(), Some(255));
    perfect(&viewers[0], 210);
    assert!(!viewers[0].stdout.text().contains("SIGN INT"));
    viewers[1].signal(Signal::SIGTERM);
    viewers[1].wait(LONG).unwrap();
    // Only the owner is left, and who asks.
    let sessions = run(
        &Who::Ours.program(),
        &arguments(stage.bmc.address(), &["session", "info", "active"]),
        &ENVIRONMENT,
        LONG,
    );
    let active = sessions
        .stdout
        .lines()
        .find(|line| line.starts_with("active sessions"));
    assert_eq!(active.and_then(|line| line.split(": ").nth(1)), Some("2"));
}

#[test]
fn lost_and_disordered_packets_lose_and_double_nothing() {
    let mut stage = Stage::new(&[]);
    stage.say_lines(500);
    stage.settle();
    let relay = Relay::to(stage.bmc.address());
    let viewer = start(&arguments(
        relay.address(),
        &["sol", "log", "follow", "since=-1h"],
    ));
    assert!(shown(&viewer, 500));
    relay.set_both(|faults| {
        faults.drop_percent = 20;
        faults.reorder = Some((3, Duration::from_millis(100)));
    });
    for _ in 0..10 {
        stage.say_lines(100);
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(shown(&viewer, 1500), "{}", viewer.stderr.text());
    perfect(&viewer, 1500);
}

#[test]
fn a_bmc_that_restarts_with_its_log_is_followed_on_in_another_session() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("log");
    let mut stage = Stage::new(&["--log-file", file.to_str().unwrap()]);
    let viewer = stage.start(&["-N", "1", "-R", "2", "sol", "log", "follow"]);
    stage.say_lines(50);
    assert!(shown(&viewer, 50));
    stage.restart(Duration::from_millis(500));
    stage.connected();
    stage.say_lines(50);
    assert!(shown(&viewer, 100), "{}", viewer.stderr.text());
    perfect(&viewer, 100);
    assert!(!viewer.stdout.text().contains("lost"));
}

/// A refusal of a login has no code: anybody on the way can make one.
#[test]
fn forged_refusals_of_a_later_login_end_nothing() {
    for words in [
        &["sol", "log", "follow"][..],
        &["sol", "capture", "keepalive=1", "dead-after=3"],
    ] {
        let mut stage = Stage::new(&[]);
        let relay = Relay::to(stage.bmc.address());
        let options = ["-N", "1", "-R", "2"];
        let mut viewer = start(&arguments(relay.address(), &[&options, words].concat()));
        if words.contains(&"capture") {
            assert!(viewer.stdout.wait_for(BANNER, LONG));
        }
        stage.say_lines(50);
        assert!(shown(&viewer, 50), "{}", viewer.stderr.text());
        relay.set(Direction::ToClient, |faults| faults.refuse_setup = 2);
        relay.black_out_for(Duration::from_secs(6));
        stage.say_lines(50);
        assert!(shown(&viewer, 100), "{words:?}: {}", viewer.stderr.text());
        let forged = relay.count(Direction::ToClient, Fate::Corrupted);
        assert_eq!(forged, 2, "{words:?}");
        assert!(viewer.wait(Duration::ZERO).is_none(), "still at work");
    }
}

#[test]
fn a_log_that_was_lost_is_marked_and_the_next_one_is_shown() {
    let mut stage = Stage::new(&[]);
    let viewer = stage.start(&["-N", "1", "-R", "2", "sol", "log", "follow"]);
    stage.say_lines(10);
    assert!(shown(&viewer, 10));
    stage.restart(Duration::from_millis(100));
    stage.connected();
    stage.say_lines(10);
    assert!(shown(&viewer, 20), "{}", viewer.stderr.text());
    perfect(&viewer, 20);
    let text = viewer.stdout.text();
    assert_eq!(
        text.matches("[... an unknown number of bytes lost between ")
            .count(),
        1,
        "{text}"
    );
}

#[test]
fn what_was_overwritten_while_a_viewer_slept_is_marked_to_the_byte() {
    let mut stage = Stage::new(&["--log-size", "2K"]);
    let viewer = stage.start(&["sol", "log", "follow"]);
    stage.say_lines(10);
    assert!(shown(&viewer, 10));
    viewer.signal(Signal::SIGSTOP);
    stage.say_lines(200);
    std::thread::sleep(Duration::from_millis(500));
    viewer.signal(Signal::SIGCONT);
    assert!(shown(&viewer, 210), "{}", viewer.stderr.text());
    let text = viewer.stdout.text();
    let (_, rest) = text.split_once("[... ").expect("a gap");
    let (count, rest) = rest
        .split_once(" bytes lost between ")
        .expect("a gap's size");
    let mark = text.lines().find(|line| line.starts_with("[... ")).unwrap();
    assert!(!rest.contains("[... "), "one gap: {text}");
    let said: usize = (0..210).map(|n| accounting::line(n).len()).sum();
    // The mark's own line, and the line's end before it where it stands in the middle of one.
    let kept = text.len() - mark.len() - 1;
    let lost: usize = count.parse().unwrap();
    assert!(
        kept + lost == said || kept + lost == said + 1,
        "{kept} + {lost} is not {said}"
    );
}

#[test]
fn a_bmc_without_the_extension_is_told_in_one_line() {
    let stage = Stage::new(&["--no-extension"]);
    for words in [&[][..], &["follow"]] {
        let refused = stage.log(words);
        assert_eq!((refused.code, refused.stdout.as_str()), (Some(1), ""));
        assert_eq!(refused.stderr.lines().count(), 1, "{}", refused.stderr);
        assert!(refused.stderr.contains("keeps no console log"));
    }
}

#[test]
fn what_cannot_be_is_told_in_one_line() {
    let stage = Stage::new(&[]);
    for (words, text) in [
        (&["instance=2"][..], "no console on instance 2"),
        (&["since=-1m", "until=-2m"], "until= must be after"),
        (&["since=soon"], "Invalid word 'since=soon': use "),
        (&["follow=1"], "Invalid word 'follow=1': use follow"),
    ] {
        let refused = stage.log(words);
        assert_eq!((refused.code, refused.stdout.as_str()), (Some(1), ""));
        assert_eq!(refused.stderr.lines().count(), 1, "{}", refused.stderr);
        assert!(refused.stderr.contains(text), "{}", refused.stderr);
    }
}

#[test]
fn lines_are_dated_by_when_they_came_and_stripped() {
    let mut stage = Stage::new(&[]);
    let mut times = Vec::new();
    for round in 0..4 {
        times.push(seconds());
        let colour: &[u8] = if round == 2 { b"\x1b[31m" } else { b"" };
        stage.serial.say(colour);
        stage.say_lines(3);
        std::thread::sleep(Duration::from_millis(1300));
    }
    let seen = stage.log(&["timestamps=epoch", "strip"]);
    assert_eq!(seen.stdout.lines().count(), 12, "{}", seen.stdout);
    for (n, line) in seen.stdout.lines().enumerate() {
        let (date, text) = line.split_once(' ').expect("a date");
        assert_eq!(text, accounting::line(n).trim_end());
        let off = date.parse::<f64>().unwrap() - times[n / 3];
        // It is when the line came; the rest is for a busy machine.
        assert!(
            (-0.01..1.0).contains(&off),
            "{n}: off by {off}: {}",
            seen.stdout
        );
    }
    for (n, line) in seen.stdout.lines().enumerate() {
        let date = line.split(' ').next().unwrap();
        let since = format!("since=@{date}");
        let window = stage.log(&["timestamps=epoch", "strip", &since]).stdout;
        let right: Vec<&str> = seen.stdout.lines().filter(|line| *line >= date).collect();
        assert_eq!(window.lines().collect::<Vec<_>>(), right, "{n}");
    }
    let dated = stage.log(&["timestamps"]);
    assert!(
        dated.stdout.contains('\x1b'),
        "not stripped unless asked for"
    );
    assert!(dated.stdout.starts_with("20"), "{}", dated.stdout);
}

#[test]
fn the_extension_is_found_under_the_number_that_was_typed_set_or_configured() {
    let mut stage = Stage::new(&["--extension-iana", "674"]);
    let folder = tempfile::tempdir().unwrap();
    let all: String = (0..5).map(accounting::line).collect();
    stage.say_lines(5);
    assert!(wait_until(LONG, || stage.log(&["extension=674"]).stdout == all));
    let unnamed = stage.log(&[]);
    assert!(unnamed.stderr.contains("keeps no console log"));

    let configured = |text: &str, more: (&str, &str), words: &[&str]| {
        std::fs::create_dir_all(folder.path().join("steadysol")).unwrap();
        std::fs::write(folder.path().join("steadysol/config.toml"), text).unwrap();
        let home = folder.path().to_str().unwrap();
        let environment = [&ENVIRONMENT[..], &[("XDG_CONFIG_HOME", home), more]].concat();
        let arguments = arguments(stage.bmc.address(), words);
        run(&Who::Ours.program(), &arguments, &environment, LONG)
    };
    const FILE: &str = "extension = 674\n[host.\"127.*\"]\nstrip = true\n";
    const OTHER: (&str, &str) = ("IPMITOOL_SOL", "extension=1");
    const NONE: (&str, &str) = ("IPMITOOL_SOL", "");
    assert_eq!(configured(FILE, NONE, &["sol", "log"]).stdout, all);
    assert_eq!(configured(FILE, OTHER, &["sol", "log"]).stdout, "");
    let typed = ["sol", "log", "extension=674"];
    assert_eq!(configured(FILE, OTHER, &typed).stdout, all);

    // What was printed before it began is read out of the log, which only the extension has.
    for verb in ["activate", "capture"] {
        let past = |word: &str| {
            let words = ["sol", verb, "noinput", "since=-1h", "until=-0s", word];
            configured("", NONE, &words).stdout
        };
        assert!(past("extension=674").ends_with(&all), "{verb}");
        assert!(!past("extension=1").contains(&all), "{verb}");
    }
}

fn seconds() -> f64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    since.as_secs_f64()
}

const LONG: Duration = Duration::from_secs(60);
