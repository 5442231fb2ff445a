//! Measurements of stock and of ours, in turn, and their table.
//!
//! A [`Scene`] is run for one program at a time and gives named values; [`run`] runs scenes for both, the one first and
//! then the other by turns, so that a machine that grows slower meanwhile favours neither. [`table`] shows medians.

mod console;
mod process;

use std::collections::BTreeMap;

use crate::rig::Who;

/// Something to be measured.
#[derive(Debug, Clone, Copy)]
pub struct Scene {
    /// By which it can be chosen.
    pub name: &'static str,
    /// Measures one program once.
    pub run: fn(Who) -> Vec<Value>,
}

/// One measured value; less is better.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// What was measured.
    pub what: &'static str,
    /// In which unit.
    pub unit: &'static str,
    /// How much.
    pub value: f64,
}

/// What all rounds gave for one value.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// What was measured.
    pub what: &'static str,
    /// In which unit.
    pub unit: &'static str,
    /// Stock's values.
    pub stock: Vec<f64>,
    /// Ours.
    pub ours: Vec<f64>,
}

/// Every scene there is.
pub fn scenes() -> Vec<Scene> {
    console::SCENES.to_vec()
}

/// Runs scenes so often, and `tells` which one is on.
pub fn run(scenes: &[Scene], rounds: usize, tell: impl Fn(&str)) -> Vec<Row> {
    let mut rows = Vec::new();
    for scene in scenes {
        let mut values: BTreeMap<&str, Row> = BTreeMap::new();
        let mut order = Vec::new();
        for round in 0..rounds {
            let mut turn = [Who::Stock, Who::Ours];
            turn.rotate_left(round % 2);
            for who in turn {
                tell(&format!("{}, round {}: {who:?}", scene.name, round + 1));
                for Value { what, unit, value } in (scene.run)(who) {
                    let row = values.entry(what).or_insert_with(|| {
                        order.push(what);
                        Row {
                            what,
                            unit,
                            stock: Vec::new(),
                            ours: Vec::new(),
                        }
                    });
                    match who {
                        Who::Stock => row.stock.push(value),
                        Who::Ours => row.ours.push(value),
                    }
                }
            }
        }
        rows.extend(order.into_iter().filter_map(|what| values.remove(what)));
    }
    rows
}

/// The rows as a table in Markdown: medians, and ours in parts of stock's.
pub fn table(rows: &[Row]) -> String {
    let mut text =
        "| | stock 1.8.19 | steadysol | ratio |\n| --- | ---: | ---: | ---: |\n".to_owned();
    for row in rows {
        let (stock, ours) = (median(&row.stock), median(&row.ours));
        let cell = |value: Option<f64>| {
            value.map_or_else(
                || "-".to_owned(),
                |value| format!("{} {}", shown(value), row.unit),
            )
        };
        let ratio = match (stock, ours) {
            (Some(stock), Some(ours)) if stock > 0.0 => format!("{:.2}", ours / stock),
            _ => "-".to_owned(),
        };
        text += &format!(
            "| {} | {} | {} | {ratio} |\n",
            row.what,
            cell(stock),
            cell(ours)
        );
    }
    text
}

/// The middle one, or the mean of the two in the middle.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (upper, lower) = (sorted.len() / 2, sorted.len().checked_sub(1)? / 2);
    Some((sorted.get(upper)? + sorted.get(lower)?) / 2.0)
}

/// Three digits or so.
fn shown(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        size if size < 1.0 => format!("{value:.3}"),
        size if size < 100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
    }

    #[test]
    fn both_programs_have_their_turn_in_every_round_and_a_row_for_every_value() {
        let scene = Scene {
            name: "x",
            run: |who| {
                let value = if who == Who::Stock { 4.0 } else { 1.0 };
                let named = |what, unit| Value { what, unit, value };
                vec![named("time", "s"), named("memory", "MiB")]
            },
        };
        let rows = run(&[scene], 3, |_| {});
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].stock.len(), rows[0].ours.len()), (3, 3));
        let text = table(&rows);
        assert!(text.contains("| time | 4.0 s | 1.0 s | 0.25 |"), "{text}");
    }
}
