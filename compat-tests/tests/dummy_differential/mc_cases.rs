//! Cases of `mc`, but for `mc info`.

use compat_tests::dummy::Script;

use crate::cases::{reset, same};
use crate::{Case, Expect};

pub fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    words(&mut cases);
    refusals(&mut cases);
    lengths(&mut cases);
    guid(&mut cases);
    selftest(&mut cases);
    watchdog(&mut cases);
    enables(&mut cases);
    system_info(&mut cases);
    cases
}

fn words(cases: &mut Vec<Case>) {
    for words in [
        "mc",
        "mc help",
        "mc helpx",
        "mc help me",
        "mc bogus",
        "mc ",
        "mc INFO",
        "mc reset",
        "mc reset help",
        "mc reset bogus",
        "mc reset ",
        "mc reset cold",
        "mc reset cold extra",
        "mc reset warm",
        "mc guid",
        "mc guid bogus",
        "mc guid auto",
        "mc guid ipmi",
        "mc guid rfc",
        "mc guid smbios",
        "mc guid dump",
        "mc guid dump extra",
        "mc selftest",
        "mc selftest extra",
        "mc getenables",
        "mc getenables extra",
        "mc setenables",
        "mc setenables help",
        "mc setenables help oem0",
        "mc watchdog get",
        "mc watchdog get extra",
        "mc watchdog reset",
        "mc watchdog off",
        "mc getsysinfo",
        "mc getsysinfo help",
        "mc getsysinfo bogus",
        "mc getsysinfo help extra",
        "mc getsysinfo ",
        "mc getsysinfo os_name",
        "mc getsysinfo os_name extra",
        "mc setsysinfo",
        "mc setsysinfo help",
        "mc setsysinfo help extra",
        "mc setsysinfo bogus",
        "mc setsysinfo bogus text",
        "mc setsysinfo os_name",
        "mc setsysinfo os_name text",
        "mc setsysinfo os_name text extra",
        "mc setsysinfo os_name ",
    ] {
        for prefix in ["", "-c ", "-v ", "-vv "] {
            cases.push(same("mc", &format!("{prefix}{words}"), machine()));
        }
        let other = words.replacen("mc", "bmc", 1);
        cases.push(same("mc", &other, machine()));
    }
}

/// Every completion code of the main requests.
fn refusals(cases: &mut Vec<Case>) {
    for (words, cmd) in [
        ("mc reset cold", 0x02),
        ("mc reset warm", 0x03),
        ("mc selftest", 0x04),
        ("mc guid", 0x37),
        ("mc getenables", 0x2f),
        ("mc setenables oem0 on", 0x2f),
        ("mc setenables oem0 on", 0x2e),
        ("mc watchdog get", 0x25),
        ("mc watchdog reset", 0x22),
        ("mc watchdog off", 0x24),
        ("mc watchdog set timeout=5", 0x24),
        ("mc getsysinfo os_name", 0x59),
        ("mc setsysinfo os_name text", 0x58),
    ] {
        for code in 1..=0xff {
            if code < 0xc0 && code % 8 != 0 || code > 0xd7 && code != 0xff {
                continue;
            }
            let refusing = Script::new().on(6, cmd, &[], code, &[]).or(&machine());
            let mut case = same("mc", words, refusing);
            if words.contains("sysinfo") || words.contains("watchdog set") {
                case.expect = louder();
            }
            cases.push(case);
        }
        // Stock says that a cold reset was sent whatever became of it.
        if words != "mc reset cold" {
            cases.push(reset("mc", words, 6, cmd));
        }
    }
}

/// Answers that are too short, and longer ones.
fn lengths(cases: &mut Vec<Case>) {
    for (words, cmd, data, least, what) in [
        (
            "mc getenables",
            0x2f,
            &[0x0e][..],
            1,
            "Get Global Enables command failed",
        ),
        (
            "mc setenables oem0 on",
            0x2f,
            &[0x0e],
            1,
            "Get Global Enables command failed",
        ),
        (
            "mc watchdog get",
            0x25,
            &[0x44, 3, 30, 0, 0xb8, 0xb, 0xa, 0],
            8,
            "Get Watchdog Timer command failed",
        ),
    ] {
        for length in 0..data.len() + 4 {
            let answer: Vec<u8> = data.iter().copied().chain([9; 4]).take(length).collect();
            let script = Script::new().on(6, cmd, &[], 0, &answer).or(&machine());
            let mut case = same("mc", words, script);
            if length < least {
                case.expect = Expect::Ours {
                    stderr: format!(
                        "{what}: the answer has {length} bytes of data, expected at least {least}\n"
                    ),
                    why: SHORT,
                };
            }
            cases.push(case);
        }
    }
    for length in 0..=20 {
        let script = Script::new().on(6, 0x37, &[], 0, &vec![0x4a; length]);
        cases.push(same("mc", "mc guid", script));
        let script = Script::new().on(6, 0x02, &[], 0, &vec![0x4a; length]);
        cases.push(same("mc", "mc reset cold", script));
    }
}

fn guid(cases: &mut Vec<Case>) {
    let verb = "mc guid";
    // The version where each encoding looks for it.
    let with_versions = |ipmi: u8, rfc: u8, smbios: u8| {
        let mut bytes: [u8; 16] = [
            0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x06, 0x07, 0x88, 0x09, 0xaa, 0xbb, 0xcc, 0xdd,
            0xee, 0xff,
        ];
        bytes[9] |= ipmi << 4;
        bytes[6] |= rfc << 4;
        bytes[7] |= smbios << 4;
        bytes
    };
    for version in [0, 1, 2, 3, 4, 5, 6, 15] {
        for bytes in [
            with_versions(version, 0, 0),
            with_versions(0, version, 0),
            with_versions(0, 0, version),
            with_versions(version, 4, 0),
            with_versions(version, 0, 4),
            with_versions(1, version, 4),
            with_versions(4, 1, version),
            with_versions(version, version, version),
        ] {
            let script = Script::new().on(6, 0x37, &[], 0, &bytes);
            cases.push(same(verb, "mc guid", script.clone()));
            for mode in ["ipmi", "smbios", "rfc", "dump"] {
                cases.push(same(verb, &format!("mc guid {mode}"), script.clone()));
            }
        }
    }
    // Times: 1582, 1969, 1970, 2019, and years to come.
    for high in [0x1000_u16, 0x11b1, 0x11b2, 0x11ea, 0x11f0, 0x1200, 0x1fff] {
        let [h0, h1] = high.to_be_bytes();
        let tail = [0x80, 0x01, 1, 2, 3, 4, 5, 6];
        let rfc = [&[0x13, 0x81, 0x40, 0x00, 0x1d, 0xd2, h0, h1], &tail[..]].concat();
        let smbios = [&[0x00, 0x40, 0x81, 0x13, 0xd2, 0x1d, h1, h0], &tail[..]].concat();
        let mut ipmi = rfc.clone();
        ipmi.reverse();
        for bytes in [rfc, smbios, ipmi] {
            let script = Script::new().on(6, 0x37, &[], 0, &bytes);
            for words in [
                "mc guid",
                "-Z mc guid",
                "mc guid rfc",
                "mc guid ipmi",
                "mc guid smbios",
            ] {
                cases.push(same(verb, words, script.clone()));
            }
        }
    }
    let mut named = same(verb, "mc guid rfc4122", machine());
    named.expect = Expect::Unlike {
        stdout: "System GUID   : 00112233-4455-6677-8899-aabbccddeeff\nGUID Version  : Unknown/unsupported (6)\n"
            .to_owned(),
        stderr: String::new(),
        status: 0,
        why: "stock does not know the encoding that its help names",
    };
    cases.push(named);
}

fn selftest(cases: &mut Vec<Case>) {
    for value in 0..=0xff {
        for data in [[value, 0x5a], [0x57, value], [0x58, value]] {
            if data[1] == value && value % 5 != 0 && !u8::is_power_of_two(value) {
                continue;
            }
            let script = Script::new().on(6, 4, &[], 0, &data);
            cases.push(same("mc selftest", "mc selftest", script));
        }
    }
    for data in [&[0x55][..], &[0x56], &[0x55, 1, 2, 3]] {
        let script = Script::new().on(6, 4, &[], 0, data);
        cases.push(same("mc selftest", "mc selftest", script));
    }
    for data in [&[][..], &[0x57], &[0x10]] {
        let mut case = same(
            "mc selftest",
            "mc selftest",
            Script::new().on(6, 4, &[], 0, data),
        );
        case.expect = Expect::Ours {
            stderr: format!(
                "Bad response: (the answer has {} bytes of data, expected at least 2)\n",
                data.len()
            ),
            why: SHORT,
        };
        cases.push(case);
    }
}

fn watchdog(cases: &mut Vec<Case>) {
    let verb = "mc watchdog";
    for value in 0..=0xff {
        for at in 0..8 {
            if value % 17 != 0 && (at > 1 || value % 3 != 0) {
                continue;
            }
            let mut data = [0x44, 3, 30, 0, 0xb8, 0xb, 0xa, 0];
            data[at] = value;
            let script = Script::new().on(6, 0x25, &[], 0, &data);
            cases.push(same(verb, "mc watchdog get", script));
        }
    }
    for option in [
        "timeout=1",
        "timeout=6553",
        "pretimeout=1",
        "pretimeout=255",
        "int=none",
        "int=smi",
        "int=nmi",
        "int=msg",
        "use=none",
        "use=frb2",
        "use=post",
        "use=osload",
        "use=sms",
        "use=oem",
        "clear=frb2 clear=oem",
        "clear=none",
        "action=none",
        "action=reset",
        "action=poweroff",
        "action=cycle",
        "nolog",
        "dontstop",
        "t=7",
        "p=7",
        "i=nmi",
        "u=sms",
        "a=cycle",
        "c=post",
        "n",
        "d",
        "time=9 timeout=8",
    ] {
        for prefix in ["", "-v ", "-vv "] {
            for suffix in ["", " use=sms", " nolog action=reset timeout=300 int=msg"] {
                cases.push(same(
                    verb,
                    &format!("{prefix}mc watchdog set {option}{suffix}"),
                    machine(),
                ));
            }
        }
    }
    for words in [
        "mc watchdog",
        "mc watchdog help",
        "mc watchdog bogus",
        "mc watchdog ",
        "mc watchdog set",
    ] {
        let complaint = match words {
            "mc watchdog" | "mc watchdog set" => "Not enough parameters given.\n".to_owned(),
            "mc watchdog help" => String::new(),
            other => format!(
                "Invalid mc/bmc watchdog command: {}\n",
                &other["mc watchdog ".len()..]
            ),
        };
        let mut case = same(verb, words, machine());
        case.expect = Expect::Differs {
            stdout: None,
            stderr: Some(format!("{complaint}{WATCHDOG_USAGE}")),
            status: None,
            why: "stock's help breaks off after 1024 bytes",
        };
        cases.push(case);
    }
    // Some of these kill stock.
    for (option, complaint) in [
        ("timeout=0", "Timeout value 0 is out of range (1-6553)\n\n"),
        (
            "timeout=6554",
            "Timeout value 6554 is out of range (1-6553)\n\n",
        ),
        ("timeout=x", "Timeout value x is out of range (1-6553)\n\n"),
        ("timeout", "Option 'timeout' needs a value\n\n"),
        (
            "pretimeout=256",
            "Pretimeout value 256 is out of range (1-255)\n\n",
        ),
        ("int=bogus", "Interrupt type 'bogus' is not valid\n\n"),
        ("use=bogus", "Use 'bogus' is not valid\n\n"),
        ("action=bogus", "Action 'bogus' is not valid\n\n"),
        ("clear=bogus", "Use 'bogus' is not valid\n\n"),
        ("bogus", "Invalid option 'bogus'\n"),
        ("nonsense", "Invalid option 'nonsense'\n"),
        ("nolog=1", "Option 'nolog' has no value\n\n"),
    ] {
        let mut case = same(
            verb,
            &format!("mc watchdog set use=sms {option}"),
            machine(),
        );
        case.expect = Expect::Unlike {
            stdout: String::new(),
            stderr: format!("{complaint}{WATCHDOG_USAGE}"),
            status: 1,
            why: "stock sets the timer in spite of a bad option, or crashes",
        };
        cases.push(case);
    }
    let mut help = same(verb, "mc watchdog set help", machine());
    help.expect = Expect::Unlike {
        stdout: String::new(),
        stderr: WATCHDOG_USAGE.to_owned(),
        status: 0,
        why: "stock sets the timer to nothing before it prints its help",
    };
    cases.push(help);
}

fn enables(cases: &mut Vec<Case>) {
    let verb = "mc enables";
    for value in 0..=0xff {
        let script = Script::new().on(6, 0x2f, &[], 0, &[value]).or(&machine());
        if value % 5 == 0 || u8::is_power_of_two(value) {
            cases.push(same(verb, "mc getenables", script.clone()));
        }
        if value % 32 == 5 {
            for name in ENABLES {
                for state in ["on", "off"] {
                    // What stock really understands: two words.
                    cases.push(same(
                        verb,
                        &format!("mc setenables {name} {state}"),
                        script.clone(),
                    ));
                }
            }
            cases.push(same(
                verb,
                "mc setenables oem0 on oem1 off event_msg on",
                script.clone(),
            ));
        }
    }
    for (words, changed) in [
        (
            "recv_msg_intr=on",
            "Enabling Receive Message Queue Interrupt\n",
        ),
        (
            "event_msg=off oem0=on",
            "Disabling Event Message Buffer\nEnabling OEM 0\n",
        ),
    ] {
        let mut case = same(verb, &format!("mc setenables {words}"), machine());
        case.expect = Expect::Unlike {
            stdout: format!("{changed}\nVerifying...\n{SHOWN}"),
            stderr: String::new(),
            status: 0,
            why: "stock does not understand option=on, which its help names",
        };
        cases.push(case);
    }
    for words in ["bogus", "bogus=on", "oem0", "oem0=maybe", "oem0 maybe"] {
        let mut case = same(verb, &format!("mc setenables {words}"), machine());
        let word = words.split(' ').next().unwrap_or_default();
        case.expect = Expect::Ours {
            stderr: format!("Unrecognized option: {word}\n"),
            why: "stock ignores an option that it does not know, and exits 0",
        };
        cases.push(case);
    }
}

fn system_info(cases: &mut Vec<Case>) {
    let verb = "mc sysinfo";
    for name in SYSTEM_INFO {
        for words in [
            format!("mc getsysinfo {name}"),
            format!("-vv mc getsysinfo {name}"),
            format!("mc setsysinfo {name} short"),
            format!("mc setsysinfo {name} exactly-fourte"),
        ] {
            cases.push(same(verb, &words, machine()));
        }
    }
    for length in [0, 1, 13, 14, 15, 16, 29, 30, 31, 45, 46] {
        let words = format!("mc setsysinfo os_name {}", "x".repeat(length));
        cases.push(same(verb, &words, machine()));
    }
    for (name, length) in [("os_name", 47), ("os_name", 61), ("delloem_url", 15)] {
        let words = format!("mc setsysinfo {name} {}", "x".repeat(length));
        let mut case = same(verb, &words, machine());
        case.expect = Expect::Unlike {
            stdout: String::new(),
            stderr: String::new(),
            status: 0,
            why: "stock states as many bytes as fit where the string has fewer",
        };
        cases.push(case);
    }
    cases.push(same(
        verb,
        &format!("mc setsysinfo os_name {}", "x".repeat(62)),
        machine(),
    ));
    for (name, most) in [("os_name", 62), ("delloem_url", 30)] {
        let words = format!("mc setsysinfo {name} {}", "x".repeat(most + 1));
        let mut case = same(verb, &words, machine());
        case.expect = Expect::Ours {
            stderr: format!(
                "setsysinfo {name}: the string has {} bytes, at most {most} fit\n",
                most + 1
            ),
            why: "stock cuts a string off that is too long",
        };
        cases.push(case);
    }
    for encoding in [0, 1, 2, 0x10, 0xff] {
        for length in [0, 1, 14, 15, 30, 31, 62, 63, 94, 127, 128, 200, 255] {
            let first = [&[0x11, 0, encoding, length], &[b'a'; 14][..]].concat();
            let script = Script::new().on(6, 0x59, &[0, 4, 0], 0, &first).on(
                6,
                0x59,
                &[0, 4],
                0,
                &[&[0x11, 1], &[b'b'; 16][..]].concat(),
            );
            cases.push(same(verb, "mc getsysinfo os_name", script));
        }
    }
    let whole = [&[0x11, 0, 0, 5], &b"hello world"[..], &[1; 9]].concat();
    for length in 0..=whole.len() {
        let script = Script::new().on(6, 0x59, &[], 0, &whole[..length]);
        cases.push(same(verb, "mc getsysinfo os_name", script));
    }
    for code in [0x80, 0xc1, 0xc9] {
        let second = Script::new()
            .on(6, 0x59, &[0, 4, 0], 0, &[0x11, 0, 0, 40, b'a', b'b'])
            .on(6, 0x59, &[], code, &[]);
        let mut case = same(verb, "mc getsysinfo os_name", second);
        case.expect = louder();
        cases.push(case);
        let second = Script::new().on(6, 0x58, &[4, 1], code, &[]).or(&machine());
        let mut case = same(verb, "mc setsysinfo os_name more-than-fourteen", second);
        let what = match code {
            0x80 => "os_name parameter not supported",
            0xc1 => "command failed: Invalid command",
            _ => "command failed: Parameter out of range",
        };
        case.expect = Expect::Differs {
            stdout: None,
            stderr: Some(format!(
                "setsysinfo {what}\nOnly the first 1 blocks of the string are written\n"
            )),
            status: Some(1),
            why: "what state the BMC is in is said",
        };
        cases.push(case);
    }
}

/// A BMC that does all that it is asked.
fn machine() -> Script {
    Script::new()
        .on(6, 0x02, &[], 0, &[])
        .on(6, 0x03, &[], 0, &[])
        .on(6, 0x04, &[], 0, &[0x55, 0])
        .on(6, 0x22, &[], 0, &[])
        .on(6, 0x24, &[], 0, &[])
        .on(6, 0x25, &[], 0, &[0x44, 3, 30, 0, 0xb8, 0xb, 0xa, 0])
        .on(6, 0x2e, &[], 0, &[])
        .on(6, 0x2f, &[], 0, &[0x0e])
        .on(
            6,
            0x37,
            &[],
            0,
            &[
                0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd,
                0xee, 0xff,
            ],
        )
        .on(6, 0x58, &[], 0, &[])
        .on(
            6,
            0x59,
            &[],
            0,
            &[0x11, 0, 0, 5, b'h', b'e', b'l', b'l', b'o'],
        )
}

fn louder() -> Expect {
    Expect::fails("stock exits 0 where the BMC refused")
}

const SHORT: &str = "stock prints what its memory holds where an answer is too short";

const ENABLES: [&str; 7] = [
    "recv_msg_intr",
    "event_msg_intr",
    "event_msg",
    "system_event_log",
    "oem0",
    "oem1",
    "oem2",
];

const SYSTEM_INFO: [&str; 6] = [
    "system_fw_version",
    "primary_os_name",
    "os_name",
    "system_name",
    "delloem_os_version",
    "delloem_url",
];

const SHOWN: &str = "Receive Message Queue Interrupt          : disabled
Event Message Buffer Full Interrupt      : enabled
Event Message Buffer                     : enabled
System Event Logging                     : enabled
OEM 0                                    : disabled
OEM 1                                    : disabled
OEM 2                                    : disabled
";

const WATCHDOG_USAGE: &str = "usage: watchdog <command>:

   set <option[=value]> [<option[=value]> ...]
     Set Watchdog settings
     Options: (* = mandatory)
       timeout=<1-6553>                    - [0] Initial countdown value, sec
       pretimeout=<1-255>                  - [0] Pre-timeout interval, sec
       int=<smi|nmi|msg>                   - [-] Pre-timeout interrupt type
       use=<frb2|post|osload|sms|oem>      - [-] Timer use
       clear=<frb2|post|osload|sms|oem>    - [-] Clear timer use expiration
                                                 flag, can be specified
                                                 multiple times
       action=<reset|poweroff|cycle|none>  - [none] Timer action
       nolog                               - [-] Don't log the timer use
       dontstop                            - [-] Don't stop the timer
                                                 while applying settings

   get
     Get Current settings

   reset
     Restart Watchdog timer based on the most recent settings

   off
     Shut off a running Watchdog timer
";
