//! The asset tag and the management controller's identifier: DCMI sections 6.4.1, 6.4.2, 6.4.6.1 and 6.4.6.2.

use super::DCMI;
use crate::cli::context::Interface;
use crate::commands::{Desk, Job, Parsed, Refusal};

/// A text that is read and written in pieces.
#[derive(Debug)]
pub(super) struct Text {
    read: u8,
    write: u8,
    /// How many bytes are asked for to learn the length.
    probe: u8,
    /// Whether a NUL is written behind it.
    terminated: bool,
    /// Codes besides 00h with which a piece is good: they tell how it is encoded.
    good: &'static [u8],
    shown: &'static str,
    set: &'static str,
    not_shown: &'static str,
    not_set: &'static str,
}

/// What is read.
#[derive(Debug)]
pub(super) struct Show(pub &'static Text);

/// What is written, NUL and all.
#[derive(Debug)]
struct Set(&'static Text, Vec<u8>);

/// Parses what follows the command that sets a text; `None` where nothing does.
pub(super) fn parse(text: &'static Text, words: &[&str]) -> Option<Result<Parsed, Refusal>> {
    let mut bytes = words.first()?.as_bytes().to_vec();
    if text.terminated {
        bytes.push(0);
    }
    Some(if bytes.len() > LONGEST {
        let not_set = text.not_set;
        Err(Refusal::error(format!("\nValue is too long.\n{not_set}")))
    } else {
        Ok(Parsed::job(Set(text, bytes)))
    })
}

impl Job for Show {
    fn run(&self, desk: &mut Desk<'_>) -> bool {
        let done = show(desk, self.0);
        if !done {
            desk.output.complain(format_args!("{}", self.0.not_shown));
        }
        done
    }
}

fn show(desk: &mut Desk<'_>, text: &Text) -> bool {
    let Some(answer) = DCMI.ask(desk, text.read, &[0, text.probe], 2) else {
        return false;
    };
    let length = answer.byte(1);
    desk.output.print(format_args!("\n {}: ", text.shown));
    let pieces = pieces(length);
    desk.hint(
        pieces
            .iter()
            .map(|(offset, size)| (DCMI.netfn, text.read, DCMI.data(&[*offset, *size]))),
    );
    for (offset, size) in pieces {
        let (start, end) = (2, 2 + usize::from(size));
        let answer = DCMI.ask_but(desk, text.read, &[offset, size], end, text.good);
        let Some(answer) = answer else {
            return false;
        };
        let bytes = answer.data.get(start..end).unwrap_or_default();
        desk.output.bytes(bytes);
    }
    desk.output.print(format_args!("\n\n"));
    true
}

impl Job for Set {
    fn run(&self, desk: &mut Desk<'_>) -> bool {
        let Self(text, bytes) = self;
        desk.output.print(format_args!("\n {}: ", text.set));
        for (index, piece) in bytes.chunks(usize::from(PIECE)).enumerate() {
            let offset = index * usize::from(PIECE);
            // At most 64 bytes in all: both fit.
            let place = [offset, piece.len()].map(|number| number.to_le_bytes()[0]);
            if !write(desk, text, &[&place, piece].concat()) {
                desk.output.complain(format_args!("{}", text.not_set));
                if offset > 0 {
                    desk.output
                        .complain(format_args!("Only its first {offset} bytes were written"));
                }
                return false;
            }
            desk.output.bytes(piece);
        }
        desk.output.print(format_args!("\n\n"));
        true
    }
}

/// Over lanplus a new identifier may end the session before it is confirmed.
fn write(desk: &mut Desk<'_>, text: &Text, data: &[u8]) -> bool {
    if text.terminated && desk.context.interface == Interface::Lanplus {
        return match desk.ask(DCMI.netfn, text.write, &DCMI.data(data)) {
            Err(crate::ipmi::Failure::Completion(code)) => {
                DCMI.refuse_code(desk, code);
                false
            }
            Ok(_) | Err(_) => true,
        };
    }
    DCMI.ask(desk, text.write, data, 1).is_some()
}

/// Offset and size of each piece of a text.
fn pieces(length: u8) -> Vec<(u8, u8)> {
    (0..length)
        .step_by(PIECE.into())
        .map(|offset| (offset, PIECE.min(length - offset)))
        .collect()
}

pub(super) const ASSET: Text = Text {
    read: 0x06,
    write: 0x08,
    probe: 0,
    terminated: false,
    good: &[0x80, 0x81, 0x82, 0x83],
    shown: "Asset tag",
    set: "Set Asset Tag",
    not_shown: "Error getting asset tag!",
    not_set: "\nError setting asset tag!",
};

pub(super) const CONTROLLER: Text = Text {
    read: 0x09,
    write: 0x0a,
    probe: 1,
    terminated: true,
    good: &[],
    shown: "Get Management Controller Identifier String",
    set: "Set Management Controller Identifier String Command",
    not_shown: "Error getting management controller identifier string!",
    not_set: "Error setting management controller identifier string!",
};

/// Bytes of a piece.
const PIECE: u8 = 16;

/// Bytes of a text.
const LONGEST: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_into_pieces_of_sixteen_bytes_at_most() {
        assert_eq!(pieces(0), []);
        assert_eq!(pieces(16), [(0, 16)]);
        assert_eq!(pieces(33), [(0, 16), (16, 16), (32, 1)]);
        assert_eq!(pieces(255).last(), Some(&(240, 15)));
    }
}
