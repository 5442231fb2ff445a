//! Platform event filtering, IPMI v2.0 chapters 17 and 30.

use ipmi_rs::connection::{IpmiCommand, Message, NetFn};

use super::{AnswerError, Length, at_least, exactly};

/// Get PEF Capabilities, section 30.1.
#[derive(Clone, Copy, Debug)]
pub struct GetPefCapabilities;

impl From<GetPefCapabilities> for Message {
    fn from(_: GetPefCapabilities) -> Self {
        Self::new_request(NetFn::SensorEvent, 0x10, Vec::new())
    }
}

impl IpmiCommand for GetPefCapabilities {
    type Output = PefCapabilities;
    type Error = AnswerError;

    fn parse_success_response(data: &[u8]) -> Result<PefCapabilities, AnswerError> {
        let [version, actions, filters] = exactly::<3>(data)?;
        Ok(PefCapabilities {
            version,
            actions,
            filters,
        })
    }
}

/// What a BMC's event filters can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PefCapabilities {
    /// In BCD, least significant digit first: 51h is 1.5.
    pub version: u8,
    /// A bit for each action, as in [`Filter::actions`].
    pub actions: u8,
    /// How many event filters there are.
    pub filters: u8,
}

/// Get Last Processed Event ID, section 30.6.
#[derive(Clone, Copy, Debug)]
pub struct GetLastProcessed;

impl From<GetLastProcessed> for Message {
    fn from(_: GetLastProcessed) -> Self {
        Self::new_request(NetFn::SensorEvent, 0x15, Vec::new())
    }
}

impl IpmiCommand for GetLastProcessed {
    type Output = LastProcessed;
    type Error = AnswerError;

    fn parse_success_response(data: &[u8]) -> Result<LastProcessed, AnswerError> {
        let [a, b, c, d, rest @ ..] = at_least::<10>(data)?;
        let [added, software, bmc] =
            [0, 2, 4].map(|index| u16::from_le_bytes([rest[index], rest[index + 1]]));
        Ok(LastProcessed {
            stamp: u32::from_le_bytes([a, b, c, d]),
            added,
            software,
            bmc,
        })
    }
}

/// How far the event log is processed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastProcessed {
    /// When the last record was added, in seconds as records have them.
    pub stamp: u32,
    /// That record's number.
    pub added: u16,
    /// The last record that software has processed.
    pub software: u16,
    /// The last record that the BMC has processed.
    pub bmc: u16,
}

/// A parameter's number, table 30-6.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selector {
    /// What is on.
    Control = 1,
    /// Which actions are allowed.
    Actions = 2,
    /// How many filters there are.
    FilterCount = 5,
    /// A filter.
    Filter = 6,
    /// A filter's first byte.
    FilterState = 7,
    /// How many alert policies there are.
    PolicyCount = 8,
    /// An alert policy.
    Policy = 9,
    /// A GUID for alerts.
    Guid = 10,
}

/// Get PEF Configuration Parameters, section 30.4, of a value of `N` bytes. Completion code of its own: 80h parameter not
/// supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetPefParameter<const N: usize> {
    /// Which parameter.
    pub selector: Selector,
    /// Which of several, from 1; 0 where there is one.
    pub set: u8,
}

impl<const N: usize> From<GetPefParameter<N>> for Message {
    fn from(command: GetPefParameter<N>) -> Self {
        let data = vec![command.selector as u8, command.set, 0];
        Self::new_request(NetFn::SensorEvent, 0x13, data)
    }
}

impl<const N: usize> IpmiCommand for GetPefParameter<N> {
    /// The value, without the revision before it.
    type Output = [u8; N];
    type Error = AnswerError;

    fn parse_success_response(data: &[u8]) -> Result<[u8; N], AnswerError> {
        let value = data
            .split_first()
            .and_then(|(_, value)| value.try_into().ok());
        value.ok_or(AnswerError {
            got: data.len(),
            expected: Length::Exactly(N + 1),
        })
    }
}

/// Set PEF Configuration Parameters, section 30.3. Completion codes of its own: 80h parameter not supported, 81h set in
/// progress already, 82h read-only, 83h write-only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetPefParameter {
    /// Which parameter.
    pub selector: Selector,
    /// Its value; it begins with its number where there are several.
    pub value: Vec<u8>,
}

impl From<SetPefParameter> for Message {
    fn from(command: SetPefParameter) -> Self {
        let data = [&[command.selector as u8], &command.value[..]].concat();
        Self::new_request(NetFn::SensorEvent, 0x12, data)
    }
}

impl IpmiCommand for SetPefParameter {
    type Output = ();
    type Error = AnswerError;

    fn parse_success_response(_: &[u8]) -> Result<(), AnswerError> {
        Ok(())
    }
}

/// An event filter, table 17-2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filter {
    /// Its number, from 1.
    pub number: u8,
    /// Whether it is enabled (bit 7), and whether software may change it (bits 6:5).
    pub configuration: u8,
    /// Bit 0 alert, 1 power off, 2 reset, 3 power cycle, 4 the maker's, 5 diagnostic interrupt.
    pub actions: u8,
    /// Which set of policies alerts, 0 to 15.
    pub policies: u8,
    /// Of the event; one bit of six.
    pub severity: u8,
    /// Type of the sensor; FFh: any.
    pub sensor_type: u8,
    /// Number of the sensor; FFh: any.
    pub sensor: u8,
    /// Event/reading type; FFh: any.
    pub trigger: u8,
    /// Bit n: offset n of the trigger.
    pub offsets: u16,
}

impl Filter {
    /// Decodes parameter 6.
    pub fn decode(value: &[u8; 21]) -> Self {
        Self {
            number: value[0],
            configuration: value[1],
            actions: value[2],
            policies: value[3] & 0x0f,
            severity: value[4],
            sensor_type: value[7],
            sensor: value[8],
            trigger: value[9],
            offsets: u16::from_le_bytes([value[10], value[11]]),
        }
    }

    /// Whether it is enabled.
    pub fn enabled(&self) -> bool {
        self.configuration & ENABLED_FILTER != 0
    }
}

/// Bit 7 of [`Filter::configuration`].
pub const ENABLED_FILTER: u8 = 0x80;

/// An alert policy, table 17-3: who is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Its number, 1 to 127.
    pub number: u8,
    /// Which set it belongs to, 0 to 15.
    pub set: u8,
    /// Whether it is enabled.
    pub enabled: bool,
    /// What is done when the one before it succeeded, 0 to 7.
    pub rule: u8,
    /// The channel of the alert, 0 to 15.
    pub channel: u8,
    /// The destination on that channel, 0 to 15.
    pub destination: u8,
    /// Whether the alert's text depends on the event.
    pub event_specific: bool,
}

impl Policy {
    /// Decodes parameter 9.
    pub fn decode(value: &[u8; 4]) -> Self {
        let [number, policy, place, text] = *value;
        Self {
            number: number & 0x7f,
            set: policy >> 4,
            enabled: policy & ENABLED_POLICY != 0,
            rule: policy & 0x07,
            channel: place >> 4,
            destination: place & 0x0f,
            event_specific: text & 0x80 != 0,
        }
    }
}

/// Bit 3 of the second byte of parameter 9.
pub const ENABLED_POLICY: u8 = 0x08;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_its_length_behind_a_revision() {
        for length in 0..8 {
            let answer = GetPefParameter::<4>::parse_success_response(&[7; 8][..length]);
            assert_eq!(answer.is_ok(), length == 5);
        }
        for length in 0..12 {
            let answer = GetLastProcessed::parse_success_response(&[7; 12][..length]);
            assert_eq!(answer.is_ok(), length >= 10);
        }
    }

    #[test]
    fn a_policy_and_a_filter_are_read_bit_by_bit() {
        let policy = Policy::decode(&[0x83, 0x2c, 0x1f, 0x80]);
        assert_eq!((policy.number, policy.set, policy.rule), (3, 2, 4));
        assert!(policy.enabled && policy.event_specific);
        assert_eq!((policy.channel, policy.destination), (1, 15));
        let mut value = [0; 21];
        value[1] = 0xc0;
        value[10..12].copy_from_slice(&[0x34, 0x12]);
        let filter = Filter::decode(&value);
        assert!(filter.enabled());
        assert_eq!(filter.offsets, 0x1234);
    }
}
