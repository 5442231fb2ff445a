//! System information strings, IPMI v2.0 sections 22.14a and 22.14b.

use ipmi_rs::connection::{IpmiCommand, Message, NetFn};

use super::AnswerError;

/// Get System Info Parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetSystemInfo {
    /// Which string.
    pub parameter: u8,
    /// Which of its blocks, from 0.
    pub block: u8,
}

impl From<GetSystemInfo> for Message {
    fn from(command: GetSystemInfo) -> Self {
        let data = vec![0, command.parameter, command.block, 0];
        Self::new_request(NetFn::App, 0x59, data)
    }
}

impl IpmiCommand for GetSystemInfo {
    type Output = Block;
    type Error = AnswerError;

    /// Bytes that are missing are zeros, as in stock: many BMCs do not fill the last block.
    fn parse_success_response(data: &[u8]) -> Result<Block, AnswerError> {
        let mut bytes = [0; Block::LENGTH];
        for (byte, given) in bytes.iter_mut().zip(data) {
            *byte = *given;
        }
        Ok(Block { bytes })
    }
}

/// A block of a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Parameter revision and block number, then 16 bytes.
    bytes: [u8; Block::LENGTH],
}

impl Block {
    const LENGTH: usize = 18;

    /// The first block's: 0 Latin-1, 1 UTF-8, 2 Unicode.
    pub fn encoding(&self) -> u8 {
        self.bytes[2] & 0x0f
    }

    /// The first block's: how many bytes the string has.
    pub fn length(&self) -> u8 {
        self.bytes[3]
    }

    /// The first block's 14 bytes of the string.
    pub fn first(&self) -> &[u8] {
        &self.bytes[4..]
    }

    /// Any other block's 16 bytes of the string.
    pub fn other(&self) -> &[u8] {
        &self.bytes[2..]
    }
}

/// Set System Info Parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetSystemInfo {
    /// Which string.
    pub parameter: u8,
    /// Which of its blocks, from 0.
    pub block: u8,
    /// Its 16 bytes; encoding and length are the first block's first.
    pub data: [u8; 16],
}

impl From<SetSystemInfo> for Message {
    fn from(command: SetSystemInfo) -> Self {
        let mut data = vec![command.parameter, command.block];
        data.extend(command.data);
        Self::new_request(NetFn::App, 0x58, data)
    }
}

impl IpmiCommand for SetSystemInfo {
    type Output = ();
    type Error = AnswerError;

    fn parse_success_response(_: &[u8]) -> Result<(), AnswerError> {
        Ok(())
    }
}

/// A string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Stock's name for it.
    pub name: &'static str,
    /// Its number.
    pub number: u8,
    /// How many blocks it has at most.
    pub blocks: u8,
}

const fn parameter(name: &'static str, number: u8, blocks: u8) -> Parameter {
    Parameter {
        name,
        number,
        blocks,
    }
}

/// Those that have names, Dell's own among them.
pub const PARAMETERS: [Parameter; 6] = [
    parameter("system_fw_version", 0x01, 4),
    parameter("system_name", 0x02, 4),
    parameter("primary_os_name", 0x03, 4),
    parameter("os_name", 0x04, 4),
    parameter("delloem_os_version", 0xe4, 4),
    parameter("delloem_url", 0xde, 2),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_bytes_of_a_block_are_zeros() {
        let block = GetSystemInfo::parse_success_response(&[0x11, 0, 0x21, 5, b'a']).unwrap();
        assert_eq!((block.encoding(), block.length()), (1, 5));
        assert_eq!(block.first(), b"a\0\0\0\0\0\0\0\0\0\0\0\0\0");
        assert_eq!(block.other().len(), 16);
        assert!(GetSystemInfo::parse_success_response(&[9; 40]).is_ok());
    }
}
