//! conserver and conman, the real daemons, with our program behind the examples' configurations; and what systemd is told.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::os::unix::net::UnixDatagram;
use std::process::Command;
use std::time::Duration;

use compat_tests::binaries;
use compat_tests::bmcsim::BmcSim;
use compat_tests::client::{Input, Piped, wait_until};
use compat_tests::ipmi_sim::{PASSWORD, USER};
use compat_tests::peer::{Peer, free_port};
use compat_tests::rig::{ENVIRONMENT, arguments};

#[test]
fn conserver_keeps_a_complete_log() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let bmc = BmcSim::start(&["--serial", COUNTING]);
    let text =
        example("conserver.cf", &bmc, &path("password")).replace("/var/consoles/", &path(""));
    std::fs::write(path("cf"), text).unwrap();
    std::fs::write(path("passwd"), "").unwrap();
    let mut command = Command::new("/usr/sbin/conserver");
    command.args(["-C", &path("cf"), "-P", &path("passwd"), "-M", "127.0.0.1"]);
    command.args([
        "-p",
        &free_port().to_string(),
        "-b",
        &free_port().to_string(),
    ]);
    command.args(["-L", &path("server.log"), "-U", &path("unified.log")]);
    complete(command, &path("node1"));
}

#[test]
fn conman_keeps_a_complete_log() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let bmc = BmcSim::start(&["--serial", COUNTING]);
    let text = example("conman.conf", &bmc, &path("password"))
        .replace("/var/log/conman", &folder.path().display().to_string())
        .replace("/var/run/conmand.pid", &path("pid"))
        .replace("7890", &free_port().to_string());
    std::fs::write(path("conf"), text).unwrap();
    let mut command = Command::new("/usr/sbin/conmand");
    command.args(["-F", "-c", &path("conf")]);
    complete(command, &path("console.node1"));
}

#[test]
fn systemd_finds_nothing_wrong_with_the_example_unit() {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(binaries::workspace().join("examples/sol-capture@.service"))
        .unwrap();
    let ours = binaries::ours().display().to_string();
    let unit = folder.path().join("sol-capture@node1-bmc.service");
    std::fs::write(&unit, text.replace("/usr/local/bin/ipmitool", &ours)).unwrap();
    let verdict = Command::new("systemd-analyze")
        .arg("verify")
        .arg("--man=no")
        .arg(&unit)
        .output()
        .expect("systemd-analyze");
    let words = String::from_utf8_lossy(&verdict.stderr).into_owned();
    // Of its other units a machine may complain as it likes.
    assert!(!words.contains("sol-capture"), "{words}");
    assert!(verdict.status.success() || !words.is_empty(), "{verdict:?}");
}

#[test]
fn a_service_manager_is_told_of_readiness_life_state_and_end() {
    let folder = tempfile::tempdir().unwrap();
    let name = folder.path().join("notify");
    let socket = UnixDatagram::bind(&name).unwrap();
    socket
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    let heard = || {
        let mut bytes = [0; 4096];
        let count = socket.recv(&mut bytes).expect("a word in time");
        String::from_utf8_lossy(&bytes[..count]).into_owned()
    };
    let wait_for = |word: &str| while heard() != word {};
    let bmc = BmcSim::start(&["--serial", COUNTING]);
    let environment = [
        &ENVIRONMENT[..],
        &[
            ("NOTIFY_SOCKET", name.to_str().unwrap()),
            ("WATCHDOG_USEC", "500000"),
        ],
    ]
    .concat();
    let log = format!("log={}", folder.path().join("log").display());
    let mut capture = Piped::start(
        &binaries::ours(),
        &arguments(bmc.address(), &["sol", "capture", &log]),
        &environment,
        Input::Null,
    );
    // Ready before there is a session: waiting for a BMC is part of the work.
    assert_eq!(heard(), "READY=1");
    wait_for("STATUS=connected");
    (0..3).for_each(|_| wait_for("WATCHDOG=1"));
    capture.signal(nix::sys::signal::Signal::SIGTERM);
    wait_for("STOPPING=1");
    assert!(capture.wait(Duration::from_secs(30)).is_some());
}

/// One of our examples, with the simulated BMC and our program in it.
fn example(name: &str, bmc: &BmcSim, password: &str) -> String {
    std::fs::write(password, PASSWORD).unwrap();
    let text = std::fs::read_to_string(binaries::workspace().join("examples").join(name)).unwrap();
    let ours = format!(
        "{} -I lanplus -p {}",
        binaries::ours().display(),
        bmc.address().port()
    );
    text.replace("/usr/local/bin/ipmitool -I lanplus", &ours)
        .replace("node1-bmc", "127.0.0.1")
        .replace("-U admin", &format!("-U {USER}"))
        .replace("/etc/conserver/bmc.password", password)
        .replace("/etc/conman.password", password)
}

/// Runs the daemon until its log holds fifty numbered lines: none of them may be missing or stand twice.
fn complete(command: Command, log: &str) {
    let mut daemon = Peer::start(command, tempfile::tempdir().unwrap());
    let numbers = || -> Vec<u32> {
        let text = std::fs::read(log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text).into_owned();
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        whole
            .lines()
            .filter_map(|line| line.trim().strip_prefix("line ")?.parse().ok())
            .collect()
    };
    let enough = wait_until(Duration::from_secs(40), || numbers().len() >= 50);
    assert!(enough, "{:?}: {}", numbers(), daemon.words());
    assert!(daemon.is_running());
    daemon.signal(nix::sys::signal::Signal::SIGTERM);
    // It ends its children first, if it is left the time.
    for _ in 0..100 {
        if !daemon.is_running() {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    let got = numbers();
    assert!(got.windows(2).all(|pair| pair[1] == pair[0] + 1), "{got:?}");
}

/// A host that counts, ten lines a second.
const COUNTING: &str = "exec:sh -c 'i=0; while :; do i=$((i+1)); echo line $i; sleep 0.1; done'";
