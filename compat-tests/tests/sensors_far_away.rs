//! `sdr` and `sensor` with 50 sensors at a round trip of 100 ms: round trips of stock and of ours, with and without
//! records that were kept, and nothing else printed.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

use std::fmt::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use compat_tests::bmcsim::BmcSim;
use compat_tests::ipmi_sim::IpmiSim;
use compat_tests::relay::{Direction, Relay};
use compat_tests::rig::{ENVIRONMENT, Finished, Who, arguments, run};
use tempfile::TempDir;

#[test]
fn sdr_elist_takes_a_fifth_of_stocks_round_trips_and_a_tenth_with_kept_records() {
    let place = Place::new();
    let stock = place.timed(Who::Stock, &["sdr", "elist"]);
    let cold = place.timed(Who::Ours, &["sdr", "elist"]);
    let warm = place.timed(Who::Ours, &["sdr", "elist"]);
    println!(
        "sdr elist: stock {}, cold {}, warm {}",
        stock.1, cold.1, warm.1
    );
    assert_eq!((cold.0.code, &cold.0.stdout), (Some(0), &stock.0.stdout));
    assert_eq!((warm.0.code, &warm.0.stdout), (Some(0), &stock.0.stdout));
    assert_eq!(stock.0.stdout.lines().count(), SENSORS);
    assert!(cold.1 * 5 <= stock.1);
    assert!(warm.1 * 10 <= stock.1);
}

#[test]
fn sensor_list_takes_a_fifth_of_stocks_round_trips() {
    let place = Place::new();
    let stock = place.timed(Who::Stock, &["sensor", "list"]);
    let cold = place.timed(Who::Ours, &["sensor", "list"]);
    println!("sensor list: stock {}, cold {}", stock.1, cold.1);
    assert_eq!((cold.0.code, &cold.0.stdout), (Some(0), &stock.0.stdout));
    assert!(cold.1 * 5 <= stock.1);
}

#[test]
fn fru_print_of_four_inventories_takes_a_third_of_stocks_round_trips() {
    let bmc = BmcSim::start(&[]);
    let relay = Relay::to(bmc.address());
    relay.set_both(|faults| faults.delay = ONE_WAY);
    let timed = |who: Who, words: &[&str]| {
        let begin = Instant::now();
        let done = run(
            &who.program(),
            &arguments(relay.address(), words),
            &[&[("STEADYSOL_NO_CACHE", "1")], &ENVIRONMENT[..]].concat(),
            Duration::from_secs(120),
        );
        (done, relay.round_trips(begin, ONE_WAY * 2))
    };
    let [stock, ours] = [Who::Stock, Who::Ours].map(|who| timed(who, &["fru", "print"]));
    println!("fru print: stock {}, ours {}", stock.1, ours.1);
    assert_eq!((ours.0.code, &ours.0.stdout), (Some(0), &stock.0.stdout));
    assert_eq!(stock.0.stdout.matches("FRU Device Description").count(), 4);
    assert!(ours.1 * 3 <= stock.1);
    relay.set(Direction::ToBmc, |faults| faults.one_at_a_time = true);
    let ours = timed(Who::Ours, &["fru", "print"]);
    println!(
        "fru print, one at a time: stock {}, ours {}",
        stock.1, ours.1
    );
    assert_eq!((ours.0.code, &ours.0.stdout), (Some(0), &stock.0.stdout));
    assert!(ours.1 <= stock.1);
}

#[test]
fn a_bmc_that_does_not_hear_a_second_request_is_served_no_slower_than_by_stock() {
    let place = Place::new();
    let faults = |one| {
        place
            .relay
            .set(Direction::ToBmc, |faults| faults.one_at_a_time = one);
    };
    faults(true);
    for words in [&["sdr", "elist"][..], &["sdr", "get", "Sensor 3"]] {
        let stock = place.timed(Who::Stock, words);
        let ours = place.timed(Who::Ours, words);
        println!("{words:?}: stock {}, ours {}", stock.1, ours.1);
        assert_eq!((ours.0.code, &ours.0.stdout), (Some(0), &stock.0.stdout));
        assert!(ours.1 <= stock.1);
    }
}

/// Stock erases `ipmi_sim`'s repository, which has no records, and builds another.
#[test]
fn an_empty_repository_is_never_erased_by_reading_it() {
    let bmc = IpmiSim::start();
    let ask = |words| {
        run(
            &Who::Ours.program(),
            &arguments(bmc.address(), words),
            &[&[("STEADYSOL_NO_CACHE", "1")], &ENVIRONMENT[..]].concat(),
            Duration::from_secs(30),
        )
    };
    let before = ask(&["sdr", "info"]).stdout;
    for words in [&["sdr"][..], &["sdr", "elist", "all"], &["sensor"]] {
        let done = ask(words);
        assert_eq!(
            (done.code, done.stdout, done.stderr),
            (Some(0), String::new(), String::new())
        );
    }
    assert_eq!(ask(&["sdr", "info"]).stdout, before);
}

/// A distant BMC, and a cache directory of its own.
struct Place {
    relay: Relay,
    cache: TempDir,
    _inventory: TempDir,
    _bmc: BmcSim,
}

impl Place {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("inventory.toml");
        std::fs::write(&path, inventory()).unwrap();
        let bmc = BmcSim::start(&["--inventory", path.to_str().unwrap()]);
        let relay = Relay::to(bmc.address());
        relay.set_both(|faults| faults.delay = ONE_WAY);
        Self {
            relay,
            cache: tempfile::tempdir().unwrap(),
            _inventory: directory,
            _bmc: bmc,
        }
    }

    fn timed(&self, who: Who, words: &[&str]) -> (Finished, usize) {
        let begin = Instant::now();
        let cache: &Path = self.cache.path();
        let done = run(
            &who.program(),
            &arguments(self.relay.address(), words),
            &[
                &[("XDG_CACHE_HOME", cache.to_str().unwrap())],
                &ENVIRONMENT[..],
            ]
            .concat(),
            Duration::from_secs(120),
        );
        (done, self.relay.round_trips(begin, ONE_WAY * 2))
    }
}

fn inventory() -> String {
    let mut text = String::from("[device]\nid = 0x20\nmanufacturer = 7154\n");
    for number in 1..=SENSORS {
        let _ = write!(
            text,
            "\n[[sensor]]\nnumber = {number}\nname = \"Sensor {number}\"\nentity = \"7.1\"\n\
             type = \"Temperature\"\nunit = \"degrees C\"\nvalue = {number}.0\n\
             thresholds = {{ lc = 1.0, unc = 70.0, uc = 80.0 }}\n"
        );
    }
    text
}

const SENSORS: usize = 50;
const ONE_WAY: Duration = Duration::from_millis(50);
