//! Cases of `spd`.

use compat_tests::dummy::Script;

use crate::cases::{reset, same};
use crate::{Case, Expect};

pub fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    words(&mut cases);
    images(&mut cases);
    makers(&mut cases);
    failures(&mut cases);
    cases
}

fn words(cases: &mut Vec<Case>) {
    let verb = "spd";
    for words in [
        "spd",
        "spd help",
        "spd help 1",
        "spd help 1 2 3",
        "spd 0 0xa0",
        "spd 7 0xae",
        "spd 8 0xa0",
        "spd 255 255",
        "spd 0 0",
        "spd 0x1 0240",
        "spd 1 0xa0 0",
        "spd 1 0xa0 7",
        "spd 1 0xa0 15",
        "spd 1 0xa0 16",
        "spd 1 0xa0 255",
        "spd 1 0xa0 0 64",
        "spd 1 0xa0 0 32",
        "spd 1 0xa0 0 16",
        "spd 1 0xa0 0 1",
        "spd 1 0xa0 0 64 extra words",
        "spd x 0xa0",
        "spd 1 x",
        "spd 256 0xa0",
        "spd 1 256",
        "spd 1 0xa0 0 0x40",
        "spd  0xa0",
        "spd 1 0xa0 x",
        "spd 1 0xa0 256",
        "spd 1 0xa0 0 x",
        "spd 1 0xa0 0 256",
        "spd 1 0xa0 x x",
        "spd x x x x",
        "spd HELP 1",
    ] {
        for prefix in ["", "-c ", "-v ", "-vv "] {
            cases.push(same(verb, &format!("{prefix}{words}"), module(&ddr3(), 64)));
        }
    }
    // Refused before a connection is opened, so that -vv has less to tell of.
    for count in [65, 128, 255] {
        for prefix in ["", "-c ", "-v "] {
            let words = format!("{prefix}spd 1 0xa0 0 {count}");
            cases.push(same(verb, &words, module(&ddr3(), 64)));
        }
    }
    // Parts that do not go into the whole: the last one is cut.
    for count in [3, 10, 33, 48, 50, 63] {
        let mut case = same(
            verb,
            &format!("spd 1 0xa0 0 {count}"),
            module(&[7; 512], 512),
        );
        case.expect = Expect::Unlike {
            stdout: SEVENS.to_owned(),
            stderr: String::new(),
            status: 0,
            why: "stock writes beyond the end of its memory, and dies",
        };
        cases.push(case);
    }
    for words in ["spd 1", "-v spd 0xa0"] {
        let mut case = same(verb, words, module(&ddr3(), 64));
        case.expect = Expect::fails("stock exits 0 where words are missing");
        cases.push(case);
    }
}

fn images(cases: &mut Vec<Case>) {
    let verb = "spd image";
    for image in [
        sdram(),
        ddr2(),
        ddr3(),
        ddr4(),
        vec![0; 512],
        vec![0xff; 512],
    ] {
        for prefix in ["", "-c ", "-v ", "-vv ", "-vvv "] {
            let words = format!("{prefix}spd 0 0xa0");
            cases.push(same(verb, &words, module(&image, 64)));
        }
        // What the words hang on, each at each of some values.
        for at in [
            3, 4, 5, 6, 7, 8, 11, 12, 13, 17, 64, 73, 80, 90, 95, 117, 118, 120, 121, 125, 128,
            145, 320, 321, 323, 324, 328, 329, 348,
        ] {
            for value in [0x00, 0x1a, 0x7f, 0x9d] {
                let mut image = image.clone();
                image[at] = value;
                cases.push(same(verb, "spd 0 0xa0", module(&image, 64)));
            }
        }
    }
    for kind in 0..=0xff {
        let mut image = ddr2();
        image[2] = kind;
        cases.push(same(verb, "spd 0 0xa0", module(&image, 64)));
    }
    // Bytes that are not text, in a name.
    for mut image in [sdram(), ddr3(), ddr4()] {
        for from in [74, 130, 332] {
            image[from..from + 6].copy_from_slice(b"\xe9\x1b[1m\0");
        }
        cases.push(same(verb, "spd 0 0xa0", module(&image, 64)));
    }
    for count in [2, 4, 8, 32] {
        let words = format!("spd 0 0xa0 0 {count}");
        cases.push(same(verb, &words, module(&ddr4(), count)));
    }
}

fn makers(cases: &mut Vec<Case>) {
    let verb = "spd maker";
    for bank in 0..=10 {
        for code in (0..=0xff).filter(|code| code % 7 == bank % 7 || bank == 8 && code % 2 == 0) {
            let mut image = if bank % 2 == 0 { ddr3() } else { ddr4() };
            let at = if bank % 2 == 0 { 117 } else { 320 };
            image[at] = 0x80 | bank;
            image[at + 1] = code;
            cases.push(same(verb, "spd 0 0xa0", module(&image, 64)));
        }
    }
    for bank in 0..=9 {
        for code in [0x00, 0x01, 0x02, 0x83, 0x3e, 0x6d, 0x7e, 0x7f, 0xfe, 0xff] {
            let mut image = ddr2();
            image[64..72].fill(0);
            image[64..64 + bank].fill(0x7f);
            image[64 + bank] = code;
            cases.push(same(verb, "spd 0 0xa0", module(&image, 64)));
        }
    }
}

fn failures(cases: &mut Vec<Case>) {
    let verb = "spd";
    for code in 1..=0xff {
        let refusing = Script::new().on(6, 0x52, &[], code, &[]);
        cases.push(same(verb, "spd 0 0xa0", refusing));
        if code % 16 == 1 {
            // After the first part.
            let refusing = Script::new().in_turn(6, 0x52, &[], &[(0, &[7; 64]), (code, &[])]);
            cases.push(same(verb, "-v spd 0 0xa0", refusing));
        }
    }
    for length in (0..64).step_by(7).chain([63]) {
        let mut case = same(
            verb,
            "spd 0 0xa0",
            Script::new().on(6, 0x52, &[], 0, &vec![7; length]),
        );
        case.expect = Expect::Ours {
            stderr: format!(
                "I2C Master Write-Read command failed: the answer has {length} bytes of data, expected at least 64\n\
                 Unable to perform I2C Master Write-Read\n"
            ),
            why: "stock prints what its memory holds where an answer is too short",
        };
        cases.push(case);
    }
    for length in [65, 100, 200] {
        let long = Script::new().on(6, 0x52, &[], 0, &vec![7; length]);
        cases.push(same(verb, "spd 0 0xa0", long));
    }
    cases.push(reset(verb, "spd 0 0xa0", 6, 0x52));
}

/// A device that answers with part after part of an image.
fn module(image: &[u8], part: usize) -> Script {
    let parts: Vec<(u8, &[u8])> = image.chunks(part).map(|part| (0, part)).collect();
    Script::new().in_turn(6, 0x52, &[], &parts)
}

fn image(bytes: &[(usize, &[u8])]) -> Vec<u8> {
    let mut image: Vec<u8> = (0..=0xff).cycle().take(512).collect();
    for (at, bytes) in bytes {
        image[*at..*at + bytes.len()].copy_from_slice(bytes);
    }
    image
}

fn sdram() -> Vec<u8> {
    image(&[
        (0, &[0x80, 0x08, 0x04, 0x0c, 0x0a, 0x01, 0x40, 0x00, 0x01]),
        (11, &[0x02]),
        (17, &[0x04]),
        (64, &[0x2c, 0, 0, 0, 0, 0, 0, 0, 1]),
        (73, b"8LSDT1664AG-133E1 "),
        (95, &[1, 2, 3, 4]),
    ])
}

fn ddr2() -> Vec<u8> {
    image(&[
        (0, &[0x80, 0x08, 0x08, 0x0e, 0x0a, 0x61, 0x48, 0x00, 0x05]),
        (11, &[0x06]),
        (17, &[0x04]),
        (64, &[0x7f, 0x7f, 0x7f, 0x0b, 0, 0, 0, 0, 1]),
        (73, b"NT1GT72U8PB0BY-37B"),
        (95, &[0xde, 0xad, 0xbe, 0xef]),
    ])
}

fn ddr3() -> Vec<u8> {
    image(&[
        (0, &[0x92, 0x10, 0x0b, 0x01, 0x03, 0x1a, 0x02, 0x09, 0x0b]),
        (117, &[0x80, 0xce, 0x03, 0x11, 0x23, 0x86, 0x0f, 0x12, 0x34]),
        (128, b"M393B5273DH0-YH9  "),
    ])
}

fn ddr4() -> Vec<u8> {
    image(&[
        (0, &[0x23, 0x11, 0x0c, 0x01, 0x85, 0x21, 0x00, 0x08, 0x00]),
        (11, &[0x03, 0x09, 0x0b]),
        (320, &[0x80, 0xad, 0x01, 0x17, 0x36, 0x2a, 0x5b, 0x7c, 0x9d]),
        (329, b"HMA42GR7AFR4N-UH    "),
    ])
}

/// An image of nothing but 7.
const SEVENS: &str = " Memory Type           : DDR SDRAM
 Memory Size    INVALID: 7, 7, 7, 7
 Voltage Intf          : Unknown (0x07)
 Error Detect/Cor      : Unknown (0x07)
 Manufacturer          : Hitachi
 Part Number           : \u{7}\u{7}\u{7}\u{7}\u{7}\u{7}\u{7}\u{7}\u{7}\u{7}\u{7}\u{7}\u{7}\u{7}\u{7}\u{7}\u{7}\u{7}
 Serial Number         : 07070707
";
