//! The shell on a terminal, driven by a program: commands that come in one go all run, and a terminal without a name
//! gets plain lines.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::time::Duration;

use compat_tests::bmcsim::BmcSim;
use compat_tests::client::OnTerminal;
use compat_tests::rig::{ENVIRONMENT, Who, arguments};

#[test]
fn commands_that_come_in_one_go_all_run() {
    for who in [Who::Stock, Who::Ours] {
        let shown = driven(
            who,
            "xterm",
            b"power status\rsel time\recho all ran\rexit\r",
        );
        assert!(
            shown.contains("Chassis Power is on\r\n"),
            "{who:?}: {shown}"
        );
        // As it is typed, and as it is said.
        assert_eq!(shown.matches("all ran").count(), 2, "{who:?}: {shown}");
    }
}

#[test]
fn a_terminal_without_a_name_gets_plain_lines() {
    for who in [Who::Stock, Who::Ours] {
        let shown = driven(who, "", b"power status\rexit\r");
        assert!(!shown.contains('\x1b'), "{who:?}: {shown:?}");
        assert!(
            shown.contains("Chassis Power is on\r\n"),
            "{who:?}: {shown}"
        );
    }
}

/// What a shell shows of which all of `typed` is typed at its first prompt; it ends well.
fn driven(who: Who, terminal: &str, typed: &[u8]) -> String {
    let bmc = BmcSim::start(&[]);
    let environment = [&ENVIRONMENT[..], &[("TERM", terminal)]].concat();
    let words = arguments(bmc.address(), &["shell"]);
    let client = OnTerminal::start(&who.program(), &words, &environment);
    assert!(client.screen.wait_for("ipmitool> ", LONG), "{who:?}");
    client.type_in(typed);
    assert_eq!(
        client.wait(LONG),
        Some(0),
        "{who:?}: {}",
        client.screen.text()
    );
    client.screen.text()
}

const LONG: Duration = Duration::from_secs(20);
