//! Numbered, checksummed console lines and numbered keystrokes: what was lost, doubled, out of order or garbled.

use std::collections::BTreeMap;
use std::fmt;

/// Console line number `n`, with CR LF: `#000007 7f3a the quick ... 7f3a`.
pub fn line(n: usize) -> String {
    format!("#{n:06} {:04x} {FILLER}\r\n", checksum(n))
}

/// Typed token number `n`. Starts with a colon, so that it never looks like an escape; holds no CR.
pub fn token(n: usize) -> String {
    format!(":{n:04}{:04x};", checksum(n))
}

/// What became of `0..sent` numbered things. The default is: all well with nothing.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Numbers that never arrived.
    pub lost: Vec<usize>,
    /// Numbers that arrived more than once.
    pub doubled: Vec<usize>,
    /// Numbers that arrived after a higher one.
    pub reordered: Vec<usize>,
    /// Pieces that are neither whole nor known.
    pub garbled: Vec<String>,
}

impl Report {
    /// True when everything arrived once, whole and in order.
    pub fn is_perfect(&self) -> bool {
        *self == Report::default()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report {
            lost,
            doubled,
            reordered,
            garbled,
        } = self;
        write!(
            f,
            "lost {lost:?}, doubled {doubled:?}, out of order {reordered:?}, garbled {garbled:?}"
        )
    }
}

/// Accounts for console lines `0..sent` in what a client printed. Lines without a `#` are not the console's.
pub fn lines(printed: &[u8], sent: usize) -> Report {
    let text = String::from_utf8_lossy(printed);
    let pieces = text
        .split(['\r', '\n'])
        .filter(|piece| piece.contains('#'))
        .map(str::to_owned);
    account(pieces, sent, |n| line(n).trim_end().to_owned())
}

/// Accounts for tokens `0..sent` in what the serial port received.
pub fn tokens(typed: &[u8], sent: usize) -> Report {
    let text = String::from_utf8_lossy(typed);
    let pieces = text
        .split_inclusive(';')
        .map(str::trim)
        .filter(|piece| !piece.is_empty())
        .map(str::to_owned);
    account(pieces, sent, token)
}

fn account(
    pieces: impl Iterator<Item = String>,
    sent: usize,
    whole: impl Fn(usize) -> String,
) -> Report {
    let known: BTreeMap<String, usize> = (0..sent).map(|n| (whole(n), n)).collect();
    let mut seen: BTreeMap<usize, usize> = BTreeMap::new();
    let mut report = Report::default();
    let mut highest = None;
    for piece in pieces {
        let Some(&n) = known.get(&piece) else {
            report.garbled.push(piece);
            continue;
        };
        let times = seen.entry(n).or_default();
        *times += 1;
        if *times > 1 {
            report.doubled.push(n);
        } else if highest.is_some_and(|highest| n < highest) {
            report.reordered.push(n);
        }
        highest = highest.max(Some(n));
    }
    report.lost = (0..sent).filter(|n| !seen.contains_key(n)).collect();
    report
}

fn checksum(n: usize) -> u16 {
    // any function that neighbours do not share
    (n as u32).wrapping_mul(2_654_435_761).wrapping_shr(13) as u16
}

const FILLER: &str = "the machine says something long enough to be worth losing";

#[cfg(test)]
mod tests {
    use super::*;

    fn said(numbers: &[usize]) -> Vec<u8> {
        numbers
            .iter()
            .map(|&n| line(n))
            .collect::<String>()
            .into_bytes()
    }

    #[test]
    fn whole_and_in_order_is_perfect() {
        assert!(lines(&said(&[0, 1, 2]), 3).is_perfect());
    }

    #[test]
    fn losses_doubles_and_disorder_are_named() {
        let report = lines(&said(&[0, 3, 1, 3]), 4);
        assert_eq!(
            (report.lost, report.doubled, report.reordered),
            (vec![2], vec![3], vec![1])
        );
    }

    #[test]
    fn a_broken_line_is_garbled_and_its_number_lost() {
        let mut bytes = said(&[0, 1]);
        bytes[3] = b'9';
        let report = lines(&bytes, 2);
        assert_eq!((report.lost, report.garbled.len()), (vec![0], 1));
    }

    #[test]
    fn tokens_are_accounted_one_by_one() {
        let typed = format!("{}{}{}", token(0), token(0), token(2));
        let report = tokens(typed.as_bytes(), 3);
        assert_eq!((report.lost, report.doubled), (vec![1], vec![0]));
    }
}
