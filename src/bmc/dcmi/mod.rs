//! DCMI commands (Data Center Manageability Interface 1.5): group extension DCh. The group byte is taken off and put
//! back by the machine, so that handlers do not see it.

mod capabilities;
mod power;
mod strings;
mod thermal;

pub use self::power::PowerMeter;

use std::collections::BTreeMap;

use super::params::Params;
use super::table::Entry;

/// This chapter's commands.
pub const TABLES: &[&[Entry]] = &[
    capabilities::TABLE,
    power::TABLE,
    strings::TABLE,
    thermal::TABLE,
];

/// What DCMI sets.
#[derive(Debug, Clone)]
pub struct Dcmi {
    pub(super) meter: PowerMeter,
    asset_tag: Vec<u8>,
    controller_id: [u8; 64],
    limit: power::PowerLimit,
    thermal: BTreeMap<(u8, u8), [u8; 4]>,
    configuration: Params,
}

impl Dcmi {
    /// Nothing limited; the asset tag and the management controller's ID have a name.
    pub fn new() -> Self {
        let mut controller_id = [0; 64];
        controller_id[..CONTROLLER_ID.len()].copy_from_slice(CONTROLLER_ID);
        Self {
            meter: PowerMeter::default(),
            asset_tag: b"bmcsim-asset".to_vec(),
            controller_id,
            limit: power::PowerLimit::default(),
            thermal: BTreeMap::new(),
            configuration: capabilities::configuration(),
        }
    }
}

impl Default for Dcmi {
    fn default() -> Self {
        Self::new()
    }
}

/// Network function of group extensions.
const NETFN: u8 = 0x2c;
const CONTROLLER_ID: &[u8] = b"bmcsim";
