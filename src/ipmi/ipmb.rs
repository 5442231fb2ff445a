//! The BMC's own address on the busses behind it, which is not 20h in an AdvancedTCA or VPX shelf (PICMG 3.0 table 3-5
//! ff., VITA 46.11 section 10.1.3).

use super::{Bmc, ask};

/// The standard of the shelf that a BMC belongs to, which names addresses, sensor types and events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shelf {
    /// PICMG 2.9, AdvancedTCA or MicroTCA.
    Picmg,
    /// VITA 46.11.
    Vita,
}

/// The shelf that the BMC says it belongs to, by a revision of the standard that stock knows; `None` for most.
pub fn shelf(bmc: &mut Bmc<'_>) -> Option<Shelf> {
    if in_picmg_shelf(bmc) {
        Some(Shelf::Picmg)
    } else if in_vita_shelf(bmc) {
        Some(Shelf::Vita)
    } else {
        None
    }
}

/// The address as the BMC tells it; `None` where it belongs to no shelf.
pub fn own_address(bmc: &mut Bmc<'_>) -> Option<u8> {
    let address = match shelf(bmc)? {
        Shelf::Picmg => ask(bmc, GROUP_EXTENSION, PICMG_ADDRESS_INFO, &[PICMG]),
        Shelf::Vita => ask(bmc, GROUP_EXTENSION, VITA_ADDRESS_INFO, &[VITA]),
    };
    // Group, hardware address, IPMB address.
    address
        .ok()
        .and_then(|data| data.get(2).copied())
        .filter(|address| *address != 0)
}

fn in_picmg_shelf(bmc: &mut Bmc<'_>) -> bool {
    let properties = ask(bmc, GROUP_EXTENSION, PROPERTIES, &[PICMG]);
    matches!(properties.as_deref(), Ok([PICMG, version, _, _, ..])
        if PICMG_MAJOR_VERSIONS.contains(&(version & 0x0f)))
}

fn in_vita_shelf(bmc: &mut Bmc<'_>) -> bool {
    let capabilities = ask(bmc, GROUP_EXTENSION, PROPERTIES, &[VITA]);
    matches!(capabilities.as_deref(), Ok([VITA, _, _, standard, revision, ..])
        if standard & 0x03 == 0 && revision & 0x0f == 1)
}

/// The network function of commands whose first byte names the group that defines them.
const GROUP_EXTENSION: u8 = 0x2c;
const PICMG: u8 = 0x00;
const VITA: u8 = 0x03;

/// Get PICMG Properties, and Get VSO Capabilities.
const PROPERTIES: u8 = 0x00;
const PICMG_ADDRESS_INFO: u8 = 0x01;
const VITA_ADDRESS_INFO: u8 = 0x40;

/// AdvancedTCA, AdvancedMC, MicroTCA.
const PICMG_MAJOR_VERSIONS: [u8; 3] = [2, 4, 5];
