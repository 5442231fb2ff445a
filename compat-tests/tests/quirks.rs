//! Every set of quirks that `bmcsim` knows, with our client and with stock: both get their answers and hold a console
//! on which nothing is lost, doubled or out of order; where stock cannot, the row says why.
//!
//! What a switch does on the wire is pinned down in `src/bmc`; how our client fares with it under loss, in `netsim`.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::time::Duration;

use compat_tests::accounting;
use compat_tests::bmcsim::BmcSim;
use compat_tests::client::{OnTerminal, wait_until};
use compat_tests::ipmi_sim::USER;
use compat_tests::rig::{BANNER, ENVIRONMENT, Finished, Who, run};
use compat_tests::serial::Serial;
use steadysol::bmc::personality::Personality;

const SOON: Duration = Duration::from_secs(20);

/// One set, and what it asks of a client's user.
struct Row {
    set: &'static str,
    /// Options that both clients need.
    both: &'static [&'static str],
    /// Options that stock needs besides.
    stock: &'static [&'static str],
    /// None: stock holds a console. Otherwise the switch that keeps it from that.
    no_stock_console: Option<&'static str>,
    /// The console outlives a reset of the host: with our client, with stock.
    outlives_reset: (bool, bool),
}

const PLAIN: Row = Row {
    set: "plain",
    both: &[],
    stock: &[],
    no_stock_console: None,
    outlives_reset: (true, true),
};

const ROWS: [Row; 7] = [
    PLAIN,
    Row {
        set: "openbmc",
        ..PLAIN
    },
    Row {
        set: "supermicro",
        ..PLAIN
    },
    Row {
        set: "idrac",
        ..PLAIN
    },
    Row {
        set: "ilo",
        ..PLAIN
    },
    Row {
        set: "ipmi_sim",
        // Cipher suites are asked for in vain (mute_commands): without -C stock waits ten seconds and guesses.
        stock: &["-C", "3"],
        ..PLAIN
    },
    Row {
        set: "intelplus",
        // The key exchange deviates, and only -o says so.
        both: &["-o", "intelplus"],
        // With the suite it chooses itself stock 1.8.19 fails an assertion of its own in RAKP 4.
        stock: &["-C", "3"],
        no_stock_console: Some(
            "wants_cts: nothing flows until CTS is asserted, which stock never does",
        ),
        // serial_dies_at_reset: there is nothing left to outlive it with.
        outlives_reset: (false, false),
    },
];

#[test]
fn every_set_has_its_row() {
    let mut rows: Vec<&str> = ROWS.iter().map(|row| row.set).collect();
    rows.push("old"); // below: it has no RMCP+, hence no console
    let mut sets = Personality::NAMES.to_vec();
    rows.sort_unstable();
    sets.sort_unstable();
    assert_eq!(rows, sets);
}

#[test]
fn both_clients_get_their_answers_and_hold_a_console_on_every_set() {
    std::thread::scope(|scope| {
        let running: Vec<_> = ROWS
            .iter()
            .map(|row| (row.set, scope.spawn(|| must_serve(row))))
            .collect();
        let failed: Vec<&str> = running
            .into_iter()
            .filter_map(|(set, row)| row.join().is_err().then_some(set))
            .collect();
        assert!(failed.is_empty(), "{failed:?}");
    });
}

#[test]
fn a_board_of_1_5_serves_stocks_lan_and_refuses_lanplus_in_one_line() {
    let bmc = BmcSim::start(&["--personality", "old"]);
    let ask = |who, interface, words| ask(&bmc, who, &["-I", interface], words);
    let done = ask(Who::Stock, "lan", &["mc", "info"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(done.stdout.starts_with("Device ID"), "{}", done.stdout);
    let stocks = ask(Who::Stock, "lanplus", &["mc", "info"]);
    let ours = ask(Who::Ours, "lanplus", &["mc", "info"]);
    assert_eq!((stocks.code, ours.code), (Some(1), Some(1)));
    // stock's own last line, and before it the reason, which stock does not give
    let lines: Vec<&str> = ours.stderr.lines().collect();
    assert_eq!(lines.len(), 2, "{}", ours.stderr);
    assert!(lines[0].contains("IPMI 1.5 only (-I lan)"), "{}", lines[0]);
    assert!(stocks.stderr.contains(lines[1]), "{}", stocks.stderr);
}

fn must_serve(row: &Row) {
    let serial = Serial::listen();
    let bmc = BmcSim::start(&[
        "--personality",
        row.set,
        "--serial",
        &format!("tcp:{}", serial.address()),
    ]);
    assert!(wait_until(SOON, || serial.is_connected()), "{}", row.set);
    for who in [Who::Ours, Who::Stock] {
        for (words, wanted) in [
            (["mc", "info"], "Device ID                 : 32"),
            (["power", "status"], "Chassis Power is on"),
        ] {
            let done = ask(&bmc, who, &options(row, who), &words);
            let words = format!("{} {who:?} {words:?}", row.set);
            assert_eq!(done.code, Some(0), "{words}: {}", done.stderr);
            assert!(done.stdout.starts_with(wanted), "{words}: {}", done.stdout);
        }
    }
    // Ours again at the end: what one console leaves behind (numbers, a payload still active) is the next one's start.
    for who in [Who::Ours, Who::Stock, Who::Ours] {
        if who == Who::Ours || row.no_stock_console.is_none() {
            must_hold_a_console(row, who, &bmc, &serial);
        }
    }
}

fn must_hold_a_console(row: &Row, who: Who, bmc: &BmcSim, serial: &Serial) {
    let words = arguments(bmc, &options(row, who), &["sol", "activate"]);
    let console = OnTerminal::start(&who.program(), &words, &ENVIRONMENT);
    let told = || format!("{} {who:?}: {}", row.set, console.screen.text());
    assert!(console.screen.wait_for(BANNER, SOON), "{}", told());
    let before = serial.typed().len();
    let resets = match who {
        Who::Ours => row.outlives_reset.0,
        Who::Stock => row.outlives_reset.1,
    };
    for n in 0..LINES {
        serial.say(accounting::line(n).as_bytes());
        if n % 3 == 0 {
            console.type_in(accounting::token(n / 3).as_bytes());
        }
        if n == LINES / 2 && resets {
            let done = ask(
                bmc,
                Who::Ours,
                &options(row, Who::Ours),
                &["power", "reset"],
            );
            assert_eq!(done.code, Some(0), "{}: {}", row.set, done.stderr);
        }
        std::thread::sleep(APART);
    }
    let last = accounting::line(LINES - 1);
    console.screen.wait_for(last.trim_end(), SOON);
    let last = accounting::token(TOKENS - 1);
    serial.wait_typed(SOON, |typed| typed.ends_with(last.as_bytes()));
    std::thread::sleep(COPIES);
    let typed = serial.typed().split_off(before);
    console.type_in(b"\r~.");
    assert_eq!(console.wait(SOON), Some(0), "{}", told());
    let shown = accounting::lines(&console.screen.bytes(), LINES);
    assert!(shown.is_perfect(), "{shown}; {}", told());
    let typed = accounting::tokens(&typed, TOKENS);
    assert!(typed.is_perfect(), "{typed}; {}", told());
}

fn options(row: &Row, who: Who) -> Vec<&'static str> {
    let own = match who {
        Who::Ours => &[],
        Who::Stock => row.stock,
    };
    [&["-I", "lanplus"], row.both, own].concat()
}

fn ask(bmc: &BmcSim, who: Who, options: &[&str], words: &[&str]) -> Finished {
    let words = arguments(bmc, options, words);
    run(&who.program(), &words, &ENVIRONMENT, 2 * SOON)
}

fn arguments(bmc: &BmcSim, options: &[&str], words: &[&str]) -> Vec<String> {
    let (host, port) = (
        bmc.address().ip().to_string(),
        bmc.address().port().to_string(),
    );
    let fixed = ["-H", &host, "-p", &port, "-U", USER, "-E"];
    [options, &fixed, words]
        .concat()
        .into_iter()
        .map(str::to_owned)
        .collect()
}

const LINES: usize = 60;
const TOKENS: usize = LINES / 3;
const APART: Duration = Duration::from_millis(20);
/// Longer than a packet's second try takes, so that one taken twice shows.
const COPIES: Duration = Duration::from_millis(1200);
