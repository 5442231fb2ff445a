//! The promises of one SOL instance, in virtual time.

use super::*;
use crate::wire::sol::Operation;

impl Port {
    fn poll_packet(&mut self) -> Option<FromBmc> {
        FromBmc::parse(&self.poll_payload()?).ok()
    }
}

fn settings() -> Settings {
    Settings {
        accumulate: Duration::from_millis(60),
        threshold: 96,
        retries: 7,
        interval: Duration::from_millis(500),
        largest: 248,
        ways: Ways::default(),
    }
}

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

fn active(settings: &Settings) -> Port {
    let mut port = Port::default();
    port.activate(1, false, settings);
    port
}

fn data(seq: u8, text: &[u8]) -> ToBmc {
    ToBmc {
        seq,
        data: text.to_vec(),
        ..ToBmc::default()
    }
}

fn ack(packet: &FromBmc, accepted: usize) -> ToBmc {
    ToBmc {
        ack: packet.seq,
        accepted: accepted as u8,
        ..ToBmc::default()
    }
}

#[test]
fn characters_wait_for_the_accumulate_timer_but_not_beyond_the_threshold() {
    let (t0, s) = (Instant::now(), settings());
    let mut port = active(&s);
    port.host_output(t0, b"few", &s);
    assert_eq!(port.poll_packet(), None);
    assert_eq!(port.poll_timeout(&s), Some(t0 + ms(60)));
    port.handle_timeout(t0 + ms(60), &s);
    assert_eq!(port.poll_packet().unwrap().data, b"few");

    let mut port = active(&s);
    port.host_output(t0, &[b'x'; 96], &s);
    assert_eq!(port.poll_packet().unwrap().data.len(), 96);
}

#[test]
fn a_packet_is_sent_again_byte_for_byte_and_at_last_dropped_with_the_overrun_bit_set() {
    let (t0, s) = (Instant::now(), settings());
    let mut port = active(&s);
    port.host_output(t0, &[b'a'; 100], &s);
    let first = port.poll_packet().unwrap();
    for n in 1..=7 {
        port.handle_timeout(t0 + n * ms(500), &s);
        assert_eq!(port.poll_packet().as_ref(), Some(&first), "try {n}");
    }
    assert!(port.room() > 0);
    port.handle_timeout(t0 + 8 * ms(500), &s);
    assert_eq!(
        (port.poll_packet(), port.counts.dropped, port.skipped()),
        (None, 100, 100)
    );
    port.host_output(t0 + ms(5000), &[b'b'; 100], &s);
    let next = port.poll_packet().unwrap();
    assert_eq!((next.seq, next.status.transmit_overrun), (2, true));
}

#[test]
fn one_packet_is_under_way_at_a_time_and_numbers_go_from_1_to_15() {
    let (t0, s) = (Instant::now(), settings());
    let mut port = active(&s);
    port.host_output(t0, &[b'x'; 248 * 20], &s);
    for n in 0..20u8 {
        let packet = port.poll_packet().unwrap();
        assert_eq!(packet.seq, n % 15 + 1);
        assert_eq!(port.poll_packet(), None);
        port.receive(t0, u32::from(n) + 1, &ack(&packet, 248), &s);
    }
    assert_eq!(
        (port.poll_packet(), port.counts.characters_out),
        (None, 248 * 20)
    );
}

#[test]
fn what_a_console_did_not_take_comes_again_in_a_new_packet() {
    let (t0, s) = (Instant::now(), settings());
    let mut port = active(&s);
    port.host_output(t0, &(0..100).collect::<Vec<u8>>(), &s);
    let packet = port.poll_packet().unwrap();
    let refusal = ToBmc {
        operation: Operation {
            nack: true,
            ..Operation::default()
        },
        ..ack(&packet, 40)
    };
    port.receive(t0, 1, &refusal, &s);
    assert_eq!(port.poll_packet(), None, "the console asked for a pause");
    port.handle_timeout(port.poll_timeout(&s).unwrap(), &s);
    let rest = port.poll_packet().unwrap();
    assert_eq!((rest.seq, rest.data), (2, (40..100).collect()));
}

#[test]
fn a_resend_is_acknowledged_again_and_typed_once() {
    let (t0, s) = (Instant::now(), settings());
    let mut port = active(&s);
    port.receive(t0, 1, &data(1, b"ls\r"), &s);
    port.receive(t0, 2, &data(1, b"ls\r"), &s);
    for _ in 0..2 {
        let packet = port.poll_packet().unwrap();
        assert_eq!((packet.seq, packet.ack, packet.accepted), (0, 1, 3));
    }
    assert_eq!(port.for_host(99), b"ls\r");
}

#[test]
fn a_belated_copy_of_an_older_packet_is_not_typed_again() {
    let (t0, s) = (Instant::now(), settings());
    let mut port = active(&s);
    port.receive(t0, 10, &data(1, b"a"), &s);
    port.receive(t0, 12, &data(2, b"b"), &s);
    port.receive(t0, 11, &data(1, b"a"), &s);
    assert_eq!(port.for_host(99), b"ab");
    // Sent later, under whatever number: new.
    port.receive(t0, 13, &data(1, b"c"), &s);
    assert_eq!(port.for_host(99), b"c");
}

#[test]
fn what_the_serial_port_cannot_take_is_refused_and_asked_for_when_there_is_room() {
    let (t0, s) = (Instant::now(), settings());
    let mut port = active(&s);
    let mut seq = 0;
    let refused = loop {
        seq = next_seq(seq);
        port.receive(t0, 0, &data(seq, &[b'x'; 200]), &s);
        let answer = port.poll_packet().unwrap();
        if answer.status.nack {
            break answer;
        }
    };
    assert_eq!(
        (refused.ack, refused.accepted),
        (seq, (TO_HOST % 200) as u8)
    );
    // The same packet again gets the same answer, and nothing is typed twice.
    port.receive(t0, 0, &data(seq, &[b'x'; 200]), &s);
    assert_eq!(port.poll_packet().unwrap(), refused);
    assert_eq!(port.for_host(usize::MAX).len(), TO_HOST);
    port.host_took();
    let resume = port.poll_packet().unwrap();
    assert_eq!(
        (resume.ack, resume.accepted, resume.status.nack),
        (seq, refused.accepted, false)
    );
}

#[test]
fn the_host_waits_for_a_slow_console_but_not_for_a_dead_one() {
    let (t0, s) = (Instant::now(), settings());
    let mut port = active(&s);
    port.host_output(t0, &vec![b'x'; HOST_BUFFER + 248], &s);
    assert!(port.room() < 1024, "{}", port.room());
    for n in 1..=8 {
        port.handle_timeout(t0 + n * ms(500), &s);
    }
    assert_eq!(port.room(), HOST_BUFFER);
    port.receive(t0 + ms(5000), 1, &ToBmc::default(), &s);
    assert!(port.room() < 1024);
}

#[test]
fn buffers_never_outgrow_their_limit_and_the_newest_characters_stay() {
    let (t0, s) = (Instant::now(), settings());
    let mut port = active(&s);
    for _ in 0..100 {
        port.host_output(t0, &[b'o'; 4096], &s);
    }
    port.host_output(t0, b"newest", &s);
    let waiting = &port.active.as_ref().unwrap().waiting;
    assert_eq!(waiting.len(), HOST_BUFFER);
    assert!(waiting.iter().rev().take(6).eq(b"newest".iter().rev()));
}

#[test]
fn nothing_flows_while_the_console_holds_cts_and_flushes_do_what_they_say() {
    let (t0, s) = (Instant::now(), settings());
    let mut port = Port::default();
    port.activate(1, true, &s);
    port.host_output(t0, &[b'x'; 200], &s);
    assert_eq!(port.poll_packet(), None);
    let with = |other| ToBmc {
        operation: Operation {
            other,
            ..Operation::default()
        },
        ..ToBmc::default()
    };
    port.receive(t0, 1, &with(CTS_PAUSE), &s);
    assert_eq!(port.poll_packet(), None);
    port.receive(t0, 2, &with(CTS_PAUSE | FLUSH_OUTBOUND), &s);
    port.receive(t0, 3, &with(0), &s);
    assert_eq!(port.poll_packet(), None, "flushed");
    port.host_output(t0, &[b'y'; 100], &s);
    assert_eq!(port.poll_packet().unwrap().data, [b'y'; 100]);
}

#[test]
fn breaks_pass_in_both_directions() {
    let (t0, s) = (Instant::now(), settings());
    let mut port = active(&s);
    let operation = Operation {
        generate_break: true,
        ..Operation::default()
    };
    port.receive(
        t0,
        1,
        &ToBmc {
            seq: 1,
            operation,
            ..ToBmc::default()
        },
        &s,
    );
    port.receive(
        t0,
        2,
        &ToBmc {
            seq: 1,
            operation,
            ..ToBmc::default()
        },
        &s,
    );
    assert_eq!(
        (port.poll_action(), port.poll_action()),
        (Some(Action::Break), None)
    );
    while port.poll_packet().is_some() {}
    port.host_break(t0, &s);
    assert!(port.poll_packet().unwrap().status.break_detected);
}

#[test]
fn a_deactivated_port_says_so_once_and_is_silent_afterwards() {
    let (t0, s) = (Instant::now(), settings());
    let mut port = active(&s);
    assert!(port.deactivate().unwrap().status.deactivating);
    assert_eq!(port.deactivate(), None);
    port.host_output(t0, &[b'x'; 500], &s);
    port.receive(t0, 1, &data(1, b"x"), &s);
    assert_eq!(
        (
            port.poll_packet(),
            port.for_host_len(),
            port.poll_timeout(&s)
        ),
        (None, 0, None)
    );
}

#[test]
fn boards_that_want_every_number_in_order_drop_the_others_without_a_word() {
    let t0 = Instant::now();
    let s = Settings {
        ways: Ways {
            strict_sequence: true,
            ..Ways::default()
        },
        ..settings()
    };
    let mut port = active(&s);
    port.receive(t0, 1, &data(1, b"a"), &s);
    assert_eq!(port.poll_packet().unwrap().ack, 1);
    port.receive(t0, 2, &data(1, b"a"), &s);
    port.receive(t0, 3, &data(3, b"c"), &s);
    assert_eq!(port.poll_packet(), None);
    port.receive(t0, 4, &data(2, b"b"), &s);
    assert_eq!(port.poll_packet().unwrap().ack, 2);
    assert_eq!(port.for_host(9), b"ab");
}

#[test]
fn boards_that_renumber_send_the_same_characters_under_the_next_number() {
    let t0 = Instant::now();
    let s = Settings {
        retries: 1,
        ways: Ways {
            renumber: true,
            ..Ways::default()
        },
        ..settings()
    };
    let mut port = active(&s);
    port.host_output(t0, &[b'x'; 100], &s);
    let first = port.poll_packet().unwrap();
    port.handle_timeout(t0 + ms(500), &s);
    assert_eq!(port.poll_packet().as_ref(), Some(&first));
    port.handle_timeout(t0 + ms(1000), &s);
    let second = port.poll_packet().unwrap();
    assert_eq!(
        (second.seq, &second.data, port.counts.dropped),
        (2, &first.data, 0)
    );
}

#[test]
fn an_overrun_is_told_where_it_was_although_what_stood_before_it_is_renumbered() {
    let t0 = Instant::now();
    let s = Settings {
        retries: 0,
        threshold: 1,
        ways: Ways {
            renumber: true,
            ..Ways::default()
        },
        ..settings()
    };
    let mut port = active(&s);
    port.host_output(t0, &[b'x'; 100], &s);
    port.host_output(t0, b"lost", &s);
    port.overrun(t0, &s);
    port.host_output(t0, b"later", &s);
    let told = |packet: FromBmc| (packet.data, packet.status.transmit_overrun);
    assert_eq!(told(port.poll_packet().unwrap()), (vec![b'x'; 100], false));
    for n in 1..4 {
        port.handle_timeout(t0 + n * ms(500), &s);
        let again = port.poll_packet().unwrap();
        assert_eq!(told(again.clone()), (vec![b'x'; 100], false));
        if n == 3 {
            port.receive(t0 + n * ms(500), 1, &ack(&again, 100), &s);
        }
    }
    // It is told again and again, until it has come through.
    for n in 5..9 {
        port.handle_timeout(t0 + n * ms(500), &s);
        assert_eq!(told(port.poll_packet().unwrap()), (b"later".to_vec(), true));
    }
}

#[test]
fn boards_that_want_all_or_nothing_send_everything_again() {
    let t0 = Instant::now();
    let s = Settings {
        ways: Ways {
            all_or_nothing: true,
            ..Ways::default()
        },
        ..settings()
    };
    let mut port = active(&s);
    port.host_output(t0, &[b'x'; 100], &s);
    let first = port.poll_packet().unwrap();
    port.receive(t0, 1, &ack(&first, 99), &s);
    port.handle_timeout(t0 + ms(500), &s);
    assert_eq!(port.poll_packet().as_ref(), Some(&first));
}

#[test]
fn boards_that_drop_all_drop_all() {
    let t0 = Instant::now();
    let s = Settings {
        retries: 0,
        ways: Ways {
            drop_all: true,
            ..Ways::default()
        },
        ..settings()
    };
    let mut port = active(&s);
    port.host_output(t0, &[b'x'; 1000], &s);
    port.handle_timeout(t0 + ms(500), &s);
    assert_eq!(port.skipped(), 1000);
}

#[test]
fn boards_with_other_acknowledgements_and_numbers_have_them() {
    let t0 = Instant::now();
    let s = Settings {
        ways: Ways {
            ack_zero: true,
            keep_numbers: true,
            ..Ways::default()
        },
        ..settings()
    };
    let mut port = active(&s);
    port.receive(t0, 1, &data(1, b"abc"), &s);
    let answer = port.poll_packet().unwrap();
    assert_eq!(
        (answer.ack, answer.accepted, answer.status.nack),
        (1, 0, false)
    );
    port.host_output(t0, &[b'x'; 100], &s);
    assert_eq!(port.poll_packet().unwrap().seq, 1);
    port.deactivate();
    port.activate(2, false, &s);
    port.host_output(t0, &[b'x'; 100], &s);
    assert_eq!(port.poll_packet().unwrap().seq, 2, "the numbers go on");

    let s = Settings {
        ways: Ways {
            empty_after_late_ack: true,
            ..Ways::default()
        },
        ..settings()
    };
    let mut port = active(&s);
    port.host_output(t0, &[b'x'; 100], &s);
    let first = port.poll_packet().unwrap();
    port.receive(t0, 1, &ack(&first, 100), &s);
    assert_eq!(port.poll_payload(), None);
    port.receive(t0, 2, &ack(&first, 100), &s);
    assert_eq!(port.poll_payload(), Some(Vec::new()));
    let other = ToBmc {
        ack: 9,
        ..ack(&first, 100)
    };
    port.receive(t0, 3, &other, &s);
    assert_eq!(port.poll_payload(), None, "of no packet that it knows");
    port.host_output(t0, &[b'y'; 100], &s);
    assert_eq!(port.poll_packet().unwrap().seq, 2, "no number is used up");

    let s = Settings {
        ways: Ways {
            resend_on_nack: true,
            ..Ways::default()
        },
        ..settings()
    };
    let mut port = active(&s);
    port.host_output(t0, &[b'x'; 100], &s);
    let first = port.poll_packet().unwrap();
    let operation = Operation {
        nack: true,
        ..Operation::default()
    };
    port.receive(
        t0,
        1,
        &ToBmc {
            operation,
            ..ack(&first, 100)
        },
        &s,
    );
    port.handle_timeout(t0 + ms(500), &s);
    assert_eq!(port.poll_packet().as_ref(), Some(&first));
}

#[test]
fn what_a_session_sent_before_it_got_the_payload_anew_is_not_typed_again() {
    let t0 = Instant::now();
    let s = Settings {
        ways: Ways {
            keep_numbers: true,
            ..Ways::default()
        },
        ..settings()
    };
    let mut port = active(&s);
    port.receive(t0, 5, &data(1, b""), &s);
    port.receive(t0, 6, &data(2, b"rm"), &s);
    assert_eq!(port.for_host(9), b"rm");
    port.deactivate();
    port.activate(1, false, &s);
    port.receive(t0, 5, &data(1, b""), &s);
    port.receive(t0, 6, &data(2, b"rm"), &s);
    assert_eq!(port.for_host(9), b"", "copies from before");
    port.receive(t0, 7, &data(3, b"ls"), &s);
    assert_eq!(port.for_host(9), b"ls");
    port.deactivate();
    port.activate(2, false, &s);
    port.receive(t0, 1, &data(4, b"pwd"), &s);
    assert_eq!(port.for_host(9), b"pwd", "another session counts anew");
}
