//! Every cipher suite that an independent BMC masters.
//!
//! `ipmi_sim` 2.0.33 masters 0, 1, 2, 3, 6 and 11: with HMAC-MD5-128 and with AES under HMAC-MD5 no client gets past
//! the handshake (FreeIPMI times out, stock fails at Set Session Privilege Level), and it knows no SHA-256.
//! pyghmi's BMC knows suite 3 only.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::time::Duration;

use compat_tests::bmcsim::BmcSim;
use compat_tests::client::OnTerminal;
use compat_tests::fakebmc::FakeBmc;
use compat_tests::ipmi_sim::{IpmiSim, PASSWORD, USER};
use compat_tests::rig::{BANNER, ENVIRONMENT, Finished, Who, run};

macro_rules! masters {
    ($($name:ident $suite:literal;)*) => {
        $(
            #[test]
            fn $name() {
                let bmc = IpmiSim::start();
                answers(&with_suite(bmc.address(), $suite, &["mc", "info"]));
                console_works(&bmc, $suite);
            }
        )*
    };
}

masters! {
    suite_0_on_ipmi_sim "0";
    suite_1_on_ipmi_sim "1";
    suite_2_on_ipmi_sim "2";
    suite_3_on_ipmi_sim "3";
    suite_6_on_ipmi_sim "6";
    suite_11_on_ipmi_sim "11";
}

#[test]
fn suite_3_on_pyghmis_bmc() {
    let bmc = FakeBmc::start(None);
    answers(&with_suite(bmc.address(), "3", &["mc", "info"]));
}

#[test]
fn suite_3_with_a_key_on_pyghmis_bmc() {
    let bmc = FakeBmc::start(Some("a key of its own"));
    answers(&with_suite(
        bmc.address(),
        "3",
        &["-k", "a key of its own", "mc", "info"],
    ));
}

/// pyghmi's BMC answers Get Channel Cipher Suites with suite 3 alone.
#[test]
fn without_a_suite_pyghmis_own_is_found() {
    let bmc = FakeBmc::start(None);
    let done = without_suite(bmc.address());
    answers(&done);
    assert!(done.took < Duration::from_secs(5), "{done:?}");
}

/// `ipmi_sim` never answers Get Channel Cipher Suites and refuses suite 17. Stock stalls for 10 s and then uses 3.
#[test]
fn without_a_suite_a_silent_bmc_costs_no_long_stall() {
    let bmc = IpmiSim::start();
    let done = without_suite(bmc.address());
    answers(&done);
    assert!(done.took < Duration::from_secs(5), "{done:?}");
}

fn console_works(bmc: &IpmiSim, suite: &str) {
    let words = ["sol", "activate"];
    let done = with_suite(bmc.address(), suite, &words);
    assert_eq!(done.code, Some(0), "suite {suite}: {done:?}");
    assert!(done.stdout.contains(BANNER), "suite {suite}: {done:?}");
}

fn answers(done: &Finished) {
    assert_eq!((done.code, done.stderr.as_str()), (Some(0), ""), "{done:?}");
    assert!(
        done.stdout.contains("IPMI Version              : 2.0"),
        "{done:?}"
    );
}

fn with_suite(bmc: std::net::SocketAddr, suite: &str, words: &[&str]) -> Finished {
    let words: Vec<&str> = ["-C", suite].iter().chain(words).copied().collect();
    ours(bmc, &words)
}

fn without_suite(bmc: std::net::SocketAddr) -> Finished {
    ours(bmc, &["mc", "info"])
}

fn ours(bmc: std::net::SocketAddr, words: &[&str]) -> Finished {
    client(Who::Ours, bmc, words)
}

fn client(who: Who, bmc: std::net::SocketAddr, words: &[&str]) -> Finished {
    let all = arguments("lanplus", bmc, words);
    run(&who.program(), &all, &ENVIRONMENT, Duration::from_secs(40))
}

fn arguments(interface: &str, bmc: std::net::SocketAddr, words: &[&str]) -> Vec<String> {
    let (host, port) = (bmc.ip().to_string(), bmc.port().to_string());
    let before = ["-I", interface, "-H", &host, "-p", &port, "-U", USER, "-E"];
    let all = before.iter().chain(words);
    all.map(|&word| word.to_owned()).collect()
}

#[test]
fn what_a_session_leaves_open_is_told_once_on_a_terminal_and_never_to_a_script() {
    let bmc = BmcSim::start(&["--suite-zero"]);
    for (interface, options, warning) in [
        (
            "lan",
            ["-A", "MD5"],
            "[IPMI 1.5, authentication MD5: packets can be read on the way]",
        ),
        (
            "lan",
            ["-A", "NONE"],
            "[IPMI 1.5, authentication NONE: nobody is authenticated and nothing is protected]",
        ),
        (
            "lan",
            ["-A", "PASSWORD"],
            "[IPMI 1.5, authentication PASSWORD: the password and all packets can be read, and packets forged, on the way]",
        ),
        (
            "lanplus",
            ["-C", "2"],
            "[cipher suite 2: packets can be read on the way]",
        ),
        ("lanplus", ["-C", "17"], ""),
    ] {
        let words = [options[0], options[1], "mc", "info"];
        let arguments = arguments(interface, bmc.address(), &words);
        let program = Who::Ours.program();
        let terminal = OnTerminal::start(&program, &arguments, &ENVIRONMENT);
        assert!(terminal.wait(Duration::from_secs(40)).is_some());
        assert!(
            terminal
                .screen
                .wait_for("IPMI Version", Duration::from_secs(10))
        );
        let shown = terminal.screen.text();
        let brackets: Vec<&str> = shown.lines().filter(|line| line.starts_with('[')).collect();
        let expected: Vec<&str> = Some(warning)
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect();
        assert_eq!(brackets, expected, "{shown}");
        let done = run(&program, &arguments, &ENVIRONMENT, Duration::from_secs(40));
        answers(&done);
    }
}

/// Ours on our own simulator; that this proves something is for the next two tests to say.
#[test]
fn every_suite_on_bmcsim() {
    let bmc = BmcSim::start(&["--suite-zero"]);
    for suite in [
        "0", "1", "2", "3", "6", "7", "8", "11", "12", "15", "16", "17",
    ] {
        let done = with_suite(bmc.address(), suite, &["mc", "info"]);
        assert_eq!(done.code, Some(0), "suite {suite}: {done:?}");
    }
}

/// Stock aborts at 11 and 12.
#[test]
fn stock_speaks_its_suites_with_bmcsim() {
    let bmc = BmcSim::start(&["--suite-zero"]);
    for suite in ["0", "1", "2", "3", "6", "7", "8", "15", "16", "17"] {
        let done = client(Who::Stock, bmc.address(), &["-C", suite, "mc", "info"]);
        assert_eq!(done.code, Some(0), "suite {suite}: {done:?}");
    }
}

/// FreeIPMI is the one independent client that masters 11 and 12.
#[test]
fn freeipmi_speaks_every_suite_with_bmcsim() {
    let bmc = BmcSim::start(&["--suite-zero"]);
    let host = bmc.address().to_string();
    for suite in [
        "0", "1", "2", "3", "6", "7", "8", "11", "12", "15", "16", "17",
    ] {
        let words = [
            "-D", "LAN_2_0", "-h", &host, "-u", USER, "-p", PASSWORD, "-I", suite, "-l", "ADMIN",
        ];
        let words: Vec<String> = words
            .iter()
            .chain(&["--get-device-id"])
            .map(|&word| word.to_owned())
            .collect();
        let done = run(
            "/usr/sbin/bmc-info".as_ref(),
            &words,
            &[],
            Duration::from_secs(40),
        );
        assert_eq!(done.code, Some(0), "suite {suite}: {done:?}");
        assert!(done.stdout.contains("Device ID"), "suite {suite}: {done:?}");
    }
}
