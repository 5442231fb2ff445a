//! What `-v` and more say of a session: the lines that scripts look for, at the levels where stock says them.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::net::SocketAddr;
use std::time::Duration;

use compat_tests::bmcsim::BmcSim;
use compat_tests::ipmi_sim::{IpmiSim, PASSWORD, USER};
use compat_tests::rig::{ENVIRONMENT, Finished, Who, run};

#[test]
fn lines_that_scripts_look_for_come_with_as_many_v_as_in_stock() {
    let bmc = BmcSim::start(&[]);
    for (line, from) in LINES {
        for count in 0..=3 {
            for who in [Who::Stock, Who::Ours] {
                let said = said(&told(who, bmc.address(), count, USER, PASSWORD));
                let there = said.lines().any(|each| each.starts_with(line));
                assert_eq!(
                    there,
                    count >= from,
                    "{who:?}, {count} times -v, {line:?}: {said}"
                );
            }
        }
    }
}

/// xCAT's `bmcdiscover.pm` looks for `RAKP \d+ message indicates an error : (.+)\nError: (.+)`.
#[test]
fn a_refusal_stands_directly_before_the_last_line() {
    let bmc = IpmiSim::start();
    for count in 1..=5 {
        let done = told(Who::Ours, bmc.address(), count, "nobody", PASSWORD);
        let end = "\nRAKP 2 message indicates an error : unauthorized name\nError: Unable to establish IPMI v2 / RMCP+ session\n";
        assert!(
            format!("\n{}", done.stderr).ends_with(end),
            "{count} times -v: {done:?}"
        );
        let done = told(Who::Ours, bmc.address(), count, USER, "wrong");
        let before = done
            .stderr
            .strip_suffix("Error: Unable to establish IPMI v2 / RMCP+ session\n");
        let reason = before.and_then(|before| before.lines().last());
        assert!(
            reason.is_some_and(|reason| reason.contains("RAKP 2 HMAC is invalid")),
            "{done:?}"
        );
    }
}

/// Stock shows the password in hexadecimal from `-vvv` on, and what it can be guessed from.
#[test]
fn nothing_is_said_that_gives_the_password_away() {
    let bmc = BmcSim::start(&[]);
    let done = told(Who::Ours, bmc.address(), 6, USER, PASSWORD);
    assert_eq!(done.code, Some(0), "{done:?}");
    let said = said(&done);
    assert!(said.contains("packet ("), "{said}");
    let hex: Vec<String> = PASSWORD.bytes().map(|byte| format!("{byte:02x}")).collect();
    for secret in [PASSWORD, &hex.join(" "), &hex.concat()] {
        assert!(!said.contains(secret), "{said}");
    }
    for name in [" mac ", "K1", "K2", "integrity key"] {
        assert!(!said.contains(name), "{name}: {said}");
    }
}

#[test]
fn success_without_v_says_nothing() {
    let bmc = IpmiSim::start();
    assert_eq!(told(Who::Ours, bmc.address(), 0, USER, PASSWORD).stderr, "");
}

fn told(who: Who, bmc: SocketAddr, count: usize, user: &str, password: &str) -> Finished {
    let (host, port) = (bmc.ip().to_string(), bmc.port().to_string());
    let verbose = format!("-{}", "v".repeat(count));
    let mut options = vec![
        "-I", "lanplus", "-H", &host, "-p", &port, "-U", user, "-P", password,
    ];
    if count > 0 {
        options.push(&verbose);
    }
    options.extend(["raw", "6", "1"]);
    let options: Vec<String> = options.into_iter().map(str::to_owned).collect();
    run(
        &who.program(),
        &options,
        &ENVIRONMENT[1..],
        Duration::from_secs(30),
    )
}

fn said(done: &Finished) -> String {
    format!("{}\n{}", done.stdout, done.stderr)
}

/// How they begin, and from how many `-v` on they are said.
const LINES: [(&str, usize); 10] = [
    ("Using best available cipher suite 17", 1),
    ("RAW RSP (15 bytes)", 1),
    (">> SENDING AN OPEN SESSION REQUEST", 2),
    ("<<OPEN SESSION RESPONSE", 2),
    ("<<  BMC Session ID                     : 0x", 2),
    ("<<RAKP 2 MESSAGE", 2),
    ("IPMIv2 / RMCP+ SESSION OPENED SUCCESSFULLY", 2),
    ("Set Session Privilege Level to ADMINISTRATOR", 2),
    (">> Sending IPMI command payload", 2),
    ("Closed Session ", 2),
];
