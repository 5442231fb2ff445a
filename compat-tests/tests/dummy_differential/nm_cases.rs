//! Cases of `nm`.

use compat_tests::dummy::Script;

use crate::cases::{reset, same};
use crate::{Case, Expect};

pub fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    words(&mut cases);
    mistakes(&mut cases);
    answers(&mut cases);
    values(&mut cases);
    suspend(&mut cases);
    limiting(&mut cases);
    cases
}

fn words(cases: &mut Vec<Case>) {
    for words in [
        "nm",
        "nm help",
        "nm help me",
        "nm discover",
        "nm DISCOVER",
        "nm discover extra",
        "nm capability",
        "nm capability domain platform",
        "nm capability domain CPU",
        "nm capability domain memory",
        "nm capability domain I/O",
        "nm capability domain protection",
        "nm capability domain bogus",
        "nm capability inlet",
        "nm capability missing",
        "nm capability reset",
        "nm capability boot",
        "nm capability domain cpu inlet",
        "nm capability bogus",
        "nm control",
        "nm control bogus",
        "nm control enable",
        "nm control disable",
        "nm control ENABLE global",
        "nm control disable global",
        "nm control enable per_domain",
        "nm control enable per_domain CPU",
        "nm control disable per_domain Memory",
        "nm control enable per_domain bogus",
        "nm control enable per_policy",
        "nm control enable per_policy 5",
        "nm control disable per_policy 0xff",
        "nm control enable per_policy x",
        "nm control enable per_policy 256",
        "nm control enable per_domain cpu per_policy 7",
        "nm control enable bogus",
        "nm policy",
        "nm policy bogus",
        "nm policy get",
        "nm policy get policy_id 0",
        "nm policy get policy_id 255",
        "nm policy get policy_id 256",
        "nm policy get policy_id x",
        "nm policy get domain cpu policy_id 3",
        "nm policy get policy_id 3 domain memory",
        "nm policy get policy_id 0 domain protection",
        "nm policy get domain bogus policy_id 3",
        "nm policy get policy_id 3 power 5",
        "nm policy get power 5 policy_id 3",
        "nm policy get bogus",
        "nm policy add",
        "nm policy add policy_id 3",
        "nm policy add policy_id 3 enable",
        "nm policy add policy_id 3 disable",
        "nm policy add policy_id 3 volatile",
        "nm policy add domain cpu policy_id 3 correction auto power 300 trig_lim 1000 stats 60 enable",
        "nm policy add domain memory policy_id 4 correction soft power 0x200 trig_lim 4294967295 stats 65535",
        "nm policy add policy_id 4 correction hard inlet 30 trig_lim 10 stats 5 disable",
        "nm policy add policy_id 4 inlet 30 power 5 enable",
        "nm policy add policy_id 4 power 5 inlet 30 enable",
        "nm policy add policy_id 4 cores_off 1",
        "nm policy add policy_id 4 cores_off 127 volatile",
        "nm policy add policy_id 4 cores_off 0",
        "nm policy add policy_id 4 cores_off 128",
        "nm policy add policy_id 4 cores_off x",
        "nm policy add policy_id 4 correction bogus",
        "nm policy add policy_id 4 power x",
        "nm policy add policy_id 4 power 65536",
        "nm policy add policy_id 4 power",
        "nm policy add policy_id 4 inlet x",
        "nm policy add policy_id 4 inlet",
        "nm policy add policy_id 4 trig_lim x",
        "nm policy add policy_id 4 trig_lim 4294967296",
        "nm policy add policy_id 4 stats x",
        "nm policy add policy_id 4 stats 65536",
        "nm policy add policy_id x",
        "nm policy add policy_id 256",
        "nm policy add policy_id",
        "nm policy add domain bogus",
        "nm policy add bogus",
        "nm policy add power 5",
        "nm policy remove",
        "nm policy remove policy_id 3",
        "nm policy remove domain cpu policy_id 3",
        "nm policy remove policy_id 3 correction bogus",
        "nm policy remove policy_id x",
        "nm policy remove bogus",
        "nm policy limiting bogus",
        "nm policy limiting domain bogus",
        "nm statistics",
        "nm statistics bogus",
        "nm statistics power",
        "nm statistics temps",
        "nm statistics policy_power",
        "nm statistics policy_power policy_id 3",
        "nm statistics policy_temps policy_id 3",
        "nm statistics policy_throt policy_id 3 domain cpu",
        "nm statistics policy_throt domain memory policy_id 3",
        "nm statistics requests",
        "nm statistics response",
        "nm statistics cpu_throttling",
        "nm statistics mem_throttling domain memory",
        "nm statistics COMM_FAIL",
        "nm statistics power policy_id 7",
        "nm statistics power domain bogus",
        "nm statistics power policy_id x",
        "nm statistics power policy_id 256",
        "nm statistics power bogus",
        "nm power",
        "nm power min 100 max 500",
        "nm power max 500 min 0",
        "nm power domain cpu min 0x10 max 0x200",
        "nm power min 100",
        "nm power max 100",
        "nm power min 65535 max 5",
        "nm power min 5 max 65535",
        "nm power min 65536 max 5",
        "nm power min x max 5",
        "nm power min 5 max x",
        "nm power min 5 max",
        "nm power domain bogus min 1 max 5",
        "nm power bogus",
        "nm suspend",
        "nm suspend bogus policy_id 3",
        "nm suspend get",
        "nm suspend get policy_id",
        "nm suspend get policy_id 3",
        "nm suspend get domain cpu policy_id 3",
        "nm suspend get domain cpu",
        "nm suspend get policy_id x",
        "nm suspend get policy_id 256",
        "nm suspend get policy_id 3 1 2 3",
        "nm suspend set policy_id 3",
        "nm suspend set policy_id 3 1",
        "nm suspend set policy_id 3 1 2",
        "nm suspend set policy_id 3 1 2 3 4",
        "nm suspend set policy_id 3 1 2 3 4 5",
        "nm suspend set policy_id 3 x 2 3",
        "nm suspend set policy_id 3 1 x 3",
        "nm suspend set policy_id 3 1 2 x",
        "nm suspend set policy_id 3 1 2 256",
        "nm suspend set policy_id 3 1 2 3 x 5 6",
        "nm suspend set 1 2 3",
        "nm suspend set 1 2 3 policy_id 3",
        "nm suspend set domain bogus policy_id 3",
        "nm reset",
        "nm reset bogus",
        "nm reset global",
        "nm reset GLOBAL domain cpu",
        "nm reset per_policy",
        "nm reset per_policy policy_id 3",
        "nm reset per_policy policy_id 3 domain memory",
        "nm reset requests policy_id 0",
        "nm reset response policy_id 0",
        "nm reset throttling policy_id 0",
        "nm reset memory policy_id 0",
        "nm reset comm policy_id 0",
        "nm reset requests",
        "nm reset global policy_id x",
        "nm reset global domain bogus",
        "nm reset global bogus",
        "nm alert",
        "nm alert bogus",
        "nm alert get",
        "nm alert get extra",
        "nm alert set",
        "nm alert set chan 1",
        "nm alert set dest 1",
        "nm alert set chan 1 dest 2",
        "nm alert set chan 0xf dest 254 string 3",
        "nm alert set dest 0 string 0 chan 0",
        "nm alert set chan 1 dest 2 string 126",
        "nm alert set chan x dest 2",
        "nm alert set chan 256 dest 2",
        "nm alert set chan 1 dest x",
        "nm alert set chan 1 dest",
        "nm alert set chan",
        "nm alert set chan 1 dest 2 string x",
        "nm alert set bogus",
        "nm alert clear",
        "nm alert clear dest 1",
        "nm alert clear chan 1 dest 2",
        "nm alert clear chan 15 dest 2 string 1",
        "nm threshold",
        "nm threshold bogus policy_id 3",
        "nm threshold get",
        "nm threshold get policy_id",
        "nm threshold get policy_id 3",
        "nm threshold get domain cpu policy_id 3",
        "nm threshold get domain cpu",
        "nm threshold get policy_id x",
        "nm threshold get policy_id 3 100",
        "nm threshold get policy_id 3 x",
        "nm threshold set policy_id 3",
        "nm threshold set policy_id 3 100",
        "nm threshold set 100 policy_id 3 200",
        "nm threshold set domain memory policy_id 3 100 200 300",
        "nm threshold set policy_id 3 100 200 300 400",
        "nm threshold set policy_id 3 65535 65536",
        "nm threshold set policy_id 3 x",
        "nm threshold set 1 2 3",
        "nm threshold set domain bogus policy_id 3",
    ] {
        for prefix in ["", "-c ", "-v ", "-vv "] {
            cases.push(same("nm", &format!("{prefix}{words}"), machine()));
        }
    }
}

/// Words that are refused, or understood, where stock does something else.
fn mistakes(cases: &mut Vec<Case>) {
    let mut unlike = |words: &str, stdout: &str, stderr: &str, why: &'static str| {
        let status = i32::from(!stderr.is_empty());
        cases.push(Case {
            expect: Expect::Unlike {
                stdout: stdout.to_owned(),
                stderr: stderr.to_owned(),
                status,
                why,
            },
            ..same("nm", words, machine())
        });
    };
    unlike("nm bogus", "", COMMANDS, "stock exits 0");
    unlike("nm ", "", COMMANDS, "stock exits 0");
    for words in [
        "nm capability domain",
        "nm policy get policy_id 3 domain",
        "nm policy add policy_id 3 domain",
        "nm policy limiting domain",
        "nm statistics power domain",
        "nm power min 1 max 5 domain",
        "nm suspend get policy_id 3 domain",
        "nm reset global domain",
        "nm threshold get policy_id 3 domain",
    ] {
        unlike(words, "", DOMAINS, MISSING);
    }
    unlike(
        "nm capability inlet extra",
        "",
        "\nCapability commands\n    domain    <platform|CPU|Memory> (default is platform)\n    \
         inlet    Inlet temp trigger\n    missing    Missing Power reading trigger\n    \
         reset    Time after Host reset trigger\n    boot    Boot time policy\n\n",
        SKIPPED,
    );
    unlike(
        "nm control enable global extra",
        "",
        "\nControl Scope (required):\n    global    \n    \
         per_domain    <platform|CPU|Memory> (default is platform)\n    per_policy    <0-255>\n\n",
        SKIPPED,
    );
    for (number, what) in [("240", "start"), ("255", "start")] {
        unlike(
            &format!("nm suspend set policy_id 3 {number} 2 3"),
            "",
            &format!("suspend {what} value 0 must be 0-239.\n\n"),
            RANGE,
        );
    }
    unlike(
        "nm suspend set policy_id 3 1 2 3 4 240 3",
        "",
        "suspend stop value 1  must be 0-239.\n\n",
        RANGE,
    );
    unlike(
        "nm suspend set policy_id 3 1 2 3 1 2 3 1 2 3 1 2 3 1 2 3 1 2 3",
        "",
        "Error: there are at most 5 suspend periods.\n\n",
        "stock leaves the others out",
    );
    for (words, what) in [
        ("chan 16 dest 1", "Lan chan"),
        ("chan 0x81 dest 1", "Lan chan"),
        ("chan 255 dest 1", "Lan chan"),
        ("chan 1 dest 255", "Destination"),
        ("chan 1 dest 2 string 128", "String #"),
    ] {
        let stderr = format!("Alert {what} must be a positive integer.\n\n");
        unlike(&format!("nm alert set {words}"), "", &stderr, RANGE);
    }
    // Words without a value, in any order.
    for (words, cmd, data) in [
        ("nm capability inlet domain CPU", 0xc9, &[1, 0x11][..]),
        (
            "nm policy add enable policy_id 3 power 5",
            0xc1,
            &[0x10, 3, 0x10, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        ),
        (
            "nm policy add policy_id 3 volatile enable power 5",
            0xc1,
            &[0x10, 3, 0x90, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        ),
        (
            "nm policy add policy_id 3 domain cpu domain memory correction hard correction soft",
            0xc1,
            &[2, 3, 0x30, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        ),
        ("nm alert set chan 1 dest 2 string 127", 0xce, &[1, 2, 0xff]),
    ] {
        let answer = if cmd == 0xc9 { CAPABILITIES } else { ID };
        let stdout = if cmd == 0xc9 {
            "    power policies:\t\t8\n    max_temp\t\t    500 C\n    min_temp\t\t    100 C\n    \
             min_corr\t\t      6 secs\n    max_corr\t\t     30 secs\n    min_stats\t\t      1 secs\n    \
             max_stats\t\t   3600 secs\n    domain scope:\tplatform\n"
        } else {
            ""
        };
        cases.push(Case {
            expect: Expect::Unlike {
                stdout: stdout.to_owned(),
                stderr: String::new(),
                status: 0,
                why: SKIPPED,
            },
            ..same(
                "nm",
                words,
                Script::new().on(OEM, cmd, &[ID, data].concat(), 0, answer),
            )
        });
    }
}

/// Every completion code of every request, answers of every length, and of another maker.
fn answers(cases: &mut Vec<Case>) {
    for (words, cmd, answer, least) in REQUESTS {
        let answered = |code, data: &[u8]| Script::new().on(OEM, *cmd, &[], code, data);
        for code in 1..=0xff {
            if code >= 0x80 || code % 16 == 0 {
                cases.push(same("nm", words, answered(code, &[])));
            }
        }
        for first in [0, 1, 0x56, 0xdc, 0xff] {
            let mut answer = answer.to_vec();
            answer[0] = first;
            cases.push(same("nm", words, answered(0, &answer)));
        }
        for length in 0..=least + 3 {
            let bytes = answer.iter().copied().chain([0; 8]);
            let bytes: Vec<u8> = bytes.take(length).collect();
            let mut case = same("nm", words, answered(0, &bytes));
            if length < *least {
                // How many there are comes first.
                let least = match *cmd {
                    0xc4 | 0xc6 if length < 4 => 4,
                    _ => *least,
                };
                case.expect = Expect::Differs {
                    stdout: Some(String::new()),
                    stderr: Some(format!(
                        "\n    NM request failed because: the answer has {length} bytes of data, \
                         expected at least {least}\n"
                    )),
                    status: Some(1),
                    why: "stock shows what its memory holds",
                };
            }
            cases.push(case);
        }
        cases.push(reset("nm", words, OEM, *cmd));
    }
}

/// Each byte of each answer, with values of every kind.
fn values(cases: &mut Vec<Case>) {
    for (words, cmd, answer, least) in REQUESTS {
        for at in 3..*least {
            // How many there are is no value.
            if matches!(*cmd, 0xc4 | 0xc6) && at == 3 {
                continue;
            }
            for value in 0..=0xff_u8 {
                let few =
                    !(8..=0xfc).contains(&value) || value.is_power_of_two() || value % 37 == 0;
                // Two values without a name share their place in stock's memory.
                let nameless = *cmd == 0xc2 && value & 0x0f > 4;
                if !few || nameless {
                    continue;
                }
                let mut data = answer.to_vec();
                data[at] = value;
                for prefix in ["", "-c "] {
                    let words = format!("{prefix}{words}");
                    let script = Script::new().on(OEM, *cmd, &[], 0, &data);
                    cases.push(same("nm", &words, script));
                }
            }
        }
    }
    for trigger in ["inlet", "missing", "reset", "boot"] {
        let words = format!("nm capability {trigger}");
        let mut data = CAPABILITIES.to_vec();
        data[5] = 0xff;
        cases.push(same(
            "nm",
            &words,
            Script::new().on(OEM, 0xc9, &[], 0, &data),
        ));
    }
    for count in 0..=0xff_u8 {
        if count < 5 || count % 50 == 0 {
            let data = [0x57, 1, 0, count, 1, 0, 2, 0, 3, 4, 5, 6];
            cases.push(same(
                "nm",
                "nm threshold get policy_id 3",
                Script::new().on(OEM, 0xc4, &[], 0, &data),
            ));
        }
    }
    // Times as the zone has them, and in UTC.
    for stamp in [0, 1, 0x2000_0000, 0x6543_2100, u32::MAX] {
        let mut data = STATISTICS.to_vec();
        data[11..15].copy_from_slice(&u32::to_le_bytes(stamp));
        for prefix in ["", "-Z ", "-c ", "-c -Z "] {
            cases.push(same(
                "nm",
                &format!("{prefix}nm statistics power"),
                Script::new().on(OEM, 0xc8, &[], 0, &data),
            ));
        }
    }
}

fn suspend(cases: &mut Vec<Case>) {
    let words = "nm suspend get policy_id 3";
    let script = |data: &[u8]| Script::new().on(OEM, 0xc6, &[], 0, &[ID, data].concat());
    cases.push(same("nm", words, script(&[0])));
    for value in (0..=0xff_u8).step_by(3) {
        for data in [
            [1, value, 30, 0x1f],
            [1, 20, value, 0x60],
            [1, 20, 30, value],
        ] {
            cases.push(same("nm", words, script(&data)));
        }
    }
    for (words, data) in [
        ("policy_id 3 0 239 0x7f", &[0, 3, 1, 0, 239, 0x7f][..]),
        (
            "domain memory policy_id 3 1 2 3 4 5 6",
            &[2, 3, 2, 1, 2, 3, 4, 5, 6],
        ),
        (
            "policy_id 3 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15",
            &[0, 3, 5, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        ),
    ] {
        let words = format!("nm suspend set {words}");
        cases.push(Case {
            expect: Expect::Instead {
                stderr: String::new(),
                requests: vec![(OEM, 0xc5, [ID, data].concat())],
                why: "stock writes that there are no periods",
            },
            ..same("nm", &words, machine())
        });
    }
    let mut unlike = |data: &[u8], stdout: &str, stderr: &str, why: &'static str| {
        cases.push(Case {
            expect: Expect::Differs {
                stdout: Some(stdout.to_owned()),
                stderr: Some(stderr.to_owned()),
                status: Some(i32::from(!stderr.is_empty())),
                why,
            },
            ..same("nm", words, script(data))
        });
    };
    unlike(
        &[3, 80, 120, 0x1f, 0, 239, 0x60, 5, 6, 0],
        "    Suspend Policy domain:                    platform\n    \
         Suspend Policy Policy ID:                 3\n    \
         Suspend Period 0:                         08:00 to 12:00, MTuWThF\n    \
         Suspend Period 1:                         00:00 to 23:54, SaSu\n    \
         Suspend Period 2:                         00:30 to 00:36\n",
        "",
        "stock reads a third of the periods",
    );
    unlike(
        &[2, 80, 120, 0x1f, 0, 239],
        "",
        "\n    NM request failed because: the answer has 9 bytes of data, expected at least 10\n",
        "stock shows what its memory holds",
    );
    unlike(
        &[255],
        "",
        "\n    NM request failed because: the answer has 4 bytes of data, expected at least 769\n",
        "stock shows what its memory holds",
    );
}

/// Stock prints `limit 0` whatever the answer.
fn limiting(cases: &mut Vec<Case>) {
    for (code, data, stdout) in [
        (0, &[0x57, 1, 0, 0][..], "limit 0\n"),
        (0, &[0x57, 1, 0, 0x1f], "limit 1f\n"),
        (0xa1, &[], "limit none\n"),
        (0xa1, &[0x57, 1, 0], "limit none\n"),
    ] {
        for words in ["nm policy limiting", "nm policy limiting domain cpu"] {
            cases.push(Case {
                expect: Expect::Differs {
                    stdout: Some(stdout.to_owned()),
                    stderr: None,
                    status: None,
                    why: "stock prints 0 whichever policy limits",
                },
                ..same("nm", words, Script::new().on(OEM, 0xf2, &[], code, data))
            });
        }
    }
    for code in (0x80..=0xff).filter(|code| *code != 0xa1) {
        let script = Script::new().on(OEM, 0xf2, &[], code, &[]);
        cases.push(same("nm", "nm policy limiting", script));
    }
    cases.push(reset("nm", "nm policy limiting", OEM, 0xf2));
}

fn machine() -> Script {
    REQUESTS.iter().fold(
        Script::new().on(OEM, 0xf2, &[], 0, &[0x57, 1, 0, 0]),
        |script, (_, cmd, answer, _)| script.on(OEM, *cmd, &[], 0, answer),
    )
}

/// What is typed, the command, an answer, and how long that must be.
const REQUESTS: &[(&str, u8, &[u8], usize)] = &[
    ("nm discover", 0xca, &[0x57, 1, 0, 3, 2, 7, 0x11, 0x12], 8),
    ("nm capability", 0xc9, CAPABILITIES, 21),
    ("nm control enable global", 0xc0, ID, 1),
    (
        "nm policy get policy_id 0",
        0xc2,
        &[
            0x57, 1, 0, 0x70, 0x50, 1, 0x2c, 1, 0xe8, 3, 0, 0, 4, 0, 60, 0,
        ],
        16,
    ),
    ("nm policy add policy_id 3 power 300", 0xc1, ID, 1),
    ("nm statistics power", 0xc8, STATISTICS, 20),
    ("nm power min 100 max 500", 0xcb, ID, 1),
    ("nm suspend set policy_id 3 domain cpu", 0xc5, ID, 1),
    (
        "nm suspend get policy_id 3",
        0xc6,
        &[0x57, 1, 0, 1, 80, 120, 0x1f],
        7,
    ),
    ("nm reset global", 0xc7, ID, 1),
    ("nm alert set chan 1 dest 2", 0xce, ID, 1),
    ("nm alert get", 0xcf, &[0x57, 1, 0, 0x81, 2, 0x83], 6),
    ("nm threshold set policy_id 3 100", 0xc3, ID, 1),
    (
        "nm threshold get policy_id 3",
        0xc4,
        &[0x57, 1, 0, 3, 100, 0, 200, 0, 44, 1],
        10,
    ),
];

const CAPABILITIES: &[u8] = &[
    0x57, 1, 0, 8, 0xf4, 1, 100, 0, 0x70, 0x17, 0, 0, 0x30, 0x75, 0, 0, 1, 0, 0x10, 0x0e, 0,
];

const STATISTICS: &[u8] = &[
    0x57, 1, 0, 100, 0, 50, 0, 200, 0, 120, 0, 0, 0x21, 0x43, 0x65, 60, 0, 0, 0, 0x70,
];

const ID: &[u8] = &[0x57, 1, 0];

const OEM: u8 = 0x2e;

const MISSING: &str =
    "stock takes a missing domain for the platform, or reads on in its environment";
const SKIPPED: &str = "stock skips the word behind each word without a value";
const RANGE: &str = "stock writes numbers that are out of range";

const DOMAINS: &str = "\nDomain Scope:\n    platform    \n    CPU    \n    Memory    \n    protection    \n    I/O    \n\n";

const COMMANDS: &str = "
Node Manager Interface commands
    discover    Discover Node Manager
    capability    Get Node Manager Capabilities
    control    Enable/Disable Policy Control
    policy    Add/Remove Policies
    statistics    Get Statistics
    power    Set Power Draw Range
    suspend    Set/Get Policy suspend periods
    reset    Reset Statistics
    alert    Set/Get/Clear Alert destination
    threshold    Set/Get Alert Thresholds

";
