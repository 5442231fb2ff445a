//! Faults that live inside the BMC: commands it does not answer, or answers with a code of its own.

use std::collections::BTreeMap;

/// What is wrong with some commands. The empty one changes nothing.
#[derive(Debug, Clone, Default)]
pub struct Hooks {
    rules: BTreeMap<(u8, u8), (Fate, Option<u32>)>,
}

/// What happens to a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is carried out, but not answered.
    NoAnswer,
    /// It is not carried out, but answered with this completion code.
    Completion(u8),
}

impl Hooks {
    /// Sets what happens to a command, given as network function and command; `times` of them, or all.
    pub fn set(&mut self, command: (u8, u8), fate: Fate, times: Option<u32>) {
        self.rules.insert(command, (fate, times));
    }

    /// Forgets what was set for a command.
    pub fn clear(&mut self, command: (u8, u8)) {
        self.rules.remove(&command);
    }

    /// Forgets everything.
    pub fn clear_all(&mut self) {
        self.rules.clear();
    }

    /// What happens to this command now; counts it.
    pub(super) fn fate(&mut self, command: (u8, u8)) -> Option<Fate> {
        let (fate, times) = self.rules.get_mut(&command)?;
        let fate = *fate;
        if let Some(left) = times {
            *left = left.saturating_sub(1);
            if *left == 0 {
                self.rules.remove(&command);
            }
        }
        Some(fate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counted_fate_ends_by_itself() {
        let mut hooks = Hooks::default();
        hooks.set((6, 1), Fate::NoAnswer, Some(2));
        hooks.set((6, 2), Fate::Completion(0xc0), None);
        assert_eq!(hooks.fate((6, 1)), Some(Fate::NoAnswer));
        assert_eq!(hooks.fate((6, 1)), Some(Fate::NoAnswer));
        assert_eq!(hooks.fate((6, 1)), None);
        for _ in 0..10 {
            assert_eq!(hooks.fate((6, 2)), Some(Fate::Completion(0xc0)));
        }
    }
}
