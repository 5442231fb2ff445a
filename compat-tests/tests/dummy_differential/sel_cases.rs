//! Cases of `sel`: every event type, sensor type, offset and direction, every kind of record and maker, many a run.

use compat_tests::dummy::{Inventory, Script};

use crate::cases::{reset, same};
use crate::sdr_cases::{compact, full, machine, with_header};
use crate::{Case, Expect};

pub fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    words(&mut cases);
    specific_events(&mut cases);
    generic_events(&mut cases);
    detailed_events(&mut cases);
    makers(&mut cases);
    kinds(&mut cases);
    counts(&mut cases);
    info(&mut cases);
    answers(&mut cases);
    changes(&mut cases);
    clock(&mut cases);
    got(&mut cases);
    cases
}

fn words(cases: &mut Vec<Case>) {
    let script = log(&sample(), 343, 2).or(&changeable());
    for words in [
        "sel",
        "sel help",
        "sel helpx",
        "sel bogus",
        "sel ",
        "sel info",
        "sel info extra",
        "sel infox",
        "-c sel info",
        "-v sel info",
        "-vv sel info",
        "-vvv sel info",
        "-Z sel info",
        "sel list x",
        "sel list foo 1",
        "sel list first x",
        "sel list last x",
        "sel list first",
        "sel list last",
        "sel list 1x",
        "sel list 99999999999",
        "sel list 1 2 3",
        "sel list help",
        "sel get",
        "sel get help",
        "sel delete",
        "sel delete help",
        "sel save",
        "sel writeraw",
        "sel add",
        "sel readraw",
        "sel ereadraw",
        "sel interpret",
        "sel interpret 1",
        "sel interpret 1 2",
        "sel interpret x y z",
        "sel interpret 1 /nonexistent/file pps",
        "sel interpret 1 /nonexistent/file ppsx",
        "sel interpret 0x1 y PPS",
        "sel add /nonexistent/file",
        "sel readraw /nonexistent/file",
        "sel ereadraw /nonexistent/file",
        "-O /nonexistent/file sel list",
        "-O /nonexistent/file sel info",
        "sel time",
        "sel time bogus",
        "sel time set",
        "sel time get extra",
    ] {
        cases.push(same("sel words", words, script.clone()));
    }
    for words in ["-v sel list 1", "-vv sel elist 1", "-vvv sel list 1"] {
        cases.push(same("sel blocks", words, script.clone()));
    }
}

/// Event/reading type 6Fh: every sensor type, offset and direction.
fn specific_events(cases: &mut Vec<Case>) {
    let mut records = Vec::new();
    for sensor in 0..=255 {
        for offset in 0..16 {
            for direction in [0, 0x80] {
                let flags = [0, 0x40, 0x80, 0xc0][usize::from(sensor % 4)];
                let number = if sensor % 3 == 0 { 0 } else { sensor ^ 0x5a };
                let data = [flags | offset, sensor ^ offset, offset * 17];
                records.push(event(sensor, number, 0x6f | direction, data));
            }
        }
    }
    list_all(cases, "sel specific", &records, 343, 2);
}

/// Every other event/reading type, with every offset, direction and sensor type.
fn generic_events(cases: &mut Vec<Case>) {
    let mut records = Vec::new();
    for kind in (0..0x80u8).filter(|kind| *kind != 0x6f) {
        for offset in 0..16 {
            let direction = if (kind ^ offset) & 1 == 0 { 0 } else { 0x80 };
            let sensor = kind.wrapping_mul(2).wrapping_add(offset * 16);
            let data = [offset | sensor & 0xf0, kind, offset];
            records.push(event(sensor, kind, kind | direction, data));
        }
    }
    for sensor in 0..=255 {
        for kind in [0x01, 0x03, 0x07, 0x81, 0x8b] {
            records.push(event(sensor, sensor, kind, [sensor & 0x0f, 1, 2]));
        }
    }
    list_all(cases, "sel generic", &records, 343, 2);
}

/// Sensor types whose second byte says more, and memory events with a DIMM.
fn detailed_events(cases: &mut Vec<Case>) {
    let mut records = Vec::new();
    for (sensor, offsets) in [(0x08, 8), (0x0f, 16), (0x2b, 9)] {
        for offset in 0..offsets {
            for second in 0..0x1c {
                for flags in [0, 0x40, 0x80, 0xc0, 0x30] {
                    records.push(event(sensor, 1, 0x6f, [flags | offset, second, 0xff]));
                }
            }
        }
    }
    for first in 0..=255 {
        for number in [0, 1] {
            records.push(event(0x0c, number, 0x6f, [first, 0, first ^ 0xa5]));
        }
    }
    list_all(cases, "sel details", &records, 343, 2);
}

/// What makers add.
fn makers(cases: &mut Vec<Case>) {
    let mut records = Vec::new();
    for sensor in [
        0x01, 0x07, 0x0c, 0x0f, 0x10, 0x12, 0x13, 0x20, 0x23, 0x2b, 0xc0, 0xc1, 0xc2, 0xc3, 0xc8,
        0xcf, 0xd0, 0xd1, 0xef, 0xf0, 0xf2,
    ] {
        for low in [0, 1, 2, 3, 4, 5, 6, 0x0f] {
            for flags in [0, 0x20, 0x80, 0xa0, 0xb0] {
                let turn = usize::from(low) * 5 + usize::from(flags);
                let number =
                    [0, 0x0a, 0x1c, 0x23, 0x25, 0x29, 0x30][(turn + usize::from(sensor)) % 7];
                let second = [
                    0, 1, 2, 4, 0x1a, 0x83, 0x95, 0xa7, 0xcf, 0xdf, 0xe8, 0xff, 0xc1,
                ][turn % 13];
                let third = [0, 1, 0x12, 0x80, 0x83, 0xff, 0x81]
                    [(usize::from(low) + usize::from(sensor)) % 7];
                records.push(event(sensor, number, 0x6f, [flags | low, second, third]));
            }
        }
    }
    for second in 0..=255 {
        records.push(event(0x0c, 1, 0x6f, [0xa0, second, 0x12]));
        records.push(event(0x0c, 1, 0x6f, [0x81, second, 0xff]));
        records.push(event(0x10, 1, 0x6f, [0xa0, second, 0x81]));
        records.push(event(0x0f, 1, 0x6f, [0x8f, second, 0]));
        records.push(event(0x0c, 0x1c, 0x6f, [0xa0, second, second]));
        records.push(event(0x07, 0x0a, 0x6f, [0x86, second, 3]));
        records.push(event(0x20, 1, 0x6f, [0xa0, 0, second]));
        records.push(event(0x13, 0x29, 0x6f, [0xa2, second, second ^ 0xff]));
    }
    for kind in 0x6f..0x80 {
        records.push(event(0x01, 1, kind, [0, 1, 2]));
    }
    for reset in 0..4 {
        records.push(event(0xd0, 1, 0x6f, [0x80, reset, 0xff]));
    }
    records.push(event(0x23, 0x23, 0x6f, [0xc1, 4, 0xff]));
    for (maker, version) in [
        (674, 0x02),
        (674, 0x51),
        (10876, 2),
        (47488, 2),
        (7244, 2),
        (9237, 2),
        (15000, 2),
        (0, 2),
        (0x10_0000 | 674, 2),
    ] {
        list_all(cases, "sel makers", &records, maker, version);
    }
    // Supermicro's boards count in their own ways; Quanta's platforms too.
    for board in [
        0x0923, 0x0872, 0x0853, 0x0726, 0x083a, 0x0635, 0x0651, 0x0841, 0x0950, 0x8080, 0x000a,
        0x061c, 0x0959, 0x1234, 0x0000,
    ] {
        let [low, high] = u16::to_le_bytes(board);
        let script = Script::new().on(0x30, 0x21, &[], 0, &[low, high]);
        let memory: Vec<_> = (0..=255)
            .map(|byte| event(0x0c, 1, 0x6f, [0x20, byte, byte.rotate_left(3)]))
            .collect();
        let script = script.or(&log(&memory, 10876, 2));
        cases.push(same("sel makers", "sel list", script));
    }
    for platform in 0..4 {
        let script = Script::new().on(0x36, 0x65, &[], 0, &[platform]);
        let script = script.or(&log(&records[..64], 7244, 2));
        cases.push(same("sel makers", "sel list", script));
    }
    let oem = [event(0x01, 1, 0x70, [0, 1, 2])];
    for answer in [
        &b"\x15\x24\x00\x05Hello"[..],
        b"\x15\x24\x00\x05Hell",
        b"\x15\x24\x00\x00",
        b"\x15\x24\x01\x05Hello",
        b"\x15\x24\x00\x06He\0llo",
    ] {
        let script = Script::new().on(0x2e, 1, &[], 0, answer);
        let script = script.or(&log(&oem, 9237, 2));
        cases.push(same("sel makers", "sel list", script.clone()));
        cases.push(same("sel blocks", "-v sel list", script));
    }
    for code in [0x80, 0xc1, 0xd4, 0xff] {
        for (netfn, cmd) in [(0x06, 0x01), (0x30, 0x21), (0x36, 0x65), (0x2e, 0x01)] {
            for maker in [674, 10876, 7244, 9237] {
                let script = Script::new().on(netfn, cmd, &[], code, &[]);
                let script = script.or(&log(&records[60..110], maker, 2));
                cases.push(same("sel makers", "sel list", script));
            }
        }
    }
}

/// Every type of record, and stamps that are no dates.
fn kinds(cases: &mut Vec<Case>) {
    let records: Vec<_> = (0..=255)
        .map(|kind| {
            let mut record = event(0x01, kind, 0x6f, [kind, !kind, 0x41]);
            record[0] = kind;
            record[1..5].copy_from_slice(&STAMP.to_le_bytes());
            record
        })
        .collect();
    list_all(cases, "sel kinds", &records, 343, 2);
    for stamp in STAMPS.iter().copied() {
        let records = [0x02, 0xc1, 0xdf, 0xe0].map(|kind| {
            let mut record = event(0x01, 1, 0x01, [0x59, 1, 2]);
            record[0] = kind;
            record[1..5].copy_from_slice(&stamp.to_le_bytes());
            record
        });
        for option in ["", "-c ", "-Z ", "-Z -c "] {
            let words = format!("{option}sel list");
            cases.push(same("sel kinds", &words, log(&records, 343, 2)));
        }
        cases.push(same("sel blocks", "-v sel list", log(&records, 343, 2)));
    }
}

/// Which entries are shown.
fn counts(cases: &mut Vec<Case>) {
    for entries in [1, 2, 7] {
        let script = log(&sample()[..entries], 343, 2);
        for words in ["", "first ", "last "] {
            for count in [
                "0",
                "1",
                "2",
                "3",
                "6",
                "7",
                "8",
                "100",
                "2147483647",
                "0x2",
            ] {
                let words = format!("sel list {words}{count}");
                cases.push(same("sel counts", &words, script.clone()));
            }
        }
        cases.push(same("sel counts", "-- sel list -2", script.clone()));
        cases.push(same("sel counts", "-- sel list last -2", script.clone()));
        cases.push(same("sel counts", "-- sel list -2147483648", script));
    }
    cases.push(same("sel counts", "sel list", log(&[], 343, 2)));
    cases.push(same("sel counts", "sel list last 3", log(&[], 343, 2)));
}

fn info(cases: &mut Vec<Case>) {
    let verb = "sel info";
    let allocation = Script::new().on(0x0a, 0x41, &[], 0, &[1, 2, 3, 4, 5, 6, 7, 8, 9]);
    let told = |data: &[u8]| Script::new().on(0x0a, 0x40, &[], 0, data).or(&allocation);
    for at in 0..INFO.len() {
        for value in [0, 1, 2, 3, 0x0f, 0x51, 0x7f, 0x80, 0xff] {
            let mut data = INFO;
            data[at] = value;
            // Stock reckons with 16 bits.
            if u16::from_le_bytes([data[1], data[2]]) < 4096 {
                cases.push(same(verb, "sel info", told(&data)));
            }
        }
    }
    for (entries, free) in [
        (0, 0),
        (0, 0xfffe),
        (0, 0xffff),
        (1, 0),
        (4095, 15),
        (4095, 14),
        (4095, 0xffff),
        (29, 50 * 16 - 29 * 16),
        (57, 1600 - 57 * 16),
        (3, 1000),
    ] {
        let mut data = INFO;
        data[1..3].copy_from_slice(&u16::to_le_bytes(entries));
        data[3..5].copy_from_slice(&u16::to_le_bytes(free));
        cases.push(same(verb, "sel info", told(&data)));
    }
    for stamp in [1, 86400, 0x2000_0000, 0x2000_0001, 0xffff_fffe, 0xffff_ff00] {
        let mut data = INFO;
        data[5..9].copy_from_slice(&u32::to_le_bytes(stamp));
        data[9..13].copy_from_slice(&u32::to_le_bytes(stamp ^ 1));
        cases.push(same(verb, "sel info", told(&data)));
    }
    for length in 0..20 {
        let data: Vec<u8> = INFO.iter().copied().chain(0..).take(length).collect();
        cases.push(same(verb, "sel info", told(&data)));
    }
    for length in 0..12 {
        let data = &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12][..length];
        let script = Script::new()
            .on(0x0a, 0x41, &[], 0, data)
            .on(0x0a, 0x40, &[], 0, &INFO);
        let mut case = same(verb, "sel info", script);
        if length < 9 {
            case.expect = Expect::Differs {
                stdout: Some(INFO_TEXT.into()),
                stderr: Some(format!(
                    "Get SEL Allocation Info command failed: Invalid data length {length}\n"
                )),
                status: Some(1),
                why: "stock prints what its memory holds where an answer is too short",
            };
        }
        cases.push(case);
    }
    for code in 1..=0xff {
        let refused = |cmd| Script::new().on(0x0a, cmd, &[], code, &[]).or(&told(&INFO));
        cases.push(same(verb, "sel info", refused(0x40)));
        cases.push(same(verb, "sel info", refused(0x41)));
    }
    cases.push(reset(verb, "sel info", 0x0a, 0x40));
}

/// Answers to the reading of entries.
fn answers(cases: &mut Vec<Case>) {
    let verb = "sel answers";
    let entries = log(&sample(), 343, 2);
    for code in (1..=0xff).step_by(3).chain([0xc5, 0xcb]) {
        let refused = |cmd| Script::new().on(0x0a, cmd, &[], code, &[]).or(&entries);
        cases.push(same(verb, "sel list", refused(0x40)));
        cases.push(same(verb, "sel list last 1", refused(0x40)));
        let mut case = same(verb, "sel list", refused(0x43));
        case.expect = failing("the log could not be read, and stock ends with status 0");
        cases.push(case);
        let third = Script::new()
            .on(0x0a, 0x43, &[0, 0, 3, 0], code, &[])
            .or(&entries);
        if code != 0xcb {
            let mut case = same(verb, "sel list", third.clone());
            case.expect = failing("the log could not be read, and stock ends with status 0");
            cases.push(case);
        }
        cases.push(same(verb, "sel list 2", third));
    }
    // Stock shows what its memory holds where there is less.
    for length in 18..30 {
        let mut data = vec![0xff, 0xff, 1, 0];
        data.extend_from_slice(&sample()[0]);
        data.resize(length, 0);
        let script = Script::new().on(0x0a, 0x43, &[], 0, &data).or(&entries);
        cases.push(same(verb, "sel list", script));
    }
}

/// `clear` and `delete`.
fn changes(cases: &mut Vec<Case>) {
    let verb = "sel changes";
    for words in [
        "sel clear",
        "sel clear extra",
        "-v sel clear",
        "-c sel clear",
        "sel delete 1",
        "sel delete 1 2 3",
        "sel delete 0x10 010 65535",
        "sel delete 0",
        "-v sel delete 5",
    ] {
        cases.push(same(verb, words, changeable()));
    }
    for (words, last) in [
        ("sel delete x", "x"),
        ("sel delete 65536", "65536"),
        ("sel delete 1x", "1x"),
        ("sel delete 1.5", "1.5"),
    ] {
        let mut case = same(verb, words, changeable());
        case.expect = Expect::Ours {
            stderr: format!("Given SEL ID '{last}' is invalid.\n"),
            why: "nothing is deleted where a number is wrong",
        };
        cases.push(case);
    }
    for words in ["sel clear", "sel delete 1 2"] {
        for code in (1..=0xff).filter(|code| *code != 0xc5) {
            for cmd in [0x42, 0x46, 0x47] {
                let script = Script::new().on(0x0a, cmd, &[], code, &[]);
                cases.push(same(verb, words, script.or(&changeable())));
            }
        }
        cases.push(reset(verb, words, 0x0a, 0x42));
    }
}

fn clock(cases: &mut Vec<Case>) {
    let verb = "sel time";
    let get = |data: &[u8]| Script::new().on(0x0a, 0x48, &[], 0, data);
    for stamp in STAMPS {
        cases.push(same(verb, "sel time get", get(&stamp.to_le_bytes())));
        cases.push(same(verb, "-Z sel time get", get(&stamp.to_le_bytes())));
    }
    for length in [0, 1, 2, 3, 5, 6] {
        let mut case = same(verb, "sel time get", get(&[1, 2, 3, 4, 5, 6][..length]));
        case.expect = failing("stock ends with status 0 where the clock cannot be read");
        cases.push(case);
    }
    for code in (1..=0xff).step_by(2) {
        let mut case = same(
            verb,
            "sel time get",
            Script::new().on(0x0a, 0x48, &[], code, &[]),
        );
        case.expect = failing("stock ends with status 0 where the clock cannot be read");
        cases.push(case);
        let script = Script::new().on(0x0a, 0x49, &[], code, &[]);
        cases.push(time_set("01/02/24 03:04:05", script.or(&changeable())));
    }
    for time in [
        "01/02/24 03:04:05",
        "1/2/24 3:4:5",
        "12/31/99 23:59:59",
        "1/1/70 00:00:00",
        "12/31/68 23:59:60",
        "12/31/69 23:59:59",
        "2/29/24 12:00:00",
        "2/29/23 12:00:00",
        "2/31/23 12:00:00",
        "0/1/23 12:00:00",
        "13/1/23 12:00:00",
        "1/32/23 12:00:00",
        "1/1/23 24:00:00",
        "1/1/23 12:60:00",
        "1/1/23 12:00:62",
        "1/1/23 12:00",
        "1/1/23",
        "  1/1/23 12:00:00",
        "1/1/23   12:00:00",
        "1/1/23 12:00:00 and more",
        "1/1/2312:00:00",
        "1-1-23 12:00:00",
        "2023-01-01 12:00:00",
        "nowx",
        "",
        "yesterday",
    ] {
        cases.push(time_set(time, changeable()));
    }
    // What was set is right even where it cannot be shown.
    let unseen = Script::new().on(0x0a, 0x48, &[], 0xc1, &[]);
    cases.push(time_set("01/02/24 03:04:05", unseen.or(&changeable())));
}

fn time_set(time: &str, script: Script) -> Case {
    let mut case = same("sel time", "sel time set", script);
    case.arguments.push(time.to_owned());
    case
}

/// Records listed in each form, so many a run.
fn list_all(
    cases: &mut Vec<Case>,
    verb: &'static str,
    records: &[[u8; 14]],
    maker: u32,
    version: u8,
) {
    for part in records.chunks(A_RUN) {
        let script = log(part, maker, version);
        cases.push(same(verb, "sel list", script.clone()));
        cases.push(same(verb, "-c sel list", script));
        // With -v the interface shows the question whether a BMC speaks PICMG, which ours asks when it comes to their
        // sensor types, stock at its start.
        let plain = part.iter().filter(|record| record[8] < 0xf0).copied();
        let mut case = same(
            "sel blocks",
            "-v sel list",
            log(&plain.collect::<Vec<_>>(), maker, version),
        );
        case.verb = verb;
        cases.push(case);
    }
}

/// `sel get`, with sensors of every kind and the inventories of their entities.
fn got(cases: &mut Vec<Case>) {
    let verb = "sel get";
    let locator = |number: u8, id: u8, entity: [u8; 2], access: u8| {
        let mut body = vec![0x20, id, access, 0, 0, 0x10, 0, entity[0], entity[1], 0];
        body.extend_from_slice(b"\xc3Fru");
        with_header(number, 0x11, &body)
    };
    let mut event_only = vec![0x20, 0, 3, 7, 1, 0x12, 0x6f, 0, 0, 0, 0];
    event_only.extend_from_slice(b"\xc3Evt");
    let records = [
        full(1, b"Temp", 1, 1),
        compact(2, b"Disc", 5, 0x6f),
        with_header(3, 0x03, &event_only),
        locator(4, 3, [7, 1], 0x80),
        locator(5, 9, [7, 1], 0x80),
        locator(6, 4, [7, 2], 0x80),
        locator(7, 5, [8, 1], 0x80),
        locator(8, 6, [7, 1], 0),
        locator(9, 0, [7, 1], 0x80),
    ];
    let entries = [
        event(1, 1, 0x01, [0x50, 0x40, 0x41]),
        event(5, 2, 0x6f, [0, 0xff, 0xff]),
        event(0x12, 3, 0x6f, [1, 0xff, 0xff]),
        event(1, 0x77, 0x01, [0x50, 0x40, 0x41]),
        event(2, 1, 0x81, [0x59, 0x40, 0x41]),
    ];
    let inventory = Inventory::new(&crate::fru_cases::example());
    let script = log(&entries, 343, 2)
        .inventory(3, inventory.clone())
        .inventory(4, inventory.clone())
        .inventory(6, inventory)
        .on(4, 0x2d, &[1], 0, &[0x40, 0xc0, 0xc0, 0x00])
        .on(4, 0x2d, &[2], 0, &[0x55, 0xc0, 0x01, 0x80])
        .on(4, 0x27, &[1], 0, &[0x3f, 20, 10, 5, 70, 80, 90])
        .or(&machine(&records));
    for words in ["1", "2", "3", "4", "5", "1 2", "1 2 3", "4 1", "0x1", "3 4"] {
        for flags in ["", "-c ", "-v ", "-Z "] {
            let read = words.split(' ').any(|id| matches!(id, "1" | "2" | "0x1"));
            let words = format!("{flags}sel get {words}");
            let mut case = same(verb, &words, script.clone());
            if read && flags != "-v " {
                case.expect = quiet();
            }
            cases.push(case);
        }
    }
    let none = log(&entries, 343, 2).or(&machine(&records[..3]));
    for words in ["sel get 1", "sel get 1 2 3"] {
        let mut case = same(verb, words, none.clone());
        case.expect = quiet();
        cases.push(case);
    }
    cases.push(same(verb, "-v sel get 2", none));
}

/// Stock's interface is as talkative as with `-v` while a sensor is read.
fn quiet() -> Expect {
    Expect::Differs {
        stdout: None,
        stderr: Some(String::new()),
        status: None,
        why: "stock shows the requests about the sensor of an entry even without -v",
    }
}

fn failing(why: &'static str) -> Expect {
    Expect::fails(why)
}

/// A BMC whose log has these records, numbered from 1.
pub fn log(records: &[[u8; 14]], maker: u32, version: u8) -> Script {
    let [m0, m1, m2, _] = maker.to_le_bytes();
    let device = [0x20, 1, 1, 0x10, version, 0xbf, m0, m1, m2, 0, 0];
    let mut info = INFO;
    let count = u16::try_from(records.len()).expect("logs are short");
    info[1..3].copy_from_slice(&count.to_le_bytes());
    let mut script = Script::new()
        .on(0x06, 0x01, &[], 0, &device)
        .on(0x0a, 0x40, &[], 0, &info)
        .on(0x0a, 0x41, &[], 0, &[1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (number, record) in (1..=count).zip(records) {
        let next = if number == count { 0xffff } else { number + 1 };
        let mut answer = next.to_le_bytes().to_vec();
        answer.extend_from_slice(&number.to_le_bytes());
        answer.extend_from_slice(record);
        let mut asked = vec![number];
        if number == 1 {
            asked.push(0);
        }
        if number == count {
            asked.push(0xffff);
        }
        for number in asked {
            let [low, high] = number.to_le_bytes();
            script = script.exactly(0x0a, 0x43, &[0, 0, low, high, 0, 0xff], 0, &answer);
        }
    }
    script
}

/// A system event, from its type on.
pub fn event(sensor: u8, number: u8, kind: u8, data: [u8; 3]) -> [u8; 14] {
    let mut record = [
        2, 0, 0, 0, 0, 0x20, 0, 4, sensor, number, kind, data[0], data[1], data[2],
    ];
    record[1..5].copy_from_slice(&STAMP.to_le_bytes());
    record
}

fn sample() -> Vec<[u8; 14]> {
    (0..7)
        .map(|index| event(index, index * 16, 0x01, [0x50 | index, 0x40, 0x41]))
        .collect()
}

/// A BMC that agrees to changes.
fn changeable() -> Script {
    Script::new()
        .on(0x0a, 0x42, &[], 0, &[0x34, 0x12])
        .on(0x0a, 0x44, &[], 0, &[8, 0])
        .on(0x0a, 0x46, &[], 0, &[1, 0])
        .on(0x0a, 0x47, &[], 0, &[1])
        .on(0x0a, 0x48, &[], 0, &STAMP.to_le_bytes())
        .on(0x0a, 0x49, &[], 0, &[])
}

/// 2023-11-14 22:13:20 UTC.
const STAMP: u32 = 1_700_000_000;

/// Stamps, and what is shown of them.
const STAMPS: &[u32] = &[
    0,
    5,
    86399,
    86400,
    0x1fff_ffff,
    0x2000_0000,
    0x2000_0001,
    STAMP,
    0x7fff_ffff,
    0xffff_fffe,
    u32::MAX,
];

const INFO: [u8; 14] = [0x51, 3, 0, 0xe8, 3, 0, 0xf1, 0x53, 0x65, 0, 0, 0, 0, 0x0f];

const INFO_TEXT: &str = "SEL Information
Version          : 1.5 (v1.5, v2 compliant)
Entries          : 3
Free Space       : 1000 bytes 
Percent Used     : 4%
Last Add Time    : 11/14/23 22:13:20 UTC
Last Del Time    : Not Available
Overflow         : false
Supported Cmds   : 'Delete' 'Partial Add' 'Reserve' 'Get Alloc Info' 
";

/// Records of one run.
const A_RUN: usize = 1024;
