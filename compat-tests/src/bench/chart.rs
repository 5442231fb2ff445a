//! Bars, as SVG: for each row one per program.

use std::fmt::Write;

use super::report::shown;
use super::{PROGRAMS, Row, console, crowd, far};

/// A picture of rows of one table.
#[derive(Debug)]
pub(super) struct Chart {
    /// Its name in `docs/`.
    pub(super) file: &'static str,
    title: &'static str,
    /// Table, and what its row's name has to begin with.
    rows: &'static [(&'static str, &'static str)],
}

pub(super) const CHARTS: &[Chart] = &[
    Chart {
        file: "bench-commands.svg",
        title: "Time of a command at a round trip of 100 ms",
        rows: &[(far::AT_100, "")],
    },
    Chart {
        file: "bench-console.svg",
        title: "CPU time and memory of a console",
        rows: &[
            (console::TABLE, "busy console: CPU"),
            (console::TABLE, "idle console: memory"),
            (console::TABLE, "busy console: memory"),
            (crowd::TABLE, "100 consoles: memory"),
        ],
    },
];

/// What a picture shows, for those who do not see it.
pub(super) fn described(file: &str) -> &'static str {
    CHARTS
        .iter()
        .find(|chart| chart.file == file)
        .map_or("", |chart| chart.title)
}

impl Chart {
    /// The picture; nothing where none of its rows was measured.
    pub(super) fn draw(&self, rows: &[Row]) -> Option<String> {
        let rows: Vec<&Row> = self
            .rows
            .iter()
            .flat_map(|(table, begin)| {
                rows.iter()
                    .filter(move |row| row.table == *table && row.what.starts_with(begin))
            })
            .collect();
        if rows.is_empty() {
            return None;
        }
        let (mut body, mut y) = (String::new(), TOP);
        for row in rows {
            y = bars(&mut body, row, y);
        }
        let title = self.title;
        let mut page = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {y}\" width=\"{WIDTH}\" height=\"{y}\" \
             role=\"img\" aria-label=\"{title}\">\n<style>{STYLE}</style>\n\
             <rect width=\"{WIDTH}\" height=\"{y}\" rx=\"8\" fill=\"#0d1117\"/>\n\
             <text x=\"16\" y=\"28\" class=\"title\">{title}</text>\n"
        );
        for (column, (name, colour)) in NAMES.iter().zip(COLOURS).enumerate() {
            let x = BARS + column * 110;
            let _ = writeln!(
                page,
                "<rect x=\"{x}\" y=\"40\" width=\"10\" height=\"10\" fill=\"{colour}\"/>\
                 <text x=\"{}\" y=\"50\">{name}</text>",
                x + 16
            );
        }
        Some(page + &body + "</svg>\n")
    }
}

/// One row's bars, the longest as long as there is room; below them the next row begins.
fn bars(page: &mut String, row: &Row, top: usize) -> usize {
    let medians = row.medians();
    let longest = medians.iter().flatten().copied().fold(0.0, f64::max);
    let mut y = top;
    for column in 0..PROGRAMS.len() {
        let (Some(value), colour) = (medians[column], COLOURS[column]) else {
            continue;
        };
        let part = if longest > 0.0 { value / longest } else { 0.0 };
        let width = (part * LENGTH).max(1.0).round();
        let _ = writeln!(
            page,
            "<rect x=\"{BARS}\" y=\"{y}\" width=\"{width}\" height=\"{}\" rx=\"2\" fill=\"{colour}\"/>\
             <text x=\"{}\" y=\"{}\" class=\"value\">{} {}</text>",
            BAR - 3,
            BARS as f64 + width + 6.0,
            y + BAR - 5,
            shown(value),
            row.unit
        );
        y += BAR;
    }
    let _ = writeln!(
        page,
        "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>",
        BARS - 12,
        (top + y) / 2 + 4,
        row.what
    );
    y + GAP
}

const NAMES: [&str; PROGRAMS.len()] = ["stock", "FreeIPMI", "steadysol"];
const COLOURS: [&str; PROGRAMS.len()] = ["#8b949e", "#e3b341", "#7ee787"];

/// Pixels.
const WIDTH: usize = 960;
const TOP: usize = 66;
const BAR: usize = 16;
const GAP: usize = 12;
const BARS: usize = 340;
const LENGTH: f64 = 520.0;

const STYLE: &str = "text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#e6edf3}\
     .title{font-weight:bold;font-size:15px}.value{fill:#8b949e;font-size:12px}";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_bar_fills_the_room_and_who_has_no_value_has_none() {
        let row = Row {
            table: far::AT_100,
            what: "mc info".to_owned(),
            unit: "ms",
            values: [vec![100.0], vec![], vec![25.0]],
        };
        let picture = CHARTS[0].draw(&[row]).unwrap();
        assert!(picture.contains("width=\"520\""), "{picture}");
        assert!(picture.contains("width=\"130\""), "{picture}");
        assert_eq!(picture.matches("class=\"value\"").count(), 2);
    }
}
