//! The sensors that events come from.

use crate::commands::sdr::books::{Books, is_networked};
use crate::commands::sdr::shelf::Shelf;
use crate::sdr::Record;
use crate::sel::Event;

/// The sensor data records, opened when first needed.
#[derive(Debug, Default)]
pub(in crate::commands) struct Sensors {
    shelf: Option<Shelf>,
    /// They cannot be had; over a network that is not tried again.
    closed: bool,
}

impl Sensors {
    /// The record of the sensor that sent an event.
    pub(in crate::commands) fn of(
        &mut self,
        books: &mut Books<'_, '_>,
        event: &Event,
    ) -> Option<Record> {
        let shelf = self.shelf(books)?;
        let [owner, _] = event.generator.to_le_bytes();
        let source = (owner, event.sensor_number, event.sensor_type);
        books.first(shelf, |record| record.event_source() == Some(source))
    }

    /// All the records; what goes wrong is said.
    pub(in crate::commands) fn shelf(&mut self, books: &mut Books<'_, '_>) -> Option<&mut Shelf> {
        if self.shelf.is_none() && !self.closed {
            self.shelf = books.shelf();
            self.closed = self.shelf.is_none() && is_networked(books.desk.context);
        }
        self.shelf.as_mut()
    }

    /// Over a network: reads all records at once, which can be asked ahead.
    pub(super) fn prepare(&mut self, books: &mut Books<'_, '_>) {
        if is_networked(books.desk.context)
            && let Some(shelf) = self.shelf(books)
        {
            books.collect(shelf, |_| false);
        }
    }
}
