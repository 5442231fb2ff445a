//! LAN configuration, IPMI v2.0 chapter 23.

use std::borrow::Cow;

use ipmi_rs::connection::{IpmiCommand, Message, NetFn};

use super::{AnswerError, at_least, completion, names};

/// A LAN configuration parameter, table 23-4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The selector on the wire.
    pub selector: u8,
    /// Stock's name for it, which is also its label in `lan print`.
    pub name: &'static str,
    /// Bytes of its value.
    pub length: usize,
}

const fn parameter(selector: u8, length: usize, name: &'static str) -> Parameter {
    Parameter {
        selector,
        name,
        length,
    }
}

#[allow(missing_docs, reason = "each is described by its name")]
impl Parameter {
    pub const SET_IN_PROGRESS: Self = parameter(0, 1, "Set in Progress");
    pub const AUTHENTICATION_SUPPORT: Self = parameter(1, 1, "Auth Type Support");
    pub const AUTHENTICATION_ENABLES: Self = parameter(2, 5, "Auth Type Enable");
    pub const ADDRESS: Self = parameter(3, 4, "IP Address");
    pub const ADDRESS_SOURCE: Self = parameter(4, 1, "IP Address Source");
    pub const MAC: Self = parameter(5, 6, "MAC Address");
    pub const NETMASK: Self = parameter(6, 4, "Subnet Mask");
    pub const IP_HEADER: Self = parameter(7, 3, "IP Header");
    pub const ARP_CONTROL: Self = parameter(10, 1, "BMC ARP Control");
    pub const ARP_INTERVAL: Self = parameter(11, 1, "Gratituous ARP Intrvl");
    pub const GATEWAY: Self = parameter(12, 4, "Default Gateway IP");
    pub const GATEWAY_MAC: Self = parameter(13, 6, "Default Gateway MAC");
    pub const BACKUP_GATEWAY: Self = parameter(14, 4, "Backup Gateway IP");
    pub const BACKUP_GATEWAY_MAC: Self = parameter(15, 6, "Backup Gateway MAC");
    pub const COMMUNITY: Self = parameter(16, 18, "SNMP Community String");
    pub const DESTINATION_COUNT: Self = parameter(17, 1, "Number of Destinations");
    pub const DESTINATION_TYPE: Self = parameter(18, 4, "Destination Type");
    pub const DESTINATION_ADDRESS: Self = parameter(19, 13, "Destination Addresses");
    pub const VLAN: Self = parameter(20, 2, "802.1q VLAN ID");
    pub const VLAN_PRIORITY: Self = parameter(21, 1, "802.1q VLAN Priority");
    pub const SUITE_COUNT: Self = parameter(22, 1, "RMCP+ Cipher Suite Count");
    pub const SUITES: Self = parameter(23, 17, "RMCP+ Cipher Suites");
    pub const SUITE_PRIVILEGES: Self = parameter(24, 9, "Cipher Suite Priv Max");
    pub const BAD_PASSWORDS: Self = parameter(26, 6, "Bad Password Threshold");
}

/// Get LAN Configuration Parameters, section 23.2. Completion code of its own: 80h parameter not supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetLanParameter {
    /// Channel, 0 to 15.
    pub channel: u8,
    /// Which parameter.
    pub selector: u8,
    /// Which of several; 0 where there is one.
    pub set: u8,
    /// Which part; 0 where there is one.
    pub block: u8,
}

impl GetLanParameter {
    /// Asks for a parameter that there is once.
    pub fn of(channel: u8, parameter: Parameter) -> Self {
        Self {
            channel,
            selector: parameter.selector,
            set: 0,
            block: 0,
        }
    }
}

impl From<GetLanParameter> for Message {
    fn from(command: GetLanParameter) -> Self {
        let GetLanParameter {
            channel,
            selector,
            set,
            block,
        } = command;
        Self::new_request(NetFn::Transport, 0x02, vec![channel, selector, set, block])
    }
}

impl IpmiCommand for GetLanParameter {
    type Output = Vec<u8>;
    type Error = AnswerError;

    /// The value, of any length: without the revision before it.
    fn parse_success_response(data: &[u8]) -> Result<Vec<u8>, AnswerError> {
        let [_] = at_least::<1>(data)?;
        Ok(data[1..].to_vec())
    }
}

/// Set LAN Configuration Parameters, section 23.1. Completion codes of its own: 80h parameter not supported, 81h set in
/// progress already, 82h read-only, 83h write-only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetLanParameter {
    /// Channel, 0 to 15.
    pub channel: u8,
    /// Which parameter.
    pub selector: u8,
    /// Its value.
    pub value: Vec<u8>,
}

impl From<SetLanParameter> for Message {
    fn from(command: SetLanParameter) -> Self {
        let data = [&[command.channel, command.selector], &command.value[..]].concat();
        Self::new_request(NetFn::Transport, 0x01, data)
    }
}

impl IpmiCommand for SetLanParameter {
    type Output = ();
    type Error = AnswerError;

    fn parse_success_response(_: &[u8]) -> Result<(), AnswerError> {
        Ok(())
    }
}

/// Whether a completion code of [`GetLanParameter`] says that there is no such parameter.
pub fn is_absence(code: u8) -> bool {
    matches!(code, 0x80 | 0xc9 | 0xcc)
}

/// What a completion code of [`GetLanParameter`] means.
pub fn get_text(code: u8) -> Cow<'static, str> {
    match code {
        0x80 => Cow::Borrowed("Unsupported parameter"),
        code => completion::text(code),
    }
}

/// What a completion code of [`SetLanParameter`] means.
pub fn set_text(code: u8) -> Cow<'static, str> {
    match SET_TEXTS.iter().find(|(each, _)| *each == code) {
        Some((_, text)) => Cow::Borrowed(text),
        None => completion::text(code),
    }
}

/// In stock's words, mistake included.
const SET_TEXTS: names::Table = &[
    (0x80, "Unsupported parameter"),
    (
        0x81,
        "Attempt to set 'in progress' while not in 'complete' state",
    ),
    (0x82, "Parameter is read-only"),
    (0x83, "Parameter is wrote-only"),
];

/// Get IP/UDP/RMCP Statistics, section 23.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetLanStatistics {
    /// Channel, 0 to 15.
    pub channel: u8,
    /// Whether the counters begin anew.
    pub clear: bool,
}

impl From<GetLanStatistics> for Message {
    fn from(command: GetLanStatistics) -> Self {
        let data = vec![command.channel, u8::from(command.clear)];
        Self::new_request(NetFn::Transport, 0x04, data)
    }
}

impl IpmiCommand for GetLanStatistics {
    type Output = Vec<u8>;
    type Error = AnswerError;

    /// The data as it came: an answer to clearing may have none.
    fn parse_success_response(data: &[u8]) -> Result<Vec<u8>, AnswerError> {
        Ok(data.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_comes_without_its_revision() {
        assert!(GetLanParameter::parse_success_response(&[]).is_err());
        assert_eq!(
            GetLanParameter::parse_success_response(&[0x11]).unwrap(),
            Vec::<u8>::new()
        );
        assert_eq!(
            GetLanParameter::parse_success_response(&[0x11, 2, 3]).unwrap(),
            [2, 3]
        );
    }

    #[test]
    fn codes_of_its_own_are_named_before_the_general_ones() {
        assert_eq!(set_text(0x82), "Parameter is read-only");
        assert_eq!(get_text(0x82), "Unknown (0x82)");
        assert_eq!(get_text(0xd4), "Insufficient privilege level");
    }
}
