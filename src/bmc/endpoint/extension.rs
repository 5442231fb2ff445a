//! The console-log extension, version 1: network function 2Eh under an enterprise number. The command numbers, layouts
//! and completion codes are those of its description in `docs/`; all integers are little-endian.

use super::Bmc;
use super::receive::Request;
use crate::bmc::command::{Privilege, Reply, cc};
use crate::bmc::console_log::{ConsoleLog, Piece};
use crate::bmc::queue::Waited;
use crate::wire::Reader;

impl Bmc {
    /// Answers a command of the extension; `None`: it is none, or the extension is off.
    pub(super) fn extension_command(&mut self, request: &Request<'_>) -> Option<Reply> {
        let iana = self.config.extension?;
        let iana = &iana.to_le_bytes()[..3];
        let m = &request.message;
        if m.netfn != NETFN_OEM_GROUP || !m.data.starts_with(iana) {
            return None;
        }
        let data = &m.data[3..];
        let outcome = if self.privilege(request) < Privilege::User {
            Err((cc::PRIVILEGE, Vec::new()))
        } else {
            match m.cmd {
                0x01 => self.log_info(request, data),
                0x02 => self.heartbeat(request, data),
                0x03 => self.read_log(request, data),
                0x04 => self.find_time(request, data),
                _ => Err((cc::INVALID_COMMAND, Vec::new())),
            }
        };
        let (code, rest) = match outcome {
            Ok(data) => (cc::OK, data),
            Err((code, data)) => (code, data),
        };
        Some(Reply {
            code,
            data: [iana, &rest].concat(),
        })
    }

    fn log_info(&mut self, request: &Request<'_>, data: &[u8]) -> Outcome {
        let &[instance] = data else {
            return Err(length());
        };
        let (_, log) = self.log_of(instance)?;
        let mut out = vec![VERSION, CLOCK_IS_SET];
        put(&mut out, &[log.epoch(), log.start(), log.end()]);
        out.extend(log.capacity().to_le_bytes());
        put(&mut out, &[request.at.wall_ms]);
        Ok(out)
    }

    fn heartbeat(&mut self, request: &Request<'_>, data: &[u8]) -> Outcome {
        if data.len() != 23 {
            return Err(length());
        }
        let mut r = Reader::new("Console Heartbeat", data);
        let instance = r.u8().map_err(|_| length())?;
        let sequence = r.u32().map_err(|_| length())?;
        let _sent = u64_of(&mut r)?;
        let have = u64_of(&mut r)?;
        let want = r.u16().map_err(|_| length())?;
        let (port, log) = self.log_of(instance)?;
        let status = match request.waited {
            Waited::No => 0,
            Waited::Yes => 1,
            Waited::TooLong => 2,
        };
        let own = request.session.is_some() && self.ports[port].sol.session() == request.session;
        let start = self.ports[port]
            .sol_start
            .filter(|_| own)
            .unwrap_or(u64::MAX);
        let skipped = if own {
            self.ports[port].sol.skipped()
        } else {
            0
        };
        let piece = log.read(have, self.fit(request, want, HEARTBEAT_OVERHEAD));
        let mut out = sequence.to_le_bytes().to_vec();
        out.push(status);
        put(
            &mut out,
            &[
                request.received.wall_ms,
                request.at.wall_ms,
                log.epoch(),
                log.start(),
                log.end(),
                start,
            ],
        );
        out.extend(u32::try_from(skipped).unwrap_or(u32::MAX).to_le_bytes());
        put_piece(&mut out, &piece);
        self.statistics.heartbeats += 1;
        Ok(out)
    }

    fn read_log(&mut self, request: &Request<'_>, data: &[u8]) -> Outcome {
        if data.len() != 19 {
            return Err(length());
        }
        let mut r = Reader::new("Read Console Log", data);
        let instance = r.u8().map_err(|_| length())?;
        let epoch = u64_of(&mut r)?;
        let offset = u64_of(&mut r)?;
        let want = r.u16().map_err(|_| length())?;
        let (_, log) = self.log_of(instance)?;
        same_epoch(log, epoch)?;
        let piece = log.read(offset, self.fit(request, want, READ_OVERHEAD));
        let mut out = Vec::new();
        put(&mut out, &[log.epoch(), log.start(), log.end()]);
        put_piece(&mut out, &piece);
        Ok(out)
    }

    fn find_time(&mut self, request: &Request<'_>, data: &[u8]) -> Outcome {
        if data.len() != 17 {
            return Err(length());
        }
        let mut r = Reader::new("Find Console Log Time", data);
        let instance = r.u8().map_err(|_| length())?;
        let epoch = u64_of(&mut r)?;
        let time = u64_of(&mut r)?;
        let (_, log) = self.log_of(instance)?;
        same_epoch(log, epoch)?;
        let (offset, found) = log.find(time).unwrap_or((log.end(), request.at.wall_ms));
        let mut out = Vec::new();
        put(&mut out, &[offset, found]);
        Ok(out)
    }

    fn log_of(&self, instance: u8) -> Result<(usize, &ConsoleLog), (u8, Vec<u8>)> {
        let index = match instance {
            1..=15 => usize::from(instance) - 1,
            _ => return Err((cc::OUT_OF_RANGE, Vec::new())),
        };
        self.ports
            .get(index)
            .map(|port| (index, &port.log))
            .ok_or((NO_CONSOLE, Vec::new()))
    }

    /// How many bytes of a log one answer may carry: an IPMI 1.5 packet counts its payload in one byte.
    fn fit(&self, request: &Request<'_>, want: u16, overhead: usize) -> usize {
        let v20 = request
            .session
            .and_then(|id| self.sessions.get(id))
            .is_some_and(|s| s.is_v20());
        let most = if v20 { MOST_V20 } else { MOST_V15 };
        usize::from(want).min(most.saturating_sub(overhead))
    }
}

/// Data of a good answer, or the completion code of a bad one with the data that goes with it.
type Outcome = Result<Vec<u8>, (u8, Vec<u8>)>;

fn same_epoch(log: &ConsoleLog, epoch: u64) -> Result<(), (u8, Vec<u8>)> {
    if log.epoch() == epoch {
        Ok(())
    } else {
        Err((EPOCH_GONE, log.epoch().to_le_bytes().to_vec()))
    }
}

fn put_piece(out: &mut Vec<u8>, piece: &Piece) {
    put(out, &[piece.offset, piece.first, piece.last]);
    out.extend_from_slice(&piece.data);
}

fn put(out: &mut Vec<u8>, numbers: &[u64]) {
    out.extend(numbers.iter().flat_map(|n| n.to_le_bytes()));
}

fn u64_of(r: &mut Reader<'_>) -> Result<u64, (u8, Vec<u8>)> {
    Ok(u64::from_le_bytes(r.array().map_err(|_| length())?))
}

fn length() -> (u8, Vec<u8>) {
    (cc::LENGTH, Vec::new())
}

const NETFN_OEM_GROUP: u8 = 0x2e;
const VERSION: u8 = 1;
/// Flags of Get Console Log Info, bit 0.
const CLOCK_IS_SET: u8 = 1;
/// Completion code: no console on that instance.
const NO_CONSOLE: u8 = 0x80;
/// Completion code: the asked epoch is gone.
const EPOCH_GONE: u8 = 0x81;

/// Bytes of a heartbeat's answer around the log bytes: IPMI message, completion code, enterprise number, fields.
const HEARTBEAT_OVERHEAD: usize = 7 + 1 + 3 + 81;
/// The same for Read Console Log.
const READ_OVERHEAD: usize = 7 + 1 + 3 + 48;
/// Longest IPMI message in an RMCP+ packet: it fits any Ethernet with room for headers, padding and tag.
const MOST_V20: usize = 1024;
/// Longest IPMI message in an IPMI 1.5 packet.
const MOST_V15: usize = 255;
