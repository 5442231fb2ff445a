//! Where requests go: to the BMC itself, or to a controller behind it (`-t -b -T -B -m`).

use ipmi_rs::connection::RequestTargetAddress;

use crate::proto::bridge::{Hop, Route};
use crate::wire::lan::BMC_ADDRESS;

/// Whom requests are for, beyond what they say themselves.
///
/// A request for [`RequestTargetAddress::Bmc`] goes to the controller that the user has named as target, or else to the
/// BMC; one for [`RequestTargetAddress::BmcOrIpmb`] goes to that address on that channel, or to the BMC where the
/// address is our own. Either way through the controller in between, if the user has named one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Addressing {
    /// Our own address on the busses behind the BMC, which is the BMC's for all others there.
    pub own: u8,
    /// The controller to ask in place of the BMC.
    pub target: Option<Hop>,
    /// The controller in between.
    pub transit: Option<Hop>,
}

impl Default for Addressing {
    /// Everything is for the BMC.
    fn default() -> Self {
        Self {
            own: BMC_ADDRESS,
            target: None,
            transit: None,
        }
    }
}

impl Addressing {
    /// The way of a request; `None`: straight to the BMC.
    pub fn route(&self, to: RequestTargetAddress) -> Option<Route> {
        let target = match to {
            RequestTargetAddress::Bmc(_) => self.target?,
            RequestTargetAddress::BmcOrIpmb(address, channel, _) => Hop {
                channel: channel.value(),
                address: address.0,
            },
        };
        (target.address != self.own).then_some(Route {
            transit: self.transit.filter(|hop| hop.address != self.own),
            target,
            own: self.own,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipmi_rs::connection::{Address, Channel, LogicalUnit};

    const BMC: RequestTargetAddress = RequestTargetAddress::Bmc(LogicalUnit::Zero);
    const NEAR: Hop = Hop {
        channel: 0,
        address: 0x82,
    };
    const FAR: Hop = Hop {
        channel: 7,
        address: 0x72,
    };

    fn at(address: u8, channel: u8) -> RequestTargetAddress {
        let channel = Channel::new(channel).unwrap();
        RequestTargetAddress::BmcOrIpmb(Address(address), channel, LogicalUnit::Two)
    }

    #[test]
    fn without_options_only_other_addresses_are_bridged_to() {
        let plain = Addressing::default();
        assert_eq!(plain.route(BMC), None);
        assert_eq!(plain.route(at(0x20, 0)), None);
        let route = plain.route(at(0x82, 0)).unwrap();
        assert_eq!((route.target, route.transit, route.own), (NEAR, None, 0x20));
    }

    #[test]
    fn a_target_stands_for_the_bmc_and_a_request_may_name_another() {
        let bridged = Addressing {
            target: Some(FAR),
            transit: Some(NEAR),
            ..Addressing::default()
        };
        let route = bridged.route(BMC).unwrap();
        assert_eq!((route.target, route.transit), (FAR, Some(NEAR)));
        assert_eq!(bridged.route(at(0x90, 1)).unwrap().target.address, 0x90);
        assert_eq!(bridged.route(at(0x20, 0)), None);
    }

    #[test]
    fn our_own_address_is_never_bridged_to_nor_through() {
        let own = Addressing {
            own: 0x72,
            target: Some(FAR),
            transit: None,
        };
        assert_eq!(own.route(BMC), None);
        let through = Addressing {
            own: 0x82,
            target: Some(FAR),
            transit: Some(NEAR),
        };
        assert_eq!(through.route(BMC).unwrap().transit, None);
    }
}
