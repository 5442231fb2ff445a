//! Cases of `fru`: every type and length of field, every record, damaged areas, every way to find an inventory, and what
//! is written into one.

use std::path::Path;

use compat_tests::dummy::{Inventory, Script};

use crate::cases::{reset, same};
use crate::sdr_cases::{full, machine, with_header};
use crate::{Case, Expect};

pub fn all(files: &Path) -> Vec<Case> {
    let mut cases = Vec::new();
    words(&mut cases);
    fields(&mut cases);
    areas(&mut cases);
    headers(&mut cases);
    sizes(&mut cases);
    records(&mut cases);
    picmg(&mut cases);
    locators(&mut cases);
    reading(&mut cases, files);
    internal(&mut cases, files);
    writing(&mut cases, files);
    by_words(&mut cases, files);
    fields_edited(&mut cases);
    upgrades(&mut cases, files);
    cases
}

fn words(cases: &mut Vec<Case>) {
    let script = holding(&example()).or(&machine(&[locator(1, 0x20, 3, 0x80, 0x10, 0, b"Other")]));
    for words in [
        "fru",
        "fru help",
        "fru help x",
        "fru bogus",
        "fru ",
        "fru print",
        "fru list",
        "fru print help",
        "fru list help",
        "fru print 0",
        "fru list 0",
        "fru print 0x0",
        "fru print 0 extra",
        "fru print 1",
        "fru print 255",
        "fru print 256",
        "fru -- print -1",
        "-- fru print -1",
        "fru print x",
        "fru print 08",
        "fru list x",
        "fru Print",
    ] {
        for flags in ["", "-c ", "-v ", "-vv ", "-vvv ", "-Z ", "-c -v "] {
            cases.push(same(
                "fru words",
                &format!("{flags}{words}"),
                script.clone(),
            ));
        }
    }
    cases.push(reset("fru words", "fru print 0", 0x0a, 0x10));
    cases.push(reset("fru words", "fru", 6, 1));
}

/// Every type and length.
fn fields(cases: &mut Vec<Case>) {
    for kind in 0..4u8 {
        for length in 0..=63u8 {
            for seed in [0x21, 0xb3] {
                let text: Vec<u8> = (0..length)
                    .map(|at| match kind {
                        3 => b'A' + at % 50,
                        _ => at.wrapping_mul(37).wrapping_add(seed),
                    })
                    .collect();
                let field = [&[kind << 6 | length], &text[..]].concat();
                let chassis = area(&[23], &[&field, b"\xc6serial"]);
                let image = image(&[&[], &chassis, &[], &[], &[]]);
                cases.push(same("fru fields", "fru print 0", holding(&image)));
            }
        }
    }
    for text in [
        &b"a\0b"[..],
        b"\0ab",
        b"a\xe4\xff",
        b"a\nb",
        b"%s%d",
        b"a\tb\x1b",
    ] {
        let product = area(&[0], &[&field(text), &field(text)]);
        let image = image(&[&[], &[], &[], &product, &[]]);
        cases.push(same("fru fields", "-v fru print 0", holding(&image)));
    }
}

fn areas(cases: &mut Vec<Case>) {
    let verb = "fru areas";
    for kind in (0..=40).chain([0x7f, 0x80, 0xff]) {
        let chassis = area(&[kind], &[&field(b"part")]);
        let image = image(&[&[], &chassis, &[], &[], &[]]);
        cases.push(same(verb, "fru print 0", holding(&image)));
    }
    for date in [
        [0, 0, 0],
        [1, 0, 0],
        [0x40, 0x4b, 0x4c],
        [0xff, 0xff, 0xff],
        [0, 0, 0x80],
    ] {
        for language in [0, 1, 25] {
            let board = area(&[language, date[0], date[1], date[2]], &[&field(b"maker")]);
            let image = image(&[&[], &[], &board, &[], &[]]);
            for words in ["fru print 0", "-Z fru print 0"] {
                cases.push(same(verb, words, holding(&image)));
            }
        }
    }
    // So many fields, some of them empty, and more than have a name.
    for count in 0..12 {
        let texts: Vec<Vec<u8>> = (0..count)
            .map(|at| field(if at % 4 == 2 { b"" } else { b"text" }))
            .collect();
        let texts: Vec<&[u8]> = texts.iter().map(Vec::as_slice).collect();
        let chassis = area(&[1], &texts);
        let board = area(&[25, 1, 2, 3], &texts);
        let product = area(&[25], &texts);
        let image = image(&[&[], &chassis, &board, &product, &[]]);
        for flags in ["", "-v "] {
            cases.push(same(verb, &format!("{flags}fru print 0"), holding(&image)));
        }
    }
    // Wrong checksums and versions are not looked at.
    for at in [8, 9, 15, 31] {
        let mut image = image(&[&[], &area(&[1], &[&field(b"part")]), &[], &[], &[]]);
        if let Some(byte) = image.get_mut(at).filter(|_| at != 9) {
            *byte ^= 0x55;
        }
        cases.push(same(verb, "fru print 0", holding(&image)));
    }
    // An area that says to have no length.
    let mut empty = image(&[&[], &area(&[1], &[]), &[], &[], &[]]);
    empty[9] = 0;
    cases.push(same(verb, "fru print 0", holding(&empty)));
}

fn headers(cases: &mut Vec<Case>) {
    let verb = "fru headers";
    let good = example();
    for version in [0, 2, 0x11, 0x81, 0xff] {
        let mut image = good.clone();
        image[0] = version;
        cases.push(same(verb, "fru print 0", holding(&image)));
    }
    let mut image = good.clone();
    image[7] ^= 1;
    cases.push(same(verb, "-v fru print 0", holding(&image)));
    // Offsets behind the end.
    for area in 2..6 {
        for offset in [0x40, 0xff] {
            let mut image = good.clone();
            image[area] = offset;
            cases.push(same(verb, "-v fru print 0", holding(&image)));
        }
    }
    let mut none = Inventory::new(&good);
    none.size = 0;
    cases.push(same(verb, "fru print 0", Script::new().inventory(0, none)));
    for code in 1..=0xff {
        let info = Script::new().on(0x0a, 0x10, &[], code, &[]);
        cases.push(same(verb, "fru print 0", info));
        let script = Script::new()
            .on(0x0a, 0x11, &[0, 0, 0, 8], code, &[])
            .or(&holding(&good));
        cases.push(Case {
            expect: Expect::fails(
                "stock ends with status 0 where an inventory's header cannot be read",
            ),
            ..same(verb, "fru print 0", script)
        });
        if !matches!(code, 0x81 | 0xc5 | 0xff) {
            let script = Script::new()
                .on(0x0a, 0x11, &[0, 8, 0, 2], code, &[])
                .or(&holding(&good));
            cases.push(same(verb, "fru print 0", script));
        }
    }
}

/// Devices that give little at a time.
fn sizes(cases: &mut Vec<Case>) {
    let verb = "fru sizes";
    for most in 1..26 {
        for too_much in [0xc7, 0xc8, 0xca] {
            let mut inventory = Inventory::new(&example());
            (inventory.most, inventory.too_much) = (most, too_much);
            let script = Script::new().inventory(0, inventory);
            let case = same(verb, "-v fru print 0", script);
            cases.push(if most < 8 {
                Case {
                    expect: Expect::fails(
                        "stock ends with status 0 where an inventory's header cannot be read",
                    ),
                    ..case
                }
            } else {
                case
            });
        }
        if most >= 8 {
            let mut inventory = Inventory::new(&example());
            inventory.short = most;
            let script = Script::new().inventory(0, inventory);
            cases.push(same(verb, "-v fru print 0", script));
        }
    }
    for count in [0, 1, 2, 3, 9, 23, 0xff] {
        // It says that it gives another number of bytes than it does.
        let script = Script::new()
            .on(0x0a, 0x11, &[0, 8, 0, 2], 0, &[count, 1, 3])
            .or(&holding(&example()));
        if count != 0 && count != 1 {
            cases.push(same(verb, "fru print 0", script));
        }
    }
    let mut words = Inventory::new(&example());
    words.words = true;
    let script = Script::new().inventory(0, words);
    cases.push(same(verb, "fru print 0", script));
    // An area that goes on behind the device's end.
    let mut inventory = Inventory::new(&image(&[
        &[],
        &area(&[1], &[&field(b"part"), &field(b"serial")]),
        &[],
        &[],
        &[],
    ]));
    inventory.size = 18;
    let script = Script::new().inventory(0, inventory);
    cases.push(Case {
        expect: Expect::Unlike {
            stdout: " Chassis Type          : Other\n Chassis Part Number   : part\n \
                     Chassis Serial        : s\n"
                .to_owned(),
            stderr: "Read FRU Area length 32 too large, Adjusting to 10\n".to_owned(),
            status: 0,
            why: "stock crashes where an area goes on behind the device's end",
        },
        ..same(verb, "fru print 0", script)
    });
}

fn records(cases: &mut Vec<Case>) {
    let verb = "fru records";
    let mut add = |records: &[Vec<u8>]| {
        let image = image(&[&[], &[], &[], &[], &multi(records)]);
        cases.push(same(verb, "-v fru print 0", holding(&image)));
    };
    let supply = supply();
    for length in 0..=supply.len() {
        add(&[record(0, &supply[..length])]);
    }
    for flags in (0..32).chain([0xe0, 0xff]) {
        for threshold in [0, 40] {
            let mut supply = supply.clone();
            supply[17] = flags;
            supply[23] = threshold;
            add(&[record(0, &supply)]);
        }
    }
    for voltages in 0..16u8 {
        let mut supply = supply.clone();
        supply[20] = voltages & 3 | (voltages & 0x0c) << 2;
        add(&[record(0, &supply)]);
    }
    let output = [
        0x83, 0xb0, 0x04, 0xc4, 0xff, 0x3c, 0, 0x78, 0, 0xf4, 1, 0x30, 0xf2,
    ];
    for kind in [1, 2] {
        for length in 0..=output.len() {
            add(&[record(kind, &output[..length])]);
        }
        for first in [0, 1, 0x0f, 0x70, 0x80, 0xff] {
            let mut output = output;
            output[0] = first;
            add(&[record(kind, &output)]);
        }
        for (low, high) in [(0, 0x80), (0xff, 0xff), (0xff, 0x7f), (1, 0)] {
            let mut output = output;
            for at in [1, 3, 5, 7, 9, 11] {
                (output[at], output[at + 1]) = (low, high);
            }
            add(&[record(kind, &output)]);
        }
    }
    // Management access, base and extended compatibility, and types that nobody knows.
    for kind in [3, 4, 5, 6, 0x7f, 0xbf, 0xc1, 0xff] {
        add(&[record(kind, &[1, b'h', b't', b't', b'p'])]);
    }
    for maker in [0u32, 1, 343, 10876, 12345, 12634, 15000, 0xff_ffff] {
        let maker = &maker.to_le_bytes()[..3];
        add(&[record(0xc0, &[maker, &[1, 2, 3]].concat())]);
        add(&[record(0xd0, &[maker, &[1, 2, 3]].concat())]);
    }
    add(&[
        record(0, &supply),
        record(1, &output),
        record(2, &output),
        record(3, b"x"),
        record(0xc0, &[0x57, 1, 0, 0]),
    ]);
    for damage in [0, 1, 3, 4] {
        let mut records = multi(&[record(0, &supply), record(1, &output)]);
        records[damage] ^= 0x01;
        let image = image(&[&[], &[], &[], &[], &records]);
        cases.push(same(verb, "-v fru print 0", holding(&image)));
        cases.push(same(verb, "fru print 0", holding(&image)));
    }
    // No last record: the list goes on into what comes behind it.
    let mut records = multi(&[record(1, &output)]);
    records[1] = 2;
    records.extend([0xc0, 0x80, 3, 0, 0, 0x57, 1, 0]);
    let image = image(&[&[], &[], &[], &[], &records]);
    cases.push(same(verb, "-vv fru print 0", holding(&image)));
}

fn picmg(cases: &mut Vec<Case>) {
    let verb = "fru picmg";
    for flags in ["-v", "-vv"] {
        for id in 0..=0x40 {
            let record = record(
                0xc0,
                &[&[0x5a, 0x31, 0, id, 0][..], &picmg_data(id)].concat(),
            );
            let image = image(&[&[], &[], &[], &[], &multi(&[record])]);
            cases.push(same(verb, &format!("{flags} fru print 0"), holding(&image)));
        }
    }
    // Every kind of link, interface and channel.
    let links: Vec<u8> = (0..50u8)
        .flat_map(|at| {
            let kind = [0, 1, 2, 3, 4, 5, 6, 0x32, 0xef, 0xf0, 0xfe, 0xff][usize::from(at) % 12];
            let extension = at % 7;
            let second = at & 0x0f | kind << 4;
            [at.wrapping_mul(5), second, kind >> 4 | extension << 4, at]
        })
        .collect();
    let board = [&[0x5a, 0x31, 0, 0x14, 0, 0][..], &links].concat();
    let slots: Vec<u8> = (0..16)
        .flat_map(|kind| [kind, kind * 3, 1, 9, 0xa5, 3])
        .collect();
    let backplane = [&[0x5a, 0x31, 0, 0x04, 0][..], &slots].concat();
    for data in [board, backplane] {
        for length in (5..=data.len()).step_by(7).chain([data.len()]) {
            let image = image(&[&[], &[], &[], &[], &multi(&[record(0xc0, &data[..length])])]);
            cases.push(same(verb, "-v fru print 0", holding(&image)));
        }
    }
    for id in [0x10, 0x11, 0x12, 0x14, 0x16, 0x17, 0x18, 0x1a, 0x2c, 0x2d] {
        for length in 0..30 {
            let data = [&[0x5a, 0x31, 0, id, 0][..], &picmg_data(id)].concat();
            let data = &data[..data.len().min(5 + length)];
            let image = image(&[&[], &[], &[], &[], &multi(&[record(0xc0, data)])]);
            cases.push(same(verb, "-v fru print 0", holding(&image)));
        }
    }
}

/// What comes behind the head of PICMG's record with this number.
fn picmg_data(id: u8) -> Vec<u8> {
    match id {
        0x04 => vec![
            0x0b, 0x41, 2, 0x42, 0x21, 0, 0x43, 0x62, 3, 8, 1, 1, 2, 3, 4,
        ],
        0x10 => [
            &[0xd4][..],
            b"01234567890123456789",
            &[3, 0x41, 1, 0, 0x42, 2, 9, 0x43, 3, 10],
        ]
        .concat(),
        0x11 => vec![
            2, 0x2c, 1, 0xff, 0xff, 0x48, 1, 0x41, 0xfe, 3, 0, 4, 0, 0x91, 0,
        ],
        0x12 => vec![5, 2, 0x41, 0xfe, 0xc8, 0, 0x41, 0x42, 0xfe, 0x64, 0, 0x40],
        0x14 => [
            &[1][..],
            &[0xa5; 16],
            &[0x01, 0x11, 0, 0, 0x42, 0x2f, 0x10, 7],
        ]
        .concat(),
        0x16 => vec![25],
        0x17 => vec![0x2c, 1, 10, 2, 0x72, 30, 0, 0x74, 255, 0],
        0x18 => vec![0x87, 2, 0x81, 0x41, 0, 0x02, 0xff, 0xff, 3, 1, 4, 5, 6],
        0x1a => vec![0x14, 3, 5, 6, 7],
        0x2c => vec![2, 0x41, 2, 1, 2, 0x83, 4, 5, 0xc6, 0x02, 1, 9, 8, 7],
        0x2d => {
            let mut data = vec![0x41, 1, 3, 1, 1, 2, 1, 9];
            for feature in [0, 3] {
                data.extend([
                    feature, 2, 3, 0, 0xe1, 0xf5, 5, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff,
                ]);
            }
            data
        }
        _ => vec![0, 0, 0],
    }
}

/// What the records of a repository tell of.
fn locators(cases: &mut Vec<Case>) {
    let verb = "fru locators";
    let mut add = |records: &[Vec<u8>]| {
        let small = image(&[&[], &[], &[], &area(&[0], &[&field(b"maker")]), &[]]);
        let mut ddr2 = [0x41; 128];
        ddr2[..18].copy_from_slice(&[128, 8, 8, 14, 10, 0x60, 72, 0, 5, 1, 2, 2, 3, 4, 5, 6, 7, 4]);
        let script = holding(&example())
            .inventory(3, Inventory::new(&small))
            .inventory(4, Inventory::new(&ddr2))
            .inventory(5, Inventory::new(&ddr2[..80]))
            .on(0x0a, 0x10, &[6], 0xc3, &[])
            .inventory(8, Inventory::new(&ddr2))
            .on(0x0a, 0x11, &[8], 0xc3, &[])
            .inventory(7, Inventory::new(&image(&[&[], &[], &[], &[], &[]])));
        for flags in ["", "-v ", "-vv "] {
            let script = script.clone().or(&machine(records));
            cases.push(same(verb, &format!("{flags}fru"), script));
        }
    };
    let temperature = full(1, b"Temp", 1, 1);
    add(std::slice::from_ref(&temperature));
    add(&[
        temperature.clone(),
        locator(2, 0x20, 3, 0x80, 0x10, 0, b"Three"),
        temperature.clone(),
    ]);
    for kind in [0, 7, 8, 9, 0x0f, 0x10, 0x11, 0xff] {
        for modifier in [0, 2, 3, 4, 0xff] {
            add(&[locator(1, 0x20, 3, 0x80, kind, modifier, b"Kind")]);
        }
    }
    for (address, id, logical) in [
        (0x20, 0, 0x80),
        (0x20, 3, 0),
        (0x20, 9, 0x80),
        (0x20, 7, 0x80),
        (0x82, 0, 0x80),
        (0x82, 3, 0x80),
        (0x20, 3, 0x98),
        (0x20, 3, 0xff),
        (0x20, 255, 0x80),
    ] {
        add(&[locator(1, address, id, logical, 0x10, 0, b"Place")]);
        add(&[
            locator(1, address, id, logical, 0x10, 0, b"Place"),
            locator(2, 0x20, 3, 0x80, 0x10, 0, b"Three"),
        ]);
    }
    for name in [
        &b""[..],
        b"A",
        b"sixteen letters!",
        b"seventeen letters",
        b"A\0B",
    ] {
        add(&[locator(1, 0x20, 3, 0x80, 0x10, 0, name)]);
    }
    for kind in [0x08, 0x10, 0x11] {
        for id in [3, 4, 5, 6, 8, 9] {
            add(&[locator(1, 0x20, id, 0x80, kind, 1, b"DIMM")]);
        }
    }
    for code in [0, 0xc0, 0xc1, 0xc3, 0x03, 0x43, 0x83, 0xe3, 0xc4] {
        let mut record = locator(1, 0x20, 3, 0x80, 0x10, 0, b"Name");
        record[15] = code;
        add(&[record]);
    }
    for support in [0, 0x08, 0xff] {
        for address in [0x20, 0x82] {
            add(&[controller(1, address, support, b"Satellite")]);
            add(&[
                controller(1, address, support, b"Satellite"),
                locator(2, 0x20, 3, 0x80, 0x10, 0, b"Three"),
            ]);
        }
    }
}

fn reading(cases: &mut Vec<Case>, files: &Path) {
    let verb = "fru read";
    let script = holding(&example());
    let file = path(files, "read");
    for words in [
        "fru read",
        "fru read help",
        "fru read 0",
        "fru read x",
        "fru read x y",
        "fru read 256 y",
        "fru read 0 ",
        "fru read 0 FILE",
        "fru read 0 FILE extra",
        "fru read 0x00 FILE",
        "fru write",
        "fru write help",
        "fru write 0",
        "fru write x y",
        "fru write 0 ",
        "fru upgEkey",
        "fru upgEkey help",
        "fru upgEkey 0",
        "fru upgEkey x y",
        "fru upgEkey 0 ",
        "fru internaluse",
        "fru internaluse help",
        "fru internaluse 0",
        "fru internaluse x info",
        "fru internaluse x print",
        "fru internaluse x read y",
        "fru internaluse x write y",
        "fru internaluse 0 bogus",
        "fru internaluse 0 read",
        "fru internaluse 0 write",
        "fru internaluse 0 read ",
        "fru internaluse 0 write ",
        "fru internaluse info 0",
        "fru edit",
        "fru edit help",
        "fru edit x",
        "fru edit 0 bogus",
        "fru edit 0 field",
        "fru edit 0 field c 0",
        "fru edit 0 field c 0 a b",
        "fru get",
        "fru get help",
        "fru get x",
        "fru get x oem",
        "fru get 0 bogus",
    ] {
        let words = words.replace("FILE", &file);
        for flags in ["", "-c ", "-v ", "-vv "] {
            cases.push(same(verb, &format!("{flags}{words}"), script.clone()));
        }
    }
    let long = "x".repeat(512);
    for words in [
        format!("fru read 0 {long}"),
        format!("fru write 0 {long}"),
        format!("fru internaluse 0 read {long}"),
    ] {
        cases.push(same(verb, &words, script.clone()));
    }
    for most in 8..26 {
        for too_much in [0xc7, 0xc8, 0xca] {
            let mut inventory = Inventory::new(&example());
            (inventory.most, inventory.too_much) = (most, too_much);
            let script = Script::new().inventory(0, inventory);
            cases.push(same(verb, &format!("-v fru read 0 {file}"), script));
        }
    }
    for code in codes() {
        let script = Script::new().on(0x0a, 0x10, &[], code, &[]);
        cases.push(failing(
            same(verb, &format!("fru read 0 {file}"), script.clone()),
            &format!(
                "Get FRU Inventory Area Info command failed: {}\n",
                reason(code)
            ),
        ));
        cases.push(failing(
            same(verb, &format!("fru write 0 {file}"), script),
            &format!(
                "Get FRU Inventory Area Info command failed: {}\n",
                reason(code)
            ),
        ));
    }
    cases.push(failing(
        same(verb, "fru read 0 /nonexistent/file", script.clone()),
        "Error opening file /nonexistent/file\n\n",
    ));
    cases.push(failing(
        same(verb, "fru write 0 /nonexistent/file", script),
        "Error opening file /nonexistent/file\n\n",
    ));
}

fn internal(cases: &mut Vec<Case>, files: &Path) {
    let verb = "fru internaluse";
    let file = path(files, "internal");
    for length in [0, 8, 16, 24, 40, 64, 248] {
        for areas in 0..3 {
            let area = area(&[1], &[&field(b"part")]);
            let bytes: Vec<u8> = (0..length).map(|at| at ^ 0xa5).collect();
            let empty = &[][..];
            let image = match areas {
                0 => image(&[&bytes, &area, empty, empty, empty]),
                1 => image(&[&bytes, empty, empty, &area, empty]),
                _ => image(&[&bytes, empty, empty, empty, empty]),
            };
            for words in ["info", "print", &format!("read {file}")] {
                for flags in ["", "-v ", "-vv "] {
                    let words = format!("{flags}fru internaluse 0 {words}");
                    cases.push(same(verb, &words, holding(&image)));
                }
            }
        }
    }
    for most in 9..24 {
        let mut inventory = Inventory::new(&image(&[&[7; 64], &[], &[], &[], &[]]));
        inventory.most = most;
        let script = Script::new().inventory(0, inventory);
        cases.push(same(verb, "-v fru internaluse 0 print", script));
    }
    for code in codes() {
        let script = Script::new().on(0x0a, 0x10, &[], code, &[]);
        cases.push(same(verb, "fru internaluse 0 info", script.clone()));
        cases.push(failing(
            same(verb, "fru internaluse 0 print", script),
            "Cannot access internal use area\n",
        ));
        let script = Script::new()
            .on(0x0a, 0x11, &[0, 0, 0, 8], code, &[])
            .or(&holding(&example()));
        cases.push(same(verb, "fru internaluse 0 info", script));
    }
    let missing = "fru internaluse 0 write /nonexistent/file";
    cases.push(failing(
        same(verb, missing, holding(&example())),
        "Error opening file /nonexistent/file: No such file or directory\n",
    ));
    let other = path(files, "other");
    std::fs::write(&other, [1; 9]).unwrap();
    cases.push(failing(
        same(
            verb,
            &format!("fru internaluse 0 write {other}"),
            holding(&example()),
        ),
        "File Size: 9\nArea Size: 8\nFile size does not fit Eeprom Size\n",
    ));
    let right = path(files, "right");
    std::fs::write(&right, [9; 8]).unwrap();
    for flags in ["", "-v ", "-vv "] {
        let words = format!("{flags}fru internaluse 0 write {right}");
        cases.push(written(same(verb, &words, holding(&example()))));
    }
}

fn writing(cases: &mut Vec<Case>, files: &Path) {
    let verb = "fru write";
    let mut other = example();
    for byte in &mut other[40..] {
        *byte ^= 0x11;
    }
    for length in (8..other.len()).step_by(23).chain([1, 7, other.len()]) {
        let file = path(files, &format!("write-{length}"));
        std::fs::write(&file, &other[..length]).unwrap();
        for flags in ["", "-v ", "-vv "] {
            let words = format!("{flags}fru write 0 {file}");
            cases.push(written(same(verb, &words, holding(&example()))));
        }
    }
    let empty = path(files, "empty");
    std::fs::write(&empty, b"").unwrap();
    cases.push(same(
        verb,
        &format!("-v fru write 0 {empty}"),
        holding(&example()),
    ));
    let all = path(files, "all");
    std::fs::write(&all, &other).unwrap();
    // Parts of the device that are protected, and already what they shall be.
    let mut inventory = Inventory::new(&example());
    inventory.protected = 0..40;
    let script = Script::new().inventory(0, inventory);
    for flags in ["", "-v ", "-vv "] {
        let words = format!("{flags}fru write 0 {all}");
        cases.push(written(same(verb, &words, script.clone())));
    }
    let mut inventory = Inventory::new(&example());
    inventory.protected = 40..200;
    cases.push(Case {
        expect: Expect::Unlike {
            stdout: format!(
                "Fru Size         : {0} bytes\nSize to Write    : {0} bytes\n",
                other.len()
            ),
            stderr: "Offsets 40 to 80 are protected: they were not written, the rest was\n"
                .to_owned(),
            status: 1,
            why: "stock says nothing of parts that are protected, and ends with status 0",
        },
        ..same(
            verb,
            &format!("fru write 0 {all}"),
            Script::new().inventory(0, inventory),
        )
    });
    for code in codes().filter(|code| !matches!(code, 0x80 | 0x81 | 0xc7 | 0xc8 | 0xca | 0xff)) {
        let script = Script::new()
            .on(0x0a, 0x12, &[], code, &[])
            .or(&holding(&example()));
        cases.push(failing(
            same(verb, &format!("fru write 0 {all}"), script),
            &format!(
                "Writing stopped at offset 0: {}\nOf offsets 0 to {} the first 0 bytes were written\n",
                reason(code),
                other.len()
            ),
        ));
    }
}

/// Devices that count offsets in words. Where something has an odd length, stock asks without end.
fn by_words(cases: &mut Vec<Case>, files: &Path) {
    let verb = "fru by words";
    let (text, inner) = (field(b"four"), [7; 64]);
    let small = area(&[25], &[&text[..]; 8]);
    let before = image(&[&inner, &area(&[23], &[&text[..]; 3]), &[], &small, &[]]);
    let mut after = before.clone();
    for byte in &mut after[8..] {
        *byte ^= 0x11;
    }
    let [read, all, some, right] =
        ["read", "all", "some", "right"].map(|name| path(files, &format!("words-{name}")));
    std::fs::write(&all, &after).unwrap();
    std::fs::write(&some, &after[..after.len() - 6]).unwrap();
    std::fs::write(&right, [9; 64]).unwrap();
    for (most, too_much) in [(255, 0xca), (40, 0xca), (24, 0xc7), (16, 0xc8), (10, 0xca)] {
        let mut inventory = Inventory::new(&before);
        (inventory.most, inventory.too_much, inventory.words) = (most, too_much, true);
        let script = Script::new().inventory(0, inventory);
        for flags in ["", "-v "] {
            let of = |words: &str| same(verb, &format!("{flags}fru {words}"), script.clone());
            cases.push(of("print 0"));
            cases.push(of(&format!("read 0 {read}")));
            cases.push(of("internaluse 0 print"));
            // Smaller parts are not tried.
            if most < 24 {
                continue;
            }
            cases.push(written(of(&format!("internaluse 0 write {right}"))));
            for file in [&all, &some] {
                cases.push(written(of(&format!("write 0 {file}"))));
            }
        }
    }
    let mut inventory = Inventory::new(&roomy());
    inventory.words = true;
    let script = Script::new().inventory(0, inventory);
    cases.push(edited(same(verb, "fru edit 0 field p 1 abcd", script)));
}

fn fields_edited(cases: &mut Vec<Case>) {
    let verb = "fru edit field";
    for (area, count) in [("c", 3), ("b", 6), ("p", 8)] {
        for index in 0..count {
            for text in [
                "abcd",
                "abc",
                "ab",
                "longer-than-before",
                "a-text-of-32-bytes-for-the-field",
            ] {
                for flags in ["", "-v "] {
                    let words = format!("{flags}fru edit 0 field {area} {index} {text}");
                    cases.push(edited(same(verb, &words, holding(&roomy()))));
                }
            }
        }
        for words in ["field x 0 abc", "field  0 abc"] {
            cases.push(Case {
                expect: Expect::Differs {
                    stdout: None,
                    stderr: None,
                    status: None,
                    why: "bad words are refused before anything is asked",
                },
                ..same(verb, &format!("fru edit 0 {words}"), holding(&example()))
            });
        }
    }
    for code in codes() {
        let script = Script::new().on(0x0a, 0x10, &[], code, &[]);
        cases.push(same(verb, "fru edit 0 field c 0 abcd", script));
        let script = Script::new()
            .on(0x0a, 0x11, &[0, 0, 0, 8], code, &[])
            .or(&holding(&example()));
        cases.push(same(verb, "fru edit 0 field c 0 abcd", script));
    }
}

/// An inventory with fields of four bytes, and much room behind them.
fn roomy() -> Vec<u8> {
    let four = field(b"four");
    let chassis = area(&[23], &[&four[..]; 3]);
    let board = area(&[25, 0x40, 0x4b, 0x4c], &[&four[..]; 6]);
    let product = area(&[25], &[&four[..]; 8]);
    let records = multi(&[record(0xc0, &[0x57, 1, 0, 0])]);
    let mut image = image(&[&[], &chassis, &board, &product, &records]);
    image.resize(image.len() + 64, 0);
    image
}

/// The dates of a change are the same; stock ends with status 1 after it moved something.
fn edited(case: Case) -> Case {
    Case {
        expect: Expect::ReadBack(0),
        ..case
    }
}

/// Of PICMG's and Kontron's records, which stock does not read: some of these it never ends with.
pub fn alone(files: &Path) -> Vec<Case> {
    let mut cases = Vec::new();
    let verb = "fru oem";
    let unlike = |stdout: &str, stderr: &str, status| Expect::Unlike {
        stdout: stdout.to_owned(),
        stderr: stderr.to_owned(),
        status,
        why: "stock reads no record, or the wrong bytes, and may crash",
    };
    let current = record(0xc0, &[0x5a, 0x31, 0, 0x16, 0, 25]);
    let activation = record(0xc0, &[0x5a, 0x31, 0, 0x17, 0, 100, 0, 5, 1, 0x72, 30, 0]);
    let kontron = record(0xc0, &component_record());
    let image = image(&[&[], &[], &[], &[], &multi(&[current, activation, kontron])]);
    let shown = "Kontron OEM Information Record\n  Name: abc\n  Record Version: 0\n  \
                 Version: version1\n  Build Date: build-01\n  Update Date: update-1\n  \
                 Checksum: crc32---\n\n";
    let mut add = |words: &str, typed: Option<&str>, expect: Expect| {
        let typed = typed.map(|text| {
            let file = files.join(format!("typed-{}", cases.len()));
            std::fs::write(&file, text).unwrap();
            file
        });
        cases.push(Case {
            expect,
            typed,
            ..same(verb, words, holding(&image))
        });
    };
    add("fru get 0 oem 15000 3", None, unlike(shown, "", 0));
    let other = "  OEM IANA (Unknown (0x315A)) Record not supported in this mode\n";
    add("fru get 0 oem 12634 3", None, unlike(other, "", 1));
    add(
        "fru get 0 oem",
        None,
        unlike("", "oem iana <record> <format>\n", 1),
    );
    add(
        "fru get 0 oem x",
        None,
        unlike("", "Given IANA 'x' is invalid.\n", 1),
    );
    let changed = "   Kontron OEM Information Record\n   blockCount: 1\nFound : abc\n";
    let words = "fru edit 0 oem 15000 3 0 abc 0 version2 build-02 update-2 crc32+++";
    add(words, None, unlike(changed, "", 0));
    let words = "fru edit 0 oem 15000 3 1 abc 0 version2 build-02 update-2 crc32+++";
    let version = "   Kontron OEM Information Record\n   Version: 0\n";
    add(words, None, unlike(version, "", 0));
    let asked = |answer: &str, second: &str| {
        format!(
            "    FRU_AMC_CURRENT\n      Current draw(@12V): 2.50 A (0x19)\n\
             Would you like to change this value <y/n> ? {answer}    FRU_AMC_ACTIVATION\n      \
             Maximum Internal Current(@12V): 10.00 A (0x64)\n\
             Would you like to change this value <y/n> ? {second}      \
             Module Activation Readiness:       5 sec.\n      Descriptor Count: 1\n\n        \
             IPMB-Address:         0x72\n        Max. Module Current:  3.00 A\n\n"
        )
    };
    let text = asked("Entered n\n", "Entered n\n");
    add("fru edit 0", Some("n\nn\n"), unlike(&text, "", 0));
    let enter = |count| {
        format!(
            "Enter hex values for each of the {count} entries (lsb first), hit <enter> between entries\n"
        )
    };
    let first = format!("{}      New Current draw(@12V): 3.20 A (0x20)\n", enter(1));
    let second = format!(
        "{}      New Maximum Internal Current(@12V): 25.70 A (0x101)\n",
        enter(2)
    );
    let text = asked(&first, &second);
    add(
        "fru edit 0",
        Some("y\n20\ny\n1\n0x1\n"),
        unlike(&text, "", 0),
    );
    add(
        "fru edit 0 oem 12634",
        Some("y\n20\ny\n1\n1\n"),
        unlike(&text, "", 0),
    );
    cases
}

/// Kontron's information record with one component.
fn component_record() -> Vec<u8> {
    let component = b"\xc3abc\xc8version1\xc8build-01\xc8update-1\xc8crc32---\xc1";
    [&[0x98, 0x3a, 0, 3, 0, 1][..], component].concat()
}

fn upgrades(cases: &mut Vec<Case>, files: &Path) {
    let verb = "fru upgEkey";
    let good = path(files, "upgrade");
    std::fs::write(
        &good,
        image(&[
            &[],
            &[],
            &[],
            &[],
            &multi(&[record(1, &[7; 13]), record(2, &[8; 13])]),
        ]),
    )
    .unwrap();
    let damaged = path(files, "upgrade-damaged");
    let mut bytes = std::fs::read(&good).unwrap();
    bytes[12] ^= 1;
    std::fs::write(&damaged, &bytes).unwrap();
    let version = path(files, "upgrade-version");
    bytes[0] = 2;
    std::fs::write(&version, &bytes).unwrap();
    let short = path(files, "upgrade-short");
    std::fs::write(&short, &bytes[..7]).unwrap();
    for flags in ["", "-v ", "-vv "] {
        for file in [&damaged, &version, &short, "/nonexistent/file"] {
            let words = format!("{flags}fru upgEkey 0 {file}");
            cases.push(same(verb, &words, holding(&roomy())));
        }
    }
    for code in codes() {
        let script = Script::new().on(0x0a, 0x10, &[], code, &[]);
        cases.push(same(verb, &format!("fru upgEkey 0 {good}"), script));
        let script = Script::new()
            .on(0x0a, 0x11, &[0, 0, 0, 8], code, &[])
            .or(&holding(&roomy()));
        cases.push(same(verb, &format!("fru upgEkey 0 {good}"), script));
    }
    cases.push(Case {
        expect: Expect::Unlike {
            stdout: String::new(),
            stderr: String::new(),
            status: 0,
            why: "stock takes what went well for a failure",
        },
        ..same(verb, &format!("fru upgEkey 0 {good}"), holding(&roomy()))
    });
    let none = image(&[&[], &[], &[], &[], &[]]);
    cases.push(Case {
        expect: Expect::Unlike {
            stdout: String::new(),
            stderr: "The FRU, or the file, has no multi-records: nothing was written\n".to_owned(),
            status: 1,
            why: "stock overwrites the header of an inventory that has no multi-records",
        },
        ..same(verb, &format!("fru upgEkey 0 {good}"), holding(&none))
    });
}

/// Ours reads what it wrote.
fn written(case: Case) -> Case {
    Case {
        expect: Expect::ReadBack(0),
        ..case
    }
}

/// Ours says this, and ends with status 1; stock says nothing.
fn failing(case: Case, stderr: &str) -> Case {
    Case {
        expect: Expect::Differs {
            stdout: None,
            stderr: Some(stderr.to_owned()),
            status: Some(1),
            why: "stock says nothing of a failure, or ends with status 0",
        },
        ..case
    }
}

fn codes() -> impl Iterator<Item = u8> {
    (0x80..=0x82).chain(0xc0..=0xd6).chain([0xff])
}

fn reason(code: u8) -> String {
    steadysol::ipmi::completion::text(code).into_owned()
}

fn path(files: &Path, name: &str) -> String {
    files.join(name).display().to_string()
}

/// A FRU locator.
fn locator(
    number: u8,
    address: u8,
    id: u8,
    access: u8,
    kind: u8,
    modifier: u8,
    name: &[u8],
) -> Vec<u8> {
    let mut body = vec![address, id, access, 0, 0, kind, modifier, 7, 1, 0];
    body.push(0xc0 | u8::try_from(name.len()).unwrap());
    body.extend_from_slice(name);
    with_header(number, 0x11, &body)
}

/// A management controller locator.
fn controller(number: u8, address: u8, support: u8, name: &[u8]) -> Vec<u8> {
    let mut body = vec![address, 0, 0, support, 0, 0, 0, 7, 1, 0];
    body.push(0xc0 | u8::try_from(name.len()).unwrap());
    body.extend_from_slice(name);
    with_header(number, 0x12, &body)
}

/// A BMC whose first inventory this is.
fn holding(image: &[u8]) -> Script {
    Script::new().inventory(0, Inventory::new(image))
}

/// An inventory with something of everything.
pub fn example() -> Vec<u8> {
    let chassis = area(&[23], &[&field(b"CH-1"), &field(b"C001"), &field(b"more")]);
    let board = area(
        &[25, 0x40, 0x4b, 0x4c],
        &[
            &field(b"maker"),
            &field(b"board"),
            &[0x43, 0x12, 0x34, 0x5a],
            &field(b"MB-1"),
            &field(b"id 1"),
        ],
    );
    let product = area(
        &[25],
        &[
            &field(b"maker"),
            &field(b"product"),
            &field(b"P-1"),
            &field(b"A0"),
            &field(b"S001"),
            &field(b"tag"),
            &field(b"id 2"),
            &[3, 1, 2, 3],
        ],
    );
    let records = multi(&[record(0, &supply()), record(0xc0, &[0x57, 1, 0, 0])]);
    image(&[
        &[1, 2, 3, 4, 5, 6, 7, 8],
        &chassis,
        &board,
        &product,
        &records,
    ])
}

/// An inventory of these areas; those that are empty are not there.
fn image(areas: &[&[u8]; 5]) -> Vec<u8> {
    let mut image = vec![1, 0, 0, 0, 0, 0, 0, 0];
    for (at, area) in areas.iter().enumerate() {
        if !area.is_empty() {
            image[at + 1] = u8::try_from(image.len() / 8).unwrap();
            image.extend_from_slice(area);
            image.resize(image.len().next_multiple_of(8), 0);
        }
    }
    image[7] = negated(&image[..7]);
    image.resize(image.len() + 16, 0);
    image
}

/// An area: version, length, what comes before its fields, its fields, empty ones up to as many as have a name, their
/// end, a checksum. Stock reads past its memory where there are fewer.
fn area(head: &[u8], fields: &[&[u8]]) -> Vec<u8> {
    let missing = vec![0xc0; 7usize.saturating_sub(fields.len())];
    let mut area = [&[1, 0], head, &fields.concat(), &missing, &[0xc1]].concat();
    area.resize((area.len() + 1).next_multiple_of(8) - 1, 0);
    area[1] = u8::try_from(area.len().div_ceil(8)).unwrap();
    area.push(negated(&area));
    area
}

/// A field of eight-bit text.
fn field(text: &[u8]) -> Vec<u8> {
    [&[0xc0 | u8::try_from(text.len()).unwrap()], text].concat()
}

/// A multi-record.
fn record(kind: u8, data: &[u8]) -> Vec<u8> {
    let length = u8::try_from(data.len()).unwrap();
    let mut record = vec![kind, 2, length, negated(data)];
    record.push(negated(&record));
    record.extend_from_slice(data);
    record
}

/// A list of multi-records: the last one says so.
fn multi(records: &[Vec<u8>]) -> Vec<u8> {
    let mut records = records.to_vec();
    if let Some(last) = records.last_mut() {
        last[1] |= 0x80;
        last[4] = negated(&last[..4]);
    }
    records.concat()
}

fn supply() -> Vec<u8> {
    let mut supply = vec![
        0x20, 3, 0x84, 3, 30, 5, 0x28, 0x23, 0x90, 0x33, 0x50, 0x46, 0x20, 0x67,
    ];
    supply.extend([47, 63, 20, 0x1f, 0x70, 0x13, 0x02, 0x0c, 0x03, 40]);
    supply
}

fn negated(bytes: &[u8]) -> u8 {
    bytes
        .iter()
        .fold(0u8, |sum, byte| sum.wrapping_add(*byte))
        .wrapping_neg()
}
