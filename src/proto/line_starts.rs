//! Where lines of console output begin for who reads them: at their first visible byte.
//!
//! What stands before that on a line, escape sequences and a CR, only steers the terminal: a shell with bracketed paste
//! sends `ESC [ ? 2 0 0 4 l CR` before the output of each command, and a date before it would be written over. So a
//! date belongs behind it, whether it is written ([`crate::console::log::Lines`]) or asked for
//! ([`super::log_reader`]).

/// Finds the first visible byte of each line; keeps its place between pieces.
#[derive(Clone, Debug, Default)]
pub struct LineStarts {
    sequence: Sequence,
    begun: bool,
}

impl LineStarts {
    /// In the middle of a line, on which something visible stands.
    pub fn mid_line() -> Self {
        Self {
            begun: true,
            ..Self::default()
        }
    }

    /// Whether `byte`, the next one, is the first visible one of its line: a character, a tab, or the LF of an empty
    /// line.
    pub fn begins_with(&mut self, byte: u8) -> bool {
        let ends = match (self.sequence.step(byte), byte) {
            (Class::Control, b'\n') => true,
            (Class::Control, b'\t') | (Class::Text, _) => false,
            _ => return false,
        };
        let begins = !self.begun;
        self.begun = !ends;
        begins
    }

    /// How many bytes `bytes` begins with that are text in the middle of a line: [`begins_with`](Self::begins_with)
    /// says no to each of them, and need not be asked.
    pub fn passes(&self, bytes: &[u8]) -> usize {
        if !self.begun || self.sequence.state != State::Ground {
            return 0;
        }
        let control = bytes.iter().position(u8::is_ascii_control);
        control.unwrap_or(bytes.len())
    }
}

/// Tells text from controls and from escape sequences. See ECMA-48 for these.
#[derive(Clone, Debug, Default)]
pub struct Sequence {
    state: State,
    /// Bytes of the sequence so far: what never ends is taken for text again.
    length: usize,
}

/// What a byte is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A character, or a part of one; also what may be an eight-bit control.
    Text,
    /// A seven-bit control, which acts at once.
    Control,
    /// Part of a sequence.
    Sequence,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Ground,
    /// After ESC, and its intermediate bytes.
    Escape,
    /// A control sequence, ESC [.
    Csi,
    /// A string that ends with ST or BEL: OSC, DCS, SOS, PM, APC.
    String,
    /// ESC within a string: a backslash makes it ST.
    StringEscape,
}

impl Sequence {
    /// What the next byte is.
    pub fn step(&mut self, byte: u8) -> Class {
        if self.state != State::Ground {
            self.length += 1;
            let limit = if self.state == State::Csi {
                CSI_LIMIT
            } else {
                STRING_LIMIT
            };
            if self.length > limit {
                self.state = State::Ground;
            }
        }
        match (self.state, byte) {
            // CAN and SUB end every sequence.
            (_, 0x18 | 0x1a) => self.state = State::Ground,
            (State::Ground | State::Escape | State::Csi, ESC) => self.enter(State::Escape),
            (State::Ground, 0..=0x1f | 0x7f) => return Class::Control,
            (State::Ground, _) => return Class::Text,
            (State::Escape, b'[') => self.enter(State::Csi),
            (State::Escape, b']' | b'P' | b'X' | b'^' | b'_') => self.enter(State::String),
            (State::Escape, 0x20..=0x2f) | (State::Csi, 0x20..=0x3f) => {}
            (State::Escape | State::Csi, 0x20..=0x7e) => self.state = State::Ground,
            // A control within a sequence acts as if it stood before it.
            (State::Escape | State::Csi, 0..=0x1f) => return Class::Control,
            (State::Escape | State::Csi, 0x7f) => {}
            // No such byte belongs here: it is text.
            (State::Escape | State::Csi, _) => {
                self.state = State::Ground;
                return Class::Text;
            }
            (State::String | State::StringEscape, b'\n' | b'\r') => {
                // A line's end is worth more than a string that was cut off.
                self.state = State::Ground;
                return Class::Control;
            }
            (State::String, BEL) => self.state = State::Ground,
            (State::String, ESC) => self.state = State::StringEscape,
            (State::String, _) => {}
            (State::StringEscape, b'\\') => self.state = State::Ground,
            (State::StringEscape, _) => {
                self.enter(State::Escape);
                return self.step(byte);
            }
        }
        Class::Sequence
    }

    /// What an eight-bit control begins, if it begins a sequence.
    pub fn eight_bit(&mut self, byte: u8) {
        match byte {
            0x9b => self.enter(State::Csi),
            0x90 | 0x98 | 0x9d | 0x9e | 0x9f => self.enter(State::String),
            _ => {}
        }
    }

    fn enter(&mut self, state: State) {
        self.state = state;
        self.length = 0;
    }
}

const ESC: u8 = 0x1b;
const BEL: u8 = 0x07;

/// Bytes of the longest control sequence; of the longest string. Longer ones are no sequences but noise.
const CSI_LIMIT: usize = 128;
pub(crate) const STRING_LIMIT: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    fn starts(text: &str) -> Vec<usize> {
        let mut starts = LineStarts::default();
        let found = text.bytes().enumerate();
        found
            .filter(|(_, byte)| starts.begins_with(*byte))
            .map(|(at, _)| at)
            .collect()
    }

    #[test]
    fn a_line_begins_at_its_first_visible_byte() {
        for (text, at) in [
            ("ab\ncd", vec![0, 3]),
            ("\n\r\nx", vec![0, 2, 3]),
            ("a\n\rb\n\r", vec![0, 3]),
            ("\tx\n y", vec![0, 3]),
            ("\u{1b}[?2004l\rhello\r\n\u{1b}[?2004h$ ", vec![9, 24]),
            ("\u{1b}]0;title\u{7}\u{1b}[2J\u{1b}[H\u{1b}(Bx", vec![20]),
            ("\u{8}\u{7}\0x", vec![3]),
            ("\u{1b}]cut off\nx", vec![9, 10]),
            ("\u{fc}x", vec![0]),
        ] {
            assert_eq!(starts(text), at, "{text:?}");
        }
        assert!(!LineStarts::mid_line().begins_with(b'x'));
    }

    #[test]
    fn what_passes_unasked_begins_no_line_and_leaves_everything_as_it_is() {
        let text =
            b"ab c\xfc\x9b\r\nd\x1b[1mbold\x1b[0m\te\n\n\x7f\x1b]0;title\x07f\x18g\x1b(Bhi\r";
        let mut passed = 0;
        for from in 0..text.len() {
            let mut asked = LineStarts::default();
            text[..from].iter().for_each(|byte| {
                asked.begins_with(*byte);
            });
            let unasked = asked.clone();
            let run = asked.passes(&text[from..]);
            passed += run;
            for byte in &text[from..from + run] {
                assert!(!asked.begins_with(*byte), "{from}");
            }
            assert_eq!(format!("{asked:?}"), format!("{unasked:?}"), "{from}");
        }
        assert!(passed > 10, "{passed}");
        assert_eq!(LineStarts::default().passes(b"x"), 0);
    }
}
