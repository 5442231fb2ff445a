//! A BMC's console log, over an open session.

use std::collections::VecDeque;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::ipmi::completion;
use crate::proto::inflight::RequestId;
use crate::proto::link::{Answer, Done};
use crate::proto::log_reader::{LogReader, Outcome, Ticket};
use crate::transport::network::Lanplus;
use crate::wire::console_log::{self as wire, Beat, Find, Found, Heartbeat, Info, Log, NETFN};

/// Asks for the log of one instance.
#[derive(Debug)]
pub struct Source {
    session: Lanplus,
    instance: u8,
    iana: [u8; 3],
    sequence: u32,
    /// Answers to a reader's requests that came while another question was asked.
    aside: VecDeque<Done>,
}

/// Why a question has no answer.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// None came, in all the tries that were due.
    #[error("No response to {0}")]
    Silent(&'static str),
    /// The log was cleared, or lost; the present epoch.
    #[error("the console log was cleared")]
    EpochGone(u64),
    /// The BMC refuses.
    #[error("{what} failed: {}", completion::text(*.code))]
    Refused {
        /// What was asked.
        what: &'static str,
        /// Why, a completion code.
        code: u8,
    },
    /// The BMC has no log, and said so with this completion code.
    #[error(
        "this BMC keeps no console log that could be read (Get Console Log Info: {})",
        completion::text(*.0)
    )]
    NoLog(u8),
    /// The BMC has a log, but not on this instance.
    #[error("this BMC has no console on instance {0}")]
    NoConsole(u8),
    /// An answer that cannot be understood.
    #[error("bad answer to {what}: {why}")]
    Bad {
        /// What was asked.
        what: &'static str,
        /// What is wrong.
        why: String,
    },
}

impl Source {
    /// The log of `instance` of the BMC that `session` is open with, which has the extension under the enterprise
    /// number `extension`.
    pub fn new(session: Lanplus, instance: u8, extension: u32) -> Self {
        Self {
            session,
            instance,
            iana: wire::iana_bytes(extension),
            sequence: 0,
            aside: VecDeque::new(),
        }
    }

    /// Gives the session back.
    pub fn into_session(self) -> Lanplus {
        self.session
    }

    /// Ends the session.
    pub fn close(self) {
        self.session.close();
    }

    /// Lets time pass, in which late answers are consumed.
    pub fn pause(&mut self, pause: Duration) {
        let until = Instant::now() + pause;
        // Nothing is in flight that anybody waits for; what ends early is only a wait cut short.
        while Instant::now() < until {
            self.session.next_done(until);
        }
    }

    /// Get Console Log Info. Errors name what the BMC lacks.
    pub fn info(&mut self) -> Result<Info, Trouble> {
        match self.ask(INFO, wire::INFO, &[self.instance]) {
            Ok(data) => understood(INFO, Info::parse(&data)),
            Err(Trouble::Refused {
                code: wire::NO_CONSOLE | OUT_OF_RANGE,
                ..
            }) => Err(Trouble::NoConsole(self.instance)),
            Err(Trouble::Refused { code, .. }) if code != INSUFFICIENT_PRIVILEGE => {
                Err(Trouble::NoLog(code))
            }
            Err(trouble) => Err(trouble),
        }
    }

    /// A heartbeat that also asks for what came after `have`.
    pub fn beat(&mut self, have: u64) -> Result<Beat, Trouble> {
        self.sequence = self.sequence.wrapping_add(1);
        let sent = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(0));
        let heartbeat = Heartbeat {
            instance: self.instance,
            sequence: self.sequence,
            sent,
            have,
            want: BEAT_WANT,
        };
        let data = self.ask(HEARTBEAT, wire::HEARTBEAT, &heartbeat.to_bytes())?;
        let beat = understood(HEARTBEAT, Beat::parse(&data))?;
        if beat.sequence != self.sequence {
            return Err(Trouble::Bad {
                what: HEARTBEAT,
                why: format!(
                    "heartbeat {} where {} was sent",
                    beat.sequence, self.sequence
                ),
            });
        }
        Ok(beat)
    }

    /// The first byte that came at `time` or later.
    pub fn find(&mut self, epoch: u64, time: u64) -> Result<Found, Trouble> {
        let find = Find {
            instance: self.instance,
            epoch,
            time,
        };
        let data = self.ask(FIND, wire::FIND, &find.to_bytes())?;
        understood(FIND, Found::parse(&data))
    }

    /// Forgets answers to readers that ended early.
    pub fn forget(&mut self) {
        self.aside.clear();
    }

    /// Drives `reader` until it has something to tell, or has ended.
    pub fn drive(&mut self, reader: &mut LogReader, flying: &mut Vec<(RequestId, Ticket)>) {
        while let Some((ticket, read)) = reader.poll_request() {
            let id = self.begin(wire::READ, &read.to_bytes());
            flying.push((id, ticket));
        }
        let done = match self.aside.pop_front() {
            None => self.session.next_done(Instant::now() + FAR),
            aside => aside,
        };
        if let Some(done) = done
            && let Some(at) = flying.iter().position(|(id, _)| *id == done.id)
        {
            let (_, ticket) = flying.swap_remove(at);
            reader.handle_answer(ticket, self.outcome(done));
        }
    }

    fn outcome(&self, done: Done) -> Outcome {
        match done.answer {
            Some(Answer { code: 0, data }) => self
                .own(&data)
                .and_then(|data| Log::parse(data).ok())
                .map_or(Outcome::Lost, Outcome::Answer),
            Some(Answer {
                code: wire::EPOCH_GONE,
                data,
            }) => self
                .own(&data)
                .and_then(|data| wire::present_epoch(data).ok())
                .map_or(Outcome::Lost, Outcome::EpochGone),
            _ => Outcome::Lost,
        }
    }

    fn ask(&mut self, what: &'static str, cmd: u8, data: &[u8]) -> Result<Vec<u8>, Trouble> {
        let id = self.begin(cmd, data);
        let done = loop {
            match self.session.next_done(Instant::now() + FAR) {
                Some(done) if done.id == id => break done,
                Some(done) if self.aside.len() < MOST_ASIDE => self.aside.push_back(done),
                Some(_) | None => {}
            }
        };
        let Some(Answer { code, data }) = done.answer else {
            return Err(Trouble::Silent(what));
        };
        let ours = self.own(&data);
        match (code, ours) {
            (0, Some(data)) => Ok(data.to_vec()),
            (0, None) => Err(Trouble::Bad {
                what,
                why: "of another enterprise".to_owned(),
            }),
            (wire::EPOCH_GONE, Some(data)) => understood(what, wire::present_epoch(data))
                .and_then(|epoch| Err(Trouble::EpochGone(epoch))),
            (code, _) => Err(Trouble::Refused { what, code }),
        }
    }

    fn begin(&mut self, cmd: u8, data: &[u8]) -> RequestId {
        self.session
            .begin(NETFN, cmd, &[&self.iana[..], data].concat())
    }

    /// What follows the enterprise number, where that is the one asked.
    fn own<'a>(&self, data: &'a [u8]) -> Option<&'a [u8]> {
        data.strip_prefix(&self.iana[..])
    }
}

fn understood<T>(what: &'static str, parsed: crate::wire::Result<T>) -> Result<T, Trouble> {
    parsed.map_err(|error| Trouble::Bad {
        what,
        why: error.to_string(),
    })
}

const INFO: &str = "Get Console Log Info";
const HEARTBEAT: &str = "Console Heartbeat";
const FIND: &str = "Find Console Log Time";

/// Completion code: parameter out of range.
const OUT_OF_RANGE: u8 = 0xc9;
/// Completion code: insufficient privilege level.
const INSUFFICIENT_PRIVILEGE: u8 = 0xd4;

/// More than a packet holds: the BMC trims it to what fits.
const BEAT_WANT: u16 = 4096;

/// More than a reader has in flight.
const MOST_ASIDE: usize = 64;

/// Requests have their own deadlines, which come long before.
const FAR: Duration = Duration::from_secs(3600);
