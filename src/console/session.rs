//! The real [`Core`]: [`crate::proto::console`], with its reasons put into ipmitool's words.

use std::time::Instant;

use super::clock;
use super::core::{Core, Data, Event, Status, Why};
use super::events::{Place, Report};
use super::log::{Loss, Position};
use crate::ipmi::complaint::Complaint;
use crate::ipmi::{AnswerError, Failure, Length, payload};
use crate::proto::console::{self, CloseReason, Console, Datagram, Notice, Refusal};
use crate::transport::TransportError;

impl Core for Console {
    fn handle_datagram(&mut self, now: Instant, datagram: &Datagram) {
        Self::handle_datagram(self, now, datagram);
    }

    fn handle_timeout(&mut self, now: Instant) {
        Self::handle_timeout(self, now);
    }

    fn poll_transmit(&mut self) -> Option<Datagram> {
        Self::poll_transmit(self)
    }

    fn poll_event(&mut self) -> Option<Event> {
        // What is only for an account has no place on a screen.
        std::iter::from_fn(|| Self::poll_event(self)).find_map(told)
    }

    fn poll_timeout(&self) -> Option<Instant> {
        Self::poll_timeout(self)
    }

    fn type_bytes(&mut self, now: Instant, bytes: &[u8]) -> usize {
        Self::type_bytes(self, now, bytes)
    }

    fn input_room(&self) -> usize {
        Self::input_room(self)
    }

    fn send_break(&mut self, now: Instant) {
        Self::send_break(self, now);
    }

    fn pause_output(&mut self, now: Instant, paused: bool) {
        Self::pause_output(self, now, paused);
    }

    fn shut_down(&mut self, now: Instant, why: Why) {
        log::info!("shutting down: {why:?}");
        Self::shut_down(self, now);
    }

    fn resumes(&self) -> bool {
        self.goes_on()
    }

    fn place(&self) -> Option<Position> {
        Self::place(self).map(position)
    }

    fn session_id(&self) -> Option<u32> {
        Some(self.link().session().bmc_id())
    }

    fn is_caught_up(&self) -> bool {
        Self::is_caught_up(self)
    }

    fn set_dated(&mut self, dated: bool) {
        Self::set_dated(self, dated);
    }

    fn can_refetch(&self) -> bool {
        Self::can_refetch(self)
    }

    fn refetch(&mut self, now: Instant, loss: &Loss) -> bool {
        loss.from
            .is_some_and(|from| Self::refetch(self, now, (from.epoch, from.offset), loss.bytes))
    }

    fn status(&self) -> Status {
        let ledger = self.link().ledger();
        Status {
            round_trip: ledger.round_trip().smoothed(),
            late: ledger.counts().late,
            lost: ledger.counts().expired,
        }
    }
}

fn told(event: console::Event) -> Option<Event> {
    Some(match event {
        console::Event::Opened => Event::Opened,
        console::Event::Data(data) => Event::Data(data.into()),
        console::Event::Placed(data, place) => Event::Data(Data {
            position: Some(position(place)),
            ..Data::from(data)
        }),
        console::Event::Recovered(data, first, _, place) => Event::Data(Data {
            at: Some(first),
            position: Some(position(place)),
            ..Data::from(data)
        }),
        console::Event::Refetched(data, at, place) => Event::Fill(Data {
            at: Some(at),
            position: Some(position(place)),
            ..Data::from(data)
        }),
        console::Event::RefetchEnded => Event::Filled,
        console::Event::Report(report) => Event::Report {
            report: retold(report)?,
            notice: None,
        },
        console::Event::Notice(notice) => reported(notice).map_or_else(
            || Event::Notice(notice.to_string()),
            |report| Event::Report {
                report,
                notice: Some(notice.to_string()),
            },
        ),
        console::Event::Closed(reason) => {
            let message = message(&reason);
            Event::Closed {
                failed: reason != CloseReason::User,
                message,
            }
        }
    })
}

fn position((epoch, offset): console::Place) -> Position {
    Position { epoch, offset }
}

/// The core's report in the edge's words; nothing for what the edge sees itself.
fn retold(report: console::Report) -> Option<Report> {
    Some(match report {
        console::Report::Connected { .. } => return None,
        console::Report::Late {
            sequence,
            round_trip,
            ..
        } => Report::Late {
            sequence,
            after: round_trip,
        },
        console::Report::Overdue { sequence, waited } => Report::Overdue { sequence, waited },
        console::Report::Missed { sequence } => Report::Missed { sequence },
        console::Report::Duplicate { sequence } => Report::Duplicate { sequence },
        console::Report::Gap { bytes, from, to } => Report::Gap {
            bytes,
            from: from.unwrap_or(0),
            to,
            at: Place::Console,
        },
        console::Report::Filled { bytes } => Report::Filled { bytes },
        console::Report::Cycle {
            sent,
            answered,
            late,
            lost,
            mean,
            longest,
        } => Report::Cycle {
            sent,
            answered,
            late,
            lost,
            mean,
            longest,
        },
    })
}

/// What programs are told about a notice, if anything.
fn reported(notice: Notice) -> Option<Report> {
    let now = clock::wall_clock();
    // From 0 on: since the last output.
    let gap = |from| Report::Gap {
        bytes: None,
        from,
        to: now,
        at: Place::Console,
    };
    Some(match notice {
        Notice::Silent(silent) => Report::Alarm { missed: 1, silent },
        Notice::Back(silent) => Report::Back { silent },
        Notice::Renewed {
            silence,
            logged: false,
        } => gap(now.saturating_sub(u64::try_from(silence.as_millis()).unwrap_or(u64::MAX))),
        Notice::Overrun => gap(0),
        // Those have reports of their own, or are no loss.
        Notice::Renewed { .. } | Notice::Gap(_) | Notice::Filled(_) => {
            return None;
        }
    })
}

/// What stands on standard error at the end: stock's words, which scripts look for.
fn message(reason: &CloseReason) -> Option<Complaint> {
    Some(match reason {
        CloseReason::User => return None,
        CloseReason::Dead => {
            Complaint::error("No response to keepalive").and(" - Terminating session")
        }
        CloseReason::Deactivated => Complaint::plain("SOL session closed by BMC"),
        CloseReason::Taken => Complaint::plain("Another session has taken the console over")
            .and("\nSOL session closed by BMC"),
        CloseReason::Refused(Refusal::Code(code)) => payload::refusal(&Failure::Completion(*code)),
        CloseReason::Refused(Refusal::NoAnswer) => {
            payload::refusal(&Failure::Transport(TransportError::NoAnswer))
        }
        CloseReason::Refused(Refusal::ShortAnswer(got)) => {
            payload::refusal(&Failure::Answer(AnswerError {
                got: *got,
                expected: Length::Exactly(12),
            }))
        }
    })
}
