//! Characters from the serial port: each delivered once, each packet acknowledged in full.
//!
//! Every packet with a number is acknowledged with its whole length, whether its characters are new or not: a
//! partial count makes OpenBMC send everything again, and no acknowledgement makes every BMC do so. What may come
//! twice, and is delivered once:
//!
//! * the same packet under the same number (our acknowledgement was lost);
//! * the same number with the same characters and more behind them;
//! * the same characters under the next number, after the BMC has spent all its retries on them (OpenBMC).
//!
//! A packet that was sent before the last one that brought something new (the session sequence number tells) is late
//! by a whole exchange: the BMC has moved on since. It is neither delivered nor acknowledged, for its number may be
//! that of another packet by now.
//!
//! Numbers come round: a packet under a known number, with the same characters, is another one if so many packets
//! were lost between the two that the BMC has given up a whole round of them (a host that prints the same line over
//! and over, and a black-out). To lose text is worse than to show it twice.

use std::collections::VecDeque;

use crate::wire::sol::{FromBmc, ToBmc, next_seq};

/// The direction from the BMC.
#[derive(Debug, Default)]
pub struct Incoming {
    /// The packets delivered last, newest last.
    delivered: VecDeque<Delivered>,
    paused: bool,
    held: Option<(u32, FromBmc)>,
    repeated: u64,
    /// The session sequence number of the last packet that brought something new.
    newest: u32,
    /// The highest session sequence number received, of whatever.
    highest: u32,
    /// The number of the packet that brought something new last, and how many before it followed each other.
    last: u8,
    steps: u32,
    /// The BMC has told of an overrun in a packet that brought nothing new: what comes next stands behind it.
    overrun: bool,
    /// How many packets of the BMC may be on their way that are only answers.
    answers_due: u32,
    /// The BMC is none of those that send text again under another number.
    never_renumbers: bool,
}

#[derive(Debug)]
struct Delivered {
    /// 0: its number may be another packet's by now.
    seq: u8,
    data: Vec<u8>,
    /// It said that some were dropped before its characters.
    dropped: bool,
    repetitions: u32,
    /// The session sequence number it came under last; 0: unknown.
    sequence: u32,
    /// How many packets have been received since that were sent later.
    since: u32,
    /// How many packets between the one before and it were lost: it may be its own last repetition.
    lost_before: u32,
    /// The session sequence number it came under first, and how many packets have been received since that were sent
    /// later.
    first: u32,
    since_first: u32,
}

/// What becomes of a packet.
#[derive(Debug, PartialEq, Eq, Default)]
pub struct Delivery {
    /// New characters.
    pub data: Vec<u8>,
    /// The SOL payload that acknowledges the packet.
    pub acknowledgement: Option<Vec<u8>>,
    /// The BMC says, or shows by leaving a number out, that it has dropped characters before these.
    pub overrun: bool,
    /// The characters may have come before, under another number: they begin like the last ones, which the BMC may
    /// have given up, or like the end of them, which it may not have counted as accepted: it took an acknowledgement for
    /// that of another packet. Only its log can tell.
    pub maybe_again: bool,
}

impl Incoming {
    /// How many packets brought nothing new.
    pub fn repeated(&self) -> u64 {
        self.repeated
    }

    /// Takes in the data part of a packet from the BMC, whose session sequence number was `sequence`; 0: unknown.
    pub fn handle(&mut self, sequence: u32, packet: FromBmc) -> Delivery {
        self.note_jump(sequence);
        self.forget_last_round(sequence, packet.seq);
        let delivery = self.take(sequence, packet);
        self.received(sequence);
        delivery
    }

    /// A packet of the session that carries no console data was received.
    pub fn received(&mut self, sequence: u32) {
        self.note_jump(sequence);
        for old in &mut self.delivered {
            old.since = old.since.saturating_add(u32::from(sequence > old.sequence));
            old.since_first = old
                .since_first
                .saturating_add(u32::from(sequence > old.first));
        }
    }

    /// So many answers of the BMC may be on their way, to whatever: that many packets which never came say nothing about
    /// the numbers of SOL.
    pub fn expect_answers(&mut self, count: u32) {
        self.answers_due = count;
    }

    /// Whether the BMC acknowledges copies of what it has. The ones that send text again under another number, when
    /// they have given it up, do not (OpenBMC): where it does, text that comes again was printed again.
    pub fn copies_are_answered(&mut self, answered: bool) {
        self.never_renumbers = answered;
    }

    fn take(&mut self, sequence: u32, packet: FromBmc) -> Delivery {
        if packet.seq == 0 {
            // Nothing to acknowledge (section 15.9); characters in such a packet, against the rules, are kept, except
            // while paused: no missing acknowledgement holds them back, and they would pile up without end.
            let data = if self.paused { Vec::new() } else { packet.data };
            return Delivery {
                data,
                acknowledgement: None,
                overrun: packet.status.transmit_overrun,
                maybe_again: false,
            };
        }
        if sequence != 0 && sequence < self.newest {
            self.repeated += 1;
            return Delivery::default();
        }
        if self.paused && !self.is_known(sequence, &packet) {
            // Not acknowledged: the BMC keeps it, and the serial port's flow control does the rest.
            let moved_on = self
                .delivered
                .back()
                .is_none_or(|last| last.seq != packet.seq);
            if sequence != 0 && moved_on {
                self.forget_numbers();
                self.newest = sequence;
            }
            self.hold(sequence, packet);
            return Delivery::default();
        }
        self.deliver(sequence, packet)
    }

    /// Keeps what comes while paused, in the place of what was kept. Where that is not what it begins with, the BMC has given
    /// it up, or has taken an acknowledgement of something else for that of it.
    fn hold(&mut self, sequence: u32, packet: FromBmc) {
        if let Some((held, before)) = &self.held {
            if *held > sequence {
                return;
            }
            self.overrun |= before.status.transmit_overrun;
            self.overrun |= !packet.data.starts_with(&before.data);
        }
        self.held = Some((sequence, packet));
    }

    /// Whether something has come while paused, and is not acknowledged yet.
    pub fn holds(&self) -> bool {
        self.held.is_some()
    }

    /// While paused, nothing new is delivered or acknowledged. On resuming, what was held is.
    pub fn pause(&mut self, paused: bool) -> Delivery {
        self.paused = paused;
        match self.held.take() {
            Some((sequence, packet)) if !paused => self.deliver(sequence, packet),
            held => {
                self.held = held;
                Delivery::default()
            }
        }
    }

    /// All that was sent before the session sequence number `sequence` came another way, out of the BMC's log: what
    /// arrives of it after all is neither shown nor acknowledged.
    pub fn settle(&mut self, sequence: u32) {
        self.newest = self.newest.max(sequence);
        if self.held.as_ref().is_some_and(|(held, _)| *held < sequence) {
            self.held = None;
        }
    }

    /// The direction over another activation: numbers begin anew, what was delivered is forgotten.
    pub fn renewed(self) -> Self {
        Self {
            paused: self.paused,
            repeated: self.repeated,
            ..Self::default()
        }
    }

    /// Some boards leave out many numbers when the host restarts: those are not packets lost.
    fn note_jump(&mut self, sequence: u32) {
        let gap = sequence.saturating_sub(self.highest);
        if gap > JUMP {
            for old in &mut self.delivered {
                old.since = old.since.saturating_add(gap - 1);
                old.since_first = old.since_first.saturating_add(gap - 1);
            }
        }
        self.highest = self.highest.max(sequence);
    }

    /// Forgets packets whose number must have come round since, going by how many packets never came.
    fn forget_last_round(&mut self, sequence: u32, seq: u8) {
        // Without a number it carries none that could have come round.
        if seq == 0 {
            return;
        }
        let due = self.answers_due;
        self.delivered.retain(|old| {
            let lost = old.lost_until(sequence).saturating_sub(due);
            old.seq != seq || old.sequence == 0 || lost < LOST_IN_A_ROUND
        });
    }

    /// What was delivered will not be sent again under its number, and the numbers may come round while nothing is taken;
    /// the text that was delivered last may come again under any other.
    fn forget_numbers(&mut self) {
        let last = self.delivered.pop_back();
        self.delivered.clear();
        self.delivered.extend(last.map(|last| Delivered {
            seq: 0,
            repetitions: last.repetitions.max(1),
            ..last
        }));
    }

    fn is_known(&self, sequence: u32, packet: &FromBmc) -> bool {
        let old = self.namesake(sequence, packet.seq);
        let old = old.and_then(|at| self.delivered.get(at));
        old.is_some_and(|old| old.data == packet.data)
    }

    /// Which of the delivered packets had the number, and may be sent again. A BMC repeats none but its last one: of what
    /// was sent later than that, a number of an earlier one has come round.
    fn namesake(&self, sequence: u32, seq: u8) -> Option<usize> {
        let at = self.delivered.iter().rposition(|old| old.seq == seq)?;
        let is_last = at + 1 == self.delivered.len();
        (is_last || sequence == 0).then_some(at)
    }

    fn deliver(&mut self, sequence: u32, packet: FromBmc) -> Delivery {
        let ack = ToBmc {
            ack: packet.seq,
            accepted: packet.data.len().min(255) as u8,
            ..ToBmc::default()
        };
        let known = self.is_known(sequence, &packet);
        let maybe_again = !known && self.begins_like_the_last(sequence, &packet);
        let seq = packet.seq;
        let left_out = !known && self.leaves_out(sequence, seq);
        let dropped = packet.status.transmit_overrun;
        let data = self.new_part(sequence, seq, packet.data, dropped);
        if !known {
            self.newest = sequence.max(self.newest);
            self.overrun |= dropped || left_out;
        }
        Delivery {
            overrun: !data.is_empty() && std::mem::take(&mut self.overrun),
            maybe_again: maybe_again && !data.is_empty(),
            data,
            acknowledgement: Some(ack.to_bytes()),
        }
    }

    /// Whether the packets between the last one and this were given up by the BMC: it has counted one by one so far,
    /// and leaves a number out. `ipmi_sim` tells in no other way. Numbers that may have been lost on the way do not
    /// speak against counting one by one.
    fn leaves_out(&mut self, sequence: u32, seq: u8) -> bool {
        let last = std::mem::replace(&mut self.last, seq);
        let due = self.answers_due;
        let lost = |last: &Delivered| last.lost_until(sequence).saturating_sub(due);
        // So many were lost that the numbers must have come round to where they were.
        let round = self.delivered.back().map_or(0, lost) >= LOST_IN_A_ROUND;
        if round && self.steps >= STEPS {
            return true;
        }
        if seq == last {
            return false;
        }
        if last != 0 && seq == next_seq(last) {
            self.steps = self.steps.saturating_add(1);
            return false;
        }
        let left_out = u32::from((seq + 15 - last) % 15).saturating_sub(1);
        // Of what was overtaken nobody knows how many that were sent in between have come.
        let overtaken = sequence < self.highest;
        let lost = self
            .delivered
            .back()
            .map_or(0, |last| last.may_have_been_lost_until(sequence));
        let counts = self.steps >= STEPS;
        if lost < left_out && !overtaken {
            self.steps = 0;
        }
        counts
    }

    /// Whether it holds the characters delivered last, under another number, and the BMC had to send more than once
    /// since.
    fn begins_like_the_last(&self, sequence: u32, packet: &FromBmc) -> bool {
        self.delivered.back().is_some_and(|last| {
            let lost = last.lost_until(sequence) > 0;
            let unsettled =
                last.repetitions > 0 || last.lost_before > 0 || last.sequence == 0 || lost;
            let other = last.seq != packet.seq && !last.data.is_empty();
            let alike = || packet.data.starts_with(&last.data) || last.ends_like(&packet.data);
            other && unsettled && alike()
        })
    }

    /// What of a packet's characters is new; `dropped`: it says that some were dropped before them.
    fn new_part(&mut self, sequence: u32, seq: u8, data: Vec<u8>, dropped: bool) -> Vec<u8> {
        let known = self.namesake(sequence, seq);
        if let Some(old) = known.and_then(|at| self.delivered.get_mut(at)) {
            if old.data == data {
                // Of one that was overtaken it is not known how many that were sent since have come.
                if sequence > old.sequence && sequence == self.highest {
                    (old.sequence, old.since) = (sequence, 0);
                }
                old.repetitions += 1;
                self.repeated += 1;
                return Vec::new();
            }
            // What was dropped before these was not dropped before those.
            let other = dropped && !old.dropped;
            if let Some(grown) = data.strip_prefix(&*old.data).filter(|_| !other) {
                let grown = grown.to_vec();
                old.data = data;
                return grown;
            }
            // A number that comes round again, or a BMC that counts from the start again.
        }
        let renumbered = self.delivered.back().and_then(|last| {
            let given_up = !self.never_renumbers
                && last.repetitions >= RETRIES_SPENT
                && last.may_have_been_sent(sequence) >= SENDS;
            if given_up && !last.data.is_empty() {
                data.strip_prefix(&*last.data).map(<[u8]>::to_vec)
            } else {
                None
            }
        });
        if self.delivered.len() >= REMEMBERED {
            self.delivered.pop_front();
        }
        let fresh = renumbered.unwrap_or_else(|| data.clone());
        // While paused it may have been sent any number of times, as what has lost its number shows.
        let lost_before = self.delivered.back().map_or(1, |last| {
            let lost = last.lost_until(sequence);
            lost.max(u32::from(last.seq == 0))
        });
        self.delivered.push_back(Delivered {
            seq,
            data,
            dropped,
            repetitions: 0,
            sequence,
            // Of one that comes late it is not known how many that were sent since have come.
            since: self.highest.saturating_sub(sequence),
            lost_before,
            first: sequence,
            since_first: 0,
        });
        fresh
    }
}

impl Delivered {
    /// Whether its end, of some length, is what `data` begins with.
    fn ends_like(&self, data: &[u8]) -> bool {
        let ends = 1..self.data.len().saturating_sub(LEAST_END - 1);
        ends.into_iter()
            .any(|at| data.starts_with(self.data.get(at..).unwrap_or_default()))
    }

    /// How many packets that were sent between it and that of session sequence number `sequence` never came.
    fn lost_until(&self, sequence: u32) -> u32 {
        let sent = sequence.saturating_sub(self.sequence);
        sent.saturating_sub(self.since).saturating_sub(1)
    }

    /// How often it was sent at most before the packet of session sequence number `sequence` was: the packets of which
    /// nobody knows may all have been it.
    fn may_have_been_sent(&self, sequence: u32) -> u32 {
        if self.first == 0 {
            return u32::MAX;
        }
        (1 + self.repetitions)
            .saturating_add(self.lost_before)
            .saturating_add(self.may_have_been_lost_until(sequence))
    }

    /// How many packets at most, that were sent between its first sending and that of session sequence number `sequence`,
    /// never came.
    fn may_have_been_lost_until(&self, sequence: u32) -> u32 {
        let sent = sequence.saturating_sub(self.first);
        sent.saturating_sub(self.since_first).saturating_sub(1)
    }
}

/// How many delivered packets are remembered: fewer than there are numbers, so that none is taken for its namesake
/// of the round before.
const REMEMBERED: usize = 7;

/// How many characters at the end of one packet and at the beginning of the next are not alike by chance.
const LEAST_END: usize = 16;

/// How many numbers one after the other show that a BMC counts one by one.
const STEPS: u32 = 4;

/// How many repetitions show that a BMC has spent its retries on a packet (OpenBMC: 7; one may have been lost).
/// Fewer would take a host that prints the same thing twice for a BMC that sends it twice.
const RETRIES_SPENT: u32 = 6;

/// How often OpenBMC sends a packet before it gives it up.
const SENDS: u32 = 8;

/// How many packets must have been lost for a number to have come round. A BMC sends a packet at most 8 times (table
/// 26-5), so that of one packet and of what else was said meanwhile fewer are lost; of a round, of which all but
/// [`REMEMBERED`] numbers were given up, at least these, if each was sent but three times.
const LOST_IN_A_ROUND: u32 = 24;

/// More packets in a row than get lost within the longest black-out that a console outlives.
const JUMP: u32 = 1000;

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(seq: u8, data: &[u8]) -> FromBmc {
        FromBmc {
            seq,
            data: data.to_vec(),
            ..FromBmc::default()
        }
    }

    fn acknowledged(delivery: &Delivery) -> Option<(u8, u8)> {
        let ack = ToBmc::parse(delivery.acknowledgement.as_deref()?).unwrap();
        assert_eq!(
            (ack.seq, &*ack.data),
            (0, &[][..]),
            "an acknowledgement asks for none"
        );
        Some((ack.ack, ack.accepted))
    }

    /// Feeds packets, checks that each is acknowledged in full, and returns what was delivered.
    fn run(packets: &[(u8, &[u8])]) -> Vec<u8> {
        let mut incoming = Incoming::default();
        let mut out = Vec::new();
        for (seq, data) in packets {
            let delivery = incoming.handle(0, packet(*seq, data));
            assert_eq!(
                acknowledged(&delivery),
                (*seq != 0).then_some((*seq, data.len() as u8))
            );
            out.extend(delivery.data);
        }
        out
    }

    #[test]
    fn each_packet_is_delivered_once_and_acknowledged_in_full_every_time() {
        assert_eq!(
            run(&[(1, b"ab"), (1, b"ab"), (2, b"cd"), (2, b"cd"), (2, b"cd")]),
            b"abcd"
        );
    }

    #[test]
    fn a_repetition_that_comes_after_its_successor_is_still_one() {
        assert_eq!(
            run(&[(1, b"ab"), (2, b"cd"), (1, b"ab"), (3, b"ef")]),
            b"abcdef"
        );
    }

    #[test]
    fn a_packet_that_is_late_by_a_round_of_numbers_is_neither_shown_nor_acknowledged() {
        let mut incoming = Incoming::default();
        let mut sequence = 10;
        for n in 0..15u8 {
            sequence += 1;
            incoming.handle(sequence, packet(n + 1, &[b'a' + n]));
        }
        // The BMC has 1 under way again, with other characters: they must not be acknowledged by mistake.
        assert_eq!(incoming.handle(11, packet(1, b"a")), Delivery::default());
        let delivery = incoming.handle(sequence + 1, packet(1, b"new"));
        assert_eq!(
            (&*delivery.data, acknowledged(&delivery)),
            (&b"new"[..], Some((1, 3)))
        );
        let again = incoming.handle(sequence + 2, packet(1, b"new"));
        assert_eq!(
            (&*again.data, acknowledged(&again)),
            (&b""[..], Some((1, 3)))
        );
    }

    #[test]
    fn only_the_new_part_of_a_grown_repetition_is_delivered() {
        assert_eq!(
            run(&[(1, b"ab"), (1, b"abcd"), (1, b"abcd"), (2, b"e")]),
            b"abcde"
        );
    }

    #[test]
    fn the_same_text_under_another_number_is_new_text() {
        let packets: Vec<(u8, &[u8])> = (0..40).map(|n| (n % 15 + 1, &b"y\n"[..])).collect();
        assert_eq!(run(&packets), b"y\n".repeat(40));
    }

    #[test]
    fn the_same_text_under_a_number_that_came_round_in_a_black_out_is_new_text() {
        let mut incoming = Incoming::default();
        assert_eq!(incoming.handle(10, packet(1, b"y\n")).data, b"y\n");
        // Its acknowledgement was lost, and so were all retries but the last.
        let again = incoming.handle(17, packet(1, b"y\n"));
        assert_eq!(
            (&*again.data, acknowledged(&again)),
            (&b""[..], Some((1, 2)))
        );
        // Answers to what is typed are not packets lost.
        (18..80).for_each(|n| incoming.received(n));
        assert_eq!(incoming.handle(80, packet(1, b"y\n")).data, b"");
        // 14 numbers were given up after 8 sendings each, of which nothing came.
        let round = incoming.handle(80 + 14 * 8 + 1, packet(1, b"y\n"));
        assert_eq!(
            (&*round.data, acknowledged(&round)),
            (&b"y\n"[..], Some((1, 2)))
        );
    }

    #[test]
    fn numbers_that_the_bmc_leaves_out_are_not_packets_lost() {
        let mut incoming = Incoming::default();
        assert_eq!(incoming.handle(10, packet(1, b"y\n")).data, b"y\n");
        assert_eq!(incoming.handle(70_000, packet(1, b"y\n")).data, b"");
    }

    #[test]
    fn text_that_was_renumbered_after_all_retries_is_delivered_once() {
        let mut packets: Vec<(u8, &[u8])> = vec![(1, b"panic"); 8];
        packets.push((2, b"panic: at 0"));
        assert_eq!(run(&packets), b"panic: at 0");
    }

    #[test]
    fn text_that_is_printed_again_after_an_answer_that_took_long_is_shown_again() {
        let mut incoming = Incoming::default();
        incoming.handle(1, packet(1, b"a\n"));
        // Sent seven times, of which none was lost: the BMC has another one left, and has not given it up.
        (2..9).for_each(|n| {
            incoming.handle(n, packet(2, b"y\n"));
        });
        assert_eq!(incoming.handle(9, packet(3, b"y\ny\n")).data, b"y\ny\n");
        // One was lost: it may have been the eighth.
        for n in [10, 11, 12, 13, 15, 16, 17] {
            incoming.handle(n, packet(4, b"z\n"));
        }
        assert_eq!(incoming.handle(18, packet(5, b"z\nz\n")).data, b"z\n");
    }

    #[test]
    fn a_bmc_that_answers_copies_gives_no_text_another_number() {
        let mut incoming = Incoming::default();
        incoming.copies_are_answered(true);
        (1..9).for_each(|n| {
            incoming.handle(n, packet(1, b"y\n"));
        });
        assert_eq!(incoming.handle(9, packet(2, b"y\ny\n")).data, b"y\ny\n");
    }

    #[test]
    fn text_that_may_have_come_under_another_number_is_said_to() {
        let mut incoming = Incoming::default();
        let mut again =
            |sequence, seq, data: &[u8]| incoming.handle(sequence, packet(seq, data)).maybe_again;
        assert!(!again(1, 1, b"y\n"));
        assert!(
            again(2, 2, b"y\n"),
            "nobody knows what was lost before the first"
        );
        assert!(!again(3, 3, b"y\n"), "nothing was lost");
        assert!(again(9, 4, b"y\ny\n"));
        assert!(
            again(10, 5, b"y\ny\ny\n"),
            "the last one may have been its last repetition"
        );
        assert!(!again(11, 6, b"x"));
        assert!(!again(19, 6, b"x"), "the number is the same");
        assert!(again(20, 7, b"x"), "after a repetition");
    }

    #[test]
    fn a_rest_that_the_bmc_does_not_count_as_accepted_is_said_to_have_come() {
        let text = b"0123456789abcdefghijklmnop";
        let mut incoming = Incoming::default();
        incoming.handle(1, packet(1, b"a"));
        incoming.handle(2, packet(2, text));
        let next = [&text[10..], b"new"].concat();
        assert!(
            !incoming.handle(3, packet(3, &next)).maybe_again,
            "it was sent but once"
        );
        incoming.handle(4, packet(3, &next));
        assert!(incoming.handle(5, packet(4, &next[2..])).maybe_again);
    }

    #[test]
    fn a_number_that_has_come_round_is_another_packet_s() {
        let mut incoming = Incoming::default();
        incoming.handle(1, packet(1, b"y\ny\n"));
        incoming.handle(1003, packet(2, b"x"));
        // Many numbers of the session were left out, and of this round no packet came.
        incoming.handle(3010, packet(15, b"z"));
        assert_eq!(
            incoming.handle(3011, packet(1, b"y\ny\ny\n")).data,
            b"y\ny\ny\n"
        );
        assert_eq!(incoming.handle(3012, packet(2, b"x")).data, b"x");
    }

    #[test]
    fn a_repetition_that_was_overtaken_does_not_make_what_came_look_lost() {
        let mut incoming = Incoming::default();
        incoming.handle(57, packet(6, b"y\n"));
        // The host restarts, and the board leaves out a thousand numbers.
        incoming.received(1061);
        incoming.handle(59, packet(6, b"y\n"));
        assert_eq!(incoming.handle(1063, packet(6, b"y\n")).data, b"");
    }

    #[test]
    fn what_came_another_way_is_neither_shown_nor_acknowledged() {
        let mut incoming = Incoming::default();
        incoming.handle(1, packet(1, b"a"));
        incoming.settle(9);
        assert_eq!(incoming.handle(8, packet(2, b"b")), Delivery::default());
        assert_eq!(incoming.handle(10, packet(3, b"c")).data, b"c");
    }

    #[test]
    fn numbers_that_begin_anew_or_jump_are_followed() {
        assert_eq!(
            run(&[(9, b"a"), (1, b"b"), (15, b"c"), (1, b"d"), (9, b"e")]),
            b"abcde"
        );
    }

    #[test]
    fn a_number_that_is_left_out_tells_of_a_packet_given_up() {
        let mut incoming = Incoming::default();
        let mut overrun = |seq, data: &[u8]| incoming.handle(0, packet(seq, data)).overrun;
        assert!(
            !overrun(9, b"a") && !overrun(1, b"b"),
            "who knows how it counts"
        );
        for seq in [
            2, 3, 4, 5, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 1, 2, 1, 2,
        ] {
            assert!(!overrun(seq, &[seq]));
        }
        assert!(overrun(4, b"d"));
        assert!(!overrun(6, b"e"), "it does not count one by one after all");
    }

    #[test]
    fn every_number_that_is_left_out_is_told_of_where_the_packets_were_lost() {
        let mut incoming = Incoming::default();
        for n in 1..=6u8 {
            assert!(!incoming.handle(n.into(), packet(n, &[n])).overrun);
        }
        assert!(incoming.handle(8, packet(8, b"8")).overrun);
        assert!(incoming.handle(11, packet(10, b"10")).overrun);
        assert!(!incoming.handle(12, packet(11, b"11")).overrun);
        assert!(incoming.handle(13, packet(13, b"13")).overrun);
        assert!(
            !incoming.handle(14, packet(15, b"15")).overrun,
            "it leaves out what was not lost"
        );
    }

    #[test]
    fn what_was_overtaken_does_not_speak_against_counting_one_by_one() {
        let mut incoming = Incoming::default();
        for n in 1..=6u8 {
            assert!(!incoming.handle(n.into(), packet(n, &[n])).overrun);
        }
        incoming.received(30);
        // Nobody knows how many of 7 to 11, and of 13 to 15, have come.
        assert!(incoming.handle(12, packet(8, b"8")).overrun);
        assert!(incoming.handle(16, packet(11, b"11")).overrun);
        assert!(incoming.handle(31, packet(13, b"13")).overrun);
    }

    #[test]
    fn a_whole_round_of_numbers_that_never_came_tells_of_packets_given_up() {
        for (after, overrun) in [(LOST_IN_A_ROUND, false), (LOST_IN_A_ROUND + 1, true)] {
            let mut incoming = Incoming::default();
            for n in 1..=6u8 {
                assert!(!incoming.handle(n.into(), packet(n, &[n])).overrun);
            }
            let delivery = incoming.handle(6 + after, packet(7, b"7"));
            assert_eq!((&*delivery.data, delivery.overrun), (&b"7"[..], overrun));
        }
    }

    #[test]
    fn an_overrun_told_of_with_text_that_came_before_stands_before_what_comes_next() {
        let overrun = |seq, data: &[u8]| {
            let mut packet = packet(seq, data);
            packet.status.transmit_overrun = true;
            packet
        };
        let mut incoming = Incoming::default();
        (1..9).for_each(|n| {
            incoming.handle(n, packet(1, b"panic"));
        });
        let again = incoming.handle(9, overrun(2, b"panic"));
        assert_eq!((again.data, again.overrun), (Vec::new(), false));
        let next = incoming.handle(10, packet(3, b": at 0"));
        assert_eq!((&*next.data, next.overrun), (&b": at 0"[..], true));
        assert!(!incoming.handle(11, packet(4, b"1")).overrun, "told once");
        assert!(incoming.handle(12, overrun(5, b"2")).overrun);
        incoming.handle(13, overrun(5, b"2"));
        assert!(
            !incoming.handle(14, packet(6, b"3")).overrun,
            "a copy tells nothing"
        );
    }

    #[test]
    fn empty_packets_are_tolerated() {
        assert_eq!(
            run(&[(1, b""), (2, b"a"), (0, b""), (3, b""), (4, b"b")]),
            b"ab"
        );
    }

    #[test]
    fn a_paused_reader_holds_the_bmc_up_and_loses_nothing() {
        let mut incoming = Incoming::default();
        assert_eq!(incoming.handle(0, packet(1, b"a")).data, b"a");
        incoming.pause(true);
        assert_eq!(
            acknowledged(&incoming.handle(0, packet(1, b"a"))),
            Some((1, 1)),
            "that was delivered before"
        );
        for _ in 0..3 {
            assert_eq!(incoming.handle(0, packet(2, b"b")), Delivery::default());
        }
        let delivery = incoming.pause(false);
        assert_eq!(
            (&*delivery.data, acknowledged(&delivery)),
            (&b"b"[..], Some((2, 1)))
        );
        assert_eq!(incoming.handle(0, packet(2, b"b")).data, b"");
        assert_eq!(incoming.pause(false), Delivery::default());
    }

    #[test]
    fn numbers_that_come_round_while_paused_are_not_taken_for_repetitions() {
        let mut incoming = Incoming::default();
        incoming.handle(1, packet(1, b"y\n"));
        incoming.pause(true);
        for n in 1..=15u32 {
            // Given up one after the other by the BMC.
            incoming.handle(1 + n, packet((n % 15 + 1) as u8, b"y\ny\n"));
        }
        assert_eq!(incoming.pause(false).data, b"y\ny\n");
    }

    #[test]
    fn text_that_is_sent_again_under_another_number_while_paused_is_said_to_be() {
        let mut incoming = Incoming::default();
        incoming.handle(1, packet(1, b"panic"));
        incoming.pause(true);
        incoming.handle(9, packet(2, b"panic"));
        incoming.handle(17, packet(3, b"panic: at 0"));
        let delivery = incoming.pause(false);
        assert_eq!(acknowledged(&delivery), Some((3, 11)));
        assert!(delivery.maybe_again);
        // Sent before the acknowledgement came.
        assert!(incoming.handle(18, packet(4, b"panic: at 0")).maybe_again);
    }

    #[test]
    fn answers_that_are_on_their_way_are_no_packets_lost_in_a_round() {
        for (due, again) in [(0, true), (10, false)] {
            let mut incoming = Incoming::default();
            incoming.handle(1, packet(2, b"panic"));
            incoming.expect_answers(due);
            let delivery = incoming.handle(30, packet(2, b"panic"));
            assert_eq!(!delivery.data.is_empty(), again, "{due}");
        }
    }

    #[test]
    fn what_follows_a_drop_is_no_continuation_of_what_came_before_it_under_the_same_number() {
        let mut incoming = Incoming::default();
        incoming.handle(1, packet(2, b"y\n"));
        let mut next = packet(2, b"y\ny\n");
        next.status.transmit_overrun = true;
        // The host restarts, and the board leaves out a thousand numbers.
        let delivery = incoming.handle(1100, next);
        assert_eq!((&*delivery.data, delivery.overrun), (&b"y\ny\n"[..], true));
    }

    #[test]
    fn text_that_was_passed_over_while_paused_is_told_of() {
        for (second, passed) in [(&b"two"[..], true), (b"one and two", false)] {
            let mut incoming = Incoming::default();
            incoming.pause(true);
            incoming.handle(1, packet(1, b"one"));
            incoming.handle(2, packet(1, b"one"));
            incoming.handle(3, packet(2, second));
            let delivery = incoming.pause(false);
            assert_eq!((&*delivery.data, delivery.overrun), (second, passed));
        }
    }

    #[test]
    fn an_answer_without_a_number_does_not_make_forget_what_may_come_under_any() {
        let mut incoming = Incoming::default();
        incoming.handle(1, packet(1, b"panic"));
        incoming.pause(true);
        incoming.handle(2, packet(2, b"panic"));
        incoming.handle(80, packet(0, b""));
        incoming.handle(81, packet(9, b"panic"));
        assert!(incoming.pause(false).maybe_again);
    }

    #[test]
    fn what_was_delivered_late_is_not_forgotten_for_what_came_before_it() {
        let mut incoming = Incoming::default();
        (16..46).for_each(|n| incoming.received(n));
        assert_eq!(incoming.handle(15, packet(1, b"late")).data, b"late");
        assert_eq!(incoming.handle(46, packet(1, b"late")).data, b"");
    }

    #[test]
    fn text_that_is_sent_again_for_long_while_paused_is_said_to_be() {
        let mut incoming = Incoming::default();
        incoming.handle(16, packet(1, b"panic"));
        incoming.pause(true);
        incoming.handle(12, packet(1, b"panic"));
        incoming.handle(18, packet(1, b"panic"));
        incoming.handle(15, packet(1, b"panic"));
        incoming.handle(22, packet(2, b"panic"));
        incoming.handle(41, packet(4, b"panic"));
        (44..60).for_each(|n| {
            incoming.handle(n, packet(5, b"panic"));
        });
        (197..226).for_each(|n| {
            incoming.handle(n, packet((n % 15 + 1) as u8, b"panic"));
        });
        assert!(incoming.pause(false).maybe_again);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut incoming = Incoming::default();
        for n in 0..1000u32 {
            incoming.handle(0, packet((n % 15 + 1) as u8, &n.to_le_bytes()));
        }
        assert_eq!(incoming.delivered.len(), REMEMBERED);
    }

    #[test]
    fn unnumbered_characters_do_not_pile_up_behind_a_reader_that_has_stopped() {
        let mut incoming = Incoming::default();
        incoming.pause(true);
        assert_eq!(incoming.handle(0, packet(0, b"flood")), Delivery::default());
        incoming.pause(false);
        assert_eq!(incoming.handle(0, packet(0, b"kept")).data, b"kept");
    }
}
