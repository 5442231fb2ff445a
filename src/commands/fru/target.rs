//! Where an inventory is, and how much of it fits into a message.

use ipmi_rs::connection::{LogicalUnit, RequestTargetAddress};

use crate::cli::Context;
use crate::cli::context::Interface;
use crate::commands::sdr::books::target_address;
use crate::fru::device::Limits;
use crate::ipmi::at;

/// The controller with an address on a channel: the BMC itself, or another one behind it. `None` where there is no such
/// channel.
pub(super) fn target(context: &Context, address: u8, channel: u8) -> Option<RequestTargetAddress> {
    let ours = (target_address(context), context.bridging.target_channel);
    if (address, channel) == ours || (address, channel) == (BMC, 0) {
        return Some(BMC_ITSELF);
    }
    at(address, channel, 0)
}

/// What fits, as stock reckons: 25 bytes, or what an interface is known to carry, without what bridging takes.
pub(super) fn limits(context: &Context, target: RequestTargetAddress) -> Limits {
    let (request, response) = match context.interface {
        Interface::Lan | Interface::Lanplus => (Some(38u8), Some(34u8)),
        Interface::Open => (Some(38), Some(35)),
        _ => (None, None),
    };
    let bridging = &context.bridging;
    let address = match target {
        RequestTargetAddress::BmcOrIpmb(address, ..) => address.0,
        RequestTargetAddress::Bmc(_) => target_address(context),
    };
    let level = if address == bridging.my_address.unwrap_or(BMC) {
        0
    } else if bridging.transit_address != 0 && bridging.transit_address != address {
        2
    } else {
        1
    };
    let fits = |size: Option<u8>, added: u8| match level {
        0 => size.unwrap_or(USUAL),
        _ => (size.unwrap_or(USUAL + added) - TRANSIT).min(USUAL) - TRANSIT * (level - 1),
    };
    Limits {
        // Completion code and count.
        read: fits(response, 7) - 2,
        // Device and offset.
        write: fits(request, 8) - 3,
    }
}

/// The BMC's LUN 0.
pub(super) const BMC_ITSELF: RequestTargetAddress = RequestTargetAddress::Bmc(LogicalUnit::Zero);

const BMC: u8 = 0x20;
const USUAL: u8 = 25;
const TRANSIT: u8 = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_hold_what_stock_says_they_do() {
        let of = |interface, address, transit| {
            let mut context = Context {
                interface,
                ..Context::default()
            };
            context.bridging.transit_address = transit;
            let limits = limits(&context, target(&context, address, 0).unwrap());
            (limits.read, limits.write)
        };
        assert_eq!(of(Interface::Dummy, 0x20, 0), (23, 22));
        assert_eq!(of(Interface::Dummy, 0x82, 0), (22, 22));
        assert_eq!(of(Interface::Dummy, 0x82, 0x72), (14, 14));
        assert_eq!(of(Interface::Lanplus, 0x20, 0), (32, 35));
        assert_eq!(of(Interface::Lanplus, 0x82, 0), (23, 22));
        assert_eq!(of(Interface::Lanplus, 0x82, 0x72), (15, 14));
        assert_eq!(of(Interface::Open, 0x20, 0), (33, 35));
    }
}
