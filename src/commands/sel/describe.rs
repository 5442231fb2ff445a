//! What an event says, with what its maker knows of it.

use super::maker::{APP, GET_DEVICE_ID, Maker, refused};
use crate::commands::Desk;
use crate::ipmi::events::{self, SENSOR_SPECIFIC};
use crate::ipmi::{Failure, completion};
use crate::sel::vendor::{Vendor, dell, quanta, supermicro};
use crate::sel::{Event, Record};

/// The text of a record's event, or none.
pub(super) fn describe(
    desk: &mut Desk<'_>,
    maker: &mut Maker,
    record: &Record,
    event: &Event,
) -> Option<Vec<u8>> {
    if OEM_EVENTS.contains(&event.event_type) {
        return match maker.vendor(desk) {
            Some(Vendor::Viking) => viking(desk, record.id),
            _ => None,
        };
    }
    let mut suffix = None;
    if event.event_type == SENSOR_SPECIFIC {
        suffix = by_vendor(desk, maker, event);
    }
    let makers = maker.makers(desk, event.sensor_type, event.event_type);
    let state = events::description(makers, event.sensor_type, event.event_type, event.data);
    match (state, suffix) {
        (Some(state), None) => Some(state.as_bytes().to_vec()),
        (Some(state), Some(suffix)) => Some([state.as_bytes(), b" (", &suffix, b")"].concat()),
        (None, Some(suffix)) if event.sensor_type == SUPERMICRO_OWN => Some(suffix),
        (None, Some(suffix)) if is_dell_own(event) => Some([b"(", &suffix[..], b")"].concat()),
        (None, _) => None,
    }
}

/// What the maker adds to a sensor-specific event. Stock asks who that is so often, and so do we where each question
/// is a request.
fn by_vendor(desk: &mut Desk<'_>, maker: &mut Maker, event: &Event) -> Option<Vec<u8>> {
    let first = maker.vendor(desk);
    let mut suffix = None;
    match first {
        Some(Vendor::Dell)
            if (0xc0..0xf0).contains(&event.sensor_type) && dell::has_oem_bytes(event) =>
        {
            suffix = own_words(desk, maker, event);
        }
        Some(Vendor::Supermicro | Vendor::Quanta) => suffix = own_words(desk, maker, event),
        _ if (0xc0..0xf0).contains(&event.sensor_type) => match first {
            Some(Vendor::Kontron) => log::debug!(
                "oem sensor type {:x} {KONTRON} using oem type supplied description",
                event.sensor_type
            ),
            Some(Vendor::Dell) => {}
            _ => log::debug!(
                "oem sensor type {:x}  using standard type supplied description",
                event.sensor_type
            ),
        },
        _ => {}
    }
    if maker.vendor(desk) == Some(Vendor::Dell) {
        let watchdog = event.data[0] == 0xc1 && event.sensor_number == 0x23;
        if dell::has_oem_bytes(event) || watchdog {
            suffix = own_words(desk, maker, event);
        }
    }
    suffix
}

fn own_words(desk: &mut Desk<'_>, maker: &mut Maker, event: &Event) -> Option<Vec<u8>> {
    match maker.vendor(desk)? {
        Vendor::Dell if dell::asks_version(event) => {
            let version = device_id(desk)?.get(4).copied()?;
            Some(dell::description(event, version))
        }
        Vendor::Dell => Some(dell::description(event, 0)),
        Vendor::Supermicro if supermicro::asks_board(event) => {
            device_id(desk)?;
            let board = board(desk)?;
            Some(supermicro::memory(event, board))
        }
        Vendor::Supermicro => Some(supermicro::other(event).into()),
        Vendor::Quanta if quanta::asks_platform(event) => {
            device_id(desk)?;
            let platform = platform(desk);
            Some(quanta::memory(event, platform).into_bytes())
        }
        Vendor::Quanta | Vendor::Kontron | Vendor::Viking => None,
    }
}

fn device_id(desk: &mut Desk<'_>) -> Option<Vec<u8>> {
    match desk.ask(APP, GET_DEVICE_ID, &[]) {
        Ok(id) => Some(id),
        Err(failure) => {
            desk.output
                .fail(format_args!(" Error getting system info"), &failure);
            None
        }
    }
}

/// The number of a Supermicro board; none where it is 0 or not told.
fn board(desk: &mut Desk<'_>) -> Option<u16> {
    let (netfn, cmd) = supermicro::GET_BOARD;
    match desk.ask(netfn, cmd, &[]) {
        Ok(answer) => {
            let board = u16::from_le_bytes(*answer.first_chunk()?);
            log::debug!("Board ID: {board:x}");
            Some(board).filter(|board| *board != 0)
        }
        Err(failure) => {
            refused(desk, "Get Board ID command failed", &failure);
            None
        }
    }
}

/// The number of a Quanta platform; 0 where it is not told.
fn platform(desk: &mut Desk<'_>) -> u8 {
    let (netfn, cmd, data) = quanta::GET_PLATFORM;
    match desk.ask(netfn, cmd, &data) {
        Ok(answer) => {
            let platform = answer.first().copied().unwrap_or(0);
            log::debug!("Platform ID: {platform:x}");
            platform
        }
        Err(failure) => {
            refused(desk, "Get Platform ID command failed", &failure);
            0
        }
    }
}

/// Asks a Viking machine for its own words on a record.
fn viking(desk: &mut Desk<'_>, id: u16) -> Option<Vec<u8>> {
    let [low, high] = id.to_le_bytes();
    let answer = match desk.ask(0x2e, 0x01, &[0x15, 0x24, 0x00, 0x01, low, high]) {
        Ok(answer) => answer,
        Err(failure) => {
            if desk.context.verbose > 0 {
                match failure {
                    Failure::Completion(code) => desk.output.complain(format_args!(
                        "OEM command returned error code: {}",
                        completion::text(code)
                    )),
                    _ => desk
                        .output
                        .complain(format_args!("Error issuing OEM command")),
                }
            }
            return None;
        }
    };
    let [number @ .., length] = answer.first_chunk::<4>()?;
    let complaint = if answer.len() < 5 {
        "too short"
    } else if answer.len() != 4 + usize::from(*length) || number != &[0x15, 0x24, 0x00] {
        "has unexpected length"
    } else {
        return answer.get(4..).map(|text| up_to_nul(text).to_vec());
    };
    desk.output
        .complain(format_args!("Viking OEM response {complaint}"));
    None
}

/// Sensor types and offsets of Dell's own that no table has.
fn is_dell_own(event: &Event) -> bool {
    matches!(
        (event.sensor_type, event.offset()),
        (0x0f, 0x0f) | (0xc1, 1..=3) | (0xc2, 0 | 2) | (0xc3, 1)
    )
}

/// Event/reading types that only the maker knows. Stock takes 7Fh, the last of them, for none.
const OEM_EVENTS: std::ops::Range<u8> = 0x70..0x7f;
/// A sensor type of Supermicro's own.
const SUPERMICRO_OWN: u8 = 0xd0;
/// Kontron's enterprise number.
const KONTRON: u32 = sensor_types::KONTRON;

use crate::ipmi::sensor_types;
use crate::wire::text::up_to_nul;
