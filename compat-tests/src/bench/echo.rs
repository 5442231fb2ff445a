//! How long a key's echo takes, from the key to the screen, and how much of that is the client's part: what lies before
//! its packet and behind the BMC's. A relay tells when those passed.

use std::time::{Duration, Instant};

use super::stage::Stage;
use super::{Program, Scene, Value, median, percentile_99};
use crate::bmcsim::BmcSim;
use crate::relay::{Direction, Packet, Relay, payload_type};

pub(super) const SCENES: &[Scene] = &[
    Scene {
        name: "echo",
        most_rounds: 3,
        run: |program| echo(program, false),
    },
    Scene {
        name: "echo-in-flood",
        most_rounds: 3,
        run: |program| echo(program, true),
    },
];

fn echo(program: Program, flood: bool) -> Vec<Value> {
    let machine = if flood {
        "stty raw echo; sleep 2; while :; do cat @; done"
    } else {
        "stty raw echo; sleep 1000"
    };
    let folder = tempfile::tempdir().expect("a temporary directory");
    let text = folder.path().join("text");
    std::fs::write(
        &text,
        "some line of output that is not long\r\n".repeat(1000),
    )
    .expect("a temporary file");
    let machine = machine.replace('@', &text.display().to_string());
    let bmc = BmcSim::start_low(&["--serial", &format!("exec:{machine}")]);
    let relay = Relay::to(bmc.address());
    let Some(stage) = Stage::on(relay.address(), program, false, folder) else {
        return Vec::new();
    };
    std::thread::sleep(Duration::from_secs(3));
    let first = relay.trace().len();
    let mut typed = Vec::new();
    for _ in 0..KEYS {
        std::thread::sleep(APART);
        typed.push(Instant::now());
        stage.console.type_in(&[KEY]);
    }
    std::thread::sleep(APART * 10);
    let pieces = stage.console.screen.pieces();
    let mut shown = pieces
        .iter()
        .flat_map(|(at, piece)| piece.iter().map(move |byte| (*at, *byte)))
        .filter(|(at, byte)| *byte == KEY && *at > typed[0])
        .map(|(at, _)| at);
    let seen: Vec<(Instant, Instant)> = typed
        .iter()
        .map_while(|typed| Some((*typed, shown.next()?)))
        .collect();
    let packets = relay.trace();
    let packets: Vec<&Packet> = packets[first..]
        .iter()
        .filter(|packet| payload_type(&packet.bytes) == Some(1))
        .collect();
    let whole = seen.iter().map(|(typed, shown)| *shown - *typed);
    let mut values = both(
        &format!("key to echo, {} console", name(flood)),
        whole.collect(),
    );
    // In a flood nothing tells which packet has the key.
    let part: Vec<Duration> = if flood {
        let screen = pieces.iter().map(|(at, _)| *at);
        waits(packets.iter().copied(), screen).collect()
    } else {
        seen.iter()
            .filter_map(|&(typed, shown)| of_client(&packets, typed, shown))
            .collect()
    };
    let what = if flood {
        "wire to screen, flooded console"
    } else {
        "the client's part of it: key to wire and wire to screen"
    };
    values.extend(both(what, part));
    values
}

fn name(flood: bool) -> &'static str {
    if flood { "flooded" } else { "idle" }
}

fn both(what: &str, times: Vec<Duration>) -> Vec<Value> {
    let times: Vec<f64> = times
        .iter()
        .map(|time| time.as_secs_f64() * 1000.0)
        .collect();
    let named = |which: &str, value: Option<f64>| {
        Some(Value {
            table: TABLE,
            what: format!("{what}: {which}"),
            unit: "ms",
            value: value?,
        })
    };
    [
        named("median", median(&times)),
        named("99 of 100", percentile_99(&times)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// From the key to the first packet behind it, and from the last packet before its echo was seen to that.
fn of_client(packets: &[&Packet], typed: Instant, shown: Instant) -> Option<Duration> {
    let sent = packets
        .iter()
        .find(|packet| packet.direction == Direction::ToBmc && packet.at >= typed)?;
    let came = packets
        .iter()
        .rev()
        .find(|packet| packet.direction == Direction::ToClient && packet.at <= shown)?;
    (came.at >= sent.at).then(|| (sent.at - typed) + (shown - came.at))
}

/// For each packet to the client, the time until something is shown.
fn waits<'a>(
    packets: impl Iterator<Item = &'a Packet>,
    screen: impl Iterator<Item = Instant>,
) -> impl Iterator<Item = Duration> {
    let mut screen = screen.peekable();
    packets
        .filter(|packet| packet.direction == Direction::ToClient)
        // Acknowledgements show nothing.
        .filter(|packet| packet.bytes.len() > ACKNOWLEDGEMENT)
        .filter_map(move |packet| {
            while screen.next_if(|at| *at < packet.at).is_some() {}
            screen.peek().map(|at| *at - packet.at)
        })
}

/// Not a letter of the flood.
const KEY: u8 = b'K';

const KEYS: usize = 100;

/// Between two keys: as somebody who types fast.
const APART: Duration = Duration::from_millis(60);

/// Bytes of a packet that says nothing else.
const ACKNOWLEDGEMENT: usize = 80;

/// The table's heading.
pub(super) const TABLE: &str = "A key's echo";
