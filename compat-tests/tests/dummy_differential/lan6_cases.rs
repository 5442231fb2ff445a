//! Cases of `lan6`.

use compat_tests::dummy::Script;

use crate::cases::{reset, same, with_options};
use crate::lan_cases::differs;
use crate::{Case, Expect};

pub fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    words(&mut cases);
    show(&mut cases);
    failures(&mut cases);
    values(&mut cases);
    set(&mut cases);
    cases
}

fn words(cases: &mut Vec<Case>) {
    let first = cases.len();
    for words in [
        "lan6",
        "lan6 help",
        "lan6 HELP",
        "lan6 help help",
        "lan6 help save",
        "lan6 help set",
        "lan6 help print",
        "lan6 help lock",
        "lan6 help commit",
        "lan6 help discard",
        "lan6 help bogus",
        "lan6 bogus",
        "lan6 prin",
        "lan6 ",
        "lan6 lock",
        "lan6 commit",
        "lan6 discard",
        "lan6 set",
        "lan6 print x",
        "lan6 set x",
        "lan6 lock x",
        "lan6 print 1 bogus",
        "lan6 save 1 bogus",
        "lan6 set 1 bogus",
        "lan6 set 1",
        "lan6 set 1 nolock",
        "lan6 set 1 NOLOCK bogus",
        "lan6 print 1 static_addr x",
        "lan6 print 1 static_rtr 0",
        "lan6 print 1 static_duid 0 x",
        "lan6 set 1 static_addr",
        "lan6 set 1 static_addr x",
        "lan6 set 1 static_duid 0",
        "lan6 set 1 static_duid",
        "lan6 set 1 dhcp6_cfg",
        "lan6 set 1 enables",
        "lan6 set 1 enables x",
        "lan6 set 1 enables ipv",
        "lan6 set 1 traffic_class",
        "lan6 set 1 traffic_class x",
        "lan6 set 1 traffic_class 256",
        "lan6 set 1 flow_label",
        "lan6 set 1 flow_label x",
        "lan6 set 1 static_addr 0",
        "lan6 set 1 static_addr 0 enable",
        "lan6 set 1 static_addr 0 enable ::1",
        "lan6 set 1 static_addr 0 x ::1 64",
        "lan6 set 1 static_addr 0 enable x 64",
        "lan6 set 1 static_addr 0 enable 1.2.3.4 64",
        "lan6 set 1 static_addr 0 enable fe80::1%1 64",
        "lan6 set 1 static_addr 0 enable ::1 x",
        "lan6 set 1 static_addr 0 enable ::1 256",
        "lan6 set 1 static_duid 0 0 0",
        "lan6 set 1 static_duid 0 0 0g",
        "lan6 set 1 ndslaac_cfg 0 x",
        "lan6 set 1 dhcp6_cfg 0 zz",
        "lan6 set 1 dhcp6_cfg 0 00 0",
        "lan6 set 1 rtr_cfg x",
        "lan6 set 1 static_rtr 3 ::1 1:2:3:4:5:6 ::2 64",
        "lan6 set 1 static_rtr 1 ::1 1:2:3:4:5:6 ::2",
        "lan6 set 1 static_rtr 1 x 1:2:3:4:5:6 ::2 64",
        "lan6 set 1 static_rtr 1 ::1 1:2:3:4:5:6 x 64",
        "lan6 set 1 static_rtr 1 ::1 1:2:3:4:5:6 ::2 x",
        "-v lan6",
        "-c lan6 help set",
    ] {
        cases.push(same("lan6", words, good()));
    }
    with_options(cases, first);
    let mut mac = same("lan6", "lan6 set 1 static_rtr 1 ::1 x ::2 64", good());
    mac.expect = Expect::Differs {
        stdout: None,
        stderr: Some("invalid value\n".to_owned()),
        status: None,
        why: "a bad value is told in one line",
    };
    cases.push(mac);
    for words in [
        "print 300",
        "print 16",
        "save 16",
        "lock 256",
        "set 16 enables both",
    ] {
        let mut case = same("lan6", &format!("lan6 {words}"), good());
        let channel = words.split(' ').nth(1).unwrap_or_default();
        case.expect = Expect::Ours {
            stderr: format!("Invalid channel: {channel}\n"),
            why: "a channel out of range is refused: stock takes its low byte",
        };
        cases.push(case);
    }
    for item in [
        "support 1",
        "status 1 2 3",
        "dhcp6_cfg_sup 1",
        "dynamic_hops 3",
        "num_dynamic_rtrs 1",
        "static_duid_stg 1",
    ] {
        let mut case = same("lan6", &format!("lan6 set 1 {item}"), good());
        case.expect = Expect::Ours {
            stderr: "the parameter is read-only\n".to_owned(),
            why: "stock locks and commits, sets nothing, and ends well",
        };
        cases.push(case);
    }
    for words in [
        "static_addr 256 enable ::1 64",
        "flow_label 0x100000",
        "static_addr 0 enable ::1 129",
        "static_addr 0 enable ::1 64 bogus",
        "static_duid 0 0 0000000000000000000000000000000000",
        "static_rtr 1 ::1 1:2:3:4:5:6 ::2 129",
    ] {
        cases.push(unlike(words));
    }
}

/// What stock cuts down to size and writes, ours refuses; the usage line is stock's of other bad values.
fn unlike(words: &str) -> Case {
    let (stdout, stderr) = if words.starts_with("static_addr 256") {
        (USAGE_OF_SET, "invalid set selector\n")
    } else {
        let usage = USAGE_OF_SET.lines().find(|line| {
            let item = words.split(' ').next().unwrap_or_default();
            line.trim_start().starts_with(item)
        });
        (usage.unwrap_or_default(), "invalid value\n")
    };
    let mut stdout = stdout.to_owned();
    if !stdout.ends_with('\n') {
        stdout.push('\n');
    }
    let mut case = same("lan6", &format!("lan6 set 1 {words}"), good());
    case.expect = Expect::Differs {
        stdout: Some(stdout),
        stderr: Some(stderr.to_owned()),
        status: Some(1),
        why: "a value out of range is refused: stock cuts it down and writes it",
    };
    case
}

fn show(cases: &mut Vec<Case>) {
    for verb in ["lan6 print", "lan6 save"] {
        let verb: &'static str = verb;
        for words in ["", " 1", " 2", " 0x1", " 14"] {
            for prefix in ["", "-v ", "-vv ", "-c "] {
                let case = same(verb, &format!("{prefix}{verb}{words}"), good());
                cases.push(saved(case));
            }
        }
        for item in ITEMS {
            for rest in ["", " 0", " 1", " 2", " 3", " 0 0", " 0 1", " 1 0", " 9 9"] {
                if *item == "static_rtr" && rest.starts_with(" 0") {
                    continue;
                }
                let case = same(verb, &format!("{verb} 1 {item}{rest}"), good());
                cases.push(saved(case));
            }
            let upper = item.to_uppercase();
            cases.push(saved(same(verb, &format!("-v {verb} 1 {upper}"), good())));
        }
        cases.push(same(verb, verb, Script::new().on(6, 0x42, &[], 0xcc, &[])));
        cases.push(same(verb, verb, Script::new().on(6, 0x42, &[], 0xd4, &[])));
        cases.push(same(
            verb,
            &format!("{verb} 1"),
            Script::new().on(0xc, 2, &[], 0x80, &[]),
        ));
        cases.push(same(
            verb,
            &format!("{verb} 1"),
            Script::new().on(0xc, 2, &[], 0xcc, &[]),
        ));
        cases.push(reset(verb, &format!("{verb} 1 enables"), 0xc, 2));
    }
}

/// Stock saves the flow label with a `d` behind it, which is a digit.
fn saved(case: Case) -> Case {
    let words = case.arguments.join(" ").to_lowercase();
    if !words.contains("save") {
        return case;
    }
    let item = words.split(' ').skip_while(|word| *word != "save").nth(2);
    let all = item.is_none();
    let there = !words.contains("save 2") && !words.contains("save 14");
    if !there || !(all || item == Some("flow_label")) {
        return case;
    }
    let stdout = if all {
        SAVED.to_owned()
    } else {
        "lan6 lock 1\nlan6 set 1 nolock flow_label 0x10203\nlan6 commit 1\nlan6 discard 1\nexit\n"
            .to_owned()
    };
    Case {
        expect: Expect::Differs {
            stdout: Some(stdout),
            stderr: None,
            status: None,
            why: "stock saves a flow label with a digit too many",
        },
        ..case
    }
}

fn failures(cases: &mut Vec<Case>) {
    let verb = "lan6 print";
    for code in (1..=0xff)
        .step_by(16)
        .chain([0x80, 0x81, 0x82, 0x83, 0xc9, 0xcc])
    {
        for item in ["enables", "static_addr 0", "static_rtr 1", "dhcp6_cfg 0"] {
            let script = Script::new().on(0xc, 2, &[], code, &[]);
            cases.push(same(verb, &format!("lan6 print 1 {item}"), script));
        }
    }
    for selector in [66, 67, 68, 75, 77] {
        let item = if selector < 70 {
            "static_rtr"
        } else {
            "dynamic_rtr"
        };
        for code in [0x80, 0xcc, 0xd4] {
            let script = Script::new()
                .on(0xc, 2, &[1, selector], code, &[])
                .or(&good());
            cases.push(same(verb, &format!("lan6 print 1 {item} 1"), script));
        }
    }
    let refused = Script::new().on(0xc, 2, &[1, 51], 0xd4, &[]).or(&good());
    cases.push(differs(
        verb,
        "lan6 print 1",
        refused,
        Some("Getting parameter(s)...\nFailed to get IPv6/IPv4 Addressing Enables: Insufficient privilege level\n"),
        Some(1),
        "stock ends well although it failed",
    ));
}

fn values(cases: &mut Vec<Case>) {
    let verb = "lan6 print";
    for (item, selector, value) in VALUES {
        let full: Vec<u8> = [&[0x11], *value, &[1, 2, 3]].concat();
        for length in (1..=full.len()).step_by(if full.len() > 9 { 4 } else { 1 }) {
            let script = Script::new()
                .on(0xc, 2, &[1, *selector], 0, &full[..length])
                .or(&good());
            let set = chosen(*selector);
            let words = format!("lan6 print 1 {item}{set}");
            cases.push(same(verb, &words, script.clone()));
        }
        for at in (0..value.len()).step_by(if value.len() > 6 { 3 } else { 1 }) {
            for byte in [0x00, 0x03, 0x81, 0xff] {
                let mut value = value.to_vec();
                value[at] = byte;
                let answer = [&[0x11][..], &value].concat();
                let script = Script::new()
                    .on(0xc, 2, &[1, *selector], 0, &answer)
                    .or(&good());
                let set = chosen(*selector);
                cases.push(same(
                    verb,
                    &format!("lan6 print 1 {item}{set}"),
                    script.clone(),
                ));
                if *selector != 54 {
                    cases.push(same(
                        "lan6 save",
                        &format!("lan6 save 1 {item}{set}"),
                        script,
                    ));
                }
            }
        }
    }
}

/// One set, one block, where there are several: this BMC has every one of them.
fn chosen(selector: u8) -> &'static str {
    match selector {
        56 | 58 | 59 | 61 | 63 | 74..=77 | 80 => " 0 0",
        65..=68 => " 1",
        _ => "",
    }
}

fn set(cases: &mut Vec<Case>) {
    let verb = "lan6 set";
    for words in [
        "enables ipv4",
        "enables IPV6",
        "enables both extra",
        "traffic_class 0",
        "traffic_class 0xff",
        "static_hops 64",
        "flow_label 0",
        "flow_label 0xfffff",
        "static_addr 0 enable fe80::1 64",
        "static_addr 255 disable :: 0",
        "static_addr 1 ENABLE 2001:db8::1 128 active",
        "static_addr 1 enable ::1.2.3.4 64 invalid",
        "static_duid 0 0 000102",
        "static_duid 1 2 000102030405060708090a0b0c0d0e0F",
        "static_duid 0 0 ",
        "dynamic_duid 0 1 ff",
        "dhcp6_cfg 0 0102",
        "dhcp6_cfg 3 0102 030405060708",
        "rtr_cfg static",
        "rtr_cfg dynamic",
        "rtr_cfg BOTH",
        "static_rtr 1 fe80::1 1:2:3:4:5:6 2001:: 64",
        "static_rtr 2 fe80::1 1:2:3:4:5:6 2001:: 64 extra",
        "ndslaac_cfg 0 000102",
        "ndslaac_cfg 1 0 ",
    ] {
        if words == "ndslaac_cfg 1 0 " {
            continue;
        }
        for prefix in ["", "-v ", "-vv "] {
            for lock in ["", "nolock "] {
                cases.push(same(
                    verb,
                    &format!("{prefix}lan6 set 1 {lock}{words}"),
                    good(),
                ));
            }
        }
        for code in [0x80, 0x82, 0xd4] {
            // The lock is refused: the status is stock's only where it is negative.
            let script = Script::new().on(0xc, 1, &[1, 0], code, &[]).or(&good());
            cases.push(differs(
                verb,
                &format!("lan6 set 1 {words}"),
                script,
                None,
                Some(1),
                STATUS,
            ));
            let item = Script::new()
                .on(0xc, 1, &[1, 0], 0, &[])
                .on(0xc, 1, &[], code, &[]);
            cases.push(same(verb, &format!("lan6 set 1 {words}"), item.clone()));
            cases.push(same(verb, &format!("lan6 set 1 nolock {words}"), item));
        }
    }
    for word in ["lock", "commit", "discard", "LOCK"] {
        for channel in ["1", "2 x", "0", "15", "0xe"] {
            for prefix in ["", "-v "] {
                cases.push(same(
                    verb,
                    &format!("{prefix}lan6 {word} {channel}"),
                    good(),
                ));
            }
        }
        for code in [0x80, 0x81, 0xd4] {
            let script = Script::new().on(0xc, 1, &[], code, &[]);
            let words = format!("lan6 {word} 1");
            if word == "commit" {
                continue;
            }
            cases.push(differs(verb, &words, script, None, Some(1), STATUS));
        }
    }
    for (words, doing, state) in [
        ("lan6 commit 1", "Commit", 2),
        ("lan6 commit 1", "Commit", 0),
        ("lan6 set 1 enables both", "Setting", 2),
    ] {
        let script = Script::new()
            .on(0xc, 1, &[1, 0, state], 0x80, &[])
            .or(&good());
        cases.push(differs(
            verb,
            words,
            script,
            Some(&format!(
                "{doing} parameter(s)...\nFailed to set Set In Progress: Parameter not supported\n\
                 The parameters may still be locked: lan6 discard 1 unlocks them\n"
            )),
            Some(1),
            STATUS,
        ));
    }
    for (words, refused, before) in [
        (
            "static_rtr 1 ::1 1:2:3:4:5:6 ::2 64",
            67,
            "IPv6 Static Router 1 IP Address, IPv6 Static Router 1 MAC Address",
        ),
        (
            "static_rtr 2 ::1 1:2:3:4:5:6 ::2 64",
            70,
            "IPv6 Static Router 2 IP Address",
        ),
    ] {
        let script = Script::new()
            .on(0xc, 1, &[1, refused], 0x82, &[])
            .or(&good());
        let name = if refused == 67 {
            "IPv6 Static Router 1 Prefix Length"
        } else {
            "IPv6 Static Router 2 MAC Address"
        };
        cases.push(differs(
            verb,
            &format!("lan6 set 1 {words}"),
            script,
            Some(&format!(
                "Setting parameter(s)...\nFailed to set {name}: Parameter is read-only\nSet before that: {before}\n"
            )),
            None,
            "what was changed before a step failed is said",
        ));
    }
}

/// A BMC whose LAN channel 1 has every item; channel 2 has nothing.
fn good() -> Script {
    let mut script = Script::new().on(
        0xc,
        2,
        &[1, 56, 1],
        0,
        &[&[0x11, 1, 0][..], &[0; 16], &[0, 1]].concat(),
    );
    for (_, selector, value) in VALUES {
        let answer = [&[0x11], *value].concat();
        let selectors: &[u8] = match selector {
            56 | 59 | 74..=77 => &[1, *selector, 0],
            58 | 61 => &[1, *selector, 0, 0],
            63 | 80 => &[1, *selector, 0],
            _ => &[1, *selector],
        };
        script = script.on(0xc, 2, selectors, 0, &answer);
    }
    script
        .on(
            0xc,
            2,
            &[1, 58, 0, 1],
            0,
            &[&[0x11, 0, 1][..], &[0; 16]].concat(),
        )
        .on(0xc, 2, &[], 0xc9, &[])
        .on(0xc, 1, &[], 0, &[])
        .on(6, 0x42, &[], 0, &[1, 4, 1, 0x80, 0xf2, 0x1b, 0, 0, 0])
}

/// Item, selector, value.
const VALUES: &[(&str, u8, &[u8])] = &[
    ("support", 50, &[7]),
    ("enables", 51, &[2]),
    ("traffic_class", 52, &[1]),
    ("static_hops", 53, &[64]),
    ("flow_label", 54, &[1, 2, 3]),
    ("status", 55, &[2, 1, 3]),
    (
        "static_addr",
        56,
        &[
            0, 0x80, 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 64, 0,
        ],
    ),
    ("static_duid_stg", 57, &[1]),
    (
        "static_duid",
        58,
        &[0, 0, 10, 0, 3, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    ),
    (
        "dynamic_addr",
        59,
        &[
            0, 1, 0x20, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 64, 2,
        ],
    ),
    ("dynamic_duid_stg", 60, &[1]),
    (
        "dynamic_duid",
        61,
        &[0, 0, 10, 0, 9, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
    ),
    ("dhcp6_cfg_sup", 62, &[2]),
    (
        "dhcp6_cfg",
        63,
        &[0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    ),
    ("rtr_cfg", 64, &[3]),
    (
        "static_rtr",
        65,
        &[0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
    ),
    ("static_rtr", 66, &[1, 2, 3, 4, 5, 0xff]),
    ("static_rtr", 67, &[64]),
    (
        "static_rtr",
        68,
        &[0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ),
    ("static_rtr 2", 69, &[0; 16]),
    ("static_rtr 2", 70, &[0; 6]),
    ("static_rtr 2", 71, &[0]),
    ("static_rtr 2", 72, &[0; 16]),
    ("num_dynamic_rtrs", 73, &[1]),
    (
        "dynamic_rtr",
        74,
        &[0, 0xfe, 0x80, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14],
    ),
    ("dynamic_rtr", 75, &[0, 1, 2, 3, 4, 5, 6]),
    ("dynamic_rtr", 76, &[0, 64]),
    (
        "dynamic_rtr",
        77,
        &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 1, 2, 3, 4],
    ),
    ("dynamic_hops", 78, &[64]),
    ("ndslaac_cfg_sup", 79, &[1]),
    (
        "ndslaac_cfg",
        80,
        &[0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    ),
];

const ITEMS: &[&str] = &[
    "support",
    "enables",
    "traffic_class",
    "static_hops",
    "flow_label",
    "status",
    "static_addr",
    "static_duid_stg",
    "static_duid",
    "dynamic_addr",
    "dynamic_duid_stg",
    "dynamic_duid",
    "dhcp6_cfg_sup",
    "dhcp6_cfg",
    "rtr_cfg",
    "static_rtr",
    "num_dynamic_rtrs",
    "dynamic_rtr",
    "dynamic_hops",
    "ndslaac_cfg_sup",
    "ndslaac_cfg",
];

const STATUS: &str = "stock ends well although it failed";

const USAGE_OF_SET: &str = "  \
  set <channel> [nolock] <parameter> [<set_sel> [<block_sel>]] <values...>

   available parameters:
    enables {ipv4|ipv6|both}
    traffic_class <value>
    static_hops <value>
    flow_label <value>
    static_addr <set_sel> {enable|disable} <addr> <pfx_len>
    static_duid <set_sel> <block_sel> <data>
    dynamic_duid <set_sel> <block_sel> <data>
    dhcp6_cfg <set_sel> <data> <data>
    rtr_cfg {static|dynamic|both}
    static_rtr <set_sel> <addr> <macaddr> <prefix> <prefix_len>
    ndslaac_cfg <set_sel> <data>
";

const SAVED: &str = "\
lan6 lock 1
lan6 set 1 nolock enables both
lan6 set 1 nolock traffic_class 1
lan6 set 1 nolock static_hops 64
lan6 set 1 nolock flow_label 0x10203
lan6 set 1 nolock static_addr 0 enable fe80::1 64 active
lan6 set 1 nolock static_addr 1 disable :: 0 disabled
lan6 set 1 nolock static_duid 0 0 0a0003000102030405060708090a0b0c
lan6 set 1 nolock static_duid 0 1 00000000000000000000000000000000
lan6 set 1 nolock dynamic_duid 0 0 0a000900010101010101010101010101
lan6 set 1 nolock dhcp6_cfg 0 000102030405060708090a0b0c0d0e0f 000102030405
lan6 set 1 nolock rtr_cfg both
lan6 set 1 nolock static_rtr 1 fe80::1 01:02:03:04:05:ff 2001:db8:: 64
lan6 set 1 nolock static_rtr 2 :: 00:00:00:00:00:00 :: 0
lan6 set 1 nolock ndslaac_cfg 0 000102030405060708090a0b0c0d0e0f
lan6 commit 1
lan6 discard 1
exit
";
