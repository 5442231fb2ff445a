//! The in-flight ledger: every request that was sent and has not been answered yet, first in, first out.
//!
//! This is what the project is about. Stock ipmitool forgets a request as soon as it stops waiting for it, and
//! takes the answer, when it comes after all, for the end of the session. Here a request stays in the ledger until
//! it is answered or the ledger is full, and an answer is one of four things, none of which can end a session:
//!
//! * *matched*: somebody waits for it. The entry leaves the ledger; the round trip is measured.
//! * *late*: nobody waits any more, but the entry is still here. It leaves the ledger and is counted.
//! * *duplicate*: the request was answered before. Counted.
//! * *foreign*: nothing was asked that this answers. Counted.
//!
//! The ledger holds at most [`CAPACITY`] entries; then the oldest expires, visibly. A sequence number (six bits,
//! IPMI 2.0 section 13.8) is not used again while its request is in flight, nor shortly after it was answered, nor,
//! if it was sent more than once and more answers may follow, for [`RETRIED_COOLING`].

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::round_trip::RoundTrip;
use crate::wire::lan;

/// Most requests in flight at once.
pub const CAPACITY: usize = 24;

/// How long the number of a request that was sent more than once, or answered late, is left alone after its answer.
pub const RETRIED_COOLING: Duration = Duration::from_secs(60);

/// What a request in flight is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Somebody waits for its answer.
    Command,
    /// It asks whether the BMC lives.
    Keepalive,
}

/// Names a request over its whole life; never used twice within one ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId(u64);

/// A request in flight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub id: RequestId,
    /// IPMI sequence number (rqSeq), 0 to 63.
    pub seq: u8,
    /// What it is for.
    pub kind: Kind,
    /// The request's network function.
    pub netfn: u8,
    /// The command.
    pub cmd: u8,
    /// When it was sent first.
    pub first_sent: Instant,
    /// When it was sent last.
    pub last_sent: Instant,
    /// How often it was sent.
    pub sends: u32,
    /// Whether anybody still waits for the answer.
    pub awaited: bool,
    /// How many answers to Send Message are to come before it.
    pub relays: u8,
}

/// What an answer turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The answer to a request that somebody waits for.
    Matched(Entry),
    /// The answer to a request that nobody waits for any more.
    Late(Entry),
    /// One more answer to a request that was answered before.
    Duplicate,
    /// The answer to nothing that was asked.
    Foreign,
}

/// How often what happened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Requests sent, without repetitions.
    pub sent: u64,
    /// Answers somebody waited for.
    pub matched: u64,
    /// Answers that came after the wait for them had ended.
    pub late: u64,
    /// Further answers to what was answered before.
    pub duplicate: u64,
    /// Answers to nothing that was asked.
    pub foreign: u64,
    /// Requests that left the ledger without an answer.
    pub expired: u64,
}

/// The ledger.
#[derive(Debug, Default)]
pub struct Ledger {
    entries: VecDeque<Entry>,
    retired: VecDeque<Retired>,
    last_seq: u8,
    next_id: u64,
    round_trip: RoundTrip,
    counts: Counts,
}

/// A request that is answered, or expired, and whose number must cool.
#[derive(Debug)]
struct Retired {
    seq: u8,
    netfn: u8,
    cmd: u8,
    /// Until when the number wants to cool; those that have cooled longest give theirs up first.
    until: Instant,
}

/// Getters.
impl Ledger {
    /// Everything in flight, oldest first.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    /// What happened so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// The round trip of what was sent once and answered.
    pub fn round_trip(&self) -> &RoundTrip {
        &self.round_trip
    }
}

/// Mutators.
impl Ledger {
    /// Enters a request that is sent now. Returns its name, its sequence number, and the oldest entry if that had
    /// to expire to make room.
    pub fn admit(
        &mut self,
        now: Instant,
        kind: Kind,
        netfn: u8,
        cmd: u8,
    ) -> (RequestId, u8, Option<Entry>) {
        let expired = if self.entries.len() >= CAPACITY {
            self.entries.pop_front()
        } else {
            None
        };
        if let Some(entry) = &expired {
            self.counts.expired += 1;
            self.retire(entry, now + RETRIED_COOLING);
        }
        let seq = self.free_seq();
        self.next_id += 1;
        let id = RequestId(self.next_id);
        self.counts.sent += 1;
        self.entries.push_back(Entry {
            id,
            seq,
            kind,
            netfn,
            cmd,
            first_sent: now,
            last_sent: now,
            sends: 1,
            awaited: true,
            relays: 0,
        });
        (id, seq, expired)
    }

    /// Notes that a request was sent once more, under the same number.
    pub fn resent(&mut self, now: Instant, id: RequestId) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.id == id) {
            entry.sends += 1;
            entry.last_sent = now;
        }
    }

    /// Notes that a request goes through `levels` controllers, each of which answers Send Message.
    pub fn relayed(&mut self, id: RequestId, levels: u8) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.id == id) {
            entry.relays = levels;
        }
    }

    /// Takes an answer to Send Message that has the number `seq`: what it carried, if anything, answers this request's
    /// network function and command. `None` where no request with this number expects one.
    pub fn relay(&mut self, seq: u8) -> Option<(u8, u8)> {
        let entry = self
            .entries
            .iter_mut()
            .find(|entry| entry.seq == seq && entry.relays > 0)?;
        entry.relays -= 1;
        Some((entry.netfn, entry.cmd))
    }

    /// Nobody waits for this answer any more; the entry stays, so that the answer is known when it comes.
    pub fn stop_waiting(&mut self, id: RequestId) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.id == id) {
            entry.awaited = false;
        }
    }

    /// Finds out what `answer` is. Whatever it is, it is consumed.
    pub fn settle(&mut self, now: Instant, answer: &lan::Message<'_>) -> Verdict {
        let asked = |netfn: u8, cmd: u8, seq: u8| {
            netfn | 1 == answer.netfn && cmd == answer.cmd && seq == answer.seq
        };
        let Some(at) = self
            .entries
            .iter()
            .position(|e| asked(e.netfn, e.cmd, e.seq))
        else {
            return if self.retired.iter().any(|r| asked(r.netfn, r.cmd, r.seq)) {
                self.counts.duplicate += 1;
                Verdict::Duplicate
            } else {
                self.counts.foreign += 1;
                Verdict::Foreign
            };
        };
        let Some(entry) = self.entries.remove(at) else {
            return Verdict::Foreign;
        };
        // An answer to something sent twice may belong to either (Karn): it measures nothing, and another may come.
        let single = entry.sends == 1;
        if single {
            self.round_trip
                .sample(now.saturating_duration_since(entry.first_sent));
        }
        self.retire(
            &entry,
            if single && entry.awaited {
                now
            } else {
                now + RETRIED_COOLING
            },
        );
        if entry.awaited {
            self.counts.matched += 1;
            Verdict::Matched(entry)
        } else {
            self.counts.late += 1;
            Verdict::Late(entry)
        }
    }

    fn retire(&mut self, entry: &Entry, until: Instant) {
        if self.retired.len() >= RETIRED {
            // The one that has cooled longest makes room.
            if let Some(coolest) = (0..self.retired.len()).min_by_key(|i| self.retired[*i].until) {
                self.retired.remove(coolest);
            }
        }
        self.retired.push_back(Retired {
            seq: entry.seq,
            netfn: entry.netfn,
            cmd: entry.cmd,
            until,
        });
    }

    /// The next number that is neither in flight nor cooling. There is one: fewer than 64 can be.
    fn free_seq(&mut self) -> u8 {
        let taken = |seq: u8| {
            self.entries.iter().any(|e| e.seq == seq) || self.retired.iter().any(|r| r.seq == seq)
        };
        let seq = (1..=SEQUENCES)
            .map(|step| self.last_seq.wrapping_add(step) % SEQUENCES)
            .find(|seq| !taken(*seq));
        let seq = seq.unwrap_or(self.last_seq.wrapping_add(1) % SEQUENCES);
        self.last_seq = seq;
        seq
    }
}

/// How many answered requests are remembered. With [`CAPACITY`] it stays below the 64 numbers there are.
const RETIRED: usize = 32;

/// How many sequence numbers there are.
const SEQUENCES: u8 = 64;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    const MS: Duration = Duration::from_millis(1);

    fn answer(seq: u8, netfn: u8, cmd: u8) -> lan::Message<'static> {
        lan::Message {
            to: 0x81,
            netfn: netfn | 1,
            to_lun: 0,
            from: 0x20,
            from_lun: 0,
            seq,
            cmd,
            data: &[0],
        }
    }

    #[test]
    fn an_answer_somebody_waits_for_is_matched_and_measured() {
        let (mut ledger, now) = (Ledger::default(), Instant::now());
        let (id, seq, expired) = ledger.admit(now, Kind::Keepalive, 6, 1);
        assert_eq!(expired, None);
        let Verdict::Matched(entry) = ledger.settle(now + 30 * MS, &answer(seq, 6, 1)) else {
            panic!()
        };
        assert_eq!((entry.id, entry.kind), (id, Kind::Keepalive));
        assert_eq!(ledger.round_trip().smoothed(), Some(30 * MS));
        assert_eq!(ledger.entries().count(), 0);
    }

    #[test]
    fn an_answer_that_comes_after_the_wait_is_late_and_the_next_one_is_a_duplicate() {
        let (mut ledger, now) = (Ledger::default(), Instant::now());
        let (id, seq, _) = ledger.admit(now, Kind::Keepalive, 6, 1);
        ledger.stop_waiting(id);
        assert!(
            matches!(ledger.settle(now + 30_000 * MS, &answer(seq, 6, 1)), Verdict::Late(e) if e.id == id)
        );
        assert_eq!(
            ledger.settle(now + 30_001 * MS, &answer(seq, 6, 1)),
            Verdict::Duplicate
        );
        assert_eq!(
            ledger.counts(),
            Counts {
                sent: 1,
                late: 1,
                duplicate: 1,
                ..Counts::default()
            }
        );
    }

    #[test]
    fn answers_in_any_order_find_their_own_requests() {
        let (mut ledger, now) = (Ledger::default(), Instant::now());
        let sent: Vec<_> = (0..5)
            .map(|_| ledger.admit(now, Kind::Keepalive, 6, 1))
            .collect();
        for (id, seq, _) in sent.iter().rev() {
            assert!(
                matches!(ledger.settle(now, &answer(*seq, 6, 1)), Verdict::Matched(e) if e.id == *id)
            );
        }
    }

    #[test]
    fn an_answer_with_the_right_number_but_another_command_or_netfn_is_foreign() {
        let (mut ledger, now) = (Ledger::default(), Instant::now());
        let (_, seq, _) = ledger.admit(now, Kind::Command, 6, 1);
        assert_eq!(ledger.settle(now, &answer(seq, 6, 2)), Verdict::Foreign);
        assert_eq!(ledger.settle(now, &answer(seq, 4, 1)), Verdict::Foreign);
        assert_eq!(ledger.settle(now, &answer(seq ^ 1, 6, 1)), Verdict::Foreign);
        assert_eq!(ledger.entries().count(), 1, "the request still waits");
        let request = lan::Message {
            netfn: 6,
            ..answer(seq, 6, 1)
        };
        assert_eq!(
            ledger.settle(now, &request),
            Verdict::Foreign,
            "a request is no answer"
        );
    }

    #[test]
    fn a_full_ledger_lets_the_oldest_expire_and_says_so() {
        let (mut ledger, now) = (Ledger::default(), Instant::now());
        let first = ledger.admit(now, Kind::Keepalive, 6, 1);
        for _ in 1..CAPACITY {
            assert_eq!(ledger.admit(now, Kind::Keepalive, 6, 1).2, None);
        }
        let (.., expired) = ledger.admit(now, Kind::Keepalive, 6, 1);
        assert_eq!(expired.map(|e| e.id), Some(first.0));
        assert_eq!(
            (ledger.entries().count(), ledger.counts().expired),
            (CAPACITY, 1)
        );
        assert_eq!(
            ledger.settle(now, &answer(first.1, 6, 1)),
            Verdict::Duplicate,
            "consumed all the same"
        );
    }

    #[test]
    fn the_number_of_a_retried_request_is_left_alone_while_sixty_others_are_used() {
        let (mut ledger, now) = (Ledger::default(), Instant::now());
        let (id, retried, _) = ledger.admit(now, Kind::Command, 6, 1);
        ledger.resent(now, id);
        assert!(matches!(
            ledger.settle(now, &answer(retried, 6, 1)),
            Verdict::Matched(_)
        ));
        assert_eq!(
            ledger.round_trip().smoothed(),
            None,
            "it cannot be told which of the two was answered"
        );
        for _ in 0..200 {
            let (_, seq, _) = ledger.admit(now, Kind::Command, 6, 1);
            assert_ne!(seq, retried);
            ledger.settle(now, &answer(seq, 6, 1));
        }
    }

    proptest! {
        #[test]
        fn no_number_in_flight_is_given_out_and_nothing_grows(
            steps in prop::collection::vec((0u8..4, 0u8..64), 1..600)
        ) {
            let (mut ledger, mut now) = (Ledger::default(), Instant::now());
            let mut flying: HashMap<u8, RequestId> = HashMap::new();
            for (what, which) in steps {
                now += 100 * MS;
                match what {
                    0 | 1 => {
                        let (id, seq, expired) = ledger.admit(now, Kind::Command, 6, 1);
                        if let Some(entry) = expired {
                            prop_assert_eq!(flying.remove(&entry.seq), Some(entry.id));
                        }
                        prop_assert!(flying.insert(seq, id).is_none(), "number {} given out twice", seq);
                    }
                    2 => if let Some(id) = flying.get(&which) { ledger.resent(now, *id) },
                    _ => match ledger.settle(now, &answer(which, 6, 1)) {
                        Verdict::Matched(entry) => prop_assert_eq!(flying.remove(&which), Some(entry.id)),
                        Verdict::Late(_) => prop_assert!(false, "nobody stopped waiting"),
                        _ => prop_assert!(!flying.contains_key(&which)),
                    },
                }
                prop_assert_eq!(ledger.entries().count(), flying.len());
                prop_assert!(ledger.entries.len() <= CAPACITY && ledger.retired.len() <= RETIRED);
            }
        }
    }
}
