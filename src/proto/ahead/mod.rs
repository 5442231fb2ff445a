//! Asking ahead: requests that may be wanted soon travel together, in a window that opens only as far as the BMC keeps
//! up, and their answers wait until they are wanted.
//!
//! Name what may follow with [`Ahead::hint`], ask with [`Ahead::want`], one at a time; hand in every
//! [`Done`] of the link and, when [`Ahead::poll_timeout`] says so, the time; the answer comes out of
//! [`Ahead::poll_outcome`]. In between, drain the link. A guess that turns out wrong costs an exchange, never
//! correctness: an answer serves one equal request, and a request that was not hinted makes everything forgotten that
//! was fetched before it, since it may change what the BMC would answer.
//!
//! Some BMCs serve one request at a time and answer others with 'node busy', or not at all. The window closes to one
//! for the rest of the session when a request that had company is answered with a code that company may have caused
//! ([`is_odd`]), and on every 'node busy'. When one is not answered soon after others that were ([`Window::grace`]), without
//! waiting for the time of a try, the window closes or shrinks for as long as it seems wise ([`window`]): packets are lost
//! and machines are busy on the way to every BMC. What was refused or lost in company is asked again, alone, once it is
//! wanted. The answer to a request that was given up may come after all: it serves as well.

mod window;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::bridge::Route;
use super::inflight::{Kind, RequestId};
use super::link::{Answer, Ask, Done, Link, Patience};
use window::Window;

/// A request that is wanted, or may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// Network function, even.
    pub netfn: u8,
    /// The BMC's LUN, 0 to 3.
    pub lun: u8,
    /// Command.
    pub cmd: u8,
    /// Request data.
    pub data: Vec<u8>,
    /// The way to the controller that is asked; `None`: the BMC.
    pub route: Option<Route>,
}

impl Wish {
    /// The same, to be asked over a link.
    pub fn ask(&self) -> Ask<'_> {
        Ask {
            netfn: self.netfn,
            lun: self.lun,
            cmd: self.cmd,
            data: &self.data,
        }
    }
}

/// What became of a wanted request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The BMC answered.
    Answered(Answer),
    /// It did not, in all the time there was.
    Silent,
}

/// What is asked ahead over one link.
#[derive(Debug, Default)]
pub struct Ahead {
    window: Window,
    /// Not sent yet, in the order in which they may be wanted.
    hints: VecDeque<Wish>,
    flights: Vec<Flight>,
    /// Answered, and not wanted yet.
    fetched: VecDeque<(Wish, Answer)>,
    wanted: Option<Wanted>,
    outcome: Option<Outcome>,
}

/// A request that was sent and not answered yet.
#[derive(Debug)]
struct Flight {
    id: RequestId,
    /// `None`: its answer is of no use any more.
    wish: Option<Wish>,
    patience: Patience,
    sent: Instant,
    /// Whether others were in flight when it was sent.
    behind: bool,
    /// Whether those were answered, as far as is known: then its own answer shows that the BMC bears company. Where they
    /// were lost, it may have had the BMC for itself.
    proves: bool,
    /// Whether another was in flight at any time since.
    company: bool,
    /// Since when an answer to it was due: when one before it was answered last, or one after it first.
    due: Option<Instant>,
    /// Whether one that was sent after it has been answered.
    overtaken: bool,
    /// Nobody waits for it any more; its answer may come all the same.
    given_up: bool,
}

#[derive(Debug)]
struct Wanted {
    wish: Wish,
    patience: Patience,
    /// `None`: it waits until it is alone, or for its first sending.
    id: Option<RequestId>,
    /// Whether it may be sent while others are in flight.
    sociable: bool,
}

/// Mutators.
impl Ahead {
    /// What is known of a session that has just begun: the round trip that making it took.
    pub fn after(round_trip: Option<Duration>) -> Self {
        let mut ahead = Self::default();
        ahead.window.seed(round_trip);
        ahead
    }

    /// The same in a session of IPMI 1.5, whose BMC takes packet numbers up to eight ahead of the last that it saw (IPMI
    /// 2.0 section 6.12.13): when all that is in flight is lost, and some tries after it, the next must still be taken.
    pub fn for_v15(mut self) -> Self {
        self.window.limit(MOST_V15);
        self
    }

    /// Names requests that may be wanted soon, in this order, and that change nothing. Each is sent with `patience`
    /// when the window has room. Those that are known already are not named twice, and more than [`MOST_HINTS`] are not
    /// remembered.
    pub fn hint(
        &mut self,
        now: Instant,
        link: &mut Link,
        wishes: impl IntoIterator<Item = Wish>,
        patience: Patience,
    ) {
        if self.window.is_refused() {
            return;
        }
        for wish in wishes {
            let known = self.hints.len() + self.flights.len() + self.fetched.len();
            if known >= MOST_HINTS {
                break;
            }
            if !self.is_known(&wish) {
                self.hints.push_back(wish);
            }
        }
        self.window.seed(link.ledger().round_trip().smoothed());
        self.send_ahead(now, link, patience);
    }

    /// Nothing that was hinted is wanted any more: what was fetched is thrown away.
    pub fn forget(&mut self) {
        self.hints.clear();
        self.fetched.clear();
        self.flights.retain(|flight| !flight.given_up);
        self.flights
            .iter_mut()
            .for_each(|flight| flight.wish = None);
    }

    /// Forgets everything, requests in flight too: the next one does not wait for them.
    pub fn abandon(&mut self, link: &mut Link) {
        self.forget();
        self.wanted = None;
        self.flights
            .drain(..)
            .for_each(|flight| link.abandon(flight.id));
    }

    /// Asks for one request; [`Ahead::poll_outcome`] tells what became of it. The one before must be answered.
    pub fn want(&mut self, now: Instant, link: &mut Link, wish: Wish, patience: Patience) {
        self.outcome = None;
        if let Some(at) = self.fetched.iter().position(|(known, _)| *known == wish) {
            self.outcome = self
                .fetched
                .remove(at)
                .map(|(_, answer)| Outcome::Answered(answer));
            self.send_ahead(now, link, patience);
            return;
        }
        let same = |flight: &&Flight| flight.wish.as_ref() == Some(&wish);
        let flying = self.live().find(same).map(|flight| flight.id);
        let mut sociable = false;
        if flying.is_none() {
            if let Some(at) = self.hints.iter().position(|hint| *hint == wish) {
                self.hints.drain(..=at);
                sociable = true;
            } else if !self.flights.iter().any(|flight| same(&flight)) {
                self.forget();
            }
        }
        self.wanted = Some(Wanted {
            wish,
            patience,
            id: flying,
            sociable,
        });
        self.advance(now, link);
    }
}

/// Events.
impl Ahead {
    /// Takes in what became of a request of the link, whoever asked it.
    pub fn handle_done(&mut self, now: Instant, link: &mut Link, done: Done) {
        let Some(at) = self.flights.iter().position(|flight| flight.id == done.id) else {
            return;
        };
        let flight = self.flights.remove(at);
        match done.answer {
            Some(answer) => {
                let proves =
                    flight.proves && !self.flights[..at].iter().any(|flight| !flight.given_up);
                self.note_progress(now, at);
                if done.sends > 1 {
                    self.window.set_back(now, flight.sent, flight.behind);
                } else {
                    if !flight.given_up {
                        let took = now.saturating_duration_since(flight.sent);
                        self.window.answered(took, flight.behind);
                    }
                    if proves {
                        self.window.bore_company();
                    }
                }
                self.sort(link, flight, answer);
            }
            None => {
                self.window.set_back(now, flight.sent, flight.behind);
                if self.is_wanted(done.id) {
                    self.finish(Outcome::Silent);
                }
            }
        }
        self.advance(now, link);
    }

    /// Gives up what is lost.
    pub fn handle_timeout(&mut self, now: Instant, link: &mut Link) {
        for at in 0..self.flights.len() {
            if self.deadline(&self.flights[at]).is_none_or(|at| now < at) {
                continue;
            }
            let flight = &mut self.flights[at];
            flight.given_up = true;
            let id = flight.id;
            link.abandon(id);
            self.window.set_back(now, flight.sent, flight.behind);
            self.flights
                .iter_mut()
                .skip(at + 1)
                .for_each(|later| later.proves = false);
            if let Some(wanted) = &mut self.wanted
                && wanted.id == Some(id)
            {
                wanted.id = None;
                wanted.sociable = false;
            }
        }
        let given_up = self.flights.iter().filter(|flight| flight.given_up).count();
        let mut too_many = given_up.saturating_sub(MOST_GIVEN_UP);
        self.flights.retain(|flight| {
            let old = flight.given_up && too_many > 0;
            too_many -= usize::from(old);
            !old && (!flight.given_up || flight.wish.is_some())
        });
        self.advance(now, link);
    }
}

/// Output.
impl Ahead {
    /// What became of the wanted request, once it is known.
    pub fn poll_outcome(&mut self) -> Option<Outcome> {
        self.outcome.take()
    }

    /// When [`Ahead::handle_timeout`] wants to be called, if nothing comes first. The link has its own.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.flights
            .iter()
            .filter_map(|flight| self.deadline(flight))
            .min()
    }
}

impl Ahead {
    /// The request that stood at `at` was answered: those sent before it are overtaken, those sent after it are next.
    fn note_progress(&mut self, now: Instant, at: usize) {
        for (place, flight) in self.flights.iter_mut().enumerate() {
            if place >= at {
                flight.due = Some(now);
            } else {
                flight.due.get_or_insert(now);
                flight.overtaken = true;
            }
        }
    }

    /// Gives an answer to whom it belongs.
    fn sort(&mut self, link: &mut Link, flight: Flight, answer: Answer) {
        let odd = is_odd(answer.code);
        if answer.code == NODE_BUSY || odd && flight.company {
            self.window.refuse();
            self.hints.clear();
        }
        let wanted = self.wanted.as_mut().filter(|wanted| {
            wanted.id == Some(flight.id) || flight.wish.as_ref() == Some(&wanted.wish)
        });
        match (wanted, flight.wish) {
            (Some(wanted), _) if odd && flight.company => {
                if wanted.id == Some(flight.id) {
                    wanted.id = None;
                    wanted.sociable = false;
                }
            }
            (Some(wanted), _) => {
                if let Some(again) = wanted.id.filter(|id| *id != flight.id) {
                    link.abandon(again);
                    self.flights.retain(|flight| flight.id != again);
                }
                self.finish(Outcome::Answered(answer));
            }
            (None, Some(wish)) if !(odd && flight.company) => {
                self.fetched.push_back((wish, answer));
            }
            (None, _) => {}
        }
    }

    /// Sends what may be sent now.
    fn advance(&mut self, now: Instant, link: &mut Link) {
        let flying = self.live().count();
        let Some(wanted) = &self.wanted else {
            return;
        };
        let patience = wanted.patience;
        if wanted.id.is_none() {
            if flying > 0 && (self.window.is_closed() || !wanted.sociable) {
                return;
            }
            let wish = wanted.wish.clone();
            let id = self.send(now, link, wish, patience);
            if let Some(wanted) = &mut self.wanted {
                wanted.id = Some(id);
            }
        }
        self.send_ahead(now, link, patience);
    }

    /// Sends what was hinted, while there is room, and nothing seems lost.
    fn send_ahead(&mut self, now: Instant, link: &mut Link, patience: Patience) {
        while self.window.has_room(self.live().count())
            && !self.live().any(|flight| flight.overtaken)
            && let Some(wish) = self.hints.pop_front()
        {
            self.send(now, link, wish, patience);
        }
    }

    fn send(&mut self, now: Instant, link: &mut Link, wish: Wish, patience: Patience) -> RequestId {
        let patience = Patience {
            timeout: patience.timeout + self.window.queue(self.live().count()),
            ..patience
        };
        let id = link.ask_via(
            now,
            Kind::Command,
            wish.ask(),
            wish.route.as_ref(),
            patience,
        );
        let mut behind = false;
        for other in self.flights.iter_mut().filter(|flight| !flight.given_up) {
            other.company = true;
            behind = true;
        }
        self.flights.push(Flight {
            id,
            wish: Some(wish),
            patience,
            sent: now,
            behind,
            proves: behind,
            company: behind,
            due: None,
            overtaken: false,
            given_up: false,
        });
        id
    }

    /// When a request counts as lost; `None`: the link decides.
    fn deadline(&self, flight: &Flight) -> Option<Instant> {
        if flight.given_up {
            return None;
        }
        match flight.due {
            Some(due) if flight.company => Some(due + self.window.grace()),
            _ if self.is_wanted(flight.id) => None,
            // Whoever waits, waits for another answer.
            _ if self
                .wanted
                .as_ref()
                .is_some_and(|wanted| wanted.id.is_some()) =>
            {
                Some(flight.sent + flight.patience.timeout)
            }
            _ => Some(flight.sent + self.window.silence(flight.patience.timeout)),
        }
    }

    fn is_known(&self, wish: &Wish) -> bool {
        self.hints.contains(wish)
            || self.fetched.iter().any(|(known, _)| known == wish)
            || self.live().any(|flight| flight.wish.as_ref() == Some(wish))
    }

    fn live(&self) -> impl Iterator<Item = &Flight> {
        self.flights.iter().filter(|flight| !flight.given_up)
    }

    fn is_wanted(&self, id: RequestId) -> bool {
        self.wanted
            .as_ref()
            .is_some_and(|wanted| wanted.id == Some(id))
    }

    fn finish(&mut self, outcome: Outcome) {
        self.wanted = None;
        self.outcome = Some(outcome);
    }
}

/// Whether company may have caused a refusal: node busy (C0h), time-outs and lack of room (C3h, C4h), duplicates (CFh),
/// everything about the state of the device (D0h to D6h), and the unspecified error (FFh).
pub fn is_odd(code: u8) -> bool {
    matches!(code, NODE_BUSY | 0xc3 | 0xc4 | 0xcf..=0xd6 | 0xff)
}

/// How many hinted requests are remembered, sent or not.
pub const MOST_HINTS: usize = 256;

/// How many that nobody waits for any more are remembered. The ledger forgets the oldest as well.
const MOST_GIVEN_UP: usize = 16;

/// Most requests in flight in a session of IPMI 1.5.
const MOST_V15: usize = 4;

const NODE_BUSY: u8 = 0xc0;

#[cfg(test)]
mod tests;
