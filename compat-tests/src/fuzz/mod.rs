//! What is fuzzed: one function for each target, from bytes to a panic where a promise is broken.
//!
//! `compat-tests/fuzz` runs them under libFuzzer (`make fuzz`); `tests/fuzz_corpora.rs` runs the committed corpora, and
//! mutations of them, as an ordinary test on stable Rust.

mod bytes;
mod commands;
mod cores;
mod events;
mod files;
mod insider;
mod inventories;
mod login;
mod logs;
mod machine;
mod platter;
mod readers;
mod records;
mod roads;
mod text;
mod wire;

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

pub use bytes::Bytes;

/// A target.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name: that of its corpus, and of its program in `compat-tests/fuzz/fuzz_targets`.
    pub name: &'static str,
    /// Runs it.
    pub run: fn(&[u8]),
}

/// All of them.
pub const TARGETS: &[Target] = &[
    Target {
        name: "wire",
        run: wire::run,
    },
    Target {
        name: "text",
        run: text::run,
    },
    Target {
        name: "commands",
        run: commands::run,
    },
    Target {
        name: "machine",
        run: machine::run,
    },
    Target {
        name: "cores",
        run: cores::run,
    },
    Target {
        name: "records",
        run: records::run,
    },
    Target {
        name: "inventories",
        run: inventories::run,
    },
    Target {
        name: "events",
        run: events::run,
    },
    Target {
        name: "login",
        run: login::run,
    },
    Target {
        name: "files",
        run: files::run,
    },
    Target {
        name: "readers",
        run: readers::run,
    },
    Target {
        name: "logs",
        run: logs::run,
    },
];

/// What the program would be called with: a word ends at each zero.
fn argv(words: &[u8]) -> Vec<OsString> {
    [b"ipmitool".as_slice()]
        .into_iter()
        .chain(words.split(|byte| *byte == 0))
        .map(|word| OsString::from_vec(word.to_vec()))
        .collect()
}

/// Runs the target of this name.
///
/// # Panics
/// When there is none, or when it breaks a promise.
pub fn run(name: &str, input: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name);
    (target.expect("a target of this name").run)(input);
}
