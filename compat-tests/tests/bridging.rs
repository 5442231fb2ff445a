//! Controllers behind the BMC (`-t -b -T -B -m -l`), asked by stock and by us, on `ipmi_sim` and on `bmcsim`.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::net::SocketAddr;
use std::time::Duration;

use compat_tests::bmcsim::BmcSim;
use compat_tests::ipmi_sim::IpmiSim;
use compat_tests::relay::{Direction, Relay};
use compat_tests::rig::{ENVIRONMENT, Finished, Who, arguments, run};
use steadysol::wire::lan::Message;
use steadysol::wire::session::Packet;

#[test]
fn a_controller_on_a_bus_of_ipmi_sim_answers_both() {
    let bmc = IpmiSim::start();
    for interface in ["lan", "lanplus"] {
        for line in [
            "-t 0x82 raw 6 1",
            "-t 0x82 -b 0 mc info",
            "-t 0x82 -m 0x22 raw 6 1",
            "-t 0x20 raw 6 1",
        ] {
            same(bmc.address(), interface, line);
        }
        let there = ask(Who::Ours, bmc.address(), interface, "-t 0x82 raw 6 1");
        assert!(there.stdout.starts_with(" 01 "), "{there:?}");
    }
}

#[test]
fn controllers_one_and_two_busses_behind_bmcsim_answer_both() {
    let shelf = Shelf::new();
    let bmc = shelf.bmc();
    for interface in ["lan", "lanplus"] {
        for line in [
            "-t 0x82 raw 6 1",
            "-t 0x82 -b 0 raw 6 4",
            "-l 2 -t 0x82 raw 6 1",
            "-t 0x82 -T 0x20 raw 6 1",
            "-t 0x82 raw 6 0x99",
            "-t 0x82 mc info",
        ] {
            same(bmc.address(), interface, line);
        }
        // Over lanplus, stock does not understand an answer inside an answer inside an answer.
        for line in [
            "-t 0x72 -b 7 -T 0x82 -B 0 raw 6 1",
            "-t 0x72 -b 7 -T 0x82 -B 0 -l 3 -m 0x24 raw 6 1",
            "-t 0x72 -b 7 -T 0x82 raw 6 0x99",
        ] {
            let stock = outcome(Who::Stock, bmc.address(), "lan", line);
            let ours = outcome(Who::Ours, bmc.address(), interface, line);
            assert_eq!(ours, stock, "{interface} {line}");
        }
        let far = "-t 0x72 -b 7 -T 0x82 -B 0 -l 3 raw 6 1";
        let done = ask(Who::Ours, bmc.address(), interface, far);
        // Device id, and at the end its own address and the LUN.
        assert!(done.stdout.starts_with(" 12 "), "{done:?}");
        assert!(done.stdout.ends_with(" 72 03\n"), "{done:?}");
    }
}

/// Stock tells it over lanplus; over lan it asks four times and gives no reason.
#[test]
fn a_controller_that_is_not_there_is_told_with_its_code() {
    let shelf = Shelf::new();
    let bmc = shelf.bmc();
    let text = "Unable to send RAW command (channel=0x0 netfn=0x6 lun=0x0 cmd=0x1 rsp=0x83): Unknown (0x83)\n";
    for interface in ["lan", "lanplus"] {
        for line in ["-t 0x90 raw 6 1", "-t 0x72 -T 0x82 raw 6 1"] {
            let done = ask(Who::Ours, bmc.address(), interface, line);
            assert_eq!((done.code, done.stderr.as_str()), (Some(1), text));
        }
    }
    let stock = ask(Who::Stock, bmc.address(), "lanplus", "-t 0x90 raw 6 1");
    assert_eq!(stock.stderr, text);
}

#[test]
fn send_message_is_wrapped_as_stock_wraps_it() {
    let shelf = Shelf::new();
    for interface in ["lan", "lanplus -C 1"] {
        for line in [
            "-t 0x82 -b 0 -l 1 raw 6 4",
            "-t 0x72 -b 7 -T 0x82 -B 0 raw 6 4",
            "-t 0x72 -b 7 -T 0x82 -B 0 -m 0x24 raw 6 4",
        ] {
            let [stock, ours] = [Who::Stock, Who::Ours].map(|who| {
                let bmc = shelf.bmc();
                let relay = Relay::to(bmc.address());
                ask(who, relay.address(), interface, line);
                relayed(&relay)
            });
            assert_eq!(ours, stock, "{interface} {line}");
            assert_eq!(ours.len(), 1, "{ours:?}");
        }
    }
}

/// Nothing is bridged there, in stock neither.
#[test]
fn over_dummy_targets_make_no_difference() {
    let script = compat_tests::dummy::Script::new().on(6, 1, &[], 0, &[1, 2, 3]);
    let home = tempfile::tempdir().unwrap();
    for line in ["-t 0x82 -l 2 raw 6 1", "-t 0x82 -T 0x90 -b 7 raw 6 1"] {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let [stock, ours] = [Who::Stock, Who::Ours].map(|who| {
            let done = compat_tests::dummy::run(&who.program(), &words, &script, home.path());
            let mut asked = done
                .requests
                .into_iter()
                .rev()
                .filter(|request| request.netfn == 6 && request.cmd == 1);
            (done.status.code(), done.stdout, asked.next())
        });
        assert_eq!(ours, stock, "{line}");
    }
}

/// `bmcsim` with one controller on a bus of its own, and one behind that.
struct Shelf(tempfile::NamedTempFile);

impl Shelf {
    fn new() -> Self {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), SHELF).unwrap();
        Self(file)
    }

    fn bmc(&self) -> BmcSim {
        BmcSim::start(&["--inventory", self.0.path().to_str().unwrap()])
    }
}

fn ask(who: Who, bmc: SocketAddr, interface: &str, line: &str) -> Finished {
    let words: Vec<&str> = ["-I"]
        .into_iter()
        .chain(interface.split(' '))
        .chain(line.split(' '))
        .collect();
    run(
        &who.program(),
        &arguments(bmc, &words),
        &ENVIRONMENT,
        Duration::from_secs(60),
    )
}

fn same(bmc: SocketAddr, interface: &str, line: &str) {
    let [stock, ours] = [Who::Stock, Who::Ours].map(|who| outcome(who, bmc, interface, line));
    assert_eq!(ours, stock, "{interface} {line}");
}

/// Exit status and output, without what stock says of its own probes, which it sends to a wrong place with `-m`.
fn outcome(
    who: Who,
    bmc: SocketAddr,
    interface: &str,
    line: &str,
) -> (Option<i32>, String, String) {
    let done = ask(who, bmc, interface, line);
    let stderr = done.stderr.replace("No valid response received\n", "");
    (done.code, done.stdout, stderr)
}

/// The Send Message requests for Get Self Test Results in a relay's trace, without numbers and checksums.
fn relayed(relay: &Relay) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for packet in relay.trace() {
        if packet.direction != Direction::ToBmc {
            continue;
        }
        let payload = match Packet::parse(&packet.bytes) {
            Ok(Packet::V15(packet)) => packet.payload.to_vec(),
            Ok(Packet::V20(packet)) => packet.payload.to_vec(),
            Err(_) => continue,
        };
        let flat = flat(&payload);
        if flat.len() > 6 && flat.ends_with(&[6, 4]) {
            found.push(flat);
        }
    }
    found.dedup();
    found
}

/// Each level's addresses, LUN, network function, command and channel, from the outside in.
fn flat(payload: &[u8]) -> Vec<u8> {
    let Ok(message) = Message::parse(payload) else {
        return Vec::new();
    };
    let mut level = vec![
        message.to,
        message.from,
        message.to_lun,
        message.netfn,
        message.cmd,
    ];
    match (message.netfn, message.cmd, message.data) {
        (6, 0x34, [channel, inner @ ..]) => {
            level.push(*channel);
            level.extend(flat(inner));
        }
        (_, _, data) => level.extend(data),
    }
    level
}

const SHELF: &str = "
[[satellite]]
channel = 0
address = 0x82
id = 0x11

[[satellite]]
behind = 0x82
channel = 7
address = 0x72
id = 0x12
";
