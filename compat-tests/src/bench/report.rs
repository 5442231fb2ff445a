//! The page: tables of medians with ratios and targets, and what stands around them.

use std::fmt::Write;

use super::{Row, chart, console, crowd, echo, far, startup};

/// What ours is to reach.
#[derive(Debug, Clone, Copy)]
enum Target {
    /// So much of stock's.
    Part(f64),
    /// So much, in the row's unit.
    AtMost(f64),
}

impl Target {
    fn cell(self, row: &Row) -> String {
        let [stock, _, ours] = row.medians();
        let (wanted, met) = match self {
            Self::Part(part) => (
                format!("≤ {part:.2}"),
                stock.zip(ours).map(|(stock, ours)| ours <= part * stock),
            ),
            Self::AtMost(most) => (
                format!("≤ {} {}", shown(most), row.unit),
                ours.map(|ours| ours <= most),
            ),
        };
        match met {
            Some(true) => format!("{wanted}, met"),
            Some(false) => format!("{wanted}, **missed**"),
            None => String::new(),
        }
    }
}

/// `BENCHMARKS.md`, in full.
pub fn page(rows: &[Row], machine: &str) -> String {
    let mut text = format!(
        "# Benchmarks\n\n\
         Medians of runs by turns: stock `ipmitool` 1.8.19, FreeIPMI where it has the function, and steadysol, on one \
         machine at the same time. Less is better everywhere; the ratio is steadysol's part of stock's.\n\n\
         Made with `make bench`. {machine}\n\n\
         The BMC is `bmcsim` with 50 sensors, 200 events and 4 FRUs; distance is made by a relay that holds packets back. \
         A dash stands where a program has no such function, or handed it to another.\n"
    );
    for (file, _) in charts(rows) {
        let _ = write!(text, "\n![{}](docs/{file})\n", chart::described(file));
    }
    text + &table(rows)
}

/// The tables alone.
pub fn table(rows: &[Row]) -> String {
    let mut text = String::new();
    let mut tables: Vec<&str> = Vec::new();
    for row in rows {
        if !tables.contains(&row.table) {
            tables.push(row.table);
        }
    }
    for table in tables {
        let _ = write!(text, "\n## {table}\n\n");
        for (_, note) in NOTES.iter().filter(|(of, _)| *of == table) {
            let _ = write!(text, "{note}\n\n");
        }
        text += "| | stock | FreeIPMI | steadysol | ratio | target |\n| --- | ---: | ---: | ---: | ---: | --- |\n";
        for row in rows.iter().filter(|row| row.table == table) {
            line(&mut text, row);
        }
    }
    text
}

fn line(text: &mut String, row: &Row) {
    let medians = row.medians();
    let [stock, freeipmi, ours] = medians.map(|value| {
        value.map_or_else(
            || "-".to_owned(),
            |value| {
                format!("{} {}", shown(value), row.unit)
                    .trim_end()
                    .to_owned()
            },
        )
    });
    let ratio = match medians {
        [Some(stock), _, Some(ours)] if stock > 0.0 => format!("{:.2}", ours / stock),
        _ => "-".to_owned(),
    };
    let target = TARGETS
        .iter()
        .find(|(table, what, _)| *table == row.table && (*what == row.what || what.is_empty()))
        .map_or_else(String::new, |(_, _, target)| target.cell(row));
    let target = match target.as_str() {
        "" => target,
        _ => target + " ",
    };
    let what = &row.what;
    let _ = writeln!(
        text,
        "| {what} | {stock} | {freeipmi} | {ours} | {ratio} | {target}|"
    );
}

/// The pictures: each one's file name in `docs/`, and the file.
pub fn charts(rows: &[Row]) -> Vec<(&'static str, String)> {
    chart::CHARTS
        .iter()
        .filter_map(|chart| Some((chart.file, chart.draw(rows)?)))
        .collect()
}

/// Three digits or so.
pub(super) fn shown(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        size if size < 1.0 => format!("{value:.3}"),
        size if size < 100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

/// The first that fits holds; one without a row's name is for all others of its table.
const TARGETS: &[(&str, &str, Target)] = &[
    (startup::TABLE, "-V: time", Target::AtMost(3.0)),
    (far::AT_100, "chassis power status", Target::Part(0.5)),
    (far::AT_100, "chassis status", Target::Part(0.5)),
    (far::AT_100, "lan print", Target::Part(0.5)),
    (far::AT_100, "user list 1", Target::Part(0.5)),
    (far::AT_100, "sdr elist", Target::Part(0.2)),
    (far::AT_100, "sdr elist, again", Target::Part(0.1)),
    (far::AT_100, "sensor list", Target::Part(0.2)),
    (far::AT_100, "sensor list, again", Target::Part(0.2)),
    (far::AT_100, "sel elist", Target::Part(0.2)),
    (far::AT_100, "sel elist, again", Target::Part(0.2)),
    (far::AT_100, "fru print", Target::Part(1.0 / 3.0)),
    (far::DEAF, "", Target::Part(1.0)),
    (far::CPU, "", Target::Part(1.0)),
    (
        console::TABLE,
        "busy console: CPU time a megabyte received",
        Target::Part(0.4),
    ),
    (
        console::TABLE,
        "busy console: CPU time a megabyte sent",
        Target::Part(0.4),
    ),
    (console::TABLE, "idle console: memory", Target::Part(0.5)),
    (console::TABLE, "busy console: memory", Target::Part(0.5)),
    (
        echo::TABLE,
        "the client's part of it: key to wire and wire to screen: median",
        Target::AtMost(1.0),
    ),
    (
        echo::TABLE,
        "wire to screen, flooded console: median",
        Target::AtMost(1.0),
    ),
    (crowd::TABLE, "1,000 consoles: memory", Target::Part(0.5)),
    (crowd::TABLE, "100 consoles: memory", Target::Part(0.5)),
];

/// What stands above a table.
const NOTES: &[(&str, &str)] = &[
    (
        far::NEAR,
        "\"again\" is the second run of a program that may keep what it has read: the SDR repository, below \
         `XDG_CACHE_HOME`, or with FreeIPMI in its cache.",
    ),
    (
        far::DEAF,
        "Whatever reaches the BMC while it serves a request is lost, as with BMCs that have no queue: asking ahead is of \
         no use there, and must do no harm.",
    ),
    (
        far::ROUND_TRIPS,
        "At 100 ms, as counted by the relay: bursts of packets to the BMC with a pause between them.",
    ),
    (
        console::TABLE,
        "Stock's and FreeIPMI's consoles write to a terminal that records what it shows; steadysol's is `sol capture` with \
         its log on the disk, and shows the output on a terminal as well. Wake-ups are voluntary context switches of all \
         threads, which includes a keepalive every 15 seconds and its answer; system calls are counted by strace in a minute of \
         their own. FreeIPMI's ipmiconsole does not carry all that a \
         machine says or is sent at once, and has no figures there where it ends.\n\n\
         SOL acknowledges packet by packet, so that a client goes to sleep and is woken some 4,000 times a megabyte. *poll, recv \
         and send alone* is what as many packets of that size cost a client that does nothing else, in any language. On a machine that \
         rests otherwise, waking is dear, and what the target leaves beside this floor is little, for the cipher, the log and the \
         screen; on one that has other work the same console takes about 0.3 of stock's time.",
    ),
    (
        echo::TABLE,
        "Through the relay, which stands for the wire and says when packets passed; its own part, a switch or two between \
         processes, counts as the client's.",
    ),
    (
        crowd::TABLE,
        "Separate processes, each on a BMC of its own, and for steadysol with a log of its own. Memory is what they have \
         for themselves and their part of what they share (PSS).",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn row(table: &'static str, what: &str, stock: f64, ours: f64) -> Row {
        Row {
            table,
            what: what.to_owned(),
            unit: "ms",
            values: [vec![stock], vec![], vec![ours]],
        }
    }

    #[test]
    fn a_target_is_met_or_missed_in_the_open() {
        let rows = [
            row(far::AT_100, "lan print", 10.0, 4.0),
            row(far::AT_100, "sensor list", 10.0, 4.0),
            row(far::DEAF, "anything", 10.0, 10.0),
            row(startup::TABLE, "-V: time", 10.0, 4.0),
        ];
        let text = table(&rows);
        for line in [
            "| lan print | 10.0 ms | - | 4.0 ms | 0.40 | ≤ 0.50, met |",
            "| sensor list | 10.0 ms | - | 4.0 ms | 0.40 | ≤ 0.20, **missed** |",
            "| anything | 10.0 ms | - | 10.0 ms | 1.00 | ≤ 1.00, met |",
            "| -V: time | 10.0 ms | - | 4.0 ms | 0.40 | ≤ 3.0 ms, **missed** |",
        ] {
            assert!(text.contains(line), "{text}");
        }
    }

    #[test]
    fn the_page_shows_a_picture_only_of_what_was_measured() {
        let without = page(&[row(startup::TABLE, "-V: time", 10.0, 4.0)], "");
        assert!(!without.contains("!["), "{without}");
        let with = page(&[row(far::AT_100, "lan print", 10.0, 4.0)], "");
        assert!(with.contains("](docs/bench-commands.svg)"), "{with}");
    }
}
