//! Reading a repository, or a device's own records, over any connection; or from a file that was dumped before.
//!
//! The requests are stock's, in its order, where a connection carries one at a time. Over a network headers and parts
//! of records that come next are hinted; record numbers are guessed for that, never believed. Nothing is ever written:
//! stock clears and rebuilds a repository that has no records.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use ipmi_rs::connection::{Message, Request, RequestTargetAddress, Response};

use super::cache::{Cache, Key};
use super::record::Record;
use crate::ipmi::{Bmc, completion};
use crate::transport::TransportError;

/// How a repository is read.
#[derive(Clone, Debug)]
pub struct Manner {
    /// Whose records: those of whoever is asked without an address, or of another controller.
    pub target: RequestTargetAddress,
    /// Whether a device's own records are wanted, repository or not.
    pub own: bool,
    /// Whether hints are worth it: the connection carries several requests at a time.
    pub ahead: bool,
    /// How many bytes of a record are asked for at most, 1 to 254.
    pub chunk: u8,
    /// Whether each record is announced to those who asked for more messages.
    pub announce: bool,
    /// Where records are kept from one run to the next.
    pub cache: Option<Cache>,
    /// The only types of records whose bodies are wanted: those of others are not asked for, and empty.
    pub only: Option<&'static [u8]>,
}

/// Records that were read, and what is needed to read more.
#[derive(Debug, Default)]
pub struct Repository {
    records: Vec<Record>,
    walk: Option<Walk>,
}

/// What came of going on to the next record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It is there now: the last one of [`Repository::records`].
    Record,
    /// It is there, and cannot be read; the next one may.
    Unreadable(Header),
    /// There are no more, or no more that can be found.
    End {
        /// Whether something went wrong; it was said.
        early: bool,
    },
}

/// Why records cannot be read at all. What the BMC said was logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// Stock's last words on standard error are "Unable to open SDR for reading".
    Refused,
    /// The same, and before that stock writes "Err in cmd get sensor sdr info" on standard output.
    NoDeviceInfo,
}

/// A record's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The record's number.
    pub id: u16,
    /// Its version.
    pub version: u8,
    /// Its type.
    pub kind: u8,
    /// How many bytes follow, at least 1.
    pub length: u8,
}

impl Repository {
    /// Asks the BMC what it has and reserves it.
    ///
    /// # Errors
    ///
    /// [`Closed`] where it has nothing that can be read.
    pub fn open(bmc: &mut Bmc<'_>, manner: Manner) -> Result<Self, Closed> {
        let (mut walk, cached) = Walk::begin(bmc, manner)?;
        if let Some(records) = cached {
            walk.next = None;
            walk.to_store = None;
            return Ok(Self {
                records,
                walk: Some(walk),
            });
        }
        walk.reserve(bmc).ok_or_else(|| {
            log::error!("Unable to obtain SDR reservation");
            Closed::Refused
        })?;
        Ok(Self {
            records: Vec::new(),
            walk: Some(walk),
        })
    }

    /// Only these records.
    pub fn of(records: Vec<Record>) -> Self {
        Self {
            records,
            walk: None,
        }
    }

    /// What was read so far.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// Reads one more record.
    pub fn step(&mut self, bmc: &mut Bmc<'_>) -> Step {
        let Some(walk) = &mut self.walk else {
            return Step::End { early: false };
        };
        if walk.ready.is_empty() {
            walk.fetch(bmc);
        }
        match walk.ready.pop_front() {
            Some(Ok(record)) => {
                self.records.push(record);
                Step::Record
            }
            Some(Err(header)) => {
                walk.to_store = None;
                Step::Unreadable(header)
            }
            None => {
                let early = walk.broken;
                if let Some((cache, key)) = walk.to_store.take()
                    && !early
                    && walk.info(bmc).is_some_and(|info| key.has_info(&info))
                {
                    cache.store(&key, &self.records);
                }
                Step::End { early }
            }
        }
    }

    /// How many more records there are that no request is needed for.
    pub fn at_hand(&self) -> usize {
        self.walk.as_ref().map_or(0, |walk| walk.ready.len())
    }

    /// The records that [`Repository::at_hand`] counts.
    pub fn upcoming(&self) -> impl Iterator<Item = &Record> {
        self.walk
            .iter()
            .flat_map(|walk| walk.ready.iter().filter_map(|each| each.as_ref().ok()))
    }

    /// Says that most records will be wanted: more of them are asked ahead at a time.
    pub fn want_all(&mut self) {
        if let Some(walk) = self.walk.as_mut().filter(|walk| walk.ahead) {
            walk.batch = MOST_AHEAD;
        }
    }
}

/// On the way from record to record.
#[derive(Debug)]
struct Walk {
    target: RequestTargetAddress,
    /// Whether the records are the device's own.
    device: bool,
    reservation: u16,
    /// The number of the next record; `None` behind the last one.
    next: Option<u16>,
    /// Numbers that were next before.
    seen: BTreeSet<u16>,
    /// How many records there are, as the BMC says.
    total: u16,
    /// How many bytes are asked for at once: now, and at first.
    chunk: u8,
    most: u8,
    ahead: bool,
    announce: bool,
    /// How many records are asked for at once.
    batch: usize,
    /// How far apart the last two numbers were.
    stride: u16,
    /// Records that were read and not yet asked for, and headers of those that could not be.
    ready: VecDeque<Result<Record, Header>>,
    /// Whether records may be missing.
    broken: bool,
    only: Option<&'static [u8]>,
    to_store: Option<(Cache, Key)>,
}

impl Walk {
    fn begin(bmc: &mut Bmc<'_>, manner: Manner) -> Result<(Self, Option<Vec<Record>>), Closed> {
        let target = manner.target;
        let mut walk = Self {
            target,
            device: manner.own,
            reservation: 0,
            next: Some(0),
            seen: BTreeSet::new(),
            total: 0,
            chunk: manner.chunk.max(1),
            most: manner.chunk.max(1),
            ahead: manner.ahead,
            announce: manner.announce,
            batch: if manner.ahead { FEWEST_AHEAD } else { 1 },
            stride: 1,
            ready: VecDeque::new(),
            broken: false,
            only: manner.only,
            to_store: None,
        };
        if walk.ahead {
            bmc.hint(vec![
                request(target, NETFN_APP, GET_DEVICE_ID, &[]),
                request(target, NETFN_STORAGE, GET_INFO, &[]),
            ]);
        }
        let id = device_id(bmc, target)?;
        let support = id.get(5).copied().unwrap_or(0);
        let has_own = id.get(1).is_some_and(|revision| revision & 0x80 != 0);
        if walk.device {
            // They were asked for.
        } else if has_own && support & HAS_REPOSITORY == 0 {
            if support & HAS_SENSORS == 0 {
                log::error!("Error obtaining SDR info");
                return Err(Closed::Refused);
            }
            log::debug!("Using Device SDRs\n");
            walk.device = true;
        } else if has_own {
            log::debug!("Using SDR from Repository \n");
        }
        if walk.device {
            let info = walk.info(bmc).filter(|info| !info.is_empty());
            walk.total = info
                .and_then(|info| info.first().copied())
                .ok_or(Closed::NoDeviceInfo)?
                .into();
            log::debug!("SDR records   : {}", walk.total);
            return Ok((walk, None));
        }
        let info = walk.repository_info(bmc)?;
        let mut cached = None;
        if let Some(cache) = manner.cache {
            let key = Key::new(id, &info);
            cached = cache.load(&key);
            walk.to_store = walk.only.is_none().then_some((cache, key));
        }
        Ok((walk, cached))
    }

    fn repository_info(&mut self, bmc: &mut Bmc<'_>) -> Result<Vec<u8>, Closed> {
        let target = self.target;
        let response = match bmc.send_recv(&mut request(target, NETFN_STORAGE, GET_INFO, &[])) {
            Ok(response) => response,
            Err(_) => {
                log::error!("Error obtaining SDR info");
                return Err(Closed::Refused);
            }
        };
        if response.cc() != 0 {
            let why = completion::text(response.cc());
            log::error!("Error obtaining SDR info: {why}");
            return Err(Closed::Refused);
        }
        let info = response.data().to_vec();
        let byte = |index: usize| info.get(index).copied().unwrap_or(0);
        if !matches!(byte(0), 0x51 | 0x01 | 0x02) {
            log::warn!("WARNING: Unknown SDR repository version 0x{:02x}", byte(0));
        }
        self.total = u16::from_le_bytes([byte(1), byte(2)]);
        log::debug!("SDR free space: {}", u16::from_le_bytes([byte(3), byte(4)]));
        log::debug!("SDR records   : {}", self.total);
        Ok(info)
    }

    /// The data of a good answer.
    fn info(&self, bmc: &mut Bmc<'_>) -> Option<Vec<u8>> {
        let response = bmc
            .send_recv(&mut request(self.target, self.netfn(), GET_INFO, &[]))
            .ok()?;
        (response.cc() == 0).then(|| response.data().to_vec())
    }

    fn reserve(&mut self, bmc: &mut Bmc<'_>) -> Option<()> {
        let response = bmc
            .send_recv(&mut request(self.target, self.netfn(), RESERVE, &[]))
            .ok()?;
        let id = response
            .data()
            .first_chunk::<2>()
            .filter(|_| response.cc() == 0)?;
        self.reservation = u16::from_le_bytes(*id);
        log::debug!("SDR reservation ID {:04x}", self.reservation);
        Some(())
    }

    /// Reads the next records, one or several.
    fn fetch(&mut self, bmc: &mut Bmc<'_>) {
        let batch = self.batch.max(1);
        let mut guesses = VecDeque::new();
        if self.ahead {
            self.batch = (batch * 2).min(MOST_AHEAD);
            guesses = self.guesses(batch);
            let headers = guesses.iter().map(|id| self.part(*id, 0, HEADER));
            bmc.hint(headers.collect());
        }
        let mut headers: Vec<Header> = Vec::with_capacity(batch);
        while headers.len() < batch
            && let Some(id) = self.next
        {
            if self.ahead {
                match guesses.iter().position(|guess| *guess == id) {
                    Some(position) => drop(guesses.drain(..=position)),
                    // What was hinted after a wrong guess will not be asked for.
                    None if headers.is_empty() => {}
                    None => break,
                }
            }
            let Some((header, next)) = self.header(bmc, id) else {
                self.next = None;
                break;
            };
            self.go_on(header.id, next);
            headers.push(header);
        }
        if self.ahead {
            let wanted = headers.iter().filter(|header| self.wants(header));
            let parts = wanted.flat_map(|header| self.parts(header));
            let parts = parts.collect();
            bmc.forget_hints();
            bmc.hint(parts);
        }
        for header in headers {
            if self.announce {
                log::info!("Record ID {:04x} ({} bytes)", header.id, header.length);
            }
            let body = if self.wants(&header) {
                self.body(bmc, &header)
            } else {
                Some(Vec::new())
            };
            let record = body.map(|body| Record {
                id: header.id,
                version: header.version,
                kind: header.kind,
                body,
            });
            self.ready.push_back(record.ok_or(header));
        }
    }

    fn wants(&self, header: &Header) -> bool {
        self.only.is_none_or(|only| only.contains(&header.kind))
    }

    /// The numbers that the next records have, if they go on as they did so far. The first record is asked for as 0,
    /// whatever its number.
    fn guesses(&self, batch: usize) -> VecDeque<u16> {
        let read = u16::try_from(self.seen.len()).unwrap_or(u16::MAX);
        let left = usize::from(self.total.saturating_sub(read)).clamp(1, batch);
        let step = usize::from(self.stride).max(1);
        (usize::from(self.next.unwrap_or(LAST))..usize::from(LAST))
            .step_by(step)
            .take(left)
            .filter_map(|id| u16::try_from(id).ok())
            .collect()
    }

    /// Takes note of a record's number and of the next one's.
    fn go_on(&mut self, id: u16, next: u16) {
        self.seen.insert(id);
        self.stride = next.wrapping_sub(id);
        self.next = (next != LAST).then_some(next);
        if self.seen.contains(&next) {
            log::error!("SDR record id 0x{next:04x} comes again after 0x{id:04x}: no more is read");
            self.next = None;
            self.broken = true;
        }
    }

    /// A record's header and the number of the record after it; `None` ends the walk, and was explained.
    fn header(&mut self, bmc: &mut Bmc<'_>, id: u16) -> Option<(Header, u16)> {
        // Where there should be no records, that there are none is no error.
        let quiet = self.total == 0 && id == 0;
        self.broken |= !quiet;
        let (mut failures, mut renewals) = (0, 0);
        while failures < TRIES {
            let response = match bmc.send_recv(&mut self.part(id, 0, HEADER)) {
                Ok(response) => response,
                Err(_) => {
                    log::error!("Get SDR {id:04x} command failed");
                    self.broken = true;
                    return None;
                }
            };
            match response.cc() {
                0 => {
                    let header = parse_header(id, &response)?;
                    self.broken &= quiet;
                    return Some(header);
                }
                _ if quiet => return None,
                RESERVATION_LOST if renewals < MOST_RENEWALS => {
                    renewals += 1;
                    let reservation = self.reservation;
                    log::debug!(
                        "SDR reservation {reservation:04x} cancelled. Sleeping a bit and retrying..."
                    );
                    std::thread::sleep(PAUSE);
                    if self.reserve(bmc).is_none() {
                        log::error!("Unable to renew SDR reservation");
                        self.broken = true;
                        return None;
                    }
                }
                code => {
                    let why = completion::text(code);
                    log::error!("Get SDR {id:04x} command failed: {why}");
                    if code == RESERVATION_LOST {
                        return None;
                    }
                    failures += 1;
                }
            }
        }
        None
    }

    /// The rest of a record; `None` where the BMC does not give it.
    fn body(&mut self, bmc: &mut Bmc<'_>, header: &Header) -> Option<Vec<u8>> {
        let length = usize::from(header.length);
        let mut body = Vec::with_capacity(length);
        let mut renewals = 0;
        while body.len() < length {
            let want = (length - body.len()).min(usize::from(self.chunk));
            let want = u8::try_from(want).ok()?;
            // Bytes above 255 have no address.
            let offset = u8::try_from(body.len() + usize::from(HEADER)).ok()?;
            log::debug!("Getting {want} bytes from SDR at offset {offset}");
            let response = match bmc.send_recv(&mut self.part(header.id, offset, want)) {
                Ok(response) => response,
                // Too long an answer may get lost behind a bridge.
                Err(TransportError::NoAnswer) => {
                    self.ask_for_less(want / 2)?;
                    continue;
                }
                Err(_) => return None,
            };
            match response.cc() {
                0 => {
                    let part = response
                        .data()
                        .get(NEXT..)
                        .filter(|part| !part.is_empty())?;
                    // A short answer is no end: the rest is asked for.
                    body.extend_from_slice(part.get(..usize::from(want)).unwrap_or(part));
                }
                TOO_MANY_BYTES if !self.ahead => self.ask_for_less(want - 1)?,
                TOO_MANY_BYTES | BAD_LENGTH | LENGTH_LIMIT | UNSPECIFIED => {
                    self.ask_for_less(want / 2)?;
                }
                RESERVATION_LOST => {
                    log::debug!("SDR reservation cancelled. Sleeping a bit and retrying...");
                    renewals += 1;
                    if renewals > MOST_RENEWALS {
                        return None;
                    }
                    std::thread::sleep(PAUSE);
                    self.reserve(bmc)?;
                }
                _ => return None,
            }
        }
        Some(body)
    }

    /// Asks for at most this much from now on; `None` where that is nothing. The next record begins anew then.
    fn ask_for_less(&mut self, chunk: u8) -> Option<()> {
        self.chunk = if chunk == 0 { self.most } else { chunk };
        (chunk != 0).then_some(())
    }

    /// What [`Walk::body`] will ask for.
    fn parts(&self, header: &Header) -> Vec<Request> {
        (0..header.length)
            .step_by(usize::from(self.chunk))
            .map_while(|start| {
                let want = (header.length - start).min(self.chunk);
                Some(self.part(header.id, start.checked_add(HEADER)?, want))
            })
            .collect()
    }

    /// Get SDR, or Get Device SDR.
    fn part(&self, id: u16, offset: u8, length: u8) -> Request {
        let cmd = if self.device { GET_DEVICE_SDR } else { GET_SDR };
        let ([reservation, reservation_high], [id, id_high]) =
            (self.reservation.to_le_bytes(), id.to_le_bytes());
        let data = [reservation, reservation_high, id, id_high, offset, length];
        request(self.target, self.netfn(), cmd, &data)
    }

    fn netfn(&self) -> u8 {
        if self.device {
            NETFN_SENSOR
        } else {
            NETFN_STORAGE
        }
    }
}

/// Get Device ID.
fn device_id(bmc: &mut Bmc<'_>, target: RequestTargetAddress) -> Result<Vec<u8>, Closed> {
    match bmc.send_recv(&mut request(target, NETFN_APP, GET_DEVICE_ID, &[])) {
        Ok(response) if response.cc() == 0 => Ok(response.data().to_vec()),
        Ok(response) => {
            let code = response.cc();
            let why = completion::text(code);
            log::error!("Get Device ID command failed: {code:#x} {why}");
            Err(Closed::Refused)
        }
        Err(_) => {
            log::error!("Get Device ID command failed");
            Err(Closed::Refused)
        }
    }
}

/// Header and next number of the record that was asked for as `asked`.
fn parse_header(asked: u16, response: &Response) -> Option<(Header, u16)> {
    log::debug!("SDR record ID   : 0x{asked:04x}");
    let Some(&[next, next_high, id, id_high, version, kind, length]) =
        response.data().first_chunk::<{ NEXT + HEADER as usize }>()
    else {
        let got = response.data().len();
        log::error!("SDR record id 0x{asked:04x}: the header has {got} bytes, expected 7");
        return None;
    };
    let next = u16::from_le_bytes([next, next_high]);
    let mut id = u16::from_le_bytes([id, id_high]);
    if length == 0 {
        log::error!("SDR record id 0x{asked:04x}: invalid length {length}");
        return None;
    }
    // Some BMCs return another number than they are asked for, and do not know it afterwards.
    if asked != 0 && id != asked {
        log::debug!("SDR record id mismatch: 0x{id:04x}");
        id = asked;
    }
    log::debug!("SDR record type : 0x{kind:02x}");
    log::debug!("SDR record next : 0x{next:04x}");
    log::debug!("SDR record bytes: {length}");
    let header = Header {
        id,
        version,
        kind,
        length,
    };
    Some((header, next))
}

fn request(target: RequestTargetAddress, netfn: u8, cmd: u8, data: &[u8]) -> Request {
    Request::new(Message::new_raw(netfn, cmd, data.to_vec()), target)
}

/// How many records are asked for at once: at first, and at most.
const FEWEST_AHEAD: usize = 4;
const MOST_AHEAD: usize = 64;

/// How often a header is asked for that is refused.
const TRIES: u32 = 5;

/// How often a reservation is renewed for one record: others may write to the repository meanwhile.
const MOST_RENEWALS: u32 = 20;

/// How long others are left alone after they took the reservation. Stock waits up to three seconds.
const PAUSE: Duration = Duration::from_millis(100);

/// The number after the last record's.
const LAST: u16 = 0xffff;

/// A record's header, in bytes; the next record's number stands before it in answers.
const HEADER: u8 = 5;
const NEXT: usize = 2;

const NETFN_SENSOR: u8 = 0x04;
const NETFN_APP: u8 = 0x06;
const NETFN_STORAGE: u8 = 0x0a;
const GET_DEVICE_ID: u8 = 0x01;
/// Get SDR Repository Info and Get Device SDR Info.
const GET_INFO: u8 = 0x20;
const GET_DEVICE_SDR: u8 = 0x21;
/// Reserve SDR Repository and Reserve Device SDR Repository.
const RESERVE: u8 = 0x22;
const GET_SDR: u8 = 0x23;

/// Device support, as in Get Device ID.
const HAS_SENSORS: u8 = 0x01;
const HAS_REPOSITORY: u8 = 0x02;

const RESERVATION_LOST: u8 = 0xc5;
const BAD_LENGTH: u8 = 0xc7;
const LENGTH_LIMIT: u8 = 0xc8;
const TOO_MANY_BYTES: u8 = 0xca;
const UNSPECIFIED: u8 = 0xff;

#[cfg(test)]
#[path = "repository_tests.rs"]
mod tests;
