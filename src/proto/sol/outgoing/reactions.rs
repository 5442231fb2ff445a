//! What an acknowledgement, another answer, or none at all means for the packet in flight.

use std::time::{Duration, Instant};

use super::{Copies, Counting, FIRST_PAUSE, Flight, Item, LONGEST_PAUSE, Outgoing};
use crate::wire::sol::{FromBmc, Operation, ToBmc, next_seq};

/// The BMC's word, and time.
impl Outgoing {
    /// Takes in the acknowledgement part of a packet from the BMC, whose session sequence number was `sequence`;
    /// 0: unknown.
    pub fn handle(&mut self, now: Instant, sequence: u32, packet: &FromBmc) {
        if sequence != 0 && sequence < self.acknowledged_by {
            // Sent before the last acknowledgement was: it speaks of an earlier packet, whatever its number.
            return;
        }
        let again = packet.ack != 0 && packet.ack == self.answered;
        let ready = !packet.status.nack && !packet.status.transfer_unavailable;
        if again && ready && self.hold_until.take().is_some() {
            // It had no room for all of that packet, and says now that it has.
            return self.send_next(now);
        }
        if again {
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
        let empty = flight.packet.data.is_empty() && !flight.packet.operation.generate_break;
        self.is_openbmc |= bare && (empty || flight.probes > 0);
        if flight.trial {
            if bare || packet.ack == flight.packet.seq {
                self.copies = Copies::Answered;
                self.send_next(now);
            } else {
                self.flight = Some(flight);
            }
        } else if packet.ack == flight.packet.seq {
            self.unsettled = None;
            self.acknowledged_by = sequence;
            self.answered = packet.ack;
            self.acknowledged(now, flight, packet, again);
        } else if let Some(probe) = flight.answered_probe(packet.ack, bare) {
            self.unsettled = None;
            self.acknowledged_by = sequence;
            self.seq = flight.number(probe);
            if probe < flight.probes {
                self.ask_again(now, flight.probes - probe);
            } else {
                self.send_next(now);
            }
        } else if bare && empty {
            self.go_on(now, flight);
        } else {
            self.flight = Some(flight);
        }
    }

    /// A payload without a single byte came: OpenBMC's way to send again what it has not got any more.
    pub fn handle_nothing(&mut self) {
        self.is_openbmc = true;
    }

    /// Whether the last acknowledgement is to be sent once more, to see whether the BMC is OpenBMC. Told once.
    pub fn take_doubt(&mut self) -> bool {
        std::mem::take(&mut self.doubt)
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
        let reached = self.reached.is_some_and(|sent| sent > flight.unjudged);
        if reached {
            flight.unjudged = now;
        }
        let others_heard = reached || heard > flight.last_sent + path;
        flight.ignored += u32::from(others_heard);
        let ignored = others_heard && flight.ignored >= patience;
        if ignored && flight.greeting && flight.ignored > GREETINGS {
            // It answers other things, but no empty packet under any number.
            // If it did take one, that number and the probe's are not to be used again.
            self.seq = flight.number(flight.probes);
            self.unsettled.get_or_insert(flight.packet.seq);
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
            Copies::Answered => false,
            _ if harmless => !flight.trial,
            Copies::Ignored | Copies::Untried => self.is_openbmc,
        };
        let enough = flight.ignored >= patience + flight.probes * SENDS_BEFORE_PROBE;
        if ignored && may_probe && enough && flight.probes < MOST_PROBES {
            flight.probes += 1;
        }
        let unknown = !self.is_openbmc && self.copies != Copies::Answered;
        self.doubt |= ignored && !harmless && unknown;
        let empty = |seq| {
            let packet = ToBmc {
                seq,
                ..ToBmc::default()
            };
            packet.to_bytes()
        };
        // Who takes only the next number may still wait for an earlier one. Anybody else would take a packet with characters
        // that comes again behind those for another one.
        if harmless && !flight.trial || self.is_openbmc {
            let unsettled = std::iter::successors(self.unsettled, |seq| Some(next_seq(*seq)));
            let before = unsettled.take_while(|seq| *seq != flight.packet.seq);
            self.outbox.extend(before.take(MOST_UNSETTLED).map(empty));
        }
        self.outbox.push_back(flight.packet.to_bytes());
        let probes = (1..=flight.probes).map(|n| empty(flight.number(n)));
        self.outbox.extend(probes);
        self.repeated += 1;
        flight.sends += 1;
        flight.last_sent = now;
        flight.pause = (flight.pause * 3 / 2).min(LONGEST_PAUSE);
        flight.next_send = now + flight.pause;
    }

    /// How long one exchange takes now: as long as a command, for those are asked all the time. No packet is repeated
    /// sooner than its own round trip anyway.
    fn path(&self) -> Duration {
        let known = Some(self.commands).filter(|path| !path.is_zero());
        known.or(self.round_trip.smoothed()).unwrap_or(UNKNOWN_PATH)
    }

    /// `again`: the same packet has been acknowledged before.
    fn acknowledged(&mut self, now: Instant, mut flight: Flight, packet: &FromBmc, again: bool) {
        self.least_pause = if flight.sends == 1 {
            self.round_trip
                .sample(now.saturating_duration_since(flight.first_sent));
            FIRST_PAUSE
        } else {
            // Which sending was answered is not to be known; the pause at which it was must do.
            flight.pause
        };
        let sent = flight.packet.data.len();
        let repeated = flight.sends > 1;
        // A repetition that was not needed may count as 0 new characters.
        let none = packet.accepted == 0 && !packet.status.nack && sent > 0;
        match self.counting {
            // Who refuses some counts those, whatever becomes of others.
            _ if packet.accepted > 0 && !packet.status.nack => self.counting = Counting::Counts,
            Counting::Unknown if none && repeated => self.counting = Counting::Never,
            Counting::Unknown if none && self.copies == Copies::Answered => {
                // Who has taken them all answers a copy as it answered them; who had no room takes the copy. Some say the same
                // with all of their output: that puts off nothing.
                if !again {
                    flight.next_send = now + BUSY_PAUSE;
                }
                self.flight = Some(flight);
                return;
            }
            Counting::Unknown | Counting::Counts | Counting::Never => {}
        }
        let no_room = none && !repeated && self.counting == Counting::Counts;
        let accepted = match usize::from(packet.accepted) {
            0 if none && !no_room => sent,
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
        if no_room {
            self.hold_until = Some(now + BUSY_PAUSE);
            // The same answer once more says no more than the first.
            self.answered = 0;
        }
        if flight.probes > 0 {
            self.seq = flight.packet.seq;
            return self.ask_again(now, flight.probes);
        }
        self.go_on(now, flight);
    }

    /// The probes after the number answered last may have been taken or dropped. They are asked again under their own
    /// numbers, before anything new.
    fn ask_again(&mut self, now: Instant, probes: u32) {
        self.launch(now, Operation::default(), Vec::new());
        if let Some(flight) = &mut self.flight {
            flight.probes = probes.saturating_sub(1);
        }
    }

    /// After an answer: what is queued; if nothing is, it may be the time to find out what becomes of copies.
    fn go_on(&mut self, now: Instant, answered: Flight) {
        self.send_next(now);
        let idle = self.flight.is_none() && self.queue.is_empty();
        let known = match self.copies {
            Copies::Answered => true,
            Copies::Ignored => self.is_openbmc,
            Copies::Untried => false,
        };
        if !idle || known || self.trials_left == 0 {
            return;
        }
        if !answered.packet.data.is_empty() || answered.packet.operation.generate_break {
            return self.ask(now);
        }
        self.trials_left -= 1;
        self.seq = answered.packet.seq.saturating_sub(1);
        self.launch(now, Operation::default(), Vec::new());
        if let Some(flight) = &mut self.flight {
            flight.trial = true;
        }
    }
}

/// How long a BMC that has no room is left alone, unless it says sooner that it has.
pub(super) const BUSY_PAUSE: Duration = Duration::from_millis(250);

/// How often a packet is sent before a probe asks whether it is there already.
const SENDS_BEFORE_PROBE: u32 = 4;

/// Most probes behind a packet, so that no number comes round.
const MOST_PROBES: u32 = 6;

/// Most numbers before that of a packet in flight that are asked for: those of a greeting and of its probes.
const MOST_UNSETTLED: usize = 1 + MOST_PROBES as usize;

/// How long a round trip may be of which nothing is known.
const UNKNOWN_PATH: Duration = Duration::from_secs(3);

/// How often a copy is sent before it counts as ignored.
const COPIES: u32 = 3;

/// How often a BMC is greeted before it counts as one that ignores empty packets.
const GREETINGS: u32 = 4;
