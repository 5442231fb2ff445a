//! Cases of `sdr` and `sensor`: repositories of every type of record, with readings of every kind.

use compat_tests::dummy::Script;

use crate::cases::same;
use crate::{Case, Expect};

pub fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    words(&mut cases);
    refusals(&mut cases);
    damage(&mut cases);
    formulae(&mut cases);
    units(&mut cases);
    states(&mut cases);
    thresholds(&mut cases);
    info(&mut cases);
    for seed in 0..MIXTURES {
        mixture(&mut cases, seed);
    }
    shelves(&mut cases);
    fill(&mut cases);
    cases
}

/// Every subcommand, plain, verbose and comma separated.
fn words(cases: &mut Vec<Case>) {
    let script = plain();
    for words in [
        "sdr",
        "sdr list",
        "sdr list all",
        "sdr list full",
        "sdr list compact",
        "sdr list event",
        "sdr list mcloc",
        "sdr list fru",
        "sdr list generic",
        "sdr elist",
        "sdr elist all",
        "sdr elist full",
        "sdr elist compact",
        "sdr elist event",
        "sdr elist mcloc",
        "sdr elist fru",
        "sdr elist generic",
        "sdr type Temperature",
        "sdr type temperature",
        "sdr type 0x01",
        "sdr type 0x05",
        "sdr type 0xff",
        "sdr type Fan",
        "sdr entity 7",
        "sdr entity 7.1",
        "sdr entity 7.2",
        "sdr entity 7.127",
        "sdr entity 7.x",
        "sdr entity +7.1",
        "sdr entity 263",
        "sdr entity 6.1",
        "sdr entity processor",
        "sdr info",
        "sensor",
        "sensor list",
        "sensor listen",
        "sensor get BMC Evt Fru Gen",
        "sensor reading Temp",
        "sensor reading Temp Disc BMC Nix",
        "sensor readings Temp",
    ] {
        let verb = if words.starts_with("sensor") {
            "sensor"
        } else {
            "sdr"
        };
        for options in ["", "-c ", "-v ", "-vv ", "-vvv ", "-c -v "] {
            cases.push(same(verb, &format!("{options}{words}"), script.clone()));
        }
    }
    // These are as talkative as with -v, and so is stock's dummy interface: it says what it sends.
    for words in [
        "sdr get Temp",
        "sdr get Disc Temp",
        "sdr get BMC Evt Fru Gen",
        "sdr get Numbers States",
        "sensor get Temp",
        "sensor get Disc States Numbers",
        "sensor get Fan",
    ] {
        let verb = if words.starts_with("sensor") {
            "sensor"
        } else {
            "sdr"
        };
        for options in ["", "-c "] {
            let mut case = same(verb, &format!("{options}{words}"), script.clone());
            case.expect = Expect::Differs {
                stdout: None,
                stderr: Some(String::new()),
                status: None,
                why: "stock's dummy interface begins to tell what it sends in the middle of get",
            };
            cases.push(case);
        }
        cases.push(same(verb, &format!("-v {words}"), script.clone()));
        cases.push(same(verb, &format!("-vv {words}"), script.clone()));
    }
    let mut missing = same("sdr", "-v sdr get Temp Nix", script);
    missing.expect = Expect::fails("what was asked for is not there");
    cases.push(missing);
}

/// Mistakes, and help.
fn refusals(cases: &mut Vec<Case>) {
    for words in [
        "sdr help",
        "sdr nonsense",
        "sdr list help",
        "sdr elist help",
        "sdr list nonsense",
        "sdr elist nonsense",
        "sdr type",
        "sdr type list",
        "sdr type HELP",
        "sdr type 0x",
        "sdr type 0x100",
        "sdr type 0xzz",
        "sdr entity",
        "sdr entity list",
        "sdr entity help",
        "sdr entity nonsense",
        "sdr entity .",
        "sdr get",
        "sdr dump",
        "sdr fill",
        "sdr fill nonsense",
        "sdr fill file",
        "sdr fill range",
        "sensor help",
        "sensor helpless",
        "sensor nonsense",
        "sensor thresh",
        "sensor thresh help",
        "sensor thresh help a b",
        "sensor thresh Temp",
        "sensor thresh Temp unr",
        "sensor thresh Temp nonsense 1",
        "sensor thresh Temp unr x",
        "sensor thresh Temp lnr 1x",
        "sensor thresh Temp upper 1",
        "sensor thresh Temp upper 1 2",
        "sensor thresh Temp upper x 2 3",
        "sensor thresh Temp upper 1 x 3",
        "sensor thresh Temp upper 1 2 x",
        "sensor thresh Temp lower 1 2",
        "sensor thresh Temp lower x 2 3",
        "sensor thresh Temp lower 1 x 3",
        "sensor thresh Temp lower 1 2 x",
        "sensor get",
        "sensor get help",
        "sensor reading",
        "sensor reading help",
    ] {
        let verb = if words.starts_with("sensor") {
            "sensor"
        } else {
            "sdr"
        };
        cases.push(same(verb, words, plain()));
    }
    let mut unknown = same("sdr", "sdr type nonsense", plain());
    unknown.expect = Expect::fails("what was asked for is not there");
    cases.push(unknown);
}

/// Every completion code of every request, short answers, and BMCs that want small parts.
fn damage(cases: &mut Vec<Case>) {
    let lists = ["sdr elist all", "sensor list", "-vv sdr list"];
    for code in codes() {
        for (netfn, cmd) in [(6, 1), (0x0a, 0x20), (0x0a, 0x22), (4, 0x2d)] {
            let script = Script::new().on(netfn, cmd, &[], code, &[]).or(&plain());
            cases.push(same("sdr", "sdr elist", script));
        }
        for cmd in [0x2d, 0x27] {
            let script = Script::new().on(4, cmd, &[], code, &[]).or(&plain());
            cases.push(same("sensor", "sensor list", script));
        }
        let script = Script::new().on(0x0a, 0x20, &[], code, &[]);
        cases.push(same("sdr", "sdr info", script));
    }
    for code in [0xc0, 0xc1, 0xcb, 0xd3] {
        for words in lists {
            // The third record.
            let script = Script::new()
                .on(0x0a, 0x23, &[1, 0, 3, 0, 5], code, &[])
                .or(&plain());
            let stderr = words
                .starts_with("sensor")
                .then(|| "ipmitool: cannot obtain SDR record 0003\n".to_owned());
            let mut case = same("sdr", words, script);
            case.expect = Expect::Differs {
                stdout: None,
                stderr,
                status: Some(1),
                why: "a record cannot be read",
            };
            cases.push(case);
            let script = Script::new()
                .on(0x0a, 0x23, &[1, 0, 3, 0, 0], code, &[])
                .or(&plain());
            let mut case = same("sdr", words, script);
            case.expect = Expect::fails("a record cannot be read");
            cases.push(case);
        }
    }
    for length in 0..6 {
        let answer = [0x40, 0xc0, 0xc0, 0x80, 0];
        for words in lists {
            let script = Script::new()
                .on(4, 0x2d, &[], 0, &answer[..length.min(5)])
                .or(&plain());
            cases.push(same("sdr", words, script));
        }
    }
    for most in [5, 8, 10, 16, 20, 22] {
        let script = repository_in_parts(&records(), most).or(&plain());
        cases.push(same("sdr", "sdr elist all", script.clone()));
        cases.push(same("sensor", "sensor list", script));
    }
    // A device with records of its own, and devices with neither.
    for (revision, support) in [
        (0x81, 0x01),
        (0x81, 0x00),
        (0x01, 0x00),
        (0x81, 0x02),
        (0x80, 0xff),
    ] {
        for words in ["sdr elist all", "-vv sdr elist all", "sensor list"] {
            let script = device(revision, support, 0).or(&plain());
            cases.push(same("sdr", words, script));
        }
    }
    let script = device(0x81, 0x01, 0)
        .on(4, 0x20, &[], 0xc1, &[])
        .or(&plain());
    cases.push(same("sdr", "sdr list", script));
}

/// Every linearization with every format, factors of every sign, in blocks and lists.
fn formulae(cases: &mut Vec<Case>) {
    for linearization in (0..=12).chain([0x70, 0x7f, 0x80]) {
        for format in 0..4u8 {
            let factors = [
                [1, 0, 0, 0, 0, 0],
                [0xff, 0xc5, 0x0a, 0, 0, 0xf1],
                [7, 0x43, 0xf0, 0xc0, 0, 0xe0],
                [0, 0x01, 5, 0, 0, 0x1f],
                [0x2c, 0x81, 3, 0x40, 0, 0xd2],
            ];
            let records: Vec<_> = (1..)
                .zip(factors)
                .map(|(number, factors)| {
                    let mut record = full(number, b"Formula", 1, 1);
                    record[20] = format << 6;
                    record[23] = linearization;
                    record[24..30].copy_from_slice(&factors);
                    record
                })
                .collect();
            for raw in [0u8, 0x40, 0x7f, 0x80, 0xff] {
                let script = machine(&records)
                    .on(4, 0x2d, &[], 0, &[raw, 0xc0, 0xc0])
                    .on(4, 0x27, &[], 0, &[0x3f, 1, 2, 3, raw, 0x80, 0xff])
                    .on(4, 0x23, &[], 0, &[0, 3, 0x41, 2, 0xc0, 0, 0xf0]);
                for words in [
                    "sdr list",
                    "-v sdr list",
                    "-c -v sdr list",
                    "-v sensor list",
                ] {
                    // One case of each shape for most, all for a few.
                    if raw == 0x40 || words.starts_with("-v sdr") {
                        cases.push(same("sdr formula", words, script.clone()));
                    }
                }
            }
        }
    }
}

/// Every unit, alone and with each relation to another.
fn units(cases: &mut Vec<Case>) {
    for relation in 0..8u8 {
        for first in (0..=255u8).step_by(32) {
            let records: Vec<_> = (first..=first.saturating_add(31))
                .zip(1..)
                .map(|(unit, number)| {
                    let mut record = full(number, b"Unit", 1, 1);
                    record[20] = relation;
                    record[21] = unit;
                    record[22] = unit.wrapping_mul(7) % 95;
                    record
                })
                .collect();
            let script = machine(&records).on(4, 0x2d, &[], 0, &[0x21, 0xc0, 0xc0]);
            cases.push(same("sdr units", "sdr elist", script.clone()));
            cases.push(same("sensor", "sensor list", script));
        }
    }
}

/// Every state of every type of sensor.
fn states(cases: &mut Vec<Case>) {
    for event_type in (0..=0x0d).chain([0x6f, 0x70]) {
        let types: Vec<u8> = if event_type == 0x6f {
            (0..=0x30).collect()
        } else {
            vec![2, 0x0c]
        };
        for masks in [[0xff, 0xff], [0x55, 0x2a], [0x00, 0x80], [0x00, 0x01]] {
            for some in types.chunks(7) {
                let records: Vec<_> = some
                    .iter()
                    .zip(1..)
                    .map(|(kind, number)| compact(number, b"States", *kind, event_type))
                    .collect();
                let script = machine(&records)
                    .on(4, 0x2d, &[], 0, &[0, 0xc0, masks[0], masks[1]])
                    .on(4, 0x2b, &[], 0, &[0xc0, masks[1], masks[0], 3, 0])
                    .on(4, 0x29, &[], 0, &[0x40, masks[0], masks[1], 0, 1]);
                for words in ["sdr elist", "-v sdr list", "-c sdr list", "sensor list"] {
                    cases.push(same("sdr states", words, script.clone()));
                }
            }
        }
    }
    // Events of threshold sensors, in answers of every length.
    let record = full(1, b"Events", 1, 1);
    for answer in [
        &[0xc0, 0xff, 0x0f, 0xff, 0x0f][..],
        &[0xc0, 0x81, 0x02, 0x00, 0x01],
        &[0xc0, 0x81, 0x02, 0x01, 0x00],
        &[0xc0, 0x81, 0x02, 0x01],
        &[0xc0, 0x81, 0x02, 0x00],
        &[0xc0, 0x81, 0x02],
        &[0x40, 0x81, 0x02],
        &[0xe0, 0x81, 0x02],
        &[0x00, 0x81, 0x02, 0x03, 0x04, 0x05],
    ] {
        let script = machine(std::slice::from_ref(&record))
            .on(4, 0x2d, &[], 0, &[0, 0xc0, 0xff])
            .on(4, 0x2b, &[], 0, answer)
            .on(4, 0x29, &[], 0, answer);
        cases.push(same("sdr states", "-v sdr list", script.clone()));
        cases.push(same("sensor", "-v sensor list", script));
    }
    // Types that only makers know.
    for maker in [0u32, 11, 343, 15000, 12634, 33196] {
        let records: Vec<_> = (0xc0..=0xf5u8)
            .step_by(3)
            .zip(1..)
            .map(|(kind, number)| compact(number, b"Makers", kind, 0x6f))
            .collect();
        let [low, middle, high, _] = maker.to_le_bytes();
        let mut id = DEVICE_ID;
        id[6..9].copy_from_slice(&[low, middle, high]);
        let script = Script::new()
            .on(6, 1, &[], 0, &id)
            .on(4, 0x2d, &[], 0, &[0, 0xc0, 0xff, 0xff])
            .or(&machine(&records));
        for words in [
            "sdr elist",
            "-v sdr list",
            "-v sensor list",
            "-vv sdr elist",
        ] {
            cases.push(same("sdr states", words, script.clone()));
        }
    }
}

/// Every threshold against every other, and what is set.
fn thresholds(cases: &mut Vec<Case>) {
    let answers: [&[u8]; 5] = [
        &[0x3f, 20, 10, 5, 70, 80, 90],
        &[0x3f, 90, 80, 70, 60, 50, 40],
        &[0x00, 20, 10, 5, 70, 80, 90],
        &[0x15, 20, 10, 5, 70, 80, 90],
        &[0x2a, 20, 10, 5, 70, 80, 90],
    ];
    for answer in answers {
        for which in ["unr", "ucr", "unc", "lnc", "lcr", "lnr"] {
            for value in [
                "0", "5", "7.4", "10", "15", "20", "70", "75.5", "80", "85", "90", "200",
            ] {
                let script = Script::new()
                    .on(4, 0x27, &[], 0, answer)
                    .on(4, 0x26, &[], 0, &[])
                    .or(&plain());
                let words = format!("sensor thresh Temp {which} {value}");
                cases.push(same("sensor thresh", &words, script));
            }
        }
    }
    for code in codes() {
        let script = Script::new().on(4, 0x26, &[], code, &[]).or(&plain());
        cases.push(same("sensor thresh", "sensor thresh Temp unr 95", script));
    }
    for words in [
        "sensor thresh Temp upper 70 80 90",
        "sensor thresh Temp lower 5.2 10.7 2e1",
        "sensor thresh Numbers upper 10 20 30",
        "sensor thresh Disc unr 1",
        "sensor thresh States unr 1",
        "sensor thresh BMC unr 1",
        "sensor thresh Nix unr 1",
        "sensor thresh Temp upperhand 70 80 90",
        "sensor thresh Temp uncle 71",
    ] {
        for code in [0, 0xc1] {
            let script = Script::new()
                .on(4, 0x26, &[], code, &[])
                .on(4, 0x27, &[], 0, answers[0])
                .or(&plain());
            cases.push(same("sensor thresh", words, script));
        }
    }
    for value in ["256", "-0.6", "1e9", "-1e9"] {
        let mut case = same("sensor thresh", "sensor thresh Temp unr", plain());
        case.arguments.extend(["--".to_owned(), value.to_owned()]);
        // getopt takes the dashes away wherever they stand.
        let shown: f64 = value.parse().unwrap();
        case.expect = Expect::Differs {
            stdout: Some("Locating sensor record 'Temp'...\n".to_owned()),
            stderr: Some(format!(
                "Upper Non-Recoverable threshold {shown}: the sensor cannot have this value\n"
            )),
            status: Some(1),
            why: "no byte stands for that number",
        };
        cases.push(case);
    }
}

fn info(cases: &mut Vec<Case>) {
    let good = [0x51, 3, 1, 0x10, 0x20, 1, 2, 3, 0x64, 4, 5, 6, 0x65, 0x2f];
    for free in [[0, 0], [0xff, 0xff], [0xfe, 0xff], [1, 0]] {
        for support in (0..=0xff).step_by(3) {
            let mut answer = good;
            answer[3..5].copy_from_slice(&free);
            answer[13] = support;
            let script = Script::new().on(0x0a, 0x20, &[], 0, &answer);
            if support < 16 || free == [1, 0] {
                cases.push(same("sdr info", "sdr info", script));
            }
        }
    }
    for stamp in [
        0u32,
        1,
        0x1fff_ffff,
        0x2000_0000,
        0x2000_0001,
        0x7fff_ffff,
        0xffff_ffff,
    ] {
        let mut answer = good;
        answer[5..9].copy_from_slice(&stamp.to_le_bytes());
        answer[9..13].copy_from_slice(&stamp.wrapping_sub(77).to_le_bytes());
        let script = Script::new().on(0x0a, 0x20, &[], 0, &answer);
        cases.push(same("sdr info", "sdr info", script.clone()));
        cases.push(same("sdr info", "-Z sdr info", script));
    }
    for length in 0..14 {
        let script = Script::new().on(0x0a, 0x20, &[], 0, &good[..length]);
        let mut case = same("sdr info", "sdr info", script);
        case.expect = Expect::Ours {
            stderr: format!(
                "Get SDR Repository Info command failed: the answer has {length} bytes of data, expected at least 14\n"
            ),
            why: "the answer is too short",
        };
        cases.push(case);
    }
}

/// Types and states that PICMG and VITA name, with BMCs that follow one of them, or say so of no known revision.
fn shelves(cases: &mut Vec<Case>) {
    let records: Vec<_> = (0xf0..=0xf7)
        .zip(1..)
        .map(|(kind, number)| compact(number, format!("Shelf{kind}").as_bytes(), kind, 0x6f))
        .collect();
    let readings = Script::new().on(4, 0x2d, &[], 0, &[0, 0xc0, 0x15, 0x80]);
    for (group, answer) in [
        (0x00, [0x00, 0x22, 0x01, 0x01].as_slice()),
        (0x00, &[0x00, 0x22, 0x01]),
        (0x00, &[0x00, 0x23, 0x01, 0x01]),
        (0x03, &[0x03, 0x00, 0x00, 0x00, 0x01, 0x01, 0x00]),
        (0x03, &[0x03, 0x00, 0x00, 0x00, 0x05, 0x01, 0x00]),
        (0x03, &[0x03, 0x00, 0x00, 0x01, 0x01, 0x01, 0x00]),
        (0x03, &[0x03, 0x00, 0x00, 0x00]),
    ] {
        // Its address stock learns at every start.
        let bmc = Script::new().on(0x2c, 0, &[group], 0, answer).on(
            0x2c,
            0x40,
            &[3],
            0,
            &[3, 0, 0, 0, 0, 0, 0],
        );
        let script = bmc.clone().or(&readings).or(&machine(&records));
        for words in [
            "sdr elist",
            "-c sdr elist",
            "sdr type 0xf1",
            "sensor",
            "event Shelf240 list",
        ] {
            cases.push(same("shelves", words, script.clone()));
        }
        let events: Vec<_> = (0xf0..=0xf7)
            .map(|kind| super::sel_cases::event(kind, 1, 0x6f, [0xa2, 0x01, 0x03]))
            .collect();
        let log = bmc.or(&super::sel_cases::log(&events, 343, 0x51));
        cases.push(same("shelves", "sel list", log.clone()));
        for (words, script) in [("sdr", &script), ("sensor", &script), ("sel list", &log)] {
            cases.push(same("shelves", &format!("-v {words}"), script.clone()));
        }
    }
}

/// Repositories with anything in them, the same in every run.
fn mixture(cases: &mut Vec<Case>, seed: u64) {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let records: Vec<_> = (1..=6)
        .map(|number| random_record(&mut dice, number))
        .collect();
    let mut script = Script::new();
    for number in 1..=6 {
        let flags = dice.pick(&[0xc0, 0xc0, 0xc0, 0xe0, 0x40, 0x00, 0x80]);
        let reading = [dice.byte(), flags, dice.byte(), dice.byte()];
        let length = usize::from(dice.pick(&[4, 4, 3, 2, 1, 0]));
        let code = dice.pick(&[0, 0, 0, 0, 0xcb, 0xcd, 0xd3]);
        script = script.on(4, 0x2d, &[number], code, &reading[..length]);
        let thresholds: Vec<u8> = (0..7).map(|_| dice.byte()).collect();
        script = script.on(4, 0x27, &[number], dice.pick(&[0, 0, 0xcb]), &thresholds);
        for cmd in [0x2b, 0x29] {
            let mut events: Vec<u8> = (0..6).map(|_| dice.byte()).collect();
            events[0] = dice.pick(&[0xc0, 0x40, 0xe0, events[0]]);
            let length = 2 + usize::from(dice.byte() % 5);
            let code = dice.pick(&[0, 0, 0xcb]);
            script = script.on(4, cmd, &[number], code, &events[..length]);
        }
    }
    let factors: Vec<u8> = (0..7).map(|_| dice.byte()).collect();
    let script = script.on(4, 0x23, &[], 0, &factors).or(&machine(&records));
    for words in [
        "sdr list all",
        "sdr elist all",
        "-c sdr list all",
        "-v sdr list all",
        "-c -v sdr elist all",
        "sensor list",
        "-c sensor list",
        "-v sensor list",
        "-vv sdr elist all",
    ] {
        cases.push(same("sdr mixture", words, script.clone()));
    }
}

fn random_record(dice: &mut Dice, number: u8) -> Vec<u8> {
    let length = usize::from(dice.pick(&[0, 1, 4, 8, 15, 16, 16, 20]));
    let name: Vec<u8> = (0..length).map(|_| dice.pick(b"ABCdef 123./_")).collect();
    let kind = dice.byte() % 0x2d;
    let mut record = match dice.byte() % 10 {
        0..5 => full(number, &name, kind, dice.pick(&[1, 1, 1, 3, 0x6f])),
        5..7 => compact(number, &name, kind, dice.pick(&[1, 3, 0x6f, 0x6f, 0x0b])),
        7 => event_only(number, &name, kind),
        8 => {
            let kind = dice.pick(&[0x10, 0x11, 0x12]);
            let mut record = locator(number, kind, &name);
            for byte in record.iter_mut().skip(5).take(10) {
                *byte = dice.byte();
            }
            record
        }
        _ => {
            let body: Vec<u8> = (0..20).map(|_| dice.byte()).collect();
            return with_header(
                number,
                dice.pick(&[0x08, 0x09, 0x13, 0x14, 0xc0, 0x55]),
                &body,
            );
        }
    };
    if matches!(record[3], 1 | 2) {
        record[8] = dice.byte();
        record[9] = dice.byte();
        for byte in record.iter_mut().skip(10).take(2) {
            *byte = dice.byte();
        }
        for byte in record.iter_mut().skip(14).take(6) {
            *byte = dice.byte();
        }
        record[20] = dice.pick(&[0x00, 0x40, 0x80, 0xc0, record[14]]);
        record[21] = dice.byte() % 96;
        if record[3] == 1 {
            record[23] = dice.pick(&[0, 0, 0, record[15] % 13, 0x70]);
            for byte in record.iter_mut().skip(24).take(20) {
                *byte = dice.byte();
            }
        }
    }
    record
}

/// Writing: what is sent, and what is not.
fn fill(cases: &mut Vec<Case>) {
    let accepting = || {
        Script::new()
            .on(0x0a, 0x27, &[], 0, &[1])
            .on(0x0a, 0x25, &[], 0, &[9, 0])
            .or(&device(0x81, 0x03, 0))
    };
    // With -v stock prints what its memory holds in the place of the names that some records do not have.
    for words in ["sdr fill nosat", "sdr fill nosat more"] {
        cases.push(same("sdr fill", words, accepting().or(&plain())));
        for code in [0xc1, 0xd4] {
            let script = Script::new().on(0x0a, 0x27, &[], code, &[]);
            cases.push(same(
                "sdr fill",
                words,
                script.or(&accepting()).or(&plain()),
            ));
            let script = Script::new().on(0x0a, 0x22, &[], code, &[]);
            cases.push(same(
                "sdr fill",
                words,
                script.or(&accepting()).or(&plain()),
            ));
        }
    }
    for words in ["sdr fill range 0x82", "sdr fill range 0x82,0x84"] {
        cases.push(same("sdr fill", words, accepting().or(&plain())));
    }
    let mut missing = same("sdr fill", "sdr fill file /nonexistent/file", accepting());
    missing.expect = Expect::Ours {
        stderr: "/nonexistent/file: No such file or directory; the repository was not touched\n"
            .to_owned(),
        why: "nothing is cleared for a file that is not there",
    };
    cases.push(missing);
}

/// The completion codes of IPMI v2.0 table 5-2, and some that are not in it.
fn codes() -> impl Iterator<Item = u8> {
    [0x01, 0x80, 0x81]
        .into_iter()
        .chain(0xc0..=0xd7)
        .chain([0xff])
}

/// A BMC with a record of every type.
fn plain() -> Script {
    machine(&records())
        .on(4, 0x2d, &[1], 0, &[0x40, 0xc0, 0xc0, 0x00])
        .on(4, 0x2d, &[2], 0, &[0x55, 0xc0, 0x01, 0x80])
        .on(4, 0x2d, &[5], 0, &[0x12, 0xc0, 0xd0])
        .on(4, 0x2d, &[6], 0, &[0x33, 0xc0, 0x03, 0x80])
        .on(4, 0x2d, &[7], 0, &[0x33, 0x00])
        .on(4, 0x27, &[1], 0, &[0x3f, 20, 10, 5, 70, 80, 90])
        .on(4, 0x27, &[5], 0, &[0x1b, 20, 10, 5, 70, 80, 90])
        .on(4, 0x2b, &[1], 0, &[0xc0, 0x81, 0x02, 0x03, 0x04])
        .on(4, 0x29, &[1], 0, &[0xc0, 0x81, 0x02, 0x03, 0x04])
        .on(4, 0x2b, &[2], 0, &[0xc0, 1, 0x80, 2, 0x80])
}

/// Types of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Full,
    Compact,
    EventOnly,
    Locator,
}

/// A BMC with these records: type, name, sensor type, event type; numbers from 1 on.
pub fn machine_of(records: &[(Kind, &str, u8, u8)]) -> Script {
    let records: Vec<Vec<u8>> = (1..)
        .zip(records)
        .map(|(number, (kind, name, sensor_type, event_type))| {
            let name = name.as_bytes();
            match kind {
                Kind::Full => full(number, name, *sensor_type, *event_type),
                Kind::Compact => compact(number, name, *sensor_type, *event_type),
                Kind::EventOnly => event_only(number, name, *sensor_type),
                Kind::Locator => locator(number, 0x11, name),
            }
        })
        .collect();
    machine(&records)
}

/// A BMC with one sensor, record 1, which `sdr` shows as [`ONE_SENSOR`].
pub fn one_sensor() -> Script {
    machine(&[full(1, b"Inlet Temp", 0x01, 0x01)]).on(4, 0x2d, &[1], 0, &[0x40, 0xc0, 0xc0, 0x00])
}

pub const ONE_SENSOR: &str = "Inlet Temp       | 64 degrees C      | ok\n";

fn records() -> Vec<Vec<u8>> {
    let mut numbers = full(5, b"Numbers", 1, 1);
    numbers[20] = 0xc0;
    let mut states = full(6, b"States", 7, 0x6f);
    states[20] = 0xc0;
    vec![
        full(1, b"Temp", 1, 1),
        compact(2, b"Disc", 5, 0x6f),
        event_only(3, b"Evt", 0x12),
        with_header(4, 0x08, &[7, 1, 0, 3, 1, 3, 2, 0, 0, 0, 0]),
        numbers,
        states,
        full(7, b"Fan", 4, 1),
        locator(8, 0x12, b"BMC"),
        locator(9, 0x11, b"Fru"),
        locator(10, 0x10, b"Gen"),
        with_header(11, 0x09, &[1; 20]),
        with_header(12, 0xc0, &[0x57, 0x01, 0x00, 0x02, 0x01, 0x02, 0x03, 0x04]),
    ]
}

/// A BMC with these records, which are read in parts of 23 bytes; its own inventory is said to be there.
pub fn machine(records: &[Vec<u8>]) -> Script {
    repository_in_parts(records, 23).or(&device(0x81, 0x8f, records.len()))
}

pub fn device(revision: u8, support: u8, records: usize) -> Script {
    let mut id = DEVICE_ID;
    id[1] = revision;
    id[5] = support;
    let mut info = [0x51, 0, 0, 0x10, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0x2f];
    info[1] = u8::try_from(records).unwrap().max(1);
    Script::new()
        .on(6, 1, &[], 0, &id)
        .on(0x0a, 0x20, &[], 0, &info)
        .on(0x0a, 0x22, &[], 0, &[1, 0])
        .on(4, 0x20, &[], 0, &[info[1], 1, 0, 0, 0, 0])
        .on(4, 0x22, &[], 0, &[1, 0])
}

/// What a BMC says that gives so many bytes at most: CAh to requests for more.
pub fn repository_in_parts(records: &[Vec<u8>], most: u8) -> Script {
    let mut script = Script::new();
    for (index, record) in records.iter().enumerate() {
        let id = u8::try_from(index + 1).unwrap();
        let next = if index + 1 == records.len() {
            [0xff, 0xff]
        } else {
            [id + 1, 0]
        };
        let part = |offset: usize, length: usize| {
            let end = record.len().min(offset + length);
            [&next[..], &record[offset.min(end)..end]].concat()
        };
        let ids = [Some(id), (index == 0).then_some(0)];
        for id in ids.into_iter().flatten() {
            script = script
                .on(0x0a, 0x23, &[1, 0, id, 0, 0, 5], 0, &part(0, 5))
                .on(4, 0x21, &[1, 0, id, 0, 0, 5], 0, &part(0, 5));
        }
        for offset in 5..record.len() {
            let length = (record.len() - offset).min(usize::from(most));
            let place = [offset, length].map(|number| u8::try_from(number).unwrap());
            let place = [1, 0, id, 0, place[0], place[1]];
            let bytes = part(offset, length);
            script = script
                .on(0x0a, 0x23, &place, 0, &bytes)
                .on(4, 0x21, &place, 0, &bytes);
        }
    }
    script.on(0x0a, 0x23, &[1, 0], 0xca, &[])
}

pub fn full(number: u8, name: &[u8], kind: u8, event_type: u8) -> Vec<u8> {
    let mut body = vec![0x20, 0, number, 7, 1, 0x7f, 0x68, kind, event_type];
    body.extend([0x95, 0x0a, 0x95, 0x7a, 0x3f, 0x3f]);
    body.extend([0, 1, 0, 0, 1, 0, 0, 0, 0, 0]);
    body.extend([7, 50, 60, 40, 255, 0, 90, 80, 70, 5, 10, 20, 2, 3, 0, 0, 0]);
    named(number, 1, body, name)
}

pub fn compact(number: u8, name: &[u8], kind: u8, event_type: u8) -> Vec<u8> {
    let mut body = vec![0x20, 0, number, 7, 1, 0x7f, 0x40, kind, event_type];
    body.extend([1, 0, 1, 0, 1, 0, 0xc0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x2b]);
    named(number, 2, body, name)
}

fn event_only(number: u8, name: &[u8], kind: u8) -> Vec<u8> {
    let body = vec![0x20, 0, number, 7, 1, kind, 0x6f, 1, 0, 0, 0];
    named(number, 3, body, name)
}

pub fn locator(number: u8, kind: u8, name: &[u8]) -> Vec<u8> {
    let body = vec![0x20, 1, 0xaa, 0x29, 0, 0x10, 1, 6, 1, 3];
    named(number, kind, body, name)
}

fn named(number: u8, kind: u8, mut body: Vec<u8>, name: &[u8]) -> Vec<u8> {
    body.push(0xc0 | u8::try_from(name.len()).unwrap());
    body.extend_from_slice(name);
    with_header(number, kind, &body)
}

pub fn with_header(number: u8, kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u8::try_from(body.len()).unwrap();
    [&[number, 0, 0x51, kind, length], body].concat()
}

/// The same numbers in every run.
struct Dice(u64);

impl Dice {
    fn byte(&mut self) -> u8 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.to_be_bytes()[0]
    }

    fn pick(&mut self, from: &[u8]) -> u8 {
        from[usize::from(self.byte()) % from.len()]
    }
}

const DEVICE_ID: [u8; 11] = [0x20, 0x81, 1, 0x10, 2, 0x9f, 0, 0, 0, 0, 0];

const MIXTURES: u64 = 40;
