//! The stage itself: the peers and the relay do what the other tests rely on.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::time::Duration;

use compat_tests::accounting;
use compat_tests::client::Input;
use compat_tests::client::Piped;
use compat_tests::fakebmc::FakeBmc;
use compat_tests::relay::{BOTH, Direction, Fate, Relay, payload_type};
use compat_tests::rig::{BANNER, ENVIRONMENT, Rig, Who, arguments, run};

const SOON: Duration = Duration::from_secs(20);

#[test]
fn stock_holds_a_console_on_ipmi_sim_through_the_relay() {
    let mut rig = Rig::start();
    let client = rig.terminal(Who::Stock, &[]);
    rig.say_lines(3, Duration::from_millis(100));
    client.type_in(accounting::token(0).as_bytes());
    assert!(
        client.screen.wait_for(accounting::line(2).trim_end(), SOON),
        "{}",
        client.screen.text()
    );
    let typed = rig
        .bmc
        .serial()
        .wait_typed(SOON, |typed| !typed.is_empty() && typed.ends_with(b";"));
    assert!(accounting::tokens(&typed, 1).is_perfect(), "{typed:?}");
    client.type_in(b"\r~.");
    assert_eq!(client.wait(SOON), Some(0), "{}", client.screen.text());
    assert!(accounting::lines(&client.screen.bytes(), 3).is_perfect());
    assert!(
        rig.relay
            .trace()
            .iter()
            .any(|packet| payload_type(&packet.bytes) == Some(1))
    );
}

#[test]
fn stock_holds_a_console_on_pyghmis_bmc() {
    let bmc = FakeBmc::start(None);
    let words = ["sol".to_owned(), "activate".to_owned()];
    let mut arguments = arguments(bmc.address(), &[]);
    arguments.extend(words);
    let mut client = Piped::start(&Who::Stock.program(), &arguments, &ENVIRONMENT, Input::Pipe);
    std::thread::sleep(Duration::from_secs(1));
    client.type_in(b"hello");
    std::thread::sleep(Duration::from_secs(1));
    client.end_input();
    let ended = client.wait(SOON);
    let words = bmc.words();
    assert!(
        ended.is_some_and(|status| status.success()),
        "{}{words}",
        client.stderr.text()
    );
    assert_eq!(bmc.typed(), b"hello", "{words}");
    assert!(client.stdout.text().contains(BANNER));
}

#[test]
fn stock_reads_the_power_state_of_pyghmis_bmc_with_a_key() {
    let bmc = FakeBmc::start(Some("a key of its own"));
    let mut words = arguments(bmc.address(), &["power", "status"]);
    words.splice(0..0, ["-k".to_owned(), "a key of its own".to_owned()]);
    let done = run(&Who::Stock.program(), &words, &ENVIRONMENT, SOON);
    assert_eq!(
        done.stdout,
        "Chassis Power is on\n",
        "{}{}",
        done.stderr,
        bmc.words()
    );
}

#[test]
fn the_relay_drops_about_what_it_was_told() {
    let (near, far, relay) = pair();
    relay.set(Direction::ToBmc, |faults| faults.drop_percent = 20);
    exchange(&near, &far, &relay, 500);
    let dropped = relay.count(Direction::ToBmc, Fate::Dropped);
    assert!((60..140).contains(&dropped), "{dropped} of 500");
}

#[test]
fn held_packets_come_all_at_once_and_in_order() {
    let (near, far, relay) = pair();
    relay.hold_for(Direction::ToBmc, Duration::from_millis(500));
    let begun = std::time::Instant::now();
    (0..5).for_each(|n| drop(near.send_to(&[n], relay.address())));
    let came: Vec<u8> = (0..5)
        .map(|_| receive(&far).expect("held, not lost")[0])
        .collect();
    assert_eq!(came, [0, 1, 2, 3, 4]);
    let took = begun.elapsed();
    assert!(
        took >= Duration::from_millis(450) && took < Duration::from_secs(3),
        "{took:?}"
    );
}

#[test]
fn copies_come_late_and_a_delayed_packet_is_overtaken() {
    let (near, far, relay) = pair();
    relay.set(Direction::ToBmc, |faults| {
        faults.copy_after = Some(Duration::from_millis(200))
    });
    near.send_to(b"a", relay.address()).unwrap();
    assert_eq!(
        (receive(&far).unwrap(), receive(&far).unwrap()),
        (b"a".to_vec(), b"a".to_vec())
    );
    relay.set(Direction::ToBmc, |faults| {
        faults.copy_after = None;
        faults.reorder = Some((2, Duration::from_millis(300)));
    });
    near.send_to(b"b", relay.address()).unwrap();
    near.send_to(b"c", relay.address()).unwrap();
    assert_eq!(
        (receive(&far).unwrap(), receive(&far).unwrap()),
        (b"c".to_vec(), b"b".to_vec())
    );
}

#[test]
fn a_black_out_ends_by_itself() {
    let (near, far, relay) = pair();
    relay.black_out_for(Duration::from_millis(300));
    near.send_to(b"lost", relay.address()).unwrap();
    std::thread::sleep(Duration::from_millis(500));
    near.send_to(b"found", relay.address()).unwrap();
    assert_eq!(receive(&far).unwrap(), b"found");
    let dropped: usize = BOTH
        .iter()
        .map(|&direction| relay.count(direction, Fate::Dropped))
        .sum();
    assert_eq!(dropped, 1);
}

#[test]
fn a_closed_port_refuses_and_an_opened_one_serves_again() {
    let (near, far, relay) = pair();
    near.connect(relay.address()).unwrap();
    relay.close_port(true);
    std::thread::sleep(Duration::from_millis(200));
    near.send(b"x").unwrap();
    let refused = near.recv(&mut [0; 16]).unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    relay.close_port(false);
    std::thread::sleep(Duration::from_millis(200));
    near.send(b"y").unwrap();
    assert_eq!(receive(&far).unwrap(), b"y");
}

#[test]
fn old_packets_can_be_replayed() {
    let (near, far, relay) = pair();
    for text in [b"1", b"2", b"3"] {
        near.send_to(text, relay.address()).unwrap();
        receive(&far).unwrap();
    }
    relay.replay(Direction::ToBmc, 2);
    assert_eq!(
        (receive(&far).unwrap(), receive(&far).unwrap()),
        (b"2".to_vec(), b"3".to_vec())
    );
}

fn pair() -> (std::net::UdpSocket, std::net::UdpSocket, Relay) {
    let bind = || std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let (near, far) = (bind(), bind());
    far.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    near.set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    let relay = Relay::to(far.local_addr().unwrap());
    assert_eq!(relay.address().port(), far.local_addr().unwrap().port());
    (near, far, relay)
}

fn receive(far: &std::net::UdpSocket) -> Option<Vec<u8>> {
    let mut buffer = [0; 64];
    let count = far.recv(&mut buffer).ok()?;
    Some(buffer[..count].to_vec())
}

fn exchange(near: &std::net::UdpSocket, far: &std::net::UdpSocket, relay: &Relay, count: usize) {
    far.set_nonblocking(true).unwrap();
    for n in 0..count {
        near.send_to(&[n as u8], relay.address()).unwrap();
        if n % 50 == 0 {
            std::thread::sleep(Duration::from_millis(20));
        }
        while receive(far).is_some() {}
    }
    assert!(compat_tests::client::wait_until(
        Duration::from_secs(10),
        || relay.trace().len() >= count
    ));
}
