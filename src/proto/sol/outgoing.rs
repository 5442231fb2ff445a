//! Characters for the serial port: queued, sent one packet at a time, repeated until acknowledged, delivered once.
//!
//! A packet is repeated under its own number with its own bytes; under a new number the BMC would take it for new
//! input (stock's doubled keystrokes). OpenBMC drops such a repetition without a word when it has the data already
//! and only the acknowledgement was lost; so a packet that stays unanswered although the BMC is heard otherwise is
//! followed by a *probe*: an empty packet under the next number, which a BMC in that state answers, and which then
//! acknowledges what was before it. A number that a probe has used stays in play until the BMC has answered it,
//! since nobody knows whether the BMC took it.
//!
//! Every other BMC must not be probed: one that never got the data takes the probe, and the data counts as typed; one
//! that got both takes a repetition of the data behind the probe for new input. So each activation begins with a
//! trial, while nothing is typed: the greeting, once answered, is sent again. A BMC that answers the copy too is
//! never probed.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::proto::round_trip::RoundTrip;
use crate::wire::sol::{FromBmc, Operation, ToBmc, next_seq};

/// Most bytes that wait to be sent.
pub const QUEUE: usize = 64 * 1024;

/// The direction to the BMC.
#[derive(Debug)]
pub struct Outgoing {
    queue: VecDeque<Item>,
    queued_bytes: usize,
    max_data: usize,
    seq: u8,
    flight: Option<Flight>,
    /// Nothing new is sent before this, after a BMC said that it has no room.
    hold_until: Option<Instant>,
    round_trip: RoundTrip,
    /// The round trip of commands: known before anything was typed.
    commands: Duration,
    /// How long the first sending waits at least, after a packet that had to be repeated (Karn).
    least_pause: Duration,
    /// The session sequence number of the packet that brought the last acknowledgement.
    acknowledged_by: u32,
    copies: Copies,
    /// The number of the packet answered last.
    answered: u8,
    /// How often it may still be found out what becomes of copies.
    trials_left: u32,
    outbox: VecDeque<Vec<u8>>,
    repeated: u64,
}

/// What waits to be sent, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Item {
    Bytes(VecDeque<u8>),
    Break,
}

/// What the BMC does with a packet that it has taken already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Copies {
    /// Not known yet.
    Untried,
    /// It acknowledges it again.
    Answered,
    /// It says nothing (OpenBMC).
    Ignored,
}

/// The packet in flight.
#[derive(Debug)]
struct Flight {
    packet: ToBmc,
    first_sent: Instant,
    next_send: Instant,
    pause: Duration,
    sends: u32,
    /// How many of the sendings were followed by silence, though the BMC spoke otherwise.
    ignored: u32,
    /// When this was sent last, to be compared with when the BMC was heard last.
    last_sent: Instant,
    probe: Option<u8>,
    /// Sent to get in step; if the BMC ignores it, its number goes to what is typed.
    greeting: bool,
    /// A copy of a packet that was answered.
    trial: bool,
}

/// Getters.
impl Outgoing {
    /// How many more bytes may be queued.
    pub fn room(&self) -> usize {
        QUEUE.saturating_sub(
            self.queued_bytes + self.flight.as_ref().map_or(0, |f| f.packet.data.len()),
        )
    }

    /// Whether everything has been acknowledged.
    pub fn is_idle(&self) -> bool {
        self.flight.is_none() && self.queue.is_empty()
    }

    /// Since when the packet in flight has waited for its acknowledgement.
    pub fn unanswered_since(&self) -> Option<Instant> {
        let flight = self.flight.as_ref().filter(|flight| !flight.trial);
        flight.map(|flight| flight.first_sent)
    }

    /// How many packets were repetitions or probes.
    pub fn repeated(&self) -> u64 {
        self.repeated
    }
}

/// Input from the user.
impl Outgoing {
    /// A direction that sends packets of at most `max_payload` bytes, header included. Sizes that no BMC means
    /// (field notes: outside 5 to 259) become 32.
    pub fn new(max_payload: u16) -> Self {
        Self {
            queue: VecDeque::new(),
            queued_bytes: 0,
            max_data: data_size(max_payload),
            seq: 0,
            flight: None,
            hold_until: None,
            round_trip: RoundTrip::default(),
            commands: Duration::ZERO,
            least_pause: FIRST_PAUSE,
            acknowledged_by: 0,
            copies: Copies::Untried,
            answered: 0,
            trials_left: 0,
            outbox: VecDeque::new(),
            repeated: 0,
        }
    }

    /// Queues bytes, as many as there is room for, and says how many.
    pub fn push(&mut self, bytes: &[u8]) -> usize {
        let taken = bytes.len().min(self.room());
        if taken > 0 {
            self.queued_bytes += taken;
            match self.queue.back_mut() {
                Some(Item::Bytes(last)) => last.extend(&bytes[..taken]),
                _ => self
                    .queue
                    .push_back(Item::Bytes(bytes[..taken].iter().copied().collect())),
            }
        }
        taken
    }

    /// Queues a serial break behind what is queued already; several in a row are one.
    pub fn push_break(&mut self) {
        if self.queue.back() != Some(&Item::Break) {
            self.queue.push_back(Item::Break);
        }
    }

    /// Sends an empty packet that the BMC must acknowledge, unless something is in flight that does as much.
    pub fn poke(&mut self, now: Instant) {
        if self.flight.is_none() {
            self.launch(now, Operation::default(), Vec::new());
        }
    }

    /// Sends the first packet of an activation, an empty one: some BMCs (ipmi_sim) remember the number that came last
    /// in the activation before, and would take the first keystroke for its repetition.
    pub fn greet(&mut self, now: Instant) {
        self.trials_left = TRIALS;
        self.greet_again(now);
    }

    fn greet_again(&mut self, now: Instant) {
        self.poke(now);
        if let Some(flight) = &mut self.flight {
            flight.greeting = true;
        }
    }

    /// The same input over a new session: what was in flight is sent again, first.
    pub fn renewed(self, max_payload: u16) -> Self {
        let mut fresh = Self::new(max_payload);
        if let Some(flight) = self.flight {
            fresh.push(&flight.packet.data);
            if flight.packet.operation.generate_break {
                fresh.push_break();
            }
        }
        for item in self.queue {
            match item {
                Item::Bytes(bytes) => {
                    fresh.push(&Vec::from(bytes));
                }
                Item::Break => fresh.push_break(),
            }
        }
        fresh
    }
}

/// The BMC's word, and time.
impl Outgoing {
    /// Takes in the acknowledgement part of a packet from the BMC, whose session sequence number was `sequence`;
    /// 0: unknown.
    pub fn handle(&mut self, now: Instant, sequence: u32, packet: &FromBmc) {
        if sequence != 0 && sequence < self.acknowledged_by {
            // Sent before the last acknowledgement was: it speaks of an earlier packet, whatever its number.
            return;
        }
        if packet.ack != 0 && packet.ack == self.answered {
            self.copies = Copies::Answered;
        }
        let Some(flight) = self.flight.take() else {
            return;
        };
        // A BMC that found the data there already answers the probe, with the probe's number or, OpenBMC, with none:
        // an empty packet that says nothing else.
        let bare = packet.ack == 0
            && packet.seq == 0
            && packet.data.is_empty()
            && packet.status == Default::default();
        if flight.trial {
            if bare || packet.ack == flight.packet.seq {
                self.copies = Copies::Answered;
                self.send_next(now);
            } else {
                self.flight = Some(flight);
            }
        } else if packet.ack == flight.packet.seq {
            self.acknowledged_by = sequence;
            self.answered = packet.ack;
            self.acknowledged(now, flight, packet);
        } else if flight
            .probe
            .is_some_and(|probe| packet.ack == probe || bare)
        {
            self.acknowledged_by = sequence;
            self.seq = flight.probe.unwrap_or(self.seq);
            self.send_next(now);
        } else if bare && flight.packet.data.is_empty() && !flight.packet.operation.generate_break {
            self.go_on(now, flight);
        } else {
            self.flight = Some(flight);
        }
    }

    /// Sends what is due. `heard` is when the BMC was heard last, over whatever.
    pub fn handle_timeout(&mut self, now: Instant, heard: Instant) {
        let path = self.path();
        let Some(flight) = &mut self.flight else {
            return self.send_next(now);
        };
        if now < flight.next_send {
            return;
        }
        // Silence to the last sending, though the BMC speaks otherwise, again and again: is it there already?
        let patience = if flight.packet.data.is_empty() {
            1
        } else {
            SENDS_BEFORE_PROBE
        };
        // What was heard sooner than a round trip after it was sent before it came.
        let others_heard = heard > flight.last_sent + path;
        flight.ignored += u32::from(others_heard);
        let ignored = others_heard && flight.ignored >= patience;
        if ignored && flight.greeting && flight.ignored > GREETINGS {
            // It answers other things, but no empty packet under any number.
            // If it did take one, that number and the probe's are not to be used again.
            self.seq = flight.probe.unwrap_or(flight.packet.seq);
            self.trials_left = 0;
            self.flight = None;
            return self.send_next(now);
        }
        if flight.trial && (flight.sends >= COPIES || !self.queue.is_empty()) {
            if flight.sends >= COPIES && heard > flight.last_sent + path {
                self.copies = Copies::Ignored;
            }
            self.flight = None;
            return self.send_next(now);
        }
        // An empty packet that is taken twice does no harm.
        let harmless = flight.packet.data.is_empty() && !flight.packet.operation.generate_break;
        let may_probe = match self.copies {
            Copies::Ignored => true,
            Copies::Answered => false,
            Copies::Untried => harmless && flight.greeting || flight.ignored >= SENDS_UNTRIED,
        };
        if ignored && may_probe && flight.probe.is_none() {
            flight.probe = Some(next_seq(flight.packet.seq));
        }
        self.outbox.push_back(flight.packet.to_bytes());
        if let Some(probe) = flight.probe {
            self.outbox.push_back(
                ToBmc {
                    seq: probe,
                    ..ToBmc::default()
                }
                .to_bytes(),
            );
        }
        self.repeated += 1;
        flight.sends += 1;
        flight.last_sent = now;
        flight.pause = (flight.pause * 3 / 2).min(LONGEST_PAUSE);
        flight.next_send = now + flight.pause;
    }

    /// The round trip that commands have shown.
    pub fn expect_round_trip(&mut self, round_trip: Option<Duration>) {
        self.commands = round_trip.unwrap_or_default();
    }

    /// The longest that one exchange is known to take.
    fn path(&self) -> Duration {
        let longest = self
            .commands
            .max(self.round_trip.smoothed().unwrap_or_default());
        if longest.is_zero() {
            UNKNOWN_PATH
        } else {
            longest
        }
    }

    /// Sends what has been queued, if nothing is in flight.
    pub fn send_next(&mut self, now: Instant) {
        if self.flight.is_some() || self.hold_until.is_some_and(|until| now < until) {
            return;
        }
        self.hold_until = None;
        match self.queue.pop_front() {
            None => {}
            Some(Item::Break) => {
                self.launch(
                    now,
                    Operation {
                        generate_break: true,
                        ..Operation::default()
                    },
                    Vec::new(),
                );
            }
            Some(Item::Bytes(mut bytes)) => {
                let rest = bytes.split_off(bytes.len().min(self.max_data));
                if !rest.is_empty() {
                    self.queue.push_front(Item::Bytes(rest));
                }
                self.queued_bytes -= bytes.len();
                self.launch(now, Operation::default(), bytes.into());
            }
        }
    }

    /// The next SOL payload to send.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.outbox.pop_front()
    }

    /// When [`Outgoing::handle_timeout`] wants to be called.
    pub fn poll_timeout(&self) -> Option<Instant> {
        match &self.flight {
            Some(flight) => Some(flight.next_send),
            None if !self.queue.is_empty() => self.hold_until,
            None => None,
        }
    }

    fn acknowledged(&mut self, now: Instant, flight: Flight, packet: &FromBmc) {
        self.least_pause = if flight.sends == 1 {
            self.round_trip
                .sample(now.saturating_duration_since(flight.first_sent));
            FIRST_PAUSE
        } else {
            // Which sending was answered is not to be known; the pause at which it was must do.
            flight.pause
        };
        let sent = flight.packet.data.len();
        let accepted = match usize::from(packet.accepted) {
            // Some boards acknowledge without counting (`intelplus`); 0 with a NACK means just that.
            0 if !packet.status.nack => sent,
            count => count.min(sent),
        };
        let rest = &flight.packet.data[accepted..];
        if !rest.is_empty() {
            self.queued_bytes += rest.len();
            match self.queue.front_mut() {
                Some(Item::Bytes(next)) => {
                    rest.iter().rev().for_each(|byte| next.push_front(*byte))
                }
                _ => self
                    .queue
                    .push_front(Item::Bytes(rest.iter().copied().collect())),
            }
        }
        if packet.status.nack {
            if flight.packet.operation.generate_break && packet.accepted == 0 && sent == 0 {
                self.queue.push_front(Item::Break);
            }
            self.hold_until = Some(now + BUSY_PAUSE);
        }
        if flight.probe.is_some() {
            // The probe may have been taken or dropped. It is asked again under its own number, before anything new.
            self.seq = flight.packet.seq;
            self.launch(now, Operation::default(), Vec::new());
            return;
        }
        self.go_on(now, flight);
    }

    /// After an answer: what is queued; if nothing is, it may be the time to find out what becomes of copies.
    fn go_on(&mut self, now: Instant, answered: Flight) {
        self.send_next(now);
        let idle = self.flight.is_none() && self.queue.is_empty();
        if !idle || self.copies != Copies::Untried || self.trials_left == 0 {
            return;
        }
        if !answered.packet.data.is_empty() || answered.packet.operation.generate_break {
            return self.greet_again(now);
        }
        self.trials_left -= 1;
        self.seq = answered.packet.seq.saturating_sub(1);
        self.launch(now, Operation::default(), Vec::new());
        if let Some(flight) = &mut self.flight {
            flight.trial = true;
        }
    }

    fn launch(&mut self, now: Instant, operation: Operation, data: Vec<u8>) {
        self.seq = next_seq(self.seq);
        let packet = ToBmc {
            seq: self.seq,
            operation,
            data,
            ..ToBmc::default()
        };
        self.outbox.push_back(packet.to_bytes());
        let pause = self
            .round_trip
            .timeout(self.least_pause.max(self.commands * 5 / 4))
            .min(LONGEST_PAUSE);
        self.flight = Some(Flight {
            packet,
            first_sent: now,
            next_send: now + pause,
            pause,
            sends: 1,
            ignored: 0,
            last_sent: now,
            probe: None,
            greeting: false,
            trial: false,
        });
    }
}

fn data_size(max_payload: u16) -> usize {
    let payload = if (5..=259).contains(&max_payload) {
        max_payload
    } else {
        32
    };
    // The accepted count is one byte.
    usize::from(payload - 4).min(255)
}

/// How long the first sending of a packet waits for its acknowledgement, if the round trip is not longer.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// The longest pause between two sendings: how soon typing goes on after a black-out.
const LONGEST_PAUSE: Duration = Duration::from_secs(4);

/// How long a BMC that has no room is left alone.
const BUSY_PAUSE: Duration = Duration::from_millis(250);

/// How often a packet is sent before a probe asks whether it is there already.
const SENDS_BEFORE_PROBE: u32 = 4;

/// The same, while it is not known what the BMC does with copies.
const SENDS_UNTRIED: u32 = 10;

/// How long a round trip may be of which nothing is known.
const UNKNOWN_PATH: Duration = Duration::from_secs(3);

/// How often a copy is sent before it counts as ignored, and how many such trials an activation is worth.
const COPIES: u32 = 3;
const TRIALS: u32 = 3;

/// How often a BMC is greeted before it counts as one that ignores empty packets.
const GREETINGS: u32 = 4;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::sol::Status;

    const MS: Duration = Duration::from_millis(1);

    fn sent(out: &mut Outgoing) -> Vec<ToBmc> {
        std::iter::from_fn(|| out.poll_transmit())
            .map(|bytes| ToBmc::parse(&bytes).unwrap())
            .collect()
    }

    fn ack(seq: u8, accepted: usize) -> FromBmc {
        FromBmc {
            ack: seq,
            accepted: accepted as u8,
            ..FromBmc::default()
        }
    }

    fn typed(max_payload: u16, text: &[u8]) -> (Outgoing, Instant) {
        let (mut out, now) = (Outgoing::new(max_payload), Instant::now());
        assert_eq!(out.push(text), text.len());
        out.send_next(now);
        (out, now)
    }

    #[test]
    fn one_packet_at_a_time_each_as_large_as_the_bmc_takes() {
        let (mut out, now) = typed(12, b"0123456789abcdef!");
        let mut text = Vec::new();
        for seq in 1..=3 {
            let packets = sent(&mut out);
            assert_eq!((packets.len(), packets[0].seq), (1, seq));
            text.extend_from_slice(&packets[0].data);
            out.handle(now, 0, &ack(seq, packets[0].data.len()));
        }
        assert_eq!(text, b"0123456789abcdef!");
        assert!(out.is_idle() && sent(&mut out).is_empty());
    }

    #[test]
    fn sizes_that_no_bmc_means_become_32() {
        for (size, data) in [
            (0, 28),
            (4, 28),
            (5, 1),
            (255, 251),
            (259, 255),
            (260, 28),
            (0xffff, 28),
        ] {
            assert_eq!(data_size(size), data, "{size}");
        }
    }

    #[test]
    fn an_unacknowledged_packet_is_repeated_with_the_same_bytes_at_growing_distances() {
        let (mut out, start) = typed(255, b"ls\r");
        let first = sent(&mut out);
        let mut times = Vec::new();
        while times.len() < 12 {
            let at = out.poll_timeout().unwrap();
            out.handle_timeout(at, start);
            assert_eq!(
                sent(&mut out),
                first,
                "silence all round: nothing but the same packet"
            );
            times.push(at - start);
        }
        assert_eq!(times[0], 500 * MS);
        let pauses: Vec<_> = times.windows(2).map(|t| t[1] - t[0]).collect();
        assert!(
            pauses.windows(2).all(|p| p[0] <= p[1]) && pauses[10] == LONGEST_PAUSE,
            "{pauses:?}"
        );
        out.handle(start + 30_000 * MS, 0, &ack(1, 3));
        assert!(out.is_idle());
    }

    #[test]
    fn an_acknowledgement_of_something_else_changes_nothing() {
        let (mut out, now) = typed(255, b"x");
        sent(&mut out);
        for seq in [0, 2, 15] {
            out.handle(now, 0, &ack(seq, 1));
        }
        assert!(!out.is_idle());
        out.handle(now, 0, &ack(1, 1));
        out.handle(now, 0, &ack(1, 1));
        assert!(out.is_idle());
    }

    #[test]
    fn what_was_not_accepted_is_sent_again_under_the_next_number() {
        let (mut out, now) = typed(255, b"abcdef");
        sent(&mut out);
        out.push(b"ghi");
        out.handle(now, 0, &ack(1, 2));
        let packets = sent(&mut out);
        assert_eq!((packets[0].seq, &*packets[0].data), (2, &b"cdefghi"[..]));
    }

    #[test]
    fn a_nack_means_a_pause_and_the_rest_again() {
        let (mut out, now) = typed(255, b"abc");
        sent(&mut out);
        let nack = FromBmc {
            status: Status {
                nack: true,
                ..Status::default()
            },
            ..ack(1, 1)
        };
        out.handle(now, 0, &nack);
        assert!(sent(&mut out).is_empty());
        let later = out.poll_timeout().unwrap();
        assert_eq!(later, now + BUSY_PAUSE);
        out.handle_timeout(later, later);
        let packets = sent(&mut out);
        assert_eq!((packets[0].seq, &*packets[0].data), (2, &b"bc"[..]));
    }

    #[test]
    fn a_count_of_zero_without_a_nack_means_all() {
        let (mut out, now) = typed(255, b"abc");
        sent(&mut out);
        out.handle(now, 0, &ack(1, 0));
        assert!(out.is_idle());
        let (mut out, now) = typed(255, b"abc");
        out.handle(now, 0, &ack(1, 200));
        assert!(out.is_idle(), "more than was sent is all, too");
    }

    #[test]
    fn numbers_go_round_from_15_to_1() {
        let (mut out, now) = typed(5, &[b'x'; 40]);
        let mut numbers = Vec::new();
        while !out.is_idle() {
            let seq = sent(&mut out)[0].seq;
            numbers.push(seq);
            out.handle(now, 0, &ack(seq, 1));
        }
        assert_eq!((numbers.len(), numbers[14], numbers[15]), (40, 15, 1));
        assert!(!numbers.contains(&0));
    }

    /// OpenBMC: takes only the number it expects, and drops everything else without a word.
    struct InOrder {
        expected: u8,
        got: Vec<u8>,
    }

    impl InOrder {
        fn take(&mut self, packet: &ToBmc) -> Option<FromBmc> {
            if packet.seq != self.expected {
                return None;
            }
            self.expected = next_seq(self.expected);
            self.got.extend_from_slice(&packet.data);
            // An empty packet is answered by one that acknowledges nothing.
            let seq = if packet.data.is_empty() {
                0
            } else {
                packet.seq
            };
            Some(ack(seq, packet.data.len()))
        }
    }

    #[test]
    fn a_lost_acknowledgement_of_openbmc_is_found_out_and_nothing_is_typed_twice_or_lost() {
        for lost in 0..24 {
            let (mut out, mut now) = (Outgoing::new(6), Instant::now());
            let mut bmc = InOrder {
                expected: 1,
                got: Vec::new(),
            };
            out.expect_round_trip(Some(MS));
            out.greet(now);
            out.push(b"0123456789");
            let mut n = 0;
            while !out.is_idle() {
                for packet in sent(&mut out) {
                    if let Some(answer) = bmc.take(&packet) {
                        n += 1;
                        if n % 24 != lost {
                            out.handle(now, 0, &answer);
                        }
                    }
                }
                if let Some(at) = out.poll_timeout() {
                    now = at;
                    // Keepalives are answered all the while.
                    out.handle_timeout(now, now);
                }
            }
            assert_eq!(bmc.got, b"0123456789", "answer {lost} lost");
        }
    }

    /// `ipmi_sim`: acknowledges what repeats the last number without taking it, takes any other number.
    #[test]
    fn a_bmc_that_remembers_the_number_of_the_session_before_loses_no_keystroke() {
        for remembered in 0..=15 {
            let (mut out, now) = (Outgoing::new(255), Instant::now());
            let (mut last, mut got) = (remembered, Vec::new());
            out.greet(now);
            out.push(b"x");
            while !out.is_idle() {
                for packet in sent(&mut out) {
                    if packet.seq != last {
                        got.extend_from_slice(&packet.data);
                        last = packet.seq;
                    }
                    out.handle(now, 0, &ack(packet.seq, packet.data.len()));
                }
            }
            assert_eq!(got, b"x", "remembered {remembered}");
        }
    }

    #[test]
    fn a_bmc_that_ignores_empty_packets_gets_what_is_typed_all_the_same() {
        let (mut out, mut now) = (Outgoing::new(255), Instant::now());
        let (start, mut got) = (now, Vec::new());
        out.expect_round_trip(Some(MS));
        out.greet(now);
        out.push(b"x");
        while !out.is_idle() {
            for packet in sent(&mut out)
                .into_iter()
                .filter(|packet| !packet.data.is_empty())
            {
                got.extend_from_slice(&packet.data);
                out.handle(now, 0, &ack(packet.seq, 1));
            }
            if let Some(at) = out.poll_timeout() {
                now = at;
                out.handle_timeout(now, now);
            }
        }
        assert_eq!(got, b"x");
        assert!(now - start < 10_000 * MS);
    }

    #[test]
    fn the_queue_is_bounded_and_breaks_keep_their_place() {
        let (mut out, now) = (Outgoing::new(255), Instant::now());
        out.push(b"ab");
        out.push_break();
        out.push_break();
        out.push(b"c");
        out.send_next(now);
        let mut seen = Vec::new();
        while !out.is_idle() {
            let packet = sent(&mut out).remove(0);
            seen.push((packet.data.clone(), packet.operation.generate_break));
            out.handle(now, 0, &ack(packet.seq, packet.data.len()));
        }
        assert_eq!(
            seen,
            [
                (b"ab".to_vec(), false),
                (vec![], true),
                (b"c".to_vec(), false)
            ]
        );
        assert_eq!(out.push(&vec![0; QUEUE + 5]), QUEUE);
        assert_eq!((out.room(), out.push(b"x")), (0, 0));
    }

    #[test]
    fn a_new_session_begins_with_what_was_in_flight() {
        let (mut out, now) = typed(6, b"abcdef");
        sent(&mut out);
        let mut out = out.renewed(255);
        out.send_next(now);
        assert_eq!(sent(&mut out)[0].data, b"abcdef");
    }
}
