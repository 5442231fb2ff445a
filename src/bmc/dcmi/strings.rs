//! Asset tag and management controller identifier (DCMI section 6.4).

use super::NETFN;
use crate::bmc::command::{Command, Outcome, cc};
use crate::bmc::machine::Machine;
use crate::bmc::table::{A, Entry, O, U};

/// This file's commands.
pub const TABLE: &[Entry] = &[
    Entry::new(NETFN, 0x06, U, 2, 2, asset_tag),
    Entry::new(NETFN, 0x08, O, 2, 18, set_asset_tag),
    Entry::new(NETFN, 0x09, U, 2, 2, controller_id),
    Entry::new(NETFN, 0x0a, A, 3, 18, set_controller_id),
];

fn asset_tag(m: &mut Machine, c: &Command) -> Outcome {
    chunk(&m.dcmi.asset_tag, c, ASSET_TAG_MAX)
}

fn set_asset_tag(m: &mut Machine, c: &Command) -> Outcome {
    let (offset, text) = written(c, ASSET_TAG_MAX)?;
    let tag = &mut m.dcmi.asset_tag;
    if offset > tag.len() {
        return Err(cc::OUT_OF_RANGE);
    }
    tag.truncate(offset);
    tag.extend(text);
    Ok(vec![(tag.len() & 0xff) as u8])
}

fn controller_id(m: &mut Machine, c: &Command) -> Outcome {
    // What the zero at its end cuts off does not count.
    let id = &m.dcmi.controller_id;
    let end = id.iter().position(|&b| b == 0).unwrap_or(CONTROLLER_ID_MAX);
    chunk(&id[..end], c, CONTROLLER_ID_MAX)
}

fn set_controller_id(m: &mut Machine, c: &Command) -> Outcome {
    let (offset, text) = written(c, CONTROLLER_ID_MAX)?;
    let id = &mut m.dcmi.controller_id;
    id[offset..offset + text.len()].copy_from_slice(text);
    // A string that is shorter than the one before ends where its zero is.
    if text.contains(&0) || offset + text.len() == CONTROLLER_ID_MAX {
        let end = id
            .iter()
            .position(|&b| b == 0)
            .unwrap_or(CONTROLLER_ID_MAX - 1);
        id[end..].fill(0);
    }
    let written = offset + text.len();
    Ok(vec![(written & 0xff) as u8])
}

/// Total length, then the bytes asked for.
fn chunk(text: &[u8], c: &Command, max: usize) -> Outcome {
    let (offset, count) = (usize::from(c.data[0]), usize::from(c.data[1]));
    if offset > max {
        return Err(cc::OUT_OF_RANGE);
    }
    if count > 16 {
        return Err(cc::FIELD_LENGTH);
    }
    let rest = text.get(offset..).unwrap_or(&[]);
    let mut data = vec![(text.len() & 0xff) as u8];
    data.extend(&rest[..count.min(rest.len())]);
    Ok(data)
}

/// Offset and bytes of a Set command whose count fits its data and the string.
fn written<'c>(c: &Command<'c>, max: usize) -> Result<(usize, &'c [u8]), u8> {
    let (offset, count, text) = (usize::from(c.data[0]), usize::from(c.data[1]), &c.data[2..]);
    if count != text.len() || count > 16 {
        return Err(cc::LENGTH);
    }
    if offset + count > max {
        return Err(cc::OUT_OF_RANGE);
    }
    Ok((offset, text))
}

const ASSET_TAG_MAX: usize = 63;
const CONTROLLER_ID_MAX: usize = 64;
