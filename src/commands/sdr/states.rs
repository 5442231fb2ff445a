//! The states of discrete sensors, and which events are there or enabled.

use super::books::{Books, GET_EVENT_ENABLE, GET_EVENT_STATUS};
use crate::ipmi::completion;
use crate::ipmi::events::State;
use crate::sdr::Sensor;

/// Which of a sensor's events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Events {
    /// Those that are there.
    Status,
    /// Those that are sent.
    Enable,
}

impl Books<'_, '_> {
    /// The states in a mask, on one line: after `before`, if there is any state in the mask.
    pub fn put_states(&mut self, before: &str, sensor: Sensor<'_>, mask: [u8; 2]) {
        if is_empty(mask) {
            return;
        }
        let states: Vec<&str> = self
            .states(sensor.kind(), sensor.event_type())
            .filter(|state| is_set(mask, state))
            .map(|state| state.text)
            .collect();
        self.put(format_args!("{before}{}", states.join(", ")));
    }

    /// The states in a mask, one on each line under a title.
    pub fn put_state_lines(&mut self, title: &str, sensor: Sensor<'_>, mask: [u8; 2]) {
        if is_empty(mask) {
            return;
        }
        let mut titled = false;
        for state in self.states(sensor.kind(), sensor.event_type()) {
            if !titled {
                let kind = self.sensor_type(sensor.kind());
                self.put(format_args!(" {title:<21} : {kind}\n"));
                titled = true;
            }
            if is_set(mask, state) {
                self.put(format_args!("{:25}[{}]\n", "", state.text));
            }
        }
    }

    /// Asks which events a sensor has, or sends, and prints that.
    pub fn put_events(&mut self, events: Events, sensor: Sensor<'_>) {
        let number = sensor.number();
        let response = match self.ask(sensor, events.command(), &[number]) {
            Ok(response) => response,
            Err(_) => {
                let what = events.what();
                log::debug!("Error reading event {what} for sensor #{number:02x}");
                return;
            }
        };
        if response.cc() != 0 {
            let (what, why) = (events.what(), completion::text(response.cc()));
            log::debug!("Error reading event {what} for sensor #{number:02x}: {why}");
            return;
        }
        let data = response.data();
        let Some((flags, masks)) = data.split_first() else {
            return;
        };
        let label = events.label();
        if events == Events::Status && flags & UNAVAILABLE != 0 {
            self.put(format_args!(" {label:<21} : Unavailable\n"));
            return;
        }
        if flags & EVENT_MESSAGES == 0 {
            self.put(format_args!(" {label:<21} : Event Messages Disabled\n"));
        }
        if sensor.is_threshold() {
            self.put_threshold_events(events, masks);
        } else {
            let [title, other] = events.titles();
            for (title, mask) in [title, other].into_iter().zip(masks.chunks(2)) {
                let mask = [0, 1].map(|index| mask.get(index).copied().unwrap_or(0));
                self.put_state_lines(title, sensor, mask);
            }
        }
    }

    fn put_threshold_events(&mut self, events: Events, masks: &[u8]) {
        let [title, other] = events.titles();
        let byte = |index: usize| masks.get(index).copied();
        let asserted = [byte(0).unwrap_or(0), byte(1).unwrap_or(0)];
        self.put(format_args!(" {title:<21} : {}\n", crossings(asserted)));
        let Some(low) = byte(2) else {
            return;
        };
        let high = byte(3);
        let shown = match (events, high) {
            (_, None) => low != 0,
            (Events::Status, Some(high)) => low != 0 && high != 0,
            (Events::Enable, Some(high)) => low != 0 || high != 0,
        };
        if shown {
            let deasserted = [low, high.unwrap_or(0)];
            self.put(format_args!(" {other:<21} : {}\n", crossings(deasserted)));
        }
    }
}

impl Events {
    fn command(self) -> u8 {
        match self {
            Self::Status => GET_EVENT_STATUS,
            Self::Enable => GET_EVENT_ENABLE,
        }
    }

    fn what(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Enable => "enable",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Status => "Event Status",
            Self::Enable => "Event Enable",
        }
    }

    fn titles(self) -> [&'static str; 2] {
        match self {
            Self::Status => ["Assertion Events", "Deassertion Events"],
            Self::Enable => ["Assertions Enabled", "Deassertions Enabled"],
        }
    }
}

/// The thresholds that were crossed, and how.
fn crossings(mask: [u8; 2]) -> String {
    let mask = u16::from_le_bytes(mask);
    let set = CROSSINGS
        .iter()
        .enumerate()
        .filter(|(bit, _)| mask & (1 << bit) != 0);
    set.map(|(_, name)| format!("{name} ")).collect()
}

fn is_empty([low, high]: [u8; 2]) -> bool {
    low == 0 && high & STATES_ABOVE == 0
}

fn is_set([low, high]: [u8; 2], state: &State) -> bool {
    let mask = u16::from_le_bytes([low, high & STATES_ABOVE]);
    mask.checked_shr(state.offset.into())
        .is_some_and(|mask| mask & 1 != 0)
}

/// IPMI v2.0 table 35-11, from bit 0 on.
const CROSSINGS: [&str; 12] = [
    "lnc-", "lnc+", "lcr-", "lcr+", "lnr-", "lnr+", "unc-", "unc+", "ucr-", "ucr+", "unr-", "unr+",
];

/// The bits of the second byte that are states: 8 to 14.
const STATES_ABOVE: u8 = 0x7f;
const UNAVAILABLE: u8 = 0x20;
const EVENT_MESSAGES: u8 = 0x80;
