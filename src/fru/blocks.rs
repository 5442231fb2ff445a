//! Writing an inventory area by area: some devices protect some of them.

use std::thread;
use std::time::Duration;

use super::device::{Device, PROTECTED, VERSION, is_too_much};
use super::multi::Head;
use crate::ipmi::{Bmc, Failure, completion};

/// A part of a device that is protected, or not, as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Block {
    name: String,
    start: u16,
    size: u16,
}

/// How writing ended.
#[derive(Debug)]
pub enum Written {
    /// Everything was sent, but for these parts (from and to), which are protected.
    All {
        /// Offsets in the device.
        protected: Vec<(usize, usize)>,
    },
    /// The bytes from this offset on were not written; a completion code, or no answer.
    Stopped {
        /// The offset in the device.
        at: usize,
        /// What the BMC said.
        why: Failure,
    },
    /// Nothing was written: there is not that much room.
    TooLong,
    /// Nothing was written: offset or length is odd, and the device has words.
    Odd,
}

/// Writes `bytes` at an offset. Announces what it does to those who asked for more messages, as stock does.
pub fn write(bmc: &mut Bmc<'_>, device: &mut Device, offset: usize, bytes: &[u8]) -> Written {
    let finish = offset + bytes.len();
    if finish > usize::from(device.size) {
        return Written::TooLong;
    }
    if device.words && (offset | bytes.len()) & 1 != 0 {
        return Written::Odd;
    }
    let blocks = blocks(bmc, device);
    let mut protected = Vec::new();
    let (mut at, mut busy, mut index) = (offset, 0, 0);
    loop {
        let end_of = |block: &Block| usize::from(block.start) + usize::from(block.size);
        while blocks.get(index).is_some_and(|block| end_of(block) <= at) {
            index += 1;
        }
        let block = blocks.get(index);
        let end = block.map_or(finish, |block| end_of(block).min(finish));
        // A word is not cut in two.
        let end = end + (usize::from(device.words) & end & 1);
        let length = (end - at).min(device.most_written().into());
        let Some(part) = bytes.get(at - offset..at - offset + length) else {
            return Written::TooLong;
        };
        match block {
            Some(block) => log::info!("Writing {length} bytes (Bloc #{index}: {})", block.name),
            None => log::info!("Writing {length} bytes"),
        }
        let code = match device.write(bmc, at, part) {
            Ok(code) => code,
            Err(why) => return Written::Stopped { at, why },
        };
        match code {
            0 => {
                log::info!("Wrote {length} bytes");
                at += length;
            }
            PROTECTED => {
                match block {
                    Some(block) => {
                        log::info!(
                            "Bloc [{}] protected at offset: {} (size {} bytes)",
                            block.name,
                            block.start,
                            block.size
                        );
                        log::info!("Jumping over this bloc");
                    }
                    None => log::info!("Remaining FRU is protected following offset: {at}"),
                }
                protected.push((at, end));
                at = end;
            }
            code if is_too_much(code) && device.write_less() => {
                let most = device.most_written();
                log::info!("Retrying FRU write with request size {most}");
                continue;
            }
            BUSY if busy < MOST_BUSY => {
                busy += 1;
                thread::sleep(PAUSE);
                continue;
            }
            code => {
                let why = Failure::Completion(code);
                return Written::Stopped { at, why };
            }
        }
        if at >= finish {
            return Written::All { protected };
        }
    }
}

/// What the device consists of; nothing where that cannot be found out.
fn blocks(bmc: &mut Bmc<'_>, device: &mut Device) -> Vec<Block> {
    let (header, answer) = match device.header(bmc) {
        Ok(header) => header,
        Err(Failure::Transport(_)) => {
            log::error!(" Device not present (No Response)");
            return Vec::new();
        }
        Err(Failure::Completion(code)) => {
            log::error!(" Device not present ({})", completion::text(code));
            return Vec::new();
        }
        Err(failure) => {
            log::error!(" Device not present ({failure})");
            return Vec::new();
        }
    };
    show(&answer);
    if !header.sound {
        log::error!(" Bad header checksum");
        return Vec::new();
    }
    if header.version != VERSION {
        log::error!(" Unknown FRU header version 0x{:02x}", header.version);
        return Vec::new();
    }
    let mut blocks = Blocks {
        size: device.size,
        list: Vec::new(),
    };
    blocks.begin("Common Header Section", 0);
    let [areas @ .., multi] = header.offsets;
    for (name, units) in AREAS.into_iter().zip(areas) {
        if units != 0 {
            blocks.begin(name, u16::from(units) * 8);
        }
    }
    if multi != 0 {
        multi_blocks(bmc, device, u16::from(multi) * 8, &mut blocks);
    }
    for (index, block) in blocks.list.iter().enumerate() {
        log::debug!("Bloc Numb : {index}");
        log::debug!("Bloc Id   : {}", block.name);
        log::debug!("Bloc Start: {}", block.start);
        log::debug!("Bloc Size : {}", block.size);
        log::debug!("");
    }
    blocks.list
}

fn multi_blocks(bmc: &mut Bmc<'_>, device: &mut Device, begin: u16, blocks: &mut Blocks) {
    let mut at = u32::from(begin);
    loop {
        if device.words && at & 1 != 0 {
            log::error!(" Unaligned offset for a block: {at}");
            at += 1;
            break;
        }
        let offset = usize::try_from(at).unwrap_or(usize::MAX);
        let Ok(part) = device.read(bmc, offset, Head::LENGTH) else {
            break;
        };
        let Some(head) = part.bytes.first_chunk().map(Head::parse) else {
            break;
        };
        let Ok(start) = u16::try_from(at) else {
            break;
        };
        blocks.begin(&format!("Multi-Rec Area: Type {}", head.kind), start);
        at += u32::from(head.length) + 5;
        if !head.sound || head.last || at >= u32::from(device.size) {
            break;
        }
    }
    log::debug!("Multi-Record area ends at: {at} ({at:x}h)");
    if let Ok(start) = u16::try_from(at)
        && start < device.size
    {
        blocks.begin("Unused space", start);
    }
}

/// Blocks in the header's order, each up to the next one.
struct Blocks {
    size: u16,
    list: Vec<Block>,
}

impl Blocks {
    fn begin(&mut self, name: &str, start: u16) {
        if let Some(last) = self.list.last_mut() {
            last.size = start.wrapping_sub(last.start);
        }
        self.list.push(Block {
            name: name.to_owned(),
            start,
            size: self.size.wrapping_sub(start),
        });
    }
}

/// An answer with a header, to those who asked for many messages.
pub fn show(answer: &[u8]) {
    if answer.is_empty() || !log::log_enabled!(log::Level::Debug) {
        return;
    }
    let lines: Vec<String> = answer
        .chunks(16)
        .map(|line| line.iter().map(|byte| format!(" {byte:02x}")).collect())
        .collect();
    let lines = lines.join("\n");
    log::debug!("FRU DATA ({} bytes)\n{lines}", answer.len());
}

const AREAS: [&str; 4] = [
    "Internal Use Section",
    "Chassis Section",
    "Board Section",
    "Product Section",
];

const BUSY: u8 = 0x81;
const MOST_BUSY: u32 = 5;
const PAUSE: Duration = Duration::from_millis(40);
