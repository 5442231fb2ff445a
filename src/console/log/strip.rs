//! Takes terminal escapes and control characters out of console output. What is left are characters, tabs and line
//! feeds.

use crate::proto::line_starts::{Class, Sequence};

/// The state machine; keeps its place between pieces.
#[derive(Clone, Debug, Default)]
pub struct Strip {
    sequence: Sequence,
    /// Continuation bytes of a UTF-8 character that are still to come.
    continues: u8,
    /// The character so far was C2h, behind which 80h to 9Fh are controls.
    after_c2: bool,
    /// A CR that may belong to a line's end.
    carriage: bool,
    /// Something stands on the line.
    mid_line: bool,
}

impl Strip {
    /// Appends what is left of `bytes` to `out`.
    ///
    /// CR LF, LF CR and a lone CR each end a line once: a progress bar becomes lines.
    pub fn feed(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        for &byte in bytes {
            match self.sequence.step(byte) {
                Class::Text => self.eight_bit(byte, out),
                class => {
                    (self.continues, self.after_c2) = (0, false);
                    if class == Class::Control {
                        self.control(byte, out);
                    }
                }
            }
        }
    }

    fn eight_bit(&mut self, byte: u8, out: &mut Vec<u8>) {
        let after_c2 = std::mem::take(&mut self.after_c2);
        match byte {
            0x80..=0xbf if self.continues > 0 => {
                self.continues -= 1;
                match byte {
                    0x80..=0x9f if after_c2 => self.c1(byte),
                    _ if after_c2 => {
                        self.text(0xc2, out);
                        self.text(byte, out);
                    }
                    _ => self.text(byte, out),
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
        self.sequence.eight_bit(byte);
        self.continues = 0;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::line_starts::STRING_LIMIT;
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
