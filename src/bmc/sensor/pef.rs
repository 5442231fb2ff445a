//! Platform event filtering (specification chapters 17 and 30).

use std::collections::BTreeMap;

use crate::bmc::chassis::power::RestartCause;
use crate::bmc::command::{Command, Outcome, cc};
use crate::bmc::machine::Machine;
use crate::bmc::params::{
    Access::{ReadOnly, ReadWrite},
    Params, Spec, anything,
};
use crate::bmc::table::{A, Entry, Level, O, U};

/// This file's commands.
pub const TABLE: &[Entry] = &[
    Entry::new(4, 0x10, U, 0, 0, capabilities),
    Entry::new(4, 0x11, A, 1, 1, arm_postpone),
    Entry::new(4, 0x12, A, 1, 24, set_parameter),
    Entry::new(4, 0x13, O, 3, 3, parameter),
    Entry::new(4, 0x14, A, 3, 3, set_last_processed),
    Entry::new(4, 0x15, A, 0, 0, last_processed),
    Entry::new(4, 0x16, A, 2, 3, alert_immediate),
    Entry::new(4, 0x17, Level::Anyone, 12, 12, acknowledge),
];

/// Filters, policies, strings, and how far the events are processed.
#[derive(Debug, Clone)]
pub struct Pef {
    params: Params,
    strings: BTreeMap<(u8, u8), Vec<u8>>,
    postpone: u8,
    by_software: u16,
    by_bmc: u16,
}

impl Pef {
    /// PEF on, every action allowed; eight filters prepared (temperature, voltage, fan and so on), all but the first
    /// disabled; one policy and one string.
    pub fn new(guid: &[u8; 16]) -> Self {
        let mut p = Params::new(SPECS);
        p.put(1, 0, &[0x01]);
        p.put(2, 0, &[ACTIONS]);
        p.put(3, 0, &[60]);
        p.put(4, 0, &[60]);
        p.put(5, 0, &[FILTERS]);
        for (filter, sensor_type) in
            (1..=FILTERS).zip([0x01, 0x02, 0x04, 0x05, 0x08, 0x0c, 0x07, 0x23])
        {
            let enabled = if filter == 1 { 0xc0 } else { 0x40 };
            let mut value = vec![
                filter,
                enabled,
                0x01,
                1,
                0x10,
                0xff,
                0xff,
                sensor_type,
                0xff,
                0xff,
                0xff,
                0xff,
            ];
            value.resize(21, 0);
            p.put(6, filter, &value);
            p.put(7, filter, &[filter, enabled]);
        }
        p.put(8, 0, &[POLICIES]);
        p.put(9, 1, &[1, 0x18, 0x11, 0x00]);
        p.put(10, 0, &[&[0][..], guid].concat());
        p.put(11, 0, &[STRINGS]);
        let strings = BTreeMap::from([((1, 1), b"check the log\0".to_vec())]);
        Self {
            params: p,
            strings,
            postpone: 0,
            by_software: 0,
            by_bmc: 0,
        }
    }

    /// The BMC has looked at this record.
    pub(super) fn processed(&mut self, id: u16) {
        self.by_bmc = id;
    }

    pub(in crate::bmc) fn release(&mut self) {
        self.params.release();
        self.postpone = 0;
    }

    /// The actions of the filters that this entry passes; 0 if PEF is off.
    fn actions(&self, entry: &[u8; 16]) -> u8 {
        if self.params.byte(1, 0) & 1 == 0 || self.postpone != 0 {
            return 0;
        }
        let passes = |filter: &[u8]| {
            let same = |wanted: u8, is: u8| wanted == 0xff || wanted == is;
            let offsets = u16::from_le_bytes([filter[10], filter[11]]);
            filter[1] & 0x80 != 0
                && same(filter[5], entry[7])
                && same(filter[6], entry[8])
                && same(filter[7], entry[10])
                && same(filter[8], entry[11])
                && (filter[9] == 0xff || filter[9] == entry[12])
                && offsets >> (entry[13] & 0x0f) & 1 == 1
        };
        let filters = (1..=FILTERS)
            .map(|set| self.params.value(6, set))
            .filter(|f| f.len() == 21);
        filters
            .filter(|f| passes(f))
            .fold(0, |actions, f| actions | f[2])
            & self.params.byte(2, 0)
    }
}

impl Machine {
    /// Lets the event filters act on an entry.
    pub(in crate::bmc) fn filter(&mut self, entry: &[u8; 16]) {
        let actions = self.pef.actions(entry);
        // In order of priority (table 17-3): power down, power cycle, reset, diagnostic interrupt.
        if actions & 0x02 != 0 {
            self.power_off();
        } else if actions & 0x08 != 0 {
            self.power_cycle();
            self.note_restart(RestartCause::FilterCycle);
        } else if actions & 0x04 != 0 {
            self.hard_reset();
            self.note_restart(RestartCause::FilterReset);
        } else if actions & 0x20 != 0 {
            self.diagnostic();
        }
    }
}

fn capabilities(_: &mut Machine, _: &Command) -> Outcome {
    // Version 1.5; alert, power down, reset, power cycle, diagnostic interrupt.
    Ok(vec![0x51, ACTIONS, FILTERS])
}

fn arm_postpone(m: &mut Machine, c: &Command) -> Outcome {
    // FFh asks for the present value; 00h stops, FEh postpones for ever.
    if c.data[0] != 0xff {
        m.pef.postpone = c.data[0];
    }
    Ok(vec![m.pef.postpone])
}

fn set_parameter(m: &mut Machine, c: &Command) -> Outcome {
    let (id, data) = (c.data[0] & 0x7f, &c.data[1..]);
    let pef = &mut m.pef;
    match id {
        7 => {
            pef.params.write(7, data)?;
            let mut filter = pef.params.value(6, data[0]).to_vec();
            if let Some(configuration) = filter.get_mut(1) {
                *configuration = data[1];
            }
            pef.params.put(6, data[0], &filter);
        }
        13 => {
            let &[set, block, ref string @ ..] = data else {
                return Err(cc::LENGTH);
            };
            if set > STRINGS || block == 0 || block > STRING_BLOCKS {
                return Err(cc::OUT_OF_RANGE);
            }
            if string.is_empty() || string.len() > 16 {
                return Err(cc::LENGTH);
            }
            pef.strings.insert((set, block), string.to_vec());
        }
        _ => {
            pef.params.write(id, data)?;
            if id == 6 {
                pef.params.put(7, data[0], &data[..2]);
            }
        }
    }
    Ok(Vec::new())
}

fn parameter(m: &mut Machine, c: &Command) -> Outcome {
    let (id, set, block) = (c.data[0] & 0x7f, c.data[1], c.data[2]);
    if c.data[0] & 0x80 != 0 {
        return Ok(vec![REVISION]);
    }
    let value = match id {
        13 if set > STRINGS || block == 0 || block > STRING_BLOCKS => return Err(cc::OUT_OF_RANGE),
        13 => {
            let empty = [0; 16];
            let text = m
                .pef
                .strings
                .get(&(set, block))
                .map_or(&empty[..], Vec::as_slice);
            [&[set, block][..], text].concat()
        }
        // Filters and policies count from 1.
        6 | 7 | 9 if set == 0 => return Err(cc::OUT_OF_RANGE),
        _ => m.pef.params.read(id, set)?,
    };
    Ok([&[REVISION][..], &value].concat())
}

fn set_last_processed(m: &mut Machine, c: &Command) -> Outcome {
    let id = u16::from_le_bytes([c.data[1], c.data[2]]);
    if c.data[0] & 1 == 1 {
        m.pef.by_bmc = id
    } else {
        m.pef.by_software = id
    }
    Ok(Vec::new())
}

fn last_processed(m: &mut Machine, _: &Command) -> Outcome {
    let last = m.sel.entries().last();
    let time = last.map_or([0xff; 4], |e| [e[3], e[4], e[5], e[6]]);
    let id = last.map_or([0xff; 2], |e| [e[0], e[1]]);
    Ok([
        &time[..],
        &id,
        &m.pef.by_software.to_le_bytes(),
        &m.pef.by_bmc.to_le_bytes(),
    ]
    .concat())
}

fn alert_immediate(m: &mut Machine, c: &Command) -> Outcome {
    let channel = m
        .channels
        .resolve(c, c.data[0] & 0x0f)
        .ok_or(cc::INVALID_FIELD)?;
    if !channel.is_lan() {
        return Err(cc::INVALID_FIELD);
    }
    match c.data[1] >> 6 {
        // There is nobody to send to, so that the alert ends as it began.
        0 => Ok(Vec::new()),
        // Status: 00h no alert in progress, nothing sent.
        1 | 2 => Ok(vec![0x00]),
        _ => Err(cc::INVALID_FIELD),
    }
}

fn acknowledge(_: &mut Machine, _: &Command) -> Outcome {
    Ok(Vec::new())
}

const SPECS: &[Spec] = &[
    // Control, action global control, start-up delays.
    Spec::plain(1, ReadWrite, 1, anything),
    Spec::plain(2, ReadWrite, 1, |v| v[0] & !ACTIONS == 0),
    Spec::plain(3, ReadWrite, 1, anything),
    Spec::plain(4, ReadWrite, 1, anything),
    // Filters: number, table, first byte of the table.
    Spec::plain(5, ReadOnly, 1, anything),
    Spec::table(6, ReadWrite, 21, FILTERS + 1, |v| v[0] != 0),
    Spec::table(7, ReadWrite, 2, FILTERS + 1, |v| v[0] != 0),
    // Alert policies: number, table.
    Spec::plain(8, ReadOnly, 1, anything),
    Spec::table(9, ReadWrite, 4, POLICIES + 1, |v| v[0] != 0),
    Spec::plain(10, ReadWrite, 17, anything),
    // Alert strings: number, keys.
    Spec::plain(11, ReadOnly, 1, anything),
    Spec::table(12, ReadWrite, 3, STRINGS + 1, anything),
];

/// Alert, power down, reset, power cycle, diagnostic interrupt.
const ACTIONS: u8 = 0x2f;
const FILTERS: u8 = 8;
const POLICIES: u8 = 4;
const STRINGS: u8 = 4;
const STRING_BLOCKS: u8 = 4;
const REVISION: u8 = 0x11;
