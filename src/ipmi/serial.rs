//! Serial and modem configuration, IPMI v2.0 chapter 25.

use ipmi_rs::connection::{Message, NetFn};

/// Get Serial/Modem Configuration, section 25.2. Completion code of its own: 80h parameter not supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetSerialParameter {
    /// Channel, 0 to 15.
    pub channel: u8,
    /// Which parameter.
    pub selector: Selector,
    /// Which of several; 0 where there is one.
    pub set: u8,
    /// Which part, from 1; 0 where there is one.
    pub block: u8,
}

impl From<GetSerialParameter> for Message {
    fn from(command: GetSerialParameter) -> Self {
        let GetSerialParameter {
            channel,
            selector,
            set,
            block,
        } = command;
        let data = vec![channel, selector as u8, set, block];
        Self::new_request(NetFn::Transport, 0x11, data)
    }
}

/// A parameter's number, table 25-4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selector {
    /// How many destinations there are.
    DestinationCount = 16,
    /// A destination: its kind, its timeout, its retries, what its kind needs.
    Destination = 17,
    /// How many dial strings there are.
    DialStringCount = 20,
    /// Sixteen bytes of a dial string.
    DialString = 21,
    /// How many TAP accounts there are.
    AccountCount = 24,
    /// A TAP account: dial string, service settings.
    Account = 25,
    /// TAP service settings.
    Service = 28,
}
