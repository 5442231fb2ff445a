//! A BMC on a bad day: [`Bmc`] with a wire on each side of it and a time table of faults. It is fed and drained as a
//! [`Bmc`] is.

use std::collections::VecDeque;
use std::time::Instant;

use super::link::Link;
use super::{Direction, Fault, Kind};
use crate::bmc::endpoint::{Bmc, Event, Fate, Transmit};
use crate::bmc::moment::{Moment, Peer, Random as _, Seeded};
use crate::bmc::session::Security;
use crate::wire::rmcp;
use crate::wire::session::{PayloadType, V15, v20_header};

/// A [`Bmc`] and its faults.
pub struct Simulator {
    bmc: Bmc,
    to_bmc: Link,
    from_bmc: Link,
    chance: Seeded,
    table: Vec<(Instant, Step)>,
    frozen_until: Option<Instant>,
    ready: VecDeque<Transmit>,
    usual_sessions: usize,
}

#[derive(Debug, Clone)]
enum Step {
    Begin(Fault),
    End(Kind),
}

impl Simulator {
    /// Puts a BMC between its wires. `seed` decides every chance.
    pub fn new(bmc: Bmc, seed: u64) -> Self {
        let usual_sessions = bmc.config().session_limit;
        Self {
            bmc,
            to_bmc: Link::default(),
            from_bmc: Link::default(),
            chance: Seeded(seed),
            table: Vec::new(),
            frozen_until: None,
            ready: VecDeque::new(),
            usual_sessions,
        }
    }

    // What can be asked.

    /// The BMC.
    pub fn bmc(&self) -> &Bmc {
        &self.bmc
    }

    /// The BMC, to change it.
    pub fn bmc_mut(&mut self) -> &mut Bmc {
        &mut self.bmc
    }

    /// How many characters of the host a port takes now; none while the BMC is frozen.
    pub fn serial_room(&self, port: usize) -> usize {
        if self.frozen_until.is_some() {
            0
        } else {
            self.bmc.serial_room(port)
        }
    }

    // What comes in.

    /// Orders a fault; its times count from `now`.
    pub fn inject(&mut self, now: Instant, wall_ms: u64, fault: Fault) {
        if self.table.len() < MOST_STEPS {
            self.table.push((now + fault.at, Step::Begin(fault)));
        }
        self.run_table(Moment { now, wall_ms });
        self.settle(now);
    }

    /// Takes a datagram.
    pub fn handle_datagram(
        &mut self,
        now: Instant,
        wall_ms: u64,
        from: impl Into<Peer>,
        bytes: &[u8],
    ) {
        let at = Moment { now, wall_ms };
        self.run_table(at);
        let packet = Transmit {
            to: from.into(),
            bytes: bytes.to_vec(),
        };
        self.to_bmc.push(now, packet, &mut self.chance);
        self.deliver(at);
        self.settle(now);
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Instant, wall_ms: u64) {
        let at = Moment { now, wall_ms };
        self.run_table(at);
        self.deliver(at);
        if self.frozen_until.is_none() {
            self.bmc.handle_timeout(now, wall_ms);
        }
        self.settle(now);
    }

    /// Takes characters that the host emitted on a port.
    pub fn serial_input(&mut self, now: Instant, wall_ms: u64, port: usize, bytes: &[u8]) {
        self.bmc.serial_input(now, wall_ms, port, bytes);
        self.settle(now);
    }

    /// Characters for the host, at most `most`.
    pub fn take_serial(&mut self, now: Instant, port: usize, most: usize) -> Vec<u8> {
        if self.frozen_until.is_some() {
            return Vec::new();
        }
        let bytes = self.bmc.take_serial(now, port, most);
        self.settle(now);
        bytes
    }

    // What goes out.

    /// The next datagram to send.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.ready.pop_front()
    }

    /// The next thing that happened.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.bmc.poll_event()
    }

    /// When [`handle_timeout`](Self::handle_timeout) has something to do.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let steps = self.table.iter().map(|(at, _)| *at);
        let inside = match self.frozen_until {
            Some(until) => [Some(until), None, None],
            None => [
                self.bmc.poll_timeout(),
                self.to_bmc.next(),
                self.from_bmc.next(),
            ],
        };
        steps.chain(inside.into_iter().flatten()).min()
    }

    // Inside.

    fn run_table(&mut self, at: Moment) {
        // In the order of their times; a step may add others, but none that is due before now.
        while let Some(index) = (0..self.table.len())
            .filter(|&i| self.table[i].0 <= at.now)
            .min_by_key(|&i| self.table[i].0)
        {
            let (due, step) = self.table.remove(index);
            match step {
                Step::Begin(fault) => self.begin(at, due, fault),
                Step::End(kind) => self.end(kind),
            }
        }
        if self.frozen_until.is_some_and(|until| until <= at.now) {
            self.frozen_until = None;
        }
    }

    fn begin(&mut self, at: Moment, due: Instant, fault: Fault) {
        log::info!("fault: {:?}", fault.kind);
        match fault.kind {
            Kind::Busy(time) => self.bmc.set_busy(due + time),
            Kind::Freeze(time) => self.frozen_until = Some(due + time),
            Kind::Link(direction, link) => {
                for wire in self.wires(direction) {
                    wire.begin(link, fault.times);
                }
            }
            Kind::Forge => {
                for _ in 0..fault
                    .times
                    .filter(|_| fault.every.is_none())
                    .unwrap_or(1)
                    .min(MOST_FORGED)
                {
                    self.forge(at.now);
                }
            }
            Kind::Reboot { down, new_epoch } => self.bmc.reboot(due + down, new_epoch),
            Kind::Deactivate => self.each_port(|bmc, port| bmc.deactivate_sol(at.now, port)),
            Kind::Steal => {
                let thief = self.chance.number() as u32 | 1;
                self.each_port(|bmc, port| bmc.steal_sol(port, thief));
            }
            Kind::Overrun => self.each_port(|bmc, port| bmc.overrun_sol(at.now, port)),
            Kind::SessionLimit(n) => self.bmc.set_session_limit(n),
            Kind::NoAnswer(command) => {
                self.bmc
                    .hooks_mut()
                    .set(command, Fate::NoAnswer, fault.times)
            }
            Kind::Completion(command, code) => {
                self.bmc
                    .hooks_mut()
                    .set(command, Fate::Completion(code), fault.times);
            }
            Kind::Clear => self.clear(),
        }
        if let Some(time) = fault.lasting {
            self.table.push((due + time, Step::End(fault.kind)));
        }
        let counts_itself = matches!(
            fault.kind,
            Kind::Link(..) | Kind::NoAnswer(_) | Kind::Completion(..)
        );
        let again = match fault.times {
            Some(n) if !counts_itself => n > 1,
            _ => true,
        };
        if let (Some(every), true) = (fault.every, again) {
            let times = if counts_itself {
                fault.times
            } else {
                fault.times.map(|n| n - 1)
            };
            self.table
                .push((due + every, Step::Begin(Fault { times, ..fault })));
        }
    }

    fn end(&mut self, kind: Kind) {
        match kind {
            Kind::Link(direction, fault) => self
                .wires(direction)
                .into_iter()
                .for_each(|wire| wire.end(fault)),
            Kind::SessionLimit(_) => self.bmc.set_session_limit(self.usual_sessions),
            Kind::NoAnswer(command) | Kind::Completion(command, _) => {
                self.bmc.hooks_mut().clear(command)
            }
            _ => {}
        }
    }

    fn clear(&mut self) {
        self.to_bmc.clear();
        self.from_bmc.clear();
        self.bmc.hooks_mut().clear_all();
        self.bmc.set_session_limit(self.usual_sessions);
        self.frozen_until = None;
        self.table.clear();
    }

    fn wires(&mut self, direction: Direction) -> Vec<&mut Link> {
        match direction {
            Direction::In => vec![&mut self.to_bmc],
            Direction::Out => vec![&mut self.from_bmc],
            Direction::Both => vec![&mut self.to_bmc, &mut self.from_bmc],
        }
    }

    fn each_port(&mut self, mut act: impl FnMut(&mut Bmc, usize)) {
        for port in 0..self.bmc.config().ports {
            act(&mut self.bmc, port);
        }
    }

    fn deliver(&mut self, at: Moment) {
        while self.frozen_until.is_none() {
            let Some(packet) = self.to_bmc.pop(at.now) else {
                break;
            };
            self.bmc
                .handle_datagram(at.now, at.wall_ms, packet.to, &packet.bytes);
        }
    }

    fn settle(&mut self, now: Instant) {
        while let Some(packet) = self.bmc.poll_transmit() {
            self.from_bmc.push(now, packet, &mut self.chance);
        }
        while self.frozen_until.is_none() {
            let Some(packet) = self.from_bmc.pop(now) else {
                break;
            };
            if self.ready.len() < MOST_STEPS {
                self.ready.push_back(packet);
            }
        }
    }

    /// Sends every console what somebody who knows its ids, but no key, could send.
    fn forge(&mut self, now: Instant) {
        let forged: Vec<(Peer, Vec<u8>)> = self
            .bmc
            .sessions()
            .flat_map(|session| {
                let next = session.outbound.wrapping_add(1);
                let packets = match &session.security {
                    Security::V20 {
                        console_session, ..
                    } => {
                        // A SOL packet that says 'deactivated', in the clear; and the same with a made-up code.
                        let payload = [0, 0, 0, 0x10];
                        let clear = v20(
                            PayloadType::Sol,
                            false,
                            *console_session,
                            next,
                            &payload,
                            &[],
                        );
                        let sealed = v20(
                            PayloadType::Sol,
                            true,
                            *console_session,
                            next,
                            &[0x5a; 32],
                            &[0xff, 0xff, 2, 7],
                        );
                        vec![clear, [&sealed[..], &[0xa5; 16]].concat()]
                    }
                    Security::V15 { auth_type, .. } => {
                        let auth_code = (*auth_type != 0).then_some([0x5a; 16]);
                        let payload = &[0x81, 0x1c, 0x63, 0x20, 0x00, 0x3c, 0x00, 0xa4];
                        vec![
                            V15 {
                                auth_type: *auth_type,
                                sequence: next,
                                session: session.id,
                                auth_code,
                                payload,
                            }
                            .to_datagram(),
                        ]
                    }
                };
                packets
                    .into_iter()
                    .map(|bytes| (session.peer, bytes))
                    .collect::<Vec<_>>()
            })
            .collect();
        let mut noise = [0; 40];
        self.chance.fill(&mut noise);
        for (to, bytes) in forged {
            self.from_bmc
                .push(now, Transmit { to, bytes }, &mut self.chance);
            let noise = [&rmcp::header(rmcp::Class::Ipmi, rmcp::NO_ACK)[..], &noise].concat();
            self.from_bmc
                .push(now, Transmit { to, bytes: noise }, &mut self.chance);
        }
    }
}

fn v20(
    kind: PayloadType,
    sealed: bool,
    session: u32,
    sequence: u32,
    payload: &[u8],
    trailer: &[u8],
) -> Vec<u8> {
    let mut out = rmcp::header(rmcp::Class::Ipmi, rmcp::NO_ACK).to_vec();
    out.extend(v20_header(
        kind,
        sealed,
        sealed,
        session,
        sequence,
        payload.len(),
    ));
    out.extend_from_slice(payload);
    out.extend_from_slice(trailer);
    out
}

/// Steps of the time table, and datagrams ready to go, at most.
const MOST_STEPS: usize = 4096;
/// Rounds of forged packets at once at most.
const MOST_FORGED: u32 = 1000;
