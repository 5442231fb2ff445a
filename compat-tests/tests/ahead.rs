//! Requests that travel together: fewer round trips than stock's where the BMC keeps up, no more where it does not.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::time::{Duration, Instant};

use compat_tests::bmcsim::BmcSim;
use compat_tests::relay::{Direction, Fate, Relay};
use compat_tests::rig::{ENVIRONMENT, Finished, Who, arguments, run};

/// Verbs that only read. What they ask for travels together, the first of it with the request for the privilege level.
const VERBS: &[&[&str]] = &[
    &["sol", "info"],
    &["session", "info", "all"],
    &["chassis", "status"],
    &["power", "status"],
    &["mc", "info"],
    &["mc", "guid"],
    &["lan", "print"],
    &["lan", "print", "1"],
    &["lan", "alert", "print"],
    &["user", "list", "1"],
    &["channel", "info"],
    &["channel", "getaccess", "1"],
    &["pef", "info"],
    &["pef", "status"],
    &["pef", "filter", "list"],
    &["pef", "policy", "list"],
];

#[test]
fn verbs_that_only_read_take_at_most_half_of_stocks_round_trips() {
    let (bmc, relay) = far_away();
    for interface in ["lanplus", "lan"] {
        for words in VERBS {
            let words = [&["-I", interface], *words].concat();
            let [(stock, stocks), (ours, mine)] = both(&relay, &words);
            assert_eq!((ours.code, lasting(&ours)), (stock.code, lasting(&stock)));
            println!("{words:?}: {mine} round trips, stock {stocks}");
            assert!(mine * 2 <= stocks, "{words:?}: {mine} of {stocks}");
        }
    }
    drop(bmc);
}

#[test]
fn a_bmc_that_does_not_hear_a_second_request_is_served_no_slower_than_by_stock() {
    let (bmc, relay) = far_away();
    relay.set(Direction::ToBmc, |faults| faults.one_at_a_time = true);
    for words in VERBS {
        let before = relay.count(Direction::ToBmc, Fate::Dropped);
        let [(stock, stocks), (ours, mine)] = both(&relay, words);
        assert_eq!((ours.code, lasting(&ours)), (stock.code, lasting(&stock)));
        let lost = relay.count(Direction::ToBmc, Fate::Dropped) - before;
        println!("{words:?}: {mine} round trips, stock {stocks}; {lost} requests lost");
        assert_eq!(lost, 1, "{words:?}");
        // A lost one costs two round trips, in which nothing is sent. Counted, not timed: a busy machine is slow.
        assert!(mine + 2 <= stocks, "{words:?}: {mine} of {stocks}");
    }
    drop(bmc);
}

#[test]
fn a_bmc_that_says_it_is_busy_is_asked_again() {
    let bmc = BmcSim::start(&["--fault", "completion 0c:22 c0 x1"]);
    let relay = Relay::to(bmc.address());
    relay.set_both(|faults| faults.delay = ONE_WAY);
    let (done, _) = timed(Who::Ours, &relay, &["sol", "info"]);
    let (stock, _) = timed(Who::Stock, &relay, &["sol", "info"]);
    assert_eq!((done.code, done.stdout), (Some(0), stock.stdout));
}

#[test]
fn records_that_others_keep_from_being_read_are_told_of() {
    let bmc = BmcSim::start(&["--fault", "completion 0a:23 c5"]);
    let relay = Relay::to(bmc.address());
    for words in [&["sdr", "list"][..], &["sensor"], &["sdr", "get", "Fan 1"]] {
        let (done, _) = timed(Who::Ours, &relay, words);
        let why = "Get SDR 0000 command failed: Reservation cancelled or invalid";
        assert_eq!((done.code, done.stdout.as_str()), (Some(1), ""));
        assert!(done.stderr.contains(why), "{words:?}: {}", done.stderr);
    }
}

#[test]
fn answers_that_are_lost_twice_or_out_of_order_change_nothing_that_is_printed() {
    let bmc = BmcSim::start(&[]);
    let relay = Relay::to(bmc.address());
    let (wanted, _) = timed(Who::Stock, &relay, &["sol", "info"]);
    relay.set_both(|faults| {
        faults.drop_percent = 10;
        faults.copy_after = Some(Duration::from_millis(20));
        faults.reorder = Some((3, Duration::from_millis(50)));
    });
    for _ in 0..6 {
        let (done, _) = timed(Who::Ours, &relay, &["sol", "info"]);
        assert_eq!((done.code, &done.stdout), (Some(0), &wanted.stdout));
    }
}

fn far_away() -> (BmcSim, Relay) {
    let bmc = BmcSim::start(&[]);
    let relay = Relay::to(bmc.address());
    relay.set_both(|faults| faults.delay = ONE_WAY);
    (bmc, relay)
}

/// What stock and ours print, and how many round trips they take.
fn both(relay: &Relay, words: &[&str]) -> [(Finished, usize); 2] {
    [Who::Stock, Who::Ours].map(|who| timed(who, relay, words))
}

/// What is printed, without what is another in every session.
fn lasting(done: &Finished) -> Vec<&str> {
    let changes =
        |line: &&str| line.starts_with("session handle") || line.starts_with("console port");
    done.stdout.lines().filter(|line| !changes(line)).collect()
}

fn timed(who: Who, relay: &Relay, words: &[&str]) -> (Finished, usize) {
    let begin = Instant::now();
    let done = run(
        &who.program(),
        &arguments(relay.address(), words),
        &ENVIRONMENT,
        Duration::from_secs(60),
    );
    (done, relay.round_trips(begin, ONE_WAY * 2))
}

const ONE_WAY: Duration = Duration::from_millis(50);
