//! [`Ahead`] against BMCs that bear company in different ways, in virtual time.

use proptest::prelude::*;

use super::*;
use crate::proto::link::tests::pair;
use crate::proto::session::Session;
use crate::wire::lan;
use crate::wire::session::{Packet, PayloadType};

#[test]
fn nine_reads_take_three_round_trips_where_the_bmc_keeps_up() {
    let mut world = World::new(Manner::Parallel, 50 * MS, MS);
    world.read_all(9);
    assert!(world.elapsed() <= 320 * MS, "{:?}", world.elapsed());
    assert_eq!(world.served.len(), 9);
}

#[test]
fn twenty_eight_reads_take_a_fifth_of_the_time_where_the_service_is_short() {
    let mut world = World::new(Manner::Queue, 50 * MS, 5 * MS);
    world.read_all(28);
    assert!(
        world.elapsed() * 5 <= world.stocks_time(28),
        "{:?}",
        world.elapsed()
    );
    assert_eq!(world.served.len(), 28);
}

#[test]
fn a_bmc_that_serves_one_after_the_other_has_no_more_than_a_few_waiting() {
    let mut world = World::new(Manner::Queue, MS, 50 * MS);
    world.read_all(40);
    assert!(world.elapsed() <= world.alone_time(40));
    assert_eq!(world.served.len(), 40);
    assert!(world.longest <= 4, "{}", world.longest);
}

#[test]
fn a_bmc_that_is_deaf_while_it_serves_is_noticed_at_once_and_served_no_slower_than_by_stock() {
    for (delay, service) in TIMES {
        let mut world = World::new(Manner::Deaf, delay, service);
        world.read_all(20);
        let crowded = world.crowded;
        assert!(
            world.elapsed() <= world.stocks_time(20),
            "{delay:?} {service:?}: {:?} {:?}",
            world.elapsed(),
            world.stocks_time(20)
        );
        // From then on it is asked as by stock.
        world.read_all(20);
        assert_eq!(world.crowded, crowded);
        assert!(crowded <= 3, "{crowded}");
    }
}

#[test]
fn a_bmc_that_says_it_is_busy_is_asked_one_by_one_from_there_on() {
    for code in [0xc0, 0xc3, 0xcf, 0xd0, 0xd5] {
        for (delay, service) in TIMES {
            let mut world = World::new(Manner::Refuse(code), delay, service);
            world.read_all(20);
            assert!(
                world.elapsed() <= world.stocks_time(20),
                "{code:02x} {delay:?} {service:?}"
            );
            let crowded = world.crowded;
            world.read_all(20);
            assert_eq!(world.crowded, crowded);
            assert!(crowded <= 3, "{crowded}");
        }
    }
}

#[test]
fn an_ordinary_refusal_is_the_answer_and_no_reason_to_slow_down() {
    let mut world = World::new(Manner::Parallel, 50 * MS, MS);
    world.refuse = Some((0xc1, [3, 4, 5].into()));
    world.hint((1..=16).map(read_of));
    for number in 1..=16 {
        let code = world.want(read_of(number)).unwrap()[0];
        let wanted = if (3..=5).contains(&number) { 0xc1 } else { 0 };
        assert_eq!(code, wanted);
    }
    assert!(world.elapsed() <= 420 * MS);
    assert_eq!(world.served.len(), 16);
}

#[test]
fn node_busy_without_company_is_the_answer() {
    let mut world = World::new(Manner::Parallel, 50 * MS, MS);
    world.refuse = Some((0xc0, [1].into()));
    world.hint([read_of(1)]);
    assert_eq!(world.want(read_of(1)), Some(vec![0xc0]));
    assert!(world.ahead.window.is_refused());
    assert_eq!(world.served.len(), 1);
}

#[test]
fn a_lost_packet_costs_less_than_the_time_of_a_try() {
    for lost in 2..12 {
        let mut world = World::new(Manner::Parallel, 50 * MS, MS);
        world.requests.lost = vec![lost];
        world.read_all(9);
        assert!(world.elapsed() < 1600 * MS, "{lost}: {:?}", world.elapsed());
    }
}

#[test]
fn a_lost_packet_hardly_slows_a_long_listing_once_company_was_borne() {
    // The first few are sent two at a time: one of those that is lost looks as with a BMC that is deaf while it serves.
    for lost in 4..100 {
        let mut world = World::new(Manner::Parallel, 50 * MS, MS);
        world.requests.lost = vec![lost];
        world.read_all(200);
        assert!(
            world.elapsed() * 5 < world.alone_time(200),
            "{lost}: {:?}",
            world.elapsed()
        );
    }
}

#[test]
fn an_answer_that_comes_late_is_no_reason_to_go_on_one_by_one() {
    for late in 1..20 {
        let mut world = World::new(Manner::Parallel, 10 * MS, MS);
        world.answers.late = vec![(late, 90 * MS)];
        world.read_all(200);
        assert!(
            world.elapsed() * 3 < world.alone_time(200),
            "{late}: {:?}",
            world.elapsed()
        );
    }
}

#[test]
fn where_one_packet_of_fifty_is_lost_asking_ahead_is_still_worth_its_while() {
    for first in 4..20 {
        let mut world = World::new(Manner::Parallel, 50 * MS, MS);
        world.requests.lost = (first..2000).step_by(50).collect();
        world.read_all(200);
        world.read_all(200);
        let mut alone = World::new(Manner::Parallel, 50 * MS, MS);
        alone.ahead.window.refuse();
        alone.requests.lost = (first..2000).step_by(50).collect();
        alone.read_all(200);
        alone.read_all(200);
        assert!(
            world.elapsed() * 2 < alone.elapsed(),
            "{first}: {:?} {:?}",
            world.elapsed(),
            alone.elapsed()
        );
    }
}

#[test]
fn a_deaf_bmc_is_not_tried_again_whatever_is_lost_besides() {
    for lost in 2..20 {
        for (delay, service) in TIMES {
            let mut world = World::new(Manner::Deaf, delay, service);
            world.requests.lost = vec![lost];
            world.read_all(100);
            world.read_all(100);
            assert!(world.crowded <= 4, "{lost}: {}", world.crowded);
        }
    }
}

#[test]
fn answers_that_come_twice_or_late_or_in_another_order_are_right() {
    for late in [1, 20, 90, 400, 2500] {
        let mut world = World::new(Manner::Parallel, 50 * MS, MS);
        world.answers.late = vec![(3, late * MS), (6, late * MS), (7, late * MS)];
        world.answers.twice = (1..40).collect();
        world.read_all(20);
        world.read_all(20);
    }
}

#[test]
fn an_answer_that_was_given_up_serves_when_it_comes_before_the_second_one() {
    let mut world = World::new(Manner::Parallel, 50 * MS, MS);
    // The second answer comes when its request has been sent again, and long before that is answered.
    world.answers.late = vec![(3, 205 * MS), (5, 3000 * MS)];
    world.read_all(2);
    assert!(world.elapsed() < 400 * MS, "{:?}", world.elapsed());
    assert_eq!(world.want(read_of(9)), Some(vec![0, 0, 9]));
}

#[test]
fn what_was_fetched_before_a_request_that_was_not_hinted_is_not_used_after_it() {
    let mut world = World::new(Manner::Parallel, 50 * MS, MS);
    world.hint((1..=8).map(read_of));
    assert_eq!(world.want(read_of(1)), Some(vec![0, 0, 1]));
    assert_eq!(world.want(write()), Some(vec![0, 1]));
    for number in 2..=8 {
        assert_eq!(world.want(read_of(number)), Some(vec![0, 1, number]));
    }
}

#[test]
fn an_answer_serves_once() {
    let mut world = World::new(Manner::Parallel, 50 * MS, MS);
    world.hint([read_of(1), read_of(1)]);
    for _ in 0..3 {
        assert_eq!(world.want(read_of(1)), Some(vec![0, 0, 1]));
    }
    assert_eq!(world.served.len(), 3);
}

#[test]
fn what_is_hinted_twice_is_asked_once() {
    let mut world = World::new(Manner::Parallel, 50 * MS, MS);
    world.hint((1..=4).map(read_of));
    world.read_all(4);
    assert_eq!(world.served.len(), 4);
}

#[test]
fn a_session_that_has_just_begun_knows_how_far_away_the_bmc_is() {
    let mut world = World::new(Manner::Parallel, 50 * MS, 3 * MS);
    world.ahead = Ahead::after(Some(110 * MS));
    world.read_all(2);
    assert!(world.elapsed() < 110 * MS, "{:?}", world.elapsed());
}

#[test]
fn a_slow_first_answer_is_waited_for_in_company_too() {
    let mut world = World::new(Manner::Queue, 5 * MS, 480 * MS);
    world.ahead = Ahead::after(Some(10 * MS));
    world.read_all(12);
    assert_eq!(world.served.len(), 12);
    let mut world = World::new(Manner::Queue, 5 * MS, 900 * MS);
    world.read_all(12);
    assert_eq!(world.served.len(), 12);
}

#[test]
fn a_wrong_guess_costs_exchanges_and_nothing_more() {
    let mut world = World::new(Manner::Deaf, 50 * MS, 10 * MS);
    world.hint((1..=200).map(read_of));
    assert_eq!(world.want(read_of(201)), Some(vec![0, 0, 201]));
    assert!(world.elapsed() <= 5 * 110 * MS, "{:?}", world.elapsed());
    assert!(world.served.len() <= 3);
}

#[test]
fn skipped_hints_are_not_asked_for() {
    let mut world = World::new(Manner::Queue, MS, 50 * MS);
    world.hint((1..=50).map(read_of));
    assert_eq!(world.want(read_of(1)), Some(vec![0, 0, 1]));
    assert_eq!(world.want(read_of(40)), Some(vec![0, 0, 40]));
    let skipped = (10..40).filter(|n| world.served.contains(&(READ, vec![*n])));
    assert_eq!(skipped.count(), 0);
}

#[test]
fn a_bmc_that_falls_silent_is_waited_for_as_long_as_without_hints() {
    let mut world = World::new(Manner::Parallel, 50 * MS, MS);
    world.hint((1..=20).map(read_of));
    assert!(world.want(read_of(1)).is_some());
    world.silent = true;
    let before = world.now;
    assert!((2..=20).any(|number| world.want(read_of(number)).is_none()));
    let waited = world.now - before;
    assert!((10_000 * MS..=10_500 * MS).contains(&waited), "{waited:?}");
}

#[test]
fn memory_is_bounded_whatever_is_hinted() {
    let mut world = World::new(Manner::Parallel, 50 * MS, MS);
    for _ in 0..20 {
        world.hint((0..=255).map(read_of));
        assert!(world.want(read_of(0)).is_some());
    }
    let ahead = &world.ahead;
    assert!(ahead.hints.len() + ahead.flights.len() + ahead.fetched.len() <= MOST_HINTS + 1);
}

/// What a verb does.
#[derive(Debug, Clone)]
enum Move {
    Hint(u8, u8),
    Read(u8),
    Write,
    Forget,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        2 => (0u8..20, 0u8..20).prop_map(|(from, count)| Move::Hint(from, count)),
        8 => (0u8..40).prop_map(Move::Read),
        1 => Just(Move::Write),
        1 => Just(Move::Forget),
    ];
    proptest::collection::vec(one, 1..60)
}

fn manners() -> impl Strategy<Value = Manner> {
    prop_oneof![
        Just(Manner::Parallel),
        Just(Manner::Queue),
        Just(Manner::Deaf),
        Just(Manner::Refuse(0xc0)),
        Just(Manner::Refuse(0xd5)),
    ]
}

fn way() -> impl Strategy<Value = Way> {
    let number = || 1u64..80;
    (
        proptest::collection::vec(number(), 0..4),
        proptest::collection::vec((number(), (0u32..3000).prop_map(|n| n * MS)), 0..6),
        proptest::collection::vec(number(), 0..10),
    )
        .prop_map(|(lost, late, twice)| Way {
            lost,
            late,
            twice,
            ..Way::default()
        })
}

proptest! {
    /// Every answer belongs to its request, and is no older than the last write before it.
    #[test]
    fn whatever_is_hinted_and_whatever_happens_answers_are_right(
        moves in moves(), manner in manners(), requests in way(), answers in way(),
        delay in 0u32..200, service in 0u32..100,
    ) {
        let mut world = World::new(manner, delay * MS, service * MS);
        (world.requests, world.answers) = (requests, answers);
        let (mut number, mut known) = (0, 0);
        for step in moves {
            match step {
                Move::Hint(from, count) => {
                    number = from;
                    world.hint((from..from + count).map(read_of));
                }
                Move::Read(skip) => {
                    number = if skip < 30 { number.wrapping_add(1) % 60 } else { skip };
                    if let Some(answer) = world.want(read_of(number)) {
                        match (answer[0], manner) {
                            // To a packet that came late, and so was sent again.
                            (code, Manner::Refuse(refusal)) if code == refusal => {}
                            (code, _) => {
                                prop_assert_eq!((code, answer[2]), (0, number));
                                prop_assert!(answer[1] >= known);
                            }
                        }
                    }
                }
                Move::Write => {
                    if let Some(answer) = world.want(write()).filter(|answer| answer[0] == 0) {
                        known = answer[1];
                    }
                }
                Move::Forget => world.ahead.forget(),
            }
        }
    }
}

/// How a BMC bears company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// Serves all at once.
    Parallel,
    /// Serves one after the other, in order.
    Queue,
    /// Does not hear what comes while it serves another.
    Deaf,
    /// Answers what comes meanwhile with this code.
    Refuse(u8),
}

/// One direction of the network; datagrams are numbered from 1.
#[derive(Debug, Default)]
struct Way {
    lost: Vec<u64>,
    late: Vec<(u64, Duration)>,
    twice: Vec<u64>,
    count: u64,
    /// What is on the way, and when it comes.
    packets: Vec<(Instant, u64, Vec<u8>)>,
}

impl Way {
    fn send(&mut self, arrival: Instant, datagram: Vec<u8>) {
        self.count += 1;
        let number = self.count;
        if self.lost.contains(&number) {
            return;
        }
        let late = self.late.iter().find(|(n, _)| *n == number);
        let arrival = arrival + late.map_or(Duration::ZERO, |(_, late)| *late);
        if self.twice.contains(&number) {
            self.packets
                .push((arrival + 3 * MS, number, datagram.clone()));
        }
        self.packets.push((arrival, number, datagram));
    }

    fn arrived(&mut self, now: Instant) -> Option<Vec<u8>> {
        let first = (0..self.packets.len()).min_by_key(|at| {
            let (when, number, _) = &self.packets[*at];
            (*when, *number)
        })?;
        (self.packets[first].0 <= now).then(|| self.packets.remove(first).2)
    }
}

struct World {
    link: Link,
    bmc: Session,
    ahead: Ahead,
    now: Instant,
    start: Instant,
    manner: Manner,
    /// One way.
    delay: Duration,
    service: Duration,
    requests: Way,
    answers: Way,
    /// When the BMC is done with what it serves.
    ends: Vec<Instant>,
    /// What the BMC carried out, in order.
    served: Vec<(u8, Vec<u8>)>,
    /// How many requests came while another was served, and how many were at the BMC at most.
    crowded: usize,
    longest: usize,
    writes: u8,
    refuse: Option<(u8, Vec<u8>)>,
    silent: bool,
}

impl World {
    fn new(manner: Manner, delay: Duration, service: Duration) -> Self {
        let (link, bmc) = pair();
        let now = Instant::now();
        let mut world = Self {
            link,
            bmc,
            ahead: Ahead::default(),
            now,
            start: now,
            manner,
            delay,
            service,
            requests: Way::default(),
            answers: Way::default(),
            ends: Vec::new(),
            served: Vec::new(),
            crowded: 0,
            longest: 0,
            writes: 0,
            refuse: None,
            silent: false,
        };
        // As Set Session Privilege Level.
        assert!(world.want(read_of(0)).is_some());
        world.start = world.now;
        world.served.clear();
        world
    }

    fn hint(&mut self, wishes: impl IntoIterator<Item = Wish>) {
        self.ahead.hint(self.now, &mut self.link, wishes, PATIENCE);
    }

    /// Runs the world until the answer is there: completion code, how many writes there were, the request's data.
    fn want(&mut self, wish: Wish) -> Option<Vec<u8>> {
        self.ahead.want(self.now, &mut self.link, wish, PATIENCE);
        for _ in 0..100_000 {
            while let Some(datagram) = self.link.poll_transmit() {
                self.requests.send(self.now + self.delay, datagram);
            }
            match self.ahead.poll_outcome() {
                Some(Outcome::Answered(Answer { code, data })) => {
                    return Some([&[code], &data[..]].concat());
                }
                Some(Outcome::Silent) => return None,
                None => {}
            }
            match self.link.poll_done() {
                Some(done) => self.ahead.handle_done(self.now, &mut self.link, done),
                None => self.step(),
            }
        }
        panic!("nothing ends this");
    }

    fn elapsed(&self) -> Duration {
        self.now - self.start
    }

    /// To the next event.
    fn step(&mut self) {
        let timers = [self.link.poll_timeout(), self.ahead.poll_timeout()];
        let packets = self.requests.packets.iter().chain(&self.answers.packets);
        let events = timers.into_iter().flatten().chain(packets.map(|p| p.0));
        let next = events.min().expect("it waits for something");
        self.now = next.max(self.now);
        if let Some(datagram) = self.requests.arrived(self.now) {
            self.serve(&datagram);
        }
        if let Some(datagram) = self.answers.arrived(self.now)
            && let Ok(Packet::V20(packet)) = Packet::parse(&datagram)
        {
            self.link.handle_packet(self.now, &packet);
        }
        self.link.handle_timeout(self.now);
        self.ahead.handle_timeout(self.now, &mut self.link);
    }

    fn serve(&mut self, datagram: &[u8]) {
        let Ok(Packet::V20(packet)) = Packet::parse(datagram) else {
            panic!("not RMCP+");
        };
        let Ok(payload) = self.bmc.open(&packet) else {
            return;
        };
        if self.silent {
            return;
        }
        let message = lan::Message::parse(&payload).unwrap();
        let now = self.now;
        self.ends.retain(|end| *end > now);
        let crowded = !self.ends.is_empty();
        self.crowded += usize::from(crowded);
        let last = self.ends.last().copied().unwrap_or(now);
        let done = match self.manner {
            Manner::Deaf if crowded => return,
            Manner::Refuse(code) if crowded => {
                return self.reply(&message, now, &[code]);
            }
            Manner::Parallel => now + self.service,
            _ => last + self.service,
        };
        self.ends.push(done);
        self.longest = self.longest.max(self.ends.len());
        self.served.push((message.cmd, message.data.to_vec()));
        match &self.refuse {
            Some((code, numbers)) if numbers.contains(&message.data[0]) => {
                let code = *code;
                self.reply(&message, done, &[code]);
            }
            _ => {
                self.writes += u8::from(message.cmd == WRITE);
                let data = [&[0, self.writes], message.data].concat();
                self.reply(&message, done, &data);
            }
        }
    }

    fn reply(&mut self, request: &lan::Message<'_>, at: Instant, data: &[u8]) {
        let reply = request.answer(data).to_bytes();
        let datagram = self.bmc.seal(PayloadType::Ipmi, &reply, [7; 16]);
        self.answers.send(at + self.delay, datagram);
    }

    /// Hints and asks for `count` reads, and looks at every answer.
    fn read_all(&mut self, count: u8) {
        self.hint((1..=count).map(read_of));
        for number in 1..=count {
            let writes = self.writes;
            assert_eq!(self.want(read_of(number)), Some(vec![0, writes, number]));
        }
    }

    /// What one request after the other takes.
    fn alone_time(&self, count: u32) -> Duration {
        (self.delay * 2 + self.service) * count
    }

    /// What stock has taken, which has asked five more before.
    fn stocks_time(&self, count: u32) -> Duration {
        self.alone_time(count + 5)
    }
}

fn read_of(number: u8) -> Wish {
    Wish {
        netfn: 0x2e,
        lun: 0,
        cmd: READ,
        data: vec![number],
        route: None,
    }
}

fn write() -> Wish {
    Wish {
        cmd: WRITE,
        data: Vec::new(),
        ..read_of(0)
    }
}

const READ: u8 = 1;
const WRITE: u8 = 2;

const MS: Duration = Duration::from_millis(1);

const PATIENCE: Patience = Patience {
    timeout: Duration::from_secs(1),
    step: Duration::from_secs(1),
    tries: 4,
};

/// One way on the network, and service.
const TIMES: [(Duration, Duration); 5] = [
    (Duration::from_millis(50), Duration::from_millis(5)),
    (Duration::from_millis(50), Duration::from_millis(100)),
    (Duration::from_millis(5), Duration::from_millis(30)),
    (Duration::from_millis(1), Duration::from_millis(100)),
    (Duration::from_millis(100), Duration::from_millis(300)),
];
