//! Quanta: the DIMM of a memory event, on one platform.

use super::MEMORY;
use crate::sel::Event;

/// Whether the platform must be asked for to describe the event.
pub fn asks_platform(event: &Event) -> bool {
    event.sensor_type == MEMORY
}

/// The request for the platform's number: netfn, command, data.
pub const GET_PLATFORM: (u8, u8, [u8; 4]) = (0x36, 0x65, [0x4c, 0x1c, 0x00, 0x02]);

/// Which DIMM a memory event means; empty on platforms where that is not known.
pub fn memory(event: &Event, platform: u8) -> String {
    if platform != PURLEY {
        return String::new();
    }
    let place = event.data[2];
    let channel = char::from(b'A' + (place >> 3 & 7));
    format!("CPU{}_{channel}{}", place >> 6, place & 7)
}

const PURLEY: u8 = 2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dimm_is_named_by_socket_channel_and_slot() {
        let event = Event {
            data: [0, 0, 0b0111_1010],
            ..Event::default()
        };
        assert_eq!(memory(&event, PURLEY), "CPU1_H2");
        assert_eq!(memory(&event, 0), "");
    }
}
