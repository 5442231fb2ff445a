//! Cases of `event`.

use std::path::Path;

use compat_tests::dummy::Script;

use crate::cases::{reset, same};
use crate::sdr_cases::{Kind, machine_of};
use crate::{Case, Expect};

/// All of them; files are written below `directory`.
pub fn all(directory: &Path) -> Vec<Case> {
    let mut cases = Vec::new();
    words(&mut cases);
    channels(&mut cases);
    refusals(&mut cases);
    states(&mut cases);
    thresholds(&mut cases);
    files(&mut cases, directory);
    cases
}

fn words(cases: &mut Vec<Case>) {
    for words in [
        "event",
        "event help",
        "event help me",
        "event file",
        "event file /nonexistent/file",
        "event 1",
        "event 2",
        "event 3",
        "event 1 extra words",
        "event 0",
        "event 4",
        "event 11",
        "event ",
        "event bogus",
        "event bogus list",
        "event bogus on assert",
        "event bogus on sideways",
        "event bogus on ASSERT",
        "event bogus on ",
        "event bogus on assert more",
        "event Temp",
        "event Temp list",
        "event Temp LIST",
        "event Temp bogus",
        "event temp lcr",
        "event Temp lnr",
        "event Temp lcr",
        "event Temp lnc",
        "event Temp unc",
        "event Temp ucr",
        "event Temp unr",
        "event Temp UNR",
        "event Temp ucr assert",
        "event Temp lnr deassert",
        "event Temp lcr deassert",
        "event Temp lnc deassert",
        "event Temp unc deassert",
        "event Temp ucr deassert",
        "event Temp unr deassert",
        "event Digital",
        "event Digital list",
        "event Digital LIST",
        "event Digital on",
        "event Digital OFF",
        "event Digital present",
        "event Digital absent",
        "event Digital assert",
        "event Digital deassert",
        "event Digital limit deassert",
        "event Digital nolimit",
        "event Digital fail",
        "event Digital nofail",
        "event Digital yes",
        "event Digital no",
        "event Digital up",
        "event Digital down deassert",
        "event Digital bogus",
        "event Generic",
        "event Generic list",
        "event Generic bogus",
        "event Specific",
        "event Specific list",
        "event Specific bogus",
        "event Untyped list",
        "event Untyped anything",
        "event Typeless list",
        "event OnlyEvents",
        "event OnlyEvents list",
        "event Locator list",
    ] {
        for prefix in ["", "-c ", "-v ", "-vv ", "-Z "] {
            cases.push(same("event", &format!("{prefix}{words}"), machine()));
        }
    }
    for (sensor, state) in [
        ("Digital", "State Asserted"),
        ("Digital", "state deasserted"),
        ("Generic", "Transition to Idle"),
        ("Generic", "transition to active"),
        ("Specific", "Presence detected"),
        ("Specific", "Failure detected"),
        ("Specific", "predictive failure"),
        ("Specific", "Config Error: Vendor Mismatch"),
    ] {
        for rest in [&[][..], &["assert"], &["deassert"]] {
            let mut case = same("event", "event", machine());
            let words = [sensor, state].into_iter().chain(rest.iter().copied());
            case.arguments.extend(words.map(str::to_owned));
            cases.push(case);
        }
    }
}

/// The event goes another way over the system interface.
fn channels(cases: &mut Vec<Case>) {
    for words in ["event 1", "event Temp ucr", "event Specific list"] {
        for medium in 0..=0x0d {
            for channel in [0, 1, 0x0e, 0x0f, 0x2f] {
                let info = [channel, medium, 1, 0, 0xf2, 0x1b, 0, 0, 0];
                let script = Script::new().on(6, 0x42, &[], 0, &info);
                cases.push(same("event", words, script.or(&machine())));
            }
        }
        for length in 0..12 {
            let info = [1, 4, 1, 0x80, 0xf2, 0x1b, 0, 0, 0, 0, 0, 0];
            let script = Script::new().on(6, 0x42, &[], 0, &info[..length]);
            cases.push(same("event", words, script.or(&machine())));
        }
    }
}

/// Every completion code of every request.
fn refusals(cases: &mut Vec<Case>) {
    for (words, netfn, cmd) in [
        ("event 1", 6, 0x42),
        ("event 1", 4, 0x02),
        ("event 3", 6, 0x01),
        ("event 2", 0x0a, 0x20),
        ("event 2", 0x0a, 0x22),
        ("event Temp ucr", 0x0a, 0x20),
        ("event Temp ucr", 0x0a, 0x22),
        ("event Temp ucr", 6, 0x42),
        ("event Temp lcr", 4, 0x02),
        ("event Temp ucr", 4, 0x27),
        ("event Temp ucr deassert", 4, 0x27),
        ("event Temp lnc", 4, 0x25),
        ("event Specific list", 0x0a, 0x20),
    ] {
        for code in (0x80..=0xd7).chain([1, 0xfe, 0xff]) {
            // Reservations that are lost are `sdr`'s.
            if cmd == 0x22 && code == 0xc5 {
                continue;
            }
            let script = Script::new().on(netfn, cmd, &[], code, &[]);
            cases.push(same("event", words, script.or(&machine())));
        }
        // With the repository, stock goes on after the reset, and dies.
        if netfn == 4 && cmd == 0x02 {
            let gone = Script::new().reset_on(netfn, cmd, &[]);
            cases.push(Case {
                script: gone.or(&machine()),
                ..reset("event", words, netfn, cmd)
            });
        }
    }
}

/// Every state that there is, by its name and in the list.
fn states(cases: &mut Vec<Case>) {
    for event_type in 0..=0x0d_u8 {
        states_of(cases, Kind::Compact, 0x01, event_type);
    }
    for sensor_type in (0..=0x2e).chain([0xbf, 0xc0, 0xd0, 0xf0, 0xff]) {
        states_of(cases, Kind::Full, sensor_type, 0x6f);
    }
    for event_type in [0x0e, 0x6e, 0x70, 0x7f] {
        for words in ["event Sensor", "event Sensor list", "event Sensor on"] {
            cases.push(Case {
                expect: unknown(event_type),
                ..same("event", words, one(Kind::Full, 0x07, event_type))
            });
        }
    }
}

fn states_of(cases: &mut Vec<Case>, kind: Kind, sensor_type: u8, event_type: u8) {
    for words in [
        "event Sensor",
        "event Sensor list",
        "event Sensor on",
        "event Sensor Presence",
        "event Sensor Asserted",
        "-v event Sensor Unknown",
    ] {
        let script = one(kind, sensor_type, event_type);
        let mut case = same("event", words, script);
        if event_type == 0 || event_type == 0x0d {
            if words.starts_with('-') {
                continue;
            }
            case.expect = unknown(event_type);
        }
        cases.push(case);
    }
}

/// Stock says nothing.
fn unknown(event_type: u8) -> Expect {
    Expect::Differs {
        stdout: None,
        stderr: Some(format!(
            "Sensor 'Sensor' has events of type {event_type:02x}h, whose states are not known\n"
        )),
        status: None,
        why: "stock does not say why nothing was sent",
    }
}

fn thresholds(cases: &mut Vec<Case>) {
    for threshold in [0, 1, 2, 0x7f, 0x80, 0xfe, 0xff] {
        for hysteresis in [0, 1, 2, 0x80, 0xff] {
            let values = [
                0x3f, threshold, threshold, threshold, threshold, threshold, threshold,
            ];
            let script = Script::new().on(4, 0x27, &[1], 0, &values).on(
                4,
                0x25,
                &[1, 0xff],
                0,
                &[hysteresis, 1],
            );
            for words in ["ucr", "lcr", "ucr deassert", "lnr deassert"] {
                let words = format!("event Temp {words}");
                cases.push(same("event", &words, script.clone().or(&machine())));
            }
            let script = Script::new().on(4, 0x27, &[1], 0, &values).on(
                4,
                0x25,
                &[1, 0xff],
                0,
                &[1, hysteresis],
            );
            cases.push(same("event", "event Temp lcr", script.or(&machine())));
        }
    }
    // Stock shows what its memory holds where answers are too short.
    for (words, index) in [("lnc", 1), ("lcr", 2), ("lnr", 3), ("unc", 4), ("unr", 6)] {
        for length in 0..=7 {
            let values = [0x3f, 1, 2, 3, 4, 5, 6];
            let script = Script::new()
                .on(4, 0x27, &[1], 0, &values[..length])
                .or(&machine());
            let mut case = same("event", &format!("event Temp {words}"), script);
            if length <= index {
                let least = index + 1;
                case.expect = Expect::Differs {
                    stdout: Some("Finding sensor Temp... ok\n".to_owned()),
                    stderr: Some(format!(
                        "Command Get Sensor Thresholds failed: the answer has {length} bytes of data, \
                         expected at least {least}\n"
                    )),
                    status: Some(1),
                    why: "stock sends what its memory holds",
                };
            }
            cases.push(case);
        }
    }
}

fn files(cases: &mut Vec<Case>, directory: &Path) {
    let mut number = 0;
    let mut path = |text: &str| {
        number += 1;
        let path = directory.join(format!("events-{number}"));
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let event = "0x04 0x01 0x30 0x01 0x59 0x45 0x44";
    let other = "4 12 0x53 0x6f 0xa0 0x01 0x02 # Memory";
    for text in [
        String::new(),
        "\n".to_owned(),
        "# nothing\n".to_owned(),
        event.to_owned(),
        format!("{event}\n"),
        format!("# first\n\n{event}\n   {other}\n"),
        format!("{event} 0xff\n"),
        "0x04 0x01 0x30 0x81 0x59 0x45 0x44 # deasserted\n".to_owned(),
        "0x03 0xc0 0x30 0x6f 0x00 0xff 0xff # the maker's\n".to_owned(),
    ] {
        let path = path(&text);
        for prefix in ["", "-c ", "-v ", "-vv "] {
            let mut case = same("event", &format!("{prefix}event file"), machine());
            case.arguments.push(path.clone());
            cases.push(case);
        }
    }
    // Stock sends what it can of these.
    for (text, complaint) in [
        ("0x04 0x01 0x30", "Invalid Event: 0x04 0x01 0x30\n"),
        ("x", "Invalid Event: x\n"),
    ] {
        let mut case = same("event", "event file", machine());
        case.arguments.push(path(&format!("{event}\n{text}\n")));
        case.expect = Expect::Unlike {
            stdout: String::new(),
            stderr: complaint.to_owned(),
            status: 1,
            why: "nothing is sent where a line is no event",
        };
        cases.push(case);
    }
    // The second event is refused.
    let mut case = same(
        "event",
        "event file",
        Script::new()
            .in_turn(4, 0x02, &[], &[(0, &[]), (0xc0, &[])])
            .or(&machine()),
    );
    case.arguments
        .push(path(&format!("{event}\n{other}\n{event}\n")));
    case.expect = Expect::Differs {
        stdout: None,
        stderr: Some(
            "Platform Event Message command failed: Node busy\n1 of 3 events were sent before\n"
                .to_owned(),
        ),
        status: Some(1),
        why: "what was sent before a failure is said",
    };
    cases.push(case);
}

/// A BMC with one sensor.
fn one(kind: Kind, sensor_type: u8, event_type: u8) -> Script {
    machine_of(&[(kind, "Sensor", sensor_type, event_type)]).or(&answers())
}

fn machine() -> Script {
    machine_of(&[
        (Kind::Full, "Temp", 0x01, 0x01),
        (Kind::Compact, "Digital", 0x15, 0x03),
        (Kind::Compact, "Generic", 0x12, 0x02),
        (Kind::Full, "Specific", 0x08, 0x6f),
        (Kind::Compact, "Untyped", 0x00, 0x6f),
        (Kind::EventOnly, "OnlyEvents", 0x12, 0x6f),
        (Kind::Locator, "Locator", 0, 0),
    ])
    .or(&answers())
}

fn answers() -> Script {
    Script::new()
        .on(6, 0x42, &[0x0e], 0, &[1, 4, 1, 0x80, 0xf2, 0x1b, 0, 0, 0])
        .on(4, 0x02, &[], 0, &[])
        .on(4, 0x27, &[1], 0, &[0x3f, 20, 10, 5, 70, 80, 90])
        .on(4, 0x25, &[1, 0xff], 0, &[2, 3])
}
