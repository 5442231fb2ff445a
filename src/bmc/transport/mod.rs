//! Transport commands: LAN and SOL configuration, IP statistics (specification chapters 23 and 26).

pub mod lan;
mod lan_specs;
pub mod sol;

use super::command::{Command, MachineEvent, Outcome, cc};
use super::machine::Machine;
use super::table::{A, Entry, O, U};

/// This chapter's commands.
pub const TABLES: &[&[Entry]] = &[TABLE];

const TABLE: &[Entry] = &[
    Entry::new(0x0c, 0x01, A, 2, 255, set_lan),
    Entry::new(0x0c, 0x02, O, 4, 4, lan_parameter),
    Entry::new(0x0c, 0x03, A, 2, 2, suspend_arp),
    Entry::new(0x0c, 0x04, U, 2, 2, ip_statistics),
    Entry::new(0x0c, 0x21, A, 2, 255, set_sol),
    Entry::new(0x0c, 0x22, U, 4, 4, sol_parameter),
];

fn set_lan(m: &mut Machine, c: &Command) -> Outcome {
    let channel = lan_channel(m, c)?;
    let lan = m.lan.get_mut(&channel).ok_or(cc::INVALID_FIELD)?;
    lan.write(c.data[1], &c.data[2..])?;
    m.emit(MachineEvent::LanChanged(channel));
    Ok(Vec::new())
}

fn lan_parameter(m: &mut Machine, c: &Command) -> Outcome {
    let channel = lan_channel(m, c)?;
    let lan = m.lan.get(&channel).ok_or(cc::INVALID_FIELD)?;
    if c.data[0] & REVISION_ONLY != 0 {
        return Ok(vec![PARAMETER_REVISION]);
    }
    // DHCPv6 identifiers and timings come in blocks; each is one block long, and a client that reads on must be told.
    if matches!(c.data[1], 58 | 61 | 63 | 80) && c.data[3] != 0 {
        return Err(cc::OUT_OF_RANGE);
    }
    Ok([
        &[PARAMETER_REVISION][..],
        &lan.params().read(c.data[1], c.data[2])?,
    ]
    .concat())
}

fn suspend_arp(m: &mut Machine, c: &Command) -> Outcome {
    let channel = lan_channel(m, c)?;
    let lan = m.lan.get_mut(&channel).ok_or(cc::INVALID_FIELD)?;
    Ok(vec![lan.suspend_arp(c.data[1] & 0x03)])
}

fn ip_statistics(m: &mut Machine, c: &Command) -> Outcome {
    let channel = lan_channel(m, c)?;
    let lan = m.lan.get_mut(&channel).ok_or(cc::INVALID_FIELD)?;
    let data = lan
        .statistics
        .iter()
        .flat_map(|n| n.to_le_bytes())
        .collect();
    if c.data[1] & 1 != 0 {
        lan.statistics = [0; 9];
    }
    Ok(data)
}

fn set_sol(m: &mut Machine, c: &Command) -> Outcome {
    let channel = lan_channel(m, c)?;
    let sol = m.sol.get_mut(&channel).ok_or(cc::INVALID_FIELD)?;
    sol.write(c.data[1], &c.data[2..])?;
    m.emit(MachineEvent::SolChanged(channel));
    Ok(Vec::new())
}

fn sol_parameter(m: &mut Machine, c: &Command) -> Outcome {
    let channel = lan_channel(m, c)?;
    let sol = m.sol.get(&channel).ok_or(cc::INVALID_FIELD)?;
    if c.data[0] & REVISION_ONLY != 0 {
        return Ok(vec![PARAMETER_REVISION]);
    }
    Ok([
        &[PARAMETER_REVISION][..],
        &sol.params().read(c.data[1], c.data[2])?,
    ]
    .concat())
}

fn lan_channel(m: &Machine, c: &Command) -> Result<u8, u8> {
    let channel = m
        .channels
        .resolve(c, c.data[0] & 0x0f)
        .ok_or(cc::INVALID_FIELD)?;
    if channel.is_lan() {
        Ok(channel.number)
    } else {
        Err(cc::INVALID_FIELD)
    }
}

/// In a Get command's first byte: answer with the parameter revision only.
const REVISION_ONLY: u8 = 0x80;
/// Parameter revision: present 1, oldest compatible 1.
const PARAMETER_REVISION: u8 = 0x11;
