//! Cases of `chassis`, but for `chassis power`.

use compat_tests::dummy::Script;

use crate::cases::{reset, same};
use crate::{Case, Expect};

pub fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    words(&mut cases);
    plain(&mut cases);
    boot_options(&mut cases);
    bootdev(&mut cases);
    bootflag(&mut cases);
    read_mailbox(&mut cases);
    write_mailbox(&mut cases);
    cases
}

fn words(cases: &mut Vec<Case>) {
    for words in [
        "chassis",
        "chassis help",
        "chassis helpx",
        "chassis bogus",
        "chassis ",
        "chassis status extra",
        "chassis statusx",
        "chassis STATUS",
        "chassis selftest extra",
        "chassis poh extra",
        "chassis restart_cause extra",
        "chassis identify",
        "chassis identify help",
        "chassis identify helpx",
        "chassis identify force",
        "chassis identify forcex",
        "chassis identify force extra",
        "chassis identify 0",
        "chassis identify 1",
        "chassis identify 0x10",
        "chassis identify 010",
        "chassis identify 255",
        "chassis identify 256",
        "chassis identify 1x",
        "chassis identify ",
        "chassis identify 1.5",
        "chassis identify 99999999999999999999",
        "-- chassis identify -1",
        "chassis policy",
        "chassis policy help",
        "chassis policy helpx",
        "chassis policy list",
        "chassis policy list extra",
        "chassis policy always-on",
        "chassis policy always-off",
        "chassis policy previous",
        "chassis policy bogus",
        "chassis policy ",
        "chassis bootdev",
        "chassis bootdev help",
        "chassis bootparam",
        "chassis bootparam help",
        "chassis bootparam help me",
        "chassis bootparam get",
        "chassis bootparam set",
        "chassis bootparam bogus",
        "chassis bootparam bogus 5",
        "chassis bootparam set help",
        "chassis bootparam set bootflag",
        "chassis bootparam set bogus pxe",
        "chassis bootparam set bogus pxe options=timeout",
        "chassis bootparam get x",
        "chassis bootparam get 256",
        "chassis bootparam get ",
        "chassis bootparam get 5 x",
        "chassis bootparam get 5 256",
        "chassis bootparam get 7 1",
        "chassis bootparam get 7 1 x",
        "chassis bootparam get 0x85",
        "chassis bootparam get 5 0 0",
        "chassis bootmbox",
        "chassis bootmbox help",
        "chassis bootmbox set",
        "chassis bootmbox set x",
        "chassis bootmbox set 343",
        "chassis bootmbox set text",
        "chassis bootmbox set text 343",
        "chassis bootmbox set block 1",
        "chassis bootmbox set block 1 343",
    ] {
        for prefix in ["", "-c ", "-v "] {
            cases.push(same("chassis", &format!("{prefix}{words}"), machine()));
        }
    }
}

/// Verbs that ask once.
fn plain(cases: &mut Vec<Case>) {
    let verbs: [(&str, u8, u8, &[u8], usize); 7] = [
        ("chassis status", 0, 1, &[0x21, 0x10, 0x40, 0x70], 3),
        ("chassis poh", 0, 0x0f, &[5, 0x39, 0x30, 0, 0], 5),
        ("chassis restart_cause", 0, 7, &[1], 1),
        ("chassis policy list", 0, 6, &[7], 1),
        ("chassis policy always-on", 0, 6, &[7], 0),
        ("chassis identify 5", 0, 4, &[], 0),
        ("chassis identify force", 0, 4, &[], 0),
    ];
    for (words, netfn, cmd, data, least) in verbs {
        one_answer(cases, words, (netfn, cmd), data, least);
        for code in (1..=0xff).filter(|code| *code >= 0xc0 || code % 16 == 0) {
            let refusing = Script::new().on(netfn, cmd, &[], code, data);
            cases.push(same("chassis", words, refusing));
        }
        cases.push(reset("chassis", words, netfn, cmd));
    }
    one_answer(cases, "chassis selftest", (6, 4), &[0x57, 0xff], 2);
    for result in [0x55, 0x56] {
        let short = Script::new().on(6, 4, &[], 0, &[result]);
        cases.push(same("chassis", "chassis selftest", short));
    }
    for code in [0x80, 0xc1, 0xff] {
        let refusing = Script::new().on(6, 4, &[], code, &[]);
        cases.push(same("chassis", "chassis selftest", refusing));
    }
    cases.push(reset("chassis", "chassis selftest", 6, 4));
    for value in 0..=0xff {
        let mut answers = vec![
            ("chassis status", 0, 1, vec![value, 0, 0]),
            ("chassis selftest", 6, 4, vec![value, 0x5a]),
        ];
        if value % 3 == 0 {
            answers.extend([
                ("chassis status", 0, 1, vec![0, value, 0]),
                ("chassis status", 0, 1, vec![0, 0, value]),
                ("chassis status", 0, 1, vec![0, 0, 0, value]),
                ("chassis selftest", 6, 4, vec![0x57, value]),
                ("chassis selftest", 6, 4, vec![0x58, value]),
                ("chassis restart_cause", 0, 7, vec![value]),
                ("chassis policy list", 0, 6, vec![value]),
            ]);
        }
        for (words, netfn, cmd, data) in answers {
            let script = Script::new().on(netfn, cmd, &[], 0, &data);
            cases.push(same("chassis", words, script));
        }
    }
    for minutes in [0, 1, 59, 60, 61, 255] {
        for count in [
            0,
            1,
            59,
            1439,
            1440,
            1441,
            99_999,
            16_777_217,
            1 << 31,
            u32::MAX,
        ] {
            let mut data = vec![minutes];
            data.extend(u32::to_le_bytes(count));
            let script = Script::new().on(0, 0x0f, &[], 0, &data);
            cases.push(same("chassis", "chassis poh", script));
        }
    }
}

/// Answers of every length; ours refuses what is too short.
fn one_answer(
    cases: &mut Vec<Case>,
    words: &str,
    (netfn, cmd): (u8, u8),
    data: &[u8],
    least: usize,
) {
    let what = match words {
        "chassis status" => "Error sending Chassis Status command",
        "chassis selftest" => "Error sending Get Self Test command",
        "chassis poh" => "Get Chassis Power-On-Hours failed",
        "chassis restart_cause" => "Get Chassis Restart Cause failed",
        _ => "Power Restore Policy command failed",
    };
    for length in 0..data.len() + 4 {
        let answer: Vec<u8> = data.iter().copied().chain([0; 4]).take(length).collect();
        let mut case = same(
            "chassis",
            words,
            Script::new().on(netfn, cmd, &[], 0, &answer),
        );
        if length < least {
            // An answer without a byte does not even tell of the power.
            let wanted = match (words, length) {
                ("chassis status", 0) => 1,
                _ => least,
            };
            case.expect = Expect::Ours {
                stderr: too_short(what, length, wanted),
                why: SHORT,
            };
        }
        cases.push(case);
    }
}

fn too_short(what: &str, got: usize, least: usize) -> String {
    format!("{what}: the answer has {got} bytes of data, expected at least {least}\n")
}

/// Every boot option, every length, every value that matters.
fn boot_options(cases: &mut Vec<Case>) {
    let verb = "chassis bootparam";
    let value: [u8; 12] = [
        0x85, 0x5a, 0xa5, 0x13, 0x77, 0x31, 0x42, 0x5d, 0x60, 1, 2, 3,
    ];
    for parameter in 0..=9 {
        let words = format!("chassis bootparam get {parameter}");
        for length in 0..value.len() {
            let answer = [&[1, parameter], &value[..length]].concat();
            // Block 133 of the mailbox needs no more than its number.
            let least = [1, 1, 1, 1, 2, 4, 9, 1, 0, 0][usize::from(parameter)];
            let mut case = same(verb, &words, option(parameter, &answer));
            if length < least {
                let digits: String = value[..length].iter().map(|b| format!("{b:02x}")).collect();
                case.expect = Expect::Differs {
                    stdout: Some(format!(
                        "Boot parameter version: 1\nBoot parameter {parameter} is valid/unlocked\n\
                         Boot parameter data: {digits}\n"
                    )),
                    stderr: Some(too_short(
                        &format!("Get Chassis Boot Parameter {parameter} failed"),
                        length + 2,
                        least + 2,
                    )),
                    status: Some(1),
                    why: SHORT,
                };
            }
            cases.push(case);
        }
        for code in [0x80, 0x81, 0xc1, 0xc9, 0xcb, 0xff] {
            let refusing = Script::new().on(0, 9, &[], code, &[]);
            cases.push(same(verb, &words, refusing));
        }
        for length in 0..2 {
            let mut case = same(verb, &words, option(parameter, &[1, parameter][..length]));
            case.expect = Expect::Ours {
                stderr: too_short(
                    &format!("Get Chassis Boot Parameter {parameter} failed"),
                    length,
                    2,
                ),
                why: SHORT,
            };
            cases.push(case);
        }
        let locked = [&[3, parameter | 0x80], &value[..]].concat();
        cases.push(same(verb, &words, option(parameter, &locked)));
        for verbosity in ["-vv", "-vvv", "-vvvv"] {
            cases.push(same(
                verb,
                &format!("{verbosity} {words}"),
                option(parameter, &locked),
            ));
        }
    }
    for parameter in 0..5 {
        for byte in 0..32 {
            let answer = [1, parameter, byte, byte];
            let words = format!("chassis bootparam get {parameter}");
            cases.push(same(verb, &words, option(parameter, &answer)));
        }
    }
    for at in 0..4 {
        for byte in 0..=0xff_u8 {
            let mut answer = [1, 5, 0, 0, 0, 0, 0];
            answer[at + 2] = byte;
            if at == 1 || byte % 5 == 0 || byte.is_power_of_two() {
                cases.push(same(verb, "chassis bootparam get 5", option(5, &answer)));
            }
        }
    }
    for stamp in [
        0,
        1,
        86_399,
        86_400,
        0x1fff_ffff,
        0x2000_0000,
        0x2000_0001,
        1_573_698_474,
        0x7fff_ffff,
        0x8000_0000,
        0xffff_fffe,
        0xffff_ffff,
    ] {
        let answer = [&[1, 6, 0xfe, 1, 2, 3, 0xf4], &u32::to_le_bytes(stamp)[..]].concat();
        for prefix in ["", "-Z "] {
            let words = format!("{prefix}chassis bootparam get 6");
            cases.push(same(verb, &words, option(6, &answer)));
        }
    }
    cases.push(reset(verb, "chassis bootparam get 5", 0, 9));
}

fn bootdev(cases: &mut Vec<Case>) {
    let verb = "chassis bootdev";
    for device in DEVICES {
        for device in [(*device).to_owned(), format!("force_{device}")] {
            let mut case = same(verb, &format!("chassis bootdev {device}"), machine());
            if device == "force_none" {
                case.expect = early();
            }
            cases.push(case);
        }
    }
    for word in ["", "PXE", "pxex", "floppy ", "5", "force_", "force"] {
        let mut case = same(verb, &format!("chassis bootdev {word}"), machine());
        case.expect = if word == "floppy " {
            Expect::Same
        } else {
            early()
        };
        cases.push(case);
    }
    for option in BOOTDEV_OPTIONS {
        for words in [
            format!("chassis bootdev pxe options={option}"),
            format!("chassis bootdev none options=valid,{option}"),
            format!("-v chassis bootdev disk options={option},persistent"),
        ] {
            cases.push(same(verb, &words, machine()));
        }
    }
    for words in [
        "chassis bootdev pxe options=",
        "chassis bootdev pxe options=,",
        "chassis bootdev pxe options=,,valid,",
        "chassis bootdev pxe options=bogus",
        "chassis bootdev pxe options=bogus,valid,wrong",
        "chassis bootdev pxe options=valid,help,bogus",
        "chassis bootdev pxe options=bogus,help,wrong",
        "chassis bootdev pxe options=VALID",
        "chassis bootdev pxe options=verbose=yes,verbose=no,verbose=default",
        "chassis bootdev pxe options=cons_redirect=enable,cons_redirect=skip",
        "chassis bootdev pxe options=verbose",
        "chassis bootdev pxe options",
        "chassis bootdev pxe clear-cmos=yes",
        "chassis bootdev pxe clear-cmos=no",
        "chassis bootdev pxe clear-cmos",
        "chassis bootdev pxe bogus",
        "chassis bootdev pxe options=efiboot extra",
        "chassis bootdev pxe extra options=efiboot",
        "chassis bootdev bogus options=bogus",
        "-v chassis bootdev pxe",
        "-vv chassis bootdev pxe options=efiboot",
        "-c chassis bootdev pxe",
    ] {
        cases.push(same(verb, words, machine()));
    }
    for code in 0x7e..=0xff {
        for (parameter, ends) in [(0, false), (4, false), (5, true)] {
            // Stock ends with the completion code, of which nothing is left.
            let mut case = same(verb, "chassis bootdev pxe", refusing(parameter, code));
            if ends {
                case.expect = failed();
            }
            if ends || code % 16 == 0 {
                cases.push(case);
            }
        }
    }
    for (progress, code) in [(1, 0x80), (2, 0x80), (0, 0x80), (1, 0x81), (2, 0xc9)] {
        let script = Script::new()
            .on(0, 8, &[0, progress], code, &[])
            .or(&machine());
        cases.push(same(verb, "chassis bootdev pxe", script));
    }
}

fn bootflag(cases: &mut Vec<Case>) {
    let verb = "chassis bootparam";
    for device in DEVICES {
        cases.push(same(
            verb,
            &format!("chassis bootparam set bootflag {device}"),
            machine(),
        ));
    }
    for name in ["PEF", "timeout", "watchdog", "reset", "power"] {
        for words in [
            format!("chassis bootparam set bootflag force_pxe options={name}"),
            format!("chassis bootparam set bootflag force_disk options={name},power"),
            format!("-vvv chassis bootparam set bootflag force_bios options=timeout,{name}"),
        ] {
            cases.push(same(verb, &words, machine()));
        }
        let words = format!("chassis bootparam set bootflag force_pxe options=no-{name}");
        let mut case = same(verb, &words, machine());
        case.expect = Expect::Unlike {
            stdout: "Set Boot Device to force_pxe\n".to_owned(),
            stderr: String::new(),
            status: 0,
            why: "stock takes no-... of its own help for a mistake",
        };
        cases.push(case);
    }
    cases.push(same(
        verb,
        "chassis bootparam set bootflag pxe options=",
        machine(),
    ));
    let mut bogus = same(verb, "chassis bootparam set bootflag bogus", machine());
    bogus.expect = early();
    cases.push(bogus);
    for word in [
        "options=bogus",
        "options=help",
        "bogus",
        "options=PEF,bogus",
    ] {
        let words = format!("chassis bootparam set bootflag pxe {word}");
        let mut case = same(verb, &words, machine());
        case.expect = Expect::Differs {
            stdout: Some(String::new()),
            stderr: None,
            status: Some(1),
            why: "stock sets the boot device where its options are wrong",
        };
        cases.push(case);
    }
    let words = "chassis bootparam set bootflag pxe options=timeout";
    for code in [0x80, 0x82, 0xc1, 0xc9, 0xff] {
        // Every other parameter is read and set once.
        for parameter in [3, 4, 5] {
            let mut case = same(verb, words, refusing(parameter, code));
            case.expect = match parameter {
                3 => Expect::Differs {
                    stdout: None,
                    stderr: Some(format!(
                        "Set Chassis Boot Parameter 3 failed: {}\nThe boot device is set, but what clears it is \
                         unchanged\n",
                        set_refusal(code)
                    )),
                    status: Some(1),
                    why: "what state the BMC is in is said",
                },
                4 => Expect::Differs {
                    stdout: None,
                    stderr: Some(format!(
                        "{0}{0}The boot device is set, but what clears it is unchanged\n",
                        format!(
                            "Set Chassis Boot Parameter 4 failed: {}\n",
                            set_refusal(code)
                        )
                    )),
                    status: Some(1),
                    why: "what state the BMC is in is said",
                },
                _ => failed(),
            };
            cases.push(case);
        }
        cases.push(same(verb, words, refusing(0, code)));
        let script = Script::new().on(0, 9, &[], code, &[]).or(&machine());
        let mut case = same(verb, words, script);
        case.expect = Expect::Differs {
            stdout: None,
            stderr: Some(format!(
                "Get Chassis Boot Parameter 3 failed: {}\nFailed to read boot valid flag\nThe boot device is set, but \
                 what clears it is unchanged\n",
                get_refusal(code)
            )),
            status: Some(1),
            why: "what state the BMC is in is said",
        };
        cases.push(case);
    }
}

fn read_mailbox(cases: &mut Vec<Case>) {
    let verb = "chassis bootmbox";
    for words in [
        "chassis bootmbox get",
        "chassis bootmbox get text",
        "chassis bootmbox get extra",
        "chassis bootmbox get block 0",
        "chassis bootmbox get text block 0",
        "chassis bootmbox get block 1",
        "chassis bootmbox get text block 1",
        "chassis bootmbox get block 2",
        "chassis bootmbox get block 255",
        "chassis bootmbox get block 1 text",
        "-v chassis bootmbox get",
        "-vvv chassis bootmbox get",
        "-c chassis bootmbox get",
    ] {
        cases.push(same(verb, words, machine()));
    }
    let mut bogus = same(verb, "chassis bootmbox bogus", machine());
    bogus.expect = Expect::Differs {
        stdout: None,
        stderr: Some(format!("Invalid bootmbox command: bogus\n{MAILBOX_USAGE}")),
        status: Some(1),
        why: "stock exits 0 without a word",
    };
    cases.push(bogus);
    for word in ["", " x", " 1x", " 99999999999999999999"] {
        for verb_word in ["get", "set text"] {
            let mut case = same(
                verb,
                &format!("chassis bootmbox {verb_word} block{word}"),
                machine(),
            );
            case.expect = Expect::fails("stock exits 0 on a bad value");
            cases.push(case);
        }
    }
    let mut far = same(verb, "chassis bootmbox get block 256", machine());
    far.expect = Expect::Ours {
        stderr: "Invalid block 256\n".to_owned(),
        why: "stock takes the low byte",
    };
    cases.push(far);
    for length in 1..20 {
        let block: Vec<u8> = (0x41..).take(length).collect();
        for (number, least) in [(0, 4), (7, 1)] {
            let answer = [&[1, 7, number], &block[..length - 1]].concat();
            for mode in ["", "text "] {
                let words = format!("chassis bootmbox get {mode}block {number}");
                if length >= least && (mode.is_empty() || length <= 17) {
                    cases.push(same(verb, &words, option(7, &answer)));
                }
            }
        }
    }
    let latin = option(7, &[1, 7, 1, 0xe4, b'x', 0xff, 0, b'y']);
    cases.push(same(verb, "chassis bootmbox get text block 1", latin));
    for code in [0x80, 0xc1, 0xc9, 0xcb, 0xff] {
        for words in ["chassis bootmbox get", "chassis bootmbox get block 3"] {
            let refusing = Script::new().on(0, 9, &[], code, &[]);
            cases.push(same(verb, words, refusing));
        }
        let script = Script::new().on(0, 9, &[7, 1], code, &[]).or(&machine());
        cases.push(same(verb, "chassis bootmbox get", script));
    }
    // A mailbox without end: 256 blocks.
    cases.push(same(
        verb,
        "chassis bootmbox get",
        option(7, &[1, 7, 1, 2, 3]),
    ));
    cases.push(reset(verb, "chassis bootmbox get", 0, 9));
}

fn write_mailbox(cases: &mut Vec<Case>) {
    let verb = "chassis bootmbox";
    for count in [1, 2, 12, 13, 14, 15, 16, 17, 28, 29, 30, 45, 46] {
        let bytes = " 0xa5".repeat(count);
        cases.push(same(
            verb,
            &format!("chassis bootmbox set 343{bytes}"),
            machine(),
        ));
        for (block, most) in [(0, 13), (1, 16), (255, 16)] {
            let words = format!("chassis bootmbox set block {block} 343{bytes}");
            let mut case = same(verb, &words, machine());
            if count > most {
                case.expect = Expect::Ours {
                    stderr: format!("Data size {count} exceeds maximum ({most})\n"),
                    why: "stock cuts it off",
                };
            }
            cases.push(case);
        }
        let text = "x".repeat(count);
        for words in [
            format!("chassis bootmbox set text 10876 {text}"),
            format!("-v chassis bootmbox set text 0x57 {text} extra"),
            format!("-vv chassis bootmbox set text 0 {text}"),
        ] {
            cases.push(same(verb, &words, machine()));
        }
    }
    cases.push(same(verb, "chassis bootmbox set 16777215 1", machine()));
    for (words, complaint) in [
        ("set 343 x", "Bad byte value: x\n"),
        ("set 343 1 256", "Bad byte value: 256\n"),
        ("set block 1 343 1 2 3x", "Bad byte value: 3x\n"),
    ] {
        let mut case = same(verb, &format!("chassis bootmbox {words}"), machine());
        case.expect = Expect::Ours {
            stderr: complaint.to_owned(),
            why: "stock writes what its memory holds in place of a bad byte",
        };
        cases.push(case);
    }
    let mut far = same(verb, "chassis bootmbox set 16777216 1", machine());
    far.expect = Expect::Ours {
        stderr: format!("No valid IANA PEN specified!\n\n{MAILBOX_USAGE}"),
        why: "stock cuts the number off",
    };
    cases.push(far);
    let far = " 1".repeat(4093);
    cases.push(same(
        verb,
        &format!("chassis bootmbox set 343{far} 1"),
        machine(),
    ));
    for code in [0x80, 0x81, 0x82, 0xc1, 0xc9, 0xff] {
        for (parameter, expect) in [(0, Expect::Same), (4, failed()), (7, failed())] {
            let mut case = same(
                verb,
                "chassis bootmbox set 343 1 2",
                refusing(parameter, code),
            );
            case.expect = expect;
            cases.push(case);
        }
        let second = Script::new().on(0, 8, &[7, 1], code, &[]).or(&machine());
        let mut case = same(
            verb,
            "chassis bootmbox set text 343 abcdefghijklmnop",
            second,
        );
        let end = if code == 0xc9 {
            "Hit end of mailbox writing block 1\n"
        } else {
            ""
        };
        case.expect = Expect::Differs {
            stdout: None,
            stderr: Some(format!(
                "Set Chassis Boot Parameter 7 failed: {}\n{end}Blocks 0 to 0 are written, but not committed\n",
                set_refusal(code)
            )),
            status: Some(1),
            why: "what state the BMC is in is said",
        };
        cases.push(case);
    }
}

/// A chassis that does all that it is asked.
fn machine() -> Script {
    Script::new()
        .on(0, 1, &[], 0, &[0x21, 0x10, 0x40, 0x70])
        .on(0, 4, &[], 0, &[])
        .on(0, 6, &[], 0, &[7])
        .on(0, 7, &[], 0, &[1])
        .on(0, 8, &[], 0, &[])
        .on(0, 0x0f, &[], 0, &[60, 0x39, 0x30, 0, 0])
        .on(6, 4, &[], 0, &[0x55, 0])
        .on(0, 9, &[3], 0, &[1, 3, 0x1b])
        .on(0, 9, &[5], 0, &[1, 5, 0xc0, 4, 0, 0, 0])
        .on(
            0,
            9,
            &[7, 0],
            0,
            &[1, 7, 0, 0x57, 1, 0, b'h', b'e', b'l', b'l', b'o', 0, 1, 2],
        )
        .on(0, 9, &[7, 1], 0, &[1, 7, 1, b'y', b'o', b'u'])
        .on(0, 9, &[7], 0xc9, &[])
}

fn option(parameter: u8, answer: &[u8]) -> Script {
    Script::new().on(0, 9, &[parameter], 0, answer)
}

/// Setting this boot option is refused.
fn refusing(parameter: u8, code: u8) -> Script {
    Script::new()
        .on(0, 8, &[parameter], code, &[])
        .or(&machine())
}

/// Nothing is sent, where stock has begun to write when it sees the mistake.
fn early() -> Expect {
    Expect::Differs {
        stdout: None,
        stderr: None,
        status: None,
        why: "stock writes before it refuses a boot device that it does not know",
    }
}

fn failed() -> Expect {
    Expect::fails("stock exits 0 where a boot option was refused")
}

fn set_refusal(code: u8) -> &'static str {
    match code {
        0x80 => "Unsupported parameter",
        0x81 => "Attempt to set 'in progress' while not in 'complete' state",
        0x82 => "Parameter is read-only",
        0xc1 => "Invalid command",
        0xc9 => "Parameter out of range",
        _ => "Unspecified error",
    }
}

fn get_refusal(code: u8) -> &'static str {
    match code {
        0x82 => "Unknown (0x82)",
        code => set_refusal(code),
    }
}

const SHORT: &str = "stock prints what its memory holds where an answer is too short";

const DEVICES: &[&str] = &[
    "none", "pxe", "disk", "safe", "diag", "cdrom", "bios", "floppy",
];

const BOOTDEV_OPTIONS: &[&str] = &[
    "help",
    "valid",
    "persistent",
    "efiboot",
    "clear-cmos",
    "lockkbd",
    "screenblank",
    "lockoutreset",
    "lockout_power",
    "verbose=default",
    "verbose=no",
    "verbose=yes",
    "force_pet",
    "upw_bypass",
    "lockout_sleep",
    "cons_redirect=default",
    "cons_redirect=skip",
    "cons_redirect=enable",
];

const MAILBOX_USAGE: &str = "bootmbox get [text] [block <block>]
  Read the entire Boot Initiator Mailbox or the specified <block>.
  If 'text' option is specified, the data is output as plain text, otherwise
  hex dump mode is used.

bootmbox set text [block <block>] <IANA_PEN> \"<data_string>\"
bootmbox set [block <block>] <IANA_PEN> <data_byte> [<data_byte> ...]
  Write the specified <block> or the entire Boot Initiator Mailbox.
  It is required to specify a decimal IANA Enterprise Number recognized
  by the boot initiator on the target system. Refer to your target system
  manufacturer for details. The rest of the arguments are either separate
  data byte values separated by spaces, or a single text string argument.

  When single block write is requested, the total length of <data> may not
  exceed 13 bytes for block 0, or 16 bytes otherwise.

bootmbox help
  Show this help.
";
