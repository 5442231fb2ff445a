//! Finding the stream's place in the log by what it brings, where no count tells it.

use std::collections::VecDeque;

use super::Join;

/// The newest bytes that were delivered, and where in the log they stand.
#[derive(Debug)]
pub(in super::super) struct Recent {
    end: u64,
    bytes: VecDeque<u8>,
    /// What was delivered before those, with something missing in between.
    former: VecDeque<Vec<u8>>,
}

impl Recent {
    pub(super) fn new(end: u64) -> Self {
        Self {
            end,
            bytes: VecDeque::new(),
            former: VecDeque::new(),
        }
    }

    /// Adds bytes that stand at `at`. Of what they do not follow the places are forgotten.
    pub(super) fn append(&mut self, at: u64, bytes: &[u8]) {
        if at != self.end {
            self.former
                .push_back(std::mem::take(&mut self.bytes).into());
            while self.former.iter().map(Vec::len).sum::<usize>() > REMEMBERED
                || self.former.len() > MOST_FORMER
            {
                self.former.pop_front();
            }
        }
        self.bytes.extend(bytes);
        self.end = at.saturating_add(bytes.len() as u64);
        let excess = self.bytes.len().saturating_sub(REMEMBERED);
        self.bytes.drain(..excess);
    }

    /// How many of the newest bytes `following` begins with, if not by chance.
    pub(in super::super) fn overlap(&self, following: &[u8]) -> usize {
        // How long a beginning of `following` each of its beginnings ends with (Knuth, Morris and Pratt).
        let following = &following[..following.len().min(self.bytes.len())];
        let mut ends_with = vec![0; following.len()];
        let longer = |mut length: usize, byte: u8, ends_with: &[usize]| loop {
            if following.get(length) == Some(&byte) {
                return length + 1;
            }
            match length.checked_sub(1).and_then(|last| ends_with.get(last)) {
                Some(&shorter) => length = shorter,
                None => return 0,
            }
        };
        let mut length = 0;
        for (at, &byte) in following.iter().enumerate().skip(1) {
            length = longer(length, byte, &ends_with);
            ends_with[at] = length;
        }
        let newest = self.bytes.len() - following.len();
        let overlap = (self.bytes.iter().skip(newest))
            .fold(0, |length, &byte| longer(length, byte, &ends_with));
        if overlap < LEAST_OVERLAP { 0 } else { overlap }
    }

    /// How much of `text`, which follows without a hole, was delivered before, from its beginning: all of it, or as much as
    /// was read before something was missing. 0 where it is short, or one of many that are alike.
    pub(super) fn delivered(&mut self, text: &[u8]) -> usize {
        let Some(sample) = text.get(..SHORTEST_SAMPLE) else {
            return 0;
        };
        let recent = &*self.bytes.make_contiguous();
        let runs = self.former.iter().map(Vec::as_slice).chain([recent]);
        let mut places = runs.flat_map(|run| {
            let windows = run.windows(SHORTEST_SAMPLE).enumerate();
            let there = windows.filter(|(_, window)| *window == sample);
            there.map(move |(at, _)| run.get(at..).unwrap_or_default())
        });
        match (places.next(), places.next()) {
            (Some(there), None) => {
                let length = there.len().min(text.len());
                let same = there.get(..length) == text.get(..length);
                if same { length } else { 0 }
            }
            _ => 0,
        }
    }

    fn start(&self) -> u64 {
        self.end.saturating_sub(self.bytes.len() as u64)
    }

    /// Where `sample`, of one byte at least, begins: `low` or later.
    fn places_of(&mut self, sample: &[u8], low: u64) -> impl Iterator<Item = u64> {
        let low = low.max(self.start());
        let skip = usize::try_from(low - self.start()).unwrap_or(usize::MAX);
        let searched = self.bytes.make_contiguous().get(skip..).unwrap_or_default();
        searched
            .windows(sample.len().max(1))
            .zip(low..)
            .filter(move |(window, _)| *window == sample)
            .map(|(_, at)| at)
    }

    /// Where `sample` ends, if it stands in one place only, which begins at `low` or later.
    fn only_end_of(&mut self, sample: &[u8], low: u64) -> Option<u64> {
        // What is not remembered may hold another such place.
        if low < self.start() {
            return None;
        }
        let mut places = self.places_of(sample, low);
        let at = places.next()?;
        places.next().is_none().then(|| at + sample.len() as u64)
    }
}

/// A stream of which nobody knows where in the log it stands.
///
/// A BMC counts a packet as dropped when it has seen no acknowledgement, although we may have the packet; and some
/// send what they have given up again under another number. So no count tells the place; the text does.
#[derive(Debug)]
pub(super) struct Doubt {
    /// The stream's place when it was known last. What came since stands there or later.
    from: u64,
    /// Bytes that the stream has brought since, and how many of these it may have brought before.
    brought: u64,
    again: u64,
    /// The newest bytes of the stream between which none are missing, and the earliest place they can have.
    sample: VecDeque<u8>,
    low: u64,
}

impl Doubt {
    /// The stream stood at `from`.
    pub(super) fn new(from: u64) -> Self {
        Self {
            from,
            brought: 0,
            again: 0,
            sample: VecDeque::new(),
            low: from,
        }
    }

    /// What comes next, `length` bytes, does not just follow.
    pub(super) fn break_off(&mut self, join: Join, length: usize) {
        if join == Join::MaybeAgain {
            self.again = self.again.saturating_add(length as u64);
        }
        self.sample.clear();
        self.low = self
            .from
            .saturating_add(self.brought)
            .saturating_sub(self.again);
    }

    /// The stream has brought `bytes`.
    pub(super) fn bring(&mut self, bytes: &[u8]) {
        self.brought = self.brought.saturating_add(bytes.len() as u64);
        self.sample.extend(bytes);
        let excess = self.sample.len().saturating_sub(LONGEST_SAMPLE);
        self.sample.drain(..excess);
        self.low = self.low.saturating_add(excess as u64);
    }

    /// Whether what the stream brought last stands in `recent`.
    pub(super) fn is_delivered(&mut self, recent: &mut Recent) -> bool {
        let sample = self.sample.make_contiguous();
        sample.is_empty() || recent.places_of(sample, self.low).next().is_some()
    }

    /// Everything that the stream has brought but the last `fresh` bytes stands in `recent`: where that ends, if that
    /// can be told.
    pub(super) fn settle(&mut self, recent: &mut Recent, fresh: u64) -> Option<u64> {
        let fresh = usize::try_from(fresh).ok()?;
        let length = self.sample.len().checked_sub(fresh)?;
        if length < SHORTEST_SAMPLE {
            return None;
        }
        let sample = self.sample.make_contiguous().get(..length)?;
        recent.only_end_of(sample, self.low)
    }
}

/// Bytes among which a sample is looked for: more than a BMC keeps back for a console that is slow.
const REMEMBERED: usize = 128 * 1024;

/// Runs of bytes with something missing in between that are remembered at most.
const MOST_FORMER: usize = 64;

/// How many bytes that are alike are the same.
const LEAST_OVERLAP: usize = 16;

/// How many bytes tell one place of the log from another, and how many are compared at most.
const SHORTEST_SAMPLE: usize = 48;
const LONGEST_SAMPLE: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;

    fn text(lines: std::ops::Range<u32>) -> Vec<u8> {
        lines
            .flat_map(|n| format!("{n:06}\r\n").into_bytes())
            .collect()
    }

    fn recent() -> Recent {
        let mut recent = Recent::new(1000);
        recent.append(1000, &text(0..100));
        recent
    }

    #[test]
    fn a_text_that_stands_in_one_place_tells_the_stream_s_place() {
        let mut doubt = Doubt::new(1000);
        doubt.bring(&text(50..60));
        assert_eq!(doubt.settle(&mut recent(), 0), Some(1480));
        doubt.bring(&text(60..63));
        assert_eq!(
            doubt.settle(&mut recent(), 24),
            Some(1480),
            "24 bytes may be too new"
        );
    }

    #[test]
    fn a_text_that_stands_in_two_places_or_in_none_or_is_short_tells_nothing() {
        let twice = [text(0..20), text(0..20)].concat();
        let mut recent = recent();
        recent.append(1800, &twice);
        for (sample, found) in [
            (text(10..20), None),
            (text(200..210), None),
            (text(50..55), None),
            (text(50..60), Some(1480)),
        ] {
            let mut doubt = Doubt::new(1000);
            doubt.bring(&sample);
            assert_eq!(doubt.settle(&mut recent, 0), found);
        }
    }

    #[test]
    fn a_place_before_the_last_known_one_is_none_unless_the_text_may_have_come_before() {
        let mut doubt = Doubt::new(1480);
        doubt.break_off(Join::AfterDrop, 80);
        doubt.bring(&text(50..60));
        assert_eq!(doubt.settle(&mut recent(), 0), None);
        let mut doubt = Doubt::new(1480);
        doubt.break_off(Join::MaybeAgain, 80);
        doubt.bring(&text(50..60));
        assert_eq!(doubt.settle(&mut recent(), 0), Some(1480));
    }

    #[test]
    fn what_is_not_remembered_any_more_makes_no_place_the_only_one() {
        let mut recent = recent();
        let mut doubt = Doubt::new(900);
        doubt.bring(&text(50..60));
        assert_eq!(doubt.settle(&mut recent, 0), None);
        // Bytes that are lost for good lie in between.
        recent.append(5000, &text(50..60));
        let mut doubt = Doubt::new(1000);
        doubt.bring(&text(50..60));
        assert_eq!(doubt.settle(&mut recent, 0), None);
    }

    #[test]
    fn what_the_stream_brings_again_of_what_was_read_is_found_by_its_beginning() {
        let recent = recent();
        for (from, to, overlap) in [(90, 110, 80), (90, 95, 0), (100, 110, 0), (0, 200, 800)] {
            assert_eq!(recent.overlap(&text(from..to)), overlap, "{from}..{to}");
        }
        let mut alike = Recent::new(0);
        alike.append(0, &b"aab".repeat(9));
        let following = |times: usize, end: &[u8]| [&b"aab".repeat(times), end].concat();
        assert_eq!(alike.overlap(&following(7, b"X")), 21);
        assert_eq!(alike.overlap(&following(6, b"aX")), 18);
        assert_eq!(alike.overlap(&following(20, b"")), 27);
        assert_eq!(alike.overlap(&following(2, b"X")), 0, "that may be chance");
        assert_eq!((alike.overlap(b""), Recent::new(0).overlap(b"x")), (0, 0));
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let mut recent = Recent::new(0);
        let mut doubt = Doubt::new(0);
        for n in 0..100 {
            recent.append(n * 8000, &text(0..1000));
            doubt.bring(&text(0..1000));
        }
        assert_eq!(
            (recent.bytes.len(), doubt.sample.len()),
            (REMEMBERED, LONGEST_SAMPLE)
        );
        (0..1000).for_each(|n| recent.append(n * 8, b"a"));
        (0..1000).for_each(|n| recent.append(n * 9000, &text(0..1000)));
        let former: usize = recent.former.iter().map(Vec::len).sum();
        assert!(former <= REMEMBERED && recent.former.len() <= MOST_FORMER);
    }
}
