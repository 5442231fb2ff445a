//! More that a console lives through, beyond the field's table.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::time::Duration;

use compat_tests::accounting;
use compat_tests::bmcsim::BmcSim;
use compat_tests::client::{OnTerminal, wait_until};
use compat_tests::relay::{Direction, Fate, Relay};
use compat_tests::rig::{ENVIRONMENT, Rig, Who, arguments};

#[test]
fn port_unreachable_for_a_while() {
    let mut run = Run::start(&["keepalive=2"]);
    run.exchange(2);
    run.rig.relay.close_port(true);
    run.type_tokens(2);
    std::thread::sleep(Duration::from_secs(6));
    run.rig.relay.close_port(false);
    run.exchange(2);
    run.leave_and_account();
}

#[test]
fn many_forgeries_and_replays() {
    let mut run = Run::start(&[]);
    for _ in 0..10 {
        run.exchange(1);
        run.rig.relay.replay(Direction::ToClient, 6);
        run.rig.relay.forge(Direction::ToClient, 20);
    }
    assert!(run.rig.relay.count(Direction::ToClient, Fate::Injected) > 200);
    run.exchange(3);
    run.leave_and_account();
}

#[test]
fn garbage_of_every_length() {
    let mut run = Run::start(&[]);
    run.exchange(1);
    for length in 0..80 {
        let header = [6, 0, 0xff, 7, 6, 0xc1];
        run.rig
            .relay
            .inject(Direction::ToClient, &vec![length as u8; length]);
        let packet: Vec<u8> = header
            .iter()
            .copied()
            .chain((0..length).map(|n| n as u8))
            .collect();
        run.rig.relay.inject(Direction::ToClient, &packet);
    }
    run.exchange(3);
    run.leave_and_account();
}

#[test]
fn every_fifth_packet_with_a_wrong_integrity_code() {
    let mut run = Run::start(&[]);
    run.rig.relay.set_both(|faults| faults.corrupt_percent = 20);
    for _ in 0..10 {
        run.exchange(1);
    }
    run.rig.relay.set_both(|faults| faults.corrupt_percent = 0);
    run.exchange(1);
    run.leave_and_account();
}

/// Copies, disorder and loss at once while the console talks and somebody types. No copies go to the BMC: `ipmi_sim`
/// types what comes again after the next packet.
#[test]
fn everything_at_once() {
    let mut run = Run::start(&["keepalive=3"]);
    run.rig.relay.set_both(|faults| {
        faults.drop_percent = 10;
        faults.reorder = Some((4, Duration::from_millis(250)));
    });
    run.rig.relay.set(Direction::ToClient, |faults| {
        faults.copy_after = Some(Duration::from_millis(400))
    });
    for _ in 0..25 {
        run.rig.say_lines(1, Duration::from_millis(300));
        run.type_tokens(1);
        std::thread::sleep(Duration::from_millis(300));
    }
    run.rig
        .relay
        .set_both(|faults| *faults = compat_tests::relay::Faults::default());
    run.exchange(3);
    run.leave_and_account();
}

#[test]
fn a_bmc_that_restarts_gets_a_new_session() {
    let mut run = Run::start(&["keepalive=2", "dead-after=40"]);
    run.exchange(3);
    run.rig.bmc.restart("");
    let notices = || run.client.screen.text().matches("\r\n[").count();
    assert!(
        wait_until(Duration::from_secs(45), || notices() > 0),
        "no notice: {}",
        run.screen()
    );
    // nobody listens to what the console says before it is activated again: try until it is
    let mut run = run;
    let back = wait_until_back(&mut run);
    assert!(back, "the console does not come back: {}", run.screen());
    run.client.type_in(b"\r~.");
    assert_eq!(run.client.wait(SOON), Some(0), "{}", run.screen());
    let report = accounting::lines(&run.client.screen.bytes(), run.rig.said());
    assert!(
        report.doubled.is_empty() && report.reordered.is_empty() && report.garbled.is_empty(),
        "{report}"
    );
}

#[test]
fn a_second_without_an_answer_to_typing_is_told_and_the_return_too() {
    let mut run = Run::start(&[]);
    run.exchange(1);
    run.rig.relay.set_both(|faults| faults.black_out = true);
    run.type_tokens(1);
    assert!(
        run.client.screen.wait_for("\r\n[", Duration::from_secs(15)),
        "no notice: {}",
        run.screen()
    );
    let told = run.screen().matches("\n[").count();
    run.rig.relay.set_both(|faults| faults.black_out = false);
    let back = wait_until(SOON, || run.screen().matches("\n[").count() > told);
    assert!(back, "no word of the return: {}", run.screen());
    run.exchange(2);
    run.leave_and_account();
}

/// On bmcsim, which follows the client's new address as OpenBMC does; `ipmi_sim` goes on sending to the old one.
#[test]
fn a_new_client_port_after_a_nat_rebinding() {
    let bmc = BmcSim::start(&["--serial", "exec:cat"]);
    let relay = Relay::to(bmc.address());
    let words = arguments(relay.address(), &["sol", "activate", "keepalive=2"]);
    let client = OnTerminal::start(&Who::Ours.program(), &words, &ENVIRONMENT);
    for round in 0..3 {
        let word = format!("round-{round}");
        assert!(
            wait_until(SOON, || client.is_raw()),
            "not raw: {}",
            client.screen.text()
        );
        client.type_in(format!("{word}\r").as_bytes());
        assert!(
            client.screen.wait_for(&word, SOON),
            "no {word}: {}",
            client.screen.text()
        );
        relay.rebind_upstream();
    }
    client.type_in(b"\r~.");
    assert_eq!(client.wait(SOON), Some(0), "{}", client.screen.text());
}

struct Run {
    rig: Rig,
    client: OnTerminal,
    typed: usize,
}

impl Run {
    fn start(words: &[&str]) -> Run {
        let rig = Rig::start();
        let client = rig.terminal(Who::Ours, words);
        assert!(
            wait_until(SOON, || client.is_raw()),
            "not raw: {}",
            client.screen.text()
        );
        Run {
            rig,
            client,
            typed: 0,
        }
    }

    fn exchange(&mut self, count: usize) {
        self.rig.say_lines(count, Duration::from_millis(100));
        self.type_tokens(count);
        let last = accounting::line(self.rig.said() - 1);
        assert!(
            self.client.screen.wait_for(last.trim_end(), SOON),
            "no {last}: {}",
            self.screen()
        );
        let last = accounting::token(self.typed - 1);
        let typed = self
            .rig
            .bmc
            .serial()
            .wait_typed(SOON, |typed| typed.ends_with(last.as_bytes()));
        assert!(
            typed.ends_with(last.as_bytes()),
            "no {last}: {}",
            String::from_utf8_lossy(&typed)
        );
    }

    fn type_tokens(&mut self, count: usize) {
        for _ in 0..count {
            self.client
                .type_in(accounting::token(self.typed).as_bytes());
            self.typed += 1;
        }
    }

    fn leave_and_account(&self) {
        self.client.type_in(b"\r~.");
        assert_eq!(self.client.wait(SOON), Some(0), "{}", self.screen());
        assert_eq!(self.client.modes(), self.client.modes_before());
        let lines = accounting::lines(&self.client.screen.bytes(), self.rig.said());
        assert!(lines.is_perfect(), "lines: {lines}\n{}", self.screen());
        let typed = accounting::tokens(&self.rig.bmc.serial().typed(), self.typed);
        assert!(typed.is_perfect(), "typed: {typed}");
    }

    fn screen(&self) -> String {
        self.client.screen.text()
    }
}

fn wait_until_back(run: &mut Run) -> bool {
    (0..20).any(|_| {
        run.rig.say_lines(1, Duration::ZERO);
        let line = accounting::line(run.rig.said() - 1);
        run.client
            .screen
            .wait_for(line.trim_end(), Duration::from_secs(1))
    })
}

const SOON: Duration = Duration::from_secs(20);
