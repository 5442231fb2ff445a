//! The real [`Core`]: [`crate::proto::console`], with its reasons put into ipmitool's words.

use std::time::Instant;

use super::core::{Core, Event, Why};
use crate::ipmi::{AnswerError, Failure, Length, payload};
use crate::proto::console::{self, CloseReason, Console, Datagram, Refusal};
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

    fn pause_output(&mut self, paused: bool) {
        Self::pause_output(self, paused);
    }

    fn shut_down(&mut self, now: Instant, why: Why) {
        log::info!("shutting down: {why:?}");
        Self::shut_down(self, now);
    }
}

fn told(event: console::Event) -> Option<Event> {
    Some(match event {
        console::Event::Opened => Event::Opened,
        console::Event::Data(data) | console::Event::Recovered(data, ..) => Event::Data(data),
        console::Event::Report(_) => return None,
        console::Event::Notice(notice) => Event::Notice(notice.to_string()),
        console::Event::Closed(reason) => {
            let message = message(&reason);
            Event::Closed {
                failed: reason != CloseReason::User,
                message,
            }
        }
    })
}

/// What stands on standard error at the end: stock's words, which scripts look for.
fn message(reason: &CloseReason) -> Option<String> {
    Some(match reason {
        CloseReason::User => return None,
        CloseReason::Dead => "Error: No response to keepalive - Terminating session".to_owned(),
        CloseReason::Deactivated => "SOL session closed by BMC".to_owned(),
        CloseReason::Taken => {
            "Another session has taken the console over\nSOL session closed by BMC".to_owned()
        }
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
