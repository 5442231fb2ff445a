//! Multi-records of a FRU (FRU storage definition, chapters 16 to 20).

use serde::Deserialize;

use super::value::{Guid, Hex, Range};

/// `[[fru.multi]]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum MultiDef {
    /// Type 00h.
    #[serde(rename_all = "kebab-case")]
    PowerSupply {
        /// Overall capacity, watts.
        capacity: Range<0, 4095>,
        /// Peak VA, FFFFh unspecified.
        peak_va: u16,
        /// Inrush current, amperes, FFh unspecified.
        inrush: u8,
        /// Inrush interval, milliseconds.
        inrush_ms: u8,
        /// Low and high ends of input voltage ranges 1 and 2, in 10 mV.
        input: [u16; 4],
        /// Low and high end of the input frequency, Hz.
        frequency: [u8; 2],
        /// Input dropout tolerance, milliseconds.
        dropout_ms: u8,
        /// Flags: 0 predictive fail pin, 1 power factor correction, 2 autoswitch, 3 hot swap, 4 tachometer.
        flags: u8,
        /// Seconds that the peak is held.
        hold_up: Range<0, 15>,
        /// Peak capacity, watts.
        peak: Range<0, 4095>,
        /// Two outputs that share `combined_watts`: 0 12 V, 1 -12 V, 2 5 V, 3 3.3 V.
        combined: [Range<0, 3>; 2],
        /// Their total, watts.
        combined_watts: u16,
        /// Lower threshold of the tachometer, RPM / 60.
        tachometer: u8,
    },
    /// Type 01h.
    #[serde(rename_all = "kebab-case")]
    DcOutput {
        /// Output number.
        output: Range<0, 15>,
        /// Is there in standby, too.
        #[serde(default)]
        standby: bool,
        /// Nominal, greatest negative and positive deviation, in 10 mV.
        voltage: [i16; 3],
        /// Ripple, millivolts.
        ripple: u16,
        /// Least and greatest current, milliamperes.
        current: [u16; 2],
    },
    /// Type 02h.
    #[serde(rename_all = "kebab-case")]
    DcLoad {
        /// Output number.
        output: Range<0, 15>,
        /// Nominal, least and greatest voltage, in 10 mV.
        voltage: [i16; 3],
        /// Ripple, millivolts.
        ripple: u16,
        /// Least and greatest current, milliamperes.
        current: [u16; 2],
    },
    /// Type 03h: an address or a name for management software.
    #[serde(rename_all = "kebab-case")]
    ManagementAccess {
        /// 1 system URL, 2 system name, 3 system ping address, 4 component URL, 5 component name, 6 component ping
        /// address.
        subtype: Range<1, 6>,
        /// The text.
        text: String,
    },
    /// Type 03h, subtype 7: the system's unique ID.
    #[serde(rename_all = "kebab-case")]
    UniqueId {
        /// The ID.
        guid: Guid,
    },
    /// Type 04h.
    #[serde(rename_all = "kebab-case")]
    BaseCompatibility {
        /// Manufacturer.
        manufacturer: u32,
        /// Entity ID.
        entity: u8,
        /// Compatibility base.
        base: u8,
        /// First code.
        code: Range<0, 127>,
        /// Mask of further codes.
        #[serde(default)]
        mask: Hex,
    },
    /// Type 05h.
    #[serde(rename_all = "kebab-case")]
    ExtendedCompatibility {
        /// Manufacturer.
        manufacturer: u32,
        /// Entity ID.
        entity: u8,
        /// Compatibility base.
        base: u8,
        /// First code.
        code: Range<0, 127>,
        /// Mask of further codes.
        #[serde(default)]
        mask: Hex,
    },
    /// Types C0h..=FFh.
    #[serde(rename_all = "kebab-case")]
    Oem {
        /// Record type.
        record_type: Range<0xc0, 0xff>,
        /// Manufacturer.
        manufacturer: u32,
        /// What follows.
        data: Hex,
    },
}

impl MultiDef {
    /// Record type and data.
    pub fn bytes(&self) -> (u8, Vec<u8>) {
        let mut b = Vec::new();
        let kind = match self {
            Self::PowerSupply {
                capacity,
                peak_va,
                inrush,
                inrush_ms,
                input,
                frequency,
                dropout_ms,
                flags,
                hold_up,
                peak,
                combined,
                combined_watts,
                tachometer,
            } => {
                b.extend(capacity.get().to_le_bytes());
                b.extend(peak_va.to_le_bytes());
                b.extend([*inrush, *inrush_ms]);
                b.extend(input.iter().flat_map(|v| v.to_le_bytes()));
                b.extend(frequency);
                b.extend([*dropout_ms, *flags]);
                b.extend(
                    (u16::from(hold_up.byte()) << 12 | peak.get().unsigned_abs()).to_le_bytes(),
                );
                b.push(combined[0].byte() << 4 | combined[1].byte());
                b.extend(combined_watts.to_le_bytes());
                b.push(*tachometer);
                0x00
            }
            Self::DcOutput {
                output,
                standby,
                voltage,
                ripple,
                current,
            } => {
                b.push(u8::from(*standby) << 7 | output.byte());
                rails(&mut b, voltage, *ripple, current);
                0x01
            }
            Self::DcLoad {
                output,
                voltage,
                ripple,
                current,
            } => {
                b.push(output.byte());
                rails(&mut b, voltage, *ripple, current);
                0x02
            }
            Self::ManagementAccess { subtype, text } => {
                b.push(subtype.byte());
                b.extend(text.bytes());
                0x03
            }
            Self::UniqueId { guid } => {
                b.push(0x07);
                b.extend(guid.0);
                0x03
            }
            Self::BaseCompatibility {
                manufacturer,
                entity,
                base,
                code,
                mask,
            } => {
                compatibility(&mut b, *manufacturer, [*entity, *base, code.byte()], mask);
                0x04
            }
            Self::ExtendedCompatibility {
                manufacturer,
                entity,
                base,
                code,
                mask,
            } => {
                compatibility(&mut b, *manufacturer, [*entity, *base, code.byte()], mask);
                0x05
            }
            Self::Oem {
                record_type,
                manufacturer,
                data,
            } => {
                b.extend(&manufacturer.to_le_bytes()[..3]);
                b.extend(&data.0);
                record_type.byte()
            }
        };
        (kind, b)
    }
}

fn rails(b: &mut Vec<u8>, voltage: &[i16; 3], ripple: u16, current: &[u16; 2]) {
    b.extend(voltage.iter().flat_map(|v| v.to_le_bytes()));
    b.extend(ripple.to_le_bytes());
    b.extend(current.iter().flat_map(|c| c.to_le_bytes()));
}

fn compatibility(b: &mut Vec<u8>, manufacturer: u32, rest: [u8; 3], mask: &Hex) {
    b.extend(&manufacturer.to_le_bytes()[..3]);
    b.extend(rest);
    b.extend(&mask.0);
}
