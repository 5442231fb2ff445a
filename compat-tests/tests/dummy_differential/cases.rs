//! Cases of every verb but `sol`.

use compat_tests::dummy::Script;

use crate::{Case, Expect};

pub fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    info(&mut cases);
    power(&mut cases);
    raw(&mut cases);
    session(&mut cases);
    cases
}

/// `mc info` of a BMC of this manufacturer.
pub fn manufacturer(number: u32) -> Case {
    let mut data = DEVICE_ID;
    data[6..9].copy_from_slice(&number.to_le_bytes()[..3]);
    same("mc info", "mc info", device(&data))
}

/// A case in which everything agrees; the words are separated by blanks.
pub fn same(verb: &'static str, words: &str, script: Script) -> Case {
    let arguments = words.split(' ').map(str::to_owned).collect();
    Case {
        verb,
        arguments,
        script,
        expect: Expect::Same,
        typed: None,
    }
}

fn info(cases: &mut Vec<Case>) {
    let verb = "mc info";
    for words in [
        "mc info",
        "bmc info",
        "-c mc info",
        "-v mc info",
        "-vv mc info",
        "mc info extra",
        "-l 2 mc info",
    ] {
        cases.push(same(verb, words, device(&DEVICE_ID)));
    }
    for code in 1..=0xff {
        cases.push(same(
            verb,
            "mc info",
            Script::new().on(6, 1, &[], code, &[]),
        ));
    }
    let long: Vec<u8> = DEVICE_ID.iter().copied().chain(1..).take(40).collect();
    for length in 0..=long.len() {
        let mut case = same(verb, "mc info", device(&long[..length]));
        if length < 11 {
            case.expect = Expect::Ours {
                stderr: format!(
                    "Get Device ID command failed: the answer has {length} bytes of data, expected at least 11\n"
                ),
                why: "stock prints what its memory holds where an answer is too short",
            };
        }
        cases.push(case);
    }
    for at in 0..DEVICE_ID.len() {
        for value in [0x00, 0x01, 0x5a, 0x7f, 0x80, 0xff] {
            let mut data = DEVICE_ID;
            data[at] = value;
            cases.push(same(verb, "mc info", device(&data)));
        }
    }
    for number in [
        0, 1, 343, 10876, 12345, 12346, 0xf_fffe, 0xf_ffff, 0x10_0000, 0xff_fffe, 0xff_ffff,
    ] {
        cases.push(manufacturer(number));
    }
    for (manufacturer, product) in PRODUCTS {
        let mut data = DEVICE_ID;
        data[6..9].copy_from_slice(&manufacturer.to_le_bytes()[..3]);
        data[9..11].copy_from_slice(&product.to_le_bytes());
        cases.push(same(verb, "mc info", device(&data)));
    }
    cases.push(reset(verb, "mc info", 6, 1));
}

fn power(cases: &mut Vec<Case>) {
    let verb = "power";
    let good = Script::new()
        .on(0, 1, &[], 0, &[0x61, 0x10, 0x00])
        .on(0, 2, &[], 0, &[]);
    for name in ["power", "chassis power"] {
        cases.push(same(verb, name, good.clone()));
        for word in [
            "status", "on", "up", "off", "down", "cycle", "reset", "diag", "soft", "help", "bogus",
            "", "ON",
        ] {
            for (prefix, suffix) in [("", ""), ("", " extra"), ("-v ", "")] {
                cases.push(same(
                    verb,
                    &format!("{prefix}{name} {word}{suffix}"),
                    good.clone(),
                ));
            }
            for code in [0x80, 0xd5] {
                let refusing = Script::new()
                    .on(0, 1, &[], code, &[])
                    .on(0, 2, &[], code, &[]);
                cases.push(same(verb, &format!("{name} {word}"), refusing));
            }
        }
    }
    for code in 1..=0xff {
        cases.push(same(
            verb,
            "power status",
            Script::new().on(0, 1, &[], code, &[1]),
        ));
    }
    for value in (0..=0xff).step_by(7) {
        cases.push(same(
            verb,
            "power status",
            Script::new().on(0, 1, &[], 0, &[value, 0, 0]),
        ));
    }
    for length in 1..10 {
        cases.push(same(
            verb,
            "power status",
            Script::new().on(0, 1, &[], 0, &vec![1; length]),
        ));
        cases.push(same(
            verb,
            "power cycle",
            Script::new().on(0, 2, &[], 0, &vec![1; length]),
        ));
    }
    let mut empty = same(verb, "power status", Script::new().on(0, 1, &[], 0, &[]));
    empty.expect = Expect::Ours {
        stderr:
            "Get Chassis Power Status failed: the answer has 0 bytes of data, expected at least 1\n"
                .to_owned(),
        why: "stock prints what its memory holds where an answer is too short",
    };
    cases.push(empty);
    cases.push(reset(verb, "power status", 0, 1));
    cases.push(reset(verb, "power soft", 0, 2));
}

fn raw(cases: &mut Vec<Case>) {
    let verb = "raw";
    let good = device(&DEVICE_ID);
    for words in [
        "raw",
        "raw help",
        "raw help help",
        "raw helpx",
        "raw 6",
        "raw 6 1",
        "raw 0x6 0x1",
        "raw 0X6 01",
        "raw 006 1",
        "raw 6 1 2 3",
        "raw 08 1",
        "raw 6 0x",
        "raw 6 0xg",
        "raw 6 1x",
        "raw 6 +1",
        "raw 6 256",
        "raw 256 1",
        "raw 6 1 256",
        "raw 6 1 x",
        "raw 6 1 99999999999999999999",
        "raw 6 1 1.5",
        "raw 6 1 é",
        "raw  1",
        "raw 6 ",
        "raw 6 1 ",
        "raw app 1",
        "raw Application 1",
        "raw APPLICATION 1",
        "raw application 0x01",
        "raw chassis 1",
        "raw Bridge 1",
        "raw SensorEvent 1",
        "raw sensorevent 1",
        "raw Firmware 1",
        "raw storage 1",
        "raw TRANSPORT 1",
        "raw Applicationx 1",
        "-v raw 6 1",
        "-v raw 6 1 2 3",
        "-vv raw 6 1",
        "-v raw 6 9",
        "-c raw 6 1",
        "-b 3 raw 6 1",
        "-b 3 raw 6 9",
        "-v raw 6",
        "-- raw 6 -255",
        "-- raw 6 -18446744073709551615",
        "-- raw -1 1",
    ] {
        cases.push(same(verb, words, good.clone()));
    }
    cases.push(same(verb, "raw\u{20}6\u{20}\t1", good.clone()));
    for code in 1..=0xff {
        cases.push(same(
            verb,
            "raw 6 1",
            Script::new().on(6, 1, &[], code, &[1, 2]),
        ));
    }
    for value in 0..=0xff {
        let answering = Script::new().on(value & 0x3f, 1, &[], 0, &[value]);
        cases.push(same(verb, &format!("raw {value:#x} 1 {value}"), answering));
    }
    for lun in 0..10 {
        for (netfn, cmd) in [(6, 1), (6, 9)] {
            cases.push(same(
                verb,
                &format!("-l {lun} raw {netfn} {cmd}"),
                good.clone(),
            ));
        }
    }
    for length in (0..=70).chain([255, 256, 257, 1000, 1024]) {
        let data: Vec<u8> = (0..=0xff).cycle().take(length).collect();
        cases.push(same(verb, "raw 6 1", Script::new().on(6, 1, &[], 0, &data)));
    }
    for count in [16, 17, 32, 33, 252, 253, 254, 255, 256, 300] {
        let words = format!("-v raw 6 1{}", " 0xa5".repeat(count));
        cases.push(same(verb, &words, good.clone()));
    }
    cases.push(reset(verb, "raw 6 1", 6, 1));
    cases.push(reset(verb, "-l 2 raw 10 0x22", 10, 0x22));
}

fn session(cases: &mut Vec<Case>) {
    let first = cases.len();
    let verb = "session";
    for words in [
        "session",
        "session help",
        "session helpx",
        "session info",
        "session infox",
        "session bogus",
        "session info help",
        "session info bogus",
        "session info active",
        "session info active extra",
        "session info activex",
        "session info all",
        "session info id",
        "session info id x",
        "session info id 1",
        "session info id 0x12345678",
        "session info id 0xffffffff",
        "session info id 0x100000000",
        "session info id ",
        "session info handle",
        "session info handle x",
        "session info handle 1",
        "session info handle 0x1ff",
        "session info handle 4294967296",
        "session info id 1 extra",
        "session info handle 1 extra",
        "session ",
        "session info ",
        "-v session info active",
        "-vv session info active",
    ] {
        for prefix in ["", "-c "] {
            cases.push(same(
                verb,
                &format!("{prefix}{words}"),
                one_session(0, &SESSION),
            ));
        }
    }
    for code in 1..=0xff {
        if code % 8 == 0 {
            cases.push(same(verb, "session info active", one_session(code, &[])));
        }
        cases.push(same(
            verb,
            "session info all",
            one_session(code, &[1, 2, 1]),
        ));
    }
    cases.push(same(verb, "session info id 7", one_session(0xcc, &[])));
    cases.push(same(verb, "session info handle 7", one_session(0xcb, &[])));
    for length in 0..=SESSION.len() {
        for prefix in ["", "-c "] {
            let data = &SESSION[..length];
            for words in ["active", "id 1", "handle 1", "all"] {
                cases.push(same(
                    verb,
                    &format!("{prefix}session info {words}"),
                    one_session(0, data),
                ));
            }
            // The third of five sessions is the odd one.
            let odd = Script::new()
                .on(6, 0x3d, &[3], 0, data)
                .or(&one_session(0, &SESSION));
            cases.push(same(verb, &format!("{prefix}session info all"), odd));
        }
    }
    for at in 0..SESSION.len() {
        for value in [0x00, 0x0f, 0x3f, 0x40, 0x80, 0xf0, 0xff] {
            let mut data = SESSION;
            data[at] = value;
            cases.push(same(verb, "session info active", one_session(0, &data)));
            cases.push(same(
                verb,
                "-c session info active",
                one_session(0, &data[..14]),
            ));
        }
    }
    with_options(cases, first);
    let counts = |code| one_session(code, &[0, 3, 1]);
    cases.push(same(verb, "session info all", counts(0xcb)));
    cases.push(same(verb, "session info all", counts(0xcc)));
    cases.push(same(
        verb,
        "-c session info all",
        one_session(0, &[1, 0xff, 0xff, 1, 4, 0x11]),
    ));
    for words in [
        "session info active",
        "session info all",
        "session info id 1",
    ] {
        cases.push(reset(verb, words, 6, 0x3d));
    }
}

/// Adds to the cases from `from` on the same with the options that change what is shown.
pub fn with_options(cases: &mut Vec<Case>, from: usize) {
    let more: Vec<Case> = cases[from..]
        .iter()
        .filter(|case| case.expect == Expect::Same)
        .filter(|case| !case.arguments.iter().any(|word| word.starts_with('-')))
        .flat_map(|case| {
            [&["-c"][..], &["-v"], &["-vv"], &["-c", "-v"]].map(|options| {
                let options = options.iter().map(|option| (*option).to_owned());
                Case {
                    verb: case.verb,
                    arguments: options.chain(case.arguments.iter().cloned()).collect(),
                    script: case.script.clone(),
                    expect: Expect::Same,
                    typed: None,
                }
            })
        })
        .collect();
    cases.extend(more);
}

/// The connection is reset when this request comes.
pub fn reset(verb: &'static str, words: &str, netfn: u8, cmd: u8) -> Case {
    let script = Script::new().reset_on(netfn, cmd, &[]);
    Case {
        expect: Expect::SameComplaint,
        ..same(verb, words, script)
    }
}

fn device(data: &[u8]) -> Script {
    Script::new().on(6, 1, &[], 0, data)
}

fn one_session(code: u8, data: &[u8]) -> Script {
    Script::new().on(6, 0x3d, &[], code, data)
}

const DEVICE_ID: [u8; 15] = [
    0x20, 0x81, 0x02, 0x03, 0x02, 0xbf, 0x57, 0x01, 0x00, 0x0c, 0x00, 0x0a, 0x0b, 0x0c, 0x0d,
];

const SESSION: [u8; 18] = [
    1, 5, 1, 2, 4, 0x1e, 192, 168, 0, 1, 1, 2, 3, 4, 5, 6, 0x39, 0x30,
];

/// A few of the products that stock names: the first and last of a maker, twins, and numbers between.
const PRODUCTS: [(u32, u16); 14] = [
    (343, 0x0028),
    (343, 0x4311),
    (343, 0x4312),
    (15000, 4000),
    (15000, 5303),
    (4413, 5725),
    (193, 0x54),
    (10297, 0x120e),
    (24339, 0x9700),
    (10876, 0x0001),
    (10876, 0x061e),
    (10876, 0xaa80),
    (49769, 21),
    (0xff_fffe, 0x1234),
];
