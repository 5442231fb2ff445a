//! What a command costs on the wire, and that it comes through a bad network.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::time::Duration;

use compat_tests::bmcsim::BmcSim;
use compat_tests::fakebmc::FakeBmc;
use compat_tests::ipmi_sim::IpmiSim;
use compat_tests::relay::{Direction, Relay, payload_type, session_id};
use compat_tests::rig::{ENVIRONMENT, Finished, Who, arguments, run};

#[test]
fn a_command_costs_at_most_six_round_trips() {
    let bmc = IpmiSim::start();
    let relay = Relay::to(bmc.address());
    let count = |who: Who| {
        let before = sent(&relay);
        let done = mc_info(who, &relay);
        assert_eq!(done.code, Some(0), "{who:?}: {done:?}");
        sent(&relay) - before
    };
    let (ours, stock) = (count(Who::Ours), count(Who::Stock));
    assert!(ours <= 6, "{ours} packets; stock: {stock}");
    assert!(stock >= 10, "stock has become thrifty: {stock}");
}

/// Open Session, RAKP 1, RAKP 3, then in the session: privilege level, command, close.
#[test]
fn with_a_suite_six_requests_are_sent_and_six_answers_come() {
    for words in [&["mc", "info"][..], &["raw", "6", "1"]] {
        let (setup, pages, inside, answers) = traffic(&[&["-C", "3"], words].concat());
        assert_eq!((setup, pages, inside, answers), (3, 0, 3, 6), "{words:?}");
    }
}

/// A page holds 16 bytes of records, and a page that is not full is the last.
#[test]
fn without_a_suite_only_the_pages_of_the_list_come_on_top() {
    let (setup, pages, inside, answers) = traffic(&["-C", "255", "mc", "info"]);
    assert!((1..=8).contains(&pages), "{pages}");
    assert_eq!((setup, inside, answers), (3, 3, 6 + pages));
}

#[test]
fn both_print_the_same_about_the_controller() {
    let (sim, fake) = (IpmiSim::start(), FakeBmc::start(None));
    for bmc in [sim.address(), fake.address()] {
        for words in [
            &["mc", "info"][..],
            &["power", "status"],
            &["chassis", "power", "status"],
            &["raw", "6", "1"],
        ] {
            let [stock, ours] = [Who::Stock, Who::Ours].map(|who| {
                run(
                    &who.program(),
                    &arguments(bmc, words),
                    &ENVIRONMENT,
                    Duration::from_secs(30),
                )
            });
            assert_eq!(
                (ours.code, ours.stdout),
                (stock.code, stock.stdout),
                "{words:?}"
            );
        }
    }
}

#[test]
fn commands_come_through_when_every_fifth_packet_is_lost() {
    bad_network(|faults| faults.drop_percent = 20);
}

#[test]
fn commands_come_through_when_every_packet_comes_twice() {
    bad_network(|faults| faults.copy_after = Some(Duration::from_millis(30)));
}

#[test]
fn commands_come_through_when_packets_overtake_one_another() {
    bad_network(|faults| {
        faults.copy_after = Some(Duration::from_millis(20));
        faults.reorder = Some((2, Duration::from_millis(50)));
    });
}

#[test]
fn commands_come_through_when_every_fifth_packet_is_corrupt() {
    bad_network(|faults| faults.corrupt_percent = 20);
}

/// Late by more than the time of one try, which is 1 s for the handshake: the answers to the first try serve.
#[test]
fn commands_come_through_when_answers_are_late() {
    bad_network(|faults| faults.delay = Duration::from_millis(700));
}

fn bad_network(fault: impl Fn(&mut compat_tests::relay::Faults)) {
    let bmc = IpmiSim::start();
    let relay = Relay::to(bmc.address());
    relay.set_both(fault);
    for round in 0..4 {
        let done = mc_info(Who::Ours, &relay);
        assert_eq!(done.code, Some(0), "round {round}: {done:?}");
        assert!(
            done.stdout.contains("Manufacturer ID           : 4753"),
            "round {round}: {done:?}"
        );
    }
}

fn mc_info(who: Who, relay: &Relay) -> Finished {
    run(
        &who.program(),
        &arguments(relay.address(), &["mc", "info"]),
        &ENVIRONMENT,
        Duration::from_secs(50),
    )
}

/// What a command costs with bmcsim: packets of session set-up, requests outside and inside the session, answers.
fn traffic(words: &[&str]) -> (usize, usize, usize, usize) {
    let bmc = BmcSim::start(&[]);
    let relay = Relay::to(bmc.address());
    let done = run(
        &Who::Ours.program(),
        &arguments(relay.address(), words),
        &ENVIRONMENT,
        Duration::from_secs(30),
    );
    assert_eq!(done.code, Some(0), "{done:?}");
    let trace = relay.trace();
    let count = |direction: Direction, wanted: fn(&[u8]) -> bool| {
        let these = trace.iter().filter(|packet| packet.direction == direction);
        these.filter(|packet| wanted(&packet.bytes)).count()
    };
    (
        count(Direction::ToBmc, |bytes| payload_type(bytes) >= Some(0x10)),
        count(Direction::ToBmc, |bytes| {
            session_id(bytes) == Some(0) && payload_type(bytes) == Some(0)
        }),
        count(Direction::ToBmc, |bytes| {
            session_id(bytes).is_some_and(|id| id != 0)
        }),
        count(Direction::ToClient, |_| true),
    )
}

/// IPMI packets that went to the BMC, requests and session setup alike.
fn sent(relay: &Relay) -> usize {
    let trace = relay.trace();
    let to_bmc = trace
        .iter()
        .filter(|packet| packet.direction == Direction::ToBmc);
    to_bmc
        .filter(|packet| payload_type(&packet.bytes).is_some() || packet.bytes.get(4) == Some(&0))
        .count()
}
