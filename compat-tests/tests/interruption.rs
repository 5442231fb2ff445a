//! A signal closes the session, and then the process ends as stock's does.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::net::SocketAddr;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use compat_tests::bmcsim::BmcSim;
use compat_tests::client::{Input, Piped, wait_until};
use compat_tests::relay::{Direction, Fate, Relay};
use compat_tests::rig::{ENVIRONMENT, Who, arguments, run};
use nix::sys::signal::Signal;

#[test]
fn a_signal_while_a_command_waits_closes_the_session() {
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
        // Open Session, RAKP 1 and RAKP 3 have gone by, and the privilege level and the command after them: one by one,
        // or together.
        for packets in 4..=5 {
            interrupted_after(packets, signal, &["raw", "6", "1"]);
        }
        interrupted_after(5, signal, &["mc", "info"]);
    }
}

/// Capabilities, challenge and activation have gone by, and one or two commands after them; or the activation is on its
/// way: the BMC will hold the session for open.
#[test]
fn a_signal_closes_a_session_of_ipmi_1_5_too() {
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
        for packets in 3..=5 {
            interrupted_after(packets, signal, &["-I", "lan", "raw", "6", "1"]);
        }
        // These two go out together.
        interrupted_after(5, signal, &["-I", "lan", "mc", "info"]);
    }
}

/// RAKP 3 is on its way: the BMC will hold the session for open.
#[test]
fn a_signal_during_the_handshake_leaves_no_session() {
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        interrupted_after(3, signal, &["mc", "info"]);
    }
}

#[test]
fn a_signal_before_the_console_begins_closes_the_session() {
    for packets in [3, 4] {
        for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
            interrupted_after(packets, signal, &["sol", "activate"]);
        }
    }
}

#[test]
fn a_bmc_that_has_fallen_silent_is_not_waited_for() {
    let bmc = BmcSim::start(&[]);
    let relay = slow_relay(bmc.address());
    let mut client = start(relay.address(), &["mc", "info"]);
    wait_for_packets(&relay, 5);
    relay.set_both(|faults| faults.black_out = true);
    let begun = Instant::now();
    client.signal(Signal::SIGTERM);
    let status = client.wait(Duration::from_secs(10)).expect("it ends");
    assert_eq!(status.signal(), Some(Signal::SIGTERM as i32));
    assert!(
        begun.elapsed() < Duration::from_millis(1500),
        "{:?}",
        begun.elapsed()
    );
}

#[test]
fn a_host_that_never_answered_is_not_waited_for() {
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    for words in [&["mc", "info"][..], &["sol", "activate"]] {
        let mut client = start(silent.local_addr().unwrap(), words);
        silent.recv_from(&mut [0; 512]).unwrap();
        let begun = Instant::now();
        client.signal(Signal::SIGINT);
        let status = client.wait(Duration::from_secs(10)).expect("it ends");
        assert_ended(&client, status, Signal::SIGINT);
        assert!(
            begun.elapsed() < Duration::from_secs(1),
            "{:?}",
            begun.elapsed()
        );
    }
}

#[test]
fn what_nohup_has_started_does_not_hang_up() {
    let bmc = BmcSim::start(&[]);
    let relay = slow_relay(bmc.address());
    let ours = Who::Ours.program();
    let ignoring = [
        "-c",
        "trap '' HUP; exec \"$0\" \"$@\"",
        ours.to_str().unwrap(),
    ];
    let all: Vec<String> = ignoring
        .map(str::to_owned)
        .into_iter()
        .chain(arguments(relay.address(), &["raw", "6", "1"]))
        .collect();
    let mut client = Piped::start(Path::new("sh"), &all, &ENVIRONMENT, Input::Null);
    wait_for_packets(&relay, 4);
    client.signal(Signal::SIGHUP);
    let status = client.wait(Duration::from_secs(20)).expect("it ends");
    assert_eq!(status.code(), Some(0), "{}", client.stderr.text());
}

/// The client is interrupted when this many of its packets have passed, while it waits for the answer to the last.
fn interrupted_after(packets: usize, signal: Signal, words: &[&str]) {
    let bmc = BmcSim::start(&[]);
    let relay = slow_relay(bmc.address());
    let mut client = start(relay.address(), words);
    wait_for_packets(&relay, packets);
    client.signal(signal);
    let status = client.wait(Duration::from_secs(10)).expect("it ends");
    assert_ended_over(&client, status, signal, words);

    let looking = arguments(bmc.address(), &["session", "info", "active"]);
    let found = run(
        &Who::Ours.program(),
        &looking,
        &ENVIRONMENT,
        Duration::from_secs(20),
    );
    let only_this = "active sessions               : 1\n";
    assert!(
        found.stdout.contains(only_this),
        "{signal} after {packets} packets of {words:?}: {found:?}"
    );
}

fn assert_ended(client: &Piped, status: ExitStatus, signal: Signal) {
    assert_ended_over(client, status, signal, &[]);
}

/// The words say over which interface.
fn assert_ended_over(client: &Piped, status: ExitStatus, signal: Signal, words: &[&str]) {
    let said = client.stdout.text();
    let interface = match words.contains(&"lan") {
        true => "IPMI v1.5 LAN",
        false => "IPMI v2.0 RMCP+ LAN",
    };
    if signal == Signal::SIGINT {
        let farewell = format!("\nSIGN INT: Close Interface {interface} Interface\n");
        assert_eq!(
            (status.code(), said.as_str()),
            (Some(255), farewell.as_str()),
            "{}",
            client.stderr.text()
        );
    } else {
        assert_eq!(
            (status.signal(), said.as_str()),
            (Some(signal as i32), ""),
            "{}",
            client.stderr.text()
        );
    }
    assert_eq!(client.stderr.text(), "", "{signal}");
}

fn start(bmc: SocketAddr, words: &[&str]) -> Piped {
    Piped::start(
        &Who::Ours.program(),
        &arguments(bmc, words),
        &ENVIRONMENT,
        Input::Pipe,
    )
}

/// Answers take a while, so that a signal comes before them, yet less than a client waits before it repeats itself.
fn slow_relay(bmc: SocketAddr) -> Relay {
    let relay = Relay::to(bmc);
    relay.set(Direction::ToClient, |faults| {
        faults.delay = Duration::from_millis(150)
    });
    relay
}

fn wait_for_packets(relay: &Relay, count: usize) {
    let sent = || relay.count(Direction::ToBmc, Fate::Passed);
    assert!(
        wait_until(Duration::from_secs(20), || sent() >= count),
        "only {} packets",
        sent()
    );
    assert_eq!(sent(), count, "too late to interrupt there");
}
