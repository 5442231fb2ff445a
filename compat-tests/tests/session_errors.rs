//! When no session comes about: the reason stands on the line before stock's own last line, and it does not take
//! longer than stock takes.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::net::SocketAddr;
use std::time::Duration;

use compat_tests::bmcsim::BmcSim;
use compat_tests::client::{Input, Piped};
use compat_tests::fakebmc::FakeBmc;
use compat_tests::ipmi_sim::{IpmiSim, PASSWORD, USER};
use compat_tests::peer::free_port;
use compat_tests::rig::{BANNER, ENVIRONMENT, Finished, Who, arguments, run};

#[test]
fn a_wrong_password_is_named() {
    let bmc = IpmiSim::start();
    must_say(
        &try_with(bmc.address(), &["-U", USER, "-P", "wrong", "-C", "3"]),
        &["password"],
        AT_ONCE,
    );
}

#[test]
fn an_unknown_user_is_named() {
    let bmc = IpmiSim::start();
    must_say(
        &try_with(bmc.address(), &["-U", "nobody", "-P", PASSWORD, "-C", "3"]),
        &["user", "name"],
        AT_ONCE,
    );
}

#[test]
fn a_wrong_key_is_named() {
    let bmc = IpmiSim::start();
    let done = try_with(
        bmc.address(),
        &["-U", USER, "-P", PASSWORD, "-C", "3", "-k", "no such key"],
    );
    must_say(&done, &["k_g", "kg", "key"], AT_ONCE);
}

#[test]
fn a_missing_key_is_named() {
    let bmc = FakeBmc::start(Some("the key"));
    must_say(
        &try_with(bmc.address(), &["-U", USER, "-P", PASSWORD, "-C", "3"]),
        &["k_g", "kg", "key"],
        AT_ONCE,
    );
}

#[test]
fn a_wrong_password_at_pyghmis_bmc_is_named() {
    let bmc = FakeBmc::start(None);
    must_say(
        &try_with(bmc.address(), &["-U", USER, "-P", "wrong", "-C", "3"]),
        &["password"],
        AT_ONCE,
    );
}

#[test]
fn a_refused_suite_is_named() {
    let bmc = IpmiSim::start();
    let done = try_with(bmc.address(), &["-U", USER, "-P", PASSWORD, "-C", "17"]);
    must_say(&done, &["suite", "algorithm"], AT_ONCE);
}

#[test]
fn a_suite_that_does_not_exist_is_named_as_stock_names_it() {
    let bmc = IpmiSim::start();
    let done = try_with(bmc.address(), &["-U", USER, "-P", PASSWORD, "-C", "99"]);
    must_say(&done, &["unsupported cipher suite id : 99"], AT_ONCE);
}

#[test]
fn a_host_without_an_address_is_named_as_stock_names_it() {
    let options = [
        "-I",
        "lanplus",
        "-H",
        "no.such.host.invalid",
        "-U",
        USER,
        "-P",
        PASSWORD,
        "-C",
        "3",
        "mc",
        "info",
    ];
    for who in [Who::Stock, Who::Ours] {
        let done = run(
            &who.program(),
            &options.map(str::to_owned),
            &[],
            Duration::from_secs(30),
        );
        assert_eq!(done.code, Some(1), "{who:?}: {done:?}");
        assert!(
            done.stderr
                .contains("Address lookup for no.such.host.invalid failed"),
            "{who:?}: {done:?}"
        );
        assert!(done.stderr.ends_with(LAST_LINE), "{who:?}: {done:?}");
    }
}

#[test]
fn a_port_out_of_range_is_refused_in_stocks_words() {
    let options = [
        "-I",
        "lanplus",
        "-H",
        "127.0.0.1",
        "-p",
        "70000",
        "-U",
        USER,
        "-P",
        PASSWORD,
        "mc",
        "info",
    ];
    let [stock, ours] = [Who::Stock, Who::Ours].map(|who| {
        run(
            &who.program(),
            &options.map(str::to_owned),
            &[],
            Duration::from_secs(30),
        )
    });
    assert_eq!(
        (ours.code, ours.stdout, ours.stderr),
        (stock.code, stock.stdout, stock.stderr)
    );
}

#[test]
fn suites_that_are_not_spoken_are_named_without_asking_the_bmc() {
    let bmc = IpmiSim::start();
    for suite in ["4", "5", "9", "10", "13", "14", "18", "99", "254"] {
        let done = try_with(bmc.address(), &["-U", USER, "-P", PASSWORD, "-C", suite]);
        must_say(
            &done,
            &[&format!("unsupported cipher suite id : {suite}")],
            AT_ONCE,
        );
    }
}

#[test]
fn suite_255_asks_the_bmc_as_in_stock() {
    let bmc = BmcSim::start(&[]);
    let done = try_with(bmc.address(), &["-U", USER, "-P", PASSWORD, "-C", "255"]);
    assert_eq!(done.code, Some(0), "{done:?}");
}

#[test]
fn a_privilege_above_the_users_is_named() {
    let bmc = BmcSim::start(&["--user", "low:secret:user"]);
    let done = try_with(bmc.address(), &["-U", "low", "-P", "secret", "-C", "3"]);
    must_say(&done, &["unauthorized role"], AT_ONCE);
    let done = try_with(
        bmc.address(),
        &["-U", "low", "-P", "secret", "-C", "3", "-L", "USER"],
    );
    assert_eq!(done.code, Some(0), "{done:?}");
}

#[test]
fn a_bmc_that_has_no_session_left_is_named_as_stock_names_it() {
    let bmc = BmcSim::start(&["--sessions", "1"]);
    let mut first = Piped::start(
        &Who::Ours.program(),
        &arguments(bmc.address(), &["sol", "activate"]),
        &ENVIRONMENT,
        Input::Pipe,
    );
    assert!(first.stdout.wait_for(BANNER, Duration::from_secs(20)));
    let done = try_with(bmc.address(), &["-U", USER, "-P", PASSWORD, "-C", "3"]);
    must_say(
        &done,
        &["open session response message : insufficient resources for session"],
        AT_ONCE,
    );
    first.end_input();
    assert!(first.wait(Duration::from_secs(20)).is_some());
}

#[test]
fn a_password_that_was_not_given_is_named() {
    let bmc = IpmiSim::start();
    let done = try_with(
        bmc.address(),
        &["-U", USER, "-P", PASSWORD, "-A", "NONE", "-C", "3"],
    );
    must_say(&done, &["wrong password (none was given)"], AT_ONCE);
}

#[test]
fn an_address_of_the_wrong_kind_and_no_host_at_all_are_told_as_in_stock() {
    for options in [
        &["-4", "-H", "::1", "-P", "x"][..],
        &["-6", "-H", "127.0.0.1", "-P", "x"],
        &["-P", "x"],
        &["-H", "", "-P", "x"],
    ] {
        let all: Vec<String> = ["-I", "lanplus"]
            .iter()
            .chain(options)
            .chain(&["-C", "3", "mc", "info"])
            .map(|&word| word.to_owned())
            .collect();
        let [stock, ours] = [Who::Stock, Who::Ours]
            .map(|who| run(&who.program(), &all, &NO_FALLBACK, Duration::from_secs(30)));
        assert_eq!(
            (ours.code, ours.stdout, ours.stderr),
            (stock.code, stock.stdout, stock.stderr),
            "{options:?}"
        );
    }
}

/// Nobody listens: the kernel answers with ICMP port unreachable. Stock takes 2 s.
#[test]
fn a_dead_port_with_one_short_try_takes_no_longer_than_stock() {
    let nobody = SocketAddr::from(([127, 0, 0, 1], free_port()));
    let done = try_with(
        nobody,
        &["-U", USER, "-P", PASSWORD, "-C", "3", "-N", "1", "-R", "1"],
    );
    must_say(&done, SILENCE, Duration::from_secs(2));
    assert!(done.took >= Duration::from_secs(1), "{done:?}");
}

/// ICMP has told the reason: whoever reads of a host that is down, or of another protocol, looks in the wrong place.
#[test]
fn a_port_where_nothing_listens_is_named_without_other_guesses() {
    let nobody = SocketAddr::from(([127, 0, 0, 1], free_port()));
    for interface in ["lanplus", "lan"] {
        let done = try_over(
            interface,
            nobody,
            &["-U", USER, "-P", PASSWORD, "-N", "1", "-R", "1"],
        );
        let reason = done.stderr.lines().next().unwrap_or_default();
        assert!(reason.starts_with("No answer from the BMC: "), "{done:?}");
        let told = " s; port unreachable: nothing listens there";
        assert!(reason.ends_with(told), "{done:?}");
        for guess in ["wrong address", "down", "1.5"] {
            assert!(!reason.replace(" in 1.5 s", "").contains(guess), "{done:?}");
        }
    }
}

/// Without a suite there are two to try, 17 and 3.
#[test]
fn asking_for_the_suite_makes_one_short_try_no_longer_than_stocks() {
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let done = try_with(
        silent.local_addr().unwrap(),
        &["-U", USER, "-P", PASSWORD, "-N", "1", "-R", "1"],
    );
    must_say(&done, SILENCE, Duration::from_millis(2500));
}

/// Somebody listens and never answers. Stock takes 20 s.
#[test]
fn a_silent_host_takes_half_as_long_as_with_stock() {
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    for suite in [&["-C", "3"][..], &[]] {
        let options = [&["-U", USER, "-P", PASSWORD], suite].concat();
        let done = try_with(silent.local_addr().unwrap(), &options);
        must_say(&done, SILENCE, Duration::from_secs(11));
    }
}

/// pyghmi's BMC does not answer for users that it does not know. Stock takes 14 s, and then names the wrong cause.
#[test]
fn a_bmc_that_falls_silent_halfway_ends_in_an_error() {
    let bmc = FakeBmc::start(None);
    let done = try_with(bmc.address(), &["-U", "nobody", "-P", PASSWORD, "-C", "3"]);
    must_say(
        &done,
        &["no answer", "not answer", "no response", "rakp"],
        Duration::from_secs(22),
    );
}

fn try_with(bmc: SocketAddr, options: &[&str]) -> Finished {
    try_over("lanplus", bmc, options)
}

fn try_over(interface: &str, bmc: SocketAddr, options: &[&str]) -> Finished {
    let (host, port) = (bmc.ip().to_string(), bmc.port().to_string());
    let before = ["-I", interface, "-H", &host, "-p", &port];
    let all: Vec<String> = before
        .iter()
        .chain(options)
        .chain(&["mc", "info"])
        .map(|&word| word.to_owned())
        .collect();
    run(
        &Who::Ours.program(),
        &all,
        &NO_FALLBACK,
        Duration::from_secs(50),
    )
}

/// Exit status 1, nothing on standard output, stock's last line, and before it a line with one of `reasons`.
fn must_say(done: &Finished, reasons: &[&str], limit: Duration) {
    assert_eq!((done.code, done.stdout.as_str()), (Some(1), ""), "{done:?}");
    let before = done
        .stderr
        .strip_suffix(LAST_LINE)
        .unwrap_or_else(|| panic!("not stock's last line: {done:?}"));
    let reason = before
        .trim_end()
        .lines()
        .last()
        .unwrap_or_default()
        .to_lowercase();
    assert!(
        reasons.iter().any(|word| reason.contains(word)),
        "none of {reasons:?}: {done:?}"
    );
    assert!(done.took < limit, "longer than {limit:?}: {done:?}");
}

const LAST_LINE: &str = "Error: Unable to establish IPMI v2 / RMCP+ session\n";
const SILENCE: &[&str] = &[
    "no answer",
    "not answer",
    "no response",
    "unreachable",
    "refused",
    "silent",
];
/// Nothing has to be waited for; the rest is for a busy machine.
const AT_ONCE: Duration = Duration::from_secs(5);
/// What ours does is its own.
const NO_FALLBACK: [(&str, &str); 1] = [("IPMITOOL_FALLBACK", "/bin/false")];
