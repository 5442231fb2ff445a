//! Writing into an inventory, and looking whether it came there.

use crate::commands::sdr::books::Books;
use crate::fru::Device;
use crate::fru::blocks::{Written, write};

use super::print::garbled;

/// Writes bytes, reads them back and compares. Whether they are there; what went wrong was said, and what state the
/// device is in.
pub(super) fn store(
    books: &mut Books<'_, '_>,
    device: &mut Device,
    offset: usize,
    bytes: &[u8],
) -> bool {
    let protected = match write(books.desk.bmc, device, offset, bytes) {
        Written::All { protected } => protected,
        Written::TooLong => {
            let size = device.size;
            return complain(
                books,
                format_args!("Return error\nThe FRU has {size} bytes only: nothing was written"),
            );
        }
        Written::Odd => {
            return complain(
                books,
                format_args!("Odd offset or length specified\nNothing was written"),
            );
        }
        Written::Stopped { at, why } => {
            return complain(
                books,
                format_args!(
                    "Writing stopped at offset {at}: {why}\n\
                     Of offsets {offset} to {} the first {} bytes were written",
                    offset + bytes.len(),
                    at - offset
                ),
            );
        }
    };
    let part = match device.read(books.desk.bmc, offset, bytes.len()) {
        Ok(part) => part,
        Err(why) => {
            garbled(books, why);
            return complain(
                books,
                format_args!("All was written, but it cannot be read back"),
            );
        }
    };
    let differing = part.bytes.iter().zip(bytes).position(|(is, was)| is != was);
    let Some(index) = differing.or((part.given < bytes.len()).then_some(part.given)) else {
        return true;
    };
    let at = offset + index;
    match protected
        .iter()
        .find(|(from, to)| (*from..*to).contains(&at))
    {
        Some((from, to)) => complain(
            books,
            format_args!(
                "Offsets {from} to {to} are protected: they were not written, the rest was"
            ),
        ),
        None => complain(
            books,
            format_args!("All was written, but offset {at} has another value when it is read back"),
        ),
    }
}

fn complain(books: &mut Books<'_, '_>, text: std::fmt::Arguments<'_>) -> bool {
    books.desk.output.complain(text);
    false
}
