//! The two roads between client and BMC, and what goes wrong on them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use steadysol::bmc::moment::Seeded;

use super::history::{Way, What};

/// A packet on its way.
#[derive(Debug, Clone)]
pub struct Packet {
    /// Which way.
    pub way: Way,
    /// The client's address: where it comes from, or goes to.
    pub client: SocketAddr,
    /// What.
    pub bytes: Vec<u8>,
    /// When it was sent, or what it is a copy of.
    pub sent: Duration,
    /// When that of the SOL packets was sent that had arrived at the client when this was sent: the latest of them.
    pub knows: Duration,
    /// Whether it is unchanged, and, once it has arrived, the first to do so: a copy may overtake what it is a copy of.
    pub genuine: bool,
    /// Copies have the number of what they are copies of.
    number: u64,
}

/// Both roads. Times are counted from the first packet.
#[derive(Debug)]
pub struct Network {
    latency: Duration,
    dice: Seeded,
    flying: BTreeMap<(Duration, u64), Packet>,
    held: Vec<Packet>,
    passed: VecDeque<Packet>,
    count: u64,
    sent: u64,
    /// What has arrived of what was sent.
    arrived: BTreeSet<u64>,
    /// When the latest was sent of the SOL packets that have arrived at the client.
    knows: Duration,
    /// The client's address now.
    client: SocketAddr,
    /// The faults in force.
    faults: Vec<What>,
}

impl Network {
    /// Roads of `latency` one way.
    pub fn new(latency: Duration, seed: u64) -> Self {
        Self {
            latency,
            dice: Seeded(seed),
            flying: BTreeMap::new(),
            held: Vec::new(),
            passed: VecDeque::new(),
            count: 0,
            sent: 0,
            arrived: BTreeSet::new(),
            knows: Duration::ZERO,
            client: SocketAddr::from((Ipv4Addr::LOCALHOST, FIRST_PORT)),
            faults: Vec::new(),
        }
    }

    /// The client's address now.
    pub fn client(&self) -> SocketAddr {
        self.client
    }

    /// How many packets there are on the roads.
    pub fn len(&self) -> usize {
        self.flying.len() + self.held.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// When the next packet arrives.
    pub fn next_arrival(&self) -> Option<Duration> {
        self.flying.keys().next().map(|(at, _)| *at)
    }

    /// A fault begins, or happens.
    pub fn begin(&mut self, now: Duration, what: What) {
        match what {
            What::Rebind => self.client.set_port(self.client.port() + 1),
            What::Replay(way, count) => {
                let old: Vec<Packet> = (self.passed.iter().rev())
                    .filter(|packet| packet.way == way)
                    .take(count as usize)
                    .cloned()
                    .collect();
                for packet in old.into_iter().rev() {
                    self.fly(now + self.latency, packet);
                }
            }
            _ => self.faults.push(what),
        }
    }

    /// A fault is over.
    pub fn end(&mut self, now: Duration, what: What) {
        if let Some(at) = self.faults.iter().position(|fault| *fault == what) {
            self.faults.remove(at);
        }
        if matches!(what, What::Hold(_)) {
            for packet in std::mem::take(&mut self.held) {
                if self.holds(packet.way) {
                    self.held.push(packet);
                } else {
                    self.fly(now, packet);
                }
            }
        }
    }

    /// Puts a packet on its road. `client`: whom the BMC sends it to.
    pub fn send(&mut self, now: Duration, way: Way, client: SocketAddr, bytes: Vec<u8>) {
        let mut packet = Packet {
            way,
            client,
            bytes,
            sent: now,
            knows: self.knows,
            genuine: true,
            number: self.sent,
        };
        self.sent += 1;
        let mut delay = self.latency;
        let mut copies = Vec::new();
        for fault in self.faults.clone() {
            match fault {
                What::Loss(which, rate) if concerns(which, way) && self.chance(rate) => return,
                What::BlackOut(which) if concerns(which, way) => return,
                What::Corrupt(rate) if self.chance(rate) => self.corrupt(&mut packet),
                What::Jitter(most) => delay += self.part_of(most),
                What::Reorder(rate, by) if self.chance(rate) => delay += by,
                What::Double(rate, late) if self.chance(rate) => copies.push(late),
                _ => {}
            }
        }
        if self.passed.len() >= REMEMBERED {
            self.passed.pop_front();
        }
        self.passed.push_back(packet.clone());
        let held = self.holds(way);
        for late in copies {
            if held {
                self.held.push(packet.clone());
            } else {
                self.fly(now + delay + late, packet.clone());
            }
        }
        if held {
            self.held.push(packet);
        } else {
            self.fly(now + delay, packet);
        }
    }

    /// The next packet that has arrived; what comes to an address that the client has left is lost.
    pub fn arrive(&mut self, now: Duration) -> Option<Packet> {
        loop {
            let entry = self.flying.first_entry()?;
            if entry.key().0 > now {
                return None;
            }
            let mut packet = entry.remove();
            if packet.way == Way::Up || packet.client == self.client {
                let unchanged = packet.genuine;
                packet.genuine &= self.arrived.insert(packet.number);
                let sol = packet.bytes.get(PAYLOAD_TYPE).map(|byte| byte & 0x3f) == Some(SOL);
                if packet.way == Way::Down && sol && unchanged {
                    self.knows = self.knows.max(packet.sent);
                }
                return Some(packet);
            }
        }
    }

    fn holds(&self, way: Way) -> bool {
        self.faults
            .iter()
            .any(|fault| matches!(fault, What::Hold(which) if concerns(*which, way)))
    }

    fn fly(&mut self, at: Duration, packet: Packet) {
        self.count += 1;
        self.flying.insert((at, self.count), packet);
    }

    fn corrupt(&mut self, packet: &mut Packet) {
        let bit = self.dice.number() as usize % (packet.bytes.len() * 8).max(1);
        if let Some(byte) = packet.bytes.get_mut(bit / 8) {
            *byte ^= 1 << (bit % 8);
        }
        packet.genuine = false;
    }

    fn chance(&mut self, rate: u32) -> bool {
        self.dice.number() % 1000 < u64::from(rate)
    }

    fn part_of(&mut self, most: Duration) -> Duration {
        most * (self.dice.number() % 1000) as u32 / 1000
    }
}

fn concerns(which: Option<Way>, way: Way) -> bool {
    which.is_none_or(|which| which == way)
}

const FIRST_PORT: u16 = 40_000;

/// Where a packet of RMCP+ says what it carries, and SOL's number for that.
const PAYLOAD_TYPE: usize = 5;
const SOL: u8 = 1;

/// Packets that are kept for a replay.
const REMEMBERED: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn sent(network: &mut Network, now: Duration, n: u8) {
        let client = network.client();
        network.send(now, Way::Down, client, vec![n]);
    }

    fn arrived(network: &mut Network, now: Duration) -> Vec<u8> {
        std::iter::from_fn(|| network.arrive(now))
            .map(|packet| packet.bytes[0])
            .collect()
    }

    #[test]
    fn packets_take_their_time_and_keep_their_order() {
        let mut network = Network::new(10 * MS, 1);
        sent(&mut network, Duration::ZERO, 1);
        sent(&mut network, Duration::ZERO, 2);
        assert!(arrived(&mut network, 9 * MS).is_empty());
        assert_eq!(network.next_arrival(), Some(10 * MS));
        assert_eq!(arrived(&mut network, 10 * MS), [1, 2]);
    }

    #[test]
    fn a_packet_knows_which_sol_packets_had_arrived_when_it_was_sent() {
        let mut network = Network::new(10 * MS, 1);
        let client = network.client();
        let sol = vec![6, 0, 0xff, 7, 6, SOL];
        network.send(5 * MS, Way::Down, client, sol.clone());
        network.send(9 * MS, Way::Down, client, sol);
        network.send(14 * MS, Way::Up, client, vec![1]);
        assert!(network.arrive(15 * MS).is_some());
        network.send(15 * MS, Way::Up, client, vec![2]);
        let known: Vec<Duration> = std::iter::from_fn(|| network.arrive(30 * MS))
            .filter(|packet| packet.way == Way::Up)
            .map(|packet| packet.knows)
            .collect();
        assert_eq!(known, [Duration::ZERO, 5 * MS]);
    }

    #[test]
    fn what_is_held_comes_at_once_when_the_hold_is_over() {
        let mut network = Network::new(MS, 1);
        network.begin(Duration::ZERO, What::Hold(None));
        sent(&mut network, Duration::ZERO, 1);
        sent(&mut network, 5 * MS, 2);
        assert_eq!(network.next_arrival(), None);
        network.end(50 * MS, What::Hold(None));
        assert_eq!(arrived(&mut network, 50 * MS), [1, 2]);
    }

    #[test]
    fn what_goes_to_an_address_that_was_left_is_lost() {
        let mut network = Network::new(MS, 1);
        sent(&mut network, Duration::ZERO, 1);
        network.begin(Duration::ZERO, What::Rebind);
        sent(&mut network, Duration::ZERO, 2);
        assert_eq!(arrived(&mut network, MS), [2]);
    }

    #[test]
    fn what_arrives_first_is_genuine_though_it_is_a_copy_and_what_was_changed_is_not() {
        let mut network = Network::new(MS, 1);
        network.begin(Duration::ZERO, What::Double(1000, 5 * MS));
        sent(&mut network, Duration::ZERO, 1);
        network.end(Duration::ZERO, What::Double(1000, 5 * MS));
        network.begin(9 * MS, What::Replay(Way::Down, 1));
        network.begin(9 * MS, What::Corrupt(1000));
        sent(&mut network, 10 * MS, 1);
        let genuine: Vec<bool> = std::iter::from_fn(|| network.arrive(11 * MS))
            .map(|packet| packet.genuine)
            .collect();
        assert_eq!(genuine, [true, false, false, false]);

        let mut network = Network::new(MS, 1);
        network.begin(Duration::ZERO, What::Reorder(1000, 30 * MS));
        sent(&mut network, Duration::ZERO, 1);
        network.begin(9 * MS, What::Replay(Way::Down, 1));
        let first = network.arrive(10 * MS).map(|packet| packet.genuine);
        let second = network.arrive(31 * MS).map(|packet| packet.genuine);
        assert_eq!((first, second), (Some(true), Some(false)));
    }
}
