//! SOL configuration, IPMI v2.0 chapter 26.

use ipmi_rs::connection::{IpmiCommand, Message, NetFn};

use super::AnswerError;

/// A SOL configuration parameter, table 26-5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameter {
    /// 0: a lock for writers.
    SetInProgress,
    /// 1: whether SOL is enabled.
    Enable,
    /// 2: encryption, authentication and privilege level.
    Authentication,
    /// 3: when characters are sent.
    CharacterInterval,
    /// 4: how often, and after how long, the BMC sends a packet again.
    Retry,
    /// 5: the bit rate that survives.
    NonvolatileBitRate,
    /// 6: the bit rate now.
    VolatileBitRate,
    /// 7: which channel SOL goes through; read-only.
    PayloadChannel,
    /// 8: which UDP port SOL goes through.
    PayloadPort,
}

impl Parameter {
    /// All of them, in order.
    pub const ALL: [Self; 9] = [
        Self::SetInProgress,
        Self::Enable,
        Self::Authentication,
        Self::CharacterInterval,
        Self::Retry,
        Self::NonvolatileBitRate,
        Self::VolatileBitRate,
        Self::PayloadChannel,
        Self::PayloadPort,
    ];

    /// The selector on the wire.
    pub fn selector(self) -> u8 {
        match self {
            Self::SetInProgress => 0,
            Self::Enable => 1,
            Self::Authentication => 2,
            Self::CharacterInterval => 3,
            Self::Retry => 4,
            Self::NonvolatileBitRate => 5,
            Self::VolatileBitRate => 6,
            Self::PayloadChannel => 7,
            Self::PayloadPort => 8,
        }
    }

    /// Stock's name for it in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::SetInProgress => "Set In Progress (0)",
            Self::Enable => "Enable (1)",
            Self::Authentication => "Authentication (2)",
            Self::CharacterInterval => "Character Interval (3)",
            Self::Retry => "Retry (4)",
            Self::NonvolatileBitRate => "Nonvolatile Bitrate (5)",
            Self::VolatileBitRate => "Volatile Bitrate (6)",
            Self::PayloadChannel => "Payload Channel (7)",
            Self::PayloadPort => "Payload Port (8)",
        }
    }
}

/// Get SOL Configuration Parameters, section 26.3. Completion code of its own: 80h parameter not supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetSolParameter {
    /// Channel, 0 to 15; 14 is the one in use.
    pub channel: u8,
    /// Which parameter.
    pub parameter: Parameter,
}

impl From<GetSolParameter> for Message {
    fn from(command: GetSolParameter) -> Self {
        let data = vec![command.channel, command.parameter.selector(), 0, 0];
        Self::new_request(NetFn::Transport, 0x22, data)
    }
}

impl IpmiCommand for GetSolParameter {
    type Output = Vec<u8>;
    type Error = AnswerError;

    /// The data as it came, parameter revision first: [`SolConfiguration::set`] checks it.
    fn parse_success_response(data: &[u8]) -> Result<Vec<u8>, AnswerError> {
        Ok(data.to_vec())
    }
}

/// Set SOL Configuration Parameters, section 26.2. Completion codes of its own: 80h parameter not supported, 81h set in
/// progress already, 82h read-only, 83h write-only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetSolParameter {
    /// Channel, 0 to 15; 14 is the one in use.
    pub channel: u8,
    /// Which parameter.
    pub parameter: Parameter,
    /// Its bytes.
    pub value: Vec<u8>,
}

impl From<SetSolParameter> for Message {
    fn from(command: SetSolParameter) -> Self {
        let mut data = vec![command.channel, command.parameter.selector()];
        data.extend(command.value);
        Self::new_request(NetFn::Transport, 0x21, data)
    }
}

impl IpmiCommand for SetSolParameter {
    type Output = ();
    type Error = AnswerError;

    fn parse_success_response(_: &[u8]) -> Result<(), AnswerError> {
        Ok(())
    }
}

/// All parameters of a channel. What the BMC did not tell is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SolConfiguration {
    /// [`super::names::SET_IN_PROGRESS`], and reserved bits.
    pub set_in_progress: u8,
    /// Whether SOL is enabled.
    pub enabled: bool,
    /// Whether payloads must be encrypted.
    pub force_encryption: bool,
    /// Whether payloads must be authenticated.
    pub force_authentication: bool,
    /// The level needed to activate SOL, [`super::names::PRIVILEGE_LEVELS`].
    pub privilege: u8,
    /// How long characters are gathered, in 5 ms.
    pub accumulate: u8,
    /// How many characters are gathered.
    pub threshold: u8,
    /// How often a packet is sent again.
    pub retry_count: u8,
    /// After how long it is sent again, in 10 ms.
    pub retry_interval: u8,
    /// [`super::names::BIT_RATES`].
    pub nonvolatile_bit_rate: u8,
    /// [`super::names::BIT_RATES`].
    pub volatile_bit_rate: u8,
    /// The channel SOL goes through.
    pub channel: u8,
    /// The UDP port SOL goes through.
    pub port: u16,
}

impl SolConfiguration {
    /// Takes over what the BMC answered for `parameter`: its revision and its value. False, and nothing taken over,
    /// where the length is wrong.
    pub fn set(&mut self, parameter: Parameter, answer: &[u8]) -> bool {
        match (parameter, answer) {
            (Parameter::SetInProgress, [_, value]) => self.set_in_progress = *value,
            (Parameter::Enable, [_, value]) => self.enabled = *value != 0,
            (Parameter::Authentication, [_, value]) => {
                self.force_encryption = value & 0x80 != 0;
                self.force_authentication = value & 0x40 != 0;
                self.privilege = value & 0x0f;
            }
            (Parameter::CharacterInterval, [_, accumulate, threshold]) => {
                (self.accumulate, self.threshold) = (*accumulate, *threshold);
            }
            (Parameter::Retry, [_, count, interval]) => {
                (self.retry_count, self.retry_interval) = (*count, *interval);
            }
            (Parameter::NonvolatileBitRate, [_, value]) => self.nonvolatile_bit_rate = value & 0x0f,
            (Parameter::VolatileBitRate, [_, value]) => self.volatile_bit_rate = value & 0x0f,
            (Parameter::PayloadChannel, [_, value]) => self.channel = *value,
            (Parameter::PayloadPort, [_, low, high]) => {
                self.port = u16::from_le_bytes([*low, *high])
            }
            _ => return false,
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_taken_over_only_at_its_own_length() {
        for parameter in Parameter::ALL {
            let fitting: Vec<usize> = (0..6)
                .filter(|length| SolConfiguration::default().set(parameter, &vec![0xff; *length]))
                .collect();
            assert_eq!(fitting.len(), 1, "{parameter:?}");
            let mut configuration = SolConfiguration::default();
            assert!(!configuration.set(parameter, &[]));
            assert_eq!(configuration, SolConfiguration::default());
        }
    }
}
