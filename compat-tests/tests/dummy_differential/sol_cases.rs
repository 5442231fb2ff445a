//! Cases of `sol`.

use compat_tests::dummy::Script;
use steadysol::commands::sol::word::Word;
use steadysol::commands::sol::words::WORDS;

use crate::cases::{reset, same};
use crate::{Case, Expect};

pub fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    words(&mut cases);
    info(&mut cases);
    set(&mut cases);
    payload(&mut cases);
    deactivate(&mut cases);
    cases
}

fn words(cases: &mut Vec<Case>) {
    for words in [
        "sol",
        "sol help",
        "sol help extra",
        "sol helpx",
        "sol bogus",
        "sol ",
        "sol infox",
        "sol setx",
        "sol payloadx",
        "sol activatex",
        "sol deactivatex",
        "sol looptestx",
        "-v sol",
        "-c sol help",
    ] {
        cases.push(same("sol", words, good()));
    }
    for words in [
        "sol activate",
        "sol activate instance=1",
        "sol activate instance=0",
        "sol activate instance=16",
        "sol activate instance=",
        "sol activate instance=x",
        "sol activate instance=256",
        "sol activate instance=0x2",
        "sol activate usesolkeepalive",
        "sol activate nokeepalive",
        "sol activate usesolkeepalive nokeepalive",
        "sol activate nokeepalive instance=x",
    ] {
        cases.push(same("sol activate", words, good()));
    }
    let list = WORDS.iter().map(Word::shown).collect::<Vec<_>>().join(", ");
    let all = format!("use {list}");
    for (word, right) in [
        ("bogus", all.as_str()),
        ("", &all),
        ("usesolkeepalivex", "did you mean usesolkeepalive?"),
        ("nokeepalive=1", "use nokeepalive"),
        ("instance", "use instance=N"),
    ] {
        let mut case = same("sol activate", &format!("sol activate {word}"), good());
        case.expect = Expect::Ours {
            stderr: format!("Invalid word '{word}': {right}\n"),
            why: "a bad word after activate is answered with what is right, of which stock knows three words",
        };
        cases.push(case);
    }
    for words in [
        "sol looptest",
        "sol looptest 1",
        "sol looptest 0",
        "sol looptest x",
        "sol looptest 1 x",
        "sol looptest 1 1 x",
        "sol looptest 1 1 256",
        "sol looptest 1 1 16",
        "sol looptest 1 1 0",
        "sol looptest 1 1 1 1",
        "sol looptest 4294967296",
        "sol looptest 0x10 010",
        "sol looptest ",
        "-- sol looptest -3 -5",
    ] {
        cases.push(same("sol looptest", words, good()));
    }
}

fn info(cases: &mut Vec<Case>) {
    let verb = "sol info";
    for prefix in ["", "-c ", "-v ", "-vv "] {
        cases.push(same(verb, &format!("{prefix}sol info"), good()));
    }
    for channel in (0..=16)
        .map(|channel| channel.to_string())
        .chain(CHANNELS.map(str::to_owned))
    {
        cases.push(same(verb, &format!("sol info {channel}"), good()));
    }
    cases.push(same(verb, "sol info 1 2", good()));
    for code in 1..=0xff {
        let refusing = Script::new()
            .on(0xc, 0x22, &[0xe, 0], code, &[])
            .or(&good());
        cases.push(same(verb, "sol info", refusing));
    }
    for (parameter, value) in PARAMETERS {
        let selector = [0xe, parameter];
        for code in [0x01, 0x80, 0x81, 0xc1, 0xd4] {
            let refusing = Script::new()
                .on(0xc, 0x22, &selector, code, &[])
                .or(&good());
            cases.push(same(verb, "sol info", refusing.clone()));
            cases.push(same(verb, "-c sol info", refusing));
        }
        let long = [value, &[1, 2, 3, 4]].concat();
        for length in 0..=long.len() {
            let odd = Script::new()
                .on(0xc, 0x22, &selector, 0, &long[..length])
                .or(&good());
            cases.push(same(verb, "sol info", odd));
        }
        for at in 1..value.len() {
            for byte in (0..=0x10)
                .step_by(2)
                .chain([0x01, 0x09, 0x40, 0x80, 0xc5, 0xff])
            {
                let mut data = value.to_vec();
                data[at] = byte;
                let other = Script::new().on(0xc, 0x22, &selector, 0, &data).or(&good());
                cases.push(same(
                    verb,
                    if byte % 4 == 0 {
                        "-c sol info"
                    } else {
                        "sol info"
                    },
                    other,
                ));
            }
        }
    }
    cases.push(reset(verb, "sol info", 0xc, 0x22));
}

fn set(cases: &mut Vec<Case>) {
    let verb = "sol set";
    for words in [
        "sol set",
        "sol set enabled",
        "sol set bogus",
        "sol set bogus true",
        "sol set bogus true x",
        "sol set enabled true x",
        "sol set enabled true 12",
        "sol set enabled true 1 x",
        "sol set enabled true noguard",
        "sol set enabled true 1 noguard",
        "sol set enabled true 1 noguard x",
        "sol set enabled true noguard 1",
        "sol set enabled true noguardx",
        "sol set  ",
        "-v sol set enabled true",
        "-c sol set retry-count 3",
        "sol set Enabled true",
        "sol set enabled TRUE",
    ] {
        cases.push(same(verb, words, good()));
    }
    for (parameter, values) in SETTINGS {
        for value in values {
            for suffix in ["", " 1", " noguard", " 15 noguard", " 0xe x"] {
                cases.push(same(
                    verb,
                    &format!("sol set {parameter} {value}{suffix}"),
                    good(),
                ));
            }
        }
        let value = values[0];
        for bad in ["bogus", "", "-", "256", "0x1ff", "1x", "9", "8", "True"] {
            cases.push(same(verb, &format!("-- sol set {parameter} {bad}"), good()));
        }
        for code in [0x80, 0x81, 0x82, 0x83, 0x84, 0xc1] {
            let locked = |rest: Script| Script::new().on(0xc, 0x21, &[0xe, 0], 0, &[]).or(&rest);
            let refusing = locked(Script::new().on(0xc, 0x21, &[], code, &[])).or(&good());
            cases.push(same(
                verb,
                &format!("sol set {parameter} {value}"),
                refusing.clone(),
            ));
            cases.push(same(
                verb,
                &format!("sol set {parameter} {value} noguard"),
                refusing,
            ));
            // Each state of the lock is refused in turn: complete, in progress, commit.
            for state in 0..3 {
                let refusing = Script::new()
                    .on(0xc, 0x21, &[0xe, 0, state], code, &[])
                    .or(&good());
                cases.push(same(
                    verb,
                    &format!("sol set {parameter} {value}"),
                    refusing,
                ));
            }
            let all = Script::new().on(0xc, 0x21, &[], code, &[]).or(&good());
            cases.push(same(verb, &format!("sol set {parameter} {value}"), all));
        }
        // The other fields cannot be read.
        let unreadable = Script::new()
            .on(0xc, 0x22, &[0xe, 5], 0xc1, &[])
            .or(&good());
        cases.push(same(
            verb,
            &format!("sol set {parameter} {value}"),
            unreadable,
        ));
        cases.push(reset(
            verb,
            &format!("sol set {parameter} {value} noguard"),
            0xc,
            0x21,
        ));
        cases.push(reset(
            verb,
            &format!("sol set {parameter} {value}"),
            0xc,
            0x22,
        ));
    }
    for code in 1..=0xff {
        let refusing = Script::new()
            .on(0xc, 0x21, &[0xe, 1], code, &[])
            .or(&good());
        cases.push(same(verb, "sol set enabled true", refusing));
    }
    for (parameter, selector, name) in [
        ("force-encryption true", 2, "Authentication (2)"),
        ("privilege-level user", 2, "Authentication (2)"),
        ("character-send-threshold 9", 3, "Character Interval (3)"),
        ("retry-interval 9", 4, "Retry (4)"),
    ] {
        let unsupported = Script::new()
            .on(0xc, 0x22, &[0xe, selector], 0x80, &[])
            .or(&good());
        let mut case = same(verb, &format!("sol set {parameter}"), unsupported);
        let first = parameter.split(' ').next().unwrap_or_default();
        case.expect = Expect::Ours {
            stderr: format!(
                "Info: SOL parameter '{name}' not supported\nError fetching SOL parameters for {first} update\n"
            ),
            why: "stock writes what its memory holds where the fields beside the changed one cannot be read",
        };
        cases.push(case);
    }
}

fn payload(cases: &mut Vec<Case>) {
    let verb = "sol payload";
    for words in [
        "sol payload",
        "sol payload bogus",
        "sol payload enable 1 2 3",
        "sol payload bogus 99",
        "sol payload ",
    ] {
        cases.push(same(verb, words, good()));
    }
    for operation in ["enable", "disable", "status"] {
        for suffix in ["", " 1", " 14 1", " 0xf 63", " x", " 1 x"] {
            cases.push(same(
                verb,
                &format!("sol payload {operation}{suffix}"),
                good(),
            ));
        }
        for code in [0x01, 0x80, 0x81, 0xc1, 0xcc, 0xd4, 0xff] {
            let refusing =
                Script::new()
                    .on(6, 0x4c, &[], code, &[])
                    .on(6, 0x4d, &[], code, &[2, 0, 0, 0]);
            cases.push(same(verb, &format!("sol payload {operation}"), refusing));
        }
    }
    for channel in 0..=17 {
        cases.push(same(verb, &format!("sol payload enable {channel}"), good()));
    }
    for user in (0..=70).chain([255, 256]) {
        cases.push(same(verb, &format!("sol payload disable 1 {user}"), good()));
    }
    for length in 0..=8 {
        let odd = Script::new().on(6, 0x4d, &[], 0, &vec![2; length]);
        cases.push(same(verb, "sol payload status", odd));
    }
    for code in 1..=0xff {
        let refusing = Script::new().on(6, 0x4d, &[], code, &[2, 0, 0, 0]);
        cases.push(same(verb, "sol payload status", refusing));
    }
    for value in (0..8).map(|bit| 1 << bit) {
        let other = Script::new().on(6, 0x4d, &[], 0, &[value, 2, 2, 2]);
        cases.push(same(verb, "sol payload status 2 3", other));
    }
    cases.push(reset(verb, "sol payload enable", 6, 0x4c));
    cases.push(reset(verb, "sol payload disable 1 2", 6, 0x4c));
    cases.push(reset(verb, "sol payload status", 6, 0x4d));
}

fn deactivate(cases: &mut Vec<Case>) {
    let verb = "sol deactivate";
    for words in [
        "sol deactivate",
        "sol deactivate bogus",
        "sol deactivate instance",
        "sol deactivate instance=",
        "sol deactivate instance=x",
        "sol deactivate instance=256",
        "sol deactivate instance=0x3",
        "sol deactivate instance=3 instance=4",
        "sol deactivate instance=3 bogus",
        "sol deactivate 1",
        "-v sol deactivate",
        "-c sol deactivate",
    ] {
        cases.push(same(verb, words, good()));
    }
    for instance in 0..=17 {
        cases.push(same(
            verb,
            &format!("sol deactivate instance={instance}"),
            good(),
        ));
    }
    for code in 1..=0xff {
        cases.push(same(
            verb,
            "sol deactivate",
            Script::new().on(6, 0x49, &[], code, &[]),
        ));
    }
    cases.push(reset(verb, "sol deactivate", 6, 0x49));
}

/// A BMC that has all parameters, on every channel, and agrees to everything.
fn good() -> Script {
    let mut script = Script::new();
    for channel in 0..16 {
        for (parameter, value) in PARAMETERS {
            script = script.on(0xc, 0x22, &[channel, parameter], 0, value);
        }
    }
    script
        .on(0xc, 0x21, &[], 0, &[])
        .on(6, 0x4c, &[], 0, &[])
        .on(6, 0x4d, &[], 0, &[2, 0, 0, 0])
        .on(6, 0x49, &[], 0, &[])
}

/// Selector, revision and value.
const PARAMETERS: [(u8, &[u8]); 9] = [
    (0, &[0x11, 0x00]),
    (1, &[0x11, 0x01]),
    (2, &[0x11, 0xc4]),
    (3, &[0x11, 0x0c, 0x60]),
    (4, &[0x11, 0x07, 0x32]),
    (5, &[0x11, 0x0a]),
    (6, &[0x11, 0x09]),
    (7, &[0x11, 0x0e]),
    (8, &[0x11, 0x6f, 0x02]),
];

const CHANNELS: [&str; 8] = ["x", "", "0xe", "016", "1x", "255", "256", "+1"];

const SETTINGS: [(&str, &[&str]); 11] = [
    (
        "set-in-progress",
        &["set-complete", "set-in-progress", "commit-write"],
    ),
    ("enabled", &["true", "false"]),
    ("force-encryption", &["true", "false"]),
    ("force-authentication", &["true", "false"]),
    ("privilege-level", &["user", "operator", "admin", "oem"]),
    ("character-accumulate-level", &["1", "0x10", "255", "0"]),
    ("character-send-threshold", &["0", "255", "077"]),
    ("retry-count", &["0", "7"]),
    ("retry-interval", &["0", "255"]),
    (
        "non-volatile-bit-rate",
        &["serial", "9.6", "19.2", "38.4", "57.6", "115.2"],
    ),
    (
        "volatile-bit-rate",
        &["serial", "9.6", "19.2", "38.4", "57.6", "115.2"],
    ),
];
