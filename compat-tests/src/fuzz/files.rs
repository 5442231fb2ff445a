//! Files and lines that people write, or that somebody has put there: what `text` does not feed.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, BufReader};
use std::time::Instant;

use steadysol::bmc::endpoint::{self, Bmc};
use steadysol::bmc::fault::{Fault, Simulator};
use steadysol::bmc::moment::Seeded;
use steadysol::bmcsim;
use steadysol::cli::dates::Dates;
use steadysol::cli::interpret::interpret;
use steadysol::cli::locale::Locale;
use steadysol::cli::world::{Stop, World};
use steadysol::cli::{Exit, Options, Secret, number, password_file, time};
use steadysol::commands::output::Output;
use steadysol::commands::shell::{lines, words};
use steadysol::commands::spd;
use steadysol::console::log::path;
use steadysol::sdr::cache::{self, Key};

use super::{Bytes, argv};
use crate::netsim::client::{EPOCH_MS, PASSWORD, USER};
use crate::netsim::machine::machine;

/// The first byte says what the rest is.
pub fn run(input: &[u8]) {
    let mut bytes = Bytes(input);
    let kind = bytes.byte().unwrap_or(0);
    let rest = bytes.0;
    let text = String::from_utf8_lossy(rest);
    match kind % 16 {
        0 => {
            let mut file = rest;
            if let Some(secret) = password_file::password(&mut file) {
                assert!(secret.bytes().len() <= 20);
            }
        }
        1 => {
            let key = Key::new(vec![0x20, 1], &[0x51, 2]);
            if let Some(records) = cache::parse(rest, &key) {
                let again = cache::serialize(&key, &records);
                assert_eq!(again.as_deref(), Some(rest), "a cache of no other form");
            }
        }
        2 => {
            let mut output = Output::new(Box::new(io::sink()), Box::new(io::sink()), false);
            spd::print(rest, kind >> 6, &mut output);
        }
        3 => {
            for line in text.lines() {
                for words in [words::of_shell(line), words::of_file(line)] {
                    let length: usize = words.iter().map(String::len).sum();
                    assert!(length <= line.len());
                }
            }
        }
        4 => {
            if let Ok(options) = Options::parse(argv(rest), kind & 0x80 != 0) {
                let _ = interpret(&options, &mut Nowhere);
            }
        }
        5 => {
            let dates = Dates::from_environment(true);
            if let Some(stamp) = dates.stamp(&text).or_else(|| dates.stamp_of_words(&text)) {
                let _ = (dates.numeric(stamp), dates.words(stamp));
            }
            let _ = (number::int(rest), number::uint(rest), number::uchar(rest));
            if let Some(span) = time::span(&text) {
                let _ = time::shown(span);
            }
        }
        6 => obey(&text),
        8 => by_locale(rest, kind >> 4),
        9 => by_archive(rest),
        10 => lines_of(rest, usize::from(kind >> 4) + 1),
        _ => {
            if path::check(&text).is_ok() {
                let host = text.chars().rev().collect::<String>();
                let name = path::expand(&text, &host, EPOCH_MS, EPOCH_MS);
                let depth = |name: &str| name.matches('/').count();
                assert_eq!(
                    depth(&name.to_string_lossy()),
                    depth(&text),
                    "a host leads into another folder"
                );
            }
        }
    }
}

/// A locale's dates, as its files of formats and numbers have them, and reading what was printed.
fn by_locale(contents: &[u8], stamps: u8) {
    let (numeric, time) = contents.split_at(contents.len().min(16));
    let dates = Dates::in_locale(Locale::of_contents(time.to_vec(), numeric.to_vec()));
    for stamp in [1_700_000_000, 1 << 20, u32::MAX - 1, 1 << (stamps + 16)] {
        let shown = [
            dates.date(stamp),
            dates.time(stamp),
            dates.numeric(stamp),
            dates.words(stamp),
        ];
        for text in shown {
            assert!(text.len() <= LONGEST_DATE, "a date of {} bytes", text.len());
            let _ = dates.stamp(&String::from_utf8_lossy(&text));
        }
    }
}

/// All of a machine's locales in one file.
fn by_archive(contents: &[u8]) {
    // Not the same for two threads or programs.
    let thread = std::thread::current().id();
    let name = format!("fuzz-locales-{}-{thread:?}", std::process::id());
    let path = std::env::temp_dir().join(name);
    fs::write(&path, contents).expect("room for a file");
    let locale = Locale::installed(Some(&path), &[], OsStr::new("xx_YY.UTF-8"));
    let _ = Dates::in_locale(locale.clone()).words(1_700_000_000);
    let _ = locale.decimal_point().len();
    let _ = fs::remove_file(path);
}

/// The lines of `exec`, read in pieces of this size: all of the file, and no line end.
fn lines_of(file: &[u8], size: usize) {
    let mut reader = BufReader::with_capacity(size, file);
    let mut all = Vec::new();
    while let Ok(Some(line)) = lines::next(&mut reader, b"\n") {
        let _ = words::of_file(&line);
        all.push(line);
    }
    let text = String::from_utf8_lossy(file);
    assert!(
        all.iter()
            .map(String::as_str)
            .eq(text.split_terminator('\n'))
    );
}

/// Lines on the simulator's control socket, faults among them; packets come meanwhile.
fn obey(text: &str) {
    let now = Instant::now();
    let bmc = Bmc::new(
        machine(USER, PASSWORD, 1, now, EPOCH_MS),
        endpoint::Config {
            log_size: 1 << 12,
            ..endpoint::Config::default()
        },
        Box::new(Seeded(1)),
    );
    let mut simulator = Simulator::new(bmc, 7);
    for line in text.lines().take(64) {
        let answer = bmcsim::obey(&mut simulator, line);
        assert_eq!(answer.lines().count(), 1, "{answer}");
        let _ = line.parse::<Fault>();
    }
}

/// No environment, no answers, no screen.
struct Nowhere;

impl World for Nowhere {
    fn variable(&self, _: &str) -> Option<OsString> {
        None
    }

    fn ask(&mut self, _: &str) -> Result<Secret, Stop> {
        Err(Stop::Exit(Exit::Failure))
    }

    fn password_file(&mut self, _: &std::path::Path) -> Result<Result<Secret, String>, Stop> {
        Ok(Err(String::new()))
    }

    fn error(&mut self, _: &[u8]) {}

    fn output(&mut self, _: &[u8]) -> io::Result<()> {
        Ok(())
    }
}

/// Bytes: a hundred conversions, each of them with the longest text that a locale may have.
const LONGEST_DATE: usize = 1 << 16;
