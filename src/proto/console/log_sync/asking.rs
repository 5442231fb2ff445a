//! What is asked of the BMC: heartbeats, whether it has the extension, and pieces of its log.

use std::time::{Duration, Instant};

use super::beats::Sent;
use super::refill::Refill;
use super::{Asked, LogSync, State};
use crate::proto::console::catch_up::CatchUp;
use crate::proto::inflight::{Kind, RequestId};
use crate::proto::link::{Ask, Link, Patience};
use crate::wire::console_log::{self, Heartbeat, Read};

impl LogSync {
    pub(super) fn send_beat(
        &mut self,
        now: Instant,
        link: &mut Link,
        patience: Patience,
        counts: bool,
    ) {
        self.duplicates = 0;
        let sequence = self.beats.next_sequence();
        let wall = self.wall(now);
        let beat = Heartbeat {
            instance: self.instance,
            sequence,
            sent: wall,
            have: self.catch_up.as_ref().map_or(0, |log| log.position().1),
            want: 0,
        };
        let kind = if counts {
            Kind::Keepalive
        } else {
            Kind::Command
        };
        let id = self.ask(
            now,
            link,
            kind,
            console_log::HEARTBEAT,
            &beat.to_bytes(),
            patience,
        );
        self.beats.admit(Sent {
            id,
            sequence,
            at: now,
            wall,
            mark: self.catch_up.as_ref().map_or(0, CatchUp::brought),
            counts,
            awaited: true,
        });
        if !counts {
            (self.looked, self.next_look) = (now, now + LEAST_LOOK);
            self.unanswered.get_or_insert(now);
        }
    }

    pub(super) fn ask_info(&mut self, now: Instant, link: &mut Link, unanswered: u32) {
        let instance = [self.instance];
        let id = self.ask(
            now,
            link,
            Kind::Command,
            console_log::INFO,
            &instance,
            self.patience,
        );
        let wall = self.wall(now);
        self.asked = Some(Asked {
            id,
            wall,
            unanswered,
        });
        self.compared = now;
        self.state = State::Asking;
    }

    pub(super) fn ask_for_log(&mut self, now: Instant, link: &mut Link) {
        if let Some(catch_up) = &mut self.catch_up {
            catch_up.set_dated(self.dated);
        }
        while !self.paused
            && self.is_present()
            && let Some((ticket, read)) = self.catch_up.as_mut().and_then(CatchUp::poll_request)
        {
            let id = self.ask_read(now, link, &read);
            self.unanswered.get_or_insert(now);
            self.unread.get_or_insert(now);
            self.reading.push((id, ticket));
        }
    }

    pub(super) fn ask_for_refill(&mut self, now: Instant, link: &mut Link) {
        while self.is_present()
            && let Some((ticket, read)) = self.refill.as_mut().and_then(Refill::poll_request)
        {
            let id = self.ask_read(now, link, &read);
            self.refilling.push((id, ticket));
        }
        self.collect_refill();
    }

    fn ask_read(&self, now: Instant, link: &mut Link, read: &Read) -> RequestId {
        let data = read.to_bytes();
        self.ask(
            now,
            link,
            Kind::Command,
            console_log::READ,
            &data,
            self.patience,
        )
    }

    fn ask(
        &self,
        now: Instant,
        link: &mut Link,
        kind: Kind,
        cmd: u8,
        rest: &[u8],
        patience: Patience,
    ) -> RequestId {
        let data = [&self.iana[..], rest].concat();
        link.ask(
            now,
            kind,
            Ask {
                netfn: console_log::NETFN,
                lun: 0,
                cmd,
                data: &data,
            },
            patience,
        )
    }
}

/// How soon after one question for the log's end the next may follow.
const LEAST_LOOK: Duration = Duration::from_millis(50);
