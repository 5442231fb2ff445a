//! The memory of a memory module that is read as an inventory.

use ipmi_rs::connection::RequestTargetAddress;

use crate::commands::sdr::books::Books;
use crate::commands::spd;
use crate::fru::Device;
use crate::fru::device::Limits;
use crate::ipmi::{AnswerError, Failure, Length};

use super::print::{absent, has_size};

/// Prints a module. Whether that went well; an empty socket is no failure.
pub(super) fn print(books: &mut Books<'_, '_>, id: u8, target: RequestTargetAddress) -> bool {
    let limits = Limits {
        read: PART,
        write: 0,
    };
    let device = match Device::open(books.desk.bmc, id, target, limits) {
        Ok(device) => device,
        Err(failure) => return absent(books, &failure),
    };
    if !has_size(&device) {
        return false;
    }
    match read(books, &device) {
        Ok(image) => {
            spd::print(&image, books.desk.context.verbose, books.desk.output);
            true
        }
        Err(failure) => {
            absent(books, &failure);
            matches!(failure, Failure::Completion(TIMEOUT))
        }
    }
}

fn read(books: &mut Books<'_, '_>, device: &Device) -> Result<Vec<u8>, Failure> {
    let size = usize::from(device.size);
    let offsets = (0..size).step_by(PART.into());
    device.hint(books.desk.bmc, offsets.map(|at| (at, PART.into())));
    let mut image = Vec::with_capacity(size);
    while image.len() < size {
        let part = device.part(books.desk.bmc, image.len(), PART.into())?;
        if part.is_empty() {
            return Err(Failure::Answer(AnswerError {
                got: 0,
                expected: Length::AtLeast(1),
            }));
        }
        image.extend(part);
    }
    image.truncate(size);
    Ok(image)
}

/// How much stock reads at once.
const PART: u8 = 16;

/// What there is to say of an empty socket.
const TIMEOUT: u8 = 0xc3;
