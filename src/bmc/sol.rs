//! One SOL payload instance: the serial port on one side, acknowledged packets on the other (IPMI 2.0 chapter 15).
//!
//! It is a stop-and-wait protocol in each direction: one packet is under way, sent again byte for byte under the same
//! number until it is acknowledged or the retries are used up.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::wire::sol::{FromBmc, Status, ToBmc, next_seq};

/// How an instance behaves: SOL configuration parameters and the board's ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// How long characters are gathered before a packet is sent.
    pub accumulate: Duration,
    /// How many characters are sent without waiting for more.
    pub threshold: usize,
    /// How many times a packet is sent again.
    pub retries: u32,
    /// Time between tries.
    pub interval: Duration,
    /// Most characters in a packet to the console, 1 to 255.
    pub largest: usize,
    /// The board's ways.
    pub ways: Ways,
}

/// Ways in which boards differ from the specification; all `false` is a good one. Each is a line of the field notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ways {
    /// Only the next expected number is taken; any other packet is dropped without an acknowledgement.
    pub strict_sequence: bool,
    /// An accepted count other than the number sent makes it send everything again.
    pub all_or_nothing: bool,
    /// After the retries, the same characters go out under the next number, and so on without end.
    pub renumber: bool,
    /// After the retries, all that waits is dropped with the packet.
    pub drop_all: bool,
    /// An acknowledgement of the last packet that comes when it is not under way any more makes it send a payload without
    /// a single byte: what it would send again is gone (OpenBMC, `sol_context.cpp`). No number is used up for it.
    pub empty_after_late_ack: bool,
    /// It acknowledges with an accepted count of 0 and no NACK, and means 'all'.
    pub ack_zero: bool,
    /// A NACK makes it send the packet again until the retries are used up.
    pub resend_on_nack: bool,
    /// The numbers go on from one activation to the next.
    pub keep_numbers: bool,
    /// Nothing flows until the console asserts CTS with a packet of its own.
    pub wants_cts: bool,
}

/// What the port asks of the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Generate a break on the serial line.
    Break,
    /// The console asked for the ring / wake-up signal.
    Ring,
}

/// A serial port and the SOL payload that may be active on it.
#[derive(Debug, Default)]
pub struct Port {
    to_host: VecDeque<u8>,
    refused: bool,
    active: Option<Active>,
    last_numbers: LastNumbers,
    /// Payloads for the console; `None`: one without a single byte.
    out: VecDeque<Option<FromBmc>>,
    actions: VecDeque<Action>,
    /// What happened so far.
    pub counts: Counts,
}

/// What happened on a port so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Characters from the console that were taken for the host.
    pub characters_in: u64,
    /// Characters of the host that a console acknowledged.
    pub characters_out: u64,
    /// Packets sent again.
    pub retries: u64,
    /// Characters of the host that were dropped because no console acknowledged in time.
    pub dropped: u64,
    /// Packets of the console that came more than once.
    pub duplicates: u64,
    /// Packets of the console that were not taken in whole.
    pub nacks: u64,
}

#[derive(Debug)]
struct Active {
    session: u32,
    seq: u8,
    received: Option<Received>,
    under_way: Option<UnderWay>,
    waiting: VecDeque<u8>,
    since: Option<Instant>,
    hold_until: Option<Instant>,
    overrun: bool,
    /// Characters were lost behind so many of those that wait.
    overrun_behind: Option<usize>,
    break_seen: bool,
    paused: bool,
    /// Retries were used up and nothing was heard since: the host must not wait for this console.
    deaf: bool,
    skipped: u64,
}

/// The console's last packet with characters, to know it again.
#[derive(Debug, Clone, Copy)]
struct Received {
    seq: u8,
    session_seq: u32,
    accepted: u8,
    nack: bool,
}

/// Where an activation ended.
#[derive(Debug, Default)]
struct LastNumbers {
    session: u32,
    seq: u8,
    received: Option<Received>,
}

#[derive(Debug)]
struct UnderWay {
    packet: FromBmc,
    since: Instant,
    tries: u32,
    due: Instant,
}

impl Port {
    /// The session that has the payload, if any.
    pub fn session(&self) -> Option<u32> {
        self.active.as_ref().map(|active| active.session)
    }

    /// When the packet that waits for its acknowledgement was sent first, and how many characters it holds.
    pub fn under_way(&self) -> Option<(Instant, usize)> {
        let under_way = self.active.as_ref()?.under_way.as_ref()?;
        Some((under_way.since, under_way.packet.data.len()))
    }

    /// Characters dropped from this activation's stream so far.
    pub fn skipped(&self) -> u64 {
        self.active.as_ref().map_or(0, |active| active.skipped)
    }

    /// How many characters of the host may come now. 0: let it wait, as RTS/CTS does. While no console is active, or
    /// while the active one does not answer, the host never waits.
    pub fn room(&self) -> usize {
        match &self.active {
            Some(active) if !active.deaf => HOST_BUFFER.saturating_sub(active.waiting.len()),
            _ => HOST_BUFFER,
        }
    }

    /// Characters that wait for the host.
    pub fn for_host(&mut self, most: usize) -> Vec<u8> {
        let n = most.min(self.to_host.len());
        self.to_host.drain(..n).collect()
    }

    /// How many characters wait for the host.
    pub fn for_host_len(&self) -> usize {
        self.to_host.len()
    }

    /// Gives the payload to `session`. `paused`: nothing flows until the console asserts CTS.
    pub fn activate(&mut self, session: u32, paused: bool, settings: &Settings) {
        let (seq, received) = if settings.ways.keep_numbers {
            let last = &self.last_numbers;
            // Another session counts its packets from the beginning; the same one goes on, so that what it sent before
            // the last activation ended is not taken again.
            let same = last.session == session;
            let received = last.received.map(|received| Received {
                session_seq: if same { received.session_seq } else { 0 },
                ..received
            });
            (last.seq, received)
        } else {
            (0, None)
        };
        self.out.clear();
        self.refused = false;
        self.active = Some(Active {
            session,
            seq,
            received,
            under_way: None,
            waiting: VecDeque::new(),
            since: None,
            hold_until: None,
            overrun: false,
            overrun_behind: None,
            break_seen: false,
            paused: paused || settings.ways.wants_cts,
            deaf: false,
            skipped: 0,
        });
    }

    /// Takes the payload away; the returned packet tells the console so.
    pub fn deactivate(&mut self) -> Option<FromBmc> {
        let active = self.active.take()?;
        self.last_numbers = LastNumbers {
            session: active.session,
            seq: active.seq,
            received: active.received,
        };
        self.out.clear();
        let status = Status {
            deactivating: true,
            transfer_unavailable: true,
            ..Status::default()
        };
        Some(FromBmc {
            status,
            ..FromBmc::default()
        })
    }

    /// Takes characters that the host emitted. Beyond the buffer the oldest are dropped.
    pub fn host_output(&mut self, now: Instant, bytes: &[u8], settings: &Settings) {
        let Some(active) = &mut self.active else {
            return;
        };
        active.waiting.extend(bytes);
        let excess = active.waiting.len().saturating_sub(HOST_BUFFER);
        if excess > 0 {
            active.waiting.drain(..excess);
            active.overrun_behind = active
                .overrun_behind
                .and_then(|behind| behind.checked_sub(excess))
                .filter(|behind| *behind > 0);
            self.counts.dropped += active.dropped(excess);
        }
        if !bytes.is_empty() {
            active.since.get_or_insert(now);
        }
        self.advance(now, settings);
    }

    /// The host held its line low.
    pub fn host_break(&mut self, now: Instant, settings: &Settings) {
        if let Some(active) = &mut self.active {
            active.break_seen = true;
        }
        self.advance(now, settings);
    }

    /// Loses what waits for the console, as a port that was not read in time does.
    pub fn overrun(&mut self, now: Instant, settings: &Settings) {
        let Some(active) = &mut self.active else {
            return;
        };
        let lost = active.waiting.len();
        active.waiting.clear();
        active.overrun_behind = None;
        self.counts.dropped += active.dropped(lost);
        self.advance(now, settings);
    }

    /// Tells that the host took characters: a console that was refused some hears that there is room again.
    pub fn host_took(&mut self) {
        if self.refused && self.to_host.len() <= TO_HOST / 2 {
            self.refused = false;
            if let Some(received) = self.active.as_ref().and_then(|active| active.received) {
                let (ack, accepted) = (received.seq, received.accepted);
                self.out.push_back(Some(FromBmc {
                    ack,
                    accepted,
                    ..FromBmc::default()
                }));
            }
        }
    }

    /// Takes a packet of the console that has the payload. `session_seq` is the session sequence number it came under.
    pub fn receive(&mut self, now: Instant, session_seq: u32, packet: &ToBmc, settings: &Settings) {
        let Some(active) = &mut self.active else {
            return;
        };
        active.deaf = false;
        let other = packet.operation.other;
        active.paused = other & CTS_PAUSE != 0;
        if packet.ack != 0 {
            self.acknowledged(now, packet, settings);
        }
        if packet.seq != 0 {
            self.take(session_seq, packet, settings.ways);
        } else if packet.operation.generate_break {
            self.act(Action::Break);
        }
        if other & FLUSH_OUTBOUND != 0
            && let Some(active) = &mut self.active
        {
            active.waiting.clear();
        }
        self.advance(now, settings);
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Instant, settings: &Settings) {
        self.retry(now, settings);
        self.advance(now, settings);
    }

    /// When [`handle_timeout`](Self::handle_timeout) is due.
    pub fn poll_timeout(&self, settings: &Settings) -> Option<Instant> {
        let active = self.active.as_ref()?;
        if let Some(under_way) = &active.under_way {
            return Some(under_way.due);
        }
        if active.paused || active.waiting.is_empty() {
            return None;
        }
        let gathered = active.since.map(|since| since + settings.accumulate);
        gathered.max(active.hold_until)
    }

    /// The next SOL payload for the console.
    pub fn poll_payload(&mut self) -> Option<Vec<u8>> {
        let packet = self.out.pop_front()?;
        Some(packet.map_or_else(Vec::new, |packet| packet.to_bytes()))
    }

    /// What the port asks of the world.
    pub fn poll_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }

    fn acknowledged(&mut self, now: Instant, packet: &ToBmc, settings: &Settings) {
        let Some(active) = &mut self.active else {
            return;
        };
        let Some(under_way) = active.under_way.take_if(|u| u.packet.seq == packet.ack) else {
            let late =
                active.under_way.is_none() && packet.ack == active.seq && packet.accepted > 0;
            if settings.ways.empty_after_late_ack && late && self.out.len() < MOST_WAITING {
                self.out.push_back(None);
            }
            return;
        };
        let sent = under_way.packet.data.len();
        let accepted = usize::from(packet.accepted).min(sent);
        let nack = packet.operation.nack;
        if nack && settings.ways.resend_on_nack || accepted < sent && settings.ways.all_or_nothing {
            // What the board does not count as an acknowledgement goes on as if nothing had come.
            active.under_way = Some(under_way);
            return;
        }
        self.counts.characters_out += accepted as u64;
        if accepted < sent {
            // What was not taken goes out again, in new packets: at once if the console did take some, and after the
            // interval if it asked to be left alone.
            active.put_back(&under_way.packet.data[accepted..], false);
            active.since = Some(now);
            active.hold_until = Some(now + settings.interval);
        }
    }

    fn take(&mut self, session_seq: u32, packet: &ToBmc, ways: Ways) {
        let Some(active) = &mut self.active else {
            return;
        };
        if let Some(last) = active.received {
            let again = packet.seq == last.seq;
            // The console waits for each acknowledgement, so that a packet which was sent before the last one was is
            // a belated copy, whatever its number.
            let stale = (session_seq.wrapping_sub(last.session_seq) as i32) < 0;
            if ways.strict_sequence && packet.seq != next_seq(last.seq) {
                self.counts.duplicates += 1;
                return;
            }
            if again {
                self.counts.duplicates += 1;
                self.acknowledge(packet.seq, last.accepted, last.nack, ways);
                return;
            }
            if stale {
                // Not acknowledged either: the console may be using its number for another packet by now.
                self.counts.duplicates += 1;
                return;
            }
        }
        if packet.operation.other & FLUSH_INBOUND != 0 {
            self.to_host.clear();
        }
        let room = TO_HOST.saturating_sub(self.to_host.len());
        let taken = packet.data.len().min(room).min(255);
        let nack = taken < packet.data.len();
        self.to_host.extend(&packet.data[..taken]);
        self.counts.characters_in += taken as u64;
        if nack {
            self.refused = true;
            self.counts.nacks += 1;
        }
        active.received = Some(Received {
            seq: packet.seq,
            session_seq,
            accepted: taken as u8,
            nack,
        });
        if packet.operation.generate_break {
            self.act(Action::Break);
        }
        if packet.operation.other & RING != 0 {
            self.act(Action::Ring);
        }
        self.acknowledge(packet.seq, taken as u8, nack, ways);
    }

    fn acknowledge(&mut self, ack: u8, accepted: u8, nack: bool, ways: Ways) {
        let accepted = if ways.ack_zero && !nack { 0 } else { accepted };
        let status = Status {
            nack,
            ..Status::default()
        };
        if self.out.len() < MOST_WAITING {
            self.out.push_back(Some(FromBmc {
                ack,
                accepted,
                status,
                ..FromBmc::default()
            }));
        }
    }

    fn act(&mut self, action: Action) {
        if self.actions.len() < MOST_WAITING {
            self.actions.push_back(action);
        }
    }

    fn retry(&mut self, now: Instant, settings: &Settings) {
        let Some(active) = &mut self.active else {
            return;
        };
        let Some(under_way) = active.under_way.as_mut().filter(|u| u.due <= now) else {
            return;
        };
        if under_way.tries < settings.retries {
            under_way.tries += 1;
            under_way.due = now + settings.interval.max(LEAST_INTERVAL);
            self.counts.retries += 1;
            self.out.push_back(Some(under_way.packet.clone()));
            return;
        }
        active.deaf = true;
        let Some(lost) = active.under_way.take() else {
            return;
        };
        if settings.ways.renumber {
            active.put_back(&lost.packet.data, lost.packet.status.transmit_overrun);
            active.since = Some(now);
            return;
        }
        let mut gone = lost.packet.data.len();
        if settings.ways.drop_all {
            gone += active.waiting.len();
            active.waiting.clear();
            active.overrun_behind = None;
        }
        self.counts.dropped += active.dropped(gone);
    }

    /// Sends a packet if there is one to send.
    fn advance(&mut self, now: Instant, settings: &Settings) {
        let Some(active) = &mut self.active else {
            return;
        };
        let held = active.hold_until.is_some_and(|until| now < until);
        if active.under_way.is_some() || active.paused || held {
            return;
        }
        if active.waiting.is_empty() {
            if std::mem::take(&mut active.break_seen) {
                let status = Status {
                    break_detected: true,
                    ..Status::default()
                };
                self.out.push_back(Some(FromBmc {
                    status,
                    ..FromBmc::default()
                }));
            }
            return;
        }
        let gathered = active
            .since
            .is_some_and(|since| now >= since + settings.accumulate);
        let enough = active.waiting.len() >= settings.threshold.min(settings.largest);
        if !(gathered || enough || active.break_seen) {
            return;
        }
        let n = active.waiting.len().min(settings.largest);
        let n = active.overrun_behind.map_or(n, |behind| n.min(behind));
        let data: Vec<u8> = active.waiting.drain(..n).collect();
        active.seq = next_seq(active.seq);
        let status = Status {
            transmit_overrun: std::mem::take(&mut active.overrun),
            break_detected: std::mem::take(&mut active.break_seen),
            ..Status::default()
        };
        let packet = FromBmc {
            seq: active.seq,
            ack: 0,
            accepted: 0,
            status,
            data,
        };
        active.overrun_behind = active.overrun_behind.map(|behind| behind.saturating_sub(n));
        if active.overrun_behind == Some(0) {
            (active.overrun, active.overrun_behind) = (true, None);
        }
        active.since = (!active.waiting.is_empty()).then_some(now);
        active.hold_until = None;
        self.out.push_back(Some(packet.clone()));
        let due = now + settings.interval.max(LEAST_INTERVAL);
        active.under_way = Some(UnderWay {
            packet,
            since: now,
            tries: 0,
            due,
        });
    }
}

impl Active {
    /// Has characters wait again that were under way; `overrun`: some were lost before them. What was lost since stood
    /// behind them.
    fn put_back(&mut self, data: &[u8], overrun: bool) {
        for &byte in data.iter().rev() {
            self.waiting.push_front(byte);
        }
        if std::mem::replace(&mut self.overrun, overrun) {
            self.overrun_behind = Some(data.len());
        } else {
            self.overrun_behind = self.overrun_behind.map(|behind| behind + data.len());
        }
    }

    /// Notes that `n` characters are lost to the console; returns `n` for the counters.
    fn dropped(&mut self, n: usize) -> u64 {
        if n > 0 {
            self.overrun = true;
            self.skipped += n as u64;
        }
        n as u64
    }
}

/// Characters of the host that wait for the console at most.
const HOST_BUFFER: usize = 16 * 1024;
/// Characters of the console that wait for the host at most.
const TO_HOST: usize = 4096;
/// Acknowledgements and actions that wait at most.
const MOST_WAITING: usize = 64;
/// A retry interval of 0 means 'at once'; a flood helps nobody.
const LEAST_INTERVAL: Duration = Duration::from_millis(10);

const RING: u8 = 0x20;
const CTS_PAUSE: u8 = 0x08;
const FLUSH_INBOUND: u8 = 0x02;
const FLUSH_OUTBOUND: u8 = 0x01;

#[cfg(test)]
mod tests;
