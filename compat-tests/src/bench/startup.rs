//! How long it takes to say one's version: what every command begins with.

use super::command::{Line, installed};
use super::{Program, Scene, Value, median};
use crate::rig::Who;

pub(super) const SCENES: &[Scene] = &[Scene {
    name: "start",
    most_rounds: usize::MAX,
    run: start,
}];

fn start(program: Program) -> Vec<Value> {
    let (path, word) = match program {
        Program::Stock => (Who::Stock.program(), "-V"),
        Program::Ours => (Who::Ours.program(), "-V"),
        Program::FreeIpmi => match installed("ipmipower") {
            Some(path) => (path, "--version"),
            None => return Vec::new(),
        },
    };
    let line = Line {
        program: path,
        arguments: vec![word.to_owned()],
    };
    let cache = std::env::temp_dir();
    let taken: Vec<_> = (0..TIMES).filter_map(|_| line.taken(&cache)).collect();
    let of = |what: &str, pick: fn(&super::command::Taken) -> f64| {
        let values: Vec<f64> = taken.iter().map(|taken| pick(taken) * 1000.0).collect();
        Some(Value {
            table: TABLE,
            what: what.to_owned(),
            unit: "ms",
            value: median(&values)?,
        })
    };
    [
        of("-V: time", |taken| taken.time),
        of("-V: CPU time", |taken| taken.cpu),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// How often in a round.
const TIMES: usize = 40;

/// The table's heading.
pub(super) const TABLE: &str = "Start-up";
