//! Characters for the serial port: queued, sent one packet at a time, repeated until acknowledged, delivered once.
//!
//! A packet is repeated under its own number with its own bytes; under a new number the BMC would take it for new
//! input (stock's doubled keystrokes). OpenBMC drops such a repetition without a word when it has the data already
//! and only the acknowledgement was lost; so a packet that stays unanswered although the BMC is heard otherwise is
//! followed by a *probe*: an empty packet under the next number, which a BMC in that state answers, and which then
//! acknowledges what was before it. A number that a probe has used stays in play until the BMC has answered it,
//! since nobody knows whether the BMC took it: where no answer comes, a probe under the number after it follows too.
//!
//! Every other BMC must not be probed: one that never got the data takes the probe, and the data counts as typed; one
//! that got both takes a repetition of the data behind the probe for new input. So each activation begins with a
//! trial, while nothing is typed: the greeting, once answered, is sent again. A BMC that answers the copy too is
//! never probed; nor is one that did not, unless it has shown a way that only OpenBMC has: whoever can drop packets on the
//! way could make any BMC look like one that ignores copies. It shows one when it answers an empty packet by one that
//! acknowledges nothing (older ones), and when it answers a copy of an acknowledgement by a payload without a single byte
//! (all of them): so where what was typed is ignored, the last acknowledgement is sent once more, which every other BMC
//! ignores. What can be probed without any doubt is an empty packet: no input depends on it.

mod reactions;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::proto::round_trip::RoundTrip;
use crate::wire::sol::{Operation, ToBmc, next_seq};

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
    /// When the latest command was sent that the BMC has answered.
    reached: Option<Instant>,
    /// How long the first sending waits at least, after a packet that had to be repeated (Karn).
    least_pause: Duration,
    /// The session sequence number of the packet that brought the last acknowledgement.
    acknowledged_by: u32,
    copies: Copies,
    counting: Counting,
    /// Whether the BMC has done what only OpenBMC does.
    is_openbmc: bool,
    /// It is to be found out whether it is OpenBMC.
    doubt: bool,
    /// The number of the packet answered last.
    answered: u8,
    /// The first of the numbers before that of the packet in flight of which nobody knows whether they were taken: those of
    /// a greeting that was given up.
    unsettled: Option<u8>,
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
    /// It said nothing, as OpenBMC does; or the copies were lost.
    Ignored,
}

/// What a BMC means that has accepted 0 characters and does not refuse them by a NACK.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counting {
    /// Not known yet: it has counted no characters so far.
    Unknown,
    /// None, as the specification says: it has counted others.
    Counts,
    /// All: it acknowledges without counting (`intelplus`).
    Never,
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
    /// The earliest sending after which no command has been sent that was answered.
    unjudged: Instant,
    /// How many probes follow it, under the numbers after its own.
    probes: u32,
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

    /// Whether it is known that the BMC acknowledges a copy of what it has taken already.
    pub fn answers_copies(&self) -> bool {
        self.copies == Copies::Answered
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
            reached: None,
            least_pause: FIRST_PAUSE,
            acknowledged_by: 0,
            copies: Copies::Untried,
            counting: Counting::Unknown,
            is_openbmc: false,
            doubt: false,
            answered: 0,
            unsettled: None,
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
        self.ask(now);
    }

    /// Sends an empty packet as [`Outgoing::poke`] does, and gives it up where the BMC answers other things only.
    pub fn ask(&mut self, now: Instant) {
        if self.flight.is_none() {
            self.poke(now);
            if let Some(flight) = &mut self.flight {
                flight.greeting = true;
            }
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
    /// The round trip that commands have shown.
    pub fn expect_round_trip(&mut self, round_trip: Option<Duration>) {
        self.commands = round_trip.unwrap_or_default();
    }

    /// When the latest command was sent that the BMC has answered: what was sent before it and stays unanswered was lost or
    /// ignored, however long answers take.
    pub fn note_reached(&mut self, sent: Option<Instant>) {
        self.reached = sent;
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
                // What stays is not moved: a paste is sent in hundreds of packets.
                let data: Vec<u8> = bytes.drain(..bytes.len().min(self.max_data)).collect();
                if !bytes.is_empty() {
                    self.queue.push_front(Item::Bytes(bytes));
                }
                self.queued_bytes -= data.len();
                self.launch(now, Operation::default(), data);
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
            unjudged: now,
            probes: 0,
            greeting: false,
            trial: false,
        });
    }
}

impl Flight {
    /// The number of the `n`th probe; 0: the packet's own.
    fn number(&self, n: u32) -> u8 {
        (0..n).fold(self.packet.seq, |seq, _| next_seq(seq))
    }

    /// Which probe has been answered: by its number, or, where an answer acknowledges nothing, the first that may be.
    fn answered_probe(&self, ack: u8, bare: bool) -> Option<u32> {
        (1..=self.probes).find(|n| bare || self.number(*n) == ack)
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

/// How many trials an activation is worth, to find out what becomes of copies.
const TRIALS: u32 = 3;
