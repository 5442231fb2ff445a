//! Questions on a terminal: what scripts type is not shown, whatever it is, and the terminal is as it was afterwards.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::time::Duration;

use compat_tests::bmcsim::BmcSim;
use compat_tests::client::{End, OnTerminal};
use compat_tests::ipmi_sim::PASSWORD;
use compat_tests::rig::{Who, without_password};

#[test]
fn a_password_that_is_typed_as_soon_as_it_is_asked_for_is_not_shown() {
    for who in [Who::Stock, Who::Ours] {
        let (end, shown) = asked(who, format!("{PASSWORD}\r").as_bytes());
        assert_eq!(end, Some(0), "{who:?}: {shown}");
        assert_eq!(shown, "Password: \r\nChassis Power is on\r\n", "{who:?}");
    }
}

#[test]
fn the_terminal_lets_a_password_be_corrected() {
    for who in [Who::Stock, Who::Ours] {
        let typed = format!("junk\x15{PASSWORD}x\x7f\n");
        let (end, shown) = asked(who, typed.as_bytes());
        assert_eq!(end, Some(0), "{who:?}: {shown}");
    }
}

#[test]
fn a_password_that_is_no_utf8_is_taken() {
    for who in [Who::Stock, Who::Ours] {
        let (end, shown) = asked(who, b"p\xe9\n");
        assert_eq!(end, Some(1), "{who:?}: {shown}");
        let last = "Error: Unable to establish IPMI v2 / RMCP+ session\r\n";
        assert!(shown.ends_with(last), "{who:?}: {shown}");
    }
}

/// Stock's question cannot be interrupted.
#[test]
fn a_question_can_be_interrupted() {
    let (end, shown) = asked(Who::Ours, b"secr\x03");
    assert!(end.is_some_and(|end| end > 1), "{end:?}: {shown}");
    assert_eq!(shown, "Password: \r\n");
}

#[test]
fn the_end_of_input_is_an_empty_answer() {
    for who in [Who::Stock, Who::Ours] {
        let (end, shown) = asked(who, b"\x04");
        assert_eq!(end, Some(1), "{who:?}: {shown}");
    }
}

/// Types `answer` at once when asked; how it ended, and what was shown. The terminal's modes are as before.
fn asked(who: Who, answer: &[u8]) -> (Option<End>, String) {
    let bmc = BmcSim::start(&[]);
    let words = without_password(bmc.address(), &["-a", "power", "status"]);
    let client = OnTerminal::start(&who.program(), &words, &[]);
    assert!(client.screen.wait_for("Password: ", LONG), "{who:?}");
    client.type_in(answer);
    let end = client.wait(LONG);
    let shown = client.screen.text();
    assert_eq!(client.modes(), client.modes_before(), "{who:?}: {shown}");
    (end, shown)
}

const LONG: Duration = Duration::from_secs(20);
