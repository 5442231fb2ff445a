//! A host with several addresses, of which one is the BMC's; and IPv6 as it is typed.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use compat_tests::bmcsim::BmcSim;
use compat_tests::ipmi_sim::{PASSWORD, USER};
use compat_tests::peer::free_port;
use compat_tests::rig::{ENVIRONMENT, Who, run};
use steadysol::crypto::Key20;
use steadysol::crypto::rakp::Quirk;
use steadysol::crypto::suite::Suite;
use steadysol::proto::handshake::{Config, Failure};
use steadysol::transport::network::{Lanplus, OpenError};

#[test]
fn an_address_where_nothing_listens_costs_nothing() {
    let bmc = BmcSim::start(&[]);
    let nobody = SocketAddr::from(([127, 0, 0, 2], free_port()));
    for suite in [Some(3), None] {
        let (session, took) = open(&[nobody, bmc.address()], suite, 4);
        session.expect("the second address is the BMC's").close();
        assert!(took < Duration::from_millis(500), "{took:?}");
    }
}

#[test]
fn an_address_that_keeps_silent_costs_one_try() {
    let bmc = BmcSim::start(&[]);
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let (session, took) = open(&[silent.local_addr().unwrap(), bmc.address()], Some(3), 4);
    session.expect("the second address is the BMC's").close();
    assert!(took < Duration::from_millis(1500), "{took:?}");
}

#[test]
fn a_refusal_ends_the_search() {
    let bmc = BmcSim::start(&[]);
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    // Suite 0 is not allowed there.
    let (session, took) = open(&[bmc.address(), silent.local_addr().unwrap()], Some(0), 4);
    assert!(matches!(session, Err(OpenError::Refused(_))), "{session:?}");
    assert!(took < Duration::from_millis(500), "{took:?}");
}

#[test]
fn silence_everywhere_is_told_once_all_tries_are_spent() {
    let silent = [(); 2].map(|()| UdpSocket::bind("127.0.0.1:0").unwrap());
    let addresses = silent.each_ref().map(|socket| socket.local_addr().unwrap());
    let (session, took) = open(&addresses, Some(3), 2);
    assert!(
        matches!(session, Err(OpenError::Unreachable(_))),
        "{session:?}"
    );
    // Once each, then once more each.
    assert!(
        took >= Duration::from_secs(4) && took < Duration::from_secs(5),
        "{took:?}"
    );
}

#[test]
fn ipv6_addresses_are_taken_in_brackets_too() {
    let port = UdpSocket::bind("[::1]:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let _bmc = BmcSim::start(&["--listen", &format!("[::1]:{port}")]);
    let port = port.to_string();
    for host in ["::1", "[::1]"] {
        let words = [
            "-I", "lanplus", "-H", host, "-p", &port, "-U", USER, "-E", "-C", "3", "raw", "6", "1",
        ];
        let done = run(
            &Who::Ours.program(),
            &words.map(str::to_owned),
            &ENVIRONMENT,
            Duration::from_secs(30),
        );
        assert_eq!(done.code, Some(0), "{host}: {done:?}");
    }
}

fn open(
    addresses: &[SocketAddr],
    suite: Option<u8>,
    tries: u32,
) -> (Result<Lanplus, OpenError<Failure>>, Duration) {
    let config = Config {
        username: USER.into(),
        password: Key20::new(PASSWORD.as_bytes()).unwrap(),
        kg: None,
        suite: suite.and_then(Suite::by_id),
        privilege: 4,
        name_only: true,
        quirk: Quirk::Standard,
        timeout: Duration::from_secs(1),
        tries,
    };
    let begun = Instant::now();
    (Lanplus::open_at(addresses, config, None), begun.elapsed())
}
