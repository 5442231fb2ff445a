//! The 16 bytes of a record, IPMI v2.0 section 32.

/// A record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its number, 1 to FFFEh; 0 before it is added.
    pub id: u16,
    /// Its type: 02h is a system event, C0h to DFh a vendor's with a time, E0h to FFh one without.
    pub kind: u8,
    /// The rest, by its type.
    pub body: Body,
}

/// What follows a record's number and type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// Types below C0h: section 32.1. Only 02h is defined; stock takes the others for the same.
    Event(Event),
    /// Types C0h to DFh: section 32.2.
    Stamped(Stamped),
    /// Types E0h to FFh: section 32.3.
    Plain([u8; 13]),
}

/// A system event, section 32.1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// Seconds since 1970, or since the BMC's start.
    pub timestamp: u32,
    /// Who sent it: slave address or software id in the lower byte, channel and LUN in the upper one.
    pub generator: u16,
    /// The event message's format: 04h since IPMI 1.5.
    pub revision: u8,
    /// Table 42-3.
    pub sensor_type: u8,
    /// The sensor's number.
    pub sensor_number: u8,
    /// Event/reading type, 0 to 7Fh: table 42-1.
    pub event_type: u8,
    /// Whether the state ended.
    pub deasserted: bool,
    /// Event data 1 to 3, table 29-6.
    pub data: [u8; 3],
}

/// A vendor's record with a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamped {
    /// Seconds since 1970, or since the BMC's start.
    pub timestamp: u32,
    /// The vendor's enterprise number, the most significant byte first.
    pub manufacturer: [u8; 3],
    /// The vendor's own.
    pub data: [u8; 6],
}

impl Record {
    /// A record as the BMC sends it.
    pub fn from_wire(bytes: &[u8; 16]) -> Self {
        let [id0, id1, kind, rest @ ..] = *bytes;
        let body = match kind {
            0..FIRST_STAMPED => Body::Event(Event::parse(&rest)),
            FIRST_STAMPED..FIRST_PLAIN => {
                let [t0, t1, t2, t3, m0, m1, m2, data @ ..] = rest;
                Body::Stamped(Stamped {
                    timestamp: u32::from_le_bytes([t0, t1, t2, t3]),
                    manufacturer: [m2, m1, m0],
                    data,
                })
            }
            FIRST_PLAIN.. => Body::Plain(rest),
        };
        Self {
            id: u16::from_le_bytes([id0, id1]),
            kind,
            body,
        }
    }

    /// A record as the BMC is sent it.
    pub fn to_wire(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..2].copy_from_slice(&self.id.to_le_bytes());
        bytes[2] = self.kind;
        match &self.body {
            Body::Event(event) => bytes[3..].copy_from_slice(&event.bytes()),
            Body::Stamped(stamped) => {
                bytes[3..7].copy_from_slice(&stamped.timestamp.to_le_bytes());
                bytes[7..10].copy_from_slice(&stamped.manufacturer);
                bytes[7..10].reverse();
                bytes[10..].copy_from_slice(&stamped.data);
            }
            Body::Plain(data) => bytes[3..].copy_from_slice(data),
        }
        bytes
    }

    /// A record as stock's `sel writeraw` stores it: a vendor's number has its most significant byte first there.
    pub fn from_file(bytes: &[u8; 16]) -> Self {
        let mut bytes = *bytes;
        turn_manufacturer(&mut bytes);
        Self::from_wire(&bytes)
    }

    /// The record as stock's `sel writeraw` stores it.
    pub fn to_file(&self) -> [u8; 16] {
        let mut bytes = self.to_wire();
        turn_manufacturer(&mut bytes);
        bytes
    }

    /// What the record would be as a system event, whatever its type: stock looks for the sensors of vendors' records
    /// too.
    pub fn as_event(&self) -> Event {
        match &self.body {
            Body::Event(event) => *event,
            _ => {
                let [_, _, _, rest @ ..] = self.to_file();
                Event::parse(&rest)
            }
        }
    }
}

impl Event {
    /// The 13 bytes after a record's type.
    fn parse(bytes: &[u8; 13]) -> Self {
        let [
            t0,
            t1,
            t2,
            t3,
            g0,
            g1,
            revision,
            sensor_type,
            sensor_number,
            kind,
            data @ ..,
        ] = *bytes;
        Self {
            timestamp: u32::from_le_bytes([t0, t1, t2, t3]),
            generator: u16::from_le_bytes([g0, g1]),
            revision,
            sensor_type,
            sensor_number,
            event_type: kind & 0x7f,
            deasserted: kind & 0x80 != 0,
            data,
        }
    }

    fn bytes(&self) -> [u8; 13] {
        let [t0, t1, t2, t3] = self.timestamp.to_le_bytes();
        let [g0, g1] = self.generator.to_le_bytes();
        let [revision, sensor_type, sensor_number, kind, d1, d2, d3] = self.message();
        [
            t0,
            t1,
            t2,
            t3,
            g0,
            g1,
            revision,
            sensor_type,
            sensor_number,
            kind,
            d1,
            d2,
            d3,
        ]
    }

    /// The part that is also a Platform Event Message, section 29.3, without its generator.
    pub fn message(&self) -> [u8; 7] {
        [
            self.revision,
            self.sensor_type,
            self.sensor_number,
            self.event_type | if self.deasserted { 0x80 } else { 0 },
            self.data[0],
            self.data[1],
            self.data[2],
        ]
    }

    /// An event without a time from its message.
    pub fn from_message(message: [u8; 7], generator: u16) -> Self {
        let [revision, sensor_type, sensor_number, kind, data @ ..] = message;
        Self {
            timestamp: 0,
            generator,
            revision,
            sensor_type,
            sensor_number,
            event_type: kind & 0x7f,
            deasserted: kind & 0x80 != 0,
            data,
        }
    }

    /// The event's offset, 0 to Fh.
    pub fn offset(&self) -> u8 {
        self.data[0] & 0x0f
    }
}

fn turn_manufacturer(bytes: &mut [u8; 16]) {
    if (FIRST_STAMPED..FIRST_PLAIN).contains(&bytes[2]) {
        bytes[7..10].reverse();
    }
}

/// A system event's record type.
pub const SYSTEM_EVENT: u8 = 0x02;
/// What Linux's IPMI driver writes when the kernel panics.
pub const LINUX_PANIC: u8 = 0xf0;
const FIRST_STAMPED: u8 = 0xc0;
const FIRST_PLAIN: u8 = 0xe0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_of_record_comes_back_as_it_was() {
        for kind in 0..=255 {
            let mut bytes: [u8; 16] =
                std::array::from_fn(|index| 0xf0 ^ (index as u8).wrapping_mul(37));
            bytes[2] = kind;
            let record = Record::from_wire(&bytes);
            assert_eq!(record.kind, kind);
            assert_eq!(record.to_wire(), bytes);
            assert_eq!(Record::from_file(&record.to_file()), record);
        }
    }

    #[test]
    fn the_fields_are_where_the_specification_has_them() {
        let bytes = [
            1, 2, 2, 3, 4, 5, 6, 0x20, 1, 4, 0x0c, 0x53, 0xef, 0xa0, 7, 8,
        ];
        let record = Record::from_wire(&bytes);
        assert_eq!(record.id, 0x0201);
        assert_eq!(
            record.body,
            Body::Event(Event {
                timestamp: 0x0605_0403,
                generator: 0x0120,
                revision: 4,
                sensor_type: 0x0c,
                sensor_number: 0x53,
                event_type: 0x6f,
                deasserted: true,
                data: [0xa0, 7, 8],
            })
        );
        let mut bytes = bytes;
        bytes[2] = 0xc5;
        let Body::Stamped(stamped) = Record::from_wire(&bytes).body else {
            unreachable!();
        };
        assert_eq!(stamped.manufacturer, [4, 1, 0x20]);
    }
}
