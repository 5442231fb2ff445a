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
    }
}
