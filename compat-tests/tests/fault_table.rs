//! The field's table of what kills consoles: each row is a test that runs the stock `ipmitool` and ours side by side,
//! each on a terminal, each through a relay of its own to an `ipmi_sim` of its own.
//!
//! Stock must die or survive as the table says: where it no longer dies, the fault no longer bites and the row proves
//! nothing. Ours must survive, and every console line and every typed character is accounted for.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::time::Duration;

use compat_tests::accounting;
use compat_tests::client::OnTerminal;
use compat_tests::relay::Direction::ToClient;
use compat_tests::rig::{Rig, Who};
use nix::sys::signal::Signal;

#[test]
fn answers_half_a_second_late() {
    row(Stock::Survives, secs(20), |rig| {
        rig.relay.set(ToClient, |faults| faults.delay = ms(500));
    });
}

#[test]
fn answers_held_for_1500_ms() {
    held(ms(1500));
}

#[test]
fn answers_held_for_2500_ms() {
    held(ms(2500));
}

#[test]
fn answers_held_for_5_s() {
    held(secs(5));
}

#[test]
fn answers_held_for_10_s() {
    held(secs(10));
}

#[test]
fn answers_held_for_30_s() {
    held(secs(30));
}

#[test]
fn every_packet_twice_200_ms_apart() {
    twice(ms(200));
}

#[test]
fn every_packet_twice_1000_ms_apart() {
    twice(ms(1000));
}

#[test]
fn every_packet_twice_2500_ms_apart() {
    twice(ms(2500));
}

/// It is console data: stock takes the silence after it for the session's end.
#[test]
fn one_console_packet_with_a_wrong_integrity_code() {
    row_that_kills_at_once(|rig| {
        rig.relay.set(ToClient, |faults| faults.corrupt_next = 1);
        rig.say_lines(1, ms(100));
    });
}

/// `ipmi_sim` answers stock's resent keepalive, so that stock lives through this one.
#[test]
fn one_answer_with_a_wrong_integrity_code() {
    row(Stock::Survives, secs(21), |rig| {
        rig.relay.set(ToClient, |faults| faults.corrupt_next = 1);
    });
}

#[test]
fn forged_packets_with_the_right_session_id() {
    row_that_kills_at_once(|rig| rig.relay.forge(ToClient, 3));
}

/// Stock lives, and prints every replayed line once more.
#[test]
fn old_packets_replayed() {
    side_by_side(|who| {
        let mut run = Run::start(who, &[]);
        run.exchange(4);
        std::thread::sleep(SETTLE);
        run.rig.relay.replay(ToClient, 8);
        std::thread::sleep(SETTLE);
        run.must_live();
        run.exchange(3);
        match who {
            Who::Ours => run.leave_and_account(),
            Who::Stock => assert!(!run.lines().doubled.is_empty(), "{}", run.lines()),
        }
    });
}

#[test]
fn nothing_passes_for_3_s() {
    black_out(secs(3));
}

#[test]
fn nothing_passes_for_10_s() {
    black_out(secs(10));
}

#[test]
fn no_answer_passes_for_30_s() {
    row(Stock::Survives, secs(46), |rig| {
        rig.relay.on_next(ToClient, |later| {
            later.faults(ToClient).black_out = true;
            later.after(secs(28), |later| later.faults(ToClient).black_out = false);
        });
    });
}

/// `ipmi_sim` closes a session in which it hears no command for 30 s. Stock talks to a BMC that no longer knows it,
/// until it gives up after about 100 s; ours opens a new session and goes on.
#[test]
fn nothing_passes_until_the_bmc_has_forgotten_the_session() {
    side_by_side(|who| {
        let mut run = Run::start(who, &[]);
        run.exchange(3);
        std::thread::sleep(SETTLE);
        run.rig.relay.black_out_for(secs(33));
        std::thread::sleep(secs(35));
        run.must_live();
        match who {
            Who::Stock => {
                run.rig.say_lines(1, secs(10));
                assert_eq!(
                    run.lines().lost,
                    [3],
                    "stock's console still works: {}",
                    run.screen()
                );
            }
            Who::Ours => {
                let back = run.client.screen.wait_for("\r\n[", secs(15));
                assert!(back, "no notice: {}", run.screen());
                // what the console says before it is activated again has nobody to go to
                std::thread::sleep(secs(8));
                run.exchange(3);
                run.leave_and_account();
            }
        }
    });
}

#[test]
fn five_per_cent_are_lost() {
    busy_row(|rig| rig.relay.set_both(|faults| faults.drop_percent = 5));
}

#[test]
fn twenty_per_cent_are_lost() {
    busy_row(|rig| rig.relay.set_both(|faults| faults.drop_percent = 20));
}

#[test]
fn every_third_packet_is_300_ms_late() {
    busy_row(|rig| {
        rig.relay
            .set_both(|faults| faults.reorder = Some((3, ms(300))))
    });
}

#[test]
fn frozen_while_somebody_types() {
    side_by_side(|who| {
        let mut run = Run::start(who, &[]);
        run.exchange(3);
        run.rig.bmc.peer().signal(Signal::SIGSTOP);
        let thaw = std::time::Instant::now() + secs(6);
        while std::time::Instant::now() < thaw {
            run.type_tokens(1);
            std::thread::sleep(ms(300));
        }
        run.rig.bmc.peer().signal(Signal::SIGCONT);
        match who {
            Who::Stock => run.must_have_died("SOL session closed by BMC", secs(20)),
            Who::Ours => {
                run.exchange(3);
                run.leave_and_account();
            }
        }
    });
}

#[test]
fn killed_by_sigterm() {
    side_by_side(|who| {
        let mut run = Run::start(who, &[]);
        run.exchange(2);
        assert!(
            run.client.is_raw(),
            "{who:?}: the console does not put the terminal into raw mode"
        );
        run.client.signal(Signal::SIGTERM);
        assert_eq!(
            run.client.wait(secs(15)),
            Some(128 + Signal::SIGTERM as i32),
            "{}",
            run.screen()
        );
        let restored = run.client.modes() == run.client.modes_before();
        let again = run.rig.run(who, &["sol", "activate"]);
        let refused = again
            .stderr
            .contains("SOL payload already active on another session");
        match who {
            Who::Stock => assert!(
                !restored && refused,
                "stock restored: {restored}, {again:?}"
            ),
            Who::Ours => {
                assert!(
                    restored,
                    "modes {} became {}",
                    run.client.modes_before(),
                    run.client.modes()
                );
                assert!(!refused && again.code == Some(0), "{again:?}");
                run.account();
            }
        }
    });
}

/// Stock takes about 100 s with its defaults; one retry of one second makes its row short enough for this table.
#[test]
fn the_bmc_is_gone_for_ever() {
    side_by_side(|who| {
        let words: &[&str] = if who == Who::Ours {
            &["keepalive=2", "dead-after=12"]
        } else {
            &["-N", "1", "-R", "1"]
        };
        let mut run = Run::start(who, words);
        run.exchange(2);
        run.rig.relay.set_both(|faults| faults.black_out = true);
        let begun = std::time::Instant::now();
        run.must_have_died(
            "Error: No response to keepalive - Terminating session",
            secs(50),
        );
        let took = begun.elapsed();
        if who == Who::Ours {
            assert!(
                (secs(10)..secs(30)).contains(&took),
                "gave up after {took:?}"
            );
            assert_eq!(run.client.modes(), run.client.modes_before());
            run.account();
        }
    });
}

/// What stock does under a fault.
#[derive(Clone, Copy)]
enum Stock {
    Survives,
    /// Ends with status 1 and this on its screen.
    Dies(&'static str),
}

fn held(time: Duration) {
    row(Stock::Dies(CLOSED), secs(21) + time, move |rig| {
        rig.relay.hold_from_next(ToClient, time)
    });
}

/// `ipmi_sim` compares SOL sequence numbers with the last one only: a copy that arrives after the next packet is typed
/// again by the BMC, whatever the client does. So the typing here waits for the copies.
fn twice(after: Duration) {
    let gap = after + ms(500);
    row_typed_slowly(gap, Stock::Dies(CLOSED), secs(19) + gap * 3, move |rig| {
        rig.relay.set_both(|faults| faults.copy_after = Some(after));
    });
}

fn black_out(time: Duration) {
    row(Stock::Survives, secs(20) + time, move |rig| {
        rig.relay.black_out_after_next(ToClient, time)
    });
}

/// A console that is quiet while `fault` works for `time`: only ours is typed at meanwhile.
fn row(stock: Stock, time: Duration, fault: impl Fn(&Rig) + Sync) {
    row_typed_slowly(Duration::ZERO, stock, time, fault);
}

fn row_typed_slowly(
    typing_gap: Duration,
    stock: Stock,
    time: Duration,
    fault: impl Fn(&Rig) + Sync,
) {
    side_by_side(|who| {
        let mut run = Run::start(who, &[]);
        run.exchange(3);
        std::thread::sleep(SETTLE);
        fault(&run.rig);
        let begun = std::time::Instant::now();
        match (who, stock) {
            (Who::Stock, Stock::Dies(words)) => return run.must_have_died(words, time + secs(5)),
            (Who::Stock, Stock::Survives) => std::thread::sleep(time),
            (Who::Ours, _) => {
                // long enough for the first keepalive to meet the fault before anything is typed into it
                std::thread::sleep(secs(17));
                for _ in 0..3 {
                    run.type_tokens(1);
                    std::thread::sleep(typing_gap);
                }
                std::thread::sleep(time.saturating_sub(begun.elapsed()));
            }
        }
        run.must_live();
        run.rig
            .relay
            .set_both(|faults| *faults = compat_tests::relay::Faults::default());
        run.exchange(3);
        run.leave_and_account();
    });
}

/// A fault that ends stock's session while it happens.
fn row_that_kills_at_once(fault: impl Fn(&mut Rig) + Sync) {
    side_by_side(|who| {
        let mut run = Run::start(who, &[]);
        run.exchange(3);
        std::thread::sleep(SETTLE);
        fault(&mut run.rig);
        match who {
            Who::Stock => run.must_have_died(CLOSED, secs(15)),
            Who::Ours => {
                run.exchange(3);
                run.leave_and_account();
            }
        }
    });
}

/// A console that talks and is typed at all the time while `fault` works, for 20 s. Both survive.
fn busy_row(fault: impl Fn(&Rig) + Sync) {
    side_by_side(|who| {
        let mut run = Run::start(who, &[]);
        fault(&run.rig);
        for _ in 0..20 {
            run.rig.say_lines(1, ms(500));
            // stock counts a late acknowledgement as a dead BMC: its row is about the console's words
            run.type_tokens(usize::from(who == Who::Ours));
            std::thread::sleep(ms(500));
        }
        run.must_live();
        run.rig
            .relay
            .set_both(|faults| *faults = compat_tests::relay::Faults::default());
        match who {
            Who::Stock => {}
            Who::Ours => {
                run.exchange(3);
                run.leave_and_account();
            }
        }
    });
}

/// One client's part of a row.
struct Run {
    who: Who,
    rig: Rig,
    client: OnTerminal,
    typed: usize,
}

impl Run {
    fn start(who: Who, words: &[&str]) -> Run {
        let rig = Rig::start();
        let client = rig.terminal(who, words);
        Run {
            who,
            rig,
            client,
            typed: 0,
        }
    }

    /// Says and types a few, and waits for them on the other side.
    fn exchange(&mut self, count: usize) {
        self.rig.say_lines(count, ms(150));
        self.type_tokens(count);
        let last = accounting::line(self.rig.said() - 1);
        let came = self.client.screen.wait_for(last.trim_end(), LIMIT);
        assert!(
            came,
            "{:?}: line {} did not come: {}",
            self.who,
            self.rig.said() - 1,
            self.screen()
        );
        let last = accounting::token(self.typed - 1);
        let typed = self
            .rig
            .bmc
            .serial()
            .wait_typed(LIMIT, |typed| typed.ends_with(last.as_bytes()));
        assert!(
            typed.ends_with(last.as_bytes()),
            "{:?}: typed {}",
            self.who,
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

    fn must_live(&self) {
        assert_eq!(
            self.client.ended(),
            None,
            "{:?} died: {}",
            self.who,
            self.screen()
        );
    }

    fn must_have_died(&self, words: &str, limit: Duration) {
        assert_eq!(
            self.client.wait(limit),
            Some(1),
            "{:?}: {}",
            self.who,
            self.screen()
        );
        assert!(
            self.client.screen.wait_for(words, secs(2)),
            "{:?}: {}",
            self.who,
            self.screen()
        );
    }

    fn leave_and_account(&self) {
        self.client.type_in(b"\r~.");
        assert_eq!(
            self.client.wait(LIMIT),
            Some(0),
            "{:?}: {}",
            self.who,
            self.screen()
        );
        assert!(
            self.client
                .screen
                .wait_for("~. [terminated ipmitool]", LIMIT),
            "{:?}: {}",
            self.who,
            self.screen()
        );
        assert_eq!(self.client.modes(), self.client.modes_before());
        self.account();
    }

    fn account(&self) {
        let lines = self.lines();
        assert!(
            lines.is_perfect(),
            "{:?}: lines: {lines}\n{}",
            self.who,
            self.screen()
        );
        let typed = accounting::tokens(&self.rig.bmc.serial().typed(), self.typed);
        assert!(typed.is_perfect(), "{:?}: typed: {typed}", self.who);
    }

    fn lines(&self) -> accounting::Report {
        accounting::lines(&self.client.screen.bytes(), self.rig.said())
    }

    fn screen(&self) -> String {
        self.client.screen.text()
    }
}

/// Runs both clients at once; either's failure is the row's.
fn side_by_side(run: impl Fn(Who) + Sync) {
    let only = std::env::var("ONLY").unwrap_or_default();
    std::thread::scope(|scope| {
        let stock = (only != "ours").then(|| scope.spawn(|| run(Who::Stock)));
        let ours = (only != "stock").then(|| scope.spawn(|| run(Who::Ours)));
        let failures: Vec<_> = [stock, ours]
            .into_iter()
            .flatten()
            .filter_map(|half| half.join().err())
            .collect();
        if let Some(failure) = failures.into_iter().next() {
            std::panic::resume_unwind(failure);
        }
    });
}

const fn secs(n: u64) -> Duration {
    Duration::from_secs(n)
}

const fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

const CLOSED: &str = "SOL session closed by BMC";
/// For things that take far less on a machine that is not overloaded.
const LIMIT: Duration = Duration::from_secs(20);
/// Until the acknowledgements of what was typed are over.
const SETTLE: Duration = Duration::from_secs(1);
