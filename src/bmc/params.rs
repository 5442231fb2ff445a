//! A block of configuration parameters as LAN, SOL, PEF, boot options and DCMI have them: numbered values, some of
//! them tables with a set selector, guarded by a "set in progress" flag.

use std::collections::BTreeMap;

use super::command::cc;

/// Whether a parameter may be read, written or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Read and write.
    ReadWrite,
    /// Read only; a write is answered 82h.
    ReadOnly,
    /// Write only; a read is answered 83h.
    WriteOnly,
}

/// What one parameter looks like.
#[derive(Debug)]
pub struct Spec {
    /// Parameter selector, 0..=127.
    pub id: u8,
    /// Read, write or both.
    pub access: Access,
    /// Least length of the value, with its set selector.
    pub min: usize,
    /// Greatest length of the value, with its set selector.
    pub max: usize,
    /// How many set selectors it has: 0 means that the value starts with no selector.
    pub sets: u8,
    /// Whether a value of right length is acceptable (else CCh).
    pub valid: fn(&[u8]) -> bool,
}

impl Spec {
    /// A plain parameter of fixed length.
    pub const fn plain(id: u8, access: Access, len: usize, valid: fn(&[u8]) -> bool) -> Self {
        Self {
            id,
            access,
            min: len,
            max: len,
            sets: 0,
            valid,
        }
    }

    /// A table: the value's first byte is its set selector, `0..sets`.
    pub const fn table(
        id: u8,
        access: Access,
        len: usize,
        sets: u8,
        valid: fn(&[u8]) -> bool,
    ) -> Self {
        Self {
            id,
            access,
            min: len,
            max: len,
            sets,
            valid,
        }
    }
}

/// Any value will do.
pub const fn anything(_: &[u8]) -> bool {
    true
}

/// The parameters' values. Parameter 0 is always "set in progress".
#[derive(Debug, Clone)]
pub struct Params {
    specs: &'static [Spec],
    values: BTreeMap<(u8, u8), Vec<u8>>,
    in_progress: u8,
}

impl Params {
    /// All values zero, of their least length.
    pub fn new(specs: &'static [Spec]) -> Self {
        let mut values = BTreeMap::new();
        for spec in specs {
            for set in 0..spec.sets.max(1) {
                let mut value = vec![0; spec.min];
                if spec.sets > 0
                    && let Some(first) = value.first_mut()
                {
                    *first = set;
                }
                values.insert((spec.id, set), value);
            }
        }
        Self {
            specs,
            values,
            in_progress: 0,
        }
    }

    /// Gives a value from inside the BMC: no access check, and no check of its form.
    pub fn put(&mut self, id: u8, set: u8, value: &[u8]) {
        self.values.insert((id, set), value.to_vec());
    }

    /// The value of a parameter and set selector; empty if there is none.
    pub fn value(&self, id: u8, set: u8) -> &[u8] {
        self.values.get(&(id, set)).map_or(&[], Vec::as_slice)
    }

    /// One byte of a value; 0 beyond its end.
    pub fn byte(&self, id: u8, index: usize) -> u8 {
        self.value(id, 0).get(index).copied().unwrap_or(0)
    }

    /// Least length that a write of this parameter must have; 0 if there is no such parameter.
    pub fn spec_len(&self, id: u8) -> usize {
        self.spec(id).map_or(0, |s| s.min)
    }

    /// Answers a Get command: the value after the parameter revision.
    pub fn read(&self, id: u8, set: u8) -> Result<Vec<u8>, u8> {
        if id == 0 {
            return Ok(vec![self.in_progress]);
        }
        let spec = self.spec(id).ok_or(cc::PARAMETER_NOT_SUPPORTED)?;
        if spec.access == Access::WriteOnly {
            return Err(WRITE_ONLY);
        }
        let set = if spec.sets == 0 { 0 } else { set };
        self.values.get(&(id, set)).cloned().ok_or(cc::OUT_OF_RANGE)
    }

    /// Executes a Set command.
    pub fn write(&mut self, id: u8, data: &[u8]) -> Result<(), u8> {
        if id == 0 {
            return self.write_progress(data);
        }
        let spec = self.spec(id).ok_or(cc::PARAMETER_NOT_SUPPORTED)?;
        if spec.access == Access::ReadOnly {
            return Err(cc::READ_ONLY);
        }
        if data.len() < spec.min || data.len() > spec.max {
            return Err(cc::LENGTH);
        }
        let set = match data.first() {
            Some(&set) if spec.sets > 0 => set,
            _ => 0,
        };
        if spec.sets > 0 && set >= spec.sets {
            return Err(cc::OUT_OF_RANGE);
        }
        if !(spec.valid)(data) {
            return Err(cc::INVALID_FIELD);
        }
        self.values.insert((id, set), data.to_vec());
        Ok(())
    }

    /// Forgets an unfinished "set in progress"; what a reset does.
    pub fn release(&mut self) {
        self.in_progress = 0;
    }

    fn write_progress(&mut self, data: &[u8]) -> Result<(), u8> {
        let [state] = data else {
            return Err(cc::LENGTH);
        };
        match state & 0x03 {
            0 => self.in_progress = 0,
            1 if self.in_progress != 0 => return Err(cc::SET_IN_PROGRESS),
            1 => self.in_progress = 1,
            // Values take effect as they are written, so that "commit write" has nothing left to do.
            2 => {}
            _ => return Err(cc::INVALID_FIELD),
        }
        Ok(())
    }

    fn spec(&self, id: u8) -> Option<&'static Spec> {
        self.specs.iter().find(|s| s.id == id)
    }
}

/// Completion code of a Get command for a parameter that can only be written.
const WRITE_ONLY: u8 = 0x83;

#[cfg(test)]
mod tests {
    use super::*;

    const SPECS: &[Spec] = &[
        Spec::plain(1, Access::ReadOnly, 1, anything),
        Spec::plain(2, Access::ReadWrite, 2, |v| v[1] < 5),
        Spec::table(3, Access::ReadWrite, 2, 2, anything),
    ];

    #[test]
    fn a_second_writer_is_told_that_a_set_is_in_progress() {
        let mut p = Params::new(SPECS);
        assert_eq!(p.write(0, &[1]), Ok(()));
        assert_eq!(p.write(0, &[1]), Err(0x81));
        assert_eq!(p.write(0, &[0]), Ok(()));
        assert_eq!(p.write(0, &[1]), Ok(()));
    }

    #[test]
    fn each_refusal_has_its_own_code() {
        let mut p = Params::new(SPECS);
        assert_eq!(p.write(1, &[1]), Err(0x82));
        assert_eq!(p.write(2, &[1]), Err(0xc7));
        assert_eq!(p.write(2, &[1, 9]), Err(0xcc));
        assert_eq!(p.write(3, &[2, 9]), Err(0xc9));
        assert_eq!(p.write(9, &[2, 9]), Err(0x80));
        assert_eq!(p.read(3, 2), Err(0xc9));
        assert_eq!(p.read(3, 1), Ok(vec![1, 0]));
    }
}
