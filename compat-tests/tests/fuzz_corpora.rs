//! The fuzzer's corpora as an ordinary test: every committed input, and some thousand mutations of them, the same in
//! every run.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::{fs, thread};

use compat_tests::fuzz::{self, TARGETS};

#[test]
fn wire_breaks_no_promise_on_its_corpus() {
    play("wire", 50_000);
}

#[test]
fn text_breaks_no_promise_on_its_corpus() {
    play("text", 5_000);
}

#[test]
fn commands_break_no_promise_on_their_corpus() {
    play("commands", 20_000);
}

#[test]
fn machine_breaks_no_promise_on_its_corpus() {
    play("machine", 200);
}

#[test]
fn cores_break_no_promise_on_their_corpus() {
    play("cores", 150);
}

#[test]
fn records_break_no_promise_on_their_corpus() {
    play("records", 20_000);
}

#[test]
fn inventories_break_no_promise_on_their_corpus() {
    play("inventories", 20_000);
}

#[test]
fn events_break_no_promise_on_their_corpus() {
    play("events", 20_000);
}

#[test]
fn login_breaks_no_promise_on_its_corpus() {
    play("login", 400);
}

#[test]
fn files_break_no_promise_on_their_corpus() {
    play("files", 5_000);
}

#[test]
fn readers_break_no_promise_on_their_corpus() {
    play("readers", 5_000);
}

#[test]
fn logs_break_no_promise_on_their_corpus() {
    play("logs", 1_000);
}

#[test]
fn every_target_has_a_corpus_and_a_program() {
    for target in TARGETS {
        assert!(!corpus(target.name).is_empty(), "{}", target.name);
        let program = root().join("fuzz_targets").join(target.name);
        assert!(program.with_extension("rs").exists(), "{}", target.name);
    }
}

/// Every input of the corpus, and so many mutations of them.
fn play(name: &'static str, mutations: u64) {
    let corpus = corpus(name);
    assert!(!corpus.is_empty(), "no corpus of {name}");
    for (path, input) in &corpus {
        run(name, input, &path.display().to_string());
    }
    for seed in 0..mutations {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let input = mutate(&corpus, &mut dice);
        run(name, &input, &format!("mutation {seed}"));
    }
}

fn run(name: &'static str, input: &[u8], what: &str) {
    let outcome = catch_unwind(AssertUnwindSafe(|| fuzz::run(name, input)));
    if outcome.is_err() {
        let path = std::env::temp_dir().join(format!("fuzz-{name}-{:?}", thread::current().id()));
        fs::write(&path, input).unwrap();
        panic!("{name}: {what} ({}): {input:02x?}", path.display());
    }
}

fn mutate(corpus: &[(PathBuf, Vec<u8>)], dice: &mut Dice) -> Vec<u8> {
    let mut input = corpus[dice.below(corpus.len())].1.clone();
    for _ in 0..=dice.below(6) {
        let at = dice.below(input.len() + 1);
        match dice.below(6) {
            0 => input.truncate(at),
            1 if at < input.len() => {
                input.remove(at);
            }
            2 => input.insert(at, dice.byte()),
            3 => {
                let other = &corpus[dice.below(corpus.len())].1;
                let from = dice.below(other.len() + 1);
                let piece: Vec<u8> = other[from..].iter().copied().take(dice.below(40)).collect();
                input.splice(at..at, piece);
            }
            4 if at < input.len() => input[at] ^= 1 << dice.below(8),
            _ if at < input.len() => input[at] = dice.byte(),
            _ => {}
        }
    }
    input
}

fn corpus(name: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<PathBuf> = fs::read_dir(root().join("corpus").join(name))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let input = fs::read(&path).unwrap();
            (path, input)
        })
        .collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

/// Xorshift: the same numbers in every run.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % (limit.max(1) as u64)).unwrap()
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[3]
    }
}
