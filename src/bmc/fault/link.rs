//! One direction of the wire, and what happens to datagrams on it.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::LinkFault;
use crate::bmc::endpoint::Transmit;
use crate::bmc::moment::Seeded;

/// Datagrams on their way.
#[derive(Debug, Default)]
pub(super) struct Link {
    active: Vec<(LinkFault, Option<u32>)>,
    /// Ascending by time; among equals in the order they came.
    waiting: VecDeque<(Instant, Transmit)>,
}

impl Link {
    /// Begins a fault, for so many datagrams; one of the same kind ends.
    pub(super) fn begin(&mut self, fault: LinkFault, times: Option<u32>) {
        self.end(fault);
        self.active.push((fault, times));
    }

    /// Ends the fault of this kind.
    pub(super) fn end(&mut self, fault: LinkFault) {
        self.active
            .retain(|(old, _)| std::mem::discriminant(old) != std::mem::discriminant(&fault));
    }

    /// Ends all faults. What is on its way still arrives.
    pub(super) fn clear(&mut self) {
        self.active.clear();
    }

    /// Takes a datagram.
    pub(super) fn push(&mut self, now: Instant, mut packet: Transmit, chance: &mut Seeded) {
        let (mut due, mut copy) = (now, None);
        for (fault, times) in &mut self.active {
            let percent = match fault {
                LinkFault::Drop(p)
                | LinkFault::Corrupt(p)
                | LinkFault::Dup(_, p)
                | LinkFault::Late(_, p) => *p,
                LinkFault::Reorder(_) => 100.0,
            };
            if *times == Some(0) || !hits(percent, chance) {
                continue;
            }
            if let Some(times) = times {
                *times -= 1; // not 0: see above
            }
            match fault {
                LinkFault::Drop(_) => return,
                LinkFault::Dup(after, _) => copy = Some(*after),
                LinkFault::Late(by, _) => due += *by,
                LinkFault::Reorder(most) => {
                    let nanos = most.as_nanos().max(1) as u64; // at most a day
                    due += Duration::from_nanos(chance.number() % nanos);
                }
                LinkFault::Corrupt(_) => {
                    let bits = packet.bytes.len() as u64 * 8;
                    if bits > 0 {
                        let bit = (chance.number() % bits) as usize;
                        packet.bytes[bit / 8] ^= 1 << (bit % 8);
                    }
                }
            }
        }
        if let Some(after) = copy {
            self.insert(due + after, packet.clone());
        }
        self.insert(due, packet);
    }

    /// A datagram that has arrived by `now`.
    pub(super) fn pop(&mut self, now: Instant) -> Option<Transmit> {
        self.waiting.front().filter(|(due, _)| *due <= now)?;
        self.waiting.pop_front().map(|(_, packet)| packet)
    }

    /// When the next one arrives.
    pub(super) fn next(&self) -> Option<Instant> {
        self.waiting.front().map(|(due, _)| *due)
    }

    fn insert(&mut self, due: Instant, packet: Transmit) {
        if self.waiting.len() < MOST_WAITING {
            let index = self.waiting.partition_point(|(other, _)| *other <= due);
            self.waiting.insert(index, (due, packet));
        }
    }
}

fn hits(percent: f64, chance: &mut Seeded) -> bool {
    percent >= 100.0 || ((chance.number() % 1_000_000) as f64) < percent * 10_000.0
}

/// Datagrams on their way at most; more are lost, as on any wire.
const MOST_WAITING: usize = 8192;

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::SocketAddr;

    fn packet(n: u8) -> Transmit {
        Transmit {
            to: SocketAddr::from(([127, 0, 0, 1], 9)).into(),
            bytes: vec![n; 8],
        }
    }

    fn sent(faults: &[(LinkFault, Option<u32>)], count: u8) -> Vec<(u128, Vec<u8>)> {
        let (mut link, mut chance, t0) = (Link::default(), Seeded(1), Instant::now());
        faults
            .iter()
            .for_each(|(fault, times)| link.begin(*fault, *times));
        (0..count)
            .for_each(|n| link.push(t0 + Duration::from_millis(n.into()), packet(n), &mut chance));
        let mut out = Vec::new();
        while let Some(at) = link.next() {
            out.push((
                at.duration_since(t0).as_millis(),
                link.pop(at).unwrap().bytes,
            ));
        }
        out
    }

    #[test]
    fn without_faults_everything_arrives_at_once_and_in_order() {
        let came = sent(&[], 5);
        assert_eq!(
            came,
            (0..5)
                .map(|n: u8| (n.into(), vec![n; 8]))
                .collect::<Vec<(u128, _)>>()
        );
    }

    #[test]
    fn counted_faults_end_after_their_count() {
        assert_eq!(sent(&[(LinkFault::Drop(100.0), Some(2))], 5).len(), 3);
        let late = sent(
            &[(LinkFault::Late(Duration::from_millis(100), 100.0), Some(1))],
            3,
        );
        assert_eq!(
            late.iter().map(|(at, _)| *at).collect::<Vec<_>>(),
            [1, 2, 100]
        );
    }

    #[test]
    fn copies_come_later_and_are_the_same() {
        let came = sent(
            &[(LinkFault::Dup(Duration::from_millis(50), 100.0), None)],
            2,
        );
        assert_eq!(
            came.iter().map(|(at, b)| (*at, b[0])).collect::<Vec<_>>(),
            [(0, 0), (1, 1), (50, 0), (51, 1)]
        );
    }

    #[test]
    fn losses_corruption_and_disorder_are_about_what_was_asked() {
        let lost = 200 - sent(&[(LinkFault::Drop(20.0), None)], 200).len();
        assert!((20..60).contains(&lost), "{lost}");
        let bad = sent(&[(LinkFault::Corrupt(100.0), None)], 50);
        let flips = bad
            .iter()
            .enumerate()
            .map(|(n, (_, b))| b.iter().map(|x| (x ^ n as u8).count_ones()).sum::<u32>());
        assert!(flips.into_iter().all(|n| n == 1));
        let order: Vec<u8> = sent(&[(LinkFault::Reorder(Duration::from_millis(50)), None)], 50)
            .iter()
            .map(|(_, b)| b[0])
            .collect();
        assert_eq!(order.len(), 50);
        assert!(!order.is_sorted());
    }
}
