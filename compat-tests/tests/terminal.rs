//! The console on a terminal: every escape, stopping and going on, and the terminal's modes after each way out.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::time::Duration;

use compat_tests::accounting;
use compat_tests::client::{OnTerminal, wait_until};
use compat_tests::relay::{Direction, payload_type};
use compat_tests::rig::{Rig, Who};
use nix::sys::signal::Signal;

#[test]
fn the_terminal_is_raw_while_the_console_is_up() {
    let (_rig, client) = console(&[]);
    assert!(client.is_raw());
    assert_ne!(client.modes(), client.modes_before());
}

#[test]
fn tilde_dot_ends_the_session_and_frees_the_console() {
    let (rig, client) = console(&[]);
    client.type_in(b"~.");
    must_end(&client, 0);
    assert!(
        client.screen.wait_for("~. [terminated ipmitool]", SOON),
        "{}",
        client.screen.text()
    );
    must_be_free(&rig);
}

#[test]
fn control_c_ends_the_farewell_to_a_bmc_that_does_not_answer() {
    let (rig, client) = console(&[]);
    rig.relay.black_out_for(Duration::from_secs(60));
    client.type_in(b"\r~.");
    let modes = || client.modes() == client.modes_before();
    assert!(wait_until(Duration::from_secs(2), modes), "still raw");
    assert_eq!(client.ended(), None);
    client.type_in(b"\x03");
    let ended = || client.ended().is_some();
    assert!(wait_until(Duration::from_secs(1), ended), "still there");
    must_end(&client, 255);
}

#[test]
fn tilde_tilde_sends_one_tilde() {
    let (rig, client) = console(&[]);
    client.type_in(b"~~x");
    must_be_typed(&rig, b"~x");
}

#[test]
fn a_tilde_in_a_line_is_a_tilde() {
    let (rig, client) = console(&[]);
    client.type_in(b"a~.b");
    must_be_typed(&rig, b"a~.b");
    assert_eq!(client.ended(), None);
}

#[test]
fn a_tilde_before_another_letter_is_sent_with_it() {
    let (rig, client) = console(&[]);
    client.type_in(b"~xy");
    must_be_typed(&rig, b"~xy");
}

#[test]
fn tilde_b_sends_a_break() {
    let (rig, client) = console(&["-C", "2"]);
    client.type_in(b"~B");
    assert!(
        client.screen.wait_for("~B [send break]", SOON),
        "{}",
        client.screen.text()
    );
    // without confidentiality the control byte can be read: 10h generates a break (IPMI 2.0, table 15-2)
    let broke = wait_until(SOON, || {
        let trace = rig.relay.trace();
        trace.iter().any(|packet| {
            packet.direction == Direction::ToBmc
                && payload_type(&packet.bytes) == Some(1)
                && packet
                    .bytes
                    .get(19)
                    .is_some_and(|control| control & 0x10 != 0)
        })
    });
    assert!(broke, "no break on the wire");
    assert_eq!(client.ended(), None);
}

#[test]
fn tilde_question_mark_shows_stocks_help() {
    let help = |who| {
        let rig = Rig::start();
        let client = rig.terminal(who, &[]);
        client.type_in(b"~?");
        assert!(
            client.screen.wait_for("~?", SOON) && client.screen.wait_for("newline.)", SOON),
            "{who:?}"
        );
        let text = client.screen.text();
        client.type_in(b"\r~.");
        client.wait(SOON);
        text
    };
    let (stock, ours) = (help(Who::Stock), help(Who::Ours));
    for line in stock.lines().filter(|line| !line.trim().is_empty()) {
        assert!(ours.contains(line.trim()), "{line:?} is not in {ours}");
    }
}

#[test]
fn another_escape_character_takes_the_tildes_place() {
    let (rig, client) = console(&["-e", "&"]);
    client.type_in(b"~.\r&&\r");
    must_be_typed(&rig, b"~.\r&\r");
    client.type_in(b"&.");
    must_end(&client, 0);
    assert!(
        client.screen.wait_for("&. [terminated ipmitool]", SOON),
        "{}",
        client.screen.text()
    );
}

#[test]
fn tilde_control_z_stops_and_the_shell_brings_it_back() {
    stops_and_goes_on(b"~\x1a");
}

/// As in stock: after this one the terminal stays in the shell's modes, and lines are sent when they are complete.
#[test]
fn tilde_control_x_stops_and_comes_back_without_raw_mode() {
    let (rig, client) = console(&[]);
    client.type_in(b"~\x18");
    assert!(client.wait_stopped(1, SOON), "{}", client.screen.text());
    assert!(
        client.screen.wait_for("~^Z [suspend ipmitool]", SOON),
        "{}",
        client.screen.text()
    );
    assert_eq!(client.modes(), client.modes_before(), "while stopped");
    client.resume();
    client.type_in(b"line\n");
    let typed = rig
        .bmc
        .serial()
        .wait_typed(SOON, |typed| typed.ends_with(b"line\n"));
    assert_eq!(String::from_utf8_lossy(&typed), "line\n");
    assert!(!client.is_raw());
    client.type_in(b"~.\n");
    must_end(&client, 0);
}

#[test]
fn stopping_twice_works() {
    let (rig, client) = console(&[]);
    for count in 1..=2 {
        client.type_in(b"\r~\x1a");
        assert!(client.wait_stopped(count, SOON), "{}", client.screen.text());
        assert_eq!(client.modes(), client.modes_before());
        client.resume();
        assert!(
            wait_until(SOON, || client.is_raw()),
            "not raw again after stop {count}"
        );
    }
    client.type_in(b"on");
    assert!(
        rig.bmc
            .serial()
            .wait_typed(SOON, |typed| typed.ends_with(b"on"))
            .ends_with(b"on")
    );
    client.type_in(b"\r~.");
    must_end(&client, 0);
}

#[test]
fn term_restores_frees_and_dies_by_the_signal() {
    ends_by(Signal::SIGTERM, 128 + 15);
}

#[test]
fn hup_restores_frees_and_dies_by_the_signal() {
    ends_by(Signal::SIGHUP, 128 + 1);
}

#[test]
fn quit_restores_frees_and_dies_by_the_signal() {
    ends_by(Signal::SIGQUIT, 128 + 3);
}

#[test]
fn int_restores_frees_and_ends_as_stock_does() {
    let client = ends_by(Signal::SIGINT, 255);
    assert!(client.screen.wait_for(
        "SIGN INT: Close Interface IPMI v2.0 RMCP+ LAN Interface",
        SOON
    ));
}

#[test]
fn a_console_that_is_taken_away_ends_and_restores() {
    let (rig, client) = console(&["keepalive=1"]);
    // the first keepalives learn who owns the console; ipmi_sim does not tell its owner that it is gone
    std::thread::sleep(Duration::from_secs(3));
    let done = rig.run(Who::Stock, &["sol", "deactivate"]);
    assert_eq!(done.code, Some(0), "{done:?}");
    assert_eq!(
        client.wait(Duration::from_secs(50)),
        Some(1),
        "{}",
        client.screen.text()
    );
    assert!(
        client.screen.wait_for("SOL session closed by BMC", SOON),
        "{}",
        client.screen.text()
    );
    assert_eq!(client.modes(), client.modes_before());
}

#[test]
fn control_characters_go_to_the_machine() {
    let (rig, client) = console(&[]);
    client.type_in(b"\x03\x1a\x1c\x11\x13\x04");
    must_be_typed(&rig, b"\x03\x1a\x1c\x11\x13\x04");
    assert_eq!(client.ended(), None);
}

#[test]
fn what_v_says_makes_no_stairs_on_the_raw_terminal() {
    let (_rig, client) = console(&["-v"]);
    client.type_in(b"\r~.");
    must_end(&client, 0);
    let screen = client.screen.text();
    assert!(screen.contains("shutting down: Escape\r\n"), "{screen}");
    // Outside of raw mode the terminal itself adds the carriage return.
    assert!(!screen.contains("\r\r\n"), "{screen:?}");
}

fn console(words: &[&str]) -> (Rig, OnTerminal) {
    let rig = Rig::start();
    let client = rig.terminal(Who::Ours, words);
    // before the terminal is raw nothing that is typed gets through as it is
    assert!(
        wait_until(SOON, || client.is_raw()),
        "not raw: {}",
        client.screen.text()
    );
    (rig, client)
}

fn stops_and_goes_on(keys: &[u8]) {
    let (mut rig, client) = console(&[]);
    client.type_in(keys);
    assert!(client.wait_stopped(1, SOON), "{}", client.screen.text());
    assert!(
        client.screen.wait_for("~^Z [suspend ipmitool]", SOON),
        "{}",
        client.screen.text()
    );
    assert_eq!(client.modes(), client.modes_before(), "while stopped");
    // the BMC says this again and again until it is acknowledged, for five seconds
    rig.say_lines(1, Duration::from_secs(1));
    client.resume();
    assert!(wait_until(SOON, || client.is_raw()), "not raw again");
    rig.say_lines(1, Duration::ZERO);
    assert!(
        client.screen.wait_for(accounting::line(1).trim_end(), SOON),
        "{}",
        client.screen.text()
    );
    client.type_in(b"\r~.");
    must_end(&client, 0);
    let report = accounting::lines(&client.screen.bytes(), 2);
    assert!(report.is_perfect(), "{report}");
}

fn ends_by(signal: Signal, end: i32) -> OnTerminal {
    let (rig, client) = console(&[]);
    client.signal(signal);
    must_end(&client, end);
    must_be_free(&rig);
    client
}

fn must_end(client: &OnTerminal, end: i32) {
    assert_eq!(client.wait(SOON), Some(end), "{}", client.screen.text());
    assert_eq!(client.modes(), client.modes_before());
}

fn must_be_typed(rig: &Rig, keys: &[u8]) {
    let typed = rig
        .bmc
        .serial()
        .wait_typed(SOON, |typed| typed.len() >= keys.len());
    assert_eq!(
        String::from_utf8_lossy(&typed),
        String::from_utf8_lossy(keys)
    );
}

/// Nobody holds the console: deactivating says so.
fn must_be_free(rig: &Rig) {
    let done = rig.run(Who::Stock, &["sol", "deactivate"]);
    assert!(
        done.stderr
            .contains("Info: SOL payload already de-activated"),
        "{done:?}"
    );
}

const SOON: Duration = Duration::from_secs(20);
