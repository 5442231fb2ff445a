//! What no console can do without: a packet at a time, waited for, received and acknowledged, and nothing done with it.

use std::net::UdpSocket;
use std::os::fd::AsFd;
use std::thread;
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

use super::console::TABLE;
use super::{Program, Scene, Value};

pub(super) const SCENES: &[Scene] = &[Scene {
    name: "floor",
    most_rounds: usize::MAX,
    run: floor,
}];

/// In the column of ours, which comes nearest to it.
fn floor(program: Program) -> Vec<Value> {
    if program != Program::Ours {
        return Vec::new();
    }
    let milliseconds = exchange().expect("two sockets of this machine");
    let megabytes = (EXCHANGES * TEXT) as f64 / 1e6;
    vec![Value {
        table: TABLE,
        what: "poll, recv and send alone: CPU time a megabyte".to_owned(),
        unit: "ms",
        value: milliseconds / megabytes,
    }]
}

/// The client's CPU time, in milliseconds.
fn exchange() -> std::io::Result<f64> {
    let [bmc, client] = [
        UdpSocket::bind("127.0.0.1:0")?,
        UdpSocket::bind("127.0.0.1:0")?,
    ];
    bmc.connect(client.local_addr()?)?;
    client.connect(bmc.local_addr()?)?;
    bmc.set_read_timeout(Some(PATIENCE))?;
    let client = thread::spawn(move || acknowledge(&client));
    let mut buffer = [0; 512];
    for _ in 0..EXCHANGES {
        bmc.send(&[0; PACKET])?;
        bmc.recv(&mut buffer)?;
        let begun = Instant::now();
        while begun.elapsed() < WORK {}
    }
    client.join().expect("it does not panic")
}

fn acknowledge(socket: &UdpSocket) -> std::io::Result<f64> {
    let mut buffer = [0; 512];
    for _ in 0..EXCHANGES {
        let mut fds = [PollFd::new(socket.as_fd(), PollFlags::POLLIN)];
        poll(
            &mut fds,
            PollTimeout::try_from(PATIENCE).unwrap_or(PollTimeout::MAX),
        )?;
        socket.recv(&mut buffer)?;
        socket.send(&[0; ACKNOWLEDGEMENT])?;
    }
    let used = getrusage(UsageWho::RUSAGE_THREAD)?;
    let microseconds = used.user_time().num_microseconds() + used.system_time().num_microseconds();
    Ok(microseconds as f64 / 1000.0)
}

/// As many as the busy console's output takes.
const EXCHANGES: usize = 20_000;

/// Bytes of text in a packet of `bmcsim`, of the packet around them, and of an acknowledgement.
const TEXT: usize = 248;
const PACKET: usize = 308;
const ACKNOWLEDGEMENT: usize = 60;

/// What a BMC does about an acknowledgement, about.
const WORK: Duration = Duration::from_micros(20);

const PATIENCE: Duration = Duration::from_secs(20);
