//! Cases of `pef`.

use compat_tests::dummy::Script;

use crate::cases::{reset, same};
use crate::{Case, Expect};

pub fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    words(&mut cases);
    info(&mut cases);
    status(&mut cases);
    filters(&mut cases);
    policies(&mut cases);
    lan_destinations(&mut cases);
    serial_destinations(&mut cases);
    dell_destinations(&mut cases);
    filter_states(&mut cases);
    policy_states(&mut cases);
    cases
}

fn words(cases: &mut Vec<Case>) {
    let verb = "pef";
    for words in [
        "pef",
        "pef help",
        "pef help me",
        "pef HELP",
        "pef ",
        "pef inf",
        "pef infos",
        "pef list",
        "pef filter",
        "pef filter help",
        "pef filter help x",
        "pef policy",
        "pef policy help",
        "pef filter enable",
        "pef filter enable 1 2",
        "pef filter enable x",
        "pef filter enable 0",
        "pef filter enable 256",
        "pef filter enable 1x",
        "pef filter disable",
        "pef filter disable x",
        "pef filter disable 0x100",
        "pef policy enable",
        "pef policy enable 1 2",
        "pef policy enable x",
        "pef policy enable 0",
        "pef policy enable 128",
        "pef policy enable 255",
        "pef policy enable 256",
        "pef policy disable",
        "pef policy disable 0",
        "pef policy disable 08",
    ] {
        for prefix in ["", "-c ", "-v ", "-vv "] {
            cases.push(same(verb, &format!("{prefix}{words}"), good()));
        }
    }
    for words in [
        "pef capabilities",
        "pef capabilities x",
        "pef event",
        "pef event 1 2 3",
        "pef pet",
        "pef pet ack",
        "pef pet ack 1 2",
        "pef timer",
        "pef timer get",
        "pef timer set 0x10",
        "pef filter create",
        "pef filter create 1 2",
        "pef filter delete",
        "pef filter delete 1",
        "pef policy create",
        "pef policy create 1 2",
        "pef policy delete",
        "pef policy delete 1",
        "pef filter bogus",
        "pef filter lis",
        "pef policy bogus",
        "pef policy ",
    ] {
        for prefix in ["", "-c ", "-v ", "-vv "] {
            let case = same(verb, &format!("{prefix}{words}"), good());
            cases.push(failing(case));
        }
    }
}

fn info(cases: &mut Vec<Case>) {
    let verb = "pef info";
    variants(cases, verb, "pef info", &good());
    cases.push(same(verb, "pef info extra words", good()));
    for guid in GUIDS {
        let script = Script::new().on(4, 0x13, &[0x0a], 0, guid).or(&good());
        variants(cases, verb, "pef info", &script);
        let silent = Script::new().on(6, 0x37, &[], 0xc1, &[]).or(&script);
        cases.push(same(verb, "pef info", silent));
    }
    for value in (0..=0xff).step_by(3) {
        let script = Script::new()
            .on(4, 0x10, &[], 0, &[value, value, value])
            .on(4, 0x13, &[8], 0, &[0x11, value])
            .or(&good());
        cases.push(same(verb, "pef info", script.clone()));
        cases.push(same(verb, "-v pef info", script));
    }
    for (cmd, prefix) in [(0x13, 8), (0x13, 10)] {
        for code in (1..=0xff).step_by(4) {
            let script = Script::new().on(4, cmd, &[prefix], code, &[]).or(&good());
            cases.push(same(verb, "pef info", script));
        }
        for length in 0..25 {
            let data = &[1; 25][..length];
            let script = Script::new().on(4, cmd, &[prefix], 0, data).or(&good());
            cases.push(same(verb, "pef info", script));
        }
    }
    for code in 1..=0xff {
        let script = Script::new().on(4, 0x10, &[], code, &[]).or(&good());
        cases.push(same(verb, "pef info", script));
    }
    for length in 0..8 {
        let script = Script::new().on(4, 0x10, &[], 0, &[7; 8][..length]);
        cases.push(same(verb, "pef info", script.or(&good())));
    }
    for length in 0..20 {
        let script = Script::new().on(6, 0x37, &[], 0, &[7; 20][..length]);
        cases.push(same(verb, "pef info", script.or(&good())));
    }
    cases.push(reset(verb, "pef info", 4, 0x10));
}

fn status(cases: &mut Vec<Case>) {
    let verb = "pef status";
    variants(cases, verb, "pef status", &good());
    cases.push(same(verb, "-Z pef status", good()));
    for stamp in [
        0u32,
        1,
        86_399,
        86_400,
        0x1fff_ffff,
        0x2000_0000,
        0x6000_0000,
        0x7fff_ffff,
        0x8000_0000,
        0xffff_fffe,
        0xffff_ffff,
    ] {
        let data = [&stamp.to_le_bytes()[..], &[1, 2, 3, 4, 5, 6]].concat();
        let script = Script::new().on(4, 0x15, &[], 0, &data).or(&good());
        cases.push(same(verb, "pef status", script.clone()));
        cases.push(same(verb, "-v pef status", script));
    }
    for value in (0..=0xff).step_by(3) {
        let script = Script::new()
            .on(4, 0x13, &[1], 0, &[0x11, value])
            .on(4, 0x13, &[2], 0, &[0x11, !value])
            .or(&good());
        cases.push(same(verb, "pef status", script.clone()));
        if value % 4 == 1 {
            cases.push(same(verb, "-v pef status", script));
        }
    }
    for (cmd, prefix, name, least) in [
        (0x15, &[][..], "Last S/W processed ID", 10),
        (0x13, &[1], "PEF control", 2),
        (0x13, &[2], "PEF action", 2),
    ] {
        for code in (1..=0xff).step_by(if cmd == 0x15 { 1 } else { 3 }) {
            let script = Script::new().on(4, cmd, prefix, code, &[]).or(&good());
            cases.push(same(verb, "pef status", script));
        }
        for length in 0..14 {
            let data: Vec<u8> = (0x31..).take(length).collect();
            let script = Script::new().on(4, cmd, prefix, 0, &data).or(&good());
            let mut case = same(verb, "pef status", script);
            if length < least {
                let printed = match prefix {
                    [] => "",
                    [1] => LAST,
                    _ => CONTROLLED,
                };
                case.expect = Expect::Unlike {
                    stdout: printed.to_owned(),
                    stderr: too_short(name, length, least),
                    status: 1,
                    why: SHORT,
                };
            }
            cases.push(case);
        }
        // A refusal with data.
        let script = Script::new().on(4, cmd, prefix, 0xc9, &[1, 2]).or(&good());
        cases.push(same(verb, "-vvv pef status", script));
    }
    cases.push(reset(verb, "pef status", 4, 0x15));
}

fn filters(cases: &mut Vec<Case>) {
    let verb = "pef filter list";
    variants(cases, verb, verb, &good());
    cases.push(same(verb, "pef filter list extra", good()));
    for code in 1..=0xff {
        let script = Script::new().on(4, 0x10, &[], code, &[]).or(&good());
        cases.push(same(verb, verb, script));
        if code % 8 == 0 || code > 0xc0 {
            let script = Script::new().on(4, 0x13, &[6, 2], code, &[]).or(&good());
            cases.push(failing(same(verb, verb, script)));
        }
    }
    for length in (0..30).filter(|length| *length != 22) {
        let script = Script::new().on(4, 0x13, &[6, 2], 0, &[7; 30][..length]);
        cases.push(failing(same(verb, verb, script.or(&good()))));
    }
    for length in 0..6 {
        let script = Script::new().on(4, 0x10, &[], 0, &[2; 8][..length]);
        cases.push(same(verb, verb, script.or(&good())));
    }
    for count in [0, 1, 5, 100, 254] {
        let script = Script::new().on(4, 0x10, &[], 0, &[0x51, 0x3f, count]);
        cases.push(same(verb, verb, script.or(&good())));
    }
    for (at, values) in [
        (1, (0..=0xff).collect::<Vec<u8>>()),
        (2, (0..=0xff).step_by(3).collect()),
        (3, (0..=0xff).step_by(40).collect()),
        (4, (0..=0xff).step_by(5).collect()),
        (5, vec![0, 0x80, 0xff]),
        (7, (0..=0xff).collect()),
        (8, (0..=0xff).step_by(2).collect()),
        (9, vec![0, 1, 0x7f, 0xff]),
        (10, (0..=0xff).step_by(3).collect()),
    ] {
        for value in values {
            let mut filter = FILTER;
            filter[at + 1] = value;
            // Without names of offsets, which stock has too little room for.
            if at == 10 && value > 12 {
                filter[11..13].copy_from_slice(&[1, 0]);
            }
            cases.push(same(verb, verb, one_filter(&filter)));
            if at == 1 {
                cases.push(same(verb, "-v pef filter list", one_filter(&filter)));
            }
        }
    }
    for trigger in (0..=0x10).chain([0x20, 0x6e, 0x6f, 0x70, 0x7f, 0x80, 0xff]) {
        for offset in (0..16).filter(|offset| trigger < 0x0e || offset % 5 == 0) {
            let mut filter = FILTER;
            filter[10] = trigger;
            filter[11..13].copy_from_slice(&(1u16 << offset).to_le_bytes());
            cases.push(same(verb, verb, one_filter(&filter)));
        }
        for offsets in [0x0000u16, 0x0003, 0x0006, 0xf000, 0xffff] {
            let mut filter = FILTER;
            filter[10] = trigger;
            filter[11..13].copy_from_slice(&offsets.to_le_bytes());
            cases.push(same(verb, verb, one_filter(&filter)));
        }
    }
    let mut filter = FILTER;
    filter[10] = 0x0a;
    filter[11..13].copy_from_slice(&[0xff, 0x01]);
    let mut case = same(verb, verb, one_filter(&filter));
    case.expect = Expect::Unlike {
        stdout: format!("{MANY_OFFSETS}\n"),
        stderr: String::new(),
        status: 0,
        why: "stock has too little room for the names of many offsets, and dies",
    };
    cases.push(case);
    cases.push(reset(verb, verb, 4, 0x10));
}

fn policies(cases: &mut Vec<Case>) {
    let verb = "pef policy list";
    variants(cases, verb, verb, &good());
    cases.push(same(verb, "pef policy list extra", good()));
    for code in 1..=0xff {
        let script = Script::new().on(4, 0x13, &[8], code, &[]).or(&good());
        cases.push(same(verb, verb, script));
        if code % 8 == 0 || code > 0xc0 {
            let script = Script::new().on(4, 0x13, &[9, 2], code, &[]).or(&good());
            cases.push(failing(same(verb, verb, script)));
        }
    }
    for length in 0..8 {
        let answer = &[2; 8][..length];
        let script = Script::new().on(4, 0x13, &[8], 0, answer).or(&good());
        cases.push(same(verb, verb, script));
        if length != 5 {
            let script = Script::new().on(4, 0x13, &[9, 2], 0, answer).or(&good());
            cases.push(failing(same(verb, verb, script)));
        }
    }
    for size in [0, 1, 3, 0x7f, 0x80, 0x81] {
        let script = Script::new()
            .on(4, 0x13, &[8], 0, &[0x11, size])
            .or(&good());
        cases.push(same(verb, verb, script));
    }
    for value in 0..=0xff {
        let script = Script::new().on(4, 0x13, &[9, 1], 0, &[0x11, value, value, 0x11, value]);
        cases.push(same(verb, verb, script.or(&good())));
        // Its place on channels without destinations.
        let media = Script::new().on(
            6,
            0x42,
            &[],
            0,
            &[
                value,
                if matches!(value & 0x7f, 4 | 5) {
                    1
                } else {
                    value
                },
                1,
                0,
                0,
                0,
                0,
                0,
                0,
            ],
        );
        let script = media
            .on(4, 0x13, &[9], 0, &[0x11, 1, 0x18, value, 0])
            .or(&good());
        cases.push(same(verb, verb, script.clone()));
        if value % 16 == 3 {
            cases.push(same(verb, "-v pef policy list", script));
        }
    }
    // A channel that is not there.
    for (code, data) in [(0xc1, &[][..]), (0xcc, &[]), (0, &[1; 8]), (0, &[1; 10])] {
        let script = Script::new().on(6, 0x42, &[], code, data).or(&good());
        let said = match code {
            0 => "Unexpected data length received.",
            0xc1 => "IPMI command failed: Invalid command",
            _ => "IPMI command failed: Invalid data field in request",
        };
        let mut case = same(verb, verb, script);
        case.expect = Expect::Unlike {
            stdout: " 1 | 1 | enabled | Match-always\n 2 | 1 | enabled | Match-always\n".to_owned(),
            stderr: format!("{said}\n{said}\n"),
            status: 1,
            why: "stock does not end the line of a policy whose channel is not known, and exits 0",
        };
        cases.push(case);
    }
    cases.push(reset(verb, verb, 4, 0x13));
}

fn lan_destinations(cases: &mut Vec<Case>) {
    let verb = "pef policy list";
    for value in (0..=0xff).step_by(9).chain([6, 7]) {
        let script = Script::new()
            .on(0x0c, 2, &[1, 18, 1], 0, &[0x11, 1, value, value, value])
            .or(&good());
        cases.push(same("pef lan", verb, script.clone()));
        cases.push(same("pef lan", "-v pef policy list", script));
    }
    for selector in [16, 17, 18, 19] {
        for code in (1..=0xff).step_by(9).chain([0x80, 0xc0, 0xcc, 0xd4]) {
            let script = Script::new()
                .on(0x0c, 2, &[1, selector], code, &[])
                .or(&good());
            cases.push(failing(same("pef lan", verb, script)));
        }
        let script = Script::new()
            .on(0x0c, 2, &[1, selector], 0x80, &[])
            .or(&good());
        cases.push(failing(same("pef lan", "-vvv pef policy list", script)));
    }
    // Another destination than was asked for.
    for (selector, answer) in [
        (18, &[0x11, 2, 0, 3, 4][..]),
        (19, &[0x11, 2, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
    ] {
        let script = Script::new()
            .on(0x0c, 2, &[1, selector], 0, answer)
            .or(&good());
        cases.push(failing(same("pef lan", verb, script)));
    }
    for text in [
        &b"public"[..],
        b"",
        b"caf\xe9 \xff\x01",
        b"123456789012345678",
    ] {
        let mut answer = vec![0x11];
        answer.extend_from_slice(text);
        answer.resize(19, 0);
        let script = Script::new().on(0x0c, 2, &[1, 16], 0, &answer).or(&good());
        variants(cases, "pef lan", verb, &script);
    }
    for (selector, name, least) in [
        (18, "Alert destination type", 5),
        (19, "Alert destination info", 14),
    ] {
        for length in 0..least {
            let answer = [0x11, 1, 0, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13];
            let script = Script::new().on(4, 0x13, &[8], 0, &[0x11, 1]).on(
                0x0c,
                2,
                &[1, selector],
                0,
                &answer[..length],
            );
            let mut case = same("pef lan", verb, script.or(&good()));
            let begun = " 1 | 1 | enabled | Match-always | 1 | 802.3 LAN";
            let behind = if selector == 18 {
                ""
            } else {
                " | PET | public | 3 | 5"
            };
            case.expect = Expect::Unlike {
                stdout: format!("{begun}{behind}\n"),
                stderr: too_short(name, length, least),
                status: 1,
                why: SHORT,
            };
            cases.push(case);
        }
    }
    cases.push(reset("pef lan", verb, 0x0c, 2));
}

fn serial_destinations(cases: &mut Vec<Case>) {
    let verb = "pef policy list";
    let begun = " 1 | 1 | enabled | Match-always | 1 | Serial/Modem (RS-232)";
    // Without destinations, or without this one.
    for (count, place) in [(0, 0x11), (0xf0, 0x11), (3, 0x10)] {
        variants(cases, "pef serial", verb, &serial(count, place));
    }
    for code in (1..=0xff).step_by(5) {
        let script = Script::new()
            .on(0x0c, 0x11, &[1, 16], code, &[])
            .or(&serial(3, 0x11));
        cases.push(failing(same("pef serial", verb, script)));
    }
    for code in [0x80, 0xc9, 0xff] {
        let script = Script::new()
            .on(0x0c, 0x11, &[1, 17], code, &[])
            .or(&serial(3, 0x11));
        cases.push(failing(same("pef serial", verb, script)));
    }
    for (destination, strings, expected) in [
        (
            &[0x11, 1, 0x02, 7, 0x35, 0x21][..],
            2,
            " | PPP PET | 7 | 53",
        ),
        (
            &[0x11, 1, 0x83, 7, 0xff, 0x21],
            2,
            " | Basic callback | 7 | 119",
        ),
        (&[0x11, 1, 0x0f, 0, 0, 0], 2, " | OEM 2 | 0 | 0"),
        (
            &[0x11, 1, 0x00, 7, 0x35, 0x20],
            2,
            " | None | 7 | 53 | 0123456789abcdefxyz",
        ),
        (&[0x11, 1, 0x00, 7, 0x35, 0x20], 0, " | None | 7 | 53"),
        (
            &[0x11, 1, 0x01, 7, 0x35, 0x04],
            2,
            " | TAP page | 7 | 53 | 0123456789abcdefxyz | 211+ACK",
        ),
    ] {
        let script = Script::new()
            .on(0x0c, 0x11, &[1, 17, 1], 0, destination)
            .on(0x0c, 0x11, &[1, 20], 0, &[0x11, strings])
            .on(
                0x0c,
                0x11,
                &[1, 21, 2, 1],
                0,
                b"\x11\x02\x010123456789abcdef",
            )
            .on(
                0x0c,
                0x11,
                &[1, 21, 2, 2],
                0,
                b"\x11\x02\x02xyz\0\0\0\0\0\0\0\0\0\0\0\0\0",
            )
            .on(0x0c, 0x11, &[1, 24], 0, &[0x11, 5])
            .on(0x0c, 0x11, &[1, 25, 4], 0, &[0x11, 4, 0x23])
            .on(0x0c, 0x11, &[1, 28, 3], 0, &[0x11, 3, 1])
            .or(&serial(3, 0x11));
        let mut case = same("pef serial", verb, script);
        case.expect = Expect::Unlike {
            stdout: format!("{begun}{expected}\n"),
            stderr: String::new(),
            status: 0,
            why: "stock reads serial destinations a byte off, and asks for others",
        };
        cases.push(case);
    }
    cases.push(reset("pef serial", verb, 0x0c, 0x11));
}

fn dell_destinations(cases: &mut Vec<Case>) {
    let (verb, words) = ("pef dell", "pef policy list");
    for (id, dell) in [(674u16, true), (343, false), (0, false)] {
        let [low, high] = id.to_le_bytes();
        let device = Script::new().on(
            6,
            1,
            &[],
            0,
            &[0x20, 1, 2, 0x19, 2, 0xdf, low, high, 0, 0, 1, 0, 0, 0, 0],
        );
        for length in [0, 1, 5, 10, 11, 12, 25, 26, 39, 47, 100] {
            let part = |from: u8| (from..).take(14).collect::<Vec<u8>>();
            let script = device
                .clone()
                .on(6, 0x59, &[0, 0xe6], 0, &[0x11, 1, 2, 3])
                .on(
                    6,
                    0x59,
                    &[0, 0xf0, 0],
                    0,
                    &[&[0x11, 0xf0, 0, 0, length, 5, 6, 7][..], &part(0x30)].concat(),
                )
                .on(
                    6,
                    0x59,
                    &[0, 0xf0, 1],
                    0,
                    &[&[0x11, 0xf0, 1][..], &part(0x41)].concat(),
                )
                .on(
                    6,
                    0x59,
                    &[0, 0xf0, 2],
                    0,
                    &[&[0x11, 0xf0, 2][..], &part(0x51)].concat(),
                )
                .on(
                    6,
                    0x59,
                    &[0, 0xf0, 3],
                    0,
                    &[&[0x11, 0xf0, 3][..], &part(0x61)].concat(),
                )
                .or(&serial(3, 0x15));
            variants(cases, verb, words, &script);
            if !dell {
                break;
            }
        }
        // Fewer addresses than the destination's number, none, or no answer.
        for (code, count) in [(0, 1), (0, 0), (0xc1, 0x11)] {
            let script = device
                .clone()
                .on(6, 0x59, &[0, 0xe6], code, &[count])
                .or(&serial(3, 0x15));
            variants(cases, verb, words, &script);
        }
    }
    for code in [0xc1, 0xff] {
        let script = Script::new().on(6, 1, &[], code, &[]).or(&serial(3, 0x15));
        variants(cases, verb, words, &script);
    }
}

fn filter_states(cases: &mut Vec<Case>) {
    let verb = "pef filter enable";
    let why = "stock clears all of a filter's first byte before it sets one bit of it";
    let asks = |id: u8, written: Option<u8>| {
        let mut requests = vec![(4, 0x13, vec![5, 0, 0]), (4, 0x13, vec![7, id, 0])];
        requests.extend(written.map(|state| (4, 0x12, vec![7, id, state])));
        requests
    };
    for state in (0..=0xff).step_by(15) {
        for (word, on) in [("enable", true), ("disable", false)] {
            for id in [1, 7] {
                let script = Script::new()
                    .on(4, 0x13, &[7, id], 0, &[0x11, id, state])
                    .or(&good());
                let written = if on { state | 0x80 } else { state & 0x7f };
                for prefix in ["", "-c "] {
                    let words = format!("{prefix}pef filter {word} {id}");
                    let mut case = same(verb, &words, script.clone());
                    case.expect = Expect::Instead {
                        stderr: String::new(),
                        requests: asks(id, Some(written)),
                        why,
                    };
                    cases.push(case);
                }
            }
        }
    }
    for code in 1..=0xff {
        // Of the number of filters, of the filter, of what is written.
        let script = Script::new().on(4, 0x13, &[5], code, &[]).or(&good());
        cases.push(same(verb, "pef filter enable 1", script));
    }
    for code in [0x80, 0x82, 0xc1, 0xc9, 0xd4] {
        let said = match code {
            0x80 => "Unknown (0x80)",
            0x82 => "Unknown (0x82)",
            0xc1 => "Invalid command",
            0xc9 => "Parameter out of range",
            _ => "Insufficient privilege level",
        };
        let refused = |stderr: String| Expect::Unlike {
            stdout: String::new(),
            stderr,
            status: 1,
            why,
        };
        let script = Script::new().on(4, 0x13, &[7], code, &[]).or(&good());
        let mut case = same(verb, "pef filter disable 2", script);
        case.expect = refused(format!("IPMI command failed: {said}\n"));
        cases.push(case);
        let script = Script::new().on(4, 0x12, &[], code, &[]).or(&good());
        let mut case = same(verb, "pef filter disable 2", script);
        case.expect = refused(format!(
            "IPMI command failed: {said}\nFailed to disable PEF Filter ID 2.\n"
        ));
        cases.push(case);
    }
    for length in 0..6 {
        let script = Script::new().on(4, 0x13, &[5], 0, &[8; 6][..length]);
        if length != 2 {
            cases.push(same(verb, "pef filter enable 1", script.or(&good())));
        }
    }
    for (count, id) in [(0, 1), (0x80, 1), (1, 2), (7, 8), (0x87, 255)] {
        let script = Script::new()
            .on(4, 0x13, &[5], 0, &[0x11, count])
            .or(&good());
        cases.push(same(verb, &format!("pef filter enable {id}"), script));
    }
    cases.push(reset(verb, "pef filter enable 1", 4, 0x13));
}

fn policy_states(cases: &mut Vec<Case>) {
    let verb = "pef policy enable";
    for state in (0..=0xff).step_by(17) {
        for word in ["enable", "disable"] {
            let script = Script::new()
                .on(4, 0x13, &[9, 2], 0, &[0x11, 2, state, 0x21, 0x84])
                .or(&good());
            variants(cases, verb, &format!("pef policy {word} 2"), &script);
        }
    }
    for code in (1..=0xff).step_by(2) {
        for (cmd, prefix) in [(0x13, &[8][..]), (0x13, &[9]), (0x12, &[])] {
            let script = Script::new().on(4, cmd, prefix, code, &[]).or(&good());
            let word = if code % 2 == 0 { "enable" } else { "disable" };
            cases.push(same(verb, &format!("pef policy {word} 2"), script));
        }
    }
    for length in 0..9 {
        for (parameter, whole) in [(8, 2), (9, 5)] {
            if length != whole {
                let script = Script::new().on(4, 0x13, &[parameter], 0, &[2; 9][..length]);
                cases.push(same(verb, "pef policy enable 2", script.or(&good())));
            }
        }
    }
    for (count, id) in [(0, 1), (0x80, 1), (1, 2), (7, 8), (0x87, 127)] {
        let script = Script::new()
            .on(4, 0x13, &[8], 0, &[0x11, count])
            .or(&good());
        cases.push(same(verb, &format!("pef policy enable {id}"), script));
    }
    // Above 63 stock writes another policy.
    let script = Script::new().on(4, 0x13, &[8], 0, &[0x11, 0x7f]).on(
        4,
        0x13,
        &[9],
        0,
        &[0x11, 100, 0x10, 0x21, 0],
    );
    let mut case = same(verb, "pef policy enable 100", script.or(&good()));
    case.expect = Expect::Instead {
        stderr: String::new(),
        requests: vec![
            (4, 0x13, vec![8, 0, 0]),
            (4, 0x13, vec![9, 100, 0]),
            (4, 0x12, vec![9, 100, 0x18, 0x21, 0]),
        ],
        why: "stock writes policy 36 in place of policy 100",
    };
    cases.push(case);
    // The answer is another policy's.
    let script = Script::new()
        .on(4, 0x13, &[9], 0, &[0x11, 3, 0x10, 0x21, 0])
        .or(&good());
    let mut case = same(verb, "pef policy enable 1", script);
    case.expect = Expect::Ours {
        stderr: "PEF Policy ID 1 was asked for, but the answer is of 3.\n".to_owned(),
        why: "stock writes to one policy what it read of another",
    };
    cases.push(case);
    cases.push(reset(verb, "pef policy enable 1", 4, 0x12));
}

/// The words alone, and with what changes the output.
fn variants(cases: &mut Vec<Case>, verb: &'static str, words: &str, script: &Script) {
    for prefix in ["", "-c ", "-v ", "-vv ", "-vvv "] {
        cases.push(same(verb, &format!("{prefix}{words}"), script.clone()));
    }
}

/// A case in which stock says that something failed, and exits 0.
fn failing(mut case: Case) -> Case {
    case.expect = Expect::fails("stock exits 0 where something failed");
    case
}

fn too_short(name: &str, length: usize, least: usize) -> String {
    format!(
        " **Error in '{name}' command: the answer has {length} bytes of data, expected at least {least}\n \
         **Error retrieving {name}\n"
    )
}

/// A BMC with eight filters, of which it has two to show, and two policies that alert over a LAN.
fn good() -> Script {
    let filters = (1..=8u8).fold(Script::new(), |script, number| {
        let mut filter = FILTER;
        filter[1] = number;
        if number % 3 == 0 {
            filter[2] = 0x40;
        }
        script
            .on(4, 0x13, &[6, number], 0, &filter)
            .on(4, 0x13, &[7, number], 0, &[0x11, number, filter[2]])
            .on(4, 0x13, &[9, number], 0, &[0x11, number, 0x18, 0x11, 0])
    });
    filters
        .on(4, 0x10, &[], 0, &[0x51, 0x2f, 8])
        .on(4, 0x12, &[], 0, &[])
        .on(4, 0x13, &[1], 0, &[0x11, 0x05])
        .on(4, 0x13, &[2], 0, &[0x11, 0x2f])
        .on(4, 0x13, &[5], 0, &[0x11, 8])
        .on(4, 0x13, &[6], 0, &FILTER)
        .on(4, 0x13, &[8], 0, &[0x11, 2])
        .on(4, 0x13, &[9], 0, &[0x11, 9, 0x18, 0x11, 0])
        .on(4, 0x13, &[10], 0, GUIDS[0])
        .on(4, 0x15, &[], 0, &[1, 2, 3, 0x60, 5, 6, 7, 8, 9, 10])
        .on(6, 0x37, &[], 0, &GUIDS[1][2..])
        .on(6, 0x42, &[], 0, &[1, 4, 1, 0x80, 0xf2, 0x1b, 0, 0, 0])
        .on(0x0c, 2, &[1, 16], 0, b"\x11public\0\0\0\0\0\0\0\0\0\0\0\0")
        .on(0x0c, 2, &[1, 17], 0, &[0x11, 4])
        .on(0x0c, 2, &[1, 18, 1], 0, &[0x11, 1, 0, 3, 5])
        .on(
            0x0c,
            2,
            &[1, 19, 1],
            0,
            &[
                0x11, 1, 0, 0, 192, 0, 2, 9, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff,
            ],
        )
}

/// A BMC with this filter alone.
fn one_filter(filter: &[u8; 22]) -> Script {
    Script::new()
        .on(4, 0x10, &[], 0, &[0x51, 0x3f, 1])
        .on(4, 0x13, &[6, 1], 0, filter)
}

/// A BMC with one policy, which alerts over a serial line with so many destinations.
fn serial(count: u8, place: u8) -> Script {
    Script::new()
        .on(4, 0x13, &[8], 0, &[0x11, 1])
        .on(4, 0x13, &[9], 0, &[0x11, 1, 0x18, place, 0])
        .on(6, 0x42, &[], 0, &[1, 5, 1, 0x80, 0xf2, 0x1b, 0, 0, 0])
        .on(0x0c, 0x11, &[1, 16], 0, &[0x11, count])
}

const FILTER: [u8; 22] = [
    0x11, 1, 0xc0, 0x01, 0x01, 0x10, 0xff, 0xff, 0x01, 0xff, 0x01, 0x80, 0x02, 0, 0, 0, 0, 0, 0, 0,
    0, 0,
];

const GUIDS: [&[u8]; 3] = [
    &[
        0x11, 1, 0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd,
        0xee, 0xff,
    ],
    &[
        0x11, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
    ],
    &[
        0x11, 0xff, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
    ],
];

const SHORT: &str = "stock prints what its memory holds where an answer is too short";

const LAST: &str = " 01/16/21 15:10:57 UTC | 0x0605 | 0x0807 | 0x0a09";

const CONTROLLED: &str =
    " 01/16/21 15:10:57 UTC | 0x0605 | 0x0807 | 0x0a09 | PEF,PEF startup delay";

const MANY_OFFSETS: &str = " 1 | enabled, pre-configured | Temperature | Any | Critical | Discrete | (0x0a/0x01ff),transition to running,transition to in test,transition to power off,transition to online,transition to offline,transition to off duty,transition to degraded,transition to power save,install error | Alert | 1";
