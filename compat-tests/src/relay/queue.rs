//! The relay's state: what each packet meets, and when what remains of it goes on.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::packets::{is_of_v15, is_secured, refused};
use super::{Direction, Fate, Faults, Packet};

pub(super) type Action = Box<dyn FnOnce(&mut State) + Send>;
type Client = SocketAddr;

pub(super) struct State {
    bmc: SocketAddr,
    pub(super) upstreams: Vec<(Client, Arc<UdpSocket>)>,
    pub(super) port_closed: bool,
    pub(super) trace: Vec<Packet>,
    ways: [Way; 2],
    /// Keyed by time and a running number, so that equal times keep their order.
    scheduled: BTreeMap<(Instant, u64), Action>,
    leaving: BTreeMap<(Instant, u64), (Direction, Client, Vec<u8>)>,
    running: u64,
    client: Option<Client>,
    /// Since when a request in a session has had no answer.
    serving: Option<Instant>,
}

#[derive(Default)]
struct Way {
    faults: Faults,
    held: Vec<(Client, Vec<u8>)>,
    on_next: Vec<Action>,
    came: u64,
    unlucky_in_a_row: u32,
    dice: u64,
}

impl State {
    pub(super) fn new(bmc: SocketAddr) -> State {
        let way = |dice| Way {
            dice,
            ..Way::default()
        };
        State {
            bmc,
            upstreams: Vec::new(),
            port_closed: false,
            trace: Vec::new(),
            ways: [way(0x1234_5678_9abc_def1), way(0x0fed_cba9_8765_4321)],
            scheduled: BTreeMap::new(),
            leaving: BTreeMap::new(),
            running: 0,
            client: None,
            serving: None,
        }
    }

    pub(super) fn faults(&mut self, direction: Direction) -> &mut Faults {
        &mut self.way(direction).faults
    }

    pub(super) fn schedule(&mut self, at: Instant, action: Action) {
        let key = (at, self.number());
        self.scheduled.insert(key, action);
    }

    pub(super) fn on_next(&mut self, direction: Direction, action: Action) {
        self.way(direction).on_next.push(action);
    }

    /// A packet has come.
    pub(super) fn arrive(&mut self, direction: Direction, client: Client, bytes: Vec<u8>) {
        let now = Instant::now();
        self.client = Some(client);
        let actions = std::mem::take(&mut self.way(direction).on_next);
        actions.into_iter().for_each(|action| action(self));

        let crowded = self.is_crowded(now, direction, &bytes);
        let way = self.way(direction);
        let (fate, bytes_out) = if crowded {
            (Fate::Dropped, Vec::new())
        } else {
            way.meet(&bytes)
        };
        let mut times = Vec::new();
        if fate != Fate::Dropped {
            let late = match way.faults.reorder {
                Some((nth, late)) if nth > 0 && way.came.is_multiple_of(nth) => late,
                _ => Duration::ZERO,
            };
            let first = now + way.faults.delay + late;
            times.push(first);
            times.extend(way.faults.copy_after.map(|after| first + after));
        }
        if way.faults.hold {
            times
                .iter()
                .for_each(|_| way.held.push((client, bytes_out.clone())));
        } else {
            for at in times {
                let key = (at, self.number());
                self.leaving
                    .insert(key, (direction, client, bytes_out.clone()));
            }
        }
        self.note(now, direction, bytes, fate);
    }

    /// Whether the BMC, serving one at a time, does not hear this.
    fn is_crowded(&mut self, now: Instant, direction: Direction, bytes: &[u8]) -> bool {
        if !is_secured(bytes) && !is_of_v15(bytes) {
            return false;
        }
        match direction {
            Direction::ToClient => {
                self.serving = None;
                false
            }
            Direction::ToBmc => {
                let crowded = self
                    .serving
                    .is_some_and(|since| now - since < LONGEST_SERVICE);
                if !crowded {
                    self.serving = Some(now);
                }
                crowded && self.way(direction).faults.one_at_a_time
            }
        }
    }

    /// Sends something of the relay's own, past all faults.
    pub(super) fn inject(&mut self, direction: Direction, bytes: Vec<u8>) {
        let Some(client) = self.client else { return };
        let key = (Instant::now(), self.number());
        self.leaving.insert(key, (direction, client, bytes.clone()));
        self.note(key.0, direction, bytes, Fate::Injected);
    }

    /// The last `count` packets of `direction` that went on, in order.
    pub(super) fn last_passed(&self, direction: Direction, count: usize) -> Vec<Vec<u8>> {
        let passed =
            |packet: &&Packet| packet.direction == direction && packet.fate == Fate::Passed;
        let mut last: Vec<_> = self
            .trace
            .iter()
            .rev()
            .filter(passed)
            .take(count)
            .map(|p| p.bytes.clone())
            .collect();
        last.reverse();
        last
    }

    /// Does what is scheduled for now, and lets go of packets that are no longer held.
    pub(super) fn run_due(&mut self, now: Instant) {
        while let Some(entry) = self
            .scheduled
            .first_entry()
            .filter(|entry| entry.key().0 <= now)
        {
            entry.remove()(self);
        }
        for direction in super::BOTH {
            if !self.way(direction).faults.hold {
                for (client, bytes) in std::mem::take(&mut self.way(direction).held) {
                    let key = (now, self.number());
                    self.leaving.insert(key, (direction, client, bytes));
                }
            }
        }
    }

    /// Sends on what is due.
    pub(super) fn deliver_due(&mut self, now: Instant, front: Option<&UdpSocket>) {
        while let Some(entry) = self
            .leaving
            .first_entry()
            .filter(|entry| entry.key().0 <= now)
        {
            let (direction, client, bytes) = entry.remove();
            // a packet that cannot be sent is a lost packet
            match direction {
                Direction::ToClient => drop(front.map(|front| front.send_to(&bytes, client))),
                Direction::ToBmc => drop(self.upstream(client).map(|socket| socket.send(&bytes))),
            }
        }
    }

    /// How long nothing is due. Short even then, because faults are changed from other threads.
    pub(super) fn wait(&self, now: Instant) -> Duration {
        let due = self
            .leaving
            .keys()
            .chain(self.scheduled.keys())
            .map(|key| key.0)
            .min();
        let wait = due.map_or(LONGEST_WAIT, |due| due.saturating_duration_since(now));
        // rounded up, so that the loop does not spin through the last millisecond
        wait.min(LONGEST_WAIT) + Duration::from_micros(if wait.is_zero() { 0 } else { 999 })
    }

    fn upstream(&mut self, client: Client) -> Option<Arc<UdpSocket>> {
        if let Some((_, socket)) = self.upstreams.iter().find(|(known, _)| *known == client) {
            return Some(Arc::clone(socket));
        }
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).ok()?;
        socket.connect(self.bmc).ok()?;
        socket.set_nonblocking(true).ok()?;
        let socket = Arc::new(socket);
        self.upstreams.push((client, Arc::clone(&socket)));
        Some(socket)
    }

    fn note(&mut self, at: Instant, direction: Direction, bytes: Vec<u8>, fate: Fate) {
        if self.trace.len() < MOST_NOTED {
            self.trace.push(Packet {
                at,
                direction,
                bytes,
                fate,
            });
        }
    }

    fn number(&mut self) -> u64 {
        self.running += 1;
        self.running
    }

    fn way(&mut self, direction: Direction) -> &mut Way {
        &mut self.ways[direction as usize]
    }
}

impl Way {
    /// What becomes of a packet, and its bytes afterwards.
    fn meet(&mut self, bytes: &[u8]) -> (Fate, Vec<u8>) {
        self.came += 1;
        let fate = self.fate(is_secured(bytes));
        self.unlucky_in_a_row = if fate == Fate::Passed {
            0
        } else {
            self.unlucky_in_a_row + 1
        };
        let mut bytes = bytes.to_vec();
        if let Some(last) = bytes.last_mut().filter(|_| fate == Fate::Corrupted) {
            *last ^= 0x55;
        }
        if self.faults.refuse_setup > 0
            && fate == Fate::Passed
            && let Some(refusal) = refused(&bytes)
        {
            self.faults.refuse_setup -= 1;
            return (Fate::Corrupted, refusal);
        }
        (fate, bytes)
    }

    fn fate(&mut self, secured: bool) -> Fate {
        let enough = self.unlucky_in_a_row >= 2;
        let (lose, spoil) = (self.throw(), self.throw());
        if self.faults.black_out {
            Fate::Dropped
        } else if secured && self.faults.corrupt_next > 0 {
            self.faults.corrupt_next -= 1;
            Fate::Corrupted
        } else if lose < self.faults.drop_percent && !enough {
            Fate::Dropped
        } else if secured && spoil < self.faults.corrupt_percent && !enough {
            Fate::Corrupted
        } else {
            Fate::Passed
        }
    }

    /// A number from 0 to 99, the same sequence in every run.
    fn throw(&mut self) -> u32 {
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        (self.dice % 100) as u32
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("bmc", &self.bmc)
            .field("packets", &self.trace.len())
            .finish_non_exhaustive()
    }
}

/// After this, an answer is not expected any more.
const LONGEST_SERVICE: Duration = Duration::from_millis(900);
const LONGEST_WAIT: Duration = Duration::from_millis(10);
const MOST_NOTED: usize = 100_000;
