use std::collections::BTreeMap;
use std::time::Duration;

use super::*;
use crate::crypto::Key20;
use crate::crypto::rakp::Quirk;
use crate::proto::link::tests::pair;
use crate::proto::session::Session;
use crate::proto::testing::Counter;
use crate::wire::console_log::{self, iana_bytes};
use crate::wire::lan;
use crate::wire::session::{PayloadType, V15};
use crate::wire::sol::{Status, ToBmc, next_seq};

const S: Duration = Duration::from_secs(1);
const MS: Duration = Duration::from_millis(1);

/// A BMC whose serial port echoes, and whose answers can be held, doubled or dropped.
struct Bmc {
    session: Session,
    now: Instant,
    start: Instant,
    /// Packets on their way to the client.
    flying: BTreeMap<(Instant, u64), Datagram>,
    count: u64,
    /// What happens to a packet to the client that is sent at this time: when it arrives, if at all, as often.
    road: fn(Duration) -> Vec<Duration>,
    /// Whether packets from the client arrive.
    hears: fn(Duration) -> bool,
    commands: Vec<(Duration, u8, u8)>,
    typed: Vec<u8>,
    last_seq: u8,
    /// SOL to the client: the number sent last, the packet in flight, what waits.
    out_seq: u8,
    in_flight: Option<(Vec<u8>, Instant)>,
    printed: Vec<u8>,
    activate_code: u8,
    owner: Option<u32>,
    /// It has the console-log extension, and its heartbeats' answers never fit.
    heartless: bool,
    /// It takes the next number only, and sends a payload of no byte where it has nothing to send again.
    openbmc: bool,
    answers_outside: bool,
    /// How much longer than everything else its commands take.
    busy: Duration,
    /// Where it speaks SOL, and what it calls that port.
    sol_port: Option<u16>,
    names_port: u16,
}

impl Bmc {
    fn new(session: Session, now: Instant) -> Self {
        Self {
            session,
            now,
            start: now,
            flying: BTreeMap::new(),
            count: 0,
            road: |_| vec![10 * MS],
            hears: |_| true,
            commands: Vec::new(),
            typed: Vec::new(),
            last_seq: 0,
            out_seq: 0,
            in_flight: None,
            printed: Vec::new(),
            activate_code: 0,
            owner: None,
            heartless: false,
            openbmc: false,
            answers_outside: false,
            busy: Duration::ZERO,
            sol_port: None,
            names_port: 623,
        }
    }

    fn send(&mut self, datagram: impl Into<Datagram>) {
        let datagram = datagram.into();
        self.send_later(Duration::ZERO, datagram);
    }

    fn send_later(&mut self, wait: Duration, datagram: Datagram) {
        for delay in (self.road)(self.now - self.start) {
            self.count += 1;
            self.flying
                .insert((self.now + wait + delay, self.count), datagram.clone());
        }
    }

    fn seal(&mut self, payload_type: PayloadType, payload: &[u8]) {
        let bytes = self.session.seal(payload_type, payload, [1; 16]);
        let sol = payload_type == PayloadType::Sol;
        let port = self.sol_port.filter(|_| sol);
        let wait = if sol { Duration::ZERO } else { self.busy };
        self.send_later(wait, Datagram { port, bytes });
    }

    fn print(&mut self, text: &[u8]) {
        self.printed.extend_from_slice(text);
        self.out_seq = next_seq(self.out_seq);
        let packet = FromBmc {
            seq: self.out_seq,
            data: text.to_vec(),
            ..FromBmc::default()
        };
        self.seal(PayloadType::Sol, &packet.to_bytes());
        self.in_flight = Some((packet.to_bytes(), self.now + S));
    }

    fn take(&mut self, datagram: &Datagram) {
        if !(self.hears)(self.now - self.start) {
            return;
        }
        match Packet::parse(&datagram.bytes) {
            Ok(Packet::V15(packet)) if self.answers_outside => {
                let request = lan::Message::parse(packet.payload).unwrap();
                let payload = request.answer(&[0, 1, 0x80, 0, 2, 0, 0, 0, 0]).to_bytes();
                self.send(
                    V15 {
                        payload: &payload,
                        auth_code: None,
                        ..packet
                    }
                    .to_datagram(),
                );
            }
            Ok(Packet::V20(packet)) => {
                let Ok(payload) = self.session.open(&packet) else {
                    return;
                };
                match packet.payload_type {
                    PayloadType::Ipmi => self.command(&payload),
                    PayloadType::Sol if datagram.port == self.sol_port => {
                        self.sol(&ToBmc::parse(&payload).unwrap())
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn command(&mut self, payload: &[u8]) {
        let request = lan::Message::parse(payload).unwrap();
        self.commands
            .push((self.now - self.start, request.netfn, request.cmd));
        let data = match request.cmd {
            0x48 if self.activate_code != 0 => vec![std::mem::take(&mut self.activate_code)],
            0x48 => {
                let [low, high] = self.names_port.to_le_bytes();
                vec![0, 0, 0, 0, 0, 0xff, 0, 0xff, 0, low, high, 0xff, 0xff]
            }
            0x4b => match self.owner {
                Some(owner) => [&[0][..], &owner.to_le_bytes(), &[0; 8]].concat(),
                None => vec![0xc1],
            },
            console_log::INFO if self.heartless && request.netfn == console_log::NETFN => {
                let mut info = [0; 39];
                (info[1], info[27]) = (1, 1);
                [&info[..1], &iana_bytes(32473), &info[1..]].concat()
            }
            _ => vec![0, 0x20],
        };
        let answer = request.answer(&data).to_bytes();
        self.seal(PayloadType::Ipmi, &answer);
    }

    fn sol(&mut self, packet: &ToBmc) {
        if packet.ack != 0 && packet.ack == self.out_seq {
            let late = self.in_flight.take().is_none();
            if late && self.openbmc {
                self.seal(PayloadType::Sol, &[]);
            }
        }
        if packet.seq != 0 {
            if self.openbmc && packet.seq != next_seq(self.last_seq) {
                return;
            }
            if packet.seq != self.last_seq {
                self.last_seq = packet.seq;
                self.typed.extend_from_slice(&packet.data);
            }
            let ack = FromBmc {
                ack: packet.seq,
                accepted: packet.data.len() as u8,
                ..FromBmc::default()
            };
            self.seal(PayloadType::Sol, &ack.to_bytes());
        }
    }

    fn asked(&self, cmd: u8) -> Vec<f32> {
        self.commands
            .iter()
            .filter(|(_, netfn, c)| *c == cmd && *netfn != 0x2e)
            .map(|(at, ..)| at.as_secs_f32())
            .collect()
    }
}

/// Of a user who may do everything.
pub(super) fn config() -> Config {
    Config {
        username: b"admin".to_vec(),
        password: Key20::new(b"secret").unwrap(),
        kg: None,
        suite: None,
        privilege: 4,
        name_only: true,
        quirk: Quirk::Standard,
        timeout: S,
        tries: 4,
    }
}

/// Of a console that nobody asked for anything special.
pub(super) fn settings() -> Settings {
    Settings {
        instance: 1,
        auxiliary: 0xc6,
        force: false,
        privilege: 4,
        keepalive: Policy::default(),
        patience: Patience {
            timeout: S,
            step: S,
            tries: 4,
        },
        port: 623,
        wall: 1_000_000,
        extension: 32473,
        cycle: 4,
        resume: None,
        former: None,
        make_entropy: || Box::new(Counter(7)),
    }
}

struct Rig {
    console: Console,
    bmc: Bmc,
    now: Instant,
    start: Instant,
    shown: Vec<u8>,
    told: Vec<(u64, Event)>,
}

impl Rig {
    fn new(policy: Policy, force: bool) -> Self {
        let (link, session) = pair();
        let now = Instant::now();
        let settings = Settings {
            force,
            keepalive: policy,
            ..settings()
        };
        let console = Console::new(now, link, config(), settings);
        Self {
            console,
            bmc: Bmc::new(session, now),
            now,
            start: now,
            shown: Vec::new(),
            told: Vec::new(),
        }
    }

    fn plain() -> Self {
        Self::new(Policy::default(), false)
    }

    /// Carries packets and lets time pass, jumping from one wake-up to the next, until `until` after the start.
    fn run(&mut self, until: Duration) {
        let end = self.start + until;
        let mut spins = 0;
        loop {
            while let Some(datagram) = self.console.poll_transmit() {
                self.bmc.take(&datagram);
            }
            while let Some(event) = self.console.poll_event() {
                match event {
                    Event::Data(data) | Event::Placed(data, _) => self.shown.extend(data),
                    other => self.told.push(((self.now - self.start).as_secs(), other)),
                }
            }
            let retry = self.bmc.in_flight.as_ref().map(|(_, at)| *at);
            let arrival = self.bmc.flying.keys().next().map(|(at, _)| *at);
            let next = [arrival, retry, self.console.poll_timeout()]
                .into_iter()
                .flatten()
                .min();
            let Some(next) = next.filter(|next| *next <= end) else {
                break;
            };
            spins = if next <= self.now { spins + 1 } else { 0 };
            assert!(spins < 100, "spins at {:?}", self.now - self.start);
            self.now = self.now.max(next);
            self.bmc.now = self.now;
            if let Some((payload, at)) = &mut self.bmc.in_flight
                && *at <= self.now
            {
                *at = self.now + S;
                let payload = payload.clone();
                self.bmc.seal(PayloadType::Sol, &payload);
            }
            while let Some(entry) = self
                .bmc
                .flying
                .first_entry()
                .filter(|entry| entry.key().0 <= self.now)
            {
                let datagram = entry.remove();
                self.console.handle_datagram(self.now, &datagram);
            }
            self.console.handle_timeout(self.now);
        }
        self.now = end;
        self.bmc.now = end;
    }

    fn closed(&self) -> Option<(u64, &CloseReason)> {
        self.told.iter().find_map(|(at, event)| match event {
            Event::Closed(reason) => Some((*at, reason)),
            _ => None,
        })
    }

    fn notices(&self) -> Vec<(u64, Notice)> {
        self.told
            .iter()
            .filter_map(|(at, e)| {
                if let Event::Notice(n) = e {
                    Some((*at, *n))
                } else {
                    None
                }
            })
            .collect()
    }
}

#[test]
fn a_quiet_console_is_asked_every_15_seconds_for_a_week_and_stays_up() {
    let mut rig = Rig::plain();
    rig.run(7 * 86_400 * S);
    assert_eq!(rig.told, [(0, Event::Opened)]);
    let asked = rig.bmc.asked(0x01);
    assert!(asked.len() > 40_000 && asked.windows(2).all(|t| t[1] - t[0] < 16.0));
    assert_eq!(rig.console.link().ledger().entries().count(), 0);
}

#[test]
fn a_bmc_whose_heartbeats_never_fit_is_asked_no_more_often_than_another() {
    let mut rig = Rig::plain();
    rig.bmc.heartless = true;
    rig.run(600 * S);
    let asked = rig.bmc.commands.len();
    assert!((40..70).contains(&asked), "{asked} commands in ten minutes");
    assert_eq!(rig.closed(), None);
}

#[test]
fn answers_that_are_late_by_anything_up_to_a_minute_change_nothing_but_the_counts() {
    let roads: [fn(Duration) -> Vec<Duration>; 6] = [
        |_| vec![1500 * MS],
        |_| vec![2500 * MS],
        |_| vec![5 * S],
        |_| vec![10 * S],
        |_| vec![30 * S],
        |_| vec![60 * S],
    ];
    for road in roads {
        let mut rig = Rig::plain();
        rig.run(2 * S);
        rig.bmc.road = road;
        rig.run(3600 * S);
        assert_eq!(rig.closed(), None);
        assert!(rig.console.link().ledger().counts().foreign == 0);
        assert!(rig.console.link().ledger().entries().count() <= crate::proto::inflight::CAPACITY);
    }
}

#[test]
fn answers_that_are_held_and_then_come_all_at_once_end_nothing() {
    let mut rig = Rig::plain();
    rig.run(S);
    // Everything that is sent within a minute is held until its end.
    rig.bmc.road = |at| vec![60 * S - Duration::from_secs(at.as_secs() % 60)];
    rig.run(3600 * S);
    assert_eq!(rig.closed(), None);
}

#[test]
fn doubled_packets_are_shown_once() {
    let mut rig = Rig::plain();
    rig.bmc.road = |_| vec![10 * MS, 300 * MS, 2500 * MS];
    rig.run(S);
    for n in 0..50 {
        rig.bmc.print(format!("line {n}\n").as_bytes());
        rig.run((2 + n) * S);
    }
    rig.run(100 * S);
    assert_eq!(rig.shown, rig.bmc.printed);
    assert_eq!(rig.closed(), None);
}

#[test]
fn text_that_comes_again_after_many_packets_of_no_byte_is_shown_once() {
    let mut rig = Rig::plain();
    rig.run(S);
    rig.bmc.print(b"login: ");
    let (login, _) = rig.bmc.in_flight.clone().unwrap();
    for n in 0..30 {
        rig.bmc.seal(PayloadType::Sol, &[]);
        rig.run((2 + n) * S);
    }
    rig.bmc.seal(PayloadType::Sol, &login);
    rig.run(40 * S);
    assert_eq!(rig.shown, b"login: ");
}

#[test]
fn what_is_typed_into_a_frozen_bmc_arrives_once_when_it_thaws() {
    let mut rig = Rig::plain();
    rig.run(S);
    rig.bmc.hears = |at| at > 40 * S;
    let now = rig.now;
    assert_eq!(rig.console.type_bytes(now, b"reboot\r"), 7);
    rig.run(20 * S);
    let now = rig.now;
    rig.console.type_bytes(now, b"ls\r");
    rig.run(60 * S);
    assert_eq!(rig.bmc.typed, b"reboot\rls\r");
    let notices = rig.notices();
    assert!(
        matches!(
            notices[..],
            [(7..=8, Notice::Silent(_)), (40..=45, Notice::Back(_))]
        ),
        "{notices:?}"
    );
}

#[test]
fn where_openbmc_has_printed_something_a_lost_acknowledgement_holds_up_no_keystroke() {
    let mut rig = Rig::plain();
    rig.bmc.openbmc = true;
    rig.run(S);
    rig.bmc.print(b"login: ");
    rig.run(20 * S);
    rig.bmc.road = |at| {
        if at < 21 * S { vec![] } else { vec![10 * MS] }
    };
    let now = rig.now;
    rig.console.type_bytes(now, b"r");
    rig.run(21 * S);
    let now = rig.now;
    rig.console.type_bytes(now, b"oot\r");
    rig.run(80 * S);
    assert_eq!(rig.bmc.typed, b"root\r");
    assert_eq!(rig.shown, b"login: ");
}

#[test]
fn typed_input_survives_the_loss_of_every_other_packet_in_both_directions() {
    let mut rig = Rig::plain();
    rig.run(S);
    rig.bmc.road = |at| {
        if at.as_millis() % 2 == 0 {
            vec![10 * MS]
        } else {
            vec![]
        }
    };
    rig.bmc.hears = |at| at.as_millis() % 3 != 0;
    let mut text = Vec::new();
    for n in 0..200 {
        let word = format!("{n} ");
        text.extend_from_slice(word.as_bytes());
        let now = rig.now;
        rig.console.type_bytes(now, word.as_bytes());
        rig.run(S + (n + 1) * 37 * MS);
    }
    rig.run(600 * S);
    assert_eq!(
        String::from_utf8(rig.bmc.typed).unwrap(),
        String::from_utf8(text).unwrap()
    );
}

#[test]
fn a_dead_bmc_is_given_up_after_90_seconds_and_is_told_goodbye() {
    let mut rig = Rig::plain();
    rig.run(S);
    rig.bmc.hears = |_| false;
    rig.run(300 * S);
    let (at, reason) = rig.closed().unwrap();
    assert_eq!(*reason, CloseReason::Dead);
    assert!((90..95).contains(&at), "{at}");
    assert_eq!(rig.console.poll_timeout(), None);
}

#[test]
fn console_output_alone_keeps_a_session_whose_commands_go_unanswered() {
    let mut rig = Rig::plain();
    rig.run(S);
    for second in 2..400 {
        rig.bmc.print(b"tick\n");
        // Answers to commands are lost; SOL packets, which are longer, come through.
        rig.run(second * S);
        rig.bmc.flying.clear();
    }
    assert_eq!(rig.closed(), None);
}

#[test]
fn a_true_close_ends_the_console_and_closes_the_session() {
    for request in [false, true] {
        let mut rig = Rig::plain();
        rig.run(S);
        if request {
            let data = [0, 1, 1, 0];
            let message = lan::Message {
                to: 0x81,
                from: 0x20,
                ..lan::Message::request(0x0c, 0, 0, 0x20, &data)
            };
            rig.bmc.seal(PayloadType::Ipmi, &message.to_bytes());
        } else {
            let status = Status {
                deactivating: true,
                ..Status::default()
            };
            rig.bmc.seal(
                PayloadType::Sol,
                &FromBmc {
                    status,
                    ..FromBmc::default()
                }
                .to_bytes(),
            );
        }
        rig.run(5 * S);
        assert_eq!(
            rig.closed().map(|(_, reason)| reason),
            Some(&CloseReason::Deactivated)
        );
        assert_eq!(rig.bmc.asked(0x3c).len(), 1, "Close Session");
    }
}

#[test]
fn short_or_foreign_deactivation_requests_are_dropped() {
    let mut rig = Rig::plain();
    rig.run(S);
    for data in [&[][..], &[0], &[1, 1, 1, 0], &[0, 2, 1, 0]] {
        let message = lan::Message {
            to: 0x81,
            from: 0x20,
            ..lan::Message::request(0x0c, 0, 0, 0x20, data)
        };
        rig.bmc.seal(PayloadType::Ipmi, &message.to_bytes());
    }
    rig.run(5 * S);
    assert_eq!(rig.closed(), None);
}

#[test]
fn nobody_without_the_keys_can_end_a_console() {
    let mut rig = Rig::plain();
    rig.run(S);
    let status = Status {
        deactivating: true,
        ..Status::default()
    };
    let forged = FromBmc {
        status,
        ..FromBmc::default()
    }
    .to_bytes();
    let id = rig.console.link().session().console_id();
    for (encrypted, authenticated) in [(false, false), (true, true), (false, true)] {
        let mut datagram = vec![6, 0, 0xff, 7];
        let header = crate::wire::session::v20_header(
            PayloadType::Sol,
            encrypted,
            authenticated,
            id,
            999,
            forged.len(),
        );
        datagram.extend(header);
        datagram.extend_from_slice(&forged);
        datagram.extend([0xff; 14]);
        let now = rig.now;
        rig.console.handle_datagram(now, &datagram.into());
    }
    rig.run(30 * S);
    assert_eq!(rig.closed(), None);
    assert_eq!(rig.console.link().refused(), 3);
}

#[test]
fn a_console_that_others_took_without_a_word_is_noticed() {
    let mut rig = Rig::plain();
    rig.bmc.owner = Some(rig.console.link().session().bmc_id());
    rig.run(100 * S);
    assert_eq!(rig.closed(), None);
    rig.bmc.owner = Some(4711);
    rig.run(300 * S);
    assert_eq!(
        rig.closed().map(|(_, reason)| reason),
        Some(&CloseReason::Taken)
    );
}

#[test]
fn a_bmc_that_cannot_say_who_owns_the_console_is_not_believed_about_it() {
    for owner in [Some(0), Some(4711), None] {
        let mut rig = Rig::plain();
        rig.bmc.owner = owner;
        rig.run(3600 * S);
        assert_eq!(rig.closed(), None);
    }
}

#[test]
fn a_belated_request_of_our_own_ends_nothing_although_it_is_noticed_late() {
    for (lost_after, ended) in [(30, false), (90, true)] {
        let mut rig = Rig::plain();
        rig.bmc.owner = Some(rig.console.link.session().bmc_id());
        rig.run(S);
        rig.console.renewed = Some(rig.now);
        rig.run(lost_after * S);
        rig.bmc.owner = Some(0);
        if !ended {
            // Nothing is heard until long after that request may have come.
            rig.bmc.hears = |at| at > 65 * S;
        }
        rig.run(130 * S);
        assert_eq!(
            rig.closed().map(|(_, reason)| reason),
            ended.then_some(&CloseReason::Deactivated)
        );
    }
}

#[test]
fn another_session_s_console_is_taken_only_by_force() {
    let mut rig = Rig::plain();
    rig.bmc.activate_code = 0x80;
    rig.run(10 * S);
    assert_eq!(
        rig.closed().map(|(_, reason)| reason),
        Some(&CloseReason::Refused(Refusal::Code(0x80)))
    );
    assert_eq!(rig.bmc.asked(0x49).len(), 0);

    let mut rig = Rig::new(Policy::default(), true);
    rig.bmc.activate_code = 0x80;
    rig.run(10 * S);
    assert_eq!(rig.told, [(0, Event::Opened)]);
    assert_eq!(rig.bmc.asked(0x49).len(), 1);
}

#[test]
fn an_activation_whose_answer_was_lost_is_not_taken_for_somebody_else_s() {
    let mut rig = Rig::plain();
    rig.bmc.owner = Some(rig.console.link().session().bmc_id());
    // The first answer is lost; the repeated request finds the payload active, which is ours.
    rig.bmc.road = |at| if at < S { vec![] } else { vec![10 * MS] };
    rig.run(500 * MS);
    rig.bmc.activate_code = 0x80;
    rig.run(10 * S);
    assert_eq!(rig.told, [(1, Event::Opened)]);
    assert_eq!(rig.bmc.asked(0x48).len(), 3);
}

#[test]
fn sol_on_the_port_that_the_bmc_names_or_on_the_session_s_own_works_whatever_it_names() {
    for (speaks, names) in [
        (None, 9),
        (Some(9), 9),
        (Some(9), 9u16.swap_bytes()),
        (None, 28418),
        (None, 0),
    ] {
        let mut rig = Rig::plain();
        (rig.bmc.sol_port, rig.bmc.names_port) = (speaks, names);
        rig.run(100 * MS);
        let now = rig.now;
        rig.console.type_bytes(now, b"x");
        rig.run(10 * S);
        assert_eq!(rig.bmc.typed, b"x", "{speaks:?} {names}");
        rig.bmc.print(b"y");
        rig.run(20 * S);
        assert_eq!(
            (&*rig.bmc.typed, &*rig.shown),
            (&b"x"[..], &b"y"[..]),
            "{speaks:?} {names}"
        );
    }
}

#[test]
fn the_end_that_the_user_wants_deactivates_and_closes() {
    let mut rig = Rig::plain();
    rig.run(S);
    let now = rig.now;
    rig.console.shut_down(now);
    rig.run(5 * S);
    assert_eq!(
        rig.closed().map(|(_, reason)| reason),
        Some(&CloseReason::User)
    );
    assert_eq!(
        (rig.bmc.asked(0x49).len(), rig.bmc.asked(0x3c).len()),
        (1, 1)
    );
}

#[test]
fn an_end_while_the_bmc_is_silent_is_bounded() {
    let mut rig = Rig::plain();
    rig.run(S);
    rig.bmc.hears = |_| false;
    let now = rig.now;
    rig.console.shut_down(now);
    rig.run(60 * S);
    assert!(rig.closed().unwrap().0 <= 10);
}

#[test]
fn output_that_comes_before_the_activation_s_answer_is_kept() {
    let mut rig = Rig::plain();
    let packet = FromBmc {
        seq: 1,
        data: b"early ".to_vec(),
        ..FromBmc::default()
    };
    rig.bmc.seal(PayloadType::Sol, &packet.to_bytes());
    rig.bmc.out_seq = 1;
    rig.run(S);
    rig.bmc.print(b"late");
    rig.run(2 * S);
    assert_eq!(rig.told, [(0, Event::Opened)]);
    assert_eq!(rig.shown, b"early late");
}

#[test]
fn a_paused_output_holds_the_bmc_up_and_then_gets_everything() {
    let mut rig = Rig::plain();
    rig.run(S);
    rig.console.pause_output(rig.now, true);
    rig.bmc.print(b"held");
    rig.run(20 * S);
    assert_eq!(rig.shown, b"");
    assert!(rig.bmc.in_flight.is_some(), "not acknowledged");
    rig.console.pause_output(rig.now, false);
    rig.run(22 * S);
    assert_eq!(rig.shown, b"held");
    assert!(rig.bmc.in_flight.is_none());
}

#[test]
fn without_keepalives_an_idle_console_never_wakes_up() {
    let mut rig = Rig::new(
        Policy {
            probe: Probe::None,
            ..Policy::default()
        },
        false,
    );
    rig.run(5 * S);
    assert_eq!(rig.console.poll_timeout(), None);
    rig.run(86_400 * S);
    assert_eq!(rig.bmc.asked(0x01).len(), 0);
}

#[test]
fn sol_keepalives_are_answered_by_sol_and_ask_no_command() {
    let mut rig = Rig::new(
        Policy {
            probe: Probe::Sol,
            ..Policy::default()
        },
        false,
    );
    rig.run(3600 * S);
    assert_eq!(rig.told, [(0, Event::Opened)]);
    assert_eq!(rig.bmc.asked(0x01).len(), 0);
}

/// A session whose keys no console has.
fn forgotten() -> Session {
    Session::new(
        crate::crypto::rakp::Exchange {
            bmc_random: [0x55; 16],
            ..crate::crypto::rakp::tests::exchange(17)
        }
        .session_keys(),
        1,
        2,
    )
}

#[test]
fn an_answer_outside_the_session_that_leads_nowhere_does_not_keep_a_dead_session_alive() {
    let mut rig = Rig::plain();
    rig.run(S);
    // The BMC has forgotten the session: it answers outside, and drops everything inside.
    rig.bmc.answers_outside = true;
    rig.bmc.session = forgotten();
    rig.run(600 * S);
    assert_eq!(
        rig.closed().map(|(_, reason)| reason),
        Some(&CloseReason::Dead)
    );
    assert!(rig.closed().unwrap().0 < 200);
}

#[test]
fn a_session_that_lost_two_questions_is_asked_again_before_another_is_made() {
    let mut rig = Rig::plain();
    rig.run(S);
    // Nothing passes inside the session when it is asked after 15 s and 20 s, but the answer outside does.
    rig.bmc.answers_outside = true;
    // Nor does it acknowledge anything.
    rig.bmc.sol_port = Some(9);
    let session = std::mem::replace(&mut rig.bmc.session, forgotten());
    rig.run(S * 41 / 2);
    rig.bmc.session = session;
    rig.run(22 * S);
    assert!(rig.bmc.asked(0x01).iter().any(|at| *at < 22.0));
    assert!(rig.console.rescue.is_none(), "it was only late");
}

#[test]
fn a_session_whose_commands_take_a_minute_is_not_left_while_the_bmc_acknowledges() {
    for busy in [30 * S, 60 * S, 100_000 * S] {
        let mut rig = Rig::plain();
        rig.run(S);
        rig.bmc.answers_outside = true;
        rig.bmc.busy = busy;
        for quarter in 1..4800 {
            rig.run(quarter * S / 4);
            let rescue = format!("{:?}", rig.console.rescue);
            assert!(!rescue.contains("shake"), "{busy:?}: {quarter} {rescue}");
        }
        assert_eq!((rig.closed(), rig.notices()), (None, Vec::new()));
        assert!(rig.bmc.asked(0x01).len() < 300);
    }
}

#[test]
fn the_limit_that_passes_while_another_session_is_being_made_is_waited_out_without_spinning() {
    for limit in 60..100 {
        let mut rig = Rig::new(
            Policy {
                dead_after: limit * S,
                ..Policy::default()
            },
            false,
        );
        rig.run(S);
        rig.bmc.answers_outside = true;
        rig.bmc.session = forgotten();
        // The rig itself complains of a wake-up that does nothing.
        rig.run(600 * S);
        assert!(matches!(rig.closed(), Some((_, CloseReason::Dead))));
    }
}

#[test]
fn a_belated_request_of_our_own_that_takes_the_payload_back_ends_nothing() {
    let mut rig = Rig::plain();
    rig.run(S);
    // As after a renewal whose clearing of the way was repeated: the copy comes after the activation.
    rig.console.renewed = Some(rig.now);
    (
        rig.console.ownership.mute,
        rig.console.ownership.ours,
        rig.console.ownership.honest,
    ) = (false, None, true);
    rig.bmc.owner = Some(0);
    rig.run(40 * S);
    assert_eq!(rig.closed(), None);
    assert!(
        rig.console
            .rescue
            .as_ref()
            .is_some_and(Rescue::is_committed),
        "the payload is fetched back over another session"
    );
}
