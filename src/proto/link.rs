//! Asking and being answered over an established session: repeats what stays unanswered, and enters everything in
//! the in-flight ledger.
//!
//! Feed it with [`Link::handle_packet`] and [`Link::handle_timeout`]; drain [`Link::poll_transmit`] and
//! [`Link::poll_done`]; sleep until [`Link::poll_timeout`].

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::Entropy;
use super::bridge::{self, Route};
use super::inflight::{Entry, Kind, Ledger, RequestId, Verdict};
use super::session::{Refused, Session};
use crate::wire::lan;
use crate::wire::session::{Packet, PayloadType, V15, V20};

/// A session over which requests are made.
pub struct Link {
    session: Session,
    entropy: Box<dyn Entropy>,
    ledger: Ledger,
    pending: Vec<Pending>,
    outbox: VecDeque<Vec<u8>>,
    done: VecDeque<Done>,
    again: VecDeque<Again>,
    refused: u64,
    /// When the latest request was sent of which the BMC has shown that it got it.
    reached: Option<Instant>,
}

/// A request to the BMC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask<'a> {
    /// Network function, even.
    pub netfn: u8,
    /// The BMC's LUN, 0 to 3.
    pub lun: u8,
    /// Command.
    pub cmd: u8,
    /// Request data.
    pub data: &'a [u8],
}

/// How long an answer is waited for, and how often it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How long the first try waits.
    pub timeout: Duration,
    /// How much longer each further try waits than the one before.
    pub step: Duration,
    /// How often the request is sent; at least 1.
    pub tries: u32,
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Which.
    pub id: RequestId,
    /// What it was for.
    pub kind: Kind,
    /// How often it was sent.
    pub sends: u32,
    /// Whether it was told before that no answer came: this is the answer all the same.
    pub late: bool,
    /// Completion code and data, or `None` where no answer came in time. The request stays in the ledger then.
    pub answer: Option<Answer>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Completion code.
    pub code: u8,
    /// What follows it.
    pub data: Vec<u8>,
}

/// An answer to what was answered before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Again {
    /// The request's network function.
    pub netfn: u8,
    /// The command.
    pub cmd: u8,
    /// The answer.
    pub answer: Answer,
}

/// What a packet turned out to be. Everything but `Refused` is authentic, and so proves that the BMC lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// Not let in.
    Refused(Refused),
    /// An answer, whatever the ledger made of it, or something that says nothing.
    Consumed,
    /// A SOL payload.
    Sol {
        /// The packet's session sequence number; 0 where the BMC does not count.
        sequence: u32,
        /// What is in it.
        payload: Vec<u8>,
    },
    /// The BMC itself asks something.
    Request {
        /// Network function.
        netfn: u8,
        /// Command.
        cmd: u8,
        /// Request data.
        data: Vec<u8>,
    },
}

#[derive(Debug)]
struct Pending {
    id: RequestId,
    message: Vec<u8>,
    patience: Patience,
    sends: u32,
    deadline: Instant,
}

/// Getters.
impl Link {
    /// The session.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The in-flight ledger.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// When the latest request was sent that the BMC has answered, however late. Before the first, `None`.
    pub fn reached(&self) -> Option<Instant> {
        self.reached
    }

    /// How many packets were not let in.
    pub fn refused(&self) -> u64 {
        self.refused
    }
}

/// Events.
impl Link {
    /// Takes in a packet in RMCP+ framing.
    pub fn handle_packet(&mut self, now: Instant, packet: &V20<'_>) -> Received {
        let payload = match self.session.open(packet) {
            Ok(payload) => payload,
            Err(refused) => {
                self.refused += 1;
                return Received::Refused(refused);
            }
        };
        match packet.payload_type {
            PayloadType::Sol => Received::Sol {
                sequence: packet.sequence,
                payload,
            },
            PayloadType::Ipmi => self.handle_message(now, &payload),
            _ => Received::Consumed,
        }
    }

    /// Repeats what is due, and gives up waiting where all tries are spent.
    pub fn handle_timeout(&mut self, now: Instant) {
        let mut at = 0;
        while at < self.pending.len() {
            let pending = &mut self.pending[at];
            if now < pending.deadline {
                at += 1;
            } else if pending.sends < pending.patience.tries {
                pending.deadline =
                    now + pending.patience.timeout + pending.patience.step * pending.sends;
                pending.sends += 1;
                let (id, message) = (pending.id, pending.message.clone());
                self.ledger.resent(now, id);
                self.transmit(PayloadType::Ipmi, &message);
                at += 1;
            } else {
                let Pending { id, sends, .. } = self.pending.remove(at);
                self.ledger.stop_waiting(id);
                let kind = self
                    .ledger
                    .entries()
                    .find(|entry| entry.id == id)
                    .map_or(Kind::Command, |entry| entry.kind);
                self.done.push_back(Done {
                    id,
                    kind,
                    sends,
                    late: false,
                    answer: None,
                });
            }
        }
    }

    /// Takes in a packet in IPMI 1.5 framing.
    pub fn handle_v15(&mut self, now: Instant, packet: &V15<'_>) -> Received {
        match self.session.open_v15(packet) {
            Ok(payload) => self.handle_message(now, &payload),
            Err(refused) => {
                self.refused += 1;
                Received::Refused(refused)
            }
        }
    }

    /// Takes in a datagram, whatever it is; `None` if it is no packet of any session.
    pub fn handle_datagram(&mut self, now: Instant, datagram: &[u8]) -> Option<Received> {
        match Packet::parse(datagram).ok()? {
            Packet::V20(packet) => Some(self.handle_packet(now, &packet)),
            Packet::V15(packet) => Some(self.handle_v15(now, &packet)),
        }
    }

    fn handle_message(&mut self, now: Instant, payload: &[u8]) -> Received {
        match lan::Message::parse(payload) {
            Ok(message) => self.handle_parsed(now, message),
            Err(_) => Received::Consumed,
        }
    }

    fn handle_parsed(&mut self, now: Instant, message: lan::Message<'_>) -> Received {
        if !message.is_response() {
            return Received::Request {
                netfn: message.netfn,
                cmd: message.cmd,
                data: message.data.to_vec(),
            };
        }
        // An answer without a completion code is none, and 'I am at it already' (section 5.2) is not the answer yet.
        let [code, data @ ..] = message.data else {
            return Received::Consumed;
        };
        if *code == DUPLICATE_REQUEST {
            return Received::Consumed;
        }
        if bridge::is_relay(&message)
            && let Some(asked) = self.ledger.relay(message.seq)
        {
            return self.handle_relay(now, &message, asked, *code, data);
        }
        let answer = || Answer {
            code: *code,
            data: data.to_vec(),
        };
        let verdict = self.ledger.settle(now, &message);
        if let Verdict::Matched(entry) | Verdict::Late(entry) = &verdict {
            self.reached = self.reached.max(Some(entry.first_sent));
        }
        match verdict {
            Verdict::Matched(entry) => self.finish(&entry, answer(), false),
            Verdict::Late(entry) => {
                log::debug!(
                    "late answer to {:02x}/{:02x} seq {}, {:.1} s after it was sent",
                    entry.netfn,
                    entry.cmd,
                    entry.seq,
                    now.saturating_duration_since(entry.first_sent)
                        .as_secs_f32()
                );
                self.finish(&entry, answer(), true);
            }
            Verdict::Duplicate => {
                log::debug!(
                    "duplicate answer {:02x}/{:02x} seq {}",
                    message.netfn,
                    message.cmd,
                    message.seq
                );
                // Where nobody drains these, no more of them are kept.
                if self.again.len() < MOST_AGAIN {
                    self.again.push_back(Again {
                        netfn: message.netfn & !1,
                        cmd: message.cmd,
                        answer: answer(),
                    });
                }
            }
            Verdict::Foreign => log::debug!(
                "foreign answer {:02x}/{:02x} seq {}",
                message.netfn,
                message.cmd,
                message.seq
            ),
        }
        Received::Consumed
    }

    /// An answer to Send Message: a refusal is the answer to what was to be sent; otherwise that is inside, or follows.
    fn handle_relay(
        &mut self,
        now: Instant,
        relay: &lan::Message<'_>,
        (netfn, cmd): (u8, u8),
        code: u8,
        inside: &[u8],
    ) -> Received {
        if code != 0 {
            log::debug!("WARNING: Bridged cmd ccode = 0x{code:02x}");
            return self.handle_parsed(
                now,
                lan::Message {
                    netfn: netfn | 1,
                    cmd,
                    ..*relay
                },
            );
        }
        match lan::Message::parse_relayed(inside) {
            // The number is the outer one's: what is inside has been between other parties.
            Ok(message) => self.handle_parsed(
                now,
                lan::Message {
                    seq: relay.seq,
                    ..message
                },
            ),
            Err(_) => Received::Consumed,
        }
    }

    fn finish(&mut self, entry: &Entry, answer: Answer, late: bool) {
        self.pending.retain(|pending| pending.id != entry.id);
        self.done.push_back(Done {
            id: entry.id,
            kind: entry.kind,
            sends: entry.sends,
            late,
            answer: Some(answer),
        });
    }
}

/// Mutators.
impl Link {
    /// A link over `session`, with its ledger empty.
    pub fn new(session: Session, entropy: Box<dyn Entropy>) -> Self {
        Self {
            session,
            entropy,
            ledger: Ledger::default(),
            pending: Vec::new(),
            outbox: VecDeque::new(),
            done: VecDeque::new(),
            again: VecDeque::new(),
            refused: 0,
            reached: None,
        }
    }

    /// Sends a request. What becomes of it, [`Link::poll_done`] tells under the same id.
    pub fn ask(&mut self, now: Instant, kind: Kind, ask: Ask<'_>, patience: Patience) -> RequestId {
        self.ask_via(now, kind, ask, None, patience)
    }

    /// The same, of a controller behind the BMC where there is a `route`.
    pub fn ask_via(
        &mut self,
        now: Instant,
        kind: Kind,
        ask: Ask<'_>,
        route: Option<&Route>,
        patience: Patience,
    ) -> RequestId {
        let (id, seq, expired) = self.ledger.admit(now, kind, ask.netfn, ask.cmd);
        if let Some(expired) = expired {
            log::debug!("the in-flight ledger is full: {expired:?} expires unanswered");
            let waited_for = self.pending.iter().any(|pending| pending.id == expired.id);
            self.pending.retain(|pending| pending.id != expired.id);
            if waited_for {
                self.done.push_back(Done {
                    id: expired.id,
                    kind: expired.kind,
                    sends: expired.sends,
                    late: false,
                    answer: None,
                });
            }
        }
        let message = match route {
            None => lan::Message::request(ask.netfn, ask.lun, seq, ask.cmd, ask.data).to_bytes(),
            Some(route) => {
                self.ledger.relayed(id, route.levels());
                route.wrap(ask, seq, self.session.suite().is_some())
            }
        };
        self.transmit(PayloadType::Ipmi, &message);
        self.pending.push(Pending {
            id,
            message,
            patience,
            sends: 1,
            deadline: now + patience.timeout,
        });
        id
    }

    /// Nobody waits for this answer any more, and it is not asked for again. It stays in the ledger: when the answer comes
    /// after all, [`Link::poll_done`] tells it as a late one.
    pub fn abandon(&mut self, id: RequestId) {
        self.pending.retain(|pending| pending.id != id);
        self.ledger.stop_waiting(id);
    }

    /// Sends a SOL payload. Whether and when it is repeated is not the link's business.
    pub fn send_sol(&mut self, payload: &[u8]) {
        self.transmit(PayloadType::Sol, payload);
    }

    fn transmit(&mut self, payload_type: PayloadType, payload: &[u8]) {
        let iv = self.entropy.block();
        let datagram = self.session.seal(payload_type, payload, iv);
        self.outbox.push_back(datagram);
    }
}

/// Output.
impl Link {
    /// The next datagram to send.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.outbox.pop_front()
    }

    /// The next request whose fate is known.
    pub fn poll_done(&mut self) -> Option<Done> {
        self.done.pop_front()
    }

    /// The next answer to what was answered before. Only for an account; nobody needs to ask.
    pub fn poll_again(&mut self) -> Option<Again> {
        self.again.pop_front()
    }

    /// When [`Link::handle_timeout`] wants to be called, if nothing comes first.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.pending.iter().map(|pending| pending.deadline).min()
    }
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link")
            .field("session", &self.session)
            .field("ledger", &self.ledger)
            .finish_non_exhaustive()
    }
}

/// Completion code CFh: the BMC has seen this request before and is at it.
const DUPLICATE_REQUEST: u8 = 0xcf;

/// Answers that came again and wait to be told of.
const MOST_AGAIN: usize = 16;

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::crypto::rakp::tests::exchange;
    use crate::proto::testing::Counter;
    use crate::wire::session::Packet;

    const S: Duration = Duration::from_secs(1);
    const DEVICE_ID: Ask<'static> = Ask {
        netfn: 6,
        lun: 0,
        cmd: 1,
        data: &[],
    };
    const PATIENCE: Patience = Patience {
        timeout: S,
        step: S,
        tries: 4,
    };

    /// A link and its BMC's end of the session.
    pub(crate) fn pair() -> (Link, Session) {
        let exchange = exchange(17);
        let keys = || exchange.session_keys();
        let link = Link::new(
            Session::new(keys(), exchange.console_session, exchange.bmc_session),
            Box::new(Counter(3)),
        );
        // The BMC's view: what it sends names the console's id, what it gets names its own.
        (
            link,
            Session::new(keys(), exchange.bmc_session, exchange.console_session),
        )
    }

    /// What the BMC's end reads in a datagram.
    pub(crate) fn read(bmc: &mut Session, datagram: &[u8]) -> (PayloadType, Vec<u8>) {
        let Ok(Packet::V20(packet)) = Packet::parse(datagram) else {
            panic!("not RMCP+")
        };
        (packet.payload_type, bmc.open(&packet).unwrap())
    }

    /// The BMC's answer to a request datagram.
    pub(crate) fn answer(bmc: &mut Session, datagram: &[u8], data: &[u8]) -> Vec<u8> {
        let (_, payload) = read(bmc, datagram);
        let request = lan::Message::parse(&payload).unwrap();
        bmc.seal(PayloadType::Ipmi, &request.answer(data).to_bytes(), [8; 16])
    }

    pub(crate) fn feed(link: &mut Link, now: Instant, datagram: &[u8]) -> Received {
        let Ok(Packet::V20(packet)) = Packet::parse(datagram) else {
            panic!("not RMCP+")
        };
        link.handle_packet(now, &packet)
    }

    #[test]
    fn a_request_is_answered_once() {
        let (mut link, mut bmc) = pair();
        let now = Instant::now();
        let id = link.ask(now, Kind::Command, DEVICE_ID, PATIENCE);
        let reply = answer(&mut bmc, &link.poll_transmit().unwrap(), &[0, 0x20]);
        assert_eq!(feed(&mut link, now, &reply), Received::Consumed);
        let answered = Some(Answer {
            code: 0,
            data: vec![0x20],
        });
        assert_eq!(
            link.poll_done(),
            Some(Done {
                id,
                kind: Kind::Command,
                sends: 1,
                late: false,
                answer: answered
            })
        );
        assert_eq!(
            feed(&mut link, now, &reply),
            Received::Refused(Refused::Replayed)
        );
        assert_eq!((link.poll_done(), link.poll_timeout()), (None, None));
    }

    #[test]
    fn an_unanswered_request_is_repeated_with_the_same_bytes_in_new_packets_and_then_given_up() {
        let (mut link, mut bmc) = pair();
        let start = Instant::now();
        let mut now = start;
        let id = link.ask(now, Kind::Command, DEVICE_ID, PATIENCE);
        let mut seen = Vec::new();
        while let Some(deadline) = link.poll_timeout() {
            seen.push(read(&mut bmc, &link.poll_transmit().unwrap()));
            now = deadline;
            link.handle_timeout(now);
        }
        assert_eq!((seen.len(), now - start), (4, 10 * S));
        assert!(seen.windows(2).all(|pair| pair[0] == pair[1]));
        assert_eq!(
            link.poll_done(),
            Some(Done {
                id,
                kind: Kind::Command,
                sends: 4,
                late: false,
                answer: None
            })
        );
    }

    #[test]
    fn late_duplicate_and_foreign_answers_are_consumed_and_counted() {
        let (mut link, mut bmc) = pair();
        let now = Instant::now();
        link.ask(
            now,
            Kind::Keepalive,
            DEVICE_ID,
            Patience {
                tries: 1,
                ..PATIENCE
            },
        );
        let request = link.poll_transmit().unwrap();
        link.handle_timeout(now + S);
        assert!(link.poll_done().is_some());
        let (_, payload) = read(&mut bmc, &request);
        let request = lan::Message::parse(&payload).unwrap();
        for seq in [request.seq, request.seq, request.seq + 1] {
            let answer = lan::Message {
                seq,
                ..request.answer(&[0])
            };
            let datagram = bmc.seal(PayloadType::Ipmi, &answer.to_bytes(), [1; 16]);
            assert_eq!(feed(&mut link, now + 30 * S, &datagram), Received::Consumed);
        }
        let counts = link.ledger().counts();
        assert_eq!((counts.late, counts.duplicate, counts.foreign), (1, 1, 1));
        assert!(
            link.poll_done()
                .is_some_and(|done| done.late && done.answer.is_some())
        );
        assert_eq!(link.poll_done(), None);
    }

    #[test]
    fn a_duplicate_request_code_is_not_the_answer() {
        let (mut link, mut bmc) = pair();
        let now = Instant::now();
        link.ask(now, Kind::Command, DEVICE_ID, PATIENCE);
        let request = link.poll_transmit().unwrap();
        let (_, payload) = read(&mut bmc, &request);
        let request = lan::Message::parse(&payload).unwrap();
        for data in [&[0xcf][..], &[]] {
            let datagram = bmc.seal(PayloadType::Ipmi, &request.answer(data).to_bytes(), [1; 16]);
            assert_eq!(feed(&mut link, now, &datagram), Received::Consumed);
            assert_eq!(link.poll_done(), None);
        }
    }

    #[test]
    fn rubbish_of_every_length_is_refused_without_harm() {
        let (mut link, mut bmc) = pair();
        let now = Instant::now();
        link.ask(now, Kind::Command, DEVICE_ID, PATIENCE);
        let reply = answer(&mut bmc, &link.poll_transmit().unwrap(), &[0, 1, 2, 3]);
        for len in 0..reply.len() {
            if let Ok(Packet::V20(packet)) = Packet::parse(&reply[..len]) {
                assert!(matches!(
                    link.handle_packet(now, &packet),
                    Received::Refused(_)
                ));
            }
        }
        assert_eq!(link.poll_done(), None);
        feed(&mut link, now, &reply);
        assert!(link.poll_done().is_some());
    }
}
