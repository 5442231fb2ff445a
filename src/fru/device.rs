//! Reading and writing a FRU inventory device, IPMI v2.0 sections 34.1 to 34.3.
//!
//! Where a connection carries one request at a time, the requests are stock's. Over a network [`prefetch`] asks ahead for
//! the parts of several devices that their headers and areas point to; what it did not get is read as stock reads it.

use std::thread;
use std::time::Duration;

use ipmi_rs::connection::{Message, Request, RequestTargetAddress, Response};

use super::area;
use super::header::{Area, Header};
use super::multi::Head;
use crate::ipmi::{AnswerError, Bmc, Failure, Length, at_least, completion, succeed};
use crate::transport::MOST_HINTS;

/// How much travels in a message: bytes of an inventory, at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// In an answer.
    pub read: u8,
    /// In a request.
    pub write: u8,
}

/// An inventory device.
#[derive(Clone, Debug)]
pub struct Device {
    /// Its number at its controller.
    pub id: u8,
    /// Its controller.
    pub target: RequestTargetAddress,
    /// How many bytes it has, as it says.
    pub size: u16,
    /// Whether it is accessed by words, not bytes.
    pub words: bool,
    limits: Limits,
    image: Image,
}

/// How large the parts are that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parts {
    /// As large as a message may be.
    Large,
    /// As stock reads the internal use area: twenty bytes.
    Small,
}

/// Bytes that were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// As many as were asked for, as far as the device says to have them; zero where it gave none.
    pub bytes: Vec<u8>,
    /// How many of them it gave.
    pub given: usize,
}

/// Why bytes could not be read. All but the last was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// The device refused, did not answer, or is not that large.
    Said,
    /// It gave more or less than it said: stock prints " Not enough buffer size", without a line's end, on standard output.
    Garbled,
}

impl Device {
    /// Asks how large a device is.
    ///
    /// # Errors
    ///
    /// As the BMC gives it, or an answer that is too short.
    pub fn open(
        bmc: &mut Bmc<'_>,
        id: u8,
        target: RequestTargetAddress,
        limits: Limits,
    ) -> Result<Self, Failure> {
        let response = succeed(bmc.send_recv(&mut info_request(id, target))?)?;
        let [low, high, access] = at_least(response.data())?;
        Ok(Self {
            id,
            target,
            size: u16::from_le_bytes([low, high]),
            words: access & 1 != 0,
            limits,
            image: Image::default(),
        })
    }

    /// Reads all of the device, which can be asked ahead over a network.
    pub fn prefetch_all(&mut self, bmc: &mut Bmc<'_>) {
        let most = MOST_HINTS.saturating_sub(1);
        let mut missing = self.missing(&[(0, self.size.into())]);
        while !missing.is_empty() && !self.image.incomplete {
            let rest = missing.split_off(missing.len().min(most));
            self.hint(bmc, missing.iter().copied());
            self.fetch(bmc, &missing);
            missing = rest;
        }
    }

    /// Reads the common header, as it is, and the whole answer.
    ///
    /// # Errors
    ///
    /// As the BMC gives it, or an answer that is too short.
    pub fn header(&mut self, bmc: &mut Bmc<'_>) -> Result<(Header, Vec<u8>), Failure> {
        if let Some(bytes) = self.image.get(0, Header::LENGTH)
            && let Some(header) = bytes.first_chunk()
        {
            let answer = [&[Header::LENGTH.to_le_bytes()[0]], bytes].concat();
            return Ok((Header::parse(header), answer));
        }
        let response = bmc.send_recv(&mut self.read_request(0, Header::LENGTH))?;
        let answer = succeed(response)?.data().to_vec();
        let Some(bytes) = answer.get(1..).and_then(<[u8]>::first_chunk) else {
            return Err(Failure::Answer(AnswerError {
                got: answer.len(),
                expected: Length::AtLeast(1 + Header::LENGTH),
            }));
        };
        Ok((Header::parse(bytes), answer))
    }

    /// Reads bytes, of an area that is not known to be there.
    ///
    /// # Errors
    ///
    /// [`Unread`].
    pub fn read(
        &mut self,
        bmc: &mut Bmc<'_>,
        offset: usize,
        length: usize,
    ) -> Result<Part, Unread> {
        self.read_in(bmc, offset, length, Parts::Large)
    }

    /// The same, in parts of a size.
    ///
    /// # Errors
    ///
    /// [`Unread`].
    pub fn read_in(
        &mut self,
        bmc: &mut Bmc<'_>,
        offset: usize,
        length: usize,
        parts: Parts,
    ) -> Result<Part, Unread> {
        let size = usize::from(self.size);
        if offset > size {
            log::error!("Read FRU Area offset incorrect: {offset} > {size}");
            return Err(Unread::Said);
        }
        let mut end = offset + length;
        if end > size {
            let left = size - offset;
            log::warn!("Read FRU Area length {end} too large, Adjusting to {left}");
            end = size;
        }
        if let Some(bytes) = self.image.get(offset, end - offset) {
            return Ok(Part {
                bytes: bytes.to_vec(),
                given: end - offset,
            });
        }
        self.read_parts(bmc, offset, end, parts)
    }

    fn read_parts(
        &mut self,
        bmc: &mut Bmc<'_>,
        offset: usize,
        end: usize,
        parts: Parts,
    ) -> Result<Part, Unread> {
        let mut part = Part {
            bytes: vec![0; end - offset],
            given: 0,
        };
        let mut most = self.most(parts);
        let mut busy = 0;
        loop {
            let at = offset + part.given;
            let want = (end - at).min(usize::from(most));
            let Ok(response) = bmc.send_recv(&mut self.read_request(at, want)) else {
                log::warn!("FRU Read failed");
                return Err(Unread::Said);
            };
            match response.cc() {
                0 => {}
                code if is_too_much(code)
                    && let Some(less) = less(most, parts) =>
                {
                    most = less;
                    self.keep(parts, most);
                    log::info!("Retrying FRU read with request size {most}");
                    continue;
                }
                BUSY | LOST if busy < MOST_BUSY => {
                    busy += 1;
                    thread::sleep(PAUSE);
                    continue;
                }
                code => {
                    log::warn!("FRU Read failed: {}", completion::text(code));
                    return Err(Unread::Said);
                }
            }
            let given = self.given(&response).ok_or(Unread::Garbled)?;
            let room = part.bytes.get_mut(part.given..part.given + given.len());
            room.ok_or(Unread::Garbled)?.copy_from_slice(given);
            part.given += given.len();
            // Some devices are smaller than they say.
            if given.is_empty() || offset + part.given >= end {
                return Ok(part);
            }
        }
    }

    /// A part of the device, whatever it is, as long as it gives it.
    ///
    /// # Errors
    ///
    /// As the BMC gives it, or an answer with fewer bytes than it says.
    pub fn part(&self, bmc: &mut Bmc<'_>, at: usize, length: usize) -> Result<Vec<u8>, Failure> {
        let response = succeed(bmc.send_recv(&mut self.read_request(at, length))?)?;
        let got = response.data().len();
        let given = self.given(&response).ok_or(AnswerError {
            got,
            expected: Length::AtLeast(got + 1),
        })?;
        Ok(given.to_vec())
    }

    /// Names parts, by offset and length, that [`Device::part`] will be asked for.
    pub fn hint(&self, bmc: &mut Bmc<'_>, parts: impl Iterator<Item = (usize, usize)>) {
        let requests = parts.map(|(at, length)| self.read_request(at, length));
        bmc.hint(requests.take(MOST_HINTS).collect());
    }

    /// How many bytes are asked for at most.
    fn most(&self, parts: Parts) -> u8 {
        match (parts, self.words) {
            (Parts::Large, false) => self.limits.read,
            (Parts::Large, true) => self.limits.read & !1,
            (Parts::Small, false) => SMALL,
            (Parts::Small, true) => SMALL_WORDS,
        }
    }

    /// Large parts stay as small as they had to become.
    fn keep(&mut self, parts: Parts, most: u8) {
        if parts == Parts::Large {
            self.limits.read = most;
        }
    }

    /// The bytes of an answer, as many as it says; `None` where there are fewer.
    fn given<'r>(&self, response: &'r Response) -> Option<&'r [u8]> {
        let (count, bytes) = response.data().split_first()?;
        let count = usize::from(*count) << u8::from(self.words);
        bytes.get(..count)
    }

    fn read_request(&self, offset: usize, length: usize) -> Request {
        let [low, high] = self.address(offset);
        let [length, ..] = length.to_le_bytes();
        request(self.target, READ, &[self.id, low, high, length])
    }

    /// An offset as requests have it.
    fn address(&self, offset: usize) -> [u8; 2] {
        let [low, high, ..] = (offset >> u8::from(self.words)).to_le_bytes();
        [low, high]
    }

    /// Asks the device to take bytes, at most as many as [`Device::most_written`]; a completion code where it refuses.
    ///
    /// # Errors
    ///
    /// Where no answer came.
    pub fn write(&mut self, bmc: &mut Bmc<'_>, offset: usize, bytes: &[u8]) -> Result<u8, Failure> {
        self.image = Image::default();
        let [low, high] = self.address(offset);
        let data = [&[self.id, low, high], bytes].concat();
        Ok(bmc.send_recv(&mut request(self.target, WRITE, &data))?.cc())
    }

    /// How many bytes are written at once.
    pub fn most_written(&self) -> u8 {
        if self.words {
            self.limits.write & !1
        } else {
            self.limits.write
        }
    }

    /// Writes fewer bytes at once from now on; false where that makes no sense.
    pub fn write_less(&mut self) -> bool {
        let large = self.limits.write > LARGE;
        if large {
            self.limits.write -= STEP;
        }
        large
    }
}

/// Names what [`Device::open`] and the first part of it ask for, of devices that will be opened and then read by
/// [`prefetch`].
pub fn announce(
    bmc: &mut Bmc<'_>,
    devices: impl Iterator<Item = (u8, RequestTargetAddress, Limits)>,
) {
    let requests = devices.flat_map(|(id, target, limits)| {
        [
            info_request(id, target),
            request(target, READ, &[id, 0, 0, limits.read]),
        ]
    });
    bmc.hint(requests.take(MOST_HINTS).collect());
}

/// Reads the first part of a device that [`announce`] named.
pub fn prefetch_start(bmc: &mut Bmc<'_>, device: &mut Device) {
    let length = device.size.min(device.limits.read.into());
    device.fetch(bmc, &[(0, length.into())]);
}

/// Reads what the header points to: the areas, and with `multi` the multi-records, of all the devices at once. What
/// cannot be had this way is left for [`Device::read`].
pub fn prefetch(bmc: &mut Bmc<'_>, devices: &mut [&mut Device], multi: bool) {
    loop {
        let wanted: Vec<Vec<(usize, usize)>> = devices
            .iter()
            .map(|device| device.missing(&device.wanted(multi)))
            .collect();
        if wanted.iter().all(Vec::is_empty) {
            return;
        }
        let requests = devices.iter().zip(&wanted).flat_map(|(device, parts)| {
            let part = |(at, length): &(usize, usize)| device.read_request(*at, *length);
            parts.iter().map(part)
        });
        let requests: Vec<Request> = requests.take(MOST_HINTS).collect();
        bmc.hint(requests);
        for (device, parts) in devices.iter_mut().zip(&wanted) {
            device.fetch(bmc, parts);
        }
    }
}

impl Device {
    /// The parts that are needed, as far as what is there tells.
    fn wanted(&self, multi: bool) -> Vec<(usize, usize)> {
        let Some(header) = self.image.get(0, Header::LENGTH) else {
            return vec![(0, Header::LENGTH)];
        };
        let Some(header) = header.first_chunk().map(Header::parse) else {
            return Vec::new();
        };
        let mut wanted = Vec::new();
        if header.version != VERSION {
            return wanted;
        }
        for area in [Area::Chassis, Area::Board, Area::Product] {
            let at = header.offset(area);
            if at != 0 {
                let start = self.image.get(at, 2).unwrap_or(&[]);
                wanted.push((at, at + area::length(start).max(2)));
            }
        }
        let mut at = header.offset(Area::Multi);
        while multi && at != 0 {
            let head = self.image.get(at, Head::LENGTH);
            let Some(head) = head.and_then(<[u8]>::first_chunk).map(Head::parse) else {
                // Most records are short: the next one is near.
                wanted.push((at, at + usize::from(self.limits.read)));
                break;
            };
            let end = at + Head::LENGTH + usize::from(head.length);
            wanted.push((at, end));
            at = if head.last { 0 } else { end };
        }
        wanted
    }

    /// The parts to ask for: those of `wanted` that are not there.
    fn missing(&self, wanted: &[(usize, usize)]) -> Vec<(usize, usize)> {
        let size = usize::from(self.size);
        if self.words || self.image.incomplete {
            return Vec::new();
        }
        let step = usize::from(self.limits.read.max(1));
        let mut parts = Vec::new();
        // A part that is asked for already is not asked for twice.
        let mut planned = 0;
        let mut wanted = wanted.to_vec();
        wanted.sort_unstable();
        for (begin, end) in wanted {
            let mut at = begin.max(planned);
            while at < end.min(size) {
                if self.image.has(at) {
                    at += 1;
                    continue;
                }
                let length = step.min(size - at);
                parts.push((at, length));
                at += length;
                planned = at;
            }
        }
        parts
    }

    /// Reads parts into the image; what goes wrong ends it.
    fn fetch(&mut self, bmc: &mut Bmc<'_>, parts: &[(usize, usize)]) {
        for (at, length) in parts {
            if self.image.incomplete {
                return;
            }
            if *length == 0 || self.words {
                self.image.incomplete = true;
                return;
            }
            let response = bmc.send_recv(&mut self.read_request(*at, *length));
            let given = response.ok().filter(|response| response.cc() == 0);
            let given = given.as_ref().and_then(|response| self.given(response));
            match given {
                Some(bytes) if bytes.len() == *length => {
                    self.image.put(*at, bytes, usize::from(self.size));
                }
                _ => self.image.incomplete = true,
            }
        }
    }
}

/// What was read ahead.
#[derive(Clone, Debug, Default)]
struct Image {
    bytes: Vec<u8>,
    known: Vec<bool>,
    /// Whether something went wrong: no more is read ahead.
    incomplete: bool,
}

impl Image {
    fn put(&mut self, at: usize, bytes: &[u8], size: usize) {
        self.bytes.resize(size, 0);
        self.known.resize(size, false);
        let end = at + bytes.len();
        if let (Some(room), Some(known)) =
            (self.bytes.get_mut(at..end), self.known.get_mut(at..end))
        {
            room.copy_from_slice(bytes);
            known.fill(true);
        }
    }

    fn has(&self, at: usize) -> bool {
        self.known.get(at).copied().unwrap_or(false)
    }

    fn get(&self, at: usize, length: usize) -> Option<&[u8]> {
        let end = at.checked_add(length)?;
        let known = self.known.get(at..end)?;
        let bytes = self.bytes.get(at..end)?;
        (length != 0 && known.iter().all(|known| *known)).then_some(bytes)
    }
}

fn info_request(id: u8, target: RequestTargetAddress) -> Request {
    request(target, GET_INFO, &[id])
}

fn request(target: RequestTargetAddress, cmd: u8, data: &[u8]) -> Request {
    Request::new(Message::new_raw(STORAGE, cmd, data.to_vec()), target)
}

/// Whether this refuses the length of a request or of its answer.
pub fn is_too_much(code: u8) -> bool {
    matches!(
        code,
        BAD_LENGTH | LENGTH_LIMIT | TOO_MANY_BYTES | UNSPECIFIED
    )
}

/// How much is read at once after this was too much.
fn less(most: u8, parts: Parts) -> Option<u8> {
    match (parts, most) {
        (Parts::Large, ..=STEP) => None,
        (Parts::Large, ..=LARGE) => Some(most - 1),
        (Parts::Large, _) => Some(most - STEP),
        (Parts::Small, most) => most.checked_sub(1).filter(|less| *less > STEP),
    }
}

/// The only version of the format.
pub const VERSION: u8 = 1;

/// Stock's parts of the internal use area, by bytes and by words.
const SMALL: u8 = 20;
const SMALL_WORDS: u8 = 16;
/// Above this many bytes parts become smaller by [`STEP`].
const LARGE: u8 = 32;
const STEP: u8 = 8;

/// How often a busy device is asked again, and how long it is left alone: the specification says 30 ms.
const MOST_BUSY: u32 = 5;
const PAUSE: Duration = Duration::from_millis(40);

const STORAGE: u8 = 0x0a;
const GET_INFO: u8 = 0x10;
const READ: u8 = 0x11;
const WRITE: u8 = 0x12;

/// The bytes are protected from being written.
pub const PROTECTED: u8 = 0x80;
const BUSY: u8 = 0x81;
const LOST: u8 = 0xc5;
const BAD_LENGTH: u8 = 0xc7;
const LENGTH_LIMIT: u8 = 0xc8;
const TOO_MANY_BYTES: u8 = 0xca;
const UNSPECIFIED: u8 = 0xff;
