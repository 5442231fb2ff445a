//! The console-log extension, version 1: network function 2Eh under an enterprise number. The command numbers, layouts
//! and completion codes are those of [`crate::wire::console_log`].

use super::Bmc;
use super::receive::Request;
use crate::bmc::command::{Privilege, Reply, cc};
use crate::bmc::console_log::ConsoleLog;
use crate::bmc::queue::Waited;
use crate::wire::console_log as wire;

impl Bmc {
    /// Answers a command of the extension; `None`: it is none, or the extension is off.
    pub(super) fn extension_command(&mut self, request: &Request<'_>) -> Option<Reply> {
        let iana = self.config.extension?;
        let iana = &wire::iana_bytes(iana)[..];
        let m = &request.message;
        if m.netfn != wire::NETFN || !m.data.starts_with(iana) {
            return None;
        }
        let data = &m.data[3..];
        let outcome = if self.privilege(request) < Privilege::User {
            Err((cc::PRIVILEGE, Vec::new()))
        } else {
            match m.cmd {
                wire::INFO => self.log_info(request, data),
                wire::HEARTBEAT => self.heartbeat(request, data),
                wire::READ => self.read_log(request, data),
                wire::FIND => self.find_time(request, data),
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
        let instance = wire::parse_info(data).map_err(length)?;
        let (_, log) = self.log_of(instance)?;
        let info = wire::Info {
            version: wire::VERSION,
            clock_is_set: true,
            epoch: log.epoch(),
            start: log.start(),
            end: log.end(),
            capacity: log.capacity(),
            now: request.at.wall_ms,
        };
        Ok(info.to_bytes())
    }

    fn heartbeat(&mut self, request: &Request<'_>, data: &[u8]) -> Outcome {
        let asked = wire::Heartbeat::parse(data).map_err(length)?;
        let (port, log) = self.log_of(asked.instance)?;
        let own = request.session.is_some() && self.ports[port].sol.session() == request.session;
        let sol = Some(&self.ports[port]).filter(|_| own);
        let beat = wire::Beat {
            sequence: asked.sequence,
            status: match request.waited {
                Waited::No => wire::BeatStatus::AtOnce,
                Waited::Yes => wire::BeatStatus::Waited,
                Waited::TooLong => wire::BeatStatus::Overdue,
            },
            received: request.received.wall_ms,
            processed: request.at.wall_ms,
            epoch: log.epoch(),
            start: log.start(),
            end: log.end(),
            sol_start: sol.and_then(|port| port.sol_start),
            skipped: sol.map_or(0, |port| {
                u32::try_from(port.sol.skipped()).unwrap_or(u32::MAX)
            }),
            piece: log.read(asked.have, self.fit(request, asked.want, wire::Beat::HEAD)),
        };
        self.statistics.heartbeats += 1;
        Ok(beat.to_bytes())
    }

    fn read_log(&mut self, request: &Request<'_>, data: &[u8]) -> Outcome {
        let asked = wire::Read::parse(data).map_err(length)?;
        let (_, log) = self.log_of(asked.instance)?;
        same_epoch(log, asked.epoch)?;
        let answer = wire::Log {
            epoch: log.epoch(),
            start: log.start(),
            end: log.end(),
            piece: log.read(asked.offset, self.fit(request, asked.want, wire::Log::HEAD)),
        };
        Ok(answer.to_bytes())
    }

    fn find_time(&mut self, request: &Request<'_>, data: &[u8]) -> Outcome {
        let asked = wire::Find::parse(data).map_err(length)?;
        let (_, log) = self.log_of(asked.instance)?;
        same_epoch(log, asked.epoch)?;
        let (offset, time) = log
            .find(asked.time)
            .unwrap_or((log.end(), request.at.wall_ms));
        Ok(wire::Found { offset, time }.to_bytes())
    }

    fn log_of(&self, instance: u8) -> Result<(usize, &ConsoleLog), (u8, Vec<u8>)> {
        let index = match instance {
            1..=15 => usize::from(instance) - 1,
            _ => return Err((cc::OUT_OF_RANGE, Vec::new())),
        };
        self.ports
            .get(index)
            .map(|port| (index, &port.log))
            .ok_or((wire::NO_CONSOLE, Vec::new()))
    }

    /// How many bytes of a log one answer may carry: an IPMI 1.5 packet counts its payload in one byte.
    fn fit(&self, request: &Request<'_>, want: u16, head: usize) -> usize {
        let v20 = request
            .session
            .and_then(|id| self.sessions.get(id))
            .is_some_and(|s| s.is_v20());
        let most = if v20 { MOST_V20 } else { MOST_V15 };
        usize::from(want).min(most.saturating_sub(FRAME + head))
    }
}

/// Data of a good answer, or the completion code of a bad one with the data that goes with it.
type Outcome = Result<Vec<u8>, (u8, Vec<u8>)>;

fn same_epoch(log: &ConsoleLog, epoch: u64) -> Result<(), (u8, Vec<u8>)> {
    if log.epoch() == epoch {
        Ok(())
    } else {
        Err((wire::EPOCH_GONE, log.epoch().to_le_bytes().to_vec()))
    }
}

fn length(_: crate::wire::Error) -> (u8, Vec<u8>) {
    (cc::LENGTH, Vec::new())
}

/// Bytes of an answer around the extension's own: IPMI message, completion code, enterprise number.
const FRAME: usize = 7 + 1 + 3;
/// Longest IPMI message in an RMCP+ packet: it fits any Ethernet with room for headers, padding and tag.
const MOST_V20: usize = 1024;
/// Longest IPMI message in an IPMI 1.5 packet.
const MOST_V15: usize = 255;
