//! Client core and BMC core over a simulated network, in virtual time: a thousand bad days, each from a seed.
//!
//! `NETSIM_SEEDS=N` plays N seeds instead of a thousand (`make soak`: a million), `NETSIM_FROM=S` begins with seed S;
//! `NETSIM_SEED=S` plays one and prints its history, shrunk if it breaks a promise; with `NETSIM_TRACE=1`
//! also what is told while the shrunk one is played, with 2 every packet. A third of the BMCs keep a
//! console log, with which nothing may be lost or doubled.

use std::env;
use std::time::Duration;

use compat_tests::netsim::history::{Deed, History, What};
use compat_tests::netsim::shrink;
use compat_tests::netsim::trace::Level;
use compat_tests::netsim::world::World;
use steadysol::proto::sol::QUEUE;

#[test]
fn a_thousand_bad_days_break_no_promise() {
    if let Some(seed) = number("NETSIM_SEED") {
        return one(seed);
    }
    let from = number("NETSIM_FROM").unwrap_or(0);
    let count = number("NETSIM_SEEDS").unwrap_or(SEEDS);
    let tally = shrink::play_seeds(from, count);
    println!("{tally}");
    assert!(tally.all.broken == 0, "{tally}");
    assert!(
        tally.all.opened * 10 > tally.all.runs * 9,
        "too few consoles opened: {tally}"
    );
}

#[test]
fn a_quiet_day_stays_quiet() {
    let day = Duration::from_secs(86_400);
    let outcome = World::play(&History::quiet(1, day)).expect("all promises hold");
    assert_eq!(outcome.renewals, 0);
    assert!(outcome.closed.is_some_and(|(at, _)| at >= day));
}

/// Each broke a promise once, by causes of its own: a farewell to a busy BMC, a replay of a whole session, a copy that
/// overtook what it was a copy of, a session that came to nothing, a lost acknowledgement of OpenBMC, and a log of
/// which nothing was heard before OpenBMC sent its last packet under another number.
#[test]
fn days_that_broke_a_promise_break_none() {
    for seed in [
        16638, 46968, 52616, 65038, 66681, 120_948, 126_827, 135_104, 152_194, 156_291, 159_347,
        52711, 86896, 187_428, 236_751, 5231, 10717, 11366, 38846, 99734, 215_770, 163_867,
        592_580, 5_007_778,
    ] {
        let history = History::of_seed(seed);
        if let Err(broken) = shrink::play(&history) {
            panic!("{}", shrink::shrink(history, broken));
        }
    }
}

#[test]
fn more_typing_than_the_queue_holds_is_refused_and_the_rest_arrives() {
    let mut history = History::quiet(1, Duration::from_secs(600));
    history.deeds.push(Deed {
        at: Duration::from_secs(10),
        lasts: Duration::ZERO,
        what: What::Type(100_000),
    });
    let outcome = World::play(&history).expect("all promises hold");
    assert_eq!(outcome.typed, QUEUE);
}

fn one(seed: u64) {
    let history = History::of_seed(seed);
    println!("{history}");
    match shrink::play(&history) {
        Ok(outcome) => {
            let _ = World::new(&history).traced(Level::wanted()).run();
            println!("{outcome:?}");
        }
        Err(broken) => {
            let found = shrink::shrink(history, broken);
            let _ = World::new(&found.history).traced(Level::wanted()).run();
            panic!("{found}");
        }
    }
}

fn number(name: &str) -> Option<u64> {
    env::var(name).ok()?.parse().ok()
}

const SEEDS: u64 = 1000;
