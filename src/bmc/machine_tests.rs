//! The machine from outside: commands and time in, answers and events out.

use std::time::Duration;

use super::*;
use crate::bmc::command::{Privilege, SYSTEM_INTERFACE};

/// A machine with a user, and a clock of its own.
pub struct Bench {
    pub machine: Machine,
    pub start: Instant,
    pub elapsed: Duration,
}

impl Bench {
    pub fn new() -> Self {
        let start = Instant::now();
        let mut machine = Machine::new(Inventory::builtin(), 1, start, WALL);
        machine
            .users_mut()
            .add("admin", b"secret", Privilege::Administrator)
            .unwrap();
        Self {
            machine,
            start,
            elapsed: Duration::ZERO,
        }
    }

    pub fn ask(
        &mut self,
        channel: u8,
        privilege: Privilege,
        netfn: u8,
        cmd: u8,
        data: &[u8],
    ) -> Reply {
        let now = self.start + self.elapsed;
        let wall_ms = WALL + u64::try_from(self.elapsed.as_millis()).unwrap();
        let c = Command {
            netfn,
            lun: 0,
            cmd,
            data,
            channel,
            privilege,
            user: 2,
            now,
            wall_ms,
        };
        self.machine.handle(&c).unwrap()
    }

    /// As an administrator over the LAN; the data of a success.
    pub fn get(&mut self, netfn: u8, cmd: u8, data: &[u8]) -> Vec<u8> {
        let reply = self.ask(1, Privilege::Administrator, netfn, cmd, data);
        assert_eq!(reply.code, 0, "{netfn:02x} {cmd:02x} {data:02x?}");
        reply.data
    }

    pub fn code(&mut self, netfn: u8, cmd: u8, data: &[u8]) -> u8 {
        self.ask(1, Privilege::Administrator, netfn, cmd, data).code
    }

    pub fn wait(&mut self, time: Duration) {
        self.elapsed += time;
        self.machine.handle_timeout(
            self.start + self.elapsed,
            WALL + self.elapsed.as_millis() as u64,
        );
    }

    pub fn events(&mut self) -> Vec<MachineEvent> {
        std::iter::from_fn(|| self.machine.poll_event()).collect()
    }
}

const WALL: u64 = 1_750_000_000_000;

#[test]
fn no_command_panics_or_answers_much_whatever_its_data() {
    let mut b = Bench::new();
    let mut seed = 1u32;
    let mut random = move || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 24) as u8
    };
    for netfn in (0..0x40).step_by(2) {
        for cmd in 0..=0xff {
            let lengths = if table::find(netfn, cmd).is_some() {
                0..24usize
            } else {
                0..2
            };
            for length in lengths.chain([255]) {
                let mut data: Vec<u8> = (0..length).map(|_| random()).collect();
                if netfn == GROUP_EXTENSION && length > 0 {
                    data[0] = GROUP_DCMI;
                }
                for (channel, fill) in [
                    (1, None),
                    (SYSTEM_INTERFACE, None),
                    (1, Some(0x00)),
                    (1, Some(0xff)),
                ] {
                    if let Some(byte) = fill {
                        data.iter_mut().skip(1).for_each(|b| *b = byte);
                    }
                    let reply = b.ask(channel, Privilege::Administrator, netfn, cmd, &data);
                    assert!(
                        reply.data.len() <= 270,
                        "{netfn:02x} {cmd:02x}: {} bytes",
                        reply.data.len()
                    );
                }
                b.events();
            }
        }
    }
}

#[test]
fn a_command_of_wrong_length_or_too_little_privilege_changes_nothing() {
    for entry in table::entries() {
        let group = (entry.netfn == GROUP_EXTENSION).then_some(GROUP_DCMI);
        let mut data = vec![0; usize::from(entry.max) + 1];
        data.splice(0..0, group);
        let mut b = Bench::new();
        let local = entry.level == table::Level::SystemInterface;
        let channel = if local { SYSTEM_INTERFACE } else { 1 };
        let reply = b.ask(channel, Privilege::Oem, entry.netfn, entry.cmd, &data);
        assert_eq!(
            reply.code,
            cc::LENGTH,
            "{:02x} {:02x} with too much data",
            entry.netfn,
            entry.cmd
        );
        if entry.level != table::Level::Anyone {
            let data: Vec<u8> = group
                .into_iter()
                .chain(vec![0; usize::from(entry.min)])
                .collect();
            let reply = b.ask(1, Privilege::Callback, entry.netfn, entry.cmd, &data);
            assert_eq!(
                reply.code,
                cc::PRIVILEGE,
                "{:02x} {:02x} as callback",
                entry.netfn,
                entry.cmd
            );
        }
        assert_eq!(b.events(), [], "{:02x} {:02x}", entry.netfn, entry.cmd);
    }
}

#[test]
fn what_time_does_is_announced_and_done() {
    let mut b = Bench::new();
    assert_eq!(b.get(0, 1, &[])[0] & 1, 1);
    b.get(0, 2, &[5]);
    assert_eq!(b.events(), [MachineEvent::SoftShutdown]);
    b.wait(Duration::from_secs(4));
    assert_eq!(b.events(), [MachineEvent::PowerOff]);
    assert_eq!(b.get(0, 1, &[])[0] & 1, 0);
    assert_eq!(b.code(0, 2, &[3]), cc::STATE, "reset while off");
    b.get(0, 2, &[1]);
    assert_eq!(b.events(), [MachineEvent::PowerOn]);
    b.get(0, 4, &[2]);
    assert_eq!(b.get(0, 1, &[])[2] >> 4 & 3, 1);
    b.wait(Duration::from_secs(3));
    assert_eq!(
        b.events(),
        [
            MachineEvent::Identify(Some(2)),
            MachineEvent::Identify(Some(0))
        ]
    );
}

#[test]
fn every_command_is_in_the_table_once() {
    let mut all: Vec<(u8, u8)> = table::entries().map(|e| (e.netfn, e.cmd)).collect();
    all.sort_unstable();
    let count = all.len();
    all.dedup();
    assert_eq!(all.len(), count);
    assert!(count >= 110, "{count} commands");
}

#[test]
fn an_unknown_command_a_wrong_lun_and_a_response_are_told_apart() {
    let mut b = Bench::new();
    assert_eq!(b.code(6, 0xfe, &[]), 0xc1);
    assert_eq!(b.code(0x2c, 0x01, &[0x00]), 0xc1);
    let now = b.start;
    let c = Command {
        netfn: 6,
        lun: 2,
        cmd: 1,
        data: &[],
        channel: 1,
        privilege: Privilege::User,
        user: 2,
        now,
        wall_ms: 0,
    };
    assert_eq!(b.machine.handle(&c).map(|r| r.code), Some(0xc2));
    assert_eq!(b.machine.handle(&Command { netfn: 7, ..c }), None);
}

#[test]
fn the_watchdog_counts_logs_and_acts() {
    let mut b = Bench::new();
    assert_eq!(b.code(6, 0x22, &[]), 0x80, "never set");
    // SMS/OS use, power down after 5 s, interrupt 2 s before.
    b.get(6, 0x24, &[0x04, 0x12, 2, 0x10, 50, 0]);
    b.wait(Duration::from_secs(10));
    assert_eq!(b.events(), [], "set is not started");
    b.get(6, 0x22, &[]);
    b.wait(Duration::from_secs(1));
    assert_eq!(b.get(6, 0x25, &[]), [0x44, 0x12, 2, 0, 50, 0, 40, 0]);
    b.get(6, 0x22, &[]);
    b.wait(Duration::from_secs(3));
    assert_eq!(b.get(6, 0x25, &[])[3], 0, "only the interrupt so far");
    b.wait(Duration::from_secs(2));
    assert_eq!(b.get(6, 0x25, &[])[3], 0x10);
    let events = b.events();
    assert!(
        matches!(events[..], [MachineEvent::Logged(a), MachineEvent::Logged(b), MachineEvent::PowerOff] if b == a + 1)
    );
    let last = b.get(0x0a, 0x43, &[0, 0, 0xff, 0xff, 0, 0xff]);
    assert_eq!(last[2..][10..], [0x23, 0x59, 0x6f, 0xc2, 0x14, 0xff]);
    assert_eq!(b.get(0, 7, &[])[0], 4, "restart cause: watchdog");
}

#[test]
fn a_crossed_threshold_is_logged_once_and_when_it_is_over() {
    let mut b = Bench::new();
    let entries = b.machine.sel().entries().len();
    b.machine.force_sensor("cpu1 temp", Some(96.0)).unwrap();
    b.wait(Duration::from_secs(5));
    assert_eq!(b.get(4, 0x2d, &[2])[..3], [96, 0xc0, 0xc0 | 0x18]);
    let added: Vec<[u8; 16]> = b.machine.sel().entries()[entries..].to_vec();
    assert_eq!(added.len(), 2, "non-critical and critical");
    assert_eq!(added[1][10..], [0x01, 0x02, 0x01, 0x59, 96, 95]);
    // Within the hysteresis of two counts nothing is over.
    b.machine.force_sensor("CPU1 Temp", Some(94.0)).unwrap();
    assert_eq!(b.machine.sel().entries().len(), entries + 2);
    b.machine.force_sensor("CPU1 Temp", None).unwrap();
    let added = &b.machine.sel().entries()[entries + 2..];
    assert_eq!(added.len(), 2);
    assert!(added.iter().all(|e| e[12] == 0x81), "deasserted");
    assert!(
        b.machine
            .force_sensor("Button", Some(1.0))
            .unwrap_err()
            .contains("states")
    );
    assert!(
        b.machine
            .force_sensor("Nothing", Some(1.0))
            .unwrap_err()
            .contains("no sensor")
    );
}

#[test]
fn states_that_come_and_go_are_logged() {
    let mut b = Bench::new();
    let entries = b.machine.sel().entries().len();
    b.machine.set_sensor_states("Intrusion", 0x0001).unwrap();
    b.machine.set_sensor_states("Intrusion", 0x0000).unwrap();
    let added = &b.machine.sel().entries()[entries..];
    assert_eq!(added[0][10..14], [0x05, 0x57, 0x6f, 0x00]);
    assert_eq!(added[1][10..14], [0x05, 0x57, 0xef, 0x00]);
}

#[test]
fn a_sensor_that_needs_power_has_no_reading_without() {
    let mut b = Bench::new();
    b.get(0, 2, &[0]);
    b.wait(Duration::from_secs(2));
    assert_eq!(b.get(4, 0x2d, &[0x30])[1] & 0x20, 0x20);
    assert_eq!(b.get(4, 0x2d, &[0x01])[1] & 0x20, 0);
}

#[test]
fn records_are_read_in_parts_only_with_a_reservation() {
    let mut b = Bench::new();
    for (read, reserve) in [(0x23, 0x22), (0x43, 0x42)] {
        let whole = b.get(0x0a, read, &[0, 0, 0, 0, 0, 0xff]);
        assert_eq!(b.code(0x0a, read, &[0, 0, 0, 0, 5, 4]), 0xc5);
        let id = b.get(0x0a, reserve, &[]);
        let part = b.get(0x0a, read, &[id[0], id[1], 0, 0, 5, 4]);
        assert_eq!(part[2..], whole[2 + 5..2 + 9]);
        assert_eq!(part[..2], whole[..2], "the next record's ID");
        b.get(0x0a, reserve, &[]);
        assert_eq!(
            b.code(0x0a, read, &[id[0], id[1], 0, 0, 5, 4]),
            0xc5,
            "another reserved it"
        );
        assert_eq!(b.code(0x0a, read, &[0, 0, 0x77, 0x77, 0, 4]), 0xcb);
        assert_eq!(b.code(0x0a, read, &[0, 0, 0, 0, 200, 4]), 0xc5);
    }
}

#[test]
fn deleting_cancels_reservations_and_clearing_needs_its_word() {
    let mut b = Bench::new();
    let id = b.get(0x0a, 0x42, &[]);
    assert_eq!(b.get(0x0a, 0x46, &[id[0], id[1], 2, 0]), [2, 0]);
    assert_eq!(b.code(0x0a, 0x46, &[id[0], id[1], 3, 0]), 0xc5);
    let id = b.get(0x0a, 0x42, &[]);
    assert_eq!(
        b.code(0x0a, 0x47, &[id[0], id[1], b'C', b'L', b'X', 0xaa]),
        0xcc
    );
    assert_eq!(
        b.get(0x0a, 0x47, &[id[0], id[1], b'C', b'L', b'R', 0xaa]),
        [1]
    );
    assert_eq!(b.code(0x0a, 0x43, &[0, 0, 0, 0, 0, 0xff]), 0xcb, "empty");
}

#[test]
fn a_full_log_says_so_and_keeps_what_it_has() {
    let mut b = Bench::new();
    for _ in 0..2000 {
        b.machine.log(1, 1, 1, [0x57, 1, 2]);
    }
    assert_eq!(b.machine.sel().entries().len(), 1024);
    let info = b.get(0x0a, 0x40, &[]);
    assert_eq!(info[13] & 0x80, 0x80, "overflow");
    let mut event = [0u8; 16];
    event[2] = 2;
    assert_eq!(b.code(0x0a, 0x44, &event), 0xc4);
}

#[test]
fn passwords_are_tested_for_value_and_size() {
    let mut b = Bench::new();
    let mut password = [0u8; 18];
    password[..8].copy_from_slice(&[2, 3, b's', b'e', b'c', b'r', b'e', b't']);
    assert_eq!(b.code(6, 0x47, &password), 0);
    password[2] = b'x';
    assert_eq!(b.code(6, 0x47, &password), 0x80);
    let mut long = [0u8; 22];
    long[..8].copy_from_slice(&[0x82, 3, b's', b'e', b'c', b'r', b'e', b't']);
    assert_eq!(b.code(6, 0x47, &long), 0x81);
    assert_eq!(b.code(6, 0x47, &long[..18]), 0xc7);
    assert_eq!(
        b.code(6, 0x45, &[[1].as_slice(), &[b'a'; 16]].concat()),
        0xcc,
        "user 1 keeps its null name"
    );
    assert_eq!(
        b.machine
            .users()
            .find(1, b"admin", Some(Privilege::Administrator)),
        Some(2)
    );
    b.get(6, 0x47, &[2, 0]);
    assert_eq!(b.machine.users().find(1, b"admin", None), None, "disabled");
}

#[test]
fn boot_flags_lapse_after_a_minute_unless_they_are_for_good() {
    let mut b = Bench::new();
    b.get(0, 8, &[5, 0x80, 0x04, 0, 0, 0]);
    b.wait(Duration::from_secs(59));
    assert_eq!(b.get(0, 9, &[5, 0, 0])[2], 0x80);
    b.wait(Duration::from_secs(2));
    assert_eq!(b.get(0, 9, &[5, 0, 0])[2], 0x00);
    b.get(0, 8, &[5, 0xc0, 0x08, 0, 0, 0]);
    b.wait(Duration::from_secs(600));
    b.get(0, 2, &[3]);
    assert_eq!(b.get(0, 9, &[5, 0, 0])[2..4], [0xc0, 0x08]);
}

#[test]
fn a_cold_reset_brings_back_what_is_stored() {
    let mut b = Bench::new();
    // Volatile: access disabled. Stored: as it was.
    b.get(6, 0x40, &[1, 0x80, 0x84]);
    assert_eq!(b.get(6, 0x41, &[1, 0x80]), [0, 4]);
    assert_eq!(b.get(6, 0x41, &[1, 0x40]), [2, 4]);
    b.get(0x0c, 0x01, &[1, 0, 1]);
    b.events();
    b.get(6, 0x02, &[]);
    assert_eq!(b.events(), [MachineEvent::ColdReset]);
    assert_eq!(b.get(6, 0x41, &[1, 0x80]), [2, 4]);
    assert_eq!(
        b.code(0x0c, 0x01, &[1, 0, 1]),
        0,
        "nobody holds the set-in-progress flag any more"
    );
}

#[test]
fn an_empty_inventory_still_answers() {
    let now = Instant::now();
    let mut machine = Machine::new(Inventory::empty(), 0, now, WALL);
    let ask = |machine: &mut Machine, netfn, cmd, data: &[u8]| {
        let privilege = Privilege::Administrator;
        let c = Command {
            netfn,
            lun: 0,
            cmd,
            data,
            channel: 1,
            privilege,
            user: 2,
            now,
            wall_ms: WALL,
        };
        machine.handle(&c).unwrap()
    };
    assert_eq!(
        ask(&mut machine, 0x0a, 0x23, &[0, 0, 0, 0, 0, 0xff]).code,
        0xcb
    );
    assert_eq!(ask(&mut machine, 0x0a, 0x10, &[0]).code, 0xcb);
    assert_eq!(ask(&mut machine, 0x0a, 0x40, &[]).data[1..3], [0, 0]);
    assert_eq!(
        ask(&mut machine, 0x2c, 0x02, &[0xdc, 1, 0, 0]).data.last(),
        Some(&0),
        "not measuring"
    );
    assert_eq!(ask(&mut machine, 6, 0x52, &[0, 0xa0, 4]).code, 0x83);
}
