//! The IPMI message as it stands in a LAN payload (IPMI 2.0 section 13.8): addresses, netfn, LUNs, rqSeq, command,
//! data and two checksums.

use super::{Error, Reader, Result};

/// The BMC's slave address, as 8 bits.
pub const BMC_ADDRESS: u8 = 0x20;

/// The software id that a remote console uses as its own address.
pub const CONSOLE_ADDRESS: u8 = 0x81;

/// A request or a response; which one, bit 0 of `netfn` tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message<'a> {
    /// The address it is for: the responder's in a request, the requester's in a response.
    pub to: u8,
    /// Network function, 0 to 3Fh; odd in a response.
    pub netfn: u8,
    /// The LUN it is for, 0 to 3.
    pub to_lun: u8,
    /// The address it comes from.
    pub from: u8,
    /// The LUN it comes from, 0 to 3.
    pub from_lun: u8,
    /// The requester's sequence number, 0 to 3Fh, which a response repeats.
    pub seq: u8,
    /// The command.
    pub cmd: u8,
    /// What follows; in a response the first byte is the completion code.
    pub data: &'a [u8],
}

impl<'a> Message<'a> {
    /// Bytes of a message without data.
    pub const OVERHEAD: usize = 7;

    /// A request from a remote console to the BMC itself.
    pub fn request(netfn: u8, lun: u8, seq: u8, cmd: u8, data: &'a [u8]) -> Self {
        Self {
            to: BMC_ADDRESS,
            netfn,
            to_lun: lun,
            from: CONSOLE_ADDRESS,
            from_lun: 0,
            seq,
            cmd,
            data,
        }
    }

    /// The answer to `self`: addresses and LUNs turned round, `data` beginning with the completion code.
    pub fn answer<'b>(&self, data: &'b [u8]) -> Message<'b> {
        Message {
            to: self.from,
            netfn: self.netfn | 1,
            to_lun: self.from_lun,
            from: self.to,
            from_lun: self.to_lun,
            seq: self.seq,
            cmd: self.cmd,
            data,
        }
    }

    /// Whether this is a response.
    pub fn is_response(&self) -> bool {
        self.netfn & 1 == 1
    }

    /// Parses a message; both checksums must be right.
    pub fn parse(bytes: &'a [u8]) -> Result<Self> {
        let (head, body, last) = Self::split(bytes)?;
        check("IPMI message checksum 1", &head[..2], head[2])?;
        check("IPMI message checksum 2", body, last)?;
        Ok(Self::read(head, body))
    }

    /// Parses a message that came inside another one: a BMC may have changed addresses and number on its way without
    /// making the checksums anew, and the other one's checksums are about these bytes too.
    pub fn parse_relayed(bytes: &'a [u8]) -> Result<Self> {
        Self::split(bytes).map(|(head, body, _)| Self::read(head, body))
    }

    /// Three bytes, at least three more, and the last one.
    fn split(bytes: &'a [u8]) -> Result<([u8; 3], &'a [u8], u8)> {
        let mut r = Reader::new("IPMI message", bytes);
        let head = r.array()?;
        match r.rest() {
            [body @ .., last] if body.len() >= 3 => Ok((head, body, *last)),
            rest => Err(Error::Short {
                what: "IPMI message",
                want: Self::OVERHEAD,
                got: 3 + rest.len(),
            }),
        }
    }

    /// `body` has at least three bytes.
    fn read(head: [u8; 3], body: &'a [u8]) -> Self {
        Self {
            to: head[0],
            netfn: head[1] >> 2,
            to_lun: head[1] & 3,
            from: body[0],
            seq: body[1] >> 2,
            from_lun: body[1] & 3,
            cmd: body[2],
            data: &body[3..],
        }
    }

    /// The message as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(Self::OVERHEAD + self.data.len());
        out.extend([self.to, self.netfn << 2 | self.to_lun & 3]);
        out.push(checksum(&out));
        let body = out.len();
        out.extend([self.from, self.seq << 2 | self.from_lun & 3, self.cmd]);
        out.extend_from_slice(self.data);
        out.push(checksum(&out[body..]));
        out
    }
}

/// The two's complement checksum of IPMI: all bytes and it add up to 0.
pub fn checksum(bytes: &[u8]) -> u8 {
    bytes
        .iter()
        .fold(0u8, |sum, b| sum.wrapping_add(*b))
        .wrapping_neg()
}

fn check(what: &'static str, bytes: &[u8], got: u8) -> Result<()> {
    let want = checksum(bytes);
    if want == got {
        Ok(())
    } else {
        Err(Error::Mismatch { what, want, got })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_get_channel_auth_capabilities_request_is_made_to_the_byte() {
        let bytes = Message::request(0x06, 0, 0, 0x38, &[0x8e, 0x04]).to_bytes();
        assert_eq!(
            bytes,
            [0x20, 0x18, 0xc8, 0x81, 0x00, 0x38, 0x8e, 0x04, 0xb5]
        );
        let back = Message::parse(&bytes).unwrap();
        assert_eq!(
            (back.netfn, back.cmd, back.data),
            (6, 0x38, &[0x8e, 0x04][..])
        );
    }

    #[test]
    fn an_answer_goes_back_the_way_the_request_came() {
        let request = Message::request(0x2e, 2, 63, 1, &[]);
        let answer = request.answer(&[0xc1]);
        assert!(answer.is_response());
        assert_eq!(
            (answer.to, answer.from, answer.from_lun, answer.seq),
            (0x81, 0x20, 2, 63)
        );
        assert_eq!(Message::parse(&answer.to_bytes()), Ok(answer));
    }

    #[test]
    fn no_truncation_and_no_flipped_bit_passes_for_the_message() {
        let bytes = Message::request(0x06, 1, 33, 0x01, &[1, 2, 3]).to_bytes();
        let whole = Message::parse(&bytes).unwrap();
        for len in 0..bytes.len() {
            assert_ne!(Message::parse(&bytes[..len]), Ok(whole));
        }
        for bit in 0..bytes.len() * 8 {
            let mut bad = bytes.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert!(Message::parse(&bad).is_err(), "bit {bit}");
        }
    }
}
