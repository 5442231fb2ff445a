//! Data records besides the sensors' own, as an inventory file describes them.

use serde::Deserialize;

use super::text::Encoding;
use super::value::{Entity, Guid, Hex, Range};

/// `[[sdr]]`: a record that describes no sensor of ours.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum SdrDef {
    /// Type 08h: a container entity and up to four others (or two ranges).
    #[serde(rename_all = "kebab-case")]
    EntityAssociation {
        /// The container.
        container: Entity,
        /// The contained are two ranges of instances.
        #[serde(default)]
        ranges: bool,
        /// More records about the same container follow.
        #[serde(default)]
        linked: bool,
        /// The container's presence sensor is always accessible.
        #[serde(default)]
        presence: bool,
        /// What it contains, at most four.
        contains: Vec<Entity>,
    },
    /// Type 09h: the same, with device addresses.
    #[serde(rename_all = "kebab-case")]
    DeviceEntityAssociation {
        /// The container.
        container: Entity,
        /// The container's slave address.
        address: u8,
        /// The container's channel.
        #[serde(default)]
        channel: Range<0, 15>,
        /// The contained are two ranges of instances.
        #[serde(default)]
        ranges: bool,
        /// What it contains, at most four: on the same device.
        contains: Vec<Entity>,
    },
    /// Type 10h: a device without a controller.
    #[serde(rename_all = "kebab-case")]
    GenericLocator {
        /// Name, up to 16 bytes.
        name: Name,
        /// Slave address of the controller through which it is reached.
        access: u8,
        /// Its own slave address.
        address: u8,
        /// Channel.
        #[serde(default)]
        channel: Range<0, 15>,
        /// Private bus.
        #[serde(default)]
        bus: Range<0, 7>,
        /// Number of slave addresses.
        #[serde(default)]
        span: Range<0, 7>,
        /// Device type (table 43-12).
        device_type: u8,
        /// Device type modifier.
        #[serde(default)]
        modifier: u8,
        /// What it belongs to.
        entity: Entity,
        /// OEM byte.
        #[serde(default)]
        oem: u8,
    },
    /// Type 11h: a FRU.
    #[serde(rename_all = "kebab-case")]
    FruLocator {
        /// Name, up to 16 bytes.
        name: Name,
        /// FRU device ID (logical), or slave address of the EEPROM.
        fru: u8,
        /// A FRU device ID of the controller (true), or an EEPROM on a bus.
        #[serde(default = "yes")]
        logical: bool,
        /// Channel.
        #[serde(default)]
        channel: Range<0, 15>,
        /// Private bus of an EEPROM.
        #[serde(default)]
        bus: Range<0, 7>,
        /// Device type: 10h for FRUs behind a controller.
        #[serde(default = "fru_type")]
        device_type: u8,
        /// Device type modifier.
        #[serde(default)]
        modifier: u8,
        /// What it is.
        entity: Entity,
        /// OEM byte.
        #[serde(default)]
        oem: u8,
    },
    /// Type 12h: a management controller.
    #[serde(rename_all = "kebab-case")]
    McLocator {
        /// Name, up to 16 bytes.
        name: Name,
        /// Slave address.
        address: u8,
        /// Channel.
        #[serde(default)]
        channel: Range<0, 15>,
        /// Power state notification and global initialisation byte.
        #[serde(default)]
        power: u8,
        /// Device capabilities, the bits of Get Device ID.
        capabilities: u8,
        /// What it is.
        entity: Entity,
        /// OEM byte.
        #[serde(default)]
        oem: u8,
    },
    /// Type 13h: a controller that was found to be there.
    #[serde(rename_all = "kebab-case")]
    McConfirmation {
        /// Slave address.
        address: u8,
        /// Device ID.
        device: u8,
        /// Channel.
        #[serde(default)]
        channel: Range<0, 15>,
        /// Device revision.
        #[serde(default)]
        revision: Range<0, 15>,
        /// Firmware revision, major and minor (BCD).
        firmware: [u8; 2],
        /// Manufacturer.
        manufacturer: u32,
        /// Product.
        product: u16,
        /// Device GUID.
        guid: Guid,
    },
    /// Type 14h: message channels 0..=7.
    #[serde(rename_all = "kebab-case")]
    ChannelInfo {
        /// Protocol and usage byte of each channel.
        channels: [u8; 8],
        /// Messaging interrupt.
        #[serde(default = "no_interrupt")]
        message_interrupt: u8,
        /// Event message buffer interrupt.
        #[serde(default = "no_interrupt")]
        event_interrupt: u8,
    },
    /// Type C0h.
    #[serde(rename_all = "kebab-case")]
    Oem {
        /// Manufacturer.
        manufacturer: u32,
        /// What follows.
        data: Hex,
    },
    /// Any type, bytes as they are.
    #[serde(rename_all = "kebab-case")]
    Raw {
        /// Record type.
        record_type: u8,
        /// The record after its length byte, at most 250 bytes.
        data: Hex,
    },
}

/// A name of 1 to 16 Latin-1 characters.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Name(Vec<u8>);

impl TryFrom<String> for Name {
    type Error = String;

    fn try_from(s: String) -> Result<Self, String> {
        let (_, bytes) = Encoding::Latin1.encode(&s)?;
        match bytes.len() {
            1..=16 => Ok(Self(bytes)),
            n => Err(format!("the name '{s}' makes {n} bytes: 1 to 16 are right")),
        }
    }
}

impl Name {
    fn push_to(&self, body: &mut Vec<u8>) {
        // At most 16, so it fits the five bits.
        body.push(0xc0 | (self.0.len() & 0x1f) as u8);
        body.extend(&self.0);
    }
}

impl SdrDef {
    /// Record type and body.
    pub fn record(&self) -> (u8, Vec<u8>) {
        let mut b = Vec::new();
        let kind = match self {
            Self::EntityAssociation {
                container,
                ranges,
                linked,
                presence,
                contains,
            } => {
                let flags =
                    u8::from(*ranges) << 7 | u8::from(*linked) << 6 | u8::from(*presence) << 5;
                b.extend([container.id, container.instance, flags]);
                for i in 0..4 {
                    b.extend(contains.get(i).map_or([0, 0], |e| [e.id, e.instance]));
                }
                0x08
            }
            Self::DeviceEntityAssociation {
                container,
                address,
                channel,
                ranges,
                contains,
            } => {
                b.extend([
                    container.id,
                    container.instance,
                    *address,
                    channel.byte() << 4,
                    u8::from(*ranges) << 7,
                ]);
                for i in 0..4 {
                    let entry = contains
                        .get(i)
                        .map(|e| [*address, channel.byte() << 4, e.id, e.instance]);
                    b.extend(entry.unwrap_or_default());
                }
                b.extend([0; 6]);
                0x09
            }
            Self::GenericLocator {
                name,
                access,
                address,
                channel,
                bus,
                span,
                device_type,
                modifier,
                entity,
                oem,
            } => {
                b.extend([
                    access & 0xfe,
                    address & 0xfe | channel.byte() >> 3,
                    channel.byte() << 5 | bus.byte(),
                    span.byte(),
                    0,
                    *device_type,
                    *modifier,
                    entity.id,
                    entity.instance,
                    *oem,
                ]);
                name.push_to(&mut b);
                0x10
            }
            Self::FruLocator {
                name,
                fru,
                logical,
                channel,
                bus,
                device_type,
                modifier,
                entity,
                oem,
            } => {
                b.extend([
                    super::sensor::BMC_ADDRESS,
                    *fru,
                    u8::from(*logical) << 7 | bus.byte(),
                    channel.byte() << 4,
                    0,
                    *device_type,
                    *modifier,
                    entity.id,
                    entity.instance,
                    *oem,
                ]);
                name.push_to(&mut b);
                0x11
            }
            Self::McLocator {
                name,
                address,
                channel,
                power,
                capabilities,
                entity,
                oem,
            } => {
                b.extend([
                    *address,
                    channel.byte(),
                    *power,
                    *capabilities,
                    0,
                    0,
                    0,
                    entity.id,
                    entity.instance,
                    *oem,
                ]);
                name.push_to(&mut b);
                0x12
            }
            Self::McConfirmation {
                address,
                device,
                channel,
                revision,
                firmware,
                manufacturer,
                product,
                guid,
            } => {
                let [major, minor] = *firmware;
                let [m0, m1, m2, _] = manufacturer.to_le_bytes();
                b.extend([
                    *address,
                    *device,
                    channel.byte() << 4 | revision.byte(),
                    major,
                    minor,
                    0x02,
                    m0,
                    m1,
                    m2,
                ]);
                b.extend(product.to_le_bytes());
                b.extend(guid.0);
                0x13
            }
            Self::ChannelInfo {
                channels,
                message_interrupt,
                event_interrupt,
            } => {
                b.extend(channels);
                b.extend([*message_interrupt, *event_interrupt, 0]);
                0x14
            }
            Self::Oem { manufacturer, data } => {
                let [m0, m1, m2, _] = manufacturer.to_le_bytes();
                b.extend([m0, m1, m2]);
                b.extend(&data.0);
                0xc0
            }
            Self::Raw { record_type, data } => {
                b.extend(&data.0);
                *record_type
            }
        };
        (kind, b)
    }
}

fn yes() -> bool {
    true
}

fn fru_type() -> u8 {
    0x10
}

fn no_interrupt() -> u8 {
    0xff
}
