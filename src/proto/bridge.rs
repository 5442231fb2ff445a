//! Requests to controllers behind the BMC: wrapped in Send Message (IPMI 2.0 section 22.7), once or twice, and asked to
//! be tracked, so that the answers come back under the request's own number.
//!
//! An answer comes in one of two ways, and the link takes either, level by level: inside the answer to Send Message, or
//! after it, as a message of its own.

use super::link::Ask;
use crate::wire::lan::{self, CONSOLE_ADDRESS, Message};

/// A controller on a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hop {
    /// Its channel, as seen from the one before.
    pub channel: u8,
    /// Its slave address, as 8 bits.
    pub address: u8,
}

/// The way to a controller behind the BMC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Route {
    /// The controller in between, if there is one.
    pub transit: Option<Hop>,
    /// The one that is asked.
    pub target: Hop,
    /// Our own address on the busses (`-m`): the requester's, where it is not the remote console's software id.
    pub own: u8,
}

impl Route {
    /// How many answers to Send Message come before the answer, or around it.
    pub fn levels(&self) -> u8 {
        1 + u8::from(self.transit.is_some())
    }

    /// The message as it goes to the BMC. All levels have the number `seq`.
    ///
    /// Which requester stands where is ipmitool's choice, and boards have grown used to it: over IPMI 1.5 the own
    /// address behind the BMC, over RMCP+ the console's software id on the first bus.
    pub(super) fn wrap(&self, ask: Ask<'_>, seq: u8, rmcpp: bool) -> Vec<u8> {
        let first = if rmcpp { CONSOLE_ADDRESS } else { self.own };
        let inner = |from: u8| {
            Message {
                to: self.target.address,
                from,
                ..Message::request(ask.netfn, ask.lun, seq, ask.cmd, ask.data)
            }
            .to_bytes()
        };
        match self.transit {
            None => send(
                lan::BMC_ADDRESS,
                CONSOLE_ADDRESS,
                seq,
                self.target.channel,
                &inner(first),
            ),
            Some(transit) => {
                let second = send(
                    transit.address,
                    first,
                    seq,
                    self.target.channel,
                    &inner(self.own),
                );
                send(
                    lan::BMC_ADDRESS,
                    CONSOLE_ADDRESS,
                    seq,
                    transit.channel,
                    &second,
                )
            }
        }
    }
}

/// Send Message, with tracking, of a whole message into `channel`.
fn send(to: u8, from: u8, seq: u8, channel: u8, message: &[u8]) -> Vec<u8> {
    let data = [&[TRACK | channel], message].concat();
    Message {
        to,
        from,
        ..Message::request(NETFN_APP, 0, seq, SEND_MESSAGE, &data)
    }
    .to_bytes()
}

/// Whether this is an answer to Send Message.
pub(super) fn is_relay(message: &Message<'_>) -> bool {
    (message.netfn, message.cmd) == (NETFN_APP | 1, SEND_MESSAGE)
}

const NETFN_APP: u8 = 0x06;
const SEND_MESSAGE: u8 = 0x34;

/// The BMC remembers who asked, and gives the answer our number.
const TRACK: u8 = 0x40;

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::proto::inflight::{Kind, RequestId};
    use crate::proto::link::tests::{pair, read};
    use crate::proto::link::{Answer, Link, Patience};
    use crate::proto::session::Session;
    use crate::wire::session::PayloadType;

    const ASK: Ask<'static> = Ask {
        netfn: 0x04,
        lun: 2,
        cmd: 0x2d,
        data: &[0x11],
    };

    fn unwrap(bytes: &[u8]) -> (u8, u8, u8, Vec<u8>) {
        let message = Message::parse(bytes).unwrap();
        assert_eq!((message.netfn, message.cmd, message.seq), (6, 0x34, 9));
        (
            message.to,
            message.from,
            message.data[0],
            message.data[1..].to_vec(),
        )
    }

    fn innermost(bytes: &[u8]) -> (u8, u8) {
        let message = Message::parse(bytes).unwrap();
        assert_eq!(
            (
                message.netfn,
                message.to_lun,
                message.cmd,
                message.data,
                message.seq
            ),
            (4, 2, 0x2d, &[0x11][..], 9)
        );
        (message.to, message.from)
    }

    #[test]
    fn one_bus_away_the_request_is_wrapped_once() {
        let route = Route {
            transit: None,
            target: Hop {
                channel: 7,
                address: 0x82,
            },
            own: 0x20,
        };
        for (rmcpp, requester) in [(true, 0x81), (false, 0x20)] {
            let (to, from, channel, inner) = unwrap(&route.wrap(ASK, 9, rmcpp));
            assert_eq!((to, from, channel), (0x20, 0x81, 0x47));
            assert_eq!(innermost(&inner), (0x82, requester));
        }
        assert_eq!(route.levels(), 1);
    }

    #[test]
    fn two_busses_away_it_is_wrapped_twice() {
        let route = Route {
            transit: Some(Hop {
                channel: 0,
                address: 0x82,
            }),
            target: Hop {
                channel: 7,
                address: 0x72,
            },
            own: 0x24,
        };
        for (rmcpp, requester) in [(true, 0x81), (false, 0x24)] {
            let (to, from, channel, middle) = unwrap(&route.wrap(ASK, 9, rmcpp));
            assert_eq!((to, from, channel), (0x20, 0x81, 0x40));
            let (to, from, channel, inner) = unwrap(&middle);
            assert_eq!((to, from, channel), (0x82, requester, 0x47));
            assert_eq!(innermost(&inner), (0x72, 0x24));
        }
        assert_eq!(route.levels(), 2);
    }

    /// A bridged request in flight: the link, the BMC's end, and the request's number.
    struct Rig {
        link: Link,
        bmc: Session,
        seq: u8,
        id: RequestId,
        now: Instant,
    }

    const PATIENCE: Patience = Patience {
        timeout: Duration::from_secs(1),
        step: Duration::from_secs(1),
        tries: 2,
    };

    fn rig(ask: Ask<'_>, transit: Option<Hop>) -> Rig {
        let (mut link, mut bmc) = pair();
        let now = Instant::now();
        let route = Route {
            transit,
            target: FAR,
            own: 0x20,
        };
        let id = link.ask_via(now, Kind::Command, ask, Some(&route), PATIENCE);
        let (_, payload) = read(&mut bmc, &link.poll_transmit().unwrap());
        let seq = Message::parse(&payload).unwrap().seq;
        Rig {
            link,
            bmc,
            seq,
            id,
            now,
        }
    }

    impl Rig {
        fn message(&self, netfn: u8, cmd: u8, data: &[u8]) -> Vec<u8> {
            let message = Message {
                to: 0x81,
                netfn: netfn | 1,
                to_lun: 0,
                from: 0x20,
                from_lun: 0,
                seq: self.seq,
                cmd,
                data,
            };
            message.to_bytes()
        }

        fn relay(&self, data: &[u8]) -> Vec<u8> {
            self.message(6, 0x34, data)
        }

        fn hear(&mut self, message: &[u8]) -> Option<Option<Answer>> {
            let datagram = self.bmc.seal(PayloadType::Ipmi, message, [8; 16]);
            self.link.handle_datagram(self.now, &datagram);
            let done = self.link.poll_done()?;
            assert_eq!(done.id, self.id);
            Some(done.answer)
        }
    }

    fn answered(code: u8, data: &[u8]) -> Option<Option<Answer>> {
        Some(Some(Answer {
            code,
            data: data.to_vec(),
        }))
    }

    const FAR: Hop = Hop {
        channel: 7,
        address: 0x72,
    };
    const NEAR: Option<Hop> = Some(Hop {
        channel: 0,
        address: 0x82,
    });

    #[test]
    fn an_answer_may_follow_the_answer_to_send_message() {
        let mut rig = rig(ASK, None);
        let (relay, answer) = (rig.relay(&[0]), rig.message(4, 0x2d, &[0, 0x55]));
        assert_eq!(rig.hear(&relay), None);
        assert_eq!(rig.hear(&answer), answered(0, &[0x55]));
        for copy in [relay, answer] {
            assert_eq!(rig.hear(&copy), None);
        }
    }

    #[test]
    fn an_answer_may_overtake_the_answer_to_send_message() {
        let mut rig = rig(ASK, NEAR);
        let answer = rig.message(4, 0x2d, &[0xc9]);
        assert_eq!(rig.hear(&answer), answered(0xc9, &[]));
    }

    #[test]
    fn an_answer_may_come_inside_with_another_number_and_stale_checksums() {
        let mut rig = rig(ASK, None);
        let mut inner = rig.message(4, 0x2d, &[0, 0x55]);
        inner[4] = 0x3c << 2;
        let relay = rig.relay(&[&[0], &inner[..]].concat());
        assert_eq!(rig.hear(&relay), answered(0, &[0x55]));
    }

    #[test]
    fn two_levels_are_peeled_off_in_whichever_way_each_comes() {
        for (outer_inside, middle_inside) in
            [(false, false), (false, true), (true, false), (true, true)]
        {
            let mut rig = rig(ASK, NEAR);
            let answer = rig.message(4, 0x2d, &[0, 0x55]);
            let mut coming = vec![answer];
            for inside in [middle_inside, outer_inside] {
                let carried = match inside {
                    true => coming.remove(0),
                    false => Vec::new(),
                };
                coming.insert(0, rig.relay(&[&[0], &carried[..]].concat()));
            }
            let last = coming.pop().unwrap();
            for message in coming {
                assert_eq!(rig.hear(&message), None);
            }
            assert_eq!(rig.hear(&last), answered(0, &[0x55]));
        }
    }

    #[test]
    fn a_controller_that_refuses_to_pass_it_on_answers_for_the_target() {
        let mut near = rig(ASK, None);
        let refusal = near.relay(&[0x83]);
        assert_eq!(near.hear(&refusal), answered(0x83, &[]));
        let mut far = rig(ASK, NEAR);
        let (passed, refused) = (far.relay(&[0]), far.relay(&[0xd3]));
        assert_eq!(far.hear(&passed), None);
        assert_eq!(far.hear(&refused), answered(0xd3, &[]));
    }

    #[test]
    fn send_message_itself_can_be_asked_of_a_target() {
        let ask = Ask {
            netfn: 6,
            cmd: 0x34,
            ..ASK
        };
        let mut rig = rig(ask, None);
        let (passed, answer) = (rig.relay(&[0]), rig.relay(&[0x83]));
        assert_eq!(rig.hear(&passed), None);
        assert_eq!(rig.hear(&answer), answered(0x83, &[]));
    }

    #[test]
    fn what_is_inside_does_no_harm_however_it_is_cut() {
        let inner = rig(ASK, None).message(4, 0x2d, &[0, 0x55]);
        for length in 0..inner.len() {
            let mut rig = rig(ASK, NEAR);
            let relay = rig.relay(&[&[0], &inner[..length]].concat());
            let early = rig.hear(&relay);
            assert!(length >= Message::OVERHEAD || early.is_none(), "{length}");
        }
    }

    #[test]
    fn a_target_that_keeps_silent_is_given_up_and_its_late_answer_is_known() {
        let mut rig = rig(ASK, None);
        let relay = rig.relay(&[0]);
        assert_eq!(rig.hear(&relay), None);
        while let Some(deadline) = rig.link.poll_timeout() {
            rig.now = deadline;
            rig.link.handle_timeout(rig.now);
        }
        assert_eq!(rig.link.poll_done().unwrap().answer, None);
        let answer = rig.message(4, 0x2d, &[0]);
        assert_eq!(rig.hear(&answer), answered(0, &[]));
        assert_eq!(rig.link.ledger().counts().late, 1);
    }
}
