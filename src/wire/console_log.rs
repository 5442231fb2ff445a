//! The console-log extension, version 1: heartbeats that come back with the BMC's times, and a log that can be read
//! by position. Network function 2Eh under an enterprise number; all integers are little-endian; a *time* is in
//! milliseconds since 1970 on the BMC's clock; an *offset* counts the bytes that the serial port has emitted since
//! the log's *epoch*.
//!
//! What is here is what follows the enterprise number (in requests) and the completion code and the enterprise number
//! (in responses). Requests must have exactly their length; answers may be longer, for later versions to add to them.

use super::{Error, Reader, Result};

/// Network function of the requests.
pub const NETFN: u8 = 0x2e;

/// The enterprise number that the description uses: RFC 5612 reserves it for examples.
pub const DEFAULT_IANA: u32 = 32473;

/// Get Console Log Info.
pub const INFO: u8 = 0x01;
/// Console Heartbeat.
pub const HEARTBEAT: u8 = 0x02;
/// Read Console Log.
pub const READ: u8 = 0x03;
/// Find Console Log Time.
pub const FIND: u8 = 0x04;

/// Completion code: no console on that instance.
pub const NO_CONSOLE: u8 = 0x80;
/// Completion code: the asked epoch is gone; the response names the present one.
pub const EPOCH_GONE: u8 = 0x81;

/// The answer to Get Console Log Info, whose request is the instance alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Info {
    /// Version of the extension.
    pub version: u8,
    /// Whether the BMC's clock is set.
    pub clock_is_set: bool,
    /// Epoch of the log.
    pub epoch: u64,
    /// Offset of the oldest byte that is kept.
    pub start: u64,
    /// Offset after the newest byte.
    pub end: u64,
    /// How many bytes are kept.
    pub capacity: u32,
    /// The BMC's time.
    pub now: u64,
}

/// Version of the extension that is described here.
pub const VERSION: u8 = 1;

/// Parses the request Get Console Log Info: the instance.
pub fn parse_info(bytes: &[u8]) -> Result<u8> {
    let mut r = Reader::new("Get Console Log Info", bytes);
    let instance = r.u8()?;
    whole(r, instance)
}

impl Info {
    /// The answer as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = vec![self.version, u8::from(self.clock_is_set)];
        put(&mut out, &[self.epoch, self.start, self.end]);
        out.extend(self.capacity.to_le_bytes());
        put(&mut out, &[self.now]);
        out
    }

    /// Parses the answer. A log that begins after its end, or holds more than there is room for, is none: reading it
    /// would never end.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let what = "Get Console Log Info response";
        let mut r = Reader::new(what, bytes);
        let info = Self {
            version: r.u8()?,
            clock_is_set: r.u8()? & 1 == 1,
            epoch: r.u64()?,
            start: r.u64()?,
            end: r.u64()?,
            capacity: r.u32()?,
            now: r.u64()?,
        };
        match info.end.checked_sub(info.start) {
            Some(kept) if kept <= u64::from(info.capacity) => Ok(info),
            _ => Err(Error::Invalid {
                what,
                got: info.capacity,
            }),
        }
    }
}

/// A Console Heartbeat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heartbeat {
    /// SOL payload instance, 1 to 15.
    pub instance: u8,
    /// The heartbeat's own number.
    pub sequence: u32,
    /// The client's time.
    pub sent: u64,
    /// The offset up to which the client has the log.
    pub have: u64,
    /// How many bytes from there the answer may carry.
    pub want: u16,
}

impl Heartbeat {
    /// The request as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = vec![self.instance];
        out.extend(self.sequence.to_le_bytes());
        out.extend(self.sent.to_le_bytes());
        out.extend(self.have.to_le_bytes());
        out.extend(self.want.to_le_bytes());
        out
    }

    /// Parses the request.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let mut r = Reader::new("Console Heartbeat", bytes);
        let request = Self {
            instance: r.u8()?,
            sequence: r.u32()?,
            sent: r.u64()?,
            have: r.u64()?,
            want: r.u16()?,
        };
        whole(r, request)
    }
}

/// The answer to a Console Heartbeat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beat {
    /// The heartbeat's number.
    pub sequence: u32,
    /// How it was processed.
    pub status: BeatStatus,
    /// When the request left the BMC's socket.
    pub received: u64,
    /// When it left the BMC's queue.
    pub processed: u64,
    /// Epoch of the log.
    pub epoch: u64,
    /// Offset of the oldest byte that is kept.
    pub start: u64,
    /// Offset after the newest byte.
    pub end: u64,
    /// Offset of the first byte that this session's SOL payload delivered; `None` where it has none.
    pub sol_start: Option<u64>,
    /// Bytes dropped from that stream since then.
    pub skipped: u32,
    /// Bytes of the log.
    pub piece: Piece,
}

/// What became of a heartbeat in the BMC's queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BeatStatus {
    /// Processed at once.
    AtOnce,
    /// Waited.
    Waited,
    /// Waited longer than the BMC's overdue limit.
    Overdue,
    /// Something that the description does not know.
    Unknown(u8),
}

/// Bytes of the log, and when they arrived at the BMC.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Piece {
    /// Offset of the first byte; the end of the log where there are none.
    pub offset: u64,
    /// Arrival time of the first byte, 0 without data.
    pub first: u64,
    /// Arrival time of the last byte, 0 without data.
    pub last: u64,
    /// The bytes.
    pub data: Vec<u8>,
}

impl BeatStatus {
    fn of(byte: u8) -> Self {
        match byte {
            0 => Self::AtOnce,
            1 => Self::Waited,
            2 => Self::Overdue,
            other => Self::Unknown(other),
        }
    }

    fn value(self) -> u8 {
        match self {
            Self::AtOnce => 0,
            Self::Waited => 1,
            Self::Overdue => 2,
            Self::Unknown(other) => other,
        }
    }
}

impl Beat {
    /// Bytes of the answer before its log bytes.
    pub const HEAD: usize = 81;

    /// The answer as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = self.sequence.to_le_bytes().to_vec();
        out.push(self.status.value());
        put(
            &mut out,
            &[
                self.received,
                self.processed,
                self.epoch,
                self.start,
                self.end,
                self.sol_start.unwrap_or(u64::MAX),
            ],
        );
        out.extend(self.skipped.to_le_bytes());
        self.piece.put(&mut out);
        out
    }

    /// Parses the answer.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let mut r = Reader::new("Console Heartbeat response", bytes);
        Ok(Self {
            sequence: r.u32()?,
            status: BeatStatus::of(r.u8()?),
            received: r.u64()?,
            processed: r.u64()?,
            epoch: r.u64()?,
            start: r.u64()?,
            end: r.u64()?,
            sol_start: Some(r.u64()?).filter(|offset| *offset != u64::MAX),
            skipped: r.u32()?,
            piece: Piece::parse(r)?,
        })
    }
}

impl Piece {
    fn parse(mut r: Reader<'_>) -> Result<Self> {
        Ok(Self {
            offset: r.u64()?,
            first: r.u64()?,
            last: r.u64()?,
            data: r.rest().to_vec(),
        })
    }

    fn put(&self, out: &mut Vec<u8>) {
        put(out, &[self.offset, self.first, self.last]);
        out.extend_from_slice(&self.data);
    }
}

/// A Read Console Log request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Read {
    /// SOL payload instance, 1 to 15.
    pub instance: u8,
    /// The epoch that `offset` belongs to.
    pub epoch: u64,
    /// From where on.
    pub offset: u64,
    /// How many bytes the answer may carry.
    pub want: u16,
}

impl Read {
    /// The request as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = vec![self.instance];
        out.extend(self.epoch.to_le_bytes());
        out.extend(self.offset.to_le_bytes());
        out.extend(self.want.to_le_bytes());
        out
    }

    /// Parses the request.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let mut r = Reader::new("Read Console Log", bytes);
        let request = Self {
            instance: r.u8()?,
            epoch: r.u64()?,
            offset: r.u64()?,
            want: r.u16()?,
        };
        whole(r, request)
    }
}

/// The answer to Read Console Log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// Epoch of the log.
    pub epoch: u64,
    /// Offset of the oldest byte that is kept.
    pub start: u64,
    /// Offset after the newest byte.
    pub end: u64,
    /// Bytes of the log. An offset beyond the asked one: what is between was overwritten.
    pub piece: Piece,
}

impl Log {
    /// Bytes of the answer before its log bytes.
    pub const HEAD: usize = 48;

    /// The answer as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(Self::HEAD + self.piece.data.len());
        put(&mut out, &[self.epoch, self.start, self.end]);
        self.piece.put(&mut out);
        out
    }

    /// Parses the answer.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let mut r = Reader::new("Read Console Log response", bytes);
        Ok(Self {
            epoch: r.u64()?,
            start: r.u64()?,
            end: r.u64()?,
            piece: Piece::parse(r)?,
        })
    }
}

/// A Find Console Log Time request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Find {
    /// SOL payload instance, 1 to 15.
    pub instance: u8,
    /// The epoch of the log that is searched.
    pub epoch: u64,
    /// The BMC's time from which on a byte is wanted.
    pub time: u64,
}

impl Find {
    /// The request as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = vec![self.instance];
        put(&mut out, &[self.epoch, self.time]);
        out
    }

    /// Parses the request.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let mut r = Reader::new("Find Console Log Time", bytes);
        let request = Self {
            instance: r.u8()?,
            epoch: r.u64()?,
            time: r.u64()?,
        };
        whole(r, request)
    }
}

/// The answer to Find Console Log Time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Offset of the first byte that came at the asked time or later; the end of the log where there is none.
    pub offset: u64,
    /// When that byte came; the BMC's present time where there is none.
    pub time: u64,
}

impl Found {
    /// The answer as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put(&mut out, &[self.offset, self.time]);
        out
    }

    /// Parses the answer.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let mut r = Reader::new("Find Console Log Time response", bytes);
        Ok(Self {
            offset: r.u64()?,
            time: r.u64()?,
        })
    }
}

/// The epoch that an answer with [`EPOCH_GONE`] names.
pub fn present_epoch(bytes: &[u8]) -> Result<u64> {
    Reader::new("present epoch of the console log", bytes).u64()
}

fn put(out: &mut Vec<u8>, numbers: &[u64]) {
    out.extend(numbers.iter().flat_map(|n| n.to_le_bytes()));
}

/// `value`, where nothing is left over.
fn whole<T>(r: Reader<'_>, value: T) -> Result<T> {
    let (what, left) = (r.what(), r.rest().len());
    match u32::try_from(left) {
        Ok(0) => Ok(value),
        left => Err(Error::Invalid {
            what,
            got: left.unwrap_or(u32::MAX),
        }),
    }
}

/// The enterprise number as it stands in front of all of this.
pub fn iana_bytes(iana: u32) -> [u8; 3] {
    let [low, middle, high, _] = iana.to_le_bytes();
    [low, middle, high]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_have_the_lengths_of_the_description() {
        let beat = Heartbeat {
            instance: 1,
            sequence: 2,
            sent: 3,
            have: 4,
            want: 5,
        };
        assert_eq!(beat.to_bytes().len(), 1 + 4 + 8 + 8 + 2);
        let read = Read {
            instance: 1,
            epoch: 2,
            offset: 3,
            want: 4,
        };
        assert_eq!(read.to_bytes().len(), 1 + 8 + 8 + 2);
        assert_eq!(iana_bytes(DEFAULT_IANA), [0xd9, 0x7e, 0x00]);
    }

    #[test]
    fn answers_are_understood_whole_and_refused_cut() {
        let beat: Vec<u8> = (0..81 + 3).map(|n| n as u8).collect();
        let parsed = Beat::parse(&beat).unwrap();
        assert_eq!(
            (parsed.sequence, parsed.status),
            (0x0302_0100, BeatStatus::Unknown(4))
        );
        assert_eq!(parsed.piece.data, [81, 82, 83]);
        for len in 0..81 {
            assert!(Beat::parse(&beat[..len]).is_err());
        }
        assert!(Log::parse(&beat[..47]).is_err() && Log::parse(&beat[..48]).is_ok());
        assert!(Info::parse(&[0; 37]).is_err() && Info::parse(&[0; 38]).is_ok());
        let mut unset = beat;
        unset[45..53].fill(0xff);
        assert_eq!(Beat::parse(&unset).unwrap().sol_start, None);
    }

    #[test]
    fn both_sides_understand_each_other_and_no_request_of_another_length() {
        let beat = Heartbeat {
            instance: 1,
            sequence: 2,
            sent: 3,
            have: 4,
            want: 5,
        };
        let read = Read {
            instance: 1,
            epoch: 2,
            offset: 3,
            want: 4,
        };
        let find = Find {
            instance: 1,
            epoch: 2,
            time: 3,
        };
        assert_eq!(Heartbeat::parse(&beat.to_bytes()), Ok(beat));
        assert_eq!(Read::parse(&read.to_bytes()), Ok(read));
        assert_eq!(Find::parse(&find.to_bytes()), Ok(find));
        assert_eq!(parse_info(&[9]), Ok(9));
        let bytes = [0; 40];
        for len in 0..bytes.len() {
            let bytes = &bytes[..len];
            assert_eq!(parse_info(bytes).is_ok(), len == 1);
            assert_eq!(Heartbeat::parse(bytes).is_ok(), len == 23);
            assert_eq!(Read::parse(bytes).is_ok(), len == 19);
            assert_eq!(Find::parse(bytes).is_ok(), len == 17);
        }
        let bytes: Vec<u8> = (0..100).collect();
        assert_eq!(
            Beat::parse(&bytes).map(|beat| beat.to_bytes()),
            Ok(bytes.clone())
        );
        assert_eq!(
            Log::parse(&bytes).map(|log| log.to_bytes()),
            Ok(bytes.clone())
        );
        assert_eq!(
            Found::parse(&bytes[..16]).map(|found| found.to_bytes()),
            Ok(bytes[..16].to_vec())
        );
        let mut info = [&[1, 1][..], &bytes[..36]].concat();
        info.copy_within(10..18, 18);
        info[18] += 9;
        assert_eq!(
            Info::parse(&info).map(|info| info.to_bytes()),
            Ok(info.clone())
        );
        // Before its start, or further than there is room; where there is none, at all.
        for (end, room) in [(info[10] - 1, 10), (info[10] + 11, 10), (info[10] + 1, 0)] {
            info[18] = end;
            info[26..30].copy_from_slice(&[room, 0, 0, 0]);
            assert!(Info::parse(&info).is_err());
        }
        let nothing = Beat {
            sol_start: None,
            ..Beat::parse(&bytes).unwrap()
        };
        assert_eq!(Beat::parse(&nothing.to_bytes()), Ok(nothing));
    }
}
