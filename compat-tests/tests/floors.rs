//! No file uses a floor above its own: `src/lib.rs` says which is where.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use compat_tests::binaries::workspace;

#[test]
fn no_file_uses_a_floor_above_its_own() {
    let source = workspace().join("src");
    let floors = floors(&fs::read_to_string(source.join("lib.rs")).unwrap());
    assert!(
        floors.len() > 8,
        "the table in lib.rs is not understood: {floors:?}"
    );
    let mut modules = Vec::new();
    let mut wrong = Vec::new();
    for path in files(&source) {
        let inside = path.strip_prefix(&source).unwrap();
        let Some(floor) = floor_of(inside) else {
            continue;
        };
        assert!(
            floors.contains(&floor),
            "{} is on no floor of the table",
            inside.display()
        );
        modules.push(floor.clone());
        let text = fs::read_to_string(&path).unwrap();
        for complaint in trespasses(&floors, &floor, depth(inside), &text) {
            wrong.push(format!("{}: {complaint}", inside.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for floor in &floors {
        assert!(
            modules.contains(floor),
            "{floor} stands in the table, but there is no such module"
        );
    }
}

#[test]
fn one_file_has_unsafe_code_and_no_other() {
    let mut found = Vec::new();
    for place in ["src", "compat-tests"] {
        for path in files(&workspace().join(place)) {
            let text = fs::read_to_string(&path).unwrap();
            let code = text
                .lines()
                .map(|line| line.split("//").next().unwrap_or_default());
            // Put together, so that this file is not found.
            let allowed = ["allow(", "unsafe_code)"].concat();
            if code.clone().any(|line| line.contains(&allowed)) {
                found.push(path.strip_prefix(workspace()).unwrap().to_path_buf());
            }
        }
    }
    assert_eq!(found, [Path::new("src/transport/open/own_address.rs")]);
}

#[test]
fn a_trespass_is_found_however_it_is_written() {
    let floors = ["commands", "bmcsim", "ipmi", "bmc", "proto", "wire"].map(str::to_owned);
    let found = |floor: &str, text: &str| trespasses(&floors, floor, 2, text).len();
    assert_eq!(found("ipmi", "use crate::commands::mc;"), 1);
    assert_eq!(found("ipmi", "fn f() { crate::commands::run() }"), 1);
    assert_eq!(found("ipmi", "use crate::{proto::link, commands};"), 1);
    assert_eq!(found("ipmi", "use super::super::commands::mc;"), 1);
    assert_eq!(found("ipmi", "use crate::proto::{commands, wire};"), 0);
    assert_eq!(
        found(
            "ipmi",
            "pub(crate) use crate::ipmi::names; use crate::wire::lan;"
        ),
        0
    );
    assert_eq!(
        found("ipmi", "/// See [`crate::commands`].\n// crate::commands"),
        0
    );
    // The client and the BMC do not see each other, whichever stands higher.
    assert_eq!(found("bmc", "use crate::proto::link;"), 1);
    assert_eq!(found("bmcsim", "use crate::ipmi::names;"), 1);
    assert_eq!(found("commands", "use crate::bmc::table;"), 1);
    assert_eq!(
        found("bmcsim", "use crate::bmc::table; use crate::wire::lan;"),
        0
    );
}

/// The modules in the table of `lib.rs`, from the top down.
fn floors(lib: &str) -> Vec<String> {
    let rows = lib.lines().filter_map(|line| line.strip_prefix("//! | [`"));
    rows.filter_map(|row| row.split_once("`]"))
        .map(|(name, _)| name.to_owned())
        .collect()
}

/// The top-level module of a file; none for `lib.rs` and the programs, which may use everything.
fn floor_of(inside: &Path) -> Option<String> {
    let first = inside.iter().next()?.to_str()?;
    match first.strip_suffix(".rs").unwrap_or(first) {
        "lib" | "main" | "bin" => None,
        module => Some(module.to_owned()),
    }
}

/// How many modules deep a file is.
fn depth(inside: &Path) -> usize {
    let names = inside.iter().count();
    if inside.ends_with("mod.rs") {
        names - 1
    } else {
        names
    }
}

fn trespasses(floors: &[String], floor: &str, depth: usize, text: &str) -> Vec<String> {
    let code: Vec<&str> = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect();
    let code = code.join("\n");
    let to_root = "super::".repeat(depth);
    let mut used = Vec::new();
    for root in ["crate::", &to_root] {
        for (at, _) in code.match_indices(root) {
            used.extend(first_names(&code[at + root.len()..]));
        }
    }
    used.retain(|name| floors.contains(name) && !may_use(floors, floor, name));
    used.into_iter()
        .map(|name| format!("{floor} uses {name}"))
        .collect()
}

/// The name that a path goes on with, or each of them if braces follow.
fn first_names(rest: &str) -> Vec<String> {
    let word = |text: &str| -> String {
        text.trim_start()
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect()
    };
    let Some(group) = rest.strip_prefix('{') else {
        return vec![word(rest)];
    };
    let mut names = vec![word(group)];
    let mut level = 0;
    for (at, c) in group.char_indices() {
        match c {
            '{' => level += 1,
            '}' if level == 0 => break,
            '}' => level -= 1,
            ',' if level == 0 => names.push(word(&group[at + 1..])),
            _ => {}
        }
    }
    names
}

fn may_use(floors: &[String], floor: &str, used: &str) -> bool {
    let height = |name: &str| floors.iter().rev().position(|each| each == name);
    let both_sides = |one: &str, other: &str| {
        BMC.contains(&one) && !BMC.contains(&other) && !SHARED.contains(&other)
    };
    height(used) <= height(floor) && !both_sides(floor, used) && !both_sides(used, floor)
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// The BMC's side.
const BMC: &[&str] = &["bmc", "bmcsim"];
/// What both sides speak.
const SHARED: &[&str] = &["crypto", "wire"];
