//! Temperature sensors and limits (DCMI sections 6.5.2, 6.7).

use super::NETFN;
use crate::bmc::command::{Command, Outcome, cc};
use crate::bmc::inventory::sensor::RecordKind;
use crate::bmc::machine::Machine;
use crate::bmc::sensor::state::Sensor;
use crate::bmc::table::{Entry, O, U};

/// This file's commands.
pub const TABLE: &[Entry] = &[
    Entry::new(NETFN, 0x07, U, 4, 4, sensor_info),
    Entry::new(NETFN, 0x0b, O, 6, 7, set_limit),
    Entry::new(NETFN, 0x0c, U, 2, 2, limit),
    Entry::new(NETFN, 0x10, U, 4, 4, readings),
];

/// The temperature sensors that `[type, entity, instance, start]` asks for. Entity instances of one ID count as 1, 2…
/// in the order of the repository.
fn chosen<'m>(m: &'m Machine, c: &Command) -> Result<(u8, Vec<&'m Sensor>), u8> {
    let &[sensor_type, entity, instance, start] = c.data else {
        return Err(cc::LENGTH);
    };
    if sensor_type != TEMPERATURE {
        return Err(cc::INVALID_FIELD);
    }
    let ids = match entity {
        0x37 | 0x40 => [0x37, 0x40],
        0x03 | 0x41 => [0x03, 0x41],
        0x07 | 0x42 => [0x07, 0x42],
        _ => return Err(cc::INVALID_FIELD),
    };
    let all: Vec<&Sensor> = m
        .sensors
        .iter()
        .filter(|s| s.def().sensor_type.0 == TEMPERATURE && ids.contains(&s.def().entity.id))
        .filter(|s| s.def().record == RecordKind::Full)
        .collect();
    let total = u8::try_from(all.len()).unwrap_or(u8::MAX);
    let from = if instance == 0 {
        start.max(1)
    } else {
        instance
    };
    let count = if instance == 0 { PER_ANSWER } else { 1 };
    let list: Vec<&Sensor> = all
        .into_iter()
        .skip(usize::from(from - 1))
        .take(count)
        .collect();
    if instance != 0 && list.is_empty() {
        return Err(cc::NOT_PRESENT);
    }
    Ok((total, list))
}

fn sensor_info(m: &mut Machine, c: &Command) -> Outcome {
    let (total, list) = chosen(m, c)?;
    let ids: Vec<[u8; 2]> = list
        .iter()
        .filter_map(|s| m.sdr.record_id_of(s.lun(), s.number()))
        .collect();
    let mut data = vec![total, u8::try_from(ids.len()).unwrap_or(0)];
    data.extend(ids.concat());
    Ok(data)
}

fn readings(m: &mut Machine, c: &Command) -> Outcome {
    let (total, list) = chosen(m, c)?;
    let first = if c.data[2] == 0 {
        c.data[3].max(1)
    } else {
        c.data[2]
    };
    let mut data = vec![total, u8::try_from(list.len()).unwrap_or(0)];
    for (i, sensor) in (first..).zip(list) {
        let value = sensor.value().unwrap_or(0.0).round();
        // Seven bits of magnitude; bit 7 is the sign.
        let magnitude = value.abs().min(127.0) as u8;
        data.extend([
            if value < 0.0 {
                0x80 | magnitude
            } else {
                magnitude
            },
            i,
        ]);
    }
    Ok(data)
}

fn set_limit(m: &mut Machine, c: &Command) -> Outcome {
    let (entity, instance) = limited(c)?;
    let &[_, _, actions, temperature, low, ref rest @ ..] = c.data else {
        return Err(cc::LENGTH);
    };
    let high = rest.first().copied().unwrap_or(0);
    m.dcmi
        .thermal
        .insert((entity, instance), [actions & 0x60, temperature, low, high]);
    Ok(Vec::new())
}

fn limit(m: &mut Machine, c: &Command) -> Outcome {
    let key = limited(c)?;
    Ok(m.dcmi
        .thermal
        .get(&key)
        .copied()
        .unwrap_or(DEFAULT_LIMIT)
        .to_vec())
}

/// Limits exist for the inlet only.
fn limited(c: &Command) -> Result<(u8, u8), u8> {
    match (c.data[0], c.data[1]) {
        (entity @ (0x37 | 0x40), instance @ 1) => Ok((entity, instance)),
        _ => Err(cc::INVALID_FIELD),
    }
}

const TEMPERATURE: u8 = 0x01;
/// Records or readings of one answer.
const PER_ANSWER: usize = 8;
/// Log to the SEL above 45 °C for more than a minute.
const DEFAULT_LIMIT: [u8; 4] = [0x20, 45, 60, 0];
