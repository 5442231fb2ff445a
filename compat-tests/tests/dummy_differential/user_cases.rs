//! Cases of `user`.

use compat_tests::dummy::Script;

use crate::cases::{reset, same, with_options};
use crate::{Case, Expect};

pub fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    words(&mut cases);
    list(&mut cases);
    passwords(&mut cases);
    changes(&mut cases);
    cases
}

fn words(cases: &mut Vec<Case>) {
    let first = cases.len();
    for words in [
        "user",
        "user help",
        "user help x",
        "user bogus",
        "user ",
        "user LIST",
        "user list 1 2",
        "user list 12",
        "user list 13",
        "user list 16",
        "user list x",
        "user list help",
        "user summary 1 2",
        "user summary x",
        "user test",
        "user test 2",
        "user test x 16",
        "user test 2 16 x y",
        "user test 0 16 x",
        "user test 64 16 x",
        "user test 2 17 x",
        "user test 2 x x",
        "user test 2 0x10 x",
        "user set",
        "user set bogus",
        "user set password",
        "user set password x",
        "user set password 0 x",
        "user set password 64 x",
        "user set password 2 x 17",
        "user set password 2 x x",
        "user set password 2 x 256",
        "user set password 2 12345678901234567 16",
        "user set password 2 123456789012345678901",
        "user set password 2 123456789012345678901 20",
        "user set name",
        "user set name 2",
        "user set name 2 a b",
        "user set name x a",
        "user set name 0 a",
        "user set name 2 12345678901234567",
        "user priv",
        "user priv 2",
        "user priv 2 4 1 x",
        "user priv x 4",
        "user priv 2 x",
        "user priv 2 0",
        "user priv 2 6",
        "user priv 2 16",
        "user priv 2 4 x",
        "user priv x y z",
        "user priv 0 0 12",
        "user disable",
        "user disable x",
        "user disable 0",
        "user disable 2 x",
        "user enable",
        "user enable 64",
        "user enable 2 3",
        "-v user",
        "-c user help",
    ] {
        cases.push(same("user", words, good(3)));
    }
    with_options(cases, first);
}

fn list(cases: &mut Vec<Case>) {
    for verb in ["user list", "user summary"] {
        for channel in ["", " 0", " 1", " 11", " 14", " 15", " 0x1", " 017"] {
            for prefix in ["", "-c ", "-v ", "-vv ", "-c -v "] {
                cases.push(same(verb, &format!("{prefix}{verb}{channel}"), good(3)));
            }
        }
        for users in [0, 1, 2, 16, 62, 63, 64, 0xff] {
            cases.push(same(verb, verb, good(users)));
            cases.push(same(verb, &format!("-c {verb}"), good(users)));
        }
        for code in (1..=0xff).step_by(2) {
            let script = Script::new().on(6, 0x44, &[], code, &[]).or(&good(3));
            cases.push(same(verb, verb, script));
        }
        for length in (0..8).filter(|length| *length != 4) {
            let script = Script::new().on(6, 0x44, &[], 0, &[2; 8][..length]);
            cases.push(same(verb, verb, script.or(&good(3))));
        }
        for counts in (0..=0xff).step_by(17) {
            let answer = [3, counts, counts, 0x34];
            let script = Script::new().on(6, 0x44, &[], 0, &answer).or(&good(3));
            cases.push(same(verb, verb, script.clone()));
            cases.push(same(verb, &format!("-c {verb}"), script));
        }
        cases.push(reset(verb, verb, 6, 0x44));
    }
    let verb = "user list";
    for rights in (0..=0xff).step_by(3) {
        let script = Script::new().on(6, 0x44, &[14, 2], 0, &[3, 0x41, 1, rights]);
        cases.push(same(verb, verb, script.clone().or(&good(3))));
        cases.push(same(verb, "-c user list", script.or(&good(3))));
    }
    for code in (1..=0xff).step_by(9).chain([0xcc]) {
        let second = Script::new().on(6, 0x46, &[2], code, &[]).or(&good(3));
        cases.push(same(verb, verb, second.clone()));
        cases.push(same(verb, "-c user list", second));
        let second = Script::new().on(6, 0x44, &[14, 2], code, &[]).or(&good(3));
        cases.push(same(verb, verb, second));
    }
    for length in (0..20).filter(|length| *length != 16) {
        let script = Script::new().on(6, 0x46, &[2], 0, &[b'x'; 20][..length]);
        cases.push(same(verb, verb, script.or(&good(3))));
    }
    for name in NAMES {
        let script = Script::new().on(6, 0x46, &[], 0, name).or(&good(3));
        cases.push(same(verb, verb, script.clone()));
        cases.push(same(verb, "-c user list", script));
    }
    cases.push(reset(verb, verb, 6, 0x46));
}

fn passwords(cases: &mut Vec<Case>) {
    let verb = "user password";
    for words in [
        "test 2 16 abc",
        "test 2 20 abc",
        "test 2 16 ",
        "test 2 16 1234567890123456",
        "test 2 20 12345678901234567890",
        "test 2 20 é",
        "test 63 16 abc",
        "set password 2 abc",
        "set password 2 ",
        "set password 2 1234567890123456",
        "set password 2 12345678901234567",
        "set password 2 12345678901234567890",
        "set password 2 abc 16",
        "set password 2 abc 20",
        "set password 2 1234567890123456 16",
        "set password 2 12345678901234567890 20",
        "set password 2 abc 0x14",
        "set password 2 abc 16 extra",
        "set password 1 é",
        "disable 2",
        "enable 2",
        "enable 0x3f",
    ] {
        let words = format!("user {words}");
        for prefix in ["", "-v ", "-vv ", "-c "] {
            cases.push(same(verb, &format!("{prefix}{words}"), good(3)));
        }
        for code in [0x01, 0x80, 0x81, 0x82, 0xc1, 0xc7, 0xcc, 0xd4, 0xff] {
            cases.push(same(
                verb,
                &words,
                Script::new().on(6, 0x47, &[], code, &[]),
            ));
        }
        cases.push(same(
            verb,
            &words,
            Script::new().on(6, 0x47, &[], 0, &[1, 2]),
        ));
    }
    // No terminal, and nothing on standard input: two empty passwords.
    for words in ["user set password 2", "user test 2 16", "user test 2 20"] {
        cases.push(same(verb, words, good(3)));
        cases.push(same(verb, words, Script::new().on(6, 0x47, &[], 0x80, &[])));
    }
    for (words, size) in [
        ("user test 2 16 12345678901234567", 16),
        ("user test 2 20 123456789012345678901", 20),
    ] {
        let mut case = same(verb, words, good(3));
        case.expect = Expect::Ours {
            stderr: format!("Password is too long (> {size} bytes)\n"),
            why: "stock cuts a password that is too long off, and tests what is left",
        };
        cases.push(case);
    }
    cases.push(reset(verb, "user set password 2 abc", 6, 0x47));
}

fn changes(cases: &mut Vec<Case>) {
    let verb = "user set";
    for words in [
        "set name 2 abc",
        "set name 2 ",
        "set name 2 1234567890123456",
        "set name 63 é",
        "set name 0x2 a",
        "priv 2 4",
        "priv 2 1",
        "priv 2 15",
        "priv 2 0xf 1",
        "priv 63 5 15",
        "priv 2 3 0xe",
    ] {
        let words = format!("user {words}");
        for prefix in ["", "-v ", "-vv ", "-c "] {
            cases.push(same(verb, &format!("{prefix}{words}"), good(3)));
        }
        let cmd = if words.contains("name") { 0x45 } else { 0x43 };
        for code in [0x01, 0x80, 0xc1, 0xc7, 0xcc, 0xd4, 0xff] {
            let script = Script::new().on(6, cmd, &[], code, &[]);
            cases.push(same(verb, &words, script));
        }
        cases.push(same(
            verb,
            &words,
            Script::new().on(6, cmd, &[], 0, &[1, 2]),
        ));
        cases.push(reset(verb, &words, 6, cmd));
    }
}

/// A BMC with this many users, of which the second is `abc` and the others have no name.
fn good(users: u8) -> Script {
    Script::new()
        .on(6, 0x44, &[], 0, &[users, 0x42, 0x01, 0x34])
        .on(6, 0x46, &[1], 0, &[0; 16])
        .on(6, 0x46, &[2], 0, NAMES[0])
        .on(6, 0x46, &[], 0xcc, &[])
        .on(6, 0x43, &[], 0, &[])
        .on(6, 0x45, &[], 0, &[])
        .on(6, 0x47, &[], 0, &[])
}

const NAMES: &[&[u8]] = &[
    b"abc\0\0\0\0\0\0\0\0\0\0\0\0\0",
    b"1234567890123456",
    b"123456789012345\0",
    b"a\0c\0\0\0\0\0\0\0\0\0\0\0\0\0",
    b"caf\xe9\xff\x01\t,\0\0\0\0\0\0\0\0",
    b"\xc3\xa9\xc3\xa9\0\0\0\0\0\0\0\0\0\0\0\0",
];
