//! `sdr info` and `sdr dump`.

use std::io::Write;
use std::path::Path;

use super::books::Books;
use crate::cli::dates::Dates;
use crate::cli::files;
use crate::commands::Desk;
use crate::sdr::cache::dumped;
use crate::sdr::repository::Step;

/// Prints what the repository says of itself.
pub fn info(desk: &mut Desk<'_>) -> bool {
    let data = match desk.ask(NETFN_STORAGE, GET_INFO, &[]) {
        Ok(data) => data,
        Err(failure) => {
            let what = format_args!("Get SDR Repository Info command failed");
            return desk.output.fail(what, &failure);
        }
    };
    let Some(info) = data.first_chunk::<14>() else {
        desk.output.complain(format_args!(
            "Get SDR Repository Info command failed: the answer has {} bytes of data, expected at least 14",
            data.len()
        ));
        return false;
    };
    let &[
        version,
        count,
        count_high,
        free,
        free_high,
        a0,
        a1,
        a2,
        a3,
        e0,
        e1,
        e2,
        e3,
        support,
    ] = info;
    let dates = Dates::from_environment(desk.context.utc);
    let time = |known: bool, stamp: [u8; 4]| {
        if known {
            dates.numeric(u32::from_le_bytes(stamp))
        } else {
            b"NA".to_vec()
        }
    };
    let has = |bit: u8| support & bit != 0;
    let yes = |is: bool| if is { "yes" } else { "no" }.to_owned();
    let free = match u16::from_le_bytes([free, free_high]) {
        0x0000 => "none (full)".to_owned(),
        0xffff => "unspecified".to_owned(),
        0xfffe => "> 64Kb - 2 bytes".to_owned(),
        bytes => format!("{bytes} bytes"),
    };
    let update = match (support >> 5) & 0x03 {
        0 => "unspecified",
        1 => "non-modal",
        2 => "modal",
        _ => "modal and non-modal",
    };
    let count = u16::from_le_bytes([count, count_high]);
    let rows = [
        ("SDR Version", format!("0x{version:x}").into_bytes()),
        ("Record Count", count.to_string().into_bytes()),
        ("Free Space", free.into_bytes()),
        (
            "Most recent Addition",
            time(has(PARTIAL_ADD), [a0, a1, a2, a3]),
        ),
        ("Most recent Erase", time(has(DELETE), [e0, e1, e2, e3])),
        ("SDR overflow", yes(has(OVERFLOW)).into_bytes()),
        ("SDR Repository Update Support", update.as_bytes().to_vec()),
        ("Delete SDR supported", yes(has(DELETE)).into_bytes()),
        (
            "Partial Add SDR supported",
            yes(has(PARTIAL_ADD)).into_bytes(),
        ),
        (
            "Reserve SDR repository supported",
            yes(has(RESERVE)).into_bytes(),
        ),
        (
            "SDR Repository Alloc info supported",
            yes(has(ALLOCATION)).into_bytes(),
        ),
    ];
    for (label, value) in rows {
        desk.output.print(format_args!("{label:<36}: "));
        desk.output.bytes(&value);
        desk.output.print(format_args!("\n"));
    }
    true
}

/// Writes every record to a file.
pub fn dump(books: &mut Books<'_, '_>, path: &Path) -> bool {
    let Some(mut repository) = books.open_announced(true) else {
        return false;
    };
    let shown = path.display();
    books.put(format_args!(
        "Dumping Sensor Data Repository to '{shown}'\n"
    ));
    repository.want_all();
    let mut bytes = Vec::new();
    let mut logged = 0;
    let complete = loop {
        for record in repository.records().get(logged..).unwrap_or(&[]) {
            bytes.extend(dumped(record).unwrap_or_default());
            logged += 1;
        }
        match repository.step(books.desk.bmc) {
            Step::Record => {}
            Step::Unreadable(header) => {
                let (id, length) = (header.id, header.length);
                log::info!("Record ID {id:04x} ({length} bytes)");
                books
                    .desk
                    .output
                    .complain(format_args!("ipmitool: cannot obtain SDR record {id:04x}"));
                return false;
            }
            Step::End { early } => break !early,
        }
    };
    let written = files::create(path).and_then(|mut file| {
        file.write_all(&bytes)
            .map_err(|error| format!("Unable to write file {shown}: {}", files::reason(&error)))
    });
    if let Err(complaint) = written {
        books.desk.output.complain(format_args!("{complaint}"));
        return false;
    }
    complete
}

const NETFN_STORAGE: u8 = 0x0a;
const GET_INFO: u8 = 0x20;

const ALLOCATION: u8 = 0x01;
const RESERVE: u8 = 0x02;
const PARTIAL_ADD: u8 = 0x04;
const DELETE: u8 = 0x08;
const OVERFLOW: u8 = 0x80;
