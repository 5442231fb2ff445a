//! The window that lets every session sequence number in once (IPMI 2.0 section 6.12.13).
//!
//! The specification's window is 16 behind and 15 ahead. Behind, this one is wider, since a copy that is seconds
//! late must be told from a packet that is seconds late; ahead it is open, since packets are lost by the thousand
//! in a black-out and some boards jump (Tyan S4811), and only an authentic packet gets this far.

/// A sliding window over 32-bit sequence numbers.
#[derive(Debug, Clone, Default)]
pub struct Window {
    highest: u32,
    seen: [u64; WORDS],
}

impl Window {
    /// Takes in `sequence`; `false` if it was there before, or is too old to know. 0 is no sequence number.
    pub fn admit(&mut self, sequence: u32) -> bool {
        if sequence == 0 {
            return false;
        }
        if sequence > self.highest {
            self.advance(sequence - self.highest);
            self.highest = sequence;
        } else if self.highest - sequence >= SPAN {
            return false;
        }
        let (word, bit) = place(sequence);
        let fresh = self.seen[word] & bit == 0;
        self.seen[word] |= bit;
        fresh
    }

    /// The highest number let in so far, 0 before the first.
    pub fn highest(&self) -> u32 {
        self.highest
    }

    fn advance(&mut self, by: u32) {
        if by >= SPAN {
            self.seen = [0; WORDS];
            return;
        }
        for ahead in 1..=by {
            let (word, bit) = place(self.highest.wrapping_add(ahead));
            self.seen[word] &= !bit;
        }
    }
}

fn place(sequence: u32) -> (usize, u64) {
    let slot = sequence % SPAN;
    ((slot / 64) as usize, 1 << (slot % 64))
}

const WORDS: usize = 16;
const SPAN: u32 = 64 * WORDS as u32;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    #[test]
    fn a_number_is_let_in_once_and_an_ancient_one_never() {
        let mut window = Window::default();
        assert!(!window.admit(0));
        assert!(window.admit(5) && window.admit(3) && window.admit(4));
        assert!(!window.admit(5) && !window.admit(3));
        assert!(window.admit(5 + SPAN));
        assert!(
            !window.admit(4) && !window.admit(5),
            "fell out of the window"
        );
        assert!(window.admit(6));
        assert!(window.admit(u32::MAX) && !window.admit(u32::MAX));
        assert_eq!(window.highest(), u32::MAX);
    }

    proptest! {
        #[test]
        fn no_number_is_ever_let_in_twice(numbers in prop::collection::vec(1u32..5000, 1..2000)) {
            let mut window = Window::default();
            let mut seen = HashSet::new();
            for number in numbers {
                let old = window.highest().saturating_sub(number) >= SPAN && number < window.highest();
                let admitted = window.admit(number);
                let fresh = seen.insert(number);
                prop_assert!(!admitted || fresh);
                prop_assert!(admitted || !fresh || old);
            }
        }
    }
}
