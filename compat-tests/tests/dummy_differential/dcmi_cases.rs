//! Cases of `dcmi`.

use compat_tests::dummy::Script;

use crate::cases::{reset, same};
use crate::{Case, Expect};

pub fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    words(&mut cases);
    mistakes(&mut cases);
    refusals(&mut cases);
    lengths(&mut cases);
    foreign(&mut cases);
    values(&mut cases);
    tags(&mut cases);
    sensors(&mut cases);
    temperatures(&mut cases);
    cases
}

fn words(cases: &mut Vec<Case>) {
    for words in [
        "dcmi",
        "dcmi help",
        "dcmi help me",
        "dcmi bogus",
        "dcmi ",
        "dcmi discover",
        "dcmi DISCOVER",
        "dcmi discover extra",
        "dcmi power",
        "dcmi power reading",
        "dcmi POWER Reading",
        "dcmi power reading 5_sec",
        "dcmi power reading 15_sec",
        "dcmi power reading 30_SEC",
        "dcmi power reading 1_min",
        "dcmi power reading 3_min",
        "dcmi power reading 7_min",
        "dcmi power reading 15_min",
        "dcmi power reading 30_min",
        "dcmi power reading 1_hour",
        "dcmi power reading 1_hour extra",
        "dcmi power reading 2_hours",
        "dcmi power reading 5",
        "dcmi power get_limit",
        "dcmi power get_limit extra",
        "dcmi power set_limit",
        "dcmi power set_limit limit",
        "dcmi power set_limit limit 100",
        "dcmi power set_limit LIMIT 0x64",
        "dcmi power set_limit limit 65535",
        "dcmi power set_limit limit 0",
        "dcmi power set_limit correction 4294967295",
        "dcmi power set_limit correction 6000",
        "dcmi power set_limit sample 7",
        "dcmi power set_limit action no_action",
        "dcmi power set_limit action power_off",
        "dcmi power set_limit action sel_logging",
        "dcmi power set_limit action oem_02",
        "dcmi power set_limit action OEM_10",
        "dcmi power set_limit limit 100 sample 3",
        "dcmi power set_limit limit 100 sample 3 action oem_0a",
        "dcmi power set_limit action sel_logging limit 500 correction 1000 sample 1",
        "dcmi power set_limit action no_action limit 0x1f4 correction 0x12345678 sample 0xabcd",
        "dcmi power set_limit action power_off limit 65535 correction 4294967295 sample 65535",
        "dcmi power set_limit action bogus limit 500 correction 1000 sample 1",
        "dcmi power set_limit action no_action limit x correction 1000 sample 1",
        "dcmi power set_limit action no_action limit 65536 correction 1000 sample 1",
        "dcmi power set_limit action no_action limit 500 correction x sample 1",
        "dcmi power set_limit action no_action limit 500 correction 1000 sample x",
        "dcmi power set_limit action no_action limit 500 correction 1000 sample 65536",
        "dcmi power activate",
        "dcmi power activate extra",
        "dcmi power deactivate",
        "dcmi asset_tag",
        "dcmi asset_tag extra",
        "dcmi set_asset_tag",
        "dcmi set_asset_tag ",
        "dcmi set_asset_tag a",
        "dcmi set_asset_tag a b",
        "dcmi set_asset_tag 0123456789abcdef",
        "dcmi set_asset_tag 0123456789abcdefg",
        "dcmi get_mc_id_string",
        "dcmi set_mc_id_string",
        "dcmi set_mc_id_string ",
        "dcmi set_mc_id_string host",
        "dcmi set_mc_id_string 0123456789abcde",
        "dcmi set_mc_id_string 0123456789abcdef",
        "dcmi thermalpolicy",
        "dcmi thermalpolicy bogus",
        "dcmi thermalpolicy bogus 1 2",
        "dcmi thermalpolicy get",
        "dcmi thermalpolicy get 64",
        "dcmi thermalpolicy get 64 1",
        "dcmi thermalpolicy get 0x40 1 extra",
        "dcmi thermalpolicy get x 1",
        "dcmi thermalpolicy get 64 x",
        "dcmi thermalpolicy get 256 1",
        "dcmi thermalpolicy get 64 256",
        "dcmi thermalpolicy set",
        "dcmi thermalpolicy set 64",
        "dcmi thermalpolicy set 64 1",
        "dcmi thermalpolicy set 64 1 volatile poweroff sel 60",
        "dcmi thermalpolicy set 64 1 volatile poweroff sel 60 600",
        "dcmi thermalpolicy set 64 1 nonvolatile nopoweroff nosel 60 65535 extra",
        "dcmi thermalpolicy set 0xab 2 Disabled disabled DISABLED 255 0",
        "dcmi thermalpolicy set x 1 volatile poweroff sel 60 600",
        "dcmi thermalpolicy set 64 x volatile poweroff sel 60 600",
        "dcmi thermalpolicy set 64 1 volatile poweroff sel 256 600",
        "dcmi thermalpolicy set 64 1 volatile poweroff sel 60 65536",
        "dcmi get_temp_reading",
        "dcmi get_temp_reading extra",
        "dcmi get_conf_param",
        "dcmi get_conf_param extra",
        "dcmi set_conf_param",
        "dcmi set_conf_param help",
        "dcmi set_conf_param help me",
        "dcmi set_conf_param init",
        "dcmi set_conf_param bogus",
        "dcmi set_conf_param init 5 extra",
        "dcmi set_conf_param activate_dhcp",
        "dcmi set_conf_param activate_dhcp 7",
        "dcmi set_conf_param ACTIVATE_DHCP 1",
        "dcmi set_conf_param dhcp_config 3",
        "dcmi set_conf_param init 255",
        "dcmi set_conf_param timeout 65535",
        "dcmi set_conf_param Retry 0x1234",
        "dcmi set_conf_param init x",
        "dcmi set_conf_param timeout 65536",
        "dcmi sensors",
        "dcmi sensors extra",
        "dcmi oob_discover",
        "dcmi oob_discover extra",
    ] {
        for prefix in ["", "-c ", "-v ", "-vv "] {
            cases.push(same("dcmi", &format!("{prefix}{words}"), machine()));
        }
    }
    let long = "x".repeat(65);
    for text in [&long[..], &long[..64], &long[..63], &long[..48]] {
        for verb in ["set_asset_tag", "set_mc_id_string"] {
            cases.push(same("dcmi", &format!("dcmi {verb} {text}"), machine()));
        }
    }
}

/// Words that are refused before anything is written, where stock writes something.
fn mistakes(cases: &mut Vec<Case>) {
    let mut refused = |words: &str, stdout: &str, stderr: &str, why: &'static str| {
        cases.push(Case {
            expect: Expect::Differs {
                stdout: Some(stdout.to_owned()),
                stderr: Some(stderr.to_owned()),
                status: Some(1),
                why,
            },
            ..same("dcmi", words, machine())
        });
    };
    refused("dcmi power bogus", "\n", POWER, "stock exits 0");
    for words in [
        "bogus 5",
        "limit 100 bogus 5",
        "limit 100 sample",
        "a no_action b 500 c 1000 d 1",
        "action no_action limit 500 correction 1000 samples 1",
    ] {
        let words = format!("dcmi power set_limit {words}");
        refused(&words, "\n", SET_LIMIT, UNKNOWN);
    }
    for (words, text) in [
        ("limit x", "limit 'x'"),
        ("limit 65536", "limit '65536'"),
        ("LIMIT ''", "LIMIT ''''"),
        ("sample 65536", "sample '65536'"),
        ("correction 4294967296", "correction '4294967296'"),
        ("action bogus", "action 'bogus'"),
        ("limit 5 action bogus", "action 'bogus'"),
    ] {
        let stderr = format!("Given {text} is invalid.\n");
        refused(
            &format!("dcmi power set_limit {words}"),
            "\n",
            &stderr,
            UNKNOWN,
        );
    }
    for (words, text) in [
        ("bogus poweroff sel 60 600", "Persistence 'bogus'"),
        ("poweroff poweroff sel 60 600", "Persistence 'poweroff'"),
        ("volatile sel sel 60 600", "Power Action 'sel'"),
        ("volatile poweroff x 60 600", "Log Action 'x'"),
    ] {
        let stderr = format!("Given {text} is invalid.\n");
        let words = format!("dcmi thermalpolicy set 64 1 {words}");
        refused(&words, "\n", &stderr, UNKNOWN);
    }
    refused("dcmi set_conf_param bogus 5", "", CONFIG, UNKNOWN);
    for parameter in ["dhcp_config", "init", "ACTIVATE_DHCP"] {
        let stderr = format!("Given {parameter} '256' is invalid.\n");
        let words = format!("dcmi set_conf_param {parameter} 256");
        refused(&words, "", &stderr, UNKNOWN);
    }
    // Any order, since each has its name; and actions that are the maker's.
    for (words, bytes) in [
        (
            "limit 500 action sel_logging sample 1 correction 1000",
            "another order",
        ),
        (
            "action oem_02 limit 500 correction 1000 sample 1",
            "the maker's action",
        ),
    ] {
        cases.push(Case {
            expect: Expect::Unlike {
                stdout: LIMIT_SHOWN.to_owned(),
                stderr: String::new(),
                status: 0,
                why: if bytes == "another order" {
                    "stock heeds the order of words only"
                } else {
                    "stock writes 'no action' where the action is the maker's"
                },
            },
            ..same(
                "dcmi",
                &format!("dcmi power set_limit {words}"),
                if bytes == "another order" {
                    only(4, &[0, 0, 0, 0x11, 0xf4, 1, 0xe8, 3, 0, 0, 0, 0, 1, 0])
                } else {
                    only(4, &[0, 0, 0, 2, 0xf4, 1, 0xe8, 3, 0, 0, 0, 0, 1, 0])
                },
            )
        });
    }
}

/// A machine that takes only this request of command `cmd`.
fn only(cmd: u8, data: &[u8]) -> Script {
    let data = [&[0xdc][..], data].concat();
    Script::new()
        .on(GROUP, cmd, &data, 0, &[0xdc])
        .on(GROUP, cmd, &[], 0xcc, &[])
        .or(&machine())
}

/// Every completion code of every request.
fn refusals(cases: &mut Vec<Case>) {
    for request in REQUESTS {
        for code in 1..=0xff {
            if request.good.contains(&code) || (code < 0x80 && code % 16 != 0) {
                continue;
            }
            let script = Script::new()
                .on(GROUP, request.cmd, request.prefix, code, &[])
                .or(&machine());
            let mut case = same("dcmi", request.words, script);
            if request.stock_succeeds {
                case.expect = Expect::fails("stock exits 0 where nothing was done");
            }
            cases.push(case);
        }
        cases.push(reset("dcmi", request.words, GROUP, request.cmd));
    }
}

/// Answers of every length; ours refuses what is too short.
fn lengths(cases: &mut Vec<Case>) {
    for request in REQUESTS {
        for length in 0..=request.least + 3 {
            let answer: Vec<u8> = request
                .answer
                .iter()
                .copied()
                .chain([0; 8])
                .take(length)
                .collect();
            let script = Script::new()
                .on(GROUP, request.cmd, request.prefix, 0, &answer)
                .or(&machine());
            let mut case = same("dcmi", request.words, script);
            if length < request.least {
                let least = if length < request.header {
                    request.header
                } else {
                    request.least
                };
                case.expect = Expect::Differs {
                    stdout: Some(request.stdout.to_owned()),
                    stderr: Some(format!(
                        "\n    DCMI request failed because: the answer has {length} bytes of data, \
                         expected at least {least}\n{}",
                        request.stderr
                    )),
                    status: Some(1),
                    why: "stock shows what its memory holds",
                };
            }
            cases.push(case);
        }
    }
}

/// Answers that begin with another group's number.
fn foreign(cases: &mut Vec<Case>) {
    for request in REQUESTS {
        for first in [0, 1, 0x57, 0xdb, 0xff] {
            let mut answer = request.answer.to_vec();
            answer[0] = first;
            let script = Script::new()
                .on(GROUP, request.cmd, request.prefix, 0, &answer)
                .or(&machine());
            let mut case = same("dcmi", request.words, script);
            if request.stock_succeeds {
                case.expect = Expect::fails("stock exits 0 where nothing was done");
            }
            cases.push(case);
        }
    }
}

fn values(cases: &mut Vec<Case>) {
    let answered = |cmd, prefix: &[u8], code, data: &[u8]| {
        Script::new()
            .on(GROUP, cmd, prefix, code, data)
            .or(&machine())
    };
    for value in 0..=0xff {
        for selector in 1..=4u8 {
            for at in 4..8 {
                if value % 5 != 0 && !u8::is_power_of_two(value) && value < 0xf0 {
                    continue;
                }
                let mut data = [0xdc, 1, 5, 2, 0, 0, 0, 0];
                data[at] = value;
                let script = answered(1, &[0xdc, selector], 0, &data);
                cases.push(same("dcmi", "dcmi discover", script));
            }
        }
        if value % 4 == 0 || value < 0x20 {
            let data = [0xdc, 0, 0, value, 0xc8, 0, 0xe8, 3, 0, 0, 0, 0, 0x10, value];
            cases.push(same(
                "dcmi",
                "dcmi power get_limit",
                answered(3, &[], 0, &data),
            ));
            let data = [0xdc, value, value, 1, value];
            cases.push(same(
                "dcmi",
                "dcmi thermalpolicy get 64 1",
                answered(0x0c, &[], 0, &data),
            ));
            let data = [0xdc, 1, 5, 1, value, 1];
            cases.push(same(
                "dcmi",
                "dcmi get_conf_param",
                answered(0x13, &[], 0, &data),
            ));
            let mut data = READING;
            data[17] = value;
            data[13] = value;
            data[14] = 0;
            for words in ["dcmi power reading", "dcmi power reading 1_min"] {
                cases.push(same("dcmi", words, answered(2, &[], 0, &data)));
            }
        }
    }
    for version in [[1, 0], [1, 1], [1, 5], [1, 2], [0, 1], [2, 0], [5, 1]] {
        for revision in 0..5 {
            let data = [0xdc, version[0], version[1], revision, 1, 1, 1, 1];
            for selector in [1, 3] {
                let script = answered(1, &[0xdc, selector], 0, &data);
                cases.push(same("dcmi", "dcmi discover", script));
            }
        }
    }
    for stamp in [
        0,
        1,
        0x1fff_ffff,
        0x2000_0000,
        0x2000_0001,
        0x6543_2100,
        u32::MAX - 1,
        u32::MAX,
    ] {
        let mut data = READING;
        data[9..13].copy_from_slice(&u32::to_le_bytes(stamp));
        for words in [
            "dcmi power reading",
            "-Z dcmi power reading",
            "-c dcmi power reading",
            "dcmi power reading 1_hour",
        ] {
            cases.push(same("dcmi", words, answered(2, &[], 0, &data)));
        }
    }
    for sample in [0, 999, 1000, 60_000, 99_999_999, 0x0001_0005, u32::MAX] {
        let mut data = READING;
        data[13..17].copy_from_slice(&u32::to_le_bytes(sample));
        for words in ["dcmi power reading", "dcmi power reading 5_sec"] {
            cases.push(same("dcmi", words, answered(2, &[], 0, &data)));
        }
    }
    for correction in [0, 1, 0x7fff_ffff, 0x8000_0000, u32::MAX] {
        let mut data = LIMIT;
        data[6..10].copy_from_slice(&u32::to_le_bytes(correction));
        for code in [0, 0x80] {
            for words in [
                "dcmi power get_limit",
                "-v dcmi power set_limit limit 5",
                "-v dcmi power set_limit sample 5",
            ] {
                cases.push(same("dcmi", words, answered(3, &[], code, &data)));
            }
        }
    }
}

/// Texts of every length.
fn tags(cases: &mut Vec<Case>) {
    let piece: Vec<u8> = [0xdc, 0].into_iter().chain(b'A'..=b'P').collect();
    for (words, cmd) in [("dcmi asset_tag", 6), ("dcmi get_mc_id_string", 9)] {
        for length in (0..=80).chain([127, 128, 240, 255]) {
            let probe: &[u8] = if cmd == 6 {
                &[0xdc, 0, 0]
            } else {
                &[0xdc, 0, 1]
            };
            let script = Script::new().on(GROUP, cmd, probe, 0, &[0xdc, length]).on(
                GROUP,
                cmd,
                &[],
                0,
                &piece,
            );
            // A text of one byte is asked for just as its length is.
            if !(cmd == 9 && length == 1) {
                cases.push(same("dcmi", words, script));
            }
        }
        // The second piece is refused, comes short, or comes with a code that says how it is encoded.
        for code in [0x80, 0x81, 0x82, 0x83, 0x84, 0xc0, 0xc9, 0xff] {
            let script = Script::new()
                .on(
                    GROUP,
                    cmd,
                    &[0xdc, 0, if cmd == 6 { 0 } else { 1 }],
                    0,
                    &[0xdc, 20],
                )
                .on(GROUP, cmd, &[0xdc, 16], code, &piece)
                .on(GROUP, cmd, &[], 0, &piece);
            cases.push(same("dcmi", words, script));
        }
    }
    for (words, cmd, what, last) in [
        (
            "dcmi set_asset_tag 0123456789abcdefghi",
            8,
            "Set Asset Tag",
            "\nError setting asset tag!",
        ),
        (
            "dcmi set_mc_id_string 0123456789abcdefghi",
            0x0a,
            "Set Management Controller Identifier String Command",
            "Error setting management controller identifier string!",
        ),
    ] {
        let script =
            Script::new()
                .on(GROUP, cmd, &[0xdc, 16], 0xc0, &[])
                .on(GROUP, cmd, &[], 0, &[0xdc]);
        cases.push(Case {
            expect: Expect::Differs {
                stdout: Some(format!("\n {what}: 0123456789abcdef")),
                stderr: Some(format!(
                    "\n    DCMI request failed because: Node busy (c0)\n{last}\n\
                     Only its first 16 bytes were written\n"
                )),
                status: None,
                why: "what was written before a failure is said",
            },
            ..same("dcmi", words, script)
        });
    }
    // The second of two changes of the limit is refused.
    let script = Script::new()
        .on(GROUP, 4, &[0xdc, 0, 0, 0, 0x11, 5], 0, &[0xdc])
        .on(GROUP, 4, &[], 0x89, &[])
        .or(&machine());
    cases.push(Case {
        expect: Expect::Differs {
            stdout: Some("\n".to_owned()),
            stderr: Some(
                "\n    DCMI request failed because: Sample/Statistics Reporting period out of range (89)\n\
                 sample was not set; set before it: limit\n"
                    .to_owned(),
            ),
            status: Some(1),
            why: "what was written before a failure is said",
        },
        ..same(
            "dcmi",
            "dcmi power set_limit limit 5 sample 9",
            Script::new()
                .on(GROUP, 3, &[], 0, &LIMIT)
                .or(&script),
        )
    });
}

fn sensors(cases: &mut Vec<Case>) {
    let list = |entity: u8, data: &[u8]| Script::new().on(GROUP, 7, &[0xdc, 1, entity], 0, data);
    let none = [0xdc, 0, 0];
    let records = crate::sdr_cases::one_sensor();
    for prefix in ["", "-c ", "-v "] {
        for entity in [0x40, 0x41, 0x42] {
            let script = list(entity, &[0xdc, 1, 1, 1, 0])
                .or(&Script::new().on(GROUP, 7, &[], 0, &none))
                .or(&records);
            cases.push(same("dcmi", &format!("{prefix}dcmi sensors"), script));
        }
    }
    let everywhere = list(0x40, &[0xdc, 2, 2, 1, 0, 1, 0])
        .or(&Script::new().on(GROUP, 7, &[], 0, &[0xdc, 1, 1, 1, 0]))
        .or(&records);
    cases.push(Case {
        expect: Expect::Unlike {
            stdout: format!(
                "\nInlet: 2 temperature sensors found:\n{0}{0}\nCPU: 1 temperature sensor found:\n{0}\
                 \nBaseboard: 1 temperature sensor found:\n{0}\n",
                format!("Record ID 0x0001: {}", crate::sdr_cases::ONE_SENSOR)
            ),
            stderr: String::new(),
            status: 0,
            why: "stock reads the whole repository again for every sensor",
        },
        ..same("dcmi", "dcmi sensors", everywhere)
    });
    let unlike = |data: &[u8], inlet: &str, stderr: &str, why: &'static str| Case {
        expect: Expect::Differs {
            stdout: Some(format!(
                "{inlet}\nCPU: 0 temperature sensor found:\n\nBaseboard: 0 temperature sensor found:\n\n"
            )),
            stderr: Some(stderr.to_owned()),
            status: Some(1),
            why,
        },
        ..same(
            "dcmi",
            "dcmi sensors",
            list(0x40, data)
                .or(&Script::new().on(GROUP, 7, &[], 0, &none))
                .or(&records),
        )
    };
    cases.push(Case {
        expect: Expect::Unlike {
            stdout: "\nInlet: 1 temperature sensor found:\nRecord ID 0x0777: not found\n\
                     \nCPU: 0 temperature sensor found:\n\nBaseboard: 0 temperature sensor found:\n\n"
                .to_owned(),
            stderr: String::new(),
            status: 1,
            why: "stock does not end the line of a record that is not there",
        },
        ..unlike(&[0xdc, 1, 1, 0x77, 7], "", "", "")
    });
    cases.push(Case {
        expect: Expect::Unlike {
            stdout: "\nInlet: 200 temperature sensors found:\n\nCPU: 0 temperature sensor found:\n\
                     \nBaseboard: 0 temperature sensor found:\n\n"
                .to_owned(),
            stderr: "\n    DCMI request failed because: only 0 of 200 sensors are told\n"
                .to_owned(),
            status: 1,
            why: "stock takes more than 127 sensors for less than none",
        },
        ..unlike(&[0xdc, 200, 0], "", "", "")
    });
    for code in [0x80, 0xc1, 0xcb] {
        for (entity, status) in [(0x40, Some(1)), (0x41, Some(1)), (0x42, None)] {
            let script = Script::new()
                .on(GROUP, 7, &[0xdc, 1, entity], code, &[])
                .on(GROUP, 7, &[], 0, &none);
            cases.push(Case {
                expect: Expect::Differs {
                    stdout: None,
                    stderr: None,
                    status,
                    why: "stock's status tells of the last kind of sensor only",
                },
                ..same("dcmi", "dcmi sensors", script)
            });
        }
    }
    cases.push(gone("dcmi sensors", 7, "\n"));
}

fn temperatures(cases: &mut Vec<Case>) {
    for total in (0u8..=17).chain([127, 128, 200, 255]) {
        let mut data = vec![0xdc, total, total.min(8)];
        for instance in 1..=u8::min(total, 8) {
            data.extend([instance.wrapping_mul(37), instance]);
        }
        let script = Script::new()
            .on(GROUP, 0x10, &[0xdc, 1, 0x41], 0, &data)
            .on(GROUP, 0x10, &[], 0, &[0xdc, 0, 0]);
        for prefix in ["", "-v "] {
            let words = format!("{prefix}dcmi get_temp_reading");
            cases.push(same("dcmi", &words, script.clone()));
        }
    }
    for reading in 0..=0xff {
        if reading % 3 == 0 || reading > 0xf0 {
            let data = [0xdc, 1, 1, reading, reading];
            let script = Script::new().on(GROUP, 0x10, &[], 0, &data);
            cases.push(same("dcmi", "dcmi get_temp_reading", script));
        }
    }
    for code in [0x80, 0xc1, 0xcb] {
        for entity in [0x40, 0x41, 0x42] {
            let script = Script::new()
                .on(GROUP, 0x10, &[0xdc, 1, entity], code, &[])
                .or(&machine());
            cases.push(same("dcmi", "dcmi get_temp_reading", script));
        }
    }
    for code in (0x80..=0xff).step_by(5) {
        cases.push(Case {
            expect: Expect::fails("stock exits 0 where no temperature could be read"),
            ..same(
                "dcmi",
                "dcmi get_temp_reading",
                Script::new().on(GROUP, 0x10, &[], code, &[]),
            )
        });
    }
    cases.push(gone(
        "dcmi get_temp_reading",
        0x10,
        "\n\tEntity ID\t\t\tEntity Instance\t   Temp. Readings\n",
    ));
}

/// The connection is reset at the first of several requests, each of which is tried.
fn gone(words: &str, cmd: u8, stdout: &str) -> Case {
    let told = |what: &str| {
        format!("dummy failed on read(): : {what}\n\n    Unable to get DCMI information\n")
    };
    let broken = told("Broken pipe");
    Case {
        expect: Expect::Unlike {
            stdout: stdout.to_owned(),
            stderr: format!("{}{broken}{broken}", told("Connection reset by peer")),
            status: 1,
            why: "stock dies of it",
        },
        ..reset("dcmi", words, GROUP, cmd)
    }
}

/// A request, and what failing of it looks like.
struct Request {
    words: &'static str,
    cmd: u8,
    prefix: &'static [u8],
    answer: &'static [u8],
    /// Bytes that an answer must have.
    least: usize,
    /// Bytes that it must have before anything else is looked at.
    header: usize,
    /// Completion codes that are no refusal.
    good: &'static [u8],
    /// All of standard output where it fails.
    stdout: &'static str,
    /// The last lines of standard error.
    stderr: &'static str,
    stock_succeeds: bool,
}

const fn request(
    words: &'static str,
    cmd: u8,
    answer: &'static [u8],
    least: usize,
    stdout: &'static str,
    stderr: &'static str,
) -> Request {
    Request {
        words,
        cmd,
        prefix: &[],
        answer,
        least,
        header: 0,
        good: &[],
        stdout,
        stderr,
        stock_succeeds: false,
    }
}

const REQUESTS: &[Request] = &[
    Request {
        header: 4,
        prefix: &[0xdc, 1],
        ..request(
            "dcmi discover",
            1,
            &[0xdc, 1, 5, 2, 1, 1, 1],
            7,
            "",
            "Error discovering platform capabilities!\n\n",
        )
    },
    request("dcmi power reading", 2, &READING, 18, "\n", ""),
    request("dcmi power reading 1_min", 2, &READING, 18, "\n", ""),
    Request {
        good: &[0x80],
        ..request("dcmi power get_limit", 3, &LIMIT, 14, "\n", "")
    },
    Request {
        good: &[0x80],
        ..request("dcmi power set_limit limit 5", 3, &LIMIT, 14, "\n", "")
    },
    request("dcmi power set_limit limit 5", 4, &[0xdc], 1, "\n", ""),
    request(
        "dcmi power set_limit action no_action limit 5 correction 1 sample 1",
        4,
        &[0xdc],
        1,
        "\n",
        "",
    ),
    request("dcmi power activate", 5, &[0xdc], 1, "\n", ""),
    request("dcmi power deactivate", 5, &[0xdc], 1, "\n", ""),
    Request {
        prefix: &[0xdc, 0, 0],
        ..request(
            "dcmi asset_tag",
            6,
            &[0xdc, 0],
            2,
            "",
            "Error getting asset tag!\n",
        )
    },
    request(
        "dcmi set_asset_tag abc",
        8,
        &[0xdc],
        1,
        "\n Set Asset Tag: ",
        "\nError setting asset tag!\n",
    ),
    request(
        "dcmi get_mc_id_string",
        9,
        &[0xdc, 0],
        2,
        "",
        "Error getting management controller identifier string!\n",
    ),
    request(
        "dcmi set_mc_id_string abc",
        0x0a,
        &[0xdc],
        1,
        "\n Set Management Controller Identifier String Command: ",
        "Error setting management controller identifier string!\n",
    ),
    request(
        "dcmi thermalpolicy get 64 1",
        0x0c,
        &[0xdc, 0x20, 45, 60, 0],
        5,
        "\n",
        "",
    ),
    request(
        "dcmi thermalpolicy set 64 1 volatile poweroff sel 60 600",
        0x0b,
        &[0xdc],
        1,
        "\n",
        "",
    ),
    Request {
        prefix: &[0xdc, 2],
        ..request(
            "dcmi get_conf_param",
            0x13,
            &[0xdc, 1, 5, 1, 3],
            5,
            "",
            "Error Get DCMI Configuration Parameters!\n",
        )
    },
    Request {
        stock_succeeds: true,
        ..request(
            "dcmi set_conf_param init 5",
            0x12,
            &[0xdc],
            1,
            "\n",
            "Error Set DCMI Configuration Parameters!\n",
        )
    },
];

fn machine() -> Script {
    Script::new()
        .on(GROUP, 1, &[0xdc, 1], 0, &[0xdc, 1, 5, 2, 0x0f, 0x01, 0x3f])
        .on(GROUP, 1, &[0xdc, 2], 0, &[0xdc, 1, 5, 2, 0, 0x82, 7, 7, 1])
        .on(GROUP, 1, &[0xdc, 3], 0, &[0xdc, 1, 5, 2, 0x40, 0])
        .on(GROUP, 1, &[0xdc, 4], 0, &[0xdc, 1, 5, 2, 1, 0xff, 0xff])
        .on(GROUP, 2, &[], 0, &READING)
        .on(GROUP, 3, &[], 0x80, &LIMIT)
        .on(GROUP, 4, &[], 0, &[0xdc])
        .on(GROUP, 5, &[], 0, &[0xdc])
        .on(GROUP, 6, &[0xdc, 0, 0], 0, &[0xdc, 4])
        .on(GROUP, 6, &[], 0, b"\xdc\x04tag!")
        .on(GROUP, 7, &[], 0, &[0xdc, 0, 0])
        .on(GROUP, 8, &[], 0, &[0xdc])
        .on(GROUP, 9, &[0xdc, 0, 1], 0, &[0xdc, 5])
        .on(GROUP, 9, &[], 0, b"\xdc\x05name\0")
        .on(GROUP, 0x0a, &[], 0, &[0xdc])
        .on(GROUP, 0x0b, &[], 0, &[0xdc])
        .on(GROUP, 0x0c, &[], 0, &[0xdc, 0x20, 45, 60, 0])
        .on(GROUP, 0x10, &[], 0, &[0xdc, 2, 2, 0x8a, 1, 0x19, 2])
        .on(GROUP, 0x12, &[], 0, &[0xdc])
        .on(GROUP, 0x13, &[], 0, &[0xdc, 1, 5, 1, 3, 4])
}

const GROUP: u8 = 0x2c;

const READING: [u8; 18] = [
    0xdc, 0x64, 0, 10, 0, 0xc8, 0, 0x7b, 0, 0x00, 0x21, 0x43, 0x65, 0xe8, 3, 0, 0, 0x40,
];

const LIMIT: [u8; 14] = [0xdc, 0, 0, 0x11, 0xc8, 0, 0xe8, 3, 0, 0, 0, 0, 0x10, 0];

const LIMIT_SHOWN: &str = "
    Current Limit State: No Active Power Limit
    Exception actions:   Log Event to SEL
    Power Limit:         200 Watts
    Correction time:     1000 milliseconds
    Sampling period:     16 seconds


";

const UNKNOWN: &str = "stock writes in spite of a mistake, or says so later";

const POWER: &str = "
power <command>
    reading    Get power related readings from the system
    get_limit    Get the configured power limits
    set_limit    Set a power limit option
    activate    Activate the set power limit
    deactivate    Deactivate the set power limit

";

const SET_LIMIT: &str = "
set_limit <parameter> <value>
    action    <no_action | sel_logging | power_off>
    limit    <number in Watts>
    correction    <number in milliseconds>
    sample    <number in seconds>

";

const CONFIG: &str = "
DCMI Configuration Parameters
    activate_dhcp    \tActivate DHCP
    dhcp_config    \tDHCP Configuration
    init    \t\tInitial timeout interval
    timeout    \t\tServer contact timeout interval
    retry    \t\tServer contact retry interval

";
