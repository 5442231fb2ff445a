//! Much console output at once, through SOL: every byte arrives, once and in order.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use compat_tests::accounting;
use compat_tests::binaries;
use compat_tests::bmcsim::BmcSim;
use compat_tests::client::{OnTerminal, wait_until};
use compat_tests::ipmi_sim::USER;
use compat_tests::relay::{BOTH, Fate, Relay};
use compat_tests::rig::{BANNER, ENVIRONMENT, Who, run};

#[test]
fn twenty_megabytes_reach_our_client_byte_for_byte() {
    let machine = Machine::with(20_000_000);
    machine.is_heard_by(&binaries::ours(), machine.bmc.address());
}

#[test]
fn twenty_megabytes_reach_stock_byte_for_byte() {
    let machine = Machine::with(20_000_000);
    machine.is_heard_by(&binaries::stock(), machine.bmc.address());
}

/// One packet is under way at a time, and every tenth exchange waits for the BMC to try again: that waiting, and no
/// computing, is what bounds the volume.
#[test]
fn a_megabyte_reaches_our_client_byte_for_byte_while_5_percent_is_lost_both_ways() {
    let machine = Machine::with(1_000_000);
    // The shortest wait that a busy test machine keeps within the BMC's seven tries.
    let words = ["sol", "set", "retry-interval", "5", "1"];
    let done = run(
        &Who::Ours.program(),
        &arguments(machine.bmc.address(), &words),
        &ENVIRONMENT,
        SOON,
    );
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let relay = Relay::to(machine.bmc.address());
    relay.set_both(|faults| faults.drop_percent = 5);
    machine.is_heard_by(&binaries::ours(), relay.address());
    for way in BOTH {
        let lost = relay.count(way, Fate::Dropped);
        assert!(lost > 100, "{way:?}: only {lost} packets were lost");
    }
}

/// A BMC whose machine says a long text as soon as somebody types.
struct Machine {
    bmc: BmcSim,
    text: String,
    _directory: tempfile::TempDir,
}

impl Machine {
    fn with(size: usize) -> Machine {
        let lines = size.div_ceil(accounting::line(0).len());
        let text: String = (0..lines).map(accounting::line).collect();
        let directory = tempfile::tempdir().expect("a temporary directory");
        let file: PathBuf = directory.path().join("text");
        std::fs::write(&file, &text).expect("a temporary file");
        let serial = format!(
            "exec:stty raw -echo; head -c1 >/dev/null; cat {}; sleep 1000",
            file.display()
        );
        let bmc = BmcSim::start(&["--serial", &serial]);
        Machine {
            bmc,
            text,
            _directory: directory,
        }
    }

    fn is_heard_by(&self, client: &Path, at: SocketAddr) {
        let words = arguments(at, &["sol", "activate"]);
        let console = OnTerminal::start(client, &words, &ENVIRONMENT);
        let screen = &console.screen;
        assert!(screen.wait_for(BANNER, SOON), "{}", screen.text());
        assert!(wait_until(SOON, || console.is_raw()));
        let begun = Instant::now();
        console.type_in(b"g");
        let before = screen.count();
        let all = || screen.count() >= before + self.text.len();
        let complete = wait_until(LONG, all);
        let took = begun.elapsed();
        // what is doubled at the end comes after the end
        std::thread::sleep(Duration::from_secs(1));
        let heard = screen.bytes();
        let start = heard.iter().position(|&byte| byte == b'#');
        let heard = start.map_or(&[][..], |start| &heard[start..]);
        println!("{} bytes in {took:?}", heard.len());
        if heard == self.text.as_bytes() || self.is_told_in(heard) {
            return;
        }
        let same = heard.iter().zip(self.text.as_bytes());
        let same = same.take_while(|(one, other)| one == other).count();
        let there = &heard[same.saturating_sub(80)..heard.len().min(same + 400)];
        panic!(
            "complete: {complete}; {} of {} bytes in {took:?}, the same up to {same}: {:?}",
            heard.len(),
            self.text.len(),
            String::from_utf8_lossy(there)
        );
    }

    /// Whether it is all there beside what our client says in lines of its own: where this machine is so slow that the BMC
    /// gives packets up, they are read from its log, and the user is told.
    fn is_told_in(&self, heard: &[u8]) -> bool {
        let heard = String::from_utf8_lossy(heard);
        let (said, host): (Vec<&str>, Vec<&str>) =
            heard.split("\r\n").partition(|line| line.starts_with('['));
        !said.is_empty() && host.concat() == self.text.replace("\r\n", "")
    }
}

fn arguments(bmc: SocketAddr, words: &[&str]) -> Vec<String> {
    let (host, port) = (bmc.ip().to_string(), bmc.port().to_string());
    let fixed = [
        "-I", "lanplus", "-C", "3", "-H", &host, "-p", &port, "-U", USER, "-E",
    ];
    fixed
        .iter()
        .chain(words)
        .map(|word| word.to_string())
        .collect()
}

const SOON: Duration = Duration::from_secs(20);
/// For everything, on a machine that has other things to do.
const LONG: Duration = Duration::from_secs(400);
