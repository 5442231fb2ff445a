//! Cases of `i2c`.

use compat_tests::dummy::Script;

use crate::cases::{reset, same};
use crate::{Case, Expect};

pub fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    let verb = "i2c";
    for words in [
        "i2c",
        "i2c help",
        "i2c help me please",
        "i2c 0x50 1",
        "i2c 0x50 4",
        "i2c 0x50 0",
        "i2c 0x50 0 1 2 3",
        "i2c 0x50 1 2",
        "i2c 0x50 64",
        "i2c 0x50 0x40 7",
        "i2c bus=public 0x50 1",
        "i2c bus=0 0x50 1",
        "i2c bus=7 0x50 1",
        "i2c bus=3 chan=0 0x50 1",
        "i2c bus=3 chan=7 0x50 1 2",
        "i2c bus=public chan=15 0x50 1",
        "i2c chan=7 0x50 1",
        "i2c bus=1 0x50",
        "i2c bus=1 chan=2 0x50",
        "i2c 0x50 1 bus=3",
        "i2c 0 1",
        "i2c 0x50 x",
        "i2c x 1",
        "i2c 256 1",
        "i2c 0x50 256",
        "i2c 0x50 1 x",
        "i2c 0x50 1 256",
        "i2c 0x50 65 1 2x",
        "i2c  1",
    ] {
        for prefix in ["", "-c ", "-v ", "-vv "] {
            cases.push(same(verb, &format!("{prefix}{words}"), bus(&[0xa5, 1])));
        }
    }
    for words in ["i2c 0x50 65", "i2c 0x50 255 1"] {
        cases.push(same(verb, words, bus(&[0; 64])));
    }
    for words in ["i2c 0x50", "i2c bus=1"] {
        let mut case = same(verb, words, bus(&[1]));
        case.expect = Expect::fails("stock exits 0 where words are missing");
        cases.push(case);
    }
    for (word, label) in [
        ("bus=x", "bus"),
        ("bus=8", "bus"),
        ("bus=", "bus"),
        ("bus=1x", "bus"),
        ("bus=1 chan=16", "chan"),
        ("bus=1 chan=x", "chan"),
    ] {
        let mut case = same(verb, &format!("i2c {word} 0x50 1"), bus(&[1]));
        let value = word.rsplit('=').next().unwrap_or_default();
        case.expect = Expect::Unlike {
            stdout: String::new(),
            stderr: format!("Given {label} \"{value}\" is invalid.\n"),
            status: 1,
            why: "stock takes another bus or channel in place of a bad one",
        };
        cases.push(case);
    }
    for count in [1, 2, 16, 17, 63, 64, 65, 70] {
        for read in ["0", "2"] {
            let words = format!("-vv i2c 0xa0 {read}{}", " 0x5a".repeat(count));
            cases.push(same(verb, &words, bus(&[1, 2])));
        }
    }
    for length in (0..20).chain([31, 32, 33, 64]) {
        let data: Vec<u8> = (0x70..).take(length).collect();
        for words in [
            "i2c 0xa0 4",
            "i2c 0xa0 1 9",
            "-v i2c 0xa0 16",
            "i2c 0xa0 0 1",
        ] {
            cases.push(same(verb, words, bus(&data)));
        }
    }
    for code in 1..=0xff {
        let refusing = Script::new().on(6, 0x52, &[], code, &[]);
        cases.push(same(verb, "i2c 0xa0 4", refusing));
    }
    cases.push(reset(verb, "i2c 0xa0 4", 6, 0x52));
    cases
}

fn bus(data: &[u8]) -> Script {
    Script::new().on(6, 0x52, &[], 0, data)
}
