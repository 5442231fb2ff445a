//! `chassis bootmbox get …` and `chassis bootmbox set …`: boot option 7, blocks of 16 bytes for whoever boots.

use crate::cli::number;
use crate::commands::output::Output;
use crate::commands::{Desk, Job, Parsed, Refusal};
use crate::ipmi::boot::{BootOption, GetBootOption, parameter};
use crate::ipmi::{AnswerError, hint, vendors};

use super::bootdev::{BIOS_POST, OS_LOADER, Set, Settings};
use super::option::Show;
use crate::wire::text::{hex, up_to_nul};

/// How a block is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// As text and not as hexadecimal digits.
    text: bool,
    /// As one of all.
    of_all: bool,
}

/// Parses what follows `bootmbox`.
///
/// # Errors
///
/// Help, an unknown word, a bad value, or more data than fits.
pub fn parse(words: &[&str]) -> Result<Parsed, Refusal> {
    let (verb, rest) = match words {
        [] | ["help", ..] => return Err(Refusal::help(USAGE)),
        [verb @ ("get" | "set"), rest @ ..] => (*verb, rest),
        [word, ..] => {
            return Err(Refusal::error(format!(
                "Invalid bootmbox command: {word}\n{USAGE}"
            )));
        }
    };
    let (text, rest) = match rest {
        ["text", rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let (block, rest) = match rest {
        ["block"] => return Err(Refusal::error(USAGE)),
        ["block", word, rest @ ..] => {
            let block = number::uchar(word.as_bytes())
                .map_err(|_| Refusal::error(format!("Invalid block {word}")))?;
            (Some(block), rest)
        }
        rest => (None, rest),
    };
    match verb {
        "get" => Ok(Parsed::job(Read { block, text })),
        _ => write(block, text, rest).map(Parsed::job),
    }
}

/// Reads a block, or all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Read {
    block: Option<u8>,
    text: bool,
}

impl Job for Read {
    fn run(&self, desk: &mut Desk<'_>) -> bool {
        let show = |set: u8, of_all: bool| {
            let mut show = Show::option(GetBootOption {
                parameter: parameter::MAILBOX,
                set,
            });
            let text = self.text;
            show.mailbox = Shown { text, of_all };
            show.header = !of_all || set == 0;
            show.range_matters = show.header;
            show
        };
        match self.block {
            Some(block) => show(block, false).show(desk),
            None => {
                let blocks = (0..=u8::MAX).map(|set| GetBootOption {
                    parameter: parameter::MAILBOX,
                    set,
                });
                hint(desk.bmc, blocks);
                if !show(0, true).show(desk) {
                    return false;
                }
                // Its end is where the BMC refuses a block.
                let _ = (1..=u8::MAX).all(|block| show(block, true).show(desk));
                true
            }
        }
    }
}

/// Prints a block.
///
/// # Errors
///
/// Where bytes are missing.
pub fn print(option: &BootOption, shown: Shown, output: &mut Output) -> Result<(), AnswerError> {
    let value = option.value();
    let [block] = option.at_least::<1>()?;
    let mut data = value.get(1..).unwrap_or_default();
    let maker = match block {
        0 => {
            let [_, low, middle, high] = option.at_least::<4>()?;
            data = value.get(4..).unwrap_or_default();
            Some(u32::from_le_bytes([low, middle, high, 0]))
        }
        _ => None,
    };
    if !shown.of_all {
        output.line(format_args!(" Selector       : {block}"));
    }
    if let Some(maker) = maker {
        let name = vendors::manufacturer(maker);
        output.line(format_args!(" IANA PEN       : {maker} [{name}]"));
    }
    if shown.of_all {
        output.print(format_args!(" Block {block:3} Data : "));
    } else {
        output.print(format_args!(" Block Data     : "));
    }
    if shown.text {
        // As a string of C: up to the first zero byte, and no longer than a block.
        let text = data.get(..BLOCK).unwrap_or(data);
        output.print(format_args!("'"));
        output.bytes(up_to_nul(text));
        output.line(format_args!("'"));
    } else {
        output.line(format_args!("{}", hex(data)));
    }
    Ok(())
}

/// Blocks to be written, one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Write {
    first: u8,
    /// Without the number before each; of block 0, the maker stands before the data.
    blocks: Vec<Block>,
    /// How many bytes were given.
    size: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Block {
    maker: Vec<u8>,
    data: Vec<u8>,
}

fn write(block: Option<u8>, text: bool, words: &[&str]) -> Result<Write, Refusal> {
    log::info!("Writing Boot Mailbox...");
    let (maker, data) = match words {
        [maker, data @ ..] => (number::int(maker.as_bytes()).ok(), data),
        [] => (None, words),
    };
    let Some(maker) = maker.filter(|maker| (0..1 << 24).contains(maker)) else {
        return Err(Refusal::error(format!(
            "No valid IANA PEN specified!\n\n{USAGE}"
        )));
    };
    let data = match data {
        [] => return Err(Refusal::error(format!("No data provided!\n\n{USAGE}"))),
        // C's string, its end included.
        [word, ..] if text => [word.as_bytes(), &[0]].concat(),
        words => words
            .iter()
            .map(|word| {
                number::uchar(word.as_bytes())
                    .map_err(|_| Refusal::error(format!("Bad byte value: {word}")))
            })
            .collect::<Result<_, _>>()?,
    };
    let most = match block {
        None => BLOCK * 256 - MAKER,
        Some(0) => BLOCK - MAKER,
        Some(_) => BLOCK,
    };
    if data.len() > most {
        return Err(Refusal::error(format!(
            "Data size {} exceeds maximum ({most})",
            data.len()
        )));
    }
    let first = block.unwrap_or(0);
    Ok(Write {
        first,
        size: data.len(),
        blocks: blocks(first, maker, &data),
    })
}

fn blocks(first: u8, maker: i32, mut data: &[u8]) -> Vec<Block> {
    let mut blocks = Vec::new();
    while !data.is_empty() {
        let maker = match (first, blocks.len()) {
            (0, 0) => maker.to_le_bytes().into_iter().take(MAKER).collect(),
            _ => Vec::new(),
        };
        let (now, rest) = data.split_at(data.len().min(BLOCK - maker.len()));
        blocks.push(Block {
            maker,
            data: now.to_vec(),
        });
        data = rest;
    }
    blocks
}

impl Job for Write {
    fn run(&self, desk: &mut Desk<'_>) -> bool {
        log::info!("Data size: {}", self.size);
        log::info!("Blocks to write: {}", self.blocks.len());
        let mut settings = Settings::default();
        settings.begin(desk);
        let done = self.write(&settings, desk);
        settings.complete(desk);
        done
    }
}

impl Write {
    fn write(&self, settings: &Settings, desk: &mut Desk<'_>) -> bool {
        for (block, number) in self.blocks.iter().zip(self.first..=u8::MAX) {
            let digits = block.data.iter().map(|byte| format!("{byte:02x}"));
            let digits = digits.collect::<Vec<_>>().join(" ");
            log::info!("Block {number:3}: {digits}");
            let value = [&[number], &block.maker[..], &block.data[..]].concat();
            let set = settings.set(parameter::MAILBOX, &value, desk);
            if set == Set::Refused(OUT_OF_RANGE) {
                desk.output
                    .complain(format_args!("Hit end of mailbox writing block {number}"));
            }
            if set != Set::Done {
                if number > self.first {
                    let last = number - 1;
                    desk.output.complain(format_args!(
                        "Blocks {} to {last} are written, but not committed",
                        self.first
                    ));
                }
                return false;
            }
        }
        log::info!(
            "Wrote {} blocks of Boot Initiator Mailbox",
            self.blocks.len()
        );
        settings.commit(desk);
        settings.clear_acknowledgement(BIOS_POST | OS_LOADER, desk) == Set::Done
    }
}

/// Bytes of data in a block.
const BLOCK: usize = 16;

/// Bytes of the maker's number at the beginning of block 0.
const MAKER: usize = 3;

/// The mailbox has no such block.
const OUT_OF_RANGE: u8 = 0xc9;

const USAGE: &str = "bootmbox get [text] [block <block>]
  Read the entire Boot Initiator Mailbox or the specified <block>.
  If 'text' option is specified, the data is output as plain text, otherwise
  hex dump mode is used.

bootmbox set text [block <block>] <IANA_PEN> \"<data_string>\"
bootmbox set [block <block>] <IANA_PEN> <data_byte> [<data_byte> ...]
  Write the specified <block> or the entire Boot Initiator Mailbox.
  It is required to specify a decimal IANA Enterprise Number recognized
  by the boot initiator on the target system. Refer to your target system
  manufacturer for details. The rest of the arguments are either separate
  data byte values separated by spaces, or a single text string argument.

  When single block write is requested, the total length of <data> may not
  exceed 13 bytes for block 0, or 16 bytes otherwise.

bootmbox help
  Show this help.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_block_begins_with_the_maker_and_the_others_do_not() {
        let write = write(None, true, &["343", "abcdefghijklmnop"]).unwrap();
        let lengths: Vec<_> = write
            .blocks
            .iter()
            .map(|block| (block.maker.len(), block.data.len()))
            .collect();
        assert_eq!(lengths, [(3, 13), (0, 4)]);
        assert_eq!(write.blocks[0].maker, [0x57, 1, 0]);
    }

    #[test]
    fn nothing_is_written_that_does_not_fit() {
        let byte = ["1"; 5000];
        let refused = |block, count: usize| {
            write(block, false, &[&["343"], &byte[..count]].concat()).is_err()
        };
        assert!(!refused(Some(0), 13) && refused(Some(0), 14));
        assert!(!refused(Some(9), 16) && refused(Some(9), 17));
        assert!(!refused(None, 4093) && refused(None, 4094));
        assert!(write(None, false, &["343", "1", "x"]).is_err());
        assert!(write(None, false, &["16777216", "1"]).is_err());
    }
}
