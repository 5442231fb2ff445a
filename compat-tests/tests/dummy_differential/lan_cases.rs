//! Cases of `lan`.

use compat_tests::dummy::Script;

use crate::cases::{reset, same, with_options};
use crate::{Case, Expect};

pub fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    words(&mut cases);
    print(&mut cases);
    print_values(&mut cases);
    channels(&mut cases);
    set(&mut cases);
    set_mistakes(&mut cases);
    set_failures(&mut cases);
    partial_changes(&mut cases);
    access(&mut cases);
    alert_print(&mut cases);
    alerts_missing(&mut cases);
    alert_set(&mut cases);
    stats(&mut cases);
    cases
}

/// Cases that take stock, and so us, three seconds or eleven times that.
pub fn slow() -> Vec<Case> {
    let verb = "lan set";
    let words = "lan set 1 ipaddr 10.0.0.9";
    let old: &[u8] = &[0x11, 10, 0, 0, 1];
    let new: &[u8] = &[0x11, 10, 0, 0, 9];
    let reading = |answers: &[(u8, &[u8])]| {
        Script::new()
            .in_turn(0xc, 2, &[1, 3], answers)
            .or(&writable(good()))
    };
    let mut cases = Vec::new();
    for prefix in ["", "-v ", "-vv "] {
        let words = format!("{prefix}{words}");
        cases.push(same(verb, &words, reading(&[(0, old), (0, new)])));
        cases.push(same(verb, &words, reading(&[(0, &new[..4]), (0, new)])));
        cases.push(same(verb, &words, reading(&[(0x80, &[]), (0, new)])));
        cases.push(same(verb, &words, reading(&[(0xd4, &[]), (0, new)])));
        let busy = Script::new()
            .in_turn(0xc, 1, &[1, 3], &[(0xcc, &[]), (0, &[])])
            .or(&reading(&[(0, new)]));
        cases.push(same(verb, &words, busy));
    }
    cases.push(same(verb, words, reading(&[(0, old)])));
    cases.push(same(verb, words, reading(&[(0, &old[..3])])));
    cases.push(same(verb, words, reading(&[(0xcc, &[])])));
    cases.push(differs(
        verb,
        words,
        reading(&[(0xd4, &[])]),
        Some(
            "Get LAN Parameter 'IP Address' command failed: Insufficient privilege level\n\
             LAN Parameter 'IP Address' cannot be read back: it is not known whether it was written.\n",
        ),
        None,
        SILENT,
    ));
    let refusing = Script::new().on(0xc, 1, &[1, 3], 0xcc, &[]);
    cases.push(same(verb, words, refusing.or(&reading(&[(0, new)]))));
    cases
}

fn words(cases: &mut Vec<Case>) {
    let first = cases.len();
    for words in [
        "lan",
        "lan help",
        "lan help x",
        "lan bogus",
        "lan ",
        "lan PRINT",
        "lan print help",
        "lan print 1 2",
        "lan print x",
        "lan print 0",
        "lan print 15",
        "lan print 300",
        "lan print ",
        "lan printconf x",
        "lan set",
        "lan set 1",
        "lan set help",
        "lan set help x",
        "lan set 1 help",
        "lan set x ipaddr 1.2.3.4",
        "lan set 0 user",
        "lan set 15 user",
        "lan set 300 user",
        "lan alert",
        "lan alert help",
        "lan alert HELP",
        "lan alert print help",
        "lan alert print x",
        "lan alert print 0",
        "lan alert print 15 1",
        "lan alert set",
        "lan alert set 1 1",
        "lan alert set 1 1 ipaddr",
        "lan alert set help 1 2 3",
        "lan alert set x 1 ipaddr 1.2.3.4",
        "lan alert set 0 1 ipaddr 1.2.3.4",
        "lan stats",
        "lan stats get x",
        "lan stats get 0",
        "lan stats clear 300",
        "lan stats bogus 300",
        "-v lan",
        "-vv lan help",
        "-c lan",
    ] {
        cases.push(same("lan", words, good()));
    }
    with_options(cases, first);
    for words in [
        "lan stats bogus",
        "lan stats bogus 1",
        "lan stats help",
        "lan stats get 1 x",
    ] {
        cases.push(at_once("lan", words, good()));
    }
    cases.push(differs(
        "lan",
        "lan alert bogus",
        good(),
        Some(ALERT_USAGES),
        Some(1),
        STATUS,
    ));
}

fn print(cases: &mut Vec<Case>) {
    let verb = "lan print";
    for words in [
        "lan print",
        "lan print 1",
        "lan printconf",
        "lan print 0x1",
        "lan print 2",
        "lan print 3",
        "lan print 4",
        "lan print 14",
    ] {
        for prefix in ["", "-c ", "-v ", "-vv ", "-vvv "] {
            cases.push(same(verb, &format!("{prefix}{words}"), good()));
        }
    }
    for (parameter, value) in PARAMETERS {
        let selector = [1, parameter];
        let answering =
            |code, data: &[u8]| Script::new().on(0xc, 2, &selector, code, data).or(&good());
        for code in [0x80, 0xc9, 0xcc] {
            cases.push(same(verb, "lan print 1", answering(code, &[])));
            cases.push(same(verb, "-v lan print 1", answering(code, &[])));
        }
        for code in [0x01, 0xc1, 0xd4, 0xff] {
            // With -v, stock says why.
            cases.push(same(verb, "-v lan print 1", answering(code, &[])));
            let fatal = !matches!(parameter, 17..=21);
            let case = same(verb, "lan print 1", answering(code, &[]));
            cases.push(if fatal {
                stderr_of_ours(case, parameter, code)
            } else {
                case
            });
        }
        let full: Vec<u8> = [&[0x11], value, &[1, 2, 3, 4]].concat();
        for length in 1 + value.len()..=full.len() {
            cases.push(same(verb, "lan print 1", answering(0, &full[..length])));
        }
        if matches!(parameter, 16 | 23) {
            continue;
        }
        let variable = matches!(parameter, 24 | 26);
        for length in 1..=value.len() {
            if variable {
                cases.push(same(verb, "lan print 1", answering(0, &full[..length])));
            }
        }
    }
    cases.push(reset(verb, "lan print 1", 6, 0x42));
}

/// Without `-v` stock is silent about what ends it.
fn stderr_of_ours(case: Case, parameter: u8, code: u8) -> Case {
    let Some((_, name)) = NAMES.iter().find(|(each, _)| *each == parameter) else {
        return case;
    };
    let text = steadysol::ipmi::completion::text(code);
    Case {
        expect: Expect::Differs {
            stdout: None,
            stderr: Some(format!(
                "Get LAN Parameter '{name}' command failed: {text}\n"
            )),
            status: None,
            why: SILENT,
        },
        ..case
    }
}

fn print_values(cases: &mut Vec<Case>) {
    let verb = "lan print";
    for (parameter, value) in PARAMETERS {
        for at in 0..value.len().min(9) {
            for byte in [0x00, 0x01, 0x02, 0x05, 0x17, 0x3f, 0x80, 0xaa, 0xff] {
                let mut value = value.to_vec();
                value[at] = byte;
                // The community's last byte stays zero: stock prints on behind it.
                let answer = [&[0x11][..], &value].concat();
                let script = Script::new().on(0xc, 2, &[1, parameter], 0, &answer);
                cases.push(same(verb, "lan print 1", script.or(&good())));
            }
        }
    }
    let latin = Script::new().on(
        0xc,
        2,
        &[1, 16],
        0,
        b"\x11caf\xe9\x07\0\0\0\0\0\0\0\0\0\0\0\0\0",
    );
    cases.push(same(verb, "lan print 1", latin.or(&good())));
    // Fewer suites than there are said to be; more than fit.
    for (count, suites) in [
        (1, 3),
        (3, 1),
        (16, 16),
        (17, 16),
        (255, 16),
        (3, 17),
        (3, 20),
        (0, 0),
    ] {
        let list: Vec<u8> = [0x11, 0].into_iter().chain(1..).take(2 + suites).collect();
        let script =
            Script::new()
                .on(0xc, 2, &[1, 22], 0, &[0x11, count])
                .on(0xc, 2, &[1, 23], 0, &list);
        let case = same(verb, "lan print 1", script.or(&good()));
        let missing = usize::from(count).min(16) > suites;
        cases.push(if missing { memory(case, &list) } else { case });
    }
    for parameter in [3, 5, 7, 20] {
        let script = Script::new().on(0xc, 2, &[1, parameter], 0, &[0x11, 1]);
        let name = NAMES.iter().find(|(each, _)| *each == parameter).unwrap().1;
        let expected = match parameter {
            3 => 5,
            5 => 7,
            7 => 4,
            _ => 3,
        };
        let mut case = same(verb, "lan print 1", script.or(&good()));
        let stdout: String = PRINTED
            .split_inclusive('\n')
            .filter(|line| !line.starts_with(name) || line.starts_with("IP Address Source"))
            .collect();
        case.expect = Expect::Differs {
            stdout: Some(stdout),
            stderr: Some(format!(
                "Get LAN Parameter '{name}' command failed: the answer has 2 bytes of data, expected at least {expected}\n"
            )),
            status: Some(1),
            why: SHORT,
        };
        cases.push(case);
    }
}

/// Stock lists what its memory holds; ours what there is.
fn memory(case: Case, list: &[u8]) -> Case {
    let there: Vec<String> = list[2..].iter().map(u8::to_string).collect();
    let stdout = PRINTED.replace(": 1,3,17\n", &format!(": {}\n", there.join(",")));
    Case {
        expect: Expect::Differs {
            stdout: Some(stdout),
            stderr: None,
            status: None,
            why: SHORT,
        },
        ..case
    }
}

fn channels(cases: &mut Vec<Case>) {
    for words in [
        "lan print",
        "lan print 1",
        "lan alert print",
        "lan stats get",
        "lan stats clear 1",
        "lan set 1 user",
    ] {
        for code in (1..=0xff).step_by(25).chain([0xcc, 0xc1, 0xd4]) {
            cases.push(same(
                "lan",
                words,
                Script::new().on(6, 0x42, &[], code, &[]),
            ));
        }
        for length in (0..12).filter(|length| *length != 9) {
            let data = &[&CHANNEL[..], &[0; 3]].concat()[..length];
            cases.push(same("lan", words, Script::new().on(6, 0x42, &[], 0, data)));
        }
        for medium in 0..16 {
            let mut data = CHANNEL;
            data[1] = medium;
            let script = Script::new()
                .on(6, 0x42, &[1], 0, &data)
                .or(&writable(good()));
            cases.push(same("lan", words, script.clone()));
            cases.push(same("lan", &format!("-vv {words}"), script));
        }
    }
}

fn set(cases: &mut Vec<Case>) {
    let verb = "lan set";
    for (words, parameter, value) in SETS {
        let answer = [&[0x11], *value].concat();
        let holding = Script::new()
            .on(0xc, 2, &[1, *parameter], 0, &answer)
            .on(0xc, 2, &[2, *parameter], 0, &answer)
            .or(&writable(good()));
        for prefix in ["", "-c ", "-v ", "-vv "] {
            cases.push(same(
                verb,
                &format!("{prefix}lan set 1 {words}"),
                holding.clone(),
            ));
        }
        // Another's lock, no lock, a lock that sticks, a commit that is not supported.
        for lock in [
            Script::new().on(0xc, 2, &[1, 0], 0, &[0x11, 1]),
            Script::new().on(0xc, 2, &[1, 0], 0, &[0x11, 0xfd]),
            Script::new().on(0xc, 2, &[1, 0], 0x80, &[]),
            Script::new().in_turn(0xc, 2, &[1, 0], &[(0, &[0x11, 0]), (0, &[0x11, 1])]),
            Script::new().on(0xc, 1, &[1, 0], 0xcc, &[]),
            Script::new().on(0xc, 1, &[1, 0, 2], 0x82, &[]),
        ] {
            cases.push(same(verb, &format!("lan set 1 {words}"), lock.or(&holding)));
        }
        cases.push(same(verb, &format!("lan set 2 {words}"), holding.clone()));
        cases.push(same(verb, &format!("lan set 3 {words}"), holding));
    }
}

/// Bad values: said before anything is asked, and where stock ends well, or writes, ours does not.
fn set_mistakes(cases: &mut Vec<Case>) {
    let verb = "lan set";
    for words in [
        "bogus",
        "ipaddr",
        "ipaddr 1.2.3",
        "ipaddr 1.2.3.256",
        "ipaddr x",
        "ipaddr 1.2.3.4 5",
        "ipaddr help",
        "netmask",
        "netmask 255.255.255",
        "netmask 1.2.3.4 5",
        "macaddr",
        "macaddr x",
        "macaddr 1:2:3:4:5",
        "macaddr 1:2:3:4:5:6 7",
        "defgw",
        "defgw ipaddr",
        "defgw help x",
        "defgw ipaddr x",
        "defgw macaddr x",
        "defgw bogus x",
        "bakgw",
        "bakgw help x",
        "bakgw ipaddr 1.2.3",
        "bakgw macaddr 1",
        "bakgw x y",
        "snmp",
        "snmp help",
        "access",
        "access help",
        "access bogus",
        "arp",
        "arp help",
        "arp generate",
        "arp generate x",
        "arp respond",
        "arp respond x",
        "arp interval x",
        "arp interval 256",
        "auth",
        "auth help",
        "ipsrc",
        "ipsrc help",
        "ipsrc bogus",
        "ipsrc DHCP",
        "vlan",
        "vlan id",
        "vlan help x",
        "vlan bogus 1",
        "alert",
        "cipher_privs",
        "cipher_privs help",
        "cipher_privs aaaaaaaaaaaaaaa x",
        "bad_pass_thresh",
        "bad_pass_thresh help",
        "bad_pass_thresh 1 1 1",
        "bad_pass_thresh 256 1 1 1",
        "bad_pass_thresh 1 2 1 1",
        "bad_pass_thresh 1 1 65536 1",
        "bad_pass_thresh 1 1 1 x",
    ] {
        cases.push(at_once(verb, &format!("lan set 1 {words}"), good()));
    }
    cases.push(at_once(verb, "lan set 1 arp interval 128", good()));
    for words in [
        "arp bogus",
        "vlan id 0",
        "vlan id 4095",
        "vlan id x",
        "vlan priority 8",
        "vlan priority x",
        "alert bogus",
        "cipher_privs aaa",
        "cipher_privs aaaaaaaaaaaaaaz",
        "cipher_privs aaaaaaaaaaaaaaaa",
    ] {
        let words = format!("lan set 1 {words}");
        cases.push(differs(verb, &words, good(), None, Some(1), STATUS));
    }
    let taken = [
        ("ipaddr 1.2.3.4x", "Invalid IP address: 1.2.3.4x\n"),
        ("ipaddr +1.2.3.4", "Invalid IP address: +1.2.3.4\n"),
        (
            "macaddr 1:2:3:4:5:6:7",
            "Invalid MAC address: 1:2:3:4:5:6:7\n",
        ),
        (
            "snmp 1234567890123456789",
            "SNMP Community String is too long (> 18 bytes)\n",
        ),
        (
            "password 12345678901234567",
            "Password is too long (> 16 bytes)\n",
        ),
    ];
    for (words, complaint) in taken {
        let words = format!("lan set 1 {words}");
        let script = Script::new()
            .on(0xc, 2, &[1, 3], 0, &[0x11, 1, 2, 3, 4])
            .on(0xc, 2, &[1, 5], 0, &[0x11, 1, 2, 3, 4, 5, 6])
            .on(0xc, 2, &[1, 16], 0, b"\x11123456789012345678");
        let mut case = same(verb, &words, script.or(&writable(good())));
        case.expect = Expect::Ours {
            stderr: complaint.to_owned(),
            why: "what stock writes after a slip of the keyboard, ours refuses",
        };
        cases.push(case);
    }
    for (words, complaint) in [
        ("arp interval", ARP_USAGE.to_owned()),
        ("auth ADMIN", AUTH_USAGE.to_owned()),
    ] {
        let mut case = same(verb, &format!("lan set 1 {words}"), good());
        case.expect = Expect::Ours {
            stderr: complaint,
            why: "a value that is missing is answered with usage",
        };
        cases.push(case);
    }
}

fn set_failures(cases: &mut Vec<Case>) {
    let verb = "lan set";
    for code in (1..=0xff)
        .step_by(3)
        .filter(|code| !matches!(code, 0xcc | 0xff))
    {
        let script = Script::new()
            .on(0xc, 1, &[1, 3], code, &[])
            .or(&writable(good()));
        let text = steadysol::ipmi::lan::set_text(code);
        cases.push(differs(
            verb,
            "lan set 1 ipaddr 10.0.0.1",
            script,
            Some(&format!(
                "Set LAN Parameter 'IP Address' failed: {text}: nothing was changed\n"
            )),
            None,
            SILENT,
        ));
    }
    let unspecified = Script::new()
        .on(0xc, 1, &[1, 3], 0xff, &[])
        .or(&writable(good()));
    cases.push(same(verb, "lan set 1 ipaddr 10.0.0.1", unspecified.clone()));
    cases.push(same(verb, "-vv lan set 1 ipaddr 10.0.0.1", unspecified));
    for words in ["vlan id 5", "vlan priority 2"] {
        let script = Script::new().on(0xc, 1, &[1], 0x82, &[]).or(&good());
        let name = if words.contains("id") {
            "802.1q VLAN ID"
        } else {
            "802.1q VLAN Priority"
        };
        cases.push(differs(
            verb,
            &format!("lan set 1 {words}"),
            script,
            Some(&format!(
                "Set LAN Parameter '{name}' failed: Parameter is read-only: nothing was changed\n"
            )),
            Some(1),
            STATUS,
        ));
    }
    cases.push(reset(verb, "lan set 1 ipaddr 10.0.0.1", 6, 0x42));
}

/// Changes of a part of a parameter.
fn partial_changes(cases: &mut Vec<Case>) {
    let verb = "lan set";
    let changing = |parameter, old: &[u8], new: &[u8]| {
        let (old, new) = ([&[0x11], old].concat(), [&[0x11], new].concat());
        Script::new()
            .in_turn(0xc, 2, &[1, parameter], &[(0, &old), (0, &new)])
            .or(&writable(good()))
    };
    for (words, parameter, old, new) in [
        ("arp respond on", 10, &[0x01][..], &[0x03][..]),
        ("arp respond off", 10, &[0xff], &[0xfd]),
        ("arp generate on", 10, &[0x00], &[0x01]),
        ("arp generate off", 10, &[0x03], &[0x02]),
        ("arp interval 1", 11, &[9], &[1]),
        ("arp interval 127", 11, &[9], &[253]),
        ("arp interval 0", 11, &[9], &[9]),
        ("auth ADMIN MD5", 2, &[1, 2, 3, 4, 5], &[1, 2, 3, 4, 5]),
        ("auth callback none", 2, &[0, 2, 3, 4, 5], &[1, 2, 3, 4, 5]),
        ("auth user oem", 2, &[0, 2, 3, 4, 5], &[0, 0x20, 3, 4, 5]),
        (
            "auth OPERATOR key",
            2,
            &[0, 2, 3, 4, 5],
            &[0, 2, 0x10, 4, 5],
        ),
        ("auth admin md2 x", 2, &[0, 2, 3, 4, 5], &[0, 2, 3, 2, 5]),
        ("vlan id off", 20, &[5, 0x80], &[5, 0]),
        ("vlan id off", 20, &[0xfe, 0x8f], &[0xfe, 0x0f]),
        ("vlan id off", 20, &[0, 0x80], &[0, 0]),
        ("vlan id off", 20, &[0, 0x70], &[0, 0]),
    ] {
        for prefix in ["", "-c ", "-v ", "-vv "] {
            cases.push(same(
                verb,
                &format!("{prefix}lan set 1 {words}"),
                changing(parameter, old, new),
            ));
        }
        for code in [0x80, 0xd4] {
            let script = Script::new()
                .on(0xc, 2, &[1, parameter], code, &[])
                .or(&writable(good()));
            let mut case = same(verb, &format!("lan set 1 {words}"), script);
            let name = NAMES.iter().find(|(each, _)| *each == parameter).unwrap().1;
            let text = steadysol::ipmi::lan::get_text(code);
            case.expect = Expect::Ours {
                stderr: format!("Get LAN Parameter '{name}' command failed: {text}\n"),
                why: SILENT,
            };
            if words != "vlan id off" {
                cases.push(case);
            }
        }
    }
    cases.push(differs(
        verb,
        "lan set 1 vlan id off",
        changing(20, &[0xff, 0x8f], &[]),
        None,
        Some(1),
        STATUS,
    ));
    // Stock compares the rest of a list with each name.
    let script = Script::new()
        .on(0xc, 2, &[1, 2], 0, &[0x11, 0, 0, 0, 0, 0])
        .on(0xc, 1, &[1, 2], 0x82, &[])
        .or(&writable(good()));
    let mut case = same(verb, "lan set 1 auth ADMIN,USER MD5,PASSWORD", script);
    let before = [(6, 0x42, vec![1]), (0xc, 2, vec![1, 2, 0, 0])];
    let write = (0xc, 1, vec![1, 2, 0, 0x14, 0, 0x14, 0]);
    case.expect = Expect::Instead {
        stderr: "Set LAN Parameter 'Auth Type Enable' failed: Parameter is read-only: nothing was changed\n"
            .to_owned(),
        requests: [&before[..], &locked(&[write])].concat(),
        why: "of a list of authentication types or levels, stock heeds only the last",
    };
    cases.push(case);
    for (words, complaint) in [
        ("auth ADMIN bogus", "Invalid authentication type: bogus"),
        ("auth bogus MD5", "Invalid authentication level: bogus"),
        ("auth OEM MD5", "Invalid authentication level: OEM"),
    ] {
        let mut case = same(
            verb,
            &format!("lan set 1 {words}"),
            changing(2, &[0; 5], &[0; 5]),
        );
        case.expect = Expect::Ours {
            stderr: format!("{complaint}\n{AUTH_USAGE}"),
            why: "stock warns of an unknown authentication type or level, and writes all the same",
        };
        cases.push(case);
    }
}

/// The requests of a write under the lock, with a lock that never shows.
fn locked(inside: &[(u8, u8, Vec<u8>)]) -> Vec<(u8, u8, Vec<u8>)> {
    let read = (0xc, 2, vec![1, 0, 0, 0]);
    let write = |state| (0xc, 1, vec![1, 0, state]);
    let mut requests = vec![read.clone()];
    for _ in 0..3 {
        requests.extend([write(1), read.clone()]);
    }
    requests.extend_from_slice(inside);
    requests.extend([write(2), write(0)]);
    requests
}

fn access(cases: &mut Vec<Case>) {
    let verb = "lan set";
    for words in [
        "user",
        "user x",
        "access on",
        "access off",
        "access on x",
        "password",
        "password abc",
        "password 1234567890123456",
        "password é",
    ] {
        for prefix in ["", "-v "] {
            cases.push(same(
                verb,
                &format!("{prefix}lan set 1 {words}"),
                writable(good()),
            ));
        }
        for (cmd, code) in [0x40, 0x41, 0x43, 0x47]
            .into_iter()
            .flat_map(|cmd| [0x82, 0xcc, 0xff].map(|code| (cmd, code)))
        {
            let script = Script::new()
                .on(6, cmd, &[], code, &[])
                .or(&writable(good()));
            cases.push(same(verb, &format!("lan set 1 {words}"), script));
        }
    }
    for flags in (0..=0xff).step_by(0x1b) {
        let script = Script::new()
            .on(6, 0x41, &[], 0, &[flags, !flags])
            .or(&writable(good()));
        cases.push(same(verb, "lan set 1 access on", script.clone()));
        cases.push(same(verb, "lan set 1 access off", script));
    }
    for length in [0, 1, 3, 4] {
        let script = Script::new()
            .on(6, 0x41, &[], 0, &[1; 4][..length])
            .or(&writable(good()));
        cases.push(same(verb, "lan set 1 access on", script.clone()));
        cases.push(same(verb, "lan set 1 alert on", script));
    }
    for (words, prefix) in [("access on", &[1, 0x80][..]), ("access off", &[1, 0xaa])] {
        let (cmd, step) = if prefix[1] == 0x80 {
            (0x41, "Get")
        } else {
            (0x40, "Set")
        };
        let bits = if words == "access on" { 0xaa } else { 0xa8 };
        let prefix = if cmd == 0x40 { [1, bits] } else { [1, 0x80] };
        let script = Script::new()
            .on(6, cmd, &prefix, 0xd4, &[])
            .or(&writable(good()));
        cases.push(differs(
            verb,
            &format!("lan set 1 {words}"),
            script,
            Some(&format!(
                "IPMI command failed: Insufficient privilege level\n\
                 Unable to {step} Channel Access(volatile) for channel 1\n\
                 The non-volatile setting was changed, the volatile one was not.\n"
            )),
            None,
            "what was changed before a step failed is said",
        ));
    }
    for (words, flags) in [
        ("on", 0x0a),
        ("enable", 0x0a),
        ("off", 0x2a),
        ("disable", 0x2a),
    ] {
        let mut case = same(verb, &format!("lan set 1 alert {words}"), writable(good()));
        case.expect = Expect::Instead {
            stderr: String::new(),
            requests: vec![
                (6, 0x42, vec![1]),
                (6, 0x41, vec![1, 0x40]),
                (6, 0x40, vec![1, 0x40 | flags, 4]),
                (6, 0x40, vec![1, 0x80 | flags, 4]),
            ],
            why: "stock sets the bit that disables alerts to enable them, and the other way round",
        };
        cases.push(case);
    }
}

fn alert_print(cases: &mut Vec<Case>) {
    let verb = "lan alert";
    for words in [
        "print",
        "PRINT",
        "print 1",
        "print 1 0",
        "print 1 1",
        "print 1 2",
        "print 1 3",
        "print 1 255",
        "print 2",
        "print 3",
        "print 1 1 x",
    ] {
        for prefix in ["", "-c ", "-v ", "-vv "] {
            cases.push(same(verb, &format!("{prefix}lan alert {words}"), good()));
        }
    }
    cases.push(at_once(verb, "lan alert print 1 x", good()));
    cases.push(at_once(verb, "lan alert print 1 256", good()));
    for (parameter, value) in [(18, DESTINATION_TYPE), (19, DESTINATION_ADDRESS)] {
        for at in 0..value.len() {
            for byte in [0x00, 0x01, 0x06, 0x07, 0x10, 0x86, 0xff] {
                let mut value = value.to_vec();
                value[at] = byte;
                let answer = [&[0x11][..], &value].concat();
                let script = Script::new()
                    .on(0xc, 2, &[1, parameter], 0, &answer)
                    .or(&good());
                cases.push(same(verb, "lan alert print 1 1", script));
            }
        }
    }
}

/// Destinations that are counted and are not there.
fn alerts_missing(cases: &mut Vec<Case>) {
    let verb = "lan alert";
    for parameter in [18, 19] {
        for code in [0x80, 0xc9, 0xcc] {
            for selector in [&[1, parameter][..], &[1, parameter, 1]] {
                let script = Script::new().on(0xc, 2, selector, code, &[]).or(&good());
                cases.push(same(verb, "lan alert print 1", script.clone()));
                cases.push(same(verb, "-v lan alert print", script));
            }
        }
    }
}

fn alert_set(cases: &mut Vec<Case>) {
    let verb = "lan alert";
    for words in [
        "ipaddr 1.2.3.4",
        "IPADDR 255.255.255.255",
        "macaddr a:b:c:d:e:f",
        "gateway def",
        "gateway default",
        "gateway bak",
        "gateway BACKUP",
        "ack on",
        "ack yes",
        "ack off",
        "ack no",
        "type pet",
        "type oem1",
        "type oem2",
        "type PET",
        "time 0",
        "time 255",
        "retry 0",
        "retry 7",
        "retry 0x3",
        "time 5 extra",
    ] {
        for (prefix, channel, alert) in [
            ("", 1, 1),
            ("-v ", 1, 0),
            ("-vv ", 1, 2),
            ("", 1, 3),
            ("", 3, 1),
        ] {
            let words = format!("{prefix}lan alert set {channel} {alert} {words}");
            cases.push(same(verb, &words, writable(good())));
        }
        let script = Script::new()
            .on(0xc, 1, &[1, 18], 0x82, &[])
            .on(0xc, 1, &[1, 19], 0x82, &[])
            .or(&writable(good()));
        let name = if ["ip", "IP", "ma", "ga"]
            .iter()
            .any(|start| words.starts_with(start))
        {
            "Destination Addresses"
        } else {
            "Destination Type"
        };
        cases.push(differs(
            verb,
            &format!("lan alert set 1 1 {words}"),
            script,
            Some(&format!(
                "Set LAN Parameter '{name}' failed: Parameter is read-only: nothing was changed\n"
            )),
            Some(1),
            STATUS,
        ));
    }
    for words in [
        "x ipaddr 1.2.3.4",
        "1 help x",
        "1 ipaddr help",
        "1 ipaddr x",
        "1 macaddr x",
        "1 gateway x",
        "1 ack x",
        "1 type x",
        "1 time x",
        "1 time 256",
        "1 retry x",
        "1 bogus 1",
    ] {
        cases.push(at_once(
            verb,
            &format!("lan alert set 1 {words}"),
            writable(good()),
        ));
    }
    let mut case = same(verb, "lan alert set 1 1 retry 8", writable(good()));
    case.expect = Expect::Ours {
        stderr: "Invalid retry: 8\n".to_owned(),
        why: "what stock writes after a slip of the keyboard, ours refuses",
    };
    cases.push(case);
    for (data, complaint) in [
        (
            &[0x11][..],
            "the answer has 1 bytes of data, expected at least 5",
        ),
        (
            &[0x11, 1, 2, 3],
            "the answer has 4 bytes of data, expected at least 5",
        ),
    ] {
        let script = Script::new()
            .on(0xc, 2, &[1, 18, 1], 0, data)
            .or(&writable(good()));
        let mut case = same(verb, "lan alert set 1 1 time 5", script.clone());
        let stderr = format!("Get LAN Parameter 'Destination Type' command failed: {complaint}\n");
        case.expect = Expect::Ours {
            stderr: stderr.clone(),
            why: "stock writes back what it did not get",
        };
        cases.push(case);
        let mut case = same(verb, "lan alert print 1 1", script);
        case.expect = Expect::Ours {
            stderr,
            why: SILENT,
        };
        cases.push(case);
    }
}

fn stats(cases: &mut Vec<Case>) {
    let verb = "lan stats";
    let script = |code, data: &[u8]| Script::new().on(0xc, 4, &[], code, data).or(&good());
    let counters: Vec<u8> = (0..18).map(|at| at * 7 + 1).collect();
    for words in [
        "get", "get 1", "get 2", "get 3", "clear", "clear 1", "clear 3", "get 1 2",
    ] {
        for prefix in ["", "-v ", "-vv ", "-c "] {
            cases.push(same(
                verb,
                &format!("{prefix}lan stats {words}"),
                script(0, &counters),
            ));
        }
    }
    for code in (1..=0xff).step_by(4) {
        cases.push(same(verb, "lan stats get 1", script(code, &[])));
        cases.push(same(verb, "-v lan stats clear 1", script(code, &[])));
        let text = steadysol::ipmi::lan::get_text(code);
        let complaint = format!("Get LAN Stats command failed: {text}\n");
        cases.push(differs(
            verb,
            "lan stats clear 1",
            script(code, &[]),
            Some(&complaint),
            None,
            SILENT,
        ));
    }
    for length in 0..18 {
        let mut case = same(verb, "lan stats get 1", script(0, &counters[..length]));
        case.expect = Expect::Ours {
            stderr: format!(
                "Get LAN Stats command failed: the answer has {length} bytes of data, expected at least 18\n"
            ),
            why: SHORT,
        };
        cases.push(case);
        cases.push(same(
            verb,
            "lan stats clear 1",
            script(0, &counters[..length]),
        ));
    }
    cases.push(same(
        verb,
        "lan stats get 1",
        script(0, &[&counters[..], &[9; 9]].concat()),
    ));
}

/// Stock says the same, but asks what the channel is before.
pub fn at_once(verb: &'static str, words: &str, script: Script) -> Case {
    differs(
        verb,
        words,
        script,
        None,
        None,
        "a mistake is told before the BMC is asked",
    )
}

/// What differs from stock: standard error and status, where they are given.
pub fn differs(
    verb: &'static str,
    words: &str,
    script: Script,
    stderr: Option<&str>,
    status: Option<i32>,
    why: &'static str,
) -> Case {
    Case {
        expect: Expect::Differs {
            stdout: None,
            stderr: stderr.map(str::to_owned),
            status,
            why,
        },
        ..same(verb, words, script)
    }
}

/// A BMC with LAN channels 1 and 2, and a serial one, 3.
fn good() -> Script {
    let mut script = Script::new();
    for (channel, medium) in [(1, 4), (2, 6), (3, 5)] {
        let mut data = CHANNEL;
        (data[0], data[1]) = (channel, medium);
        script = script.on(6, 0x42, &[channel], 0, &data);
    }
    script = script.on(6, 0x42, &[], 0xcc, &[]);
    for (parameter, value) in PARAMETERS {
        for channel in [1, 2] {
            script = script.on(0xc, 2, &[channel, parameter], 0, &[&[0x11], value].concat());
        }
    }
    for (channel, alert) in [(1, 0), (1, 1), (1, 2), (2, 0), (2, 1), (2, 2)] {
        for (parameter, value) in [(18, DESTINATION_TYPE), (19, DESTINATION_ADDRESS)] {
            let answer = [&[0x11, alert], &value[1..]].concat();
            script = script.on(0xc, 2, &[channel, parameter, alert], 0, &answer);
        }
    }
    script
        .on(0xc, 2, &[1, 17], 0, &[0x11, 0xf2])
        .on(0xc, 2, &[2, 17], 0, &[0x11, 0x01])
        .on(0xc, 4, &[], 0, &[0; 18])
}

/// The same, taking every change.
fn writable(script: Script) -> Script {
    script
        .on(0xc, 1, &[], 0, &[])
        .on(6, 0x40, &[], 0, &[])
        .on(6, 0x41, &[], 0, &[0x2a, 0x04])
        .on(6, 0x43, &[], 0, &[])
        .on(6, 0x47, &[], 0, &[])
}

const CHANNEL: [u8; 9] = [1, 4, 1, 0x80, 0xf2, 0x1b, 0, 0, 0];

/// What `lan print` asks for, and answers.
const PARAMETERS: [(u8, &[u8]); 21] = [
    (0, &[0]),
    (1, &[0x17]),
    (2, &[0x17, 0x15, 0x10, 0x04, 0x00]),
    (3, &[10, 0, 0, 1]),
    (4, &[2]),
    (5, &[1, 2, 3, 4, 5, 6]),
    (6, &[255, 255, 255, 0]),
    (7, &[0x40, 0x40, 0x10]),
    (10, &[3]),
    (11, &[3]),
    (12, &[10, 0, 0, 254]),
    (13, &[9; 6]),
    (14, &[0; 4]),
    (15, &[0; 6]),
    (16, b"public\0\0\0\0\0\0\0\0\0\0\0\0"),
    (20, &[5, 0x80]),
    (21, &[2]),
    (22, &[3]),
    (23, &[0, 1, 3, 17, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    (24, &[0, 0x41, 0x52, 3, 4, 5, 0, 0, 0]),
    (26, &[1, 3, 10, 0, 20, 0]),
];

/// What stock prints of them.
const PRINTED: &str = "\
Set in Progress         : Set Complete
Auth Type Support       : NONE MD2 MD5 PASSWORD 
Auth Type Enable        : Callback : NONE MD2 MD5 PASSWORD 
                        : User     : NONE MD5 PASSWORD 
                        : Operator : PASSWORD 
                        : Admin    : MD5 
                        : OEM      : 
IP Address Source       : DHCP Address
IP Address              : 10.0.0.1
Subnet Mask             : 255.255.255.0
MAC Address             : 01:02:03:04:05:06
SNMP Community String   : public
IP Header               : TTL=0x40 Flags=0x40 Precedence=0x00 TOS=0x10
BMC ARP Control         : ARP Responses Enabled, Gratuitous ARP Enabled
Gratituous ARP Intrvl   : 2.0 seconds
Default Gateway IP      : 10.0.0.254
Default Gateway MAC     : 09:09:09:09:09:09
Backup Gateway IP       : 0.0.0.0
Backup Gateway MAC      : 00:00:00:00:00:00
802.1q VLAN ID          : 5
802.1q VLAN Priority    : 2
RMCP+ Cipher Suites     : 1,3,17
Cipher Suite Priv Max   : cauOoXaXOXXXXXX
                        :     X=Cipher Suite Unused
                        :     c=CALLBACK
                        :     u=USER
                        :     o=OPERATOR
                        :     a=ADMIN
                        :     O=OEM
Bad Password Threshold  : 3
Invalid password disable: yes
Attempt Count Reset Int.: 100
User Lockout Interval   : 200
";

/// Stock's names of the parameters.
const NAMES: &[(u8, &str)] = &[
    (0, "Set in Progress"),
    (1, "Auth Type Support"),
    (2, "Auth Type Enable"),
    (3, "IP Address"),
    (4, "IP Address Source"),
    (5, "MAC Address"),
    (6, "Subnet Mask"),
    (7, "IP Header"),
    (10, "BMC ARP Control"),
    (11, "Gratituous ARP Intrvl"),
    (12, "Default Gateway IP"),
    (13, "Default Gateway MAC"),
    (14, "Backup Gateway IP"),
    (15, "Backup Gateway MAC"),
    (16, "SNMP Community String"),
    (20, "802.1q VLAN ID"),
    (21, "802.1q VLAN Priority"),
    (22, "RMCP+ Cipher Suite Count"),
    (23, "RMCP+ Cipher Suites"),
    (24, "Cipher Suite Priv Max"),
    (26, "Bad Password Threshold"),
];

/// Words, and the parameter's value afterwards.
const SETS: &[(&str, u8, &[u8])] = &[
    ("ipaddr 10.0.0.9", 3, &[10, 0, 0, 9]),
    ("ipaddr 010.0.0.009", 3, &[10, 0, 0, 9]),
    ("netmask 255.255.0.0", 6, &[255, 255, 0, 0]),
    ("macaddr 0:1:aA:3:4:ff", 5, &[0, 1, 0xaa, 3, 4, 0xff]),
    ("defgw ipaddr 10.0.0.254", 12, &[10, 0, 0, 254]),
    ("defgw ipaddr 10.0.0.254 extra", 12, &[10, 0, 0, 254]),
    ("defgw macaddr 1:2:3:4:5:6", 13, &[1, 2, 3, 4, 5, 6]),
    ("bakgw ipaddr 10.0.0.253", 14, &[10, 0, 0, 253]),
    ("bakgw macaddr 1:2:3:4:5:6", 15, &[1, 2, 3, 4, 5, 6]),
    ("snmp public", 16, b"public\0\0\0\0\0\0\0\0\0\0\0\0"),
    ("snmp 123456789012345678", 16, b"123456789012345678"),
    ("snmp public extra", 16, b"public\0\0\0\0\0\0\0\0\0\0\0\0"),
    ("ipsrc none", 4, &[0]),
    ("ipsrc static", 4, &[1]),
    ("ipsrc dhcp", 4, &[2]),
    ("ipsrc bios x", 4, &[3]),
    ("vlan id 1", 20, &[1, 0x80]),
    ("vlan id 4094", 20, &[0xfe, 0x8f]),
    ("vlan id 0x10", 20, &[0x10, 0x80]),
    ("vlan priority 0", 21, &[0]),
    ("vlan priority 7", 21, &[7]),
    (
        "cipher_privs XcuoaOXXXXXXXXa",
        24,
        &[0, 0x10, 0x32, 0x54, 0, 0, 0, 0, 4],
    ),
    ("bad_pass_thresh 3 1 0x102 5", 26, &[1, 3, 2, 1, 5, 0]),
    ("bad_pass_thresh 0 0 0 0 x", 26, &[0, 0, 0, 0, 0, 0]),
];

const DESTINATION_TYPE: &[u8] = &[0, 0x81, 3, 2];
const DESTINATION_ADDRESS: &[u8] = &[0, 0, 1, 10, 0, 0, 9, 1, 2, 3, 4, 5, 6];

const SILENT: &str = "stock ends with a failure and does not say why";
const STATUS: &str = "stock ends well although it failed";
const SHORT: &str = "stock prints what its memory holds where an answer is too short";

const ALERT_USAGES: &str = "
usage: lan alert print [channel number] [alert destination]

Default will print all alerts for the first found LAN channel

usage: lan alert set <channel number> <alert destination> <command> <parameter>

    Command/parameter options:

    ipaddr <x.x.x.x>               Set alert IP address
    macaddr <x:x:x:x:x:x>          Set alert MAC address
    gateway <default|backup>       Set channel gateway to use for alerts
    ack <on|off>                   Set Alert Acknowledge on or off
    type <pet|oem1|oem2>           Set destination type as PET or OEM
    time <seconds>                 Set ack timeout or unack retry interval
    retry <number>                 Set number of alert retries

";

const ARP_USAGE: &str = "\
lan set <channel> arp respond <on|off>
lan set <channel> arp generate <on|off>
lan set <channel> arp interval <seconds>

example: lan set 7 arp gratuitous off
";

const AUTH_USAGE: &str = "\
lan set <channel> auth <level> <type,type,...>
  level = CALLBACK, USER, OPERATOR, ADMIN
  types = NONE, MD2, MD5, PASSWORD, OEM
example: lan set 7 auth ADMIN PASSWORD,MD5
";
