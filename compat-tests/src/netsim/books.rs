//! Every character printed and typed, and what became of it.
//!
//! **Console output** is printed in numbered cells. What is shown must be the cells in order, none twice. Cells may be
//! missing only where the BMC itself never sent them, or gave up sending them: it counts those, and the client must
//! have told of an overrun by then; or where they waited inside a session that was lost. A packet also counts as given up
//! if the BMC took for its acknowledgement one that was sent before the packet had arrived: that of its namesake a
//! round of numbers before, which was held up on its way. There are fifteen numbers, and no client can call an
//! acknowledgement back; but it must tell of those overruns too. Such an acknowledgement may also count too few characters:
//! the rest of the packet comes again, once, as what the host may have printed twice.
//!
//! **Typed input** must be taken by the BMC in order, each character once: at every moment what it has taken is at
//! least what was acknowledged to the user's side. Only when a session is renewed may characters come twice: the
//! packet that was in flight then is sent again, since nobody can know whether the old session had taken it.

use std::ops::Range;

use steadysol::proto::keepalive::Probe;

use super::history::{LARGE_LOG, Setting};

/// Bytes of a cell of output.
pub const CELL: usize = 8;

/// The books of one run.
#[derive(Debug)]
pub struct Books {
    monotonous: bool,
    /// Whether the BMC keeps a log: then what is missing or doubled has only one excuse, a gap that was told.
    logged: bool,
    /// The log has overwritten nothing: there is no excuse at all.
    keeps_all: bool,
    /// Heartbeats are sent, so that what was dropped last is missed.
    asks: bool,
    /// Cells that gaps were told of, and whether one was of unknown size.
    gaps: u64,
    unknown_gap: bool,
    /// Bytes of a cell that begins in a gap.
    skip: u64,
    /// After a gap of unknown size: where it ends is to be seen from what is shown next.
    adrift: bool,
    /// Cells alike that a board which renumbers may have printed, and seem to be its last ones sent again.
    alike: u64,
    /// What the BMC had counted when it was acknowledged last.
    acknowledged: Counted,
    /// A gap was told of that is right only if the console ends, and what is wrong if it does not.
    gap_at_the_end: bool,
    unless_it_ends: Option<Wrong>,
    /// Cells from before the console opened first.
    before: u64,
    opened: bool,
    /// Whether the board sends again, under another number, what it has given up.
    renumbers: bool,
    /// Whether the board repeats the end of what it has printed when the console opens.
    repeats_tail: bool,
    printed: u64,
    shown: u64,
    partial: Vec<u8>,
    next: u64,
    missing: u64,
    /// The cells that were passed over.
    passed: Vec<Range<u64>>,
    doubled: u64,
    /// Cells that the console need not show.
    excused: u64,
    /// Bytes given to the present activation, and what of them is settled.
    into_sol: u64,
    settled: u64,
    active: bool,
    /// Bytes that the BMC took for acknowledged by mistake, and of how many packets it sends the rest again.
    mistaken: u64,
    rests: u64,
    /// Bytes of those rests.
    rest_bytes: u64,
    overrun_told: bool,
    renewed: bool,
    typed: Vec<u8>,
    taken: Vec<u8>,
    /// From which arrival on which typed character is expected.
    segment: (u64, u64),
}

/// What the BMC counts of a port.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    /// Characters from the console that were taken.
    pub taken: u64,
    /// Characters to the console that were acknowledged.
    pub acknowledged: u64,
    /// Characters to the console that were given up.
    pub dropped: u64,
    /// Packets that were sent again.
    pub retries: u64,
}

/// What is wrong, in words.
pub type Wrong = String;

impl Books {
    /// Empty books.
    pub fn new(setting: &Setting) -> Self {
        let board = setting.personality();
        Self {
            monotonous: setting.monotonous,
            logged: setting.logged,
            keeps_all: setting.log_size >= LARGE_LOG,
            asks: setting.probe == Probe::DeviceId,
            gaps: 0,
            unknown_gap: false,
            skip: 0,
            adrift: false,
            alike: 0,
            acknowledged: Counted::default(),
            gap_at_the_end: false,
            unless_it_ends: None,
            before: 0,
            opened: false,
            renumbers: board.sol.renumber,
            repeats_tail: board.early_sol,
            printed: 0,
            shown: 0,
            partial: Vec::new(),
            next: 0,
            missing: 0,
            passed: Vec::new(),
            doubled: 0,
            excused: 0,
            into_sol: 0,
            settled: 0,
            active: false,
            mistaken: 0,
            rests: 0,
            rest_bytes: 0,
            overrun_told: false,
            renewed: false,
            typed: Vec::new(),
            taken: Vec::new(),
            segment: (0, 0),
        }
    }

    /// Bytes that were printed, shown, and never shown.
    pub fn output(&self) -> (u64, u64, u64) {
        (
            self.printed * CELL as u64,
            self.shown,
            self.missing * CELL as u64,
        )
    }

    /// The next `cells` that the host prints.
    pub fn print(&mut self, cells: u64) -> Vec<u8> {
        let from = self.printed;
        self.printed += cells;
        if self.active {
            self.into_sol += cells * CELL as u64;
        } else {
            self.excused += cells;
            self.before += if self.opened { 0 } else { cells };
        }
        (from..self.printed).flat_map(|n| self.cell(n)).collect()
    }

    /// The next characters that the user types: what is not taken is to be given back by [`Books::untype`].
    pub fn type_more(&mut self, count: usize) -> Vec<u8> {
        let from = self.typed.len();
        self.typed.extend((from..from + count).map(key));
        self.typed[from..].to_vec()
    }

    /// The client had no room for the last `count` characters.
    pub fn untype(&mut self, count: usize) {
        self.typed.truncate(self.typed.len().saturating_sub(count));
    }

    /// How many characters were typed.
    pub fn typed(&self) -> usize {
        self.typed.len()
    }

    /// The BMC has begun or ended to send a port's output to a console.
    pub fn sol(&mut self, active: bool, counted: Counted) {
        if self.active {
            self.excused += self.unsettled(counted).div_ceil(CELL as u64);
        }
        self.active = active;
        self.settled = counted.acknowledged + counted.dropped;
        self.into_sol = 0;
        if active && self.repeats_tail {
            self.into_sol += self.printed.min(TAIL) * CELL as u64;
        }
    }

    /// The BMC has taken an acknowledgement for that of a packet which had not arrived when it was sent: it counts
    /// `bytes` bytes as accepted, and sends the `rest`, if there is any, again under another number.
    pub fn mistaken(&mut self, bytes: u64, rest: u64) {
        self.mistaken += bytes;
        self.rests += u64::from(rest > 0);
        self.rest_bytes += rest;
    }

    /// The client has told of an overrun.
    pub fn overrun(&mut self) {
        self.overrun_told = true;
    }

    /// What the BMC counts now. Where all that is printed looks the same, a packet that was acknowledged at the last
    /// moment, and more text in the next, cannot be told from one that was given up and goes out again under the next
    /// number: nobody can know that the second text is not the first.
    pub fn watch(&mut self, counted: Counted) {
        if counted.acknowledged == self.acknowledged.acknowledged {
            return;
        }
        let sent_again = counted.retries - self.acknowledged.retries;
        // One sending may be missed, or be another packet that was lost.
        let last_moment = sent_again >= RETRIES - 1 && (sent_again + 1) % RETRIES <= 1;
        if self.renumbers && self.monotonous && last_moment {
            self.alike += LARGEST / CELL as u64;
        }
        self.acknowledged = counted;
    }

    /// The console is open.
    pub fn opened(&mut self) {
        self.opened = true;
    }

    /// The client has told of a gap, of so many bytes if it knows.
    pub fn gap(&mut self, bytes: Option<u64>) {
        // The gap may begin and end within a cell.
        let cell = CELL as u64;
        let begun = self.skip + std::mem::take(&mut self.partial).len() as u64;
        self.skip = bytes.map_or(begun, |bytes| begun + bytes) % cell;
        match bytes {
            // Nothing is lost to a log that keeps all, but what could not be read any more when the console died.
            _ if self.keeps_all => self.gap_at_the_end = true,
            Some(bytes) => self.gaps += (begun + bytes).div_ceil(cell),
            None => self.unknown_gap = true,
        }
        self.adrift = bytes.is_none();
    }

    /// The client goes on over another session; it has `unacknowledged` characters to send again. `logged`: it can read
    /// what was printed meanwhile; otherwise it has told that it does not know what that was. The BMC may have forgotten
    /// the first session before it told where in its log that began.
    pub fn renewed(
        &mut self,
        unacknowledged: usize,
        logged: bool,
        counted: Counted,
    ) -> Result<(), Wrong> {
        if self.logged && !logged {
            self.before += self.printed - self.next.min(self.printed);
        }
        let again = (self.typed.len() - unacknowledged) as u64;
        let had = self.position(counted.taken);
        if !(again..=again + LARGEST).contains(&had) {
            return Err(format!(
                "at a renewal the BMC has taken {had} characters, and {again} are counted as acknowledged"
            ));
        }
        self.segment = (counted.taken, again);
        self.renewed = true;
        Ok(())
    }

    /// The user is shown output.
    pub fn show(&mut self, bytes: &[u8], counted: Counted) -> Result<(), Wrong> {
        self.shown += bytes.len() as u64;
        if self.adrift && bytes.get(..CELL).is_some_and(|b| self.is_cell(b)) {
            self.skip = 0;
        }
        let rest = (CELL as u64 - self.skip) % CELL as u64;
        let rest = bytes.len().min(rest as usize);
        self.skip = (self.skip + rest as u64) % CELL as u64;
        self.partial.extend_from_slice(&bytes[rest..]);
        let whole = self.partial.len() / CELL * CELL;
        for cell in self
            .partial
            .drain(..whole)
            .collect::<Vec<u8>>()
            .chunks(CELL)
        {
            self.show_cell(cell, counted)?;
        }
        self.renewed = false;
        self.overrun_told = false;
        self.adrift = false;
        Ok(())
    }

    fn show_cell(&mut self, cell: &[u8], counted: Counted) -> Result<(), Wrong> {
        if self.monotonous {
            self.next += 1;
            return if cell == self.cell(0) {
                Ok(())
            } else {
                Err(format!(
                    "{:?} was never printed",
                    String::from_utf8_lossy(cell)
                ))
            };
        }
        let number = self
            .number(cell)
            .ok_or_else(|| format!("{:?} was never printed", String::from_utf8_lossy(cell)))?;
        // What the stream brought of a gap that was told of, shown behind one of unknown size: nothing can tell any more
        // where it stands, and nobody has seen it.
        let passed = self.passed.iter().any(|cells| cells.contains(&number));
        if number < self.next && self.logged && self.unknown_gap && passed {
            self.next = number;
        }
        if number < self.next {
            self.doubled += 1;
            // Of whom it is not known yet that it has a log: what comes behind a gap that was told of may be the last packet.
            let excuse = !self.logged || self.unknown_gap || self.adrift;
            let in_a_packet = self.next - number <= LARGEST / CELL as u64;
            let allowed = excuse
                && (in_a_packet && (self.renumbers || self.rests > 0)
                    || self.repeats_tail && self.next - number <= TAIL);
            self.rests = self.rests.saturating_sub(1);
            if !allowed {
                return Err(format!(
                    "cell {number} is shown again after {}",
                    self.next - 1
                ));
            }
            self.next = number;
        }
        let gap = number - self.next;
        if gap > 0 {
            self.passed.push(self.next..number);
        }
        self.next = number + 1;
        if gap > 0 {
            self.missing += gap;
            let credit = self.credit(counted);
            if self.missing > credit && self.gap_at_the_end {
                self.unless_it_ends = Some(format!(
                    "{gap} cells before {number} are not shown, and the log has them"
                ));
            } else if self.missing > credit {
                return Err(format!(
                    "{gap} cells before {number} are not shown: {} in all, and the BMC has dropped {credit}",
                    self.missing
                ));
            }
            if !self.overrun_told && !self.renewed && self.excused == 0 && !self.logged {
                return Err(format!(
                    "{gap} cells before {number} are not shown, and nobody was told of an overrun"
                ));
            }
        }
        Ok(())
    }

    /// The host has read characters that were typed.
    pub fn take(&mut self, bytes: &[u8]) -> Result<(), Wrong> {
        for &byte in bytes {
            let at = self.taken.len() as u64;
            self.taken.push(byte);
            // What was taken before the last renewal was checked when it was taken, or is checked below by amount.
            let Some(from) = at.checked_sub(self.segment.0) else {
                continue;
            };
            let want = (self.segment.1 + from) as usize;
            if self.typed.get(want) != Some(&byte) {
                return Err(format!(
                    "the host's character {at} is {:?}, where the user's character {want} is {:?}",
                    char::from(byte),
                    self.typed.get(want).map(|b| char::from(*b))
                ));
            }
        }
        Ok(())
    }

    /// What must hold at any moment while the console is open.
    pub fn check_typed(&self, unacknowledged: usize, counted: Counted) -> Result<(), Wrong> {
        let acknowledged = (self.typed.len() - unacknowledged) as u64;
        let taken = self.position(counted.taken);
        if taken < acknowledged {
            return Err(format!(
                "{acknowledged} typed characters count as acknowledged, but the BMC has taken {taken}"
            ));
        }
        if taken > acknowledged + LARGEST {
            return Err(format!(
                "the BMC has taken {taken} typed characters, but only {acknowledged} count as acknowledged"
            ));
        }
        Ok(())
    }

    /// What must hold when all has come to rest and the console is open.
    pub fn check_rest(&self, unacknowledged: usize, counted: Counted) -> Result<(), Wrong> {
        if unacknowledged > 0 {
            return Err(format!("{unacknowledged} typed characters still wait"));
        }
        if let Some(wrong) = &self.unless_it_ends {
            return Err(wrong.clone());
        }
        if self.position(counted.taken) != self.typed.len() as u64 {
            return Err(format!(
                "{} characters were typed, and the BMC has taken {}",
                self.typed.len(),
                self.position(counted.taken)
            ));
        }
        let mut credit = self.credit(counted) + self.alike;
        if self.logged && !self.asks {
            credit += self.excused + (counted.dropped + self.mistaken).div_ceil(CELL as u64);
        }
        let missing = if self.monotonous {
            self.printed.saturating_sub(self.next)
        } else {
            self.missing + self.printed.saturating_sub(self.next)
        };
        if missing > credit {
            return Err(format!(
                "{missing} cells were never shown, and the BMC has dropped {credit}"
            ));
        }
        // The rest of a packet that counts as accepted in part comes again, and looks like all the others.
        let again = self.rest_bytes / CELL as u64;
        let most = self.printed + again;
        if self.monotonous && !self.renumbers && !self.repeats_tail && self.next > most {
            return Err(format!(
                "{} cells are shown, and {} were printed",
                self.next, self.printed
            ));
        }
        Ok(())
    }

    /// How many cells may be missing.
    fn credit(&self, counted: Counted) -> u64 {
        let given_up = counted.dropped + self.mistaken;
        let by_sol = self.excused + given_up.div_ceil(CELL as u64);
        if self.logged && !self.unknown_gap {
            self.before + self.gaps
        } else {
            by_sol + self.gaps
        }
    }

    fn unsettled(&self, counted: Counted) -> u64 {
        let settled = counted.acknowledged + counted.dropped - self.settled;
        self.into_sol.saturating_sub(settled)
    }

    /// Which typed character the BMC waits for, when it has taken so many.
    fn position(&self, taken: u64) -> u64 {
        self.segment.1 + taken.saturating_sub(self.segment.0)
    }

    /// The number of a cell that was printed.
    fn number(&self, cell: &[u8]) -> Option<u64> {
        std::str::from_utf8(cell)
            .ok()
            .and_then(|text| u64::from_str_radix(text.trim_end(), 16).ok())
            .filter(|n| *n < self.printed && self.cell(*n) == cell)
    }

    fn is_cell(&self, bytes: &[u8]) -> bool {
        if self.monotonous {
            bytes == self.cell(0)
        } else {
            self.number(bytes).is_some()
        }
    }

    fn cell(&self, n: u64) -> [u8; CELL] {
        let mut cell = *b"000000\r\n";
        if !self.monotonous {
            let text = format!("{:06x}", n & 0xff_ffff);
            for (to, from) in cell.iter_mut().zip(text.bytes()) {
                *to = from;
            }
        }
        cell
    }
}

/// The `n`th character that is typed: neighbours differ, and so do stretches.
fn key(n: usize) -> u8 {
    let mixed = (n as u32).wrapping_mul(2_654_435_761) >> 16;
    b'a' + (mixed % 26) as u8
}

/// Most characters in a packet of typed input.
const LARGEST: u64 = 255;

/// How often boards that renumber send a packet again.
const RETRIES: u64 = 7;

/// Cells that boards with `early_sol` repeat.
const TAIL: u64 = 4;

#[cfg(test)]
mod tests;
