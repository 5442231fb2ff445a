//! Up to where a log is complete, by the BMC's own count of its console's output.

use std::fmt;

/// A place in a BMC's console log. Places of different epochs are not compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Which log: a number that the BMC drew when it began it.
    pub epoch: u64,
    /// How many bytes stand before this place.
    pub offset: u64,
}

impl Position {
    /// The place so many bytes further on.
    pub fn plus(self, bytes: usize) -> Self {
        Self {
            offset: self.offset.saturating_add(bytes as u64),
            ..self
        }
    }
}

/// What stands in the file beside the log: when the log had `length` bytes, all up to `position` was in it.
///
/// Whatever the log holds beyond that was being written when the program was killed. Where the BMC gives the output
/// from `position` on again, the log is cut there and nothing appears twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The place in the BMC's log.
    pub position: Position,
    /// Bytes of the log file.
    pub length: u64,
    /// The log file's inode number: another file's position would be of no use.
    pub inode: u64,
}

impl Committed {
    /// Reads what [`fmt::Display`] wrote; nothing where it is damaged.
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.lines().next()?.split_ascii_whitespace();
        if words.next()? != MAGIC {
            return None;
        }
        let mut number = || u64::from_str_radix(words.next()?, 16).ok();
        Some(Self {
            position: Position {
                epoch: number()?,
                offset: number()?,
            },
            length: number()?,
            inode: number()?,
        })
    }
}

/// A session of ours as the BMC knows it. Where the program was killed, its successor may find the payload still in
/// the hands of that session, and takes it back from nobody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Former {
    /// What the BMC calls the session.
    pub id: u32,
    /// What it tells of its user, channel, address and port (table 22-25, bytes 5, 7 and 8 to 19 of the answer): ids are
    /// used again by other sessions, all of this together is not. Nothing where it does not tell.
    pub seen: Option<[u8; 14]>,
}

/// The line about the session, which stands below that of the position: it belongs to the log file of this inode.
/// Always of the same length.
pub(super) fn session_line(session: Option<Former>, inode: u64) -> String {
    let Some((id, seen)) = session.and_then(|session| Some((session.id, session.seen?))) else {
        return format!("{:-<66}\n", "");
    };
    let seen: String = seen.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("session {id:08x} {seen} {inode:016x}    \n")
}

/// Reads what [`session_line`] wrote; nothing where it is damaged or of another file.
pub(super) fn session_of(text: &str, inode: u64) -> Option<Former> {
    let mut words = text.lines().nth(1)?.split_ascii_whitespace();
    let (word, id, told, own) = (words.next()?, words.next()?, words.next()?, words.next()?);
    if word != "session" || u64::from_str_radix(own, 16) != Ok(inode) || own.len() != 16 {
        return None;
    }
    let mut seen = [0; 14];
    for (at, byte) in seen.iter_mut().enumerate() {
        *byte = u8::from_str_radix(told.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    let id = u32::from_str_radix(id, 16).ok()?;
    (told.len() == 28).then_some(Former {
        id,
        seen: Some(seen),
    })
}

/// The line below that: when the last output in the log file of this inode came, in milliseconds since 1970 by our
/// clock. Always of the same length.
pub(super) fn heard_line(heard: Option<u64>, inode: u64) -> String {
    match heard {
        None => format!("{:-<39}\n", ""),
        Some(heard) => format!("heard {heard:016x} {inode:016x}\n"),
    }
}

/// Reads what [`heard_line`] wrote; nothing where it is damaged or of another file.
pub(super) fn heard_of(text: &str, inode: u64) -> Option<u64> {
    let mut words = text.lines().nth(2)?.split_ascii_whitespace();
    let (word, heard, own) = (words.next()?, words.next()?, words.next()?);
    let is_ours = own.len() == 16 && u64::from_str_radix(own, 16) == Ok(inode);
    (word == "heard" && is_ours)
        .then(|| u64::from_str_radix(heard, 16).ok())
        .flatten()
}

/// In the place of a position that is not known.
pub(super) fn no_position() -> String {
    format!("{:-<88}\n", "")
}

/// One line, always of the same length: a later one covers it, in a single write.
impl fmt::Display for Committed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Position { epoch, offset } = self.position;
        let (length, inode) = (self.length, self.inode);
        writeln!(
            f,
            "{MAGIC} {epoch:016x} {offset:016x} {length:016x} {inode:016x}"
        )
    }
}

const MAGIC: &str = "steadysol-position-1";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_and_damage_is_noticed() {
        let position = Position {
            epoch: u64::MAX,
            offset: 7,
        };
        let committed = Committed {
            position,
            length: 12,
            inode: 99,
        };
        let text = committed.to_string();
        assert_eq!(Committed::parse(&text), Some(committed));
        for cut in 0..text.len() - 17 {
            assert_eq!(Committed::parse(&text[..cut]), None);
        }
        assert_eq!(Committed::parse("steadysol-position-2 1 2 3 4\n"), None);
        assert_eq!(Committed::parse(&no_position()), None);
        assert_eq!(no_position().len(), text.len());
    }

    #[test]
    fn when_output_came_last_is_read_back_for_its_own_file_only() {
        let above = no_position() + &session_line(None, 99);
        let text = above.clone() + &heard_line(Some(0x12345), 99);
        assert_eq!(heard_of(&text, 99), Some(0x12345));
        assert_eq!(heard_of(&text, 98), None);
        assert_eq!(heard_of(&above, 99), None);
        for cut in 0..text.len() - 1 {
            assert_eq!(heard_of(&text[..cut], 99), None, "{cut}");
        }
        let unknown = heard_line(None, 99);
        assert_eq!(unknown.len(), heard_line(Some(u64::MAX), 99).len());
        assert_eq!(heard_of(&(above + &unknown), 99), None);
    }

    #[test]
    fn a_session_is_read_back_for_its_own_file_only() {
        let former = Former {
            id: 0x0102_0304,
            seen: Some([0xa5; 14]),
        };
        let text = no_position() + &session_line(Some(former), 99);
        assert_eq!(session_of(&text, 99), Some(former));
        assert_eq!(session_of(&text, 98), None);
        for cut in 0..text.len() - 5 {
            assert_eq!(session_of(&text[..cut], 99), None, "{cut}");
        }
        let untold = Former {
            seen: None,
            ..former
        };
        for nobody in [None, Some(untold)] {
            let line = session_line(nobody, 99);
            assert_eq!(line.len(), session_line(Some(former), 99).len());
            assert_eq!(session_of(&(no_position() + &line), 99), None);
        }
    }
}
