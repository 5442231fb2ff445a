//! A UDP relay between one client and one BMC that makes faults on demand.
//!
//! It listens on the BMC's own port number on another loopback address, because the BMC names its port when SOL
//! starts, and a client goes there. Faults are set for one direction at a time, at once or at a later time.

mod packets;
mod queue;

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

pub use packets::{Fate, Packet, payload_type, session_id};
use queue::{Action, State};

/// Which way a packet goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the client to the BMC.
    ToBmc,
    /// From the BMC to the client.
    ToClient,
}

/// Both directions.
pub const BOTH: [Direction; 2] = [Direction::ToBmc, Direction::ToClient];

/// What happens to packets that go one way. The default: nothing.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    /// Nothing passes.
    pub black_out: bool,
    /// Lost at random, in per cent; never more than two in a row, so that a bounded number of resends is enough.
    pub drop_percent: u32,
    /// Everything is this much later.
    pub delay: Duration,
    /// Every packet comes a second time, this much later.
    pub copy_after: Option<Duration>,
    /// Every nth packet is delayed by this much, so that others overtake it.
    pub reorder: Option<(u64, Duration)>,
    /// Packets wait until this is false again, and then all go at once, in order.
    pub hold: bool,
    /// To the BMC: what comes in a session while a request there has no answer yet is lost, as with a BMC that serves one
    /// at a time and has no queue.
    pub one_at_a_time: bool,
    /// So many of the next packets of an authenticated session get a wrong last byte, which breaks the integrity code.
    pub corrupt_next: u32,
    /// To the client: so many of the next answers of session set-up become refusals, which anybody can make.
    pub refuse_setup: u32,
    /// Packets of an authenticated session that get a wrong last byte, in per cent; never more than two in a row.
    pub corrupt_percent: u32,
}

/// A running relay. Ends on drop.
#[derive(Debug)]
pub struct Relay {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<std::thread::JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    ended: AtomicBool,
}

impl Relay {
    /// Starts a relay to `bmc`, on its port number at a loopback address of its own.
    ///
    /// # Panics
    /// When no address can be bound.
    pub fn to(bmc: SocketAddr) -> Relay {
        let front = bind_beside(bmc);
        let address = front.local_addr().expect("a bound socket has an address");
        let shared = Arc::new(Shared {
            state: Mutex::new(State::new(bmc)),
            ended: AtomicBool::new(false),
        });
        let worker = Arc::clone(&shared);
        let thread = std::thread::spawn(move || run(&worker, front, address));
        Relay {
            address,
            shared,
            thread: Some(thread),
        }
    }

    /// Where clients send to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Changes the faults of one direction, now.
    pub fn set(&self, direction: Direction, change: impl FnOnce(&mut Faults)) {
        change(self.state().faults(direction));
    }

    /// Changes the faults of both directions, now.
    pub fn set_both(&self, change: impl Fn(&mut Faults)) {
        BOTH.iter()
            .for_each(|&direction| self.set(direction, &change));
    }

    /// Does something to this relay after a time.
    pub fn after(&self, wait: Duration, what: impl FnOnce(&mut Later<'_>) + Send + 'static) {
        let action: Action = Box::new(move |state| what(&mut Later(state)));
        self.state().schedule(Instant::now() + wait, action);
    }

    /// Nothing passes either way for `time`, from now.
    pub fn black_out_for(&self, time: Duration) {
        self.set_both(|faults| faults.black_out = true);
        self.after(time, |later| {
            BOTH.iter()
                .for_each(|&direction| later.faults(direction).black_out = false);
        });
    }

    /// Packets of `direction` wait for `time` from now, and then all go at once, in order.
    pub fn hold_for(&self, direction: Direction, time: Duration) {
        self.set(direction, |faults| faults.hold = true);
        self.after(time, move |later| later.faults(direction).hold = false);
    }

    /// The same, but it begins with the next packet that comes.
    pub fn hold_from_next(&self, direction: Direction, time: Duration) {
        self.on_next(direction, move |later| {
            later.faults(direction).hold = true;
            later.0.schedule(
                Instant::now() + time,
                Box::new(move |state| state.faults(direction).hold = false),
            );
        });
    }

    /// Nothing passes either way for `time`, beginning right after the next packet that goes in `direction`.
    pub fn black_out_after_next(&self, direction: Direction, time: Duration) {
        let set = |later: &mut Later<'_>, on| {
            BOTH.iter()
                .for_each(|&way| later.faults(way).black_out = on)
        };
        self.on_next(direction, move |later| {
            // the packet itself still passes: the fault begins with the next turn of the relay
            later.after(SOON, move |later| set(later, true));
            later.after(SOON + time, move |later| set(later, false));
        });
    }

    /// Does something when the next packet of `direction` comes, before it is dealt with.
    pub fn on_next(
        &self,
        direction: Direction,
        what: impl FnOnce(&mut Later<'_>) + Send + 'static,
    ) {
        self.state()
            .on_next(direction, Box::new(move |state| what(&mut Later(state))));
    }

    /// Closes the port, so that the client's packets are answered by ICMP port unreachable; or opens it again.
    pub fn close_port(&self, closed: bool) {
        self.state().port_closed = closed;
    }

    /// Goes to the BMC from a new port from now on, as after a NAT rebinding.
    pub fn rebind_upstream(&self) {
        self.state().upstreams.clear();
    }

    /// Sends the last `count` packets of `direction` once more.
    pub fn replay(&self, direction: Direction, count: usize) {
        let mut state = self.state();
        let old = state.last_passed(direction, count);
        old.into_iter()
            .for_each(|bytes| state.inject(direction, bytes));
    }

    /// Sends bytes as if the other side had.
    pub fn inject(&self, direction: Direction, bytes: &[u8]) {
        self.state().inject(direction, bytes.to_vec());
    }

    /// Sends `count` packets that look like the session's next ones, but are not authentic: right session id,
    /// plausible sequence numbers, noise for payload and integrity code.
    pub fn forge(&self, direction: Direction, count: u32) {
        let mut state = self.state();
        let Some(last) = state
            .last_passed(direction, 64)
            .into_iter()
            .rev()
            .find(|p| packets::is_secured(p))
        else {
            return;
        };
        (1..=count).for_each(|ahead| {
            let bytes = packets::forged(&last, ahead);
            state.inject(direction, bytes);
        });
    }

    /// Every packet seen so far and what became of it.
    pub fn trace(&self) -> Vec<Packet> {
        self.state().trace.clone()
    }

    /// How many packets of `direction` met `fate`.
    pub fn count(&self, direction: Direction, fate: Fate) -> usize {
        self.state()
            .trace
            .iter()
            .filter(|packet| packet.direction == direction && packet.fate == fate)
            .count()
    }

    /// How many round trips the packets since `from` took: bursts of packets to the BMC with a pause of at least half a
    /// round trip of `time` between them.
    pub fn round_trips(&self, from: Instant, time: Duration) -> usize {
        let trace = self.trace();
        let sent: Vec<Instant> = trace
            .iter()
            .filter(|packet| packet.direction == Direction::ToBmc && packet.at >= from)
            .map(|packet| packet.at)
            .collect();
        let pauses = sent.windows(2).filter(|pair| pair[1] - pair[0] >= time / 2);
        pauses.count() + usize::from(!sent.is_empty())
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.shared.state.lock().unwrap()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What a scheduled action may do.
#[derive(Debug)]
pub struct Later<'a>(&'a mut State);

impl Later<'_> {
    /// The faults of one direction.
    pub fn faults(&mut self, direction: Direction) -> &mut Faults {
        self.0.faults(direction)
    }

    /// Does something else after a time.
    pub fn after(&mut self, wait: Duration, what: impl FnOnce(&mut Later<'_>) + Send + 'static) {
        self.0.schedule(
            Instant::now() + wait,
            Box::new(move |state| what(&mut Later(state))),
        );
    }
}

fn run(shared: &Shared, front: UdpSocket, address: SocketAddr) {
    let mut front = Some(front);
    let mut buffer = vec![0; 65536];
    while !shared.ended.load(Ordering::SeqCst) {
        let (wait, upstreams) = {
            let mut state = shared.state.lock().unwrap();
            state.run_due(Instant::now());
            if state.port_closed {
                front = None;
            } else if front.is_none() {
                front = bound(address);
            }
            state.deliver_due(Instant::now(), front.as_ref());
            (state.wait(Instant::now()), state.upstreams.clone())
        };
        let mut fds: Vec<PollFd<'_>> = upstreams
            .iter()
            .map(|(_, socket)| PollFd::new(socket.as_fd(), PollFlags::POLLIN))
            .collect();
        if let Some(front) = &front {
            fds.push(PollFd::new(front.as_fd(), PollFlags::POLLIN));
        }
        let _ = poll(
            &mut fds,
            PollTimeout::try_from(wait.as_millis()).unwrap_or(PollTimeout::ZERO),
        );
        if let Some(front) = &front {
            while let Ok((count, client)) = front.recv_from(&mut buffer) {
                shared.state.lock().unwrap().arrive(
                    Direction::ToBmc,
                    client,
                    buffer[..count].to_vec(),
                );
            }
        }
        for (client, socket) in &upstreams {
            while let Ok(count) = socket.recv(&mut buffer) {
                shared.state.lock().unwrap().arrive(
                    Direction::ToClient,
                    *client,
                    buffer[..count].to_vec(),
                );
            }
        }
    }
}

/// A socket on `bmc`'s port number at a loopback address that nobody else uses.
fn bind_beside(bmc: SocketAddr) -> UdpSocket {
    let process = std::process::id();
    for _ in 0..1000 {
        let n = NEXT
            .fetch_add(1, Ordering::Relaxed)
            .wrapping_add(process.wrapping_mul(7919));
        let address = Ipv4Addr::new(
            127,
            64 + (n >> 16) as u8 % 64,
            (n >> 8) as u8,
            (n as u8).max(1),
        );
        if let Some(socket) = bound(SocketAddr::from((address, bmc.port()))) {
            return socket;
        }
    }
    panic!("no loopback address has port {} free", bmc.port());
}

fn bound(address: SocketAddr) -> Option<UdpSocket> {
    let socket = UdpSocket::bind(address).ok()?;
    socket.set_nonblocking(true).ok()?;
    Some(socket)
}

static NEXT: AtomicU32 = AtomicU32::new(0);
/// A scheduled change that must not meet the packet that caused it.
const SOON: Duration = Duration::from_millis(1);
