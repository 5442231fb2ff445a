//! The controller's clock, which stamps SEL and SDR (specification sections 31.10 to 31.11a, 33.17, 33.18).

use crate::bmc::command::{Command, Outcome, cc};
use crate::bmc::machine::Machine;
use crate::bmc::table::{Entry, O, U};

/// This file's commands.
pub const TABLE: &[Entry] = &[
    Entry::new(0x0a, 0x28, U, 0, 0, time),
    Entry::new(0x0a, 0x29, O, 4, 4, set_time),
    Entry::new(0x0a, 0x48, U, 0, 0, time),
    Entry::new(0x0a, 0x49, O, 4, 4, set_time),
    Entry::new(0x0a, 0x5c, U, 0, 0, utc_offset),
    Entry::new(0x0a, 0x5d, O, 2, 2, set_utc_offset),
];

/// The clock: the wall clock of the world plus what Set SEL Time made of it.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    /// Seconds ahead of the wall clock.
    ahead: i64,
    /// Minutes from UTC, -1440..=1440, or 07FFh: unspecified.
    utc_offset: i16,
}

impl Default for Clock {
    fn default() -> Self {
        Self {
            ahead: 0,
            utc_offset: UNSPECIFIED,
        }
    }
}

impl Clock {
    /// Seconds since 1970 as the controller believes, when the wall clock says `wall_ms`.
    pub fn seconds(&self, wall_ms: u64) -> u32 {
        let seconds = i64::try_from(wall_ms / 1000)
            .unwrap_or(i64::MAX)
            .saturating_add(self.ahead);
        u32::try_from(seconds.max(0)).unwrap_or(u32::MAX)
    }
}

fn time(m: &mut Machine, c: &Command) -> Outcome {
    Ok(m.clock.seconds(c.wall_ms).to_le_bytes().to_vec())
}

fn set_time(m: &mut Machine, c: &Command) -> Outcome {
    let wanted = u32::from_le_bytes([c.data[0], c.data[1], c.data[2], c.data[3]]);
    if wanted == u32::MAX {
        return Err(cc::INVALID_FIELD);
    }
    m.clock.ahead = i64::from(wanted) - i64::try_from(c.wall_ms / 1000).unwrap_or(0);
    Ok(Vec::new())
}

fn utc_offset(m: &mut Machine, _: &Command) -> Outcome {
    Ok(m.clock.utc_offset.to_le_bytes().to_vec())
}

fn set_utc_offset(m: &mut Machine, c: &Command) -> Outcome {
    let minutes = i16::from_le_bytes([c.data[0], c.data[1]]);
    if !(-1440..=1440).contains(&minutes) && minutes != UNSPECIFIED {
        return Err(cc::INVALID_FIELD);
    }
    m.clock.utc_offset = minutes;
    Ok(Vec::new())
}

const UNSPECIFIED: i16 = 0x07ff;
