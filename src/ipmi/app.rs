//! The BMC itself, IPMI v2.0 chapter 20.

use ipmi_rs::connection::{IpmiCommand, Message, NetFn};

use super::{AnswerError, at_least};

/// Get Device ID, section 20.1.
#[derive(Clone, Copy, Debug)]
pub struct GetDeviceId;

impl From<GetDeviceId> for Message {
    fn from(_: GetDeviceId) -> Self {
        Self::new_request(NetFn::App, 0x01, Vec::new())
    }
}

impl IpmiCommand for GetDeviceId {
    type Output = DeviceId;
    type Error = AnswerError;

    fn parse_success_response(data: &[u8]) -> Result<DeviceId, AnswerError> {
        let bytes = at_least::<11>(data)?;
        Ok(DeviceId {
            id: bytes[0],
            revision: bytes[1] & 0x0f,
            provides_sdrs: bytes[1] & 0x80 != 0,
            firmware_major: bytes[2] & 0x7f,
            available: bytes[2] & 0x80 == 0,
            firmware_minor: bytes[3],
            ipmi_major: bytes[4] & 0x0f,
            ipmi_minor: bytes[4] >> 4,
            support: bytes[5],
            manufacturer: u32::from_le_bytes([bytes[6], bytes[7], bytes[8], 0]),
            product: u16::from_le_bytes([bytes[9], bytes[10]]),
            // As in stock: any other length has none.
            auxiliary: data.get(11..).and_then(|rest| rest.try_into().ok()),
        })
    }
}

/// Who the BMC is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceId {
    /// The device's number, 0 if unspecified.
    pub id: u8,
    /// The device's revision, 0 to 15.
    pub revision: u8,
    /// Whether it has device SDRs.
    pub provides_sdrs: bool,
    /// Firmware revision before the point, 0 to 127.
    pub firmware_major: u8,
    /// Whether it runs normally; false while firmware is updated or it starts.
    pub available: bool,
    /// Firmware revision after the point, in BCD.
    pub firmware_minor: u8,
    /// IPMI version before the point.
    pub ipmi_major: u8,
    /// IPMI version after the point.
    pub ipmi_minor: u8,
    /// What else it does, a bit for each of [`SUPPORT`].
    pub support: u8,
    /// The manufacturer's IANA private enterprise number, 24 bits.
    pub manufacturer: u32,
    /// The manufacturer's number for the product.
    pub product: u16,
    /// Auxiliary firmware revision, where the answer has exactly these four bytes more.
    pub auxiliary: Option<[u8; 4]>,
}

/// What the bits of [`DeviceId::support`] mean, from bit 0, in stock's words.
pub const SUPPORT: [&str; 8] = [
    "Sensor Device",
    "SDR Repository Device",
    "SEL Device",
    "FRU Inventory Device",
    "IPMB Event Receiver",
    "IPMB Event Generator",
    "Bridge",
    "Chassis Device",
];

/// Cold Reset and Warm Reset, sections 20.2 and 20.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reset {
    /// As at power on. The BMC may not answer.
    Cold,
    /// The BMC's state is kept where it can be.
    Warm,
}

impl From<Reset> for Message {
    fn from(reset: Reset) -> Self {
        let cmd = match reset {
            Reset::Cold => 0x02,
            Reset::Warm => 0x03,
        };
        Self::new_request(NetFn::App, cmd, Vec::new())
    }
}

impl IpmiCommand for Reset {
    type Output = ();
    type Error = AnswerError;

    fn parse_success_response(_: &[u8]) -> Result<(), AnswerError> {
        Ok(())
    }
}

/// Get BMC Global Enables, section 22.2.
#[derive(Clone, Copy, Debug)]
pub struct GetGlobalEnables;

impl From<GetGlobalEnables> for Message {
    fn from(_: GetGlobalEnables) -> Self {
        Self::new_request(NetFn::App, 0x2f, Vec::new())
    }
}

impl IpmiCommand for GetGlobalEnables {
    /// A bit for each of [`GLOBAL_ENABLES`].
    type Output = u8;
    type Error = AnswerError;

    fn parse_success_response(data: &[u8]) -> Result<u8, AnswerError> {
        at_least::<1>(data).map(|[enables]| enables)
    }
}

/// Set BMC Global Enables, section 22.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetGlobalEnables(
    /// A bit for each of [`GLOBAL_ENABLES`].
    pub u8,
);

impl From<SetGlobalEnables> for Message {
    fn from(SetGlobalEnables(enables): SetGlobalEnables) -> Self {
        Self::new_request(NetFn::App, 0x2e, vec![enables])
    }
}

impl IpmiCommand for SetGlobalEnables {
    type Output = ();
    type Error = AnswerError;

    fn parse_success_response(_: &[u8]) -> Result<(), AnswerError> {
        Ok(())
    }
}

/// What a BMC does on its own: the bit, stock's name and its words.
pub const GLOBAL_ENABLES: [(u8, &str, &str); 7] = [
    (0x01, "recv_msg_intr", "Receive Message Queue Interrupt"),
    (
        0x02,
        "event_msg_intr",
        "Event Message Buffer Full Interrupt",
    ),
    (0x04, "event_msg", "Event Message Buffer"),
    (0x08, "system_event_log", "System Event Logging"),
    (0x20, "oem0", "OEM 0"),
    (0x40, "oem1", "OEM 1"),
    (0x80, "oem2", "OEM 2"),
];

/// Master Write-Read, section 22.11: a transfer on a bus behind the BMC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MasterWriteRead {
    /// The channel (bits 7:4), the bus (3:1), and whether it is private (0).
    pub bus: u8,
    /// The device's address, its lowest bit 0.
    pub address: u8,
    /// How many bytes are read.
    pub count: u8,
    /// What is written before.
    pub data: Vec<u8>,
}

impl From<MasterWriteRead> for Message {
    fn from(command: MasterWriteRead) -> Self {
        let mut data = vec![command.bus, command.address, command.count];
        data.extend(command.data);
        Self::new_request(NetFn::App, 0x52, data)
    }
}

impl IpmiCommand for MasterWriteRead {
    /// What was read.
    type Output = Vec<u8>;
    type Error = AnswerError;

    fn parse_success_response(data: &[u8]) -> Result<Vec<u8>, AnswerError> {
        Ok(data.to_vec())
    }
}

/// Get Self Test Results, section 20.4.
#[derive(Clone, Copy, Debug)]
pub struct GetSelfTest;

impl From<GetSelfTest> for Message {
    fn from(_: GetSelfTest) -> Self {
        Self::new_request(NetFn::App, 0x04, Vec::new())
    }
}

impl IpmiCommand for GetSelfTest {
    type Output = SelfTest;
    type Error = AnswerError;

    fn parse_success_response(data: &[u8]) -> Result<SelfTest, AnswerError> {
        // These two say all in one byte, and stock is content with it.
        if let [result @ (SelfTest::PASSED | SelfTest::NOT_IMPLEMENTED)] = *data {
            return Ok(SelfTest { result, detail: 0 });
        }
        let [result, detail] = at_least::<2>(data)?;
        Ok(SelfTest { result, detail })
    }
}

/// How a self test ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SelfTest {
    /// One of the constants; any other value is the device's own.
    pub result: u8,
    /// What it means depends on the result.
    pub detail: u8,
}

impl SelfTest {
    /// No error.
    pub const PASSED: u8 = 0x55;
    /// There is no self test.
    pub const NOT_IMPLEMENTED: u8 = 0x56;
    /// The detail's bits say what is corrupted or cannot be reached.
    pub const CORRUPTED: u8 = 0x57;
    /// The detail is the device's own.
    pub const FATAL: u8 = 0x58;
    /// Reserved.
    pub const RESERVED: u8 = 0xff;
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: [u8; 15] = [
        0x20, 0x81, 0x82, 0x03, 0x51, 0x8f, 0x57, 0x01, 0x00, 0x34, 0x12, 1, 2, 3, 4,
    ];

    #[test]
    fn every_field_is_read() {
        let id = GetDeviceId::parse_success_response(&ANSWER).unwrap();
        assert_eq!(
            (id.id, id.revision, id.provides_sdrs, id.available),
            (0x20, 1, true, false)
        );
        assert_eq!(
            (
                id.firmware_major,
                id.firmware_minor,
                id.ipmi_major,
                id.ipmi_minor
            ),
            (2, 3, 1, 5)
        );
        assert_eq!(
            (id.manufacturer, id.product, id.auxiliary),
            (343, 0x1234, Some([1, 2, 3, 4]))
        );
    }

    #[test]
    fn an_answer_of_any_length_is_parsed_or_refused() {
        for length in 0..ANSWER.len() {
            let parsed = GetDeviceId::parse_success_response(&ANSWER[..length]);
            assert_eq!(parsed.is_ok(), length >= 11, "{length}");
            assert!(parsed.ok().and_then(|id| id.auxiliary).is_none());
        }
    }
}
