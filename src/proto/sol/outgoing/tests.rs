//! Tests of the direction to the BMC.

use super::reactions::BUSY_PAUSE;
use super::*;
use crate::wire::sol::{FromBmc, Status};

const MS: Duration = Duration::from_millis(1);

fn sent(out: &mut Outgoing) -> Vec<ToBmc> {
    std::iter::from_fn(|| out.poll_transmit())
        .map(|bytes| ToBmc::parse(&bytes).unwrap())
        .collect()
}

fn ack(seq: u8, accepted: usize) -> FromBmc {
    FromBmc {
        ack: seq,
        accepted: accepted as u8,
        ..FromBmc::default()
    }
}

fn typed(max_payload: u16, text: &[u8]) -> (Outgoing, Instant) {
    let (mut out, now) = (Outgoing::new(max_payload), Instant::now());
    assert_eq!(out.push(text), text.len());
    out.send_next(now);
    (out, now)
}

#[test]
fn one_packet_at_a_time_each_as_large_as_the_bmc_takes() {
    let (mut out, now) = typed(12, b"0123456789abcdef!");
    let mut text = Vec::new();
    for seq in 1..=3 {
        let packets = sent(&mut out);
        assert_eq!((packets.len(), packets[0].seq), (1, seq));
        text.extend_from_slice(&packets[0].data);
        out.handle(now, 0, &ack(seq, packets[0].data.len()));
    }
    assert_eq!(text, b"0123456789abcdef!");
    assert!(out.is_idle() && sent(&mut out).is_empty());
}

#[test]
fn sizes_that_no_bmc_means_become_32() {
    for (size, data) in [
        (0, 28),
        (4, 28),
        (5, 1),
        (255, 251),
        (259, 255),
        (260, 28),
        (0xffff, 28),
    ] {
        assert_eq!(data_size(size), data, "{size}");
    }
}

#[test]
fn an_unacknowledged_packet_is_repeated_with_the_same_bytes_at_growing_distances() {
    let (mut out, start) = typed(255, b"ls\r");
    let first = sent(&mut out);
    let mut times = Vec::new();
    while times.len() < 12 {
        let at = out.poll_timeout().unwrap();
        out.handle_timeout(at, start);
        assert_eq!(
            sent(&mut out),
            first,
            "silence all round: nothing but the same packet"
        );
        times.push(at - start);
    }
    assert_eq!(times[0], 500 * MS);
    let pauses: Vec<_> = times.windows(2).map(|t| t[1] - t[0]).collect();
    assert!(
        pauses.windows(2).all(|p| p[0] <= p[1]) && pauses[10] == LONGEST_PAUSE,
        "{pauses:?}"
    );
    out.handle(start + 30_000 * MS, 0, &ack(1, 3));
    assert!(out.is_idle());
}

#[test]
fn an_acknowledgement_of_something_else_changes_nothing() {
    let (mut out, now) = typed(255, b"x");
    sent(&mut out);
    for seq in [0, 2, 15] {
        out.handle(now, 0, &ack(seq, 1));
    }
    assert!(!out.is_idle());
    out.handle(now, 0, &ack(1, 1));
    out.handle(now, 0, &ack(1, 1));
    assert!(out.is_idle());
}

#[test]
fn what_was_not_accepted_is_sent_again_under_the_next_number() {
    let (mut out, now) = typed(255, b"abcdef");
    sent(&mut out);
    out.push(b"ghi");
    out.handle(now, 0, &ack(1, 2));
    let packets = sent(&mut out);
    assert_eq!((packets[0].seq, &*packets[0].data), (2, &b"cdefghi"[..]));
}

#[test]
fn a_nack_means_a_pause_and_the_rest_again() {
    let (mut out, now) = typed(255, b"abc");
    sent(&mut out);
    let nack = FromBmc {
        status: Status {
            nack: true,
            ..Status::default()
        },
        ..ack(1, 1)
    };
    out.handle(now, 0, &nack);
    assert!(sent(&mut out).is_empty());
    let later = out.poll_timeout().unwrap();
    assert_eq!(later, now + BUSY_PAUSE);
    out.handle_timeout(later, later);
    let packets = sent(&mut out);
    assert_eq!((packets[0].seq, &*packets[0].data), (2, &b"bc"[..]));
}

#[test]
fn the_pause_ends_when_the_bmc_says_that_it_has_room_and_not_when_it_repeats_that_it_has_none() {
    let (mut out, now) = typed(255, b"abc");
    sent(&mut out);
    let refusing = |status| FromBmc {
        status,
        ..ack(1, 1)
    };
    let nack = Status {
        nack: true,
        ..Status::default()
    };
    let unavailable = Status {
        transfer_unavailable: true,
        ..Status::default()
    };
    out.handle(now, 7, &refusing(nack));
    out.handle(now + MS, 8, &refusing(nack));
    out.handle(now + 2 * MS, 9, &refusing(unavailable));
    out.handle(now + 3 * MS, 6, &ack(1, 1));
    out.handle(now + 3 * MS, 10, &ack(0, 0));
    assert!(sent(&mut out).is_empty());
    out.handle(now + 4 * MS, 11, &ack(1, 1));
    let packets = sent(&mut out);
    assert_eq!((packets[0].seq, &*packets[0].data), (2, &b"bc"[..]));
    out.handle(now + 5 * MS, 12, &ack(1, 1));
    assert!(sent(&mut out).is_empty(), "once");
    out.handle(now + 6 * MS, 13, &ack(2, 2));
    assert!(out.is_idle());
}

#[test]
fn a_count_of_zero_without_a_nack_means_all() {
    let (mut out, now) = typed(255, b"abc");
    sent(&mut out);
    out.handle(now, 0, &ack(1, 0));
    assert!(out.is_idle());
    let (mut out, now) = typed(255, b"abc");
    out.handle(now, 0, &ack(1, 200));
    assert!(out.is_idle(), "more than was sent is all, too");
}

#[test]
fn a_count_of_zero_means_none_to_a_bmc_that_has_counted_before() {
    let (mut out, now) = typed(255, b"a");
    sent(&mut out);
    out.handle(now, 0, &ack(1, 1));
    out.push(b"bc");
    out.send_next(now);
    sent(&mut out);
    out.handle(now, 0, &ack(2, 0));
    assert!(sent(&mut out).is_empty(), "it has no room now");
    let later = now + BUSY_PAUSE;
    out.handle_timeout(later, later);
    let packets = sent(&mut out);
    assert_eq!((packets[0].seq, &*packets[0].data), (3, &b"bc"[..]));
    out.handle(later, 0, &ack(3, 2));
    assert!(out.is_idle());
}

#[test]
fn a_count_of_zero_for_a_repetition_means_that_it_was_there_already() {
    let (mut out, now) = typed(255, b"a");
    sent(&mut out);
    out.handle(now, 0, &ack(1, 1));
    out.push(b"bc");
    out.send_next(now);
    let due = out.poll_timeout().unwrap();
    out.handle_timeout(due, due);
    assert_eq!(sent(&mut out).len(), 2);
    out.handle(due, 0, &ack(2, 0));
    assert!(out.is_idle());
}

#[test]
fn a_count_of_zero_means_all_to_a_bmc_that_counts_only_what_it_refuses() {
    let (mut out, now) = typed(255, b"abc");
    sent(&mut out);
    let nack = Status {
        nack: true,
        ..Status::default()
    };
    out.handle(
        now,
        0,
        &FromBmc {
            status: nack,
            ..ack(1, 1)
        },
    );
    let later = now + BUSY_PAUSE;
    out.handle_timeout(later, later);
    assert_eq!(sent(&mut out).len(), 1);
    out.handle(later, 0, &ack(2, 0));
    assert!(out.is_idle());
}

#[test]
fn a_first_count_of_zero_is_asked_about_by_a_copy_where_copies_are_answered() {
    for (second, rest) in [(0, &b""[..]), (2, &b"c"[..]), (3, &b""[..])] {
        let mut out = Outgoing::new(255);
        let now = Instant::now();
        out.greet(now);
        out.handle(now, 0, &ack(1, 0));
        out.handle(now, 0, &ack(1, 0));
        assert!(out.answers_copies());
        sent(&mut out);
        out.push(b"abc");
        out.send_next(now);
        let first = sent(&mut out);
        out.handle(now, 0, &ack(first[0].seq, 0));
        let later = now + BUSY_PAUSE;
        out.handle_timeout(later, later);
        assert_eq!(sent(&mut out), first);
        out.handle(later, 0, &ack(first[0].seq, second));
        let packets = sent(&mut out);
        assert_eq!(packets.first().map_or(&b""[..], |p| &p.data), rest);
    }
}

#[test]
fn numbers_go_round_from_15_to_1() {
    let (mut out, now) = typed(5, &[b'x'; 40]);
    let mut numbers = Vec::new();
    while !out.is_idle() {
        let seq = sent(&mut out)[0].seq;
        numbers.push(seq);
        out.handle(now, 0, &ack(seq, 1));
    }
    assert_eq!((numbers.len(), numbers[14], numbers[15]), (40, 15, 1));
    assert!(!numbers.contains(&0));
}

/// OpenBMC: takes only the number it expects, and drops everything else without a word.
struct InOrder {
    expected: u8,
    got: Vec<u8>,
    /// Whether it answers an empty packet by one that acknowledges nothing, as older ones do.
    bare: bool,
}

impl InOrder {
    fn take(&mut self, packet: &ToBmc) -> Option<FromBmc> {
        if packet.seq != self.expected {
            return None;
        }
        self.expected = next_seq(self.expected);
        self.got.extend_from_slice(&packet.data);
        let seq = if packet.data.is_empty() && self.bare {
            0
        } else {
            packet.seq
        };
        Some(ack(seq, packet.data.len()))
    }
}

#[test]
fn a_lost_acknowledgement_of_openbmc_is_found_out_and_nothing_is_typed_twice_or_lost() {
    for (lost, bare) in (0..24).flat_map(|lost| [(lost, true), (lost, false)]) {
        let (mut out, mut now) = (Outgoing::new(6), Instant::now());
        let mut bmc = InOrder {
            expected: 1,
            got: Vec::new(),
            bare,
        };
        out.expect_round_trip(Some(MS));
        out.greet(now);
        out.push(b"0123456789");
        let mut n = 0;
        while !out.is_idle() {
            for packet in sent(&mut out) {
                if let Some(answer) = bmc.take(&packet) {
                    n += 1;
                    if n % 24 != lost {
                        out.handle(now, 0, &answer);
                    }
                }
            }
            if let Some(at) = out.poll_timeout() {
                now = at;
                // Keepalives are answered all the while.
                out.handle_timeout(now, now);
            }
            // The host has printed something: the copy of its acknowledgement is answered by nothing.
            if out.take_doubt() {
                out.handle_nothing();
            }
        }
        assert_eq!(bmc.got, b"0123456789", "answer {lost} lost");
    }
}

/// `usesolkeepalive`, and one answer lost: nothing typed is at stake yet.
#[test]
fn an_empty_packet_that_stays_unanswered_does_not_keep_what_is_typed_behind_it() {
    let (mut out, mut now) = (Outgoing::new(255), Instant::now());
    let (start, mut lost) = (now, false);
    let mut bmc = InOrder {
        expected: 1,
        got: Vec::new(),
        bare: false,
    };
    out.expect_round_trip(Some(MS));
    out.poke(now);
    out.push(b"x");
    while !out.is_idle() {
        for packet in sent(&mut out) {
            let answer = bmc.take(&packet);
            if let Some(answer) = answer.filter(|_| std::mem::replace(&mut lost, true)) {
                out.handle(now, 0, &answer);
            }
        }
        if let Some(at) = out.poll_timeout() {
            now = at;
            out.handle_timeout(now, now);
        }
    }
    assert_eq!(bmc.got, b"x");
    assert!(now - start < 10_000 * MS);
}

/// Somebody on the way drops the copies of the greeting, and later acknowledgements of what was typed, while commands go
/// on. A BMC that takes any new number for new input must not be led to take what is typed twice.
#[test]
fn whoever_drops_packets_on_the_way_doubles_no_keystroke() {
    let (mut out, mut now) = (Outgoing::new(255), Instant::now());
    let (mut last, mut got, mut greeted, mut deaf) = (0, Vec::new(), false, 0);
    out.expect_round_trip(Some(MS));
    out.greet(now);
    for turn in 0..200 {
        if turn == 40 {
            out.push(b"A");
            out.send_next(now);
        }
        for packet in sent(&mut out) {
            if packet.data.is_empty() && std::mem::replace(&mut greeted, true) && turn < 40 {
                continue;
            }
            if packet.seq != last {
                got.extend_from_slice(&packet.data);
                last = packet.seq;
            }
            deaf += usize::from(!packet.data.is_empty());
            if turn < 40 || deaf > 30 {
                out.handle(now, 0, &ack(packet.seq, packet.data.len()));
            }
        }
        if let Some(at) = out.poll_timeout() {
            now = at;
            out.handle_timeout(now, now);
        }
    }
    assert_eq!(got, b"A");
    assert!(out.is_idle());
}

/// `ipmi_sim`: acknowledges what repeats the last number without taking it, takes any other number.
#[test]
fn a_bmc_that_remembers_the_number_of_the_session_before_loses_no_keystroke() {
    for remembered in 0..=15 {
        let (mut out, now) = (Outgoing::new(255), Instant::now());
        let (mut last, mut got) = (remembered, Vec::new());
        out.greet(now);
        out.push(b"x");
        while !out.is_idle() {
            for packet in sent(&mut out) {
                if packet.seq != last {
                    got.extend_from_slice(&packet.data);
                    last = packet.seq;
                }
                out.handle(now, 0, &ack(packet.seq, packet.data.len()));
            }
        }
        assert_eq!(got, b"x", "remembered {remembered}");
    }
}

#[test]
fn a_bmc_that_ignores_empty_packets_gets_what_is_typed_all_the_same() {
    let (mut out, mut now) = (Outgoing::new(255), Instant::now());
    let (start, mut got) = (now, Vec::new());
    out.expect_round_trip(Some(MS));
    out.greet(now);
    out.push(b"x");
    while !out.is_idle() {
        for packet in sent(&mut out)
            .into_iter()
            .filter(|packet| !packet.data.is_empty())
        {
            got.extend_from_slice(&packet.data);
            out.handle(now, 0, &ack(packet.seq, 1));
        }
        if let Some(at) = out.poll_timeout() {
            now = at;
            out.handle_timeout(now, now);
        }
    }
    assert_eq!(got, b"x");
    assert!(now - start < 10_000 * MS);
}

#[test]
fn the_queue_is_bounded_and_breaks_keep_their_place() {
    let (mut out, now) = (Outgoing::new(255), Instant::now());
    out.push(b"ab");
    out.push_break();
    out.push_break();
    out.push(b"c");
    out.send_next(now);
    let mut seen = Vec::new();
    while !out.is_idle() {
        let packet = sent(&mut out).remove(0);
        seen.push((packet.data.clone(), packet.operation.generate_break));
        out.handle(now, 0, &ack(packet.seq, packet.data.len()));
    }
    assert_eq!(
        seen,
        [
            (b"ab".to_vec(), false),
            (vec![], true),
            (b"c".to_vec(), false)
        ]
    );
    assert_eq!(out.push(&vec![0; QUEUE + 5]), QUEUE);
    assert_eq!((out.room(), out.push(b"x")), (0, 0));
}

#[test]
fn a_new_session_begins_with_what_was_in_flight() {
    let (mut out, now) = typed(6, b"abcdef");
    sent(&mut out);
    let mut out = out.renewed(255);
    out.send_next(now);
    assert_eq!(sent(&mut out)[0].data, b"abcdef");
}

/// Packet, probe and probe's probe: whatever answers are lost, and however many of them.
#[test]
fn openbmc_gets_in_step_again_however_many_answers_are_lost() {
    for (lost, bare) in (1..6).flat_map(|lost| [(lost, true), (lost, false)]) {
        let (mut out, mut now) = (Outgoing::new(255), Instant::now());
        let start = now;
        let mut bmc = InOrder {
            expected: 1,
            got: Vec::new(),
            bare,
        };
        out.expect_round_trip(Some(MS));
        out.handle_nothing();
        out.push(b"a");
        out.send_next(now);
        out.push(b"bcd");
        let mut n = 0;
        while !out.is_idle() {
            for packet in sent(&mut out) {
                if let Some(answer) = bmc.take(&packet) {
                    n += 1;
                    if n > lost {
                        out.handle(now, 0, &answer);
                    }
                }
            }
            if let Some(at) = out.poll_timeout() {
                now = at;
                out.handle_timeout(now, now);
            }
            assert!(now - start < 300_000 * MS, "{lost} lost: stuck");
        }
        assert_eq!(bmc.got, b"abcd", "{lost} lost");
    }
}

#[test]
fn openbmc_gets_in_step_again_however_long_answers_take() {
    let (mut out, start) = typed(255, b"a");
    out.expect_round_trip(Some(30_000 * MS));
    out.handle_nothing();
    while sent(&mut out).len() < 2 {
        let now = out.poll_timeout().unwrap();
        // What is answered now was asked 8 s ago.
        out.note_reached(now.checked_sub(8_000 * MS).filter(|sent| *sent >= start));
        out.handle_timeout(now, now);
        assert!(now - start < 120_000 * MS, "never probed");
    }
}

#[test]
fn openbmc_gets_in_step_again_behind_a_greeting_that_was_given_up() {
    let (mut out, mut now) = (Outgoing::new(255), Instant::now());
    out.expect_round_trip(Some(MS));
    out.greet(now);
    // Nothing of it comes through.
    while out.unsettled.is_none() {
        now = out.poll_timeout().unwrap();
        out.handle_timeout(now, now);
    }
    sent(&mut out);
    let start = now;
    let mut bmc = InOrder {
        expected: 1,
        got: Vec::new(),
        bare: false,
    };
    out.poke(now);
    out.push(b"ab");
    while !out.is_idle() {
        for packet in sent(&mut out) {
            if let Some(answer) = bmc.take(&packet) {
                out.handle(now, 0, &answer);
            }
        }
        if let Some(at) = out.poll_timeout() {
            now = at;
            out.handle_timeout(now, now);
        }
        assert!(now - start < 60_000 * MS, "stuck");
    }
    assert_eq!((&*bmc.got, out.unsettled), (&b"ab"[..], None));
}

#[test]
fn a_count_of_zero_that_comes_with_all_output_does_not_hold_back_what_is_typed() {
    let mut out = Outgoing::new(255);
    let mut now = Instant::now();
    out.greet(now);
    out.handle(now, 0, &ack(1, 0));
    out.handle(now, 0, &ack(1, 0));
    assert!(out.answers_copies());
    sent(&mut out);
    out.push(b"a");
    out.send_next(now);
    let seq = sent(&mut out)[0].seq;
    // The host prints on and on, and each packet acknowledges the last one that the BMC has taken.
    for _ in 0..10 {
        out.handle(now, 0, &ack(seq, 0));
        now += 100 * MS;
        out.handle_timeout(now, now);
    }
    assert!(out.is_idle());
}
