//! Two transcripts, side by side, in the order of time.

use std::fmt::Write;
use std::time::Duration;

use super::Transcript;

/// The picture.
pub(super) fn svg(stock: &Transcript, ours: &Transcript) -> String {
    let rows = rows(stock, ours);
    let mut body = String::new();
    let mut y = TOP;
    let (mut band_from, mut band_to) = (None, y);
    for row in &rows {
        let height = row.height();
        if row.in_fault {
            band_from.get_or_insert(y);
            band_to = y + height;
        }
        let baseline = y + LINE - 6;
        text(
            &mut body,
            TIME_X,
            baseline,
            "time",
            &format!("{:.1} s", row.at.as_secs_f32()),
        );
        for (side, x) in [(&row.stock, STOCK_X), (&row.ours, OURS_X)] {
            for (n, piece) in side.pieces.iter().enumerate() {
                text(&mut body, x, baseline + n as u32 * LINE, side.class, piece);
            }
        }
        y += height;
    }
    let height = y + 46;
    let mut page = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
         height=\"{height}\" role=\"img\" aria-label=\"The stock ipmitool ends with 'SOL session closed by BMC' after the \
         BMC held its answers back for ten seconds; steadysol's console goes on\">\n<style>{STYLE}</style>\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" rx=\"8\" fill=\"#0d1117\"/>\n"
    );
    if let Some(from) = band_from {
        let tall = band_to - from;
        put(
            &mut page,
            format_args!(
                "<rect x=\"8\" y=\"{from}\" width=\"{}\" height=\"{tall}\" rx=\"4\" fill=\"#4b3611\"/>\n",
                WIDTH - 16
            ),
        );
    }
    put(
        &mut page,
        format_args!(
            "<line x1=\"{x}\" y1=\"16\" x2=\"{x}\" y2=\"{y}\" stroke=\"#30363d\"/>\n",
            x = OURS_X - 12
        ),
    );
    text(&mut page, STOCK_X, 32, "title", "stock ipmitool 1.8.19");
    text(&mut page, OURS_X, 32, "title", "steadysol");
    for x in [STOCK_X, OURS_X] {
        text(
            &mut page,
            x,
            56,
            "command",
            "$ ipmitool -I lanplus -H bmc \u{2026} sol activate",
        );
    }
    page.push_str(&body);
    text(&mut page, TIME_X, y + 26, "time", CAPTION);
    page.push_str("</svg>\n");
    page
}

/// Things that happened at about the same time.
struct Row {
    at: Duration,
    stock: Side,
    ours: Side,
    in_fault: bool,
}

impl Row {
    fn height(&self) -> u32 {
        self.stock.pieces.len().max(self.ours.pieces.len()).max(1) as u32 * LINE
    }
}

#[derive(Default)]
struct Side {
    pieces: Vec<String>,
    class: &'static str,
}

impl Side {
    fn new(words: &str) -> Side {
        let class =
            if words.starts_with("[SOL") || words.starts_with("~.") || words.starts_with('(') {
                "dim"
            } else if words.starts_with('[') {
                "notice"
            } else if words.contains("closed by BMC") {
                "death"
            } else {
                "said"
            };
        Side {
            pieces: wrapped(words),
            class,
        }
    }
}

fn rows(stock: &Transcript, ours: &Transcript) -> Vec<Row> {
    let mut told: Vec<(Duration, bool, String)> = Vec::new();
    for (transcript, is_ours) in [(stock, false), (ours, true)] {
        told.extend(
            transcript
                .lines
                .iter()
                .map(|line| (line.at, is_ours, line.text.clone())),
        );
        let status = transcript
            .status
            .map_or_else(|| String::from("?"), |status| status.to_string());
        told.push((transcript.ended, is_ours, format!("(exit status {status})")));
    }
    told.sort_by_key(|(at, _, _)| *at);
    let mut rows: Vec<Row> = Vec::new();
    for (at, is_ours, words) in told {
        let side = Side::new(&words);
        let beside = rows.last_mut().filter(|row| {
            let other = if is_ours { &row.stock } else { &row.ours };
            let own = if is_ours { &row.ours } else { &row.stock };
            own.pieces.is_empty() && at - row.at < TOGETHER && other.pieces == side.pieces
        });
        match beside {
            Some(row) if is_ours => row.ours = side,
            Some(row) => row.stock = side,
            None => {
                let mut row = Row {
                    at,
                    stock: Side::default(),
                    ours: Side::default(),
                    in_fault: false,
                };
                if is_ours {
                    row.ours = side
                } else {
                    row.stock = side
                }
                rows.push(row);
            }
        }
    }
    for (at, words) in [
        (ours.fault.0, "the BMC stops answering"),
        (ours.fault.1, "its answers arrive, all at once"),
    ] {
        let side = || Side {
            pieces: vec![words.to_owned()],
            class: "fault",
        };
        let index = rows.partition_point(|row| row.at < at);
        rows.insert(
            index,
            Row {
                at,
                stock: side(),
                ours: side(),
                in_fault: true,
            },
        );
    }
    for row in &mut rows {
        row.in_fault |= row.at >= ours.fault.0 && row.at < ours.fault.1;
    }
    rows
}

/// Broken between words.
fn wrapped(words: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for word in words.split(' ') {
        match pieces.last_mut() {
            Some(piece) if piece.chars().count() + 1 + word.chars().count() <= COLUMNS => {
                piece.push(' ');
                piece.push_str(word);
            }
            _ => pieces.push(word.to_owned()),
        }
    }
    pieces
}

fn text(page: &mut String, x: u32, y: u32, class: &str, words: &str) {
    let words: String = words.chars().filter(|c| !c.is_control()).collect();
    let words = words
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    put(
        page,
        format_args!(
            "<text x=\"{x}\" y=\"{y}\" class=\"{class}\" xml:space=\"preserve\">{words}</text>\n"
        ),
    );
}

fn put(page: &mut String, what: std::fmt::Arguments<'_>) {
    page.write_fmt(what)
        .expect("writing to a String cannot fail");
}

/// Pixels.
const WIDTH: u32 = 960;
const TOP: u32 = 68;
const LINE: u32 = 20;
const TIME_X: u32 = 18;
const STOCK_X: u32 = 90;
const OURS_X: u32 = 530;
/// Characters that fit beside each other.
const COLUMNS: usize = 50;
/// Lines that come this close to one another are shown beside one another.
const TOGETHER: Duration = Duration::from_secs(1);
const CAPTION: &str = "A real run against OpenIPMI's ipmi_sim behind a relay that holds packets back; make picture repeats it.";
const STYLE: &str = "text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#e6edf3}\
    .title{font-weight:bold;font-size:15px}.command{fill:#7ee787}.time{fill:#8b949e;font-size:12px}.dim{fill:#8b949e}\
    .notice{fill:#79c0ff}.death{fill:#ff7b72;font-weight:bold}.fault{fill:#e3b341;font-style:italic}";
