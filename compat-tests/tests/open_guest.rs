//! `-I open` on a real kernel: stock and ours, each in a guest of its own, say the same.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use compat_tests::open_guest;
use compat_tests::rig::Who;

/// Command lines that both run, in this order, each on its own BMC: what one line changes, the next ones see. Lines are
/// quoted for a shell.
const CASES: &[&str] = &[
    // the device and the interface
    "-I open mc info",
    "mc info",
    "-I open -d 0 mc info",
    "-I open -d 7 mc info",
    "-I open -N 1 -R 1 mc info",
    "-I open -H nowhere -P x mc info",
    // requests of every kind, and refusals
    "raw 6 1",
    "raw 0x2e 1 2 3",
    "raw 6 0x99",
    "raw 0x3a 1",
    "-l 2 raw 6 1",
    "raw 6 0x52 1 2 3",
    // to controllers behind the BMC, of which there is none
    "-t 0x20 raw 6 1",
    "-t 0x24 mc info",
    "-t 0x24 -b 7 raw 6 1",
    "-m 0x30 -t 0x30 mc info",
    "-m 0x30 -t 0x24 raw 6 1",
    "-m 0x31 -t 0x24 raw 6 1",
    "-t 0x82 -b 7 -T 0x24 -B 0 raw 6 1",
    "-t 0x82 -b 12 raw 6 1",
    // verbs
    "power status",
    "chassis power status",
    "power soft",
    "mc guid",
    "mc selftest",
    "mc getenables",
    "mc setenables event_msg on",
    "mc watchdog get",
    "mc watchdog off",
    "mc getsysinfo system_name",
    "mc reset warm",
    "chassis status",
    "chassis selftest",
    "chassis poh",
    "chassis restart_cause",
    "chassis policy list",
    "chassis policy always-on",
    "chassis identify",
    "chassis bootdev pxe",
    "session info active",
    "session info all",
    "session info handle 1",
    "sol info",
    "sol info 1",
    "sol activate",
    "sol payload status 1 1",
];

/// Failures that stock ends with status 0: `crate::cli`'s table of deviations says so. The words are the same.
const STATUS_IS_1: &[&str] = &["mc getsysinfo system_name", "chassis bootdev pxe"];

#[test]
fn both_say_the_same_on_a_real_kernel() {
    let [stock, ours] = std::thread::scope(|scope| {
        [Who::Stock, Who::Ours]
            .map(|who| scope.spawn(move || open_guest::run(&who.program(), CASES)))
            .map(|guest| guest.join().expect("the guest ran"))
    });
    let mut wrong = Vec::new();
    for ((line, stock), ours) in CASES.iter().zip(stock).zip(ours) {
        let wanted = match STATUS_IS_1.contains(line) {
            true => (0, 1),
            false => (stock.code, stock.code),
        };
        let same = (stock.code, ours.code) == wanted
            && (&stock.stdout, &stock.stderr) == (&ours.stdout, &ours.stderr);
        if !same {
            wrong.push(format!("{line}\n  stock {stock:?}\n  ours  {ours:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
