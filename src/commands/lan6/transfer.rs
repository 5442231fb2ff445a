//! Items between here and the BMC.

use crate::commands::Desk;
use crate::ipmi::lan::{GetLanParameter, SetLanParameter, is_absence};
use crate::ipmi::names::{self, Table};
use crate::ipmi::{Failure, completion, exchange};

use super::items::{ITEMS, Item, Kind, Parameter, Part};

/// A value that was read.
#[derive(Debug)]
pub struct Value {
    /// Of which item.
    pub item: &'static Item,
    /// Which set of it.
    pub set: u8,
    /// Which block of the set.
    pub block: u8,
    /// Its bytes, as many as the item has: what an answer lacks is 0, what it has too many is left out.
    pub bytes: Vec<u8>,
}

/// Reads all values that a selection has; without an item, of all items. What the BMC does not have is left out.
///
/// False in the second place: something failed otherwise; it was said what.
pub fn read(
    channel: u8,
    item: Option<&'static Item>,
    set: Option<u8>,
    block: Option<u8>,
    desk: &mut Desk<'_>,
) -> (Vec<Value>, bool) {
    let mut reader = Reader {
        channel,
        values: Vec::new(),
        complete: true,
    };
    match item {
        Some(item) => reader.item(item, set, block, false, desk),
        None => {
            for item in ITEMS {
                reader.item(item, None, None, true, desk);
            }
        }
    }
    (reader.values, reader.complete)
}

struct Reader {
    channel: u8,
    values: Vec<Value>,
    complete: bool,
}

/// Why there is no value.
enum Missing {
    /// The BMC does not have it.
    Absent,
    /// Something else, which was said.
    Failed,
}

impl Reader {
    /// Sets and blocks that are not chosen are counted up to the first that the BMC does not have. With `quiet`, that
    /// may be the first one.
    fn item(
        &mut self,
        item: &'static Item,
        set: Option<u8>,
        block: Option<u8>,
        quiet: bool,
        desk: &mut Desk<'_>,
    ) {
        let sets = match (set, item.sets) {
            (Some(set), _) => set..=set,
            (None, Some(first)) => first..=u8::MAX,
            (None, None) => 0..=0,
        };
        let blocks = match (block, item.blocks) {
            (Some(block), _) => block..=block,
            (None, true) => 0..=u8::MAX,
            (None, false) => 0..=0,
        };
        let mut quiet = quiet;
        for set in sets {
            let mut found = false;
            for block in blocks.clone() {
                match self.value(item, set, block, quiet, desk) {
                    Ok(bytes) => self.values.push(Value {
                        item,
                        set,
                        block,
                        bytes,
                    }),
                    Err(missing) => {
                        let expected = quiet && matches!(missing, Missing::Absent);
                        self.complete &= expected;
                        if !quiet {
                            return;
                        }
                        break;
                    }
                }
                (found, quiet) = (true, true);
            }
            if !found {
                return;
            }
        }
    }

    fn value(
        &self,
        item: &Item,
        set: u8,
        block: u8,
        quiet: bool,
        desk: &mut Desk<'_>,
    ) -> Result<Vec<u8>, Missing> {
        let mut bytes = vec![0; item.size()];
        // Two static routers have parameters of their own instead of sets.
        let selector = match item.kind {
            Kind::StaticRouter if set > 2 => return Err(Missing::Absent),
            Kind::StaticRouter => 0,
            _ => set,
        };
        for (index, part) in item.parts(set).into_iter().enumerate() {
            // As in stock, the blocks of one parameter may all be absent; the parameters after a first one may not.
            let quiet = quiet && (index == 0 || item.kind == Kind::Dhcp6Timing);
            self.part(part, selector, block, quiet, &mut bytes, desk)?;
        }
        Ok(bytes)
    }

    fn part(
        &self,
        part: Part,
        set: u8,
        block: u8,
        quiet: bool,
        bytes: &mut [u8],
        desk: &mut Desk<'_>,
    ) -> Result<(), Missing> {
        let Part {
            parameter,
            at,
            block: own,
        } = part;
        let block = own.unwrap_or(block);
        log::info!(
            "Getting parameter '{}' set {set} block {block}",
            parameter.name()
        );
        let command = GetLanParameter {
            channel: self.channel,
            selector: parameter.0,
            set,
            block,
        };
        match exchange(desk.bmc, command) {
            Ok(value) => {
                let room = bytes.iter_mut().skip(at).take(parameter.length());
                for (byte, new) in room.zip(value) {
                    *byte = new;
                }
                Ok(())
            }
            Err(Failure::Completion(code)) if quiet && is_absence(code) => Err(Missing::Absent),
            // As in stock: an answer without even a revision is an empty one.
            Err(Failure::Answer(_)) => Ok(()),
            Err(failure) => {
                complain("get", parameter, &failure, desk);
                Err(Missing::Failed)
            }
        }
    }
}

/// Writes an item. Whether all of it was written; what was not is said, and what was.
pub fn write(channel: u8, item: &Item, set: u8, bytes: &[u8], desk: &mut Desk<'_>) -> bool {
    let mut written: Vec<&str> = Vec::new();
    for part in item.parts(set) {
        let end = part.at + part.parameter.length();
        let value = bytes.get(part.at..end).unwrap_or_default();
        if !write_parameter(channel, part.parameter, value, desk) {
            if !written.is_empty() {
                desk.output
                    .complain(format_args!("Set before that: {}", written.join(", ")));
            }
            return false;
        }
        written.push(part.parameter.name());
    }
    true
}

/// Writes a parameter. Whether that went well; if not, it is said.
pub fn write_parameter(
    channel: u8,
    parameter: Parameter,
    value: &[u8],
    desk: &mut Desk<'_>,
) -> bool {
    log::info!("Setting parameter '{}'", parameter.name());
    let command = SetLanParameter {
        channel,
        selector: parameter.0,
        value: value.to_vec(),
    };
    match exchange(desk.bmc, command) {
        Ok(()) => true,
        Err(failure) => {
            complain("set", parameter, &failure, desk);
            false
        }
    }
}

fn complain(action: &str, parameter: Parameter, failure: &Failure, desk: &mut Desk<'_>) {
    let reason = match failure {
        Failure::Transport(error) => {
            desk.output.explain(error);
            "No response".into()
        }
        Failure::Completion(code @ 0..0xc0) => names::name(*code, CODES),
        Failure::Completion(code) => completion::text(*code),
        Failure::Answer(error) => error.to_string().into(),
    };
    desk.output.complain(format_args!(
        "Failed to {action} {}: {reason}",
        parameter.name()
    ));
}

/// Completion codes of these two commands alone.
const CODES: Table = &[
    (0x80, "Parameter not supported"),
    (0x81, "Set already in progress"),
    (0x82, "Parameter is read-only"),
    (0x83, "Write-only parameter"),
];
