//! Output that was lost on our own side (a full disk), read from the BMC's log once more.

use crate::proto::console::event::Place;
use crate::proto::log_reader::{Event, LogReader, Outcome, Range, Ticket};
use crate::wire::console_log::{Piece, Read};

/// One such reading.
#[derive(Debug)]
pub(super) struct Refill {
    epoch: u64,
    reader: LogReader,
}

impl Refill {
    /// Reads `bytes` bytes from `from` on; `dated`: it matters when their lines came.
    pub(super) fn new(instance: u8, from: Place, bytes: u64, dated: bool) -> Self {
        let (epoch, from) = from;
        Self {
            epoch,
            reader: LogReader::new(Range {
                instance,
                epoch,
                from,
                to: from.saturating_add(bytes),
                window: (0, u64::MAX),
            })
            .with_dates(dated),
        }
    }

    /// The epoch that is read in.
    pub(super) fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The next request to send.
    pub(super) fn poll_request(&mut self) -> Option<(Ticket, Read)> {
        self.reader.poll_request()
    }

    /// Takes in what became of a request.
    pub(super) fn handle_answer(&mut self, ticket: Ticket, outcome: Outcome) {
        self.reader.handle_answer(ticket, outcome);
    }

    /// Nothing in flight will be answered any more.
    pub(super) fn forget_requests(&mut self) {
        self.reader.forget_requests();
    }

    /// The next bytes, or that no more come. What the log does not have any more is left out.
    pub(super) fn poll_piece(&mut self) -> Option<Option<Piece>> {
        loop {
            match self.reader.poll_event()? {
                Event::Data(piece) => return Some(Some(piece)),
                Event::Gap { .. } | Event::Outside { .. } => {}
                Event::Ended(ending) => {
                    log::debug!("reading again what was lost has ended: {ending:?}");
                    return Some(None);
                }
            }
        }
    }
}
