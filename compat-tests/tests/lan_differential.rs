//! `-I lan`: IPMI 1.5 sessions, stock's and ours side by side, on `ipmi_sim` and on `bmcsim`.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::net::SocketAddr;
use std::time::Duration;

use compat_tests::bmcsim::BmcSim;
use compat_tests::ipmi_sim::{IpmiSim, USER};
use compat_tests::peer::free_port;
use compat_tests::relay::{Direction, Faults, Relay};
use compat_tests::rig::{ENVIRONMENT, Finished, Who, arguments, run};
use steadysol::wire::lan::Message;
use steadysol::wire::session::{Packet, V15};

#[test]
fn verbs_say_the_same_with_every_type_that_stock_speaks() {
    let bmcs = [
        Bmc::Sim(IpmiSim::start()),
        Bmc::Ours(BmcSim::start(&[])),
        Bmc::Ours(BmcSim::start(&["--suite-zero", "--personality", "old"])),
    ];
    let mut differences = Vec::new();
    for bmc in &bmcs {
        for auth_type in ["", "-A NONE", "-A PASSWORD", "-A MD5", "-A OEM", "-A what"] {
            let commands = if auth_type.is_empty() { COMMANDS } else { FEW };
            for command in commands {
                let line = format!("-I lan {auth_type} {command}");
                differences.extend(difference(bmc.address(), &line));
            }
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// What reads the sensor data records: stock erases those of `ipmi_sim`.
#[test]
fn inventories_say_and_take_the_same() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().display().to_string();
    for personality in ["plain", "old"] {
        let bmcs = [Who::Stock, Who::Ours]
            .map(|who| (who, BmcSim::start(&["--personality", personality])));
        let mut differences = Vec::new();
        for words in INVENTORIES {
            let line = format!("-I lan {}", words.replace("FILE", &path));
            let [stock, ours] = bmcs.each_ref().map(|(who, bmc)| {
                let done = ask(*who, bmc.address(), &line);
                (done.code, done.stdout, done.stderr)
            });
            if stock != ours {
                differences.push(format!("{line}\n  stock {stock:?}\n  ours  {ours:?}"));
            }
        }
        assert!(differences.is_empty(), "{}", differences.join("\n"));
    }
}

/// Debian's ipmitool has no MD2, and `-I lan` is what a host without an interface means.
#[test]
fn md2_works_and_a_host_alone_means_lan() {
    for bmc in [
        Bmc::Sim(IpmiSim::start()),
        Bmc::Ours(BmcSim::start(&["--personality", "old"])),
    ] {
        let (host, port) = (
            bmc.address().ip().to_string(),
            bmc.address().port().to_string(),
        );
        let line = ["-H", &host, "-p", &port, "-U", USER, "-E"];
        for auth_type in [&[][..], &["-A", "MD2"]] {
            let all: Vec<String> = [&line[..], auth_type, &["raw", "6", "1"]]
                .concat()
                .iter()
                .map(|&word| word.to_owned())
                .collect();
            let done = run(&Who::Ours.program(), &all, &ENVIRONMENT, PATIENCE);
            assert_eq!(
                (done.code, done.stderr.as_str()),
                (Some(0), ""),
                "{auth_type:?}"
            );
        }
    }
}

#[test]
fn refusals_are_told_in_stocks_words() {
    let bmc = IpmiSim::start();
    for line in [
        "-I lan -U nobody mc info",
        "-I lan -A OEM mc info",
        "-I lan -P 12345678901234567 mc info",
        "-I lan -H no.such.host.invalid mc info",
        "-I lan -4 -H ::1 mc info",
    ] {
        if let Some(text) = difference(bmc.address(), line) {
            panic!("{text}");
        }
    }
    let bmc = BmcSim::start(&["--user", "low:secret:user"]);
    for line in [
        "-I lan -U low -P secret mc info",
        "-I lan -U low -P secret -L OPERATOR raw 6 1",
    ] {
        if let Some(text) = difference(bmc.address(), line) {
            panic!("{text}");
        }
    }
}

#[test]
fn a_board_without_ipmi_1_5_is_told_from_a_wrong_type() {
    let bmc = BmcSim::start(&[]);
    let run = |line: &str| ask(Who::Ours, bmc.address(), line);
    // No type of IPMI 1.5 is allowed any more: what modern boards ship with.
    let off = run("raw 0x0c 1 1 2 0 0 0 0 0");
    assert_eq!(off.code, Some(0), "{off:?}");
    let done = run("-I lan mc info");
    assert_eq!(done.code, Some(1));
    let expected = "Authentication type NONE not supported";
    assert!(done.stderr.starts_with(expected), "{done:?}");
    assert!(done.stderr.contains("use -I lanplus"), "{done:?}");
    let stock = ask(Who::Stock, bmc.address(), "-I lan mc info");
    assert!(stock.stderr.starts_with(expected), "{stock:?}");
}

#[test]
fn a_wrong_password_is_named_and_takes_no_longer_than_with_stock() {
    for bmc in [Bmc::Sim(IpmiSim::start()), Bmc::Ours(BmcSim::start(&[]))] {
        let line = "-I lan -N 1 -R 3 -P wrong mc info";
        let stock = ask(Who::Stock, bmc.address(), line);
        let ours = ask(Who::Ours, bmc.address(), line);
        assert_eq!((ours.code, stock.code), (Some(1), Some(1)));
        assert!(stock.stderr.ends_with(UNABLE), "{stock:?}");
        assert!(ours.stderr.ends_with(UNABLE), "{ours:?}");
        assert!(
            ours.stderr.starts_with(
                "Activate Session command failed: no answer to 3 tries; wrong password?\n"
            ),
            "{ours:?}"
        );
        assert!(
            ours.took < stock.took + SLACK,
            "{:?} {:?}",
            ours.took,
            stock.took
        );
    }
}

#[test]
fn a_dead_host_takes_no_longer_than_with_stock() {
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let closed = SocketAddr::from(([127, 0, 0, 1], free_port()));
    for (bmc, line) in [
        (silent.local_addr().unwrap(), "-I lan mc info"),
        (closed, "-I lan -N 1 -R 1 mc info"),
    ] {
        let stock = ask(Who::Stock, bmc, line);
        let ours = ask(Who::Ours, bmc, line);
        assert_eq!((ours.code, stock.code), (Some(1), Some(1)));
        assert_eq!(stock.stderr, UNABLE);
        let reason = ours
            .stderr
            .strip_suffix(UNABLE)
            .expect("stock's last lines");
        assert!(reason.starts_with("No answer from the BMC"), "{reason}");
        assert!(ours.took < stock.took, "{:?} {:?}", ours.took, stock.took);
    }
}

#[test]
fn the_console_needs_lanplus() {
    let bmc = IpmiSim::start();
    for line in [
        "-I lan sol activate",
        "-I lan sol info",
        "-I lan sol deactivate",
    ] {
        if let Some(text) = difference(bmc.address(), line) {
            panic!("{text}");
        }
    }
}

/// The ping and the probes aside, the same requests go out, to the byte as far as they are not random.
#[test]
fn the_same_requests_go_out() {
    for options in ["", "-A NONE", "-L USER", "-o intelwv2"] {
        let [stock, ours] = [Who::Stock, Who::Ours].map(|who| {
            let bmc = BmcSim::start(&["--suite-zero"]);
            let relay = Relay::to(bmc.address());
            let line = format!("-I lan {options} raw 6 0x38 0x0e 4");
            assert_eq!(ask(who, relay.address(), &line).code, Some(0), "{options}");
            requests(&relay)
        });
        assert_eq!(ours, stock, "{options}");
    }
}

/// A board that offers OEM authentication only, and keeps what activates a session: the password as it is, or what old
/// Supermicro boards make of it and of their challenge.
#[test]
fn oem_keys_are_the_ones_that_stock_sends() {
    for options in ["-A OEM", "-o supermicro", "-o quanta"] {
        let [stock, ours] = [Who::Stock, Who::Ours].map(|who| {
            let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
            let address = socket.local_addr().unwrap();
            let board = std::thread::spawn(move || activation(&socket));
            let done = ask(who, address, &format!("-I lan {options} mc info"));
            let expected = "Activate Session error:\tNo session slot available\n";
            assert_eq!(
                done.stderr,
                format!("{expected}{UNABLE}"),
                "{who:?} {options}"
            );
            board.join().unwrap()
        });
        assert_eq!(ours, stock, "{options}");
    }
}

/// Plays the board until a session is to be activated, which it refuses; the request as far as it is not random.
fn activation(socket: &std::net::UdpSocket) -> (u8, Option<[u8; 16]>, Vec<u8>) {
    let mut buffer = [0; 512];
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    loop {
        let (length, client) = socket.recv_from(&mut buffer).unwrap();
        let Ok(Packet::V15(packet)) = Packet::parse(&buffer[..length]) else {
            continue;
        };
        let request = Message::parse(packet.payload).unwrap();
        let answer = match request.cmd {
            0x38 => vec![0, 1, 1 << 5, 0, 0, 0, 0, 0, 0],
            0x39 => [&[0, 4, 3, 2, 1][..], &[0x9d; 16]].concat(),
            _ => vec![0x81],
        };
        let payload = request.answer(&answer).to_bytes();
        let reply = V15 {
            auth_type: 0,
            sequence: 0,
            session: 0,
            auth_code: None,
            payload: &payload,
        };
        // Under the code's length stock looks where a code would be: it has told the type before.
        let reply = match request.cmd {
            0x3a => V15 {
                auth_type: 5,
                auth_code: Some([0; 16]),
                ..reply
            },
            _ => reply,
        };
        socket.send_to(&reply.to_datagram(), client).unwrap();
        if request.cmd == 0x3a {
            let data = request.data[..18].to_vec();
            return (packet.auth_type, packet.auth_code, data);
        }
    }
}

#[test]
fn a_bad_network_does_no_harm() {
    let faults: [(&str, Fault); 4] = [
        ("loss", |faults| faults.drop_percent = 20),
        ("copies", |faults| {
            faults.copy_after = Some(Duration::from_millis(30))
        }),
        ("overtaking", |faults| {
            faults.copy_after = Some(Duration::from_millis(20));
            faults.reorder = Some((2, Duration::from_millis(50)));
        }),
        ("lateness", |faults| {
            faults.delay = Duration::from_millis(1200)
        }),
    ];
    for (name, fault) in faults {
        let bmc = BmcSim::start(&[]);
        let relay = Relay::to(bmc.address());
        relay.set_both(fault);
        for round in 0..2 {
            let done = ask(Who::Ours, relay.address(), "-I lan -R 7 mc info");
            assert_eq!(done.code, Some(0), "{name}, round {round}: {done:?}");
        }
    }
}

#[test]
fn the_session_is_closed() {
    let bmc = BmcSim::start(&["--sessions", "1"]);
    for line in [
        "-I lan raw 6 1",
        "-I lan raw 6 0x99",
        "-I lan -L OPERATOR raw 6 1",
    ] {
        for _ in 0..2 {
            let done = ask(Who::Ours, bmc.address(), line);
            assert!(
                !done.stderr.contains("Activate Session"),
                "{line}: {done:?}"
            );
        }
    }
}

type Fault = fn(&mut Faults);

enum Bmc {
    Sim(IpmiSim),
    Ours(BmcSim),
}

impl Bmc {
    fn address(&self) -> SocketAddr {
        match self {
            Self::Sim(bmc) => bmc.address(),
            Self::Ours(bmc) => bmc.address(),
        }
    }
}

fn ask(who: Who, bmc: SocketAddr, line: &str) -> Finished {
    let words: Vec<&str> = line.split_whitespace().collect();
    run(
        &who.program(),
        &arguments(bmc, &words),
        &ENVIRONMENT,
        PATIENCE,
    )
}

/// What differs between stock's output and ours, start-up probes aside.
fn difference(bmc: SocketAddr, line: &str) -> Option<String> {
    let [stock, ours] = [Who::Stock, Who::Ours].map(|who| {
        let done = ask(who, bmc, line);
        (done.code, steady(&done.stdout), steady(&done.stderr))
    });
    (stock != ours).then(|| format!("{line}\n  stock {stock:?}\n  ours  {ours:?}"))
}

/// Without what differs from session to session, and without what stock says of its own probes.
fn steady(text: &str) -> String {
    let changing = [
        "session handle",
        "console port",
        "Get HPM.x Capabilities request failed",
    ];
    text.lines()
        .filter(|line| !changing.iter().any(|label| line.starts_with(label)))
        .map(|line| format!("{line}\n"))
        .collect()
}

/// The IPMI 1.5 requests in a relay's trace: authentication type, command, and data, without what is random, without
/// stock's probes.
fn requests(relay: &Relay) -> Vec<(u8, u8, u8, Vec<u8>)> {
    let mut found = Vec::new();
    for packet in relay.trace() {
        if packet.direction != Direction::ToBmc {
            continue;
        }
        let Ok(Packet::V15(packet)) = Packet::parse(&packet.bytes) else {
            continue;
        };
        let message = Message::parse(packet.payload).unwrap();
        let mut data = message.data.to_vec();
        match (message.netfn, message.cmd) {
            (0x2c, _) | (6, 1) => continue,
            // Challenge and first sequence number; session id.
            (6, 0x3a) => data.truncate(2),
            (6, 0x3c) => data.clear(),
            _ => {}
        }
        found.push((packet.auth_type, message.netfn, message.cmd, data));
    }
    found
}

/// Each shows in what follows.
const INVENTORIES: &[&str] = &[
    "fru",
    "fru print",
    "fru list",
    "-c fru print",
    "-Z fru print 0",
    "fru print 1",
    "fru print 77",
    "fru print x",
    "fru read 0 FILE",
    "fru edit 0 field p 1 another-name1",
    "fru edit 0 field c 9 abc",
    "fru print 0",
    "fru write 0 FILE",
    "fru print 0",
    "fru internaluse 0 info",
    "fru internaluse 0 print",
    "fru bogus",
];

const FEW: &[&str] = &["mc info", "raw 6 1"];

const COMMANDS: &[&str] = &[
    "mc info",
    "bmc info",
    "power status",
    "chassis power status",
    "power bogus",
    "sdr info",
    "raw 6 1",
    "raw 6 0x38 0x0e 4",
    "raw 6 0x99",
    "raw 0x2c 1 0xdc",
    "raw 6 1 x",
    "-l 1 raw 6 1",
    "-L USER raw 6 1",
    "-L USER power off",
    "session info active",
    "session info all",
    "session info handle 77",
];

const UNABLE: &str = "Error: Unable to establish LAN session\n\
                      Error: Unable to establish IPMI v1.5 / RMCP session\n";

const PATIENCE: Duration = Duration::from_secs(30);
/// For a busy machine.
const SLACK: Duration = Duration::from_secs(1);
