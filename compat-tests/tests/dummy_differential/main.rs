//! Stock ipmitool and ours, asked the same things, over `-I dummy` with the same scripted BMC: standard output, standard
//! error, exit status and requests must be equal. Stock's start-up probes and what it says of them aside.
//!
//! Where ours differs on purpose, the case says how, and `deviations` below says why.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod cases;
mod channel_cases;
mod chassis_cases;
mod dcmi_cases;
mod event_cases;
mod fru_cases;
mod i2c_cases;
mod lan6_cases;
mod lan_cases;
mod mc_cases;
mod nm_cases;
mod pef_cases;
mod sdr_cases;
mod sel_cases;
mod shell_cases;
mod sol_cases;
mod spd_cases;
mod user_cases;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use compat_tests::binaries;
use compat_tests::dummy::{Request, Run, Script, run, run_typed};

/// One command line against one BMC.
pub struct Case {
    /// What it is counted under.
    pub verb: &'static str,
    /// Everything after `-I dummy`.
    pub arguments: Vec<String>,
    /// The BMC.
    pub script: Script,
    /// What must agree.
    pub expect: Expect,
    /// A file that is standard input.
    pub typed: Option<PathBuf>,
}

impl Expect {
    /// All as in stock, but that it ends with status 1. The reason is given.
    pub fn fails(why: &'static str) -> Self {
        Self::Differs {
            stdout: None,
            stderr: None,
            status: Some(1),
            why,
        }
    }
}

/// What must agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expect {
    /// Everything.
    Same,
    /// Everything; ours then reads from the inventory what it wrote, and ends with this status.
    ReadBack(i32),
    /// Standard error and requests: stock dies by SIGPIPE when the connection is reset.
    SameComplaint,
    /// Requests, and what is not named here. The reason is given.
    Differs {
        /// All of our standard output; `None`: stock's.
        stdout: Option<String>,
        /// All of our standard error; `None`: stock's.
        stderr: Option<String>,
        /// Our exit status; `None`: stock's.
        status: Option<i32>,
        /// Why stock is not followed.
        why: &'static str,
    },
    /// None of stock's: the reason is given.
    Unlike {
        /// All of our standard output.
        stdout: String,
        /// All of our standard error.
        stderr: String,
        /// Our exit status.
        status: i32,
        /// Why stock is not followed.
        why: &'static str,
    },
    /// Standard output and exit status. Ours asks something else, and says this; the reason is given.
    Instead {
        /// All of our standard error.
        stderr: String,
        /// Netfn, command and data of all our requests.
        requests: Vec<(u8, u8, Vec<u8>)>,
        /// Why stock is not followed.
        why: &'static str,
    },
    /// Requests. Ours exits 1 with these lines on standard error, and nothing on standard output: the reason is given.
    Ours {
        /// All of standard error.
        stderr: String,
        /// Why stock is not followed.
        why: &'static str,
    },
}

#[test]
fn info_power_raw_and_session_do_what_stock_does() {
    check(&cases::all());
}

#[test]
fn chassis_does_what_stock_does() {
    check(&chassis_cases::all());
}

#[test]
fn mc_does_what_stock_does() {
    check(&mc_cases::all());
}

#[test]
fn sdr_and_sensor_do_what_stock_does() {
    check(&sdr_cases::all());
}

#[test]
fn i2c_does_what_stock_does() {
    check(&i2c_cases::all());
}

#[test]
fn pef_does_what_stock_does() {
    check(&pef_cases::all());
}

#[test]
fn spd_does_what_stock_does() {
    check(&spd_cases::all());
}

#[test]
fn shell_exec_set_and_echo_do_what_stock_does() {
    let files = tempfile::tempdir().unwrap();
    check(&shell_cases::all(files.path()));
}

#[test]
fn lan_does_what_stock_does() {
    check(&lan_cases::all());
}

#[test]
fn lan_waits_as_long_as_stock_does() {
    check(&lan_cases::slow());
}

#[test]
fn lan6_does_what_stock_does() {
    check(&lan6_cases::all());
}

#[test]
fn user_does_what_stock_does() {
    check(&user_cases::all());
}

#[test]
fn channel_does_what_stock_does() {
    check(&channel_cases::all());
}

#[test]
fn dcmi_does_what_stock_does() {
    check(&dcmi_cases::all());
}

#[test]
fn event_does_what_stock_does() {
    let files = tempfile::tempdir().unwrap();
    check(&event_cases::all(files.path()));
}

#[test]
fn nm_does_what_stock_does() {
    check(&nm_cases::all());
}

#[test]
fn sel_does_what_stock_does() {
    check(&sel_cases::all());
}

#[test]
fn fru_does_what_stock_does() {
    let files = tempfile::tempdir().unwrap();
    check(&fru_cases::all(files.path()));
}

#[test]
fn fru_reads_and_edits_makers_records_as_its_help_says() {
    let files = tempfile::tempdir().unwrap();
    let home = home();
    for case in fru_cases::alone(files.path()) {
        let (ours, typed) = (binaries::ours(), case.typed.as_deref());
        let mine = run_typed(
            &ours,
            &case.arguments,
            &case.script,
            home.path(),
            typed,
            PATIENCE,
        );
        assert_eq!(difference(&case, &mine, &mine), None);
    }
}

#[test]
fn sol_does_what_stock_does() {
    check(&sol_cases::all());
}

/// Runs every case with both programs, prints how many there were of each verb, and fails where any differs.
fn check(all: &[Case]) {
    let home = home();
    let (ours, stock) = (binaries::ours(), binaries::stock());
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some(case) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let run = |program| {
                        let typed = case.typed.as_deref();
                        run_typed(
                            program,
                            &case.arguments,
                            &case.script,
                            home.path(),
                            typed,
                            PATIENCE,
                        )
                    };
                    let theirs = probes_aside(run(&stock));
                    let mut mine = run(&ours);
                    if ASKED_WHEN_NEEDED.contains(&case.verb.split(' ').next().unwrap_or_default())
                    {
                        mine.requests.retain(|request| !is_probe(request));
                        mine.stderr = without_probes(&mine.stderr);
                    }
                    if let Some(difference) = difference(case, &theirs, &mine) {
                        failures.lock().unwrap().push(difference);
                    }
                }
            });
        }
    });
    print_table(all);
    let failures = failures.into_inner().unwrap();
    for failure in failures.iter().take(SHOWN) {
        println!("{failure}");
    }
    assert!(
        failures.is_empty(),
        "{} of {} cases differ",
        failures.len(),
        all.len()
    );
}

/// The real registry of enterprise numbers, which the other cases replace by a short one to be quick.
#[test]
fn manufacturers_are_named_from_the_systems_registry() {
    let (ours, stock) = (binaries::ours(), binaries::stock());
    let nowhere = tempfile::tempdir().unwrap();
    let some = [
        343, 674, 10876, 23134, 32767, 47196, 60000, 61910, 61911, 123_456,
    ];
    for number in some.into_iter().chain((1..61_910).step_by(1301)) {
        let case = cases::manufacturer(number);
        let theirs = probes_aside(run(&stock, &case.arguments, &case.script, nowhere.path()));
        let mine = run(&ours, &case.arguments, &case.script, nowhere.path());
        assert_eq!(difference(&case, &theirs, &mine), None);
    }
}

/// Both are told where no BMC is.
#[test]
fn a_missing_socket_is_reported_alike() {
    for program in [binaries::ours(), binaries::stock()] {
        let output = std::process::Command::new(program)
            .args(["-I", "dummy", "power", "status"])
            .env("IPMI_DUMMY_SOCK", "/nonexistent/socket")
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1));
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            stderr,
            "dummy failed on connect(): : No such file or directory\n"
        );
    }
}

fn difference(case: &Case, theirs: &Run, mine: &Run) -> Option<String> {
    let mut text = String::new();
    let same_streams = |text: &mut String, name: &str, theirs: &[u8], mine: &[u8]| {
        if theirs != mine {
            let (theirs, mine) = (
                String::from_utf8_lossy(theirs),
                String::from_utf8_lossy(mine),
            );
            let (theirs, mine) = from_first_difference(&theirs, &mine);
            writeln!(text, "  {name}: stock {theirs:?}\n  {name}: ours  {mine:?}").unwrap();
        }
    };
    match &case.expect {
        Expect::Same => {
            same_streams(&mut text, "stdout", &theirs.stdout, &mine.stdout);
            same_streams(&mut text, "stderr", &theirs.stderr, &mine.stderr);
            if theirs.status != mine.status {
                writeln!(text, "  stock {}, ours {}", theirs.status, mine.status).unwrap();
            }
        }
        Expect::ReadBack(status) => {
            same_streams(&mut text, "stdout", &theirs.stdout, &mine.stdout);
            let said = [theirs, mine].map(|run| about_writing(&run.stderr));
            same_streams(&mut text, "stderr", &said[0], &said[1]);
            if mine.status.code() != Some(*status) {
                writeln!(text, "  stock {}, ours {}", theirs.status, mine.status).unwrap();
            }
        }
        Expect::SameComplaint => same_streams(&mut text, "stderr", &theirs.stderr, &mine.stderr),
        Expect::Differs {
            stdout,
            stderr,
            status,
            ..
        } => {
            let wanted = stdout.as_ref().map_or(&theirs.stdout[..], String::as_bytes);
            same_streams(&mut text, "stdout", wanted, &mine.stdout);
            let wanted = stderr.as_ref().map_or(&theirs.stderr[..], String::as_bytes);
            same_streams(&mut text, "stderr", wanted, &mine.stderr);
            if mine.status.code() != status.or(theirs.status.code()) {
                writeln!(text, "  stock {}, ours {}", theirs.status, mine.status).unwrap();
            }
        }
        Expect::Unlike {
            stdout,
            stderr,
            status,
            ..
        } => {
            same_streams(&mut text, "stdout", stdout.as_bytes(), &mine.stdout);
            same_streams(&mut text, "stderr", stderr.as_bytes(), &mine.stderr);
            if mine.status.code() != Some(*status) {
                writeln!(text, "  ours {}", mine.status).unwrap();
            }
        }
        Expect::Instead { stderr, .. } => {
            same_streams(&mut text, "stdout", &theirs.stdout, &mine.stdout);
            same_streams(&mut text, "stderr", stderr.as_bytes(), &mine.stderr);
            if theirs.status != mine.status {
                writeln!(text, "  stock {}, ours {}", theirs.status, mine.status).unwrap();
            }
        }
        Expect::Ours { stderr, .. } => {
            same_streams(&mut text, "stdout", b"", &mine.stdout);
            same_streams(&mut text, "stderr", stderr.as_bytes(), &mine.stderr);
            if mine.status.code() != Some(1) {
                writeln!(text, "  ours {}", mine.status).unwrap();
            }
        }
    }
    // A deviation may leave requests out that stock sends afterwards, but may not send others.
    let agreed = match &case.expect {
        Expect::Instead { requests, .. } => {
            let asked = mine.requests.iter();
            let asked = asked.map(|request| (request.netfn, request.cmd, request.data.clone()));
            asked.eq(requests.iter().cloned())
        }
        Expect::Ours { .. } | Expect::Differs { .. } => theirs.requests.starts_with(&mine.requests),
        Expect::Unlike { .. } => true,
        Expect::ReadBack(_) => {
            let (first, rest) = mine
                .requests
                .split_at(theirs.requests.len().min(mine.requests.len()));
            first == theirs.requests
                && !rest.is_empty()
                && rest
                    .iter()
                    .all(|request| (request.netfn, request.cmd) == (0x0a, 0x11))
        }
        _ => theirs.requests == mine.requests,
    };
    if !agreed {
        writeln!(
            text,
            "  stock asks {:x?}\n  ours asks  {:x?}",
            theirs.requests, mine.requests
        )
        .unwrap();
    }
    (!text.is_empty()).then(|| format!("{}: {:?}\n{text}", case.verb, case.arguments))
}

/// What `-v` says of an inventory that is written, without the requests.
fn about_writing(stderr: &[u8]) -> Vec<u8> {
    let said = |line: &&[u8]| line.first().is_some_and(u8::is_ascii_uppercase);
    let lines = stderr.split(|byte| *byte == b'\n').filter(said);
    lines.collect::<Vec<_>>().join(&b'\n')
}

/// The first lines that differ, of both.
fn from_first_difference<'a>(theirs: &'a str, mine: &'a str) -> (&'a str, &'a str) {
    let (mut left, mut right) = (theirs.split_inclusive('\n'), mine.split_inclusive('\n'));
    loop {
        match (left.next(), right.next()) {
            (Some(a), Some(b)) if a == b => {}
            (a, b) => return (a.unwrap_or_default(), b.unwrap_or_default()),
        }
    }
}

/// Without the PICMG and VITA probes at its start, and what `-v` says up to their end.
fn probes_aside(mut run: Run) -> Run {
    let probes = run.requests.iter().take_while(|request| is_probe(request));
    run.requests.drain(..probes.count());
    let text = String::from_utf8_lossy(&run.stderr).into_owned();
    if let Some((before, after)) = text.split_once("Discovered IPMB address 0x0\n") {
        // From -vv on: the version, which stays, and a line about addresses, which goes.
        let version = before
            .split_once("Loading IANA")
            .map_or("", |(version, _)| version);
        let after = match after.split_once('\n') {
            Some((line, rest)) if line.starts_with("Interface address:") => {
                rest.strip_prefix('\n').unwrap_or(rest)
            }
            _ => after,
        };
        run.stderr = format!("{version}{after}").into_bytes();
    }
    run
}

/// Asks whether a BMC speaks PICMG, or VITA, and which address it then has.
fn is_probe(request: &Request) -> bool {
    matches!(
        (request.netfn, request.cmd, &request.data[..]),
        (0x2c, 0x00, [0x00 | 0x03]) | (0x2c, 0x01, [0x00]) | (0x2c, 0x40, [0x03])
    )
}

/// What `-v` says of requests and answers over `dummy`, without those of the probes.
fn without_probes(stderr: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(stderr);
    let (begin, end) = (
        ">>> IPMI req\nmsg.data_len: 1\nmsg.netfn: 2c\nmsg.cmd: 0\n",
        "<<<\n",
    );
    let mut parts = text.split(begin);
    let mut rest = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        rest.push_str(part.split_once(end).map_or("", |(_, after)| after));
    }
    rest.into_bytes()
}

/// Verbs that ask whether the BMC speaks PICMG or VITA only where the answer matters.
const ASKED_WHEN_NEEDED: [&str; 5] = ["sel", "sdr", "sensor", "event", "shelves"];

fn print_table(all: &[Case]) {
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for case in all {
        let (cases, deviations) = counts.entry(case.verb).or_default();
        *cases += 1;
        if let Expect::Ours { why, .. }
        | Expect::Differs { why, .. }
        | Expect::Unlike { why, .. }
        | Expect::Instead { why, .. } = &case.expect
        {
            *deviations += 1;
            *reasons.entry(why).or_default() += 1;
        }
    }
    println!("{:<16} {:>6} {:>10}", "verb", "cases", "deviations");
    for (verb, (cases, deviations)) in counts {
        println!("{verb:<16} {cases:>6} {deviations:>10}");
    }
    println!("{:<16} {:>6}", "all", all.len());
    for (why, count) in reasons {
        println!("deviation, {count} cases: {why}");
    }
}

/// A home directory with a short registry: stock reads all of it at every start.
fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let registry = home
        .path()
        .join(".local/usr/share/misc/enterprise-numbers.txt");
    std::fs::create_dir_all(registry.parent().unwrap_or(Path::new("/"))).unwrap();
    std::fs::write(registry, REGISTRY).unwrap();
    home
}

const REGISTRY: &str = "PRIVATE ENTERPRISE NUMBERS

Decimal
| Organization
| | Contact
0
  Reserved
    Nobody
343
  Intel Corporation
    Somebody
10876
  Super Micro Computer Inc.
    Somebody
12345
   Too deep
    Somebody
12346
  T\u{e9}l\u{e9}com
    Somebody
343
  The same again
    Somebody
1048575
  Not this one
    Somebody
";

const WORKERS: usize = 6;

/// The longest that a case may take: longer than the longest that stock waits for a BMC.
const PATIENCE: Duration = Duration::from_secs(90);

/// Differences printed at most.
const SHOWN: usize = 20;
