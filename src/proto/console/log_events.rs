//! What the log's side of the console tells, and what it may be asked for.

use std::time::Instant;

use super::log_sync::Out;
use super::{Console, Event, Notice, Place, Report};

impl Console {
    /// Whether what was lost on our own side can be read from the BMC's log once more.
    pub fn can_refetch(&self) -> bool {
        self.log.is_present()
    }

    /// Says whether lines are dated: then what is read from the BMC's log comes in pieces in which each line has its own
    /// time.
    pub fn set_dated(&mut self, dated: bool) {
        self.log.set_dated(dated);
    }

    /// Reads `bytes` bytes from `from` on once more: they come as [`Event::Refetched`], and then
    /// [`Event::RefetchEnded`]. False: that cannot be done now.
    pub fn refetch(&mut self, now: Instant, from: Place, bytes: u64) -> bool {
        let begun = self.log.refetch(from, bytes);
        if begun {
            self.log.advance(now, &mut self.link);
            self.collect();
        }
        begun
    }

    /// Passes on what the log's side has to say.
    pub(super) fn tell(&mut self) {
        while let Some(out) = self.log.poll_out() {
            match out {
                Out::Data(data, None) => self.events.push_back(Event::Data(data)),
                Out::Data(data, Some(place)) => {
                    self.events.push_back(Event::Placed(data, place));
                }
                Out::Recovered(data, first, last, place) => self
                    .events
                    .push_back(Event::Recovered(data, first, last, place)),
                Out::Refetched(Some((data, first, place))) => {
                    self.events.push_back(Event::Refetched(data, first, place))
                }
                Out::Refetched(None) => self.events.push_back(Event::RefetchEnded),
                Out::Report(report) => {
                    let notice = match report {
                        Report::Gap { bytes, .. } => Some(Notice::Gap(bytes)),
                        Report::Filled { bytes } => Some(Notice::Filled(bytes)),
                        _ => None,
                    };
                    self.events.extend(notice.map(Event::Notice));
                    self.events.push_back(Event::Report(report));
                }
            }
        }
    }
}
