//! `spd <i2cbus> <i2caddr> [channel] [maxread]`: the memory of a memory module, read over I2C and described.

use ipmi_rs::connection::Message;

use crate::cli::{Context, number};
use crate::ipmi::app::MasterWriteRead;
use crate::ipmi::{self, AnswerError, Failure, Length};
use crate::spd::Description;

use super::i2c::transfer;
use super::output::Output;
use super::raw::dump;
use super::{Desk, Job, Parsed, Refusal};

/// Parses what follows `spd`.
///
/// # Errors
///
/// Help, too few words, or a bad number.
pub fn parse(words: &[&str], _: &Context) -> Result<Parsed, Refusal> {
    let [bus, address, rest @ ..] = words else {
        return Err(match words {
            [] | ["help"] => Refusal::help(USAGE),
            _ => Refusal::error(USAGE),
        });
    };
    if *bus == "help" {
        return Err(Refusal::help(USAGE));
    }
    let bus = byte("i2cbus", bus)?;
    let address = byte("i2caddr", address)?;
    let or = |index: usize, label, otherwise| match rest.get(index) {
        Some(word) => byte(label, word),
        None => Ok(otherwise),
    };
    let channel = or(0, "channel", 0)?;
    let count = or(1, "maxread", MOST)?;
    match count {
        0 => Err(invalid("maxread", "0")),
        1..=MOST => Ok(Parsed::job(Spd {
            bus: (channel & 0x0f) << 4 | (bus & 7) << 1 | 1,
            address,
            count,
        })),
        _ => Err(Refusal::error(format!(
            "Master Write-Read: Too many bytes ({count}) to read\n{}",
            super::i2c::UNABLE
        ))),
    }
}

fn byte(label: &str, word: &str) -> Result<u8, Refusal> {
    number::uchar(word.as_bytes()).map_err(|_| invalid(label, word))
}

fn invalid(label: &str, word: &str) -> Refusal {
    Refusal::error(format!("Given {label} \"{word}\" is invalid."))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Spd {
    /// Channel, number and kind of the bus, as Master Write-Read has them.
    bus: u8,
    address: u8,
    /// Bytes to read at a time, 1 to 64.
    count: u8,
}

impl Spd {
    /// Every read, by the offset of what it reads. The offset on the bus is a byte: from 256 on, the first half of the
    /// memory comes again, as in stock.
    fn reads(self) -> impl Iterator<Item = MasterWriteRead> {
        (0..SIZE)
            .step_by(usize::from(self.count))
            .map(move |offset| MasterWriteRead {
                bus: self.bus,
                address: self.address,
                count: self.count,
                data: vec![offset.to_le_bytes()[0]],
            })
    }
}

impl Job for Spd {
    fn first(&self) -> Vec<Message> {
        self.reads().take(1).map(Message::from).collect()
    }

    fn run(&self, desk: &mut Desk<'_>) -> bool {
        ipmi::hint(desk.bmc, self.reads());
        let mut image = Vec::with_capacity(SIZE + usize::from(self.count));
        for read in self.reads() {
            let answer = transfer(read, desk).and_then(|answer| {
                match answer.get(..usize::from(self.count)) {
                    Some(bytes) => Ok(bytes.to_vec()),
                    None => Err(Failure::Answer(AnswerError {
                        got: answer.len(),
                        expected: Length::AtLeast(usize::from(self.count)),
                    })),
                }
            });
            match answer {
                Ok(bytes) => image.extend(bytes),
                Err(failure) => {
                    super::i2c::fail(&failure, desk);
                    return false;
                }
            }
        }
        image.truncate(SIZE);
        print(&image, desk.context.verbose, desk.output);
        true
    }
}

/// Prints what an image says, and with `-v` the image. Whether it was whole.
pub fn print(image: &[u8], verbose: u8, output: &mut Output) -> bool {
    let Description { lines, whole } = Description::of(image);
    for (label, value) in lines {
        output.print(format_args!(" {label:<22}: "));
        output.bytes(&value);
        output.line(format_args!(""));
    }
    if whole && verbose > 0 {
        output.line(format_args!(""));
        output.complain(format_args!(
            "SPD DATA ({} bytes)\n{}",
            image.len(),
            dump(image)
        ));
    }
    whole
}

/// Bytes that are read.
const SIZE: usize = 512;

/// Bytes that can be read at a time.
const MOST: u8 = 64;

const USAGE: &str = "usage: spd <i2cbus> <i2caddr> [channel] [maxread]";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_is_read_in_parts_of_any_size_and_never_without_end() {
        for count in 1..=MOST {
            let spd = Spd {
                bus: 1,
                address: 0xa0,
                count,
            };
            let reads: Vec<_> = spd.reads().collect();
            assert_eq!(reads.len(), SIZE.div_ceil(usize::from(count)));
            assert_eq!(reads[0].data, [0]);
        }
        for words in [["1", "0xa0", "0", "0"], ["1", "0xa0", "0", "65"]] {
            assert!(parse(&words, &Context::default()).is_err());
        }
    }
}
