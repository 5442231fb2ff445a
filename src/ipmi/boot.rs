//! System boot options, IPMI v2.0 sections 28.12 and 28.13.

use ipmi_rs::connection::{IpmiCommand, Message, NetFn};

use super::{AnswerError, at_least, names};

/// Get System Boot Options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetBootOption {
    /// Its number; only the low seven bits count.
    pub parameter: u8,
    /// Which of its sets, where it has several: the block of the mailbox.
    pub set: u8,
}

impl From<GetBootOption> for Message {
    fn from(command: GetBootOption) -> Self {
        let data = vec![command.parameter & 0x7f, command.set, 0];
        Self::new_request(NetFn::Chassis, 0x09, data)
    }
}

impl IpmiCommand for GetBootOption {
    type Output = BootOption;
    type Error = AnswerError;

    fn parse_success_response(data: &[u8]) -> Result<BootOption, AnswerError> {
        let [version, parameter] = at_least::<2>(data)?;
        Ok(BootOption {
            version,
            parameter: parameter & 0x7f,
            locked: parameter & 0x80 != 0,
            answer: data.to_vec(),
        })
    }
}

/// A boot option as the BMC has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BootOption {
    /// The version of the parameters' layout: 1.
    pub version: u8,
    /// The number that the BMC answers with, 0 to 127.
    pub parameter: u8,
    /// Whether it is marked invalid or locked.
    pub locked: bool,
    /// All of the answer, version and number before the value.
    answer: Vec<u8>,
}

impl BootOption {
    /// The value: everything after version and number.
    pub fn value(&self) -> &[u8] {
        self.answer.get(HEADER..).unwrap_or_default()
    }

    /// All of the answer's bytes.
    pub fn answer(&self) -> &[u8] {
        &self.answer
    }

    /// The first `N` bytes of the value.
    ///
    /// # Errors
    ///
    /// Where it has fewer; the lengths in it are those of the whole answer.
    pub fn at_least<const N: usize>(&self) -> Result<[u8; N], AnswerError> {
        at_least::<N>(self.value()).map_err(|_| AnswerError {
            got: self.answer.len(),
            expected: super::Length::AtLeast(HEADER + N),
        })
    }
}

/// Set System Boot Options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetBootOption {
    /// Its number, 0 to 127.
    pub parameter: u8,
    /// Its value.
    pub value: Vec<u8>,
}

impl From<SetBootOption> for Message {
    fn from(command: SetBootOption) -> Self {
        let mut data = vec![command.parameter & 0x7f];
        data.extend(command.value);
        Self::new_request(NetFn::Chassis, 0x08, data)
    }
}

impl IpmiCommand for SetBootOption {
    type Output = ();
    type Error = AnswerError;

    fn parse_success_response(_: &[u8]) -> Result<(), AnswerError> {
        Ok(())
    }
}

/// Numbers of parameters, table 28-14.
pub mod parameter {
    /// Guards changes: see [`super::Progress`].
    pub const SET_IN_PROGRESS: u8 = 0;
    /// What keeps the flags of [`BOOT_FLAGS`] valid.
    pub const VALID_CLEARING: u8 = 3;
    /// Who has seen the boot information.
    pub const INFO_ACKNOWLEDGE: u8 = 4;
    /// What to boot, and how.
    pub const BOOT_FLAGS: u8 = 5;
    /// Blocks of 16 bytes for whoever boots.
    pub const MAILBOX: u8 = 7;
}

/// Values of [`parameter::SET_IN_PROGRESS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// 0
    Complete,
    /// 1
    InProgress,
    /// 2
    CommitWrite,
}

/// What is said of completion codes of Set System Boot Options before the general ones, in stock's words.
pub const SET_REFUSALS: names::Table = &[
    (0x80, "Unsupported parameter"),
    (
        0x81,
        "Attempt to set 'in progress' while not in 'complete' state",
    ),
    (0x82, "Parameter is read-only"),
];

/// The same for Get System Boot Options.
pub const GET_REFUSALS: names::Table = &[(0x80, "Unsupported parameter")];

/// Version and number.
const HEADER: usize = 2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_is_too_short_for_its_parameter_says_so() {
        assert!(GetBootOption::parse_success_response(&[1]).is_err());
        let option = GetBootOption::parse_success_response(&[1, 0x85, 0xc0]).unwrap();
        assert_eq!((option.parameter, option.locked), (5, true));
        assert_eq!(option.at_least::<1>(), Ok([0xc0]));
        assert_eq!(
            option.at_least::<4>().unwrap_err().to_string(),
            "the answer has 3 bytes of data, expected at least 6"
        );
    }
}
