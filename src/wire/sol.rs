//! SOL payloads (IPMI 2.0 section 15.9): one layout each way, of which only the fourth byte differs in meaning.

use super::{Reader, Result};

/// A SOL payload as the remote console sends it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ToBmc {
    /// Packet sequence number, 1 to 15; 0 for one that carries no data and wants no acknowledgement.
    pub seq: u8,
    /// The number of the packet that is acknowledged, 0 for none.
    pub ack: u8,
    /// How many of its characters were accepted.
    pub accepted: u8,
    /// What is asked for beside data.
    pub operation: Operation,
    /// Characters for the serial port.
    pub data: Vec<u8>,
}

/// The operation byte of a packet to the BMC (table 15-2). `RI` and the modem lines are never touched here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Operation {
    /// Not all of the acknowledged packet was accepted (bit 6).
    pub nack: bool,
    /// Generate a serial break (bit 4).
    pub generate_break: bool,
    /// Bits that are kept as they came: ring/wake (5), CTS pause (3), DCD/DSR drop (2), flush inbound (1) and
    /// outbound (0).
    pub other: u8,
}

/// A SOL payload as the BMC sends it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FromBmc {
    /// Packet sequence number, 1 to 15; 0 for one that carries no data and wants no acknowledgement.
    pub seq: u8,
    /// The number of the packet that is acknowledged, 0 for none.
    pub ack: u8,
    /// How many of its characters were accepted.
    pub accepted: u8,
    /// How the BMC and the serial port are.
    pub status: Status,
    /// Characters the serial port emitted.
    pub data: Vec<u8>,
}

/// The status byte of a packet from the BMC (table 15-2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Status {
    /// Not all of the acknowledged packet was accepted (bit 6).
    pub nack: bool,
    /// Character transfer is unavailable (bit 5): the BMC is busy or the port is not to be had.
    pub transfer_unavailable: bool,
    /// SOL is or is being deactivated (bit 4).
    pub deactivating: bool,
    /// The BMC has dropped characters of the serial port since the last packet (bit 3).
    pub transmit_overrun: bool,
    /// A break was seen on the serial port (bit 2).
    pub break_detected: bool,
}

/// Bytes before the characters.
pub const HEADER_LEN: usize = 4;

impl ToBmc {
    /// Parses the payload.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let (seq, ack, accepted, bits, data) = parse(bytes)?;
        let operation = Operation {
            nack: bits & NACK != 0,
            generate_break: bits & BREAK != 0,
            other: bits & 0x2f,
        };
        Ok(Self {
            seq,
            ack,
            accepted,
            operation,
            data,
        })
    }

    /// The payload as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let bits = flag(self.operation.nack, NACK)
            | flag(self.operation.generate_break, BREAK)
            | self.operation.other;
        to_bytes(self.seq, self.ack, self.accepted, bits, &self.data)
    }
}

impl FromBmc {
    /// Parses the payload.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let (seq, ack, accepted, bits, data) = parse(bytes)?;
        let status = Status {
            nack: bits & NACK != 0,
            transfer_unavailable: bits & UNAVAILABLE != 0,
            deactivating: bits & DEACTIVATING != 0,
            transmit_overrun: bits & OVERRUN != 0,
            break_detected: bits & BREAK_SEEN != 0,
        };
        Ok(Self {
            seq,
            ack,
            accepted,
            status,
            data,
        })
    }

    /// The payload as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let s = self.status;
        let bits = flag(s.nack, NACK)
            | flag(s.transfer_unavailable, UNAVAILABLE)
            | flag(s.deactivating, DEACTIVATING)
            | flag(s.transmit_overrun, OVERRUN)
            | flag(s.break_detected, BREAK_SEEN);
        to_bytes(self.seq, self.ack, self.accepted, bits, &self.data)
    }
}

/// The number after `seq`: 15 is followed by 1.
pub fn next_seq(seq: u8) -> u8 {
    if seq >= 15 { 1 } else { seq + 1 }
}

fn parse(bytes: &[u8]) -> Result<(u8, u8, u8, u8, Vec<u8>)> {
    let mut r = Reader::new("SOL payload", bytes);
    let [seq, ack, accepted, bits] = r.array()?;
    Ok((seq & 0x0f, ack & 0x0f, accepted, bits, r.rest().to_vec()))
}

fn to_bytes(seq: u8, ack: u8, accepted: u8, bits: u8, data: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(HEADER_LEN + data.len());
    out.extend([seq & 0x0f, ack & 0x0f, accepted, bits]);
    out.extend_from_slice(data);
    out
}

fn flag(set: bool, bit: u8) -> u8 {
    if set { bit } else { 0 }
}

const NACK: u8 = 0x40;
const UNAVAILABLE: u8 = 0x20;
const BREAK: u8 = 0x10;
const DEACTIVATING: u8 = 0x10;
const OVERRUN: u8 = 0x08;
const BREAK_SEEN: u8 = 0x04;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_header_byte_reads_back_as_written() {
        for bits in 0..=255u8 {
            let bytes = [3, 4, 5, bits, b'x'];
            assert_eq!(ToBmc::parse(&bytes).unwrap().to_bytes()[3], bits & 0x7f);
            assert_eq!(FromBmc::parse(&bytes).unwrap().to_bytes()[3], bits & 0x7c);
        }
        for len in 0..HEADER_LEN {
            assert!(FromBmc::parse(&[1, 0, 0, 0][..len]).is_err());
        }
    }

    #[test]
    fn sequence_numbers_go_from_15_to_1() {
        assert_eq!(
            (next_seq(0), next_seq(1), next_seq(14), next_seq(15)),
            (1, 2, 15, 1)
        );
    }
}
