//! Going through the log's entries, on BMCs that lose, repeat or cut them.

use super::{GET_ENTRY, STORAGE};
use crate::cli::context::Interface;
use crate::commands::Desk;
use crate::ipmi::{AnswerError, Failure, Length};
use crate::sel::Record;
use crate::transport::MOST_HINTS;
use crate::wire::text::hex;

/// An entry, and the number of the one after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) next: u16,
    pub(super) record: Record,
}

/// Goes through the log.
#[derive(Debug)]
pub(super) struct Walk {
    /// A bit for each number that was asked for.
    seen: Vec<u64>,
    /// How many entries may still come.
    left: usize,
    /// Whether requests may travel together.
    ahead: bool,
    guess: Guess,
    good: bool,
}

/// What is known of how the numbers go on.
#[derive(Clone, Copy, Debug, Default)]
struct Guess {
    /// The number that was read last, and by how much the next one was greater.
    last: Option<(u16, u16)>,
    /// How many numbers that were hinted have not been asked for.
    hinted: usize,
}

impl Walk {
    /// `entries`: how many the BMC says there are.
    pub(super) fn new(desk: &Desk<'_>, entries: u16) -> Self {
        Self {
            seen: vec![0; 1 << 10],
            left: entries.into(),
            ahead: desk.context.interface != Interface::Dummy,
            guess: Guess::default(),
            good: true,
        }
    }

    /// Whether all went well so far; what did not was said.
    pub(super) fn went_well(&self) -> bool {
        self.good
    }

    /// The entry with this number, asked for twice at most: some BMCs say now and then that there is none after it. One
    /// that vanished is passed over: `before` is the number of the entry before it, which knows what comes now.
    ///
    /// None at the end of what can be read.
    pub(super) fn entry(
        &mut self,
        desk: &mut Desk<'_>,
        id: u16,
        before: Option<u16>,
    ) -> Option<Entry> {
        if !self.note(id) {
            desk.output.complain(format_args!(
                "SEL entry {id:x} comes round again: the rest of the log is not shown"
            ));
            self.good = false;
            return None;
        }
        self.guess_ahead(desk, id);
        match self.twice(desk, id) {
            Ok(entry) => {
                self.learn(entry.record.id, entry.next);
                Some(entry)
            }
            Err(Failure::Completion(GONE)) if before.is_some() => {
                let before = get(desk, before?).ok()?;
                if before.next == id || before.next == END {
                    return None;
                }
                self.good = true;
                self.entry(desk, before.next, None)
            }
            Err(_) => None,
        }
    }

    fn twice(&mut self, desk: &mut Desk<'_>, id: u16) -> Result<Entry, Failure> {
        match get(desk, id) {
            Ok(entry) if entry.next == 0 => {
                // An entry that leads nowhere is shown, and is the last one.
                get(desk, id)
            }
            Ok(entry) => Ok(entry),
            Err(_) => {
                let again = get(desk, id);
                self.good = again.is_ok();
                again
            }
        }
    }

    /// The number of the first of the last `wanted` entries, where the numbers show that all are there, evenly spaced:
    /// over a network that saves reading all the others.
    pub(super) fn leap(&self, desk: &mut Desk<'_>, entries: u16, wanted: u16) -> Option<u16> {
        if !self.ahead || wanted == 0 || wanted >= entries {
            return None;
        }
        desk.hint([0, END].map(|id| (STORAGE, GET_ENTRY, question(id))));
        let mut peek = |id| {
            let data = desk.ask(STORAGE, GET_ENTRY, &question(id)).ok()?;
            entry_of(&data)
        };
        let (first, last) = (peek(0)?, peek(END)?);
        let step = first.next.checked_sub(first.record.id)?;
        let span = last.record.id.checked_sub(first.record.id)?;
        let even = step > 0 && step.checked_mul(entries - 1) == Some(span);
        (even && last.next == END).then(|| last.record.id - step * (wanted - 1))
    }

    /// Notes that a number is asked for; false where it was before.
    fn note(&mut self, id: u16) -> bool {
        let (word, bit) = (usize::from(id >> 6), 1 << (id & 63));
        match self.seen.get_mut(word) {
            Some(word) => {
                let new = *word & bit == 0;
                *word |= bit;
                new
            }
            None => true,
        }
    }

    /// Lets the entries that should follow be asked ahead, once the way the numbers go is known.
    fn guess_ahead(&mut self, desk: &mut Desk<'_>, id: u16) {
        self.left = self.left.saturating_sub(1);
        let Some((last, step)) = self.guess.last.filter(|_| self.ahead) else {
            return;
        };
        if last.wrapping_add(step) != id {
            self.guess = Guess::default();
            return;
        }
        if self.guess.hinted > 0 {
            self.guess.hinted -= 1;
            // What was hinted is still on its way.
            return;
        }
        let count = (self.left + 1).min(MOST_HINTS);
        let mut number = id;
        let mut requests = Vec::with_capacity(count);
        for _ in 0..count {
            requests.push((STORAGE, GET_ENTRY, question(number)));
            match number.checked_add(step).filter(|number| *number != END) {
                Some(next) => number = next,
                None => break,
            }
        }
        self.guess.hinted = requests.len() - 1;
        desk.hint(requests);
    }

    /// Two entries in a row tell how the numbers go.
    fn learn(&mut self, id: u16, next: u16) {
        let step = next.wrapping_sub(id);
        match self.guess.last {
            Some((_, known)) if known == step => self.guess.last = Some((id, step)),
            _ => {
                self.guess = Guess {
                    last: Some((id, step)),
                    hinted: 0,
                }
            }
        }
    }
}

/// Asks for an entry; what goes wrong is said.
pub(super) fn get(desk: &mut Desk<'_>, id: u16) -> Result<Entry, Failure> {
    let what = format_args!("Get SEL Entry {id:x} command failed");
    let data = match desk.ask(STORAGE, GET_ENTRY, &question(id)) {
        Ok(data) => data,
        Err(failure) => {
            desk.output.fail(what, &failure);
            return Err(failure);
        }
    };
    log::debug!("SEL Entry: {}", hex(data.get(2..).unwrap_or(&[])));
    entry_of(&data).ok_or_else(|| {
        let error = AnswerError {
            got: data.len(),
            expected: Length::AtLeast(ANSWER),
        };
        desk.output.complain(format_args!("{what}: {error}"));
        Failure::Answer(error)
    })
}

fn entry_of(data: &[u8]) -> Option<Entry> {
    let [n0, n1, record @ ..] = data.first_chunk::<ANSWER>()?;
    Some(Entry {
        next: u16::from_le_bytes([*n0, *n1]),
        record: Record::from_wire(record),
    })
}

/// A whole entry, without a reservation.
pub(super) fn question(id: u16) -> Vec<u8> {
    let [low, high] = id.to_le_bytes();
    vec![0, 0, low, high, 0, WHOLE]
}

/// There is no entry after it; asked for, it is the last one.
pub(super) const END: u16 = 0xffff;
const WHOLE: u8 = 0xff;
/// The next entry's number and a record.
const ANSWER: usize = 18;
/// Requested sensor, data, or record not found.
const GONE: u8 = 0xcb;
