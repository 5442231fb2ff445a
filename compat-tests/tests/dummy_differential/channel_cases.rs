//! Cases of `channel`.

use compat_tests::dummy::Script;

use crate::cases::{reset, same, with_options};
use crate::lan_cases::at_once;
use crate::{Case, Expect};

pub fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    words(&mut cases);
    info(&mut cases);
    capabilities(&mut cases);
    access(&mut cases);
    set_access(&mut cases);
    ciphers(&mut cases);
    cases
}

fn words(cases: &mut Vec<Case>) {
    let first = cases.len();
    for words in [
        "channel",
        "channel help",
        "channel help x",
        "channel bogus",
        "channel ",
        "channel INFO",
        "channel setkg",
        "channel setkg hex 00",
        "channel setkg plain x 1",
        "channel info 1 2",
        "channel info x",
        "channel info 12",
        "channel info 16",
        "channel info help",
        "channel authcap",
        "channel authcap 1",
        "channel authcap 1 4 x",
        "channel authcap x 4",
        "channel authcap 1 x",
        "channel authcap 1 0",
        "channel authcap 1 6",
        "channel authcap 12 6",
        "channel getaccess",
        "channel getaccess x",
        "channel getaccess 1 x",
        "channel getaccess 1 0",
        "channel getaccess 1 64",
        "channel getaccess 1 2 3",
        "channel setaccess",
        "channel setaccess help",
        "channel setaccess help 1 2",
        "channel setaccess 1",
        "channel setaccess 1 2",
        "channel setaccess x 2 link=on",
        "channel setaccess 1 x link=on",
        "channel getciphers",
        "channel getciphers x",
        "channel getciphers ipmi x",
        "channel getciphers ipmi 12",
        "channel getciphers ipmi 1 2",
        "channel getciphers help",
        "-v channel",
        "-c channel help",
    ] {
        cases.push(same("channel", words, good()));
    }
    with_options(cases, first);
}

fn info(cases: &mut Vec<Case>) {
    let verb = "channel info";
    for channel in ["", " 0", " 1", " 11", " 14", " 15", " 0x1"] {
        for prefix in ["", "-c ", "-v ", "-vv "] {
            cases.push(same(verb, &format!("{prefix}{verb}{channel}"), good()));
        }
    }
    let answering = |data: &[u8]| Script::new().on(6, 0x42, &[], 0, data).or(&good());
    for (at, values) in [(0, 0..=0x1f), (1, 0..=0xff), (2, 0..=0xff), (3, 0..=0xff)] {
        for value in values {
            if value % 9 == 0 || value < 32 {
                let mut data = CHANNEL;
                data[at] = value;
                cases.push(same(verb, verb, answering(&data)));
            }
        }
    }
    for at in 4..9 {
        for value in [1, 0x80, 0xff] {
            let mut data = CHANNEL;
            data[at] = value;
            cases.push(same(verb, verb, answering(&data)));
        }
    }
    for code in (1..=0xff).step_by(3) {
        let script = Script::new().on(6, 0x42, &[], code, &[]).or(&good());
        cases.push(same(verb, verb, script));
    }
    for length in (0..12).filter(|length| *length != 9) {
        cases.push(same(verb, verb, answering(&[4; 12][..length])));
    }
    for settings in [0x80, 0x40] {
        let answering = |code, data: &[u8]| {
            Script::new()
                .on(6, 0x41, &[1, settings], code, data)
                .or(&good())
        };
        for flags in (0..=0x3f).step_by(3) {
            cases.push(same(verb, verb, answering(0, &[flags, 4])));
        }
        for code in (1..=0xff).step_by(6) {
            cases.push(same(verb, verb, answering(code, &[])));
        }
        for length in [0, 1, 3, 4] {
            cases.push(same(verb, verb, answering(0, &[0; 4][..length])));
        }
    }
    cases.push(reset(verb, verb, 6, 0x42));
    cases.push(reset(verb, verb, 6, 0x41));
}

fn capabilities(cases: &mut Vec<Case>) {
    let verb = "channel authcap";
    for words in ["14 4", "1 1", "1 15", "0 2", "15 0x5"] {
        for prefix in ["", "-c ", "-v ", "-vv "] {
            cases.push(same(verb, &format!("{prefix}{verb} {words}"), good()));
        }
    }
    let answering = |code, data: &[u8]| Script::new().on(6, 0x38, &[], code, data);
    for at in 0..8 {
        for value in (0..=0xff).step_by(if at < 4 { 9 } else { 51 }) {
            let mut data = CAPABILITIES;
            data[at] = value;
            cases.push(same(verb, "channel authcap 1 4", answering(0, &data)));
            data[1] |= 0x20;
            cases.push(same(verb, "channel authcap 1 4", answering(0, &data)));
        }
    }
    for code in (1..=0xff).step_by(4) {
        cases.push(same(verb, "channel authcap 1 4", answering(code, &[])));
        let v15 = Script::new()
            .on(6, 0x38, &[0x81], code, &[])
            .on(6, 0x38, &[1], 0, &CAPABILITIES);
        cases.push(same(verb, "channel authcap 1 4", v15));
    }
    cases.push(same(
        verb,
        "channel authcap 1 4",
        answering(0, &[&CAPABILITIES[..], &[1]].concat()),
    ));
    for length in 0..8 {
        let mut case = same(
            verb,
            "channel authcap 1 4",
            answering(0, &CAPABILITIES[..length]),
        );
        case.expect = Expect::Ours {
            stderr: format!(
                "Get Channel Authentication Capabilities failed: the answer has {length} bytes of data, expected at least 8\n"
            ),
            why: "stock prints what its memory holds where an answer is too short",
        };
        cases.push(case);
    }
}

fn access(cases: &mut Vec<Case>) {
    let verb = "channel getaccess";
    for words in ["1", "14", "15", "1 1", "1 2", "1 63", "0 3"] {
        for prefix in ["", "-c ", "-v ", "-vv "] {
            cases.push(same(verb, &format!("{prefix}{verb} {words}"), good()));
        }
    }
    for at in 0..4 {
        for value in (0..=0xff).step_by(if at == 0 { 63 } else { 9 }) {
            let mut data = [3, 0x42, 1, 0x34];
            data[at] = value;
            let script = Script::new().on(6, 0x44, &[], 0, &data).or(&good());
            cases.push(same(verb, "channel getaccess 1 2", script.clone()));
            cases.push(same(verb, "channel getaccess 1", script));
        }
    }
    for (cmd, words) in [
        (0x44, "channel getaccess 1"),
        (0x46, "channel getaccess 1 2"),
        (0x46, "channel getaccess 1"),
    ] {
        for code in (1..=0xff).step_by(4).chain([0xcc]) {
            let script = Script::new().on(6, cmd, &[], code, &[]).or(&good());
            cases.push(same(verb, words, script));
        }
        for length in (0..18).filter(|length| *length != 16 && *length != 4) {
            let script = Script::new()
                .on(6, cmd, &[], 0, &[9; 18][..length])
                .or(&good());
            cases.push(same(verb, words, script));
        }
        cases.push(reset(verb, words, 6, cmd));
    }
    let latin = Script::new()
        .on(6, 0x46, &[], 0, b"caf\xe9\x01567890123456")
        .or(&good());
    cases.push(same(verb, "channel getaccess 1 2", latin));
}

fn set_access(cases: &mut Vec<Case>) {
    let verb = "channel setaccess";
    for words in [
        "callin=on",
        "link=on",
        "link=enable",
        "ipmi=on",
        "ipmi=yes",
        "privilege=1",
        "privilege=4",
        "privilege=15",
        "privilege=0xf",
        "privilege=operator",
        "privilege=ADMINISTRATOR",
        "callin=on link=on ipmi=on privilege=4",
        "callin=enable ipmi=yes privilege=3",
        "link=zoinx",
        "link=zoinx ipmi=true callin=1 privilege=4",
        "callin=",
        "callin=offf",
        "ipmi=OFF",
    ] {
        let words = format!("{verb} 1 2 {words}");
        for prefix in ["", "-c ", "-v ", "-vv "] {
            cases.push(same(verb, &format!("{prefix}{words}"), good()));
        }
        for rights in [0x00, 0x7f, 0xff, 0x14] {
            let script = Script::new()
                .on(6, 0x44, &[], 0, &[3, 0x42, 1, rights])
                .or(&good());
            cases.push(same(verb, &words, script));
        }
        for cmd in [0x43, 0x44] {
            for code in [0x01, 0xc7, 0xcc, 0xd4] {
                let script = Script::new().on(6, cmd, &[], code, &[]).or(&good());
                cases.push(same(verb, &words, script));
            }
        }
        for length in [0, 3, 5] {
            let script = Script::new()
                .on(6, 0x44, &[], 0, &[1; 5][..length])
                .or(&good());
            cases.push(same(verb, &words, script));
        }
    }
    for words in [
        "x",
        "link",
        "privilege=x",
        "privilege=256",
        "link=on bogus=1",
        "=on",
    ] {
        cases.push(at_once(verb, &format!("{verb} 1 2 {words}"), good()));
    }
    for (words, complaint) in [
        (
            "privilege=0",
            "Numeric [1-15] value expected, but '0' given.",
        ),
        (
            "privilege=77",
            "Numeric [1-15] value expected, but '77' given.",
        ),
        ("privilege=", "Numeric [1-15] value expected, but '' given."),
    ] {
        let mut case = same(verb, &format!("{verb} 1 2 {words}"), good());
        case.expect = Expect::Ours {
            stderr: format!("{complaint}\n"),
            why: "a level out of range is cut down",
        };
        cases.push(case);
    }
    for word in ["off", "no", "disable"] {
        for rights in [0x00, 0x34, 0xff] {
            for (option, changed) in [
                ("callin", rights | 0x40),
                ("link", rights & !0x20),
                ("ipmi", rights & !0x10),
            ] {
                let script = Script::new().on(6, 0x44, &[], 0, &[3, 0x42, 1, rights]);
                let words = format!("{verb} 1 2 {option}={word}");
                let mut case = same(verb, &words, script.or(&good()));
                case.expect = Expect::Instead {
                    stderr: String::new(),
                    requests: vec![
                        (6, 0x44, vec![1, 2]),
                        (6, 0x43, vec![0x81 | changed & 0x70, 2, changed & 0x0f, 0]),
                    ],
                    why: "stock takes off for on",
                };
                cases.push(case);
            }
        }
    }
    cases.push(reset(verb, "channel setaccess 1 2 link=on", 6, 0x44));
    cases.push(reset(verb, "channel setaccess 1 2 link=on", 6, 0x43));
}

fn ciphers(cases: &mut Vec<Case>) {
    let verb = "channel getciphers";
    for words in ["ipmi", "sol", "ipmi 1", "sol 14", "ipmi 0xf"] {
        for prefix in ["", "-c ", "-v ", "-vv ", "-c -v "] {
            cases.push(same(verb, &format!("{prefix}{verb} {words}"), good()));
        }
    }
    let list = |records: &[u8]| {
        let mut script = Script::new();
        for (index, part) in (0..).zip(records.chunks(16)) {
            let answer = [&[1], part].concat();
            script = script.on(6, 0x54, &[14, 0, 0x80 | index], 0, &answer);
        }
        script.on(6, 0x54, &[], 0, &[1])
    };
    for at in 2..5 {
        for byte in 0..=0xff {
            let mut record = [0xc0, 3, 1, 0x41, 0x81];
            record[at] = byte;
            if byte % 7 == 0 || byte < 8 {
                cases.push(same(verb, "channel getciphers ipmi", list(&record)));
                cases.push(same(verb, "-c channel getciphers ipmi", list(&record)));
            }
        }
    }
    let standard: Vec<u8> = (0..12).flat_map(|id| [0xc0, id, 1, 0x41, 0x81]).collect();
    let oem = [0xc1, 0x80, 0x57, 0x01, 0x00, 0x01, 0x41, 0x81];
    let mixed = [&standard[..20], &oem, &standard[20..30]].concat();
    let zero = [&[0xc1, 0x81, 0, 0, 0, 1, 0x41, 0x81][..], &oem].concat();
    for records in [
        &standard[..],
        &oem,
        &mixed,
        &zero,
        &[0xc1, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    ] {
        for length in (0..=records.len()).step_by(if records.len() > 30 { 3 } else { 1 }) {
            let script = list(&records[..length]);
            cases.push(same(verb, "channel getciphers ipmi", script.clone()));
            cases.push(same(verb, "-v channel getciphers ipmi", script));
        }
    }
    for start in [0x00, 0x40, 0x80, 0xc2, 0xff] {
        let records = [&standard[..10], &[start, 1, 2, 3, 4, 5]].concat();
        cases.push(same(verb, "-v channel getciphers ipmi", list(&records)));
        cases.push(same(verb, "channel getciphers ipmi", list(&records)));
    }
    let many: Vec<u8> = (0..40).flat_map(|id| [0xc0, id, 1, 0x41, 0x81]).collect();
    let mut case = same(verb, "-c channel getciphers ipmi", list(&many));
    let lines: String = (0..40)
        .map(|id| format!("{id},N/A,hmac_sha1,hmac_sha1_96,aes_cbc_128\n"))
        .collect();
    case.expect = Expect::Differs {
        stdout: Some(lines),
        stderr: None,
        status: None,
        why: "stock prints the first twelve cipher suites only",
    };
    cases.push(case);
    for code in (1..=0xff).step_by(2) {
        cases.push(same(
            verb,
            "channel getciphers ipmi",
            Script::new().on(6, 0x54, &[], code, &[]),
        ));
        let second = Script::new()
            .on(6, 0x54, &[14, 0, 0x81], code, &[])
            .or(&list(&standard));
        cases.push(same(verb, "channel getciphers ipmi", second));
    }
    for length in [0, 18, 19, 30] {
        let mut case = same(
            verb,
            "channel getciphers ipmi",
            Script::new().on(6, 0x54, &[], 0, &[1; 30][..length]),
        );
        let expected = if length == 0 {
            "at least 1"
        } else {
            "at most 17"
        };
        case.expect = Expect::Ours {
            stderr: format!(
                "Get Channel Cipher Suites failed: the answer has {length} bytes of data, expected {expected}\n"
            ),
            why: "stock says of an answer of the wrong length that the command completed normally",
        };
        cases.push(case);
    }
    // A list that never ends.
    cases.push(same(
        verb,
        "channel getciphers ipmi",
        Script::new().on(6, 0x54, &[], 0, &[0; 17]),
    ));
    cases.push(reset(verb, "channel getciphers ipmi", 6, 0x54));
}

fn good() -> Script {
    Script::new()
        .on(6, 0x42, &[], 0, &CHANNEL)
        .on(6, 0x41, &[], 0, &[0x02, 0x04])
        .on(6, 0x38, &[], 0, &CAPABILITIES)
        .on(6, 0x44, &[], 0, &[3, 0x42, 0x01, 0x34])
        .on(6, 0x46, &[1], 0, &[0; 16])
        .on(6, 0x46, &[2], 0, b"abc\0\0\0\0\0\0\0\0\0\0\0\0\0")
        .on(6, 0x46, &[], 0xcc, &[])
        .on(6, 0x43, &[], 0, &[])
        .on(
            6,
            0x54,
            &[14, 0, 0x80],
            0,
            &[
                1, 0xc0, 1, 1, 0, 0, 0xc0, 3, 1, 0x41, 0x81, 0xc0, 17, 3, 0x44, 0x81, 0xc0,
            ],
        )
        .on(6, 0x54, &[14, 0, 0x81], 0, &[1, 0, 0, 0, 0])
        .on(6, 0x54, &[], 0, &[1, 0xc0, 3, 1, 0x41, 0x81])
}

const CHANNEL: [u8; 9] = [1, 4, 1, 0x80, 0xf2, 0x1b, 0, 0, 0];

const CAPABILITIES: [u8; 8] = [1, 0x97, 0x04, 0x03, 1, 2, 3, 4];
