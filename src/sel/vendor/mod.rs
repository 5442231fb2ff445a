//! What vendors put into the bytes of system events, as stock tells it.

pub mod dell;
pub mod quanta;
pub mod supermicro;

/// A vendor whose events stock understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vendor {
    /// Its machines are asked for the text.
    Viking,
    /// Its sensor types have states of their own.
    Kontron,
    /// [`dell`].
    Dell,
    /// [`supermicro`].
    Supermicro,
    /// [`quanta`].
    Quanta,
}

impl Vendor {
    /// The vendor with an enterprise number.
    pub fn of(manufacturer: u32) -> Option<Self> {
        VENDORS
            .iter()
            .find(|(number, _)| *number == manufacturer)
            .map(|(_, vendor)| *vendor)
    }
}

const VENDORS: &[(u32, Vendor)] = &[
    (674, Vendor::Dell),
    (7244, Vendor::Quanta),
    (9237, Vendor::Viking),
    (10876, Vendor::Supermicro),
    (15000, Vendor::Kontron),
    (47488, Vendor::Supermicro),
];

/// Memory.
const MEMORY: u8 = 0x0c;
