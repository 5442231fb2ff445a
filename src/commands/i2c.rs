//! `i2c [bus=public|# [chan=#]] <i2caddr> <read bytes> [write data]`: Master Write-Read.

use crate::cli::{Context, number};
use crate::ipmi::Failure;
use crate::ipmi::app::MasterWriteRead;
use crate::ipmi::exchange;

use super::raw::dump;
use super::{Desk, Job, Parsed, Refusal};

/// Parses what follows `i2c`.
///
/// # Errors
///
/// Help, too few or too many words, or a bad number.
pub fn parse(words: &[&str], _: &Context) -> Result<Parsed, Refusal> {
    if matches!(words, [] | ["help", ..]) {
        return Err(Refusal::help(USAGE));
    }
    let (bus, words) = match words {
        [bus, rest @ ..] if words.len() > 2 => match bus.strip_prefix("bus=") {
            Some(bus) => channel(parse_bus(bus)?, rest)?,
            None => (0, words),
        },
        words => (0, words),
    };
    let [address, count, data @ ..] = words else {
        return Err(Refusal::error(USAGE));
    };
    if data.len() > MOST {
        return Err(Refusal::error(format!(
            "Raw command input limit ({MOST} bytes) exceeded"
        )));
    }
    let address = byte("i2caddr", address)?;
    let count = byte("read size", count)?;
    if address == 0 {
        return Err(Refusal::error(format!("Invalid I2C address 0\n{USAGE}")));
    }
    let data = data
        .iter()
        .map(|word| byte("parameter", word))
        .collect::<Result<Vec<u8>, _>>()?;
    if usize::from(count) > MOST {
        return Err(Refusal::error(format!(
            "Master Write-Read: Too many bytes ({count}) to read\n{UNABLE}"
        )));
    }
    Ok(Parsed::job(Transfer(MasterWriteRead {
        bus,
        address,
        count,
        data,
    })))
}

/// The second word may name a channel, where the first names a bus.
fn channel<'a, 'b>(bus: u8, words: &'a [&'b str]) -> Result<(u8, &'a [&'b str]), Refusal> {
    match words {
        [word, rest @ ..] if words.len() > 2 => match word.strip_prefix("chan=") {
            Some(channel) => Ok((bus | limited("chan", channel, 15)? << 4, rest)),
            None => Ok((bus, words)),
        },
        words => Ok((bus, words)),
    }
}

/// A private bus has its lowest bit set.
fn parse_bus(bus: &str) -> Result<u8, Refusal> {
    match bus {
        "public" => Ok(0),
        number => Ok(limited("bus", number, 7)? << 1 | 1),
    }
}

/// A decimal number, as in stock.
fn limited(label: &str, word: &str, most: u8) -> Result<u8, Refusal> {
    word.parse()
        .ok()
        .filter(|number| *number <= most)
        .ok_or_else(|| invalid(label, word))
}

fn byte(label: &str, word: &str) -> Result<u8, Refusal> {
    number::uchar(word.as_bytes()).map_err(|_| invalid(label, word))
}

fn invalid(label: &str, word: &str) -> Refusal {
    Refusal::error(format!("Given {label} \"{word}\" is invalid."))
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Transfer(MasterWriteRead);

impl Job for Transfer {
    fn run(&self, desk: &mut Desk<'_>) -> bool {
        let MasterWriteRead {
            address,
            count,
            data,
            ..
        } = &self.0;
        let written = data.len();
        log::info!("RAW I2C REQ (i2caddr={address:x} readbytes={count} writebytes={written})");
        if written > 0 && desk.context.verbose > 0 {
            desk.output
                .complain(format_args!("WRITE DATA ({written} bytes)\n{}", dump(data)));
        }
        let answer = match transfer(self.0.clone(), desk) {
            Ok(answer) => answer,
            Err(failure) => {
                fail(&failure, desk);
                return false;
            }
        };
        let verbose = desk.context.verbose > 0;
        if written > 0 && (verbose || *count == 0) {
            desk.output.line(format_args!(
                "Wrote {written} bytes to I2C device {address:02X}h"
            ));
        }
        if *count == 0 {
            return true;
        }
        if verbose || written == 0 {
            desk.output.line(format_args!(
                "Read {} bytes from I2C device {address:02X}h",
                answer.len()
            ));
        }
        if answer.len() < usize::from(*count) {
            return false;
        }
        desk.output.line(format_args!("{}", dump(&answer)));
        if answer.len() <= SHOWN_AS_BITS {
            let bits = answer.iter().map(|byte| format!("{byte:08b} "));
            desk.output
                .line(format_args!("{}", bits.collect::<String>()));
        }
        true
    }
}

/// Writes and reads, and with `-vv` says so.
///
/// # Errors
///
/// As [`exchange`].
pub(super) fn transfer(command: MasterWriteRead, desk: &mut Desk<'_>) -> Result<Vec<u8>, Failure> {
    let MasterWriteRead {
        address,
        count,
        ref data,
        ..
    } = command;
    if !data.is_empty() {
        let written = data.len();
        log::debug!("Writing {written} bytes to i2cdev {address:02X}h");
    }
    if count > 0 {
        log::debug!("Reading {count} bytes from i2cdev {address:02X}h");
    }
    exchange(desk.bmc, command)
}

/// Says why a transfer failed.
pub(super) fn fail(failure: &Failure, desk: &mut Desk<'_>) {
    let own = match failure {
        Failure::Completion(0x81) => Some("Lost Arbitration"),
        Failure::Completion(0x82) => Some("Bus Error"),
        Failure::Completion(0x83) => Some("NAK on Write"),
        Failure::Completion(0x84) => Some("Truncated Read"),
        _ => None,
    };
    let what = "I2C Master Write-Read command failed";
    match own {
        Some(text) => desk.output.complain(format_args!("{what}: {text}")),
        None => {
            desk.output.fail(format_args!("{what}"), failure);
        }
    }
    desk.output.complain(format_args!("{UNABLE}"));
}

/// Bytes, in both directions.
const MOST: usize = 64;

/// Answers of at most so many bytes are shown in binary, too.
const SHOWN_AS_BITS: usize = 4;

/// The last line of every failure.
pub(super) const UNABLE: &str = "Unable to perform I2C Master Write-Read";

const USAGE: &str = "usage: i2c [bus=public|# [chan=#] <i2caddr> <read bytes> [write data]
            bus=public is default
            chan=0 is default, bus= must be specified to use chan=";
