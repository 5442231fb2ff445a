//! The virtual-time simulation: `netsim soak [--from SEED] [--seeds N]`, `netsim matrix`, `netsim quiet`.

use std::process::ExitCode;

use compat_tests::netsim::matrix;
use compat_tests::netsim::soak::{self, Soak};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let failed = match words[..] {
        ["soak", ref rest @ ..] => {
            match (number(rest, "--from", 0), number(rest, "--seeds", SEEDS)) {
                (Some(from), Some(seeds)) if seeds > 0 && rest.len() % 2 == 0 => {
                    let soak = Soak::run(from, seeds);
                    print!("{soak}");
                    soak.tally.all.broken > 0
                }
                _ => return usage(),
            }
        }
        ["quiet"] => {
            let hours = soak::quiet_hours_per_minute();
            println!("A quiet console: {hours:.0} simulated hours for a minute of CPU time.");
            hours < LEAST_HOURS
        }
        ["matrix"] => match matrix::page() {
            Ok(page) => match std::fs::write(matrix::path(), page) {
                Ok(()) => {
                    println!("wrote {}", matrix::FILE);
                    false
                }
                Err(error) => {
                    eprintln!("{}: {error}", matrix::FILE);
                    true
                }
            },
            Err(broken) => {
                eprintln!("{broken}");
                true
            }
        },
        ["--help" | "-h" | "help"] => {
            println!("{USAGE}");
            false
        }
        _ => return usage(),
    };
    ExitCode::from(u8::from(failed))
}

/// The number behind a word; `None`: it is none.
fn number(words: &[&str], name: &str, default: u64) -> Option<u64> {
    match words.chunks(2).find(|pair| pair[0] == name) {
        Some(pair) => pair.get(1)?.parse().ok(),
        None => Some(default),
    }
}

fn usage() -> ExitCode {
    eprintln!("{USAGE}");
    ExitCode::from(2)
}

const USAGE: &str = "\
usage: netsim soak [--from SEED] [--seeds N] | matrix | quiet
  soak     play whole histories, one for each of N seeds from SEED on (1000000 from 0); print what came of them
  matrix   loss, latency and a busy BMC against survival: write docs/MATRIX.md
  quiet    how many hours of a quiet console a minute of CPU time simulates";

const SEEDS: u64 = 1_000_000;

/// Simulated hours of a quiet console that a minute of CPU time must be good for.
const LEAST_HOURS: f64 = 10_000.0;
