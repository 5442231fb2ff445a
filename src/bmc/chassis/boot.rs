//! System boot options (specification sections 28.12, 28.13, table 28-14).

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::bmc::command::{Command, Outcome, cc};
use crate::bmc::machine::Machine;
use crate::bmc::params::{Access::ReadWrite, Params, Spec, anything};
use crate::bmc::table::{Entry, O};

/// This file's commands.
pub const TABLE: &[Entry] = &[
    Entry::new(0, 0x08, O, 1, 18, set),
    Entry::new(0, 0x09, O, 3, 3, read),
];

/// Boot options.
#[derive(Debug, Clone)]
pub struct BootOptions {
    params: Params,
    invalid: BTreeSet<u8>,
    flags_expire: Option<Instant>,
}

impl BootOptions {
    /// Nothing asked for.
    pub fn new() -> Self {
        let mut params = Params::new(SPECS);
        for block in 0..MAILBOX_BLOCKS {
            let mut empty = vec![0; MAILBOX_BLOCK];
            empty[0] = block;
            params.put(MAILBOX, block, &empty);
        }
        Self {
            params,
            invalid: BTreeSet::new(),
            flags_expire: None,
        }
    }

    /// The boot flags (parameter 5), five bytes, if they are marked valid.
    pub fn flags(&self) -> Option<&[u8]> {
        let flags = self.params.value(FLAGS, 0);
        flags
            .first()
            .is_some_and(|b| b & VALID != 0)
            .then_some(flags)
    }

    /// The host boots: its firmware takes flags for the next boot, and clears them. `by_button`: nobody asked over
    /// IPMI, so that the flags are void unless parameter 3 says otherwise.
    pub fn booted(&mut self, by_button: bool) {
        let persistent = self.params.byte(FLAGS, 0) & PERSISTENT != 0;
        let kept = !by_button || self.params.byte(VALID_CLEARING, 0) & 0x01 != 0;
        if !(persistent && kept) {
            self.clear_flags();
        }
    }

    pub(in crate::bmc) fn due(&self) -> Option<Instant> {
        self.flags_expire
    }

    pub(in crate::bmc) fn expire(&mut self, now: Instant) {
        if self.flags_expire.is_some_and(|at| at <= now) {
            self.clear_flags();
        }
    }

    pub(in crate::bmc) fn release(&mut self) {
        self.params.release();
    }

    fn clear_flags(&mut self) {
        self.flags_expire = None;
        let mut flags = self.params.value(FLAGS, 0).to_vec();
        if let Some(first) = flags.first_mut() {
            *first &= !VALID;
        }
        self.params.put(FLAGS, 0, &flags);
    }

    fn write(&mut self, id: u8, data: &[u8], now: Instant) -> Result<(), u8> {
        if id == ACKNOWLEDGE {
            let &[mask, bits] = data else {
                return Err(cc::LENGTH);
            };
            let kept = self.params.byte(ACKNOWLEDGE, 1) & !mask;
            self.params.put(ACKNOWLEDGE, 0, &[0, kept | bits & mask]);
            return Ok(());
        }
        self.params.write(id, data)?;
        if let (MAILBOX, Some(&block)) = (id, data.first()) {
            // A block is read whole, whatever was written of it.
            let mut whole = data.to_vec();
            whole.resize(MAILBOX_BLOCK, 0);
            self.params.put(MAILBOX, block, &whole);
        }
        if id == FLAGS {
            let waits = data[0] & VALID != 0 && data[0] & PERSISTENT == 0;
            let forever = self.params.byte(VALID_CLEARING, 0) & 0x08 != 0;
            self.flags_expire = (waits && !forever).then(|| now + FLAGS_VALID_FOR);
        }
        Ok(())
    }
}

impl Default for BootOptions {
    fn default() -> Self {
        Self::new()
    }
}

fn set(m: &mut Machine, c: &Command) -> Outcome {
    let (id, data) = (c.data[0] & 0x7f, &c.data[1..]);
    if !(id == 0 || SPECS.iter().any(|s| s.id == id)) {
        return Err(cc::PARAMETER_NOT_SUPPORTED);
    }
    // Without data only the parameter's own validity changes.
    if !data.is_empty() {
        m.boot.write(id, data, c.now)?;
    }
    if c.data[0] & 0x80 != 0 {
        m.boot.invalid.insert(id);
    } else {
        m.boot.invalid.remove(&id);
    }
    Ok(Vec::new())
}

fn read(m: &mut Machine, c: &Command) -> Outcome {
    let id = c.data[0] & 0x7f;
    let value = m.boot.params.read(id, c.data[1])?;
    let validity = u8::from(m.boot.invalid.contains(&id)) << 7;
    Ok([&[VERSION, validity | id][..], &value].concat())
}

const SPECS: &[Spec] = &[
    // Service partition: selector, scan.
    Spec::plain(1, ReadWrite, 1, anything),
    Spec::plain(2, ReadWrite, 1, |v| v[0] & !0x03 == 0),
    Spec::plain(VALID_CLEARING, ReadWrite, 1, |v| v[0] & !0x1f == 0),
    Spec::plain(ACKNOWLEDGE, ReadWrite, 2, anything),
    Spec::plain(FLAGS, ReadWrite, 5, anything),
    // Initiator: channel, session ID, time; mailbox in blocks of 16.
    Spec::plain(6, ReadWrite, 9, anything),
    Spec {
        id: MAILBOX,
        access: ReadWrite,
        min: 2,
        max: MAILBOX_BLOCK,
        sets: MAILBOX_BLOCKS,
        valid: anything,
    },
];

const VALID_CLEARING: u8 = 3;
const ACKNOWLEDGE: u8 = 4;
const FLAGS: u8 = 5;
const MAILBOX: u8 = 7;
const MAILBOX_BLOCKS: u8 = 5;
/// Block selector and sixteen bytes.
const MAILBOX_BLOCK: usize = 17;
/// In the first byte of the flags: they are valid; they hold for all boots to come.
const VALID: u8 = 0x80;
const PERSISTENT: u8 = 0x40;
/// Flags are void when no restart is asked for in this time.
const FLAGS_VALID_FOR: Duration = Duration::from_secs(60);
const VERSION: u8 = 0x01;
