//! Which channels are LAN channels.

use crate::ipmi::channel::{GetChannelInfo, MEDIA};
use crate::ipmi::{Failure, exchange, names};

use super::Desk;

/// Whether a channel is a LAN's. What went wrong is said, but CCh: that is how BMCs say that there is no such channel.
/// Numbers that no LAN channel can have are not asked for.
pub fn is_lan(channel: u8, desk: &mut Desk<'_>) -> bool {
    if !is_possible(channel) {
        return false;
    }
    match exchange(desk.bmc, GetChannelInfo { channel }) {
        Ok(info) => {
            log::debug!("Channel type: {}", names::name(info.medium, MEDIA));
            return info.is_lan();
        }
        Err(Failure::Completion(0xcc)) => {}
        Err(failure @ Failure::Completion(_)) => desk
            .output
            .complain(format_args!("Get Channel Info command failed: {failure}")),
        Err(failure) => desk.output.evaluate(&failure),
    }
    false
}

/// The first LAN channel.
pub fn find_lan(desk: &mut Desk<'_>) -> Option<u8> {
    (1..LAST).find(|channel| is_lan(*channel, desk))
}

/// Whether a LAN channel may have this number.
pub fn is_possible(channel: u8) -> bool {
    (1..=LAST).contains(&channel)
}

/// The one in use.
const LAST: u8 = 0x0e;
