//! The writer with a disk that does as it is told.

use std::sync::{Arc, Mutex};

use proptest::prelude::*;

use super::*;

#[derive(Debug, Default)]
struct Platter {
    text: Vec<u8>,
    /// Bytes that still fit.
    room: usize,
    largest: usize,
    committed: Option<Committed>,
    heard: Option<u64>,
    old: Vec<Vec<u8>>,
    moved: bool,
}

#[derive(Clone, Debug)]
struct Fake(Arc<Mutex<Platter>>);

impl Fake {
    fn with_room(room: usize) -> Self {
        Self(Arc::new(Mutex::new(Platter {
            room,
            largest: usize::MAX,
            ..Platter::default()
        })))
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().text.clone()).unwrap()
    }

    fn set_room(&self, room: usize) {
        self.0.lock().unwrap().room = room;
    }
}

impl Medium for Fake {
    fn append(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut platter = self.0.lock().unwrap();
        let taken = bytes.len().min(platter.room).min(platter.largest);
        if taken == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        platter.room -= taken;
        platter.text.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }
    fn length(&self) -> u64 {
        self.0.lock().unwrap().text.len() as u64
    }
    fn ends_mid_line(&self) -> bool {
        self.0
            .lock()
            .unwrap()
            .text
            .last()
            .is_some_and(|last| *last != b'\n')
    }
    fn name(&self) -> String {
        "x".to_owned()
    }
    fn refresh(&mut self, _: u64) -> io::Result<bool> {
        let mut platter = self.0.lock().unwrap();
        let moved = std::mem::take(&mut platter.moved);
        if moved {
            platter.text.clear();
        }
        Ok(moved)
    }
    fn rotate(&mut self, _: u32) -> io::Result<()> {
        let mut platter = self.0.lock().unwrap();
        let text = std::mem::take(&mut platter.text);
        platter.old.push(text);
        Ok(())
    }
    fn committed(&self) -> Option<Committed> {
        self.0.lock().unwrap().committed
    }
    fn heard(&self) -> Option<u64> {
        self.0.lock().unwrap().heard
    }
    fn commit(&mut self, position: Option<Position>, heard: u64) -> io::Result<()> {
        let length = self.length();
        let mut platter = self.0.lock().unwrap();
        platter.heard = Some(heard);
        if let Some(position) = position {
            platter.committed = Some(Committed {
                position,
                length,
                inode: 0,
            });
        }
        Ok(())
    }
    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.0.lock().unwrap().text.truncate(length as usize);
        Ok(())
    }
}

fn writer(fake: &Fake) -> Writer<Fake> {
    Writer::new(fake.clone(), None, false, None)
}

fn chunk(text: &str, at: u64) -> Chunk {
    Chunk {
        bytes: text.as_bytes().to_vec(),
        at,
        position: None,
    }
}

fn placed(text: &str, offset: u64) -> Chunk {
    Chunk {
        position: Some(Position { epoch: 1, offset }),
        ..chunk(text, offset)
    }
}

fn trouble(news: &[News]) -> usize {
    news.iter()
        .filter(|news| matches!(news, News::Trouble(_)))
        .count()
}

#[test]
fn a_disk_that_is_full_for_a_while_costs_nothing_and_is_told_once() {
    let fake = Fake::with_room(5);
    let mut writer = writer(&fake);
    for second in 0..10 {
        writer.handle(Job::Output(chunk("line\n", second)), second * 1000);
        writer.tick(second * 1000);
    }
    assert_eq!(fake.text(), "line\n");
    assert_eq!(trouble(&writer.poll_news()), 1);
    fake.set_room(usize::MAX);
    writer.tick(20_000);
    assert_eq!(fake.text(), "line\n".repeat(10));
    let news = writer.poll_news();
    assert!(
        matches!(&news[..], [News::Mended(text)] if text.contains("again")),
        "{news:?}"
    );
    assert_eq!(writer.due(), None);
}

#[test]
fn what_is_lost_for_good_is_marked_with_number_and_times_at_its_place() {
    let fake = Fake::with_room(0);
    let mut writer = writer(&fake);
    let long = "x".repeat(WAITING_LIMIT - 1) + "\n";
    writer.handle(Job::Output(chunk(&long, 0)), 0);
    writer.handle(Job::Output(chunk("lost ", 5_000)), 100);
    writer.handle(Job::Output(chunk("too\n", 7_000)), 200);
    fake.set_room(usize::MAX);
    writer.tick(2_000);
    writer.handle(Job::Output(chunk("after\n", 9_000)), 3_000);
    let text = fake.text();
    let rest = text.strip_prefix(&long).unwrap();
    let lines: Vec<&str> = rest.lines().collect();
    assert_eq!(lines.len(), 2, "{rest}");
    assert!(
        lines[0].starts_with("[steadysol ") && lines[0].contains("gap: 9 bytes"),
        "{rest}"
    );
    assert!(lines[0].contains(&clock::iso(5_000)) && lines[0].contains(&clock::iso(7_000)));
    assert_eq!(lines[1], "after");
    assert!(
        writer
            .poll_news()
            .iter()
            .any(|news| matches!(news, News::Gap(loss) if loss.bytes == 9))
    );
}

#[test]
fn what_is_lost_here_is_fetched_again_where_the_bmc_has_it() {
    let fake = Fake::with_room(0);
    let mut writer = writer(&fake);
    writer.handle(Job::Refetch(true), 0);
    let long = "x".repeat(WAITING_LIMIT - 1) + "\n";
    writer.handle(Job::Output(placed(&long, 0)), 0);
    let start = long.len() as u64;
    writer.handle(Job::Output(placed("one\n", start)), 100);
    writer.handle(Job::Output(placed("two\n", start + 4)), 100);
    fake.set_room(usize::MAX);
    writer.tick(2_000);
    let missing = writer.poll_news().into_iter().find_map(|news| match news {
        News::Missing(loss) => Some(loss),
        _ => None,
    });
    let missing = missing.unwrap();
    assert_eq!(
        (missing.bytes, missing.from.map(|p| p.offset)),
        (8, Some(start))
    );
    writer.handle(Job::Output(placed("three\n", start + 8)), 2_100);
    writer.handle(Job::Fill(placed("one\n", start)), 2_200);
    writer.handle(Job::Fill(placed("two\n", start + 4)), 2_300);
    writer.handle(Job::Filled, 2_300);
    assert_eq!(&fake.text()[long.len()..], "one\ntwo\nthree\n");
}

#[test]
fn a_refill_that_does_not_come_is_marked_and_what_came_meanwhile_follows() {
    let fake = Fake::with_room(0);
    let mut writer = writer(&fake);
    writer.handle(Job::Refetch(true), 0);
    let long = "x".repeat(WAITING_LIMIT - 1) + "\n";
    writer.handle(Job::Output(placed(&long, 0)), 0);
    let start = long.len() as u64;
    writer.handle(Job::Output(placed("one\n", start)), 100);
    fake.set_room(usize::MAX);
    writer.tick(2_000);
    writer.handle(Job::Output(placed("two\n", start + 4)), 2_100);
    writer.tick(2_000 + REFILL_PATIENCE);
    let text = fake.text();
    assert!(text[long.len()..].contains("gap: 4 bytes") && text.ends_with("]\ntwo\n"));
}

/// A writer that waits for the four bytes that it misses.
fn waiting_for_a_refill(fake: &Fake) -> Writer<Fake> {
    let mut writer = writer(fake);
    writer.handle(Job::Refetch(true), 0);
    writer.handle(Job::Lost(loss_of("one\n", 0)), 0);
    let news = writer.poll_news();
    assert!(matches!(&news[..], [News::Missing(_)]), "{news:?}");
    writer
}

fn loss_of(text: &str, offset: u64) -> Loss {
    Loss::of(&placed(text, offset))
}

#[test]
fn what_came_while_the_log_was_on_is_written_though_it_is_off_when_a_refill_ends() {
    let fake = Fake::with_room(usize::MAX);
    let mut writer = waiting_for_a_refill(&fake);
    writer.handle(Job::Output(placed("two\n", 4)), 0);
    writer.handle(Job::On(false), 0);
    writer.handle(Job::Output(placed("off\n", 8)), 0);
    writer.handle(Job::Fill(placed("one\n", 0)), 0);
    writer.handle(Job::Filled, 0);
    assert!(fake.text().ends_with("one\ntwo\n"), "{}", fake.text());
    assert!(!fake.text().contains("off\n"), "{}", fake.text());
}

#[test]
fn a_loss_during_a_refill_takes_nothing_away_from_what_came_before_it() {
    let fake = Fake::with_room(usize::MAX);
    let mut writer = waiting_for_a_refill(&fake);
    writer.handle(Job::Output(placed("two\n", 4)), 0);
    writer.handle(Job::Lost(loss_of("three\n", 8)), 0);
    writer.handle(Job::Output(placed("four\n", 14)), 0);
    writer.handle(Job::Fill(placed("one\n", 0)), 0);
    writer.handle(Job::Filled, 0);
    let news = writer.poll_news();
    let [News::Missing(loss)] = &news[..] else {
        panic!("{news:?}");
    };
    assert_eq!(
        (loss.bytes, loss.from.map(|from| from.offset)),
        (11, Some(8))
    );
    writer.handle(Job::Fill(placed("three\nfour\n", 8)), 0);
    writer.handle(Job::Filled, 0);
    assert_eq!(fake.text(), "one\ntwo\nthree\nfour\n");
}

#[test]
fn markers_stand_on_lines_of_their_own() {
    let fake = Fake::with_room(usize::MAX);
    let mut writer = writer(&fake);
    writer.handle(Job::Output(chunk("log", 0)), 0);
    writer.handle(
        Job::Mark {
            text: "away".to_owned(),
            at: 0,
        },
        0,
    );
    writer.handle(Job::Output(chunk("in: ", 0)), 0);
    let text = fake.text();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines[0], lines[2]), ("log", "in: "));
    assert!(lines[1].starts_with("[steadysol ") && lines[1].ends_with(": away]"));
}

#[test]
fn a_marker_about_nothing_missing_tears_no_line_unless_the_line_stands_still() {
    let fake = Fake::with_room(usize::MAX);
    let mut writer = writer(&fake);
    let note = || Job::Note {
        text: "back".to_owned(),
        at: 0,
    };
    writer.handle(Job::Output(chunk("be", 0)), 0);
    writer.handle(note(), 0);
    writer.handle(Job::Output(chunk("g", 0)), 10);
    writer.handle(Job::Output(chunk("un\nnext\nha", 0)), 20);
    assert_eq!(writer.due(), None);
    writer.handle(note(), 30);
    writer.tick(30 + NOTE_PATIENCE - 1);
    assert!(fake.text().ends_with("\nha"));
    assert_eq!(writer.due(), Some(30 + NOTE_PATIENCE));
    writer.tick(30 + NOTE_PATIENCE);
    let text = fake.text();
    let lines: Vec<&str> = text.lines().collect();
    let is_marker = |line: &str| line.ends_with(": back]");
    assert!(is_marker(lines[1]) && is_marker(lines[4]), "{text}");
    assert_eq!((lines[0], lines[2], lines[3]), ("begun", "next", "ha"));
    // One that has to stand where it does takes them along.
    writer.handle(Job::Output(chunk("x", 0)), 40);
    writer.handle(note(), 40);
    writer.handle(
        Job::Mark {
            text: "away".to_owned(),
            at: 0,
        },
        40,
    );
    let text = fake.text();
    let last: Vec<&str> = text.lines().rev().take(3).collect();
    assert!(last[0].ends_with(": away]") && is_marker(last[1]) && last[2] == "x");
}

#[test]
fn a_killed_writer_goes_on_exactly_where_the_bmc_does() {
    for resumes in [true, false] {
        let fake = Fake::with_room(usize::MAX);
        let mut killed = writer(&fake);
        killed.handle(Job::Output(placed("one\n", 0)), 0);
        drop(killed);
        fake.0.lock().unwrap().text.extend_from_slice(b"tw");
        let mut second = writer(&fake);
        second.handle(
            Job::Mark {
                text: "connected".to_owned(),
                at: 0,
            },
            0,
        );
        let start = if resumes { 4 } else { 8 };
        second.handle(Job::Output(placed("two\n", start)), 0);
        let text = fake.text();
        let begin = if resumes {
            "one\n[steadysol "
        } else {
            "one\ntw\n[steadysol "
        };
        assert!(
            text.starts_with(begin) && text.ends_with(": connected]\ntwo\n"),
            "{text}"
        );
    }
}

#[test]
fn a_log_is_not_set_aside_before_what_was_half_written_is_taken_away() {
    let fake = Fake::with_room(usize::MAX);
    let kept = |size| {
        let rotate = Some(Rotate { size, keep: 2 });
        Writer::new(fake.clone(), None, false, rotate)
    };
    kept(100).handle(Job::Output(placed("one\n", 0)), 0);
    fake.0.lock().unwrap().text.extend_from_slice(b"two\n");
    let mut second = kept(8);
    second.tick(0);
    second.handle(Job::Output(placed("two\nx", 4)), 0);
    let platter = fake.0.lock().unwrap();
    assert_eq!(platter.old, [b"one\ntwo\n"]);
    assert_eq!(platter.text, b"x");
}

#[test]
fn a_log_is_set_aside_at_the_end_of_a_line() {
    let fake = Fake::with_room(usize::MAX);
    let mut writer = Writer::new(
        fake.clone(),
        None,
        false,
        Some(Rotate { size: 10, keep: 2 }),
    );
    for _ in 0..3 {
        writer.handle(Job::Output(chunk("0123456789ab", 0)), 0);
        writer.handle(Job::Output(chunk("cdef\n", 0)), 0);
    }
    assert_eq!(
        fake.0.lock().unwrap().old,
        vec![b"0123456789abcdef\n".to_vec(); 3]
    );
    assert_eq!(fake.text(), "");
    for _ in 0..10 {
        writer.handle(Job::Output(chunk(&"x".repeat(10_000), 0)), 0);
    }
    assert_eq!(fake.0.lock().unwrap().old.len(), 4, "a line without an end");
}

#[test]
fn output_that_comes_in_one_piece_is_set_aside_line_by_line_too() {
    let fake = Fake::with_room(usize::MAX);
    let rotate = Some(Rotate { size: 10, keep: 2 });
    let mut writer = Writer::new(fake.clone(), Some(Format::Epoch), false, rotate);
    writer.handle(Job::Output(placed("a\nbcdefgh\n\ni", 7000)), 0);
    let old: Vec<String> = {
        let platter = fake.0.lock().unwrap();
        let text = |file: &Vec<u8>| String::from_utf8(file.clone()).unwrap();
        platter.old.iter().map(text).collect()
    };
    assert_eq!(old, ["7.000 a\n7.000 bcdefgh\n"]);
    assert_eq!(fake.text(), "7.000 \n7.000 i");
    let committed = fake.0.lock().unwrap().committed.unwrap();
    assert_eq!(committed.position.offset, 7012);
}

#[test]
fn when_the_last_output_came_is_noted_with_it_and_markers_do_not_count() {
    let fake = Fake::with_room(usize::MAX);
    let heard = || fake.0.lock().unwrap().heard;
    let mut writer = writer(&fake);
    let mark = |at| Job::Mark {
        text: "away".to_owned(),
        at,
    };
    writer.handle(mark(900), 900);
    assert_eq!(heard(), None);
    writer.handle(Job::Output(chunk("a\n", 1000)), 1007);
    writer.handle(mark(2000), 2000);
    assert_eq!(heard(), Some(1000));
    // Read back: it was printed long ago, or by a clock that is ahead.
    for at in [5, 9_000_000] {
        writer.handle(Job::Output(chunk("b\n", at)), 500_000);
        assert_eq!(heard(), Some(500_000));
    }
    fake.set_room(0);
    writer.handle(Job::Output(chunk("c\n", 600_000)), 600_000);
    assert_eq!(heard(), Some(500_000), "it is not written yet");
}

#[test]
fn a_log_moved_away_goes_on_in_a_new_file_with_its_dates() {
    let fake = Fake::with_room(usize::MAX);
    let mut writer = Writer::new(fake.clone(), Some(Format::Epoch), false, None);
    writer.handle(Job::Output(chunk("half", 1000)), 0);
    fake.0.lock().unwrap().moved = true;
    writer.handle(Job::Reopen, 0);
    writer.handle(Job::Output(chunk(" line\n", 2000)), 0);
    assert_eq!(fake.text(), "2.000  line\n");
}

#[test]
fn what_cannot_be_written_at_the_end_is_counted() {
    let fake = Fake::with_room(0);
    let mut writer = writer(&fake);
    writer.handle(Job::Output(chunk("abc", 0)), 0);
    writer.poll_news();
    writer.close(10);
    let news = writer.poll_news();
    assert!(
        matches!(&news[..], [News::Notice(text)] if text.contains("3 bytes")),
        "{news:?}"
    );
}

proptest! {
    #[test]
    fn a_disk_that_writes_in_bits_and_stops_at_times_loses_nothing(
        pieces in proptest::collection::vec(("[a-z\n]{0,20}", 0usize..30, 1usize..8), 0..40),
    ) {
        let fake = Fake::with_room(0);
        let mut writer = writer(&fake);
        let mut all = String::new();
        for (index, (text, room, largest)) in pieces.iter().enumerate() {
            {
                let mut platter = fake.0.lock().unwrap();
                (platter.room, platter.largest) = (*room, *largest);
            }
            all += text;
            let now = index as u64 * 400;
            writer.handle(Job::Output(chunk(text, now)), now);
            writer.tick(now);
        }
        fake.set_room(usize::MAX);
        writer.close(1_000_000);
        prop_assert_eq!(fake.text(), all);
    }
}
