//! Takes terminal escapes and control characters out of console output. What is left are characters, tabs and line
//! feeds.

/// The state machine; keeps its place between pieces. See ECMA-48 for the sequences.
#[derive(Clone, Debug, Default)]
pub struct Strip {
    state: State,
    /// Bytes of the sequence so far: what never ends is taken for text again.
    length: usize,
    /// Continuation bytes of a UTF-8 character that are still to come.
    continues: u8,
    /// The character so far was C2h, behind which 80h to 9Fh are controls.
    after_c2: bool,
    /// A CR that may belong to a line's end.
    carriage: bool,
    /// Something stands on the line.
    mid_line: bool,
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

impl Strip {
    /// Appends what is left of `bytes` to `out`.
    ///
    /// CR LF, LF CR and a lone CR each end a line once: a progress bar becomes lines.
    pub fn feed(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        for &byte in bytes {
            self.step(byte, out);
        }
    }

    fn step(&mut self, byte: u8, out: &mut Vec<u8>) {
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
            (State::Ground, _) => self.ground(byte, out),
            (State::Escape, b'[') => self.enter(State::Csi),
            (State::Escape, b']' | b'P' | b'X' | b'^' | b'_') => self.enter(State::String),
            (State::Escape, 0x20..=0x2f) | (State::Csi, 0x20..=0x3f) => {}
            (State::Escape | State::Csi, 0x20..=0x7e) => self.state = State::Ground,
            // A control within a sequence acts as if it stood before it.
            (State::Escape | State::Csi, 0..=0x1f) => self.control(byte, out),
            (State::Escape | State::Csi, 0x7f) => {}
            // No such byte belongs here: it is text.
            (State::Escape | State::Csi, _) => {
                self.state = State::Ground;
                self.ground(byte, out);
            }
            (State::String | State::StringEscape, b'\n' | b'\r') => {
                // A line's end is worth more than a string that was cut off.
                self.state = State::Ground;
                self.control(byte, out);
            }
            (State::String, BEL) => self.state = State::Ground,
            (State::String, ESC) => self.state = State::StringEscape,
            (State::String, _) => {}
            (State::StringEscape, b'\\') => self.state = State::Ground,
            (State::StringEscape, _) => {
                self.enter(State::Escape);
                self.step(byte, out);
            }
        }
    }

    fn enter(&mut self, state: State) {
        self.state = state;
        self.length = 0;
        self.continues = 0;
        self.after_c2 = false;
    }

    fn ground(&mut self, byte: u8, out: &mut Vec<u8>) {
        let after_c2 = std::mem::take(&mut self.after_c2);
        match byte {
            0..=0x1f | 0x7f => {
                self.continues = 0;
                self.control(byte, out);
            }
            0x80..=0xbf if self.continues > 0 => {
                self.continues -= 1;
                if after_c2 {
                    match byte {
                        0x80..=0x9f => self.c1(byte),
                        _ => {
                            self.text(0xc2, out);
                            self.text(byte, out);
                        }
                    }
                } else {
                    self.text(byte, out);
                }
            }
            0x80..=0x9f => self.c1(byte),
            _ => {
                self.continues = match byte {
                    0xc2..=0xdf => 1,
                    0xe0..=0xef => 2,
                    0xf0..=0xf4 => 3,
                    _ => 0,
                };
                self.after_c2 = byte == 0xc2;
                if !self.after_c2 {
                    self.text(byte, out);
                }
            }
        }
    }

    /// An eight-bit control, raw or in UTF-8.
    fn c1(&mut self, byte: u8) {
        match byte {
            0x9b => self.enter(State::Csi),
            0x90 | 0x98 | 0x9d | 0x9e | 0x9f => self.enter(State::String),
            _ => {}
        }
    }

    fn control(&mut self, byte: u8, out: &mut Vec<u8>) {
        match byte {
            b'\n' => {
                self.carriage = false;
                self.mid_line = false;
                out.push(b'\n');
            }
            // At a line's beginning it changes nothing: the second half of LF CR.
            b'\r' => self.carriage = self.mid_line,
            b'\t' => self.text(b'\t', out),
            _ => {}
        }
    }

    fn text(&mut self, byte: u8, out: &mut Vec<u8>) {
        if std::mem::take(&mut self.carriage) {
            out.push(b'\n');
        }
        self.mid_line = true;
        out.push(byte);
    }
}

const ESC: u8 = 0x1b;
const BEL: u8 = 0x07;

/// Bytes of the longest control sequence; of the longest string. Longer ones are no sequences but noise.
const CSI_LIMIT: usize = 128;
const STRING_LIMIT: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn stripped(text: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        Strip::default().feed(text, &mut out);
        out
    }

    #[test]
    fn sequences_and_controls_go_and_text_stays() {
        for (text, left) in [
            ("\u{1b}[1;31mred\u{1b}[0m", "red"),
            ("\u{1b}[?25l\u{1b}[2J\u{1b}[Hx", "x"),
            ("\u{1b}]0;title\u{7}x\u{1b}]0;t\u{1b}\\y", "xy"),
            ("\u{1b}Pq#0;2\u{1b}\\z", "z"),
            ("\u{1b}(Ba\u{1b}=b\u{1b}7c", "abc"),
            ("a\u{8}\u{7}\u{0}\u{7f}b", "ab"),
            ("tab\there", "tab\there"),
            (
                "gr\u{fc}\u{df}e \u{4e16} \u{1f600}",
                "gr\u{fc}\u{df}e \u{4e16} \u{1f600}",
            ),
            ("a\u{9b}1mb\u{85}c\u{a0}d", "abc\u{a0}d"),
            ("\u{1b}[12\u{18}mx", "mx"),
            ("\u{1b}[1\u{1b}[2mx", "x"),
            ("\u{1b}]cut off\r\nnext", "\nnext"),
        ] {
            assert_eq!(stripped(text.as_bytes()), left.as_bytes(), "{text:?}");
        }
        assert_eq!(
            stripped(b"\x9b31mx\xe9\xff"),
            b"x\xe9\xff",
            "Latin-1 keeps its letters"
        );
    }

    #[test]
    fn every_kind_of_line_end_is_one_line_feed() {
        assert_eq!(stripped(b"a\r\nb\n\rc\nd\r\r\ne"), b"a\nb\nc\nd\ne");
        assert_eq!(stripped(b"10%\r20%\r\n\r\n"), b"10%\n20%\n\n");
    }

    #[test]
    fn a_sequence_that_never_ends_does_not_swallow_the_log() {
        let mut text = b"\x1b]".to_vec();
        text.extend([b'x'; STRING_LIMIT + 100]);
        assert!(!stripped(&text).is_empty());
    }

    proptest! {
        #[test]
        fn nothing_that_could_steer_a_terminal_comes_out_however_it_is_cut(
            text in proptest::collection::vec(prop_oneof![Just(0x1b), Just(b'['), Just(b']'), Just(0xc2), Just(0x9b), any::<u8>()], 0..200),
            cut in 0usize..200,
        ) {
            let whole = stripped(&text);
            prop_assert!(whole.iter().all(|b| *b >= 0x20 && *b != 0x7f || matches!(b, b'\t' | b'\n')));
            let cut = cut.min(text.len());
            let (mut strip, mut parts) = (Strip::default(), Vec::new());
            strip.feed(&text[..cut], &mut parts);
            strip.feed(&text[cut..], &mut parts);
            prop_assert_eq!(parts, whole);
        }
    }
}
