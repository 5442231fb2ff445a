//! Measurements of stock, FreeIPMI and ours, in turn, and the page that shows them.
//!
//! A [`Scene`] is run for one program at a time and gives named values; [`run`] runs scenes for all of them by turns, so
//! that a machine that grows slower meanwhile favours none. [`page`] shows medians, ratios and targets, [`charts`]
//! draws some of them.

mod chart;
mod command;
mod console;
mod crowd;
mod echo;
mod far;
mod floor;
mod process;
mod report;
mod stage;
mod startup;

use std::collections::BTreeMap;

pub use report::{charts, page, table};

/// Who is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// Debian's ipmitool.
    Stock,
    /// FreeIPMI's tool for the purpose, where it has one.
    FreeIpmi,
    /// The one that is built here.
    Ours,
}

/// All of them, in the order of the table's columns.
pub const PROGRAMS: [Program; 3] = [Program::Stock, Program::FreeIpmi, Program::Ours];

/// Something to be measured.
#[derive(Debug, Clone, Copy)]
pub struct Scene {
    /// By which it can be chosen.
    pub name: &'static str,
    /// Rounds that are enough, for what takes long.
    pub most_rounds: usize,
    /// Measures one program once; nothing where that has no such function.
    pub run: fn(Program) -> Vec<Value>,
}

/// One measured value; less is better.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// The heading of the table in which it stands.
    pub table: &'static str,
    /// What was measured.
    pub what: String,
    /// In which unit.
    pub unit: &'static str,
    /// How much.
    pub value: f64,
}

/// What all rounds gave for one value.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The heading of the table in which it stands.
    pub table: &'static str,
    /// What was measured.
    pub what: String,
    /// In which unit.
    pub unit: &'static str,
    /// The values of each of [`PROGRAMS`].
    pub values: [Vec<f64>; PROGRAMS.len()],
}

impl Row {
    /// The medians of each of [`PROGRAMS`], where there are any.
    pub fn medians(&self) -> [Option<f64>; PROGRAMS.len()] {
        self.values.each_ref().map(|values| median(values))
    }
}

/// Every scene there is.
pub fn scenes() -> Vec<Scene> {
    [
        startup::SCENES,
        far::SCENES,
        console::SCENES,
        floor::SCENES,
        echo::SCENES,
        crowd::SCENES,
    ]
    .concat()
}

/// Runs scenes so often, and `tells` which one is on.
pub fn run(scenes: &[Scene], rounds: usize, tell: impl Fn(&str)) -> Vec<Row> {
    let mut rows = Vec::new();
    for scene in scenes {
        let mut values: BTreeMap<(&str, String), Row> = BTreeMap::new();
        let mut order = Vec::new();
        for round in 0..rounds.min(scene.most_rounds) {
            let mut turn = [0, 1, 2];
            turn.rotate_left(round % 3);
            for column in turn {
                let program = PROGRAMS[column];
                tell(&format!("{}, round {}: {program:?}", scene.name, round + 1));
                for measured in (scene.run)(program) {
                    let key = (measured.table, measured.what.clone());
                    let row = values.entry(key.clone()).or_insert_with(|| {
                        order.push(key);
                        Row {
                            table: measured.table,
                            what: measured.what,
                            unit: measured.unit,
                            values: Default::default(),
                        }
                    });
                    row.values[column].push(measured.value);
                }
            }
        }
        rows.extend(order.into_iter().filter_map(|what| values.remove(&what)));
    }
    rows
}

/// The middle one, or the mean of the two in the middle.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (upper, lower) = (sorted.len() / 2, sorted.len().checked_sub(1)? / 2);
    Some((sorted.get(upper)? + sorted.get(lower)?) / 2.0)
}

/// The value below which 99 of 100 lie.
pub fn percentile_99(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = (sorted.len() * 99).div_ceil(100).checked_sub(1)?;
    sorted.get(at).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle_and_one_of_a_hundred_is_above_the_99th() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
        let hundred: Vec<f64> = (1..=100).map(f64::from).collect();
        assert_eq!(percentile_99(&hundred), Some(99.0));
        assert_eq!(percentile_99(&[7.0]), Some(7.0));
        assert_eq!(percentile_99(&[]), None);
    }

    #[test]
    fn all_programs_have_their_turn_in_every_round_and_a_row_for_every_value() {
        let scene = Scene {
            name: "x",
            most_rounds: 3,
            run: |program| {
                let value = match program {
                    Program::Stock => 4.0,
                    Program::FreeIpmi => return Vec::new(),
                    Program::Ours => 1.0,
                };
                let named = |what: &str, unit| Value {
                    table: "Times",
                    what: what.to_owned(),
                    unit,
                    value,
                };
                vec![named("time", "s"), named("memory", "MiB")]
            },
        };
        let rows = run(&[scene], 5, |_| {});
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].values.each_ref().map(Vec::len), [3, 0, 3]);
        let text = table(&rows);
        assert!(
            text.contains("| time | 4.0 s | - | 1.0 s | 0.25 | |"),
            "{text}"
        );
    }
}
