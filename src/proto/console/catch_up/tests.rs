use super::*;
use crate::wire::console_log::Log;

/// A log whose lines are numbered.
fn bytes(range: std::ops::Range<u64>) -> Vec<u8> {
    range
        .map(|n| format!("{:06}\r\n", n / 8).as_bytes()[(n % 8) as usize])
        .collect()
}

fn answer(request: Read, start: u64, end: u64) -> Outcome {
    let from = request.offset.max(start).min(end);
    let to = end.min(from + u64::from(request.want.min(900)));
    let piece = Piece {
        offset: from,
        first: 1,
        last: 2,
        data: bytes(from..to),
    };
    Outcome::Answer(Log {
        epoch: 7,
        start,
        end,
        piece,
    })
}

fn in_step(stream: u64) -> CatchUp {
    CatchUp::in_step(1, 7, stream)
}

fn behind(have: u64, stream: u64) -> CatchUp {
    CatchUp::behind(1, 7, have, stream)
}

/// What was delivered, how much was lost, and how much was fetched.
fn told(catch_up: &mut CatchUp) -> (Vec<u8>, u64, u64) {
    let (mut out, mut lost, mut filled) = (Vec::new(), 0, 0);
    while let Some(step) = catch_up.poll_step() {
        match step {
            Step::Stream(data, at) => {
                assert!(at.is_none_or(|at| bytes(at..at + data.len() as u64) == data));
                out.extend(data);
            }
            Step::Log(piece) => out.extend(piece.data),
            Step::Lost(bytes) => lost += bytes.unwrap_or(1_000_000),
            Step::Filled(bytes) => filled += bytes,
            Step::Adrift => {}
        }
    }
    (out, lost, filled)
}

/// Answers requests until there are none.
fn run(catch_up: &mut CatchUp, start: u64, end: u64) -> (Vec<u8>, u64, u64) {
    for _ in 0..1000 {
        let Some((ticket, read)) = catch_up.poll_request() else {
            return told(catch_up);
        };
        catch_up.handle_answer(ticket, answer(read, start, end));
    }
    panic!("never ends");
}

/// A heartbeat that was sent now, and is answered now.
fn look(catch_up: &mut CatchUp, end: u64) {
    let mark = catch_up.brought();
    catch_up.log_ends_at(end, mark);
}

fn brings(catch_up: &mut CatchUp, range: std::ops::Range<u64>) -> Vec<u8> {
    catch_up.stream_brings(bytes(range), Join::Follows);
    told(catch_up).0
}

#[test]
fn in_step_everything_is_delivered_as_it_comes() {
    let mut catch_up = in_step(100);
    assert_eq!(brings(&mut catch_up, 100..200), bytes(100..200));
    look(&mut catch_up, 300);
    assert_eq!(
        (catch_up.poll_request(), catch_up.position()),
        (None, (7, 200))
    );
}

#[test]
fn what_was_printed_without_a_session_is_read_before_the_stream_goes_on() {
    let mut catch_up = behind(100, 5000);
    assert_eq!(brings(&mut catch_up, 5000..5100), b"");
    assert_eq!(run(&mut catch_up, 0, 5100), (bytes(100..5100), 0, 4900));
    assert_eq!(brings(&mut catch_up, 5100..5200), bytes(5100..5200));
}

#[test]
fn several_requests_are_in_flight_at_once() {
    let mut catch_up = behind(0, 100_000);
    let mut flying = Vec::new();
    let mut most = 0;
    loop {
        flying.extend(std::iter::from_fn(|| catch_up.poll_request()));
        most = most.max(flying.len());
        if flying.is_empty() {
            break;
        }
        let (ticket, read) = flying.remove(0);
        catch_up.handle_answer(ticket, answer(read, 0, 100_000));
    }
    assert_eq!((told(&mut catch_up).0.len(), most), (100_000, 8));
}

#[test]
fn what_the_stream_repeats_is_dropped() {
    let mut catch_up = behind(300, 200);
    assert_eq!(brings(&mut catch_up, 200..250), b"");
    assert_eq!(brings(&mut catch_up, 250..400), bytes(300..400));
}

#[test]
fn an_overwritten_range_is_counted_and_not_invented() {
    let mut catch_up = behind(100, 5000);
    assert_eq!(
        run(&mut catch_up, 2000, 6000),
        (bytes(2000..5000), 1900, 3000)
    );
    let mut catch_up = behind(100, 5000);
    assert_eq!(run(&mut catch_up, 6000, 7000), (vec![], 4900, 0));
    assert_eq!(brings(&mut catch_up, 5000..5001), bytes(5000..5001));
}

#[test]
fn dropped_bytes_are_put_where_they_belong_whatever_the_bmc_counts_of_what_came() {
    let mut catch_up = in_step(0);
    assert_eq!(brings(&mut catch_up, 0..500), bytes(0..500));
    // Nothing says how many are missing; packets come and go on coming.
    catch_up.stream_brings(bytes(1500..1600), Join::AfterDrop);
    assert!(catch_up.wants_end());
    look(&mut catch_up, 1700);
    assert!(!catch_up.wants_end());
    catch_up.stream_brings(bytes(1600..1650), Join::Follows);
    assert_eq!(run(&mut catch_up, 0, 1700), (bytes(500..1700), 0, 1000));
    assert!(!catch_up.is_in_doubt());
    assert_eq!(brings(&mut catch_up, 1650..1800), bytes(1700..1800));
}

#[test]
fn packets_that_came_although_the_bmc_drops_them_one_after_the_other_are_shown_once() {
    let mut catch_up = in_step(0);
    let mut out = brings(&mut catch_up, 0..500);
    let mut at = 500;
    // No acknowledgement arrives: each packet says that something was dropped before it, and nothing is missing.
    for n in 0..10 {
        let length = 40 + 8 * n;
        catch_up.stream_brings(bytes(at..at + length), Join::AfterDrop);
        at += length;
        look(&mut catch_up, at + 100);
        out.extend(run(&mut catch_up, 0, at + 100).0);
    }
    assert!(!catch_up.is_in_doubt());
    out.extend(brings(&mut catch_up, at..at + 200));
    assert!(out == bytes(0..at + 200));
}

#[test]
fn text_that_the_bmc_sends_again_under_another_number_is_shown_once() {
    let mut catch_up = in_step(0);
    let mut out = brings(&mut catch_up, 0..500);
    catch_up.stream_brings(bytes(400..600), Join::MaybeAgain);
    look(&mut catch_up, 600);
    let rest = run(&mut catch_up, 0, 600);
    assert_eq!((rest.1, rest.2), (0, 0));
    out.extend(rest.0);
    assert!(!catch_up.is_in_doubt());
    out.extend(brings(&mut catch_up, 600..700));
    assert!(out == bytes(0..700));
}

#[test]
fn a_text_like_many_others_leaves_the_doubt_until_all_is_quiet() {
    let mut catch_up = in_step(0);
    let answer = |read: Read| {
        let Outcome::Answer(mut log) = answer(read, 0, 800) else {
            unreachable!()
        };
        log.piece.data.fill(b'y');
        Outcome::Answer(log)
    };
    catch_up.stream_brings(vec![b'y'; 100], Join::Follows);
    catch_up.stream_brings(vec![b'y'; 100], Join::AfterDrop);
    look(&mut catch_up, 800);
    while let Some((ticket, read)) = catch_up.poll_request() {
        catch_up.handle_answer(ticket, answer(read));
    }
    assert!(catch_up.is_in_doubt());
    assert!(catch_up.settle(800) && !catch_up.settle(800));
    let mut shown = 0;
    while let Some(step) = catch_up.poll_step() {
        shown += match step {
            Step::Stream(data, _) => data.len(),
            Step::Log(piece) => piece.data.len(),
            Step::Filled(600) => 0,
            other => panic!("{other:?}"),
        };
    }
    assert_eq!((shown, catch_up.position()), (800, (7, 800)));
}

#[test]
fn a_second_gap_while_the_first_is_being_read_is_filled_too() {
    let mut catch_up = in_step(0);
    let mut out = brings(&mut catch_up, 0..500);
    catch_up.stream_brings(bytes(5500..5600), Join::AfterDrop);
    look(&mut catch_up, 5600);
    let (ticket, read) = catch_up.poll_request().unwrap();
    catch_up.handle_answer(ticket, answer(read, 0, 9000));
    catch_up.stream_brings(bytes(7600..7700), Join::AfterDrop);
    out.extend(run(&mut catch_up, 0, 9000).0);
    assert!(catch_up.wants_end(), "the second is not read yet");
    look(&mut catch_up, 7700);
    let (rest, lost, filled) = run(&mut catch_up, 0, 9000);
    out.extend(rest);
    assert!(out == bytes(0..7700));
    assert_eq!((lost, filled), (0, 7000));
    assert_eq!(brings(&mut catch_up, 7700..7800), bytes(7700..7800));
}

#[test]
fn what_was_dropped_last_is_read_although_no_packet_follows() {
    let mut catch_up = in_step(0);
    brings(&mut catch_up, 0..500);
    catch_up.something_was_dropped();
    look(&mut catch_up, 564);
    assert_eq!(run(&mut catch_up, 0, 564), (bytes(500..564), 0, 0));
    assert!(catch_up.is_in_doubt());
    assert!(catch_up.settle(564));
    assert_eq!(told(&mut catch_up).2, 64);
    assert_eq!(brings(&mut catch_up, 564..580), bytes(564..580));
}

#[test]
fn quiet_shows_what_nobody_counted() {
    let mut catch_up = in_step(0);
    brings(&mut catch_up, 0..500);
    assert!(catch_up.settle(600));
    assert_eq!(run(&mut catch_up, 0, 600), (bytes(500..600), 0, 100));
    // Something was shown twice.
    assert!(catch_up.settle(590));
    assert_eq!(brings(&mut catch_up, 590..610), bytes(590..610));
}

#[test]
fn more_than_may_wait_is_read_from_the_log_instead() {
    let mut catch_up = behind(0, 1000);
    let flood = 1000 + 3 * HELD as u64;
    catch_up.stream_brings(bytes(1000..flood), Join::Follows);
    assert_eq!(catch_up.held.len(), HELD);
    let (out, lost, _) = run(&mut catch_up, 0, flood);
    assert_eq!((out == bytes(0..flood), lost), (true, 0));
}

#[test]
fn a_bmc_that_lies_ends_the_reading_and_the_stream_goes_on() {
    let lie = |epoch, start, end, offset, data: &[u8]| Log {
        epoch,
        start,
        end,
        piece: Piece {
            offset,
            data: data.to_vec(),
            ..Piece::default()
        },
    };
    for lie in [
        lie(8, 0, 9000, 100, &[1]),
        lie(7, 0, 9000, 50, &[1]),
        lie(7, 0, 9000, 100, &[]),
        lie(7, 9, 0, u64::MAX, &[1]),
    ] {
        let mut catch_up = behind(100, 5000);
        catch_up.stream_brings(bytes(5000..5010), Join::Follows);
        for _ in 0..10 {
            if let Some((ticket, _)) = catch_up.poll_request() {
                catch_up.handle_answer(ticket, Outcome::Answer(lie.clone()));
            }
        }
        assert_eq!(told(&mut catch_up), (bytes(5000..5010), 4900, 0), "{lie:?}");
        assert!(!catch_up.reading);
    }
}

#[test]
fn a_bmc_that_answers_all_but_this_does_not_keep_the_stream_from_the_user() {
    let mut catch_up = in_step(0);
    brings(&mut catch_up, 0..500);
    catch_up.stream_brings(bytes(600..700), Join::AfterDrop);
    let mut asked = 0;
    for _ in 0..100 {
        look(&mut catch_up, 700);
        if let Some((ticket, _)) = catch_up.poll_request() {
            asked += 1;
            catch_up.answers_other_things();
            catch_up.handle_answer(ticket, Outcome::Lost);
        }
    }
    assert_eq!(told(&mut catch_up), (bytes(600..700), 1_000_000, 0));
    assert!(asked < 20, "{asked}");
}

#[test]
fn a_bmc_that_is_not_heard_is_asked_for_ever() {
    let mut catch_up = in_step(0);
    // What it answered before tells nothing.
    (0..10).for_each(|_| look(&mut catch_up, 0));
    catch_up.stream_brings(bytes(600..700), Join::AfterDrop);
    look(&mut catch_up, 700);
    for _ in 0..100 {
        let (ticket, _) = catch_up.poll_request().unwrap();
        catch_up.handle_answer(ticket, Outcome::Lost);
    }
    assert_eq!(run(&mut catch_up, 0, 700), (bytes(0..700), 0, 600));
}

#[test]
fn what_was_delivered_from_the_log_is_not_shown_again_at_the_end() {
    for (looks, shown) in [(true, b"".to_vec()), (false, bytes(600..700))] {
        let mut catch_up = in_step(500);
        catch_up.stream_brings(bytes(600..700), Join::AfterDrop);
        // The answer is to a heartbeat from before that packet.
        catch_up.log_ends_at(if looks { 700 } else { 600 }, 0);
        run(&mut catch_up, 0, 700);
        assert!(catch_up.is_holding());
        catch_up.give_up();
        assert_eq!(told(&mut catch_up).0, shown);
    }
}

#[test]
fn what_came_again_and_again_is_shown_once_when_the_log_cannot_be_read() {
    let mut catch_up = in_step(0);
    catch_up.stream_brings(bytes(0..248), Join::Follows);
    for _ in 0..12 {
        catch_up.stream_brings(bytes(0..248), Join::MaybeAgain);
    }
    catch_up.stream_brings(bytes(248..400), Join::Follows);
    catch_up.stream_brings(bytes(320..480), Join::MaybeAgain);
    catch_up.give_up();
    assert_eq!(told(&mut catch_up), (bytes(0..480), 1_000_000, 0));
}

#[test]
fn a_log_that_is_given_up_half_read_is_told_of_though_all_in_it_looks_alike() {
    let alike = b"000000\r\n".repeat(30);
    let mut catch_up = in_step(0);
    catch_up.stream_brings(alike.clone(), Join::Follows);
    catch_up.stream_brings(alike, Join::AfterDrop);
    look(&mut catch_up, 3000);
    assert!(catch_up.poll_request().is_some());
    catch_up.give_up();
    let steps: Vec<Step> = std::iter::from_fn(|| catch_up.poll_step()).collect();
    assert!(steps.contains(&Step::Lost(None)), "{steps:?}");
}

#[test]
fn what_was_delivered_before_a_gap_is_not_shown_again_at_the_end() {
    let mut catch_up = in_step(0);
    brings(&mut catch_up, 0..500);
    // Too short to tell its place.
    catch_up.stream_brings(bytes(600..640), Join::AfterDrop);
    look(&mut catch_up, 900);
    run(&mut catch_up, 0, 900);
    // The log has overwritten what follows.
    look(&mut catch_up, 3000);
    assert_eq!(run(&mut catch_up, 2000, 3000).1, 1100);
    for range in [700..800, 820..840, 850..950] {
        catch_up.stream_brings(bytes(range), Join::AfterDrop);
    }
    look(&mut catch_up, 3100);
    assert!(catch_up.poll_request().is_some());
    catch_up.give_up();
    // What follows 900 stands in the gap, and nobody has seen it.
    assert_eq!(told(&mut catch_up), (bytes(900..950), 1_000_000, 0));
}
