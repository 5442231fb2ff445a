//! Shows events, and sends them.

use crate::commands::Desk;
use crate::commands::sdr::books::Books;
use crate::commands::sel;
use crate::commands::sel::sensors::Sensors;
use crate::commands::sel::show::Show;
use crate::ipmi::channel::{CURRENT, ChannelInfo, GetChannelInfo};
use crate::ipmi::{Failure, exchange};
use crate::sel::{Body, Event, Record};

/// Sends events.
#[derive(Debug)]
pub(super) struct Sender {
    show: Show,
    /// The records that events and states are looked up in.
    pub(super) sensors: Sensors,
}

impl Sender {
    pub(super) fn new(desk: &mut Desk<'_>) -> Self {
        let descriptions = sel::descriptions(desk);
        Self {
            show: Show::new(desk, descriptions),
            sensors: Sensors::default(),
        }
    }

    /// Shows an event and sends it; whether the BMC took it.
    pub(super) fn send(&mut self, books: &mut Books<'_, '_>, message: [u8; 7]) -> bool {
        let Some(channel) = channel(books.desk) else {
            books.desk.output.complain(format_args!(
                "Failed to send the platform event via an unknown channel"
            ));
            return false;
        };
        self.show(books, message);
        // Over the system interface software says that it is the source, figure 29-2.
        let source: &[u8] = if channel.is_system() {
            &[SOFTWARE]
        } else {
            &[]
        };
        let data = [source, &message].concat();
        match books.desk.ask(SENSOR_EVENT, PLATFORM_EVENT, &data) {
            Ok(_) => true,
            Err(failure) => books.desk.output.fail(
                format_args!("Platform Event Message command failed"),
                &failure,
            ),
        }
    }

    /// Shows an event as an entry of a log, which has no number, type and date.
    fn show(&mut self, books: &mut Books<'_, '_>, message: [u8; 7]) {
        let event = Event::from_message(message, SOFTWARE.into());
        let record = Record {
            id: 0,
            kind: 0,
            body: Body::Event(event),
        };
        if books.desk.context.verbose == 0 {
            self.show.brief(books, &record, Some(&mut self.sensors));
            return;
        }
        match self.sensors.of(books, &record.as_event()) {
            Some(sensor) => self.show.block_of_sensor(books.desk, &record, &sensor),
            None => self.show.block(books.desk, &record),
        }
    }
}

/// The channel that the session is on; what goes wrong is said, but CCh.
fn channel(desk: &mut Desk<'_>) -> Option<ChannelInfo> {
    match exchange(desk.bmc, GetChannelInfo { channel: CURRENT }) {
        Ok(info) => return Some(info),
        Err(Failure::Completion(0xcc)) => {}
        Err(failure @ Failure::Completion(_)) => desk
            .output
            .complain(format_args!("Get Channel Info command failed: {failure}")),
        Err(failure) => desk.output.evaluate(&failure),
    }
    None
}

const SENSOR_EVENT: u8 = 0x04;
const PLATFORM_EVENT: u8 = 0x02;

/// System software, IPMI v2.0 table 32-1.
const SOFTWARE: u8 = 0x41;
