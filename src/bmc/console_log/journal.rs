//! How a console log is kept in a file: records with checksums, of which a torn last one is recognised and left out.
//!
//! A journal begins with a *begin* record (epoch, offset) and goes on with *data* records (time, offset, bytes). Each
//! record is a mark, the length of its body, the body's CRC-32, and the body.

use super::ConsoleLog;

/// The journal of a whole log.
pub fn whole(log: &ConsoleLog) -> Vec<u8> {
    let mut out = Vec::new();
    let mut body = vec![BEGIN];
    body.extend(log.epoch().to_le_bytes());
    body.extend(log.start().to_le_bytes());
    record(&mut out, &body);
    let mut offset = log.start();
    for (time, bytes) in log.runs() {
        append(&mut out, time, offset, &bytes);
        offset += bytes.len() as u64;
    }
    out
}

/// Adds records for bytes that came at `time` and begin at `offset`.
pub fn append(out: &mut Vec<u8>, time: u64, offset: u64, bytes: &[u8]) {
    for (n, piece) in bytes.chunks(LONGEST_BODY - DATA_HEAD).enumerate() {
        let offset = offset + (n * (LONGEST_BODY - DATA_HEAD)) as u64;
        let mut body = vec![DATA];
        body.extend(time.to_le_bytes());
        body.extend(offset.to_le_bytes());
        body.extend_from_slice(piece);
        record(out, &body);
    }
}

/// Reads a journal into a log of `capacity` bytes; also tells how many bytes of the journal are sound. `None`: it does
/// not begin as a journal does.
pub fn read(journal: &[u8], capacity: usize) -> Option<(ConsoleLog, usize)> {
    let (body, mut rest) = next(journal)?;
    let (&BEGIN, numbers) = body.split_first()? else {
        return None;
    };
    let (epoch, start) = two(numbers)?;
    let mut log = ConsoleLog::at(capacity, epoch, start.0);
    while let Some((body, after)) = next(rest) {
        let Some((&DATA, numbers)) = body.split_first() else {
            break;
        };
        let Some((time, (offset, bytes))) = two(numbers) else {
            break;
        };
        if offset != log.end() {
            break;
        }
        log.append(time, bytes);
        rest = after;
    }
    Some((log, journal.len() - rest.len()))
}

/// Two numbers and what follows them.
fn two(bytes: &[u8]) -> Option<(u64, (u64, &[u8]))> {
    let (first, rest) = bytes.split_first_chunk()?;
    let (second, rest) = rest.split_first_chunk()?;
    Some((
        u64::from_le_bytes(*first),
        (u64::from_le_bytes(*second), rest),
    ))
}

fn record(out: &mut Vec<u8>, body: &[u8]) {
    out.extend(MARK);
    out.extend((body.len() as u32).to_le_bytes()); // at most LONGEST_BODY
    out.extend(crc32(body).to_le_bytes());
    out.extend_from_slice(body);
}

/// The body of the first record and what follows it; `None`: there is no sound record.
fn next(journal: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = journal.strip_prefix(&MARK)?;
    let (length, rest) = rest.split_first_chunk()?;
    let (crc, rest) = rest.split_first_chunk()?;
    let length = usize::try_from(u32::from_le_bytes(*length))
        .ok()
        .filter(|n| *n <= LONGEST_BODY)?;
    let (body, rest) = rest.split_at_checked(length)?;
    (crc32(body) == u32::from_le_bytes(*crc)).then_some((body, rest))
}

/// CRC-32 as in Ethernet and zip.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 {
                crc >> 1 ^ POLYNOMIAL
            } else {
                crc >> 1
            }
        })
    })
}

const POLYNOMIAL: u32 = 0xedb8_8320;
const MARK: [u8; 4] = *b"CLG1";
const BEGIN: u8 = 1;
const DATA: u8 = 2;
/// Bytes of a data record's body before its characters.
const DATA_HEAD: usize = 17;
/// Bytes of the longest body.
const LONGEST_BODY: usize = 1 << 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn log() -> ConsoleLog {
        let mut log = ConsoleLog::new(100, 42);
        for n in 0..30u64 {
            log.append(1000 + n * 7, format!("line {n}\n").as_bytes());
        }
        log
    }

    #[test]
    fn crc_is_the_well_known_one() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn a_journal_gives_back_its_log_and_goes_on_where_it_ended() {
        let mut log = log();
        let mut journal = whole(&log);
        assert_eq!(read(&journal, 100), Some((log.clone(), journal.len())));
        append(&mut journal, 5000, log.end(), b"more");
        log.append(5000, b"more");
        assert_eq!(read(&journal, 100), Some((log, journal.len())));
    }

    #[test]
    fn a_journal_cut_anywhere_gives_a_beginning_of_its_log_and_never_garbage() {
        let journal = whole(&log());
        let all = log();
        for cut in 0..journal.len() {
            match read(&journal[..cut], 100) {
                None => assert!(cut < 29, "{cut}"),
                Some((log, sound)) => {
                    assert!(sound <= cut && log.end() <= all.end());
                    let n = (log.end() - log.start()) as usize;
                    assert_eq!(log.read(log.start(), n).data, all.read(log.start(), n).data);
                }
            }
        }
    }

    #[test]
    fn a_flipped_bit_ends_a_journal_there() {
        let journal = whole(&log());
        let all = log();
        for bit in 0..journal.len() * 8 {
            let mut bad = journal.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            if let Some((log, sound)) = read(&bad, 100) {
                assert!(sound <= bit / 8);
                let n = (log.end() - log.start()) as usize;
                assert_eq!(log.read(log.start(), n).data, all.read(log.start(), n).data);
            }
        }
    }

    #[test]
    fn a_long_piece_is_split_into_records_that_a_reader_accepts() {
        let mut log = ConsoleLog::new(300_000, 1);
        let piece: Vec<u8> = (0..200_000u32).map(|n| n as u8).collect();
        log.append(9, &piece);
        assert_eq!(read(&whole(&log), 300_000).unwrap().0, log);
    }
}
