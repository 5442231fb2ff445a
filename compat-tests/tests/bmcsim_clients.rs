//! Independent clients against `bmcsim`: none needs a workaround.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use compat_tests::binaries;
use compat_tests::bmcsim::BmcSim;
use compat_tests::client::{OnTerminal, wait_until};
use compat_tests::ipmi_sim::{PASSWORD, USER};
use compat_tests::rig::{BANNER, ENVIRONMENT, Finished, Who, run};
use compat_tests::serial::Serial;

const SOON: Duration = Duration::from_secs(20);

#[test]
fn stock_opens_sessions_with_every_suite_it_speaks_and_with_k_g() {
    let bmc = BmcSim::start(&["--suite-zero", "--kg", "a key of its own"]);
    for suite in ["0", "1", "2", "3", "6", "7", "8", "15", "16", "17"] {
        let options = ["-I", "lanplus", "-C", suite, "-k", "a key of its own"];
        let done = stock(bmc.address(), &options, &["mc", "info"]);
        assert_eq!(done.code, Some(0), "suite {suite}: {}", done.stderr);
        assert!(
            done.stdout.starts_with("Device ID"),
            "suite {suite}: {}",
            done.stdout
        );
    }
    let done = stock(
        bmc.address(),
        &["-I", "lanplus", "-C", "17"],
        &["mc", "info"],
    );
    assert_eq!(done.code, Some(1), "without the key");
}

#[test]
fn stock_opens_sessions_of_ipmi_1_5_with_every_type_it_speaks() {
    for personality in ["plain", "old"] {
        let bmc = BmcSim::start(&["--suite-zero", "--personality", personality]);
        for kind in ["NONE", "PASSWORD", "MD5"] {
            let done = stock(bmc.address(), &["-I", "lan", "-A", kind], &["mc", "info"]);
            assert_eq!(done.code, Some(0), "{personality} {kind}: {}", done.stderr);
        }
        // Debian's ipmitool has no MD2; FreeIPMI brings its own.
        for kind in ["NONE", "STRAIGHT_PASSWORD_KEY", "MD2", "MD5"] {
            let done = free_ipmi("bmc-info", bmc.address(), &["-D", "LAN", "-a", kind]);
            assert!(
                done.stdout.contains("Device ID"),
                "{personality} {kind}: {}",
                done.stderr
            );
        }
    }
}

#[test]
fn stock_s_everyday_verbs_work() {
    let bmc = BmcSim::start(&[]);
    for (words, wanted) in [
        ("mc info", "Device ID"),
        ("mc selftest", "Selftest: passed"),
        ("mc guid", "System GUID"),
        ("chassis status", "System Power         : on"),
        ("power status", "Chassis Power is on"),
        ("power off", "Chassis Power Control: Down/Off"),
        ("power status", "Chassis Power is off"),
        ("power on", "Chassis Power Control: Up/On"),
        ("sel info", "Entries"),
        ("sel list", "Asserted"),
        ("sdr list", "| ok"),
        ("sensor list", "| ok"),
        ("fru print", "FRU Device Description"),
        ("lan print 1", "MAC Address"),
        ("user list 1", USER),
        ("channel info 1", "802.3 LAN"),
        ("channel getciphers ipmi", "aes_cbc_128"),
        ("session info active", "IPMIv2/RMCP+"),
        ("sol info 1", "Enabled"),
        ("sol payload status 1", "enabled"),
    ] {
        let words: Vec<&str> = words.split(' ').collect();
        let done = stock(bmc.address(), &["-I", "lanplus", "-C", "17"], &words);
        assert_eq!(
            done.code,
            Some(0),
            "{words:?}: {}{}",
            done.stdout,
            done.stderr
        );
        assert!(done.stdout.contains(wanted), "{words:?}: {}", done.stdout);
    }
}

#[test]
fn freeipmi_s_tools_work() {
    let bmc = BmcSim::start(&[]);
    let cache = tempfile::tempdir().expect("a temporary directory");
    let place = format!("--sdr-cache-directory={}", cache.path().display());
    for (tool, options, wanted) in [
        ("bmc-info", &[][..], "Device ID"),
        ("ipmi-sensors", &[place.as_str()][..], "Temperature"),
        ("ipmi-sel", &[place.as_str()][..], "Event"),
        ("ipmi-fru", &[place.as_str()][..], "FRU"),
    ] {
        for suite in ["3", "17"] {
            let options = [&["-D", "LAN_2_0", "-I", suite, "-l", "ADMIN"][..], options].concat();
            let done = free_ipmi(tool, bmc.address(), &options);
            assert_eq!(done.code, Some(0), "{tool}: {}{}", done.stdout, done.stderr);
            assert!(done.stdout.contains(wanted), "{tool}: {}", done.stdout);
        }
    }
}

#[test]
fn stock_holds_a_console_on_a_shell() {
    let bmc = BmcSim::start(&["--serial", SHELL]);
    let console = OnTerminal::start(
        &binaries::stock(),
        &arguments(bmc.address(), LANPLUS, SOL),
        &ENVIRONMENT,
    );
    assert!(
        console.screen.wait_for(BANNER, SOON),
        "{}",
        console.screen.text()
    );
    use_shell(&console, 0, b"\r~.");
}

#[test]
fn freeipmi_s_console_holds_on_a_shell() {
    // It connects again to the port that the BMC names, and takes no other than 623 for its first connection.
    let bmc = BmcSim::start(&["--serial", SHELL, "--listen", "127.0.0.62:623"]);
    let words = [
        "-h",
        "127.0.0.62",
        "-u",
        USER,
        "-p",
        PASSWORD,
        "-I",
        "3",
        "-l",
        "ADMIN",
    ];
    let console = on_terminal(&in_path("ipmiconsole"), &words);
    assert!(
        console.screen.wait_for("[SOL established]", SOON),
        "{}{}",
        console.screen.text(),
        bmc.peer().words()
    );
    use_shell(&console, 0, b"&.");
}

#[test]
fn openipmi_s_console_holds_on_a_shell() {
    let bmc = BmcSim::start(&["--serial", SHELL]);
    let port = bmc.address().port().to_string();
    let words = [
        "lan",
        "-U",
        USER,
        "-P",
        PASSWORD,
        "-A",
        "rmcp+",
        "-p",
        &port,
        "127.0.0.1",
    ];
    let console = on_terminal(&in_path("solterm"), &words);
    assert!(
        console.screen.wait_for("Connected.", SOON),
        "{}",
        console.screen.text()
    );
    // It loses what is typed faster than one character a round trip.
    use_shell(&console, 30, b"~.");
}

#[test]
fn pyghmi_s_console_holds_on_a_shell() {
    let bmc = BmcSim::start(&["--serial", SHELL]);
    let script = "import sys, threading, time
from pyghmi.ipmi import console
out = []
c = console.Console(bmc='127.0.0.1', userid=sys.argv[2], password=sys.argv[3], port=int(sys.argv[1]), iohandler=out.append)
def text(): return b''.join(x for x in out if isinstance(x, bytes))
threading.Timer(1, lambda: c.send_data(b'\\r')).start()
threading.Timer(2, lambda: c.send_data(b\"seq 1 2000; echo FINI''SHED\\r\")).start()
end = time.time() + 15
while time.time() < end and b'FINISHED' not in text(): console.Console.wait_for_rsp(timeout=.2)
sys.stdout.write(text().decode())
";
    let port = bmc.address().port().to_string();
    let words = ["-c", script, &port, USER, PASSWORD].map(str::to_owned);
    let done = run(
        &binaries::pyghmi_python(),
        &words,
        &[],
        Duration::from_secs(30),
    );
    assert_eq!(
        numbers(&done.stdout),
        (1..=2000).collect::<Vec<u32>>(),
        "{}",
        done.stderr
    );
}

#[test]
fn a_killed_program_s_log_opens_again_with_all_it_had() {
    let serial = Serial::listen();
    let directory = tempfile::tempdir().expect("a temporary directory");
    let log = directory.path().join("console.log");
    let control = directory.path().join("control");
    let kind = format!("tcp:{}", serial.address());
    let options = [
        "--serial",
        &kind,
        "--log-file",
        &log.to_string_lossy(),
        "--control",
        &format!("unix:{}", control.display()),
    ]
    .map(str::to_owned);
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let bmc = BmcSim::start(&options);
    assert!(wait_until(SOON, || serial.is_connected()));
    serial.say(&[b'x'; 50_000]);
    assert!(wait_until(SOON, || order(&control, "stats").contains("\"end\":50000")));
    std::thread::sleep(Duration::from_millis(100));
    let before = epoch(&control);
    bmc.peer().signal(nix::sys::signal::Signal::SIGKILL);
    drop(bmc);
    let _bmc = BmcSim::start(&options);
    assert!(order(&control, "stats").contains("\"end\":50000"));
    assert_eq!(epoch(&control), before);
}

#[test]
fn orders_on_the_control_socket_are_carried_out() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let control = directory.path().join("control");
    let bmc = BmcSim::start(&["--control", &format!("unix:{}", control.display())]);
    let ask = |words: &[&str]| stock(bmc.address(), &["-I", "lanplus", "-C", "3"], words);
    assert_eq!(order(&control, "power status"), "ok on");
    assert_eq!(order(&control, "power off"), "ok");
    assert!(ask(&["power", "status"]).stdout.contains("off"));
    assert_eq!(order(&control, "sel add 01 30 01 57 10 20"), "ok");
    assert!(ask(&["sel", "list"]).stdout.contains("Temperature #0x30"));
    assert_eq!(order(&control, "fault completion 06:01 c0"), "ok");
    assert_ne!(ask(&["mc", "info"]).code, Some(0));
    assert_eq!(order(&control, "fault clear"), "ok");
    assert_eq!(order(&control, "fault busy 2s"), "ok");
    let done = ask(&["mc", "info"]);
    assert!(
        done.code == Some(0) && done.took > Duration::from_millis(1500),
        "{:?}",
        done.took
    );
    assert!(order(&control, "stats").starts_with("ok {"));
    assert!(order(&control, "fault flood").starts_with("error: fault 'flood'"));
    assert!(order(&control, "dance").starts_with("error: "));
}

#[test]
fn what_cannot_be_had_is_said_in_one_line_and_ends_with_1() {
    let bmc = BmcSim::start(&[]);
    let taken = bmc.address().to_string();
    for (words, wanted) in [
        (&["--listen", taken.as_str()][..], "cannot listen on"),
        (&["--inventory", "/nonexistent/file"], "/nonexistent/file"),
        (
            &["--password-file", "/nonexistent/file"],
            "/nonexistent/file",
        ),
        (&["--log-file", "/nonexistent/file"], "/nonexistent/file"),
        (&["--serial", "file:/nonexistent/file"], "/nonexistent/file"),
        (&["--fault", "flood"], "fault 'flood'"),
        (&["--bogus"], "--bogus"),
    ] {
        let words = [&["--listen", "127.0.0.1:0"][..], words].concat();
        let words: Vec<String> = words.iter().map(|word| word.to_string()).collect();
        let done = run(&binaries::bmcsim(), &words, &[], SOON);
        assert_eq!(done.code, Some(1), "{words:?}");
        assert_eq!(done.stderr.lines().count(), 1, "{words:?}: {}", done.stderr);
        assert!(done.stderr.contains(wanted), "{words:?}: {}", done.stderr);
    }
}

#[test]
fn every_personality_of_2_0_lets_stock_and_our_client_work_and_hold_a_console() {
    // Stock needs -o for Intel's deviations. A swapped port number is known as one only at the port that it means.
    for (personality, at, options) in [
        ("openbmc", None, &[][..]),
        ("supermicro", Some("127.0.0.63:623"), &[]),
        ("idrac", None, &[]),
        ("ilo", None, &[]),
        ("ipmi_sim", None, &[]),
        ("intelplus", None, &["-o", "intelplus"]),
    ] {
        let mut words = vec!["--personality", personality, "--serial", SHELL];
        words.extend(at.iter().flat_map(|at| ["--listen", at]));
        let options = [LANPLUS, options].concat();
        for who in [Who::Stock, Who::Ours] {
            // A BMC for each: OpenBMC's repeats to the one what the other read last.
            let bmc = BmcSim::start(&words);
            let address = at.map_or(bmc.address(), |at| at.parse().expect("an address"));
            let words = arguments(address, &options, &["mc", "info"]);
            let done = run(&who.program(), &words, &ENVIRONMENT, SOON);
            assert_eq!(done.code, Some(0), "{who:?} {personality}: {}", done.stderr);
            if personality == "intelplus" && who == Who::Stock {
                continue; // its serial port wants CTS asserted, which stock never does
            }
            let words = arguments(address, &options, SOL);
            let console = OnTerminal::start(&who.program(), &words, &ENVIRONMENT);
            assert!(
                console.screen.wait_for(BANNER, SOON),
                "{who:?} {personality}: {}",
                console.screen.text()
            );
            use_shell(&console, 0, b"\r~.");
        }
    }
}

/// A shell that says nothing but what it is asked.
const SHELL: &str = "exec:PS1='$ ' bash --norc --noprofile --noediting";
const LANPLUS: &[&str] = &["-I", "lanplus", "-C", "3"];
const SOL: &[&str] = &["sol", "activate"];

fn arguments(bmc: SocketAddr, options: &[&str], words: &[&str]) -> Vec<String> {
    let (host, port) = (bmc.ip().to_string(), bmc.port().to_string());
    let fixed = ["-H", &host, "-p", &port, "-U", USER, "-E"];
    options
        .iter()
        .chain(&fixed)
        .chain(words)
        .map(|word| word.to_string())
        .collect()
}

fn stock(bmc: SocketAddr, options: &[&str], words: &[&str]) -> Finished {
    run(
        &Who::Stock.program(),
        &arguments(bmc, options, words),
        &ENVIRONMENT,
        Duration::from_secs(60),
    )
}

fn free_ipmi(tool: &str, bmc: SocketAddr, options: &[&str]) -> Finished {
    let host = bmc.to_string();
    let fixed = ["-h", &host, "-u", USER, "-p", PASSWORD];
    let words: Vec<String> = fixed
        .iter()
        .chain(options)
        .map(|word| word.to_string())
        .collect();
    run(&in_path(tool), &words, &[], Duration::from_secs(60))
}

fn on_terminal(program: &Path, words: &[&str]) -> OnTerminal {
    let words: Vec<String> = words.iter().map(|word| word.to_string()).collect();
    OnTerminal::start(program, &words, &[])
}

fn in_path(tool: &str) -> PathBuf {
    let places = ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"];
    let found = places
        .iter()
        .map(|place| Path::new(place).join(tool))
        .find(|path| path.exists());
    found.unwrap_or_else(|| panic!("{tool} is not there: run compat-tests/setup-peers.sh"))
}

/// Asks the shell for numbers, sees them all come, and leaves with `goodbye`. `apart`: milliseconds between keys.
fn use_shell(console: &OnTerminal, apart: u64, goodbye: &[u8]) {
    console.type_in(b"\r");
    assert!(
        console.screen.wait_for("$ ", SOON),
        "{}",
        console.screen.text()
    );
    // The prompt seen may be the one before, and the next may come after the shell's echo: the numbers begin a line.
    for key in b"echo; seq 1 2000; echo FINI''SHED\r" {
        console.type_in(&[*key]);
        std::thread::sleep(Duration::from_millis(apart));
    }
    assert!(
        console.screen.wait_for("FINISHED", SOON),
        "{}",
        console.screen.text()
    );
    let text = console.screen.text();
    assert_eq!(numbers(&text), (1..=2000).collect::<Vec<u32>>(), "{text}");
    for key in goodbye {
        console.type_in(&[*key]);
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(console.wait(SOON).is_some(), "{}", console.screen.text());
}

/// Lines that are numbers.
fn numbers(text: &str) -> Vec<u32> {
    text.lines()
        .filter_map(|line| line.trim().parse().ok())
        .collect()
}

fn order(control: &Path, line: &str) -> String {
    let mut stream = UnixStream::connect(control).expect("the control socket");
    writeln!(stream, "{line}").expect("an order is taken");
    let mut answer = String::new();
    BufReader::new(stream)
        .read_line(&mut answer)
        .expect("an order is answered");
    answer.trim_end().to_owned()
}

fn epoch(control: &Path) -> String {
    let stats = order(control, "stats");
    let after = stats.split("\"epoch\":").nth(1).unwrap_or_default();
    after.split(',').next().unwrap_or_default().to_owned()
}
